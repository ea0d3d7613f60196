// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The device's database: schema, and small typed helpers. Each module that owns tables writes its own SQL; the
//! tables stand here and in [`crate::history::SCHEMA`], so that a migration is seen in one place.

use melder_mls::storage::{KeyValues, StorageError};
use melder_protocol::{AccountId, BlobId, DeviceId, GroupId, Hash};
use rusqlite::types::{FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::EngineError;

/// Grows with each change of the schema; each step is in [`migrate`].
const VERSION: i64 = 5;

const SCHEMA: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
-- OpenMLS's values.
CREATE TABLE mls (key BLOB PRIMARY KEY, value BLOB NOT NULL);
-- Everybody we talk with: the verified record, and what this viewer thinks of them.
CREATE TABLE accounts (
  account BLOB PRIMARY KEY, record BLOB NOT NULL, name TEXT NOT NULL DEFAULT '',
  verified BLOB, -- the genesis whose safety number was compared
  deleted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE groups (
  id BLOB PRIMARY KEY, kind INTEGER NOT NULL, status INTEGER NOT NULL,
  cursor INTEGER NOT NULL DEFAULT 0,   -- the last entry that is taken in
  view INTEGER NOT NULL DEFAULT 0,     -- roster and accounts are known as of here
  counter INTEGER NOT NULL DEFAULT 0,  -- the last one used in the group's log
  name TEXT, description TEXT,
  muted INTEGER, pinned INTEGER NOT NULL DEFAULT 0, read INTEGER NOT NULL DEFAULT 0,
  gap INTEGER,                         -- first entry that could not be read, while rejoining
  profile INTEGER NOT NULL DEFAULT 0   -- 1: we send name and description when the next members are in
) WITHOUT ROWID;
CREATE TABLE rosters (grp BLOB NOT NULL, idx INTEGER NOT NULL, change BLOB NOT NULL, PRIMARY KEY (grp, idx)) WITHOUT ROWID;
-- How many links of an account's chain stand in a group's log so far: what a commit there is judged by. Other logs may
-- have told this device more already.
CREATE TABLE chain_views (grp BLOB NOT NULL, account BLOB NOT NULL, links INTEGER NOT NULL, PRIMARY KEY (grp, account)) WITHOUT ROWID;
-- Proposals of the current epoch, in the order of the log.
CREATE TABLE proposals (grp BLOB NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (grp, sequence));
-- Our commit that is on its way (publish before apply). `external`: we join by it.
CREATE TABLE commits (grp BLOB PRIMARY KEY, epoch INTEGER NOT NULL, hash BLOB NOT NULL, external INTEGER NOT NULL) WITHOUT ROWID;
-- Groups that we founded and that the server has not confirmed.
CREATE TABLE foundings (grp BLOB PRIMARY KEY, genesis BLOB, group_info BLOB NOT NULL, tree BLOB NOT NULL) WITHOUT ROWID;
-- Welcomes whose group's state is still to be fetched; `inbox`: their place there, which is not acknowledged before.
CREATE TABLE welcomes (grp BLOB PRIMARY KEY, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL,
  inbox INTEGER NOT NULL DEFAULT 0);
-- Messages that are not in the log yet, in the order in which they were written.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, grp BLOB NOT NULL, message BLOB NOT NULL, content BLOB NOT NULL,
  ring INTEGER NOT NULL DEFAULT 0,     -- whether it wakes those who are away, as on the wire
  not_before INTEGER NOT NULL DEFAULT 0,
  blobs INTEGER NOT NULL DEFAULT 0,    -- files that must be uploaded first
  counter INTEGER, epoch INTEGER, bytes BLOB, -- set while it is on its way
  taken INTEGER                        -- its place in the log, as the server says; it goes when it is met there
);
CREATE INDEX outbox_grp ON outbox (grp, id);
CREATE INDEX outbox_message ON outbox (message);
-- Sealed bytes for somebody's inbox, not taken yet.
CREATE TABLE sealed (id INTEGER PRIMARY KEY AUTOINCREMENT, grp BLOB NOT NULL, message BLOB NOT NULL, account BLOB NOT NULL, bytes BLOB NOT NULL, counter INTEGER);
CREATE TABLE seal_counters (account BLOB PRIMARY KEY, counter INTEGER NOT NULL) WITHOUT ROWID;
-- Messages that could not be read. While their epoch lasts they are asked for again.
CREATE TABLE holes (grp BLOB NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (grp, sequence)) WITHOUT ROWID;
CREATE TABLE lines (id INTEGER PRIMARY KEY AUTOINCREMENT, grp BLOB NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL, line TEXT NOT NULL);
CREATE INDEX lines_grp ON lines (grp, sequence);
";

/// What came with version 2.
const HOLES: &str = "
ALTER TABLE outbox ADD COLUMN taken INTEGER;
CREATE TABLE holes (grp BLOB NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (grp, sequence)) WITHOUT ROWID;
";

/// What came with version 4.
const SCREEN: &str = "
-- What stands in the composers.
CREATE TABLE composers (grp BLOB PRIMARY KEY, text TEXT NOT NULL, reply BLOB) WITHOUT ROWID;
-- Actions that may be asked for again, and what came of them; `outcome`: none while the server has not answered.
CREATE TABLE asked (token BLOB PRIMARY KEY, outcome BLOB, time INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX messages_asks ON messages (grp) WHERE asks = 1 AND own = 0 AND confirmed IS NULL;
";

/// What came with version 5.
const DUTY: &str = "
-- Who is away until when (0: no more), and when they said so.
CREATE TABLE absences (account BLOB PRIMARY KEY, note TEXT NOT NULL, until INTEGER NOT NULL, said INTEGER NOT NULL) WITHOUT ROWID;
";

/// Brings the database to the present version.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), EngineError> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;",
    )?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match version {
        VERSION => Ok(()),
        1..=4 => {
            let tx = connection.transaction()?;
            if version == 1 {
                tx.execute_batch(HOLES)?;
            }
            if version < 3 {
                tx.execute_batch("ALTER TABLE welcomes ADD COLUMN inbox INTEGER NOT NULL DEFAULT 0")?;
            }
            if version < 4 {
                tx.execute_batch(SCREEN)?;
            }
            tx.execute_batch("ALTER TABLE outbox RENAME COLUMN alarm TO ring; UPDATE outbox SET ring = ring + 1")?;
            tx.execute_batch(DUTY)?;
            tx.pragma_update(None, "user_version", VERSION)?;
            tx.commit()?;
            Ok(())
        }
        0 => {
            let tx = connection.transaction()?;
            tx.execute_batch(SCHEMA)?;
            tx.execute_batch(crate::history::SCHEMA)?;
            tx.execute_batch(crate::files::SCHEMA)?;
            tx.execute_batch(SCREEN)?;
            tx.execute_batch(DUTY)?;
            tx.pragma_update(None, "user_version", VERSION)?;
            tx.commit()?;
            Ok(())
        }
        _ => Err(EngineError::Newer),
    }
}

