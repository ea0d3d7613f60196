// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! People in a text: who is meant while one types `@`, and the link that a name becomes when it is sent. Pure.

use melder_port::AccountId;

/// Longer than this is no name that somebody is still typing.
const LONGEST: usize = 40;

/// The byte that an index of the browser (UTF-16) stands for.
#[must_use]
pub fn byte_at(text: &str, utf16: u32) -> usize {
    let mut units = 0;
    for (byte, letter) in text.char_indices() {
        if units >= utf16 {
            return byte;
        }
        units += u32::try_from(letter.len_utf16()).unwrap_or(1);
    }
    text.len()
}

/// The other way round.
#[must_use]
pub fn utf16_at(text: &str, byte: usize) -> u32 {
    let units = text.get(..byte).unwrap_or(text).encode_utf16().count();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// Where the `@` before the caret stands, and what was typed after it, if it can be a name.
#[must_use]
pub fn asked(text: &str, caret: usize) -> Option<(usize, &str)> {
    let before = text.get(..caret)?;
    let at = before.rfind('@')?;
    let starts = before
        .get(..at)?
        .chars()
        .next_back()
        .is_none_or(|letter| !letter.is_alphanumeric());
    let typed = before.get(at + 1..)?;
    let is_name = typed.chars().count() <= LONGEST
        && !typed.contains('\n')
        && !typed.starts_with(' ')
        && typed.matches(' ').count() <= 2;
    (starts && is_name).then_some((at, typed))
}

/// Does each typed word begin a word of the name?
#[must_use]
pub fn fits(name: &str, typed: &str) -> bool {
    let name = melder_kit::texts::lower(name);
    let words: Vec<&str> = name.split([' ', '-', '·']).collect();
    melder_kit::texts::lower(typed)
        .split_whitespace()
        .all(|typed| words.iter().any(|word| word.starts_with(typed)))
}

/// A mention as it is sent.
#[must_use]
pub fn link(name: &str, account: AccountId) -> String {
    let mut label = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_punctuation() {
            label.push('\\');
        }
        label.push(if letter.is_control() { ' ' } else { letter });
    }
    format!("[@{label}](melder:account/{account})")
}

/// The text with each `@Name` of these people as a link. The longest name wins.
#[must_use]
pub fn with_links(text: &str, people: &[(String, AccountId)]) -> String {
    let mut people: Vec<&(String, AccountId)> = people.iter().filter(|(name, _)| !name.is_empty()).collect();
    melder_kit::order::sort_by_key(&mut people, |(name, _)| std::cmp::Reverse(name.len()));
    let mut sent = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        let starts = before
            .chars()
            .next_back()
            .or_else(|| sent.chars().next_back())
            .is_none_or(|letter| !letter.is_alphanumeric());
        sent.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        let meant = people.iter().filter(|_| starts).find(|(name, _)| {
            after
                .strip_prefix(name.as_str())
                .is_some_and(|tail| tail.chars().next().is_none_or(|letter| !letter.is_alphanumeric()))
        });
        match meant {
            Some((name, account)) => {
                sent.push_str(&link(name, *account));
                rest = after.get(name.len()..).unwrap_or_default();
            }
            None => {
                sent.push('@');
                rest = after;
            }
        }
    }
    sent.push_str(rest);
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u8) -> AccountId {
        AccountId::from_bytes([number; 16])
    }

    #[test]
    fn an_index_of_the_browser_is_found_behind_emoji() {
        let text = "a👍ß@";
        assert_eq!(byte_at(text, 3), 5);
        assert_eq!(utf16_at(text, 5), 3);
        assert_eq!(byte_at(text, 99), text.len());
    }

    #[test]
    fn a_name_is_asked_for_after_an_at_that_begins_a_word() {
        assert_eq!(asked("Hallo @Jo", 9), Some((6, "Jo")));
        assert_eq!(asked("@", 1), Some((0, "")));
        assert_eq!(asked("a@b", 3), None, "an address is no name");
        assert_eq!(asked("@Jo\nmehr", 8), None);
        assert_eq!(asked("@ Jo", 4), None);
        assert_eq!(asked("@Anna Maria von Huber", 21), None);
    }

    #[test]
    fn names_fit_by_the_beginnings_of_their_words() {
        assert!(fits("Fatima Yıldız", "fa"));
        assert!(fits("Jonas Berger", "ber jo"));
        assert!(fits("Jonas Berger", ""));
        assert!(!fits("Jonas Berger", "erger"));
    }

    #[test]
    fn names_become_links_the_longest_first() {
        let people = [("Anna".to_owned(), person(1)), ("Anna Huber".to_owned(), person(2))];
        assert_eq!(
            with_links("@Anna Huber und @Anna, nicht @Annabel oder x@Anna", &people),
            format!(
                "{} und {}, nicht @Annabel oder x@Anna",
                link("Anna Huber", person(2)),
                link("Anna", person(1))
            )
        );
        assert_eq!(with_links("ohne", &people), "ohne");
    }

    #[test]
    fn a_name_cannot_break_out_of_its_link() {
        assert_eq!(
            link("A](x)\n", person(0)),
            format!("[@A\\]\\(x\\) ](melder:account/{})", person(0))
        );
    }
}
