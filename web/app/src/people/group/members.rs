// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! All members of a chat, with search; and, where one may, their roles and who comes in or goes.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Busy, Dialog, Icon, Sheet, t, toast, toast_with_undo};
use melder_port::view::{ChatKind, Member, Role};
use melder_port::{Ask, Failure};

use super::overview::{MemberLink, home, sort};
use super::{Info, View};
use crate::people::find::Finder;
use crate::people::list::{People, PeopleField, rove};
use crate::people::new_group::{Picked, PickedChips, pick_row};
use crate::people::person::{Person, SHOWN};
use crate::port;
use crate::state::{act, act_then, say};

#[component]
pub fn Members(info: Info) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let limit = RwSignal::new(SHOWN);
    let chosen = RwSignal::new(None::<Member>);
    let found = Memo::new(move |_| {
        let query = query.get();
        let home = home(info);
        let mut members = info.members.get().unwrap_or_default();
        members.retain(|member| Person::known(member.contact.clone(), &home).fits(&query));
        sort(&mut members);
        members
    });
    view! {
        <div class="stack">
            <div class="search-field" role="search">
                <Icon name="search" />
                <input
                    type="search"
                    autocomplete="off"
                    aria-label=t!("info-find-member")
                    placeholder=t!("info-find-member")
                    prop:value=move || query.get()
                    on:input=move |event| {
                        limit.set(SHOWN);
                        query.set(event_target_value(&event));
                    }
                />
            </div>
            <p class="small muted" role="status">{move || t!("info-members", count = found.with(Vec::len))}</p>
            <ul class="people" on:keydown=move |event| rove(&event, ".people", ".person")>
                {move || {
                    let members = found.get().into_iter().take(limit.get());
                    members.map(|member| view! { <li class="member"><Row info member chosen /></li> }).collect_view()
                }}
            </ul>
            {move || {
                let rest = found.with(Vec::len).saturating_sub(limit.get());
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
        </div>
        <Menu info chosen />
    }
}

#[component]
fn Row(info: Info, member: Member, chosen: RwSignal<Option<Member>>) -> impl IntoView {
    let menu = (info.manages() && !member.own).then(|| member.clone());
    let name = member.contact.name.clone();
    view! {
        <MemberLink info member />
        {menu
            .map(|member| {
                let label = t!("member-menu", name = &name);
                view! {
                    <button
                        type="button"
                        class="icon-button"
                        aria-haspopup="dialog"
                        aria-label=label
                        title=t!("member-menu-title")
                        on:click=move |_| chosen.set(Some(member.clone()))
                    >
                        <Icon name="more-vert" />
                    </button>
                }
            })}
    }
}

/// What may be done with a member.
#[component]
fn Menu(info: Info, chosen: RwSignal<Option<Member>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let removing = RwSignal::new(false);
    let shown = RwSignal::new(None::<Member>);
    melder_kit::dom::effect(move || {
        if let Some(member) = chosen.get() {
            shown.set(Some(member));
            open.set(true);
            chosen.set(None);
        }
    });
    let name =
        Signal::derive(move || shown.with(|shown| shown.as_ref().map(|m| m.contact.name.clone()).unwrap_or_default()));
    let give = move |role: Role| {
        open.set(false);
        if let Some(member) = shown.get_untracked() {
            set_role(info, &member, role);
        }
    };
    let remove = move |_| {
        removing.set(false);
        if let Some(member) = shown.get_untracked() {
            let (group, account) = (info.group, member.contact.account);
            act_then(
                Ask::ChangeRoster {
                    group,
                    set: Vec::new(),
                    unset: vec![account],
                },
                move |_| {
                    info.read();
                    toast(t!("member-removed", name = member.contact.name));
                },
            );
        }
    };
    let channel = move || {
        info.chat
            .with(|chat| chat.as_ref().is_some_and(|chat| chat.kind == ChatKind::Channel))
    };
    let option = move |role: Role, word: String| {
        let here = move || shown.with(|shown| shown.as_ref().is_some_and(|member| member.role == role));
        view! {
            <button
                type="button"
                class="line"
                aria-pressed=move || if here() { "true" } else { "false" }
                on:click=move |_| give(role)
            >
                <span class="grow">{word}</span>
                {move || here().then(|| view! { <Icon name="check" /> })}
            </button>
        }
    };
    view! {
        <Sheet open title=name close_label=t!("close")>
            <div class="lines">
                {option(Role::Member, if channel() { t!("role-set-reader") } else { t!("role-set-member") })}
                {channel().then(|| option(Role::Publisher, t!("role-set-publisher")))}
                {option(Role::Manage, t!("role-set-manage"))}
                <button
                    type="button"
                    class="line line--danger"
                    on:click=move |_| {
                        open.set(false);
                        removing.set(true);
                    }
                >
                    <Icon name="person-remove-outline" />
                    <span class="grow">{t!("member-remove")}</span>
                </button>
            </div>
        </Sheet>
        <Dialog open=removing title=Signal::derive(move || t!("member-remove-title", name = name.get())) close_label=t!("close")>
            <p>{t!("member-remove-then")}</p>
            <div class="actions">
                <button type="button" class="button button--plain" on:click=move |_| removing.set(false)>{t!("cancel")}</button>
                <button type="button" class="button button--danger" on:click=remove>{t!("member-remove")}</button>
            </div>
        </Dialog>
    }
}

fn set_role(info: Info, member: &Member, role: Role) {
    let (group, account, before) = (info.group, member.contact.account, member.role);
    if role == before {
        return;
    }
    let name = member.contact.name.clone();
    act_then(
        Ask::ChangeRoster {
            group,
            set: vec![(account, role)],
            unset: Vec::new(),
        },
        move |_| {
            info.read();
            toast_with_undo(t!("role-changed", name = name), t!("undo"), move || {
                act(Ask::ChangeRoster {
                    group,
                    set: vec![(account, before)],
                    unset: Vec::new(),
                });
            });
        },
    );
}

/// More members.
#[component]
pub fn Add(info: Info) -> impl IntoView {
    let finder = Finder::new(info.app, true);
    let picked = Picked::new();
    provide_context(picked);
    let missing = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failure>);
    melder_kit::dom::focus_soon("#find-new-member");
    // Whoever is in it already is not offered again.
    let only = Signal::derive(move || {
        let inside: std::collections::HashSet<_> = info
            .members
            .with(|members| members.iter().flatten().map(|member| member.contact.account).collect());
        let mut people = finder.known();
        people.retain(|person| !inside.contains(&person.account));
        Some(people)
    });
    let add = move |_| {
        let accounts = picked.accounts();
        if accounts.is_empty() {
            missing.set(true);
            melder_kit::dom::focus("#find-new-member");
            return;
        }
        missing.set(false);
        busy.set(true);
        let set = accounts.into_iter().map(|account| (account, Role::Member)).collect();
        spawn_local(async move {
            match port::ask(Ask::ChangeRoster {
                group: info.group,
                set,
                unset: Vec::new(),
            })
            .await
            {
                Ok(_) => {
                    info.read();
                    info.show(View::Members);
                }
                Err(failure) => {
                    busy.try_set(false);
                    failed.try_set(Some(failure));
                }
            }
        });
    };
    view! {
        <div class="stack">
            <PickedChips picked />
            <PeopleField finder id="find-new-member" label=t!("people-find") />
            <People finder row=pick_row only />
        </div>
        <footer class="action-bar action-bar--sticky">
            <p class="action-bar__words" role="alert">
                {move || {
                    if missing.get() { Some(t!("info-add-missing")) } else { failed.get().map(|failure| say(&failure)) }
                }}
            </p>
            <button type="button" class="button button--main grow" aria-busy=move || busy.get().then_some("true") on:click=add>
                {move || busy.get().then(|| view! { <Busy /> })}
                {move || t!("info-add-count", count = picked.0.with(Vec::len))}
            </button>
        </footer>
    }
}
