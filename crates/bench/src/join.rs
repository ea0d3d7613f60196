// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A unit joins a new managed group: how long until everybody reads the first message, with how many commits, and where
//! the time goes.
//!
//! The server is a process of its own. The devices are real clients with encrypted databases on disk, all in this
//! process, each on a socket of its own, and all share the processors with the server: on two cores this is the work
//! that two hundred telephones would do at the same time, one after the other. The group is made through the
//! administration's API, as an office does it; nobody has heard of anybody before. The first message is written by
//! whoever is first in the group together with the others.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use melder_client::{Client, ClientConfig, Events, Link};
use melder_content::{Content, Text};
use melder_engine::api::{Action, Draft, Event, GroupStatus, MessageChange, Outcome};
use melder_protocol::invitation::InvitationToken;
use melder_protocol::{AccountId, GroupId};
use rand_core::RngCore as _;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::engine::town::Town;
use crate::load::process::{Process, cpu_of, need_descriptors};
use crate::report::{Report, Target, Unit, percentile};
use crate::{BenchError, Common};

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// People in the unit, each with one device.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub members: usize,
    /// The group's suite.
    #[arg(long, value_name = "SUITE", default_value = "hybrid", value_parser = ["hybrid", "classical"])]
    pub suite: String,
}

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(120);
/// People who take their invitations at the same time.
const AT_ONCE: usize = 16;
/// Until what the joining of accounts set off is over.
const QUIET: Duration = Duration::from_millis(500);

/// Somebody whose device is on.
struct Person {
    account: AccountId,
    client: Client,
}

/// What one device went through, in seconds from the wish for the group.
struct Seen {
    joined: f64,
    read: f64,
    commits: u64,
    wrote: Option<f64>,
}

/// Runs it, in a folder of its own.
///
/// # Errors
/// When the server or a device does not do what it should.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    need_descriptors(args.members * 4)?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    std::fs::create_dir(&data)?;
    let mut town = Town::new(&data, rand_core::OsRng.next_u64())?;
    let invited: Vec<_> = (0..args.members.max(2))
        .map(|number| town.invite(&format!("Kraft {number}")))
        .collect::<Result<_, _>>()?;
    let token = town.token.clone();
    drop(town);
    let server = Process::server(common, &data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let people = gather(&server, folder.path(), invited).await?;
        let report = measure(&server, &token, &args.suite, &people).await;
        for person in people {
            person.client.close().await;
        }
        report
    })
}

/// Everybody takes their invitation, and their devices settle.
async fn gather(
    server: &Process,
    folder: &Path,
    invited: Vec<(AccountId, InvitationToken)>,
) -> Result<Vec<Person>, BenchError> {
    let mut people = Vec::new();
    let mut joining = JoinSet::new();
    for (number, (account, token)) in invited.into_iter().enumerate() {
        while joining.len() >= AT_ONCE {
            people.extend(next(&mut joining).await?);
        }
        let file = folder.join(format!("device-{number}.sqlite"));
        joining.spawn(person(server.address, file, account, token));
    }
    while !joining.is_empty() {
        people.extend(next(&mut joining).await?);
    }
    for person in &people {
        person.client.settle(QUIET, LIMIT).await;
    }
    Ok(people)
}

async fn next<T: 'static>(tasks: &mut JoinSet<Result<T, BenchError>>) -> Result<Option<T>, BenchError> {
    match tasks.join_next().await {
        Some(done) => done.map_err(BenchError::failed)?.map(Some),
        None => Ok(None),
    }
}

async fn person(
    server: SocketAddr,
    file: std::path::PathBuf,
    account: AccountId,
    token: InvitationToken,
) -> Result<Person, BenchError> {
    let mut key = Zeroizing::new([0; 32]);
    rand_core::OsRng.fill_bytes(key.as_mut_slice());
    let config = ClientConfig {
        server: Some(format!("http://{server}")),
        ..ClientConfig::file(file, key)
    };
    let client = Client::open(config).await.map_err(BenchError::failed)?;
    client.wait_link(Link::Open, LIMIT).await.map_err(BenchError::failed)?;
    let join = Action::Join {
        token,
        device_name: "Telefon".to_owned(),
        name: None,
    };
    match client.action(join).await {
        Ok(Outcome::Joined) => {}
        Ok(_) => return Err(BenchError::Failed("an account that is not one".to_owned())),
        Err(error) => return Err(BenchError::failed(error)),
    }
    client
        .wait_link(Link::Online, LIMIT)
        .await
        .map_err(BenchError::failed)?;
    Ok(Person { account, client })
}

