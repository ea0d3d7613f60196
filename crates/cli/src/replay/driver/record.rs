// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The driver's record of the day: what people did and when, and what was seen. It is kept from the driver's own orders and the
//! workers' sightings; what devices show in the end is read later, and [`crate::replay::check`] compares both.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::replay::check::{Membership, Sent};
use crate::replay::plan::{MessageKind, Plan};
use crate::replay::wire::{Sighting, now};

/// A change to a message counts as still on its way to others for this long, in microseconds: whoever leaves in that time need not
/// have seen it.
const ON_ITS_WAY: u64 = 10_000_000;
/// Of failures, so many are kept in words.
const MOST_FAILURES: usize = 50;

/// How a message's id becomes known to those who answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    NotYet,
    /// It will never be: it could not be written.
    Never,
    Id(String),
}

#[derive(Debug)]
pub struct Record {
    inner: Mutex<Inner>,
    known: Vec<watch::Sender<Known>>,
}

#[derive(Debug, Default)]
pub struct Inner {
    pub messages: Vec<Option<Message>>,
    by_id: HashMap<String, usize>,
    /// Sightings of messages and groups whose id the driver did not know yet.
    early: HashMap<String, Vec<Sighting>>,
    pub accounts: Vec<Option<String>>,
    pub people: HashMap<String, usize>,
    pub memberships: HashMap<(usize, usize), Membership>,
    pub groups: HashMap<String, usize>,
    pub online: Vec<bool>,
    pub gone: BTreeSet<usize>,
    /// Microseconds from pressing the button to the other's screen.
    pub latencies: Vec<u64>,
    pub alarms_shown: BTreeSet<usize>,
    pub actions: u64,
    pub photos_opened: u64,
    /// Accounts that an alarm had reached, and not, when its sender looked.
    pub alarm_reached: usize,
    pub alarm_missing: usize,
    /// What did not work, in words.
    pub failures: Vec<String>,
    pub failed: u64,
}

/// A message that was written.
#[derive(Debug, Clone)]
pub struct Message {
    pub sent: Sent,
    /// Devices that were online when it was sent.
    online: Vec<bool>,
}

impl Record {
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let inner = Inner {
            messages: vec![None; plan.messages.len()],
            accounts: vec![None; plan.people.len()],
            online: vec![false; plan.devices.len()],
            ..Inner::default()
        };
        let known = plan
            .messages
            .iter()
            .map(|_| watch::Sender::new(Known::NotYet))
            .collect();
        Self {
            inner: Mutex::new(inner),
            known,
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something did not work. The day goes on; in the end it counts.
    pub fn fail(&self, what: impl std::fmt::Display) {
        let mut inner = self.lock();
        inner.failed += 1;
        if inner.failures.len() < MOST_FAILURES {
            inner.failures.push(what.to_string());
        }
    }

    /// The id of a message that somebody wants to answer; waits until it is written.
    pub async fn id(&self, message: usize) -> Result<String, String> {
        let mut known = self.known[message].subscribe();
        let known = known
            .wait_for(|known| *known != Known::NotYet)
            .await
            .map_err(|error| error.to_string())?;
        match &*known {
            Known::Id(id) => Ok(id.clone()),
            Known::NotYet | Known::Never => Err(format!("message {message} was never written")),
        }
    }

    /// A message could not be written.
    pub fn never(&self, message: usize) {
        self.known[message].send_replace(Known::Never);
    }

    /// A message was written.
    pub fn queued(&self, plan: &Plan, message: usize, id: String, at: u64) {
        let it = &plan.messages[message];
        let mut inner = self.lock();
        let online = inner.online.clone();
        let sent = Sent {
            id: id.clone(),
            group: it.group,
            person: it.person,
            device: it.device,
            sent: at,
            uploads: matches!(it.kind, MessageKind::Photo { .. }),
            accepted: None,
            text: Some(it.text.clone()),
            reactions: BTreeSet::new(),
            changed: at,
        };
        inner.messages[message] = Some(Message { sent, online });
        inner.by_id.insert(id.clone(), message);
        let early = inner.early.remove(&id).unwrap_or_default();
        for sighting in early {
            inner.see(sighting);
        }
        drop(inner);
        self.known[message].send_replace(Known::Id(id));
    }

    /// A message was changed or reacted to.
    pub fn change(&self, message: usize, change: impl FnOnce(&mut Sent)) {
        let mut inner = self.lock();
        inner.actions += 1;
        if let Some(message) = &mut inner.messages[message] {
            change(&mut message.sent);
            message.sent.changed = now() + ON_ITS_WAY;
        }
    }

    pub fn see(&self, sighting: Sighting) {
        self.lock().see(sighting);
    }

    /// A device's account is being let into groups.
    pub fn invited(&self, device: usize, groups: &[usize], like: Option<usize>) {
        let mut inner = self.lock();
        let at = now();
        for group in groups {
            let invited = like
                .and_then(|like| inner.memberships.get(&(like, *group)))
                .map_or(at, |like| like.invited);
            let membership = Membership {
                device,
                group: *group,
                invited,
                active: None,
                leaving: None,
                left: None,
                like,
            };
            inner.memberships.insert((device, *group), membership);
        }
    }

    /// A group is made.
    pub fn made(&self, id: &str, group: usize) {
        let mut inner = self.lock();
        inner.groups.insert(id.to_owned(), group);
        let early = inner.early.remove(id).unwrap_or_default();
        for sighting in early {
            inner.see(sighting);
        }
    }

    pub fn joined(&self, person: usize, account: String) {
        let mut inner = self.lock();
        inner.people.insert(account.clone(), person);
        inner.accounts[person] = Some(account);
    }

    pub fn set_online(&self, device: usize, online: bool) {
        self.lock().online[device] = online;
    }

    /// Ids of the messages that a device must show by now, as far as the driver can know: those that were accepted before `until`.
    #[must_use]
    pub fn owed(&self, device: usize, until: u64) -> Vec<String> {
        let inner = self.lock();
        let from = |group: usize| {
            let membership = inner.memberships.get(&(device, group))?;
            match membership.like {
                Some(like) => inner.memberships.get(&(like, group))?.active,
                None => membership.active,
            }
        };
        let owed = inner.messages.iter().flatten().filter(|message| {
            let sent = &message.sent;
            let accepted = sent.accepted.filter(|(_, at)| *at < until);
            let (Some((sequence, _)), Some((time, head))) = (accepted, from(sent.group)) else {
                return false;
            };
            sequence > head || sent.sent > time
        });
        owed.map(|message| message.sent.id.clone()).collect()
    }
}

impl Inner {
    /// Of each group, the last place in the log that a message is known to have.
    pub fn heads(&self) -> HashMap<usize, u64> {
        let mut heads = HashMap::new();
        for sent in self.messages.iter().flatten().map(|message| &message.sent) {
            if let Some((sequence, _)) = sent.accepted {
                let head: &mut u64 = heads.entry(sent.group).or_default();
                *head = sequence.max(*head);
            }
        }
        heads
    }

