// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Numbers as people write them into fields.

use melder_kit::texts::{self, Language};

const MEBIBYTE: f64 = 1_048_576.0;

/// A whole number, or none; `Err`: neither. "1.000" is none: to some it is a thousand, to others one.
pub fn whole(text: &str) -> Result<Option<u32>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| ())
}

/// A number with a comma or a point, or none; `Err`: neither.
pub fn decimal(text: &str) -> Result<Option<f64>, ()> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
        _ => Err(()),
    }
}

/// A size in bytes, as a field or a sentence has it.
#[expect(clippy::cast_precision_loss, reason = "at most a hundred million bytes")]
pub fn megabytes(bytes: u64) -> String {
    let size = (bytes as f64 / MEBIBYTE * 100.0).round() / 100.0;
    match texts::language() {
        Language::De => size.to_string().replace('.', ","),
        Language::En => size.to_string(),
    }
}

/// What such a size is in bytes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no number of a field is negative; `as` keeps to the type's bounds"
)]
pub fn bytes_of(megabytes: f64) -> u64 {
    (megabytes * MEBIBYTE).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_days_with_a_point_are_not_one() {
        assert_eq!(whole(" 5 "), Ok(Some(5)));
        assert_eq!(whole(""), Ok(None));
        for text in ["1.000", "1,5", "-1", "viele", "99999999999"] {
            assert_eq!(whole(text), Err(()), "{text}");
        }
    }

    #[test]
    fn a_size_is_written_as_in_the_language() {
        assert_eq!(megabytes(1_572_864), "1,5");
        texts::load(Language::En, String::new());
        assert_eq!(megabytes(1_572_864), "1.5");
        assert_eq!(megabytes(0), "0");
        assert_eq!(bytes_of(1.5), 1_572_864);
    }

    #[test]
    fn a_size_may_have_a_comma_or_a_point() {
        assert_eq!(decimal("1,5"), Ok(Some(1.5)));
        assert_eq!(decimal("1.5"), Ok(Some(1.5)));
        assert_eq!(decimal(" "), Ok(None));
        for text in ["-1", "viele", "inf", "NaN"] {
            assert_eq!(decimal(text), Err(()), "{text}");
        }
    }
}
