// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What happens in a city, with real engines against the real server core, in one process.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;

use common::{direct, shown, text};
use melder_content::{Content, Text};
use melder_engine::Action;
use melder_engine::api::{Draft, GroupStatus, MessageState, Outcome};
use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_simulator::{Account, World};

#[test]
fn two_colleagues_talk() {
    let mut world = World::new(1);
    let office = world.organisation("Kreisverwaltungsreferat");
    let anna = world.person(office, "Anna Berger");
    let jonas = world.person(office, "Jonas Huber");
    let chat = direct(&mut world, anna.device, jonas.id);
    let sent = text(&mut world, anna.device, chat, "Sind Sie am Marienplatz?");
    text(&mut world, jonas.device, chat, "Bin gleich da.");
    for device in [anna.device, jonas.device] {
        assert_eq!(
            shown(&mut world, device, chat),
            ["Sind Sie am Marienplatz?", "Bin gleich da."]
        );
    }
    let message = world.at(anna.device).engine().message(sent).unwrap().unwrap();
    assert_eq!(message.state, MessageState::Sent);
    let chats = world.at(jonas.device).engine().chats().unwrap();
    assert_eq!(chats.len(), 1);
    assert_eq!(chats[0].name, "Anna Berger");
}

#[test]
fn a_managed_group_is_there_for_everybody_and_whoever_leaves_reads_nothing_after() {
    let mut world = World::new(2);
    let office = world.organisation("Verkehrsüberwachung");
    let people: Vec<_> = ["Anna", "Bela", "Cem", "Dora", "Emil"]
        .map(|name| world.person(office, name))
        .to_vec();
    let members: Vec<_> = people.iter().map(|person| (person.id, Role::Member)).collect();
    let group = world.managed(office, GroupKind::Group, "Innenstadt", &members);
    text(&mut world, people[0].device, group, "Guten Morgen");
    text(&mut world, people[4].device, group, "Servus");
    for person in &people {
        assert_eq!(shown(&mut world, person.device, group), ["Guten Morgen", "Servus"]);
    }
    let numbers = |world: &mut World, people: &[Account]| -> BTreeSet<Option<String>> {
        people
            .iter()
            .map(|person| world.at(person.device).engine().group_number(group).unwrap())
            .collect()
    };
    let before = numbers(&mut world, &people);
    assert_eq!(before.len(), 1, "all devices show one number");
    assert!(
        before
            .first()
            .unwrap()
            .as_ref()
            .is_some_and(|number| number.len() == 8 * 6 - 1)
    );
    let gone = people[2];
    world
        .desk(office, move |desk| desk.delete_account(gone.id, None).map(|_| ()))
        .unwrap();
    world.rest();
    text(&mut world, people[1].device, group, "Nur noch wir");
    for person in people.iter().filter(|person| person.id != gone.id) {
        assert_eq!(
            shown(&mut world, person.device, group),
            ["Guten Morgen", "Servus", "Nur noch wir"]
        );
    }
    assert!(
        world.at(gone.device).wiped,
        "a deleted account's device forgets everything"
    );
    let agreed: Vec<_> = people
        .iter()
        .filter(|person| person.id != gone.id)
        .map(|person| world.at(person.device).engine().epoch_authenticator(group).unwrap())
        .collect();
    assert!(agreed.windows(2).all(|pair| pair[0] == pair[1]));
    let left: Vec<_> = people.iter().filter(|person| person.id != gone.id).copied().collect();
    let after = numbers(&mut world, &left);
    assert_eq!(after.len(), 1);
    assert_ne!(before, after, "without a member it is another group");
}

