// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Managed groups, their rules, invitations and operations on SQLite.

use melder_protocol::roster::Role;
use melder_protocol::{AccountId, GroupId, Hash, InvitationId, OperationId, OrganisationId, Time, UnitId};
use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::super::{Sql, SqliteTx};
use super::{col, opt};
use crate::directory::approvals::ApprovalRow;
use crate::directory::text;
use crate::directory::types::{
    AccountRule, Alarms, FunctionRule, GroupPolicy, Invitation, InvitationTarget, ManagedGroup, Operation, Page, Rules,
    UnitRule,
};
use crate::store::{StoreError, Stored, directory};

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, name: &str) -> rusqlite::Result<T> {
    let text: String = row.get(name)?;
    serde_json::from_str(&text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}

fn to_json<T: serde::Serialize>(value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|_| StoreError::Damaged("a value that has no JSON"))
}

fn group(row: &Row<'_>) -> rusqlite::Result<ManagedGroup> {
    Ok(ManagedGroup {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        kind: col(row, "kind")?,
        name: row.get("name")?,
        operation: opt(row, "operation")?,
        suite: col(row, "suite")?,
        policy: GroupPolicy {
            retention_days: row.get("retention_days")?,
            max_attachment: row
                .get::<_, Option<i64>>("max_attachment")?
                .and_then(|bytes| u64::try_from(bytes).ok()),
            alarms: match row.get("alarms")? {
                0_i64 => Alarms::Everyone,
                1 => Alarms::Publishers,
                _ => Alarms::Nobody,
            },
        },
        closed: row.get("closed")?,
        created: col(row, "created")?,
        revision: row.get("revision")?,
    })
}