/// MLS state in the same transaction as everything else.
pub(crate) struct MlsStore<'a>(pub &'a Connection);

impl KeyValues for MlsStore<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        self.0
            .prepare_cached("SELECT value FROM mls WHERE key = ?1")
            .and_then(|mut statement| statement.query_row([key], |row| row.get(0)).optional())
            .map_err(storage)
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        self.0
            .prepare_cached(
                "INSERT INTO mls (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .and_then(|mut statement| statement.execute(params![key, value]))
            .map(|_| ())
            .map_err(storage)
    }

    fn delete(&self, key: &[u8]) -> Result<(), StorageError> {
        self.0
            .prepare_cached("DELETE FROM mls WHERE key = ?1")
            .and_then(|mut statement| statement.execute([key]))
            .map(|_| ())
            .map_err(storage)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn storage(error: rusqlite::Error) -> StorageError {
    StorageError(error.to_string())
}

/// Reads one of our fixed-size ids from a column.
pub(crate) trait Column: Sized {
    fn from_blob(bytes: &[u8]) -> Option<Self>;
}

macro_rules! columns {
    ($($name:ident),+) => {
        $(impl Column for $name {
            fn from_blob(bytes: &[u8]) -> Option<Self> {
                Self::from_slice(bytes)
            }
        })+
    };
}

columns!(AccountId, BlobId, DeviceId, GroupId, Hash);

impl Column for melder_content::MessageId {
    fn from_blob(bytes: &[u8]) -> Option<Self> {
        Self::from_slice(bytes).ok()
    }
}

/// `row.get::<_, Id<GroupId>>(0)?.0`
pub(crate) struct Id<T>(pub T);

impl<T: Column> rusqlite::types::FromSql for Id<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        T::from_blob(value.as_blob()?).map(Id).ok_or(FromSqlError::InvalidType)
    }
}

