// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands beside a chat: who is in it and how far they are trusted, how it is kept, what was sent in it.

mod about;
mod check;
mod leave;
mod media;
mod members;
mod number;
mod overview;
mod settings;

use leptos::prelude::*;
use melder_kit::dom;
use melder_kit::dom::spawn_local;
use melder_port::view::{Chat, ChatKind, Member, Role, Trust};
use melder_port::{Answer, Ask, GroupId, News};

pub use about::Pane;

use crate::fetch;
use crate::state::{App, app, on_news};

/// Several changes within this time are one reading.
const READ_MS: i32 = 150;

/// Which part of the side pane is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Overview,
    Members,
    Check,
    Media,
    Add,
    Edit,
}

/// What the parts share.
#[derive(Clone, Copy)]
struct Info {
    app: App,
    group: GroupId,
    view: RwSignal<View>,
    chat: Memo<Option<Chat>>,
    /// `None` until they were read.
    members: RwSignal<Option<Vec<Member>>>,
    turn: StoredValue<u32>,
}

impl Info {
    fn new(group: GroupId) -> Self {
        let app = app();
        let this = Self {
            app,
            group,
            view: RwSignal::new(View::Overview),
            chat: Memo::new(move |_| app.chat(group)),
            members: RwSignal::new(None),
            turn: StoredValue::new(0),
        };
        this.read();
        on_news(move |news| {
            if matches!(news, News::Chat(other) if *other == group) {
                this.read_soon();
            }
        });
        this
    }

    fn read(self) {
        let group = self.group;
        spawn_local(async move {
            if let Ok(members) = fetch!(Ask::Members(group) => Answer::Members) {
                self.members.try_update(|old| {
                    if old.as_ref() != Some(&members) {
                        *old = Some(members);
                    }
                });
            }
        });
    }

    fn read_soon(self) {
        let mine = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(mine);
        dom::after(READ_MS, move || {
            if self.turn.try_get_value() == Some(mine) {
                self.read();
            }
        });
    }

    fn show(self, view: View) {
        self.view.set(view);
        dom::focus_soon("#info-title");
    }

    /// May this account change who is in it, its name, its roles?
    fn manages(self) -> bool {
        self.chat.with(|chat| chat.as_ref().is_some_and(may_manage))
    }

    /// How many others are unconfirmed, confirmed, checked.
    fn trust(self) -> [u32; 3] {
        self.members.with(|members| counts(members.iter().flatten()))
    }
}

fn may_manage(chat: &Chat) -> bool {
    !chat.managed && chat.kind != ChatKind::Direct && chat.role == Some(Role::Manage)
}

fn counts<'a>(members: impl Iterator<Item = &'a Member>) -> [u32; 3] {
    let mut counts = [0, 0, 0];
    for member in members.filter(|member| !member.own) {
        let [open, service, personal] = &mut counts;
        *match member.contact.trust {
            Trust::Unconfirmed => open,
            Trust::Service => service,
            Trust::Personal => personal,
        } += 1;
    }
    counts
}
