// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's look: a logo, and the hue of what can be pressed. Shown on every page of this server, before anybody has
//! logged in. What is chosen is seen at once, as everybody will.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, dom, look, t, toast};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::api::{Ask, Problem};
use crate::json::{Json, Object};
use crate::parts::{Act, button, card, screen, shown};
use crate::state::Load;
use crate::trail;

const ACCENTS: [&str; 5] = ["blue", "cyan", "green", "violet", "slate"];
/// The field of the logo's file.
const LOGO: &str = "#logo";
/// Bytes; the server says the same.
const MOST: f64 = 65_536.0;

fn word(accent: &str) -> String {
    match accent {
        "cyan" => t!("leit-accent-cyan"),
        "green" => t!("leit-accent-green"),
        "violet" => t!("leit-accent-violet"),
        "slate" => t!("leit-accent-slate"),
        _ => t!("leit-accent-blue"),
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Brand {
    accent: String,
    logo: Option<String>,
    revision: u32,
}

impl Brand {
    fn read(json: &Json) -> Self {
        Self {
            accent: json.text("accent"),
            logo: json.get("logo").maybe("path"),
            revision: json.count("revision"),
        }
    }
}

pub fn look() -> AnyView {
    screen(t!("leit-appearance"), ().into_any(), settings())
}

/// Both choices; also a step of the first start.
pub fn settings() -> AnyView {
    let load = RwSignal::new(Load::<Brand>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let read = Ask::get("brand").send().await.map(|json| Brand::read(&json));
            let _ = load.try_set(read.into());
        });
    });
    read.run(());
    shown(load, read, move |brand| {
        view! {
            <p class="muted">{t!("leit-look-about")}</p>
            <div class="cards">
                {card(t!("leit-look-logo"), ().into_any(), logo(load, brand.clone(), read))}
                {card(t!("leit-look-accent"), ().into_any(), accents(load, brand, read))}
            </div>
        }
        .into_any()
    })
}

/// Sends a change, and shows it. What is shown is drawn anew: `focus` gets the keyboard back.
fn send(act: Act, load: RwSignal<Load<Brand>>, ask: Ask, focus: &'static str) {
    act.run(async move {
        let json = trail::sent(ask, Some("brand")).await?;
        look::changed();
        toast(t!("leit-saved"));
        let _ = load.try_set(Load::There(Brand::read(&json)));
        dom::focus_soon(focus);
        Ok(())
    });
}

fn logo(load: RwSignal<Load<Brand>>, brand: Brand, again: Callback<()>) -> AnyView {
    let act = Act::new();
    let revision = brand.revision;
    let picked = move |event: leptos::ev::Event| {
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let file = input
            .as_ref()
            .and_then(|input| input.files())
            .and_then(|files| files.get(0));
        if let Some(input) = input {
            // The same file again is a change, too.
            input.set_value("");
        }
        let Some(file) = file else { return };
        if file.size() > MOST {
            act.problem.set(Some(Problem::own("logo_too_large")));
            return;
        }
        let reading = file.array_buffer();
        spawn_local(async move {
            match JsFuture::from(reading)
                .await
                .map(JsCast::dyn_into::<js_sys::ArrayBuffer>)
            {
                Ok(Ok(bytes)) => send(act, load, Ask::put("brand/logo").bytes(bytes).seen(revision), LOGO),
                _ => act.problem.set(Some(Problem::own("file_unreadable"))),
            }
        });
    };
    let remove = move || send(act, load, Ask::delete("brand/logo").seen(revision), LOGO);
    let has = brand.logo.is_some();
    view! {
        <div class="stack">
            {match brand.logo {
                Some(path) => view! { <img class="look__logo" src=path alt=t!("leit-look-logo-now") /> }.into_any(),
                None => view! { <p class="muted">{t!("leit-look-logo-none")}</p> }.into_any(),
            }}
            <p class="muted small">{t!("leit-look-logo-about")}</p>
            {act.words_or(again)}
            <div class="choices" aria-busy=move || act.busy.get().then_some("true")>
                <label class="button button--second look__file">
                    <Icon name="upload-file-outline" />
                    <span>{t!("leit-look-logo-choose")}</span>
                    <input type="file" id="logo" accept="image/png,image/webp" class="kern-sr-only" on:change=picked />
                </label>
                {has.then(|| button("danger-plain", "delete-outline", t!("leit-look-logo-remove"), remove))}
            </div>
        </div>
    }
    .into_any()
}

fn accents(load: RwSignal<Load<Brand>>, brand: Brand, again: Callback<()>) -> AnyView {
    let act = Act::new();
    let revision = brand.revision;
    let lines = ACCENTS.map(|accent| {
        let is_now = accent == brand.accent;
        let choose = move |_| {
            let ask = Ask::put("brand").body(&Object::new().value("accent", accent));
            send(act, load, ask.seen(revision), ".look__accents [aria-pressed='true']");
        };
        view! {
            <li>
                <button
                    type="button"
                    class="look__accent"
                    data-hue=accent
                    aria-pressed=if is_now { "true" } else { "false" }
                    on:click=choose
                >
                    <span class="look__patch" aria-hidden="true">{is_now.then(|| view! { <Icon name="check" /> })}</span>
                    {word(accent)}
                </button>
            </li>
        }
    });
    view! {
        <div class="stack">
            <ul class="look__accents">{lines.into_iter().collect_view()}</ul>
            <p class="muted small">{t!("leit-look-accent-about")}</p>
            {act.words_or(again)}
        </div>
    }
    .into_any()
}
