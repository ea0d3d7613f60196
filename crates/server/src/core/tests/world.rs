// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A server without sockets.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use melder_mls::sign::SigningKey;
use melder_protocol::account::AccountKind;
use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{
    AccountId, ErrorCode, GroupId, InvitationSecret, LogId, Nonce, OrganisationId, Refusal, RequestId, Sequence, Suite,
    Time, cbor,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::super::{AdminCall, ConnectionId, Core, Effect, Input, RateLimits, Work};
use super::member::Device;
use crate::delivery::{Delivery, Next, chunk_answer};
use crate::directory::accounts::NewAccount;
use crate::directory::problem::Outcome;
use crate::directory::{Desk, organisations};
use crate::push::Order;
use crate::store::sqlite::SqliteStore;
use crate::store::{Reader as _, Store as _};

/// Noon of a day in 2029.
pub(super) const NOON: Time = Time(1_875_009_600_000);

pub(super) struct World {
    pub core: Core<SqliteStore>,
    pub rng: ChaCha20Rng,
    pub now: Time,
    pub organisation: OrganisationId,
    /// What a push service would be asked for.
    pub pushes: Vec<Order>,
    delivery: Delivery<()>,
    open: BTreeSet<ConnectionId>,
    frames: BTreeMap<ConnectionId, Vec<ServerFrame>>,
    next_connection: u64,
    next_request: u32,
}

/// The code of a refusal.
pub(super) fn code<T: core::fmt::Debug>(outcome: Result<T, Refusal>) -> ErrorCode {
    outcome.expect_err("it must be refused").code
}

impl World {
    pub fn new() -> Self {
        let mut world = Self {
            core: Core::new(SqliteStore::in_memory().unwrap(), RateLimits::default()),
            rng: ChaCha20Rng::seed_from_u64(11),
            now: NOON,
            organisation: OrganisationId::from_bytes([0; 16]),
            pushes: Vec::new(),
            delivery: Delivery::default(),
            open: BTreeSet::new(),
            frames: BTreeMap::new(),
            next_connection: 0,
            next_request: 0,
        };
        world.organisation = world.admin(|work| Ok(organisations::create(work, "KVR", None)?.0.id));
        world
    }

    /// One batch: its effects reach the connections.
    pub fn batch(&mut self, inputs: Vec<Input>) -> Vec<Effect> {
        let effects = self.core.handle(self.now, &mut self.rng, inputs);
        let mut replies = Vec::new();
        let mut wake = Vec::new();
        for effect in effects {
            match effect {
                reply @ Effect::AdminReply { .. } => replies.push(reply),
                Effect::Push(order) => self.pushes.push(order),
                effect => self.delivery.apply(effect, &mut wake),
            }
        }
        self.deliver();
        replies
    }

    /// What connections would write now.
    fn deliver(&mut self) {
        let mut reader = self.core.store().reader().unwrap();
        for connection in self.open.clone() {
            loop {
                let written = match self.delivery.next(connection) {
                    Next::Write(frames) => frames,
                    Next::Read { log, after } => {
                        let found: Vec<_> = reader
                            .entries(log, after, 3, 10_000)
                            .unwrap()
                            .into_iter()
                            .map(|entry| (entry.sequence, entry.bytes))
                            .collect();
                        self.delivery.found(connection, log, after, &found)
                    }
                    Next::Chunk { id, blob, index } => {
                        vec![chunk_answer(id, index, reader.chunk(blob, index).unwrap())]
                    }
                    Next::Close => {
                        self.open.remove(&connection);
                        self.delivery.remove(connection);
                        break;
                    }
                    Next::Idle => break,
                };
                let frames = self.frames.entry(connection).or_default();
                frames.extend(written.iter().map(|bytes| cbor::decode(bytes).unwrap()));
            }
        }
    }

    /// What the server has of push in memory is lost.
    pub fn restart_push(&mut self) {
        self.core.forget_push();
    }

    /// Runs a domain function; it must succeed.
    pub fn admin<T: Send + 'static>(&mut self, run: impl FnOnce(&mut Work<'_>) -> Outcome<T> + Send + 'static) -> T {
        let call = AdminCall {
            ticket: 1,
            run: Box::new(move |work| Ok(run(work).map(|value| Box::new(value) as _)?)),
        };
        let replies = self.batch(vec![Input::Admin(call)]);
        let Some(Effect::AdminReply { reply, .. }) = replies.into_iter().next() else {
            panic!("no reply");
        };
        *reply.unwrap().downcast().unwrap()
    }

    pub fn desk<T: Send + 'static>(&mut self, run: impl FnOnce(&mut Desk<'_, '_>) -> Outcome<T> + Send + 'static) -> T {
        let organisation = self.organisation;
        self.admin(move |work| run(&mut Desk::new(work, organisation, None)))
    }

    /// Time passes, as the server hears it.
    pub fn pass(&mut self, millis: u64) {
        self.now = self.now.plus(millis);
        self.delivery.trim();
        self.batch(vec![Input::Tick]);
    }

    /// A new connection and its challenge.
    pub fn connect(&mut self) -> (ConnectionId, Nonce) {
        self.next_connection += 1;
        let connection = ConnectionId(self.next_connection);
        self.open.insert(connection);
        self.delivery.open(connection, ());
        self.batch(vec![Input::Opened(connection)]);
        match self.frames(connection).as_slice() {
            [ServerFrame::Challenge { nonce, .. }] => (connection, *nonce),
            other => panic!("{other:?}"),
        }
    }

    /// The other side is gone, without a word.
    pub fn cut(&mut self, connection: ConnectionId) {
        if self.open.remove(&connection) {
            self.delivery.remove(connection);
            self.batch(vec![Input::Closed(connection)]);
        }
    }

    pub fn is_open(&self, connection: ConnectionId) -> bool {
        self.open.contains(&connection)
    }

    /// What the connection got since the last time.
    pub fn frames(&mut self, connection: ConnectionId) -> Vec<ServerFrame> {
        self.frames.remove(&connection).unwrap_or_default()
    }

    /// Puts frames back, in front of later ones.
    pub fn unread(&mut self, connection: ConnectionId, mut frames: Vec<ServerFrame>) {
        let later = self.frames(connection);
        frames.extend(later);
        self.frames.insert(connection, frames);
    }

    pub fn send(&mut self, connection: ConnectionId, frame: &ClientFrame) {
        self.send_bytes(connection, cbor::encode(frame));
    }

    pub fn send_bytes(&mut self, connection: ConnectionId, bytes: Vec<u8>) {
        self.batch(vec![Input::Frame(connection, Bytes::from(bytes))]);
    }

    /// Asks, and gives the answer; other frames stay for later.
    pub fn ask(&mut self, connection: ConnectionId, request: Request) -> Result<Response, Refusal> {
        self.next_request += 1;
        let id = RequestId(self.next_request);
        self.send(connection, &ClientFrame::Request { id, request });
        let mut others = Vec::new();
        let mut answer = None;
        for frame in self.frames(connection) {
            match frame {
                ServerFrame::Response { id: of, response } if of == id => answer = Some(Ok(response)),
                ServerFrame::Refused { id: of, refusal } if of == id => answer = Some(Err(refusal)),
                other => others.push(other),
            }
        }
        self.unread(connection, others);
        answer.expect("every request is answered")
    }

    /// An account with an invitation.
    pub fn invite(&mut self, name: &'static str, kind: AccountKind) -> (AccountId, InvitationSecret) {
        let ends = (kind == AccountKind::Guest).then(|| self.now.plus(2 * Time::DAY));
        self.desk(move |desk| {
            let account = desk.create_account(&NewAccount {
                kind,
                name: name.to_owned(),
                unit: None,
                function: None,
                operation: None,
                ends,
            })?;
            let invitation = desk.invite_account(account.id, None)?;
            Ok((account.id, invitation.token.secret))
        })
    }

    /// A member of staff with one device, connected.
    pub fn person(&mut self, name: &'static str) -> Device {
        self.person_of(name, AccountKind::Staff)
    }

    pub fn person_of(&mut self, name: &'static str, kind: AccountKind) -> Device {
        let (account, secret) = self.invite(name, kind);
        let key = SigningKey::generate(&mut self.rng);
        let genesis = melder_mls::chain::genesis(&key, account, self.now);
        let (connection, _) = self.connect();
        let claim = Request::Claim {
            secret,
            genesis,
            device_name: "Telefon".to_owned(),
            name: None,
        };
        let Ok(Response::Claimed { record }) = self.ask(connection, claim) else {
            panic!("not claimed");
        };
        assert_eq!(record.account, account);
        self.cut(connection);
        let mut device = Device::new(account, key);
        device.connect(self);
        device
    }

    /// A managed group of these people.
    pub fn managed(&mut self, members: &[&Device], suite: Suite) -> GroupId {
        let organisation = self.organisation;
        let members: Vec<_> = members
            .iter()
            .map(|device| melder_protocol::roster::RosterMember {
                account: device.member.account,
                role: Role::Member,
            })
            .collect();
        self.admin(move |work| {
            Ok(work.create_managed_group(organisation, GroupKind::Group, "Schicht", suite, &members)?)
        })
    }

    /// What stands in a log.
    pub fn log(&mut self, log: LogId) -> Vec<Entry> {
        let mut reader = self.core.store().reader().unwrap();
        reader
            .entries(log, Sequence(0), 10_000, usize::MAX)
            .unwrap()
            .iter()
            .map(|stored| cbor::decode(&stored.bytes).unwrap())
            .collect()
    }

    /// What stands in a log, by kind.
    pub fn outline(&mut self, log: LogId) -> Vec<&'static str> {
        self.log(log)
            .iter()
            .map(|entry| match entry.body {
                Body::Message { .. } => "message",
                Body::Commit { .. } => "commit",
                Body::Proposal { .. } => "proposal",
                Body::Roster { .. } => "roster",
                Body::Account { .. } => "account",
                Body::Welcome(_) => "welcome",
                Body::Sealed { .. } => "sealed",
                Body::Notice(_) => "notice",
                Body::Established => "established",
            })
            .collect()
    }

    /// Lets devices do what they are asked and told, until nothing happens any more.
    pub fn settle(&mut self, devices: &mut [&mut Device]) {
        for _ in 0..50 {
            let mut moved = false;
            for device in devices.iter_mut() {
                moved |= device.work(self);
            }
            if !moved {
                // Additions may have been gathering.
                self.pass(1_100);
                let mut later = false;
                for device in devices.iter_mut() {
                    later |= device.work(self);
                }
                if !later {
                    return;
                }
            }
        }
        panic!("the devices do not come to rest");
    }
}
