// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Every kind of content, and what acts upon what.

use melder_content::{
    Alarm, Attachment, Attachments, BlobRef, ContactCard, Content, GroupProfile, GroupSettings, Location, MessageId,
    OperationLine, Place, Poll, Report, ReportField, Settings, Text,
};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{BlobId, ErrorCode, Hash, OperationId, Sequence};

use super::{acknowledgement, alarm, people};
use crate::api::{MessageState, Misbehaviour};
use crate::history::testing::{CHANNEL, Device, GROUP, OWN_GROUP, START, alarms, encode, misbehaviours, text};
use crate::history::{self, Arrival};

fn photo() -> Attachment {
    let blob = BlobRef {
        id: BlobId::from_bytes([7; 16]),
        size: 100 + 16,
        enc_alg: melder_content::AEAD_AES_256_GCM,
        key: vec![1; 32].into(),
        nonce: vec![2; 7].into(),
        hash: Hash::from_bytes([3; 32]),
        chunk_size: 65_536,
    };
    Attachment {
        filename: "tor.jpg".to_owned(),
        ..Attachment::new(blob, "image/jpeg")
    }
}

#[test]
fn every_kind_of_line_is_shown_as_what_it_is() {
    let (mut device, _, bert, _) = people();
    let place = Place {
        latitude: 481_370_000,
        longitude: 115_760_000,
        accuracy: None,
    };
    let lines = [
        (text("Guten Morgen"), "text", "Guten Morgen"),
        (
            Content::Attachments(Attachments {
                caption: Some(Text::plain("Das Tor")),
                items: vec![photo()],
            }),
            "attachments",
            "Das Tor",
        ),
        (alarm("Sturm"), "alarm", "Sturm"),
        (
            Content::Location(Location {
                place,
                live_until: None,
                label: Some("Marienplatz".to_owned()),
            }),
            "location",
            "Marienplatz",
        ),
        (
            Content::Poll(Poll {
                question: "Pause?".to_owned(),
                options: vec!["ja".to_owned(), "nein".to_owned()],
                multiple: false,
            }),
            "poll",
            "Pause?",
        ),
        (
            Content::Report(Report {
                form: "tor".to_owned(),
                title: "Schaden".to_owned(),
                fields: vec![ReportField {
                    key: "ort".to_owned(),
                    label: "Ort".to_owned(),
                    value: "Hof".to_owned(),
                }],
                attachments: Vec::new(),
            }),
            "report",
            "Schaden",
        ),
        (
            Content::ContactCard(ContactCard {
                name: "Leitstelle".to_owned(),
                ..ContactCard::default()
            }),
            "contact_card",
            "Leitstelle",
        ),
        (
            Content::OperationLine(OperationLine {
                operation: OperationId::from_bytes([4; 16]),
                at: START,
                text: "Wahllokal offen".to_owned(),
                category: None,
                about: None,
                place: None,
            }),
            "operation_line",
            "Wahllokal offen",
        ),
    ];
    for (content, kind, words) in lines {
        let id = device.hear(bert.member(0), content);
        let view = device.view(id).unwrap();
        assert_eq!((view.kind, view.text.as_str()), (kind, words));
        assert_eq!(view.state, MessageState::Received);
    }
    let views = history::messages(&device.connection, device.own.account, GROUP, None, 100).unwrap();
    assert_eq!(views.len(), 8);
    assert!(views.is_sorted_by_key(|view| view.sequence));
    assert_eq!(views[1].attachments[0].filename, "tor.jpg");
    assert_eq!((views[1].attachments[0].size, views[1].attachments[0].have), (100, 0));
    let media = history::media(&device.connection, device.own.account, GROUP, None, 100).unwrap();
    assert_eq!(media.len(), 1);
    assert_eq!(history::media_count(&device.connection, GROUP).unwrap(), 1);
}

