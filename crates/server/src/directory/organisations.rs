// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Organisations and their policies. The key is made with the organisation and never leaves the store.

use melder_mls::sign::{SigningKey, sign_statement};
use melder_protocol::cbor;
use melder_protocol::entry::Notice;
use melder_protocol::policy::Policy;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, OrganisationId, TokenId, limits};

use super::desk::{Desk, random, signing_key, unchanged};
use super::problem::{Outcome, Problem};
use super::tokens::{self, NewToken};
use super::types::{Actor, OrganisationRow, Page, Scope};
use super::{audit, lifecycle, text};
use crate::core::Work;
use crate::store::StoreError;

/// Inboxes that get a new policy at once, and then with each tick: fifty thousand in one go would hold up messages.
const POLICY_BATCH: u32 = 2_000;

/// Makes an organisation with its key, the standard policy and an owner's token.
///
/// # Errors
/// When the name is invalid.
pub fn create(work: &mut Work<'_>, name: &str, actor: Option<Actor>) -> Outcome<(OrganisationRow, NewToken)> {
    let name = text::name("name", name)?;
    let key = SigningKey::generate(work.rng);
    let organisation = OrganisationRow {
        id: OrganisationId::from_bytes(random(work)),
        name,
        key: key.public(),
        created: work.now,
        revision: 1,
    };
    work.tx.insert_organisation(&organisation, &key.seed())?;
    let policy = sign_statement(&key, &Policy::standard(organisation.id));
    work.tx.put_policy(organisation.id, 1, &cbor::encode(&policy))?;
    audit::append(
        work,
        organisation.id,
        actor,
        "organisation.create",
        &organisation.id.to_string(),
    )?;
    let owner = tokens::issue(work, Some(organisation.id), "owner", vec![Scope::Owner], None)?;
    audit::append(
        work,
        organisation.id,
        actor,
        "token.create",
        &owner.token.id.to_string(),
    )?;
    Ok((organisation, owner))
}

/// Another owner's token, for an organisation that has lost its own.
///
/// # Errors
/// When there is no such organisation.
pub fn rescue(work: &mut Work<'_>, organisation: OrganisationId, actor: TokenId) -> Outcome<NewToken> {
    work.tx
        .organisation(organisation)?
        .ok_or_else(|| Problem::missing("organisation"))?;
    let owner = tokens::issue(work, Some(organisation), "owner", vec![Scope::Owner], None)?;
    audit::append(
        work,
        organisation,
        Some(Actor::Token(actor)),
        "token.rescue",
        &owner.token.id.to_string(),
    )?;
    Ok(owner)
}

/// The signed policy that holds.
pub(super) fn signed_policy(
    tx: &dyn crate::store::Transaction,
    organisation: OrganisationId,
) -> Outcome<Signed<Policy>> {
    let bytes = tx.policy(organisation)?.ok_or_else(|| Problem::missing("policy"))?;
    cbor::decode(&bytes).map_err(|_| StoreError::Damaged("a policy").into())
}

pub(super) fn policy(tx: &dyn crate::store::Transaction, organisation: OrganisationId) -> Outcome<Policy> {
    signed_policy(tx, organisation)?
        .peek()
        .map_err(|_| StoreError::Damaged("a policy").into())
}

/// Carries a new policy on, to the next inboxes.
pub(super) fn spread_policy(work: &mut Work<'_>, organisation: OrganisationId) -> Outcome<()> {
    let round = work.tx.policy_rounds()?.into_iter().find(|(of, _)| *of == organisation);
    match round {
        Some((_, after)) => spread(work, organisation, after),
        None => Ok(()),
    }
}

fn spread(work: &mut Work<'_>, organisation: OrganisationId, after: Option<AccountId>) -> Outcome<()> {
    let signed = signed_policy(work.tx, organisation)?;
    let accounts = work.tx.joined_accounts(
        organisation,
        Page {
            after,
            limit: POLICY_BATCH,
        },
    )?;
    for account in &accounts {
        work.notify(*account, Notice::Policy(signed.clone()))?;
    }
    match accounts.last() {
        Some(last) if accounts.len() == POLICY_BATCH as usize => {
            work.tx.put_policy_round(organisation, Some(*last))?;
        }
        _ => work.tx.end_policy_round(organisation)?,
    }
    Ok(())
}

