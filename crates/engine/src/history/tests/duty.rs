// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who is rung, and who is away.

use melder_content::{Absence, Content, DutySettings, Settings};
use melder_protocol::Time;
use melder_protocol::push::{ALL_DAYS, Duty, QuietHours, Ring};
use melder_protocol::roster::{GroupKind, Role};

use super::{acknowledgement, alarm, people};
use crate::api::{AbsenceView, Event, Invalid};
use crate::duty;
use crate::history::testing::{Device, GROUP, OWN_GROUP, START, alarms, events, text};

fn for_those_on_duty(words: &str) -> Content {
    match alarm(words) {
        Content::Alarm(alarm) => Content::Alarm(melder_content::Alarm { on_duty: true, ..alarm }),
        other => other,
    }
}

fn set(device: &mut Device, duty: Duty) {
    let settings = DutySettings {
        duty,
        since: device.now,
        quiet: None,
    };
    device.run(|work| duty::take(work, &settings).unwrap());
}

fn is_away(device: &Device, account: melder_protocol::AccountId) -> Option<AbsenceView> {
    duty::absence(&device.connection, account, device.now).unwrap()
}

#[test]
fn what_is_to_be_read_rings_and_what_acts_upon_it_does_not() {
    let (mut device, _, bert, _) = people();
    let id = device.hear(bert.member(0), text("Guten Morgen"));
    let edit = Content::Edit {
        replaces: id,
        body: Box::new(text("Guten Abend")),
    };
    let reply = Content::Reply {
        to: id,
        body: Box::new(text("Morgen")),
    };
    let absence = Content::Absence(Absence {
        note: String::new(),
        until: None,
    });
    for (content, ring) in [
        (text("Guten Morgen"), Ring::Message),
        (reply, Ring::Message),
        (edit, Ring::Silent),
        (acknowledgement(id), Ring::Silent),
        (absence, Ring::Silent),
        (alarm("Räumung"), Ring::Alarm),
        (for_those_on_duty("Räumung"), Ring::AlarmOnDuty),
    ] {
        assert_eq!(duty::ring(&content), ring, "{content:?}");
    }
}

#[test]
fn an_alarm_for_those_on_duty_rings_nobody_who_is_off_duty() {
    let (mut device, _, bert, _) = people();
    for (duty, everybody, on_duty) in [(Duty::Unset, 1, 1), (Duty::On, 1, 1), (Duty::Off, 1, 0)] {
        set(&mut device, duty);
        for (content, rings) in [(alarm("Alle"), everybody), (for_those_on_duty("Dienst"), on_duty)] {
            let message = device.message(content);
            let (id, _, effects) =
                device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
            assert_eq!(alarms(&effects).len(), rings, "{duty:?}");
            assert!(device.view(id).is_some(), "it stands in the chat all the same");
        }
    }
}

#[test]
fn own_devices_tell_each_other_of_duty() {
    let (mut device, anna, bert, _) = people();
    let duty = DutySettings {
        duty: Duty::Off,
        since: START,
        quiet: Some(QuietHours {
            from: 1_200,
            to: 360,
            days: ALL_DAYS,
            offset: 60,
            change: None,
        }),
    };
    let settings = Settings {
        groups: Vec::new(),
        duty: Some(duty),
    };
    let message = device.message(Content::Settings(settings));
    // Nobody else has a say in it.
    let (_, received, _) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Manage), bert.member(0), &message);
    assert_eq!(received.settings, None);
    let (_, received, _) = device.hear_message(OWN_GROUP, GroupKind::Own, None, anna.member(1), &message);
    let told = received.settings.unwrap();
    let ((), effects) = device.work(|work| crate::settings::take(work, &told).unwrap());
    assert!(events(&effects).any(|event| matches!(event, Event::Own)));
    assert_eq!(duty::current(&device.connection).unwrap(), duty);
}

#[test]
fn an_absence_is_shown_until_its_end_and_the_last_word_counts() {
    let (mut device, _, bert, _) = people();
    let until = START.plus(Time::DAY);
    let absence = |note: &str, until| Absence {
        note: note.to_owned(),
        until,
    };
    let hear = |device: &mut Device, absence: &Absence, at| {
        device.run(|work| duty::heard(work, GROUP, bert.account, absence, at).unwrap());
    };
    hear(&mut device, &absence("Urlaub", Some(until)), START);
    assert_eq!(
        is_away(&device, bert.account),
        Some(AbsenceView {
            note: "Urlaub".to_owned(),
            until
        })
    );
    // An older word that comes later, by another group.
    hear(&mut device, &absence("früher", Some(until)), START.minus(1));
    assert_eq!(is_away(&device, bert.account).unwrap().note, "Urlaub");
    hear(&mut device, &absence("", None), START.plus(1));
    assert_eq!(is_away(&device, bert.account), None);
    hear(&mut device, &absence("Kur", Some(until)), START.plus(2));
    assert_eq!(device.run(|work| duty::sweep(work).unwrap()), Some(until));
    device.now = until;
    assert_eq!(is_away(&device, bert.account), None);
    let (next, effects) = device.work(|work| duty::sweep(work).unwrap());
    assert_eq!(next, None);
    assert!(events(&effects).any(|event| matches!(event, Event::GroupChanged(_))));
    // For ever is not believed.
    hear(&mut device, &absence("immer", Some(until.plus(400 * Time::DAY))), until);
    assert_eq!(is_away(&device, bert.account), None);
}

#[test]
fn a_new_own_device_learns_who_is_away() {
    let (mut old, _, bert, _) = people();
    let until = START.plus(Time::DAY);
    let absence = Absence {
        note: "Urlaub".to_owned(),
        until: Some(until),
    };
    old.run(|work| duty::heard(work, GROUP, bert.account, &absence, START).unwrap());
    let known = old.run(|work| duty::absences(work).unwrap());
    assert_eq!(known, [(bert.account, absence.clone(), START)]);
    let (mut new, ..) = people();
    for (account, absence, said) in known {
        new.run(|work| duty::learn(work, account, &absence, said).unwrap());
    }
    assert_eq!(is_away(&new, bert.account).unwrap().note, "Urlaub");
    let endless = Absence {
        until: Some(START.plus(400 * Time::DAY)),
        ..absence
    };
    new.run(|work| duty::learn(work, bert.account, &endless, START.plus(1)).unwrap());
    assert_eq!(
        is_away(&new, bert.account).unwrap().until,
        until,
        "for ever is not believed"
    );
}

#[test]
fn one_s_own_absence_ends_in_the_future_and_not_in_a_lifetime() {
    let (mut device, ..) = people();
    let own = device.own.account;
    for until in [START, START.minus(1), START.plus(367 * Time::DAY)] {
        let absence = AbsenceView {
            note: String::new(),
            until,
        };
        let refused = device.run(|work| duty::set_absence(work, Some(absence)).unwrap());
        assert_eq!(refused, Some(Invalid::ContentInvalid));
        assert_eq!(is_away(&device, own), None);
    }
}
