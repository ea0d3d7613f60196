// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a bench found: figures by name, the same in the table and in JSON, and the machine that they hold for.

use serde::{Deserialize, Serialize};

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "1/s")]
    PerSecond,
    #[serde(rename = "CPU-s/100k")]
    CpuPer100k,
    #[serde(rename = "MiB")]
    Mebibytes,
    #[serde(rename = "KiB")]
    Kibibytes,
    #[serde(rename = "bytes")]
    Bytes,
    /// One figure over another of the same run.
    #[serde(rename = "×")]
    Ratio,
    #[serde(rename = "")]
    Count,
}

impl Unit {
    /// As it is written behind a number.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::PerSecond => "1/s",
            Self::CpuPer100k => "CPU-s/100k",
            Self::Mebibytes => "MiB",
            Self::Kibibytes => "KiB",
            Self::Bytes => "bytes",
            Self::Ratio => "×",
            Self::Count => "",
        }
    }
}

/// Where a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    #[must_use]
    pub fn met(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

/// One number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Stable, for programs and for the documentation: `deliver.rate{members=200,outstanding=8}`.
    pub name: String,
    pub value: f64,
    pub unit: Unit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// The machine, and how this program was built: without them no figure means anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    pub version: String,
    /// `release` or `debug`.
    pub build: String,
    pub system: String,
    pub processor: Option<String>,
    pub cores: usize,
    pub memory_mib: Option<u64>,
    /// The system's load when the bench began: above 0 others were working too.
    pub load: Option<f64>,
}

impl Environment {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).ok();
        let field = |text: Option<String>, name: &str| {
            let line = text?.lines().find(|line| line.starts_with(name)).map(str::to_owned)?;
            line.split_once(':').map(|(_, value)| value.trim().to_owned())
        };
        let memory = field(read("/proc/meminfo"), "MemTotal")
            .and_then(|text| text.trim_end_matches("kB").trim().parse::<u64>().ok());
        let release = read("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            build: if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned(),
            system: format!("{} {} {}", std::env::consts::OS, std::env::consts::ARCH, release.trim())
                .trim_end()
                .to_owned(),
            processor: field(read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: memory.map(|kib| kib / 1024),
            load: read("/proc/loadavg").and_then(|text| text.split(' ').next()?.parse().ok()),
        }
    }
}

/// What a bench found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub bench: String,
    pub environment: Environment,
    pub figures: Vec<Figure>,
}

impl Report {
    #[must_use]
    pub fn new(bench: &str) -> Self {
        Self {
            bench: bench.to_owned(),
            environment: Environment::here(),
            figures: Vec::new(),
        }
    }

    /// A figure without a target.
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: Unit) -> &mut Self {
        self.push(name.into(), value, unit, None)
    }

    /// A figure that should be somewhere.
    pub fn aim(&mut self, name: impl Into<String>, value: f64, unit: Unit, target: Target) -> &mut Self {
        self.push(name.into(), value, unit, Some(target))
    }

    /// A figure that may have a target.
    pub fn push(&mut self, name: String, value: f64, unit: Unit, target: Option<Target>) -> &mut Self {
        self.figures.push(Figure {
            name,
            value,
            unit,
            target,
        });
        self
    }

    /// Takes in what another bench found, under the same names.
    pub fn append(&mut self, other: Self) {
        self.figures.extend(other.figures);
    }

    /// A figure's value, by name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        self.figures
            .iter()
            .find(|figure| figure.name == name)
            .map(|figure| figure.value)
    }
}

/// The value below which `share` (0 to 1) of the samples lie; 0 without samples.
#[must_use]
pub fn percentile(samples: &[f64], share: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index within the samples"
    )]
    let at = (share.clamp(0.0, 1.0) * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// The middle of the samples.
#[must_use]
pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let samples = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert!((median(&samples) - 3.0).abs() < f64::EPSILON);
        assert!((percentile(&samples, 1.0) - 5.0).abs() < f64::EPSILON);
        assert!((percentile(&samples, 0.0) - 1.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_report_survives_its_json() {
        let mut report = Report::new("deliver");
        report
            .add("deliver.rate{outstanding=1}", 150_000.0, Unit::PerSecond)
            .aim("deliver.ratio{outstanding=1}", 0.7, Unit::Ratio, Target::AtLeast(0.65));
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
        assert_eq!(report.value("deliver.ratio{outstanding=1}"), Some(0.7));
        assert!(report.figures[1].target.is_some_and(|target| target.met(0.7)));
    }
}
