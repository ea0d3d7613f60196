// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A device in its simplest form: it does what the server's frames ask for, and keeps everything in memory.

use std::collections::BTreeMap;

use melder_mls::context::GroupSpec;
use melder_mls::key_package;
use melder_mls::member::{CommitPlan, MemberGroup};
use melder_mls::provider::Provider;
use melder_mls::roster::{self, Roster};
use melder_mls::sign::{self, SigningKey};
use melder_mls::storage::MemoryKeyValues;
use melder_protocol::account::OrganisationInfo;
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::{Body, Entry, WelcomeEntry};
use melder_protocol::frame::{ClientFrame, HELLO_LABEL, Hello, Ready, ServerFrame, Task, TaskKind};
use melder_protocol::request::{GroupState, Request, Response};
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, Counter, Cursor, Epoch, ErrorCode, GroupId, LogId, Member, Nonce, PROTOCOL_VERSION, Refusal, Sequence,
    Suite,
};

use super::super::ConnectionId;
use super::world::World;
use crate::groups::Recorded;

#[derive(Default)]
pub(super) struct Chat {
    pub group: Option<MemberGroup>,
    pub changes: Vec<Signed<RosterChange>>,
    proposals: Vec<Vec<u8>>,
    pub messages: Vec<Vec<u8>>,
    sent: u64,
    /// The last entry that was handled.
    pub position: Sequence,
    /// An own commit that waits for its place in the log.
    pending: Option<Vec<u8>>,
}

impl Chat {
    /// What an engine does with proposals that its own rules refuse.
    pub fn forget_proposals(&mut self) {
        self.proposals.clear();
    }

    fn roster(&self) -> Roster {
        Roster::verify(&self.changes, &Recorded::of(&self.changes)).unwrap()
    }
}

pub(super) struct Device {
    pub member: Member,
    pub key: SigningKey,
    pub connection: Option<ConnectionId>,
    pub chats: BTreeMap<GroupId, Chat>,
    pub inbox: Sequence,
    pub notices: Vec<melder_protocol::entry::Notice>,
    pub goodbye: Option<ErrorCode>,
    /// Asked for a task, it does nothing.
    pub lazy: bool,
    pub tasks: Vec<Task>,
    pub last_commit: Option<Request>,
    keys: MemoryKeyValues,
}

impl Device {
    pub fn new(account: AccountId, key: SigningKey) -> Self {
        Self {
            member: Member {
                account,
                device: key.device(),
            },
            key,
            connection: None,
            chats: BTreeMap::new(),
            inbox: Sequence(0),
            notices: Vec::new(),
            goodbye: None,
            lazy: false,
            tasks: Vec::new(),
            last_commit: None,
            keys: MemoryKeyValues::default(),
        }
    }

    pub fn hello(&self, nonce: &Nonce) -> Hello {
        Hello {
            version: PROTOCOL_VERSION,
            account: self.member.account,
            device: self.member.device,
            signature: self.key.sign(HELLO_LABEL, &Hello::signed_part(nonce, &self.member)),
            software: "test".to_owned(),
        }
    }

    /// Connects and proves itself; the server's answer.
    pub fn try_connect(&mut self, world: &mut World) -> Result<Ready, ErrorCode> {
        let (connection, nonce) = world.connect();
        world.send(connection, &ClientFrame::Hello(self.hello(&nonce)));
        let mut frames = world.frames(connection);
        let first = frames.remove(0);
        world.unread(connection, frames);
        match first {
            ServerFrame::Ready(ready) => {
                self.connection = Some(connection);
                Ok(ready)
            }
            ServerFrame::Goodbye { code, .. } => {
                assert!(!world.is_open(connection));
                Err(code)
            }
            other => panic!("{other:?}"),
        }
    }

    /// Connects, stocks up, follows what it has.
    pub fn connect(&mut self, world: &mut World) {
        let ready = self.try_connect(world).unwrap();
        if ready.stock.iter().any(|stock| stock.count < 3) {
            self.publish(world, 5);
        }
        self.follow(world, LogId::Inbox(self.member.account), self.inbox);
        let known: Vec<_> = self.chats.iter().map(|(group, chat)| (*group, chat.position)).collect();
        for (group, position) in known {
            self.follow(world, LogId::Group(group), position);
        }
    }

    pub fn disconnect(&mut self, world: &mut World) {
        if let Some(connection) = self.connection.take() {
            world.cut(connection);
        }
    }

