// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reading a chat's history, and searching in all of them.

use console::style;
use melder_engine::api::{Action, MessageView};
use melder_protocol::Sequence;
use serde::Serialize;

use super::{chats, show};
use crate::args::{Global, ReadArgs, SearchArgs};
use crate::error::{CliError, Exit};
use crate::find;
use crate::output::{self, line, note, safe, safe_line};
use crate::session::{Need, with};
use crate::t;

#[derive(Serialize)]
struct History<'a> {
    group: melder_protocol::GroupId,
    name: &'a str,
    messages: &'a [MessageView],
    lines: Vec<show::LineJson<'a>>,
}

pub async fn read(global: &Global, args: &ReadArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        let (group, before, limit) = (chat.group, args.before.map(Sequence), args.limit);
        let (messages, mut lines) = session
            .read(move |engine| Ok((engine.messages(group, before, limit)?, engine.system_lines(group)?)))
            .await?;
        // Lines that stand before the first message shown belong to an earlier page.
        let full = messages.len() >= limit as usize;
        let first = messages.iter().find_map(|view| view.sequence).unwrap_or_default();
        lines.retain(|(sequence, ..)| (!full || *sequence >= first) && before.is_none_or(|end| *sequence < end));
        if session.json() {
            let lines = lines
                .iter()
                .map(|(_, time, line)| show::LineJson { time: *time, line })
                .collect();
            output::json(&History {
                group,
                name: &chat.name,
                messages: &messages,
                lines,
            });
        } else {
            let name = chats::names(session, group).await?;
            let own = session.own().await?.map(|own| own.account).unwrap_or_else(nobody);
            let mut lines = lines.into_iter().peekable();
            for view in &messages {
                let place = view.sequence.unwrap_or(Sequence(u64::MAX));
                while let Some((_, time, text)) = lines.next_if(|(sequence, ..)| *sequence < place) {
                    line(show::line(&text, time, &name));
                }
                line(show::message(view, own, &name));
            }
            for (_, time, text) in lines {
                line(show::line(&text, time, &name));
            }
            if messages.is_empty() {
                note(t!("read-none", chat = safe_line(&chat.name)));
            }
        }
        if let Some(through) = messages.iter().filter_map(|view| view.sequence).max()
            && !args.keep_unread
            && before.is_none()
        {
            session.act_anyhow(Action::MarkRead { group, through }).await?;
            // What tells the other devices may wait until the next time.
            session.wait_sent(&[], std::time::Duration::from_secs(1)).await?;
        }
        Ok(Exit::Ok)
    })
    .await
}

/// For comparing only: nobody has this id.
fn nobody() -> melder_protocol::AccountId {
    melder_protocol::AccountId::from_bytes([0; 16])
}

pub async fn search(global: &Global, args: &SearchArgs) -> Result<Exit, CliError> {
    let query = args.words.join(" ");
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let (wanted, limit) = (query.clone(), args.limit);
        let (hits, chats) = session
            .read(move |engine| Ok((engine.search(&wanted, limit)?, engine.chats()?)))
            .await?;
        if session.json() {
            output::json(&hits);
            return Ok(Exit::Ok);
        }
        if hits.is_empty() {
            note(t!("search-none", words = &query));
        }
        for hit in &hits {
            let view = &hit.message;
            let chat = chats
                .iter()
                .find(|chat| chat.group == view.group)
                .map(|chat| safe_line(&chat.name));
            line(format!(
                "{}  {}  {} {}",
                crate::times::short(view.time),
                style(chat.unwrap_or_default()).bold(),
                safe_line(&view.sender_name),
                style(format!("[{}]", find::short_message(&view.id))).dim(),
            ));
            line(format!("       {}", highlight(&safe(&hit.snippet))));
        }
        Ok(Exit::Ok)
    })
    .await
}

fn highlight(snippet: &str) -> String {
    let mut text = String::new();
    for (at, part) in snippet.replace('\n', " ").split(['⟦', '⟧']).enumerate() {
        if at % 2 == 1 {
            text.push_str(&style(part).bold().underlined().to_string());
        } else {
            text.push_str(part);
        }
    }
    text
}
