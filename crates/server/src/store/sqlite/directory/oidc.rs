// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The log-in of an organisation's people on SQLite (`006_oidc.sql`).

use melder_protocol::OrganisationId;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::col;
use crate::directory::oidc::{ClientSecret, Match, OidcSettings};
use crate::store::{Stored, directory};

impl ToSql for Sql<Match> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self.0 {
            Match::ExternalId => 0,
            Match::UserName => 1,
        }))
    }
}

impl FromSql for Sql<Match> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_i64()? {
            0 => Ok(Self(Match::ExternalId)),
            1 => Ok(Self(Match::UserName)),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

fn settings(row: &Row<'_>) -> rusqlite::Result<OidcSettings> {
    Ok(OidcSettings {
        organisation: col(row, "organisation")?,
        issuer: row.get("issuer")?,
        client: row.get("client")?,
        secret: row.get::<_, Option<String>>("secret")?.map(ClientSecret::new),
        claim: row.get("claim")?,
        matches: col(row, "matches")?,
        enabled: row.get("enabled")?,
        authority: row.get("authority")?,
        revision: row.get("revision")?,
    })
}

impl directory::LogIns for SqliteTx<'_> {
    fn oidc(&self, organisation: OrganisationId) -> Stored<Option<OidcSettings>> {
        self.one(
            "SELECT * FROM oidc WHERE organisation = ?1",
            [Sql(organisation)],
            settings,
        )
    }

    fn put_oidc(&self, row: &OidcSettings) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO oidc (organisation, issuer, client, secret, claim, matches, enabled, authority, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Sql(row.organisation),
                row.issuer,
                row.client,
                row.secret.as_ref().map(ClientSecret::text),
                row.claim,
                Sql(row.matches),
                row.enabled,
                row.authority,
                row.revision
            ],
        )?;
        Ok(())
    }
}
