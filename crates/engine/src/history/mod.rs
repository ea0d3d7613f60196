// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What was said: every message of every chat on this device, and the search over it.
//!
//! One table holds every content that came or was written, lines of a chat (`shown`) as well as what acts upon them
//! (edits, reactions, votes, acknowledgements). The bytes are kept as they came. What a line looks like now follows
//! from its own bytes and from what acts upon it ([`apply`]); so the order in which things come (a gap filled later, an
//! archive, a failed edit) makes no difference. The search index follows the column `text` by triggers: whatever leaves
//! that column has left the index.
//!
//! It is not the outbox, and it does not decrypt: `sync` hands in what MLS has proved, `outbox` what a person wrote.

mod apply;
mod item;
mod pages;
mod receive;
mod sealed;
mod search;
mod sending;
mod sweep;
mod view;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use melder_content::{GroupProfile, MessageId, Settings};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{GroupId, Member, Sequence, Time};

pub(crate) use item::{COLUMNS, Item, Kind, Stored, insert_deleted, vanishes};
pub(crate) use pages::{media, media_count, open_confirmations, own_reaction, page};
pub(crate) use receive::{check, insert_known, receive, write};
pub(crate) use sealed::{known_keys, learn_key, open_sealed, prepare, seal_acknowledgement};
pub(crate) use search::search;
pub(crate) use sending::{failed, forget, pending_again, sealed_sent, sent, taken_back};
pub(crate) use sweep::{drop_group, read, sweep};
/// Is this a line of the chat, as opposed to what acts upon one or is not for people?
pub(crate) fn is_line(content: &melder_content::Content) -> bool {
    item::Kind::of(content).is_shown()
}

pub(crate) use view::{
    called_again, last, message, messages, notes, open_alarms, scheduled, sent_alarms, unread, votes,
};

pub(crate) const SCHEMA: &str = "
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  grp BLOB NOT NULL, message BLOB NOT NULL,
  sender BLOB NOT NULL, device BLOB NOT NULL,
  sequence INTEGER,                     -- in the group's log; none while it waits
  time INTEGER NOT NULL,
  state INTEGER NOT NULL, due INTEGER, code TEXT,
  kind INTEGER NOT NULL,
  shown INTEGER NOT NULL,               -- a line of the chat
  own INTEGER NOT NULL,                 -- from our account
  quiet INTEGER NOT NULL DEFAULT 0,     -- came with an archive: neither unread nor ringing
  mention INTEGER NOT NULL DEFAULT 0,   -- names our account
  asks INTEGER NOT NULL DEFAULT 0,      -- wants to be acknowledged
  confirmed INTEGER,                    -- when our account acknowledged it
  rang INTEGER,                         -- an alarm: when it was last told
  target BLOB,                          -- what it acts upon
  reply BLOB,                           -- what it answers
  value BLOB,                           -- the reaction, the choices, the note
  power INTEGER NOT NULL DEFAULT 0,     -- its sender had the role `manage`
  expires INTEGER, reading INTEGER,     -- at this time; so many seconds after reading
  edited INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
  text TEXT NOT NULL DEFAULT '',        -- what the search finds
  content BLOB NOT NULL,                -- as it came
  current BLOB,                         -- the edit that counts, as it came
  UNIQUE (message, grp)
);
CREATE INDEX messages_log ON messages (grp, sequence, shown, own, mention, quiet);
CREATE INDEX messages_waiting ON messages (grp, id) WHERE sequence IS NULL AND shown = 1;
CREATE INDEX messages_target ON messages (grp, target) WHERE target IS NOT NULL;
CREATE INDEX messages_time ON messages (time);
CREATE INDEX messages_expires ON messages (expires) WHERE expires IS NOT NULL;
CREATE INDEX messages_reading ON messages (grp, sequence) WHERE reading IS NOT NULL AND expires IS NULL;
CREATE INDEX messages_alarms ON messages (rang) WHERE rang IS NOT NULL;
CREATE VIRTUAL TABLE fts USING fts5 (
  text, content = 'messages', content_rowid = 'id', tokenize = \"unicode61 remove_diacritics 2\", prefix = '1 2 3'
);
INSERT INTO fts (fts, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER fts_insert AFTER INSERT ON messages WHEN new.text <> '' BEGIN
  INSERT INTO fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER fts_delete AFTER DELETE ON messages WHEN old.text <> '' BEGIN
  INSERT INTO fts (fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER fts_update AFTER UPDATE OF text ON messages WHEN old.text <> new.text BEGIN
  INSERT INTO fts (fts, rowid, text) SELECT 'delete', old.id, old.text WHERE old.text <> '';
  INSERT INTO fts (rowid, text) SELECT new.id, new.text WHERE new.text <> '';
END;
-- Which blobs a message points to.
CREATE TABLE attached (row INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (row, blob)) WITHOUT ROWID;
CREATE INDEX attached_blob ON attached (blob);
-- Keys to which acknowledgements of our account's own channel messages are sealed. `secret` may come before or after
-- the message.
CREATE TABLE ack_keys (
  id BLOB PRIMARY KEY, public BLOB NOT NULL, secret BLOB, grp BLOB, message BLOB, time INTEGER NOT NULL
) WITHOUT ROWID;
-- Sealed acknowledgements whose key has not come yet.
CREATE TABLE ack_waiting (
  id INTEGER PRIMARY KEY, key BLOB NOT NULL, account BLOB NOT NULL, device BLOB NOT NULL, time INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE INDEX ack_waiting_key ON ack_waiting (key);
";

/// A message that MLS has proved, and what is known of its sender.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub group: GroupId,
    pub kind: GroupKind,
    pub sender: Member,
    pub sequence: Sequence,
    pub time: Time,
    /// The sender's in the roster.
    pub role: Option<Role>,
    /// Sent by another device of our account.
    pub own: bool,
}

/// What came of a message, for the caller to go on with.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// `None`: nothing was taken in (a duplicate, malformed, not allowed, not for us).
    pub id: Option<MessageId>,
    /// The group is called this now. Only from somebody with the role `manage`; the caller knows whether the group is
    /// private.
    pub profile: Option<GroupProfile>,
    pub absence: Option<melder_content::Absence>,
    /// Another own device keeps its groups like this.
    pub settings: Option<Settings>,
}
