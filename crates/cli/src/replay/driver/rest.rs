// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! After the day: waiting until everything is at rest, reading every device's chats, and the end of the guests.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Stage, day, setup};
use crate::replay::check::{History, Shown};
use crate::replay::plan::MessageKind;
use crate::replay::scenario::Kind;
use crate::replay::wire::{Answer, Ask, Line, Status, now};

/// Everything must be at rest within this time after the last step.
const LIMIT: Duration = Duration::from_secs(150);
const GUESTS_GO: Duration = Duration::from_secs(60);
/// What is missing is named up to so many times.
const MOST_NAMED: usize = 20;

/// What was brought home.
#[derive(Debug, Default)]
pub struct Home {
    pub histories: HashMap<(usize, usize), History>,
    pub devices: usize,
    pub commits: u64,
    pub joins: u64,
    pub repairs: u64,
    pub undecryptable: u64,
    pub refused: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub alarm_confirmed: usize,
    pub guests_expired: usize,
    pub deletion_records: usize,
    pub troubles: super::Troubles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Guests,
    Others,
}

fn devices(stage: &Stage, who: Option<Who>) -> Vec<usize> {
    let plan = &stage.plan;
    let is_guest = |device: usize| plan.people[plan.devices[device].person].kind == Kind::Guest;
    (0..plan.devices.len())
        .filter(|device| who.is_none_or(|who| is_guest(*device) == (who == Who::Guests)))
        .collect()
}

