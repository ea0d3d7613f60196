// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A server core and devices in one process, without sockets or threads, so that nothing but an engine is on the clock:
//! [`Device::input`] measures `Engine::handle` and nothing else. The databases are files, opened and keyed as the
//! client opens them. What the server does between two inputs is real, and not counted.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use melder_client::{Database, open_database};
use melder_engine::Engine;
use melder_engine::api::{Action, ActionId, Effect, Event, Input, Outcome};
use melder_protocol::account::AccountKind;
use melder_protocol::invitation::InvitationToken;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, GroupId, OrganisationId, Refusal, Time};
use melder_server::core::{self, AdminCall, AdminReply, ConnectionId, Core, RateLimits, Work};
use melder_server::delivery::{Delivery, Next};
use melder_server::directory::Desk;
use melder_server::directory::accounts::NewAccount;
use melder_server::directory::groups::NewGroup;
use melder_server::directory::organisations;
use melder_server::directory::types::{AccountRule, Rules};
use melder_server::store::sqlite::SqliteStore;
use melder_server::store::{Reader, Store as _};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use zeroize::Zeroizing;

use super::{now, odd};
use crate::BenchError;

/// One device.
pub struct Device {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    engine: Option<Engine>,
    rng: ChaCha20Rng,
    connection: Option<ConnectionId>,
    outgoing: Vec<Vec<u8>>,
    events: Vec<Event>,
    actions: u64,
}

impl Device {
    fn new(path: PathBuf, rng: &mut ChaCha20Rng, now: Time) -> Result<Self, BenchError> {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        let mut device = Self {
            path,
            key,
            engine: None,
            rng: fork(rng),
            connection: None,
            outgoing: Vec::new(),
            events: Vec::new(),
            actions: 0,
        };
        device.open(now)?;
        Ok(device)
    }

    /// Opens the database anew, as a process that starts does. Says how long it took.
    pub fn open(&mut self, now: Time) -> Result<Duration, BenchError> {
        self.engine = None;
        let begin = Instant::now();
        let database =
            open_database(&Database::File(self.path.clone()), Some(&self.key)).map_err(BenchError::failed)?;
        self.engine = Some(Engine::open(database, now).map_err(BenchError::failed)?);
        Ok(begin.elapsed())
    }

    pub fn engine(&mut self) -> Result<&mut Engine, BenchError> {
        self.engine.as_mut().ok_or_else(|| odd("an engine"))
    }

    /// One input, and how long the engine took for it.
    pub fn input(&mut self, now: Time, input: Input) -> Result<Duration, BenchError> {
        self.inputs(now, vec![input])
    }

    /// Inputs that came together, as the client hands them over.
    pub fn inputs(&mut self, now: Time, inputs: Vec<Input>) -> Result<Duration, BenchError> {
        let engine = self.engine.as_mut().ok_or_else(|| odd("an engine"))?;
        let begin = Instant::now();
        let effects = engine
            .handle_all(now, &mut self.rng, inputs)
            .map_err(BenchError::failed)?;
        let took = begin.elapsed();
        for effect in effects {
            match effect {
                Effect::Send(bytes) => self.outgoing.push(bytes),
                Effect::Event(event) => self.events.push(*event),
                Effect::WakeAt(_) => {}
                Effect::Reconnect | Effect::Stop | Effect::Wipe => return Err(odd("a device that goes on")),
            }
        }
        Ok(took)
    }

    pub fn act(&mut self, now: Time, action: Action) -> Result<Duration, BenchError> {
        self.actions += 1;
        self.input(now, Input::Do(ActionId(self.actions), Box::new(action)))
    }

    /// Bytes of the database and its log.
    pub fn size(&self) -> Result<u64, BenchError> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let log = std::fs::metadata(log).map_or(0, |found| found.len());
        Ok(std::fs::metadata(&self.path)?.len() + log)
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}

