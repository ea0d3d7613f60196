// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From what a person types to the thing that is meant: a chat, a person, a message, a device. A name, its unique
//! beginning, or the id. What fits several things is an error that lists them; nothing is guessed.

use melder_content::MessageId;
use melder_engine::api::{Action, ChatView, ContactView, MessageView, Outcome};
use melder_protocol::account::{DeviceInfo, DirectoryEntry};
use melder_protocol::{AccountId, Sequence};

use crate::error::{CliError, Local};
use crate::output::safe_line;
use crate::session::Session;
use crate::words;

/// How many messages of a chat are looked through for the beginning of an id.
const LOOK_BACK: u32 = 5_000;

/// What fits best: equal, else beginning with, else containing. Of the best kind, all.
fn best<'a, T>(things: &'a [T], text: &str, names: impl Fn(&T) -> Vec<String>) -> Vec<&'a T> {
    let wanted = text.trim().to_lowercase();
    let rank = |thing: &T| -> Option<u8> {
        names(thing)
            .iter()
            .filter_map(|name| {
                let name = name.to_lowercase();
                if name == wanted {
                    Some(0)
                } else if name.starts_with(&wanted) {
                    Some(1)
                } else if name.contains(&wanted) && !wanted.is_empty() {
                    Some(2)
                } else {
                    None
                }
            })
            .min()
    };
    let Some(least) = things.iter().filter_map(&rank).min() else {
        return Vec::new();
    };
    things.iter().filter(|thing| rank(thing) == Some(least)).collect()
}

fn is_id_start(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A chat by name or id.
///
/// # Errors
/// When none or several fit.
pub async fn chat(session: &Session, text: &str) -> Result<ChatView, CliError> {
    let chats = session.read(|engine| engine.chats()).await?;
    choose_chat(&chats, text)
}

fn choose_chat(chats: &[ChatView], text: &str) -> Result<ChatView, CliError> {
    let mut hits = best(chats, text, |chat| vec![chat.name.clone()]);
    if is_id_start(text) {
        let wanted = text.to_lowercase();
        let by_id: Vec<&ChatView> = chats
            .iter()
            .filter(|chat| chat.group.to_string().starts_with(&wanted))
            .collect();
        if !by_id.is_empty() {
            hits = by_id;
        }
    }
    match hits.as_slice() {
        [chat] => Ok((*chat).clone()),
        [] => Err(CliError::new(Local::ChatUnknown).with("text", text)),
        several => {
            let error = CliError::new(Local::ChatAmbiguous).with("text", text);
            Err(several.iter().fold(error, |error, chat| {
                error.line(format!(
                    "{}  {}  {}",
                    short_id(&chat.group),
                    safe_line(&chat.name),
                    words::kind(chat.kind)
                ))
            }))
        }
    }
}

/// The first characters of an id: enough to tell things apart.
#[must_use]
pub fn short_id(id: &impl ToString) -> String {
    id.to_string().chars().take(8).collect()
}

/// A message's short name: its id begins with the same two digits everywhere, so without them.
#[must_use]
pub fn short_message(id: &MessageId) -> String {
    id.to_string().chars().skip(2).take(8).collect()
}

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: AccountId,
    pub name: String,
    pub unit: Vec<String>,
}

impl From<ContactView> for Person {
    fn from(contact: ContactView) -> Self {
        Self {
            account: contact.account,
            name: contact.name,
            unit: contact.unit,
        }
    }
}

impl From<DirectoryEntry> for Person {
    fn from(entry: DirectoryEntry) -> Self {
        Self {
            account: entry.account,
            name: entry.name,
            unit: entry.unit,
        }
    }
}

/// Everybody whom this device knows from a chat.
///
/// # Errors
/// When the store fails.
pub async fn known(session: &Session) -> Result<Vec<ContactView>, CliError> {
    session
        .read(|engine| {
            let mut contacts: Vec<ContactView> = Vec::new();
            for chat in engine.chats()? {
                for (contact, _) in engine.members(chat.group)? {
                    if !contacts.iter().any(|known| known.account == contact.account) {
                        contacts.push(contact);
                    }
                }
            }
            contacts.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(contacts)
        })
        .await
}

/// The directory, all pages.
///
/// # Errors
/// What the server said.
pub async fn directory(session: &Session, query: &str) -> Result<Vec<DirectoryEntry>, CliError> {
    let mut entries: Vec<DirectoryEntry> = Vec::new();
    let mut after = None;
    loop {
        let action = Action::FindAccounts {
            query: query.to_owned(),
            after,
        };
        let Outcome::Directory(page) = session.act(action).await? else {
            return Ok(entries);
        };
        let Some(last) = page.last() else { return Ok(entries) };
        let full = page.len() >= 50;
        after = Some(last.account);
        entries.extend(page);
        if !full {
            return Ok(entries);
        }
    }
}

