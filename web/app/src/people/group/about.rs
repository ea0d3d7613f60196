// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The frame of the side pane: its head, and the part that is shown.

use leptos::prelude::*;
use melder_kit::{Icon, t};
use melder_port::GroupId;
use melder_port::view::ChatKind;

use super::{Info, View};
use crate::people::group::{check, media, members, overview, settings};
use crate::route::{self, Route};
use crate::shell::toggle_info;

#[component]
pub fn Pane(group: GroupId) -> impl IntoView {
    let info = Info::new(group);
    view! {
        <Head info />
        <div class="info" on:keydown=move |event| {
            if event.key() == "Escape" && !event.default_prevented() && info.view.get_untracked() != View::Overview {
                event.prevent_default();
                event.stop_propagation();
                info.show(View::Overview);
            }
        }>
            {move || match info.view.get() {
                View::Overview => view! { <overview::Overview info /> }.into_any(),
                View::Members => view! { <members::Members info /> }.into_any(),
                View::Check => view! { <check::Check info /> }.into_any(),
                View::Media => view! { <media::Media info /> }.into_any(),
                View::Add => view! { <members::Add info /> }.into_any(),
                View::Edit => view! { <settings::Edit info /> }.into_any(),
            }}
        </div>
    }
}

fn title(info: Info) -> String {
    match info.view.get() {
        View::Overview => match info.chat.with(|chat| chat.as_ref().map(|chat| chat.kind)) {
            Some(ChatKind::Direct) => t!("info-direct"),
            Some(ChatKind::Channel) => t!("info-channel"),
            _ => t!("group-info"),
        },
        View::Members => t!("info-members-title"),
        View::Check => t!("group-check-title"),
        View::Media => t!("info-media"),
        View::Add => t!("info-add"),
        View::Edit => t!("info-edit"),
    }
}

#[component]
fn Head(info: Info) -> impl IntoView {
    let app = info.app;
    let group = info.group;
    let deep = Memo::new(move |_| info.view.get() != View::Overview);
    let alone = Memo::new(move |_| app.route.with(|route| matches!(route, Route::Info(_))));
    let close = move |_| {
        if app.route.with_untracked(|route| matches!(route, Route::Info(_))) {
            route::go(app.route, Route::Chat { group, at: None });
        } else {
            toggle_info(app);
        }
    };
    view! {
        <header class="bar bar--line info__bar">
            {move || {
                deep.get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="icon-button"
                                aria-label=t!("back")
                                title=t!("back")
                                on:click=move |_| info.show(View::Overview)
                            >
                                <Icon name="arrow-back" />
                            </button>
                        }
                    })
            }}
            // Alone on a phone, the chat's name is the page's heading.
            {move || alone.get().then(|| view! { <h1 class="kern-sr-only">{move || info.chat.get().map(|chat| chat.name)}</h1> })}
            <h2 class="grow info__title" id="info-title" tabindex="-1">{move || title(info)}</h2>
            <button type="button" class="icon-button" aria-label=t!("close") title=t!("close") on:click=close>
                <Icon name="close" />
            </button>
        </header>
    }
}
