// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Questions that only read: the engine's queries, put together as a screen shows them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use melder_content::{Content, MessageId};
use melder_engine::api::{self, ChatItem, ChatView, MessageView, SystemLine};
use melder_engine::{Engine, EngineError};
use melder_port::ask::{Around, Failure};
use melder_port::view::{
    Card, Chat, ChatKind, Composer, Confirmation, Connection, Hit, Item, Kind, Last, Line, LineKind, Member, Message,
    Own, Page, Quote, Reaction, State,
};
use melder_port::{AccountId, Answer, Ask, GroupId, Sequence, Time};
use melder_protocol::Suite;
use melder_protocol::roster::Authority;

use crate::views;

/// How long a face is remembered. Names and trust change seldom, and proving a chain costs milliseconds.
const FACE_MS: u64 = 10_000;

/// What of a person stands at every message.
#[derive(Debug, Clone)]
struct Face {
    trust: api::Trust,
    since: Time,
}

/// What reading remembers between questions.
#[derive(Debug, Default)]
pub struct Memory {
    faces: HashMap<AccountId, Face>,
    /// Own messages through here reached everybody; as the engine has it, read once.
    delivered: HashMap<GroupId, Option<Sequence>>,
    /// Where the connection is; the engine knows only whether it is authenticated.
    pub connection: Option<Connection>,
}

impl Memory {
    /// Somebody's name or standing may have changed.
    pub fn forget_faces(&mut self) {
        self.faces.clear();
    }

    /// More of a chat's own messages reached everybody.
    pub fn forget_delivered(&mut self, group: GroupId) {
        self.delivered.remove(&group);
    }
}

/// One look into the engine.
pub struct Reading<'a> {
    pub engine: &'a mut Engine,
    pub memory: &'a mut Memory,
    pub now: Time,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reading")
    }
}

type Result<T> = std::result::Result<T, EngineError>;

