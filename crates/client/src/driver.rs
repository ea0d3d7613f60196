// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The task that owns the engine. One loop: whatever has come (actions, queries, frames, the timer) is collected, handed to
//! the engine in order in one go, and its effects are carried out.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use melder_engine::api::{Action, ActionError, ActionId, Connection as Standing, Effect, Event, Input, Outcome};
use melder_engine::{Engine, EngineError};
use melder_protocol::Time;
use rand_chacha::ChaCha20Rng;
use rand_core::{OsRng, RngCore, SeedableRng};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use crate::client::Link;
use crate::clock::Clock;
use crate::config::{ClientConfig, Database, OpenError, open_database};
use crate::pool;
use crate::socket::{self, AbortOnDrop, Counters, Net, Outlet};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Longest pause after a connection that the server took, however soon it fell.
const PAUSE_IF_TAKEN: Duration = Duration::from_secs(2);
/// A connection that stood this long was a good one: the next is made at once.
const STOOD: Duration = Duration::from_secs(10);
/// Inputs that are handed to the engine in one go.
const BATCH: usize = 64;
/// Bytes of frames that go into one transaction.
const TOGETHER: usize = 128 * 1024;
/// The engine may want to be woken at once; not more often than this.
const SHORTEST_WAIT: Duration = Duration::from_millis(5);
/// Without any wish of the engine. Also catches a clock that was set.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Failures of the store, one after the other, until the client gives up.
const MOST_FAILURES: u32 = 5;

type Reply = oneshot::Sender<Result<Outcome, ActionError>>;
pub(crate) type Query = Box<dyn FnOnce(&mut Engine) + Send>;

/// From the handle.
pub(crate) enum Command {
    Work(Work),
    Subscribe(mpsc::UnboundedSender<Arc<Event>>),
    SetServer(String),
    Online(bool),
    Close,
}

/// What the engine itself is to do.
pub(crate) enum Work {
    Do(Box<Action>, Reply),
    Query(Query),
    Tick,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Command")
    }
}

/// How a client ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was closed.
    Closed,
    /// The device was removed or the account suspended for good: the server sent it away. Its data are kept.
    SentAway,
    /// The account is deleted, and so is its database.
    Wiped,
    /// The store failed. What was acknowledged is on disk.
    Failed(String),
}

/// The engine and what it needs to run.
struct Machine {
    engine: Engine,
    rng: ChaCha20Rng,
    clock: Arc<dyn Clock>,
}

/// One step for the engine.
enum Step {
    Input(Input),
    Query(Query),
    SetServer(String),
}

pub(crate) async fn start(
    config: ClientConfig,
    commands: mpsc::UnboundedReceiver<Command>,
    link: watch::Sender<Link>,
    end: watch::Sender<Option<End>>,
    counters: Arc<Counters>,
) -> Result<(), OpenError> {
    let ClientConfig {
        database,
        key,
        server,
        clock,
        seed,
        online,
    } = config;
    let file = match &database {
        Database::File(path) => Some(path.clone()),
        Database::Memory => None,
    };
    let opening_clock = Arc::clone(&clock);
    let ((), opened) = pool::run((), move |()| {
        let connection = open_database(&database, key.as_ref())?;
        let mut engine = Engine::open(connection, opening_clock.now())?;
        if let Some(server) = &server
            && engine.server()?.as_ref() != Some(server)
        {
            engine.set_server(server)?;
        }
        let server = engine.server()?;
        let mut bytes = [0; 32];
        match seed {
            Some(seed) => bytes = seed,
            None => OsRng.try_fill_bytes(&mut bytes).map_err(OpenError::Randomness)?,
        }
        Ok::<_, OpenError>((engine, ChaCha20Rng::from_seed(bytes), server))
    })
    .await
    .ok_or(OpenError::CutOff)?;
    let (engine, mut rng, server) = opened?;
    let jitter = ChaCha20Rng::seed_from_u64(rng.next_u64());
    let (net_sender, net) = socket::channel();
    let driver = Driver {
        machine: Some(Machine {
            engine,
            rng,
            clock: Arc::clone(&clock),
        }),
        clock,
        file,
        server,
        online,
        commands,
        net,
        net_sender,
        number: 0,
        socket: None,
        out: None,
        pause: Duration::ZERO,
        ready: None,
        jitter,
        wake: None,
        next_action: 1,
        waiting: HashMap::new(),
        subscribers: Vec::new(),
        failures: 0,
        link,
        end,
        counters,
    };
    tokio::spawn(driver.run());
    Ok(())
}

