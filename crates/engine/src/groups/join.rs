// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How this device gets into a group: by Welcome, by external commit, or as its founder.

use melder_mls::context::GroupSpec;
use melder_mls::member::MemberGroup;
use melder_mls::roster::{self, Roster};
use melder_mls::sign::sha256;
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::WelcomeEntry;
use melder_protocol::request::{GroupState, MlsState, Request};
use melder_protocol::roster::{GroupKind, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{Cursor, Epoch, ErrorCode, GroupId, LogId, Refusal, Sequence};
use rusqlite::{OptionalExtension as _, params};

use super::founding::{establish, found_managed};
use super::{Group, Status};
use crate::api::{Event, Misbehaviour, SystemLine};
use crate::error::EngineError;
use crate::groups;
use crate::outbox;
use crate::pending::{Pending, StateFor};
use crate::people;
use crate::store::{int, uint};
use crate::work::Work;

/// A Welcome for this device came: it is kept until the group's state is there.
pub(crate) fn welcomed(work: &mut Work<'_>, welcome: &WelcomeEntry, inbox: Sequence) -> Result<(), EngineError> {
    let known = groups::load(work.tx, welcome.group)?;
    if let Some(group) = &known
        && group.status == Status::Active
        && groups::epoch(work, welcome.group)?.is_some_and(|epoch| epoch >= welcome.epoch)
    {
        return Ok(()); // We are in already, and further.
    }
    work.tx.execute(
        "INSERT OR REPLACE INTO welcomes (grp, epoch, sequence, bytes, inbox) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            welcome.group.as_bytes(),
            int(welcome.epoch.0),
            int(welcome.sequence.0),
            welcome.bytes.as_slice(),
            int(inbox.0)
        ],
    )?;
    ask(work, welcome.group, StateFor::Welcome(welcome.epoch));
    Ok(())
}

/// Asks for a group's state.
pub(crate) fn ask(work: &mut Work<'_>, group: GroupId, purpose: StateFor) {
    if !work.online() {
        return;
    }
    let asked = work.session.pending.values().any(
        |pending| matches!(pending, Pending::GroupState(other, for_what) if *other == group && *for_what == purpose),
    );
    if asked {
        return;
    }
    let epoch = match purpose {
        StateFor::Welcome(epoch) => Some(epoch),
        StateFor::External | StateFor::Founding | StateFor::Compare | StateFor::Standing => None,
    };
    work.request(
        Request::GroupState { group, epoch },
        Pending::GroupState(group, purpose),
    );
}

/// Follows a group's log from where this device is.
pub(crate) fn follow(work: &mut Work<'_>, group: &Group) -> Result<(), EngineError> {
    let log = LogId::Group(group.id);
    let sequence = crate::sync::wanted_from(work, group)?;
    work.request(Request::Follow(Cursor { log, sequence }), Pending::Follow(log));
    Ok(())
}

/// The server answered [`ask`].
pub(crate) fn state(
    work: &mut Work<'_>,
    group: GroupId,
    purpose: StateFor,
    answer: Result<GroupState, Refusal>,
) -> Result<(), EngineError> {
    let state = match answer {
        Ok(state) => state,
        Err(refusal) => return refused(work, group, purpose, &refusal),
    };
    if purpose == StateFor::Compare {
        return compared(work, group, state.mls.as_ref());
    }
    if purpose == StateFor::Standing {
        return stands(work, group, &state.roster);
    }
    for record in &state.accounts {
        people::learn(work, record, Some(state.head))?;
        people::seen_in(work, group, record)?;
    }
    let Some(roster) = genuine_roster(work, group, &state)? else {
        return Ok(());
    };
    match (purpose, state.mls) {
        (StateFor::Founding, None) => found_managed(work, roster, &state.roster, state.head),
        (StateFor::Founding, Some(_)) | (StateFor::Compare | StateFor::Standing, _) => Ok(()), // Somebody was quicker.
        (StateFor::Welcome(epoch), Some(mls)) if mls.epoch == epoch && !mls.tree.is_empty() => {
            by_welcome(work, roster, &state.roster, &mls, state.head)
        }
        (StateFor::Welcome(_), _) => {
            // The tree of that epoch is gone: the long way round.
            forget_welcome(work, group)?;
            ask(work, group, StateFor::External);
            Ok(())
        }
        (StateFor::External, Some(mls)) => by_external_commit(work, roster, &state.roster, &mls, state.head),
        (StateFor::External, None) => Ok(()),
    }
}

