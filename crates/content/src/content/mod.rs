// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the app sends and shows: one [`Content`] in one [`Message`].
//!
//! Each kind has its own module with its type, its encoding (integer-keyed CBOR maps, derived) and its limits. How
//! a content becomes a MIMI container stands in [`crate::write`], the way back in [`crate::read`].

pub(crate) mod account;
pub(crate) mod alarm;
pub(crate) mod attachment;
pub(crate) mod location;
pub(crate) mod operation;
pub(crate) mod poll;
pub(crate) mod profile;
pub(crate) mod report;
pub(crate) mod text;

use crate::error::ContentError;
use crate::id::{MessageId, Origin, Salt};
use crate::limits::Limit;
use crate::mimi::{Expiry, ExtensionKey, ExtensionValue, MimiContent, NestedPart, Part};

use account::{AckKeyShare, ArchiveOffer, HistoryAnswer, HistoryRequest, Settings};
use alarm::{AckRequest, Acknowledgement, Alarm};
use attachment::Attachments;
use location::Location;
use operation::OperationLine;
use poll::{Poll, Vote};
use profile::{Absence, ContactCard, GroupProfile};
use report::Report;
use text::Text;

/// A content and what belongs to the message around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub salt: Salt,
    /// Empty, or what joins messages to one topic.
    pub topic: Vec<u8>,
    pub expires: Option<Expiry>,
    /// Language tags (RFC 5646) of the content, or empty.
    pub language: String,
    /// The sender asks everybody to confirm this message. An [`Alarm`] asks by itself.
    pub ack_request: Option<AckRequest>,
    /// Extension fields that this version doesn't know, kept as they came.
    pub extensions: std::collections::BTreeMap<ExtensionKey, ExtensionValue>,
    pub content: Content,
}

/// What a message says.
///
/// An [`Edit`](Self::Edit) may contain a [`Reply`](Self::Reply), a [`Reaction`](Self::Reaction) or a body, a reply may
/// contain a body; nothing else nests. A body is everything from [`Text`](Self::Text) to [`Unknown`](Self::Unknown).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(Text),
    Attachments(Attachments),
    Alarm(Alarm),
    Location(Location),
    Poll(Poll),
    Report(Report),
    ContactCard(ContactCard),
    /// What a private group is called. Only from those who may manage it.
    GroupProfile(GroupProfile),
    OperationLine(OperationLine),
    /// Of the sender.
    Absence(Absence),
    /// Only between the devices of one account, as are the four that follow.
    Settings(Settings),
    ArchiveOffer(ArchiveOffer),
    HistoryRequest(HistoryRequest),
    AckKeyShare(AckKeyShare),
    /// Needs a newer app.
    Unknown(Unknown),

    /// Answers another message; so do the three that follow, and none of them stands in a [`Reply`](Self::Reply).
    Acknowledgement(Acknowledgement),
    Vote(Vote),
    HistoryAnswer(HistoryAnswer),
    Reaction {
        to: MessageId,
        emoji: String,
    },

    Reply {
        to: MessageId,
        body: Box<Content>,
    },
    /// A new version. `replaces` is always the first version's id. Only the sender of the first may edit.
    Edit {
        replaces: MessageId,
        body: Box<Content>,
    },
    /// Takes a message back. `in_reply_to` repeats what that message answered, if anything.
    Delete {
        replaces: MessageId,
        in_reply_to: Option<MessageId>,
    },
    /// Takes a reaction back: `reaction` is the message that made it, `to` the message it was made to.
    Unreaction {
        reaction: MessageId,
        to: Option<MessageId>,
    },
}

/// Something that this version can't read, kept whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The media type, for the display; may be empty.
    pub content_type: String,
    pub part: NestedPart,
}

/// A message ready to be encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    pub id: MessageId,
    pub bytes: Vec<u8>,
}

/// A message that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub id: MessageId,
    pub message: Message,
}

/// One of our media types: how it is called, and what it must keep to.
pub(crate) trait Payload: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> {
    const MEDIA_TYPE: &'static str;

    fn check(&self) -> Result<(), ContentError>;
}

impl Message {
    /// A message without topic, expiry or request to confirm.
    #[must_use]
    pub const fn new(salt: Salt, content: Content) -> Self {
        Self {
            salt,
            topic: Vec::new(),
            expires: None,
            language: String::new(),
            ack_request: None,
            extensions: std::collections::BTreeMap::new(),
            content,
        }
    }

    /// The bytes to encrypt, and the message's id. Sender and group are written into the message.
    ///
    /// # Errors
    /// When a limit is exceeded or contents are nested wrongly.
    pub fn encode(&self, origin: &Origin) -> Result<Encoded, ContentError> {
        let (sender, room) = (crate::sender_uri(origin.sender), crate::room_uri(origin.group));
        let mut mimi = self.to_mimi()?;
        mimi.extensions.sender_uri = Some(sender.clone());
        mimi.extensions.room_uri = Some(room.clone());
        let bytes = mimi.encode()?;
        Ok(Encoded {
            id: mimi.id(&bytes, &sender, &room)?,
            bytes,
        })
    }

