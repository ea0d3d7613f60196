// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The list: the alarm on top, filters, then a row for each chat.

use leptos::prelude::*;
use melder_kit::{Icon, t, times};
use melder_port::GroupId;
use melder_port::view::{Body, Chat, ChatKind};

use crate::chats::row::Row;
use crate::route::{self, Route};
use crate::state::app;

/// Which chats are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Unread,
    Groups,
    Channels,
}

impl Filter {
    fn shows(self, chat: &Chat) -> bool {
        match self {
            Self::All => true,
            Self::Unread => chat.unread > 0 || chat.open_confirmations > 0,
            Self::Groups => chat.kind == ChatKind::Group,
            Self::Channels => chat.kind == ChatKind::Channel,
        }
    }
}

#[component]
pub fn ListPane() -> impl IntoView {
    let app = app();
    let filter = RwSignal::new(Filter::All);
    let ids = Memo::new(move |_| {
        app.chats.with(|chats| {
            chats.as_ref().map(|chats| {
                chats
                    .iter()
                    .filter(|chat| filter.get().shows(chat))
                    .map(|chat| chat.group)
                    .collect::<Vec<_>>()
            })
        })
    });
    view! {
        <header class="bar">
            <h1 class="grow">{t!("tab-chats")}</h1>
            <a
                class="icon-button only-phone"
                href=Route::Search.path()
                aria-label=t!("search")
                title=t!("search")
                on:click=move |event| route::follow(&event, app.route, Route::Search)
            >
                <Icon name="search" />
            </a>
            <a
                class="icon-button only-wide"
                href=Route::New.path()
                aria-label=t!("new-chat")
                title=t!("new-chat")
                on:click=move |event| route::follow(&event, app.route, Route::New)
            >
                <Icon name="edit-square-outline" />
            </a>
        </header>
        <div class="list-head">
            <a
                class="search-field only-wide"
                href=Route::Search.path()
                on:click=move |event| route::follow(&event, app.route, Route::Search)
            >
                <Icon name="search" />
                <span class="grow">{t!("search")}</span>
                <span class="key" aria-hidden="true">{t!("key-search")}</span>
            </a>
            <AlarmBanner />
            <Filters filter />
        </div>
        <div class="scroll">
            {move || match ids.get() {
                None => view! { <Loading /> }.into_any(),
                Some(ids) if ids.is_empty() => view! { <Empty filter /> }.into_any(),
                Some(_) => {
                    view! {
                        <ul aria-label=t!("tab-chats")>
                            <For each=move || ids.get().unwrap_or_default() key=|group| *group let:group>
                                <li><ChatRow group /></li>
                            </For>
                        </ul>
                    }
                        .into_any()
                }
            }}
        </div>
        <a
            class="compose-button"
            href=Route::New.path()
            aria-label=t!("new-chat")
            on:click=move |event| route::follow(&event, app.route, Route::New)
        >
            <Icon name="edit-square-outline" />
        </a>
    }
}

/// A row that changes only when its own chat does.
#[component]
fn ChatRow(group: GroupId) -> impl IntoView {
    let app = app();
    let chat = Memo::new(move |_| app.chat(group));
    move || chat.get().map(|chat| view! { <Row chat /> })
}

#[component]
fn Filters(filter: RwSignal<Filter>) -> impl IntoView {
    let app = app();
    let unread = Memo::new(move |_| {
        app.chats
            .with(|chats| chats.iter().flatten().filter(|chat| Filter::Unread.shows(chat)).count())
    });
    let chip = move |this: Filter, word: String, icon: Option<&'static str>| {
        view! {
            <button
                class="chip"
                aria-pressed=move || if filter.get() == this { "true" } else { "false" }
                on:click=move |_| filter.set(this)
            >
                {icon.map(|name| view! { <Icon name=name class="icon--small" /> })}
                {word}
                {move || (this == Filter::Unread && unread.get() > 0).then(|| view! { <span class="small">{unread.get()}</span> })}
            </button>
        }
    };
    view! {
        <div class="chips" role="group" aria-label=t!("filter")>
            {chip(Filter::All, t!("filter-all"), None)}
            {chip(Filter::Unread, t!("filter-unread"), None)}
            {chip(Filter::Groups, t!("filter-groups"), Some("group-outline"))}
            {chip(Filter::Channels, t!("filter-channels"), Some("campaign-outline"))}
        </div>
    }
}

/// The youngest open alarm.
#[component]
fn AlarmBanner() -> impl IntoView {
    let app = app();
    move || {
        app.alarms.with(|alarms| alarms.last().cloned()).map(|alarm| {
            let text = match &alarm.body {
                Body::Alarm { text, .. } => text.clone(),
                _ => String::new(),
            };
            let to = Route::Chat {
                group: alarm.group,
                at: alarm.sequence,
            };
            view! {
                <div class="alarm-banner on-blue">
                    <Icon name="e911-emergency" class="icon--large" />
                    <p class="alarm-banner__text">
                        <span>{t!("alarm-ago", ago = times::ago(alarm.time.0))}</span>
                        {text}
                    </p>
                    <a class="button" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                        {t!("open")}
                    </a>
                </div>
            }
        })
    }
}

#[component]
fn Empty(filter: RwSignal<Filter>) -> impl IntoView {
    let app = app();
    view! {
        <div class="empty">
            <Icon name="forum-outline" />
            {move || match filter.get() {
                Filter::All => {
                    view! {
                        <p>{t!("chats-empty")}</p>
                        <a
                            class="button button--main"
                            href=Route::New.path()
                            on:click=move |event| route::follow(&event, app.route, Route::New)
                        >
                            {t!("new-chat")}
                        </a>
                    }
                        .into_any()
                }
                Filter::Unread => view! { <p>{t!("chats-all-read")}</p> }.into_any(),
                Filter::Groups | Filter::Channels => view! { <p>{t!("chats-none-of-kind")}</p> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    (0..6)
        .map(|_| {
            view! {
                <div class="chat-row" aria-hidden="true">
                    <span class="skeleton skeleton--face skeleton--chat"></span>
                    <span class="chat-row__body">
                        <span class="skeleton skeleton--name"></span>
                        <span class="skeleton skeleton--last"></span>
                    </span>
                </div>
            }
        })
        .collect_view()
}
