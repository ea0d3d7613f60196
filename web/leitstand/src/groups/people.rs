// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Finding a person among all accounts, by the beginnings of words.

use leptos::prelude::*;
use melder_kit::{Avatar, Icon, avatar, dom, t};

use crate::model::{Account, findable, finds};
use crate::state::Desk;

const SHOWN: usize = 8;

/// A field with what it finds below it; a press hands the account on.
pub fn pick(desk: Desk, label: String, on: impl Fn(Account) + Copy + Send + Sync + 'static) -> AnyView {
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let wanted = findable(&query.get());
        if wanted.is_empty() {
            return Vec::new();
        }
        desk.book.with(|book| {
            let all = book.accounts.iter().filter(|account| finds(&account.find, &wanted));
            all.take(SHOWN).cloned().collect::<Vec<_>>()
        })
    });
    let take = move |account: Account| {
        query.set(String::new());
        dom::focus("#pick");
        on(account);
    };
    view! {
        <div class="field">
            <label for="pick">{label}</label>
            <span class="search-field">
                <Icon name="search" />
                <input
                    id="pick"
                    type="search"
                    autocomplete="off"
                    prop:value=move || query.get()
                    on:input=move |event| query.set(event_target_value(&event))
                />
            </span>
            <ul class="found" aria-live="polite">
                {move || {
                    let nobody = !query.with(String::is_empty) && found.with(Vec::is_empty);
                    nobody.then(|| view! { <li class="muted small">{t!("leit-nobody")}</li> })
                }}
                <For each=move || found.get() key=|account| account.id.clone() let:account>
                    <li>{untrack(|| choice(desk, account, take))}</li>
                </For>
            </ul>
        </div>
    }
    .into_any()
}

fn choice(desk: Desk, account: Account, take: impl Fn(Account) + Copy + 'static) -> AnyView {
    let name = account.name.clone();
    let unit = desk.unit_name(account.unit.as_deref());
    let hue = avatar::hue(account.id.as_bytes());
    view! {
        <button type="button" class="line" on:click=move |_| take(account.clone()) on:keydown=|event| dom::walk(&event, ".found", ".line")>
            <Avatar name=name.clone() hue=hue size=36 />
            <span class="grow"><b class="strong">{name}</b><span class="muted small line__about">{unit}</span></span>
            <Icon name="add" />
        </button>
    }
    .into_any()
}
