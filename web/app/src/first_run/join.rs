// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An invitation: what it offers, by whom, and who one is. With an account already on this device: taking it with that.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Icon, dom, t, times, toast};
use melder_port::view::{AccountKind, Offer};
use melder_port::{Answer, Ask, Failure};

use crate::first_run::address::Brought;
use crate::first_run::flow::{Step, Way, flow, why};
use crate::first_run::frame::{FieldError, Frame, Trouble};
use crate::profile::Notice;
use crate::route::{self, Route};
use crate::state::app;
use crate::{fetch, port};

/// Who invites: name, server, fingerprint.
#[component]
pub fn OfferCard(offer: Offer) -> impl IntoView {
    let kind = match offer.kind {
        AccountKind::Guest => t!("offer-guest"),
        AccountKind::Private => t!("offer-private"),
        AccountKind::Bot => t!("offer-bot"),
        AccountKind::Staff => t!("offer-staff"),
    };
    let host = offer.server.split("://").last().unwrap_or_default().to_owned();
    view! {
        <section class="offer" aria-label=t!("offer-from")>
            <span class="avatar avatar--channel offer__sign" aria-hidden="true"><Icon name="account-balance-outline" /></span>
            <div class="grow">
                <p class="offer__name">{offer.organisation_name}</p>
                <p class="small muted">{kind} " · " {host}</p>
            </div>
            <details class="offer__proof">
                <summary class="small">{t!("offer-fingerprint")}</summary>
                <p class="mono offer__print">{offer.organisation_fingerprint}</p>
                <p class="small muted">{t!("offer-fingerprint-detail")}</p>
            </details>
            <Notice organisation=offer.organisation />
        </section>
    }
}

fn promise(ends: Option<melder_port::Time>) -> String {
    match ends {
        Some(ends) => t!("offer-promise-ends", date = times::long_date(ends.0)),
        None => t!("offer-promise"),
    }
}

/// Step 2: who one is, and what this device is called.
#[component]
pub fn Person() -> impl IntoView {
    let flow = flow();
    let offer = flow.offer.get_untracked();
    let given = offer.as_ref().and_then(|offer| offer.name.clone());
    let open = given.is_none();
    let no_name = RwSignal::new(false);
    let no_device = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        no_name.set(open && flow.name.with_untracked(|name| name.trim().is_empty()));
        no_device.set(flow.device.with_untracked(|name| name.trim().is_empty()));
        if no_name.get_untracked() {
            dom::focus("#first-name");
        } else if no_device.get_untracked() {
            dom::focus("#first-device");
        } else {
            flow.go(Step::Pin);
        }
    };
    let back = Callback::new(move |()| flow.over());
    let ends = offer.as_ref().and_then(|offer| offer.ends);
    let (title, lead) = if open {
        (t!("first-who"), t!("first-who-lead"))
    } else {
        (t!("first-right"), t!("first-right-lead"))
    };
    view! {
        <Frame title lead steps=(2, 4) back>
            {offer.map(|offer| view! { <OfferCard offer /> })}
            <form class="first__form" on:submit=submit novalidate>
                {match given {
                    Some(name) => view! { <GivenName name /> }.into_any(),
                    None => {
                        view! {
                            <TextField
                                id="first-name"
                                error_id="first-name-error"
                                label=t!("first-name")
                                hint=t!("first-name-hint")
                                autocomplete="name"
                                value=flow.name
                                error=Signal::derive(move || no_name.get().then(|| t!("first-name-empty")))
                            />
                        }
                            .into_any()
                    }
                }}
                <DeviceField missing=no_device />
                <p class="promise">
                    <Icon name="shield-lock" />
                    <span>{promise(ends)}</span>
                </p>
                <div class="first__foot">
                    <button class="button button--main button-wide">{t!("next")}</button>
                </div>
            </form>
        </Frame>
    }
}

/// The name that the invitation names: it can't be changed here.
#[component]
fn GivenName(name: String) -> impl IntoView {
    view! {
        <div class="field">
            <span class="label">{t!("first-name")}</span>
            <span class="hint">{t!("first-name-given")}</span>
            <p class="given"><Icon name="lock-outline" />{name}</p>
        </div>
    }
}

/// What this device is called.
#[component]
pub fn DeviceField(missing: RwSignal<bool>) -> impl IntoView {
    let flow = flow();
    view! {
        <TextField
            id="first-device"
            error_id="first-device-error"
            label=t!("first-device")
            hint=t!("first-device-hint")
            autocomplete="off"
            value=flow.device
            error=Signal::derive(move || missing.get().then(|| t!("first-device-empty")))
        />
    }
}

#[component]
fn TextField(
    id: &'static str,
    error_id: &'static str,
    label: String,
    hint: String,
    autocomplete: &'static str,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <span class="hint">{hint}</span>
            <input
                class="input"
                id=id
                maxlength="120"
                autocomplete=autocomplete
                aria-describedby=error_id
                aria-invalid=move || if error.get().is_some() { "true" } else { "false" }
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <FieldError id=error_id text=error />
        </div>
    }
}

