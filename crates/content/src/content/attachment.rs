// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Attachments: sealed bytes that lie on the server, and what the message says about them.
//!
//! On the wire an attachment is the draft's external part plus `application/vnd.melder.attachment+cbor`, which holds what
//! the draft has no field for. Sealing and unsealing happen elsewhere; here are only the numbers that it takes.

use core::num::NonZeroU32;

use melder_protocol::cbor::Bytes;
use melder_protocol::ids::{BlobId, Hash, Time};
use minicbor::{Decode, Encode};

use super::Payload;
use super::location::Place;
use super::text::Text;
use crate::error::ContentError;
use crate::limits::Limit;

/// AEAD_AES_256_GCM in IANA's registry of AEAD algorithms.
pub const AEAD_AES_256_GCM: u16 = 2;

/// Length of the tag that seals each chunk.
const TAG: u64 = 16;

/// Files, pictures, recordings, and a few words to go with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachments {
    pub caption: Option<Text>,
    /// At least one.
    pub items: Vec<Attachment>,
}

/// One attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub blob: BlobRef,
    /// The media type of the unsealed bytes.
    pub content_type: String,
    /// Empty if there is none.
    pub filename: String,
    /// What it shows, for those who can't see it; empty if there is none.
    pub description: String,
    /// To be shown in the chat, rather than offered as a file.
    pub inline: bool,
    /// The second since 1970 when the server drops it.
    pub expires: Option<NonZeroU32>,
    pub preview: Option<Preview>,
    /// Width and height in pixels.
    pub dimensions: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
    pub evidence: Option<Evidence>,
}

/// Sealed bytes on the server, and the key to them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BlobRef {
    #[n(1)]
    pub id: BlobId,
    /// Of the sealed bytes.
    #[n(2)]
    pub size: u64,
    /// IANA's AEAD algorithm number: [`AEAD_AES_256_GCM`].
    #[n(3)]
    pub enc_alg: u16,
    #[n(4)]
    pub key: Bytes,
    #[n(5)]
    pub nonce: Bytes,
    /// SHA-256 of the sealed bytes.
    #[n(6)]
    pub hash: Hash,
    /// Unsealed bytes in each chunk but the last; 0 if it was sealed in one piece.
    #[n(7)]
    pub chunk_size: u32,
}

/// A small picture that stands in the message.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Preview {
    #[n(1)]
    pub content_type: String,
    #[n(2)]
    pub bytes: Bytes,
}

/// What makes a photo evidence: when and where it was taken, and that it was not changed since.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Evidence {
    #[n(1)]
    pub captured_at: Time,
    #[n(2)]
    pub place: Option<Place>,
    /// SHA-256 of the unsealed bytes, as the camera made them.
    #[n(3)]
    pub hash: Hash,
}

/// What the draft's external part has no field for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Details {
    #[n(1)]
    pub chunk_size: u32,
    #[n(2)]
    pub preview: Option<Preview>,
    #[n(3)]
    pub dimensions: Option<(u32, u32)>,
    #[n(4)]
    pub duration_ms: Option<u64>,
    #[n(5)]
    pub evidence: Option<Evidence>,
}

impl BlobRef {
    /// How many bytes come out when it is unsealed: each chunk carries a tag of 16 bytes.
    #[must_use]
    pub const fn unsealed_size(&self) -> u64 {
        let sealed_chunk = match self.chunk_size {
            0 => u64::MAX,
            size => size as u64 + TAG,
        };
        self.size.saturating_sub(self.size.div_ceil(sealed_chunk) * TAG)
    }

    pub(crate) fn check(&self) -> Result<(), ContentError> {
        Limit::Key.check(self.key.len())?;
        Limit::Key.check(self.nonce.len())?;
        if self.enc_alg == AEAD_AES_256_GCM && self.key.len() != 32 {
            return Err(ContentError::OutOfRange("the length of a key for AES-256-GCM"));
        }
        Ok(())
    }
}

impl Attachment {
    /// An attachment of which nothing is known but where it lies and what it is.
    #[must_use]
    pub fn new(blob: BlobRef, content_type: impl Into<String>) -> Self {
        Self {
            blob,
            content_type: content_type.into(),
            filename: String::new(),
            description: String::new(),
            inline: false,
            expires: None,
            preview: None,
            dimensions: None,
            duration_ms: None,
            evidence: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), ContentError> {
        self.blob.check()?;
        Limit::ContentType.check_some(self.content_type.len(), "a media type")?;
        Limit::Filename.check(self.filename.len())?;
        Limit::Note.check(self.description.len())?;
        self.details().check()
    }

    pub(crate) fn details(&self) -> Details {
        Details {
            chunk_size: self.blob.chunk_size,
            preview: self.preview.clone(),
            dimensions: self.dimensions,
            duration_ms: self.duration_ms,
            evidence: self.evidence.clone(),
        }
    }
}

impl Attachments {
    #[must_use]
    pub fn one(attachment: Attachment) -> Self {
        Self {
            caption: None,
            items: vec![attachment],
        }
    }

    pub(crate) fn check(&self) -> Result<(), ContentError> {
        if let Some(caption) = &self.caption {
            caption.check()?;
        }
        Limit::Attachments.check_some(self.items.len(), "a list of attachments")?;
        self.items.iter().try_for_each(Attachment::check)
    }
}

impl Payload for Details {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.attachment+cbor";

    fn check(&self) -> Result<(), ContentError> {
        if let Some(preview) = &self.preview {
            Limit::ContentType.check(preview.content_type.len())?;
            Limit::Preview.check(preview.bytes.len())?;
        }
        if let Some((width, height)) = self.dimensions {
            Limit::Side.check(width as usize)?;
            Limit::Side.check(height as usize)?;
        }
        match self.evidence.as_ref().and_then(|evidence| evidence.place.as_ref()) {
            Some(place) => place.check(),
            None => Ok(()),
        }
    }
}
