// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The search over everything on this device: chats, people, and what was written. Nothing of it reaches the server.

use std::cell::RefCell;

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Avatar, Icon, avatar, dom, t, times};
use melder_port::view::{Chat, Hit};
use melder_port::{Answer, Ask, Failure, GroupId};

use crate::chats::{chat_hue, shape};
use crate::fetch;
use crate::people::find::rested;
use crate::people::list::rove;
use crate::people::person::{Person, PersonLine, fold};
use crate::route::{self, Route};
use crate::state::{app, say};

const PAUSE_MS: i32 = 120;
/// So many hits first, and so many more each time.
const HITS: u32 = 50;
/// So many chats and people; the search is for messages first.
const OTHERS: usize = 5;

thread_local! {
    /// What was searched last: who comes back from a hit finds the others again.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What was found for which question.
#[derive(Debug, Clone, Default, PartialEq)]
struct Found {
    query: String,
    hits: Vec<Hit>,
    failed: Option<Failure>,
}

/// What the screen shares.
#[derive(Clone, Copy)]
struct Search {
    within: Option<GroupId>,
    query: RwSignal<String>,
    limit: RwSignal<u32>,
    found: RwSignal<Found>,
    people: RwSignal<Vec<Person>>,
    turn: StoredValue<u32>,
}

impl Search {
    fn ask(self) {
        let query = self.query.get_untracked().trim().to_owned();
        LAST.with(|last| last.borrow_mut().clone_from(&query));
        let mine = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(mine);
        if query.is_empty() {
            self.found.set(Found::default());
            return;
        }
        let (group, limit) = (self.within, self.limit.get_untracked());
        spawn_local(async move {
            let answer = fetch!(Ask::Search { query: query.clone(), group, limit } => Answer::Hits);
            if self.turn.try_get_value() != Some(mine) {
                return;
            }
            let (hits, failed) = match answer {
                Ok(hits) => (hits, None),
                Err(failure) => (Vec::new(), Some(failure)),
            };
            self.found.set(Found { query, hits, failed });
        });
    }

    fn empty(self) -> bool {
        self.query.with(|query| query.trim().is_empty())
    }
}

/// The snippet's pieces: is it a hit, and its text.
fn pieces(snippet: &str) -> Vec<(bool, String)> {
    let mut pieces = Vec::new();
    let mut rest = snippet;
    while let Some((before, after)) = rest.split_once('⟦') {
        let (hit, after) = after.split_once('⟧').unwrap_or((after, ""));
        pieces.push((false, before.to_owned()));
        pieces.push((true, hit.to_owned()));
        rest = after;
    }
    pieces.push((false, rest.to_owned()));
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}

#[component]
pub fn SearchPane(within: Option<GroupId>) -> impl IntoView {
    let app = app();
    let search = Search {
        within,
        query: RwSignal::new(LAST.with(|last| last.borrow().clone())),
        limit: RwSignal::new(HITS),
        found: RwSignal::new(Found::default()),
        people: RwSignal::new(Vec::new()),
        turn: StoredValue::new(0),
    };
    rested(
        move || search.query.get(),
        PAUSE_MS,
        move |_| {
            search.limit.set(HITS);
            search.ask();
        },
    );
    spawn_local(async move {
        if let Ok(contacts) = fetch!(Ask::Contacts => Answer::Contacts) {
            let home = app
                .own
                .with_untracked(|own| own.as_ref().map(|own| own.organisation_name.clone()));
            let home = home.unwrap_or_default();
            let people = contacts
                .into_iter()
                .map(|contact| Person::known(contact, &home))
                .collect();
            search.people.try_set(people);
        }
    });
    dom::after(0, || {
        dom::focus("#search-all");
        select("#search-all");
    });
    view! {
        <header class="bar bar--line bar--chat">
            <a
                class="icon-button"
                href=back(within).path()
                aria-label=t!("back")
                title=t!("back")
                on:click=move |event| route::follow(&event, app.route, back(within))
            >
                <Icon name="arrow-back" />
            </a>
            <h1 class="kern-sr-only">{t!("search")}</h1>
            <Field search />
        </header>
        <div class="page results" on:keydown=move |event| rove(&event, ".results", ".result")>
            <div class="page__inner">
                <Within within />
                <Status search />
                <ChatsFound search />
                <PeopleFound search />
                <MessagesFound search />
                <NothingFound search />
            </div>
        </div>
    }
}

const fn back(within: Option<GroupId>) -> Route {
    match within {
        Some(group) => Route::Chat { group, at: None },
        None => Route::Chats,
    }
}

fn select(selector: &str) {
    use wasm_bindgen::JsCast;
    if let Ok(Some(found)) = dom::document().query_selector(selector)
        && let Ok(field) = found.dyn_into::<web_sys::HtmlInputElement>()
    {
        field.select();
    }
}

#[component]
fn Field(search: Search) -> impl IntoView {
    let app = app();
    view! {
        <div class="search-field grow" role="search">
            <Icon name="search" />
            <input
                id="search-all"
                type="search"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                aria-label=t!("search-label")
                placeholder=t!("search-label")
                prop:value=move || search.query.get()
                on:input=move |event| search.query.set(event_target_value(&event))
                on:keydown=move |event| match event.key().as_str() {
                    "ArrowDown" | "Enter" => {
                        event.prevent_default();
                        dom::focus(".results .result");
                    }
                    "Escape" if search.query.with_untracked(|query| !query.is_empty()) => {
                        event.prevent_default();
                        event.stop_propagation();
                        search.query.set(String::new());
                    }
                    "Escape" => {
                        event.prevent_default();
                        event.stop_propagation();
                        route::go(app.route, back(search.within));
                    }
                    _ => {}
                }
            />
        </div>
    }
}

/// Which chat is searched, and the way out to all.
#[component]
fn Within(within: Option<GroupId>) -> impl IntoView {
    let app = app();
    within.map(|group| {
        let name = move || app.chat(group).map(|chat| chat.name).unwrap_or_default();
        view! {
            <div class="row">
                <span class="grow">{move || t!("search-within", name = name())}</span>
                <button type="button" class="button button--plain" on:click=move |_| route::replace(app.route, Route::Search)>
                    {t!("search-everywhere")}
                </button>
            </div>
        }
    })
}

#[component]
fn Status(search: Search) -> impl IntoView {
    view! {
        <p class="small muted row search-where">
            <Icon name="lock-outline" class="icon--small" />
            <span>{t!("search-where")}</span>
        </p>
        <p class="kern-sr-only" role="status">
            {move || {
                let (asked, count) = search.found.with(|found| (found.query.clone(), found.hits.len()));
                (!asked.is_empty()).then(|| t!("search-count", count = count))
            }}
        </p>
    }
}

#[component]
fn ChatsFound(search: Search) -> impl IntoView {
    let app = app();
    let chats = Memo::new(move |_| {
        let query = fold(search.query.get().trim());
        if query.is_empty() || search.within.is_some() {
            return Vec::new();
        }
        app.chats.with(|chats| {
            let fits = |chat: &&Chat| {
                let name = fold(&chat.name);
                query.split_whitespace().all(|word| name.contains(word))
            };
            chats
                .iter()
                .flatten()
                .filter(fits)
                .take(OTHERS)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    move || {
        let chats = chats.get();
        (!chats.is_empty()).then(|| {
            let row = move |chat: Chat| {
                let to = Route::Chat { group: chat.group, at: None };
                view! {
                    <li>
                        <a class="result person" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                            <Avatar name=chat.name.clone() hue=chat_hue(&chat) shape=shape(chat.kind) size=44 />
                            <span class="person__words"><span class="person__name">{chat.name.clone()}</span></span>
                        </a>
                    </li>
                }
            };
            view! {
                <section>
                    <h2 class="letter">{t!("tab-chats")}</h2>
                    <ul>{chats.into_iter().map(row).collect_view()}</ul>
                </section>
            }
        })
    }
}

#[component]
fn PeopleFound(search: Search) -> impl IntoView {
    let app = app();
    let people = Memo::new(move |_| {
        let query = search.query.get();
        if query.trim().is_empty() || search.within.is_some() {
            return Vec::new();
        }
        search.people.with(|people| {
            people
                .iter()
                .filter(|person| person.fits(&query))
                .take(OTHERS)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    move || {
        let people = people.get();
        (!people.is_empty()).then(|| {
            let row = move |person: Person| {
                let to = Route::Contact(person.account);
                view! {
                    <li>
                        <a class="result person" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                            <PersonLine person />
                        </a>
                    </li>
                }
            };
            view! {
                <section>
                    <h2 class="letter">{t!("tab-contacts")}</h2>
                    <ul>{people.into_iter().map(row).collect_view()}</ul>
                </section>
            }
        })
    }
}

#[component]
fn MessagesFound(search: Search) -> impl IntoView {
    move || {
        let found = search.found.get();
        let more = u32::try_from(found.hits.len()).is_ok_and(|count| count >= search.limit.get());
        (!found.hits.is_empty()).then(|| {
            view! {
                <section>
                    <h2 class="letter">{t!("search-messages")}</h2>
                    <ul>
                        {found.hits.into_iter().map(|hit| view! { <li><Message hit one_chat=search.within.is_some() /></li> }).collect_view()}
                    </ul>
                    {more
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button button--plain people__more"
                                    on:click=move |_| {
                                        search.limit.update(|limit| *limit += HITS);
                                        search.ask();
                                    }
                                >
                                    {t!("search-more")}
                                </button>
                            }
                        })}
                </section>
            }
        })
    }
}

#[component]
fn Message(hit: Hit, one_chat: bool) -> impl IntoView {
    let app = app();
    let to = Route::Chat {
        group: hit.group,
        at: hit.sequence,
    };
    let hue = app
        .chat(hit.group)
        .map_or_else(|| avatar::hue(hit.group.as_bytes()), |chat| chat_hue(&chat));
    let kind = app
        .chat(hit.group)
        .map(|chat| shape(chat.kind))
        .unwrap_or(melder_kit::Shape::Group);
    view! {
        <a class="result hit person" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
            {(!one_chat).then(|| view! { <Avatar name=hit.chat_name.clone() hue shape=kind size=44 /> })}
            <span class="person__words">
                <span class="chat-row__line">
                    <span class="person__name cut">
                        {if one_chat { hit.sender_name.clone() } else { hit.chat_name.clone() }}
                    </span>
                    <time class="chat-row__time">{times::short(hit.time.0)}</time>
                </span>
                <span class="hit__text">
                    {(!one_chat && hit.sender_name != hit.chat_name).then(|| view! { <b>{hit.sender_name.clone()}": "</b> })}
                    {pieces(&hit.snippet)
                        .into_iter()
                        .map(|(found, text)| {
                            if found { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
                        })
                        .collect_view()}
                </span>
            </span>
        </a>
    }
}

#[component]
fn NothingFound(search: Search) -> impl IntoView {
    let app = app();
    let asked = move || {
        search
            .found
            .with(|found| (!found.query.is_empty() && found.hits.is_empty()).then(|| found.clone()))
    };
    let named = move || {
        let query = fold(search.query.get().trim());
        let chats = app
            .chats
            .with(|chats| chats.iter().flatten().any(|chat| fold(&chat.name).contains(&query)));
        chats
            || search
                .people
                .with(|people| people.iter().any(|person| person.fits(&query)))
    };
    move || {
        if search.empty() {
            return Some(empty("search", t!("search-hint")).into_any());
        }
        let found = asked()?;
        match found.failed {
            Some(failure) => Some(empty("error-outline", say(&failure)).into_any()),
            None if search.within.is_none() && named() => None,
            None => Some(empty("search-off", t!("search-nothing", query = found.query)).into_any()),
        }
    }
}

fn empty(icon: &'static str, word: String) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <p>{word}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_marks_what_was_found() {
        let read = |snippet: &str| -> Vec<(bool, String)> { pieces(snippet) };
        assert_eq!(
            read("Die ⟦Feuerwehr⟧zufahrt ist ⟦frei⟧"),
            [
                (false, "Die ".to_owned()),
                (true, "Feuerwehr".to_owned()),
                (false, "zufahrt ist ".to_owned()),
                (true, "frei".to_owned()),
            ]
        );
        assert_eq!(read("ohne"), [(false, "ohne".to_owned())]);
        assert_eq!(read("⟦offen"), [(true, "offen".to_owned())]);
    }
}
