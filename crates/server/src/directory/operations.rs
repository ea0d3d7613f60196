// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Operations: time-boxed undertakings that own groups and guests. At the end the guests are deleted, accounts from
//! elsewhere and private ones leave the groups, the groups are closed, the posters are void.

use std::collections::BTreeSet;

use melder_protocol::account::AccountKind;
use melder_protocol::deletion::DeletionReason;
use melder_protocol::{AccountId, GroupId, OperationId, Time};

use super::desk::{Desk, random, unchanged};
use super::problem::{Outcome, Problem};
use super::types::{ManagedGroup, Operation, OperationSummary, Page, Phase};
use super::{accounts, audit, badges, lifecycle, text};
use crate::core::Work;

/// How far ahead an operation's end may be.
const LONGEST: u64 = 5 * 366 * Time::DAY;

/// What changes of an operation; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationChange {
    pub name: Option<String>,
    pub ends: Option<Time>,
    pub phases: Option<Vec<Phase>>,
}

/// Phases of one operation.
const MAX_PHASES: usize = 20;
/// Days before the end at which the log and the desk say that it is near.
pub const WARNINGS: [u64; 2] = [7, 1];

fn check_phases(mut phases: Vec<Phase>, ends: Time) -> Outcome<Vec<Phase>> {
    if phases.len() > MAX_PHASES {
        return Err(Problem::field("phases", "at most 20"));
    }
    for phase in &mut phases {
        phase.name = text::name("phases", &phase.name)?;
        if phase.begins > ends {
            return Err(Problem::field("phases", "a phase begins before the operation ends"));
        }
    }
    phases.sort_by_key(|phase| phase.begins);
    Ok(phases)
}

/// When the desk is told of the end next: at the first of the days that is still to come.
pub(super) fn schedule_warning(work: &Work<'_>, operation: &Operation) -> Outcome<()> {
    let at = WARNINGS
        .into_iter()
        .map(|days| operation.ends.minus(days * Time::DAY))
        .filter(|at| *at > work.now)
        .min();
    Ok(work.tx.set_operation_warning(operation.id, at)?)
}

/// Says in the log that the end is near.
pub(super) fn warn(work: &mut Work<'_>, id: OperationId) -> Outcome<()> {
    let Some(operation) = work.tx.operation(id)?.filter(|operation| operation.summary.is_none()) else {
        return Ok(work.tx.set_operation_warning(id, None)?);
    };
    audit::append(work, operation.organisation, None, "operation.warn", &id.to_string())?;
    schedule_warning(work, &operation)
}

impl Desk<'_, '_> {
    fn operation_end(&self, ends: Time) -> Outcome<Time> {
        if ends <= self.work.now {
            return Err(Problem::field("ends", "must be in the future"));
        }
        if ends.since(self.work.now) > LONGEST {
            return Err(Problem::field("ends", "an operation lasts at most five years"));
        }
        Ok(ends)
    }

    /// Begins an operation.
    ///
    /// # Errors
    /// When a field is invalid.
    pub fn create_operation(&mut self, name: &str, ends: Time, phases: Vec<Phase>) -> Outcome<Operation> {
        let ends = self.operation_end(ends)?;
        let operation = Operation {
            id: OperationId::from_bytes(random(self.work)),
            organisation: self.organisation,
            name: text::name("name", name)?,
            ends,
            phases: check_phases(phases, ends)?,
            summary: None,
            created: self.work.now,
            revision: 1,
        };
        self.work.tx.insert_operation(&operation)?;
        schedule_warning(self.work, &operation)?;
        self.note("operation.create", operation.id)?;
        Ok(operation)
    }

