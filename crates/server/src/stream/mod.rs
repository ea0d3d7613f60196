// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The stream: WebSocket connections on one side, the core's thread on the other.
//!
//! ```text
//! socket ─▶ connection task ─▶ channel ─▶ core thread: a batch, one transaction ─▶ effects
//! socket ◀─ connection task ◀─ woken   ◀─ delivery   ◀───────────────────────────────┘
//! ```
//!
//! A connection is one task that reads and writes. It decides nothing: bytes go to the core as they come, and what
//! it writes next is what [`Delivery`] says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use melder_protocol::{ErrorCode, Refusal};
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::core::{AdminCall, AdminReply, ConnectionId, Input, Work};
use crate::delivery::Delivery;
use crate::store::{Reader, Stored};

pub(crate) mod connection;
pub(crate) mod heart;

/// Inputs that wait for the core. Senders wait when it is full.
const QUEUE: usize = 8_192;
/// Views on the store beside the writer.
const READERS: usize = 4;

type Waker = Arc<Notify>;

/// What connections, the core's thread and the administration share.
pub(crate) struct Shared {
    delivery: Mutex<Delivery<Waker>>,
    to_core: mpsc::Sender<Input>,
    calls: Mutex<HashMap<u64, oneshot::Sender<Result<AdminReply, Refusal>>>>,
    readers: Mutex<Vec<Box<dyn Reader>>>,
    reader_permits: Semaphore,
    next: AtomicU64,
    public_url: Option<String>,
    max_connections: usize,
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
    ) -> (Arc<Self>, mpsc::Receiver<Input>) {
        let (to_core, inputs) = mpsc::channel(QUEUE);
        let shared = Self {
            delivery: Mutex::default(),
            to_core,
            calls: Mutex::default(),
            reader_permits: Semaphore::new(readers.len()),
            readers: Mutex::new(readers),
            next: AtomicU64::new(1),
            public_url,
            max_connections,
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
        self.to_core.send(input).await.is_ok()
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

    /// Connected devices and open connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections()
    }
}
