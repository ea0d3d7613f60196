// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What happens by itself as time passes: guests are warned and go, operations end, badges are renewed, policies
//! reach the last inbox. Each tick does a bounded part of it, so that messages never wait for long.

use melder_protocol::Time;
use melder_protocol::deletion::DeletionReason;
use melder_protocol::entry::Notice;

use super::problem::Outcome;
use super::types::Account;
use super::{accounts, audit, badges, operations, organisations};
use crate::core::Work;

/// Accounts deleted, warned, or given a new badge in one tick.
const BATCH: u32 = 250;

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

fn warn(work: &mut Work<'_>) -> Outcome<()> {
    for id in work.tx.warnings_due(work.now, BATCH)? {
        let Some(account) = work.tx.account(id)? else {
            continue;
        };
        let mut next = None;
        if let Some(ends) = account.ends {
            work.notify(id, Notice::Ends(ends))?;
            next = warning_times(work, &account, ends)?
                .into_iter()
                .filter(|time| *time > work.now)
                .min();
        }
        work.tx.set_next_warning(id, next)?;
    }
    Ok(())
}

fn end_operations(work: &mut Work<'_>) -> Outcome<()> {
    for operation in work.tx.operations_due(work.now, 10)? {
        let (organisation, id) = (operation.organisation, operation.id);
        operations::end(work, operation)?;
        audit::append(work, organisation, None, "operation.end", &id.to_string())?;
    }
    Ok(())
}

fn end_guests(work: &mut Work<'_>) -> Outcome<()> {
    for account in work.tx.accounts_ending(work.now, BATCH)? {
        accounts::delete(work, &account, DeletionReason::Expired, None)?;
        audit::append(
            work,
            account.organisation,
            None,
            "account.expire",
            &account.id.to_string(),
        )?;
    }
    Ok(())
}

fn renew_badges(work: &mut Work<'_>) -> Outcome<()> {
    for id in work.tx.badges_due(work.now, BATCH)? {
        badges::reissue(work, id)?;
    }
    Ok(())
}

/// Runs every minute. Operations come first, so that their guests' records say why they went.
pub(super) fn tick(work: &mut Work<'_>) -> Outcome<()> {
    end_operations(work)?;
    end_guests(work)?;
    warn(work)?;
    renew_badges(work)?;
    organisations::spread_policies(work)
}
