// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The administrator's desk: one organisation, one caller, one transaction. Everything that an administrator does is
//! a method here (in `units`, `accounts`, `groups`, …). The lookups below are the isolation: they know nothing but
//! what belongs to the desk's organisation, and within it to the units that the caller administers, so no method can reach
//! another's.

use std::collections::BTreeSet;

use melder_mls::sign::SigningKey;
use melder_protocol::{AccountId, ErrorCode, GroupId, InvitationId, OperationId, OrganisationId, UnitId};

use super::audit;
use super::problem::{Outcome, Problem};
use super::types::{
    Account, Actor, Invitation, InvitationTarget, ManagedGroup, Operation, OrganisationRow, Page, Unit,
};
use crate::core::Work;

/// Who acts, for which organisation, with what hands.
pub struct Desk<'w, 'a> {
    pub work: &'w mut Work<'a>,
    pub organisation: OrganisationId,
    /// `None`: the server itself.
    pub actor: Option<Actor>,
    /// Which part of the organisation.
    pub reach: Reach,
    /// Why, in the caller's words, for the audit log.
    pub reason: Option<String>,
}

/// Which part of an organisation somebody administers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    All,
    /// These units: what belongs to none of them does not exist.
    Units(BTreeSet<UnitId>),
}

impl Reach {
    /// What is in no unit belongs to the whole organisation.
    #[must_use]
    pub fn covers(&self, unit: Option<UnitId>) -> bool {
        match self {
            Self::All => true,
            Self::Units(units) => unit.is_some_and(|unit| units.contains(&unit)),
        }
    }

    #[must_use]
    pub const fn units(&self) -> Option<&BTreeSet<UnitId>> {
        match self {
            Self::All => None,
            Self::Units(units) => Some(units),
        }
    }
}

impl core::fmt::Debug for Desk<'_, '_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Desk")
            .field("organisation", &self.organisation)
            .finish_non_exhaustive()
    }
}

impl<'w, 'a> Desk<'w, 'a> {
    pub fn new(work: &'w mut Work<'a>, organisation: OrganisationId, actor: Option<Actor>) -> Self {
        Self {
            work,
            organisation,
            actor,
            reach: Reach::All,
            reason: None,
        }
    }
}

impl Desk<'_, '_> {
    /// Notes what was done. Ids only.
    pub(super) fn note(&mut self, action: &str, subject: impl core::fmt::Display) -> Outcome<()> {
        audit::append_with(
            self.work,
            self.organisation,
            self.actor,
            action,
            &subject.to_string(),
            self.reason.as_deref(),
        )
    }

    /// Refuses to put something where the caller does not administer.
    pub(super) fn may_place(&self, unit: Option<UnitId>) -> Outcome<()> {
        match unit {
            Some(unit) => self.unit(unit).map(drop),
            None if self.reach == Reach::All => Ok(()),
            None => Err(Problem::new(
                ErrorCode::Forbidden,
                "your role covers a unit: name it, or one below it",
            )),
        }
    }

    /// Refuses to give somebody a function, or take it from them, that leads into a group of the whole organisation: who is in
    /// such a group is not for a role that covers a unit.
    pub(super) fn may_call(&self, function: Option<&str>) -> Outcome<()> {
        let (Reach::Units(_), Some(function)) = (&self.reach, function) else {
            return Ok(());
        };
        if self.work.tx.function_rules_of(self.organisation, function)?.is_empty() {
            return Ok(());
        }
        Err(Problem::new(
            ErrorCode::Forbidden,
            "a group of the whole organisation follows this function: that needs a role for the whole organisation",
        )
        .at("function"))
    }

    /// Only for roles that cover the whole organisation.
    ///
    /// # Errors
    /// `Forbidden` for all others.
    pub fn whole(&self) -> Outcome<()> {
        if self.reach == Reach::All {
            return Ok(());
        }
        Err(Problem::new(
            ErrorCode::Forbidden,
            "this needs a role for the whole organisation",
        ))
    }

    /// Is a group all within the caller's units? One without rules belongs to the whole organisation.
    pub(super) fn reaches_group(&self, id: GroupId) -> Outcome<bool> {
        if self.reach == Reach::All {
            return Ok(true);
        }
        let rules = self.work.tx.rules(id)?;
        let mut inside = rules.directory.is_empty()
            && rules.functions.is_empty()
            && (!rules.units.is_empty() || !rules.accounts.is_empty());
        inside &= rules.units.iter().all(|rule| self.reach.covers(Some(rule.unit)));
        for rule in &rules.accounts {
            inside = inside && self.reaches_account(rule.account)?;
        }
        Ok(inside)
    }

    pub(super) fn reaches_account(&self, id: AccountId) -> Outcome<bool> {
        Ok(self
            .work
            .tx
            .account(id)?
            .is_some_and(|account| account.organisation == self.organisation && self.reach.covers(account.unit)))
    }