/// A person by name or id: among those known here, then in the directory.
///
/// # Errors
/// When nobody or several fit.
pub async fn person(session: &Session, text: &str) -> Result<Person, CliError> {
    let mut people: Vec<Person> = known(session).await?.into_iter().map(Person::from).collect();
    if let Ok(account) = text.parse::<AccountId>() {
        let known = people.into_iter().find(|person| person.account == account);
        return Ok(known.unwrap_or(Person {
            account,
            name: text.to_owned(),
            unit: Vec::new(),
        }));
    }
    // Guests may not search the directory; then those known here have to do.
    if !session.global.offline
        && let Ok(entries) = directory(session, text).await
    {
        for person in entries.into_iter().map(Person::from) {
            if !people.iter().any(|known| known.account == person.account) {
                people.push(person);
            }
        }
    }
    let mut hits = best(&people, text, |person| vec![person.name.clone(), turned(&person.name)]);
    if hits.is_empty() && is_id_start(text) {
        let wanted = text.to_lowercase();
        hits = people
            .iter()
            .filter(|person| person.account.to_string().starts_with(&wanted))
            .collect();
    }
    match hits.as_slice() {
        [person] => Ok((*person).clone()),
        [] => Err(CliError::new(Local::PersonUnknown).with("text", text)),
        several => {
            let error = CliError::new(Local::PersonAmbiguous).with("text", text);
            Err(several.iter().fold(error, |error, person| {
                let unit = person.unit.join(" / ");
                error.line(format!(
                    "{}  {}  {}",
                    person.account,
                    safe_line(&person.name),
                    safe_line(&unit)
                ))
            }))
        }
    }
}

/// `Huber, Anna` is also `Anna Huber`, and the other way round.
fn turned(name: &str) -> String {
    match name.split_once(',') {
        Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
        None => match name.rsplit_once(' ') {
            Some((first, last)) => format!("{last}, {first}"),
            None => name.to_owned(),
        },
    }
}

/// Several people.
///
/// # Errors
/// When one of them is not found.
pub async fn people(session: &Session, texts: &[String]) -> Result<Vec<Person>, CliError> {
    let mut people = Vec::with_capacity(texts.len());
    for text in texts {
        people.push(person(session, text).await?);
    }
    Ok(people)
}

/// A message by the beginning of its id, in any chat.
///
/// # Errors
/// When none or several fit.
pub async fn message(session: &Session, text: &str) -> Result<MessageView, CliError> {
    let wanted = text.trim_matches(['[', ']', ' ']).to_lowercase();
    let unknown = || CliError::new(Local::MessageUnknown).with("text", text);
    if let Ok(id) = wanted.parse::<MessageId>() {
        return session
            .read(move |engine| engine.message(id))
            .await?
            .ok_or_else(unknown);
    }
    if !is_id_start(&wanted) {
        return Err(unknown());
    }
    let hits: Vec<MessageView> = session
        .read(move |engine| {
            let mut hits = Vec::new();
            for chat in engine.chats()? {
                let mut before: Option<Sequence> = None;
                let mut left = LOOK_BACK;
                while left > 0 {
                    let page = engine.messages(chat.group, before, 500)?;
                    let Some(first) = page.iter().find_map(|view| view.sequence) else {
                        hits.extend(page.into_iter().filter(|view| fits(&view.id, &wanted)));
                        break;
                    };
                    let full = page.len() >= 500;
                    left = left.saturating_sub(500);
                    for view in page {
                        if fits(&view.id, &wanted) && !hits.iter().any(|hit: &MessageView| hit.id == view.id) {
                            hits.push(view);
                        }
                    }
                    if !full || before == Some(first) {
                        break;
                    }
                    before = Some(first);
                }
            }
            Ok(hits)
        })
        .await?;
    match hits.as_slice() {
        [message] => Ok(message.clone()),
        [] => Err(unknown()),
        several => {
            let error = CliError::new(Local::MessageAmbiguous).with("text", text);
            Err(several.iter().fold(error, |error, view| {
                let start: String = safe_line(&view.text).chars().take(40).collect();
                error.line(format!("{}  {}  {start}", view.id, safe_line(&view.sender_name)))
            }))
        }
    }
}

fn fits(id: &MessageId, wanted: &str) -> bool {
    let id = id.to_string();
    id[2..].starts_with(wanted) || id.starts_with(wanted)
}

/// A device of one's own by name or id.
///
/// # Errors
/// When none or several fit.
pub fn device(devices: &[DeviceInfo], text: &str) -> Result<DeviceInfo, CliError> {
    let mut hits = best(devices, text, |device| vec![device.name.clone()]);
    if is_id_start(text) {
        let wanted = text.to_lowercase();
        let by_id: Vec<&DeviceInfo> = devices
            .iter()
            .filter(|device| device.device.to_string().starts_with(&wanted))
            .collect();
        if !by_id.is_empty() {
            hits = by_id;
        }
    }
    match hits.as_slice() {
        [device] => Ok((*device).clone()),
        [] => Err(CliError::new(Local::DeviceUnknown).with("text", text)),
        several => {
            let error = CliError::new(Local::DeviceUnknown).with("text", text);
            Err(several.iter().fold(error, |error, device| {
                error.line(format!("{}  {}", short_id(&device.device), safe_line(&device.name)))
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equal_name_beats_a_longer_one() {
        let names = ["Lage", "Lage Mitte", "Wahllokale"].map(str::to_owned);
        let hits = |text: &str| best(&names, text, |name| vec![name.clone()]).len();
        assert_eq!(hits("lage"), 1);
        assert_eq!(hits("lag"), 2);
        assert_eq!(hits("mitte"), 1);
        assert_eq!(hits("lokal"), 1);
        assert_eq!(hits("nichts"), 0);
    }

    #[test]
    fn a_name_is_found_both_ways_round() {
        assert_eq!(turned("Huber, Anna"), "Anna Huber");
        assert_eq!(turned("Anna Maria Huber"), "Huber, Anna Maria");
    }
}
