// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The administrator's desk: one organisation, one caller, one transaction. Everything that an administrator does is
//! a method here (in `units`, `accounts`, `groups`, …). The lookups below are the isolation: they know nothing but
//! what belongs to the desk's organisation, so no method can reach another's.

use melder_mls::sign::SigningKey;
use melder_protocol::{AccountId, ErrorCode, GroupId, InvitationId, OperationId, OrganisationId, TokenId, UnitId};

use super::audit;
use super::problem::{Outcome, Problem};
use super::types::{Account, Invitation, ManagedGroup, Operation, OrganisationRow, Unit};
use crate::core::Work;

/// Who acts, for which organisation, with what hands.
pub struct Desk<'w, 'a> {
    pub work: &'w mut Work<'a>,
    pub organisation: OrganisationId,
    /// `None`: the server itself.
    pub actor: Option<TokenId>,
}

impl core::fmt::Debug for Desk<'_, '_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Desk")
            .field("organisation", &self.organisation)
            .finish_non_exhaustive()
    }
}

impl<'w, 'a> Desk<'w, 'a> {
    pub fn new(work: &'w mut Work<'a>, organisation: OrganisationId, actor: Option<TokenId>) -> Self {
        Self {
            work,
            organisation,
            actor,
        }
    }
}

impl Desk<'_, '_> {
    /// Notes what was done. Ids only.
    pub(super) fn note(&mut self, action: &str, subject: impl core::fmt::Display) -> Outcome<()> {
        audit::append(self.work, self.organisation, self.actor, action, &subject.to_string())
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn unit(&self, id: UnitId) -> Outcome<Unit> {
        self.own(self.work.tx.unit(id)?, |unit| unit.organisation, "unit")
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn account(&self, id: AccountId) -> Outcome<Account> {
        self.own(self.work.tx.account(id)?, |account| account.organisation, "account")
    }

    /// # Errors
    /// `NotFound` when it is not the desk's.
    pub fn group(&self, id: GroupId) -> Outcome<ManagedGroup> {
        self.own(self.work.tx.managed_group(id)?, |group| group.organisation, "group")
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
        self.own(
            self.work.tx.invitation(id)?,
            |invitation| invitation.organisation,
            "invitation",
        )
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
