// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The core's thread: it takes what has come, handles it as one batch, and lets the effects out. While a batch goes
//! to disk, the next one gathers; so the busier the server, the less a message costs.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use melder_protocol::Time;
use rand_core::CryptoRngCore;
use tokio::sync::mpsc;

use super::courier::Couriers;
use super::{Shared, lock};
use crate::Clock;
use crate::core::{ConnectionId, Core, Effect, Input};
use crate::push::sender::Post;
use crate::store::Store;

/// Inputs in one batch: enough that the disk's share of each is small, and nobody waits long for the last.
const MAX_BATCH: usize = 1_024;

/// How batches follow each other. Those who were answered together ask again together, but not in the same instant: with
/// the first of them alone, the others would wait for a whole writing to disk, and from then on two halves would take
/// turns. So a batch waits a little for all who were in the last two, and never long against the writing itself.
#[derive(Debug)]
struct Pace {
    took: Duration,
    ended: Instant,
    /// Who was in the last two batches, the later first.
    recent: [HashSet<ConnectionId>; 2],
}

impl Pace {
    /// The share of a batch's time that the next may wait.
    const SHARE: u32 = 4;
    const LONGEST: Duration = Duration::from_millis(1);
    /// Shorter than this isn't slept.
    const SLEEP: Duration = Duration::from_micros(50);

    fn new() -> Self {
        Self {
            took: Duration::ZERO,
            ended: Instant::now(),
            recent: [HashSet::new(), HashSet::new()],
        }
    }

    /// Takes what has come, and waits for who may be about to come. After a pause it waits for nobody.
    fn gather(&mut self, batch: &mut Vec<Input>, inputs: &mut mpsc::Receiver<Vec<Input>>) {
        let patience = (self.took / Self::SHARE).min(Self::LONGEST);
        let mut present = HashSet::new();
        let mut looked_at = 0;
        loop {
            while batch.len() < MAX_BATCH
                && let Ok(more) = inputs.try_recv()
            {
                batch.extend(more);
            }
            present.extend(batch.iter().skip(looked_at).filter_map(|input| match input {
                Input::Frame(connection, _) => Some(*connection),
                _ => None,
            }));
            looked_at = batch.len();
            if batch.len() >= MAX_BATCH || self.ended.elapsed() >= patience || !self.misses_somebody(&present) {
                break;
            }
            if patience > Self::SLEEP {
                std::thread::sleep(Self::SLEEP);
            } else {
                std::thread::yield_now();
            }
        }
        self.recent.swap(0, 1);
        self.recent[0] = present;
    }

    fn misses_somebody(&self, present: &HashSet<ConnectionId>) -> bool {
        self.recent.iter().any(|recent| !recent.is_subset(present))
    }

    fn took(&mut self, time: Duration) {
        self.took = time;
        self.ended = Instant::now();
    }
}

pub(crate) fn run<S: Store>(
    mut core: Core<S>,
    shared: &Arc<Shared>,
    outlets: (&Couriers, Option<&Post>),
    mut inputs: mpsc::Receiver<Vec<Input>>,
    clock: &dyn Clock,
    rng: &mut dyn CryptoRngCore,
) {
    let (couriers, post) = outlets;
    let mut now = Time(0);
    let mut pace = Pace::new();
    while let Some(first) = inputs.blocking_recv() {
        let mut fresh = first;
        pace.gather(&mut fresh, &mut inputs);
        // Acknowledgements first: they came before whatever asks about them.
        let mut batch = std::mem::take(&mut *lock(&shared.acknowledgements));
        let acknowledgements = batch.len();
        batch.append(&mut fresh);
        let stop = batch.iter().any(|input| matches!(input, Input::Stop));
        let takers: Vec<_> = batch
            .iter()
            .skip(acknowledgements)
            .filter_map(|input| match input {
                Input::Frame(connection, _) => Some(*connection),
                _ => None,
            })
            .collect();
        // The clock may be set back; a log's time never goes back.
        now = now.max(clock.now());
        let begun = Instant::now();
        let effects = core.handle(now, rng, batch);
        pace.took(begun.elapsed());
        let mut wake = Vec::new();
        {
            let mut delivery = lock(&shared.delivery);
            for connection in takers {
                delivery.taken(connection, &mut wake);
            }
            for effect in effects {
                match effect {
                    Effect::AdminReply { ticket, reply } => {
                        if let Some(caller) = lock(&shared.calls).remove(&ticket) {
                            // The caller may have gone; what it asked for is done all the same.
                            drop(caller.send(reply));
                        }
                    }
                    Effect::Push(order) => {
                        if let Some(post) = post {
                            post.send(order);
                        }
                    }
                    effect => delivery.apply(effect, &mut wake),
                }
            }
        }
        couriers.carry(shared, wake);
        if stop {
            break;
        }
    }
    inputs.close();
    // Whoever still waits for an answer hears that there is none.
    lock(&shared.calls).clear();
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn frames(of: std::ops::Range<u64>) -> Vec<Input> {
        of.map(|number| Input::Frame(ConnectionId(number), Bytes::new()))
            .collect()
    }

    #[test]
    fn whoever_was_in_the_last_two_batches_is_missed() {
        let (give, mut inputs) = mpsc::channel(8);
        let mut pace = Pace::new();
        // Nothing has taken time yet, so nobody is waited for.
        let mut first = frames(0..8);
        pace.gather(&mut first, &mut inputs);
        let mut second = frames(8..10);
        give.try_send(frames(10..16)).unwrap();
        pace.gather(&mut second, &mut inputs);
        assert_eq!((first.len(), second.len()), (8, 8));
        let all: HashSet<_> = (0..16).map(ConnectionId).collect();
        let half: HashSet<_> = (0..8).map(ConnectionId).collect();
        assert!(pace.misses_somebody(&half));
        assert!(!pace.misses_somebody(&all));
    }
}
