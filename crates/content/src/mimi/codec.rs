// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The container's CBOR. Runs behind [`crate::cbor::check`], so lengths are definite and depth is bounded.

use minicbor::data::Type;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decoder, Encode, Encoder};

use super::{
    Disposition, Expiry, ExtensionKey, ExtensionValue, Extensions, ExternalPart, MimiContent, MultiPart, NestedPart,
    Part, PartSemantics, SinglePart,
};
use crate::error::ContentError;
use crate::id::MessageId;
use crate::limits::Limit;

const NULL: u8 = 0;
const SINGLE: u8 = 1;
const EXTERNAL: u8 = 2;
const MULTI: u8 = 3;

fn array(d: &mut Decoder<'_>, what: &'static str) -> Result<u64, ContentError> {
    d.array()?.ok_or_else(|| ContentError::malformed(what))
}

fn exactly(d: &mut Decoder<'_>, length: u64, what: &'static str) -> Result<(), ContentError> {
    if array(d, what)? == length {
        Ok(())
    } else {
        Err(ContentError::malformed(what))
    }
}

/// Null, or something.
fn optional<T>(
    d: &mut Decoder<'_>,
    read: impl FnOnce(&mut Decoder<'_>) -> Result<T, ContentError>,
) -> Result<Option<T>, ContentError> {
    if d.datatype()? == Type::Null {
        d.null()?;
        return Ok(None);
    }
    read(d).map(Some)
}

fn message_id(d: &mut Decoder<'_>) -> Result<MessageId, ContentError> {
    MessageId::from_slice(d.bytes()?)
}

impl<C> Encode<C> for MimiContent {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.array(7)?.bytes(&self.salt)?;
        self.replaces.encode(e, ctx)?;
        e.bytes(&self.topic_id)?;
        self.expires.encode(e, ctx)?;
        self.in_reply_to.encode(e, ctx)?;
        self.extensions.encode(e, ctx)?;
        self.body.encode(e, ctx)
    }
}

/// Reads a message.
pub(super) fn message(d: &mut Decoder<'_>) -> Result<MimiContent, ContentError> {
    exactly(d, 7, "a message has seven fields")?;
    Ok(MimiContent {
        salt: d
            .bytes()?
            .try_into()
            .map_err(|_| ContentError::malformed("a salt is 16 bytes long"))?,
        replaces: optional(d, message_id)?,
        topic_id: d.bytes()?.to_vec(),
        expires: optional(d, expiry)?,
        in_reply_to: optional(d, message_id)?,
        extensions: extensions(d)?,
        body: nested(d, 1)?,
    })
}

impl<C> Encode<C> for Expiry {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        let (relative, seconds) = match *self {
            Self::At(seconds) => (false, seconds),
            Self::AfterReading(seconds) => (true, seconds),
        };
        e.array(2)?.bool(relative)?.u32(seconds)?;
        Ok(())
    }
}

fn expiry(d: &mut Decoder<'_>) -> Result<Expiry, ContentError> {
    exactly(d, 2, "an expiration has two fields")?;
    Ok(if d.bool()? {
        Expiry::AfterReading(d.u32()?)
    } else {
        Expiry::At(d.u32()?)
    })
}

impl<C> Encode<C> for Extensions {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        let named = u64::from(self.sender_uri.is_some()) + u64::from(self.room_uri.is_some());
        e.map(named + self.other.len() as u64)?;
        // Keys 0 to 2 in order: 1 and 2 have fields of their own, 0 is reserved but would come before them.
        let (before, after): (Vec<_>, Vec<_>) = self
            .other
            .iter()
            .partition(|(key, _)| **key == ExtensionKey::Positive(0));
        for (key, value) in before {
            entry(e, key, value)?;
        }
        for (key, uri) in [(1, &self.sender_uri), (2, &self.room_uri)] {
            if let Some(uri) = uri {
                e.u8(key)?.str(uri)?;
            }
        }
        after.into_iter().try_for_each(|(key, value)| entry(e, key, value))
    }
}

fn entry<W: Write>(
    e: &mut Encoder<W>,
    key: &ExtensionKey,
    value: &ExtensionValue,
) -> Result<(), EncodeError<W::Error>> {
    match key {
        ExtensionKey::Positive(number) => e.u64(*number)?,
        ExtensionKey::Negative(number) => e.i64(-1 - i64::try_from(*number).unwrap_or(i64::MAX))?,
        ExtensionKey::Text(text) => e.str(text)?,
    };
    e.writer_mut().write_all(value.as_bytes()).map_err(EncodeError::write)
}

