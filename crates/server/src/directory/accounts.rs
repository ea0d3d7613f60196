// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Accounts: made, changed, suspended, resumed, reset, deleted. Whatever changes, groups follow at once.

use std::collections::BTreeSet;

use melder_mls::sign::sign_statement;
use melder_protocol::account::AccountKind;
use melder_protocol::deletion::{DeletionReason, DeletionRecord};
use melder_protocol::entry::Notice;
use melder_protocol::roster::GroupKind;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, ErrorCode, GroupId, OperationId, Time, UnitId, cbor};

use super::desk::{Desk, random, signing_key, unchanged};
use super::invitations::NewInvitation;
use super::problem::{Outcome, Problem};
use super::types::{Account, AccountFilter, Page};
use super::{audit, badges, lifecycle, membership, text, units};
use crate::core::Work;
use crate::store::StoreError;
use crate::store::directory::DeletionRow;

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub kind: AccountKind,
    pub name: String,
    pub unit: Option<UnitId>,
    pub function: Option<String>,
    pub operation: Option<OperationId>,
    /// For guests; without it a guest ends with its operation.
    pub ends: Option<Time>,
}

/// What changes of an account; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    pub name: Option<String>,
    pub unit: Option<Option<UnitId>>,
    pub function: Option<Option<String>>,
    pub ends: Option<Time>,
}

/// How far ahead a guest's end may be.
pub const MAX_GUEST: u64 = 2 * 366 * Time::DAY;

impl Desk<'_, '_> {
    /// When a new guest ends: at its own date, with its operation, whichever is first.
    pub(super) fn guest_end(
        &self,
        kind: AccountKind,
        operation: Option<OperationId>,
        ends: Option<Time>,
    ) -> Outcome<Option<Time>> {
        let operation = operation.map(|id| self.running(id)).transpose()?;
        if kind != AccountKind::Guest {
            if ends.is_some() {
                return Err(Problem::field("ends", "only a guest's account ends by itself"));
            }
            return Ok(None);
        }
        let ends = match (ends, operation.map(|operation| operation.ends)) {
            (Some(own), Some(operation)) => own.min(operation),
            (Some(ends), None) | (None, Some(ends)) => ends,
            (None, None) => {
                return Err(Problem::field(
                    "ends",
                    "a guest needs an end, its own or an operation's",
                ));
            }
        };
        if ends <= self.work.now {
            return Err(Problem::field("ends", "must be in the future"));
        }
        if ends.since(self.work.now) > MAX_GUEST {
            return Err(Problem::field("ends", "a guest stays at most two years"));
        }
        Ok(Some(ends))
    }

    /// An account that has not been kept yet.
    pub(super) fn prepare_account(&mut self, new: &NewAccount) -> Outcome<Account> {
        self.may_place(new.unit).map_err(|problem| problem.at("unit"))?;
        let function = text::optional("function", new.function.as_deref())?;
        self.may_call(function.as_deref())?;
        Ok(Account {
            id: AccountId::from_bytes(random(self.work)),
            organisation: self.organisation,
            unit: new.unit,
            name: text::name("name", &new.name)?,
            function,
            kind: new.kind,
            joined: false,
            suspended: false,
            operation: new.operation,
            ends: self.guest_end(new.kind, new.operation, new.ends)?,
            created: self.work.now,
            revision: 1,
        })
    }

    /// Makes an account; somebody joins with it by an invitation.
    ///
    /// # Errors
    /// When a field is invalid.
    pub fn create_account(&mut self, new: &NewAccount) -> Outcome<Account> {
        let account = self.prepare_account(new)?;
        self.work.tx.insert_account(&account)?;
        membership::refresh(self.work, &[account.id])?;
        self.note("account.create", account.id)?;
        Ok(account)
    }

    /// By name.
    ///
    /// # Errors
    /// `NotFound` when the account that the page begins after is gone.
    pub fn accounts(&self, filter: &AccountFilter, page: Page<AccountId>) -> Outcome<Vec<Account>> {
        if let Some(after) = page.after {
            self.account(after).map_err(|problem| problem.at("after"))?;
        }
        let units = self.units_of(filter)?;
        Ok(self.work.tx.accounts(self.organisation, filter, units.as_ref(), page)?)
    }

