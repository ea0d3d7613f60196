// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What holds in one group beyond the organisation's policy, and a word on every rule that holds: what it is, since when, and
//! whom it meets. Numbers of accounts and groups; nobody's name.

use melder_protocol::account::AccountKind;
use melder_protocol::policy::Policy;
use melder_protocol::signed::Signed;
use melder_protocol::{GroupId, Time, cbor, limits};
use serde_json::Value;

use super::desk::{Desk, unchanged};
use super::problem::{Outcome, Problem};
use super::types::{GroupPolicy, ManagedGroup, Page};
use crate::store::{StoreError, Transaction};

/// Whom a rule meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meets {
    Everybody,
    Guests,
    /// Groups that are made from now on.
    NewGroups,
}

/// One rule of the organisation's policy.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleFact {
    pub name: String,
    pub value: Value,
    /// What holds until somebody says otherwise.
    pub standard: Value,
    pub since: Time,
    pub meets: Meets,
    pub accounts: u64,
    /// It could watch staff, and is off until somebody switches it on.
    pub watches: bool,
}

/// A group with rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFact {
    pub group: ManagedGroup,
    pub members: usize,
    pub since: Time,
}

/// All rules that hold.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyFacts {
    pub version: u32,
    pub rules: Vec<RuleFact>,
    pub groups: Vec<GroupFact>,
}

/// Could watch staff (BayPVG 75a): off until somebody switches it on.
const WATCHES: [&str; 4] = ["read_receipts", "presence", "typing", "location"];

/// As the audit log calls a change of a group's rules; the store looks for it.
const CHANGED: &str = "group.policy";

impl Desk<'_, '_> {
    /// Puts a policy of its own in force in one group.
    ///
    /// # Errors
    /// When a value is out of its range, or the group is closed.
    pub fn set_group_policy(
        &mut self,
        id: GroupId,
        policy: GroupPolicy,
        expected: Option<u32>,
    ) -> Outcome<ManagedGroup> {
        let mut group = self.open_group(id)?;
        unchanged(expected, group.revision)?;
        if policy.retention_days.is_some_and(|days| !(1..=3_650).contains(&days)) {
            return Err(Problem::field(
                "retention_days",
                "must be from 1 to 3650, or null for the organisation's",
            ));
        }
        if policy.max_attachment.is_some_and(|most| most > limits::MAX_BLOB) {
            return Err(Problem::field(
                "max_attachment",
                "must be at most 104857600 bytes (100 MiB), or null for the organisation's",
            ));
        }
        group.policy = policy;
        group.revision += 1;
        self.work.tx.update_managed_group(&group)?;
        self.note(CHANGED, id)?;
        Ok(group)
    }

    /// Every rule that holds, since when, and whom it meets.
    ///
    /// # Errors
    /// `Forbidden` for roles that cover a unit.
    pub fn policy_facts(&self) -> Outcome<PolicyFacts> {
        self.whole()?;
        let history = self.history()?;
        let (newest, _) = history.last().ok_or_else(|| Problem::missing("policy"))?;
        let standard = fields(&Policy::standard(self.organisation));
        let counts = self.work.tx.account_counts(self.organisation)?;
        let count = |guests: bool| {
            let kinds = counts
                .iter()
                .filter(|(kind, ..)| !guests || *kind == AccountKind::Guest);
            kinds.map(|(.., count)| count).sum()
        };
        let mut rules = Vec::new();
        for (name, value) in fields(newest) {
            let meets = match name.as_str() {
                "guest_warning_days" => Meets::Guests,
                "hybrid_bound" => Meets::NewGroups,
                _ => Meets::Everybody,
            };
            rules.push(RuleFact {
                since: since(&history, &name, &value),
                standard: find(&standard, &name),
                watches: WATCHES.contains(&name.as_str()),
                accounts: count(meets == Meets::Guests),
                name,
                value,
                meets,
            });
        }
        Ok(PolicyFacts {
            version: newest.version,
            rules,
            groups: self.group_facts()?,
        })
    }

    /// All policies there were, oldest first, and since when each held.
    fn history(&self) -> Outcome<Vec<(Policy, Time)>> {
        let created = self.own_organisation()?.created;
        let mut all = Vec::new();
        for (signed, time) in self.work.tx.policy_history(self.organisation)? {
            let signed: Signed<Policy> = cbor::decode(&signed).map_err(|_| StoreError::Damaged("a policy"))?;
            let policy = signed.peek().map_err(|_| StoreError::Damaged("a policy"))?;
            all.push((policy, time.unwrap_or(created)));
        }
        Ok(all)
    }

    fn group_facts(&self) -> Outcome<Vec<GroupFact>> {
        let changed = self.work.tx.group_policies_since(self.organisation)?;
        let mut facts = Vec::new();
        let mut page = Page::first(Page::<GroupId>::MAX);
        loop {
            let part = self.work.tx.managed_groups(self.organisation, None, page)?;
            page.after = part.last().map(|group| group.id);
            let is_last = part.len() < page.limit as usize;
            for group in part {
                if !group.closed && group.policy != GroupPolicy::default() {
                    facts.push(GroupFact {
                        members: self.work.tx.members(group.id)?.len(),
                        since: changed.get(&group.id.to_string()).copied().unwrap_or(group.created),
                        group,
                    });
                }
            }
            if is_last {
                return Ok(facts);
            }
        }
    }
}

/// The rules of a policy by their names in the API.
fn fields(policy: &Policy) -> Vec<(String, Value)> {
    let Ok(Value::Object(fields)) = serde_json::to_value(policy) else {
        return Vec::new();
    };
    let fields = fields.into_iter();
    fields
        .filter(|(name, _)| !matches!(name.as_str(), "organisation" | "version"))
        .collect()
}

fn find(fields: &[(String, Value)], name: &str) -> Value {
    let found = fields.iter().find(|(of, _)| of == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Since when a rule has had the value that it has now.
fn since(history: &[(Policy, Time)], name: &str, value: &Value) -> Time {
    let same = history
        .iter()
        .rev()
        .take_while(|(policy, _)| find(&fields(policy), name) == *value);
    same.last().map(|(_, time)| *time).unwrap_or_default()
}

/// What holds in a group besides the organisation's policy; private ones have nothing of their own.
///
/// # Errors
/// When the storage fails.
pub(crate) fn of_group(tx: &dyn Transaction, group: GroupId) -> crate::store::Stored<GroupPolicy> {
    Ok(tx.managed_group(group)?.map(|row| row.policy).unwrap_or_default())
}
