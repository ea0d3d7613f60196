// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The shift group: everybody is connected and follows, one writes. How long until the last has a message, how many
//! deliveries a second, and what they cost the server; each beside the fan-out that stores nothing, in turns.

use std::rc::Rc;
use std::time::Duration;

use melder_protocol::{Counter, LogId};
use rand_core::OsRng;

use crate::ceiling;
use crate::load::city::{self, City, Group, Person};
use crate::load::device::{self, Device};
use crate::load::fanout::{self, Measured, Receivers, Senders, Tally, one, rush};
use crate::load::on_one_thread;
use crate::load::process::{Process, need_descriptors};
use crate::load::wire::Scratch;
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit, median, percentile};

/// The size of group that the targets are for.
const SHIFT: usize = 200;
/// Turns of the two programs: what else happens on the machine hits both.
const TURNS: u32 = 5;
/// Between two messages at the light rate: two a second for each program.
const PAUSE: Duration = Duration::from_millis(250);
/// How long the light rate is measured, against the heavy one.
const LIGHT: f64 = 4.0;
/// As it is on a phone: a few milliseconds until entries are on its disk.
pub(crate) const PATIENCE: Duration = Duration::from_millis(5);

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Devices in the group, each of another person.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..))]
    pub members: u32,
    /// Messages that are on their way at once.
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', default_values_t = [1, 8],
          value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub outstanding: Vec<u32>,
}

/// A server with a group, everybody connected.
pub(crate) struct Field {
    pub process: Process,
    pub senders: Senders,
    pub tally: Rc<Tally>,
    pub receivers: Rc<Receivers>,
}

impl Field {
    /// Connects everybody: the first person sends and follows too, the others are counted. `helpers` only send: one
    /// device alone may not send as much as a small group can take.
    pub(crate) async fn open(
        process: Process,
        people: &[Person],
        helpers: &[Person],
        group: &Group,
        patience: Duration,
    ) -> Result<Self, BenchError> {
        let scratch = Scratch::new();
        let log = LogId::Group(group.id);
        let tally = Tally::new(people.len() - 1, group.head.next().0);
        let receivers = Receivers::new(&tally, device::look, Some(log), patience);
        let mut writers = Vec::new();
        for helper in helpers {
            let device = Device::sign_in(process.address, helper, &scratch).await?;
            fanout::listen(device.wire.reader, &tally);
            writers.push((device.wire.writer, messages(group, 0)));
        }
        for (place, person) in people.iter().enumerate() {
            let mut device = Device::sign_in(process.address, person, &scratch).await?;
            device
                .follow(city::inbox(person.member.account), melder_protocol::Sequence(u64::MAX))
                .await?;
            device.follow(log, group.head).await?;
            if place == 0 {
                fanout::listen(device.wire.reader, &tally);
                writers.push((device.wire.writer, messages(group, group.written)));
            } else {
                receivers.add(device.wire);
            }
        }
        Ok(Self {
            process,
            senders: Senders::new(writers),
            tally,
            receivers,
        })
    }

    /// Keeps `outstanding` messages on their way; what was measured, and the CPU seconds of the server.
    pub(crate) async fn rush(&mut self, outstanding: usize, duration: Duration) -> Result<(Measured, f64), BenchError> {
        let cpu = self.process.cpu();
        let measured = rush(&mut self.senders, &self.tally, outstanding, duration).await?;
        Ok((measured, self.process.cpu() - cpu))
    }
}

/// The messages of one sender, who has sent so many.
fn messages(group: &Group, mut counter: u64) -> fanout::Make {
    let id = group.id;
    let bytes = city::message(id, &mut OsRng);
    Box::new(move || {
        counter += 1;
        device::append(id, Counter(counter), &bytes)
    })
}

