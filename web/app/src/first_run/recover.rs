// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Coming back with the twelve words of a recovery code, as they were written down: numbered, in capitals, in lines.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::{dom, t};

use crate::first_run::flow::{Step, flow};
use crate::first_run::frame::{FieldError, Frame};
use crate::first_run::join::DeviceField;

/// How many words a code has.
pub const WORDS: usize = 12;

/// The words alone: without numbers, dots, capitals, line breaks.
#[must_use]
pub fn tidy(text: &str) -> String {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(melder_kit::texts::lower)
        .collect::<Vec<_>>()
        .join(" ")
}

fn count(text: &str) -> usize {
    tidy(text).split(' ').filter(|word| !word.is_empty()).count()
}

#[component]
pub fn Words() -> impl IntoView {
    let flow = flow();
    let wrong = RwSignal::new(None::<usize>);
    let no_device = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let words = flow.words.with_untracked(|words| count(words));
        wrong.set((words != WORDS).then_some(words));
        no_device.set(flow.device.with_untracked(|name| name.trim().is_empty()));
        if words != WORDS {
            dom::focus("#recover-words");
        } else if no_device.get_untracked() {
            dom::focus("#first-device");
        } else {
            flow.go(Step::Pin);
        }
    };
    view! {
        <Frame
            title=t!("recover-title")
            lead=t!("recover-lead")
            steps=(1, 3)
            back=Callback::new(move |()| flow.over())
            focus="#recover-words"
        >
            <form class="first__form" on:submit=submit novalidate>
                <div class="field">
                    <label for="recover-words">{t!("recover-words")}</label>
                    <span class="hint">{t!("recover-words-hint")}</span>
                    <textarea
                        class="input mono"
                        id="recover-words"
                        rows="5"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-describedby="recover-count recover-error"
                        aria-invalid=move || if wrong.get().is_some() { "true" } else { "false" }
                        prop:value=move || flow.words.get()
                        on:input=move |event| flow.words.set(event_target_value(&event))
                    ></textarea>
                    <span class="small muted" id="recover-count">
                        {move || t!("recover-count", count = flow.words.with(|words| count(words)), of = WORDS)}
                    </span>
                    <FieldError
                        id="recover-error"
                        text=Signal::derive(move || wrong.get().map(|count| t!("recover-wrong-count", count = count, of = WORDS)))
                    />
                </div>
                <DeviceField missing=no_device />
                <div class="first__foot">
                    <button class="button button--main button-wide">{t!("next")}</button>
                </div>
            </form>
        </Frame>
    }
}

#[cfg(test)]
mod tests {
    use super::{count, tidy};

    #[test]
    fn words_are_read_as_they_were_written_down() {
        assert_eq!(tidy("1. Apple\n2. BANANA,  3) cherry"), "apple banana cherry");
        assert_eq!(count("  "), 0);
        assert_eq!(count("a b-c"), 3);
    }
}
