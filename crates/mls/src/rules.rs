// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who may add or remove whom. One function, asked by every client and by the server before a commit counts: a
//! server that slips in a silent device is refused by every honest client, a lying member by the server.
//!
//! Who *proposed* a change is of no weight; what counts is whether roster and device chains justify it:
//! a leaf may come when its account is in the roster and its device, with this very key, in the account's chain; a
//! leaf may go when that does not hold any more, or when a device of the same account takes it out.

use melder_protocol::Member;
use melder_protocol::PublicKey;
use melder_protocol::roster::RosterStamp;

use crate::chain::DeviceChain;
use crate::roster::Roster;

/// Where chains come from.
pub trait Chains {
    fn chain(&self, account: melder_protocol::AccountId) -> Option<&DeviceChain>;
}

/// A leaf that a commit brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedLeaf {
    pub member: Member,
    pub key: PublicKey,
}

/// What a commit does, as far as the rules care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// The committer and the signature key of its leaf after the commit.
    pub committer: AddedLeaf,
    /// The committer joins by this very commit.
    pub external: bool,
    pub added: Vec<AddedLeaf>,
    pub removed: Vec<Member>,
    /// `None`: the authenticated data is not a stamp.
    pub stamp: Option<RosterStamp>,
    /// Proposals of kinds that Melder does not use (PSK, re-init, update, context extensions).
    pub foreign_proposals: usize,
}

/// What the judge knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Roster and chains are exactly as of the commit's place in the log.
    Exact,
    /// They may be newer (a device that joined by Welcome catches up): what was once justified is accepted.
    Newer,
}

/// Why a commit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleViolation {
    #[error("the committer's account is not in the roster")]
    CommitterNotInRoster,
    #[error("the committer's device is not in its chain")]
    CommitterNotInChain,
    #[error("an added leaf's account is not in the roster")]
    AddedNotInRoster,
    #[error("an added leaf's device is not in the account's chain")]
    AddedNotInChain,
    #[error("a leaf is removed that belongs in the group")]
    UnjustifiedRemoval,
    #[error("the roster stamp does not fit")]
    WrongStamp,
    #[error("a proposal of a kind that is not used")]
    ForeignProposal,
}

/// Is this commit allowed?
///
/// # Errors
/// The first rule that it breaks.
pub fn check(
    facts: &CommitFacts,
    roster: &Roster,
    chains: &dyn Chains,
    knowledge: Knowledge,
) -> Result<(), RuleViolation> {
    let view = View {
        roster,
        chains,
        knowledge,
    };
    if facts.foreign_proposals > 0 {
        return Err(RuleViolation::ForeignProposal);
    }
    if facts.stamp.is_none() || (knowledge == Knowledge::Exact && facts.stamp != Some(roster.stamp())) {
        return Err(RuleViolation::WrongStamp);
    }
    if !view.in_roster(facts.committer.member) {
        return Err(RuleViolation::CommitterNotInRoster);
    }
    if !view.in_chain(&facts.committer) {
        return Err(RuleViolation::CommitterNotInChain);
    }
    for leaf in &facts.added {
        if !view.in_roster(leaf.member) {
            return Err(RuleViolation::AddedNotInRoster);
        }
        if !view.in_chain(leaf) {
            return Err(RuleViolation::AddedNotInChain);
        }
    }
    for removed in &facts.removed {
        let own = removed.account == facts.committer.member.account;
        // Whoever knows more than was known then may see an account back that was out in between.
        let back = knowledge == Knowledge::Newer && roster.was_out(removed.account);
        if !own && !back && belongs(roster, chains, *removed) {
            return Err(RuleViolation::UnjustifiedRemoval);
        }
    }
    Ok(())
}

/// Does this leaf belong in the group, by roster and chain as they are now?
#[must_use]
pub fn belongs(roster: &Roster, chains: &dyn Chains, member: Member) -> bool {
    !roster.closed()
        && roster.role(member.account).is_some()
        && chains
            .chain(member.account)
            .is_some_and(|chain| chain.device_key(member.device).is_some())
}

struct View<'a> {
    roster: &'a Roster,
    chains: &'a dyn Chains,
    knowledge: Knowledge,
}

impl View<'_> {
    fn in_roster(&self, member: Member) -> bool {
        match self.knowledge {
            Knowledge::Exact => self.roster.role(member.account).is_some(),
            Knowledge::Newer => self.roster.ever(member.account),
        }
    }

    fn in_chain(&self, leaf: &AddedLeaf) -> bool {
        let Some(chain) = self.chains.chain(leaf.member.account) else {
            // Of a deleted account no chain is left. Its leaf does not belong any more, so nothing is encrypted for it.
            return self.knowledge == Knowledge::Newer && self.roster.role(leaf.member.account).is_none();
        };
        let key = match self.knowledge {
            Knowledge::Exact => chain.device_key(leaf.member.device),
            Knowledge::Newer => chain.past_key(leaf.member.device),
        };
        // The same when its chain went on after we last heard of it, and is gone now.
        if key.is_none() && self.knowledge == Knowledge::Newer && self.roster.is_dismissed(leaf.member.account) {
            return true;
        }
        key == Some(&leaf.key)
    }
}
