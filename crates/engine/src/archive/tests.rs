// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Two devices of one account and the server between them.

use melder_content::{
    Acknowledgement, Alarm, ArchiveOffer, Content, HistoryAnswer, HistoryRequest, Message, MessageId, Origin, Poll,
    Span, Urgency, Vote,
};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{Sequence, Time, cbor};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use super::record::{Record, VERSION};
use crate::api::{Effect, Event, FileId, MessageState, SystemLine};
use crate::files::tests::Server;
use crate::history::testing::{CHANNEL, Device, GROUP, OWN_GROUP, Person, alarms, encode, events, misbehaviours, text};
use crate::{archive, files, history};

struct Scene {
    anna: Person,
    bert: Person,
    old: Device,
    new: Device,
    server: Server,
}

fn scene() -> Scene {
    let (anna, bert) = (Person::new(1, 2), Person::new(2, 1));
    let old = Device::new(&anna, 0, &[&bert]);
    let new = Device::new(&anna, 1, &[&bert]);
    Scene {
        anna,
        bert,
        old,
        new,
        server: Server::default(),
    }
}

impl Scene {
    /// A bit of everything.
    fn live(&mut self) {
        let bert = self.bert.member(0);
        let first = self.old.hear(bert, text("Guten Morgen"));
        self.old.hear(
            bert,
            Content::Edit {
                replaces: first,
                body: Box::new(text("Guten Morgen, Schicht")),
            },
        );
        self.old.say(Content::Reaction {
            to: first,
            emoji: "☕".to_owned(),
        });
        let gone = self.old.hear(bert, text("Unsinn"));
        self.old.hear(
            bert,
            Content::Delete {
                replaces: gone,
                in_reply_to: None,
            },
        );
        let options = vec!["ja".to_owned(), "nein".to_owned()];
        let poll = self.old.say(Content::Poll(Poll {
            question: "Pause?".to_owned(),
            options,
            multiple: false,
        }));
        self.old.hear(bert, Content::Vote(Vote { poll, choices: vec![1] }));
        let alarm = self.old.hear(bert, alarm("Sturm"));
        self.old
            .say(Content::Acknowledgement(Acknowledgement { to: alarm, note: None }));
        self.old.say(Content::Reply {
            to: first,
            body: Box::new(text("Alles gut")),
        });
        self.old.write(text("wartet noch"));
    }

