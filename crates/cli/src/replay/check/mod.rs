// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The checker: compares what people sent with what every device shows at the end.
//!
//! It does not ask the engine whether all went well. It takes three things: what the driver had people do (and when), when each
//! device came into and out of each group, and the chat histories as a person would scroll through them. Then it demands:
//!
//! * A device shows every message of a group whose place in the log comes after its own arrival there and that was accepted
//!   before its leaving began. Arrival is the log's head when the device first saw itself in the group; besides, everything
//!   that somebody sent after that moment counts, whatever the device says its place is. A device that shows a message shows
//!   all later ones: there are no holes.
//! * A device linked later shows what the account's first device must show: history comes along.
//! * Nothing is shown twice, nothing in another order than in the log, nothing that nobody sent, nothing under a wrong name.
//! * Each message is shown in its last state: edited, taken back, with its reactions.
//! * Nobody shows what was sent after they were out of the group, or what was accepted before they were invited into it.
//!
//! Times are microseconds of the machine's clock, which all processes share. Groups, devices and people are the plan's numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A message and what became of it, as its sender's side knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message's id in hexadecimal.
    pub id: String,
    pub group: usize,
    pub person: usize,
    pub device: usize,
    /// When the person pressed the button.
    pub sent: u64,
    /// It has files, and takes its place in the log when they are uploaded: shorter messages may pass it meanwhile.
    pub uploads: bool,
    /// Its place in the log and when the sender learned of it; `None`: the server never took it.
    pub accepted: Option<(u64, u64)>,
    /// What it must say in the end; `None`: it was taken back.
    pub text: Option<String>,
    pub reactions: BTreeSet<(usize, String)>,
    /// When somebody last changed it or reacted to it.
    pub changed: u64,
}

/// A device in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub device: usize,
    pub group: usize,
    /// When its account was being let into the group.
    pub invited: u64,
    /// When the device first saw itself in the group, and the log's head there and then.
    pub active: Option<(u64, u64)>,
    /// When its leaving began, and when the server had taken it out.
    pub leaving: Option<u64>,
    pub left: Option<u64>,
    /// Linked later: it shows what this device shows.
    pub like: Option<usize>,
}

/// A message as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub id: String,
    pub sequence: u64,
    /// `None`: an account that is not in the plan.
    pub person: Option<usize>,
    /// `None`: taken back.
    pub text: Option<String>,
    pub reactions: BTreeSet<(usize, String)>,
    /// The screen says that it can't be read.
    pub unreadable: bool,
}

/// A chat on a device, from the top.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    pub shown: Vec<Shown>,
    /// Spans that the device says it could not read, less those that were filled.
    pub gaps: Vec<(u64, u64)>,
}

/// All that is compared.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    pub sent: Vec<Sent>,
    pub memberships: Vec<Membership>,
    /// By device and group.
    pub histories: HashMap<(usize, usize), History>,
}

/// What is wrong, counted. All zero is what is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub deliveries_expected: u64,
    pub deliveries_decrypted: u64,
    pub not_accepted: u64,
    pub lost: u64,
    pub duplicated: u64,
    pub out_of_order: u64,
    pub undecryptable: u64,
    pub forged_accepted: u64,
    pub read_after_leaving: u64,
    pub read_before_joining: u64,
    /// Shown in an old state: without an edit, a deletion or a reaction.
    pub stale: u64,
    /// The first few in words.
    pub findings: Vec<String>,
}

/// Findings that are put in words.
const MOST_FINDINGS: usize = 40;

impl Verdict {
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.not_accepted == 0
            && self.lost == 0
            && self.duplicated == 0
            && self.out_of_order == 0
            && self.undecryptable == 0
            && self.forged_accepted == 0
            && self.read_after_leaving == 0
            && self.read_before_joining == 0
            && self.stale == 0
    }

    fn find(&mut self, words: impl FnOnce() -> String) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(words());
        }
    }
}

