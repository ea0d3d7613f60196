// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The groups that this device is in, should be in, or was in: rows, rosters, lines of the system.
//!
//! How a group's log is read is in [`crate::sync`], how a device gets into a group in [`join`], how it commits in
//! [`commits`].

pub(crate) mod commits;
pub(crate) mod founding;
pub(crate) mod join;

use std::collections::hash_map::Entry;

use melder_mls::member::MemberGroup;
use melder_mls::roster::{Roster, RosterError};
use melder_protocol::roster::{Authority, GroupKind, Role, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, Epoch, GroupId, Sequence, Time, cbor};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::api::{Event, SystemLine};
use crate::error::EngineError;
use crate::people::{self, Known, KnownOrGone};
use crate::store::{Id, int, uint};
use crate::work::Work;

/// Where this device stands with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(crate) enum Status {
    /// We founded it; its entry in the log is still to be seen.
    Founding = 0,
    /// In the roster; waiting for a Welcome, or joining by external commit for the first time.
    Joining = 1,
    Active = 2,
    /// Our state broke; joining anew by external commit.
    Repairing = 3,
    Left = 4,
    /// The log broke the rules: this device follows it no further.
    Halted = 5,
}

impl Status {
    const fn from_int(value: i64) -> Option<Self> {
        Some(match value {
            0 => Self::Founding,
            1 => Self::Joining,
            2 => Self::Active,
            3 => Self::Repairing,
            4 => Self::Left,
            5 => Self::Halted,
            _ => return None,
        })
    }

    /// Does this device read the group's log?
    pub const fn follows(self) -> bool {
        matches!(self, Self::Founding | Self::Active | Self::Repairing)
    }
}

pub(crate) const fn kind_int(kind: GroupKind) -> i64 {
    match kind {
        GroupKind::Direct => 0,
        GroupKind::Group => 1,
        GroupKind::Channel => 2,
        GroupKind::Own => 3,
    }
}

pub(crate) const fn kind_from_int(value: i64) -> Option<GroupKind> {
    Some(match value {
        0 => GroupKind::Direct,
        1 => GroupKind::Group,
        2 => GroupKind::Channel,
        3 => GroupKind::Own,
        _ => return None,
    })
}

/// A row of `groups`, without what only the screen cares about.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub id: GroupId,
    pub kind: GroupKind,
    pub status: Status,
    pub cursor: Sequence,
    pub view: Sequence,
    pub counter: u64,
    pub gap: Option<Sequence>,
}

impl Group {
    pub fn new(id: GroupId, kind: GroupKind, status: Status) -> Self {
        Self {
            id,
            kind,
            status,
            cursor: Sequence(0),
            view: Sequence(0),
            counter: 0,
            gap: None,
        }
    }
}

pub(crate) fn load(connection: &Connection, id: GroupId) -> Result<Option<Group>, EngineError> {
    let row = connection
        .prepare_cached("SELECT kind, status, cursor, view, counter, gap FROM groups WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, i64>(4)?,
                row.get::<_, Option<i64>>(5)?,
            ))
        })
        .optional()?;
    let Some((kind, status, cursor, view, counter, gap)) = row else {
        return Ok(None);
    };
    Ok(Some(Group {
        id,
        kind: kind_from_int(kind).ok_or(EngineError::Damaged("group kind"))?,
        status: Status::from_int(status).ok_or(EngineError::Damaged("group status"))?,
        cursor: Sequence(uint(cursor)),
        view: Sequence(uint(view)),
        counter: uint(counter),
        gap: gap.map(|gap| Sequence(uint(gap))),
    }))
}

