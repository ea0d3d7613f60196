// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Devices and accounts come, get lost, come back and end, with real engines against the real server core.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{direct, shown, text};
use melder_engine::api::Outcome;
use melder_engine::{Action, Event};
use melder_protocol::ErrorCode;
use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_simulator::{DeviceNo, World};

/// Links a new device to `old`, by the typed code and the compared number.
fn link(world: &mut World, old: DeviceNo) -> DeviceNo {
    let new = world.device();
    world.connect(new);
    let joining = world.act(
        new,
        Action::StartLink {
            device_name: "Tablet".into(),
        },
    );
    world.rest();
    let code = world
        .events(new)
        .into_iter()
        .find_map(|event| match event {
            Event::LinkCode(code) => Some(code),
            _ => None,
        })
        .expect("a code");
    let typed = melder_protocol::linking::LinkCode { offer: None, ..code };
    world.perform(old, Action::AnswerLink(typed)).expect("answered");
    let number = |events: Vec<Event>| {
        events.into_iter().find_map(|event| match event {
            Event::LinkNumber(number) => Some(number),
            _ => None,
        })
    };
    let (ours, theirs) = (number(world.events(old)), number(world.events(new)));
    assert!(ours.is_some() && ours == theirs, "both show the same number");
    world.perform(old, Action::ConfirmLink(true)).expect("linked");
    assert!(matches!(world.outcome(new, joining), Some(Ok(Outcome::Joined))));
    new
}

#[test]
fn a_linked_device_talks_too_and_has_the_history() {
    let mut world = World::new(4);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    let bela = world.person(office, "Bela");
    let chat = direct(&mut world, anna.device, bela.id);
    text(&mut world, anna.device, chat, "vor dem Tablet");
    let tablet = link(&mut world, anna.device);
    world.pass(1_000);
    text(&mut world, bela.device, chat, "nach dem Tablet");
    text(&mut world, tablet, chat, "vom Tablet");
    for _ in 0..10 {
        world.pass(1_000);
    }
    for device in [anna.device, bela.device, tablet] {
        assert_eq!(
            shown(&mut world, device, chat),
            ["vor dem Tablet", "nach dem Tablet", "vom Tablet"],
            "device {device:?}"
        );
    }
}

#[test]
fn a_removed_device_is_out_at_once() {
    let mut world = World::new(5);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    let bela = world.person(office, "Bela");
    let chat = direct(&mut world, anna.device, bela.id);
    let tablet = link(&mut world, anna.device);
    world.pass(1_000);
    let lost = world.at(tablet).engine().own().unwrap().unwrap().device;
    world.perform(anna.device, Action::RemoveDevice(lost)).expect("removed");
    assert!(world.at(tablet).stopped);
    text(&mut world, bela.device, chat, "nicht für das Tablet");
    assert!(!shown(&mut world, tablet, chat).contains(&"nicht für das Tablet".to_owned()));
    assert!(shown(&mut world, anna.device, chat).contains(&"nicht für das Tablet".to_owned()));
}

#[test]
fn a_device_that_an_administrator_removes_is_out_of_everything_by_its_fellow() {
    let mut world = World::new(17);
    let office = world.organisation("KVR");
    let [anna, bela] = ["Anna", "Bela"].map(|name| world.person(office, name));
    let chat = direct(&mut world, anna.device, bela.id);
    let tablet = link(&mut world, anna.device);
    for _ in 0..8 {
        world.pass(1_000);
    }
    let lost = world.at(tablet).engine().own().unwrap().unwrap().device;
    let gone = world
        .desk(office, move |desk| desk.remove_device(anna.id, lost, false))
        .expect("removed");
    assert_eq!((gone.connected, gone.others), (true, 1));
    world.rest();
    assert!(world.at(tablet).stopped && !world.at(tablet).wiped);
    // The telephone comes back by itself, hears of it, and takes the tablet out of the chain.
    for _ in 0..20 {
        world.pass(1_000);
    }
    let left = world.desk(office, move |desk| desk.devices(anna.id)).expect("a list");
    assert_eq!(left.len(), 1, "nothing is left of it: {left:?}");
    let lines = world.at(bela.device).engine().system_lines(chat).unwrap();
    let said = melder_engine::api::SystemLine::DeviceRemoved {
        account: anna.id,
        device: lost,
    };
    assert!(
        lines.iter().any(|(_, _, line)| *line == said),
        "everybody saw it: {lines:?}"
    );
    text(&mut world, bela.device, chat, "nicht für das Tablet");
    assert!(shown(&mut world, anna.device, chat).contains(&"nicht für das Tablet".to_owned()));
    assert!(!shown(&mut world, tablet, chat).contains(&"nicht für das Tablet".to_owned()));
}

