// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Deterministic CBOR (RFC 8949, section 4.2.1): a check that any bytes survive, and the small helpers around minicbor.
//!
//! The check runs before anything is decoded. What it lets through is one well-formed item, of bounded depth, written
//! in the only permitted way; so decoding and encoding again gives the same bytes, and no decoder behind it meets a
//! length that is not there.

use minicbor::{Decode, Encode};

use crate::error::ContentError;

/// Encodes a value into bytes.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    melder_protocol::cbor::encode(value)
}

/// Decodes one of our media types: deterministic, integer keys, unknown keys tolerated.
pub(crate) fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], depth: usize) -> Result<T, ContentError> {
    check(bytes, depth)?;
    Ok(minicbor::decode(bytes)?)
}

/// Checks that `bytes` are exactly one deterministically encoded item, with at most `depth` levels of containers.
pub(crate) fn check(bytes: &[u8], depth: usize) -> Result<(), ContentError> {
    let mut walker = Walker { bytes, at: 0 };
    walker.item(depth)?;
    if walker.at == bytes.len() {
        Ok(())
    } else {
        Err(ContentError::malformed("bytes after the end"))
    }
}

struct Walker<'b> {
    bytes: &'b [u8],
    at: usize,
}

struct Head {
    major: u8,
    info: u8,
    argument: u64,
}

