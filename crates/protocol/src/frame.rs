// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Frames of the stream: one WebSocket binary message each.
//!
//! ```text
//! server → Challenge        the client signs it
//! client → Hello            (or open requests first: joining, linking, recovering)
//! server → Ready | Goodbye
//! client → Request{Follow…} for each log that it has a position in
//! server → Entries …        client → Ack when they are on its disk
//! ```

use minicbor::{Decode, Encode};

use crate::cbor::Bytes;
use crate::deletion::{DeletionRecord, DeviceRemoval};
use crate::entry::Entry;
use crate::request::{Request, Response, Stock};
use crate::roster::GroupKind;
use crate::signed::Signed;
use crate::{
    AccountId, Cursor, DeviceId, Epoch, ErrorCode, GroupId, LogId, Member, Nonce, Refusal, RequestId, Sequence,
    Signature, Time,
};

/// The label under which a device signs `nonce ‖ account ‖ device`.
pub const HELLO_LABEL: &str = "hello";
/// The label under which a recovery key signs the nonce.
pub const RECOVERY_LABEL: &str = "find recovery";

/// From a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ClientFrame {
    #[n(0)]
    Hello(#[n(0)] Hello),
    #[n(1)]
    Request {
        #[n(0)]
        id: RequestId,
        #[n(1)]
        request: Request,
    },
    /// These are on the device's disk. Never goes back.
    #[n(2)]
    Ack(#[n(0)] Vec<Cursor>),
}

/// Proves the device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
    #[n(0)]
    pub version: u16,
    #[n(1)]
    pub account: AccountId,
    #[n(2)]
    pub device: DeviceId,
    #[n(3)]
    pub signature: Signature,
    /// Name and version of the client software.
    #[n(4)]
    pub software: String,
}

impl Hello {
    /// What `signature` covers, before the label: `nonce ‖ account ‖ device`.
    #[must_use]
    pub fn signed_part(nonce: &Nonce, member: &Member) -> Vec<u8> {
        [&nonce.as_bytes()[..], &member.identity()[..]].concat()
    }
}

/// From the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ServerFrame {
    #[n(0)]
    Challenge {
        #[n(0)]
        nonce: Nonce,
        #[n(1)]
        time: Time,
        #[n(2)]
        min_version: u16,
        #[n(3)]
        max_version: u16,
    },
    #[n(1)]
    Ready(#[n(0)] Ready),
    #[n(2)]
    Response {
        #[n(0)]
        id: RequestId,
        #[n(1)]
        response: Response,
    },
    #[n(3)]
    Refused {
        #[n(0)]
        id: RequestId,
        #[n(1)]
        refusal: Refusal,
    },
    /// Consecutive entries of a log that the connection follows.
    #[n(4)]
    Entries {
        #[n(0)]
        log: LogId,
        #[n(1)]
        entries: Vec<Entry>,
    },
    /// The entries up to and with `through` are gone; the next that comes is after it. A device that needed them joins anew.
    #[n(5)]
    Gap {
        #[n(0)]
        log: LogId,
        #[n(1)]
        through: Sequence,
    },
    /// Something that this device is asked to do for a group.
    #[n(6)]
    Task(#[n(0)] Task),
    /// A message from the other side of the mailbox; `None`: it has joined (empty) or left.
    #[n(7)]
    Mailbox(#[n(0)] MailboxEvent),
    /// The connection ends.
    #[n(8)]
    Goodbye {
        #[n(0)]
        code: ErrorCode,
        /// With `account_deleted`: a device that can verify this wipes its data.
        #[n(1)]
        record: Option<Signed<DeletionRecord>>,
        /// With `device_removed` by an administrator: when it says so, and can be verified, the device wipes its data.
        #[n(2)]
        removal: Option<Signed<DeviceRemoval>>,
    },
    /// Fewer key packages than half of the usual stock are left.
    #[n(9)]
    StockLow(#[n(0)] Vec<Stock>),
}

/// The connection is authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Ready {
    #[n(0)]
    pub time: Time,
    #[n(1)]
    pub stock: Vec<Stock>,
    /// The groups in whose roster the account is.
    #[n(2)]
    pub groups: Vec<GroupHead>,
    #[n(3)]
    pub inbox: Sequence,
    #[n(4)]
    pub policy_version: u32,
    /// The server's durable counters of this device, so that a device which lost its state does not reuse one.
    #[n(5)]
    pub counters: Vec<(LogId, crate::Counter)>,
    /// Devices that an administrator has removed and that still stand in the account's chain: this one takes them out.
    #[cbor(n(6), default)]
    pub removals: Vec<Signed<DeviceRemoval>>,
}

/// Where a group is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GroupHead {
    #[n(0)]
    pub group: GroupId,
    #[n(1)]
    pub kind: GroupKind,
    /// `None`: not established yet.
    #[n(2)]
    pub epoch: Option<Epoch>,
    #[n(3)]
    pub head: Sequence,
    /// This device is a leaf of the group's tree.
    #[n(4)]
    pub leaf: bool,
}

/// A task under a lease: when it is not done within `lease_ms`, another device is asked.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Task {
    #[n(0)]
    pub group: GroupId,
    #[n(1)]
    pub kind: TaskKind,
    #[n(2)]
    pub lease_ms: u64,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum TaskKind {
    /// Fetch the state (roster and accounts), create the MLS group, `Establish` it.
    #[n(0)]
    Establish,
    /// Commit all proposals of `epoch` up to `through`.
    #[n(1)]
    Commit {
        #[n(0)]
        epoch: Epoch,
        #[n(1)]
        through: Sequence,
    },
    /// Nobody is there to add this device: fetch the state and join by external commit.
    #[n(2)]
    Join,
}

/// What happens in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum MailboxEvent {
    #[n(0)]
    Joined,
    #[n(1)]
    Message(#[n(0)] Bytes),
    #[n(2)]
    Closed,
}
