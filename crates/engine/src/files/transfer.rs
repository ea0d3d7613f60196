// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The way to and from the server, a few chunks at a time.
//!
//! What is to be moved stands in `transfers`; what is on its way stands in [`Flights`] and is lost with the connection.
//! An upload asks the server first how far it has got. While an answer says "not this chunk", nothing new is sent until
//! all answers are in; then it goes on where the server is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use melder_protocol::blob::BlobState;
use melder_protocol::cbor::Bytes;
use melder_protocol::limits::BLOB_CHUNK;
use melder_protocol::request::{Request, Response};
use melder_protocol::{BlobId, ErrorCode, GroupId, Hash, Refusal};
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::{ARCHIVE, Checked, File, drop_file, intake, pause, seal, sealed_chunk};
use crate::api::{ActionError, ActionId, Event, FileId, Invalid, Misbehaviour, Outcome};
use crate::error::EngineError;
use crate::pending::Pending;
use crate::store::{Id, int};
use crate::work::{Session, Work};
use crate::{archive, history};

/// Chunks on their way at once.
const WINDOW: u32 = 4;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilePending {
    Create(FileId),
    Put(FileId, u32),
    Get(FileId, u32),
    /// One chunk out of turn, for whoever wants to look into the middle.
    Fetch(FileId, u32, ActionId),
    Delete(BlobId),
}

/// What is on its way, and hashes that were counted along. All of it can be found out again.
#[derive(Default)]
pub(crate) struct Flights {
    running: BTreeMap<FileId, Flight>,
    deleting: BTreeSet<BlobId>,
    hashes: HashMap<FileId, (u32, Sha256)>,
}

#[derive(Debug, Default)]
struct Flight {
    /// The server told how far it is (uploads).
    is_open: bool,
    /// The next chunk to ask for.
    next: u32,
    on_way: u32,
    /// Where to go on when nothing is on its way any more.
    resume: Option<u32>,
}

impl core::fmt::Debug for Flights {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Flights")
            .field("running", &self.running)
            .finish_non_exhaustive()
    }
}

impl Flights {
    /// Counts a chunk in, if all before it were counted.
    pub(super) fn hash(&mut self, file: FileId, index: u32, sealed: &[u8]) {
        if index == 0 {
            self.hashes.insert(file, (0, Sha256::new()));
        }
        if let Some((next, hash)) = self.hashes.get_mut(&file).filter(|(next, _)| *next == index) {
            hash.update(sealed);
            *next += 1;
        }
    }

    /// The hash, if all chunks were counted.
    pub(super) fn hashed(&mut self, file: FileId, chunks: u32) -> Option<Hash> {
        let (_, hash) = self.hashes.remove(&file).filter(|(next, _)| *next == chunks)?;
        Some(Hash::from_bytes(hash.finalize().into()))
    }

    pub(super) fn forget(&mut self, file: FileId) {
        self.running.remove(&file);
        self.hashes.remove(&file);
    }
}

/// To be called when the connection is gone.
pub(crate) fn disconnected(session: &mut Session) {
    session.files.running.clear();
    session.files.deleting.clear();
}

/// Fetches a blob in the background.
pub(crate) fn download(work: &mut Work<'_>, blob: BlobId) -> Checked<()> {
    let Some(file) = File::by_blob(work.tx, blob)? else {
        return Ok(Err(Invalid::UnknownFile));
    };
    if file.complete {
        progress(work, &file, file.have, false);
    } else if file.origin == 0 {
        work.tx
            .prepare_cached(
                "INSERT INTO transfers (file, upload) VALUES (?1, 0) ON CONFLICT (file) DO UPDATE SET not_before = 0",
            )?
            .execute([file.id.0])?;
    }
    Ok(Ok(()))
}

