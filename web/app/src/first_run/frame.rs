// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the screens before the first chat have in common: head with way back and steps, body, main action in thumb reach.

use leptos::prelude::*;
use melder_kit::{Icon, Sign, Stepper, dom, t};

/// `steps`: where one is and of how many. The heading gets the keyboard, so that a screen reader begins there.
#[component]
pub fn Frame(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] lead: Option<String>,
    #[prop(optional)] steps: Option<(usize, usize)>,
    #[prop(optional)] back: Option<Callback<()>>,
    /// Where the keyboard goes, if not to the heading.
    #[prop(default = "#first-title")]
    focus: &'static str,
    children: Children,
) -> impl IntoView {
    dom::focus_soon(focus);
    view! {
        <main class="first" id="main">
            <header class="first__head">
                {match back {
                    Some(back) => {
                        view! {
                            <button class="icon-button" aria-label=t!("back") title=t!("back") on:click=move |_| back.run(())>
                                <Icon name="arrow-back" />
                            </button>
                        }
                            .into_any()
                    }
                    None => view! { <Brand /> }.into_any(),
                }}
                {steps
                    .map(|(at, of)| view! { <Stepper at=at of=of word=t!("first-step", at = at, of = of) /> })}
            </header>
            <h1 class="first__title" id="first-title" tabindex="-1">{move || title.get()}</h1>
            {lead.map(|lead| view! { <p class="first__lead">{lead}</p> })}
            {children()}
        </main>
    }
}

/// Sign and name.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="brand">
            <Sign class="brand__sign" />
            "Melder"
        </span>
    }
}

/// Something went wrong or must be known: icon and text. Said aloud when it appears.
#[component]
pub fn Trouble(#[prop(into)] text: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div role="alert">
            {move || {
                text.get()
                    .map(|text| {
                        view! {
                            <div class="notice notice--danger">
                                <Icon name="error-outline" />
                                <p class="grow">{text}</p>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// A field's complaint.
#[component]
pub fn FieldError(id: &'static str, #[prop(into)] text: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div id=id role="alert">
            {move || {
                text.get()
                    .map(|text| {
                        view! {
                            <p class="field__error">
                                <Icon name="error" />
                                {text}
                            </p>
                        }
                    })
            }}
        </div>
    }
}
