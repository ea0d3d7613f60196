// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Groups: whatever the cause, the tree follows the roster.

use melder_mls::roster::direct_group_id;
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::Notice;
use melder_protocol::frame::TaskKind;
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::{GroupKind, Role, RosterMember};
use melder_protocol::{Counter, Epoch, ErrorCode, GroupId, LogId, Suite, Time, limits};

use super::*;

fn private(number: u8) -> GroupId {
    GroupId::from_bytes([number; 16])
}

#[test]
fn a_managed_group_comes_about_by_itself() {
    let mut world = World::new();
    let mut people = [world.person("Ada"), world.person("Bob"), world.person("Eva")];
    let group = world.managed(&people.iter().collect::<Vec<_>>(), Suite::Hybrid);
    world.settle(&mut people.iter_mut().collect::<Vec<_>>());
    assert_eq!(
        world.outline(LogId::Group(group)),
        [
            "roster",
            "account",
            "account",
            "account",
            "established",
            "proposal",
            "proposal",
            "commit"
        ]
    );
    people[1].say(&mut world, group, "Servus").unwrap();
    world.settle(&mut people.iter_mut().collect::<Vec<_>>());
    assert_eq!(people[0].heard(group), ["Servus"]);
    assert_eq!(people[2].heard(group), ["Servus"]);
}

#[test]
fn many_who_come_together_cost_one_commit() {
    let mut world = World::new();
    let mut first = world.person("Ada");
    let mut rest: Vec<Device> = (0..12).map(|_| world.person("Bob")).collect();
    let all: Vec<&Device> = std::iter::once(&first).chain(&rest).collect();
    let group = world.managed(&all, Suite::Classical);
    let mut all: Vec<&mut Device> = std::iter::once(&mut first).chain(&mut rest).collect();
    world.settle(&mut all);
    let commits = world.outline(LogId::Group(group));
    assert_eq!(commits.iter().filter(|kind| **kind == "commit").count(), 1);
    // Each inbox holds one's own secrets, not everybody's.
    let sizes: Vec<usize> = rest
        .iter()
        .flat_map(|device| world.log(LogId::Inbox(device.member.account)))
        .filter_map(|entry| match entry.body {
            melder_protocol::entry::Body::Welcome(welcome) => Some(welcome.bytes.len()),
            _ => None,
        })
        .collect();
    assert_eq!(sizes.len(), 12);
    assert!(sizes.iter().all(|size| *size < 1_200), "{sizes:?}");
}

#[test]
fn a_direct_chat_and_a_private_group_are_their_members_own() {
    let mut world = World::new();
    let (mut ada, mut bob, mut eva) = (world.person("Ada"), world.person("Bob"), world.person("Eva"));
    let (a, b, e) = (ada.member.account, bob.member.account, eva.member.account);
    let direct = direct_group_id(a, b);
    assert_eq!(
        code(ada.start(&mut world, private(1), GroupKind::Direct, &[b])),
        ErrorCode::InvalidRosterChange
    );
    ada.start(&mut world, direct, GroupKind::Direct, &[b]).unwrap();
    let exists = bob.start(&mut world, direct, GroupKind::Direct, &[a]).unwrap_err();
    assert_eq!((exists.code, exists.group), (ErrorCode::GroupExists, Some(direct)));
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    bob.say(&mut world, direct, "Hallo").unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(ada.heard(direct), ["Hallo"]);

    let group = private(2);
    ada.start(&mut world, group, GroupKind::Group, &[b]).unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    let add = |change: &mut melder_protocol::roster::RosterChange| {
        change.set = vec![RosterMember {
            account: e,
            role: Role::Member,
        }];
    };
    assert_eq!(code(bob.change(&mut world, group, add)), ErrorCode::InvalidRosterChange);
    ada.change(&mut world, group, add).unwrap();
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    eva.say(&mut world, group, "Da bin ich").unwrap();
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    assert_eq!(
        (ada.heard(group), bob.heard(group)),
        (vec!["Da bin ich".to_owned()], vec!["Da bin ich".to_owned()])
    );
}

