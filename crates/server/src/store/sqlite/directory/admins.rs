// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Admins, their passkeys, sessions and enrolments on SQLite (`004_administration.sql`, `010_admin_oidc.sql`).

use melder_protocol::{AdminId, Hash, OrganisationId, Time};
use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::{col, opt};
use crate::directory::types::{Admin, Enrolment, Page, Passkey, Session};
use crate::store::{StoreError, Stored, directory};
use crate::webauthn::PasskeyKey;

fn damaged(what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, what.into())
}

fn admin(row: &Row<'_>) -> rusqlite::Result<Admin> {
    let roles: String = row.get("roles")?;
    Ok(Admin {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        name: row.get("name")?,
        roles: serde_json::from_str(&roles).map_err(|_| damaged("roles"))?,
        recovery: opt(row, "recovery")?,
        created: col(row, "created")?,
        last_login: opt(row, "last_login")?,
        revision: row.get("revision")?,
    })
}

fn passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    let key: Vec<u8> = row.get("key")?;
    Ok(Passkey {
        id: row.get("id")?,
        admin: col(row, "admin")?,
        name: row.get("name")?,
        key: PasskeyKey::from_bytes(&key).ok_or_else(|| damaged("a passkey"))?,
        counter: row.get("counter")?,
        created: col(row, "created")?,
        last_used: opt(row, "last_used")?,
    })
}

fn roles(admin: &Admin) -> Stored<String> {
    serde_json::to_string(&admin.roles).map_err(|_| StoreError::Damaged("roles that have no JSON"))
}

