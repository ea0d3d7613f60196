// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who and what a directory provisioned, on SQLite (`004_administration.sql`).

use melder_protocol::roster::Role;
use melder_protocol::{AccountId, DirectoryGroupId, GroupId, OrganisationId};
use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::col;
use crate::directory::text;
use crate::directory::types::{DirectoryGroup, DirectoryRule, Provisioned};
use crate::store::{StoreError, Stored, directory};

pub(super) fn provisioned(row: &Row<'_>) -> rusqlite::Result<Provisioned> {
    let attributes: String = row.get("attributes")?;
    Ok(Provisioned {
        account: col(row, "account")?,
        organisation: col(row, "organisation")?,
        user_name: row.get("user_name")?,
        external: row.get("external")?,
        attributes: serde_json::from_str(&attributes)
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))?,
        created: col(row, "created")?,
        changed: col(row, "changed")?,
        revision: row.get("revision")?,
    })
}

pub(super) fn group(row: &Row<'_>) -> rusqlite::Result<DirectoryGroup> {
    Ok(DirectoryGroup {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        name: row.get("name")?,
        external: row.get("external")?,
        created: col(row, "created")?,
        changed: col(row, "changed")?,
        revision: row.get("revision")?,
    })
}

fn rule(row: &Row<'_>) -> rusqlite::Result<DirectoryRule> {
    Ok(DirectoryRule {
        group: col(row, "directory_group")?,
        role: col(row, "role")?,
    })
}

impl SqliteTx<'_> {
    fn count(&self, sql: &str, organisation: OrganisationId) -> Stored<u64> {
        let count = self.one(sql, [Sql(organisation)], |row| row.get::<_, i64>(0))?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    /// The rules of a managed group that name a directory's groups.
    pub(super) fn directory_rules(&self, group: GroupId) -> Stored<Vec<DirectoryRule>> {
        self.all(
            "SELECT * FROM directory_rule WHERE managed_group = ?1 ORDER BY directory_group",
            [Sql(group)],
            rule,
        )
    }

    pub(super) fn set_directory_rules(&self, group: GroupId, rules: &[DirectoryRule]) -> Stored<()> {
        self.exec("DELETE FROM directory_rule WHERE managed_group = ?1", [Sql(group)])?;
        for rule in rules {
            self.exec(
                "INSERT INTO directory_rule (managed_group, directory_group, role) VALUES (?1, ?2, ?3)",
                params![Sql(group), Sql(rule.group), Sql(rule.role)],
            )?;
        }
        Ok(())
    }
}

