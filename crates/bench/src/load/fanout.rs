// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One sends, many receive: the loop for a server of Melder's and for the ceiling alike.
//!
//! Receivers are tasks that count what reaches them; a message is through when all of them have it. The sender keeps
//! a number of messages outstanding, or sends one now and then.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use melder_protocol::{LogId, Sequence};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::device;
use super::wire::{Wire, WireReader, WireWriter};
use crate::BenchError;

/// A message that is not through after this is lost.
const LOST: Duration = Duration::from_secs(30);

/// The messages on their way. Numbers are those that the server gives, or the sender where there is nobody to.
#[derive(Debug)]
pub(crate) struct Tally {
    receivers: u32,
    /// The number of the first message in `missing`.
    first: Cell<u64>,
    /// How many receivers still miss each message.
    missing: RefCell<VecDeque<u32>>,
    through: Cell<u64>,
    last_through: Cell<Instant>,
    deliveries: Cell<u64>,
    failure: RefCell<Option<String>>,
    news: Notify,
}

impl Tally {
    /// The next message will have the number `first`.
    pub(crate) fn new(receivers: usize, first: u64) -> Rc<Self> {
        Rc::new(Self {
            receivers: u32::try_from(receivers).unwrap_or(u32::MAX),
            first: Cell::new(first),
            missing: RefCell::default(),
            through: Cell::new(0),
            last_through: Cell::new(Instant::now()),
            deliveries: Cell::new(0),
            failure: RefCell::default(),
            news: Notify::new(),
        })
    }

    fn sent(&self) {
        self.missing.borrow_mut().push_back(self.receivers);
    }

    /// A receiver has these.
    fn reached(&self, first: u64, count: u64) {
        let mut missing = self.missing.borrow_mut();
        self.deliveries.set(self.deliveries.get() + count);
        for number in first..first + count {
            let place = number
                .checked_sub(self.first.get())
                .and_then(|at| usize::try_from(at).ok());
            let Some(left) = place.and_then(|place| missing.get_mut(place)).filter(|left| **left > 0) else {
                drop(missing);
                self.fail(format!("message {number} came twice, or was never sent"));
                return;
            };
            *left -= 1;
            if *left == 0 {
                self.through.set(self.through.get() + 1);
                self.last_through.set(Instant::now());
                self.news.notify_one();
            }
        }
        while missing.front() == Some(&0) {
            missing.pop_front();
            self.first.set(self.first.get() + 1);
        }
    }

    pub(crate) fn fail(&self, why: String) {
        self.failure.borrow_mut().get_or_insert(why);
        self.news.notify_one();
    }

    /// Waits until something is through.
    async fn news(&self) -> Result<(), BenchError> {
        if tokio::time::timeout(LOST, self.news.notified()).await.is_err() {
            return Err(BenchError::Failed("a message did not reach everybody".to_owned()));
        }
        match self.failure.borrow().as_ref() {
            Some(why) => Err(BenchError::Failed(why.clone())),
            None => Ok(()),
        }
    }
}

/// What a task of the field reads out of a message of the server.
pub(crate) type Look = fn(&[u8]) -> device::Seen;

/// Those who receive, and how they acknowledge.
pub(crate) struct Receivers {
    tally: Rc<Tally>,
    look: Look,
    /// The log in which they acknowledge, if they do.
    log: Option<LogId>,
    /// How long a device needs until entries are on its disk. Those that come meanwhile are acknowledged together.
    patience: Duration,
    all: RefCell<Vec<Rc<Receiver>>>,
    tasks: RefCell<Vec<JoinHandle<()>>>,
}

struct Receiver {
    writer: WireWriter,
    have: Cell<u64>,
    acknowledged: Cell<u64>,
}

impl Receiver {
    fn acknowledge(&self, log: LogId) -> std::io::Result<()> {
        if self.have.get() <= self.acknowledged.get() {
            return Ok(());
        }
        self.acknowledged.set(self.have.get());
        self.writer
            .try_send(&device::acknowledgement(log, Sequence(self.have.get())))
    }
}

impl Receivers {
    pub(crate) fn new(tally: &Rc<Tally>, look: Look, log: Option<LogId>, patience: Duration) -> Rc<Self> {
        let receivers = Rc::new(Self {
            tally: Rc::clone(tally),
            look,
            log,
            patience,
            all: RefCell::default(),
            tasks: RefCell::default(),
        });
        if let (Some(log), false) = (log, patience.is_zero()) {
            let own = Rc::clone(&receivers);
            let sweep = tokio::task::spawn_local(async move {
                loop {
                    tokio::time::sleep(own.patience).await;
                    for receiver in own.all.borrow().iter() {
                        if let Err(error) = receiver.acknowledge(log) {
                            own.tally.fail(error.to_string());
                        }
                    }
                }
            });
            receivers.tasks.borrow_mut().push(sweep);
        }
        receivers
    }

