// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The directory's tables on SQLite (`002_directory.sql`): organisations, tokens, units; and how ids, times and enums
//! stand in columns.

use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, Hash, OrganisationId, PublicKey, Suite, Time, TokenId, UnitId};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, params};
use zeroize::Zeroizing;

use super::{Sql, SqliteTx};
use crate::directory::brand::{Accent, Brand};
use crate::directory::picture::{Kind, Picture};
use crate::directory::text;
use crate::directory::types::{ApiToken, OrganisationRow, Page, Scope, Unit};
use crate::store::{Directory, Stored, directory};

mod accounts;
mod admins;
mod groups;
mod ldap;
mod oidc;
mod provisioning;
mod records;

impl Directory for SqliteTx<'_> {}

impl ToSql for Sql<Time> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(i64::try_from(self.0.0).unwrap_or(i64::MAX)))
    }
}

impl FromSql for Sql<Time> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let millis = value.as_i64()?;
        u64::try_from(millis)
            .map(|millis| Self(Time(millis)))
            .map_err(|_| FromSqlError::OutOfRange(millis))
    }
}

macro_rules! enum_columns {
    ($($name:ident { $($variant:ident = $number:literal),+ })+) => {
        $(impl ToSql for Sql<$name> {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(match self.0 { $($name::$variant => $number),+ }))
            }
        }
        impl FromSql for Sql<$name> {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_i64()? {
                    $($number => Ok(Self($name::$variant)),)+
                    other => Err(FromSqlError::OutOfRange(other)),
                }
            }
        })+
    };
}
enum_columns! {
    AccountKind { Staff = 0, Guest = 1, Bot = 2, Private = 3 }
    Role { Member = 0, Publisher = 1, Manage = 2 }
    Suite { Classical = 1, Hybrid = 79 }
    GroupKind { Direct = 0, Group = 1, Channel = 2, Own = 3 }
}

