// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A drawing from the sprite. It says nothing by itself: the word stands beside it or is the control's name.

use leptos::prelude::*;

/// `name`: as in Material Symbols, without the trailing `-rounded`. `cargo xtask web` collects the names from the source
/// and fails on one that it does not know, so it must be a literal where it is used.
#[component]
pub fn Icon(#[prop(into)] name: Signal<&'static str>, #[prop(default = "icon")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=class aria-hidden="true" viewBox="0 0 24 24">
            <use href=move || format!("#i-{}", name.get())></use>
        </svg>
    }
}
