// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A town's server: core, delivery and store, without sockets or threads.

use std::collections::BTreeMap;
use std::fs;

use bytes::Bytes;
use melder_protocol::{Refusal, Time};
use melder_server::core::{AdminCall, AdminReply, ConnectionId, Core, Effect, Input, RateLimits, Work};
use melder_server::delivery::{Delivery, Next, chunk_answer};
use melder_server::store::sqlite::{SqliteReader, SqliteStore};
use melder_server::store::{Reader as _, Store as _};
use rand_chacha::ChaCha20Rng;
use tempfile::TempDir;

/// The files of a server's folder.
#[derive(Debug, Clone, Default)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Puts them into a folder.
    pub fn write_to(&self, folder: &std::path::Path) {
        for (name, bytes) in &self.0 {
            fs::write(folder.join(name), bytes).expect("a file in a temporary folder");
        }
    }
}

/// What a connection gets next.
#[derive(Debug)]
pub enum Out {
    Frames(Vec<Bytes>),
    Closed,
    Nothing,
}

/// The server.
pub struct Site {
    core: Core<SqliteStore>,
    delivery: Delivery<ConnectionId>,
    pub reader: SqliteReader,
    rng: ChaCha20Rng,
    next: u64,
    folder: TempDir,
    last: Vec<(u64, Result<AdminReply, Refusal>)>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Site {
    /// Starts on a copy of these files.
    ///
    /// # Panics
    /// When the disk fails.
    #[must_use]
    pub fn start(files: &Files, rng: ChaCha20Rng) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        files.write_to(folder.path());
        let store = SqliteStore::open(folder.path()).expect("a store in a temporary folder");
        let reader = store.reader().expect("a reader");
        let limits = RateLimits {
            device_per_second: u32::MAX,
            device_burst: u32::MAX,
            open_per_second: u32::MAX,
            open_burst: u32::MAX,
        };
        Self {
            core: Core::new(store, limits),
            delivery: Delivery::default(),
            reader,
            rng,
            next: 1,
            folder,
            last: Vec::new(),
        }
    }

    /// Stops, and gives what lies on the disk.
    ///
    /// # Panics
    /// When the disk fails.
    #[must_use]
    pub fn stop(self) -> Files {
        let Self {
            core, reader, folder, ..
        } = self;
        drop(reader);
        drop(core);
        Self::files_in(folder.path())
    }

    /// What lies in a stopped server's folder.
    ///
    /// # Panics
    /// When the disk fails.
    #[must_use]
    pub fn files_in(folder: &std::path::Path) -> Files {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).expect("the server's folder") {
            let entry = entry.expect("the server's folder");
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, fs::read(entry.path()).expect("the server's file"));
        }
        Files(files)
    }

    /// Hands a batch to the core; gives the effects, of which delivery has its part already.
    pub fn handle(&mut self, now: Time, inputs: Vec<Input>) -> Vec<Seen> {
        let mut woken = Vec::new();
        for input in &inputs {
            if let Input::Frame(connection, _) = input {
                self.delivery.given(*connection);
            }
        }
        let given: Vec<ConnectionId> = inputs
            .iter()
            .filter_map(|input| match input {
                Input::Frame(connection, _) => Some(*connection),
                _ => None,
            })
            .collect();
        let effects = self.core.handle(now, &mut self.rng, inputs);
        for connection in given {
            self.delivery.taken(connection, &mut woken);
        }
        let mut seen = Vec::new();
        for effect in effects {
            match effect {
                Effect::AdminReply { ticket, reply } => self.last.push((ticket, reply)),
                effect => {
                    seen.extend(Seen::of(&effect));
                    self.delivery.apply(effect, &mut woken);
                }
            }
        }
        seen
    }

    pub fn number(&mut self) -> ConnectionId {
        let id = ConnectionId(self.next);
        self.next += 1;
        self.delivery.open(id, id);
        id
    }

    /// The connection is not there any more, as delivery sees it.
    pub fn forget(&mut self, id: ConnectionId) {
        self.delivery.remove(id);
    }

    pub fn open(&mut self, now: Time) -> ConnectionId {
        let id = self.number();
        self.handle(now, vec![Input::Opened(id)]);
        id
    }

    pub fn close(&mut self, now: Time, id: ConnectionId) {
        self.forget(id);
        self.handle(now, vec![Input::Closed(id)]);
    }

    pub fn frame(&mut self, now: Time, id: ConnectionId, bytes: Vec<u8>) {
        self.handle(now, vec![Input::Frame(id, Bytes::from(bytes))]);
    }

    pub fn tick(&mut self, now: Time) {
        self.handle(now, vec![Input::Tick]);
    }

    /// Runs a function of the directory inside the core's transaction.
    ///
    /// # Errors
    /// What it refuses.
    ///
    /// # Panics
    /// When the core does not answer.
    pub fn admin<T: Send + 'static>(
        &mut self,
        now: Time,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let run = Box::new(move |work: &mut Work<'_>| run(work).map(|value| Box::new(value) as AdminReply));
        self.handle(now, vec![Input::Admin(AdminCall { ticket: 1, run })]);
        let (_, reply) = self.last.pop().expect("the core answers");
        reply.map(|value| *value.downcast().expect("the type that went in"))
    }

    /// What this connection gets next.
    ///
    /// # Panics
    /// When the disk fails.
    pub fn next(&mut self, id: ConnectionId) -> Out {
        match self.delivery.next(id) {
            Next::Write(frames) => Out::Frames(frames),
            Next::Read { log, after } => {
                let (count, bytes) = Delivery::<ConnectionId>::read_size();
                let entries = self.reader.entries(log, after, count, bytes).expect("the disk");
                let entries: Vec<_> = entries.into_iter().map(|entry| (entry.sequence, entry.bytes)).collect();
                Out::Frames(self.delivery.found(id, log, after, &entries))
            }
            Next::Chunk { id, blob, index } => {
                let chunk = self.reader.chunk(blob, index).expect("the disk");
                Out::Frames(vec![chunk_answer(id, index, chunk)])
            }
            Next::Close => Out::Closed,
            Next::Idle => Out::Nothing,
        }
    }
}

/// An effect, as far as a promise hangs on it.
#[derive(Debug, Clone)]
pub enum Seen {
    Sent(ConnectionId, Bytes),
    Appended {
        log: melder_protocol::LogId,
        sequence: melder_protocol::Sequence,
        bytes: std::sync::Arc<[u8]>,
    },
}

impl Seen {
    fn of(effect: &Effect) -> Option<Self> {
        match effect {
            Effect::Send(connection, bytes) => Some(Self::Sent(*connection, bytes.clone())),
            Effect::Appended { log, sequence, bytes } => Some(Self::Appended {
                log: *log,
                sequence: *sequence,
                bytes: bytes.clone(),
            }),
            _ => None,
        }
    }
}