/// Sends what may be sent now. Small files first, so that a photo does not wait for a film.
pub(crate) fn pump(work: &mut Work<'_>) -> Result<(), EngineError> {
    if !work.online() {
        return Ok(());
    }
    let waiting: Vec<(i64, bool)> = work
        .tx
        .prepare_cached(
            "SELECT t.file, t.upload FROM transfers AS t JOIN files AS f ON f.id = t.file
             WHERE t.not_before <= ?1 ORDER BY f.size, f.id LIMIT ?2",
        )?
        .query_map(params![int(work.now.0), WINDOW], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let on_way: u32 = work.session.files.running.values().map(|flight| flight.on_way).sum();
    let mut room = WINDOW.saturating_sub(on_way);
    for (file, is_upload) in waiting {
        while room > 0 && step(work, FileId(file), is_upload)? {
            room -= 1;
        }
    }
    delete_doomed(work)
}

/// Sends one request for this file; `false`: there is none to send now.
fn step(work: &mut Work<'_>, id: FileId, is_upload: bool) -> Result<bool, EngineError> {
    let Some(file) = File::load(work.tx, id)? else {
        return Ok(false);
    };
    let (Some(blob), Some(group)) = (file.blob, file.group) else {
        return Ok(false);
    };
    let chunks = file.chunks();
    let is_new = !work.session.files.running.contains_key(&id);
    let flight = work.session.files.running.entry(id).or_default();
    if is_new && is_upload {
        flight.on_way = 1;
        work.request(
            Request::CreateBlob { blob, group, chunks },
            Pending::File(FilePending::Create(id)),
        );
        return Ok(true);
    }
    if is_new {
        flight.is_open = true;
        flight.next = file.have;
    }
    if flight.on_way == 0
        && let Some(resume) = flight.resume.take()
    {
        flight.next = resume;
    }
    let index = flight.next;
    if !flight.is_open || flight.resume.is_some() || index >= chunks {
        return Ok(false);
    }
    flight.next += 1;
    flight.on_way += 1;
    if is_upload {
        let bytes = sealed_chunk(work.tx, id, index)?.ok_or(EngineError::Damaged("file chunk"))?;
        let request = Request::PutChunk {
            blob,
            index,
            bytes: Bytes(bytes),
        };
        work.request(request, Pending::File(FilePending::Put(id, index)));
    } else {
        work.request(
            Request::GetChunk { blob, index },
            Pending::File(FilePending::Get(id, index)),
        );
    }
    Ok(true)
}

fn delete_doomed(work: &mut Work<'_>) -> Result<(), EngineError> {
    let doomed: Vec<BlobId> = work
        .tx
        .prepare_cached("SELECT blob FROM doomed LIMIT 16")?
        .query_map([], |row| Ok(row.get::<_, Id<BlobId>>(0)?.0))?
        .collect::<Result<_, _>>()?;
    for blob in doomed {
        if work.session.files.deleting.insert(blob) {
            work.request(Request::DeleteBlob(blob), Pending::File(FilePending::Delete(blob)));
        }
    }
    Ok(())
}

/// The server answered.
pub(crate) fn answered(
    work: &mut Work<'_>,
    pending: FilePending,
    result: Result<Response, Refusal>,
) -> Result<(), EngineError> {
    let id = match pending {
        FilePending::Delete(blob) => return deleted(work, blob, result.err()),
        FilePending::Fetch(id, index, action) => return fetched(work, id, index, action, result),
        FilePending::Create(id) | FilePending::Put(id, _) | FilePending::Get(id, _) => id,
    };
    let Some(flight) = work.session.files.running.get_mut(&id) else {
        return Ok(());
    };
    flight.on_way = flight.on_way.saturating_sub(1);
    let Some(file) = File::load(work.tx, id)? else {
        return Ok(());
    };
    match (pending, result) {
        (FilePending::Create(_), Ok(Response::Blob(state))) => {
            flight.is_open = true;
            flight.next = state.stored;
            stored(work, &file, &state)
        }
        (FilePending::Put(..), Ok(Response::Blob(state))) => stored(work, &file, &state),
        (FilePending::Put(..), Err(refusal)) if refusal.code == ErrorCode::WrongChunk => {
            match refusal.sequence.and_then(|stored| u32::try_from(stored.0).ok()) {
                Some(stored) => flight.resume = Some(stored),
                // It does not say where it is: ask.
                None => work.session.files.forget(id),
            }
            Ok(())
        }
        (FilePending::Get(_, index), Ok(Response::Chunk { index: at, bytes })) if at == index => {
            arrived(work, file, index, bytes.as_slice())
        }
        (_, Err(refusal)) => refused(work, &file, &refusal),
        (_, Ok(_)) => {
            work.misbehaviour(file.group, Misbehaviour::WrongAnswer);
            refused(work, &file, &Refusal::new(ErrorCode::Internal))
        }
    }
}

/// Asks for one chunk, wherever it lies in the blob.
pub(crate) fn fetch(work: &mut Work<'_>, action: ActionId, blob: BlobId, index: u32) -> Checked<()> {
    let Some(file) = File::by_blob(work.tx, blob)?.filter(|file| index < file.chunks()) else {
        return Ok(Err(Invalid::UnknownFile));
    };
    if has_chunk(work, file.id, index)? {
        work.done(action, Outcome::Nothing);
        return Ok(Ok(()));
    }
    work.request(
        Request::GetChunk { blob, index },
        Pending::File(FilePending::Fetch(file.id, index, action)),
    );
    Ok(Ok(()))
}

fn fetched(
    work: &mut Work<'_>,
    id: FileId,
    index: u32,
    action: ActionId,
    result: Result<Response, Refusal>,
) -> Result<(), EngineError> {
    match (File::load(work.tx, id)?, result) {
        (Some(file), Ok(Response::Chunk { index: at, bytes })) if at == index => {
            arrived(work, file, index, bytes.as_slice())?;
            if has_chunk(work, id, index)? {
                work.done(action, Outcome::Nothing);
            } else {
                work.failed(action, ActionError::Invalid(Invalid::ServerMisbehaves));
            }
        }
        (_, Err(refusal)) => work.failed(action, refusal),
        (None, Ok(_)) => work.failed(action, ActionError::Invalid(Invalid::UnknownFile)),
        (Some(_), Ok(_)) => work.failed(action, ActionError::Invalid(Invalid::ServerMisbehaves)),
    }
    Ok(())
}

fn deleted(work: &mut Work<'_>, blob: BlobId, refusal: Option<Refusal>) -> Result<(), EngineError> {
    let is_final = refusal.is_none_or(|refusal| !is_for_now(refusal.code));
    if is_final {
        work.session.files.deleting.remove(&blob);
        work.tx
            .prepare_cached("DELETE FROM doomed WHERE blob = ?1")?
            .execute([blob.as_bytes()])?;
    }
    // Otherwise again with the next connection.
    Ok(())
}

fn progress(work: &mut Work<'_>, file: &File, chunks: u32, upload: bool) {
    if let (Some(blob), Some(of)) = (file.blob, file.size) {
        let done = (u64::from(chunks) * BLOB_CHUNK as u64).min(of);
        work.event(Event::Transfer { blob, done, of, upload });
    }
}

/// The server has the first so many chunks.
fn stored(work: &mut Work<'_>, file: &File, state: &BlobState) -> Result<(), EngineError> {
    work.tx
        .prepare_cached("UPDATE transfers SET tries = 0 WHERE file = ?1 AND tries > 0")?
        .execute([file.id.0])?;
    progress(work, file, state.stored, true);
    if state.stored < file.chunks() {
        return Ok(());
    }
    work.session.files.forget(file.id);
    work.tx
        .prepare_cached("DELETE FROM transfers WHERE file = ?1")?
        .execute([file.id.0])?;
    let groups: Vec<GroupId> = work
        .tx
        .prepare_cached(
            "UPDATE outbox SET blobs = blobs - 1
             WHERE blobs > 0 AND id IN (SELECT outbox FROM file_outbox WHERE file = ?1) RETURNING grp",
        )?
        .query_map([file.id.0], |row| Ok(row.get::<_, Id<GroupId>>(0)?.0))?
        .collect::<Result<_, _>>()?;
    work.session.dirty.extend(groups);
    work.tx
        .prepare_cached("DELETE FROM file_outbox WHERE file = ?1")?
        .execute([file.id.0])?;
    if file.origin == ARCHIVE {
        // Nobody reads it on this device.
        drop_file(work, file.id)?;
    }
    Ok(())
}

/// A chunk came: it counts if it opens at its place.
fn arrived(work: &mut Work<'_>, mut file: File, index: u32, sealed: &[u8]) -> Result<(), EngineError> {
    let chunks = file.chunks();
    let opened = file.sealer()?.open(index, index + 1 == chunks, sealed);
    if opened.is_none_or(|bytes| bytes.len() as u64 != seal::chunk_len(file.size.unwrap_or(0), index)) {
        return spoiled(work, &file);
    }
    let is_new = work
        .tx
        .prepare_cached("INSERT INTO chunks (file, idx, bytes) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![file.id.0, index, sealed])?;
    if is_new > 0 {
        work.session.files.hash(file.id, index, sealed);
    }
    while file.have < chunks && has_chunk(work, file.id, file.have)? {
        file.have += 1;
    }
    file.complete = file.have == chunks;
    if file.complete && Some(intake::hash(work, file.id, chunks)?) != file.hash {
        work.tx
            .prepare_cached("DELETE FROM chunks WHERE file = ?1")?
            .execute([file.id.0])?;
        work.tx
            .prepare_cached("UPDATE files SET have = 0 WHERE id = ?1")?
            .execute([file.id.0])?;
        return spoiled(work, &file);
    }
    work.tx
        .prepare_cached("UPDATE files SET have = ?2, complete = ?3 WHERE id = ?1")?
        .execute(params![file.id.0, file.have, file.complete])?;
    progress(work, &file, file.have, false);
    if file.complete {
        stop(work, file.id)?;
        archive::arrived(work, file.id)?;
    }
    Ok(())
}

fn has_chunk(work: &Work<'_>, file: FileId, index: u32) -> Result<bool, EngineError> {
    Ok(work
        .tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM chunks WHERE file = ?1 AND idx = ?2)")?
        .query_row(params![file.0, index], |row| row.get(0))?)
}

/// How often something that nobody asked for by hand is fetched again when its bytes are wrong.
const SPOILED_TRIES: u32 = 12;

/// The bytes are not what the message promised. Asking again at once would give the same; a person may ask again, and
/// an archive, for which nobody would, is asked for again after a growing pause.
fn spoiled(work: &mut Work<'_>, file: &File) -> Result<(), EngineError> {
    work.misbehaviour(file.group, Misbehaviour::WrongFile);
    if !archive::awaits(work, file.id)? {
        return stop(work, file.id);
    }
    work.session.files.running.remove(&file.id);
    let tries: Option<u32> = work
        .tx
        .prepare_cached("UPDATE transfers SET tries = tries + 1 WHERE file = ?1 RETURNING tries")?
        .query_row([file.id.0], |row| row.get(0))
        .optional()?;
    match tries {
        Some(tries) if tries <= SPOILED_TRIES => {
            work.tx
                .prepare_cached("UPDATE transfers SET not_before = ?2 WHERE file = ?1")?
                .execute(params![file.id.0, int(work.now.plus(pause(tries)).0)])?;
            Ok(())
        }
        _ => stop(work, file.id),
    }
}

fn stop(work: &mut Work<'_>, file: FileId) -> Result<(), EngineError> {
    work.session.files.forget(file);
    work.tx
        .prepare_cached("DELETE FROM transfers WHERE file = ?1")?
        .execute([file.0])?;
    Ok(())
}

/// "Later", as opposed to "never".
const fn is_for_now(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::RateLimited | ErrorCode::Internal | ErrorCode::StorageFull | ErrorCode::ShuttingDown
    )
}

