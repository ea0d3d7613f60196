// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Logs on SQLite. See `001_core.sql` for the numbering of entries.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row, params};

use super::{Sql, SqliteTx, all, int, one, uint};
use crate::store::{Logs, StoreError, Stored, StoredEntry};
use melder_protocol::{AccountId, Counter, DeviceId, GroupId, LogId, Member, Sequence, Time};

/// Bits of an entry's id that are its sequence.
const SEQUENCE_BITS: u32 = 40;

/// The ids of a log's entries: from the first to the last that there can be.
#[derive(Clone, Copy)]
struct Ids(i64);

impl Ids {
    const MAX: u64 = (1 << SEQUENCE_BITS) - 1;

    fn of(self, sequence: Sequence) -> i64 {
        (self.0 << SEQUENCE_BITS) | int(sequence.0.min(Self::MAX))
    }

    fn last(self) -> i64 {
        self.of(Sequence(Self::MAX))
    }
}

fn sequence(id: i64) -> Sequence {
    Sequence(uint(id) & Ids::MAX)
}

pub(super) fn kind(log: LogId) -> (u8, [u8; 16]) {
    match log {
        LogId::Group(group) => (0, *group.as_bytes()),
        LogId::Inbox(account) => (1, *account.as_bytes()),
    }
}

pub(super) fn log_id(kind: u8, name: [u8; 16]) -> LogId {
    match kind {
        0 => LogId::Group(GroupId::from_bytes(name)),
        _ => LogId::Inbox(AccountId::from_bytes(name)),
    }
}

/// What is known of a log without asking.
#[derive(Debug, Clone, Copy)]
struct Known {
    number: i64,
    head: Sequence,
    /// The head that stands in the database; behind `head` until the end of the transaction.
    written: Sequence,
}

/// What was read or written, as of the transaction that is open: what is undone is forgotten. Only what an append asks for.
#[derive(Debug, Default)]
pub(super) struct LogCache {
    logs: RefCell<HashMap<LogId, Known>>,
    /// Logs whose head is not written yet.
    ahead: RefCell<Vec<LogId>>,
    /// The last counters of devices in logs, by the logs' numbers.
    counters: RefCell<HashMap<(i64, DeviceId), Counter>>,
    /// Devices that are leaves.
    leaves: RefCell<HashSet<(GroupId, Member)>>,
}

impl LogCache {
    /// When there are so many, it begins anew.
    const CAPACITY: usize = 16_384;

    fn get(&self, log: LogId) -> Option<Known> {
        self.logs.borrow().get(&log).copied()
    }

    fn put(&self, log: LogId, known: Known) {
        let mut all = self.logs.borrow_mut();
        // What is ahead of the database must not be lost.
        if all.len() >= Self::CAPACITY && self.ahead.borrow().is_empty() {
            all.clear();
        }
        all.insert(log, known);
    }

    fn remove(&self, log: LogId) {
        self.logs.borrow_mut().remove(&log);
        self.counters.borrow_mut().clear();
    }

    fn put_counter(&self, number: i64, device: DeviceId, counter: Counter) {
        let mut all = self.counters.borrow_mut();
        if all.len() >= Self::CAPACITY {
            all.clear();
        }
        all.insert((number, device), counter);
    }

    pub(super) fn is_leaf(&self, group: GroupId, member: Member) -> bool {
        self.leaves.borrow().contains(&(group, member))
    }

    pub(super) fn put_leaf(&self, group: GroupId, member: Member) {
        let mut all = self.leaves.borrow_mut();
        if all.len() >= Self::CAPACITY {
            all.clear();
        }
        all.insert((group, member));
    }

    /// Some group's leaves changed.
    pub(super) fn forget_leaves(&self) {
        self.leaves.borrow_mut().clear();
    }

    /// Something was undone.
    pub(super) fn forget(&self) {
        self.logs.borrow_mut().clear();
        self.ahead.borrow_mut().clear();
        self.counters.borrow_mut().clear();
        self.leaves.borrow_mut().clear();
    }
}

