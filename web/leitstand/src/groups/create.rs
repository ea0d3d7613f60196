// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A new group or channel: a name, and who is in it.

use leptos::prelude::*;
use melder_kit::{dom, t, toast};

use crate::api::Ask;
use crate::groups::rules::{self, Rules};
use crate::json::Object;
use crate::model::Group;
use crate::parts::{Act, button, choose, drawer, heading, submit, text_field};
use crate::route::{self, Route};
use crate::state::desk;

/// `operation`: what it belongs to.
pub fn over(open: RwSignal<bool>, operation: Option<String>) -> AnyView {
    drawer(open, Signal::derive(|| t!("leit-group-make")), move || {
        form(open, operation.clone())
    })
}

fn form(open: RwSignal<bool>, of: Option<String>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let name = RwSignal::new(String::new());
    let kind = RwSignal::new("group".to_owned());
    let operation = RwSignal::new(of.unwrap_or_default());
    let missing = RwSignal::new(None);
    let rules = RwSignal::new(Rules::default());
    dom::focus_soon("#group-name");
    let kinds = Signal::derive(|| {
        vec![
            ("group".to_owned(), t!("leit-kind-group")),
            ("channel".to_owned(), t!("leit-kind-channel")),
        ]
    });
    let operations = Signal::derive(move || {
        let mut choices = vec![(String::new(), t!("leit-group-lasting"))];
        desk.operations.with(|all| {
            let running = all
                .there()
                .into_iter()
                .flatten()
                .filter(|operation| operation.summary.is_none());
            choices.extend(running.map(|operation| (operation.id.clone(), operation.name.clone())));
        });
        choices
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-group-name-missing")));
            dom::focus("#group-name");
            return;
        }
        let operation = Some(operation.get_untracked()).filter(|id| !id.is_empty());
        let body = Object::new()
            .value("kind", kind.get_untracked())
            .value("name", said.as_str())
            .maybe("operation", operation.as_deref())
            .value("rules", rules.with_untracked(Rules::written));
        act.run(async move {
            let made = Group::read(&Ask::post("groups").body(&body).send().await?);
            toast(t!("leit-group-made", name = said));
            open.set(false);
            desk.read_groups();
            route::go(desk.route, Route::Group(made.id));
            Ok(())
        });
    };
    view! {
        <form class="drawer__body stack" on:submit=send novalidate=true>
            {text_field("group-name", t!("leit-group-name"), String::new(), name, Some(missing))}
            {choose("group-kind", t!("leit-kind"), kind, kinds)}
            {choose("group-operation", t!("leit-operation"), operation, operations)}
            {heading(t!("leit-rules"))}
            {move || {
                let channel = kind.get() == "channel";
                untrack(|| rules::fields(desk, rules, channel))
            }}
            {act.words()}
            <div class="actions drawer__actions">
                {button("plain", "", t!("cancel"), move || open.set(false))}
                {submit("main", t!("leit-group-make").into(), act.busy)}
            </div>
        </form>
    }
    .into_any()
}
