// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The search in the bar above: a person, a group, an operation or a screen by the beginnings of words, and straight there. It
//! looks at what the lists have read; what they have not, it has them read when it opens.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use melder_kit::{Dialog, Icon, dom, t};

use crate::model::{Right, findable, finds};
use crate::route::{self, Route};
use crate::state::{Desk, Load, desk};

/// Of each kind.
const SHOWN: usize = 6;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    icon: &'static str,
    name: String,
    about: String,
    route: Route,
}

/// The button for the bar, and what it opens, which stands in no landmark; Strg+K does the same.
pub fn find() -> (AnyView, AnyView) {
    let desk = desk();
    let open = RwSignal::new(false);
    let begin = move || {
        read_what_is_not_here(desk);
        open.set(true);
        dom::focus_soon("#find-all");
    };
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        let asked = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k");
        if asked {
            event.prevent_default();
            if !open.get_untracked() && desk.question.with_untracked(Option::is_none) {
                begin();
            }
        }
    });
    on_cleanup(move || keys.remove());
    let button = view! {
        <button
            type="button"
            class="above__find"
            title=t!("leit-find")
            aria-keyshortcuts="Control+K"
            on:click=move |_| begin()
        >
            <Icon name="search" />
            <span class="kern-sr-only">{t!("leit-find")}": "</span>
            <span class="above__find-word">{t!("leit-find-what")}</span>
            <kbd>{t!("leit-find-key")}</kbd>
        </button>
    };
    let dialog = view! {
        <Dialog open title=t!("leit-find") close_label=t!("close")>
            {move || untrack(|| field(desk, open))}
        </Dialog>
    };
    (button.into_any(), dialog.into_any())
}

fn read_what_is_not_here(desk: Desk) {
    let waits = |is_waiting: bool, rights: &[Right]| is_waiting && rights.iter().any(|right| desk.may(*right));
    let people = [Right::Accounts, Right::Groups, Right::Operations];
    if waits(desk.book.with_untracked(|book| !book.is_whole), &people) {
        desk.read_accounts();
    }
    let groups = desk.groups.with_untracked(|groups| matches!(groups, Load::Waiting));
    if waits(groups, &[Right::Groups, Right::Operations]) {
        desk.read_groups();
    }
    let operations = desk
        .operations
        .with_untracked(|operations| matches!(operations, Load::Waiting));
    if waits(operations, &[Right::Operations]) {
        desk.read_operations();
    }
}

fn field(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let wanted = findable(&query.get());
        if wanted.is_empty() {
            Vec::new()
        } else {
            all(desk, &wanted)
        }
    });
    let go = move |route: Route| {
        open.set(false);
        route::go(desk.route, route);
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            if let Some(first) = found.with(|found| found.first().cloned()) {
                go(first.route);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            dom::focus(".find .line");
        }
        _ => {}
    };
    view! {
        <div class="find">
            <label class="search-field">
                <Icon name="search" />
                <span class="kern-sr-only">{t!("leit-find-what")}</span>
                <input
                    id="find-all"
                    // In a field of its own kind, Escape would empty it before it closes.
                    type="text"
                    inputmode="search"
                    autocomplete="off"
                    placeholder=t!("leit-find-what")
                    prop:value=move || query.get()
                    on:input=move |event| query.set(event_target_value(&event))
                    on:keydown=key
                />
            </label>
            <p class="kern-sr-only" role="status">
                {move || (!query.with(String::is_empty)).then(|| t!("leit-found", count = found.with(Vec::len)))}
            </p>
            {move || {
                let nothing = !query.with(String::is_empty) && found.with(Vec::is_empty);
                nothing.then(|| view! { <p class="muted">{t!("leit-found-nothing")}</p> })
            }}
            <ul class="found">
                {move || found.get().into_iter().map(|one| untrack(|| line(one, go))).collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

fn line(found: Found, go: impl Fn(Route) + Copy + 'static) -> AnyView {
    let Found {
        icon,
        name,
        about,
        route,
    } = found;
    view! {
        <li>
            <button
                type="button"
                class="line"
                on:click=move |_| go(route.clone())
                on:keydown=|event| dom::walk(&event, ".find", ".line")
            >
                <Icon name=icon />
                <span class="grow"><b class="strong">{name}</b><span class="muted small line__about">{about}</span></span>
                <Icon name="chevron-right" />
            </button>
        </li>
    }
    .into_any()
}

fn all(desk: Desk, wanted: &str) -> Vec<Found> {
    let fits = |name: &str| finds(&findable(name), wanted);
    let mut found = Vec::new();
    desk.book.with(|book| {
        let people = book.accounts.iter().filter(|account| finds(&account.find, wanted));
        found.extend(people.take(SHOWN).map(|account| Found {
            icon: "person-outline",
            name: account.name.clone(),
            about: desk.unit_name(account.unit.as_deref()),
            route: Route::Account(account.id.clone()),
        }));
    });
    desk.groups.with(|groups| {
        let groups = groups.there().into_iter().flatten().filter(|group| fits(&group.name));
        found.extend(groups.take(SHOWN).map(|group| Found {
            icon: "forum-outline",
            name: group.name.clone(),
            about: if group.channel {
                t!("leit-found-channel")
            } else {
                t!("leit-found-group")
            },
            route: Route::Group(group.id.clone()),
        }));
    });
    desk.operations.with(|operations| {
        let operations = operations.there().into_iter().flatten();
        let operations = operations.filter(|operation| fits(&operation.name));
        found.extend(operations.take(SHOWN).map(|operation| Found {
            icon: "event-outline",
            name: operation.name.clone(),
            about: t!("leit-found-operation"),
            route: Route::Operation(operation.id.clone()),
        }));
    });
    let screens = crate::shell::places(desk).filter(|(_, route)| fits(&route.title()));
    found.extend(screens.map(|(icon, route)| Found {
        icon,
        name: route.title(),
        about: String::new(),
        route,
    }));
    found
}
