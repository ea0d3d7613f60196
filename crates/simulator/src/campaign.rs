// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Many seeds on all processors: which hold, which fail and why, and which of the mistakes on purpose are caught.

use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use melder_bugs::{self as bugs, Bug};

use crate::life::{Plan, Step};
use crate::run::{self, Failed, Held};

/// How long a failing seed may be shortened.
const SHRINKING: Duration = Duration::from_secs(60);
/// Steps that fit on a screen: the last ones before a failure.
const TAIL: usize = 30;

/// What is to be lived.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub seeds: RangeInclusive<u64>,
    /// People at the beginning, each with one device.
    pub people: usize,
    pub steps: usize,
    pub threads: usize,
}

/// A seed that failed, shortened.
#[derive(Debug, Clone)]
pub struct Failure {
    pub seed: u64,
    /// The step after which it was noticed, of the whole list.
    pub step: usize,
    /// The promise, and how it was broken.
    pub what: String,
    /// The shortest list of steps that was found.
    pub steps: Vec<Step>,
    /// What happened last.
    pub tail: Vec<String>,
}

/// What came of a campaign.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub held: u64,
    pub failures: Vec<Failure>,
    pub simulated_ms: u64,
    pub wall: Duration,
    pub frames: u64,
    pub messages: u64,
    pub devices: u64,
}

impl Outcome {
    /// Simulated hours in a minute of a watch on the wall.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn hours_per_minute(&self) -> f64 {
        let hours = self.simulated_ms as f64 / 3_600_000.0;
        hours / (self.wall.as_secs_f64() / 60.0).max(f64::EPSILON)
    }

    fn add(&mut self, held: &Held) {
        self.held += 1;
        self.simulated_ms += held.simulated_ms;
        self.frames += held.frames;
        self.messages += held.messages as u64;
        self.devices += held.devices as u64;
    }
}

impl Campaign {
    fn plan(&self, seed: u64) -> Plan {
        Plan {
            seed,
            people: self.people,
            steps: self.steps,
        }
    }

    /// Lives all seeds. `done` hears of each as it ends.
    pub fn run(&self, done: &(dyn Fn(u64) + Sync)) -> Outcome {
        let began = Instant::now();
        let outcome = Mutex::new(Outcome::default());
        let stop = AtomicBool::new(false);
        self.each(&stop, &|seed| {
            let plan = self.plan(seed);
            let result = run::seed(&plan);
            let failure = result.as_ref().err().map(|failed| shortened(&plan, failed));
            if let Ok(mut outcome) = outcome.lock() {
                if let Ok(held) = &result {
                    outcome.add(held);
                }
                outcome.failures.extend(failure);
            }
            done(seed);
        });
        let mut outcome = outcome.into_inner().unwrap_or_default();
        outcome.failures.sort_by_key(|failure| failure.seed);
        outcome.wall = began.elapsed();
        outcome
    }

    /// The whole course of one seed, and whether it held.
    ///
    /// # Errors
    /// The promise that was broken is in the second part.
    pub fn trace(&self, seed: u64) -> (String, Result<(), String>) {
        let plan = self.plan(seed);
        run::traced(&plan)
    }

    /// Which seed catches this mistake, and by which promise? Honest lives first, then lives under attack: some
    /// mistakes harm only where somebody lies.
    #[must_use]
    pub fn catch(&self, bug: Bug) -> Option<Caught> {
        self.first(bug, &|seed| {
            let plan = self.plan(seed);
            let failed = run::seed(&plan).err()?;
            // A seed that fails without the mistake too catches nothing.
            bugs::with(None, || run::seed(&plan)).ok()?;
            Some(failed.broken.what)
        })
        .map(|(seed, what)| Caught {
            seed,
            what,
            under_attack: false,
        })
    }

    /// The lowest seed that fails, as far as several threads find it.
    fn first(&self, bug: Bug, fails: &(dyn Fn(u64) -> Option<String> + Sync)) -> Option<(u64, String)> {
        let found: Mutex<Option<(u64, String)>> = Mutex::new(None);
        let stop = AtomicBool::new(false);
        self.each(&stop, &|seed| {
            let Some(what) = bugs::with(Some(bug), || fails(seed)) else {
                return;
            };
            stop.store(true, Ordering::Relaxed);
            if let Ok(mut found) = found.lock()
                && found.as_ref().is_none_or(|(before, _)| seed < *before)
            {
                *found = Some((seed, what));
            }
        });
        found.into_inner().ok().flatten()
    }

    fn each(&self, stop: &AtomicBool, work: &(dyn Fn(u64) + Sync)) {
        let next = AtomicU64::new(*self.seeds.start());
        thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if !self.seeds.contains(&seed) {
                            return;
                        }
                        work(seed);
                    }
                });
            }
        });
    }
}

/// A mistake that was caught.
#[derive(Debug, Clone)]
pub struct Caught {
    pub seed: u64,
    /// The promise that it broke, and how.
    pub what: String,
    /// It took a malicious server to bring it to light.
    pub under_attack: bool,
}

fn shortened(plan: &Plan, failed: &Failed) -> Failure {
    let (steps, shorter) = run::shrink(plan, failed, SHRINKING);
    let skip = shorter.tail.len().saturating_sub(TAIL);
    Failure {
        seed: plan.seed,
        step: failed.broken.step,
        what: shorter.broken.what,
        steps,
        tail: shorter.tail.into_iter().skip(skip).collect(),
    }
}
