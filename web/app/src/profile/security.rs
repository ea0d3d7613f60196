// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! PIN, automatic lock, recovery code, the organisation's fingerprint, and deleting what is on this device.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, PinPad, dom, t, times, toast};
use melder_port::ask::Pin;
use melder_port::view::Policy;
use melder_port::{Answer, Ask, Failure};

use crate::first_run::choose_pin::{ChoosePin, count_word};
use crate::first_run::{CHOICES, capped, lock_after, set_lock_after};
use crate::profile::PaneBar;
use crate::profile::devices::{Recovery, read_devices};
use crate::profile::pane::Organisation;
use crate::profile::passkey::PasskeyLine;
use crate::state::{act, act_then, app, say};
use crate::{fetch, port};

#[component]
pub fn SecurityPane() -> impl IntoView {
    let app = app();
    let devices = read_devices();
    let pin = RwSignal::new(false);
    let wipe = RwSignal::new(false);
    let has_code = Memo::new(move |_| {
        devices.with(|devices| match devices {
            Some(Ok(devices)) => Some(devices.iter().any(|device| device.recovery)),
            _ => None,
        })
    });
    let organisation = Memo::new(move |_| {
        app.own.with(|own| {
            own.as_ref().map(|own| {
                (
                    own.organisation_name.clone(),
                    own.server.clone(),
                    own.organisation_fingerprint.clone(),
                )
            })
        })
    });
    view! {
        <PaneBar title=t!("security-title") />
        <div class="page">
            <div class="page__inner">
                <div class="panel lines">
                    <button class="line" on:click=move |_| pin.set(true)>
                        <Icon name="password" />
                        <span class="grow">
                            <span class="strong line__word">{t!("pin-change")}</span>
                            <span class="small muted line__word">{t!("pin-change-detail")}</span>
                        </span>
                        <Icon name="chevron-right" />
                    </button>
                    <PasskeyLine />
                    <LockAfter />
                    <button class="line" on:click=move |_| act(Ask::LockNow)>
                        <Icon name="lock-outline" />
                        <span class="grow strong">{t!("profile-lock")}</span>
                    </button>
                </div>
                {move || has_code.get().map(|has_code| view! { <Recovery has_code devices /> })}
                {move || {
                    organisation
                        .get()
                        .map(|(name, server, fingerprint)| view! { <Organisation name server fingerprint /> })
                }}
                <div class="panel">
                    <button class="line line--danger" on:click=move |_| wipe.set(true)>
                        <Icon name="phonelink-erase" />
                        <span class="grow">
                            <span class="strong line__word">{t!("wipe-device")}</span>
                            <span class="small muted line__word">{t!("wipe-device-detail")}</span>
                        </span>
                    </button>
                </div>
            </div>
        </div>
        <ChangePin open=pin />
        <Wipe open=wipe />
    }
}

fn minutes_word(minutes: u32) -> String {
    if minutes == 0 {
        t!("lock-never")
    } else {
        t!("lock-minutes", count = minutes)
    }
}

#[component]
fn LockAfter() -> impl IntoView {
    let policy = RwSignal::new(None::<Policy>);
    spawn_local(async move {
        if let Ok(found) = fetch!(Ask::Policy => Answer::Policy) {
            let _ = policy.try_update(|policy| *policy = found);
        }
    });
    move || {
        let policy = policy.get();
        let most = policy.as_ref().and_then(|policy| policy.lock_after_minutes);
        let wipe = policy.and_then(|policy| policy.wipe_after);
        lock_after_line(most, wipe)
    }
}

