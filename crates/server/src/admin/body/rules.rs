// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A group's own policy, every rule that holds, and what an account is in, in JSON.

use melder_protocol::roster::Role;
use melder_protocol::{DirectoryGroupId, GroupId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Stamp, role};
use crate::directory::belonging::{Because, Belonging};
use crate::directory::policies::{GroupFact, Meets, PolicyFacts, RuleFact};
use crate::directory::types::{Alarms, GroupPolicy};

/// What holds in one group beyond the organisation's policy: the stricter of the two counts.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupPolicyBody {
    /// Days after which the server drops the group's entries and attachments, fetched or not; null: the organisation's.
    #[schema(minimum = 1, maximum = 3650)]
    pub retention_days: Option<u16>,
    /// Bytes; 0: no attachments; null: the organisation's.
    #[schema(maximum = 104_857_600)]
    pub max_attachment: Option<u64>,
    /// Whose alarms wake devices.
    pub alarms: Alarms,
}

impl From<GroupPolicy> for GroupPolicyBody {
    fn from(policy: GroupPolicy) -> Self {
        Self {
            retention_days: policy.retention_days,
            max_attachment: policy.max_attachment,
            alarms: policy.alarms,
        }
    }
}

impl From<GroupPolicyBody> for GroupPolicy {
    fn from(policy: GroupPolicyBody) -> Self {
        Self {
            retention_days: policy.retention_days,
            max_attachment: policy.max_attachment,
            alarms: policy.alarms,
        }
    }
}

/// Every rule that holds, since when, and whom it meets.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyFactsBody {
    pub version: u32,
    pub rules: Vec<RuleFactBody>,
    /// Groups with rules of their own.
    pub groups: Vec<GroupFactBody>,
}

/// One rule of the organisation's policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleFactBody {
    /// As in the policy.
    pub name: String,
    pub value: serde_json::Value,
    /// What holds until somebody says otherwise.
    pub standard: serde_json::Value,
    pub since: Stamp,
    pub meets: MeetsBody,
    /// How many accounts it meets now.
    pub accounts: u64,
    /// It could watch staff, and is off until somebody switches it on.
    pub watches: bool,
}

/// Whom a rule meets.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeetsBody {
    Everybody,
    Guests,
    /// Groups that are made from now on.
    NewGroups,
}

/// A group with rules of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupFactBody {
    #[schema(value_type = String)]
    pub group: GroupId,
    pub name: String,
    pub policy: GroupPolicyBody,
    pub since: Stamp,
    pub members: usize,
}

impl From<PolicyFacts> for PolicyFactsBody {
    fn from(facts: PolicyFacts) -> Self {
        Self {
            version: facts.version,
            rules: facts.rules.into_iter().map(RuleFactBody::from).collect(),
            groups: facts.groups.into_iter().map(GroupFactBody::from).collect(),
        }
    }
}

impl From<RuleFact> for RuleFactBody {
    fn from(fact: RuleFact) -> Self {
        Self {
            name: fact.name,
            value: fact.value,
            standard: fact.standard,
            since: Stamp(fact.since),
            meets: match fact.meets {
                Meets::Everybody => MeetsBody::Everybody,
                Meets::Guests => MeetsBody::Guests,
                Meets::NewGroups => MeetsBody::NewGroups,
            },
            accounts: fact.accounts,
            watches: fact.watches,
        }
    }
}

impl From<GroupFact> for GroupFactBody {
    fn from(fact: GroupFact) -> Self {
        Self {
            group: fact.group.id,
            name: fact.group.name,
            policy: fact.group.policy.into(),
            since: Stamp(fact.since),
            members: fact.members,
        }
    }
}

/// A group that an account is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct BelongingBody {
    #[schema(value_type = String)]
    pub group: GroupId,
    pub name: String,
    pub channel: bool,
    #[schema(schema_with = role)]
    pub role: Role,
    /// The rules that bring it in.
    pub because: Vec<BecauseBody>,
}

/// What brings an account into a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum BecauseBody {
    Unit {
        #[schema(value_type = String)]
        unit: UnitId,
        name: String,
    },
    Function {
        function: String,
    },
    Directory {
        #[schema(value_type = String)]
        group: DirectoryGroupId,
        name: String,
    },
    /// It is named in the rules itself.
    Named,
}

impl From<Belonging> for BelongingBody {
    fn from(belonging: Belonging) -> Self {
        let because = belonging.because.into_iter().map(|because| match because {
            Because::Unit { unit, name } => BecauseBody::Unit { unit, name },
            Because::Function { function } => BecauseBody::Function { function },
            Because::Directory { group, name } => BecauseBody::Directory { group, name },
            Because::Named => BecauseBody::Named,
        });
        Self {
            group: belonging.group.id,
            channel: belonging.group.kind == melder_protocol::roster::GroupKind::Channel,
            name: belonging.group.name,
            role: belonging.role,
            because: because.collect(),
        }
    }
}
