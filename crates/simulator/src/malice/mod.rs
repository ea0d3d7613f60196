// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Malice: a server that lies ([`server`]), and a member who breaks the rules ([`member`]).
//!
//! Both live in a [`town`](Town): a few people who write in a managed group, a private group and a direct chat. An attack
//! is staged while they do; then the server is honest again, the member falls silent, everybody comes back, and it is
//! checked what people see: nothing forged, nothing twice, nothing missing without a word of it, the same roster and
//! keys for all; and the [`ghost`], who has everything that crossed the wire and keys of its own, reads nothing. Each
//! attack says which notice its victims must find in their chats.

mod ghost;
pub mod member;
mod rogue;
pub mod server;
mod town;

use std::collections::BTreeMap;

pub use town::Town;

/// What was tried in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub seed: u64,
    /// How often each attack was staged.
    pub attacks: BTreeMap<&'static str, u32>,
    /// Honest messages that were written.
    pub written: u64,
    /// Notices that people found in their chats.
    pub notices: u64,
    /// Ciphertexts, Welcomes and group infos that the ghost tried to open.
    pub tried_by_ghost: u64,
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
