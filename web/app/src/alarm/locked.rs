// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The alarm over the locked app. Whose it is and what it says only the PIN decrypts, so this knows no more than that it is
//! there: it fills the screen, sounds and shakes until somebody goes to unlock, and goes on sounding until it is unlocked.
//! Then the alarm's own screen takes over.

use leptos::prelude::*;
use melder_kit::{Icon, dom, t};

use super::frame::{Caller, Frame, NoSound, SoundButton};
use super::sound;

/// `waits`: there is one. Above the PIN pad until somebody goes to unlock.
#[component]
pub fn LockedAlarm(waits: Memo<bool>) -> impl IntoView {
    sound::prepare();
    let caller = Caller::new();
    // Has somebody gone to unlock?
    let seen = RwSignal::new(false);
    dom::effect(move || {
        if waits.get() {
            caller.begin(move || waits.try_get_untracked()?.then(|| t!("alarm-locked-said")));
        } else {
            caller.end();
        }
    });
    let go = move |_| {
        seen.set(true);
        sound::hush();
        dom::focus_soon(".pin__field");
    };
    view! {
        <Frame open=Signal::derive(move || waits.get() && !seen.get()) caller>
            <div class="alarm__rings" aria-hidden="true"><i></i><i></i><i></i></div>
            <div class="alarm__inner">
                <div class="alarm__top">
                    <span class="alarm__tag"><Icon name="e911-emergency" />{t!("alarm-tag")}</span>
                </div>
                <span class="alarm__sign"><Icon name="e911-emergency" /></span>
                <h1 id="alarm-title" class="alarm__title" tabindex="-1">{t!("alarm-locked-title")}</h1>
                <p id="alarm-text" class="alarm__text">{t!("alarm-locked-text")}</p>
                <div class="alarm__rest"></div>
                <button type="button" class="alarm__confirm" on:click=go>
                    <Icon name="lock-open-outline" />
                    {t!("alarm-locked-open")}
                </button>
                <div class="alarm__bottom">
                    <SoundButton caller />
                </div>
                <NoSound caller />
            </div>
        </Frame>
    }
}
