// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How this device founds a group: the first leaf of a managed group's tree, or a private group with its roster's
//! beginning. Which founding counts stands in the group's log; see [`super::join`] for the ways into a group that is.

use melder_mls::context::GroupSpec;
use melder_mls::member::MemberGroup;
use melder_mls::roster::Roster;
use melder_mls::sign;
use melder_protocol::cbor::Bytes;
use melder_protocol::request::Request;
use melder_protocol::roster::{GroupKind, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{ErrorCode, GroupId, Refusal, Sequence, cbor};
use rusqlite::{OptionalExtension as _, params};

use super::{Group, Status};
use crate::api::{ActionId, Event, Outcome};
use crate::error::EngineError;
use crate::groups;
use crate::groups::join::follow;
use crate::pending::Pending;
use crate::people;
use crate::work::Work;

pub(super) fn found_managed(
    work: &mut Work<'_>,
    roster: Roster,
    changes: &[Signed<RosterChange>],
    head: Sequence,
) -> Result<(), EngineError> {
    let id = roster.group();
    let mut group = Group::new(id, roster.terms().kind, Status::Founding);
    group.cursor = head;
    group.view = head;
    groups::save(work.tx, &group)?;
    let spec = GroupSpec::of(&roster);
    groups::store_roster(work, roster, changes)?;
    found(work, id, &spec, None)?;
    establish(work, id, None)
}

/// Founds a private group with its roster's genesis.
pub(crate) fn found_private(
    work: &mut Work<'_>,
    genesis: &RosterChange,
    kind: GroupKind,
    action: Option<ActionId>,
) -> Result<(), EngineError> {
    let identity = work.identity()?.clone();
    let signed = sign::sign_statement(&identity.key, genesis);
    people::load_chains(work, [identity.member.account])?;
    let changes = [signed];
    let Ok(roster) = groups::verify_roster(work, &changes)? else {
        return Err(EngineError::Damaged("own roster"));
    };
    let group = Group::new(genesis.group, kind, Status::Founding);
    groups::save(work.tx, &group)?;
    let spec = GroupSpec::of(&roster);
    groups::store_roster(work, roster, &changes)?;
    let [signed] = changes;
    found(work, genesis.group, &spec, Some(&signed))?;
    if work.online() {
        establish(work, genesis.group, action)
    } else {
        if let Some(action) = action {
            work.done(action, Outcome::Group(genesis.group));
        }
        Ok(())
    }
}

fn found(
    work: &mut Work<'_>,
    group: GroupId,
    spec: &GroupSpec,
    genesis: Option<&Signed<RosterChange>>,
) -> Result<(), EngineError> {
    groups::delete_mls(work, group)?;
    let identity = work.identity()?.clone();
    let (member, founding) =
        work.with_mls(|provider, _| MemberGroup::found(provider, &identity.key, identity.member, spec))?;
    work.session.groups.insert(group, member);
    work.tx.execute(
        "INSERT OR REPLACE INTO foundings (grp, genesis, group_info, tree) VALUES (?1, ?2, ?3, ?4)",
        params![
            group.as_bytes(),
            genesis.map(cbor::encode),
            founding.group_info,
            founding.tree
        ],
    )?;
    Ok(())
}

/// Sends (again) what founds a group.
pub(crate) fn establish(work: &mut Work<'_>, group: GroupId, action: Option<ActionId>) -> Result<(), EngineError> {
    type Row = (Option<Vec<u8>>, Vec<u8>, Vec<u8>);
    let row: Option<Row> = work
        .tx
        .query_row(
            "SELECT genesis, group_info, tree FROM foundings WHERE grp = ?1",
            [group.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((genesis, group_info, tree)) = row else {
        return Ok(());
    };
    let genesis = genesis.map(|bytes| cbor::decode(&bytes)).transpose()?;
    work.request(
        Request::Establish {
            group,
            genesis,
            group_info: Bytes(group_info),
            tree: Bytes(tree),
        },
        Pending::Establish { group, action },
    );
    Ok(())
}

/// The server answered [`establish`]. Who really founded the group stands in its log.
pub(crate) fn established(
    work: &mut Work<'_>,
    id: GroupId,
    action: Option<ActionId>,
    answer: Result<(), Refusal>,
) -> Result<(), EngineError> {
    work.tx
        .execute("DELETE FROM foundings WHERE grp = ?1", [id.as_bytes()])?;
    let Some(group) = groups::load(work.tx, id)? else {
        return Ok(());
    };
    match answer {
        Ok(()) => {}
        Err(refusal) if matches!(refusal.code, ErrorCode::GroupExists | ErrorCode::LeaseLost) => {
            // Another one founded it first, or our first try did arrive: the log's `Established` says which.
        }
        Err(refusal) => {
            groups::delete_mls(work, id)?;
            work.tx.execute("DELETE FROM rosters WHERE grp = ?1", [id.as_bytes()])?;
            work.tx.execute("DELETE FROM groups WHERE id = ?1", [id.as_bytes()])?;
            work.session.rosters.remove(&id);
            if let Some(action) = action {
                work.failed(action, refusal);
            }
            return Ok(());
        }
    }
    if group.status == Status::Founding {
        follow(work, &group)?;
    }
    if let Some(action) = action {
        work.done(action, Outcome::Group(id));
    }
    Ok(())
}

/// `Established` was met in the log of a group that we tried to found.
pub(crate) fn founded_by(work: &mut Work<'_>, group: &mut Group, ours: bool) -> Result<(), EngineError> {
    if group.status != Status::Founding {
        return Ok(());
    }
    if ours {
        group.status = Status::Active;
        work.session.dirty.insert(group.id);
    } else {
        groups::delete_mls(work, group.id)?;
        group.status = Status::Joining;
    }
    work.event(Event::GroupChanged(group.id));
    Ok(())
}
