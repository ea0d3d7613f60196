// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Into which chats a message is to go.

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Avatar, Dialog, Icon, t, toast};
use melder_port::view::{Chat, DraftContent, Message};
use melder_port::{Ask, GroupId};

use crate::chat::{bubble, ctx, draft, over};
use crate::chats::{chat_hue, shape};
use crate::state::{act, app};

/// At most so many at once: forwarding is for some, not for all.
const MOST: usize = 5;

#[component]
pub fn Forward(message: Arc<Message>) -> impl IntoView {
    let app = app();
    let ctx = ctx();
    let open = over::opened(ctx);
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<GroupId>::new());
    let gist = bubble::gist(&message);
    let id = message.id;
    let send = move |_| {
        let groups = chosen.get_untracked();
        if groups.is_empty() {
            toast(t!("forward-choose"));
            return;
        }
        for group in &groups {
            act(Ask::Send {
                group: *group,
                draft: draft(DraftContent::Forward(id)),
            });
        }
        toast(t!("forwarded", count = groups.len()));
        open.set(false);
    };
    let chats = move || {
        let wanted = melder_kit::texts::lower(&query.get());
        app.chats.with(|chats| {
            chats
                .iter()
                .flatten()
                .filter(|chat| chat.may_write && melder_kit::texts::lower(&chat.name).contains(&wanted))
                .cloned()
                .collect::<Vec<Chat>>()
        })
    };
    view! {
        <Dialog open title=t!("forward-title") close_label=t!("close")>
            <blockquote class="quote"><span>{gist.clone()}</span></blockquote>
            <label class="search-field">
                <Icon name="search" />
                <input
                    type="search"
                    placeholder=t!("forward-find")
                    aria-label=t!("forward-find")
                    prop:value=move || query.get()
                    on:input=move |event| query.set(event_target_value(&event))
                />
            </label>
            <ul class="pick-list" aria-label=t!("tab-chats")>
                <For each=chats key=|chat| chat.group let:chat>
                    <li>{row(&chat, chosen)}</li>
                </For>
            </ul>
            <div class="actions">
                <button class="button button--plain" on:click=move |_| open.set(false)>{t!("cancel")}</button>
                <button class="button button--main" on:click=send>
                    {move || t!("forward-to", count = chosen.with(Vec::len))}
                </button>
            </div>
        </Dialog>
    }
}

fn row(chat: &Chat, chosen: RwSignal<Vec<GroupId>>) -> impl IntoView + use<> {
    let group = chat.group;
    let on = move || chosen.with(|all| all.contains(&group));
    let press = move |_| {
        chosen.update(|all| {
            if let Some(at) = all.iter().position(|other| *other == group) {
                all.remove(at);
            } else if all.len() < MOST {
                all.push(group);
            } else {
                toast(t!("forward-most", count = MOST));
            }
        });
    };
    view! {
        <button class="pick" aria-pressed=move || if on() { "true" } else { "false" } on:click=press>
            <Avatar name=chat.name.clone() hue=chat_hue(chat) shape=shape(chat.kind) size=40 />
            <span class="grow cut">{chat.name.clone()}</span>
            {move || if on() {
                view! { <Icon name="check-box" /> }
            } else {
                view! { <Icon name="check-box-outline-blank" /> }
            }}
        </button>
    }
}
