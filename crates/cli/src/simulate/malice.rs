// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder simulate --malicious-server`, `--malicious-member`: what was done in each life, what the honest said of it,
//! and which promise did not hold.

use std::collections::BTreeMap;

use melder_engine::api::Misbehaviour;
use melder_simulator::campaign::{Campaign, Siege};
use melder_simulator::malice::{Attacker, Deed, Failure, Report};
use serde_json::{Value, json};

use super::{SimulateArgs, Told, hours};
use crate::args::Global;
use crate::output;
use crate::t;

/// Lives all seeds under each of these attackers.
pub(super) fn besiege(global: &Global, args: &SimulateArgs, campaign: &Campaign, attackers: &[Attacker]) -> Told {
    let mut reports = serde_json::Map::new();
    let mut lines = Vec::new();
    let mut good = true;
    for attacker in attackers {
        let bar = output::progress(t!("simulate-progress"), args.count(), false, global.json);
        let siege = campaign.besiege(*attacker, &|_| bar.inc(1));
        bar.finish_and_clear();
        good &= siege.failures.is_empty();
        lines.push(title(*attacker));
        lines.extend(siege.held.iter().flat_map(life));
        lines.extend(siege.failures.iter().map(failed));
        lines.push(summary(&siege));
        reports.insert(name(*attacker).to_owned(), report(args, &siege));
    }
    Told {
        report: Value::Object(reports),
        text: lines.join("\n"),
        good,
    }
}

/// The name for programs.
pub(super) const fn name(attacker: Attacker) -> &'static str {
    match attacker {
        Attacker::Server => "malicious_server",
        Attacker::Member => "malicious_member",
    }
}

/// The name for people.
pub(super) fn title(attacker: Attacker) -> String {
    match attacker {
        Attacker::Server => t!("simulate-malicious-server"),
        Attacker::Member => t!("simulate-malicious-member"),
    }
}

fn summary(siege: &Siege) -> String {
    let deeds: usize = siege.held.iter().map(|report| report.deeds.len()).sum();
    t!(
        "simulate-siege",
        held = siege.held.len() as u64,
        failed = siege.failures.len() as u64,
        attacks = deeds as u64,
        notices = siege.held.iter().map(|report| report.notices).sum::<u64>(),
        tried = siege.held.iter().map(|report| report.tried_by_ghost).sum::<u64>(),
        hours = format!("{:.1}", hours(siege.simulated_ms())),
        seconds = format!("{:.0}", siege.wall.as_secs_f64()),
        rate = format!("{:.1}", siege.hours_per_minute())
    )
}

/// What happened in a life that held: a line for each deed.
fn life(report: &Report) -> Vec<String> {
    let mut lines = vec![t!("simulate-held", seed = report.seed)];
    lines.extend(report.deeds.iter().map(|deed| format!("    {}", told(deed))));
    lines
}

fn told(deed: &Deed) -> String {
    let reported = list(deed.reported.iter().map(|(code, count)| (code_of(*code), *count)));
    let refused = list(deed.refused.iter().map(|(code, count)| ((*code).to_owned(), *count)));
    let said = list(deed.said.iter().map(|(line, count)| ((*line).to_owned(), *count)));
    let heard: Vec<String> = [
        ("simulate-reported", reported),
        ("simulate-said", said),
        ("simulate-refused", refused),
    ]
    .into_iter()
    .filter(|(_, list)| !list.is_empty())
    .map(|(key, list)| t!(key, list = list))
    .collect();
    if heard.is_empty() {
        t!("simulate-deed-unheard", attack = deed.attack)
    } else {
        t!("simulate-deed", attack = deed.attack, heard = heard.join("; "))
    }
}

/// `forked ×2, broken_log ×1`.
fn list(counts: impl Iterator<Item = (String, u64)>) -> String {
    let each: Vec<String> = counts.map(|(code, count)| format!("{code} ×{count}")).collect();
    each.join(", ")
}

/// The stable name of a notice.
fn code_of(code: Misbehaviour) -> String {
    let name = serde_json::to_value(code).ok();
    name.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn failed(failure: &Failure) -> String {
    t!(
        "simulate-failed-under-attack",
        seed = failure.seed,
        step = failure.step as u64,
        attack = failure.attack,
        what = failure.what.clone()
    )
}

fn report(args: &SimulateArgs, siege: &Siege) -> Value {
    json!({
        "seeds": [args.seeds.first, args.seeds.last],
        "held": siege.held.iter().map(held).collect::<Vec<_>>(),
        "failed": siege.failures.iter().map(|failure| json!({
            "seed": failure.seed,
            "step": failure.step,
            "attack": failure.attack,
            "promise": failure.what,
        })).collect::<Vec<_>>(),
        "simulated_hours": hours(siege.simulated_ms()),
        "wall_seconds": siege.wall.as_secs_f64(),
        "simulated_hours_per_minute": siege.hours_per_minute(),
    })
}

fn held(report: &Report) -> Value {
    let deeds: Vec<Value> = report
        .deeds
        .iter()
        .map(|deed| {
            let reported: BTreeMap<String, u64> = deed
                .reported
                .iter()
                .map(|(code, count)| (code_of(*code), *count))
                .collect();
            json!({ "attack": deed.attack, "reported": reported, "said": deed.said, "refused": deed.refused })
        })
        .collect();
    json!({
        "seed": report.seed,
        "deeds": deeds,
        "written": report.written,
        "notices_demanded": report.notices,
        "tried_by_ghost": report.tried_by_ghost,
        "simulated_ms": report.simulated_ms,
    })
}