    /// What a device says in the own group since it was last asked; the other hears it.
    fn own_group(from: &mut Device, to: &mut Device) -> Vec<Content> {
        let rows: Vec<Vec<u8>> = from.run(|work| {
            let mut statement = work
                .tx
                .prepare("DELETE FROM outbox WHERE grp = ?1 AND blobs = 0 RETURNING content")
                .unwrap();
            statement
                .query_map([OWN_GROUP.as_bytes()], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect()
        });
        let origin = Origin {
            sender: from.own.account,
            group: OWN_GROUP,
        };
        let messages: Vec<Message> = rows
            .iter()
            .map(|bytes| Message::decode(bytes, &origin).unwrap().message)
            .collect();
        for message in &messages {
            to.hear_message(OWN_GROUP, GroupKind::Own, None, from.own, message);
        }
        messages.into_iter().map(|message| message.content).collect()
    }

    /// Lets both devices work until nothing moves; gives what the new one told.
    fn settle(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for _ in 0..40 {
            self.old.run(|work| archive::tick(work).unwrap());
            self.server.serve(&mut self.old, usize::MAX);
            Self::own_group(&mut self.old, &mut self.new);
            self.server.serve(&mut self.new, usize::MAX);
            effects.extend(self.new.work(|work| archive::tick(work).unwrap()).1);
            Self::own_group(&mut self.new, &mut self.old);
        }
        effects
    }

    fn link(&mut self) -> Vec<Effect> {
        let new = self.new.own.device;
        self.old.run(|work| archive::offer_to_new_device(work, new).unwrap());
        self.settle()
    }
}

fn alarm(words: &str) -> Content {
    Content::Alarm(Alarm {
        urgency: Urgency::Urgent,
        text: words.to_owned(),
        acknowledge_by: None,
        ack_key: None,
        on_duty: false,
        over: false,
    })
}

/// Everything that stands in a log, as a screen shows it.
fn shown(device: &Device) -> Vec<crate::api::MessageView> {
    let mut views = history::messages(&device.connection, device.own.account, GROUP, None, 10_000).unwrap();
    views.retain(|view| view.sequence.is_some());
    views
}

#[test]
fn a_new_device_shows_what_the_old_one_shows() {
    let mut scene = scene();
    scene.live();
    let effects = scene.link();
    assert_eq!(shown(&scene.new), shown(&scene.old));
    assert_eq!(shown(&scene.new).len(), 5);
    assert_eq!(scene.new.find("schicht").len(), 1);
    assert_eq!(scene.new.find("unsinn").len(), 0);
    assert_eq!(
        history::unread(&scene.new.connection, GROUP, Sequence(0)).unwrap(),
        (0, 0),
        "that is history"
    );
    assert!(alarms(&effects).is_empty(), "and rings no more");
    assert!(!events(&effects).any(|event| matches!(event, Event::MessageChanged { .. })));
    assert!(events(&effects).any(|event| matches!(event, Event::GroupChanged(GROUP))));
    for device in [&scene.old, &scene.new] {
        for table in ["archives", "files", "chunks", "transfers"] {
            assert_eq!(device.number(&format!("SELECT COUNT(*) FROM {table}")), 0, "{table}");
        }
    }
}

#[test]
fn a_new_device_can_open_acknowledgements_of_old_alarms() {
    let mut scene = scene();
    let mut message = scene.old.message(alarm("Hochwasser"));
    let own = scene.old.own;
    scene
        .old
        .run(|work| history::prepare(work, GroupKind::Channel, &mut message).unwrap());
    let encoded = encode(&message, own, CHANNEL);
    scene.old.run(|work| {
        history::write(work, CHANNEL, own, &encoded, &message, MessageState::Pending).unwrap();
        history::sent(work, CHANNEL, encoded.id, Sequence(1), work.now).unwrap();
        // The share in the own group was sent before the new device was there.
        work.tx.execute("DELETE FROM outbox", []).unwrap();
    });
    scene.link();
    let whole = "SELECT COUNT(*) FROM ack_keys WHERE secret IS NOT NULL AND message IS NOT NULL AND grp IS NOT NULL";
    assert_eq!(scene.new.number(whole), 1);
}

#[test]
fn a_large_history_comes_piece_by_piece_and_survives_restarts() {
    let mut scene = scene();
    let bert = scene.bert.member(0);
    for number in 0..2_500 {
        scene.old.hear(bert, text(&format!("{number} {}", "Lage ".repeat(200))));
    }
    let new = scene.new.own.device;
    scene.old.run(|work| archive::offer_to_new_device(work, new).unwrap());
    for _ in 0..12 {
        scene.old.session.forget_caches();
        scene.new.session.forget_caches();
        for device in [&mut scene.old, &mut scene.new] {
            let chain = Some(scene.anna.chain.clone());
            device.session.chains.insert(scene.anna.account, chain);
        }
        scene.old.run(|work| archive::tick(work).unwrap());
        scene.server.serve(&mut scene.old, 7);
        Scene::own_group(&mut scene.old, &mut scene.new);
        scene.server.serve(&mut scene.new, 7);
        scene.new.run(|work| archive::tick(work).unwrap());
    }
    scene.settle();
    assert_eq!(shown(&scene.new), shown(&scene.old));
}

#[test]
fn an_archive_that_is_read_twice_changes_nothing() {
    let mut scene = scene();
    scene.live();
    scene.link();
    let count = "SELECT COUNT(*) FROM messages WHERE grp = x'01010101010101010101010101010101'";
    let before = (shown(&scene.new), scene.new.number(count));
    scene.link();
    assert_eq!(scene.new.number("SELECT COUNT(*) FROM archives"), 0);
    // Even when it is read in spite of the device knowing it all.
    let records = import(&scene);
    read(&mut scene.new, &records);
    assert_eq!((shown(&scene.new), scene.new.number(count)), before);
    assert_eq!(shown(&scene.new), shown(&scene.old));
}

/// The old device's messages as records.
fn import(scene: &Scene) -> Vec<Record> {
    let sql = format!(
        "SELECT {} FROM messages AS m WHERE m.state IN (0, 3) ORDER BY m.id",
        history::COLUMNS
    );
    let mut statement = scene.old.connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], history::Stored::read).unwrap();
    let begin = Record::Begin {
        version: VERSION,
        account: scene.anna.account,
    };
    let kept = rows.map(|row| {
        let row = row.unwrap();
        Record::Message(super::record::Kept {
            group: row.group,
            id: row.id,
            sender: row.sender,
            sequence: row.sequence,
            time: row.time,
            content: row.content.into(),
            power: row.power,
            expires: row.expires,
            kind: row.kind.number(),
        })
    });
    [begin]
        .into_iter()
        .chain(kept)
        .chain([Record::End { count: 0 }])
        .collect()
}

/// A device reads these records as an archive.
fn read(device: &mut Device, records: &[Record]) -> Vec<Effect> {
    let bytes: Vec<u8> = records.iter().flat_map(cbor::encode).collect();
    read_bytes(device, &bytes, None)
}