impl directory::Admins for SqliteTx<'_> {
    fn insert_admin(&self, row: &Admin) -> Stored<()> {
        self.exec(
            "INSERT INTO admin (id, organisation, name, roles, recovery, created, last_login, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                row.name,
                roles(row)?,
                row.recovery.map(Sql),
                Sql(row.created),
                row.last_login.map(Sql),
                row.revision
            ],
        )?;
        Ok(())
    }

    fn update_admin(&self, row: &Admin) -> Stored<()> {
        self.exec(
            "UPDATE admin SET name = ?2, roles = ?3, recovery = ?4, last_login = ?5, revision = ?6 WHERE id = ?1",
            params![
                Sql(row.id),
                row.name,
                roles(row)?,
                row.recovery.map(Sql),
                row.last_login.map(Sql),
                row.revision
            ],
        )?;
        Ok(())
    }

    fn delete_admin(&self, id: AdminId) -> Stored<()> {
        self.exec("DELETE FROM admin_passkey WHERE admin = ?1", [Sql(id)])?;
        self.exec("DELETE FROM admin_session WHERE admin = ?1", [Sql(id)])?;
        self.exec("DELETE FROM admin_enrolment WHERE admin = ?1", [Sql(id)])?;
        self.exec("DELETE FROM admin_log_in WHERE admin = ?1", [Sql(id)])?;
        self.exec("DELETE FROM admin WHERE id = ?1", [Sql(id)])?;
        Ok(())
    }

    fn admin(&self, id: AdminId) -> Stored<Option<Admin>> {
        self.one("SELECT * FROM admin WHERE id = ?1", [Sql(id)], admin)
    }

    fn admin_by_recovery(&self, code: &Hash) -> Stored<Option<Admin>> {
        self.one("SELECT * FROM admin WHERE recovery = ?1", [Sql(*code)], admin)
    }

    fn admins(&self, organisation: OrganisationId, page: Page<AdminId>) -> Stored<Vec<Admin>> {
        self.all(
            "SELECT * FROM admin WHERE organisation = ?1
             AND (?2 IS NULL OR (created, id) > (SELECT created, id FROM admin WHERE id = ?2))
             ORDER BY created, id LIMIT ?3",
            params![Sql(organisation), page.after.map(Sql), page.limit],
            admin,
        )
    }

    fn insert_passkey(&self, row: &Passkey) -> Stored<()> {
        self.exec(
            "INSERT INTO admin_passkey (id, admin, name, key, counter, created, last_used)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                row.id,
                Sql(row.admin),
                row.name,
                row.key.as_bytes(),
                row.counter,
                Sql(row.created),
                row.last_used.map(Sql)
            ],
        )?;
        Ok(())
    }

    fn passkey(&self, id: &[u8]) -> Stored<Option<Passkey>> {
        self.one("SELECT * FROM admin_passkey WHERE id = ?1", [id], passkey)
    }

    fn passkeys_of(&self, admin: AdminId) -> Stored<Vec<Passkey>> {
        self.all(
            "SELECT * FROM admin_passkey WHERE admin = ?1 ORDER BY created, id",
            [Sql(admin)],
            passkey,
        )
    }

    fn touch_passkey(&self, id: &[u8], counter: u32, day: Time) -> Stored<()> {
        self.exec(
            "UPDATE admin_passkey SET counter = ?2, last_used = ?3 WHERE id = ?1",
            params![id, counter, Sql(day)],
        )?;
        Ok(())
    }

    fn delete_passkey(&self, id: &[u8]) -> Stored<()> {
        self.exec("DELETE FROM admin_passkey WHERE id = ?1", [id])?;
        Ok(())
    }

    fn put_session(&self, row: &Session) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO admin_session (hash, admin, began, seen, oidc) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![Sql(row.hash), Sql(row.admin), Sql(row.began), Sql(row.seen), row.oidc],
        )?;
        Ok(())
    }

    fn session(&self, hash: &Hash) -> Stored<Option<Session>> {
        self.one("SELECT * FROM admin_session WHERE hash = ?1", [Sql(*hash)], |row| {
            Ok(Session {
                hash: col(row, "hash")?,
                admin: col(row, "admin")?,
                began: col(row, "began")?,
                seen: col(row, "seen")?,
                oidc: row.get("oidc")?,
            })
        })
    }

    fn delete_session(&self, hash: &Hash) -> Stored<()> {
        self.exec("DELETE FROM admin_session WHERE hash = ?1", [Sql(*hash)])?;
        Ok(())
    }

    fn delete_sessions_of(&self, admin: AdminId) -> Stored<()> {
        self.exec("DELETE FROM admin_session WHERE admin = ?1", [Sql(admin)])?;
        Ok(())
    }

    fn delete_oidc_sessions(&self, organisation: OrganisationId, admin: Option<AdminId>) -> Stored<()> {
        self.exec(
            "DELETE FROM admin_session WHERE oidc = 1 AND (?2 IS NULL OR admin = ?2)
             AND admin IN (SELECT id FROM admin WHERE organisation = ?1)",
            params![Sql(organisation), admin.map(Sql)],
        )?;
        Ok(())
    }

    fn drop_sessions(&self, seen_before: Time, began_before: Time) -> Stored<()> {
        self.exec(
            "DELETE FROM admin_session WHERE seen <= ?1 OR began <= ?2",
            [Sql(seen_before), Sql(began_before)],
        )?;
        Ok(())
    }

    fn put_enrolment(&self, row: &Enrolment) -> Stored<()> {
        self.exec("DELETE FROM admin_enrolment WHERE admin = ?1", [Sql(row.admin)])?;
        self.exec(
            "INSERT INTO admin_enrolment (hash, admin, expires) VALUES (?1, ?2, ?3)",
            params![Sql(row.hash), Sql(row.admin), Sql(row.expires)],
        )?;
        Ok(())
    }

    fn enrolment(&self, hash: &Hash) -> Stored<Option<Enrolment>> {
        self.one("SELECT * FROM admin_enrolment WHERE hash = ?1", [Sql(*hash)], |row| {
            Ok(Enrolment {
                hash: col(row, "hash")?,
                admin: col(row, "admin")?,
                expires: col(row, "expires")?,
            })
        })
    }

    fn delete_enrolments_of(&self, admin: AdminId) -> Stored<()> {
        self.exec("DELETE FROM admin_enrolment WHERE admin = ?1", [Sql(admin)])?;
        Ok(())
    }
}
