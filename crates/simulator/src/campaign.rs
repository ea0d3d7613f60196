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
use crate::malice::{self, Attacker};
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

/// What came of lives under attack.
#[derive(Debug, Clone, Default)]
pub struct Siege {
    pub held: Vec<malice::Report>,
    pub failures: Vec<malice::Failure>,
    pub wall: Duration,
}

impl Siege {
    /// Milliseconds of the towns' time.
    #[must_use]
    pub fn simulated_ms(&self) -> u64 {
        self.held.iter().map(|report| report.simulated_ms).sum()
    }

    /// As [`Outcome::hours_per_minute`].
    #[must_use]
    pub fn hours_per_minute(&self) -> f64 {
        hours_per_minute(self.simulated_ms(), self.wall)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn hours_per_minute(simulated_ms: u64, wall: Duration) -> f64 {
    let hours = simulated_ms as f64 / 3_600_000.0;
    hours / (wall.as_secs_f64() / 60.0).max(f64::EPSILON)
}

impl Outcome {
    /// Simulated hours in a minute of a watch on the wall.
    #[must_use]
    pub fn hours_per_minute(&self) -> f64 {
        hours_per_minute(self.simulated_ms, self.wall)
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

    /// Lives all seeds under attack. `done` hears of each as it ends.
    pub fn besiege(&self, by: Attacker, done: &(dyn Fn(u64) + Sync)) -> Siege {
        let began = Instant::now();
        let siege = Mutex::new(Siege::default());
        self.each(&AtomicBool::new(false), &|seed| {
            let result = by.run(seed);
            if let Ok(mut siege) = siege.lock() {
                match result {
                    Ok(report) => siege.held.push(report),
                    Err(failure) => siege.failures.push(failure),
                }
            }
            done(seed);
        });
        let mut siege = siege.into_inner().unwrap_or_default();
        siege.held.sort_by_key(|report| report.seed);
        siege.failures.sort_by_key(|failure| failure.seed);
        siege.wall = began.elapsed();
        siege
    }

    /// Which seed catches this mistake, and by which promise? Honest lives first, then lives under attack: some
    /// mistakes harm only where somebody lies. A seed that fails without the mistake too catches nothing.
    #[must_use]
    pub fn catch(&self, bug: Bug) -> Option<Caught> {
        let honest = self.first(bug, &|seed| {
            let plan = self.plan(seed);
            let failed = run::seed(&plan).err()?;
            bugs::with(None, || run::seed(&plan)).ok()?;
            Some(Caught {
                seed,
                promise: failed.broken.promise().to_owned(),
                what: failed.broken.to_string(),
                attack: None,
            })
        });
        honest.or_else(|| Attacker::ALL.iter().find_map(|by| self.catch_under(*by, bug)))
    }

    fn catch_under(&self, by: Attacker, bug: Bug) -> Option<Caught> {
        self.first(bug, &|seed| {
            let failure = by.run(seed).err()?;
            bugs::with(None, || by.run(seed)).ok()?;
            Some(Caught {
                seed,
                promise: failure.promise().to_owned(),
                what: failure.to_string(),
                attack: Some((by, failure.attack)),
            })
        })
    }

    /// The lowest seed that catches it: seeds are begun in their order, and those that were begun are ended.
    fn first(&self, bug: Bug, catches: &(dyn Fn(u64) -> Option<Caught> + Sync)) -> Option<Caught> {
        let found: Mutex<Option<Caught>> = Mutex::new(None);
        let stop = AtomicBool::new(false);
        self.each(&stop, &|seed| {
            let Some(caught) = bugs::with(Some(bug), || catches(seed)) else {
                return;
            };
            stop.store(true, Ordering::Relaxed);
            if let Ok(mut found) = found.lock()
                && found.as_ref().is_none_or(|before| seed < before.seed)
            {
                *found = Some(caught);
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
    /// The promise that it broke.
    pub promise: String,
    /// The same with all details.
    pub what: String,
    /// No honest life brought it to light, but one under this attack.
    pub attack: Option<(Attacker, &'static str)>,
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
