// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One device: an engine on a database file, and what it has heard.

use std::collections::BTreeMap;
use std::path::PathBuf;

use melder_engine::api::{ActionError, Misbehaviour, Outcome};
use melder_engine::{Action, ActionId, Effect, Engine, Event, Input};
use melder_protocol::{AccountId, Time};
use melder_server::core::ConnectionId;
use rand_chacha::ChaCha20Rng;

/// A device's number in its world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceNo(pub usize);

/// One device.
#[derive(Debug)]
pub struct Device {
    path: PathBuf,
    engine: Option<Engine>,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) rng: ChaCha20Rng,
    /// Frames that wait to be carried to the server.
    pub(crate) outgoing: Vec<Vec<u8>>,
    /// All events since the last [`Self::take_events`].
    events: Vec<Event>,
    /// What it reported of others, and how often, from the beginning.
    pub(crate) reported: BTreeMap<Misbehaviour, u64>,
    next_action: u64,
    /// It was told to stop, or to wipe.
    pub stopped: bool,
    pub wiped: bool,
    pub(crate) reconnect: bool,
    /// It comes back by itself when its connection ends.
    pub(crate) wants_online: bool,
    pub(crate) retry: Option<Time>,
    pub(crate) wake: Option<Time>,
    /// Whose it is, as far as the world knows.
    pub(crate) account: Option<AccountId>,
}

impl Device {
    pub(crate) fn new(path: PathBuf, rng: ChaCha20Rng, now: Time) -> Self {
        let mut device = Self {
            path,
            engine: None,
            connection: None,
            rng,
            outgoing: Vec::new(),
            events: Vec::new(),
            reported: BTreeMap::new(),
            next_action: 1,
            stopped: false,
            wiped: false,
            reconnect: false,
            wants_online: false,
            retry: None,
            wake: None,
            account: None,
        };
        device.start(now);
        device
    }

    /// Opens the database as it is on the disk.
    pub(crate) fn start(&mut self, now: Time) {
        let database = rusqlite::Connection::open(&self.path).expect("a database in the world's folder");
        self.engine = Some(Engine::open(database, now).expect("the engine opens what it wrote"));
    }

    /// The process dies: memory is gone.
    pub(crate) fn crash(&mut self, now: Time) {
        self.engine = None;
        self.outgoing.clear();
        self.connection = None;
        self.wake = None;
        self.start(now);
    }

    /// When the clock is to look at this device again.
    pub(crate) fn due(&self) -> Option<Time> {
        let wake = self.wake.filter(|_| !self.wiped);
        [wake, self.retry].into_iter().flatten().min()
    }

    /// The engine, for queries.
    pub fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("a device of the world has an engine")
    }

    pub(crate) fn input(&mut self, now: Time, input: Input) {
        let engine = self.engine.as_mut().expect("a device of the world has an engine");
        let effects = engine
            .handle(now, &mut self.rng, input)
            .expect("the world's disk does not fail");
        for effect in effects {
            match effect {
                Effect::Send(bytes) => self.outgoing.push(bytes),
                Effect::Event(event) => self.hear(*event),
                Effect::Stop => self.stopped = true,
                Effect::Wipe => self.wiped = true,
                Effect::Reconnect => self.reconnect = true,
                Effect::WakeAt(at) => self.wake = Some(self.wake.map_or(at, |before| before.min(at))),
            }
        }
    }

    fn hear(&mut self, event: Event) {
        if let Event::Misbehaviour { code, .. } = &event {
            *self.reported.entry(*code).or_default() += 1;
        }
        self.events.push(event);
    }

    pub(crate) fn act(&mut self, now: Time, action: Action) -> ActionId {
        let id = ActionId(self.next_action);
        self.next_action += 1;
        self.input(now, Input::Do(id, Box::new(action)));
        id
    }

    /// What came of an action; `None` while it is open.
    pub(crate) fn outcome(&mut self, id: ActionId) -> Option<Result<Outcome, ActionError>> {
        let at = self.events.iter().position(|event| match event {
            Event::Done { action, .. } | Event::Failed { action, .. } => *action == id,
            _ => false,
        })?;
        match self.events.remove(at) {
            Event::Done { outcome, .. } => Some(Ok(outcome)),
            Event::Failed { error, .. } => Some(Err(error)),
            _ => None,
        }
    }

    /// Takes the first event that fits.
    pub(crate) fn find_event<T>(&mut self, fits: impl Fn(&Event) -> Option<T>) -> Option<T> {
        let at = self.events.iter().position(|event| fits(event).is_some())?;
        fits(&self.events.remove(at))
    }

    /// What was heard since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
