// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The all-clear, for whoever sent an alarm: asks first, since everybody hears it.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, t, toast};
use melder_port::view::{Body, Draft, DraftContent, Message};
use melder_port::{Answer, Ask, News};

use super::reach::View;
use crate::fetch;
use crate::state::{on_news, say};

#[component]
pub(super) fn AllClear(view: View) -> impl IntoView {
    let over = RwSignal::new(None::<bool>);
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            if let Ok(Some(Message { body, .. })) = fetch!(Ask::Message(view.message) => Answer::Message) {
                let _ = over.try_set(match body {
                    Body::Alarm { over, .. } => Some(over),
                    _ => None,
                });
            }
        });
    };
    read();
    on_news(move |news| {
        if matches!(news, News::Message { message, .. } if *message == Some(view.message)) {
            read();
        }
    });
    let give = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let draft = Draft {
                content: DraftContent::AllClear(view.message),
                reply_to: None,
                files: Vec::new(),
                expires_in_ms: None,
                confirm: None,
                at: None,
            };
            let given = fetch!(Ask::Send { group: view.group, draft } => Answer::Queued);
            let _ = busy.try_set(false);
            match given {
                Ok(_) => {
                    let _ = asking.try_set(false);
                    let _ = over.try_set(Some(true));
                }
                Err(failure) => toast(say(&failure)),
            }
        });
    };
    move || match (over.get(), asking.get()) {
        (None, _) => ().into_any(),
        (Some(true), _) => view! {
            <p class="notice notice--success" role="status">
                <Icon name="check-circle" />
                <span>{t!("alarm-cleared")}</span>
            </p>
        }
        .into_any(),
        (Some(false), false) => view! {
            <button type="button" class="button button--second button-wide" on:click=move |_| asking.set(true)>
                <Icon name="check-circle" />
                {t!("alarm-clear")}
            </button>
        }
        .into_any(),
        (Some(false), true) => view! {
            <div class="notice" role="alertdialog" aria-label=t!("alarm-clear")>
                <Icon name="check-circle" />
                <div class="grow stack">
                    <p>{t!("alarm-clear-then")}</p>
                    <div class="actions">
                        <button type="button" class="button button--plain" on:click=move |_| asking.set(false)>
                            {t!("cancel")}
                        </button>
                        <button
                            type="button"
                            class="button button--main"
                            aria-busy=move || busy.get().then_some("true")
                            on:click=give
                        >
                            {move || busy.get().then(|| view! { <Busy /> })}
                            {t!("alarm-clear")}
                        </button>
                    </div>
                </div>
            </div>
        }
        .into_any(),
    }
}