impl Reading<'_> {
    /// Answers a question that only reads; `None`: this is no such question.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer(&mut self, ask: &Ask) -> Result<Option<std::result::Result<Answer, Failure>>> {
        let answer = match ask {
            Ask::Own => match self.own()? {
                Some(own) => Answer::Own(own),
                None => return Ok(Some(Err(Failure::Refused("no_account_yet".to_owned())))),
            },
            Ask::Policy => Answer::Policy(self.engine.policy()?.as_ref().map(views::policy)),
            Ask::Chats => {
                let rows = self.engine.chat_rows()?;
                Answer::Chats(rows.into_iter().map(|row| self.chat(row)).collect::<Result<_>>()?)
            }
            Ask::Chat(group) => {
                let row = self.engine.chat_row(*group)?;
                Answer::Chat(row.map(|row| self.chat(row)).transpose()?)
            }
            Ask::Page { group, around, limit } => Answer::Page(self.page(*group, *around, *limit)?),
            Ask::Message(id) => {
                let found = self.engine.message(*id)?;
                Answer::Message(found.map(|view| self.message(view)).transpose()?)
            }
            Ask::Members(group) => {
                let own = self.own_account()?;
                let members = self.engine.members(*group)?;
                let member = |(contact, role): (api::ContactView, _)| Member {
                    own: contact.account == own,
                    contact: views::contact(contact),
                    role: views::role(role),
                };
                Answer::Members(members.into_iter().map(member).collect())
            }
            Ask::Contact(account) => Answer::Contact(self.card(*account)?),
            Ask::Contacts => Answer::Contacts(self.engine.contacts()?.into_iter().map(views::contact).collect()),
            Ask::Search { query, group, limit } => Answer::Hits(self.search(query, *group, *limit)?),
            Ask::OpenAlarms => {
                let found = self.engine.open_alarms()?;
                Answer::Messages(self.messages(found)?)
            }
            Ask::SentAlarms { limit } => {
                let found = self.engine.sent_alarms(*limit)?;
                Answer::Messages(self.messages(found)?)
            }
            Ask::Scheduled => {
                let found = self.engine.scheduled()?;
                Answer::Messages(self.messages(found)?)
            }
            Ask::Media { group, before, limit } => {
                let found = self.engine.media(*group, *before, *limit)?;
                Answer::Messages(self.messages(found)?)
            }
            Ask::SafetyNumber(account) => Answer::SafetyNumber(self.engine.safety_number(*account)?),
            Ask::MediaCount(group) => Answer::Count(self.engine.media_count(*group)?),
            Ask::GroupNumber(group) => Answer::SafetyNumber(self.engine.group_number(*group)?),
            _ => return Ok(None),
        };
        Ok(Some(Ok(answer)))
    }

    fn own_account(&self) -> Result<AccountId> {
        Ok(self
            .engine
            .own()?
            .map_or(AccountId::from_bytes([0; 16]), |own| own.account))
    }

    /// This device's account.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own(&mut self) -> Result<Option<Own>> {
        let Some(view) = self.engine.own()? else {
            return Ok(None);
        };
        let contact = self.engine.contact(view.account)?;
        let policy = self.engine.policy()?;
        let duty = self.engine.duty()?;
        let connection = match self.memory.connection {
            _ if view.online => Connection::Online,
            Some(Connection::Connecting) => Connection::Connecting,
            _ => Connection::Offline,
        };
        Ok(Some(Own {
            account: view.account,
            device: view.device,
            organisation: view.organisation,
            organisation_name: view.organisation_name,
            organisation_fingerprint: self.engine.organisation_fingerprint().unwrap_or_default(),
            server: self.engine.server()?.unwrap_or_default(),
            name: view.name,
            unit: contact.as_ref().map(|contact| contact.unit.clone()).unwrap_or_default(),
            function: contact.and_then(|contact| contact.function),
            kind: view.kind.map(views::kind),
            ends: view.ends,
            connection,
            waiting: view.waiting,
            duty: views::duty(&duty),
            quiet_hours: duty.quiet.as_ref().map(views::quiet_times),
            absence: view.absence.map(views::absence),
            may_create_groups: policy.is_none_or(|policy| policy.private_groups),
            clock_days: self.engine.clock_days(),
        }))
    }

    fn face(&mut self, account: AccountId) -> Result<Face> {
        if let Some(face) = self.memory.faces.get(&account)
            && self.now.since(face.since) < FACE_MS
        {
            return Ok(face.clone());
        }
        let contact = self.engine.contact(account)?;
        let face = Face {
            trust: contact.map_or(api::Trust::Unconfirmed, |contact| contact.trust),
            since: self.now,
        };
        self.memory.faces.insert(account, face.clone());
        Ok(face)
    }

    fn chat(&mut self, row: ChatView) -> Result<Chat> {
        let peer_trust = row.peer.map(|peer| self.face(peer)).transpose()?;
        let absence = match row.peer {
            Some(peer) => self.engine.absence(peer)?.map(views::absence),
            None => None,
        };
        let composer = self.engine.composer(row.group)?;
        let changed = self.changed(row.group)?;
        let retention = self.engine.policy()?.and_then(|policy| policy.device_retention_days);
        let last = row.last.map(|last| self.last(last)).transpose()?;
        Ok(Chat {
            group: row.group,
            kind: views::chat_kind(row.kind),
            managed: row.authority == Authority::Managed,
            hybrid: row.suite == Suite::Hybrid,
            name: row.name,
            description: row.description,
            status: views::status(row.status),
            role: row.role.map(views::role),
            may_write: row.may_write,
            members: row.members,
            unread: row.unread,
            mentions: row.mentions,
            open_confirmations: row.open_confirmations,
            muted_until: row.muted_until,
            pinned: row.pinned,
            last,
            peer: row.peer,
            changed,
            peer_trust: peer_trust.map(|face| views::trust(face.trust)),
            absence,
            composer: composer.map(|composer| Composer {
                text: composer.text,
                reply_to: composer.reply_to,
            }),
            read: row.read,
            head: row.head,
            expires_after_days: retention,
        })
    }

    /// Seldom anybody at all.
    fn changed(&mut self, group: GroupId) -> Result<Vec<(AccountId, String)>> {
        let own = self.own_account()?;
        let mut found = Vec::new();
        for change in self.engine.changes()? {
            if !change.seen && change.account != own && self.engine.is_member(group, change.account)? {
                found.push((change.account, self.engine.name(change.account)?));
            }
        }
        Ok(found)
    }

    fn last(&mut self, view: MessageView) -> Result<Last> {
        let own = self.own_account()?;
        let duration_ms = view.message.as_ref().and_then(|message| match message.content.body() {
            Content::Attachments(attachments) => attachments.items.first().and_then(|item| item.duration_ms),
            _ => None,
        });
        Ok(Last {
            own: view.sender == own,
            time: view.time,
            kind: views::content_kind(&view),
            state: self.state(&view)?,
            deleted: view.deleted,
            sender_name: view.sender_name,
            text: view.text,
            duration_ms,
        })
    }

    fn state(&mut self, view: &MessageView) -> Result<State> {
        let state = views::state(view.state);
        if state != State::Sent || view.sequence.is_none() {
            return Ok(state);
        }
        let reached = match self.memory.delivered.entry(view.group) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(self.engine.reached(view.group)?),
        };
        Ok(if view.sequence <= reached {
            State::Delivered
        } else {
            state
        })
    }

    fn page(&mut self, group: GroupId, around: Around, limit: u32) -> Result<Page> {
        let around = match around {
            Around::End => api::Around::End,
            Around::Before(sequence) => api::Around::Before(sequence),
            Around::After(sequence) => api::Around::After(sequence),
            Around::At(sequence) => api::Around::At(sequence),
        };
        let found = self.engine.page(group, around, limit)?;
        let mut items = Vec::with_capacity(found.items.len());
        for item in found.items {
            items.push(match item {
                ChatItem::Message(view) => Item::Message(Box::new(self.message(*view)?)),
                ChatItem::Line { sequence, time, line } => Item::Line(Line {
                    sequence,
                    time,
                    what: self.line(line)?,
                }),
            });
        }
        Ok(Page {
            group,
            items,
            more_before: found.more_before,
            more_after: found.more_after,
        })
    }

    fn messages(&mut self, views: Vec<MessageView>) -> Result<Vec<Message>> {
        views.into_iter().map(|view| self.message(view)).collect()
    }

    /// # Errors
    /// When the database fails.
    pub fn message(&mut self, view: MessageView) -> Result<Message> {
        let own = self.own_account()?;
        let is_own = view.sender == own;
        let face = self.face(view.sender)?;
        let content = view.message.as_ref().map(|message| &message.content);
        let votes = match content.map(Content::body) {
            Some(Content::Poll(_)) => self.engine.votes(view.group, view.id)?,
            _ => Vec::new(),
        };
        let engine = &*self.engine;
        let body = views::body(content, &view, own, |account| engine.name(account).ok(), &votes);
        let reply = view.reply_to.map(|to| self.quote(to)).transpose()?;
        let confirmation = self.confirmation(&view, own)?;
        Ok(Message {
            own: is_own,
            reply,
            body,
            state: self.state(&view)?,
            reactions: self.reactions(&view.reactions, own)?,
            confirmation,
            unconfirmed_sender: !is_own && face.trust == api::Trust::Unconfirmed,
            id: view.id,
            group: view.group,
            sender: view.sender,
            sender_name: view.sender_name,
            sequence: view.sequence,
            time: view.time,
            edited: view.edited,
            expires: view.expires,
        })
    }

    fn reactions(&mut self, given: &[(AccountId, String)], own: AccountId) -> Result<Vec<Reaction>> {
        let mut reactions: Vec<Reaction> = Vec::new();
        for (account, emoji) in given {
            let name = self.engine.name(*account)?;
            let at = match reactions.iter().position(|reaction| reaction.emoji == *emoji) {
                Some(at) => at,
                None => {
                    reactions.push(Reaction {
                        emoji: emoji.clone(),
                        names: Vec::new(),
                        own: false,
                    });
                    reactions.len() - 1
                }
            };
            if let Some(reaction) = reactions.get_mut(at) {
                reaction.names.push(name);
                reaction.own |= *account == own;
            }
        }
        Ok(reactions)
    }

    fn confirmation(&mut self, view: &MessageView, own: AccountId) -> Result<Option<Confirmation>> {
        if !view.wants_acknowledgement {
            return Ok(None);
        }
        let message = view.message.as_deref();
        let by = message.and_then(|message| match message.content.body() {
            Content::Alarm(alarm) => alarm.acknowledge_by,
            _ => message.ack_request.as_ref().and_then(|request| request.by),
        });
        let confirmed_by = |account| view.acknowledged.iter().find(|(by, _)| *by == account);
        let others = view.acknowledged.iter().filter(|(by, _)| *by != view.sender).count();
        Ok(Some(Confirmation {
            by,
            own: confirmed_by(own).map(|(_, time)| *time),
            confirmed: u32::try_from(others).unwrap_or(u32::MAX),
            of: self.engine.member_count(view.group)?.saturating_sub(1),
        }))
    }

    fn quote(&mut self, id: MessageId) -> Result<Quote> {
        Ok(match self.engine.message(id)? {
            Some(view) => Quote {
                id,
                sequence: view.sequence,
                kind: views::content_kind(&view),
                sender_name: view.sender_name,
                text: view.text,
            },
            None => Quote {
                id,
                sequence: None,
                sender_name: String::new(),
                kind: Kind::Unknown,
                text: String::new(),
            },
        })
    }

    fn line(&mut self, line: SystemLine) -> Result<LineKind> {
        let names = |accounts: Vec<AccountId>| -> Result<Vec<String>> {
            accounts.into_iter().map(|account| self.engine.name(account)).collect()
        };
        Ok(match line {
            SystemLine::Added { accounts } => LineKind::Added(names(accounts)?),
            SystemLine::Removed { accounts } => LineKind::Removed(names(accounts)?),
            SystemLine::Left { account } => LineKind::Left(self.engine.name(account)?),
            SystemLine::IdentityChanged { account } => LineKind::IdentityChanged {
                account,
                name: self.engine.name(account)?,
            },
            SystemLine::DeviceAdded { account, .. } => LineKind::DeviceAdded(self.engine.name(account)?),
            SystemLine::DeviceRemoved { account, .. } => LineKind::DeviceRemoved(self.engine.name(account)?),
            SystemLine::Renamed { name } => LineKind::Renamed(name),
            SystemLine::Gap { from, to } => LineKind::Gap {
                messages: to.0.saturating_sub(from.0) + 1,
            },
            SystemLine::GapFilled { from, to } => LineKind::GapFilled {
                messages: to.0.saturating_sub(from.0) + 1,
            },
            SystemLine::Closed => LineKind::Closed,
            SystemLine::Refused { code } => LineKind::Refused(code.name()),
        })
    }

    fn card(&mut self, account: AccountId) -> Result<Option<Card>> {
        let Some(view) = self.engine.contact(account)? else {
            return Ok(None);
        };
        let own = self.own_account()?;
        let mut direct = None;
        let mut common = Vec::new();
        for chat in self.engine.chat_rows()? {
            if chat.peer == Some(account) {
                direct = Some(chat.group);
            } else if views::chat_kind(chat.kind) != ChatKind::Direct && self.engine.is_member(chat.group, account)? {
                common.push((chat.group, chat.name));
            }
        }
        Ok(Some(Card {
            devices: u32::try_from(view.devices.len()).unwrap_or(u32::MAX),
            changed: self.engine.change(account)?.map(|change| change.time),
            contact: views::contact(view),
            direct,
            common,
            own: account == own,
        }))
    }

    fn search(&mut self, query: &str, group: Option<GroupId>, limit: u32) -> Result<Vec<Hit>> {
        let mut names: HashMap<GroupId, String> = HashMap::new();
        let mut hits = Vec::new();
        for hit in self.engine.search_in(query, group, limit)? {
            let view = hit.message;
            let chat_name = match names.entry(view.group) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(unknown) => {
                    let name = self.engine.chat_row(view.group)?.map(|chat| chat.name);
                    unknown.insert(name.unwrap_or_default()).clone()
                }
            };
            hits.push(Hit {
                group: view.group,
                chat_name,
                message: view.id,
                sequence: view.sequence,
                sender_name: view.sender_name,
                time: view.time,
                snippet: hit.snippet,
            });
        }
        Ok(hits)
    }
}
