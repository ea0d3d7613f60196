// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One action on many accounts in JSON.

use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, GroupId, OperationId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccountBody, DeletionBody, Stamp, account_kind, change};
use crate::directory::types::{AccountFilter, AccountStatus};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkVerb {
    Suspend,
    Resume,
    /// Needs `unit`.
    Move,
    Delete,
    /// With `expires`, until then.
    Invite,
    /// Needs `ends`: guests get another end.
    End,
}

/// Which accounts, as in the list of accounts.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterBody {
    pub query: Option<String>,
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    pub below: bool,
    #[schema(schema_with = account_kind)]
    pub kind: Option<AccountKind>,
    pub status: Option<AccountStatus>,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
}

impl From<FilterBody> for AccountFilter {
    fn from(body: FilterBody) -> Self {
        Self {
            query: body.query.filter(|query| !query.trim().is_empty()),
            unit: body.unit,
            below: body.below,
            kind: body.kind,
            status: body.status,
            operation: body.operation,
        }
    }
}

/// One action on up to 5,000 accounts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// These accounts; or all that fit `filter`.
    #[schema(value_type = Option<Vec<String>>)]
    pub accounts: Option<Vec<AccountId>>,
    pub filter: Option<FilterBody>,
    pub action: BulkVerb,
    /// For `move`; null: into no unit.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    pub unit: Option<Option<UnitId>>,
    pub ends: Option<Stamp>,
    pub expires: Option<Stamp>,
    /// Say what would follow, and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What one action did, or with `dry_run` would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    pub dry_run: bool,
    pub action: BulkVerb,
    pub accounts: usize,
    /// The others were so already.
    pub changed: usize,
    /// To how many it can't be done. Without `dry_run`, one is enough for the whole to be refused.
    pub problems: usize,
    /// Devices that are cut off.
    pub devices: u64,
    /// Groups that somebody leaves.
    pub groups: usize,
    /// Operations that somebody belongs to.
    #[schema(value_type = Vec<String>)]
    pub operations: Vec<OperationId>,
    pub items: Vec<ConsequenceBody>,
}

/// What becomes of one account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsequenceBody {
    /// As it is afterwards; as it was, when it is deleted.
    pub account: AccountBody,
    pub changed: bool,
    pub groups_left: Vec<GroupName>,
    pub groups_joined: Vec<GroupName>,
    /// Direct chats and private groups.
    pub chats_left: u32,
    pub devices: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub invitation: Option<BulkInvitation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deletion: Option<DeletionBody>,
    /// Why it can't be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub problem: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GroupName {
    #[schema(value_type = String)]
    pub id: GroupId,
    pub name: String,
}

/// A link that was just made; shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkInvitation {
    pub link: String,
    pub expires: Stamp,
}
