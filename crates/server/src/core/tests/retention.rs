// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes, and when.

use melder_protocol::cbor::Bytes;
use melder_protocol::request::Request;
use melder_protocol::{BlobId, ErrorCode, LogId, Sequence, Suite, Time};

use super::*;

#[test]
fn an_entry_goes_when_every_device_has_it() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let sent = ada.say(&mut world, group, "eins").unwrap();
    world.settle(&mut [&mut ada, &mut bob]);
    ada.acknowledge(&mut world);
    world.pass(2 * Time::MINUTE);
    world.pass(2 * Time::MINUTE);
    assert!(
        world
            .log(LogId::Group(group))
            .iter()
            .any(|entry| entry.sequence == sent)
    );
    bob.acknowledge(&mut world);
    world.pass(2 * Time::MINUTE);
    world.pass(2 * Time::MINUTE);
    assert_eq!(world.log(LogId::Group(group)), []);
    // Its fate can still be told, its sequence is never given again, and life goes on.
    assert!(ada.ask(&mut world, Request::Reach { group, sequence: sent }).is_ok());
    assert_eq!(ada.say(&mut world, group, "zwei").unwrap(), sent.next());
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(bob.heard(group), ["eins", "zwei"]);
}

#[test]
fn everything_goes_at_the_retention_limit_and_a_late_device_sees_the_gap() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let blob = BlobId::from_bytes([1; 16]);
    let create = Request::CreateBlob { blob, group, chunks: 1 };
    ada.ask(&mut world, create).unwrap();
    let put = Request::PutChunk {
        blob,
        index: 0,
        bytes: Bytes(vec![0; 20]),
    };
    ada.ask(&mut world, put).unwrap();
    bob.disconnect(&mut world);
    let sent = ada.say(&mut world, group, "verpasst").unwrap();
    world.pass(29 * Time::DAY);
    assert!(!world.log(LogId::Group(group)).is_empty());
    world.pass(2 * Time::DAY);
    assert_eq!(world.log(LogId::Group(group)), []);
    assert_eq!(
        code(ada.ask(&mut world, Request::BlobState(blob))),
        ErrorCode::UnknownBlob
    );
    let again = bob.chats[&group].position;
    assert!(again < sent);
    bob.connect(&mut world);
    bob.work(&mut world);
    assert_eq!(bob.chats[&group].position, sent);
    assert_eq!(bob.heard(group), [""; 0]);
}

#[test]
fn nobody_acknowledges_more_than_there_is_or_what_is_not_theirs() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let eva = world.person("Eva");
    for device in [&bob, &eva] {
        let cursor = melder_protocol::Cursor {
            log: LogId::Group(group),
            sequence: Sequence(u64::MAX),
        };
        let ack = melder_protocol::frame::ClientFrame::Ack(vec![cursor]);
        world.send(device.connection.unwrap(), &ack);
    }
    world.pass(2_000);
    let cursors = world.admin(move |work| Ok(work.tx.cursors(LogId::Group(group))?));
    let head = world.log(LogId::Group(group)).last().unwrap().sequence;
    assert_eq!(cursors.len(), 1);
    assert_eq!((cursors[0].device, cursors[0].sequence), (bob.member.device, head));
}

#[test]
fn a_group_with_a_policy_of_its_own_keeps_less_takes_no_files_and_wakes_nobody() {
    use crate::directory::groups::NewGroup;
    use crate::directory::types::{AccountRule, Alarms, GroupPolicy, Rules};
    use melder_protocol::push::Ring;
    use melder_protocol::roster::{GroupKind, Role};

    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let rule = |device: &Device, role| AccountRule {
        account: device.member.account,
        role,
    };
    let new = NewGroup {
        kind: GroupKind::Group,
        name: "Lage".to_owned(),
        operation: None,
        suite: Some(Suite::Classical),
        rules: Rules {
            accounts: vec![rule(&ada, Role::Publisher), rule(&bob, Role::Member)],
            ..Rules::default()
        },
    };
    let group = world.desk(move |desk| desk.create_group(new)).id;
    world.settle(&mut [&mut ada, &mut bob]);
    let policy = GroupPolicy {
        retention_days: Some(2),
        max_attachment: Some(0),
        alarms: Alarms::Publishers,
    };
    world.desk(move |desk| desk.set_group_policy(group, policy, None));
    let create = Request::CreateBlob {
        blob: BlobId::from_bytes([1; 16]),
        group,
        chunks: 1,
    };
    assert_eq!(code(ada.ask(&mut world, create)), ErrorCode::ForbiddenByPolicy);
    let alarm = |device: &mut Device, world: &mut World| {
        let mut request = device.message(world, group, "Alarm");
        if let Request::Append { ring, .. } = &mut request {
            *ring = Ring::Alarm;
        }
        device.ask(world, request)
    };
    assert_eq!(code(alarm(&mut bob, &mut world)), ErrorCode::ForbiddenByPolicy);
    assert!(alarm(&mut ada, &mut world).is_ok(), "who publishes may");
    world.pass(Time::DAY);
    assert!(!world.log(LogId::Group(group)).is_empty());
    world.pass(2 * Time::DAY);
    assert_eq!(
        world.log(LogId::Group(group)),
        [],
        "two days, and not the organisation's thirty"
    );
}
