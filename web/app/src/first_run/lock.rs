// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The lock: PIN, wrong tries with their wait, what to do without the PIN; and what locks by itself after a while without
//! anybody at the screen.

use std::cell::Cell;

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, PinPad, dom, t, times, toast};
use melder_port::ask::Pin;
use melder_port::view::Lock;
use melder_port::{Answer, Ask, Failure, News};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::alarm::LockedAlarm;
use crate::fetch;
use crate::first_run::choose_pin::count_word;
use crate::first_run::frame::Brand;
use crate::first_run::passkey::UnlockByPasskey;
use crate::state::{act, act_then, app, on_news, say};

/// Where the person's choice is kept: minutes, 0 for never by itself.
const LOCK_AFTER: &str = "melder.lock-after";
/// When somebody last did something, in any tab.
const ACTIVE: &str = "melder.active";
const DEFAULT_MINUTES: u32 = 15;
/// How often it is looked at the clock, and how often a tab tells the others.
const LOOK_MS: u64 = 10_000;

/// What can be chosen.
pub const CHOICES: [u32; 6] = [1, 5, 15, 30, 60, 0];

/// After how many minutes this browser locks, at the latest when the policy says; 0: never by itself.
#[must_use]
pub fn lock_after(policy: Option<u16>) -> u32 {
    let chosen = dom::remembered(LOCK_AFTER)
        .and_then(|text| text.parse().ok())
        .filter(|minutes| CHOICES.contains(minutes))
        .unwrap_or(DEFAULT_MINUTES);
    capped(chosen, policy)
}

/// What of a choice the policy leaves.
#[must_use]
pub fn capped(chosen: u32, policy: Option<u16>) -> u32 {
    match policy.map(u32::from) {
        Some(most) if chosen == 0 || chosen > most => most.max(1),
        _ => chosen,
    }
}

pub fn set_lock_after(minutes: u32) {
    dom::remember(LOCK_AFTER, &minutes.to_string());
}

/// What is known about tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tries {
    wrong: u32,
    left: Option<u32>,
    /// The next one is taken at this time.
    at: u64,
}

impl Tries {
    fn of(lock: Option<&Lock>) -> Self {
        match lock {
            Some(Lock::Locked {
                wrong_tries,
                wait_ms,
                left,
                ..
            }) => Self {
                wrong: *wrong_tries,
                left: *left,
                at: times::now() + wait_ms,
            },
            _ => Self::default(),
        }
    }
}

#[component]
pub fn LockScreen() -> impl IntoView {
    let app = app();
    let value = RwSignal::new(String::new());
    let tries = RwSignal::new(app.lock.with_untracked(|lock| Tries::of(lock.as_ref())));
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let forgot = RwSignal::new(false);
    let alarm = Memo::new(move |_| {
        app.lock
            .with(|lock| matches!(lock, Some(Lock::Locked { alarm: true, .. })))
    });
    // Another tab may have tried, too.
    Effect::new(move |before: Option<()>| {
        let fresh = app.lock.with(|lock| Tries::of(lock.as_ref()));
        if before.is_some() {
            tries.set(fresh);
        }
    });
    let wait = wait_clock(tries);
    let full = Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        if wait.get_untracked() > 0 {
            trouble.set(Some(t!("lock-wait-first")));
            value.set(String::new());
            return;
        }
        busy.set(true);
        trouble.set(None);
        let pin = Pin(value.get_untracked());
        spawn_local(async move {
            match fetch!(Ask::Unlock(pin) => Answer::Lock) {
                Ok(lock) => {
                    active_now(times::now());
                    app.enter(lock);
                }
                // The policy's last try: the worker has deleted everything.
                Err(Failure::WrongPin { left: Some(0), .. }) => {
                    toast(t!("lock-wiped"));
                    if let Ok(lock) = fetch!(Ask::Standing => Answer::Lock) {
                        app.enter(lock);
                    }
                }
                Err(Failure::WrongPin { left, wait_ms }) => {
                    let _ = tries.try_update(|tries| {
                        *tries = Tries {
                            wrong: tries.wrong + 1,
                            left,
                            at: times::now() + wait_ms,
                        };
                    });
                    let _ = trouble.try_update(|trouble| *trouble = Some(t!("lock-wrong")));
                }
                Err(failure) => {
                    let _ = trouble.try_update(|trouble| *trouble = Some(say(&failure)));
                }
            }
            let _ = value.try_update(String::clear);
            let _ = busy.try_update(|busy| *busy = false);
        });
    });
    dom::focus_soon(".pin__field");
    view! {
        <main class="first first--lock" id="main">
            <header class="first__head"><Brand /></header>
            {move || alarm.get().then(|| view! { <AlarmWaits /> })}
            <h1 class="first__title first__title--middle" id="first-title" tabindex="-1">{t!("lock-title")}</h1>
            <PinPad
                value
                label=t!("lock-label")
                delete_label=t!("pin-delete-digit")
                count_word
                full
                invalid=Signal::derive(move || trouble.get().is_some())
                described_by="lock-remark"
            >
                <p class="pin__remark" id="lock-remark" role="alert">
                    {move || remark(busy.get(), trouble.get(), tries.get(), wait.get())}
                </p>
            </PinPad>
            <div class="first__foot">
                <UnlockByPasskey />
                <button class="button button--plain button-wide" on:click=move |_| forgot.set(true)>{t!("lock-forgot")}</button>
            </div>
        </main>
        <Forgot open=forgot />
        <LockedAlarm waits=alarm />
    }
}

