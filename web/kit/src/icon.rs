// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A drawing from the sprite. It says nothing by itself: the word stands beside it or is the control's name.

use leptos::prelude::*;

/// Which drawing: nearly always one and the same, and then no signal is made for it.
#[derive(Debug, Clone, Copy)]
pub enum Drawing {
    Fixed(&'static str),
    Changing(Signal<&'static str>),
}

impl From<&'static str> for Drawing {
    fn from(name: &'static str) -> Self {
        Self::Fixed(name)
    }
}

impl From<Signal<&'static str>> for Drawing {
    fn from(name: Signal<&'static str>) -> Self {
        Self::Changing(name)
    }
}

/// `name`: as in Material Symbols, without the trailing `-rounded`. `cargo xtask web` collects the names from the source
/// and fails on one that it does not know, so it must be a literal where it is used.
#[component]
pub fn Icon(#[prop(into)] name: Drawing, #[prop(default = "icon")] class: &'static str) -> impl IntoView {
    let href = |name: &str| format!("#i-{name}");
    let used = match name {
        Drawing::Fixed(name) => view! { <use href=href(name)></use> }.into_any(),
        Drawing::Changing(name) => view! { <use href=move || href(name.get())></use> }.into_any(),
    };
    view! {
        <svg class=class aria-hidden="true" viewBox="0 0 24 24">
            {used}
        </svg>
    }
}
