// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a device shows while the day runs: each event becomes a sighting with the time at which it was shown.

use std::collections::HashSet;

use melder_client::{Client, End};
use melder_content::MessageId;
use melder_engine::api::{Event, GroupStatus, MessageChange, MessageState};
use melder_protocol::GroupId;
use melder_protocol::roster::GroupKind;
use tokio::sync::mpsc;

use crate::replay::wire::{Sighting, now};

/// Messages of each chat that are looked at when a device is opened.
const RECENT: u32 = 200;

/// Reports what the device shows, until it ends.
pub(super) fn watch(device: usize, client: Client, sightings: mpsc::UnboundedSender<Sighting>) {
    let mut events = client.events();
    tokio::spawn(async move {
        let mut seer = Seer {
            device,
            client,
            sightings,
            active: HashSet::new(),
        };
        seer.look_around().await;
        while let Some(event) = events.next().await {
            seer.see(&event).await;
        }
        if seer.client.end() == Some(End::Wiped) {
            seer.say(Sighting::Gone {
                device,
                code: "wiped".to_owned(),
            });
        }
    });
}

struct Seer {
    device: usize,
    client: Client,
    sightings: mpsc::UnboundedSender<Sighting>,
    /// Groups of which was told already that the device is in them.
    active: HashSet<GroupId>,
}

impl Seer {
    fn say(&self, sighting: Sighting) {
        let _ = self.sightings.send(sighting);
    }

    /// What a device that was opened again shows at once: what it reported last may have been lost with the crash.
    async fn look_around(&mut self) {
        let Ok(Ok(chats)) = self.client.query(|engine| engine.chats()).await else {
            return;
        };
        for chat in chats {
            self.look_at(chat.group).await;
            let messages = self
                .client
                .query(move |engine| engine.messages(chat.group, None, RECENT));
            let Ok(Ok(messages)) = messages.await else { continue };
            for view in messages {
                if let (MessageState::Sent, Some(sequence)) = (view.state, view.sequence) {
                    self.say(Sighting::Accepted {
                        device: self.device,
                        id: view.id.to_string(),
                        sequence: sequence.0,
                        at: view.time.0 * 1_000,
                    });
                }
            }
        }
    }

    async fn see(&mut self, event: &Event) {
        let (device, at) = (self.device, now());
        match event {
            Event::MessageChanged { group, message, change } => {
                // The first message can come before any other word about the group.
                self.look_at(*group).await;
                match change {
                    MessageChange::New => self.say(Sighting::Shown {
                        device,
                        id: message.to_string(),
                        at,
                    }),
                    MessageChange::State => self.look_at_own(*message, at).await,
                    MessageChange::Updated => {}
                }
            }
            Event::SystemLine { group, .. } | Event::GroupChanged(group) => self.look_at(*group).await,
            Event::Alarm { message, .. } => self.say(Sighting::Alarm {
                device,
                id: message.to_string(),
            }),
            Event::Misbehaviour { code, .. } => self.say(Sighting::Misbehaviour {
                device,
                code: format!("{code:?}"),
            }),
            Event::Gone(code) => self.say(Sighting::Gone {
                device,
                code: code.code().to_owned(),
            }),
            _ => {}
        }
    }

    /// Tells once that the device is in a group.
    async fn look_at(&mut self, group: GroupId) {
        if self.active.contains(&group) {
            return;
        }
        let Ok(Ok(Some(chat))) = self.client.query(move |engine| engine.chat(group)).await else {
            return;
        };
        if chat.status == GroupStatus::Active && chat.kind != GroupKind::Own && self.active.insert(group) {
            // What was read by the time of this look is what the head says: the time must not be earlier.
            let sighting = Sighting::Active {
                device: self.device,
                group: group.to_string(),
                head: chat.head.0,
                at: now(),
            };
            self.say(sighting);
        }
    }

    async fn look_at_own(&self, message: MessageId, at: u64) {
        let device = self.device;
        let Ok(Ok(Some(view))) = self.client.query(move |engine| engine.message(message)).await else {
            return;
        };
        let id = message.to_string();
        match (view.state, view.sequence) {
            (MessageState::Sent, Some(sequence)) => self.say(Sighting::Accepted {
                device,
                id,
                sequence: sequence.0,
                at,
            }),
            (MessageState::Failed { code }, _) => self.say(Sighting::Refused {
                device,
                id,
                code: code.code().to_owned(),
            }),
            _ => {}
        }
    }
}
