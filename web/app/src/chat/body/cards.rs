// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Contents with a shape of their own: what asks for a confirmation, an alarm, a report, a contact.

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Avatar, Icon, avatar, t, times};
use melder_port::view::{Body, Confirmation, DraftContent, Message, Urgency};
use melder_port::{AccountId, Time};

use crate::chat::Ctx;
use crate::chat::body::Head;
use crate::chat::over::Over;
use crate::route::{self, Route};
use crate::state::app;

/// How often "13 minutes left" is said anew.
const TICK: std::time::Duration = std::time::Duration::from_secs(20);

/// What asks for a confirmation: until when, how many have, and the button for it.
pub fn confirmation(
    ctx: Ctx,
    message: &Arc<Message>,
    confirmation: &Confirmation,
    head: Head,
    content: AnyView,
    meta: AnyView,
) -> AnyView {
    let title = match confirmation.by {
        Some(by) => t!("confirm-needed-by", time = times::at(by.0)),
        None => t!("confirm-needed"),
    };
    view! {
        <div class="card-head">
            <Icon name="assignment-turned-in-outline" />
            <span>{title}</span>
        </div>
        <div class="card-bubble__body">
            <div>{move || head()} {content}</div>
            {progress(ctx, message, confirmation, false)}
            <div class="card-meta">{meta}</div>
        </div>
    }
    .into_any()
}

/// How many have, how long is left, and one's own part in it.
fn progress(ctx: Ctx, message: &Arc<Message>, confirmation: &Confirmation, alarm: bool) -> AnyView {
    let Confirmation { by, own, confirmed, of } = confirmation.clone();
    let share = if of == 0 {
        0.0
    } else {
        f64::from(confirmed.min(of)) * 100.0 / f64::from(of)
    };
    let count = t!("confirmed-of", count = confirmed, of = of);
    let id = message.id;
    let details = {
        let message = Arc::clone(message);
        move |_| ctx.over.set(Some(Over::Reach(Arc::clone(&message))))
    };
    let own_part = if message.own {
        view! {
            <button class="button button--second button-wide" on:click=details>
                <Icon name="group-outline" />
                {t!("who-confirmed")}
            </button>
        }
        .into_any()
    } else if let Some(time) = own {
        view! {
            <p class="confirmed"><Icon name="check-circle" /><span>{t!("you-confirmed-at", time = times::at(time.0))}</span></p>
        }
        .into_any()
    } else {
        let confirm = move |_| ctx.send(DraftContent::Confirm { to: id, note: None });
        let class = if alarm {
            "button button--danger button-wide"
        } else {
            "button button--main button-wide"
        };
        view! { <button class=class on:click=confirm><Icon name="check" />{t!("message-confirm")}</button> }.into_any()
    };
    view! {
        <div class="card-count">
            <b>{count.clone()}</b>
            {by.map(left)}
        </div>
        <div class="progress" role="progressbar" aria-label=count aria-valuemin="0" aria-valuemax=of aria-valuenow=confirmed>
            <i style:width=format!("{share}%")></i>
        </div>
        {own_part}
    }
    .into_any()
}

/// "13 minutes left", said anew as time goes.
fn left(by: Time) -> impl IntoView {
    let now = RwSignal::new(times::now());
    if let Ok(ticking) = set_interval_with_handle(
        move || {
            let _ = now.try_set(times::now());
        },
        TICK,
    ) {
        on_cleanup(move || ticking.clear());
    }
    view! { <span class="muted">{move || left_words(by, now.get())}</span> }
}

fn left_words(by: Time, now: u64) -> String {
    match by.0.checked_sub(now) {
        None => t!("confirm-deadline-over"),
        Some(left) if left < 60 * 60_000 => t!("minutes-left", count = left / 60_000 + 1),
        Some(left) if left < 48 * 60 * 60_000 => t!("hours-left", count = left / (60 * 60_000)),
        Some(left) => t!("days-left", count = left / (24 * 60 * 60_000)),
    }
}

