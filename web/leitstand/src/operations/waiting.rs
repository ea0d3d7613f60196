// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who has taken a poster that asks for approval: they have an account and are in no group until somebody here lets them in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, avatar, t, times, toast};

use crate::api::{self, Ask};
use crate::model::Approval;
use crate::parts::{self, button, shown, tag};
use crate::state::{Desk, Load, Question, say};

#[derive(Clone, Copy)]
struct Waiting {
    desk: Desk,
    list: RwSignal<Load<Vec<Approval>>>,
    operation: StoredValue<String>,
}

impl Waiting {
    fn read(self) {
        spawn_local(self.taken());
    }

    async fn taken(self) {
        let Some(operation) = self.operation.try_get_value() else {
            return;
        };
        let read = api::whole_of(&format!("approvals?operation={operation}"), Approval::read).await;
        let _ = self.list.try_set(read.into());
    }

    /// Decides about somebody, who is no longer in the list then.
    fn send(self, ask: Ask, approval: &Approval, words: String) {
        let at = self.list.with_untracked(|list| {
            let mut all = list.there().into_iter().flatten();
            all.position(|other| other == approval).unwrap_or_default()
        });
        spawn_local(async move {
            match ask.send().await {
                Ok(_) => toast(words),
                Err(problem) => say(&problem),
            }
            self.taken().await;
            parts::focus_row("#approvals", at);
            self.desk.read_accounts();
        });
    }
}

fn path(approval: &Approval) -> String {
    format!("approvals/{}/{}", approval.invitation, approval.account)
}

pub fn card(desk: Desk, operation: &str) -> AnyView {
    let waiting = Waiting {
        desk,
        list: RwSignal::new(Load::Waiting),
        operation: StoredValue::new(operation.to_owned()),
    };
    waiting.read();
    let again = Callback::new(move |()| waiting.read());
    let body = shown(waiting.list, again, move |all| {
        if all.is_empty() {
            return view! { <p class="muted">{t!("leit-approvals-none")}</p> }.into_any();
        }
        let lines = all.into_iter().map(|approval| line(waiting, approval));
        view! { <ul class="entries">{lines.collect_view()}</ul> }.into_any()
    });
    let card = parts::card(t!("leit-approvals"), ().into_any(), body);
    view! { <div id="approvals" tabindex="-1">{card}</div> }.into_any()
}

fn line(waiting: Waiting, approval: Approval) -> AnyView {
    let name = approval.name.clone();
    let (for_take, for_refuse) = (approval.clone(), approval.clone());
    let take = move || {
        let words = t!("leit-approval-given", name = &for_take.name);
        waiting.send(Ask::put(path(&for_take)), &for_take, words);
    };
    view! {
        <li class="entry device">
            <Avatar name=name.clone() hue=avatar::hue(approval.account.as_bytes()) size=36 />
            <span class="grow">
                <b>{name}</b>
                <span class="muted small">{t!("leit-approval-since", time = times::full(approval.since))}</span>
            </span>
            {approval.foreign.then(|| tag("quiet", "domain", t!("leit-foreign")))}
            <div class="choices">
                {button("second", "check", t!("leit-approval-give"), take)}
                {button("danger-plain", "block", t!("leit-approval-refuse"), move || ask_refuse(waiting, for_refuse.clone()))}
            </div>
        </li>
    }
    .into_any()
}

fn ask_refuse(waiting: Waiting, approval: Approval) {
    let about = if approval.newcomer {
        t!("leit-approval-refuse-newcomer")
    } else {
        t!("leit-approval-refuse-existing")
    };
    waiting.desk.ask(Question {
        title: t!("leit-approval-refuse-title", name = &approval.name),
        lines: vec![about],
        action: t!("leit-approval-refuse"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let words = t!("leit-approval-refused", name = &approval.name);
            waiting.send(Ask::delete(path(&approval)).because(&reason), &approval, words);
        }),
    });
}
