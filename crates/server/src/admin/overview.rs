// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The overview, one person's export, the retention table.

use axum::Json;
use axum::extract::State;
use melder_protocol::policy::Policy;
use melder_protocol::{AccountId, Time};

use super::Here;
use super::answer::Answer;
use super::ask::{Caller, Id};
use super::body::{
    AccountBody, AccountCount, AdminCount, AuditBody, BackupBody, BadgeBody, CertificateBody, DeviceBody,
    DirectoryName, ExportBody, FromDirectory, HourBody, InvitationBody, MembershipBody, OperationCount, OverviewBody,
    PrivacyBody, PushBody, QueueBody, RetentionRow, Stamp, StorageBody,
};
use super::door::CHALLENGE;
use crate::directory::admins::{AT_ONCE, INVITED, SESSION_LONGEST};
use crate::directory::invitations;
use crate::directory::overview::Export;
use crate::directory::types::{Page, Scope};
use crate::directory::{Desk, accounts};

const ANY: &[Scope] = &[Scope::Accounts, Scope::Groups, Scope::Operations, Scope::Audit];
const ACCOUNTS: &[Scope] = &[Scope::Accounts];

/// The organisation in numbers: what needs attention. Any scope, for the whole organisation.
#[utoipa::path(get, path = "/v1/admin/overview", tag = "overview", operation_id = "overview",
    responses((status = 200, body = OverviewBody)))]
pub async fn overview(State(api): Here, caller: Caller) -> Answer<Json<OverviewBody>> {
    let connections = api.handle.connections();
    let uptime_seconds = api.handle.uptime().as_secs();
    let backup = api.handle.last_backup().await.map(|backup| BackupBody {
        time: Stamp(backup.time),
        bytes: backup.bytes,
    });
    let certificate = api.handle.shared.keeping.certificate().map(|seen| CertificateBody {
        checked: Stamp(seen.checked),
        ends: seen.ends.map(Stamp),
    });
    let body = api
        .desk(caller, ANY, move |desk| {
            let seen = desk.overview()?;
            let now = desk.work.now;
            let count = |(kind, status, count)| AccountCount { kind, status, count };
            Ok(OverviewBody {
                version: env!("CARGO_PKG_VERSION"),
                time: Stamp(now),
                uptime_seconds,
                accounts: seen.accounts.into_iter().map(count).collect(),
                guests_ending: seen.guests_ending,
                operations: OperationCount {
                    running: seen.operations_running,
                    ending: seen.operations_ending,
                },
                groups: seen.groups,
                queue: QueueBody {
                    groups: seen.waiting.groups,
                    entries: seen.waiting.entries,
                    oldest_seconds: seen.waiting.oldest.map(|oldest| now.since(oldest) / Time::SECOND),
                },
                hours: seen
                    .hours
                    .into_iter()
                    .map(|(hour, messages)| HourBody {
                        hour: Stamp(hour),
                        messages,
                    })
                    .collect(),
                storage: seen.stored.map(|(database_bytes, attachment_bytes)| StorageBody {
                    database_bytes,
                    attachment_bytes,
                    connections,
                }),
                admins: AdminCount {
                    total: seen.admins,
                    at_risk: seen.admins_at_risk,
                },
                pushes: seen.pushes.map(|counts| PushBody {
                    taken: counts.taken,
                    failed: counts.failed,
                    gone: counts.gone,
                }),
                certificate,
                backup,
            })
        })
        .await?;
    Ok(Json(body))
}

pub(super) fn exported(desk: &Desk<'_, '_>, export: Export) -> ExportBody {
    let now = desk.work.now;
    let directory = export.provisioned.map(|row| FromDirectory {
        user_name: row.user_name,
        external_id: row.external,
        display_name: row.attributes.display,
        formatted: row.attributes.formatted,
        given_name: row.attributes.given_name,
        family_name: row.attributes.family_name,
        department: row.attributes.department,
        groups: Vec::new(),
    });
    let groups = export.directory_groups.into_iter().map(|group| DirectoryName {
        id: group.id,
        name: group.name,
    });
    let groups: Vec<DirectoryName> = groups.collect();
    ExportBody {
        exported: Stamp(now),
        account: AccountBody::new(export.account, &export.unit),
        operation_name: export.operation.map(|(_, name)| name),
        badge: export.badge.map(|badge| BadgeBody {
            name: badge.name,
            unit: badge.unit,
            function: badge.function,
            issued: Stamp(badge.issued),
            expires: Stamp(badge.expires),
        }),
        devices: export.devices.into_iter().map(DeviceBody::from).collect(),
        groups: export
            .memberships
            .into_iter()
            .map(|row| MembershipBody {
                id: row.group,
                kind: row.kind,
                name: row.name,
                role: row.role,
            })
            .collect(),
        invitations: export
            .invitations
            .into_iter()
            .map(|row| InvitationBody::new(row, now))
            .collect(),
        directory: directory.map(|row| FromDirectory { groups, ..row }),
        inbox_entries: export.inbox,
        attachments: export.attachments,
        attachment_bytes: export.attachment_bytes,
        // Which colleague it was is theirs, not this person's.
        audit: export
            .audit
            .into_iter()
            .map(|line| AuditBody::new(line, None))
            .collect(),
    }
}

