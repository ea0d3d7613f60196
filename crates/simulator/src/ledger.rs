// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the server promised, written down beside it as it happened: every entry of every group's log, who was in the
//! roster and in the tree when. Built from what the server published, not from what it believes.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::entry::{Body, Entry};
use melder_protocol::roster::Role;
use melder_protocol::{AccountId, Counter, DeviceId, Epoch, GroupId, LogId, Member, Sequence, cbor};

/// One group's log.
#[derive(Debug, Default, Clone)]
pub struct GroupLog {
    pub head: u64,
    pub messages: Vec<MessageFact>,
    pub roster: BTreeMap<AccountId, Role>,
    /// The last entry that an account may have seen, for those who are out.
    pub out_since: BTreeMap<AccountId, u64>,
    /// The entry at which an account was taken out for the last time, for those who are back as well.
    pub last_out: BTreeMap<AccountId, u64>,
    /// Accounts that were in and lost the right to write at some time.
    pub lost_voice: BTreeSet<AccountId>,
    pub epoch: Option<Epoch>,
    /// Each epoch: where it began, and whose leaves were in its tree.
    pub epochs: BTreeMap<u64, (u64, BTreeSet<Member>)>,
    counters: BTreeSet<(DeviceId, Counter)>,
}

/// A message as the server took it.
#[derive(Debug, Clone, Copy)]
pub struct MessageFact {
    pub sequence: u64,
    pub epoch: u64,
    pub sender: Member,
}

impl GroupLog {
    /// From where on a device has a claim to every message of its epochs: from the beginning, or, if its account was
    /// taken out in the meantime, from where its leaf came in anew. `None`: the account was back before the old leaf
    /// was out of the tree; where the device came back in by itself can't be seen from here.
    #[must_use]
    pub fn claim(&self, member: Member) -> Option<u64> {
        let Some(out) = self.last_out.get(&member.account).copied() else {
            return Some(0);
        };
        let mut before = true;
        let mut claim = None;
        for (began, leaves) in self.epochs.values() {
            let here = leaves.contains(&member);
            if here && !before && *began > out {
                claim = Some(*began);
            }
            before = here;
        }
        claim
    }
}

/// All groups' logs.
#[derive(Debug, Default)]
pub struct Ledger {
    pub groups: BTreeMap<GroupId, GroupLog>,
    /// Groups whose tree is to be read again.
    pub(crate) moved: Vec<GroupId>,
    /// The first promise that was broken while it was written down.
    pub(crate) broken: Option<String>,
}

impl Ledger {
    fn break_promise(&mut self, what: String) {
        self.broken.get_or_insert(what);
    }

    /// The server published an entry.
    pub(crate) fn appended(&mut self, log: LogId, sequence: Sequence, bytes: &[u8]) {
        let LogId::Group(group) = log else {
            return;
        };
        let Ok(entry) = cbor::decode::<Entry>(bytes) else {
            self.break_promise(format!("an entry that can't be read, at {sequence}"));
            return;
        };
        let facts = self.groups.entry(group).or_default();
        if sequence.0 != facts.head + 1 || entry.sequence != sequence {
            let head = facts.head;
            self.break_promise(format!("log without gaps: {sequence} came after {head}"));
            return;
        }
        facts.head = sequence.0;
        match entry.body {
            Body::Message { counter, .. } => {
                let (Some(sender), Some(epoch)) = (entry.sender, facts.epoch) else {
                    self.break_promise(format!("a message without sender or epoch at {sequence}"));
                    return;
                };
                if !facts.counters.insert((sender.device, counter)) {
                    self.break_promise(format!("accepted once: the same counter again at {sequence}"));
                    return;
                }
                let stranger = facts
                    .epochs
                    .get(&epoch.0)
                    .is_some_and(|(_, leaves)| leaves.iter().any(|leaf| !facts.roster.contains_key(&leaf.account)));
                if stranger {
                    self.break_promise(format!(
                        "nobody writes to who is out: the tree at {sequence} has a leaf that the roster has not"
                    ));
                    return;
                }
                facts.messages.push(MessageFact {
                    sequence: sequence.0,
                    epoch: epoch.0,
                    sender,
                });
            }
            Body::Commit { epoch, .. } => {
                if facts.epoch != Some(epoch) {
                    let now = facts.epoch;
                    self.break_promise(format!(
                        "one commit an epoch: {epoch:?} ended at {sequence}, it was {now:?}"
                    ));
                    return;
                }
                facts.epoch = Some(Epoch(epoch.0 + 1));
                self.moved.push(group);
            }
            Body::Established => {
                facts.epoch = Some(Epoch(0));
                self.moved.push(group);
            }
            Body::Roster { change } => {
                if let Ok(change) = change.peek() {
                    for member in &change.set {
                        let before = facts.roster.insert(member.account, member.role);
                        if before.is_some_and(|before| before > member.role) {
                            facts.lost_voice.insert(member.account);
                        }
                        facts.out_since.remove(&member.account);
                    }
                    for account in &change.unset {
                        if facts.roster.remove(account).is_some() {
                            facts.out_since.insert(*account, sequence.0);
                            facts.last_out.insert(*account, sequence.0);
                            facts.lost_voice.insert(*account);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    pub(crate) fn tree(&mut self, group: GroupId, leaves: BTreeSet<Member>) {
        if let Some(facts) = self.groups.get_mut(&group)
            && let Some(epoch) = facts.epoch
        {
            facts.epochs.insert(epoch.0, (facts.head, leaves));
        }
    }

    /// May this account be handed this entry now?
    pub(crate) fn may_have(&self, account: AccountId, log: LogId, sequence: u64) -> bool {
        let LogId::Group(group) = log else {
            return true;
        };
        let Some(facts) = self.groups.get(&group) else {
            return true;
        };
        match facts.out_since.get(&account) {
            Some(last) => sequence <= *last,
            None => facts.roster.contains_key(&account),
        }
    }
}
