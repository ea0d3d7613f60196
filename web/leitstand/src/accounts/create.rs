// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A new colleague: name, unit, kind; made and invited in one go.

use leptos::prelude::*;
use melder_kit::{dom, t};

use crate::accounts::edit::unit_choices;
use crate::accounts::invite;
use crate::accounts::view::{View, kind_word};
use crate::api::Ask;
use crate::json::Object;
use crate::model::{Account, Link};
use crate::parts::{Act, button, check, choose, date_field, day_of, drawer, end_of_day, submit, text_field};
use crate::state::desk;

pub fn over(open: RwSignal<bool>, view: View) -> AnyView {
    drawer(open, Signal::derive(|| t!("leit-invite-person")), move || {
        form(open, view)
    })
}

#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    function: RwSignal<String>,
    unit: RwSignal<String>,
    kind: RwSignal<String>,
    ends: RwSignal<String>,
    invite: RwSignal<bool>,
}

impl Fields {
    fn new(view: View) -> Self {
        Self {
            name: RwSignal::new(String::new()),
            function: RwSignal::new(String::new()),
            unit: RwSignal::new(view.unit.get_untracked().unwrap_or_default()),
            kind: RwSignal::new("staff".to_owned()),
            ends: RwSignal::new(day_of(14)),
            invite: RwSignal::new(true),
        }
    }

    fn request(self) -> Object {
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let kind = self.kind.get_untracked();
        let ends = (kind == "guest")
            .then(|| end_of_day(&self.ends.get_untracked()))
            .flatten();
        Object::new()
            .value("name", self.name.get_untracked().trim())
            .value("kind", kind)
            .maybe("unit", some(self.unit.get_untracked()).as_deref())
            .maybe("function", some(self.function.get_untracked()).as_deref())
            .maybe("ends", ends.as_deref())
    }
}

fn form(open: RwSignal<bool>, view: View) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let fields = Fields::new(view);
    let missing = RwSignal::new(None);
    let link = RwSignal::new(None::<Link>);
    let kinds = Signal::derive(|| {
        ["staff", "guest", "bot", "private"]
            .map(|kind| (kind.to_owned(), kind_word(kind)))
            .to_vec()
    });
    dom::focus_soon("#new-name");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if fields.name.with_untracked(|name| name.trim().is_empty()) {
            missing.set(Some(t!("leit-name-missing")));
            dom::focus("#new-name");
            return;
        }
        act.run(async move {
            let made = Ask::post("accounts").body(&fields.request()).send().await?;
            let account = Account::read(&made);
            let (id, name) = (account.id.clone(), account.name.clone());
            let about = desk.unit_path(account.unit.as_deref());
            desk.put_account(account);
            fields.name.set(String::new());
            if fields.invite.get_untracked() {
                let invited = invite::for_account(&id, "", "invitations").await?;
                link.set(Some(Link::made(&invited, &name, &about)));
            } else {
                melder_kit::toast(t!("leit-account-made", name = name));
            }
            Ok(())
        });
    };
    view! {
        <div class="drawer__body stack">
            {move || link.get().map(|link| invite::made(&link))}
            <form class="stack" on:submit=send novalidate=true>
                {text_field("new-name", t!("leit-column-name"), String::new(), fields.name, Some(missing))}
                {choose("new-unit", t!("leit-unit"), fields.unit, unit_choices(desk, t!("leit-no-unit")))}
                {text_field("new-function", t!("leit-function"), t!("leit-function-hint"), fields.function, None)}
                {choose("new-kind", t!("leit-kind"), fields.kind, kinds)}
                {move || {
                    (fields.kind.get() == "guest")
                        .then(|| date_field("new-ends", t!("leit-ends"), t!("leit-ends-hint"), fields.ends, None))
                }}
                {check(t!("leit-invite-at-once"), fields.invite)}
                {act.words()}
                <div class="actions">
                    {button("plain", "", t!("close"), move || open.set(false))}
                    {submit("main", Signal::derive(move || {
                        if fields.invite.get() { t!("leit-create-invite") } else { t!("leit-create") }
                    }), act.busy)}
                </div>
            </form>
        </div>
    }
    .into_any()
}
