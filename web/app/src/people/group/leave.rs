// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Leaving a chat, and forgetting one that was left. Both are final, so both ask.

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Dialog, Icon, t, toast};
use melder_port::view::{ChatKind, ChatStatus, Role};
use melder_port::{Ask, Failure};

use super::Info;
use crate::port;
use crate::route::{self, Route};
use crate::state::say;

#[component]
pub fn Leave(info: Info) -> impl IntoView {
    let leaving = RwSignal::new(false);
    let forgetting = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failure>);
    let can = Memo::new(move |_| {
        info.chat.with(|chat| {
            chat.as_ref().map(|chat| {
                (
                    chat.kind != ChatKind::Direct && !chat.managed,
                    chat.status == ChatStatus::Left,
                )
            })
        })
    });
    // Who leaves as the only one who manages leaves a group that nobody can change.
    let last = move || {
        info.members.with(|members| {
            let mut managers = members.iter().flatten().filter(|member| member.role == Role::Manage);
            managers.next().is_some_and(|member| member.own) && managers.next().is_none()
        })
    };
    let app = info.app;
    let group = info.group;
    let leave = move |_| {
        spawn_local(async move {
            match port::ask(Ask::LeaveGroup(group)).await {
                Ok(_) => {
                    leaving.try_set(false);
                    toast(t!("left"));
                    route::go(app.route, Route::Chats);
                }
                Err(failure) => {
                    failed.try_set(Some(failure));
                }
            }
        });
    };
    let forget = move |_| {
        spawn_local(async move {
            match port::ask(Ask::ForgetChat(group)).await {
                Ok(_) => {
                    forgetting.try_set(false);
                    app.read_chats();
                    toast(t!("forgotten"));
                    route::replace(app.route, Route::Chats);
                }
                Err(failure) => {
                    failed.try_set(Some(failure));
                }
            }
        });
    };
    view! {
        <div class="info__end">
            {move || match can.get() {
                Some((_, true)) => Some(button("delete-outline", t!("forget"), forgetting).into_any()),
                Some((true, false)) => Some(button("logout", t!("leave"), leaving).into_any()),
                Some((false, false)) if info.chat.with(|chat| chat.as_ref().is_some_and(|chat| chat.managed)) => {
                    Some(view! { <p class="small muted">{t!("leave-managed")}</p> }.into_any())
                }
                _ => None,
            }}
        </div>
        <Dialog open=leaving title=t!("leave-title") close_label=t!("close")>
            <p>{t!("leave-then")}</p>
            {move || last().then(|| view! { <p class="strong">{t!("leave-last")}</p> })}
            <p role="alert">{move || failed.get().map(|failure| say(&failure))}</p>
            <div class="actions">
                <button type="button" class="button button--plain" on:click=move |_| leaving.set(false)>{t!("cancel")}</button>
                <button type="button" class="button button--danger" on:click=leave>{t!("leave")}</button>
            </div>
        </Dialog>
        <Dialog open=forgetting title=t!("forget-title") close_label=t!("close")>
            <p>{t!("forget-then")}</p>
            <p role="alert">{move || failed.get().map(|failure| say(&failure))}</p>
            <div class="actions">
                <button type="button" class="button button--plain" on:click=move |_| forgetting.set(false)>{t!("cancel")}</button>
                <button type="button" class="button button--danger" on:click=forget>{t!("forget")}</button>
            </div>
        </Dialog>
    }
}

fn button(icon: &'static str, word: String, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <button type="button" class="line info__line line--danger" on:click=move |_| open.set(true)>
            <Icon name=icon />
            <span class="grow">{word}</span>
        </button>
    }
}
