// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One's own log-in at the city, as a second way in beside the passkey: linked here, unlinked here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, dom, t, times, toast};

use crate::api::{Ask, Problem};
use crate::enter;
use crate::model::OwnLogIn;
use crate::parts::{self, Act, button, failed};
use crate::route::Route;
use crate::state::{Load, say};

const PATH: &str = "session/oidc";

/// Stands there only where the organisation allows it, or where one is linked.
pub fn card() -> AnyView {
    let load = RwSignal::new(Load::<OwnLogIn>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get(PATH).send().await.map(|json| OwnLogIn::read(&json));
            let _ = load.try_set(answer.into());
        });
    });
    read.run(());
    let frame = |body| parts::card(t!("leit-city"), ().into_any(), body);
    (move || match load.get() {
        Load::There(own) if own.allowed || own.linked.is_some() => untrack(|| frame(standing(own, read))),
        Load::Failed(problem) => untrack(|| frame(failed(&problem, read))),
        _ => ().into_any(),
    })
    .into_any()
}

fn standing(own: OwnLogIn, read: Callback<()>) -> AnyView {
    let body = match own.linked {
        Some(since) => linked(t!("leit-city-linked", day = times::long_date(since)), read),
        None => link(),
    };
    view! {
        {enter::why(&Route::Access.path())}
        {(!own.allowed)
            .then(|| view! { <p class="notice"><Icon name="block" /><span>{t!("leit-city-shut")}</span></p> })}
        {body}
        <p class="muted small">{t!("leit-city-about")}</p>
    }
    .into_any()
}

fn linked(since: String, read: Callback<()>) -> AnyView {
    let unlink = move || {
        spawn_local(async move {
            match Ask::delete(PATH).send().await {
                Ok(_) => {
                    toast(t!("leit-city-unlinked"));
                    read.run(());
                }
                Err(problem) => say(&problem),
            }
        });
    };
    view! {
        <ul class="entries">
            <li class="entry">
                <Icon name="account-balance-outline" />
                <span class="grow"><b>{since}</b></span>
                {button("danger-plain", "", t!("leit-city-unlink"), unlink)}
            </li>
        </ul>
    }
    .into_any()
}

/// To the provider, and back to this page.
fn link() -> AnyView {
    let act = Act::new();
    let go = move || {
        act.run(async move {
            let answer = Ask::post(PATH).send().await.map_err(|problem| match problem.status {
                // What is in the way is the provider; the server says it to programs.
                409 => Problem::own("provider"),
                _ => problem,
            })?;
            let gone = dom::window().location().set_href(&answer.text("start"));
            gone.map_err(|_| Problem::own("provider"))
        });
    };
    view! {
        {act.words()}
        <div class="choices">{button("second", "account-balance-outline", t!("leit-city-link"), go)}</div>
    }
    .into_any()
}
