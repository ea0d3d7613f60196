// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Finding people as one types: those whom this device knows, and page by page those of the server's directory. Answers to
//! an older question are dropped.

use leptos::prelude::*;
use melder_kit::dom;
use melder_kit::dom::spawn_local;
use melder_port::view::Connection;
use melder_port::{AccountId, Answer, Ask, Failure};

use crate::fetch;
use crate::people::person::{Person, fold, meet};
use crate::state::{App, on_news};

/// Nobody types faster than this between two letters that belong to one thought.
const PAUSE_MS: i32 = 180;
/// What changes in many chats at once is one reading.
const READ_MS: i32 = 400;
/// The server's page is fifty; one that is nearly full may go on.
const FULL: usize = 40;

/// Calls `then` with the newest value, once it has rested.
pub fn rested(value: impl Fn() -> String + Send + Sync + 'static, pause: i32, then: impl Fn(String) + Copy + 'static) {
    let turn = StoredValue::new(0u32);
    Effect::new(move |before: Option<String>| {
        let now = value();
        if before.as_ref() != Some(&now) {
            let mine = turn.get_value().wrapping_add(1);
            turn.set_value(mine);
            let said = now.clone();
            // The first is asked at once.
            let pause = if before.is_none() { 0 } else { pause };
            dom::after(pause, move || {
                if turn.try_get_value() == Some(mine) {
                    then(said);
                }
            });
        }
        now
    });
}

/// A search for people, for as long as the component that made it stands.
#[derive(Debug, Clone, Copy)]
pub struct Finder {
    app: App,
    pub query: RwSignal<String>,
    /// `None` until they were read.
    pub contacts: RwSignal<Option<Vec<Person>>>,
    /// What the directory answered, without those whom we know.
    pub found: RwSignal<Vec<Person>>,
    pub more: RwSignal<bool>,
    pub asking: RwSignal<bool>,
    pub failed: RwSignal<Option<Failure>>,
    last: StoredValue<Option<AccountId>>,
    turn: StoredValue<u32>,
    reading: StoredValue<u32>,
    /// Without a query, is the directory shown from its beginning?
    browse: bool,
}

impl Finder {
    /// `browse`: the directory is shown also before anything is typed.
    #[must_use]
    pub fn new(app: App, browse: bool) -> Self {
        let this = Self {
            app,
            query: RwSignal::new(String::new()),
            contacts: RwSignal::new(None),
            found: RwSignal::new(Vec::new()),
            more: RwSignal::new(false),
            asking: RwSignal::new(false),
            failed: RwSignal::new(None),
            last: StoredValue::new(None),
            turn: StoredValue::new(0),
            reading: StoredValue::new(0),
            browse,
        };
        this.read();
        on_news(move |news| {
            if matches!(news, melder_port::News::Chat(_) | melder_port::News::Own) {
                this.read_soon();
            }
        });
        // Being online again is a new question, too.
        let question = move || {
            let online = app.connection.get() == Connection::Online;
            format!("{}{}", if online { '+' } else { '-' }, this.query.get().trim())
        };
        rested(question, PAUSE_MS, move |_| this.ask(false));
        this
    }

    fn read(self) {
        spawn_local(async move {
            let Ok(contacts) = fetch!(Ask::Contacts => Answer::Contacts) else {
                self.contacts.try_update(|contacts| {
                    contacts.get_or_insert_default();
                });
                return;
            };
            let own = self.app.own.try_get_untracked().flatten();
            let home = own
                .as_ref()
                .map(|own| own.organisation_name.clone())
                .unwrap_or_default();
            let mut people: Vec<(String, Person)> = contacts
                .into_iter()
                .filter(|contact| own.as_ref().is_none_or(|own| own.account != contact.account))
                .map(|contact| (fold(&contact.name), Person::known(contact, &home)))
                .collect();
            melder_kit::order::sort_by(&mut people, |a, b| a.0.cmp(&b.0));
            let people: Vec<Person> = people.into_iter().map(|(_, person)| person).collect();
            self.contacts.try_update(|contacts| *contacts = Some(people));
        });
    }

    fn read_soon(self) {
        let mine = self.reading.get_value().wrapping_add(1);
        self.reading.set_value(mine);
        dom::after(READ_MS, move || {
            if self.reading.try_get_value() == Some(mine) {
                self.read();
            }
        });
    }

    /// Those whom this device knows and who fit.
    #[must_use]
    pub fn known(self) -> Vec<Person> {
        let query = self.query.get();
        self.contacts.with(|contacts| {
            let all = contacts.iter().flatten();
            all.filter(|person| person.fits(&query)).cloned().collect()
        })
    }

    /// The directory's next page.
    pub fn next(self) {
        self.ask(true);
    }

    fn ask(self, further: bool) {
        let query = self.query.get_untracked().trim().to_owned();
        let mine = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(mine);
        if !further {
            self.last.set_value(None);
            self.more.set(false);
        }
        if query.is_empty() && !self.browse {
            self.found.set(Vec::new());
            self.failed.set(None);
            self.asking.set(false);
            return;
        }
        self.asking.set(true);
        let after = self.last.get_value();
        spawn_local(async move {
            let answer = fetch!(Ask::FindPeople { query, after } => Answer::Directory);
            if self.turn.try_get_value() != Some(mine) {
                return;
            }
            self.asking.set(false);
            match answer {
                Ok(people) => {
                    self.failed.set(None);
                    self.more.set(people.len() >= FULL);
                    self.last.set_value(people.last().map(|person| person.account));
                    let own = self.app.own.with_untracked(|own| own.as_ref().map(|own| own.account));
                    let people = people
                        .into_iter()
                        .filter(|person| Some(person.account) != own)
                        .map(Person::from);
                    self.found.update(|found| {
                        if !further {
                            found.clear();
                        }
                        found.extend(people.inspect(meet));
                    });
                }
                Err(failure) => {
                    if !further {
                        self.found.set(Vec::new());
                    }
                    self.failed.set(Some(failure));
                }
            }
        });
    }

    /// Of the directory, those whom this device does not know.
    #[must_use]
    pub fn others(self) -> Vec<Person> {
        self.contacts.with(|contacts| {
            let known: std::collections::HashSet<AccountId> =
                contacts.iter().flatten().map(|person| person.account).collect();
            self.found.with(|found| {
                found
                    .iter()
                    .filter(|person| !known.contains(&person.account))
                    .cloned()
                    .collect()
            })
        })
    }
}