impl directory::Provisioning for SqliteTx<'_> {
    fn put_provisioned(&self, row: &Provisioned) -> Stored<()> {
        let attributes =
            serde_json::to_string(&row.attributes).map_err(|_| StoreError::Damaged("attributes that have no JSON"))?;
        self.exec("DELETE FROM provisioned WHERE account = ?1", [Sql(row.account)])?;
        self.exec(
            "INSERT INTO provisioned (account, organisation, user_name, folded, external, attributes, created, changed,
             revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Sql(row.account),
                Sql(row.organisation),
                row.user_name,
                text::folded(&row.user_name),
                row.external,
                attributes,
                Sql(row.created),
                Sql(row.changed),
                row.revision
            ],
        )?;
        Ok(())
    }

    fn provisioned(&self, account: AccountId) -> Stored<Option<Provisioned>> {
        self.one(
            "SELECT * FROM provisioned WHERE account = ?1",
            [Sql(account)],
            provisioned,
        )
    }

    fn provisioned_as(&self, organisation: OrganisationId, user_name: &str) -> Stored<Option<Provisioned>> {
        self.one(
            "SELECT * FROM provisioned WHERE organisation = ?1 AND folded = ?2",
            params![Sql(organisation), text::folded(user_name)],
            provisioned,
        )
    }

    fn provisioned_from(&self, organisation: OrganisationId, external: &str) -> Stored<Vec<Provisioned>> {
        self.all(
            "SELECT * FROM provisioned WHERE organisation = ?1 AND external = ?2 ORDER BY folded",
            params![Sql(organisation), external],
            provisioned,
        )
    }

    fn provisioned_accounts(&self, organisation: OrganisationId, skip: u32, limit: u32) -> Stored<Vec<Provisioned>> {
        self.all(
            "SELECT * FROM provisioned WHERE organisation = ?1 ORDER BY folded LIMIT ?3 OFFSET ?2",
            params![Sql(organisation), skip, limit],
            provisioned,
        )
    }

    fn provisioned_after(&self, organisation: OrganisationId, name: &str, limit: u32) -> Stored<Vec<Provisioned>> {
        self.all(
            "SELECT * FROM provisioned WHERE organisation = ?1 AND folded > ?2 ORDER BY folded LIMIT ?3",
            params![Sql(organisation), text::folded(name), limit],
            provisioned,
        )
    }

    fn provisioned_count(&self, organisation: OrganisationId) -> Stored<u64> {
        self.count("SELECT count(*) FROM provisioned WHERE organisation = ?1", organisation)
    }

    fn put_directory_group(&self, row: &DirectoryGroup) -> Stored<()> {
        self.exec("DELETE FROM directory_group WHERE id = ?1", [Sql(row.id)])?;
        self.exec(
            "INSERT INTO directory_group (id, organisation, name, folded, external, created, changed, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                row.name,
                text::folded(&row.name),
                row.external,
                Sql(row.created),
                Sql(row.changed),
                row.revision
            ],
        )?;
        Ok(())
    }

    fn delete_directory_group(&self, id: DirectoryGroupId) -> Stored<()> {
        self.exec("DELETE FROM directory_member WHERE directory_group = ?1", [Sql(id)])?;
        self.exec("DELETE FROM directory_rule WHERE directory_group = ?1", [Sql(id)])?;
        self.exec("DELETE FROM ldap_group WHERE directory_group = ?1", [Sql(id)])?;
        self.exec("DELETE FROM directory_group WHERE id = ?1", [Sql(id)])?;
        Ok(())
    }

    fn directory_group(&self, id: DirectoryGroupId) -> Stored<Option<DirectoryGroup>> {
        self.one("SELECT * FROM directory_group WHERE id = ?1", [Sql(id)], group)
    }

    fn directory_group_named(&self, organisation: OrganisationId, name: &str) -> Stored<Option<DirectoryGroup>> {
        self.one(
            "SELECT * FROM directory_group WHERE organisation = ?1 AND folded = ?2",
            params![Sql(organisation), text::folded(name)],
            group,
        )
    }

    fn directory_groups(&self, organisation: OrganisationId, skip: u32, limit: u32) -> Stored<Vec<DirectoryGroup>> {
        self.all(
            "SELECT * FROM directory_group WHERE organisation = ?1 ORDER BY folded LIMIT ?3 OFFSET ?2",
            params![Sql(organisation), skip, limit],
            group,
        )
    }

    fn directory_groups_after(
        &self,
        organisation: OrganisationId,
        name: &str,
        limit: u32,
    ) -> Stored<Vec<DirectoryGroup>> {
        self.all(
            "SELECT * FROM directory_group WHERE organisation = ?1 AND folded > ?2 ORDER BY folded LIMIT ?3",
            params![Sql(organisation), text::folded(name), limit],
            group,
        )
    }

    fn directory_group_count(&self, organisation: OrganisationId) -> Stored<u64> {
        self.count(
            "SELECT count(*) FROM directory_group WHERE organisation = ?1",
            organisation,
        )
    }

    fn directory_groups_of(&self, account: AccountId) -> Stored<Vec<DirectoryGroup>> {
        self.all(
            "SELECT g.* FROM directory_member m JOIN directory_group g ON g.id = m.directory_group
             WHERE m.account = ?1 ORDER BY g.folded",
            [Sql(account)],
            group,
        )
    }

    fn directory_members(&self, id: DirectoryGroupId) -> Stored<Vec<AccountId>> {
        self.all(
            "SELECT account FROM directory_member WHERE directory_group = ?1 ORDER BY account",
            [Sql(id)],
            |row| col(row, "account"),
        )
    }

    fn set_directory_member(&self, id: DirectoryGroupId, account: AccountId, is_in: bool) -> Stored<()> {
        let sql = if is_in {
            "INSERT OR IGNORE INTO directory_member (directory_group, account) VALUES (?1, ?2)"
        } else {
            "DELETE FROM directory_member WHERE directory_group = ?1 AND account = ?2"
        };
        self.exec(sql, params![Sql(id), Sql(account)])?;
        Ok(())
    }

    fn groups_following(&self, id: DirectoryGroupId) -> Stored<Vec<GroupId>> {
        self.all(
            "SELECT managed_group FROM directory_rule WHERE directory_group = ?1 ORDER BY managed_group",
            [Sql(id)],
            |row| col(row, "managed_group"),
        )
    }

    fn directory_roles_of(&self, account: AccountId) -> Stored<Vec<(GroupId, Role)>> {
        self.all(
            "SELECT r.managed_group, r.role FROM directory_member m
             JOIN directory_rule r ON r.directory_group = m.directory_group
             JOIN managed_group g ON g.id = r.managed_group
             WHERE m.account = ?1 AND NOT g.closed ORDER BY r.managed_group",
            [Sql(account)],
            |row| Ok((col(row, "managed_group")?, col(row, "role")?)),
        )
    }
}
