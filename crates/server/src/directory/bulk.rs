// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One action on many accounts: all or nothing, each group's roster changed once. What it says of each account is what
//! happened, not what was thought to happen: a preview does all of it, and the caller throws the transaction away.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::account::AccountKind;
use melder_protocol::chain::KeyUse;
use melder_protocol::deletion::{DeletionReason, DeletionRecord};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, ErrorCode, GroupId, Time, UnitId};

use super::desk::Desk;
use super::invitations::NewInvitation;
use super::problem::{BadRow, Outcome, Problem};
use super::types::{Account, AccountFilter, Page};
use super::{accounts, badges, lifecycle, membership};
use crate::store::DeviceState;

/// Accounts in one go.
pub const MAX_BULK: usize = 5_000;

/// Which accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    These(Vec<AccountId>),
    All(AccountFilter),
}

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    Suspend,
    Resume,
    /// `None`: into no unit.
    Move(Option<UnitId>),
    Delete,
    Invite(Option<Time>),
    /// Guests get another end.
    End(Time),
}

/// What became of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequence {
    /// As it is now; as it was, when it was deleted.
    pub account: Account,
    pub changed: bool,
    /// Managed groups, by name.
    pub left: Vec<(GroupId, String)>,
    pub joined: Vec<(GroupId, String)>,
    /// Direct chats and private groups that it left.
    pub chats_left: u32,
    /// Devices that are cut off.
    pub devices: u32,
    pub invitation: Option<NewInvitation>,
    pub record: Option<Signed<DeletionRecord>>,
    /// Why it can't be done.
    pub problem: Option<Problem>,
}

impl Desk<'_, '_> {
    fn chosen(&self, which: Which) -> Outcome<Vec<Account>> {
        let too_many = || Problem::limit("one action takes at most 5,000 accounts");
        match which {
            Which::These(mut ids) => {
                if ids.len() > MAX_BULK {
                    return Err(too_many());
                }
                let mut seen = BTreeSet::new();
                ids.retain(|id| seen.insert(*id));
                ids.into_iter()
                    .map(|id| self.account(id).map_err(|problem| problem.at("accounts")))
                    .collect()
            }
            Which::All(filter) => {
                let mut found: Vec<Account> = Vec::new();
                loop {
                    let page = Page {
                        after: found.last().map(|account| account.id),
                        limit: Page::<AccountId>::MAX,
                    };
                    let part = self.accounts(&filter, page)?;
                    let is_last = part.len() < page.limit as usize;
                    found.extend(part);
                    if found.len() > MAX_BULK {
                        return Err(too_many());
                    }
                    if is_last {
                        return Ok(found);
                    }
                }
            }
        }
    }

    /// Does one thing to many accounts. `preview`: what can't be done is said of each account, instead of refused.
    ///
    /// # Errors
    /// `Conflict` with every account that it can't be done to; nothing is changed then, once the caller gives up the
    /// transaction.
    pub fn bulk(&mut self, which: Which, action: BulkAction, preview: bool) -> Outcome<Vec<Consequence>> {
        let mut all = Vec::new();
        let mut before: BTreeMap<AccountId, Vec<GroupId>> = BTreeMap::new();
        for account in self.chosen(which)? {
            before.insert(account.id, self.work.tx.groups_of_account(account.id)?);
            all.push(Consequence {
                account,
                changed: false,
                left: Vec::new(),
                joined: Vec::new(),
                chats_left: 0,
                devices: 0,
                invitation: None,
                record: None,
                problem: None,
            });
        }
        match action {
            BulkAction::Suspend => self.bulk_suspend(&mut all, true)?,
            BulkAction::Resume => self.bulk_suspend(&mut all, false)?,
            BulkAction::Move(unit) => self.bulk_move(&mut all, unit)?,
            BulkAction::Delete => self.bulk_delete(&mut all, &before)?,
            BulkAction::Invite(expires) => self.bulk_invite(&mut all, expires)?,
            BulkAction::End(ends) => self.bulk_end(&mut all, ends)?,
        }
        if !preview {
            refuse(&all)?;
        }
        let mut names: BTreeMap<GroupId, Option<String>> = BTreeMap::new();
        for one in &mut all {
            let was = &before[&one.account.id];
            let is = self.work.tx.groups_of_account(one.account.id)?;
            for group in was.iter().filter(|group| !is.contains(group)) {
                match self.group_name(&mut names, *group)? {
                    Some(name) => one.left.push((*group, name)),
                    None => one.chats_left += 1,
                }
            }
            for group in is.iter().filter(|group| !was.contains(group)) {
                if let Some(name) = self.group_name(&mut names, *group)? {
                    one.joined.push((*group, name));
                }
            }
        }
        Ok(all)
    }

