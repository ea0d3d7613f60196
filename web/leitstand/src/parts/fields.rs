// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Fields and buttons. A field's own element has the id that is given; its label, hint and error hang on it.

use leptos::ev;
use leptos::prelude::*;
use melder_kit::{Busy, Icon};

/// A value and its word.
pub type Choice = (String, String);

fn around(
    id: &'static str,
    label: String,
    hint: String,
    error: Option<RwSignal<Option<String>>>,
    input: AnyView,
) -> AnyView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {(!hint.is_empty()).then(|| view! { <span class="hint" id=format!("{id}-hint")>{hint}</span> })}
            {input}
            {error
                .map(|error| {
                    view! {
                        <span class="field__error" id=format!("{id}-error") role="alert">
                            {move || error.get().map(|words| view! { <Icon name="error-outline" /><span>{words}</span> })}
                        </span>
                    }
                })}
        </div>
    }
    .into_any()
}

fn input(
    id: &'static str,
    kind: &'static str,
    label: String,
    hint: String,
    value: RwSignal<String>,
    error: Option<RwSignal<Option<String>>>,
) -> AnyView {
    let described = format!("{id}-hint {id}-error");
    let field = view! {
        <input
            id=id
            class="input"
            type=kind
            autocomplete="off"
            spellcheck="false"
            aria-describedby=described
            aria-invalid=move || error.is_some_and(|error| error.with(Option::is_some)).then_some("true")
            prop:value=move || value.get()
            on:input=move |event| {
                if let Some(error) = error {
                    error.set(None);
                }
                value.set(event_target_value(&event));
            }
        />
    };
    around(id, label, hint, error, field.into_any())
}

/// A line of text; `error` says below it what is missing.
pub fn text_field(
    id: &'static str,
    label: String,
    hint: String,
    value: RwSignal<String>,
    error: Option<RwSignal<Option<String>>>,
) -> AnyView {
    input(id, "text", label, hint, value, error)
}

/// The same for what nobody should read over a shoulder.
pub fn secret_field(
    id: &'static str,
    label: String,
    hint: String,
    value: RwSignal<String>,
    error: Option<RwSignal<Option<String>>>,
) -> AnyView {
    input(id, "password", label, hint, value, error)
}

/// A day.
pub fn date_field(
    id: &'static str,
    label: String,
    hint: String,
    value: RwSignal<String>,
    error: Option<RwSignal<Option<String>>>,
) -> AnyView {
    input(id, "date", label, hint, value, error)
}

/// Some lines of text.
pub fn long_field(id: &'static str, label: String, hint: String, value: RwSignal<String>) -> AnyView {
    let field = view! {
        <textarea
            id=id
            class="input"
            rows="6"
            spellcheck="false"
            aria-describedby=format!("{id}-hint")
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    };
    around(id, label, hint, None, field.into_any())
}

/// One of several.
pub fn choose(id: &'static str, label: String, value: RwSignal<String>, choices: Signal<Vec<Choice>>) -> AnyView {
    let options = move || {
        let chosen = value.get_untracked();
        let options = choices.get().into_iter();
        options
            .map(|(of, word)| view! { <option selected=of == chosen value=of>{word}</option> })
            .collect_view()
    };
    let field = view! {
        <span class="select">
            <select
                id=id
                class="input"
                prop:value=move || {
                    choices.track();
                    value.get()
                }
                on:change=move |event| value.set(event_target_value(&event))
            >
                {options}
            </select>
            <Icon name="expand-more" />
        </span>
    };
    around(id, label, String::new(), None, field.into_any())
}

/// On or off, with its word beside it.
pub fn check(label: String, on: RwSignal<bool>) -> AnyView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=move || on.get()
                on:change=move |event| on.set(event_target_checked(&event))
            />
            <span class="check__box" aria-hidden="true"><Icon name="check" /></span>
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// `look`: `main`, `second`, `plain`, `danger`, …; `icon`: as in [`Icon`], or empty.
pub fn button(look: &'static str, icon: &'static str, word: String, on: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class=format!("button button--{look}") on:click=move |_| on()>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            <span>{word}</span>
        </button>
    }
    .into_any()
}

/// Sends its form.
pub fn submit(look: &'static str, word: Signal<String>, busy: RwSignal<bool>) -> AnyView {
    view! {
        <button type="submit" class=format!("button button--{look}") aria-busy=move || busy.get().then_some("true")>
            {move || busy.get().then(|| view! { <Busy /> })}
            <span>{move || word.get()}</span>
        </button>
    }
    .into_any()
}

/// A drawing that is a button; `label` is its name and its tooltip.
pub fn icon_button(icon: &'static str, label: String, on: impl Fn(ev::MouseEvent) + 'static) -> AnyView {
    view! {
        <button type="button" class="icon-button" aria-label=label.clone() title=label on:click=on>
            <Icon name=icon />
        </button>
    }
    .into_any()
}
