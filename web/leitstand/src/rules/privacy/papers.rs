// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Documents for data protection, as the server writes them from the configuration that holds.

use leptos::prelude::*;
use melder_kit::{Icon, t};

use crate::api::Ask;
use crate::parts::{Act, asked, button, card, save_file};

/// Kind, drawing.
const KINDS: [(&str, &str); 4] = [
    ("record", "description-outline"),
    ("measures", "policy-outline"),
    ("impact", "balance"),
    ("notice", "contact-mail-outline"),
];

pub fn card_of() -> AnyView {
    let act = Act::new();
    let lines = KINDS.map(|(kind, icon)| {
        let get = move |format: &'static str| {
            act.run(async move {
                let file = Ask::get(format!("papers/{kind}?{}", asked(format))).file().await?;
                save_file(
                    &format!("melder-{}.{format}", t!(&format!("leit-paper-{kind}-file"))),
                    &file,
                );
                Ok(())
            });
        };
        view! {
            <li class="entry">
                <Icon name=icon />
                <span class="grow">
                    <b>{t!(&format!("leit-paper-{kind}"))}</b>
                    <span class="muted small">{t!(&format!("leit-paper-{kind}-about"))}</span>
                </span>
                {button("second", "", t!("leit-as-pdf-short"), move || get("pdf"))}
                {button("second", "", t!("leit-as-html-short"), move || get("html"))}
            </li>
        }
    });
    let body = view! {
        <p class="muted small">{t!("leit-papers-about")}</p>
        {act.words()}
        <ul class="entries">{lines}</ul>
    };
    card(t!("leit-papers"), ().into_any(), body.into_any())
}
