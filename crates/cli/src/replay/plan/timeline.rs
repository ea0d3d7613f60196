// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The timeline: who comes, goes, writes, answers and confirms when.

use super::words::{EMOJI, say};
use super::{Act, Dice, Message, MessageKind, Plan, SETTLE, Step};
use crate::replay::scenario::{Alarm, Clock, Scenario, Texts, Traffic};

const SECOND: u64 = 1_000;
/// Before leaving, people put the phone away.
const BEFORE_LEAVING: u64 = 2 * Clock::MINUTE;
/// A message is answered at the earliest after this.
const READING: u64 = 15 * SECOND;
/// Of the last messages in a group, one is answered.
const RECENT: usize = 8;
/// Of a group, at most so many confirm an ordinary message.
const CONFIRMATIONS: usize = 12;

/// A place in the day where somebody writes.
struct Slot<'s> {
    at: u64,
    group: usize,
    what: What<'s>,
}

#[derive(Clone, Copy)]
enum What<'s> {
    Traffic(&'s Traffic, &'s Texts),
    Alarm(&'s Alarm),
}

pub(super) fn fill(scenario: &Scenario, plan: &mut Plan) {
    let mut steps = comings_and_goings(scenario, plan);
    let mut slots = slots(scenario, plan.seed);
    slots.sort_by_key(|slot| slot.at);
    let mut writer = Writer {
        scenario,
        plan,
        dice: Dice::new(0, ""),
        steps: Vec::new(),
        deleted: Vec::new(),
    };
    writer.dice = Dice::new(writer.plan.seed, "messages");
    for slot in slots {
        writer.write(&slot);
    }
    steps.append(&mut writer.steps);
    // Stable: what was planned first at the same moment comes first.
    steps.sort_by_key(|step| step.at);
    plan.steps = steps;
}

fn comings_and_goings(scenario: &Scenario, plan: &Plan) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = |at: u64, act: Act| steps.push(Step { at, act });
    for (index, person) in plan.people.iter().enumerate() {
        if let Some(time) = person.comes {
            at(time, Act::Arrive { person: index });
        }
        if let Some(time) = person.leaves {
            at(time, Act::Leave { person: index });
        }
    }
    for (index, device) in plan.devices.iter().enumerate() {
        if let Some(time) = device.linked {
            at(time, Act::Link { device: index });
        }
        for (from, to) in &device.offline {
            // Who is offline from the beginning of time is so already when the day begins.
            if *from > 0 {
                at(*from, Act::Offline { device: index });
            }
            at(*to, Act::Online { device: index });
        }
    }
    if let Some(operation) = &scenario.operation {
        at(operation.ends.0, Act::End);
    }
    steps
}

fn slots(scenario: &Scenario, seed: u64) -> Vec<Slot<'_>> {
    let mut dice = Dice::new(seed, "slots");
    let mut slots = Vec::new();
    for phase in &scenario.phase {
        for traffic in &phase.traffic {
            let Some(texts) = scenario.texts.get(&traffic.texts) else {
                continue;
            };
            let groups: Vec<usize> = traffic.groups.iter().filter_map(|key| scenario.group_at(key)).collect();
            for (_, group) in (0..traffic.messages).zip(groups.iter().cycle()) {
                let at = dice.between(phase.span.from.0, phase.span.to.0);
                slots.push(Slot {
                    at,
                    group: *group,
                    what: What::Traffic(traffic, texts),
                });
            }
        }
    }
    for alarm in &scenario.alarm {
        if let Some(group) = scenario.group_at(&alarm.group) {
            slots.push(Slot {
                at: alarm.at.0,
                group,
                what: What::Alarm(alarm),
            });
        }
    }
    slots
}

struct Writer<'s> {
    scenario: &'s Scenario,
    plan: &'s mut Plan,
    dice: Dice,
    steps: Vec<Step>,
    /// Messages that are taken back: nobody reacts to them or answers them.
    deleted: Vec<bool>,
}

