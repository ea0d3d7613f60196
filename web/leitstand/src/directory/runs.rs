// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The last pulls: when, by whom, and what they came to. Numbers, no names.

use leptos::prelude::*;
use melder_kit::{t, texts, times};

use crate::directory::ldap::Pulling;
use crate::directory::model::{Counts, Run};
use crate::parts::{button, card, shown, tag};

const FEW: usize = 8;

/// How one went.
pub fn state(outcome: &str) -> AnyView {
    match outcome {
        "applied" => tag("good", "check", t!("leit-dir-run-applied")),
        "unchanged" => tag("quiet", "check", t!("leit-dir-run-unchanged")),
        "held" => tag("warning", "warning-outline", t!("leit-dir-run-held")),
        _ => tag("danger", "error-outline", t!("leit-dir-run-failed")),
    }
}

/// Why one failed.
pub fn why(run: &Run) -> String {
    let id = format!("error-{}", run.code.clone().unwrap_or_default());
    let words = if texts::has(&id) {
        t!(&id)
    } else {
        t!("leit-error-unknown")
    };
    if run.message.is_empty() {
        words
    } else {
        t!("leit-error-detail", words = words, detail = &run.message)
    }
}

fn numbers(counts: Counts) -> String {
    let all = [
        (counts.added, t!("leit-dir-count-added", count = counts.added)),
        (
            counts.changed + counts.moved,
            t!("leit-dir-count-changed", count = counts.changed + counts.moved),
        ),
        (counts.resumed, t!("leit-dir-count-resumed", count = counts.resumed)),
        (
            counts.left + counts.suspended,
            t!("leit-dir-count-suspended", count = counts.left + counts.suspended),
        ),
        (counts.deleted, t!("leit-dir-count-deleted", count = counts.deleted)),
        (counts.groups, t!("leit-dir-count-groups", count = counts.groups)),
        (counts.problems, t!("leit-dir-count-problems", count = counts.problems)),
    ];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(_, words)| words).collect::<Vec<_>>().join(", ")
}

fn one(run: &Run) -> AnyView {
    let by = if run.by_schedule {
        t!("leit-dir-by-schedule")
    } else {
        t!("leit-dir-by-admin")
    };
    let about = if run.outcome == "failed" {
        why(run)
    } else {
        numbers(run.counts)
    };
    view! {
        <li class="entry">
            <span class="grow">
                <b>{times::full(run.time)}</b>
                <span class="muted small">{by}{(!about.is_empty()).then_some(" · ")}{about}</span>
            </span>
            {state(&run.outcome)}
        </li>
    }
    .into_any()
}

pub fn card_of(pulling: Pulling) -> AnyView {
    let whole = RwSignal::new(false);
    let again = Callback::new(move |()| pulling.read());
    let body = shown(pulling.runs, again, move |runs| {
        if runs.is_empty() {
            return view! { <p class="muted">{t!("leit-dir-runs-none")}</p> }.into_any();
        }
        let rest = runs.len() > FEW;
        view! {
            <ul class="entries">
                {move || {
                    let count = if whole.get() { runs.len() } else { FEW };
                    runs.iter().take(count).map(one).collect_view()
                }}
            </ul>
            {move || {
                (rest && !whole.get()).then(|| button("plain", "expand-more", t!("leit-dir-runs-all"), move || whole.set(true)))
            }}
        }
        .into_any()
    });
    card(t!("leit-dir-runs"), ().into_any(), body)
}