/// Milliseconds until the next try is taken, counted down while there is something to count.
fn wait_clock(tries: RwSignal<Tries>) -> RwSignal<u64> {
    let left = move || tries.with_untracked(|tries| tries.at.saturating_sub(times::now()));
    let wait = RwSignal::new(left());
    melder_kit::dom::effect(move || {
        tries.track();
        wait.set(left());
    });
    if let Ok(clock) = set_interval_with_handle(
        move || {
            if wait.get_untracked() > 0 {
                wait.set(left());
            }
        },
        std::time::Duration::from_millis(500),
    ) {
        on_cleanup(move || clock.clear());
    }
    wait
}

fn remark(busy: bool, trouble: Option<String>, tries: Tries, wait: u64) -> AnyView {
    if busy {
        return view! { <span class="pin__busy"><melder_kit::Busy />{t!("lock-opening")}</span> }.into_any();
    }
    let Some(text) = trouble.or_else(|| (wait > 0).then(|| t!("lock-wrong-before", count = tries.wrong))) else {
        return view! { <span class="muted">{t!("lock-lead")}</span> }.into_any();
    };
    view! {
        <Icon name="error" class="icon icon--danger" />
        <span>
            {text}
            " "
            {(wait > 0)
                .then(|| {
                    // The countdown is not read out every second.
                    view! { <span aria-live="off">{t!("lock-wait", time = times::duration(wait.div_ceil(1000) * 1000))}" "</span> }
                })}
            {tries.left.map(|left| view! { <strong>{t!("lock-left", count = left)}</strong> })}
        </span>
    }
    .into_any()
}

/// Known without the PIN: that there is one, not what it says.
#[component]
fn AlarmWaits() -> impl IntoView {
    view! {
        <div class="lock-alarm on-blue" role="alert">
            <Icon name="e911-emergency-outline" />
            <div>
                <p class="lock-alarm__word">{t!("lock-alarm")}</p>
                <p>{t!("lock-alarm-detail")}</p>
            </div>
        </div>
    }
}

