// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a message says, once it is decrypted.
//!
//! Two layers. [`mimi`] is the IETF draft *MIMI message content*, version 08, and nothing else: a container with a
//! salt, references to other messages and nested parts. [`Content`] is what the app works with: a text, an alarm, a
//! poll. [`Message`] ties one content to the container's fields and maps between both.
//!
//! It is not encryption, not storage, not a user interface: no I/O, no clock, no randomness (the salt comes in), no
//! words in any language.
//!
//! Data passes through like this: the engine builds a [`Message`], [`Message::encode`] checks every limit and gives
//! the bytes for MLS and the [`MessageId`]. On the other side [`Message::decode`] takes any bytes and gives a
//! checked [`Message`] or a [`ContentError`], never a panic. **The bytes are the message**; a [`Content`] is today's
//! reading of them. So keep the bytes: what is [`Content::Unknown`] now is read again after an update.

#![forbid(unsafe_code)]

mod cbor;
mod content;
mod error;
mod id;
pub mod limits;
pub mod mimi;
mod read;
mod summary;
mod write;

pub use content::account::{
    AckKeyShare, ArchiveOffer, DutySettings, GroupSettings, HistoryAnswer, HistoryRequest, Mute, Settings, Span,
};
pub use content::alarm::{AckRequest, Acknowledgement, Alarm, Urgency};
pub use content::attachment::{AEAD_AES_256_GCM, Attachment, Attachments, BlobRef, Evidence, Preview};
pub use content::location::{Location, Place};
pub use content::operation::OperationLine;
pub use content::poll::{Poll, Vote};
pub use content::profile::{Absence, ContactCard, GroupProfile};
pub use content::report::{Report, ReportField};
pub use content::text::{Text, TextFormat, TextPiece};
pub use content::{Content, Decoded, Encoded, Message, Unknown};
pub use error::ContentError;
pub use id::{MessageId, Origin, Salt, blob_uri, message_id, parse_blob_uri, room_uri, sender_uri};
pub use limits::Limit;
pub use mimi::Expiry;
pub use summary::{MediaKind, Summary, plain_text, searchable_text};

/// The version of `draft-ietf-mimi-content` that this crate reads and writes.
pub const MIMI_DRAFT: u8 = 8;
