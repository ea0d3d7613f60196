// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A device without a server, for tests of what it keeps.

use melder_content::{Content, Encoded, Message, MessageId, Origin, Text};
use melder_mls::chain::{self, DeviceChain};
use melder_mls::sign::SigningKey;
use melder_protocol::account::OrganisationInfo;
use melder_protocol::chain::KeyUse;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, GroupId, Member, OrganisationId, PublicKey, Sequence, Time};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use rusqlite::Connection;

use super::{Arrival, Received};
use crate::api::{Effect, Event, MessageState, MessageView, Misbehaviour};
use crate::groups::{self, Group, Status};
use crate::work::{Identity, Link, Session, Work};

pub(crate) const OWN_GROUP: GroupId = GroupId::from_bytes([0xee; 16]);
pub(crate) const GROUP: GroupId = GroupId::from_bytes([1; 16]);
pub(crate) const CHANNEL: GroupId = GroupId::from_bytes([2; 16]);
pub(crate) const START: Time = Time(1_800_000_000_000);

/// A person with as many devices as wanted; the first made the chain.
pub(crate) struct Person {
    pub account: AccountId,
    pub keys: Vec<SigningKey>,
    pub chain: DeviceChain,
}

impl Person {
    pub fn new(seed: u8, devices: u8) -> Self {
        let account = AccountId::from_bytes([seed; 16]);
        let mut keys: Vec<SigningKey> = (0..devices)
            .map(|device| SigningKey::from_seed(&[seed.wrapping_mul(16) + device + 1; 32]))
            .collect();
        // The lowest device is the first in turn.
        keys.sort_by_key(SigningKey::device);
        let mut links = vec![chain::genesis(&keys[0], account, START)];
        for key in &keys[1..] {
            let chain = DeviceChain::verify(account, &links).unwrap();
            let body = chain::add_body(&chain, keys[0].device(), key.public(), KeyUse::Device, START);
            let accept = chain::accept(&body, key);
            links.push(chain::finish_add(body, &keys[0], accept));
        }
        let chain = DeviceChain::verify(account, &links).unwrap();
        Self { account, keys, chain }
    }

    pub fn member(&self, device: usize) -> Member {
        Member {
            account: self.account,
            device: self.keys[device].device(),
        }
    }
}

pub(crate) struct Device {
    pub connection: Connection,
    pub session: Session,
    pub rng: ChaCha20Rng,
    pub now: Time,
    pub own: Member,
    next: u64,
}