#[test]
fn whoever_was_away_reads_everything_when_back() {
    let mut world = World::new(3);
    let office = world.organisation("Außendienst");
    let people: Vec<_> = ["Anna", "Bela", "Cem"].map(|name| world.person(office, name)).to_vec();
    let members: Vec<_> = people.iter().map(|person| (person.id, Role::Member)).collect();
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    world.cut(people[1].device);
    text(&mut world, people[0].device, group, "eins");
    let late = world.person(office, "Dora");
    world
        .desk(office, move |desk| {
            desk.create_account(&melder_server::directory::accounts::NewAccount {
                kind: AccountKind::Staff,
                name: "Niemand".into(),
                unit: None,
                function: None,
                operation: None,
                ends: None,
            })
            .map(|_| ())
        })
        .unwrap();
    let chat = direct(&mut world, late.device, people[0].id);
    text(&mut world, late.device, chat, "Hallo Anna");
    text(&mut world, people[2].device, group, "zwei");
    // Written without a connection: waits, and goes when the connection is back.
    let waiting = text(&mut world, people[1].device, group, "drei");
    let message = world.at(people[1].device).engine().message(waiting).unwrap().unwrap();
    assert_eq!(message.state, MessageState::Pending);
    world.connect(people[1].device);
    world.rest();
    for person in &people {
        assert_eq!(shown(&mut world, person.device, group), ["eins", "zwei", "drei"]);
    }
}

#[test]
fn a_channel_is_read_by_all_and_written_by_publishers() {
    let mut world = World::new(8);
    let office = world.organisation("Wahlamt");
    let boss = world.person(office, "Leitung");
    let helper = world.person(office, "Helferin");
    let channel = world.managed(
        office,
        GroupKind::Channel,
        "Infos",
        &[(boss.id, Role::Publisher), (helper.id, Role::Member)],
    );
    text(&mut world, boss.device, channel, "Lokale öffnen um acht");
    assert_eq!(shown(&mut world, helper.device, channel), ["Lokale öffnen um acht"]);
    let draft = Box::new(Draft::new(Content::Text(Text::plain("darf nicht"))));
    assert!(
        world
            .perform(helper.device, Action::Send { group: channel, draft })
            .is_err()
    );
}

#[test]
fn a_private_group_has_a_name_that_the_server_never_sees() {
    let mut world = World::new(9);
    let office = world.organisation("KVR");
    let anna = world.person(office, "Anna");
    let bela = world.person(office, "Bela");
    let cem = world.person(office, "Cem");
    let Ok(Outcome::Group(group)) = world.perform(
        anna.device,
        Action::CreateGroup {
            kind: GroupKind::Group,
            name: "Mittagessen".into(),
            description: None,
            members: vec![(bela.id, Role::Member)],
        },
    ) else {
        panic!("no group");
    };
    world.rest();
    assert_eq!(
        world.at(bela.device).engine().chat(group).unwrap().unwrap().name,
        "Mittagessen"
    );
    world
        .perform(
            anna.device,
            Action::ChangeRoster {
                group,
                set: vec![(cem.id, Role::Member)],
                unset: vec![],
            },
        )
        .expect("added");
    world.rest();
    assert_eq!(
        world.at(cem.device).engine().chat(group).unwrap().unwrap().name,
        "Mittagessen"
    );
    world.perform(bela.device, Action::LeaveGroup(group)).expect("left");
    text(&mut world, cem.device, group, "Bela ist gegangen");
    assert_eq!(
        world.at(bela.device).engine().chat(group).unwrap().unwrap().status,
        GroupStatus::Left
    );
    assert!(!shown(&mut world, bela.device, group).contains(&"Bela ist gegangen".to_owned()));
    assert!(shown(&mut world, anna.device, group).contains(&"Bela ist gegangen".to_owned()));
}