/// Measures the group.
///
/// # Errors
/// When the server does not start, loses or refuses something.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let members = args.members as usize;
    need_descriptors(2 * members)?;
    let folder = tempfile::tempdir()?;
    let mut city = City::new(folder.path())?;
    let people = city.people(members)?;
    let group = city.group(&people, 0)?;
    drop(city);
    let mut report = Report::new("deliver");
    on_one_thread(async {
        let server = Process::server(common, folder.path())?;
        let name = |what: &str| format!("deliver.{what}{{members={members}}}");
        report.add("deliver.rss.empty", server.rss(), Unit::Mebibytes);
        let mut field = Field::open(server, &people, &[], &group, PATIENCE).await?;
        let mut ceiling = ceiling::Field::open(members).await?;
        report.push(
            name("rss.connected"),
            field.process.rss(),
            Unit::Mebibytes,
            (members == SHIFT).then_some(Target::AtMost(25.0)),
        );
        light(common, &mut field, &mut ceiling, members, &mut report).await?;
        for outstanding in &args.outstanding {
            heavy(
                common,
                &mut field,
                &mut ceiling,
                (members, *outstanding as usize),
                &mut report,
            )
            .await?;
        }
        report.add(name("rss.after"), field.process.rss(), Unit::Mebibytes);
        field.receivers.end();
        Ok(())
    })?;
    Ok(report)
}

/// Two messages a second for each of the two.
async fn light(
    common: &Common,
    field: &mut Field,
    ceiling: &mut ceiling::Field,
    members: usize,
    report: &mut Report,
) -> Result<(), BenchError> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let start = std::time::Instant::now();
    while ours.len() < 3 || start.elapsed().as_secs_f64() < LIGHT * common.seconds {
        tokio::time::sleep(PAUSE).await;
        ours.push(one(&mut field.senders, &field.tally).await?);
        tokio::time::sleep(PAUSE).await;
        theirs.push(one(&mut ceiling.senders, &ceiling.tally).await?);
    }
    for (name, share, most) in [("p50", 0.5, Some(1.5)), ("p95", 0.95, None), ("p99", 0.99, Some(3.0))] {
        let (own, limit) = (percentile(&ours, share), percentile(&theirs, share));
        let name = |what: &str| format!("deliver.{what}.{name}{{members={members}}}");
        report.add(name("last"), own, Unit::Milliseconds);
        report.add(name("last.ceiling"), limit, Unit::Milliseconds);
        let target = most.filter(|_| members == SHIFT).map(Target::AtMost);
        report.push(name("last.ratio"), own / limit, Unit::Ratio, target);
    }
    Ok(())
}

/// As many deliveries as go, in turns.
async fn heavy(
    common: &Common,
    field: &mut Field,
    ceiling: &mut ceiling::Field,
    (members, outstanding): (usize, usize),
    report: &mut Report,
) -> Result<(), BenchError> {
    let turn = Duration::from_secs_f64(common.seconds) / TURNS;
    let mut syncs = Vec::new();
    let (mut rates, mut limits, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut used, mut deliveries) = (0.0, 0);
    for _ in 0..TURNS {
        let (measured, cpu) = field.rush(outstanding, turn).await?;
        used += cpu;
        deliveries += measured.deliveries;
        let limit = ceiling.rush(outstanding, turn).await?;
        syncs.push(ceiling::sync()?);
        rates.push(measured.rate());
        limits.push(limit.rate());
        ratios.push(measured.rate() / limit.rate());
    }
    let all = Measured {
        deliveries,
        elapsed: Duration::ZERO,
    };
    let name = |what: &str| format!("deliver.{what}{{members={members},outstanding={outstanding}}}");
    let ratio = (members == SHIFT && matches!(outstanding, 1 | 8)).then_some(Target::AtLeast(0.65));
    let cpu = (members == SHIFT && outstanding == 1).then_some(Target::AtMost(0.7));
    report.add(name("rate"), median(&rates), Unit::PerSecond);
    report.add(name("ceiling"), median(&limits), Unit::PerSecond);
    report.push(name("ratio"), median(&ratios), Unit::Ratio, ratio);
    // What the ceiling would reach of itself if it waited for one writing to disk before each round.
    #[expect(clippy::cast_precision_loss, reason = "a count of deliveries in a round")]
    let round = ((members - 1) * outstanding) as f64 / median(&limits);
    let sync = median(&syncs) / 1_000.0;
    report.add(name("sync"), sync * 1_000.0, Unit::Milliseconds);
    report.add(name("limit"), round / (round + sync), Unit::Ratio);
    report.push(name("cpu"), all.per_100k(used), Unit::CpuPer100k, cpu);
    Ok(())
}
