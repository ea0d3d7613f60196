// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Groups on SQLite.

use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::devices::state;
use super::{Sql, SqliteTx, int, uint};
use crate::store::{
    DeviceState, GroupRow, Groups, KeyPackageRow, LeafRow, ProposalKind, ProposalRow, PublicRow, Stored, TreeRow,
    WelcomeRow,
};
use melder_protocol::cbor;
use melder_protocol::roster::{Authority, GroupKind, Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, DeviceId, Epoch, GroupId, Hash, Index, Member, OrganisationId, Sequence, Suite, Time,
};

const COLUMNS: &str = "id, organisation, kind, authority, suite, name, created, closed, epoch, began";

/// A column whose number or bytes mean nothing to us.
pub(super) fn bad_column(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, what.into())
}

pub(super) const fn suite_number(suite: Suite) -> u16 {
    suite.number()
}

pub(super) fn suite(number: u16) -> Option<Suite> {
    Suite::ALL.into_iter().find(|suite| suite.number() == number)
}

const fn kind_number(kind: GroupKind) -> u8 {
    match kind {
        GroupKind::Direct => 0,
        GroupKind::Group => 1,
        GroupKind::Channel => 2,
        GroupKind::Own => 3,
    }
}

const fn kind(number: u8) -> Option<GroupKind> {
    match number {
        0 => Some(GroupKind::Direct),
        1 => Some(GroupKind::Group),
        2 => Some(GroupKind::Channel),
        3 => Some(GroupKind::Own),
        _ => None,
    }
}

const fn role_number(role: Role) -> u8 {
    match role {
        Role::Member => 0,
        Role::Publisher => 1,
        Role::Manage => 2,
    }
}

const fn role(number: u8) -> Role {
    match number {
        2 => Role::Manage,
        1 => Role::Publisher,
        _ => Role::Member,
    }
}

fn read_group(row: &Row<'_>) -> rusqlite::Result<GroupRow> {
    Ok(GroupRow {
        group: row.get::<_, Sql<_>>(0)?.0,
        organisation: row.get::<_, Sql<_>>(1)?.0,
        kind: kind(row.get(2)?).ok_or_else(|| bad_column(2, "group kind"))?,
        authority: match row.get::<_, u8>(3)? {
            0 => Authority::Managed,
            _ => Authority::Private,
        },
        suite: suite(row.get(4)?).ok_or_else(|| bad_column(4, "suite"))?,
        name: row.get(5)?,
        created: Time(uint(row.get(6)?)),
        closed: row.get(7)?,
        epoch: row.get::<_, Option<i64>>(8)?.map(|epoch| Epoch(uint(epoch))),
        began: Sequence(uint(row.get(9)?)),
    })
}

/// An account and its device in two columns, from `first` on.
fn read_member(row: &Row<'_>, first: usize) -> rusqlite::Result<Member> {
    Ok(Member {
        account: row.get::<_, Sql<_>>(first)?.0,
        device: row.get::<_, Sql<_>>(first + 1)?.0,
    })
}

