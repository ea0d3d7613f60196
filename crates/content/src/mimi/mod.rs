// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The container of draft-ietf-mimi-content-08, faithfully: what it holds and how it is encoded.
//!
//! It knows nothing of Melder. [`MimiContent::decode`] accepts only the deterministic encoding that the draft demands,
//! within [`limits`](crate::limits); so for every accepted message, encoding again gives the same bytes.

mod codec;
mod extensions;

pub use extensions::{ExtensionKey, ExtensionValue, Extensions};

use crate::error::ContentError;
use crate::id::{MessageId, Salt, message_id};
use crate::limits::Limit;

/// A message as the draft defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MimiContent {
    pub salt: Salt,
    /// The first version of the message that this one edits or deletes.
    pub replaces: Option<MessageId>,
    /// Empty for no topic.
    pub topic_id: Vec<u8>,
    pub expires: Option<Expiry>,
    pub in_reply_to: Option<MessageId>,
    pub extensions: Extensions,
    pub body: NestedPart,
}

/// When a message is to vanish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expiry {
    /// At this second since 1970-01-01T00:00:00Z.
    At(u32),
    /// So many seconds after it was read.
    AfterReading(u32),
}

/// A part, possibly with parts inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedPart {
    pub disposition: Disposition,
    /// Empty, or language tags (RFC 5646) separated by commas.
    pub language: String,
    pub part: Part,
}

/// What a part is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    Unspecified,
    Render,
    Reaction,
    Profile,
    Inline,
    Icon,
    Attachment,
    Session,
    Preview,
    /// A number without a name here: to be treated as [`Render`](Self::Render).
    Other(u8),
}

/// The four kinds of part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Nothing: for deleting.
    Null,
    Single(SinglePart),
    External(Box<ExternalPart>),
    Multi(MultiPart),
}

/// Content that stands in the message.
#[derive(Clone, PartialEq, Eq)]
pub struct SinglePart {
    pub content_type: String,
    pub content: Vec<u8>,
}

impl core::fmt::Debug for SinglePart {
    /// Without the content: it may hold keys.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SinglePart({:?}, {} bytes)", self.content_type, self.content.len())
    }
}

/// Content that lies elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalPart {
    pub content_type: String,
    pub url: String,
    /// Seconds since 1970, or 0 for never.
    pub expires: u32,
    /// Of what lies at the URL, in bytes; 0 if unknown.
    pub size: u64,
    /// IANA's AEAD algorithm number, or 0 for none.
    pub enc_alg: u16,
    pub key: Vec<u8>,
    pub nonce: Vec<u8>,
    pub aad: Vec<u8>,
    /// IANA's named-information hash algorithm number, or 0 for none.
    pub hash_alg: u8,
    /// Of what lies at the URL.
    pub content_hash: Vec<u8>,
    pub description: String,
    pub filename: String,
}

impl core::fmt::Debug for ExternalPart {
    /// Without the key: a message may be printed, its attachments' keys may not.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ExternalPart")
            .field("content_type", &self.content_type)
            .field("url", &self.url)
            .field("size", &self.size)
            .field("enc_alg", &self.enc_alg)
            .finish_non_exhaustive()
    }
}

/// Several parts and how they belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiPart {
    pub semantics: PartSemantics,
    /// At least two.
    pub parts: Vec<NestedPart>,
}

/// How the parts of a [`MultiPart`] belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartSemantics {
    /// The receiver picks one.
    ChooseOne,
    /// All of them or none.
    SingleUnit,
    /// As many as possible.
    ProcessAll,
}

impl Disposition {
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::Render => 1,
            Self::Reaction => 2,
            Self::Profile => 3,
            Self::Inline => 4,
            Self::Icon => 5,
            Self::Attachment => 6,
            Self::Session => 7,
            Self::Preview => 8,
            Self::Other(number) => number,
        }
    }

    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Unspecified,
            1 => Self::Render,
            2 => Self::Reaction,
            3 => Self::Profile,
            4 => Self::Inline,
            5 => Self::Icon,
            6 => Self::Attachment,
            7 => Self::Session,
            8 => Self::Preview,
            other => Self::Other(other),
        }
    }
}

