// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Every bench after the other, each with what it does when it is told nothing. One report with all figures, for the
//! table in `docs/performance.md`.

use clap::{Command, FromArgMatches};

use crate::{BenchError, Common, Report};
use crate::{accept, admin, ceiling, connect, deliver, drain, growth};
use crate::{engine, join, mls};

#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// Measures everything.
///
/// # Errors
/// When one of them could not be run to its end.
pub fn run(common: &Common, _: &Args) -> Result<Report, BenchError> {
    let mut report = Report::new("all");
    report.append(ceiling::run(common, &untold()?)?);
    report.append(deliver::run(common, &untold()?)?);
    report.append(accept::run(common, &untold()?)?);
    report.append(drain::run(common, &untold()?)?);
    report.append(connect::run(common, &untold()?)?);
    report.append(growth::run(common, &untold()?)?);
    report.append(engine::run(common, &untold()?)?);
    report.append(mls::run(common, &untold()?)?);
    report.append(join::run(common, &untold()?)?);
    report.append(admin::run(common, &untold()?)?);
    Ok(report)
}

/// A bench's arguments as they are when nothing is typed.
fn untold<A: clap::Args + FromArgMatches>() -> Result<A, BenchError> {
    let command = A::augment_args(Command::new("bench").no_binary_name(true));
    let matches = command
        .try_get_matches_from(std::iter::empty::<&str>())
        .map_err(BenchError::failed)?;
    A::from_arg_matches(&matches).map_err(BenchError::failed)
}
