// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whom to write to: somebody, a new group, a new channel.

use leptos::prelude::*;
use melder_kit::{Icon, dom, t};

use crate::people::contact::{PersonBar, write_to};
use crate::people::find::Finder;
use crate::people::list::{People, PeopleField};
use crate::people::person::{Person, PersonLine};
use crate::route::{self, Route};
use crate::state::app;

#[component]
pub fn NewPane() -> impl IntoView {
    let app = app();
    let finder = Finder::new(app, true);
    let allowed = Memo::new(move |_| app.own.with(|own| own.as_ref().is_none_or(|own| own.may_create_groups)));
    dom::focus_soon("#find-person");
    view! {
        <PersonBar title=t!("new-chat") back=Route::Chats />
        <div class="page">
            <div class="page__inner">
                <PeopleField finder id="find-person" label=t!("people-find") />
                {move || {
                    if allowed.get() {
                        view! { <Found /> }.into_any()
                    } else {
                        view! {
                            <div class="notice">
                                <Icon name="info-outline" />
                                <p>{t!("new-group-forbidden")}</p>
                            </div>
                        }
                            .into_any()
                    }
                }}
                <People finder row=write_row />
            </div>
        </div>
    }
}

/// Groups and channels.
#[component]
fn Found() -> impl IntoView {
    let app = app();
    let line = move |to: Route, icon: &'static str, word: String, what: String| {
        view! {
            <a class="line" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                <span class="tile"><Icon name=icon /></span>
                <span class="grow">
                    <b class="strong">{word}</b>
                    <span class="line__under">{what}</span>
                </span>
                <Icon name="chevron-right" />
            </a>
        }
    };
    view! {
        <nav class="panel lines" aria-label=t!("new-found")>
            {line(Route::NewGroup, "group-add-outline", t!("new-group"), t!("new-group-what"))}
            {line(Route::NewChannel, "campaign-outline", t!("new-channel"), t!("new-channel-what"))}
        </nav>
    }
}

/// A row that opens the chat with this person.
fn write_row(person: Person) -> AnyView {
    let app = app();
    let account = person.account;
    view! {
        <button type="button" class="person" on:click=move |_| write_to(app, account)>
            <PersonLine person />
        </button>
    }
    .into_any()
}