    pub(super) fn reaches_invitation(&self, invitation: &Invitation) -> Outcome<bool> {
        if self.reach == Reach::All {
            return Ok(true);
        }
        match &invitation.target {
            InvitationTarget::Account { account } => self.reaches_account(*account),
            InvitationTarget::Open(template) => Ok(self.reach.covers(template.unit)),
        }
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn unit(&self, id: UnitId) -> Outcome<Unit> {
        let unit = self.own(self.work.tx.unit(id)?, |unit| unit.organisation, "unit")?;
        self.covered(self.reach.covers(Some(id)), unit, "unit")
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn account(&self, id: AccountId) -> Outcome<Account> {
        let account = self.own(self.work.tx.account(id)?, |account| account.organisation, "account")?;
        self.covered(self.reach.covers(account.unit), account, "account")
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn group(&self, id: GroupId) -> Outcome<ManagedGroup> {
        let group = self.own(self.work.tx.managed_group(id)?, |group| group.organisation, "group")?;
        self.covered(self.reaches_group(id)?, group, "group")
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn operation(&self, id: OperationId) -> Outcome<Operation> {
        self.own(
            self.work.tx.operation(id)?,
            |operation| operation.organisation,
            "operation",
        )
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn invitation(&self, id: InvitationId) -> Outcome<Invitation> {
        let invitation = self.own(
            self.work.tx.invitation(id)?,
            |invitation| invitation.organisation,
            "invitation",
        )?;
        self.covered(self.reaches_invitation(&invitation)?, invitation, "invitation")
    }

    /// The organisation itself.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub fn own_organisation(&self) -> Outcome<OrganisationRow> {
        self.work
            .tx
            .organisation(self.organisation)?
            .ok_or_else(|| Problem::missing("organisation"))
    }

    fn own<T>(&self, found: Option<T>, organisation: impl Fn(&T) -> OrganisationId, what: &str) -> Outcome<T> {
        found
            .filter(|thing| organisation(thing) == self.organisation)
            .ok_or_else(|| Problem::missing(what))
    }

    /// A page of what the caller reaches, out of pages of everything.
    pub(super) fn gather<T, Id: Copy>(
        &self,
        page: Page<Id>,
        more: impl Fn(Page<Id>) -> Outcome<Vec<T>>,
        id: impl Fn(&T) -> Id,
        reaches: impl Fn(&T) -> Outcome<bool>,
    ) -> Outcome<Vec<T>> {
        let limit = page.limit as usize;
        let mut next = page;
        let mut found = Vec::new();
        loop {
            let part = more(next)?;
            let is_last = part.len() < limit;
            next.after = part.last().map(&id).or(next.after);
            for row in part {
                if found.len() < limit && reaches(&row)? {
                    found.push(row);
                }
            }
            if is_last || found.len() >= limit {
                return Ok(found);
            }
        }
    }

    fn covered<T>(&self, covered: bool, thing: T, what: &str) -> Outcome<T> {
        if covered {
            Ok(thing)
        } else {
            Err(Problem::missing(what))
        }
    }

    /// An operation that has not ended: what new things can belong to.
    pub(super) fn running(&self, id: OperationId) -> Outcome<Operation> {
        let operation = self.operation(id).map_err(|problem| problem.at("operation"))?;
        if operation.summary.is_some() || operation.ends <= self.work.now {
            return Err(Problem::field("operation", "the operation has ended"));
        }
        Ok(operation)
    }

    /// A group that takes changes.
    pub(super) fn open_group(&self, id: GroupId) -> Outcome<ManagedGroup> {
        let group = self.group(id)?;
        if group.closed {
            return Err(ErrorCode::GroupClosed.into());
        }
        Ok(group)
    }
}

/// An organisation's secret key.
///
/// # Errors
/// When there is no such organisation.
pub fn signing_key(work: &Work<'_>, organisation: OrganisationId) -> Outcome<SigningKey> {
    let seed = work
        .tx
        .organisation_seed(organisation)?
        .ok_or_else(|| Problem::missing("organisation"))?;
    Ok(SigningKey::from_seed(&seed))
}

/// Fresh random bytes.
pub(super) fn random<const N: usize>(work: &mut Work<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    work.rng.fill_bytes(&mut bytes);
    bytes
}

/// The field that a [`Problem`] names when the caller saw an older revision.
pub const REVISION: &str = "revision";

/// Refuses a change to something that somebody else has changed since the caller saw it.
pub(super) fn unchanged(expected: Option<u32>, revision: u32) -> Outcome<()> {
    match expected {
        Some(expected) if expected != revision => {
            Err(Problem::conflict("somebody else changed it in the meantime: read it again").at(REVISION))
        }
        _ => Ok(()),
    }
}
