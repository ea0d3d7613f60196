// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a screen shows, as the worker reads it from the engine. What messages say stands in [`content`].

mod content;

use serde::{Deserialize, Serialize};

pub use content::{Body, Draft, DraftContent, DraftFile, Evidence, File, Kind, Place, Poll, PollOption, Span, Urgency};

use crate::ask::{Absence, QuietTimes};
use crate::{AccountId, DeviceId, GroupId, MessageId, OrganisationId, Sequence, Time};

/// Where this device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lock {
    /// Nothing is here: first run.
    Fresh,
    /// There is a database, and it wants the PIN.
    Locked {
        wrong_tries: u32,
        wait_ms: u64,
        /// Tries left until the data are wiped, where the policy says so.
        left: Option<u32>,
        /// Known without the PIN: that an alarm waits, not what it says.
        alarm: bool,
    },
    Open(Box<Own>),
    /// The account or device is gone; the code says why. History may still be read if `readable`.
    Gone {
        code: String,
        readable: bool,
    },
    /// The browser does not let us store.
    NoStorage,
    /// The database is damaged, or was written by a newer version.
    Damaged {
        newer: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connection {
    /// No connection; trying.
    Offline,
    Connecting,
    /// Authenticated; catching up or done.
    Online,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccountKind {
    Staff,
    Guest,
    Bot,
    Private,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    Member,
    Publisher,
    Manage,
}

/// Trust belongs to the viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Trust {
    Unconfirmed,
    Service,
    Personal,
}

/// This device's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    pub account: AccountId,
    pub device: DeviceId,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// Of the organisation's key, in groups of digits, to compare.
    pub organisation_fingerprint: String,
    pub server: String,
    pub name: String,
    pub unit: Vec<String>,
    pub function: Option<String>,
    pub kind: Option<AccountKind>,
    pub ends: Option<Time>,
    pub connection: Connection,
    /// Messages that wait in the outbox.
    pub waiting: u32,
    pub duty: Duty,
    pub quiet_hours: Option<QuietTimes>,
    pub absence: Option<Absence>,
    /// Members may create private groups, the policy says.
    pub may_create_groups: bool,
    /// By so many days this device's clock is ahead of the server's (behind it, if negative), if it is wrong by days.
    pub clock_days: Option<i32>,
}

/// One's own switch, and since when it stands so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Duty {
    /// Never said: everything comes.
    Unset,
    On(Time),
    Off(Time),
}

/// The organisation's rules, as far as a screen obeys them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub server_retention_days: u16,
    pub device_retention_days: Option<u16>,
    pub max_attachment: u64,
    pub read_receipts: bool,
    pub presence: bool,
    pub typing: bool,
    pub location: bool,
    pub private_groups: bool,
    pub export: bool,
    /// Lock after so many minutes without use; `None`: when closed.
    pub lock_after_minutes: Option<u16>,
    /// Wrong PINs after which everything is deleted.
    pub wipe_after: Option<u8>,
    /// Alarms, too, wake nobody who is off duty or in quiet hours.
    pub quiet_alarms: bool,
    /// This app is older than the policy's lowest version: it reads, and writes no more.
    pub outdated: bool,
}

/// What Melder takes on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    pub database: u64,
    /// What the browser lets us have, if it says.
    pub quota: Option<u64>,
    /// The browser promised not to evict it.
    pub persistent: bool,
}

/// What an invitation offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub server: String,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    pub organisation_fingerprint: String,
    /// `None`: the person says who they are.
    pub name: Option<String>,
    pub kind: AccountKind,
    pub ends: Option<Time>,
    /// An existing account may take it.
    pub for_existing: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChatKind {
    Direct,
    Group,
    Channel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChatStatus {
    Joining,
    Active,
    Repairing,
    Left,
}

/// A row of the chat list, and the head of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub group: GroupId,
    pub kind: ChatKind,
    /// By the organisation; else private to its members.
    pub managed: bool,
    /// Key agreement is hybrid post-quantum.
    pub hybrid: bool,
    pub name: String,
    pub description: Option<String>,
    pub status: ChatStatus,
    pub role: Option<Role>,
    /// May this account write here?
    pub may_write: bool,
    pub members: u32,
    pub unread: u32,
    pub mentions: u32,
    /// Messages that want this account's confirmation.
    pub open_confirmations: u32,
    pub muted_until: Option<Time>,
    pub pinned: bool,
    pub last: Option<Last>,
    pub peer: Option<AccountId>,
    pub peer_trust: Option<Trust>,
    /// Members whose chain began anew, while that was not seen yet.
    pub changed: Vec<(AccountId, String)>,
    /// The other one's, in a direct chat.
    pub absence: Option<Absence>,
    /// What stands in the composer.
    pub composer: Option<Composer>,
    /// Read through here; the first unread comes after it.
    pub read: Sequence,
    pub head: Sequence,
    pub expires_after_days: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composer {
    pub text: String,
    pub reply_to: Option<MessageId>,
}

/// The last message, for the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    pub sender_name: String,
    pub own: bool,
    pub time: Time,
    pub kind: Kind,
    pub text: String,
    pub deleted: bool,
    pub state: State,
    pub duration_ms: Option<u64>,
}

