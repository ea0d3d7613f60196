// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The outbox: what was written waits here, in order, until it stands in the log. It survives crashes; what was sent
//! and not answered is sent again with the same counter, so it can't come twice. What was encrypted for an epoch that
//! is over is encrypted anew from its content, never resent.

mod receipts;
mod sealed;

use melder_bugs::{self as bugs, Bug};
use melder_content::{Content, GroupProfile, Message, MessageId, Origin};
use melder_protocol::cbor::Bytes;
use melder_protocol::frame::TaskKind;
use melder_protocol::push::Ring;
use melder_protocol::request::Request;
use melder_protocol::roster::{Authority, Role};
use melder_protocol::{Counter, ErrorCode, GroupId, Refusal, Sequence, Time};
use rusqlite::{OptionalExtension as _, params};

use crate::api::{MessageState, Misbehaviour};
use crate::error::EngineError;
use crate::groups::{self, Group, Status, commits};
use crate::history;
use crate::pending::Pending;
use crate::store::{Id, int, uint};
use crate::work::Work;

pub(crate) use receipts::{check_receipts, echoed, trust_receipts};
pub(crate) use sealed::{resend_sealed, seal_answered};

use receipts::{sent, taken};
use sealed::seal;

/// Messages of one group that may be on their way at once.
const WINDOW: usize = 16;
/// After a refusal that says "later".
const PAUSE_MS: u64 = 2_000;

/// What goes into the outbox.
pub(crate) struct Letter {
    pub group: GroupId,
    pub message: Message,
    /// Not before this time.
    pub at: Option<Time>,
    /// Files that must be uploaded first.
    pub files: Vec<crate::api::FileId>,
}

/// Puts a message into the outbox and shows it.
pub(crate) fn queue(
    work: &mut Work<'_>,
    letter: Letter,
) -> Result<Result<MessageId, melder_content::ContentError>, EngineError> {
    let own = work.identity()?.member;
    let origin = Origin {
        sender: own.account,
        group: letter.group,
    };
    let mut letter = letter;
    if let Some(group) = groups::load(work.tx, letter.group)? {
        history::prepare(work, group.kind, &mut letter.message)?;
    }
    let encoded = match letter.message.encode(&origin) {
        Ok(encoded) => encoded,
        Err(error) => return Ok(Err(error)),
    };
    let state = match letter.at {
        Some(at) if at > work.now => MessageState::Scheduled { at },
        _ => MessageState::Pending,
    };
    history::write(work, letter.group, own, &encoded, &letter.message, state)?;
    if let Content::Acknowledgement(acknowledgement) = letter.message.content.body()
        && let Some((author, sealed)) = history::seal_acknowledgement(work, letter.group, acknowledgement.to, &encoded)?
    {
        seal(work, letter.group, encoded.id, author, sealed)?;
        return Ok(Ok(encoded.id));
    }
    let ring = crate::duty::ring(&letter.message.content);
    work.tx.execute(
        "INSERT INTO outbox (grp, message, content, ring, not_before, blobs) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            letter.group.as_bytes(),
            encoded.id.as_bytes(),
            encoded.bytes,
            ring_number(ring),
            int(letter.at.map_or(0, |at| at.0)),
            0,
        ],
    )?;
    if !letter.files.is_empty() {
        let row = work.tx.last_insert_rowid();
        let waits = crate::files::hold(work, row, &letter.files)?;
        work.tx
            .execute("UPDATE outbox SET blobs = ?2 WHERE id = ?1", params![row, waits])?;
    }
    work.session.dirty.insert(letter.group);
    Ok(Ok(encoded.id))
}

/// Queues content of the engine's own making.
pub(crate) fn queue_content(work: &mut Work<'_>, group: GroupId, content: Content) -> Result<(), EngineError> {
    let salt = work.random();
    let letter = Letter {
        group,
        message: Message::new(salt, content),
        at: None,
        files: Vec::new(),
    };
    queue(work, letter)?.map(|_| ()).map_err(EngineError::from)
}