    pub fn ask(&self, world: &mut World, request: Request) -> Result<Response, Refusal> {
        world.ask(self.connection.expect("connected"), request)
    }

    pub fn publish(&self, world: &mut World, count: usize) {
        let mut packages = Vec::new();
        let mut last_resort = Vec::new();
        for suite in Suite::ALL {
            let provider = Provider::new(&self.keys, &mut world.rng);
            let make = |last| Bytes(key_package::create(&provider, &self.key, self.member, suite, last).unwrap());
            packages.extend((0..count).map(|_| make(false)));
            last_resort.push(make(true));
        }
        self.ask(world, Request::PublishKeyPackages { packages, last_resort })
            .unwrap();
    }

    pub fn follow(&self, world: &mut World, log: LogId, after: Sequence) {
        self.ask(world, Request::Follow(Cursor { log, sequence: after }))
            .unwrap();
    }

    /// Acknowledges everything that it has.
    pub fn acknowledge(&self, world: &mut World) {
        let mut cursors: Vec<Cursor> = self
            .chats
            .iter()
            .map(|(group, chat)| Cursor {
                log: LogId::Group(*group),
                sequence: chat.position,
            })
            .collect();
        cursors.push(Cursor {
            log: LogId::Inbox(self.member.account),
            sequence: self.inbox,
        });
        world.send(self.connection.expect("connected"), &ClientFrame::Ack(cursors));
    }

    pub fn state(&self, world: &mut World, group: GroupId, epoch: Option<Epoch>) -> Result<GroupState, Refusal> {
        match self.ask(world, Request::GroupState { group, epoch })? {
            Response::GroupState(state) => Ok(state),
            other => panic!("{other:?}"),
        }
    }

    /// Does what its frames say. True when there were any.
    pub fn work(&mut self, world: &mut World) -> bool {
        let Some(connection) = self.connection else {
            return false;
        };
        let frames = world.frames(connection);
        let any = !frames.is_empty();
        let mut tasks = Vec::new();
        for frame in frames {
            match frame {
                ServerFrame::Entries { log, entries } => {
                    for entry in entries {
                        match log {
                            LogId::Group(group) => self.group_entry(world, group, entry),
                            LogId::Inbox(_) => self.inbox_entry(world, entry),
                        }
                    }
                }
                ServerFrame::Task(task) => {
                    self.tasks.push(task.clone());
                    // A task may come before the entries that it speaks of.
                    tasks.push(task);
                }
                ServerFrame::Gap { log, through } => {
                    if let LogId::Group(group) = log {
                        self.chats.entry(group).or_default().position = through;
                    } else {
                        self.inbox = through;
                    }
                }
                ServerFrame::Goodbye { code, .. } => {
                    self.goodbye = Some(code);
                    self.connection = None;
                }
                _ => {}
            }
        }
        for task in tasks {
            if !self.lazy {
                self.task(world, &task);
            }
        }
        any
    }

    fn group_entry(&mut self, world: &mut World, group: GroupId, entry: Entry) {
        let chat = self.chats.entry(group).or_default();
        assert_eq!(entry.sequence, chat.position.next(), "entries come in order, each once");
        chat.position = entry.sequence;
        let provider = Provider::new(&self.keys, &mut world.rng);
        match entry.body {
            Body::Roster { change } => {
                // What the state at joining held already.
                let index = change.peek().unwrap().index;
                if index.0 as usize == chat.changes.len() {
                    chat.changes.push(change);
                }
            }
            Body::Proposal { bytes, .. } => chat.proposals.push(bytes.0),
            Body::Commit { epoch, bytes } => {
                let Some(mls) = chat.group.as_mut().filter(|mls| mls.epoch() == epoch) else {
                    return;
                };
                let proposals: Vec<&[u8]> = chat.proposals.iter().map(Vec::as_slice).collect();
                if chat.pending.as_ref() == Some(&bytes.0) {
                    mls.merge_pending(&provider).unwrap();
                } else {
                    let incoming = mls.process_commit(&provider, &proposals, bytes.as_slice()).unwrap();
                    mls.merge(&provider, incoming).unwrap();
                }
                chat.pending = None;
                chat.proposals.clear();
            }
            Body::Message { bytes, .. } => {
                if entry.sender != Some(self.member)
                    && let Some(mls) = chat.group.as_mut()
                {
                    let received = mls.decrypt(&provider, bytes.as_slice()).unwrap();
                    assert_eq!(Some(received.sender), entry.sender);
                    chat.messages.push(received.bytes);
                }
            }
            _ => {}
        }
    }