    /// By end, latest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn operations(&self, page: Page<OperationId>) -> Outcome<Vec<Operation>> {
        Ok(self.work.tx.operations(self.organisation, page)?)
    }

    /// Renames an operation or moves its end; the guests who end with it move along.
    ///
    /// # Errors
    /// When a field is invalid or the operation has ended.
    pub fn change_operation(
        &mut self,
        id: OperationId,
        change: OperationChange,
        expected: Option<u32>,
    ) -> Outcome<Operation> {
        let mut operation = self.running(id)?;
        unchanged(expected, operation.revision)?;
        if let Some(name) = change.name {
            operation.name = text::name("name", &name)?;
        }
        if let Some(ends) = change.ends {
            let ends = self.operation_end(ends)?;
            let before = std::mem::replace(&mut operation.ends, ends);
            self.move_guests(id, before, ends)?;
        }
        operation.phases = check_phases(change.phases.unwrap_or(operation.phases), operation.ends)?;
        operation.revision += 1;
        self.work.tx.update_operation(&operation)?;
        schedule_warning(self.work, &operation)?;
        self.note("operation.change", id)?;
        Ok(operation)
    }

    fn move_guests(&mut self, id: OperationId, before: Time, ends: Time) -> Outcome<()> {
        for mut account in self.work.tx.accounts_of_operation(id)? {
            let Some(own) = account.ends else { continue };
            if own != before && own <= ends {
                continue;
            }
            account.ends = Some(ends);
            account.revision += 1;
            self.work.tx.update_account(&account)?;
            lifecycle::schedule_warning(self.work, &account)?;
            badges::reissue(self.work, account.id)?;
        }
        Ok(())
    }

    /// Ends an operation now.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn end_operation(&mut self, id: OperationId, expected: Option<u32>) -> Outcome<Operation> {
        let operation = self.operation(id)?;
        unchanged(expected, operation.revision)?;
        if operation.summary.is_some() {
            return Err(Problem::conflict("the operation has ended already"));
        }
        let operation = end(self.work, operation)?;
        self.note("operation.end", id)?;
        Ok(operation)
    }
}

/// Ends an operation: everything at once, so that nobody sees half of it.
pub(super) fn end(work: &mut Work<'_>, mut operation: Operation) -> Outcome<Operation> {
    let invitations_withdrawn = work.tx.withdraw_invitations_of(operation.id)?;
    let mut guests = work.tx.accounts_of_operation(operation.id)?;
    guests.retain(|account| account.kind == AccountKind::Guest);
    // Read before the groups let them go: the deletion records name the groups.
    let groups: Vec<Vec<GroupId>> = guests
        .iter()
        .map(|guest| work.tx.groups_of_account(guest.id))
        .collect::<Result<_, _>>()?;
    let gone: BTreeSet<AccountId> = guests.iter().map(|guest| guest.id).collect();
    let mut left = BTreeSet::new();
    let mut groups_closed = 0;
    let mut page = Page::first(Page::<GroupId>::MAX);
    loop {
        let part = work
            .tx
            .managed_groups(operation.organisation, Some(operation.id), page)?;
        for group in part.iter().filter(|group| !group.closed) {
            left.extend(close(work, group.clone(), &gone)?);
            groups_closed += 1;
        }
        match part.last() {
            Some(last) if part.len() == page.limit as usize => page.after = Some(last.id),
            _ => break,
        }
    }
    for (guest, groups) in guests.iter().zip(groups) {
        accounts::delete(work, guest, DeletionReason::OperationEnded, Some(groups))?;
    }
    operation.summary = Some(OperationSummary {
        ended: work.now,
        guests_deleted: count(guests.len()),
        accounts_left: count(left.len()),
        groups_closed,
        invitations_withdrawn,
    });
    operation.revision += 1;
    work.tx.update_operation(&operation)?;
    Ok(operation)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Lets everybody go who was there for the operation alone, in one change, and closes the group. Says which accounts
/// left that go on existing.
fn close(work: &mut Work<'_>, mut group: ManagedGroup, gone: &BTreeSet<AccountId>) -> Outcome<Vec<AccountId>> {
    let mut leaving = Vec::new();
    for member in work.tx.members(group.id)? {
        let stays = work.tx.account(member.account)?.is_some_and(|account| {
            account.organisation == group.organisation
                && account.kind != AccountKind::Private
                && !gone.contains(&account.id)
        });
        if !stays {
            leaving.push(member.account);
            work.tx.delete_account_rule(group.id, member.account)?;
        }
    }
    work.change_managed_roster(group.id, &[], &leaving, None)?;
    work.close_group(group.id)?;
    group.closed = true;
    group.revision += 1;
    work.tx.update_managed_group(&group)?;
    leaving.retain(|account| !gone.contains(account));
    Ok(leaving)
}
