// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Crashes in the middle of the day: the server, and processes full of devices, are ended by `kill -9` and come back with what
//! is on disk. When is decided by the seed, in shares of the day's steps; what was done is counted here.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Stage, Trouble, day, rest};
use crate::replay::plan::Dice;
use crate::replay::wire::Status;

/// After the server is back, all devices must have what was accepted before within this time.
const CATCH_UP: Duration = Duration::from_secs(120);
/// Crashes of devices happen between these per cent of the day.
const DEVICES_CRASH: [u64; 2] = [5, 95];

/// What was done.
#[derive(Debug, Default)]
pub struct Crashes(Mutex<Sum>);

#[derive(Debug, Clone, Default)]
pub struct Sum {
    /// After each crash of the server: the time from the kill until every device that was online had read all that had been
    /// accepted before it.
    pub caught_up: Vec<Duration>,
    /// Processes that crashed, and the devices in them.
    pub processes: usize,
    pub devices: BTreeSet<usize>,
    /// So many of each were wanted.
    pub server_wanted: usize,
    pub devices_wanted: usize,
}

impl Crashes {
    fn note(&self, note: impl FnOnce(&mut Sum)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn sum(&self) -> Sum {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Has everything crash that is to, until the last step of the day is done.
pub(super) async fn run(stage: &Stage) {
    let (server, devices) = tokio::join!(servers(stage), workers(stage));
    for trouble in [server, devices].into_iter().filter_map(Result::err) {
        stage.record.fail(trouble);
    }
}

/// Waits until so many per mille of the day's steps are done.
async fn moment(stage: &Stage, per_mille: u64) {
    let steps = stage.plan.steps.len() as u64;
    let wanted = usize::try_from(steps * per_mille / 1_000).unwrap_or(0);
    // The sender is the stage's own.
    let _ = stage.done.subscribe().wait_for(|done| *done >= wanted).await;
}

async fn servers(stage: &Stage) -> Result<(), Trouble> {
    let Some(network) = &stage.settings.network else {
        return Ok(());
    };
    let mut dice = Dice::new(stage.plan.seed, "server crashes");
    let kills = network.server_kills as u64;
    stage.crashes.note(|sum| sum.server_wanted = network.server_kills);
    for kill in 0..kills {
        let share = 1_000 / kills;
        moment(stage, kill * share + dice.between(share / 4, share * 3 / 4)).await;
        let [least, most] = network.server_down_s;
        let down = Duration::from_millis(dice.between(least * 1_000, most * 1_000));
        let accepted = stage.record.lock().heads();
        let online = stage.record.lock().online.clone();
        let killed = Instant::now();
        stage.server.crash(down).await?;
        let late = catch_up(stage, &accepted, online, killed).await;
        stage.crashes.note(|sum| sum.caught_up.push(killed.elapsed()));
        if !late.is_empty() {
            let names: Vec<String> = late.iter().map(|device| stage.name(*device)).collect();
            stage
                .record
                .fail(format!("after the server's crash not caught up: {}", names.join(", ")));
        }
    }
    Ok(())
}

/// Waits until each device that is meant to be online has read what was accepted before the crash. → who has not.
async fn catch_up(stage: &Stage, accepted: &HashMap<usize, u64>, online: Vec<bool>, killed: Instant) -> Vec<usize> {
    let mut late: Vec<usize> = (0..online.len()).filter(|device| online[*device]).collect();
    while !late.is_empty() && killed.elapsed() < CATCH_UP {
        day::pause().await;
        // Whoever is in a dead spot by now reads later.
        late.retain(|device| stage.record.lock().online[*device]);
        let statuses = rest::statuses(stage, late.clone()).await;
        late.retain(|device| {
            let status = statuses.get(device);
            !status.is_some_and(|status| has_read(stage, status, accepted))
        });
    }
    late
}

fn has_read(stage: &Stage, status: &Status, accepted: &HashMap<usize, u64>) -> bool {
    status.online
        && accepted.iter().all(|(group, head)| {
            let group = stage.group(*group);
            let chat = status.chats.iter().find(|chat| chat.group == group && chat.active);
            chat.is_none_or(|chat| chat.head >= *head)
        })
}

/// Some of the worker processes crash, one after the other, so that at least the wanted share of the devices has crashed.
async fn workers(stage: &Stage) -> Result<(), Trouble> {
    let Some(restarts) = stage.settings.restarts else {
        return Ok(());
    };
    let mut dice = Dice::new(stage.plan.seed, "device crashes");
    let devices = stage.plan.devices.len();
    let wanted = (devices * usize::from(restarts.share)).div_ceil(100);
    stage.crashes.note(|sum| sum.devices_wanted = wanted);
    let mut workers: Vec<usize> = (0..stage.workers.len()).collect();
    dice.shuffle(&mut workers);
    let processes = stage.workers.len();
    let devices_of = |worker: usize| (worker..devices).step_by(processes).count();
    let [first, last] = DEVICES_CRASH;
    let mut planned = 0;
    let (crashing, spare): (Vec<usize>, Vec<usize>) = workers.into_iter().partition(|worker| {
        let is_needed = planned < wanted;
        planned += devices_of(*worker);
        is_needed
    });
    let mut crashing: Vec<(u64, usize)> = crashing
        .into_iter()
        .map(|worker| (dice.between(first * 10, last * 10), worker))
        .collect();
    crashing.sort_unstable();
    // Where people came later than the crash, there were fewer devices than planned.
    crashing.extend(spare.into_iter().map(|worker| (last * 10, worker)));
    for (at, worker) in crashing {
        moment(stage, at).await;
        if stage.crashes.sum().devices.len() >= wanted {
            break;
        }
        let [least, most] = restarts.down_s;
        let down = Duration::from_millis(dice.between(least * 1_000, most * 1_000));
        let online = stage.record.clone();
        let crashed = stage.workers[worker]
            .crash(down, move |device| online.lock().online[device])
            .await?;
        stage.crashes.note(|sum| {
            sum.processes += 1;
            sum.devices.extend(crashed);
        });
    }
    Ok(())
}
