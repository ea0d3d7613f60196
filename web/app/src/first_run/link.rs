// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! This device is new and wants to be linked to an account: it shows a code, then a number to compare, and waits for what
//! the other device says.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, QrCode, dom, t, times, toast};
use melder_port::ask::Pin;
use melder_port::{Answer, Ask, MAILBOX_MS, News};

use crate::first_run::flow::{Step, flow};
use crate::first_run::frame::Frame;
use crate::first_run::join::DeviceField;
use crate::state::{app, on_news};
use crate::{fetch, port};

/// "KX72 9FA4": the part of a code that people type.
#[must_use]
pub fn typed_part(code: &str) -> String {
    let secret = code.split_once('#').map_or(code, |(_, secret)| secret);
    let letters: Vec<char> = secret.split('.').next().unwrap_or_default().chars().collect();
    letters
        .chunks(4)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// "482 913"
#[must_use]
pub fn spaced_number(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    digits
        .chunks(3)
        .map(|chunk| chunk.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

#[component]
pub fn DeviceName() -> impl IntoView {
    let flow = flow();
    let missing = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        missing.set(flow.device.with_untracked(|name| name.trim().is_empty()));
        if missing.get_untracked() {
            dom::focus("#first-device");
        } else {
            flow.go(Step::Pin);
        }
    };
    view! {
        <Frame
            title=t!("link-title")
            lead=t!("link-lead")
            steps=(1, 3)
            back=Callback::new(move |()| flow.over())
        >
            <form class="first__form" on:submit=submit novalidate>
                <DeviceField missing />
                <div class="first__foot">
                    <button class="button button--main button-wide">{t!("next")}</button>
                </div>
            </form>
        </Frame>
    }
}

#[component]
pub fn ShowCode() -> impl IntoView {
    let app = app();
    let flow = flow();
    let code = RwSignal::new(None::<String>);
    let number = RwSignal::new(None::<String>);
    let until = RwSignal::new(0u64);
    on_news(move |news| match news {
        News::LinkCode(text) => {
            until.set(times::now() + MAILBOX_MS);
            code.set(Some(text.clone()));
        }
        News::LinkNumber(digits) => number.set(Some(digits.clone())),
        _ => {}
    });
    app.arriving.set(true);
    let ask = Ask::StartLink {
        device_name: flow.device.get_untracked().trim().to_owned(),
        pin: Pin(flow.pin.get_untracked()),
    };
    spawn_local(async move {
        let linked = match port::ask(ask).await {
            Ok(Answer::Lock(lock)) => Ok(lock),
            Ok(_) => fetch!(Ask::Standing => Answer::Lock),
            Err(failure) => Err(failure),
        };
        // The person may have gone back meanwhile.
        if flow.step.try_get_untracked() == Some(Step::LinkCode) {
            match linked {
                Ok(lock) => flow.arrived(lock),
                Err(failure) => flow.fail(failure),
            }
        }
    });
    let back = Callback::new(move |()| {
        // Whoever goes back does not want it any more, whatever the other device says.
        spawn_local(async move {
            let _ = port::ask(Ask::ConfirmLink { equal: false }).await;
        });
        app.arriving.set(false);
        flow.over();
    });
    view! {
        <Frame title=t!("link-show-title") steps=(3, 3) back>
            <div aria-live="polite">
                {move || match (number.get(), code.get()) {
                    (Some(number), _) => view! { <Number number /> }.into_any(),
                    (None, Some(code)) => view! { <Code code until /> }.into_any(),
                    (None, None) => view! { <div class="skeleton link-card__blank" aria-label=t!("first-wait")></div> }.into_any(),
                }}
            </div>
        </Frame>
    }
}

#[component]
fn Code(code: String, until: RwSignal<u64>) -> impl IntoView {
    let typed = typed_part(&code);
    let left = RwSignal::new(until.get_untracked().saturating_sub(times::now()));
    if let Ok(clock) = set_interval_with_handle(
        move || left.set(until.get_untracked().saturating_sub(times::now())),
        std::time::Duration::from_secs(1),
    ) {
        on_cleanup(move || clock.clear());
    }
    let copied = code.clone();
    let copy = move |_| {
        let promise = dom::window().navigator().clipboard().write_text(&copied);
        spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                toast(t!("copied"));
            }
        });
    };
    view! {
        <div class="link-card">
            <QrCode text=code label=t!("link-qr") />
            <p class="link-card__code mono">
                <span>{typed}</span>
                <button class="icon-button" aria-label=t!("link-copy") title=t!("link-copy") on:click=copy>
                    <Icon name="content-copy-outline" />
                </button>
            </p>
            <p class="small muted link-card__left" aria-live="off">
                <Icon name="hourglass-bottom" class="icon--small" />
                {move || match left.get() {
                    0 => t!("link-expired"),
                    left => t!("link-valid", time = times::duration(left)),
                }}
            </p>
        </div>
        <ol class="numbered">
            <li>{t!("link-how-1")}</li>
            <li>{t!("link-how-2")}</li>
            <li>{t!("link-how-3")}</li>
        </ol>
    }
}

#[component]
fn Number(number: String) -> impl IntoView {
    view! {
        <div class="link-card">
            <p>{t!("link-compare-new")}</p>
            <p class="link-card__number">{spaced_number(&number)}</p>
            <p class="small muted">{t!("link-compare-wait")}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_the_short_part_in_fours() {
        assert_eq!(typed_part("https://melder.example/link#KX729FA4.c2VjcmV0"), "KX72 9FA4");
        assert_eq!(typed_part("KX729FA4"), "KX72 9FA4");
        assert_eq!(spaced_number("482913"), "482 913");
    }
}
