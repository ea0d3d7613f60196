// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the driver and its worker processes say to each other: one JSON object a line, orders on the worker's standard input,
//! answers and sightings on its standard output. Not a public interface. Ids of groups, accounts and messages are hexadecimal;
//! devices are the plan's numbers; times are microseconds of the machine's clock.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Microseconds since 1970, by the clock that all processes of one machine share.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// From the driver.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub id: u64,
    pub device: usize,
    pub ask: Ask,
}

/// What a device is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Ask {
    /// Comes to life, in memory or in a file. → `Done`
    Open {
        server: String,
        file: Option<PathBuf>,
        online: bool,
    },
    /// Takes an invitation. → `Account`
    Join {
        link: String,
        device_name: String,
        name: Option<String>,
    },
    /// Takes an invitation with the account that is there. → `Done`
    Accept {
        link: String,
    },
    /// New device. → `Code`, or `Account` if it has one since an earlier try
    StartLink {
        device_name: String,
        by_qr: bool,
    },
    /// New device: what was begun by `StartLink`. → `Account`
    FinishLink,
    /// Existing device. → `Done` when linked (by QR), or `Number`
    AnswerLink {
        code: String,
    },
    /// Existing device, after the numbers were compared. → `Done` when linked
    ConfirmLink,
    /// → `Number` that the new device shows.
    ReadNumber,
    Offline,
    Online,
    /// → `Queued`
    Write {
        group: String,
        text: String,
        writing: Writing,
        /// The device crashed when it was asked for the first time: it may be written already.
        again: bool,
    },
    /// → `Queued`
    React {
        message: String,
        emoji: String,
    },
    Edit {
        message: String,
        text: String,
    },
    Delete {
        message: String,
    },
    Confirm {
        message: String,
    },
    /// Fetches a photo and compares it with what was sent. → `Done`
    OpenPhoto {
        message: String,
        seed: u64,
        bytes: u64,
    },
    /// Waits until the device is in the group. → `Done`
    BeIn {
        group: String,
    },
    /// Waits until these messages show. → `Done`
    Have {
        messages: Vec<String>,
    },
    /// Waits until the outbox is empty. → `Done`
    HaveSent,
    /// → `Status`
    Status,
    /// → `History`
    History {
        group: String,
    },
    /// → `Reach`
    Reach {
        group: String,
        message: String,
    },
    /// Waits until the account is gone from this device. → `Done`
    BeGone,
}

impl Ask {
    /// The same, after a crash that left it open whether it was done. All the rest can be done twice.
    #[must_use]
    pub fn again(mut self) -> Self {
        if let Self::Write { again, .. } = &mut self {
            *again = true;
        }
        self
    }
}

/// Which kind of message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Writing {
    Text,
    Reply { to: String },
    Photo { seed: u64, bytes: u64 },
    AskConfirmation,
    Alarm,
}

/// From a worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Say {
    Answer {
        id: u64,
        answer: Answer,
    },
    /// Why an order could not be carried out.
    Failed {
        id: u64,
        why: String,
    },
    Seen {
        seen: Vec<Sighting>,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Answer {
    Done,
    Account {
        account: String,
    },
    Code {
        code: String,
    },
    Number {
        number: String,
    },
    Queued {
        id: String,
        at: u64,
    },
    Status {
        status: Status,
    },
    History {
        lines: Vec<Line>,
        gaps: Vec<(u64, u64)>,
    },
    Reach {
        reached: usize,
        missing: usize,
        confirmed: usize,
    },
}

/// Something that a device showed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "snake_case")]
pub enum Sighting {
    /// A new message is on the screen.
    Shown {
        device: usize,
        id: String,
        at: u64,
    },
    /// The server took an own message.
    Accepted {
        device: usize,
        id: String,
        sequence: u64,
        at: u64,
    },
    /// The server refused an own message for good.
    Refused {
        device: usize,
        id: String,
        code: String,
    },
    /// The device is in a group; the log's head that it has read.
    Active {
        device: usize,
        group: String,
        head: u64,
        at: u64,
    },
    Alarm {
        device: usize,
        id: String,
    },
    /// The server or somebody behind it broke the rules.
    Misbehaviour {
        device: usize,
        code: String,
    },
    Gone {
        device: usize,
        code: String,
    },
}

/// Where a device stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Status {
    pub online: bool,
    pub ended: Option<String>,
    pub waiting: u32,
    pub chats: Vec<ChatStatus>,
    pub commits: u64,
    pub joins: u64,
    pub repairs: u64,
    pub undecryptable: u64,
    pub refused: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChatStatus {
    pub group: String,
    pub active: bool,
    pub left: bool,
    pub head: u64,
    pub epoch: u64,
    pub hybrid: bool,
    /// Own devices among themselves, or two people: not in the plan.
    pub other: bool,
}

/// A message as the screen shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub sequence: u64,
    pub sender: String,
    pub text: Option<String>,
    pub reactions: Vec<(String, String)>,
    pub unreadable: bool,
}

/// A photo's bytes: noise behind a JPEG's first bytes, the same for the same seed.
#[must_use]
pub fn photo(seed: u64, bytes: u64) -> Vec<u8> {
    use rand_core::{RngCore, SeedableRng};
    let mut photo = vec![0; usize::try_from(bytes).unwrap_or(0)];
    rand_chacha::ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut photo);
    for (byte, mark) in photo.iter_mut().zip([0xff, 0xd8, 0xff, 0xe0]) {
        *byte = mark;
    }
    photo
}
