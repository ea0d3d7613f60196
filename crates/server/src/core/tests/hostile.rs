// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Hostile input harms nobody but its sender.

use bytes::Bytes as Frame;
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::Request;
use melder_protocol::{Counter, ErrorCode, LogId, RequestId, Suite};
use proptest::prelude::*;

use super::super::Input;
use super::*;

#[test]
fn bytes_that_are_no_frame_end_their_own_connection_only() {
    let mut world = World::new();
    let (ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let connection = bob.connection.unwrap();
    world.send_bytes(connection, vec![0xff; 30]);
    assert!(!world.is_open(connection));
    bob.work(&mut world);
    assert_eq!(bob.goodbye, Some(ErrorCode::Malformed));
    assert!(ada.ask(&mut world, Request::Devices).is_ok());
}

#[test]
fn a_request_that_can_not_be_read_is_refused_by_its_number() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let connection = ada.connection.unwrap();
    world.frames(connection);
    let good = ClientFrame::Request {
        id: RequestId(77),
        request: Request::Devices,
    };
    let mut bytes = cbor::encode(&good);
    bytes.push(0);
    world.send_bytes(connection, bytes);
    let frames = world.frames(connection);
    assert!(
        matches!(&frames[..], [ServerFrame::Refused { id: RequestId(77), refusal }] if refusal.code == ErrorCode::Malformed),
        "{frames:?}"
    );
    assert!(world.is_open(connection));
}

#[test]
fn a_refused_input_leaves_nothing_and_its_batch_goes_on() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let before = world.log(LogId::Group(group)).len();
    let bad = Request::Commit {
        group,
        commit: Bytes(vec![0; 100]),
        welcome: None,
        group_info: Bytes(Vec::new()),
    };
    let good = ada.message(&mut world, group, "trotzdem");
    let frame = |id, request| {
        Frame::from(cbor::encode(&ClientFrame::Request {
            id: RequestId(id),
            request,
        }))
    };
    let (a, b) = (ada.connection.unwrap(), bob.connection.unwrap());
    world.batch(vec![
        Input::Frame(b, frame(1, bad.clone())),
        Input::Frame(a, frame(2, good)),
        Input::Frame(b, frame(3, bad)),
    ]);
    assert_eq!(world.log(LogId::Group(group)).len(), before + 1);
    world.settle(&mut [&mut ada, &mut bob]);
    assert_eq!(bob.heard(group), ["trotzdem"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Damaged handshakes and messages are refused, and the group lives on.
    #[test]
    fn a_damaged_handshake_is_refused_and_the_group_lives_on(damage in prop::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut world = World::new();
        let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
        let group = world.managed(&[&ada, &bob], Suite::Classical);
        world.settle(&mut [&mut ada, &mut bob]);
        let Request::Append { bytes, .. } = bob.message(&mut world, group, "x") else {
            unreachable!()
        };
        let commit = world.log(LogId::Group(group)).into_iter().find_map(|entry| match entry.body {
            melder_protocol::entry::Body::Commit { bytes, .. } => Some(bytes),
            _ => None,
        });
        for mut hostile in [bytes, commit.unwrap()] {
            for (at, byte) in &damage {
                let at = usize::from(*at) % hostile.len();
                hostile.0[at] ^= byte | 1;
            }
            let commit = Request::Commit {
                group,
                commit: hostile.clone(),
                welcome: Some(hostile.clone()),
                group_info: hostile.clone(),
            };
            prop_assert!(bob.ask(&mut world, commit).is_err());
            let publish = Request::PublishKeyPackages { packages: vec![hostile.clone()], last_resort: vec![hostile.clone()] };
            prop_assert!(bob.ask(&mut world, publish).is_err());
            let establish = Request::Establish { group, genesis: None, group_info: hostile.clone(), tree: hostile };
            prop_assert!(bob.ask(&mut world, establish).is_err());
        }
        ada.say(&mut world, group, "weiter").unwrap();
        world.settle(&mut [&mut ada, &mut bob]);
        prop_assert_eq!(bob.heard(group), ["weiter"]);
    }

    /// Any bytes at all: the core answers, or closes, and serves the next.
    #[test]
    fn any_bytes_are_survived(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..20)) {
        let mut world = World::new();
        let ada = world.person("Ada");
        for bytes in frames {
            let (connection, _) = world.connect();
            world.send_bytes(connection, bytes);
        }
        let own = ada.member.account;
        let seal = Request::Seal { account: own, counter: Counter(1), bytes: Bytes(vec![1]) };
        prop_assert!(ada.ask(&mut world, seal).is_ok());
    }
}
