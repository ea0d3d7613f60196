// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The worker that owns the database: opens and locks it, and deletes it. What it does while it is open stands in
//! [`super::drive`], how it answers in [`super::questions`].

use std::collections::HashMap;
use std::rc::Rc;

use melder_engine::Engine;
use melder_engine::api::{ActionId, Input, Token};
use melder_port::ask::{Failure, Pin};
use melder_port::view::{Connection, Lock};
use melder_port::{Answer, AskId, News, Reply, Time};
use melder_protocol::ErrorCode;
use melder_protocol::invitation::InvitationLink;
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore as _, SeedableRng as _};

use super::js::{self, Timer};
use super::net::Net;
use super::reached::Watch;
use super::store::{Files, NotOpen, Vault, forget_settings};
use super::{Inlet, post, tabs};
use crate::actions::Shape;
use crate::envelope::{Envelope, Relayed};
use crate::reading::{Memory, Reading};
use crate::vault::{Key, Record, VaultError};

/// Who asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum From {
    /// This tab's page; with a token, if the question was another owner's before.
    Page(AskId, Option<Token>),
    Tab(Relayed),
}

impl From {
    pub fn token(self) -> Option<Token> {
        match self {
            Self::Page(_, token) => token,
            Self::Tab(relayed) => Some(relayed.token()),
        }
    }
}

/// The way to all pages.
pub(super) struct Out {
    pub channel: Rc<tabs::Channel>,
}

impl Out {
    pub fn answer(&self, to: From, result: Result<Answer, Failure>) {
        match to {
            From::Page(id, _) => post(&Reply::Answer { id, result }),
            From::Tab(id) => {
                let result = Box::new(result);
                self.channel.say(&Envelope::Answer { id, result });
            }
        }
    }

    pub fn news(&self, news: News) {
        self.channel.say(&Envelope::News(news.clone()));
        post(&Reply::News(news));
    }
}

/// Where this device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// No account; with an engine while one is being made.
    Fresh,
    Locked,
    Open,
    Gone(String),
    NoStorage,
    Damaged {
        newer: bool,
    },
}

impl State {
    /// May the server have something new to say? A suspension ends, and a removed device may be told to delete its data; only the end
    /// of an account is for good.
    pub fn hopes(&self) -> bool {
        !matches!(self, Self::Gone(code) if code == ErrorCode::AccountDeleted.code())
    }
}

/// What is to be done when an action is.
pub(super) enum Then {
    Answer(From, Shape),
    /// The device has its account: the key goes under the PIN.
    Join(From, Box<Record>),
    /// Nobody asked.
    Nobody,
    /// Who has the last own message?
    Delivered(melder_port::GroupId, melder_port::Sequence),
}

/// What can't be done while the engine's effects are carried out.
pub(super) enum Due {
    Joined(From, Box<Record>),
    Wipe,
    /// It may have changed.
    Policy,
    /// Does one wait?
    Alarm,
    /// The local time may have.
    Zone,
}

pub(super) struct Owner {
    pub inlet: Inlet,
    pub out: Out,
    pub files: Option<Files>,
    pub vault: Option<Vault>,
    pub record: Option<Record>,
    pub state: State,
    /// An alarm waits. Kept beside the database, so that it is known without the PIN.
    pub alarm: bool,
    pub engine: Option<Engine>,
    pub key: Option<Key>,
    pub rng: ChaCha20Rng,
    pub net: Net,
    pub memory: Memory,
    pub inputs: Vec<Input>,
    pub waiting: HashMap<ActionId, Then>,
    pub next_action: u64,
    pub due: Vec<Due>,
    pub timer: Option<Timer>,
    pub wake: Option<Time>,
    pub invitation: Option<InvitationLink>,
    pub failures: u32,
    /// The chat that somebody looks at, and whom its last own message has reached.
    pub watch: Option<Watch>,
    /// Questions that must not wait for the server for ever.
    pub patience: HashMap<u64, (ActionId, Timer)>,
}

