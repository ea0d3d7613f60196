// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Lies about who is in a group, and about the way into one.

use melder_engine::Action;
use melder_engine::api::{Misbehaviour, SystemLine};
use melder_mls::public::PublicGroup;
use melder_mls::sign::{self, SigningKey};
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::{Body, WelcomeEntry};
use melder_protocol::frame::{ServerFrame, Task, TaskKind};
use melder_protocol::request::{GroupState, Response};
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterChange, RosterMember};
use melder_protocol::{Epoch, GroupId, Index, LogId, Member, Sequence, Suite};

use super::super::town::Town;
use super::super::{Checked, ensure};
use super::{author_and_victim, on_entries};
use crate::city::Account;
use crate::device::DeviceNo;

/// With the organisation's key the server puts the ghost into a managed group, as an administrator could.
pub(super) fn official_member(town: &mut Town) -> Checked {
    let group = town.managed;
    let (_, victim) = author_and_victim(town, group);
    let ghost = town.world.person(town.office, "Gespenst");
    town.hostile.insert(ghost.device);
    town.put_in(ghost)?;
    town.pass(6, 500);
    let added = SystemLine::Added {
        accounts: vec![ghost.id],
    };
    let said = town.says(victim.device, group, &added)?;
    ensure!(said, "who comes in is said in the chat");
    let shown = town.shown(ghost.device, group)?;
    ensure!(
        shown.is_empty(),
        "who comes in reads nothing from before; the ghost shows {shown:?}"
    );
    Ok(())
}

fn change(town: &mut Town, group: GroupId) -> Checked<RosterChange> {
    let changes = town.world.server().look(|tx| tx.roster_changes(group));
    let last = changes.last().ok_or("a group has a roster")?;
    Ok(RosterChange {
        group,
        index: Index(u32::try_from(changes.len()).unwrap_or(u32::MAX)),
        previous: sign::sha256(last.payload.as_slice()),
        terms: None,
        set: Vec::new(),
        unset: Vec::new(),
        name: None,
        author: Author::Organisation,
        time: town.time(),
        closed: false,
    })
}

fn must_see(town: &mut Town, victim: Account, group: GroupId, count: usize) -> Checked {
    let members = town.world.at(victim.device).engine().members(group);
    let members = members.map_err(|error| error.to_string())?;
    ensure!(
        members.len() == count,
        "nobody comes or goes by a lie; {} members are shown",
        members.len()
    );
    Ok(())
}

fn forge(town: &mut Town, group: GroupId, key: &SigningKey, fill: impl FnOnce(&mut RosterChange)) -> Checked {
    let (_, victim) = author_and_victim(town, group);
    let mut change = change(town, group)?;
    fill(&mut change);
    let change = sign::sign_statement(key, &change);
    let count = town.members.get(&group).map_or(0, Vec::len);
    let frame = town.made_up(LogId::Group(group), Body::Roster { change });
    town.push(victim.device, &frame);
    town.must_say(victim.device, group, Misbehaviour::ForgedRoster)?;
    must_see(town, victim, group, count)
}

/// In a private group the organisation's key adds nobody.
pub(super) fn ghost_in_private(town: &mut Town) -> Checked {
    let key = town.organisation_key()?;
    let ghost = RosterMember {
        account: town.ghost.member.account,
        role: Role::Manage,
    };
    let group = town.private;
    forge(town, group, &key, |change| change.set.push(ghost))
}

pub(super) fn forged_roster(town: &mut Town) -> Checked {
    let key = SigningKey::from_seed(&town.ghost.key.seed());
    let (out, _) = author_and_victim(town, town.managed);
    let group = town.managed;
    forge(town, group, &key, |change| change.unset.push(out.id))
}

/// Hides all roster changes from the victim, by something harmless in their place.
fn hide_rosters(town: &mut Town, victim: DeviceNo, group: GroupId) {
    let empty = melder_protocol::account::AccountRecord {
        account: town.ghost.member.account,
        organisation: town.office.0,
        chain: Vec::new(),
        badge: None,
    };
    town.scheme(on_entries(victim, group, move |entries| {
        for entry in entries {
            if matches!(entry.body, Body::Roster { .. }) {
                entry.body = Body::Account { record: empty.clone() };
            }
        }
    }));
}