fn read_bytes(device: &mut Device, bytes: &[u8], span: Option<Span>) -> Vec<Effect> {
    device.run(|work| {
        let file: FileId = files::open_end(work).unwrap();
        for piece in bytes.chunks(1 << 20) {
            files::add(work, file, piece).unwrap().unwrap();
        }
        files::finish(work, file).unwrap();
        super::add_job(work, super::Task::Read, work.now, None, span, Some(file)).unwrap();
    });
    let mut effects = Vec::new();
    for _ in 0..10 {
        effects.extend(device.work(|work| archive::tick(work).unwrap()).1);
    }
    assert_eq!(device.number("SELECT COUNT(*) FROM archives"), 0);
    assert_eq!(device.number("SELECT COUNT(*) FROM files WHERE ours = 2"), 0);
    effects
}

#[test]
fn the_order_in_an_archive_does_not_matter() {
    for seed in 0..40 {
        let mut scene = scene();
        scene.live();
        let mut records = import(&scene);
        let middle = 1..records.len() - 1;
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        for from in middle.clone() {
            let to = middle.start + rng.next_u32() as usize % middle.len();
            records.swap(from, to);
        }
        read(&mut scene.new, &records);
        assert_eq!(shown(&scene.new), shown(&scene.old), "{seed}");
        assert_eq!(scene.new.find("schicht").len(), 1);
        let kept =
            "SELECT COUNT(*) FROM messages WHERE shown = 1 AND sequence IS NOT NULL AND deleted = 0 AND content = x''";
        assert_eq!(scene.new.number(kept), 0);
    }
}

#[test]
fn broken_archives_do_no_harm() {
    let mut scene = scene();
    scene.live();
    let sound: Vec<u8> = import(&scene).iter().flat_map(cbor::encode).collect();
    let other = Record::Begin {
        version: VERSION,
        account: scene.bert.account,
    };
    let newer = Record::Begin {
        version: VERSION + 1,
        account: scene.anna.account,
    };
    for bytes in [
        b"".to_vec(),
        vec![0xff; 100],
        vec![0x9f; 100_000],
        cbor::encode(&other),
        cbor::encode(&newer),
        sound[30..].to_vec(),
    ] {
        let effects = read_bytes(&mut scene.new, &bytes, None);
        assert_eq!(misbehaviours(&effects).len(), 1);
        assert_eq!(scene.new.number("SELECT COUNT(*) FROM messages"), 0);
    }
    // Cut off in the middle: what was there is there.
    let effects = read_bytes(&mut scene.new, &sound[..sound.len() / 2], None);
    assert_eq!(misbehaviours(&effects).len(), 1);
    assert!(scene.new.number("SELECT COUNT(*) FROM messages") > 0);
}

#[test]
fn a_message_that_is_not_what_its_id_says_is_passed_over() {
    for spoil in [
        |kept: &mut super::record::Kept, anna: &Person| kept.sender = anna.member(0),
        |kept: &mut super::record::Kept, _: &Person| kept.group = CHANNEL,
        |kept: &mut super::record::Kept, _: &Person| kept.id = MessageId::from_bytes([1; 32]).unwrap(),
    ] {
        let mut scene = scene();
        scene.live();
        let mut records = import(&scene);
        // Bert's first words.
        let Some(Record::Message(kept)) = records.get_mut(1) else {
            panic!()
        };
        spoil(kept, &scene.anna);
        let id = kept.id;
        read(&mut scene.new, &records);
        assert!(
            scene.new.view(id).is_none(),
            "nobody's words are put into another's mouth"
        );
        assert_eq!(shown(&scene.new).len(), shown(&scene.old).len() - 1);
    }
}

#[test]
fn an_answer_fills_nothing_but_the_gap() {
    let mut scene = scene();
    scene.live();
    let bytes: Vec<u8> = import(&scene).iter().flat_map(cbor::encode).collect();
    let span = |group| Span {
        group,
        from: Sequence(7),
        to: Sequence(9),
    };
    read_bytes(&mut scene.new, &bytes, Some(span(CHANNEL)));
    assert_eq!(scene.new.number("SELECT COUNT(*) FROM messages"), 0);
    read_bytes(&mut scene.new, &bytes, Some(span(GROUP)));
    assert_eq!(scene.new.number("SELECT MIN(sequence) FROM messages"), 7);
    assert_eq!(scene.new.number("SELECT MAX(sequence) FROM messages"), 9);
}

