// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The contacts' tab: whom this device knows, by letter, and the directory.

use leptos::prelude::*;
use melder_kit::t;

use crate::people::find::Finder;
use crate::people::list::{People, PeopleField};
use crate::people::person::{Person, PersonLine};
use crate::route::{self, Route};
use crate::state::app;

/// Which contacts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Unit,
    Away,
}

#[component]
pub fn ContactsPane() -> impl IntoView {
    let app = app();
    let finder = Finder::new(app, false);
    let filter = RwSignal::new(Filter::All);
    let unit = app
        .own
        .with_untracked(|own| own.as_ref().map(|own| own.unit.clone()).unwrap_or_default());
    let unit = StoredValue::new(unit);
    let only = Signal::derive(move || {
        let filter = filter.get();
        (filter != Filter::All).then(|| {
            let mut people = finder.known();
            people.retain(|person| match filter {
                Filter::All => true,
                Filter::Unit => unit.with_value(|unit| person.unit == *unit && person.organisation.is_empty()),
                Filter::Away => !person.organisation.is_empty(),
            });
            people
        })
    });
    let away = Memo::new(move |_| {
        finder
            .contacts
            .with(|people| people.iter().flatten().any(|person| !person.organisation.is_empty()))
    });
    let chip = move |this: Filter, word: String| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || if filter.get() == this { "true" } else { "false" }
                on:click=move |_| filter.set(this)
            >
                {word}
            </button>
        }
    };
    let own_unit = unit.with_value(|unit| unit.last().cloned());
    view! {
        <header class="bar">
            <h1 class="grow">{t!("tab-contacts")}</h1>
        </header>
        <div class="list-head">
            <PeopleField finder id="find-contact" label=t!("people-find") />
            <div class="chips" role="group" aria-label=t!("filter")>
                {chip(Filter::All, t!("filter-all"))}
                {own_unit.map(|unit| chip(Filter::Unit, unit))}
                {move || away.get().then(|| chip(Filter::Away, t!("filter-away")))}
            </div>
        </div>
        <div class="scroll">
            <People finder row=link only />
        </div>
    }
}

/// A row that opens the profile.
fn link(person: Person) -> AnyView {
    let app = app();
    let to = Route::Contact(person.account);
    let here = person.account;
    let current = move || {
        let open = app
            .route
            .with(|route| matches!(route, Route::Contact(other) | Route::Verify(other) if *other == here));
        open.then_some("true")
    };
    view! {
        <a
            class="person"
            href=to.path()
            aria-current=current
            on:click=move |event| route::follow(&event, app.route, to.clone())
        >
            <PersonLine person />
        </a>
    }
    .into_any()
}
