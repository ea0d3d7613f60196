// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The profile tab: who one is and for whom, duty, the ways to what can be set, and what happens to one's data.

use leptos::prelude::*;
use melder_kit::texts::{self, Language};
use melder_kit::{Avatar, Icon, avatar, t, times};
use melder_port::Ask;
use melder_port::view::{AccountKind, Own};

use crate::profile::devices::read_devices;
use crate::profile::duty::Duty;
use crate::profile::privacy::{DeleteAccount, Privacy};
use crate::profile::theme::{self, Theme};
use crate::route::{self, Route};
use crate::state::{act, app};

#[component]
pub fn ProfilePane() -> impl IntoView {
    let app = app();
    // Only what is shown here: the rest of it changes with each message.
    let who = Memo::new(move |_| {
        app.own.get().map(|own| Own {
            waiting: 0,
            duty: melder_port::view::Duty::Unset,
            quiet_hours: None,
            absence: None,
            ..own
        })
    });
    let deletable =
        Memo::new(move |_| who.with(|who| who.as_ref().is_some_and(|own| own.kind != Some(AccountKind::Staff))));
    view! {
        <header class="bar"><h1 class="grow">{t!("tab-profile")}</h1></header>
        <div class="scroll">
            <div class="profile">
                {move || who.get().map(|own| view! { <Who own /> })}
                <Reminder />
                <Duty />
                <nav class="panel lines" aria-label=t!("profile-settings")>
                    {link(Route::Devices, "devices-outline", t!("devices-title"), t!("profile-devices-detail"))}
                    {link(Route::Security, "lock-outline", t!("security-title"), t!("profile-security-detail"))}
                    {link(Route::Notifications, "notifications-outline", t!("notifications-title"), t!("profile-notifications-detail"))}
                    {link(Route::Help, "help-outline", t!("help-title"), t!("profile-help-detail"))}
                </nav>
                <div class="panel lines">
                    <ThemeChoice />
                    <LanguageChoice />
                </div>
                <Privacy />
                <div class="panel lines">
                    <button class="line" on:click=move |_| act(Ask::LockNow)>
                        <Icon name="lock-outline" />
                        <span class="strong">{t!("profile-lock")}</span>
                    </button>
                    {move || deletable.get().then(|| view! { <DeleteAccount /> })}
                </div>
            </div>
        </div>
    }
}

fn link(to: Route, icon: &'static str, word: String, detail: String) -> impl IntoView {
    let app = app();
    let (target, here) = (to.clone(), to.clone());
    view! {
        <a
            class="line"
            href=to.path()
            aria-current=move || (app.route.get() == here).then_some("page")
            on:click=move |event| route::follow(&event, app.route, target.clone())
        >
            <Icon name=icon />
            <span class="grow">
                <span class="strong line__word">{word}</span>
                <span class="small muted line__word">{detail}</span>
            </span>
            <Icon name="chevron-right" />
        </a>
    }
}

fn kind_word(kind: Option<AccountKind>) -> String {
    match kind {
        Some(AccountKind::Staff) => t!("kind-staff"),
        Some(AccountKind::Guest) => t!("kind-guest"),
        Some(AccountKind::Bot) => t!("kind-bot"),
        Some(AccountKind::Private) | None => t!("kind-private"),
    }
}

#[component]
fn Who(own: Own) -> impl IntoView {
    let hue = avatar::hue(own.account.as_bytes());
    let place = own
        .function
        .iter()
        .cloned()
        .chain((!own.unit.is_empty()).then(|| own.unit.join(" · ")))
        .collect::<Vec<_>>();
    view! {
        <section class="who" aria-label=t!("profile-who")>
            <Avatar name=own.name.clone() hue size=72 />
            <div class="grow">
                <h2 class="who__name">{if own.name.is_empty() { t!("you") } else { own.name }}</h2>
                {place.into_iter().map(|line| view! { <p class="muted">{line}</p> }).collect_view()}
                <p class="who__kind"><span class="tag"><Icon name="badge-outline" class="icon--small" />{kind_word(own.kind)}</span></p>
            </div>
        </section>
        {own
            .ends
            .map(|ends| {
                view! {
                    <div class="notice notice--warning">
                        <Icon name="timer-outline" />
                        <p class="grow">{t!("profile-ends", date = times::long_date(ends.0))}</p>
                    </div>
                }
            })}
        <Organisation
            name=own.organisation_name
            server=own.server
            fingerprint=own.organisation_fingerprint
        />
    }
}

/// The organisation, and the number by which its key is compared.
#[component]
pub fn Organisation(name: String, server: String, fingerprint: String) -> impl IntoView {
    let host = server.split("://").last().unwrap_or_default().to_owned();
    view! {
        <details class="panel organisation">
            <summary class="line">
                <Icon name="account-balance-outline" />
                <span class="grow">
                    <span class="strong line__word">{name}</span>
                    <span class="small muted line__word">{host}</span>
                </span>
                <Icon name="keyboard-arrow-down" />
            </summary>
            <div class="organisation__proof">
                <p class="strong small">{t!("offer-fingerprint")}</p>
                <p class="mono offer__print">{fingerprint}</p>
                <p class="small muted">{t!("offer-fingerprint-detail")}</p>
            </div>
        </details>
    }
}

/// As long as there is no recovery code.
#[component]
fn Reminder() -> impl IntoView {
    let app = app();
    let devices = read_devices();
    move || {
        let missing = devices.with(|devices| match devices {
            Some(Ok(devices)) => !devices.is_empty() && !devices.iter().any(|device| device.recovery),
            _ => false,
        });
        missing.then(|| {
            view! {
                <a
                    class="notice notice--warning notice--link"
                    href=Route::Security.path()
                    on:click=move |event| route::follow(&event, app.route, Route::Security)
                >
                    <Icon name="key-outline" />
                    <span class="grow">
                        <span class="strong line__word">{t!("recovery-missing")}</span>
                        <span class="line__word">{t!("recovery-now")}</span>
                    </span>
                    <Icon name="chevron-right" />
                </a>
            }
        })
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let chosen = RwSignal::new(theme::chosen());
    let one = move |theme: Theme, icon: &'static str, word: String| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="theme"
                    value=theme.name()
                    prop:checked=move || chosen.get() == theme
                    on:change=move |_| {
                        theme::choose(theme);
                        chosen.set(theme);
                    }
                />
                <span class="segment__face"><Icon name=icon class="icon--small" />{word}</span>
            </label>
        }
    };
    view! {
        <fieldset class="setting">
            <legend class="setting__word strong">{t!("theme")}</legend>
            <div class="segments">
                {one(Theme::System, "contrast", t!("theme-system"))}
                {one(Theme::Light, "light-mode-outline", t!("theme-light"))}
                {one(Theme::Dark, "dark-mode-outline", t!("theme-dark"))}
            </div>
        </fieldset>
    }
}

#[component]
fn LanguageChoice() -> impl IntoView {
    let now = texts::language();
    let one = move |language: Language, name: &'static str| {
        view! {
            <label class="segment" lang=language.tag()>
                <input
                    type="radio"
                    name="language"
                    value=language.tag()
                    prop:checked=language == now
                    on:change=move |_| melder_kit::words::choose(language)
                />
                <span class="segment__face">{name}</span>
            </label>
        }
    };
    view! {
        <fieldset class="setting">
            <legend class="setting__word strong">{t!("language")}</legend>
            <div class="segments">{one(Language::De, "Deutsch")} {one(Language::En, "English")}</div>
        </fieldset>
    }
}
