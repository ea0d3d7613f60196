// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Making an archive: some rows with each step, straight into a sealed file. When the file is large enough it is
//! offered, and the rest goes into the next one.

use melder_content::limits::MAX_SPANS;
use melder_content::{ArchiveOffer, Content, HistoryAnswer, Message, Span};
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::{GroupId, Sequence};
use rusqlite::params;

use super::record::{Kept, Record, VERSION};
use super::{Job, Task};
use crate::api::FileId;
use crate::error::EngineError;
use crate::files;
use crate::history::{self, Kind, Stored};
use crate::outbox::{self, Letter};
use crate::store::{Id, int, uint};
use crate::work::Work;

/// Rows of one step.
const ROWS: usize = 1_000;
/// Bytes that go into the file at once.
const PIECE: usize = 512 * 1024;
/// A part is offered when it has this size: well below the largest blob, and done with before a network goes.
const PART: u64 = 32 * 1024 * 1024;

pub(super) fn step(work: &mut Work<'_>, mut job: Job) -> Result<(), EngineError> {
    let mut writer = Writer {
        file: FileId(0),
        buffer: Vec::new(),
    };
    match job.file {
        Some(file) => writer.file = file,
        None => {
            writer.file = files::open_end(work)?;
            job.file = Some(writer.file);
            job.start = job.at;
            begin(work, &job, &mut writer)?;
        }
    }
    let rows = rows(work, &job)?;
    let is_last = rows.len() < ROWS;
    for stored in rows {
        job.at = uint(stored.row);
        job.count += 1;
        writer.put(work, &Record::Message(kept(stored)))?;
    }
    writer.flush(work)?;
    if is_last || files::received(work.tx, writer.file)? >= PART {
        end(work, &mut job, writer)?;
        if is_last {
            return job.end(work);
        }
    }
    job.save(work)
}

struct Writer {
    file: FileId,
    buffer: Vec<u8>,
}

impl Writer {
    fn put(&mut self, work: &mut Work<'_>, record: &Record) -> Result<(), EngineError> {
        self.buffer.extend(cbor::encode(record));
        if self.buffer.len() >= PIECE {
            self.flush(work)
        } else {
            Ok(())
        }
    }

    fn flush(&mut self, work: &mut Work<'_>) -> Result<(), EngineError> {
        files::add(work, self.file, &self.buffer)?.map_err(|_| EngineError::Damaged("archive"))?;
        self.buffer.clear();
        Ok(())
    }
}

fn begin(work: &mut Work<'_>, job: &Job, writer: &mut Writer) -> Result<(), EngineError> {
    let account = work.identity()?.member.account;
    writer.put(
        work,
        &Record::Begin {
            version: VERSION,
            account,
        },
    )?;
    // What is said once stands in the first part.
    if job.task != Task::Offer || job.at > 0 {
        return Ok(());
    }
    for (account, absence, said) in crate::duty::absences(work)? {
        let until = absence.until.unwrap_or_default();
        let note = absence.note;
        let record = Record::Absence {
            account,
            note,
            until,
            said,
        };
        writer.put(work, &record)?;
    }
    for key in history::known_keys(work)? {
        writer.put(work, &Record::Key(key))?;
    }
    let groups: Vec<(GroupId, Sequence)> = work
        .tx
        .prepare_cached("SELECT id, read FROM groups ORDER BY id")?
        .query_map([], |row| Ok((row.get::<_, Id<_>>(0)?.0, Sequence(uint(row.get(1)?)))))?
        .collect::<Result<_, _>>()?;
    for (group, read) in groups {
        writer.put(work, &Record::Group { group, read })?;
    }
    Ok(())
}

/// What stands in a log, or came sealed; not what still waits, nor what own devices tell each other.
fn rows(work: &Work<'_>, job: &Job) -> Result<Vec<Stored>, EngineError> {
    let sql = |rest: &str| {
        format!(
            "SELECT {} FROM messages AS m WHERE m.id > ?1 AND m.state IN (0, 3) AND m.kind <> ?2 {rest} ORDER BY m.id LIMIT ?3",
            history::COLUMNS
        )
    };
    let (at, kind) = (int(job.at), Kind::Device.number());
    let rows = match job.span {
        None => work
            .tx
            .prepare_cached(&sql(""))?
            .query_map(params![at, kind, int(ROWS as u64)], Stored::read)?
            .collect::<Result<_, _>>()?,
        Some(span) => work
            .tx
            .prepare_cached(&sql("AND m.grp = ?4 AND m.sequence BETWEEN ?5 AND ?6"))?
            .query_map(
                params![
                    at,
                    kind,
                    int(ROWS as u64),
                    span.group.as_bytes(),
                    int(span.from.0),
                    int(span.to.0)
                ],
                Stored::read,
            )?
            .collect::<Result<_, _>>()?,
    };
    Ok(rows)
}

fn kept(stored: Stored) -> Kept {
    Kept {
        group: stored.group,
        id: stored.id,
        sender: stored.sender,
        sequence: stored.sequence,
        time: stored.time,
        content: Bytes(stored.content),
        power: stored.power,
        expires: stored.expires,
        kind: stored.kind.number(),
    }
}

/// Ends the part and tells whoever needs it.
fn end(work: &mut Work<'_>, job: &mut Job, mut writer: Writer) -> Result<(), EngineError> {
    writer.put(work, &Record::End { count: job.count })?;
    writer.flush(work)?;
    files::finish(work, writer.file)?;
    let count = core::mem::take(&mut job.count);
    job.file = None;
    if count == 0 {
        return files::drop_file(work, writer.file);
    }
    let own_group = work.identity()?.own_group;
    let blob = files::blob(work, own_group, writer.file)?.map_err(|_| EngineError::Damaged("archive"))?;
    let content = match (job.request, job.span) {
        (Some(request), Some(span)) => Content::HistoryAnswer(HistoryAnswer { request, span, blob }),
        _ => {
            let (covers, count) = covers(work, job)?;
            Content::ArchiveOffer(ArchiveOffer { blob, count, covers })
        }
    };
    let salt = work.random();
    let letter = Letter {
        group: own_group,
        message: Message::new(salt, content),
        at: None,
        files: vec![writer.file],
    };
    outbox::queue(work, letter)??;
    Ok(())
}

/// From where to where this part reaches in each group, and how many messages that are.
fn covers(work: &Work<'_>, job: &Job) -> Result<(Vec<Span>, u64), EngineError> {
    let mut count = 0;
    let mut statement = work.tx.prepare_cached(
        "SELECT grp, MIN(sequence), MAX(sequence), COUNT(*) FROM messages
         WHERE id > ?1 AND id <= ?2 AND sequence IS NOT NULL AND state IN (0, 3) AND kind <> ?3 GROUP BY grp LIMIT ?4",
    )?;
    let covers = statement
        .query_map(
            params![
                int(job.start),
                int(job.at),
                Kind::Device.number(),
                int(MAX_SPANS as u64)
            ],
            |row| {
                count += uint(row.get(3)?);
                Ok(Span {
                    group: row.get::<_, Id<_>>(0)?.0,
                    from: Sequence(uint(row.get(1)?)),
                    to: Sequence(uint(row.get(2)?)),
                })
            },
        )?
        .collect::<Result<_, _>>()?;
    Ok((covers, count))
}
