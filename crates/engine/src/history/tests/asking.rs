// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What asks for something: polls, alarms, requests to confirm.

use melder_content::{AckRequest, Content, Poll, Vote};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{ErrorCode, GroupId, Time};

use super::{acknowledgement, alarm, people};
use crate::groups::{self, Group, Status};
use crate::history;
use crate::history::testing::{CHANNEL, GROUP, OWN_GROUP, START, alarms, text};

#[test]
fn the_last_vote_of_each_counts() {
    let (mut device, _, bert, cora) = people();
    let options = vec!["ja".to_owned(), "nein".to_owned()];
    let poll = device.say(Content::Poll(Poll {
        question: "Pause?".to_owned(),
        options,
        multiple: false,
    }));
    for (person, choices) in [(&bert, vec![0]), (&cora, vec![1]), (&bert, vec![1]), (&cora, vec![])] {
        device.hear(person.member(0), Content::Vote(Vote { poll, choices }));
    }
    assert_eq!(
        history::votes(&device.connection, GROUP, poll).unwrap(),
        [(bert.account, vec![1])]
    );
    let line = device.say(text("keine Umfrage"));
    let vote = device.message(Content::Vote(Vote {
        poll: line,
        choices: vec![0],
    }));
    let (_, received, _) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &vote);
    assert!(received.id.is_none());
}

#[test]
fn who_confirmed_is_for_the_sender_and_each_counts_once() {
    let (mut device, _, bert, cora) = people();
    let own = device.say(alarm("Sperrung"));
    device.hear(bert.member(0), acknowledgement(own));
    device.now = START.plus(5);
    device.hear(bert.member(0), acknowledgement(own));
    device.hear(cora.member(0), acknowledgement(own));
    let view = device.view(own).unwrap();
    assert!(view.wants_acknowledgement);
    assert_eq!(
        view.acknowledged,
        [(bert.account, START), (cora.account, START.plus(5))]
    );

    let mut asking = device.message(text("Bitte bestätigen"));
    asking.ack_request = Some(AckRequest::default());
    let (theirs, ..) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &asking);
    device.hear(cora.member(0), acknowledgement(theirs));
    assert!(device.view(theirs).unwrap().acknowledged.is_empty(), "that is for Bert");
    device.write(acknowledgement(theirs));
    assert_eq!(
        device.view(theirs).unwrap().acknowledged,
        [(device.own.account, device.now)]
    );
}

#[test]
fn calling_again_one_by_one_does_not_push_the_alarm_out_of_those_that_were_sent() {
    let (mut device, anna, ..) = people();
    let original = device.say(alarm("Unwetter"));
    for number in 0..3 {
        let direct = GroupId::from_bytes([0x40 + number; 16]);
        groups::save(
            &device.connection,
            &Group::new(direct, GroupKind::Direct, Status::Active),
        )
        .unwrap();
        device.now = device.now.plus(1);
        let again = device.message(alarm("Unwetter"));
        device.hear_message(direct, GroupKind::Direct, Some(Role::Member), anna.member(1), &again);
    }
    let sent = history::sent_alarms(&device.connection, device.own.account, 2).unwrap();
    assert_eq!(sent.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [original]);
}

#[test]
fn an_alarm_rings_every_minute_until_it_is_confirmed() {
    let (mut device, _, bert, _) = people();
    let message = device.message(alarm("Räumung"));
    let (id, _, effects) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
    assert_eq!(alarms(&effects), [id]);
    let (next, effects) = device.work(|work| history::sweep(work, None).unwrap());
    assert_eq!((next, alarms(&effects)), (Some(START.plus(Time::MINUTE)), vec![]));
    device.now = START.plus(Time::MINUTE);
    let (_, effects) = device.work(|work| history::sweep(work, None).unwrap());
    assert_eq!(alarms(&effects), [id]);
    assert_eq!(
        history::open_alarms(&device.connection, device.own.account)
            .unwrap()
            .len(),
        1
    );
    let confirmation = device.write(acknowledgement(id));
    assert!(
        history::open_alarms(&device.connection, device.own.account)
            .unwrap()
            .is_empty()
    );
    device.now = START.plus(5 * Time::MINUTE);
    assert_eq!(device.run(|work| history::sweep(work, None).unwrap()), None);
    // It could not be told: then it is not confirmed.
    device.run(|work| history::failed(work, GROUP, confirmation, ErrorCode::GroupClosed).unwrap());
    assert_eq!(
        history::open_alarms(&device.connection, device.own.account)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn another_own_device_confirms_for_this_one_too() {
    let (mut device, anna, bert, _) = people();
    let loud = device.message(alarm("Räumung"));
    let (in_group, ..) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &loud);
    let (in_channel, ..) = device.hear_message(
        CHANNEL,
        GroupKind::Channel,
        Some(Role::Publisher),
        bert.member(0),
        &loud,
    );
    device.hear(anna.member(1), acknowledgement(in_group));
    let copy = device.message(acknowledgement(in_channel));
    device.hear_message(OWN_GROUP, GroupKind::Own, None, anna.member(1), &copy);
    assert!(
        history::open_alarms(&device.connection, device.own.account)
            .unwrap()
            .is_empty()
    );
    assert_eq!(device.view(in_channel).unwrap().acknowledged.len(), 1);
}
