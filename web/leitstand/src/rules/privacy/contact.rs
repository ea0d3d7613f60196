// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What only the organisation knows and its documents need: who is responsible, the officer, the authority, the law.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{dom, t, toast};

use crate::api::Ask;
use crate::json::{Json, Object};
use crate::model::Right;
use crate::parts::{Act, card, line, shown, submit, text_field};
use crate::state::{Desk, Load};
use crate::trail;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Contact {
    controller: String,
    officer: String,
    authority: String,
    basis: String,
    revision: u32,
}

impl Contact {
    fn read(json: &Json) -> Self {
        Self {
            controller: json.text("controller"),
            officer: json.text("officer"),
            authority: json.text("authority"),
            basis: json.text("basis"),
            revision: json.count("revision"),
        }
    }
}

pub fn card_of(desk: Desk) -> AnyView {
    let load = RwSignal::new(Load::<Contact>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get("privacy/contact").send().await;
            let _ = load.try_set(answer.map(|json| Contact::read(&json)).into());
        });
    });
    read.run(());
    let may = desk.may(Right::Owner);
    let body = shown(load, read, move |contact| {
        if may {
            form(&contact, load, read)
        } else {
            facts(contact)
        }
    });
    card(t!("leit-contact"), ().into_any(), body)
}

fn facts(contact: Contact) -> AnyView {
    let said = |text: String| if text.is_empty() { t!("leit-contact-none") } else { text };
    view! {
        <dl class="facts">
            {line(t!("leit-contact-controller"), said(contact.controller).into_any())}
            {line(t!("leit-contact-officer"), said(contact.officer).into_any())}
            {line(t!("leit-contact-authority"), said(contact.authority).into_any())}
            {line(t!("leit-contact-basis"), said(contact.basis).into_any())}
        </dl>
    }
    .into_any()
}

fn form(contact: &Contact, load: RwSignal<Load<Contact>>, again: Callback<()>) -> AnyView {
    let act = Act::new();
    let revision = contact.revision;
    let field = |text: &str| RwSignal::new(text.to_owned());
    let controller = field(&contact.controller);
    let officer = field(&contact.officer);
    let authority = field(&contact.authority);
    let basis = field(&contact.basis);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = Object::new()
            .value("controller", controller.get_untracked())
            .value("officer", officer.get_untracked())
            .value("authority", authority.get_untracked())
            .value("basis", basis.get_untracked());
        act.run(async move {
            let ask = Ask::put("privacy/contact").body(&body).seen(revision);
            let answer = trail::sent(ask, Some("privacy.contact")).await?;
            let _ = load.try_set(Load::There(Contact::read(&answer)));
            // The form is drawn anew.
            dom::focus_soon("#contact [type='submit']");
            toast(t!("leit-contact-saved"));
            Ok(())
        });
    };
    view! {
        <form class="stack" id="contact" on:submit=send novalidate=true>
            <p class="muted small">{t!("leit-contact-about")}</p>
            {text_field("contact-controller", t!("leit-contact-controller"), t!("leit-contact-controller-hint"), controller, None)}
            {text_field("contact-officer", t!("leit-contact-officer"), t!("leit-contact-officer-hint"), officer, None)}
            {text_field("contact-authority", t!("leit-contact-authority"), t!("leit-contact-authority-hint"), authority, None)}
            {text_field("contact-basis", t!("leit-contact-basis"), t!("leit-contact-basis-hint"), basis, None)}
            {act.words_or(again)}
            <div class="actions">{submit("main", t!("save").into(), act.busy)}</div>
        </form>
    }
    .into_any()
}
