// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the screens are made of: fields, buttons, the drawer, what shows while something is read. No part knows a screen.

mod fields;
mod files;
mod frames;
mod numbers;
mod papers;
mod tasks;
mod when;

pub use fields::{
    Choice, button, check, choose, date_field, icon_button, long_field, secret_field, submit, text_field,
};
pub use files::{copy, save, save_file};
pub use frames::{
    card, drawer, empty, failed, focus_row, heading, label, line, screen, shown, skeleton, stat, tag, waiting,
};
pub use numbers::{bytes_of, decimal, megabytes, whole};
pub use papers::{Print, asked, print};
pub use tasks::{steps, task};
pub use when::{beginning_of_day, countdown, day_of, day_value, end_of_day, same_day_before, stamp};

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use melder_kit::t;

use crate::api::Problem;

/// Something that a button does: whether it is going on, and what was in the way.
#[derive(Clone, Copy)]
pub struct Act {
    pub busy: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
}

impl Act {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
        }
    }

    /// Does it, unless it is being done.
    pub fn run(self, doing: impl Future<Output = Result<(), Problem>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let done = doing.await;
            let _ = self.busy.try_set(false);
            if let Err(problem) = done {
                let _ = self.problem.try_set(Some(problem));
            }
        });
    }

    /// Where it says what was in the way.
    pub fn words(self) -> AnyView {
        self.told(None)
    }

    /// The same; when somebody else was faster, with the way to what holds now.
    pub fn words_or(self, again: Callback<()>) -> AnyView {
        self.told(Some(again))
    }

    fn told(self, again: Option<Callback<()>>) -> AnyView {
        view! {
            <div role="alert">
                {move || {
                    self.problem
                        .get()
                        .map(|problem| {
                            let again = again.filter(|_| problem.is_overtaken());
                            let look = if again.is_some() { "notice notice--warning" } else { "notice notice--danger" };
                            let icon = if again.is_some() { "sync-problem" } else { "error-outline" };
                            view! {
                                <div class=look>
                                    <melder_kit::Icon name=icon />
                                    <span class="grow">{problem.say()}</span>
                                    {again
                                        .map(|again| {
                                            button("second", "refresh", t!("leit-read-anew"), move || {
                                                self.problem.set(None);
                                                again.run(());
                                            })
                                        })}
                                </div>
                            }
                        })
                }}
            </div>
        }
        .into_any()
    }
}
