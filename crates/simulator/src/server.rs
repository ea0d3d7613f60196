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
use melder_server::store::{Reader, Store as _};
use rand_chacha::ChaCha20Rng;

pub(crate) struct Server {
    core: Core<SqliteStore>,
    delivery: Delivery<ConnectionId>,
    reader: Box<dyn Reader>,
    rng: ChaCha20Rng,
    next: u64,
    tickets: u64,
    replies: VecDeque<(u64, Result<AdminReply, melder_protocol::Refusal>)>,
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
        let store = SqliteStore::open(folder).expect("a store in the world's folder");
        let reader = Box::new(store.reader().expect("a reader"));
        Self {
            core: Core::new(
                store,
                RateLimits {
                    device_per_second: u32::MAX,
                    device_burst: u32::MAX,
                    open_per_second: u32::MAX,
                    open_burst: u32::MAX,
                },
            ),
            delivery: Delivery::default(),
            reader,
            rng,
            next,
            tickets: 0,
            replies: VecDeque::new(),
        }
    }

    /// The process dies; what comes back has the disk, and the same stream of randomness.
    pub fn crash(self, folder: &Path) -> Self {
        let Self {
            rng,
            next,
            core,
            reader,
            ..
        } = self;
        drop(core);
        drop(reader);
        Self::start(folder, rng, next)
    }

    fn handle(&mut self, now: Time, input: Input) {
        let connection = match &input {
            Input::Frame(connection, _) => Some(*connection),
            _ => None,
        };
        let mut woken = Vec::new();
        let effects = self.core.handle(now, &mut self.rng, vec![input]);
        if let Some(connection) = connection {
            self.delivery.taken(connection, &mut woken);
        }
        for effect in effects {
            match effect {
                Effect::AdminReply { ticket, reply } => self.replies.push_back((ticket, reply)),
                effect => self.delivery.apply(effect, &mut woken),
            }
        }
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

    pub fn frame(&mut self, now: Time, id: ConnectionId, bytes: Vec<u8>) {
        self.delivery.given(id);
        self.handle(now, Input::Frame(id, Bytes::from(bytes)));
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
