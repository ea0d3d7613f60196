// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes into the engine and what comes out: inputs, effects, and (in [`views`]) what a screen or a program reads.

mod views;

use melder_content::{Content, MessageId};
use melder_protocol::account::{DeviceInfo, DirectoryEntry};
use melder_protocol::invitation::{InvitationOffer, InvitationToken};
use melder_protocol::linking::LinkCode;
use melder_protocol::push::{PushState, PushSubscription, QuietHours};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, BlobId, DeviceId, ErrorCode, GroupId, Refusal, Sequence, Time};
use serde::{Deserialize, Serialize};

pub use crate::duty::AbsenceView;
pub use crate::screen::{Around, ChatItem, ChatPage, Composer};
pub use views::{
    AttachmentView, ChatView, ContactView, GroupStatus, MessageState, MessageView, OwnView, SearchHit, SystemLine,
    Trust,
};

/// The caller's number for an action; its [`Event::Done`] or [`Event::Failed`] carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u64);

/// By it an action is known again; see [`Input::Once`].
pub type Token = [u8; 16];

/// Something happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The transport stands. The server speaks first.
    Connected,
    /// A frame from the server.
    Frame(Vec<u8>),
    /// The transport is gone; frames on the way may or may not have arrived.
    Disconnected,
    /// Time passed. Wanted at the latest at [`Effect::WakeAt`].
    Tick,
    /// A person or program wants something.
    Do(ActionId, Box<Action>),
    /// The same, from somebody who may say it again when no answer came: what has the same token is done once.
    Once(ActionId, Token, Box<Action>),
    /// Nothing was heard for a while: asks the server for something small, so that a connection without an answer is known
    /// to be dead. For transports that can't ping.
    Probe,
}

/// What the driver is to do, after the transaction is on disk.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Send a frame.
    Send(Vec<u8>),
    /// Close the transport and connect anew (after a pause).
    Reconnect,
    /// Close the transport for good: the device was removed or its account deleted.
    Stop,
    /// Delete the database: the organisation deleted the account, or it ended. Comes after `Stop`.
    Wipe,
    /// Call [`Input::Tick`] at this time, or earlier.
    WakeAt(Time),
    /// Tell the person or program.
    Event(Box<Event>),
}

/// A device's name in the account's list of devices.
pub type DeviceName = String;

