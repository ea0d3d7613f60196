// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Small controls that KERN does not have.

use leptos::prelude::*;

use crate::icon::Icon;

/// On or off, with a tick inside: not by colour alone. `label` is its name.
#[component]
pub fn Switch(
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] label: Signal<String>,
    set: impl Fn(bool) + 'static + Copy,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="switch"
            role="switch"
            aria-checked=move || if on.get() { "true" } else { "false" }
            aria-label=move || label.get()
            on:click=move |_| set(!on.get_untracked())
        >
            <span class="switch__knob">{move || on.get().then(|| view! { <Icon name="check" /> })}</span>
        </button>
    }
}

/// Something goes on inside a button; after 300 ms, so that short work does not flicker.
#[component]
pub fn Busy() -> impl IntoView {
    view! { <span class="busy" aria-hidden="true"></span> }
}
