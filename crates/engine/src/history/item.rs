// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One content in the database: how it goes in ([`Item`]) and how it comes back ([`Stored`]).

use melder_content::{Attachment, Content, Expiry, Message, MessageId, Origin, searchable_text};
use melder_protocol::{AccountId, ErrorCode, GroupId, Member, Sequence, Time};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::api::{Effect, MessageState};
use crate::error::EngineError;
use crate::files;
use crate::store::{Id, int, uint};
use crate::work::Work;

macro_rules! kinds {
    ($($name:ident = $number:literal, $word:literal;)+) => {
        /// What a content is. The numbers stand in databases and archives.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($name),+ }

        impl Kind {
            pub const fn number(self) -> u8 {
                match self { $(Self::$name => $number),+ }
            }

            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

kinds! {
    Text = 1, "text";
    Attachments = 2, "attachments";
    Alarm = 3, "alarm";
    Location = 4, "location";
    Poll = 5, "poll";
    Report = 6, "report";
    ContactCard = 7, "contact_card";
    OperationLine = 8, "operation_line";
    Unknown = 9, "unknown";
    GroupProfile = 20, "group_profile";
    Absence = 27, "absence";
    Acknowledgement = 21, "acknowledgement";
    Vote = 22, "vote";
    Reaction = 23, "reaction";
    Edit = 24, "edit";
    Delete = 25, "delete";
    Unreaction = 26, "unreaction";
    Device = 30, "device";
}

impl Kind {
    pub fn of(content: &Content) -> Self {
        match content {
            Content::Text(_) => Self::Text,
            Content::Attachments(_) => Self::Attachments,
            Content::Alarm(_) => Self::Alarm,
            Content::Location(_) => Self::Location,
            Content::Poll(_) => Self::Poll,
            Content::Report(_) => Self::Report,
            Content::ContactCard(_) => Self::ContactCard,
            Content::OperationLine(_) => Self::OperationLine,
            Content::Unknown(_) => Self::Unknown,
            Content::GroupProfile(_) => Self::GroupProfile,
            Content::Absence(_) => Self::Absence,
            Content::Acknowledgement(_) => Self::Acknowledgement,
            Content::Vote(_) => Self::Vote,
            Content::Reaction { .. } => Self::Reaction,
            Content::Edit { .. } => Self::Edit,
            Content::Delete { .. } => Self::Delete,
            Content::Unreaction { .. } => Self::Unreaction,
            Content::Reply { body, .. } => Self::of(body),
            Content::Settings(_)
            | Content::ArchiveOffer(_)
            | Content::HistoryRequest(_)
            | Content::HistoryAnswer(_)
            | Content::AckKeyShare(_) => Self::Device,
        }
    }

    /// A line of the chat, as opposed to what acts upon one or is not for people.
    pub const fn is_shown(self) -> bool {
        self.number() < Self::GroupProfile.number()
    }

    /// May an edit make this one into `new`? An alarm stays an alarm, since nothing else rings; and so on. What this
    /// device could not read may have been anything.
    pub fn may_become(self, new: Self) -> bool {
        let loose = |kind| matches!(kind, Self::Text | Self::Attachments);
        self == new
            || (loose(self) && loose(new))
            || (new.is_shown() && self == Self::Unknown)
            || (self.is_shown() && new == Self::Unknown)
    }
}

/// A content on its way into the database.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub group: GroupId,
    pub id: MessageId,
    pub sender: Member,
    pub sequence: Option<Sequence>,
    pub time: Time,
    pub state: MessageState,
    pub quiet: bool,
    pub power: bool,
    pub expires: Option<Time>,
    pub bytes: &'a [u8],
    pub message: &'a Message,
}

/// A content as it stands in the database.
#[derive(Debug)]
pub(crate) struct Stored {
    pub row: i64,
    pub group: GroupId,
    pub id: MessageId,
    pub sender: Member,
    pub sequence: Option<Sequence>,
    pub time: Time,
    pub state: MessageState,
    pub kind: Kind,
    pub power: bool,
    pub asks: bool,
    pub confirmed: Option<Time>,
    pub target: Option<MessageId>,
    pub reply: Option<MessageId>,
    pub expires: Option<Time>,
    pub edited: bool,
    pub deleted: bool,
    pub content: Vec<u8>,
    pub current: Option<Vec<u8>>,
}

/// What [`Stored::read`] reads, from `messages AS m`.
pub(crate) const COLUMNS: &str = "m.id, m.grp, m.message, m.sender, m.device, m.sequence, m.time, m.state, m.due, m.code, \
     m.kind, m.power, m.asks, m.confirmed, m.target, m.reply, m.expires, m.edited, m.deleted, m.content, m.current";

impl Stored {
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let time = |index: usize| -> rusqlite::Result<Option<Time>> {
            Ok(row.get::<_, Option<i64>>(index)?.map(|value| Time(uint(value))))
        };
        let id = |index: usize| -> rusqlite::Result<Option<MessageId>> {
            Ok(row.get::<_, Option<Id<MessageId>>>(index)?.map(|Id(id)| id))
        };
        Ok(Self {
            row: row.get(0)?,
            group: row.get::<_, Id<_>>(1)?.0,
            id: row.get::<_, Id<_>>(2)?.0,
            sender: Member {
                account: row.get::<_, Id<_>>(3)?.0,
                device: row.get::<_, Id<_>>(4)?.0,
            },
            sequence: row.get::<_, Option<i64>>(5)?.map(|value| Sequence(uint(value))),
            time: Time(uint(row.get(6)?)),
            state: state(row.get(7)?, time(8)?, row.get::<_, Option<String>>(9)?.as_deref()),
            kind: Kind::from_number(row.get(10)?).unwrap_or(Kind::Unknown),
            power: row.get(11)?,
            asks: row.get(12)?,
            confirmed: time(13)?,
            target: id(14)?,
            reply: id(15)?,
            expires: time(16)?,
            edited: row.get(17)?,
            deleted: row.get(18)?,
            content: row.get(19)?,
            current: row.get(20)?,
        })
    }

    pub fn load(connection: &Connection, group: GroupId, id: MessageId) -> Result<Option<Self>, EngineError> {
        Ok(connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM messages AS m WHERE m.message = ?1 AND m.grp = ?2"
            ))?
            .query_row(params![id.as_bytes(), group.as_bytes()], Self::read)
            .optional()?)
    }

    pub const fn origin(&self) -> Origin {
        Origin {
            sender: self.sender.account,
            group: self.group,
        }
    }

    /// What the message says now, with edits taken in; `None` when it was deleted.
    pub fn message(&self) -> Option<Message> {
        let bytes = self.current.as_deref().unwrap_or(&self.content);
        if self.deleted || bytes.is_empty() {
            return None;
        }
        // These bytes were read when they came; a later version reads whatever an earlier one did.
        let mut message = Message::decode(bytes, &self.origin()).ok()?.message;
        if let Content::Edit { body, .. } = message.content {
            message.content = *body;
        }
        Some(message)
    }

    /// Stands in the log, as opposed to a local wish.
    pub const fn is_settled(&self) -> bool {
        matches!(self.state, MessageState::Sent | MessageState::Received)
    }
}

