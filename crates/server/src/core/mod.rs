// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server's heart, without I/O: inputs go in, effects come out.
//!
//! [`Core::handle`] takes a batch of inputs and runs it in one transaction. Every input that may write has a
//! savepoint: a refused one leaves nothing, and harms nobody else in the batch. Then the groups that the batch
//! touched are reconciled, the transaction goes to disk, and only then the effects come out. There is no clock, no
//! socket and no randomness of its own in here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use melder_bugs::{self as bugs, Bug};
use melder_protocol::cbor;
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::{ErrorCode, Refusal, RequestId, Time};
use rand_core::CryptoRngCore;

mod dispatch;
mod hello;
pub mod io;
pub mod limits;
pub(crate) mod lru;
pub(crate) mod state;
mod tick;
pub(crate) mod traffic;
pub mod work;

#[cfg(test)]
mod tests;

pub use io::{AdminCall, AdminReply, ConnectionId, Effect, Input};
pub use limits::RateLimits;
pub use work::{Appended, Erased, Work};

use crate::push::PushKey;
use crate::store::{Store, StoreError, Stored, Transaction};
use state::State;
use work::Staged;

/// The heart.
#[derive(Debug)]
pub struct Core<S: Store> {
    store: S,
    state: State,
}

impl<S: Store> Core<S> {
    #[must_use]
    pub fn new(store: S, limits: RateLimits) -> Self {
        Self {
            store,
            state: State::new(limits),
        }
    }

    /// From now on devices that are away are woken.
    #[must_use]
    pub fn with_push(mut self, key: PushKey) -> Self {
        self.state.push.key = Some(key);
        self
    }

    /// As after a restart.
    #[cfg(test)]
    pub(crate) fn forget_push(&mut self) {
        let key = self.state.push.key.take();
        self.state.push = crate::push::PushDesk::default();
        self.state.push.key = key;
    }

    /// The store, for another view on it.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Looks at the store between two batches. What `look` writes is thrown away.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn look<T>(&mut self, look: impl FnOnce(&dyn Transaction) -> Stored<T>) -> Stored<T> {
        let tx = self.store.begin()?;
        look(&tx)
    }

    /// Handles a batch: what comes back is on disk.
    pub fn handle(&mut self, now: Time, rng: &mut dyn CryptoRngCore, inputs: Vec<Input>) -> Vec<Effect> {
        // When the disk refuses the whole batch, everybody in it must hear so.
        let askers: Vec<Asker> = inputs.iter().filter_map(Asker::of).collect();
        match self.batch(now, rng, inputs) {
            Ok(effects) => effects,
            Err(error) => {
                tracing::error!(%error, "a batch did not reach the disk");
                self.state.forget_copies();
                self.refuse(askers, &error)
            }
        }
    }

    fn batch(&mut self, now: Time, rng: &mut dyn CryptoRngCore, inputs: Vec<Input>) -> Result<Vec<Effect>, StoreError> {
        let mut effects = Vec::new();
        let mut inputs = inputs.into_iter().peekable();
        // Acknowledgements stay in memory for a while: a batch of nothing else costs no transaction.
        while let Some(input) = inputs.next_if(|input| matches!(input, Input::Frame(..))) {
            if let Input::Frame(connection, bytes) = &input
                && dispatch::acknowledge(&mut self.state, *connection, bytes)
            {
                continue;
            }
            let rest: Vec<Input> = std::iter::once(input).chain(inputs).collect();
            return self.transact(now, rng, rest, effects);
        }
        if inputs.peek().is_some() {
            let rest = inputs.collect();
            effects = self.transact(now, rng, rest, effects)?;
        }
        Ok(effects)
    }

    fn transact(
        &mut self,
        now: Time,
        rng: &mut dyn CryptoRngCore,
        inputs: Vec<Input>,
        mut effects: Vec<Effect>,
    ) -> Result<Vec<Effect>, StoreError> {
        let tx = self.store.begin()?;
        let mut batch = Batch {
            tx: &tx,
            now,
            rng,
            state: &mut self.state,
            effects: &mut effects,
        };
        for input in inputs {
            batch.input(input)?;
        }
        batch.reconcile()?;
        tx.commit()?;
        Ok(effects)
    }

    fn refuse(&mut self, askers: Vec<Asker>, error: &StoreError) -> Vec<Effect> {
        let refusal = Refusal::from(error.clone());
        let mut effects = Vec::new();
        for asker in askers {
            match asker {
                Asker::Request(connection, id) => {
                    let frame = ServerFrame::Refused {
                        id,
                        refusal: refusal.clone(),
                    };
                    effects.push(Effect::Send(connection, Bytes::from(cbor::encode(&frame))));
                }
                Asker::Connection(connection) => {
                    self.state.disconnect(connection);
                    effects.push(Effect::Close(connection));
                }
                Asker::Admin(ticket) => effects.push(Effect::AdminReply {
                    ticket,
                    reply: Err(refusal.clone()),
                }),
            }
        }
        effects
    }
}

