// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Entries that change who is in a group: of the roster, of the tree, and what an account's new record tells of its
//! devices. Each is checked by the rules before it takes effect, and told in the chat.

use std::collections::BTreeSet;

use melder_bugs::{self as bugs, Bug};
use melder_mls::MlsError;
use melder_mls::member::Leaf;
use melder_mls::rules::{self, Knowledge};
use melder_protocol::roster::{GroupKind, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, Epoch, GroupId, Member, Sequence};
use rusqlite::params;

use super::refuse;
use crate::api::{Event, Misbehaviour, SystemLine};
use crate::error::EngineError;
use crate::groups::{self, Group, Status, commits, join};
use crate::outbox;
use crate::people;
use crate::store::int;
use crate::work::Work;

pub(super) fn roster_change(
    work: &mut Work<'_>,
    group: &mut Group,
    at: Sequence,
    change: &Signed<RosterChange>,
) -> Result<(), EngineError> {
    let Ok(peeked) = change.peek() else {
        refuse(work, group, at, Misbehaviour::ForgedRoster);
        return Ok(());
    };
    let known = groups::roster(work, group.id)?.map(melder_mls::roster::Roster::next_index);
    if group.status == Status::Founding && peeked.index.0 == 0 {
        // Whoever founded the group wrote its genesis.
        if let Ok(roster) = groups::verify_roster(work, std::slice::from_ref(change))? {
            groups::store_roster(work, roster, std::slice::from_ref(change))?;
            return Ok(());
        }
        refuse(work, group, at, Misbehaviour::ForgedRoster);
        return Ok(());
    }
    if known.is_some_and(|next| peeked.index < next) {
        return Ok(());
    }
    let author = match peeked.author {
        melder_protocol::roster::Author::Device(author) => Some(author.account),
        melder_protocol::roster::Author::Organisation => None,
    };
    let chains = people::as_of(work, group.id, author)?;
    let before: BTreeSet<AccountId> = groups::roster(work, group.id)?
        .map(|roster| roster.members().map(|(account, _)| account).collect())
        .unwrap_or_default();
    let applied = work
        .session
        .rosters
        .get_mut(&group.id)
        .map(|roster| roster.apply(change, &chains));
    let Some(Ok(applied)) = applied else {
        refuse(work, group, at, Misbehaviour::ForgedRoster);
        return Ok(());
    };
    groups::store_change(work.tx, group.id, applied.index.0 as usize, change)?;
    roster_lines(work, group, at, &applied, &before)?;
    if work.own_account().is_some_and(|own| applied.unset.contains(&own)) || applied.closed {
        groups::leave(work, group)?;
        join::forget_welcomes_until(work, group.id, at)?;
        // Should the log that we are served go on after this, we are back, perhaps with a leaf that never went.
        if work.session.heads.get(&group.id).is_some_and(|head| *head > at) {
            crate::inbox::missing(work, group.id)?;
        }
    }
    work.event(Event::GroupChanged(group.id));
    Ok(())
}

fn roster_lines(
    work: &mut Work<'_>,
    group: &Group,
    at: Sequence,
    change: &RosterChange,
    before: &BTreeSet<AccountId>,
) -> Result<(), EngineError> {
    // Who only got another role was there before.
    let accounts: Vec<AccountId> = change
        .set
        .iter()
        .map(|member| member.account)
        .filter(|account| !before.contains(account))
        .collect();
    if !accounts.is_empty() {
        groups::line(work, group.id, Some(at), &SystemLine::Added { accounts })?;
    }
    match (&change.unset[..], change.author) {
        ([], _) => {}
        ([account], melder_protocol::roster::Author::Device(author)) if author.account == *account => {
            groups::line(work, group.id, Some(at), &SystemLine::Left { account: *account })?;
        }
        (accounts, _) => {
            groups::line(
                work,
                group.id,
                Some(at),
                &SystemLine::Removed {
                    accounts: accounts.to_vec(),
                },
            )?;
        }
    }
    if let Some(name) = &change.name {
        groups::set_name(work, group.id, Some(name), None)?;
        groups::line(work, group.id, Some(at), &SystemLine::Renamed { name: name.clone() })?;
    }
    if change.closed {
        groups::line(work, group.id, Some(at), &SystemLine::Closed)?;
    }
    Ok(())
}

/// Devices that came or went, since this log last told of the account. A chain begun anew is another line.
pub(super) fn device_lines(
    work: &mut Work<'_>,
    group: &Group,
    at: Sequence,
    account: AccountId,
    before: Option<people::Devices>,
) -> Result<(), EngineError> {
    let (Some(before), Some(after)) = (before, people::devices_as_of(work, group.id, account)?) else {
        return Ok(());
    };
    if group.kind == GroupKind::Own || before.genesis != after.genesis {
        return Ok(());
    }
    for device in after.devices.difference(&before.devices).copied() {
        groups::line(work, group.id, Some(at), &SystemLine::DeviceAdded { account, device })?;
    }
    for device in before.devices.difference(&after.devices).copied() {
        groups::line(work, group.id, Some(at), &SystemLine::DeviceRemoved { account, device })?;
    }
    Ok(())
}