/// Compares.
#[must_use]
pub fn check(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    let by_id: HashMap<&str, usize> = evidence
        .sent
        .iter()
        .enumerate()
        .map(|(index, sent)| (sent.id.as_str(), index))
        .collect();
    check_log(evidence, &mut verdict);
    let by_group = by_group(evidence);
    for membership in &evidence.memberships {
        let (device, group) = (membership.device, membership.group);
        let empty = History::default();
        let history = evidence.histories.get(&(device, group)).unwrap_or(&empty);
        let of_group = by_group.get(&group).map_or(&[][..], Vec::as_slice);
        let mut one = One {
            evidence,
            by_id: &by_id,
            membership,
            history,
            verdict: &mut verdict,
        };
        one.check_shown();
        one.check_order();
        one.check_missing(of_group);
        one.check_bounds();
    }
    check_strangers(evidence, &mut verdict);
    verdict
}

/// Messages of each group in the log's order.
fn by_group(evidence: &Evidence) -> BTreeMap<usize, Vec<usize>> {
    let mut groups: BTreeMap<usize, Vec<(u64, usize)>> = BTreeMap::new();
    for (index, sent) in evidence.sent.iter().enumerate() {
        if let Some((sequence, _)) = sent.accepted {
            groups.entry(sent.group).or_default().push((sequence, index));
        }
    }
    groups
        .into_iter()
        .map(|(group, mut messages)| {
            messages.sort_unstable();
            (group, messages.into_iter().map(|(_, index)| index).collect())
        })
        .collect()
}

/// Everything was taken, each at a place of its own, and a device's messages in the order in which it sent them; only what needs no
/// upload may pass what does.
fn check_log(evidence: &Evidence, verdict: &mut Verdict) {
    let mut places = HashSet::new();
    let mut last: HashMap<(usize, usize), (u64, u64)> = HashMap::new();
    let mut in_order: Vec<(usize, &Sent)> = evidence.sent.iter().enumerate().collect();
    in_order.sort_by_key(|(_, sent)| sent.sent);
    for (index, sent) in in_order {
        let Some((sequence, _)) = sent.accepted else {
            verdict.not_accepted += 1;
            verdict.find(|| {
                format!(
                    "message {index} of device {} was never taken by the server",
                    sent.device
                )
            });
            continue;
        };
        if !places.insert((sent.group, sequence)) {
            verdict.forged_accepted += 1;
            verdict.find(|| format!("two messages at place {sequence} of group {}", sent.group));
        }
        let before = last.get(&(sent.device, sent.group)).copied();
        if before.is_some_and(|(time, place)| time < sent.sent && place > sequence) {
            verdict.out_of_order += 1;
            verdict.find(|| format!("message {index} overtook an earlier one of device {}", sent.device));
        }
        if !sent.uploads {
            last.insert((sent.device, sent.group), (sent.sent, sequence));
        }
    }
}

/// A chat that a device shows although it never was in the group.
fn check_strangers(evidence: &Evidence, verdict: &mut Verdict) {
    let members: HashSet<(usize, usize)> = evidence.memberships.iter().map(|it| (it.device, it.group)).collect();
    for ((device, group), history) in &evidence.histories {
        if !members.contains(&(*device, *group)) && !history.shown.is_empty() {
            verdict.read_before_joining += history.shown.len() as u64;
            verdict.find(|| format!("device {device} shows group {group}, in which it never was"));
        }
    }
}

/// One device in one group.
struct One<'e> {
    evidence: &'e Evidence,
    by_id: &'e HashMap<&'e str, usize>,
    membership: &'e Membership,
    history: &'e History,
    verdict: &'e mut Verdict,
}

