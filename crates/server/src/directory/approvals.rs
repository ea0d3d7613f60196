// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Posters with an approval list: whoever takes one has an account at once, and is in no group until somebody at the desk lets
//! them in. Refused, a newcomer's account goes with all that it has, and the place is free again; an account that was there
//! before stays what it was.

use melder_protocol::deletion::DeletionReason;
use melder_protocol::roster::Role;
use melder_protocol::{AccountId, GroupId, InvitationId, OperationId, Time};

use super::desk::Desk;
use super::problem::{Outcome, Problem};
use super::types::{Account, Invitation, InvitationTarget, Template};
use super::{accounts, badges, membership};
use crate::core::Work;

/// Somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalRow {
    pub invitation: InvitationId,
    pub account: AccountId,
    pub time: Time,
    /// The account was made by this poster, and goes if it is refused.
    pub newcomer: bool,
}

/// Somebody who waits, as the desk sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub row: ApprovalRow,
    pub account: Account,
    pub operation: Option<OperationId>,
    pub groups: Vec<GroupId>,
    /// Of another organisation.
    pub foreign: bool,
}

/// Notes that somebody waits, instead of letting them in.
pub(super) fn wait(work: &Work<'_>, invitation: &Invitation, account: AccountId, newcomer: bool) -> Outcome<()> {
    Ok(work.tx.put_approval(&ApprovalRow {
        invitation: invitation.id,
        account,
        time: work.now,
        newcomer,
    })?)
}

fn template(invitation: &Invitation) -> Outcome<&Template> {
    match &invitation.target {
        InvitationTarget::Open(template) => Ok(template),
        InvitationTarget::Account { .. } => Err(Problem::missing("approval")),
    }
}

impl Desk<'_, '_> {
    /// Who waits, longest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn approvals(&self, operation: Option<OperationId>) -> Outcome<Vec<Approval>> {
        let mut found = Vec::new();
        for row in self.work.tx.approvals(self.organisation)? {
            let Some(invitation) = self.work.tx.invitation(row.invitation)? else {
                continue;
            };
            let template = template(&invitation)?;
            if !self.reaches_invitation(&invitation)? || (operation.is_some() && template.operation != operation) {
                continue;
            }
            if let Some(account) = self.work.tx.account(row.account)? {
                found.push(Approval {
                    operation: template.operation,
                    groups: template.groups.clone(),
                    foreign: account.organisation != self.organisation,
                    row,
                    account,
                });
            }
        }
        Ok(found)
    }

    fn who_waits(&self, invitation: InvitationId, account: AccountId) -> Outcome<(Invitation, ApprovalRow)> {
        let invitation = self.invitation(invitation)?;
        let rows = self.work.tx.approvals(self.organisation)?;
        let row = rows
            .into_iter()
            .find(|row| row.invitation == invitation.id && row.account == account)
            .ok_or_else(|| Problem::missing("approval"))?;
        Ok((invitation, row))
    }

    /// Lets somebody in.
    ///
    /// # Errors
    /// When nobody of this id waits, or a group would have too many.
    pub fn approve(&mut self, invitation: InvitationId, account: AccountId) -> Outcome<()> {
        let (invitation, row) = self.who_waits(invitation, account)?;
        self.work.tx.delete_approval(row.invitation, account)?;
        let template = template(&invitation)?;
        if row.newcomer {
            self.seat(template, account)?;
        }
        let groups = let_in(self.work, template, account)?;
        membership::refresh_with(self.work, &[account], &groups)?;
        self.note("approval.give", format_args!("{} {account}", row.invitation))
    }

    /// Puts a newcomer where the poster says, unless somebody did so meanwhile.
    fn seat(&mut self, template: &Template, id: AccountId) -> Outcome<()> {
        let Some(mut account) = self.work.tx.account(id)?.filter(|account| account.unit.is_none()) else {
            return Ok(());
        };
        // The unit may be gone by now.
        let Some(unit) = template.unit.map(|unit| self.work.tx.unit(unit)).transpose()?.flatten() else {
            return Ok(());
        };
        account.unit = Some(unit.id);
        account.revision += 1;
        self.work.tx.update_account(&account)?;
        badges::reissue(self.work, id)
    }

    /// Refuses somebody.
    ///
    /// # Errors
    /// When nobody of this id waits.
    pub fn refuse(&mut self, invitation: InvitationId, account: AccountId) -> Outcome<()> {
        let (mut invitation, row) = self.who_waits(invitation, account)?;
        self.work.tx.delete_approval(row.invitation, account)?;
        if self.work.tx.delete_use(row.invitation, account)? {
            invitation.used = invitation.used.saturating_sub(1);
            self.work.tx.update_invitation(&invitation)?;
        }
        if let Some(account) = self.work.tx.account(account)?.filter(|_| row.newcomer) {
            accounts::delete(self.work, &account, DeletionReason::Administrator, None)?;
        }
        self.note("approval.refuse", format_args!("{} {account}", row.invitation))
    }
}

/// Names the account in the template's groups that are still open.
pub(super) fn let_in(work: &Work<'_>, template: &Template, account: AccountId) -> Outcome<Vec<GroupId>> {
    let mut named = Vec::new();
    for group in &template.groups {
        if work.tx.managed_group(*group)?.is_some_and(|group| !group.closed) {
            // Who has a role there already keeps it.
            if !work
                .tx
                .account_rules_of(account)?
                .iter()
                .any(|(known, _)| known == group)
            {
                work.tx.put_account_rule(*group, account, Role::Member)?;
            }
            named.push(*group);
        }
    }
    Ok(named)
}
