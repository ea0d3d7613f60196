// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The messenger as a web app. A view is only a view: what is true stands in the engine, which lives in a worker; this
//! program asks it through [`port`], shows what it answers, and passes on what a person does.
//!
//! [`state`] is what all screens share, [`route`] where one is, [`shell`] how the screens lie beside each other. Each
//! folder is a part of the app as its user knows it: `first_run`, `chats`, `chat`, `alarm`, `people`, `profile`.

mod alarm;
mod chat;
mod chats;
mod first_run;
mod later;
mod people;
mod port;
mod profile;
mod route;
mod shell;
mod state;

use leptos::prelude::*;
use melder_kit::{dom, texts};
use melder_port::{Answer, Ask};

use state::App;

fn main() {
    // Where the program broke, for who looks at the console; never what was said.
    std::panic::set_hook(Box::new(|broken| {
        if let Some(place) = broken.location() {
            web_sys::console::error_1(&place.to_string().into());
        }
    }));
    melder_kit::words::load();
    melder_kit::qr::drawn_by(|text| {
        Box::pin(async move {
            let drawn = fetch!(Ask::DrawCode(text) => Answer::Drawn).ok().flatten();
            drawn.map(|(path, side)| melder_kit::qr::Code { path, side })
        })
    });
    let app = App::new(route::current());
    first_run::address::watch(app.carried);
    let Some(worker) = meta("melder-worker") else {
        return;
    };
    state::hear_pushes();
    state::hear_updates();
    let started = port::start(&worker, move |news| app.hear(&news));
    if started.is_err() {
        app.lock.set(Some(melder_port::view::Lock::NoStorage));
    }
    if let Some(root) = dom::document().get_element_by_id("app") {
        use wasm_bindgen::JsCast;
        root.set_text_content(None);
        mount_to(root.unchecked_into(), move || view! { <shell::Root app /> }).forget();
    }
    melder_kit::dom::spawn_local(async move {
        if let Ok(lock) = fetch!(Ask::Standing => Answer::Lock) {
            app.enter(lock);
        } else if app.lock.get_untracked().is_none() {
            app.lock.set(Some(melder_port::view::Lock::NoStorage));
        }
    });
    let _ = dom::document()
        .document_element()
        .map(|html| html.set_attribute("lang", texts::language().tag()));
}

/// What the page's head says under this name.
fn meta(name: &str) -> Option<String> {
    let selector = format!("meta[name=\"{name}\"]");
    let element = dom::document().query_selector(&selector).ok()??;
    element.get_attribute("content").filter(|content| !content.is_empty())
}
