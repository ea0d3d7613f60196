// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Frames from the server: each is decoded here and goes to the module that it concerns.

use melder_bugs::{self as bugs, Bug};
use melder_mls::sign;
use melder_protocol::cbor;
use melder_protocol::deletion::{DeletionRecord, DeviceRemoval};
use melder_protocol::frame::{ClientFrame, Ready, ServerFrame};
use melder_protocol::request::{Request, Response, Stock};
use melder_protocol::roster::GroupKind;
use melder_protocol::signed::Signed;
use melder_protocol::{Cursor, ErrorCode, LogId, PROTOCOL_VERSION, RequestId, Suite, Time};

use crate::api::{Connection, Effect, Event, Misbehaviour};
use crate::error::EngineError;
use crate::groups::{self, Status, commits, join};
use crate::pending::Pending;
use crate::store::{delete_meta, int, set_meta};
use crate::work::{Link, Work};
use crate::{answers, files, identity, linking, outbox, policy, removal, sync};

/// Key packages that a device keeps on the server for each suite.
const STOCK: u32 = 20;

pub(crate) fn frame(work: &mut Work<'_>, bytes: &[u8]) -> Result<(), EngineError> {
    let Ok(frame) = cbor::decode::<ServerFrame>(bytes) else {
        work.misbehaviour(None, Misbehaviour::Malformed);
        work.effects.push(Effect::Reconnect);
        return Ok(());
    };
    // A device that has accepted a link learns by these whether it is one of the account.
    let awaited = matches!(frame, ServerFrame::Ready(_) | ServerFrame::Goodbye { .. }) && identity::is_accepted(work)?;
    if of_an_account(&frame) && work.session.identity.is_none() && !awaited {
        work.misbehaviour(None, Misbehaviour::Malformed);
        work.effects.push(Effect::Reconnect);
        return Ok(());
    }
    match frame {
        ServerFrame::Challenge {
            nonce,
            min_version,
            max_version,
            ..
        } => {
            if !(min_version..=max_version).contains(&PROTOCOL_VERSION) {
                work.event(Event::Gone(ErrorCode::UnsupportedVersion));
                work.effects.push(Effect::Stop);
                return Ok(());
            }
            work.session.link = Link::Up(Some(nonce));
            crate::actions::release_waiting(work)?;
            identity::hello(work)
        }
        ServerFrame::Ready(ready) => self::ready(work, &ready),
        ServerFrame::Response { id, response } => answered(work, id, Ok(response)),
        ServerFrame::Refused { id, refusal } => answered(work, id, Err(refusal)),
        ServerFrame::Entries { log, entries } => sync::entries(work, log, entries),
        ServerFrame::Gap { log, through } => {
            sync::gap(work, log, through)?;
            work.frame(&ClientFrame::Ack(vec![Cursor { log, sequence: through }]));
            Ok(())
        }
        ServerFrame::Task(task) => commits::task(work, task.group, task.kind),
        ServerFrame::Mailbox(event) => linking::event(work, event),
        ServerFrame::Goodbye { code, record, removal } => goodbye(work, code, record.as_ref(), removal.as_ref()),
        ServerFrame::StockLow(stock) => restock(work, &stock),
    }
}

/// What an honest server says only to a device that has an account.
const fn of_an_account(frame: &ServerFrame) -> bool {
    match frame {
        ServerFrame::Ready(_)
        | ServerFrame::Entries { .. }
        | ServerFrame::Gap { .. }
        | ServerFrame::Task(_)
        | ServerFrame::StockLow(_) => true,
        ServerFrame::Goodbye { code, .. } => matches!(code, ErrorCode::AccountDeleted),
        ServerFrame::Challenge { .. }
        | ServerFrame::Response { .. }
        | ServerFrame::Refused { .. }
        | ServerFrame::Mailbox(_) => false,
    }
}

fn answered(
    work: &mut Work<'_>,
    id: RequestId,
    answer: Result<Response, melder_protocol::Refusal>,
) -> Result<(), EngineError> {
    match work.session.pending.remove(&id) {
        Some(pending) => answers::answered(work, pending, answer),
        None => Ok(()),
    }
}

/// By so many days our clock is ahead of the server's; `None`: less than one, which a time zone set wrong may be.
fn clock_days(own: Time, server: Time) -> Option<i32> {
    let days = i32::try_from(own.0.abs_diff(server.0) / Time::DAY).unwrap_or(i32::MAX);
    (days > 0).then_some(if own < server { -days } else { days })
}

