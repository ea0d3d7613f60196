// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The ways in: by passkey, by the city's log-in, by token, by recovery code; the first start; an admin's invitation.

mod city;
mod invited;
mod login;
mod setup;

pub use city::why;
pub use invited::invited;
pub use login::login;
pub use setup::setup;

use leptos::prelude::*;
use melder_kit::{Icon, Sign, dom, t};

use crate::api::{Ask, Problem};
use crate::json::{Json, Object};
use crate::parts::{button, copy, save};
use crate::passkey::{self, Refused};

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::own(match refused {
            Refused::Unable => "passkey_unable",
            Refused::Declined => "passkey_declined",
        })
    }
}

/// One is in after it.
pub async fn with_passkey() -> Result<(), Problem> {
    let options = Ask::post("session/challenge").body(&Object::new()).send().await?;
    let assertion = passkey::get(&options).await?;
    Ask::post("session").body(&assertion).send().await?;
    Ok(())
}

/// Makes a passkey with a one-time secret, and goes in with it. The answer is a recovery code for whoever had none.
pub async fn enrol(secret: &str) -> Result<Option<String>, Problem> {
    let made = register(Object::new().value("enrol", secret)).await?;
    if !made.flag("session") {
        with_passkey().await?;
    }
    Ok(made.maybe("recovery"))
}

/// Makes a passkey: with a one-time secret, or a further one for whoever is in.
pub async fn register(ask: Object) -> Result<Json, Problem> {
    let options = Ask::post("passkeys/registration").body(&ask).send().await?;
    let credential = passkey::create(&options).await?;
    Ask::post("passkeys").body(&credential).send().await
}

/// A page with one thing on it.
fn plain(title: String, about: String, body: AnyView) -> AnyView {
    dom::focus_soon("h1");
    view! {
        <main class="enter" id="main">
            <div class="enter__card">
                <p class="enter__brand"><Sign class="logo" />{t!("leit-brand")}</p>
                <h1 tabindex="-1">{title}</h1>
                {(!about.is_empty()).then(|| view! { <p class="muted">{about}</p> })}
                {body}
            </div>
        </main>
    }
    .into_any()
}

/// A code that is shown this once, and what to do with it.
pub fn once(code: &str) -> AnyView {
    let (for_copy, for_file) = (code.to_owned(), code.to_owned());
    view! {
        <p class="notice notice--warning">
            <Icon name="key-outline" />
            <span>{t!("leit-recovery-once")}</span>
        </p>
        <p class="once mono">{code.to_owned()}</p>
        <div class="actions">
            {button("plain", "content-copy-outline", t!("leit-copy"), move || copy(&for_copy))}
            {button(
                "second",
                "download",
                t!("leit-save-file"),
                move || save("melder-wiederherstellung.txt", "text/plain", &for_file),
            )}
        </div>
    }
    .into_any()
}
