// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Device chains, devices and key packages on SQLite.

use rusqlite::{Row, params};

use super::groups::{bad_column, suite, suite_number};
use super::{Sql, SqliteTx, int, uint};
use crate::store::{DeviceRow, DeviceState, Devices, KeyPackageRow, Stored};
use melder_bugs::{self as bugs, Bug};
use melder_protocol::cbor;
use melder_protocol::chain::{KeyUse, Link};
use melder_protocol::request::Stock;
use melder_protocol::{AccountId, DeviceId, PublicKey, Suite, Time};

const COLUMNS: &str = "device, account, key, recovery, name, added, last_used, state";

const fn state_number(state: DeviceState) -> u8 {
    match state {
        DeviceState::Current => 0,
        DeviceState::Reset => 1,
        DeviceState::Removed => 2,
        DeviceState::Barred => 3,
    }
}

pub(super) const fn state(number: u8) -> DeviceState {
    match number {
        0 => DeviceState::Current,
        1 => DeviceState::Reset,
        3 => DeviceState::Barred,
        _ => DeviceState::Removed,
    }
}

fn read_device(row: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    Ok(DeviceRow {
        device: row.get::<_, Sql<_>>(0)?.0,
        account: row.get::<_, Sql<_>>(1)?.0,
        key: row.get::<_, Sql<_>>(2)?.0,
        key_use: if row.get(3)? { KeyUse::Recovery } else { KeyUse::Device },
        name: row.get(4)?,
        added: Time(uint(row.get(5)?)),
        last_used: row.get::<_, Option<i64>>(6)?.map(|time| Time(uint(time))),
        state: state(row.get(7)?),
    })
}

fn read_package(row: &Row<'_>) -> rusqlite::Result<(i64, KeyPackageRow)> {
    Ok((
        row.get(0)?,
        KeyPackageRow {
            suite: suite(row.get(1)?).ok_or_else(|| bad_column(1, "suite"))?,
            last_resort: row.get(2)?,
            hash: row.get::<_, Sql<_>>(3)?.0,
            bytes: row.get(4)?,
        },
    ))
}

impl Devices for SqliteTx<'_> {
    fn chain(&self, account: AccountId) -> Stored<Vec<Link>> {
        self.all(
            "SELECT link FROM links WHERE account = ?1 ORDER BY place",
            [Sql(account)],
            |row| {
                let bytes: Vec<u8> = row.get(0)?;
                cbor::decode(&bytes).map_err(|_| bad_column(0, "link"))
            },
        )
    }

    fn add_link(&self, account: AccountId, place: u32, link: &Link) -> Stored<()> {
        self.exec(
            "INSERT INTO links (account, place, link) VALUES (?1, ?2, ?3)",
            params![Sql(account), place, cbor::encode(link)],
        )
        .map(drop)
    }

    fn delete_chain(&self, account: AccountId) -> Stored<()> {
        self.exec(
            "DELETE FROM key_packages WHERE device IN (SELECT device FROM devices WHERE account = ?1)",
            [Sql(account)],
        )?;
        self.exec("DELETE FROM device_removal WHERE account = ?1", [Sql(account)])?;
        self.exec("DELETE FROM devices WHERE account = ?1", [Sql(account)])?;
        self.exec("DELETE FROM links WHERE account = ?1", [Sql(account)])?;
        Ok(())
    }

    fn device(&self, device: DeviceId) -> Stored<Option<DeviceRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM devices WHERE device = ?1"),
            [Sql(device)],
            read_device,
        )
    }

    fn put_device(&self, row: &DeviceRow) -> Stored<()> {
        self.exec(
            &format!(
                "INSERT INTO devices ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT DO UPDATE SET account = excluded.account, key = excluded.key, recovery = excluded.recovery,
                 name = excluded.name, added = excluded.added, last_used = excluded.last_used, state = excluded.state"
            ),
            params![
                Sql(row.device),
                Sql(row.account),
                Sql(row.key),
                row.key_use == KeyUse::Recovery,
                row.name,
                int(row.added.0),
                row.last_used.map(|time| int(time.0)),
                state_number(row.state),
            ],
        )
        .map(drop)
    }

    fn devices_of(&self, account: AccountId) -> Stored<Vec<DeviceRow>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM devices WHERE account = ?1 ORDER BY rowid"),
            [Sql(account)],
            read_device,
        )
    }

    fn put_device_removal(&self, account: AccountId, device: DeviceId, signed: &[u8]) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO device_removal (device, account, signed, told) VALUES (?1, ?2, ?3, 0)",
            params![Sql(device), Sql(account), signed],
        )
        .map(drop)
    }

    fn device_removal(&self, device: DeviceId) -> Stored<Option<(Vec<u8>, bool)>> {
        self.one(
            "SELECT signed, told FROM device_removal WHERE device = ?1",
            [Sql(device)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn removal_is_told(&self, device: DeviceId) -> Stored<()> {
        self.exec(
            "UPDATE device_removal SET told = 1 WHERE device = ?1 AND told = 0",
            [Sql(device)],
        )
        .map(drop)
    }

    fn account_of_recovery(&self, key: &PublicKey) -> Stored<Option<AccountId>> {
        self.one(
            "SELECT account FROM devices WHERE key = ?1 AND recovery AND state = 0",
            [Sql(*key)],
            |row| Ok(row.get::<_, Sql<_>>(0)?.0),
        )
    }

    fn add_key_package(&self, device: DeviceId, row: &KeyPackageRow) -> Stored<bool> {
        if row.last_resort {
            // The same package again is no change; any other takes the place of the one before.
            self.exec(
                "DELETE FROM key_packages WHERE device = ?1 AND suite = ?2 AND last_resort",
                params![Sql(device), suite_number(row.suite)],
            )?;
        }
        let added = self.exec(
            "INSERT INTO key_packages (device, suite, last_resort, hash, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
            params![
                Sql(device),
                suite_number(row.suite),
                row.last_resort,
                Sql(row.hash),
                row.bytes
            ],
        )?;
        Ok(added == 1)
    }

    fn take_key_package(&self, device: DeviceId, suite: Suite) -> Stored<Option<KeyPackageRow>> {
        let found = self.one(
            "SELECT number, suite, last_resort, hash, bytes FROM key_packages
             WHERE device = ?1 AND suite = ?2 ORDER BY last_resort, number LIMIT 1",
            params![Sql(device), suite_number(suite)],
            read_package,
        )?;
        let Some((number, package)) = found else {
            return Ok(None);
        };
        if !package.last_resort && !bugs::on(Bug::KeyPackageTwice) {
            self.exec("DELETE FROM key_packages WHERE number = ?1", [number])?;
        }
        Ok(Some(package))
    }

    fn stock(&self, device: DeviceId) -> Stored<Vec<Stock>> {
        let counts: Vec<(u16, bool, u32)> = self.all(
            "SELECT suite, last_resort, count(*) FROM key_packages WHERE device = ?1 GROUP BY suite, last_resort",
            [Sql(device)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let count = |suite: Suite, last_resort: bool| {
            counts
                .iter()
                .find(|(number, last, _)| *number == suite_number(suite) && *last == last_resort)
                .map_or(0, |(_, _, count)| *count)
        };
        Ok(Suite::ALL
            .into_iter()
            .map(|suite| Stock {
                suite,
                count: count(suite, false),
                last_resort: count(suite, true) > 0,
            })
            .collect())
    }

    fn delete_key_packages(&self, device: DeviceId) -> Stored<u32> {
        let count = self.exec("DELETE FROM key_packages WHERE device = ?1", [Sql(device)])?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
