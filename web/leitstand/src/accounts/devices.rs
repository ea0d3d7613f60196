// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An account's devices: what its person called them and the day of their last use, never more. One can be removed, and told to
//! delete what Melder keeps there. What that does, and what it can't, stands there before it is done.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, times, toast};

use crate::api::Ask;
use crate::model::{Device, Removed};
use crate::parts::{button, card as frame, focus_row, shown, tag};
use crate::state::{Desk, Load, Question, say};

#[derive(Clone, Copy)]
struct Devices {
    desk: Desk,
    list: RwSignal<Load<Vec<Device>>>,
    account: StoredValue<String>,
    name: StoredValue<String>,
}

impl Devices {
    fn read(self) {
        spawn_local(self.taken());
    }

    async fn taken(self) {
        let Some(account) = self.account.try_get_value() else {
            return;
        };
        let read = Ask::get(format!("accounts/{account}/devices")).send().await;
        let read = read.map(|json| json.list("items").iter().map(Device::read).collect());
        let _ = self.list.try_set(read.into());
    }

    fn place(self, id: &str) -> usize {
        self.list.with_untracked(|list| {
            let mut all = list.there().into_iter().flatten();
            all.position(|device| device.id == id).unwrap_or_default()
        })
    }

    /// How many there are that were not removed, but for this one.
    fn others(self, id: &str) -> usize {
        self.list.with_untracked(|list| {
            let all = list.there().into_iter().flatten();
            all.filter(|device| device.removed.is_none() && device.id != id).count()
        })
    }
}

pub fn card(desk: Desk, account: &str, name: &str) -> AnyView {
    let devices = Devices {
        desk,
        list: RwSignal::new(Load::Waiting),
        account: StoredValue::new(account.to_owned()),
        name: StoredValue::new(name.to_owned()),
    };
    devices.read();
    let again = Callback::new(move |()| devices.read());
    let card = frame(
        t!("leit-devices"),
        ().into_any(),
        shown(devices.list, again, move |all| {
            if all.is_empty() {
                return view! { <p class="muted">{t!("leit-devices-none")}</p> }.into_any();
            }
            let lines = all.into_iter().map(|device| line(devices, device));
            view! {
                <ul class="entries">{lines.collect_view()}</ul>
                <p class="muted small">{t!("leit-devices-seen")}</p>
            }
            .into_any()
        }),
    );
    view! { <div id="devices" tabindex="-1">{card}</div> }.into_any()
}

fn line(devices: Devices, device: Device) -> AnyView {
    let used = match device.last_used {
        Some(day) => t!("leit-device-used", day = times::long_date(day)),
        None => t!("leit-device-added", day = times::long_date(device.added)),
    };
    let name = if device.name.is_empty() {
        t!("leit-device-unnamed")
    } else {
        device.name.clone()
    };
    let (for_remove, for_wipe) = (device.id.clone(), device.id);
    let (name_remove, name_wipe) = (name.clone(), name.clone());
    let wiping = device.removed.is_some_and(|removed| removed.wipe);
    view! {
        <li class="entry device">
            <Icon name="devices-outline" />
            <span class="grow"><b>{name}</b><span class="muted small">{used}</span></span>
            {device.removed.map(state)}
            <div class="choices">
                {device.removed.is_none().then(|| {
                    button("plain", "phonelink-off", t!("leit-device-remove"), move || ask(devices, &for_remove, &name_remove, false))
                })}
                {(!wiping).then(|| {
                    button("danger-plain", "phonelink-erase-outline", t!("leit-device-wipe"), move || ask(devices, &for_wipe, &name_wipe, true))
                })}
            </div>
        </li>
    }
    .into_any()
}

/// What has become of a removal.
fn state(removed: Removed) -> AnyView {
    match (removed.wipe, removed.told) {
        (true, true) => tag("good", "check-circle", t!("leit-device-wiped")),
        (true, false) => tag("warning", "schedule", t!("leit-device-wipe-waits")),
        (false, _) => tag("quiet", "block", t!("leit-device-removed")),
    }
}

fn ask(devices: Devices, id: &str, name: &str, wipe: bool) {
    let others = devices.others(id);
    let mut lines = vec![t!("leit-device-remove-about")];
    lines.push(if others > 0 {
        t!("leit-device-remove-others", count = others)
    } else {
        t!("leit-device-remove-last")
    });
    if wipe {
        lines.push(t!("leit-device-wipe-about"));
    }
    let title = if wipe {
        t!("leit-device-wipe-title", name = name)
    } else {
        t!("leit-device-remove-title", name = name)
    };
    let id = id.to_owned();
    devices.desk.ask(Question {
        title,
        lines,
        action: if wipe {
            t!("leit-device-wipe-go")
        } else {
            t!("leit-device-remove-go")
        },
        danger: true,
        then: Callback::new(move |reason: String| remove(devices, &id, wipe, &reason)),
    });
}

fn remove(devices: Devices, id: &str, wipe: bool, reason: &str) {
    let Some(account) = devices.account.try_get_value() else {
        return;
    };
    let whose = devices.name.try_get_value().unwrap_or_default();
    let at = devices.place(id);
    let query = if wipe { "?wipe=true" } else { "" };
    let ask = Ask::delete(format!("accounts/{account}/devices/{id}{query}")).because(reason);
    spawn_local(async move {
        match ask.send().await {
            Ok(done) => {
                toast(match (wipe, done.flag("connected")) {
                    (true, true) => t!("leit-device-wipe-now", name = whose),
                    (true, false) => t!("leit-device-wipe-later", name = whose),
                    _ => t!("leit-device-is-out", name = whose),
                });
                devices.taken().await;
                focus_row("#devices", at);
            }
            Err(problem) => say(&problem),
        }
    });
}
