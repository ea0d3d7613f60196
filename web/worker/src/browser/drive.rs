// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The engine at work: inputs that came together go into one transaction, and what it says is carried out.

use std::collections::{BTreeMap, VecDeque};

use melder_engine::EngineError;
use melder_engine::api::{self, ActionId, Effect, Event, Input, MessageChange, Outcome};
use melder_port::ask::Failure;
use melder_port::view::Connection;
use melder_port::{Answer, GroupId, MessageId, News, Time};

use super::js::{self, Timer};
use super::net::Sign;
use super::owner::{Due, Owner, State, Then, origin};
use super::{Incoming, store};
use crate::actions::{self, Shape};

/// The engine may want to be woken at once; not more often than this.
const SHORTEST_WAIT_MS: u64 = 5;
/// Without any wish of the engine. Also catches a clock that was set.
const LONGEST_WAIT_MS: u64 = 60_000;
/// Failures of the store, one after the other, until the connection rests.
const MOST_FAILURES: u32 = 5;
/// News of single messages of a chat in one go; more are one.
const MOST_NEWS: usize = 20;

impl Owner {
    /// Takes what came over the network and from timers, up to so many bytes of frames.
    pub async fn take_net(&mut self, net: &mut VecDeque<Incoming>, most: usize) {
        let mut bytes = 0;
        while bytes < most
            && let Some(incoming) = net.pop_front()
        {
            match incoming {
                Incoming::Frame(number, frame) if number == self.net.number => {
                    bytes += frame.len();
                    self.inputs.push(Input::Frame(frame));
                }
                Incoming::Dial(number) => self.net.dial(number, &origin()),
                Incoming::Up(number) if number == self.net.number => {
                    self.net.opened();
                    self.inputs.push(Input::Connected);
                }
                Incoming::Down(number) if number == self.net.number => self.lost(),
                Incoming::Look(number) => match self.net.look(number) {
                    Sign::Alive => {}
                    Sign::Silent => self.inputs.push(Input::Probe),
                    Sign::Dead => self.lost(),
                },
                Incoming::Timer => {
                    self.wake = None;
                    self.timer = None;
                    self.inputs.push(Input::Tick);
                    self.due.push(Due::Policy);
                    self.due.push(Due::Alarm);
                }
                Incoming::Online(true) => {
                    self.net.hurry();
                    self.connect();
                    // A connection from before may be dead, whatever it seems.
                    self.inputs.push(Input::Probe);
                }
                Incoming::Online(false) => self.standing(Connection::Offline),
                Incoming::Reached => self.ask_reached(),
                Incoming::TooLong(number) => self.too_long(number),
                _ => {}
            }
        }
        self.flush();
        self.settle().await;
    }

    fn lost(&mut self) {
        if self.net.disconnect() {
            self.inputs.push(Input::Disconnected);
        }
        self.standing(Connection::Offline);
        self.connect();
    }

    /// Hands the engine what has come, and does what it says.
    pub fn flush(&mut self) {
        while !self.inputs.is_empty() {
            let inputs = std::mem::take(&mut self.inputs);
            let Some(engine) = &mut self.engine else {
                return;
            };
            match engine.handle_all(js::now(), &mut self.rng, inputs) {
                Ok(effects) => {
                    self.failures = 0;
                    self.carry_out(effects);
                }
                Err(error) => self.failed(&error),
            }
        }
        self.set_timer();
    }