pub(super) fn hidden_addition(town: &mut Town) -> Checked {
    let group = town.managed;
    let (_, victim) = author_and_victim(town, group);
    hide_rosters(town, victim.device, group);
    let newcomer = newcomer(town)?;
    town.put_in(newcomer)?;
    // Should the victim be asked to commit, it does not; then somebody else is.
    town.pass(24, 900);
    town.write(newcomer, group)?;
    // Whether the victim was asked to commit itself, or somebody else did: to it, a stranger comes.
    town.must_say(victim.device, group, Misbehaviour::ForgedMembership)
}

pub(super) fn hidden_removal(town: &mut Town) -> Checked {
    let group = town.managed;
    let newcomer = newcomer(town)?;
    town.put_in(newcomer)?;
    town.pass(6, 500);
    let (_, victim) = loop {
        let (author, victim) = author_and_victim(town, group);
        if victim.id != newcomer.id {
            break (author, victim);
        }
    };
    hide_rosters(town, victim.device, group);
    town.take_out(newcomer)?;
    town.pass(6, 1_500);
    town.must_say(victim.device, group, Misbehaviour::ForgedMembership)
}

/// A cut-off end is not noticed. But whoever is out reads nothing of what is written by those who know.
pub(super) fn withheld_removal(town: &mut Town) -> Checked {
    let group = town.managed;
    let gone = newcomer(town)?;
    town.put_in(gone)?;
    town.pass(6, 500);
    let members = town.members.get(&group).cloned().unwrap_or_default();
    let (victim, author) = (members[0], members[1]);
    town.scheme(on_entries(victim.device, group, Vec::clear));
    town.take_out(gone)?;
    town.pass(4, 1_500);
    let (text, _) = town.write(author, group)?;
    // The victim knows nothing of it; what it writes, nobody gets until it does.
    let (withheld, _) = town.write(victim, group)?;
    town.pass(2, 500);
    for text in [text, withheld] {
        let shown = town.shown(gone.device, group)?;
        ensure!(
            !shown.contains(&text),
            "who is out reads nothing after; {text:?} is shown"
        );
    }
    Ok(())
}

fn newcomer(town: &mut Town) -> Checked<Account> {
    let members = town.members.get(&town.managed).cloned().unwrap_or_default();
    let outside = town
        .people
        .iter()
        .find(|person| !members.iter().any(|member| member.id == person.id))
        .copied();
    Ok(match outside {
        Some(person) => person,
        None => {
            let person = town.world.person(town.office, "Emil");
            town.people.push(person);
            person
        }
    })
}

/// Lets `change` look at the group's state whenever the victim asks for it.
fn on_state(
    victim: DeviceNo,
    mut change: impl FnMut(&mut GroupState) + 'static,
) -> impl FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame> {
    move |to, mut frame| {
        if to == victim
            && let ServerFrame::Response {
                response: Response::GroupState(state),
                ..
            } = &mut frame
        {
            change(state);
        }
        vec![frame]
    }
}

/// The victim's state is of no use any more, so it asks for the group's.
fn break_state(town: &mut Town, victim: Account, group: GroupId) {
    let epoch = Epoch(1_000);
    let frame = town.made_up(
        LogId::Group(group),
        Body::Commit {
            epoch,
            bytes: Bytes(vec![1, 2, 3]),
        },
    );
    town.push(victim.device, &frame);
}

pub(super) fn stale_roster(town: &mut Town) -> Checked {
    let group = town.managed;
    let (_, victim) = author_and_victim(town, group);
    let newcomer = newcomer(town)?;
    town.put_in(newcomer)?;
    town.pass(6, 500);
    town.scheme(on_state(victim.device, |state| state.roster.truncate(1)));
    break_state(town, victim, group);
    town.must_say(victim.device, group, Misbehaviour::RolledBack)?;
    let count = town.members.get(&group).map_or(0, Vec::len);
    must_see(town, victim, group, count)
}

