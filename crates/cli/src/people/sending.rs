// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Sending: texts with files, replies, expiry, a time; reactions, edits, deletions; what is scheduled.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use melder_content::{Attachments, Content, MessageId, Text};
use melder_engine::api::{Action, ChatView, Draft, FileDraft, FileId, MessageState, MessageView, Outcome};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{ErrorCode, GroupId, Time};

use super::chats::state_word;
use crate::args::{EditArgs, Global, ReactArgs, ScheduledCommand, SendArgs};
use crate::error::{CliError, Exit, Local};
use crate::find::{self, short_message};
use crate::output::{self, line, note, progress, safe_line, table};
use crate::session::{Need, Session, with};
use crate::{t, times};

/// Bytes that are read and handed to the engine in one go.
const PIECE: usize = 256 * 1024;
/// The largest text that is read from standard input.
const MOST_TEXT: u64 = 1024 * 1024;

/// What follows a message once it is queued.
pub struct Posted {
    pub id: MessageId,
    pub sent: bool,
}

/// Queues a message and waits until it is sent, or the time is over.
///
/// # Errors
/// When the engine or the server said no.
pub async fn post(session: &Session, group: GroupId, draft: Draft, limit: Duration) -> Result<Posted, CliError> {
    let action = Action::Send {
        group,
        draft: Box::new(draft),
    };
    let Outcome::Queued(id) = session.act_anyhow(action).await? else {
        return Err(CliError::new(Local::NotSent));
    };
    let scheduled = session
        .read(move |engine| engine.message(id))
        .await?
        .is_some_and(|view| matches!(view.state, MessageState::Scheduled { .. }));
    let sent = !scheduled && session.wait_sent(&[id], limit).await?;
    Ok(Posted { id, sent })
}

/// Tells what became of a message, and decides the exit status.
async fn tell(session: &Session, chat: &ChatView, posted: &Posted, must_be_sent: bool) -> Result<Exit, CliError> {
    let id = posted.id;
    let view = session.read(move |engine| engine.message(id)).await?;
    let state = view.as_ref().map_or(MessageState::Pending, |view| view.state);
    if session.json() {
        match &view {
            Some(view) => output::json(view),
            None => output::json(&serde_json::json!({ "id": id.to_string(), "state": state })),
        }
    } else {
        line(format!(
            "{}  [{}]  {}",
            safe_line(&chat.name),
            short_message(&id),
            state_word(state)
        ));
    }
    if posted.sent || matches!(state, MessageState::Scheduled { .. } | MessageState::Sent) {
        return Ok(Exit::Ok);
    }
    let waiting = session.read(|engine| engine.outbox_len()).await?;
    note(t!("note-waiting", count = waiting));
    Ok(if must_be_sent { Exit::Offline } else { Exit::Ok })
}

/// The text itself, or what standard input holds.
///
/// # Errors
/// When standard input can't be read or is no text.
pub fn text_or_input(text: &str) -> Result<String, CliError> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut input = String::new();
    std::io::stdin()
        .lock()
        .take(MOST_TEXT)
        .read_to_string(&mut input)
        .map_err(|error| unreadable(Path::new("-"), &error))?;
    Ok(input.trim_end_matches(['\n', '\r']).to_owned())
}

fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::new(Local::FileUnreadable)
        .with("path", path.display().to_string())
        .with("detail", error.to_string())
}

