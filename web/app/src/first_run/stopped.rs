// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Nothing goes on here: the account or this device is gone, the browser does not store, the database can't be read. Each
//! says what happened, what is lost and what not, and what to do.

use leptos::prelude::*;
use melder_kit::{Icon, dom, t};
use melder_port::view::Lock;
use melder_port::{Answer, Ask};

use crate::first_run::frame::Frame;
use crate::state::{act_then, app};

/// What is said.
struct Words {
    icon: &'static str,
    title: String,
    what: String,
    kept: String,
    next: String,
}

fn gone(code: &str) -> Words {
    match code {
        "account_deleted" => Words {
            icon: "no-accounts-outline",
            title: t!("gone-deleted"),
            what: t!("gone-deleted-what"),
            kept: t!("gone-deleted-kept"),
            next: t!("gone-deleted-next"),
        },
        "account_suspended" => Words {
            icon: "block",
            title: t!("gone-suspended"),
            what: t!("gone-suspended-what"),
            kept: t!("gone-suspended-kept"),
            next: t!("gone-suspended-next"),
        },
        "chain_reset" => Words {
            icon: "restart-alt",
            title: t!("gone-reset"),
            what: t!("gone-reset-what"),
            kept: t!("gone-removed-kept"),
            next: t!("gone-removed-next"),
        },
        _ => Words {
            icon: "phonelink-off",
            title: t!("gone-removed"),
            what: t!("gone-removed-what"),
            kept: t!("gone-removed-kept"),
            next: t!("gone-removed-next"),
        },
    }
}

fn words(lock: &Lock) -> Words {
    match lock {
        Lock::Gone { code, .. } => gone(code),
        Lock::Damaged { newer: true } => Words {
            icon: "update",
            title: t!("damaged-newer"),
            what: t!("damaged-newer-what"),
            kept: t!("damaged-newer-kept"),
            next: t!("damaged-newer-next"),
        },
        Lock::Damaged { newer: false } => Words {
            icon: "sync-problem",
            title: t!("damaged"),
            what: t!("damaged-what"),
            kept: t!("damaged-kept"),
            next: t!("damaged-next"),
        },
        _ => Words {
            icon: "storage-outline",
            title: t!("no-storage"),
            what: t!("no-storage-what"),
            kept: t!("no-storage-kept"),
            next: t!("no-storage-next"),
        },
    }
}

#[component]
pub fn Stopped() -> impl IntoView {
    let app = app();
    move || app.lock.get().map(|lock| view! { <Notice lock /> })
}

#[component]
fn Notice(lock: Lock) -> impl IntoView {
    let said = words(&lock);
    let reload = matches!(lock, Lock::NoStorage | Lock::Damaged { .. });
    let suspended = matches!(&lock, Lock::Gone { code, .. } if code == "account_suspended");
    let wipes = matches!(lock, Lock::Gone { .. } | Lock::Damaged { newer: false }) && !suspended;
    view! {
        <Frame title=said.title lead=said.what>
            <span class="stopped__sign" aria-hidden="true"><Icon name=said.icon /></span>
            <dl class="stopped__facts">
                <div><dt>{t!("stopped-kept")}</dt><dd>{said.kept}</dd></div>
                <div><dt>{t!("stopped-next")}</dt><dd>{said.next}</dd></div>
            </dl>
            <div class="first__foot stack">
                {reload
                    .then(|| {
                        view! {
                            <button
                                class="button button--main button-wide"
                                on:click=move |_| {
                                    let _ = dom::window().location().reload();
                                }
                            >
                                <Icon name="refresh" />
                                {t!("reload")}
                            </button>
                        }
                    })}
                {suspended.then(|| view! { <Again /> })}
                {wipes.then(|| view! { <StartOver /> })}
            </div>
        </Frame>
    }
}

/// A suspension may be over.
#[component]
fn Again() -> impl IntoView {
    view! {
        <button
            class="button button--main button-wide"
            on:click=move |_| {
                let _ = dom::window().location().reload();
            }
        >
            <Icon name="refresh" />
            {t!("try-again")}
        </button>
    }
}

/// Deletes what is left here and begins anew, after a second press.
#[component]
fn StartOver() -> impl IntoView {
    let app = app();
    let sure = RwSignal::new(false);
    let wipe = move || {
        act_then(Ask::WipeDevice, move |answer| {
            if let Answer::Lock(lock) = answer {
                app.enter(lock);
            }
        });
    };
    move || {
        if sure.get() {
            view! {
                <div class="notice notice--danger" role="alert">
                    <Icon name="warning" />
                    <p class="grow">{t!("wipe-consequence")}</p>
                </div>
                <button class="button button--danger button-wide" on:click=move |_| wipe()>{t!("wipe-now")}</button>
                <button class="button button--plain button-wide" on:click=move |_| sure.set(false)>{t!("cancel")}</button>
            }
            .into_any()
        } else {
            view! {
                <button class="button button--second button-wide" on:click=move |_| sure.set(true)>{t!("start-over")}</button>
            }
            .into_any()
        }
    }
}
