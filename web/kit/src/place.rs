// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Going from place to place within a page: the address bar and the signal that the screens follow. Which places there are
//! is each page's own to say ([`Place`]).

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::dom;

/// A place that has an address.
pub trait Place: PartialEq + Clone + Send + Sync + 'static {
    #[must_use]
    fn path(&self) -> String;
}

/// What the address says under this name: an id or a word, nothing that would have to be unescaped.
#[must_use]
pub fn said(name: &str) -> Option<String> {
    let query = dom::window().location().search().unwrap_or_default();
    let mut pairs = query
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let value = pairs.find_map(|(other, value)| (other == name).then_some(value))?;
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| value.to_owned())
}

/// Why a log-in brought nothing, at this page: a word, said once, since the address forgets it.
#[must_use]
pub fn take_why(page: &str) -> Option<String> {
    let why = said("login")?;
    let path = match said("organisation") {
        Some(organisation) => [page, "?organisation=", &organisation].concat(),
        None => page.to_owned(),
    };
    if let Ok(history) = dom::window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
    Some(why)
}

/// Where the server says which log-in there is: its only organisation's, or that of the one which the address names.
#[must_use]
pub fn offer_of_log_in() -> String {
    match said("organisation") {
        Some(organisation) => ["/v1/log-in?organisation=", &organisation].concat(),
        None => "/v1/log-in".to_owned(),
    }
}

/// Goes there; "back" comes here again.
pub fn go<P: Place>(route: RwSignal<P>, to: P) {
    if route.get_untracked() == to {
        return;
    }
    if let Ok(history) = dom::window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&to.path()));
    }
    route.set(to);
}

/// Goes there instead of here: "back" goes past it.
pub fn replace<P: Place>(route: RwSignal<P>, to: P) {
    if let Ok(history) = dom::window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&to.path()));
    }
    route.set(to);
}

/// A link's press: followed here, unless the person wants it elsewhere (a new tab).
pub fn follow<P: Place>(event: &leptos::ev::MouseEvent, route: RwSignal<P>, to: P) {
    if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
        return;
    }
    event.prevent_default();
    go(route, to);
}
