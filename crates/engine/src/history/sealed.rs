// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Acknowledgements in channels: sealed to the publisher instead of told to thousands.
//!
//! The publisher makes a key pair for each message that asks; the public half stands in the message, the secret half is
//! shared with the publisher's other devices. A reader writes an ordinary acknowledgement for the channel, signs it with
//! the device's key (HPKE proves no sender) and seals it. In the inbox the server sees a key's hash and sealed bytes.

use melder_content::{AckKeyShare, AckRequest, Content, Encoded, Message, MessageId, Origin};
use melder_mls::{sealed, sign};
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::roster::GroupKind;
use melder_protocol::{AccountId, GroupId, Member, Signature, Time};
use minicbor::{Decode, Encode};
use rusqlite::{OptionalExtension as _, params};

use super::apply;
use super::item::{self, Item, Kind, Stored};
use crate::api::{MessageState, Misbehaviour};
use crate::error::EngineError;
use crate::people;
use crate::store::{Id, int, uint};
use crate::work::Work;

const INFO: &[u8] = b"melder acknowledgement";
/// What the device signs: group id, message id, content.
const LABEL: &str = "acknowledgement";
/// Sealed acknowledgements that wait for their key. More than that is somebody's mischief.
const MAX_WAITING: i64 = 10_000;

/// What stands in the inbox. `key`: the first 16 bytes of the SHA-256 of the public key.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Envelope {
    #[n(0)]
    key: Bytes,
    #[n(1)]
    sealed: Bytes,
}

/// What is sealed.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Letter {
    /// The acknowledgement as a message of the channel.
    #[n(0)]
    content: Bytes,
    #[n(1)]
    signature: Signature,
}

fn key_id(public: &[u8]) -> Vec<u8> {
    sign::sha256(public).as_bytes()[..16].to_vec()
}

fn surroundings(group: GroupId, message: MessageId) -> Vec<u8> {
    [&group.as_bytes()[..], &message.as_bytes()[..]].concat()
}

/// To be called on each own message before it is encoded: in a channel, an alarm or a request to acknowledge gets a
/// fresh key, whose secret half goes to our other devices.
pub(crate) fn prepare(work: &mut Work<'_>, kind: GroupKind, message: &mut Message) -> Result<(), EngineError> {
    let place = match (&mut message.content, &mut message.ack_request) {
        _ if kind != GroupKind::Channel => return Ok(()),
        (Content::Alarm(alarm), _) => &mut alarm.ack_key,
        (Content::Edit { .. }, _) | (_, None) => return Ok(()),
        (_, Some(AckRequest { key, .. })) => key,
    };
    if place.is_some() {
        return Ok(());
    }
    let pair = sealed::generate(work.rng)?;
    *place = Some(Bytes(pair.public.clone()));
    let share = AckKeyShare {
        public_key: Bytes(pair.public),
        private_key: Bytes(pair.secret.to_vec()),
    };
    learn_key(work, &share)?;
    crate::archive::tell_own_devices(work, Content::AckKeyShare(share))
}

/// A message of our account asks for acknowledgements sealed to this key.
pub(super) fn key_of(work: &mut Work<'_>, group: GroupId, id: MessageId, public: &[u8]) -> Result<(), EngineError> {
    work.tx
        .prepare_cached(
            "INSERT INTO ack_keys (id, public, grp, message, time) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET grp = excluded.grp, message = excluded.message",
        )?
        .execute(params![
            key_id(public),
            public,
            group.as_bytes(),
            id.as_bytes(),
            int(work.now.0)
        ])?;
    open_waiting(work, public)
}

/// The secret half, from this or another device of ours.
pub(crate) fn learn_key(work: &mut Work<'_>, share: &AckKeyShare) -> Result<(), EngineError> {
    let public = share.public_key.as_slice();
    work.tx
        .prepare_cached(
            "INSERT INTO ack_keys (id, public, secret, time) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET secret = excluded.secret",
        )?
        .execute(params![
            key_id(public),
            public,
            share.private_key.as_slice(),
            int(work.now.0)
        ])?;
    open_waiting(work, public)
}

/// The keys for a new device.
pub(crate) fn known_keys(work: &Work<'_>) -> Result<Vec<AckKeyShare>, EngineError> {
    Ok(work
        .tx
        .prepare_cached("SELECT public, secret FROM ack_keys WHERE secret IS NOT NULL ORDER BY id")?
        .query_map([], |row| {
            Ok(AckKeyShare {
                public_key: Bytes(row.get(0)?),
                private_key: Bytes(row.get(1)?),
            })
        })?
        .collect::<Result<_, _>>()?)
}

