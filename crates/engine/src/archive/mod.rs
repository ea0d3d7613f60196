// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! History on its way between the devices of one account: all of it to a device that was just linked, a piece of it to
//! one that could not read a span of a log.
//!
//! An archive is a file like any other: a sequence of CBOR records ([`record`]), sealed, uploaded for the own group, and
//! named in a message there. What acts upon messages goes along as it came, so the reader comes to the same result as
//! the writer. Making and reading go on piece by piece with each [`tick`] and survive a restart; the jobs stand in the
//! table `archives`.
//!
//! One device answers: the one with the lowest id at once, the others one after another, half a minute apart, unless
//! an answer was seen by then.

mod make;
mod read;
mod record;
#[cfg(test)]
mod tests;

use melder_content::{ArchiveOffer, Content, HistoryAnswer, HistoryRequest, Message, MessageId, Span};
use melder_protocol::{DeviceId, GroupId, Member, Sequence, Time};
use rusqlite::{OptionalExtension as _, Row, params};

use crate::api::{Effect, FileId};
use crate::error::EngineError;
use crate::history::{Kind, Stored};
use crate::store::{Id, int, uint};
use crate::work::Work;
use crate::{files, outbox, people};

/// How long the next device waits for the one before it.
const TURN: u64 = 30 * Time::SECOND;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// Everything, for a new device.
    Offer = 0,
    /// A span, for one that asked.
    Answer = 1,
    Read = 2,
}

/// A row of `archives`.
struct Job {
    id: i64,
    task: Task,
    request: Option<MessageId>,
    span: Option<Span>,
    file: Option<FileId>,
    /// Making: the last row that is written. Reading: the next byte.
    at: u64,
    /// Making: the row before this part's first.
    start: u64,
    /// Making: messages in this part.
    count: u64,
}

const COLUMNS: &str = "id, job, request, grp, first, last, file, at, start, count";

impl Job {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let sequence = |index: usize| -> rusqlite::Result<Option<Sequence>> {
            Ok(row.get::<_, Option<i64>>(index)?.map(|value| Sequence(uint(value))))
        };
        let group: Option<Id<GroupId>> = row.get(3)?;
        Ok(Self {
            id: row.get(0)?,
            task: match row.get::<_, i64>(1)? {
                0 => Task::Offer,
                1 => Task::Answer,
                _ => Task::Read,
            },
            request: row.get::<_, Option<Id<_>>>(2)?.map(|Id(request)| request),
            span: match (group, sequence(4)?, sequence(5)?) {
                (Some(Id(group)), Some(from), Some(to)) => Some(Span { group, from, to }),
                _ => None,
            },
            file: row.get::<_, Option<i64>>(6)?.map(FileId),
            at: uint(row.get(7)?),
            start: uint(row.get(8)?),
            count: uint(row.get(9)?),
        })
    }

    fn save(&self, work: &Work<'_>) -> Result<(), EngineError> {
        work.tx
            .prepare_cached("UPDATE archives SET file = ?2, at = ?3, start = ?4, count = ?5 WHERE id = ?1")?
            .execute(params![
                self.id,
                self.file.map(|file| file.0),
                int(self.at),
                int(self.start),
                int(self.count)
            ])?;
        Ok(())
    }

    fn end(&self, work: &Work<'_>) -> Result<(), EngineError> {
        work.tx
            .prepare_cached("DELETE FROM archives WHERE id = ?1")?
            .execute([self.id])?;
        Ok(())
    }
}

/// The devices of our account, but not `without`; in the order in which they take their turns.
fn devices(work: &mut Work<'_>, without: DeviceId) -> Result<Vec<DeviceId>, EngineError> {
    let own = work.identity()?.member.account;
    let chain = people::chain(work, own)?;
    let mut devices: Vec<DeviceId> = chain.iter().flat_map(|chain| chain.devices()).collect();
    devices.retain(|device| *device != without);
    devices.sort_unstable();
    Ok(devices)
}

/// When it is this device's turn to help `other`.
fn turn(work: &mut Work<'_>, other: DeviceId) -> Result<Time, EngineError> {
    let own = work.identity()?.member.device;
    let rank = devices(work, other)?
        .iter()
        .position(|device| *device == own)
        .unwrap_or(0);
    Ok(work.now.plus(rank as u64 * TURN))
}

fn add_job(
    work: &mut Work<'_>,
    task: Task,
    due: Time,
    request: Option<MessageId>,
    span: Option<Span>,
    file: Option<FileId>,
) -> Result<(), EngineError> {
    work.tx
        .prepare_cached(
            "INSERT INTO archives (job, due, request, grp, first, last, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            task as i64,
            int(due.0),
            request.as_ref().map(MessageId::as_bytes),
            span.as_ref().map(|span| *span.group.as_bytes()),
            span.map(|span| int(span.from.0)),
            span.map(|span| int(span.to.0)),
            file.map(|file| file.0),
        ])?;
    work.effects.push(Effect::WakeAt(due));
    Ok(())
}

