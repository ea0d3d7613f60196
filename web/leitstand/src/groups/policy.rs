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
use crate::parts::{Act, choose, line, submit, text_field};
use crate::trail;

const MEBIBYTE: f64 = 1_048_576.0;

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

#[expect(clippy::cast_precision_loss, reason = "at most a hundred million bytes")]
fn megabytes(bytes: u64) -> String {
    let size = (bytes as f64 / MEBIBYTE * 100.0).round() / 100.0;
    size.to_string().replace('.', ",")
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

/// A number of a field, or none; `Err`: neither.
fn number(text: &str) -> Result<Option<f64>, ()> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
        _ => Err(()),
    }
}

/// `again`: reads the group anew.
pub fn form(group: Group, again: Callback<()>) -> AnyView {
    let act = Act::new();
    let policy = group.policy.clone();
    let days = RwSignal::new(policy.retention_days.map(|days| days.to_string()).unwrap_or_default());
    let size = RwSignal::new(policy.max_attachment.map(megabytes).unwrap_or_default());
    let alarms = RwSignal::new(policy.alarms);
    let reason = RwSignal::new(String::new());
    let (no_days, no_size) = (RwSignal::new(None), RwSignal::new(None));
    let choices = Signal::derive(|| {
        let all = ["everyone", "publishers", "nobody"];
        all.map(|name| (name.to_owned(), alarms_word(name))).to_vec()
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (kept, most) = (number(&days.get_untracked()), number(&size.get_untracked()));
        no_days.set(kept.is_err().then(|| t!("leit-policy-number")));
        no_size.set(most.is_err().then(|| t!("leit-policy-number")));
        let (Ok(kept), Ok(most)) = (kept, most) else {
            melder_kit::dom::focus_soon("[aria-invalid='true']");
            return;
        };
        let or_null = |number: Option<f64>| number.map_or(JsValue::NULL, JsValue::from_f64);
        let body = Object::new()
            .value("retention_days", or_null(kept.map(f64::round)))
            .value("max_attachment", or_null(most.map(|most| (most * MEBIBYTE).round())))
            .value("alarms", alarms.get_untracked());
        let ask = Ask::put(format!("groups/{}/policy", group.id))
            .body(&body)
            .seen(group.revision)
            .because(&reason.get_untracked());
        let id = group.id.clone();
        act.run(async move {
            trail::sent(ask, Some(&id)).await?;
            toast(t!("leit-saved"));
            again.run(());
            Ok(())
        });
    };
    view! {
        <form class="stack" on:submit=send novalidate=true>
            {text_field("group-retention", t!("leit-group-retention"), t!("leit-group-retention-hint"), days, Some(no_days))}
            {text_field("group-attachment", t!("leit-group-attachment"), t!("leit-group-attachment-hint"), size, Some(no_size))}
            {choose("group-alarms", t!("leit-group-alarms"), alarms, choices)}
            {text_field("group-policy-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None)}
            {act.words_or(again)}
            <div class="actions">{submit("second", t!("leit-group-policy-save").into(), act.busy)}</div>
        </form>
    }
    .into_any()
}
