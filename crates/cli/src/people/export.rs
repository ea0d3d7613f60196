// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A chat's whole history, as text for people or JSON for programs.

use std::io::Write;

use melder_engine::api::{ActionError, Invalid, MessageView, SystemLine};
use melder_protocol::{GroupId, Sequence, Time};
use serde::Serialize;

use super::{chats, show};
use crate::args::{ExportArgs, ExportFormat, Global};
use crate::error::{CliError, Exit, Local};
use crate::find;
use crate::output::{line, note, safe, safe_line};
use crate::session::{Need, Session, with};
use crate::{t, times};

const PAGE: u32 = 500;

#[derive(Serialize)]
struct Export<'a> {
    format: &'static str,
    group: GroupId,
    name: &'a str,
    exported: String,
    messages: &'a [MessageView],
    lines: Vec<show::LineJson<'a>>,
}

pub async fn export(global: &Global, args: &ExportArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let group = chat.group;
        if session
            .read(|engine| engine.policy())
            .await?
            .is_some_and(|policy| !policy.export)
        {
            return Err(CliError::from(ActionError::Invalid(Invalid::ForbiddenByPolicy)));
        }
        let messages = history(session, group).await?;
        let lines = session.read(move |engine| engine.system_lines(group)).await?;
        let format = args.format.unwrap_or(if global.json {
            ExportFormat::Json
        } else {
            ExportFormat::Text
        });
        let text = match format {
            ExportFormat::Json => {
                let lines = lines
                    .iter()
                    .map(|(_, time, line)| show::LineJson { time: *time, line })
                    .collect();
                let export = Export {
                    format: "melder.export.1",
                    group,
                    name: &chat.name,
                    exported: times::iso(times::now()),
                    messages: &messages,
                    lines,
                };
                serde_json::to_string_pretty(&export).map_err(CliError::other)?
            }
            ExportFormat::Text => {
                let name = chats::names(session, group).await?;
                as_text(&chat.name, &messages, &lines, &name)
            }
        };
        match &args.output {
            None => line(text),
            Some(path) => {
                let failed = |error: std::io::Error| {
                    CliError::new(Local::FileUnwritable)
                        .with("path", path.display().to_string())
                        .with("detail", error.to_string())
                };
                let mut file = std::fs::File::create(path).map_err(failed)?;
                writeln!(file, "{text}")
                    .and_then(|()| file.sync_all())
                    .map_err(failed)?;
                note(t!(
                    "export-done",
                    count = messages.len(),
                    path = path.display().to_string()
                ));
            }
        }
        Ok(Exit::Ok)
    })
    .await
}

/// All messages, oldest first.
async fn history(session: &Session, group: GroupId) -> Result<Vec<MessageView>, CliError> {
    session
        .read(move |engine| {
            let mut pages: Vec<Vec<MessageView>> = Vec::new();
            let mut before: Option<Sequence> = None;
            loop {
                let page = engine.messages(group, before, PAGE)?;
                let first = page.iter().find_map(|view| view.sequence);
                let full = page.len() >= PAGE as usize;
                pages.push(page);
                if !full || first.is_none() || first == before {
                    break;
                }
                before = first;
            }
            let mut seen = std::collections::HashSet::new();
            Ok(pages
                .into_iter()
                .rev()
                .flatten()
                .filter(|view| seen.insert(view.id))
                .collect())
        })
        .await
}

fn as_text(
    chat: &str,
    messages: &[MessageView],
    lines: &[(Sequence, Time, SystemLine)],
    name: &impl Fn(melder_protocol::AccountId) -> String,
) -> String {
    let mut text = format!(
        "{}\n{}\n",
        safe_line(chat),
        t!("export-head", time = times::long(times::now()), count = messages.len())
    );
    let mut lines = lines.iter().peekable();
    for view in messages {
        let place = view.sequence.unwrap_or(Sequence(u64::MAX));
        while let Some((_, time, line)) = lines.next_if(|(sequence, ..)| *sequence < place) {
            text.push_str(&format!(
                "\n{}  · {}\n",
                times::long(*time),
                crate::words::system_line(line, name)
            ));
        }
        text.push_str(&format!(
            "\n{}  {}\n",
            times::long(view.time),
            safe_line(&view.sender_name)
        ));
        let body = if view.deleted {
            t!("message-deleted")
        } else {
            safe(&view.text)
        };
        for line in body.lines() {
            text.push_str(&format!("    {line}\n"));
        }
        for attachment in &view.attachments {
            text.push_str(&format!(
                "    {}\n",
                t!(
                    "message-attachment",
                    name = safe_line(&attachment.filename),
                    size = crate::output::size(attachment.size)
                )
            ));
        }
    }
    for (_, time, line) in lines {
        text.push_str(&format!(
            "\n{}  · {}\n",
            times::long(*time),
            crate::words::system_line(line, name)
        ));
    }
    text
}