fn public(town: &mut Town, group: GroupId) -> Checked<PublicGroup> {
    let row = town.world.server().look(|tx| tx.public_group(group));
    let row = row.ok_or("the server follows the group")?;
    PublicGroup::from_bytes(&row.state).map_err(|error| error.to_string())
}

/// Puts a proposal before the victim and asks it to commit.
fn propose(town: &mut Town, victim: Account, group: GroupId, epoch: Epoch, bytes: Vec<u8>) -> Checked {
    let frame = town.made_up(
        LogId::Group(group),
        Body::Proposal {
            epoch,
            bytes: Bytes(bytes),
        },
    );
    let ServerFrame::Entries { entries, .. } = &frame else {
        return Err("a made-up entry is an entry".to_owned());
    };
    let through = entries[0].sequence;
    town.push(victim.device, &frame);
    let task = Task {
        group,
        kind: TaskKind::Commit { epoch, through },
        lease_ms: 5_000,
    };
    town.push(victim.device, &ServerFrame::Task(task));
    town.must_say(victim.device, group, Misbehaviour::ForgedMembership)?;
    let leaves = public(town, group)?.leaves();
    let ghost = town.ghost.key.device();
    ensure!(
        !leaves.iter().any(|leaf| leaf.member.device == ghost),
        "no honest device commits a ghost"
    );
    Ok(())
}

pub(super) fn ghost_proposal(town: &mut Town) -> Checked {
    let member = town.ghost.member;
    add_proposal(town, member)
}

/// The credential names a colleague's own device; the key is the ghost's.
pub(super) fn swapped_key_package(town: &mut Town) -> Checked {
    let of = newcomer(town)?;
    let own = town.world.at(of.device).engine().own();
    let own = own
        .map_err(|error| error.to_string())?
        .ok_or("a colleague has an account")?;
    add_proposal(
        town,
        Member {
            account: of.id,
            device: own.device,
        },
    )
}

fn add_proposal(town: &mut Town, member: Member) -> Checked {
    let group = town.managed;
    let (_, victim) = author_and_victim(town, group);
    let key = town.organisation_key()?;
    let package = town.ghost.key_package(member, Suite::Classical)?;
    let public = public(town, group)?;
    let proposal = public.propose_add(&key, &package).map_err(|error| error.to_string())?;
    propose(town, victim, group, public.epoch(), proposal)
}

pub(super) fn false_removal_proposal(town: &mut Town) -> Checked {
    let group = town.managed;
    let (out, victim) = author_and_victim(town, group);
    let key = town.organisation_key()?;
    let public = public(town, group)?;
    let leaf = public.leaves().into_iter().find(|leaf| leaf.member.account == out.id);
    let leaf = leaf.ok_or("a member is a leaf")?;
    let proposal = public
        .propose_remove(&key, leaf.index)
        .map_err(|error| error.to_string())?;
    let before = public.leaves().len();
    propose(town, victim, group, public.epoch(), proposal)?;
    let after = self::public(town, group)?.leaves().len();
    ensure!(before == after, "nobody who belongs is taken out");
    Ok(())
}

/// A managed group in the name of the organisation, under a key that is not the pinned one.
pub(super) fn forged_group(town: &mut Town) -> Checked {
    let (_, victim) = author_and_victim(town, town.managed);
    let group = GroupId::from_bytes([0x77; 16]);
    let key = SigningKey::from_seed(&town.ghost.key.seed());
    let terms = GroupTerms {
        kind: GroupKind::Group,
        authority: Authority::Managed,
        organisation: town.office.0,
        organisation_key: key.public(),
        suite: Suite::Classical,
    };
    let set = [victim.id, town.ghost.member.account].map(|account| RosterMember {
        account,
        role: Role::Member,
    });
    let genesis = melder_mls::roster::genesis(
        group,
        terms,
        set.to_vec(),
        Some("Leitung".into()),
        Author::Organisation,
        town.time(),
    );
    let roster = vec![sign::sign_statement(&key, &genesis)];
    let accounts = vec![town.ghost.record(town.time(), town.office.0)];
    let device = victim.device;
    town.scheme(move |to, frame| match frame {
        // The real server knows of no such group.
        ServerFrame::Refused { id, refusal }
            if to == device && refusal.code == melder_protocol::ErrorCode::UnknownGroup =>
        {
            vec![ServerFrame::Response {
                id,
                response: Response::GroupState(GroupState {
                    mls: None,
                    roster: roster.clone(),
                    accounts: accounts.clone(),
                    head: Sequence(3),
                }),
            }]
        }
        frame => vec![frame],
    });
    let task = Task {
        group,
        kind: TaskKind::Establish,
        lease_ms: 5_000,
    };
    town.push(victim.device, &ServerFrame::Task(task));
    town.must_tell(victim.device, Misbehaviour::ForgedRoster)?;
    let chat = town.world.at(victim.device).engine().chat(group);
    ensure!(
        chat.map_err(|error| error.to_string())?.is_none(),
        "there is no such chat"
    );
    Ok(())
}

