// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations, at the administrator's desk: for one prepared account, or open (a poster). The secret is in the link
//! alone; the store keeps its SHA-256, which is enough because the secret is random and long.

use melder_mls::sign::sha256;
use melder_protocol::account::AccountKind;
use melder_protocol::invitation::{InvitationLink, InvitationToken};
use melder_protocol::{AccountId, InvitationId, InvitationSecret, OperationId, Time};

use super::desk::{Desk, random};
use super::problem::{Outcome, Problem};
use super::types::{Invitation, InvitationStatus, InvitationTarget, Page, Template};

/// How long an invitation holds when nothing is said.
pub const USUAL: u64 = 14 * Time::DAY;
/// And how long at most.
pub const LONGEST: u64 = 366 * Time::DAY;
/// How often a poster can be taken at most.
pub const MAX_LIMIT: u32 = 10_000;

/// An invitation with its token, which is not kept.
#[derive(Clone, PartialEq, Eq)]
pub struct NewInvitation {
    pub invitation: Invitation,
    pub token: InvitationToken,
}

impl core::fmt::Debug for NewInvitation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NewInvitation")
            .field("invitation", &self.invitation.id)
            .finish_non_exhaustive()
    }
}

impl NewInvitation {
    /// The link that a person opens. `server` is scheme and host.
    #[must_use]
    pub fn link(&self, server: &str) -> String {
        let server = server.trim_end_matches('/').to_owned();
        InvitationLink {
            server,
            token: self.token.clone(),
        }
        .to_string()
    }
}

impl Desk<'_, '_> {
    pub(super) fn invite(&mut self, target: InvitationTarget, expires: Option<Time>) -> Outcome<NewInvitation> {
        let now = self.work.now;
        let expires = expires.unwrap_or(now.plus(USUAL));
        if expires <= now {
            return Err(Problem::field("expires", "must be in the future"));
        }
        if expires.since(now) > LONGEST {
            return Err(Problem::field("expires", "an invitation holds at most a year"));
        }
        let secret = InvitationSecret::from_bytes(random(self.work));
        let invitation = Invitation {
            id: InvitationId::from_bytes(random(self.work)),
            organisation: self.organisation,
            secret_hash: sha256(secret.as_bytes()),
            target,
            created: now,
            expires,
            withdrawn: false,
            used: 0,
        };
        self.work.tx.insert_invitation(&invitation)?;
        let key = self.own_organisation()?.key;
        let token = InvitationToken {
            organisation: sha256(key.as_bytes()),
            secret,
        };
        Ok(NewInvitation { invitation, token })
    }

    /// Invites somebody to a prepared account. Earlier unused invitations of the account are void.
    ///
    /// # Errors
    /// `Conflict` when somebody has joined with it already.
    pub fn invite_account(&mut self, account: AccountId, expires: Option<Time>) -> Outcome<NewInvitation> {
        let row = self.account(account)?;
        if row.joined {
            return Err(Problem::conflict(
                "somebody has joined with this account: further devices are linked on a device, and a lost account is reset",
            ));
        }
        if row.suspended {
            return Err(Problem::conflict("the account is suspended"));
        }
        self.work.tx.withdraw_invitations_for(account)?;
        let usual = self.work.now.plus(USUAL);
        let expires = match (expires, row.ends) {
            (None, Some(ends)) => Some(ends.min(usual)),
            (expires, _) => expires,
        };
        let new = self.invite(InvitationTarget::Account { account }, expires)?;
        self.note("invitation.create", new.invitation.id)?;
        Ok(new)
    }

    /// Makes a poster: whoever opens the link gets an account of this shape.
    ///
    /// # Errors
    /// When a field is invalid or names something that is not the organisation's.
    pub fn invite_openly(&mut self, mut template: Template, expires: Option<Time>) -> Outcome<NewInvitation> {
        if !matches!(template.kind, AccountKind::Guest | AccountKind::Private) {
            return Err(Problem::field(
                "kind",
                "an open invitation makes guests or private accounts",
            ));
        }
        if template.limit == 0 || template.limit > MAX_LIMIT {
            return Err(Problem::field("limit", "must be from 1 to 10000"));
        }
        self.may_place(template.unit).map_err(|problem| problem.at("unit"))?;
        template.ends = self.guest_end(template.kind, template.operation, template.ends)?;
        template.groups.sort_unstable();
        template.groups.dedup();
        for group in &template.groups {
            self.open_group(*group).map_err(|problem| problem.at("groups"))?;
        }
        if template.for_existing && template.groups.is_empty() {
            return Err(Problem::field(
                "groups",
                "an existing account joins groups: name at least one",
            ));
        }
        let operation_ends = template
            .operation
            .map(|id| self.operation(id))
            .transpose()?
            .map(|operation| operation.ends);
        let usual = self.work.now.plus(USUAL);
        let expires = expires.or_else(|| [template.ends, operation_ends, Some(usual)].into_iter().flatten().min());
        let new = self.invite(InvitationTarget::Open(template), expires)?;
        self.note("invitation.create", new.invitation.id)?;
        Ok(new)
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn invitations(
        &self,
        account: Option<AccountId>,
        operation: Option<OperationId>,
        page: Page<InvitationId>,
    ) -> Outcome<Vec<Invitation>> {
        self.gather(
            page,
            |page| Ok(self.work.tx.invitations(self.organisation, account, operation, page)?),
            |row| row.id,
            |row| self.reaches_invitation(row),
        )
    }

    /// Nobody can take it from here on; who has taken it stays.
    ///
    /// # Errors
    /// `Conflict` when it is not open.
    pub fn withdraw_invitation(&mut self, id: InvitationId) -> Outcome<()> {
        let mut invitation = self.invitation(id)?;
        if invitation.status(self.work.now) != InvitationStatus::Open {
            return Err(Problem::conflict(
                "the invitation is used, expired or withdrawn already",
            ));
        }
        invitation.withdrawn = true;
        self.work.tx.update_invitation(&invitation)?;
        self.note("invitation.withdraw", id)
    }
}
