// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The Leitstand: the web app of those who administer. A view is only a view: what is true stands on the server, this program
//! asks it by the admin API (`/v1/admin/…`), shows what it answers, and passes on what a person does.
//!
//! It holds no keys and no messages: it has neither the engine nor its storage. [`api`] is the way to the server, [`state`] what
//! all screens share, [`route`] where one is, [`shell`] what stands around a screen, `parts` what screens are made of. Each
//! folder is a part as its user knows it: `enter`, `accounts`, `groups`, `operations`, `rules`, `directory`.

mod accounts;
mod api;
mod directory;
mod enter;
mod find;
mod groups;
mod json;
mod model;
mod oidc;
mod operations;
mod parts;
mod passkey;
mod route;
mod rules;
mod shell;
mod state;
mod trail;

use leptos::prelude::*;
use melder_kit::{dom, texts};
use state::{Desk, Stage};

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
            let drawn = melder_port::codes::draw(&text);
            drawn.map(|(path, side)| melder_kit::qr::Code { path, side })
        })
    });
    let _ = dom::document()
        .document_element()
        .map(|html| html.set_attribute("lang", texts::language().tag()));
    let desk = Desk::new();
    api::on_ended(move || {
        if desk.stage.get_untracked() == Stage::Open {
            desk.leave(true);
        }
    });
    if let Some(root) = dom::document().get_element_by_id("app") {
        use wasm_bindgen::JsCast;
        root.set_text_content(None);
        mount_to(root.unchecked_into(), move || shell::root(desk)).forget();
    }
    start(desk);
}

/// A link that leads somewhere particular wins over a session that may still be there.
fn start(desk: Desk) {
    match desk.route.get_untracked() {
        route::Route::SetUp => desk.stage.set(Stage::SetUp),
        route::Route::Invited => desk.stage.set(Stage::Invited),
        _ => leptos::task::spawn_local(async move {
            if desk.enter().await.is_err() {
                desk.stage.set(Stage::LogIn);
            }
        }),
    }
}