    fn inbox_entry(&mut self, world: &mut World, entry: Entry) {
        assert_eq!(entry.sequence, self.inbox.next());
        self.inbox = entry.sequence;
        match entry.body {
            Body::Welcome(welcome) if welcome.device == self.member.device => self.welcomed(world, &welcome),
            Body::Notice(notice) => self.notices.push(notice),
            _ => {}
        }
    }

    fn welcomed(&mut self, world: &mut World, welcome: &WelcomeEntry) {
        let state = self.state(world, welcome.group, Some(welcome.epoch)).unwrap();
        let mls = state.mls.unwrap();
        assert_eq!(mls.sequence, welcome.sequence);
        let mut chat = Chat {
            changes: state.roster,
            position: welcome.sequence,
            ..Chat::default()
        };
        let spec = GroupSpec::of(&chat.roster());
        let provider = Provider::new(&self.keys, &mut world.rng);
        let group = MemberGroup::join(&provider, welcome.bytes.as_slice(), mls.tree.as_slice(), &spec).unwrap();
        chat.group = Some(group);
        self.chats.insert(welcome.group, chat);
        self.follow(world, LogId::Group(welcome.group), welcome.sequence);
    }

    fn task(&mut self, world: &mut World, task: &Task) {
        let outcome = match task.kind {
            TaskKind::Establish => self.establish(world, task.group),
            TaskKind::Commit { epoch, .. } => {
                let current = self.chats.get(&task.group).and_then(|chat| chat.group.as_ref());
                if current.is_some_and(|mls| mls.epoch() == epoch) {
                    self.commit(world, task.group)
                } else {
                    Ok(Sequence(0))
                }
            }
            TaskKind::Join => self.join(world, task.group),
        };
        outcome.unwrap();
    }

    fn establish(&mut self, world: &mut World, group: GroupId) -> Result<Sequence, Refusal> {
        let state = self.state(world, group, None)?;
        let chat = Chat {
            changes: state.roster,
            ..Chat::default()
        };
        self.found(world, group, chat, None)
    }

    /// Founds the MLS group and brings it to the server.
    pub fn found(
        &mut self,
        world: &mut World,
        group: GroupId,
        mut chat: Chat,
        genesis: Option<Signed<RosterChange>>,
    ) -> Result<Sequence, Refusal> {
        let spec = GroupSpec::of(&chat.roster());
        let provider = Provider::new(&self.keys, &mut world.rng);
        let (mls, founding) = MemberGroup::found(&provider, &self.key, self.member, &spec).unwrap();
        let request = Request::Establish {
            group,
            genesis,
            group_info: Bytes(founding.group_info),
            tree: Bytes(founding.tree),
        };
        let appended = match self.ask(world, request) {
            Ok(Response::Appended { sequence, .. }) => sequence,
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => {
                mls.delete(&Provider::new(&self.keys, &mut world.rng)).unwrap();
                return Err(refusal);
            }
        };
        chat.group = Some(mls);
        chat.position = appended;
        self.chats.insert(group, chat);
        self.follow(world, LogId::Group(group), appended);
        Ok(appended)
    }

    /// Starts a private group.
    pub fn start(
        &mut self,
        world: &mut World,
        group: GroupId,
        kind: GroupKind,
        others: &[AccountId],
    ) -> Result<Sequence, Refusal> {
        let info = world.organisation_info();
        let set = std::iter::once((self.member.account, Role::Manage))
            .chain(others.iter().map(|account| (*account, Role::Member)))
            .map(|(account, role)| RosterMember { account, role })
            .collect();
        let terms = GroupTerms {
            kind,
            authority: Authority::Private,
            organisation: info.id,
            organisation_key: info.key,
            suite: Suite::Classical,
        };
        let genesis = roster::genesis(group, terms, set, None, Author::Device(self.member), world.now);
        let genesis = sign::sign_statement(&self.key, &genesis);
        let chat = Chat {
            changes: vec![genesis.clone()],
            ..Chat::default()
        };
        self.found(world, group, chat, Some(genesis))
    }

