// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the workers of several tabs say to each other, over a `BroadcastChannel`.
//!
//! Whoever hears the channel is a page of this very origin and could ask the worker for everything anyway; so the key goes
//! over it, in memory alone, and a second tab needs no PIN while the first is open.

use melder_port::{Answer, Ask, Failure, News};
use serde::{Deserialize, Serialize};

use crate::vault::Key;

/// A tab, for as long as it lives. Random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tab(pub [u8; 8]);

/// A question of a tab, for as long as it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relayed {
    pub from: Tab,
    pub number: u64,
}

impl Relayed {
    /// What the engine remembers the question by.
    #[must_use]
    pub fn token(self) -> [u8; 16] {
        let mut token = [0; 16];
        token[..8].copy_from_slice(&self.from.0);
        token[8..].copy_from_slice(&self.number.to_be_bytes());
        token
    }
}

/// A word from one tab to the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Envelope {
    /// A new tab: is there an owner?
    Hello,
    /// The sender owns the database now: who waits for an answer asks again.
    Owner,
    /// The key of the open database, for whoever owns it next; `None`: it was locked.
    Key(Option<Key>),
    Ask {
        id: Relayed,
        ask: Box<Ask>,
    },
    Answer {
        id: Relayed,
        result: Box<Result<Answer, Failure>>,
    },
    News(News),
}