#[test]
fn a_chat_is_read_page_by_page_and_what_waits_stands_at_the_end() {
    let (mut device, _, bert, _) = people();
    let waiting = device.write(text("wartet"));
    for number in 0..10 {
        device.hear(bert.member(0), text(&format!("Nummer {number}")));
    }
    let own = device.own.account;
    let page = history::messages(&device.connection, own, GROUP, None, 4).unwrap();
    assert_eq!(
        page.iter().map(|view| view.text.as_str()).collect::<Vec<_>>(),
        ["Nummer 7", "Nummer 8", "Nummer 9", "wartet"]
    );
    assert_eq!(
        (page[3].id, page[3].sequence, page[3].state),
        (waiting, None, MessageState::Pending)
    );
    let before = history::messages(&device.connection, own, GROUP, page[0].sequence, 3).unwrap();
    assert_eq!(
        before.iter().map(|view| view.text.as_str()).collect::<Vec<_>>(),
        ["Nummer 4", "Nummer 5", "Nummer 6"]
    );
    assert_eq!(
        history::last(&device.connection, own, GROUP).unwrap().unwrap().id,
        waiting
    );
}

#[test]
fn the_same_message_counts_once() {
    let (mut device, _, bert, _) = people();
    let message = device.message(text("einmal"));
    let member = Some(Role::Member);
    let (id, first, _) = device.hear_message(GROUP, GroupKind::Group, member, bert.member(0), &message);
    let (_, second, effects) = device.hear_message(GROUP, GroupKind::Group, member, bert.member(0), &message);
    assert_eq!((first.id, second.id), (Some(id), None));
    assert_eq!((effects.len(), device.texts()), (0, vec!["einmal".to_owned()]));
}

#[test]
fn bytes_that_are_no_message_are_reported_and_leave_nothing() {
    let (mut device, _, bert, cora) = people();
    let arrival = Arrival {
        group: GROUP,
        kind: GroupKind::Group,
        sender: bert.member(0),
        sequence: Sequence(1),
        time: START,
        role: Some(Role::Member),
        own: false,
    };
    let someone_elses = device.message(text("von Cora"));
    let someone_elses = encode(&someone_elses, cora.member(0), GROUP).bytes;
    let elsewhere = device.message(text("anderswo"));
    let elsewhere = encode(&elsewhere, bert.member(0), CHANNEL).bytes;
    for bytes in [&b""[..], b"hello", &[0x87; 40], &someone_elses, &elsewhere] {
        let (received, effects) = device.work(|work| history::receive(work, &arrival, bytes).unwrap());
        assert!(received.id.is_none());
        assert_eq!(misbehaviours(&effects), [Misbehaviour::Malformed]);
    }
    assert_eq!(device.number("SELECT COUNT(*) FROM messages"), 0);
}

#[test]
fn an_edit_by_the_author_counts_and_anybody_elses_is_refused() {
    let (mut device, _, bert, cora) = people();
    let id = device.hear(bert.member(0), text("Treffpunkt Nordtor"));
    let edit = |words: &str| Content::Edit {
        replaces: id,
        body: Box::new(text(words)),
    };
    device.hear(bert.member(0), edit("Treffpunkt Südtor"));
    device.hear(bert.member(0), edit("Treffpunkt Osttor"));
    let forged = device.message(edit("Treffpunkt zuhause"));
    let (_, received, effects) =
        device.hear_message(GROUP, GroupKind::Group, Some(Role::Manage), cora.member(0), &forged);
    assert_eq!(
        (received.id, misbehaviours(&effects)),
        (None, vec![Misbehaviour::ForgedSender])
    );
    let view = device.view(id).unwrap();
    assert_eq!(
        (view.text.as_str(), view.edited, view.deleted),
        ("Treffpunkt Osttor", true, false)
    );
    assert_eq!(
        (
            device.find("nordtor").len(),
            device.find("südtor").len(),
            device.find("osttor").len()
        ),
        (0, 0, 1)
    );
    // Only the last edit is kept.
    assert_eq!(device.number("SELECT COUNT(*) FROM messages"), 2);
}

