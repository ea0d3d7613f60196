// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Adds a passkey beside the PIN, and takes it away again. First the browser makes it, then the PIN says that it may open
//! this app.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, PinPad, dom, t, times, toast};
use melder_port::ask::{Passkey, PasskeySecret, Pin};
use melder_port::{Answer, Ask, Failure};

use crate::first_run::choose_pin::count_word;
use crate::first_run::passkey;
use crate::state::{act_then, app, say};
use crate::{fetch, port};

#[derive(Clone, Copy)]
struct Adding {
    there: RwSignal<Option<bool>>,
    open: RwSignal<bool>,
    made: StoredValue<Option<(Passkey, PasskeySecret)>>,
    /// Made by the browser; now the PIN.
    is_made: RwSignal<bool>,
    pin: RwSignal<String>,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
}

impl Adding {
    fn read(self) {
        spawn_local(async move {
            if let Ok(found) = fetch!(Ask::Passkey => Answer::Passkey) {
                self.there.try_set(Some(found.is_some()));
            }
        });
    }

    fn make(self, name: String) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            match passkey::create(&name).await {
                Ok(made) => {
                    self.made.try_set_value(Some(made));
                    self.is_made.try_set(true);
                    dom::focus_soon(".dialog .pin__field");
                }
                Err(trouble) => {
                    self.trouble.try_set(Some(trouble.text()));
                }
            }
            self.busy.try_set(false);
        });
    }

    fn add(self) {
        let Some((passkey, secret)) = self.made.get_value().filter(|_| !self.busy.get_untracked()) else {
            return;
        };
        let pin = Pin(self.pin.get_untracked());
        self.busy.set(true);
        self.trouble.set(None);
        spawn_local(async move {
            let failed = match port::ask(Ask::AddPasskey { pin, passkey, secret }).await {
                Ok(_) => {
                    self.open.try_set(false);
                    self.there.try_set(Some(true));
                    toast(t!("passkey-added"));
                    None
                }
                Err(Failure::WrongPin { wait_ms, .. }) if wait_ms > 0 => {
                    Some(t!("pin-old-wrong-wait", time = times::duration(wait_ms)))
                }
                Err(Failure::WrongPin { .. }) => Some(t!("pin-old-wrong")),
                Err(failure) => Some(say(&failure)),
            };
            self.trouble.try_set(failed);
            self.pin.try_set(String::new());
            self.busy.try_set(false);
        });
    }

    fn remove(self) {
        act_then(Ask::RemovePasskey, move |_| {
            self.open.set(false);
            self.there.set(Some(false));
            toast(t!("passkey-removed"));
        });
    }
}

/// A line among the lock's settings; nothing where the browser knows no passkeys.
#[component]
pub fn PasskeyLine() -> impl IntoView {
    let adding = Adding {
        there: RwSignal::new(None),
        open: RwSignal::new(false),
        made: StoredValue::new(None),
        is_made: RwSignal::new(false),
        pin: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        trouble: RwSignal::new(None),
    };
    if !passkey::available() {
        return ().into_any();
    }
    adding.read();
    melder_kit::dom::effect(move || {
        if !adding.open.get() {
            adding.made.set_value(None);
            adding.is_made.set(false);
            adding.pin.set(String::new());
            adding.trouble.set(None);
        }
    });
    let detail = move || match adding.there.get() {
        Some(true) => t!("passkey-on"),
        _ => t!("passkey-detail"),
    };
    view! {
        <button class="line" on:click=move |_| adding.open.set(true)>
            <Icon name="passkey" />
            <span class="grow">
                <span class="strong line__word">{t!("passkey-title")}</span>
                <span class="small muted line__word">{detail}</span>
            </span>
            <Icon name="chevron-right" />
        </button>
        <Dialog open=adding.open title=t!("passkey-title") close_label=t!("close")>
            {move || match (adding.there.get(), adding.is_made.get()) {
                (Some(true), _) => view! { <Remove adding /> }.into_any(),
                (_, true) => view! { <Confirm adding /> }.into_any(),
                _ => view! { <Make adding /> }.into_any(),
            }}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Make(adding: Adding) -> impl IntoView {
    let app = app();
    let make = move |_| {
        let name = app
            .own
            .with_untracked(|own| own.as_ref().map(|own| own.name.clone()).unwrap_or_default());
        adding.make(name);
    };
    view! {
        <p>{t!("passkey-how")}</p>
        <p class="muted">{t!("passkey-pin-stays")}</p>
        <p class="pin__remark" role="alert">{move || adding.trouble.get()}</p>
        <div class="actions">
            <button type="button" class="button button--plain" on:click=move |_| adding.open.set(false)>{t!("cancel")}</button>
            <button type="button" class="button button--main" on:click=make>{t!("passkey-make")}</button>
        </div>
    }
}

#[component]
fn Confirm(adding: Adding) -> impl IntoView {
    let full = Callback::new(move |()| adding.add());
    view! {
        <p>{t!("passkey-confirm")}</p>
        <PinPad
            value=adding.pin
            label=t!("lock-label")
            delete_label=t!("pin-delete-digit")
            count_word
            full
            invalid=Signal::derive(move || adding.trouble.get().is_some())
            described_by="passkey-remark"
        >
            <p class="pin__remark" id="passkey-remark" role="alert">{move || adding.trouble.get()}</p>
        </PinPad>
    }
}

#[component]
fn Remove(adding: Adding) -> impl IntoView {
    view! {
        <p>{t!("passkey-remove-then")}</p>
        <div class="actions">
            <button type="button" class="button button--plain" on:click=move |_| adding.open.set(false)>{t!("cancel")}</button>
            <button type="button" class="button button--danger" on:click=move |_| adding.remove()>{t!("passkey-remove")}</button>
        </div>
    }
}