#[test]
fn crashes_lose_nothing() {
    let mut world = World::new(10);
    let office = world.organisation("KVR");
    let people: Vec<_> = ["Anna", "Bela", "Cem"].map(|name| world.person(office, name)).to_vec();
    let members: Vec<_> = people.iter().map(|person| (person.id, Role::Member)).collect();
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    let mut expected = Vec::new();
    for round in 0..12 {
        let person = people[round % 3];
        let words = format!("Nachricht {round}");
        let draft = Box::new(Draft::new(Content::Text(Text::plain(words.clone()))));
        world.act(person.device, Action::Send { group, draft });
        expected.push(words);
        match round % 4 {
            0 => world.crash(person.device),
            1 => world.crash_server(),
            2 => world.cut(person.device),
            _ => {}
        }
        for person in &people {
            world.connect(person.device);
        }
        world.rest();
    }
    for person in &people {
        assert_eq!(shown(&mut world, person.device, group), expected);
    }
}

#[test]
fn a_private_group_outlives_its_founder() {
    let mut world = World::new(12);
    let office = world.organisation("KVR");
    let [anna, bela, cem] = ["Anna", "Bela", "Cem"].map(|name| world.person(office, name));
    let Ok(Outcome::Group(group)) = world.perform(
        anna.device,
        Action::CreateGroup {
            kind: GroupKind::Group,
            name: "Stammtisch".into(),
            description: None,
            members: vec![(bela.id, Role::Manage)],
        },
    ) else {
        panic!("no group");
    };
    world.rest();
    world
        .desk(office, move |desk| desk.delete_account(anna.id, None).map(|_| ()))
        .unwrap();
    world.pass(2_000);
    world
        .perform(
            bela.device,
            Action::ChangeRoster {
                group,
                set: vec![(cem.id, Role::Member)],
                unset: vec![],
            },
        )
        .expect("added");
    world.pass(2_000);
    text(&mut world, cem.device, group, "Danke, Bela");
    assert!(shown(&mut world, bela.device, group).contains(&"Danke, Bela".to_owned()));
}

#[test]
fn how_many_are_on_duty_is_a_number_where_it_names_nobody() {
    let mut world = World::new(22);
    let office = world.organisation("KVR");
    let people = ["Anna", "Bela", "Cem", "Dora", "Elif"].map(|name| world.person(office, name));
    let members = people.map(|person| (person.id, Role::Member));
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    let few = world.managed(office, GroupKind::Group, "Leitung", &members[..4]);
    let own = world
        .perform(
            people[0].device,
            Action::CreateGroup {
                kind: GroupKind::Group,
                name: "Mittag".into(),
                description: None,
                members: people[1..].iter().map(|person| (person.id, Role::Member)).collect(),
            },
        )
        .expect("made");
    let Outcome::Group(own) = own else { panic!("{own:?}") };
    world.pass(5_000);
    let on_duty = |world: &mut World, group| match world.perform(people[0].device, Action::AskOnDuty(group)) {
        Ok(Outcome::OnDuty(count)) => count,
        other => panic!("no count: {other:?}"),
    };
    assert_eq!(on_duty(&mut world, group), None, "nobody ever said");
    for (person, on) in [(1, true), (2, true), (3, false)] {
        world
            .perform(people[person].device, Action::SetDuty { on })
            .expect("said");
    }
    world.rest();
    assert_eq!(on_duty(&mut world, group), Some(2));
    assert_eq!(on_duty(&mut world, few), None, "so few that the number names somebody");
    assert_eq!(on_duty(&mut world, own), None, "people chose who is in it");
}

