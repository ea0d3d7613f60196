// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Sealed files on this device, and their way to and from the server.
//!
//! A file comes in as plain bytes in order and is sealed chunk by chunk (see [`melder_protocol::blob`]); the sealed
//! chunks lie in the database exactly as they lie on the server. A download takes in a chunk only after it opened at
//! its place, and the whole counts only when its SHA-256 fits. Both directions go on at the first missing chunk after
//! any interruption.
//!
//! It knows nothing of what a file is for: messages point to blobs ([`crate::history`]), and archives are blobs, too
//! ([`crate::archive`]).

mod intake;
mod seal;
#[cfg(test)]
pub(crate) mod tests;
mod transfer;

use melder_content::{AEAD_AES_256_GCM, BlobRef};
use melder_protocol::limits::{BLOB_CHUNK, MAX_BLOB};
use melder_protocol::{BlobId, GroupId, Hash, Time};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::api::{FileId, Invalid};
use crate::error::EngineError;
use crate::store::{Id, int, uint};
use crate::work::Work;

pub(crate) use intake::{add, attach, blob, copy, finish, hold, open_end, start, sweep};
use seal::Sealer;
pub(crate) use transfer::{FilePending, Flights, answered, disconnected, download, fetch, pump};

pub(crate) const SCHEMA: &str = "
CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  blob BLOB UNIQUE,                    -- none until it is attached
  grp BLOB,                            -- whose members may fetch it
  ours INTEGER NOT NULL,               -- 0: somebody else's, 1: made on this device, 2: an archive made on this device
  used INTEGER NOT NULL DEFAULT 0,     -- a message points to it
  size INTEGER,                        -- unsealed bytes; none while it grows to a size that nobody knows yet
  key BLOB NOT NULL, nonce BLOB NOT NULL,
  hash BLOB,                           -- of the sealed bytes
  have INTEGER NOT NULL DEFAULT 0,     -- the first so many chunks are here
  tail BLOB NOT NULL DEFAULT x'',      -- unsealed bytes that do not fill a chunk yet
  complete INTEGER NOT NULL DEFAULT 0, -- all chunks are here and the hash fits
  time INTEGER NOT NULL
);
CREATE INDEX files_unused ON files (time) WHERE used = 0 AND ours = 1;
CREATE TABLE chunks (file INTEGER NOT NULL, idx INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (file, idx));
CREATE TABLE transfers (
  file INTEGER PRIMARY KEY, upload INTEGER NOT NULL,
  not_before INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0
);
-- Messages that wait until a file is uploaded.
CREATE TABLE file_outbox (file INTEGER NOT NULL, outbox INTEGER NOT NULL, PRIMARY KEY (file, outbox)) WITHOUT ROWID;
-- Our blobs that are to go from the server, too.
CREATE TABLE doomed (blob BLOB PRIMARY KEY) WITHOUT ROWID;
-- Archives that are to be made or read (crate::archive).
CREATE TABLE archives (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job INTEGER NOT NULL,                -- 0: make for a new device, 1: make for a gap, 2: read
  due INTEGER NOT NULL,
  device BLOB,                         -- who needs it
  request BLOB,                        -- the history request that it answers
  grp BLOB, first INTEGER, last INTEGER,
  file INTEGER,
  at INTEGER NOT NULL DEFAULT 0,       -- the last row that is written, or the next byte to read
  start INTEGER NOT NULL DEFAULT 0,    -- the row before the first of this part
  count INTEGER NOT NULL DEFAULT 0
);
-- How far an archive of another own device reaches in a group, and up to where this device still wants it.
CREATE TABLE history_covered (grp BLOB PRIMARY KEY, upto INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE history_wanted (grp BLOB PRIMARY KEY, upto INTEGER NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
";

const OURS: u8 = 1;
const ARCHIVE: u8 = 2;

/// A row of `files`.
struct File {
    id: FileId,
    blob: Option<BlobId>,
    group: Option<GroupId>,
    origin: u8,
    size: Option<u64>,
    key: Vec<u8>,
    nonce: Vec<u8>,
    hash: Option<Hash>,
    have: u32,
    tail: Vec<u8>,
    complete: bool,
}

const COLUMNS: &str = "id, blob, grp, ours, size, key, nonce, hash, have, tail, complete";

impl File {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: FileId(row.get(0)?),
            blob: row.get::<_, Option<Id<_>>>(1)?.map(|Id(blob)| blob),
            group: row.get::<_, Option<Id<_>>>(2)?.map(|Id(group)| group),
            origin: row.get(3)?,
            size: row.get::<_, Option<i64>>(4)?.map(uint),
            key: row.get(5)?,
            nonce: row.get(6)?,
            hash: row.get::<_, Option<Id<_>>>(7)?.map(|Id(hash)| hash),
            have: row.get(8)?,
            tail: row.get(9)?,
            complete: row.get(10)?,
        })
    }

    fn load(connection: &Connection, file: FileId) -> Result<Option<Self>, EngineError> {
        Ok(connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM files WHERE id = ?1"))?
            .query_row([file.0], Self::read)
            .optional()?)
    }

    fn by_blob(connection: &Connection, blob: BlobId) -> Result<Option<Self>, EngineError> {
        Ok(connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM files WHERE blob = ?1"))?
            .query_row([blob.as_bytes()], Self::read)
            .optional()?)
    }

    fn chunks(&self) -> u32 {
        seal::chunks(self.size.unwrap_or(0))
    }

    fn sealer(&self) -> Result<Sealer, EngineError> {
        Sealer::new(&self.key, &self.nonce)
    }
}