impl Owner {
    /// Takes over the database; opens it, if a tab before had it open.
    pub async fn begin(inlet: Inlet, out: Out, key: Option<Key>) -> Self {
        let mut seed = [0; 32];
        let random = OsRng.try_fill_bytes(&mut seed).is_ok();
        let mut owner = Self {
            net: Net::new(inlet.clone()),
            inlet,
            out,
            files: None,
            vault: None,
            record: None,
            state: State::NoStorage,
            alarm: false,
            engine: None,
            key: None,
            rng: ChaCha20Rng::from_seed(seed),
            memory: Memory::default(),
            inputs: Vec::new(),
            waiting: HashMap::new(),
            next_action: 1,
            due: Vec::new(),
            timer: None,
            wake: None,
            invitation: None,
            failures: 0,
            watch: None,
            patience: HashMap::new(),
        };
        if random {
            owner.find(key).await;
        }
        owner
    }

    async fn find(&mut self, key: Option<Key>) {
        let Ok(files) = Files::take().await else { return };
        let Ok(vault) = Vault::open().await else { return };
        match vault.read().await {
            Ok(Some(record)) => {
                self.alarm = vault.alarm().await;
                self.record = Some(record);
                self.state = State::Locked;
            }
            Ok(None) => {
                // What is here without a record was never finished, and nobody has its key.
                files.wipe();
                self.state = State::Fresh;
            }
            Err(_) => self.state = State::Damaged { newer: false },
        }
        self.files = Some(files);
        self.vault = Some(vault);
        if let Some(key) = key.filter(|_| self.state == State::Locked) {
            let _ = self.open(key).await;
        }
    }

    /// Where this device is, for a page.
    pub fn lock(&mut self) -> Lock {
        match &self.state {
            State::Fresh => Lock::Fresh,
            State::NoStorage => Lock::NoStorage,
            State::Damaged { newer } => Lock::Damaged { newer: *newer },
            State::Gone(code) => Lock::Gone {
                code: code.clone(),
                readable: self.engine.is_some(),
            },
            State::Open => match self.reading().and_then(|mut reading| reading.own().ok().flatten()) {
                Some(own) => Lock::Open(Box::new(own)),
                None => Lock::Damaged { newer: false },
            },
            State::Locked => {
                let standing = self.record.as_ref().map(|record| record.standing(js::now().0));
                Lock::Locked {
                    wrong_tries: standing.map_or(0, |standing| standing.wrong_tries),
                    wait_ms: standing.map_or(0, |standing| standing.wait_ms),
                    left: standing.and_then(|standing| standing.left),
                    alarm: self.alarm,
                }
            }
        }
    }