    /// The units that a filter asks for, as far as the caller reaches. `None`: all, or the filter's one.
    fn units_of(&self, filter: &AccountFilter) -> Outcome<Option<BTreeSet<UnitId>>> {
        let Some(unit) = filter.unit else {
            return Ok(self.reach.units().cloned());
        };
        // Another's unit is an empty one.
        if self.unit(unit).is_err() {
            return Ok(Some(BTreeSet::new()));
        }
        if filter.below {
            return units::subtree(self.work.tx, self.organisation, unit).map(Some);
        }
        Ok(None)
    }

    /// How many accounts the organisation has.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn account_count(&self) -> Outcome<u64> {
        Ok(self.work.tx.account_count(self.organisation)?)
    }

    /// Renames, moves, or gives a guest another end.
    ///
    /// # Errors
    /// When a field is invalid.
    pub fn change_account(&mut self, id: AccountId, change: AccountChange, expected: Option<u32>) -> Outcome<Account> {
        let mut account = self.account(id)?;
        unchanged(expected, account.revision)?;
        if let Some(name) = change.name {
            account.name = text::name("name", &name)?;
        }
        if let Some(function) = change.function {
            let function = text::optional("function", function.as_deref())?;
            let folded = |function: &Option<String>| function.as_deref().map(text::folded);
            if folded(&function) != folded(&account.function) {
                self.may_call(function.as_deref())?;
                self.may_call(account.function.as_deref())?;
            }
            account.function = function;
        }
        if let Some(unit) = change.unit {
            self.may_place(unit).map_err(|problem| problem.at("unit"))?;
            account.unit = unit;
        }
        let new_end = change.ends.is_some();
        if new_end {
            account.ends = self.guest_end(account.kind, account.operation, change.ends)?;
        }
        account.revision += 1;
        self.work.tx.update_account(&account)?;
        if new_end {
            lifecycle::schedule_warning(self.work, &account)?;
        }
        badges::reissue(self.work, id)?;
        membership::refresh(self.work, &[id])?;
        self.note("account.change", id)?;
        Ok(account)
    }

    /// Shuts the account out, with everything kept: connections closed, out of the managed groups.
    ///
    /// # Errors
    /// When the account is not the organisation's.
    pub fn suspend_account(&mut self, id: AccountId, expected: Option<u32>) -> Outcome<Account> {
        self.set_suspended(id, true, expected)
    }

    /// Lets the account in again; it is back in its managed groups.
    ///
    /// # Errors
    /// When the account is not the organisation's.
    pub fn resume_account(&mut self, id: AccountId, expected: Option<u32>) -> Outcome<Account> {
        self.set_suspended(id, false, expected)
    }

    fn set_suspended(&mut self, id: AccountId, suspended: bool, expected: Option<u32>) -> Outcome<Account> {
        let mut account = self.account(id)?;
        unchanged(expected, account.revision)?;
        if account.suspended == suspended {
            return Ok(account);
        }
        account.suspended = suspended;
        account.revision += 1;
        self.work.tx.update_account(&account)?;
        if suspended {
            self.work.close_account(id, ErrorCode::AccountSuspended, None);
        }
        membership::refresh(self.work, &[id])?;
        self.note(if suspended { "account.suspend" } else { "account.resume" }, id)?;
        Ok(account)
    }

    /// Starts the account anew, for somebody who has lost every device: its devices are out, everybody sees the new
    /// chain, and a new invitation leads back into the same account and groups.
    ///
    /// # Errors
    /// `Conflict` when nobody has joined with the account yet.
    pub fn reset_account(&mut self, id: AccountId, expires: Option<Time>) -> Outcome<NewInvitation> {
        let mut account = self.account(id)?;
        if !account.joined {
            return Err(Problem::conflict(
                "nobody has joined with this account: invite again instead",
            ));
        }
        self.work.reset_chain(id)?;
        account.joined = false;
        account.revision += 1;
        self.work.tx.update_account(&account)?;
        self.work.tx.delete_badge(id)?;
        self.note("account.reset", id)?;
        self.invite_account(id, expires)
    }

    /// Deletes the account with all its data.
    ///
    /// # Errors
    /// When the account is not the organisation's.
    pub fn delete_account(&mut self, id: AccountId, expected: Option<u32>) -> Outcome<Signed<DeletionRecord>> {
        let account = self.account(id)?;
        unchanged(expected, account.revision)?;
        let record = delete(self.work, &account, DeletionReason::Administrator, None)?;
        self.note("account.delete", id)?;
        Ok(record)
    }

    /// A deletion record.
    ///
    /// # Errors
    /// `NotFound` when no account of the organisation with this id was deleted.
    pub fn deletion(&self, id: AccountId) -> Outcome<Signed<DeletionRecord>> {
        self.whole()?;
        let bytes = self
            .work
            .tx
            .deletion(id)?
            .ok_or_else(|| Problem::missing("deletion record"))?;
        let signed = decode_record(&bytes)?;
        if signed
            .peek()
            .is_ok_and(|record| record.organisation == self.organisation)
        {
            Ok(signed)
        } else {
            Err(Problem::missing("deletion record"))
        }
    }

    /// Deletion records, newest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn deletions(&self, page: Page<AccountId>) -> Outcome<Vec<Signed<DeletionRecord>>> {
        self.whole()?;
        self.work
            .tx
            .deletions(self.organisation, None, page)?
            .iter()
            .map(|bytes| decode_record(bytes))
            .collect()
    }
}