/// Who waits for an input's outcome.
enum Asker {
    Request(ConnectionId, RequestId),
    Connection(ConnectionId),
    Admin(u64),
}

impl Asker {
    fn of(input: &Input) -> Option<Self> {
        match input {
            Input::Opened(connection) => Some(Self::Connection(*connection)),
            Input::Frame(connection, bytes) => match frame_head(bytes) {
                FrameHead::Request(id) => Some(Self::Request(*connection, id)),
                FrameHead::Ack => None,
                FrameHead::Other => Some(Self::Connection(*connection)),
            },
            Input::Admin(call) => Some(Self::Admin(call.ticket)),
            Input::Closed(_) | Input::Tick | Input::Pushed(..) | Input::Stop => None,
        }
    }
}

/// Are these the bytes of an acknowledgement? Those may wait.
pub(crate) fn is_acknowledgement(bytes: &[u8]) -> bool {
    matches!(frame_head(bytes), FrameHead::Ack)
}

enum FrameHead {
    Request(RequestId),
    Ack,
    Other,
}

/// The beginning of a client frame: its variant, and a request's number. Cheap, unlike decoding all of it.
fn frame_head(bytes: &[u8]) -> FrameHead {
    let mut decoder = minicbor::Decoder::new(bytes);
    let head = (|| {
        decoder.array()?;
        let variant = decoder.u32()?;
        match variant {
            1 => {
                decoder.array()?;
                Ok(FrameHead::Request(RequestId(decoder.u32()?)))
            }
            2 => Ok(FrameHead::Ack),
            _ => Ok::<_, minicbor::decode::Error>(FrameHead::Other),
        }
    })();
    head.unwrap_or(FrameHead::Other)
}

/// A batch on its way.
struct Batch<'b> {
    tx: &'b dyn Transaction,
    now: Time,
    rng: &'b mut dyn CryptoRngCore,
    state: &'b mut State,
    effects: &'b mut Vec<Effect>,
}

