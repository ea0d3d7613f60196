// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The chat list, members, contacts, and how one keeps a chat.

use std::collections::BTreeMap;

use melder_engine::api::{Action, ChatView, MessageState};
use melder_protocol::account::DirectoryEntry;
use serde::Serialize;

use crate::args::{ChatsArgs, Global, MuteArgs, PinArgs, VerifyArgs};
use crate::error::{CliError, Exit, Local};
use crate::find;
use crate::output::{self, confirm, line, note, safe_line, table};
use crate::session::{Need, Session, with};
use crate::{t, times, words};

pub async fn list(global: &Global, args: &ChatsArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let mut chats = session.read(|engine| engine.chats()).await?;
        if args.unread {
            chats.retain(|chat| chat.unread > 0);
        }
        if session.json() {
            output::json(&chats);
            return Ok(Exit::Ok);
        }
        if chats.is_empty() {
            note(t!("chats-none"));
            return Ok(Exit::Ok);
        }
        let headings = [
            "table-id",
            "table-chat",
            "table-kind",
            "table-members",
            "table-unread",
            "table-last",
        ]
        .map(|id| t!(id));
        let rows: Vec<Vec<String>> = chats.iter().map(row).collect();
        table(&headings, &rows);
        Ok(Exit::Ok)
    })
    .await
}

fn row(chat: &ChatView) -> Vec<String> {
    let mut name = if chat.name.is_empty() {
        t!("chat-without-name")
    } else {
        safe_line(&chat.name)
    };
    if chat.pinned {
        name.push_str(&format!(" {}", t!("chat-pinned")));
    }
    if chat.muted_until.is_some_and(|until| until > times::now()) {
        name.push_str(&format!(" {}", t!("chat-muted")));
    }
    let status = words::status(chat.status);
    if !status.is_empty() {
        name.push_str(&format!(" {status}"));
    }
    let last = chat.last.as_ref().map_or_else(String::new, |view| {
        let text: String = safe_line(&view.text).chars().take(40).collect();
        format!("{}  {}: {text}", times::short(view.time), safe_line(&view.sender_name))
    });
    vec![
        find::short_id(&chat.group),
        name,
        words::kind(chat.kind),
        chat.members.to_string(),
        if chat.unread == 0 {
            String::new()
        } else {
            chat.unread.to_string()
        },
        last,
    ]
}

#[derive(Serialize)]
struct MemberJson {
    #[serde(flatten)]
    contact: melder_engine::api::ContactView,
    role: melder_protocol::roster::Role,
}

pub async fn members(global: &Global, chat: &str) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, chat).await?;
        let members = session.read(move |engine| engine.members(chat.group)).await?;
        if session.json() {
            let members: Vec<MemberJson> = members
                .into_iter()
                .map(|(contact, role)| MemberJson { contact, role })
                .collect();
            output::json(&members);
            return Ok(Exit::Ok);
        }
        let headings = [
            "table-name",
            "table-unit",
            "table-function",
            "table-role",
            "table-trust",
            "table-devices",
        ]
        .map(|id| t!(id));
        let rows: Vec<Vec<String>> = members
            .iter()
            .map(|(contact, role)| {
                vec![
                    safe_line(&contact.name),
                    safe_line(&contact.unit.join(" / ")),
                    safe_line(contact.function.as_deref().unwrap_or_default()),
                    words::role(*role),
                    words::trust(contact.trust),
                    contact.devices.len().to_string(),
                ]
            })
            .collect();
        table(&headings, &rows);
        Ok(Exit::Ok)
    })
    .await
}

#[derive(Serialize)]
struct EntryJson<'a> {
    account: melder_protocol::AccountId,
    name: &'a str,
    unit: &'a [String],
    function: Option<&'a str>,
    kind: melder_protocol::account::AccountKind,
    joined: bool,
}

pub async fn contacts(global: &Global, words: &str) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        let entries = find::directory(session, words).await?;
        if session.json() {
            let entries: Vec<EntryJson<'_>> = entries
                .iter()
                .map(|entry| EntryJson {
                    account: entry.account,
                    name: &entry.name,
                    unit: &entry.unit,
                    function: entry.function.as_deref(),
                    kind: entry.kind,
                    joined: entry.joined,
                })
                .collect();
            output::json(&entries);
            return Ok(Exit::Ok);
        }
        let headings = ["table-id", "table-name", "table-unit", "table-function", "table-kind"].map(|id| t!(id));
        let rows: Vec<Vec<String>> = entries.iter().map(contact_row).collect();
        table(&headings, &rows);
        Ok(Exit::Ok)
    })
    .await
}

fn contact_row(entry: &DirectoryEntry) -> Vec<String> {
    let mut kind = words::account_kind(entry.kind);
    if !entry.joined {
        kind.push_str(&format!(" {}", t!("contact-not-joined")));
    }
    vec![
        find::short_id(&entry.account),
        safe_line(&entry.name),
        safe_line(&entry.unit.join(" / ")),
        safe_line(entry.function.as_deref().unwrap_or_default()),
        kind,
    ]
}

