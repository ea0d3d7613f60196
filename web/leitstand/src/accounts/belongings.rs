// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The groups that an account is in, and by which rules. Private groups are not the organisation's to know.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, Icon, Shape, avatar, t};

use crate::api::Ask;
use crate::json::Json;
use crate::parts::{card as frame, shown};
use crate::route::{self, Route};
use crate::state::{Desk, Load};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Belonging {
    group: String,
    name: String,
    channel: bool,
    publisher: bool,
    because: Vec<String>,
}

impl Belonging {
    fn read(json: &Json) -> Self {
        let because = json.list("because");
        Self {
            group: json.text("group"),
            name: json.text("name"),
            channel: json.flag("channel"),
            publisher: json.text("role") == "publisher",
            because: because.iter().map(word).collect(),
        }
    }
}

fn word(json: &Json) -> String {
    match json.text("by").as_str() {
        "unit" => t!("leit-because-unit", name = json.text("name")),
        "function" => t!("leit-because-function", name = json.text("function")),
        "directory" => t!("leit-because-directory", name = json.text("name")),
        _ => t!("leit-because-named"),
    }
}

pub fn card(desk: Desk, account: &str) -> AnyView {
    let list = RwSignal::new(Load::<Vec<Belonging>>::Waiting);
    let path = format!("accounts/{account}/groups");
    let read = Callback::new(move |()| {
        let path = path.clone();
        spawn_local(async move {
            let read = Ask::get(path).send().await;
            let read = read.map(|json| json.list("items").iter().map(Belonging::read).collect());
            let _ = list.try_set(read.into());
        });
    });
    read.run(());
    frame(
        t!("leit-belongings"),
        ().into_any(),
        shown(list, read, move |all| {
            if all.is_empty() {
                return view! { <p class="muted">{t!("leit-belongings-none")}</p> }.into_any();
            }
            let lines = all
                .into_iter()
                .map(|belonging| view! { <li>{line(desk, belonging)}</li> });
            view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
        }),
    )
}

fn line(desk: Desk, belonging: Belonging) -> AnyView {
    let to = Route::Group(belonging.group.clone());
    let path = to.path();
    let shape = if belonging.channel {
        Shape::Channel
    } else {
        Shape::Group
    };
    let role = match (belonging.publisher, belonging.channel) {
        (true, _) => t!("leit-role-publisher"),
        (false, true) => t!("leit-role-reader"),
        (false, false) => t!("leit-role-member"),
    };
    let because = belonging.because.join(", ");
    view! {
        <a class="line" href=path on:click=move |event| route::follow(&event, desk.route, to.clone())>
            <Avatar name=belonging.name.clone() hue=avatar::hue(belonging.group.as_bytes()) shape=shape size=36 />
            <span class="grow">
                <b class="strong">{belonging.name}</b>
                <span class="muted small line__about">{t!("leit-belonging", role = role, because = because)}</span>
            </span>
            <Icon name="chevron-right" />
        </a>
    }
    .into_any()
}
