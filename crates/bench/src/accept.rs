// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Accepting while nobody reads: durable appends a second with a number of senders who each wait for their answer,
//! beside SQLite alone with as many, in turns.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use melder_protocol::Counter;
use rand_core::OsRng;

use crate::ceiling::{echo, group_commit};
use crate::load::city::{self, City, Group, Person};
use crate::load::device::{self, Device};
use crate::load::on_one_thread;
use crate::load::process::{Process, need_descriptors};
use crate::load::wire::{Scratch, Wire};
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit, median};

const TURNS: u32 = 5;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Senders who wait for an answer at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub outstanding: u32,
}

/// Measures accepting.
///
/// # Errors
/// When the server does not start or refuses something.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let senders = args.outstanding as usize;
    need_descriptors(senders)?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    let mut city = City::new(&data)?;
    let people = city.people(senders.max(2))?;
    let group = city.group(&people, 0)?;
    drop(city);
    let server = Process::server(common, &data)?;
    let turn = Duration::from_secs_f64(common.seconds) / TURNS;
    let (mut rates, mut limits, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let mut echoes = Vec::new();
    let mut counters = vec![0; senders];
    let (mut accepted, mut cpu) = (0.0, 0.0);
    for round in 0..TURNS {
        let before = server.cpu();
        let (count, rate) = on_one_thread(accept(&server, &people, &group, &mut counters, turn))?;
        cpu += server.cpu() - before;
        accepted += count;
        let limit = group_commit(&folder.path().join(format!("{round}.db")), senders, turn)?;
        echoes.push(on_one_thread(echo(senders, turn))?);
        rates.push(rate);
        limits.push(limit);
        ratios.push(rate / limit);
    }
    let mut report = Report::new("accept");
    let name = |what: &str| format!("accept.{what}{{outstanding={senders}}}");
    let target = (senders == 16).then_some(Target::AtLeast(0.6));
    report.add(name("rate"), median(&rates), Unit::PerSecond);
    report.add(name("ceiling"), median(&limits), Unit::PerSecond);
    report.push(name("ratio"), median(&ratios), Unit::Ratio, target);
    // Who does both, the loopback and SQLite, one after the other on the same processors, keeps this of SQLite alone.
    let (commits, loopback) = (median(&limits), median(&echoes));
    report.add(name("loopback"), loopback, Unit::PerSecond);
    report.add(name("limit"), loopback / (loopback + commits), Unit::Ratio);
    report.add(name("cpu"), cpu * 100_000.0 / f64::max(accepted, 1.0), Unit::CpuPer100k);
    Ok(report)
}

/// What the senders share.
struct Count {
    accepted: Cell<u32>,
    last: Cell<Instant>,
    failure: RefCell<Option<BenchError>>,
}

/// One turn: how many were accepted, and how many a second.
async fn accept(
    server: &Process,
    people: &[Person],
    group: &Group,
    counters: &mut [u64],
    turn: Duration,
) -> Result<(f64, f64), BenchError> {
    let scratch = Scratch::new();
    let mut wires = Vec::new();
    for person in people.iter().take(counters.len()) {
        wires.push(Device::sign_in(server.address, person, &scratch).await?.wire);
    }
    let start = Instant::now();
    let count = Rc::new(Count {
        accepted: Cell::new(0),
        last: Cell::new(start),
        failure: RefCell::default(),
    });
    let mut tasks = Vec::new();
    for (wire, counter) in wires.into_iter().zip(counters.iter()) {
        let (count, group, counter) = (Rc::clone(&count), group.clone(), *counter);
        tasks.push(tokio::task::spawn_local(async move {
            match send(wire, &group, counter, start + turn, &count).await {
                Ok(counter) => counter,
                Err(error) => {
                    *count.failure.borrow_mut() = Some(error);
                    counter
                }
            }
        }));
    }
    for (task, counter) in tasks.into_iter().zip(counters.iter_mut()) {
        *counter = task.await.map_err(BenchError::failed)?;
    }
    if let Some(error) = count.failure.take() {
        return Err(error);
    }
    let accepted = f64::from(count.accepted.get());
    Ok((
        accepted,
        accepted / count.last.get().duration_since(start).as_secs_f64(),
    ))
}

/// One sender: the next message when the last one is on disk.
async fn send(
    mut wire: Wire,
    group: &Group,
    mut counter: u64,
    until: Instant,
    count: &Count,
) -> Result<u64, BenchError> {
    let message = city::message(group.id, &mut OsRng);
    while Instant::now() < until {
        counter += 1;
        wire.writer
            .send(&device::append(group.id, Counter(counter), &message))
            .await?;
        let (mut taken, mut refused) = (false, false);
        while !taken {
            wire.read(|frame| match device::look(frame) {
                device::Seen::Taken => taken = true,
                device::Seen::Refused => refused = true,
                device::Seen::Entries { .. } | device::Seen::Other => {}
            })
            .await?;
            if refused {
                return Err(BenchError::Failed("the server refused a message".to_owned()));
            }
        }
        count.accepted.set(count.accepted.get() + 1);
        count.last.set(Instant::now());
    }
    Ok(counter)
}
