// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A profile: who somebody is, how far they are trusted and why, and what one has in common.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Avatar, Icon, Shape, TrustBadge, TrustShow, avatar, dom, t, times};
use melder_port::ask::Absence;
use melder_port::view::{Card, Trust};
use melder_port::{AccountId, Answer, Ask, GroupId, News, Time};

use crate::fetch;
use crate::people::person::{Person, about, kind_word, level, met, trust_why, trust_word};
use crate::route::{self, Route};
use crate::state::{App, act_then, app, on_news};

/// What this device knows of somebody. `None` until it was read; `Some(None)`: nothing.
pub fn card(account: AccountId) -> RwSignal<Option<Option<Card>>> {
    let card = RwSignal::new(None);
    let read = move || {
        spawn_local(async move {
            let answer = fetch!(Ask::Contact(account) => Answer::Contact).unwrap_or_default();
            card.try_update(|card| {
                if card.as_ref() != Some(&answer) {
                    *card = Some(answer);
                }
            });
        });
    };
    read();
    on_news(move |news| {
        if matches!(news, News::Chat(_) | News::Own) {
            read();
        }
    });
    card
}

/// Opens the chat with somebody; a new one needs the server.
pub fn write_to(app: App, account: AccountId) {
    let known = app.chats.with_untracked(|chats| {
        chats
            .iter()
            .flatten()
            .find(|chat| chat.peer == Some(account))
            .map(|chat| chat.group)
    });
    if let Some(group) = known {
        route::go(app.route, Route::Chat { group, at: None });
        return;
    }
    act_then(Ask::StartDirect(account), move |answer| {
        if let Answer::Group(group) = answer {
            app.read_chats();
            route::go(app.route, Route::Chat { group, at: None });
        }
    });
}

/// The head of a pane about one person: back, and what it is about.
#[component]
pub fn PersonBar(title: String, back: Route) -> impl IntoView {
    let app = app();
    view! {
        <header class="bar bar--line bar--chat">
            <a
                class="icon-button"
                href=back.path()
                aria-label=t!("back")
                title=t!("back")
                on:click=move |event| route::follow(&event, app.route, back.clone())
            >
                <Icon name="arrow-back" />
            </a>
            <h1 class="grow" id="pane-title" tabindex="-1">{title}</h1>
        </header>
    }
}

