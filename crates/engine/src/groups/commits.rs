// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Our own commits: made when the server asks (a task) or when a removal must come before our next message. A commit
//! is sent, and applied only when it is met in the log (publish before apply).

use std::collections::BTreeMap;

use melder_bugs::{self as bugs, Bug};
use melder_mls::member::{Change, CommitPlan};
use melder_mls::rules;
use melder_mls::sign::sha256;
use melder_protocol::cbor::Bytes;
use melder_protocol::frame::TaskKind;
use melder_protocol::request::Request;
use melder_protocol::{Epoch, ErrorCode, GroupId, Hash, Member, Refusal, Time};
use rusqlite::{OptionalExtension as _, params};

use super::{Group, Status};
use crate::api::Misbehaviour;
use crate::error::EngineError;
use crate::groups::{self, join};
use crate::pending::{Pending, StateFor};
use crate::people::{self, Known};
use crate::store::int;
use crate::work::{Halt, Work};

/// A commit of ours that is on its way.
pub(crate) struct OnItsWay {
    pub hash: Vec<u8>,
    pub external: bool,
}

pub(crate) fn on_its_way(work: &Work<'_>, group: GroupId) -> Result<Option<OnItsWay>, EngineError> {
    Ok(work
        .tx
        .prepare_cached("SELECT hash, external FROM commits WHERE grp = ?1")?
        .query_row([group.as_bytes()], |row| {
            Ok(OnItsWay {
                hash: row.get(0)?,
                external: row.get(1)?,
            })
        })
        .optional()?)
}

