// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How a chat is kept and announced: expiry, notifications, pin, photos and files, encryption; and its name, where one may
//! change it.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, Sheet, Switch, dom, t, times};
use melder_port::view::Policy;
use melder_port::{Answer, Ask, Failure, News, Time};

use super::{Info, View};
use crate::fetch;
use crate::route::{self, Route};
use crate::state::{act, on_news, say};

const HOUR: u64 = 3_600_000;
/// Further away than this is "always".
const FAR: u64 = 10 * 365 * 24 * HOUR;
/// As the engine says "always".
const ALWAYS: Time = Time(i64::MAX as u64);

#[component]
pub fn Settings(info: Info) -> impl IntoView {
    let app = info.app;
    let group = info.group;
    let muting = RwSignal::new(false);
    let policy = RwSignal::new(None::<Policy>);
    spawn_local(async move {
        if let Ok(read) = fetch!(Ask::Policy => Answer::Policy) {
            policy.try_set(read);
        }
    });
    let muted = Memo::new(move |_| {
        info.chat.with(|chat| {
            chat.as_ref()
                .and_then(|chat| chat.muted_until)
                .filter(|until| until.0 > times::now())
        })
    });
    let pinned = Memo::new(move |_| info.chat.with(|chat| chat.as_ref().is_some_and(|chat| chat.pinned)));
    let days = Memo::new(move |_| {
        info.chat
            .with(|chat| chat.as_ref().and_then(|chat| chat.expires_after_days))
    });
    let announced = Signal::derive(move || muted.get().is_none());
    let media = move |_| info.show(View::Media);
    let count = RwSignal::new(None::<u32>);
    let read_count = move || {
        spawn_local(async move {
            if let Ok(found) = fetch!(Ask::MediaCount(group) => Answer::Count) {
                count.try_set(Some(found));
            }
        });
    };
    read_count();
    on_news(move |news| {
        if matches!(news, News::Chat(other) if *other == group) {
            read_count();
        }
    });
    let search = Route::SearchIn(group);
    view! {
        <div class="lines info__lines">
            <div class="line info__line">
                <Icon name="timer-outline" />
                <span class="grow">
                    {t!("info-expiry")}
                    {move || policy.get().map(|policy| {
                        view! { <span class="line__under">{t!("info-expiry-server", days = policy.server_retention_days)}</span> }
                    })}
                </span>
                <span class="muted">
                    {move || match days.get() {
                        Some(days) => t!("info-expiry-days", days = days),
                        None => t!("info-expiry-never"),
                    }}
                </span>
            </div>
            <div class="line info__line">
                <Icon name=Signal::derive(move || if muted.get().is_some() { "notifications-off-outline" } else { "notifications-outline" }) />
                <span class="grow">
                    {t!("info-notifications")}
                    {move || muted.get().map(|until| view! { <span class="line__under">{until_word(until)}</span> })}
                </span>
                <Switch
                    on=announced
                    label=t!("info-notifications")
                    set=move |on| if on { act(Ask::Mute { group, until: None }) } else { muting.set(true) }
                />
            </div>
            <div class="line info__line">
                <Icon name="keep-outline" />
                <span class="grow">{t!("info-pin")}</span>
                <Switch on=pinned label=t!("info-pin") set=move |pinned| act(Ask::Pin { group, pinned }) />
            </div>
            <button type="button" class="line info__line" on:click=media>
                <Icon name="image-outline" />
                <span class="grow">{t!("info-media")}</span>
                <span class="muted">{move || count.get()}</span>
                <Icon name="chevron-right" />
            </button>
            <a class="line info__line" href=search.path() on:click=move |event| route::follow(&event, app.route, search.clone())>
                <Icon name="search" />
                <span class="grow">{t!("info-search")}</span>
                <Icon name="chevron-right" />
            </a>
            <div class="line info__line">
                <Icon name="lock-outline" />
                <span class="grow">
                    {t!("info-encryption")}
                    <span class="line__under">
                        {move || {
                            let hybrid = info.chat.with(|chat| chat.as_ref().is_some_and(|chat| chat.hybrid));
                            if hybrid { t!("info-hybrid") } else { t!("info-classical") }
                        }}
                    </span>
                </span>
            </div>
        </div>
        <MuteSheet info muting />
    }
}

fn until_word(until: Time) -> String {
    if until.0 > times::now().saturating_add(FAR) {
        t!("info-muted-always")
    } else {
        t!("info-muted-until", time = times::at(until.0))
    }
}

#[component]
fn MuteSheet(info: Info, muting: RwSignal<bool>) -> impl IntoView {
    let group = info.group;
    let mute = move |until: Time| {
        act(Ask::Mute {
            group,
            until: Some(until),
        });
        muting.set(false);
    };
    let hours = move |hours: u64| mute(Time(times::now().saturating_add(hours * HOUR)));
    view! {
        <Sheet open=muting title=t!("mute-title") close_label=t!("close")>
            <p class="sheet__text small muted">{t!("mute-alarms")}</p>
            <div class="lines">
                <button type="button" class="line" on:click=move |_| hours(1)>{t!("mute-hour")}</button>
                <button type="button" class="line" on:click=move |_| hours(8)>{t!("mute-shift")}</button>
                <button type="button" class="line" on:click=move |_| mute(ALWAYS)>{t!("mute-always")}</button>
            </div>
        </Sheet>
    }
}

/// Name and description of a private group.
#[component]
pub fn Edit(info: Info) -> impl IntoView {
    let group = info.group;
    let (name, description) = info.chat.with_untracked(|chat| {
        chat.as_ref()
            .map(|chat| (chat.name.clone(), chat.description.clone().unwrap_or_default()))
            .unwrap_or_default()
    });
    let name = RwSignal::new(name);
    let description = RwSignal::new(description);
    let missing = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failure>);
    dom::focus_soon("#edit-name");
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(true);
            dom::focus("#edit-name");
            return;
        }
        busy.set(true);
        let about = Some(description.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        spawn_local(async move {
            match crate::port::ask(Ask::RenameGroup {
                group,
                name: said,
                description: about,
            })
            .await
            {
                Ok(_) => info.show(View::Overview),
                Err(failure) => {
                    busy.try_set(false);
                    failed.try_set(Some(failure));
                }
            }
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate=true>
            <div class="field">
                <label for="edit-name">{t!("group-name")}</label>
                <input
                    id="edit-name"
                    class="input"
                    maxlength="100"
                    autocomplete="off"
                    aria-invalid=move || missing.get().then_some("true")
                    aria-describedby="edit-name-error"
                    prop:value=move || name.get()
                    on:input=move |event| {
                        missing.set(false);
                        name.set(event_target_value(&event));
                    }
                />
                <span id="edit-name-error" class="field__error">
                    {move || missing.get().then(|| view! { <Icon name="error-outline" />{t!("group-name-missing")} })}
                </span>
            </div>
            <div class="field">
                <label for="edit-description">{t!("group-description")}</label>
                <textarea
                    id="edit-description"
                    class="input"
                    rows="3"
                    maxlength="500"
                    prop:value=move || description.get()
                    on:input=move |event| description.set(event_target_value(&event))
                ></textarea>
            </div>
            <p role="alert">{move || failed.get().map(|failure| say(&failure))}</p>
            <button type="submit" class="button button--main" aria-busy=move || busy.get().then_some("true")>
                {move || busy.get().then(|| view! { <Busy /> })}
                {t!("save")}
            </button>
        </form>
    }
}