struct Driver {
    /// `None` only while it works elsewhere, or after it was lost.
    machine: Option<Machine>,
    clock: Arc<dyn Clock>,
    file: Option<PathBuf>,
    server: Option<String>,
    online: bool,
    commands: mpsc::UnboundedReceiver<Command>,
    net: mpsc::Receiver<Net>,
    net_sender: mpsc::Sender<Net>,
    /// Of the current connection. What an older one says is not heard.
    number: u64,
    socket: Option<AbortOnDrop<()>>,
    out: Option<Outlet>,
    pause: Duration,
    /// When the server took the device in.
    ready: Option<Instant>,
    jitter: ChaCha20Rng,
    wake: Option<Time>,
    next_action: u64,
    waiting: HashMap<ActionId, Reply>,
    subscribers: Vec<mpsc::UnboundedSender<Arc<Event>>>,
    failures: u32,
    link: watch::Sender<Link>,
    end: watch::Sender<Option<End>>,
    counters: Arc<Counters>,
}

impl Driver {
    async fn run(mut self) {
        let end = match self.serve().await {
            Ok(end) | Err(end) => end,
        };
        self.disconnect();
        // The database must be closed before anybody hears of the end.
        if let Some(machine) = self.machine.take() {
            let _ = pool::run(Some(machine), |machine| drop(machine.take())).await;
        }
        if end == End::Wiped
            && let Some(file) = &self.file
        {
            wipe(file);
        }
        if let End::Failed(reason) = &end {
            tracing::error!(reason, "the client has stopped");
        }
        self.waiting.clear();
        self.end.send_replace(Some(end));
    }

