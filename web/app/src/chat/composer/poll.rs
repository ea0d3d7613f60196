// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A new poll: a question, two to twelve answers, one or several to choose.

use leptos::prelude::*;
use melder_kit::{Dialog, Icon, Switch, t, toast};
use melder_port::view::DraftContent;

use crate::chat::{Jump, ctx, over};

const FEWEST: usize = 2;
const MOST: usize = 12;

/// The question and the answers that were filled in, if that is a poll.
#[must_use]
fn ready(question: &str, options: &[String]) -> Option<(String, Vec<String>)> {
    let question = question.trim();
    let mut filled: Vec<String> = Vec::new();
    for option in options {
        let option = option.trim();
        if !option.is_empty() && !filled.iter().any(|other| other == option) {
            filled.push(option.to_owned());
        }
    }
    (!question.is_empty() && filled.len() >= FEWEST).then(|| (question.to_owned(), filled))
}

#[component]
pub fn PollDialog() -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let question = RwSignal::new(String::new());
    let options = RwSignal::new(vec![RwSignal::new(String::new()), RwSignal::new(String::new())]);
    let multiple = RwSignal::new(false);
    let missing = RwSignal::new(false);
    let send = move |_| {
        let texts: Vec<String> =
            options.with_untracked(|options| options.iter().map(|option| option.get_untracked()).collect());
        match ready(&question.get_untracked(), &texts) {
            Some((question, options)) => {
                ctx.send(DraftContent::Poll {
                    question,
                    options,
                    multiple: multiple.get_untracked(),
                });
                ctx.jump.set(Some(Jump::End));
                open.set(false);
            }
            None => missing.set(true),
        }
    };
    let more = move |_| {
        if options.with_untracked(Vec::len) < MOST {
            options.update(|options| options.push(RwSignal::new(String::new())));
        } else {
            toast(t!("poll-most", count = MOST));
        }
    };
    let fields = move || {
        options
            .get()
            .into_iter()
            .zip(1u32..)
            .map(|(option, number)| {
                view! {
                    <input
                        class="input"
                        aria-label=t!("poll-answer", number = number)
                        placeholder=t!("poll-answer", number = number)
                        prop:value=move || option.get()
                        on:input=move |event| {
                            option.set(event_target_value(&event));
                            missing.set(false);
                        }
                    />
                }
            })
            .collect_view()
    };
    view! {
        <Dialog open title=t!("poll-new") close_label=t!("close")>
            <label class="field">
                <span class="label">{t!("poll-question")}</span>
                <input
                    class="input"
                    prop:value=move || question.get()
                    on:input=move |event| {
                        question.set(event_target_value(&event));
                        missing.set(false);
                    }
                />
            </label>
            <div class="stack stack--tight">{fields}</div>
            <button class="button button--plain" on:click=more><Icon name="add" />{t!("poll-add-answer")}</button>
            <div class="row">
                <span class="grow">{t!("poll-multiple")}</span>
                <Switch on=multiple label=t!("poll-multiple") set=move |on| multiple.set(on) />
            </div>
            {move || missing.get().then(|| view! {
                <p class="field__error" role="alert"><Icon name="error" />{t!("poll-missing")}</p>
            })}
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--main" on:click=send>{t!("poll-send")}</button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_needs_a_question_and_two_different_answers() {
        let answers = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert!(ready("", &answers(&["a", "b"])).is_none());
        assert!(ready("Wer?", &answers(&["a", " a ", ""])).is_none());
        assert_eq!(
            ready(" Wer? ", &answers(&["a", " ", "b"])),
            Some(("Wer?".into(), answers(&["a", "b"])))
        );
    }
}