#[test]
fn an_all_clear_also_ends_what_was_called_again_person_by_person() {
    let mut world = World::new(21);
    let office = world.organisation("KVR");
    let [boss, anna] = ["Leitung", "Anna"].map(|name| world.person(office, name));
    let members = [boss, anna].map(|person| (person.id, Role::Member));
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    let send = |world: &mut World, group, text: &str| {
        let alarm = Content::Alarm(melder_content::Alarm {
            urgency: melder_content::Urgency::Urgent,
            text: text.into(),
            acknowledge_by: None,
            ack_key: None,
            on_duty: false,
            over: false,
        });
        let draft = Box::new(Draft::new(alarm));
        match world.perform(boss.device, Action::Send { group, draft }) {
            Ok(Outcome::Queued(id)) => id,
            other => panic!("not queued: {other:?}"),
        }
    };
    let storm = send(&mut world, group, "Sturm");
    let chat = direct(&mut world, boss.device, anna.id);
    send(&mut world, chat, "Sturm");
    let fire = send(&mut world, chat, "Feuer");
    world.rest();
    assert_eq!(world.at(anna.device).engine().open_alarms().unwrap().len(), 3);
    // Nobody gives it but whoever sent the alarm.
    assert!(world.perform(anna.device, Action::AllClear(storm)).is_err());
    world.perform(boss.device, Action::AllClear(storm)).expect("over");
    world.rest();
    let open = world.at(anna.device).engine().open_alarms().unwrap();
    assert_eq!(open.iter().map(|alarm| alarm.id).collect::<Vec<_>>(), [fire]);
    assert!(
        world.perform(boss.device, Action::AllClear(storm)).is_err(),
        "once is enough"
    );
}

#[test]
fn a_channels_acknowledgements_reach_the_publisher_and_nobody_else() {
    let mut world = World::new(14);
    let office = world.organisation("Wahlamt");
    let boss = world.person(office, "Leitung");
    let helpers = ["Eins", "Zwei"].map(|name| world.person(office, name));
    let mut members: Vec<_> = helpers.iter().map(|helper| (helper.id, Role::Member)).collect();
    members.push((boss.id, Role::Publisher));
    let channel = world.managed(office, GroupKind::Channel, "Eilmeldungen", &members);
    let alarm = Content::Alarm(melder_content::Alarm {
        urgency: melder_content::Urgency::Urgent,
        text: "Sturmwarnung: bitte abbrechen".into(),
        acknowledge_by: None,
        ack_key: None,
        on_duty: false,
        over: false,
    });
    let Ok(Outcome::Queued(id)) = world.perform(
        boss.device,
        Action::Send {
            group: channel,
            draft: Box::new(Draft::new(alarm)),
        },
    ) else {
        panic!("no alarm");
    };
    assert_eq!(world.at(helpers[0].device).engine().open_alarms().unwrap().len(), 1);
    let confirm = Content::Acknowledgement(melder_content::Acknowledgement { to: id, note: None });
    world
        .perform(
            helpers[0].device,
            Action::Send {
                group: channel,
                draft: Box::new(Draft::new(confirm)),
            },
        )
        .expect("confirmed");
    world.rest();
    assert!(world.at(helpers[0].device).engine().open_alarms().unwrap().is_empty());
    let acknowledged = |world: &mut World, device| {
        let message = world.at(device).engine().message(id).unwrap().unwrap();
        message
            .acknowledged
            .iter()
            .map(|(account, _)| *account)
            .collect::<Vec<_>>()
    };
    assert_eq!(acknowledged(&mut world, boss.device), [helpers[0].id]);
    assert!(acknowledged(&mut world, helpers[1].device).is_empty());
    world.cut(helpers[1].device);
    let Ok(Outcome::Reach { reached, missing }) = world.perform(
        boss.device,
        Action::AskReach {
            group: channel,
            message: id,
        },
    ) else {
        panic!("no reach");
    };
    assert!(reached.contains(&helpers[0].id) && reached.contains(&helpers[1].id) && missing.is_empty());
}

