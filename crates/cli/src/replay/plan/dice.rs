// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Chance, from a seed: the same seed gives the same throws on any machine.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// A seeded source of throws.
#[derive(Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// `what` keeps throws for one purpose apart from those for another.
    #[must_use]
    pub fn new(seed: u64, what: &str) -> Self {
        let salt = what.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(ChaCha8Rng::seed_from_u64(seed ^ salt))
    }

    /// From `0` to below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number(end as u64)).unwrap_or(0)
    }

    /// From `0` to below `end`; 0 when `end` is 0.
    pub fn number(&mut self, end: u64) -> u64 {
        // The bias of a remainder is far below anything that a scenario could show.
        if end == 0 { 0 } else { self.0.next_u64() % end }
    }

    /// From `from` to `to`, both included.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.number(to.saturating_sub(from) + 1)
    }

    /// True in `per_cent` of a hundred cases.
    pub fn chance(&mut self, per_cent: u8) -> bool {
        self.number(100) < u64::from(per_cent)
    }

    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        from.get(self.below(from.len()))
    }

    /// Brings `items` into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = self.below(end + 1);
            items.swap(end, other);
        }
    }
}