/// What helps without the PIN. The PIN itself comes back from nowhere.
#[component]
fn Forgot(open: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let sure = RwSignal::new(false);
    melder_kit::dom::effect(move || {
        if !open.get() {
            sure.set(false);
        }
    });
    let wipe = move || {
        act_then(Ask::WipeDevice, move |answer| {
            open.set(false);
            if let Answer::Lock(lock) = answer {
                app.enter(lock);
            }
        });
    };
    view! {
        <Dialog open title=t!("lock-forgot") close_label=t!("close")>
            <p>{t!("forgot-lead")}</p>
            <ul class="bullets">
                <li>{t!("forgot-recovery")}</li>
                <li>{t!("forgot-device")}</li>
                <li>{t!("forgot-office")}</li>
            </ul>
            <p>{t!("forgot-first-wipe")}</p>
            {move || {
                if sure.get() {
                    view! {
                        <div class="notice notice--danger" role="alert">
                            <Icon name="warning" />
                            <p class="grow">{t!("wipe-consequence")}</p>
                        </div>
                        <div class="actions">
                            <button class="button button--plain" on:click=move |_| sure.set(false)>{t!("cancel")}</button>
                            <button class="button button--danger" on:click=move |_| wipe()>{t!("wipe-now")}</button>
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <div class="actions">
                            <button class="button button--plain" on:click=move |_| open.set(false)>{t!("forgot-try-again")}</button>
                            <button class="button button--second-danger" on:click=move |_| sure.set(true)>{t!("wipe-device")}</button>
                        </div>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

thread_local! {
    static TOLD: Cell<u64> = const { Cell::new(0) };
}

/// Somebody is here: remembered for all tabs, but not with each key.
fn active() {
    let now = times::now();
    if TOLD.with(Cell::get) + LOOK_MS / 2 < now {
        TOLD.with(|told| told.set(now));
        dom::remember(ACTIVE, &now.to_string());
    }
}

/// Whoever unlocks is here.
pub fn active_now(now: u64) {
    dom::remember(ACTIVE, &now.to_string());
}

/// Has nobody been here for that long?
const fn is_over(now: u64, last: u64, minutes: u32) -> bool {
    // A clock that was put back must not keep it open: a time in the future counts as now long ago.
    minutes > 0 && (now.saturating_sub(last) >= minutes as u64 * 60_000 || last > now + 60_000)
}

/// Locks after the chosen time without anybody at the screen, also while the page is hidden.
#[component]
pub fn AutoLock() -> impl IntoView {
    let app = app();
    active();
    let most = RwSignal::new(None::<u16>);
    let read_policy = move || {
        spawn_local(async move {
            if let Ok(policy) = fetch!(Ask::Policy => Answer::Policy) {
                most.set(policy.and_then(|policy| policy.lock_after_minutes));
            }
        });
    };
    melder_kit::dom::effect(move || {
        if app.lock.with(|lock| matches!(lock, Some(Lock::Open(_)))) {
            read_policy();
        }
    });
    on_news(move |news| {
        if matches!(news, News::Own) {
            read_policy();
        }
    });
    let listen = |name: &str| {
        let seen = Closure::<dyn Fn()>::new(active);
        let _ = dom::window().add_event_listener_with_callback(name, seen.as_ref().unchecked_ref());
        seen.forget();
    };
    for name in ["pointerdown", "keydown", "wheel", "touchstart"] {
        listen(name);
    }
    let look = move || {
        let open = app.lock.with_untracked(|lock| matches!(lock, Some(Lock::Open(_))));
        if !open || app.arriving.get_untracked() {
            return;
        }
        let last = dom::remembered(ACTIVE).and_then(|text| text.parse().ok());
        let last = last.unwrap_or_else(|| TOLD.with(Cell::get));
        if is_over(times::now(), last, lock_after(most.get_untracked())) {
            act(Ask::LockNow);
        }
    };
    // A hidden page's timers sleep: it is looked at once it is seen again, before anybody can read.
    let shown = Closure::<dyn Fn()>::new(look);
    let _ = dom::document().add_event_listener_with_callback("visibilitychange", shown.as_ref().unchecked_ref());
    shown.forget();
    set_interval(look, std::time::Duration::from_millis(LOOK_MS));
}

#[cfg(test)]
mod tests {
    use super::{capped, is_over};

    #[test]
    fn the_policy_has_the_last_word() {
        assert_eq!(capped(15, None), 15);
        assert_eq!(capped(0, None), 0);
        assert_eq!(capped(15, Some(5)), 5);
        assert_eq!(capped(1, Some(5)), 1);
        assert_eq!(capped(0, Some(5)), 5);
    }

    #[test]
    fn it_locks_after_the_chosen_time_only() {
        const MINUTE: u64 = 60_000;
        assert!(!is_over(14 * MINUTE, 0, 15));
        assert!(is_over(15 * MINUTE, 0, 15));
        assert!(!is_over(900 * MINUTE, 0, 0));
        assert!(is_over(MINUTE, 9 * MINUTE, 15));
    }
}