/// Where devices stand; one that does not answer is missing.
pub(super) async fn statuses(stage: &Stage, devices: Vec<usize>) -> BTreeMap<usize, Status> {
    let all = Arc::new(Mutex::new(BTreeMap::new()));
    let asked = setup::for_each(devices, |device| {
        let (stage, all) = (stage.clone(), Arc::clone(&all));
        async move {
            if let Ok(Answer::Status { status }) = stage.ask(device, Ask::Status).await {
                all.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(device, status);
            }
            Ok(())
        }
    });
    // A device that does not answer is missing from the list, and so named.
    let _ = asked.await;
    std::mem::take(&mut *all.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Waits until all outboxes are empty and all devices have read their groups to the end. → what is still missing at last.
pub(super) async fn reach(stage: &Stage) -> Vec<String> {
    stage.progress.phase("replay-phase-rest");
    let deadline = Instant::now() + LIMIT;
    let mut quiet = 0;
    loop {
        let statuses = statuses(stage, devices(stage, None)).await;
        let mut missing = missing(stage, &statuses);
        quiet = if missing.is_empty() { quiet + 1 } else { 0 };
        if quiet >= 2 {
            return come_along(stage).await;
        }
        if Instant::now() >= deadline {
            missing.truncate(MOST_NAMED);
            return missing;
        }
        day::pause().await;
    }
}

fn missing(stage: &Stage, statuses: &BTreeMap<usize, Status>) -> Vec<String> {
    let mut missing = Vec::new();
    let mut heads: HashMap<&str, u64> = HashMap::new();
    for chat in statuses
        .values()
        .flat_map(|status| &status.chats)
        .filter(|chat| chat.active)
    {
        let head = heads.entry(chat.group.as_str()).or_default();
        *head = (*head).max(chat.head);
    }
    let record = stage.record.lock();
    for device in 0..stage.plan.devices.len() {
        let name = || stage.name(device);
        let Some(status) = statuses.get(&device) else {
            missing.push(format!("{} does not answer", name()));
            continue;
        };
        if status.waiting > 0 {
            missing.push(format!("{} has {} messages in the outbox", name(), status.waiting));
        }
        if !status.online {
            missing.push(format!("{} is offline", name()));
        }
        let groups = record
            .memberships
            .values()
            .filter(|it| it.device == device && it.leaving.is_none());
        for group in groups.map(|membership| membership.group) {
            let title = &stage.plan.groups[group].name;
            let id = stage.city.groups[group].as_str();
            match status.chats.iter().find(|chat| chat.group == id) {
                Some(chat) if !chat.active => missing.push(format!("{} is not (any more) in '{title}'", name())),
                Some(chat) if chat.head < heads.get(id).copied().unwrap_or(0) => {
                    missing.push(format!(
                        "{} is {} entries behind in '{title}'",
                        name(),
                        heads.get(id).copied().unwrap_or(0) - chat.head
                    ));
                }
                Some(_) => {}
                None => missing.push(format!("{} does not have '{title}'", name())),
            }
        }
    }
    for (index, message) in record.messages.iter().enumerate() {
        if message.as_ref().is_some_and(|message| message.sent.accepted.is_none()) {
            missing.push(format!("message {index} was not taken by the server"));
        }
    }
    missing
}

/// The history of devices that were linked late may take its time: waits for it.
async fn come_along(stage: &Stage) -> Vec<String> {
    let mut missing = Vec::new();
    for device in (0..stage.plan.devices.len()).filter(|device| stage.plan.devices[*device].linked.is_some()) {
        let messages = stage.record.owed(device, now());
        if let Err(why) = stage.ask(device, Ask::Have { messages }).await {
            missing.push(format!("{why} (of the history that comes along)"));
        }
    }
    missing
}

impl Home {
    /// Reads every chat of every device.
    pub(super) async fn collect(&mut self, stage: &Stage, who: Who) {
        stage.progress.phase("replay-phase-collect");
        let statuses = statuses(stage, devices(stage, Some(who))).await;
        let known: HashMap<String, usize> = stage.record.lock().groups.clone();
        let mut wanted = Vec::new();
        for (device, status) in &statuses {
            self.add(status);
            let mut groups: HashSet<usize> = status
                .chats
                .iter()
                .filter(|chat| !chat.other)
                .filter_map(|chat| known.get(&chat.group).copied())
                .collect();
            groups.extend(
                stage
                    .record
                    .lock()
                    .memberships
                    .keys()
                    .filter(|(member, _)| member == device)
                    .map(|(_, group)| *group),
            );
            wanted.extend(groups.into_iter().map(|group| (*device, group)));
        }
        let all: Arc<Mutex<HashMap<(usize, usize), History>>> = Arc::default();
        let read = setup::for_each(0..wanted.len(), |index| {
            let (stage, all, (device, group)) = (stage.clone(), Arc::clone(&all), wanted[index]);
            async move {
                match stage
                    .ask(
                        device,
                        Ask::History {
                            group: stage.group(group),
                        },
                    )
                    .await
                {
                    Ok(Answer::History { lines, gaps }) => {
                        let history = History {
                            shown: shown(&stage, lines),
                            gaps,
                        };
                        all.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .insert((device, group), history);
                    }
                    Ok(other) => stage
                        .record
                        .fail(format!("{}: no history, but {other:?}", stage.name(device))),
                    Err(why) => stage.record.fail(format!("reading a chat: {why}")),
                }
                Ok(())
            }
        });
        let _ = read.await;
        self.histories
            .extend(all.lock().unwrap_or_else(PoisonError::into_inner).drain());
    }

    fn add(&mut self, status: &Status) {
        self.devices += 1;
        self.commits += status.commits;
        self.joins += status.joins;
        self.repairs += status.repairs;
        self.undecryptable += status.undecryptable;
        self.refused += status.refused;
        self.bytes_in += status.bytes_in;
        self.bytes_out += status.bytes_out;
    }

    /// The sender of the alarm reads who confirmed, when nothing is on its way any more.
    pub(super) async fn ask_who_confirmed(&mut self, stage: &Stage) {
        for (index, message) in stage.plan.messages.iter().enumerate() {
            if message.kind != MessageKind::Alarm {
                continue;
            }
            let Ok(id) = stage.record.id(index).await else { continue };
            match stage
                .ask(
                    message.device,
                    Ask::Reach {
                        group: stage.group(message.group),
                        message: id,
                    },
                )
                .await
            {
                Ok(Answer::Reach { confirmed, .. }) => self.alarm_confirmed += confirmed,
                Ok(other) => stage.record.fail(format!("who confirmed: {other:?}")),
                Err(why) => stage.record.fail(format!("who confirmed: {why}")),
            }
        }
    }

    /// The guests' accounts end: their devices forget everything, and the organisation has signed what was removed.
    pub(super) async fn end(&mut self, stage: &Stage) {
        let guests = stage.plan.guests();
        if stage.scenario.operation.is_none() {
            return;
        }
        stage.progress.phase("replay-phase-end");
        let open = stage.server.office().await;
        let ended = stage.city.end().await;
        drop(open);
        if let Err(trouble) = ended {
            return stage.record.fail(trouble);
        }
        for guest in &guests {
            match stage.ask(stage.first(*guest), Ask::BeGone).await {
                Ok(_) => self.guests_expired += 1,
                Err(why) => stage.record.fail(why),
            }
        }
        let accounts: HashSet<String> = guests
            .iter()
            .filter_map(|guest| stage.record.lock().accounts[*guest].clone())
            .collect();
        let deadline = Instant::now() + GUESTS_GO;
        while self.deletion_records < accounts.len() && Instant::now() < deadline {
            match stage.city.deleted().await {
                Ok(deleted) => {
                    self.deletion_records = deleted.iter().filter(|account| accounts.contains(*account)).count()
                }
                Err(trouble) => return stage.record.fail(trouble),
            }
            day::pause().await;
        }
    }
}

fn shown(stage: &Stage, lines: Vec<Line>) -> Vec<Shown> {
    let record = stage.record.lock();
    lines
        .into_iter()
        .map(|line| Shown {
            id: line.id,
            sequence: line.sequence,
            person: record.people.get(&line.sender).copied(),
            text: line.text,
            // A stranger's reaction has no person: a number that nobody has makes it differ from what was sent.
            reactions: line
                .reactions
                .into_iter()
                .map(|(account, emoji)| (record.people.get(&account).copied().unwrap_or(usize::MAX), emoji))
                .collect(),
            unreadable: line.unreadable,
        })
        .collect()
}
