// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands around: screens, cards, the drawer, and what shows until there is something to show.

use leptos::html;
use leptos::prelude::*;
use melder_kit::dialog::bind;
use melder_kit::{Icon, dom, t};

use crate::api::Problem;
use crate::parts::icon_button;
use crate::state::Load;

/// A screen: its heading, what one can do, what there is.
pub fn screen(title: String, actions: AnyView, body: AnyView) -> AnyView {
    view! {
        <header class="screen__head">
            <h1 tabindex="-1">{title}</h1>
            <div class="screen__actions">{actions}</div>
        </header>
        {body}
    }
    .into_any()
}

pub fn card(title: String, beside: AnyView, body: AnyView) -> AnyView {
    view! {
        <section class="card">
            <header class="card__head">
                <h2>{title}</h2>
                {beside}
            </header>
            {body}
        </section>
    }
    .into_any()
}

pub fn heading(title: String) -> AnyView {
    view! { <h3 class="heading">{title}</h3> }.into_any()
}

/// A button went with what it did, and the keyboard with it: a row of its list gets it, or what is around the list.
pub fn focus_row(around: &'static str, at: usize) {
    dom::after(0, move || {
        let holder = dom::document().active_element();
        if holder.is_some_and(|holder| holder.tag_name() != "BODY") {
            return;
        }
        dom::focus(around);
        for row in [at, at + 1] {
            dom::focus(&format!("{around} li:nth-of-type({row}) button"));
        }
    });
}

/// A name and what it is.
pub fn line(name: String, value: AnyView) -> AnyView {
    view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

/// A number and what it counts.
pub fn stat(icon: &'static str, name: String, number: Signal<String>, about: Signal<String>) -> AnyView {
    view! {
        <section class="card stat">
            <h2 class="stat__name"><Icon name=icon />{name}</h2>
            <p class="stat__number">{move || number.get()}</p>
            <p class="muted small">{move || about.get()}</p>
        </section>
    }
    .into_any()
}

/// A state: drawing and word. `look`: `good`, `info`, `warning`, `danger`, `quiet`.
pub fn tag(look: &'static str, icon: &'static str, word: String) -> AnyView {
    view! { <span class=format!("badge badge--{look}")><Icon name=icon class="icon--small" /><span>{word}</span></span> }.into_any()
}

/// The words over a part of a form.
pub fn label(words: String) -> AnyView {
    view! { <p class="strong">{words}</p> }.into_any()
}

pub fn empty(icon: &'static str, words: String, action: AnyView) -> AnyView {
    view! {
        <div class="empty">
            <Icon name=icon />
            <p>{words}</p>
            {action}
        </div>
    }
    .into_any()
}

/// The shape of what is coming, after a moment.
pub fn skeleton() -> AnyView {
    view! {
        <div class="waiting" aria-busy="true" aria-label=t!("leit-loading")>
            <div class="skeleton waiting__line"></div>
            <div class="skeleton waiting__line"></div>
            <div class="skeleton waiting__line"></div>
        </div>
    }
    .into_any()
}

/// What was in the way, and another try.
pub fn failed(problem: &Problem, again: Callback<()>) -> AnyView {
    view! {
        <div class="empty" role="alert">
            <Icon name="error-outline" />
            <p>{problem.say()}</p>
            <button type="button" class="button button--second" on:click=move |_| again.run(())>
                <Icon name="refresh" />
                {t!("leit-again")}
            </button>
        </div>
    }
    .into_any()
}

/// While it is not there: nothing, or why not.
pub fn waiting<T: Send + Sync + 'static>(load: RwSignal<Load<T>>, again: Callback<()>) -> Option<AnyView> {
    load.with(|load| match load {
        Load::Waiting => Some(skeleton()),
        Load::Failed(problem) => Some(failed(problem, again)),
        Load::There(_) => None,
    })
}

/// What is read, or what shows until then.
pub fn shown<T: Clone + Send + Sync + 'static>(
    load: RwSignal<Load<T>>,
    again: Callback<()>,
    show: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    (move || match waiting(load, again) {
        Some(instead) => instead,
        None => match load.get() {
            Load::There(it) => untrack(|| show(it)),
            _ => ().into_any(),
        },
    })
    .into_any()
}

/// Comes in from the side, over the screen.
pub fn drawer(
    open: RwSignal<bool>,
    title: Signal<String>,
    body: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    bind(node, open);
    view! {
        <dialog
            class="drawer"
            node_ref=node
            aria-label=move || title.get()
            on:close=move |_| {
                let _ = open.try_set(false);
            }
        >
            <header class="drawer__head">
                <h2>{move || title.get()}</h2>
                {icon_button("close", t!("close"), move |_| open.set(false))}
            </header>
            {move || open.get().then(|| untrack(&body))}
        </dialog>
    }
    .into_any()
}
