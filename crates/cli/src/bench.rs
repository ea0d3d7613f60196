// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder bench`: measures the server and the engine on this machine, and prints what `melder-bench` found as a table
//! or as JSON. Figures have the same names in both.

use clap::Args;
use melder_bench::{Bench, BenchError, Figure, Report, Target};

use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{self, note};
use crate::t;

#[derive(Debug, Args)]
pub struct BenchArgs {
    #[command(subcommand)]
    pub bench: Bench,
}

/// Runs a bench and prints its report. A missed target is no failure: machines differ.
///
/// # Errors
/// When it could not be run to its end.
pub fn run(global: &Global, args: &BenchArgs) -> Result<Exit, CliError> {
    let Some(report) = args.bench.run().map_err(|error| failed(&error))? else {
        return Ok(Exit::Ok);
    };
    let file = args.bench.common().and_then(|common| common.json_file.as_ref());
    if let Some(path) = file {
        let text = serde_json::to_string_pretty(&report).map_err(CliError::other)?;
        std::fs::write(path, text + "\n").map_err(CliError::other)?;
    }
    if global.json && file.is_none() {
        output::json(&report);
    } else {
        print(&report);
    }
    Ok(Exit::Ok)
}

fn failed(error: &BenchError) -> CliError {
    CliError::new(Local::BenchFailed).with("detail", error.to_string())
}

fn print(report: &Report) {
    let here = &report.environment;
    note(t!(
        "bench-machine",
        processor = here.processor.clone().unwrap_or_else(|| here.system.clone()),
        cores = here.cores,
        build = here.build.as_str()
    ));
    if here.build == "debug" {
        note(t!("bench-debug"));
    }
    let headings = ["figure", "value", "unit", "target", "met"].map(|name| t!(&format!("bench-{name}")));
    let rows: Vec<Vec<String>> = report.figures.iter().map(row).collect();
    output::table(&headings, &rows);
}

fn row(figure: &Figure) -> Vec<String> {
    let (target, met) = match figure.target {
        None => (String::new(), String::new()),
        Some(target) => {
            let sign = match target {
                Target::AtMost(most) => format!("≤ {}", number(most)),
                Target::AtLeast(least) => format!("≥ {}", number(least)),
            };
            let met = if target.met(figure.value) {
                "bench-yes"
            } else {
                "bench-no"
            };
            (sign, t!(met))
        }
    };
    vec![
        figure.name.clone(),
        number(figure.value),
        figure.unit.symbol().to_owned(),
        target,
        met,
    ]
}

/// Three digits that matter, whatever the size.
fn number(value: f64) -> String {
    let size = value.abs();
    let digits = match size {
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    match crate::texts::language() {
        crate::texts::Language::De => text.replace('.', ","),
        crate::texts::Language::En => text,
    }
}
