// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the timeline does when something changed: news that comes close together is one refresh, and a refresh asks only
//! for what it is about.

use std::collections::HashSet;

use leptos::prelude::*;
use melder_kit::dom;
use melder_kit::dom::spawn_local;
use melder_port::ask::Around;
use melder_port::view::{Item, Message, State};
use melder_port::{Answer, Ask, MessageId, News};

use crate::chat::feed::{Feed, PAGE, Phase};
use crate::chat::window::Window;
use crate::chat::{bubble, scroll};
use crate::fetch;

/// News that came within this time are one refresh.
const GATHER_MS: i32 = 25;
/// While more and more come: fewer and larger refreshes.
const STREAM_MS: i32 = 120;
/// The whole window is read anew at most this often.
const RELOAD_MS: i32 = 400;
/// Pages of new messages that are read one after the other; beyond, the end is loaded anew.
const MOST_PAGES: u8 = 3;

/// What news asked for.
#[derive(Debug, Default)]
pub struct Due {
    gathering: bool,
    newer: bool,
    reload: bool,
    changed: HashSet<MessageId>,
    /// Came from somebody else: to be announced.
    from_others: HashSet<MessageId>,
}

impl Due {
    /// What there is to do, taken out; `None`: nothing, and nobody is at it any more.
    fn take(&mut self) -> Option<Self> {
        let any = self.newer || self.reload || !self.changed.is_empty();
        let taken = any.then(|| std::mem::take(self));
        self.gathering = any;
        taken
    }
}

impl Feed {
    pub fn hear(self, news: &News) {
        match news {
            News::Message {
                group,
                message,
                is_new,
                by_other,
            } if *group == self.ctx.group => {
                self.due.update_value(|due| {
                    match message {
                        None => due.reload = true,
                        Some(id) => {
                            due.changed.insert(*id);
                            if *by_other {
                                due.from_others.insert(*id);
                            }
                        }
                    }
                    due.newer |= *is_new;
                });
            }
            News::Chat(group) if *group == self.ctx.group => self.due.update_value(|due| due.newer = true),
            _ => return,
        }
        let gathering = self
            .due
            .try_update_value(|due| std::mem::replace(&mut due.gathering, true));
        if gathering == Some(false) {
            dom::after(GATHER_MS, move || spawn_local(self.refresh_all()));
        }
    }

    /// One refresh after the other, until there is nothing more to do.
    async fn refresh_all(self) {
        while let Some(Some(due)) = self.due.try_update_value(Due::take) {
            self.refresh(due).await;
            dom::pause(STREAM_MS).await;
        }
    }

    async fn refresh(self, mut due: Due) {
        if self.phase.get_untracked() != Phase::Shown {
            return;
        }
        let era = self.era.get_value();
        if due.reload {
            self.reload_soon();
        }
        let mut from_others = due.from_others;
        if due.newer {
            // What came just now is as it is now.
            for id in self.take_newer(era).await {
                due.changed.remove(&id);
            }
        }
        let known: Vec<MessageId> = self
            .window
            .try_with_value(|window| {
                due.changed
                    .iter()
                    .copied()
                    .filter(|id| window.message(*id).is_some())
                    .collect()
            })
            .unwrap_or_default();
        for id in known {
            let answer = fetch!(Ask::Message(id) => Answer::Message);
            if self.era.try_get_value() != Some(era) {
                return;
            }
            match answer {
                Ok(Some(message)) => self.take_changed(message),
                Ok(None) => self.window.update_value(|window| window.remove(id)),
                Err(_) => {}
            }
        }
        if self.gone() {
            return;
        }
        self.draw();
        scroll::before_painting(move || self.place.keep());
        self.announce(&mut from_others);
        self.seen();
    }

    /// The answer: what came.
    async fn take_newer(self, era: u32) -> Vec<MessageId> {
        let mut came = Vec::new();
        let Some((after, at_end)) = self
            .window
            .try_with_value(|window| (window.after(), !window.more_after))
        else {
            return came;
        };
        if !at_end {
            return came;
        }
        let mut after = after;
        // Who reads the end stays there, however much has come.
        for _ in 0..MOST_PAGES {
            let page = self.page(Around::After(after), 2 * PAGE).await;
            if self.era.try_get_value() != Some(era) {
                return came;
            }
            let Ok(page) = page else { return came };
            came.extend(page.items.iter().filter_map(|item| match item {
                Item::Message(message) => Some(message.id),
                Item::Line(_) => None,
            }));
            let may_drop = self.place.at_end.get_untracked();
            self.window.update_value(|window| window.put_after(page, may_drop));
            after = self.window.with_value(Window::after);
            if !may_drop || self.window.with_value(|window| !window.more_after) {
                return came;
            }
        }
        self.to_end();
        came
    }

    fn take_changed(self, message: Message) {
        let failed_now = matches!(message.state, State::Failed(_))
            && self.window.with_value(|window| {
                window
                    .message(message.id)
                    .is_some_and(|before| !matches!(before.state, State::Failed(_)))
            });
        if failed_now {
            self.announcer.failed();
        }
        self.window.update_value(|window| window.change(message));
    }

    fn announce(self, from_others: &mut HashSet<MessageId>) {
        for id in from_others.drain() {
            let said = self.window.with_value(|window| {
                window
                    .message(id)
                    .map(|message| (message.sender_name.clone(), bubble::gist(message)))
            });
            if let Some((who, what)) = said {
                self.announcer.said(who, what);
            }
        }
    }

    /// Something of what is shown changed, and nobody says what: reads all of it anew, but not too often.
    fn reload_soon(self) {
        if self.reloading.get_value() {
            return;
        }
        self.reloading.set_value(true);
        dom::after(RELOAD_MS, move || {
            if self.reloading.try_set_value(false).is_none() {
                spawn_local(self.reload());
            }
        });
    }

    async fn reload(self) {
        let era = self.era.get_value();
        let (around, limit) = self.window.with_value(|window| {
            let around = match window.newest() {
                Some(newest) if window.more_after => Around::Before(newest.next()),
                _ => Around::End,
            };
            (around, u32::try_from(window.entries().len()).unwrap_or(PAGE).max(PAGE))
        });
        let newest = self.window.with_value(Window::newest);
        let page = self.page(around, limit).await;
        if self.era.try_get_value() != Some(era) || self.loading.get_value() {
            return;
        }
        let Ok(page) = page else { return };
        // Meanwhile something newer may have come: then what was asked for is old.
        if self.window.with_value(Window::newest) != newest && around != Around::End {
            return;
        }
        let reads_old = !self.place.at_end.get_untracked();
        let more_after = around != Around::End;
        self.window.update_value(|window| {
            let first = page.items.first().and_then(|item| match item {
                Item::Message(message) => message.sequence,
                Item::Line(line) => Some(line.sequence),
            });
            if reads_old && first > window.oldest() {
                // So much is new that what is read now would go.
                return;
            }
            window.show(page);
            window.more_after |= more_after;
        });
        self.draw();
        scroll::before_painting(move || self.place.keep());
    }
}
