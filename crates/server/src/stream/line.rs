// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The writing side of a connection, for whoever has news for it.
//!
//! Nearly always the socket takes what there is at once; so whoever learns of news, writes, and no task is woken for
//! it ([`Line::pump`]). What must wait (for the socket, for the store, for the end) is held for the connection's own
//! task. While it is held nobody else writes, and the task looks again when it is done: no news is lost.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;

use super::websocket::{self, Head};
use super::{Shared, lock};
use crate::core::ConnectionId;
use crate::delivery::Next;

/// A connection as those see it who have something for it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(super) id: ConnectionId,
    pub(super) socket: OwnedWriteHalf,
    /// There is something for the task to do.
    pub(super) news: Notify,
    /// The task does not read until some answers are out.
    pub(super) patient: AtomicBool,
    sending: Mutex<Sending>,
    /// When the other side was last heard, in the server's milliseconds.
    heard: AtomicU64,
}

#[derive(Debug, Default)]
struct Sending {
    /// The task has something to do first; nobody else writes.
    held: bool,
    /// Bytes that the socket did not take yet.
    rest: VecDeque<Bytes>,
    /// Since when, in the server's milliseconds.
    waits_since: u64,
    todo: Option<Next>,
    over: bool,
}

/// What the connection's task finds to do.
#[derive(Debug)]
pub(super) enum Duty {
    Nothing,
    /// The socket has not taken everything.
    Rest,
    Todo(Next),
    Over,
}

impl Line {
    pub(super) fn new(id: ConnectionId, socket: OwnedWriteHalf, now: u64) -> Self {
        Self {
            id,
            socket,
            news: Notify::new(),
            patient: AtomicBool::new(false),
            sending: Mutex::default(),
            heard: AtomicU64::new(now),
        }
    }

    /// Writes what there is for this connection, as far as that goes at once.
    pub(super) fn pump(&self, shared: &Shared) {
        let mut sending = lock(&self.sending);
        if !sending.held && !sending.over {
            self.write_out(shared, &mut sending);
        }
        if self.patient.load(Ordering::Acquire) {
            self.news.notify_one();
        }
    }

    /// The task is done with what was held.
    pub(super) fn release(&self, shared: &Shared) {
        let mut sending = lock(&self.sending);
        if !sending.over && sending.rest.is_empty() {
            sending.held = false;
            self.write_out(shared, &mut sending);
        }
    }

    fn write_out(&self, shared: &Shared, sending: &mut Sending) {
        loop {
            let (next, more) = lock(&shared.delivery).next_of(self.id);
            match next {
                Next::Idle => return,
                Next::Write(frames) => {
                    if !self.write(shared, sending, &frames) {
                        return;
                    }
                    if !more {
                        return;
                    }
                }
                todo => {
                    sending.todo = Some(todo);
                    sending.held = true;
                    self.news.notify_one();
                    return;
                }
            }
        }
    }

    /// Writes frames that the task has fetched. The line is held.
    pub(super) fn write_held(&self, shared: &Shared, frames: &[Bytes]) {
        let mut sending = lock(&self.sending);
        if !sending.over {
            self.write(shared, &mut sending, frames);
        }
    }

    /// False: not all of it went out, and the line is held.
    fn write(&self, shared: &Shared, sending: &mut Sending, frames: &[Bytes]) -> bool {
        let heads: Vec<Head> = frames.iter().map(|frame| Head::message(frame.len())).collect();
        let mut slices = Vec::with_capacity(2 * frames.len());
        for (head, frame) in heads.iter().zip(frames) {
            slices.push(IoSlice::new(head.as_slice()));
            slices.push(IoSlice::new(frame));
        }
        let total: usize = slices.iter().map(|slice| slice.len()).sum();
        let written = match self.socket.try_write_vectored(&slices) {
            Ok(written) if written == total => return true,
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(_) => {
                self.end_of(sending);
                return false;
            }
        };
        let mut skip = written;
        for (head, frame) in heads.iter().zip(frames) {
            for bytes in [Bytes::copy_from_slice(head.as_slice()), frame.clone()] {
                if skip < bytes.len() {
                    sending.rest.push_back(bytes.slice(skip..));
                    skip = 0;
                } else {
                    skip -= bytes.len();
                }
            }
        }
        self.hold(shared, sending);
        false
    }

    fn hold(&self, shared: &Shared, sending: &mut Sending) {
        sending.held = true;
        sending.waits_since = shared.millis();
        self.news.notify_one();
    }

    /// A control frame, between the others.
    pub(super) fn control(&self, shared: &Shared, frame: Bytes) {
        let mut sending = lock(&self.sending);
        if sending.over {
            return;
        }
        if sending.rest.is_empty() {
            match self.socket.try_write(&frame) {
                Ok(written) if written == frame.len() => return,
                Ok(written) => sending.rest.push_back(frame.slice(written..)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => sending.rest.push_back(frame),
                Err(_) => return self.end_of(&mut sending),
            }
            self.hold(shared, &mut sending);
        } else if sending.rest.len() < MAX_RESTING {
            sending.rest.push_back(frame);
        }
    }

    /// What the task should do now.
    pub(super) fn duty(&self) -> Duty {
        let mut sending = lock(&self.sending);
        if sending.over {
            Duty::Over
        } else if !sending.rest.is_empty() {
            Duty::Rest
        } else if let Some(todo) = sending.todo.take() {
            Duty::Todo(todo)
        } else {
            Duty::Nothing
        }
    }

    /// Writes of what is left as much as the socket takes. True when nothing is left.
    pub(super) fn write_rest(&self, shared: &Shared) -> bool {
        let mut sending = lock(&self.sending);
        while let Some(mut first) = sending.rest.pop_front() {
            match self.socket.try_write(&first) {
                Ok(written) => {
                    sending.waits_since = shared.millis();
                    if written < first.len() {
                        sending.rest.push_front(first.split_off(written));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    sending.rest.push_front(first);
                    return false;
                }
                Err(_) => {
                    self.end_of(&mut sending);
                    return false;
                }
            }
        }
        true
    }

    /// Nothing more is written, by nobody.
    pub(super) fn end(&self) {
        self.end_of(&mut lock(&self.sending));
    }

    fn end_of(&self, sending: &mut Sending) {
        sending.over = true;
        sending.rest.clear();
        sending.todo = None;
        self.news.notify_one();
    }

    pub(super) fn heard(&self, now: u64) {
        self.heard.store(now, Ordering::Relaxed);
    }

    /// Asks a quiet connection whether it is still there, and gives up one that is not, or that takes nothing.
    pub(super) fn look_after(&self, shared: &Shared, now: u64) {
        let quiet = now.saturating_sub(self.heard.load(Ordering::Relaxed));
        let stuck = {
            let sending = lock(&self.sending);
            !sending.rest.is_empty() && now.saturating_sub(sending.waits_since) > WRITE
        };
        if stuck || quiet >= IDLE {
            self.end();
        } else if quiet >= PING {
            self.control(shared, websocket::ping());
        }
    }
}

/// A quiet connection is asked whether it is still there.
const PING: u64 = 25_000;
/// And is given up when nothing came for so long.
const IDLE: u64 = 70_000;
/// A socket that takes nothing for so long won't.
const WRITE: u64 = 60_000;
/// Control frames beyond this are left out while the socket takes nothing.
const MAX_RESTING: usize = 1_024;
