// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The account's devices: up to ten, all equal. Each can be named and removed; a recovery code stands in for all of them.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Dialog, Icon, Sheet, dom, t, times, toast};
use melder_port::view::Device;
use melder_port::{Answer, Ask, Failure, MAX_DEVICES, News};

use crate::profile::PaneBar;
use crate::profile::recovery::RecoveryCode;
use crate::route::{self, Route};
use crate::state::{app, on_news, say};
use crate::{fetch, port};

/// The devices, as far as they are known.
pub type Devices = RwSignal<Option<Result<Vec<Device>, Failure>>>;

/// Reads them, and reads them anew when something changed.
#[must_use]
pub fn read_devices() -> Devices {
    let devices: Devices = RwSignal::new(None);
    load(devices);
    on_news(move |news| {
        if matches!(news, News::Own | News::Connection(_)) {
            load(devices);
        }
    });
    devices
}

fn load(devices: Devices) {
    spawn_local(async move {
        let found = fetch!(Ask::Devices => Answer::Devices);
        let _ = devices.try_update(|devices| {
            // What was shown stays while there is no connection.
            let keep = found.is_err() && matches!(devices, Some(Ok(_)));
            if !keep {
                *devices = Some(found);
            }
        });
    });
}

/// What is done to one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Doing {
    Nothing,
    Choosing(Device),
    Renaming(Device),
    Removing(Device),
}

