// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Delivery: from a batch's effects to what each connection writes next. Data only: no sockets, no threads.
//!
//! A connection does not own a queue of entries; it owns a position in each log that it follows. The newest entries of
//! a followed log are here, encoded once and shared; who is behind them reads the store. So a message to 200 people
//! is stored once here, and a slow reader holds nothing but its position. Only answers are queued, and whoever asks
//! without reading the answers is not read any more ([`Next`], `may_read`).
//!
//! `W` wakes a connection; wakers are handed back, to be used when no lock is held.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use melder_bugs::{self as bugs, Bug};
use melder_protocol::limits::{MAX_ENTRIES_PER_FRAME, MAX_OPEN_REQUESTS};
use melder_protocol::{BlobId, LogId, RequestId, Sequence, cbor};

use crate::core::{ConnectionId, Effect};

mod frame;
#[cfg(test)]
mod tests;

/// Entries of one log in memory, and their bytes.
const MAX_TAIL: usize = 1_024;
const MAX_TAIL_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of entries in one frame: less than the protocol allows, since a connection's write buffer stays as large as
/// its largest write.
const FRAME_BYTES: usize = 128 * 1024;
/// Bytes in one write.
const WRITE_BYTES: usize = 128 * 1024;
/// Queued answers beyond which a connection is not read.
const MAX_QUEUED_BYTES: usize = 1024 * 1024;

/// What a connection does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Write these, in one go.
    Write(Vec<Bytes>),
    /// Read entries of the log after this place from the store, then call [`Delivery::found`].
    Read {
        log: LogId,
        after: Sequence,
    },
    /// Read a chunk from the store and answer the request with it.
    Chunk {
        id: RequestId,
        blob: BlobId,
        index: u32,
    },
    Close,
    /// Nothing until it is woken.
    Idle,
}

enum Item {
    Frame(Bytes),
    Chunk { id: RequestId, blob: BlobId, index: u32 },
}

struct Follow {
    position: Sequence,
    queued: bool,
}

struct Outlet<W> {
    waker: W,
    items: VecDeque<Item>,
    queued_bytes: usize,
    follows: HashMap<LogId, Follow>,
    /// Followed logs that have something new.
    ready: VecDeque<LogId>,
    /// Frames given to the core that it has not taken yet.
    in_flight: usize,
    closing: bool,
}

impl<W> Outlet<W> {
    fn may_read(&self) -> bool {
        !self.closing
            && self.in_flight < MAX_OPEN_REQUESTS
            && self.items.len() < MAX_OPEN_REQUESTS
            && self.queued_bytes < MAX_QUEUED_BYTES
    }
}

/// The end of a log that somebody follows.
struct Tail {
    head: Sequence,
    entries: VecDeque<Arc<[u8]>>,
    bytes: usize,
    followers: Vec<ConnectionId>,
    /// The last frame that was made: most readers are at the same place.
    frame: Option<(Sequence, Sequence, Bytes)>,
}

impl Tail {
    /// The first entry here; the head's next when there is none.
    fn first(&self) -> Sequence {
        Sequence(self.head.0 + 1 - self.entries.len() as u64)
    }

    fn push(&mut self, sequence: Sequence, bytes: Arc<[u8]>) {
        if sequence != self.head.next() {
            // Cannot be in a log without gaps; what is missing here is in the store.
            self.entries.clear();
            self.bytes = 0;
        }
        self.head = sequence;
        self.bytes += bytes.len();
        self.entries.push_back(bytes);
        while self.entries.len() > MAX_TAIL || (self.bytes > MAX_TAIL_BYTES && self.entries.len() > 1) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(bytes) = self.entries.pop_front() {
            self.bytes -= bytes.len();
        }
    }