    /// One more, who counts from now on.
    pub(crate) fn add(self: &Rc<Self>, wire: Wire) {
        let Wire { mut reader, writer } = wire;
        let receiver = Rc::new(Receiver {
            writer,
            have: Cell::new(0),
            acknowledged: Cell::new(0),
        });
        self.all.borrow_mut().push(Rc::clone(&receiver));
        let own = Rc::clone(self);
        let task = tokio::task::spawn_local(async move {
            loop {
                let mut refused = false;
                let read = reader
                    .read(|message| match (own.look)(message) {
                        device::Seen::Entries { first, count } => {
                            receiver.have.set(first + count - 1);
                            own.tally.reached(first, count);
                            // As the engine does: an acknowledgement for each frame.
                            if own.patience.is_zero()
                                && let Some(log) = own.log
                                && let Err(error) = receiver.acknowledge(log)
                            {
                                own.tally.fail(error.to_string());
                            }
                        }
                        device::Seen::Refused => refused = true,
                        device::Seen::Taken | device::Seen::Other => {}
                    })
                    .await;
                if let Err(error) = read.and_then(|()| reader.answer(&receiver.writer)) {
                    return own.tally.fail(error.to_string());
                }
                if refused {
                    return own.tally.fail("the server refused".to_owned());
                }
            }
        });
        self.tasks.borrow_mut().push(task);
    }

    /// They hang up.
    pub(crate) fn end(&self) {
        for task in self.tasks.borrow_mut().drain(..) {
            task.abort();
        }
        self.all.borrow_mut().clear();
    }
}

/// Reads a sender's answers, which must be no refusals.
pub(crate) fn listen(mut reader: WireReader, tally: &Rc<Tally>) -> JoinHandle<()> {
    let tally = Rc::clone(tally);
    tokio::task::spawn_local(async move {
        loop {
            let mut refused = false;
            let read = reader
                .read(|message| refused |= device::look(message) == device::Seen::Refused)
                .await;
            if let Err(error) = read {
                return tally.fail(error.to_string());
            }
            if refused {
                return tally.fail("the server refused a message".to_owned());
            }
        }
    })
}

/// Makes the frame of the next message.
pub(crate) type Make = Box<dyn FnMut() -> Vec<u8>>;

/// Who sends: one, or several in turn.
pub(crate) struct Senders {
    writers: Vec<(WireWriter, Make)>,
    turn: usize,
}

impl Senders {
    pub(crate) const fn new(writers: Vec<(WireWriter, Make)>) -> Self {
        Self { writers, turn: 0 }
    }

    /// Sends the next `count` messages, those of one sender in one write.
    async fn send(&mut self, tally: &Tally, count: usize) -> Result<(), BenchError> {
        let senders = self.writers.len();
        for place in 0..senders.min(count) {
            let share = count / senders + usize::from(place < count % senders);
            let at = (self.turn + place) % senders;
            let Some((writer, make)) = self.writers.get_mut(at) else {
                continue;
            };
            let mut bytes = Vec::new();
            for _ in 0..share {
                tally.sent();
                bytes.extend(make());
            }
            writer.send(&bytes).await?;
        }
        self.turn = (self.turn + count) % senders.max(1);
        Ok(())
    }
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    pub deliveries: u64,
    pub elapsed: Duration,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "a count of deliveries")]
    pub(crate) fn rate(&self) -> f64 {
        self.deliveries as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// What 100,000 deliveries cost of what all of them cost.
    #[expect(clippy::cast_precision_loss, reason = "a count of deliveries")]
    pub(crate) fn per_100k(&self, cost: f64) -> f64 {
        cost * 100_000.0 / (self.deliveries as f64).max(1.0)
    }
}

/// Keeps `outstanding` messages on their way for a while; ends when all are through.
pub(crate) async fn rush(
    senders: &mut Senders,
    tally: &Tally,
    outstanding: usize,
    duration: Duration,
) -> Result<Measured, BenchError> {
    let start = Instant::now();
    let (deliveries, through) = (tally.deliveries.get(), tally.through.get());
    let mut sent = 0;
    loop {
        let done = tally.through.get() - through;
        let free = outstanding - usize::try_from(sent - done).unwrap_or(outstanding);
        if start.elapsed() < duration {
            if free > 0 {
                sent += free as u64;
                senders.send(tally, free).await?;
            }
        } else if sent == done {
            break;
        }
        tally.news().await?;
    }
    Ok(Measured {
        deliveries: tally.deliveries.get() - deliveries,
        elapsed: start.elapsed(),
    })
}

/// One message alone: how long until the last has it, in milliseconds.
pub(crate) async fn one(senders: &mut Senders, tally: &Tally) -> Result<f64, BenchError> {
    let through = tally.through.get();
    let start = Instant::now();
    senders.send(tally, 1).await?;
    while tally.through.get() == through {
        tally.news().await?;
    }
    Ok(tally.last_through.get().duration_since(start).as_secs_f64() * 1_000.0)
}
