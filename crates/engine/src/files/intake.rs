// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Files of this device's own: plain bytes come in, sealed chunks and an attachment come out.

use melder_content::{AEAD_AES_256_GCM, Attachment, BlobRef, Evidence, MediaKind};
use melder_protocol::cbor::Bytes;
use melder_protocol::limits::{BLOB_CHUNK, BLOB_TAG, MAX_BLOB};
use melder_protocol::{BlobId, GroupId, Hash, Time};
use rusqlite::params;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{ARCHIVE, Checked, File, OURS, chunk_of, drop_file, max_size, seal, sealed_chunk};
use crate::api::{FileDraft, FileId, Invalid};
use crate::error::EngineError;
use crate::store::{Id, int, uint};
use crate::work::Work;

/// Bytes that may come at once.
const MAX_PIECE: usize = 1024 * 1024;
/// Files that no message took go after this time.
const ABANDONED: u64 = Time::DAY;

/// Starts taking in a file of `size` bytes. `TooLarge` beyond what the organisation allows.
pub(crate) fn start(work: &mut Work<'_>, size: u64) -> Checked<FileId> {
    if size > max_size(work)? {
        return Ok(Err(Invalid::TooLarge));
    }
    let file = create(work, Some(size), OURS)?;
    if size == 0 {
        take(work, file, &[])?;
    }
    Ok(Ok(file))
}

/// Starts a file whose size nobody knows yet; [`finish`] ends it. For archives.
pub(crate) fn open_end(work: &mut Work<'_>) -> Result<FileId, EngineError> {
    create(work, None, ARCHIVE)
}

