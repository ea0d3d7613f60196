// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Does a notification arrive? Each link of the chain by itself, what is wrong with it, and how to mend it; then a test that
//! goes all the way. Quiet hours.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, Switch, dom, t, toast};
use melder_port::ask::QuietTimes;
use melder_port::view::Notifications;
use melder_port::{Answer, Ask, Failure};

use crate::profile::PaneBar;
use crate::profile::push::{self, Permission, PushTrouble, RENEWED};
use crate::state::{act, app, say};
use crate::{fetch, port};

/// A new account's suggestion: 22:00 to 06:00, every day.
const NIGHT: QuietTimes = QuietTimes {
    from: 22 * 60,
    to: 6 * 60,
    days: 0b111_1111,
};

/// What is known.
#[derive(Debug, Clone, PartialEq)]
struct Standing {
    permission: Permission,
    worker: bool,
    subscription: bool,
    server: Result<Notifications, Failure>,
}

impl Standing {
    fn server_has_push(&self) -> bool {
        self.server.as_ref().is_ok_and(|about| about.server_key.is_some())
    }

    fn registered(&self) -> bool {
        self.subscription && self.server.as_ref().is_ok_and(|about| about.subscribed)
    }

    fn complete(&self) -> bool {
        self.permission == Permission::Granted && self.worker && self.server_has_push() && self.registered()
    }
}

async fn standing() -> Standing {
    Standing {
        permission: push::permission(),
        worker: push::has_worker().await,
        subscription: push::has_subscription().await,
        server: fetch!(Ask::Notifications => Answer::Notifications),
    }
}

/// So long the test waits for what the server sent.
const PATIENCE_MS: i32 = 20_000;

/// How far the test is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Idle,
    Sending,
    /// The push service took it: on its way to the service worker.
    Sent,
    Arrived,
    Missing,
    /// What went wrong, and whether registering anew may help.
    Failed(String, bool),
}

#[component]
pub fn NotificationsPane() -> impl IntoView {
    let known = RwSignal::new(None::<Standing>);
    let test = RwSignal::new(Test::Idle);
    let look = move || {
        spawn_local(async move {
            let found = standing().await;
            let _ = known.try_update(|known| *known = Some(found));
        });
    };
    look();
    let renewed = window_event_listener_untyped(RENEWED, move |_| look());
    on_cleanup(move || renewed.remove());
    view! {
        <PaneBar title=t!("notifications-title") />
        <div class="page">
            <div class="page__inner">
                {move || match known.get() {
                    None => view! { <div class="skeleton skeleton--card" aria-hidden="true"></div> }.into_any(),
                    Some(standing) => {
                        let complete = standing.complete();
                        view! {
                            <Chain standing look=Callback::new(move |()| look()) />
                            {complete.then(|| view! { <SelfTest test look=Callback::new(move |()| look()) /> })}
                        }
                            .into_any()
                    }
                }}
                <QuietHours />
                <p class="small muted">{t!("push-private")}</p>
            </div>
        </div>
    }
}

/// One link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Good,
    Bad,
    /// Not reached: something before it is missing.
    Later,
}

fn link(state: Link, word: String, detail: Option<String>, mend: Option<AnyView>) -> impl IntoView {
    let (icon, class, said) = match state {
        Link::Good => ("check-circle", "icon icon--success", t!("check-good")),
        Link::Bad => ("error", "icon icon--danger", t!("check-bad")),
        Link::Later => ("radio-button-unchecked", "icon icon--muted", t!("check-later")),
    };
    view! {
        <li class="check">
            <Icon name=icon class />
            <div class="grow stack">
                <div>
                    <p class="strong"><span class="kern-sr-only">{said} " "</span>{word}</p>
                    {detail.map(|detail| view! { <p class="small muted">{detail}</p> })}
                </div>
                {mend}
            </div>
        </li>
    }
}

#[component]
fn Chain(standing: Standing, look: Callback<()>) -> impl IntoView {
    let title = if standing.complete() {
        t!("push-all-good")
    } else {
        t!("push-not-yet")
    };
    let able = standing.permission != Permission::Unsupported;
    let allowed = standing.permission == Permission::Granted;
    let state = |good: bool, before: bool| match (good, before) {
        (true, _) => Link::Good,
        (false, true) => Link::Bad,
        (false, false) => Link::Later,
    };
    let has_push = standing.server_has_push();
    let ready = allowed && standing.worker && has_push;
    view! {
        <section aria-labelledby="push-chain">
            <h2 id="push-chain">{title}</h2>
            <ol class="panel lines checks">
                {link(state(able, true), t!("check-browser"), (!able).then(unable), None)}
                {link(
                    state(allowed, able),
                    t!("check-allowed"),
                    permission_detail(standing.permission),
                    (standing.permission == Permission::Open).then(|| allow_button(look)),
                )}
                {link(state(standing.worker, able), t!("check-worker"), (able && !standing.worker).then(|| t!("check-worker-bad")), None)}
                {link(state(has_push, true), t!("check-server"), server_detail(&standing.server), None)}
                {link(
                    state(standing.registered(), ready),
                    t!("check-registered"),
                    (ready && !standing.registered()).then(|| t!("check-registered-bad")),
                    (ready && !standing.registered()).then(|| view! { <Register look /> }.into_any()),
                )}
            </ol>
        </section>
    }
}

