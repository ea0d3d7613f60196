// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory: organisations, units, accounts, invitations, managed groups, operations, policies, deletions.
//!
//! It decides what should be: who exists, what they are called, which rosters follow from which rules, what ends when.
//! What then happens to logs, chains, rosters and connections is the core's, through [`Work`]. It runs inside the
//! core's transaction and keeps no state of its own; no clock and no randomness but the input's.
//!
//! Two sides come in here: administrators, each at a [`Desk`] that reaches only its own organisation, and devices,
//! through the functions of this file, which the core calls.

use melder_mls::sign::SigningKey;
use melder_protocol::account::{AccountKind, AccountRecord, DirectoryEntry, OrganisationInfo};
use melder_protocol::chain::Link;
use melder_protocol::deletion::DeletionRecord;
use melder_protocol::invitation::InvitationOffer;
use melder_protocol::policy::Policy;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, InvitationSecret, OrganisationId, Refusal, Time, cbor};

use crate::core::Work;
use crate::store::{StoreError, Stored, Transaction};

pub mod accounts;
pub mod admins;
pub mod approvals;
pub mod audit;
mod badges;
pub mod belonging;
pub mod brand;
pub mod bulk;
pub mod calendar;
pub mod csv;
mod desk;
pub mod devices;
pub mod groups;
pub mod import;
pub mod invitations;
mod joining;
pub mod ldap;
mod lifecycle;
mod membership;
pub mod oidc;
pub mod operations;
pub mod organisations;
pub mod overview;
pub mod papers;
pub mod picture;
pub mod policies;
pub mod problem;
pub mod provisioning;
pub mod text;
pub mod tokens;
pub mod types;
pub mod units;

#[cfg(test)]
mod tests;

pub use desk::{Desk, REVISION, Reach};
pub use lifecycle::Duty;

/// What an account is to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Unknown,
    Active {
        organisation: OrganisationId,
        kind: AccountKind,
    },
    Suspended,
    Deleted(Option<Signed<DeletionRecord>>),
}

/// An organisation with its secret key.
#[derive(Debug, Clone)]
pub struct Organisation {
    pub info: OrganisationInfo,
    pub key: SigningKey,
}

/// What an account is to the server.
///
/// # Errors
/// When the storage fails.
pub fn standing(tx: &dyn Transaction, account: AccountId) -> Stored<Standing> {
    if let Some(account) = tx.account(account)? {
        return Ok(if account.suspended {
            Standing::Suspended
        } else {
            Standing::Active {
                organisation: account.organisation,
                kind: account.kind,
            }
        });
    }
    Ok(match tx.deletion(account)? {
        Some(record) => Standing::Deleted(cbor::decode(&record).ok()),
        None => Standing::Unknown,
    })
}

/// An organisation with its secret key.
///
/// # Errors
/// When the storage fails.
pub fn organisation(tx: &dyn Transaction, id: OrganisationId) -> Stored<Option<Organisation>> {
    let (Some(row), Some(seed)) = (tx.organisation(id)?, tx.organisation_seed(id)?) else {
        return Ok(None);
    };
    Ok(Some(Organisation {
        info: OrganisationInfo {
            id,
            name: row.name,
            key: row.key,
        },
        key: SigningKey::from_seed(&seed),
    }))
}

