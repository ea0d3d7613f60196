// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How a message is sent when not simply now: at a time, with a confirmation, with an end.

use js_sys::Date;
use leptos::prelude::*;
use melder_kit::{Dialog, Icon, dom, t, times, toast};
use melder_port::Time;
use wasm_bindgen::JsValue;

use crate::chat::composer::writing::writing;
use crate::chat::{ctx, over};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// "2029-06-06T14:45", as the browser's field has it, in the person's own time.
fn local(time: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
    let date = Date::new(&JsValue::from_f64(time as f64));
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}

/// The other way round; only what lies ahead.
fn ahead(text: &str) -> Option<Time> {
    let time = Date::new(&JsValue::from_str(text)).get_time();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be positive"
    )]
    let time = (time.is_finite() && time > 0.0).then_some(time as u64)?;
    (time > times::now()).then_some(Time(time))
}

/// "1 hour", "7 days".
#[must_use]
pub fn expiry_word(ms: u64) -> String {
    if ms < DAY {
        t!("span-hours", count = (ms / HOUR).max(1))
    } else {
        t!("span-days", count = ms / DAY)
    }
}

/// Asks for a time ahead; `done` takes it.
#[component]
fn TimeField(value: RwSignal<String>, #[prop(into)] label: String) -> impl IntoView {
    let wrong = RwSignal::new(false);
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <input
                class="input"
                type="datetime-local"
                aria-invalid=move || if wrong.get() { "true" } else { "false" }
                min=local(times::now())
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    wrong.set(ahead(&value.get_untracked()).is_none());
                }
            />
            {move || wrong.get().then(|| view! {
                <span class="field__error" role="alert"><Icon name="error" />{t!("time-past")}</span>
            })}
        </label>
    }
}

#[component]
pub fn LaterDialog() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let open = over::opened(ctx);
    let at = writing.at.get_untracked().map_or(times::now() + HOUR, |at| at.0);
    let value = RwSignal::new(local(at));
    let set = move |_| match ahead(&value.get_untracked()) {
        Some(at) => {
            writing.at.set(Some(at));
            open.set(false);
            dom::focus_soon(".composer textarea");
        }
        None => toast(t!("time-past")),
    };
    view! {
        <Dialog open title=t!("later-title") close_label=t!("close")>
            <TimeField value label=t!("later-when") />
            <p class="small muted">{t!("later-hint")}</p>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--main" on:click=set>{t!("later-set")}</button>
            </div>
        </Dialog>
    }
}

/// A choice among few, as buttons of which one is pressed.
fn choice<T: Copy + PartialEq + Send + Sync + 'static>(value: RwSignal<T>, this: T, word: String) -> impl IntoView {
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || if value.get() == this { "true" } else { "false" }
            on:click=move |_| value.set(this)
        >
            {word}
        </button>
    }
}

/// By when it is to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Open,
    In(u64),
    At,
}

#[component]
pub fn ConfirmDialog() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let open = over::opened(ctx);
    let by = RwSignal::new(By::In(15 * MINUTE));
    let value = RwSignal::new(local(times::now() + 4 * HOUR));
    let set = move |_| {
        let deadline = match by.get_untracked() {
            By::Open => None,
            By::In(ms) => Some(Time(times::now() + ms)),
            By::At => match ahead(&value.get_untracked()) {
                Some(at) => Some(at),
                None => {
                    toast(t!("time-past"));
                    return;
                }
            },
        };
        writing.confirm.set(Some(deadline));
        open.set(false);
        dom::focus_soon(".composer textarea");
    };
    view! {
        <Dialog open title=t!("ask-confirmation") close_label=t!("close")>
            <p>{t!("ask-confirmation-hint")}</p>
            <div class="chips chips--wrap" role="group" aria-label=t!("confirm-deadline")>
                {choice(by, By::Open, t!("confirm-deadline-none"))}
                {choice(by, By::In(5 * MINUTE), t!("span-minutes", count = 5u32))}
                {choice(by, By::In(15 * MINUTE), t!("span-minutes", count = 15u32))}
                {choice(by, By::In(HOUR), t!("span-hours", count = 1u32))}
                {choice(by, By::In(DAY), t!("span-days", count = 1u32))}
                {choice(by, By::At, t!("confirm-deadline-at"))}
            </div>
            {move || (by.get() == By::At).then(|| view! { <TimeField value label=t!("confirm-deadline") /> })}
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--main" on:click=set>{t!("ask-confirmation-set")}</button>
            </div>
        </Dialog>
    }
}

#[component]
pub fn ExpiryDialog() -> impl IntoView {
    let ctx = ctx();
    let writing = writing();
    let open = over::opened(ctx);
    let fixed = ctx
        .chat
        .with_untracked(|chat| chat.as_ref().and_then(|chat| chat.expires_after_days));
    let value = RwSignal::new(writing.expires_in.get_untracked());
    let most = fixed.map_or(u64::MAX, |days| u64::from(days) * DAY);
    let set = move |_| {
        writing.expires_in.set(value.get_untracked());
        open.set(false);
        dom::focus_soon(".composer textarea");
    };
    let hint = match fixed {
        Some(days) => t!("expires-hint-fixed", count = days),
        None => t!("expires-hint"),
    };
    let offers = move || {
        [HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY]
            .into_iter()
            .filter(|ms| *ms <= most)
            .map(|ms| choice(value, Some(ms), expiry_word(ms)))
            .collect_view()
    };
    view! {
        <Dialog open title=t!("expires-after") close_label=t!("close")>
            <p>{hint.clone()}</p>
            <div class="chips chips--wrap" role="group" aria-label=t!("expires-after")>
                {choice(value, None, match fixed { Some(days) => t!("span-days", count = days), None => t!("composer-never") })}
                {offers()}
            </div>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--main" on:click=set>{t!("expires-set")}</button>
            </div>
        </Dialog>
    }
}
