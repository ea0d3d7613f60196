// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes, goes whole.

use melder_content::{Attachments, Content, Expiry, Text};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{Sequence, Time};

use crate::api::FileDraft;
use crate::history::testing::{Device, GROUP, Person, START, text};
use crate::{files, history};

fn device() -> (Device, Person) {
    let (anna, bert) = (Person::new(1, 1), Person::new(2, 1));
    (Device::new(&anna, 0, &[&bert]), bert)
}

const TABLES: [&str; 6] = ["messages", "attached", "files", "chunks", "transfers", "ack_keys"];

/// Nothing of the words is in any table, nor in the index.
fn assert_gone(device: &Device, word: &str) {
    for table in TABLES {
        assert_eq!(device.number(&format!("SELECT COUNT(*) FROM {table}")), 0, "{table}");
    }
    let hits = format!("SELECT COUNT(*) FROM fts WHERE fts MATCH '{word}'");
    assert_eq!(device.number(&hits), 0);
    // The words themselves stand in the index's pages as long as one entry has them.
    let pages = format!("SELECT COUNT(*) FROM fts_data WHERE instr(block, CAST('{word}' AS BLOB))");
    assert_eq!(device.number(&pages), 0, "the index's pages");
    device
        .connection
        .execute("INSERT INTO fts (fts) VALUES ('integrity-check')", [])
        .unwrap();
}

/// A message with a photo, an edit and a reaction.
fn fill(device: &mut Device, bert: &Person, expires: Option<Expiry>) {
    let draft = device.run(|work| {
        let file = files::start(work, 70_000).unwrap().unwrap();
        files::add(work, file, &[7; 70_000]).unwrap().unwrap();
        FileDraft {
            file,
            filename: "tor.jpg".to_owned(),
            content_type: "image/jpeg".to_owned(),
            description: String::new(),
            preview: None,
            dimensions: None,
            duration_ms: None,
            evidence: None,
        }
    });
    let attachment = device.run(|work| files::attach(work, GROUP, &draft).unwrap().unwrap());
    let caption = Some(Text::plain("vertraulich"));
    let mut message = device.message(Content::Attachments(Attachments {
        caption,
        items: vec![attachment],
    }));
    message.expires = expires;
    let own = device.own;
    let encoded = history::testing::encode(&message, own, GROUP);
    device.run(|work| {
        history::write(work, GROUP, own, &encoded, &message, crate::api::MessageState::Pending).unwrap();
        history::sent(work, GROUP, encoded.id, Sequence(1), work.now).unwrap();
    });
    let edit = Content::Edit {
        replaces: encoded.id,
        body: Box::new(text("vertraulicher")),
    };
    device.say(edit);
    device.hear(
        bert.member(0),
        Content::Reaction {
            to: encoded.id,
            emoji: "👍".to_owned(),
        },
    );
    assert_eq!(device.find("vertraulicher").len(), 1);
    assert!(device.number("SELECT COUNT(*) FROM fts_data WHERE instr(block, CAST('vertraulich' AS BLOB))") > 0);
    assert_eq!(device.number("SELECT COUNT(*) FROM chunks"), 2);
}

#[test]
fn an_expired_message_leaves_nothing() {
    let (mut device, bert) = device();
    let at = START.plus(Time::HOUR);
    fill(&mut device, &bert, Some(Expiry::At((at.0 / 1000) as u32)));
    assert_eq!(device.run(|work| history::sweep(work, None).unwrap()), Some(at));
    assert_eq!(device.texts().len(), 1);
    device.now = at;
    assert_eq!(device.run(|work| history::sweep(work, None).unwrap()), None);
    assert_gone(&device, "vertraulich");
    assert_eq!(
        device.number("SELECT COUNT(*) FROM doomed"),
        1,
        "the server's copy is to go, too"
    );
}

#[test]
fn retention_leaves_nothing() {
    let (mut device, bert) = device();
    fill(&mut device, &bert, None);
    device.now = START.plus(30 * Time::DAY - 1);
    assert_eq!(
        device.run(|work| history::sweep(work, Some(30)).unwrap()),
        Some(START.plus(30 * Time::DAY))
    );
    assert_eq!(device.texts().len(), 1);
    device.now = START.plus(30 * Time::DAY);
    device.run(|work| history::sweep(work, Some(30)).unwrap());
    assert_gone(&device, "vertraulich");
}

#[test]
fn a_group_that_is_dropped_leaves_nothing() {
    let (mut device, bert) = device();
    fill(&mut device, &bert, None);
    device.run(|work| history::drop_group(work, GROUP).unwrap());
    assert_gone(&device, "vertraulich");
}

#[test]
fn much_goes_a_piece_at_a_time() {
    let (mut device, bert) = device();
    for _ in 0..700 {
        device.hear(bert.member(0), text("alt"));
    }
    device.now = START.plus(2 * Time::DAY);
    assert_eq!(
        device.run(|work| history::sweep(work, Some(1)).unwrap()),
        Some(device.now)
    );
    assert_eq!(device.number("SELECT COUNT(*) FROM messages"), 200);
    device.run(|work| history::sweep(work, Some(1)).unwrap());
    assert_gone(&device, "alt");
}

#[test]
fn time_after_reading_begins_with_reading() {
    let (mut device, bert) = device();
    let mut message = device.message(text("nur kurz"));
    message.expires = Some(Expiry::AfterReading(60));
    let (id, ..) = device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
    device.now = START.plus(Time::DAY);
    assert_eq!(device.run(|work| history::sweep(work, None).unwrap()), None);
    let sequence = device.view(id).unwrap().sequence.unwrap();
    device.run(|work| history::read(work, GROUP, sequence).unwrap());
    let end = device.now.plus(Time::MINUTE);
    assert_eq!(device.view(id).unwrap().expires, Some(end));
    assert_eq!(device.run(|work| history::sweep(work, None).unwrap()), Some(end));
    device.now = end;
    device.run(|work| history::sweep(work, None).unwrap());
    assert_gone(&device, "kurz");
}

#[test]
fn what_came_too_late_is_not_taken_in() {
    let (mut device, bert) = device();
    let mut message = device.message(text("gestern"));
    message.expires = Some(Expiry::At((START.0 / 1000) as u32));
    device.hear_message(GROUP, GroupKind::Group, Some(Role::Member), bert.member(0), &message);
    assert_gone(&device, "gestern");
}

#[test]
fn an_own_message_that_vanishes_before_it_went_does_not_go() {
    let (mut device, _) = device();
    let mut message = device.message(text("gleich"));
    message.expires = Some(Expiry::At((START.0 / 1000) as u32 + 10));
    let letter = crate::outbox::Letter {
        group: GROUP,
        message,
        at: None,
        files: Vec::new(),
    };
    device.run(|work| crate::outbox::queue(work, letter).unwrap().unwrap());
    device.now = START.plus(10 * Time::SECOND);
    device.run(|work| history::sweep(work, None).unwrap());
    assert_gone(&device, "gleich");
    assert_eq!(device.number("SELECT COUNT(*) FROM outbox"), 0);
}
