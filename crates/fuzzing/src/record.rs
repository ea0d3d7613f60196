// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Records the corpora: a short life in a town (joining, linking, groups, messages, a photo, an alarm, recovery,
//! removal, deletion), of which each distinct kind of frame, entry and record becomes a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use melder_content::{Message, Origin};
use melder_engine::api::{Action, Draft, Outcome};
use melder_protocol::account::AccountKind;
use melder_protocol::cbor::{decode, encode};
use melder_protocol::entry::{Body, Entry, Notice};
use melder_protocol::frame::{ClientFrame, MailboxEvent, ServerFrame};
use melder_protocol::invitation::InvitationLink;
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{Suite, Time};

use crate::town::fixture::{alarm, photo};
use crate::town::{Town, link_devices, say, text};
use crate::{admin, engine_frame, history, mls, protocol, server_frame};

// The examples that the tests of the wire and of contents check against their specifications.
#[path = "../../content/tests/content/examples.rs"]
#[expect(clippy::unwrap_used, reason = "examples are as they should be")]
mod contents;
#[path = "../../protocol/tests/examples/mod.rs"]
#[expect(dead_code, reason = "the wire's tests ask more of them")]
mod wire;

/// Seeds are small: a frame with a whole chunk of a file teaches nothing that a short one does not.
const LARGEST: usize = 12 * 1024;
/// Of each kind so many, the smallest.
const OF_A_KIND: usize = 2;

