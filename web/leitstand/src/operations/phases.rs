// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An operation's phases: what is when, from the beginning to the deletion. As a line of points, and as fields that change them.

use leptos::prelude::*;
use melder_kit::times::Millis;
use melder_kit::{Icon, t, times, toast};
use wasm_bindgen::JsValue;

use crate::api::Ask;
use crate::json::Object;
use crate::model::Operation;
use crate::parts::{Act, beginning_of_day, button, day_value, drawer, icon_button, stamp, submit};
use crate::state::Desk;
use crate::trail;

const DAY: u64 = 86_400_000;

/// All points in time, in their order.
fn points(operation: &Operation) -> Vec<(String, Millis)> {
    let mut points = vec![(t!("leit-phase-made"), operation.created)];
    points.extend(operation.phases.iter().cloned());
    for at in &operation.warnings {
        let days = operation.ends.saturating_sub(*at).div_ceil(DAY);
        points.push((t!("leit-phase-warning", count = days), *at));
    }
    points.sort_by_key(|(_, at)| *at);
    let end = operation
        .summary
        .as_ref()
        .map_or(operation.ends, |summary| summary.ended);
    points.push((t!("leit-phase-deletion"), end));
    points
}

/// From the beginning to the deletion.
pub fn card(desk: Desk, operation: &Operation, may: bool) -> AnyView {
    let now = times::now();
    let lines = points(operation).into_iter().map(|(name, at)| {
        let past = at <= now;
        view! {
            <li class="phase" data-done=if past { "true" } else { "false" }>
                <span class="phase__dot" aria-hidden="true">{past.then(|| view! { <Icon name="check" class="icon--small" /> })}</span>
                <b>{name}</b>
                <span class="muted small">{times::long_date(at)}</span>
            </li>
        }
    });
    let editing = RwSignal::new(false);
    let for_edit = operation.clone();
    view! {
        <section class="card operation__phases" aria-label=t!("leit-phases")>
            <ol class="phases">{lines.collect_view()}</ol>
            {may.then(|| button("plain", "edit-outline", t!("leit-phases-edit"), move || editing.set(true)))}
        </section>
        {drawer(editing, Signal::derive(|| t!("leit-phases-edit")), move || form(desk, for_edit.clone(), editing))}
    }
    .into_any()
}

/// The end is near, and nobody has ended it yet.
pub fn warning(operation: &Operation) -> AnyView {
    let now = times::now();
    let near = operation.summary.is_none() && operation.warnings.iter().any(|at| *at <= now);
    if !near {
        return ().into_any();
    }
    let days = operation.ends.saturating_sub(now).div_ceil(DAY);
    view! {
        <p class="notice notice--warning" role="status">
            <Icon name="event-busy-outline" />
            <span>{t!("leit-operation-near", count = days)}</span>
        </p>
    }
    .into_any()
}

/// Phases of an earlier operation, each at its new `place`; those that would be past are left out.
pub fn moved(phases: &[(String, Millis)], place: impl Fn(Millis) -> Millis, now: Millis) -> Vec<(String, Millis)> {
    let all = phases.iter();
    all.filter_map(|(name, at)| {
        let at = place(*at);
        (at >= now && !name.is_empty()).then(|| (name.clone(), at))
    })
    .collect()
}

/// As the API takes them.
pub fn written(phases: &[(String, Millis)]) -> impl Iterator<Item = JsValue> {
    phases.iter().map(|(name, at)| {
        let begins = Object::new().value("name", name.as_str()).value("begins", stamp(*at));
        JsValue::from(begins)
    })
}

