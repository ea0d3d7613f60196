// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The head of a chat: who it is, the way back, the search in it, the side pane, and a small menu.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Avatar, Icon, Sheet, TrustBadge, TrustLevel, dom, t, toast};
use melder_port::view::{Chat, ChatKind, ChatStatus, Hit, Trust};
use melder_port::{Answer, Ask, Time};

use crate::chat::{Ctx, Jump, ctx};
use crate::chats::{chat_hue, shape};
use crate::fetch;
use crate::route::{self, Route};
use crate::shell;
use crate::state::{act, app, say};

/// Mute without an end.
const FOREVER: Time = Time(253_402_300_799_000);
/// Hits that are read.
const HITS: u32 = 100;

/// What of the chat the head shows: a new message does not draw it anew.
fn looks_same(a: Option<&Option<Chat>>, b: Option<&Option<Chat>>) -> bool {
    let face = |chat: &Chat| {
        (
            chat.name.clone(),
            chat.kind,
            chat.managed,
            chat.members,
            chat.status,
            chat.peer_trust,
            chat.muted_until,
            chat.pinned,
        )
    };
    match (a, b) {
        (Some(Some(a)), Some(Some(b))) => face(a) != face(b),
        (Some(None), Some(None)) => false,
        _ => true,
    }
}

#[component]
pub fn Head() -> impl IntoView {
    let app = app();
    let ctx = ctx();
    let shown = Memo::new_with_compare(move |_| ctx.chat.get(), looks_same);
    let menu = RwSignal::new(false);
    view! {
        <header class="bar bar--chat bar--line">
            <a
                class="icon-button only-phone"
                href=Route::Chats.path()
                aria-label=t!("back")
                on:click=move |event| route::follow(&event, app.route, Route::Chats)
            >
                <Icon name="arrow-back" />
            </a>
            {move || shown.get().map(|chat| title(ctx, &chat))}
            {move || shown.get().filter(|chat| chat.managed && chat.kind != ChatKind::Direct).map(|_| view! {
                <span class="tag only-wide"><Icon name="shield-person" class="icon--small" />{t!("chat-managed")}</span>
            })}
            <button
                class="icon-button only-wide"
                aria-label=t!("search-chat")
                title=t!("search-chat")
                aria-pressed=move || if ctx.searching.get() { "true" } else { "false" }
                on:click=move |_| toggle_search(ctx)
            >
                <Icon name="search" />
            </button>
            <button
                class="icon-button only-wide"
                aria-label=t!("group-info")
                title=t!("group-info")
                aria-pressed=move || if app.info_open.get() { "true" } else { "false" }
                on:click=move |_| shell::toggle_info(app)
            >
                <Icon name="right-panel-open-outline" />
            </button>
            <button class="icon-button" aria-label=t!("chat-menu") title=t!("chat-menu") aria-haspopup="dialog" on:click=move |_| menu.set(true)>
                <Icon name="more-vert" />
            </button>
        </header>
        <Sheet open=menu title=t!("chat-menu") close_label=t!("close")>
            {move || shown.get().map(|chat| entries(ctx, &chat, menu))}
        </Sheet>
    }
}

fn title(ctx: Ctx, chat: &Chat) -> AnyView {
    let app = app();
    let to = match chat.peer {
        Some(peer) => Route::Contact(peer),
        None => Route::Info(ctx.group),
    };
    let line = match (chat.status, chat.kind) {
        (ChatStatus::Joining, _) => t!("chat-joining"),
        (ChatStatus::Repairing, _) => t!("chat-repairing"),
        (ChatStatus::Left, _) => t!("chat-left"),
        (ChatStatus::Active, ChatKind::Direct) => String::new(),
        (ChatStatus::Active, ChatKind::Group) => t!("chat-member-count", count = chat.members),
        (ChatStatus::Active, ChatKind::Channel) => t!("chat-reader-count", count = chat.members),
    };
    let trust = chat.peer_trust.map(|trust| {
        let (level, word) = match trust {
            Trust::Unconfirmed => (TrustLevel::Unconfirmed, t!("trust-line-unconfirmed")),
            Trust::Service => (TrustLevel::Service, t!("trust-line-service")),
            Trust::Personal => (TrustLevel::Personal, t!("trust-line-personal")),
        };
        view! { <TrustBadge level word /> }
    });
    view! {
        <a class="chat__head-link" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
            <Avatar name=chat.name.clone() hue=chat_hue(chat) shape=shape(chat.kind) size=44 />
            <span class="grow">
                <h1 class="cut">{chat.name.clone()}</h1>
                <span class="chat__head-line small muted cut">
                    {line}
                    {move || ctx.on_duty.get().map(|count| t!("chat-on-duty", count = count))}
                    {trust}
                </span>
            </span>
        </a>
    }
    .into_any()
}

