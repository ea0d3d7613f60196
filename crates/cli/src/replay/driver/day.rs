// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The day: every step of the plan, in its order and at its time.
//!
//! At full speed steps overlap as they do among people: a device's own steps follow one another, everything else runs side by side
//! within a window. A step that answers a message waits until the device shows it. Whoever arrived, linked a device or came back has
//! [`SETTLE`] to get in; then the day waits for them, so that the plan's assumption holds at every speed.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Stage, Trouble, link, setup};
use crate::replay::plan::{Act, MessageKind, Plan, SETTLE, Step};
use crate::replay::scenario::Kind;
use crate::replay::wire::{Answer, Ask, Writing, now};

/// Steps that are under way at the same time.
const WINDOW: usize = 64;
/// On a bad network most of those who are at it wait.
const WINDOW_IF_BAD: usize = 400;
/// What was accepted this long before somebody leaves must be on their screen, in microseconds; what came later may be.
const JUST_NOW: u64 = 1_000_000;

/// Photos that are being fetched, by device.
type Fetching = Arc<Mutex<HashMap<usize, Vec<JoinHandle<()>>>>>;

/// Runs all steps but the end.
pub(super) async fn run(stage: &Stage) -> Result<(), Trouble> {
    let fetching = Fetching::default();
    let is_bad = stage.proxy.is_some();
    let window = Arc::new(Semaphore::new(if is_bad { WINDOW_IF_BAD } else { WINDOW }));
    let mut tasks = JoinSet::new();
    let mut turns: HashMap<usize, oneshot::Receiver<()>> = HashMap::new();
    let mut settling: VecDeque<(u64, oneshot::Receiver<()>)> = VecDeque::new();
    let (first, _) = stage.plan.span();
    let begun = Instant::now();
    for step in &stage.plan.steps {
        if step.act == Act::End {
            continue;
        }
        if let Some(speed) = stage.settings.speed {
            sleep_until(begun + Duration::from_millis(step.at - first).div_f64(speed)).await;
        }
        while let Some((_, done)) = settling.pop_front_if(|(deadline, _)| *deadline <= step.at) {
            // An error means that the step has ended badly, which is on record.
            let _ = done.await;
        }
        stage.progress.clock(step.at);
        let seat = Arc::clone(&window)
            .acquire_owned()
            .await
            .map_err(|error| Trouble::new("the day", error))?;
        let (mine, after): (Vec<_>, Vec<_>) = devices(&stage.plan, step)
            .into_iter()
            .map(|device| {
                let (done, next) = oneshot::channel::<()>();
                (turns.insert(device, next), done)
            })
            .unzip();
        let (settled, wait) = oneshot::channel::<()>();
        match step.act {
            // On a bad network everybody comes back all the time, and nobody waits for them.
            Act::Online { .. } if is_bad => {}
            Act::Arrive { .. } | Act::Link { .. } | Act::Online { .. } => settling.push_back((step.at + SETTLE, wait)),
            // What it finds must not depend on what comes later.
            Act::Look { .. } => settling.push_front((step.at, wait)),
            _ => {}
        }
        let (stage, step, fetching) = (stage.clone(), step.clone(), Arc::clone(&fetching));
        tasks.spawn(async move {
            for before in mine.into_iter().flatten() {
                let _ = before.await;
            }
            if let Err(why) = take(&stage, &step, &fetching).await {
                stage.record.fail(why);
                if let Act::Write { message } = step.act {
                    stage.record.never(message);
                }
            }
            stage.progress.step();
            stage.done.send_modify(|done| *done += 1);
            drop((after, settled, seat));
        });
        // Finished ones are forgotten as they come.
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    for (_, fetches) in fetching.lock().await.drain() {
        for fetch in fetches {
            let _ = fetch.await;
        }
    }
    Ok(())
}

/// The devices whose turn a step is.
fn devices(plan: &Plan, step: &Step) -> Vec<usize> {
    match &step.act {
        Act::Arrive { person } | Act::Leave { person } => plan.people[*person].devices.clone(),
        Act::Offline { device } | Act::Online { device } | Act::React { device, .. } | Act::Confirm { device, .. } => {
            vec![*device]
        }
        Act::Link { device } => vec![*device, plan.people[plan.devices[*device].person].devices[0]],
        Act::Write { message } | Act::Edit { message, .. } | Act::Delete { message } | Act::Look { message } => {
            vec![plan.messages[*message].device]
        }
        Act::End => Vec::new(),
    }
}

async fn take(stage: &Stage, step: &Step, fetching: &Fetching) -> Result<(), String> {
    let record = &stage.record;
    match &step.act {
        Act::Arrive { person } => arrive(stage, *person).await,
        Act::Leave { person } => leave(stage, *person, fetching).await,
        Act::Offline { device } => {
            record.set_online(*device, false);
            stage.ask(*device, Ask::Offline).await?;
            if let Some(proxy) = &stage.proxy {
                proxy.forget(*device);
            }
            Ok(())
        }
        Act::Online { device } => {
            // First: a device that crashes after it answered comes back as the record says.
            record.set_online(*device, true);
            stage.ask(*device, Ask::Online).await?;
            Ok(())
        }
        Act::Link { device } => {
            let person = stage.plan.devices[*device].person;
            record.invited(*device, &stage.plan.people[person].groups, Some(stage.first(person)));
            // Whoever crashes while linking begins anew, and that is another story than this day's.
            let (mine, other) = (stage.worker(*device), stage.worker(stage.first(person)));
            let _calm = mine.undisturbed().await;
            // Whoever holds the same process twice waits for ever, if a crash is asked for in between.
            let _calm_too = if std::ptr::eq(mine, other) {
                None
            } else {
                Some(other.undisturbed().await)
            };
            link::link(stage, *device).await?;
            setup::be_in_all(stage, *device).await
        }
        Act::Write { message } => write(stage, *message, fetching).await,
        Act::React { device, message, emoji } => {
            let id = record.id(*message).await?;
            stage
                .ask(
                    *device,
                    Ask::React {
                        message: id,
                        emoji: (*emoji).to_owned(),
                    },
                )
                .await?;
            let person = stage.plan.devices[*device].person;
            record.change(*message, |sent| {
                sent.reactions.insert((person, (*emoji).to_owned()));
            });
            Ok(())
        }
        Act::Edit { message, text } => {
            let id = record.id(*message).await?;
            stage
                .ask(
                    stage.plan.messages[*message].device,
                    Ask::Edit {
                        message: id,
                        text: text.clone(),
                    },
                )
                .await?;
            record.change(*message, |sent| sent.text = Some(text.clone()));
            Ok(())
        }
        Act::Delete { message } => {
            let id = record.id(*message).await?;
            stage
                .ask(stage.plan.messages[*message].device, Ask::Delete { message: id })
                .await?;
            record.change(*message, |sent| sent.text = None);
            Ok(())
        }
        Act::Confirm { device, message } => {
            let id = record.id(*message).await?;
            stage.ask(*device, Ask::Confirm { message: id }).await?;
            record.change(*message, |_| {});
            Ok(())
        }
        Act::Look { message } => look(stage, *message).await,
        Act::End => Ok(()),
    }
}

/// Who was reached by the alarm?
async fn look(stage: &Stage, message: usize) -> Result<(), String> {
    let it = &stage.plan.messages[message];
    let ask = Ask::Reach {
        group: stage.group(it.group),
        message: stage.record.id(message).await?,
    };
    let Answer::Reach { reached, missing, .. } = stage.ask(it.device, ask).await? else {
        return Err("no answer".to_owned());
    };
    let mut record = stage.record.lock();
    record.alarm_reached += reached;
    record.alarm_missing += missing;
    Ok(())
}

async fn arrive(stage: &Stage, person: usize) -> Result<(), String> {
    let it = &stage.plan.people[person];
    let poster = it
        .poster
        .and_then(|poster| stage.city.posters.get(poster))
        .ok_or("there is no poster")?
        .clone();
    let first = stage.first(person);
    for device in &it.devices {
        stage.record.invited(*device, &it.groups, None);
    }
    if it.kind == Kind::Private {
        stage.ask(first, Ask::Accept { link: poster }).await?;
    } else {
        let _calm = stage.worker(first).undisturbed().await;
        stage.open(first).await?;
        let device_name = stage.plan.devices[first].name.to_owned();
        let join = Ask::Join {
            link: poster,
            device_name,
            name: Some(it.name.clone()),
        };
        let Answer::Account { account } = stage.ask(first, join).await? else {
            return Err("joined without an account".to_owned());
        };
        stage.record.joined(person, account);
        stage.record.set_online(first, true);
        stage.progress.device();
    }
    for device in &it.devices {
        setup::be_in_all(stage, *device).await?;
    }
    Ok(())
}

/// Everything that was accepted so far is on the person's screens before the administrator takes them out.
async fn leave(stage: &Stage, person: usize, fetching: &Fetching) -> Result<(), String> {
    let it = &stage.plan.people[person];
    let account = stage.record.lock().accounts[person]
        .clone()
        .ok_or("left, but never came")?;
    for device in &it.devices {
        for fetch in fetching.lock().await.remove(device).unwrap_or_default() {
            let _ = fetch.await;
        }
    }
    // What the person wrote last is out before they go.
    for device in &it.devices {
        stage.ask(*device, Ask::HaveSent).await?;
    }
    let leaving = now() - JUST_NOW;
    for device in &it.devices {
        let messages = stage.record.owed(*device, leaving);
        stage.ask(*device, Ask::Have { messages }).await?;
    }
    {
        let mut record = stage.record.lock();
        for (device, group) in it
            .devices
            .iter()
            .flat_map(|device| it.groups.iter().map(move |group| (*device, *group)))
        {
            if let Some(membership) = record.memberships.get_mut(&(device, group)) {
                membership.leaving = Some(leaving);
            }
        }
    }
    for group in &it.groups {
        let _open = stage.server.office().await;
        stage
            .city
            .take_out(*group, &account)
            .await
            .map_err(|trouble| trouble.to_string())?;
        let left = now();
        let mut record = stage.record.lock();
        for device in &it.devices {
            if let Some(membership) = record.memberships.get_mut(&(*device, *group)) {
                membership.left = Some(left);
            }
        }
    }
    stage.progress.left();
    Ok(())
}

/// How a device says that it waited for a message in vain.
const NEVER_SHOWN: &str = "until a message shows";

/// A photo's noise, different for each message.
fn photo_seed(plan: &Plan, message: usize) -> u64 {
    plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ message as u64
}

async fn write(stage: &Stage, message: usize, fetching: &Fetching) -> Result<(), String> {
    let it = &stage.plan.messages[message];
    let writing = match &it.kind {
        MessageKind::Text => Writing::Text,
        MessageKind::Reply { to } => Writing::Reply {
            to: stage.record.id(*to).await?,
        },
        MessageKind::Photo { bytes, .. } => Writing::Photo {
            seed: photo_seed(&stage.plan, message),
            bytes: *bytes,
        },
        MessageKind::AskConfirmation => Writing::AskConfirmation,
        MessageKind::Alarm => Writing::Alarm,
    };
    let ask = Ask::Write {
        group: stage.group(it.group),
        text: it.text.clone(),
        writing,
        again: false,
    };
    let Answer::Queued { id, at } = stage.ask(it.device, ask).await? else {
        return Err("was not queued".to_owned());
    };
    stage.record.queued(&stage.plan, message, id.clone(), at);
    stage.progress.message();
    if let MessageKind::Photo { bytes, opened_by } = &it.kind {
        let seed = photo_seed(&stage.plan, message);
        for device in opened_by {
            let (stage, device, message, bytes) = (stage.clone(), *device, id.clone(), *bytes);
            let fetch = tokio::spawn(async move {
                match stage.ask(device, Ask::OpenPhoto { message, seed, bytes }).await {
                    Ok(_) => stage.record.lock().photos_opened += 1,
                    // Whoever came into the group after the photo never sees it; whether somebody should have is
                    // for the checker to say.
                    Err(why) if why.ends_with(NEVER_SHOWN) => {}
                    Err(why) => stage.record.fail(format!("a photo: {why}")),
                }
            });
            fetching.lock().await.entry(device).or_default().push(fetch);
        }
    }
    Ok(())
}

/// Waits a moment; for those who look again and again.
pub(super) async fn pause() {
    sleep(Duration::from_millis(400)).await;
}
