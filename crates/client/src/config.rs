// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a client needs to know at the start, and how its database is opened.

use std::path::PathBuf;
use std::sync::Arc;

use melder_engine::EngineError;
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::clock::{Clock, SystemClock};

/// Where the device's state lives.
#[derive(Debug, Clone)]
pub enum Database {
    /// In memory: gone with the client.
    Memory,
    File(PathBuf),
}

/// What a client needs to know at the start.
#[derive(Clone)]
pub struct ClientConfig {
    pub database: Database,
    /// SQLCipher's raw key. Nothing is encrypted without one; only for databases in memory.
    pub key: Option<Zeroizing<[u8; 32]>>,
    /// `https://host` or `http://host:port`; `None`: what the database remembers.
    pub server: Option<String>,
    pub clock: Arc<dyn Clock>,
    /// `None`: from the operating system. A seed makes keys guessable and is for replays and tests alone.
    pub seed: Option<[u8; 32]>,
    /// Connects at once. Otherwise [`crate::Client::go_online`] does.
    pub online: bool,
}

impl ClientConfig {
    /// A device in memory, for tests.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            database: Database::Memory,
            key: None,
            server: None,
            clock: Arc::new(SystemClock),
            seed: None,
            online: true,
        }
    }

    /// A device on disk.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>, key: Zeroizing<[u8; 32]>) -> Self {
        Self {
            database: Database::File(path.into()),
            key: Some(key),
            ..Self::memory()
        }
    }
}

impl std::fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientConfig")
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// Why a client can't start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key does not open the database, or the file is something else.
    #[error("the key does not open the database")]
    WrongKey,
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    #[error("engine: {0}")]
    Engine(#[from] EngineError),
    #[error("the system has no randomness: {0}")]
    Randomness(rand_core::Error),
    #[error("the work was cut off")]
    CutOff,
}

/// Opens and keys the database, as a client does.
///
/// # Errors
/// When the file can't be opened, or not with this key.
pub fn open_database(database: &Database, key: Option<&Zeroizing<[u8; 32]>>) -> Result<Connection, OpenError> {
    let connection = match database {
        Database::Memory => Connection::open_in_memory()?,
        Database::File(path) => Connection::open(path)?,
    };
    if let Some(key) = key {
        // A raw key skips SQLCipher's key derivation: ours has 256 random bits already.
        let mut pragma = Zeroizing::new(String::with_capacity(96));
        pragma.push_str("PRAGMA key = \"x'");
        data_encoding::HEXLOWER.encode_append(key.as_slice(), &mut pragma);
        pragma.push_str("'\"");
        connection.execute_batch(&pragma)?;
        match connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)) {
            Ok(_) => {}
            Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == rusqlite::ErrorCode::NotADatabase => {
                return Err(OpenError::WrongKey);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(connection)
}
