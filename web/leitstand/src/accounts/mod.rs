// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The people: the table of all accounts beside the tree of units, one account in a drawer, many at once, the import, invitations on
//! paper; and the units themselves.

mod belongings;
mod bulk;
mod create;
mod csv;
mod devices;
mod drawer;
mod edit;
pub mod import;
pub mod invite;
mod mapping;
pub mod sheets;
mod table;
mod tree;
mod units;
mod view;

pub use drawer::deletion_facts;
pub use edit::unit_choices;
pub use units::units;
pub use view::kind_word;

use leptos::prelude::*;
use melder_kit::{Icon, t};

use crate::model::Right;
use crate::parts::{button, choose, failed, screen};
use crate::route::{self, Route};
use crate::state::desk;
use view::View;

/// What is open over the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Nothing,
    Create,
    Import,
}

pub fn accounts() -> AnyView {
    let desk = desk();
    desk.read_accounts();
    desk.read_operations();
    let view = View::new(desk);
    let over = RwSignal::new(Over::Nothing);
    let (creating, importing) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        let now = over.get();
        creating.set(now == Over::Create);
        importing.set(now == Over::Import);
    });
    let actions = if desk.may(Right::Accounts) {
        view! {
            {button("second", "upload-file-outline", t!("leit-import"), move || importing.set(true))}
            {button("main", "person-add-outline", t!("leit-invite-person"), move || creating.set(true))}
        }
        .into_any()
    } else {
        ().into_any()
    };
    let body = view! {
        <div class="accounts">
            {tree::panel(view)}
            <section class="card accounts__list" aria-label=t!("leit-accounts")>
                {head(view)}
                {bulk::bar(view)}
                {list(view)}
            </section>
        </div>
        {drawer::over(view)}
        {create::over(creating, view)}
        {import::over(importing, None)}
    };
    screen(t!("leit-accounts"), actions, body.into_any())
}

/// Which accounts: name of the unit, status, kind, words.
fn head(view: View) -> AnyView {
    let desk = desk();
    let title = move || match view.unit.get() {
        Some(unit) => desk.unit_name(Some(&unit)),
        None => t!("leit-all-accounts"),
    };
    let kinds = Signal::derive(|| {
        let mut kinds = vec![(String::new(), t!("leit-all-kinds"))];
        kinds.extend(["staff", "guest", "bot", "private"].map(|kind| (kind.to_owned(), kind_word(kind))));
        kinds
    });
    view! {
        <header class="accounts__head">
            <h2>{title}</h2>
            <div class="chips" role="group" aria-label=t!("leit-status")>
                {["", "active", "invited", "suspended"].map(|status| chip(view, status)).into_iter().collect_view()}
            </div>
            <span class="grow"></span>
            <div class="accounts__find">
                <label class="search-field">
                    <Icon name="search" />
                    <span class="kern-sr-only">{t!("leit-find-account")}</span>
                    <input
                        id="find"
                        type="search"
                        autocomplete="off"
                        placeholder=t!("leit-find-account")
                        prop:value=move || view.query.get()
                        on:input=move |event| view.query.set(event_target_value(&event))
                    />
                </label>
                <div class="accounts__kind">{choose("kind", t!("leit-kind"), view.kind, kinds)}</div>
            </div>
        </header>
    }
    .into_any()
}

fn chip(view: View, status: &'static str) -> AnyView {
    let word = match status {
        "active" => t!("leit-status-active"),
        "invited" => t!("leit-status-invited"),
        "suspended" => t!("leit-status-suspended"),
        _ => t!("filter-all"),
    };
    let count = move || view.sums.with(|sums| sums.of(status)).to_string();
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || if view.status.get() == status { "true" } else { "false" }
            on:click=move |_| view.status.set(status)
        >
            {word}
            <span>{count}</span>
        </button>
    }
    .into_any()
}

/// The table, or what stands instead of it.
fn list(view: View) -> AnyView {
    let desk = desk();
    let again = Callback::new(move |()| desk.read_accounts());
    let state = Memo::new(move |_| {
        desk.book
            .with(|book| (book.accounts.is_empty(), book.is_whole, book.problem.clone()))
    });
    let none = Memo::new(move |_| view.rows.with(Vec::is_empty));
    (move || match state.get() {
        (true, _, Some(problem)) => failed(&problem, again),
        (true, false, None) => crate::parts::skeleton(),
        (true, true, None) => crate::parts::empty("group-outline", t!("leit-accounts-empty"), ().into_any()),
        _ if none.get() => crate::parts::empty(
            "search-off",
            t!("leit-accounts-none"),
            button("second", "", t!("leit-show-all"), move || view.show_all()),
        ),
        _ => untrack(|| table::table(view)),
    })
    .into_any()
}

/// Opens one account over the table.
pub fn open(desk: crate::state::Desk, id: &str) {
    route::go(desk.route, Route::Account(id.to_owned()));
}