#[test]
fn a_device_that_came_and_was_removed_while_its_fellow_was_away_is_taken_out_by_it_too() {
    let mut world = World::new(19);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    let desktop = link(&mut world, anna.device);
    for _ in 0..8 {
        world.pass(1_000);
    }
    world.cut(anna.device);
    let tablet = link(&mut world, desktop);
    for _ in 0..8 {
        world.pass(1_000);
    }
    let lost = world.at(tablet).engine().own().unwrap().unwrap().device;
    world.cut(desktop);
    world
        .desk(office, move |desk| desk.remove_device(anna.id, lost, false))
        .expect("removed");
    // The telephone hears of the removal before it hears that there ever was a tablet.
    world.connect(anna.device);
    for _ in 0..20 {
        world.pass(1_000);
    }
    let left = world.desk(office, move |desk| desk.devices(anna.id)).expect("a list");
    assert_eq!(left.len(), 2, "telephone and desktop: {left:?}");
}

#[test]
fn whoever_is_away_says_so_once_to_all_who_came_meanwhile() {
    let mut world = World::new(20);
    let office = world.organisation("KVR");
    let [anna, bela] = ["Anna", "Bela"].map(|name| world.person(office, name));
    let members = [anna, bela].map(|person| (person.id, Role::Member));
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    let absence = melder_engine::api::AbsenceView {
        note: "Urlaub".into(),
        until: world.now.plus(7 * 24 * 3_600_000),
    };
    world
        .perform(anna.device, Action::SetAbsence(Some(absence)))
        .expect("away");
    world.rest();
    world.cut(anna.device);
    let mut late = Vec::new();
    for name in ["Cem", "Dora", "Elif", "Fritz"] {
        let person = world.person(office, name);
        world
            .desk(office, move |desk| {
                desk.put_group_account(group, person.id, Role::Member).map(|_| ())
            })
            .unwrap();
        for _ in 0..4 {
            world.pass(1_000);
        }
        late.push(person);
    }
    let before = world.at(anna.device).engine().stats().messages_sent;
    world.connect(anna.device);
    for _ in 0..8 {
        world.pass(1_000);
    }
    let said = world.at(anna.device).engine().stats().messages_sent - before;
    assert_eq!(said, 1, "one word for all of them");
    for person in late {
        let member = world.at(person.device).engine().contact(anna.id).unwrap().unwrap();
        assert_eq!(member.absence.map(|absence| absence.note).as_deref(), Some("Urlaub"));
    }
}

#[test]
fn a_lost_device_deletes_its_data_when_it_comes_back() {
    let mut world = World::new(18);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    let own = world.at(anna.device).engine().own().unwrap().unwrap().device;
    world.cut(anna.device);
    let gone = world
        .desk(office, move |desk| desk.remove_device(anna.id, own, true))
        .expect("removed");
    assert!(!gone.connected && gone.others == 0);
    assert!(gone.line.removed.is_some_and(|removed| !removed.told));
    // The account is started anew meanwhile: the old device hears of its order all the same.
    world
        .desk(office, move |desk| desk.reset_account(anna.id, None))
        .expect("reset");
    world.connect(anna.device);
    world.rest();
    assert!(world.at(anna.device).wiped);
}