impl Device {
    /// The device `index` of `person`, who knows `others`.
    pub fn new(person: &Person, index: usize, others: &[&Person]) -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::store::migrate(&mut connection).unwrap();
        let mut session = Session::new();
        session.identity = Some(Identity {
            key: person.keys[index].clone(),
            member: person.member(index),
            organisation: OrganisationInfo {
                id: OrganisationId::from_bytes([9; 16]),
                name: "Stadt".to_owned(),
                key: PublicKey::from_bytes([9; 32]),
            },
            own_group: OWN_GROUP,
        });
        for known in others.iter().copied().chain([person]) {
            session.chains.insert(known.account, Some(known.chain.clone()));
        }
        for (id, kind) in [
            (OWN_GROUP, GroupKind::Own),
            (GROUP, GroupKind::Group),
            (CHANNEL, GroupKind::Channel),
        ] {
            groups::save(&connection, &Group::new(id, kind, Status::Active)).unwrap();
        }
        let rng = ChaCha20Rng::from_seed([index as u8 + 1; 32]);
        Self {
            connection,
            session,
            rng,
            now: START,
            own: person.member(index),
            next: 1,
        }
    }

    /// One input's transaction.
    pub fn work<T>(&mut self, f: impl FnOnce(&mut Work<'_>) -> T) -> (T, Vec<Effect>) {
        let tx = self.connection.transaction().unwrap();
        let mut work = Work {
            tx: &tx,
            now: self.now,
            rng: &mut self.rng,
            session: &mut self.session,
            effects: Vec::new(),
        };
        let value = f(&mut work);
        let effects = work.effects;
        tx.commit().unwrap();
        (value, effects)
    }

    /// As [`Self::work`], when only the value counts.
    pub fn run<T>(&mut self, f: impl FnOnce(&mut Work<'_>) -> T) -> T {
        self.work(f).0
    }

    pub fn online(&mut self) {
        self.session.link = Link::Ready;
    }

    pub fn message(&mut self, content: Content) -> Message {
        let mut salt = [0; 16];
        self.rng.fill_bytes(&mut salt);
        Message::new(salt, content)
    }

    pub fn next_sequence(&mut self) -> Sequence {
        self.next += 1;
        Sequence(self.next)
    }

    /// A content comes from `sender`, who is an ordinary member.
    pub fn hear(&mut self, sender: Member, content: Content) -> MessageId {
        let message = self.message(content);
        self.hear_message(GROUP, GroupKind::Group, Some(Role::Member), sender, &message)
            .0
    }

    pub fn hear_message(
        &mut self,
        group: GroupId,
        kind: GroupKind,
        role: Option<Role>,
        sender: Member,
        message: &Message,
    ) -> (MessageId, Received, Vec<Effect>) {
        let encoded = encode(message, sender, group);
        let sequence = self.next_sequence();
        let arrival = Arrival {
            group,
            kind,
            sender,
            sequence,
            time: self.now,
            role,
            own: sender.account == self.own.account,
        };
        let (received, effects) = self.work(|work| super::receive(work, &arrival, &encoded.bytes).unwrap());
        (encoded.id, received, effects)
    }

    /// This device writes, and the server takes it at once.
    pub fn say(&mut self, content: Content) -> MessageId {
        let id = self.write(content);
        let sequence = self.next_sequence();
        self.run(|work| super::sent(work, GROUP, id, sequence, work.now).unwrap());
        id
    }

    /// This device writes; it waits.
    pub fn write(&mut self, content: Content) -> MessageId {
        let message = self.message(content);
        let own = self.own;
        let encoded = encode(&message, own, GROUP);
        self.run(|work| super::write(work, GROUP, own, &encoded, &message, MessageState::Pending).unwrap());
        encoded.id
    }

    /// This device writes; it waits for its time.
    pub fn plan(&mut self, message: &Message, at: Time) {
        let own = self.own;
        let encoded = encode(message, own, GROUP);
        self.run(|work| super::write(work, GROUP, own, &encoded, message, MessageState::Scheduled { at }).unwrap());
    }

    pub fn view(&self, id: MessageId) -> Option<MessageView> {
        super::message(&self.connection, self.own.account, id).unwrap()
    }

    pub fn texts(&self) -> Vec<String> {
        let views = super::messages(&self.connection, self.own.account, GROUP, None, 1000).unwrap();
        views.into_iter().map(|view| view.text).collect()
    }

    pub fn find(&self, query: &str) -> Vec<String> {
        let hits = super::search(&self.connection, self.own.account, query, None, 100).unwrap();
        hits.into_iter().map(|hit| hit.message.text).collect()
    }

    pub fn number(&self, sql: &str) -> i64 {
        self.connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

pub(crate) fn encode(message: &Message, sender: Member, group: GroupId) -> Encoded {
    message
        .encode(&Origin {
            sender: sender.account,
            group,
        })
        .unwrap()
}

pub(crate) fn text(words: &str) -> Content {
    Content::Text(Text::plain(words))
}

pub(crate) fn misbehaviours(effects: &[Effect]) -> Vec<Misbehaviour> {
    events(effects)
        .filter_map(|event| match event {
            Event::Misbehaviour { code, .. } => Some(*code),
            _ => None,
        })
        .collect()
}

pub(crate) fn alarms(effects: &[Effect]) -> Vec<MessageId> {
    events(effects)
        .filter_map(|event| match event {
            Event::Alarm { message, .. } => Some(*message),
            _ => None,
        })
        .collect()
}

pub(crate) fn events(effects: &[Effect]) -> impl Iterator<Item = &Event> {
    effects.iter().filter_map(|effect| match effect {
        Effect::Event(event) => Some(&**event),
        _ => None,
    })
}
