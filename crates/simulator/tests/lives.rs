// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whole lives on a bad network: every promise holds, the same seed is the same life, and what once went wrong is
//! lived again on every push. Five hundred seeds: `melder simulate --seeds 1..500`.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use melder_simulator::life::{Plan, Step};
use melder_simulator::run;

const PEOPLE: usize = 5;

fn plan(seed: u64) -> Plan {
    Plan {
        seed,
        people: PEOPLE,
        steps: 150,
    }
}

fn hold(seeds: std::ops::RangeInclusive<u64>) {
    for seed in seeds {
        if let Err(failed) = run::seed(&plan(seed)) {
            panic!(
                "seed {seed}, {}; melder simulate --seeds {seed} shortens it",
                failed.broken
            );
        }
    }
}

#[test]
fn lives_hold_every_promise_a() {
    hold(1..=15);
}

#[test]
fn lives_hold_every_promise_b() {
    hold(16..=30);
}

#[test]
fn lives_hold_every_promise_c() {
    hold(31..=45);
}

#[test]
fn the_same_seed_is_the_same_life() {
    for seed in [3, 8] {
        let once = run::seed(&plan(seed)).map_err(|failed| failed.broken).unwrap();
        let again = std::thread::spawn(move || run::seed(&plan(seed)).map_err(|failed| failed.broken))
            .join()
            .unwrap()
            .unwrap();
        assert_eq!(once, again, "seed {seed}");
    }
}

#[test]
fn another_seed_is_another_life() {
    let digest = |seed| run::seed(&plan(seed)).map_err(|failed| failed.broken).unwrap().digest;
    assert_ne!(digest(3), digest(5));
}

/// `tests/regressions/*.life`: a line with the seed, then a step a line. The name says what went wrong.
#[test]
fn what_once_went_wrong_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut lived = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let seed: u64 = lines
            .next()
            .and_then(|line| line.strip_prefix("seed "))
            .unwrap()
            .parse()
            .unwrap();
        let steps: Vec<Step> = lines.map(|line| line.parse().unwrap()).collect();
        if let Err(failed) = run::live(seed, PEOPLE, &steps) {
            panic!("{}: {}", path.display(), failed.broken);
        }
        lived += 1;
    }
    assert!(lived > 0, "there are lives that once went wrong");
}

#[test]
fn steps_are_written_as_they_are_read() {
    for step in plan(1).steps() {
        assert_eq!(step.to_string().parse::<Step>(), Ok(step));
    }
    assert!("Fly 1 2".parse::<Step>().is_err());
    assert!("Write 1".parse::<Step>().is_err());
}
