// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a stranger sends is a value or an error, never a panic; and what is read is what was written.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod examples;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use examples::{Again, Example};
use melder_protocol::cbor::{Bytes, CborError, decode, encode};
use melder_protocol::frame::{ClientFrame, Hello, ServerFrame};
use melder_protocol::invitation::InvitationLink;
use melder_protocol::linking::LinkCode;
use melder_protocol::push::Ring;
use melder_protocol::request::Request;
use melder_protocol::roster::{Author, Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, Counter, Cursor, DeviceId, Epoch, GroupId, Hash, Index, LogId, Member, PublicKey, RequestId, Sequence,
    Signature, Time,
};
use proptest::collection::vec;
use proptest::prelude::*;

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(examples::all);

/// One decoder for each type.
static DECODERS: LazyLock<BTreeMap<&'static str, Again>> =
    LazyLock::new(|| EXAMPLES.iter().map(|example| (example.rule, example.again)).collect());

/// Gives the bytes to a decoder. What it accepts is written, and read again, as the same.
fn read(again: Again, bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(written) = again(bytes) {
        prop_assert_eq!(again(&written), Ok(written));
    }
    Ok(())
}

fn example() -> impl Strategy<Value = &'static Example> {
    (0..EXAMPLES.len()).prop_map(|number| &EXAMPLES[number])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_are_a_value_or_an_error(bytes in vec(any::<u8>(), 0..256)) {
        for again in DECODERS.values() {
            read(*again, &bytes)?;
        }
    }

    #[test]
    fn bytes_that_look_like_our_own_are_a_value_or_an_error(
        variant in 0_u8..40, inner in 0_u8..24, rest in vec(any::<u8>(), 0..64),
    ) {
        let bytes = [&[0x82, 0x18, variant, 0x80 | inner][..], &rest].concat();
        for again in DECODERS.values() {
            read(*again, &bytes)?;
        }
    }

    #[test]
    fn a_damaged_value_is_a_value_or_an_error(
        example in example(), changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = example.bytes.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        read(example.again, &bytes)?;
    }

    #[test]
    fn a_value_that_was_cut_off_is_an_error(example in example(), at in any::<prop::sample::Index>()) {
        let bytes = &example.bytes[..at.index(example.bytes.len())];
        prop_assert!((example.again)(bytes).is_err(), "{} {}", example.rule, example.name);
    }

    #[test]
    fn a_value_with_more_behind_it_is_an_error(example in example(), more in vec(any::<u8>(), 1..9)) {
        let bytes = [&example.bytes[..], &more].concat();
        prop_assert_eq!((example.again)(&bytes), Err(CborError::Trailing(more.len())));
    }

    #[test]
    fn a_value_of_one_type_is_read_by_no_other_with_a_panic(example in example()) {
        for again in DECODERS.values() {
            read(*again, &example.bytes)?;
        }
    }

    #[test]
    fn pieces_are_put_out_of_order_without_harm(
        example in example(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(), len in 0_usize..40,
    ) {
        let mut bytes = example.bytes.clone();
        let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
        let piece: Vec<u8> = bytes.iter().skip(a).take(len).copied().collect();
        bytes.splice(b..b, piece);
        read(example.again, &bytes)?;
    }

    #[test]
    fn any_frame_is_read_as_it_was_written(frame in frame()) {
        prop_assert_eq!(decode(&encode(&frame)), Ok(frame));
    }

    #[test]
    fn any_roster_change_is_read_as_it_was_written(change in roster_change()) {
        let signed = Signed::from_parts(encode(&change), PublicKey::from_bytes([1; 32]), Signature::from_bytes([2; 64]));
        let read: Signed<RosterChange> = decode(&encode(&signed)).unwrap();
        prop_assert_eq!(read.peek(), Ok(change));
        prop_assert_eq!(read, signed);
    }

    #[test]
    fn any_text_is_an_invitation_or_not(text in "\\PC{0,80}") {
        if let Ok(link) = text.parse::<InvitationLink>() {
            prop_assert_eq!(link.to_string().parse(), Ok(link));
        }
    }

    #[test]
    fn any_text_is_a_link_code_or_not(text in "\\PC{0,80}") {
        let _ = LinkCode::parse(&text, "https://melder.example");
    }

    #[test]
    fn an_id_is_read_from_its_text(bytes in any::<[u8; 16]>()) {
        let id = AccountId::from_bytes(bytes);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
    }
}

