// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The container's extension fields: two that the draft names, and any others, kept as they came.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::cbor;
use crate::error::ContentError;
use crate::limits::{Limit, MAX_EXTENSION_DEPTH};

/// Extension fields of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Key 1: who sent the message.
    pub sender_uri: Option<String>,
    /// Key 2: the room that the message was sent in.
    pub room_uri: Option<String>,
    /// Every other field. Keys 1 and 2 must not stand here.
    pub other: BTreeMap<ExtensionKey, ExtensionValue>,
}

/// An extension's key, ordered as deterministic encoding orders it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExtensionKey {
    /// Registered with IANA.
    Positive(u64),
    /// Private use: `Negative(n)` stands for `-1 - n`, as in CBOR.
    Negative(u64),
    /// Private use.
    Text(String),
}

/// One encoded CBOR item, deterministic and of bounded depth and size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionValue(Vec<u8>);

/// The largest integer that a double holds exactly: the draft allows no larger keys.
const MAX_INTEGER_KEY: u64 = (1 << 53) - 1;

impl Ord for ExtensionKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |key: &Self| match key {
            Self::Positive(number) => (0, *number),
            Self::Negative(number) => (1, *number),
            // A text's length comes first in its encoding.
            Self::Text(text) => (2, text.len() as u64),
        };
        rank(self).cmp(&rank(other)).then_with(|| match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        })
    }
}

impl PartialOrd for ExtensionKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ExtensionValue {
    /// # Errors
    /// When the bytes are not one item in deterministic encoding, or too long, or too deep.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, ContentError> {
        Limit::ExtensionValue.check(bytes.len())?;
        cbor::check(bytes, MAX_EXTENSION_DEPTH)?;
        Ok(Self(bytes.to_vec()))
    }

    /// The encoded item.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Extensions {
    pub(super) fn check(&self) -> Result<(), ContentError> {
        for uri in [&self.sender_uri, &self.room_uri].into_iter().flatten() {
            Limit::Uri.check(uri.len())?;
        }
        Limit::Extensions.check(self.other.len())?;
        self.other.keys().try_for_each(ExtensionKey::check)
    }
}

impl ExtensionKey {
    fn check(&self) -> Result<(), ContentError> {
        match self {
            Self::Positive(1 | 2) => Err(ContentError::OutOfRange("an extension key that has its own field")),
            Self::Positive(number) if *number > MAX_INTEGER_KEY => Err(ContentError::OutOfRange("an extension key")),
            Self::Negative(number) if *number >= MAX_INTEGER_KEY => Err(ContentError::OutOfRange("an extension key")),
            Self::Text(text) => Limit::ExtensionKey.check_some(text.len(), "an extension key"),
            _ => Ok(()),
        }
    }
}
