// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the server keeps, behind traits: one trait for each noun, [`Transaction`] is all of them together.
//!
//! A batch of inputs is one transaction. The core reads and writes through `&dyn Transaction`; it knows no SQL.
//! Methods take `&self`: a transaction belongs to one thread, and an implementation whose client library wants
//! `&mut` keeps it in a `RefCell`. Nothing here decides anything: who may do what is the core's and the directory's.
//!
//! [`conformance`] says what every implementation must do; it runs on each of them.

use melder_protocol::chain::Link;
use melder_protocol::push::PushRules;
use melder_protocol::roster::{Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, BlobId, Counter, DeviceId, Epoch, ErrorCode, GroupId, Index, LogId, Member, OrganisationId, PublicKey,
    Refusal, Sequence, Suite, Time,
};

pub mod directory;
pub mod ldap;
mod rows;
pub mod sqlite;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod conformance_admins;

pub use directory::Directory;
pub use rows::*;

/// The storage did not do what was asked. The transaction is to be given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("the disk is full")]
    Full,
    /// A constraint of the data itself: the core's mistake, or damaged data.
    #[error("damaged: {0}")]
    Damaged(&'static str),
    #[error("storage: {0}")]
    Failed(String),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::new(ErrorCode::StorageFull),
            StoreError::Damaged(_) | StoreError::Failed(_) => {
                tracing::error!(%error, "storage");
                Self::new(ErrorCode::Internal)
            }
        }
    }
}

/// Short for the result of a storage call.
pub type Stored<T> = Result<T, StoreError>;

/// A place to keep things: one writer, any number of readers.
pub trait Store: Send + 'static {
    type Tx<'a>: Transaction
    where
        Self: 'a;
    type Reader: Reader;

    /// Begins the one writing transaction. Dropped without `commit`, it leaves nothing.
    ///
    /// # Errors
    /// When the storage fails.
    fn begin(&mut self) -> Stored<Self::Tx<'_>>;

    /// Opens another view, which sees what is committed.
    ///
    /// # Errors
    /// When the storage fails.
    fn reader(&self) -> Stored<Self::Reader>;
}

/// Reads what is committed, beside the writer: entries that fell out of memory, chunks of blobs.
pub trait Reader: Send + 'static {
    /// As [`Logs::entries`].
    ///
    /// # Errors
    /// When the storage fails.
    fn entries(&mut self, log: LogId, after: Sequence, count: usize, bytes: usize) -> Stored<Vec<StoredEntry>>;

    /// As [`Blobs::chunk`].
    ///
    /// # Errors
    /// When the storage fails.
    fn chunk(&mut self, blob: BlobId, index: u32) -> Stored<Option<Vec<u8>>>;
}

/// Everything that one batch does.
pub trait Transaction: Logs + Cursors + Groups + Devices + Blobs + Push + Directory {
    /// From here on, [`Self::rollback`] undoes. Savepoints nest.
    fn savepoint(&self) -> Stored<()>;
    /// Keeps what was done since the last savepoint.
    fn release(&self) -> Stored<()>;
    /// Undoes what was done since the last savepoint, and ends it.
    fn rollback(&self) -> Stored<()>;
    /// On disk when this returns.
    fn commit(self) -> Stored<()>
    where
        Self: Sized;
}

/// Ordered entries. A log exists as soon as something is appended; its sequence has no gaps.
pub trait Logs {
    /// The last sequence that was ever given; 0 for a log without entries.
    fn head(&self, log: LogId) -> Stored<Sequence>;
    /// Appends; `entry.sequence` must be the head's next.
    fn append(&self, log: LogId, entry: &StoredEntry) -> Stored<()>;
    /// Entries after a place, at most `count`, and no more once `bytes` are reached (but at least one).
    fn entries(&self, log: LogId, after: Sequence, count: usize, bytes: usize) -> Stored<Vec<StoredEntry>>;
    /// The first entry that is still there; the head's next when none is.
    fn first(&self, log: LogId) -> Stored<Sequence>;
    /// The last entry that is older than `before`.
    fn older(&self, log: LogId, before: Time) -> Stored<Option<Sequence>>;
    /// Drops entries up to and with `through`. Head and counters stay. Says how many.
    fn drop_through(&self, log: LogId, through: Sequence) -> Stored<u64>;
    /// Removes the log as if it had never been. Says how many entries it had.
    fn delete_log(&self, log: LogId) -> Stored<u64>;
    /// The device's last counter in this log, 0 for none. Outlives the entries.
    fn counter(&self, log: LogId, device: DeviceId) -> Stored<Counter>;
    /// All counters of a device.
    fn counters(&self, device: DeviceId) -> Stored<Vec<(LogId, Counter)>>;
    /// Where and when the device's append with this counter was taken, while the entry is there.
    fn appended(&self, log: LogId, device: DeviceId, counter: Counter) -> Stored<Option<(Sequence, Time)>>;
    /// Who sent this entry, while it is there.
    fn entry(&self, log: LogId, sequence: Sequence) -> Stored<Option<StoredEntry>>;
}

