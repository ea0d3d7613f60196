// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a pull would do, as a table of consequences: the incisive first. It is taken over as it stands here, or not at all.

use leptos::prelude::*;
use melder_kit::texts::{self, TextId};
use melder_kit::{Icon, dom, t};

use crate::directory::ldap::Pulling;
use crate::directory::model::{GroupStep, Plan, Step, Trouble};
use crate::parts::{button, card, heading, tag};

/// Lines of one kind that are shown at first.
const FEW: usize = 12;

/// Word and drawing of a kind, the incisive first.
fn kinds() -> [(&'static str, AnyView, String); 7] {
    [
        (
            "delete",
            tag("danger", "delete-outline", t!("leit-dir-kind-delete")),
            t!("leit-dir-kind-delete-about"),
        ),
        (
            "leave",
            tag("danger", "logout", t!("leit-dir-kind-leave")),
            t!("leit-dir-kind-leave-about"),
        ),
        (
            "suspend",
            tag("warning", "person-off-outline", t!("leit-dir-kind-suspend")),
            t!("leit-dir-kind-suspend-about"),
        ),
        ("resume", tag("good", "undo", t!("leit-dir-kind-resume")), String::new()),
        (
            "move",
            tag("info", "arrow-forward", t!("leit-dir-kind-move")),
            String::new(),
        ),
        (
            "change",
            tag("info", "edit-outline", t!("leit-dir-kind-change")),
            String::new(),
        ),
        ("add", tag("good", "add", t!("leit-dir-kind-add")), String::new()),
    ]
}

pub fn card_of(pulling: Pulling, plan: &Plan) -> AnyView {
    dom::focus_soon("#plan");
    let body = if plan.is_empty() {
        view! {
            <p class="notice notice--success"><Icon name="check" /><span>{t!("leit-dir-plan-empty")}</span></p>
            {troubles(&plan.problems, plan.counts.problems)}
            <div class="actions">{button("second", "", t!("close"), move || pulling.plan.set(None))}</div>
        }
        .into_any()
    } else {
        consequences(pulling, plan)
    };
    view! { <div id="plan" tabindex="-1">{card(t!("leit-dir-plan"), ().into_any(), body)}</div> }.into_any()
}

fn consequences(pulling: Pulling, plan: &Plan) -> AnyView {
    let counts = plan.counts;
    let numbers = [
        (t!("leit-dir-kind-delete"), counts.deleted),
        (t!("leit-dir-kind-leave"), counts.left),
        (t!("leit-dir-kind-suspend"), counts.suspended),
        (t!("leit-dir-kind-resume"), counts.resumed),
        (t!("leit-dir-kind-move"), counts.moved),
        (t!("leit-dir-kind-change"), counts.changed),
        (t!("leit-dir-kind-add"), counts.added),
        (t!("leit-dir-new-units"), counts.units),
        (t!("leit-dir-groups"), counts.groups),
        (t!("leit-dir-joined"), counts.joined),
        (t!("leit-dir-parted"), counts.parted),
    ];
    let rows = numbers.into_iter().filter(|(_, count)| *count > 0);
    let rows = rows.map(|(word, count)| view! { <tr><th scope="row">{word}</th><td>{count}</td></tr> });
    let parts = kinds().into_iter().filter_map(|(kind, mark, about)| {
        let steps: Vec<Step> = plan.people.iter().filter(|step| step.kind == kind).cloned().collect();
        (!steps.is_empty()).then(|| people(mark, &about, steps))
    });
    let units = (!plan.units.is_empty()).then(|| {
        view! { <p class="muted small">{t!("leit-dir-units-made", units = plan.units.join(", "))}</p> }
    });
    let held = plan.held.then(|| {
        let words = t!(
            "leit-dir-plan-held",
            count = counts.gone(),
            known = counts.known,
            percent = counts.percent()
        );
        view! { <p class="notice notice--warning"><Icon name="warning-outline" /><span>{words}</span></p> }
    });
    let shown = plan.clone();
    let look = if plan.held || counts.gone() > 0 {
        "danger"
    } else {
        "main"
    };
    let word = if plan.held {
        t!("leit-dir-take-over-held")
    } else {
        t!("leit-dir-take-over")
    };
    view! {
        {held}
        <table class="sums"><caption class="kern-sr-only">{t!("leit-dir-plan")}</caption><tbody>{rows.collect_view()}</tbody></table>
        {parts.collect_view()}
        {units}
        {groups(&plan.groups)}
        {troubles(&plan.problems, counts.problems)}
        <div class="actions">
            {button("plain", "", t!("leit-discard"), move || pulling.plan.set(None))}
            {button(look, "", word, move || pulling.take_over(&shown))}
        </div>
    }
    .into_any()
}

/// Lines of which the rest comes when it is asked for.
fn more<T: Send + Sync + 'static>(all: Vec<T>, show: fn(&T) -> AnyView) -> AnyView {
    let open = RwSignal::new(all.len() <= FEW);
    let rest = all.len().saturating_sub(FEW);
    view! {
        <ul class="entries">
            {move || {
                let count = if open.get() { all.len() } else { FEW };
                all.iter().take(count).map(show).collect_view()
            }}
        </ul>
        {move || {
            (!open.get()).then(|| button("plain", "expand-more", t!("leit-dir-more", count = rest), move || open.set(true)))
        }}
    }
    .into_any()
}