fn refused(work: &mut Work<'_>, file: &File, refusal: &Refusal) -> Result<(), EngineError> {
    if is_for_now(refusal.code) {
        work.session.files.running.remove(&file.id);
        let tries: u32 = work
            .tx
            .prepare_cached("UPDATE transfers SET tries = tries + 1 WHERE file = ?1 RETURNING tries")?
            .query_row([file.id.0], |row| row.get(0))?;
        work.tx
            .prepare_cached("UPDATE transfers SET not_before = ?2 WHERE file = ?1")?
            .execute(params![file.id.0, int(work.now.plus(pause(tries)).0)])?;
        return Ok(());
    }
    stop(work, file.id)?;
    let failed: Vec<(GroupId, melder_content::MessageId)> = work
        .tx
        .prepare_cached(
            "DELETE FROM outbox WHERE id IN (SELECT outbox FROM file_outbox WHERE file = ?1) RETURNING grp, message",
        )?
        .query_map([file.id.0], |row| {
            Ok((row.get::<_, Id<_>>(0)?.0, row.get::<_, Id<_>>(1)?.0))
        })?
        .collect::<Result<_, _>>()?;
    work.tx
        .prepare_cached("DELETE FROM file_outbox WHERE file = ?1")?
        .execute([file.id.0])?;
    for (group, message) in failed {
        history::failed(work, group, message, refusal.code)?;
    }
    Ok(())
}
