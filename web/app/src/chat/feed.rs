// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What fills the timeline: loads pages around what is seen, draws only rows that changed, stays where the person reads,
//! and tells the engine what was read. What it shows is what the engine's pages say; news (see `news`) only makes it ask
//! anew.

use std::collections::HashMap;

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{dom, times};
use melder_port::ask::Around;
use melder_port::view::Page;
use melder_port::{Answer, Ask, Failure, MessageId, Sequence};
use wasm_bindgen::JsCast;

use crate::chat::announce::Announcer;
use crate::chat::layout::{self, Row, RowKey};
use crate::chat::news::Due;
use crate::chat::scroll::{self, Place};
use crate::chat::window::{Key, Window};
use crate::chat::{Ctx, element_id};
use crate::fetch;
use crate::state::{act, say};

/// Items of one page; the first page is a little longer than a screen.
pub const PAGE: u32 = 40;
/// Of the seen height: nearer to a loaded end than this loads on.
const AHEAD: f64 = 1.5;
/// What was seen is told to the engine after this time.
const READ_MS: i32 = 300;

/// A row and what it shows now.
#[derive(Debug, Clone)]
pub struct Cell {
    pub key: RowKey,
    pub row: ArcRwSignal<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    Loading,
    Shown,
    Failed(String),
}

/// A handle: it is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    pub ctx: Ctx,
    pub window: StoredValue<Window>,
    pub rows: RwSignal<Vec<Cell>>,
    /// Nothing is loaded at all.
    pub empty: RwSignal<bool>,
    pub phase: RwSignal<Phase>,
    pub place: Place,
    /// A page is on its way at this end; a jump makes answers of before worthless.
    pub loading: StoredValue<bool>,
    pub era: StoredValue<u32>,
    pub due: StoredValue<Due>,
    pub reloading: StoredValue<bool>,
    /// Read through here when the chat was opened, if something after it was not.
    unread_after: StoredValue<Option<Sequence>>,
    told_read: StoredValue<Sequence>,
    telling: StoredValue<bool>,
    pub announcer: Announcer,
    pub found: RwSignal<Option<MessageId>>,
    pub more_after: RwSignal<bool>,
}

impl Feed {
    pub fn new(ctx: Ctx) -> Self {
        Self {
            ctx,
            window: StoredValue::new(Window::default()),
            rows: RwSignal::new(Vec::new()),
            empty: RwSignal::new(false),
            phase: RwSignal::new(Phase::Loading),
            place: Place::new(),
            loading: StoredValue::new(false),
            era: StoredValue::new(0),
            due: StoredValue::new(Due::default()),
            reloading: StoredValue::new(false),
            unread_after: StoredValue::new(None),
            told_read: StoredValue::new(Sequence(0)),
            telling: StoredValue::new(false),
            announcer: Announcer::new(),
            found: RwSignal::new(None),
            more_after: RwSignal::new(false),
        }
    }

    /// The chat was closed meanwhile.
    pub fn gone(self) -> bool {
        self.era.try_get_value().is_none()
    }

    pub async fn page(self, around: Around, limit: u32) -> Result<Page, Failure> {
        fetch!(Ask::Page { group: self.ctx.group, around, limit } => Answer::Page)
    }

    // --- Opening and going somewhere ---

    /// Opens at a place that was asked for, at the first unread, or at the end.
    pub fn open(self, at: Option<Sequence>) {
        spawn_local(async move {
            let chat = match self.ctx.chat.get_untracked() {
                Some(chat) => Some(chat),
                None => fetch!(Ask::Chat(self.ctx.group) => Answer::Chat).ok().flatten(),
            };
            if self.gone() {
                return;
            }
            let unread = chat.as_ref().filter(|chat| chat.unread > 0).map(|chat| chat.read);
            self.unread_after.set_value(unread);
            match (at, unread) {
                (Some(at), _) => self.go(at).await,
                (None, Some(read)) => self.begin(Around::At(read.next()), Target::Unread).await,
                (None, None) => self.begin(Around::End, Target::End).await,
            }
        });
    }

    /// Loads anew around a place.
    async fn begin(self, around: Around, target: Target) {
        let era = self.era.get_value().wrapping_add(1);
        self.era.set_value(era);
        self.loading.set_value(true);
        let page = self.page(around, PAGE).await;
        if self.era.try_get_value() != Some(era) {
            return;
        }
        self.loading.set_value(false);
        match page {
            Ok(page) => {
                self.window.update_value(|window| window.show(page));
                self.place.at_end.set(target == Target::End);
                self.draw();
                self.phase.set(Phase::Shown);
                scroll::before_painting(move || self.arrive(target));
            }
            Err(Failure::Locked) => {}
            Err(failure) => self.phase.set(Phase::Failed(say(&failure))),
        }
    }

    /// Goes to a place, loading around it if it is not there.
    pub async fn go(self, at: Sequence) {
        if self.window.with_value(|window| window.covers(at)) {
            self.arrive(Target::At(at));
        } else {
            self.begin(Around::At(at), Target::At(at)).await;
        }
    }

