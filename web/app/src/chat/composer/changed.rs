// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Above the field, when somebody in the chat is there with other keys than before: before one writes to the wrong person.

use leptos::prelude::*;
use melder_kit::{Icon, t};
use melder_port::Ask;

use crate::chat::ctx;
use crate::route::{self, Route};
use crate::state::{act_then, app};

#[component]
pub fn Changed() -> impl IntoView {
    let ctx = ctx();
    let app = app();
    let first = Memo::new(move |_| ctx.chat.with(|chat| chat.as_ref()?.changed.first().cloned()));
    move || {
        let (account, name) = first.get()?;
        let check = Route::Verify(account);
        let seen = move |_| act_then(Ask::SeeChange(account), move |_| app.read_chats());
        let hint = view! {
            <div class="composer__changed notice notice--warning" role="alert">
                <Icon name="gpp-maybe" />
                <div class="grow">
                    <p>{t!("composer-changed", name = name)}</p>
                    <div class="row">
                        <a
                            class="button button--second"
                            href=check.path()
                            on:click=move |event| route::follow(&event, app.route, check.clone())
                        >
                            {t!("composer-changed-check")}
                        </a>
                        <button type="button" class="button button--plain" on:click=seen>{t!("composer-changed-seen")}</button>
                    </div>
                </div>
            </div>
        };
        Some(hint.into_any())
    }
}
