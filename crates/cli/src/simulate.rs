// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder simulate`: lives of a city in one process, by seeds; which promises held, and which mistakes are caught.
//!
//! Honest lives are here; lives under attack in [`malice`], mistakes on purpose in [`mistakes`].

mod malice;
mod mistakes;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args as ClapArgs;
use melder_bugs::Bug;
use melder_simulator::campaign::{Campaign, Failure, Outcome};
use melder_simulator::malice::Attacker;
use serde_json::{Value, json};

use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output;
use crate::t;

/// `A..B`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeds {
    first: u64,
    last: u64,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        match (first.parse(), last.trim_start_matches('=').parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self { first, last }),
            _ => Err("1..500".to_owned()),
        }
    }
}

/// What can be typed. The words of help are in `locales/*/simulate.ftl`.
#[derive(Debug, Clone, ClapArgs)]
pub struct SimulateArgs {
    #[arg(long, value_name = "A..B", default_value = "1..100")]
    pub seeds: Seeds,
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub devices: usize,
    #[arg(long, value_name = "N", default_value_t = 150)]
    pub steps: usize,
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    #[arg(long)]
    pub malicious_server: bool,
    #[arg(long)]
    pub malicious_member: bool,
    #[arg(long, conflicts_with_all = ["malicious_server", "malicious_member"])]
    pub bugs: bool,
    #[arg(long, value_name = "NAME", requires = "bugs", value_parser = mistakes::named)]
    pub bug: Vec<Bug>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["bugs", "malicious_server", "malicious_member"])]
    pub trace: Option<PathBuf>,
    /// `--json` is a switch of the whole command line; a file after it takes the report.
    #[arg(value_name = "FILE")]
    pub json_file: Option<PathBuf>,
}

/// Runs the seeds. The exit status is 1 when a promise was broken, or a mistake was not caught.
///
/// # Errors
/// When mistakes are asked for in a program that has none, or a file can't be written.
pub fn run(global: &Global, args: &SimulateArgs) -> Result<Exit, CliError> {
    // A panic in a life is a broken promise and told as one.
    std::panic::set_hook(Box::new(|_| {}));
    let threads = args
        .threads
        .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
        .unwrap_or(1);
    let campaign = Campaign {
        seeds: args.seeds.first..=args.seeds.last,
        people: args.devices,
        steps: args.steps,
        threads,
    };
    if let Some(path) = &args.trace {
        return trace(&campaign, args.seeds, path);
    }
    let told = if args.bugs {
        if !melder_bugs::compiled() {
            return Err(CliError::new(Local::NoMistakes));
        }
        mistakes::hunt(global, args, &campaign)
    } else {
        let attackers = args.attackers();
        if attackers.is_empty() {
            lives(global, args, &campaign)
        } else {
            malice::besiege(global, args, &campaign, &attackers)
        }
    };
    match &args.json_file {
        None if global.json => output::json(&told.report),
        None => output::line(told.text),
        Some(path) => {
            output::line(told.text);
            let json = serde_json::to_string_pretty(&told.report).map_err(CliError::other)?;
            write(path, &(json + "\n"))?;
        }
    }
    Ok(if told.good { Exit::Ok } else { Exit::Failed })
}

/// What came of it: for a program, for people, and whether it is as it should be.
struct Told {
    report: Value,
    text: String,
    good: bool,
}

impl SimulateArgs {
    fn attackers(&self) -> Vec<Attacker> {
        let asked = |attacker: &Attacker| match attacker {
            Attacker::Server => self.malicious_server,
            Attacker::Member => self.malicious_member,
        };
        Attacker::ALL.iter().copied().filter(asked).collect()
    }

    const fn count(&self) -> u64 {
        self.seeds.last - self.seeds.first + 1
    }
}

fn lives(global: &Global, args: &SimulateArgs, campaign: &Campaign) -> Told {
    let bar = output::progress(t!("simulate-progress"), args.count(), false, global.json);
    let outcome = campaign.run(&|_| bar.inc(1));
    bar.finish_and_clear();
    Told {
        report: report(args, &outcome),
        text: told(&outcome),
        good: outcome.failures.is_empty(),
    }
}

fn write(path: &PathBuf, text: &str) -> Result<(), CliError> {
    std::fs::write(path, text).map_err(|error| {
        CliError::new(Local::FileUnwritable)
            .with("path", path.display().to_string())
            .with("detail", error.to_string())
    })
}

fn trace(campaign: &Campaign, seeds: Seeds, path: &PathBuf) -> Result<Exit, CliError> {
    let (trace, result) = campaign.trace(seeds.first);
    write(path, &trace)?;
    match result {
        Ok(()) => {
            output::line(t!("simulate-held", seed = seeds.first));
            Ok(Exit::Ok)
        }
        Err(what) => {
            output::line(t!("simulate-failed", seed = seeds.first, what = what));
            Ok(Exit::Failed)
        }
    }
}

fn report(args: &SimulateArgs, outcome: &Outcome) -> Value {
    json!({
        "seeds": [args.seeds.first, args.seeds.last],
        "held": outcome.held,
        "failed": outcome.failures.iter().map(failure).collect::<Vec<_>>(),
        "simulated_hours": hours(outcome.simulated_ms),
        "wall_seconds": outcome.wall.as_secs_f64(),
        "simulated_hours_per_minute": outcome.hours_per_minute(),
        "frames": outcome.frames,
        "messages": outcome.messages,
        "devices": outcome.devices,
    })
}

fn failure(failure: &Failure) -> Value {
    json!({
        "seed": failure.seed,
        "step": failure.step,
        "promise": failure.what,
        "steps": failure.steps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "tail": failure.tail,
    })
}

fn hours(simulated_ms: u64) -> f64 {
    Duration::from_millis(simulated_ms).as_secs_f64() / 3_600.0
}

fn told(outcome: &Outcome) -> String {
    let mut lines = vec![t!(
        "simulate-summary",
        held = outcome.held,
        failed = outcome.failures.len() as u64,
        hours = format!("{:.1}", hours(outcome.simulated_ms)),
        seconds = format!("{:.0}", outcome.wall.as_secs_f64()),
        rate = format!("{:.1}", outcome.hours_per_minute()),
        frames = outcome.frames,
        messages = outcome.messages,
        devices = outcome.devices
    )];
    for failure in &outcome.failures {
        lines.push(t!("simulate-failed", seed = failure.seed, what = failure.what.clone()));
        lines.push(t!("simulate-step", step = failure.step as u64));
        lines.push(t!("simulate-shortest"));
        lines.extend(failure.steps.iter().map(|step| format!("    {step}")));
    }
    lines.join("\n")
}
