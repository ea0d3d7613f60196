// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A message in the timeline: avatar, bubble, marks, reactions, and what a failed one needs. Its parts are drawn anew only
//! when they change themselves: a tick does not touch the picture.

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Avatar, Icon, avatar, t, times, toast};
use melder_port::Ask;
use melder_port::view::{Body, DraftContent, Message, Quote, State};

use crate::chat::layout::{MessageRow, Row};
use crate::chat::over::Over;
use crate::chat::timeline::{Found, place_of};
use crate::chat::{Ctx, Jump, body, ctx, element_id, menu};
use crate::chats;
use crate::state::{act, say};

/// Longer texts are cut where they are only named.
const GIST: usize = 200;

/// What is said, on one line.
#[must_use]
pub fn gist(message: &Message) -> String {
    let text = match &message.body {
        Body::Deleted => t!("message-deleted"),
        Body::Text(spans) => body::text::plain(spans),
        Body::Files { caption, files } => {
            let kind = files.first().map_or(melder_port::view::Kind::File, body::kind_of);
            let duration = files.first().and_then(|file| file.duration_ms);
            chats::gist(kind, &body::text::plain(caption), duration)
        }
        Body::Alarm { text, .. } => format!("{}: {text}", t!("kind-alarm")),
        Body::Location { label, .. } => chats::gist(
            melder_port::view::Kind::Location,
            label.as_deref().unwrap_or_default(),
            None,
        ),
        Body::Poll(poll) => chats::gist(melder_port::view::Kind::Poll, &poll.question, None),
        Body::Report { title, .. } => chats::gist(melder_port::view::Kind::Report, title, None),
        Body::Contact { name, .. } => chats::gist(melder_port::view::Kind::Contact, name, None),
        Body::Operation { text } => text.clone(),
        Body::Unknown => t!("kind-unknown"),
    };
    match text.char_indices().nth(GIST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Everything of a message but how far it got and who reacted.
fn looks_same(a: &Message, b: &Message) -> bool {
    a.body == b.body
        && a.reply == b.reply
        && a.edited == b.edited
        && a.expires == b.expires
        && a.confirmation == b.confirmation
        && a.unconfirmed_sender == b.unconfirmed_sender
        && a.sender_name == b.sender_name
        && a.time == b.time
        && failed(&a.state) == failed(&b.state)
}

fn failed(state: &State) -> Option<&str> {
    match state {
        State::Failed(code) => Some(code),
        _ => None,
    }
}

/// `first`: what the row shows at first.
#[component]
pub fn MessageView(row: ArcRwSignal<Row>, first: MessageRow) -> impl IntoView {
    let ctx = ctx();
    let found = expect_context::<Found>().0;
    let id = first.message.id;
    let own = first.message.own;
    let beginning = StoredValue::new(first);
    let now = Signal::derive(move || match row.get() {
        Row::Message(row) => row,
        _ => beginning.get_value(),
    });
    let place = Memo::new(move |_| now.with(|row| (row.first, row.last)));
    let face = Memo::new_with_compare(
        move |_| now.with(|row| Arc::clone(&row.message)),
        |a: Option<&Arc<Message>>, b: Option<&Arc<Message>>| match (a, b) {
            (Some(a), Some(b)) => !Arc::ptr_eq(a, b) && !looks_same(a, b),
            _ => true,
        },
    );
    // The newest form of it, for those who act on it.
    let latest = Signal::derive(move || now.with(|row| Arc::clone(&row.message)));
    let state = Memo::new(move |_| now.with(|row| row.message.state.clone()));
    let reactions = Memo::new(move |_| now.with(|row| row.message.reactions.clone()));
    let sequence = Memo::new(move |_| now.with(|row| row.message.sequence));
    let direct = ctx
        .chat
        .with_untracked(|chat| chat.as_ref().is_some_and(|chat| chat.peer.is_some()));
    let press = menu::LongPress::new();
    view! {
        <article
            class="message"
            class:message--own=own
            class:message--first=move || place.get().0
            class:message--last=move || place.get().1
            class:message--found=move || found.get() == Some(id)
            id=element_id(id)
            data-place=move || place_of(sequence.get())
            tabindex="-1"
            aria-label=move || face.with(|message| label(message))
            on:contextmenu=move |event| menu::by_pointer(&event, ctx, latest)
            on:keydown=move |event| menu::by_key(&event, ctx, latest)
            on:pointerdown=move |event| press.begin(&event, ctx, latest)
            on:pointerup=move |_| press.end()
            on:pointercancel=move |_| press.end()
        >
            {(!own && !direct).then(|| view! {
                <span class="message__avatar">
                    {move || place.get().1.then(|| face.with(|message| {
                        let hue = avatar::hue(message.sender.as_bytes());
                        view! { <Avatar name=message.sender_name.clone() hue size=34 /> }
                    }))}
                </span>
            })}
            {own.then(|| view! { <menu::MenuButton message=latest /> })}
            <div class="message__column">
                {move || bubble(ctx, &face.get(), place, state)}
                {move || (!reactions.with(Vec::is_empty)).then(|| reaction_row(ctx, id, &reactions.get()))}
                {move || state.with(|state| failed(state).map(|code| failed_row(id, code)))}
            </div>
            {(!own).then(|| view! { <menu::MenuButton message=latest /> })}
        </article>
    }
}

/// Who, when, what: what a screen reader says of the message.
fn label(message: &Message) -> String {
    let who = if message.own {
        t!("you")
    } else {
        message.sender_name.clone()
    };
    format!("{who}, {}: {}", times::short(message.time.0), gist(message))
}

fn bubble(ctx: Ctx, message: &Arc<Message>, place: Memo<(bool, bool)>, state: Memo<State>) -> AnyView {
    let is_failed = failed(&message.state).is_some();
    let card = message.confirmation.is_some() || body::is_card(&message.body);
    let bare = !is_failed && body::is_bare(message);
    let show_name = {
        let direct = ctx
            .chat
            .with_untracked(|chat| chat.as_ref().is_some_and(|chat| chat.peer.is_some()));
        !message.own && (!direct || message.unconfirmed_sender)
    };
    let head = {
        let message = Arc::clone(message);
        move || (show_name && (place.get().0 || card)).then(|| name(&message))
    };
    let meta = meta(message, state);
    let quote = message.reply.as_ref().map(|reply| quote(ctx, reply));
    let content = body::view(ctx, message, Box::new(head), quote, meta);
    view! {
        <div class="bubble" class:bubble--failed=is_failed class:bubble--card=card class:bubble--bare=bare>
            {content}
        </div>
    }
    .into_any()
}

fn name(message: &Message) -> AnyView {
    let class = format!("bubble__name name-{}", avatar::hue(message.sender.as_bytes()));
    view! {
        <div class=class>
            <span>{message.sender_name.clone()}</span>
            {message.unconfirmed_sender.then(|| view! {
                <span class="unconfirmed" title=t!("sender-unconfirmed")>
                    <Icon name="gpp-maybe" class="icon--small" />
                    <span class="kern-sr-only">{t!("sender-unconfirmed")}</span>
                </span>
            })}
        </div>
    }
    .into_any()
}

/// Time, marks, and how far it got.
fn meta(message: &Message, state: Memo<State>) -> AnyView {
    let time = times::clock(message.time.0);
    let full = times::full(message.time.0);
    let edited = message.edited;
    let expires = message.expires;
    let all_confirmed = message
        .confirmation
        .as_ref()
        .is_some_and(|confirmation| message.own && confirmation.of > 0 && confirmation.confirmed >= confirmation.of);
    view! {
        <span class="bubble__meta">
            {expires.map(|until| view! {
                <span title=t!("expires-at", time = times::at(until.0))>
                    <Icon name="timer-outline" />
                    <span class="kern-sr-only">{t!("expires-at", time = times::at(until.0))}</span>
                </span>
            })}
            {edited.then(|| view! { <span>{t!("message-edited")}</span> })}
            <time title=full>{time}</time>
            {move || if all_confirmed {
                Some(mark("check-circle", t!("state-confirmed"), false))
            } else {
                state.with(|state| chats::mark(state).map(|(icon, word)| mark(icon, word, matches!(state, State::Pending | State::Scheduled(_)))))
            }}
        </span>
    }
    .into_any()
}

/// The word is seen where the message still waits.
fn mark(icon: &'static str, word: String, with_word: bool) -> AnyView {
    let class = if with_word { "" } else { "kern-sr-only" };
    view! { <Icon name=icon /><span class=class>{word}</span> }.into_any()
}

fn quote(ctx: Ctx, reply: &Quote) -> AnyView {
    let text = if reply.sender_name.is_empty() {
        t!("quote-missing")
    } else {
        chats::gist(reply.kind, &reply.text, None)
    };
    let name = (!reply.sender_name.is_empty()).then(|| reply.sender_name.clone());
    let to = reply.sequence;
    view! {
        <button
            class="quote"
            on:click=move |_| match to {
                Some(to) => ctx.jump.set(Some(Jump::To(to))),
                None => melder_kit::toast(t!("quote-missing")),
            }
        >
            <span class="kern-sr-only">{t!("quote-label")}</span>
            {name.map(|name| view! { <b>{name}</b> })}
            <span>{text}</span>
        </button>
    }
    .into_any()
}

fn reaction_row(ctx: Ctx, id: melder_port::MessageId, reactions: &[melder_port::view::Reaction]) -> AnyView {
    let buttons = reactions
        .iter()
        .map(|reaction| {
            let (emoji, own) = (reaction.emoji.clone(), reaction.own);
            let count = reaction.names.len();
            let names = reaction.names.join(", ");
            let by = t!("reaction-by", names = names.as_str());
            view! {
                <button
                    class="reaction"
                    aria-pressed=if own { "true" } else { "false" }
                    title=names
                    on:click=move |_| react(ctx, id, &emoji, own)
                >
                    <span>{reaction.emoji.clone()}</span>
                    {(count > 1).then_some(count)}
                    <span class="kern-sr-only">{by}</span>
                </button>
            }
        })
        .collect_view();
    view! { <div class="reactions">{buttons}</div> }.into_any()
}

/// Adds one's reaction, or takes it back.
pub fn react(ctx: Ctx, to: melder_port::MessageId, emoji: &str, own: bool) {
    let emoji = emoji.to_owned();
    ctx.send(if own {
        DraftContent::Unreact { to, emoji }
    } else {
        DraftContent::React { to, emoji }
    });
}

fn failed_row(id: melder_port::MessageId, code: &str) -> AnyView {
    let why = say(&melder_port::Failure::Refused(code.to_owned()));
    let ctx = ctx();
    let again = move |_| {
        if untrack(|| ctx.is_outdated()) {
            toast(t!("composer-outdated"));
        } else {
            act(Ask::Retry(id));
        }
    };
    view! {
        <div class="failed">
            <Icon name="error" />
            <span><b>{t!("state-failed")}</b>" "{why}</span>
            <button class="button button--second button--small" on:click=again>{t!("send-again")}</button>
            <button class="button button--plain button--small" on:click=move |_| ctx.over.set(Some(Over::Discard(id)))>{t!("message-delete")}</button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::testing::message;

    #[test]
    fn a_tick_does_not_draw_the_bubble_anew_but_a_failure_does() {
        let sent = message(1);
        let mut delivered = sent.clone();
        delivered.state = State::Delivered;
        assert!(looks_same(&sent, &delivered));
        delivered.state = State::Failed("offline".into());
        assert!(!looks_same(&sent, &delivered));
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let mut long = message(1);
        long.body = Body::Text(vec![melder_port::view::Span::Plain("ä".repeat(500))]);
        assert_eq!(gist(&long).chars().count(), GIST + 1);
    }
}