/// A text; `@Name` of a member becomes a mention.
///
/// # Errors
/// When the store fails.
pub async fn compose(session: &Session, group: GroupId, text: String) -> Result<Text, CliError> {
    if !text.contains('@') {
        return Ok(Text::plain(text));
    }
    let members = session.read(move |engine| engine.members(group)).await?;
    let mut members: Vec<_> = members.into_iter().map(|(contact, _)| contact).collect();
    // The longest name first: "@Anna Huber" is not "@Anna".
    members.sort_by_key(|contact| std::cmp::Reverse(contact.name.len()));
    let mut markdown = String::with_capacity(text.len() + 64);
    let mut mentioned = false;
    let mut rest = text.as_str();
    while let Some(letter) = rest.chars().next() {
        let hit = (letter == '@')
            .then(|| {
                members
                    .iter()
                    .find(|contact| !contact.name.is_empty() && rest[1..].starts_with(contact.name.as_str()))
            })
            .flatten();
        if let Some(contact) = hit {
            mentioned = true;
            markdown.push_str(&Text::mention(&contact.name, contact.account));
            rest = &rest[1 + contact.name.len()..];
        } else {
            if matches!(letter, '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '#') {
                markdown.push('\\');
            }
            markdown.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    Ok(if mentioned {
        Text::markdown(markdown)
    } else {
        Text::plain(text)
    })
}

pub async fn send(global: &Global, args: SendArgs) -> Result<Exit, CliError> {
    let text = args
        .text
        .as_deref()
        .map(text_or_input)
        .transpose()?
        .filter(|text| !text.is_empty());
    if text.is_none() && args.files.is_empty() {
        return Err(CliError::new(Local::NothingToSend));
    }
    let expires_in_ms = args.expires.as_deref().map(times::parse_duration).transpose()?;
    let at = args.at.as_deref().map(times::parse_time).transpose()?;
    let acknowledge = match &args.ack {
        None => None,
        Some(None) => Some(None),
        Some(Some(by)) => Some(Some(times::parse_time(by)?)),
    };
    let must_be_sent = args.wait.is_some();
    let limit = Duration::from_secs(args.wait.unwrap_or(global.timeout));
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let reply = match &args.reply {
            Some(text) => Some(find::message(session, text).await?.id),
            None => None,
        };
        let mut files = Vec::with_capacity(args.files.len());
        for path in &args.files {
            files.push(take_in(session, path, args.evidence).await?);
        }
        let body = match text.clone() {
            Some(text) => Content::Text(compose(session, chat.group, text).await?),
            // Only files: an empty caption is none.
            None => Content::Text(Text::plain("")),
        };
        let content = match reply {
            Some(to) => Content::Reply {
                to,
                body: Box::new(body),
            },
            None => body,
        };
        let uploads = !files.is_empty();
        let draft = Draft {
            files,
            expires_in_ms,
            acknowledge,
            at,
            ..Draft::new(content)
        };
        let watch = uploads.then(|| super::download::watch_uploads(session));
        // A file takes as long as it takes, as long as there is a connection.
        let limit = if uploads && args.wait.is_none() && !global.offline {
            Duration::from_secs(3600)
        } else {
            limit
        };
        let limit = if session.client.link() == melder_client::Link::Online {
            limit
        } else {
            limit.min(session.limit())
        };
        let posted = post(session, chat.group, draft, limit).await;
        if let Some(watch) = watch {
            watch.abort();
        }
        let posted = posted.map_err(|error| in_channel(&chat, error))?;
        tell(session, &chat, &posted, must_be_sent).await
    })
    .await
}

/// "No right" in a channel has a plainer reason.
pub fn in_channel(chat: &ChatView, error: CliError) -> CliError {
    let refused = error.code() == ErrorCode::NotAllowed.code();
    if refused && chat.kind == GroupKind::Channel && chat.role == Some(Role::Member) {
        CliError::refused(ErrorCode::NotAPublisher)
    } else {
        error
    }
}

/// Hands a file to the engine, which encrypts and keeps it.
async fn take_in(session: &Session, path: &PathBuf, evidence: bool) -> Result<FileDraft, CliError> {
    let mut file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(unreadable(
            path,
            &std::io::Error::from(std::io::ErrorKind::InvalidInput),
        ));
    }
    let size = metadata.len();
    let Outcome::File(id) = session.act_anyhow(Action::StartFile { size }).await? else {
        return Err(CliError::new(Local::NotSent));
    };
    let filename = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bar = progress(safe_line(&filename), size, true, session.json());
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).map_err(|error| unreadable(path, &error))?;
        if read == 0 {
            break;
        }
        session
            .act_anyhow(Action::AddFileChunk {
                file: id,
                bytes: piece[..read].to_vec(),
            })
            .await?;
        bar.inc(read as u64);
    }
    bar.finish_and_clear();
    let captured = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .map_or_else(times::now, Time);
    Ok(draft_of(id, filename, evidence.then_some(captured)))
}

fn draft_of(file: FileId, filename: String, captured: Option<Time>) -> FileDraft {
    FileDraft {
        file,
        content_type: content_type(&filename).to_owned(),
        filename,
        description: String::new(),
        preview: None,
        dimensions: None,
        duration_ms: None,
        evidence: captured.map(|time| (time, None)),
    }
}