/// The server, the network and the devices.
pub struct Town {
    pub now: Time,
    pub devices: Vec<Device>,
    office: OrganisationId,
    /// The owner's, for the administration's API.
    pub token: String,
    core: Core<SqliteStore>,
    delivery: Delivery<ConnectionId>,
    reader: Box<dyn Reader>,
    rng: ChaCha20Rng,
    connections: u64,
    tickets: u64,
    replies: VecDeque<Result<AdminReply, Refusal>>,
    folder: PathBuf,
}

impl Town {
    /// A server with one organisation, its store in `folder`.
    pub fn new(folder: &Path, seed: u64) -> Result<Self, BenchError> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let store = SqliteStore::open(folder).map_err(BenchError::failed)?;
        let reader = Box::new(store.reader().map_err(BenchError::failed)?);
        let without = RateLimits {
            device_per_second: u32::MAX,
            device_burst: u32::MAX,
            open_per_second: u32::MAX,
            open_burst: u32::MAX,
        };
        let mut town = Self {
            // MLS looks at the machine's clock for the lifetime of key packages.
            now: now(),
            devices: Vec::new(),
            office: OrganisationId::from_bytes([0; 16]),
            token: String::new(),
            core: Core::new(store, without),
            delivery: Delivery::default(),
            reader,
            rng: fork(&mut rng),
            connections: 0,
            tickets: 0,
            replies: VecDeque::new(),
            folder: folder.to_owned(),
        };
        (town.office, town.token) = town.admin(|work| {
            organisations::create(work, "Leitstelle", None)
                .map(|(row, owner)| (row.id, owner.text))
                .map_err(Refusal::from)
        })?;
        Ok(town)
    }

    /// An account, and the invitation to it.
    pub fn invite(&mut self, name: &str) -> Result<(AccountId, InvitationToken), BenchError> {
        let name = name.to_owned();
        let office = self.office;
        self.admin(move |work| {
            let mut desk = Desk::new(work, office, None);
            let new = NewAccount {
                kind: AccountKind::Staff,
                name,
                unit: None,
                function: None,
                operation: None,
                ends: None,
            };
            let account = desk.create_account(&new).map_err(Refusal::from)?;
            let invitation = desk.invite_account(account.id, None).map_err(Refusal::from)?;
            Ok((account.id, invitation.token))
        })
    }

    /// Somebody whose person joins with a new device; the device stays connected.
    pub fn person(&mut self, name: &str) -> Result<(AccountId, usize), BenchError> {
        let (account, token) = self.invite(name)?;
        let number = self.devices.len();
        let path = self.folder.join(format!("device-{number}.sqlite"));
        let device = Device::new(path, &mut self.rng, self.now)?;
        self.devices.push(device);
        self.connect(number)?;
        let join = Action::Join {
            token,
            device_name: "Telefon".into(),
            name: None,
        };
        self.devices[number].act(self.now, join)?;
        self.rest()?;
        let joined = self.devices[number].take_events().into_iter().any(|event| {
            matches!(
                event,
                Event::Done {
                    outcome: Outcome::Joined,
                    ..
                }
            )
        });
        if joined {
            Ok((account, number))
        } else {
            Err(odd("an account"))
        }
    }

    /// A managed group of all these.
    pub fn group(&mut self, members: &[AccountId]) -> Result<GroupId, BenchError> {
        let office = self.office;
        let accounts = members
            .iter()
            .map(|account| AccountRule {
                account: *account,
                role: Role::Member,
            })
            .collect();
        let group = self.admin(move |work| {
            let new = NewGroup {
                kind: GroupKind::Group,
                name: "Schicht".into(),
                operation: None,
                suite: None,
                rules: Rules {
                    units: Vec::new(),
                    accounts,
                    ..Rules::default()
                },
            };
            Desk::new(work, office, None).create_group(new).map_err(Refusal::from)
        })?;
        self.rest()?;
        // Additions to a managed group wait a moment for company.
        for _ in 0..4 {
            self.pass(400)?;
        }
        Ok(group.id)
    }

    pub fn connect(&mut self, device: usize) -> Result<(), BenchError> {
        self.connections += 1;
        let id = ConnectionId(self.connections);
        self.delivery.open(id, id);
        self.serve(core::Input::Opened(id));
        let device = &mut self.devices[device];
        device.connection = Some(id);
        device.input(self.now, Input::Connected)?;
        Ok(())
    }

    pub fn cut(&mut self, device: usize) -> Result<(), BenchError> {
        let device = &mut self.devices[device];
        device.outgoing.clear();
        if let Some(id) = device.connection.take() {
            device.input(self.now, Input::Disconnected)?;
            self.delivery.remove(id);
            self.serve(core::Input::Closed(id));
        }
        Ok(())
    }

    /// Lets time pass.
    pub fn pass(&mut self, millis: u64) -> Result<(), BenchError> {
        self.now = self.now.plus(millis);
        self.serve(core::Input::Tick);
        for device in &mut self.devices {
            if device.connection.is_some() {
                device.input(self.now, Input::Tick)?;
            }
        }
        self.rest()
    }

    /// Carries frames until nothing is on the way.
    pub fn rest(&mut self) -> Result<(), BenchError> {
        loop {
            let mut moved = false;
            for device in 0..self.devices.len() {
                moved |= self.carry(device)?;
                while let Some(frames) = self.fetch(device)? {
                    moved = true;
                    for frame in frames {
                        self.devices[device].input(self.now, Input::Frame(frame.to_vec()))?;
                    }
                    self.carry(device)?;
                }
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// Takes a device's frames to the server.
    pub fn carry(&mut self, device: usize) -> Result<bool, BenchError> {
        let frames = std::mem::take(&mut self.devices[device].outgoing);
        let Some(id) = self.devices[device].connection else {
            return Ok(false);
        };
        let some = !frames.is_empty();
        for frame in frames {
            self.delivery.given(id);
            self.serve(core::Input::Frame(id, Bytes::from(frame)));
        }
        Ok(some)
    }

    /// What the server has for a device now.
    pub fn fetch(&mut self, device: usize) -> Result<Option<Vec<Bytes>>, BenchError> {
        let Some(id) = self.devices[device].connection else {
            return Ok(None);
        };
        match self.delivery.next(id) {
            Next::Write(frames) => Ok(Some(frames)),
            Next::Read { log, after } => {
                let (count, bytes) = Delivery::<ConnectionId>::read_size();
                let entries = self
                    .reader
                    .entries(log, after, count, bytes)
                    .map_err(BenchError::failed)?;
                let entries: Vec<_> = entries.into_iter().map(|entry| (entry.sequence, entry.bytes)).collect();
                Ok(Some(self.delivery.found(id, log, after, &entries)))
            }
            Next::Idle => Ok(None),
            Next::Chunk { .. } | Next::Close => Err(odd("messages alone")),
        }
    }

    fn serve(&mut self, input: core::Input) {
        let connection = match &input {
            core::Input::Frame(connection, _) => Some(*connection),
            _ => None,
        };
        let mut woken = Vec::new();
        let effects = self.core.handle(self.now, &mut self.rng, vec![input]);
        if let Some(connection) = connection {
            self.delivery.taken(connection, &mut woken);
        }
        for effect in effects {
            match effect {
                core::Effect::AdminReply { reply, .. } => self.replies.push_back(reply),
                effect => self.delivery.apply(effect, &mut woken),
            }
        }
    }

    fn admin<T: Send + 'static>(
        &mut self,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, BenchError> {
        self.tickets += 1;
        let run = Box::new(move |work: &mut Work<'_>| run(work).map(|value| Box::new(value) as AdminReply));
        self.serve(core::Input::Admin(AdminCall {
            ticket: self.tickets,
            run,
        }));
        let reply = self.replies.pop_front().ok_or_else(|| odd("an answer"))?;
        let value = reply.map_err(|refusal| BenchError::failed(refusal.code.code()))?;
        value
            .downcast()
            .map(|value| *value)
            .map_err(|_| odd("the type that went in"))
    }
}

fn fork(rng: &mut ChaCha20Rng) -> ChaCha20Rng {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    ChaCha20Rng::from_seed(seed)
}