/// Says something in our own group, if there is anybody to hear it.
pub(crate) fn tell_own_devices(work: &mut Work<'_>, content: Content) -> Result<(), EngineError> {
    let own = work.identity()?;
    let (group, device) = (own.own_group, own.member.device);
    if devices(work, device)?.is_empty() {
        return Ok(());
    }
    outbox::queue_content(work, group, content)
}

/// `new` was added to our own group: one of the other devices makes it an archive.
pub(crate) fn offer_to_new_device(work: &mut Work<'_>, new: DeviceId) -> Result<(), EngineError> {
    let has_history: bool = work
        .tx
        .query_row("SELECT EXISTS (SELECT 1 FROM messages WHERE shown = 1)", [], |row| {
            row.get(0)
        })?;
    if work.own_device() == Some(new) || !has_history {
        return Ok(());
    }
    let due = turn(work, new)?;
    add_job(work, Task::Offer, due, None, None, None)
}

/// This device could not read `from..=to` of a group: asks our other devices.
pub(crate) fn ask(work: &mut Work<'_>, group: GroupId, from: Sequence, to: Sequence) -> Result<(), EngineError> {
    if from > to {
        return Ok(());
    }
    tell_own_devices(
        work,
        Content::HistoryRequest(HistoryRequest {
            span: Span { group, from, to },
        }),
    )
}

/// An archive that another own device offers is given this long before the spans before our joining are asked for.
const OFFER_MS: u64 = 20 * Time::SECOND;

/// This device came into a group at this place: what was said before, another own device may have. An archive for new
/// devices is made when the device comes into the own group; what came between that and this place is asked for.
pub(crate) fn joined(work: &mut Work<'_>, group: GroupId, at: Sequence) -> Result<(), EngineError> {
    let Some(device) = work.own_device() else {
        return Ok(());
    };
    if devices(work, device)?.is_empty() {
        return Ok(());
    }
    work.tx.execute(
        "INSERT OR REPLACE INTO history_wanted (grp, upto, since) VALUES (?1, ?2, ?3)",
        params![group.as_bytes(), int(at.0), int(work.now.0)],
    )?;
    let is_covered: bool = work
        .tx
        .query_row("SELECT EXISTS (SELECT 1 FROM history_covered)", [], |row| row.get(0))?;
    if is_covered {
        return want(work, work.now);
    }
    work.effects.push(Effect::WakeAt(work.now.plus(OFFER_MS)));
    Ok(())
}

