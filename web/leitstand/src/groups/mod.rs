// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Groups and channels that the organisation manages: the list, one of them, and the rules that say who is in it.

mod create;
mod following;
mod one;
mod people;
pub mod policy;
mod rules;

pub use create::over as create_over;
pub use rules::Rules;

use leptos::prelude::*;
use melder_kit::{Avatar, Icon, Shape, avatar, t};

use crate::model::{Group, Right, findable, finds};
use crate::parts::{button, empty, screen, tag, waiting};
use crate::route::{self, Route};
use crate::state::{Desk, desk};

pub fn groups() -> AnyView {
    let desk = desk();
    desk.read_groups();
    desk.read_operations();
    if desk.book.with_untracked(|book| !book.is_whole) {
        desk.read_accounts();
    }
    let shown = Memo::new(move |_| match desk.route.get() {
        Route::Group(id) => Some(id),
        _ => None,
    });
    (move || match shown.get() {
        Some(id) => untrack(|| one::group(id)),
        None => untrack(list),
    })
    .into_any()
}

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Groups,
    Channels,
    Closed,
}

impl Kind {
    const fn takes(self, group: &Group) -> bool {
        match self {
            Self::All => !group.closed,
            Self::Groups => !group.closed && !group.channel,
            Self::Channels => !group.closed && group.channel,
            Self::Closed => group.closed,
        }
    }

    fn word(self) -> String {
        match self {
            Self::All => t!("filter-all"),
            Self::Groups => t!("filter-groups"),
            Self::Channels => t!("filter-channels"),
            Self::Closed => t!("leit-groups-closed"),
        }
    }
}

fn list() -> AnyView {
    let desk = desk();
    let creating = RwSignal::new(false);
    let query = RwSignal::new(String::new());
    let kind = RwSignal::new(Kind::All);
    let again = Callback::new(move |()| desk.read_groups());
    let actions = desk.may(Right::Groups).then(|| {
        button("main", "group-add-outline", t!("leit-group-make"), move || {
            creating.set(true)
        })
    });
    let chips = [Kind::All, Kind::Groups, Kind::Channels, Kind::Closed].map(|of| {
        let count = move || {
            desk.groups.with(|groups| {
                groups
                    .there()
                    .into_iter()
                    .flatten()
                    .filter(|group| of.takes(group))
                    .count()
                    .to_string()
            })
        };
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || if kind.get() == of { "true" } else { "false" }
                on:click=move |_| kind.set(of)
            >
                {of.word()}
                <span>{count}</span>
            </button>
        }
    });
    let body = view! {
        <section class="card">
            <div class="accounts__find">
                <div class="chips grow" role="group" aria-label=t!("filter")>{chips.into_iter().collect_view()}</div>
                <label class="search-field">
                    <Icon name="search" />
                    <span class="kern-sr-only">{t!("leit-group-find")}</span>
                    <input
                        type="search"
                        autocomplete="off"
                        placeholder=t!("leit-group-find")
                        on:input=move |event| query.set(event_target_value(&event))
                    />
                </label>
            </div>
            {move || waiting(desk.groups, again).unwrap_or_else(|| found(desk, &query.get(), kind.get()))}
        </section>
        {create::over(creating, None)}
    };
    screen(t!("leit-groups"), actions.into_any(), body.into_any())
}

fn found(desk: Desk, query: &str, kind: Kind) -> AnyView {
    let wanted = findable(query);
    let groups: Vec<Group> = desk.groups.with(|groups| {
        let all = groups.there().into_iter().flatten();
        all.filter(|group| kind.takes(group) && finds(&findable(&group.name), &wanted))
            .cloned()
            .collect()
    });
    if groups.is_empty() {
        return empty("forum-outline", t!("leit-groups-none"), ().into_any());
    }
    let lines = groups
        .into_iter()
        .map(|group| view! { <li>{untrack(|| line(desk, &group))}</li> });
    view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
}

/// A group in a list: leads to it.
pub fn line(desk: Desk, group: &Group) -> AnyView {
    let to = Route::Group(group.id.clone());
    let (path, target) = (to.path(), to);
    let shape = if group.channel { Shape::Channel } else { Shape::Group };
    let operation = desk.operations.with(|all| {
        let found = all
            .there()
            .into_iter()
            .flatten()
            .find(|operation| Some(&operation.id) == group.operation.as_ref());
        found.map(|operation| operation.name.clone())
    });
    view! {
        <a class="line" href=path on:click=move |event| route::follow(&event, desk.route, target.clone())>
            <Avatar name=group.name.clone() hue=avatar::hue(group.id.as_bytes()) shape=shape size=36 />
            <span class="grow">
                <b class="strong">{group.name.clone()}</b>
                {operation.map(|name| view! { <span class="muted small line__about">{name}</span> })}
            </span>
            {group.channel.then(|| tag("quiet", "campaign-outline", t!("channel")))}
            {group.closed.then(|| tag("quiet", "lock-outline", t!("leit-group-closed")))}
            <Icon name="chevron-right" />
        </a>
    }
    .into_any()
}