#[test]
fn a_group_that_everybody_has_left_is_gone() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = private(1);
    ada.start(&mut world, group, GroupKind::Group, &[bob.member.account])
        .unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    let leave = |world: &mut World, device: &mut Device| {
        let own = device.member.account;
        device.change(world, group, |change| change.unset = vec![own]).unwrap();
        device.work(world);
        assert_eq!(device.notices.last(), Some(&Notice::LeftGroup(group)));
        assert_eq!(code(device.state(world, group, None)), ErrorCode::UnknownGroup);
    };
    leave(&mut world, &mut bob);
    world.settle(&mut [&mut ada]);
    leave(&mut world, &mut ada);
    assert_eq!(world.log(LogId::Group(group)), []);
}

#[test]
fn whoever_is_taken_out_reads_nothing_more_and_nobody_writes_before_the_removal_is_committed() {
    let mut world = World::new();
    let (mut ada, mut bob, mut eva) = (world.person("Ada"), world.person("Bob"), world.person("Eva"));
    let group = world.managed(&[&ada, &bob, &eva], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    ada.lazy = true;
    bob.lazy = true;
    let gone = eva.member.account;
    world.admin(move |work| Ok(work.change_managed_roster(group, &[], &[gone], None)?));
    eva.work(&mut world);
    let last = eva.chats[&group].position;
    assert_eq!(eva.notices, [Notice::LeftGroup(group)]);

    assert_eq!(code(ada.say(&mut world, group, "noch nicht")), ErrorCode::CommitFirst);
    ada.lazy = false;
    ada.work(&mut world);
    world.settle(&mut [&mut ada, &mut bob]);
    ada.say(&mut world, group, "unter uns").unwrap();
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    assert_eq!(bob.heard(group), ["unter uns"]);
    assert_eq!(eva.chats[&group].position, last);
    assert_eq!(code(eva.say(&mut world, group, "?")), ErrorCode::UnknownGroup);
}

#[test]
fn a_message_of_another_epoch_is_told_where_the_group_is() {
    let mut world = World::new();
    let (mut ada, mut bob, mut eva) = (world.person("Ada"), world.person("Bob"), world.person("Eva"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let stale = bob.message(&mut world, group, "zu spät");
    let late = eva.member.account;
    world.admin(move |work| {
        let member = RosterMember {
            account: late,
            role: Role::Member,
        };
        Ok(work.change_managed_roster(group, &[member], &[], None)?)
    });
    world.settle(&mut [&mut ada, &mut eva]);
    let refusal = bob.ask(&mut world, stale).unwrap_err();
    assert_eq!((refusal.code, refusal.epoch), (ErrorCode::WrongEpoch, Some(Epoch(2))));
    let head = world.log(LogId::Group(group)).last().unwrap().sequence;
    assert_eq!(refusal.sequence, Some(head));
}

#[test]
fn of_two_commits_for_one_epoch_one_is_taken() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    ada.commit(&mut world, group).unwrap();
    let refusal = bob.commit(&mut world, group).unwrap_err();
    assert_eq!((refusal.code, refusal.epoch), (ErrorCode::WrongEpoch, Some(Epoch(2))));
    world.settle(&mut [&mut ada, &mut bob]);
    bob.commit(&mut world, group).unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    ada.say(&mut world, group, "gut").unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(bob.heard(group), ["gut"]);
}

#[test]
fn a_commit_whose_answer_was_lost_is_answered_as_before_and_taken_once() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let taken = ada.commit(&mut world, group).unwrap();
    let same = |answer| matches!(answer, Ok(Response::Appended { sequence, .. }) if sequence == taken);
    let again = ada.last_commit.clone().unwrap();
    assert!(same(ada.ask(&mut world, again.clone())));
    // It is Ada's alone, and only while its epoch is the group's.
    assert_eq!(
        bob.ask(&mut world, again.clone()).unwrap_err().code,
        ErrorCode::WrongEpoch
    );
    world.settle(&mut [&mut ada, &mut bob]);
    bob.commit(&mut world, group).unwrap();
    assert_eq!(ada.ask(&mut world, again).unwrap_err().code, ErrorCode::WrongEpoch);
}

#[test]
fn who_does_not_do_a_task_in_time_is_passed_over() {
    let mut world = World::new();
    let (mut ada, mut bob, mut eva) = (world.person("Ada"), world.person("Bob"), world.person("Eva"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    ada.tasks.clear();
    ada.lazy = true;
    let late = eva.member.account;
    world.admin(move |work| {
        let member = RosterMember {
            account: late,
            role: Role::Member,
        };
        Ok(work.change_managed_roster(group, &[member], &[], None)?)
    });
    world.pass(1_100);
    for device in [&mut ada, &mut bob] {
        device.work(&mut world);
    }
    assert!(matches!(ada.tasks[..], [ref task] if matches!(task.kind, TaskKind::Commit { epoch: Epoch(1), .. })));
    let commits = |world: &mut World| {
        world
            .outline(LogId::Group(group))
            .iter()
            .filter(|kind| **kind == "commit")
            .count()
    };
    assert_eq!(commits(&mut world), 1);
    world.pass(limits::LEASE_MS);
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    assert_eq!(commits(&mut world), 2);
    assert_eq!(ada.tasks.len(), 1);
    assert!(eva.chats.contains_key(&group));
}

/// Many people go at the same time, one change after the other: the commit for the first is out of date when it comes.
/// The rest used to wait until the lease had run out, and nobody could write in the meantime.
#[test]
fn a_commit_that_another_removal_overtook_is_asked_for_anew_at_once() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let (mut eva, mut kim) = (world.person("Eva"), world.person("Kim"));
    let group = world.managed(&[&ada, &bob, &eva, &kim], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob, &mut eva, &mut kim]);
    ada.tasks.clear();
    ada.lazy = true;
    bob.lazy = true;
    let (first, second) = (eva.member.account, kim.member.account);
    world.admin(move |work| Ok(work.change_managed_roster(group, &[], &[first], None)?));
    ada.work(&mut world);
    bob.work(&mut world);
    assert_eq!(ada.tasks.len() + bob.tasks.len(), 1);
    world.admin(move |work| Ok(work.change_managed_roster(group, &[], &[second], None)?));
    let (asked, other) = if ada.tasks.is_empty() {
        (&mut bob, &mut ada)
    } else {
        (&mut ada, &mut bob)
    };
    assert_eq!(code(asked.commit(&mut world, group)), ErrorCode::InvalidCommit);
    other.lazy = false;
    while asked.work(&mut world) | other.work(&mut world) {}
    // No time has passed.
    asked.say(&mut world, group, "unter uns").unwrap();
    while asked.work(&mut world) | other.work(&mut world) {}
    assert_eq!(other.heard(group), ["unter uns"]);
}

#[test]
fn with_nobody_there_a_device_joins_by_itself() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada], Suite::Hybrid);
    world.settle(&mut [&mut ada]);
    ada.disconnect(&mut world);
    let late = bob.member.account;
    world.admin(move |work| {
        let member = RosterMember {
            account: late,
            role: Role::Member,
        };
        Ok(work.change_managed_roster(group, &[member], &[], None)?)
    });
    world.settle(&mut [&mut bob]);
    assert!(bob.tasks.iter().any(|task| task.kind == TaskKind::Join));
    bob.say(&mut world, group, "allein").unwrap();
    ada.connect(&mut world);
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(ada.heard(group), ["allein"]);
}

