// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Cursors on SQLite.

use rusqlite::params;

use super::{Sql, SqliteTx, int, uint};
use crate::store::{CursorRow, Cursors, Stored};
use melder_protocol::{AccountId, DeviceId, LogId, Sequence};

impl Cursors for SqliteTx<'_> {
    fn cursor(&self, log: LogId, device: DeviceId) -> Stored<Sequence> {
        let Some(number) = self.log_number(log)? else {
            return Ok(Sequence(0));
        };
        let sequence = self.one(
            "SELECT sequence FROM cursors WHERE log = ?1 AND device = ?2",
            params![number, Sql(device)],
            |row| row.get(0),
        )?;
        Ok(Sequence(sequence.map_or(0, uint)))
    }

    fn advance(&self, log: LogId, account: AccountId, device: DeviceId, through: Sequence) -> Stored<()> {
        let Some(number) = self.log_number(log)? else {
            return Ok(());
        };
        self.exec(
            "INSERT INTO cursors (log, device, account, sequence) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)",
            params![number, Sql(device), Sql(account), int(through.0)],
        )?;
        Ok(())
    }

    fn cursors(&self, log: LogId) -> Stored<Vec<CursorRow>> {
        let Some(number) = self.log_number(log)? else {
            return Ok(Vec::new());
        };
        self.all(
            "SELECT account, device, sequence FROM cursors WHERE log = ?1",
            [number],
            |row| {
                Ok(CursorRow {
                    account: row.get::<_, Sql<_>>(0)?.0,
                    device: row.get::<_, Sql<_>>(1)?.0,
                    sequence: Sequence(uint(row.get(2)?)),
                })
            },
        )
    }

    fn delete_cursors_of_device(&self, device: DeviceId) -> Stored<()> {
        self.exec("DELETE FROM cursors WHERE device = ?1", [Sql(device)])
            .map(drop)
    }

    fn delete_cursors_of_account(&self, log: LogId, account: AccountId) -> Stored<()> {
        if let Some(number) = self.log_number(log)? {
            self.exec(
                "DELETE FROM cursors WHERE log = ?1 AND account = ?2",
                params![number, Sql(account)],
            )?;
        }
        Ok(())
    }
}
