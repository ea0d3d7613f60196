// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes by itself: messages past their expiry or the organisation's retention. And what comes again by itself:
//! alarms that nobody confirmed.

use melder_content::MessageId;
use melder_protocol::{GroupId, Sequence, Time};
use rusqlite::params;

use super::item;
use crate::api::{Event, MessageChange};
use crate::error::EngineError;
use crate::store::{Id, int, uint};
use crate::work::Work;

/// Rows that go in one transaction, so that a long absence does not block the app.
const AT_ONCE: u32 = 500;
/// An alarm is told again after this time.
const RINGS_EVERY: u64 = Time::MINUTE;

/// The person has read the chat up to here: the time of messages that vanish after reading begins.
pub(crate) fn read(work: &mut Work<'_>, group: GroupId, through: Sequence) -> Result<(), EngineError> {
    let first: Option<i64> = work
        .tx
        .prepare_cached(
            "UPDATE messages SET expires = ?3 + reading * 1000
             WHERE grp = ?1 AND sequence <= ?2 AND reading IS NOT NULL AND expires IS NULL RETURNING expires",
        )?
        .query_map(params![group.as_bytes(), int(through.0), int(work.now.0)], |row| {
            row.get(0)
        })?
        .collect::<Result<Vec<i64>, _>>()?
        .into_iter()
        .min();
    if let Some(first) = first {
        item::wake(work, Time(uint(first)));
    }
    Ok(())
}

/// Expiry, retention, and alarms that ring again. Gives the next time at which there is something to do.
pub(crate) fn sweep(work: &mut Work<'_>, device_retention_days: Option<u16>) -> Result<Option<Time>, EngineError> {
    let mut gone = due(
        work,
        "SELECT id, grp, message, shown FROM messages WHERE expires <= ?1 ORDER BY expires LIMIT ?2",
        work.now,
    )?;
    let keeps = device_retention_days.map(|days| u64::from(days) * Time::DAY);
    if let Some(keeps) = keeps {
        // What waits to be sent is no history yet.
        gone.extend(due(
            work,
            "SELECT id, grp, message, shown FROM messages WHERE time <= ?1 AND state IN (0, 3) ORDER BY time LIMIT ?2",
            work.now.minus(keeps),
        )?);
    }
    let is_more = gone.len() >= AT_ONCE as usize;
    for Due {
        row,
        group,
        message,
        shown,
    } in gone
    {
        item::remove(work, row)?;
        // It vanished before it went: then it does not go.
        work.tx
            .prepare_cached("DELETE FROM outbox WHERE message = ?1 AND grp = ?2 AND counter IS NULL")?
            .execute(params![message.as_bytes(), group.as_bytes()])?;
        if shown {
            work.event(Event::MessageChanged {
                group,
                message,
                change: MessageChange::Updated,
            });
        }
    }
    if is_more {
        return Ok(Some(work.now));
    }
    let first = |sql: &str| -> Result<Option<Time>, EngineError> {
        let time: Option<i64> = work.tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(time.map(|time| Time(uint(time))))
    };
    let expiry = first("SELECT MIN(expires) FROM messages WHERE expires IS NOT NULL")?;
    let retention = match keeps {
        Some(keeps) => first("SELECT MIN(time) FROM messages WHERE state IN (0, 3)")?.map(|time| time.plus(keeps)),
        None => None,
    };
    let alarms = ring(work)?;
    Ok([expiry, retention, alarms].into_iter().flatten().min())
}

struct Due {
    row: i64,
    group: GroupId,
    message: MessageId,
    shown: bool,
}

fn due(work: &Work<'_>, sql: &str, until: Time) -> Result<Vec<Due>, EngineError> {
    Ok(work
        .tx
        .prepare_cached(sql)?
        .query_map(params![int(until.0), AT_ONCE], |row| {
            Ok(Due {
                row: row.get(0)?,
                group: row.get::<_, Id<_>>(1)?.0,
                message: row.get::<_, Id<_>>(2)?.0,
                shown: row.get(3)?,
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// Tells open alarms that were last told a while ago once more.
fn ring(work: &mut Work<'_>) -> Result<Option<Time>, EngineError> {
    let open: Vec<(i64, Id<GroupId>, Id<MessageId>)> = work
        .tx
        .prepare_cached("SELECT id, grp, message FROM messages WHERE rang <= ?1 ORDER BY rang, id")?
        .query_map([int(work.now.minus(RINGS_EVERY).0)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    for (row, Id(group), Id(message)) in open {
        work.tx
            .prepare_cached("UPDATE messages SET rang = ?2 WHERE id = ?1")?
            .execute(params![row, int(work.now.0)])?;
        work.event(Event::Alarm { group, message });
    }
    let next: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(rang) FROM messages WHERE rang IS NOT NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(next.map(|time| Time(uint(time)).plus(RINGS_EVERY)))
}

/// Everything that was said in a group goes, with its files.
pub(crate) fn drop_group(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let rows: Vec<i64> = work
        .tx
        .prepare_cached("SELECT id FROM messages WHERE grp = ?1")?
        .query_map([group.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for row in rows {
        item::remove(work, row)?;
    }
    work.tx
        .prepare_cached("DELETE FROM ack_keys WHERE grp = ?1")?
        .execute([group.as_bytes()])?;
    crate::archive::drop_group(work, group)
}