/// The invitation could not be opened.
#[component]
pub fn Refused() -> impl IntoView {
    let flow = flow();
    let failure = flow.failure.get_untracked();
    let again = matches!(failure, Some(Failure::Offline | Failure::Internal));
    let used = matches!(&failure, Some(Failure::Refused(code)) if code == "invitation_used");
    let text = failure.as_ref().map(why).unwrap_or_default();
    view! {
        <Frame title=t!("first-refused") steps=(1, 4) back=Callback::new(move |()| flow.over())>
            <Trouble text=Signal::stored(Some(text)) />
            {used.then(|| view! { <p>{t!("first-refused-used")}</p> })}
            <div class="first__foot stack">
                {again
                    .then(|| {
                        view! {
                            <button class="button button--main button-wide" on:click=move |_| flow.open_again()>
                                <Icon name="refresh" />
                                {t!("try-again")}
                            </button>
                        }
                    })}
                <button class="button button--second button-wide" on:click=move |_| flow.over()>{t!("first-other-invitation")}</button>
                {used
                    .then(|| {
                        view! {
                            <button class="button button--second button-wide" on:click=move |_| flow.begin(Way::Link)>
                                {t!("first-way-link")}
                            </button>
                        }
                    })}
            </div>
        </Frame>
    }
}

/// The account could not be set up.
#[component]
pub fn Failed() -> impl IntoView {
    let flow = flow();
    let text = flow.failure.get_untracked().as_ref().map(why).unwrap_or_default();
    let name_again = matches!(
        flow.failure.get_untracked(),
        Some(Failure::Refused(code)) if code == "invalid_name"
    );
    let edit = move || {
        flow.go(match flow.way.get_untracked() {
            Way::Join => Step::Person,
            Way::Link => Step::Device,
            Way::Recover => Step::Words,
        });
    };
    view! {
        <Frame title=t!("first-failed") back=Callback::new(move |()| edit())>
            <Trouble text=Signal::stored(Some(text)) />
            <div class="first__foot stack">
                {(!name_again)
                    .then(|| {
                        view! {
                            <button class="button button--main button-wide" on:click=move |_| flow.set_up()>
                                <Icon name="refresh" />
                                {t!("try-again")}
                            </button>
                        }
                    })}
                <button class="button button--second button-wide" on:click=move |_| edit()>{t!("first-check-entries")}</button>
                <button class="button button--plain button-wide" on:click=move |_| flow.over()>{t!("first-from-start")}</button>
            </div>
        </Frame>
    }
}

/// What a browser with an account does with an invitation.
#[derive(Debug, Clone, PartialEq)]
enum Taking {
    /// None is there: the link must be opened again.
    Nothing,
    Opening,
    Offered(Offer),
    Failed(Failure),
}

/// Takes an invitation with the account that is on this device.
#[component]
pub fn AcceptPane() -> impl IntoView {
    let app = app();
    let taking = RwSignal::new(Taking::Nothing);
    let busy = RwSignal::new(false);
    melder_kit::dom::effect(move || {
        let Some(Brought::Invitation(link)) = app.carried.get() else {
            return;
        };
        app.carried.set(None);
        taking.set(Taking::Opening);
        spawn_local(async move {
            taking.set(match fetch!(Ask::OpenInvitation { link } => Answer::Offer) {
                Ok(offer) => Taking::Offered(offer),
                Err(failure) => Taking::Failed(failure),
            });
        });
    });
    let accept = move || {
        busy.set(true);
        spawn_local(async move {
            match port::ask(Ask::AcceptInvitation).await {
                Ok(_) => {
                    toast(t!("accept-done"));
                    route::replace(app.route, Route::Chats);
                }
                Err(failure) => taking.set(Taking::Failed(failure)),
            }
            busy.set(false);
        });
    };
    let leave = move || route::replace(app.route, Route::Chats);
    view! {
        <header class="bar bar--line">
            <button class="icon-button" aria-label=t!("close") title=t!("close") on:click=move |_| leave()>
                <Icon name="close" />
            </button>
            <h1 class="grow">{t!("accept-title")}</h1>
        </header>
        <div class="page">
            <div class="page__inner" aria-live="polite">
                {move || match taking.get() {
                    Taking::Nothing => {
                        view! {
                            <div class="empty">
                                <Icon name="mail-lock-outline" />
                                <p>{t!("accept-nothing")}</p>
                                <button class="button button--main" on:click=move |_| leave()>{t!("accept-to-chats")}</button>
                            </div>
                        }
                            .into_any()
                    }
                    Taking::Opening => view! { <p class="muted">{t!("first-opening")}</p> }.into_any(),
                    Taking::Offered(offer) if offer.for_existing => {
                        view! {
                            <p>{t!("accept-lead", name = app.own.with_untracked(|own| own.as_ref().map(|own| own.name.clone()).unwrap_or_default()))}</p>
                            <OfferCard offer />
                            <button
                                class="button button--main button-wide"
                                aria-busy=move || if busy.get() { "true" } else { "false" }
                                on:click=move |_| {
                                    if !busy.get_untracked() {
                                        accept();
                                    }
                                }
                            >
                                {move || busy.get().then(|| view! { <Busy /> })}
                                {t!("accept-accept")}
                            </button>
                            <button class="button button--plain button-wide" on:click=move |_| leave()>{t!("cancel")}</button>
                        }
                            .into_any()
                    }
                    Taking::Offered(offer) => {
                        view! {
                            <OfferCard offer />
                            <div class="notice"><Icon name="info-outline" /><p class="grow">{t!("accept-needs-new")}</p></div>
                            <button class="button button--second button-wide" on:click=move |_| leave()>{t!("accept-to-chats")}</button>
                        }
                            .into_any()
                    }
                    Taking::Failed(failure) => {
                        view! {
                            <Trouble text=Signal::stored(Some(why(&failure))) />
                            <button class="button button--second button-wide" on:click=move |_| leave()>{t!("accept-to-chats")}</button>
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
}
