// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people do in these tests, in one word each.

use melder_content::{Content, MessageId, Text};
use melder_engine::Action;
use melder_engine::api::{Draft, Outcome};
use melder_protocol::GroupId;
use melder_simulator::{DeviceNo, World};

pub fn text(world: &mut World, from: DeviceNo, group: GroupId, text: &str) -> MessageId {
    let draft = Box::new(Draft::new(Content::Text(Text::plain(text))));
    match world.perform(from, Action::Send { group, draft }) {
        Ok(Outcome::Queued(id)) => id,
        other => panic!("not queued: {other:?}"),
    }
}

pub fn shown(world: &mut World, device: DeviceNo, group: GroupId) -> Vec<String> {
    let messages = world.at(device).engine().messages(group, None, 1000).unwrap();
    messages.into_iter().map(|message| message.text).collect()
}

pub fn direct(world: &mut World, from: DeviceNo, to: melder_protocol::AccountId) -> GroupId {
    match world.perform(from, Action::StartDirect(to)) {
        Ok(Outcome::Group(group)) => group,
        other => panic!("no chat: {other:?}"),
    }
}