#[test]
fn a_device_that_lost_its_state_joins_anew() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let key = melder_mls::sign::SigningKey::from_seed(&bob.key.seed());
    let mut bob = Device::new(bob.member.account, key);
    let ready = bob.try_connect(&mut world).unwrap();
    assert!(ready.groups[0].leaf);
    bob.join(&mut world, group).unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    ada.say(&mut world, group, "wieder da?").unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(bob.heard(group), ["wieder da?"]);
}

#[test]
fn in_a_channel_only_publishers_write() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let organisation = world.organisation;
    let members = [
        (ada.member.account, Role::Publisher),
        (bob.member.account, Role::Member),
    ]
    .map(|(account, role)| RosterMember { account, role });
    let group = world.admin(move |work| {
        Ok(work.create_managed_group(organisation, GroupKind::Channel, "Lage", Suite::Classical, &members)?)
    });
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(code(bob.say(&mut world, group, "?")), ErrorCode::NotAPublisher);
    ada.say(&mut world, group, "Lage: ruhig").unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(bob.heard(group), ["Lage: ruhig"]);
    let reach = |world: &mut World| {
        let head = world.log(LogId::Group(group)).last().unwrap().sequence;
        ada.ask(world, Request::Reach { group, sequence: head }).unwrap()
    };
    let missing = reach(&mut world);
    bob.acknowledge(&mut world);
    let reached = reach(&mut world);
    let (yes, no) = (vec![bob.member.account], Vec::new());
    assert_eq!(
        missing,
        Response::Reach {
            reached: no.clone(),
            missing: yes.clone()
        }
    );
    assert_eq!(
        reached,
        Response::Reach {
            reached: yes,
            missing: no
        }
    );
}

