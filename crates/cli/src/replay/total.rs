// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A scenario's text is a scenario or an error, whatever somebody wrote into it.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use super::scenario::{BUILT_IN, Scenario};

/// Pieces that mean something somewhere in a scenario.
const PIECES: [&str; 12] = [
    "-1",
    "0",
    "99999999999999999999",
    "\"7d 7:30\"",
    "\"9:00-8:00\"",
    "\"0:00-24:00\"",
    "[",
    "]]",
    "\"\"",
    "true",
    "ü\u{202e}",
    "6d 23:59",
];

/// Damages a text in a few places, at the borders of its characters.
fn damaged(text: &str, rng: &mut ChaCha20Rng) -> String {
    let mut text = text.to_owned();
    let mut below = |count: usize| usize::try_from(rng.next_u32()).unwrap_or(0) % count.max(1);
    for _ in 0..=below(4) {
        let mut at = below(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        match below(4) {
            0 => text.insert_str(at, PIECES[below(PIECES.len())]),
            1 => {
                // A value gives way to another.
                let from = text[..at].rfind("= ").map_or(at, |equals| equals + 2);
                let to = text[from..].find('\n').map_or(text.len(), |end| from + end);
                text.replace_range(from..to, PIECES[below(PIECES.len())]);
            }
            2 => {
                let to = text[at..].find('\n').map_or(text.len(), |end| at + end);
                text.replace_range(at..to, "");
            }
            _ => text.truncate(at.max(1)),
        }
    }
    text
}

#[test]
fn a_damaged_scenario_is_a_scenario_or_an_error() {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let mut refused = 0;
    for (name, text) in BUILT_IN {
        for _ in 0..300 {
            refused += usize::from(Scenario::parse(name, &damaged(text, &mut rng)).is_err());
        }
    }
    assert!(refused > 300, "most damage is noticed: {refused}");
}
