// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is to be done: the steps of something longer, and what waits for somebody.

use leptos::prelude::*;
use melder_kit::Icon;

use crate::parts::button;

/// The steps of something longer, the first is 1: what is done, what is being done.
pub fn steps(words: impl IntoIterator<Item = String>, step: Signal<usize>) -> AnyView {
    let steps = words.into_iter().zip(1_usize..).map(|(word, number)| {
        let is_past = move || number < step.get();
        view! {
            <li
                class="steps__step"
                data-done=move || if is_past() { "true" } else { "false" }
                aria-current=move || (step.get() == number).then_some("step")
            >
                <span class="steps__number" aria-hidden="true">
                    {move || {
                        if is_past() {
                            view! { <Icon name="check" class="icon--small" /> }.into_any()
                        } else {
                            number.to_string().into_any()
                        }
                    }}
                </span>
                <span>{word}</span>
            </li>
        }
    });
    view! { <ol class="steps">{steps.collect_view()}</ol> }.into_any()
}

/// Something that waits for somebody, with the way to where it is mended.
pub fn task(icon: &'static str, title: String, about: String, word: String, go: impl Fn() + 'static) -> AnyView {
    view! {
        <li class="entry task">
            <Icon name=icon />
            <span class="grow"><b>{title}</b><span class="muted small">{about}</span></span>
            {button("second", "", word, go)}
        </li>
    }
    .into_any()
}
