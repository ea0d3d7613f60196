// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The plan: a scenario and a seed give people, devices, groups and a timeline of who does what when.
//!
//! It knows nothing of engines, servers or the clock, and the same scenario and seed always give the same plan. It takes care that
//! nobody does what a person could not do: write before arriving, answer what has not arrived, use a device that is not linked.
//! What becomes of it in the network is the driver's business, and whether all went well is the checker's.

mod cast;
mod dice;
mod timeline;
mod words;

pub use dice::Dice;

use std::collections::BTreeSet;

use super::scenario::{Clock, Kind, Scenario};

/// Within this time after arriving, linking a device or coming back, a person is in all groups. Nobody relies on a new person
/// or device before it is over, and the driver waits for it.
pub const SETTLE: u64 = 10 * Clock::MINUTE;

/// Who does what when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    pub people: Vec<Person>,
    pub devices: Vec<Device>,
    pub groups: Vec<Group>,
    pub posters: Vec<Poster>,
    pub messages: Vec<Message>,
    pub steps: Vec<Step>,
}

/// A person. The numbers are places in the plan's and the scenario's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub role: String,
    pub kind: Kind,
    /// Place in `Scenario::people`.
    pub people: usize,
    pub organisation: usize,
    pub unit: Option<usize>,
    /// Takes a poster's invitation then; otherwise all is set up before the day.
    pub comes: Option<u64>,
    pub leaves: Option<u64>,
    pub poster: Option<usize>,
    /// The first is the one that joins; the others are linked.
    pub devices: Vec<usize>,
    pub groups: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub person: usize,
    pub name: &'static str,
    /// Linked at this time; otherwise before the day (or it is the person's first).
    pub linked: Option<u64>,
    /// Without network, in order.
    pub offline: Vec<(u64, u64)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub channel: bool,
    /// Everybody who is ever in it, and whether they may write if it is a channel.
    pub members: Vec<(usize, bool)>,
    /// Units whose people are in it: place in `Scenario::unit`, with those below, publisher.
    pub units: Vec<(usize, bool, bool)>,
    /// Members who are named one by one.
    pub named: BTreeSet<usize>,
}

/// An open invitation on a wall: whoever takes it is in these groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poster {
    pub kind: Kind,
    pub groups: Vec<usize>,
    /// How many take it.
    pub limit: usize,
}

/// A message that shows in a chat. Small things that happen to it (reaction, edit, deletion, confirmation) are steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub group: usize,
    /// Whose.
    pub person: usize,
    pub device: usize,
    pub at: u64,
    /// With its token at the end.
    pub text: String,
    pub kind: MessageKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageKind {
    Text,
    Reply {
        to: usize,
    },
    /// Bytes of the photo, and the devices that open it.
    Photo {
        bytes: u64,
        opened_by: Vec<usize>,
    },
    AskConfirmation,
    Alarm,
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub at: u64,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Takes the poster's invitation: a guest with a new device, a private person with the account that is there.
    Arrive {
        person: usize,
    },
    /// Is taken out of all groups.
    Leave {
        person: usize,
    },
    Offline {
        device: usize,
    },
    Online {
        device: usize,
    },
    /// A further device, through the person's first.
    Link {
        device: usize,
    },
    Write {
        message: usize,
    },
    React {
        device: usize,
        message: usize,
        emoji: &'static str,
    },
    Edit {
        message: usize,
        text: String,
    },
    Delete {
        message: usize,
    },
    Confirm {
        device: usize,
        message: usize,
    },
    /// Its author looks who was reached and who confirmed.
    Look {
        message: usize,
    },
    /// Guests' accounts end.
    End,
}

impl Plan {
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut plan = cast::cast(scenario, seed);
        timeline::fill(scenario, &mut plan);
        plan
    }

    /// What identifies a message in its text.
    #[must_use]
    pub fn token(message: usize) -> String {
        format!("·m{message:04}")
    }

    #[must_use]
    pub fn guests(&self) -> Vec<usize> {
        (0..self.people.len())
            .filter(|person| self.people[*person].kind == Kind::Guest)
            .collect()
    }

    /// When the first and the last step happen.
    #[must_use]
    pub fn span(&self) -> (u64, u64) {
        (
            self.steps.first().map_or(0, |step| step.at),
            self.steps.last().map_or(0, |step| step.at),
        )
    }

    /// Is the device without network then?
    #[must_use]
    pub fn is_offline(&self, device: usize, at: u64) -> bool {
        self.devices[device]
            .offline
            .iter()
            .any(|(from, to)| *from <= at && at < *to)
    }
}

#[cfg(test)]
mod tests;
