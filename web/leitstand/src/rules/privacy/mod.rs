// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Data protection: how long what is kept, the documents that say so, who did what, and what was deleted.

use leptos::prelude::*;
use melder_kit::t;

use crate::model::Right;
use crate::parts::{screen, tag};
use crate::state::desk;

mod audit;
mod contact;
mod deletions;
mod keeping;
mod papers;

pub fn privacy() -> AnyView {
    let desk = desk();
    let whole = desk.may(Right::Audit) || desk.may(Right::Accounts);
    let body = view! {
        <div class="cards cards--wide">
            {keeping::card_of(desk)}
            {whole.then(papers::card_of)}
            {contact::card_of(desk)}
            {whole.then(deletions::card_of)}
            {desk.may(Right::Audit).then(audit::card_of)}
        </div>
    };
    screen(
        t!("leit-privacy"),
        tag("good", "verified-user", t!("leit-privacy-unreadable")),
        body.into_any(),
    )
}
