// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Accounts and badges on SQLite. Lists walk an index in the order of names; a search is an intersection of word
//! indexes.

use std::collections::BTreeSet;

use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, OperationId, OrganisationId, Time, UnitId};
use rusqlite::types::ToSql;
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::{col, opt};
use crate::directory::text;
use crate::directory::types::{Account, AccountFilter, AccountStatus, Page};
use crate::store::{Stored, directory};

pub(super) fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        unit: opt(row, "unit")?,
        name: row.get("name")?,
        function: row.get("function")?,
        kind: col(row, "kind")?,
        joined: row.get("joined")?,
        suspended: row.get("suspended")?,
        operation: opt(row, "operation")?,
        ends: opt(row, "ends")?,
        created: col(row, "created")?,
        revision: row.get("revision")?,
    })
}

/// The words that begin with `word` lie between it and this.
fn end_of_prefix(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

/// Words of a search that count; more would only cost.
const MAX_WORDS: usize = 8;

/// A word with more hits than this is common: then the page is soon full when walking through the names. Putting hits in
/// order costs 1.5 µs for each; walking costs 4 µs for each account that is no hit, and all hits may stand at the end.
const COMMON: i64 = 20_000;

/// The same for accounts in units, which stand anywhere among the names.
const MANY: i64 = 2_000;

/// Units as one value: the same statement for any number of them.
fn names(units: &BTreeSet<UnitId>) -> String {
    let names: Vec<String> = units.iter().map(|unit| format!("\"{unit}\"")).collect();
    format!("[{}]", names.join(","))
}

impl SqliteTx<'_> {
    /// The word that the fewest accounts have, when those are few.
    fn rarest<'w>(&self, organisation: OrganisationId, words: &'w [String]) -> Stored<Option<&'w String>> {
        let mut best = None;
        for word in words {
            let hits: Option<i64> = self.one(
                "SELECT (SELECT count(*) FROM (SELECT 1 FROM account_word
                 WHERE organisation = ?1 AND word >= ?2 AND word < ?3 LIMIT ?4))
                 + (SELECT count(*) FROM (SELECT 1 FROM unit_word w JOIN account b ON b.unit = w.unit
                 WHERE w.organisation = ?1 AND w.word >= ?2 AND w.word < ?3 LIMIT ?4))",
                params![Sql(organisation), word, end_of_prefix(word), COMMON],
                |row| row.get(0),
            )?;
            let hits = hits.unwrap_or(COMMON);
            if hits < COMMON && best.is_none_or(|(fewest, _)| hits < fewest) {
                best = Some((hits, word));
            }
        }
        Ok(best.map(|(_, word)| word))
    }

    /// Are there so many accounts in these units that it is quicker to walk through the names?
    fn is_common(&self, units: &str) -> Stored<bool> {
        let count: Option<i64> = self.one(
            "SELECT count(*) FROM (SELECT 1 FROM json_each(?1) JOIN account INDEXED BY account_by_unit
             ON account.unit = unhex(value) LIMIT ?2)",
            params![units, MANY],
            |row| row.get(0),
        )?;
        Ok(count.is_none_or(|count| count >= MANY))
    }

    fn set_account_words(&self, row: &Account) -> Stored<()> {
        let mut words = text::words(&row.name);
        words.extend(row.function.iter().flat_map(|function| text::words(function)));
        words.sort_unstable();
        words.dedup();
        for word in words {
            self.exec(
                "INSERT INTO account_word (organisation, word, account) VALUES (?1, ?2, ?3)",
                params![Sql(row.organisation), word, Sql(row.id)],
            )?;
        }
        Ok(())
    }
}

