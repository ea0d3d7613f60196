// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The first part of the side pane: the chat at a glance.

use leptos::prelude::*;
use melder_kit::{Avatar, Icon, TrustBar, avatar, t};
use melder_port::AccountId;
use melder_port::view::{Chat, ChatKind, Member, Role, Trust};

use super::{Info, View, leave, settings};
use crate::chats::{chat_hue, shape};
use crate::people::contact::Head;
use crate::people::person::{Person, PersonLine, about, trust_why};
use crate::route::{self, Route};

/// So many members stand here; the others behind "Alle zeigen".
const FIRST: usize = 7;

#[component]
pub fn Overview(info: Info) -> impl IntoView {
    let kind = Memo::new(move |_| info.chat.with(|chat| chat.as_ref().map(|chat| chat.kind)));
    move || match kind.get() {
        None => view! { <p class="skeleton skeleton--card" aria-hidden="true"></p> }.into_any(),
        Some(ChatKind::Direct) => view! {
            <Peer info />
            <settings::Settings info />
            <leave::Leave info />
        }
        .into_any(),
        Some(_) => view! {
            <GroupHead info />
            <Standing info />
            <settings::Settings info />
            <First info />
            <leave::Leave info />
        }
        .into_any(),
    }
}

/// Who decides who is in it.
fn who_manages(info: Info, chat: &Chat) -> String {
    if chat.managed {
        let organisation = info
            .app
            .own
            .with(|own| own.as_ref().map(|own| own.organisation_name.clone()));
        return t!("info-managed", name = organisation.unwrap_or_default());
    }
    let names: Vec<String> = info.members.with(|members| {
        let managers = members.iter().flatten().filter(|member| member.role == Role::Manage);
        managers
            .map(|member| {
                if member.own {
                    t!("you")
                } else {
                    member.contact.name.clone()
                }
            })
            .take(4)
            .collect()
    });
    if names.is_empty() {
        t!("info-private")
    } else {
        t!("info-private-by", names = names.join(", "))
    }
}

#[component]
fn GroupHead(info: Info) -> impl IntoView {
    move || {
        let chat = info.chat.get()?;
        let who = who_manages(info, &chat);
        let edit = info.manages();
        Some(view! {
            <div class="info__head">
                <Avatar name=chat.name.clone() hue=chat_hue(&chat) shape=shape(chat.kind) size=64 />
                <div class="grow">
                    <p class="info__name">{chat.name.clone()}</p>
                    <p class="small muted">{who}</p>
                </div>
                {edit
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="icon-button"
                                aria-label=t!("info-edit")
                                title=t!("info-edit")
                                on:click=move |_| info.show(View::Edit)
                            >
                                <Icon name="edit-outline" />
                            </button>
                        }
                    })}
            </div>
            {chat.description.clone().map(|text| view! { <p class="info__description">{text}</p> })}
        })
    }
}

/// How far the members are trusted.
#[component]
fn Standing(info: Info) -> impl IntoView {
    let parts = Memo::new(move |_| info.trust());
    move || {
        info.members.with(Option::is_some).then(|| {
            view! {
                <section class="panel info__standing">
                    <div class="row">
                        <h3 class="grow">{t!("info-standing")}</h3>
                        <button type="button" class="text-button" on:click=move |_| info.show(View::Check)>
                            {t!("info-check")}
                        </button>
                    </div>
                    <TrustBar parts words=[t!("trust-bar-open"), t!("trust-bar-service"), t!("trust-bar-personal")] />
                </section>
            }
        })
    }
}

#[component]
fn First(info: Info) -> impl IntoView {
    let count = Memo::new(move |_| info.members.with(|members| members.as_ref().map_or(0, Vec::len)));
    view! {
        <section class="info__members">
            <div class="row">
                <h3 class="grow small muted">{move || t!("info-members", count = count.get())}</h3>
                <button type="button" class="text-button" on:click=move |_| info.show(View::Members)>
                    {t!("info-all-members")}
                </button>
            </div>
            <ul class="people">
                {move || {
                    let mut members = info.members.get().unwrap_or_default();
                    sort(&mut members);
                    members.into_iter().take(FIRST).map(|member| view! { <li><MemberLink info member /></li> }).collect_view()
                }}
            </ul>
            {move || {
                info.manages()
                    .then(|| {
                        view! {
                            <button type="button" class="line info__line" on:click=move |_| info.show(View::Add)>
                                <Icon name="person-add-outline" />
                                <span class="grow">{t!("info-add")}</span>
                            </button>
                        }
                    })
            }}
        </section>
    }
}

/// Those who manage first, then by name.
pub fn sort(members: &mut [Member]) {
    melder_kit::order::sort_by(members, |a, b| {
        let key = |member: &Member| {
            (
                member.role != Role::Manage,
                melder_kit::texts::lower(&member.contact.name),
            )
        };
        key(a).cmp(&key(b))
    });
}

/// What stands under a member's name.
pub fn note(member: &Member, person: &Person) -> String {
    let role = match member.role {
        Role::Member => None,
        Role::Publisher => Some(t!("role-publisher")),
        Role::Manage => Some(t!("role-manage")),
    };
    let about = Some(about(person)).filter(|about| !about.is_empty());
    let own = member.own.then(|| t!("you"));
    let parts: Vec<String> = [own, role, about].into_iter().flatten().collect();
    parts.join(" · ")
}

/// The viewer's own organisation, which is not said of anybody.
pub fn home(info: Info) -> String {
    info.app.own.with_untracked(|own| {
        own.as_ref()
            .map(|own| own.organisation_name.clone())
            .unwrap_or_default()
    })
}

#[component]
pub fn MemberLink(info: Info, member: Member) -> impl IntoView {
    let app = info.app;
    let to = Route::Contact(member.contact.account);
    let mut person = Person::known(member.contact.clone(), &home(info));
    if member.own {
        person.trust = None;
    }
    let note = note(&member, &person);
    view! {
        <a class="person" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
            <PersonLine person note />
        </a>
    }
}

/// The other one of a direct chat.
#[component]
fn Peer(info: Info) -> impl IntoView {
    let app = info.app;
    let peer = move || {
        info.members
            .with(|members| members.iter().flatten().find(|member| !member.own).cloned())
    };
    let links = move |account: AccountId| {
        let line = move |to: Route, icon: &'static str, word: String| {
            view! {
                <a class="line info__line" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                    <Icon name=icon />
                    <span class="grow">{word}</span>
                    <Icon name="chevron-right" />
                </a>
            }
        };
        view! {
            {line(Route::Contact(account), "person-outline", t!("profile-title"))}
            {line(Route::Verify(account), "verified-user-outline", t!("profile-check"))}
        }
    };
    move || match peer() {
        Some(member) => {
            let trust = member.contact.trust;
            let account = member.contact.account;
            let person = Person::known(member.contact, &home(info));
            view! {
                <Head person trust=Some(trust) />
                {(trust != Trust::Personal).then(|| view! { <p class="small muted">{trust_why(trust)}</p> })}
                <div class="lines">{links(account)}</div>
            }
            .into_any()
        }
        None => {
            let chat = info.chat.get();
            let name = chat.as_ref().map(|chat| chat.name.clone()).unwrap_or_default();
            let hue = chat
                .as_ref()
                .map_or_else(|| avatar::hue(info.group.as_bytes()), chat_hue);
            view! {
                <div class="info__head">
                    <Avatar name=name.clone() hue size=64 />
                    <p class="info__name grow">{name}</p>
                </div>
            }
            .into_any()
        }
    }
}