#[test]
fn an_eleventh_device_gets_a_clear_no() {
    let mut world = World::new(6);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    for _ in 0..9 {
        link(&mut world, anna.device);
    }
    let new = world.device();
    world.connect(new);
    world.act(
        new,
        Action::StartLink {
            device_name: "Nummer elf".into(),
        },
    );
    world.rest();
    let code = world
        .events(new)
        .into_iter()
        .find_map(|event| match event {
            Event::LinkCode(code) => Some(code),
            _ => None,
        })
        .expect("a code");
    let outcome = world.perform(anna.device, Action::AnswerLink(code));
    let Err(melder_engine::api::ActionError::Refused(refusal)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(refusal.code, ErrorCode::TooManyDevices);
}

#[test]
fn a_recovery_code_brings_the_account_back() {
    let mut world = World::new(7);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    let bela = world.person(office, "Bela");
    let chat = direct(&mut world, anna.device, bela.id);
    assert!(!world.at(anna.device).engine().has_recovery_code().unwrap());
    let Ok(Outcome::RecoveryCode(words)) = world.perform(anna.device, Action::CreateRecoveryCode) else {
        panic!("no code");
    };
    assert_eq!(words.split(' ').count(), 12);
    world.rest();
    assert!(world.at(anna.device).engine().has_recovery_code().unwrap());
    world.cut(anna.device);
    let new = world.device();
    world.connect(new);
    let outcome = world.perform(
        new,
        Action::Recover {
            words,
            device_name: "Neues Telefon".into(),
        },
    );
    assert!(matches!(outcome, Ok(Outcome::Joined)), "{outcome:?}");
    world.pass(6_000);
    text(&mut world, bela.device, chat, "Da sind Sie wieder");
    assert_eq!(shown(&mut world, new, chat), ["Da sind Sie wieder"]);
}

#[test]
fn a_guest_ends_on_the_day_that_was_promised() {
    let mut world = World::new(11);
    let office = world.organisation("Wahlamt");
    let boss = world.person(office, "Leitung");
    let ends = world.now.plus(2 * 24 * 3_600_000);
    let guest = world.somebody(office, "Gast", AccountKind::Guest, Some(ends));
    let group = world.managed(
        office,
        GroupKind::Group,
        "Halle A",
        &[(boss.id, Role::Member), (guest.id, Role::Member)],
    );
    text(&mut world, boss.device, group, "Willkommen");
    world.pass(36 * 3_600_000);
    let warned = world
        .events(guest.device)
        .iter()
        .any(|event| matches!(event, Event::Ends(_)));
    assert!(warned, "warned a day before");
    world.pass(13 * 3_600_000);
    assert!(world.at(guest.device).wiped);
    text(&mut world, boss.device, group, "Danke für Ihre Hilfe");
    let record = world
        .desk(office, move |desk| desk.deletion(guest.id))
        .expect("a deletion record");
    let record = record.peek().unwrap();
    assert_eq!(record.account, guest.id);
    assert_eq!(record.groups.len(), 2, "the operation's group and its own: {record:?}");
}

#[test]
fn a_reset_account_starts_anew_and_everybody_sees_it() {
    let mut world = World::new(13);
    let office = world.organisation("KVR");
    let [anna, bela] = ["Anna", "Bela"].map(|name| world.person(office, name));
    let chat = direct(&mut world, anna.device, bela.id);
    text(&mut world, anna.device, chat, "vor dem Verlust");
    world
        .perform(
            bela.device,
            Action::Verify {
                account: anna.id,
                verified: true,
            },
        )
        .expect("compared");
    let trust = |world: &mut World| world.at(bela.device).engine().contact(anna.id).unwrap().unwrap().trust;
    assert_eq!(trust(&mut world), melder_engine::api::Trust::Personal);
    let token = world
        .desk(office, move |desk| {
            desk.reset_account(anna.id, None).map(|invitation| invitation.token)
        })
        .expect("reset");
    world.rest();
    assert!(world.at(anna.device).stopped, "the lost phone is shut out at once");
    let new = world.device();
    world.connect(new);
    let joined = world.perform(
        new,
        Action::Join {
            token,
            device_name: "Neu".into(),
            name: None,
        },
    );
    assert!(matches!(joined, Ok(Outcome::Joined)), "{joined:?}");
    for _ in 0..8 {
        world.pass(1_000);
    }
    assert_eq!(
        trust(&mut world),
        melder_engine::api::Trust::Service,
        "the comparison does not hold any more"
    );
    let lines = world.at(bela.device).engine().system_lines(chat).unwrap();
    let line = melder_engine::api::SystemLine::IdentityChanged { account: anna.id };
    assert!(lines.iter().any(|(_, _, said)| *said == line), "said in the chat");
    let change = |world: &mut World| world.at(bela.device).engine().change(anna.id).unwrap();
    assert!(change(&mut world).is_some_and(|change| !change.seen));
    world.at(bela.device).engine().see_change(anna.id).unwrap();
    assert!(
        change(&mut world).is_some_and(|change| change.seen),
        "told, but not compared"
    );
    let again = Action::Verify {
        account: anna.id,
        verified: true,
    };
    world.perform(bela.device, again).expect("compared");
    assert_eq!(
        change(&mut world),
        None,
        "compared again, it is nobody's concern any more"
    );
    text(&mut world, bela.device, chat, "Sind Sie es?");
    assert_eq!(shown(&mut world, new, chat), ["Sind Sie es?"]);
}

#[test]
fn what_another_log_told_first_does_not_break_a_group() {
    let mut world = World::new(16);
    let office = world.organisation("KVR");
    let [anna, bela, cem] = ["Anna", "Bela", "Cem"].map(|name| world.person(office, name));
    let members = [anna, bela, cem].map(|person| (person.id, Role::Member));
    let first = world.managed(office, GroupKind::Group, "Eins", &members);
    let second = world.managed(office, GroupKind::Group, "Zwei", &members);
    world.cut(cem.device);
    // While Cem is away, Anna's tablet comes, commits, and goes again.
    let tablet = link(&mut world, anna.device);
    for _ in 0..4 {
        world.pass(1_000);
    }
    world.cut(anna.device);
    world.cut(bela.device);
    let late = world.person(office, "Dora");
    world
        .desk(office, move |desk| {
            desk.put_group_account(first, late.id, Role::Member).map(|_| ())
        })
        .unwrap();
    for _ in 0..4 {
        world.pass(1_000);
    }
    text(&mut world, tablet, first, "vom Tablet");
    world.connect(anna.device);
    world.connect(bela.device);
    world.rest();
    let device = world.at(tablet).engine().own().unwrap().unwrap().device;
    world
        .perform(anna.device, Action::RemoveDevice(device))
        .expect("removed");
    for _ in 0..4 {
        world.pass(1_000);
    }
    text(&mut world, bela.device, second, "Zwei lebt");
    text(&mut world, bela.device, first, "Eins lebt");
    world.connect(cem.device);
    world.rest();
    assert_eq!(shown(&mut world, cem.device, first), ["vom Tablet", "Eins lebt"]);
    assert_eq!(shown(&mut world, cem.device, second), ["Zwei lebt"]);
    let stats = world.at(cem.device).engine().stats();
    assert_eq!((stats.refused, stats.repairs), (0, 0));
}

#[test]
fn what_is_said_while_a_device_is_being_linked_reaches_it_too() {
    let mut world = World::new(17);
    let office = world.organisation("KVR");
    let [anna, bela] = ["Anna", "Bela"].map(|name| world.person(office, name));
    let members = [anna, bela].map(|person| (person.id, Role::Member));
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    let chat = direct(&mut world, anna.device, bela.id);
    text(&mut world, bela.device, chat, "eins");
    text(&mut world, bela.device, group, "zwei");
    let tablet = link(&mut world, anna.device);
    // The archive is made; the managed group still gathers its additions.
    text(&mut world, bela.device, group, "drei");
    text(&mut world, bela.device, chat, "vier");
    for _ in 0..60 {
        world.pass(1_000);
    }
    text(&mut world, bela.device, group, "fünf");
    assert_eq!(shown(&mut world, tablet, group), ["zwei", "drei", "fünf"]);
    assert_eq!(shown(&mut world, tablet, chat), ["eins", "vier"]);
}