/// The proposals of this epoch, as they stand in the log.
pub(crate) fn proposals(work: &Work<'_>, group: GroupId, epoch: Epoch) -> Result<Vec<Vec<u8>>, EngineError> {
    let rows = work
        .tx
        .prepare_cached("SELECT bytes FROM proposals WHERE grp = ?1 AND epoch = ?2 ORDER BY sequence")?
        .query_map(params![group.as_bytes(), int(epoch.0)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// The server asks something of this device.
pub(crate) fn task(work: &mut Work<'_>, group: GroupId, kind: TaskKind) -> Result<(), EngineError> {
    match kind {
        TaskKind::Establish => {
            if groups::load(work.tx, group)?.is_none() {
                join::ask(work, group, StateFor::Founding);
            }
            Ok(())
        }
        TaskKind::Join => {
            let waits = groups::load(work.tx, group)?
                .is_none_or(|group| !matches!(group.status, Status::Active | Status::Halted));
            if waits {
                join::ask(work, group, StateFor::External);
            }
            Ok(())
        }
        TaskKind::Commit { .. } => {
            work.session.tasks.insert(group, kind);
            perform(work, group)
        }
    }
}

/// Does a waiting task, if the log is read far enough.
pub(crate) fn perform(work: &mut Work<'_>, id: GroupId) -> Result<(), EngineError> {
    let Some(TaskKind::Commit { epoch, through }) = work.session.tasks.get(&id).copied() else {
        return Ok(());
    };
    let Some(group) = groups::load(work.tx, id)? else {
        return Ok(());
    };
    if !work.online() || group.status != Status::Active || group.cursor < through {
        return Ok(());
    }
    work.session.tasks.remove(&id);
    if groups::epoch(work, id)? != Some(epoch) || on_its_way(work, id)?.is_some() {
        return Ok(());
    }
    make(work, &group, epoch)
}

fn make(work: &mut Work<'_>, group: &Group, epoch: Epoch) -> Result<(), EngineError> {
    let all = proposals(work, group.id, epoch)?;
    let proposals = chosen(work, group.id, &all)?;
    let Some(stamp) = groups::roster(work, group.id)?.map(melder_mls::roster::Roster::stamp) else {
        return Ok(());
    };
    // Without proposals a removal may still be due: leaves that neither roster nor chain justify.
    let remove = if proposals.is_empty() {
        unjustified(work, group.id)?
    } else {
        Vec::new()
    };
    let plan = CommitPlan {
        refresh: proposals.is_empty() && remove.is_empty(),
        remove,
    };
    let made = groups::with_member(work, group.id, |provider, member, identity| {
        member.commit(provider, &identity.key, &proposals, &plan, stamp)
    })?;
    let bundle = match made {
        Some(Ok(bundle)) => bundle,
        Some(Err(_)) => {
            // A proposal that OpenMLS refuses: the server breaks RFC 9420.
            work.misbehaviour(Some(group.id), Misbehaviour::ForgedMembership);
            return clear(work, group.id);
        }
        None => return Ok(()),
    };
    let hash = sha256(&bundle.commit);
    work.tx.execute(
        "INSERT OR REPLACE INTO commits (grp, epoch, hash, external) VALUES (?1, ?2, ?3, 0)",
        params![group.id.as_bytes(), int(epoch.0), hash.as_bytes()],
    )?;
    if bugs::on(Bug::ApplyBeforePublish) {
        groups::with_member(work, group.id, |provider, member, _| member.merge_pending(provider))?;
    }
    work.request(
        Request::Commit {
            group: group.id,
            commit: Bytes(bundle.commit),
            welcome: bundle.welcome.map(Bytes),
            group_info: Bytes(bundle.group_info),
        },
        Pending::Commit {
            group: group.id,
            hash,
            external: false,
        },
    );
    Ok(())
}

/// Our own judgement of what stands to be committed: only what roster and chains justify now. A proposal may have lost
/// its reason since it was issued (then the server wants it no more), or never have had one (then nobody should). Of
/// several for the same member the last counts: the server drops the others.
fn chosen<'p>(work: &mut Work<'_>, group: GroupId, all: &'p [Vec<u8>]) -> Result<Vec<&'p [u8]>, EngineError> {
    let references: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    let described = groups::with_member(work, group, |provider, member, _| {
        Ok(member.describe(provider, &references))
    })?;
    let Some(Ok(described)) = described else {
        return Ok(Vec::new());
    };
    people::load_chains(work, described.iter().flatten().map(|change| member_of(change).account))?;
    groups::roster(work, group)?;
    let own = work.own_account();
    let session = &*work.session;
    let known = Known(&session.chains);
    let Some(roster) = session.rosters.get(&group) else {
        return Ok(Vec::new());
    };
    let mut last: BTreeMap<Member, &'p [u8]> = BTreeMap::new();
    let mut forged = false;
    for (change, bytes) in described.into_iter().zip(all) {
        let Some(change) = change else { continue };
        let member = member_of(&change);
        let justified = match change {
            Change::Add(leaf) => {
                rules::belongs(roster, &known, member)
                    && rules::Chains::chain(&known, member.account)
                        .is_some_and(|chain| chain.device_key(member.device) == Some(&leaf.key))
            }
            Change::Remove(_) => Some(member.account) == own || !rules::belongs(roster, &known, member),
        };
        if justified {
            last.insert(member, bytes);
        } else {
            last.remove(&member);
            forged |= !was_justified(roster, &known, &change);
        }
    }
    let chosen = last.into_values().collect();
    if forged {
        work.misbehaviour(Some(group), Misbehaviour::ForgedMembership);
    }
    Ok(chosen)
}

/// A proposal may have lost its reason. Did it ever have one?
fn was_justified(roster: &melder_mls::roster::Roster, known: &Known<'_>, change: &Change) -> bool {
    let member = member_of(change);
    let chain = rules::Chains::chain(known, member.account);
    match change {
        Change::Add(leaf) => {
            roster.ever(member.account) && chain.is_none_or(|chain| chain.past_key(member.device) == Some(&leaf.key))
        }
        Change::Remove(_) => roster.was_out(member.account),
    }
}

const fn member_of(change: &Change) -> Member {
    match change {
        Change::Add(leaf) => leaf.member,
        Change::Remove(member) => *member,
    }
}

fn unjustified(work: &mut Work<'_>, group: GroupId) -> Result<Vec<u32>, EngineError> {
    let Some(Ok(leaves)) = groups::with_member(work, group, |_, member, _| Ok(member.leaves()))? else {
        return Ok(Vec::new());
    };
    people::load_chains(work, leaves.iter().map(|leaf| leaf.member.account))?;
    groups::roster(work, group)?;
    let own = work.own_device();
    let session = &*work.session;
    let known = Known(&session.chains);
    let Some(roster) = session.rosters.get(&group) else {
        return Ok(Vec::new());
    };
    let goes = |member: Member| Some(member.device) != own && !rules::belongs(roster, &known, member);
    Ok(leaves
        .iter()
        .filter(|leaf| goes(leaf.member))
        .map(|leaf| leaf.index)
        .collect())
}

/// How long we wait for the server to have somebody commit a removal before we do it ourselves.
const PATIENCE_MS: u64 = 1_500;

/// Is every leaf one that belongs here? While one does not, nothing is encrypted: a removal is cryptographic before
/// anybody says another word, and a server that keeps a ghost in the tree gets nothing for it.
pub(crate) fn clean(work: &mut Work<'_>, group: &Group) -> Result<bool, EngineError> {
    let Some(epoch) = groups::epoch(work, group.id)? else {
        return Ok(false);
    };
    let Some(index) = groups::roster(work, group.id)?.map(melder_mls::roster::Roster::next_index) else {
        return Ok(false);
    };
    let seen = (epoch, index, work.session.chains_version);
    if work.session.clean.get(&group.id) == Some(&seen) {
        return Ok(true);
    }
    if unjustified(work, group.id)?.is_empty() {
        work.session.clean.insert(group.id, seen);
        work.session.unclean_since.remove(&group.id);
        return Ok(true);
    }
    let since = *work.session.unclean_since.entry(group.id).or_insert(work.now);
    if work.now.since(since) >= PATIENCE_MS {
        work.session.unclean_since.insert(group.id, work.now);
        let through = group.cursor;
        work.session.tasks.insert(group.id, TaskKind::Commit { epoch, through });
        perform(work, group.id)?;
    } else {
        work.effects.push(crate::api::Effect::WakeAt(since.plus(PATIENCE_MS)));
    }
    Ok(false)
}

/// Forgets our commit: another one came first, or it was refused.
pub(crate) fn clear(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    work.tx
        .execute("DELETE FROM commits WHERE grp = ?1", [group.as_bytes()])?;
    match groups::with_member(work, group, |provider, member, _| member.clear_pending(provider))? {
        Some(Err(error)) => Err(error.into()),
        _ => Ok(()),
    }
}

/// When a group that did not take us back is asked again: soon at first, then after up to a minute and a half.
fn comes_back(halt: &Halt) -> Time {
    halt.since.plus(PATIENCE_MS << halt.tries.saturating_sub(1).min(6))
}

pub(crate) fn may_come_back(work: &Work<'_>, id: GroupId) -> bool {
    let halt = work.session.refused.get(&id);
    halt.is_none_or(|halt| comes_back(halt) <= work.now)
}

/// The server answered our commit. A yes changes nothing yet: the log will show it.
pub(crate) fn answered(
    work: &mut Work<'_>,
    id: GroupId,
    hash: Hash,
    external: bool,
    answer: Result<(), Refusal>,
) -> Result<(), EngineError> {
    let Err(refusal) = answer else {
        work.session.stats.commits_made += 1;
        if external && let Some(group) = groups::load(work.tx, id)? {
            join::follow(work, &group)?;
        }
        return Ok(());
    };
    work.session.stats.commits_refused += 1;
    let current = on_its_way(work, id)?;
    if current.map_or(external, |current| current.hash != hash.as_bytes()) {
        return Ok(()); // The log told before this answer: we are in, or there is a newer commit already.
    }
    if external {
        groups::delete_mls(work, id)?;
        if refusal.code == ErrorCode::WrongEpoch {
            join::again(work, id)?;
        } else {
            // As when the roster changed meanwhile. The tick tries again, after growing pauses: the server does not ask for
            // it while an old leaf of this device stands in the tree.
            let now = work.now;
            let halt = work.session.refused.entry(id).or_default();
            *halt = Halt {
                since: now,
                tries: halt.tries + 1,
            };
            let due = comes_back(halt);
            work.effects.push(crate::api::Effect::WakeAt(due));
        }
        return Ok(());
    }
    // Somebody's commit stands in the log where this one should, and it may be this one: an answer can be lost, or a
    // server lie. The log shows which; until then it is kept.
    let group = groups::load(work.tx, id)?;
    let unread = |group: &Group| refusal.sequence.is_some_and(|sequence| sequence > group.cursor);
    if refusal.code == ErrorCode::WrongEpoch && group.as_ref().is_some_and(unread) {
        return Ok(());
    }
    if on_its_way(work, id)?.is_some() && !bugs::on(Bug::KeepStaleCommit) {
        clear(work, id)?;
    }
    if let (ErrorCode::ProposalsMissing, Some(group)) = (refusal.code, group)
        && let Some(epoch) = groups::epoch(work, id)?
    {
        let through = refusal.sequence.unwrap_or_else(|| group.cursor.next());
        work.session.tasks.insert(id, TaskKind::Commit { epoch, through });
    }
    work.session.dirty.insert(id);
    Ok(())
}