    pub fn reading(&mut self) -> Option<Reading<'_>> {
        let now = js::now();
        let memory = &mut self.memory;
        self.engine.as_mut().map(|engine| Reading { engine, memory, now })
    }

    pub fn tell_lock(&mut self) {
        let lock = self.lock();
        self.out.news(News::Lock(lock));
    }

    /// The other tabs learn the key, or that it is gone.
    pub fn share_key(&self) {
        let key = self
            .key
            .clone()
            .filter(|_| matches!(self.state, State::Open | State::Gone(_)));
        self.out.channel.say(&Envelope::Key(key));
    }

    /// Opens the database with its key, and connects.
    pub async fn open(&mut self, key: Key) -> Result<(), Failure> {
        let Some(files) = &self.files else {
            return Err(Failure::NoStorage);
        };
        let engine = match files.open(&key, js::now()) {
            Ok(engine) => engine,
            Err(error) => {
                js::log(&format!("the database does not open: {error}"));
                return match error {
                    NotOpen::NoStorage => Err(Failure::NoStorage),
                    NotOpen::Full => Err(Failure::DiskFull),
                    NotOpen::Engine(_) => Err(Failure::Internal),
                    NotOpen::Damaged => {
                        self.state = State::Damaged { newer: false };
                        Ok(())
                    }
                    NotOpen::Newer => {
                        self.state = State::Damaged { newer: true };
                        Ok(())
                    }
                };
            }
        };
        let gone = engine.gone().unwrap_or_default();
        let has_account = engine.own().is_ok_and(|own| own.is_some());
        self.engine = Some(engine);
        self.key = Some(key);
        self.failures = 0;
        self.memory = Memory::default();
        if self.remember_server().is_err() {
            return Err(Failure::Internal);
        }
        self.state = match gone {
            Some(code) => State::Gone(code),
            None if has_account => State::Open,
            None => State::Fresh,
        };
        self.share_key();
        self.due.push(Due::Alarm);
        self.inputs.push(Input::Tick);
        self.net.wanted = self.state.hopes();
        self.connect();
        self.flush();
        self.settle().await;
        Ok(())
    }

    /// An app talks to the server that it came from: its page may reach no other.
    fn remember_server(&mut self) -> Result<(), melder_engine::EngineError> {
        let origin = origin();
        match &mut self.engine {
            Some(engine) if engine.server()?.as_deref() != Some(&origin) => engine.set_server(&origin),
            _ => Ok(()),
        }
    }

    /// A database for a device that has no account yet. Its key is in memory alone until it has one.
    pub async fn begin_fresh(&mut self) -> Result<(), Failure> {
        match &self.state {
            State::Fresh if self.engine.is_some() => return Ok(()),
            State::Fresh => {}
            State::NoStorage => return Err(Failure::NoStorage),
            State::Locked => return Err(Failure::Locked),
            _ => return Err(Failure::Refused("account_exists".to_owned())),
        }
        // What an earlier try left has a key that nobody has any more.
        if let Some(files) = &self.files {
            files.wipe();
        }
        let mut key = Key([0; 32]);
        self.rng.fill_bytes(&mut key.0);
        self.open(key).await
    }

    /// The device has its account: the key goes under the PIN, and only then is anything said.
    async fn joined(&mut self, from: From, record: Record) {
        let written = match &self.vault {
            Some(vault) => vault.write(&record).await.is_ok(),
            None => false,
        };
        if !written {
            js::log("the key could not be stored: after this page is closed the device is lost");
        }
        self.record = Some(record);
        self.state = State::Open;
        self.invitation = None;
        self.share_key();
        let lock = self.lock();
        self.out.news(News::Lock(lock.clone()));
        self.out.answer(from, Ok(Answer::Lock(lock)));
    }

    /// Tries a PIN, counted before it is tried.
    pub async fn try_pin(&mut self, pin: &Pin) -> Result<Key, Failure> {
        let now = js::now().0;
        let (Some(vault), Some(record)) = (&self.vault, &mut self.record) else {
            return Err(Failure::Locked);
        };
        let standing = record.standing(now);
        if standing.wait_ms > 0 {
            return Err(Failure::WrongPin {
                left: standing.left,
                wait_ms: standing.wait_ms,
            });
        }
        record.count(now);
        if vault.write(record).await.is_err() {
            return Err(Failure::DiskFull);
        }
        match record.open(pin) {
            Ok(key) => {
                record.forgive();
                if vault.write(record).await.is_err() {
                    js::log("the count of wrong PINs could not be taken back");
                }
                Ok(key)
            }
            Err(VaultError::WrongPin | VaultError::PinTooShort) => {
                let standing = record.standing(now);
                if standing.left == Some(0) {
                    self.wipe().await;
                }
                Err(Failure::WrongPin {
                    left: standing.left,
                    wait_ms: standing.wait_ms,
                })
            }
            Err(VaultError::Damaged) => {
                self.state = State::Damaged { newer: false };
                Err(Failure::Internal)
            }
        }
    }

    /// Forgets the key, in all tabs.
    pub fn close(&mut self) {
        self.net.wanted = false;
        self.net.disconnect();
        self.timer = None;
        self.wake = None;
        self.inputs.clear();
        self.watch = None;
        self.patience.clear();
        self.engine = None;
        self.key = None;
        self.memory = Memory::default();
        for (_, then) in std::mem::take(&mut self.waiting) {
            self.refuse(then, &Failure::Locked);
        }
        if matches!(self.state, State::Open | State::Gone(_)) {
            self.state = State::Locked;
        }
        self.share_key();
    }

    /// Deletes everything of Melder on this device.
    pub async fn wipe(&mut self) {
        self.close();
        // The record first: without it the rest is noise, whatever happens next.
        let forgotten = match &self.vault {
            Some(vault) => vault.wipe().await.is_ok(),
            None => true,
        };
        let wiped = self.files.as_ref().is_none_or(Files::wipe);
        let unset = forget_settings().await.is_ok();
        if !forgotten || !wiped || !unset {
            js::log("not everything could be deleted");
        }
        self.record = None;
        self.alarm = false;
        self.invitation = None;
        self.state = if self.files.is_some() {
            State::Fresh
        } else {
            State::NoStorage
        };
        self.tell_lock();
    }

    /// What the policy says about wrong PINs must be known before the right one.
    pub async fn remember_policy(&mut self) {
        let policy = self.engine.as_ref().and_then(|engine| engine.policy().ok().flatten());
        let (Some(policy), Some(record), Some(vault)) = (policy, &mut self.record, &self.vault) else {
            return;
        };
        if record.wipe_after != policy.wipe_after && self.state == State::Open {
            record.wipe_after = policy.wipe_after;
            if vault.write(record).await.is_err() {
                js::log("the policy about wrong PINs could not be stored");
            }
        }
    }

    /// A push came. What is behind it comes over the connection; locked, that there is an alarm is all that one can know.
    pub async fn woken(&mut self, alarm: bool) {
        match self.state {
            State::Locked if alarm => self.set_alarm(true).await,
            State::Open => {
                self.net.hurry();
                self.connect();
                // A connection that slept may be dead, whatever it seems.
                self.inputs.push(Input::Probe);
            }
            _ => {}
        }
    }

    async fn set_alarm(&mut self, waits: bool) {
        if self.alarm == waits {
            return;
        }
        self.alarm = waits;
        let written = match &self.vault {
            Some(vault) => vault.set_alarm(waits).await.is_ok(),
            None => false,
        };
        if !written {
            js::log("that an alarm waits could not be stored");
        }
        if self.state == State::Locked {
            self.tell_lock();
        }
    }

    /// What was told by a push alone stands until the device has caught up.
    async fn remember_alarm(&mut self) {
        let open = self
            .engine
            .as_ref()
            .map(|engine| engine.open_alarms().map(|alarms| !alarms.is_empty()));
        match open {
            Some(Ok(true)) => self.set_alarm(true).await,
            Some(Ok(false)) if self.memory.connection == Some(Connection::Online) => self.set_alarm(false).await,
            _ => {}
        }
    }

    /// Does what had to wait until the engine's effects were carried out.
    pub async fn settle(&mut self) {
        while let Some(due) = self.due.pop() {
            match due {
                Due::Joined(from, record) => self.joined(from, *record).await,
                Due::Policy => self.remember_policy().await,
                Due::Alarm => self.remember_alarm().await,
                Due::Zone => self.renew_zone(),
                Due::Wipe => Box::pin(self.wipe()).await,
            }
        }
    }

    pub fn connect(&mut self) {
        if self.engine.is_some() {
            let before = self.net.number;
            self.net.connect(&mut self.rng);
            // After one that failed it stays offline to the eye until one holds: what waits is said meanwhile.
            if self.net.number != before && self.memory.connection != Some(Connection::Offline) {
                self.standing(Connection::Connecting);
            }
        }
    }

    /// Pages are told where the connection is, once.
    pub fn standing(&mut self, connection: Connection) {
        if self.memory.connection != Some(connection) {
            self.memory.connection = Some(connection);
            self.out.news(News::Connection(connection));
        }
    }
}

/// The server that this app came from.
pub(super) fn origin() -> String {
    js::scope().location().origin()
}
