// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! People as a list to choose from: those whom this device knows, by letter, then the server's directory. What a row does
//! is up to who shows the list.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use melder_kit::{Icon, dom, t};
use melder_port::Failure;

use crate::people::find::Finder;
use crate::people::person::{Person, SHOWN, letter};
use crate::state::say;

/// The field above a list of people; its id, for focus.
#[component]
pub fn PeopleField(finder: Finder, id: &'static str, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <div class="search-field" role="search">
            <Icon name="search" />
            <input
                id=id
                type="search"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                aria-label=label.clone()
                placeholder=label
                prop:value=move || finder.query.get()
                on:input=move |event| finder.query.set(event_target_value(&event))
                on:keydown=move |event| into_list(&event)
            />
        </div>
    }
}

/// From the field, the arrow down goes into the list.
fn into_list(event: &KeyboardEvent) {
    if event.key() == "ArrowDown" {
        event.prevent_default();
        dom::focus(".people .person");
    }
}

/// Arrows go from row to row.
pub use melder_kit::dom::walk as rove;

/// `row`: what stands in the list's item for a person.
#[component]
pub fn People(
    finder: Finder,
    row: fn(Person) -> AnyView,
    /// Only those are shown.
    #[prop(optional, into)]
    only: Option<Signal<Option<Vec<Person>>>>,
) -> impl IntoView {
    let known = Memo::new(move |_| match only.and_then(|only| only.get()) {
        Some(people) => people,
        None => finder.known(),
    });
    let limit = RwSignal::new(SHOWN);
    let others = Memo::new(move |_| finder.others());
    let count = move || known.with(Vec::len) + others.with(Vec::len);
    let nobody = move || count() == 0 && !finder.asking.get() && finder.contacts.with(Option::is_some);
    view! {
        <div class="people" on:keydown=move |event| rove(&event, ".people", ".person")>
            <p class="kern-sr-only" role="status">
                {move || (!finder.query.with(String::is_empty) && !finder.asking.get()).then(|| t!("people-count", count = count()))}
            </p>
            {move || {
                if finder.contacts.with(Option::is_none) {
                    return view! { <PeopleSkeleton /> }.into_any();
                }
                by_letter(known.get(), limit.get())
                    .into_iter()
                    .map(|(letter, people)| section(letter.to_string(), people, row))
                    .collect_view()
                    .into_any()
            }}
            {move || {
                let rest = known.with(Vec::len).saturating_sub(limit.get());
                (rest > 0).then(|| more(t!("people-more", count = rest), move || limit.update(|limit| *limit += SHOWN)))
            }}
            {move || {
                let others = others.get();
                (!others.is_empty()).then(|| section(t!("people-directory"), others, row))
            }}
            {move || {
                (finder.more.get() && !finder.asking.get()).then(|| more(t!("people-more-directory"), move || finder.next()))
            }}
            <Standing finder />
            {move || (nobody() && finder.failed.with(Option::is_none)).then(|| view! { <Nobody finder /> })}
        </div>
    }
}

fn by_letter(people: Vec<Person>, limit: usize) -> Vec<(char, Vec<Person>)> {
    let mut letters: Vec<(char, Vec<Person>)> = Vec::new();
    for person in people.into_iter().take(limit) {
        let letter = letter(&person.name);
        match letters.last_mut() {
            Some((last, people)) if *last == letter => people.push(person),
            _ => letters.push((letter, vec![person])),
        }
    }
    letters
}

fn section(title: String, people: Vec<Person>, row: fn(Person) -> AnyView) -> impl IntoView {
    let name = title.clone();
    view! {
        <section aria-label=name>
            <h2 class="letter">{title}</h2>
            <ul>{people.into_iter().map(|person| view! { <li>{row(person)}</li> }).collect_view()}</ul>
        </section>
    }
}

fn more(word: String, press: impl Fn() + Send + 'static) -> impl IntoView {
    view! { <button type="button" class="button button--plain people__more" on:click=move |_| press()>{word}</button> }
}

/// Whether the directory is being asked, or could not be.
#[component]
fn Standing(finder: Finder) -> impl IntoView {
    move || {
        match finder.failed.get() {
        Some(Failure::Offline) => Some(
            view! {
                <div class="notice notice--warning people__notice" role="status">
                    <Icon name="cloud-off-outline" />
                    <p>{t!("people-offline")}</p>
                </div>
            }
            .into_any(),
        ),
        Some(failure) => Some(
            view! {
                <div class="notice notice--danger people__notice" role="status">
                    <Icon name="error-outline" />
                    <div class="grow stack">
                        <p>{say(&failure)}</p>
                        <button type="button" class="button button--second" on:click=move |_| finder.next()>{t!("try-again")}</button>
                    </div>
                </div>
            }
            .into_any(),
        ),
        None if finder.asking.get() => Some(
            view! { <p class="people__asking small muted"><melder_kit::Busy />{t!("people-asking")}</p> }.into_any(),
        ),
        None => None,
    }
    }
}

#[component]
fn Nobody(finder: Finder) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name="person-search-outline" />
            <p>
                {move || {
                    if finder.query.with(|query| query.trim().is_empty()) { t!("people-none") } else { t!("people-none-found") }
                }}
            </p>
        </div>
    }
}

#[component]
fn PeopleSkeleton() -> impl IntoView {
    (0..6)
        .map(|_| {
            view! {
                <div class="person" aria-hidden="true">
                    <span class="skeleton skeleton--face"></span>
                    <span class="person__words">
                        <span class="skeleton skeleton--name"></span>
                        <span class="skeleton skeleton--about"></span>
                    </span>
                </div>
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use melder_port::AccountId;

    use super::*;

    #[test]
    fn a_letter_stands_once_and_no_more_are_shown_than_asked() {
        let person = |name: &str| Person {
            account: AccountId::from_bytes([0; 16]),
            name: name.to_owned(),
            unit: Vec::new(),
            function: None,
            kind: None,
            organisation: String::new(),
            trust: None,
            joined: true,
        };
        let letters = by_letter(vec![person("Ahmed"), person("Änne"), person("Ben"), person("Carla")], 3);
        let shape: Vec<(char, usize)> = letters.iter().map(|(letter, people)| (*letter, people.len())).collect();
        assert_eq!(shape, [('A', 2), ('B', 1)]);
    }
}