fn entries(ctx: Ctx, chat: &Chat, menu: RwSignal<bool>) -> AnyView {
    let app = app();
    let group = ctx.group;
    let muted = chat.muted_until.is_some_and(|until| until.0 > melder_kit::times::now());
    let pinned = chat.pinned;
    let mute = move |_| {
        act(Ask::Mute {
            group,
            until: (!muted).then_some(FOREVER),
        });
        toast(if muted {
            t!("chat-unmuted-toast")
        } else {
            t!("chat-muted-toast")
        });
        menu.set(false);
    };
    let pin = move |_| {
        act(Ask::Pin { group, pinned: !pinned });
        menu.set(false);
    };
    let search = move |_| {
        menu.set(false);
        ctx.searching.set(true);
    };
    view! {
        <div class="sheet-lines">
            <button class="line" on:click=search><Icon name="search" />{t!("search-chat")}</button>
            <button class="line" on:click=mute>
                {if muted {
                    view! { <Icon name="notifications-outline" /><span>{t!("chat-unmute")}</span> }.into_any()
                } else {
                    view! { <Icon name="notifications-off-outline" /><span>{t!("chat-mute")}</span> }.into_any()
                }}
            </button>
            <button class="line" on:click=pin>
                {if pinned {
                    view! { <Icon name="keep-off-outline" /><span>{t!("chat-unpin")}</span> }.into_any()
                } else {
                    view! { <Icon name="keep-outline" /><span>{t!("chat-pin")}</span> }.into_any()
                }}
            </button>
            <button class="line" on:click=move |_| {
                menu.set(false);
                route::go(app.route, Route::Info(group));
            }>
                <Icon name="info-outline" />
                <span>{t!("group-info")}</span>
            </button>
        </div>
    }
    .into_any()
}

fn toggle_search(ctx: Ctx) {
    ctx.searching.update(|open| *open = !*open);
}

/// Finds in this chat, and goes from hit to hit: the newest first.
#[component]
pub fn SearchBar() -> impl IntoView {
    let ctx = ctx();
    move || ctx.searching.get().then(|| view! { <Search /> })
}

#[component]
fn Search() -> impl IntoView {
    let ctx = ctx();
    let query = RwSignal::new(String::new());
    let hits = RwSignal::new(None::<Vec<Hit>>);
    let at = RwSignal::new(0usize);
    let asked = StoredValue::new(0u32);
    dom::focus_soon(".chat-search input");
    let go = move |to: usize| {
        if let Some(Some(hit)) =
            hits.with_untracked(|hits| hits.as_ref().map(|hits| hits.get(to).and_then(|hit| hit.sequence)))
        {
            at.set(to);
            ctx.jump.set(Some(Jump::To(hit)));
        }
    };
    let find = move |text: String| {
        let number = asked.get_value().wrapping_add(1);
        asked.set_value(number);
        query.set(text.clone());
        if text.trim().is_empty() {
            hits.set(None);
            return;
        }
        dom::after(150, move || {
            if asked.try_get_value() != Some(number) {
                return;
            }
            spawn_local(async move {
                let found = fetch!(Ask::Search { query: text, group: Some(ctx.group), limit: HITS } => Answer::Hits);
                if asked.try_get_value() != Some(number) {
                    return;
                }
                match found {
                    Ok(mut found) => {
                        found.retain(|hit| hit.sequence.is_some());
                        melder_kit::order::sort_by_key(&mut found, |hit| std::cmp::Reverse(hit.sequence));
                        at.set(0);
                        hits.set(Some(found));
                    }
                    Err(failure) => toast(say(&failure)),
                }
            });
        });
    };
    let close = move || {
        ctx.searching.set(false);
        dom::focus_soon(".composer textarea");
    };
    let step = move |older: bool| {
        let count = hits.with_untracked(|hits| hits.as_ref().map_or(0, Vec::len));
        let now = at.get_untracked();
        if older && now + 1 < count {
            go(now + 1);
        } else if !older && now > 0 {
            go(now - 1);
        } else {
            go(now);
        }
        dom::focus_soon(".chat-search input");
    };
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            step(!event.shift_key());
        }
        "Escape" => {
            event.prevent_default();
            close();
        }
        _ => {}
    };
    view! {
        <div class="chat-search" role="search">
            <label class="search-field grow">
                <Icon name="search" />
                <input
                    type="search"
                    aria-label=t!("search-chat")
                    placeholder=t!("search-chat")
                    prop:value=move || query.get()
                    on:input=move |event| find(event_target_value(&event))
                    on:keydown=keys
                />
                <span class="small" role="status">
                    {move || hits.with(|hits| hits.as_ref().map(|hits| match hits.len() {
                        0 => t!("search-none"),
                        count => t!("search-at", at = at.get() + 1, count = count),
                    }))}
                </span>
            </label>
            <button class="icon-button" aria-label=t!("search-older") title=t!("search-older") on:click=move |_| step(true)><Icon name="keyboard-arrow-up" /></button>
            <button class="icon-button" aria-label=t!("search-newer") title=t!("search-newer") on:click=move |_| step(false)><Icon name="keyboard-arrow-down" /></button>
            <button class="icon-button" aria-label=t!("close") title=t!("close") on:click=move |_| close()><Icon name="close" /></button>
        </div>
    }
}
