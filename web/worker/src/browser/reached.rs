// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whether one's own messages have reached everybody. The server knows it from the cursors that devices acknowledge anyway
//! (a device has it, not that anybody read it), and tells only the sender. It is asked about one message at a time: the last
//! own one of the chat that somebody looks at, ever more seldom, until all have it. What reached all is remembered in the
//! database, and with it everything before.

use melder_engine::api::{Action, MessageState};
use melder_port::view::{Connection, Item, Page, State};
use melder_port::{GroupId, MessageId, News, Sequence};

use super::Incoming;
use super::js::{self, Timer};
use super::owner::{Owner, Then};

const FIRST_MS: u64 = 700;
const LONGEST_MS: u64 = 60_000;
/// Then somebody has to look again.
const MOST_TRIES: u32 = 40;

/// What is waited for.
pub(super) struct Watch {
    group: GroupId,
    last: Option<(MessageId, Sequence)>,
    tries: u32,
    timer: Option<Timer>,
}

impl Owner {
    /// Somebody looks at a chat.
    pub fn watch_page(&mut self, page: &Page) {
        let last = page.items.iter().rev().find_map(|item| match item {
            Item::Message(message) if message.own && message.state == State::Sent => {
                Some((message.id, message.sequence?))
            }
            _ => None,
        });
        let group = page.group;
        if self.watch.as_ref().is_none_or(|watch| watch.group != group) {
            self.watch = Some(Watch {
                group,
                last: None,
                tries: 0,
                timer: None,
            });
        }
        if let Some(last) = last {
            self.watch_for(last);
        }
    }

    /// The server has taken a message.
    pub fn watch_message(&mut self, group: GroupId, message: MessageId) {
        if self.watch.as_ref().is_none_or(|watch| watch.group != group) {
            return;
        }
        let sent = self.engine.as_ref().and_then(|engine| {
            let view = engine.message(message).ok().flatten()?;
            let sequence = view.sequence?;
            (view.state == MessageState::Sent).then_some((message, sequence))
        });
        if let Some(last) = sent {
            self.watch_for(last);
        }
    }

    fn watch_for(&mut self, last: (MessageId, Sequence)) {
        let Some(watch) = &mut self.watch else { return };
        let newer = watch.last.is_none_or(|(_, before)| before < last.1);
        if newer || watch.timer.is_none() {
            watch.last = Some(if newer { last } else { watch.last.unwrap_or(last) });
            watch.tries = 0;
            self.ask_later();
        }
    }

    fn ask_later(&mut self) {
        let inlet = self.inlet.clone();
        let Some(watch) = &mut self.watch else { return };
        let wait = (FIRST_MS << watch.tries.min(7)).min(LONGEST_MS);
        watch.tries += 1;
        watch.timer = (watch.last.is_some() && watch.tries <= MOST_TRIES)
            .then(|| Timer::after(wait, move || inlet.send(Incoming::Reached)));
    }

    pub fn ask_reached(&mut self) {
        let Some((group, (message, sequence))) = self.watch.as_ref().and_then(|watch| Some((watch.group, watch.last?)))
        else {
            return;
        };
        if self.memory.connection == Some(Connection::Online) {
            self.act(Then::Delivered(group, sequence), Action::AskReach { group, message });
        }
        self.ask_later();
    }

    /// Nothing more is to be known about this one.
    pub fn watched(&mut self, group: GroupId, sequence: Sequence) {
        if let Some(watch) = &mut self.watch
            && watch.group == group
            && watch.last.is_some_and(|(_, last)| last <= sequence)
        {
            watch.last = None;
            watch.timer = None;
        }
    }

    pub fn all_reached(&mut self, group: GroupId, sequence: Sequence) {
        self.watched(group, sequence);
        if let Some(engine) = &mut self.engine
            && engine.set_reached(group, sequence).is_err()
        {
            js::log("whom a message reached could not be stored");
        }
        self.memory.forget_delivered(group);
        self.out.news(News::Message {
            group,
            message: None,
            is_new: false,
            by_other: false,
        });
        self.out.news(News::Chat(group));
    }
}
