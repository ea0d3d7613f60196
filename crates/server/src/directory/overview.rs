// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Looking over the organisation: numbers that say what needs attention, never what a person does; and everything that the
//! server holds of one person, for that person (Art. 15 GDPR).

use melder_protocol::account::{AccountKind, Badge};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, GroupId, LogId, OperationId, Sequence, Time, cbor};

use super::desk::Desk;
use super::devices::DeviceLine;
use super::problem::Outcome;
use super::types::{Account, AccountStatus, AuditLine, DirectoryGroup, Invitation, Page, Provisioned};
use crate::push::Counts as PushCounts;

/// What ends within this time is named.
pub const SOON: u64 = 7 * Time::DAY;
/// Lines of the audit log in one person's export.
const MAX_LINES: u32 = 10_000;

/// How many accounts of a kind are so.
pub type Counts = Vec<(AccountKind, AccountStatus, u64)>;

/// Entries that wait until every device has fetched them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Groups in whose logs something waits.
    pub groups: u64,
    pub entries: u64,
    /// The oldest.
    pub oldest: Option<Time>,
}

/// The organisation in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub accounts: Counts,
    /// Guests who end within a week.
    pub guests_ending: u64,
    pub operations_running: u64,
    pub operations_ending: u64,
    pub groups: u64,
    pub waiting: Waiting,
    /// Beginning of the hour, messages.
    pub hours: Vec<(Time, u64)>,
    /// Bytes of messages and the directory; bytes of attachments. Of the whole server.
    pub stored: Option<(u64, u64)>,
    /// What became of pushes in 24 hours. Of the whole server; none where it doesn't push.
    pub pushes: Option<PushCounts>,
    pub admins: u64,
    /// Admins who could not come in any more without their one passkey.
    pub admins_at_risk: u64,
}

/// A group that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub group: GroupId,
    pub kind: GroupKind,
    /// Of managed groups only: the others' names are on the devices.
    pub name: Option<String>,
    pub role: Role,
}

/// Everything that the server holds of one person and can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    pub account: Account,
    pub unit: Vec<String>,
    pub operation: Option<(OperationId, String)>,
    pub badge: Option<Badge>,
    pub devices: Vec<DeviceLine>,
    pub memberships: Vec<Membership>,
    pub invitations: Vec<Invitation>,
    pub provisioned: Option<Provisioned>,
    pub directory_groups: Vec<DirectoryGroup>,
    /// Sealed entries that wait in the inbox.
    pub inbox: u64,
    pub attachments: u32,
    pub attachment_bytes: u64,
    pub audit: Vec<AuditLine>,
}

impl Desk<'_, '_> {
    fn waiting(&self, log: LogId) -> Outcome<(u64, Option<Time>)> {
        let head = self.work.tx.head(log)?;
        let first = self.work.tx.first(log)?;
        if first > head {
            return Ok((0, None));
        }
        let oldest = self.work.tx.entry(log, first)?.map(|entry| entry.time);
        Ok((head.0 - first.0 + 1, oldest))
    }

    fn operations_in_numbers(&self) -> Outcome<(u64, u64)> {
        let now = self.work.now;
        let (mut running, mut ending) = (0, 0);
        // Latest end first: the first one that is over is the last that counts.
        let mut page = Page::first(Page::<OperationId>::MAX);
        loop {
            let part = self.work.tx.operations(self.organisation, page)?;
            for operation in &part {
                let runs = operation.summary.is_none() && operation.ends > now;
                running += u64::from(runs);
                ending += u64::from(runs && operation.ends.since(now) <= SOON);
            }
            match part.last() {
                Some(last) if part.len() == page.limit as usize && last.ends > now => page.after = Some(last.id),
                _ => return Ok((running, ending)),
            }
        }
    }

    /// The organisation in numbers.
    ///
    /// # Errors
    /// `Forbidden` for roles that cover a unit alone.
    pub fn overview(&self) -> Outcome<Overview> {
        self.whole()?;
        let now = self.work.now;
        let mut waiting = Waiting::default();
        let groups = self.work.tx.groups_of_organisation(self.organisation)?;
        for row in &groups {
            let (entries, oldest) = self.waiting(LogId::Group(row.group))?;
            waiting.entries += entries;
            waiting.groups += u64::from(entries > 0);
            waiting.oldest = [waiting.oldest, oldest].into_iter().flatten().min();
        }
        let mut guests_ending = 0;
        for account in self.work.tx.accounts_ending(now.plus(SOON), u32::MAX)? {
            guests_ending += u64::from(account.organisation == self.organisation);
        }
        let (operations_running, operations_ending) = self.operations_in_numbers()?;
        // How much the server holds is another's business where others are on it.
        let is_alone = self.work.tx.organisations(Page::first(2))?.len() == 1;
        let stored = if is_alone {
            Some(self.work.tx.stored_bytes()?)
        } else {
            None
        };
        let admins = self.work.tx.admins(self.organisation, Page::first(u32::MAX))?;
        let mut admins_at_risk = 0;
        for admin in &admins {
            let passkeys = self.work.tx.passkeys_of(admin.id)?.len();
            admins_at_risk += u64::from(admin.recovery.is_none() && passkeys < 2);
        }
        Ok(Overview {
            accounts: self.work.tx.account_counts(self.organisation)?,
            guests_ending,
            operations_running,
            operations_ending,
            groups: groups.iter().filter(|row| !row.closed).count() as u64,
            waiting,
            hours: self.work.state.traffic.hours(self.organisation, now),
            stored,
            pushes: (is_alone && self.work.state.push.key.is_some()).then(|| self.work.state.push.day.sum(now)),
            admins: admins.len() as u64,
            admins_at_risk,
        })
    }

    /// Everything that the server holds of one person and can read. That it was given out is noted.
    ///
    /// # Errors
    /// When the account is not the organisation's.
    pub fn export_account(&mut self, id: AccountId) -> Outcome<Export> {
        let account = self.account(id)?;
        let operation = match account.operation {
            Some(id) => self.work.tx.operation(id)?.map(|row| (id, row.name)),
            None => None,
        };
        let badge = self.work.tx.badge(id)?;
        let badge = badge.and_then(|bytes| cbor::decode::<Signed<Badge>>(&bytes).ok());
        let mut memberships = Vec::new();
        for group in self.work.tx.groups_of_account(id)? {
            if let (Some(row), Some(role)) = (self.work.tx.group(group)?, self.work.tx.role(group, id)?) {
                memberships.push(Membership {
                    group,
                    kind: row.kind,
                    name: row.name,
                    role,
                });
            }
        }
        let page = Page::first(1_000);
        let invitations = self.work.tx.invitations(self.organisation, Some(id), None, page)?;
        let (attachments, attachment_bytes) = self.work.tx.blob_usage(id)?;
        let head: Sequence = self.work.tx.head(LogId::Inbox(id))?;
        let first = self.work.tx.first(LogId::Inbox(id))?;
        self.note("account.export", id)?;
        Ok(Export {
            unit: self.unit_path(account.unit)?,
            operation,
            badge: badge.and_then(|signed| signed.peek().ok()),
            devices: self.devices(id)?,
            memberships,
            invitations,
            provisioned: self.work.tx.provisioned(id)?,
            directory_groups: self.work.tx.directory_groups_of(id)?,
            inbox: (head.0 + 1).saturating_sub(first.0),
            attachments,
            attachment_bytes,
            audit: self
                .work
                .tx
                .audit_about(self.organisation, &id.to_string(), MAX_LINES)?,
            account,
        })
    }
}
