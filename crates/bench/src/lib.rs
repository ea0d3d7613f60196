// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Measuring: load generators, what they measure, and how it is told.
//!
//! Each bench is a module with its own `Args` and a `run` that gives a [`Report`]: named figures with their units,
//! and with a target where there is one. Benches of the server start it as a process of its own (the same program,
//! `melder serve`) and talk to it as devices do; benches of the device run engines in this process. What belongs to
//! the machine (a fan-out that stores nothing, SQLite alone) is measured in the same run, so that a figure is also a
//! ratio. Nothing here prints: that is the command line's.

use std::path::PathBuf;

pub mod engine;
mod load;
pub mod mls;
pub mod report;

pub mod accept;
pub mod admin;
pub mod all;
pub mod ceiling;
pub mod connect;
pub mod deliver;
pub mod drain;
pub mod growth;
pub mod join;

pub use report::{Environment, Figure, Report, Target, Unit, median, percentile};

/// Why a bench has no result.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error("input or output: {0}")]
    Io(#[from] std::io::Error),
    /// The server or a program of the bench did not do what it should.
    #[error("{0}")]
    Failed(String),
    /// More files and sockets are needed than this process may open.
    #[error("{needed} open files are needed and {allowed} allowed: raise the limit with `ulimit -n {needed}`")]
    Descriptors { needed: u64, allowed: u64 },
}

impl BenchError {
    /// For errors of libraries that have no more to tell than their words.
    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What all benches are told.
#[derive(Debug, Clone, clap::Args)]
pub struct Common {
    /// `--json` is a switch of the whole command line; a file after it takes the report.
    #[arg(value_name = "FILE")]
    pub json_file: Option<PathBuf>,
    /// About how long each part measures.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    pub seconds: f64,
    /// The program whose server is measured; this one where nothing is said. To set two builds side by side.
    #[arg(long, value_name = "PATH", hide = true)]
    pub server: Option<PathBuf>,
}

/// One bench with what all are told and what it alone is told.
#[derive(Debug, Clone, clap::Args)]
pub struct Run<A: clap::Args> {
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub own: A,
}

/// The benches, as they are typed.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Bench {
    /// What the machine allows: a fan-out that stores nothing, and SQLite alone.
    Ceiling(Run<ceiling::Args>),
    /// The shift group: latency, deliveries a second, and their cost.
    Deliver(Run<deliver::Args>),
    /// Durable appends a second while nobody reads.
    Accept(Run<accept::Args>),
    /// A reader fetches what it has missed.
    Drain(Run<drain::Args>),
    /// Idle devices: memory for each, and all of them after a restart.
    Connect(Run<connect::Args>),
    /// CPU of a delivery as groups and logs grow.
    Growth(Run<growth::Args>),
    /// What a message costs on a device, through the whole engine; and catching up.
    Engine(Run<engine::Args>),
    /// What MLS costs, in both suites and several sizes of groups.
    Mls(Run<mls::Args>),
    /// A unit joins a new managed group: until everybody reads the first message.
    Join(Run<join::Args>),
    /// Administration: tables of accounts, groups of units, deletions, searches, a directory's questions.
    Admin(Run<admin::Args>),
    /// All of these, with what they are told by default: the table in docs/performance.md.
    All(Run<all::Args>),
    /// A program beside the server: the fan-out that stores nothing. Started by the benches themselves.
    #[command(hide = true)]
    CeilingServer,
}

impl Bench {
    /// What all benches are told; `None` for what is no bench but a part of one.
    #[must_use]
    pub const fn common(&self) -> Option<&Common> {
        match self {
            Self::Ceiling(run) => Some(&run.common),
            Self::Deliver(run) => Some(&run.common),
            Self::Accept(run) => Some(&run.common),
            Self::Drain(run) => Some(&run.common),
            Self::Connect(run) => Some(&run.common),
            Self::Growth(run) => Some(&run.common),
            Self::Admin(run) => Some(&run.common),
            Self::All(run) => Some(&run.common),
            Self::Engine(run) => Some(&run.common),
            Self::Mls(run) => Some(&run.common),
            Self::Join(run) => Some(&run.common),
            Self::CeilingServer => None,
        }
    }

    /// Runs it. `None`: it has nothing to report.
    ///
    /// # Errors
    /// When it could not be run to its end. A missed target is no error.
    pub fn run(&self) -> Result<Option<Report>, BenchError> {
        match self {
            Self::Ceiling(run) => ceiling::run(&run.common, &run.own).map(Some),
            Self::Deliver(run) => deliver::run(&run.common, &run.own).map(Some),
            Self::Accept(run) => accept::run(&run.common, &run.own).map(Some),
            Self::Drain(run) => drain::run(&run.common, &run.own).map(Some),
            Self::Connect(run) => connect::run(&run.common, &run.own).map(Some),
            Self::Growth(run) => growth::run(&run.common, &run.own).map(Some),
            Self::Admin(run) => admin::run(&run.common, &run.own).map(Some),
            Self::All(run) => all::run(&run.common, &run.own).map(Some),
            Self::Engine(run) => engine::run(&run.common, &run.own).map(Some),
            Self::Mls(run) => mls::run(&run.common, &run.own).map(Some),
            Self::Join(run) => join::run(&run.common, &run.own).map(Some),
            Self::CeilingServer => ceiling::serve().map(|()| None),
        }
    }
}
