// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A simulator that catches nothing proves nothing: mistakes on purpose, each of which some seed must catch. Needs the
//! feature `bugs`; `melder simulate --bugs` shows the whole list.

#![cfg(feature = "bugs")]

use melder_bugs::Bug;
use melder_simulator::campaign::Campaign;

#[test]
fn every_mistake_is_caught() {
    let campaign = Campaign {
        seeds: 1..=500,
        people: 5,
        steps: 150,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let missed: Vec<Bug> = Bug::ALL
        .iter()
        .copied()
        .filter(|bug| campaign.catch(*bug).is_none())
        .collect();
    assert!(missed.is_empty(), "not caught: {missed:?}");
}
