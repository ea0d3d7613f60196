// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Six digits: large keys for thumbs, and a real field for keyboards and screen readers. It knows which PINs are guessed
//! first ([`weakness`]); what follows from that is the screen's business. The digits are never drawn.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::dom;
use crate::icon::Icon;

/// How many digits a PIN has.
pub const DIGITS: usize = 6;

/// Why a PIN is guessed early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// 111111, 121212, 123123
    Repeats,
    /// 123456, 987654, 246802
    Run,
    /// 240787: somebody's birthday
    Date,
}

/// What is wrong with a PIN, worst first; `None` also while it is not complete.
#[must_use]
pub fn weakness(pin: &str) -> Option<Weakness> {
    let digits: Vec<u8> = pin
        .bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| byte.wrapping_sub(b'0'))
        .collect();
    let &[a, b, c, d, e, f] = digits.as_slice() else {
        return None;
    };
    let repeats = (1..=3).any(|period| digits.iter().zip(digits.iter().skip(period)).all(|(x, y)| x == y));
    let twins = a == b && c == d && e == f || a == b && b == c && d == e && e == f;
    if repeats || twins {
        return Some(Weakness::Repeats);
    }
    let step = |x: u8, y: u8| (y + 10).wrapping_sub(x) % 10;
    let first = step(a, b);
    if digits
        .iter()
        .zip(digits.iter().skip(1))
        .all(|(x, y)| step(*x, *y) == first)
    {
        return Some(Weakness::Run);
    }
    let (one, two, three) = (a * 10 + b, c * 10 + d, e * 10 + f);
    let date = |day: u8, month: u8| (1..=31).contains(&day) && (1..=12).contains(&month);
    let year_in_front = [19, 20].contains(&one) && ((1..=12).contains(&two) || (1..=12).contains(&three));
    let is_date = date(one, two) || date(two, one) || date(three, two) || year_in_front;
    is_date.then_some(Weakness::Date)
}

/// Takes digits into `value`; `full` is told once there are six. `label` names the field, `delete_label` the key that takes
/// one back, `count_word` says how many there are. `invalid` marks the field; `described_by` names the element that says why.
#[component]
pub fn PinPad(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] delete_label: Signal<String>,
    count_word: fn(usize) -> String,
    full: Callback<()>,
    #[prop(into, default = false.into())] invalid: Signal<bool>,
    described_by: &'static str,
    /// What is said between the boxes and the keys.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let put = move |text: String| {
        let digits: String = text.chars().filter(char::is_ascii_digit).take(DIGITS).collect();
        let complete = digits.len() == DIGITS && value.with_untracked(|old| *old != digits);
        value.set(digits);
        if complete {
            full.run(());
        }
    };
    let press = move |digit: char| put(format!("{}{digit}", value.get_untracked()));
    let take_back = move || {
        value.update(|value| {
            value.pop();
        });
    };
    // The field shows what the signal says, also after the screen has emptied it.
    crate::dom::effect(move || {
        let text = value.get();
        if let Some(field) = field.get()
            && field.value() != text
        {
            field.set_value(&text);
        }
    });
    view! {
        <div class="pin">
            <div class="pin__boxes">
                <input
                    class="pin__field"
                    node_ref=field
                    type="password"
                    inputmode="none"
                    // No password manager may offer to keep it.
                    autocomplete="one-time-code"
                    maxlength=DIGITS
                    aria-label=move || label.get()
                    aria-invalid=move || if invalid.get() { "true" } else { "false" }
                    aria-describedby=described_by
                    on:input=move |event| put(event_target_value(&event))
                    on:keydown=move |event: KeyboardEvent| {
                        if event.key() == "Enter" && value.with_untracked(String::len) == DIGITS {
                            full.run(());
                        }
                    }
                />
                <span class="pin__row" aria-hidden="true">
                    {(0..DIGITS).map(|at| boxed(value, at)).collect_view()}
                </span>
            </div>
            <span class="kern-sr-only" role="status">{move || value.with(|value| (!value.is_empty()).then(|| count_word(value.len())))}</span>
            {children.map(|children| children())}
            <div class="pin__keys" role="group" aria-label=move || label.get() on:keydown=move |event| on_key(&event, press, take_back)>
                {('1'..='9').map(|digit| key(digit, press)).collect_view()}
                {key('0', press)}
                <button
                    type="button"
                    class="pin__key pin__key--delete"
                    tabindex="-1"
                    aria-label=move || delete_label.get()
                    on:click=move |_| take_back()
                >
                    <Icon name="backspace-outline" />
                </button>
            </div>
        </div>
    }
}

fn boxed(value: RwSignal<String>, at: usize) -> impl IntoView {
    let state = move || {
        value.with(|value| match value.len() {
            len if at < len => "full",
            len if at == len => "next",
            _ => "empty",
        })
    };
    view! { <i class="pin__box" data-state=state></i> }
}

fn key(digit: char, press: impl Fn(char) + Copy + 'static) -> impl IntoView {
    let class = if digit == '0' {
        "pin__key pin__key--zero"
    } else {
        "pin__key"
    };
    view! {
        <button type="button" class=class tabindex=if digit == '1' { "0" } else { "-1" } on:click=move |_| press(digit)>
            {digit.to_string()}
        </button>
    }
}

/// On the keys: arrows go to the next one, digits and Backspace do what they do in the field.
fn on_key(event: &KeyboardEvent, press: impl Fn(char), take_back: impl Fn()) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    let mut letters = key.chars();
    match (key.as_str(), letters.next(), letters.next()) {
        (_, Some(digit @ '0'..='9'), None) => press(digit),
        ("Backspace", ..) => take_back(),
        ("ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", ..) => {
            let across = key == "ArrowRight" || key == "ArrowLeft";
            let forward = key == "ArrowRight" || key == "ArrowDown";
            for _ in 0..if across { 1 } else { 3 } {
                if let Some(active) = dom::document().active_element()
                    && active.dyn_ref::<web_sys::HtmlElement>().is_some()
                {
                    dom::rove(&active, ".pin__keys", ".pin__key", forward);
                }
            }
        }
        _ => return,
    }
    event.prevent_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_told() {
        for pin in ["111111", "121212", "123123", "112233", "000111"] {
            assert_eq!(weakness(pin), Some(Weakness::Repeats), "{pin}");
        }
        for pin in ["123456", "654321", "246802", "890123"] {
            assert_eq!(weakness(pin), Some(Weakness::Run), "{pin}");
        }
        for pin in ["240787", "072487", "870724", "198703", "199812"] {
            assert_eq!(weakness(pin), Some(Weakness::Date), "{pin}");
        }
        for pin in ["739462", "905381", "48", ""] {
            assert_eq!(weakness(pin), None, "{pin}");
        }
    }
}