/// State, and what belongs to it.
pub(super) fn state_columns(state: MessageState) -> (u8, Option<i64>, Option<&'static str>) {
    match state {
        MessageState::Received => (0, None, None),
        MessageState::Scheduled { at } => (1, Some(int(at.0)), None),
        MessageState::Pending => (2, None, None),
        MessageState::Sent => (3, None, None),
        MessageState::Failed { code } => (4, None, Some(code.code())),
    }
}

fn state(number: u8, due: Option<Time>, code: Option<&str>) -> MessageState {
    match number {
        1 => MessageState::Scheduled {
            at: due.unwrap_or_default(),
        },
        2 => MessageState::Pending,
        3 => MessageState::Sent,
        4 => MessageState::Failed {
            code: ErrorCode::ALL
                .iter()
                .copied()
                .find(|known| Some(known.code()) == code)
                .unwrap_or(ErrorCode::Internal),
        },
        _ => MessageState::Received,
    }
}

/// The attachments of a content, also of a report.
pub(crate) fn attachments(content: &Content) -> &[Attachment] {
    match content.body() {
        Content::Attachments(attachments) => &attachments.items,
        Content::Report(report) => &report.attachments,
        _ => &[],
    }
}

/// Does it name this account?
pub(super) fn mentions(content: &Content, account: AccountId) -> bool {
    match content.body() {
        Content::Text(text) => text.mentions().contains(&account),
        Content::Attachments(attachments) => attachments
            .caption
            .as_ref()
            .is_some_and(|caption| caption.mentions().contains(&account)),
        _ => false,
    }
}