async fn measure(server: &Process, token: &str, suite: &str, people: &[Person]) -> Result<Report, BenchError> {
    let wrote = Arc::new(AtomicBool::new(false));
    let (tell, group) = watch::channel(None);
    let begin = Instant::now();
    let mut watching = JoinSet::new();
    for person in people {
        let events = person.client.events();
        watching.spawn(witness(
            person.client.clone(),
            events,
            group.clone(),
            Arc::clone(&wrote),
            begin,
        ));
    }
    let bytes = |people: &[Person]| {
        people
            .iter()
            .map(|person| person.client.traffic().bytes_in)
            .sum::<u64>()
    };
    let (server_cpu, own_cpu, bytes_in) = (server.cpu(), cpu_of("self"), bytes(people));
    let accounts: Vec<Value> = people
        .iter()
        .map(|person| json!({ "account": person.account, "role": "member" }))
        .collect();
    let wish =
        json!({ "kind": "group", "name": "Schicht", "suite": suite, "rules": { "units": [], "accounts": accounts } });
    let asked = begin.elapsed().as_secs_f64();
    let (address, token) = (server.address, token.to_owned());
    let made = tokio::task::spawn_blocking(move || post(address, &token, "/v1/admin/groups", &wish));
    let made = made.await.map_err(BenchError::failed)??;
    let created = begin.elapsed().as_secs_f64() - asked;
    let id: GroupId = made["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| BenchError::Failed(format!("no group: {made}")))?;
    tell.send_replace(Some(id));
    let mut seen = Vec::new();
    while !watching.is_empty() {
        seen.extend(next(&mut watching).await?);
    }
    let members = people.len();
    let name = |what: &str| format!("join.{what}{{members={members},suite={suite}}}");
    let since = |pick: fn(&Seen) -> f64| -> Vec<f64> { seen.iter().map(|seen| pick(seen) - asked).collect() };
    let (joined, read) = (since(|seen| seen.joined), since(|seen| seen.read));
    let written = seen.iter().find_map(|seen| seen.wrote).unwrap_or_default() - asked;
    let commits = seen.iter().map(|seen| seen.commits).max().unwrap_or_default();
    let mut report = Report::new("join");
    #[expect(clippy::cast_precision_loss, reason = "counts and bytes")]
    report
        .aim(
            name("everyone_reads"),
            percentile(&read, 1.0),
            Unit::Seconds,
            Target::AtMost(5.0),
        )
        .aim(name("commits"), commits as f64, Unit::Count, Target::AtMost(5.0))
        .add(name("created"), created, Unit::Seconds)
        .add(name("first_in"), percentile(&joined, 0.0), Unit::Seconds)
        .add(name("first_message"), written, Unit::Seconds)
        .add(name("joined.p50"), percentile(&joined, 0.5), Unit::Seconds)
        .add(name("joined.last"), percentile(&joined, 1.0), Unit::Seconds)
        .add(name("read.p50"), percentile(&read, 0.5), Unit::Seconds)
        .add(name("cpu.server"), server.cpu() - server_cpu, Unit::Seconds)
        .add(name("cpu.devices"), cpu_of("self") - own_cpu, Unit::Seconds)
        .add(
            name("fetched_per_device"),
            (bytes(people) - bytes_in) as f64 / 1024.0 / members as f64,
            Unit::Kibibytes,
        );
    Ok(report)
}

/// Watches one device until it has read the first message. The first device that is in with the others writes it.
async fn witness(
    client: Client,
    mut events: Events,
    mut group: watch::Receiver<Option<GroupId>>,
    wrote: Arc<AtomicBool>,
    begin: Instant,
) -> Result<Seen, BenchError> {
    let at = || begin.elapsed().as_secs_f64();
    let mut seen = Seen {
        joined: 0.0,
        read: 0.0,
        commits: 0,
        wrote: None,
    };
    let work = async {
        loop {
            let Some(event) = events.next().await else {
                return Err(BenchError::Failed("a device stopped".to_owned()));
            };
            match &*event {
                Event::GroupChanged(changed) if seen.joined == 0.0 => {
                    let changed = *changed;
                    let chat = client.query(move |engine| engine.chat(changed)).await;
                    let chat = chat.map_err(BenchError::failed)?.map_err(BenchError::failed)?;
                    let is_in = chat.is_some_and(|chat| chat.status == GroupStatus::Active && chat.epoch > 0);
                    if !is_in {
                        continue;
                    }
                    let id = *group.wait_for(Option::is_some).await.map_err(BenchError::failed)?;
                    if id != Some(changed) {
                        continue;
                    }
                    seen.joined = at();
                    if !wrote.swap(true, Ordering::Relaxed) {
                        let draft = Box::new(Draft::new(Content::Text(Text::plain("Alle da?"))));
                        let send = Action::Send { group: changed, draft };
                        client.action(send).await.map_err(BenchError::failed)?;
                        seen.wrote = Some(at());
                    }
                }
                Event::MessageChanged {
                    group: of,
                    change: MessageChange::New,
                    ..
                } if Some(*of) == *group.borrow() => {
                    seen.read = at();
                    if seen.joined == 0.0 {
                        seen.joined = seen.read;
                    }
                    let of = *of;
                    let chat = client.query(move |engine| engine.chat(of)).await;
                    let chat = chat.map_err(BenchError::failed)?.map_err(BenchError::failed)?;
                    seen.commits = chat.map_or(0, |chat| chat.epoch);
                    return Ok(());
                }
                _ => {}
            }
        }
    };
    tokio::time::timeout(LIMIT, work)
        .await
        .map_err(|_| BenchError::Failed("a device did not read the first message".to_owned()))??;
    Ok(seen)
}

/// One request of the administration's API.
fn post(server: SocketAddr, token: &str, path: &str, body: &Value) -> Result<Value, BenchError> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(server)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if !head.starts_with("HTTP/1.1 2") {
        return Err(BenchError::Failed(format!("the administration refused: {body}")));
    }
    serde_json::from_str(body).map_err(BenchError::failed)
}