fn person(step: &Step) -> AnyView {
    let what = match (&step.from, &step.to) {
        (Some(from), Some(to)) => t!("leit-dir-from-to", from = from, to = to),
        (None, Some(to)) => to.clone(),
        (Some(from), None) => from.clone(),
        (None, None) => {
            let fields = step.fields.iter().map(|field| field_word(field));
            fields.collect::<Vec<_>>().join(", ")
        }
    };
    view! {
        <li class="entry">
            <span class="grow">
                <b>{step.name.clone()}</b>
                <span class="muted small">{step.user_name.clone()}</span>
            </span>
            <span class="muted small">{what}</span>
        </li>
    }
    .into_any()
}

fn people(mark: AnyView, about: &str, steps: Vec<Step>) -> AnyView {
    let count = steps.len();
    let about = (!about.is_empty()).then(|| view! { <span class="muted small">{about.to_owned()}</span> });
    view! {
        <section class="stack stack--tight">
            <h3 class="heading row row--wrap">{mark}<span>{count}</span>{about}</h3>
            {more(steps, person)}
        </section>
    }
    .into_any()
}

fn field_word(field: &str) -> String {
    match field {
        "name" => t!("leit-dir-field-name"),
        "user_name" => t!("leit-dir-field-user"),
        "function" => t!("leit-dir-field-function"),
        "unit" => t!("leit-dir-field-unit"),
        _ => t!("leit-dir-field-status"),
    }
}

/// How many of whom, and the first of them.
fn named(count: u32, names: &[String], words: String) -> Option<AnyView> {
    let few = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    let rest = if count > 5 { " …" } else { "" };
    (count > 0).then(|| view! { <span class="muted small">{format!("{words}: {few}{rest}")}</span> }.into_any())
}

fn group(step: &GroupStep) -> AnyView {
    let mark = match step.kind.as_str() {
        "add" => tag("good", "add", t!("leit-dir-group-add")),
        "delete" => tag("danger", "delete-outline", t!("leit-dir-group-delete")),
        _ => tag("info", "edit-outline", t!("leit-dir-group-change")),
    };
    view! {
        <li class="entry">
            <span class="grow">
                <b>{step.name.clone()}</b>
                {named(step.joined, &step.joined_names, t!("leit-dir-joins", count = step.joined))}
                {named(step.left, &step.left_names, t!("leit-dir-leaves", count = step.left))}
            </span>
            {mark}
        </li>
    }
    .into_any()
}

fn groups(steps: &[GroupStep]) -> AnyView {
    if steps.is_empty() {
        return ().into_any();
    }
    let all = more(steps.to_vec(), group);
    view! { <section class="stack stack--tight">{heading(t!("leit-dir-groups"))}{all}</section> }.into_any()
}

/// Why, in words; the server's own where there are none yet.
fn why(one: &Trouble) -> String {
    let id = format!("leit-dir-trouble-{}", one.code);
    if texts::has(&id) {
        texts::text(TextId::of(&id), &[("detail", texts::Value::from(&one.detail))])
    } else {
        one.reason.clone()
    }
}

fn trouble(one: &Trouble) -> AnyView {
    view! {
        <li class="entry">
            <Icon name="warning-outline" />
            <span class="grow">
                <b class="mono">{one.entry.clone()}</b>
                <span class="muted small">{why(one)}</span>
            </span>
        </li>
    }
    .into_any()
}

/// Entries that can't be taken over, each with its reason.
pub fn troubles(all: &[Trouble], count: u32) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="stack stack--tight">
            {heading(t!("leit-dir-problems", count = count))}
            <p class="muted small">{t!("leit-dir-problems-about")}</p>
            {more(all.to_vec(), trouble)}
        </section>
    }
    .into_any()
}
