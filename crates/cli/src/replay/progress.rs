// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is seen of a replay while it runs: a line that moves on a terminal, a plain line now and then elsewhere. On standard error,
//! so that the balance alone is on standard output.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::plan::Plan;
use super::scenario::{Clock, Scenario};
use super::wire::Sighting;
use crate::t;

/// Between plain lines.
const PLAIN: Duration = Duration::from_secs(5);

/// Cheap to clone.
#[derive(Clone)]
pub struct Progress(Arc<Shown>);

struct Shown {
    bar: Option<ProgressBar>,
    /// Name and span of the day's phases.
    phases: Vec<(String, u64, u64)>,
    now: Mutex<Now>,
    steps: usize,
    messages: usize,
    done: AtomicU64,
    written: AtomicU64,
    deliveries: AtomicU64,
    devices: AtomicU64,
    joins: AtomicU64,
    gone: AtomicU64,
}

struct Now {
    title: String,
    clock: Option<u64>,
    printed: Instant,
}

impl Progress {
    #[must_use]
    pub fn new(scenario: &Scenario, plan: &Plan) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(plan.steps.len() as u64);
            let style = ProgressStyle::with_template("{spinner} {bar:24} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style);
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let phases = scenario
            .phase
            .iter()
            .map(|phase| (phase.name.clone(), phase.span.from.0, phase.span.to.0))
            .collect();
        let progress = Self(Arc::new(Shown {
            bar,
            phases,
            now: Mutex::new(Now {
                title: String::new(),
                clock: None,
                printed: Instant::now(),
            }),
            steps: plan.steps.len(),
            messages: plan.messages.len(),
            done: AtomicU64::new(0),
            written: AtomicU64::new(0),
            deliveries: AtomicU64::new(0),
            devices: AtomicU64::new(0),
            joins: AtomicU64::new(0),
            gone: AtomicU64::new(0),
        }));
        let title = t!(
            "replay-title",
            title = &scenario.title,
            people = plan.people.len(),
            devices = plan.devices.len(),
            groups = plan.groups.len(),
            messages = plan.messages.len(),
            seed = plan.seed,
        );
        progress.print(&title);
        let record = &scenario.record;
        progress.print(&t!(
            "replay-sources",
            facts = record.facts.join(" "),
            source = &record.source,
            assumptions = scenario.assumptions.len(),
        ));
        progress
    }

    /// A part of the replay that is not the day itself. `id` is of a text.
    pub fn phase(&self, id: &str) {
        self.title(t!(id), None);
    }

    /// The scenario's time.
    pub fn clock(&self, at: u64) {
        let title = self
            .0
            .phases
            .iter()
            .find(|(_, from, to)| *from <= at && at <= *to)
            .map(|(name, ..)| name.clone());
        self.title(title.unwrap_or_default(), Some(at));
    }

    fn title(&self, title: String, clock: Option<u64>) {
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.clock = clock;
        let is_new = !title.is_empty() && now.title != title;
        if is_new {
            now.title = title;
        }
        self.draw(&mut now, is_new);
    }

    fn draw(&self, now: &mut Now, is_new: bool) {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        if self.0.bar.is_none() && !is_new && now.printed.elapsed() < PLAIN {
            return;
        }
        let clock = now.clock.map(|at| {
            format!(
                "{:02}:{:02} ",
                at % Clock::DAY / Clock::HOUR,
                at % Clock::HOUR / Clock::MINUTE
            )
        });
        let line = t!(
            "replay-line",
            phase = format!("{}{}", clock.unwrap_or_default(), now.title),
            messages = get(&self.0.written),
            of = self.0.messages,
            deliveries = get(&self.0.deliveries),
            devices = get(&self.0.devices),
            joins = get(&self.0.joins),
            left = get(&self.0.gone),
        );
        match &self.0.bar {
            Some(bar) => {
                bar.set_position(get(&self.0.done).min(self.0.steps as u64));
                bar.set_message(line);
            }
            None => {
                now.printed = Instant::now();
                self.print(&line);
            }
        }
    }

    fn print(&self, line: &str) {
        match &self.0.bar {
            Some(bar) => bar.println(line),
            // Nobody reads it any more: no reason to stop.
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }

    pub fn see(&self, sighting: &Sighting) {
        if matches!(sighting, Sighting::Shown { .. }) {
            self.0.deliveries.fetch_add(1, Ordering::Relaxed);
            let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
            self.draw(&mut now, false);
        }
    }

    pub fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    pub fn message(&self) {
        self.0.written.fetch_add(1, Ordering::Relaxed);
    }

    /// A device has an account.
    pub fn device(&self) {
        self.0.devices.fetch_add(1, Ordering::Relaxed);
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        self.draw(&mut now, false);
    }

    /// A device is in a group.
    pub fn joined(&self) {
        self.0.joins.fetch_add(1, Ordering::Relaxed);
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        self.draw(&mut now, false);
    }

    /// A person has left.
    pub fn left(&self) {
        self.0.gone.fetch_add(1, Ordering::Relaxed);
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.0.bar {
            bar.finish_and_clear();
        }
    }
}