/// Sends what may go into this group now.
pub(crate) fn pump(work: &mut Work<'_>, id: GroupId) -> Result<(), EngineError> {
    if !work.online() {
        return Ok(());
    }
    let Some(group) = groups::load(work.tx, id)? else {
        return Ok(());
    };
    if group.status != Status::Active || commits::on_its_way(work, id)?.is_some() {
        return Ok(());
    }
    if work.session.blocked.get(&id).is_some_and(|until| group.cursor < *until) {
        return Ok(());
    }
    work.session.blocked.remove(&id);
    if !waiting(work, id)? || !commits::clean(work, &group)? {
        return Ok(());
    }
    let on_way: i64 = work
        .tx
        .prepare_cached("SELECT COUNT(*) FROM outbox WHERE grp = ?1 AND counter IS NOT NULL AND taken IS NULL")?
        .query_row([id.as_bytes()], |row| row.get(0))?;
    let free = WINDOW.saturating_sub(usize::try_from(on_way).unwrap_or(WINDOW));
    let rows: Vec<(i64, Vec<u8>, u8)> = work
        .tx
        .prepare_cached(
            "SELECT id, content, ring FROM outbox
             WHERE grp = ?1 AND counter IS NULL AND blobs = 0 AND not_before <= ?2 ORDER BY id LIMIT ?3",
        )?
        .query_map(
            params![id.as_bytes(), int(work.now.0), i64::try_from(free).unwrap_or(0)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?
        .collect::<Result<_, _>>()?;
    let mut counter = group.counter;
    for (row, content, ring) in rows {
        let careless = bugs::on(Bug::ReuseGeneration);
        if careless {
            work.tx.execute_batch("SAVEPOINT careless")?;
        }
        let encrypted = groups::with_member(work, id, |provider, member, identity| {
            Ok((member.epoch(), member.encrypt(provider, &identity.key, &content)?))
        })?;
        if careless {
            work.tx.execute_batch("ROLLBACK TO careless; RELEASE careless")?;
        }
        let Some(encrypted) = encrypted else {
            return Ok(());
        };
        let (epoch, bytes) = encrypted?;
        // A hostile server may have named any number.
        counter = counter.saturating_add(1);
        work.tx
            .prepare_cached("UPDATE outbox SET counter = ?2, epoch = ?3, bytes = ?4 WHERE id = ?1")?
            .execute(params![row, int(counter), int(epoch.0), bytes])?;
        append(work, row, id, Counter(counter), bytes, ring_of(ring));
        if bugs::on(Bug::ForgetWhenSent) {
            work.tx.execute("DELETE FROM outbox WHERE id = ?1", [row])?;
        }
    }
    if counter != group.counter {
        groups::save(work.tx, &Group { counter, ..group })?;
    }
    Ok(())
}

/// Is there anything to send now?
fn waiting(work: &Work<'_>, group: GroupId) -> Result<bool, EngineError> {
    Ok(work
        .tx
        .prepare_cached(
            "SELECT 1 FROM outbox WHERE grp = ?1 AND counter IS NULL AND blobs = 0 AND not_before <= ?2 LIMIT 1",
        )?
        .exists(params![group.as_bytes(), int(work.now.0)])?)
}

/// As it stands in the database.
const fn ring_number(ring: Ring) -> u8 {
    match ring {
        Ring::Silent => 0,
        Ring::Message => 1,
        Ring::Alarm => 2,
        Ring::AlarmOnDuty => 3,
    }
}

const fn ring_of(number: u8) -> Ring {
    match number {
        1 => Ring::Message,
        2 => Ring::Alarm,
        3 => Ring::AlarmOnDuty,
        _ => Ring::Silent,
    }
}

fn append(work: &mut Work<'_>, row: i64, group: GroupId, counter: Counter, bytes: Vec<u8>, ring: Ring) {
    work.request(
        Request::Append {
            group,
            counter,
            bytes: Bytes(bytes),
            ring,
        },
        Pending::Append {
            outbox: row,
            group,
            counter,
        },
    );
}

/// After a new connection: what was on its way goes again, the very same bytes.
pub(crate) fn resend(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let rows: Vec<(i64, i64, Vec<u8>, u8)> = work
        .tx
        .prepare_cached(
            "SELECT id, counter, bytes, ring FROM outbox
             WHERE grp = ?1 AND counter IS NOT NULL AND taken IS NULL ORDER BY counter",
        )?
        .query_map([group.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    for (row, mut counter, bytes, ring) in rows {
        if bugs::on(Bug::ForgetCounterOnRetry) {
            work.tx.execute(
                "UPDATE groups SET counter = counter + 1 WHERE id = ?1",
                [group.as_bytes()],
            )?;
            counter = work
                .tx
                .query_row("SELECT counter FROM groups WHERE id = ?1", [group.as_bytes()], |row| {
                    row.get(0)
                })?;
            work.tx
                .execute("UPDATE outbox SET counter = ?2 WHERE id = ?1", params![row, counter])?;
        }
        append(work, row, group, Counter(uint(counter)), bytes, ring_of(ring));
    }
    Ok(())
}

/// Is a message with this counter on its way?
fn outstanding(work: &Work<'_>, group: GroupId, counter: Option<Counter>) -> Result<bool, EngineError> {
    let Some(counter) = counter else {
        return Ok(false);
    };
    Ok(work
        .tx
        .prepare_cached("SELECT 1 FROM outbox WHERE grp = ?1 AND counter = ?2 AND taken IS NULL")?
        .exists(params![group.as_bytes(), int(counter.0)])?)
}

/// The epoch is over (or an append was refused): what is not in the log is to be encrypted anew.
pub(crate) fn requeue(work: &mut Work<'_>, group: &mut Group) -> Result<(), EngineError> {
    let first: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(counter) FROM outbox WHERE grp = ?1 AND counter IS NOT NULL AND taken IS NULL")?
        .query_row([group.id.as_bytes()], |row| row.get(0))?;
    let Some(first) = first.filter(|_| !bugs::on(Bug::KeepOldEpoch)) else {
        return Ok(());
    };
    work.tx.execute(
        "UPDATE outbox SET counter = NULL, epoch = NULL, bytes = NULL WHERE grp = ?1 AND taken IS NULL",
        [group.id.as_bytes()],
    )?;
    group.counter = uint(first).saturating_sub(1);
    if bugs::on(Bug::NewMessageOnRetry) {
        renew(work, group.id)?;
    }
    let id = group.id;
    work.session
        .pending
        .retain(|_, pending| !matches!(pending, Pending::Append { group, .. } if *group == id));
    work.session.dirty.insert(group.id);
    Ok(())
}

/// [`Bug::NewMessageOnRetry`]: what goes again is written anew, and so has another name.
fn renew(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let sender = work.identity()?.member.account;
    let origin = Origin { sender, group };
    let rows: Vec<(i64, Vec<u8>)> = work
        .tx
        .prepare("SELECT id, content FROM outbox WHERE grp = ?1 AND taken IS NULL AND blobs = 0")?
        .query_map([group.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (row, content) in rows {
        let again = Message::decode(&content, &origin).map(|decoded| Message {
            salt: work.random(),
            ..decoded.message
        });
        if let Ok(encoded) = again.and_then(|message| message.encode(&origin)) {
            work.tx.execute(
                "UPDATE outbox SET message = ?2, content = ?3 WHERE id = ?1",
                params![row, encoded.id.as_bytes(), encoded.bytes],
            )?;
        }
    }
    Ok(())
}

/// The server answered an append.
pub(crate) fn answered(
    work: &mut Work<'_>,
    row: i64,
    id: GroupId,
    counter: Counter,
    answer: Result<(Sequence, Time), Refusal>,
) -> Result<(), EngineError> {
    let refusal = match answer {
        Ok((sequence, time)) => return taken(work, row, id, sequence, time),
        Err(refusal) => refusal,
    };
    let Some(mut group) = groups::load(work.tx, id)? else {
        return Ok(());
    };
    match refusal.code {
        ErrorCode::WrongEpoch => {
            requeue(work, &mut group)?;
            let own = groups::epoch(work, id)?;
            let is_read = refusal.sequence.is_none_or(|sequence| sequence <= group.cursor);
            match own.zip(refusal.epoch) {
                // The server has forgotten an epoch that we are in: its state was rolled back.
                Some((own, theirs)) if own > theirs => {
                    work.misbehaviour(Some(id), Misbehaviour::RolledBack);
                    groups::join::repair(work, &mut group)?;
                }
                // All of the log is read, and leads elsewhere: what leads there was kept from us.
                Some((own, theirs)) if own < theirs && is_read => {
                    work.misbehaviour(Some(id), Misbehaviour::Forked);
                    groups::join::repair(work, &mut group)?;
                }
                _ => {}
            }
            match refusal.sequence.filter(|_| !is_read) {
                Some(sequence) => {
                    work.session.blocked.insert(id, sequence);
                }
                None => postpone(work, id)?,
            }
        }
        ErrorCode::CommitFirst => {
            requeue(work, &mut group)?;
            let through = refusal.sequence.unwrap_or(group.cursor);
            work.session.blocked.insert(id, through.next());
            if let Some(epoch) = groups::epoch(work, id)? {
                work.session.tasks.insert(id, TaskKind::Commit { epoch, through });
            }
        }
        // One overtook another on its way. The other may still arrive, so nothing is encrypted anew: on a new connection
        // the same bytes go again, in order.
        ErrorCode::WrongCounter if outstanding(work, id, refusal.counter)? => {
            work.effects.push(crate::Effect::Reconnect);
            return Ok(());
        }
        ErrorCode::WrongCounter => {
            requeue(work, &mut group)?;
            match refusal.counter {
                Some(expected) if expected != counter && refused_too_often(work, id) => {
                    group.counter = expected.0.saturating_sub(1);
                    postpone(work, id)?;
                }
                Some(expected) if expected != counter => group.counter = expected.0.saturating_sub(1),
                // It wants what it was given.
                _ => postpone(work, id)?,
            }
        }
        ErrorCode::EntriesGone => {
            // It was taken, long ago: what answers now is retention.
            return sent(work, row, id, group.cursor, work.now);
        }
        ErrorCode::RateLimited | ErrorCode::Internal | ErrorCode::StorageFull | ErrorCode::ShuttingDown => {
            requeue(work, &mut group)?;
            postpone(work, id)?;
        }
        _ => {
            let message: Option<MessageId> = work
                .tx
                .query_row("DELETE FROM outbox WHERE id = ?1 RETURNING message", [row], |row| {
                    Ok(row.get::<_, Id<MessageId>>(0)?.0)
                })
                .optional()?;
            requeue(work, &mut group)?;
            group.counter = group.counter.min(counter.0.saturating_sub(1));
            if let Some(message) = message {
                history::failed(work, id, message, refusal.code)?;
            }
        }
    }
    groups::save(work.tx, &group)?;
    commits::perform(work, id)
}

/// Refusals of counters in a row that are followed at once. An honest server gives one.
const PATIENCE: u32 = 4;

fn refused_too_often(work: &mut Work<'_>, group: GroupId) -> bool {
    let count = work.session.refusals.entry(group).or_default();
    *count += 1;
    *count > PATIENCE
}

fn postpone(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    work.tx.execute(
        "UPDATE outbox SET not_before = MAX(not_before, ?2) WHERE grp = ?1",
        params![group.as_bytes(), int(work.now.plus(PAUSE_MS).0)],
    )?;
    Ok(())
}

/// Nothing of this can be sent any more.
pub(crate) fn fail_all(work: &mut Work<'_>, group: GroupId, code: ErrorCode) -> Result<(), EngineError> {
    let messages: Vec<MessageId> = work
        .tx
        .prepare("DELETE FROM outbox WHERE grp = ?1 RETURNING message")?
        .query_map([group.as_bytes()], |row| Ok(row.get::<_, Id<MessageId>>(0)?.0))?
        .collect::<Result<_, _>>()?;
    for message in messages {
        history::failed(work, group, message, code)?;
    }
    Ok(())
}

/// Takes a message back that has not gone. `false`: too late.
pub(crate) fn cancel(work: &mut Work<'_>, message: MessageId) -> Result<bool, EngineError> {
    let group: Option<GroupId> = work
        .tx
        .query_row(
            "DELETE FROM outbox WHERE message = ?1 AND counter IS NULL RETURNING grp",
            [message.as_bytes()],
            |row| Ok(row.get::<_, Id<GroupId>>(0)?.0),
        )
        .optional()?;
    if let Some(group) = group {
        history::forget(work, group, message)?;
    }
    Ok(group.is_some())
}

/// Puts a failed message back into the outbox.
pub(crate) fn retry(
    work: &mut Work<'_>,
    group: GroupId,
    message: MessageId,
    content: &[u8],
    ring: Ring,
) -> Result<(), EngineError> {
    work.tx.execute(
        "INSERT INTO outbox (grp, message, content, ring) VALUES (?1, ?2, ?3, ?4)",
        params![group.as_bytes(), message.as_bytes(), content, ring_number(ring)],
    )?;
    work.session.dirty.insert(group);
    Ok(())
}

/// New members get the name of a private group from whoever manages it and let them in.
pub(crate) fn send_profile(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let private = groups::roster(work, group)?.is_some_and(|roster| roster.terms().authority == Authority::Private);
    if !private || groups::own_role(work, group)? != Some(Role::Manage) {
        return Ok(());
    }
    let row: Option<(Option<String>, Option<String>, bool)> = work
        .tx
        .query_row(
            "SELECT name, description, profile FROM groups WHERE id = ?1",
            [group.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((Some(name), description, true)) = row else {
        return Ok(());
    };
    work.tx
        .execute("UPDATE groups SET profile = 0 WHERE id = ?1", [group.as_bytes()])?;
    queue_content(work, group, Content::GroupProfile(GroupProfile { name, description }))
}

/// When the next scheduled or postponed message is due.
pub(crate) fn next_due(work: &Work<'_>) -> Result<Option<Time>, EngineError> {
    let due: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(not_before) FROM outbox WHERE not_before > ?1 AND counter IS NULL")?
        .query_row([int(work.now.0)], |row| row.get(0))?;
    Ok(due.map(|due| Time(uint(due))))
}

/// Groups with something to send.
pub(crate) fn groups_waiting(work: &Work<'_>) -> Result<Vec<GroupId>, EngineError> {
    let ids = work
        .tx
        .prepare_cached("SELECT DISTINCT grp FROM outbox")?
        .query_map([], |row| Ok(row.get::<_, Id<GroupId>>(0)?.0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}