/// A column's value.
pub(super) fn col<T>(row: &Row<'_>, name: &str) -> rusqlite::Result<T>
where
    Sql<T>: FromSql,
{
    row.get::<_, Sql<T>>(name).map(|col| col.0)
}

/// A column's value that may be missing.
pub(super) fn opt<T>(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<T>>
where
    Sql<T>: FromSql,
{
    row.get::<_, Option<Sql<T>>>(name).map(|col| col.map(|col| col.0))
}

fn organisation(row: &Row<'_>) -> rusqlite::Result<OrganisationRow> {
    Ok(OrganisationRow {
        id: col(row, "id")?,
        name: row.get("name")?,
        key: col::<PublicKey>(row, "key")?,
        created: col(row, "created")?,
        revision: row.get("revision")?,
    })
}

fn token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    let scopes: String = row.get("scopes")?;
    Ok(ApiToken {
        id: col(row, "id")?,
        organisation: opt(row, "organisation")?,
        name: row.get("name")?,
        scopes: scopes.split(' ').filter_map(Scope::from_name).collect(),
        secret_hash: col(row, "secret_hash")?,
        created: col(row, "created")?,
        expires: opt(row, "expires")?,
        last_used: opt(row, "last_used")?,
    })
}

impl directory::Organisations for SqliteTx<'_> {
    fn insert_organisation(&self, row: &OrganisationRow, seed: &[u8; 32]) -> Stored<()> {
        self.exec(
            "INSERT INTO organisation (id, name, key, seed, created, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                Sql(row.id),
                row.name,
                Sql(row.key),
                &seed[..],
                Sql(row.created),
                row.revision
            ],
        )?;
        Ok(())
    }

    fn update_organisation(&self, row: &OrganisationRow) -> Stored<()> {
        self.exec(
            "UPDATE organisation SET name = ?2, revision = ?3 WHERE id = ?1",
            params![Sql(row.id), row.name, row.revision],
        )?;
        Ok(())
    }

    fn organisation(&self, id: OrganisationId) -> Stored<Option<OrganisationRow>> {
        self.one("SELECT * FROM organisation WHERE id = ?1", [Sql(id)], organisation)
    }

    fn organisation_seed(&self, id: OrganisationId) -> Stored<Option<Zeroizing<[u8; 32]>>> {
        self.one("SELECT seed FROM organisation WHERE id = ?1", [Sql(id)], |row| {
            row.get::<_, [u8; 32]>(0).map(Zeroizing::new)
        })
    }

    fn organisations(&self, page: Page<OrganisationId>) -> Stored<Vec<OrganisationRow>> {
        self.all(
            "SELECT * FROM organisation WHERE id > ifnull(?1, x'') ORDER BY id LIMIT ?2",
            params![page.after.map(Sql), page.limit],
            organisation,
        )
    }

    fn setup_hash(&self) -> Stored<Option<Hash>> {
        self.one("SELECT hash FROM setup", [], |row| col(row, "hash"))
    }

    fn set_setup_hash(&self, hash: Option<&Hash>) -> Stored<()> {
        match hash {
            Some(hash) => self.exec("INSERT OR REPLACE INTO setup (one, hash) VALUES (1, ?1)", [Sql(*hash)])?,
            None => self.exec("DELETE FROM setup", [])?,
        };
        Ok(())
    }

    fn policy(&self, organisation: OrganisationId) -> Stored<Option<Vec<u8>>> {
        self.one(
            "SELECT signed FROM policy WHERE organisation = ?1 ORDER BY version DESC LIMIT 1",
            [Sql(organisation)],
            |row| row.get(0),
        )
    }

    fn put_policy(&self, organisation: OrganisationId, version: u32, signed: &[u8]) -> Stored<()> {
        self.exec(
            "INSERT INTO policy (organisation, version, signed) VALUES (?1, ?2, ?3)",
            params![Sql(organisation), version, signed],
        )?;
        Ok(())
    }

    fn brand(&self, organisation: OrganisationId) -> Stored<Brand> {
        let found = self.one(
            "SELECT * FROM brand WHERE organisation = ?1",
            [Sql(organisation)],
            |row| {
                let logo: Option<Vec<u8>> = row.get("logo")?;
                let kind = if row.get("webp")? { Kind::Webp } else { Kind::Png };
                let (width, height) = (row.get("width")?, row.get("height")?);
                Ok(Brand {
                    accent: Accent::from_number(row.get("accent")?),
                    logo: logo.map(|bytes| Picture {
                        kind,
                        width,
                        height,
                        bytes,
                    }),
                    revision: row.get("revision")?,
                })
            },
        )?;
        Ok(found.unwrap_or_default())
    }

    fn put_brand(&self, organisation: OrganisationId, brand: &Brand) -> Stored<()> {
        let logo = brand.logo.as_ref();
        self.exec(
            "INSERT OR REPLACE INTO brand (organisation, accent, logo, webp, width, height, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                Sql(organisation),
                brand.accent.number(),
                logo.map(|logo| logo.bytes.as_slice()),
                logo.is_some_and(|logo| logo.kind == Kind::Webp),
                logo.map_or(0, |logo| logo.width),
                logo.map_or(0, |logo| logo.height),
                brand.revision
            ],
        )?;
        Ok(())
    }

    fn policy_history(&self, organisation: OrganisationId) -> Stored<Vec<(Vec<u8>, Option<Time>)>> {
        self.all(
            "SELECT p.signed, (SELECT a.time FROM audit a WHERE a.organisation = p.organisation AND a.action = 'policy.set'
             AND a.subject = CAST(p.version AS TEXT) ORDER BY a.sequence LIMIT 1) AS time
             FROM policy p WHERE p.organisation = ?1 ORDER BY p.version",
            [Sql(organisation)],
            |row| Ok((row.get("signed")?, opt(row, "time")?)),
        )
    }

    fn policy_rounds(&self) -> Stored<Vec<(OrganisationId, Option<AccountId>)>> {
        self.all("SELECT organisation, after FROM policy_round", [], |row| {
            Ok((col(row, "organisation")?, opt(row, "after")?))
        })
    }

    fn put_policy_round(&self, organisation: OrganisationId, after: Option<AccountId>) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO policy_round (organisation, after) VALUES (?1, ?2)",
            params![Sql(organisation), after.map(Sql)],
        )?;
        Ok(())
    }

    fn end_policy_round(&self, organisation: OrganisationId) -> Stored<()> {
        self.exec("DELETE FROM policy_round WHERE organisation = ?1", [Sql(organisation)])?;
        Ok(())
    }

    fn insert_token(&self, row: &ApiToken) -> Stored<()> {
        let scopes = row
            .scopes
            .iter()
            .map(|scope| scope.name())
            .collect::<Vec<_>>()
            .join(" ");
        self.exec(
            "INSERT INTO token (id, organisation, name, scopes, secret_hash, created, expires, last_used)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                Sql(row.id),
                row.organisation.map(Sql),
                row.name,
                scopes,
                Sql(row.secret_hash),
                Sql(row.created),
                row.expires.map(Sql),
                row.last_used.map(Sql)
            ],
        )?;
        Ok(())
    }

    fn delete_token(&self, id: TokenId) -> Stored<()> {
        self.exec("DELETE FROM token WHERE id = ?1", [Sql(id)])?;
        Ok(())
    }

    fn token(&self, id: TokenId) -> Stored<Option<ApiToken>> {
        self.one("SELECT * FROM token WHERE id = ?1", [Sql(id)], token)
    }

    fn tokens(&self, organisation: Option<OrganisationId>, page: Page<TokenId>) -> Stored<Vec<ApiToken>> {
        self.all(
            "SELECT * FROM token WHERE organisation IS ?1
             AND (?2 IS NULL OR (created, id) < (SELECT created, id FROM token WHERE id = ?2))
             ORDER BY created DESC, id DESC LIMIT ?3",
            params![organisation.map(Sql), page.after.map(Sql), page.limit],
            token,
        )
    }

    fn touch_token(&self, id: TokenId, day: Time) -> Stored<()> {
        self.exec(
            "UPDATE token SET last_used = ?2 WHERE id = ?1",
            params![Sql(id), Sql(day)],
        )?;
        Ok(())
    }
}