/// The log's number and head.
fn find(connection: &Connection, log: LogId) -> Stored<Option<(i64, Sequence)>> {
    let (kind, name) = kind(log);
    one(
        connection,
        "SELECT number, head FROM logs WHERE name = ?1 AND kind = ?2",
        params![name, kind],
        |row| Ok((row.get(0)?, Sequence(uint(row.get(1)?)))),
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    let account: Option<Sql<AccountId>> = row.get(2)?;
    let device: Option<Sql<DeviceId>> = row.get(3)?;
    Ok(StoredEntry {
        sequence: sequence(row.get(0)?),
        time: Time(uint(row.get(1)?)),
        sender: account.zip(device).map(|(account, device)| Member {
            account: account.0,
            device: device.0,
        }),
        kind: row.get(4)?,
        counter: row.get::<_, Option<i64>>(5)?.map(|counter| Counter(uint(counter))),
        bytes: row.get(6)?,
    })
}

pub(super) fn entries(
    connection: &Connection,
    log: LogId,
    after: Sequence,
    count: usize,
    bytes: usize,
) -> Stored<Vec<StoredEntry>> {
    let Some((number, _)) = find(connection, log)? else {
        return Ok(Vec::new());
    };
    let ids = Ids(number);
    let load = || -> rusqlite::Result<Vec<StoredEntry>> {
        let mut statement = connection.prepare_cached(
            "SELECT id, time, account, device, kind, counter, bytes FROM entries
             WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3",
        )?;
        let mut rows = statement.query(params![
            ids.of(after),
            ids.last(),
            i64::try_from(count).unwrap_or(i64::MAX)
        ])?;
        let (mut found, mut size) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let entry = read(row)?;
            size += entry.bytes.len();
            if size > bytes && !found.is_empty() {
                break;
            }
            found.push(entry);
        }
        Ok(found)
    };
    load().map_err(super::failed)
}

impl SqliteTx<'_> {
    /// The number and head of a log that exists.
    fn find_log(&self, log: LogId) -> Stored<Option<(i64, Sequence)>> {
        if let Some(known) = self.logs.get(log) {
            return Ok(Some((known.number, known.head)));
        }
        let found = find(self.connection, log)?;
        if let Some((number, head)) = found {
            self.logs.put(
                log,
                Known {
                    number,
                    head,
                    written: head,
                },
            );
        }
        Ok(found)
    }

    /// Writes down the heads that have moved: once for each log, whatever was appended to it.
    pub(super) fn write_heads(&self) -> Stored<()> {
        let ahead = std::mem::take(&mut *self.logs.ahead.borrow_mut());
        for log in ahead {
            let Some(known) = self.logs.get(log).filter(|known| known.head != known.written) else {
                continue;
            };
            let moved = self.exec(
                "UPDATE logs SET head = ?2 WHERE number = ?1 AND head = ?3",
                params![known.number, int(known.head.0), int(known.written.0)],
            )?;
            if moved != 1 {
                return Err(StoreError::Damaged("a log's head moved by itself"));
            }
            let written = known.head;
            self.logs.put(log, Known { written, ..known });
        }
        Ok(())
    }

    /// The number of a log that exists.
    pub(super) fn log_number(&self, log: LogId) -> Stored<Option<i64>> {
        Ok(self.find_log(log)?.map(|(number, _)| number))
    }

    /// The number of a log, which exists from now on.
    pub(super) fn make_log(&self, log: LogId) -> Stored<i64> {
        if let Some(number) = self.log_number(log)? {
            return Ok(number);
        }
        let (kind, name) = kind(log);
        self.exec(
            "INSERT INTO logs (kind, name, head) VALUES (?1, ?2, 0)",
            params![kind, name],
        )?;
        Ok(self.connection.last_insert_rowid())
    }
}