/// Seals our acknowledgement (`encoded`) of `to` to the publisher's key, and tells our other devices. `None`: that
/// message has no key, so the acknowledgement goes to the group.
pub(crate) fn seal_acknowledgement(
    work: &mut Work<'_>,
    group: GroupId,
    to: MessageId,
    encoded: &Encoded,
) -> Result<Option<(AccountId, Vec<u8>)>, EngineError> {
    let Some(stored) = Stored::load(work.tx, group, to)? else {
        return Ok(None);
    };
    let Ok(original) = Message::decode(&stored.content, &stored.origin()) else {
        return Ok(None);
    };
    let Some(public) = item::ack_key(&original.message) else {
        return Ok(None);
    };
    let surroundings = surroundings(group, to);
    let signed = [&surroundings[..], &encoded.bytes].concat();
    let letter = Letter {
        content: Bytes(encoded.bytes.clone()),
        signature: work.identity()?.key.sign(LABEL, &signed),
    };
    // A key that is none is the publisher's mistake; the acknowledgement then goes nowhere but to our own devices.
    let Ok(sealed) = sealed::seal(public, INFO, &surroundings, &cbor::encode(&letter)) else {
        return Ok(None);
    };
    let envelope = Envelope {
        key: Bytes(key_id(public)),
        sealed: Bytes(sealed),
    };
    if let Ok(decoded) = Message::decode(
        &encoded.bytes,
        &Origin {
            sender: work.identity()?.member.account,
            group,
        },
    ) {
        crate::archive::tell_own_devices(work, decoded.message.content)?;
    }
    Ok(Some((stored.sender.account, cbor::encode(&envelope))))
}

/// Takes in sealed bytes from our inbox.
pub(crate) fn open_sealed(work: &mut Work<'_>, sender: Member, bytes: &[u8]) -> Result<(), EngineError> {
    let Ok(envelope) = cbor::decode::<Envelope>(bytes) else {
        work.misbehaviour(None, Misbehaviour::Malformed);
        return Ok(());
    };
    open(work, sender, work.now, &envelope, bytes)
}

fn open(work: &mut Work<'_>, sender: Member, time: Time, envelope: &Envelope, bytes: &[u8]) -> Result<(), EngineError> {
    type Key = (Option<Vec<u8>>, Option<Id<GroupId>>, Option<Id<MessageId>>);
    let key: Option<Key> = work
        .tx
        .prepare_cached("SELECT secret, grp, message FROM ack_keys WHERE id = ?1")?
        .query_row([envelope.key.as_slice()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((Some(secret), Some(Id(group)), Some(Id(to)))) = key else {
        // The key comes through the own group, the message through the channel; each log has its own pace.
        work.tx
            .prepare_cached(
                "INSERT INTO ack_waiting (key, account, device, time, bytes) SELECT ?1, ?2, ?3, ?4, ?5
                 WHERE (SELECT COUNT(*) FROM ack_waiting) < ?6",
            )?
            .execute(params![
                envelope.key.as_slice(),
                sender.account.as_bytes(),
                sender.device.as_bytes(),
                int(time.0),
                bytes,
                MAX_WAITING
            ])?;
        return Ok(());
    };
    let surroundings = surroundings(group, to);
    let opened = sealed::open(&secret, INFO, &surroundings, envelope.sealed.as_slice()).ok();
    let Some(letter) = opened.and_then(|opened| cbor::decode::<Letter>(&opened).ok()) else {
        work.misbehaviour(Some(group), Misbehaviour::Malformed);
        return Ok(());
    };
    let signed = [&surroundings[..], letter.content.as_slice()].concat();
    let chain = people::chain(work, sender.account)?;
    let device = chain.as_ref().and_then(|chain| chain.past_key(sender.device));
    if device.is_none_or(|key| sign::verify(key, LABEL, &signed, &letter.signature).is_err()) {
        work.misbehaviour(Some(group), Misbehaviour::ForgedSender);
        return Ok(());
    }
    take(work, sender, time, group, to, letter.content.as_slice())
}

fn take(
    work: &mut Work<'_>,
    sender: Member,
    time: Time,
    group: GroupId,
    to: MessageId,
    bytes: &[u8],
) -> Result<(), EngineError> {
    let decoded = Message::decode(
        bytes,
        &Origin {
            sender: sender.account,
            group,
        },
    )
    .ok();
    let Some(decoded) = decoded.filter(|decoded| {
        Kind::of(&decoded.message.content) == Kind::Acknowledgement
            && item::target(&decoded.message.content) == Some(to)
    }) else {
        work.misbehaviour(Some(group), Misbehaviour::Malformed);
        return Ok(());
    };
    let item = Item {
        group,
        id: decoded.id,
        sender,
        sequence: None,
        time,
        state: MessageState::Received,
        quiet: false,
        power: false,
        expires: None,
        bytes,
        message: &decoded.message,
    };
    if item::insert(work, &item)?.is_some() {
        apply::settle(work, group, decoded.id, &decoded.message)?;
    }
    Ok(())
}

/// A key has become complete, perhaps: opens what waited for it.
fn open_waiting(work: &mut Work<'_>, public: &[u8]) -> Result<(), EngineError> {
    let waiting: Vec<(Member, i64, Vec<u8>)> = work
        .tx
        .prepare_cached("DELETE FROM ack_waiting WHERE key = ?1 RETURNING account, device, time, bytes")?
        .query_map([key_id(public)], |row| {
            Ok((
                Member {
                    account: row.get::<_, Id<_>>(0)?.0,
                    device: row.get::<_, Id<_>>(1)?.0,
                },
                row.get(2)?,
                row.get(3)?,
            ))
        })?
        .collect::<Result<_, _>>()?;
    for (sender, time, bytes) in waiting {
        if let Ok(envelope) = cbor::decode::<Envelope>(&bytes) {
            open(work, sender, Time(uint(time)), &envelope, &bytes)?;
        }
    }
    Ok(())
}