    async fn serve(&mut self) -> Result<End, End> {
        let mut ended = self.work(vec![Step::Input(Input::Tick)]).await?;
        self.connect();
        loop {
            if let Some(end) = ended {
                return Ok(end);
            }
            let mut steps = Vec::new();
            let timer = self.timer();
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(command) => if self.command(command, &mut steps) { return Ok(End::Closed) },
                    None => return Ok(End::Closed),
                },
                Some(net) = self.net.recv() => self.heard(net, &mut steps),
                () = sleep_until(timer) => {
                    self.wake = None;
                    steps.push(Step::Input(Input::Tick));
                }
            }
            // What else is there goes along; the order within each source is kept.
            while steps.len() < BATCH {
                if let Ok(net) = self.net.try_recv() {
                    self.heard(net, &mut steps);
                } else if let Ok(command) = self.commands.try_recv() {
                    if self.command(command, &mut steps) {
                        // What was asked for before is still done.
                        self.work(steps).await?;
                        return Ok(End::Closed);
                    }
                } else {
                    break;
                }
            }
            ended = self.work(steps).await?;
        }
    }

    fn timer(&self) -> Instant {
        let wait = match self.wake {
            Some(time) => self.clock.until(time).clamp(SHORTEST_WAIT, LONGEST_WAIT),
            None => LONGEST_WAIT,
        };
        Instant::now() + wait
    }

    /// True: it is to end.
    fn command(&mut self, command: Command, steps: &mut Vec<Step>) -> bool {
        match command {
            Command::Work(Work::Do(action, reply)) => {
                let id = ActionId(self.next_action);
                self.next_action += 1;
                self.waiting.insert(id, reply);
                steps.push(Step::Input(Input::Do(id, action)));
            }
            Command::Work(Work::Query(query)) => steps.push(Step::Query(query)),
            Command::Work(Work::Tick) => steps.push(Step::Input(Input::Tick)),
            Command::Subscribe(subscriber) => self.subscribers.push(subscriber),
            Command::SetServer(server) => {
                if self.server.as_ref() != Some(&server) {
                    self.server = Some(server.clone());
                    steps.push(Step::SetServer(server));
                    if self.disconnect() {
                        steps.push(Step::Input(Input::Disconnected));
                    }
                }
                self.pause = Duration::ZERO;
                self.connect();
            }
            Command::Online(true) => {
                self.online = true;
                // Whoever says this does not want to sit out a pause.
                if self.out.is_none() {
                    self.disconnect();
                    self.pause = Duration::ZERO;
                }
                self.connect();
            }
            Command::Online(false) => {
                self.online = false;
                if self.disconnect() {
                    steps.push(Step::Input(Input::Disconnected));
                }
            }
            Command::Close => return true,
        }
        false
    }

    fn heard(&mut self, net: Net, steps: &mut Vec<Step>) {
        match net {
            Net::Up(number, out) if number == self.number => {
                self.out = Some(out);
                steps.push(Step::Input(Input::Connected));
            }
            Net::Frame(number, bytes) if number == self.number => {
                steps.push(Step::Input(Input::Frame(bytes)));
            }
            Net::Down(number) if number == self.number => {
                if self.disconnect() {
                    steps.push(Step::Input(Input::Disconnected));
                }
                self.connect();
            }
            Net::Up(..) | Net::Frame(..) | Net::Down(_) => {}
        }
    }

    /// Starts a connection, if there is to be one and there is none.
    fn connect(&mut self) {
        let Some(server) = self.server.clone() else { return };
        if !self.online || self.socket.is_some() {
            return;
        }
        self.number += 1;
        let pause = self
            .pause
            .mul_f64(0.5 + f64::from(self.jitter.next_u32()) / f64::from(u32::MAX));
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        let task = socket::run(
            self.number,
            server,
            pause,
            self.net_sender.clone(),
            Arc::clone(&self.counters),
        );
        self.socket = Some(AbortOnDrop(tokio::spawn(task)));
    }

    /// Ends the connection. True: it stood.
    fn disconnect(&mut self) -> bool {
        self.number += 1;
        // One that fell at once must not be followed by the next at once, for ever.
        if self.ready.take().is_some_and(|ready| ready.elapsed() >= STOOD) {
            self.pause = Duration::ZERO;
        }
        self.socket = None;
        self.set_link(Link::Down);
        self.out.take().is_some()
    }

    fn set_link(&self, link: Link) {
        self.link.send_if_modified(|now| std::mem::replace(now, link) != link);
    }

    /// Hands the steps to the engine and does what it says.
    async fn work(&mut self, steps: Vec<Step>) -> Result<Option<End>, End> {
        if steps.is_empty() {
            return Ok(None);
        }
        let frames = steps.iter().any(|step| matches!(step, Step::Input(Input::Frame(_))));
        let Some(machine) = self.machine.take() else {
            return Err(End::Failed("the engine is lost".to_owned()));
        };
        let Some((machine, effects)) = pool::run(machine, move |machine| machine.run(steps)).await else {
            return Err(End::Failed("the engine stopped in the middle of its work".to_owned()));
        };
        self.machine = Some(machine);
        let (effects, failed) = effects;
        if frames && self.out.is_some() {
            self.link.send_if_modified(|now| {
                let opened = *now == Link::Down;
                if opened {
                    *now = Link::Open;
                }
                opened
            });
        }
        let end = self.carry_out(effects).await?;
        match failed {
            None => {
                self.failures = 0;
                Ok(end)
            }
            Some(error) => self.failed(&error).map(|()| end),
        }
    }

    /// The store failed and nothing was changed: the connection starts anew. A store that goes on failing is the end.
    fn failed(&mut self, error: &EngineError) -> Result<(), End> {
        self.failures += 1;
        tracing::error!(%error, failures = self.failures, "the store failed");
        if self.failures >= MOST_FAILURES {
            return Err(End::Failed(error.to_string()));
        }
        // Nobody will answer these any more; whoever asked may ask again.
        self.waiting.clear();
        self.disconnect();
        self.connect();
        Ok(())
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) -> Result<Option<End>, End> {
        let mut end = None;
        let mut reconnect = false;
        for effect in effects {
            match effect {
                Effect::Send(bytes) => {
                    // Without a connection the engine keeps what it needs, and sends again.
                    if let Some(out) = &self.out {
                        out.send(bytes);
                    }
                }
                Effect::Reconnect => reconnect = true,
                Effect::Stop => {
                    self.online = false;
                    end.get_or_insert(End::SentAway);
                }
                Effect::Wipe => end = Some(End::Wiped),
                Effect::WakeAt(time) => {
                    self.wake = Some(self.wake.map_or(time, |now| now.min(time)));
                }
                Effect::Event(event) => self.tell(*event),
            }
        }
        if reconnect && end.is_none() {
            let stood = self.disconnect();
            self.connect();
            if stood {
                return Box::pin(self.work(vec![Step::Input(Input::Disconnected)])).await;
            }
        }
        Ok(end)
    }

    fn tell(&mut self, event: Event) {
        match &event {
            Event::Done { action, outcome } => {
                if let Some(reply) = self.waiting.remove(action) {
                    let _ = reply.send(Ok(outcome.clone()));
                }
            }
            Event::Failed { action, error } => {
                if let Some(reply) = self.waiting.remove(action) {
                    let _ = reply.send(Err(error.clone()));
                }
            }
            Event::Connection(Standing::Online) => {
                self.ready = Some(Instant::now());
                self.pause = self.pause.min(PAUSE_IF_TAKEN);
                self.set_link(Link::Online);
            }
            Event::Connection(Standing::Offline) => {
                self.link.send_if_modified(|now| {
                    let was = *now == Link::Online;
                    if was {
                        *now = Link::Open;
                    }
                    was
                });
            }
            _ => {}
        }
        if self.subscribers.is_empty() {
            return;
        }
        let event = Arc::new(event);
        self.subscribers
            .retain(|subscriber| subscriber.send(Arc::clone(&event)).is_ok());
    }
}