/// Asks for what is wanted since `since` or longer, as far as no archive covers it.
fn want(work: &mut Work<'_>, since: Time) -> Result<(), EngineError> {
    let rows: Vec<(GroupId, i64, i64)> = work
        .tx
        .prepare_cached(
            "SELECT w.grp, COALESCE(c.upto, 0), w.upto FROM history_wanted AS w LEFT JOIN history_covered AS c ON c.grp = w.grp
             WHERE w.since <= ?1",
        )?
        .query_map([int(since.0)], |row| {
            Ok((row.get::<_, Id<GroupId>>(0)?.0, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    for (group, covered, upto) in rows {
        ask(work, group, Sequence(uint(covered)).next(), Sequence(uint(upto)))?;
        work.tx
            .execute("DELETE FROM history_wanted WHERE grp = ?1", [group.as_bytes()])?;
    }
    Ok(())
}

/// Another own device could not read a span.
pub(crate) fn requested(
    work: &mut Work<'_>,
    sender: Member,
    id: MessageId,
    request: &HistoryRequest,
) -> Result<(), EngineError> {
    if work.own_device() == Some(sender.device) || count(work, &request.span)? == 0 {
        return Ok(());
    }
    let due = turn(work, sender.device)?;
    add_job(work, Task::Answer, due, Some(id), Some(request.span), None)
}

/// How many contents of this span are here.
fn count(work: &Work<'_>, span: &Span) -> Result<u64, EngineError> {
    let count: i64 = work
        .tx
        .prepare_cached(
            "SELECT COUNT(*) FROM messages WHERE grp = ?1 AND sequence BETWEEN ?2 AND ?3 AND state IN (0, 3) AND kind <> ?4",
        )?
        .query_row(
            params![span.group.as_bytes(), int(span.from.0), int(span.to.0), Kind::Device.number()],
            |row| row.get(0),
        )?;
    Ok(uint(count))
}

/// Another own device offers its history.
pub(crate) fn offered(work: &mut Work<'_>, sender: Member, offer: &ArchiveOffer) -> Result<(), EngineError> {
    if work.own_device() == Some(sender.device) {
        return Ok(());
    }
    // Whoever needed it has it now.
    work.tx.execute(
        "DELETE FROM archives WHERE job = ?1 AND file IS NULL",
        [Task::Offer as i64],
    )?;
    let mut here = 0;
    for span in &offer.covers {
        here += count(work, span)?;
    }
    // A device that was there all the time lacks a few that have expired; it does not fetch everything for them.
    let is_new_to_us = here < (offer.count - offer.count / 20).max(1);
    for span in &offer.covers {
        work.tx.execute(
            "INSERT INTO history_covered (grp, upto) VALUES (?1, ?2)
             ON CONFLICT (grp) DO UPDATE SET upto = MAX(upto, excluded.upto)",
            params![span.group.as_bytes(), int(span.to.0)],
        )?;
    }
    if is_new_to_us {
        fetch(work, &offer.blob, None, None)?;
    }
    want(work, work.now)
}

/// Another own device could read a span that somebody asked for.
pub(crate) fn answered(work: &mut Work<'_>, sender: Member, answer: &HistoryAnswer) -> Result<(), EngineError> {
    let own = work.identity()?;
    let (own_group, device) = (own.own_group, own.member.device);
    if device == sender.device {
        return Ok(());
    }
    work.tx.execute(
        "DELETE FROM archives WHERE job = ?1 AND request = ?2 AND file IS NULL",
        params![Task::Answer as i64, answer.request.as_bytes()],
    )?;
    let asked = Stored::load(work.tx, own_group, answer.request)?.filter(|request| request.sender.device == device);
    let asked = asked.and_then(|request| Message::decode(&request.content, &request.origin()).ok());
    match asked.map(|decoded| decoded.message.content) {
        Some(Content::HistoryRequest(request)) if request.span == answer.span => {
            fetch(work, &answer.blob, Some(answer.request), Some(answer.span))
        }
        _ => Ok(()),
    }
}

fn fetch(
    work: &mut Work<'_>,
    blob: &melder_content::BlobRef,
    request: Option<MessageId>,
    span: Option<Span>,
) -> Result<(), EngineError> {
    let own_group = work.identity()?.own_group;
    files::know(work, own_group, blob)?;
    let Some(file) = files::by_blob(work.tx, blob.id)? else {
        return Ok(());
    };
    let is_known: bool = work
        .tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM archives WHERE file = ?1)")?
        .query_row([file.0], |row| row.get(0))?;
    if is_known {
        return Ok(());
    }
    add_job(work, Task::Read, work.now, request, span, Some(file))?;
    // It is known, so there is nothing that could be wrong with it.
    let _known = files::download(work, blob.id)?;
    Ok(())
}

/// Is this the file of an archive that is to be read?
pub(crate) fn awaits(work: &Work<'_>, file: FileId) -> Result<bool, EngineError> {
    Ok(work
        .tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM archives WHERE file = ?1 AND job = ?2)")?
        .query_row(params![file.0, Task::Read as i64], |row| row.get(0))?)
}

/// A file is here, whole. If it is an archive, it is read from now on.
pub(crate) fn arrived(work: &mut Work<'_>, file: FileId) -> Result<(), EngineError> {
    if awaits(work, file)? {
        work.effects.push(Effect::WakeAt(work.now));
    }
    Ok(())
}

/// Goes on making and reading archives, a piece at a time. Gives when it wants to be called again.
pub(crate) fn tick(work: &mut Work<'_>) -> Result<Option<Time>, EngineError> {
    if work.session.identity.is_none() {
        return Ok(None);
    }
    want(work, work.now.minus(OFFER_MS))?;
    if let Some(job) = next(work)? {
        match job.task {
            Task::Offer | Task::Answer => make::step(work, job)?,
            Task::Read => read::step(work, job)?,
        }
        if next(work)?.is_some() {
            return Ok(Some(work.now));
        }
    }
    let due: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(due) FROM archives WHERE job <> ?1")?
        .query_row([Task::Read as i64], |row| row.get(0))?;
    Ok(due.map(|due| Time(uint(due))))
}

/// Reads these bytes as an archive that has come, to its end.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_whole(work: &mut Work<'_>, span: Option<Span>, bytes: &[u8]) -> Result<(), EngineError> {
    let file = files::open_end(work)?;
    for piece in bytes.chunks(melder_protocol::limits::BLOB_CHUNK) {
        // What is too large is cut off; what there is ends somewhere.
        let _taken = files::add(work, file, piece)?;
    }
    files::finish(work, file)?;
    add_job(work, Task::Read, work.now, None, span, Some(file))?;
    while let Some(job) = next(work)? {
        match job.task {
            Task::Offer | Task::Answer => make::step(work, job)?,
            Task::Read => read::step(work, job)?,
        }
    }
    Ok(())
}

/// A job that can go on now.
fn next(work: &Work<'_>) -> Result<Option<Job>, EngineError> {
    Ok(work
        .tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM archives AS a WHERE due <= ?1
               AND (job <> ?2 OR EXISTS (SELECT 1 FROM files AS f WHERE f.id = a.file AND f.complete = 1))
             ORDER BY id LIMIT 1"
        ))?
        .query_row(params![int(work.now.0), Task::Read as i64], Job::read)
        .optional()?)
}

/// The group is gone: nobody needs its history any more.
pub(crate) fn drop_group(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let files: Vec<Option<i64>> = work
        .tx
        .prepare_cached("DELETE FROM archives WHERE grp = ?1 RETURNING file")?
        .query_map([group.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for file in files.into_iter().flatten() {
        files::drop_file(work, FileId(file))?;
    }
    Ok(())
}
