// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What becomes of a message that is here already: sent again, taken back before anybody saw it, said in another chat, over.

use melder_content::{Alarm, Content, MessageId, Text};
use melder_protocol::GroupId;
use rusqlite::{OptionalExtension as _, params};

use crate::actions::queue;
use crate::api::{ActionError, ActionId, Draft, Invalid, MessageState, MessageView};
use crate::error::EngineError;
use crate::work::Work;
use crate::{duty, files, history, outbox};

/// Puts a failed message back into the outbox.
pub(crate) fn retry(work: &mut Work<'_>, message: MessageId) -> Result<Option<Invalid>, EngineError> {
    let own = work.identity()?.member.account;
    let Some(view) = history::message(work.tx, own, message)? else {
        return Ok(Some(Invalid::UnknownMessage));
    };
    let failed = matches!(view.state, MessageState::Failed { .. });
    let content: Option<Vec<u8>> = work
        .tx
        .query_row(
            "SELECT content FROM messages WHERE message = ?1 AND grp = ?2 AND own = 1",
            params![message.as_bytes(), view.group.as_bytes()],
            |row| row.get(0),
        )
        .optional()?;
    match content {
        Some(content) if failed => {
            history::pending_again(work, view.group, message)?;
            let ring = view.message.as_ref().map(|message| duty::ring(&message.content));
            outbox::retry(work, view.group, message, &content, ring.unwrap_or_default())?;
            Ok(None)
        }
        _ => Ok(Some(Invalid::TooLate)),
    }
}

/// Takes a message back that nobody else has seen.
pub(crate) fn cancel(work: &mut Work<'_>, message: MessageId) -> Result<Option<Invalid>, EngineError> {
    if outbox::cancel(work, message)? {
        return Ok(None);
    }
    let own = work.identity()?.member.account;
    match history::message(work.tx, own, message)? {
        None => Ok(Some(Invalid::UnknownMessage)),
        Some(view) if matches!(view.state, MessageState::Failed { .. }) => {
            history::forget(work, view.group, message)?;
            Ok(None)
        }
        Some(_) => Ok(Some(Invalid::TooLate)),
    }
}

/// What a message says, as a new one of ours. Its files are sealed anew: only the members of a chat may fetch its blobs.
pub(crate) fn forward(
    work: &mut Work<'_>,
    id: ActionId,
    message: MessageId,
    group: GroupId,
) -> Result<(), EngineError> {
    let own = work.identity()?.member.account;
    let content = history::message(work.tx, own, message)?
        .and_then(|view| view.message)
        .map(|message| message.content.body().clone());
    let Some(mut content) = content else {
        work.failed(id, ActionError::Invalid(Invalid::UnknownMessage));
        return Ok(());
    };
    let attached = match &mut content {
        Content::Attachments(attachments) => Some(&mut attachments.items),
        Content::Report(report) => Some(&mut report.attachments),
        // What rings or is voted on belongs where it is; its words go on.
        Content::Alarm(alarm) => {
            content = Content::Text(Text::plain(alarm.text.clone()));
            None
        }
        Content::Poll(_) | Content::Unknown(_) => {
            work.failed(id, ActionError::Invalid(Invalid::ContentInvalid));
            return Ok(());
        }
        _ => None,
    };
    let mut files = Vec::new();
    for attachment in attached.into_iter().flatten() {
        let copied = files::copy(work, group, attachment.blob.id)?;
        match copied {
            Ok((file, blob)) => {
                attachment.blob = blob;
                files.push(file);
            }
            Err(invalid) => {
                work.failed(id, ActionError::Invalid(invalid));
                return Ok(());
            }
        }
    }
    queue(work, id, group, Draft::new(content), files)
}

/// The all-clear of an alarm of ours. Whoever did not answer may have been called again, each for themselves: for them it is
/// over as well.
pub(crate) fn all_clear(work: &mut Work<'_>, id: ActionId, message: MessageId) -> Result<(), EngineError> {
    let own = work.identity()?.member.account;
    let found = history::message(work.tx, own, message)?.filter(|view| view.sender == own && !view.deleted);
    let Some((view, clear)) = found.and_then(|view| Some((view.clone(), cleared(&view)?))) else {
        work.failed(id, ActionError::Invalid(Invalid::UnknownMessage));
        return Ok(());
    };
    for again in history::called_again(work.tx, own, &view)? {
        if let Some(clear) = cleared(&again) {
            outbox::queue_content(work, again.group, clear)?;
        }
    }
    queue(work, id, view.group, Draft::new(clear), Vec::new())
}

/// The edit that says so; `None`: it is no alarm, or over already.
fn cleared(view: &MessageView) -> Option<Content> {
    let content = &view.message.as_deref()?.content;
    let Content::Alarm(alarm) = content.body() else {
        return None;
    };
    let over = Content::Alarm(Alarm {
        over: true,
        ..alarm.clone()
    });
    let body = match view.reply_to {
        Some(to) => Content::Reply {
            to,
            body: Box::new(over),
        },
        None => over,
    };
    (!alarm.over).then(|| Content::Edit {
        replaces: view.id,
        body: Box::new(body),
    })
}
