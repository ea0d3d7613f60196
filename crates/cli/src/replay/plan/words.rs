// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people write: a line of the scenario with its words filled in.

use super::Dice;
use crate::replay::scenario::Scenario;

pub(super) const EMOJI: &[&str] = &["👍", "❤️", "😊", "🙏", "✅"];

/// A line with its `{words}` replaced.
pub(super) fn say(scenario: &Scenario, lines: &[String], dice: &mut Dice) -> String {
    let line = dice.pick(lines).map_or("", String::as_str);
    let mut text = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((word, after)) = after.split_once('}') else {
            break;
        };
        match scenario.words.get(word) {
            Some(words) => text.push_str(dice.pick(words).map_or("", String::as_str)),
            None => text.push_str(&dice.between(2, 48).to_string()),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}
