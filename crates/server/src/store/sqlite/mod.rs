// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The store on SQLite: `melder.db` for everything but blobs, `blobs.db` attached beside it.
//!
//! WAL and `synchronous=FULL`: a commit is on disk when it returns, and readers never wait for the writer. A batch
//! that touches both files is atomic in each of them, not across them after a loss of power; nothing in `melder.db`
//! depends on a row in `blobs.db`, so the worst case is a blob that nobody points to until its retention.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::types::{FromSql, ToSql};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row};

use super::{Reader, Store, StoreError, Stored, StoredEntry, Transaction};
use melder_bugs::{self as bugs, Bug};
use melder_protocol::{BlobId, LogId, Sequence};

mod blobs;
mod cursors;
mod devices;
mod directory;
mod groups;
mod logs;
mod push;

use logs::LogCache;

/// One step each; the database's `user_version` says how many are done.
const MIGRATIONS: &[&str] = &[
    include_str!("001_core.sql"),
    include_str!("002_directory.sql"),
    include_str!("003_push.sql"),
    include_str!("004_administration.sql"),
    include_str!("005_functions_devices.sql"),
    include_str!("006_oidc.sql"),
    include_str!("007_ldap.sql"),
    include_str!("008_keeping.sql"),
    include_str!("009_warnings_rules.sql"),
    include_str!("010_admin_oidc.sql"),
];
/// The same for the file with the blobs.
const BLOB_MIGRATIONS: &[&str] = &[include_str!("blobs.sql")];

/// SQLite in a folder, or in memory for tests.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
    place: Place,
    logs: LogCache,
}

#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    /// The name of a database that all connections of this process share.
    Memory(String),
}

impl Place {
    fn file(&self, name: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(name).to_string_lossy().into_owned(),
            Self::Memory(memory) => format!("file:/{memory}-{name}?vfs=memdb"),
        }
    }

    fn open(&self) -> Stored<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.file("melder.db"), flags).map_err(failed)?;
        connection
            .execute("ATTACH DATABASE ?1 AS blobs", [self.file("blobs.db")])
            .map_err(failed)?;
        // Entries of messages are small and there are many: more statements than the default of 16 stay prepared.
        connection.set_prepared_statement_cache_capacity(256);
        connection
            .busy_timeout(std::time::Duration::from_secs(10))
            .map_err(failed)?;
        connection
            .execute_batch(
                "PRAGMA main.synchronous = FULL; PRAGMA blobs.synchronous = FULL; PRAGMA temp_store = MEMORY;",
            )
            .map_err(failed)?;
        Ok(connection)
    }
}

impl SqliteStore {
    /// Opens the store in `folder`, makes it when it isn't there, and brings an older one up to date.
    ///
    /// # Errors
    /// When the folder can't be written, or the data is of a newer program.
    pub fn open(folder: &Path) -> Stored<Self> {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Failed(error.to_string()))?;
        Self::at(Place::Folder(folder.to_owned()))
    }

    /// A store that is gone with the process.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory() -> Stored<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::at(Place::Memory(format!("melder-{number}")))
    }

    fn at(place: Place) -> Stored<Self> {
        let mut connection = place.open()?;
        if matches!(place, Place::Folder(_)) {
            for schema in ["main", "blobs"] {
                connection
                    .pragma_update(Some(schema), "journal_mode", "WAL")
                    .map_err(failed)?;
                // A burst makes the journal long; afterwards the disk has its space back.
                connection
                    .pragma_update(Some(schema), "journal_size_limit", 64 * 1024 * 1024)
                    .map_err(failed)?;
            }
            // The pages at the ends of logs are written again and again; the longer they stay in the journal, the fewer
            // go into the file, and the fewer commits have to wait for that.
            connection
                .pragma_update(None, "wal_autocheckpoint", 4_000)
                .map_err(failed)?;
        }
        migrate(&mut connection, "main", MIGRATIONS)?;
        migrate(&mut connection, "blobs", BLOB_MIGRATIONS)?;
        Ok(Self {
            connection,
            place,
            logs: LogCache::default(),
        })
    }
}

fn migrate(connection: &mut Connection, schema: &str, steps: &[&str]) -> Stored<()> {
    let done: u32 = connection
        .pragma_query_value(Some(schema), "user_version", |row| row.get(0))
        .map_err(failed)?;
    let done = done as usize;
    if done > steps.len() {
        return Err(StoreError::Failed("the data was written by a newer version".to_owned()));
    }
    for (number, step) in steps.iter().enumerate().skip(done) {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(step).map_err(failed)?;
        transaction
            .pragma_update(
                Some(schema),
                "user_version",
                u32::try_from(number + 1).unwrap_or(u32::MAX),
            )
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

impl Store for SqliteStore {
    type Tx<'a> = SqliteTx<'a>;
    type Reader = SqliteReader;

    fn begin(&mut self) -> Stored<SqliteTx<'_>> {
        let tx = SqliteTx {
            connection: &self.connection,
            logs: &self.logs,
            open: true,
        };
        if bugs::on(Bug::AnswerBeforeFsync) && !self.connection.is_autocommit() {
            tx.exec("COMMIT", [])?;
        }
        tx.exec("BEGIN IMMEDIATE", [])?;
        Ok(tx)
    }

    fn reader(&self) -> Stored<SqliteReader> {
        let connection = self.place.open()?;
        connection.pragma_update(None, "query_only", true).map_err(failed)?;
        Ok(SqliteReader { connection })
    }
}

/// The writing transaction.
#[derive(Debug)]
pub struct SqliteTx<'a> {
    connection: &'a Connection,
    logs: &'a LogCache,
    open: bool,
}

