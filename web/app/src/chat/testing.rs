// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Messages to test with.

use melder_port::view::{Body, Item, Line, LineKind, Message, Page, Span, State};
use melder_port::{AccountId, GroupId, MessageId, Sequence, Time};

pub fn id(number: u64) -> MessageId {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    MessageId::from_bytes(bytes).expect("it names its hash")
}

pub fn message(place: u64) -> Message {
    Message {
        id: id(place),
        group: GroupId::from_bytes([7; 16]),
        sender: AccountId::from_bytes([1; 16]),
        sender_name: "Jonas Berger".into(),
        own: false,
        sequence: Some(Sequence(place)),
        time: Time(place * 1_000),
        state: State::Received,
        body: Body::Text(vec![Span::Plain(format!("Nachricht {place}"))]),
        reply: None,
        edited: false,
        expires: None,
        reactions: Vec::new(),
        confirmation: None,
        unconfirmed_sender: false,
    }
}

pub fn line(place: u64) -> Line {
    Line {
        sequence: Sequence(place),
        time: Time(0),
        what: LineKind::Closed,
    }
}

pub fn page(range: std::ops::RangeInclusive<u64>, more_before: bool, more_after: bool) -> Page {
    Page {
        group: GroupId::from_bytes([7; 16]),
        items: range.map(|place| Item::Message(Box::new(message(place)))).collect(),
        more_before,
        more_after,
    }
}
