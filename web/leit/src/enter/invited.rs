// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An invitation to administer: a passkey is made, and one is in.

use leptos::prelude::*;
use melder_kit::{Icon, t};

use crate::enter::{enrol, plain};
use crate::parts::{Act, button, submit};
use crate::state::{Stage, desk};

pub fn invited() -> AnyView {
    let desk = desk();
    let act = Act::new();
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(secret) = desk.secret.get_value() else { return };
        act.run(async move {
            enrol(&secret).await?;
            desk.secret.set_value(None);
            desk.enter().await
        });
    };
    let body = if desk.secret.with_value(Option::is_some) {
        view! {
            <form class="stack" on:submit=make>
                {act.words()}
                {submit("main button-wide", t!("leit-passkey-make").into(), act.busy)}
            </form>
        }
        .into_any()
    } else {
        view! {
            <p class="notice notice--warning"><Icon name="link-off" /><span>{t!("leit-invited-broken")}</span></p>
            {button("second", "", t!("leit-login"), move || desk.stage.set(Stage::LogIn))}
        }
        .into_any()
    };
    plain(t!("leit-invited"), t!("leit-invited-about"), body)
}
