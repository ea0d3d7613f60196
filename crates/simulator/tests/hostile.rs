// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A hostile server: it can delay and refuse. Whatever else it tries, honest devices refuse and report.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use melder_content::{Content, Text};
use melder_engine::api::{ActionError, Draft, Invalid, Misbehaviour, SystemLine};
use melder_engine::{Action, Event};
use melder_mls::chain::{self, DeviceChain};
use melder_mls::sign::{self, SigningKey};
use melder_protocol::chain::KeyUse;
use melder_protocol::deletion::{DeletionReason, DeletionRecord};
use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::ServerFrame;
use melder_protocol::request::Response;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{ErrorCode, GroupId, LogId, Time};
use melder_simulator::{Account, DeviceNo, World};

fn say(world: &mut World, from: DeviceNo, group: GroupId, text: &str) {
    let draft = Box::new(Draft::new(Content::Text(Text::plain(text))));
    world.perform(from, Action::Send { group, draft }).expect("queued");
}

fn shown(world: &mut World, device: DeviceNo, group: GroupId) -> Vec<String> {
    let messages = world.at(device).engine().messages(group, None, 100).unwrap();
    messages.into_iter().map(|message| message.text).collect()
}

fn reported(world: &mut World, device: DeviceNo) -> Vec<Misbehaviour> {
    world
        .events(device)
        .into_iter()
        .filter_map(|event| match event {
            Event::Misbehaviour { code, .. } => Some(code),
            _ => None,
        })
        .collect()
}

fn said_in_chat(world: &mut World, device: DeviceNo, group: GroupId, code: Misbehaviour) -> bool {
    let lines = world.at(device).engine().system_lines(group).unwrap();
    lines.iter().any(|(_, _, line)| *line == SystemLine::Refused { code })
}

/// Three colleagues in a managed group.
fn city(seed: u64) -> (World, [Account; 3], GroupId) {
    let mut world = World::new(seed);
    let office = world.organisation("KVR");
    let people = ["Anna", "Bela", "Cem"].map(|name| world.person(office, name));
    let members = people.map(|person| (person.id, Role::Member));
    let group = world.managed(office, GroupKind::Group, "Streife", &members);
    say(&mut world, people[0].device, group, "Guten Morgen");
    for person in people {
        world.events(person.device);
    }
    (world, people, group)
}

/// Lets `change` look at each entry that goes to `victim`.
fn entries(
    victim: DeviceNo,
    mut change: impl FnMut(&mut Entry) + 'static,
) -> impl FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame> {
    move |device, mut frame| {
        if device == victim
            && let ServerFrame::Entries {
                log: LogId::Group(_),
                entries,
            } = &mut frame
        {
            entries.iter_mut().for_each(&mut change);
        }
        vec![frame]
    }
}

#[test]
fn a_device_slipped_into_a_chain_is_refused() {
    let (mut world, [anna, bela, _], group) = city(1);
    let victim = bela.device;
    let ghost = SigningKey::from_seed(&[7; 32]);
    world.tamper(move |device, mut frame| {
        if device == victim
            && let ServerFrame::Entries {
                log: LogId::Group(_),
                entries,
            } = &mut frame
            && let Some(entry) = entries.first_mut()
        {
            // A link that the ghost signs itself, in the place of whatever comes next.
            let body = chain::add_body(
                &DeviceChain::verify(anna.id, &[chain::genesis(&ghost, anna.id, Time(1))]).unwrap(),
                ghost.device(),
                SigningKey::from_seed(&[8; 32]).public(),
                KeyUse::Device,
                Time(2),
            );
            let link = chain::finish_add(body, &ghost, ghost.sign("x", b""));
            entry.body = Body::Account {
                record: melder_protocol::account::AccountRecord {
                    account: anna.id,
                    organisation: melder_protocol::OrganisationId::from_bytes([0; 16]),
                    chain: vec![link],
                    badge: None,
                },
            };
        }
        vec![frame]
    });
    say(&mut world, anna.device, group, "wird unterschlagen");
    assert!(reported(&mut world, victim).contains(&Misbehaviour::ForkedChain));
}

