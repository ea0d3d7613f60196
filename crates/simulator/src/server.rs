// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server side of a world: core, delivery and store, without sockets or threads.

use std::collections::VecDeque;
use std::path::Path;

use bytes::Bytes;
use melder_protocol::Time;
use melder_server::core::{AdminCall, AdminReply, ConnectionId, Core, Effect, Input, RateLimits, Work};
use melder_server::delivery::{Delivery, Next, chunk_answer};
use melder_server::store::sqlite::SqliteStore;
use melder_server::store::{Reader, Store as _, Stored, Transaction};
use rand_chacha::ChaCha20Rng;

use crate::ledger::Ledger;

/// A life in a simulator is lived faster than any limit allows.
const UNLIMITED: RateLimits = RateLimits {
    device_per_second: u32::MAX,
    device_burst: u32::MAX,
    open_per_second: u32::MAX,
    open_burst: u32::MAX,
};

pub(crate) struct Server {
    core: Core<SqliteStore>,
    limits: RateLimits,
    delivery: Delivery<ConnectionId>,
    reader: Box<dyn Reader>,
    rng: ChaCha20Rng,
    next: u64,
    tickets: u64,
    replies: VecDeque<(u64, Result<AdminReply, melder_protocol::Refusal>)>,
    pub ledger: Ledger,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}

/// What a connection gets.
pub(crate) enum Out {
    Frames(Vec<Bytes>),
    Closed,
}

impl Server {
    pub fn start(folder: &Path, rng: ChaCha20Rng, next: u64) -> Self {
        Self::start_with(folder, rng, next, Ledger::default(), UNLIMITED)
    }

    fn start_with(folder: &Path, rng: ChaCha20Rng, next: u64, ledger: Ledger, limits: RateLimits) -> Self {
        let store = SqliteStore::open(folder).expect("a store in the world's folder");
        let reader = Box::new(store.reader().expect("a reader"));
        Self {
            core: Core::new(store, limits),
            limits,
            delivery: Delivery::default(),
            reader,
            rng,
            next,
            tickets: 0,
            replies: VecDeque::new(),
            ledger,
        }
    }

    /// The process dies; what comes back has the disk, and the same stream of randomness.
    pub fn crash(self, folder: &Path) -> Self {
        let limits = self.limits;
        self.restart(folder, limits)
    }

    /// The same, with the limits that a server has in the city.
    pub fn limited(self, folder: &Path) -> Self {
        self.restart(folder, RateLimits::default())
    }

    fn restart(self, folder: &Path, limits: RateLimits) -> Self {
        let Self {
            rng,
            next,
            core,
            reader,
            ledger,
            ..
        } = self;
        drop(core);
        drop(reader);
        Self::start_with(folder, rng, next, ledger, limits)
    }

    fn handle(&mut self, now: Time, input: Input) {
        self.batch(now, vec![input]);
    }

    fn batch(&mut self, now: Time, inputs: Vec<Input>) {
        let senders: Vec<_> = inputs
            .iter()
            .filter_map(|input| match input {
                Input::Frame(connection, _) => Some(*connection),
                _ => None,
            })
            .collect();
        let mut woken = Vec::new();
        let effects = self.core.handle(now, &mut self.rng, inputs);
        for connection in senders {
            self.delivery.taken(connection, &mut woken);
        }
        for effect in effects {
            if let Effect::Appended { log, sequence, bytes } = &effect {
                self.ledger.appended(*log, *sequence, bytes);
            }
            match effect {
                Effect::AdminReply { ticket, reply } => self.replies.push_back((ticket, reply)),
                effect => self.delivery.apply(effect, &mut woken),
            }
        }
        for group in std::mem::take(&mut self.ledger.moved) {
            let leaves = self
                .core
                .look(|tx| tx.leaves(group))
                .expect("the world's disk does not fail");
            self.ledger
                .tree(group, leaves.into_iter().map(|leaf| leaf.member).collect());
        }
    }

    /// Looks at what the server has on its disk.
    pub fn look<T>(&mut self, look: impl FnOnce(&dyn Transaction) -> Stored<T>) -> T {
        self.core.look(look).expect("the world's disk does not fail")
    }

    pub fn open(&mut self, now: Time) -> ConnectionId {
        let id = ConnectionId(self.next);
        self.next += 1;
        self.delivery.open(id, id);
        self.handle(now, Input::Opened(id));
        id
    }

    pub fn close(&mut self, now: Time, id: ConnectionId) {
        self.delivery.remove(id);
        self.handle(now, Input::Closed(id));
    }

    /// What arrived at the same time is one batch.
    pub fn frames(&mut self, now: Time, frames: Vec<(ConnectionId, Vec<u8>)>) {
        let inputs = frames
            .into_iter()
            .map(|(id, bytes)| {
                self.delivery.given(id);
                Input::Frame(id, Bytes::from(bytes))
            })
            .collect();
        self.batch(now, inputs);
    }

    pub fn tick(&mut self, now: Time) {
        self.handle(now, Input::Tick);
    }

    /// Runs a domain function inside the core's transaction.
    pub fn admin<T: Send + 'static>(
        &mut self,
        now: Time,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, melder_protocol::Refusal> + Send + 'static,
    ) -> Result<T, melder_protocol::Refusal> {
        self.tickets += 1;
        let ticket = self.tickets;
        let run = Box::new(move |work: &mut Work<'_>| run(work).map(|value| Box::new(value) as AdminReply));
        self.handle(now, Input::Admin(AdminCall { ticket, run }));
        let (replied, reply) = self.replies.pop_front().expect("the core answers");
        assert_eq!(replied, ticket);
        reply.map(|value| *value.downcast().expect("the type that went in"))
    }

    /// What this connection gets next; `None`: nothing now.
    pub fn next(&mut self, id: ConnectionId) -> Option<Out> {
        match self.delivery.next(id) {
            Next::Write(frames) => Some(Out::Frames(frames)),
            Next::Read { log, after } => {
                let (count, bytes) = Delivery::<ConnectionId>::read_size();
                let entries = self
                    .reader
                    .entries(log, after, count, bytes)
                    .expect("the world's disk does not fail");
                let entries: Vec<_> = entries.into_iter().map(|entry| (entry.sequence, entry.bytes)).collect();
                Some(Out::Frames(self.delivery.found(id, log, after, &entries)))
            }
            Next::Chunk {
                id: request,
                blob,
                index,
            } => {
                let chunk = self.reader.chunk(blob, index).expect("the world's disk does not fail");
                Some(Out::Frames(vec![chunk_answer(request, index, chunk)]))
            }
            Next::Close => Some(Out::Closed),
            Next::Idle => None,
        }
    }
}