/// Arrays within arrays, maps that announce more than there is: the usual tricks.
#[test]
fn hostile_shapes_are_errors() {
    let deep = [vec![0x81; 100_000], vec![0]].concat();
    let shapes: [&[u8]; 6] = [
        &deep,
        &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        &[0x82, 2, 0x81, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0xbf, 0xff],
        &[0x9f, 0x9f, 0x9f],
    ];
    for shape in shapes {
        for again in DECODERS.values() {
            assert!(again(shape).is_err());
        }
    }
}

/// A newer side may say more; what it says is passed over.
#[test]
fn further_elements_are_passed_over() {
    let known = encode(&ServerFrame::Gap {
        log: LogId::Group(GroupId::from_bytes([1; 16])),
        through: Sequence(7),
    });
    let mut longer = known.clone();
    assert_eq!(longer[2], 0x82, "an array of two");
    longer[2] = 0x84;
    longer.extend([0x81, 0x01, 0x63, b'n', b'e', b'w']);
    assert_eq!(decode::<ServerFrame>(&longer).map(|frame| encode(&frame)), Ok(known));
}

fn id() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

fn member() -> impl Strategy<Value = Member> {
    (id(), id()).prop_map(|(account, device)| Member {
        account: AccountId::from_bytes(account),
        device: DeviceId::from_bytes(device),
    })
}

fn log() -> impl Strategy<Value = LogId> {
    prop_oneof![
        id().prop_map(|id| LogId::Group(GroupId::from_bytes(id))),
        id().prop_map(|id| LogId::Inbox(AccountId::from_bytes(id))),
    ]
}

fn cursor() -> impl Strategy<Value = Cursor> {
    (log(), any::<u64>()).prop_map(|(log, sequence)| Cursor {
        log,
        sequence: Sequence(sequence),
    })
}

fn ring() -> impl Strategy<Value = Ring> {
    proptest::sample::select(vec![Ring::Silent, Ring::Message, Ring::Alarm, Ring::AlarmOnDuty])
}

fn request() -> impl Strategy<Value = Request> {
    let bytes = || vec(any::<u8>(), 0..64).prop_map(Bytes);
    prop_oneof![
        (id(), any::<u64>(), bytes(), ring()).prop_map(|(group, counter, bytes, ring)| Request::Append {
            group: GroupId::from_bytes(group),
            counter: Counter(counter),
            bytes,
            ring,
        }),
        (id(), bytes(), proptest::option::of(bytes()), bytes()).prop_map(|(group, commit, welcome, group_info)| {
            Request::Commit {
                group: GroupId::from_bytes(group),
                commit,
                welcome,
                group_info,
            }
        }),
        (id(), proptest::option::of(any::<u64>())).prop_map(|(group, epoch)| Request::GroupState {
            group: GroupId::from_bytes(group),
            epoch: epoch.map(Epoch),
        }),
        ("\\PC{0,40}", proptest::option::of(id())).prop_map(|(query, after)| Request::FindAccounts {
            query,
            after: after.map(AccountId::from_bytes),
        }),
        cursor().prop_map(Request::Follow),
        vec(id().prop_map(AccountId::from_bytes), 0..9).prop_map(Request::Accounts),
    ]
}

fn frame() -> impl Strategy<Value = ClientFrame> {
    prop_oneof![
        (any::<u16>(), member(), any::<[u8; 32]>(), "\\PC{0,20}").prop_map(|(version, member, half, software)| {
            let signature = Signature::from_slice(&half.repeat(2)).unwrap();
            ClientFrame::Hello(Hello {
                version,
                account: member.account,
                device: member.device,
                signature,
                software,
            })
        }),
        (any::<u32>(), request()).prop_map(|(id, request)| ClientFrame::Request {
            id: RequestId(id),
            request
        }),
        vec(cursor(), 0..9).prop_map(ClientFrame::Ack),
    ]
}

fn roster_change() -> impl Strategy<Value = RosterChange> {
    let role = prop_oneof![Just(Role::Member), Just(Role::Publisher), Just(Role::Manage)];
    let set = vec(
        (id(), role).prop_map(|(id, role)| RosterMember {
            account: AccountId::from_bytes(id),
            role,
        }),
        0..5,
    );
    let unset = vec(id().prop_map(AccountId::from_bytes), 0..5);
    let author = prop_oneof![Just(Author::Organisation), member().prop_map(Author::Device)];
    let name = proptest::option::of("\\PC{0,20}");
    (
        id(),
        any::<u32>(),
        any::<[u8; 32]>(),
        set,
        unset,
        name,
        author,
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(
            |(group, index, previous, set, unset, name, author, time, closed)| RosterChange {
                group: GroupId::from_bytes(group),
                index: Index(index),
                previous: Hash::from_bytes(previous),
                terms: None,
                set,
                unset,
                name,
                author,
                time: Time(time),
                closed,
            },
        )
}
