// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a device asks of the server, and what it gets.

use minicbor::{Decode, Encode};

use crate::account::{AccountRecord, DeviceInfo, DirectoryEntry, OrganisationInfo};
use crate::blob::BlobState;
use crate::cbor::Bytes;
use crate::chain::Link;
use crate::invitation::InvitationOffer;
use crate::policy::Policy;
use crate::push::{PushRules, PushState, PushSubscription, Ring};
use crate::roster::RosterChange;
use crate::signed::Signed;
use crate::{
    AccountId, BlobId, Counter, Cursor, DeviceId, Epoch, GroupId, InvitationSecret, LogId, PublicKey, Sequence,
    Signature, Suite, Time,
};

/// A request. Those marked *open* need no authentication.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// *Open.* What does this invitation offer? → `Offer`.
    #[n(0)]
    OpenInvitation(#[n(0)] InvitationSecret),
    /// *Open.* Takes an invitation: `genesis` starts the chain of the offered account. → `Claimed`.
    /// A repetition with the same genesis gives the same answer.
    #[n(1)]
    Claim {
        #[n(0)]
        secret: InvitationSecret,
        #[n(1)]
        genesis: Link,
        /// What the device is called in the list of devices.
        #[n(2)]
        device_name: String,
        /// Needed for an open invitation.
        #[n(3)]
        name: Option<String>,
    },
    /// *Open.* Whose recovery key is this? `signature` is over the challenge with [`crate::frame::RECOVERY_LABEL`]. → `Recovery`.
    #[n(2)]
    FindRecovery {
        #[n(0)]
        key: PublicKey,
        #[n(1)]
        signature: Signature,
    },
    /// *Open*, since a link proves itself. → `Done`.
    #[n(3)]
    ExtendChain {
        #[n(0)]
        link: Link,
        #[n(1)]
        device_name: Option<String>,
    },
    /// *Open.* Opens a mailbox for linking. → `Mailbox`. What the other side puts in comes as `ServerFrame::Mailbox`.
    #[n(4)]
    OpenMailbox,
    /// Joins a mailbox by its code. → `Done`.
    #[n(5)]
    JoinMailbox(#[n(0)] String),
    /// *Open.* Puts a message into this connection's mailbox, for the other side. → `Done`.
    #[n(6)]
    PutMailbox(#[n(0)] Bytes),

    /// Appends an application message. → `Appended`; a repeated counter gives the first answer.
    #[n(7)]
    Append {
        #[n(0)]
        group: GroupId,
        #[n(1)]
        counter: Counter,
        /// The MLSMessage with a PrivateMessage; its epoch must be the group's.
        #[n(2)]
        bytes: Bytes,
        /// Does it wake devices that are away?
        #[n(3)]
        ring: Ring,
    },
    /// Appends sealed bytes to another account's inbox; the two must share a group. → `Appended`.
    #[n(8)]
    Seal {
        #[n(0)]
        account: AccountId,
        #[n(1)]
        counter: Counter,
        #[n(2)]
        bytes: Bytes,
    },
    /// Appends a commit (regular or external), by compare-and-swap on the epoch that it ends. → `Appended`.
    #[n(9)]
    Commit {
        #[n(0)]
        group: GroupId,
        /// The MLSMessage with the PublicMessage.
        #[n(1)]
        commit: Bytes,
        /// The MLSMessage with the Welcome, when somebody is added.
        #[n(2)]
        welcome: Option<Bytes>,
        /// The MLSMessage with the GroupInfo of the new epoch, with `external_pub`, without the ratchet tree.
        #[n(3)]
        group_info: Bytes,
    },
    /// Establishes the MLS group at epoch 0, with this device as the only leaf: of a managed group when tasked, of a
    /// private group together with its roster's genesis. → `Appended`.
    #[n(10)]
    Establish {
        #[n(0)]
        group: GroupId,
        #[n(1)]
        genesis: Option<Signed<RosterChange>>,
        #[n(2)]
        group_info: Bytes,
        #[n(3)]
        tree: Bytes,
    },
    /// Appends a change to a private group's roster. → `Appended`.
    #[n(11)]
    ChangeRoster(#[n(0)] Signed<RosterChange>),
    /// Entries of this log after `cursor.sequence`, now and as they come. → `Following`.
    #[n(12)]
    Follow(#[n(0)] Cursor),
    #[n(13)]
    Unfollow(#[n(0)] LogId),
    /// What a device needs to join at `epoch` (by Welcome), or at the current one (`None`; by external commit). → `GroupState`.
    #[n(14)]
    GroupState {
        #[n(0)]
        group: GroupId,
        #[n(1)]
        epoch: Option<Epoch>,
    },
    /// Adds to the device's stock. → `Stock`.
    #[n(15)]
    PublishKeyPackages {
        #[n(0)]
        packages: Vec<Bytes>,
        /// One a suite; replaces the one before.
        #[n(1)]
        last_resort: Vec<Bytes>,
    },
    /// → `Accounts`. Unknown or invisible ones are left out.
    #[n(16)]
    Accounts(#[n(0)] Vec<AccountId>),
    /// Searches the organisation's directory by name, unit, function. → `Directory`, at most 50 after `after`.
    #[n(17)]
    FindAccounts {
        #[n(0)]
        query: String,
        #[n(1)]
        after: Option<AccountId>,
    },
    /// Who has it? Only for one's own entries. → `Reach`.
    #[n(18)]
    Reach {
        #[n(0)]
        group: GroupId,
        #[n(1)]
        sequence: Sequence,
    },
    /// The account's devices as the server knows them. → `Devices`.
    #[n(19)]
    Devices,
    #[n(20)]
    RenameDevice {
        #[n(0)]
        device: DeviceId,
        #[n(1)]
        name: String,
    },
    /// Takes an invitation with the existing account: joins its groups. → `Done`.
    #[n(21)]
    AcceptInvitation(#[n(0)] InvitationSecret),
    /// → `Policy`.
    #[n(22)]
    Policy,
    /// Starts a blob. A repetition gives its state. → `Blob`.
    #[n(23)]
    CreateBlob {
        #[n(0)]
        blob: BlobId,
        #[n(1)]
        group: GroupId,
        #[n(2)]
        chunks: u32,
    },
    /// Adds the next chunk. → `Blob`.
    #[n(24)]
    PutChunk {
        #[n(0)]
        blob: BlobId,
        #[n(1)]
        index: u32,
        #[n(2)]
        bytes: Bytes,
    },
    /// → `Blob`.
    #[n(25)]
    BlobState(#[n(0)] BlobId),
    /// → `Chunk`.
    #[n(26)]
    GetChunk {
        #[n(0)]
        blob: BlobId,
        #[n(1)]
        index: u32,
    },
    /// Deletes a blob that this account made. → `Done`.
    #[n(27)]
    DeleteBlob(#[n(0)] BlobId),
    /// Deletes the caller's own account (not for staff, whose organisation decides). → `Done`, then `Goodbye`.
    #[n(28)]
    DeleteAccount,
    /// → `Push`.
    #[n(29)]
    Push,
    /// Where this device is reached, or that it is not to be any more. Replaces what was. → `Done`.
    #[n(30)]
    Subscribe(#[n(0)] Option<PushSubscription>),
    /// A push to this device, although it is here. → `Done` once the push service has taken it.
    #[n(31)]
    TestPush,
    /// When the account is not to be woken. → `Done`.
    #[n(32)]
    SetPushRules(#[n(0)] PushRules),
    /// How many of a group's members are on duty. → `OnDuty`.
    #[n(33)]
    OnDuty(#[n(0)] GroupId),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Response {
    #[n(0)]
    Done,
    #[n(1)]
    Offer(#[n(0)] InvitationOffer),
    #[n(2)]
    Claimed {
        #[n(0)]
        record: AccountRecord,
    },
    #[n(3)]
    Recovery {
        #[n(0)]
        organisation: OrganisationInfo,
        #[n(1)]
        record: AccountRecord,
    },
    #[n(4)]
    Mailbox {
        /// Eight letters and digits without look-alikes.
        #[n(0)]
        code: String,
        #[n(1)]
        expires: Time,
    },
    /// On disk.
    #[n(5)]
    Appended {
        #[n(0)]
        sequence: Sequence,
        #[n(1)]
        time: Time,
    },
    #[n(6)]
    Following {
        /// The last entry that the log has now.
        #[n(0)]
        head: Sequence,
    },
    #[n(7)]
    GroupState(#[n(0)] GroupState),
    #[n(8)]
    Stock(#[n(0)] Vec<Stock>),
    #[n(9)]
    Accounts(#[n(0)] Vec<AccountRecord>),
    #[n(10)]
    Directory(#[n(0)] Vec<DirectoryEntry>),
    #[n(11)]
    Reach {
        #[n(0)]
        reached: Vec<AccountId>,
        #[n(1)]
        missing: Vec<AccountId>,
    },
    #[n(12)]
    Devices(#[n(0)] Vec<DeviceInfo>),
    #[n(13)]
    Policy(#[n(0)] Signed<Policy>),
    #[n(14)]
    Blob(#[n(0)] BlobState),
    #[n(15)]
    Chunk {
        #[n(0)]
        index: u32,
        #[n(1)]
        bytes: Bytes,
    },
    #[n(16)]
    Push(#[n(0)] PushState),
    /// A number and no names; `None` where it would name somebody, or nobody ever said.
    #[n(17)]
    OnDuty(#[n(0)] Option<u32>),
}

/// What a device needs to join a group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GroupState {
    /// `None`: the MLS group is not established yet.
    #[n(0)]
    pub mls: Option<MlsState>,
    /// The roster's changes, genesis first.
    #[n(1)]
    pub roster: Vec<Signed<RosterChange>>,
    /// The record of every account that is in the roster (and of those whose devices are still leaves).
    #[n(2)]
    pub accounts: Vec<AccountRecord>,
    /// The log's head when this was put together: `roster` and `accounts` are as of here.
    #[n(3)]
    pub head: Sequence,
}

/// The public side of an MLS group at an epoch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MlsState {
    #[n(0)]
    pub epoch: Epoch,
    /// The log's entry that began this epoch (0 for epoch 0).
    #[n(1)]
    pub sequence: Sequence,
    /// MLSMessage with the GroupInfo; empty for a past epoch.
    #[n(2)]
    pub group_info: Bytes,
    /// The ratchet tree (RFC 9420, section 12.4.3.3: `optional<Node> ratchet_tree<V>`).
    #[n(3)]
    pub tree: Bytes,
}

/// How many key packages the server has of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Stock {
    #[n(0)]
    pub suite: Suite,
    #[n(1)]
    pub count: u32,
    #[n(2)]
    pub last_resort: bool,
}
