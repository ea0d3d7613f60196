// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations in JSON.

use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, GroupId, InvitationId, OperationId, Time, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Stamp, open_kind};
use crate::directory::approvals::Approval;
use crate::directory::types::{Invitation, InvitationStatus, InvitationTarget};

/// An invitation without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationBody {
    #[schema(value_type = String)]
    pub id: InvitationId,
    pub status: InvitationStatus,
    /// The prepared account; missing for an open invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub account: Option<AccountId>,
    /// What an open invitation gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateBody>,
    pub created: Stamp,
    pub expires: Stamp,
    /// How often it was taken, of how often it can be.
    pub used: u32,
    pub limit: u32,
}

impl InvitationBody {
    pub(in crate::admin) fn new(row: Invitation, now: Time) -> Self {
        let (status, limit) = (row.status(now), row.limit());
        let (account, template) = match row.target {
            InvitationTarget::Account { account } => (Some(account), None),
            InvitationTarget::Open(template) => (
                None,
                Some(TemplateBody {
                    kind: template.kind,
                    unit: template.unit,
                    operation: template.operation,
                    groups: template.groups,
                    ends: template.ends.map(Stamp),
                    for_existing: template.for_existing,
                    approval: template.approval,
                }),
            ),
        };
        Self {
            id: row.id,
            status,
            account,
            template,
            created: Stamp(row.created),
            expires: Stamp(row.expires),
            used: row.used,
            limit,
        }
    }
}

/// What an open invitation gives.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateBody {
    #[schema(schema_with = open_kind)]
    pub kind: AccountKind,
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    #[schema(value_type = Vec<String>)]
    pub groups: Vec<GroupId>,
    pub ends: Option<Stamp>,
    pub for_existing: bool,
    /// Somebody at the desk lets each of them in (`/v1/admin/approvals`).
    pub approval: bool,
}

/// An open invitation (a poster) to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    #[schema(schema_with = open_kind)]
    pub kind: AccountKind,
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    /// Groups that whoever takes it joins.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub groups: Vec<GroupId>,
    /// When the guests end; without it they end with the operation.
    pub ends: Option<Stamp>,
    /// How often it can be taken.
    #[schema(minimum = 1, maximum = 10_000)]
    pub limit: u32,
    /// An existing account, also of another organisation, may take it instead and joins the groups.
    #[serde(default)]
    pub for_existing: bool,
    /// Whoever takes it has an account, and is in no group until somebody at the desk lets them in.
    #[serde(default)]
    pub approval: bool,
    /// Until when it can be taken: two weeks when nothing is said, and not after the operation's end.
    pub expires: Option<Stamp>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpiryRequest {
    /// Until when the invitation can be taken: two weeks when nothing is said.
    pub expires: Option<Stamp>,
}

/// An invitation with its link, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewInvitationBody {
    pub invitation: InvitationBody,
    /// The secret is in the part after `#`, which no browser sends to a server.
    pub link: String,
    /// The link as a QR code: an SVG, dark on white.
    pub qr_svg: String,
}

/// Somebody who has taken a poster that asks for approval, and waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalBody {
    #[schema(value_type = String)]
    pub invitation: InvitationId,
    #[schema(value_type = String)]
    pub account: AccountId,
    /// As the person called themselves.
    pub name: String,
    #[schema(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    /// Groups that they would come into.
    #[schema(value_type = Vec<String>)]
    pub groups: Vec<GroupId>,
    pub since: Stamp,
    /// The account was made by this poster: refused, it goes.
    pub newcomer: bool,
    /// Of another organisation.
    pub foreign: bool,
}

impl From<Approval> for ApprovalBody {
    fn from(approval: Approval) -> Self {
        Self {
            invitation: approval.row.invitation,
            account: approval.row.account,
            name: approval.account.name,
            operation: approval.operation,
            groups: approval.groups,
            since: Stamp(approval.row.time),
            newcomer: approval.row.newcomer,
            foreign: approval.foreign,
        }
    }
}