/// The served roster, if it is signed as it should be and begins with all that we know of it.
fn genuine_roster(work: &mut Work<'_>, group: GroupId, state: &GroupState) -> Result<Option<Roster>, EngineError> {
    let verified = groups::verify_roster(work, &state.roster)?
        .ok()
        .filter(|roster| roster.group() == group);
    let Some(roster) = verified else {
        work.misbehaviour(Some(group), Misbehaviour::ForgedRoster);
        return Ok(None);
    };
    if was_quicker(work, group, &state.roster)? {
        return Ok(Some(roster));
    }
    let code = match groups::compare_known(work, group, &state.roster)? {
        groups::Served::Extends => return Ok(Some(roster)),
        groups::Served::Older => Misbehaviour::RolledBack,
        groups::Served::Contradicts => Misbehaviour::ForkedRoster,
    };
    work.misbehaviour(Some(group), code);
    Ok(None)
}

/// Both of two may start their direct chat at once: it has the same id, and the server takes one of the two beginnings.
/// Ours, if it came second, was never any group's; what it says contradicts nothing.
fn was_quicker(work: &Work<'_>, id: GroupId, served: &[Signed<RosterChange>]) -> Result<bool, EngineError> {
    let ours_waits = groups::load(work.tx, id)?
        .is_some_and(|group| group.status == Status::Founding && group.kind == GroupKind::Direct);
    if !ours_waits {
        return Ok(false);
    }
    let own = work.identity()?.member.account;
    let genesis = served.first().and_then(|change| change.peek().ok());
    Ok(genesis.is_some_and(|genesis| {
        let mut others = genesis
            .set
            .iter()
            .map(|member| member.account)
            .filter(|account| *account != own);
        others.any(|other| roster::direct_group_id(own, other) == id)
    }))
}

/// Others may be in another epoch of the same number: then this device joins theirs anew, and says so.
fn compared(work: &mut Work<'_>, id: GroupId, mls: Option<&MlsState>) -> Result<(), EngineError> {
    let (Some(mls), Some(mut group)) = (mls, groups::load(work.tx, id)?) else {
        return Ok(());
    };
    if group.status != Status::Active {
        return Ok(());
    }
    let agrees = groups::with_member(work, id, |_, member, _| member.agrees(mls.group_info.as_slice()))?;
    if matches!(agrees, Some(Ok(Some(false)))) {
        work.misbehaviour(Some(id), Misbehaviour::Forked);
        return repair(work, &mut group);
    }
    Ok(())
}

/// The roster that we know tells itself that we were out, and are back.
pub(crate) fn is_back(work: &mut Work<'_>, group: GroupId) -> Result<bool, EngineError> {
    let own = work.identity()?.member.account;
    Ok(groups::roster(work, group)?.is_some_and(|roster| roster.role(own).is_some() && roster.was_out(own)))
}

/// The server had said that we are out, and we know that we were once: was it that time? (If we are out now, it has
/// refused to answer, and [`refused`] has seen to it.)
fn stands(work: &mut Work<'_>, id: GroupId, changes: &[Signed<RosterChange>]) -> Result<(), EngineError> {
    let own = work.identity()?.member.account;
    let known = groups::known_changes(work, id)?;
    let was_out_anew = changes
        .iter()
        .skip(known)
        .any(|change| change.peek().is_ok_and(|change| change.unset.contains(&own)));
    match groups::load(work.tx, id)? {
        Some(mut group) if was_out_anew => {
            shut_out(work, &mut group)?;
            // Who was out for so short a time that the tree has not heard of it gets no Welcome.
            crate::inbox::missing(work, id)
        }
        _ => Ok(()),
    }
}

/// The server says that we are out. Its word ends the chat here; should the signed roster say otherwise later, that
/// was a lie, and what was missed is told.
pub(crate) fn shut_out(work: &mut Work<'_>, group: &mut Group) -> Result<(), EngineError> {
    if group.status == Status::Left {
        return Ok(());
    }
    let was_in = groups::own_role(work, group.id)?.is_some();
    group.gap = was_in.then(|| group.gap.unwrap_or(group.cursor.next()));
    groups::leave(work, group)
}

