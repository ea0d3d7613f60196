// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Managed groups and their rules in JSON.

use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, DirectoryGroupId, GroupId, OperationId, Suite, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{GroupPolicyBody, Stamp, change, group_kind, role, suite};
use crate::directory::groups::MemberLine;
use crate::directory::types::{AccountRule, DirectoryRule, FunctionRule, ManagedGroup, Rules, UnitRule};

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupBody {
    #[schema(value_type = String)]
    pub id: GroupId,
    #[schema(schema_with = group_kind)]
    pub kind: GroupKind,
    pub name: String,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    #[schema(schema_with = suite)]
    pub suite: Suite,
    /// What holds here beyond the organisation's policy.
    pub policy: GroupPolicyBody,
    pub closed: bool,
    pub created: Stamp,
    pub revision: u32,
}

impl From<ManagedGroup> for GroupBody {
    fn from(row: ManagedGroup) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            operation: row.operation,
            suite: row.suite,
            policy: row.policy.into(),
            closed: row.closed,
            created: Stamp(row.created),
            revision: row.revision,
        }
    }
}

/// Everybody in a unit has this role.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitRuleBody {
    #[schema(value_type = String)]
    pub unit: UnitId,
    /// Also those in the units below; true when nothing is said.
    #[serde(default = "yes")]
    pub sub_units: bool,
    #[serde(default = "member")]
    #[schema(schema_with = role)]
    pub role: Role,
}

/// This account has this role.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRuleBody {
    #[schema(value_type = String)]
    pub account: AccountId,
    #[serde(default = "member")]
    #[schema(schema_with = role)]
    pub role: Role,
}

/// Everybody in a group of the authority's own directory has this role.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryRuleBody {
    #[schema(value_type = String)]
    pub group: DirectoryGroupId,
    #[serde(default = "member")]
    #[schema(schema_with = role)]
    pub role: Role,
}

/// Everybody with this function has this role.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionRuleBody {
    /// As accounts have it; upper and lower case don't matter.
    #[schema(max_length = 120)]
    pub function: String,
    #[serde(default = "member")]
    #[schema(schema_with = role)]
    pub role: Role,
}

/// A function that accounts have.
#[derive(Debug, Serialize, ToSchema)]
pub struct FunctionBody {
    pub function: String,
    pub accounts: u64,
}

const fn yes() -> bool {
    true
}

const fn member() -> Role {
    Role::Member
}

/// Who is in a group. Where several rules give an account a role, the highest holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesBody {
    pub units: Vec<UnitRuleBody>,
    pub accounts: Vec<AccountRuleBody>,
    /// Groups of the authority's own directory (`GET /v1/admin/directory`).
    pub directory: Vec<DirectoryRuleBody>,
    /// Functions, wherever in the organisation somebody has them (`GET /v1/admin/functions`).
    pub functions: Vec<FunctionRuleBody>,
}

impl From<Rules> for RulesBody {
    fn from(rules: Rules) -> Self {
        let unit = |rule: UnitRule| UnitRuleBody {
            unit: rule.unit,
            sub_units: rule.sub_units,
            role: rule.role,
        };
        let account = |rule: AccountRule| AccountRuleBody {
            account: rule.account,
            role: rule.role,
        };
        let directory = |rule: DirectoryRule| DirectoryRuleBody {
            group: rule.group,
            role: rule.role,
        };
        let function = |rule: FunctionRule| FunctionRuleBody {
            function: rule.function,
            role: rule.role,
        };
        Self {
            units: rules.units.into_iter().map(unit).collect(),
            accounts: rules.accounts.into_iter().map(account).collect(),
            directory: rules.directory.into_iter().map(directory).collect(),
            functions: rules.functions.into_iter().map(function).collect(),
        }
    }
}

impl From<RulesBody> for Rules {
    fn from(rules: RulesBody) -> Self {
        let unit = |rule: UnitRuleBody| UnitRule {
            unit: rule.unit,
            sub_units: rule.sub_units,
            role: rule.role,
        };
        let account = |rule: AccountRuleBody| AccountRule {
            account: rule.account,
            role: rule.role,
        };
        let directory = |rule: DirectoryRuleBody| DirectoryRule {
            group: rule.group,
            role: rule.role,
        };
        let function = |rule: FunctionRuleBody| FunctionRule {
            function: rule.function,
            role: rule.role,
        };
        Self {
            units: rules.units.into_iter().map(unit).collect(),
            accounts: rules.accounts.into_iter().map(account).collect(),
            directory: rules.directory.into_iter().map(directory).collect(),
            functions: rules.functions.into_iter().map(function).collect(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupRequest {
    #[schema(schema_with = group_kind)]
    pub kind: GroupKind,
    #[schema(max_length = 120)]
    pub name: String,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    /// Missing: by the number of accounts, see the policy's `hybrid_bound`.
    #[schema(schema_with = suite, required = false)]
    pub suite: Option<Suite>,
    #[serde(default)]
    pub rules: RulesBody,
}

/// What is missing stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupPatch {
    pub name: Option<String>,
    /// null: of no operation.
    #[serde(deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    pub operation: Option<Option<OperationId>>,
}

/// A group of the authority's own directory.
#[derive(Debug, Serialize, ToSchema)]
pub struct DirectoryGroupBody {
    #[schema(value_type = String)]
    pub id: DirectoryGroupId,
    pub name: String,
    /// How many accounts are in it.
    pub members: usize,
    /// The groups and channels that follow it.
    #[schema(value_type = Vec<String>)]
    pub groups: Vec<GroupId>,
}

/// A member of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberBody {
    #[schema(value_type = String)]
    pub account: AccountId,
    #[schema(schema_with = role)]
    pub role: Role,
    pub name: String,
    /// Of another organisation: there by its own consent.
    pub foreign: bool,
}

impl From<MemberLine> for MemberBody {
    fn from(line: MemberLine) -> Self {
        Self {
            account: line.account,
            role: line.role,
            name: line.name,
            foreign: line.foreign,
        }
    }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleRequest {
    /// `member` when nothing is said.
    #[schema(schema_with = role, required = false)]
    pub role: Option<Role>,
}