#[test]
fn a_message_under_another_name_is_shown_under_its_own() {
    let (mut world, [anna, bela, cem], group) = city(2);
    let impostor = world.at(cem.device).engine().own().unwrap().unwrap();
    world.tamper(entries(bela.device, move |entry| {
        if let (Some(sender), Body::Message { .. }) = (&mut entry.sender, &entry.body) {
            sender.account = impostor.account;
            sender.device = impostor.device;
        }
    }));
    say(&mut world, anna.device, group, "von Anna");
    let messages = world.at(bela.device).engine().messages(group, None, 100).unwrap();
    let last = messages.last().unwrap();
    assert_eq!((last.text.as_str(), last.sender), ("von Anna", anna.id));
    assert_eq!(reported(&mut world, bela.device), [Misbehaviour::Mislabelled]);
    assert!(said_in_chat(&mut world, bela.device, group, Misbehaviour::Mislabelled));
}

#[test]
fn altered_bytes_are_refused_and_the_group_lives_on() {
    let (mut world, [anna, bela, _], group) = city(3);
    world.tamper(entries(bela.device, |entry| {
        if let Body::Message { bytes, .. } = &mut entry.body
            && let Some(last) = bytes.0.last_mut()
        {
            *last ^= 1;
        }
    }));
    say(&mut world, anna.device, group, "verändert");
    assert_eq!(reported(&mut world, bela.device), [Misbehaviour::Unreadable]);
    world.honest();
    say(&mut world, anna.device, group, "unverändert");
    assert!(shown(&mut world, bela.device, group).contains(&"unverändert".to_owned()));
}

#[test]
fn a_replayed_entry_is_shown_once_and_a_gap_is_noticed() {
    let (mut world, [anna, bela, _], group) = city(4);
    let victim = bela.device;
    world.tamper(move |device, frame| {
        let twice = device == victim && matches!(frame, ServerFrame::Entries { .. });
        if twice { vec![frame.clone(), frame] } else { vec![frame] }
    });
    say(&mut world, anna.device, group, "einmal");
    let count = shown(&mut world, victim, group)
        .iter()
        .filter(|text| *text == "einmal")
        .count();
    assert_eq!(count, 1);
    let mut kept = 0;
    world.tamper(move |device, frame| {
        if device == victim
            && matches!(
                frame,
                ServerFrame::Entries {
                    log: LogId::Group(_),
                    ..
                }
            )
            && kept < 1
        {
            kept += 1;
            return vec![];
        }
        vec![frame]
    });
    say(&mut world, anna.device, group, "unterschlagen");
    say(&mut world, anna.device, group, "danach");
    assert!(reported(&mut world, victim).contains(&Misbehaviour::BrokenLog));
    world.honest();
    world.rest();
    let texts = shown(&mut world, victim, group);
    assert!(
        texts.ends_with(&["unterschlagen".to_owned(), "danach".to_owned()]),
        "{texts:?}"
    );
}

#[test]
fn a_forged_roster_change_is_refused() {
    let (mut world, [anna, bela, cem], group) = city(5);
    let forger = SigningKey::from_seed(&[9; 32]);
    world.tamper(entries(bela.device, move |entry| {
        if matches!(entry.body, Body::Message { .. }) {
            let change = melder_protocol::roster::RosterChange {
                group,
                index: melder_protocol::Index(1),
                previous: melder_protocol::Hash::from_bytes([0; 32]),
                terms: None,
                set: vec![],
                unset: vec![cem.id],
                name: None,
                author: melder_protocol::roster::Author::Organisation,
                time: Time(1),
                closed: false,
            };
            entry.body = Body::Roster {
                change: sign::sign_statement(&forger, &change),
            };
        }
    }));
    say(&mut world, anna.device, group, "wird zu einer Fälschung");
    assert_eq!(reported(&mut world, bela.device), [Misbehaviour::ForgedRoster]);
    let members = world.at(bela.device).engine().members(group).unwrap();
    assert!(members.iter().any(|(contact, _)| contact.account == cem.id));
}

