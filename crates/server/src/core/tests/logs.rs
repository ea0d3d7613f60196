// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Appending: once each, in one order for all, whatever happens on the way.

use std::collections::BTreeMap;

use bytes::Bytes as Frame;
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::{AccountId, Counter, ErrorCode, LogId, RequestId, Sequence, Suite};
use proptest::prelude::*;

use super::super::Input;
use super::*;

fn seal(account: AccountId, counter: u64, byte: u8) -> Request {
    Request::Seal {
        account,
        counter: Counter(counter),
        bytes: Bytes(vec![byte; 8]),
    }
}

fn sequence(outcome: Result<Response, melder_protocol::Refusal>) -> Sequence {
    match outcome {
        Ok(Response::Appended { sequence, .. }) => sequence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_repetition_gets_the_first_answer_and_a_gap_the_expected_counter() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let own = ada.member.account;
    let before = world.log(LogId::Inbox(own)).len() as u64;
    let first = ada.ask(&mut world, seal(own, 1, 1)).unwrap();
    world.pass(5_000);
    assert_eq!(ada.ask(&mut world, seal(own, 1, 1)).unwrap(), first);
    assert_eq!(sequence(ada.ask(&mut world, seal(own, 2, 1))), Sequence(before + 2));
    let refusal = ada.ask(&mut world, seal(own, 4, 1)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.counter),
        (ErrorCode::WrongCounter, Some(Counter(3)))
    );
    assert_eq!(code(ada.ask(&mut world, seal(own, 0, 1))), ErrorCode::WrongCounter);
}

#[test]
fn sealed_bytes_reach_only_those_with_whom_one_shares_a_group() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let mut bob = world.person("Bob");
    assert_eq!(
        code(ada.ask(&mut world, seal(bob.member.account, 1, 1))),
        ErrorCode::UnknownAccount
    );
    world.managed(&[&ada, &bob], Suite::Classical);
    assert!(ada.ask(&mut world, seal(bob.member.account, 1, 1)).is_ok());
    bob.work(&mut world);
    assert!(world.outline(LogId::Inbox(bob.member.account)).contains(&"sealed"));
}

#[test]
fn nobody_follows_a_log_that_is_not_theirs() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let bob = world.person("Bob");
    let group = world.managed(&[&ada], Suite::Classical);
    for log in [LogId::Inbox(ada.member.account), LogId::Group(group)] {
        let cursor = melder_protocol::Cursor {
            log,
            sequence: Sequence(0),
        };
        assert_eq!(
            code(bob.ask(&mut world, Request::Follow(cursor))),
            ErrorCode::UnknownLog
        );
    }
    assert_eq!(
        code(bob.ask(&mut world, Request::GroupState { group, epoch: None })),
        ErrorCode::UnknownGroup
    );
}

/// What happens at once, in one batch: device, counter offset (0 the next one, -1 the last again, +1 one too far).
type Step = (usize, i8);

fn batches() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = (0_usize..3, prop_oneof![5 => Just(0_i8), 2 => Just(-1), 1 => Just(1)]);
    prop::collection::vec(prop::collection::vec(step, 1..8), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However the appends of three devices interleave, and wherever batches end: the log has no gap and no double,
    /// every device's appends stand in its order, and repeated ones are told where they stand.
    #[test]
    fn the_log_is_gap_free_under_any_interleaving(batches in batches()) {
        let mut world = World::new();
        let devices = [world.person("Ada"), world.person("Bob"), world.person("Eva")];
        world.managed(&devices.iter().collect::<Vec<_>>(), Suite::Classical);
        let log = devices[0].member.account;
        let start = world.log(LogId::Inbox(log)).len() as u64;
        let mut counters = [0_u64; 3];
        let mut placed: BTreeMap<(usize, u64), Sequence> = BTreeMap::new();
        let mut request = 1_000;
        for batch in batches {
            let mut inputs = Vec::new();
            let mut expected = Vec::new();
            for (device, offset) in batch {
                let counter = (counters[device] + 1).saturating_add_signed(i64::from(offset));
                if offset == 0 {
                    counters[device] += 1;
                }
                request += 1;
                let frame = ClientFrame::Request { id: RequestId(request), request: seal(log, counter, 1) };
                let connection = devices[device].connection.unwrap();
                inputs.push(Input::Frame(connection, Frame::from(cbor::encode(&frame))));
                expected.push((device, counter, RequestId(request)));
            }
            world.batch(inputs);
            let frames: Vec<Vec<ServerFrame>> =
                devices.iter().map(|device| world.frames(device.connection.unwrap())).collect();
            for (device, counter, id) in expected {
                let answer = frames[device].iter().find_map(|frame| match frame {
                    ServerFrame::Response { id: of, response: Response::Appended { sequence, .. } } if *of == id =>
                        Some(Some(*sequence)),
                    ServerFrame::Refused { id: of, refusal } if *of == id => {
                        assert_eq!(refusal.code, ErrorCode::WrongCounter);
                        Some(None)
                    }
                    _ => None,
                });
                if let Some(sequence) = answer.unwrap() {
                    prop_assert_eq!(*placed.entry((device, counter)).or_insert(sequence), sequence);
                }
            }
        }
        let entries = world.log(LogId::Inbox(log));
        let sequences: Vec<u64> = entries.iter().map(|entry| entry.sequence.0).collect();
        prop_assert_eq!(sequences, (1..=start + counters.iter().sum::<u64>()).collect::<Vec<_>>());
        for (device, member) in devices.iter().map(|device| device.member).enumerate() {
            let own: Vec<Sequence> = entries.iter().filter(|entry| entry.sender == Some(member)).map(|entry| entry.sequence).collect();
            let expected: Vec<Sequence> = (1..=counters[device]).map(|counter| placed[&(device, counter)]).collect();
            prop_assert_eq!(own, expected);
        }
    }
}
