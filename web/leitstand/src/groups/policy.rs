// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What holds in one group beyond the organisation's policy: how long the server keeps what is in it, how large attachments are,
//! whose alarms wake anybody. The server keeps all of it, at once; the stricter of the two counts.

use leptos::prelude::*;
use melder_kit::{t, toast};
use wasm_bindgen::JsValue;

use crate::api::Ask;
use crate::json::Object;
use crate::model::{Group, GroupPolicy};
use crate::parts::{Act, bytes_of, choose, decimal, line, megabytes, submit, text_field, whole};
use crate::state::{Desk, Question};
use crate::trail;

pub fn alarms_word(alarms: &str) -> String {
    match alarms {
        "publishers" => t!("leit-group-alarms-publishers"),
        "nobody" => t!("leit-group-alarms-nobody"),
        _ => t!("leit-group-alarms-everyone"),
    }
}

pub fn attachment_word(bytes: Option<u64>) -> String {
    match bytes {
        None => t!("leit-group-as-organisation"),
        Some(0) => t!("leit-group-no-attachments"),
        Some(bytes) => t!("leit-group-attachment-most", size = megabytes(bytes)),
    }
}

pub fn retention_word(days: Option<u32>) -> String {
    match days {
        None => t!("leit-group-as-organisation"),
        Some(days) => t!("leit-group-days", count = days),
    }
}

/// For those who may only look.
pub fn read(policy: &GroupPolicy) -> AnyView {
    view! {
        <dl class="facts">
            {line(t!("leit-group-retention"), retention_word(policy.retention_days).into_any())}
            {line(t!("leit-group-attachment"), attachment_word(policy.max_attachment).into_any())}
            {line(t!("leit-group-alarms"), alarms_word(&policy.alarms).into_any())}
        </dl>
    }
    .into_any()
}

/// As the API takes it.
#[expect(clippy::cast_precision_loss, reason = "at most a hundred million bytes")]
pub fn written(policy: &GroupPolicy) -> Object {
    let or_null = |number: Option<f64>| number.map_or(JsValue::NULL, JsValue::from_f64);
    Object::new()
        .value("retention_days", or_null(policy.retention_days.map(f64::from)))
        .value(
            "max_attachment",
            or_null(policy.max_attachment.map(|bytes| bytes as f64)),
        )
        .value("alarms", policy.alarms.as_str())
}

/// The fields, and the policy that was read into them.
#[derive(Clone, Copy)]
pub struct Draft {
    days: RwSignal<String>,
    size: RwSignal<String>,
    alarms: RwSignal<String>,
    reason: RwSignal<String>,
    before: StoredValue<GroupPolicy>,
    /// The group's revision that `before` was of.
    seen: StoredValue<u32>,
    /// What is read next is taken, whatever stands in the fields.
    yields: StoredValue<bool>,
}

fn texts(policy: &GroupPolicy) -> [String; 3] {
    [
        policy.retention_days.map(|days| days.to_string()).unwrap_or_default(),
        policy.max_attachment.map(megabytes).unwrap_or_default(),
        policy.alarms.clone(),
    ]
}

impl Draft {
    pub fn new() -> Self {
        let field = || RwSignal::new(String::new());
        Self {
            days: field(),
            size: field(),
            alarms: field(),
            reason: field(),
            before: StoredValue::new(GroupPolicy::default()),
            seen: StoredValue::new(0),
            yields: StoredValue::new(true),
        }
    }

    /// What was read. Fields that were changed stay, and are sent over what they were changed from.
    pub fn take(self, group: &Group) {
        let now = [self.days, self.size, self.alarms].map(|field| field.get_untracked());
        let before = self.before.get_value();
        if self.yields.get_value() || now == texts(&before) {
            let [days, size, alarms] = texts(&group.policy);
            self.days.set(days);
            self.size.set(size);
            self.alarms.set(alarms);
            self.reason.set(String::new());
            self.before.set_value(group.policy.clone());
            self.yields.set_value(false);
        } else if before != group.policy {
            return;
        }
        self.seen.set_value(group.revision);
    }

    /// The policy as it shall be; what is no number is said at its field.
    fn wanted(self, wrong: [RwSignal<Option<String>>; 2]) -> Option<GroupPolicy> {
        let size = self.size.get_untracked();
        let (kept, most) = (whole(&self.days.get_untracked()), decimal(&size));
        let [no_days, no_size] = wrong;
        no_days.set(kept.is_err().then(|| t!("leit-policy-whole")));
        no_size.set(most.is_err().then(|| t!("leit-policy-number")));
        let (Ok(retention_days), Ok(most)) = (kept, most) else {
            return None;
        };
        let before = self.before.with_value(|before| before.max_attachment);
        // What is shown is rounded: a size that nobody touched stays what it is.
        let is_same = before.map(megabytes).unwrap_or_default() == size;
        Some(GroupPolicy {
            retention_days,
            max_attachment: if is_same { before } else { most.map(bytes_of) },
            alarms: self.alarms.get_untracked(),
        })
    }

    /// The days, where what is kept now would be deleted by them.
    fn shorter(self, wanted: &GroupPolicy) -> Option<u32> {
        let before = self.before.with_value(|before| before.retention_days);
        wanted
            .retention_days
            .filter(|days| before.is_none_or(|before| *days < before))
    }
}

/// `again`: reads the group anew.
pub fn form(desk: Desk, id: String, draft: Draft, again: Callback<()>) -> AnyView {
    let act = Act::new();
    let wrong = [RwSignal::new(None), RwSignal::new(None)];
    let choices = Signal::derive(|| {
        let all = ["everyone", "publishers", "nobody"];
        all.map(|name| (name.to_owned(), alarms_word(name))).to_vec()
    });
    let renew = Callback::new(move |()| {
        draft.yields.set_value(true);
        again.run(());
    });
    let save = move |wanted: &GroupPolicy, reason: &str| {
        let ask = Ask::put(format!("groups/{id}/policy"))
            .body(&written(wanted))
            .seen(draft.seen.get_value())
            .because(reason);
        let id = id.clone();
        act.run(async move {
            trail::sent(ask, Some(&id)).await?;
            toast(t!("leit-saved"));
            renew.run(());
            Ok(())
        });
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(wanted) = draft.wanted(wrong) else {
            melder_kit::dom::focus_soon("[aria-invalid='true']");
            return;
        };
        let reason = draft.reason.get_untracked();
        let Some(days) = draft.shorter(&wanted) else {
            return save(&wanted, &reason);
        };
        let save = save.clone();
        desk.ask(Question {
            title: t!("leit-retention-shorter-title"),
            lines: vec![t!("leit-group-retention-shorter", count = days)],
            action: t!("leit-retention-shorter-go"),
            danger: true,
            then: Callback::new(move |said: String| save(&wanted, if said.is_empty() { &reason } else { &said })),
        });
    };
    let [no_days, no_size] = wrong.map(Some);
    view! {
        <form class="stack" on:submit=send novalidate=true>
            {text_field("group-retention", t!("leit-group-retention"), t!("leit-group-retention-hint"), draft.days, no_days)}
            {text_field("group-attachment", t!("leit-group-attachment"), t!("leit-group-attachment-hint"), draft.size, no_size)}
            {choose("group-alarms", t!("leit-group-alarms"), draft.alarms, choices)}
            {text_field("group-policy-reason", t!("leit-reason"), t!("leit-reason-hint"), draft.reason, None)}
            {act.words_or(renew)}
            <div class="actions">{submit("second", t!("leit-group-policy-save").into(), act.busy)}</div>
        </form>
    }
    .into_any()
}