impl<'b> Walker<'b> {
    fn take(&mut self, count: u64) -> Result<&'b [u8], ContentError> {
        let end = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count));
        let slice = end.and_then(|end| self.bytes.get(self.at..end));
        let slice = slice.ok_or_else(|| ContentError::malformed("ends too early"))?;
        self.at += slice.len();
        Ok(slice)
    }

    fn unsigned(&mut self, count: u64) -> Result<u64, ContentError> {
        Ok(self
            .take(count)?
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn head(&mut self) -> Result<Head, ContentError> {
        let initial = self.unsigned(1)? as u8;
        let (major, info) = (initial >> 5, initial & 0x1f);
        let (argument, least) = match info {
            0..=23 => (u64::from(info), 0),
            24 => (self.unsigned(1)?, 24),
            25 => (self.unsigned(2)?, 1 << 8),
            26 => (self.unsigned(4)?, 1 << 16),
            27 => (self.unsigned(8)?, 1 << 32),
            31 => return Err(ContentError::NotDeterministic("indefinite length")),
            _ => return Err(ContentError::malformed("reserved additional information")),
        };
        // Major type 7 carries floats, whose shortest form is decided by value, not by size.
        if major != 7 && argument < least {
            return Err(ContentError::NotDeterministic("longer than necessary"));
        }
        Ok(Head { major, info, argument })
    }

    /// Walks over one item. The recursion is bounded by `depth`.
    fn item(&mut self, depth: usize) -> Result<(), ContentError> {
        let head = self.head()?;
        if matches!(head.major, 4..=6) && depth == 0 {
            return Err(ContentError::TooDeep);
        }
        match head.major {
            0 | 1 => Ok(()),
            2 => self.take(head.argument).map(|_| ()),
            3 => match core::str::from_utf8(self.take(head.argument)?) {
                Ok(_) => Ok(()),
                Err(_) => Err(ContentError::malformed("text is not UTF-8")),
            },
            4 => (0..head.argument).try_for_each(|_| self.item(depth - 1)),
            5 => self.map(head.argument, depth - 1),
            6 => self.tagged(head.argument, depth - 1),
            _ => simple_or_float(&head),
        }
    }

    fn map(&mut self, entries: u64, depth: usize) -> Result<(), ContentError> {
        let mut before: Option<&[u8]> = None;
        for _ in 0..entries {
            let start = self.at;
            let major = self.bytes.get(start).map(|initial| initial >> 5);
            if !matches!(major, Some(0..=3)) {
                return Err(ContentError::malformed("a map key is not an integer, a text or bytes"));
            }
            self.item(depth)?;
            let key = &self.bytes[start..self.at];
            if before.is_some_and(|before| before >= key) {
                return Err(ContentError::NotDeterministic("map keys are not in order, or twice"));
            }
            before = Some(key);
            self.item(depth)?;
        }
        Ok(())
    }

    fn tagged(&mut self, tag: u64, depth: usize) -> Result<(), ContentError> {
        let start = self.at;
        self.item(depth)?;
        // Tags 2 and 3 are big integers: a byte string without leading zeros, and only when 8 bytes don't do.
        if matches!(tag, 2 | 3) {
            let mut inner = Walker {
                bytes: &self.bytes[..self.at],
                at: start,
            };
            let head = inner.head()?;
            if head.major != 2 {
                return Err(ContentError::malformed("a big integer is not a byte string"));
            }
            if head.argument <= 8 || inner.bytes.get(inner.at) == Some(&0) {
                return Err(ContentError::NotDeterministic("a big integer that is not big"));
            }
        }
        Ok(())
    }
}

fn simple_or_float(head: &Head) -> Result<(), ContentError> {
    let shortest = match head.info {
        0..=23 => true,
        24 if head.argument < 32 => return Err(ContentError::malformed("reserved simple value")),
        24 => true,
        // The only NaN is the short quiet one.
        25 => head.argument & 0x7c00 != 0x7c00 || matches!(head.argument & 0x7fff, 0x7c00) || head.argument == 0x7e00,
        26 => !fits_half(f32::from_bits(head.argument as u32)),
        _ => {
            let value = f64::from_bits(head.argument);
            !value.is_nan() && f64::from(value as f32).to_bits() != head.argument
        }
    };
    if shortest {
        Ok(())
    } else {
        Err(ContentError::NotDeterministic("a float that is too long"))
    }
}

/// Whether a single-precision float has the same value in half precision (NaN counts, since it has to be short).
fn fits_half(value: f32) -> bool {
    let bits = value.to_bits();
    let mantissa = bits & 0x007f_ffff;
    match (bits >> 23 & 0xff) as i32 - 127 {
        -127 => mantissa == 0,
        128 => true,
        -14..=15 => mantissa.trailing_zeros() >= 13,
        // Subnormal halves keep fewer bits the smaller they are.
        exponent @ -24..=-15 => (mantissa | 0x0080_0000).trailing_zeros() as i32 >= -1 - exponent,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(hex: &str) -> Result<(), ContentError> {
        check(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap(), 4)
    }

    #[test]
    fn the_one_way_to_write_a_value_passes() {
        for hex in [
            "00",
            "17",
            "1818",
            "190100",
            "1a00010000",
            "1b0000000100000000",
            "20",
            "40",
            "60",
            "80",
            "a0",
            "f4",
            "f6",
            "a2010218200a",
            "a22001616102",
            "c11a514b67b0",
            "c249010000000000000000",
            "f93c00",
            "f97e00",
            "f97c00",
            "fa47c35000",
            "fb3ff199999999999a",
            "fa33000000",
            "f90001",
            "8181818100",
        ] {
            assert_eq!(checked(hex), Ok(()), "{hex}");
        }
    }

    #[test]
    fn every_other_way_fails() {
        for hex in [
            "1817",
            "1900ff",
            "1a0000ffff",
            "1b00000000ffffffff",
            "5800",
            "9f00ff",
            "bf0102ff",
            "5f4100ff",
            "a202010101",
            "a201020103",
            "a2616102200a",
            "c2420100",
            "fa3f800000",
            "fb3ff0000000000000",
            "fa7fc00000",
            "f97e01",
            "fa33800000",
            "fb7ff8000000000000",
        ] {
            let code = checked(hex).map_err(|error| error.code());
            assert_eq!(code, Err("content-not-deterministic"), "{hex}");
        }
    }

    #[test]
    fn what_is_not_cbor_is_malformed() {
        for hex in [
            "",
            "1c",
            "42ff",
            "62c328",
            "8201",
            "a101",
            "0000",
            "f800",
            "a1f400",
            "9b7fffffffffffffff00",
        ] {
            assert_eq!(
                checked(hex).map_err(|error| error.code()),
                Err("content-malformed"),
                "{hex}"
            );
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(checked("818181818100"), Err(ContentError::TooDeep));
        assert_eq!(check(&[0x81; 100_000], 9), Err(ContentError::TooDeep));
    }
}
