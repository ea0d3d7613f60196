// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What became of a message: the server says that it took it, and the log shows it. What the server said and the log
//! does not show is sent anew.

use melder_content::MessageId;
use melder_protocol::{Counter, GroupId, Sequence, Time};
use rusqlite::{OptionalExtension as _, params};

use super::PAUSE_MS;
use crate::api::Misbehaviour;
use crate::error::EngineError;
use crate::groups::{self, Group};
use crate::history;
use crate::store::{Id, int, uint};
use crate::work::Work;

/// A message of ours was met in the log. `false`: it is none that we have sent, whatever the server wrote on it.
pub(crate) fn echoed(
    work: &mut Work<'_>,
    group: GroupId,
    counter: Counter,
    sequence: Sequence,
    time: Time,
    bytes: &[u8],
) -> Result<bool, EngineError> {
    let row: Option<(i64, Option<i64>)> = work
        .tx
        .prepare_cached("SELECT id, taken FROM outbox WHERE grp = ?1 AND counter = ?2 AND bytes = ?3")?
        .query_row(params![group.as_bytes(), int(counter.0), bytes], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((row, taken)) = row else {
        return Ok(false);
    };
    if taken.is_some_and(|taken| uint(taken) != sequence.0) {
        // It stands elsewhere than the server said.
        let message = message_of(work, row)?;
        if let Some(message) = message {
            work.misbehaviour(Some(group), Misbehaviour::WrongAnswer);
            history::taken_back(work, group, message)?;
        }
    }
    sent(work, row, group, sequence, time)?;
    Ok(true)
}

fn message_of(work: &Work<'_>, row: i64) -> Result<Option<MessageId>, EngineError> {
    Ok(work
        .tx
        .prepare_cached("SELECT message FROM outbox WHERE id = ?1")?
        .query_row([row], |row| Ok(row.get::<_, Id<MessageId>>(0)?.0))
        .optional()?)
}

/// The server says that it took a message. It is shown as sent; that it is true, the log will show.
pub(super) fn taken(
    work: &mut Work<'_>,
    row: i64,
    group: GroupId,
    sequence: Sequence,
    time: Time,
) -> Result<(), EngineError> {
    let message: Option<MessageId> = work
        .tx
        .prepare_cached("UPDATE outbox SET taken = ?2 WHERE id = ?1 AND counter IS NOT NULL RETURNING message")?
        .query_row(params![row, int(sequence.0)], |row| {
            Ok(row.get::<_, Id<MessageId>>(0)?.0)
        })
        .optional()?;
    work.session.refusals.remove(&group);
    let Some(message) = message else {
        return Ok(()); // The log was quicker.
    };
    work.session.stats.messages_sent += 1;
    history::sent(work, group, message, sequence, time)?;
    work.session.dirty.insert(group);
    match groups::load(work.tx, group)? {
        Some(group) => check_receipts(work, &group),
        None => Ok(()),
    }
}

/// The log is read up to the group's cursor: of what the server said to stand there, everything must have been met.
/// What was not is sent anew; should somebody have it after all, they know it by its id.
pub(crate) fn check_receipts(work: &mut Work<'_>, group: &Group) -> Result<(), EngineError> {
    let missing: Vec<(i64, MessageId)> = work
        .tx
        .prepare_cached("SELECT id, message FROM outbox WHERE grp = ?1 AND taken <= ?2")?
        .query_map(params![group.id.as_bytes(), int(group.cursor.0)], |row| {
            Ok((row.get(0)?, row.get::<_, Id<MessageId>>(1)?.0))
        })?
        .collect::<Result<_, _>>()?;
    for (row, message) in missing {
        work.misbehaviour(Some(group.id), Misbehaviour::FalseReceipt);
        work.tx.execute(
            "UPDATE outbox SET counter = NULL, epoch = NULL, bytes = NULL, taken = NULL, not_before = ?2 WHERE id = ?1",
            params![row, int(work.now.plus(PAUSE_MS).0)],
        )?;
        history::taken_back(work, group.id, message)?;
    }
    Ok(())
}

/// The cursor goes past a part of the log that will not be read: what the server said of it is all that there is.
pub(crate) fn trust_receipts(work: &Work<'_>, group: GroupId, through: Sequence) -> Result<(), EngineError> {
    work.tx
        .prepare_cached("DELETE FROM outbox WHERE grp = ?1 AND taken <= ?2")?
        .execute(params![group.as_bytes(), int(through.0)])?;
    Ok(())
}

pub(super) fn sent(
    work: &mut Work<'_>,
    row: i64,
    group: GroupId,
    sequence: Sequence,
    time: Time,
) -> Result<(), EngineError> {
    let message: Option<MessageId> = work
        .tx
        .prepare_cached("DELETE FROM outbox WHERE id = ?1 RETURNING message")?
        .query_row([row], |row| Ok(row.get::<_, Id<MessageId>>(0)?.0))
        .optional()?;
    if let Some(message) = message {
        if history::sent(work, group, message, sequence, time)? {
            work.session.stats.messages_sent += 1;
        }
        work.session.dirty.insert(group);
    }
    Ok(())
}
