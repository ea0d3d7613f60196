// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What one input's handling works with: the transaction, the clock's reading, randomness, and the effects that come
//! out once the transaction is on disk.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use melder_mls::chain::DeviceChain;
use melder_mls::member::MemberGroup;
use melder_mls::provider::Provider;
use melder_mls::roster::Roster;
use melder_mls::sign::SigningKey;
use melder_protocol::account::OrganisationInfo;
use melder_protocol::deletion::DeviceRemoval;
use melder_protocol::frame::{ClientFrame, TaskKind};
use melder_protocol::request::Request;
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, Counter, DeviceId, Epoch, GroupId, LogId, Member, Nonce, RequestId, Sequence, Time, cbor,
};
use rand_core::CryptoRngCore;
use rusqlite::Connection;

use crate::api::{ActionError, ActionId, Effect, Event, Misbehaviour, Outcome};
use crate::error::EngineError;
use crate::linking::LinkState;
use crate::pending::Pending;
use crate::store::MlsStore;

/// This device, once it has an account.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub key: SigningKey,
    pub member: Member,
    pub organisation: OrganisationInfo,
    pub own_group: GroupId,
}

/// Where the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Down,
    /// The transport stands; the challenge may have come.
    Up(Option<Nonce>),
    /// Authenticated.
    Ready,
}

/// What the engine counts, for balances and benches. Since [`crate::Engine::open`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stats {
    pub messages_sent: u64,
    pub messages_received: u64,
    pub commits_made: u64,
    pub commits_refused: u64,
    pub commits_processed: u64,
    pub joins_welcome: u64,
    pub joins_external: u64,
    pub repairs: u64,
    pub undecryptable: u64,
    /// Forged or rule-breaking things that were refused.
    pub refused: u64,
}

/// Something that is tried again, after growing pauses.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Halt {
    pub since: Time,
    pub tries: u32,
}

impl Halt {
    /// A minute, then two, up to an hour.
    pub fn is_due(&self, now: Time) -> bool {
        now.since(self.since) >= (60 * Time::SECOND) << self.tries.min(6)
    }
}

/// What lives in memory only: it can all be rebuilt from the database and the connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub link: Link,
    pub identity: Option<Identity>,
    pub next_request: u32,
    pub pending: BTreeMap<RequestId, Pending>,
    pub groups: HashMap<GroupId, MemberGroup>,
    pub rosters: HashMap<GroupId, Roster>,
    pub chains: HashMap<AccountId, Option<DeviceChain>>,
    /// Tasks that wait until the log is read far enough.
    pub tasks: BTreeMap<GroupId, TaskKind>,
    /// Do not send into this group before its log is read up to here.
    pub blocked: BTreeMap<GroupId, Sequence>,
    pub linking: Option<LinkState>,
    pub stats: Stats,
    /// Groups whose outbox should be looked at after this input.
    pub dirty: BTreeSet<GroupId>,
    /// Grows whenever a chain changes.
    pub chains_version: u64,
    /// Groups whose every leaf belonged, at this epoch, roster and knowledge of chains.
    pub clean: HashMap<GroupId, (Epoch, melder_protocol::Index, u64)>,
    /// Since when a group has a leaf that does not belong.
    pub unclean_since: BTreeMap<GroupId, Time>,
    /// Actions that wait for the server's challenge.
    pub waiting: Vec<(ActionId, Box<crate::api::Action>)>,
    /// Where a log's head was when we began to follow it.
    pub heads: BTreeMap<GroupId, Sequence>,
    /// Where the inbox's head was when we began to follow it.
    pub inbox_head: Option<Sequence>,
    /// Groups whose tree has this device as a leaf, as the server said at the beginning of the connection.
    pub leaf_of: Vec<GroupId>,
    /// Roster changes that wait until the log is read further.
    pub rosters_waiting: Vec<crate::rosters::Change>,
    /// Files on their way.
    pub files: crate::files::Flights,
    /// Devices of ours that an administrator removed, as the server said at the beginning of the connection.
    pub removals: Vec<Signed<DeviceRemoval>>,
    /// Groups into which somebody came while their log was still being read: they are told once, at its end.
    pub newcomers: BTreeSet<GroupId>,
    /// Groups that did not take us back: how often in a row, and since when.
    pub refused: BTreeMap<GroupId, Halt>,
    /// Groups whose log broke the rules, and how often they were tried again.
    pub halts: BTreeMap<GroupId, Halt>,
    /// Logs of which the server served less than before.
    pub rolled: BTreeMap<LogId, Halt>,
    /// Those of them that are not followed, since the server still has less than was read.
    pub behind: BTreeSet<LogId>,
    /// How many messages of an epoch could not be read.
    pub unreadable: BTreeMap<GroupId, (Epoch, u32)>,
    /// The last counter of each device in each group's log. Without gaps, as long as a log is read without gaps.
    pub heard: HashMap<(GroupId, DeviceId), Counter>,
    /// By so many days our clock is ahead of the server's, if it is wrong by days.
    pub clock_days: Option<i32>,
    /// How often counters were refused since the last message that was taken.
    pub refusals: BTreeMap<GroupId, u32>,
    /// What the chats are to be told of at the end of this input.
    pub reports: Vec<crate::notices::Report>,
    /// When a chat was last told of something.
    pub said: HashMap<(GroupId, Misbehaviour), Time>,
}

