// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The core's thread: it takes what has come, handles it as one batch, and lets the effects out. While a batch goes
//! to disk, the next one gathers; so the busier the server, the less a message costs.

use std::sync::Arc;

use melder_protocol::Time;
use rand_core::CryptoRngCore;
use tokio::sync::mpsc;

use super::courier::Couriers;
use super::{Shared, lock};
use crate::Clock;
use crate::core::{Core, Effect, Input};
use crate::store::Store;

/// Inputs in one batch: enough that the disk's share of each is small, and nobody waits long for the last.
const MAX_BATCH: usize = 1_024;

pub(crate) fn run<S: Store>(
    mut core: Core<S>,
    shared: &Arc<Shared>,
    couriers: &Couriers,
    mut inputs: mpsc::Receiver<Input>,
    clock: &dyn Clock,
    rng: &mut dyn CryptoRngCore,
) {
    let mut now = Time(0);
    while let Some(first) = inputs.blocking_recv() {
        // Acknowledgements first: they came before whatever asks about them.
        let mut batch = std::mem::take(&mut *lock(&shared.acknowledgements));
        let acknowledgements = batch.len();
        batch.push(first);
        while batch.len() - acknowledgements < MAX_BATCH
            && let Ok(input) = inputs.try_recv()
        {
            batch.push(input);
        }
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
        let effects = core.handle(now, rng, batch);
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
