// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Going from place to place within a page: the address bar and the signal that the screens follow. Which places there are
//! is each page's own to say ([`Place`]).

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::dom;

/// A place that has an address.
pub trait Place: PartialEq + Clone + Send + Sync + 'static {
    fn path(&self) -> String;
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
