// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The balance: what the replay came to, as a flat JSON object for programs and as a table for people.

use serde::Serialize;

use super::check::Verdict;
use super::driver::{Home, Inner, Took, Troubles};
use super::plan::{Act, MessageKind, Plan};
use super::scenario::Scenario;
use crate::t;

/// Flat: programs read it by its names.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Balance {
    pub scenario: String,
    pub seed: u64,
    pub accounts: usize,
    pub devices: usize,
    pub groups: usize,
    pub messages_sent: usize,
    /// Reactions, edits, deletions, confirmations.
    pub actions_sent: u64,
    pub photos_sent: usize,
    pub photos_opened: u64,
    pub deliveries_expected: u64,
    pub deliveries_decrypted: u64,
    pub lost: u64,
    pub duplicated: u64,
    pub out_of_order: u64,
    pub undecryptable: u64,
    pub forged_accepted: u64,
    pub stale: u64,
    pub not_accepted: u64,
    pub commits: u64,
    pub joins: u64,
    pub repairs: u64,
    pub read_after_leaving: u64,
    pub read_before_joining: u64,
    pub alarm_reached: usize,
    pub alarm_missing: usize,
    pub alarm_confirmed: usize,
    pub alarm_confirmed_expected: usize,
    pub guests: usize,
    pub guests_expired: usize,
    pub deletion_records: usize,
    pub failures: u64,
    pub unrest: usize,
    pub set_up_s: f64,
    pub day_s: f64,
    pub duration_s: f64,
    pub deliveries_timed: usize,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Of here to the crashes: what a bad network did, as the proxy counted it. All zero on a good one.
    pub network_bad: bool,
    pub connections: u64,
    pub cut: u64,
    pub reset: u64,
    pub stalled: u64,
    pub streams_lost: u64,
    pub unanswered: u64,
    pub without_server: u64,
    pub proxied_bytes: u64,
    pub slow_bytes: u64,
    /// The longest time in which a device that wanted to be connected got nothing.
    pub longest_outage_s: f64,
    /// Crashes of the server, and the longest time from one of them until all devices had caught up.
    pub server_restarts: usize,
    pub server_restarts_wanted: usize,
    pub caught_up_s: f64,
    /// Devices that crashed and came back, and processes of them.
    pub device_restarts: usize,
    pub device_restarts_wanted: usize,
    pub process_restarts: usize,
    pub ok: bool,
    /// What was found, in words; empty when all is well.
    #[serde(skip)]
    pub findings: Vec<String>,
}

impl Balance {
    #[must_use]
    pub fn new(
        scenario: &Scenario,
        plan: &Plan,
        record: &Inner,
        home: &Home,
        unrest: Vec<String>,
        verdict: Verdict,
        took: Took,
    ) -> Self {
        let mut latencies = record.latencies.clone();
        latencies.sort_unstable();
        let is_alarm = |message: usize| plan.messages[message].kind == MessageKind::Alarm;
        let confirmed =
            |step: &&super::plan::Step| matches!(step.act, Act::Confirm { message, .. } if is_alarm(message));
        let is_photo = |message: &&super::plan::Message| matches!(message.kind, MessageKind::Photo { .. });
        let mut balance = Self {
            scenario: scenario.name.clone(),
            seed: plan.seed,
            accounts: plan.people.len(),
            devices: home.devices,
            groups: plan.groups.len(),
            messages_sent: record.messages.iter().flatten().count(),
            actions_sent: record.actions,
            photos_sent: plan.messages.iter().filter(is_photo).count(),
            photos_opened: record.photos_opened,
            deliveries_expected: verdict.deliveries_expected,
            deliveries_decrypted: verdict.deliveries_decrypted,
            lost: verdict.lost,
            duplicated: verdict.duplicated,
            out_of_order: verdict.out_of_order,
            undecryptable: verdict.undecryptable,
            forged_accepted: verdict.forged_accepted,
            stale: verdict.stale,
            not_accepted: verdict.not_accepted,
            commits: home.commits,
            joins: home.joins,
            repairs: home.repairs,
            read_after_leaving: verdict.read_after_leaving,
            read_before_joining: verdict.read_before_joining,
            alarm_reached: record.alarm_reached,
            alarm_missing: record.alarm_missing,
            alarm_confirmed: home.alarm_confirmed,
            alarm_confirmed_expected: plan.steps.iter().filter(confirmed).count(),
            guests: plan.guests().len(),
            guests_expired: home.guests_expired,
            deletion_records: home.deletion_records,
            failures: record.failed,
            unrest: unrest.len(),
            set_up_s: seconds(took.set_up),
            day_s: seconds(took.day),
            duration_s: seconds(took.all),
            deliveries_timed: latencies.len(),
            p50_ms: percentile(&latencies, 50),
            p95_ms: percentile(&latencies, 95),
            p99_ms: percentile(&latencies, 99),
            bytes_in: home.bytes_in,
            bytes_out: home.bytes_out,
            ..Self::default()
        };
        balance.count(&home.troubles);
        balance.ok = verdict.is_clean() && balance.is_complete(plan, scenario);
        balance.findings = [verdict.findings, unrest, record.failures.clone(), balance.too_few()].concat();
        balance
    }

