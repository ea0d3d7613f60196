// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Raises an alarm: how urgent, what to do, for whom, by when. The last step says whom it wakes; a stray press wakes nobody.

use leptos::prelude::*;
use melder_kit::{Dialog, Icon, t, times};
use melder_port::Time;
use melder_port::view::{DraftContent, Urgency};

use crate::chat::body::urgency_word;
use crate::chat::{Jump, ctx, over};

const MINUTE: u64 = 60_000;

#[component]
pub fn AlarmDialog() -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let urgency = RwSignal::new(Urgency::Urgent);
    let text = RwSignal::new(String::new());
    let on_duty = RwSignal::new(false);
    let within = RwSignal::new(Some(5u32));
    let missing = RwSignal::new(false);
    let sure = RwSignal::new(false);
    let others = move || {
        ctx.chat
            .with(|chat| chat.as_ref().map_or(0, |chat| chat.members.saturating_sub(1)))
    };
    let next = move |_| {
        if text.with_untracked(|text| text.trim().is_empty()) {
            missing.set(true);
            melder_kit::dom::focus(".alarm-form textarea");
        } else {
            sure.set(true);
            melder_kit::dom::focus_soon(".alarm-sure h3");
        }
    };
    let send = move |_| {
        ctx.send(DraftContent::Alarm {
            urgency: urgency.get_untracked(),
            text: text.get_untracked().trim().to_owned(),
            confirm_by: within
                .get_untracked()
                .map(|minutes| Time(times::now() + u64::from(minutes) * MINUTE)),
            on_duty: on_duty.get_untracked(),
        });
        ctx.jump.set(Some(Jump::End));
        open.set(false);
    };
    let form = move || {
        view! {
            <div class="alarm-form stack">
                <div class="chips chips--wrap" role="group" aria-label=t!("alarm-urgency")>
                    {[Urgency::Notice, Urgency::Urgent, Urgency::Emergency].map(|this| chip(urgency, this, urgency_word(this))).into_iter().collect_view()}
                </div>
                <label class="field">
                    <span class="label">{t!("alarm-text")}</span>
                    <textarea
                        class="input"
                        rows="3"
                        aria-invalid=move || if missing.get() { "true" } else { "false" }
                        prop:value=move || text.get()
                        on:input=move |event| {
                            text.set(event_target_value(&event));
                            missing.set(false);
                        }
                    ></textarea>
                    {move || missing.get().then(|| view! {
                        <span class="field__error" role="alert"><Icon name="error" />{t!("alarm-text-missing")}</span>
                    })}
                </label>
                <div class="field">
                    <span class="label">{t!("alarm-for")}</span>
                    <div class="chips chips--wrap" role="group" aria-label=t!("alarm-for")>
                        {chip(on_duty, false, t!("alarm-for-all"))}
                        {chip(on_duty, true, t!("alarm-for-duty"))}
                    </div>
                </div>
                <div class="field">
                    <span class="label">{t!("alarm-by")}</span>
                    <div class="chips chips--wrap" role="group" aria-label=t!("alarm-by")>
                        {[2u32, 5, 15, 60].map(|count| chip(within, Some(count), t!("span-minutes", count = count))).into_iter().collect_view()}
                        {chip(within, None, t!("confirm-deadline-none"))}
                    </div>
                </div>
                <div class="actions">
                    <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                    <button class="button button--danger" on:click=next>{t!("alarm-next")}</button>
                </div>
            </div>
        }
    };
    let consequence = move || {
        let who = if on_duty.get() {
            t!("alarm-goes-duty", count = others())
        } else {
            t!("alarm-goes-all", count = others())
        };
        view! {
            <div class="alarm-sure stack">
                <h3 tabindex="-1">{who}</h3>
                <p class="notice notice--danger"><Icon name="e911-emergency" /><span>{text.get_untracked()}</span></p>
                <p>{t!("alarm-consequence")}</p>
                <div class="actions">
                    <button class="button button--plain" on:click=move |_| sure.set(false)>{t!("back")}</button>
                    <button class="button button--danger" on:click=send><Icon name="e911-emergency" />{t!("alarm-raise")}</button>
                </div>
            </div>
        }
    };
    view! {
        <Dialog open title=t!("alarm-raise") close_label=t!("close")>
            {move || if sure.get() { consequence().into_any() } else { form().into_any() }}
        </Dialog>
    }
}

fn chip<T: Copy + PartialEq + Send + Sync + 'static>(value: RwSignal<T>, this: T, word: String) -> impl IntoView {
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
