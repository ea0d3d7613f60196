// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What administration costs: a table of accounts with invitations, a unit into a group, a unit deleted, a connected
//! device stopped by a deletion, each keystroke's search among all accounts, and a directory's questions by SCIM. Over
//! HTTP, as the Leitstand and a directory ask, at a server process on a disk.

use std::thread;
use std::time::{Duration, Instant};

use melder_protocol::frame::ServerFrame;
use serde_json::{Value, json};

use crate::load::city::{City, Person};
use crate::load::device::Device;
use crate::load::http::Http;
use crate::load::on_one_thread;
use crate::load::process::Process;
use crate::load::wire::Scratch;
use crate::report::Target;
use crate::{BenchError, Common, Report, Unit, median, percentile};

/// The most rows of one table.
const TABLE: u32 = 10_000;
/// What the Leitstand asks for at once.
const PART: u32 = 100;
/// Requests of a directory at the same time.
const AT_ONCE: usize = 16;
/// What is typed; each beginning of it is a request.
const TYPED: [&str; 3] = ["first4711 last2", "team 7", "warden hall"];

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Accounts of the one table that is measured.
    #[arg(long, value_name = "NUMBER", default_value_t = TABLE, value_parser = clap::value_parser!(u32).range(10..=i64::from(TABLE)))]
    pub import: u32,
    /// Accounts of the unit that comes into a group, and is deleted: so many for each of the table's units.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub unit: u32,
    /// Accounts in all while lists and searches are measured.
    #[arg(long, value_name = "NUMBER", default_value_t = 50_000)]
    pub accounts: u32,
    /// Users of a directory while its filters are measured.
    #[arg(long, value_name = "NUMBER", default_value_t = 50_000)]
    pub users: u32,
}

/// Measures administration.
///
/// # Errors
/// When the server does not start, or refuses something.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    let folder = tempfile::tempdir()?;
    let mut city = City::new(folder.path())?;
    let person = city.people(1)?.pop();
    let token = city.owner().to_owned();
    drop(city);
    let server = Process::server(common, folder.path())?;
    let http = Http::new(&server, &token);
    let mut report = Report::new("admin");
    import(&mut report, &server, &http, args)?;
    group_and_deletion(&mut report, &server, &http, args)?;
    if let Some(person) = person {
        let took = stop(&server, &http, &person)?;
        report.aim("admin.delete.device", took, Unit::Milliseconds, Target::AtMost(200.0));
    }
    lists(&mut report, &server, &http, args)?;
    directory(&mut report, &server, &http, args)?;
    Ok(report)
}

/// What it gave, and how long it took, in seconds.
fn timed<T>(work: impl FnOnce() -> Result<T, BenchError>) -> Result<(T, f64), BenchError> {
    let begin = Instant::now();
    let value = work()?;
    Ok((value, begin.elapsed().as_secs_f64()))
}

fn table(accounts: u32, part: u32, in_each: u32) -> Vec<u8> {
    let mut table = String::from("name;unit;function\n");
    for number in 0..accounts {
        table += &format!("First{number} Last{part};Hall/Team {};Warden\n", number / in_each);
    }
    table.into_bytes()
}

fn import(report: &mut Report, server: &Process, http: &Http, args: &Args) -> Result<(), BenchError> {
    let count = args.import;
    let hall = http.post("/v1/admin/units", &json!({"name": "Hall"}))?["id"].clone();
    // A channel for everybody follows them in.
    let rules = json!({"kind": "channel", "name": "Hall", "rules": {"units": [{"unit": hall}]}});
    http.post("/v1/admin/groups", &rules)?;
    report.add("admin.rss.empty", server.rss(), Unit::Mebibytes);
    let path = "/v1/admin/accounts/import?create_units=true&invitations=true";
    let rows = table(count, 0, args.unit);
    let (_, dry) = timed(|| http.upload(&format!("{path}&dry_run=true"), rows.clone()))?;
    let (_, took) = timed(|| http.upload(path, rows))?;
    report.add(format!("admin.import.dry{{accounts={count}}}"), dry, Unit::Seconds);
    report.aim(
        format!("admin.import{{accounts={count}}}"),
        took,
        Unit::Seconds,
        Target::AtMost(3.0),
    );
    report.add("admin.rss.imported", server.rss(), Unit::Mebibytes);
    Ok(())
}

