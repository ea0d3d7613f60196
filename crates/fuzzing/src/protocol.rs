// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All CBOR types of the wire: the first byte selects one, the rest is its encoding.
//!
//! What a decoder accepts is encoded, and read again as the same. (The bytes need not be equal: a newer side may say
//! more, which is passed over.)

use melder_protocol::account::{AccountRecord, Badge, DeviceInfo, DirectoryEntry, OrganisationInfo};
use melder_protocol::blob::BlobState;
use melder_protocol::chain::{Link, LinkBody};
use melder_protocol::deletion::{DeletionRecord, DeviceRemoval};
use melder_protocol::entry::{Body, Entry, Notice, WelcomeEntry};
use melder_protocol::frame::{ClientFrame, MailboxEvent, Ready, ServerFrame, Task};
use melder_protocol::invitation::{InvitationOffer, InvitationToken};
use melder_protocol::linking::LinkMessage;
use melder_protocol::policy::Policy;
use melder_protocol::request::{GroupState, MlsState, Request, Response, Stock};
use melder_protocol::roster::{GroupTerms, RosterChange, RosterStamp};
use melder_protocol::signed::{Signed, Statement};
use melder_protocol::{Cursor, ErrorCode, LogId, Member, Refusal, Suite, cbor};
use minicbor::{Decode, Encode};

/// A decoder, and the encoder behind it.
pub type Again = fn(&[u8]) -> Option<Vec<u8>>;

fn again<T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> Option<Vec<u8>> {
    let value: T = cbor::decode(bytes).ok()?;
    // What is logged of a value must not fail either.
    let shown = format!("{value:?}");
    let encoded = cbor::encode(&value);
    let read: T = cbor::decode(&encoded).expect("what was encoded is read");
    assert_eq!(read, value, "read as it was written");
    drop(shown);
    Some(encoded)
}

/// A signed statement, and what is in it.
fn signed<T>(bytes: &[u8]) -> Option<Vec<u8>>
where
    T: Statement + PartialEq + std::fmt::Debug,
{
    let encoded = again::<Signed<T>>(bytes)?;
    let statement: Signed<T> = cbor::decode(&encoded).expect("what was encoded is read");
    if let Ok(inner) = statement.peek() {
        assert_eq!(cbor::decode(&cbor::encode(&inner)), Ok(inner), "read as it was written");
    }
    Some(encoded)
}

/// Every type, by the number that a corpus knows it by: new ones go to the end.
pub const TYPES: &[(&str, Again)] = &[
    ("ClientFrame", again::<ClientFrame>),
    ("ServerFrame", again::<ServerFrame>),
    ("Request", again::<Request>),
    ("Response", again::<Response>),
    ("Entry", again::<Entry>),
    ("Body", again::<Body>),
    ("RosterChange", again::<RosterChange>),
    ("Signed<RosterChange>", signed::<RosterChange>),
    ("GroupTerms", again::<GroupTerms>),
    ("RosterStamp", again::<RosterStamp>),
    ("Link", again::<Link>),
    ("LinkBody", again::<LinkBody>),
    ("AccountRecord", again::<AccountRecord>),
    ("Signed<Badge>", signed::<Badge>),
    ("Signed<Policy>", signed::<Policy>),
    ("Signed<DeletionRecord>", signed::<DeletionRecord>),
    ("Signed<DeviceRemoval>", signed::<DeviceRemoval>),
    ("LinkMessage", again::<LinkMessage>),
    ("InvitationToken", again::<InvitationToken>),
    ("InvitationOffer", again::<InvitationOffer>),
    ("OrganisationInfo", again::<OrganisationInfo>),
    ("DirectoryEntry", again::<DirectoryEntry>),
    ("DeviceInfo", again::<DeviceInfo>),
    ("BlobState", again::<BlobState>),
    ("GroupState", again::<GroupState>),
    ("MlsState", again::<MlsState>),
    ("Notice", again::<Notice>),
    ("WelcomeEntry", again::<WelcomeEntry>),
    ("Ready", again::<Ready>),
    ("Task", again::<Task>),
    ("MailboxEvent", again::<MailboxEvent>),
    ("Refusal", again::<Refusal>),
    ("Stock", again::<Stock>),
    ("Cursor", again::<Cursor>),
    ("LogId", again::<LogId>),
    ("Member", again::<Member>),
    ("ErrorCode", again::<ErrorCode>),
    ("Suite", again::<Suite>),
];

/// Gives the bytes to the decoder that their first byte names.
pub fn feed(bytes: &[u8]) {
    let Some((number, bytes)) = bytes.split_first() else {
        return;
    };
    let (_, again) = TYPES[usize::from(*number) % TYPES.len()];
    if let Some(encoded) = again(bytes) {
        assert_eq!(again(&encoded), Some(encoded), "an encoding is its own");
    }
}

/// The seed of a type's encoding: its number before it.
#[must_use]
pub fn seed(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let number = TYPES.iter().position(|(known, _)| *known == name)?;
    let number = u8::try_from(number).ok()?;
    Some([&[number], bytes].concat())
}
