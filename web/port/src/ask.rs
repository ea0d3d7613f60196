// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a page may ask, and what it gets.

use serde::{Deserialize, Serialize};

use crate::view::{
    Card, Chat, Contact, Device, DirectoryPerson, Draft, Hit, Lock, Member, Message, Notifications, Offer, Own, Page,
    Policy, Reach, Storage,
};
use crate::{AccountId, BlobId, DeviceId, GroupId, MessageId, Sequence, Time};

/// A file that the engine takes in piece by piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub i64);

/// The six-digit number or password that unlocks the database. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin(pub String);

impl core::fmt::Debug for Pin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Pin")
    }
}

/// A passkey that opens the database: its credential, and what its authenticator makes the secret of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    pub credential: Vec<u8>,
    pub salt: [u8; 32],
}

/// What a passkey's authenticator made of the salt (WebAuthn's `prf` extension). Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeySecret(pub Vec<u8>);

impl core::fmt::Debug for PasskeySecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PasskeySecret")
    }
}

/// What a page may ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    // --- Where are we? ---
    /// → [`Answer::Lock`]. The first question of every page.
    Standing,
    /// Opens the database. → [`Answer::Lock`]; [`Failure::WrongPin`].
    Unlock(Pin),
    /// Forgets the key and closes the database and the connection, in all tabs. → [`Answer::Lock`]
    LockNow,
    /// → [`Answer::Nothing`]; [`Failure::WrongPin`].
    ChangePin {
        old: Pin,
        new: Pin,
    },
    /// The passkey that opens the database, too, if there is one; also while it is locked. → [`Answer::Passkey`]
    Passkey,
    /// → [`Answer::Lock`]; [`Failure::WrongPin`]: it is another passkey.
    UnlockByPasskey(PasskeySecret),
    /// Only who knows the PIN adds one. It takes the place of the one before. → [`Answer::Nothing`]; [`Failure::WrongPin`].
    AddPasskey {
        pin: Pin,
        passkey: Passkey,
        secret: PasskeySecret,
    },
    /// → [`Answer::Nothing`]
    RemovePasskey,
    /// Deletes everything of Melder on this device. → [`Answer::Lock`] (fresh).
    WipeDevice,
    /// → [`Answer::Own`]
    Own,
    /// → [`Answer::Policy`]
    Policy,
    /// → [`Answer::Storage`]
    Storage,
    /// The person wants the app to try again to connect, now. → [`Answer::Nothing`]
    ConnectNow,
    /// A push came. With `alarm`, and locked: an alarm waits. → [`Answer::Nothing`]
    Woken {
        alarm: bool,
    },
    /// A text as a QR code. Answered by the tab's own worker, too. → [`Answer::Drawn`]
    DrawCode(String),
    /// Looks for a QR code in a picture: one byte a pixel, 0 black … 255 white, row by row. Answered by the tab's own
    /// worker whatever state it is in. → [`Answer::Code`]
    ReadCode {
        width: u32,
        light: Vec<u8>,
    },

    // --- First run ---
    /// `link`: `https://host/join#…` or only what stands after `#`, for this page's server. → [`Answer::Offer`]
    OpenInvitation {
        link: String,
    },
    /// Takes the invitation opened last, with a new device. → [`Answer::Lock`] (open).
    Join {
        device_name: String,
        name: Option<String>,
        pin: Pin,
    },
    /// With an account: takes the invitation opened last with this account. → [`Answer::Nothing`]
    AcceptInvitation,
    /// New device: asks to be linked to an account of this page's server. → [`Answer::Lock`] (open) when linked; before that
    /// [`crate::News::LinkCode`] and [`crate::News::LinkNumber`].
    StartLink {
        device_name: String,
        pin: Pin,
    },
    /// Existing device: the code that the new device shows. → [`Answer::Nothing`]; then [`crate::News::LinkNumber`] unless the
    /// code was scanned whole.
    AnswerLink {
        code: String,
    },
    /// Are the numbers equal? → [`Answer::Nothing`] once linked.
    ConfirmLink {
        equal: bool,
    },
    /// → [`Answer::RecoveryWords`], shown once.
    CreateRecoveryCode,
    /// Fresh device: → [`Answer::Lock`] (open).
    Recover {
        words: String,
        device_name: String,
        pin: Pin,
    },

    // --- Reading ---
    /// → [`Answer::Chats`]
    Chats,
    /// → [`Answer::Chat`]
    Chat(GroupId),
    /// A page of a chat: messages and lines of the system, oldest first. → [`Answer::Page`]
    Page {
        group: GroupId,
        around: Around,
        limit: u32,
    },
    /// → [`Answer::Message`]
    Message(MessageId),
    /// → [`Answer::Members`]
    Members(GroupId),
    /// → [`Answer::Contact`]
    Contact(AccountId),
    /// All whom this device knows from its groups. → [`Answer::Contacts`]
    Contacts,
    /// On the server, by name, unit, function. → [`Answer::Directory`]
    FindPeople {
        query: String,
        after: Option<AccountId>,
    },
    /// Everything on this device, best first. → [`Answer::Hits`]
    Search {
        query: String,
        group: Option<GroupId>,
        limit: u32,
    },
    /// Alarms of others that were not confirmed. → [`Answer::Messages`]
    OpenAlarms,
    /// Alarms that this account sent to groups, the newest first. → [`Answer::Messages`]
    SentAlarms {
        limit: u32,
    },
    /// → [`Answer::Messages`]
    Scheduled,
    /// Photos and files of a chat, newest first. → [`Answer::Messages`]
    Media {
        group: GroupId,
        before: Option<Sequence>,
        limit: u32,
    },
    /// How many messages with photos or files. → [`Answer::Count`]
    MediaCount(GroupId),
    /// Sixty digits. → [`Answer::SafetyNumber`]
    SafetyNumber(AccountId),
    /// What members of a group compare: forty digits. → [`Answer::SafetyNumber`]
    GroupNumber(GroupId),
    /// How many of a group's members are on duty, where that names nobody. → [`Answer::OnDuty`]
    OnDuty(GroupId),
    /// Who has it, who confirmed, who not; only for one's own messages. → [`Answer::Reach`]
    Reach {
        group: GroupId,
        message: MessageId,
    },
    /// → [`Answer::Devices`]
    Devices,

    // --- Writing ---
    /// Queues; also offline. → [`Answer::Queued`]
    Send {
        group: GroupId,
        draft: Draft,
    },
    Retry(MessageId),
    /// Takes a scheduled or failed message out of the outbox. → [`Answer::Nothing`]
    Cancel(MessageId),
    /// What stands in the composer; nothing at all forgets what was `known` to stand there, and not what another tab wrote
    /// since. → [`Answer::Nothing`]
    SaveComposer {
        group: GroupId,
        text: String,
        reply_to: Option<MessageId>,
        known: String,
    },
    MarkRead {
        group: GroupId,
        through: Sequence,
    },
    Mute {
        group: GroupId,
        until: Option<Time>,
    },
    Pin {
        group: GroupId,
        pinned: bool,
    },
    /// → [`Answer::File`]
    StartFile {
        size: u64,
    },
    /// In order, at most 1 MiB. → [`Answer::Nothing`]
    AddFileChunk {
        file: FileId,
        bytes: Vec<u8>,
    },
    /// Fetches an attachment and hands out one chunk of its bytes. → [`Answer::Chunk`]
    FileChunk {
        blob: BlobId,
        index: u32,
    },
    /// Fetches all of it in the background. → [`Answer::Nothing`]; [`crate::News::Transfer`]s follow.
    Download(BlobId),

    // --- People, groups, devices ---
    /// → [`Answer::Group`]
    StartDirect(AccountId),
    /// → [`Answer::Group`]
    CreateGroup {
        channel: bool,
        name: String,
        description: Option<String>,
        members: Vec<AccountId>,
    },
    ChangeRoster {
        group: GroupId,
        set: Vec<(AccountId, crate::view::Role)>,
        unset: Vec<AccountId>,
    },
    RenameGroup {
        group: GroupId,
        name: String,
        description: Option<String>,
    },
    LeaveGroup(GroupId),
    /// Deletes a chat that one has left, with its history, from this device.
    ForgetChat(GroupId),
    /// That somebody's chain began anew was seen where one writes.
    SeeChange(AccountId),
    Verify {
        account: AccountId,
        verified: bool,
    },
    RemoveDevice(DeviceId),
    RenameDevice {
        device: DeviceId,
        name: String,
    },
    /// Not for staff.
    DeleteAccount,

    // --- Notifications ---
    /// → [`Answer::Notifications`]
    Notifications,
    /// The browser's push subscription (RFC 8030), or none any more. → [`Answer::Nothing`]
    Subscribe(Option<Subscription>),
    /// Asks the server to send this device an empty push. → [`Answer::Nothing`] when it took it over.
    TestPush,
    /// One's own switch. → [`Answer::Nothing`]
    SetDuty {
        on: bool,
    },
    /// `None`: no quiet hours. → [`Answer::Nothing`]
    SetQuietHours(Option<QuietTimes>),
    /// → [`Answer::Nothing`]
    SetAbsence(Option<Absence>),
}

