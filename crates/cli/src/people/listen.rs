// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Listening: everything that happens, as it happens, as lines for a person or as JSON lines for a program.

use std::sync::Arc;

use melder_engine::api::{Connection, Event, MessageChange, MessageView, SystemLine};
use melder_protocol::{GroupId, Time};
use serde::Serialize;

use super::{chats, show};
use crate::args::{Global, ListenArgs};
use crate::error::{CliError, Exit, Local};
use crate::output::{self, line, note, safe_line};
use crate::session::{Need, Session, with};
use crate::{find, t, times, words};

/// One line for a program.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum EventJson<'a> {
    Connection {
        state: Connection,
    },
    Message {
        change: MessageChange,
        chat: &'a str,
        message: &'a MessageView,
    },
    Line {
        group: GroupId,
        chat: &'a str,
        time: Time,
        line: &'a SystemLine,
    },
    Group {
        group: GroupId,
        chat: &'a str,
    },
    Alarm {
        group: GroupId,
        chat: &'a str,
        message: &'a MessageView,
    },
    Ends {
        time: Time,
    },
    Misbehaviour {
        group: Option<GroupId>,
        code: melder_engine::api::Misbehaviour,
    },
    Gone {
        code: melder_protocol::ErrorCode,
    },
}

pub async fn listen(global: &Global, args: &ListenArgs) -> Result<Exit, CliError> {
    let duration = args.duration.as_deref().map(times::parse_duration).transpose()?;
    with(global, Need::Account, async |session| {
        let mut events = session.client.events();
        let only = match &args.chat {
            Some(text) => Some(find::chat(session, text).await?.group),
            None => None,
        };
        let mut left = args.count;
        if args.unread {
            for message in unread(session, only).await? {
                let event = Event::MessageChanged {
                    group: message.group,
                    message: message.id,
                    change: MessageChange::New,
                };
                if tell(session, &event, only).await? && spent(&mut left) {
                    return Ok(Exit::Ok);
                }
            }
        }
        let end = duration.map(|millis| tokio::time::Instant::now() + std::time::Duration::from_millis(millis));
        loop {
            let event: Option<Arc<Event>> = tokio::select! {
                event = events.next() => event,
                _ = tokio::signal::ctrl_c() => return Ok(Exit::Ok),
                () = until(end) => {
                    return if args.count.is_some() { Err(CliError::new(Local::TimedOut)) } else { Ok(Exit::Ok) };
                }
            };
            let Some(event) = event else {
                return Err(CliError::new(Local::Unreachable));
            };
            if tell(session, &event, only).await? && spent(&mut left) {
                return Ok(Exit::Ok);
            }
        }
    })
    .await
}

async fn until(end: Option<tokio::time::Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

/// True when the wanted number of messages has come.
fn spent(left: &mut Option<u64>) -> bool {
    match left {
        Some(count) => {
            *count = count.saturating_sub(1);
            *count == 0
        }
        None => false,
    }
}

async fn unread(session: &Session, only: Option<GroupId>) -> Result<Vec<MessageView>, CliError> {
    session
        .read(move |engine| {
            let mut messages = Vec::new();
            for chat in engine.chats()? {
                if chat.unread == 0 || only.is_some_and(|group| group != chat.group) {
                    continue;
                }
                let page = engine.messages(chat.group, None, chat.unread.saturating_mul(2).max(50))?;
                let skip = page.len().saturating_sub(chat.unread as usize);
                messages.extend(page.into_iter().skip(skip));
            }
            messages.sort_by_key(|view| view.time);
            Ok(messages)
        })
        .await
}

/// Tells one event. True when it was a new message from somebody else.
async fn tell(session: &Session, event: &Event, only: Option<GroupId>) -> Result<bool, CliError> {
    let group = match event {
        Event::MessageChanged { group, .. }
        | Event::SystemLine { group, .. }
        | Event::Alarm { group, .. }
        | Event::GroupChanged(group) => Some(*group),
        Event::Misbehaviour { group, .. } => *group,
        _ => None,
    };
    if only.is_some() && group.is_some() && only != group {
        return Ok(false);
    }
    let chat = match group {
        Some(group) => session
            .read(move |engine| engine.chat(group))
            .await?
            .map(|chat| chat.name),
        None => None,
    };
    let chat = safe_line(&chat.unwrap_or_default());
    if session.json() {
        tell_program(session, event, &chat).await
    } else {
        tell_person(session, event, &chat).await
    }
}

async fn tell_program(session: &Session, event: &Event, chat: &str) -> Result<bool, CliError> {
    match event {
        Event::Connection(state) => output::json(&EventJson::Connection { state: *state }),
        Event::MessageChanged { message, change, .. } => {
            let id = *message;
            if let Some(message) = session.read(move |engine| engine.message(id)).await? {
                output::json(&EventJson::Message {
                    change: *change,
                    chat,
                    message: &message,
                });
                return Ok(is_new(session, *change, &message).await);
            }
        }
        Event::SystemLine { group, line, at } => {
            output::json(&EventJson::Line {
                group: *group,
                chat,
                time: *at,
                line,
            });
        }
        Event::GroupChanged(group) => output::json(&EventJson::Group { group: *group, chat }),
        Event::Alarm { group, message } => {
            let id = *message;
            if let Some(message) = session.read(move |engine| engine.message(id)).await? {
                output::json(&EventJson::Alarm {
                    group: *group,
                    chat,
                    message: &message,
                });
            }
        }
        Event::Ends(time) => output::json(&EventJson::Ends { time: *time }),
        Event::Misbehaviour { group, code } => output::json(&EventJson::Misbehaviour {
            group: *group,
            code: *code,
        }),
        Event::Gone(code) => output::json(&EventJson::Gone { code: *code }),
        Event::Done { .. }
        | Event::Failed { .. }
        | Event::Joined
        | Event::Own
        | Event::LinkCode(_)
        | Event::LinkNumber(_)
        | Event::Transfer { .. } => {}
    }
    Ok(false)
}

async fn is_new(session: &Session, change: MessageChange, message: &MessageView) -> bool {
    let own = session
        .read(|engine| engine.own())
        .await
        .ok()
        .flatten()
        .map(|own| own.account);
    change == MessageChange::New && Some(message.sender) != own
}

async fn tell_person(session: &Session, event: &Event, chat: &str) -> Result<bool, CliError> {
    match event {
        Event::Connection(Connection::Online) => note(t!("listen-online")),
        Event::Connection(Connection::Offline) => note(t!("listen-offline")),
        Event::MessageChanged { group, message, change } => {
            let id = *message;
            let Some(view) = session.read(move |engine| engine.message(id)).await? else {
                return Ok(false);
            };
            if *change == MessageChange::State {
                return Ok(false);
            }
            let name = chats::names(session, *group).await?;
            line(format!(
                "{}  {}",
                console::style(chat).cyan(),
                show::message(&view, view.sender, &name)
            ));
            return Ok(is_new(session, *change, &view).await);
        }
        Event::SystemLine { group, line: text, at } => {
            let name = chats::names(session, *group).await?;
            line(format!(
                "{}  {}",
                console::style(chat).cyan(),
                show::line(text, *at, &name)
            ));
        }
        Event::Alarm { .. } => note(format!("\u{7}{}", t!("listen-alarm", chat = chat))),
        Event::Ends(time) => note(t!("listen-ends", time = times::long(*time))),
        Event::Misbehaviour { code, .. } => note(words::misbehaviour(*code)),
        _ => {}
    }
    Ok(false)
}
