// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The driver: has a plan happen with a real server and real devices in processes of their own, and brings home what the checker
//! needs. It gives orders and keeps a record; it never looks into an engine.

pub mod admin;
mod city;
mod crashes;
mod day;
mod link;
mod processes;
mod record;
mod rest;
mod server;
mod setup;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use self::city::City;
use self::crashes::Crashes;
use self::processes::Worker;
use self::record::Record;
use self::server::Server;
use super::balance::Balance;
use super::check::{Evidence, check};
use super::network::{Network, Proxy, Restarts};
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
    /// A bad network between the devices and the server.
    pub network: Option<Network>,
    /// Devices crash.
    pub restarts: Option<Restarts>,
}

impl Settings {
    /// Worker processes; few devices in each if they are to crash, so that they crash at many moments.
    fn processes(&self, devices: usize) -> usize {
        let few = devices.div_ceil(DEVICES_THAT_CRASH_TOGETHER);
        self.processes.max(if self.restarts.is_some() { few } else { 1 })
    }
}

/// At most.
const DEVICES_THAT_CRASH_TOGETHER: usize = 5;

/// Everything that takes part. Cheap to clone.
#[derive(Clone)]
pub(super) struct Stage {
    pub scenario: Arc<Scenario>,
    pub plan: Arc<Plan>,
    pub record: Arc<Record>,
    pub workers: Arc<Vec<Worker>>,
    pub city: Arc<City>,
    pub progress: Progress,
    pub server: Arc<Server>,
    pub proxy: Option<Arc<Proxy>>,
    pub crashes: Arc<Crashes>,
    /// How many steps of the day are done.
    pub done: Arc<watch::Sender<usize>>,
    settings: Arc<Settings>,
}

impl Stage {
    /// Has a device do something. If it crashes meanwhile, its person opens it again and looks how far it got.
    pub async fn ask(&self, device: usize, mut ask: Ask) -> Result<Answer, String> {
        loop {
            match self.worker(device).ask(device, ask.clone()).await {
                Ok(result) => return result.map_err(|why| format!("{}: {why}", self.name(device))),
                Err(processes::Crashed) => ask = ask.again(),
            }
        }
    }

    /// Devices of one person live in different processes.
    pub fn worker(&self, device: usize) -> &Worker {
        &self.workers[device % self.workers.len()]
    }

    /// Brings a device to life.
    pub async fn open(&self, device: usize) -> Result<(), String> {
        let file = self
            .settings
            .on_disk
            .then(|| self.settings.folder.join(format!("device-{device}.sqlite")));
        let through_the_proxy = self.proxy.as_ref().and_then(|proxy| proxy.address(device));
        self.ask(
            device,
            Ask::Open {
                server: through_the_proxy.unwrap_or_else(|| self.server.address.clone()),
                file,
                online: true,
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

    /// The network becomes bad, or good again.
    fn storm(&self, on: bool) {
        if let Some(proxy) = &self.proxy {
            proxy.storm(on);
        }
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
    let workers: Vec<Worker> = (0..settings.processes(plan.devices.len()))
        .map(|_| Worker::start(sightings.clone()))
        .collect::<Result<_, _>>()?;
    drop(sightings);
    spawn_eyes(seen, Arc::clone(&record), progress.clone());
    let proxy = match &settings.network {
        Some(network) => Some(Arc::new(
            Proxy::start(plan.devices.len(), server.socket()?, network, plan.seed)
                .map_err(|error| Trouble::new("starting the proxy", error))?,
        )),
        None => None,
    };

    let city = City::found(&server, &scenario).await?;
    let mut stage = Stage {
        scenario: Arc::new(scenario),
        plan: Arc::new(plan),
        record,
        workers: Arc::new(workers),
        city: Arc::new(city),
        progress,
        server: Arc::new(server),
        proxy,
        crashes: Arc::default(),
        done: Arc::default(),
        settings: Arc::new(settings),
    };
    setup::people(&stage).await?;
    setup::groups(&mut stage).await?;
    let set_up = started.elapsed();

    let day = Instant::now();
    stage.storm(true);
    let (ended, ()) = tokio::join!(day::run(&stage), crashes::run(&stage));
    ended?;
    stage.storm(false);
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
    home.troubles = Troubles {
        network: stage.proxy.as_ref().map(|proxy| proxy.sum()),
        crashes: stage.crashes.sum(),
    };
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

/// What was done to the devices and to the server, as it was counted.
#[derive(Debug, Default)]
pub struct Troubles {
    /// `None`: the network was good.
    pub network: Option<super::network::Sum>,
    pub crashes: crashes::Sum,
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
