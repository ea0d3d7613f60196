// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Messages and lines as they stand in a terminal.

use console::style;
use melder_engine::api::{MessageState, MessageView, SystemLine};
use melder_protocol::{AccountId, Time};
use serde::Serialize;

use crate::find::short_message;
use crate::output::{safe, safe_line, size};
use crate::{t, times, words};

/// A message, its state and what belongs to it.
#[must_use]
pub fn message(view: &MessageView, own: AccountId, name: &impl Fn(AccountId) -> String) -> String {
    let sender = safe_line(&view.sender_name);
    let sender = if view.sender == own {
        style(sender).dim()
    } else {
        style(sender).bold()
    };
    let mut text = format!(
        "{}  {sender} {}",
        times::short(view.time),
        style(format!("[{}]", short_message(&view.id))).dim()
    );
    if let Some(mark) = mark(view) {
        text.push_str(&format!(" {mark}"));
    }
    if let Some(to) = &view.reply_to {
        text.push_str(&format!(" {}", t!("message-reply", id = short_message(to))));
    }
    let body = if view.deleted {
        t!("message-deleted")
    } else {
        safe(&view.text)
    };
    for line in body.lines() {
        text.push_str(&format!("\n       {line}"));
    }
    for attachment in &view.attachments {
        let id = if attachment.evidence {
            "message-evidence"
        } else {
            "message-attachment"
        };
        let line = t!(id, name = safe_line(&attachment.filename), size = size(attachment.size));
        text.push_str(&format!("\n       {line}"));
    }
    if !view.reactions.is_empty() {
        let reactions: Vec<String> = view
            .reactions
            .iter()
            .map(|(who, emoji)| format!("{} {}", safe_line(emoji), name(*who)))
            .collect();
        text.push_str(&format!("\n       {}", reactions.join(" · ")));
    }
    if !view.acknowledged.is_empty() {
        let names: Vec<String> = view.acknowledged.iter().map(|(who, _)| name(*who)).collect();
        text.push_str(&format!(
            "\n       {}",
            t!("message-acknowledged", names = names.join(", "))
        ));
    }
    text
}

/// Words beside the sender: alarm, waiting, edited, expiring.
fn mark(view: &MessageView) -> Option<String> {
    let mut marks = Vec::new();
    if view.kind == "alarm" {
        marks.push(style(t!("message-alarm")).red().bold().to_string());
    } else if view.wants_acknowledgement {
        marks.push(t!("message-wants-acknowledgement"));
    }
    match view.state {
        MessageState::Pending => marks.push(t!("message-pending")),
        MessageState::Scheduled { at } => marks.push(t!("message-scheduled", time = times::short(at))),
        MessageState::Failed { code } => marks.push(t!("message-failed", code = code.code())),
        MessageState::Received | MessageState::Sent => {}
    }
    if view.edited {
        marks.push(t!("message-edited"));
    }
    if let Some(time) = view.expires {
        marks.push(t!("message-expires", time = times::short(time)));
    }
    (!marks.is_empty()).then(|| marks.join(", "))
}

/// A line of the system.
#[must_use]
pub fn line(line: &SystemLine, at: Time, name: &impl Fn(AccountId) -> String) -> String {
    format!(
        "{}  {}",
        times::short(at),
        style(format!("· {}", words::system_line(line, name))).dim()
    )
}

/// A line of the system for programs.
#[derive(Debug, Serialize)]
pub struct LineJson<'a> {
    pub time: Time,
    #[serde(flatten)]
    pub line: &'a SystemLine,
}
