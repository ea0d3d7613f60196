// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands in the store, as types.

use melder_protocol::chain::KeyUse;
use melder_protocol::roster::{Authority, GroupKind};
use melder_protocol::{
    AccountId, BlobId, Counter, DeviceId, Epoch, GroupId, Hash, Member, OrganisationId, PublicKey, Sequence, Suite,
    Time,
};

/// An entry, encoded once: `bytes` is the CBOR of a `melder_protocol::entry::Entry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    pub sequence: Sequence,
    pub time: Time,
    pub sender: Option<Member>,
    /// The number of the variant of `Body`.
    pub kind: u8,
    /// The sender's counter, for entries that have one.
    pub counter: Option<Counter>,
    pub bytes: Vec<u8>,
}

/// How far a device has a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorRow {
    pub account: AccountId,
    pub device: DeviceId,
    pub sequence: Sequence,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    pub group: GroupId,
    pub organisation: OrganisationId,
    pub kind: GroupKind,
    pub authority: Authority,
    pub suite: Suite,
    /// Of managed groups only.
    pub name: Option<String>,
    pub created: Time,
    pub closed: bool,
    /// `None`: not established.
    pub epoch: Option<Epoch>,
    /// The log's entry that began this epoch (0 for epoch 0).
    pub began: Sequence,
}

/// The public side of an MLS group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRow {
    /// `melder_mls::public::PublicGroup::to_bytes` as of the epoch's beginning, without proposals.
    pub state: Vec<u8>,
    /// The MLSMessage with the GroupInfo of the current epoch.
    pub group_info: Vec<u8>,
}

/// What an open proposal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProposalKind {
    Add,
    /// Of the leaf with this index.
    Remove(u32),
}

/// A proposal that the server has issued for the current epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    pub sequence: Sequence,
    pub kind: ProposalKind,
    pub member: Member,
    /// The MLSMessage, as it stands in the log.
    pub bytes: Vec<u8>,
    /// Of an addition: what it was made of, for the case that it must be issued anew.
    pub key_package: Option<KeyPackageRow>,
}

/// A leaf of a group's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeafRow {
    pub index: u32,
    pub member: Member,
}

/// A ratchet tree that somebody was welcomed into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow {
    pub epoch: Epoch,
    /// The commit's place in the group's log.
    pub sequence: Sequence,
    pub time: Time,
    pub tree: Vec<u8>,
}

/// A Welcome that a device has not fetched yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WelcomeRow {
    pub group: GroupId,
    pub epoch: Epoch,
    pub device: DeviceId,
    /// Its place in the account's inbox.
    pub inbox: Sequence,
}

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceState {
    Current,
    /// An administrator ended its chain and the new one has not begun: it is shut out, and its leaves go as soon as
    /// the new chain says so to everybody.
    Reset,
    Removed,
    /// An administrator has removed it: it is shut out. Its leaves go when a device of the account takes it out of the chain, for
    /// nobody else can.
    Barred,
}

/// A key in a device chain, and what is known of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    pub account: AccountId,
    pub device: DeviceId,
    pub key: PublicKey,
    pub key_use: KeyUse,
    pub name: String,
    pub added: Time,
    /// By day only.
    pub last_used: Option<Time>,
    pub state: DeviceState,
}

/// A key package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPackageRow {
    pub suite: Suite,
    pub hash: Hash,
    pub last_resort: bool,
    pub bytes: Vec<u8>,
}

/// Where a device is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    pub device: DeviceId,
    pub account: AccountId,
    pub endpoint: String,
    pub ticket: Hash,
}

/// An alarm that is still repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmRow {
    pub group: GroupId,
    pub sequence: Sequence,
    pub time: Time,
    /// For those on duty alone.
    pub on_duty: bool,
    pub sender: AccountId,
}

/// A blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRow {
    pub blob: BlobId,
    pub group: GroupId,
    pub account: AccountId,
    pub chunks: u32,
    pub stored: u32,
    pub created: Time,
}
