// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder simulate --bugs`: mistakes on purpose, one after the other, and the seed that catches each.

use std::time::Instant;

use melder_bugs::Bug;
use melder_simulator::campaign::{Campaign, Caught};
use serde_json::{Value, json};

use super::malice;
use super::{SimulateArgs, Told};
use crate::args::Global;
use crate::output;
use crate::t;

/// The mistake of this name.
pub(super) fn named(name: &str) -> Result<Bug, String> {
    let found = Bug::ALL.iter().copied().find(|bug| bug.name() == name);
    found.ok_or_else(|| Bug::ALL.iter().map(|bug| bug.name()).collect::<Vec<_>>().join(", "))
}

/// Makes each mistake until a seed catches it, and says so at once: the whole list takes its time.
pub(super) fn hunt(global: &Global, args: &SimulateArgs, campaign: &Campaign) -> Told {
    let bugs: &[Bug] = if args.bug.is_empty() { Bug::ALL } else { &args.bug };
    let began = Instant::now();
    let mut all = Vec::new();
    for bug in bugs {
        let caught = campaign.catch(*bug);
        let line = told(*bug, caught.as_ref());
        if global.json {
            output::note(line);
        } else {
            output::line(line);
        }
        all.push((*bug, caught));
    }
    let missed = all.iter().filter(|(_, caught)| caught.is_none()).count();
    let report: Vec<Value> = all.iter().map(|(bug, caught)| row(*bug, caught.as_ref())).collect();
    Told {
        report: json!({
            "seeds": [args.seeds.first, args.seeds.last],
            "bugs": report,
            "wall_seconds": began.elapsed().as_secs_f64(),
        }),
        text: summary(&all, missed),
        good: missed == 0,
    }
}

fn row(bug: Bug, caught: Option<&Caught>) -> Value {
    let attack = caught.and_then(|caught| caught.attack);
    json!({
        "bug": bug.name(),
        "seed": caught.map(|caught| caught.seed),
        "promise": caught.map(|caught| caught.promise.clone()),
        "what": caught.map(|caught| caught.what.clone()),
        "under": attack.map(|(attacker, _)| malice::name(attacker)),
        "attack": attack.map(|(_, attack)| attack),
    })
}

fn told(bug: Bug, caught: Option<&Caught>) -> String {
    let Some(caught) = caught else {
        return t!("simulate-missed", bug = bug.name());
    };
    match caught.attack {
        None => t!(
            "simulate-caught",
            bug = bug.name(),
            seed = caught.seed,
            what = caught.promise.clone()
        ),
        Some((attacker, attack)) => t!(
            "simulate-caught-under-attack",
            bug = bug.name(),
            seed = caught.seed,
            attacker = malice::title(attacker),
            attack = attack,
            what = caught.promise.clone()
        ),
    }
}

/// The table, and how many of them.
fn summary(all: &[(Bug, Option<Caught>)], missed: usize) -> String {
    let headings = [
        t!("simulate-head-bug"),
        t!("simulate-head-seed"),
        t!("simulate-head-life"),
        t!("simulate-head-promise"),
    ];
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(bug, caught)| {
            let Some(caught) = caught else {
                return vec![bug.name().to_owned(), "–".to_owned()];
            };
            let life = match caught.attack {
                None => t!("simulate-honest-life"),
                Some((attacker, attack)) => format!("{}: {attack}", malice::title(attacker)),
            };
            vec![
                bug.name().to_owned(),
                caught.seed.to_string(),
                life,
                caught.promise.clone(),
            ]
        })
        .collect();
    let sum = t!(
        "simulate-mistakes",
        caught = (all.len() - missed) as u64,
        all = all.len() as u64
    );
    format!("\n{}\n\n{sum}", output::rows(&headings, &rows).join("\n"))
}