    fn see(&mut self, sighting: Sighting) {
        match &sighting {
            Sighting::Shown { device, id, at } => {
                let Some(message) = self.find(id) else {
                    return self.keep(id.clone(), sighting);
                };
                let was_online = message.online.get(*device).copied().unwrap_or(false);
                if was_online && message.sent.device != *device {
                    let latency = at.saturating_sub(message.sent.sent);
                    self.latencies.push(latency);
                }
            }
            Sighting::Accepted { id, sequence, at, .. } => {
                let place = (*sequence, *at);
                match self.find(id) {
                    Some(message) => message.sent.accepted = message.sent.accepted.or(Some(place)),
                    None => self.keep(id.clone(), sighting),
                }
            }
            Sighting::Active {
                device,
                group,
                head,
                at,
            } => {
                let place = (*at, *head);
                match self.groups.get(group) {
                    Some(group) => {
                        if let Some(membership) = self.memberships.get_mut(&(*device, *group)) {
                            membership.active = membership.active.or(Some(place));
                        }
                    }
                    None => self.keep(group.clone(), sighting),
                }
            }
            Sighting::Alarm { device, .. } => {
                self.alarms_shown.insert(*device);
            }
            Sighting::Refused { device, id, code } => {
                self.note(format!("device {device}: the server refused {id}: {code}"))
            }
            Sighting::Misbehaviour { device, code } => self.note(format!("device {device} reports {code}")),
            Sighting::Gone { device, .. } => {
                self.gone.insert(*device);
            }
        }
    }

    fn note(&mut self, words: String) {
        self.failed += 1;
        if self.failures.len() < MOST_FAILURES {
            self.failures.push(words);
        }
    }

    fn find(&mut self, id: &str) -> Option<&mut Message> {
        let index = *self.by_id.get(id)?;
        self.messages[index].as_mut()
    }

    /// Also reactions and the like come by here, whose ids nobody asks for: they are few.
    fn keep(&mut self, id: String, sighting: Sighting) {
        self.early.entry(id).or_default().push(sighting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::scenario::Scenario;

    fn record() -> (Plan, Record) {
        let scenario = Scenario::load("europawahl-2019").unwrap();
        let plan = Plan::new(&scenario, 1);
        let record = Record::new(&plan);
        (plan, record)
    }

    #[test]
    fn what_is_seen_before_the_answer_came_is_not_forgotten() {
        let (plan, record) = record();
        record.see(Sighting::Accepted {
            device: 0,
            id: "a".to_owned(),
            sequence: 7,
            at: 50,
        });
        record.queued(&plan, 0, "a".to_owned(), 40);
        assert_eq!(record.lock().messages[0].as_ref().unwrap().sent.accepted, Some((7, 50)));
    }

    #[test]
    fn only_devices_that_were_online_count_for_the_time_it_takes() {
        let (plan, record) = record();
        let author = plan.messages[0].device;
        let (near, far) = ((author + 1) % 5, (author + 2) % 5);
        record.set_online(near, true);
        record.queued(&plan, 0, "a".to_owned(), 1_000);
        for device in [author, near, far] {
            record.see(Sighting::Shown {
                device,
                id: "a".to_owned(),
                at: 4_000,
            });
        }
        assert_eq!(record.lock().latencies, [3_000]);
    }

    #[tokio::test]
    async fn whoever_answers_a_message_that_was_never_written_hears_so() {
        let (_, record) = record();
        record.never(3);
        assert!(record.id(3).await.is_err());
    }
}