/// By the file's ending; the usual ones.
fn content_type(filename: &str) -> &'static str {
    let ending = filename
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default();
    match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "svg" => "image/svg+xml",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}

/// Posts something that belongs to another message, and says that it is done, or waits.
async fn post_to(session: &Session, target: &MessageView, content: Content, done: String) -> Result<Exit, CliError> {
    let posted = post(session, target.group, Draft::new(content), session.limit()).await?;
    if session.json() {
        output::json(
            &serde_json::json!({ "id": posted.id.to_string(), "to": target.id.to_string(), "sent": posted.sent }),
        );
    } else if posted.sent {
        line(done);
    }
    if !posted.sent {
        note(t!(
            "note-waiting",
            count = session.read(|engine| engine.outbox_len()).await?
        ));
    }
    Ok(Exit::Ok)
}

pub async fn react(global: &Global, args: &ReactArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let target = find::message(session, &args.message).await?;
        let content = Content::Reaction {
            to: target.id,
            emoji: args.emoji.clone(),
        };
        post_to(
            session,
            &target,
            content,
            t!("react-done", emoji = safe_line(&args.emoji)),
        )
        .await
    })
    .await
}

pub async fn edit(global: &Global, args: &EditArgs) -> Result<Exit, CliError> {
    let text = text_or_input(&args.text)?;
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let target = find::message(session, &args.message).await?;
        let text = with_attachments(&target, compose(session, target.group, text.clone()).await?);
        let body = match target.reply_to {
            Some(to) => Content::Reply {
                to,
                body: Box::new(text),
            },
            None => text,
        };
        let content = Content::Edit {
            replaces: target.id,
            body: Box::new(body),
        };
        post_to(session, &target, content, t!("edit-done")).await
    })
    .await
}

/// The new text; files that the message had stay with it.
fn with_attachments(target: &MessageView, text: Text) -> Content {
    match target.message.as_ref().map(|message| message.content.body()) {
        Some(Content::Attachments(old)) => Content::Attachments(Attachments {
            caption: Some(text),
            items: old.items.clone(),
        }),
        _ => Content::Text(text),
    }
}

pub async fn delete(global: &Global, message: &str) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let target = find::message(session, message).await?;
        let content = Content::Delete {
            replaces: target.id,
            in_reply_to: target.reply_to,
        };
        post_to(session, &target, content, t!("delete-done")).await
    })
    .await
}

pub async fn scheduled(global: &Global, command: ScheduledCommand) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| match &command {
        ScheduledCommand::List => {
            let waiting = session.read(|engine| engine.scheduled()).await?;
            if session.json() {
                output::json(&waiting);
            } else if waiting.is_empty() {
                note(t!("scheduled-none"));
            } else {
                let chats = session.read(|engine| engine.chats()).await?;
                let headings = ["table-id", "table-time", "table-chat", "table-text"].map(|id| t!(id));
                let rows: Vec<Vec<String>> = waiting.iter().map(|view| scheduled_row(view, &chats)).collect();
                table(&headings, &rows);
            }
            Ok(Exit::Ok)
        }
        ScheduledCommand::Cancel(args) => {
            let wanted = args.message.to_lowercase();
            let waiting = session.read(|engine| engine.scheduled()).await?;
            let mut hits = waiting.iter().filter(|view| {
                let id = view.id.to_string();
                id.starts_with(&wanted) || id[2..].starts_with(&wanted)
            });
            let unknown = || CliError::new(Local::MessageUnknown).with("text", &args.message);
            let target = hits.next().ok_or_else(unknown)?;
            if hits.next().is_some() {
                return Err(CliError::new(Local::MessageAmbiguous).with("text", &args.message));
            }
            session.act_anyhow(Action::CancelScheduled(target.id)).await?;
            line(t!("scheduled-cancelled", id = short_message(&target.id)));
            Ok(Exit::Ok)
        }
    })
    .await
}

fn scheduled_row(view: &MessageView, chats: &[ChatView]) -> Vec<String> {
    let at = match view.state {
        MessageState::Scheduled { at } => at,
        _ => view.time,
    };
    let chat = chats
        .iter()
        .find(|chat| chat.group == view.group)
        .map(|chat| safe_line(&chat.name))
        .unwrap_or_default();
    let text: String = safe_line(&view.text).chars().take(60).collect();
    vec![short_message(&view.id), times::long(at), chat, text]
}
