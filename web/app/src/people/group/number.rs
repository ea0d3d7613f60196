// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The number of a group, which its members compare on the spot: equal, they are in the same group with the same members
//! and the same keys. It changes whenever somebody comes or goes, so nothing of the comparison is kept.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, SafetyNumber, dom, safety, t};
use melder_port::{Answer, Ask, GroupId, News};

use crate::fetch;
use crate::first_run::scan::Scanner;
use crate::people::verify::{Scan, compare};
use crate::state::on_news;

/// What comparing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Equal,
    Different,
    Other,
}

#[component]
pub fn Number(group: GroupId) -> impl IntoView {
    let number = RwSignal::new(None::<String>);
    let open = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            if let Ok(now) = fetch!(Ask::GroupNumber(group) => Answer::SafetyNumber) {
                number.try_set(now);
            }
        });
    };
    read();
    on_news(move |news| match news {
        News::Chat(other) | News::Message { group: other, .. } if *other == group => read(),
        _ => {}
    });
    move || {
        number.with(Option::is_some).then(|| {
            view! {
                <button type="button" class="line info__line group-number" on:click=move |_| open.set(true)>
                    <Icon name="shield-lock-outline" />
                    <span class="grow">
                        <b class="strong">{t!("group-number")}</b>
                        <span class="group-number__digits mono">
                            {move || number.with(|number| safety::groups(number.as_deref().unwrap_or_default()).join(" "))}
                        </span>
                    </span>
                    <Icon name="qr-code" />
                </button>
                <button type="button" class="button button--main button-wide" on:click=move |_| open.set(true)>
                    <Icon name="qr-code-scanner" />
                    {t!("group-number-together")}
                </button>
                <Together open number />
            }
        })
    }
}

/// One shows the code, the others scan it or read the number aloud.
#[component]
fn Together(open: RwSignal<bool>, number: RwSignal<Option<String>>) -> impl IntoView {
    let scanning = RwSignal::new(false);
    let found = RwSignal::new(None::<Found>);
    melder_kit::dom::effect(move || {
        // Another number: what was found was about the one before.
        number.track();
        open.track();
        found.set(None);
        scanning.set(false);
    });
    let finish = move |what: Found| {
        found.set(Some(what));
        if what != Found::Other {
            scanning.set(false);
            dom::focus_soon("#group-number-found");
        }
    };
    let scanned = Callback::new(move |text: String| {
        let number = number.get_untracked().unwrap_or_default();
        finish(match compare(&text, &number) {
            Scan::Equal => Found::Equal,
            Scan::Different => Found::Different,
            Scan::Other => Found::Other,
        });
    });
    let said = move || {
        let (class, icon, text) = match found.get()? {
            Found::Equal => ("notice notice--success", "verified-user", t!("group-number-equal")),
            Found::Different => ("notice notice--danger", "gpp-maybe", t!("group-number-different")),
            Found::Other => ("notice", "info-outline", t!("group-number-other")),
        };
        let says = view! {
            <div class=class id="group-number-found" tabindex="-1">
                <Icon name=icon />
                <p>{text}</p>
            </div>
        };
        Some(says.into_any())
    };
    let body = move || {
        if scanning.get() {
            view! {
                <p>{t!("group-number-scan-how")}</p>
                <Scanner found=scanned />
            }
            .into_any()
        } else {
            view! {
                <p>{t!("group-number-how")}</p>
                <SafetyNumber
                    number=Signal::derive(move || number.get().unwrap_or_default())
                    label=t!("group-number-code")
                    caption=t!("group-number-caption")
                />
            }
            .into_any()
        }
    };
    view! {
        <Dialog open title=t!("group-number") close_label=t!("close")>
            {body}
            <div role="status">{said}</div>
            <div class="actions">
                <button type="button" class="button button--second" on:click=move |_| finish(Found::Different)>{t!("check-no")}</button>
                <button type="button" class="button button--second" on:click=move |_| finish(Found::Equal)>{t!("check-yes")}</button>
                <button type="button" class="button button--main" on:click=move |_| scanning.update(|scanning| *scanning = !*scanning)>
                    {move || if scanning.get() { t!("group-number-show") } else { t!("check-scan") }}
                </button>
            </div>
        </Dialog>
    }
}