    fn arrive(self, target: Target) {
        if self.gone() {
            return;
        }
        let end = self.window.with_value(|window| !window.more_after);
        match target {
            Target::End => self.place.end(),
            Target::Unread => match dom::document().get_element_by_id("unread") {
                Some(line) => self.place.show(&line, 0.2, end),
                None => self.place.end(),
            },
            Target::At(at) => {
                let message = self.window.with_value(|window| {
                    let near = window.entries().iter().find(|entry| entry.sequence() >= Some(at))?;
                    match near.key() {
                        Key::Message(id) => Some(id),
                        Key::Line(_) => None,
                    }
                });
                if let Some(id) = message
                    && let Some(element) = dom::document().get_element_by_id(&element_id(id))
                {
                    self.place.show(&element, 0.3, end);
                    self.found.set(None);
                    self.found.set(Some(id));
                    dom::after(2_000, move || {
                        let _ = self.found.try_set(None);
                    });
                    // Who goes from hit to hit stays in the field.
                    if !self.ctx.searching.get_untracked()
                        && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
                    {
                        let options = web_sys::FocusOptions::new();
                        options.set_prevent_scroll(true);
                        let _ = element.focus_with_options(&options);
                    }
                }
            }
        }
        self.seen();
        self.load_on();
    }

    // --- Loading on ---

    /// Loads where what is seen comes near to a loaded end.
    fn load_on(self) {
        let Some((above, below, height)) = self.place.reach() else {
            return;
        };
        if self.loading.get_value() || self.phase.get_untracked() != Phase::Shown {
            return;
        }
        let around = self.window.with_value(|window| {
            if window.more_before && above < height * AHEAD {
                window.oldest().map(Around::Before)
            } else if window.more_after && below < height * AHEAD {
                Some(Around::After(window.after()))
            } else {
                None
            }
        });
        let Some(around) = around else { return };
        self.loading.set_value(true);
        let era = self.era.get_value();
        spawn_local(async move {
            let page = self.page(around, PAGE).await;
            if self.era.try_get_value() != Some(era) {
                return;
            }
            self.loading.set_value(false);
            let Ok(page) = page else { return };
            if page.items.is_empty() && !page.more_before && !page.more_after {
                self.window.update_value(|window| match around {
                    Around::Before(_) => window.more_before = false,
                    _ => window.more_after = false,
                });
            } else {
                self.window.update_value(|window| match around {
                    Around::Before(_) => window.put_before(page),
                    _ => window.put_after(page, true),
                });
            }
            self.draw();
            scroll::before_painting(move || {
                self.place.keep();
                self.load_on();
            });
        });
    }

    // --- Drawing ---

    /// Lays the rows anew; a row that is the same is not touched.
    pub fn draw(self) {
        let read = self.unread_after.get_value();
        let (rows, more_after) = self.window.with_value(|window| {
            let day = |time: melder_port::Time| times::day_number(time.0);
            (layout::lay(window.entries(), read, day), window.more_after)
        });
        if self.more_after.get_untracked() != more_after {
            self.more_after.set(more_after);
        }
        let is_empty = rows.is_empty();
        if self.empty.get_untracked() != is_empty {
            self.empty.set(is_empty);
        }
        let old = self.rows.get_untracked();
        let mut known: HashMap<RowKey, ArcRwSignal<Row>> =
            old.iter().map(|cell| (cell.key, cell.row.clone())).collect();
        let cells: Vec<Cell> = rows
            .into_iter()
            .map(|row| {
                let key = row.key();
                match known.remove(&key) {
                    Some(signal) => {
                        if signal.with_untracked(|before| *before != row) {
                            signal.set(row);
                        }
                        Cell { key, row: signal }
                    }
                    None => Cell {
                        key,
                        row: ArcRwSignal::new(row),
                    },
                }
            })
            .collect();
        let same = old.len() == cells.len() && old.iter().zip(&cells).all(|(a, b)| a.key == b.key);
        if !same {
            self.rows.set(cells);
        }
    }

    // --- What was read ---

    /// Tells the engine, soon, what is seen now.
    pub fn seen(self) {
        if self.telling.try_get_value() != Some(false) {
            return;
        }
        self.telling.set_value(true);
        dom::after(READ_MS, move || {
            if self.telling.try_set_value(false).is_none() {
                self.tell_read();
            }
        });
    }

    fn tell_read(self) {
        if dom::document().visibility_state() != web_sys::VisibilityState::Visible {
            return;
        }
        let Some(chat) = self.ctx.chat.get_untracked() else {
            return;
        };
        let through = if self.place.at_end.get_untracked() {
            self.window.with_value(Window::newest)
        } else {
            self.place
                .last_seen()
                .and_then(|row| row.get_attribute("data-place")?.parse().ok())
                .map(Sequence)
        };
        let Some(through) = through else { return };
        if through > chat.read && through > self.told_read.get_value() {
            self.told_read.set_value(through);
            act(Ask::MarkRead {
                group: self.ctx.group,
                through,
            });
        }
    }

    pub fn scrolled(self) {
        let end = self.window.with_value(|window| !window.more_after);
        self.place.note(end);
        self.load_on();
        self.seen();
    }

    /// To the newest.
    pub fn to_end(self) {
        if self.window.with_value(|window| window.more_after) {
            spawn_local(self.begin(Around::End, Target::End));
        } else {
            self.place.end();
            self.seen();
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    End,
    Unread,
    At(Sequence),
}
