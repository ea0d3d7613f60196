// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Push on SQLite.

use rusqlite::params;

use super::{Sql, SqliteTx, int, uint};
use crate::store::{AlarmRow, Push, StoreError, Stored, SubscriptionRow};
use melder_protocol::push::PushRules;
use melder_protocol::{AccountId, DeviceId, Sequence, Time, cbor};

impl Push for SqliteTx<'_> {
    fn push_key(&self) -> Stored<Option<Vec<u8>>> {
        self.one("SELECT secret FROM push_key", [], |row| row.get(0))
    }

    fn put_push_key(&self, secret: &[u8]) -> Stored<()> {
        self.exec("INSERT INTO push_key (one, secret) VALUES (1, ?1)", [secret])
            .map(drop)
    }

    fn subscriptions(&self) -> Stored<Vec<SubscriptionRow>> {
        self.all(
            "SELECT device, account, endpoint, ticket FROM push_subscriptions",
            [],
            |row| {
                Ok(SubscriptionRow {
                    device: row.get::<_, Sql<_>>(0)?.0,
                    account: row.get::<_, Sql<_>>(1)?.0,
                    endpoint: row.get(2)?,
                    ticket: row.get::<_, Sql<_>>(3)?.0,
                })
            },
        )
    }

    fn put_subscription(&self, row: &SubscriptionRow) -> Stored<()> {
        self.exec(
            "INSERT INTO push_subscriptions (device, account, endpoint, ticket) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET account = excluded.account, endpoint = excluded.endpoint, ticket = excluded.ticket",
            params![Sql(row.device), Sql(row.account), row.endpoint, Sql(row.ticket)],
        )
        .map(drop)
    }

    fn delete_subscription(&self, device: DeviceId) -> Stored<bool> {
        let gone = self.exec("DELETE FROM push_subscriptions WHERE device = ?1", [Sql(device)])?;
        Ok(gone > 0)
    }

    fn all_push_rules(&self) -> Stored<Vec<(AccountId, PushRules)>> {
        let rows: Vec<(AccountId, Vec<u8>)> = self.all("SELECT account, rules FROM push_rules", [], |row| {
            Ok((row.get::<_, Sql<_>>(0)?.0, row.get(1)?))
        })?;
        let rules = rows.into_iter().map(|(account, bytes)| {
            let rules = cbor::decode(&bytes).map_err(|_| StoreError::Damaged("push rules"))?;
            Ok((account, rules))
        });
        rules.collect()
    }

    fn put_push_rules(&self, account: AccountId, rules: &PushRules) -> Stored<()> {
        self.exec(
            "INSERT INTO push_rules (account, rules) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET rules = excluded.rules",
            params![Sql(account), cbor::encode(rules)],
        )
        .map(drop)
    }

    fn delete_push_rules(&self, account: AccountId) -> Stored<()> {
        self.exec("DELETE FROM push_rules WHERE account = ?1", [Sql(account)])
            .map(drop)
    }

    fn add_alarm(&self, row: &AlarmRow) -> Stored<()> {
        self.exec(
            "INSERT INTO push_alarms (group_id, sequence, time, on_duty, sender) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                Sql(row.group),
                int(row.sequence.0),
                int(row.time.0),
                row.on_duty,
                Sql(row.sender)
            ],
        )
        .map(drop)
    }

    fn alarms(&self) -> Stored<Vec<AlarmRow>> {
        self.all(
            "SELECT group_id, sequence, time, on_duty, sender FROM push_alarms ORDER BY time",
            [],
            |row| {
                Ok(AlarmRow {
                    group: row.get::<_, Sql<_>>(0)?.0,
                    sequence: Sequence(uint(row.get(1)?)),
                    time: Time(uint(row.get(2)?)),
                    on_duty: row.get(3)?,
                    sender: row.get::<_, Sql<_>>(4)?.0,
                })
            },
        )
    }

    fn drop_alarms(&self, before: Time) -> Stored<()> {
        self.exec("DELETE FROM push_alarms WHERE time < ?1", [int(before.0)])
            .map(drop)
    }
}
