// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An organisation's LDAP source on SQLite (`007_ldap.sql`).

use melder_protocol::{DirectoryGroupId, OrganisationId, Time};
use rusqlite::types::Type;
use rusqlite::{Row, params};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::super::{Sql, SqliteTx};
use super::{accounts, col, opt, provisioning};
use crate::directory::ldap::{Link, LinkedPerson, Run, Source};
use crate::store::ldap::LdapSources;
use crate::store::{StoreError, Stored};

/// Pulls that are remembered.
const RUNS: i64 = 50;

fn json<T: DeserializeOwned>(row: &Row<'_>, name: &str) -> rusqlite::Result<T> {
    let text: String = row.get(name)?;
    serde_json::from_str(&text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}

fn written<T: serde::Serialize>(thing: &T) -> Stored<String> {
    serde_json::to_string(thing).map_err(|_| StoreError::Damaged("something without JSON"))
}

fn source(row: &Row<'_>) -> rusqlite::Result<Source> {
    Ok(Source {
        organisation: col(row, "organisation")?,
        settings: json(row, "settings")?,
        has_password: row.get("has_password")?,
        next: opt(row, "next")?,
        revision: row.get("revision")?,
    })
}

fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        account: col(row, "link_account")?,
        key: row.get("key")?,
        title: row.get("title")?,
        active: row.get("active")?,
        left: opt(row, "left_at")?,
    })
}

impl LdapSources for SqliteTx<'_> {
    fn ldap_source(&self, organisation: OrganisationId) -> Stored<Option<Source>> {
        self.one(
            "SELECT organisation, settings, secret IS NOT NULL AS has_password, next, revision FROM ldap_source
             WHERE organisation = ?1",
            [Sql(organisation)],
            source,
        )
    }

    fn put_ldap_source(&self, source: &Source) -> Stored<()> {
        self.exec(
            "INSERT INTO ldap_source (organisation, settings, next, revision) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (organisation) DO UPDATE SET settings = ?2, next = ?3, revision = ?4",
            params![
                Sql(source.organisation),
                written(&source.settings)?,
                source.next.map(Sql),
                source.revision
            ],
        )?;
        Ok(())
    }

    fn delete_ldap_source(&self, organisation: OrganisationId) -> Stored<()> {
        self.exec("DELETE FROM ldap_source WHERE organisation = ?1", [Sql(organisation)])?;
        Ok(())
    }

    fn ldap_password(&self, organisation: OrganisationId) -> Stored<Option<Zeroizing<String>>> {
        let secret = self.one(
            "SELECT secret FROM ldap_source WHERE organisation = ?1",
            [Sql(organisation)],
            |row| row.get::<_, Option<Vec<u8>>>(0),
        )?;
        let text = secret.flatten().map(String::from_utf8).transpose();
        text.map(|text| text.map(Zeroizing::new))
            .map_err(|_| StoreError::Damaged("a password"))
    }

    fn set_ldap_password(&self, organisation: OrganisationId, password: Option<&str>) -> Stored<()> {
        self.exec(
            "UPDATE ldap_source SET secret = ?2 WHERE organisation = ?1",
            params![Sql(organisation), password.map(str::as_bytes)],
        )?;
        Ok(())
    }

    fn ldap_due(&self, now: Time) -> Stored<Vec<OrganisationId>> {
        self.all(
            "SELECT organisation FROM ldap_source WHERE next <= ?1 ORDER BY next",
            [Sql(now)],
            |row| col(row, "organisation"),
        )
    }

    fn ldap_people(&self, organisation: OrganisationId) -> Stored<Vec<LinkedPerson>> {
        let links = self.all(
            "SELECT l.account AS link_account, l.key, l.title, l.active, l.left_at, a.* FROM ldap_account l
             JOIN account a ON a.id = l.account WHERE l.organisation = ?1 ORDER BY l.account",
            [Sql(organisation)],
            |row| Ok((link(row)?, accounts::account(row)?)),
        )?;
        let rows = self.all(
            "SELECT p.* FROM ldap_account l JOIN provisioned p ON p.account = l.account
             WHERE l.organisation = ?1 ORDER BY l.account",
            [Sql(organisation)],
            provisioning::provisioned,
        )?;
        if rows.len() != links.len() {
            return Err(StoreError::Damaged("an account of the directory"));
        }
        let people = links.into_iter().zip(rows);
        let mut people: Vec<LinkedPerson> = people
            .map(|((link, account), row)| LinkedPerson { link, account, row })
            .collect();
        people.sort_by(|one, other| one.link.key.cmp(&other.link.key));
        Ok(people)
    }

    fn put_ldap_link(&self, organisation: OrganisationId, link: &Link) -> Stored<()> {
        self.exec("DELETE FROM ldap_account WHERE account = ?1", [Sql(link.account)])?;
        self.exec(
            "INSERT INTO ldap_account (account, organisation, key, title, active, left_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                Sql(link.account),
                Sql(organisation),
                link.key,
                link.title,
                link.active,
                link.left.map(Sql)
            ],
        )?;
        Ok(())
    }

    fn other_user_names(&self, organisation: OrganisationId) -> Stored<Vec<String>> {
        self.all(
            "SELECT folded FROM provisioned WHERE organisation = ?1
             AND account NOT IN (SELECT account FROM ldap_account WHERE organisation = ?1)",
            [Sql(organisation)],
            |row| row.get(0),
        )
    }

    fn ldap_groups(&self, organisation: OrganisationId) -> Stored<Vec<(DirectoryGroupId, String)>> {
        self.all(
            "SELECT directory_group, key FROM ldap_group WHERE organisation = ?1 ORDER BY key",
            [Sql(organisation)],
            |row| Ok((col(row, "directory_group")?, row.get("key")?)),
        )
    }

    fn link_ldap_group(&self, organisation: OrganisationId, group: DirectoryGroupId, key: &str) -> Stored<()> {
        self.exec(
            "INSERT INTO ldap_group (directory_group, organisation, key) VALUES (?1, ?2, ?3)",
            params![Sql(group), Sql(organisation), key],
        )?;
        Ok(())
    }

    fn append_ldap_run(&self, organisation: OrganisationId, run: &Run) -> Stored<u64> {
        let last = self.one(
            "SELECT max(number) FROM ldap_run WHERE organisation = ?1",
            [Sql(organisation)],
            |row| row.get::<_, Option<i64>>(0),
        )?;
        let number = last.flatten().unwrap_or(0).saturating_add(1);
        self.exec(
            "INSERT INTO ldap_run (organisation, number, run) VALUES (?1, ?2, ?3)",
            params![Sql(organisation), number, written(run)?],
        )?;
        self.exec(
            "DELETE FROM ldap_run WHERE organisation = ?1 AND number <= ?2",
            params![Sql(organisation), number - RUNS],
        )?;
        Ok(super::super::uint(number))
    }

    fn ldap_runs(&self, organisation: OrganisationId) -> Stored<Vec<(u64, Run)>> {
        self.all(
            "SELECT number, run FROM ldap_run WHERE organisation = ?1 ORDER BY number DESC",
            [Sql(organisation)],
            |row| Ok((super::super::uint(row.get("number")?), json(row, "run")?)),
        )
    }
}
