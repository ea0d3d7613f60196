// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who gets in: one's own passkeys and log-in, the people who administer, and the tokens of programs.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, dom, t, times, toast};
use wasm_bindgen::JsValue;

use crate::api::{self, Ask};
use crate::json::Object;
use crate::model::{Right, Token};
use crate::parts::{
    Act, button, card, check, copy, date_field, day_of, drawer, end_of_day, label, screen, shown, submit, text_field,
};
use crate::rules::{admins, city, passkeys};
use crate::state::{Desk, Load, Question, desk, say};

pub fn access() -> AnyView {
    let desk = desk();
    let is_admin = desk
        .me
        .with_untracked(|me| me.as_ref().is_some_and(|me| me.admin.is_some()));
    let body = view! {
        <div class="cards">
            {is_admin.then(passkeys::card)}
            {is_admin.then(city::card)}
            {desk.may(Right::Owner).then(|| admins::card(desk))}
            {desk.may(Right::Owner).then(|| tokens(desk))}
            {(!is_admin && !desk.may(Right::Owner)).then(|| view! { <p class="muted">{t!("leit-access-token")}</p> })}
        </div>
    };
    screen(t!("leit-access"), ().into_any(), body.into_any())
}

pub fn right_word(name: &str) -> String {
    match name {
        "owner" => t!("leit-right-owner"),
        "accounts" => t!("leit-right-accounts"),
        "groups" => t!("leit-right-groups"),
        "operations" => t!("leit-right-operations"),
        "audit" => t!("leit-right-audit"),
        "directory" => t!("leit-right-directory"),
        _ => name.to_owned(),
    }
}

fn tokens(desk: Desk) -> AnyView {
    let list = RwSignal::new(Load::<Vec<Token>>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let _ = list.try_set(api::whole("tokens", Token::read).await.into());
        });
    });
    read.run(());
    let making = RwSignal::new(false);
    let body = view! {
        <p class="muted small">{t!("leit-tokens-about")}</p>
        {shown(list, read, move |all| {
            let lines = all.into_iter().map(|token| one(desk, token, read));
            view! { <ul class="entries">{lines.collect_view()}</ul> }.into_any()
        })}
        {drawer(making, Signal::derive(|| t!("leit-token-make")), move || form(read))}
    };
    card(
        t!("leit-tokens"),
        button("second", "add", t!("leit-token-make"), move || making.set(true)),
        body.into_any(),
    )
}

fn one(desk: Desk, token: Token, read: Callback<()>) -> impl IntoView + use<> {
    let rights: Vec<String> = token.scopes.iter().map(|scope| right_word(scope)).collect();
    let used = match token.last_used {
        Some(at) => t!("leit-token-used", day = times::long_date(at)),
        None => t!("leit-token-unused"),
    };
    let until = token
        .expires
        .map(|at| t!("leit-invitation-until", day = times::long_date(at)));
    let about = [Some(rights.join(", ")), Some(used), until];
    let about: Vec<String> = about.into_iter().flatten().collect();
    let (id, name) = (token.id, token.name.clone());
    let revoke = move || {
        let path = format!("tokens/{id}");
        desk.ask(Question {
            title: t!("leit-token-revoke-title", name = &name),
            lines: vec![t!("leit-token-revoke-about")],
            action: t!("leit-token-revoke"),
            danger: true,
            then: Callback::new(move |reason: String| {
                let ask = Ask::delete(path.clone()).because(&reason);
                spawn_local(async move {
                    match ask.send().await {
                        Ok(_) => {
                            toast(t!("leit-token-revoked"));
                            read.run(());
                        }
                        Err(problem) => say(&problem),
                    }
                });
            }),
        });
    };
    view! {
        <li class="entry">
            <Icon name="key-outline" />
            <span class="grow"><b>{token.name}</b><span class="muted small">{about.join(" · ")}</span></span>
            {button("danger-plain", "", t!("leit-token-revoke"), revoke)}
        </li>
    }
}

fn form(read: Callback<()>) -> AnyView {
    let act = Act::new();
    let name = RwSignal::new(String::new());
    let ends = RwSignal::new(day_of(365));
    let (no_name, no_right) = (RwSignal::new(None), RwSignal::new(false));
    let chosen = RwSignal::new(HashSet::<&'static str>::new());
    let made = RwSignal::new(None::<String>);
    dom::focus_soon("#token-name");
    // A directory that provisions by itself has a right of its own, which no person has.
    let rights = Right::ALL.into_iter().map(Right::name).chain(["directory"]);
    let boxes = rights.map(|right| {
        let on = RwSignal::new(false);
        Effect::new(move |_| {
            let on = on.get();
            chosen.update(|chosen| {
                if on {
                    chosen.insert(right);
                } else {
                    chosen.remove(right);
                }
            });
        });
        check(right_word(right), on)
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        no_name.set(said.is_empty().then(|| t!("leit-name-missing")));
        no_right.set(chosen.with_untracked(HashSet::is_empty));
        if said.is_empty() || no_right.get_untracked() {
            return;
        }
        let scopes = chosen.get_untracked().into_iter().map(JsValue::from_str);
        let body = Object::new()
            .value("name", said)
            .list("scopes", scopes)
            .maybe("expires", end_of_day(&ends.get_untracked()).as_deref());
        act.run(async move {
            let answer = Ask::post("tokens").body(&body).send().await?;
            made.set(Some(answer.text("text")));
            read.run(());
            Ok(())
        });
    };
    view! {
        <div class="drawer__body stack">
            {move || made.get().map(token_made)}
            <form class="stack" on:submit=send novalidate=true>
                {text_field("token-name", t!("leit-token-name"), t!("leit-token-name-hint"), name, Some(no_name))}
                {label(t!("leit-token-rights"))}
                {boxes.collect_view()}
                <p class="field__error" role="alert">
                    {move || no_right.get().then(|| view! { <Icon name="error-outline" />{t!("leit-token-no-right")} })}
                </p>
                {date_field("token-ends", t!("leit-valid-until"), String::new(), ends, None)}
                {act.words()}
                <div class="actions">{submit("main", t!("leit-token-make").into(), act.busy)}</div>
            </form>
        </div>
    }
    .into_any()
}

fn token_made(text: String) -> AnyView {
    let for_copy = text.clone();
    view! {
        <section class="card stack" aria-live="polite">
            <p class="notice notice--warning"><Icon name="key-outline" /><span>{t!("leit-token-once")}</span></p>
            <p class="once mono">{text}</p>
            <div class="actions">{button("main", "content-copy-outline", t!("leit-copy"), move || copy(&for_copy))}</div>
        </section>
    }
    .into_any()
}