/// A whole unit into a group, and then gone.
fn group_and_deletion(report: &mut Report, server: &Process, http: &Http, args: &Args) -> Result<(), BenchError> {
    let count = args.unit.min(args.import);
    let units = http.get("/v1/admin/units")?;
    let units = units["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let unit = units.iter().find(|unit| unit["name"] == "Team 0");
    let unit = unit.ok_or_else(|| BenchError::Failed("the table made no units".to_owned()))?["id"].clone();
    let group = http.post("/v1/admin/groups", &json!({"kind": "group", "name": "Team"}))?;
    let path = format!("/v1/admin/groups/{}/rules", group["id"].as_str().unwrap_or_default());
    let rules = json!({"units": [{"unit": unit}]});
    let (_, took) = timed(|| http.put(&path, &rules))?;
    report.add(
        format!("admin.group.unit{{accounts={count}}}"),
        took * 1_000.0,
        Unit::Milliseconds,
    );
    let bulk = |dry: bool| json!({"filter": {"unit": unit}, "action": "delete", "dry_run": dry});
    let (_, dry) = timed(|| http.post("/v1/admin/accounts/bulk", &bulk(true)))?;
    let (gone, took) = timed(|| http.post("/v1/admin/accounts/bulk", &bulk(false)))?;
    if gone["changed"] != count {
        return Err(BenchError::Failed(format!(
            "{} instead of {count} deleted",
            gone["changed"]
        )));
    }
    report.add(format!("admin.delete.dry{{accounts={count}}}"), dry, Unit::Seconds);
    report.add(format!("admin.delete{{accounts={count}}}"), took, Unit::Seconds);
    report.add("admin.rss.deleted", server.rss(), Unit::Mebibytes);
    Ok(())
}

/// From the request that deletes somebody until their device has heard that it is over, in milliseconds.
fn stop(server: &Process, http: &Http, person: &Person) -> Result<f64, BenchError> {
    let (http, path) = (http.clone(), format!("/v1/admin/accounts/{}", person.member.account));
    on_one_thread(async {
        let mut device = Device::sign_in(server.address, person, &Scratch::new()).await?;
        let begin = Instant::now();
        let deleting = thread::spawn(move || http.delete(&path));
        while !matches!(device.next().await?, ServerFrame::Goodbye { .. }) {}
        let took = begin.elapsed().as_secs_f64() * 1_000.0;
        let gone = deleting
            .join()
            .map_err(|_| BenchError::Failed("the deletion panicked".to_owned()))?;
        gone.map(|_| took)
    })
}

/// Milliseconds of a few tries.
fn tries(common: Duration, mut ask: impl FnMut() -> Result<Value, BenchError>) -> Result<Vec<f64>, BenchError> {
    let begin = Instant::now();
    let mut samples = Vec::new();
    while samples.len() < 5 || begin.elapsed() < common {
        samples.push(timed(&mut ask)?.1 * 1_000.0);
    }
    Ok(samples)
}

fn lists(report: &mut Report, server: &Process, http: &Http, args: &Args) -> Result<(), BenchError> {
    let mut there = args.import - args.unit.min(args.import);
    let mut part = 1;
    while there < args.accounts {
        let more = TABLE.min(args.accounts - there);
        http.upload(
            "/v1/admin/accounts/import?create_units=true",
            table(more, part, args.unit),
        )?;
        (there, part) = (there + more, part + 1);
    }
    let all = args.accounts;
    let list = format!("/v1/admin/accounts?limit={PART}");
    let moment = Duration::from_millis(200);
    let samples = tries(moment, || http.get(&list))?;
    report.add(
        format!("admin.list{{accounts={all}}}"),
        median(&samples),
        Unit::Milliseconds,
    );
    let mut samples = Vec::new();
    for typed in TYPED {
        for (end, _) in typed.char_indices().skip(1).chain([(typed.len(), ' ')]) {
            let query = format!("{list}&query={}", typed[..end].replace(' ', "+"));
            samples.extend(tries(Duration::ZERO, || http.get(&query))?);
        }
    }
    report.add(
        format!("admin.search.p50{{accounts={all}}}"),
        median(&samples),
        Unit::Milliseconds,
    );
    let worst = percentile(&samples, 0.99);
    report.aim(
        format!("admin.search.p99{{accounts={all}}}"),
        worst,
        Unit::Milliseconds,
        Target::AtMost(50.0),
    );
    report.add("admin.rss.listed", server.rss(), Unit::Mebibytes);
    Ok(())
}

/// A directory tells of its users, many at once, and asks for some of them.
fn directory(report: &mut Report, server: &Process, http: &Http, args: &Args) -> Result<(), BenchError> {
    let scopes = json!({"name": "directory", "scopes": ["directory"]});
    let token = http.post("/v1/admin/tokens", &scopes)?;
    let directory = http.with(token["text"].as_str().unwrap_or_default());
    let users = args.users;
    let (_, took) = timed(|| provision(&directory, users as usize))?;
    report.add("admin.scim.create", f64::from(users) / took, Unit::PerSecond);
    for (name, filter) in [
        ("eq", r#"userName eq "user4711""#),
        ("contains", r#"userName co "r471""#),
        ("mail", r#"emails.value eq "user4711@example.org""#),
        ("inactive", "active eq false"),
    ] {
        let path = format!("/v1/scim/v2/Users?filter={}", escaped(filter));
        // What everybody else waits meanwhile.
        let (asking, path) = (directory.clone(), path);
        let asked = thread::spawn(move || tries(Duration::ZERO, || asking.get(&path)));
        let mut others = Vec::new();
        while !asked.is_finished() {
            others.push(timed(|| http.get("/v1/admin/me"))?.1 * 1_000.0);
        }
        let samples = asked
            .join()
            .map_err(|_| BenchError::Failed("a filter panicked".to_owned()))??;
        report.add(
            format!("admin.scim.{name}{{users={users}}}"),
            median(&samples),
            Unit::Milliseconds,
        );
        let worst = percentile(&others, 1.0);
        report.add(format!("admin.scim.{name}.others"), worst, Unit::Milliseconds);
    }
    report.add("admin.rss.provisioned", server.rss(), Unit::Mebibytes);
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('"', "%22").replace(' ', "%20")
}

fn provision(directory: &Http, users: usize) -> Result<(), BenchError> {
    let all = thread::scope(|scope| {
        let begin = |first: usize| {
            move || {
                (first..users).step_by(AT_ONCE).try_for_each(|number| {
                    let user = json!({
                        "userName": format!("user{number}"), "externalId": format!("id-{number}"), "active": true,
                        "name": {"givenName": format!("First{number}"), "familyName": "Last"},
                    });
                    directory.post("/v1/scim/v2/Users", &user).map(drop)
                })
            }
        };
        let threads: Vec<_> = (0..AT_ONCE).map(|first| scope.spawn(begin(first))).collect();
        threads
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect::<Vec<_>>()
    });
    for one in all {
        one.map_err(|_| BenchError::Failed("a thread of the load panicked".to_owned()))??;
    }
    Ok(())
}
