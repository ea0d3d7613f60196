// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Deletion records and the audit log on SQLite. The audit log's table refuses changes by trigger.

use std::collections::BTreeMap;

use melder_protocol::{AccountId, Hash, OperationId, OrganisationId, Time};
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::{col, opt};
use crate::directory::types::{Actor, AuditLine, Page};
use crate::store::Stored;
use crate::store::directory::{self, DeletionRow};

fn sequence(row: &Row<'_>) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>("sequence")?).unwrap_or(0))
}

fn actor(row: &Row<'_>) -> rusqlite::Result<Option<Actor>> {
    Ok(if row.get::<_, bool>("actor_kind")? {
        opt(row, "actor")?.map(Actor::Admin)
    } else {
        opt(row, "actor")?.map(Actor::Token)
    })
}

fn line(row: &Row<'_>) -> rusqlite::Result<AuditLine> {
    Ok(AuditLine {
        organisation: col(row, "organisation")?,
        sequence: sequence(row)?,
        time: col(row, "time")?,
        actor: actor(row)?,
        action: row.get("action")?,
        subject: row.get("subject")?,
        reason: row.get("reason")?,
        hash: col(row, "hash")?,
    })
}

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

impl directory::Records for SqliteTx<'_> {
    fn put_deletion(&self, row: &DeletionRow) -> Stored<()> {
        self.exec(
            "INSERT INTO deletion (account, organisation, operation, time, signed) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                Sql(row.account),
                Sql(row.organisation),
                row.operation.map(Sql),
                Sql(row.time),
                row.signed
            ],
        )?;
        Ok(())
    }

    fn deletion(&self, account: AccountId) -> Stored<Option<Vec<u8>>> {
        self.one(
            "SELECT signed FROM deletion WHERE account = ?1",
            [Sql(account)],
            |row| row.get(0),
        )
    }

    fn deletions(
        &self,
        organisation: OrganisationId,
        operation: Option<OperationId>,
        page: Page<AccountId>,
    ) -> Stored<Vec<Vec<u8>>> {
        self.all(
            "SELECT signed FROM deletion WHERE organisation = ?1 AND (?4 IS NULL OR operation = ?4)
             AND (?2 IS NULL OR (time, account) < (SELECT time, account FROM deletion WHERE account = ?2))
             ORDER BY time DESC, account DESC LIMIT ?3",
            params![Sql(organisation), page.after.map(Sql), page.limit, operation.map(Sql)],
            |row| row.get(0),
        )
    }

    fn privacy_contact(&self, organisation: OrganisationId) -> Stored<Option<(String, u32)>> {
        self.one(
            "SELECT contact, revision FROM privacy_contact WHERE organisation = ?1",
            [Sql(organisation)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    fn put_privacy_contact(&self, organisation: OrganisationId, contact: &str, revision: u32) -> Stored<()> {
        self.exec(
            "INSERT INTO privacy_contact (organisation, contact, revision) VALUES (?1, ?2, ?3)
             ON CONFLICT (organisation) DO UPDATE SET contact = excluded.contact, revision = excluded.revision",
            params![Sql(organisation), contact, revision],
        )?;
        Ok(())
    }

    fn audit_head(&self, organisation: OrganisationId) -> Stored<Option<(u64, Hash)>> {
        self.one(
            "SELECT sequence, hash FROM audit WHERE organisation = ?1 ORDER BY sequence DESC LIMIT 1",
            [Sql(organisation)],
            |row| Ok((sequence(row)?, col(row, "hash")?)),
        )
    }

    fn append_audit(&self, line: &AuditLine) -> Stored<()> {
        self.exec(
            "INSERT INTO audit (organisation, sequence, time, actor, actor_kind, action, subject, reason, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Sql(line.organisation),
                number(line.sequence),
                Sql(line.time),
                line.actor.as_ref().map(|actor| actor.as_bytes().as_slice()),
                matches!(line.actor, Some(Actor::Admin(_))),
                line.action,
                line.subject,
                line.reason,
                Sql(line.hash)
            ],
        )?;
        Ok(())
    }

    fn audit(&self, organisation: OrganisationId, page: Page<u64>) -> Stored<Vec<AuditLine>> {
        self.all(
            "SELECT * FROM audit WHERE organisation = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3",
            params![Sql(organisation), number(page.after.unwrap_or(0)), page.limit],
            line,
        )
    }

    fn audit_about(&self, organisation: OrganisationId, subject: &str, limit: u32) -> Stored<Vec<AuditLine>> {
        self.all(
            "SELECT * FROM audit WHERE organisation = ?1 AND instr(subject, ?2) > 0 ORDER BY sequence LIMIT ?3",
            params![Sql(organisation), subject, limit],
            line,
        )
    }

    fn group_policies_since(&self, organisation: OrganisationId) -> Stored<BTreeMap<String, Time>> {
        // Of each subject, SQLite gives the row with the largest sequence.
        let lines: Vec<(String, Time)> = self.all(
            "SELECT subject, max(sequence), time FROM audit WHERE organisation = ?1 AND action = 'group.policy'
             GROUP BY subject",
            [Sql(organisation)],
            |row| Ok((row.get("subject")?, col(row, "time")?)),
        )?;
        Ok(lines.into_iter().collect())
    }

    fn stored_bytes(&self) -> Stored<(u64, u64)> {
        let bytes = |schema: &str| -> Stored<u64> {
            let sql = format!(
                "SELECT c.page_count * s.page_size FROM pragma_page_count('{schema}') c, pragma_page_size('{schema}') s"
            );
            let bytes = self.one(&sql, [], |row| row.get::<_, i64>(0))?;
            Ok(bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))
        };
        Ok((bytes("main")?, bytes("blobs")?))
    }
}
