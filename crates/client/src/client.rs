// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The handle: what callers hold. Cheap to clone; the task behind it ends when [`Client::close`] is called or the last
//! handle is dropped.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use melder_engine::Engine;
use melder_engine::api::{Action, ActionError, Event, Outcome};
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::{ClientConfig, OpenError};
use crate::driver::{self, Command, End, Work};
use crate::socket::Counters;

/// Where the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    Down,
    /// The server has spoken; the device has not proved itself (yet), or has no account.
    Open,
    /// Authenticated.
    Online,
}

/// The client is closed, or was stopped by what happened to its account; [`Client::end`] knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client has stopped")]
pub struct Stopped;

/// The connection did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no connection")]
pub struct Offline;

/// Bytes and frames since the client was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub frames_in: u64,
    pub frames_out: u64,
    /// Connections that were made.
    pub connections: u64,
}

/// Everything the engine tells, from the moment of [`Client::events`] on. None is left out; what is not read waits in
/// memory, so drop it when it is no longer read.
#[derive(Debug)]
pub struct Events(mpsc::UnboundedReceiver<Arc<Event>>);

impl Events {
    /// The next one; `None`: the client has ended.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        self.0.recv().await
    }

    /// The next one that is there already.
    pub fn try_next(&mut self) -> Option<Arc<Event>> {
        self.0.try_recv().ok()
    }
}

/// A device, running.
#[derive(Debug, Clone)]
pub struct Client {
    commands: mpsc::UnboundedSender<Command>,
    link: watch::Receiver<Link>,
    end: watch::Receiver<Option<End>>,
    counters: Arc<Counters>,
}

impl Client {
    /// Opens the database and starts the task.
    ///
    /// # Errors
    /// When the database can't be opened with this key.
    pub async fn open(config: ClientConfig) -> Result<Self, OpenError> {
        let counters = Arc::new(Counters::default());
        let (commands, receiver) = mpsc::unbounded_channel();
        let (link_sender, link) = watch::channel(Link::Down);
        let (end_sender, end) = watch::channel(None);
        driver::start(config, receiver, link_sender, end_sender, Arc::clone(&counters)).await?;
        Ok(Self {
            commands,
            link,
            end,
            counters,
        })
    }

    /// Does something, and waits until it is done.
    ///
    /// # Errors
    /// What the engine or the server said; [`ActionError::Offline`] also when the client has stopped.
    pub async fn action(&self, action: Action) -> Result<Outcome, ActionError> {
        self.start(action).await.unwrap_or(Err(ActionError::Offline))
    }

    /// Starts something; the answer comes through the receiver. Actions run in the order in which they were started.
    #[must_use]
    pub fn start(&self, action: Action) -> oneshot::Receiver<Result<Outcome, ActionError>> {
        let (reply, answer) = oneshot::channel();
        // When the task has ended, `reply` is dropped here, and the receiver says so.
        let _ = self.commands.send(Command::Work(Work::Do(Box::new(action), reply)));
        answer
    }

    /// Reads from the engine.
    ///
    /// # Errors
    /// When the client has stopped.
    pub async fn query<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Engine) -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        let (reply, answer) = oneshot::channel();
        let work = Work::Query(Box::new(move |engine| {
            // The caller may have stopped waiting.
            let _ = reply.send(read(engine));
        }));
        self.commands.send(Command::Work(work)).map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }

    /// Everything that happens from now on.
    #[must_use]
    pub fn events(&self) -> Events {
        let (sender, receiver) = mpsc::unbounded_channel();
        let _ = self.commands.send(Command::Subscribe(sender));
        Events(receiver)
    }

    /// Sets the server and connects to it.
    pub fn set_server(&self, server: impl Into<String>) {
        let _ = self.commands.send(Command::SetServer(server.into()));
    }

    /// Cuts the connection and makes no new one.
    pub fn go_offline(&self) {
        let _ = self.commands.send(Command::Online(false));
    }

    /// Connects, at once.
    pub fn go_online(&self) {
        let _ = self.commands.send(Command::Online(true));
    }

    /// Tells the engine that time has passed: for clocks that don't run by themselves.
    pub fn tick(&self) {
        let _ = self.commands.send(Command::Work(Work::Tick));
    }

    /// Where the connection is.
    #[must_use]
    pub fn link(&self) -> Link {
        *self.link.borrow()
    }

    /// Waits until the connection is at least `link`.
    ///
    /// # Errors
    /// When it did not get there within `limit`, or the client has stopped.
    pub async fn wait_link(&self, link: Link, limit: Duration) -> Result<(), Offline> {
        let mut receiver = self.link.clone();
        let wait = receiver.wait_for(|now| *now >= link);
        match tokio::time::timeout(limit, wait).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Offline),
        }
    }

    /// Waits until nothing has come in and nothing has gone out for `quiet`, at most `limit`. True if it got quiet.
    pub async fn settle(&self, quiet: Duration, limit: Duration) -> bool {
        let deadline = tokio::time::Instant::now() + limit;
        let step = quiet.min(limit);
        loop {
            let before = self.traffic();
            tokio::time::sleep(step).await;
            // A query waits behind everything that the engine still has to do.
            let stopped = self.query(|_| ()).await.is_err();
            if stopped || self.traffic() == before {
                return true;
            }
            if tokio::time::Instant::now() >= deadline {
                return false;
            }
        }
    }

    /// Bytes and frames so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        Traffic {
            bytes_in: self.counters.bytes_in.load(Ordering::Relaxed),
            bytes_out: self.counters.bytes_out.load(Ordering::Relaxed),
            frames_in: self.counters.frames_in.load(Ordering::Relaxed),
            frames_out: self.counters.frames_out.load(Ordering::Relaxed),
            connections: self.counters.connections.load(Ordering::Relaxed),
        }
    }

    /// How the client ended; `None`: it runs.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        self.end.borrow().clone()
    }

    /// Waits for the end.
    pub async fn ended(&self) -> End {
        let mut receiver = self.end.clone();
        match receiver.wait_for(Option::is_some).await {
            Ok(end) => end.clone().unwrap_or(End::Closed),
            Err(_) => End::Closed,
        }
    }

    /// Closes the connection and the database, and waits until both are closed.
    pub async fn close(&self) {
        let _ = self.commands.send(Command::Close);
        self.ended().await;
    }
}
