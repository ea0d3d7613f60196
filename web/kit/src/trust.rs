// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How far a contact is trusted: a shield with a sign in it, a word, and how many of three steps. Never by colour alone.

use leptos::prelude::*;

use crate::icon::Icon;

/// As the viewer has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustLevel {
    Unconfirmed,
    Service,
    Personal,
}

/// Shield and word; only the shield, named, where there is no room (`compact`).
#[component]
pub fn TrustBadge(
    level: TrustLevel,
    #[prop(into)] word: String,
    #[prop(default = false)] compact: bool,
) -> impl IntoView {
    let (class, icon) = match level {
        TrustLevel::Unconfirmed => ("trust trust--1", "gpp-maybe"),
        TrustLevel::Service => ("trust trust--2", "shield-person"),
        TrustLevel::Personal => ("trust trust--3", "verified-user"),
    };
    let name = word.clone();
    view! {
        <span class=class title=compact.then_some(name)>
            <Icon name=icon />
            <span class=if compact { "kern-sr-only" } else { "trust__word" }>{word}</span>
        </span>
    }
}