const fn alarms(alarms: Alarms) -> u8 {
    match alarms {
        Alarms::Everyone => 0,
        Alarms::Publishers => 1,
        Alarms::Nobody => 2,
    }
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl directory::Managed for SqliteTx<'_> {
    fn insert_managed_group(&self, row: &ManagedGroup) -> Stored<()> {
        self.exec(
            "INSERT INTO managed_group (id, organisation, kind, name, folded, operation, suite, closed, created, revision,
             retention_days, max_attachment, alarms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                Sql(row.kind),
                row.name,
                text::folded(&row.name),
                row.operation.map(Sql),
                Sql(row.suite),
                row.closed,
                Sql(row.created),
                row.revision,
                row.policy.retention_days,
                row.policy.max_attachment.map(bytes),
                alarms(row.policy.alarms)
            ],
        )?;
        Ok(())
    }

    fn update_managed_group(&self, row: &ManagedGroup) -> Stored<()> {
        self.exec(
            "UPDATE managed_group SET name = ?2, folded = ?3, operation = ?4, closed = ?5, revision = ?6, retention_days = ?7,
             max_attachment = ?8, alarms = ?9 WHERE id = ?1",
            params![
                Sql(row.id),
                row.name,
                text::folded(&row.name),
                row.operation.map(Sql),
                row.closed,
                row.revision,
                row.policy.retention_days,
                row.policy.max_attachment.map(bytes),
                alarms(row.policy.alarms)
            ],
        )?;
        Ok(())
    }

    fn managed_group(&self, id: GroupId) -> Stored<Option<ManagedGroup>> {
        self.one("SELECT * FROM managed_group WHERE id = ?1", [Sql(id)], group)
    }

    fn managed_groups(
        &self,
        organisation: OrganisationId,
        operation: Option<OperationId>,
        page: Page<GroupId>,
    ) -> Stored<Vec<ManagedGroup>> {
        self.all(
            "SELECT * FROM managed_group WHERE organisation = ?1 AND (?2 IS NULL OR operation = ?2)
             AND (?3 IS NULL OR (folded, id) > (SELECT folded, id FROM managed_group WHERE id = ?3))
             ORDER BY folded, id LIMIT ?4",
            params![Sql(organisation), operation.map(Sql), page.after.map(Sql), page.limit],
            group,
        )
    }

    fn groups_named(&self, organisation: OrganisationId, name: &str) -> Stored<Vec<GroupId>> {
        self.all(
            "SELECT id FROM managed_group WHERE organisation = ?1 AND folded = ?2 AND NOT closed",
            params![Sql(organisation), text::folded(name)],
            |row| col(row, "id"),
        )
    }

    fn rules(&self, group: GroupId) -> Stored<Rules> {
        Ok(Rules {
            units: self.all(
                "SELECT * FROM unit_rule WHERE managed_group = ?1 ORDER BY unit",
                [Sql(group)],
                unit_rule,
            )?,
            accounts: self.all(
                "SELECT * FROM account_rule WHERE managed_group = ?1 ORDER BY account",
                [Sql(group)],
                |row| {
                    Ok(AccountRule {
                        account: col(row, "account")?,
                        role: col(row, "role")?,
                    })
                },
            )?,
            directory: self.directory_rules(group)?,
            functions: self.all(
                "SELECT * FROM function_rule WHERE managed_group = ?1 ORDER BY folded",
                [Sql(group)],
                |row| {
                    Ok(FunctionRule {
                        function: row.get("function")?,
                        role: col(row, "role")?,
                    })
                },
            )?,
        })
    }

    fn set_rules(&self, group: GroupId, rules: &Rules) -> Stored<()> {
        self.exec("DELETE FROM unit_rule WHERE managed_group = ?1", [Sql(group)])?;
        self.exec("DELETE FROM account_rule WHERE managed_group = ?1", [Sql(group)])?;
        for rule in &rules.units {
            self.exec(
                "INSERT INTO unit_rule (managed_group, unit, sub_units, role) VALUES (?1, ?2, ?3, ?4)",
                params![Sql(group), Sql(rule.unit), rule.sub_units, Sql(rule.role)],
            )?;
        }
        for rule in &rules.accounts {
            self.put_account_rule(group, rule.account, rule.role)?;
        }
        self.exec("DELETE FROM function_rule WHERE managed_group = ?1", [Sql(group)])?;
        for rule in &rules.functions {
            self.exec(
                "INSERT INTO function_rule (managed_group, folded, function, role) VALUES (?1, ?2, ?3, ?4)",
                params![Sql(group), text::folded(&rule.function), rule.function, Sql(rule.role)],
            )?;
        }
        self.set_directory_rules(group, &rules.directory)
    }

    fn put_account_rule(&self, group: GroupId, account: AccountId, role: Role) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO account_rule (managed_group, account, role) VALUES (?1, ?2, ?3)",
            params![Sql(group), Sql(account), Sql(role)],
        )?;
        Ok(())
    }

    fn unit_rules_of(&self, unit: UnitId) -> Stored<Vec<(GroupId, UnitRule)>> {
        self.all(
            "SELECT r.* FROM unit_rule r JOIN managed_group g ON g.id = r.managed_group
             WHERE r.unit = ?1 AND NOT g.closed ORDER BY r.managed_group",
            [Sql(unit)],
            |row| Ok((col(row, "managed_group")?, unit_rule(row)?)),
        )
    }

    fn account_rules_of(&self, account: AccountId) -> Stored<Vec<(GroupId, Role)>> {
        self.all(
            "SELECT r.* FROM account_rule r JOIN managed_group g ON g.id = r.managed_group
             WHERE r.account = ?1 AND NOT g.closed ORDER BY r.managed_group",
            [Sql(account)],
            |row| Ok((col(row, "managed_group")?, col(row, "role")?)),
        )
    }

    fn function_rules_of(&self, organisation: OrganisationId, function: &str) -> Stored<Vec<(GroupId, Role)>> {
        self.all(
            "SELECT r.managed_group, r.role FROM function_rule r JOIN managed_group g ON g.id = r.managed_group
             WHERE r.folded = ?2 AND g.organisation = ?1 AND NOT g.closed ORDER BY r.managed_group",
            params![Sql(organisation), text::folded(function)],
            |row| Ok((col(row, "managed_group")?, col(row, "role")?)),
        )
    }

    fn accounts_with_function(&self, organisation: OrganisationId, function: &str) -> Stored<Vec<AccountId>> {
        let wanted = text::folded(function);
        // The longest word is the rarest, mostly; what has no word at all is looked for among everybody.
        let words = text::words(function);
        let longest = words.iter().max_by_key(|word| word.chars().count());
        let found: Vec<(AccountId, String)> = self.all(
            "SELECT a.id, a.function FROM account a WHERE a.organisation = ?1 AND a.function IS NOT NULL AND NOT a.suspended
             AND (?2 IS NULL OR a.id IN (SELECT account FROM account_word WHERE organisation = ?1 AND word = ?2))
             ORDER BY a.id",
            params![Sql(organisation), longest],
            |row| Ok((col(row, "id")?, row.get("function")?)),
        )?;
        Ok(found
            .into_iter()
            .filter(|(_, function)| text::folded(function) == wanted)
            .map(|(id, _)| id)
            .collect())
    }

    fn functions(&self, organisation: OrganisationId) -> Stored<Vec<(String, u64)>> {
        let rows: Vec<(String, i64)> = self.all(
            "SELECT function, count(*) FROM account WHERE organisation = ?1 AND function IS NOT NULL GROUP BY function",
            [Sql(organisation)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut merged: std::collections::BTreeMap<String, (String, u64)> = std::collections::BTreeMap::new();
        for (function, count) in rows {
            let entry = merged.entry(text::folded(&function)).or_insert((function, 0));
            entry.1 += u64::try_from(count).unwrap_or(0);
        }
        Ok(merged.into_values().collect())
    }

    fn delete_account_rule(&self, group: GroupId, account: AccountId) -> Stored<()> {
        self.exec(
            "DELETE FROM account_rule WHERE managed_group = ?1 AND account = ?2",
            params![Sql(group), Sql(account)],
        )?;
        Ok(())
    }
}

fn unit_rule(row: &Row<'_>) -> rusqlite::Result<UnitRule> {
    Ok(UnitRule {
        unit: col(row, "unit")?,
        sub_units: row.get("sub_units")?,
        role: col(row, "role")?,
    })
}

fn invitation(row: &Row<'_>) -> rusqlite::Result<Invitation> {
    Ok(Invitation {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        secret_hash: col(row, "secret_hash")?,
        target: json(row, "target")?,
        created: col(row, "created")?,
        expires: col(row, "expires")?,
        withdrawn: row.get("withdrawn")?,
        used: row.get("used")?,
    })
}

fn operation(row: &Row<'_>) -> rusqlite::Result<Operation> {
    let ended: bool = row.get("ended")?;
    Ok(Operation {
        id: col(row, "id")?,
        organisation: col(row, "organisation")?,
        name: row.get("name")?,
        ends: col(row, "ends")?,
        phases: json(row, "phases")?,
        summary: if ended { Some(json(row, "summary")?) } else { None },
        created: col(row, "created")?,
        revision: row.get("revision")?,
    })
}

impl directory::Invitations for SqliteTx<'_> {
    fn insert_invitation(&self, row: &Invitation) -> Stored<()> {
        let (account, operation) = match &row.target {
            InvitationTarget::Account { account } => (Some(*account), None),
            InvitationTarget::Open(template) => (None, template.operation),
        };
        self.exec(
            "INSERT INTO invitation (id, organisation, secret_hash, target, account, operation, created, expires, withdrawn,
             used) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                Sql(row.secret_hash),
                to_json(&row.target)?,
                account.map(Sql),
                operation.map(Sql),
                Sql(row.created),
                Sql(row.expires),
                row.withdrawn,
                row.used
            ],
        )?;
        Ok(())
    }

    fn update_invitation(&self, row: &Invitation) -> Stored<()> {
        self.exec(
            "UPDATE invitation SET withdrawn = ?2, used = ?3, expires = ?4 WHERE id = ?1",
            params![Sql(row.id), row.withdrawn, row.used, Sql(row.expires)],
        )?;
        Ok(())
    }

    fn invitation(&self, id: InvitationId) -> Stored<Option<Invitation>> {
        self.one("SELECT * FROM invitation WHERE id = ?1", [Sql(id)], invitation)
    }

    fn invitation_by_hash(&self, secret: &Hash) -> Stored<Option<Invitation>> {
        self.one(
            "SELECT * FROM invitation WHERE secret_hash = ?1",
            [Sql(*secret)],
            invitation,
        )
    }

    fn invitations(
        &self,
        organisation: OrganisationId,
        account: Option<AccountId>,
        operation: Option<OperationId>,
        page: Page<InvitationId>,
    ) -> Stored<Vec<Invitation>> {
        self.all(
            "SELECT * FROM invitation WHERE organisation = ?1 AND (?2 IS NULL OR account = ?2)
             AND (?3 IS NULL OR operation = ?3)
             AND (?4 IS NULL OR (created, id) < (SELECT created, id FROM invitation WHERE id = ?4))
             ORDER BY created DESC, id DESC LIMIT ?5",
            params![
                Sql(organisation),
                account.map(Sql),
                operation.map(Sql),
                page.after.map(Sql),
                page.limit
            ],
            invitation,
        )
    }

    fn withdraw_invitations_for(&self, account: AccountId) -> Stored<u32> {
        let count = self.exec(
            "UPDATE invitation SET withdrawn = 1 WHERE account = ?1 AND used = 0 AND withdrawn = 0",
            [Sql(account)],
        )?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn withdraw_invitations_of(&self, operation: OperationId) -> Stored<u32> {
        // Who still waits at one of them waits for nothing.
        self.exec(
            "DELETE FROM approval WHERE invitation IN (SELECT id FROM invitation WHERE operation = ?1)",
            [Sql(operation)],
        )?;
        let count = self.exec(
            "UPDATE invitation SET withdrawn = 1 WHERE operation = ?1 AND withdrawn = 0",
            [Sql(operation)],
        )?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn put_use(&self, invitation: InvitationId, account: AccountId, genesis: Option<&Hash>) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO invitation_use (invitation, account, genesis) VALUES (?1, ?2, ?3)",
            params![Sql(invitation), Sql(account), genesis.map(|hash| Sql(*hash))],
        )?;
        Ok(())
    }

    fn use_of(&self, invitation: InvitationId, account: AccountId) -> Stored<Option<Option<Hash>>> {
        self.one(
            "SELECT genesis FROM invitation_use WHERE invitation = ?1 AND account = ?2",
            params![Sql(invitation), Sql(account)],
            |row| opt(row, "genesis"),
        )
    }

    fn delete_use(&self, invitation: InvitationId, account: AccountId) -> Stored<bool> {
        let count = self.exec(
            "DELETE FROM invitation_use WHERE invitation = ?1 AND account = ?2",
            params![Sql(invitation), Sql(account)],
        )?;
        Ok(count > 0)
    }

    fn put_approval(&self, row: &ApprovalRow) -> Stored<()> {
        self.exec(
            "INSERT INTO approval (invitation, account, time, newcomer) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (invitation, account) DO NOTHING",
            params![Sql(row.invitation), Sql(row.account), Sql(row.time), row.newcomer],
        )?;
        Ok(())
    }

    fn approvals(&self, organisation: OrganisationId) -> Stored<Vec<ApprovalRow>> {
        self.all(
            "SELECT a.* FROM approval a JOIN invitation i ON i.id = a.invitation WHERE i.organisation = ?1
             ORDER BY a.time, a.account",
            [Sql(organisation)],
            |row| {
                Ok(ApprovalRow {
                    invitation: col(row, "invitation")?,
                    account: col(row, "account")?,
                    time: col(row, "time")?,
                    newcomer: row.get("newcomer")?,
                })
            },
        )
    }

    fn delete_approval(&self, invitation: InvitationId, account: AccountId) -> Stored<()> {
        self.exec(
            "DELETE FROM approval WHERE invitation = ?1 AND account = ?2",
            params![Sql(invitation), Sql(account)],
        )?;
        Ok(())
    }

    fn insert_operation(&self, row: &Operation) -> Stored<()> {
        self.exec(
            "INSERT INTO operation (id, organisation, name, ends, ended, summary, created, revision, phases)
             VALUES (?1, ?2, ?3, ?4, 0, NULL, ?5, ?6, ?7)",
            params![
                Sql(row.id),
                Sql(row.organisation),
                row.name,
                Sql(row.ends),
                Sql(row.created),
                row.revision,
                to_json(&row.phases)?
            ],
        )?;
        Ok(())
    }

    fn update_operation(&self, row: &Operation) -> Stored<()> {
        let summary = row.summary.as_ref().map(to_json).transpose()?;
        self.exec(
            "UPDATE operation SET name = ?2, ends = ?3, ended = ?4, summary = ?5, revision = ?6, phases = ?7 WHERE id = ?1",
            params![
                Sql(row.id),
                row.name,
                Sql(row.ends),
                summary.is_some(),
                summary,
                row.revision,
                to_json(&row.phases)?
            ],
        )?;
        Ok(())
    }

    fn operation(&self, id: OperationId) -> Stored<Option<Operation>> {
        self.one("SELECT * FROM operation WHERE id = ?1", [Sql(id)], operation)
    }

    fn operations(&self, organisation: OrganisationId, page: Page<OperationId>) -> Stored<Vec<Operation>> {
        self.all(
            "SELECT * FROM operation WHERE organisation = ?1
             AND (?2 IS NULL OR (ends, id) < (SELECT ends, id FROM operation WHERE id = ?2))
             ORDER BY ends DESC, id DESC LIMIT ?3",
            params![Sql(organisation), page.after.map(Sql), page.limit],
            operation,
        )
    }

    fn operations_to_warn(&self, now: Time, limit: u32) -> Stored<Vec<Operation>> {
        self.all(
            "SELECT * FROM operation WHERE next_warning <= ?1 AND ended = 0 ORDER BY next_warning LIMIT ?2",
            params![Sql(now), limit],
            operation,
        )
    }

    fn set_operation_warning(&self, id: OperationId, at: Option<Time>) -> Stored<()> {
        self.exec(
            "UPDATE operation SET next_warning = ?2 WHERE id = ?1",
            params![Sql(id), at.map(Sql)],
        )?;
        Ok(())
    }

    fn operations_due(&self, now: Time, limit: u32) -> Stored<Vec<Operation>> {
        self.all(
            "SELECT * FROM operation WHERE ended = 0 AND ends <= ?1 ORDER BY ends LIMIT ?2",
            params![Sql(now), limit],
            operation,
        )
    }
}
