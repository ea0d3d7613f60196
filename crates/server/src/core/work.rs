// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What one input may do: read and write in the batch's transaction, and ask for effects, which count only when the
//! input is not refused and the batch is on disk.

use melder_protocol::account::AccountRecord;
use melder_protocol::chain::Link;
use melder_protocol::deletion::DeletionRecord;
use melder_protocol::entry::{Body, Notice};
use melder_protocol::roster::{GroupKind, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, DeviceId, ErrorCode, GroupId, LogId, Member, OrganisationId, Refusal, Sequence, Suite, Time};
use rand_core::CryptoRngCore;

use crate::store::Transaction;

/// One input's hands.
pub struct Work<'a> {
    pub tx: &'a dyn Transaction,
    pub now: Time,
    pub rng: &'a mut dyn CryptoRngCore,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    pub sequence: Sequence,
    pub time: Time,
}

/// What went with an account (its directory row, badge, invitations are the directory's to remove and to count).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    pub devices: u32,
    pub key_packages: u32,
    pub inbox_entries: u64,
    pub groups: Vec<GroupId>,
    pub blobs: u32,
    pub blob_bytes: u64,
}
/* Methods, being filled in now; the directory and the admin side call them with these signatures:

impl Work<'_> {
    pub fn append_entry(&mut self, log: LogId, sender: Option<Member>, body: Body) -> Result<Appended, Refusal>;
    pub fn notify(&mut self, account: AccountId, notice: Notice) -> Result<(), Refusal>;          // into the inbox
    pub fn mark_group(&mut self, group: GroupId);                                               // reconcile at the end of the batch
    pub fn close_account(&mut self, account: AccountId, code: ErrorCode, record: Option<Signed<DeletionRecord>>); // Goodbye + close all its connections
    pub fn close_device(&mut self, account: AccountId, device: DeviceId, code: ErrorCode);

    pub fn create_managed_group(&mut self, organisation: OrganisationId, kind: GroupKind, name: &str, suite: Suite, members: &[RosterMember]) -> Result<GroupId, Refusal>;
    pub fn change_managed_roster(&mut self, group: GroupId, set: &[RosterMember], unset: &[AccountId], name: Option<&str>) -> Result<(), Refusal>;
    pub fn close_group(&mut self, group: GroupId) -> Result<(), Refusal>;                         // roster change with closed = true

    // Device chain of an account (checked, stored, devices row written). begin: at Claim; reset: at an administrator's reset
    // (removes the old chain and its devices; closes connections with ChainReset; Notice::ChainReset).
    pub fn begin_chain(&mut self, account: AccountId, genesis: &Link, device_name: &str) -> Result<(), Refusal>;
    pub fn reset_chain(&mut self, account: AccountId) -> Result<(), Refusal>;
    // The account's record (chain or badge) changed: Body::Account into the logs of its groups and into its inbox.
    pub fn record_changed(&mut self, account: AccountId) -> Result<(), Refusal>;
    // Everything of the account outside of the directory's tables goes: rosters, inbox, cursors, chain, key packages, blobs.
    pub fn erase_account(&mut self, account: AccountId) -> Result<Erased, Refusal>;
}

What the core calls in `crate::directory` (all may read `work.tx` / `tx`):

pub enum Standing { Unknown, Active { organisation: OrganisationId, kind: AccountKind }, Suspended, Deleted(Option<Signed<DeletionRecord>>) }
pub struct Organisation { pub info: OrganisationInfo, pub key: melder_mls::sign::SigningKey }

pub fn standing(tx: &dyn Transaction, account: AccountId) -> Stored<Standing>;
pub fn organisation(tx: &dyn Transaction, organisation: OrganisationId) -> Stored<Option<Organisation>>;
pub fn organisations(tx: &dyn Transaction) -> Stored<Vec<OrganisationId>>;
pub fn accounts(tx: &dyn Transaction, organisation: OrganisationId) -> Stored<Vec<AccountId>>;   // for retention of inboxes
pub fn record(tx: &dyn Transaction, account: AccountId) -> Stored<Option<AccountRecord>>;        // chain from tx.chain(account), badge from yours
pub fn signed_policy(tx: &dyn Transaction, organisation: OrganisationId) -> Result<Signed<Policy>, Refusal>;
pub fn policy(tx: &dyn Transaction, organisation: OrganisationId) -> Result<Policy, Refusal>;
pub fn issue_badge(work: &mut Work<'_>, account: AccountId) -> Result<(), Refusal>;
pub fn open_invitation(work: &mut Work<'_>, secret: &InvitationSecret) -> Result<InvitationOffer, Refusal>;
pub fn claim(work: &mut Work<'_>, secret: &InvitationSecret, genesis: &Link, device_name: &str, name: Option<&str>) -> Result<AccountRecord, Refusal>;
pub fn accept(work: &mut Work<'_>, account: AccountId, secret: &InvitationSecret) -> Result<(), Refusal>;
pub fn find_accounts(tx: &dyn Transaction, caller: AccountId, query: &str, after: Option<AccountId>) -> Result<Vec<DirectoryEntry>, Refusal>;
pub fn visible(tx: &dyn Transaction, caller: AccountId, account: AccountId) -> Stored<bool>;     // may the caller see the record? (sharing a group is checked by the core)
pub fn delete_own(work: &mut Work<'_>, account: AccountId) -> Result<(), Refusal>;                // Request::DeleteAccount; calls work.erase_account + work.close_account
pub fn tick(work: &mut Work<'_>) -> Result<(), Refusal>;                                          // every minute

And `crate::admin::router(handle: crate::Handle) -> axum::Router`. The handle runs domain functions in the core's transaction:
impl Handle { pub async fn call<T: Send + 'static>(&self, run: impl FnOnce(&mut Work<'_>) -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal>; pub fn public_url(&self) -> Option<&str> }
*/
