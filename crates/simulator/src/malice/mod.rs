// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Malice: a server that lies ([`server`]), and a member who breaks the rules ([`member`]).
//!
//! Both live in a [`town`](Town): a few people who write in a managed group, a private group and a direct chat. An attack
//! is staged while they do; then the server is honest again, the member falls silent, everybody comes back, and it is
//! checked what people see: nothing forged, nothing twice, nothing missing without a word of it, the same roster and
//! keys for all; and the [`ghost`], who has everything that crossed the wire and keys of its own, reads nothing. Each
//! attack says which notice its victims must find in their chats.

mod deed;
mod ghost;
pub mod member;
mod rogue;
pub mod server;
mod town;

use std::collections::BTreeMap;

use melder_engine::api::Misbehaviour;

pub use town::Town;

/// Who breaks the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attacker {
    Server,
    Member,
}

impl Attacker {
    pub const ALL: &[Self] = &[Self::Server, Self::Member];

    /// A life under a few attacks, all drawn from the seed.
    ///
    /// # Errors
    /// The first promise that did not hold.
    pub fn run(self, seed: u64) -> Result<Report, Failure> {
        match self {
            Self::Server => server::run(seed),
            Self::Member => member::run(seed),
        }
    }
}

/// One attack, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub attack: &'static str,
    /// What honest engines reported meanwhile, and how often.
    pub reported: BTreeMap<Misbehaviour, u64>,
    /// What else their chats said, and how often: that somebody came or went, that something is missing, …
    pub said: BTreeMap<&'static str, u64>,
    /// What the honest server refused the member, and how often.
    pub refused: BTreeMap<&'static str, u64>,
}

/// What was tried in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub seed: u64,
    /// How often each attack was staged.
    pub attacks: BTreeMap<&'static str, u32>,
    /// The same in their order.
    pub deeds: Vec<Deed>,
    /// Honest messages that were written.
    pub written: u64,
    /// Notices that people found in their chats.
    pub notices: u64,
    /// Ciphertexts, Welcomes and group infos that the ghost tried to open.
    pub tried_by_ghost: u64,
    /// Milliseconds of the town's time.
    pub simulated_ms: u64,
}

/// What broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("seed {seed}, step {step} ({attack}): {what}")]
pub struct Failure {
    pub seed: u64,
    /// The number of the attack in the run, from 1.
    pub step: usize,
    pub attack: &'static str,
    /// The promise that did not hold, and for whom.
    pub what: String,
}

impl Failure {
    /// The promise without the details.
    #[must_use]
    pub fn promise(&self) -> &str {
        self.what.split([':', ';']).next().unwrap_or_default()
    }
}

/// Why a stage failed; the run adds where.
type Checked<T = ()> = Result<T, String>;

/// Fails with a promise that does not hold.
macro_rules! ensure {
    ($holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err(format!($($what)+));
        }
    };
}
use ensure;