/// What devices have on their disks.
pub trait Cursors {
    fn cursor(&self, log: LogId, device: DeviceId) -> Stored<Sequence>;
    /// Never goes back.
    fn advance(&self, log: LogId, account: AccountId, device: DeviceId, through: Sequence) -> Stored<()>;
    fn cursors(&self, log: LogId) -> Stored<Vec<CursorRow>>;
    fn delete_cursors_of_device(&self, device: DeviceId) -> Stored<()>;
    fn delete_cursors_of_account(&self, log: LogId, account: AccountId) -> Stored<()>;
}

/// Groups: terms, rosters, the public side of their MLS groups.
pub trait Groups {
    fn group(&self, group: GroupId) -> Stored<Option<GroupRow>>;
    /// Inserts or replaces the row.
    fn put_group(&self, row: &GroupRow) -> Stored<()>;
    /// Removes everything that this trait keeps of a group.
    fn delete_group(&self, group: GroupId) -> Stored<()>;
    fn groups_of_organisation(&self, organisation: OrganisationId) -> Stored<Vec<GroupRow>>;
    /// The groups in whose roster an account is, oldest first.
    fn groups_of_account(&self, account: AccountId) -> Stored<Vec<GroupId>>;

    /// Adds the next change to the roster's history; does not touch the members.
    fn add_roster_change(&self, group: GroupId, index: Index, change: &Signed<RosterChange>) -> Stored<()>;
    fn roster_changes(&self, group: GroupId) -> Stored<Vec<Signed<RosterChange>>>;
    fn set_member(&self, group: GroupId, member: RosterMember) -> Stored<()>;
    fn unset_member(&self, group: GroupId, account: AccountId) -> Stored<()>;
    fn role(&self, group: GroupId, account: AccountId) -> Stored<Option<Role>>;
    fn members(&self, group: GroupId) -> Stored<Vec<RosterMember>>;
    /// Do two accounts stand in one roster?
    fn share_group(&self, a: AccountId, b: AccountId) -> Stored<bool>;

    fn public_group(&self, group: GroupId) -> Stored<Option<PublicRow>>;
    fn put_public_group(&self, group: GroupId, row: &PublicRow) -> Stored<()>;
    /// The proposals that were issued for the current epoch, in the order of the log.
    fn proposals(&self, group: GroupId) -> Stored<Vec<ProposalRow>>;
    fn add_proposal(&self, group: GroupId, row: &ProposalRow) -> Stored<()>;
    fn delete_proposal(&self, group: GroupId, sequence: Sequence) -> Stored<()>;
    fn clear_proposals(&self, group: GroupId) -> Stored<()>;
    /// The devices in the group's tree, by index.
    fn leaves(&self, group: GroupId) -> Stored<Vec<LeafRow>>;
    fn set_leaf(&self, group: GroupId, leaf: LeafRow) -> Stored<()>;
    fn unset_leaf(&self, group: GroupId, index: u32) -> Stored<()>;
    fn is_leaf(&self, group: GroupId, member: Member) -> Stored<bool>;
    /// The devices (no recovery keys) of the accounts in the roster that are current or shut out by a reset.
    fn devices_of_members(&self, group: GroupId) -> Stored<Vec<(Member, DeviceState)>>;

    /// Keeps a tree for those who were welcomed into its epoch.
    fn put_tree(&self, group: GroupId, row: &TreeRow) -> Stored<()>;
    fn tree(&self, group: GroupId, epoch: Epoch) -> Stored<Option<TreeRow>>;
    fn add_welcome(&self, row: &WelcomeRow) -> Stored<()>;
    /// A device has its inbox up to `through`, or will never fetch it (`None`): its welcomes there are settled, and
    /// trees that nobody waits for any more go.
    fn settle_welcomes(&self, device: DeviceId, through: Option<Sequence>) -> Stored<()>;
    /// Trees that were kept before this time go.
    fn drop_trees(&self, group: GroupId, before: Time) -> Stored<()>;
}

