// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Everything that can be wrong with a content.

use crate::limits::Limit;

/// Why bytes are not a content, or a content can't be written. [`code`](Self::code) is stable: apps and logs may keep it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    #[error("malformed: {0}")]
    Malformed(String),
    /// RFC 8949, section 4.2.1: there is exactly one way to write a value, and this is another one.
    #[error("not in deterministic encoding: {0}")]
    NotDeterministic(&'static str),
    #[error("nested too deeply")]
    TooDeep,
    #[error("{limit:?} is {actual}, the limit is {}", limit.max())]
    Exceeds { limit: Limit, actual: u64 },
    #[error("{0} must not be empty")]
    Empty(&'static str),
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    #[error("a message id of an unknown hash algorithm")]
    UnknownHash,
    /// An edit contains a reply or a body, a reply contains a body; nothing else nests.
    #[error("{0} inside {1}")]
    Nesting(&'static str, &'static str),
    #[error("{0} answers a message but names none")]
    NoTarget(&'static str),
    /// The message names another sender than the one who sent it.
    #[error("the message names another sender")]
    WrongSender,
    /// The message names another group than the one it was sent in.
    #[error("the message names another group")]
    WrongGroup,
}

impl ContentError {
    /// A stable name for this kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "content-malformed",
            Self::NotDeterministic(_) => "content-not-deterministic",
            Self::TooDeep => "content-too-deep",
            Self::Exceeds { limit, .. } => limit.code(),
            Self::Empty(_) => "content-empty",
            Self::OutOfRange(_) => "content-out-of-range",
            Self::UnknownHash => "content-unknown-hash",
            Self::Nesting(..) => "content-nesting",
            Self::NoTarget(_) => "content-no-target",
            Self::WrongSender => "content-wrong-sender",
            Self::WrongGroup => "content-wrong-group",
        }
    }

    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }
}

impl From<minicbor::decode::Error> for ContentError {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}
