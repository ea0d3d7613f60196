// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What goes into the core and what comes out.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use melder_protocol::{BlobId, LogId, Refusal, RequestId, Sequence};

use super::Work;
use crate::push::{Order, PushOutcome};

/// A connection, numbered by whoever opens it; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// Something that happened.
#[derive(Debug)]
pub enum Input {
    Opened(ConnectionId),
    /// The other side is gone.
    Closed(ConnectionId),
    /// A client frame's bytes.
    Frame(ConnectionId, Bytes),
    /// Time has passed. A few times a second.
    Tick,
    Admin(AdminCall),
    /// What came of a push.
    Pushed(Box<Order>, PushOutcome),
    /// The server stops: everybody gets a goodbye.
    Stop,
}

/// What a domain function of the administration answers.
pub type AdminReply = Box<dyn Any + Send>;
/// A domain function of the administration, to run inside the core's transaction.
pub type AdminRun = Box<dyn FnOnce(&mut Work<'_>) -> Result<AdminReply, Refusal> + Send>;

/// A call from the administration.
pub struct AdminCall {
    /// The caller's number for the answer.
    pub ticket: u64,
    pub run: AdminRun,
}

impl fmt::Debug for AdminCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminCall")
            .field("ticket", &self.ticket)
            .finish_non_exhaustive()
    }
}

/// Something to do, now that the batch is on disk. In order.
pub enum Effect {
    /// An encoded server frame for one connection.
    Send(ConnectionId, Bytes),
    /// The log has a new entry: the encoded `Entry`, shared by all readers.
    Appended {
        log: LogId,
        sequence: Sequence,
        bytes: Arc<[u8]>,
    },
    /// The connection reads the log from here on; `head` is the last entry as of this batch.
    Follow {
        connection: ConnectionId,
        log: LogId,
        after: Sequence,
        head: Sequence,
    },
    Unfollow(ConnectionId, LogId),
    /// Answer a request with a chunk of a blob (the connection may read it).
    Chunk {
        connection: ConnectionId,
        id: RequestId,
        blob: BlobId,
        index: u32,
    },
    /// Close once everything before is sent.
    Close(ConnectionId),
    AdminReply {
        ticket: u64,
        reply: Result<AdminReply, Refusal>,
    },
    /// Wake a device that is away; its outcome comes back as [`Input::Pushed`].
    Push(Order),
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(connection, bytes) => write!(f, "Send({connection:?}, {} bytes)", bytes.len()),
            Self::Appended { log, sequence, .. } => write!(f, "Appended({log}, {sequence})"),
            Self::Follow {
                connection, log, after, ..
            } => write!(f, "Follow({connection:?}, {log}, {after})"),
            Self::Unfollow(connection, log) => write!(f, "Unfollow({connection:?}, {log})"),
            Self::Chunk { connection, index, .. } => write!(f, "Chunk({connection:?}, {index})"),
            Self::Close(connection) => write!(f, "Close({connection:?})"),
            Self::Push(order) => write!(f, "Push({})", order.reason.word()),
            Self::AdminReply { ticket, reply } => write!(f, "AdminReply({ticket}, ok: {})", reply.is_ok()),
        }
    }
}
