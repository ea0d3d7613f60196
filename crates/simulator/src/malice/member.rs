// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A malicious member: a rogue device with a genuine chain and genuine secrets, that does what no engine would.
//!
//! What the server can see to be wrong it refuses. What only members can see (a tag that they alone can check, a Welcome
//! that is sealed, content) comes to them: they refuse it, say so, and come back by themselves where it cost them their
//! state. In the end the group has outlived its member: everybody writes, everybody reads, all have the same keys.

mod commits;
mod content;
mod load;

use melder_protocol::GroupId;

use super::rogue::Rogue;
use super::town::Town;
use super::{Checked, Failure, Report};
use crate::city::Account;

macro_rules! attacks {
    ($($(#[$meta:meta])* $name:ident, $text:literal, $stage:path;)+) => {
        /// What the member does.
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

            fn stage(self, town: &mut Town, rogue: &mut Rogue, group: GroupId) -> Checked {
                match self {
                    $(Self::$name => $stage(town, rogue, group),)+
                }
            }
        }
    };
}

attacks! {
    WrongStamp, "commit with a wrong roster stamp", commits::wrong_stamp;
    /// Somebody who belongs is taken out.
    UnjustifiedRemoval, "commit that removes a member", commits::unjustified_removal;
    GhostAddition, "commit that adds a ghost", commits::ghost_addition;
    /// A commit that leaves open proposals out.
    Uncovered, "commit without the open proposals", commits::uncovered;
    BadSignature, "commit with a bad signature", commits::bad_signature;
    /// A tag that only members can check.
    BadMembershipTag, "commit with a bad membership tag", commits::bad_membership_tag;
    BadConfirmationTag, "commit with a bad confirmation tag", commits::bad_confirmation_tag;
    /// The commit has one tag, the group info that others join by another.
    TwoTags, "commit and group info with two tags", commits::two_tags;
    /// Whoever joins by this group info comes to other secrets than everybody else.
    BadExternalKey, "group info with a false key", commits::bad_external_key;
    GarbageWelcome, "garbage Welcome for a newcomer", commits::garbage_welcome;
    OtherWelcome, "Welcome to another group", commits::other_welcome;
    /// Nobody else is asked while the rogue has its turn.
    LeaseKept, "task taken and not done", commits::lease_kept;
    CommitLoop, "commits without end", commits::commit_loop;
    Unreadable, "messages that nobody can read", content::unreadable;
    SameGeneration, "two messages from one key", content::same_generation;
    SameMessageTwice, "the same message twice", content::same_message_twice;
    GarbageContent, "content that is no content", content::garbage_content;
    NestedContent, "deeply nested content", content::nested_content;
    OthersMessages, "others' messages edited and deleted", content::others_messages;
    OwnDevicesContent, "orders to others' devices", content::own_devices_content;
    CounterReuse, "counters used twice", content::counter_reuse;
    OversizedMessage, "oversized message", content::oversized;
    ForgedRoster, "roster changes without the right", content::forged_roster;
    LyingAcks, "acknowledgements of what never was", load::lying_acks;
    Flood, "flood of messages", load::flood;
    RequestFlood, "flood of requests", load::request_flood;
    KeyPackageFlood, "flood of key packages", load::key_package_flood;
    SealFlood, "flood of sealed bytes", load::seal_flood;
    GarbageFrames, "garbage frames", load::garbage_frames;
    JoinLeaveLoop, "leaving and coming back without end", load::join_leave_loop;
}

/// Attacks of a seeded run.
const PER_RUN: usize = 4;

/// A life beside a member who does a few things, all drawn from the seed.
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

/// A life beside a member who does this.
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
        // The same one goes rogue each time: it is not undone.
        let cem = town.people[2];
        let group = if town.roll(2) == 0 { town.managed } else { town.private };
        let mut rogue = Rogue::of(town, cem.device)?;
        attack.stage(town, &mut rogue, group)?;
        rogue.leave(town);
        town.settle();
        town.check()?;
        // Its own engine comes back, repentant.
        town.hostile.remove(&cem.device);
        town.world.crash(cem.device);
        town.recover();
        town.check()
    })
}

/// A member of the group who is not the rogue.
fn honest_member(town: &mut Town, group: GroupId) -> Account {
    let members = town.members.get(&group).cloned().unwrap_or_default();
    let honest: Vec<Account> = members
        .into_iter()
        .filter(|member| !town.hostile.contains(&member.device))
        .collect();
    honest[town.roll(honest.len())]
}

/// All of them.
fn honest_members(town: &Town, group: GroupId) -> Vec<Account> {
    let members = town.members.get(&group).cloned().unwrap_or_default();
    members
        .into_iter()
        .filter(|member| !town.hostile.contains(&member.device))
        .collect()
}
