// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Before the day: accounts and invitations, everybody's devices, the groups. Whoever comes by a poster is not here yet; private
//! people have their account at the other organisation already.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::city::City;
use super::{Stage, Trouble, link};
use crate::replay::plan::Person;
use crate::replay::scenario::Kind;
use crate::replay::wire::{Answer, Ask};

/// People who set up their devices at the same time.
const AT_ONCE: usize = 24;

/// Does something for each, some at a time; the first trouble ends it.
pub(super) async fn for_each<F>(items: impl IntoIterator<Item = usize>, work: impl Fn(usize) -> F) -> Result<(), String>
where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for item in items {
        let (seats, work) = (Arc::clone(&seats), work(item));
        tasks.spawn(async move {
            let _seat = seats.acquire_owned().await.map_err(|error| error.to_string())?;
            work.await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(|error| error.to_string())??;
    }
    Ok(())
}

const fn is_here_before_the_day(person: &Person) -> bool {
    person.comes.is_none() || matches!(person.kind, Kind::Private)
}

/// Accounts, invitations, devices.
pub(super) async fn people(stage: &Stage) -> Result<(), Trouble> {
    stage.progress.phase("replay-phase-people");
    let people = (0..stage.plan.people.len()).filter(|person| is_here_before_the_day(&stage.plan.people[*person]));
    let done = for_each(people, |person| {
        let stage = stage.clone();
        async move { set_up(&stage, person).await }
    });
    done.await.map_err(|why| Trouble::new("setting up people", why))
}

async fn set_up(stage: &Stage, person: usize) -> Result<(), String> {
    let (account, link) = stage
        .city
        .invite(&stage.plan, person)
        .await
        .map_err(|trouble| trouble.to_string())?;
    stage.record.joined(person, account.clone());
    let first = stage.first(person);
    stage.open(first).await?;
    let device_name = stage.plan.devices[first].name.to_owned();
    match stage
        .ask(
            first,
            Ask::Join {
                link,
                device_name,
                name: None,
            },
        )
        .await?
    {
        Answer::Account { account: got } if got == account => {}
        other => return Err(format!("{}: invited as {account}, became {other:?}", stage.name(first))),
    }
    stage.record.set_online(first, true);
    stage.progress.device();
    for device in &stage.plan.people[person].devices {
        if *device != first && stage.plan.devices[*device].linked.is_none() {
            link::link(stage, *device).await?;
            stage.progress.device();
        }
    }
    Ok(())
}

/// Groups and posters; waits until every device is in every group; then those go offline whose day begins later.
pub(super) async fn groups(stage: &mut Stage) -> Result<(), Trouble> {
    stage.progress.phase("replay-phase-groups");
    let plan = Arc::clone(&stage.plan);
    let here = |device: usize| {
        plan.people[plan.devices[device].person].comes.is_none() && plan.devices[device].linked.is_none()
    };
    let devices: Vec<usize> = (0..plan.devices.len()).filter(|device| here(*device)).collect();
    for device in &devices {
        stage
            .record
            .invited(*device, &plan.people[plan.devices[*device].person].groups, None);
    }
    let record = Arc::clone(&stage.record);
    let city: &mut City =
        Arc::get_mut(&mut stage.city).ok_or_else(|| Trouble::new("making groups", "somebody is still setting up"))?;
    city.make_groups(&plan, &record).await?;
    city.hang_posters(&plan).await?;
    let all_in = for_each(devices.iter().copied(), |device| {
        let stage = stage.clone();
        async move { be_in_all(&stage, device).await }
    });
    all_in
        .await
        .map_err(|why| Trouble::new("letting devices into groups", why))?;
    let later: Vec<usize> = devices
        .into_iter()
        .filter(|device| plan.is_offline(*device, 0))
        .collect();
    let offline = for_each(later, |device| {
        let stage = stage.clone();
        async move {
            stage.record.set_online(device, false);
            stage.ask(device, Ask::Offline).await.map(drop)
        }
    });
    offline.await.map_err(|why| Trouble::new("switching devices off", why))
}

/// Waits until a device is in all groups of its person.
pub(super) async fn be_in_all(stage: &Stage, device: usize) -> Result<(), String> {
    for group in &stage.plan.people[stage.plan.devices[device].person].groups {
        let in_time = stage
            .ask(
                device,
                Ask::BeIn {
                    group: stage.group(*group),
                },
            )
            .await;
        in_time.map_err(|why| format!("{why} ({})", stage.plan.groups[*group].name))?;
        stage.progress.joined();
    }
    Ok(())
}
