// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's look: its hue, and its logo where otherwise the sign stands. The page's first script fetches it before
//! anything is drawn and lays it down as `melderLook`; the hue stands at the root, and the colours are in `css/9-look.css`.

use js_sys::Reflect;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::dom;

/// A logo, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub path: String,
    pub name: String,
}

fn laid_down() -> Option<Logo> {
    let look = Reflect::get(&dom::window(), &"melderLook".into()).ok()?;
    let text = |name: &str| Reflect::get(&look, &JsValue::from_str(name)).ok()?.as_string();
    // A path of ours and nothing else.
    let path = text("logo").filter(|path| path.starts_with("/v1/brand/"))?;
    Some(Logo {
        path,
        name: text("name").unwrap_or_default(),
    })
}

/// Says that the look is another now: the page's script fetches it anew.
pub fn changed() {
    if let Ok(event) = web_sys::Event::new("melder-look") {
        let _ = dom::window().dispatch_event(&event);
    }
}

/// The logo, or the sign until there is one. `class`: of the sign.
#[component]
pub fn Sign(class: &'static str) -> impl IntoView {
    let logo = RwSignal::new(laid_down());
    let fresh = window_event_listener(ev::Custom::<web_sys::Event>::new("melder-looked"), move |_| {
        let _ = logo.try_set(laid_down());
    });
    on_cleanup(move || fresh.remove());
    move || match logo.get() {
        Some(logo) => view! { <img class="logo-picture" src=logo.path alt=logo.name /> }.into_any(),
        None => view! { <span class=class aria-hidden="true">"M"</span> }.into_any(),
    }
}