/// The choices that the policy leaves, and what it says.
fn lock_after_line(most: Option<u16>, wipe: Option<u8>) -> impl IntoView {
    let now = lock_after(most);
    let mut choices: Vec<u32> = CHOICES
        .into_iter()
        .filter(|minutes| capped(*minutes, most) == *minutes)
        .collect();
    if !choices.contains(&now) {
        choices.push(now);
    }
    let detail = match most {
        Some(most) => t!("lock-after-policy", count = most),
        None => t!("lock-after-detail"),
    };
    view! {
        <div class="line line--field">
            <Icon name="timer-outline" />
            <label class="grow" for="lock-after">
                <span class="strong line__word">{t!("lock-after")}</span>
                <span class="small muted line__word">{detail}</span>
            </label>
            <select
                class="input select"
                id="lock-after"
                on:change=move |event| {
                    if let Ok(minutes) = event_target_value(&event).parse() {
                        set_lock_after(minutes);
                    }
                }
            >
                {choices
                    .into_iter()
                    .map(|minutes| {
                        view! {
                            <option value=minutes.to_string() selected=minutes == now>
                                {minutes_word(minutes)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
        {wipe
            .map(|count| {
                view! {
                    <div class="line">
                        <Icon name="shield-lock-outline" />
                        <span class="grow small muted">{t!("wipe-after", count = u16::from(count))}</span>
                    </div>
                }
            })}
    }
}

/// The old one, then a new one twice.
#[component]
fn ChangePin(open: RwSignal<bool>) -> impl IntoView {
    let old = RwSignal::new(String::new());
    let known = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let reset = move || {
        old.set(String::new());
        known.set(false);
    };
    melder_kit::dom::effect(move || {
        reset();
        trouble.set(None);
        if open.get() {
            dom::focus_soon(".dialog .pin__field");
        }
    });
    let full = Callback::new(move |()| {
        trouble.set(None);
        known.set(true);
        dom::focus_soon(".dialog .pin__field");
    });
    let chosen = Callback::new(move |new: String| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let ask = Ask::ChangePin {
            old: Pin(old.get_untracked()),
            new: Pin(new),
        };
        spawn_local(async move {
            match port::ask(ask).await {
                Ok(_) => {
                    open.set(false);
                    toast(t!("pin-changed"));
                }
                Err(Failure::WrongPin { wait_ms, .. }) => {
                    reset();
                    trouble.set(Some(if wait_ms > 0 {
                        t!("pin-old-wrong-wait", time = times::duration(wait_ms))
                    } else {
                        t!("pin-old-wrong")
                    }));
                    dom::focus_soon(".dialog .pin__field");
                }
                Err(failure) => {
                    reset();
                    trouble.set(Some(say(&failure)));
                }
            }
            busy.set(false);
        });
    });
    view! {
        <Dialog open title=t!("pin-change") close_label=t!("close")>
            {move || match (busy.get(), known.get()) {
                (true, _) => view! { <p role="status" class="pin__busy"><melder_kit::Busy />{t!("pin-changing")}</p> }.into_any(),
                (false, true) => view! { <ChoosePin chosen /> }.into_any(),
                (false, false) => {
                    view! {
                        <p class="pin__prompt strong">{t!("pin-old")}</p>
                        <PinPad
                            value=old
                            label=t!("pin-old")
                            delete_label=t!("pin-delete-digit")
                            count_word
                            full
                            invalid=Signal::derive(move || trouble.get().is_some())
                            described_by="pin-old-remark"
                        >
                            <p class="pin__remark" id="pin-old-remark" role="alert">
                                {move || trouble.get().map(|text| view! { <Icon name="error" class="icon icon--danger" /><span>{text}</span> })}
                            </p>
                        </PinPad>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

#[component]
fn Wipe(open: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let wipe = move || {
        act_then(Ask::WipeDevice, move |answer| {
            open.set(false);
            if let Answer::Lock(lock) = answer {
                app.enter(lock);
            }
        });
    };
    view! {
        <Dialog open title=t!("wipe-device") close_label=t!("close")>
            <p>{t!("wipe-consequence")}</p>
            <p class="muted">{t!("wipe-before")}</p>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--danger" on:click=move |_| wipe()>{t!("wipe-now")}</button>
            </div>
        </Dialog>
    }
}