/// We are coming back into a group that the server had shut us out of. Did the roster say so?
fn was_shut_out(
    work: &mut Work<'_>,
    before: &mut Option<Group>,
    changes: &[Signed<RosterChange>],
) -> Result<(), EngineError> {
    let Some(group) = before
        .as_mut()
        .filter(|group| group.status == Status::Left && group.gap.is_some())
    else {
        return Ok(());
    };
    let own = work.identity()?.member.account;
    let known = groups::known_changes(work, group.id)?;
    let was_out = changes
        .iter()
        .skip(known)
        .any(|change| change.peek().is_ok_and(|change| change.unset.contains(&own)));
    if was_out {
        group.gap = None;
    } else {
        work.misbehaviour(Some(group.id), Misbehaviour::FalseRemoval);
    }
    Ok(())
}

fn refused(work: &mut Work<'_>, group: GroupId, purpose: StateFor, refusal: &Refusal) -> Result<(), EngineError> {
    if let (StateFor::Welcome(_), ErrorCode::EntriesGone) = (purpose, refusal.code) {
        // The tree of that epoch is gone, or never was: the long way round, unless we are in anyway.
        forget_welcome(work, group)?;
        if groups::load(work.tx, group)?.is_some_and(|group| group.status == Status::Active) {
            work.misbehaviour(Some(group), Misbehaviour::BrokenWelcome);
        } else {
            ask(work, group, StateFor::External);
        }
        return Ok(());
    }
    if matches!(
        refusal.code,
        ErrorCode::UnknownGroup | ErrorCode::GroupClosed | ErrorCode::NotAllowed
    ) {
        forget_welcome(work, group)?;
        if let Some(mut row) = groups::load(work.tx, group)? {
            shut_out(work, &mut row)?;
        }
    }
    Ok(())
}

fn forget_welcome(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    forget_welcomes_until(work, group, Sequence(u64::MAX >> 1))
}

/// Forgets a Welcome into the group as it was at this entry of its log, or before.
pub(crate) fn forget_welcomes_until(work: &mut Work<'_>, group: GroupId, at: Sequence) -> Result<(), EngineError> {
    work.tx.execute(
        "DELETE FROM welcomes WHERE grp = ?1 AND sequence <= ?2",
        params![group.as_bytes(), int(at.0)],
    )?;
    crate::inbox::acknowledge(work)
}

/// Joining by external commit did not work: by the Welcome that came meanwhile, or once more.
pub(crate) fn again(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let welcome: Option<i64> = work
        .tx
        .query_row("SELECT epoch FROM welcomes WHERE grp = ?1", [group.as_bytes()], |row| {
            row.get(0)
        })
        .optional()?;
    let purpose = welcome.map_or(StateFor::External, |epoch| StateFor::Welcome(Epoch(uint(epoch))));
    ask(work, group, purpose);
    Ok(())
}

