// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Many idle devices: what the server's memory holds for each, and how long it takes until all are back after the
//! server was killed and started again.

use std::time::{Duration, Instant};

use melder_protocol::{LogId, Sequence};
use tokio::task::JoinSet;

use crate::load::city::{self, City, Group, Person};
use crate::load::device::Device;
use crate::load::on_one_thread;
use crate::load::process::{Process, need_descriptors};
use crate::load::wire::Scratch;
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit};

/// People in each group.
const GROUP: usize = 50;
/// The first ones, after whom each further one is counted.
const FIRST: usize = 200;
/// Devices that come at the same time: more would wait in the system's queue, not in the server's.
const AT_ONCE: usize = 250;
/// What a connection causes has come to rest after this.
const REST: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Devices, each of another person.
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(2..))]
    pub devices: u32,
}

/// Measures idle connections.
///
/// # Errors
/// When the server does not start or refuses a device.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let devices = args.devices as usize;
    need_descriptors(devices)?;
    let folder = tempfile::tempdir()?;
    let mut city = City::new(folder.path())?;
    let people = city.people(devices)?;
    let mut places = Vec::new();
    for some in people.chunks(GROUP) {
        let group = city.group(some, 0)?;
        places.extend(some.iter().map(|person| (person.clone(), group.clone())));
    }
    drop(city);
    let mut report = Report::new("connect");
    on_one_thread(async {
        let server = Process::server(common, folder.path())?;
        report.add("connect.rss.empty", server.rss(), Unit::Mebibytes);
        let (first, others) = places.split_at(FIRST.min(devices / 2));
        let mut connected = come(&server, first).await?;
        tokio::time::sleep(REST).await;
        let few = server.rss();
        report.add(format!("connect.rss{{devices={}}}", first.len()), few, Unit::Mebibytes);
        let start = Instant::now();
        connected.extend(come(&server, others).await?);
        let came = start.elapsed().as_secs_f64();
        tokio::time::sleep(REST).await;
        let all = server.rss();
        report.add(format!("connect.rss{{devices={devices}}}"), all, Unit::Mebibytes);
        #[expect(clippy::cast_precision_loss, reason = "a count of devices")]
        let each = (all - few) * 1024.0 / others.len() as f64;
        report.aim("connect.rss.each", each, Unit::Kibibytes, Target::AtMost(12.0));
        report.add("connect.come", came, Unit::Seconds);

        server.kill()?;
        drop(connected);
        let start = Instant::now();
        let server = Process::server(common, folder.path())?;
        let connected = come(&server, &places).await?;
        report.add(
            format!("connect.back{{devices={devices}}}"),
            start.elapsed().as_secs_f64(),
            Unit::Seconds,
        );
        drop(connected);
        Ok(())
    })?;
    Ok(report)
}

/// Signs in and follows, as a device does.
async fn come(server: &Process, places: &[(Person, Group)]) -> Result<Vec<Device>, BenchError> {
    let scratch = Scratch::new();
    let mut waiting = places.iter().cloned();
    let mut coming = JoinSet::new();
    let mut there = Vec::with_capacity(places.len());
    loop {
        while coming.len() < AT_ONCE
            && let Some((person, group)) = waiting.next()
        {
            let (address, scratch) = (server.address, scratch.clone());
            coming.spawn_local(async move {
                let mut device = Device::sign_in(address, &person, &scratch).await?;
                device
                    .follow(city::inbox(person.member.account), Sequence(u64::MAX))
                    .await?;
                device.follow(LogId::Group(group.id), group.head).await?;
                Ok::<_, BenchError>(device)
            });
        }
        match coming.join_next().await {
            Some(device) => there.push(device.map_err(BenchError::failed)??),
            None => return Ok(there),
        }
    }
}
