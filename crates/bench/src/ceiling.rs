// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the machine allows: a WebSocket fan-out that stores nothing, in a process of its own, and SQLite that commits
//! what has gathered, without a server. Other benches measure their part of it beside themselves.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::load::fanout::{self, Receivers, Senders, Tally, rush};
use crate::load::process::{Process, need_descriptors};
use crate::load::wire::{self, Scratch, Wire};
use crate::load::{device, on_one_thread};
use crate::{BenchError, Common, Report, Unit, median};

/// The bytes of a message, as in the benches of the server.
const PAYLOAD: usize = 300;
/// What groups of senders wait for a commit together.
const WAITING: [usize; 4] = [1, 16, 64, 1_024];

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Connections of the fan-out.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..))]
    pub members: u32,
}

/// Measures fan-out and group commit.
///
/// # Errors
/// When the program does not start, or the disk fails.
pub fn run(common: &Common, args: &Args) -> Result<Report, BenchError> {
    need_descriptors(args.members as usize)?;
    let mut report = Report::new("ceiling");
    let duration = Duration::from_secs_f64(common.seconds);
    on_one_thread(async {
        let mut field = Field::open(args.members as usize).await?;
        for outstanding in [1, 8] {
            let cpu = field.process.cpu();
            let measured = field.rush(outstanding, duration).await?;
            let name = |what: &str| format!("ceiling.{what}{{members={},outstanding={outstanding}}}", args.members);
            report.add(name("rate"), measured.rate(), Unit::PerSecond).add(
                name("cpu"),
                measured.per_100k(field.process.cpu() - cpu),
                Unit::CpuPer100k,
            );
        }
        Ok(())
    })?;
    let folder = tempfile::tempdir()?;
    report.add("ceiling.sync", sync()?, Unit::Milliseconds);
    for waiting in WAITING {
        let rate = group_commit(&folder.path().join(format!("{waiting}.db")), waiting, duration)?;
        report.add(format!("ceiling.commits{{waiting={waiting}}}"), rate, Unit::PerSecond);
    }
    Ok(report)
}

/// The fan-out with its receivers and its sender.
pub(crate) struct Field {
    pub process: Process,
    pub senders: Senders,
    pub tally: Rc<Tally>,
    _receivers: Rc<Receivers>,
}

impl Field {
    /// `members` connections: one sends, the others receive.
    pub(crate) async fn open(members: usize) -> Result<Self, BenchError> {
        let process = Process::ceiling()?;
        let scratch = Scratch::new();
        let tally = Tally::new(members - 1, 1);
        let receivers = Receivers::new(&tally, look, None, Duration::ZERO);
        for _ in 1..members {
            receivers.add(Wire::open(process.address, "/", None, &scratch).await?);
        }
        let sender = Wire::open(process.address, "/", None, &scratch).await?;
        let mut number = 0_u64;
        let make = move || {
            number += 1;
            let mut payload = [0x5a; PAYLOAD];
            payload[..8].copy_from_slice(&number.to_be_bytes());
            let mut out = Vec::new();
            wire::message(&payload, &mut out);
            out
        };
        fanout::listen(sender.reader, &tally);
        Ok(Self {
            process,
            senders: Senders::new(vec![(sender.writer, Box::new(make))]),
            tally,
            _receivers: receivers,
        })
    }

    pub(crate) async fn rush(
        &mut self,
        outstanding: usize,
        duration: Duration,
    ) -> Result<fanout::Measured, BenchError> {
        rush(&mut self.senders, &self.tally, outstanding, duration).await
    }
}

/// The messages of the fan-out carry their number.
fn look(message: &[u8]) -> device::Seen {
    match message.first_chunk() {
        Some(number) => device::Seen::Entries {
            first: u64::from_be_bytes(*number),
            count: 1,
        },
        None => device::Seen::Refused,
    }
}

/// What one connection of the fan-out still has to write.
#[derive(Default)]
struct Outbox {
    waiting: RefCell<VecDeque<Bytes>>,
    news: Notify,
}

/// A message that begins with this comes back to its sender, and goes to nobody else.
pub(crate) const ECHO: u8 = 0xec;

/// The fan-out itself: what one connection sends, all others get. Never ends by itself.
///
/// # Errors
/// When it can't listen.
pub fn serve() -> Result<(), BenchError> {
    on_one_thread(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let told = serde_json::json!({ "address": address });
        writeln!(std::io::stdout(), "{told}")?;
        let all: Rc<RefCell<Vec<Rc<Outbox>>>> = Rc::default();
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::task::spawn_local(connection(stream, Rc::clone(&all)));
        }
    })
}