/// Seeds by target and kind.
#[derive(Debug, Default)]
struct Seeds(BTreeMap<(&'static str, String), Smallest>);

/// Seeds of a kind with their lengths, shortest first.
type Smallest = BTreeSet<(usize, Vec<u8>)>;

impl Seeds {
    fn add(&mut self, target: &'static str, kind: impl Into<String>, seed: Vec<u8>) {
        if seed.len() > LARGEST {
            return;
        }
        let kept = self.0.entry((target, kind.into())).or_default();
        kept.insert((seed.len(), seed));
        if kept.len() > OF_A_KIND {
            kept.pop_last();
        }
    }

    /// Those that need no sorting out.
    fn add_all(&mut self, target: &'static str, seeds: Vec<Vec<u8>>) {
        for (number, seed) in seeds.into_iter().enumerate() {
            self.add(target, format!("{number:04}"), seed);
        }
    }

    fn wire(&mut self, name: &'static str, kind: impl Into<String>, bytes: &[u8]) {
        let seed = protocol::seed(name, bytes).expect("the type is known");
        self.add("protocol", format!("{name} {}", kind.into()), seed);
    }
}

/// Writes the corpora below `folder`, a folder for each target.
///
/// # Errors
/// When a file can't be written.
pub fn write(folder: &Path) -> std::io::Result<usize> {
    let mut seeds = Seeds::default();
    let town = life();
    let contents: Vec<Message> = contents::messages().into_iter().map(|(_, message)| message).collect();
    for example in wire::all() {
        if let Some(seed) = protocol::seed(example.rule, &example.bytes) {
            seeds.add("protocol", format!("{} {}", example.rule, example.name), seed);
        }
    }
    for written in &town.written {
        if written.to_server {
            from_device(&mut seeds, &written.bytes);
        } else {
            from_server(&mut seeds, &written.bytes);
        }
    }
    for (number, message) in contents.iter().enumerate() {
        let origin = Origin {
            sender: melder_protocol::AccountId::from_bytes([0xa1; 16]),
            group: melder_protocol::GroupId::from_bytes([0xb1; 16]),
        };
        if let Ok(encoded) = message.encode(&origin) {
            for way in [0, 1] {
                seeds.add(
                    "content",
                    format!("{way} {number}"),
                    [&[way], &encoded.bytes[..]].concat(),
                );
            }
        }
    }
    for (number, words) in crate::content::WORDS.iter().enumerate() {
        for way in [2, 3] {
            seeds.add(
                "content",
                format!("{way} {number}"),
                [&[way], words.as_bytes()].concat(),
            );
        }
    }
    seeds.add_all("mls", mls::seeds());
    seeds.add_all("engine_frame", engine_frame::seeds());
    seeds.add_all("server_frame", server_frame::seeds());
    seeds.add_all("history", history::seeds(&contents));
    seeds.add_all("admin", admin::seeds());
    seeds.add_all("text", crate::text::seeds());
    let mut count = 0;
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for ((target, _), kept) in &seeds.0 {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (_, seed) in kept {
            let number = numbers.entry(target).or_default();
            *number += 1;
            count += 1;
            fs::write(folder.join(format!("{number:04}")), seed)?;
        }
    }
    Ok(count)
}

/// The first bytes of an encoded variant tell it apart: array, number.
fn variant(bytes: &[u8]) -> String {
    format!("{:02x?}", &bytes[..bytes.len().min(3)])
}

fn from_device(seeds: &mut Seeds, bytes: &[u8]) {
    let Ok(frame) = decode::<ClientFrame>(bytes) else {
        return;
    };
    if let ClientFrame::Request { request, .. } = &frame {
        let encoded = encode(request);
        let kind = variant(&encoded);
        seeds.wire("ClientFrame", &kind, bytes);
        seeds.wire("Request", &kind, &encoded);
        seeds.add("server_frame", format!("request {kind}"), server_frame::seed(request));
        match request {
            Request::ExtendChain { link, .. } | Request::Claim { genesis: link, .. } => {
                seeds.wire("Link", &kind, &encode(link));
                seeds.wire("LinkBody", &kind, link.body.as_slice());
            }
            Request::ChangeRoster(change) => {
                seeds.wire("Signed<RosterChange>", &kind, &encode(change));
                seeds.wire("RosterChange", &kind, change.payload.as_slice());
            }
            Request::PutMailbox(message) => seeds.wire("LinkMessage", variant(message.as_slice()), message.as_slice()),
            Request::Seal { bytes, .. } => {
                seeds.add("history", "letter", history::letter_seed(bytes.as_slice()));
            }
            _ => {}
        }
    } else {
        seeds.wire("ClientFrame", variant(bytes), bytes);
    }
}

fn from_server(seeds: &mut Seeds, bytes: &[u8]) {
    let Ok(frame) = decode::<ServerFrame>(bytes) else {
        return;
    };
    match &frame {
        ServerFrame::Response { response, .. } => {
            let encoded = encode(response);
            let kind = variant(&encoded);
            seeds.wire("ServerFrame", format!("response {kind}"), bytes);
            seeds.wire("Response", &kind, &encoded);
            seeds.add(
                "engine_frame",
                format!("response {kind}"),
                engine_frame::response_seed(response),
            );
            answer(seeds, response);
        }
        ServerFrame::Entries { entries, .. } => {
            seeds.wire("ServerFrame", "entries", bytes);
            for entry in entries {
                self::entry(seeds, entry);
            }
        }
        ServerFrame::Mailbox(event) => {
            seeds.wire("ServerFrame", "mailbox", bytes);
            if let MailboxEvent::Message(message) = event {
                seeds.wire("LinkMessage", variant(message.as_slice()), message.as_slice());
            }
        }
        ServerFrame::Goodbye { record, removal, .. } => {
            seeds.wire("ServerFrame", format!("goodbye {}", record.is_some()), bytes);
            if let Some(record) = record {
                seeds.wire("Signed<DeletionRecord>", "", &encode(record));
            }
            if let Some(removal) = removal {
                seeds.wire("Signed<DeviceRemoval>", "", &encode(removal));
            }
        }
        _ => seeds.wire("ServerFrame", variant(bytes), bytes),
    }
    if let ServerFrame::Ready(ready) = &frame {
        seeds.wire("Ready", "", &encode(ready));
    }
}

fn answer(seeds: &mut Seeds, response: &Response) {
    match response {
        Response::GroupState(state) => seeds.wire("GroupState", format!("{}", state.mls.is_some()), &encode(state)),
        Response::Offer(offer) => seeds.wire("InvitationOffer", "", &encode(offer)),
        Response::Policy(policy) => seeds.wire("Signed<Policy>", "", &encode(policy)),
        Response::Blob(state) => seeds.wire("BlobState", "", &encode(state)),
        _ => {}
    }
}

fn entry(seeds: &mut Seeds, entry: &Entry) {
    let body = encode(&entry.body);
    let kind = variant(&body);
    seeds.wire("Entry", &kind, &encode(entry));
    seeds.wire("Body", &kind, &body);
    seeds.add("engine_frame", format!("entry {kind}"), engine_frame::entry_seed(entry));
    match &entry.body {
        Body::Account { record } => {
            seeds.wire("AccountRecord", "", &encode(record));
            if let Some(badge) = &record.badge {
                seeds.wire("Signed<Badge>", "", &encode(badge));
            }
        }
        Body::Roster { change } => {
            seeds.wire("Signed<RosterChange>", "", &encode(change));
            if let Ok(change) = change.peek()
                && let Some(terms) = &change.terms
            {
                seeds.wire("GroupTerms", "", &encode(terms));
            }
        }
        Body::Welcome(welcome) => seeds.wire("WelcomeEntry", "", &encode(welcome)),
        Body::Notice(notice) => {
            seeds.wire("Notice", variant(&body), &encode(notice));
            if let Notice::Deleted(record) = notice {
                seeds.wire("Signed<DeletionRecord>", "", &encode(record));
            }
        }
        _ => {}
    }
}

/// A short life.
fn life() -> Town {
    let mut town = Town::new(7);
    let office = town.organisation("Kreisverwaltungsreferat");
    let [anna, bela, cem] = ["Anna Berger", "Bela Novak", "Cem Acar"].map(|name| town.person(office, name));
    let ends = town.now.plus(2 * Time::DAY);
    let guest = town.somebody(office, "Gast", AccountKind::Guest, Some(ends));
    let members = [anna, bela, cem].map(|person| (person.id, Role::Member));
    for suite in Suite::ALL {
        let group = town.managed(office, GroupKind::Group, suite, &members);
        say(&mut town, anna.device, group, text("Guten Morgen"));
        say(&mut town, bela.device, group, alarm());
    }
    let publishers = [
        (anna.id, Role::Publisher),
        (bela.id, Role::Member),
        (guest.id, Role::Member),
    ];
    let channel = town.managed(office, GroupKind::Channel, Suite::Hybrid, &publishers);
    let mut notice = text("Dienstplan");
    notice.acknowledge = Some(None);
    let notice = say(&mut town, anna.device, channel, notice);
    let confirmed = melder_content::Acknowledgement { to: notice, note: None };
    say(
        &mut town,
        bela.device,
        channel,
        Draft::new(melder_content::Content::Acknowledgement(confirmed)),
    );
    let tablet = link_devices(&mut town, anna.device);
    town.pass(6);
    let Ok(Outcome::Group(chat)) = town.perform(bela.device, Action::StartDirect(anna.id)) else {
        unreachable!("no chat")
    };
    let picture = photo(&mut town, bela.device);
    say(&mut town, bela.device, chat, picture);
    town.pass(20);
    let description = Some("Für alle".to_owned());
    let private = town.perform(
        cem.device,
        Action::CreateGroup {
            kind: GroupKind::Group,
            name: "Kaffee".to_owned(),
            description: description.clone(),
            members: vec![(anna.id, Role::Member), (bela.id, Role::Manage)],
        },
    );
    if let Ok(Outcome::Group(group)) = private {
        town.pass(6);
        let name = "Tee".to_owned();
        let _renamed = town.perform(
            cem.device,
            Action::RenameGroup {
                group,
                name,
                description,
            },
        );
        let set = vec![(anna.id, Role::Manage)];
        let _changed = town.perform(
            cem.device,
            Action::ChangeRoster {
                group,
                set,
                unset: vec![bela.id],
            },
        );
        let _left = town.perform(cem.device, Action::LeaveGroup(group));
    }
    devices(&mut town, anna.device, tablet, bela.id);
    town.pass(6);
    for gone in [cem.id, guest.id] {
        town.desk(office, move |desk| desk.delete_account(gone, None).map(|_| ()))
            .expect("deleted");
        town.rest();
    }
    town.pass(6);
    town
}

/// What people do with their devices.
fn devices(town: &mut Town, phone: usize, tablet: usize, other: melder_protocol::AccountId) {
    for action in [
        Action::ListDevices,
        Action::FindAccounts {
            query: "Bela".to_owned(),
            after: None,
        },
        Action::StartDirect(other),
    ] {
        let _outcome = town.perform(phone, action);
    }
    let Ok(Outcome::RecoveryCode(words)) = town.perform(phone, Action::CreateRecoveryCode) else {
        unreachable!("no recovery code")
    };
    let new = town.device();
    town.connect(new);
    let device_name = "Neues Telefon".to_owned();
    town.perform(new, Action::Recover { words, device_name })
        .expect("recovered");
    town.pass(8);
    let own = town.devices[tablet].engine.own().ok().flatten().expect("joined");
    let name = "Büro".to_owned();
    let device = own.device;
    let _renamed = town.perform(phone, Action::RenameDevice { device, name });
    let _removed = town.perform(phone, Action::RemoveDevice(device));
    for no in 0..town.devices.len() {
        town.cut(no);
        town.connect(no);
    }
    town.rest();
}

/// An invitation's link, as it stands in a letter.
#[must_use]
pub fn invitation_link() -> String {
    let token = melder_protocol::invitation::InvitationToken {
        organisation: melder_protocol::Hash::from_bytes([1; 32]),
        secret: melder_protocol::InvitationSecret::from_bytes([2; 16]),
    };
    let server = "https://melder.example".to_owned();
    InvitationLink { server, token }.to_string()
}
