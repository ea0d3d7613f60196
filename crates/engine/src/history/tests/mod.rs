// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

mod acting;
mod asking;
mod duty;
mod keeping;
mod paging;
mod sealing;
mod searching;

use melder_content::{Acknowledgement, Alarm, Content, MessageId, Urgency};

use super::testing::{Device, Person};

/// Anna's first device, Anna, Bert and Cora.
fn people() -> (Device, Person, Person, Person) {
    let (anna, bert, cora) = (Person::new(1, 2), Person::new(2, 1), Person::new(3, 1));
    (Device::new(&anna, 0, &[&bert, &cora]), anna, bert, cora)
}

fn alarm(words: &str) -> Content {
    Content::Alarm(Alarm {
        urgency: Urgency::Emergency,
        text: words.to_owned(),
        acknowledge_by: None,
        ack_key: None,
        on_duty: false,
        over: false,
    })
}

fn acknowledgement(to: MessageId) -> Content {
    Content::Acknowledgement(Acknowledgement { to, note: None })
}
