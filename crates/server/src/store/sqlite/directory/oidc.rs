// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The log-in of an organisation's people on SQLite (`006_oidc.sql`, `010_admin_oidc.sql`).

use melder_protocol::{AdminId, OrganisationId};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::col;
use crate::directory::oidc::{ClientSecret, Match, OidcSettings};
use crate::directory::types::AdminLogIn;
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
        admins: row.get("admins")?,
        authority: row.get("authority")?,
        revision: row.get("revision")?,
    })
}

fn admin_log_in(row: &Row<'_>) -> rusqlite::Result<AdminLogIn> {
    Ok(AdminLogIn {
        admin: col(row, "admin")?,
        organisation: col(row, "organisation")?,
        issuer: row.get("issuer")?,
        subject: row.get("subject")?,
        since: col(row, "since")?,
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
            "INSERT OR REPLACE INTO oidc (organisation, issuer, client, secret, claim, matches, enabled, admins, authority, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                Sql(row.organisation),
                row.issuer,
                row.client,
                row.secret.as_ref().map(ClientSecret::text),
                row.claim,
                Sql(row.matches),
                row.enabled,
                row.admins,
                row.authority,
                row.revision
            ],
        )?;
        Ok(())
    }

    fn put_admin_log_in(&self, row: &AdminLogIn) -> Stored<()> {
        self.delete_admin_log_in(row.admin)?;
        self.exec(
            "INSERT INTO admin_log_in (admin, organisation, issuer, subject, since) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                Sql(row.admin),
                Sql(row.organisation),
                row.issuer,
                row.subject,
                Sql(row.since)
            ],
        )?;
        Ok(())
    }

    fn admin_log_in(&self, admin: AdminId) -> Stored<Option<AdminLogIn>> {
        self.one(
            "SELECT * FROM admin_log_in WHERE admin = ?1",
            [Sql(admin)],
            admin_log_in,
        )
    }

    fn admin_log_in_of(&self, organisation: OrganisationId, issuer: &str, subject: &str) -> Stored<Option<AdminLogIn>> {
        self.one(
            "SELECT * FROM admin_log_in WHERE organisation = ?1 AND issuer = ?2 AND subject = ?3",
            params![Sql(organisation), issuer, subject],
            admin_log_in,
        )
    }

    fn delete_admin_log_in(&self, admin: AdminId) -> Stored<()> {
        self.exec("DELETE FROM admin_log_in WHERE admin = ?1", [Sql(admin)])?;
        Ok(())
    }
}
