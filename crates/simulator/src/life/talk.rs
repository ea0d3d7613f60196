// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people say.

use melder_content::{Content, MessageId, Text};
use melder_engine::Action;
use melder_engine::api::{Draft, GroupStatus, MessageState, MessageView, Outcome};
use melder_protocol::roster::Role;
use melder_protocol::{AccountId, GroupId};

use super::Life;
use crate::canary::MARK;
use crate::device::DeviceNo;

/// A text that an engine has taken.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub device: DeviceNo,
    pub account: AccountId,
    pub group: GroupId,
    pub id: MessageId,
    pub text: String,
    /// Its writer has edited it, or taken it back.
    pub changed: bool,
}

/// Messages to look back at.
const RECENT: u32 = 12;

impl Life {
    /// A device of somebody who is here, and a group that it is in.
    fn speaker(&mut self, who: usize, what: usize) -> Option<(DeviceNo, GroupId)> {
        let device = self.some_device(who)?;
        let chats = self.world.at(device).engine().chats().unwrap_or_default();
        let open: Vec<GroupId> = chats
            .into_iter()
            .filter(|chat| chat.status == GroupStatus::Active && chat.role.is_some_and(may_write(chat.kind)))
            .map(|chat| chat.group)
            .collect();
        (!open.is_empty()).then(|| (device, open[what % open.len()]))
    }

    fn queue(&mut self, device: DeviceNo, group: GroupId, content: Content) -> Option<MessageId> {
        let draft = Box::new(Draft::new(content));
        let id = self.world.act(device, Action::Send { group, draft });
        match self.world.outcome(device, id) {
            Some(Ok(Outcome::Queued(id))) => Some(id),
            _ => None,
        }
    }

    fn say(&mut self, device: DeviceNo, group: GroupId, content: Content) {
        if self.queue(device, group, content).is_some() {
            *self.controls.entry((device, group)).or_default() += 1;
        }
    }

    pub(super) fn write(&mut self, who: usize, what: usize) {
        let Some((device, group)) = self.speaker(who, what) else {
            return;
        };
        let Some(account) = self.world.at(device).account else {
            return;
        };
        let text = format!("{MARK} {}", self.written.len());
        let content = Content::Text(Text::plain(text.clone()));
        if let Some(id) = self.queue(device, group, content) {
            self.world.note(&format!("d{} writes {}", device.0, self.written.len()));
            self.written.push(Written {
                device,
                account,
                group,
                id,
                text,
                changed: false,
            });
        }
    }

    fn recent(&mut self, device: DeviceNo, group: GroupId) -> Vec<MessageView> {
        let messages = self.world.at(device).engine().messages(group, None, RECENT);
        let mut messages = messages.unwrap_or_default();
        messages.retain(|message| message.sequence.is_some() && !message.deleted && message.kind == "text");
        messages
    }

    pub(super) fn react(&mut self, who: usize, what: usize) {
        let Some((device, group)) = self.speaker(who, what) else {
            return;
        };
        let recent = self.recent(device, group);
        let Some(message) = recent.get(what % recent.len().max(1)) else {
            return;
        };
        let emoji = ["👍", "✅", "❓"][what % 3].to_owned();
        self.say(device, group, Content::Reaction { to: message.id, emoji });
    }

    fn own_recent(&mut self, who: usize, what: usize) -> Option<(DeviceNo, GroupId, MessageId)> {
        let (device, group) = self.speaker(who, what)?;
        let account = self.world.at(device).account?;
        let mut recent = self.recent(device, group);
        recent.retain(|message| message.sender == account && message.state == MessageState::Sent);
        let message = recent.get(what % recent.len().max(1))?;
        Some((device, group, message.id))
    }

    fn mark_changed(&mut self, id: MessageId) {
        if let Some(written) = self.written.iter_mut().find(|written| written.id == id) {
            written.changed = true;
        }
    }

    pub(super) fn edit(&mut self, who: usize, what: usize) {
        if let Some((device, group, replaces)) = self.own_recent(who, what) {
            let text = format!("{MARK} anders {}", self.done);
            let body = Box::new(Content::Text(Text::plain(text)));
            self.mark_changed(replaces);
            self.say(device, group, Content::Edit { replaces, body });
        }
    }

    pub(super) fn take_back(&mut self, who: usize, what: usize) {
        if let Some((device, group, replaces)) = self.own_recent(who, what) {
            self.mark_changed(replaces);
            let content = Content::Delete {
                replaces,
                in_reply_to: None,
            };
            self.say(device, group, content);
        }
    }
}

fn may_write(kind: melder_protocol::roster::GroupKind) -> impl Fn(Role) -> bool {
    move |role| kind != melder_protocol::roster::GroupKind::Channel || role >= Role::Publisher
}
