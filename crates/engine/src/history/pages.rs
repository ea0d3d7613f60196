// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Pieces of a chat, by place in the log: what a list that is scrolled in both directions asks for.

use melder_content::MessageId;
use melder_protocol::{AccountId, GroupId, Sequence, Time};
use rusqlite::{Connection, params};

use super::item::Kind;
use super::view::{select, view};
use crate::api::{Around, ChatItem, ChatPage, MessageView, SystemLine};
use crate::error::EngineError;
use crate::store::{Id, int, uint};

/// At most so many items at once.
const MOST: u32 = 500;

/// What stands at one place: either, or both.
struct Found {
    messages: Vec<MessageView>,
    lines: Vec<(Sequence, Time, SystemLine)>,
    more: bool,
}

pub(crate) fn page(
    connection: &Connection,
    own: AccountId,
    group: GroupId,
    around: Around,
    limit: u32,
) -> Result<ChatPage, EngineError> {
    let limit = limit.clamp(1, MOST);
    let (before, after) = match around {
        Around::End => (Some((Sequence(u64::MAX), limit)), None),
        Around::Before(sequence) => (Some((sequence, limit)), None),
        Around::After(sequence) => (None, Some((sequence, limit))),
        // Half before it; it is the first of the other half.
        Around::At(sequence) => {
            let half = (limit / 2).max(1);
            let before = Sequence(sequence.0.saturating_sub(1));
            (Some((sequence, half)), Some((before, limit - limit / 2)))
        }
    };
    let mut items = Vec::new();
    let more_before = match before {
        Some((sequence, count)) => {
            let found = older(connection, own, group, sequence, count)?;
            let more = found.more;
            merge(&mut items, found);
            more
        }
        None => after.is_some_and(|(sequence, _)| sequence.0 > 0),
    };
    let more_after = match after {
        Some((sequence, count)) => {
            let found = newer(connection, own, group, sequence, count)?;
            let more = found.more;
            merge(&mut items, found);
            more
        }
        None => !matches!(around, Around::End),
    };
    if !more_after {
        let waiting = waiting(connection, own, group)?;
        items.extend(waiting.into_iter().map(|message| ChatItem::Message(Box::new(message))));
    }
    Ok(ChatPage {
        items,
        more_before,
        more_after,
    })
}

/// What waits to get into the log, oldest first; behind it what waits for its time, the next first.
fn waiting(connection: &Connection, own: AccountId, group: GroupId) -> Result<Vec<MessageView>, EngineError> {
    let found = select(
        connection,
        "WHERE m.grp = ?1 AND m.sequence IS NULL AND m.shown = 1
         ORDER BY m.state = 1, CASE m.state WHEN 1 THEN m.due END, m.id LIMIT ?2",
        params![group.as_bytes(), MOST],
    )?;
    found.iter().map(|stored| view(connection, own, stored)).collect()
}

fn older(
    connection: &Connection,
    own: AccountId,
    group: GroupId,
    before: Sequence,
    count: u32,
) -> Result<Found, EngineError> {
    let mut stored = select(
        connection,
        "WHERE m.grp = ?1 AND m.sequence < ?2 AND m.shown = 1 ORDER BY m.sequence DESC LIMIT ?3",
        params![group.as_bytes(), int(before.0), count + 1],
    )?;
    let mut lines = lines(
        connection,
        "SELECT sequence, time, line FROM lines WHERE grp = ?1 AND sequence < ?2 ORDER BY sequence DESC, id DESC LIMIT ?3",
        (group, before, count + 1),
    )?;
    // Only so far back as both are whole; the rest is the next page's.
    let full = |length: usize| length > count as usize;
    let floor = [
        full(stored.len()).then(|| {
            stored
                .get((count as usize).saturating_sub(1))
                .and_then(|stored| stored.sequence)
        }),
        full(lines.len()).then(|| lines.get((count as usize).saturating_sub(1)).map(|line| line.0)),
    ];
    let floor = floor.into_iter().flatten().flatten().max();
    if let Some(floor) = floor {
        stored.retain(|stored| stored.sequence >= Some(floor));
        lines.retain(|line| line.0 >= floor);
    }
    stored.reverse();
    lines.reverse();
    Ok(Found {
        messages: stored
            .iter()
            .map(|stored| view(connection, own, stored))
            .collect::<Result<_, _>>()?,
        lines,
        more: floor.is_some(),
    })
}

