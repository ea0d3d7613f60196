// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A reader comes back and fetches what it has missed, from the server's disk: nobody else is connected, so nothing is
//! in memory.

use std::time::Instant;

use melder_protocol::{LogId, Sequence};

use crate::load::city::{City, Group, Person};
use crate::load::device::{self, Device};
use crate::load::on_one_thread;
use crate::load::process::Process;
use crate::load::wire::Scratch;
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit, percentile};

/// As often at most.
const REPEATS: usize = 200;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Messages that were missed.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub messages: u32,
}

/// Measures coming back.
///
/// # Errors
/// When the server does not start or sends something else.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let folder = tempfile::tempdir()?;
    let missed = u64::from(args.messages);
    let mut city = City::new(folder.path())?;
    let people = city.people(2)?;
    let group = city.group(&people, missed + 100)?;
    drop(city);
    let reader = people
        .get(1)
        .ok_or_else(|| BenchError::Failed("nobody to read".to_owned()))?;
    let server = Process::server(common, folder.path())?;
    let start = Instant::now();
    let (mut whole, mut reading) = (Vec::new(), Vec::new());
    while whole.len() < 3 || (whole.len() < REPEATS && start.elapsed().as_secs_f64() < common.seconds) {
        let (all, part) = on_one_thread(come_back(&server, reader, &group, missed))?;
        whole.push(all);
        reading.push(part);
    }
    let mut report = Report::new("drain");
    let name = |what: &str| format!("drain.{what}{{messages={missed}}}");
    let target = (missed == 1_000).then_some(Target::AtMost(12.0));
    // From connecting, with the proof of the device, to the last message.
    report.push(name("p50"), percentile(&whole, 0.5), Unit::Milliseconds, target);
    report.add(name("p95"), percentile(&whole, 0.95), Unit::Milliseconds);
    report.add(name("reading.p50"), percentile(&reading, 0.5), Unit::Milliseconds);
    Ok(report)
}

/// Milliseconds from connecting to the last message, and of these from the wish to follow.
async fn come_back(server: &Process, reader: &Person, group: &Group, missed: u64) -> Result<(f64, f64), BenchError> {
    let start = Instant::now();
    let mut device = Device::sign_in(server.address, reader, &Scratch::new()).await?;
    let ready = Instant::now();
    let log = LogId::Group(group.id);
    let mut last = group.head.0 - missed;
    let follow = device::follow(1, log, Sequence(last));
    device.wire.writer.send(&follow).await?;
    while last < group.head.0 {
        let (mut next, mut wrong) = (last, false);
        device
            .wire
            .read(|frame| match device::look(frame) {
                device::Seen::Entries { first, count } => {
                    wrong |= first != next + 1;
                    next += count;
                }
                device::Seen::Refused => wrong = true,
                device::Seen::Taken | device::Seen::Other => {}
            })
            .await?;
        if wrong {
            return Err(BenchError::Failed("entries out of order, or refused".to_owned()));
        }
        last = next;
    }
    let milliseconds = |since: Instant| since.elapsed().as_secs_f64() * 1_000.0;
    Ok((milliseconds(start), milliseconds(ready)))
}
