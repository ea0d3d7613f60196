// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The all-clear, for whoever sent an alarm: asks first, since everybody hears it.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, t, toast};
use melder_port::view::{Draft, DraftContent};
use melder_port::{Answer, Ask};

use super::reach::{AskFirst, View, ask_first};
use crate::fetch;
use crate::state::say;

#[component]
pub(super) fn AllClear(view: View) -> impl IntoView {
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let give = move || {
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
                    let _ = view.over.try_set(Some(true));
                }
                Err(failure) => toast(say(&failure)),
            }
        });
    };
    move || match (view.over.get(), asking.get()) {
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
        (Some(false), true) => ask_first(AskFirst {
            class: "notice",
            icon: "check-circle",
            name: t!("alarm-clear"),
            words: view! { <p>{t!("alarm-clear-then")}</p> }.into_any(),
            action: t!("alarm-clear"),
            busy: busy.into(),
            asking,
            then: Callback::new(move |()| give()),
        }),
    }
}
