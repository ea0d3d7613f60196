// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who or what a chat is, at a glance: a person is a circle, a group a rounded square, a channel a dark square.

use leptos::prelude::*;

use crate::icon::Icon;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Person,
    Group,
    Channel,
}

/// Hues without red and orange, which speak of danger.
const HUES: u8 = 6;

/// One of six hues, always the same for the same id.
#[must_use]
pub fn hue(id: &[u8]) -> u8 {
    id.iter()
        .fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte))
        % HUES
}

/// Two letters: of the first and the last word, or of the first word of a group.
#[must_use]
pub fn initials(name: &str, shape: Shape) -> String {
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || matches!(c, '·' | '–' | '-' | '/'))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect();
    let first = |word: &&str| word.chars().find(|c| c.is_alphanumeric());
    let picked: Vec<char> = match (shape, words.as_slice()) {
        (_, []) => return "?".to_owned(),
        (_, [only]) => only.chars().filter(|c| c.is_alphanumeric()).take(2).collect(),
        (Shape::Person, [a, .., z]) => [first(a), first(z)].into_iter().flatten().collect(),
        (_, [a, b, ..]) => [first(a), first(b)].into_iter().flatten().collect(),
    };
    crate::texts::upper(&picked.into_iter().collect::<String>())
}

/// `size`: pixels on a side.
#[component]
pub fn Avatar(
    #[prop(into)] name: Signal<String>,
    hue: u8,
    #[prop(default = Shape::Person)] shape: Shape,
    #[prop(default = 52)] size: u16,
) -> impl IntoView {
    let class = match shape {
        Shape::Person => format!("avatar avatar--person hue-{hue}"),
        Shape::Group => format!("avatar avatar--group hue-{hue}"),
        Shape::Channel => "avatar avatar--channel".to_owned(),
    };
    // A property, not an attribute: the page's policy knows no inline styles.
    // A rem is sixteen pixels; in whole numbers, since writing any other weighs twelve kilobytes.
    let side = format!("{}.{:04}rem", size / 16, size % 16 * 625);
    view! {
        <span class=class style=("--avatar", side) aria-hidden="true">
            {match shape {
                Shape::Channel => view! { <Icon name="campaign" /> }.into_any(),
                _ => view! { {move || initials(&name.get(), shape)} }.into_any(),
            }}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_stand_for_a_name() {
        assert_eq!(initials("Fatima Yıldız", Shape::Person), "FY");
        assert_eq!(initials("Anna Maria Huber", Shape::Person), "AH");
        assert_eq!(initials("KVÜ Bezirk 3 · Maxvorstadt", Shape::Group), "KB");
        assert_eq!(initials("Lage", Shape::Group), "LA");
        assert_eq!(initials("  · ", Shape::Person), "?");
    }

    #[test]
    fn the_same_id_has_the_same_hue() {
        assert_eq!(hue(&[1, 2, 3]), hue(&[1, 2, 3]));
        assert!((0..=255).all(|byte| hue(&[byte; 16]) < HUES));
    }
}
