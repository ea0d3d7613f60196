// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The benches without the rest of the command line, for profilers.

use clap::Parser as _;

#[derive(clap::Parser)]
struct Args {
    #[command(subcommand)]
    bench: melder_bench::Bench,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write as _;
    if let Some(report) = Args::parse().bench.run()? {
        for figure in report.figures {
            writeln!(
                std::io::stdout(),
                "{} {:.3} {}",
                figure.name,
                figure.value,
                figure.unit.symbol()
            )?;
        }
    }
    Ok(())
}
