// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How own messages get on.

use melder_content::MessageId;
use melder_protocol::{ErrorCode, GroupId, Sequence, Time};
use rusqlite::params;

use super::apply::state_changed;
use super::item::{self, Stored};
use crate::api::MessageState;
use crate::error::EngineError;
use crate::store::int;
use crate::work::Work;

/// It stands in the log; `true`: that is news. Harmless when said twice (by the server's answer and by the log itself).
pub(crate) fn sent(
    work: &mut Work<'_>,
    group: GroupId,
    id: MessageId,
    sequence: Sequence,
    time: Time,
) -> Result<bool, EngineError> {
    on_disk(work, group, id, Some(sequence), time)
}

/// What was said to stand in the log does not, or not there: it waits again.
pub(crate) fn taken_back(work: &mut Work<'_>, group: GroupId, id: MessageId) -> Result<(), EngineError> {
    let Some(stored) = Stored::load(work.tx, group, id)? else {
        return Ok(());
    };
    work.tx
        .prepare_cached("UPDATE messages SET sequence = NULL, time = ?2 WHERE id = ?1")?
        .execute(params![stored.row, int(work.now.0)])?;
    state_changed(work, &stored, MessageState::Pending)
}

/// A sealed acknowledgement is on the server's disk. It has no place in the group's log.
pub(crate) fn sealed_sent(work: &mut Work<'_>, group: GroupId, id: MessageId, time: Time) -> Result<(), EngineError> {
    on_disk(work, group, id, None, time).map(drop)
}

fn on_disk(
    work: &mut Work<'_>,
    group: GroupId,
    id: MessageId,
    sequence: Option<Sequence>,
    time: Time,
) -> Result<bool, EngineError> {
    let Some(stored) = Stored::load(work.tx, group, id)? else {
        return Ok(false);
    };
    if stored.is_settled() {
        return Ok(false);
    }
    work.tx
        .prepare_cached(
            "UPDATE messages SET sequence = ?2, time = ?3, expires = COALESCE(expires, ?3 + reading * 1000) WHERE id = ?1",
        )?
        .execute(params![stored.row, sequence.map(|sequence| int(sequence.0)), int(time.0)])?;
    state_changed(work, &stored, MessageState::Sent)?;
    Ok(true)
}

/// It will not get into the log, unless it is sent again.
pub(crate) fn failed(work: &mut Work<'_>, group: GroupId, id: MessageId, code: ErrorCode) -> Result<(), EngineError> {
    waits(work, group, id, MessageState::Failed { code })
}

/// A failed or scheduled message is in the outbox (again).
pub(crate) fn pending_again(work: &mut Work<'_>, group: GroupId, id: MessageId) -> Result<(), EngineError> {
    waits(work, group, id, MessageState::Pending)
}

fn waits(work: &mut Work<'_>, group: GroupId, id: MessageId, state: MessageState) -> Result<(), EngineError> {
    match Stored::load(work.tx, group, id)? {
        Some(stored) if !stored.is_settled() => state_changed(work, &stored, state),
        _ => Ok(()),
    }
}

/// Cancelled before it went: nothing of it remains, and what it did is undone.
pub(crate) fn forget(work: &mut Work<'_>, group: GroupId, id: MessageId) -> Result<(), EngineError> {
    let Some(stored) = Stored::load(work.tx, group, id)? else {
        return Ok(());
    };
    if stored.is_settled() {
        return Ok(());
    }
    // As if it had failed, so that its target is as it was.
    state_changed(
        work,
        &stored,
        MessageState::Failed {
            code: ErrorCode::NotFound,
        },
    )?;
    item::remove(work, stored.row)
}
