// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One invitation as it is handed over: link, QR code, words for an e-mail, a letter. Its secret is shown this once and kept nowhere.

use leptos::prelude::*;
use melder_kit::{Icon, QrCode, t, times};

use crate::accounts::sheets;
use crate::api::{Ask, Problem, quoted};
use crate::json::{Json, Object};
use crate::model::Link;
use crate::parts::{button, copy};

/// A new invitation (`invitations`), or a new beginning with one (`reset`).
pub async fn for_account(id: &str, reason: &str, how: &str) -> Result<Json, Problem> {
    Ask::post(format!("accounts/{id}/{how}"))
        .body(&Object::new())
        .because(reason)
        .send()
        .await
}

/// The words of an e-mail.
fn mail(link: &Link) -> (String, String) {
    let body = t!(
        "leit-mail-body",
        name = &link.name,
        link = &link.link,
        until = times::full(link.expires)
    );
    (t!("leit-mail-subject"), body)
}

pub fn made(link: &Link) -> AnyView {
    let (subject, body) = mail(link);
    let address = format!("mailto:?subject={}&body={}", quoted(&subject), quoted(&body));
    let (for_copy, for_mail) = (link.link.clone(), body);
    let paper = RwSignal::new(false);
    view! {
        <section class="card stack handed" aria-live="polite">
            <p class="notice notice--success">
                <Icon name="mark-email-read-outline" />
                <span>{t!("leit-link-made", name = &link.name, until = times::full(link.expires))}</span>
            </p>
            <div class="handed__code"><QrCode text=link.link.clone() label=t!("leit-link-code", name = &link.name) /></div>
            <p class="once mono">{link.link.clone()}</p>
            <div class="choices">
                {button("main", "content-copy-outline", t!("leit-link-copy"), move || copy(&for_copy))}
                {button("second", "content-paste", t!("leit-mail-copy"), move || copy(&for_mail))}
                <a class="button button--second" href=address><Icon name="mail-outline" />{t!("leit-mail-open")}</a>
                {button("second", "print-outline", t!("leit-print-letter"), move || paper.set(true))}
            </div>
            <p class="muted small">{t!("leit-link-once")}</p>
        </section>
        {sheets::over(paper, Signal::stored(vec![link.clone()]))}
    }
    .into_any()
}