fn extensions(d: &mut Decoder<'_>) -> Result<Extensions, ContentError> {
    let entries = d
        .map()?
        .ok_or_else(|| ContentError::malformed("the extensions have no length"))?;
    let mut extensions = Extensions::default();
    for _ in 0..entries {
        match key(d)? {
            ExtensionKey::Positive(1) => extensions.sender_uri = Some(d.str()?.to_owned()),
            ExtensionKey::Positive(2) => extensions.room_uri = Some(d.str()?.to_owned()),
            key => {
                let start = d.position();
                d.skip()?;
                let bytes = d.input().get(start..d.position()).unwrap_or_default();
                extensions.other.insert(key, ExtensionValue::from_cbor(bytes)?);
            }
        }
    }
    Ok(extensions)
}

fn key(d: &mut Decoder<'_>) -> Result<ExtensionKey, ContentError> {
    Ok(match d.datatype()? {
        Type::String => ExtensionKey::Text(d.str()?.to_owned()),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => ExtensionKey::Positive(d.u64()?),
        _ => ExtensionKey::Negative((-1 - d.i64()?).unsigned_abs()),
    })
}

impl<C> Encode<C> for NestedPart {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        let (cardinality, more) = match &self.part {
            Part::Null => (NULL, 0),
            Part::Single(_) => (SINGLE, 2),
            Part::External(_) => (EXTERNAL, 12),
            Part::Multi(_) => (MULTI, 2),
        };
        e.array(3 + more)?
            .u8(self.disposition.number())?
            .str(&self.language)?
            .u8(cardinality)?;
        match &self.part {
            Part::Null => Ok(()),
            Part::Single(single) => {
                e.str(&single.content_type)?.bytes(&single.content)?;
                Ok(())
            }
            Part::External(external) => external.encode(e, ctx),
            Part::Multi(multi) => {
                e.u8(match multi.semantics {
                    PartSemantics::ChooseOne => 0,
                    PartSemantics::SingleUnit => 1,
                    PartSemantics::ProcessAll => 2,
                })?;
                e.array(multi.parts.len() as u64)?;
                multi.parts.iter().try_for_each(|part| part.encode(e, ctx))
            }
        }
    }
}

impl<C> Encode<C> for ExternalPart {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.str(&self.content_type)?
            .str(&self.url)?
            .u32(self.expires)?
            .u64(self.size)?
            .u16(self.enc_alg)?;
        e.bytes(&self.key)?.bytes(&self.nonce)?.bytes(&self.aad)?;
        e.u8(self.hash_alg)?.bytes(&self.content_hash)?;
        e.str(&self.description)?.str(&self.filename)?;
        Ok(())
    }
}

/// Reads a part. The recursion is bounded by [`Limit::Nesting`].
fn nested(d: &mut Decoder<'_>, level: usize) -> Result<NestedPart, ContentError> {
    Limit::Nesting.check(level)?;
    let fields = array(d, "a part is an array")?;
    let disposition = Disposition::from_number(d.u8()?);
    let language = d.str()?.to_owned();
    let part = match (d.u8()?, fields) {
        (NULL, 3) => Part::Null,
        (SINGLE, 5) => Part::Single(SinglePart {
            content_type: d.str()?.to_owned(),
            content: d.bytes()?.to_vec(),
        }),
        (EXTERNAL, 15) => Part::External(Box::new(external(d)?)),
        (MULTI, 5) => Part::Multi(MultiPart {
            semantics: match d.u8()? {
                0 => PartSemantics::ChooseOne,
                1 => PartSemantics::SingleUnit,
                2 => PartSemantics::ProcessAll,
                _ => return Err(ContentError::malformed("unknown part semantics")),
            },
            parts: {
                let count = array(d, "parts are an array")?;
                (0..count).map(|_| nested(d, level + 1)).collect::<Result<_, _>>()?
            },
        }),
        _ => {
            return Err(ContentError::malformed(
                "unknown cardinality, or a wrong number of fields",
            ));
        }
    };
    Ok(NestedPart {
        disposition,
        language,
        part,
    })
}

fn external(d: &mut Decoder<'_>) -> Result<ExternalPart, ContentError> {
    Ok(ExternalPart {
        content_type: d.str()?.to_owned(),
        url: d.str()?.to_owned(),
        expires: d.u32()?,
        size: d.u64()?,
        enc_alg: d.u16()?,
        key: d.bytes()?.to_vec(),
        nonce: d.bytes()?.to_vec(),
        aad: d.bytes()?.to_vec(),
        hash_alg: d.u8()?,
        content_hash: d.bytes()?.to_vec(),
        description: d.str()?.to_owned(),
        filename: d.str()?.to_owned(),
    })
}