fn unable() -> String {
    if push::needs_install() {
        t!("check-browser-install")
    } else {
        t!("check-browser-bad")
    }
}

fn permission_detail(permission: Permission) -> Option<String> {
    match permission {
        Permission::Open => Some(t!("check-allowed-open")),
        Permission::Denied => Some(t!("check-allowed-denied")),
        Permission::Granted | Permission::Unsupported => None,
    }
}

fn server_detail(server: &Result<Notifications, Failure>) -> Option<String> {
    match server {
        Ok(about) if about.server_key.is_some() => None,
        Ok(_) => Some(t!("check-server-none")),
        Err(failure) => Some(say(failure)),
    }
}

fn allow_button(look: Callback<()>) -> AnyView {
    view! {
        <button class="button button--main" on:click=move |_| push::allow(move |_| look.run(()))>{t!("push-allow")}</button>
    }
    .into_any()
}

/// Subscribes anew.
#[component]
fn Register(look: Callback<()>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let register = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            if let Err(trouble) = push::subscribe().await {
                toast(match trouble {
                    PushTrouble::NotAllowed => t!("check-allowed-denied"),
                    PushTrouble::NoWorker => t!("check-worker-bad"),
                    PushTrouble::NoServer => t!("check-server-none"),
                    PushTrouble::Refused => t!("check-push-service"),
                    PushTrouble::Failed(failure) => say(&failure),
                });
            }
            let _ = busy.try_update(|busy| *busy = false);
            look.run(());
        });
    };
    view! {
        <button class="button button--main" on:click=move |_| register()>
            {move || busy.get().then(|| view! { <Busy /> })}
            {t!("check-register")}
        </button>
    }
}

/// What came of asking the server for a push.
fn asked(outcome: Result<Answer, Failure>) -> Test {
    match outcome {
        Ok(_) => Test::Sent,
        Err(Failure::Refused(code)) => match code.as_str() {
            "no_push" => Test::Failed(t!("check-registered-bad"), true),
            "push_gone" => Test::Failed(t!("test-gone"), true),
            "push_failed" => Test::Failed(t!("test-unreachable"), false),
            "rate_limited" => Test::Failed(t!("test-too-soon"), false),
            _ => Test::Failed(say(&Failure::Refused(code)), false),
        },
        Err(failure) => Test::Failed(say(&failure), false),
    }
}

#[component]
fn SelfTest(test: RwSignal<Test>, look: Callback<()>) -> impl IntoView {
    // Each try has its own end.
    let tries = RwSignal::new(0_u32);
    let heard = window_event_listener_untyped("melder-push", move |event| {
        let reason = js_sys::Reflect::get(&event, &"detail".into())
            .and_then(|detail| js_sys::Reflect::get(&detail, &"reason".into()))
            .ok()
            .and_then(|reason| reason.as_string());
        // A service worker that could not ask what it was for says nothing.
        let is_ours = reason.is_none_or(|reason| reason == "test");
        if is_ours && matches!(test.get_untracked(), Test::Sending | Test::Sent) {
            test.set(Test::Arrived);
        }
    });
    on_cleanup(move || heard.remove());
    let send = move || {
        let this = tries.get_untracked() + 1;
        tries.set(this);
        test.set(Test::Sending);
        spawn_local(async move {
            let next = asked(port::ask(Ask::TestPush).await);
            // It may have come before the answer.
            if test.try_get_untracked() != Some(Test::Sending) {
                return;
            }
            if next == Test::Sent {
                dom::after(PATIENCE_MS, move || {
                    if tries.try_get_untracked() == Some(this) && test.try_get_untracked() == Some(Test::Sent) {
                        let _ = test.try_update(|test| *test = Test::Missing);
                    }
                });
            }
            let _ = test.try_update(|test| *test = next);
        });
    };
    let again = move || {
        view! { <button class="button button--second" on:click=move |_| send()>{t!("test-again")}</button> }
    };
    view! {
        <section class="offer-box" aria-labelledby="push-test">
            <Icon name="notifications-active-outline" />
            <div class="grow stack" aria-live="polite">
                <h2 class="offer-box__title" id="push-test">{t!("test-title")}</h2>
                {move || match test.get() {
                    Test::Idle => {
                        view! {
                            <p>{t!("test-lead")}</p>
                            <button class="button button--main" on:click=move |_| send()>{t!("test-send")}</button>
                        }
                            .into_any()
                    }
                    Test::Sending => view! { <p class="row"><Busy />{t!("test-sending")}</p> }.into_any(),
                    Test::Sent => view! { <p class="row"><Busy />{t!("test-sent")}</p> }.into_any(),
                    Test::Arrived => view! { <p>{t!("test-good")}</p> {again()} }.into_any(),
                    Test::Missing => {
                        view! {
                            <p>{t!("test-missing")}</p>
                            <ul class="bullets">
                                <li>{t!("test-missing-system")}</li>
                                <li>{t!("test-missing-focus")}</li>
                                <li>{t!("test-missing-battery")}</li>
                                <li>{t!("test-missing-browser")}</li>
                            </ul>
                            {again()}
                        }
                            .into_any()
                    }
                    Test::Failed(text, anew) => {
                        view! { <p>{text}</p> {anew.then(|| view! { <Register look /> })} {again()} }.into_any()
                    }
                }}
            </div>
        </section>
    }
}