#[test]
fn an_edit_makes_no_alarm_and_unmakes_none() {
    let (mut device, _, bert, _) = people();
    let plain = device.hear(bert.member(0), text("ruhig"));
    let loud = device.hear(bert.member(0), alarm("laut"));
    for (replaces, body) in [(plain, alarm("doch laut")), (loud, text("doch ruhig"))] {
        let message = device.message(Content::Edit {
            replaces,
            body: Box::new(body),
        });
        let (_, received, _) =
            device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
        assert!(received.id.is_none());
    }
    device.hear(
        bert.member(0),
        Content::Edit {
            replaces: loud,
            body: Box::new(alarm("lauter")),
        },
    );
    assert_eq!(device.view(loud).unwrap().text, "lauter");
}

/// The all-clear of an alarm.
fn all_clear(of: MessageId, words: &str) -> Content {
    let Content::Alarm(alarm) = alarm(words) else {
        panic!("an alarm");
    };
    Content::Edit {
        replaces: of,
        body: Box::new(Content::Alarm(Alarm { over: true, ..alarm })),
    }
}

#[test]
fn after_the_all_clear_an_alarm_neither_rings_nor_asks_and_rings_as_a_message() {
    let (mut device, _, bert, cora) = people();
    let open = |device: &Device| {
        crate::history::open_alarms(&device.connection, device.own.account)
            .unwrap()
            .len()
    };
    let storm = device.hear(bert.member(0), alarm("Sturm"));
    assert!(open(&device) == 1 && device.view(storm).unwrap().wants_acknowledgement);
    // Nobody else can give it.
    device.hear(cora.member(0), all_clear(storm, "Sturm"));
    assert_eq!(open(&device), 1);
    let clear = all_clear(storm, "Sturm");
    assert_eq!(crate::duty::ring(&clear), melder_protocol::push::Ring::Message);
    device.hear(bert.member(0), clear);
    assert_eq!(open(&device), 0);
    assert!(!device.view(storm).unwrap().wants_acknowledgement);
}

#[test]
fn an_all_clear_that_came_first_lets_its_alarm_not_ring() {
    let (mut device, _, bert, _) = people();
    let message = device.message(alarm("Sturm"));
    let storm = encode(&message, bert.member(0), GROUP).id;
    device.hear(bert.member(0), all_clear(storm, "Sturm"));
    let (id, _, effects) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
    assert_eq!(id, storm);
    assert!(alarms(&effects).is_empty());
    assert!(!device.view(storm).unwrap().wants_acknowledgement);
}

#[test]
fn whoever_confirmed_before_the_all_clear_still_reads_when_and_the_sender_whom_it_reached() {
    let (mut device, anna, bert, _) = people();
    let storm = device.hear(bert.member(0), alarm("Sturm"));
    device.hear(anna.member(1), acknowledgement(storm));
    device.hear(bert.member(0), all_clear(storm, "Sturm"));
    assert!(device.view(storm).unwrap().wants_acknowledgement);
    let own = device.hear(anna.member(1), alarm("Hochwasser"));
    device.hear(anna.member(1), all_clear(own, "Hochwasser"));
    assert!(device.view(own).unwrap().wants_acknowledgement);
}

#[test]
fn a_deletion_takes_words_reactions_and_edits_and_leaves_a_trace() {
    let (mut device, _, bert, cora) = people();
    let id = device.hear(bert.member(0), text("Geheimnis"));
    device.hear(
        bert.member(0),
        Content::Edit {
            replaces: id,
            body: Box::new(text("Geheimeres")),
        },
    );
    device.hear(
        cora.member(0),
        Content::Reaction {
            to: id,
            emoji: "😮".to_owned(),
        },
    );
    let delete = Content::Delete {
        replaces: id,
        in_reply_to: None,
    };
    let message = device.message(delete.clone());
    let (_, received, _) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), cora.member(0), &message);
    assert!(received.id.is_none(), "only the author, or a manager");
    device.hear(bert.member(0), delete);
    let view = device.view(id).unwrap();
    assert!(view.deleted && view.text.is_empty() && view.reactions.is_empty() && view.message.is_none());
    assert!(device.find("geheim").is_empty());
    assert_eq!(device.number("SELECT COUNT(*) FROM messages WHERE instr(content, CAST('Geheim' AS BLOB)) OR instr(current, CAST('Geheim' AS BLOB))"), 0);
    assert_eq!(
        device.number("SELECT COUNT(*) FROM messages"),
        2,
        "the trace and the deletion"
    );
}

