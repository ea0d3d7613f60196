// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Where one writes: the field with what stands above it, what can be added, and the microphone.

pub mod add;
pub mod alarm;
mod changed;
pub mod contact;
pub mod emoji;
mod field;
pub mod files;
pub mod later;
pub mod mentions;
mod photo;
pub mod place;
pub mod poll;
mod recorder;
pub mod report;
pub mod writing;

use leptos::prelude::*;
use melder_kit::{Icon, dom, t, times};
use melder_port::view::{ChatKind, ChatStatus};

use crate::chat::over::Over;
use crate::chat::transfers::percent;
use crate::chat::{Ctx, bubble, ctx};
use crate::state::update_now;
use recorder::{Recorder, RecorderBar};
use writing::{Writing, writing};

#[component]
pub fn Composer() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let recorder = expect_context::<Recorder>();
    writing.restore();
    writing.follow_edit();
    on_cleanup(move || {
        writing.keep_now();
        recorder.cancel();
    });
    let may = Memo::new(move |_| {
        ctx.chat
            .with(|chat| chat.as_ref().map(|chat| (chat.may_write, chat.status, chat.kind)))
    });
    let outdated = Memo::new(move |_| ctx.is_outdated());
    view! {
        <footer class="composer">
            {move || match may.get() {
                _ if outdated.get() => view! { <Outdated /> }.into_any(),
                None | Some((true, ChatStatus::Active | ChatStatus::Repairing, _)) => view! { <Writer /> }.into_any(),
                Some((_, status, kind)) => view! { <p class="composer__no">{why_not(status, kind)}</p> }.into_any(),
            }}
        </footer>
    }
}

/// The organisation asks for a newer app: one reads, and writes again when it is there.
#[component]
fn Outdated() -> impl IntoView {
    view! {
        <div class="composer__no" role="status">
            <p>{t!("composer-outdated")}</p>
            <button class="button button--main" on:click=move |_| update_now()>
                <Icon name="refresh" />
                {t!("composer-update")}
            </button>
        </div>
    }
}

fn why_not(status: ChatStatus, kind: ChatKind) -> String {
    match (status, kind) {
        (ChatStatus::Joining, _) => t!("composer-joining"),
        (ChatStatus::Left, _) => t!("composer-left"),
        (_, ChatKind::Channel) => t!("composer-channel"),
        _ => t!("composer-no-right"),
    }
}

#[component]
fn Writer() -> impl IntoView {
    let recorder = expect_context::<Recorder>();
    view! {
        <changed::Changed />
        <Above />
        <files::PickedFiles />
        {move || if recorder.is_idle() {
            view! { <Row /> }.into_any()
        } else {
            view! { <RecorderBar /> }.into_any()
        }}
    }
}

/// The row with the field.
#[component]
fn Row() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let recorder = expect_context::<Recorder>();
    let empty = Memo::new(move |_| writing.is_empty());
    let press = move |_| {
        if empty.get_untracked() {
            recorder.start();
        } else {
            writing.send();
            dom::focus(".composer textarea");
        }
    };
    view! {
        <div class="composer__row">
            <button class="icon-button" aria-label=t!("composer-add") title=t!("composer-add") aria-haspopup="dialog" on:click=move |_| ctx.over.set(Some(Over::Add))>
                <Icon name="add" />
            </button>
            <field::Field />
            <button
                class="composer__send"
                class:composer__send--voice=move || empty.get()
                aria-label=move || if empty.get() { t!("record-voice") } else { t!("composer-send") }
                title=move || if empty.get() { t!("record-voice") } else { t!("composer-send") }
                on:click=press
            >
                {move || if empty.get() {
                    view! { <Icon name="mic" /> }
                } else {
                    view! { <Icon name="send" /> }
                }}
            </button>
        </div>
    }
}

/// What is answered or edited, how it will be sent, and how far files are.
#[component]
fn Above() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let note = Memo::new(move |_| writing.taking.get().map(percent));
    view! {
        {move || ctx.edit.get().map(|message| above("edit-outline", t!("editing"), bubble::gist(&message), move || ctx.edit.set(None)))}
        {move || ctx.reply.get().map(|message| {
            let name = if message.own { t!("you") } else { message.sender_name.clone() };
            above("reply", t!("replying-to", name = name), bubble::gist(&message), move || {
                ctx.reply.set(None);
                writing.keep();
            })
        })}
        <Ways />
        {move || note.get().map(|percent| view! {
            <div class="composer__above" role="status">
                <span class="busy" aria-hidden="true"></span>
                <span class="small">{t!("taking-files", percent = percent)}</span>
            </div>
        })}
    }
}

fn above(icon: &'static str, title: String, gist: String, close: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="composer__above">
            <Icon name=icon />
            <div class="quote"><b>{title}</b><span>{gist}</span></div>
            <button class="icon-button" aria-label=t!("cancel") title=t!("cancel") on:click=move |_| {
                close();
                dom::focus_soon(".composer textarea");
            }>
                <Icon name="close" />
            </button>
        </div>
    }
    .into_any()
}

/// How it will be sent, when not simply now: each can be taken off again.
#[component]
fn Ways() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let any = move || {
        writing.confirm.with(Option::is_some)
            || writing.expires_in.with(Option::is_some)
            || writing.at.with(Option::is_some)
    };
    move || {
        any().then(|| {
            view! {
                <div class="composer__ways">
                    {writing.confirm.get().map(|by| {
                        let word = by.map_or_else(|| t!("way-confirm"), |by| t!("way-confirm-by", time = times::at(by.0)));
                        way(ctx, "assignment-turned-in-outline", word, Over::Confirm, move || writing.confirm.set(None))
                    })}
                    {writing.expires_in.get().map(|ms| {
                        way(ctx, "timer-outline", later::expiry_word(ms), Over::Expiry, move || writing.expires_in.set(None))
                    })}
                    {writing.at.get().map(|at| {
                        let word = t!("way-at", time = times::at(at.0));
                        way(ctx, "schedule-send", word, Over::Later, move || writing.at.set(None))
                    })}
                </div>
            }
        })
    }
}

fn way(ctx: Ctx, icon: &'static str, word: String, over: Over, off: impl Fn() + 'static) -> AnyView {
    let label = t!("take-off", what = word.as_str());
    view! {
        <span class="way">
            <button class="way__word" on:click=move |_| ctx.over.set(Some(over.clone()))>
                <Icon name=icon class="icon--small" />
                {word.clone()}
            </button>
            <button class="way__off" aria-label=label on:click=move |_| off()><Icon name="close" class="icon--small" /></button>
        </span>
    }
    .into_any()
}

/// What is being written, for the chat around it.
pub fn provide(ctx: Ctx) -> Writing {
    let writing = Writing::new(ctx);
    provide_context(writing);
    provide_context(Recorder::new());
    writing
}