impl Batch<'_> {
    fn input(&mut self, input: Input) -> Result<(), StoreError> {
        match input {
            Input::Opened(connection) => hello::opened(self, connection),
            Input::Closed(connection) => self.disconnected(connection),
            Input::Frame(connection, bytes) => self.frame(connection, &bytes)?,
            Input::Tick => tick::run(self)?,
            Input::Admin(AdminCall { ticket, run }) => {
                let reply = self.attempt(run)?;
                self.effects.push(Effect::AdminReply { ticket, reply });
            }
            Input::Pushed(order, outcome) => {
                if let Err(refusal) = self.attempt(|work| work.pushed(&order, outcome))? {
                    tracing::error!(code = refusal.code.code(), hint = refusal.hint, "the outcome of a push");
                }
            }
            Input::Stop => {
                let frame = ServerFrame::Goodbye {
                    code: ErrorCode::ShuttingDown,
                    record: None,
                    removal: None,
                };
                let bytes = Bytes::from(cbor::encode(&frame));
                let connections = self.state.connections.keys().map(|id| (*id, bytes.clone()));
                let ending: Vec<_> = connections.collect();
                self.state.closing.extend(ending);
                self.close_ended();
                tick::flush_acks(self)?;
            }
        }
        Ok(())
    }

    fn frame(&mut self, connection: ConnectionId, bytes: &[u8]) -> Result<(), StoreError> {
        if dispatch::acknowledge(self.state, connection, bytes) || !self.state.connections.contains_key(&connection) {
            return Ok(());
        }
        match cbor::decode::<ClientFrame>(bytes) {
            Ok(ClientFrame::Request { id, request }) => {
                let handshake = match &request {
                    Request::Commit { group, .. } | Request::Establish { group, .. } => Some(*group),
                    _ => None,
                };
                let frame = match dispatch::admit(self.state, connection, &request, self.now) {
                    Err(refusal) => Some(ServerFrame::Refused { id, refusal }),
                    Ok(()) => match self.request(connection, id, request)? {
                        Ok(Some(response)) => Some(ServerFrame::Response { id, response }),
                        Ok(None) => None,
                        Err(refusal) => {
                            if let Some(group) = handshake
                                && self.state.leases.refused(group, connection)
                            {
                                self.state.dirty.insert(group);
                            }
                            Some(ServerFrame::Refused { id, refusal })
                        }
                    },
                };
                if let Some(frame) = frame {
                    self.send(connection, &frame);
                }
                self.close_ended();
            }
            Ok(ClientFrame::Hello(hello)) => hello::hello(self, connection, &hello)?,
            Ok(ClientFrame::Ack(_)) => {}
            Err(_) => match frame_head(bytes) {
                // One bad request is the caller's mistake; bytes that are no frame at all end the connection.
                FrameHead::Request(id) => self.send(
                    connection,
                    &ServerFrame::Refused {
                        id,
                        refusal: ErrorCode::Malformed.into(),
                    },
                ),
                FrameHead::Ack | FrameHead::Other => {
                    self.send(
                        connection,
                        &ServerFrame::Goodbye {
                            code: ErrorCode::Malformed,
                            record: None,
                            removal: None,
                        },
                    );
                    self.close(connection);
                }
            },
        }
        Ok(())
    }

    fn request(
        &mut self,
        connection: ConnectionId,
        id: RequestId,
        request: Request,
    ) -> Result<Result<Option<Response>, Refusal>, StoreError> {
        // A message is refused before anything is written, or written by one append and nothing after it. An alarm is kept
        // for its repetition besides.
        let writes_once = match &request {
            Request::Append { ring, .. } => !ring.is_alarm(),
            Request::Seal { .. } => true,
            _ => false,
        };
        let run = |work: &mut Work<'_>| dispatch::request(work, connection, id, request);
        if writes_once {
            self.attempt_once(run)
        } else {
            self.attempt(run)
        }
    }

    /// Runs one input's work without a savepoint: it writes nothing, or one append as the last it does. Should that
    /// append itself fail, nobody knows how much of it stands, and the whole batch is undone.
    fn attempt_once<T>(
        &mut self,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, Refusal>,
    ) -> Result<Result<T, Refusal>, StoreError> {
        let mut work = Work::new(self.tx, self.now, self.rng, self.state);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&mut work)));
        let staged = std::mem::take(&mut work.staged);
        match outcome {
            Ok(Ok(value)) => {
                self.release(staged);
                Ok(Ok(value))
            }
            Ok(Err(refusal)) if !staged.wrote => {
                self.throw_away(&staged);
                Ok(Err(refusal))
            }
            Ok(Err(refusal)) if refusal.code == ErrorCode::StorageFull => Err(StoreError::Full),
            Ok(Err(_)) => Err(StoreError::Failed("an append failed".to_owned())),
            Err(_) => {
                tracing::error!("an input made the core panic");
                self.state.forget_copies();
                if staged.wrote {
                    return Err(StoreError::Failed("a panic after an append".to_owned()));
                }
                Ok(Err(ErrorCode::Internal.into()))
            }
        }
    }

    /// Runs one input's work behind a savepoint. A refusal undoes it; so does a panic in a library that could not
    /// stand hostile bytes.
    fn attempt<T>(
        &mut self,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, Refusal>,
    ) -> Result<Result<T, Refusal>, StoreError> {
        self.tx.savepoint()?;
        let mut work = Work::new(self.tx, self.now, self.rng, self.state);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&mut work)));
        let staged = std::mem::take(&mut work.staged);
        match outcome {
            Ok(Ok(value)) => {
                self.tx.release()?;
                self.release(staged);
                Ok(Ok(value))
            }
            Ok(Err(refusal)) => {
                self.tx.rollback()?;
                self.throw_away(&staged);
                // A full disk fails the whole batch: what came before in it can't reach the disk either.
                if refusal.code == ErrorCode::StorageFull {
                    return Err(StoreError::Full);
                }
                Ok(Err(refusal))
            }
            Err(_) => {
                tracing::error!("an input made the core panic");
                self.tx.rollback()?;
                self.state.forget_copies();
                Ok(Err(ErrorCode::Internal.into()))
            }
        }
    }

    fn release(&mut self, staged: Staged) {
        for group in staged.dirty {
            self.state.settled.remove(&group);
            self.state.dirty.insert(group);
        }
        for (account, group) in staged.unfollow {
            if bugs::on(Bug::KeepRemovedSocket) {
                continue;
            }
            let log = melder_protocol::LogId::Group(group);
            for connection in self.state.connections_of(account) {
                if self.state.unfollow(connection, log) {
                    // Before the entries of this input: they are not for this account any more.
                    self.effects.push(Effect::Unfollow(connection, log));
                }
            }
        }
        self.effects.extend(staged.effects);
        self.pending_close(staged.closing);
    }

    fn throw_away(&mut self, staged: &Staged) {
        for group in &staged.touched_groups {
            self.state.views.remove(group);
            self.state.publics.remove(group);
        }
        for account in &staged.touched_accounts {
            self.state.chains.remove(account);
        }
        if staged.touched_push {
            self.state.push.forget_copies();
        }
    }

    /// The answer to the request that closes a connection still goes out, so the closing waits for it.
    fn pending_close(&mut self, closing: Vec<(ConnectionId, Bytes)>) {
        self.state.closing.extend(closing);
    }

    fn close_ended(&mut self) {
        for (connection, goodbye) in std::mem::take(&mut self.state.closing) {
            if self.state.connections.contains_key(&connection) {
                self.effects.push(Effect::Send(connection, goodbye));
                self.close(connection);
            }
        }
    }

    fn send(&mut self, connection: ConnectionId, frame: &ServerFrame) {
        self.effects
            .push(Effect::Send(connection, Bytes::from(cbor::encode(frame))));
    }

    fn close(&mut self, connection: ConnectionId) {
        if self.state.connections.contains_key(&connection) {
            self.disconnected(connection);
            self.effects.push(Effect::Close(connection));
        }
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        self.state.disconnect(connection);
        if let Some((other, event)) = self.state.mailboxes.left(connection) {
            self.send(other, &ServerFrame::Mailbox(event));
        }
    }

    fn reconcile(&mut self) -> Result<(), StoreError> {
        self.close_ended();
        // One group's reconciliation may mark it again (a deleted group, a new epoch): those wait for the next batch.
        for group in std::mem::take(&mut self.state.dirty) {
            // Whatever ends a lease marks its group again.
            if self.state.leases.running(group, self.now) {
                self.state.leases.overtake(group);
                continue;
            }
            if let Err(refusal) = self.attempt(|work| work.reconcile(group))? {
                tracing::error!(code = refusal.code.code(), hint = refusal.hint, "reconciliation");
            }
        }
        self.close_ended();
        Ok(())
    }
}
