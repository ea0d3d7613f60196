// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What both alarms share, that of the open app and that over the locked one: the dialog that fills the screen and that
//! neither Escape nor the browser puts away, the button for the tone, and the call that is repeated.

use leptos::html;
use leptos::prelude::*;
use melder_kit::{Icon, dom, t};

use super::sound;

/// Sound and announcement again.
const REPEAT_MS: i32 = 30_000;

/// Calls, and calls again, until somebody else does, or nobody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub quiet: RwSignal<bool>,
    audible: RwSignal<bool>,
    said: RwSignal<String>,
    round: StoredValue<u32>,
}

impl Caller {
    /// Hushes when the component that makes it goes.
    pub fn new() -> Self {
        on_cleanup(|| {
            sound::hush();
            sound::sleep();
        });
        Self {
            quiet: RwSignal::new(false),
            audible: RwSignal::new(true),
            said: RwSignal::new(String::new()),
            round: StoredValue::new(0),
        }
    }

    /// From now on; `words` are announced each time, as long as there are any.
    pub fn begin(self, words: impl Fn() -> Option<String> + 'static) {
        let round = self.next();
        dom::spawn_local(sound::stay_awake());
        self.ring(round, Box::new(words));
    }

    pub fn end(self) {
        self.next();
        sound::hush();
        sound::sleep();
    }

    fn next(self) -> u32 {
        let round = self.round.get_value().wrapping_add(1);
        self.round.set_value(round);
        round
    }

    fn ring(self, round: u32, words: Box<dyn Fn() -> Option<String>>) {
        if self.round.try_get_value() != Some(round) {
            return;
        }
        let Some(said) = words() else { return };
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
            self.said.try_set(said);
        });
        dom::after(REPEAT_MS, move || self.ring(round, words));
    }
}

/// The dialog: stands as long as `open` says so.
#[component]
pub(super) fn Frame(open: Signal<bool>, caller: Caller, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let show = move || {
        if let Some(dialog) = node.get_untracked()
            && open.get_untracked()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
            dom::focus_soon("#alarm-title");
        }
    };
    dom::effect(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() {
            show();
        } else if dialog.open() {
            dialog.close();
        }
    });
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
                // No shortcut of the page below works through it.
                event.stop_propagation();
            }
            // A browser may close it all the same after a second Escape.
            on:close=move |_| dom::after(0, show)
        >
            {children()}
            <p class="kern-sr-only" aria-live="assertive">{move || caller.said.get()}</p>
        </dialog>
    }
}

/// The tone, off and on.
#[component]
pub(super) fn SoundButton(caller: Caller) -> impl IntoView {
    let press = move |_| {
        let quiet = !caller.quiet.get_untracked();
        caller.quiet.set(quiet);
        if quiet {
            sound::hush();
        } else {
            sound::call();
        }
    };
    view! {
        <button type="button" class="alarm__sound" on:click=press>
            <Icon name=Signal::derive(move || {
                if caller.quiet.get() { "volume-up-outline" } else { "volume-off-outline" }
            }) />
            {move || if caller.quiet.get() { t!("alarm-sound-on") } else { t!("alarm-sound-off") }}
        </button>
    }
}

/// That the browser does not let us sound.
#[component]
pub(super) fn NoSound(caller: Caller) -> impl IntoView {
    view! {
        <p class="alarm__mute" role="status">
            {move || (!caller.audible.get() && !caller.quiet.get()).then(|| t!("alarm-no-sound"))}
        </p>
    }
}
