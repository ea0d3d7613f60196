// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Operations, deletion records and the audit log in JSON.

use melder_protocol::deletion::{DeletionReason, DeletionRecord};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, GroupId, OperationId, Time, cbor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OrganisationBody, Stamp, reason};
use crate::directory::audit::AuditCheck;
use crate::directory::operations::WARNINGS;
use crate::directory::types::{Actor, AuditLine, Operation, OperationSummary, Phase};

/// An operation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationBody {
    #[schema(value_type = String)]
    pub id: OperationId,
    pub name: String,
    pub ends: Stamp,
    /// By their beginnings.
    pub phases: Vec<PhaseBody>,
    /// When the log and the desk say that the end is near.
    pub warnings: Vec<Stamp>,
    /// What the end did; missing while the operation runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub summary: Option<SummaryBody>,
    pub created: Stamp,
    pub revision: u32,
}

impl From<Operation> for OperationBody {
    fn from(row: Operation) -> Self {
        Self {
            id: row.id,
            name: row.name,
            ends: Stamp(row.ends),
            phases: row.phases.into_iter().map(PhaseBody::from).collect(),
            warnings: WARNINGS
                .into_iter()
                .map(|days| row.ends.minus(days * Time::DAY))
                .filter(|at| *at > row.created)
                .map(Stamp)
                .collect(),
            summary: row.summary.map(SummaryBody::from),
            created: Stamp(row.created),
            revision: row.revision,
        }
    }
}

/// A part of an operation that has a name and a day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseBody {
    #[schema(max_length = 120)]
    pub name: String,
    pub begins: Stamp,
}

impl From<Phase> for PhaseBody {
    fn from(phase: Phase) -> Self {
        Self {
            name: phase.name,
            begins: Stamp(phase.begins),
        }
    }
}

impl From<PhaseBody> for Phase {
    fn from(phase: PhaseBody) -> Self {
        Self {
            name: phase.name,
            begins: phase.begins.0,
        }
    }
}

/// What the end of an operation did.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryBody {
    pub ended: Stamp,
    pub guests_deleted: u32,
    /// Accounts from elsewhere, and private ones, that left the operation's groups.
    pub accounts_left: u32,
    pub groups_closed: u32,
    pub invitations_withdrawn: u32,
}

impl From<OperationSummary> for SummaryBody {
    fn from(summary: OperationSummary) -> Self {
        Self {
            ended: Stamp(summary.ended),
            guests_deleted: summary.guests_deleted,
            accounts_left: summary.accounts_left,
            groups_closed: summary.groups_closed,
            invitations_withdrawn: summary.invitations_withdrawn,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationRequest {
    #[schema(max_length = 120)]
    pub name: String,
    pub ends: Stamp,
    /// At most 20.
    #[serde(default)]
    pub phases: Vec<PhaseBody>,
}

/// What is missing stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OperationPatch {
    pub name: Option<String>,
    /// The guests who end with the operation move along.
    pub ends: Option<Stamp>,
    /// All of them anew.
    pub phases: Option<Vec<PhaseBody>>,
}

/// What was removed with an account, and the signed statement that says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletionBody {
    #[schema(value_type = String)]
    pub account: AccountId,
    pub time: Stamp,
    #[schema(schema_with = reason)]
    pub reason: DeletionReason,
    pub devices: u32,
    pub key_packages: u32,
    pub inbox_entries: u64,
    /// Groups that the account left.
    #[schema(value_type = Vec<String>)]
    pub groups: Vec<GroupId>,
    pub blobs: u32,
    pub blob_bytes: u64,
    pub invitations: u32,
    /// Chain links, badge and profile (name, unit, function).
    pub profile: bool,
    /// The CBOR of the `Signed<DeletionRecord>`, in base64: for who wants to check the signature.
    pub signed: String,
}

impl DeletionBody {
    /// `None` when the statement is damaged.
    pub(in crate::admin) fn new(signed: &Signed<DeletionRecord>) -> Option<Self> {
        let record = signed.peek().ok()?;
        Some(Self {
            account: record.account,
            time: Stamp(record.time),
            reason: record.reason,
            devices: record.devices,
            key_packages: record.key_packages,
            inbox_entries: record.inbox_entries,
            groups: record.groups,
            blobs: record.blobs,
            blob_bytes: record.blob_bytes,
            invitations: record.invitations,
            profile: record.profile,
            signed: data_encoding::BASE64.encode(&cbor::encode(signed)),
        })
    }
}

/// Deletion records as they are kept: `melder verify-deletion FILE` checks them without a server.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletionFile {
    /// `melder-deletions-1`.
    #[schema(example = "melder-deletions-1")]
    pub format: &'static str,
    pub organisation: OrganisationBody,
    /// The operation that ended, if it is its records alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub operation: Option<OperationBody>,
    pub records: Vec<DeletionBody>,
}

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditBody {
    pub sequence: u64,
    pub time: Stamp,
    /// The id of the admin or token that acted; missing: the server itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actor_kind: Option<ActorKind>,
    /// Its name, while it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actor_name: Option<String>,
    #[schema(example = "account.create")]
    pub action: String,
    /// Ids only.
    pub subject: String,
    /// What the actor named as the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    pub hash: String,
}

/// What acted.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    Admin,
    Token,
}

impl AuditBody {
    pub(in crate::admin) fn new(line: AuditLine, name: Option<String>) -> Self {
        let (actor, actor_kind) = match line.actor {
            Some(Actor::Admin(id)) => (Some(id.to_string()), Some(ActorKind::Admin)),
            Some(Actor::Token(id)) => (Some(id.to_string()), Some(ActorKind::Token)),
            None => (None, None),
        };
        Self {
            sequence: line.sequence,
            time: Stamp(line.time),
            actor,
            actor_kind,
            actor_name: name,
            reason: line.reason,
            action: line.action,
            subject: line.subject,
            hash: line.hash.to_string(),
        }
    }
}

/// The result of recomputing all hashes of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditCheckBody {
    pub lines: u64,
    pub intact: bool,
    /// The first line that does not fit those before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub broken_at: Option<u64>,
    /// The last line's hash: noted elsewhere, it proves later that nothing before it was changed.
    pub head: String,
}

impl From<AuditCheck> for AuditCheckBody {
    fn from(check: AuditCheck) -> Self {
        Self {
            lines: check.lines,
            intact: check.broken_at.is_none(),
            broken_at: check.broken_at,
            head: check.head.to_string(),
        }
    }
}
