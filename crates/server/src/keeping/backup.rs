// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A copy of everything that a server keeps, while it runs or not. Each database is copied as it is at one moment, into a
//! folder that gets its name only when all is there and sound; a line in the data folder tells the running server of it.
//!
//! A copy holds the organisations' keys and the directory: whoever has it can speak as the server. It is as secret as the
//! data folder. To go back to one, stop the server, and start it with the copy as its data folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use melder_protocol::Time;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use crate::directory::calendar;

/// In the data folder: when and how large the last one was.
const WORD: &str = "backup.json";
/// The directory and the messages first: nothing in there misses a blob that came later.
const FILES: [&str; 2] = ["melder.db", "blobs.db"];

/// A backup that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    pub time: Time,
    pub bytes: u64,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no server's data in {0}")]
    NoData(PathBuf),
    #[error("a copy of this second is there already: {0}")]
    There(PathBuf),
    #[error("the copy of {0} is not sound")]
    Unsound(&'static str),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// The last one, if the data folder knows of any.
#[must_use]
pub fn last(data: &Path) -> Option<Backup> {
    serde_json::from_slice(&fs::read(data.join(WORD)).ok()?).ok()
}

/// Copies what is in `data` into a new folder below `to`, named after the time.
///
/// # Errors
/// When there is nothing to copy, or it can't be copied. Then nothing is left of it.
pub fn make(data: &Path, to: &Path, now: Time) -> Result<(PathBuf, Backup), BackupError> {
    if !data.join(FILES[0]).is_file() {
        return Err(BackupError::NoData(data.to_owned()));
    }
    private_folder(to)?;
    let name = format!("melder-{}", calendar::format(now).replace(':', "").replace(".000", ""));
    let (whole, begun) = (to.join(&name), to.join(format!("{name}.part")));
    if whole.exists() {
        return Err(BackupError::There(whole));
    }
    private_folder(&begun)?;
    let copied = copy_all(data, &begun).and_then(|bytes| {
        fs::rename(&begun, &whole)?;
        Ok(bytes)
    });
    let bytes = match copied {
        Ok(bytes) => bytes,
        Err(error) => {
            // What is half done helps nobody; the reason is what counts.
            let _ = fs::remove_dir_all(&begun);
            return Err(error);
        }
    };
    let backup = Backup { time: now, bytes };
    tell(data, backup)?;
    Ok((whole, backup))
}

/// A folder for the own user alone.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn copy_all(data: &Path, to: &Path) -> Result<u64, BackupError> {
    let mut bytes = 0;
    for name in FILES {
        let from = data.join(name);
        if from.is_file() {
            bytes += copy(&from, &to.join(name), name)?;
        }
    }
    Ok(bytes)
}

/// One database at one moment: a reader's view, which keeps no writer waiting.
fn copy(from: &Path, to: &Path, name: &'static str) -> Result<u64, BackupError> {
    let source = Connection::open_with_flags(
        from,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    source.busy_timeout(Duration::from_secs(30))?;
    source.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    let copy = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let sound: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(BackupError::Unsound(name));
    }
    drop(copy);
    let file = fs::File::open(to)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

fn tell(data: &Path, backup: Backup) -> io::Result<()> {
    let begun = data.join(format!("{WORD}.part"));
    fs::write(&begun, serde_json::to_vec(&backup).map_err(io::Error::other)?)?;
    fs::rename(begun, data.join(WORD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;

    #[test]
    fn a_copy_is_whole_while_the_store_is_open_and_can_be_opened_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (data, to) = (folder.path().join("data"), folder.path().join("copies"));
        let store = SqliteStore::open(&data).unwrap();
        assert_eq!(last(&data), None);
        let (copy, backup) = make(&data, &to, Time(1_876_000_000_000)).unwrap();
        assert!(backup.bytes > 0);
        assert_eq!(last(&data), Some(backup));
        assert!(copy.join("melder.db").is_file() && copy.join("blobs.db").is_file());
        drop(store);
        SqliteStore::open(&copy).unwrap();
        let left: Vec<_> = fs::read_dir(&to).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing half done is left");
        assert!(matches!(
            make(&data, &to, Time(1_876_000_000_000)),
            Err(BackupError::There(_))
        ));
    }

    #[test]
    fn what_is_no_server_is_not_copied_and_what_is_damaged_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("copies");
        assert!(matches!(make(folder.path(), &to, Time(0)), Err(BackupError::NoData(_))));
        fs::write(
            folder.path().join("melder.db"),
            b"not a database, and long enough to look like one",
        )
        .unwrap();
        assert!(make(folder.path(), &to, Time(0)).is_err());
        assert_eq!(fs::read_dir(&to).unwrap().count(), 0);
        assert_eq!(last(folder.path()), None);
    }
}
