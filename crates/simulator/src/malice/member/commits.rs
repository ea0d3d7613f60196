// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Commits that break a rule: the server's, the members', or only the members' secrets.

use melder_engine::api::{Misbehaviour, SystemLine};
use melder_mls::member::{CommitBundle, CommitPlan};
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::Body;
use melder_protocol::request::Request;
use melder_protocol::{Cursor, ErrorCode, GroupId, LogId, Sequence, Suite};

use super::super::rogue::{Rogue, external_key};
use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{honest_member, honest_members};
use crate::city::Account;

fn refresh() -> CommitPlan {
    CommitPlan {
        refresh: true,
        ..CommitPlan::default()
    }
}

fn request(group: GroupId, bundle: &CommitBundle) -> Request {
    Request::Commit {
        group,
        commit: Bytes(bundle.commit.clone()),
        welcome: bundle.welcome.clone().map(Bytes),
        group_info: Bytes(bundle.group_info.clone()),
    }
}

/// The server refuses it. And should the server be in league with the member, an honest device does.
fn must_be_refused(town: &mut Town, rogue: &mut Rogue, group: GroupId, bundle: &CommitBundle) -> Checked {
    let epoch = rogue.epoch(group)?;
    rogue.refused(town, request(group, bundle), &[ErrorCode::InvalidCommit])?;
    rogue.forget_commit(group)?;
    let victim = honest_member(town, group);
    let frame = town.made_up(
        LogId::Group(group),
        Body::Commit {
            epoch,
            bytes: Bytes(bundle.commit.clone()),
        },
    );
    town.push(victim.device, &frame);
    town.must_say(victim.device, group, Misbehaviour::ForgedMembership)?;
    town.recover_only(victim.device);
    Ok(())
}

pub(super) fn wrong_stamp(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let bundle = rogue.commit(group, &[], &refresh(), Rogue::wrong_stamp())?;
    must_be_refused(town, rogue, group, &bundle)
}

pub(super) fn unjustified_removal(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let out = honest_members(town, group)[0];
    let plan = CommitPlan {
        remove: vec![rogue.leaf_of(group, out.id)?],
        refresh: false,
    };
    let stamp = rogue.stamp(town, group)?;
    let bundle = rogue.commit(group, &[], &plan, stamp)?;
    rogue.refused(town, request(group, &bundle), &[ErrorCode::InvalidCommit])?;
    let epoch = rogue.epoch(group)?;
    rogue.forget_commit(group)?;
    // Shown to the one who stays, and to the one who would be out.
    for victim in honest_members(town, group) {
        let frame = town.made_up(
            LogId::Group(group),
            Body::Commit {
                epoch,
                bytes: Bytes(bundle.commit.clone()),
            },
        );
        town.push(victim.device, &frame);
        town.must_say(victim.device, group, Misbehaviour::ForgedMembership)?;
    }
    for victim in honest_members(town, group) {
        town.recover_only(victim.device);
    }
    Ok(())
}

pub(super) fn ghost_addition(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let suite = if group == town.managed {
        Suite::Classical
    } else {
        Suite::Hybrid
    };
    let member = town.ghost.member;
    let package = town.ghost.key_package(member, suite)?;
    let stamp = rogue.stamp(town, group)?;
    let bundle = rogue.commit_with_ghost(group, &package, stamp)?;
    must_be_refused(town, rogue, group, &bundle)
}

/// Brings somebody to be added, and the rogue to know of the proposal.
fn newcomer(town: &mut Town, rogue: &mut Rogue) -> Checked<(Account, Vec<Vec<u8>>)> {
    let group = town.managed;
    let newcomer = match town.members[&group].iter().any(|member| member.id == town.people[3].id) {
        false => town.people[3],
        true => town.world.person(town.office, "Emil"),
    };
    // Nobody but the rogue is there to be asked.
    for member in honest_members(town, group) {
        town.world.cut(member.device);
    }
    rogue.follow(town, group)?;
    town.put_in(newcomer)?;
    for _ in 0..6 {
        town.pass(1, 300);
        rogue.hear(town);
    }
    let proposals = town
        .world
        .server()
        .look(|tx| tx.proposals(group))
        .into_iter()
        .map(|row| row.bytes)
        .collect::<Vec<_>>();
    ensure!(!proposals.is_empty(), "an addition is proposed");
    Ok((newcomer, proposals))
}

