// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is not needed to read and write: fetched when it is opened, or when nothing else is to be done.
//!
//! Three parts of the program stand in files of their own. `xtask` cuts them out at the functions here that are marked
//! `wasm_split`, with all that only they reach; what several of them reach is a file beside them. Such a function
//! answers how its part is drawn, so that once it is here, it is drawn at once. The service worker keeps the parts with
//! the rest, so that they are there without a network.
//!
//! What must not fail to come is no such part: the chats, the lock, an alarm.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, dom, t, toast};
use melder_port::GroupId;

use crate::chat::Ctx;
use crate::chat::over::{self, Over};
use crate::route::{Route, Tab};
use crate::{alarm, chats, first_run, people, profile};

/// After the list stands: then the parts are fetched, for when they are wanted.
const SOON_MS: i32 = 3_000;

/// Something in one of the parts.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    FirstRun,
    Stopped,
    /// In the list's pane.
    List(Tab),
    /// In the wide pane.
    Main(Route),
    /// Beside a chat.
    Info(GroupId),
    /// Above a chat.
    Over(Over),
}

type Draw = fn(What) -> AnyView;

/// A file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    First,
    Places,
    Tools,
}

thread_local! {
    static HERE: [Cell<Option<Draw>>; 3] = const { [const { Cell::new(None) }; 3] };
}

/// How a new device comes to its account, and what stops one.
#[wasm_split(first, fallible, wasm_split_path = ::leptos::wasm_split)]
fn first() -> Result<Draw, SplitLoaderError> {
    fn draw(what: What) -> AnyView {
        match what {
            What::FirstRun => view! { <first_run::FirstRun /> }.into_any(),
            What::Stopped => view! { <first_run::Stopped /> }.into_any(),
            _ => view! { <first_run::AcceptPane /> }.into_any(),
        }
    }
    Ok(draw)
}

/// Where one goes: people, groups, search, oneself.
#[wasm_split(places, fallible, wasm_split_path = ::leptos::wasm_split)]
fn places() -> Result<Draw, SplitLoaderError> {
    fn draw(what: What) -> AnyView {
        match what {
            What::List(Tab::Profile) => view! { <profile::ProfilePane /> }.into_any(),
            What::List(_) => view! { <people::ContactsPane /> }.into_any(),
            What::Info(group) => view! { <people::group::Pane group /> }.into_any(),
            What::Main(route) => pane(route),
            _ => ().into_any(),
        }
    }
    fn pane(route: Route) -> AnyView {
        match route {
            Route::Search => view! { <chats::SearchPane within=None /> }.into_any(),
            Route::SearchIn(group) => view! { <chats::SearchPane within=Some(group) /> }.into_any(),
            Route::NewGroup => view! { <people::NewGroupPane channel=false /> }.into_any(),
            Route::NewChannel => view! { <people::NewGroupPane channel=true /> }.into_any(),
            Route::Contact(account) => view! { <people::ContactPane account /> }.into_any(),
            Route::Verify(account) => view! { <people::VerifyPane account /> }.into_any(),
            Route::Devices => view! { <profile::DevicesPane /> }.into_any(),
            Route::LinkDevice => view! { <profile::LinkDevicePane /> }.into_any(),
            Route::Security => view! { <profile::SecurityPane /> }.into_any(),
            Route::Notifications => view! { <profile::NotificationsPane /> }.into_any(),
            Route::Help => view! { <profile::HelpPane /> }.into_any(),
            Route::Alarms(of) => view! { <alarm::desk::AlarmDesk of /> }.into_any(),
            _ => view! { <chats::NewPane /> }.into_any(),
        }
    }
    Ok(draw)
}

/// What opens above a chat.
#[wasm_split(tools, fallible, wasm_split_path = ::leptos::wasm_split)]
fn tools() -> Result<Draw, SplitLoaderError> {
    fn draw(what: What) -> AnyView {
        match what {
            What::Over(over) => over::draw(over),
            _ => ().into_any(),
        }
    }
    Ok(draw)
}

impl What {
    const fn part(&self) -> Part {
        match self {
            Self::FirstRun | Self::Stopped | Self::Main(Route::Join) => Part::First,
            Self::List(_) | Self::Main(_) | Self::Info(_) => Part::Places,
            Self::Over(_) => Part::Tools,
        }
    }
}

impl Part {
    fn here(self) -> Option<Draw> {
        HERE.with(|here| here[self as usize].get())
    }

    /// Fetches it, unless it is here.
    async fn fetch(self) -> bool {
        if self.here().is_some() {
            return true;
        }
        let come = match self {
            Self::First => first().await,
            Self::Places => places().await,
            Self::Tools => tools().await,
        };
        let draw = come.ok();
        HERE.with(|here| here[self as usize].set(draw));
        draw.is_some()
    }
}

/// Fetches what will be wanted sooner or later, once there is nothing else to do.
pub fn fetch_soon() {
    dom::after(SOON_MS, || {
        spawn_local(async {
            for part in [Part::Tools, Part::Places] {
                part.fetch().await;
            }
        });
    });
}

/// Draws it as soon as it is here.
pub fn later(what: What) -> AnyView {
    let part = what.part();
    if let Some(draw) = part.here() {
        return draw(what);
    }
    // Nothing: it is on its way.
    let came = RwSignal::new(None::<bool>);
    let chat = use_context::<Ctx>();
    let above = matches!(what, What::Over(_));
    // Nothing else stands on the page.
    let alone = matches!(what, What::FirstRun | What::Stopped);
    let fetch = move || {
        came.set(None);
        spawn_local(async move {
            let here = part.fetch().await;
            if above && !here {
                toast(t!("part-failed"));
                let _ = chat.map(|chat| chat.over.try_set(None));
            }
            let _ = came.try_set(Some(here));
        });
    };
    fetch();
    (move || match (came.get(), part.here()) {
        (_, Some(draw)) => draw(what.clone()),
        (Some(false), None) if !above => failed(alone, fetch),
        (None, None) if !above => waiting(alone),
        _ => ().into_any(),
    })
    .into_any()
}

/// The pane's bare shape, after a moment.
fn waiting(alone: bool) -> AnyView {
    let role = if alone { "main" } else { "group" };
    view! {
        <div class="starting grow" role=role aria-busy="true" aria-label=t!("starting")>
            <div class="skeleton starting__bar"></div>
            <div class="skeleton starting__row"></div>
            <div class="skeleton starting__row"></div>
        </div>
    }
    .into_any()
}

fn failed(alone: bool, again: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="empty grow" role=alone.then_some("main")>
            {alone.then(|| view! { <h1 class="kern-sr-only">"Melder"</h1> })}
            <Icon name="cloud-off-outline" />
            <p role="alert">{t!("part-failed")}</p>
            <button class="button button--plain" on:click=move |_| again()>{t!("try-again")}</button>
        </div>
    }
    .into_any()
}
