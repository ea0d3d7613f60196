// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A program of the bench in its own process: started, asked what it has used, ended.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::{BenchError, Common};

/// What `/proc` counts time in: 1/100 s, on every Linux (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Ends with its owner.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    /// The server under test, on the prepared data.
    pub(crate) fn server(common: &Common, data: &Path) -> Result<Self, BenchError> {
        let mut command = Command::new(program(common)?);
        command
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        Self::start(command)
    }

    /// The fan-out that stores nothing.
    pub(crate) fn ceiling() -> Result<Self, BenchError> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "ceiling-server"]);
        Self::start(command)
    }

    /// Starts a program whose first line is a JSON object with its `address`.
    fn start(mut command: Command) -> Result<Self, BenchError> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut first = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut first)?;
        }
        let told: Option<SocketAddr> = serde_json::from_str::<serde_json::Value>(&first)
            .ok()
            .and_then(|value| value.get("address")?.as_str()?.parse().ok());
        let Some(address) = told else {
            drop(child.kill());
            drop(child.wait());
            return Err(BenchError::Failed("the server did not start".to_owned()));
        };
        Ok(Self { child, address })
    }

    /// CPU seconds that it has used, in user and kernel; 0 where that can't be asked.
    pub(crate) fn cpu(&self) -> f64 {
        cpu_of(&self.child.id().to_string())
    }

    /// MiB in memory; 0 where that can't be asked.
    pub(crate) fn rss(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        text.lines()
            .find_map(|line| {
                line.strip_prefix("VmRSS:")?
                    .trim()
                    .strip_suffix("kB")?
                    .trim()
                    .parse::<f64>()
                    .ok()
            })
            .map_or(0.0, |kib| kib / 1024.0)
    }

    /// Ends it as a loss of power would, and waits until it is gone.
    pub(crate) fn kill(mut self) -> Result<(), BenchError> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which was noticed where it mattered.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// CPU seconds that a process (a number, or `self`) has used, in user and kernel; 0 where that can't be asked.
pub(crate) fn cpu_of(process: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in parentheses may contain anything, so fields count from behind it.
    let fields: Vec<f64> = text
        .rsplit_once(')')
        .map(|(_, rest)| rest.split_whitespace().filter_map(|field| field.parse().ok()).collect())
        .unwrap_or_default();
    // Without the state, which is a letter: utime and stime are the 11th and 12th number.
    match (fields.get(10), fields.get(11)) {
        (Some(user), Some(system)) => (user + system) / TICKS,
        _ => 0.0,
    }
}

fn program(common: &Common) -> std::io::Result<std::path::PathBuf> {
    common.server.clone().map_or_else(std::env::current_exe, Ok)
}

/// Are so many files and sockets allowed at once? In the server as well, which inherits the limit.
pub(crate) fn need_descriptors(connections: usize) -> Result<(), BenchError> {
    let needed = connections as u64 + 200;
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let allowed = limits.lines().find_map(|line| {
        line.strip_prefix("Max open files")?
            .split_whitespace()
            .next()?
            .parse()
            .ok()
    });
    match allowed {
        Some(allowed) if allowed < needed => Err(BenchError::Descriptors { needed, allowed }),
        _ => Ok(()),
    }
}