    /// Reads what was decrypted, when MLS has proved where it came from. Total: any bytes give a message or an error.
    ///
    /// # Errors
    /// When the bytes are not a message, exceed a limit, or name another sender or group than `origin`.
    pub fn decode(bytes: &[u8], origin: &Origin) -> Result<Decoded, ContentError> {
        let (sender, room) = (crate::sender_uri(origin.sender), crate::room_uri(origin.group));
        let mimi = MimiContent::decode(bytes)?;
        if mimi
            .extensions
            .sender_uri
            .as_ref()
            .is_some_and(|named| *named != sender)
        {
            return Err(ContentError::WrongSender);
        }
        if mimi.extensions.room_uri.as_ref().is_some_and(|named| *named != room) {
            return Err(ContentError::WrongGroup);
        }
        Ok(Decoded {
            id: mimi.id(bytes, &sender, &room)?,
            message: Self::from_mimi(mimi)?,
        })
    }
}

impl Content {
    /// The content without the edit and the reply around it.
    #[must_use]
    pub fn body(&self) -> &Self {
        match self {
            Self::Edit { body, .. } | Self::Reply { body, .. } => body.body(),
            other => other,
        }
    }

    /// The message that this one answers, reacts to, confirms or votes in.
    #[must_use]
    pub fn in_reply_to(&self) -> Option<MessageId> {
        match self {
            Self::Reply { to, .. } | Self::Reaction { to, .. } => Some(*to),
            Self::Acknowledgement(acknowledgement) => Some(acknowledgement.to),
            Self::Vote(vote) => Some(vote.poll),
            Self::HistoryAnswer(answer) => Some(answer.request),
            Self::Edit { body, .. } => body.in_reply_to(),
            Self::Delete { in_reply_to: to, .. } | Self::Unreaction { to, .. } => *to,
            _ => None,
        }
    }

    /// The message that this one edits or takes back.
    #[must_use]
    pub const fn replaces(&self) -> Option<MessageId> {
        match self {
            Self::Edit { replaces, .. }
            | Self::Delete { replaces, .. }
            | Self::Unreaction { reaction: replaces, .. } => Some(*replaces),
            _ => None,
        }
    }

    /// Whether this belongs into the group of one account's own devices, and nowhere else.
    #[must_use]
    pub fn is_between_own_devices(&self) -> bool {
        matches!(
            self.body(),
            Self::Settings(_)
                | Self::ArchiveOffer(_)
                | Self::HistoryRequest(_)
                | Self::HistoryAnswer(_)
                | Self::AckKeyShare(_)
        )
    }

    /// Checks every limit of this content, and how contents nest.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), ContentError> {
        match self {
            Self::Text(text) => text.check(),
            Self::Attachments(attachments) => attachments.check(),
            Self::Alarm(alarm) => alarm.check(),
            Self::Location(location) => location.check(),
            Self::Poll(poll) => poll.check(),
            Self::Report(report) => report.check(),
            Self::ContactCard(card) => card.check(),
            Self::GroupProfile(profile) => profile.check(),
            Self::OperationLine(line) => line.check(),
            Self::Absence(absence) => absence.check(),
            Self::Settings(settings) => settings.check(),
            Self::ArchiveOffer(offer) => offer.check(),
            Self::HistoryRequest(request) => request.check(),
            Self::AckKeyShare(share) => share.check(),
            Self::Acknowledgement(acknowledgement) => acknowledgement.check(),
            Self::Vote(vote) => vote.check(),
            Self::HistoryAnswer(answer) => answer.check(),
            Self::Unknown(_) | Self::Delete { .. } | Self::Unreaction { .. } => Ok(()),
            Self::Reaction { emoji, .. } => Limit::Reaction.check_some(emoji.len(), "a reaction"),
            Self::Reply { body, .. } => body.check_inside("a reply"),
            Self::Edit { body, .. } => match body.as_ref() {
                Self::Reply { .. } | Self::Reaction { .. } => body.check(),
                body => body.check_inside("an edit"),
            },
        }
    }

    /// Checks a content that has to be a body.
    fn check_inside(&self, outer: &'static str) -> Result<(), ContentError> {
        let name = match self {
            Self::Reply { .. } => "a reply",
            Self::Edit { .. } => "an edit",
            Self::Delete { .. } => "a deletion",
            Self::Reaction { .. } => "a reaction",
            Self::Unreaction { .. } => "a withdrawn reaction",
            Self::Acknowledgement(_) if outer == "a reply" => "an acknowledgement",
            Self::Vote(_) if outer == "a reply" => "a vote",
            Self::HistoryAnswer(_) if outer == "a reply" => "a history answer",
            // An edit with nothing in it would be read as a deletion.
            Self::Unknown(Unknown {
                part: NestedPart { part: Part::Null, .. },
                ..
            }) if outer == "an edit" => "nothing",
            _ => return self.check(),
        };
        Err(ContentError::Nesting(name, outer))
    }
}
