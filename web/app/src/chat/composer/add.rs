// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What can be added to a message, and how it can be sent otherwise than simply now.

use leptos::prelude::*;
use melder_kit::{Icon, Sheet, Switch, t, times, toast};
use melder_port::view::ChatKind;

use crate::chat::composer::files::{self, Way};
use crate::chat::composer::later;
use crate::chat::composer::recorder::Recorder;
use crate::chat::composer::writing::writing;
use crate::chat::over::Over;
use crate::chat::{Ctx, ctx, over};

#[component]
pub fn AddSheet() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let recorder = expect_context::<Recorder>();
    let open = over::opened(ctx);
    let pick = move |way: Way| {
        move || {
            files::choose(way, writing);
            open.set(false);
        }
    };
    let next = move |to: Over| move || ctx.over.set(Some(to.clone()));
    let place = move || {
        if ctx
            .policy
            .with_untracked(|policy| policy.as_ref().is_some_and(|policy| !policy.location))
        {
            toast(t!("location-forbidden"));
        } else {
            ctx.over.set(Some(Over::Place));
        }
    };
    let voice = move || {
        open.set(false);
        recorder.start();
    };
    view! {
        <Sheet open title=t!("composer-add") close_label=t!("close")>
            <div class="sheet-grid">
                {tile("photo-camera", t!("add-photo"), pick(Way::Camera))}
                {tile("verified-user", t!("add-evidence"), pick(Way::Evidence))}
                {tile("photo-library", t!("add-gallery"), pick(Way::Gallery))}
                {tile("description", t!("add-file"), pick(Way::Disk))}
                {tile("location-on", t!("kind-location"), place)}
                {tile("mic", t!("kind-voice"), voice)}
                {tile("ballot", t!("kind-poll"), next(Over::Poll))}
                {tile("receipt-long", t!("kind-report"), next(Over::Report))}
                {tile("person", t!("kind-contact"), next(Over::Contact))}
                {tile("schedule-send", t!("add-later"), next(Over::Later))}
            </div>
            <Ways ctx />
            <button class="alarm-entry" on:click=move |_| ctx.over.set(Some(Over::Alarm))>
                <span class="alarm-entry__icon"><Icon name="e911-emergency" /></span>
                <span class="grow">
                    <span class="strong">{t!("alarm-raise")}</span>
                    <span class="small">{t!("alarm-raise-detail")}</span>
                </span>
                <Icon name="chevron-right" />
            </button>
        </Sheet>
    }
}

fn tile(icon: &'static str, word: String, press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button class="sheet-tile" on:click=move |_| press()>
            <span><Icon name=icon /></span>
            <span>{word}</span>
        </button>
    }
}

#[component]
fn Ways(ctx: Ctx) -> impl IntoView {
    let writing = writing();
    let confirm = Signal::derive(move || writing.confirm.with(Option::is_some));
    let others = move || {
        ctx.chat
            .with(|chat| chat.as_ref().map_or(0, |chat| chat.members.saturating_sub(1)))
    };
    let fixed = move || {
        ctx.chat
            .with(|chat| chat.as_ref().and_then(|chat| chat.expires_after_days))
    };
    let direct = move || {
        ctx.chat
            .with(|chat| chat.as_ref().is_some_and(|chat| chat.kind == ChatKind::Direct))
    };
    let set = move |on: bool| {
        if on {
            ctx.over.set(Some(Over::Confirm));
        } else {
            writing.confirm.set(None);
        }
    };
    view! {
        <div class="sheet-lines">
            <div class="line">
                <Icon name="assignment-turned-in-outline" />
                <span class="grow">
                    <span class="strong">{t!("ask-confirmation")}</span>
                    <span class="small muted">
                        {move || match writing.confirm.get() {
                            Some(Some(by)) => t!("way-confirm-by", time = times::at(by.0)),
                            _ if direct() => t!("ask-confirmation-one"),
                            _ => t!("ask-confirmation-all", count = others()),
                        }}
                    </span>
                </span>
                <Switch on=confirm label=t!("ask-confirmation") set />
            </div>
            <button class="line" on:click=move |_| ctx.over.set(Some(Over::Expiry))>
                <Icon name="timer-outline" />
                <span class="grow">
                    <span class="strong">{t!("expires-after")}</span>
                    {move || fixed().map(|_| view! { <span class="small muted">{t!("expires-fixed")}</span> })}
                </span>
                <span class="muted">
                    {move || match (writing.expires_in.get(), fixed()) {
                        (Some(ms), _) => later::expiry_word(ms),
                        (None, Some(days)) => t!("span-days", count = days),
                        (None, None) => t!("composer-never"),
                    }}
                </span>
                {move || if fixed().is_some() {
                    view! { <Icon name="lock-outline" class="icon--small" /> }
                } else {
                    view! { <Icon name="chevron-right" class="icon--small" /> }
                }}
            </button>
        </div>
    }
}
