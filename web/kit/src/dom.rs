// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The few things that are asked of the browser directly.

use std::pin::Pin;

use leptos::prelude::Effect;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, Window};

/// # Panics
/// Never in a page: a page has a window.
#[must_use]
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// # Panics
/// Never in a page: a window has a document.
#[must_use]
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Gives the keyboard to an element, if it is there.
pub fn focus(selector: &str) {
    if let Ok(Some(found)) = document().query_selector(selector)
        && let Ok(element) = found.dyn_into::<HtmlElement>()
    {
        let _ = element.focus();
    }
}

/// The same once the page has been drawn.
pub fn focus_soon(selector: &'static str) {
    after(0, move || focus(selector));
}

/// Runs something soon, and whenever a signal changes that it read: an `Effect` that needs nothing of its last run. One
/// for all; an `Effect` of its own weighs a kilobyte each.
pub fn effect(run: impl FnMut() + 'static) {
    fn begin(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    begin(Box::new(run));
}

/// Does something that waits. One for all, like [`effect`].
pub fn spawn_local(work: impl Future<Output = ()> + 'static) {
    fn begin(work: Pin<Box<dyn Future<Output = ()>>>) {
        wasm_bindgen_futures::spawn_local(work);
    }
    begin(Box::pin(work));
}

/// Does something once, later.
pub fn after(ms: i32, then: impl FnOnce() + 'static) {
    let closure = wasm_bindgen::closure::Closure::once_into_js(then);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(closure.unchecked_ref(), ms);
}

/// Some time.
pub async fn pause(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    // A timer that does not come about is no reason to wait.
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

/// What was kept for this browser; small things without secrets only.
#[must_use]
pub fn remembered(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps a small thing; a browser that refuses simply forgets it.
pub fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Does the person wish for less motion?
#[must_use]
pub fn reduced_motion() -> bool {
    window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// Arrow keys go from row to row of a list.
pub fn walk(event: &KeyboardEvent, within: &str, row: &str) {
    let forward = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    if event.alt_key() || event.ctrl_key() {
        return;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(here) = target.and_then(|target| target.closest(row).ok().flatten()) {
        event.prevent_default();
        rove(&here, within, row, forward);
    }
}

/// Puts the roving focus one further among an element's siblings that fit `selector`.
pub fn rove(from: &Element, within: &str, selector: &str, forward: bool) {
    let Ok(Some(container)) = from.closest(within) else {
        return;
    };
    let Ok(list) = container.query_selector_all(selector) else {
        return;
    };
    let count = list.length();
    let at = (0..count).find(|i| list.item(*i).as_ref() == Some(from.as_ref()));
    let next = match (at, forward) {
        (Some(at), true) if at + 1 < count => at + 1,
        (Some(at), false) if at > 0 => at - 1,
        (None, _) if count > 0 => 0,
        _ => return,
    };
    if let Some(element) = list.item(next).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
