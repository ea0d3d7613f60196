// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the devices of one account tell each other, in their own group and nowhere else.
//!
//! The engine must refuse these from anybody but the account's own devices
//! ([`Content::is_between_own_devices`](super::Content::is_between_own_devices)).

use melder_protocol::cbor::Bytes;
use melder_protocol::ids::{GroupId, Sequence, Time};
use melder_protocol::push::{Duty, QuietHours};
use minicbor::decode::Error as DecodeError;
use minicbor::encode::{Error as EncodeError, Write};
use minicbor::{Decode, Decoder, Encode, Encoder};

use super::Payload;
use super::attachment::BlobRef;
use crate::error::ContentError;
use crate::id::MessageId;
use crate::limits::Limit;

/// How a person keeps their groups. Speaks only of the groups it names; the last word on each counts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Settings {
    #[n(1)]
    pub groups: Vec<GroupSettings>,
    /// Duty and quiet hours, when they changed.
    #[n(2)]
    pub duty: Option<DutySettings>,
}

/// One's own switch and one's quiet hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DutySettings {
    #[n(1)]
    pub duty: Duty,
    /// Since when.
    #[n(2)]
    pub since: Time,
    #[n(3)]
    pub quiet: Option<QuietHours>,
}

/// How a person keeps one group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GroupSettings {
    #[n(1)]
    pub group: GroupId,
    #[n(2)]
    pub mute: Option<Mute>,
    #[n(3)]
    pub pinned: bool,
}

/// How long a group makes no sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    Until(Time),
    Always,
}

/// A piece of a group's log, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Span {
    #[n(1)]
    pub group: GroupId,
    #[n(2)]
    pub from: Sequence,
    #[n(3)]
    pub to: Sequence,
}

/// "Here is our history": for a device that was just linked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ArchiveOffer {
    #[n(1)]
    pub blob: BlobRef,
    /// How many messages.
    #[n(2)]
    pub count: u64,
    #[n(3)]
    pub covers: Vec<Span>,
}

/// "I could not read these": from a device that lost its state or rejoined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct HistoryRequest {
    #[n(0)]
    pub span: Span,
}

/// "I could": the answer to a [`HistoryRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryAnswer {
    pub request: MessageId,
    pub span: Span,
    pub blob: BlobRef,
}

/// An answer without the id, which stands in the container.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct HistoryAnswerBody {
    #[n(1)]
    pub span: Span,
    #[n(2)]
    pub blob: BlobRef,
}

/// The private half of an acknowledgement key, so that every device of a publisher can open acknowledgements.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AckKeyShare {
    #[n(1)]
    pub public_key: Bytes,
    #[n(2)]
    pub private_key: Bytes,
}

impl<C> Encode<C> for Mute {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Until(time) => time.encode(e, ctx),
            Self::Always => {
                e.bool(true)?;
                Ok(())
            }
        }
    }
}

impl<'b, C> Decode<'b, C> for Mute {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, DecodeError> {
        if d.datatype()? != minicbor::data::Type::Bool {
            return Time::decode(d, ctx).map(Self::Until);
        }
        if d.bool()? {
            Ok(Self::Always)
        } else {
            Err(DecodeError::message("muted is a time or true"))
        }
    }
}

impl Span {
    pub(crate) fn check(&self) -> Result<(), ContentError> {
        if self.from <= self.to {
            Ok(())
        } else {
            Err(ContentError::OutOfRange("a span of a log"))
        }
    }
}

impl Payload for Settings {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.settings+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Settings.check(self.groups.len())?;
        match self.duty.and_then(|duty| duty.quiet) {
            Some(quiet) if !quiet.is_valid() => Err(ContentError::OutOfRange("quiet hours")),
            _ => Ok(()),
        }
    }
}

impl Payload for ArchiveOffer {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.archive-offer+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Spans.check(self.covers.len())?;
        self.covers.iter().try_for_each(Span::check)?;
        self.blob.check()
    }
}

impl Payload for HistoryRequest {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.history-request+cbor";

    fn check(&self) -> Result<(), ContentError> {
        self.span.check()
    }
}

impl HistoryAnswer {
    pub(crate) fn check(&self) -> Result<(), ContentError> {
        self.span.check()?;
        self.blob.check()
    }
}

impl Payload for HistoryAnswerBody {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.history-answer+cbor";

    fn check(&self) -> Result<(), ContentError> {
        self.span.check()?;
        self.blob.check()
    }
}

impl Payload for AckKeyShare {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.ack-key-share+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::AckKey.check_some(self.public_key.len(), "a public key")?;
        Limit::AckKey.check_some(self.private_key.len(), "a private key")
    }
}
