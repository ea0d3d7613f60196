// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Processes full of devices, started from this very program. They end with it, however it ends: when their standard input
//! closes, or when their handles are dropped. They can also crash by order, and come back with what is on disk.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{RwLock, RwLockReadGuard, mpsc, oneshot, watch};

use super::Trouble;
use crate::replay::wire::{Answer, Ask, Order, Say, Sighting};

pub(super) fn program() -> Result<PathBuf, Trouble> {
    std::env::current_exe().map_err(|error| Trouble::new("starting", error))
}

/// The process was ended before it answered: what was asked for may have been done or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device crashed")]
pub struct Crashed;

/// Where a worker's process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The number of the process.
    Up(u64),
    /// Ended by order; it will come back.
    Down,
    /// Ended by itself.
    Gone,
}

type Waiting = HashMap<u64, oneshot::Sender<Result<Answer, String>>>;

/// What belongs to the process that runs now.
struct Running {
    orders: mpsc::UnboundedSender<Vec<u8>>,
    waiting: Waiting,
    /// Which process: an old one may still be read.
    number: u64,
    child: Option<Child>,
    /// Devices that it has, and how they were opened.
    opened: BTreeMap<usize, Ask>,
}

struct Inner {
    running: Mutex<Running>,
    phase: watch::Sender<Phase>,
    next: AtomicU64,
    sightings: mpsc::UnboundedSender<Sighting>,
    /// Held by whoever can't be cut off in the middle.
    undisturbed: RwLock<()>,
}

/// A process full of devices.
pub struct Worker(Arc<Inner>);

impl Worker {
    pub fn start(sightings: mpsc::UnboundedSender<Sighting>) -> Result<Self, Trouble> {
        let inner = Arc::new(Inner {
            running: Mutex::new(Running {
                orders: mpsc::unbounded_channel().0,
                waiting: HashMap::new(),
                number: 0,
                child: None,
                opened: BTreeMap::new(),
            }),
            phase: watch::Sender::new(Phase::Up(0)),
            next: AtomicU64::new(1),
            sightings,
            undisturbed: RwLock::default(),
        });
        inner.launch()?;
        Ok(Self(inner))
    }

    /// Has a device do something. Waits while the process is down.
    pub async fn ask(&self, device: usize, ask: Ask) -> Result<Result<Answer, String>, Crashed> {
        let mut phase = self.0.phase.subscribe();
        let phase = phase.wait_for(|phase| *phase != Phase::Down).await.map(|phase| *phase);
        match phase {
            Ok(Phase::Up(number)) => self.0.order(number, device, ask).await,
            _ => Ok(Err("the worker process has ended".to_owned())),
        }
    }

    /// As long as this is held, the process does not crash by order.
    pub async fn undisturbed(&self) -> RwLockReadGuard<'_, ()> {
        self.0.undisturbed.read().await
    }

    /// `kill -9`, a pause, and all its devices come back with what is on disk; `online` says which go online. → the devices.
    pub async fn crash(
        &self,
        down: std::time::Duration,
        online: impl Fn(usize) -> bool,
    ) -> Result<Vec<usize>, Trouble> {
        let _nobody_is_in_the_middle = self.0.undisturbed.write().await;
        let child = {
            let mut running = self.0.running();
            self.0.phase.send_replace(Phase::Down);
            running.end()
        };
        if let Some(mut child) = child {
            let killed = child.kill().await;
            killed.map_err(|error| Trouble::new("ending a worker", error))?;
        }
        tokio::time::sleep(down).await;
        let number = self.0.launch()?;
        let opened = self.0.running().opened.clone();
        for (device, mut ask) in opened.clone() {
            if let Ask::Open { online: is_online, .. } = &mut ask {
                *is_online = online(device);
            }
            match self.0.order(number, device, ask).await {
                Ok(Ok(_)) => {}
                Ok(Err(why)) => return Err(Trouble::new(format!("opening device {device} again"), why)),
                Err(crashed) => return Err(Trouble::new(format!("opening device {device} again"), crashed)),
            }
        }
        self.0.phase.send_replace(Phase::Up(number));
        Ok(opened.into_keys().collect())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whoever reads from the process keeps the rest of it.
        drop(self.0.running().end());
    }
}

impl Running {
    /// From now on the process is not this worker's. Whoever waits hears that nothing will come.
    fn end(&mut self) -> Option<Child> {
        self.waiting.clear();
        self.orders = mpsc::unbounded_channel().0;
        self.number += 1;
        self.child.take()
    }
}

impl Inner {
    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// → the process's number.
    fn launch(self: &Arc<Self>) -> Result<u64, Trouble> {
        let failed = |error| Trouble::new("starting a worker", error);
        let mut child = Command::new(program()?)
            .arg("replay-worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Trouble::new("starting a worker", "it has no standard streams"));
        };
        let (orders, to_write) = mpsc::unbounded_channel::<Vec<u8>>();
        tokio::spawn(write(stdin, to_write));
        let mut running = self.running();
        running.orders = orders;
        running.child = Some(child);
        tokio::spawn(read(stdout, Arc::clone(self), running.number));
        Ok(running.number)
    }

    async fn order(&self, number: u64, device: usize, ask: Ask) -> Result<Result<Answer, String>, Crashed> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let is_open = matches!(ask, Ask::Open { .. }).then(|| ask.clone());
        let mut line = match serde_json::to_vec(&Order { id, device, ask }) {
            Ok(line) => line,
            Err(error) => return Ok(Err(error.to_string())),
        };
        line.push(b'\n');
        let (sender, answer) = oneshot::channel();
        {
            let mut running = self.running();
            if running.number != number {
                return Err(Crashed);
            }
            if let Some(ask) = is_open {
                running.opened.insert(device, ask);
            }
            running.waiting.insert(id, sender);
            if running.orders.send(line).is_err() {
                running.waiting.remove(&id);
                return Err(Crashed);
            }
        }
        answer.await.map_err(|_| Crashed)
    }
}

async fn write(mut stdin: ChildStdin, mut lines: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(line) = lines.recv().await {
        if stdin.write_all(&line).await.is_err() {
            break;
        }
    }
}

async fn read(stdout: ChildStdout, worker: Arc<Inner>, number: u64) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(Say::Answer { id, answer }) => settle(&worker, id, Ok(answer)),
            Ok(Say::Failed { id, why }) => settle(&worker, id, Err(why)),
            Ok(Say::Seen { seen }) => seen.into_iter().for_each(|one| drop(worker.sightings.send(one))),
            // A crash can come in the middle of a line.
            Err(error) if worker.running().number == number => {
                tracing::error!(%error, "a worker speaks in tongues");
            }
            Err(_) => {}
        }
    }
    let mut running = worker.running();
    if running.number == number {
        // Not by order: whoever still waits is told that nothing will come.
        worker.phase.send_replace(Phase::Gone);
        running.waiting.clear();
    }
}

fn settle(worker: &Inner, id: u64, result: Result<Answer, String>) {
    let waiting = worker.running().waiting.remove(&id);
    if let Some(waiting) = waiting {
        // The asker may have stopped waiting.
        let _ = waiting.send(result);
    }
}
