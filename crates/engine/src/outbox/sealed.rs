// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Sealed bytes for another account's inbox: they have a counter of their own and no epoch, so they go again as they are.

use melder_content::MessageId;
use melder_protocol::cbor::Bytes;
use melder_protocol::request::Request;
use melder_protocol::{AccountId, Counter, ErrorCode, GroupId, Refusal, Time};
use rusqlite::{OptionalExtension as _, params};

use crate::error::EngineError;
use crate::history;
use crate::pending::Pending;
use crate::store::{Id, int, uint};
use crate::work::Work;

/// Sealed bytes for another account's inbox.
pub(super) fn seal(
    work: &mut Work<'_>,
    group: GroupId,
    message: MessageId,
    account: AccountId,
    bytes: Vec<u8>,
) -> Result<(), EngineError> {
    let counter: i64 = work.tx.query_row(
        "INSERT INTO seal_counters (account, counter) VALUES (?1, 1)
         ON CONFLICT (account) DO UPDATE SET counter = MIN(counter, 9223372036854775806) + 1 RETURNING counter",
        [account.as_bytes()],
        |row| row.get(0),
    )?;
    work.tx.execute(
        "INSERT INTO sealed (grp, message, account, bytes, counter) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![group.as_bytes(), message.as_bytes(), account.as_bytes(), bytes, counter],
    )?;
    let row = work.tx.last_insert_rowid();
    if work.online() {
        send_sealed(work, row, account, uint(counter), bytes);
    }
    Ok(())
}

fn send_sealed(work: &mut Work<'_>, row: i64, account: AccountId, counter: u64, bytes: Vec<u8>) {
    work.request(
        Request::Seal {
            account,
            counter: Counter(counter),
            bytes: Bytes(bytes),
        },
        Pending::Seal { row },
    );
}

/// After a new connection.
pub(crate) fn resend_sealed(work: &mut Work<'_>) -> Result<(), EngineError> {
    let rows: Vec<(i64, AccountId, i64, Vec<u8>)> = work
        .tx
        .prepare_cached("SELECT id, account, counter, bytes FROM sealed ORDER BY id")?
        .query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, Id<AccountId>>(1)?.0, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    for (row, account, counter, bytes) in rows {
        send_sealed(work, row, account, uint(counter), bytes);
    }
    Ok(())
}

/// Taken, or never to be taken; either way it is done.
pub(crate) fn seal_answered(work: &mut Work<'_>, row: i64, answer: Result<Time, Refusal>) -> Result<(), EngineError> {
    if let Err(refusal) = &answer
        && matches!(
            refusal.code,
            ErrorCode::RateLimited | ErrorCode::Internal | ErrorCode::StorageFull
        )
    {
        return Ok(()); // Again with the next connection.
    }
    if let Err(refusal) = &answer
        && let (ErrorCode::WrongCounter, Some(expected)) = (refusal.code, refusal.counter)
    {
        return reseal(work, row, expected);
    }
    let letter: Option<(GroupId, MessageId)> = work
        .tx
        .query_row(
            "DELETE FROM sealed WHERE id = ?1 RETURNING grp, message",
            [row],
            |row| Ok((row.get::<_, Id<GroupId>>(0)?.0, row.get::<_, Id<MessageId>>(1)?.0)),
        )
        .optional()?;
    match (letter, answer) {
        (Some((group, message)), Ok(time)) => history::sealed_sent(work, group, message, time),
        (Some((group, message)), Err(refusal)) => history::failed(work, group, message, refusal.code),
        (None, _) => Ok(()),
    }
}

/// This device has forgotten how far it was (it came back from a backup): with the counter that the server expects.
fn reseal(work: &mut Work<'_>, row: i64, expected: Counter) -> Result<(), EngineError> {
    let letter: Option<(AccountId, Vec<u8>)> = work
        .tx
        .query_row(
            "UPDATE sealed SET counter = ?2 WHERE id = ?1 RETURNING account, bytes",
            params![row, int(expected.0)],
            |row| Ok((row.get::<_, Id<AccountId>>(0)?.0, row.get(1)?)),
        )
        .optional()?;
    if let Some((account, bytes)) = letter {
        work.tx.execute(
            "UPDATE seal_counters SET counter = MAX(counter, ?2) WHERE account = ?1",
            params![account.as_bytes(), int(expected.0)],
        )?;
        send_sealed(work, row, account, expected.0, bytes);
    }
    Ok(())
}
