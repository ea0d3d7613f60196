// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A word at the lower edge: what was done, and undo where it is cheap. Stays eight seconds, longer while the pointer or
//! the keyboard is on it. The same word again is counted, not said beside itself.

use leptos::prelude::*;

use crate::dom;
use crate::icon::Icon;

const STAYS_MS: i32 = 8_000;

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    undo: Option<(String, Callback<()>)>,
    // Of nobody's screen: whoever says something may be gone before the word is.
    held: ArcRwSignal<bool>,
    /// How often it was said.
    times: ArcRwSignal<u32>,
}

#[derive(Clone, Copy)]
struct Tray {
    toasts: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

/// Says something.
pub fn toast(text: impl Into<String>) {
    push(text.into(), None);
}

/// Says something that can be taken back; `label` is the button's word.
pub fn toast_with_undo(text: impl Into<String>, label: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
    push(text.into(), Some((label.into(), Callback::new(move |()| undo()))));
}

fn push(text: String, undo: Option<(String, Callback<()>)>) {
    let Some(tray) = TRAY.with(|tray| *tray.borrow()) else {
        return;
    };
    // What can be taken back is each a thing of its own.
    let same = tray.toasts.with_untracked(|toasts| {
        let known = toasts
            .iter()
            .find(|toast| undo.is_none() && toast.undo.is_none() && toast.text == text);
        known.map(|toast| toast.times.clone())
    });
    if let Some(times) = same {
        times.update(|times| *times = times.saturating_add(1));
        return;
    }
    let number = tray.next.get_value();
    tray.next.set_value(number.wrapping_add(1));
    let (held, times) = (ArcRwSignal::new(false), ArcRwSignal::new(1));
    tray.toasts.update(|toasts| {
        toasts.push(Toast {
            number,
            text,
            undo,
            held: held.clone(),
            times: times.clone(),
        });
        if toasts.len() > 3 {
            toasts.remove(0);
        }
    });
    expire(tray, number, held, times, 1);
}

/// `said`: so often it had been said when its time began. Said again since, it stays as long again.
fn expire(tray: Tray, number: u32, held: ArcRwSignal<bool>, times: ArcRwSignal<u32>, said: u32) {
    dom::after(STAYS_MS, move || {
        let now = times.get_untracked();
        if held.get_untracked() || now > said {
            expire(tray, number, held, times, now);
        } else {
            let _ = tray
                .toasts
                .try_update(|toasts| toasts.retain(|toast| toast.number != number));
        }
    });
}

thread_local! {
    /// Whatever happens on the page may want to say something, also what runs outside of any component.
    static TRAY: std::cell::RefCell<Option<Tray>> = const { std::cell::RefCell::new(None) };
}

thread_local! {
    /// Where they stand; kept, since it may have gone with a dialog.
    static PLACE: std::cell::RefCell<Option<web_sys::Element>> = const { std::cell::RefCell::new(None) };
}

/// What lies behind an open dialog can't be pressed: the words, and their "undo", stand in the topmost one.
pub(crate) fn within_reach() {
    let document = dom::document();
    let find = |selector: &str| document.query_selector(selector).ok().flatten();
    let Some(place) = PLACE.with(|place| {
        let mut place = place.borrow_mut();
        if place.is_none() {
            *place = find(".toasts");
        }
        place.clone()
    }) else {
        return;
    };
    let dialogs = document.query_selector_all("dialog[open]").ok();
    let top = dialogs.and_then(|all| all.item(all.length().checked_sub(1)?));
    if let Some(over) = top.or_else(|| find("#app").map(Into::into))
        && place.parent_node().as_ref() != Some(&over)
    {
        let _ = over.append_child(&place);
    }
}

/// Where the words appear; once on a page.
#[component]
pub fn Toasts() -> impl IntoView {
    let tray = Tray {
        toasts: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
    };
    TRAY.with(|place| *place.borrow_mut() = Some(tray));
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || tray.toasts.get() key=|toast| toast.number let:toast>
                {one(tray, toast)}
            </For>
        </div>
    }
}

fn hold<E>(held: &ArcRwSignal<bool>, yes: bool) -> impl FnMut(E) + 'static {
    let held = held.clone();
    move |_| held.set(yes)
}

fn one(tray: Tray, toast: Toast) -> impl IntoView {
    let Toast {
        number,
        text,
        undo,
        held,
        times,
    } = toast;
    let close = move || {
        tray.toasts
            .update(|toasts| toasts.retain(|toast| toast.number != number))
    };
    view! {
        <div
            class="toast"
            on:mouseenter=hold(&held, true)
            on:mouseleave=hold(&held, false)
            on:focusin=hold(&held, true)
            on:focusout=hold(&held, false)
        >
            <Icon name="check-circle-outline" />
            <span class="toast__text">
                {text}
                {move || (times.get() > 1).then(|| view! { <b class="toast__times">{format!("{} ×", times.get())}</b> })}
            </span>
            {undo
                .map(|(label, undo)| {
                    view! {
                        <button
                            class="toast__undo"
                            on:click=move |_| {
                                undo.run(());
                                close();
                            }
                        >
                            {label}
                        </button>
                    }
                })}
        </div>
    }
}
