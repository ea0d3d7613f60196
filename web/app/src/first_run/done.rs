// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Inside: which chats are there, the recovery code offered now, notifications allowed now; both can wait.

use leptos::prelude::*;
use melder_kit::{Avatar, Dialog, Icon, Shape, avatar, t};
use melder_port::view::{Chat, ChatKind, ChatStatus};

use crate::first_run::flow::{Way, flow};
use crate::first_run::frame::Frame;
use crate::profile::devices::read_devices;
use crate::profile::push::{self, Permission};
use crate::profile::recovery::RecoveryCode;
use crate::route::{self, Route};
use crate::state::app;

/// More rows than this would push what matters off the screen.
const SHOWN: usize = 4;

fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

#[component]
pub fn Done() -> impl IntoView {
    let app = app();
    let flow = flow();
    let way = flow.way.get_untracked();
    // A linked device learns its name a moment after it is in.
    let title = Signal::derive(move || {
        let name = app.own.with(|own| own.as_ref().map(|own| first_name(&own.name)));
        match name.filter(|name| !name.is_empty()) {
            Some(name) => t!("done-title", name = name),
            None => t!("done-title-nameless"),
        }
    });
    let go = move || {
        route::replace(app.route, Route::Chats);
        app.arriving.set(false);
    };
    let counts = Memo::new(move |_| {
        app.chats.with(|chats| {
            let of = |channel: bool| {
                chats
                    .iter()
                    .flatten()
                    .filter(|chat| (chat.kind == ChatKind::Channel) == channel)
                    .count()
            };
            (of(false), of(true))
        })
    });
    let steps = if way == Way::Join { (4, 4) } else { (3, 3) };
    view! {
        <Frame title steps>
            <span class="done__sign" aria-hidden="true"><Icon name="check-circle" /></span>
            <p class="first__lead first__lead--middle" role="status">
                {move || match counts.get() {
                    (0, 0) if way == Way::Join => t!("done-none"),
                    (0, 0) => t!("done-coming"),
                    (groups, channels) => t!("done-in", groups = groups, channels = channels),
                }}
            </p>
            <Chats />
            {(way == Way::Link).then(|| view! { <History /> })}
            {(way != Way::Recover).then(|| view! { <OfferRecovery known=way == Way::Join /> })}
            <OfferNotifications />
            <div class="first__foot">
                <button class="button button--main button-wide" on:click=move |_| go()>{t!("done-go")}</button>
            </div>
        </Frame>
    }
}

#[component]
fn Chats() -> impl IntoView {
    let app = app();
    let rows = Memo::new(move |_| {
        app.chats
            .with(|chats| chats.iter().flatten().take(SHOWN).cloned().collect::<Vec<_>>())
    });
    move || {
        let rows = rows.get();
        (!rows.is_empty()).then(|| {
            view! { <ul class="done__chats">{rows.into_iter().map(row).collect_view()}</ul> }
        })
    }
}

fn row(chat: Chat) -> impl IntoView {
    let (shape, kind) = match chat.kind {
        ChatKind::Direct => (Shape::Person, t!("done-direct")),
        ChatKind::Group => (Shape::Group, t!("done-group", count = chat.members)),
        ChatKind::Channel if chat.may_write => (Shape::Channel, t!("channel")),
        ChatKind::Channel => (Shape::Channel, t!("done-channel-read")),
    };
    let hue = avatar::hue(chat.group.as_bytes());
    let ready = chat.status == ChatStatus::Active;
    view! {
        <li>
            <Avatar name=chat.name.clone() hue shape size=44 />
            <span class="grow">
                <span class="strong line__word">{chat.name}</span>
                <span class="small muted line__word">{if ready { kind } else { t!("chat-joining") }}</span>
            </span>
            {if ready {
                view! { <Icon name="check-circle" class="icon icon--success" /> }.into_any()
            } else {
                view! { <Icon name="sync" class="icon" /> }.into_any()
            }}
        </li>
    }
}

/// The history comes over by itself.
#[component]
fn History() -> impl IntoView {
    view! {
        <div class="notice">
            <Icon name="history" />
            <p class="grow">{t!("done-history")}</p>
        </div>
    }
}

#[component]
fn OfferRecovery(
    /// A new account has none; of another one the list of devices tells.
    known: bool,
) -> impl IntoView {
    let devices = read_devices();
    let missing = Memo::new(move |_| {
        known
            || devices.with(|devices| matches!(devices, Some(Ok(all)) if !all.is_empty() && !all.iter().any(|device| device.recovery)))
    });
    let open = RwSignal::new(false);
    let written = RwSignal::new(false);
    let done = Callback::new(move |()| {
        written.set(true);
        open.set(false);
    });
    view! {
        {move || {
            missing
                .get()
                .then(|| {
                    view! {
                    <section class="offer-box" aria-labelledby="offer-recovery">
                        <Icon name="key-outline" />
                        <div class="grow">
                            <h2 class="offer-box__title" id="offer-recovery">{t!("recovery-title")}</h2>
                            <p>{move || if written.get() { t!("recovery-written") } else { t!("recovery-why") }}</p>
                        </div>
                        {move || {
                            (!written.get())
                                .then(|| {
                                    view! {
                                        <button class="button button--second button-wide" on:click=move |_| open.set(true)>
                                            {t!("recovery-now")}
                                        </button>
                                    }
                                })
                        }}
                    </section>
                    }
                })
        }}
        <Dialog open title=t!("recovery-title") close_label=t!("close")>
            <RecoveryCode done />
        </Dialog>
    }
}

#[component]
fn OfferNotifications() -> impl IntoView {
    let permission = RwSignal::new(push::permission());
    view! {
        <div aria-live="polite">
            {move || match permission.get() {
                Permission::Open => {
                    view! {
                        <section class="offer-box offer-box--warning" aria-labelledby="offer-push">
                            <Icon name="notifications-active" />
                            <div class="grow">
                                <h2 class="offer-box__title" id="offer-push">{t!("push-off-title")}</h2>
                                <p>{t!("push-off-why")}</p>
                            </div>
                            <button
                                class="button button--second button-wide"
                                on:click=move |_| push::allow(move |now| permission.set(now))
                            >
                                {t!("push-allow")}
                            </button>
                        </section>
                    }
                        .into_any()
                }
                Permission::Denied => {
                    view! {
                        <div class="notice notice--warning"><Icon name="notifications-off-outline" /><p class="grow">{t!("push-denied-later")}</p></div>
                    }
                        .into_any()
                }
                Permission::Granted | Permission::Unsupported => ().into_any(),
            }}
        </div>
    }
}