impl NestedPart {
    /// A part with content in the message and no language.
    #[must_use]
    pub fn single(disposition: Disposition, content_type: impl Into<String>, content: Vec<u8>) -> Self {
        Self {
            disposition,
            language: String::new(),
            part: Part::Single(SinglePart {
                content_type: content_type.into(),
                content,
            }),
        }
    }

    /// Parts that belong together.
    #[must_use]
    pub const fn multi(disposition: Disposition, semantics: PartSemantics, parts: Vec<Self>) -> Self {
        Self {
            disposition,
            language: String::new(),
            part: Part::Multi(MultiPart { semantics, parts }),
        }
    }

    /// The media type of this part, or of the first part inside that has one; empty if none has.
    #[must_use]
    pub fn content_type(&self) -> &str {
        match &self.part {
            Part::Null => "",
            Part::Single(single) => &single.content_type,
            Part::External(external) => &external.content_type,
            Part::Multi(multi) => multi
                .parts
                .iter()
                .map(Self::content_type)
                .find(|name| !name.is_empty())
                .unwrap_or(""),
        }
    }

    /// Checks this part and those inside; counts them in `total`.
    fn check(&self, level: usize, total: &mut usize) -> Result<(), ContentError> {
        Limit::Nesting.check(level)?;
        *total += 1;
        Limit::PartsTotal.check(*total)?;
        Limit::Language.check(self.language.len())?;
        match &self.part {
            Part::Null => Ok(()),
            Part::Single(single) => Limit::ContentType.check(single.content_type.len()),
            Part::External(external) => external.check(),
            Part::Multi(multi) if multi.parts.len() < 2 => {
                Err(ContentError::malformed("a multi part with less than two parts"))
            }
            Part::Multi(multi) => {
                Limit::Parts.check(multi.parts.len())?;
                multi.parts.iter().try_for_each(|part| part.check(level + 1, total))
            }
        }
    }
}

impl ExternalPart {
    fn check(&self) -> Result<(), ContentError> {
        Limit::ContentType.check(self.content_type.len())?;
        Limit::Uri.check(self.url.len())?;
        for bytes in [&self.key, &self.nonce, &self.aad, &self.content_hash] {
            Limit::Key.check(bytes.len())?;
        }
        Limit::Note.check(self.description.len())?;
        Limit::Filename.check(self.filename.len())
    }
}

impl MimiContent {
    /// The bytes to encrypt.
    ///
    /// # Errors
    /// When a limit is exceeded.
    pub fn encode(&self) -> Result<Vec<u8>, ContentError> {
        self.check()?;
        let bytes = crate::cbor::encode(self);
        Limit::Total.check(bytes.len())?;
        Ok(bytes)
    }

    /// Reads what was decrypted. Total: any bytes give a message or an error.
    ///
    /// # Errors
    /// When the bytes are not a message in deterministic encoding, or a limit is exceeded.
    pub fn decode(bytes: &[u8]) -> Result<Self, ContentError> {
        Limit::Total.check(bytes.len())?;
        crate::cbor::check(bytes, crate::limits::MAX_CBOR_DEPTH)?;
        let content = codec::message(&mut minicbor::Decoder::new(bytes))?;
        content.check()?;
        Ok(content)
    }

    /// The id of this message when `bytes` are its encoding.
    ///
    /// # Errors
    /// When a URI is too long.
    pub fn id(&self, bytes: &[u8], sender_uri: &str, room_uri: &str) -> Result<MessageId, ContentError> {
        message_id(bytes, &self.salt, sender_uri, room_uri)
    }

    /// Checks every limit of the draft and of ours that doesn't depend on what the parts say.
    ///
    /// # Errors
    /// The first limit that is exceeded.
    pub fn check(&self) -> Result<(), ContentError> {
        Limit::Topic.check(self.topic_id.len())?;
        if let Some(Expiry::AfterReading(seconds)) = self.expires {
            Limit::Expiry.check(seconds as usize)?;
        }
        self.extensions.check()?;
        self.body.check(1, &mut 0)
    }
}