async fn connection(stream: TcpStream, all: Rc<RefCell<Vec<Rc<Outbox>>>>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    // The levers that were found: a small read buffer, and all that is ready in one write.
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
    let Ok(mut socket) = accept_async_with_config(stream, Some(config)).await else {
        return;
    };
    let own = Rc::new(Outbox::default());
    all.borrow_mut().push(Rc::clone(&own));
    loop {
        tokio::select! {
            message = socket.next() => {
                let Some(Ok(Message::Binary(bytes))) = message else { break };
                let echo = bytes.first() == Some(&ECHO);
                for outbox in all.borrow().iter().filter(|outbox| Rc::ptr_eq(outbox, &own) == echo) {
                    outbox.waiting.borrow_mut().push_back(bytes.clone());
                    outbox.news.notify_one();
                }
            }
            () = own.news.notified() => {
                let ready: Vec<Bytes> = own.waiting.borrow_mut().drain(..).collect();
                let mut lost = false;
                for bytes in ready {
                    lost |= socket.feed(Message::Binary(bytes)).await.is_err();
                }
                if lost || socket.flush().await.is_err() {
                    break;
                }
            }
        }
    }
    all.borrow_mut().retain(|outbox| !Rc::ptr_eq(outbox, &own));
}

/// Milliseconds that 4 KiB take to disk, in the middle of some.
pub(crate) fn sync() -> Result<f64, BenchError> {
    const TIMES: usize = 20;
    let mut file = tempfile::tempfile()?;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let start = Instant::now();
        file.write_all(&[0x5a; 4 * 1024])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(median(&times))
}

/// The loopback alone: answers a second when `waiting` connections each wait for the echo of their last message.
pub(crate) async fn echo(waiting: usize, duration: Duration) -> Result<f64, BenchError> {
    let process = Process::ceiling()?;
    let scratch = Scratch::new();
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..waiting {
        let mut wire = Wire::open(process.address, "/", None, &scratch).await?;
        tasks.push(tokio::task::spawn_local(async move {
            let mut bytes = Vec::new();
            wire::message(&[ECHO; PAYLOAD], &mut bytes);
            let mut count = 0_u32;
            while start.elapsed() < duration {
                wire.writer.send(&bytes).await?;
                let mut back = false;
                while !back {
                    wire.read(|_| back = true).await?;
                }
                count += 1;
            }
            Ok::<_, std::io::Error>(count)
        }));
    }
    let mut total = 0;
    for task in tasks {
        total += task.await.map_err(BenchError::failed)??;
    }
    Ok(f64::from(total) / start.elapsed().as_secs_f64())
}

/// SQLite alone, as durable as the server: rows a second when `waiting` senders each wait for the commit of their
/// last row before they give the next. What has gathered is one transaction.
pub(crate) fn group_commit(path: &Path, waiting: usize, duration: Duration) -> Result<f64, BenchError> {
    let connection = rusqlite::Connection::open(path).map_err(BenchError::failed)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE entries (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        )
        .map_err(BenchError::failed)?;
    let (give, rows) = mpsc::channel::<Vec<u8>>();
    let (done, commits) = mpsc::channel::<usize>();
    let writer = std::thread::spawn(move || -> rusqlite::Result<()> {
        while let Ok(first) = rows.recv() {
            let mut batch = vec![first];
            batch.extend(rows.try_iter().take(1_023));
            connection.execute_batch("BEGIN IMMEDIATE")?;
            {
                let mut insert = connection.prepare_cached("INSERT INTO entries (bytes) VALUES (?1)")?;
                for row in &batch {
                    insert.execute([row])?;
                }
            }
            connection.execute_batch("COMMIT")?;
            if done.send(batch.len()).is_err() {
                break;
            }
        }
        Ok(())
    });
    let row = vec![0x5a; PAYLOAD];
    let start = Instant::now();
    let mut total = 0;
    for _ in 0..waiting {
        drop(give.send(row.clone()));
    }
    let mut out = waiting;
    while out > 0 {
        let Ok(count) = commits.recv() else { break };
        total += count;
        out -= count;
        if start.elapsed() < duration {
            for _ in 0..count {
                drop(give.send(row.clone()));
            }
            out += count;
        }
    }
    let elapsed = start.elapsed();
    drop(give);
    writer
        .join()
        .map_err(|_| BenchError::Failed("SQLite's thread panicked".to_owned()))?
        .map_err(BenchError::failed)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of rows")]
    Ok(total as f64 / elapsed.as_secs_f64())
}
