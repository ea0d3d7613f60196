// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What acts upon a message, and what the message is because of it.
//!
//! [`refresh`] looks at everything that acts upon a message and writes down what follows; it may be called at any time
//! and as often as one likes. What is in the log counts for good: a deletion that is in the log removes words, edits,
//! reactions and files. What is only wished for on this device (a deletion in the outbox) hides, and can still fail.

use melder_content::{Content, Message, MessageId, searchable_text};
use melder_protocol::{GroupId, Time};
use rusqlite::{OptionalExtension as _, params};

use super::item::{self, COLUMNS, Kind, Stored};
use crate::api::{Event, MessageChange, MessageState};
use crate::error::EngineError;
use crate::store::{int, uint};
use crate::work::Work;

/// May `sender` (with the power to manage, perhaps) do this to `target`?
pub(super) fn is_allowed(content: &Content, sender: melder_protocol::AccountId, power: bool, target: &Stored) -> bool {
    let author = target.sender.account == sender;
    match content {
        Content::Edit { body, .. } => author && target.kind.may_become(Kind::of(body)),
        Content::Delete { .. } => {
            (author || power) && target.kind.is_shown() || author && target.kind == Kind::Reaction
        }
        Content::Unreaction { .. } => author && target.kind == Kind::Reaction,
        Content::Vote(_) => target.kind == Kind::Poll,
        Content::Reaction { .. } | Content::Acknowledgement(_) => target.kind.is_shown(),
        _ => true,
    }
}

/// After a content was put in: applies it to what it acts upon, applies to it what came before it, and tells.
pub(super) fn settle(work: &mut Work<'_>, group: GroupId, id: MessageId, message: &Message) -> Result<(), EngineError> {
    let content = &message.content;
    let kind = Kind::of(content);
    if kind.is_shown() || kind == Kind::Reaction {
        let acted_upon: bool = work
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM messages WHERE grp = ?1 AND target = ?2)")?
            .query_row(params![group.as_bytes(), id.as_bytes()], |row| row.get(0))?;
        if acted_upon {
            refresh(work, group, id)?;
        }
    }
    if kind.is_shown() {
        changed(work, group, id, MessageChange::New);
        return Ok(());
    }
    let Some(target) = item::target(content) else {
        return Ok(());
    };
    match kind {
        Kind::Edit | Kind::Delete | Kind::Unreaction => refresh(work, group, target),
        // These are counted when somebody looks.
        _ => {
            if let Some(stored) = Stored::load(work.tx, group, target)? {
                if kind == Kind::Acknowledgement {
                    refresh_confirmed(work, &stored)?;
                }
                changed(work, group, target, MessageChange::Updated);
            }
            Ok(())
        }
    }
}

pub(super) fn changed(work: &mut Work<'_>, group: GroupId, message: MessageId, change: MessageChange) {
    work.event(Event::MessageChanged { group, message, change });
}

/// Brings a message up to date with everything that acts upon it.
pub(super) fn refresh(work: &mut Work<'_>, group: GroupId, id: MessageId) -> Result<(), EngineError> {
    let Some(target) = Stored::load(work.tx, group, id)? else {
        return Ok(());
    };
    if target.kind == Kind::Reaction {
        refresh_reaction(work, &target)?;
        // The line under which the reaction stands.
        if let Some(line) = target.target {
            changed(work, group, line, MessageChange::Updated);
        }
        return Ok(());
    }
    if !target.kind.is_shown() {
        return Ok(());
    }
    if let Some(deletion) = deletion(work, &target)? {
        if deletion.is_settled() {
            wipe(work, &target, deletion.row)?;
        } else {
            work.tx
                .prepare_cached("UPDATE messages SET deleted = 1, text = '', rang = NULL WHERE id = ?1")?
                .execute([target.row])?;
        }
    } else {
        refresh_words(work, &target)?;
        refresh_confirmed(work, &target)?;
    }
    changed(work, group, id, MessageChange::Updated);
    Ok(())
}

/// What acts upon a message in one way, and has not failed; oldest first, what waits last.
fn actions(work: &Work<'_>, target: &Stored, kind: Kind) -> Result<Vec<Stored>, EngineError> {
    Ok(work
        .tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages AS m WHERE m.grp = ?1 AND m.target = ?2 AND m.kind = ?3 AND m.code IS NULL
             ORDER BY m.sequence IS NULL, m.sequence, m.id"
        ))?
        .query_map(
            params![target.group.as_bytes(), target.id.as_bytes(), kind.number()],
            Stored::read,
        )?
        .collect::<Result<_, _>>()?)
}

/// The deletion that counts: one in the log before one that waits.
fn deletion(work: &Work<'_>, target: &Stored) -> Result<Option<Stored>, EngineError> {
    let may = |action: &Stored| action.power || action.sender.account == target.sender.account;
    Ok(actions(work, target, Kind::Delete)?.into_iter().find(may))
}

/// Deleted for all: the words, the edits, the reactions and the files go; that there was a message remains.
fn wipe(work: &mut Work<'_>, target: &Stored, deletion: i64) -> Result<(), EngineError> {
    item::remove_actions(work, target.group, target.id, Some(deletion))?;
    item::detach(work, target.row)?;
    work.tx
        .prepare_cached(
            "UPDATE messages SET deleted = 1, text = '', content = x'', current = NULL, quiet = 1, mention = 0, rang = NULL,
               asks = 0, reply = NULL WHERE id = ?1",
        )?
        .execute([target.row])?;
    work.tx
        .prepare_cached("DELETE FROM ack_keys WHERE message = ?1 AND grp = ?2")?
        .execute(params![target.id.as_bytes(), target.group.as_bytes()])?;
    Ok(())
}

