// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One's own passkeys, and the recovery code.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, times, toast};

use crate::api::{self, Ask};
use crate::enter::{once, register};
use crate::json::Object;
use crate::model::Passkey;
use crate::parts::{self, Act, button, shown};
use crate::state::{Load, say};

pub fn card() -> AnyView {
    let act = Act::new();
    let list = RwSignal::new(Load::<Vec<Passkey>>::Waiting);
    let code = RwSignal::new(None::<String>);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let _ = list.try_set(api::whole("passkeys", Passkey::read).await.into());
        });
    });
    read.run(());
    let add = move || {
        act.run(async move {
            let made = register(Object::new()).await?;
            code.set(made.maybe("recovery"));
            toast(t!("leit-passkey-made"));
            read.run(());
            Ok(())
        });
    };
    let renew = move || {
        act.run(async move {
            let made = Ask::post("recovery/code").body(&Object::new()).send().await?;
            code.set(made.maybe("recovery"));
            Ok(())
        });
    };
    let body = view! {
        {act.words()}
        {move || code.get().map(|code| once(&code))}
        {shown(list, read, move |all| {
            let lines = all.into_iter().map(|passkey| one(passkey, read));
            view! { <ul class="entries">{lines.collect_view()}</ul> }.into_any()
        })}
        <div class="choices">
            {button("second", "add", t!("leit-passkey-more"), add)}
            {button("plain", "restart-alt", t!("leit-recovery-new"), renew)}
        </div>
        <p class="muted small">{t!("leit-passkeys-about")}</p>
    };
    parts::card(t!("leit-passkeys"), ().into_any(), body.into_any())
}

fn one(passkey: Passkey, read: Callback<()>) -> AnyView {
    let used = match passkey.last_used {
        Some(at) => t!("leit-token-used", day = times::long_date(at)),
        None => t!("leit-device-added", day = times::long_date(passkey.created)),
    };
    let name = if passkey.name.is_empty() {
        t!("leit-passkey")
    } else {
        passkey.name
    };
    let id = passkey.id;
    let remove = move || {
        let path = format!("passkeys/{id}");
        spawn_local(async move {
            match Ask::delete(path).send().await {
                Ok(_) => {
                    toast(t!("leit-passkey-removed"));
                    read.run(());
                }
                Err(problem) => say(&problem),
            }
        });
    };
    view! {
        <li class="entry">
            <Icon name="passkey" />
            <span class="grow"><b>{name}</b><span class="muted small">{used}</span></span>
            {button("danger-plain", "", t!("leit-passkey-remove"), remove)}
        </li>
    }
    .into_any()
}
