// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A small town in one process: the real server core with its delivery, real engines on real databases, and a scribe
//! who writes down every frame.
//!
//! Unlike the simulator's world it hides nothing: frames go in and come out as bytes, the server and each device can be
//! copied as they lie on the disk, and be started again from the copy as often as wanted. The network is perfect.

pub mod fixture;
mod people;
mod site;

use melder_engine::api::{Action, ActionError, Event, Outcome};
use melder_engine::{ActionId, Effect, Engine, Input};
use melder_protocol::Time;
use melder_server::core::ConnectionId;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tempfile::TempDir;

pub use people::{Person, link_devices, say, text};
pub use site::{Files, Out, Seen, Site};

/// Frames carried after which a town that does not come to rest goes round in circles.
const MAX_STEPS: usize = 100_000;

/// A device of a town.
pub struct Device {
    pub engine: Engine,
    pub connection: Option<ConnectionId>,
    pub rng: ChaCha20Rng,
    pub events: Vec<Event>,
    outgoing: Vec<Vec<u8>>,
    stopped: bool,
    next_action: u64,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// One frame, as the scribe wrote it down.
#[derive(Debug, Clone)]
pub struct Written {
    pub device: usize,
    pub to_server: bool,
    pub bytes: Vec<u8>,
}

/// A town.
pub struct Town {
    pub now: Time,
    pub site: Site,
    pub devices: Vec<Device>,
    pub written: Vec<Written>,
    folder: TempDir,
    seed: u64,
}

impl std::fmt::Debug for Town {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Town").field("now", &self.now).finish_non_exhaustive()
    }
}

/// MLS looks at the machine's clock for the lifetime of key packages.
#[must_use]
pub fn machine_time() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time(since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0)))
}

