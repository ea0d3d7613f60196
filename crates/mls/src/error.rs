// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What can go wrong with a group.

/// A group operation that failed. The texts are for developers; they carry no content and no names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MlsError {
    #[error("malformed MLS bytes: {0}")]
    Malformed(&'static str),
    /// The message belongs to another epoch than the group's current one.
    #[error("the message is for another epoch")]
    WrongEpoch,
    #[error("not the expected group or suite: {0}")]
    Mismatch(&'static str),
    /// RFC 9420's own checks failed.
    #[error("invalid: {0}")]
    Invalid(String),
    /// The device has no state of this group.
    #[error("no such group")]
    NoGroup,
    /// A sender's message can't be decrypted any more, or was already.
    #[error("undecryptable: {0}")]
    Undecryptable(String),
    /// The message says that this very device sent it; nobody can decrypt what they sent.
    #[error("an own message")]
    OwnMessage,
    #[error("storage: {0}")]
    Storage(String),
    #[error("cryptography: {0}")]
    Crypto(String),
}

impl MlsError {
    pub(crate) fn invalid(error: impl core::fmt::Display) -> Self {
        Self::Invalid(error.to_string())
    }
}