/// How far one's own message got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Somebody else's.
    Received,
    Scheduled(Time),
    Pending,
    Sent,
    /// All members were reached.
    Delivered,
    /// The stable code of `errors.ftl`.
    Failed(String),
}

/// A piece of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub group: GroupId,
    pub items: Vec<Item>,
    /// There is more before, after.
    pub more_before: bool,
    pub more_after: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Item {
    Message(Box<Message>),
    Line(Line),
}

/// A message as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub group: GroupId,
    pub sender: AccountId,
    pub sender_name: String,
    pub own: bool,
    /// `None` while it waits.
    pub sequence: Option<Sequence>,
    pub time: Time,
    pub state: State,
    pub body: Body,
    pub reply: Option<Quote>,
    pub edited: bool,
    pub expires: Option<Time>,
    /// Each emoji, who used it, and whether this account did.
    pub reactions: Vec<Reaction>,
    pub confirmation: Option<Confirmation>,
    /// Trust in the sender is below what the service confirms.
    pub unconfirmed_sender: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub emoji: String,
    pub names: Vec<String>,
    pub own: bool,
}

/// The message that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub id: MessageId,
    pub sequence: Option<Sequence>,
    /// Empty if that message is not on this device.
    pub sender_name: String,
    pub kind: Kind,
    pub text: String,
}

/// Who is to confirm and who has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub by: Option<Time>,
    /// When this account confirmed.
    pub own: Option<Time>,
    pub confirmed: u32,
    /// How many are asked (all members but the sender).
    pub of: u32,
}

/// A line of the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub sequence: Sequence,
    pub time: Time,
    pub what: LineKind,
}

/// Names are resolved by the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineKind {
    Added(Vec<String>),
    Removed(Vec<String>),
    Left(String),
    IdentityChanged { account: AccountId, name: String },
    DeviceAdded(String),
    DeviceRemoved(String),
    Renamed(String),
    Gap { messages: u64 },
    GapFilled { messages: u64 },
    Closed,
    Refused(String),
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub account: AccountId,
    pub name: String,
    pub unit: Vec<String>,
    pub function: Option<String>,
    pub kind: Option<AccountKind>,
    pub organisation_name: String,
    pub trust: Trust,
    pub absence: Option<Absence>,
}

/// Somebody, with all that a profile shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub contact: Contact,
    pub devices: u32,
    /// When the chain began anew, while it was not compared since.
    pub changed: Option<Time>,
    pub direct: Option<GroupId>,
    pub common: Vec<(GroupId, String)>,
    pub own: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub contact: Contact,
    pub role: Role,
    pub own: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryPerson {
    pub account: AccountId,
    pub name: String,
    pub unit: Vec<String>,
    pub function: Option<String>,
    pub kind: AccountKind,
    pub joined: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub group: GroupId,
    pub chat_name: String,
    pub message: MessageId,
    pub sequence: Option<Sequence>,
    pub sender_name: String,
    pub time: Time,
    /// `⟦` and `⟧` mark the hit.
    pub snippet: String,
}

/// Who confirmed, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    pub account: AccountId,
    pub name: String,
    pub time: Time,
    /// What they said with it: that they need help.
    pub note: Option<String>,
}

/// Who got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub confirmed: Vec<Confirmed>,
    /// Has it on a device, not confirmed.
    pub reached: Vec<(AccountId, String)>,
    pub missing: Vec<(AccountId, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub device: DeviceId,
    pub name: String,
    pub added: Time,
    pub last_used: Option<Time>,
    pub this: bool,
    pub recovery: bool,
}

/// What is set about notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifications {
    /// The server's VAPID key (RFC 8292), uncompressed P-256; `None`: this server has no push.
    pub server_key: Option<Vec<u8>>,
    pub subscribed: bool,
}