fn ready(work: &mut Work<'_>, ready: &Ready) -> Result<(), EngineError> {
    work.session.link = Link::Ready;
    // Whatever the server said before, this device is one of the account's.
    delete_meta(work.tx, "gone")?;
    linking::known(work)?;
    work.session.clock_days = clock_days(work.now, ready.time);
    work.event(Event::Connection(Connection::Online));
    restock(work, &ready.stock)?;
    if ready.policy_version > policy::version(work.tx)? {
        work.request(Request::Policy, Pending::Policy);
    }
    for (log, counter) in &ready.counters {
        // A device that came back from a backup must not use a counter twice.
        match log {
            LogId::Group(group) => work.tx.execute(
                "UPDATE groups SET counter = MAX(counter, ?2) WHERE id = ?1",
                rusqlite::params![group.as_bytes(), int(counter.0)],
            )?,
            LogId::Inbox(account) => work.tx.execute(
                "INSERT INTO seal_counters (account, counter) VALUES (?1, ?2)
                 ON CONFLICT (account) DO UPDATE SET counter = MAX(counter, excluded.counter)",
                rusqlite::params![account.as_bytes(), int(counter.0)],
            )?,
        };
    }
    let account = work.identity()?.member.account;
    let inbox = LogId::Inbox(account);
    let cursor = Cursor {
        log: inbox,
        sequence: crate::inbox::position(work)?,
    };
    work.request(Request::Follow(cursor), Pending::Follow(inbox));
    let own = ready.groups.iter().find(|head| head.kind == GroupKind::Own);
    match own {
        Some(head) => identity::adopt_own_group(work, head.group)?,
        None => crate::actions::found_own_group(work)?,
    }
    work.session.removals.clone_from(&ready.removals);
    removal::carry_out(work)?;
    join::resume(work)?;
    crate::duty::send(work)?;
    // Of these we are a leaf, as the server says. What we know nothing of will be in the inbox; or is lost.
    work.session.leaf_of = ready
        .groups
        .iter()
        .filter(|head| head.leaf)
        .map(|head| head.group)
        .collect();
    for head in &ready.groups {
        sync::served(work, LogId::Group(head.group), head.head, head.epoch)?;
    }
    sync::served(work, inbox, ready.inbox, None)?;
    for id in groups::all(work.tx)? {
        let Some(group) = groups::load(work.tx, id)? else {
            continue;
        };
        if group.status == Status::Halted {
            // Perhaps by a slip or a lie that is over: the way in checks everything anew.
            join::repair(work, &mut group.clone())?;
            continue;
        }
        let entering = commits::on_its_way(work, id)?.is_some_and(|commit| commit.external);
        if group.status.follows() || entering {
            join::follow(work, &group)?;
            outbox::resend(work, id)?;
        }
    }
    outbox::resend_sealed(work)?;
    files::pump(work)
}

/// Keeps the stock of key packages full, so that this device can be added while it is away.
fn restock(work: &mut Work<'_>, stock: &[Stock]) -> Result<(), EngineError> {
    if bugs::on(Bug::NoRestock) && stock.iter().any(|stock| stock.count > 0) {
        return Ok(());
    }
    let identity = work.identity()?.clone();
    let mut packages = Vec::new();
    let mut last_resort = Vec::new();
    for suite in Suite::ALL {
        let have = stock.iter().find(|stock| stock.suite == suite);
        let missing = STOCK.saturating_sub(have.map_or(0, |stock| stock.count));
        // Not for each single one that is used.
        let wanted = if missing > STOCK / 2 { missing } else { 0 };
        let wanted = if bugs::on(Bug::NoRestock) {
            wanted.min(12)
        } else {
            wanted
        };
        let needs_last = !have.is_some_and(|stock| stock.last_resort);
        let made = work.with_mls(|provider, _| {
            let make = |last| melder_mls::key_package::create(provider, &identity.key, identity.member, suite, last);
            let packages = (0..wanted).map(|_| make(false)).collect::<Result<Vec<_>, _>>()?;
            let last = needs_last.then(|| make(true)).transpose()?;
            Ok::<_, melder_mls::MlsError>((packages, last))
        })?;
        packages.extend(made.0.into_iter().map(cbor::Bytes));
        last_resort.extend(made.1.map(cbor::Bytes));
    }
    if !packages.is_empty() || !last_resort.is_empty() {
        work.request(Request::PublishKeyPackages { packages, last_resort }, Pending::Ignore);
    }
    Ok(())
}

fn goodbye(
    work: &mut Work<'_>,
    code: ErrorCode,
    record: Option<&Signed<DeletionRecord>>,
    removal: Option<&Signed<DeviceRemoval>>,
) -> Result<(), EngineError> {
    if work.session.identity.is_none() && code != ErrorCode::UnsupportedVersion {
        // To a device that is not yet anybody's, it can only be about the link that it waits for.
        if code == ErrorCode::AuthenticationFailed {
            linking::unknown(work)?;
        } else if code != ErrorCode::ShuttingDown {
            linking::over(work)?;
        }
        work.effects.push(Effect::Reconnect);
        return Ok(());
    }
    match code {
        ErrorCode::AccountDeleted => {
            let identity = work.identity()?;
            let genuine = record.is_some_and(|record| {
                sign::verify_statement(record, &identity.organisation.key)
                    .is_ok_and(|record| record.account == identity.member.account)
            });
            if !genuine {
                work.misbehaviour(None, Misbehaviour::ForgedDeletion);
            }
            work.event(Event::Gone(code));
            work.effects.push(Effect::Stop);
            if genuine {
                // Only the organisation's word makes a device forget; a server alone can't.
                set_meta(work.tx, "gone", code.code().as_bytes())?;
                work.effects.push(Effect::Wipe);
            }
        }
        ErrorCode::DeviceRemoved
        | ErrorCode::ChainReset
        | ErrorCode::AccountSuspended
        | ErrorCode::UnsupportedVersion => {
            set_meta(work.tx, "gone", code.code().as_bytes())?;
            work.event(Event::Gone(code));
            work.effects.push(Effect::Stop);
            let may_wipe = matches!(code, ErrorCode::DeviceRemoved | ErrorCode::ChainReset);
            if let Some(removal) = removal.filter(|_| may_wipe) {
                removal::of_this_device(work, removal)?;
            }
        }
        _ => work.effects.push(Effect::Reconnect),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_by_days_is_told_from_one_that_is_wrong_by_hours() {
        let server = Time(1_875_009_600_000);
        assert_eq!(clock_days(server, server), None);
        assert_eq!(clock_days(server.plus(Time::DAY - 1), server), None);
        assert_eq!(clock_days(server.plus(3 * Time::DAY), server), Some(3));
        assert_eq!(clock_days(server.minus(2 * Time::DAY), server), Some(-2));
    }
}
