// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Steps of a life. Each is a word and a few numbers, which are taken modulo whatever there is to choose from: any
//! list of steps can be lived, so that a failing one can be shortened, and written into a file.

use std::fmt;
use std::str::FromStr;

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;

/// What happens, and how often of a thousand steps. The order is fixed: it is part of what a seed means.
const KINDS: &[(Kind, u32)] = &[
    (Kind::Write, 300),
    (Kind::React, 25),
    (Kind::Edit, 20),
    (Kind::TakeBack, 15),
    (Kind::Wait, 190),
    (Kind::Cut, 25),
    (Kind::Vanish, 25),
    (Kind::Deaf, 20),
    (Kind::Stall, 20),
    (Kind::Swallow, 20),
    (Kind::Rough, 15),
    (Kind::Away, 15),
    (Kind::Back, 30),
    (Kind::Partition, 6),
    (Kind::Heal, 8),
    (Kind::CrashDevice, 40),
    (Kind::CrashServer, 14),
    (Kind::Come, 30),
    (Kind::Enter, 25),
    (Kind::Leave, 22),
    (Kind::Move, 16),
    (Kind::Delete, 8),
    (Kind::Suspend, 7),
    (Kind::Resume, 12),
    (Kind::Guest, 8),
    (Kind::Link, 18),
    (Kind::Lose, 8),
    (Kind::Drop, 10),
    (Kind::Recover, 8),
    (Kind::Found, 12),
    (Kind::Invite, 14),
    (Kind::Exclude, 8),
    (Kind::Go, 6),
    (Kind::Direct, 10),
];

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Write,
    React,
    Edit,
    TakeBack,
    /// Time runs.
    Wait,
    /// A connection ends, and both sides notice.
    Cut,
    /// The device has gone; the server notices later, and frames still arrive there.
    Vanish,
    /// The server has gone for this device, which notices later.
    Deaf,
    /// Nothing moves for some seconds.
    Stall,
    /// What is sent is lost until the connection ends.
    Swallow,
    /// Single frames are lost, doubled, swapped until the connection ends.
    Rough,
    /// A device goes offline and stays there.
    Away,
    Back,
    /// Half of the devices can't reach the server.
    Partition,
    Heal,
    CrashDevice,
    CrashServer,
    /// A new colleague is invited and joins.
    Come,
    /// Somebody is put into a managed group.
    Enter,
    /// Somebody is taken out of a managed group.
    Leave,
    /// Somebody moves to the other unit.
    Move,
    /// An account is deleted.
    Delete,
    Suspend,
    Resume,
    /// A guest with an end comes.
    Guest,
    /// A further device is linked.
    Link,
    /// A device is lost: it is never seen again.
    Lose,
    /// A device is removed by another of the same account.
    Drop,
    /// Somebody who has lost everything comes back with the recovery code.
    Recover,
    /// A private group is made.
    Found,
    /// A member of a private group adds somebody.
    Invite,
    /// A member of a private group takes somebody out.
    Exclude,
    /// A member leaves a private group.
    Go,
    /// A direct chat is begun.
    Direct,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub kind: Kind,
    pub who: u16,
    pub what: u16,
}

impl Step {
    /// Draws a step.
    pub fn draw(rng: &mut ChaCha20Rng) -> Self {
        let all: u32 = KINDS.iter().map(|(_, weight)| weight).sum();
        let mut roll = rng.next_u32() % all;
        let kind = KINDS
            .iter()
            .find(|(_, weight)| {
                let here = roll < *weight;
                roll = roll.saturating_sub(*weight);
                here
            })
            .map_or(Kind::Wait, |(kind, _)| *kind);
        let numbers = rng.next_u32().to_be_bytes();
        Self {
            kind,
            who: u16::from_be_bytes([numbers[0], numbers[1]]),
            what: u16::from_be_bytes([numbers[2], numbers[3]]),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {}", self.kind, self.who, self.what)
    }
}

/// A line that is no step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a step: {0}")]
pub struct NoStep(String);

impl FromStr for Step {
    type Err = NoStep;

    fn from_str(line: &str) -> Result<Self, NoStep> {
        let no = || NoStep(line.to_owned());
        let mut words = line.split_whitespace();
        let word = words.next().ok_or_else(no)?;
        let kind = KINDS
            .iter()
            .map(|(kind, _)| *kind)
            .find(|kind| format!("{kind:?}") == word)
            .ok_or_else(no)?;
        let mut number = || words.next().and_then(|word| word.parse().ok()).ok_or_else(no);
        Ok(Self {
            kind,
            who: number()?,
            what: number()?,
        })
    }
}
