// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Operations: people who come for some days, and are gone without a trace on the day that was promised.

mod create;
mod one;
mod phases;
mod poster;
mod waiting;

use leptos::prelude::*;
use melder_kit::{Icon, t, times};

use crate::model::{Operation, Right};
use crate::parts::{button, empty, screen, tag, waiting};
use crate::route::{self, Route};
use crate::state::{Desk, desk};

pub fn operations() -> AnyView {
    let desk = desk();
    desk.read_operations();
    desk.read_groups();
    desk.read_accounts();
    let shown = Memo::new(move |_| match desk.route.get() {
        Route::Operation(id) => Some(id),
        _ => None,
    });
    (move || match shown.get() {
        Some(id) => untrack(|| one::operation(id)),
        None => untrack(list),
    })
    .into_any()
}

fn list() -> AnyView {
    let desk = desk();
    let creating = RwSignal::new(false);
    let again = Callback::new(move |()| desk.read_operations());
    let actions = desk.may(Right::Operations).then(|| {
        button("main", "event-outline", t!("leit-operation-make"), move || {
            creating.set(true)
        })
    });
    let body = view! {
        {move || waiting(desk.operations, again).unwrap_or_else(|| all(desk))}
        {create::over(creating)}
    };
    screen(t!("leit-operations"), actions.into_any(), body.into_any())
}

fn all(desk: Desk) -> AnyView {
    let mut all = desk.operations.with(|all| all.there().cloned().unwrap_or_default());
    if all.is_empty() {
        return empty("event-outline", t!("leit-operations-none"), ().into_any());
    }
    // What runs first, by its end; what is over after it, the latest first.
    all.sort_by_key(|operation| match &operation.summary {
        None => (0, operation.ends),
        Some(summary) => (1, u64::MAX - summary.ended),
    });
    let lines = all
        .into_iter()
        .map(|operation| view! { <li>{untrack(|| line(desk, &operation))}</li> });
    view! { <section class="card"><ul class="lines">{lines.collect_view()}</ul></section> }.into_any()
}

/// Where it stands, in one word.
pub fn state_tag(operation: &Operation) -> AnyView {
    let now = times::now();
    if operation.summary.is_none() && operation.warnings.iter().any(|at| *at <= now) {
        return tag("warning", "event-busy-outline", t!("leit-operation-ends-soon"));
    }
    if operation.summary.is_some() {
        tag("quiet", "check-circle-outline", t!("leit-operation-over"))
    } else {
        tag("good", "play-circle", t!("leit-operation-runs"))
    }
}

pub fn line(desk: Desk, operation: &Operation) -> AnyView {
    let to = Route::Operation(operation.id.clone());
    let (path, target) = (to.path(), to);
    let when = match &operation.summary {
        Some(summary) => t!("leit-operation-ended", day = times::long_date(summary.ended)),
        None => t!("leit-operation-ends", day = times::full(operation.ends)),
    };
    view! {
        <a class="line" href=path on:click=move |event| route::follow(&event, desk.route, target.clone())>
            <Icon name="event-outline" />
            <span class="grow">
                <b class="strong">{operation.name.clone()}</b>
                <span class="muted small line__about">{when}</span>
            </span>
            {state_tag(operation)}
            <Icon name="chevron-right" />
        </a>
    }
    .into_any()
}
