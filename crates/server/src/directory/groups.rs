// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Managed groups and channels: the organisation says by rules who is in them.

use std::collections::{BTreeMap, BTreeSet};

use melder_bugs::{self as bugs, Bug};
use melder_protocol::roster::{GroupKind, Role, RosterMember};
use melder_protocol::{AccountId, ErrorCode, GroupId, OperationId, Suite, limits};

use super::desk::{Desk, unchanged};
use super::problem::{Outcome, Problem};
use super::types::{GroupPolicy, ManagedGroup, Page, Rules};
use super::{membership, organisations, text};

/// Rules of one group.
const MAX_RULES: usize = limits::MAX_GROUP;

/// A group to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGroup {
    /// `Group` or `Channel`.
    pub kind: GroupKind,
    pub name: String,
    pub operation: Option<OperationId>,
    /// `None`: by the number of accounts, see [`melder_protocol::policy::Policy::hybrid_bound`].
    pub suite: Option<Suite>,
    pub rules: Rules,
}

/// What changes of a group; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupChange {
    pub name: Option<String>,
    pub operation: Option<Option<OperationId>>,
}

/// A member as the administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLine {
    pub account: AccountId,
    pub role: Role,
    pub name: String,
    /// Of another organisation: there by its own consent.
    pub foreign: bool,
}

impl Desk<'_, '_> {
    /// Makes a group whose roster follows `rules`.
    ///
    /// # Errors
    /// When a field is invalid or names something that is not the organisation's.
    pub fn create_group(&mut self, new: NewGroup) -> Outcome<ManagedGroup> {
        let name = text::name("name", &new.name)?;
        if bugs::on(Bug::NameInLog) {
            tracing::info!(name, "a new group");
        }
        if !matches!(new.kind, GroupKind::Group | GroupKind::Channel) {
            return Err(Problem::field("kind", "must be `group` or `channel`"));
        }
        if let Some(operation) = new.operation {
            self.running(operation)?;
        }
        self.check_rules(&new.rules, &BTreeMap::new())?;
        let mut group = ManagedGroup {
            id: GroupId::from_bytes([0; 16]),
            organisation: self.organisation,
            kind: new.kind,
            name,
            operation: new.operation,
            suite: Suite::Hybrid,
            policy: GroupPolicy::default(),
            closed: false,
            created: self.work.now,
            revision: 1,
        };
        let members: Vec<RosterMember> = membership::expected(self.work.tx, &group, &new.rules, &BTreeMap::new())?
            .into_iter()
            .map(|(account, role)| RosterMember { account, role })
            .collect();
        let bound = organisations::policy(self.work.tx, self.organisation)?.hybrid_bound;
        let small = u32::try_from(members.len()).is_ok_and(|count| count <= bound);
        group.suite = new
            .suite
            .unwrap_or(if small { Suite::Hybrid } else { Suite::Classical });
        group.id = self
            .work
            .create_managed_group(self.organisation, group.kind, &group.name, group.suite, &members)?;
        self.work.tx.insert_managed_group(&group)?;
        self.work.tx.set_rules(group.id, &new.rules)?;
        self.note("group.create", group.id)?;
        Ok(group)
    }

