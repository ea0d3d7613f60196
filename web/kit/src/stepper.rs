// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How far one is on a way of a few steps: bars for the eye, the word for all.

use leptos::prelude::*;

/// `at` counts from 1; `word` says the same ("Schritt 2 von 4").
#[component]
pub fn Stepper(#[prop(into)] at: Signal<usize>, of: usize, #[prop(into)] word: Signal<String>) -> impl IntoView {
    view! {
        <div class="stepper">
            <span class="stepper__bars" aria-hidden="true">
                {(1..=of)
                    .map(|step| view! { <i data-done=move || if step <= at.get() { "true" } else { "false" }></i> })
                    .collect_view()}
            </span>
            <span class="stepper__word small muted">{move || word.get()}</span>
        </div>
    }
}
