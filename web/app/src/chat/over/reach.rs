// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who has a message, who confirmed it, and who is missing: by name, for its sender. Stays true while it is open.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, Dialog, Icon, avatar, t, times, toast};
use melder_port::view::{DraftContent, Message, Reach};
use melder_port::{AccountId, Answer, Ask, News, Time};

use crate::chat::composer::mentions;
use crate::chat::{Ctx, ctx, draft, over};
use crate::fetch;
use crate::state::{act, on_news, say};

/// Called by name in one message at most.
const MOST_NAMES: usize = 20;

#[component]
pub fn ReachDialog(message: Arc<Message>) -> impl IntoView {
    let ctx = ctx();
    let open = over::opened(ctx);
    let reach = RwSignal::new(None::<Result<Reach, String>>);
    let (group, id) = (message.group, message.id);
    let read = move || {
        spawn_local(async move {
            let answer = fetch!(Ask::Reach { group, message: id } => Answer::Reach);
            let _ = reach.try_set(Some(answer.map_err(|failure| say(&failure))));
        });
    };
    read();
    on_news(move |news| {
        if matches!(news, News::Message { group: other, .. } if *other == group) {
            read();
        }
    });
    let asks = message.confirmation.is_some();
    view! {
        <Dialog open title=t!("reach-title") close_label=t!("close")>
            {move || match reach.get() {
                None => view! { <div class="skeleton skeleton--row" aria-busy="true"></div> }.into_any(),
                Some(Err(why)) => view! { <p class="notice notice--warning"><Icon name="cloud-off-outline" />{why}</p> }.into_any(),
                Some(Ok(reach)) => lists(ctx, id, &reach, asks, open),
            }}
        </Dialog>
    }
}

fn lists(ctx: Ctx, id: melder_port::MessageId, reach: &Reach, asks: bool, open: RwSignal<bool>) -> AnyView {
    let confirmed: Vec<_> = reach.confirmed.iter().map(|(who, name, at)| (*who, name.clone(), Some(*at))).collect();
    let reached: Vec<_> = reach.reached.iter().map(|(who, name)| (*who, name.clone(), None)).collect();
    let missing: Vec<_> = reach.missing.iter().map(|(who, name)| (*who, name.clone(), None)).collect();
    let silent: Vec<(AccountId, String)> = reach.reached.iter().chain(&reach.missing).cloned().collect();
    let remind = (asks && !silent.is_empty()).then(|| {
        view! {
            <div class="actions">
                <button class="button button--second" on:click=move |_| {
                    remind(ctx, id, &silent);
                    open.set(false);
                }>
                    <Icon name="notifications-outline" />
                    {t!("remind-again")}
                </button>
            </div>
        }
    });
    view! {
        {asks.then(|| list("check-circle", t!("reach-confirmed", count = confirmed.len()), confirmed.clone()))}
        {list("done-all", t!("reach-reached", count = reached.len()), reached.clone())}
        {list("schedule", t!("reach-missing", count = missing.len()), missing.clone())}
        {remind}
    }
    .into_any()
}

fn list(icon: &'static str, title: String, people: Vec<(AccountId, String, Option<Time>)>) -> AnyView {
    let rows = people
        .into_iter()
        .map(|(account, name, at)| {
            view! {
                <li class="line">
                    <Avatar name=name.clone() hue=avatar::hue(account.as_bytes()) size=36 />
                    <span class="grow">{name.clone()}</span>
                    {at.map(|at| view! { <span class="small muted">{times::at(at.0)}</span> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="reach">
            <h3><Icon name=icon class="icon--small" />{title}</h3>
            <ul class="lines">{rows}</ul>
        </section>
    }
    .into_any()
}

/// An answer to the message that names those who have not confirmed: a mention is heard in a muted chat, too.
fn remind(ctx: Ctx, id: melder_port::MessageId, people: &[(AccountId, String)]) {
    let names = people
        .iter()
        .take(MOST_NAMES)
        .map(|(account, name)| mentions::link(name, *account))
        .collect::<Vec<_>>()
        .join(" ");
    let mut reminder = draft(DraftContent::Text(t!("reminder-text", names = names)));
    reminder.reply_to = Some(id);
    act(Ask::Send { group: ctx.group, draft: reminder });
    toast(t!("reminded", count = people.len().min(MOST_NAMES)));
}
