// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The world: devices, the server, and the network between them.

use melder_engine::api::{ActionError, Outcome};
use melder_engine::{Action, ActionId, Event, Input};
use melder_protocol::frame::ServerFrame;
use melder_protocol::{Time, cbor};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use crate::device::{Device, DeviceNo};
use crate::server::{Out, Server};

/// Steps after which a world that does not come to rest is taken to be going round in circles.
const MAX_STEPS: usize = 200_000;

/// What stands between the server and a device: it may let a frame pass, change it, keep it, or add others.
pub type Tamper = Box<dyn FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame>>;

/// A world.
pub struct World {
    pub now: Time,
    rng: ChaCha20Rng,
    pub(crate) server: Option<Server>,
    devices: Vec<Device>,
    folder: tempfile::TempDir,
    tamper: Option<Tamper>,
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
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = Server::start(folder.path(), fork(&mut rng), 1);
        Self {
            // MLS looks at the machine's clock for the lifetime of key packages.
            now: Time(
                std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0)),
            ),
            rng,
            server: Some(server),
            devices: Vec::new(),
            folder,
            tamper: None,
        }
    }

    pub(crate) fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("the world has a server")
    }

    /// A fresh installation, not connected.
    pub fn device(&mut self) -> DeviceNo {
        let no = DeviceNo(self.devices.len());
        let path = self.folder.path().join(format!("device-{}.sqlite", no.0));
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

    fn carried(&mut self, no: DeviceNo, frame: &[u8]) -> Vec<Vec<u8>> {
        match (&mut self.tamper, cbor::decode::<ServerFrame>(frame)) {
            (Some(tamper), Ok(decoded)) => tamper(no, decoded).iter().map(cbor::encode).collect(),
            _ => vec![frame.to_vec()],
        }
    }

    /// Puts a device on the network.
    pub fn connect(&mut self, no: DeviceNo) {
        if self.devices[no.0].connection.is_some() || self.devices[no.0].stopped {
            return;
        }
        let now = self.now;
        let id = self.server().open(now);
        let device = &mut self.devices[no.0];
        device.connection = Some(id);
        device.input(now, Input::Connected);
    }

    /// Cuts a device off: frames on the way in both directions are lost.
    pub fn cut(&mut self, no: DeviceNo) {
        let now = self.now;
        let device = &mut self.devices[no.0];
        device.outgoing.clear();
        if let Some(id) = device.connection.take() {
            device.input(now, Input::Disconnected);
            self.server().close(now, id);
        }
    }

    /// A device's process dies and starts again, not connected.
    pub fn crash(&mut self, no: DeviceNo) {
        let now = self.now;
        if let Some(id) = self.devices[no.0].connection.take() {
            self.server().close(now, id);
        }
        self.devices[no.0].crash(now);
    }

    /// The server's process dies and starts again; everybody is cut off.
    pub fn crash_server(&mut self) {
        let now = self.now;
        for device in &mut self.devices {
            device.outgoing.clear();
            if device.connection.take().is_some() {
                device.input(now, Input::Disconnected);
            }
        }
        let server = self.server.take().expect("the world has a server");
        self.server = Some(server.crash(self.folder.path()));
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

    /// Lets time pass, with a tick for everybody at the end, and the world come to rest.
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

    /// Carries frames until nothing is on the way.
    ///
    /// # Panics
    /// When that does not happen.
    pub fn rest(&mut self) {
        for _ in 0..MAX_STEPS {
            if !self.step() {
                return;
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

    /// One frame from each device, then what the server has for each.
    fn step(&mut self) -> bool {
        let now = self.now;
        let mut moved = false;
        for no in 0..self.devices.len() {
            let device = &mut self.devices[no];
            let Some(id) = device.connection else {
                device.outgoing.clear();
                continue;
            };
            let frames = std::mem::take(&mut device.outgoing);
            for frame in frames {
                moved = true;
                self.server().frame(now, id, frame);
            }
        }
        for no in 0..self.devices.len() {
            moved |= self.receive(DeviceNo(no));
        }
        moved
    }

    fn receive(&mut self, no: DeviceNo) -> bool {
        let now = self.now;
        let Some(id) = self.devices[no.0].connection else {
            return false;
        };
        let Some(out) = self.server().next(id) else {
            return false;
        };
        match out {
            Out::Frames(frames) => {
                for frame in frames {
                    for frame in self.carried(no, &frame) {
                        self.devices[no.0].input(now, Input::Frame(frame));
                    }
                }
                let device = &mut self.devices[no.0];
                if device.stopped || std::mem::take(&mut device.reconnect) {
                    self.cut(no);
                    self.connect(no);
                }
            }
            Out::Closed => self.cut(no),
        }
        true
    }

    /// All events of a device since the last call.
    pub fn events(&mut self, no: DeviceNo) -> Vec<Event> {
        self.devices[no.0].take_events()
    }
}

fn fork(rng: &mut ChaCha20Rng) -> ChaCha20Rng {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    ChaCha20Rng::from_seed(seed)
}
