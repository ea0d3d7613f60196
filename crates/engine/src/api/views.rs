// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a screen or a program reads: chats, messages, people, and oneself, as they are now.

use melder_content::{Message, MessageId};
use melder_protocol::account::AccountKind;
use melder_protocol::roster::{Authority, GroupKind, Role};
use melder_protocol::{
    AccountId, BlobId, DeviceId, ErrorCode, GroupId, OrganisationId, PublicKey, Sequence, Suite, Time,
};
use serde::{Deserialize, Serialize};

use super::Misbehaviour;
use crate::duty::AbsenceView;

/// A line of the system in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SystemLine {
    Added {
        accounts: Vec<AccountId>,
    },
    Removed {
        accounts: Vec<AccountId>,
    },
    Left {
        account: AccountId,
    },
    /// Somebody's chain was started anew: trust falls back.
    IdentityChanged {
        account: AccountId,
    },
    DeviceAdded {
        account: AccountId,
        device: DeviceId,
    },
    DeviceRemoved {
        account: AccountId,
        device: DeviceId,
    },
    Renamed {
        name: String,
    },
    /// This device could not read `from..=to` and has rejoined.
    Gap {
        from: Sequence,
        to: Sequence,
    },
    /// What was missing came from another own device.
    GapFilled {
        from: Sequence,
        to: Sequence,
    },
    Closed,
    Refused {
        code: Misbehaviour,
    },
}

/// How far one's own message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MessageState {
    /// Somebody else's.
    Received,
    Scheduled {
        at: Time,
    },
    /// In the outbox.
    Pending,
    /// On the server's disk.
    Sent,
    Failed {
        code: ErrorCode,
    },
}

/// Trust in a contact, as this viewer has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Guest, private, other organisation, or no valid badge.
    Unconfirmed,
    /// A valid badge of one's own organisation.
    Service,
    /// Safety number compared.
    Personal,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContactView {
    pub account: AccountId,
    pub name: String,
    pub unit: Vec<String>,
    pub function: Option<String>,
    pub kind: Option<AccountKind>,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    pub trust: Trust,
    pub absence: Option<AbsenceView>,
    pub devices: Vec<DeviceId>,
}

/// This device's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnView {
    pub account: AccountId,
    pub device: DeviceId,
    pub key: PublicKey,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    pub name: String,
    pub kind: Option<AccountKind>,
    pub ends: Option<Time>,
    pub online: bool,
    /// Messages that wait in the outbox (not counting scheduled ones).
    pub waiting: u32,
    pub absence: Option<AbsenceView>,
}

/// Is this device in the group?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupStatus {
    /// In the roster; the device is being added.
    Joining,
    Active,
    /// Coming back after a gap.
    Repairing,
    Left,
}

/// A row of the chat list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChatView {
    pub group: GroupId,
    pub kind: GroupKind,
    pub authority: Authority,
    pub suite: Suite,
    pub name: String,
    pub description: Option<String>,
    pub status: GroupStatus,
    pub role: Option<Role>,
    /// May this account write here?
    pub may_write: bool,
    pub members: u32,
    pub unread: u32,
    pub mentions: u32,
    /// Messages of others that this account is asked to confirm, and has not.
    pub open_confirmations: u32,
    pub muted_until: Option<Time>,
    pub pinned: bool,
    pub last: Option<MessageView>,
    /// The other one in a direct chat.
    pub peer: Option<AccountId>,
    pub epoch: u64,
    /// Read through here.
    pub read: Sequence,
    pub head: Sequence,
}

/// A message as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageView {
    #[serde(serialize_with = "hex_id")]
    pub id: MessageId,
    pub group: GroupId,
    pub sender: AccountId,
    pub sender_name: String,
    pub sender_device: DeviceId,
    /// `None` while it waits.
    pub sequence: Option<Sequence>,
    /// The server's clock when it took the message; our clock while it waits.
    pub time: Time,
    pub state: MessageState,
    /// For search and plain display; empty when deleted.
    pub text: String,
    /// What kind of content, as a word for programs (`text`, `alarm`, `poll`, …).
    pub kind: &'static str,
    #[serde(serialize_with = "hex_option")]
    pub reply_to: Option<MessageId>,
    pub edited: bool,
    pub deleted: bool,
    pub expires: Option<Time>,
    /// Who reacted with what.
    pub reactions: Vec<(AccountId, String)>,
    /// Who confirmed when; only filled for the sender (and for oneself).
    pub acknowledged: Vec<(AccountId, Time)>,
    pub wants_acknowledgement: bool,
    pub attachments: Vec<AttachmentView>,
    /// The whole content, for those who need more.
    #[serde(skip)]
    pub message: Option<Box<Message>>,
}

/// An attachment as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentView {
    pub blob: BlobId,
    pub filename: String,
    pub content_type: String,
    pub size: u64,
    /// Bytes that are on this device.
    pub have: u64,
    pub evidence: bool,
}

/// A hit of the full-text search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchHit {
    pub message: MessageView,
    /// The words around the hit; `⟦` and `⟧` mark it.
    pub snippet: String,
}

fn hex_id<S: serde::Serializer>(id: &MessageId, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&data_encoding::HEXLOWER.encode(id.as_bytes()))
}

fn hex_option<S: serde::Serializer>(id: &Option<MessageId>, s: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => hex_id(id, s),
        None => s.serialize_none(),
    }
}
