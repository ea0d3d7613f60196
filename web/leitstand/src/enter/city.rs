// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in beside the passkey, where the organisation allows it: a link that leads to its provider and comes
//! back with a session, or with a word in the address that says why not (`?login=…`).

use leptos::prelude::*;
use melder_kit::{Icon, dom, place, t, texts};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::json::Json;

/// Where it begins; without a network there is simply none.
pub async fn offered() -> Option<String> {
    let answer = JsFuture::from(dom::window().fetch_with_str(&place::offer_of_log_in())).await;
    let answer: web_sys::Response = answer.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let start = Json::parse(&text)?.maybe("leitstand")?;
    start.starts_with("/oidc/").then_some(start)
}

/// The way to the provider.
pub fn button(start: RwSignal<Option<String>>) -> AnyView {
    (move || {
        start.get().map(|start| {
            view! {
                <a class="button button--second button-wide" href=start>
                    <Icon name="account-balance-outline" />
                    {t!("leit-login-city")}
                </a>
            }
        })
    })
    .into_any()
}

/// Why nothing came of it, if one comes back so; the address forgets it.
pub fn why(page: &str) -> AnyView {
    let why = place::take_why(page).map(|why| {
        let id = ["leit-city-why-", &why].concat();
        if texts::has(&id) {
            t!(&id)
        } else {
            t!("leit-city-why-failed")
        }
    });
    why.map(|why| {
        view! {
            <p class="notice notice--warning" role="alert"><Icon name="info-outline" /><span>{why}</span></p>
        }
    })
    .into_any()
}