impl Machine {
    /// Runs the steps in order, up to the first that fails. Inputs that came together go into one transaction, so that
    /// a burst waits for the disk once; but not too many, since nothing of them is seen before the last.
    fn run(&mut self, steps: Vec<Step>) -> (Vec<Effect>, Option<EngineError>) {
        let mut effects = Vec::new();
        let mut together = Together::default();
        for step in steps {
            let result = match step {
                Step::Input(input) => {
                    let full = together.push(input);
                    if full {
                        self.take(&mut together, &mut effects)
                    } else {
                        Ok(())
                    }
                }
                Step::Query(query) => self.take(&mut together, &mut effects).map(|()| query(&mut self.engine)),
                Step::SetServer(server) => self
                    .take(&mut together, &mut effects)
                    .and_then(|()| self.engine.set_server(&server)),
            };
            if let Err(error) = result {
                return (effects, Some(error));
            }
        }
        let failed = self.take(&mut together, &mut effects).err();
        (effects, failed)
    }

    fn take(&mut self, together: &mut Together, effects: &mut Vec<Effect>) -> Result<(), EngineError> {
        let Together { inputs, .. } = std::mem::take(together);
        if inputs.is_empty() {
            return Ok(());
        }
        let more = self.engine.handle_all(self.clock.now(), &mut self.rng, inputs)?;
        effects.extend(more);
        Ok(())
    }
}

/// Inputs for one transaction.
#[derive(Default)]
struct Together {
    inputs: Vec<Input>,
    bytes: usize,
}

impl Together {
    /// True: that is enough.
    fn push(&mut self, input: Input) -> bool {
        self.bytes += match &input {
            Input::Frame(bytes) => bytes.len(),
            _ => 0,
        };
        self.inputs.push(input);
        self.bytes >= TOGETHER
    }
}

/// Deletes a database and what SQLite keeps beside it.
fn wipe(file: &std::path::Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::error!(%error, "a file of a deleted account could not be removed");
            }
            _ => {}
        }
    }
}
