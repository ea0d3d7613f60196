// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The check of a group: who of it is still unconfirmed, and the way to check each.

use leptos::prelude::*;
use melder_kit::{Icon, TrustBadge, TrustBar, TrustShow, t};
use melder_port::view::{Member, Trust};

use super::Info;
use super::number::Number;
use super::overview::{home, note};
use crate::people::person::{Person, PersonLine, SHOWN, level, trust_short};
use crate::route::{self, Route};

#[component]
pub fn Check(info: Info) -> impl IntoView {
    let parts = Memo::new(move |_| info.trust());
    let open = Memo::new(move |_| parts.get()[0]);
    let limit = RwSignal::new(SHOWN);
    let sorted = Memo::new(move |_| {
        let mut members: Vec<Member> = info.members.get().unwrap_or_default();
        members.retain(|member| !member.own);
        melder_kit::order::sort_by(&mut members, |a, b| {
            (a.contact.trust, melder_kit::texts::lower(&a.contact.name))
                .cmp(&(b.contact.trust, melder_kit::texts::lower(&b.contact.name)))
        });
        members
    });
    view! {
        <div class="stack">
            {move || {
                let open = open.get();
                if open > 0 {
                    view! {
                        <div class="notice notice--danger">
                            <Icon name="gpp-maybe" />
                            <p>
                                <b class="strong">{t!("group-check-open", count = open)}</b>
                                " "
                                {t!("group-check-open-then")}
                            </p>
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <div class="notice notice--success">
                            <Icon name="verified-user" />
                            <p>{t!("group-check-all")}</p>
                        </div>
                    }
                        .into_any()
                }
            }}
            <TrustBar parts words=[t!("trust-unconfirmed"), t!("trust-service-short"), t!("trust-personal-short")] />
            <h3>{t!("info-members-title")}</h3>
            <ul class="people">
                {move || {
                    let members = sorted.get().into_iter().take(limit.get());
                    members.map(|member| view! { <li><Row info member /></li> }).collect_view()
                }}
            </ul>
            {move || {
                let rest = sorted.with(Vec::len).saturating_sub(limit.get());
                (rest > 0)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button button--plain people__more"
                                on:click=move |_| limit.update(|limit| *limit += SHOWN)
                            >
                                {t!("people-more", count = rest)}
                            </button>
                        }
                    })
            }}
            <Number group=info.group />
        </div>
    }
}

#[component]
fn Row(info: Info, member: Member) -> impl IntoView {
    let app = info.app;
    let trust = member.contact.trust;
    let to = Route::Verify(member.contact.account);
    let mut person = Person::known(member.contact.clone(), &home(info));
    // The badge stands at the right, or the button in its place.
    person.trust = None;
    let note = note(&member, &person);
    let name = person.name.clone();
    let href = to.path();
    if trust == Trust::Unconfirmed {
        view! {
            <div class="person person--still">
                <PersonLine person note />
                <a
                    class="button button--second"
                    href=href
                    aria-label=t!("group-check-person", name = name)
                    on:click=move |event| route::follow(&event, app.route, to.clone())
                >
                    {t!("info-check")}
                </a>
            </div>
        }
        .into_any()
    } else {
        view! {
            <a class="person" href=href on:click=move |event| route::follow(&event, app.route, to.clone())>
                <PersonLine person note />
                <TrustBadge level=level(trust) word=trust_short(trust) show=TrustShow::Badge />
            </a>
        }
        .into_any()
    }
}