impl Town {
    /// A server without anything in it.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::resumed(seed, machine_time(), &Files::default(), &[])
    }

    /// A server and devices as they lay on the disk; nobody is connected.
    #[must_use]
    pub fn resumed(seed: u64, now: Time, server: &Files, devices: &[Vec<u8>]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut town = Self {
            now,
            site: Site::start(server, ChaCha20Rng::seed_from_u64(seed)),
            devices: Vec::new(),
            written: Vec::new(),
            folder,
            seed,
        };
        for bytes in devices {
            let no = town.device();
            town.devices[no].engine = open(bytes, now);
        }
        town
    }

    /// A fresh installation, not connected.
    pub fn device(&mut self) -> usize {
        let no = self.devices.len();
        let path = self.folder.path().join(format!("device-{no}.sqlite"));
        let database = rusqlite::Connection::open(path).expect("a database in the town's folder");
        self.devices.push(Device {
            engine: Engine::open(database, self.now).expect("a new database opens"),
            connection: None,
            rng: ChaCha20Rng::seed_from_u64(self.seed ^ (1_000 + no as u64)),
            events: Vec::new(),
            outgoing: Vec::new(),
            stopped: false,
            next_action: 1,
        });
        no
    }

    /// A device's database, as it lies on the disk.
    #[must_use]
    pub fn database(&self, no: usize) -> Vec<u8> {
        let path = self.folder.path().join(format!("device-{no}.sqlite"));
        let database = rusqlite::Connection::open(&path).expect("the device's database");
        serialized(&database)
    }

    pub fn connect(&mut self, no: usize) {
        if self.devices[no].connection.is_none() && !self.devices[no].stopped {
            let id = self.site.open(self.now);
            self.devices[no].connection = Some(id);
            self.input(no, Input::Connected);
        }
    }

    pub fn cut(&mut self, no: usize) {
        if let Some(id) = self.devices[no].connection.take() {
            self.devices[no].outgoing.clear();
            self.input(no, Input::Disconnected);
            self.site.close(self.now, id);
        }
    }

    fn input(&mut self, no: usize, input: Input) {
        let device = &mut self.devices[no];
        let effects = device
            .engine
            .handle(self.now, &mut device.rng, input)
            .expect("an honest town's disk does not fail");
        for effect in effects {
            match effect {
                Effect::Send(bytes) => device.outgoing.push(bytes),
                Effect::Event(event) => device.events.push(*event),
                Effect::Stop => device.stopped = true,
                Effect::Wipe | Effect::Reconnect | Effect::WakeAt(_) => {}
            }
        }
    }

    /// Starts an action.
    pub fn act(&mut self, no: usize, action: Action) -> ActionId {
        let device = &mut self.devices[no];
        let id = ActionId(device.next_action);
        device.next_action += 1;
        self.input(no, Input::Do(id, Box::new(action)));
        id
    }

    /// Starts an action and lets the town come to rest.
    ///
    /// # Errors
    /// What the engine says.
    pub fn perform(&mut self, no: usize, action: Action) -> Result<Outcome, ActionError> {
        let id = self.act(no, action);
        self.rest();
        self.outcome(no, id).expect("every action is answered")
    }

    /// What came of an action.
    pub fn outcome(&mut self, no: usize, id: ActionId) -> Option<Result<Outcome, ActionError>> {
        self.devices[no].events.iter().find_map(|event| match event {
            Event::Done { action, outcome } if *action == id => Some(Ok(outcome.clone())),
            Event::Failed { action, error } if *action == id => Some(Err(error.clone())),
            _ => None,
        })
    }

    /// Time passes, in steps of 400 ms; everybody notices.
    pub fn pass(&mut self, steps: usize) {
        for _ in 0..steps {
            self.now = self.now.plus(400);
            self.site.tick(self.now);
            for no in 0..self.devices.len() {
                self.input(no, Input::Tick);
            }
            self.rest();
        }
    }

    /// Carries frames until nothing is on the way.
    pub fn rest(&mut self) {
        for _ in 0..MAX_STEPS {
            if !self.step() {
                return;
            }
        }
        unreachable!("the town does not come to rest");
    }

    fn step(&mut self) -> bool {
        let mut moved = false;
        for no in 0..self.devices.len() {
            let frames = std::mem::take(&mut self.devices[no].outgoing);
            let Some(id) = self.devices[no].connection else {
                continue;
            };
            for bytes in frames {
                moved = true;
                self.write_down(no, true, &bytes);
                self.site.frame(self.now, id, bytes);
            }
        }
        for no in 0..self.devices.len() {
            let Some(id) = self.devices[no].connection else {
                continue;
            };
            match self.site.next(id) {
                Out::Frames(frames) => {
                    moved = true;
                    for bytes in frames {
                        self.write_down(no, false, &bytes);
                        self.input(no, Input::Frame(bytes.to_vec()));
                    }
                }
                Out::Closed => {
                    moved = true;
                    self.cut(no);
                }
                Out::Nothing => {}
            }
        }
        moved
    }

    fn write_down(&mut self, device: usize, to_server: bool, bytes: &[u8]) {
        self.written.push(Written {
            device,
            to_server,
            bytes: bytes.to_vec(),
        });
    }
}

/// An engine in memory, on a copy of a database.
///
/// # Panics
/// When the copy is no engine's database.
#[must_use]
pub fn open(bytes: &[u8], now: Time) -> Engine {
    Engine::open(deserialized(bytes), now).expect("the engine opens what it wrote")
}

/// A database's bytes, as they would lie on a disk.
fn serialized(database: &rusqlite::Connection) -> Vec<u8> {
    // A copy without a journal, which a database in memory can't have.
    let path = tempfile::NamedTempFile::new().expect("a temporary file");
    database
        .execute("VACUUM INTO ?1", [path.path().to_string_lossy()])
        .expect("a copy of the database");
    let mut bytes = std::fs::read(path.path()).expect("the copy");
    // The header says by which journal the file is written; a database in memory has no write-ahead log.
    bytes[18..20].copy_from_slice(&[1, 1]);
    bytes
}

fn deserialized(bytes: &[u8]) -> rusqlite::Connection {
    let mut database = rusqlite::Connection::open_in_memory().expect("memory");
    database
        .deserialize_read_exact("main", bytes, bytes.len(), false)
        .expect("the copy is a database");
    database
}
