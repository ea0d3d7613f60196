// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Acknowledgements in channels reach the publisher, on all of the publisher's devices, and nobody else.

use melder_content::{Acknowledgement, Alarm, Content, Message, MessageId, Urgency};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, Member};

use crate::api::{MessageState, Misbehaviour};
use crate::history;
use crate::history::testing::{CHANNEL, Device, OWN_GROUP, Person, encode, misbehaviours};

struct Scene {
    anna: Person,
    bert: Person,
    /// Anna's, on which she publishes.
    first: Device,
    second: Device,
    reader: Device,
    alarm: Message,
    id: MessageId,
}

fn scene() -> Scene {
    let (anna, bert) = (Person::new(1, 2), Person::new(2, 1));
    let mut first = Device::new(&anna, 0, &[&bert]);
    let second = Device::new(&anna, 1, &[&bert]);
    let mut reader = Device::new(&bert, 0, &[&anna]);
    let mut alarm = first.message(Content::Alarm(Alarm {
        urgency: Urgency::Urgent,
        text: "Hochwasser".to_owned(),
        acknowledge_by: None,
        ack_key: None,
        on_duty: false,
        over: false,
    }));
    first.run(|work| history::prepare(work, GroupKind::Channel, &mut alarm).unwrap());
    let encoded = encode(&alarm, anna.member(0), CHANNEL);
    let own = first.own;
    first.run(|work| history::write(work, CHANNEL, own, &encoded, &alarm, MessageState::Pending).unwrap());
    let (id, ..) = reader.hear_message(
        CHANNEL,
        GroupKind::Channel,
        Some(Role::Publisher),
        anna.member(0),
        &alarm,
    );
    Scene {
        anna,
        bert,
        first,
        second,
        reader,
        alarm,
        id,
    }
}

impl Scene {
    fn confirm(&mut self) -> (AccountId, Vec<u8>) {
        let message = self.reader.message(Content::Acknowledgement(Acknowledgement {
            to: self.id,
            note: Some("komme".to_owned()),
        }));
        let own = self.reader.own;
        let encoded = encode(&message, own, CHANNEL);
        let id = self.id;
        self.reader.run(|work| {
            history::write(work, CHANNEL, own, &encoded, &message, MessageState::Pending).unwrap();
            let sealed = history::seal_acknowledgement(work, CHANNEL, id, &encoded).unwrap();
            history::sealed_sent(work, CHANNEL, encoded.id, work.now).unwrap();
            sealed.unwrap()
        })
    }

    /// What the first device told the others in the own group.
    fn told(&self) -> Vec<Vec<u8>> {
        let mut statement = self
            .first
            .connection
            .prepare("SELECT content FROM outbox WHERE grp = ?1")
            .unwrap();
        let told = statement.query_map([OWN_GROUP.as_bytes()], |row| row.get(0)).unwrap();
        told.map(Result::unwrap).collect()
    }
}

fn confirmed(device: &Device, id: MessageId) -> Vec<AccountId> {
    device
        .view(id)
        .unwrap()
        .acknowledged
        .into_iter()
        .map(|(account, _)| account)
        .collect()
}

#[test]
fn the_publisher_opens_it_and_the_reader_is_confirmed_at_once() {
    let mut scene = scene();
    let (to, sealed) = scene.confirm();
    assert_eq!(to, scene.anna.account);
    assert_eq!(confirmed(&scene.reader, scene.id), [scene.bert.account]);
    assert!(
        history::open_alarms(&scene.reader.connection, scene.bert.account)
            .unwrap()
            .is_empty()
    );
    let sender = scene.bert.member(0);
    for _ in 0..2 {
        scene
            .first
            .run(|work| history::open_sealed(work, sender, &sealed).unwrap());
    }
    assert_eq!(confirmed(&scene.first, scene.id), [scene.bert.account]);
}

#[test]
fn the_publishers_other_device_opens_it_in_whatever_order_things_come() {
    let (key, message, sealed) = (0, 1, 2);
    for order in [
        [key, message, sealed],
        [sealed, message, key],
        [message, sealed, key],
        [sealed, key, message],
    ] {
        let mut scene = scene();
        let (_, bytes) = scene.confirm();
        let (own, reader) = (scene.anna.member(0), scene.bert.member(0));
        let share = scene.told();
        let decoded = Message::decode(
            &share[0],
            &melder_content::Origin {
                sender: own.account,
                group: OWN_GROUP,
            },
        )
        .unwrap()
        .message;
        for step in order {
            match step {
                0 => drop(
                    scene
                        .second
                        .hear_message(OWN_GROUP, GroupKind::Own, None, own, &decoded),
                ),
                1 => drop(scene.second.hear_message(
                    CHANNEL,
                    GroupKind::Channel,
                    Some(Role::Publisher),
                    own,
                    &scene.alarm,
                )),
                _ => scene
                    .second
                    .run(|work| history::open_sealed(work, reader, &bytes).unwrap()),
            }
        }
        assert_eq!(confirmed(&scene.second, scene.id), [scene.bert.account], "{order:?}");
        assert_eq!(scene.second.number("SELECT COUNT(*) FROM ack_waiting"), 0);
    }
}

#[test]
fn forged_ones_are_refused() {
    let mut scene = scene();
    let (_, sealed) = scene.confirm();
    let anna: Member = scene.anna.member(0);
    let (_, effects) = scene
        .first
        .work(|work| history::open_sealed(work, anna, &sealed).unwrap());
    assert_eq!(
        misbehaviours(&effects),
        [Misbehaviour::ForgedSender],
        "the server names another sender"
    );
    let bert = scene.bert.member(0);
    let mut damaged = sealed;
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    for bytes in [&damaged[..], b"", b"\xa0"] {
        let (_, effects) = scene
            .first
            .work(|work| history::open_sealed(work, bert, bytes).unwrap());
        assert_eq!(misbehaviours(&effects), [Misbehaviour::Malformed]);
    }
    assert!(confirmed(&scene.first, scene.id).is_empty());
}

#[test]
fn keys_are_only_made_where_they_are_needed() {
    let mut scene = scene();
    assert_eq!(scene.told().len(), 1, "the other device was told once");
    let mut plain = scene.first.message(history::testing::text("nur lesen"));
    scene
        .first
        .run(|work| history::prepare(work, GroupKind::Channel, &mut plain).unwrap());
    let mut alarm = scene.alarm.clone();
    if let Content::Alarm(alarm) = &mut alarm.content {
        alarm.ack_key = None;
    }
    let before = alarm.clone();
    scene
        .first
        .run(|work| history::prepare(work, GroupKind::Group, &mut alarm).unwrap());
    assert_eq!((alarm, plain.ack_request), (before, None));
    assert_eq!(scene.first.number("SELECT COUNT(*) FROM ack_keys"), 1);
}