fn form(desk: Desk, operation: Operation, open: RwSignal<bool>) -> AnyView {
    let act = Act::new();
    let rows = RwSignal::new(Vec::<Row>::new());
    let next = StoredValue::new(0u32);
    let half = RwSignal::new(false);
    let add = move |name: &str, before: Option<Millis>| {
        let number = next.get_value();
        next.set_value(number + 1);
        let row = Row {
            number,
            name: RwSignal::new(name.to_owned()),
            day: RwSignal::new(before.map(day_value).unwrap_or_default()),
            before,
        };
        rows.update(|rows| rows.push(row));
    };
    for (name, at) in &operation.phases {
        add(name, Some(*at));
    }
    if operation.phases.is_empty() {
        add("", None);
    }
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let phases: Vec<(String, String)> = rows.with_untracked(|rows| {
            let all = rows
                .iter()
                .map(|row| (row.name.get_untracked().trim().to_owned(), row.begins()));
            // A row in which nothing stands is none.
            all.filter(|(name, begins)| !name.is_empty() || !begins.is_empty())
                .collect()
        });
        half.set(phases.iter().any(|(name, begins)| name.is_empty() || begins.is_empty()));
        if half.get_untracked() {
            return;
        }
        let phases = phases
            .into_iter()
            .map(|(name, begins)| JsValue::from(Object::new().value("name", name).value("begins", begins)));
        let ask = Ask::patch(format!("operations/{}", operation.id))
            .body(&Object::new().list("phases", phases))
            .seen(operation.revision);
        let id = operation.id.clone();
        act.run(async move {
            trail::sent(ask, Some(&id)).await?;
            toast(t!("leit-saved"));
            open.set(false);
            desk.read_operations();
            Ok(())
        });
    };
    view! {
        <form class="drawer__body stack" on:submit=send novalidate=true>
            <p class="muted small">{t!("leit-phases-about")}</p>
            <For each=move || rows.get() key=|row| row.number let:row>
                {row_fields(rows, row)}
            </For>
            <p class="field__error" role="alert">{move || half.get().then(|| t!("leit-phase-half"))}</p>
            {button("second", "add", t!("leit-phase-add"), move || add("", None))}
            {act.words_or(Callback::new(move |()| {
                open.set(false);
                desk.read_operations();
            }))}
            <div class="actions">{submit("main", t!("save").into(), act.busy)}</div>
        </form>
    }
    .into_any()
}

/// A phase in its fields.
#[derive(Clone, Copy)]
struct Row {
    number: u32,
    name: RwSignal<String>,
    day: RwSignal<String>,
    /// When it began as it was read; the field shows its day alone.
    before: Option<Millis>,
}

impl Row {
    /// As the API takes it: the very time of before while the day is the same, else the day's beginning here. Nothing without a day.
    fn begins(self) -> String {
        let day = self.day.get_untracked();
        match self.before.filter(|before| day_value(*before) == day) {
            Some(before) => stamp(before),
            None if day.is_empty() => day,
            None => beginning_of_day(&day),
        }
    }
}

fn row_fields(rows: RwSignal<Vec<Row>>, row: Row) -> AnyView {
    let Row { number, name, day, .. } = row;
    view! {
        <div class="phase-row">
            <label class="field">
                <span>{t!("leit-phase-name")}</span>
                <input
                    class="input"
                    type="text"
                    autocomplete="off"
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
            </label>
            <label class="field">
                <span>{t!("leit-phase-begins")}</span>
                <input
                    class="input"
                    type="date"
                    prop:value=move || day.get()
                    on:input=move |event| day.set(event_target_value(&event))
                />
            </label>
            {icon_button("close", t!("leit-phase-remove"), move |_| rows.update(|rows| rows.retain(|row| row.number != number)))}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn phases_that_would_be_past_are_left_out() {
        let phases = [("Schulung".to_owned(), 70), ("Wahl".to_owned(), 99)];
        let place = |at| at + 1_000;
        assert_eq!(
            moved(&phases, place, 0),
            [("Schulung".to_owned(), 1_070), ("Wahl".to_owned(), 1_099)]
        );
        assert_eq!(moved(&phases, place, 1_080), [("Wahl".to_owned(), 1_099)]);
    }
}
