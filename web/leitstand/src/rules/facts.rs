// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Every rule that holds, for the data-protection officer and the staff council: what it is, whom it meets, since when, and what is
//! off until somebody switches it on. Numbers only.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, times};

use crate::api::Ask;
use crate::groups::policy::{alarms_word, attachment_word, retention_word};
use crate::json::Json;
use crate::model::{GroupPolicy, millis};
use crate::parts::{card as frame, shown, tag};
use crate::state::Load;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fact {
    name: String,
    about: String,
    since: times::Millis,
    meets: String,
    watches: bool,
    /// Another value than what holds until somebody says otherwise.
    changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    rules: Vec<Fact>,
    groups: Vec<Fact>,
}

/// What a rule is set to, in words.
fn value(name: &str, json: &Json) -> String {
    let value = json.get("value");
    if let Some(on) = value.value().as_bool() {
        return if on { t!("leit-fact-on") } else { t!("leit-fact-off") };
    }
    match (name, value.value().as_f64()) {
        ("max_attachment", Some(bytes)) => t!(
            "leit-group-attachment-most",
            size = (bytes / 1_048_576.0).round().to_string()
        ),
        (_, Some(number)) => number.to_string(),
        ("minimum_app", None) => value.value().as_string().unwrap_or_else(|| t!("leit-fact-any")),
        ("guest_warning_days", None) => {
            let days = value.items();
            let days = days.iter().filter_map(|day| day.value().as_f64());
            days.map(|day| day.to_string()).collect::<Vec<_>>().join(", ")
        }
        _ => t!("leit-fact-none"),
    }
}

fn read_rule(json: &Json) -> Fact {
    let name = json.text("name");
    let count = json.count("accounts");
    let meets = match json.text("meets").as_str() {
        "guests" => t!("leit-policy-meets-guests", count = count),
        "new_groups" => t!("leit-fact-new-groups"),
        _ => t!("leit-policy-meets", count = count),
    };
    let same = json.get("value").pretty() == json.get("standard").pretty();
    Fact {
        about: value(&name, json),
        name: super::policy::words(&name).0,
        since: millis(&json.text("since")),
        meets,
        watches: json.flag("watches"),
        changed: !same,
    }
}

fn read_group(json: &Json) -> Fact {
    let policy = GroupPolicy::read(&json.get("policy"));
    let mut parts = Vec::new();
    if policy.retention_days.is_some() {
        parts.push(retention_word(policy.retention_days));
    }
    if policy.max_attachment.is_some() {
        parts.push(attachment_word(policy.max_attachment));
    }
    if policy.alarms != "everyone" {
        parts.push(t!("leit-fact-alarms", who = alarms_word(&policy.alarms)));
    }
    Fact {
        name: json.text("name"),
        about: parts.join(", "),
        since: millis(&json.text("since")),
        meets: t!("leit-members-count", count = json.count("members")),
        watches: false,
        changed: true,
    }
}

pub fn card() -> AnyView {
    let load = RwSignal::new(Load::<Facts>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get("policy/facts").send().await.map(|json| Facts {
                rules: json.list("rules").iter().map(read_rule).collect(),
                groups: json.list("groups").iter().map(read_group).collect(),
            });
            let _ = load.try_set(answer.into());
        });
    });
    read.run(());
    frame(
        t!("leit-facts-policy"),
        ().into_any(),
        view! {
            <p class="muted small">{t!("leit-facts-policy-about")}</p>
            {shown(load, read, |facts| {
                view! {
                    {table(t!("leit-facts-policy"), facts.rules)}
                    {(!facts.groups.is_empty()).then(|| table(t!("leit-facts-groups"), facts.groups))}
                }
                    .into_any()
            })}
        }
        .into_any(),
    )
}

fn table(title: String, facts: Vec<Fact>) -> AnyView {
    let lines = facts.into_iter().map(|fact| {
        view! {
            <tr>
                <th scope="row">
                    {fact.name}
                    {fact.watches.then(|| tag("quiet", "gavel", t!("leit-fact-council")))}
                </th>
                <td data-label=t!("leit-fact-value")>
                    {fact.about}
                    {fact.changed.then(|| view! { <span class="muted small">" " {t!("leit-fact-changed")}</span> })}
                </td>
                <td data-label=t!("leit-fact-meets")>{fact.meets}</td>
                <td data-label=t!("leit-fact-since")>{times::long_date(fact.since)}</td>
            </tr>
        }
    });
    let label = title.clone();
    view! {
        <div class="facts-table" tabindex="0" role="region" aria-label=label>
            <table class="compare">
                <caption class="kern-sr-only">{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!("leit-fact-rule")}</th>
                        <th scope="col">{t!("leit-fact-value")}</th>
                        <th scope="col">{t!("leit-fact-meets")}</th>
                        <th scope="col">{t!("leit-fact-since")}</th>
                    </tr>
                </thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </div>
        <p class="muted small"><Icon name="info-outline" class="icon--small" />" "{t!("leit-fact-numbers")}</p>
    }
    .into_any()
}
