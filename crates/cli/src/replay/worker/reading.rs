// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a device shows when somebody scrolls through it: its state, and each chat from the top.

use melder_client::{Client, Link};
use melder_content::{Attachments, Content, Message};
use melder_engine::api::{GroupStatus, MessageView, SystemLine};
use melder_protocol::roster::GroupKind;
use melder_protocol::{GroupId, Suite};

use super::Failure;
use super::device::failed;
use crate::replay::wire::{Answer, ChatStatus, Line, Status};

/// Messages that are asked for at once.
const PAGE: u32 = 500;

pub(super) async fn status(client: &Client) -> Status {
    let traffic = client.traffic();
    let mut status = Status {
        online: client.link() == Link::Online,
        ended: client.end().map(|end| format!("{end:?}")),
        bytes_in: traffic.bytes_in,
        bytes_out: traffic.bytes_out,
        ..Status::default()
    };
    let Ok((waiting, chats, stats)) = client
        .query(|engine| (engine.outbox_len(), engine.chats(), engine.stats()))
        .await
    else {
        return status;
    };
    status.waiting = waiting.unwrap_or(u32::MAX);
    status.commits = stats.commits_made;
    status.joins = stats.joins_welcome + stats.joins_external;
    status.repairs = stats.repairs;
    status.undecryptable = stats.undecryptable;
    status.refused = stats.refused;
    status.chats = chats
        .unwrap_or_default()
        .into_iter()
        .map(|chat| ChatStatus {
            group: chat.group.to_string(),
            active: chat.status == GroupStatus::Active,
            left: chat.status == GroupStatus::Left,
            head: chat.head.0,
            epoch: chat.epoch,
            hybrid: chat.suite == Suite::Hybrid,
            other: matches!(chat.kind, GroupKind::Own | GroupKind::Direct),
        })
        .collect();
    status
}

pub(super) async fn history(client: &Client, group: GroupId) -> Result<Answer, Failure> {
    let mut pages: Vec<Vec<MessageView>> = Vec::new();
    let mut before = None;
    loop {
        let page = client
            .query(move |engine| engine.messages(group, before, PAGE))
            .await
            .map_err(failed)?
            .map_err(failed)?;
        let Some(first) = page.iter().find_map(|view| view.sequence) else {
            break;
        };
        if before.is_some_and(|before| first >= before) {
            return Err("scrolling up does not come to an end".to_owned());
        }
        before = Some(first);
        pages.push(page);
    }
    // A message that waits is not in the log; it shows when the next page is asked for too, so only the first counts.
    let lines = pages
        .iter()
        .rev()
        .flatten()
        .filter(|view| view.sequence.is_some())
        .map(line)
        .collect();
    let system = client
        .query(move |engine| engine.system_lines(group))
        .await
        .map_err(failed)?
        .map_err(failed)?;
    let mut gaps = Vec::new();
    let mut filled = Vec::new();
    for (_, _, line) in system {
        match line {
            SystemLine::Gap { from, to } => gaps.push((from.0, to.0)),
            SystemLine::GapFilled { from, to } => filled.push((from.0, to.0)),
            _ => {}
        }
    }
    gaps.retain(|(from, to)| !filled.iter().any(|(start, end)| start <= from && to <= end));
    Ok(Answer::History { lines, gaps })
}

/// An own message with just this text, as somebody looks for it who does not know whether it was sent before the crash.
pub(super) async fn written(client: &Client, group: GroupId, text: &str) -> Result<Option<Answer>, Failure> {
    let own = client
        .query(|engine| engine.own())
        .await
        .map_err(failed)?
        .map_err(failed)?;
    let page = client
        .query(move |engine| engine.messages(group, None, PAGE))
        .await
        .map_err(failed)?
        .map_err(failed)?;
    let found = page
        .iter()
        .find(|view| own.as_ref().is_some_and(|own| own.account == view.sender) && words(view) == text);
    Ok(found.map(|view| Answer::Queued {
        id: view.id.to_string(),
        at: view.time.0 * 1_000,
    }))
}

/// What takes a message back; `None`: it is taken back already, which somebody finds whose device crashed between doing it and
/// saying so.
pub(super) fn taking_back(view: &MessageView) -> Option<Content> {
    (!view.deleted).then_some(Content::Delete {
        replaces: view.id,
        in_reply_to: view.reply_to,
    })
}

fn line(view: &MessageView) -> Line {
    Line {
        id: view.id.to_string(),
        sequence: view.sequence.map_or(0, |sequence| sequence.0),
        sender: view.sender.to_string(),
        text: (!view.deleted).then(|| words(view)),
        reactions: view
            .reactions
            .iter()
            .map(|(account, emoji)| (account.to_string(), emoji.clone()))
            .collect(),
        unreadable: view.kind == "unknown",
    }
}

/// What the person wrote, without names of files and the like.
fn words(view: &MessageView) -> String {
    view.message
        .as_deref()
        .and_then(said)
        .unwrap_or_else(|| view.text.clone())
}

fn said(message: &Message) -> Option<String> {
    match message.content.body() {
        Content::Text(text) => Some(text.text.clone()),
        Content::Attachments(Attachments { caption, .. }) => caption.as_ref().map(|caption| caption.text.clone()),
        Content::Alarm(alarm) => Some(alarm.text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use melder_content::MessageId;
    use melder_engine::api::MessageState;
    use melder_protocol::{AccountId, DeviceId, Sequence, Time};

    use super::*;

    fn sent() -> MessageView {
        MessageView {
            id: MessageId::from_bytes([1; 32]).unwrap(),
            group: GroupId::from_bytes([2; 16]),
            sender: AccountId::from_bytes([3; 16]),
            sender_name: String::new(),
            sender_device: DeviceId::from_bytes([4; 16]),
            sequence: Some(Sequence(7)),
            time: Time(0),
            state: MessageState::Sent,
            text: "Uns fehlt die Schneidemaschine.".to_owned(),
            kind: "text",
            reply_to: None,
            edited: false,
            deleted: false,
            expires: None,
            reactions: Vec::new(),
            acknowledged: Vec::new(),
            wants_acknowledgement: false,
            attachments: Vec::new(),
            message: None,
        }
    }

    #[test]
    fn whoever_crashed_after_taking_back_does_not_take_back_twice() {
        assert!(taking_back(&sent()).is_some());
        let taken_back = MessageView {
            deleted: true,
            ..sent()
        };
        assert_eq!(taking_back(&taken_back), None);
    }
}