fn create(work: &mut Work<'_>, size: Option<u64>, origin: u8) -> Result<FileId, EngineError> {
    let key = Zeroizing::new(work.random::<{ seal::KEY }>());
    let nonce = work.random::<{ seal::NONCE }>();
    work.tx
        .prepare_cached("INSERT INTO files (ours, size, key, nonce, time) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![origin, size.map(int), key.as_slice(), nonce, int(work.now.0)])?;
    Ok(FileId(work.tx.last_insert_rowid()))
}

/// The next bytes of a file, in order.
pub(crate) fn add(work: &mut Work<'_>, file: FileId, bytes: &[u8]) -> Checked<()> {
    if bytes.len() > MAX_PIECE {
        return Ok(Err(Invalid::TooLarge));
    }
    let Some(known) = File::load(work.tx, file)?.filter(|known| known.origin != 0) else {
        return Ok(Err(Invalid::UnknownFile));
    };
    if known.complete || known.received() + bytes.len() as u64 > known.size.unwrap_or(MAX_BLOB) {
        return Ok(Err(Invalid::TooLarge));
    }
    take(work, file, bytes)?;
    Ok(Ok(()))
}

/// Ends a file that was started with [`open_end`].
pub(crate) fn finish(work: &mut Work<'_>, file: FileId) -> Result<(), EngineError> {
    let Some(known) = File::load(work.tx, file)?.filter(|known| known.size.is_none()) else {
        return Ok(());
    };
    work.tx
        .prepare_cached("UPDATE files SET size = ?2 WHERE id = ?1")?
        .execute(params![file.0, int(known.received())])?;
    take(work, file, &[])
}

impl File {
    /// Unsealed bytes that came in.
    pub(super) fn received(&self) -> u64 {
        if self.complete {
            return self.size.unwrap_or(0);
        }
        u64::from(self.have) * BLOB_CHUNK as u64 + self.tail.len() as u64
    }
}

/// Seals what fills chunks; the rest waits as the tail. Whether a chunk is the last stands in its seal, so a full chunk
/// of a file without a known end waits for what follows.
fn take(work: &mut Work<'_>, file: FileId, bytes: &[u8]) -> Result<(), EngineError> {
    let Some(mut known) = File::load(work.tx, file)? else {
        return Ok(());
    };
    let sealer = known.sealer()?;
    let buffer = Zeroizing::new([&known.tail[..], bytes].concat());
    let mut rest = buffer.as_slice();
    loop {
        let index = known.have;
        let (is_last, len) = match known.size {
            Some(size) if index >= seal::chunks(size) => break,
            Some(size) => (index + 1 == seal::chunks(size), seal::chunk_len(size, index)),
            None if rest.len() > BLOB_CHUNK => (false, BLOB_CHUNK as u64),
            None => break,
        };
        let Some((piece, after)) = usize::try_from(len).ok().and_then(|len| rest.split_at_checked(len)) else {
            break;
        };
        let sealed = sealer.seal(index, is_last, piece)?;
        work.tx
            .prepare_cached("INSERT INTO chunks (file, idx, bytes) VALUES (?1, ?2, ?3)")?
            .execute(params![file.0, index, sealed])?;
        work.session.files.hash(file, index, &sealed);
        known.have += 1;
        rest = after;
    }
    let is_complete = known.size.is_some_and(|size| known.have == seal::chunks(size));
    let hash = if is_complete {
        Some(hash(work, file, known.have)?)
    } else {
        None
    };
    work.tx
        .prepare_cached("UPDATE files SET have = ?2, tail = ?3, complete = ?4, hash = ?5 WHERE id = ?1")?
        .execute(params![
            file.0,
            known.have,
            rest,
            is_complete,
            hash.as_ref().map(Hash::as_bytes)
        ])?;
    Ok(())
}

/// SHA-256 of all sealed chunks: as counted along, or, after a restart, from the database.
pub(super) fn hash(work: &mut Work<'_>, file: FileId, chunks: u32) -> Result<Hash, EngineError> {
    if let Some(hash) = work.session.files.hashed(file, chunks) {
        return Ok(hash);
    }
    let mut hash = Sha256::new();
    for index in 0..chunks {
        hash.update(sealed_chunk(work.tx, file, index)?.ok_or(EngineError::Damaged("file chunk"))?);
    }
    Ok(Hash::from_bytes(hash.finalize().into()))
}

/// SHA-256 of the unsealed bytes.
fn plain_hash(work: &Work<'_>, file: FileId, chunks: u32) -> Result<Hash, EngineError> {
    let mut hash = Sha256::new();
    for index in 0..chunks {
        hash.update(chunk_of(work.tx, file, index)?.ok_or(EngineError::Damaged("file chunk"))?);
    }
    Ok(Hash::from_bytes(hash.finalize().into()))
}

/// Gives a complete file its name on the server and registers its upload for `group`. A file goes to one group only:
/// the server serves it to that group's members.
pub(crate) fn blob(work: &mut Work<'_>, group: GroupId, file: FileId) -> Checked<BlobRef> {
    let Some(known) = File::load(work.tx, file)?.filter(|known| known.origin != 0) else {
        return Ok(Err(Invalid::UnknownFile));
    };
    let (Some(size), Some(hash), true) = (known.size, known.hash, known.complete) else {
        return Ok(Err(Invalid::FileIncomplete));
    };
    let blob = match known.blob {
        Some(blob) if known.group == Some(group) => blob,
        Some(_) => return Ok(Err(Invalid::UnknownFile)),
        None => {
            let blob = BlobId::from_bytes(work.random());
            work.tx
                .prepare_cached("UPDATE files SET blob = ?2, grp = ?3 WHERE id = ?1")?
                .execute(params![file.0, blob.as_bytes(), group.as_bytes()])?;
            work.tx
                .prepare_cached("INSERT INTO transfers (file, upload) VALUES (?1, 1) ON CONFLICT DO NOTHING")?
                .execute([file.0])?;
            blob
        }
    };
    Ok(Ok(BlobRef {
        id: blob,
        size: size + u64::from(known.have) * BLOB_TAG as u64,
        enc_alg: AEAD_AES_256_GCM,
        key: Bytes(known.key),
        nonce: Bytes(known.nonce),
        hash,
        chunk_size: BLOB_CHUNK as u32,
    }))
}

/// Makes an attachment of a complete file, and registers its upload for `group`.
pub(crate) fn attach(work: &mut Work<'_>, group: GroupId, draft: &FileDraft) -> Checked<Attachment> {
    let blob = match blob(work, group, draft.file)? {
        Ok(blob) => blob,
        Err(invalid) => return Ok(Err(invalid)),
    };
    let evidence = match draft.evidence {
        Some((captured_at, place)) => {
            let chunks = seal::chunks(blob.unsealed_size());
            Some(Evidence {
                captured_at,
                place,
                hash: plain_hash(work, draft.file, chunks)?,
            })
        }
        None => None,
    };
    Ok(Ok(Attachment {
        filename: draft.filename.clone(),
        description: draft.description.clone(),
        inline: MediaKind::of(&draft.content_type) != MediaKind::Document,
        preview: draft.preview.clone(),
        dimensions: draft.dimensions,
        duration_ms: draft.duration_ms,
        evidence,
        ..Attachment::new(blob, draft.content_type.clone())
    }))
}

/// A file that is here becomes one of our own for another chat, under a key of its own.
pub(crate) fn copy(work: &mut Work<'_>, group: GroupId, from: BlobId) -> Checked<(FileId, BlobRef)> {
    let Some(known) = File::by_blob(work.tx, from)? else {
        return Ok(Err(Invalid::UnknownFile));
    };
    let (Some(size), true) = (known.size, known.complete) else {
        return Ok(Err(Invalid::FileIncomplete));
    };
    let file = match start(work, size)? {
        Ok(file) => file,
        Err(invalid) => return Ok(Err(invalid)),
    };
    for index in 0..known.chunks() {
        let Some(bytes) = chunk_of(work.tx, known.id, index)?.map(Zeroizing::new) else {
            return Ok(Err(Invalid::FileIncomplete));
        };
        if size > 0 {
            take(work, file, &bytes)?;
        }
    }
    Ok(blob(work, group, file)?.map(|blob| (file, blob)))
}

/// The outbox row waits for these files. Gives how many are not uploaded yet: the row's `blobs`.
pub(crate) fn hold(work: &mut Work<'_>, outbox: i64, files: &[FileId]) -> Result<u32, EngineError> {
    let mut waits = 0;
    for file in files {
        let held = work
            .tx
            .prepare_cached(
                "INSERT INTO file_outbox (file, outbox) SELECT file, ?2 FROM transfers WHERE file = ?1 AND upload = 1
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![file.0, outbox])?;
        waits += u32::from(held > 0);
    }
    Ok(waits)
}

/// Abandoned files go. Gives the next time at which there is something to do.
pub(crate) fn sweep(work: &mut Work<'_>) -> Result<Option<Time>, EngineError> {
    let abandoned: Vec<(i64, Option<Id<BlobId>>)> = work
        .tx
        .prepare_cached("SELECT id, blob FROM files WHERE used = 0 AND ours = 1 AND time <= ?1")?
        .query_map([int(work.now.minus(ABANDONED).0)], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (file, blob) in abandoned {
        match blob {
            Some(Id(blob)) => super::remove(work, blob)?,
            None => drop_file(work, FileId(file))?,
        }
    }
    let unused: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(time) FROM files WHERE used = 0 AND ours = 1")?
        .query_row([], |row| row.get(0))?;
    let paused: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(not_before) FROM transfers WHERE not_before > ?1")?
        .query_row([int(work.now.0)], |row| row.get(0))?;
    let unused = unused.map(|time| Time(uint(time)).plus(ABANDONED));
    Ok(unused.into_iter().chain(paused.map(|time| Time(uint(time)))).min())
}