impl Logs for SqliteTx<'_> {
    fn head(&self, log: LogId) -> Stored<Sequence> {
        Ok(self.find_log(log)?.map_or(Sequence(0), |(_, head)| head))
    }

    fn append(&self, log: LogId, entry: &StoredEntry) -> Stored<()> {
        const NOT_NEXT: StoreError = StoreError::Damaged("an entry that is not the next one");
        if entry.sequence == Sequence(1) {
            self.make_log(log)?;
        }
        let (number, head) = self.find_log(log)?.ok_or(NOT_NEXT)?;
        if entry.sequence != head.next() {
            return Err(NOT_NEXT);
        }
        self.exec(
            "INSERT INTO entries (id, time, account, device, kind, counter, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                Ids(number).of(entry.sequence),
                int(entry.time.0),
                entry.sender.map(|sender| Sql(sender.account)),
                entry.sender.map(|sender| Sql(sender.device)),
                entry.kind,
                entry.counter.map(|counter| int(counter.0)),
                entry.bytes,
            ],
        )?;
        let written = self.logs.get(log).map_or(head, |known| known.written);
        self.logs.put(
            log,
            Known {
                number,
                head: entry.sequence,
                written,
            },
        );
        if written == head {
            self.logs.ahead.borrow_mut().push(log);
        }
        if let (Some(sender), Some(counter)) = (entry.sender, entry.counter) {
            self.logs.put_counter(number, sender.device, counter);
        }
        Ok(())
    }

    fn entries(&self, log: LogId, after: Sequence, count: usize, bytes: usize) -> Stored<Vec<StoredEntry>> {
        entries(self.connection, log, after, count, bytes)
    }

    fn first(&self, log: LogId) -> Stored<Sequence> {
        let Some((number, head)) = self.find_log(log)? else {
            return Ok(Sequence(1));
        };
        let ids = Ids(number);
        let first = self.one(
            "SELECT id FROM entries WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT 1",
            params![ids.of(Sequence(0)), ids.last()],
            |row| row.get(0),
        )?;
        Ok(first.map_or(head.next(), sequence))
    }

    fn older(&self, log: LogId, before: Time) -> Stored<Option<Sequence>> {
        let Some((number, head)) = self.find_log(log)? else {
            return Ok(None);
        };
        let ids = Ids(number);
        let first = self.first(log)?;
        let newer = self.one(
            "SELECT id FROM entries WHERE id > ?1 AND id <= ?2 AND time >= ?3 ORDER BY id LIMIT 1",
            params![ids.of(Sequence(0)), ids.last(), int(before.0)],
            |row| row.get(0),
        )?;
        let last = newer.map_or(head, |id| Sequence(sequence(id).0.saturating_sub(1)));
        Ok((last >= first).then_some(last))
    }

    fn drop_through(&self, log: LogId, through: Sequence) -> Stored<u64> {
        let Some(number) = self.log_number(log)? else {
            return Ok(0);
        };
        let ids = Ids(number);
        let range = params![ids.of(Sequence(0)), ids.of(through)];
        self.exec(
            "INSERT INTO counters (device, log, counter)
             SELECT device, id >> 40, max(counter) FROM entries
             WHERE id > ?1 AND id <= ?2 AND counter IS NOT NULL GROUP BY device
             ON CONFLICT DO UPDATE SET counter = max(counter, excluded.counter)",
            range,
        )?;
        let count = self.exec("DELETE FROM entries WHERE id > ?1 AND id <= ?2", range)?;
        Ok(count as u64)
    }

    fn delete_log(&self, log: LogId) -> Stored<u64> {
        let Some(number) = self.log_number(log)? else {
            return Ok(0);
        };
        let ids = Ids(number);
        let count = self.exec(
            "DELETE FROM entries WHERE id > ?1 AND id <= ?2",
            params![ids.of(Sequence(0)), ids.last()],
        )?;
        self.exec("DELETE FROM counters WHERE log = ?1", [number])?;
        self.exec("DELETE FROM cursors WHERE log = ?1", [number])?;
        self.exec("DELETE FROM logs WHERE number = ?1", [number])?;
        self.logs.remove(log);
        Ok(count as u64)
    }

    fn counter(&self, log: LogId, device: DeviceId) -> Stored<Counter> {
        let Some(number) = self.log_number(log)? else {
            return Ok(Counter(0));
        };
        if let Some(counter) = self.logs.counters.borrow().get(&(number, device)) {
            return Ok(*counter);
        }
        let live: Option<i64> = self.one(
            "SELECT counter FROM entries WHERE device = ?1 AND id >> 40 = ?2 AND counter IS NOT NULL
             ORDER BY counter DESC LIMIT 1",
            params![Sql(device), number],
            |row| row.get(0),
        )?;
        let kept = match live {
            Some(live) => Some(live),
            None => self.one(
                "SELECT counter FROM counters WHERE device = ?1 AND log = ?2",
                params![Sql(device), number],
                |row| row.get(0),
            )?,
        };
        let counter = Counter(kept.map_or(0, uint));
        self.logs.put_counter(number, device, counter);
        Ok(counter)
    }

    fn counters(&self, device: DeviceId) -> Stored<Vec<(LogId, Counter)>> {
        all(
            self.connection,
            "SELECT logs.kind, logs.name, max(own.counter) FROM (
                 SELECT id >> 40 AS log, counter FROM entries WHERE device = ?1 AND counter IS NOT NULL
                 UNION ALL SELECT log, counter FROM counters WHERE device = ?1
             ) AS own JOIN logs ON logs.number = own.log GROUP BY own.log",
            [Sql(device)],
            |row| Ok((log_id(row.get(0)?, row.get(1)?), Counter(uint(row.get(2)?)))),
        )
    }

    fn appended(&self, log: LogId, device: DeviceId, counter: Counter) -> Stored<Option<(Sequence, Time)>> {
        let Some(number) = self.log_number(log)? else {
            return Ok(None);
        };
        self.one(
            "SELECT id, time FROM entries WHERE device = ?1 AND id >> 40 = ?2 AND counter = ?3",
            params![Sql(device), number, int(counter.0)],
            |row| Ok((sequence(row.get(0)?), Time(uint(row.get(1)?)))),
        )
    }

    fn entry(&self, log: LogId, at: Sequence) -> Stored<Option<StoredEntry>> {
        let Some(number) = self.log_number(log)? else {
            return Ok(None);
        };
        self.one(
            "SELECT id, time, account, device, kind, counter, bytes FROM entries WHERE id = ?1",
            [Ids(number).of(at)],
            read,
        )
    }
}