pub(super) fn commit(
    work: &mut Work<'_>,
    group: &mut Group,
    at: Sequence,
    epoch: Epoch,
    bytes: &[u8],
) -> Result<(), EngineError> {
    let ours = commits::on_its_way(work, group.id)?;
    let is_ours = ours
        .as_ref()
        .is_some_and(|ours| ours.hash == melder_mls::sign::sha256(bytes).as_bytes());
    match (&ours, is_ours) {
        (Some(ours), true) if ours.external => {
            return join::entered(work, group, at);
        }
        _ if group.status != Status::Active => return Ok(()),
        _ => {}
    }
    if groups::epoch(work, group.id)?.is_some_and(|own| own > epoch) {
        return Ok(()); // Of a time before we joined.
    }
    let before = leaves(work, group.id)?;
    if is_ours {
        let merged = groups::with_member(work, group.id, |provider, member, _| member.merge_pending(provider))?;
        if !matches!(merged, Some(Ok(()))) {
            work.misbehaviour_at(Some(group.id), Some(at), Misbehaviour::BrokenCommit);
            return join::repair(work, group);
        }
        work.tx
            .execute("DELETE FROM commits WHERE grp = ?1", [group.id.as_bytes()])?;
    } else if !take_commit(work, group, at, epoch, bytes)? {
        return Ok(());
    }
    work.session.stats.commits_processed += 1;
    work.tx.execute(
        "DELETE FROM proposals WHERE grp = ?1 AND epoch <= ?2",
        params![group.id.as_bytes(), int(epoch.0)],
    )?;
    work.tx
        .prepare_cached("DELETE FROM holes WHERE grp = ?1")?
        .execute([group.id.as_bytes()])?;
    work.session.tasks.remove(&group.id);
    // Whatever of ours was accepted in the old epoch stands in the log before this commit, and was seen.
    outbox::requeue(work, group)?;
    // The number that members compare is another one now.
    work.event(Event::GroupChanged(group.id));
    members_came(work, group, &before)
}

/// Somebody else's commit. `false`: it was not taken.
fn take_commit(
    work: &mut Work<'_>,
    group: &mut Group,
    at: Sequence,
    epoch: Epoch,
    bytes: &[u8],
) -> Result<bool, EngineError> {
    if commits::on_its_way(work, group.id)?.is_some() && !bugs::on(Bug::KeepStaleCommit) {
        commits::clear(work, group.id)?;
    }
    let proposals = commits::proposals(work, group.id, epoch)?;
    let references: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
    let processed = groups::with_member(work, group.id, |provider, member, _| {
        member.process_commit(provider, &references, bytes)
    })?;
    let incoming = match processed {
        Some(Ok(incoming)) => incoming,
        Some(Err(MlsError::Storage(error))) => return Err(MlsError::Storage(error).into()),
        Some(Err(_)) => {
            // Altered on its way, made so by its sender, or of another history than ours.
            work.misbehaviour_at(Some(group.id), Some(at), Misbehaviour::BrokenCommit);
            join::repair(work, group)?;
            return Ok(false);
        }
        None => {
            join::repair(work, group)?;
            return Ok(false);
        }
    };
    let accounts: Vec<AccountId> = incoming
        .facts
        .added
        .iter()
        .map(|leaf| leaf.member.account)
        .chain(incoming.facts.removed.iter().map(|member| member.account))
        .chain([incoming.facts.committer.member.account])
        .collect();
    let chains = people::as_of(work, group.id, accounts)?;
    groups::roster(work, group.id)?;
    let knowledge = if at > group.view {
        Knowledge::Exact
    } else {
        Knowledge::Newer
    };
    let verdict = work
        .session
        .rosters
        .get(&group.id)
        .map(|roster| rules::check(&incoming.facts, roster, &chains, knowledge));
    if !matches!(verdict, Some(Ok(()))) && !bugs::on(Bug::SkipRosterCheck) {
        // The server took what the rules forbid. This device does not follow.
        refuse(work, group, at, Misbehaviour::ForgedMembership);
        group.status = Status::Halted;
        work.session.halts.entry(group.id).or_default().since = work.now;
        work.event(Event::GroupChanged(group.id));
        return Ok(false);
    }
    let removes_us = incoming.removes_us;
    let merged = groups::with_member(work, group.id, |provider, member, _| member.merge(provider, incoming))?;
    if let Some(Err(error)) = merged {
        return Err(error.into());
    }
    if removes_us {
        groups::delete_mls(work, group.id)?;
        if groups::own_role(work, group.id)?.is_some() {
            join::repair(work, group)?;
        } else {
            groups::leave(work, group)?;
            join::forget_welcomes_until(work, group.id, at)?;
        }
        return Ok(false);
    }
    Ok(true)
}

fn leaves(work: &mut Work<'_>, group: GroupId) -> Result<Vec<Leaf>, EngineError> {
    Ok(groups::with_member(work, group, |_, member, _| Ok(member.leaves()))?
        .and_then(Result::ok)
        .unwrap_or_default())
}

/// New devices are in: they get what they can't read from the log.
fn members_came(work: &mut Work<'_>, group: &Group, before: &[Leaf]) -> Result<(), EngineError> {
    let came: Vec<Member> = leaves(work, group.id)?
        .iter()
        .map(|leaf| leaf.member)
        .filter(|member| !before.iter().any(|leaf| leaf.member == *member))
        .collect();
    if came.is_empty() {
        return Ok(());
    }
    if group.kind == GroupKind::Own {
        for member in came {
            crate::archive::offer_to_new_device(work, member.device)?;
        }
        return Ok(());
    }
    outbox::send_profile(work, group.id)?;
    if work.session.heads.contains_key(&group.id) {
        work.session.newcomers.insert(group.id);
        return Ok(());
    }
    crate::duty::tell_newcomers(work, group)
}
