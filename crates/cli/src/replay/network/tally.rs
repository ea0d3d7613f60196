// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the network really did: counted where it was done, on the connections that were there.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What one device's connections went through.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub connections: AtomicU64,
    pub cut: AtomicU64,
    pub reset: AtomicU64,
    pub stalled: AtomicU64,
    pub lost: AtomicU64,
    /// Connections that were taken and never answered.
    pub unanswered: AtomicU64,
    /// Connections for which there was no server.
    pub no_server: AtomicU64,
    pub bytes: AtomicU64,
    pub slow_bytes: AtomicU64,
    /// Connections that bytes can flow over, as far as the network goes.
    pub alive: AtomicU64,
    outage: Mutex<Outage>,
}

#[derive(Debug, Default)]
struct Outage {
    since: Option<Instant>,
    longest: Duration,
}

impl Tally {
    pub fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on nothing gets through.
    pub fn broken(&self) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        outage.since = outage.since.or_else(|| Some(Instant::now()));
    }

    /// Something got through to the device.
    pub fn through(&self) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = outage.since.take() {
            outage.longest = outage.longest.max(since.elapsed());
        }
    }

    /// The device has put itself out of reach: what follows is not the network's doing.
    pub fn forget(&self) {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner).since = None;
    }
}

/// All devices together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub connections: u64,
    pub cut: u64,
    pub reset: u64,
    pub stalled: u64,
    pub lost: u64,
    pub unanswered: u64,
    pub no_server: u64,
    pub bytes: u64,
    pub slow_bytes: u64,
    /// The longest time in which a device that wanted to be connected got nothing.
    pub longest_outage: Duration,
}

impl Sum {
    pub(super) fn add(&mut self, tally: &Tally) {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.connections += get(&tally.connections);
        self.cut += get(&tally.cut);
        self.reset += get(&tally.reset);
        self.stalled += get(&tally.stalled);
        self.lost += get(&tally.lost);
        self.unanswered += get(&tally.unanswered);
        self.no_server += get(&tally.no_server);
        self.bytes += get(&tally.bytes);
        self.slow_bytes += get(&tally.slow_bytes);
        let outage = tally.outage.lock().unwrap_or_else(PoisonError::into_inner);
        self.longest_outage = self.longest_outage.max(outage.longest);
    }
}
