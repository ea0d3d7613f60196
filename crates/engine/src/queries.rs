// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a screen or a program reads. Queries change nothing.

use melder_content::MessageId;
use melder_mls::chain::DeviceChain;
use melder_mls::roster::Roster;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, BlobId, GroupId, Sequence, Time};
use rusqlite::{OptionalExtension as _, params};

use crate::api::{ChatView, ContactView, GroupStatus, MessageView, OwnView, SearchHit, SystemLine};
use crate::error::EngineError;
use crate::groups::{self, Status};
use crate::store::{int, meta, set_meta, uint};
use crate::work::{Link, Work};
use crate::{Engine, duty, files, history, identity, people};

impl Engine {
    pub(crate) fn own_account(&self) -> AccountId {
        self.session
            .identity
            .as_ref()
            .map_or(AccountId::from_bytes([0; 16]), |identity| identity.member.account)
    }

    /// This device's account; `None`: it has none yet.
    ///
    /// # Errors
    /// When the database fails; so with all queries.
    pub fn own(&self) -> Result<Option<OwnView>, EngineError> {
        let Some(identity) = &self.session.identity else {
            return Ok(None);
        };
        let account = identity.member.account;
        let contact = people::contact(&self.database, Some(identity), account, self.now)?;
        let ends = people::record(&self.database, account)?
            .and_then(|record| record.badge)
            .and_then(|badge| badge.peek().ok())
            .and_then(|badge| badge.ends);
        Ok(Some(OwnView {
            account,
            device: identity.member.device,
            key: identity.key.public(),
            organisation: identity.organisation.id,
            organisation_name: identity.organisation.name.clone(),
            name: contact.as_ref().map(|contact| contact.name.clone()).unwrap_or_default(),
            kind: contact.and_then(|contact| contact.kind),
            ends,
            online: self.session.link == Link::Ready,
            waiting: self.outbox_len()?,
            absence: duty::absence(&self.database, account, self.now)?,
        }))
    }

