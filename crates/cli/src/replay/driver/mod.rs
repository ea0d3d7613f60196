// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The driver: has a plan happen with a real server and real devices in processes of their own, and brings home what the checker
//! needs. It gives orders and keeps a record; it never looks into an engine.

pub mod admin;
mod city;
mod day;
mod link;
mod processes;
mod record;
mod rest;
mod setup;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use self::city::City;
use self::processes::{Server, Worker};
use self::record::Record;
use super::balance::Balance;
use super::check::{Evidence, check};
use super::plan::Plan;
use super::progress::Progress;
use super::scenario::Scenario;
use super::wire::{Answer, Ask};
use crate::error::CliError;

/// Something that ends the replay before it could be judged.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Trouble {
    what: String,
    why: String,
}

impl From<CliError> for Trouble {
    fn from(error: CliError) -> Self {
        Self::new("administration", error)
    }
}

impl Trouble {
    pub fn new(what: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self {
            what: what.to_string(),
            why: why.to_string(),
        }
    }
}

/// How a replay is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Times as fast as life; `None`: as fast as it goes.
    pub speed: Option<f64>,
    pub processes: usize,
    /// Where everything is; devices keep their state there if `on_disk`.
    pub folder: PathBuf,
    pub on_disk: bool,
}

/// Everything that takes part. Cheap to clone.
#[derive(Clone)]
pub(super) struct Stage {
    pub scenario: Arc<Scenario>,
    pub plan: Arc<Plan>,
    pub record: Arc<Record>,
    pub workers: Arc<Vec<Worker>>,
    pub city: Arc<City>,
    pub progress: Progress,
    pub address: Arc<str>,
    settings: Arc<Settings>,
}

impl Stage {
    /// Has a device do something. Devices of one person live in different processes.
    pub async fn ask(&self, device: usize, ask: Ask) -> Result<Answer, String> {
        let result = self.workers[device % self.workers.len()].ask(device, ask).await;
        result.map_err(|why| format!("{}: {why}", self.name(device)))
    }

    /// Brings a device to life.
    pub async fn open(&self, device: usize) -> Result<(), String> {
        let file = self
            .settings
            .on_disk
            .then(|| self.settings.folder.join(format!("device-{device}.sqlite")));
        self.ask(
            device,
            Ask::Open {
                server: self.address.to_string(),
                file,
            },
        )
        .await
        .map(drop)
    }

    /// A device as people would say it.
    pub fn name(&self, device: usize) -> String {
        let it = &self.plan.devices[device];
        format!("device {device} ({}, {})", self.plan.people[it.person].name, it.name)
    }

    /// The first device of a person.
    pub fn first(&self, person: usize) -> usize {
        self.plan.people[person].devices[0]
    }

    pub fn group(&self, group: usize) -> String {
        self.city.groups[group].clone()
    }
}

/// Runs the plan and judges it.
///
/// # Errors
/// When it could not be run to its end.
pub async fn run(scenario: Scenario, plan: Plan, settings: Settings) -> Result<Balance, Trouble> {
    let started = Instant::now();
    let progress = Progress::new(&scenario, &plan);
    let record = Arc::new(Record::new(&plan));
    progress.phase("replay-phase-server");
    let server = Server::start(&settings.folder.join("server")).await?;
    let (sightings, seen) = mpsc::unbounded_channel();
    let workers: Vec<Worker> = (0..settings.processes.max(1))
        .map(|_| Worker::start(sightings.clone()))
        .collect::<Result<_, _>>()?;
    drop(sightings);
    spawn_eyes(seen, Arc::clone(&record), progress.clone());

    let city = City::found(&server, &scenario).await?;
    let mut stage = Stage {
        scenario: Arc::new(scenario),
        plan: Arc::new(plan),
        record,
        workers: Arc::new(workers),
        city: Arc::new(city),
        progress,
        address: server.address.as_str().into(),
        settings: Arc::new(settings),
    };
    setup::people(&stage).await?;
    setup::groups(&mut stage).await?;
    let set_up = started.elapsed();

    let day = Instant::now();
    day::run(&stage).await?;
    let unrest = rest::reach(&stage).await;
    let day = day.elapsed();

    let mut home = rest::Home::default();
    home.collect(&stage, rest::Who::Guests).await;
    home.ask_who_confirmed(&stage).await;
    home.end(&stage).await;
    home.collect(&stage, rest::Who::Others).await;
    stage.progress.phase("replay-phase-check");
    let evidence = evidence(&stage, home.histories.clone());
    let verdict = check(&evidence);
    let took = Took {
        set_up,
        day,
        all: started.elapsed(),
    };
    stage.progress.finish();
    Ok(Balance::new(
        &stage.scenario,
        &stage.plan,
        &stage.record.lock(),
        &home,
        unrest,
        verdict,
        took,
    ))
}

/// How long things took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub set_up: Duration,
    pub day: Duration,
    pub all: Duration,
}

fn spawn_eyes(mut seen: mpsc::UnboundedReceiver<super::wire::Sighting>, record: Arc<Record>, progress: Progress) {
    tokio::spawn(async move {
        while let Some(sighting) = seen.recv().await {
            progress.see(&sighting);
            record.see(sighting);
        }
    });
}

fn evidence(stage: &Stage, histories: std::collections::HashMap<(usize, usize), super::check::History>) -> Evidence {
    let record = stage.record.lock();
    let mut memberships: Vec<_> = record.memberships.values().copied().collect();
    memberships.sort_by_key(|membership| (membership.device, membership.group));
    Evidence {
        sent: record
            .messages
            .iter()
            .flatten()
            .map(|message| message.sent.clone())
            .collect(),
        memberships,
        histories,
    }
}

pub use city::stamp;
pub use record::Inner;
pub use rest::Home;