impl Session {
    pub fn new() -> Self {
        Self {
            link: Link::Down,
            identity: None,
            next_request: 1,
            pending: BTreeMap::new(),
            groups: HashMap::new(),
            rosters: HashMap::new(),
            chains: HashMap::new(),
            tasks: BTreeMap::new(),
            blocked: BTreeMap::new(),
            linking: None,
            stats: Stats::default(),
            dirty: BTreeSet::new(),
            chains_version: 0,
            clean: HashMap::new(),
            unclean_since: BTreeMap::new(),
            waiting: Vec::new(),
            heads: BTreeMap::new(),
            inbox_head: None,
            leaf_of: Vec::new(),
            rosters_waiting: Vec::new(),
            files: crate::files::Flights::default(),
            removals: Vec::new(),
            newcomers: BTreeSet::new(),
            refused: BTreeMap::new(),
            halts: BTreeMap::new(),
            rolled: BTreeMap::new(),
            behind: BTreeSet::new(),
            unreadable: BTreeMap::new(),
            heard: HashMap::new(),
            clock_days: None,
            refusals: BTreeMap::new(),
            reports: Vec::new(),
            said: HashMap::new(),
        }
    }

    /// After a failed transaction: memory may be ahead of the disk.
    pub fn forget_caches(&mut self) {
        self.groups.clear();
        self.rosters.clear();
        self.chains.clear();
        self.clean.clear();
        self.heard.clear();
        self.reports.clear();
        self.said.clear();
        self.files = crate::files::Flights::default();
    }
}

/// One input's handling.
pub(crate) struct Work<'a> {
    pub tx: &'a Connection,
    pub now: Time,
    pub rng: &'a mut dyn CryptoRngCore,
    pub session: &'a mut Session,
    pub effects: Vec<Effect>,
}

impl Work<'_> {
    pub fn event(&mut self, event: Event) {
        self.effects.push(Effect::Event(Box::new(event)));
    }

    pub fn done(&mut self, action: ActionId, outcome: Outcome) {
        self.event(Event::Done { action, outcome });
    }

    pub fn failed(&mut self, action: ActionId, error: impl Into<ActionError>) {
        let error = error.into();
        self.event(Event::Failed { action, error });
    }

    pub fn frame(&mut self, frame: &ClientFrame) {
        self.effects.push(Effect::Send(cbor::encode(frame)));
    }

    /// Sends a request and remembers what its answer means. Only while [`Self::online`] (or for open requests).
    pub fn request(&mut self, request: Request, pending: Pending) {
        let id = RequestId(self.session.next_request);
        self.session.next_request = self.session.next_request.wrapping_add(1);
        self.session.pending.insert(id, pending);
        self.frame(&ClientFrame::Request { id, request });
    }

    pub fn online(&self) -> bool {
        self.session.link == Link::Ready
    }

    /// Something broke the rules and was refused: an event now, a line in the chat at the end of the input.
    pub fn misbehaviour(&mut self, group: Option<GroupId>, code: Misbehaviour) {
        self.misbehaviour_at(group, None, code);
    }

    /// The same, with its place in the group's log.
    pub fn misbehaviour_at(&mut self, group: Option<GroupId>, at: Option<Sequence>, code: Misbehaviour) {
        self.session.stats.refused += 1;
        self.event(Event::Misbehaviour { group, code });
        if let Some(group) = group {
            self.session.reports.push(crate::notices::Report { group, at, code });
        }
    }

    pub fn identity(&self) -> Result<&Identity, EngineError> {
        self.session.identity.as_ref().ok_or(EngineError::Damaged("identity"))
    }

    pub fn own_account(&self) -> Option<AccountId> {
        self.session.identity.as_ref().map(|identity| identity.member.account)
    }

    pub fn own_device(&self) -> Option<DeviceId> {
        self.session.identity.as_ref().map(|identity| identity.member.device)
    }

    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// Runs `f` with OpenMLS's surroundings inside this transaction.
    pub fn with_mls<T>(&mut self, f: impl FnOnce(&Provider<'_, MlsStore<'_>>, &mut Session) -> T) -> T {
        let store = MlsStore(self.tx);
        let provider = Provider::new(&store, self.rng);
        f(&provider, self.session)
    }
}

impl core::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Work").field("now", &self.now).finish_non_exhaustive()
    }
}