    /// A managed group's name. Others are no business of the administration.
    fn group_name(&self, known: &mut BTreeMap<GroupId, Option<String>>, id: GroupId) -> Outcome<Option<String>> {
        if let Some(name) = known.get(&id) {
            return Ok(name.clone());
        }
        let name = self.work.tx.managed_group(id)?.map(|group| group.name);
        known.insert(id, name.clone());
        Ok(name)
    }

    fn current_devices(&self, id: AccountId) -> Outcome<u32> {
        let devices = self.work.tx.devices_of(id)?;
        let current = devices
            .iter()
            .filter(|device| device.state == DeviceState::Current && device.key_use == KeyUse::Device);
        Ok(u32::try_from(current.count()).unwrap_or(u32::MAX))
    }

    fn keep(&mut self, one: &mut Consequence) -> Outcome<()> {
        one.changed = true;
        one.account.revision += 1;
        Ok(self.work.tx.update_account(&one.account)?)
    }

    fn bulk_suspend(&mut self, all: &mut [Consequence], suspended: bool) -> Outcome<()> {
        for one in all.iter_mut().filter(|one| one.account.suspended != suspended) {
            one.account.suspended = suspended;
            self.keep(one)?;
            if suspended {
                one.devices = self.current_devices(one.account.id)?;
                self.work
                    .close_account(one.account.id, ErrorCode::AccountSuspended, None);
            }
            let action = if suspended { "account.suspend" } else { "account.resume" };
            self.note(action, one.account.id)?;
        }
        membership::refresh(self.work, &changed(all))
    }

    fn bulk_move(&mut self, all: &mut [Consequence], unit: Option<UnitId>) -> Outcome<()> {
        self.may_place(unit).map_err(|problem| problem.at("unit"))?;
        for one in all.iter_mut().filter(|one| one.account.unit != unit) {
            one.account.unit = unit;
            self.keep(one)?;
            badges::reissue(self.work, one.account.id)?;
            self.note("account.change", one.account.id)?;
        }
        membership::refresh(self.work, &changed(all))
    }

    fn bulk_delete(&mut self, all: &mut [Consequence], before: &BTreeMap<AccountId, Vec<GroupId>>) -> Outcome<()> {
        // First out of the managed groups, with one change for each group instead of one for each account.
        for one in all.iter_mut() {
            let leaving = Account {
                suspended: true,
                ..one.account.clone()
            };
            self.work.tx.update_account(&leaving)?;
            one.changed = true;
        }
        membership::refresh(self.work, &changed(all))?;
        for one in all {
            let groups = before.get(&one.account.id).cloned();
            let record = accounts::delete(self.work, &one.account, DeletionReason::Administrator, groups)?;
            one.devices = record.peek().map_or(0, |record| record.devices);
            one.record = Some(record);
            self.note("account.delete", one.account.id)?;
        }
        Ok(())
    }

    fn bulk_invite(&mut self, all: &mut [Consequence], expires: Option<Time>) -> Outcome<()> {
        for one in all {
            match self.invite_account(one.account.id, expires) {
                Ok(new) => {
                    one.changed = true;
                    one.invitation = Some(new);
                }
                Err(problem) if problem.code == ErrorCode::Conflict => one.problem = Some(problem),
                Err(problem) => return Err(problem),
            }
        }
        Ok(())
    }

    fn bulk_end(&mut self, all: &mut [Consequence], ends: Time) -> Outcome<()> {
        for one in all {
            if one.account.kind != AccountKind::Guest {
                one.problem = Some(Problem::conflict("only a guest's account ends by itself"));
                continue;
            }
            let own = self.guest_end(one.account.kind, one.account.operation, Some(ends))?;
            if one.account.ends == own {
                continue;
            }
            one.account.ends = own;
            self.keep(one)?;
            lifecycle::schedule_warning(self.work, &one.account)?;
            badges::reissue(self.work, one.account.id)?;
            self.note("account.change", one.account.id)?;
        }
        Ok(())
    }
}

fn changed(all: &[Consequence]) -> Vec<AccountId> {
    let changed = all.iter().filter(|one| one.changed);
    changed.map(|one| one.account.id).collect()
}

fn refuse(all: &[Consequence]) -> Outcome<()> {
    let rows: Vec<BadRow> = (1..)
        .zip(all)
        .filter_map(|(line, one)| {
            one.problem.as_ref().map(|problem| BadRow {
                line,
                column: one.account.id.to_string(),
                reason: problem.message.clone(),
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let message = format!(
        "it can't be done to {} of {} accounts; nothing was changed",
        rows.len(),
        all.len()
    );
    Err(Problem {
        rows,
        ..Problem::conflict(message)
    })
}