impl One<'_> {
    fn place(&self) -> String {
        format!("device {} in group {}", self.membership.device, self.membership.group)
    }

    fn sent(&self, shown: &Shown) -> Option<(usize, &Sent)> {
        let index = *self.by_id.get(shown.id.as_str())?;
        Some((index, &self.evidence.sent[index]))
    }

    /// Each message that is shown was sent by the one who is named, once, and is in its last state.
    fn check_shown(&mut self) {
        let place = self.place();
        let mut seen = HashSet::new();
        for shown in &self.history.shown {
            let known = self.sent(shown).map(|(index, sent)| (index, sent.clone()));
            let Some((index, sent)) = known else {
                self.verdict.forged_accepted += 1;
                self.verdict
                    .find(|| format!("{place} shows a message that nobody sent: {:?}", shown.text));
                continue;
            };
            if !seen.insert(index) {
                self.verdict.duplicated += 1;
                self.verdict.find(|| format!("{place} shows message {index} twice"));
                continue;
            }
            if shown.person != Some(sent.person) || sent.group != self.membership.group {
                self.verdict.forged_accepted += 1;
                self.verdict.find(|| {
                    format!(
                        "{place} shows message {index} of person {} as from {:?}",
                        sent.person, shown.person
                    )
                });
            } else if shown.unreadable {
                self.verdict.undecryptable += 1;
                self.verdict.find(|| format!("{place} can't read message {index}"));
            } else if !self.has_left_before(sent.changed)
                && (shown.text != sent.text || shown.reactions != sent.reactions)
            {
                self.verdict.stale += 1;
                self.verdict.find(|| {
                    format!(
                        "{place} shows message {index} as {:?} {:?}, it is {:?} {:?}",
                        shown.text, shown.reactions, sent.text, sent.reactions
                    )
                });
            }
        }
    }

    const fn has_left_before(&self, time: u64) -> bool {
        match self.membership.leaving {
            Some(leaving) => leaving <= time,
            None => false,
        }
    }

    /// The order is the log's, and the places that the device names are the log's.
    fn check_order(&mut self) {
        let place = self.place();
        let mut last = 0;
        for shown in &self.history.shown {
            let Some((index, Some((sequence, _)))) = self.sent(shown).map(|(index, sent)| (index, sent.accepted))
            else {
                continue;
            };
            if sequence < last || shown.sequence != sequence {
                self.verdict.out_of_order += 1;
                self.verdict
                    .find(|| format!("{place} shows message {index} out of order"));
            }
            last = last.max(sequence);
        }
    }

    /// From where on the device must show everything; `None`: it never got in.
    fn must_from(&self) -> Option<(u64, u64)> {
        match self.membership.like {
            None => self.membership.active,
            Some(first) => {
                let group = self.membership.group;
                let like = self
                    .evidence
                    .memberships
                    .iter()
                    .find(|it| it.device == first && it.group == group);
                like.and_then(|it| it.active)
            }
        }
    }

    /// `messages` are the group's, in the log's order.
    fn check_missing(&mut self, messages: &[usize]) {
        let place = self.place();
        let Some((time, head)) = self.must_from() else {
            if self.membership.leaving.is_none() {
                self.verdict.lost += 1;
                self.verdict.find(|| format!("{place} never got in"));
            }
            return;
        };
        let shown: HashSet<&str> = self.history.shown.iter().map(|shown| shown.id.as_str()).collect();
        let first = self
            .history
            .shown
            .iter()
            .filter_map(|shown| self.sent(shown)?.1.accepted)
            .map(|(sequence, _)| sequence)
            .min();
        for index in messages {
            let sent = &self.evidence.sent[*index];
            let Some((sequence, accepted)) = sent.accepted else {
                continue;
            };
            if self.membership.leaving.is_some_and(|leaving| accepted >= leaving) {
                continue;
            }
            let must = sequence > head || sent.sent > time || first.is_some_and(|first| first < sequence);
            if !must {
                continue;
            }
            let is_delivery = sent.device != self.membership.device;
            self.verdict.deliveries_expected += u64::from(is_delivery);
            if shown.contains(sent.id.as_str()) {
                self.verdict.deliveries_decrypted += u64::from(is_delivery);
            } else if self
                .history
                .gaps
                .iter()
                .any(|(from, to)| *from <= sequence && sequence <= *to)
            {
                self.verdict.undecryptable += 1;
                self.verdict
                    .find(|| format!("{place} could not read message {index} (place {sequence})"));
            } else {
                self.verdict.lost += 1;
                self.verdict
                    .find(|| format!("{place} does not show message {index} (place {sequence})"));
            }
        }
    }

    /// Nothing from before and nothing from after.
    fn check_bounds(&mut self) {
        let place = self.place();
        for shown in &self.history.shown {
            let Some((index, sent)) = self.sent(shown).map(|(index, sent)| (index, sent.clone())) else {
                continue;
            };
            if self.membership.left.is_some_and(|left| left < sent.sent) {
                self.verdict.read_after_leaving += 1;
                self.verdict
                    .find(|| format!("{place} shows message {index}, which was sent after it had left"));
            }
            if sent
                .accepted
                .is_some_and(|(_, accepted)| accepted < self.membership.invited)
            {
                self.verdict.read_before_joining += 1;
                self.verdict
                    .find(|| format!("{place} shows message {index}, which was sent before it was invited"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
