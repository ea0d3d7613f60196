// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The overview, one person's export, and the retention table in JSON.

use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{DirectoryGroupId, GroupId, OperationId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{AccountBody, AuditBody, DeviceBody, InvitationBody, PolicyBody, Stamp, account_kind};
use crate::directory::types::AccountStatus;

/// The organisation in numbers. Aggregates only: nobody's behaviour.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewBody {
    /// Of the server program.
    pub version: &'static str,
    pub time: Stamp,
    pub uptime_seconds: u64,
    pub accounts: Vec<AccountCount>,
    /// Guests who end within seven days.
    pub guests_ending: u64,
    pub operations: OperationCount,
    /// Groups and channels that are open.
    pub groups: u64,
    pub queue: QueueBody,
    /// Messages that the organisation's groups took in each of the last 24 hours, since the server started.
    pub hours: Vec<HourBody>,
    /// Missing when other organisations are on the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub storage: Option<StorageBody>,
    pub admins: AdminCount,
    /// What became of pushes in the last 24 hours, since the server started. Missing when other organisations are on the
    /// server, or when it doesn't push.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pushes: Option<PushBody>,
    /// The certificate of the server's own address, looked at once a day. Missing when the server has no `https` address, or
    /// has not looked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub certificate: Option<CertificateBody>,
    /// The last `melder backup`; null: none that the server knows of.
    pub backup: Option<BackupBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PushBody {
    /// The push service took it.
    pub taken: u64,
    /// It did not, or was not reached; tried again.
    pub failed: u64,
    /// It knows the device no more.
    pub gone: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateBody {
    pub checked: Stamp,
    /// Null: nobody answered with a certificate.
    pub ends: Option<Stamp>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BackupBody {
    pub time: Stamp,
    pub bytes: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AccountCount {
    #[schema(schema_with = account_kind)]
    pub kind: AccountKind,
    pub status: AccountStatus,
    pub count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OperationCount {
    pub running: u64,
    /// Within seven days.
    pub ending: u64,
}

/// What waits in groups until every device has fetched it.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueBody {
    pub groups: u64,
    pub entries: u64,
    /// How long the oldest has waited. Days are usual: a phone may be off.
    pub oldest_seconds: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HourBody {
    /// Its beginning.
    pub hour: Stamp,
    pub messages: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StorageBody {
    /// Messages that wait, and the directory.
    pub database_bytes: u64,
    pub attachment_bytes: u64,
    pub connections: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AdminCount {
    pub total: u64,
    /// Who has one passkey at most, and no recovery code.
    pub at_risk: u64,
}

/// Everything that the server holds of one person and can read. What they wrote is on their devices: the server holds only
/// ciphertext.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportBody {
    pub exported: Stamp,
    pub account: AccountBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub operation_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub badge: Option<BadgeBody>,
    pub devices: Vec<DeviceBody>,
    pub groups: Vec<MembershipBody>,
    pub invitations: Vec<InvitationBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub directory: Option<FromDirectory>,
    /// Sealed entries that wait in the inbox.
    pub inbox_entries: u64,
    pub attachments: u32,
    pub attachment_bytes: u64,
    /// What administrators did with the account.
    pub audit: Vec<AuditBody>,
}

/// What the organisation signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BadgeBody {
    pub name: String,
    pub unit: Vec<String>,
    pub function: Option<String>,
    pub issued: Stamp,
    pub expires: Stamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipBody {
    #[schema(value_type = String)]
    pub id: GroupId,
    #[schema(value_type = String)]
    pub kind: GroupKind,
    /// Of managed groups only: the others' names are on the devices.
    pub name: Option<String>,
    #[schema(value_type = String)]
    pub role: Role,
}

/// What the authority's own directory said.
#[derive(Debug, Serialize, ToSchema)]
pub struct FromDirectory {
    pub user_name: String,
    pub external_id: Option<String>,
    pub display_name: Option<String>,
    pub formatted: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub department: Option<String>,
    pub groups: Vec<DirectoryName>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DirectoryName {
    #[schema(value_type = String)]
    pub id: DirectoryGroupId,
    pub name: String,
}

/// What is kept where and how long, from the configuration that holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrivacyBody {
    pub version: &'static str,
    pub organisation: String,
    pub retention: Vec<RetentionRow>,
    pub policy: PolicyBody,
    /// How long a guest's account lasts at most, in days.
    pub guest_longest_days: u64,
    #[schema(value_type = Vec<String>)]
    pub operations_running: Vec<OperationId>,
}

/// How long one kind of data is kept. All words are codes, to be translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RetentionRow {
    /// What: `messages_waiting`, `audit_log`, …
    pub data: &'static str,
    /// `server` or `device`.
    pub place: &'static str,
    /// Can the server read it?
    pub readable: bool,
    /// It goes with this event, if that is first: `fetched`, `account_deleted`, …
    pub until: Option<&'static str>,
    /// After so long at most; null: without a limit.
    pub seconds: Option<u64>,
    /// `policy`: the organisation sets it; `fixed`: the program does.
    pub set_by: &'static str,
}