/// The last edit counts; edits in the log that a later one in the log has replaced go.
fn refresh_words(work: &mut Work<'_>, target: &Stored) -> Result<(), EngineError> {
    let mut edits = Vec::new();
    for edit in actions(work, target, Kind::Edit)? {
        // It came before its target, and is not allowed or not readable after all.
        let body = Message::decode(&edit.content, &edit.origin()).ok();
        match body {
            Some(decoded) if is_allowed(&decoded.message.content, edit.sender.account, false, target) => {
                edits.push((edit, decoded.message));
            }
            _ => item::remove_alone(work, edit.row)?,
        }
    }
    if let Some(last) = edits.iter().rposition(|(edit, _)| edit.is_settled()) {
        for (edit, _) in edits.drain(..last) {
            item::remove_alone(work, edit.row)?;
        }
    }
    let original;
    let (current, content) = match edits.last() {
        Some((edit, message)) => (Some(edit.content.as_slice()), &message.content),
        None => {
            original = Message::decode(&target.content, &target.origin()).map(|decoded| decoded.message.content)?;
            (None, &original)
        }
    };
    let own = work.own_account();
    let mention = own.is_some_and(|own| own != target.sender.account && item::mentions(content, own));
    // After the all-clear it neither rings nor asks; its sender still sees whom it reached, and each their own "confirmed".
    let is_alarm = target.kind == Kind::Alarm;
    let is_over = item::is_over(content);
    work.tx
        .prepare_cached(
            "UPDATE messages SET current = ?2, edited = ?3, deleted = 0, text = ?4, mention = ?5,
               rang = CASE WHEN ?6 THEN NULL ELSE rang END,
               asks = CASE WHEN ?7 THEN own OR NOT ?6 OR confirmed IS NOT NULL ELSE asks END WHERE id = ?1",
        )?
        .execute(params![
            target.row,
            current,
            current.is_some(),
            searchable_text(content),
            mention,
            is_over,
            is_alarm
        ])?;
    Ok(())
}

/// Has our account acknowledged it? Then an alarm is silent.
fn refresh_confirmed(work: &mut Work<'_>, target: &Stored) -> Result<(), EngineError> {
    let Some(own) = work.own_account() else { return Ok(()) };
    let own_group = work.session.identity.as_ref().map(|identity| identity.own_group);
    let mut confirmed: Option<Time> = None;
    for group in [Some(target.group), own_group].into_iter().flatten() {
        let time: Option<i64> = work
            .tx
            .prepare_cached(
                "SELECT MIN(time) FROM messages WHERE grp = ?1 AND target = ?2 AND kind = ?3 AND sender = ?4 AND code IS NULL",
            )?
            .query_row(
                params![
                    group.as_bytes(),
                    target.id.as_bytes(),
                    Kind::Acknowledgement.number(),
                    own.as_bytes()
                ],
                |row| row.get(0),
            )
            .optional()?
            .flatten();
        confirmed = confirmed.into_iter().chain(time.map(|time| Time(uint(time)))).min();
    }
    if confirmed == target.confirmed {
        return Ok(());
    }
    let is_open = confirmed.is_none() && target.kind == Kind::Alarm && target.sender.account != own;
    work.tx
        .prepare_cached(
            "UPDATE messages SET confirmed = ?2, rang = CASE WHEN ?3 AND asks = 1 THEN ?4 END WHERE id = ?1",
        )?
        .execute(params![
            target.row,
            confirmed.map(|time| int(time.0)),
            is_open,
            int(work.now.0)
        ])?;
    Ok(())
}

/// A reaction can be changed and withdrawn, by the one who made it.
fn refresh_reaction(work: &mut Work<'_>, target: &Stored) -> Result<(), EngineError> {
    let mut withdrawn = None;
    for kind in [Kind::Unreaction, Kind::Delete] {
        let actions = actions(work, target, kind)?;
        withdrawn = withdrawn.or(actions
            .into_iter()
            .find(|action| action.sender.account == target.sender.account));
    }
    if let Some(withdrawn) = withdrawn {
        if withdrawn.is_settled() {
            item::remove_actions(work, target.group, target.id, Some(withdrawn.row))?;
            return item::remove_alone(work, target.row);
        }
        work.tx
            .prepare_cached("UPDATE messages SET deleted = 1 WHERE id = ?1")?
            .execute([target.row])?;
        return Ok(());
    }
    let mut emoji = None;
    let first = Message::decode(&target.content, &target.origin()).map(|decoded| decoded.message.content);
    if let Ok(Content::Reaction { emoji: first, .. }) = first {
        emoji = Some(first);
    }
    for edit in actions(work, target, Kind::Edit)? {
        if edit.sender.account == target.sender.account
            && let Ok(decoded) = Message::decode(&edit.content, &edit.origin())
            && let Content::Edit { body, .. } = decoded.message.content
            && let Content::Reaction { emoji: new, .. } = *body
        {
            emoji = Some(new);
        }
    }
    work.tx
        .prepare_cached("UPDATE messages SET deleted = 0, value = ?2 WHERE id = ?1")?
        .execute(params![target.row, emoji.map(String::into_bytes)])?;
    Ok(())
}

/// After an own action got on or failed.
pub(super) fn state_changed(work: &mut Work<'_>, stored: &Stored, state: MessageState) -> Result<(), EngineError> {
    let (number, due, code) = item::state_columns(state);
    work.tx
        .prepare_cached("UPDATE messages SET state = ?2, due = ?3, code = ?4 WHERE id = ?1")?
        .execute(params![stored.row, number, due, code])?;
    changed(work, stored.group, stored.id, MessageChange::State);
    match stored.target {
        Some(target) if !stored.kind.is_shown() => refresh(work, stored.group, target),
        _ => Ok(()),
    }
}
