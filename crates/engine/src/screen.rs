// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an app with a screen needs beyond the plain queries: pieces of a chat, what stands in the composer, faces. All of
//! it stays on this device.

use melder_content::MessageId;
use melder_mls::chain::DeviceChain;
use melder_protocol::roster::GroupKind;
use melder_protocol::{AccountId, GroupId, Sequence, Time};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::api::{ChatView, ContactView, MessageView, Misbehaviour, SearchHit, SystemLine};
use crate::error::EngineError;
use crate::store::Id;
use crate::{Engine, history, people};

/// Where a page of a chat begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// The newest.
    End,
    /// Older than this.
    Before(Sequence),
    /// Newer than this.
    After(Sequence),
    /// This in the middle.
    At(Sequence),
}

/// A piece of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatPage {
    pub items: Vec<ChatItem>,
    pub more_before: bool,
    pub more_after: bool,
}

/// What stands in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatItem {
    Message(Box<MessageView>),
    Line {
        sequence: Sequence,
        time: Time,
        line: SystemLine,
    },
}

/// What a person was about to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composer {
    pub text: String,
    pub reply_to: Option<MessageId>,
}

impl Engine {
    /// A piece of a chat: messages and the system's lines by their place, oldest first; at the end what waits.
    ///
    /// # Errors
    /// When the database fails; so with all queries.
    pub fn page(&self, group: GroupId, around: Around, limit: u32) -> Result<ChatPage, EngineError> {
        history::page(&self.database, self.own_account(), group, around, limit)
    }

    /// The chat list, as [`Engine::chats`] but for the epoch, which it does not look up.
    pub fn chat_rows(&mut self) -> Result<Vec<ChatView>, EngineError> {
        self.chat_list(false)
    }

    /// One row of it; the group of one's own devices is none.
    pub fn chat_row(&mut self, group: GroupId) -> Result<Option<ChatView>, EngineError> {
        let row = self.chat_view(group, false)?;
        Ok(row.filter(|row| row.kind != GroupKind::Own))
    }

    /// Messages with files, newest first.
    pub fn media(&self, group: GroupId, before: Option<Sequence>, limit: u32) -> Result<Vec<MessageView>, EngineError> {
        history::media(&self.database, self.own_account(), group, before, limit)
    }

    /// How many messages with files.
    pub fn media_count(&self, group: GroupId) -> Result<u32, EngineError> {
        history::media_count(&self.database, group)
    }

    /// Is there a recovery code for the own account? (Another device may have made it.)
    pub fn has_recovery_code(&self) -> Result<bool, EngineError> {
        let record = people::record(&self.database, self.own_account())?;
        let chain = record.and_then(|record| DeviceChain::verify(record.account, &record.chain).ok());
        Ok(chain.is_some_and(|chain| chain.recovery_keys().next().is_some()))
    }

    /// Full-text search, in one chat if given.
    pub fn search_in(&self, query: &str, group: Option<GroupId>, limit: u32) -> Result<Vec<SearchHit>, EngineError> {
        history::search(&self.database, self.own_account(), query, group, limit)
    }

    /// Everybody whom this device knows, by name, without oneself.
    pub fn contacts(&self) -> Result<Vec<ContactView>, EngineError> {
        let accounts: Vec<AccountId> = self
            .database
            .prepare_cached("SELECT account FROM accounts WHERE deleted = 0 AND name <> '' ORDER BY name, account")?
            .query_map([], |row| Ok(row.get::<_, Id<_>>(0)?.0))?
            .collect::<Result<_, _>>()?;
        let own = self.own_account();
        let mut found = Vec::with_capacity(accounts.len());
        for account in accounts.into_iter().filter(|account| *account != own) {
            found.extend(self.contact(account)?);
        }
        Ok(found)
    }

    /// Just the name; empty when unknown.
    pub fn name(&self, account: AccountId) -> Result<String, EngineError> {
        people::name(&self.database, account)
    }

    /// How many are in a chat; 0 without a roster.
    pub fn member_count(&mut self, group: GroupId) -> Result<u32, EngineError> {
        let count = self.with_roster(group, false, |_, roster, _| {
            Ok(roster.map_or(0, |roster| roster.count()))
        })?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Is this account in the chat?
    pub fn is_member(&mut self, group: GroupId, account: AccountId) -> Result<bool, EngineError> {
        self.with_roster(group, false, |_, roster, _| {
            Ok(roster.is_some_and(|roster| roster.role(account).is_some()))
        })
    }

    /// Did somebody else say it?
    pub fn is_by_other(&self, message: MessageId) -> Result<bool, EngineError> {
        Ok(self
            .database
            .prepare_cached("SELECT 1 FROM messages WHERE message = ?1 AND own = 0")?
            .exists([message.as_bytes()])?)
    }

    /// Our own reaction with this emoji to a message.
    pub fn own_reaction(&self, to: MessageId, emoji: &str) -> Result<Option<MessageId>, EngineError> {
        history::own_reaction(&self.database, self.own_account(), to, emoji)
    }

    /// What stands in the composer of a chat.
    pub fn composer(&self, group: GroupId) -> Result<Option<Composer>, EngineError> {
        composer(&self.database, group)
    }

    /// The organisation's key, to be compared: six groups of five digits. `None` without an account.
    pub fn organisation_fingerprint(&self) -> Option<String> {
        self.session
            .identity
            .as_ref()
            .map(|identity| melder_mls::sign::fingerprint(&identity.organisation.key))
    }
}

impl Misbehaviour {
    /// The stable name of the kind, as in texts and on the wire of an app.
    #[must_use]
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }
}

pub(crate) fn composer(connection: &Connection, group: GroupId) -> Result<Option<Composer>, EngineError> {
    Ok(connection
        .prepare_cached("SELECT text, reply FROM composers WHERE grp = ?1")?
        .query_row([group.as_bytes()], |row| {
            Ok(Composer {
                text: row.get(0)?,
                reply_to: row.get::<_, Option<Id<MessageId>>>(1)?.map(|Id(id)| id),
            })
        })
        .optional()?)
}

pub(crate) fn save_composer(
    connection: &Connection,
    group: GroupId,
    text: &str,
    reply_to: Option<MessageId>,
    known: &str,
) -> Result<(), EngineError> {
    if text.is_empty() && reply_to.is_none() {
        connection
            .prepare_cached("DELETE FROM composers WHERE grp = ?1 AND text = ?2")?
            .execute(params![group.as_bytes(), known])?;
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO composers (grp, text, reply) VALUES (?1, ?2, ?3)
             ON CONFLICT (grp) DO UPDATE SET text = excluded.text, reply = excluded.reply",
        )?
        .execute(params![
            group.as_bytes(),
            text,
            reply_to.as_ref().map(MessageId::as_bytes)
        ])?;
    Ok(())
}