/// Where a page of a chat begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Around {
    /// The newest.
    End,
    /// Older than this.
    Before(Sequence),
    /// Newer than this.
    After(Sequence),
    /// This in the middle (a hit, the first unread).
    At(Sequence),
}

/// Where this device is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The push service's address, as the browser gives it.
    pub endpoint: String,
    /// SHA-256 of what the service worker shows the server, to learn what a push was for.
    pub ticket: [u8; 32],
}

/// Hours without a push, in the local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietTimes {
    /// Minutes since midnight. The end may be on the next day.
    pub from: u16,
    pub to: u16,
    /// On which days they begin: bit 0 is Monday.
    pub days: u8,
}

/// "Not here until": shown to those who write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    pub note: String,
    pub until: Time,
}

/// What a page gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Nothing,
    Lock(Lock),
    Own(Own),
    Policy(Option<Policy>),
    Storage(Storage),
    Passkey(Option<Passkey>),
    /// What the first legible code says.
    Code(Option<String>),
    /// The dark modules as the path of a drawing, and its side's length with four modules of white around it.
    Drawn(Option<(String, u32)>),
    Offer(Offer),
    RecoveryWords(String),
    Chats(Vec<Chat>),
    Chat(Option<Chat>),
    Page(Page),
    Message(Option<Message>),
    Messages(Vec<Message>),
    Members(Vec<Member>),
    Contact(Option<Card>),
    Contacts(Vec<Contact>),
    Directory(Vec<DirectoryPerson>),
    Hits(Vec<Hit>),
    Count(u32),
    SafetyNumber(Option<String>),
    Reach(Reach),
    OnDuty(Option<u32>),
    Devices(Vec<Device>),
    Queued(MessageId),
    File(FileId),
    /// `None`: it could not be fetched now (offline); ask again.
    Chunk(Option<Vec<u8>>),
    Group(GroupId),
    Notifications(Notifications),
}

/// Why not. Each has a text in `locales/*/app.ftl` or `errors.ftl`, under its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failure {
    /// The engine or the server said no; the stable code of `errors.ftl`.
    #[error("{0}")]
    Refused(String),
    /// It needs the server, and there is no connection.
    #[error("offline")]
    Offline,
    /// The database is locked.
    #[error("locked")]
    Locked,
    #[error("wrong_pin")]
    WrongPin {
        /// Tries left until this device's data are wiped, where the policy says so.
        left: Option<u32>,
        /// Milliseconds until the next try is taken.
        wait_ms: u64,
    },
    #[error("bad_link")]
    BadLink,
    /// The invitation is of another server: the app there (`https://host`) is to be opened.
    #[error("other_server")]
    OtherServer(String),
    /// No space; nothing was lost that was queued.
    #[error("disk_full")]
    DiskFull,
    /// The browser does not let us store (private window, no OPFS).
    #[error("no_storage")]
    NoStorage,
    /// Something broke inside; what was written is safe.
    #[error("internal")]
    Internal,
}