#[test]
fn an_attachment_survives_a_cut_in_the_middle() {
    let mut world = World::new(15);
    let office = world.organisation("KVR");
    let [anna, bela] = ["Anna", "Bela"].map(|name| world.person(office, name));
    let chat = direct(&mut world, anna.device, bela.id);
    let photo: Vec<u8> = (0..500_000_u32).map(|n| n.to_le_bytes()[0] ^ 0x5a).collect();
    let Ok(Outcome::File(file)) = world.perform(anna.device, Action::StartFile { size: 500_000 }) else {
        panic!("no file");
    };
    for bytes in photo.chunks(100_000) {
        world
            .perform(
                anna.device,
                Action::AddFileChunk {
                    file,
                    bytes: bytes.to_vec(),
                },
            )
            .expect("taken in");
    }
    let mut draft = Draft::new(Content::Text(Text::plain("Falschparker")));
    draft.files.push(melder_engine::api::FileDraft {
        file,
        filename: "foto.jpg".into(),
        content_type: "image/jpeg".into(),
        description: String::new(),
        preview: None,
        dimensions: Some((1200, 800)),
        duration_ms: None,
        evidence: None,
    });
    world.act(
        anna.device,
        Action::Send {
            group: chat,
            draft: Box::new(draft),
        },
    );
    world.steps(2);
    world.cut(anna.device);
    world.connect(anna.device);
    world.rest();
    let messages = world.at(bela.device).engine().messages(chat, None, 10).unwrap();
    let attachment = messages[0].attachments[0].clone();
    assert_eq!((attachment.size, attachment.filename.as_str()), (500_000, "foto.jpg"));
    // A look into the middle, before anything else is here.
    let blob = attachment.blob;
    world
        .perform(bela.device, Action::FetchChunk { blob, index: 3 })
        .expect("one chunk");
    let middle = world.at(bela.device).engine().file_chunk(blob, 3).unwrap();
    assert_eq!(middle.as_deref(), Some(&photo[3 * 65_536..4 * 65_536]));
    assert_eq!(world.at(bela.device).engine().file_chunk(blob, 0).unwrap(), None);
    world.act(bela.device, Action::Download(attachment.blob));
    world.steps(2);
    world.crash(bela.device);
    world.connect(bela.device);
    world.rest();
    world
        .perform(bela.device, Action::Download(attachment.blob))
        .expect("fetched");
    world.rest();
    let mut got = Vec::new();
    while let Some(chunk) = world
        .at(bela.device)
        .engine()
        .file_chunk(attachment.blob, u32::try_from(got.len() / 65_536).unwrap())
        .unwrap()
    {
        got.extend(chunk);
        if got.len() >= 500_000 {
            break;
        }
    }
    assert_eq!(got, photo);
}

#[test]
fn a_photo_taken_back_while_it_uploads_leaves_nothing_waiting() {
    let mut world = World::new(18);
    let office = world.organisation("KVR");
    let [anna, bela] = ["Anna", "Bela"].map(|name| world.person(office, name));
    let chat = direct(&mut world, anna.device, bela.id);
    let Ok(Outcome::File(file)) = world.perform(anna.device, Action::StartFile { size: 200_000 }) else {
        panic!("no file");
    };
    let bytes = vec![7; 200_000];
    world
        .perform(anna.device, Action::AddFileChunk { file, bytes })
        .expect("taken in");
    world.cut(anna.device);
    let mut draft = Draft::new(Content::Text(Text::plain("Versehen")));
    draft.files.push(melder_engine::api::FileDraft {
        file,
        filename: "foto.jpg".into(),
        content_type: "image/jpeg".into(),
        description: String::new(),
        preview: None,
        dimensions: None,
        duration_ms: None,
        evidence: None,
    });
    let Ok(Outcome::Queued(id)) = world.perform(
        anna.device,
        Action::Send {
            group: chat,
            draft: Box::new(draft),
        },
    ) else {
        panic!("not queued");
    };
    let delete = Content::Delete {
        replaces: id,
        in_reply_to: None,
    };
    world
        .perform(
            anna.device,
            Action::Send {
                group: chat,
                draft: Box::new(Draft::new(delete)),
            },
        )
        .expect("taken back");
    world.connect(anna.device);
    world.rest();
    text(&mut world, anna.device, chat, "So.");
    assert_eq!(world.at(anna.device).engine().outbox_len().unwrap(), 0);
    assert_eq!(shown(&mut world, bela.device, chat), ["So."]);
}