impl Writer<'_> {
    /// Is the person at work, in all groups, and with the phone in the hand?
    fn is_there(&self, person: usize, at: u64) -> bool {
        let it = &self.plan.people[person];
        let before_the_shift = it.devices.first().is_some_and(|device| {
            self.plan.devices[*device]
                .offline
                .first()
                .is_some_and(|(from, to)| *from == 0 && at < to + BEFORE_LEAVING)
        });
        it.comes.is_none_or(|comes| comes + SETTLE <= at)
            && it.leaves.is_none_or(|leaves| at + BEFORE_LEAVING <= leaves)
            && !before_the_shift
    }

    /// Did the device get what was written in its groups at this time?
    fn has_read(&self, device: usize, written: u64) -> bool {
        let it = &self.plan.devices[device];
        let person = &self.plan.people[it.person];
        it.linked.is_none_or(|linked| linked + SETTLE <= written)
            && person.comes.is_none_or(|comes| comes + SETTLE <= written)
    }

    fn online_devices(&self, person: usize, at: u64) -> Vec<usize> {
        let devices = self.plan.people[person].devices.iter().copied();
        devices
            .filter(|device| {
                let linked = self.plan.devices[*device].linked;
                linked.is_none_or(|linked| linked + SETTLE <= at) && !self.plan.is_offline(*device, at)
            })
            .collect()
    }

    /// When others have the message: at once, or when its device finds the network again.
    fn available(&self, message: usize) -> u64 {
        let it = &self.plan.messages[message];
        let windows = &self.plan.devices[it.device].offline;
        let back = windows
            .iter()
            .find(|(from, to)| *from <= it.at && it.at < *to)
            .map(|(_, to)| *to);
        back.unwrap_or(it.at) + READING
    }

    fn authors(&self, slot: &Slot<'_>) -> Vec<usize> {
        let group = &self.plan.groups[slot.group];
        let by: Option<Vec<usize>> = match slot.what {
            What::Traffic(traffic, _) => traffic
                .by
                .as_ref()
                .map(|keys| keys.iter().filter_map(|key| self.scenario.people_at(key)).collect()),
            What::Alarm(alarm) => Some(self.scenario.people_at(&alarm.by).into_iter().collect()),
        };
        let members = group
            .members
            .iter()
            .filter(|(_, publisher)| !group.channel || *publisher);
        members
            .map(|(person, _)| *person)
            .filter(|person| {
                by.as_ref()
                    .is_none_or(|by| by.contains(&self.plan.people[*person].people))
            })
            .filter(|person| self.is_there(*person, slot.at))
            .collect()
    }

    fn write(&mut self, slot: &Slot<'_>) {
        let authors = self.authors(slot);
        let Some(person) = self.dice.pick(&authors).copied() else {
            return;
        };
        let online = self.online_devices(person, slot.at);
        // In a dead spot people write too: it waits in the outbox.
        let Some(device) = self
            .dice
            .pick(&online)
            .copied()
            .or_else(|| self.plan.people[person].devices.first().copied())
        else {
            return;
        };
        let is_online = !online.is_empty();
        let index = self.plan.messages.len();
        let (kind, line) = match slot.what {
            What::Alarm(alarm) => (MessageKind::Alarm, alarm.text.clone()),
            What::Traffic(traffic, texts) => self.kind(slot, device, is_online, traffic, texts),
        };
        let text = format!("{line} {}", Plan::token(index));
        self.plan.messages.push(Message {
            group: slot.group,
            person,
            device,
            at: slot.at,
            text,
            kind,
        });
        self.deleted.push(false);
        self.steps.push(Step {
            at: slot.at,
            act: Act::Write { message: index },
        });
        self.follow_up(index, slot);
    }

    fn kind(
        &mut self,
        slot: &Slot<'_>,
        device: usize,
        is_online: bool,
        traffic: &Traffic,
        texts: &Texts,
    ) -> (MessageKind, String) {
        if is_online && self.dice.chance(traffic.photos) {
            let [small, large] = self.scenario.photo.kib.map(u64::from);
            let bytes = self.dice.between(small * 1024, large * 1024);
            let opened_by = self.who_opens(slot, device);
            return (
                MessageKind::Photo { bytes, opened_by },
                say(self.scenario, &texts.photos, &mut self.dice),
            );
        }
        if is_online
            && self.dice.chance(traffic.replies)
            && let Some(to) = self.message_to_answer(slot, device)
        {
            return (
                MessageKind::Reply { to },
                say(self.scenario, &texts.replies, &mut self.dice),
            );
        }
        let kind = if self.dice.chance(traffic.confirmations) {
            MessageKind::AskConfirmation
        } else {
            MessageKind::Text
        };
        (kind, say(self.scenario, &texts.lines, &mut self.dice))
    }

    /// One of the group's last messages, by somebody else.
    fn message_to_answer(&mut self, slot: &Slot<'_>, device: usize) -> Option<usize> {
        let person = self.plan.devices[device].person;
        let candidates: Vec<usize> = (0..self.plan.messages.len())
            .rev()
            .filter(|message| self.plan.messages[*message].group == slot.group)
            .take(RECENT)
            .filter(|message| {
                let it = &self.plan.messages[*message];
                it.person != person
                    && !self.deleted[*message]
                    && self.available(*message) <= slot.at
                    && self.has_read(device, it.at)
            })
            .collect();
        self.dice.pick(&candidates).copied()
    }

    /// Devices of other members that open a photo, a little later.
    fn who_opens(&mut self, slot: &Slot<'_>, device: usize) -> Vec<usize> {
        let author = self.plan.devices[device].person;
        let mut devices: Vec<usize> = self
            .readers(slot.group, author, slot.at)
            .into_iter()
            .flat_map(|person| self.online_devices(person, slot.at))
            .filter(|device| self.has_read(*device, slot.at))
            .collect();
        self.dice.shuffle(&mut devices);
        devices.truncate(self.scenario.photo.opened_by);
        devices
    }

    /// Members other than the author who are there.
    fn readers(&self, group: usize, author: usize, at: u64) -> Vec<usize> {
        let members = self.plan.groups[group].members.iter().map(|(person, _)| *person);
        members
            .filter(|person| *person != author && self.is_there(*person, at))
            .collect()
    }

    fn follow_up(&mut self, message: usize, slot: &Slot<'_>) {
        let confirmed = match (slot.what, &self.plan.messages[message].kind) {
            (What::Alarm(alarm), _) => Some((alarm.confirmed, alarm.within, usize::MAX)),
            (What::Traffic(..), MessageKind::AskConfirmation) => Some((60, 20, CONFIRMATIONS)),
            (What::Traffic(..), _) => None,
        };
        if let Some((per_cent, within, most)) = confirmed {
            return self.confirmations(message, per_cent, within, most);
        }
        let rates = self.scenario.rates;
        if self.dice.chance(rates.deletions) {
            self.by_author(message, Act::Delete { message });
        } else {
            let is_words = matches!(
                self.plan.messages[message].kind,
                MessageKind::Text | MessageKind::Reply { .. }
            );
            if is_words && self.dice.chance(rates.edits) {
                let text = &self.plan.messages[message].text;
                let line = text.rsplit_once(" ·").map_or(text.as_str(), |(line, _)| line);
                let text = format!("{line} (berichtigt) {}", Plan::token(message));
                self.by_author(message, Act::Edit { message, text });
            }
            if self.dice.chance(rates.reactions) {
                self.reactions(message);
            }
        }
    }

    /// The author changes the message some time later, on the same device.
    fn by_author(&mut self, message: usize, act: Act) {
        let it = &self.plan.messages[message];
        let at = it.at + self.dice.between(30 * SECOND, 4 * Clock::MINUTE);
        if !self.is_there(it.person, at) || self.plan.is_offline(it.device, at) {
            return;
        }
        if matches!(act, Act::Delete { .. }) {
            self.deleted[message] = true;
            // Whoever opens the photo later finds nothing.
            if let MessageKind::Photo { opened_by, .. } = &mut self.plan.messages[message].kind {
                opened_by.clear();
            }
        }
        self.steps.push(Step { at, act });
    }

    fn reactions(&mut self, message: usize) {
        let it = &self.plan.messages[message];
        let group = &self.plan.groups[it.group];
        let may_write: Vec<usize> = group
            .members
            .iter()
            .filter(|(_, publisher)| !group.channel || *publisher)
            .map(|(person, _)| *person)
            .collect();
        let available = self.available(message);
        let mut people = self.readers(it.group, it.person, it.at);
        people.retain(|person| may_write.contains(person));
        self.dice.shuffle(&mut people);
        people.truncate(self.dice.between(1, 3) as usize);
        for person in people {
            let at = available + self.dice.between(SECOND, 3 * Clock::MINUTE);
            let devices = self.online_devices(person, at);
            let (Some(device), Some(emoji)) = (self.dice.pick(&devices).copied(), self.dice.pick(EMOJI).copied())
            else {
                continue;
            };
            if self.is_there(person, at) && self.has_read(device, self.plan.messages[message].at) {
                self.steps.push(Step {
                    at,
                    act: Act::React { device, message, emoji },
                });
            }
        }
    }

    fn confirmations(&mut self, message: usize, per_cent: u8, within: u64, most: usize) {
        let (group, author, written) = {
            let it = &self.plan.messages[message];
            (it.group, it.person, it.at)
        };
        let available = self.available(message);
        let mut people = self.readers(group, author, written);
        self.dice.shuffle(&mut people);
        people.truncate((people.len() * usize::from(per_cent) / 100).min(most));
        let mut last = available + within * Clock::MINUTE;
        for person in people {
            let mut at = available + self.dice.between(SECOND, within * Clock::MINUTE);
            let mut devices = self.online_devices(person, at);
            if devices.is_empty() {
                // Whoever is in a dead spot confirms when the alarm gets through.
                let Some(first) = self.plan.people[person].devices.first().copied() else {
                    continue;
                };
                let windows = &self.plan.devices[first].offline;
                let Some(back) = windows
                    .iter()
                    .find(|(from, to)| *from <= at && at < *to)
                    .map(|(_, to)| *to)
                else {
                    continue;
                };
                at = back + self.dice.between(20 * SECOND, 60 * SECOND);
                devices.push(first);
            }
            let Some(device) = self.dice.pick(&devices).copied() else {
                continue;
            };
            if self.is_there(person, at) && self.has_read(device, written) && !self.plan.is_offline(device, at) {
                self.steps.push(Step {
                    at,
                    act: Act::Confirm { device, message },
                });
                last = last.max(at);
            }
        }
        if self.plan.messages[message].kind == MessageKind::Alarm {
            self.steps.push(Step {
                at: last + SETTLE,
                act: Act::Look { message },
            });
        }
    }
}