    /// A frame with the entries after `position`, which must not be before the first, and where it ends.
    fn frame_after(&mut self, log: LogId, position: Sequence) -> (Bytes, Sequence) {
        if let Some((after, through, frame)) = &self.frame
            && *after == position
            && (*through == self.head || frame.len() >= FRAME_BYTES)
        {
            return (frame.clone(), *through);
        }
        let skip = usize::try_from(position.0 + 1 - self.first().0).unwrap_or(usize::MAX);
        let mut size = 0;
        let count = self
            .entries
            .iter()
            .skip(skip)
            .take(MAX_ENTRIES_PER_FRAME)
            .take_while(|bytes| {
                let fits = size == 0 || size + bytes.len() <= FRAME_BYTES;
                size += bytes.len();
                fits
            })
            .count();
        let entries = self.entries.iter().skip(skip).take(count).map(AsRef::as_ref);
        let frame = frame::entries(log, count, size, entries);
        let through = Sequence(position.0 + count as u64);
        self.frame = Some((position, through, frame.clone()));
        (frame, through)
    }
}

/// Everything that waits to be written.
pub struct Delivery<W> {
    tails: HashMap<LogId, Tail>,
    outlets: HashMap<ConnectionId, Outlet<W>>,
}

impl<W> std::fmt::Debug for Delivery<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("tails", &self.tails.len())
            .field("connections", &self.outlets.len())
            .finish()
    }
}

impl<W> Default for Delivery<W> {
    fn default() -> Self {
        Self {
            tails: HashMap::new(),
            outlets: HashMap::new(),
        }
    }
}

impl<W: Clone> Delivery<W> {
    /// A new connection.
    pub fn open(&mut self, connection: ConnectionId, waker: W) {
        self.outlets.insert(
            connection,
            Outlet {
                waker,
                items: VecDeque::new(),
                queued_bytes: 0,
                follows: HashMap::new(),
                ready: VecDeque::new(),
                in_flight: 0,
                closing: false,
            },
        );
    }

    /// The connection is gone.
    pub fn remove(&mut self, connection: ConnectionId) {
        if let Some(outlet) = self.outlets.remove(&connection) {
            for log in outlet.follows.keys() {
                self.leave_tail(connection, *log);
            }
        }
    }

    fn leave_tail(&mut self, connection: ConnectionId, log: LogId) {
        if let Some(tail) = self.tails.get_mut(&log) {
            tail.followers.retain(|follower| *follower != connection);
            if tail.followers.is_empty() {
                self.tails.remove(&log);
            }
        }
    }

    /// A frame of this connection goes to the core.
    pub fn given(&mut self, connection: ConnectionId) {
        self.given_together(connection, 1);
    }

    /// Frames of this connection go to the core. Says whether it is to be read further.
    pub(crate) fn given_together(&mut self, connection: ConnectionId, frames: usize) -> bool {
        self.outlets.get_mut(&connection).is_some_and(|outlet| {
            outlet.in_flight += frames;
            outlet.may_read()
        })
    }

    /// The wakers of all connections.
    #[must_use]
    pub fn wakers(&self) -> Vec<W> {
        self.outlets.values().map(|outlet| outlet.waker.clone()).collect()
    }

    /// The core has taken a frame of this connection.
    pub fn taken(&mut self, connection: ConnectionId, wake: &mut Vec<W>) {
        if let Some(outlet) = self.outlets.get_mut(&connection) {
            let had = outlet.in_flight;
            outlet.in_flight = had.saturating_sub(1);
            // Of several that came together more may have been given than may be open.
            if had >= MAX_OPEN_REQUESTS && outlet.in_flight < MAX_OPEN_REQUESTS {
                wake.push(outlet.waker.clone());
            }
        }
    }

    /// Is the connection to be read? Not while it has much to fetch itself.
    #[must_use]
    pub fn may_read(&self, connection: ConnectionId) -> bool {
        self.outlets.get(&connection).is_some_and(Outlet::may_read)
    }