impl Desk<'_, '_> {
    /// Gives the organisation another name. Badges follow with the next ticks.
    ///
    /// # Errors
    /// When the name is invalid.
    pub fn rename_organisation(&mut self, name: &str, expected: Option<u32>) -> Outcome<OrganisationRow> {
        let mut organisation = self.own_organisation()?;
        unchanged(expected, organisation.revision)?;
        organisation.name = text::name("name", name)?;
        organisation.revision += 1;
        self.work.tx.update_organisation(&organisation)?;
        self.work.tx.renew_badges(self.organisation, None, self.work.now)?;
        self.note("organisation.rename", organisation.id)?;
        Ok(organisation)
    }

    /// The policy that holds.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn policy(&self) -> Outcome<Policy> {
        policy(self.work.tx, self.organisation)
    }

    /// Puts another policy in force: the next version, signed, sent to every inbox.
    ///
    /// # Errors
    /// When a value is out of its range, or the version is not the one that holds.
    pub fn set_policy(&mut self, new: Policy, expected: Option<u32>) -> Outcome<Policy> {
        let old = self.policy()?;
        unchanged(expected, old.version)?;
        let new = Policy {
            organisation: self.organisation,
            version: old.version + 1,
            ..check_policy(new)?
        };
        let key = signing_key(self.work, self.organisation)?;
        let signed = sign_statement(&key, &new);
        self.work
            .tx
            .put_policy(self.organisation, new.version, &cbor::encode(&signed))?;
        self.note("policy.set", new.version)?;
        if new.guest_warning_days != old.guest_warning_days {
            lifecycle::reschedule_warnings(self.work, self.organisation)?;
        }
        // A round that was under way begins anew: the newest policy is the one that counts.
        self.work.tx.put_policy_round(self.organisation, None)?;
        spread(self.work, self.organisation, None)?;
        Ok(new)
    }
}

fn check_policy(mut policy: Policy) -> Outcome<Policy> {
    let days = 1..=3_650;
    if !days.contains(&policy.server_retention_days) {
        return Err(Problem::field("server_retention_days", "must be from 1 to 3650"));
    }
    if policy
        .device_retention_days
        .is_some_and(|device| !days.contains(&device))
    {
        return Err(Problem::field(
            "device_retention_days",
            "must be from 1 to 3650, or null to keep messages",
        ));
    }
    if policy.max_attachment > limits::MAX_BLOB {
        return Err(Problem::field(
            "max_attachment",
            "must be at most 104857600 bytes (100 MiB)",
        ));
    }
    if policy.guest_warning_days.len() > 10 || policy.guest_warning_days.iter().any(|day| !(1..=365).contains(day)) {
        return Err(Problem::field(
            "guest_warning_days",
            "at most ten numbers from 1 to 365",
        ));
    }
    if policy
        .lock_after_minutes
        .is_some_and(|minutes| !(1..=1_440).contains(&minutes))
    {
        return Err(Problem::field(
            "lock_after_minutes",
            "must be from 1 to 1440, or null to lock on closing",
        ));
    }
    if policy.wipe_after.is_some_and(|tries| !(3..=100).contains(&tries)) {
        return Err(Problem::field(
            "wipe_after",
            "must be from 3 to 100, or null never to wipe",
        ));
    }
    if policy
        .minimum_app
        .as_deref()
        .is_some_and(|minimum| melder_protocol::policy::version(minimum).is_none() || minimum.contains(['-', '+']))
    {
        return Err(Problem::field(
            "minimum_app",
            "must be three numbers such as 1.2.0, or null",
        ));
    }
    policy.guest_warning_days.sort_unstable_by(|a, b| b.cmp(a));
    policy.guest_warning_days.dedup();
    Ok(policy)
}