impl Groups for SqliteTx<'_> {
    fn group(&self, group: GroupId) -> Stored<Option<GroupRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM groups WHERE id = ?1"),
            [Sql(group)],
            read_group,
        )
    }

    fn put_group(&self, row: &GroupRow) -> Stored<()> {
        self.exec(
            &format!("INSERT OR REPLACE INTO groups ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
            params![
                Sql(row.group),
                Sql(row.organisation),
                kind_number(row.kind),
                u8::from(row.authority == Authority::Private),
                suite_number(row.suite),
                row.name,
                int(row.created.0),
                row.closed,
                row.epoch.map(|epoch| int(epoch.0)),
                int(row.began.0),
            ],
        )
        .map(drop)
    }

    fn delete_group(&self, group: GroupId) -> Stored<()> {
        self.logs.forget_leaves();
        for sql in [
            "DELETE FROM groups WHERE id = ?1",
            "DELETE FROM roster_changes WHERE group_id = ?1",
            "DELETE FROM members WHERE group_id = ?1",
            "DELETE FROM public_groups WHERE group_id = ?1",
            "DELETE FROM proposals WHERE group_id = ?1",
            "DELETE FROM leaves WHERE group_id = ?1",
            "DELETE FROM trees WHERE group_id = ?1",
            "DELETE FROM welcomes WHERE group_id = ?1",
        ] {
            self.exec(sql, [Sql(group)])?;
        }
        Ok(())
    }

    fn groups_of_organisation(&self, organisation: OrganisationId) -> Stored<Vec<GroupRow>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM groups WHERE organisation = ?1 ORDER BY created, id"),
            [Sql(organisation)],
            read_group,
        )
    }

    fn groups_of_account(&self, account: AccountId) -> Stored<Vec<GroupId>> {
        self.all(
            "SELECT groups.id FROM members JOIN groups ON groups.id = members.group_id
             WHERE members.account = ?1 ORDER BY groups.created, groups.id",
            [Sql(account)],
            |row| Ok(row.get::<_, Sql<_>>(0)?.0),
        )
    }

    fn add_roster_change(&self, group: GroupId, index: Index, change: &Signed<RosterChange>) -> Stored<()> {
        self.exec(
            "INSERT INTO roster_changes (group_id, place, change) VALUES (?1, ?2, ?3)",
            params![Sql(group), index.0, cbor::encode(change)],
        )
        .map(drop)
    }

    fn roster_changes(&self, group: GroupId) -> Stored<Vec<Signed<RosterChange>>> {
        self.all(
            "SELECT change FROM roster_changes WHERE group_id = ?1 ORDER BY place",
            [Sql(group)],
            |row| {
                let bytes: Vec<u8> = row.get(0)?;
                cbor::decode(&bytes).map_err(|_| bad_column(0, "roster change"))
            },
        )
    }

    fn set_member(&self, group: GroupId, member: RosterMember) -> Stored<()> {
        self.exec(
            "INSERT INTO members (group_id, account, role) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET role = excluded.role",
            params![Sql(group), Sql(member.account), role_number(member.role)],
        )
        .map(drop)
    }

    fn unset_member(&self, group: GroupId, account: AccountId) -> Stored<()> {
        self.exec(
            "DELETE FROM members WHERE group_id = ?1 AND account = ?2",
            params![Sql(group), Sql(account)],
        )
        .map(drop)
    }

    fn role(&self, group: GroupId, account: AccountId) -> Stored<Option<Role>> {
        self.one(
            "SELECT role FROM members WHERE group_id = ?1 AND account = ?2",
            params![Sql(group), Sql(account)],
            |row| Ok(role(row.get(0)?)),
        )
    }

    fn members(&self, group: GroupId) -> Stored<Vec<RosterMember>> {
        self.all(
            "SELECT account, role FROM members WHERE group_id = ?1 ORDER BY account",
            [Sql(group)],
            |row| {
                Ok(RosterMember {
                    account: row.get::<_, Sql<_>>(0)?.0,
                    role: role(row.get(1)?),
                })
            },
        )
    }

    fn share_group(&self, a: AccountId, b: AccountId) -> Stored<bool> {
        let shared = self.one(
            "SELECT 1 FROM members AS one JOIN members AS other ON other.group_id = one.group_id
             WHERE one.account = ?1 AND other.account = ?2 LIMIT 1",
            params![Sql(a), Sql(b)],
            |_| Ok(()),
        )?;
        Ok(shared.is_some())
    }

    fn public_group(&self, group: GroupId) -> Stored<Option<PublicRow>> {
        self.one(
            "SELECT state, group_info FROM public_groups WHERE group_id = ?1",
            [Sql(group)],
            |row| {
                Ok(PublicRow {
                    state: row.get(0)?,
                    group_info: row.get(1)?,
                })
            },
        )
    }

    fn put_public_group(&self, group: GroupId, row: &PublicRow) -> Stored<()> {
        self.exec(
            "INSERT INTO public_groups (group_id, state, group_info) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET state = excluded.state, group_info = excluded.group_info",
            params![Sql(group), row.state, row.group_info],
        )
        .map(drop)
    }

    fn proposals(&self, group: GroupId) -> Stored<Vec<ProposalRow>> {
        let Some(suite) = self.group(group)?.map(|row| row.suite) else {
            return Ok(Vec::new());
        };
        self.all(
            "SELECT sequence, leaf, account, device, package_hash, package_last_resort, package, bytes
             FROM proposals WHERE group_id = ?1 ORDER BY sequence",
            [Sql(group)],
            |row| {
                let hash: Option<Sql<Hash>> = row.get(4)?;
                Ok(ProposalRow {
                    sequence: Sequence(uint(row.get(0)?)),
                    kind: row
                        .get::<_, Option<u32>>(1)?
                        .map_or(ProposalKind::Add, ProposalKind::Remove),
                    member: read_member(row, 2)?,
                    bytes: row.get(7)?,
                    key_package: match hash {
                        Some(Sql(hash)) => Some(KeyPackageRow {
                            suite,
                            hash,
                            last_resort: row.get(5)?,
                            bytes: row.get(6)?,
                        }),
                        None => None,
                    },
                })
            },
        )
    }

    fn add_proposal(&self, group: GroupId, row: &ProposalRow) -> Stored<()> {
        let leaf = match row.kind {
            ProposalKind::Add => None,
            ProposalKind::Remove(leaf) => Some(leaf),
        };
        let package = row.key_package.as_ref();
        self.exec(
            "INSERT INTO proposals
             (group_id, sequence, leaf, account, device, package_hash, package_last_resort, package, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                Sql(group),
                int(row.sequence.0),
                leaf,
                Sql(row.member.account),
                Sql(row.member.device),
                package.map(|package| Sql(package.hash)),
                package.map(|package| package.last_resort),
                package.map(|package| &package.bytes),
                row.bytes,
            ],
        )
        .map(drop)
    }

    fn delete_proposal(&self, group: GroupId, sequence: Sequence) -> Stored<()> {
        self.exec(
            "DELETE FROM proposals WHERE group_id = ?1 AND sequence = ?2",
            params![Sql(group), int(sequence.0)],
        )
        .map(drop)
    }

    fn clear_proposals(&self, group: GroupId) -> Stored<()> {
        self.exec("DELETE FROM proposals WHERE group_id = ?1", [Sql(group)])
            .map(drop)
    }

    fn leaves(&self, group: GroupId) -> Stored<Vec<LeafRow>> {
        self.all(
            "SELECT leaf, account, device FROM leaves WHERE group_id = ?1 ORDER BY leaf",
            [Sql(group)],
            |row| {
                Ok(LeafRow {
                    index: row.get(0)?,
                    member: read_member(row, 1)?,
                })
            },
        )
    }

    fn set_leaf(&self, group: GroupId, leaf: LeafRow) -> Stored<()> {
        self.logs.forget_leaves();
        self.exec(
            "INSERT OR REPLACE INTO leaves (group_id, leaf, account, device) VALUES (?1, ?2, ?3, ?4)",
            params![
                Sql(group),
                leaf.index,
                Sql(leaf.member.account),
                Sql(leaf.member.device)
            ],
        )
        .map(drop)
    }

    fn unset_leaf(&self, group: GroupId, index: u32) -> Stored<()> {
        self.logs.forget_leaves();
        self.exec(
            "DELETE FROM leaves WHERE group_id = ?1 AND leaf = ?2",
            params![Sql(group), index],
        )
        .map(drop)
    }

    fn is_leaf(&self, group: GroupId, member: Member) -> Stored<bool> {
        if self.logs.is_leaf(group, member) {
            return Ok(true);
        }
        let found = self.one(
            "SELECT 1 FROM leaves WHERE device = ?1 AND group_id = ?2 AND account = ?3",
            params![Sql(member.device), Sql(group), Sql(member.account)],
            |_| Ok(()),
        )?;
        if found.is_some() {
            self.logs.put_leaf(group, member);
        }
        Ok(found.is_some())
    }

    fn devices_of_members(&self, group: GroupId) -> Stored<Vec<(Member, DeviceState)>> {
        self.all(
            "SELECT devices.account, devices.device, devices.state FROM members
             JOIN devices ON devices.account = members.account
             WHERE members.group_id = ?1 AND devices.recovery = 0 AND devices.state <> 2
             ORDER BY devices.rowid",
            [Sql(group)],
            |row| Ok((read_member(row, 0)?, state(row.get(2)?))),
        )
    }

    fn put_tree(&self, group: GroupId, row: &TreeRow) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO trees (group_id, epoch, sequence, time, tree) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                Sql(group),
                int(row.epoch.0),
                int(row.sequence.0),
                int(row.time.0),
                row.tree
            ],
        )
        .map(drop)
    }

    fn tree(&self, group: GroupId, epoch: Epoch) -> Stored<Option<TreeRow>> {
        self.one(
            "SELECT epoch, sequence, time, tree FROM trees WHERE group_id = ?1 AND epoch = ?2",
            params![Sql(group), int(epoch.0)],
            |row| {
                Ok(TreeRow {
                    epoch: Epoch(uint(row.get(0)?)),
                    sequence: Sequence(uint(row.get(1)?)),
                    time: Time(uint(row.get(2)?)),
                    tree: row.get(3)?,
                })
            },
        )
    }

    fn add_welcome(&self, row: &WelcomeRow) -> Stored<()> {
        self.exec(
            "INSERT OR REPLACE INTO welcomes (device, group_id, epoch, inbox) VALUES (?1, ?2, ?3, ?4)",
            params![Sql(row.device), Sql(row.group), int(row.epoch.0), int(row.inbox.0)],
        )
        .map(drop)
    }

    fn settle_welcomes(&self, device: DeviceId, through: Option<Sequence>) -> Stored<()> {
        let through = through.map_or(i64::MAX, |sequence| int(sequence.0));
        let settled: Vec<(Sql<GroupId>, i64)> = self.all(
            "DELETE FROM welcomes WHERE device = ?1 AND inbox <= ?2 RETURNING group_id, epoch",
            params![Sql(device), through],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (group, epoch) in settled {
            self.exec(
                "DELETE FROM trees WHERE group_id = ?1 AND epoch = ?2 AND NOT EXISTS
                 (SELECT 1 FROM welcomes WHERE welcomes.group_id = ?1 AND welcomes.epoch = ?2)",
                params![group, epoch],
            )?;
        }
        Ok(())
    }

    fn drop_trees(&self, group: GroupId, before: Time) -> Stored<()> {
        self.exec(
            "DELETE FROM trees WHERE group_id = ?1 AND time < ?2",
            params![Sql(group), int(before.0)],
        )?;
        self.exec(
            "DELETE FROM welcomes WHERE group_id = ?1 AND NOT EXISTS
             (SELECT 1 FROM trees WHERE trees.group_id = ?1 AND trees.epoch = welcomes.epoch)",
            [Sql(group)],
        )?;
        Ok(())
    }
}