/// What a person or program wants.
#[derive(Debug, Clone)]
pub enum Action {
    /// What does this invitation offer? → [`Outcome::Offer`].
    OpenInvitation(InvitationToken),
    /// Takes an invitation with a new device. → [`Outcome::Joined`]. `name` is needed for an open invitation.
    Join {
        token: InvitationToken,
        device_name: DeviceName,
        name: Option<String>,
    },
    /// Takes an invitation with this existing account: its groups come along. → [`Outcome::Nothing`].
    AcceptInvitation(InvitationToken),
    /// New device: opens a mailbox. → [`Event::LinkCode`], then [`Event::LinkNumber`], then [`Outcome::Joined`].
    StartLink {
        device_name: DeviceName,
    },
    /// Existing device: answers a new device's code. → [`Event::LinkNumber`] unless the code carries the offer's hash.
    AnswerLink(LinkCode),
    /// Existing device: the person says whether the numbers are equal. → [`Outcome::Nothing`] once linked.
    ConfirmLink(bool),
    /// A new recovery code. The old one is void. → [`Outcome::RecoveryCode`], shown once.
    CreateRecoveryCode,
    /// Fresh device: comes back with a recovery code. → [`Outcome::Joined`].
    Recover {
        words: String,
        device_name: DeviceName,
    },
    RemoveDevice(DeviceId),
    RenameDevice {
        device: DeviceId,
        name: DeviceName,
    },
    /// → [`Outcome::Devices`].
    ListDevices,
    /// → [`Outcome::Directory`].
    FindAccounts {
        query: String,
        after: Option<AccountId>,
    },
    /// → [`Outcome::Group`].
    StartDirect(AccountId),
    /// A private group or channel; we get the role `manage`. → [`Outcome::Group`].
    CreateGroup {
        kind: GroupKind,
        name: String,
        description: Option<String>,
        members: Vec<(AccountId, Role)>,
    },
    /// → [`Outcome::Nothing`] when it stands in the log.
    ChangeRoster {
        group: GroupId,
        set: Vec<(AccountId, Role)>,
        unset: Vec<AccountId>,
    },
    RenameGroup {
        group: GroupId,
        name: String,
        description: Option<String>,
    },
    LeaveGroup(GroupId),
    /// Queues a message. → [`Outcome::Queued`] at once, also offline; the rest comes as [`Event::MessageChanged`].
    Send {
        group: GroupId,
        draft: Box<Draft>,
    },
    /// A scheduled message that has not gone yet. → [`Outcome::Nothing`].
    CancelScheduled(MessageId),
    /// A message that waits for its time or has failed goes, with what hangs on it. → [`Outcome::Nothing`].
    Cancel(MessageId),
    /// What stands in the composer of a chat; nothing at all forgets what was `known` to stand there, and not what
    /// another window wrote since. → [`Outcome::Nothing`].
    SaveComposer {
        group: GroupId,
        text: String,
        reply_to: Option<MessageId>,
        known: String,
    },
    /// The all-clear of an own alarm, and of what was called again with the same words, person by person. → [`Outcome::Queued`].
    AllClear(MessageId),
    /// Sends what a message says into another chat, with its files, which must be on this device. → [`Outcome::Queued`].
    Forward {
        message: MessageId,
        group: GroupId,
    },
    /// Sends a failed message again.
    Retry(MessageId),
    /// Starts taking in a file: name, size and kind are known, the bytes come by `AddFileChunk`. → [`Outcome::File`].
    StartFile {
        size: u64,
    },
    /// Bytes in order, any length up to 1 MiB. The engine encrypts and keeps them. → [`Outcome::Nothing`].
    AddFileChunk {
        file: FileId,
        bytes: Vec<u8>,
    },
    /// Fetches an attachment's bytes in the background. → [`Event::Transfer`]s; then [`Engine::file_chunk`] reads it.
    Download(BlobId),
    /// Fetches one chunk of an attachment now, wherever it lies (a range); then [`crate::Engine::file_chunk`] reads it.
    /// → [`Outcome::Nothing`].
    FetchChunk {
        blob: BlobId,
        index: u32,
    },
    /// How many of a group's members are on duty, where that names nobody. → [`Outcome::OnDuty`].
    AskOnDuty(GroupId),
    /// → [`Outcome::Reach`]: who has it, by name. Only for one's own messages.
    AskReach {
        group: GroupId,
        message: MessageId,
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
    /// Deletes a chat that one has left, with its whole history, from this device.
    ForgetChat(GroupId),
    /// The person compared the safety number with this contact.
    Verify {
        account: AccountId,
        verified: bool,
    },
    /// How push stands for this device. → [`Outcome::Push`].
    AskPush,
    /// Where this device is reached, or that it is not to be any more.
    Subscribe(Option<PushSubscription>),
    /// The server is to push to this device now. Done when the push service has taken it.
    TestPush,
    /// One's own switch, for all own devices.
    SetDuty {
        on: bool,
    },
    SetQuietHours(Option<QuietHours>),
    /// Tells all whom one writes with; `None`: it is over.
    SetAbsence(Option<AbsenceView>),
    /// Deletes the account (not for staff). → [`Outcome::Nothing`], then [`Effect::Wipe`].
    DeleteAccount,
}

/// A file that the engine has taken in (encrypted), to be attached by a [`Draft`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(pub i64);

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Draft {
    pub content: Content,
    /// Files to attach; `content` is then the caption (a text) or a report.
    pub files: Vec<FileDraft>,
    pub expires_in_ms: Option<u64>,
    /// Asks for acknowledgement, by this time if given.
    pub acknowledge: Option<Option<Time>>,
    /// Waits in the outbox until then.
    pub at: Option<Time>,
}

impl Draft {
    #[must_use]
    pub fn new(content: Content) -> Self {
        Self {
            content,
            files: Vec::new(),
            expires_in_ms: None,
            acknowledge: None,
            at: None,
        }
    }
}

/// How a file is attached.
#[derive(Debug, Clone)]
pub struct FileDraft {
    pub file: FileId,
    pub filename: String,
    pub content_type: String,
    pub description: String,
    pub preview: Option<melder_content::Preview>,
    pub dimensions: Option<(u32, u32)>,
    pub duration_ms: Option<u64>,
    /// `Some`: the photo is evidence; capture time and place stay with it.
    pub evidence: Option<(Time, Option<melder_content::Place>)>,
}

/// What came of an action.
#[derive(Debug, Clone)]
pub enum Outcome {
    Nothing,
    Offer(InvitationOffer),
    Joined,
    RecoveryCode(String),
    Devices(Vec<DeviceInfo>),
    Directory(Vec<DirectoryEntry>),
    Group(GroupId),
    Queued(MessageId),
    File(FileId),
    Reach {
        reached: Vec<AccountId>,
        missing: Vec<AccountId>,
    },
    Push(PushState),
    OnDuty(Option<u32>),
}

/// Why an action failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// The server said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It needs the server, and there is no connection.
    #[error("offline")]
    Offline,
    /// It makes no sense in this state; the code says why.
    #[error("{0}")]
    Invalid(Invalid),
}

