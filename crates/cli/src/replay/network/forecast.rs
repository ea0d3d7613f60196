// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the network will do to one device, one trouble after the other, for ever. The same seed and device give the same.

use std::time::Duration;

use super::table::{Network, Range};
use crate::replay::plan::Dice;

/// Something that happens to the connections of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Cut,
    Reset,
    Stall { up: bool, down: bool },
    Slow(Pace),
    Lose,
}

/// How fast bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    pub bytes_per_s: u64,
    pub latency: Duration,
}

/// A trouble and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spell {
    /// Good network before it.
    pub good: Duration,
    pub trouble: Trouble,
    pub lasts: Duration,
}

/// Of one device.
pub(super) struct Forecast {
    network: Network,
    dice: Dice,
}

impl Forecast {
    pub fn new(network: &Network, seed: u64, device: usize) -> Self {
        Self {
            network: network.clone(),
            dice: Dice::new(seed, &format!("network {device}")),
        }
    }

    fn seconds(&mut self, range: Range) -> Duration {
        Duration::from_millis(self.dice.between(range[0] * 1_000, range[1] * 1_000))
    }

    fn slow(&mut self) -> Pace {
        let [least, most] = self.network.slow.kb_per_s;
        let [first, last] = self.network.slow.latency_ms;
        Pace {
            bytes_per_s: self.dice.between(least * 1_024, most * 1_024),
            latency: Duration::from_millis(self.dice.between(first, last)),
        }
    }
}

impl Iterator for Forecast {
    type Item = Spell;

    fn next(&mut self) -> Option<Spell> {
        let good = self.seconds(self.network.good_s);
        let often = self.network.often();
        let mut throw = self.dice.number(often.iter().map(|often| u64::from(*often)).sum());
        let kind = often.iter().position(|often| {
            let hit = throw < u64::from(*often);
            throw = throw.saturating_sub(u64::from(*often));
            hit
        });
        let (trouble, lasts) = match kind {
            Some(0) => (Trouble::Cut, Duration::ZERO),
            Some(1) => (Trouble::Reset, Duration::ZERO),
            Some(2) => {
                let (up, down) = match self.dice.below(3) {
                    0 => (true, false),
                    1 => (false, true),
                    _ => (true, true),
                };
                (Trouble::Stall { up, down }, self.seconds(self.network.stall.seconds))
            }
            Some(3) => (Trouble::Slow(self.slow()), self.seconds(self.network.slow.seconds)),
            _ => (Trouble::Lose, self.seconds(self.network.lose.seconds)),
        };
        Some(Spell { good, trouble, lasts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::scenario::Scenario;

    fn forecast(seed: u64, device: usize) -> Vec<Spell> {
        let network = Scenario::load("landtagswahl-2018").unwrap().network.unwrap();
        Forecast::new(&network, seed, device).take(500).collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_trouble_and_another_device_has_its_own() {
        assert_eq!(forecast(1, 7), forecast(1, 7));
        assert_ne!(forecast(1, 7), forecast(1, 8));
        assert_ne!(forecast(1, 7), forecast(2, 7));
    }

    #[test]
    fn every_trouble_comes_and_lasts_as_the_scenario_says() {
        let network = Scenario::load("landtagswahl-2018").unwrap().network.unwrap();
        let spells = forecast(1, 0);
        let within =
            |time: Duration, [from, to]: Range| Duration::from_secs(from) <= time && time <= Duration::from_secs(to);
        assert!(spells.iter().all(|spell| within(spell.good, network.good_s)));
        let mut seen = [0; 7];
        for spell in &spells {
            let (kind, fits) = match spell.trouble {
                Trouble::Cut => (0, spell.lasts.is_zero()),
                Trouble::Reset => (1, spell.lasts.is_zero()),
                Trouble::Stall { up: true, down: false } => (2, within(spell.lasts, network.stall.seconds)),
                Trouble::Stall { up: false, .. } => (3, within(spell.lasts, network.stall.seconds)),
                Trouble::Stall { up: true, down: true } => (4, within(spell.lasts, network.stall.seconds)),
                Trouble::Slow(pace) => (
                    5,
                    within(spell.lasts, network.slow.seconds)
                        && network.slow.kb_per_s[0] <= pace.bytes_per_s / 1_024
                        && pace.bytes_per_s / 1_024 <= network.slow.kb_per_s[1],
                ),
                Trouble::Lose => (6, within(spell.lasts, network.lose.seconds)),
            };
            assert!(fits, "{spell:?}");
            seen[kind] += 1;
        }
        assert!(seen.iter().all(|count| *count > 10), "{seen:?}");
    }
}