/// The key to which acknowledgements of this message are sealed.
pub(super) fn ack_key(message: &Message) -> Option<&[u8]> {
    let requested = message.ack_request.as_ref().and_then(|request| request.key.as_ref());
    let key = match message.content.body() {
        Content::Alarm(alarm) => alarm.ack_key.as_ref().or(requested),
        _ => requested,
    };
    key.map(|key| key.as_slice())
}

/// When it vanishes: a time, or so many seconds after reading.
pub(super) fn expiry(message: &Message) -> (Option<Time>, Option<u32>) {
    match message.expires {
        Some(Expiry::At(second)) => (Some(Time(u64::from(second) * Time::SECOND)), None),
        Some(Expiry::AfterReading(seconds)) => (None, Some(seconds)),
        None => (None, None),
    }
}

/// The time at which it vanishes, if it stands in the message.
pub(crate) fn vanishes(message: &Message) -> Option<Time> {
    expiry(message).0
}

/// An alarm after its all-clear.
pub(super) fn is_over(content: &Content) -> bool {
    matches!(content.body(), Content::Alarm(alarm) if alarm.over)
}

/// What an action carries beside its target.
fn value(content: &Content) -> Option<Vec<u8>> {
    match content {
        Content::Reaction { emoji, .. } => Some(emoji.clone().into_bytes()),
        Content::Vote(vote) => Some(vote.choices.clone()),
        Content::Acknowledgement(acknowledgement) => acknowledgement.note.clone().map(String::into_bytes),
        _ => None,
    }
}

/// What a content acts upon.
pub(super) fn target(content: &Content) -> Option<MessageId> {
    match content {
        Content::Reply { .. } => None,
        content if content.replaces().is_some() => content.replaces(),
        content => content.in_reply_to(),
    }
}

/// Puts a content into the database; `None` if it is there already.
pub(crate) fn insert(work: &mut Work<'_>, item: &Item<'_>) -> Result<Option<i64>, EngineError> {
    let content = &item.message.content;
    let kind = Kind::of(content);
    let own_account = work.own_account();
    let own = Some(item.sender.account) == own_account;
    let (state, due, code) = state_columns(item.state);
    let (at, reading) = expiry(item.message);
    // One's own words are read when they are written.
    let expires = item.expires.or(at).or_else(|| {
        let settled = matches!(item.state, MessageState::Received | MessageState::Sent);
        reading
            .filter(|_| own && settled)
            .map(|seconds| item.time.plus(u64::from(seconds) * Time::SECOND))
    });
    let asks = (kind == Kind::Alarm && !is_over(content)) || (kind.is_shown() && item.message.ack_request.is_some());
    let text = if kind.is_shown() {
        searchable_text(content)
    } else {
        String::new()
    };
    let reply = if kind.is_shown() { content.in_reply_to() } else { None };
    let inserted = work
        .tx
        .prepare_cached(
            "INSERT INTO messages (grp, message, sender, device, sequence, time, state, due, code, kind, shown, own,
               quiet, mention, asks, target, reply, value, power, expires, reading, text, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
             ON CONFLICT (message, grp) DO NOTHING",
        )?
        .execute(params![
            item.group.as_bytes(),
            item.id.as_bytes(),
            item.sender.account.as_bytes(),
            item.sender.device.as_bytes(),
            item.sequence.map(|sequence| int(sequence.0)),
            int(item.time.0),
            state,
            due,
            code,
            kind.number(),
            kind.is_shown(),
            own,
            item.quiet,
            own_account.is_some_and(|account| !own && mentions(content, account)),
            asks,
            if kind.is_shown() { None } else { target(content) }.as_ref().map(MessageId::as_bytes),
            reply.as_ref().map(MessageId::as_bytes),
            value(content),
            item.power,
            expires.map(|time| int(time.0)),
            reading,
            text,
            item.bytes,
        ])?;
    if inserted == 0 {
        return Ok(None);
    }
    let row = work.tx.last_insert_rowid();
    attach(work, row, item.group, content)?;
    if let Some(expires) = expires {
        wake(work, expires);
    }
    Ok(Some(row))
}

/// The engine looks once a minute by itself; what vanishes sooner does not wait for that.
pub(super) fn wake(work: &mut Work<'_>, expires: Time) {
    if expires < work.now.plus(Time::MINUTE) {
        work.effects.push(Effect::WakeAt(expires));
    }
}

