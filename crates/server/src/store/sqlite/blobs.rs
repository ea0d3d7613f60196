// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Blobs on SQLite, in their own file.

use rusqlite::{Connection, Row, params};

use super::{Sql, SqliteTx, int, one, uint};
use crate::store::{BlobRow, Blobs, StoreError, Stored};
use melder_protocol::limits::{BLOB_CHUNK, BLOB_TAG};
use melder_protocol::{AccountId, BlobId, GroupId, Time};

pub(super) fn chunk(connection: &Connection, blob: BlobId, index: u32) -> Stored<Option<Vec<u8>>> {
    one(
        connection,
        "SELECT bytes FROM blobs.chunks WHERE blob = ?1 AND place = ?2",
        params![Sql(blob), index],
        |row| row.get(0),
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<BlobRow> {
    Ok(BlobRow {
        blob: row.get::<_, Sql<_>>(0)?.0,
        group: row.get::<_, Sql<_>>(1)?.0,
        account: row.get::<_, Sql<_>>(2)?.0,
        chunks: row.get(3)?,
        stored: row.get(4)?,
        created: Time(uint(row.get(5)?)),
    })
}

impl Blobs for SqliteTx<'_> {
    fn blob(&self, blob: BlobId) -> Stored<Option<BlobRow>> {
        self.one(
            "SELECT id, group_id, account, chunks, stored, created FROM blobs.blobs WHERE id = ?1",
            [Sql(blob)],
            read,
        )
    }

    fn create_blob(&self, row: &BlobRow) -> Stored<()> {
        self.exec(
            "INSERT INTO blobs.blobs (id, group_id, account, chunks, stored, created) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
            params![
                Sql(row.blob),
                Sql(row.group),
                Sql(row.account),
                row.chunks,
                int(row.created.0)
            ],
        )
        .map(drop)
    }

    fn put_chunk(&self, blob: BlobId, index: u32, bytes: &[u8]) -> Stored<()> {
        let counted = self.exec(
            "UPDATE blobs.blobs SET stored = stored + 1 WHERE id = ?1 AND stored = ?2 AND stored < chunks",
            params![Sql(blob), index],
        )?;
        if counted != 1 {
            return Err(StoreError::Damaged("a chunk that is not the next one"));
        }
        self.exec(
            "INSERT INTO blobs.chunks (blob, place, bytes) VALUES (?1, ?2, ?3)",
            params![Sql(blob), index, bytes],
        )
        .map(drop)
    }

    fn chunk(&self, blob: BlobId, index: u32) -> Stored<Option<Vec<u8>>> {
        chunk(self.connection, blob, index)
    }

    fn delete_blob(&self, blob: BlobId) -> Stored<()> {
        self.exec("DELETE FROM blobs.chunks WHERE blob = ?1", [Sql(blob)])?;
        self.exec("DELETE FROM blobs.blobs WHERE id = ?1", [Sql(blob)])?;
        Ok(())
    }

    fn blob_usage(&self, account: AccountId) -> Stored<(u32, u64)> {
        let usage = self.one(
            "SELECT count(*), coalesce(sum(chunks), 0) FROM blobs.blobs WHERE account = ?1",
            [Sql(account)],
            |row| Ok((row.get(0)?, uint(row.get(1)?))),
        )?;
        let (count, chunks) = usage.unwrap_or((0, 0));
        Ok((count, chunks * (BLOB_CHUNK + BLOB_TAG) as u64))
    }

    fn delete_blobs_of_account(&self, account: AccountId) -> Stored<(u32, u64)> {
        let usage = self.blob_usage(account)?;
        self.exec(
            "DELETE FROM blobs.chunks WHERE blob IN (SELECT id FROM blobs.blobs WHERE account = ?1)",
            [Sql(account)],
        )?;
        self.exec("DELETE FROM blobs.blobs WHERE account = ?1", [Sql(account)])?;
        Ok(usage)
    }

    fn delete_blobs_of_group(&self, group: GroupId) -> Stored<()> {
        self.delete_blobs_before(group, Time(u64::MAX))
    }

    fn delete_blobs_before(&self, group: GroupId, before: Time) -> Stored<()> {
        self.exec(
            "DELETE FROM blobs.chunks WHERE blob IN
             (SELECT id FROM blobs.blobs WHERE group_id = ?1 AND created < ?2)",
            params![Sql(group), int(before.0)],
        )?;
        self.exec(
            "DELETE FROM blobs.blobs WHERE group_id = ?1 AND created < ?2",
            params![Sql(group), int(before.0)],
        )?;
        Ok(())
    }
}