pub async fn mute(global: &Global, args: &MuteArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        // Without an end it is far enough away to be forever.
        let forever = melder_protocol::Time(253_370_764_800_000);
        let until = match (&args.duration, args.off) {
            (_, true) => None,
            (Some(duration), _) => Some(times::now().plus(times::parse_duration(duration)?)),
            (None, false) => Some(forever),
        };
        session
            .act_anyhow(Action::Mute {
                group: chat.group,
                until,
            })
            .await?;
        flush(session).await?;
        match until {
            None => line(t!("mute-off", chat = safe_line(&chat.name))),
            Some(until) if until == forever => line(t!("mute-on", chat = safe_line(&chat.name))),
            Some(until) => line(t!(
                "mute-until",
                chat = safe_line(&chat.name),
                time = times::short(until)
            )),
        }
        Ok(Exit::Ok)
    })
    .await
}

pub async fn pin(global: &Global, args: &PinArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let chat = find::chat(session, &args.chat).await?;
        session
            .act_anyhow(Action::Pin {
                group: chat.group,
                pinned: !args.off,
            })
            .await?;
        flush(session).await?;
        line(t!(
            if args.off { "pin-off" } else { "pin-on" },
            chat = safe_line(&chat.name)
        ));
        Ok(Exit::Ok)
    })
    .await
}

/// Lets what tells the other devices go out, if it can.
async fn flush(session: &Session) -> Result<(), CliError> {
    session.wait_sent(&[], session.limit()).await.map(|_| ())
}

/// What two people compare.
#[derive(Serialize)]
struct VerifyJson {
    account: melder_protocol::AccountId,
    name: String,
    number: String,
    verified: bool,
}

pub async fn verify(global: &Global, args: &VerifyArgs) -> Result<Exit, CliError> {
    with(global, Need::Account, async |session| {
        session.catch_up().await;
        let person = find::person(session, &args.person).await?;
        let (account, name) = (person.account, safe_line(&person.name));
        let number = session
            .read(move |engine| engine.safety_number(account))
            .await?
            .ok_or_else(|| CliError::new(Local::PersonUnknown).with("text", &args.person))?;
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        if !session.json() && !args.revoke {
            line(t!("verify-number", name = &name));
            let groups: Vec<&str> = number.split_whitespace().collect();
            for row in groups.chunks(4) {
                line(format!("    {}", row.join(" ")));
            }
        }
        let verified = !args.revoke;
        match &args.number {
            Some(given) if digits(given) != digits(&number) => {
                return Err(CliError::new(Local::Declined).line(t!("verify-differs", name = &name)));
            }
            Some(_) => {}
            None if args.revoke => {}
            None => confirm(&t!("verify-ask", name = &name), global.yes)?,
        }
        session.act_anyhow(Action::Verify { account, verified }).await?;
        flush(session).await?;
        if session.json() {
            output::json(&VerifyJson {
                account,
                name,
                number,
                verified,
            });
        } else {
            line(t!(
                if verified { "verify-done" } else { "verify-revoked" },
                name = &name
            ));
        }
        Ok(Exit::Ok)
    })
    .await
}

/// Names of the members of a chat, for showing its messages.
///
/// # Errors
/// When the store fails.
pub async fn names(
    session: &Session,
    group: melder_protocol::GroupId,
) -> Result<impl Fn(melder_protocol::AccountId) -> String + use<>, CliError> {
    let mut names: BTreeMap<melder_protocol::AccountId, String> = session
        .read(move |engine| {
            let mut names = BTreeMap::new();
            for (contact, _) in engine.members(group)? {
                names.insert(contact.account, contact.name);
            }
            // Those who left still stand in the history.
            for (_, _, line) in engine.system_lines(group)? {
                for account in mentioned(&line) {
                    if !names.contains_key(&account)
                        && let Some(contact) = engine.contact(account)?
                    {
                        names.insert(account, contact.name);
                    }
                }
            }
            Ok(names)
        })
        .await?;
    if let Some(own) = session.own().await? {
        names.entry(own.account).or_insert(own.name);
    }
    Ok(move |account| {
        names
            .get(&account)
            .map_or_else(|| find::short_id(&account), |name| safe_line(name))
    })
}

fn mentioned(line: &melder_engine::api::SystemLine) -> Vec<melder_protocol::AccountId> {
    use melder_engine::api::SystemLine as Line;
    match line {
        Line::Added { accounts } | Line::Removed { accounts } => accounts.clone(),
        Line::Left { account }
        | Line::IdentityChanged { account }
        | Line::DeviceAdded { account, .. }
        | Line::DeviceRemoved { account, .. } => vec![*account],
        Line::Renamed { .. } | Line::Gap { .. } | Line::GapFilled { .. } | Line::Closed | Line::Refused { .. } => {
            Vec::new()
        }
    }
}

/// The word for how far an own message got.
#[must_use]
pub fn state_word(state: MessageState) -> String {
    match state {
        MessageState::Received => String::new(),
        MessageState::Sent => t!("state-sent"),
        MessageState::Pending => t!("state-pending"),
        MessageState::Scheduled { at } => t!("state-scheduled", time = times::short(at)),
        MessageState::Failed { code } => t!("state-failed", code = code.code()),
    }
}
