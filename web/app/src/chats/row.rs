// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A row of the list: who, when, what was said last, and what waits.

use leptos::prelude::*;
use melder_kit::{Avatar, Icon, Shape, avatar, t, times};
use melder_port::view::{Chat, ChatKind, ChatStatus, Kind, Last, State};

use crate::route::{self, Route};
use crate::state::app;

/// How a chat is drawn.
#[must_use]
pub const fn shape(kind: ChatKind) -> Shape {
    match kind {
        ChatKind::Direct => Shape::Person,
        ChatKind::Group => Shape::Group,
        ChatKind::Channel => Shape::Channel,
    }
}

/// The hue of a chat: of the other person, or of the group.
#[must_use]
pub fn chat_hue(chat: &Chat) -> u8 {
    match &chat.peer {
        Some(peer) => avatar::hue(peer.as_bytes()),
        None => avatar::hue(chat.group.as_bytes()),
    }
}

/// A word for a content without a text of its own.
#[must_use]
pub fn kind_word(kind: Kind) -> Option<String> {
    Some(match kind {
        Kind::Text => return None,
        Kind::Photo => t!("kind-photo"),
        Kind::Voice => t!("kind-voice"),
        Kind::File => t!("kind-file"),
        Kind::Alarm => t!("kind-alarm"),
        Kind::Location => t!("kind-location"),
        Kind::Poll => t!("kind-poll"),
        Kind::Report => t!("kind-report"),
        Kind::Contact => t!("kind-contact"),
        Kind::Operation => t!("kind-operation"),
        Kind::Unknown => t!("kind-unknown"),
    })
}

/// What was said, on one line.
#[must_use]
pub fn gist(kind: Kind, text: &str, duration_ms: Option<u64>) -> String {
    match (kind_word(kind), duration_ms) {
        (None, _) => text.to_owned(),
        (Some(word), Some(ms)) => format!("{word} ({})", times::duration(ms)),
        (Some(word), None) if text.is_empty() => word,
        (Some(word), None) => format!("{word} · {text}"),
    }
}

/// Icon and word of how far an own message got.
#[must_use]
pub fn mark(state: &State) -> Option<(&'static str, String)> {
    Some(match state {
        State::Received => return None,
        State::Scheduled(at) => ("schedule", t!("state-scheduled", time = times::at(at.0))),
        State::Pending => ("schedule", t!("state-pending")),
        State::Sent => ("check", t!("state-sent")),
        State::Delivered => ("done-all", t!("state-delivered")),
        State::Failed(_) => ("error-outline", t!("state-failed")),
    })
}

#[component]
pub fn Row(chat: Chat) -> impl IntoView {
    let app = app();
    let group = chat.group;
    let to = Route::Chat { group, at: None };
    let href = to.path();
    let current = move || app.route.with(|route| route.group() == Some(group)).then_some("true");
    let class = if chat.unread > 0 {
        "chat-row chat-row--unread"
    } else {
        "chat-row"
    };
    let hue = chat_hue(&chat);
    let muted = chat.muted_until.is_some_and(|until| until.0 > times::now());
    let icon = match chat.kind {
        ChatKind::Direct => None,
        ChatKind::Group => Some("group-outline"),
        ChatKind::Channel => Some("campaign-outline"),
    };
    view! {
        <a class=class href=href aria-current=current on:click=move |event| route::follow(&event, app.route, to.clone())>
            <Avatar name=chat.name.clone() hue shape=shape(chat.kind) />
            <span class="chat-row__body">
                <span class="chat-row__line">
                    {icon.map(|name| view! { <Icon name=name class="icon--small" /> })}
                    <span class="chat-row__name cut">{chat.name.clone()}</span>
                    {(chat.kind == ChatKind::Channel).then(|| view! { <span class="tag only-phone">{t!("channel")}</span> })}
                    <span class="chat-row__time">{chat.last.as_ref().map(|last| times::short(last.time.0))}</span>
                </span>
                <span class="chat-row__line">
                    <span class="chat-row__last cut">{last_line(&chat)}</span>
                    {muted.then(|| view! { <Icon name="notifications-off-outline" class="icon--small" /><span class="kern-sr-only">{t!("muted")}</span> })}
                    {chat.pinned.then(|| view! { <Icon name="keep-outline" class="icon--small" /><span class="kern-sr-only">{t!("pinned")}</span> })}
                    {chat.last.as_ref().filter(|last| last.own && chat.unread == 0).and_then(|last| mark(&last.state)).map(|(name, word)| {
                        view! { <Icon name=name class="icon--small" /><span class="kern-sr-only">{word}</span> }
                    })}
                    {(chat.mentions > 0).then(|| view! { <span class="count" title=t!("mentions-you")>"@"</span> })}
                    {(chat.unread > 0).then(|| view! {
                        <span class="count">
                            <span aria-hidden="true">{chat.unread.min(999)}</span>
                            <span class="kern-sr-only">{t!("unread-count", count = chat.unread)}</span>
                        </span>
                    })}
                </span>
                {(chat.open_confirmations > 0).then(|| view! {
                    <span class="chat-row__confirm">
                        <Icon name="task-alt" class="icon--small" />
                        {t!("open-confirmations", count = chat.open_confirmations)}
                    </span>
                })}
            </span>
        </a>
    }
}

fn last_line(chat: &Chat) -> AnyView {
    if let Some(composer) = chat
        .composer
        .as_ref()
        .filter(|composer| !composer.text.trim().is_empty())
    {
        return view! { <span class="draft">{t!("draft")}</span>" "{composer.text.clone()} }.into_any();
    }
    match (&chat.last, chat.status) {
        (_, ChatStatus::Joining) => t!("chat-joining").into_any(),
        (_, ChatStatus::Left) if chat.last.is_none() => t!("chat-left").into_any(),
        (None, _) => t!("chat-no-messages").into_any(),
        (Some(last), _) => said(last, chat.kind).into_any(),
    }
}

fn said(last: &Last, kind: ChatKind) -> impl IntoView + use<> {
    let text = if last.deleted {
        t!("message-deleted")
    } else {
        gist(last.kind, &last.text, last.duration_ms)
    };
    let who = if last.own && kind != ChatKind::Direct {
        Some(t!("you"))
    } else if kind == ChatKind::Direct || last.sender_name.is_empty() {
        None
    } else {
        last.sender_name.split_whitespace().next().map(str::to_owned)
    };
    view! { {who.map(|who| view! { <b>{who}": "</b> })} {text} }
}
