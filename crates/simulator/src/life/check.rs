// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The promises, checked when the network is whole and everything rests.

use std::collections::{BTreeMap, BTreeSet};

use melder_content::MessageId;
use melder_engine::Event;
use melder_engine::api::{GroupStatus, MessageState, MessageView};
use melder_protocol::{AccountId, GroupId, Member};

use super::people::Standing;
use super::{Broken, Life};
use crate::device::DeviceNo;
use crate::ledger::GroupLog;
use melder_server::store::DeviceState;

/// How long a whole network may take to come to rest, in simulated milliseconds: longer than a code for linking is good
/// for, as one device may wait for another that has given up.
const PATIENCE_MS: u64 = 15 * 60 * 1_000;
/// Single-use key packages that a device has in stock at rest, of each suite.
const STOCK: u32 = 10;

/// A device that is to have everything.
struct Holder {
    device: DeviceNo,
    member: Member,
    shown: BTreeMap<GroupId, Vec<MessageView>>,
}

impl Life {
    /// Makes the network whole, waits for rest, and checks every promise.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub fn end(&mut self) -> Result<(), Broken> {
        self.come_to_rest()?;
        self.still_whole()?;
        self.notice_removed();
        self.check().map_err(|what| Broken { step: self.done, what })
    }

    fn come_to_rest(&mut self) -> Result<(), Broken> {
        self.world.note("— the network is whole");
        self.world.weather = crate::network::Weather { delay: 1..=20 };
        self.resume_everybody();
        // In one life of two everybody comes anew; in the other a connection that holds stays (what is wrong with the
        // others ends them): nothing may need a new one to be made good.
        if self.world.below(2) == 0 {
            let lines: Vec<_> = self.world.lines.values().map(|line| line.device).collect();
            for device in lines {
                self.world.cut(device);
            }
        }
        let began = self.world.now;
        let mut quiet = 0;
        while quiet < 3 {
            self.back();
            let before = self.world.trace().len();
            self.world.run(10_000);
            // The server looks at its dates once a second: what ended just now has not taken effect yet.
            let ended = self.somebody_ends();
            self.follow_flows();
            self.still_whole()?;
            quiet = if !ended && self.world.trace().len() == before && self.flows.is_empty() {
                quiet + 1
            } else {
                0
            };
            if self.world.now.since(began) > PATIENCE_MS {
                let what = "everything comes to rest: frames still go after a quarter of an hour of a whole network";
                return Err(self.broken(what.to_owned()));
            }
        }
        Ok(())
    }

    fn resume_everybody(&mut self) {
        while self.people.iter().any(|person| person.standing == Standing::Suspended) {
            let before = self.suspended();
            self.resume();
            if self.suspended() == before {
                return;
            }
        }
    }

    fn suspended(&self) -> usize {
        self.people
            .iter()
            .filter(|person| person.standing == Standing::Suspended)
            .count()
    }

    fn broken(&self, what: String) -> Broken {
        Broken { step: self.done, what }
    }

    fn check(&mut self) -> Result<(), String> {
        let holders = self.holders()?;
        let logs: Vec<(GroupId, GroupLog)> = {
            let ledger = self.world.ledger();
            ledger.groups.iter().map(|(id, log)| (*id, log.clone())).collect()
        };
        let places = agreed_places(&holders)?;
        self.outboxes(&holders)?;
        self.nothing_lost(&places)?;
        for (group, log) in &logs {
            if let Err((device, what)) = self.everything_read(*group, log, &holders, &places) {
                return Err(format!("{what} ({})", self.portrait(device, *group)));
            }
            self.nothing_more(*group, log, &places)?;
            self.state_agrees(*group, log, &holders)?;
        }
        self.stocks(&holders)?;
        self.nothing_refused(&holders)?;
        self.who_is_gone(&logs)?;
        self.no_canary_on_disk()
    }

    /// A device may have been taken out without anybody hearing that it worked: the answer was lost. It is out all the
    /// same, with whatever still waited in its outbox.
    fn notice_removed(&mut self) {
        for index in 0..self.people.len() {
            for device in self.people[index].devices.clone() {
                let Some(id) = self.device_id(device) else {
                    continue;
                };
                let row = self.world.server().look(|tx| tx.device(id));
                if row.is_none_or(|row| row.state != DeviceState::Current) {
                    let person = &mut self.people[index];
                    person.devices.retain(|kept| *kept != device);
                    person.out.push(device);
                }
            }
        }
    }

    /// Devices of those who are here, with what they show.
    fn holders(&mut self) -> Result<Vec<Holder>, String> {
        let devices: Vec<DeviceNo> = self
            .people
            .iter()
            .filter(|person| person.standing == Standing::Here)
            .flat_map(|person| person.devices.iter().copied())
            .collect();
        let mut holders = Vec::new();
        for device in devices {
            let Some(own) = self.world.at(device).engine().own().map_err(text)? else {
                return Err(format!("a device keeps its account: device {} has none", device.0));
            };
            if self.world.at(device).stopped {
                return Err(format!("a device stays: device {} was told to stop", device.0));
            }
            let mut shown = BTreeMap::new();
            for chat in self.world.at(device).engine().chats().map_err(text)? {
                let messages = self.world.at(device).engine().messages(chat.group, None, 100_000);
                shown.insert(chat.group, messages.map_err(text)?);
            }
            holders.push(Holder {
                device,
                member: Member {
                    account: own.account,
                    device: own.device,
                },
                shown,
            });
        }
        Ok(holders)
    }

    fn outboxes(&mut self, holders: &[Holder]) -> Result<(), String> {
        for holder in holders {
            for (group, messages) in &holder.shown {
                let waiting = messages.iter().find(|message| message.state == MessageState::Pending);
                let Some(message) = waiting else {
                    continue;
                };
                let chat = self.world.at(holder.device).engine().chat(*group).map_err(text)?;
                return Err(format!(
                    "the outbox drains: device {} still has {} in {:?}",
                    holder.device.0,
                    message.text,
                    chat.map(|chat| (chat.status, chat.role, chat.epoch)),
                ));
            }
        }
        Ok(())
    }

    /// What an engine took is in the log, unless its writer lost the right to write.
    fn nothing_lost(&mut self, places: &Places) -> Result<(), String> {
        for written in self.written.clone() {
            let Some(person) = self.owner(written.device) else {
                continue;
            };
            if self.people[person].standing != Standing::Here || written.changed {
                continue;
            }
            let message = self
                .world
                .at(written.device)
                .engine()
                .message(written.id)
                .map_err(text)?;
            let Some(message) = message else {
                return Err(format!(
                    "nothing accepted is lost: {} is gone at its writer",
                    written.text
                ));
            };
            match message.state {
                MessageState::Sent if places.contains_key(&written.id) => {}
                MessageState::Failed { .. } if self.was_out(written.account, written.group) => {}
                state => {
                    return Err(format!(
                        "nothing accepted is lost: {} of device {} is {state:?}",
                        written.text, written.device.0
                    ));
                }
            }
        }
        Ok(())
    }

    /// Has this account been without the right to write here at any time?
    fn was_out(&mut self, account: AccountId, group: GroupId) -> bool {
        let ledger = self.world.ledger();
        ledger
            .groups
            .get(&group)
            .is_none_or(|log| log.lost_voice.contains(&account) || !log.roster.contains_key(&account))
    }

    /// Every member device reads every message of its epochs, once, where the log has it.
    fn everything_read(
        &self,
        group: GroupId,
        log: &GroupLog,
        holders: &[Holder],
        places: &Places,
    ) -> Result<(), (DeviceNo, String)> {
        let here: BTreeMap<u64, &str> = self
            .written
            .iter()
            .filter(|written| written.group == group && !written.changed)
            .filter_map(|written| Some((*places.get(&written.id)?, written.text.as_str())))
            .collect();
        for holder in holders {
            let empty = Vec::new();
            let shown = holder.shown.get(&group).unwrap_or(&empty);
            let mut at: BTreeMap<u64, &str> = BTreeMap::new();
            for message in shown {
                let Some(sequence) = message.sequence else {
                    continue;
                };
                if at.insert(sequence.0, &message.text).is_some() {
                    let what = format!("nothing is shown twice: {sequence} on device {}", holder.device.0);
                    return Err((holder.device, what));
                }
            }
            let texts: BTreeSet<&str> = at.values().copied().filter(|text| !text.is_empty()).collect();
            let full = at.values().filter(|text| !text.is_empty()).count();
            if texts.len() != full {
                let what = format!("nothing is shown twice: a text on device {}", holder.device.0);
                return Err((holder.device, what));
            }
            let Some(claim) = log.claim(holder.member) else {
                continue;
            };
            for fact in log.messages.iter().filter(|fact| fact.sequence > claim) {
                let mine = log
                    .epochs
                    .get(&fact.epoch)
                    .is_some_and(|(_, leaves)| leaves.contains(&holder.member));
                let Some(expected) = here.get(&fact.sequence).filter(|_| mine) else {
                    continue;
                };
                if at.get(&fact.sequence) != Some(expected) {
                    let what = format!(
                        "every member device reads every message of its epochs: device {} shows {:?} at {} of epoch {} instead of {expected}",
                        holder.device.0,
                        at.get(&fact.sequence),
                        fact.sequence,
                        fact.epoch,
                    );
                    return Err((holder.device, what));
                }
            }
        }
        Ok(())
    }

    /// Nobody reads what was never said to them; nothing stands twice in a log.
    fn nothing_more(&mut self, group: GroupId, log: &GroupLog, places: &Places) -> Result<(), String> {
        let said: BTreeMap<u64, AccountId> = self
            .written
            .iter()
            .filter(|written| written.group == group)
            .filter_map(|written| Some((*places.get(&written.id)?, written.account)))
            .collect();
        for index in 0..self.people.len() {
            let account = self.people[index].account;
            let devices = [self.people[index].devices.clone(), self.people[index].out.clone()].concat();
            for device in devices {
                let shown = self
                    .world
                    .at(device)
                    .engine()
                    .messages(group, None, 100_000)
                    .map_err(text)?;
                for message in shown {
                    let Some(sequence) = message.sequence else {
                        continue;
                    };
                    let Some(fact) = log.messages.iter().find(|fact| fact.sequence == sequence.0) else {
                        return Err(format!(
                            "only what was said: {sequence} on device {} is no message",
                            device.0
                        ));
                    };
                    let entitled = log
                        .epochs
                        .get(&fact.epoch)
                        .is_none_or(|(_, leaves)| leaves.iter().any(|leaf| leaf.account == account));
                    if !entitled || message.sender != fact.sender.account {
                        return Err(format!(
                            "a removed device reads nothing after: device {} shows {sequence} of epoch {}",
                            device.0, fact.epoch
                        ));
                    }
                }
            }
        }
        self.no_more_than_said(group, log, &said)
    }

    /// Entries that carry no text are as many as were sent, at most.
    fn no_more_than_said(&self, group: GroupId, log: &GroupLog, said: &BTreeMap<u64, AccountId>) -> Result<(), String> {
        let mut unexplained: BTreeMap<AccountId, usize> = BTreeMap::new();
        for fact in &log.messages {
            match said.get(&fact.sequence) {
                Some(writer) if *writer == fact.sender.account => {}
                Some(_) => return Err(format!("the sender is who wrote it: {} of the log", fact.sequence)),
                None => *unexplained.entry(fact.sender.account).or_default() += 1,
            }
        }
        if !self.managed.iter().any(|managed| managed.id == group) {
            // Private groups have their name as a message, direct chats what devices tell each other.
            return Ok(());
        }
        for (account, count) in unexplained {
            let queued: usize = self
                .controls
                .iter()
                .filter(|((device, of), _)| *of == group && self.of_account(*device, account))
                .map(|(_, count)| count)
                .sum();
            let lost = self.written.iter().filter(|written| {
                written.group == group && written.account == account && !said.values().any(|writer| *writer == account)
            });
            let unknown = self
                .written
                .iter()
                .filter(|written| written.group == group && written.account == account)
                .count()
                .saturating_sub(said.values().filter(|writer| **writer == account).count())
                .max(lost.count());
            if count > queued + unknown {
                return Err(format!(
                    "everything accepted stands once: {count} entries without a text, {queued} were sent"
                ));
            }
        }
        Ok(())
    }

    fn of_account(&self, device: DeviceNo, account: AccountId) -> bool {
        self.world.devices[device.0].account == Some(account)
    }

    /// All agree on roster, epoch and tree, and the tree is as it should be.
    fn state_agrees(&mut self, group: GroupId, log: &GroupLog, holders: &[Holder]) -> Result<(), String> {
        let Some(epoch) = log.epoch else {
            return Ok(());
        };
        let closed = self.world.server().look(|tx| tx.group(group));
        if closed.is_none_or(|row| row.closed) {
            return Ok(());
        }
        let leaves: BTreeSet<Member> = self
            .world
            .server()
            .look(|tx| tx.leaves(group))
            .into_iter()
            .map(|leaf| leaf.member)
            .collect();
        // Where nobody of the roster is left who could commit or come in, nobody is left who could write. A device of
        // somebody who has gone is in the tree, but can do nothing for it.
        let can = |holder: &Holder| log.roster.contains_key(&holder.member.account);
        if !holders.iter().any(can) {
            return Ok(());
        }
        if let Some(stranger) = leaves.iter().find(|leaf| !log.roster.contains_key(&leaf.account)) {
            return Err(format!("the tree follows the roster: {stranger:?} is still in it"));
        }
        let mut authenticators = BTreeSet::new();
        for holder in holders {
            let Some(role) = log.roster.get(&holder.member.account) else {
                continue;
            };
            let chat = self.world.at(holder.device).engine().chat(group).map_err(text)?;
            let Some(chat) = chat else {
                return Err(format!("who is in a group has it: device {} does not", holder.device.0));
            };
            if !leaves.contains(&holder.member) || chat.status != GroupStatus::Active {
                return Err(format!(
                    "who is in a roster is in the tree: device {} is {:?}, leaf: {}",
                    holder.device.0,
                    chat.status,
                    leaves.contains(&holder.member)
                ));
            }
            if chat.epoch != epoch.0 || chat.role != Some(*role) {
                return Err(format!(
                    "all agree on epoch and roster: device {} has {} and {:?}, the log {} and {role:?}",
                    holder.device.0, chat.epoch, chat.role, epoch.0
                ));
            }
            let members = self.world.at(holder.device).engine().members(group).map_err(text)?;
            let theirs: BTreeMap<_, _> = members
                .into_iter()
                .map(|(view, role)| (view.account, role))
                .filter(|(account, _)| self.has_come(*account))
                .collect();
            // Whoever was invited and never came has no name that could be shown.
            let joined: BTreeMap<_, _> = log
                .roster
                .iter()
                .filter(|(account, _)| self.has_come(**account))
                .map(|(account, role)| (*account, *role))
                .collect();
            if theirs != joined {
                let differs: Vec<_> = theirs
                    .iter()
                    .filter(|(account, role)| log.roster.get(account) != Some(role))
                    .chain(
                        log.roster
                            .iter()
                            .filter(|(account, role)| theirs.get(account) != Some(role)),
                    )
                    .map(|(account, role)| (self.people.iter().position(|person| person.account == *account), *role))
                    .collect();
                return Err(format!(
                    "all agree on the roster: device {} has another of a {:?} group: {differs:?}",
                    holder.device.0, chat.authority
                ));
            }
            authenticators.insert(
                self.world
                    .at(holder.device)
                    .engine()
                    .epoch_authenticator(group)
                    .map_err(text)?,
            );
        }
        if authenticators.len() > 1 {
            return Err("all agree on the tree: there are several epoch authenticators".to_owned());
        }
        Ok(())
    }

    /// How a device sees a group, for somebody who looks for the mistake.
    fn portrait(&mut self, device: DeviceNo, group: GroupId) -> String {
        let account = self.world.at(device).account;
        let ledger = self.world.ledger();
        let log = ledger.groups.get(&group).cloned().unwrap_or_default();
        let role = account.and_then(|account| log.roster.get(&account));
        let standing = format!(
            "role {role:?}, log at {} epoch {:?}",
            log.head,
            log.epoch.map(|epoch| epoch.0)
        );
        let engine = self.world.at(device).engine();
        let chat = engine.chat(group).ok().flatten();
        let lines = engine.system_lines(group).unwrap_or_default();
        let lines: Vec<String> = lines
            .iter()
            .map(|(sequence, _, line)| format!("{sequence} {line:?}"))
            .collect();
        format!(
            "{standing}, {:?}, {:?}, lines {}",
            chat.map(|chat| (chat.authority, chat.status, chat.epoch, chat.head)),
            engine.stats(),
            lines.join("; ")
        )
    }

    fn has_come(&self, account: AccountId) -> bool {
        let person = self.people.iter().find(|person| person.account == account);
        person.is_none_or(|person| person.standing != Standing::Invited)
    }

    /// In a world where everybody is honest nobody has cause to refuse anything.
    fn nothing_refused(&mut self, holders: &[Holder]) -> Result<(), String> {
        if self.garbled {
            return Ok(());
        }
        for holder in holders {
            let stats = self.world.at(holder.device).engine().stats();
            if (stats.undecryptable, stats.refused) != (0, 0) {
                let mut said = self.world.events(holder.device);
                said.retain(|event| matches!(event, Event::Misbehaviour { .. }));
                return Err(format!(
                    "among the honest nothing is refused: device {} could not read {} and refused {}: {said:?}",
                    holder.device.0, stats.undecryptable, stats.refused
                ));
            }
        }
        Ok(())
    }

    /// Who is gone is in no roster, and nobody serves their devices.
    fn who_is_gone(&mut self, logs: &[(GroupId, GroupLog)]) -> Result<(), String> {
        for index in 0..self.people.len() {
            let person = &self.people[index];
            let account = person.account;
            if person.standing == Standing::Gone && logs.iter().any(|(_, log)| log.roster.contains_key(&account)) {
                return Err(format!("who is gone is in no group: person {index} still is"));
            }
            for device in person.out.clone() {
                if self.world.at(device).connection.is_some() && !self.world.at(device).stopped {
                    return Err(format!(
                        "who is out is not served: device {} has a connection",
                        device.0
                    ));
                }
            }
        }
        Ok(())
    }

    fn stocks(&mut self, holders: &[Holder]) -> Result<(), String> {
        for holder in holders {
            let device = holder.member.device;
            let stock = self.world.server().look(|tx| tx.stock(device));
            if stock.len() < 2 || stock.iter().any(|stock| stock.count < STOCK) {
                return Err(format!(
                    "key packages never run out: device {} has {stock:?}",
                    holder.device.0
                ));
            }
        }
        Ok(())
    }

    fn no_canary_on_disk(&mut self) -> Result<(), String> {
        let folder = self.world.server_folder();
        match self.world.canaries.find_in_folder(&folder).map_err(text)? {
            Some((what, file)) => Err(format!("no plaintext on the server: {what} in {file}")),
            None => Ok(()),
        }
    }
}

/// Where each message stands, as all devices agree.
type Places = BTreeMap<MessageId, u64>;

fn agreed_places(holders: &[Holder]) -> Result<Places, String> {
    let mut places = Places::new();
    for holder in holders {
        for message in holder.shown.values().flatten() {
            let Some(sequence) = message.sequence else {
                continue;
            };
            let before = places.insert(message.id, sequence.0);
            if before.is_some_and(|before| before != sequence.0) {
                return Err(format!(
                    "all agree on the order: device {} has {sequence} where another has {before:?}",
                    holder.device.0
                ));
            }
        }
    }
    Ok(places)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
