// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A town that stands still: the server and the devices as they lay on the disk one evening, and what everybody would
//! say next morning. Made once in a process; whoever uses it works on copies.
//!
//! The next morning always begins alike: the server's randomness starts from the same seed and the connections come in
//! the same order, so its challenges are the same, and the answers that the devices' keys gave once fit each time.

use std::sync::OnceLock;

use melder_content::{Alarm, Content, Urgency};
use melder_engine::api::{Action, Draft, FileDraft, Outcome};
use melder_protocol::entry::Body;
use melder_protocol::frame::ServerFrame;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{BlobId, GroupId, LogId, Member, Suite, Time, cbor};

use super::{Files, Person, Town, say, text};
use crate::names::Names;

/// The seed of each morning.
pub const MORNING: u64 = 0x6d6f_726e;
/// What Bela says in the morning.
pub const NEWS: &str = "Bin gleich da.";
/// What was said in the evening.
pub const PAST: &str = "Guten Abend";

/// A town that stands still.
#[derive(Debug)]
pub struct Fixture {
    pub now: Time,
    pub server: Files,
    /// Anna's, Bela's, Cem's, Dora's.
    pub devices: Vec<Vec<u8>>,
    pub members: Vec<Member>,
    pub group: GroupId,
    pub channel: GroupId,
    /// Anna's devices' among themselves.
    pub own_group: GroupId,
    pub names: Names,
    /// What each device sends in the morning, its hello first.
    pub to_server: Vec<Vec<Vec<u8>>>,
    /// What each device gets in the morning, the challenge first.
    pub to_device: Vec<Vec<Vec<u8>>>,
    /// The entry with [`NEWS`] in the group, as Anna gets it.
    pub news: melder_protocol::entry::Entry,
    pub blob: Option<BlobId>,
}

/// The town.
pub fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(make)
}

fn evening() -> (Town, Vec<Person>, GroupId, GroupId) {
    let mut town = Town::new(1);
    let office = town.organisation("Kreisverwaltungsreferat");
    let people: Vec<Person> = ["Anna Berger", "Bela Novak", "Cem Acar", "Dora Lang"]
        .map(|name| town.person(office, name))
        .to_vec();
    let members: Vec<_> = people.iter().map(|person| (person.id, Role::Member)).collect();
    let group = town.managed(office, GroupKind::Group, Suite::Classical, &members);
    let readers: Vec<_> = people
        .iter()
        .enumerate()
        .map(|(no, person)| (person.id, if no == 0 { Role::Publisher } else { Role::Member }))
        .collect();
    let channel = town.managed(office, GroupKind::Channel, Suite::Classical, &readers);
    say(&mut town, people[0].device, group, text(PAST));
    let mut notice = text("Dienstplan");
    notice.acknowledge = Some(None);
    say(&mut town, people[0].device, channel, notice);
    (town, people, group, channel)
}

/// A small photo, taken in and ready to be attached.
pub fn photo(town: &mut Town, from: usize) -> Draft {
    let bytes = vec![7; 500];
    let Ok(Outcome::File(file)) = town.perform(from, Action::StartFile { size: 500 }) else {
        unreachable!("no file")
    };
    town.perform(from, Action::AddFileChunk { file, bytes })
        .expect("taken in");
    let mut draft = text("Falschparker");
    draft.files.push(FileDraft {
        file,
        filename: "foto.jpg".to_owned(),
        content_type: "image/jpeg".to_owned(),
        description: String::new(),
        preview: None,
        dimensions: Some((4, 3)),
        duration_ms: None,
        evidence: None,
    });
    draft
}

/// An alarm, to be raised.
#[must_use]
pub fn alarm() -> Draft {
    Draft::new(Content::Alarm(Alarm {
        urgency: Urgency::Notice,
        text: "Bitte sofort melden".to_owned(),
        acknowledge_by: None,
        ack_key: None,
        on_duty: false,
        over: false,
    }))
}