/// A value of `meta`.
pub(crate) fn meta(connection: &Connection, key: &str) -> Result<Option<Vec<u8>>, EngineError> {
    Ok(connection
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

pub(crate) fn set_meta(connection: &Connection, key: &str, value: &[u8]) -> Result<(), EngineError> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![key, value])?;
    Ok(())
}

pub(crate) fn delete_meta(connection: &Connection, key: &str) -> Result<(), EngineError> {
    connection
        .prepare_cached("DELETE FROM meta WHERE key = ?1")?
        .execute([key])?;
    Ok(())
}

/// SQLite's integers are signed. Our numbers stay far below 2^63; a hostile server's end there, so that none turns
/// negative and stands before all others.
pub(crate) const fn int(value: u64) -> i64 {
    if value > i64::MAX.unsigned_abs() {
        i64::MAX
    } else {
        value.cast_signed()
    }
}

#[expect(clippy::cast_sign_loss, reason = "written by `int`")]
pub(crate) const fn uint(value: i64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What each version added, undone, from the present back to the first.
    const BACK: [(i64, &str); 4] = [
        (4, "DROP TABLE absences; ALTER TABLE outbox RENAME COLUMN ring TO alarm"),
        (3, "DROP TABLE composers; DROP TABLE asked; DROP INDEX messages_asks"),
        (2, "ALTER TABLE welcomes DROP COLUMN inbox"),
        (1, "DROP TABLE holes; ALTER TABLE outbox DROP COLUMN taken"),
    ];

    fn fresh() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection
    }

    /// Each table with its columns, and the indexes.
    fn shape(connection: &Connection) -> BTreeMap<String, Vec<String>> {
        let sql = "SELECT m.name, c.name || ' ' || c.type FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c
                   WHERE m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.name";
        let mut shape: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)));
        for row in rows.unwrap() {
            let (table, column) = row.unwrap();
            shape.entry(table).or_default().extend(column);
        }
        shape
    }

    #[test]
    fn a_database_of_each_older_version_comes_to_the_present_shape_and_keeps_its_alarms() {
        let present = shape(&fresh());
        for oldest in 1..VERSION {
            let mut connection = fresh();
            for (_, back) in BACK.iter().filter(|(version, _)| *version >= oldest) {
                connection.execute_batch(back).unwrap();
            }
            connection.pragma_update(None, "user_version", oldest).unwrap();
            let write = "INSERT INTO outbox (grp, message, content, alarm) VALUES (x'01', ?1, x'03', ?2)";
            connection.execute(write, params![[1u8], 0]).unwrap();
            connection.execute(write, params![[2u8], 1]).unwrap();
            assert_ne!(shape(&connection), present);

            migrate(&mut connection).unwrap();
            assert_eq!(shape(&connection), present, "from version {oldest}");
            let rings: Vec<i64> = connection
                .prepare("SELECT ring FROM outbox ORDER BY id")
                .unwrap()
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(rings, [1, 2], "a message, and an alarm");
        }
    }

    #[test]
    fn a_database_of_a_newer_melder_is_left_alone() {
        let mut connection = fresh();
        connection.pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(migrate(&mut connection), Err(EngineError::Newer)));
    }
}
