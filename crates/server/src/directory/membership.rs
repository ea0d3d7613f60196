// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From rules to rosters. What a managed group's roster should be follows from its rules and the directory; these
//! functions compute it, compare it with the roster, and have the core change the difference, signed by the
//! organisation. They run whenever an account, a unit or a rule changes, so the rosters follow the directory.
//!
//! An account of another organisation (a volunteer with the private app) gets in only by its own consent, when it
//! takes an invitation: here it stays, changes its role, or goes, but is never put in.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::roster::{Role, RosterMember};
use melder_protocol::{AccountId, GroupId, UnitId, limits};

use super::problem::{Outcome, Problem};
use super::types::{ManagedGroup, Rules};
use super::units;
use crate::core::Work;
use crate::store::Transaction;

type Roles = BTreeMap<GroupId, Role>;

fn highest<K: Ord>(roles: &mut BTreeMap<K, Role>, key: K, role: Role) {
    let known = roles.entry(key).or_insert(role);
    *known = (*known).max(role);
}

/// What a unit's place in the tree gives its accounts.
fn roles_of_unit(tx: &dyn Transaction, unit: UnitId) -> Outcome<Roles> {
    let mut roles = Roles::new();
    for above in units::path(tx, Some(unit))? {
        for (group, rule) in tx.unit_rules_of(above.id)? {
            if above.id == unit || rule.sub_units {
                highest(&mut roles, group, rule.role);
            }
        }
    }
    Ok(roles)
}

/// One group's difference.
#[derive(Default)]
struct Difference {
    set: Vec<RosterMember>,
    unset: Vec<AccountId>,
}

fn apply(work: &mut Work<'_>, group: GroupId, difference: &Difference) -> Outcome<()> {
    if difference.set.is_empty() && difference.unset.is_empty() {
        return Ok(());
    }
    let members: BTreeSet<AccountId> = work
        .tx
        .members(group)?
        .into_iter()
        .map(|member| member.account)
        .collect();
    let new = difference
        .set
        .iter()
        .filter(|member| !members.contains(&member.account))
        .count();
    if (members.len() + new).saturating_sub(difference.unset.len()) > limits::MAX_GROUP {
        return Err(Problem::limit("a group has at most 10,000 accounts"));
    }
    work.change_managed_roster(group, &difference.set, &difference.unset, None)?;
    Ok(())
}

/// Brings the rosters of all managed groups in line for these accounts.
///
/// # Errors
/// When a group or an account would have too many of the other.
pub(super) fn refresh(work: &mut Work<'_>, accounts: &[AccountId]) -> Outcome<()> {
    refresh_with(work, accounts, &[])
}

/// As [`refresh`], after the accounts have consented to joining `joined`.
pub(super) fn refresh_with(work: &mut Work<'_>, accounts: &[AccountId], joined: &[GroupId]) -> Outcome<()> {
    let mut units: BTreeMap<UnitId, Roles> = BTreeMap::new();
    let mut groups: BTreeMap<GroupId, Option<ManagedGroup>> = BTreeMap::new();
    let mut differences: BTreeMap<GroupId, Difference> = BTreeMap::new();
    for id in accounts {
        let Some(account) = work.tx.account(*id)? else {
            continue;
        };
        let mut should = Roles::new();
        if !account.suspended {
            if let Some(unit) = account.unit {
                let roles = match units.entry(unit) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(roles_of_unit(work.tx, unit)?),
                };
                should.clone_from(roles);
            }
            for (group, role) in work.tx.account_rules_of(*id)? {
                highest(&mut should, group, role);
            }
            for (group, role) in work.tx.directory_roles_of(*id)? {
                highest(&mut should, group, role);
            }
            if let Some(function) = &account.function {
                for (group, role) in work.tx.function_rules_of(account.organisation, function)? {
                    highest(&mut should, group, role);
                }
            }
        }
        let is = work.tx.groups_of_account(*id)?;
        if should.len() > limits::MAX_GROUPS {
            return Err(Problem::limit("an account is in at most 1,000 groups"));
        }
        for group in is.iter().filter(|group| !should.contains_key(group)) {
            if managed(work.tx, &mut groups, *group)?.is_some_and(|group| !group.closed) {
                differences.entry(*group).or_default().unset.push(*id);
            }
        }
        for (group, role) in should {
            let Some(row) = managed(work.tx, &mut groups, group)? else {
                continue;
            };
            let foreign = row.organisation != account.organisation;
            if foreign && !is.contains(&group) && !joined.contains(&group) {
                // It has left by itself: coming back takes a new consent.
                work.tx.delete_account_rule(group, *id)?;
                continue;
            }
            if work.tx.role(group, *id)? != Some(role) {
                differences
                    .entry(group)
                    .or_default()
                    .set
                    .push(RosterMember { account: *id, role });
            }
        }
    }
    for (group, difference) in &differences {
        apply(work, *group, difference)?;
    }
    Ok(())
}

fn managed<'g>(
    tx: &dyn Transaction,
    known: &'g mut BTreeMap<GroupId, Option<ManagedGroup>>,
    id: GroupId,
) -> Outcome<Option<&'g ManagedGroup>> {
    let row = match known.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(tx.managed_group(id)?),
    };
    Ok(row.as_ref())
}

/// Who should be in a group with these rules. `is`: who is in it now (foreign accounts are never put in).
pub(super) fn expected(
    tx: &dyn Transaction,
    group: &ManagedGroup,
    rules: &Rules,
    is: &BTreeMap<AccountId, Role>,
) -> Outcome<BTreeMap<AccountId, Role>> {
    let mut should = BTreeMap::new();
    for rule in &rules.units {
        let covered = if rule.sub_units {
            units::subtree(tx, group.organisation, rule.unit)?
        } else {
            BTreeSet::from([rule.unit])
        };
        for unit in covered {
            for account in tx.accounts_in_unit(unit)? {
                highest(&mut should, account, rule.role);
            }
        }
    }
    for rule in &rules.directory {
        for id in tx.directory_members(rule.group)? {
            if tx.account(id)?.is_some_and(|account| !account.suspended) {
                highest(&mut should, id, rule.role);
            }
        }
    }
    for rule in &rules.functions {
        for account in tx.accounts_with_function(group.organisation, &rule.function)? {
            highest(&mut should, account, rule.role);
        }
    }
    for rule in &rules.accounts {
        let Some(account) = tx.account(rule.account)? else {
            continue;
        };
        let own = account.organisation == group.organisation;
        if !account.suspended && (own || is.contains_key(&rule.account)) {
            highest(&mut should, rule.account, rule.role);
        }
    }
    if should.len() > limits::MAX_GROUP {
        return Err(Problem::limit("a group has at most 10,000 accounts"));
    }
    Ok(should)
}

/// Brings one group's roster in line with its rules.
pub(super) fn refresh_group(work: &mut Work<'_>, group: &ManagedGroup) -> Outcome<()> {
    let rules = work.tx.rules(group.id)?;
    let is: BTreeMap<AccountId, Role> = work
        .tx
        .members(group.id)?
        .into_iter()
        .map(|member| (member.account, member.role))
        .collect();
    let should = expected(work.tx, group, &rules, &is)?;
    let difference = Difference {
        set: should
            .iter()
            .filter(|(account, role)| is.get(account) != Some(role))
            .map(|(account, role)| RosterMember {
                account: *account,
                role: *role,
            })
            .collect(),
        unset: is
            .keys()
            .filter(|account| !should.contains_key(account))
            .copied()
            .collect(),
    };
    apply(work, group.id, &difference)
}