#[component]
pub fn DevicesPane() -> impl IntoView {
    let app = app();
    let devices = read_devices();
    let doing = RwSignal::new(Doing::Nothing);
    let lost = RwSignal::new(false);
    view! {
        <PaneBar title=t!("devices-title") />
        <div class="page">
            <div class="page__inner" aria-live="polite">
                {move || match devices.get() {
                    None => view! { <Loading /> }.into_any(),
                    Some(Err(failure)) => {
                        view! {
                            <div class="notice notice--danger">
                                <Icon name="error-outline" />
                                <div class="grow stack">
                                    <p>{say(&failure)}</p>
                                    <button class="button button--second" on:click=move |_| load(devices)>
                                        <Icon name="refresh" />
                                        {t!("try-again")}
                                    </button>
                                </div>
                            </div>
                        }
                            .into_any()
                    }
                    Some(Ok(all)) => {
                        let has_code = all.iter().any(|device| device.recovery);
                        let mut real: Vec<Device> = all.into_iter().filter(|device| !device.recovery).collect();
                        melder_kit::order::sort_by_key(&mut real, |device| (!device.this, core::cmp::Reverse(device.last_used.or(Some(device.added)))));
                        let count = real.len();
                        view! {
                            <Slots count />
                            <ul class="devices">
                                {real.into_iter().map(|device| row(device, doing)).collect_view()}
                            </ul>
                            <Recovery has_code devices />
                            <button class="line line--danger" on:click=move |_| lost.set(true)>
                                <Icon name="mobile-alert-outline" />
                                <span class="strong">{t!("device-lost")}</span>
                            </button>
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
        <footer class="pane-foot">
            <a
                class="button button--main button-wide"
                href=Route::LinkDevice.path()
                on:click=move |event| route::follow(&event, app.route, Route::LinkDevice)
            >
                <Icon name="qr-code-scanner" />
                {t!("device-link")}
            </a>
        </footer>
        <Choose doing />
        <Rename doing devices />
        <Remove doing devices />
        <Dialog open=lost title=t!("device-lost") close_label=t!("close")>
            <p>{t!("device-lost-text")}</p>
            <ul class="bullets">
                <li>{t!("device-lost-1")}</li>
                <li>{t!("device-lost-2")}</li>
                <li>{t!("device-lost-3")}</li>
            </ul>
            <div class="actions">
                <button class="button button--second" on:click=move |_| lost.set(false)>{t!("device-lost-list")}</button>
            </div>
        </Dialog>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="skeleton skeleton--card" aria-hidden="true"></div>
        <div class="skeleton skeleton--row" aria-hidden="true"></div>
        <div class="skeleton skeleton--row" aria-hidden="true"></div>
        <span class="kern-sr-only">{t!("first-wait")}</span>
    }
}

/// How many of the ten places are taken.
#[component]
fn Slots(count: usize) -> impl IntoView {
    let free = MAX_DEVICES.saturating_sub(count);
    view! {
        <section class="slots">
            <div class="row">
                <h2 class="grow slots__title">{t!("devices-count", count = count, of = MAX_DEVICES)}</h2>
                <span class="small muted">{t!("devices-free", count = free)}</span>
            </div>
            <div class="slots__bar" aria-hidden="true">
                {(0..MAX_DEVICES).map(|at| view! { <i data-taken=if at < count { "true" } else { "false" }></i> }).collect_view()}
            </div>
            <p class="small muted">{t!("devices-equal")}</p>
        </section>
    }
}

fn icon_of(name: &str) -> &'static str {
    let name = melder_kit::texts::lower(name);
    let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if any(&["ipad", "tablet"]) {
        "tablet-outline"
    } else if any(&["android", "iphone", "handy", "phone"]) {
        "mobile-outline"
    } else {
        "laptop-mac-outline"
    }
}

fn row(device: Device, doing: RwSignal<Doing>) -> impl IntoView {
    let chosen = device.clone();
    let menu = t!("device-menu", name = &device.name);
    let used = match device.last_used {
        _ if device.this => t!("device-added", date = times::long_date(device.added.0)),
        Some(time) => t!(
            "device-used",
            added = times::long_date(device.added.0),
            day = times::day(time.0)
        ),
        None => t!("device-added", date = times::long_date(device.added.0)),
    };
    view! {
        <li class="device">
            <span class="device__icon" aria-hidden="true"><Icon name=icon_of(&device.name) /></span>
            <span class="grow">
                <span class="strong line__word">{device.name}</span>
                <span class="small muted line__word">{used}</span>
                {device
                    .this
                    .then(|| view! { <span class="tag tag--success"><Icon name="check-circle" class="icon--small" />{t!("device-this")}</span> })}
            </span>
            <button class="icon-button" aria-label=menu.clone() title=menu aria-haspopup="dialog" on:click=move |_| doing.set(Doing::Choosing(chosen.clone()))>
                <Icon name="more-vert" />
            </button>
        </li>
    }
}

/// A dialog stands open while `doing` is of its kind; closing it ends the doing.
fn open_while(doing: RwSignal<Doing>, is: fn(&Doing) -> bool) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    melder_kit::dom::effect(move || {
        let now = doing.with(is);
        if open.get_untracked() != now {
            open.set(now);
        }
    });
    melder_kit::dom::effect(move || {
        if !open.get() && doing.with_untracked(is) {
            doing.set(Doing::Nothing);
        }
    });
    open
}

#[component]
fn Choose(doing: RwSignal<Doing>) -> impl IntoView {
    let open = open_while(doing, |doing| matches!(doing, Doing::Choosing(_)));
    let device = move || match doing.get_untracked() {
        Doing::Choosing(device) => Some(device),
        _ => None,
    };
    let title = Signal::derive(move || match doing.get() {
        Doing::Choosing(device) => device.name,
        _ => String::new(),
    });
    view! {
        <Sheet open title close_label=t!("close")>
            {device()
                .map(|device| {
                    let (rename, remove) = (device.clone(), device.clone());
                    view! {
                        <button class="line" on:click=move |_| doing.set(Doing::Renaming(rename.clone()))>
                            <Icon name="edit-outline" />
                            {t!("device-rename")}
                        </button>
                        {(!device.this)
                            .then(|| {
                                view! {
                                    <button class="line line--danger" on:click=move |_| doing.set(Doing::Removing(remove.clone()))>
                                        <Icon name="phonelink-erase" />
                                        {t!("device-remove")}
                                    </button>
                                }
                            })}
                    }
                })}
        </Sheet>
    }
}

#[component]
fn Rename(doing: RwSignal<Doing>, devices: Devices) -> impl IntoView {
    let open = open_while(doing, |doing| matches!(doing, Doing::Renaming(_)));
    let name = RwSignal::new(String::new());
    let empty = RwSignal::new(false);
    let busy = RwSignal::new(false);
    melder_kit::dom::effect(move || {
        if let Doing::Renaming(device) = doing.get() {
            name.set(device.name);
            empty.set(false);
            dom::focus_soon("#device-name");
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Doing::Renaming(device) = doing.get_untracked() else {
            return;
        };
        let new = name.get_untracked().trim().to_owned();
        empty.set(new.is_empty());
        if new.is_empty() || busy.get_untracked() {
            dom::focus("#device-name");
            return;
        }
        busy.set(true);
        let ask = Ask::RenameDevice {
            device: device.device,
            name: new,
        };
        run(ask, doing, devices, busy, |_| t!("device-renamed"));
    };
    view! {
        <Dialog open title=t!("device-rename") close_label=t!("close")>
            <form class="stack" on:submit=submit novalidate>
                <div class="field">
                    <label for="device-name">{t!("first-device")}</label>
                    <input
                        class="input"
                        id="device-name"
                        maxlength="120"
                        autocomplete="off"
                        aria-invalid=move || if empty.get() { "true" } else { "false" }
                        aria-describedby="device-name-error"
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                    <p class="field__error" id="device-name-error" role="alert">
                        {move || empty.get().then(|| t!("first-device-empty"))}
                    </p>
                </div>
                <div class="actions">
                    <button type="button" class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                    <button class="button button--main">
                        {move || busy.get().then(|| view! { <Busy /> })}
                        {t!("save")}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Remove(doing: RwSignal<Doing>, devices: Devices) -> impl IntoView {
    let open = open_while(doing, |doing| matches!(doing, Doing::Removing(_)));
    let busy = RwSignal::new(false);
    let name = move || match doing.get() {
        Doing::Removing(device) => device.name,
        _ => String::new(),
    };
    let remove = move || {
        let Doing::Removing(device) = doing.get_untracked() else {
            return;
        };
        if !busy.get_untracked() {
            busy.set(true);
            run(Ask::RemoveDevice(device.device), doing, devices, busy, |name| {
                t!("device-removed", name = name)
            });
        }
    };
    view! {
        <Dialog open title=t!("device-remove") close_label=t!("close")>
            <p>{move || t!("device-remove-text", name = name())}</p>
            <p class="muted">{t!("device-remove-consequence")}</p>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--danger" on:click=move |_| remove()>
                    {move || busy.get().then(|| view! { <Busy /> })}
                    {t!("device-remove")}
                </button>
            </div>
        </Dialog>
    }
}

/// Does it, says so, reads the list anew.
fn run(ask: Ask, doing: RwSignal<Doing>, devices: Devices, busy: RwSignal<bool>, said: fn(String) -> String) {
    let name = match doing.get_untracked() {
        Doing::Removing(device) | Doing::Renaming(device) | Doing::Choosing(device) => device.name,
        Doing::Nothing => String::new(),
    };
    spawn_local(async move {
        match port::ask(ask).await {
            Ok(_) => {
                toast(said(name));
                let _ = doing.try_update(|doing| *doing = Doing::Nothing);
                load(devices);
            }
            Err(failure) => toast(say(&failure)),
        }
        let _ = busy.try_update(|busy| *busy = false);
    });
}

/// Is there a recovery code, and a new one.
#[component]
pub fn Recovery(has_code: bool, devices: Devices) -> impl IntoView {
    let open = RwSignal::new(false);
    let done = Callback::new(move |()| {
        open.set(false);
        load(devices);
        toast(t!("recovery-written"));
    });
    view! {
        <section class=if has_code { "offer-box" } else { "offer-box offer-box--warning" } aria-labelledby="recovery-state">
            <Icon name="key-outline" />
            <div class="grow">
                <h2 class="offer-box__title" id="recovery-state">{t!("recovery-title")}</h2>
                <p>{if has_code { t!("recovery-there") } else { t!("recovery-missing") }}</p>
            </div>
            <button class="button button--second button-wide" on:click=move |_| open.set(true)>
                {if has_code { t!("recovery-new") } else { t!("recovery-now") }}
            </button>
        </section>
        <Dialog open title=t!("recovery-title") close_label=t!("close")>
            <RecoveryCode done exists=has_code />
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::icon_of;

    #[test]
    fn a_device_looks_like_what_it_is_called() {
        assert_eq!(icon_of("Diensthandy 0417"), "mobile-outline");
        assert_eq!(icon_of("Chrome auf Android"), "mobile-outline");
        assert_eq!(icon_of("Tablet Einsatzleitung"), "tablet-outline");
        assert_eq!(icon_of("Arbeitsplatz Ruppertstraße"), "laptop-mac-outline");
    }
}
