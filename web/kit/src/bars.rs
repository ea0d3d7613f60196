// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Bars of three parts: solid, striped, solid, so that they do not speak by colour alone. The numbers stand beside them in
//! words; the bar itself is for the eye and hidden from a screen reader.

use leptos::prelude::*;

use crate::icon::Icon;

/// What the three parts mean, and so their hues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarKind {
    /// Unconfirmed, by the service, by oneself.
    Trust,
    /// Confirmed, reached, not reached.
    Reach,
}

/// Only the bar. A part without anybody is not drawn.
#[component]
pub fn StackBar(#[prop(into)] parts: Signal<[u32; 3]>, kind: BarKind) -> impl IntoView {
    let class = match kind {
        BarKind::Trust => "stackbar stackbar--trust",
        BarKind::Reach => "stackbar stackbar--reach",
    };
    let part = move |at: usize, class: &'static str| {
        let share = Memo::new(move |_| parts.get().get(at).copied().unwrap_or_default());
        move || (share.get() > 0).then(|| view! { <i class=class style:flex-grow=move || share.get().to_string()></i> })
    };
    view! {
        <div class=class aria-hidden="true">
            {part(0, "stackbar__part stackbar__part--1")}
            {part(1, "stackbar__part stackbar__part--2")}
            {part(2, "stackbar__part stackbar__part--3")}
        </div>
    }
}

/// How many members are unconfirmed, confirmed by the service, checked by oneself: bar, shields, numbers, words.
#[component]
pub fn TrustBar(#[prop(into)] parts: Signal<[u32; 3]>, words: [String; 3]) -> impl IntoView {
    let [open, service, personal] = words;
    let number = move |at: usize| move || parts.get().get(at).copied().unwrap_or_default();
    view! {
        <div class="trustbar">
            <StackBar parts kind=BarKind::Trust />
            <ul class="trustbar__legend">
                <li class="trust trust--1"><Icon name="gpp-maybe" /><b>{number(0)}</b>" "{open}</li>
                <li class="trust trust--2"><Icon name="shield-person" /><b>{number(1)}</b>" "{service}</li>
                <li class="trust trust--3"><Icon name="verified-user" /><b>{number(2)}</b>" "{personal}</li>
            </ul>
        </div>
    }
}
