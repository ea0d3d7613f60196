// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How soon a person who is deleted, and a device that is removed, stops: from the administrator's call over HTTP to the goodbye
//! on the device's socket. The devices are connected and follow a group of all of them, so a deletion has a roster to change and
//! others to tell.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use melder_protocol::frame::ServerFrame;
use melder_protocol::{LogId, Sequence, cbor};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::load::city::{self, City, Group, Person};
use crate::load::device::Device;
use crate::load::on_one_thread;
use crate::load::process::{Process, need_descriptors};
use crate::load::wire::Scratch;
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit, percentile};

/// Longer than this is a device that was not stopped.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// People in the group; each has one device, and all are connected.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u32).range(4..=10_000))]
    pub people: u32,
}

/// Measures the stop.
///
/// # Errors
/// When the server does not start, refuses, or does not stop a device at all.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let count = args.people as usize;
    need_descriptors(count)?;
    let folder = tempfile::tempdir()?;
    let mut city = City::new(folder.path())?;
    let people = city.people(count)?;
    let group = city.group(&people, 0)?;
    let token = city.owner().to_owned();
    drop(city);
    let mut report = Report::new("deletion");
    on_one_thread(async {
        let server = Process::server(common, folder.path())?;
        let mut devices = Vec::with_capacity(count);
        let scratch = Scratch::new();
        for person in &people {
            devices.push(come(server.address, person, &group, &scratch).await?);
        }
        let (mut deleted, mut removed) = (Vec::new(), Vec::new());
        let start = Instant::now();
        // Half of them stay: whoever goes leaves somebody.
        for (place, (person, device)) in people.iter().zip(devices.iter_mut()).take(count / 2).enumerate() {
            if place >= 4 && start.elapsed().as_secs_f64() > common.seconds {
                break;
            }
            let account = person.member.account;
            let (path, times) = if place % 2 == 0 {
                (format!("/v1/admin/accounts/{account}"), &mut deleted)
            } else {
                let path = format!(
                    "/v1/admin/accounts/{account}/devices/{}?wipe=true",
                    person.member.device
                );
                (path, &mut removed)
            };
            times.push(stopped(server.address, &token, &path, device).await?);
        }
        for (what, times) in [("account", &deleted), ("device", &removed)] {
            let name = |which: &str| format!("deletion.{what}.{which}{{people={count}}}");
            let most = times.iter().copied().fold(0.0, f64::max);
            report.add(name("p50"), percentile(times, 0.5), Unit::Milliseconds);
            report.aim(name("max"), most, Unit::Milliseconds, Target::AtMost(200.0));
        }
        Ok(())
    })?;
    Ok(report)
}

async fn come(address: SocketAddr, person: &Person, group: &Group, scratch: &Scratch) -> Result<Device, BenchError> {
    let mut device = Device::sign_in(address, person, scratch).await?;
    device
        .follow(city::inbox(person.member.account), Sequence(u64::MAX))
        .await?;
    device.follow(LogId::Group(group.id), group.head).await?;
    Ok(device)
}

/// Milliseconds from the call to the goodbye.
async fn stopped(address: SocketAddr, token: &str, path: &str, device: &mut Device) -> Result<f64, BenchError> {
    let mut desk = TcpStream::connect(address).await?;
    let call = format!(
        "DELETE {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    let start = Instant::now();
    desk.write_all(call.as_bytes()).await?;
    let goodbye = async {
        loop {
            let mut gone = false;
            device
                .wire
                .read(|frame| gone |= matches!(cbor::decode(frame), Ok(ServerFrame::Goodbye { .. })))
                .await?;
            if gone {
                return Ok::<_, BenchError>(start.elapsed().as_secs_f64() * 1_000.0);
            }
        }
    };
    let time = tokio::time::timeout(PATIENCE, goodbye)
        .await
        .map_err(|_| BenchError::Failed("the device was not stopped".to_owned()))??;
    let mut answer = Vec::new();
    desk.read_to_end(&mut answer).await?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(BenchError::Failed("the server refused the deletion".to_owned()));
    }
    Ok(time)
}
