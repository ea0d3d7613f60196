// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where the engine's time comes from. Replays run a clock of their own; tests stand it still.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use melder_protocol::Time;

/// A clock.
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Time;

    /// How long to wait, in real time, until this clock shows `time`.
    fn until(&self, time: Time) -> Duration {
        Duration::from_millis(time.since(self.now()))
    }
}

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}
