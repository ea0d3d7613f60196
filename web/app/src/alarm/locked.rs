// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The alarm over the locked app. Whose it is and what it says only the PIN decrypts, so this knows no more than that it is
//! there: it fills the screen, sounds and shakes until somebody goes to unlock, and goes on sounding until it is unlocked.
//! Then the alarm's own screen takes over.

use leptos::html;
use leptos::prelude::*;
use melder_kit::{Icon, dom, t};

use super::sound;

/// Sound and announcement again.
const REPEAT_MS: i32 = 30_000;

#[derive(Clone, Copy)]
struct Ringing {
    waits: Memo<bool>,
    quiet: RwSignal<bool>,
    audible: RwSignal<bool>,
    said: RwSignal<String>,
    round: StoredValue<u32>,
}

impl Ringing {
    fn start(self) {
        let round = self.round.get_value().wrapping_add(1);
        self.round.set_value(round);
        if self.waits.get_untracked() {
            melder_kit::dom::spawn_local(sound::stay_awake());
            self.ring(round);
        } else {
            sound::hush();
            sound::sleep();
        }
    }

    fn ring(self, round: u32) {
        if self.round.try_get_value() != Some(round) {
            return;
        }
        if !self.quiet.get_untracked() {
            sound::call();
        }
        // The browser takes a moment to say whether it lets us.
        dom::after(300, move || {
            self.audible.try_set(sound::sounds());
        });
        // The same words again are not announced: they go and come.
        self.said.set(String::new());
        dom::after(100, move || {
            self.said.try_set(t!("alarm-locked-said"));
        });
        dom::after(REPEAT_MS, move || self.ring(round));
    }
}

/// `waits`: there is one. Above the PIN pad until somebody goes to unlock.
#[component]
pub fn LockedAlarm(waits: Memo<bool>) -> impl IntoView {
    sound::prepare();
    let ringing = Ringing {
        waits,
        quiet: RwSignal::new(false),
        audible: RwSignal::new(true),
        said: RwSignal::new(String::new()),
        round: StoredValue::new(0),
    };
    // Has somebody gone to unlock?
    let seen = RwSignal::new(false);
    let node = NodeRef::<html::Dialog>::new();
    let show = move || {
        if let Some(dialog) = node.get_untracked()
            && waits.get_untracked()
            && !seen.get_untracked()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
            dom::focus_soon("#alarm-title");
        }
    };
    melder_kit::dom::effect(move || {
        let Some(dialog) = node.get() else { return };
        if waits.get() && !seen.get() {
            show();
        } else if dialog.open() {
            dialog.close();
        }
    });
    melder_kit::dom::effect(move || {
        waits.track();
        ringing.start();
    });
    on_cleanup(|| {
        sound::hush();
        sound::sleep();
    });
    let go = move |_| {
        seen.set(true);
        sound::hush();
        dom::focus_soon(".pin__field");
    };
    view! {
        <dialog
            class="alarm"
            role="alertdialog"
            aria-labelledby="alarm-title"
            aria-describedby="alarm-text"
            node_ref=node
            on:cancel=|event: leptos::ev::Event| event.prevent_default()
            on:keydown=|event: leptos::ev::KeyboardEvent| {
                if event.key() == "Escape" {
                    event.prevent_default();
                }
                event.stop_propagation();
            }
            // A browser may close it all the same after a second Escape.
            on:close=move |_| dom::after(0, show)
        >
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
                    <button type="button" class="alarm__sound" on:click=move |_| {
                        let quiet = !ringing.quiet.get_untracked();
                        ringing.quiet.set(quiet);
                        if quiet { sound::hush() } else { sound::call() }
                    }>
                        <Icon name=Signal::derive(move || {
                            if ringing.quiet.get() { "volume-up-outline" } else { "volume-off-outline" }
                        }) />
                        {move || if ringing.quiet.get() { t!("alarm-sound-on") } else { t!("alarm-sound-off") }}
                    </button>
                </div>
                <p class="alarm__mute" role="status">
                    {move || (!ringing.audible.get() && !ringing.quiet.get()).then(|| t!("alarm-no-sound"))}
                </p>
            </div>
            <p class="kern-sr-only" aria-live="assertive">{move || ringing.said.get()}</p>
        </dialog>
    }
}
