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

impl TrustLevel {
    /// Of three.
    const fn steps(self) -> usize {
        match self {
            Self::Unconfirmed => 1,
            Self::Service => 2,
            Self::Personal => 3,
        }
    }
}

/// How much of it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrustShow {
    /// The shield; its word is for the screen reader and the tooltip.
    Shield,
    #[default]
    Word,
    /// On its own ground.
    Badge,
    /// And how many of three steps.
    Steps,
}

/// Shield and word; only the shield, named, where there is no room (`compact`).
#[component]
pub fn TrustBadge(
    level: TrustLevel,
    #[prop(into)] word: String,
    #[prop(default = false)] compact: bool,
    #[prop(optional)] show: TrustShow,
) -> impl IntoView {
    let show = if compact { TrustShow::Shield } else { show };
    let (own, icon) = match level {
        TrustLevel::Unconfirmed => ("trust trust--1", "gpp-maybe"),
        TrustLevel::Service => ("trust trust--2", "shield-person"),
        TrustLevel::Personal => ("trust trust--3", "verified-user"),
    };
    let class = match show {
        TrustShow::Shield | TrustShow::Word => own.to_owned(),
        TrustShow::Badge | TrustShow::Steps => format!("{own} trust--badge"),
    };
    let hidden = show == TrustShow::Shield;
    let title = hidden.then(|| word.clone());
    view! {
        <span class=class title=title>
            <Icon name=icon />
            <span class=if hidden { "kern-sr-only" } else { "trust__word" }>{word}</span>
            {(show == TrustShow::Steps)
                .then(|| {
                    view! {
                        <span class="trust__steps" aria-hidden="true">
                            {(1..=3)
                                .map(|step| view! { <i class=if step <= level.steps() { "lit" } else { "" }></i> })
                                .collect_view()}
                        </span>
                    }
                })}
        </span>
    }
}
