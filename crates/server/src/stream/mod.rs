// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The stream: WebSocket connections on one side, the core's thread on the other.
//!
//! ```text
//! socket ─▶ connection's task ─▶ channel ─▶ core thread: a batch, one transaction ─▶ effects
//! socket ◀─ line ◀─ courier thread: whoever has news ◀─ delivery ◀─────────────────────┘
//! ```
//!
//! A connection decides nothing: bytes go to the core as they come, and what is written next is what [`Delivery`] says.
//! Its task sleeps while the socket takes what there is: couriers write for it ([`line::Line`]). Acknowledgements wait
//! for the next batch and wake nobody.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use melder_protocol::{ErrorCode, OrganisationId, Refusal};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::core::{AdminCall, AdminReply, ConnectionId, Input, Work};
use crate::delivery::Delivery;
use crate::keeping::Keeping;
use crate::keeping::backup::Backup;
use crate::store::{Reader, Stored};

pub(crate) mod connection;
mod courier;
pub(crate) mod heart;
mod line;
mod websocket;

pub(crate) use courier::Couriers;
use line::Line;

/// Who waits to give inputs to the core. More wait until there is room.
const QUEUE: usize = 8_192;
/// Views on the store beside the writer.
const READERS: usize = 4;

/// Acknowledgements that wait for the next batch, and the bytes of one. Beyond these they go the way of everything else,
/// where whoever sends so many has to wait.
const MAX_ACKNOWLEDGEMENTS: usize = 16_384;
const MAX_ACKNOWLEDGEMENT: usize = 1_024;

/// What connections, the core's thread and the administration share.
pub(crate) struct Shared {
    delivery: Mutex<Delivery<Arc<Line>>>,
    to_core: mpsc::Sender<Vec<Input>>,
    acknowledgements: Mutex<Vec<Input>>,
    calls: Mutex<HashMap<u64, oneshot::Sender<Result<AdminReply, Refusal>>>>,
    readers: Mutex<Vec<Box<dyn Reader>>>,
    reader_permits: Semaphore,
    next: AtomicU64,
    pub(crate) public_url: Option<String>,
    max_connections: usize,
    /// Organisations whose directory is being read.
    pub(crate) pulls: Mutex<BTreeSet<OrganisationId>>,
    started: Instant,
    pub(crate) keeping: Keeping,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The data behind these locks is whole after any panic: no method leaves it half-done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(
        readers: Vec<Box<dyn Reader>>,
        public_url: Option<String>,
        max_connections: usize,
        keeping: Keeping,
    ) -> (Arc<Self>, mpsc::Receiver<Vec<Input>>) {
        let (to_core, inputs) = mpsc::channel(QUEUE);
        let shared = Self {
            delivery: Mutex::default(),
            to_core,
            acknowledgements: Mutex::default(),
            calls: Mutex::default(),
            reader_permits: Semaphore::new(readers.len()),
            readers: Mutex::new(readers),
            next: AtomicU64::new(1),
            public_url,
            max_connections,
            pulls: Mutex::default(),
            started: Instant::now(),
            keeping,
        };
        (Arc::new(shared), inputs)
    }

    pub(crate) const fn readers() -> usize {
        READERS
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn connection_number(&self) -> ConnectionId {
        ConnectionId(self.number())
    }

    pub(crate) async fn input(&self, input: Input) -> bool {
        self.inputs(vec![input]).await
    }

    /// Gives the core inputs that came together. False: it takes none any more.
    async fn inputs(&self, inputs: Vec<Input>) -> bool {
        self.to_core.send(inputs).await.is_ok()
    }

    /// Milliseconds since the start.
    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Keeps an acknowledgement for the next batch, if there is room.
    fn acknowledge(&self, connection: ConnectionId, bytes: &Bytes) -> bool {
        let mut waiting = lock(&self.acknowledgements);
        let room = bytes.len() <= MAX_ACKNOWLEDGEMENT && waiting.len() < MAX_ACKNOWLEDGEMENTS;
        if room {
            waiting.push(Input::Frame(connection, bytes.clone()));
        }
        room
    }

    /// Asks quiet connections whether they are still there. Every few seconds.
    pub(crate) fn look_after(&self) {
        let lines = lock(&self.delivery).wakers();
        let now = self.millis();
        for line in lines {
            line.look_after(self, now);
        }
    }

    pub(crate) fn trim(&self) {
        lock(&self.delivery).trim();
    }

    pub(crate) fn connections(&self) -> usize {
        lock(&self.delivery).connections()
    }

    /// Reads from the store, off the async threads.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&mut dyn Reader) -> Stored<T> + Send + 'static,
    ) -> Option<T> {
        let permit = self.reader_permits.acquire().await.ok()?;
        let mut reader = lock(&self.readers).pop()?;
        let outcome = tokio::task::spawn_blocking(move || {
            let outcome = read(reader.as_mut());
            (reader, outcome)
        })
        .await;
        // A panic loses the reader; there are others, and a permit without one is harmless.
        let (reader, outcome) = outcome.ok()?;
        lock(&self.readers).push(reader);
        drop(permit);
        match outcome {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::error!(%error, "reading");
                None
            }
        }
    }
}

/// Runs functions inside the core's transaction. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(crate) shared: Arc<Shared>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl Handle {
    /// Runs `run` in the core's transaction; what it did is on disk when this returns `Ok`, and undone otherwise.
    ///
    /// # Errors
    /// What `run` refuses; `ShuttingDown` when the server stops; `Internal` or `StorageFull` from the store.
    pub async fn call<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let stopping = || Refusal::new(ErrorCode::ShuttingDown);
        let ticket = self.shared.number();
        let (sender, answer) = oneshot::channel();
        lock(&self.shared.calls).insert(ticket, sender);
        let call = AdminCall {
            ticket,
            run: Box::new(move |work| run(work).map(|value| Box::new(value) as AdminReply)),
        };
        if !self.shared.input(Input::Admin(call)).await {
            lock(&self.shared.calls).remove(&ticket);
            return Err(stopping());
        }
        let reply = answer.await.map_err(|_| stopping())??;
        reply
            .downcast::<T>()
            .map(|value| *value)
            .map_err(|_| ErrorCode::Internal.into())
    }

    /// Scheme, host and port for links, when the operator set them.
    #[must_use]
    pub fn public_url(&self) -> Option<&str> {
        self.shared.public_url.as_deref()
    }

    /// How long the server has been running.
    #[must_use]
    pub fn uptime(&self) -> std::time::Duration {
        self.shared.started.elapsed()
    }

    /// Connected devices and open connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections()
    }

    /// The last backup, if the data folder knows of any.
    pub async fn last_backup(&self) -> Option<Backup> {
        self.shared.keeping.last_backup().await
    }
}