/// Everything that the server holds of one person and can read (Art. 15 GDPR). That it was given out stands in the audit
/// log. Scope `accounts`.
#[utoipa::path(get, path = "/v1/admin/accounts/{id}/export", tag = "privacy", operation_id = "export_account", params(("id" = String, Path)),
    responses((status = 200, body = ExportBody)))]
pub async fn export(State(api): Here, caller: Caller, Id(id): Id<AccountId>) -> Answer<Json<ExportBody>> {
    let body = api
        .desk(caller, ACCOUNTS, move |desk| {
            let export = desk.export_account(id)?;
            Ok(exported(desk, export))
        })
        .await?;
    Ok(Json(body))
}

const fn row(data: &'static str, until: Option<&'static str>, seconds: Option<u64>) -> RetentionRow {
    RetentionRow {
        data,
        place: "server",
        readable: true,
        until,
        seconds,
        set_by: "fixed",
    }
}

/// What is kept how long. Each row is what the program does with this policy, not what it should.
pub(super) fn retention(policy: &Policy, push: bool) -> Vec<RetentionRow> {
    let days = |days: u16| u64::from(days) * Time::DAY / Time::SECOND;
    let on_server = days(policy.server_retention_days);
    let sealed = |data, until| RetentionRow {
        readable: false,
        set_by: "policy",
        ..row(data, until, Some(on_server))
    };
    let second = Time::SECOND;
    let pushes = push.then(|| row("push_addresses", Some("device_removed"), None));
    let mut rows = vec![
        sealed("messages_waiting", Some("fetched")),
        sealed("attachments", None),
        RetentionRow {
            place: "device",
            seconds: policy.device_retention_days.map(days),
            ..sealed("messages_on_devices", Some("deleted_by_person"))
        },
        row("account", Some("account_deleted"), None),
        RetentionRow {
            until: Some("guest_end"),
            ..row("guest_account", None, Some(accounts::MAX_GUEST / second))
        },
        row("devices_and_keys", Some("account_deleted"), None),
        row("last_used_by_day", Some("account_deleted"), None),
        row("read_positions", Some("left_group"), None),
        row("group_membership", Some("left_group"), None),
        row("invitation_links", Some("used"), Some(invitations::LONGEST / second)),
        row("directory_attributes", Some("account_deleted"), None),
        row("deletion_records", None, None),
        row("audit_log", None, None),
        row("admin_sessions", Some("logged_out"), Some(SESSION_LONGEST / second)),
        row("admin_challenges", Some("used"), Some(CHALLENGE / second)),
        row("admin_links", Some("used"), Some(INVITED / second)),
        row("admin_recovery_links", Some("used"), Some(AT_ONCE / second)),
        row("admin_passkeys", Some("admin_removed"), None),
    ];
    rows.extend(pushes);
    rows
}

/// What is kept where and how long, from the configuration that holds, and what is switched on. Any scope.
#[utoipa::path(get, path = "/v1/admin/privacy", tag = "privacy", operation_id = "privacy",
    responses((status = 200, body = PrivacyBody)))]
pub async fn privacy(State(api): Here, caller: Caller) -> Answer<Json<PrivacyBody>> {
    let body = api
        .desk(caller, &[], move |desk| {
            let policy = desk.policy()?;
            let now = desk.work.now;
            let operations = desk.operations(Page::first(Page::<AccountId>::MAX))?;
            Ok(PrivacyBody {
                version: env!("CARGO_PKG_VERSION"),
                organisation: desk.own_organisation()?.name,
                retention: retention(&policy, desk.work.state.push.key.is_some()),
                guest_longest_days: accounts::MAX_GUEST / Time::DAY,
                operations_running: operations
                    .into_iter()
                    .filter(|row| row.summary.is_none() && row.ends > now)
                    .map(|row| row.id)
                    .collect(),
                policy: policy.into(),
            })
        })
        .await?;
    Ok(Json(body))
}