/// All organisations.
///
/// # Errors
/// When the storage fails.
pub fn organisations(tx: &dyn Transaction) -> Stored<Vec<OrganisationId>> {
    let rows = tx.organisations(types::Page::first(u32::MAX))?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// All accounts of an organisation.
///
/// # Errors
/// When the storage fails.
pub fn accounts(tx: &dyn Transaction, organisation: OrganisationId) -> Stored<Vec<AccountId>> {
    tx.account_ids(organisation)
}

/// What others need to know of an account.
///
/// # Errors
/// When the storage fails.
pub fn record(tx: &dyn Transaction, id: AccountId) -> Stored<Option<AccountRecord>> {
    let Some(account) = tx.account(id)? else {
        return Ok(None);
    };
    let badge = tx
        .badge(id)?
        .map(|bytes| cbor::decode(&bytes).map_err(|_| StoreError::Damaged("a badge")))
        .transpose()?;
    Ok(Some(AccountRecord {
        account: id,
        organisation: account.organisation,
        chain: tx.chain(id)?,
        badge,
    }))
}

/// The signed policy that holds in an organisation.
///
/// # Errors
/// When there is no such organisation.
pub fn signed_policy(tx: &dyn Transaction, organisation: OrganisationId) -> Result<Signed<Policy>, Refusal> {
    Ok(organisations::signed_policy(tx, organisation)?)
}

/// The policy that holds in an organisation.
///
/// # Errors
/// When there is no such organisation.
pub fn policy(tx: &dyn Transaction, organisation: OrganisationId) -> Result<Policy, Refusal> {
    Ok(organisations::policy(tx, organisation)?)
}

/// Signs and keeps the account's badge. The caller tells others ([`Work::record_changed`]).
///
/// # Errors
/// When there is no such account.
pub fn issue_badge(work: &mut Work<'_>, account: AccountId) -> Result<(), Refusal> {
    badges::issue(work, account)?;
    Ok(())
}

/// What an invitation offers.
///
/// # Errors
/// When it is unknown, used, expired or withdrawn.
pub fn open_invitation(work: &mut Work<'_>, secret: &InvitationSecret) -> Result<InvitationOffer, Refusal> {
    Ok(joining::open(work, secret)?)
}

/// Takes an invitation with a new chain.
///
/// # Errors
/// When it can't be taken, or the genesis or a name is invalid.
pub fn claim(
    work: &mut Work<'_>,
    secret: &InvitationSecret,
    genesis: &Link,
    device_name: &str,
    name: Option<&str>,
) -> Result<AccountRecord, Refusal> {
    Ok(joining::claim(work, secret, genesis, device_name, name)?)
}

/// Takes an open invitation with an existing account.
///
/// # Errors
/// When it can't be taken or is not meant for existing accounts.
pub fn accept(work: &mut Work<'_>, account: AccountId, secret: &InvitationSecret) -> Result<(), Refusal> {
    Ok(joining::accept(work, account, secret)?)
}

/// Hits that a search shows at once.
const HITS: u32 = 50;

/// Searches the directory of the caller's organisation, by the beginnings of words. Guests and private accounts find
/// nobody: they know the people of their groups.
///
/// # Errors
/// When the storage fails.
pub fn find_accounts(
    tx: &dyn Transaction,
    caller: AccountId,
    query: &str,
    after: Option<AccountId>,
) -> Result<Vec<DirectoryEntry>, Refusal> {
    let Some(caller) = tx.account(caller)?.filter(|caller| browses(caller.kind)) else {
        return Ok(Vec::new());
    };
    let query = Some(query.trim().to_owned()).filter(|query| !query.is_empty());
    let filter = types::AccountFilter {
        query,
        ..types::AccountFilter::default()
    };
    let found = tx.accounts(caller.organisation, &filter, None, types::Page { after, limit: HITS })?;
    let mut entries = Vec::with_capacity(found.len());
    for account in found.into_iter().filter(|account| !account.suspended) {
        entries.push(DirectoryEntry {
            account: account.id,
            unit: units::path_names(tx, account.unit)?,
            name: account.name,
            function: account.function,
            kind: account.kind,
            joined: account.joined,
        });
    }
    Ok(entries)
}

const fn browses(kind: AccountKind) -> bool {
    matches!(kind, AccountKind::Staff | AccountKind::Bot)
}

/// May the caller see the account's record, apart from groups that they share?
///
/// # Errors
/// When the storage fails.
pub fn visible(tx: &dyn Transaction, caller: AccountId, account: AccountId) -> Stored<bool> {
    if caller == account {
        return Ok(true);
    }
    let (Some(caller), Some(account)) = (tx.account(caller)?, tx.account(account)?) else {
        return Ok(false);
    };
    Ok(caller.organisation == account.organisation && browses(caller.kind))
}

/// Deletes the caller's own account.
///
/// # Errors
/// `NotAllowed` for staff and bots: the organisation decides about them.
pub fn delete_own(work: &mut Work<'_>, account: AccountId) -> Result<(), Refusal> {
    Ok(accounts::delete_own(work, account)?)
}

/// What is due now; every minute.
///
/// # Errors
/// When the storage fails.
pub fn due(tx: &dyn Transaction, now: Time) -> Stored<Vec<Duty>> {
    lifecycle::due(tx, now)
}

/// Does one thing that is due.
///
/// # Errors
/// When it can't be done. Others can.
pub fn fulfil(work: &mut Work<'_>, duty: Duty) -> Result<(), Refusal> {
    Ok(lifecycle::fulfil(work, duty)?)
}
