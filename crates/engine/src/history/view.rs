// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Messages as a screen shows them.

use std::collections::{BTreeMap, BTreeSet};

use melder_content::{MessageId, plain_text};
use melder_protocol::roster::GroupKind;
use melder_protocol::{AccountId, GroupId, Sequence, Time};
use rusqlite::{Connection, Params, params};

use super::item::{self, COLUMNS, Kind, Stored};
use crate::api::{AttachmentView, MessageView};
use crate::error::EngineError;
use crate::store::{Id, int, uint};
use crate::{files, groups, people};

/// A page of a chat, oldest first; without `before` the newest one, and at its end what waits to get into the log.
/// Scheduled messages are not in it.
pub(crate) fn messages(
    connection: &Connection,
    own: AccountId,
    group: GroupId,
    before: Option<Sequence>,
    limit: u32,
) -> Result<Vec<MessageView>, EngineError> {
    let waiting = match before {
        Some(_) => Vec::new(),
        None => select(
            connection,
            "WHERE m.grp = ?1 AND m.sequence IS NULL AND m.shown = 1 AND m.state <> 1 ORDER BY m.id DESC LIMIT ?2",
            params![group.as_bytes(), limit],
        )?,
    };
    let room = limit.saturating_sub(u32::try_from(waiting.len()).unwrap_or(limit));
    let mut lines = waiting;
    lines.extend(select(
        connection,
        "WHERE m.grp = ?1 AND m.sequence < ?2 AND m.shown = 1 ORDER BY m.sequence DESC LIMIT ?3",
        params![group.as_bytes(), before.map_or(i64::MAX, |before| int(before.0)), room],
    )?);
    lines.iter().rev().map(|stored| view(connection, own, stored)).collect()
}

pub(crate) fn message(
    connection: &Connection,
    own: AccountId,
    id: MessageId,
) -> Result<Option<MessageView>, EngineError> {
    let found = select(connection, "WHERE m.message = ?1 AND m.shown = 1", [id.as_bytes()])?;
    found.first().map(|stored| view(connection, own, stored)).transpose()
}

/// The newest line of a chat.
pub(crate) fn last(
    connection: &Connection,
    own: AccountId,
    group: GroupId,
) -> Result<Option<MessageView>, EngineError> {
    Ok(messages(connection, own, group, None, 1)?.pop())
}

/// What waits for its time, the next first.
pub(crate) fn scheduled(connection: &Connection, own: AccountId) -> Result<Vec<MessageView>, EngineError> {
    let found = select(
        connection,
        "WHERE m.sequence IS NULL AND m.shown = 1 AND m.state = 1 ORDER BY m.due, m.id",
        [],
    )?;
    found.iter().map(|stored| view(connection, own, stored)).collect()
}

/// Alarms that nobody of our account has confirmed, the newest first.
pub(crate) fn open_alarms(connection: &Connection, own: AccountId) -> Result<Vec<MessageView>, EngineError> {
    let found = select(
        connection,
        "WHERE m.rang IS NOT NULL ORDER BY m.time DESC, m.id DESC",
        [],
    )?;
    found.iter().map(|stored| view(connection, own, stored)).collect()
}

/// Lines of others after `read`, and how many of them mention us.
pub(crate) fn unread(connection: &Connection, group: GroupId, read: Sequence) -> Result<(u32, u32), EngineError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*), COALESCE(SUM(mention), 0) FROM messages
             WHERE grp = ?1 AND sequence > ?2 AND shown = 1 AND own = 0 AND quiet = 0",
        )?
        .query_row(params![group.as_bytes(), int(read.0)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?)
}

/// Everybody's last vote in a poll: who, and the places of the chosen options. Who took the vote back is left out.
pub(crate) fn votes(
    connection: &Connection,
    group: GroupId,
    poll: MessageId,
) -> Result<Vec<(AccountId, Vec<u8>)>, EngineError> {
    let mut votes: BTreeMap<AccountId, Vec<u8>> = acts(connection, group, poll, Kind::Vote)?.into_iter().collect();
    votes.retain(|_, choices| !choices.is_empty());
    Ok(votes.into_iter().collect())
}

/// What people said when they confirmed a message.
pub(crate) fn notes(
    connection: &Connection,
    group: GroupId,
    message: MessageId,
) -> Result<Vec<(AccountId, String)>, EngineError> {
    let said = acts(connection, group, message, Kind::Acknowledgement)?;
    let said = said.into_iter().filter(|(_, note)| !note.is_empty());
    Ok(said
        .map(|(account, note)| (account, String::from_utf8_lossy(&note).into_owned()))
        .collect())
}

/// Alarms that this account sent to groups, the newest first. One to a single person stands in the chat with them: whoever calls a
/// hundred again, each for themselves, still finds the alarm that it was about.
pub(crate) fn sent_alarms(
    connection: &Connection,
    own: AccountId,
    limit: u32,
) -> Result<Vec<MessageView>, EngineError> {
    let found = select(
        connection,
        "WHERE m.own = 1 AND m.kind = ?1 AND m.shown = 1 AND m.deleted = 0
           AND m.grp NOT IN (SELECT id FROM groups WHERE kind = ?3)
         ORDER BY m.time DESC, m.id DESC LIMIT ?2",
        params![Kind::Alarm.number(), limit, groups::kind_int(GroupKind::Direct)],
    )?;
    found.iter().map(|stored| view(connection, own, stored)).collect()
}