#[component]
pub fn ContactPane(account: AccountId) -> impl IntoView {
    let app = app();
    let card = card(account);
    dom::focus_soon("#pane-title");
    view! {
        <PersonBar title=t!("profile-title") back=Route::Contacts />
        <div class="page">
            <div class="page__inner">
                {move || match card.get() {
                    None => view! { <p class="skeleton skeleton--card" aria-hidden="true"></p> }.into_any(),
                    Some(None) => unknown(app, account).into_any(),
                    Some(Some(card)) => view! { <Profile card /> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// The directory may know more than this device.
fn unknown(app: App, account: AccountId) -> impl IntoView {
    let person = met(account);
    view! {
        {person.map(|person| view! { <Head person trust=None /> })}
        <div class="notice">
            <Icon name="info-outline" />
            <p>{t!("profile-unknown")}</p>
        </div>
        <button type="button" class="button button--main button-wide" on:click=move |_| write_to(app, account)>
            <Icon name="chat-outline" />
            {t!("profile-write")}
        </button>
    }
}

/// Picture, name, what they are, trust.
#[component]
pub fn Head(person: Person, trust: Option<Trust>) -> impl IntoView {
    let hue = avatar::hue(person.account.as_bytes());
    let under = about(&person);
    view! {
        <div class="profile-head">
            <Avatar name=person.name.clone() hue size=72 />
            <div class="grow">
                <h2 class="profile-head__name">{person.name.clone()}</h2>
                {(!under.is_empty()).then(|| view! { <p class="muted">{under}</p> })}
                {trust
                    .map(|trust| {
                        view! { <TrustBadge level=level(trust) word=trust_word(trust) show=TrustShow::Steps /> }
                    })}
            </div>
        </div>
    }
}

#[component]
fn Profile(card: Card) -> impl IntoView {
    let app = app();
    let own = card.own;
    let account = card.contact.account;
    let trust = card.contact.trust;
    let home = app.own.with_untracked(|own| {
        own.as_ref()
            .map(|own| own.organisation_name.clone())
            .unwrap_or_default()
    });
    let person = Person::known(card.contact.clone(), &home);
    let verify = Route::Verify(account);
    let away = card.contact.absence.clone();
    view! {
        <Head person trust=(!own).then_some(trust) />
        {away.map(|absence| view! { <Away absence /> })}
        {card.changed.filter(|_| !own).map(|time| view! { <Changed time /> })}
        {own.then(|| view! { <p class="muted">{t!("profile-own")}</p> })}
        {(!own)
            .then(|| {
                view! {
                    <div class="profile-actions">
                        <button type="button" class="button button--main" on:click=move |_| write_to(app, account)>
                            <Icon name="chat-outline" />
                            {t!("profile-write")}
                        </button>
                        <a
                            class="button button--second"
                            href=verify.path()
                            on:click=move |event| route::follow(&event, app.route, verify.clone())
                        >
                            <Icon name="verified-user-outline" />
                            {t!("profile-check")}
                        </a>
                    </div>
                    <p class="small muted">{trust_why(trust)}</p>
                }
            })}
        <Details card=card.clone() />
        <Common groups=card.common />
    }
}

/// "Not here until", and what the person says to it.
#[component]
pub fn Away(absence: Absence) -> impl IntoView {
    let note = absence.note.trim().to_owned();
    view! {
        <div class="notice away">
            <Icon name="event-busy-outline" />
            <p class="grow">
                <span class="strong">{t!("absence-until", time = times::full(absence.until.0))}</span>
                {(!note.is_empty()).then(|| view! { <span class="small muted away__note">{note}</span> })}
            </p>
        </div>
    }
}

/// The keys are others than before.
#[component]
pub fn Changed(time: Time) -> impl IntoView {
    view! {
        <div class="notice notice--warning" role="alert">
            <Icon name="warning-outline" />
            <p>{t!("profile-changed", time = times::at(time.0))}</p>
        </div>
    }
}

#[component]
fn Details(card: Card) -> impl IntoView {
    let contact = card.contact;
    let unit = (!contact.unit.is_empty()).then(|| contact.unit.join(" › "));
    let rows = [
        (t!("profile-function"), contact.function),
        (t!("profile-unit"), unit),
        (
            t!("profile-organisation"),
            Some(contact.organisation_name).filter(|name| !name.is_empty()),
        ),
        (t!("profile-kind"), kind_word(contact.kind)),
        (
            t!("profile-devices"),
            Some(t!("profile-devices-count", count = card.devices)),
        ),
    ];
    view! {
        <dl class="panel lines details">
            {rows
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| (name, value)))
                .map(|(name, value)| view! { <div class="line"><dt class="muted">{name}</dt><dd>{value}</dd></div> })
                .collect_view()}
        </dl>
    }
}

#[component]
fn Common(groups: Vec<(GroupId, String)>) -> impl IntoView {
    let app = app();
    (!groups.is_empty()).then(|| {
        view! {
            <section class="stack">
                <h3>{t!("profile-common", count = groups.len())}</h3>
                <ul class="panel lines">
                    {groups
                        .into_iter()
                        .map(|(group, name)| {
                            let to = Route::Chat { group, at: None };
                            let hue = avatar::hue(group.as_bytes());
                            view! {
                                <li>
                                    <a
                                        class="line"
                                        href=to.path()
                                        on:click=move |event| route::follow(&event, app.route, to.clone())
                                    >
                                        <Avatar name=name.clone() hue shape=Shape::Group size=40 />
                                        <span class="grow">{name}</span>
                                        <Icon name="chevron-right" />
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    })
}