    fn set_timer(&mut self) {
        if self.engine.is_none() || self.timer.is_some() {
            return;
        }
        let wait = self.wake.map_or(LONGEST_WAIT_MS, |wake| wake.since(js::now()));
        let inlet = self.inlet.clone();
        let wait = wait.clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS);
        self.timer = Some(Timer::after(wait, move || inlet.send(Incoming::Timer)));
    }

    fn wake_at(&mut self, time: Time) {
        if self.wake.is_none_or(|wake| time < wake) {
            self.wake = Some(time);
            self.timer = None;
        }
    }

    /// The store failed and nothing was changed: the connection starts anew. A store that goes on failing is left alone,
    /// and what is in it can still be read.
    fn failed(&mut self, error: &EngineError) {
        self.failures += 1;
        js::log(&format!("the store failed: {error}"));
        let failure = if store::is_full(error) {
            Failure::DiskFull
        } else {
            Failure::Internal
        };
        for (_, then) in std::mem::take(&mut self.waiting) {
            self.refuse(then, &failure);
        }
        self.net.disconnect();
        self.standing(Connection::Offline);
        if self.failures >= MOST_FAILURES {
            self.net.wanted = false;
        }
        self.connect();
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut reconnect = false;
        let mut told = Told::default();
        for effect in effects {
            match effect {
                Effect::Send(frame) => self.net.send(&frame),
                Effect::Reconnect => reconnect = true,
                Effect::Stop => {
                    self.net.wanted = false;
                    self.net.disconnect();
                    self.standing(Connection::Offline);
                }
                Effect::Wipe => self.due.push(Due::Wipe),
                Effect::WakeAt(time) => self.wake_at(time),
                Effect::Event(event) => self.event(*event, &mut told),
            }
        }
        if told.alarm {
            self.due.push(Due::Alarm);
        }
        self.tell(told);
        if reconnect && self.net.wanted {
            self.lost();
        }
    }

    fn event(&mut self, event: Event, told: &mut Told) {
        match event {
            Event::Done { action, outcome } => self.done(action, outcome),
            Event::Failed { action, error } => {
                self.patience.remove(&action.0);
                if let Some(then) = self.waiting.remove(&action) {
                    if let Then::Delivered(group, sequence) = then {
                        // The server does not know any more, and will not.
                        self.watched(group, sequence);
                    }
                    self.refuse(then, &actions::failure(&error));
                }
            }
            Event::Connection(api::Connection::Online) => {
                self.net.taken();
                self.standing(Connection::Online);
                if matches!(self.state, State::Gone(_)) {
                    // It is over: the server takes this device in again.
                    self.state = State::Open;
                    self.tell_lock();
                }
                self.due.push(Due::Zone);
                told.own = true;
            }
            Event::Connection(api::Connection::Offline) => self.standing(Connection::Offline),
            Event::Joined | Event::Own => told.own = true,
            Event::MessageChanged { group, message, change } => {
                // Confirmed, perhaps, here or on another device.
                told.alarm |= self.alarm;
                if change == MessageChange::State {
                    self.watch_message(group, message);
                }
                told.messages.entry(group).or_default().push((message, change));
            }
            Event::SystemLine { group, .. } => {
                self.memory.forget_faces();
                told.lines.push(group);
            }
            Event::GroupChanged(group) => {
                self.memory.forget_faces();
                told.messages.entry(group).or_default();
            }
            Event::Alarm { group, message } => {
                self.due.push(Due::Alarm);
                told.news.push(News::Alarm { group, message });
            }
            Event::LinkCode(code) => self.out.news(News::LinkCode(code.to_string())),
            Event::LinkNumber(number) => self.out.news(News::LinkNumber(number)),
            Event::Transfer { blob, done, of, upload } => told.news.push(News::Transfer { blob, done, of, upload }),
            Event::Ends(time) => told.news.push(News::Ends(time)),
            Event::Misbehaviour { group, code } => told.news.push(News::Misbehaviour {
                group,
                code: code.name(),
            }),
            Event::Gone(code) => {
                let code = code.code().to_owned();
                let now = State::Gone(code.clone());
                // Said again to a device that asked again, it is no news.
                if self.state != now {
                    self.state = now;
                    self.out.news(News::Gone(code));
                    self.tell_lock();
                }
            }
        }
    }

    fn done(&mut self, action: ActionId, outcome: Outcome) {
        self.patience.remove(&action.0);
        match self.waiting.remove(&action) {
            Some(Then::Answer(from, shape)) => {
                let Some(engine) = &mut self.engine else { return };
                let answer = actions::answer(engine, &shape, outcome, &origin()).map_err(|error| {
                    js::log(&format!("an outcome could not be read: {error}"));
                    Failure::Internal
                });
                self.out.answer(from, answer);
            }
            Some(Then::Join(from, record)) => self.due.push(Due::Joined(from, record)),
            Some(Then::Delivered(group, sequence)) => {
                if let Outcome::Reach { missing, .. } = outcome
                    && missing.is_empty()
                {
                    self.all_reached(group, sequence);
                }
            }
            Some(Then::Nobody) | None => {}
        }
    }

    /// It was not done.
    pub fn refuse(&self, then: Then, failure: &Failure) {
        match then {
            Then::Answer(from, Shape::Chunk(..)) if *failure == Failure::Offline => {
                self.out.answer(from, Ok(Answer::Chunk(None)));
            }
            Then::Answer(from, _) | Then::Join(from, _) => self.out.answer(from, Err(failure.clone())),
            Then::Delivered(..) | Then::Nobody => {}
        }
    }

    fn tell(&mut self, told: Told) {
        for (group, messages) in told.messages {
            let single = messages.len() <= MOST_NEWS;
            let mut is_new = false;
            for (message, change) in &messages {
                is_new |= *change == MessageChange::New;
                if single {
                    self.tell_message(group, Some(*message), *change == MessageChange::New);
                }
            }
            if !single {
                self.tell_message(group, None, is_new);
            }
            self.out.news(News::Chat(group));
        }
        for group in told.lines {
            self.tell_message(group, None, true);
        }
        for news in told.news {
            self.out.news(news);
        }
        if told.own {
            self.out.news(News::Own);
        }
    }

    fn tell_message(&self, group: GroupId, message: Option<MessageId>, is_new: bool) {
        let by_other = match (&self.engine, message) {
            (Some(engine), Some(message)) if is_new => engine.is_by_other(message).unwrap_or(false),
            _ => false,
        };
        self.out.news(News::Message {
            group,
            message,
            is_new,
            by_other,
        });
    }
}

/// What the pages are told after a transaction, each thing once.
#[derive(Default)]
struct Told {
    messages: BTreeMap<GroupId, Vec<(MessageId, MessageChange)>>,
    lines: Vec<GroupId>,
    news: Vec<News>,
    own: bool,
    alarm: bool,
}
