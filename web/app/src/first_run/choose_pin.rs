// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A new PIN, entered twice. What is guessed first is not taken; a date is taken if the person insists.

use leptos::prelude::*;
use melder_kit::pin_pad::{DIGITS, Weakness, weakness};
use melder_kit::{Icon, PinPad, dom, t};

/// How many digits there are, for who does not see the boxes.
pub fn count_word(count: usize) -> String {
    t!("pin-count", count = count, of = DIGITS)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remark {
    Weak(Weakness),
    /// The second was not the first.
    Differs,
}

impl Remark {
    fn text(self) -> String {
        match self {
            Self::Weak(Weakness::Repeats) => t!("pin-repeats"),
            Self::Weak(Weakness::Run) => t!("pin-run"),
            Self::Weak(Weakness::Date) => t!("pin-date"),
            Self::Differs => t!("pin-differs"),
        }
    }
}

/// `chosen` gets the PIN once both are the same.
#[component]
pub fn ChoosePin(chosen: Callback<String>) -> impl IntoView {
    let value = RwSignal::new(String::new());
    let first = RwSignal::new(None::<String>);
    let remark = RwSignal::new(None::<Remark>);
    let insists = RwSignal::new(false);
    let again = Memo::new(move |_| first.with(Option::is_some));
    let full = Callback::new(move |()| {
        let pin = value.get_untracked();
        match first.get_untracked() {
            Some(before) if before == pin => chosen.run(pin),
            Some(_) => {
                remark.set(Some(Remark::Differs));
                first.set(None);
                value.set(String::new());
            }
            None => match weakness(&pin) {
                Some(Weakness::Date) => remark.set(Some(Remark::Weak(Weakness::Date))),
                Some(weak) => {
                    remark.set(Some(Remark::Weak(weak)));
                    value.set(String::new());
                }
                None => {
                    remark.set(None);
                    first.set(Some(pin));
                    value.set(String::new());
                }
            },
        }
    });
    // Whoever types on has read it.
    melder_kit::dom::effect(move || {
        let begun = value.with(|value| !value.is_empty() && value.len() < DIGITS);
        if begun && remark.get_untracked().is_some() {
            remark.set(None);
        }
    });
    let label = Signal::derive(move || if again.get() { t!("pin-again") } else { t!("pin-choose") });
    let other = move || {
        remark.set(None);
        value.set(String::new());
        dom::focus_soon(".pin__field");
    };
    let insist = move || {
        insists.set(true);
        first.set(Some(value.get_untracked()));
        remark.set(None);
        value.set(String::new());
        dom::focus_soon(".pin__field");
    };
    view! {
        <p class="pin__prompt strong" aria-live="polite">
            {move || if again.get() { t!("pin-again") } else { t!("pin-first") }}
        </p>
        <PinPad
            value
            label
            delete_label=t!("pin-delete-digit")
            count_word
            full
            invalid=Signal::derive(move || remark.get().is_some())
            described_by="pin-remark"
        >
            <div class="pin__remark" id="pin-remark" aria-live="polite">
                {move || match remark.get() {
                    Some(remark) => {
                        view! {
                            <div class="notice notice--warning">
                                <Icon name="warning" />
                                <div class="grow stack">
                                    <p>{remark.text()}</p>
                                    {(remark == Remark::Weak(Weakness::Date))
                                        .then(|| {
                                            view! {
                                                <div class="actions">
                                                    <button class="button button--plain" on:click=move |_| insist()>{t!("pin-insist")}</button>
                                                    <button class="button button--second" on:click=move |_| other()>{t!("pin-other")}</button>
                                                </div>
                                            }
                                        })}
                                </div>
                            </div>
                        }
                            .into_any()
                    }
                    None if value.with(|value| value.len() >= 4 && plain(value)) => {
                        view! {
                            <p class="pin__good"><Icon name="check-circle" />{t!("pin-no-run")}</p>
                        }
                            .into_any()
                    }
                    None => ().into_any(),
                }}
            </div>
        </PinPad>
    }
}

/// Is the beginning of a PIN no row yet?
fn plain(begun: &str) -> bool {
    let steps: Vec<u8> = begun
        .bytes()
        .zip(begun.bytes().skip(1))
        .map(|(a, b)| (b + 10).wrapping_sub(a) % 10)
        .collect();
    steps.iter().any(|step| Some(step) != steps.first()) && weakness(begun).is_none()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_row_is_not_praised_while_it_is_typed() {
        assert!(!plain("1234"));
        assert!(!plain("7777"));
        assert!(plain("7394"));
        assert!(!plain("121212"));
    }
}
