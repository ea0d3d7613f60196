// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An invitation to administer: a passkey is made, and one is in.

use leptos::prelude::*;
use melder_kit::{Icon, t};

use crate::enter::{enrol, once, plain};
use crate::parts::{Act, button, submit};
use crate::state::{Stage, desk};

pub fn invited() -> AnyView {
    let desk = desk();
    let act = Act::new();
    let code = RwSignal::new(None::<String>);
    let make = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(secret) = desk.secret.get_value() else { return };
        act.run(async move {
            let recovery = enrol(&secret).await?;
            desk.secret.set_value(None);
            if recovery.is_none() {
                return desk.enter().await;
            }
            code.set(recovery);
            Ok(())
        });
    };
    let go = move || act.run(async move { desk.enter().await });
    let body = if desk.secret.with_value(Option::is_some) {
        (move || match code.get() {
            Some(code) => view! {
                {once(&code)}
                {act.words()}
                {button("main button-wide", "", t!("leit-recovery-kept"), go)}
            }
            .into_any(),
            None => view! {
                <form class="stack" on:submit=make>
                    {act.words()}
                    {submit("main button-wide", t!("leit-passkey-make").into(), act.busy)}
                </form>
            }
            .into_any(),
        })
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