    /// Takes an effect of a batch that is on disk. `AdminReply` is none of ours.
    pub fn apply(&mut self, effect: Effect, wake: &mut Vec<W>) {
        match effect {
            Effect::Send(connection, bytes) => self.queue(connection, Item::Frame(bytes), wake),
            Effect::Chunk {
                connection,
                id,
                blob,
                index,
            } => self.queue(connection, Item::Chunk { id, blob, index }, wake),
            Effect::Appended { log, sequence, bytes } => self.appended(log, sequence, bytes, wake),
            Effect::Follow {
                connection,
                log,
                after,
                head,
            } => self.follow(connection, log, after, head, wake),
            Effect::Unfollow(connection, log) => {
                if let Some(outlet) = self.outlets.get_mut(&connection)
                    && outlet.follows.remove(&log).is_some()
                {
                    outlet.ready.retain(|ready| *ready != log);
                    self.leave_tail(connection, log);
                }
            }
            Effect::Close(connection) => {
                let Some(outlet) = self.outlets.get_mut(&connection) else {
                    return;
                };
                outlet.closing = true;
                outlet.ready.clear();
                wake.push(outlet.waker.clone());
                let follows: Vec<LogId> = outlet.follows.drain().map(|(log, _)| log).collect();
                for log in follows {
                    self.leave_tail(connection, log);
                }
            }
            Effect::AdminReply { .. } | Effect::Push(_) => {}
        }
    }

    fn queue(&mut self, connection: ConnectionId, item: Item, wake: &mut Vec<W>) {
        if let Some(outlet) = self.outlets.get_mut(&connection).filter(|outlet| !outlet.closing) {
            if let Item::Frame(bytes) = &item {
                outlet.queued_bytes += bytes.len();
            }
            outlet.items.push_back(item);
            wake.push(outlet.waker.clone());
        }
    }

    fn appended(&mut self, log: LogId, sequence: Sequence, bytes: Arc<[u8]>, wake: &mut Vec<W>) {
        let Some(tail) = self.tails.get_mut(&log) else {
            return;
        };
        tail.push(sequence, bytes);
        for follower in &tail.followers {
            let Some(outlet) = self.outlets.get_mut(follower) else {
                continue;
            };
            if let Some(follow) = outlet.follows.get_mut(&log).filter(|follow| !follow.queued) {
                follow.queued = true;
                outlet.ready.push_back(log);
                wake.push(outlet.waker.clone());
            }
        }
    }

    fn follow(&mut self, connection: ConnectionId, log: LogId, after: Sequence, head: Sequence, wake: &mut Vec<W>) {
        let Some(outlet) = self.outlets.get_mut(&connection).filter(|outlet| !outlet.closing) else {
            return;
        };
        let tail = self.tails.entry(log).or_insert_with(|| Tail {
            head,
            entries: VecDeque::new(),
            bytes: 0,
            followers: Vec::new(),
            frame: None,
        });
        let queued = after < tail.head;
        let new = Follow {
            position: after,
            queued,
        };
        let before = outlet.follows.insert(log, new);
        if before.is_none() {
            tail.followers.push(connection);
        }
        if before.is_some_and(|before| before.queued) {
            outlet.ready.retain(|ready| *ready != log);
        }
        if queued {
            outlet.ready.push_back(log);
            wake.push(outlet.waker.clone());
        }
    }

    /// What the connection does next, and whether there is more after that.
    pub(crate) fn next_of(&mut self, connection: ConnectionId) -> (Next, bool) {
        let next = self.next(connection);
        let more = self
            .outlets
            .get(&connection)
            .is_none_or(|outlet| outlet.closing || !outlet.items.is_empty() || !outlet.ready.is_empty());
        (next, more)
    }

