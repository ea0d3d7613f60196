// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Posters: one QR code for many, with a limit. Whoever opens it becomes a guest of the operation, and is in its groups.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, QrCode, dom, t, times, toast};
use wasm_bindgen::JsValue;

use crate::api::Ask;
use crate::json::Object;
use crate::model::{Invitation, Link};
use crate::parts::{self, Act, Print, button, check, copy, drawer, label, submit, tag, text_field};
use crate::state::{Load, desk, say};

/// Those that hang already.
pub fn card(operation: String, invitations: RwSignal<Load<Vec<Invitation>>>, read: Callback<()>, may: bool) -> AnyView {
    let body = move || {
        let posters: Vec<Invitation> = invitations.with(|all| {
            let all = all.there().into_iter().flatten();
            all.filter(|invitation| {
                invitation.account.is_none() && invitation.operation.as_deref() == Some(operation.as_str())
            })
            .cloned()
            .collect()
        });
        if posters.is_empty() {
            return view! { <p class="muted">{t!("leit-posters-none")}</p> }.into_any();
        }
        let lines = posters.into_iter().map(|poster| untrack(|| one(poster, read, may)));
        view! { <ul class="entries">{lines.collect_view()}</ul> }.into_any()
    };
    parts::card(t!("leit-posters"), ().into_any(), body.into_any())
}

fn one(poster: Invitation, read: Callback<()>, may: bool) -> AnyView {
    let id = poster.id.clone();
    let is_open = poster.status == "open";
    let withdraw = move || {
        let path = format!("invitations/{id}");
        spawn_local(async move {
            match Ask::delete(path).send().await {
                Ok(_) => {
                    toast(t!("leit-poster-void"));
                    read.run(());
                }
                Err(problem) => say(&problem),
            }
        });
    };
    let state = if is_open {
        tag("good", "qr-code-2", t!("leit-poster-open"))
    } else {
        tag("quiet", "block", t!("leit-poster-closed"))
    };
    view! {
        <li class="entry">
            {state}
            <span class="grow">
                <b>{t!("leit-poster-used", used = poster.used, limit = poster.limit)}</b>
                <span class="muted small">{t!("leit-invitation-until", day = times::full(poster.expires))}</span>
            </span>
            {(may && is_open).then(|| button("plain", "", t!("leit-withdraw"), withdraw))}
        </li>
    }
    .into_any()
}

pub fn over(open: RwSignal<bool>, operation: String, read: Callback<()>) -> AnyView {
    drawer(open, Signal::derive(|| t!("leit-poster")), move || {
        form(operation.clone(), read)
    })
}

fn form(operation: String, read: Callback<()>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let limit = RwSignal::new("50".to_owned());
    let wrong = RwSignal::new(None);
    let existing = RwSignal::new(true);
    let approval = RwSignal::new(false);
    let made = RwSignal::new(None::<Link>);
    let chosen = RwSignal::new(HashSet::<String>::new());
    let groups = desk.groups.with_untracked(|groups| {
        let all = groups.there().into_iter().flatten();
        let ours = all.filter(|group| group.operation.as_deref() == Some(operation.as_str()) && !group.closed);
        ours.cloned().collect::<Vec<_>>()
    });
    chosen.set(groups.iter().map(|group| group.id.clone()).collect());
    let boxes = groups.into_iter().map(|group| {
        let on = RwSignal::new(true);
        let id = group.id;
        Effect::new(move |_| {
            let on = on.get();
            chosen.update(|chosen| {
                if on {
                    chosen.insert(id.clone());
                } else {
                    chosen.remove(&id);
                }
            });
        });
        check(group.name, on)
    });
    let boxes = boxes.collect_view();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let count = limit
            .get_untracked()
            .trim()
            .parse::<u32>()
            .ok()
            .filter(|count| *count > 0);
        let Some(count) = count else {
            wrong.set(Some(t!("leit-poster-limit-wrong")));
            dom::focus("#poster-limit");
            return;
        };
        // Whoever has an account comes for the groups.
        let for_existing = existing.get_untracked() && !chosen.with_untracked(HashSet::is_empty);
        let groups = chosen.get_untracked().into_iter().map(|id| JsValue::from_str(&id));
        let body = Object::new()
            .value("kind", "guest")
            .value("operation", operation.as_str())
            .list("groups", groups)
            .value("limit", count)
            .value("for_existing", for_existing)
            .value("approval", approval.get_untracked());
        act.run(async move {
            let answer = Ask::post("invitations").body(&body).send().await?;
            made.set(Some(Link::made(&answer, &t!("leit-poster"), "")));
            read.run(());
            Ok(())
        });
    };
    view! {
        <div class="drawer__body stack">
            {move || made.get().map(|link| hung(&link))}
            <form class="stack no-print" on:submit=send novalidate=true>
                <p>{t!("leit-poster-about")}</p>
                {text_field("poster-limit", t!("leit-poster-limit"), t!("leit-poster-limit-hint"), limit, Some(wrong))}
                {label(t!("leit-poster-groups"))}
                {boxes}
                {check(t!("leit-poster-existing"), existing)}
                {check(t!("leit-poster-approval"), approval)}
                {act.words()}
                <div class="actions">{submit("main", t!("leit-poster-make").into(), act.busy)}</div>
            </form>
        </div>
    }
    .into_any()
}

/// What hangs on the wall.
fn hung(link: &Link) -> AnyView {
    let (for_copy, for_pdf) = (link.link.clone(), link.link.clone());
    let act = Act::new();
    let pdf = move || {
        let link = for_pdf.clone();
        act.run(async move { parts::print(Print::Poster, core::iter::once(link.as_str())).await });
    };
    view! {
        <div class="paper">
            <article class="letter poster">
                <h3>{t!("leit-poster-title")}</h3>
                <p>{t!("leit-paper-how")}</p>
                <QrCode text=link.link.clone() label=t!("leit-poster-code") />
                <p class="mono small">{link.link.clone()}</p>
                <p>{t!("leit-valid-until-day", day = times::full(link.expires))}</p>
            </article>
        </div>
        <p class="notice notice--warning no-print">
            <Icon name="info-outline" />
            <span>{t!("leit-poster-once")}</span>
        </p>
        <div class="choices no-print">
            {button("main", "print-outline", t!("leit-print"), || { let _ = dom::window().print(); })}
            {button("second", "picture-as-pdf-outline", t!("leit-as-pdf"), pdf)}
            {button("second", "content-copy-outline", t!("leit-link-copy"), move || copy(&for_copy))}
        </div>
        <div class="no-print">{act.words()}</div>
    }
    .into_any()
}