fn newer(
    connection: &Connection,
    own: AccountId,
    group: GroupId,
    after: Sequence,
    count: u32,
) -> Result<Found, EngineError> {
    let mut stored = select(
        connection,
        "WHERE m.grp = ?1 AND m.sequence > ?2 AND m.shown = 1 ORDER BY m.sequence LIMIT ?3",
        params![group.as_bytes(), int(after.0), count + 1],
    )?;
    let mut lines = lines(
        connection,
        "SELECT sequence, time, line FROM lines WHERE grp = ?1 AND sequence > ?2 ORDER BY sequence, id LIMIT ?3",
        (group, after, count + 1),
    )?;
    let full = |length: usize| length > count as usize;
    let ceiling = [
        full(stored.len()).then(|| {
            stored
                .get((count as usize).saturating_sub(1))
                .and_then(|stored| stored.sequence)
        }),
        full(lines.len()).then(|| lines.get((count as usize).saturating_sub(1)).map(|line| line.0)),
    ];
    let ceiling = ceiling.into_iter().flatten().flatten().min();
    if let Some(ceiling) = ceiling {
        stored.retain(|stored| stored.sequence <= Some(ceiling));
        lines.retain(|line| line.0 <= ceiling);
    }
    Ok(Found {
        messages: stored
            .iter()
            .map(|stored| view(connection, own, stored))
            .collect::<Result<_, _>>()?,
        lines,
        more: ceiling.is_some(),
    })
}

fn lines(
    connection: &Connection,
    sql: &str,
    (group, sequence, count): (GroupId, Sequence, u32),
) -> Result<Vec<(Sequence, Time, SystemLine)>, EngineError> {
    let rows: Vec<(i64, i64, String)> = connection
        .prepare_cached(sql)?
        .query_map(params![group.as_bytes(), int(sequence.0), count], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    rows.into_iter()
        .map(|(sequence, time, line)| {
            let line = serde_json::from_str(&line).map_err(|_| EngineError::Damaged("line"))?;
            Ok((Sequence(uint(sequence)), Time(uint(time)), line))
        })
        .collect()
}

/// By place. A line has the place of the entry that caused it, which no message has; one without an entry of its own
/// stands behind the last message before it.
fn merge(items: &mut Vec<ChatItem>, found: Found) {
    let mut lines = found.lines.into_iter().peekable();
    let line = |(sequence, time, line)| ChatItem::Line { sequence, time, line };
    for message in found.messages {
        while let Some(earlier) = lines.next_if(|earlier| Some(earlier.0) < message.sequence) {
            items.push(line(earlier));
        }
        items.push(ChatItem::Message(Box::new(message)));
    }
    items.extend(lines.map(line));
}

/// Messages with files, newest first.
pub(crate) fn media(
    connection: &Connection,
    own: AccountId,
    group: GroupId,
    before: Option<Sequence>,
    limit: u32,
) -> Result<Vec<MessageView>, EngineError> {
    let found = select(
        connection,
        "WHERE m.grp = ?1 AND m.sequence < ?2 AND m.shown = 1 AND m.deleted = 0
           AND EXISTS (SELECT 1 FROM attached AS a WHERE a.row = m.id)
         ORDER BY m.sequence DESC LIMIT ?3",
        params![
            group.as_bytes(),
            before.map_or(i64::MAX, |before| int(before.0)),
            limit.min(MOST)
        ],
    )?;
    found.iter().map(|stored| view(connection, own, stored)).collect()
}

/// How many messages [`media`] has.
pub(crate) fn media_count(connection: &Connection, group: GroupId) -> Result<u32, EngineError> {
    let count = connection
        .prepare_cached(
            "SELECT COUNT(*) FROM messages AS m WHERE m.grp = ?1 AND m.sequence IS NOT NULL AND m.shown = 1
             AND m.deleted = 0 AND EXISTS (SELECT 1 FROM attached AS a WHERE a.row = m.id)",
        )?
        .query_row([group.as_bytes()], |row| row.get(0))?;
    Ok(count)
}

/// Messages of others that want to be confirmed by us, and are not.
pub(crate) fn open_confirmations(connection: &Connection, group: GroupId) -> Result<u32, EngineError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*) FROM messages
             WHERE grp = ?1 AND asks = 1 AND own = 0 AND confirmed IS NULL AND deleted = 0 AND quiet = 0",
        )?
        .query_row([group.as_bytes()], |row| row.get(0))?)
}

/// Our own reaction with this emoji, if it stands.
pub(crate) fn own_reaction(
    connection: &Connection,
    own: AccountId,
    to: MessageId,
    emoji: &str,
) -> Result<Option<MessageId>, EngineError> {
    use rusqlite::OptionalExtension as _;
    Ok(connection
        .prepare_cached(
            "SELECT message FROM messages
             WHERE target = ?1 AND kind = ?2 AND sender = ?3 AND value = ?4 AND deleted = 0 AND code IS NULL
               AND grp = (SELECT grp FROM messages WHERE message = ?1 AND shown = 1)
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row(
            params![to.as_bytes(), Kind::Reaction.number(), own.as_bytes(), emoji.as_bytes()],
            |row| row.get::<_, Id<MessageId>>(0),
        )
        .optional()?
        .map(|Id(id)| id))
}
