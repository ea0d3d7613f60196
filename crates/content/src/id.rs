// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Names: of a message (a hash over it), of who said it and where (URIs made from ids).

use core::fmt;
use core::str::FromStr;

use melder_protocol::ids::{AccountId, BlobId, GroupId};
use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::error::ContentError;

/// 16 random bytes, new for each message. They make equal messages different, and ids unguessable.
pub type Salt = [u8; 16];

/// SHA-256 in IANA's registry of named-information hash algorithms; the first byte of a message id.
const SHA_256: u8 = 1;

/// A message's name: `0x01`, then the first 31 bytes of a SHA-256 over the message, its sender and its room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; 32]);

impl MessageId {
    /// # Errors
    /// When the first byte is not the number of SHA-256.
    pub const fn from_bytes(bytes: [u8; 32]) -> Result<Self, ContentError> {
        if bytes[0] == SHA_256 {
            Ok(Self(bytes))
        } else {
            Err(ContentError::UnknownHash)
        }
    }

    /// # Errors
    /// When the length is not 32, or the first byte is not the number of SHA-256.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ContentError> {
        match bytes.try_into() {
            Ok(bytes) => Self::from_bytes(bytes),
            Err(_) => Err(ContentError::malformed("a message id is 32 bytes long")),
        }
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

impl FromStr for MessageId {
    type Err = ContentError;

    fn from_str(text: &str) -> Result<Self, ContentError> {
        let hash: melder_protocol::ids::Hash = text
            .parse()
            .map_err(|_| ContentError::malformed("a message id is 64 hexadecimal characters"))?;
        Self::from_bytes(*hash.as_bytes())
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<C> Encode<C> for MessageId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for MessageId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        let at = d.position();
        Self::from_slice(d.bytes()?).map_err(|error| DecodeError::message(error).at(at))
    }
}

/// Who said it, and where: what MLS proved about a message, and what its id depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub sender: AccountId,
    pub group: GroupId,
}

/// `melder:account/<id>`: the sender URI, and the target of a mention.
#[must_use]
pub fn sender_uri(account: AccountId) -> String {
    format!("melder:account/{account}")
}

/// `melder:group/<id>`: the room URI.
#[must_use]
pub fn room_uri(group: GroupId) -> String {
    format!("melder:group/{group}")
}

const BLOB_URI: &str = "melder:blob/";

/// `melder:blob/<id>`: where an attachment's sealed bytes lie.
#[must_use]
pub fn blob_uri(blob: BlobId) -> String {
    format!("{BLOB_URI}{blob}")
}

/// The blob that a URI names, if it is exactly what [`blob_uri`] writes.
#[must_use]
pub fn parse_blob_uri(uri: &str) -> Option<BlobId> {
    let blob: BlobId = uri.strip_prefix(BLOB_URI)?.parse().ok()?;
    (blob_uri(blob) == uri).then_some(blob)
}

/// The id of an encoded message, as draft-ietf-mimi-content-08, section 3.3, derives it. The salt goes in a second
/// time at the end, against length extension.
///
/// # Errors
/// When a URI has more than 65 535 bytes.
pub fn message_id(bytes: &[u8], salt: &Salt, sender_uri: &str, room_uri: &str) -> Result<MessageId, ContentError> {
    let mut hash = Sha256::new();
    for uri in [sender_uri, room_uri] {
        let length = u16::try_from(uri.len()).map_err(|_| ContentError::OutOfRange("the length of a URI"))?;
        hash.update(length.to_be_bytes());
        hash.update(uri.as_bytes());
    }
    hash.update(bytes);
    hash.update(salt);
    let digest = hash.finalize();
    let mut id = [SHA_256; 32];
    id[1..].copy_from_slice(&digest[..31]);
    Ok(MessageId(id))
}
