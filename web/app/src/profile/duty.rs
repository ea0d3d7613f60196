// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! On duty or off, and "not here until": one's own switches.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::{Icon, Switch, dom, t, times, toast};
use melder_port::ask::Absence;
use melder_port::view::{AccountKind, Duty as Standing};
use melder_port::{Ask, Time};

use crate::state::{act, act_then, app};

/// 14 hours: the default end of an absence is tomorrow morning for a note written in the evening.
const FIRST_GUESS_MS: u64 = 14 * 3_600_000;

#[component]
pub fn Duty() -> impl IntoView {
    let app = app();
    let staff = Memo::new(move |_| {
        app.own
            .with(|own| own.as_ref().is_some_and(|own| own.kind == Some(AccountKind::Staff)))
    });
    let duty = Memo::new(move |_| app.own.with(|own| own.as_ref().map_or(Standing::Unset, |own| own.duty)));
    let on = Signal::derive(move || matches!(duty.get(), Standing::On(_)));
    let word = move || match duty.get() {
        Standing::Unset => t!("duty-unset"),
        Standing::On(_) => t!("duty-on"),
        Standing::Off(_) => t!("duty-off"),
    };
    let detail = move || match duty.get() {
        Standing::Unset => t!("duty-unset-detail"),
        Standing::On(since) => t!("duty-since", time = times::at(since.0)),
        Standing::Off(_) => t!("duty-off-detail"),
    };
    move || {
        staff.get().then(|| {
            view! {
                <div class="duty" data-on=move || if on.get() { "true" } else { "false" }>
                    <Icon name="badge-outline" />
                    <div class="grow">
                        <div class="strong">{word}</div>
                        <div class="small muted">{detail}</div>
                    </div>
                    <Switch on label=t!("duty-on") set=move |on| act(Ask::SetDuty { on }) />
                </div>
                <AbsenceNote />
            }
        })
    }
}

/// What stands, or a way to write one.
#[component]
fn AbsenceNote() -> impl IntoView {
    let app = app();
    let writing = RwSignal::new(false);
    let absence = Memo::new(move |_| app.own.with(|own| own.as_ref().and_then(|own| own.absence.clone())));
    let end = move || act_then(Ask::SetAbsence(None), |_| toast(t!("absence-ended")));
    view! {
        <section class="panel absence" aria-label=t!("absence")>
            {move || match (writing.get(), absence.get()) {
                (true, _) => view! { <AbsenceForm writing /> }.into_any(),
                (false, Some(absence)) => {
                    view! {
                        <div class="line">
                            <Icon name="event-busy-outline" />
                            <span class="grow">
                                <span class="strong line__word">{t!("absence-until", time = times::full(absence.until.0))}</span>
                                <span class="small muted line__word">{absence.note}</span>
                            </span>
                            <button class="button button--plain" on:click=move |_| end()>{t!("absence-end")}</button>
                        </div>
                    }
                        .into_any()
                }
                (false, None) => {
                    view! {
                        <button class="line" on:click=move |_| writing.set(true)>
                            <Icon name="event-busy-outline" />
                            <span class="grow">
                                <span class="strong line__word">{t!("absence")}</span>
                                <span class="small muted line__word">{t!("absence-detail")}</span>
                            </span>
                            <Icon name="chevron-right" />
                        </button>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// "2029-06-10T08:00" in the browser's time zone.
fn local_text(time: u64) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(as_millis(time)));
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        0
    )
}

#[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
fn as_millis(time: u64) -> f64 {
    time as f64
}

/// What a `datetime-local` field says; local, since it names no zone.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970, as Date gives them, and not negative"
)]
fn parse_local(text: &str) -> Option<u64> {
    let time = js_sys::Date::parse(text);
    (time.is_finite() && time > 0.0).then_some(time as u64)
}

#[component]
fn AbsenceForm(writing: RwSignal<bool>) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let until = RwSignal::new(local_text(times::now() + FIRST_GUESS_MS));
    let wrong = RwSignal::new(false);
    dom::focus_soon("#absence-note");
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let end = parse_local(&until.get_untracked()).filter(|end| *end > times::now());
        wrong.set(end.is_none());
        let Some(end) = end else {
            dom::focus("#absence-until");
            return;
        };
        let absence = Absence {
            note: note.get_untracked().trim().to_owned(),
            until: Time(end),
        };
        act_then(Ask::SetAbsence(Some(absence)), move |_| {
            toast(t!("absence-set"));
            let _ = writing.try_update(|writing| *writing = false);
        });
    };
    view! {
        <form class="absence__form" on:submit=submit novalidate>
            <div class="field">
                <label for="absence-note">{t!("absence-note")}</label>
                <input
                    class="input"
                    id="absence-note"
                    maxlength="140"
                    autocomplete="off"
                    aria-describedby="absence-hint"
                    prop:value=move || note.get()
                    on:input=move |event| note.set(event_target_value(&event))
                />
                <span class="hint" id="absence-hint">{t!("absence-note-hint")}</span>
            </div>
            <div class="field">
                <label for="absence-until">{t!("absence-end-label")}</label>
                <input
                    class="input"
                    id="absence-until"
                    type="datetime-local"
                    aria-describedby="absence-error"
                    aria-invalid=move || if wrong.get() { "true" } else { "false" }
                    prop:value=move || until.get()
                    on:input=move |event| until.set(event_target_value(&event))
                />
                <p class="field__error" id="absence-error" role="alert">{move || wrong.get().then(|| t!("absence-past"))}</p>
            </div>
            <div class="actions">
                <button type="button" class="button button--plain" on:click=move |_| writing.set(false)>{t!("cancel")}</button>
                <button class="button button--main">{t!("absence-save")}</button>
            </div>
        </form>
    }
}
