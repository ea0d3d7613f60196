// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reading an archive: about a megabyte with each step. The archive comes from an own device, sealed, and its hash was
//! checked; still every message in it has to be what its id says, and an answer to a gap fills nothing but the gap.

use std::collections::BTreeSet;

use melder_content::{Message, Origin, Span};
use melder_protocol::GroupId;
use melder_protocol::limits::BLOB_CHUNK;
use rusqlite::params;

use super::Job;
use super::record::{Kept, Record, VERSION};
use crate::api::{Effect, Event, FileId, MessageState, Misbehaviour, SystemLine};
use crate::error::EngineError;
use crate::history::{self, Item};
use crate::store::int;
use crate::work::Work;
use crate::{files, groups};

/// Chunks of one step. A record is far smaller than that.
const CHUNKS: u64 = 16;

enum Piece {
    /// Read up to here; there is more.
    More(u64),
    /// The end.
    Done,
    /// Not an archive of ours.
    Broken,
}

pub(super) fn step(work: &mut Work<'_>, mut job: Job) -> Result<(), EngineError> {
    let Some(file) = job.file else { return job.end(work) };
    let before = work.effects.len();
    let mut touched = BTreeSet::new();
    let piece = piece(work, &job, file, &mut touched)?;
    // Whoever looks at a chat reads it anew; a line of news for each of a hundred thousand messages helps nobody.
    let news = work.effects.split_off(before);
    work.effects.extend(
        news.into_iter().filter(
            |effect| !matches!(effect, Effect::Event(event) if matches!(**event, Event::MessageChanged { .. })),
        ),
    );
    for group in touched {
        work.event(Event::GroupChanged(group));
    }
    match piece {
        Piece::More(at) => {
            job.at = at;
            return job.save(work);
        }
        Piece::Broken => work.misbehaviour(None, Misbehaviour::Malformed),
        Piece::Done => {
            // Only where a gap was told of; a new device's past is no gap.
            if let Some(Span { group, from, to }) = job.span
                && groups::has_gap(work, group, from, to)?
            {
                groups::line(work, group, Some(to), &SystemLine::GapFilled { from, to })?;
            }
        }
    }
    files::drop_file(work, file)?;
    job.end(work)
}

fn piece(work: &mut Work<'_>, job: &Job, file: FileId, touched: &mut BTreeSet<GroupId>) -> Result<Piece, EngineError> {
    let size = files::size(work.tx, file)?;
    let first = job.at / BLOB_CHUNK as u64;
    let mut bytes = Vec::new();
    for index in first..first + CHUNKS {
        let Ok(index) = u32::try_from(index) else { break };
        match files::chunk_of(work.tx, file, index)? {
            Some(chunk) => bytes.extend(chunk),
            None => break,
        }
    }
    let is_all = first * BLOB_CHUNK as u64 + bytes.len() as u64 == size;
    let skip = usize::try_from(job.at % BLOB_CHUNK as u64).unwrap_or(0);
    let Some(bytes) = bytes.get(skip..) else {
        return Ok(Piece::Broken);
    };
    let mut decoder = minicbor::Decoder::new(bytes);
    let mut read = 0;
    loop {
        let at = job.at + read as u64;
        let record = match decoder.decode::<Record>() {
            Ok(record) => record,
            Err(error) if error.is_end_of_input() && !is_all && read > 0 => return Ok(Piece::More(at)),
            Err(_) => return Ok(Piece::Broken),
        };
        read = decoder.position();
        match record {
            Record::Begin { version, account } => {
                if at != 0 || version != VERSION || Some(account) != work.own_account() {
                    return Ok(Piece::Broken);
                }
            }
            _ if at == 0 => return Ok(Piece::Broken),
            Record::Message(kept) => {
                let group = kept.group;
                if take(work, job, &kept)? {
                    touched.insert(group);
                }
            }
            // A gap has none of these.
            Record::Key(share) if job.span.is_none() => history::learn_key(work, &share)?,
            Record::Group { group, read } if job.span.is_none() => {
                work.tx
                    .prepare_cached("UPDATE groups SET read = MAX(read, ?2) WHERE id = ?1")?
                    .execute(params![group.as_bytes(), int(read.0)])?;
            }
            Record::Absence {
                account,
                note,
                until,
                said,
            } if job.span.is_none() => {
                let until = Some(until);
                crate::duty::learn(work, account, &melder_content::Absence { note, until }, said)?;
            }
            Record::Key(_) | Record::Group { .. } | Record::Absence { .. } => {}
            Record::End { .. } => return Ok(Piece::Done),
        }
    }
}

/// Puts a message in, if it is what it says; `true` if it is new here.
fn take(work: &mut Work<'_>, job: &Job, kept: &Kept) -> Result<bool, EngineError> {
    let is_asked_for = |span: Span| {
        kept.group == span.group
            && kept
                .sequence
                .is_some_and(|sequence| (span.from..=span.to).contains(&sequence))
    };
    if !job.span.is_none_or(is_asked_for) || kept.expires.is_some_and(|expires| expires <= work.now) {
        return Ok(false);
    }
    if kept.content.is_empty() {
        return history::insert_deleted(
            work,
            kept.group,
            kept.id,
            kept.sender,
            kept.sequence,
            kept.time,
            kept.kind,
        );
    }
    let origin = Origin {
        sender: kept.sender.account,
        group: kept.group,
    };
    let Ok(decoded) = Message::decode(kept.content.as_slice(), &origin) else {
        return Ok(false);
    };
    let message = &decoded.message;
    let is_over = history::vanishes(message).is_some_and(|time| time <= work.now);
    if decoded.id != kept.id || message.content.is_between_own_devices() || is_over {
        return Ok(false);
    }
    let own = Some(kept.sender.account) == work.own_account();
    history::insert_known(
        work,
        &Item {
            group: kept.group,
            id: kept.id,
            sender: kept.sender,
            sequence: kept.sequence,
            time: kept.time,
            state: if own {
                MessageState::Sent
            } else {
                MessageState::Received
            },
            // What fell into a gap is news; what was there before this device is not.
            quiet: job.span.is_none(),
            power: kept.power,
            expires: kept.expires,
            bytes: kept.content.as_slice(),
            message,
        },
    )
}