fn make() -> Fixture {
    let (mut town, people, group, channel) = evening();
    let photo = photo(&mut town, people[1].device);
    say(&mut town, people[1].device, group, photo);
    let blob = town.devices[0]
        .engine
        .messages(group, None, 100)
        .ok()
        .and_then(|messages| {
            let shown = messages.iter().find_map(|message| message.attachments.first());
            shown.map(|attachment| attachment.blob)
        });
    for person in &people {
        town.cut(person.device);
    }
    let members: Vec<Member> = people
        .iter()
        .map(|person| {
            let own = town.devices[person.device].engine.own().ok().flatten().expect("joined");
            Member {
                account: own.account,
                device: own.device,
            }
        })
        .collect();
    let devices: Vec<Vec<u8>> = people.iter().map(|person| town.database(person.device)).collect();
    let now = town.now.plus(8 * Time::HOUR);
    let Town { site, .. } = town;
    let server = site.stop();
    let mut names = vec![group.as_bytes().to_vec(), channel.as_bytes().to_vec()];
    for member in &members {
        names.push(member.account.as_bytes().to_vec());
        names.push(member.device.as_bytes().to_vec());
    }
    names.extend(blob.map(|blob| blob.as_bytes().to_vec()));
    let written = morning(now, &server, &devices, group, channel, blob);
    let frames = |to_server: bool| -> Vec<Vec<Vec<u8>>> {
        let of = |no: usize| {
            written
                .iter()
                .filter(|frame| frame.device == no && frame.to_server == to_server)
                .map(|frame| frame.bytes.clone())
                .collect()
        };
        (0..devices.len()).map(of).collect()
    };
    let (to_server, to_device) = (frames(true), frames(false));
    let own_group = own_group(&to_device[0]);
    names.push(own_group.as_bytes().to_vec());
    let news = news(&to_device[0], group, members[1]);
    Fixture {
        now,
        server,
        members,
        group,
        channel,
        own_group,
        names: Names::new(names),
        to_server,
        to_device,
        news,
        blob,
        devices,
    }
}

/// The next morning, in which everybody says something.
fn morning(
    now: Time,
    server: &Files,
    devices: &[Vec<u8>],
    group: GroupId,
    channel: GroupId,
    blob: Option<BlobId>,
) -> Vec<super::Written> {
    let mut town = Town::resumed(MORNING, now, server, devices);
    for no in 0..devices.len() {
        town.connect(no);
    }
    town.rest();
    say(&mut town, 1, group, text(NEWS));
    say(&mut town, 0, group, text("Wo sind Sie?"));
    say(&mut town, 2, group, alarm());
    say(&mut town, 0, channel, text("Neuer Dienstplan"));
    let picture = photo(&mut town, 2);
    say(&mut town, 2, group, picture);
    let description = None;
    let members = town.devices[1].engine.members(group).expect("the group's members");
    let other = members[0].0.account;
    let asked: Vec<Action> = vec![
        Action::ListDevices,
        Action::FindAccounts {
            query: "Anna".to_owned(),
            after: None,
        },
        Action::CreateGroup {
            kind: GroupKind::Group,
            name: "Kaffee".to_owned(),
            description,
            members: vec![(other, Role::Member)],
        },
        Action::StartDirect(other),
        Action::CreateRecoveryCode,
    ];
    for action in asked {
        // Not each makes sense for each town; what is sent is what counts.
        let _outcome = town.perform(1, action);
    }
    if let Some(blob) = blob {
        town.act(0, Action::Download(blob));
        town.rest();
    }
    town.written
}

/// The entry that brought the news.
fn news(frames: &[Vec<u8>], group: GroupId, from: Member) -> melder_protocol::entry::Entry {
    frames
        .iter()
        .filter_map(|frame| match cbor::decode(frame) {
            Ok(ServerFrame::Entries { log, entries }) if log == LogId::Group(group) => Some(entries),
            _ => None,
        })
        .flatten()
        .find(|entry| entry.sender == Some(from) && matches!(entry.body, Body::Message { .. }))
        .expect("the news are in the log")
}

/// The device's own group, as its server names it.
fn own_group(frames: &[Vec<u8>]) -> GroupId {
    frames
        .iter()
        .find_map(|frame| match cbor::decode(frame) {
            Ok(ServerFrame::Ready(ready)) => ready
                .groups
                .iter()
                .find(|head| head.kind == GroupKind::Own)
                .map(|head| head.group),
            _ => None,
        })
        .expect("everybody has an own group")
}