/// Puts in that there was a message which was deleted for all.
pub(crate) fn insert_deleted(
    work: &mut Work<'_>,
    group: GroupId,
    id: MessageId,
    sender: Member,
    sequence: Option<Sequence>,
    time: Time,
    kind: u8,
) -> Result<bool, EngineError> {
    let own = Some(sender.account) == work.own_account();
    let kind = Kind::from_number(kind)
        .filter(|kind| kind.is_shown())
        .unwrap_or(Kind::Unknown);
    let (state, _, _) = state_columns(if own {
        MessageState::Sent
    } else {
        MessageState::Received
    });
    let inserted = work
        .tx
        .prepare_cached(
            "INSERT INTO messages (grp, message, sender, device, sequence, time, state, kind, shown, own, quiet, deleted, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, 1, 1, x'') ON CONFLICT (message, grp) DO NOTHING",
        )?
        .execute(params![
            group.as_bytes(),
            id.as_bytes(),
            sender.account.as_bytes(),
            sender.device.as_bytes(),
            sequence.map(|sequence| int(sequence.0)),
            int(time.0),
            state,
            kind.number(),
            own
        ])?;
    Ok(inserted > 0)
}

/// Notes which blobs a message points to, and how to fetch them.
pub(super) fn attach(work: &mut Work<'_>, row: i64, group: GroupId, content: &Content) -> Result<(), EngineError> {
    for attachment in attachments(content) {
        work.tx
            .prepare_cached("INSERT INTO attached (row, blob) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![row, attachment.blob.id.as_bytes()])?;
        files::know(work, group, &attachment.blob)?;
    }
    Ok(())
}

/// The message points to its blobs no longer; those that nothing else points to go.
pub(super) fn detach(work: &mut Work<'_>, row: i64) -> Result<(), EngineError> {
    let blobs: Vec<Id<melder_protocol::BlobId>> = work
        .tx
        .prepare_cached("SELECT blob FROM attached WHERE row = ?1")?
        .query_map([row], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for Id(blob) in blobs {
        work.tx
            .prepare_cached("DELETE FROM attached WHERE row = ?1 AND blob = ?2")?
            .execute(params![row, blob.as_bytes()])?;
        let used: bool = work
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM attached WHERE blob = ?1)")?
            .query_row([blob.as_bytes()], |row| row.get(0))?;
        if !used {
            files::remove(work, blob)?;
        }
    }
    Ok(())
}

/// Deletes a row and what hangs on it: its blobs, its key, and what acts upon it.
pub(crate) fn remove(work: &mut Work<'_>, row: i64) -> Result<(), EngineError> {
    let found: Option<(Id<GroupId>, Id<MessageId>)> = work
        .tx
        .prepare_cached("SELECT grp, message FROM messages WHERE id = ?1")?
        .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((Id(group), Id(id))) = found else {
        return Ok(());
    };
    remove_actions(work, group, id, None)?;
    work.tx
        .prepare_cached("DELETE FROM ack_keys WHERE message = ?1 AND grp = ?2")?
        .execute(params![id.as_bytes(), group.as_bytes()])?;
    remove_alone(work, row)
}

/// Deletes what acts upon a message, and what acts upon that (an edited reaction), but not the row `keep`.
pub(super) fn remove_actions(
    work: &mut Work<'_>,
    group: GroupId,
    id: MessageId,
    keep: Option<i64>,
) -> Result<(), EngineError> {
    let rows: Vec<i64> = work
        .tx
        .prepare_cached(
            "WITH RECURSIVE acts (id, message) AS (
               SELECT id, message FROM messages WHERE grp = ?1 AND target = ?2
               UNION SELECT m.id, m.message FROM acts JOIN messages AS m ON m.grp = ?1 AND m.target = acts.message)
             SELECT id FROM acts",
        )?
        .query_map(params![group.as_bytes(), id.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for row in rows.into_iter().filter(|row| Some(*row) != keep) {
        remove_alone(work, row)?;
    }
    Ok(())
}

pub(super) fn remove_alone(work: &mut Work<'_>, row: i64) -> Result<(), EngineError> {
    detach(work, row)?;
    work.tx
        .prepare_cached("DELETE FROM messages WHERE id = ?1")?
        .execute([row])?;
    Ok(())
}
