// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Log-in: a passkey first, the city's log-in beside it where that is allowed; a token for those who have none; the recovery code when the passkey is lost.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t};

use crate::api::{self, Ask, Problem};
use crate::enter::{city, enrol, once, plain, with_passkey};
use crate::json::Object;
use crate::parts::{Act, button, secret_field, submit, text_field};
use crate::passkey;
use crate::route::Route;
use crate::state::desk;

/// Which way in is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    Passkey,
    Token,
    Recovery,
    /// The code was taken: the new one, and the secret for a new passkey.
    Renew {
        code: String,
        enrol: String,
    },
}

pub fn login() -> AnyView {
    let way = RwSignal::new(if passkey::is_able() { Way::Passkey } else { Way::Token });
    // Where the city's log-in begins.
    let start = RwSignal::new(None::<String>);
    spawn_local(async move {
        let _ = start.try_set(city::offered().await);
    });
    let ways = move || match way.get() {
        Way::Passkey => by_passkey(way, start),
        Way::Token => by_token(way, start),
        Way::Recovery => by_code(way),
        Way::Renew { code, enrol } => renew(&code, enrol),
    };
    let body = view! {
        {city::why(&Route::Overview.path())}
        {ways}
    };
    plain(t!("leit-login"), t!("leit-login-about"), body.into_any())
}

/// Why one is here, if one was inside.
fn ended() -> AnyView {
    let desk = desk();
    (move || {
        desk.ended.get().then(|| {
            view! {
                <p class="notice" role="status">
                    <Icon name="schedule-outline" />
                    <span>{t!("leit-session-ended")}</span>
                </p>
            }
        })
    })
    .into_any()
}

fn by_passkey(way: RwSignal<Way>, start: RwSignal<Option<String>>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        act.run(async move {
            with_passkey().await?;
            desk.enter().await
        });
    };
    view! {
        {ended()}
        <form class="stack" on:submit=enter>
            {act.words()}
            {submit("main button-wide", t!("leit-login-passkey").into(), act.busy)}
            {city::button(start)}
        </form>
        <div class="enter__other">
            {button("plain", "", t!("leit-login-token"), move || way.set(Way::Token))}
            {button("plain", "", t!("leit-login-lost"), move || way.set(Way::Recovery))}
        </div>
    }
    .into_any()
}

fn by_token(way: RwSignal<Way>, start: RwSignal<Option<String>>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let token = RwSignal::new(String::new());
    let missing = RwSignal::new(None);
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = token.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-token-missing")));
            melder_kit::dom::focus("#token");
            return;
        }
        act.run(async move {
            api::use_token(Some(said));
            desk.enter().await.inspect_err(|_| api::use_token(None))
        });
    };
    view! {
        {ended()}
        <form class="stack" on:submit=enter novalidate=true>
            {secret_field("token", t!("leit-token"), t!("leit-token-hint"), token, Some(missing))}
            {act.words()}
            {submit("main button-wide", t!("leit-login-go").into(), act.busy)}
            {city::button(start)}
        </form>
        <div class="enter__other">
            {passkey::is_able().then(|| button("plain", "", t!("leit-login-passkey"), move || way.set(Way::Passkey)))}
            {button("plain", "", t!("leit-login-lost"), move || way.set(Way::Recovery))}
        </div>
    }
    .into_any()
}

fn by_code(way: RwSignal<Way>) -> AnyView {
    let act = Act::new();
    let code = RwSignal::new(String::new());
    let missing = RwSignal::new(None);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = code.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-recovery-missing")));
            return;
        }
        act.run(async move {
            let answer = Ask::post("recovery")
                .body(&Object::new().value("code", said))
                .send()
                .await?;
            way.set(Way::Renew {
                code: answer.text("recovery"),
                enrol: answer.text("enrol"),
            });
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send novalidate=true>
            {text_field("recovery", t!("leit-recovery"), t!("leit-recovery-hint"), code, Some(missing))}
            {act.words()}
            {submit("main button-wide", t!("leit-recovery-go").into(), act.busy)}
        </form>
        <div class="enter__other">{button("plain", "", t!("back"), move || way.set(Way::Passkey))}</div>
    }
    .into_any()
}

fn renew(code: &str, secret: String) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let secret = secret.clone();
        act.run(async move {
            enrol(&secret).await?;
            let entered: Result<(), Problem> = desk.enter().await;
            entered
        });
    };
    view! {
        {once(code)}
        <form class="stack" on:submit=make>
            {act.words()}
            {submit("main button-wide", t!("leit-passkey-make").into(), act.busy)}
        </form>
    }
    .into_any()
}