/// How urgent, in a word.
#[must_use]
pub fn urgency_word(urgency: Urgency) -> String {
    match urgency {
        Urgency::Notice => t!("urgency-notice"),
        Urgency::Urgent => t!("urgency-urgent"),
        Urgency::Emergency => t!("urgency-emergency"),
    }
}

/// An alarm, as it stands in the chat afterwards.
pub fn alarm(ctx: Ctx, message: &Arc<Message>, head: Head, meta: AnyView) -> AnyView {
    let Body::Alarm {
        urgency,
        text,
        on_duty,
        over,
    } = &message.body
    else {
        return ().into_any();
    };
    let (class, icon, title) = if *over {
        ("card-head card-head--over", "check-circle", t!("alarm-over"))
    } else {
        let title = t!("alarm-title", urgency = urgency_word(*urgency));
        ("card-head card-head--alarm", "e911-emergency", title)
    };
    let on_duty = *on_duty;
    let part = message
        .confirmation
        .as_ref()
        .map(|confirmation| progress(ctx, message, confirmation, true));
    view! {
        <div class=class>
            <Icon name=icon />
            <span>{title}</span>
        </div>
        <div class="card-bubble__body">
            <div>
                {move || head()}
                <p class="bubble__text alarm-text">{text.clone()}</p>
                {on_duty.then(|| view! { <p class="small muted">{t!("alarm-on-duty")}</p> })}
            </div>
            {part}
            <div class="card-meta">{meta}</div>
        </div>
    }
    .into_any()
}

/// A form that was filled in.
pub fn report(title: &str, fields: &[(String, String)], attached: AnyView, head: Head, meta: AnyView) -> AnyView {
    let gist = fields
        .iter()
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty() && value.chars().count() < 40)
        .take(2)
        .collect::<Vec<_>>()
        .join(" · ");
    let lines = fields
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <dt>{name.clone()}</dt><dd>{value.clone()}</dd> })
        .collect_view();
    view! {
        <div class="card-bubble__body">
            {move || head()}
            <div class="report-head">
                <span class="file__icon"><Icon name="receipt-long-outline" /></span>
                <div class="grow">
                    <div class="strong">{title.to_owned()}</div>
                    <div class="small">{gist}</div>
                </div>
            </div>
            <details class="report-details">
                <summary>{t!("report-details")}</summary>
                <dl>{lines}</dl>
            </details>
            <div class="evidence-grid">{attached}</div>
            <div class="card-meta">{meta}</div>
        </div>
    }
    .into_any()
}

/// Somebody's card.
pub fn contact(name: &str, account: Option<AccountId>, details: &[String]) -> AnyView {
    let app = app();
    let hue = account.map_or(0, |account| avatar::hue(account.as_bytes()));
    let more = details.join(" · ");
    let inner = view! {
        <Avatar name=name.to_owned() hue size=44 />
        <span class="grow">
            <span class="strong">{name.to_owned()}</span>
            {(!more.is_empty()).then(|| view! { <span class="small contact-more">{more.clone()}</span> })}
        </span>
    };
    match account {
        None => view! { <div class="file">{inner}</div> }.into_any(),
        Some(account) => {
            let to = Route::Contact(account);
            view! {
                <a class="file file--link" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                    {inner}
                    <Icon name="chevron-right" />
                </a>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_fitting_units() {
        melder_kit::texts::load(
            melder_kit::texts::Language::De,
            include_str!("../../../../../locales/de/app-chat.ftl").to_owned(),
        );
        let minute = 60_000;
        assert_eq!(left_words(Time(13 * minute - 1), 0), "noch 13 Min.");
        assert_eq!(left_words(Time(120 * minute), 0), "noch 2 Std.");
        assert_eq!(left_words(Time(72 * 60 * minute), 0), "noch 3 Tage");
        assert_eq!(left_words(Time(1), 2), "Frist vorbei");
    }
}