    /// Crashes that did not take place.
    fn too_few(&self) -> Vec<String> {
        let crashes = [
            ("server", self.server_restarts, self.server_restarts_wanted),
            ("devices", self.device_restarts, self.device_restarts_wanted),
        ];
        let missing = crashes.iter().filter(|(_, done, wanted)| done < wanted);
        missing
            .map(|(what, done, wanted)| format!("crashes ({what}): {done} of {wanted}"))
            .collect()
    }

    fn count(&mut self, troubles: &Troubles) {
        let sum = troubles.network.unwrap_or_default();
        let crashes = &troubles.crashes;
        *self = Self {
            network_bad: troubles.network.is_some(),
            connections: sum.connections,
            cut: sum.cut,
            reset: sum.reset,
            stalled: sum.stalled,
            streams_lost: sum.lost,
            unanswered: sum.unanswered,
            without_server: sum.no_server,
            proxied_bytes: sum.bytes,
            slow_bytes: sum.slow_bytes,
            longest_outage_s: seconds(sum.longest_outage),
            server_restarts: crashes.caught_up.len(),
            server_restarts_wanted: crashes.server_wanted,
            caught_up_s: crashes.caught_up.iter().max().copied().map_or(0.0, seconds),
            device_restarts: crashes.devices.len(),
            device_restarts_wanted: crashes.devices_wanted,
            process_restarts: crashes.processes,
            ..std::mem::take(self)
        };
    }

    /// Everything that was planned took place.
    fn is_complete(&self, plan: &Plan, scenario: &Scenario) -> bool {
        let guests = if scenario.operation.is_some() { self.guests } else { 0 };
        self.failures == 0
            && self.unrest == 0
            && self.messages_sent == plan.messages.len()
            && self.alarm_confirmed == self.alarm_confirmed_expected
            && self.guests_expired == guests
            && self.deletion_records == guests
            && self.server_restarts == self.server_restarts_wanted
            && self.device_restarts >= self.device_restarts_wanted
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let number = |name: &str, value: u64| (t!(name), value.to_string());
        let count = |name: &str, value: usize| (t!(name), value.to_string());
        let mut rows = vec![
            count("replay-accounts", self.accounts),
            count("replay-devices", self.devices),
            count("replay-groups", self.groups),
            count("replay-messages", self.messages_sent),
            number("replay-actions", self.actions_sent),
            (
                t!("replay-photos"),
                format!("{} / {}", self.photos_sent, self.photos_opened),
            ),
            (
                t!("replay-deliveries"),
                format!("{} / {}", self.deliveries_decrypted, self.deliveries_expected),
            ),
            number("replay-lost", self.lost + self.not_accepted),
            number("replay-duplicated", self.duplicated),
            number("replay-out-of-order", self.out_of_order),
            number("replay-undecryptable", self.undecryptable),
            number("replay-forged", self.forged_accepted),
            number("replay-stale", self.stale),
            number("replay-after-leaving", self.read_after_leaving),
            number("replay-before-joining", self.read_before_joining),
            (
                t!("replay-mls"),
                format!("{} / {} / {}", self.commits, self.joins, self.repairs),
            ),
            (
                t!("replay-alarm"),
                format!(
                    "{} / {} / {}",
                    self.alarm_reached, self.alarm_missing, self.alarm_confirmed
                ),
            ),
            (
                t!("replay-guests"),
                format!("{} / {}", self.guests_expired, self.deletion_records),
            ),
            (
                t!("replay-latency"),
                format!("{:.0} / {:.0} / {:.0} ms", self.p50_ms, self.p95_ms, self.p99_ms),
            ),
            (
                t!("replay-duration"),
                format!("{:.0} s + {:.0} s", self.set_up_s, self.duration_s - self.set_up_s),
            ),
        ];
        rows.extend(self.troubles());
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut table = String::new();
        for (name, value) in rows {
            let space = width.saturating_sub(name.chars().count());
            table.push_str(&format!("  {name}{}  {value}\n", " ".repeat(space)));
        }
        let verdict = if self.ok { t!("replay-ok") } else { t!("replay-not-ok") };
        table.push_str(&format!("\n  {verdict}\n"));
        for finding in &self.findings {
            table.push_str(&format!("  - {finding}\n"));
        }
        table
    }
}

