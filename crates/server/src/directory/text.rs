// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Names as people type them: what is let in, and how it is found again.

use melder_protocol::{ErrorCode, limits};

use super::problem::{Outcome, Problem};

/// Characters that steer the direction of text or show nothing: with them one name can look like another.
const fn misleading(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A name without space around it and with single spaces inside.
///
/// # Errors
/// `InvalidName` when it is empty, too long, or has characters that a name does not have.
pub fn name(field: &'static str, text: &str) -> Outcome<String> {
    let bad = |message: &str| Err(Problem::new(ErrorCode::InvalidName, message).at(field));
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return bad("must not be empty");
    }
    if name.chars().count() > limits::MAX_NAME {
        return bad("is longer than 120 characters");
    }
    if name.chars().any(|c| c.is_control() || misleading(c)) {
        return bad("has a character that cannot be seen or that turns the writing direction");
    }
    Ok(name)
}

/// Is this one line of text that shows all that it holds?
#[must_use]
pub fn line(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || misleading(c))
}

/// A unit's name: also without the slash, which separates units in a path.
///
/// # Errors
/// As [`name`].
pub fn unit_name(text: &str) -> Outcome<String> {
    let name = name("name", text)?;
    if name.contains('/') {
        return Err(Problem::new(
            ErrorCode::InvalidName,
            "must not contain '/', which separates units in a path",
        )
        .at("name"));
    }
    Ok(name)
}

/// An optional text: nothing or only space is nothing.
///
/// # Errors
/// As [`name`].
pub fn optional(field: &'static str, text: Option<&str>) -> Outcome<Option<String>> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => name(field, text).map(Some),
    }
}

/// How names are compared: case does not matter.
#[must_use]
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The words that a text is found by, folded, each once.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = folded(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_its_spaces_are_single() {
        assert_eq!(name("name", "  Ada \t  König ").unwrap(), "Ada König");
    }

    #[test]
    fn a_name_that_misleads_or_is_empty_or_too_long_is_refused() {
        for bad in [
            "",
            "  ",
            "Ada\u{202e}nimda",
            "Ada\u{0}",
            "A\u{200b}da",
            &"x".repeat(121),
        ] {
            assert_eq!(name("name", bad).unwrap_err().code, ErrorCode::InvalidName, "{bad:?}");
        }
        assert!(name("name", &"ü".repeat(120)).is_ok(), "characters count, not bytes");
    }

    #[test]
    fn words_are_found_regardless_of_case_and_punctuation() {
        assert_eq!(words("König-Müller, Ada (KVÜ)"), ["ada", "kvü", "könig", "müller"]);
    }
}