/// What is for the account's own devices goes to no group of others.
pub(super) fn false_own_group(town: &mut Town) -> Checked {
    let group = town.managed;
    let (_, victim) = author_and_victim(town, group);
    let device = victim.device;
    town.scheme(move |to, mut frame| {
        if to == device
            && let ServerFrame::Ready(ready) = &mut frame
        {
            ready.groups.retain(|head| head.kind != GroupKind::Own);
            for head in &mut ready.groups {
                if head.group == group {
                    head.kind = GroupKind::Own;
                }
            }
        }
        vec![frame]
    });
    town.world.cut(device);
    town.world.connect(device);
    town.world.rest();
    town.must_tell(device, Misbehaviour::ForgedRoster)?;
    let count = |town: &mut Town| -> u64 { town.world.server().look(|tx| tx.head(LogId::Group(group))).0 };
    let before = count(town);
    let pinned = town.perform(device, Action::Pin { group, pinned: true })?;
    ensure!(pinned.is_ok(), "a chat is pinned: {pinned:?}");
    ensure!(before == count(town), "settings go to no group of others");
    Ok(())
}

/// Anybody can write nonsense into an inbox: the chat goes on as it was.
pub(super) fn garbage_welcome(town: &mut Town) -> Checked {
    let group = town.managed;
    let (author, victim) = author_and_victim(town, group);
    let own = town.world.at(victim.device).engine().own();
    let own = own
        .map_err(|error| error.to_string())?
        .ok_or("a colleague has an account")?;
    let tree = public(town, group)?;
    let epoch = Epoch(tree.epoch().0 + 1);
    let tree = tree.tree().map_err(|error| error.to_string())?;
    town.scheme(on_state(victim.device, move |state| {
        if let Some(mls) = &mut state.mls {
            mls.epoch = epoch;
            mls.tree = Bytes(tree.clone());
        }
    }));
    // Asking for a tree that the server does not have gives a refusal; it lies about that, too.
    let frame = town.made_up(
        LogId::Inbox(victim.id),
        Body::Welcome(WelcomeEntry {
            group,
            epoch,
            sequence: Sequence(0),
            device: own.device,
            bytes: Bytes(vec![0x5a; 400]),
        }),
    );
    town.push(victim.device, &frame);
    town.honest();
    let (text, _) = town.write(author, group)?;
    town.must_have(&[victim.device], group, &text)
}

pub(super) fn wrong_tree(town: &mut Town) -> Checked {
    let newcomer = newcomer(town)?;
    town.scheme(on_state(newcomer.device, |state| {
        if let Some(mls) = &mut state.mls {
            let middle = mls.tree.0.len() / 2;
            mls.tree.0[middle] ^= 1;
        }
    }));
    town.put_in(newcomer)?;
    town.pass(6, 500);
    let told = Misbehaviour::BrokenWelcome;
    town.must_tell(newcomer.device, told)
}

pub(super) fn wrong_group_info(town: &mut Town) -> Checked {
    let group = town.managed;
    let (_, victim) = author_and_victim(town, group);
    town.scheme(on_state(victim.device, |state| {
        if let Some(mls) = &mut state.mls {
            let last = mls.group_info.0.len() - 10;
            mls.group_info.0[last] ^= 1;
        }
    }));
    break_state(town, victim, group);
    town.must_say(victim.device, group, Misbehaviour::WrongAnswer)
}