#[test]
fn a_manager_deletes_in_groups_but_not_in_a_direct_chat() {
    let (mut device, _, bert, cora) = people();
    for (kind, gone) in [(GroupKind::Direct, false), (GroupKind::Group, true)] {
        let id = device.hear(bert.member(0), text("unpassend"));
        let delete = device.message(Content::Delete {
            replaces: id,
            in_reply_to: None,
        });
        device.hear_message(GROUP, kind, Some(Role::Manage), cora.member(0), &delete);
        assert_eq!(device.view(id).unwrap().deleted, gone);
    }
}

#[test]
fn an_own_deletion_hides_at_once_and_a_refused_one_shows_again() {
    let (mut device, ..) = people();
    let id = device.say(text("doch nicht"));
    let deletion = device.write(Content::Delete {
        replaces: id,
        in_reply_to: None,
    });
    assert!(device.view(id).unwrap().deleted && device.find("nicht").is_empty());
    device.run(|work| history::failed(work, GROUP, deletion, ErrorCode::NotAllowed).unwrap());
    let view = device.view(id).unwrap();
    assert_eq!(
        (view.deleted, view.text.as_str(), device.find("nicht").len()),
        (false, "doch nicht", 1)
    );
    device.run(|work| history::pending_again(work, GROUP, deletion).unwrap());
    device.run(|work| history::sent(work, GROUP, deletion, Sequence(90), START).unwrap());
    assert!(device.view(id).unwrap().deleted);
    assert_eq!(
        device.number("SELECT COUNT(*) FROM messages WHERE instr(content, CAST('doch' AS BLOB))"),
        0
    );
}

#[test]
fn reactions_are_changed_and_withdrawn_by_who_made_them() {
    let (mut device, _, bert, cora) = people();
    let id = device.say(text("fertig"));
    let first = device.hear(
        bert.member(0),
        Content::Reaction {
            to: id,
            emoji: "👍".to_owned(),
        },
    );
    device.hear(
        bert.member(0),
        Content::Reaction {
            to: id,
            emoji: "👍".to_owned(),
        },
    );
    let second = device.hear(
        cora.member(0),
        Content::Reaction {
            to: id,
            emoji: "🎉".to_owned(),
        },
    );
    let emoji = |device: &Device| -> Vec<String> {
        device
            .view(id)
            .unwrap()
            .reactions
            .into_iter()
            .map(|(_, emoji)| emoji)
            .collect()
    };
    assert_eq!(emoji(&device), ["👍", "🎉"]);
    let changed = Content::Reaction {
        to: id,
        emoji: "❤️".to_owned(),
    };
    device.hear(
        cora.member(0),
        Content::Edit {
            replaces: second,
            body: Box::new(changed),
        },
    );
    assert_eq!(emoji(&device), ["👍", "❤️"]);
    device.hear(
        bert.member(0),
        Content::Unreaction {
            reaction: second,
            to: Some(id),
        },
    );
    assert_eq!(emoji(&device), ["👍", "❤️"], "not by somebody else");
    device.hear(
        cora.member(0),
        Content::Unreaction {
            reaction: second,
            to: Some(id),
        },
    );
    device.hear(
        bert.member(0),
        Content::Delete {
            replaces: first,
            in_reply_to: Some(id),
        },
    );
    assert_eq!(emoji(&device), ["👍"], "the second of the same still stands");
}

#[test]
fn what_acts_upon_a_message_may_come_before_it() {
    let (mut device, _, bert, cora) = people();
    let message = device.message(text("Erst"));
    let id = encode(&message, bert.member(0), GROUP).id;
    device.hear(
        bert.member(0),
        Content::Edit {
            replaces: id,
            body: Box::new(text("Zweitens")),
        },
    );
    device.hear(
        cora.member(0),
        Content::Edit {
            replaces: id,
            body: Box::new(text("Falsch")),
        },
    );
    device.hear(
        cora.member(0),
        Content::Reaction {
            to: id,
            emoji: "👍".to_owned(),
        },
    );
    assert!(device.texts().is_empty());
    device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
    let view = device.view(id).unwrap();
    assert_eq!(
        (view.text.as_str(), view.edited, view.reactions.len()),
        ("Zweitens", true, 1)
    );
}

