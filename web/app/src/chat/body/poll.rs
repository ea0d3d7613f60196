// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A poll: a press votes, another press on the same takes the vote back.

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Icon, t};
use melder_port::view::{DraftContent, Message, Poll};

use crate::chat::Ctx;

/// What one has chosen after pressing `pressed`.
#[must_use]
fn choices(poll: &Poll, pressed: usize) -> Vec<u8> {
    poll.options
        .iter()
        .enumerate()
        .filter(|(at, option)| match (*at == pressed, poll.multiple) {
            (true, _) => !option.own,
            (false, true) => option.own,
            (false, false) => false,
        })
        .filter_map(|(at, _)| u8::try_from(at).ok())
        .collect()
}

pub fn view(ctx: Ctx, message: &Arc<Message>, poll: &Poll) -> AnyView {
    let id = message.id;
    let whole = Arc::new(poll.clone());
    let options = poll
        .options
        .iter()
        .enumerate()
        .map(|(at, option)| {
            let icon = match (poll.multiple, option.own) {
                (true, true) => "check-box",
                (true, false) => "check-box-outline-blank",
                (false, true) => "radio-button-checked",
                (false, false) => "radio-button-unchecked",
            };
            let share = if poll.voters == 0 {
                0.0
            } else {
                f64::from(option.votes.min(poll.voters)) * 100.0 / f64::from(poll.voters)
            };
            let whole = Arc::clone(&whole);
            let vote = move |_| {
                ctx.send(DraftContent::Vote {
                    poll: id,
                    choices: choices(&whole, at),
                });
            };
            view! {
                <button class="poll-option" aria-pressed=if option.own { "true" } else { "false" } on:click=vote>
                    <Icon name=icon />
                    <span>{option.text.clone()}" "</span>
                    <span class="strong">
                        <span aria-hidden="true">{option.votes}</span>
                        <span class="kern-sr-only">{t!("poll-votes", count = option.votes)}</span>
                    </span>
                    <span class="progress"><i style:width=format!("{share}%")></i></span>
                </button>
            }
        })
        .collect_view();
    let how = if poll.multiple {
        t!("poll-several")
    } else {
        t!("poll-one")
    };
    view! {
        <div class="poll" role="group" aria-label=poll.question.clone()>
            <p class="strong">{poll.question.clone()}</p>
            <p class="small poll-how">{how}" · "{t!("poll-voters", count = poll.voters)}</p>
            {options}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use melder_port::view::PollOption;

    use super::*;

    fn poll(multiple: bool, own: &[bool]) -> Poll {
        Poll {
            question: "?".into(),
            multiple,
            options: own
                .iter()
                .map(|own| PollOption {
                    text: String::new(),
                    votes: 0,
                    own: *own,
                })
                .collect(),
            voters: 0,
        }
    }

    #[test]
    fn one_choice_replaces_the_other_and_can_be_taken_back() {
        assert_eq!(choices(&poll(false, &[true, false]), 1), [1]);
        assert!(choices(&poll(false, &[true, false]), 0).is_empty());
    }

    #[test]
    fn several_choices_stand_beside_each_other() {
        assert_eq!(choices(&poll(true, &[true, false, false]), 2), [0, 2]);
        assert_eq!(choices(&poll(true, &[true, false, true]), 0), [2]);
    }
}