impl Desk<'_, '_> {
    /// All deletion records, or those of an operation's end, newest first.
    ///
    /// # Errors
    /// `Forbidden` for roles that cover a unit alone.
    pub fn deletions_kept(&self, operation: Option<OperationId>) -> Outcome<Vec<Signed<DeletionRecord>>> {
        self.whole()?;
        let mut kept = Vec::new();
        let mut page = Page::first(Page::<AccountId>::MAX);
        loop {
            let part = self.work.tx.deletions(self.organisation, operation, page)?;
            for bytes in &part {
                let signed = decode_record(bytes)?;
                let record = signed.peek().map_err(|_| StoreError::Damaged("a deletion record"))?;
                page.after = Some(record.account);
                kept.push(signed);
            }
            if part.len() < page.limit as usize {
                return Ok(kept);
            }
        }
    }
}

pub(super) fn decode_record(bytes: &[u8]) -> Outcome<Signed<DeletionRecord>> {
    cbor::decode(bytes).map_err(|_| StoreError::Damaged("a deletion record").into())
}

/// Deletes an account: everything of it goes, the signed record stays, its devices hear it. `groups`: what to name as
/// left, when it was taken out of them just before.
pub(super) fn delete(
    work: &mut Work<'_>,
    account: &Account,
    reason: DeletionReason,
    groups: Option<Vec<GroupId>>,
) -> Outcome<Signed<DeletionRecord>> {
    let id = account.id;
    let mut partners = Vec::new();
    for group in work.tx.groups_of_account(id)? {
        if work.tx.group(group)?.is_some_and(|row| row.kind == GroupKind::Direct) {
            partners.extend(
                work.tx
                    .members(group)?
                    .into_iter()
                    .map(|member| member.account)
                    .filter(|other| *other != id),
            );
        }
    }
    let erased = work.erase_account(id)?;
    let invitations = work.tx.delete_account(id)?;
    let record = DeletionRecord {
        organisation: account.organisation,
        account: id,
        time: work.now,
        reason,
        devices: erased.devices,
        key_packages: erased.key_packages,
        inbox_entries: erased.inbox_entries,
        groups: groups.unwrap_or(erased.groups),
        blobs: erased.blobs,
        blob_bytes: erased.blob_bytes,
        invitations,
        profile: true,
    };
    let signed = sign_statement(&signing_key(work, account.organisation)?, &record);
    work.tx.put_deletion(&DeletionRow {
        organisation: account.organisation,
        account: id,
        operation: account.operation.filter(|_| reason == DeletionReason::OperationEnded),
        time: work.now,
        signed: cbor::encode(&signed),
    })?;
    work.close_account(id, ErrorCode::AccountDeleted, Some(signed.clone()));
    for partner in partners {
        work.notify(partner, Notice::Deleted(signed.clone()))?;
    }
    Ok(signed)
}

/// Deletes the caller's own account.
pub(super) fn delete_own(work: &mut Work<'_>, id: AccountId) -> Outcome<()> {
    let account = work.tx.account(id)?.ok_or(ErrorCode::UnknownAccount)?;
    if matches!(account.kind, AccountKind::Staff | AccountKind::Bot) {
        return Err(Problem::new(
            ErrorCode::NotAllowed,
            "the organisation decides about staff and bots",
        ));
    }
    delete(work, &account, DeletionReason::OwnWish, None)?;
    audit::append(work, account.organisation, None, "account.delete.own", &id.to_string())
}
