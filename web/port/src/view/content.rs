// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What messages say, as a screen shows it, and what is to be sent.

use serde::{Deserialize, Serialize};

use crate::ask::FileId;
use crate::{AccountId, BlobId, MessageId, Time};

/// What kind of content, for an icon and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    Text,
    Photo,
    Voice,
    File,
    Alarm,
    Location,
    Poll,
    Report,
    Contact,
    Operation,
    Unknown,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    Deleted,
    Text(Vec<Span>),
    Files {
        caption: Vec<Span>,
        files: Vec<File>,
    },
    Alarm {
        urgency: Urgency,
        text: String,
        on_duty: bool,
        /// The all-clear was given.
        over: bool,
    },
    Location {
        place: Place,
        label: Option<String>,
        live_until: Option<Time>,
    },
    Poll(Poll),
    Report {
        title: String,
        fields: Vec<(String, String)>,
        files: Vec<File>,
    },
    Contact {
        name: String,
        account: Option<AccountId>,
        details: Vec<String>,
    },
    Operation {
        text: String,
    },
    /// Needs a newer app.
    Unknown,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    Plain(String),
    /// `http` or `https` only; shown as it was typed.
    Link(String),
    Mention {
        account: AccountId,
        name: String,
        own: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Urgency {
    Notice,
    Urgent,
    Emergency,
}

/// Ten-millionths of a degree (WGS 84), metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub latitude: i32,
    pub longitude: i32,
    pub accuracy: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    pub question: String,
    pub multiple: bool,
    pub options: Vec<PollOption>,
    pub voters: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollOption {
    pub text: String,
    pub votes: u32,
    pub own: bool,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub blob: BlobId,
    pub filename: String,
    pub content_type: String,
    /// Of the unsealed bytes.
    pub size: u64,
    /// Bytes in each chunk but the last.
    pub chunk: u32,
    /// Bytes that are on this device.
    pub have: u64,
    /// What it shows, in words.
    pub description: String,
    /// A small picture: media type and bytes.
    pub preview: Option<(String, Vec<u8>)>,
    pub dimensions: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
    pub evidence: Option<Evidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub captured_at: Time,
    pub place: Option<Place>,
    /// SHA-256 of the bytes, hexadecimal.
    pub hash: String,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub content: DraftContent,
    pub reply_to: Option<MessageId>,
    pub files: Vec<DraftFile>,
    pub expires_in_ms: Option<u64>,
    /// Asks for confirmation, by this time if given.
    pub confirm: Option<Option<Time>>,
    /// Waits until then.
    pub at: Option<Time>,
}

/// What is said. Mentions are written `[@Name](melder:account/<id>)` in the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DraftContent {
    Text(String),
    Edit {
        of: MessageId,
        text: String,
    },
    Delete(MessageId),
    React {
        to: MessageId,
        emoji: String,
    },
    Unreact {
        to: MessageId,
        emoji: String,
    },
    Confirm {
        to: MessageId,
        note: Option<String>,
    },
    Vote {
        poll: MessageId,
        choices: Vec<u8>,
    },
    Alarm {
        urgency: Urgency,
        text: String,
        confirm_by: Option<Time>,
        on_duty: bool,
    },
    /// The all-clear of an own alarm.
    AllClear(MessageId),
    Location {
        place: Place,
        label: Option<String>,
        live_until: Option<Time>,
    },
    /// Moves a live position.
    MoveLocation {
        of: MessageId,
        place: Place,
        live_until: Option<Time>,
    },
    Poll {
        question: String,
        options: Vec<String>,
        multiple: bool,
    },
    Contact {
        account: AccountId,
    },
    Report {
        form: String,
        title: String,
        fields: Vec<(String, String, String)>,
    },
    /// The message as it is, into another chat; its files too.
    Forward(MessageId),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftFile {
    pub file: FileId,
    pub filename: String,
    pub content_type: String,
    pub description: String,
    pub preview: Option<(String, Vec<u8>)>,
    pub dimensions: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
    pub evidence: Option<(Time, Option<Place>)>,
}
