// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The world: devices, the server, and the network between them.

use std::collections::BTreeMap;
use std::path::Path;

use melder_engine::api::{ActionError, Outcome};
use melder_engine::{Action, ActionId, Event, Input};
use melder_protocol::frame::ServerFrame;
use melder_protocol::{Time, cbor};
use melder_server::core::ConnectionId;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use crate::canary::Canaries;
use crate::device::{Device, DeviceNo};
use crate::ledger::Ledger;
use crate::network::{Direction, Line, Weather};
use crate::server::{Out, Server};
use crate::trace::Trace;

/// Steps after which a world that does not come to rest is taken to be going round in circles.
const MAX_STEPS: usize = 200_000;
/// How often the server is told that time passed, while time runs.
const SERVER_TICK_MS: u64 = 250;
/// When a world begins. Any day would do.
const BEGINNING: Time = Time(1_790_000_000_000);

/// What stands between the server and a device: it may let a frame pass, change it, keep it, or add others.
pub type Tamper = Box<dyn FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame>>;

/// A world.
pub struct World {
    pub now: Time,
    rng: ChaCha20Rng,
    pub(crate) server: Option<Server>,
    pub(crate) devices: Vec<Device>,
    pub(crate) lines: BTreeMap<ConnectionId, Line>,
    /// How slow the network is. None at first.
    pub weather: Weather,
    pub(crate) dice: ChaCha20Rng,
    next_tick: Time,
    folder: tempfile::TempDir,
    tamper: Option<Tamper>,
    pub(crate) trace: Trace,
    pub(crate) canaries: Canaries,
    /// The first promise that was broken on the network.
    broken: Option<String>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now)
            .field("devices", &self.devices.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// A server with nothing in it, and no devices.
    ///
    /// # Panics
    /// When there is no temporary folder to be had.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let folder = folder_in_memory();
        std::fs::create_dir(folder.path().join("server")).expect("a folder for the server");
        let server = Server::start(&folder.path().join("server"), fork(&mut rng), 1);
        Self {
            now: BEGINNING,
            dice: fork(&mut rng),
            rng,
            server: Some(server),
            devices: Vec::new(),
            lines: BTreeMap::new(),
            weather: Weather::default(),
            next_tick: BEGINNING,
            folder,
            tamper: None,
            trace: Trace::new(BEGINNING),
            canaries: Canaries::default(),
            broken: None,
        }
    }

    pub(crate) fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("the world has a server")
    }

    pub(crate) fn server_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("server")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the server promised.
    pub fn ledger(&mut self) -> &Ledger {
        &self.server().ledger
    }

    /// What happened.
    #[must_use]
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// From now on every line of the trace is kept.
    pub fn keep_trace(&mut self) {
        self.trace.keep_all();
    }

    /// Writes a line into the trace.
    pub fn note(&mut self, text: &str) {
        self.trace.line(self.now, text);
    }

    /// The first promise that was broken where everybody could see it: in a log, or on the wire.
    pub fn broken(&mut self) -> Option<String> {
        self.broken.clone().or_else(|| self.server().ledger.broken.clone())
    }

    /// A number below `bound`, from the world's dice.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.dice.next_u64() % bound.max(1)
    }

    /// A fresh installation, not connected.
    pub fn device(&mut self) -> DeviceNo {
        let no = DeviceNo(self.devices.len());
        let path = self.folder().join(format!("device-{}.sqlite", no.0));
        let rng = fork(&mut self.rng);
        self.devices.push(Device::new(path, rng, self.now));
        no
    }

    /// A device, for queries.
    pub fn at(&mut self, no: DeviceNo) -> &mut Device {
        &mut self.devices[no.0]
    }

    pub fn devices(&self) -> impl Iterator<Item = DeviceNo> + use<> {
        (0..self.devices.len()).map(DeviceNo)
    }

    /// From now on the server is hostile.
    pub fn tamper(&mut self, tamper: impl FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame> + 'static) {
        self.tamper = Some(Box::new(tamper));
    }

    /// The server is honest again.
    pub fn honest(&mut self) {
        self.tamper = None;
    }

    fn carried(&mut self, no: DeviceNo, frame: Vec<u8>) -> Vec<Vec<u8>> {
        match (&mut self.tamper, cbor::decode::<ServerFrame>(&frame)) {
            (Some(tamper), Ok(decoded)) => tamper(no, decoded).iter().map(cbor::encode).collect(),
            _ => vec![frame],
        }
    }

    /// Puts a device on the network.
    pub fn connect(&mut self, no: DeviceNo) {
        if self.devices[no.0].connection.is_some() || self.devices[no.0].stopped {
            return;
        }
        let now = self.now;
        let id = self.server().open(now);
        self.lines.insert(id, Line::new(no));
        let device = &mut self.devices[no.0];
        device.connection = Some(id);
        device.input(now, Input::Connected);
    }

    /// Cuts a device off: both sides notice at once, frames on the way in both directions are lost.
    pub fn cut(&mut self, no: DeviceNo) {
        if let Some(id) = self.devices[no.0].connection {
            self.lines.remove(&id);
            self.device_notices(no);
            let now = self.now;
            self.server().close(now, id);
        }
        self.devices[no.0].outgoing.clear();
    }

    /// The device notices that its connection is gone.
    pub(crate) fn device_notices(&mut self, no: DeviceNo) {
        let now = self.now;
        let device = &mut self.devices[no.0];
        device.outgoing.clear();
        if device.connection.take().is_some() && !device.wiped {
            device.input(now, Input::Disconnected);
        }
    }

    /// A device's process dies and starts again, not connected. The server notices at once.
    pub fn crash(&mut self, no: DeviceNo) {
        let now = self.now;
        if let Some(id) = self.devices[no.0].connection.take() {
            self.lines.remove(&id);
            self.server().close(now, id);
        }
        self.devices[no.0].crash(now);
    }

    /// The server's process dies and starts again; everybody is cut off.
    ///
    /// # Panics
    /// When the world has no server.
    pub fn crash_server(&mut self) {
        self.lines.clear();
        for no in self.devices() {
            self.device_notices(no);
        }
        let server = self.server.take().expect("the world has a server");
        self.server = Some(server.crash(&self.server_folder()));
    }

    /// Starts an action.
    pub fn act(&mut self, no: DeviceNo, action: Action) -> ActionId {
        let now = self.now;
        self.devices[no.0].act(now, action)
    }

    /// Starts an action and lets the world come to rest.
    ///
    /// # Errors
    /// What the engine says of the action.
    ///
    /// # Panics
    /// When the action is still open when everything rests.
    pub fn perform(&mut self, no: DeviceNo, action: Action) -> Result<Outcome, ActionError> {
        let id = self.act(no, action);
        self.rest();
        self.outcome(no, id).expect("every action is answered")
    }

    /// What came of an action.
    pub fn outcome(&mut self, no: DeviceNo, id: ActionId) -> Option<Result<Outcome, ActionError>> {
        self.devices[no.0].outcome(id)
    }

    /// Lets time jump, with a tick for everybody at the end, and the world come to rest.
    pub fn pass(&mut self, millis: u64) {
        self.now = self.now.plus(millis);
        let now = self.now;
        self.server().tick(now);
        for device in &mut self.devices {
            if !device.wiped {
                device.input(now, Input::Tick);
            }
        }
        self.rest();
    }

    /// Lets time run: frames arrive when they are due, everybody is woken when they asked for it.
    ///
    /// # Panics
    /// When the world goes round in circles without time moving.
    pub fn run(&mut self, millis: u64) {
        let end = self.now.plus(millis);
        loop {
            let mut steps = 0;
            while self.step() {
                steps += 1;
                assert!(steps < MAX_STEPS, "the world does not come to rest");
            }
            if self.now >= end {
                return;
            }
            let next = self
                .lines
                .values()
                .filter_map(Line::due)
                .chain(self.devices.iter().filter_map(Device::due))
                .chain([self.next_tick, end])
                .min()
                .unwrap_or(end);
            self.now = next.max(self.now);
            self.clock();
        }
    }

    /// What is due at this moment by the clock alone.
    fn clock(&mut self) {
        let now = self.now;
        if now >= self.next_tick {
            self.next_tick = now.plus(SERVER_TICK_MS);
            self.server().tick(now);
        }
        let ended: Vec<_> = self
            .lines
            .iter()
            .filter(|(_, line)| line.ends.is_some_and(|ends| ends <= now))
            .map(|(id, line)| (*id, line.device))
            .collect();
        for (id, no) in ended {
            self.end(id, no);
        }
        for no in self.devices() {
            let device = &mut self.devices[no.0];
            if device.wake.is_some_and(|wake| wake <= now) {
                device.wake = None;
                device.input(now, Input::Tick);
            }
            if self.devices[no.0].retry.is_some_and(|retry| retry <= now) {
                self.devices[no.0].retry = None;
                self.connect(no);
            }
        }
    }

    /// Both sides notice that a line is gone.
    fn end(&mut self, id: ConnectionId, no: DeviceNo) {
        let now = self.now;
        let Some(line) = self.lines.remove(&id) else {
            return;
        };
        if line.server_holds {
            self.server().close(now, id);
        }
        if self.devices[no.0].connection == Some(id) {
            self.device_notices(no);
            self.retry_soon(no);
        }
    }

    /// A device that was told to stop is opened again.
    pub(crate) fn wake_up(&mut self, no: DeviceNo) {
        self.cut(no);
        self.crash(no);
        self.devices[no.0].stopped = false;
        self.retry_soon(no);
    }

    /// The device comes back by itself after a pause.
    pub(crate) fn retry_soon(&mut self, no: DeviceNo) {
        if self.devices[no.0].wants_online {
            let pause = 300 + self.below(2_500);
            self.devices[no.0].retry = Some(self.now.plus(pause));
        }
    }

    /// Carries frames until nothing is on the way; time moves only as far as frames need it.
    ///
    /// # Panics
    /// When that does not happen.
    pub fn rest(&mut self) {
        for _ in 0..MAX_STEPS {
            if self.step() {
                continue;
            }
            let due = self.lines.values().filter_map(Line::due).min();
            match due {
                Some(due) => {
                    self.now = due.max(self.now);
                    self.clock();
                }
                None => return,
            }
        }
        panic!("the world does not come to rest");
    }

    /// Carries some frames, and leaves the rest on the way.
    pub fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.step();
        }
    }

    /// What devices want to send goes into the lines; what has arrived at the server goes in, as one batch; what the
    /// server has for each comes out; what has arrived at devices goes in.
    fn step(&mut self) -> bool {
        let now = self.now;
        self.set_off();
        let moved_up = self.arrive(now);
        let mut moved_down = false;
        let ids: Vec<_> = self.lines.keys().copied().collect();
        for id in ids {
            moved_down |= self.fetch(id);
            moved_down |= self.receive(id);
        }
        moved_up || moved_down
    }

    pub(crate) fn set_off(&mut self) {
        let now = self.now;
        for no in 0..self.devices.len() {
            let frames = std::mem::take(&mut self.devices[no].outgoing);
            let Some(id) = self.devices[no].connection else {
                continue;
            };
            for frame in frames {
                self.watch(DeviceNo(no), Direction::Up, &frame);
                let delay = self.weather.delay(&mut self.dice);
                if let Some(line) = self.lines.get_mut(&id) {
                    line.send(Direction::Up, now, delay, frame, &mut self.dice);
                }
            }
        }
    }

    fn arrive(&mut self, now: Time) -> bool {
        let mut batch = Vec::new();
        for (id, line) in &mut self.lines {
            while let Some(frame) = line.up.take(now) {
                if line.server_holds {
                    batch.push((*id, frame));
                }
            }
        }
        if batch.is_empty() {
            return false;
        }
        self.server().frames(now, batch);
        true
    }

    /// Takes what the server has for a connection.
    fn fetch(&mut self, id: ConnectionId) -> bool {
        let now = self.now;
        let Some(line) = self
            .lines
            .get(&id)
            .filter(|line| line.server_holds && line.down.has_room())
        else {
            return false;
        };
        let no = line.device;
        match self.server().next(id) {
            None => false,
            Some(Out::Closed) => {
                self.server().close(now, id);
                if let Some(line) = self.lines.get_mut(&id) {
                    line.server_holds = false;
                    // The last frames still arrive.
                    let last = line
                        .down
                        .due()
                        .map_or(now, |due| due.max(now))
                        .plus(self.weather.delay.end() + 1);
                    line.ends = Some(line.ends.map_or(last, |ends| ends.min(last)));
                }
                true
            }
            Some(Out::Frames(frames)) => {
                for frame in frames {
                    self.check_right(no, &frame);
                    self.watch(no, Direction::Down, &frame);
                    let delay = self.weather.delay(&mut self.dice);
                    if let Some(line) = self.lines.get_mut(&id) {
                        line.send(Direction::Down, now, delay, frame.to_vec(), &mut self.dice);
                    }
                }
                true
            }
        }
    }

    fn receive(&mut self, id: ConnectionId) -> bool {
        let now = self.now;
        let mut moved = false;
        while let Some(line) = self.lines.get_mut(&id) {
            let no = line.device;
            let Some(frame) = line.down.take(now) else {
                break;
            };
            moved = true;
            if self.devices[no.0].connection != Some(id) {
                continue;
            }
            for frame in self.carried(no, frame) {
                self.devices[no.0].input(now, Input::Frame(frame));
            }
            let device = &mut self.devices[no.0];
            if device.stopped || std::mem::take(&mut device.reconnect) {
                self.cut(no);
                if self.devices[no.0].wants_online {
                    self.retry_soon(no);
                } else {
                    self.connect(no);
                }
            }
        }
        moved
    }

    /// Notes a frame, and looks for canaries in it.
    fn watch(&mut self, no: DeviceNo, direction: Direction, frame: &[u8]) {
        self.trace.frame(self.now, no, direction, frame);
        if let Some(what) = self.canaries.find(frame) {
            let text = format!("no plaintext on the wire: {what} in a frame of device {}", no.0);
            self.broken.get_or_insert(text);
        }
    }

    /// Whoever is out of a group gets nothing of it that came after.
    fn check_right(&mut self, no: DeviceNo, frame: &[u8]) {
        let Some(account) = self.devices[no.0].account else {
            return;
        };
        let Ok(ServerFrame::Entries { log, entries }) = cbor::decode::<ServerFrame>(frame) else {
            return;
        };
        let ledger = &self.server().ledger;
        if let Some(entry) = entries
            .iter()
            .find(|entry| !ledger.may_have(account, log, entry.sequence.0))
        {
            let text = format!(
                "who is out gets nothing: device {} was handed entry {} of a group that it has left",
                no.0, entry.sequence
            );
            self.broken.get_or_insert(text);
        }
    }

    /// All events of a device since the last call.
    pub fn events(&mut self, no: DeviceNo) -> Vec<Event> {
        self.devices[no.0].take_events()
    }
}

/// A crash takes a process's memory, not the machine's: where files lie in memory, a world is as good and much faster.
fn folder_in_memory() -> tempfile::TempDir {
    let in_memory = tempfile::Builder::new().prefix("melder-world-").tempdir_in("/dev/shm");
    in_memory.or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

pub(crate) fn fork(rng: &mut ChaCha20Rng) -> ChaCha20Rng {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    ChaCha20Rng::from_seed(seed)
}
