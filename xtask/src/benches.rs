// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Each bench for a moment and in small, so that none rots. What it measures doesn't count: a debug build on a busy
//! machine says nothing about speed. A bench that can't be run to its end is a failed test.

use crate::shell::{Result, program, run, target_dir};

/// What is typed after `melder bench`.
const BENCHES: [&[&str]; 11] = [
    &["ceiling", "--members", "10"],
    &["deliver", "--members", "10"],
    &["accept", "--outstanding", "4"],
    &["drain", "--messages", "100"],
    &["connect", "--devices", "40"],
    &["growth", "--members", "5,10", "--entries", "100,1000", "--readers", "5"],
    &["engine", "--members", "5", "--voices", "2", "--missed", "50"],
    &["mls", "--devices", "2,5"],
    &["join", "--members", "4"],
    &["deletion", "--people", "10"],
    &[
        "admin",
        "--import",
        "40",
        "--unit",
        "10",
        "--accounts",
        "60",
        "--users",
        "20",
    ],
];

/// The names of those that match.
pub fn names(filter: Option<&str>) -> impl Iterator<Item = &'static str> {
    let asked = filter.map(str::to_owned);
    BENCHES
        .iter()
        .filter_map(|words| words.first().copied())
        .filter(move |name| {
            asked
                .as_deref()
                .is_none_or(|asked| format!("bench {name}").contains(asked))
        })
}

/// Runs one; it must come to its end.
pub fn once(name: &str) -> Result {
    let melder = target_dir()?.join("debug").join("melder");
    let words = BENCHES.iter().find(|words| words.first() == Some(&name));
    let words = words.ok_or_else(|| format!("there is no bench {name}"))?;
    run(program(melder).arg("bench").args(*words).args(["--seconds", "0.2"]))
}
