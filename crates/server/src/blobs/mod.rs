// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Blobs: sealed chunks of attachments and archives. The server counts them and keeps them for those who are in the
//! blob's group; it knows neither their key nor what they are.

use melder_protocol::blob::BlobState;
use melder_protocol::cbor::Bytes;
use melder_protocol::limits::{BLOB_CHUNK, BLOB_TAG, MAX_BLOB};
use melder_protocol::request::Response;
use melder_protocol::{BlobId, ErrorCode, GroupId, Refusal, Sequence};

use crate::core::Work;
use crate::core::state::Who;
use crate::directory;
use crate::store::BlobRow;

/// What an account's blobs may take together.
const QUOTA: u64 = 5 * 1024 * 1024 * 1024;
/// And how many they may be.
const MAX_BLOBS: u32 = 20_000;

fn state(row: &BlobRow) -> Response {
    Response::Blob(BlobState {
        blob: row.blob,
        group: row.group,
        chunks: row.chunks,
        stored: row.stored,
    })
}

fn wrong_chunk(row: &BlobRow) -> Refusal {
    let mut refusal = Refusal::new(ErrorCode::WrongChunk);
    refusal.sequence = Some(Sequence(u64::from(row.stored)));
    refusal
}

impl Work<'_> {
    /// A blob that the caller may read.
    fn readable_blob(&self, who: Who, blob: BlobId) -> Result<BlobRow, Refusal> {
        let unknown = || Refusal::new(ErrorCode::UnknownBlob);
        let row = self.tx.blob(blob)?.ok_or_else(unknown)?;
        self.tx
            .role(row.group, who.member.account)?
            .map(|_| row)
            .ok_or_else(unknown)
    }

    fn own_blob(&self, who: Who, blob: BlobId) -> Result<BlobRow, Refusal> {
        let row = self.readable_blob(who, blob)?;
        if row.account == who.member.account {
            Ok(row)
        } else {
            Err(ErrorCode::NotAllowed.into())
        }
    }

    pub(crate) fn create_blob(
        &mut self,
        who: Who,
        blob: BlobId,
        group: GroupId,
        chunks: u32,
    ) -> Result<Response, Refusal> {
        let account = who.member.account;
        if let Some(row) = self.tx.blob(blob)? {
            let same = row.account == account && row.group == group && row.chunks == chunks;
            return if same {
                Ok(state(&row))
            } else {
                Err(ErrorCode::Conflict.into())
            };
        }
        let view = self.member_view(who, group)?;
        if view.row.closed {
            return Err(ErrorCode::GroupClosed.into());
        }
        let own = directory::policies::of_group(self.tx, group)?.max_attachment;
        if own == Some(0) {
            return Err(ErrorCode::ForbiddenByPolicy.into());
        }
        let limit = directory::policy(self.tx, who.organisation)?
            .max_attachment
            .min(own.unwrap_or(MAX_BLOB))
            .min(MAX_BLOB)
            .div_ceil(BLOB_CHUNK as u64);
        if chunks == 0 || u64::from(chunks) > limit {
            return Err(ErrorCode::TooLarge.into());
        }
        let (count, bytes) = self.tx.blob_usage(account)?;
        let size = u64::from(chunks) * (BLOB_CHUNK + BLOB_TAG) as u64;
        if count >= MAX_BLOBS || bytes + size > QUOTA {
            return Err(Refusal::new(ErrorCode::LimitReached).hint("the account's quota of blobs"));
        }
        let row = BlobRow {
            blob,
            group,
            account,
            chunks,
            stored: 0,
            created: self.now,
        };
        self.tx.create_blob(&row)?;
        Ok(state(&row))
    }

    pub(crate) fn put_chunk(&mut self, who: Who, blob: BlobId, index: u32, bytes: &Bytes) -> Result<Response, Refusal> {
        let mut row = self.own_blob(who, blob)?;
        let last = index.saturating_add(1) == row.chunks;
        let fits = if last {
            (BLOB_TAG..=BLOB_CHUNK + BLOB_TAG).contains(&bytes.len())
        } else {
            bytes.len() == BLOB_CHUNK + BLOB_TAG
        };
        if index != row.stored || index >= row.chunks || !fits {
            return Err(wrong_chunk(&row));
        }
        self.tx.put_chunk(blob, index, bytes.as_slice())?;
        row.stored += 1;
        Ok(state(&row))
    }

    pub(crate) fn blob_state(&mut self, who: Who, blob: BlobId) -> Result<Response, Refusal> {
        self.readable_blob(who, blob).map(|row| state(&row))
    }

    /// May the caller have this chunk, and is it there?
    pub(crate) fn check_chunk(&mut self, who: Who, blob: BlobId, index: u32) -> Result<(), Refusal> {
        let row = self.readable_blob(who, blob)?;
        if index < row.stored {
            Ok(())
        } else {
            Err(wrong_chunk(&row))
        }
    }

    pub(crate) fn delete_blob(&mut self, who: Who, blob: BlobId) -> Result<Response, Refusal> {
        // Whoever made it may delete it, also after leaving the group.
        let row = self
            .tx
            .blob(blob)?
            .filter(|row| row.account == who.member.account)
            .ok_or_else(|| Refusal::new(ErrorCode::UnknownBlob))?;
        self.tx.delete_blob(row.blob)?;
        Ok(Response::Done)
    }
}