impl directory::Accounts for SqliteTx<'_> {
    fn insert_account(&self, row: &Account) -> Stored<()> {
        self.exec(
            "INSERT INTO account (id, organisation, unit, name, folded, function, kind, joined, suspended, operation,
             ends, created, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                row.unit.map(Sql),
                row.name,
                text::folded(&row.name),
                row.function,
                Sql(row.kind),
                row.joined,
                row.suspended,
                row.operation.map(Sql),
                row.ends.map(Sql),
                Sql(row.created),
                row.revision
            ],
        )?;
        self.set_account_words(row)
    }

    fn update_account(&self, row: &Account) -> Stored<()> {
        self.exec(
            "UPDATE account SET unit = ?2, name = ?3, folded = ?4, function = ?5, kind = ?6, joined = ?7,
             suspended = ?8, operation = ?9, ends = ?10, revision = ?11 WHERE id = ?1",
            params![
                Sql(row.id),
                row.unit.map(Sql),
                row.name,
                text::folded(&row.name),
                row.function,
                Sql(row.kind),
                row.joined,
                row.suspended,
                row.operation.map(Sql),
                row.ends.map(Sql),
                row.revision
            ],
        )?;
        self.exec("DELETE FROM account_word WHERE account = ?1", [Sql(row.id)])?;
        self.set_account_words(row)
    }

    fn delete_account(&self, id: AccountId) -> Stored<u32> {
        let key = || [Sql(id)];
        self.exec("DELETE FROM account_word WHERE account = ?1", key())?;
        self.exec("DELETE FROM badge WHERE account = ?1", key())?;
        self.exec("DELETE FROM account_rule WHERE account = ?1", key())?;
        self.exec("DELETE FROM provisioned WHERE account = ?1", key())?;
        self.exec("DELETE FROM ldap_account WHERE account = ?1", key())?;
        self.exec("DELETE FROM directory_member WHERE account = ?1", key())?;
        self.exec("DELETE FROM invitation_use WHERE account = ?1", key())?;
        self.exec("DELETE FROM approval WHERE account = ?1", key())?;
        let invitations = self.exec("DELETE FROM invitation WHERE account = ?1", key())?;
        self.exec("DELETE FROM account WHERE id = ?1", key())?;
        Ok(u32::try_from(invitations).unwrap_or(u32::MAX))
    }

    fn account(&self, id: AccountId) -> Stored<Option<Account>> {
        self.one("SELECT * FROM account WHERE id = ?1", [Sql(id)], account)
    }

    fn accounts(
        &self,
        organisation: OrganisationId,
        filter: &AccountFilter,
        units: Option<&BTreeSet<UnitId>>,
        page: Page<AccountId>,
    ) -> Stored<Vec<Account>> {
        let units = units.map(names);
        let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(Sql(organisation))];
        // A number for each value: the same statement for the same set of conditions, so that it is prepared once.
        let mut place = |value: Box<dyn ToSql>| {
            values.push(value);
            format!("?{}", values.len())
        };
        let words = filter.query.as_deref().map(text::words);
        let words = match &words {
            Some(words) if words.is_empty() => return Ok(Vec::new()),
            Some(words) => &words[..words.len().min(MAX_WORDS)],
            None => &[],
        };
        let mut sql = String::from("SELECT a.* FROM ");
        let rare = self.rarest(organisation, words)?;
        if let Some(word) = rare {
            // Few accounts have this word: look at those alone, and put them in order afterwards.
            let (from, to) = (place(Box::new(word.clone())), place(Box::new(end_of_prefix(word))));
            sql += &format!(
                "(SELECT account AS hit FROM account_word
                  WHERE organisation = ?1 AND word >= {from} AND word < {to}
                  UNION SELECT b.id FROM unit_word w JOIN account b ON b.unit = w.unit
                  WHERE w.organisation = ?1 AND w.word >= {from} AND w.word < {to}) CROSS JOIN account a ON a.id = hit"
            );
        } else {
            sql += "account a";
            if let Some(units) = &units {
                // Few accounts: look at those alone. Many: the page is soon full when walking through the names.
                sql += if self.is_common(units)? {
                    " INDEXED BY account_by_name"
                } else {
                    " INDEXED BY account_by_unit"
                };
            }
        }
        sql += " WHERE a.organisation = ?1";
        for word in words.iter().filter(|word| Some(*word) != rare) {
            let (from, to) = (place(Box::new(word.clone())), place(Box::new(end_of_prefix(word))));
            sql += &format!(
                " AND (EXISTS (SELECT 1 FROM account_word
                  WHERE account = a.id AND organisation = ?1 AND word >= {from} AND word < {to})
                  OR a.unit IN (SELECT unit FROM unit_word
                  WHERE organisation = ?1 AND word >= {from} AND word < {to}))"
            );
        }
        if let Some(units) = units {
            sql += &format!(
                " AND unit IN (SELECT unhex(value) FROM json_each({}))",
                place(Box::new(units))
            );
        } else if let Some(unit) = filter.unit {
            sql += &format!(" AND unit = {}", place(Box::new(Sql(unit))));
        }
        if let Some(kind) = filter.kind {
            sql += &format!(" AND kind = {}", place(Box::new(Sql(kind))));
        }
        if let Some(operation) = filter.operation {
            sql += &format!(" AND operation = {}", place(Box::new(Sql(operation))));
        }
        match filter.status {
            Some(AccountStatus::Suspended) => sql += " AND suspended = 1",
            Some(AccountStatus::Active) => sql += " AND suspended = 0 AND joined = 1",
            Some(AccountStatus::Invited) => sql += " AND suspended = 0 AND joined = 0",
            None => {}
        }
        if let Some(after) = page.after {
            let after = place(Box::new(Sql(after)));
            sql += &format!(" AND (folded, id) > (SELECT folded, id FROM account WHERE id = {after})");
        }
        sql += &format!(" ORDER BY folded, id LIMIT {}", place(Box::new(page.limit)));
        self.all(&sql, rusqlite::params_from_iter(values.iter()), account)
    }

    fn accounts_in_unit(&self, unit: UnitId) -> Stored<Vec<AccountId>> {
        self.all(
            "SELECT id FROM account WHERE unit = ?1 AND NOT suspended",
            [Sql(unit)],
            |row| col(row, "id"),
        )
    }

    fn accounts_of_operation(&self, operation: OperationId) -> Stored<Vec<Account>> {
        self.all(
            "SELECT * FROM account WHERE operation = ?1 ORDER BY id",
            [Sql(operation)],
            account,
        )
    }

    fn has_account_named(&self, organisation: OrganisationId, unit: Option<UnitId>, name: &str) -> Stored<bool> {
        let found = self.one(
            "SELECT EXISTS (SELECT 1 FROM account WHERE organisation = ?1 AND folded = ?2 AND unit IS ?3)",
            params![Sql(organisation), text::folded(name), unit.map(Sql)],
            |row| row.get(0),
        )?;
        Ok(found.unwrap_or(false))
    }

    fn account_counts(&self, organisation: OrganisationId) -> Stored<Vec<(AccountKind, AccountStatus, u64)>> {
        self.all(
            "SELECT kind, suspended, joined, count(*) AS number FROM account WHERE organisation = ?1
             GROUP BY kind, suspended, joined ORDER BY kind, suspended, joined DESC",
            [Sql(organisation)],
            |row| {
                let status = match (row.get("suspended")?, row.get("joined")?) {
                    (true, _) => AccountStatus::Suspended,
                    (false, true) => AccountStatus::Active,
                    (false, false) => AccountStatus::Invited,
                };
                let number: i64 = row.get("number")?;
                Ok((col(row, "kind")?, status, u64::try_from(number).unwrap_or(0)))
            },
        )
    }

    fn account_count(&self, organisation: OrganisationId) -> Stored<u64> {
        let count = self.one(
            "SELECT count(*) FROM account WHERE organisation = ?1",
            [Sql(organisation)],
            |row| row.get::<_, i64>(0),
        )?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    fn joined_accounts(&self, organisation: OrganisationId, page: Page<AccountId>) -> Stored<Vec<AccountId>> {
        self.all(
            "SELECT id FROM account INDEXED BY account_by_id WHERE organisation = ?1 AND id > ifnull(?2, x'') AND joined
             ORDER BY id LIMIT ?3",
            params![Sql(organisation), page.after.map(Sql), page.limit],
            |row| col(row, "id"),
        )
    }

    fn account_ids(&self, organisation: OrganisationId) -> Stored<Vec<AccountId>> {
        self.all(
            "SELECT id FROM account WHERE organisation = ?1 ORDER BY id",
            [Sql(organisation)],
            |row| col(row, "id"),
        )
    }

    fn accounts_ending(&self, until: Time, limit: u32) -> Stored<Vec<Account>> {
        self.all(
            "SELECT * FROM account WHERE ends IS NOT NULL AND ends <= ?1 ORDER BY ends LIMIT ?2",
            params![Sql(until), limit],
            account,
        )
    }

    fn warnings_due(&self, now: Time, limit: u32) -> Stored<Vec<AccountId>> {
        self.all(
            "SELECT id FROM account WHERE next_warning IS NOT NULL AND next_warning <= ?1 ORDER BY next_warning LIMIT ?2",
            params![Sql(now), limit],
            |row| col(row, "id"),
        )
    }

    fn set_next_warning(&self, account: AccountId, at: Option<Time>) -> Stored<()> {
        self.exec(
            "UPDATE account SET next_warning = ?2 WHERE id = ?1",
            params![Sql(account), at.map(Sql)],
        )?;
        Ok(())
    }

    fn badge(&self, account: AccountId) -> Stored<Option<Vec<u8>>> {
        self.one("SELECT signed FROM badge WHERE account = ?1", [Sql(account)], |row| {
            row.get(0)
        })
    }

    fn put_badge(&self, account: AccountId, signed: &[u8], renew: Time) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO badge (account, signed, renew) VALUES (?1, ?2, ?3)",
            params![Sql(account), signed, Sql(renew)],
        )?;
        Ok(())
    }

    fn delete_badge(&self, account: AccountId) -> Stored<()> {
        self.exec("DELETE FROM badge WHERE account = ?1", [Sql(account)])?;
        Ok(())
    }

    fn renew_badges(&self, organisation: OrganisationId, unit: Option<UnitId>, now: Time) -> Stored<()> {
        match unit {
            Some(unit) => self.exec(
                "UPDATE badge SET renew = ?2 WHERE account IN (SELECT id FROM account WHERE unit = ?1)",
                params![Sql(unit), Sql(now)],
            )?,
            None => self.exec(
                "UPDATE badge SET renew = ?2 WHERE account IN (SELECT id FROM account WHERE organisation = ?1)",
                params![Sql(organisation), Sql(now)],
            )?,
        };
        Ok(())
    }

    fn badges_due(&self, now: Time, limit: u32) -> Stored<Vec<AccountId>> {
        self.all(
            "SELECT account FROM badge WHERE renew <= ?1 ORDER BY renew LIMIT ?2",
            params![Sql(now), limit],
            |row| col(row, "account"),
        )
    }
}
