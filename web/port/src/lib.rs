// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What crosses between a page and the worker that owns the engine.
//!
//! A page asks ([`Ask`]) under a number and gets one [`Answer`] or one [`Failure`] under the same number; besides, the
//! worker tells every page what changed ([`News`]). News carries no content, only what to ask for anew: a page shows what
//! the engine's queries say, never what it remembered. All of it is postcard inside one `Uint8Array` a message.
//!
//! Not here: any logic, any text for people, any browser type. The worker turns the engine's views into these
//! ([`view`]), so that the page's program holds neither the engine nor its database.

pub mod ask;
#[cfg(feature = "codes")]
pub mod codes;
pub mod news;
pub mod view;

pub use ask::{Answer, Ask, Failure};
pub use melder_content::MessageId;
pub use melder_protocol::limits::{MAILBOX_MS, MAX_DEVICES};
pub use melder_protocol::{AccountId, BlobId, DeviceId, GroupId, OrganisationId, Sequence, Time};
pub use news::News;

use serde::{Deserialize, Serialize};

/// A page's number for what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AskId(pub u32);

/// From a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub id: AskId,
    pub ask: Ask,
}

/// From the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is encoded at once"
)]
pub enum Reply {
    Answer { id: AskId, result: Result<Answer, Failure> },
    News(News),
}

/// Bytes that are no message of the port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a message of this version")]
pub struct Malformed;

/// Turns a message into bytes.
///
/// # Errors
/// Never for the types of this crate.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, Malformed> {
    postcard::to_allocvec(message).map_err(|_| Malformed)
}

/// Reads a message. Total: any bytes give a message or an error.
///
/// # Errors
/// When the bytes are of another version, cut off, or followed by others.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Malformed> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        _ => Err(Malformed),
    }
}