#[test]
fn a_groups_name_comes_from_managers_and_settings_from_own_devices() {
    let (mut device, anna, bert, _) = people();
    let profile = GroupProfile {
        name: "Schicht".to_owned(),
        description: None,
    };
    let named = device.message(Content::GroupProfile(profile.clone()));
    for (role, taken) in [(Role::Member, None), (Role::Manage, Some(profile))] {
        let (_, received, _) = device.hear_message(GROUP, GroupKind::Group, Some(role), bert.member(0), &named);
        assert_eq!(received.profile, taken);
    }
    let settings = Settings {
        groups: vec![GroupSettings {
            group: GROUP,
            mute: None,
            pinned: true,
        }],
        duty: None,
    };
    let message = device.message(Content::Settings(settings.clone()));
    let (_, received, _) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Manage), bert.member(0), &message);
    assert_eq!((received.id, received.settings), (None, None));
    let (_, received, _) = device.hear_message(OWN_GROUP, GroupKind::Own, None, anna.member(1), &message);
    assert_eq!(received.settings, Some(settings));
    assert!(device.texts().is_empty());
}

#[test]
fn unread_are_other_peoples_lines_and_mentions_are_counted() {
    let (mut device, anna, bert, _) = people();
    device.hear(bert.member(0), text("eins"));
    let mention = Text::markdown(format!("{} bitte kommen", Text::mention("Anna", anna.account)));
    let mentioned = device.hear(bert.member(0), Content::Text(mention));
    device.hear(
        bert.member(0),
        Content::Reaction {
            to: mentioned,
            emoji: "👍".to_owned(),
        },
    );
    device.say(text("selbst"));
    device.hear(anna.member(1), text("vom anderen Gerät"));
    let deleted = device.hear(bert.member(0), text("weg"));
    device.hear(
        bert.member(0),
        Content::Delete {
            replaces: deleted,
            in_reply_to: None,
        },
    );
    assert_eq!(history::unread(&device.connection, GROUP, Sequence(0)).unwrap(), (2, 1));
    let read = device.view(mentioned).unwrap().sequence.unwrap();
    assert_eq!(history::unread(&device.connection, GROUP, read).unwrap(), (0, 0));
}

#[test]
fn what_may_be_written_is_checked_before() {
    let (mut device, _, bert, _) = people();
    let theirs = device.hear(bert.member(0), text("von Bert"));
    let mut check = |kind, role, content: &Content| {
        device
            .run(|work| history::check(work, GROUP, kind, role, content).unwrap())
            .is_ok()
    };
    let edit = Content::Edit {
        replaces: theirs,
        body: Box::new(text("neu")),
    };
    let delete = Content::Delete {
        replaces: theirs,
        in_reply_to: None,
    };
    let react = Content::Reaction {
        to: theirs,
        emoji: "👍".to_owned(),
    };
    assert!(!check(GroupKind::Group, Some(Role::Manage), &edit));
    assert!(!check(GroupKind::Group, Some(Role::Member), &delete));
    assert!(check(GroupKind::Group, Some(Role::Manage), &delete));
    assert!(check(GroupKind::Group, Some(Role::Member), &react));
    assert!(!check(GroupKind::Channel, Some(Role::Member), &text("darf nicht")));
    assert!(check(GroupKind::Channel, Some(Role::Publisher), &text("darf")));
}

#[test]
fn a_cancelled_message_leaves_nothing() {
    let (mut device, ..) = people();
    let id = device.write(text("abgesagt"));
    device.run(|work| history::forget(work, GROUP, id).unwrap());
    assert_eq!(
        (
            device.number("SELECT COUNT(*) FROM messages"),
            device.find("abgesagt").len()
        ),
        (0, 0)
    );
    let said = device.say(text("gesagt"));
    device.run(|work| history::forget(work, GROUP, said).unwrap());
    assert_eq!(device.texts(), ["gesagt"]);
}