/// The same alarm, sent again later to one person alone.
pub(crate) fn called_again(
    connection: &Connection,
    own: AccountId,
    alarm: &MessageView,
) -> Result<Vec<MessageView>, EngineError> {
    let found = select(
        connection,
        "WHERE m.own = 1 AND m.kind = ?1 AND m.shown = 1 AND m.deleted = 0 AND m.time >= ?2 AND m.text = ?3
           AND m.grp IN (SELECT id FROM groups WHERE kind = ?4 AND id <> ?5)",
        params![
            Kind::Alarm.number(),
            int(alarm.time.0),
            alarm.text,
            groups::kind_int(GroupKind::Direct),
            alarm.group.as_bytes()
        ],
    )?;
    found.iter().map(|stored| view(connection, own, stored)).collect()
}

/// Who did something to a message, and the value of it; oldest first.
fn acts(
    connection: &Connection,
    group: GroupId,
    target: MessageId,
    kind: Kind,
) -> Result<Vec<(AccountId, Vec<u8>)>, EngineError> {
    Ok(connection
        .prepare_cached(
            "SELECT sender, value FROM messages
             WHERE grp = ?1 AND target = ?2 AND kind = ?3 AND deleted = 0 AND code IS NULL
             ORDER BY sequence IS NULL, sequence, id",
        )?
        .query_map(params![group.as_bytes(), target.as_bytes(), kind.number()], |row| {
            Ok((
                row.get::<_, Id<_>>(0)?.0,
                row.get::<_, Option<Vec<u8>>>(1)?.unwrap_or_default(),
            ))
        })?
        .collect::<Result<_, _>>()?)
}

pub(super) fn select(connection: &Connection, rest: &str, values: impl Params) -> Result<Vec<Stored>, EngineError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM messages AS m {rest}"))?
        .query_map(values, Stored::read)?
        .collect::<Result<_, _>>()?)
}

pub(super) fn view(connection: &Connection, own: AccountId, stored: &Stored) -> Result<MessageView, EngineError> {
    let message = stored.message();
    let content = message.as_ref().map(|message| &message.content);
    let attachments = content.map(item::attachments).unwrap_or_default();
    Ok(MessageView {
        id: stored.id,
        group: stored.group,
        sender: stored.sender.account,
        sender_name: people::name(connection, stored.sender.account)?,
        sender_device: stored.sender.device,
        sequence: stored.sequence,
        time: stored.time,
        state: stored.state,
        text: content.and_then(plain_text).unwrap_or_default(),
        kind: content.map_or(stored.kind, Kind::of).word(),
        reply_to: stored.reply,
        edited: stored.edited && !stored.deleted,
        deleted: stored.deleted,
        expires: stored.expires,
        reactions: reactions(connection, stored)?,
        acknowledged: acknowledged(connection, own, stored)?,
        wants_acknowledgement: stored.asks,
        attachments: attachments
            .iter()
            .map(|attachment| {
                Ok(AttachmentView {
                    blob: attachment.blob.id,
                    filename: attachment.filename.clone(),
                    content_type: attachment.content_type.clone(),
                    size: attachment.blob.unsealed_size(),
                    have: files::have(connection, attachment.blob.id)?,
                    evidence: attachment.evidence.is_some(),
                })
            })
            .collect::<Result<_, EngineError>>()?,
        message: message.map(Box::new),
    })
}

/// The same person's same reaction counts once.
fn reactions(connection: &Connection, stored: &Stored) -> Result<Vec<(AccountId, String)>, EngineError> {
    let mut seen = BTreeSet::new();
    let mut reactions = Vec::new();
    for reaction in acts(connection, stored.group, stored.id, Kind::Reaction)? {
        if seen.insert(reaction.clone()) {
            let (sender, emoji) = reaction;
            reactions.push((sender, String::from_utf8_lossy(&emoji).into_owned()));
        }
    }
    Ok(reactions)
}

/// Who confirmed is for the sender alone, and each knows it of oneself.
fn acknowledged(
    connection: &Connection,
    own: AccountId,
    stored: &Stored,
) -> Result<Vec<(AccountId, Time)>, EngineError> {
    if !stored.asks {
        return Ok(Vec::new());
    }
    if stored.sender.account != own {
        return Ok(stored.confirmed.map(|time| (own, time)).into_iter().collect());
    }
    Ok(connection
        .prepare_cached(
            "SELECT sender, MIN(time) AS first FROM messages
             WHERE grp = ?1 AND target = ?2 AND kind = ?3 AND code IS NULL GROUP BY sender ORDER BY first, sender",
        )?
        .query_map(
            params![
                stored.group.as_bytes(),
                stored.id.as_bytes(),
                Kind::Acknowledgement.number()
            ],
            |row| Ok((row.get::<_, Id<_>>(0)?.0, Time(uint(row.get(1)?)))),
        )?
        .collect::<Result<_, _>>()?)
}
