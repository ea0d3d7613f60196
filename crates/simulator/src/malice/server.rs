// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A malicious server, live. It has all that crosses the wire, its own database, and the organisation's key.
//!
//! An [`Attack`] is one lie: it is told to one victim (or to everybody, where that makes a difference) while people
//! write; [`stage`] tells it, checks what the victim sees, lets the server be honest again, and checks what must hold in
//! the end. [`run`] draws a few of them from a seed. What the server does is done on the wire, between the real
//! core and the engines, or (a fork, a rollback) by starting the real core from a copy of its own disk.

mod disk;
mod groups;
mod log;
mod people;
mod words;

use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::ServerFrame;
use melder_protocol::{GroupId, LogId};

use super::town::Town;
use super::{Checked, Failure, Report};
use crate::city::Account;
use crate::device::DeviceNo;

macro_rules! attacks {
    ($($(#[$meta:meta])* $name:ident, $text:literal, $stage:path;)+) => {
        /// A lie of the server.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attack {
            $($(#[$meta])* $name,)+
        }

        impl Attack {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The attack's name in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            fn stage(self, town: &mut Town) -> Checked {
                match self {
                    $(Self::$name => $stage(town),)+
                }
            }
        }
    };
}

attacks! {
    /// A link that the ghost signed, in somebody's chain.
    GhostDevice, "ghost device in a chain", people::ghost_device;
    /// A chain begun anew by the ghost, without the organisation's word.
    GhostReset, "ghost begins a chain anew", people::ghost_reset;
    /// The same with the organisation's key: what an administrator may do, too.
    OfficialReset, "chain reset with the organisation's key", people::official_reset;
    /// A chain that leaves out the last link.
    OlderChain, "older chain", people::older_chain;
    ForgedBadge, "forged badge", people::forged_badge;
    /// A genuine badge, of another person.
    OtherBadge, "another person's badge", people::other_badge;
    NoBadge, "badge left out", people::no_badge;
    /// The ghost in a managed group, with the organisation's key.
    OfficialMember, "ghost member with the organisation's key", groups::official_member;
    /// The same in a private group.
    GhostInPrivate, "ghost member in a private group", groups::ghost_in_private;
    ForgedRoster, "forged roster change", groups::forged_roster;
    /// The roster change that lets somebody in is hidden from the victim.
    HiddenAddition, "hidden roster change", groups::hidden_addition;
    /// The same for a removal.
    HiddenRemoval, "hidden removal", groups::hidden_removal;
    /// Everything since a removal is kept from the victim.
    WithheldRemoval, "withheld removal", groups::withheld_removal;
    StaleRoster, "stale roster on joining", groups::stale_roster;
    GhostProposal, "proposal to add a ghost", groups::ghost_proposal;
    /// A key package that the ghost made in a colleague's name.
    SwappedKeyPackage, "swapped key package", groups::swapped_key_package;
    /// A proposal to take out somebody who belongs.
    FalseRemovalProposal, "proposal to remove a member", groups::false_removal_proposal;
    ForgedGroup, "managed group under a false key", groups::forged_group;
    FalseOwnGroup, "a group of others as one's own", groups::false_own_group;
    GarbageWelcome, "garbage Welcome", groups::garbage_welcome;
    WrongTree, "wrong tree with a Welcome", groups::wrong_tree;
    WrongGroupInfo, "wrong group info", groups::wrong_group_info;
    Replay, "replayed frames", log::replay;
    Drop, "dropped entries", log::drop_entries;
    Reorder, "reordered entries", log::reorder;
    Alter, "altered message", log::alter;
    AlterCommit, "altered commit", log::alter_commit;
    Mislabel, "message under a false name", log::mislabel;
    MislabelAsOwn, "message as the reader's own", log::mislabel_as_own;
    /// Something harmless in the place of a message.
    Substitute, "message replaced", log::substitute;
    Swallow, "confirmed and swallowed", log::swallow;
    WrongReceipt, "receipt with a false place", log::wrong_receipt;
    WithholdTail, "withheld end of the log", log::withhold_tail;
    FalseGap, "false gap", log::false_gap;
    EpochLie, "commit under a false epoch", log::epoch_lie;
    LowHead, "older head than before", disk::low_head;
    HighHead, "head beyond the log", disk::high_head;
    Backup, "server restored from an older copy", disk::backup;
    Fork, "two halves, two histories", disk::fork;
    FalseDeletion, "false deletion of the account", words::false_deletion;
    FalseDeletionOfOther, "false deletion of somebody", words::false_deletion_of_other;
    FalseDeviceRemoval, "false removal of the device", words::false_device_removal;
    FalseRemoval, "false notice of removal", words::false_removal;
    UnknownLog, "log denied", words::unknown_log;
    WrongAnswers, "answers of another kind", words::wrong_answers;
    WrongRefusals, "false epochs and counters in refusals", words::wrong_refusals;
    NoAnswers, "no answers", words::no_answers;
    HighCounters, "false counters", words::high_counters;
    Garbage, "garbage frames", words::garbage;
    ForgedPolicy, "forged policy", words::forged_policy;
    WrongFile, "wrong bytes of an attachment", words::wrong_file;
    WrongArchive, "wrong bytes of a history archive", words::wrong_archive;
    TaskFlood, "tasks without end", words::task_flood;
}

/// Attacks of a seeded run.
const PER_RUN: usize = 3;

/// A life under a few attacks, all drawn from the seed.
///
/// # Errors
/// The first promise that did not hold.
pub fn run(seed: u64) -> Result<Report, Failure> {
    let mut town = Town::begun(seed)?;
    for step in 1..=PER_RUN {
        let attack = Attack::ALL[town.roll(Attack::ALL.len())];
        one(&mut town, step, attack)?;
    }
    Ok(town.report)
}

/// A life under this attack.
///
/// # Errors
/// The first promise that did not hold.
pub fn stage(seed: u64, attack: Attack) -> Result<Report, Failure> {
    let mut town = Town::begun(seed)?;
    one(&mut town, 1, attack)?;
    Ok(town.report)
}

fn one(town: &mut Town, step: usize, attack: Attack) -> Result<(), Failure> {
    town.under(step, attack.name(), |town| {
        town.begin()?;
        town.chatter(2)?;
        attack.stage(town)?;
        town.recover();
        town.check()
    })
}

/// Two different members of a group: one writes, the other one is lied to.
fn author_and_victim(town: &mut Town, group: GroupId) -> (Account, Account) {
    let members = town.members.get(&group).cloned().unwrap_or_default();
    let author = town.roll(members.len());
    let other = town.roll(members.len() - 1);
    let victim = if other >= author { other + 1 } else { other };
    (members[author], members[victim])
}

/// A chat, drawn by the dice.
fn any_group(town: &mut Town) -> GroupId {
    let groups = town.groups();
    groups[town.roll(groups.len())]
}

/// Lets `change` look at all entries of a group that go to a device.
fn on_entries(
    device: DeviceNo,
    group: GroupId,
    mut change: impl FnMut(&mut Vec<Entry>) + 'static,
) -> impl FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame> {
    move |to, mut frame| {
        if to == device
            && let ServerFrame::Entries { log, entries } = &mut frame
            && *log == LogId::Group(group)
        {
            change(entries);
            if entries.is_empty() {
                return vec![];
            }
        }
        vec![frame]
    }
}

/// The first entry that fits is changed, once.
fn once(
    device: DeviceNo,
    group: GroupId,
    fits: impl Fn(&Body) -> bool + 'static,
    mut change: impl FnMut(&mut Entry) + 'static,
) -> impl FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame> {
    let mut done = false;
    on_entries(device, group, move |entries| {
        if let Some(entry) = entries.iter_mut().find(|entry| !done && fits(&entry.body)) {
            done = true;
            change(entry);
        }
    })
}

const fn is_message(body: &Body) -> bool {
    matches!(body, Body::Message { .. })
}