    /// By name.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn groups(&self, operation: Option<OperationId>, page: Page<GroupId>) -> Outcome<Vec<ManagedGroup>> {
        self.gather(
            page,
            |page| Ok(self.work.tx.managed_groups(self.organisation, operation, page)?),
            |row| row.id,
            |row| self.reaches_group(row.id),
        )
    }

    /// Renames a group, or gives it to an operation.
    ///
    /// # Errors
    /// When the name is invalid or the group is closed.
    pub fn change_group(&mut self, id: GroupId, change: GroupChange, expected: Option<u32>) -> Outcome<ManagedGroup> {
        let mut group = self.open_group(id)?;
        unchanged(expected, group.revision)?;
        if let Some(name) = change.name {
            let name = text::name("name", &name)?;
            if name != group.name {
                self.work.change_managed_roster(id, &[], &[], Some(&name))?;
                group.name = name;
            }
        }
        if let Some(operation) = change.operation {
            if let Some(operation) = operation {
                self.running(operation)?;
            }
            group.operation = operation;
        }
        group.revision += 1;
        self.work.tx.update_managed_group(&group)?;
        self.note("group.change", id)?;
        Ok(group)
    }

    /// The group takes no more entries; its history stays with its members until retention.
    ///
    /// # Errors
    /// When it is closed already.
    pub fn close_group(&mut self, id: GroupId, expected: Option<u32>) -> Outcome<()> {
        let mut group = self.open_group(id)?;
        unchanged(expected, group.revision)?;
        self.work.close_group(id)?;
        group.closed = true;
        group.revision += 1;
        self.work.tx.update_managed_group(&group)?;
        self.note("group.close", id)
    }

    /// The group's rules.
    ///
    /// # Errors
    /// When the group is not the organisation's.
    pub fn group_rules(&self, id: GroupId) -> Outcome<(ManagedGroup, Rules)> {
        Ok((self.group(id)?, self.work.tx.rules(id)?))
    }

    /// Replaces the group's rules; the roster follows at once. An account of another organisation can be named only
    /// while it is in the group; when it is not named, it goes.
    ///
    /// # Errors
    /// When a rule names something that is not the organisation's.
    pub fn set_group_rules(&mut self, id: GroupId, rules: &Rules, expected: Option<u32>) -> Outcome<ManagedGroup> {
        let mut group = self.open_group(id)?;
        unchanged(expected, group.revision)?;
        let members = self.roles(id)?;
        self.check_rules(rules, &members)?;
        self.work.tx.set_rules(id, rules)?;
        group.revision += 1;
        self.work.tx.update_managed_group(&group)?;
        membership::refresh_group(self.work, &group)?;
        self.note("group.rules", id)?;
        Ok(group)
    }

    fn roles(&self, id: GroupId) -> Outcome<BTreeMap<AccountId, Role>> {
        Ok(self
            .work
            .tx
            .members(id)?
            .into_iter()
            .map(|member| (member.account, member.role))
            .collect())
    }

    /// The functions that accounts have, for those who write rules.
    ///
    /// # Errors
    /// `Forbidden` for roles that cover a unit: a function goes across units.
    pub fn functions(&self) -> Outcome<Vec<(String, u64)>> {
        self.whole()?;
        Ok(self.work.tx.functions(self.organisation)?)
    }

    fn check_functions(&self, rules: &Rules) -> Outcome<()> {
        let mut seen = BTreeSet::new();
        for rule in &rules.functions {
            // Whoever has the function may be of any unit.
            self.whole()?;
            if text::name("functions", &rule.function)? != rule.function {
                return Err(Problem::field(
                    "functions",
                    "has space around or within it that names don't have",
                ));
            }
            check_role("functions", rule.role)?;
            if !seen.insert(text::folded(&rule.function)) {
                return Err(Problem::field("functions", "names a function twice"));
            }
        }
        Ok(())
    }

    fn check_rules(&self, rules: &Rules, members: &BTreeMap<AccountId, Role>) -> Outcome<()> {
        if rules.units.is_empty() && rules.accounts.is_empty() && self.reach.units().is_some() {
            // Without rules it would belong to the whole organisation, and be out of the caller's hands at once.
            return Err(Problem::field(
                "rules",
                "your role covers a unit: name it, or one below it",
            ));
        }
        if rules.units.len() + rules.accounts.len() + rules.directory.len() + rules.functions.len() > MAX_RULES {
            return Err(Problem::limit("a group has at most 10,000 rules"));
        }
        self.check_functions(rules)?;
        let mut seen = BTreeSet::new();
        for rule in &rules.units {
            self.unit(rule.unit).map_err(|problem| problem.at("units"))?;
            check_role("units", rule.role)?;
            if !seen.insert(rule.unit) {
                return Err(Problem::field("units", "names a unit twice"));
            }
        }
        let mut seen = BTreeSet::new();
        for rule in &rules.directory {
            // Whoever the directory puts there may be of any unit.
            self.whole()?;
            self.directory_group(rule.group)
                .map_err(|problem| problem.at("directory"))?;
            check_role("directory", rule.role)?;
            if !seen.insert(rule.group) {
                return Err(Problem::field("directory", "names a group twice"));
            }
        }
        let mut seen = BTreeSet::new();
        for rule in &rules.accounts {
            let account = self.work.tx.account(rule.account)?;
            let known = account.is_some_and(|account| {
                (account.organisation == self.organisation && self.reach.covers(account.unit))
                    || members.contains_key(&rule.account)
            });
            if !known {
                return Err(Problem::missing("account").at("accounts"));
            }
            check_role("accounts", rule.role)?;
            if !seen.insert(rule.account) {
                return Err(Problem::field("accounts", "names an account twice"));
            }
        }
        Ok(())
    }

    /// Who is in the group, by account id.
    ///
    /// # Errors
    /// When the group is not the organisation's.
    pub fn group_members(&self, id: GroupId, page: Page<AccountId>) -> Outcome<Vec<MemberLine>> {
        self.group(id)?;
        let mut lines = Vec::new();
        for (account, role) in self.roles(id)? {
            if page.after.is_some_and(|after| account <= after) {
                continue;
            }
            if lines.len() >= page.limit as usize {
                break;
            }
            let Some(row) = self.work.tx.account(account)? else {
                continue;
            };
            lines.push(MemberLine {
                account,
                role,
                name: row.name,
                foreign: row.organisation != self.organisation,
            });
        }
        Ok(lines)
    }

    /// Names one account in a group in addition to its rules, or with another role.
    ///
    /// # Errors
    /// When the account is neither the organisation's nor in the group.
    pub fn put_group_account(&mut self, id: GroupId, account: AccountId, role: Role) -> Outcome<()> {
        let mut group = self.open_group(id)?;
        check_role("role", role)?;
        let known = self.reaches_account(account)?;
        if !known && self.work.tx.role(id, account)?.is_none() {
            return Err(Problem::missing("account"));
        }
        self.work.tx.put_account_rule(id, account, role)?;
        self.touch(&mut group)?;
        membership::refresh(self.work, &[account])?;
        self.note("group.account.put", format_args!("{id} {account}"))
    }

    /// Takes the name back; the account goes unless its unit keeps it in.
    ///
    /// # Errors
    /// When the group is not the organisation's or the account is not named in it.
    pub fn remove_group_account(&mut self, id: GroupId, account: AccountId) -> Outcome<()> {
        let mut group = self.open_group(id)?;
        if !self
            .work
            .tx
            .account_rules_of(account)?
            .iter()
            .any(|(named, _)| *named == id)
        {
            return Err(Problem::new(
                ErrorCode::NotFound,
                "the account is not named in this group's rules",
            ));
        }
        self.work.tx.delete_account_rule(id, account)?;
        self.touch(&mut group)?;
        membership::refresh(self.work, &[account])?;
        self.note("group.account.remove", format_args!("{id} {account}"))
    }

    fn touch(&mut self, group: &mut ManagedGroup) -> Outcome<()> {
        group.revision += 1;
        Ok(self.work.tx.update_managed_group(group)?)
    }
}

fn check_role(field: &'static str, role: Role) -> Outcome<()> {
    if role == Role::Manage {
        return Err(Problem::field(
            field,
            "in a managed group the roles are `member` and `publisher`",
        ));
    }
    Ok(())
}