pub(crate) fn save(connection: &Connection, group: &Group) -> Result<(), EngineError> {
    connection
        .prepare_cached(
            "INSERT INTO groups (id, kind, status, cursor, view, counter, gap) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, status = excluded.status, cursor = excluded.cursor,
               view = excluded.view, counter = excluded.counter, gap = excluded.gap",
        )?
        .execute(params![
            group.id.as_bytes(),
            kind_int(group.kind),
            group.status as i64,
            int(group.cursor.0),
            int(group.view.0),
            int(group.counter),
            group.gap.map(|gap| int(gap.0)),
        ])?;
    Ok(())
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<GroupId>, EngineError> {
    let ids = connection
        .prepare_cached("SELECT id FROM groups ORDER BY id")?
        .query_map([], |row| Ok(row.get::<_, Id<GroupId>>(0)?.0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// The groups whose roster this account is in.
pub(crate) fn of_account(work: &mut Work<'_>, account: AccountId) -> Result<Vec<GroupId>, EngineError> {
    let mut found = Vec::new();
    for group in all(work.tx)? {
        if roster(work, group)?.is_some_and(|roster| roster.role(account).is_some()) {
            found.push(group);
        }
    }
    Ok(found)
}

fn stored_changes(connection: &Connection, group: GroupId) -> Result<Vec<Signed<RosterChange>>, EngineError> {
    let rows: Vec<Vec<u8>> = connection
        .prepare_cached("SELECT change FROM rosters WHERE grp = ?1 ORDER BY idx")?
        .query_map([group.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    rows.iter().map(|bytes| Ok(cbor::decode(bytes)?)).collect()
}

/// The group's verified roster, from memory or from the database.
pub(crate) fn roster<'s>(work: &'s mut Work<'_>, group: GroupId) -> Result<Option<&'s Roster>, EngineError> {
    if !work.session.rosters.contains_key(&group) {
        let changes = stored_changes(work.tx, group)?;
        if changes.is_empty() {
            return Ok(None);
        }
        match verify_roster(work, &changes)? {
            Ok(roster) => work.session.rosters.insert(group, roster),
            Err(_) => return Err(EngineError::Damaged("roster")),
        };
    }
    Ok(work.session.rosters.get(&group))
}

/// Verifies served changes, with the chains that this device knows.
pub(crate) fn verify_roster(
    work: &mut Work<'_>,
    changes: &[Signed<RosterChange>],
) -> Result<Result<Roster, RosterError>, EngineError> {
    let authors: Vec<AccountId> = changes.iter().filter_map(author).collect();
    people::load_chains(work, authors)?;
    let keys = KnownOrGone {
        known: Known(&work.session.chains),
        dismissed: melder_mls::roster::dismissed(changes),
    };
    let verified = Roster::verify(changes, &keys);
    // In the name of our organisation only the key speaks that we pinned.
    let own = work.session.identity.as_ref().map(|identity| &identity.organisation);
    Ok(verified.and_then(|roster| {
        let terms = roster.terms();
        match own {
            Some(own) if own.id == terms.organisation && own.key != terms.organisation_key => {
                Err(RosterError::NotAllowed)
            }
            _ => Ok(roster),
        }
    }))
}

fn author(change: &Signed<RosterChange>) -> Option<AccountId> {
    match change.peek().ok()?.author {
        melder_protocol::roster::Author::Device(member) => Some(member.account),
        melder_protocol::roster::Author::Organisation => None,
    }
}

/// Replaces what is stored of a roster.
pub(crate) fn store_roster(
    work: &mut Work<'_>,
    roster: Roster,
    changes: &[Signed<RosterChange>],
) -> Result<(), EngineError> {
    let group = roster.group();
    crate::identity::check_own_group(work, &roster)?;
    work.tx
        .execute("DELETE FROM rosters WHERE grp = ?1", [group.as_bytes()])?;
    for (index, change) in changes.iter().enumerate() {
        store_change(work.tx, group, index, change)?;
    }
    if let (Authority::Managed, Some(name)) = (roster.terms().authority, roster.name()) {
        set_name(work, group, Some(name), None)?;
    }
    work.session.rosters.insert(group, roster);
    Ok(())
}

pub(crate) fn store_change(
    connection: &Connection,
    group: GroupId,
    index: usize,
    change: &Signed<RosterChange>,
) -> Result<(), EngineError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO rosters (grp, idx, change) VALUES (?1, ?2, ?3)")?
        .execute(params![
            group.as_bytes(),
            i64::try_from(index).unwrap_or(i64::MAX),
            cbor::encode(change)
        ])?;
    Ok(())
}

/// How a served roster stands to what we know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Served {
    Extends,
    /// The beginning of what we know.
    Older,
    Contradicts,
}

/// A served roster must begin with all that we know already: the server can't rewrite history.
pub(crate) fn compare_known(
    work: &Work<'_>,
    group: GroupId,
    served: &[Signed<RosterChange>],
) -> Result<Served, EngineError> {
    let known = stored_changes(work.tx, group)?;
    let common = known.len().min(served.len());
    Ok(
        match (served[..common] == known[..common], served.len() >= known.len()) {
            (true, true) => Served::Extends,
            (true, false) => Served::Older,
            (false, _) => Served::Contradicts,
        },
    )
}

/// How many changes of the group's roster are known.
pub(crate) fn known_changes(work: &Work<'_>, group: GroupId) -> Result<usize, EngineError> {
    let count: i64 = work
        .tx
        .prepare_cached("SELECT COUNT(*) FROM rosters WHERE grp = ?1")?
        .query_row([group.as_bytes()], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

pub(crate) fn set_name(
    work: &mut Work<'_>,
    group: GroupId,
    name: Option<&str>,
    description: Option<&str>,
) -> Result<(), EngineError> {
    work.tx.execute(
        "UPDATE groups SET name = ?2, description = ?3 WHERE id = ?1",
        params![group.as_bytes(), name, description],
    )?;
    work.event(Event::GroupChanged(group));
    Ok(())
}

/// Takes a name that a member gave; the chat says so if it had another.
pub(crate) fn renamed(
    work: &mut Work<'_>,
    group: GroupId,
    at: Option<Sequence>,
    name: &str,
    description: Option<&str>,
) -> Result<(), EngineError> {
    let before: Option<String> = work
        .tx
        .prepare_cached("SELECT name FROM groups WHERE id = ?1")?
        .query_row([group.as_bytes()], |row| row.get(0))?;
    set_name(work, group, Some(name), description)?;
    match before {
        Some(before) if before != name => line(work, group, at, &SystemLine::Renamed { name: name.to_owned() }),
        _ => Ok(()),
    }
}

/// Adds a line of the system to a chat.
pub(crate) fn line(
    work: &mut Work<'_>,
    group: GroupId,
    at: Option<Sequence>,
    line: &SystemLine,
) -> Result<(), EngineError> {
    let sequence = match at {
        Some(sequence) => sequence,
        None => load(work.tx, group)?.map_or(Sequence(0), |group| group.cursor),
    };
    let text = serde_json::to_string(line).map_err(|_| EngineError::Damaged("line"))?;
    work.tx
        .prepare_cached("INSERT INTO lines (grp, sequence, time, line) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![group.as_bytes(), int(sequence.0), int(work.now.0), text])?;
    let at: Time = work.now;
    work.event(Event::SystemLine {
        group,
        line: line.clone(),
        at,
    });
    Ok(())
}

/// Was this gap told of in the chat?
pub(crate) fn has_gap(work: &Work<'_>, group: GroupId, from: Sequence, to: Sequence) -> Result<bool, EngineError> {
    let line = serde_json::to_string(&SystemLine::Gap { from, to }).map_err(|_| EngineError::Damaged("line"))?;
    Ok(work
        .tx
        .prepare_cached("SELECT 1 FROM lines WHERE grp = ?1 AND line = ?2")?
        .exists(params![group.as_bytes(), line])?)
}

/// Runs `f` on the group's MLS state; `None` when this device has none.
pub(crate) fn with_member<T>(
    work: &mut Work<'_>,
    id: GroupId,
    f: impl FnOnce(
        &melder_mls::provider::Provider<'_, crate::store::MlsStore<'_>>,
        &mut MemberGroup,
        &crate::work::Identity,
    ) -> Result<T, melder_mls::MlsError>,
) -> Result<Option<Result<T, melder_mls::MlsError>>, EngineError> {
    work.with_mls(|provider, session| {
        let Some(identity) = session.identity.clone() else {
            return Ok(None);
        };
        let group = match session.groups.entry(id) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => match MemberGroup::load(provider, id)? {
                Some(group) => entry.insert(group),
                None => return Ok(None),
            },
        };
        Ok(Some(f(provider, group, &identity)))
    })
}

/// The epoch of this device's MLS state.
pub(crate) fn epoch(work: &mut Work<'_>, id: GroupId) -> Result<Option<Epoch>, EngineError> {
    Ok(with_member(work, id, |_, group, _| Ok(group.epoch()))?.and_then(Result::ok))
}

/// Forgets the MLS state of a group.
pub(crate) fn delete_mls(work: &mut Work<'_>, id: GroupId) -> Result<(), EngineError> {
    work.with_mls(|provider, session| {
        let group = match session.groups.remove(&id) {
            Some(group) => Some(group),
            None => MemberGroup::load(provider, id)?,
        };
        match group {
            Some(group) => group.delete(provider).map_err(EngineError::from),
            None => Ok(()),
        }
    })?;
    work.tx
        .execute("DELETE FROM proposals WHERE grp = ?1", [id.as_bytes()])?;
    work.tx.execute("DELETE FROM commits WHERE grp = ?1", [id.as_bytes()])?;
    work.tx.execute("DELETE FROM holes WHERE grp = ?1", [id.as_bytes()])?;
    work.session.heard.retain(|(group, _), _| *group != id);
    Ok(())
}

/// This device is out of the group: keys go, history stays (until retention). A Welcome may be of a later time, the
/// inbox being read beside the log: whoever knows that it is not forgets it.
pub(crate) fn leave(work: &mut Work<'_>, group: &mut Group) -> Result<(), EngineError> {
    group.status = Status::Left;
    save(work.tx, group)?;
    delete_mls(work, group.id)?;
    for table in ["foundings", "chain_views"] {
        work.tx
            .execute(&format!("DELETE FROM {table} WHERE grp = ?1"), [group.id.as_bytes()])?;
    }
    work.session.tasks.remove(&group.id);
    crate::outbox::fail_all(work, group.id, melder_protocol::ErrorCode::UnknownGroup)?;
    work.event(Event::GroupChanged(group.id));
    Ok(())
}

/// May this account write here, as far as this device knows?
pub(crate) fn own_role(work: &mut Work<'_>, group: GroupId) -> Result<Option<Role>, EngineError> {
    let Some(account) = work.own_account() else {
        return Ok(None);
    };
    Ok(roster(work, group)?.and_then(|roster| roster.role(account)))
}