fn sealed_chunk(connection: &Connection, file: FileId, index: u32) -> Result<Option<Vec<u8>>, EngineError> {
    Ok(connection
        .prepare_cached("SELECT bytes FROM chunks WHERE file = ?1 AND idx = ?2")?
        .query_row(params![file.0, index], |row| row.get(0))
        .optional()?)
}

/// A chunk's unsealed bytes; `None`: it is not here (yet).
pub(crate) fn file_chunk(connection: &Connection, blob: BlobId, index: u32) -> Result<Option<Vec<u8>>, EngineError> {
    match File::by_blob(connection, blob)? {
        Some(file) => open_chunk(connection, &file, index),
        None => Ok(None),
    }
}

/// Like [`file_chunk`], for a file that has no blob yet or whose blob does not matter.
pub(crate) fn chunk_of(connection: &Connection, file: FileId, index: u32) -> Result<Option<Vec<u8>>, EngineError> {
    match File::load(connection, file)? {
        Some(file) => open_chunk(connection, &file, index),
        None => Ok(None),
    }
}

fn open_chunk(connection: &Connection, file: &File, index: u32) -> Result<Option<Vec<u8>>, EngineError> {
    if file.size.is_none() || index >= file.chunks() {
        return Ok(None);
    }
    let Some(sealed) = sealed_chunk(connection, file.id, index)? else {
        return Ok(None);
    };
    let is_last = index + 1 == file.chunks();
    // It opened when it was taken in; a chunk that does not open now was damaged on the disk.
    match file.sealer()?.open(index, is_last, &sealed) {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(EngineError::Damaged("file chunk")),
    }
}

/// Does this chunk open at its place (number, is it the last?) under any key and nonce?
#[cfg(feature = "fuzzing")]
pub(crate) fn opens_chunk(key: &[u8], nonce: &[u8], (index, is_last): (u32, bool), bytes: &[u8]) -> bool {
    Sealer::new(key, nonce).is_ok_and(|sealer| sealer.open(index, is_last, bytes).is_some())
}

/// Bytes of a blob that are on this device.
pub(crate) fn have(connection: &Connection, blob: BlobId) -> Result<u64, EngineError> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached("SELECT have, size FROM files WHERE blob = ?1 AND size IS NOT NULL")?
        .query_row([blob.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map_or(0, |(have, size)| (uint(have) * BLOB_CHUNK as u64).min(uint(size))))
}

/// Unsealed bytes of a file of our own that came in.
pub(crate) fn received(connection: &Connection, file: FileId) -> Result<u64, EngineError> {
    Ok(File::load(connection, file)?.map_or(0, |file| file.received()))
}

/// Unsealed bytes of a whole file.
pub(crate) fn size(connection: &Connection, file: FileId) -> Result<u64, EngineError> {
    Ok(File::load(connection, file)?.and_then(|file| file.size).unwrap_or(0))
}

/// A message points to this blob: remembers where it lies and how to open it. A blob that this version can't open
/// (another algorithm, other chunks) stays unknown.
pub(crate) fn know(work: &mut Work<'_>, group: GroupId, blob: &BlobRef) -> Result<(), EngineError> {
    let size = blob.unsealed_size();
    let readable = blob.enc_alg == AEAD_AES_256_GCM
        && blob.chunk_size as usize == BLOB_CHUNK
        && blob.key.len() == seal::KEY
        && blob.nonce.len() == seal::NONCE
        && size <= MAX_BLOB
        && blob.size == size + u64::from(seal::chunks(size)) * melder_protocol::limits::BLOB_TAG as u64;
    if readable {
        work.tx
            .prepare_cached(
                "INSERT INTO files (blob, grp, ours, used, size, key, nonce, hash, time)
                 VALUES (?1, ?2, 0, 1, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (blob) DO UPDATE SET used = 1",
            )?
            .execute(params![
                blob.id.as_bytes(),
                group.as_bytes(),
                int(size),
                blob.key.as_slice(),
                blob.nonce.as_slice(),
                blob.hash.as_bytes(),
                int(work.now.0)
            ])?;
    }
    Ok(())
}

/// Nothing points to this blob any more: its bytes and its key go, and from the server, too, if it is ours.
pub(crate) fn remove(work: &mut Work<'_>, blob: BlobId) -> Result<(), EngineError> {
    let Some(file) = File::by_blob(work.tx, blob)? else {
        return Ok(());
    };
    if file.origin == OURS {
        work.tx
            .prepare_cached("INSERT INTO doomed (blob) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([blob.as_bytes()])?;
    }
    drop_file(work, file.id)
}

/// The file's bytes and everything about it go from this device.
pub(crate) fn drop_file(work: &mut Work<'_>, file: FileId) -> Result<(), EngineError> {
    for sql in [
        "DELETE FROM chunks WHERE file = ?1",
        "DELETE FROM transfers WHERE file = ?1",
        "DELETE FROM file_outbox WHERE file = ?1",
        "DELETE FROM files WHERE id = ?1",
    ] {
        work.tx.prepare_cached(sql)?.execute([file.0])?;
    }
    work.session.files.forget(file);
    Ok(())
}

/// The file of a blob that is known.
pub(crate) fn by_blob(connection: &Connection, blob: BlobId) -> Result<Option<FileId>, EngineError> {
    Ok(File::by_blob(connection, blob)?.map(|file| file.id))
}

/// What the organisation allows, as far as it is known.
fn max_size(work: &Work<'_>) -> Result<u64, EngineError> {
    Ok(crate::policy::current(work.tx)?.map_or(MAX_BLOB, |policy| policy.max_attachment.min(MAX_BLOB)))
}

/// How often something is tried that the server puts off, and how long to wait in between.
fn pause(tries: u32) -> u64 {
    ((2 * Time::SECOND) << tries.min(8)).min(5 * Time::MINUTE)
}

type Checked<T> = Result<Result<T, Invalid>, EngineError>;