fn unit(row: &Row<'_>) -> rusqlite::Result<Unit> {
    let parent: Vec<u8> = row.get("parent")?;
    Ok(Unit {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        parent: UnitId::from_slice(&parent),
        name: row.get("name")?,
        revision: row.get("revision")?,
    })
}

fn parent(unit: &Option<UnitId>) -> &[u8] {
    unit.as_ref().map_or(&[], |id| id.as_bytes())
}

impl SqliteTx<'_> {
    fn set_unit_words(&self, unit: &Unit) -> Stored<()> {
        self.exec("DELETE FROM unit_word WHERE unit = ?1", [Sql(unit.id)])?;
        for word in text::words(&unit.name) {
            self.exec(
                "INSERT INTO unit_word (organisation, word, unit) VALUES (?1, ?2, ?3)",
                params![Sql(unit.organisation), word, Sql(unit.id)],
            )?;
        }
        Ok(())
    }
}

impl directory::Units for SqliteTx<'_> {
    fn insert_unit(&self, row: &Unit) -> Stored<()> {
        self.exec(
            "INSERT INTO unit (id, organisation, parent, name, folded, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                parent(&row.parent),
                row.name,
                text::folded(&row.name),
                row.revision
            ],
        )?;
        self.set_unit_words(row)
    }

    fn update_unit(&self, row: &Unit) -> Stored<()> {
        self.exec(
            "UPDATE unit SET parent = ?2, name = ?3, folded = ?4, revision = ?5 WHERE id = ?1",
            params![
                Sql(row.id),
                parent(&row.parent),
                row.name,
                text::folded(&row.name),
                row.revision
            ],
        )?;
        self.set_unit_words(row)
    }

    fn delete_unit(&self, id: UnitId) -> Stored<()> {
        self.exec("DELETE FROM unit_word WHERE unit = ?1", [Sql(id)])?;
        self.exec("DELETE FROM unit WHERE id = ?1", [Sql(id)])?;
        Ok(())
    }

    fn unit(&self, id: UnitId) -> Stored<Option<Unit>> {
        self.one("SELECT * FROM unit WHERE id = ?1", [Sql(id)], unit)
    }

    fn units(&self, organisation: OrganisationId) -> Stored<Vec<Unit>> {
        self.all("SELECT * FROM unit WHERE organisation = ?1", [Sql(organisation)], unit)
    }

    fn unit_named(&self, organisation: OrganisationId, above: Option<UnitId>, name: &str) -> Stored<Option<Unit>> {
        self.one(
            "SELECT * FROM unit WHERE organisation = ?1 AND parent = ?2 AND folded = ?3",
            params![Sql(organisation), parent(&above), text::folded(name)],
            unit,
        )
    }

    fn unit_in_use(&self, id: UnitId) -> Stored<bool> {
        let used = self.one(
            "SELECT EXISTS (SELECT 1 FROM unit WHERE parent = ?1) OR EXISTS (SELECT 1 FROM account WHERE unit = ?1)
             OR EXISTS (SELECT 1 FROM unit_rule WHERE unit = ?1)",
            [Sql(id)],
            |row| row.get(0),
        )?;
        Ok(used.unwrap_or(false))
    }
}
