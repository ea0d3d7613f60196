// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What one input may do: read and write in the batch's transaction, and ask for effects, which count only when the
//! input is not refused and the batch is on disk.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use melder_protocol::cbor;
use melder_protocol::deletion::{DeletionRecord, DeviceRemoval};
use melder_protocol::entry::{Body, Entry, Notice};
use melder_protocol::frame::ServerFrame;
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, Counter, DeviceId, ErrorCode, GroupId, LogId, Member, Refusal, Sequence, Time};
use rand_core::CryptoRngCore;

use super::io::{ConnectionId, Effect};
use super::state::State;
use crate::store::{StoredEntry, Transaction};

/// One input's hands.
pub struct Work<'a> {
    pub tx: &'a dyn Transaction,
    pub now: Time,
    pub rng: &'a mut dyn CryptoRngCore,
    pub(crate) state: &'a mut State,
    pub(crate) staged: Staged,
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("now", &self.now).finish_non_exhaustive()
    }
}

/// What an input asks for; thrown away when it is refused.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    /// An append has begun.
    pub wrote: bool,
    pub effects: Vec<Effect>,
    pub dirty: Vec<GroupId>,
    /// Connections that end after this input is answered, and the last frame for each.
    pub closing: Vec<(ConnectionId, Bytes)>,
    pub unfollow: Vec<(AccountId, GroupId)>,
    /// Copies that are wrong when the input is refused.
    pub touched_groups: Vec<GroupId>,
    pub touched_accounts: Vec<AccountId>,
    pub touched_push: bool,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    pub sequence: Sequence,
    pub time: Time,
}

/// What went with an account (its directory row, badge, invitations are the directory's to remove and to count).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    pub devices: u32,
    pub key_packages: u32,
    pub inbox_entries: u64,
    pub groups: Vec<GroupId>,
    pub blobs: u32,
    pub blob_bytes: u64,
}

impl<'a> Work<'a> {
    pub(crate) fn new(
        tx: &'a dyn Transaction,
        now: Time,
        rng: &'a mut dyn CryptoRngCore,
        state: &'a mut State,
    ) -> Self {
        Self {
            tx,
            now,
            rng,
            state,
            staged: Staged::default(),
        }
    }
}

impl Work<'_> {
    /// Appends to a log and wakes its readers.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn append_entry(&mut self, log: LogId, sender: Option<Member>, body: Body) -> Result<Appended, Refusal> {
        let sequence = self.tx.head(log)?.next();
        let (kind, counter) = kind(&body);
        let entry = Entry {
            sequence,
            time: self.now,
            sender,
            body,
        };
        let stored = StoredEntry {
            sequence,
            time: self.now,
            sender,
            kind,
            counter,
            bytes: cbor::encode(&entry),
        };
        self.staged.wrote = true;
        self.tx.append(log, &stored)?;
        self.staged.effects.push(Effect::Appended {
            log,
            sequence,
            bytes: Arc::from(stored.bytes),
        });
        Ok(Appended {
            sequence,
            time: self.now,
        })
    }

    /// Puts a word of the server into an account's inbox.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn notify(&mut self, account: AccountId, notice: Notice) -> Result<(), Refusal> {
        self.append_entry(LogId::Inbox(account), None, Body::Notice(notice))
            .map(drop)
    }

    /// Compares what should be in the group with what is, at the end of the batch.
    pub fn mark_group(&mut self, group: GroupId) {
        self.staged.dirty.push(group);
    }

    /// Marks all groups in whose rosters the account is.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn mark_groups_of(&mut self, account: AccountId) -> Result<(), Refusal> {
        let groups = self.tx.groups_of_account(account)?;
        self.staged.dirty.extend(groups);
        Ok(())
    }

    /// Says goodbye to all connections of an account and closes them.
    pub fn close_account(&mut self, account: AccountId, code: ErrorCode, record: Option<Signed<DeletionRecord>>) {
        for connection in self.state.connections_of(account) {
            self.goodbye(connection, code, record.clone());
        }
    }

    /// Says goodbye to a device and closes its connection.
    pub fn close_device(&mut self, account: AccountId, device: DeviceId, code: ErrorCode) {
        if let Some(connection) = self.state.by_device.get(&device).copied()
            && self
                .state
                .who(connection)
                .is_some_and(|who| who.member.account == account)
        {
            self.goodbye(connection, code, None);
        }
    }

    /// The same for a device that an administrator has removed. Says whether it was connected.
    pub(crate) fn close_removed(&mut self, device: DeviceId, removal: &Signed<DeviceRemoval>) -> bool {
        let Some(connection) = self.state.by_device.get(&device).copied() else {
            return false;
        };
        let frame = ServerFrame::Goodbye {
            code: ErrorCode::DeviceRemoved,
            record: None,
            removal: Some(removal.clone()),
        };
        self.staged
            .closing
            .push((connection, Bytes::from(cbor::encode(&frame))));
        true
    }

    pub(crate) fn goodbye(
        &mut self,
        connection: ConnectionId,
        code: ErrorCode,
        record: Option<Signed<DeletionRecord>>,
    ) {
        let frame = ServerFrame::Goodbye {
            code,
            record,
            removal: None,
        };
        self.staged
            .closing
            .push((connection, Bytes::from(cbor::encode(&frame))));
    }

    pub(crate) fn send(&mut self, connection: ConnectionId, frame: &ServerFrame) {
        let bytes = Bytes::from(cbor::encode(frame));
        self.staged.effects.push(Effect::Send(connection, bytes));
    }

    /// The account's connections read this group's log no more, as soon as the input is through.
    pub(crate) fn unfollow(&mut self, account: AccountId, group: GroupId) {
        self.staged.unfollow.push((account, group));
    }

    /// 16 random bytes, for an id.
    pub fn random_id(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }
}

const fn kind(body: &Body) -> (u8, Option<Counter>) {
    match body {
        Body::Message { counter, .. } => (0, Some(*counter)),
        Body::Commit { .. } => (1, None),
        Body::Proposal { .. } => (2, None),
        Body::Roster { .. } => (3, None),
        Body::Account { .. } => (4, None),
        Body::Welcome(_) => (5, None),
        Body::Sealed { counter, .. } => (6, Some(*counter)),
        Body::Notice(_) => (7, None),
        Body::Established => (8, None),
    }
}
