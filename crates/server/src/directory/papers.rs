// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What papers say, from what the directory holds: the facts of the documents for data protection, and whom an invitation's
//! link is for. A link comes from whoever printed it before, is looked up by its hash, and is not kept.

use melder_mls::sign::sha256;
use melder_protocol::account::AccountKind;
use melder_protocol::invitation::InvitationLink;
use melder_protocol::policy::Policy;
use melder_protocol::{ErrorCode, OrganisationId, Time};
use serde::{Deserialize, Serialize};

use super::desk::{Desk, unchanged};
use super::problem::{Outcome, Problem};
use super::types::{InvitationStatus, InvitationTarget, OrganisationRow, Page, Scope};
use super::{policy, text};
use crate::core::Work;

/// The longest answer, in characters.
const MAX_ANSWER: usize = 500;

/// What an organisation says of itself; empty where it has said nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrivacyContact {
    pub controller: String,
    pub officer: String,
    pub authority: String,
    pub basis: String,
}

/// What the documents say, as far as the store knows it.
#[derive(Debug, Clone)]
pub struct PrivacyFacts {
    pub organisation: OrganisationRow,
    pub policy: Policy,
    pub contact: PrivacyContact,
    pub accounts: Vec<(AccountKind, u64)>,
    pub roles: Vec<(Scope, u64)>,
    pub admins: u64,
    pub operations: u64,
    pub push: bool,
    pub directory: bool,
    /// Addresses of the directory that is read, and of the log-in that is used.
    pub ldap: Option<String>,
    pub oidc: Option<String>,
    /// May administrators use that log-in, too?
    pub oidc_admins: bool,
    pub shared: bool,
    pub now: Time,
}

/// Whom a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// Name, unit and function.
    Person { name: String, about: Vec<String> },
    /// Everybody who comes to this operation.
    Everybody { operation: String },
}

fn contact(work: &Work<'_>, organisation: OrganisationId) -> Outcome<(PrivacyContact, u32)> {
    let kept = work.tx.privacy_contact(organisation)?;
    Ok(match kept {
        Some((json, revision)) => (serde_json::from_str(&json).unwrap_or_default(), revision),
        None => (PrivacyContact::default(), 0),
    })
}

/// The facts of any organisation of this server, for the notice that everybody may read, as often as they like: without what has
/// to be counted.
///
/// # Errors
/// `NotFound` when there is no such organisation.
pub fn facts(work: &Work<'_>, id: OrganisationId) -> Outcome<PrivacyFacts> {
    let organisation = work.tx.organisation(id)?;
    let organisation = organisation.ok_or_else(|| Problem::missing("organisation"))?;
    Ok(PrivacyFacts {
        policy: policy(work.tx, id)?,
        contact: contact(work, id)?.0,
        accounts: Vec::new(),
        roles: Vec::new(),
        admins: 0,
        operations: 0,
        push: work.state.push.key.is_some(),
        directory: !work.tx.provisioned_after(id, "", 1)?.is_empty(),
        ldap: None,
        oidc: None,
        oidc_admins: false,
        shared: work.tx.organisations(Page::first(2))?.len() > 1,
        now: work.now,
        organisation,
    })
}

impl Desk<'_, '_> {
    /// The facts of the own organisation.
    ///
    /// # Errors
    /// `Forbidden` for roles that cover a unit alone.
    pub fn privacy_facts(&self) -> Outcome<PrivacyFacts> {
        self.whole()?;
        let seen = self.overview()?;
        let mut accounts: Vec<(AccountKind, u64)> = Vec::new();
        for (kind, _, count) in self.work.tx.account_counts(self.organisation)? {
            match accounts.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, sum)) => *sum += count,
                None => accounts.push((kind, count)),
            }
        }
        let admins = self.work.tx.admins(self.organisation, Page::first(u32::MAX))?;
        let count = |role: Scope| {
            let with = admins
                .iter()
                .filter(|admin| admin.roles.iter().any(|has| has.role == role));
            (role, with.count() as u64)
        };
        let roles = [
            Scope::Owner,
            Scope::Accounts,
            Scope::Groups,
            Scope::Operations,
            Scope::Audit,
        ]
        .map(count);
        let oidc = Some(self.oidc()?).filter(|oidc| oidc.enabled);
        Ok(PrivacyFacts {
            accounts,
            roles: roles.to_vec(),
            admins: admins.len() as u64,
            operations: seen.operations_running,
            ldap: self.ldap_source()?.map(|source| source.settings.url),
            oidc_admins: oidc.as_ref().is_some_and(|oidc| oidc.admins),
            oidc: oidc.map(|oidc| oidc.issuer),
            ..facts(self.work, self.organisation)?
        })
    }

    /// What the organisation says of itself, and the revision of that.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn privacy_contact(&self) -> Outcome<(PrivacyContact, u32)> {
        contact(self.work, self.organisation)
    }

    /// # Errors
    /// When an answer is too long or no line, or somebody else was faster.
    pub fn set_privacy_contact(
        &mut self,
        new: PrivacyContact,
        expected: Option<u32>,
    ) -> Outcome<(PrivacyContact, u32)> {
        let (_, revision) = self.privacy_contact()?;
        unchanged(expected, revision)?;
        let new = PrivacyContact {
            controller: answer("controller", &new.controller)?,
            officer: answer("officer", &new.officer)?,
            authority: answer("authority", &new.authority)?,
            basis: answer("basis", &new.basis)?,
        };
        let json = serde_json::to_string(&new).map_err(|_| Problem::from(ErrorCode::Internal))?;
        let revision = revision + 1;
        self.work.tx.put_privacy_contact(self.organisation, &json, revision)?;
        self.note("privacy.contact", self.organisation)?;
        Ok((new, revision))
    }

    /// Whom a link of the own organisation is for, while it can be taken; and until when.
    ///
    /// # Errors
    /// When it is none of the caller's open invitations.
    pub fn invited_by(&self, link: &str) -> Outcome<(Invited, Time)> {
        let unknown =
            || Problem::new(ErrorCode::InvitationUnknown, "a link is no open invitation of yours").at("links");
        let link: InvitationLink = link.parse().map_err(|_| unknown())?;
        let hash = sha256(link.token.secret.as_bytes());
        let invitation = self.work.tx.invitation_by_hash(&hash)?.ok_or_else(unknown)?;
        let is_ours = invitation.organisation == self.organisation && self.reaches_invitation(&invitation)?;
        if !is_ours || invitation.status(self.work.now) != InvitationStatus::Open {
            return Err(unknown());
        }
        let invited = match &invitation.target {
            InvitationTarget::Account { account } => {
                let account = self.account(*account)?;
                let unit = self.unit_path(account.unit)?.join(" › ");
                let about = [unit, account.function.unwrap_or_default()];
                Invited::Person {
                    name: account.name,
                    about: about.into_iter().filter(|text| !text.is_empty()).collect(),
                }
            }
            InvitationTarget::Open(template) => Invited::Everybody {
                operation: match template.operation {
                    Some(id) => self.work.tx.operation(id)?.map(|row| row.name).unwrap_or_default(),
                    None => String::new(),
                },
            },
        };
        Ok((invited, invitation.expires))
    }
}

fn answer(field: &'static str, given: &str) -> Outcome<String> {
    let given = given.trim();
    if given.chars().count() > MAX_ANSWER {
        return Err(Problem::field(field, "must be at most 500 characters"));
    }
    if !text::line(given) {
        return Err(Problem::field(field, "must be one line of letters that can be seen"));
    }
    Ok(given.to_owned())
}
