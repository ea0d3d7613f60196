// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in, on the first screen: a link that leads to its provider and comes back as an invitation
//! (`/join#…`), or with a word in the address that says why not (`/?login=…`). The app itself never speaks with the
//! provider, and learns nothing of who logs in.

use js_sys::Reflect;
use leptos::prelude::*;
use melder_kit::{Icon, dom, place, t, texts};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// A log-in that the server offers: whose it is, and where it begins.
pub type City = (String, String);

/// Asks the server; without a network there is simply none.
pub async fn offered() -> Option<City> {
    let address = place::offer_of_log_in();
    let answer = JsFuture::from(dom::window().fetch_with_str(&address)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    let body = JsFuture::from(answer.json().ok()?).await.ok()?;
    let organisation = Reflect::get(&body, &"organisation".into()).ok()?;
    let name = Reflect::get(&organisation, &"name".into()).ok()?.as_string()?;
    let start = Reflect::get(&body, &"start".into()).ok()?.as_string()?;
    start.starts_with("/oidc/").then_some((name, start))
}

/// The way to the provider.
pub fn button((name, start): City) -> AnyView {
    view! {
        <a class="button button--main button-wide" href=start aria-describedby="first-city-about">
            <Icon name="account-balance-outline" />
            {t!("first-city")}
        </a>
        <p class="small muted" id="first-city-about">{t!("first-city-about", organisation = name)}</p>
    }
    .into_any()
}

/// Why the last log-in brought no invitation: a word, said once, since the address forgets it.
pub fn why() -> Option<String> {
    place::take_why("/")
}

/// The same in words that name a way on.
pub fn say(why: &str) -> String {
    let id = ["first-city-", why].concat();
    if texts::has(&id) {
        t!(&id)
    } else {
        t!("first-city-failed")
    }
}
