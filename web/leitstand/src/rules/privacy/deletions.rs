// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What was deleted: each with its signed record, as a file that proves it without this server.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, times};

use crate::accounts::deletion_facts;
use crate::api::Ask;
use crate::model::Deletion;
use crate::parts::{Act, button, card, copy, save, save_file, shown};
use crate::state::Load;

/// Records that are shown.
const PAGE: u32 = 100;

fn reason_word(reason: &str) -> String {
    match reason {
        "expired" => t!("leit-deletion-expired"),
        "operation_ended" => t!("leit-deletion-operation"),
        "own_wish" => t!("leit-deletion-own"),
        _ => t!("leit-deletion-admin"),
    }
}

fn one(record: Deletion) -> impl IntoView {
    let (file, name) = (record.file.clone(), record.account.clone());
    let keep = move || save(&format!("melder-loeschnachweis-{name}.json"), "application/json", &file);
    view! {
        <li>
            <details class="record">
                <summary class="entry">
                    <Icon name="person-remove-outline" />
                    <span class="grow">
                        <b>{reason_word(&record.reason)}</b>
                        <span class="muted small">{times::full(record.time)}" · "{record.account.clone()}</span>
                    </span>
                    <Icon name="expand-more" />
                </summary>
                {deletion_facts(&record)}
                {button("second", "download", t!("leit-record-save"), keep)}
            </details>
        </li>
    }
}

/// How somebody checks a record who has nothing but the file and the fingerprint.
fn how(fingerprint: RwSignal<String>) -> AnyView {
    let command = move || {
        let file = t!("leit-verify-file");
        format!("melder verify-deletion {file} --key \"{}\"", fingerprint.get())
    };
    // Without the fingerprint it would prove nothing.
    let is_known = Memo::new(move |_| fingerprint.with(|digits| !digits.is_empty()));
    let drawn = move || {
        view! {
            <details class="record">
                <summary class="entry">
                    <Icon name="fact-check-outline" />
                    <span class="grow"><b>{t!("leit-verify")}</b></span>
                    <Icon name="expand-more" />
                </summary>
                <p class="small">{t!("leit-verify-about")}</p>
                <p class="once mono">{command}</p>
                <div class="choices">
                    {button("second", "content-copy-outline", t!("leit-verify-copy"), move || copy(&command()))}
                </div>
            </details>
        }
    };
    (move || is_known.get().then(drawn)).into_any()
}

pub fn card_of() -> AnyView {
    let act = Act::new();
    let list = RwSignal::new(Load::<Vec<Deletion>>::Waiting);
    let fingerprint = RwSignal::new(String::new());
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get(format!("deletions?limit={PAGE}")).send().await;
            let answer = answer.map(|json| json.list("items").iter().map(Deletion::read).collect());
            let _ = list.try_set(answer.into());
            if let Ok(own) = Ask::get("organisation").send().await {
                let _ = fingerprint.try_set(own.text("fingerprint"));
            }
        });
    });
    read.run(());
    let all = move || {
        act.run(async move {
            save_file("melder-loeschnachweise.json", &Ask::get("deletions/file").file().await?);
            Ok(())
        });
    };
    let body = shown(list, read, move |records| {
        if records.is_empty() {
            return view! { <p class="muted">{t!("leit-deletions-none")}</p> }.into_any();
        }
        let lines = records.into_iter().map(one);
        view! {
            <ul class="entries">{lines.collect_view()}</ul>
            {how(fingerprint)}
            <p class="muted small">{t!("leit-record-signed")}</p>
        }
        .into_any()
    });
    let beside = view! {
        {act.words()}
        {button("plain", "download", t!("leit-deletions-all"), all)}
    };
    card(t!("leit-deletions"), beside.into_any(), body)
}
