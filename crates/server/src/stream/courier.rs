// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Couriers: threads that write to connections what a batch has for them, while the core has its next batch on the way
//! to disk. Each has its own share of the connections.

use std::sync::Arc;
use std::sync::mpsc;

use super::Shared;
use super::line::Line;

/// More would only wait for the network card.
const MOST: usize = 4;
/// So few are written by whoever has them: to wake a courier would take longer.
const FEW: usize = 4;

/// The couriers; they end with this, when all is written.
#[derive(Debug)]
pub(crate) struct Couriers(Vec<mpsc::Sender<Vec<Arc<Line>>>>);

impl Couriers {
    /// One for every two cores.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(shared: &Arc<Shared>) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut couriers = Vec::new();
        for number in 0..(cores / 2).clamp(1, MOST) {
            let (give, rounds) = mpsc::channel::<Vec<Arc<Line>>>();
            let shared = Arc::clone(shared);
            std::thread::Builder::new()
                .name(format!("melder-courier-{number}"))
                .spawn(move || {
                    for line in rounds.into_iter().flatten() {
                        line.pump(&shared);
                    }
                })?;
            couriers.push(give);
        }
        Ok(Self(couriers))
    }

    /// These have news.
    pub(super) fn carry(&self, shared: &Shared, lines: Vec<Arc<Line>>) {
        if lines.len() <= FEW {
            for line in lines {
                line.pump(shared);
            }
            return;
        }
        let [couriers @ .., last] = self.0.as_slice() else {
            return;
        };
        let mut lines = lines;
        for (number, courier) in couriers.iter().enumerate() {
            let own = |line: &Arc<Line>| line.id.0 % self.0.len() as u64 == number as u64;
            let (share, others) = lines.into_iter().partition(own);
            lines = others;
            // A courier ends only after its sender.
            drop(courier.send(share));
        }
        drop(last.send(lines));
    }
}