#[test]
fn a_proposal_that_nothing_justifies_any_more_is_not_waited_for() {
    let mut world = World::new();
    let (mut ada, mut bob, mut eva) = (world.person("Ada"), world.person("Bob"), world.person("Eva"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    ada.lazy = true;
    bob.lazy = true;
    let late = eva.member.account;
    let member = RosterMember {
        account: late,
        role: Role::Member,
    };
    world.admin(move |work| Ok(work.change_managed_roster(group, &[member], &[], None)?));
    world.pass(1_100);
    world.settle(&mut [&mut ada, &mut bob, &mut eva]);
    let open = |world: &mut World| world.admin(move |work| Ok(work.tx.proposals(group)?.len()));
    assert_eq!(open(&mut world), 1);
    world.admin(move |work| Ok(work.change_managed_roster(group, &[], &[late], None)?));
    // When the lease on the old task is over, the group is looked at again.
    world.pass(limits::LEASE_MS);
    assert_eq!(open(&mut world), 0);
    world.settle(&mut [&mut ada, &mut bob]);
    // A commit need not cover it now.
    let chat = ada.chats.get_mut(&group).unwrap();
    chat.forget_proposals();
    ada.commit(&mut world, group).unwrap();
    world.settle(&mut [&mut ada]);
    ada.say(&mut world, group, "weiter").unwrap();
}

#[test]
fn a_closed_group_takes_nothing_more() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    world.admin(move |work| Ok(work.close_group(group)?));
    assert_eq!(code(ada.say(&mut world, group, "?")), ErrorCode::GroupClosed);
    assert_eq!(code(ada.commit(&mut world, group)), ErrorCode::GroupClosed);
    assert!(ada.state(&mut world, group, None).is_ok());
}

#[test]
fn what_is_no_message_of_the_group_is_refused() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    let other = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let append = |bytes: Vec<u8>| Request::Append {
        group,
        counter: Counter(1),
        bytes: Bytes(bytes),
        ring: melder_protocol::push::Ring::Message,
    };
    assert_eq!(
        code(ada.ask(&mut world, append(vec![1; 40]))),
        ErrorCode::InvalidMessage
    );
    let Request::Append { bytes, .. } = ada.message(&mut world, other, "daneben") else {
        panic!();
    };
    assert_eq!(code(ada.ask(&mut world, append(bytes.0))), ErrorCode::InvalidMessage);
    let large = vec![0; limits::MAX_MESSAGE + 1];
    assert_eq!(code(ada.ask(&mut world, append(large))), ErrorCode::TooLarge);
    // Nothing of this counted.
    ada.say(&mut world, group, "richtig").unwrap();
}

#[test]
fn a_deleted_account_leaves_its_groups() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let direct = direct_group_id(ada.member.account, bob.member.account);
    ada.start(&mut world, direct, GroupKind::Direct, &[bob.member.account])
        .unwrap();
    let own = private(5);
    bob.start(&mut world, own, GroupKind::Own, &[]).unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    let gone = bob.member.account;
    world.desk(move |desk| desk.delete_account(gone, None).map(drop));
    world.settle(&mut [&mut ada]);
    assert_eq!(world.log(LogId::Group(own)), []);
    let leaves = ada.chats[&direct].group.as_ref().unwrap().leaves();
    assert_eq!(leaves.len(), 1);
    assert!(ada.notices.iter().any(|notice| matches!(notice, Notice::Deleted(_))));
    world.pass(Time::MINUTE);
}
