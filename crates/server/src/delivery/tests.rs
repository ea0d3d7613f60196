// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Delivery as readers see it.

use std::collections::BTreeMap;

use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::ServerFrame;
use melder_protocol::{GroupId, Time};
use proptest::prelude::*;

use super::*;

const LOG: LogId = LogId::Group(GroupId::from_bytes([1; 16]));
const READER: ConnectionId = ConnectionId(1);

fn entry(sequence: u64) -> Vec<u8> {
    cbor::encode(&Entry {
        sequence: Sequence(sequence),
        time: Time(sequence),
        sender: None,
        body: Body::Established,
    })
}

fn appended(sequence: u64) -> Effect {
    Effect::Appended {
        log: LOG,
        sequence: Sequence(sequence),
        bytes: Arc::from(entry(sequence)),
    }
}

fn follow(connection: ConnectionId, after: u64, head: u64) -> Effect {
    Effect::Follow {
        connection,
        log: LOG,
        after: Sequence(after),
        head: Sequence(head),
    }
}

/// What a reader gets when it writes all that there is; the store has entries from `first` on.
fn drain(delivery: &mut Delivery<u32>, reader: ConnectionId, first: u64, head: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    let mut take = |frame: &Bytes| match cbor::decode::<ServerFrame>(frame).expect("a frame") {
        ServerFrame::Entries { entries, .. } => seen.extend(entries.iter().map(|entry| entry.sequence.0)),
        ServerFrame::Gap { through, .. } => seen.push(1_000_000 + through.0),
        _ => {}
    };
    for _ in 0..100_000 {
        match delivery.next(reader) {
            Next::Write(frames) => frames.iter().for_each(&mut take),
            Next::Read { log, after } => {
                let found: Vec<_> = (after.0 + 1..=head)
                    .filter(|sequence| *sequence >= first)
                    .take(7)
                    .map(|sequence| (Sequence(sequence), entry(sequence)))
                    .collect();
                delivery.found(reader, log, after, &found).iter().for_each(&mut take);
            }
            Next::Chunk { .. } | Next::Close | Next::Idle => return seen,
        }
    }
    panic!("delivery does not come to an end");
}

#[test]
fn spliced_entries_are_the_bytes_of_an_encoded_frame() {
    for count in [0_u64, 1, 23, 24, 256, 300] {
        let all: Vec<Entry> = (1..=count)
            .map(|sequence| cbor::decode(&entry(sequence)).expect("an entry"))
            .collect();
        let encoded: Vec<Vec<u8>> = (1..=count).map(entry).collect();
        let spliced = frame::entries(LOG, encoded.len(), 0, encoded.iter().map(Vec::as_slice));
        assert_eq!(spliced, cbor::encode(&ServerFrame::Entries { log: LOG, entries: all }));
    }
}

#[test]
fn a_reader_behind_the_tail_reads_the_store_then_goes_on_live() {
    let mut delivery = Delivery::default();
    let mut wake = Vec::new();
    delivery.open(READER, 1);
    delivery.apply(follow(READER, 0, 20), &mut wake);
    delivery.apply(appended(21), &mut wake);
    assert!(!wake.is_empty());
    assert_eq!(drain(&mut delivery, READER, 1, 21), (1..=21).collect::<Vec<_>>());
    delivery.apply(appended(22), &mut wake);
    assert_eq!(drain(&mut delivery, READER, 1, 22), [22]);
}

#[test]
fn entries_that_are_gone_leave_a_gap() {
    let mut delivery = Delivery::default();
    let mut wake = Vec::new();
    delivery.open(READER, 1);
    delivery.apply(follow(READER, 2, 10), &mut wake);
    assert_eq!(drain(&mut delivery, READER, 9, 10), [1_000_008, 9, 10]);
    // All of them gone: the gap reaches up to what is in memory.
    delivery.apply(follow(READER, 2, 10), &mut wake);
    delivery.apply(appended(11), &mut wake);
    assert_eq!(drain(&mut delivery, READER, 99, 11), [1_000_010, 11]);
}

#[test]
fn who_unfollows_or_is_closed_gets_nothing_more() {
    let mut delivery = Delivery::default();
    let mut wake = Vec::new();
    delivery.open(READER, 1);
    delivery.apply(follow(READER, 0, 0), &mut wake);
    delivery.apply(appended(1), &mut wake);
    delivery.apply(Effect::Unfollow(READER, LOG), &mut wake);
    assert_eq!(delivery.next(READER), Next::Idle);
    delivery.apply(Effect::Send(READER, Bytes::from_static(b"bye")), &mut wake);
    delivery.apply(Effect::Close(READER), &mut wake);
    assert_eq!(delivery.next(READER), Next::Write(vec![Bytes::from_static(b"bye")]));
    assert_eq!(delivery.next(READER), Next::Close);
    assert!(delivery.tails.is_empty());
}

#[test]
fn who_does_not_fetch_answers_is_not_read() {
    let mut delivery = Delivery::default();
    let mut wake = Vec::new();
    delivery.open(READER, 1);
    for _ in 0..MAX_OPEN_REQUESTS {
        assert!(delivery.may_read(READER));
        delivery.given(READER);
    }
    assert!(!delivery.may_read(READER));
    delivery.taken(READER, &mut wake);
    assert_eq!(wake.len(), 1);
    assert!(delivery.may_read(READER));
}

proptest! {
    /// However appends, reading, falling behind and trimming interleave: everybody gets every entry once, in order.
    #[test]
    fn every_reader_gets_every_entry_once_and_in_order(steps in prop::collection::vec((0_u8..6, 0_u64..4), 1..200)) {
        let mut delivery = Delivery::default();
        let mut wake = Vec::new();
        let mut seen: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        let mut head = 0;
        for (step, reader) in steps {
            let id = ConnectionId(reader);
            match step {
                0..=2 => {
                    head += 1;
                    delivery.apply(appended(head), &mut wake);
                }
                3 => {
                    // Comes (again), where it left off.
                    let got = seen.entry(reader).or_default();
                    delivery.remove(id);
                    delivery.open(id, 0);
                    delivery.apply(follow(id, got.last().copied().unwrap_or(0), head), &mut wake);
                }
                4 => {
                    let got = drain(&mut delivery, id, 1, head);
                    seen.entry(reader).or_default().extend(got);
                }
                _ => delivery.trim(),
            }
        }
        for (reader, mut got) in seen {
            let id = ConnectionId(reader);
            delivery.remove(id);
            delivery.open(id, 0);
            delivery.apply(follow(id, got.last().copied().unwrap_or(0), head), &mut wake);
            got.extend(drain(&mut delivery, id, 1, head));
            prop_assert_eq!(got, (1..=head).collect::<Vec<_>>());
        }
    }
}