/// Device chains, what is known of devices, key packages.
pub trait Devices {
    /// The account's chain, genesis first; empty when there is none.
    fn chain(&self, account: AccountId) -> Stored<Vec<Link>>;
    /// Adds the next link; `place` counts on after a reset.
    fn add_link(&self, account: AccountId, place: u32, link: &Link) -> Stored<()>;
    /// Removes chain, devices and key packages.
    fn delete_chain(&self, account: AccountId) -> Stored<()>;

    fn device(&self, device: DeviceId) -> Stored<Option<DeviceRow>>;
    fn put_device(&self, row: &DeviceRow) -> Stored<()>;
    /// With removed ones, in the order of adding.
    fn devices_of(&self, account: AccountId) -> Stored<Vec<DeviceRow>>;
    /// Keeps the encoded `Signed<DeviceRemoval>`; the device has not heard of it yet.
    fn put_device_removal(&self, account: AccountId, device: DeviceId, signed: &[u8]) -> Stored<()>;
    /// With whether the device has heard of it.
    fn device_removal(&self, device: DeviceId) -> Stored<Option<(Vec<u8>, bool)>>;
    fn removal_is_told(&self, device: DeviceId) -> Stored<()>;
    /// The account whose chain has this recovery key.
    fn account_of_recovery(&self, key: &PublicKey) -> Stored<Option<AccountId>>;

    /// False when the server has a package with this hash (of any device).
    fn add_key_package(&self, device: DeviceId, row: &KeyPackageRow) -> Stored<bool>;
    /// Takes the oldest single-use package, or shows the last-resort one.
    fn take_key_package(&self, device: DeviceId, suite: Suite) -> Stored<Option<KeyPackageRow>>;
    fn stock(&self, device: DeviceId) -> Stored<Vec<melder_protocol::request::Stock>>;
    /// Says how many there were.
    fn delete_key_packages(&self, device: DeviceId) -> Stored<u32>;
}

/// Where devices are reached, when they are not to be, and the alarms that are repeated.
pub trait Push {
    /// The secret half of the server's own key.
    fn push_key(&self) -> Stored<Option<Vec<u8>>>;
    /// Only while there is none.
    fn put_push_key(&self, secret: &[u8]) -> Stored<()>;
    fn subscriptions(&self) -> Stored<Vec<SubscriptionRow>>;
    /// Replaces the device's.
    fn put_subscription(&self, row: &SubscriptionRow) -> Stored<()>;
    /// False when there was none.
    fn delete_subscription(&self, device: DeviceId) -> Stored<bool>;
    fn all_push_rules(&self) -> Stored<Vec<(AccountId, PushRules)>>;
    fn put_push_rules(&self, account: AccountId, rules: &PushRules) -> Stored<()>;
    fn delete_push_rules(&self, account: AccountId) -> Stored<()>;
    fn add_alarm(&self, row: &AlarmRow) -> Stored<()>;
    /// Oldest first.
    fn alarms(&self) -> Stored<Vec<AlarmRow>>;
    fn drop_alarms(&self, before: Time) -> Stored<()>;
}

/// Encrypted blobs in chunks.
pub trait Blobs {
    fn blob(&self, blob: BlobId) -> Stored<Option<BlobRow>>;
    /// With no chunk stored.
    fn create_blob(&self, row: &BlobRow) -> Stored<()>;
    /// Stores chunk `index`, which must be the next.
    fn put_chunk(&self, blob: BlobId, index: u32, bytes: &[u8]) -> Stored<()>;
    fn chunk(&self, blob: BlobId, index: u32) -> Stored<Option<Vec<u8>>>;
    fn delete_blob(&self, blob: BlobId) -> Stored<()>;
    /// How many blobs an account made, and their bytes (those announced and not yet stored count in full).
    fn blob_usage(&self, account: AccountId) -> Stored<(u32, u64)>;
    /// Says how many, and their bytes.
    fn delete_blobs_of_account(&self, account: AccountId) -> Stored<(u32, u64)>;
    fn delete_blobs_of_group(&self, group: GroupId) -> Stored<()>;
    fn delete_blobs_before(&self, group: GroupId, before: Time) -> Stored<()>;
}
