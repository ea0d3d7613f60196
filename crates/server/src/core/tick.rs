// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What time does: leases and mailboxes end, acknowledgements are written down, entries and blobs reach their
//! retention, and the directory has its dates.

use std::collections::HashMap;

use melder_bugs::{self as bugs, Bug};
use melder_protocol::frame::{MailboxEvent, ServerFrame};
use melder_protocol::{DeviceId, ErrorCode, GroupId, LogId, OrganisationId, Refusal, Sequence, Time, cbor, limits};

use super::{Batch, Work};
use crate::directory;
use crate::store::{DeviceState, StoreError};

/// Acknowledgements wait at most this long in memory.
const FLUSH_MS: u64 = 1_000;
/// How long a connection may stay without proving a device.
const STRANGER_MS: u64 = limits::MAILBOX_MS + Time::MINUTE;

pub(super) fn run(batch: &mut Batch<'_>) -> Result<(), StoreError> {
    let now = batch.now;
    for group in batch.state.leases.expire(now) {
        batch.state.dirty.insert(group);
    }
    for connection in batch.state.mailboxes.expire(now) {
        batch.send(connection, &ServerFrame::Mailbox(MailboxEvent::Closed));
    }
    if now >= batch.state.next_flush {
        batch.state.next_flush = now.plus(FLUSH_MS);
        flush_acks(batch)?;
    }
    if batch.state.push.is_due(now) {
        report(batch.attempt(|work| work.ring_due())?, "pushes");
    }
    if now >= batch.state.next_dates {
        batch.state.next_dates = now.plus(Time::SECOND);
        for duty in directory::due(batch.tx, now)? {
            report(
                batch.attempt(|work| directory::fulfil(work, duty))?,
                "the directory's dates",
            );
        }
    }
    if now >= batch.state.next_minute {
        batch.state.next_minute = now.plus(Time::MINUTE);
        drop_acknowledged(batch)?;
        close_strangers(batch);
        report(batch.attempt(|work| work.tidy_push())?, "pushes");
    }
    if now >= batch.state.next_retention {
        batch.state.next_retention = now.plus(Time::HOUR);
        for organisation in directory::organisations(batch.tx)? {
            report(batch.attempt(|work| work.retain(organisation))?, "retention");
        }
    }
    batch.close_ended();
    Ok(())
}

fn report(outcome: Result<(), Refusal>, what: &str) {
    if let Err(refusal) = outcome {
        tracing::error!(code = refusal.code.code(), hint = refusal.hint, "{what}");
    }
}

/// Whoever has proved no device in the time that linking may take is not going to.
fn close_strangers(batch: &mut Batch<'_>) {
    let frame = ServerFrame::Goodbye {
        code: ErrorCode::NotAuthenticated,
        record: None,
        removal: None,
    };
    let goodbye = bytes::Bytes::from(cbor::encode(&frame));
    let now = batch.now;
    let strangers = batch
        .state
        .connections
        .iter()
        .filter(|(_, connection)| connection.who.is_none() && now.since(connection.opened) > STRANGER_MS)
        .map(|(id, _)| (*id, goodbye.clone()));
    let strangers: Vec<_> = strangers.collect();
    batch.state.closing.extend(strangers);
}

/// Writes down what devices have.
pub(super) fn flush_acks(batch: &mut Batch<'_>) -> Result<(), StoreError> {
    let mut heads: HashMap<LogId, Sequence> = HashMap::new();
    for ((log, device), (account, through)) in std::mem::take(&mut batch.state.acks) {
        let head = match heads.get(&log) {
            Some(head) => *head,
            None => *heads.entry(log).or_insert(batch.tx.head(log)?),
        };
        let through = through.min(head);
        batch.tx.advance(log, account, device, through)?;
        if matches!(log, LogId::Inbox(_)) {
            batch.tx.settle_welcomes(device, Some(through))?;
        }
        batch.state.acked.insert(log);
    }
    Ok(())
}

/// Entries that every device has go.
fn drop_acknowledged(batch: &mut Batch<'_>) -> Result<(), StoreError> {
    for log in std::mem::take(&mut batch.state.acked) {
        let readers: Vec<DeviceId> = match log {
            LogId::Group(group) => batch
                .tx
                .devices_of_members(group)?
                .into_iter()
                .filter(|(_, state)| *state == DeviceState::Current)
                .map(|(member, _)| member.device)
                .collect(),
            LogId::Inbox(account) => batch
                .tx
                .devices_of(account)?
                .into_iter()
                .filter(|row| {
                    row.state == DeviceState::Current && row.key_use == melder_protocol::chain::KeyUse::Device
                })
                .map(|row| row.device)
                .collect(),
        };
        let cursors: HashMap<DeviceId, Sequence> = batch
            .tx
            .cursors(log)?
            .into_iter()
            .map(|cursor| (cursor.device, cursor.sequence))
            .collect();
        let everywhere = readers
            .iter()
            .map(|device| cursors.get(device).copied().unwrap_or_default());
        let everywhere = if bugs::on(Bug::DropEarly) {
            everywhere.max()
        } else {
            everywhere.min()
        };
        if let Some(through) = everywhere.filter(|through| through.0 > 0) {
            batch.tx.drop_through(log, through)?;
        }
    }
    Ok(())
}

impl Work<'_> {
    /// Drops what is past the organisation's retention, fetched or not.
    fn retain(&mut self, organisation: OrganisationId) -> Result<(), Refusal> {
        let days = directory::policy(self.tx, organisation)?.server_retention_days.max(1);
        let before = self.now.minus(u64::from(days) * Time::DAY);
        let groups: Vec<GroupId> = self
            .tx
            .groups_of_organisation(organisation)?
            .into_iter()
            .map(|row| row.group)
            .collect();
        for group in groups {
            let own = directory::policies::of_group(self.tx, group)?.retention_days;
            let days = own.map_or(days, |own| own.clamp(1, days));
            let before = self.now.minus(u64::from(days) * Time::DAY);
            self.drop_older(LogId::Group(group), before)?;
            self.tx.delete_blobs_before(group, before)?;
            self.tx.drop_trees(group, before)?;
        }
        for account in directory::accounts(self.tx, organisation)? {
            self.drop_older(LogId::Inbox(account), before)?;
        }
        Ok(())
    }

    fn drop_older(&mut self, log: LogId, before: Time) -> Result<(), Refusal> {
        if let Some(through) = self.tx.older(log, before)? {
            self.tx.drop_through(log, through)?;
        }
        Ok(())
    }
}