impl SqliteTx<'_> {
    /// Runs a statement that stays prepared; says how many rows it touched.
    pub(crate) fn exec(&self, sql: &str, params: impl Params) -> Stored<usize> {
        exec(self.connection, sql, params)
    }

    /// The first row, if any.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Stored<Option<T>> {
        one(self.connection, sql, params, read)
    }

    /// All rows.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Stored<Vec<T>> {
        all(self.connection, sql, params, read)
    }
}

impl Drop for SqliteTx<'_> {
    fn drop(&mut self) {
        if self.open {
            self.logs.forget();
            if let Err(error) = self.connection.execute_batch("ROLLBACK") {
                tracing::error!(%error, "rollback");
            }
        }
    }
}

impl Transaction for SqliteTx<'_> {
    fn savepoint(&self) -> Stored<()> {
        // What is only in memory would be lost with what is undone.
        self.write_heads()?;
        self.exec("SAVEPOINT input", []).map(drop)
    }

    fn release(&self) -> Stored<()> {
        self.exec("RELEASE input", []).map(drop)
    }

    fn rollback(&self) -> Stored<()> {
        self.logs.forget();
        self.exec("ROLLBACK TO input", [])?;
        self.release()
    }

    fn commit(mut self) -> Stored<()> {
        self.write_heads()?;
        if !bugs::on(Bug::AnswerBeforeFsync) {
            self.exec("COMMIT", [])?;
        }
        self.open = false;
        Ok(())
    }
}

/// A connection that only reads.
#[derive(Debug)]
pub struct SqliteReader {
    connection: Connection,
}

impl Reader for SqliteReader {
    fn entries(&mut self, log: LogId, after: Sequence, count: usize, bytes: usize) -> Stored<Vec<StoredEntry>> {
        logs::entries(&self.connection, log, after, count, bytes)
    }

    fn chunk(&mut self, blob: BlobId, index: u32) -> Stored<Option<Vec<u8>>> {
        blobs::chunk(&self.connection, blob, index)
    }
}

fn exec(connection: &Connection, sql: &str, params: impl Params) -> Stored<usize> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params))
        .map_err(failed)
}

fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Stored<Option<T>> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row(params, read).optional())
        .map_err(failed)
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Stored<Vec<T>> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(params, read)?.collect())
        .map_err(failed)
}

fn failed(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::Failed(error.to_string()),
    }
}

/// An id or key as a BLOB column.
pub(crate) struct Sql<T>(pub(crate) T);

macro_rules! sql_bytes {
    ($($name:ident),+ $(,)?) => {$(
        impl ToSql for Sql<melder_protocol::$name> {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(rusqlite::types::ToSqlOutput::from(self.0.as_bytes().as_slice()))
            }
        }

        impl FromSql for Sql<melder_protocol::$name> {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                melder_protocol::$name::from_slice(value.as_blob()?)
                    .map(Self)
                    .ok_or(rusqlite::types::FromSqlError::InvalidType)
            }
        }
    )+};
}

sql_bytes!(
    OrganisationId,
    UnitId,
    AccountId,
    DeviceId,
    GroupId,
    OperationId,
    BlobId,
    InvitationId,
    TokenId,
    AdminId,
    DirectoryGroupId,
    Hash,
    PublicKey
);

/// A number of ours as SQLite's signed one. Ours stay far below 2^63 (counts, milliseconds); a hostile one that
/// does not is capped, and so fits nothing.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// And back.
pub(crate) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_from_before_there_were_warnings_is_warned_of() {
        let day = i64::try_from(melder_protocol::Time::DAY).unwrap();
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, "main", &MIGRATIONS[..8]).unwrap();
        for (id, ended, warning) in [(1_u8, 0, None), (2, 1, None), (3, 0, Some(7_i64))] {
            connection
                .execute(
                    "INSERT INTO operation (id, organisation, name, ends, ended, created, revision, next_warning)
                     VALUES (?1, x'01', 'Fest', ?2, ?3, 1, 1, ?4)",
                    rusqlite::params![[id; 16], 20 * day, ended, warning],
                )
                .unwrap();
        }
        migrate(&mut connection, "main", MIGRATIONS).unwrap();
        let mut statement = connection
            .prepare("SELECT next_warning FROM operation ORDER BY id")
            .unwrap();
        let warnings = statement.query_map([], |row| row.get::<_, Option<i64>>(0)).unwrap();
        let warnings: Vec<_> = warnings.map(Result::unwrap).collect();
        assert_eq!(warnings, [Some(19 * day), None, Some(7)]);
    }
}
