// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Does a delivery cost more when there is more? The server's CPU for each, as groups get larger and as logs get
//! longer. One message at a time, and each reader acknowledges each: so a delivery is the same work in each group, one
//! write and one reading. What a message costs by itself is shared by more the larger the group is; that a delivery
//! gets cheaper is no growth.

use std::time::Duration;

use crate::ceiling;
use crate::deliver::Field;
use crate::load::city::City;
use crate::load::on_one_thread;
use crate::load::process::{Process, need_descriptors};
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit};

const OUTSTANDING: usize = 1;
/// Devices that only send, beside the one of the group: each alone may send 5,000 messages a second at most.
const HELPERS: usize = 7;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Sizes of the group.
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', default_values_t = [10, 100, 1_000, 5_000],
          value_parser = clap::value_parser!(u32).range(2..))]
    pub members: Vec<u32>,
    /// Lengths of the log.
    #[arg(long, value_name = "NUMBER", value_delimiter = ',',
          default_values_t = [100, 1_000, 10_000, 100_000, 1_000_000])]
    pub entries: Vec<u64>,
    /// Members of the group whose log is long.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..))]
    pub readers: u32,
}

/// Measures growth.
///
/// # Errors
/// When the server does not start, loses or refuses something.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let mut report = Report::new("growth");
    let mut costs = Vec::new();
    for members in &args.members {
        let (cpu, rate) = cost(common, *members as usize, 0)?;
        report.add(format!("growth.cpu{{members={members}}}"), cpu, Unit::CpuPer100k);
        report.add(format!("growth.rate{{members={members}}}"), rate, Unit::PerSecond);
        costs.push(cpu);
    }
    report.aim("growth.members", growth(&costs), Unit::Ratio, Target::AtMost(1.5));
    // Thousands of sockets cost the machine more than a few, whatever writes to them.
    costs.clear();
    for members in &args.members {
        let cpu = ceiling(common, *members as usize)?;
        report.add(
            format!("growth.ceiling.cpu{{members={members}}}"),
            cpu,
            Unit::CpuPer100k,
        );
        costs.push(cpu);
    }
    report.add("growth.ceiling.members", growth(&costs), Unit::Ratio);
    costs.clear();
    for entries in &args.entries {
        let (cpu, rate) = cost(common, args.readers as usize, *entries)?;
        report.add(format!("growth.cpu{{entries={entries}}}"), cpu, Unit::CpuPer100k);
        report.add(format!("growth.rate{{entries={entries}}}"), rate, Unit::PerSecond);
        costs.push(cpu);
    }
    report.aim("growth.entries", growth(&costs), Unit::Ratio, Target::AtMost(1.5));
    Ok(report)
}

/// The steepest rise: how much more a later cost is than an earlier one.
fn growth(costs: &[f64]) -> f64 {
    let mut least = f64::INFINITY;
    let mut steepest = 1.0_f64;
    for cost in costs.iter().copied().filter(|cost| *cost > 0.0) {
        least = least.min(cost);
        steepest = steepest.max(cost / least);
    }
    steepest
}

/// CPU of the server for 100,000 deliveries, and deliveries a second.
fn cost(common: &Common, members: usize, entries: u64) -> Result<(f64, f64), BenchError> {
    need_descriptors(members + HELPERS)?;
    let folder = tempfile::tempdir()?;
    let mut city = City::new(folder.path())?;
    let all = city.people(members + HELPERS)?;
    let group = city.group(&all, entries)?;
    let (people, helpers) = all.split_at(members);
    drop(city);
    on_one_thread(async {
        let server = Process::server(common, folder.path())?;
        let mut field = Field::open(server, people, helpers, &group, Duration::ZERO).await?;
        let duration = Duration::from_secs_f64(common.seconds);
        // What came with connecting comes to rest first.
        field.rush(OUTSTANDING, duration / 10).await?;
        let (measured, cpu) = field.rush(OUTSTANDING, duration).await?;
        field.receivers.end();
        Ok((measured.per_100k(cpu), measured.rate()))
    })
}

/// The same of the fan-out that stores nothing.
fn ceiling(common: &Common, members: usize) -> Result<f64, BenchError> {
    on_one_thread(async {
        let mut field = ceiling::Field::open(members).await?;
        let duration = Duration::from_secs_f64(common.seconds);
        field.rush(OUTSTANDING, duration / 10).await?;
        let before = field.process.cpu();
        let measured = field.rush(OUTSTANDING, duration).await?;
        Ok(measured.per_100k(field.process.cpu() - before))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fall_is_no_growth() {
        assert!((super::growth(&[3.0, 1.0, 1.2, 0.9]) - 1.2).abs() < 1e-9);
        assert!((super::growth(&[]) - 1.0).abs() < 1e-9);
    }
}
