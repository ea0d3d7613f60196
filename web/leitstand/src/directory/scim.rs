// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The other way: a directory that provisions by itself. Here is what to enter there.

use leptos::prelude::*;
use melder_kit::{dom, t};

use crate::model::Right;
use crate::parts::{button, card, copy, line};
use crate::route::{self, Route};
use crate::state::Desk;

pub fn section(desk: Desk) -> AnyView {
    let origin = dom::window().location().origin().unwrap_or_default();
    let address = format!("{origin}/v1/scim/v2");
    let for_copy = address.clone();
    let tokens = desk.may(Right::Owner).then(|| {
        button("second", "key-outline", t!("leit-dir-scim-token"), move || {
            route::go(desk.route, Route::Access)
        })
    });
    let body = view! {
        <p class="muted">{t!("leit-dir-scim-about")}</p>
        <dl class="facts">
            {line(t!("leit-dir-scim-address"), view! { <span class="mono" id="scim-address">{address}</span> }.into_any())}
            {line(t!("leit-dir-scim-auth"), t!("leit-dir-scim-auth-about").into_any())}
            {line("Keycloak".to_owned(), t!("leit-dir-scim-keycloak").into_any())}
            {line("Microsoft Entra ID".to_owned(), t!("leit-dir-scim-entra").into_any())}
        </dl>
        <div class="actions">
            {button("plain", "content-copy-outline", t!("leit-dir-scim-copy"), move || copy(&for_copy))}
            {tokens}
        </div>
    };
    card(t!("leit-dir-scim"), ().into_any(), body.into_any())
}