/// What was wrong with an action. Each has a stable code and a text in `locales/*/errors.ftl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("no_account_yet")]
    NoAccountYet,
    #[error("account_exists")]
    AccountExists,
    #[error("unknown_group")]
    UnknownGroup,
    #[error("unknown_message")]
    UnknownMessage,
    #[error("unknown_file")]
    UnknownFile,
    #[error("file_incomplete")]
    FileIncomplete,
    #[error("content_invalid")]
    ContentInvalid,
    #[error("not_allowed")]
    NotAllowed,
    #[error("forbidden_by_policy")]
    ForbiddenByPolicy,
    #[error("too_large")]
    TooLarge,
    #[error("bad_recovery_words")]
    BadRecoveryWords,
    #[error("no_link_running")]
    NoLinkRunning,
    #[error("link_failed")]
    LinkFailed,
    /// The organisation's key is not the one that the invitation names: somebody is between us and the server.
    #[error("wrong_organisation")]
    WrongOrganisation,
    /// The server served something that its signatures do not bear.
    #[error("server_misbehaves")]
    ServerMisbehaves,
    #[error("too_late")]
    TooLate,
}

/// Something that a screen or a program wants to know.
#[derive(Debug, Clone)]
pub enum Event {
    Done {
        action: ActionId,
        outcome: Outcome,
    },
    Failed {
        action: ActionId,
        error: ActionError,
    },
    Connection(Connection),
    /// The account is set up on this device.
    Joined,
    /// A message or line came, or one of ours got on.
    MessageChanged {
        group: GroupId,
        message: MessageId,
        change: MessageChange,
    },
    /// A line about membership, trust or a gap was added to a chat.
    SystemLine {
        group: GroupId,
        line: SystemLine,
        at: Time,
    },
    /// Name, members, mute, pin or state changed.
    GroupChanged(GroupId),
    /// One's own duty, quiet hours or absence changed.
    Own,
    /// An alarm that was not confirmed yet.
    Alarm {
        group: GroupId,
        message: MessageId,
    },
    LinkCode(LinkCode),
    /// Six digits to compare.
    LinkNumber(String),
    Transfer {
        blob: BlobId,
        done: u64,
        of: u64,
        upload: bool,
    },
    /// This account ends at this time.
    Ends(Time),
    /// The server or somebody behind it broke the rules; what was refused is named by its code.
    Misbehaviour {
        group: Option<GroupId>,
        code: Misbehaviour,
    },
    /// The account or this device is gone.
    Gone(ErrorCode),
}

/// What an honest engine refuses and reports: an event, and a [`SystemLine::Refused`] in the chat that it concerns, where
/// there is one; each at most once an hour for each chat and kind. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misbehaviour {
    /// A device chain that does not extend the one we know, or was begun anew without the organisation's word.
    ForkedChain,
    /// A roster or a change of one without the right signature.
    ForgedRoster,
    /// A roster that is rightly signed, and contradicts the one we know: two groups are shown two rosters.
    ForkedRoster,
    /// A proposal, commit or tree that the rules refuse.
    ForgedMembership,
    /// A message whose sender may not write, or may not do this.
    ForgedSender,
    /// A message on which the server wrote another sender. It is shown under its true author.
    Mislabelled,
    /// Entries out of sequence.
    BrokenLog,
    /// Bytes that are no frame, entry or content.
    Malformed,
    /// A message that can't be decrypted: altered on its way, or made so by its sender.
    Unreadable,
    /// A badge that the organisation did not sign.
    ForgedBadge,
    /// A deletion that the organisation did not sign.
    ForgedDeletion,
    /// A policy that the organisation did not sign.
    ForgedPolicy,
    /// This device and others were shown different histories of the group.
    Forked,
    /// The server serves an older state than one that it served before.
    RolledBack,
    /// The server said that a message of ours is in the log, and it is not.
    FalseReceipt,
    /// The server said that we are out of a group, and the signed roster says that we never were.
    FalseRemoval,
    /// A commit that does not work out; this device joins anew.
    BrokenCommit,
    /// A Welcome that does not work out; this device joins another way.
    BrokenWelcome,
    /// An answer that does not fit its question.
    WrongAnswer,
    /// The bytes of a file are not those that its message promised.
    WrongFile,
}

impl Misbehaviour {
    /// All kinds, for lists of texts.
    pub const ALL: [Self; 20] = [
        Self::ForkedChain,
        Self::ForgedRoster,
        Self::ForkedRoster,
        Self::ForgedMembership,
        Self::ForgedSender,
        Self::Mislabelled,
        Self::BrokenLog,
        Self::Malformed,
        Self::Unreadable,
        Self::ForgedBadge,
        Self::ForgedDeletion,
        Self::ForgedPolicy,
        Self::Forked,
        Self::RolledBack,
        Self::FalseReceipt,
        Self::FalseRemoval,
        Self::BrokenCommit,
        Self::BrokenWelcome,
        Self::WrongAnswer,
        Self::WrongFile,
    ];
}

/// Where the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    Offline,
    /// Authenticated; catching up.
    Online,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageChange {
    New,
    /// Edited, deleted, reacted to, acknowledged, voted.
    Updated,
    /// Its state changed (sent, failed).
    State,
}