/// "22:00"
fn clock_text(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn clock_minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// "Mo"; Monday is 0.
fn weekday(number: u16) -> String {
    match number {
        0 => t!("weekday-monday"),
        1 => t!("weekday-tuesday"),
        2 => t!("weekday-wednesday"),
        3 => t!("weekday-thursday"),
        4 => t!("weekday-friday"),
        5 => t!("weekday-saturday"),
        _ => t!("weekday-sunday"),
    }
}

#[component]
fn QuietHours() -> impl IntoView {
    let app = app();
    // What was pressed holds at once: the next press builds on it, before the engine has told of the first.
    let hours = RwSignal::new(None);
    melder_kit::dom::effect(move || hours.set(app.own.with(|own| own.as_ref().and_then(|own| own.quiet_hours))));
    let set = move |new: Option<QuietTimes>| {
        hours.set(new);
        act(Ask::SetQuietHours(new));
    };
    let change = move |change: fn(&mut QuietTimes, u16), value: u16| {
        let mut new = hours.get_untracked().unwrap_or(NIGHT);
        change(&mut new, value);
        set(Some(new));
    };
    let on = Signal::derive(move || hours.get().is_some());
    let field = move |id: &'static str, label: String, pick: fn(&QuietTimes) -> u16, put: fn(&mut QuietTimes, u16)| {
        view! {
            <div class="field grow">
                <label for=id>{label}</label>
                <input
                    class="input"
                    id=id
                    type="time"
                    prop:value=move || clock_text(pick(&hours.get().unwrap_or(NIGHT)))
                    on:change=move |event| {
                        if let Some(minutes) = clock_minutes(&event_target_value(&event)) {
                            change(put, minutes);
                        }
                    }
                />
            </div>
        }
    };
    let day = move |number: u16| {
        let chosen = move || hours.get().unwrap_or(NIGHT).days & (1 << number) != 0;
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || if chosen() { "true" } else { "false" }
                on:click=move |_| change(|hours, number| hours.days ^= 1 << number, number)
            >
                {move || chosen().then(|| view! { <Icon name="check" class="icon--small" /> })}
                {weekday(number)}
            </button>
        }
    };
    view! {
        <section class="panel quiet" aria-labelledby="quiet-hours">
            <div class="row">
                <Icon name="bedtime-outline" />
                <div class="grow">
                    <h2 class="offer-box__title" id="quiet-hours">{t!("quiet-hours")}</h2>
                    <p class="small muted">{t!("quiet-hours-detail")}</p>
                </div>
                <Switch on label=t!("quiet-hours") set=move |on| set(on.then_some(NIGHT)) />
            </div>
            {move || {
                on.get()
                    .then(|| {
                        view! {
                            <div class="quiet__times">
                                {field("quiet-from", t!("quiet-from"), |hours| hours.from, |hours, value| hours.from = value)}
                                {field("quiet-to", t!("quiet-to"), |hours| hours.to, |hours, value| hours.to = value)}
                            </div>
                            <div class="chips chips--wrap" role="group" aria-label=t!("quiet-days")>{(0..7).map(day).collect_view()}</div>
                        }
                    })
            }}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_minutes_since_midnight() {
        assert_eq!(clock_minutes("22:00"), Some(22 * 60));
        assert_eq!(clock_minutes("06:30:00"), Some(390));
        assert_eq!(clock_minutes("24:00"), None);
        assert_eq!(clock_minutes(""), None);
        assert_eq!(clock_text(390), "06:30");
    }
}
