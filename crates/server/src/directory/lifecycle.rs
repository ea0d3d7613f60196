// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What happens by itself as time passes: guests are warned and go, operations end, badges are renewed, policies
//! reach the last inbox. Each tick does a bounded part of it, so that messages never wait for long; each duty is done
//! by itself, so that one that fails holds up no other.

use melder_bugs::{self as bugs, Bug};
use melder_protocol::deletion::DeletionReason;
use melder_protocol::entry::Notice;
use melder_protocol::{AccountId, OperationId, OrganisationId, Time};

use super::problem::Outcome;
use super::types::Account;
use super::{accounts, audit, badges, operations, organisations};
use crate::core::Work;
use crate::store::{Stored, Transaction};

/// Accounts deleted, warned, or given a new badge in one go, once a second.
const BATCH: u32 = 50;

/// When an account is warned of its end next: at the first of the policy's days that is still to come. Whoever joins
/// when the end is nearer than the first of those days is warned at once.
pub(super) fn schedule_warning(work: &Work<'_>, account: &Account) -> Outcome<()> {
    let at = match account.ends.filter(|_| account.joined) {
        None => None,
        Some(ends) => {
            let times = warning_times(work, account, ends)?;
            if times.iter().any(|time| *time <= work.now) {
                Some(work.now)
            } else {
                times.into_iter().min()
            }
        }
    };
    Ok(work.tx.set_next_warning(account.id, at)?)
}

fn warning_times(work: &Work<'_>, account: &Account, ends: Time) -> Outcome<Vec<Time>> {
    let policy = organisations::policy(work.tx, account.organisation)?;
    Ok(policy
        .guest_warning_days
        .iter()
        .map(|days| ends.minus(u64::from(*days) * Time::DAY))
        .collect())
}

/// Something whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    EndOperation(OperationId),
    /// Say in the log that an operation's end is near.
    WarnOperation(OperationId),
    /// A guest's end.
    EndAccount(AccountId),
    /// Tell a guest when it ends.
    Warn(AccountId),
    RenewBadge(AccountId),
    /// Put a new policy into the next inboxes.
    SpreadPolicy(OrganisationId),
}

/// What is due. Operations come first, so that their guests' records say why they went.
pub(super) fn due(tx: &dyn Transaction, now: Time) -> Stored<Vec<Duty>> {
    let mut duties: Vec<Duty> = Vec::new();
    duties.extend(
        tx.operations_due(now, 10)?
            .iter()
            .map(|operation| Duty::EndOperation(operation.id)),
    );
    duties.extend(
        tx.operations_to_warn(now, BATCH)?
            .iter()
            .map(|operation| Duty::WarnOperation(operation.id)),
    );
    duties.extend(
        tx.accounts_ending(now, BATCH)?
            .iter()
            .map(|account| Duty::EndAccount(account.id)),
    );
    duties.extend(tx.warnings_due(now, BATCH)?.into_iter().map(Duty::Warn));
    duties.extend(tx.badges_due(now, BATCH)?.into_iter().map(Duty::RenewBadge));
    duties.extend(
        tx.policy_rounds()?
            .into_iter()
            .map(|(organisation, _)| Duty::SpreadPolicy(organisation)),
    );
    Ok(duties)
}

/// Does one thing that is due; nothing when one before it in the list has settled it.
pub(super) fn fulfil(work: &mut Work<'_>, duty: Duty) -> Outcome<()> {
    match duty {
        Duty::EndOperation(id) => match work.tx.operation(id)? {
            Some(operation) if operation.summary.is_none() => {
                let organisation = operation.organisation;
                operations::end(work, operation)?;
                audit::append(work, organisation, None, "operation.end", &id.to_string())
            }
            _ => Ok(()),
        },
        Duty::WarnOperation(id) => operations::warn(work, id),
        Duty::EndAccount(id) => match work.tx.account(id)? {
            Some(_) if bugs::on(Bug::GuestStays) => Ok(()),
            Some(account) => {
                accounts::delete(work, &account, DeletionReason::Expired, None)?;
                audit::append(work, account.organisation, None, "account.expire", &id.to_string())
            }
            None => Ok(()),
        },
        Duty::Warn(id) => warn(work, id),
        Duty::RenewBadge(id) => match work.tx.account(id)? {
            Some(_) => badges::reissue(work, id),
            None => Ok(()),
        },
        Duty::SpreadPolicy(organisation) => organisations::spread_policy(work, organisation),
    }
}

fn warn(work: &mut Work<'_>, id: AccountId) -> Outcome<()> {
    let Some(account) = work.tx.account(id)? else {
        return Ok(());
    };
    if let Some(ends) = account.ends {
        work.notify(id, Notice::Ends(ends))?;
    }
    let next = next_warning(work, &account)?;
    Ok(work.tx.set_next_warning(id, next)?)
}

/// The first of the policy's days that is still to come.
fn next_warning(work: &Work<'_>, account: &Account) -> Outcome<Option<Time>> {
    let Some(ends) = account.ends else { return Ok(None) };
    Ok(warning_times(work, account, ends)?
        .into_iter()
        .filter(|time| *time > work.now)
        .min())
}

/// The policy has other days: the warnings to come move, those that were given stay given.
pub(super) fn reschedule_warnings(work: &Work<'_>, organisation: OrganisationId) -> Outcome<()> {
    for account in work.tx.accounts_ending(Time(u64::MAX), u32::MAX)? {
        if account.organisation == organisation && account.joined {
            work.tx.set_next_warning(account.id, next_warning(work, &account)?)?;
        }
    }
    Ok(())
}