impl Balance {
    /// What the devices and the server went through.
    fn troubles(&self) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        if self.network_bad {
            let kib = |bytes: u64| format!("{} KiB", bytes / 1_024);
            let counts = [
                self.connections,
                self.cut,
                self.reset,
                self.stalled,
                self.streams_lost,
                self.unanswered,
            ];
            rows = vec![
                (t!("replay-network"), counts.map(|count| count.to_string()).join(" / ")),
                (
                    t!("replay-slow"),
                    format!("{} / {}", kib(self.slow_bytes), kib(self.proxied_bytes)),
                ),
                (t!("replay-outage"), format!("{:.1} s", self.longest_outage_s)),
            ];
        }
        if self.server_restarts_wanted > 0 {
            let line = format!("{} / {:.1} s", self.server_restarts, self.caught_up_s);
            rows.push((t!("replay-server-restarts"), line));
        }
        if self.device_restarts_wanted > 0 {
            let line = format!("{} / {}", self.device_restarts, self.process_restarts);
            rows.push((t!("replay-device-restarts"), line));
        }
        rows
    }
}

fn seconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 100.0).round() / 100.0
}

/// Of sorted microseconds, in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "latencies are far below 2^52 microseconds")]
fn percentile(sorted: &[u64], per_cent: usize) -> f64 {
    let rank = (sorted.len() * per_cent).div_ceil(100).max(1) - 1;
    sorted
        .get(rank)
        .map_or(0.0, |micros| (*micros as f64 / 10.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let micros: Vec<u64> = (1..=100).map(|millis| millis * 1_000).collect();
        assert_eq!(
            (
                percentile(&micros, 50),
                percentile(&micros, 95),
                percentile(&micros, 99)
            ),
            (50.0, 95.0, 99.0)
        );
        assert_eq!(percentile(&[7_250], 99), 7.25);
        assert_eq!(percentile(&[], 50), 0.0);
    }

    #[test]
    fn the_json_is_flat_and_has_the_names_that_programs_rely_on() {
        let json = serde_json::to_value(Balance::default()).unwrap();
        let object = json.as_object().unwrap();
        for name in [
            "scenario",
            "seed",
            "accounts",
            "devices",
            "groups",
            "messages_sent",
            "deliveries_expected",
            "deliveries_decrypted",
            "lost",
            "duplicated",
            "out_of_order",
            "undecryptable",
            "forged_accepted",
            "commits",
            "joins",
            "repairs",
            "read_after_leaving",
            "alarm_reached",
            "alarm_confirmed",
            "guests_expired",
            "deletion_records",
            "duration_s",
            "p50_ms",
            "p95_ms",
            "p99_ms",
            "cut",
            "stalled",
            "slow_bytes",
            "longest_outage_s",
            "server_restarts",
            "caught_up_s",
            "device_restarts",
            "ok",
        ] {
            assert!(object.contains_key(name), "{name}");
        }
        assert!(
            object.values().all(|value| !value.is_object() && !value.is_array()),
            "flat"
        );
        assert_eq!(object["ok"], false, "nothing is well until it was looked at");
    }
}