    /// What the connection does next.
    pub fn next(&mut self, connection: ConnectionId) -> Next {
        let Some(outlet) = self.outlets.get_mut(&connection) else {
            return Next::Close;
        };
        let (mut frames, mut size) = (Vec::new(), 0);
        while size < WRITE_BYTES {
            match outlet.items.pop_front() {
                Some(Item::Frame(bytes)) => {
                    outlet.queued_bytes -= bytes.len();
                    size += bytes.len();
                    frames.push(bytes);
                }
                Some(Item::Chunk { id, blob, index }) if frames.is_empty() => return Next::Chunk { id, blob, index },
                Some(chunk) => {
                    outlet.items.push_front(chunk);
                    return Next::Write(frames);
                }
                None => break,
            }
        }
        while size < WRITE_BYTES {
            let Some(log) = outlet.ready.front().copied() else {
                break;
            };
            let (Some(tail), Some(follow)) = (self.tails.get_mut(&log), outlet.follows.get_mut(&log)) else {
                outlet.ready.pop_front();
                continue;
            };
            if follow.position >= tail.head {
                follow.queued = false;
                outlet.ready.pop_front();
                continue;
            }
            if follow.position.next() < tail.first() && bugs::on(Bug::SkipForTheSlow) {
                follow.position = Sequence(tail.first().0.saturating_sub(1));
            }
            if follow.position.next() < tail.first() {
                if frames.is_empty() {
                    return Next::Read {
                        log,
                        after: follow.position,
                    };
                }
                break;
            }
            let (frame, through) = tail.frame_after(log, follow.position);
            size += frame.len();
            frames.push(frame);
            follow.position = through;
            outlet.ready.pop_front();
            if through < tail.head {
                // The other logs have their turn first.
                outlet.ready.push_back(log);
            } else {
                follow.queued = false;
            }
        }
        match (frames.is_empty(), outlet.closing) {
            (false, _) => Next::Write(frames),
            (true, true) => Next::Close,
            (true, false) => Next::Idle,
        }
    }

    /// What the store had after a place: encoded entries with their sequences. Gives the frames to write; none when
    /// the connection does not follow the log (from there) any more.
    pub fn found(
        &mut self,
        connection: ConnectionId,
        log: LogId,
        after: Sequence,
        entries: &[(Sequence, Vec<u8>)],
    ) -> Vec<Bytes> {
        let (Some(tail), Some(outlet)) = (self.tails.get(&log), self.outlets.get_mut(&connection)) else {
            return Vec::new();
        };
        let Some(follow) = outlet.follows.get_mut(&log).filter(|follow| follow.position == after) else {
            return Vec::new();
        };
        let mut frames = Vec::new();
        // Entries that are gone for good leave a gap, which ends before the next that is there.
        let next = entries.first().map_or(tail.first(), |(sequence, _)| *sequence);
        if next > after.next() {
            let through = Sequence(next.0 - 1);
            frames.push(frame::gap(log, through));
            follow.position = through;
        }
        if let Some((last, _)) = entries.last() {
            let size = entries.iter().map(|(_, bytes)| bytes.len()).sum();
            let encoded = entries.iter().map(|(_, bytes)| bytes.as_slice());
            frames.push(frame::entries(log, entries.len(), size, encoded));
            follow.position = *last;
        }
        // Behind the others again.
        if outlet.ready.front() == Some(&log) {
            outlet.ready.rotate_left(1);
        }
        frames
    }

    /// How much to read from the store at once.
    #[must_use]
    pub const fn read_size() -> (usize, usize) {
        (MAX_ENTRIES_PER_FRAME, FRAME_BYTES)
    }

    /// Lets go of entries that all their readers have. Now and then.
    pub fn trim(&mut self) {
        for (log, tail) in &mut self.tails {
            let slowest = tail
                .followers
                .iter()
                .filter_map(|follower| self.outlets.get(follower)?.follows.get(log))
                .map(|follow| follow.position)
                .min();
            if let Some(slowest) = slowest {
                while !tail.entries.is_empty() && tail.first() <= slowest {
                    tail.pop();
                }
                tail.frame = None;
            }
        }
    }

    /// Number of connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.outlets.len()
    }
}

/// The answer to a request for a chunk.
#[must_use]
pub fn chunk_answer(id: RequestId, index: u32, chunk: Option<Vec<u8>>) -> Bytes {
    use melder_protocol::frame::ServerFrame;
    use melder_protocol::request::Response;
    let frame = match chunk {
        Some(bytes) => ServerFrame::Response {
            id,
            response: Response::Chunk {
                index,
                bytes: cbor::Bytes(bytes),
            },
        },
        None => ServerFrame::Refused {
            id,
            refusal: melder_protocol::ErrorCode::UnknownBlob.into(),
        },
    };
    Bytes::from(cbor::encode(&frame))
}
