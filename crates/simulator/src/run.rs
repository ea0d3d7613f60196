// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Running seeds: one after the other, each in a world of its own; a failing one is shortened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::life::{Broken, Life, Plan, Step};
use crate::logs::Ears;

/// A seed that held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// SHA-256 of the trace.
    pub digest: String,
    /// Milliseconds of the world's time.
    pub simulated_ms: u64,
    pub frames: u64,
    pub messages: usize,
    pub devices: usize,
}

/// A seed that failed.
#[derive(Debug, Clone)]
pub struct Failed {
    pub broken: Broken,
    /// The last things that happened.
    pub tail: Vec<String>,
}

/// Lives these steps from this seed.
///
/// # Errors
/// The first promise that was broken; a panic counts as one.
pub fn live(seed: u64, people: usize, steps: &[Step]) -> Result<Held, Failed> {
    let mut life = None;
    let ears = Ears::default();
    let lived = ears.listen(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let life = life.insert(Life::new(seed, people));
            for step in steps {
                life.step(*step)?;
            }
            life.end()?;
            ears.heard().map_or(Ok(()), |line| {
                Err(Broken {
                    step: steps.len(),
                    what: format!("no names and no content in the log: {line}"),
                })
            })
        }))
    });
    let broken = match lived {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        Err(panic) => Some(Broken {
            step: life.as_ref().map_or(0, Life::steps_done),
            what: format!("nothing panics: {}", message(panic.as_ref())),
        }),
    };
    match (broken, &mut life) {
        (None, Some(life)) => Ok(life.held()),
        (Some(broken), Some(life)) => Err(Failed {
            broken,
            tail: life.world().trace().tail().map(str::to_owned).collect(),
        }),
        (broken, None) => Err(Failed {
            broken: broken.unwrap_or(Broken {
                step: 0,
                what: "there was no life".to_owned(),
            }),
            tail: Vec::new(),
        }),
    }
}

/// Lives what a seed gives, and keeps every line of the trace.
///
/// # Errors
/// The second part says which promise was broken.
pub fn traced(plan: &Plan) -> (String, Result<(), String>) {
    let mut life = None;
    let lived = catch_unwind(AssertUnwindSafe(|| {
        let life = life.insert(Life::new(plan.seed, plan.people));
        life.keep_trace();
        for step in plan.steps() {
            life.step(step)?;
        }
        life.end()
    }));
    let result = match lived {
        Ok(result) => result.map_err(|broken| broken.to_string()),
        Err(panic) => Err(format!("nothing panics: {}", message(panic.as_ref()))),
    };
    let whole = life
        .as_ref()
        .and_then(|life| life.world().trace().whole().map(str::to_owned));
    (whole.unwrap_or_default(), result)
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "no message".to_owned())
}

/// Lives what a seed gives.
///
/// # Errors
/// As [`live`].
pub fn seed(plan: &Plan) -> Result<Held, Failed> {
    live(plan.seed, plan.people, &plan.steps())
}

/// Shortens the steps of a failing seed, for at most `patience`: first what comes after the failure, then halves,
/// quarters, … of what is left. It stays the same promise that is broken.
#[must_use]
pub fn shrink(plan: &Plan, failed: &Failed, patience: Duration) -> (Vec<Step>, Failed) {
    let began = Instant::now();
    let mut steps = plan.steps();
    let mut failed = failed.clone();
    let promise = failed.broken.promise().to_owned();
    let fails = |steps: &[Step]| {
        live(plan.seed, plan.people, steps)
            .err()
            .filter(|failed| failed.broken.promise() == promise)
    };
    let end = (failed.broken.step + 1).min(steps.len());
    if end < steps.len()
        && let Some(shorter) = fails(&steps[..end])
    {
        steps.truncate(end);
        failed = shorter;
    }
    let mut piece = steps.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < steps.len() {
            if began.elapsed() > patience {
                return (steps, failed);
            }
            let mut without = steps.clone();
            without.drain(at..(at + piece).min(steps.len()));
            match fails(&without) {
                Some(shorter) => {
                    steps = without;
                    failed = shorter;
                }
                None => at += piece,
            }
        }
        piece /= 2;
    }
    (steps, failed)
}