fn everybody_back(town: &mut Town, group: GroupId) {
    for member in honest_members(town, group) {
        town.world.connect(member.device);
    }
    town.pass(8, 900);
}

pub(super) fn uncovered(town: &mut Town, rogue: &mut Rogue, _: GroupId) -> Checked {
    let group = town.managed;
    newcomer(town, rogue)?;
    let stamp = rogue.stamp(town, group)?;
    let bundle = rogue.commit(group, &[], &refresh(), stamp)?;
    rogue.refused(town, request(group, &bundle), &[ErrorCode::ProposalsMissing])?;
    rogue.forget_commit(group)?;
    everybody_back(town, group);
    Ok(())
}

/// The rogue adds the newcomer, with something else in the place of the Welcome.
fn with_welcome(town: &mut Town, rogue: &mut Rogue, welcome: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Checked {
    let group = town.managed;
    let (newcomer, proposals) = newcomer(town, rogue)?;
    let stamp = rogue.stamp(town, group)?;
    let mut bundle = rogue.commit(group, &proposals, &CommitPlan::default(), stamp)?;
    bundle.welcome = bundle.welcome.map(welcome);
    let answer = rogue.ask(town, request(group, &bundle))?;
    if answer.is_err() {
        // The server saw through it: nothing has happened.
        rogue.forget_commit(group)?;
        everybody_back(town, group);
        return Ok(());
    }
    everybody_back(town, group);
    let chat = town.world.at(newcomer.device).engine().chat(group);
    let status = chat.map_err(|error| error.to_string())?.map(|chat| chat.status);
    ensure!(
        status == Some(melder_engine::api::GroupStatus::Active),
        "a newcomer gets in without the Welcome; it is {status:?}"
    );
    town.must_tell(newcomer.device, Misbehaviour::BrokenWelcome)
}

pub(super) fn garbage_welcome(town: &mut Town, rogue: &mut Rogue, _: GroupId) -> Checked {
    with_welcome(town, rogue, |mut welcome| {
        // In what is sealed, at the end: the outside stays what it was.
        if let Some(last) = welcome.last_mut() {
            *last ^= 1;
        }
        welcome
    })
}

/// A Welcome of another commit, which the rogue could record.
pub(super) fn other_welcome(town: &mut Town, rogue: &mut Rogue, _: GroupId) -> Checked {
    let other = town.wire.borrow().recorded.iter().find_map(|frame| match frame {
        melder_protocol::frame::ServerFrame::Entries { entries, .. } => {
            entries.iter().find_map(|entry| match &entry.body {
                Body::Welcome(welcome) => Some(welcome.bytes.0.clone()),
                _ => None,
            })
        }
        _ => None,
    });
    let other = other.ok_or("somebody was welcomed before")?;
    with_welcome(town, rogue, |_| other)
}

pub(super) fn bad_signature(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let stamp = rogue.stamp(town, group)?;
    let mut bundle = rogue.commit(group, &[], &refresh(), stamp)?;
    let len = bundle.commit.len();
    // Before both tags stands the signature.
    bundle.commit[len - TAG - TAG - 5] ^= 1;
    rogue.refused(town, request(group, &bundle), &[ErrorCode::InvalidCommit])?;
    rogue.forget_commit(group)
}

/// A tag of 32 bytes, with its length before it.
const TAG: usize = 33;

/// The server can't know; nobody can follow; everybody comes back by themselves, and says so.
fn must_be_survived(town: &mut Town, group: GroupId) -> Checked {
    town.pass(10, 900);
    for member in honest_members(town, group) {
        town.must_say(member.device, group, Misbehaviour::BrokenCommit)?;
        let lines = town.lines(member.device, group)?;
        let told = lines
            .iter()
            .any(|line| matches!(line, SystemLine::Gap { .. } | SystemLine::Refused { .. }));
        ensure!(told, "what could not be read is said: {lines:?}");
    }
    Ok(())
}

pub(super) fn bad_membership_tag(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let stamp = rogue.stamp(town, group)?;
    let mut bundle = rogue.commit(group, &[], &refresh(), stamp)?;
    if let Some(last) = bundle.commit.last_mut() {
        *last ^= 1;
    }
    rogue.taken(town, request(group, &bundle))?;
    must_be_survived(town, group)
}

/// The place of a tag in a group info's signed part: before the signer's four bytes.
fn tag_of(payload: &mut [u8]) -> &mut [u8] {
    let end = payload.len() - 4;
    &mut payload[end - 32..end]
}

pub(super) fn bad_confirmation_tag(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let stamp = rogue.stamp(town, group)?;
    let mut bundle = rogue.commit(group, &[], &refresh(), stamp)?;
    let place = bundle.commit.len() - TAG - 1;
    bundle.commit[place] ^= 1;
    bundle.group_info = rogue.resign(&bundle.group_info, |payload| tag_of(payload)[31] ^= 1)?;
    rogue.taken(town, request(group, &bundle))?;
    must_be_survived(town, group)
}

/// Taken, this would close every way back: whoever joins by that group info comes to another transcript than the
/// server, which refuses all commits from then on.
pub(super) fn two_tags(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let stamp = rogue.stamp(town, group)?;
    let mut bundle = rogue.commit(group, &[], &refresh(), stamp)?;
    let place = bundle.commit.len() - TAG - 1;
    bundle.commit[place] ^= 1;
    rogue.refused(town, request(group, &bundle), &[ErrorCode::InvalidGroupInfo])?;
    rogue.forget_commit(group)
}

pub(super) fn bad_external_key(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    let stamp = rogue.stamp(town, group)?;
    let mut bundle = rogue.commit(group, &[], &refresh(), stamp)?;
    // Two at once: nobody can follow the commit, and the way back is built on sand.
    if let Some(last) = bundle.commit.last_mut() {
        *last ^= 1;
    }
    let key = external_key(&bundle.group_info)?;
    bundle.group_info = rogue.resign(&bundle.group_info, |payload| {
        if let Some(at) = payload.windows(key.len()).position(|window| window == key) {
            payload[at..at + 16].fill(0x42);
        }
    })?;
    rogue.taken(town, request(group, &bundle))?;
    must_be_survived(town, group)
}

/// The rogue is asked, and does nothing: then somebody else is.
pub(super) fn lease_kept(town: &mut Town, rogue: &mut Rogue, _: GroupId) -> Checked {
    let group = town.managed;
    let (newcomer, _) = newcomer(town, rogue)?;
    for member in honest_members(town, group) {
        if member.id != newcomer.id {
            town.world.connect(member.device);
        }
    }
    for _ in 0..12 {
        town.pass(1, 900);
        rogue.hear(town);
    }
    let chat = town.world.at(newcomer.device).engine().chat(group);
    let status = chat.map_err(|error| error.to_string())?.map(|chat| chat.status);
    ensure!(
        status == Some(melder_engine::api::GroupStatus::Active),
        "a task that is not done goes to somebody else; the newcomer is {status:?}"
    );
    Ok(())
}

/// Each change of keys is genuine, and there is no end of them: others still get a word in.
pub(super) fn commit_loop(town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
    for _ in 0..8 {
        let stamp = rogue.stamp(town, group)?;
        let bundle = rogue.commit(group, &[], &refresh(), stamp)?;
        rogue.taken(town, request(group, &bundle))?;
        rogue.merge_commit(group)?;
        let author = honest_member(town, group);
        town.write(author, group)?;
    }
    Ok(())
}

impl Rogue {
    /// Follows a log from its end on, as who means to read it.
    pub(super) fn follow(&mut self, town: &mut Town, group: GroupId) -> Checked {
        let head = town.world.server().look(|tx| tx.head(LogId::Group(group)));
        let cursor = Cursor {
            log: LogId::Group(group),
            sequence: Sequence(head.0),
        };
        self.taken(town, Request::Follow(cursor))
    }
}
