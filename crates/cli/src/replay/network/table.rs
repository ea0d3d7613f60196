// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How a scenario describes a bad network, and crashes. All times are seconds of the real clock: the day may run faster than
//! life, but a connection that stalls for ten seconds stalls for ten seconds.

use serde::Deserialize;

/// Shortest and longest.
pub type Range = [u64; 2];

/// `[network]` of a scenario. Of the five troubles one comes after the other, on each device by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Seconds of good network between two troubles.
    pub good_s: Range,
    /// So often the server is ended by `kill -9` in the middle of the day, and started again.
    #[serde(default)]
    pub server_kills: usize,
    /// Seconds until it is started again.
    #[serde(default)]
    pub server_down_s: Range,
    /// Both ends hear that the connection is closed.
    pub cut: Moment,
    /// Both ends hear that there is no such connection (RST).
    pub reset: Moment,
    /// Nothing flows, in one direction or in both, and nobody hears of it; then it goes on.
    pub stall: Spell,
    /// The second generation: few bytes, and late.
    pub slow: Slow,
    /// The rest of each stream is lost, from the middle of a frame on, and nobody hears of it; new connections are taken
    /// and never answered.
    pub lose: Spell,
}

/// A trouble that is over at once. Of all troubles, `often` out of the sum of all `often` are of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    pub often: u32,
}

/// A trouble that lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spell {
    pub often: u32,
    pub seconds: Range,
}

/// Slow for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slow {
    pub often: u32,
    pub seconds: Range,
    /// In each direction.
    pub kb_per_s: Range,
    pub latency_ms: Range,
}

/// `[restarts]` of a scenario: devices that crash, if asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restarts {
    /// Per cent of the devices, at least.
    pub share: u8,
    /// Seconds until they are opened again.
    pub down_s: Range,
}

impl Restarts {
    /// Of a scenario that says nothing about it.
    pub const USUAL: Self = Self {
        share: 50,
        down_s: [0, 4],
    };
}

impl Network {
    /// The ranges go forward, and something happens.
    ///
    /// # Errors
    /// Says which doesn't.
    pub fn check(&self) -> Result<(), String> {
        let ranges = [
            ("good_s", self.good_s),
            ("server_down_s", self.server_down_s),
            ("stall.seconds", self.stall.seconds),
            ("slow.seconds", self.slow.seconds),
            ("slow.kb_per_s", self.slow.kb_per_s),
            ("slow.latency_ms", self.slow.latency_ms),
            ("lose.seconds", self.lose.seconds),
        ];
        if let Some((name, _)) = ranges.iter().find(|(_, [from, to])| from > to) {
            return Err(format!("network: {name} goes from small to large"));
        }
        if self.slow.kb_per_s[0] == 0 {
            return Err("network: slow.kb_per_s is at least 1; nothing at all is a stall".to_owned());
        }
        if self.often().iter().sum::<u32>() == 0 {
            return Err("network: no trouble has an 'often' above 0".to_owned());
        }
        Ok(())
    }

    /// In the order of the fields.
    pub(super) const fn often(&self) -> [u32; 5] {
        [
            self.cut.often,
            self.reset.often,
            self.stall.often,
            self.slow.often,
            self.lose.often,
        ]
    }
}