    /// Commits all open proposals.
    pub fn commit(&mut self, world: &mut World, group: GroupId) -> Result<Sequence, Refusal> {
        let chat = self.chats.get_mut(&group).unwrap();
        let stamp = chat.roster().stamp();
        let provider = Provider::new(&self.keys, &mut world.rng);
        let proposals: Vec<&[u8]> = chat.proposals.iter().map(Vec::as_slice).collect();
        let mls = chat.group.as_mut().unwrap();
        let bundle = mls
            .commit(&provider, &self.key, &proposals, &CommitPlan::default(), stamp)
            .unwrap();
        chat.pending = Some(bundle.commit.clone());
        let request = Request::Commit {
            group,
            commit: Bytes(bundle.commit),
            welcome: bundle.welcome.map(Bytes),
            group_info: Bytes(bundle.group_info),
        };
        self.last_commit = Some(request.clone());
        match self.ask(world, request) {
            Ok(Response::Appended { sequence, .. }) => Ok(sequence),
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => {
                let chat = self.chats.get_mut(&group).unwrap();
                chat.pending = None;
                let provider = Provider::new(&self.keys, &mut world.rng);
                chat.group.as_mut().unwrap().clear_pending(&provider).unwrap();
                Err(refusal)
            }
        }
    }

    /// Joins by external commit.
    pub fn join(&mut self, world: &mut World, group: GroupId) -> Result<Sequence, Refusal> {
        let state = self.state(world, group, None)?;
        let mls = state.mls.unwrap();
        let mut chat = Chat {
            changes: state.roster,
            ..Chat::default()
        };
        let roster = chat.roster();
        let spec = GroupSpec::of(&roster);
        let provider = Provider::new(&self.keys, &mut world.rng);
        let (joined, bundle) = MemberGroup::join_external(
            &provider,
            &self.key,
            self.member,
            mls.group_info.as_slice(),
            mls.tree.as_slice(),
            &spec,
            roster.stamp(),
        )
        .unwrap();
        let request = Request::Commit {
            group,
            commit: Bytes(bundle.commit),
            welcome: None,
            group_info: Bytes(bundle.group_info),
        };
        let appended = match self.ask(world, request) {
            Ok(Response::Appended { sequence, .. }) => sequence,
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => {
                joined.delete(&Provider::new(&self.keys, &mut world.rng)).unwrap();
                return Err(refusal);
            }
        };
        chat.group = Some(joined);
        chat.position = appended;
        self.chats.insert(group, chat);
        self.follow(world, LogId::Group(group), appended);
        Ok(appended)
    }

    /// The next message, encrypted, as a request.
    pub fn message(&mut self, world: &mut World, group: GroupId, text: &str) -> Request {
        let chat = self.chats.get_mut(&group).unwrap();
        chat.sent += 1;
        let provider = Provider::new(&self.keys, &mut world.rng);
        let bytes = chat
            .group
            .as_mut()
            .unwrap()
            .encrypt(&provider, &self.key, text.as_bytes())
            .unwrap();
        Request::Append {
            group,
            counter: Counter(chat.sent),
            bytes: Bytes(bytes),
            ring: melder_protocol::push::Ring::Message,
        }
    }

    pub fn say(&mut self, world: &mut World, group: GroupId, text: &str) -> Result<Sequence, Refusal> {
        let request = self.message(world, group, text);
        match self.ask(world, request) {
            Ok(Response::Appended { sequence, .. }) => Ok(sequence),
            Ok(other) => panic!("{other:?}"),
            Err(refusal) => {
                self.chats.get_mut(&group).unwrap().sent -= 1;
                Err(refusal)
            }
        }
    }

    pub fn heard(&self, group: GroupId) -> Vec<String> {
        self.chats
            .get(&group)
            .map(|chat| {
                chat.messages
                    .iter()
                    .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    .collect()
            })
            .unwrap_or_default()
    }

    /// A change to a private roster.
    pub fn change(
        &mut self,
        world: &mut World,
        group: GroupId,
        fill: impl FnOnce(&mut RosterChange),
    ) -> Result<Response, Refusal> {
        let mut change = self.chats[&group]
            .roster()
            .change(Author::Device(self.member), world.now);
        fill(&mut change);
        let signed = sign::sign_statement(&self.key, &change);
        self.ask(world, Request::ChangeRoster(signed))
    }
}

impl World {
    pub fn organisation_info(&mut self) -> OrganisationInfo {
        let organisation = self.organisation;
        self.admin(move |work| Ok(crate::directory::organisation(work.tx, organisation)?.unwrap().info))
    }
}
