// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder replay`: a day from the record, over a real server and real devices in processes of their own, and an honest balance.
//!
//! ```text
//! scenarios/*.toml ─▶ scenario ─▶ plan (seeded timeline) ─▶ driver ──HTTP──▶ melder serve   (a process)
//!                                                             │  ▲                ▲
//!                                                 orders, JSON│  │sightings       │WebSockets, straight or
//!                                                             │  │                │through the bad network
//!                                                             ▼  │                │
//!                                                        melder replay-worker … (processes full of devices)
//!
//! what was sent (driver) + what every device shows (its chats) ─▶ check ─▶ balance
//! ```
//!
//! The plan is the only one who knows who should do what; the engine is not asked whether all went well.

pub mod balance;
pub mod check;
pub mod driver;
mod network;
pub mod plan;
mod progress;
pub mod scenario;
#[cfg(test)]
mod total;
pub mod wire;
pub mod worker;

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use self::driver::Settings;
use self::plan::Plan;
use self::scenario::Scenario;
use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output;

/// `--speed`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// As fast as it goes.
    Max,
    /// Times as fast as life.
    Times(f64),
}

impl std::str::FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse::<f64>() {
            Ok(times) if times.is_finite() && times > 0.0 => Ok(Self::Times(times)),
            _ => Err("1, 60, max".to_owned()),
        }
    }
}

/// `--network`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Weather {
    /// Nothing happens, whatever the scenario says.
    Good,
    /// As in the scenario, or, if it says nothing, as in [`WORST`].
    Bad,
}

/// The scenario whose bad network the others borrow.
const WORST: &str = "landtagswahl-2018";

/// The network between devices and server.
fn network(scenario: &Scenario, wanted: Option<Weather>) -> Result<Option<network::Network>, scenario::ScenarioError> {
    match (wanted, &scenario.network) {
        (Some(Weather::Good), _) | (None, None) => Ok(None),
        (_, Some(network)) => Ok(Some(network.clone())),
        (Some(Weather::Bad), None) => Ok(Scenario::load(WORST)?.network),
    }
}

/// What can be typed. The words of help are in `locales/*/help.ftl`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ReplayArgs {
    #[arg(value_name = "NAME|FILE")]
    pub scenario: String,
    #[arg(long, value_name = "N|max", default_value = "max")]
    pub speed: Speed,
    /// `--json` is a switch of the whole command line; a file after it takes the balance.
    #[arg(value_name = "FILE")]
    pub json_file: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub processes: usize,
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
    #[arg(long, value_name = "good|bad", hide_possible_values = true)]
    pub network: Option<Weather>,
    #[arg(long)]
    pub restart_devices: bool,
}

/// A folder that goes with the replay.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    fn new(keep: Option<&Path>) -> std::io::Result<Self> {
        let path = keep.map_or_else(
            || std::env::temp_dir().join(format!("melder-replay-{}-{}", std::process::id(), wire::now())),
            Path::to_path_buf,
        );
        std::fs::create_dir_all(&path)?;
        Ok(Self {
            path,
            keep: keep.is_some(),
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            // What can't be removed is the system's to remove.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Runs a replay and prints its balance. The exit status is 1 when the balance is not clean.
///
/// # Errors
/// When there is no such scenario, or the replay could not be run to its end.
pub async fn run(global: &Global, args: ReplayArgs) -> Result<Exit, CliError> {
    let scenario = Scenario::load(&args.scenario)
        .map_err(|error| CliError::new(Local::Usage).with("detail", error.to_string()))?;
    let plan = Plan::new(&scenario, args.seed.unwrap_or(scenario.seed));
    let folder = Folder::new(args.keep.as_deref()).map_err(CliError::other)?;
    let network = network(&scenario, args.network)
        .map_err(|error| CliError::new(Local::Usage).with("detail", error.to_string()))?;
    let restarts = scenario.restarts.unwrap_or(network::Restarts::USUAL);
    let settings = Settings {
        speed: match args.speed {
            Speed::Max => None,
            Speed::Times(times) => Some(times),
        },
        processes: args.processes,
        folder: folder.path.clone(),
        on_disk: folder.keep || args.restart_devices,
        network,
        restarts: args.restart_devices.then_some(restarts),
    };
    let replay = driver::run(scenario, plan, settings);
    let balance = tokio::select! {
        balance = replay => balance.map_err(CliError::other)?,
        // Dropping the replay ends its processes.
        _ = tokio::signal::ctrl_c() => return Ok(Exit::Failed),
    };
    match &args.json_file {
        None if global.json => output::json(&serde_json::to_value(&balance).map_err(CliError::other)?),
        None => output::line(balance.table()),
        Some(path) => {
            output::line(balance.table());
            let mut json = serde_json::to_string_pretty(&balance).map_err(CliError::other)?;
            json.push('\n');
            std::fs::write(path, json).map_err(|error| {
                CliError::new(Local::FileUnwritable)
                    .with("path", path.display().to_string())
                    .with("detail", error.to_string())
            })?;
        }
    }
    Ok(if balance.ok { Exit::Ok } else { Exit::Failed })
}

/// `melder replay-worker`: not for people.
///
/// # Errors
/// When the standard streams fail.
pub async fn run_worker() -> Result<Exit, CliError> {
    worker::run().await.map_err(CliError::other)?;
    Ok(Exit::Ok)
}