fn by_welcome(
    work: &mut Work<'_>,
    roster: Roster,
    changes: &[Signed<RosterChange>],
    mls: &MlsState,
    head: Sequence,
) -> Result<(), EngineError> {
    let id = roster.group();
    if super::commits::on_its_way(work, id)?.is_some_and(|commit| commit.external) {
        // Should that be taken, this Welcome is stale; should it be refused, the Welcome is still there.
        return Ok(());
    }
    let row: Option<(i64, Vec<u8>)> = work
        .tx
        .query_row(
            "SELECT sequence, bytes FROM welcomes WHERE grp = ?1 AND epoch = ?2",
            params![id.as_bytes(), int(mls.epoch.0)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((sequence, welcome)) = row else {
        return Ok(());
    };
    let mut before = groups::load(work.tx, id)?;
    let is_behind = before
        .as_ref()
        .is_some_and(|group| group.status == Status::Active && sequence < int(group.cursor.0));
    forget_welcome(work, id)?;
    let Some(member) = opened(work, &roster, &welcome, mls, is_behind)? else {
        if before.is_none_or(|group| group.status != Status::Active) {
            ask(work, id, StateFor::External);
        }
        return Ok(());
    };
    was_shut_out(work, &mut before, changes)?;
    work.session.groups.insert(id, member);
    work.session.refused.remove(&id);
    work.session.stats.joins_welcome += 1;
    let repaired = before.as_ref().and_then(|group| {
        group.gap.or(match group.status {
            Status::Active | Status::Repairing => Some(group.cursor.next()),
            _ => None,
        })
    });
    let group = Group {
        status: Status::Active,
        cursor: Sequence(uint(sequence)),
        view: head,
        gap: None,
        ..before.unwrap_or_else(|| Group::new(id, roster.terms().kind, Status::Active))
    };
    groups::save(work.tx, &group)?;
    outbox::trust_receipts(work, id, group.cursor)?;
    groups::store_roster(work, roster, changes)?;
    if let Some(from) = repaired.filter(|from| *from <= group.cursor) {
        gap(work, id, from, group.cursor)?;
    } else {
        crate::archive::joined(work, id, group.cursor)?;
    }
    work.event(Event::GroupChanged(id));
    work.session.dirty.insert(id);
    follow(work, &group)?;
    if repaired.is_none() && group.kind != GroupKind::Own {
        // To them we are the newcomer.
        crate::duty::tell_newcomers(work, &group)?;
    }
    Ok(())
}

/// Opens a Welcome. One that leads nowhere leaves everything as it was: anybody can write nonsense into an inbox.
fn opened(
    work: &mut Work<'_>,
    roster: &Roster,
    welcome: &[u8],
    mls: &MlsState,
    is_behind: bool,
) -> Result<Option<MemberGroup>, EngineError> {
    let id = roster.group();
    let spec = GroupSpec::of(roster);
    work.tx.execute_batch("SAVEPOINT welcome")?;
    // What is left of an older membership must not stand in the way.
    groups::delete_mls(work, id)?;
    let joined = work.with_mls(|provider, _| MemberGroup::join(provider, welcome, mls.tree.as_slice(), &spec));
    let refused = match joined {
        Ok(_) if is_behind => Misbehaviour::RolledBack,
        Ok(member) if justified(work, roster, &member)? => {
            work.tx.execute_batch("RELEASE welcome")?;
            return Ok(Some(member));
        }
        Ok(_) => Misbehaviour::ForgedMembership,
        Err(_) => Misbehaviour::BrokenWelcome,
    };
    work.tx.execute_batch("ROLLBACK TO welcome; RELEASE welcome")?;
    work.session.groups.remove(&id);
    work.misbehaviour(Some(id), refused);
    Ok(None)
}

/// Every leaf of a group that we join must be one that roster and chains justify, now or once: a server that adds a
/// ghost before we come is found out here. A former member's chain may be gone (deleted accounts), or what we know of it
/// older than its last device; its leaf does not belong, and nothing is sent before it is out (see
/// [`super::commits::clean`]).
fn justified(work: &mut Work<'_>, roster: &Roster, member: &MemberGroup) -> Result<bool, EngineError> {
    let leaves: Vec<_> = member.leaf_keys().collect();
    people::load_chains(work, leaves.iter().map(|leaf| leaf.member.account))?;
    Ok(leaves.iter().all(|leaf| {
        let account = leaf.member.account;
        match work.session.chains.get(&account).and_then(Option::as_ref) {
            Some(chain) => match chain.past_key(leaf.member.device) {
                Some(key) => roster.ever(account) && *key == leaf.key,
                None => roster.is_dismissed(account),
            },
            None => roster.ever(account) && roster.role(account).is_none(),
        }
    }))
}

/// Our state of this group is of no use any more: join anew, and say what span was lost.
pub(crate) fn repair(work: &mut Work<'_>, group: &mut Group) -> Result<(), EngineError> {
    if group.status != Status::Repairing {
        work.session.stats.repairs += 1;
        group.gap = group.gap.or(Some(group.cursor.next()));
        group.status = Status::Repairing;
    }
    groups::save(work.tx, group)?;
    ask(work, group.id, StateFor::External);
    Ok(())
}

fn by_external_commit(
    work: &mut Work<'_>,
    roster: Roster,
    changes: &[Signed<RosterChange>],
    mls: &MlsState,
    head: Sequence,
) -> Result<(), EngineError> {
    let id = roster.group();
    let mut before = groups::load(work.tx, id)?;
    if before
        .as_ref()
        .is_some_and(|group| matches!(group.status, Status::Active | Status::Halted))
    {
        return Ok(()); // A Welcome came first.
    }
    let identity = work.identity()?.clone();
    if roster.role(identity.member.account).is_none() {
        return Ok(());
    }
    groups::delete_mls(work, id)?;
    let spec = GroupSpec::of(&roster);
    let stamp = roster.stamp();
    let joined = work.with_mls(|provider, _| {
        MemberGroup::join_external(
            provider,
            &identity.key,
            identity.member,
            mls.group_info.as_slice(),
            mls.tree.as_slice(),
            &spec,
            stamp,
        )
    });
    let Ok((member, bundle)) = joined else {
        work.misbehaviour(Some(id), Misbehaviour::WrongAnswer);
        return Ok(());
    };
    if !justified(work, &roster, &member)? {
        groups::delete_mls(work, id)?;
        work.misbehaviour(Some(id), Misbehaviour::ForgedMembership);
        return Ok(());
    }
    was_shut_out(work, &mut before, changes)?;
    work.session.groups.insert(id, member);
    let status = match &before {
        Some(group) if group.status == Status::Repairing => Status::Repairing,
        _ => Status::Joining,
    };
    let mut group = before.unwrap_or_else(|| Group::new(id, roster.terms().kind, status));
    group.status = status;
    group.cursor = group.cursor.max(head);
    group.view = head;
    groups::save(work.tx, &group)?;
    outbox::trust_receipts(work, id, group.cursor)?;
    groups::store_roster(work, roster, changes)?;
    let hash = sha256(&bundle.commit);
    work.tx.execute(
        "INSERT OR REPLACE INTO commits (grp, epoch, hash, external) VALUES (?1, ?2, ?3, 1)",
        params![id.as_bytes(), int(mls.epoch.0), hash.as_bytes()],
    )?;
    work.request(
        Request::Commit {
            group: id,
            commit: Bytes(bundle.commit),
            welcome: None,
            group_info: Bytes(bundle.group_info),
        },
        Pending::Commit {
            group: id,
            hash,
            external: true,
        },
    );
    Ok(())
}

/// Our external commit stands in the log: we are in.
pub(crate) fn entered(work: &mut Work<'_>, group: &mut Group, at: Sequence) -> Result<(), EngineError> {
    group.status = Status::Active;
    work.session.refused.remove(&group.id);
    work.session.stats.joins_external += 1;
    work.tx
        .execute("DELETE FROM commits WHERE grp = ?1", [group.id.as_bytes()])?;
    forget_welcome(work, group.id)?;
    match group.gap.take() {
        Some(from) if from < at => gap(work, group.id, from, at)?,
        Some(_) => {}
        None => crate::archive::joined(work, group.id, at)?,
    }
    work.session.dirty.insert(group.id);
    work.event(Event::GroupChanged(group.id));
    Ok(())
}

fn gap(work: &mut Work<'_>, group: GroupId, from: Sequence, to: Sequence) -> Result<(), EngineError> {
    groups::line(work, group, Some(to), &SystemLine::Gap { from, to })?;
    crate::archive::ask(work, group, from, to)
}

/// Welcomes and foundings that a lost connection left open.
pub(crate) fn resume(work: &mut Work<'_>) -> Result<(), EngineError> {
    let welcomes: Vec<(GroupId, Epoch)> = work
        .tx
        .prepare_cached("SELECT grp, epoch FROM welcomes")?
        .query_map([], |row| {
            Ok((row.get::<_, crate::store::Id<GroupId>>(0)?.0, Epoch(uint(row.get(1)?))))
        })?
        .collect::<Result<_, _>>()?;
    for (group, epoch) in welcomes {
        ask(work, group, StateFor::Welcome(epoch));
    }
    let foundings: Vec<GroupId> = work
        .tx
        .prepare_cached("SELECT grp FROM foundings")?
        .query_map([], |row| Ok(row.get::<_, crate::store::Id<GroupId>>(0)?.0))?
        .collect::<Result<_, _>>()?;
    for group in foundings {
        establish(work, group, None)?;
    }
    Ok(())
}