    /// Why this device is out, if it is: the stable code that the server gave.
    pub fn gone(&self) -> Result<Option<String>, EngineError> {
        Ok(meta(&self.database, "gone")?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// One's own switch and quiet hours.
    pub fn duty(&self) -> Result<melder_content::DutySettings, EngineError> {
        duty::current(&self.database)
    }

    /// Who is away now, if they are.
    pub fn absence(&self, account: AccountId) -> Result<Option<crate::api::AbsenceView>, EngineError> {
        duty::absence(&self.database, account, self.now)
    }

    /// The organisation's policy, once it has come.
    pub fn policy(&self) -> Result<Option<melder_protocol::policy::Policy>, EngineError> {
        crate::policy::current(&self.database)
    }

    /// The server's base URL.
    pub fn server(&self) -> Result<Option<String>, EngineError> {
        Ok(meta(&self.database, "server")?.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Remembers the server's base URL.
    pub fn set_server(&mut self, url: &str) -> Result<(), EngineError> {
        set_meta(&self.database, "server", url.as_bytes())
    }

    /// The chat list: pinned first, then by last activity. Without the own group.
    pub fn chats(&mut self) -> Result<Vec<ChatView>, EngineError> {
        self.chat_list(true)
    }

    pub(crate) fn chat_list(&mut self, with_epoch: bool) -> Result<Vec<ChatView>, EngineError> {
        let mut chats = Vec::new();
        for id in groups::all(&self.database)? {
            if let Some(chat) = self.chat_view(id, with_epoch)?
                && chat.kind != GroupKind::Own
            {
                chats.push(chat);
            }
        }
        chats.sort_by_key(|chat| {
            let last = chat.last.as_ref().map_or(Time(0), |message| message.time);
            (
                std::cmp::Reverse(chat.pinned),
                std::cmp::Reverse(last),
                chat.name.clone(),
            )
        });
        Ok(chats)
    }

    /// One chat.
    pub fn chat(&mut self, id: GroupId) -> Result<Option<ChatView>, EngineError> {
        self.chat_view(id, true)
    }

    pub(crate) fn chat_view(&mut self, id: GroupId, with_epoch: bool) -> Result<Option<ChatView>, EngineError> {
        let Some(group) = groups::load(&self.database, id)? else {
            return Ok(None);
        };
        self.with_roster(id, with_epoch, |engine, roster, epoch| {
            let own = engine.own_account();
            let row = engine.database.query_row(
                "SELECT name, description, muted, pinned, read FROM groups WHERE id = ?1",
                [id.as_bytes()],
                |row| {
                    Ok((
                        row.get::<_, Option<String>>(0)?,
                        row.get::<_, Option<String>>(1)?,
                        row.get::<_, Option<i64>>(2)?,
                        row.get::<_, bool>(3)?,
                        row.get::<_, i64>(4)?,
                    ))
                },
            )?;
            let (name, description, muted, pinned, read) = row;
            let peer = match (group.kind, roster) {
                (GroupKind::Direct, Some(roster)) => roster.members().map(|(account, _)| account).find(|a| *a != own),
                _ => None,
            };
            let name = match peer {
                Some(peer) => people::name(&engine.database, peer)?,
                None => name.unwrap_or_default(),
            };
            let (unread, mentions) = history::unread(&engine.database, id, Sequence(uint(read)))?;
            let Some(roster) = roster else {
                return Ok(None);
            };
            Ok(Some(ChatView {
                group: id,
                kind: group.kind,
                authority: roster.terms().authority,
                suite: roster.terms().suite,
                name,
                description,
                status: status(group.status),
                role: roster.role(own),
                may_write: roster.may_write(own) && !matches!(group.status, Status::Left),
                members: u32::try_from(roster.count()).unwrap_or(u32::MAX),
                unread,
                mentions,
                open_confirmations: history::open_confirmations(&engine.database, id)?,
                muted_until: muted.map(|muted| Time(uint(muted))),
                pinned,
                last: history::last(&engine.database, own, id)?,
                peer,
                epoch,
                read: Sequence(uint(read)),
                head: group.cursor,
            }))
        })
    }

    /// Hands out the verified roster and the MLS epoch (0 without MLS state).
    pub(crate) fn with_roster<T>(
        &mut self,
        id: GroupId,
        with_epoch: bool,
        f: impl FnOnce(&Self, Option<&Roster>, u64) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::from_seed([0; 32]);
        let (roster, epoch) = {
            let Self { database, session, now } = self;
            let mut work = Work {
                tx: database,
                now: *now,
                rng: &mut rng,
                session,
                effects: Vec::new(),
            };
            let roster = groups::roster(&mut work, id)?.cloned();
            let epoch = if with_epoch {
                groups::epoch(&mut work, id)?.map_or(0, |epoch| epoch.0)
            } else {
                0
            };
            (roster, epoch)
        };
        f(self, roster.as_ref(), epoch)
    }

    /// Messages of a chat, oldest first; those that wait at the end. `before`: only with a smaller sequence.
    pub fn messages(
        &self,
        group: GroupId,
        before: Option<Sequence>,
        limit: u32,
    ) -> Result<Vec<MessageView>, EngineError> {
        history::messages(&self.database, self.own_account(), group, before, limit)
    }

    pub fn message(&self, id: MessageId) -> Result<Option<MessageView>, EngineError> {
        history::message(&self.database, self.own_account(), id)
    }

    /// Everybody's last vote in a poll: who, and the places of the chosen options.
    pub fn votes(&self, group: GroupId, poll: MessageId) -> Result<Vec<(AccountId, Vec<u8>)>, EngineError> {
        history::votes(&self.database, group, poll)
    }

    /// The system's lines in a chat, with their place in the log.
    pub fn system_lines(&self, group: GroupId) -> Result<Vec<(Sequence, Time, SystemLine)>, EngineError> {
        let rows: Vec<(i64, i64, String)> = self
            .database
            .prepare_cached("SELECT sequence, time, line FROM lines WHERE grp = ?1 ORDER BY sequence, id")?
            .query_map([group.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        rows.into_iter()
            .map(|(sequence, time, line)| {
                let line = serde_json::from_str(&line).map_err(|_| EngineError::Damaged("line"))?;
                Ok((Sequence(uint(sequence)), Time(uint(time)), line))
            })
            .collect()
    }

    /// Who is in a chat, and in which role.
    pub fn members(&mut self, group: GroupId) -> Result<Vec<(ContactView, Role)>, EngineError> {
        let members: Vec<(AccountId, Role)> = self
            .with_roster(group, false, |_, roster, _| {
                Ok(roster.map(|roster| roster.members().collect()))
            })?
            .unwrap_or_default();
        let mut found = Vec::new();
        for (account, role) in members {
            if let Some(contact) = self.contact(account)? {
                found.push((contact, role));
            }
        }
        found.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        Ok(found)
    }

    pub fn contact(&self, account: AccountId) -> Result<Option<ContactView>, EngineError> {
        people::contact(&self.database, self.session.identity.as_ref(), account, self.now)
    }

    /// Full-text search over everything on this device, best first.
    pub fn search(&self, query: &str, limit: u32) -> Result<Vec<SearchHit>, EngineError> {
        history::search(&self.database, self.own_account(), query, None, limit)
    }

    /// Messages that wait for their time.
    pub fn scheduled(&self) -> Result<Vec<MessageView>, EngineError> {
        history::scheduled(&self.database, self.own_account())
    }

    /// Messages that wait to be sent (not those that wait for their time).
    pub fn outbox_len(&self) -> Result<u32, EngineError> {
        let count = self.database.query_row(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE not_before <= ?1) + (SELECT COUNT(*) FROM sealed)",
            params![int(self.now.0)],
            |row| row.get(0),
        )?;
        Ok(count)
    }

    /// Alarms that this account has not confirmed.
    pub fn open_alarms(&self) -> Result<Vec<MessageView>, EngineError> {
        history::open_alarms(&self.database, self.own_account())
    }

    /// Alarms that this account sent, the newest first.
    pub fn sent_alarms(&self, limit: u32) -> Result<Vec<MessageView>, EngineError> {
        history::sent_alarms(&self.database, self.own_account(), limit)
    }

    /// What people said when they confirmed one of our messages: that they need help.
    pub fn confirmation_notes(
        &self,
        group: GroupId,
        message: MessageId,
    ) -> Result<Vec<(AccountId, String)>, EngineError> {
        history::notes(&self.database, group, message)
    }

    /// By so many days this device's clock is ahead of the server's, as of the last connection; `None`: it is right enough.
    #[must_use]
    pub fn clock_days(&self) -> Option<i32> {
        self.session.clock_days
    }

    /// The chunk of an attachment, verified; `None`: not on this device yet.
    pub fn file_chunk(&self, blob: BlobId, index: u32) -> Result<Option<Vec<u8>>, EngineError> {
        files::file_chunk(&self.database, blob, index)
    }

    /// The number to compare with a contact: 12 groups of five digits.
    pub fn safety_number(&self, account: AccountId) -> Result<Option<String>, EngineError> {
        let chain = |account| -> Result<Option<DeviceChain>, EngineError> {
            Ok(people::record(&self.database, account)?
                .and_then(|record| DeviceChain::verify(account, &record.chain).ok()))
        };
        let (own, other) = (chain(self.own_account())?, chain(account)?);
        Ok(own.zip(other).map(|(own, other)| identity::safety_number(&own, &other)))
    }

    /// Counters that hold over restarts: bytes of the database.
    pub fn database_bytes(&self) -> Result<u64, EngineError> {
        let pages: i64 = self.database.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let size: i64 = self.database.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(uint(pages) * uint(size))
    }

    /// Is a chat's MLS state, as this device has it, agreed with others? Equal on all devices of an epoch.
    pub fn epoch_authenticator(&mut self, id: GroupId) -> Result<Option<Vec<u8>>, EngineError> {
        let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::from_seed([0; 32]);
        let Self { database, session, now } = self;
        let mut work = Work {
            tx: database,
            now: *now,
            rng: &mut rng,
            session,
            effects: Vec::new(),
        };
        Ok(groups::with_member(&mut work, id, |_, member, _| Ok(member.epoch_authenticator()))?.and_then(Result::ok))
    }

    /// The accounts that have a device in the group's tree: those who can read what is written now.
    pub fn present(&mut self, id: GroupId) -> Result<Vec<AccountId>, EngineError> {
        let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::from_seed([0; 32]);
        let Self { database, session, now } = self;
        let mut work = Work {
            tx: database,
            now: *now,
            rng: &mut rng,
            session,
            effects: Vec::new(),
        };
        let leaves = groups::with_member(&mut work, id, |_, member, _| Ok(member.leaves()))?.and_then(Result::ok);
        let mut accounts: Vec<AccountId> = leaves.into_iter().flatten().map(|leaf| leaf.member.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        Ok(accounts)
    }

    /// The number that members of a group compare: 8 groups of five digits, from what all devices of an epoch have agreed
    /// on. Equal: the same members and the same keys. It changes with each commit. `None`: not in the group (yet).
    pub fn group_number(&mut self, id: GroupId) -> Result<Option<String>, EngineError> {
        let agreed = self.epoch_authenticator(id)?;
        Ok(agreed.map(|agreed| identity::group_number(id, &agreed)))
    }

    /// The last message that was read in a chat.
    pub fn read_through(&self, id: GroupId) -> Result<Sequence, EngineError> {
        let read: Option<i64> = self
            .database
            .query_row("SELECT read FROM groups WHERE id = ?1", [id.as_bytes()], |row| {
                row.get(0)
            })
            .optional()?;
        Ok(Sequence(read.map_or(0, uint)))
    }
}

const fn status(status: Status) -> GroupStatus {
    match status {
        Status::Founding | Status::Joining => GroupStatus::Joining,
        Status::Active => GroupStatus::Active,
        Status::Repairing | Status::Halted => GroupStatus::Repairing,
        Status::Left => GroupStatus::Left,
    }
}