#[test]
fn a_member_that_no_roster_names_is_refused() {
    let (mut world, [anna, bela, _], group) = city(6);
    // The victim is not told of the roster change: to it, the commit that follows adds a stranger.
    let victim = bela.device;
    world.tamper(entries(victim, |entry| {
        if matches!(entry.body, Body::Roster { .. }) {
            entry.body = Body::Established;
        }
    }));
    let own = world.at(anna.device).engine().own().unwrap().unwrap();
    let office = melder_simulator::Office(own.organisation);
    let ghost = world.person(office, "Gespenst");
    world
        .desk(office, move |desk| {
            desk.put_group_account(group, ghost.id, Role::Member).map(|_| ())
        })
        .expect("the server adds a member");
    for _ in 0..6 {
        world.pass(500);
    }
    assert!(reported(&mut world, victim).contains(&Misbehaviour::ForgedMembership));
    assert!(said_in_chat(&mut world, victim, group, Misbehaviour::ForgedMembership));
    say(&mut world, ghost.device, group, "Ich bin auch da");
    assert!(!shown(&mut world, victim, group).contains(&"Ich bin auch da".to_owned()));
}

#[test]
fn a_server_alone_can_not_make_a_device_forget() {
    let (mut world, [anna, bela, _], _) = city(7);
    let forger = SigningKey::from_seed(&[9; 32]);
    let record = DeletionRecord {
        organisation: world.at(bela.device).engine().own().unwrap().unwrap().organisation,
        account: bela.id,
        time: Time(1),
        reason: DeletionReason::Administrator,
        devices: 1,
        key_packages: 0,
        inbox_entries: 0,
        groups: vec![],
        blobs: 0,
        blob_bytes: 0,
        invitations: 0,
        profile: true,
    };
    let record = sign::sign_statement(&forger, &record);
    let victim = bela.device;
    world.tamper(move |device, frame| {
        if device == victim {
            vec![ServerFrame::Goodbye {
                code: ErrorCode::AccountDeleted,
                record: Some(record.clone()),
                removal: None,
            }]
        } else {
            vec![frame]
        }
    });
    world
        .perform(anna.device, Action::StartDirect(bela.id))
        .expect("a chat");
    assert!(!world.at(victim).wiped);
}

#[test]
fn somebody_elses_organisation_is_found_out_before_joining() {
    let mut world = World::new(8);
    let office = world.organisation("KVR");
    let (_, token) = world.invited(office, "Anna", melder_protocol::account::AccountKind::Staff, None);
    world.tamper(|_, mut frame| {
        if let ServerFrame::Response {
            response: Response::Offer(offer),
            ..
        } = &mut frame
        {
            offer.organisation.key = SigningKey::from_seed(&[3; 32]).public();
        }
        vec![frame]
    });
    let device = world.device();
    world.connect(device);
    let outcome = world.perform(
        device,
        Action::Join {
            token,
            device_name: "Telefon".into(),
            name: None,
        },
    );
    assert!(
        matches!(outcome, Err(ActionError::Invalid(Invalid::WrongOrganisation))),
        "{outcome:?}"
    );
}

#[test]
fn a_goodbye_out_of_the_blue_costs_only_the_connection() {
    let (mut world, [anna, bela, _], group) = city(9);
    let victim = bela.device;
    let mut sent = false;
    world.tamper(move |device, frame| {
        if device == victim && !sent {
            sent = true;
            return vec![ServerFrame::Goodbye {
                code: ErrorCode::Malformed,
                record: None,
                removal: None,
            }];
        }
        vec![frame]
    });
    say(&mut world, anna.device, group, "trotzdem");
    world.pass(1_000);
    assert!(shown(&mut world, victim, group).contains(&"trotzdem".to_owned()));
}
