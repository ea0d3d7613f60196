// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Alarms, and the deliberate "confirmed" of a person.
//!
//! Nothing here confirms by itself: an [`Acknowledgement`] is written when somebody taps, never when a message arrives.

use core::cmp::Ordering;

use melder_protocol::cbor::Bytes;
use melder_protocol::ids::Time;
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::Payload;
use crate::error::ContentError;
use crate::id::MessageId;
use crate::limits::Limit;

/// Content that insists: it sounds, fills the screen and repeats until it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Alarm {
    #[n(1)]
    pub urgency: Urgency,
    #[n(2)]
    pub text: String,
    #[n(3)]
    pub acknowledge_by: Option<Time>,
    /// Where acknowledgements are sealed to the publishers (channels): their HPKE public key.
    #[n(4)]
    pub ack_key: Option<Bytes>,
    /// Only for those who are on duty.
    #[cbor(n(5), skip_if = "is_false")]
    pub on_duty: bool,
    /// The all-clear, in an edit by whoever sent the alarm: it rings no more, and nobody has to confirm it any more.
    #[cbor(n(6), skip_if = "is_false")]
    pub over: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the derive macro passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// How loud an alarm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// Look when you can.
    Notice,
    /// Look soon.
    Urgent,
    /// Look now.
    Emergency,
    /// A number that this version doesn't know. As loud as the loudest: an alarm must not be lost to an old app.
    Other(u8),
}

/// A person's "confirmed".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub to: MessageId,
    pub note: Option<String>,
}

/// The wish that everybody confirms an ordinary message. Travels as the extension field `melder.ack`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AckRequest {
    #[n(1)]
    pub by: Option<Time>,
    /// As in [`Alarm::ack_key`].
    #[n(2)]
    pub key: Option<Bytes>,
}

/// An acknowledgement without the id, which stands in the container.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct AcknowledgementBody {
    #[n(1)]
    pub note: Option<String>,
}

impl Urgency {
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Notice => 1,
            Self::Urgent => 2,
            Self::Emergency => 3,
            Self::Other(number) => number,
        }
    }

    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Notice,
            2 => Self::Urgent,
            3 => Self::Emergency,
            other => Self::Other(other),
        }
    }

    /// Compares how loud two alarms are.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        let loudness = |urgency: Self| match urgency {
            Self::Other(_) => Self::Emergency.number(),
            known => known.number(),
        };
        loudness(self).cmp(&loudness(other))
    }
}

impl<C> Encode<C> for Urgency {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.u8(self.number())?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Urgency {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        d.u8().map(Self::from_number)
    }
}

impl Acknowledgement {
    pub(crate) fn check(&self) -> Result<(), ContentError> {
        Limit::Note.check(self.note.as_ref().map_or(0, String::len))
    }
}

impl AckRequest {
    /// The key of the extension field that carries it.
    pub const EXTENSION: &'static str = "melder.ack";

    pub(crate) fn check(&self) -> Result<(), ContentError> {
        check_ack_key(self.key.as_ref())
    }
}

fn check_ack_key(key: Option<&Bytes>) -> Result<(), ContentError> {
    match key {
        Some(key) => Limit::AckKey.check_some(key.len(), "an acknowledgement key"),
        None => Ok(()),
    }
}

impl Payload for Alarm {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.alarm+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Text.check_some(self.text.len(), "an alarm")?;
        check_ack_key(self.ack_key.as_ref())
    }
}

impl Payload for AcknowledgementBody {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.acknowledgement+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Note.check(self.note.as_ref().map_or(0, String::len))
    }
}