#[test]
fn a_gap_is_filled_by_another_own_device() {
    let mut scene = scene();
    let bert = scene.bert.member(0);
    let mut ids: Vec<MessageId> = Vec::new();
    for number in 0..10 {
        ids.push(scene.old.hear(bert, text(&format!("Nummer {number}"))));
    }
    let loud = scene.old.hear(bert, alarm("Sturm"));
    let sequence = |id: MessageId, device: &Device| device.view(id).unwrap().sequence.unwrap();
    let (from, to) = (sequence(ids[3], &scene.old), sequence(loud, &scene.old));
    scene.new.run(|work| {
        crate::groups::line(work, GROUP, Some(to), &SystemLine::Gap { from, to }).unwrap();
        archive::ask(work, GROUP, from, to).unwrap();
    });
    Scene::own_group(&mut scene.new, &mut scene.old);
    let effects = scene.settle();
    let texts: Vec<String> = shown(&scene.new).into_iter().map(|view| view.text).collect();
    assert_eq!(texts[..2], ["Nummer 3", "Nummer 4"]);
    assert_eq!(texts.len(), 8, "the span and nothing else");
    assert!(events(&effects).any(|event| matches!(
        event,
        Event::SystemLine { group: GROUP, line: SystemLine::GapFilled { from: first, to: last }, .. }
            if (*first, *last) == (from, to)
    )));
    assert_eq!(alarms(&effects), [loud], "an alarm that fell into the gap rings");
    assert_eq!(
        history::unread(&scene.new.connection, GROUP, Sequence(0)).unwrap().0,
        8,
        "and is news"
    );
}

#[test]
fn an_answer_that_nobody_asked_for_is_passed_over() {
    let mut scene = scene();
    scene.live();
    let span = Span {
        group: GROUP,
        from: Sequence(1),
        to: Sequence(50),
    };
    let blob = scene.old.run(|work| {
        let file = files::open_end(work).unwrap();
        files::finish(work, file).unwrap();
        files::blob(work, OWN_GROUP, file).unwrap().unwrap()
    });
    let request = shown(&scene.old)[0].id;
    let answer = scene.old.message(Content::HistoryAnswer(HistoryAnswer {
        request,
        span,
        blob: blob.clone(),
    }));
    scene
        .new
        .hear_message(OWN_GROUP, GroupKind::Own, None, scene.anna.member(0), &answer);
    let offer = scene.old.message(Content::ArchiveOffer(ArchiveOffer {
        blob,
        count: 9,
        covers: vec![span],
    }));
    scene.new.hear_message(
        GROUP,
        GroupKind::Group,
        Some(Role::Manage),
        scene.bert.member(0),
        &offer,
    );
    assert_eq!(scene.new.number("SELECT COUNT(*) FROM archives"), 0);
}

#[test]
fn one_device_answers_and_the_others_wait_their_turn() {
    let (anna, bert) = (Person::new(1, 4), Person::new(2, 1));
    let mut devices: Vec<Device> = (0..3).map(|index| Device::new(&anna, index, &[&bert])).collect();
    let (new, loner) = (anna.member(3), bert.member(0));
    for device in &mut devices {
        device.hear(loner, text("Lage"));
        device.run(|work| archive::offer_to_new_device(work, new.device).unwrap());
    }
    let due: Vec<i64> = devices
        .iter()
        .map(|device| device.number("SELECT due FROM archives"))
        .collect();
    let turn = 30 * Time::SECOND as i64;
    assert_eq!(due, [due[0], due[0] + turn, due[0] + 2 * turn]);
    // The first one offers; the others see it.
    let (first, others) = devices.split_at_mut(1);
    first[0].run(|work| archive::tick(work).unwrap());
    let offer: Vec<u8> = first[0]
        .connection
        .query_row(
            "SELECT content FROM outbox WHERE grp = ?1",
            [OWN_GROUP.as_bytes()],
            |row| row.get(0),
        )
        .unwrap();
    let origin = Origin {
        sender: anna.account,
        group: OWN_GROUP,
    };
    let offer = Message::decode(&offer, &origin).unwrap().message;
    for device in others {
        device.hear_message(OWN_GROUP, GroupKind::Own, None, anna.member(0), &offer);
        assert_eq!(
            device.number("SELECT COUNT(*) FROM archives"),
            0,
            "nor do they fetch what they have"
        );
    }
}

#[test]
fn requests_of_this_device_itself_and_empty_spans_are_nobodys_work() {
    let mut scene = scene();
    let (old, new) = (scene.old.own, scene.new.own);
    let request = |from, to| HistoryRequest {
        span: Span {
            group: CHANNEL,
            from: Sequence(from),
            to: Sequence(to),
        },
    };
    let id = encode(&scene.old.message(text("x")), old, OWN_GROUP).id;
    scene
        .old
        .run(|work| archive::requested(work, old, id, &request(1, 9)).unwrap());
    scene
        .old
        .run(|work| archive::requested(work, new, id, &request(1, 9)).unwrap());
    scene
        .old
        .run(|work| archive::ask(work, CHANNEL, Sequence(5), Sequence(4)).unwrap());
    assert_eq!(scene.old.number("SELECT COUNT(*) FROM archives"), 0);
    assert_eq!(scene.old.number("SELECT COUNT(*) FROM outbox"), 0);
}
