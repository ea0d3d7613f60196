// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One chat: its head, the timeline, the composer, the side pane.
//!
//! [`window`] is what is loaded of a chat and [`layout`] what stands on which row; both are pure. [`feed`] fills them, [`timeline`] puts
//! them on the page, [`bubble`] and `body` draw a message, `composer` writes one, `over` is all that opens above the chat. What
//! these share is [`Ctx`].

mod announce;
mod body;
mod bubble;
mod composer;
mod feed;
mod head;
mod layout;
mod media;
mod menu;
mod news;
pub mod over;
mod player;
mod rows;
mod scroll;
#[cfg(test)]
mod testing;
mod timeline;
mod transfers;
mod window;

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::dom::{self, spawn_local};
use melder_kit::{t, toast};
use melder_port::view::Draft;
use melder_port::view::{Chat, DraftContent, Member, Message, Policy};
use melder_port::{Answer, Ask, GroupId, MessageId, News, Sequence};

use crate::fetch;
use crate::people::Away;
use crate::state::{act, app, is_outdated, on_news};

/// What the parts of a chat share. A handle: it is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Ctx {
    pub group: GroupId,
    pub chat: Memo<Option<Chat>>,
    pub policy: RwSignal<Option<Policy>>,
    pub members: RwSignal<Vec<Member>>,
    /// How many of them are on duty, where the server says so.
    pub on_duty: RwSignal<Option<u32>>,
    /// Where the timeline is to go.
    pub jump: RwSignal<Option<Jump>>,
    /// What is answered, and what is edited, in the composer.
    pub reply: RwSignal<Option<Arc<Message>>>,
    pub edit: RwSignal<Option<Arc<Message>>>,
    pub over: RwSignal<Option<over::Over>>,
    pub transfers: transfers::Transfers,
    pub player: player::Player,
    /// The row of search over the chat.
    pub searching: RwSignal<bool>,
    /// The members are to be read anew.
    stale: StoredValue<bool>,
}

/// Who is in a chat may have changed with each of its news; it is read anew at most this often.
const MEMBERS_MS: i32 = 1_000;
/// How many are on duty is read anew after this time.
const DUTY_MS: i32 = 60_000;

/// A place in the chat to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    To(Sequence),
    End,
}

impl Ctx {
    /// A message that is nothing but its content.
    pub fn send(self, content: DraftContent) {
        // What is confirmed or taken back goes out whatever the app's age.
        let is_new = !matches!(content, DraftContent::Confirm { .. } | DraftContent::Delete(_));
        if is_new && untrack(|| self.is_outdated()) {
            toast(t!("composer-outdated"));
            return;
        }
        act(Ask::Send {
            group: self.group,
            draft: draft(content),
        });
    }

    /// May one write here?
    #[must_use]
    pub fn may_write(self) -> bool {
        !self.is_outdated() && self.chat.with(|chat| chat.as_ref().is_some_and(|chat| chat.may_write))
    }

    /// Is the app too old to write?
    #[must_use]
    pub fn is_outdated(self) -> bool {
        is_outdated(self.policy)
    }

    /// Does the policy let texts and files out of the app?
    #[must_use]
    pub fn may_export(self) -> bool {
        self.policy
            .with(|policy| policy.as_ref().is_none_or(|policy| policy.export))
    }

    fn read_members(self) {
        spawn_local(async move {
            if let Ok(members) = fetch!(Ask::Members(self.group) => Answer::Members) {
                let _ = self.members.try_set(members);
            }
        });
    }

    /// Now, and anew as long as the chat stands open.
    fn read_on_duty(self) {
        spawn_local(async move {
            if let Ok(count) = fetch!(Ask::OnDuty(self.group) => Answer::OnDuty) {
                let _ = self.on_duty.try_set(count);
            }
            dom::after(DUTY_MS, move || {
                if !self.on_duty.is_disposed() {
                    self.read_on_duty();
                }
            });
        });
    }

    fn read_members_soon(self) {
        if self.stale.try_update_value(|stale| std::mem::replace(stale, true)) == Some(false) {
            dom::after(MEMBERS_MS, move || {
                if self.stale.try_set_value(false).is_none() {
                    self.read_members();
                }
            });
        }
    }
}

/// Nothing but this content.
#[must_use]
pub const fn draft(content: DraftContent) -> Draft {
    Draft {
        content,
        reply_to: None,
        files: Vec::new(),
        expires_in_ms: None,
        confirm: None,
        at: None,
    }
}

/// What the parts of this chat share.
///
/// # Panics
/// Outside of a chat.
#[must_use]
pub fn ctx() -> Ctx {
    expect_context()
}

/// The element of a message, for those who look for it.
#[must_use]
pub fn element_id(id: MessageId) -> String {
    format!("m-{id}")
}

#[component]
pub fn ChatPane(group: GroupId) -> impl IntoView {
    let app = app();
    let ctx = Ctx {
        group,
        chat: Memo::new(move |_| app.chat(group)),
        policy: app.policy,
        members: RwSignal::new(Vec::new()),
        on_duty: RwSignal::new(None),
        jump: RwSignal::new(None),
        reply: RwSignal::new(None),
        edit: RwSignal::new(None),
        over: RwSignal::new(None),
        transfers: transfers::Transfers::new(),
        player: player::Player::new(),
        searching: RwSignal::new(false),
        stale: StoredValue::new(false),
    };
    provide_context(ctx);
    ctx.read_members();
    if app.chat(group).is_some_and(|chat| chat.managed) {
        ctx.read_on_duty();
    }
    app.read_policy();
    on_news(move |news| match news {
        News::Chat(other) if *other == group => ctx.read_members_soon(),
        News::Transfer { blob, done, of, .. } => ctx.transfers.hear(*blob, *done, *of),
        _ => {}
    });
    on_cleanup(move || {
        ctx.player.stop();
        media::forget();
    });
    let writing = composer::provide(ctx);
    let away = Memo::new(move |_| {
        ctx.chat
            .with(|chat| chat.as_ref().and_then(|chat| chat.absence.clone()))
    });
    let dropping = RwSignal::new(false);
    view! {
        <div
            class="chat"
            class:chat--dropping=move || dropping.get()
            on:dragover=move |event| composer::files::over(&event, dropping)
            on:dragleave=move |event| composer::files::out(&event, dropping)
            on:drop=move |event| composer::files::dropped(&event, dropping, writing)
        >
            <head::Head />
            <head::SearchBar />
            {move || away.get().map(|absence| view! { <Away absence /> })}
            <timeline::Timeline />
            <composer::Composer />
            <over::Overs />
        </div>
    }
}
