// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the core has in memory: connections, and copies of what the store holds. All of it can be lost: devices
//! connect again and everything else is read again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use melder_bugs::{self as bugs, Bug};
use melder_mls::chain::DeviceChain;
use melder_mls::public::PublicGroup;
use melder_mls::roster::Roster;
use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, DeviceId, GroupId, LogId, Member, Nonce, OrganisationId, Sequence, Time};

use super::io::ConnectionId;
use super::limits::{Bucket, RateLimits};
use super::lru::Lru;
use super::traffic::Traffic;
use crate::devices::mailbox::Mailboxes;
use crate::groups::lease::Leases;
use crate::push::PushDesk;
use crate::store::GroupRow;

/// An authenticated device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Who {
    pub member: Member,
    pub organisation: OrganisationId,
    pub kind: AccountKind,
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub nonce: Nonce,
    pub opened: Time,
    pub who: Option<Who>,
    pub follows: HashSet<LogId>,
    pub bucket: Bucket,
}

/// A group as the hot path needs it. Never changed: replaced.
#[derive(Debug)]
pub(crate) struct GroupView {
    pub row: GroupRow,
    pub roster: Arc<Roster>,
    /// A removal waits for its commit.
    pub removing: bool,
}

/// Everything in memory.
#[derive(Debug)]
pub(crate) struct State {
    pub limits: RateLimits,
    pub connections: HashMap<ConnectionId, Connection>,
    pub by_device: HashMap<DeviceId, ConnectionId>,
    pub by_account: HashMap<AccountId, BTreeSet<ConnectionId>>,
    /// Who follows a group, in the order of connecting.
    pub followers: HashMap<GroupId, BTreeSet<ConnectionId>>,
    /// What devices have said that they have, until it is written down.
    pub acks: BTreeMap<(LogId, DeviceId), (AccountId, Sequence)>,
    /// Logs whose entries may be on all devices now.
    pub acked: HashSet<LogId>,
    pub mailboxes: Mailboxes,
    pub push: PushDesk,
    pub leases: Leases,
    pub traffic: Traffic,
    /// To be reconciled at the end of the batch.
    pub dirty: BTreeSet<GroupId>,
    /// Reconciled, with nothing left to do until somebody marks them.
    pub settled: HashSet<GroupId>,
    pub views: Lru<GroupId, Arc<GroupView>>,
    pub publics: Lru<GroupId, PublicGroup>,
    pub chains: Lru<AccountId, Arc<DeviceChain>>,
    /// Closed with these words when the input that wants it is answered.
    pub closing: Vec<(ConnectionId, bytes::Bytes)>,
    pub next_flush: Time,
    pub next_dates: Time,
    pub next_minute: Time,
    pub next_retention: Time,
}

impl State {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            connections: HashMap::new(),
            by_device: HashMap::new(),
            by_account: HashMap::new(),
            followers: HashMap::new(),
            acks: BTreeMap::new(),
            acked: HashSet::new(),
            mailboxes: Mailboxes::default(),
            push: PushDesk::default(),
            leases: Leases::default(),
            traffic: Traffic::default(),
            dirty: BTreeSet::new(),
            settled: HashSet::new(),
            views: Lru::new(4_096),
            publics: Lru::new(64),
            chains: Lru::new(32_768),
            closing: Vec::new(),
            next_flush: Time(0),
            next_dates: Time(0),
            next_minute: Time(0),
            next_retention: Time(0),
        }
    }

    /// Forgets all copies of what the store holds: the batch that they may come from did not reach the disk.
    pub(crate) fn forget_copies(&mut self) {
        self.views.clear();
        self.publics.clear();
        self.chains.clear();
        self.push.forget_copies();
    }

    /// Is there nothing left to do in this group?
    pub(crate) fn settled(&self, group: GroupId) -> bool {
        self.settled.contains(&group) || bugs::on(Bug::ForgetToReconcile)
    }

    pub(crate) fn who(&self, connection: ConnectionId) -> Option<Who> {
        self.connections.get(&connection)?.who
    }

    /// Takes a connection out of everything. Says who it was.
    pub(crate) fn disconnect(&mut self, id: ConnectionId) -> Option<Connection> {
        let connection = self.connections.remove(&id)?;
        if let Some(who) = connection.who {
            if self.by_device.get(&who.member.device) == Some(&id) {
                self.by_device.remove(&who.member.device);
            }
            if let Some(all) = self.by_account.get_mut(&who.member.account) {
                all.remove(&id);
                if all.is_empty() {
                    self.by_account.remove(&who.member.account);
                }
            }
        }
        for log in &connection.follows {
            self.unfollow_index(id, *log);
        }
        for group in self.leases.of_connection(id) {
            self.leases.end(group);
            self.dirty.insert(group);
        }
        Some(connection)
    }

    pub(crate) fn follow(&mut self, id: ConnectionId, log: LogId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.follows.insert(log);
            if let LogId::Group(group) = log {
                self.followers.entry(group).or_default().insert(id);
            }
        }
    }

    /// False when the connection did not follow the log.
    pub(crate) fn unfollow(&mut self, id: ConnectionId, log: LogId) -> bool {
        let followed = self
            .connections
            .get_mut(&id)
            .is_some_and(|connection| connection.follows.remove(&log));
        if followed {
            self.unfollow_index(id, log);
        }
        followed
    }

    fn unfollow_index(&mut self, id: ConnectionId, log: LogId) {
        if let LogId::Group(group) = log
            && let Some(all) = self.followers.get_mut(&group)
        {
            all.remove(&id);
            if all.is_empty() {
                self.followers.remove(&group);
            }
        }
    }

    /// The connections of an account, in the order of connecting.
    pub(crate) fn connections_of(&self, account: AccountId) -> Vec<ConnectionId> {
        self.by_account
            .get(&account)
            .map(|all| all.iter().copied().collect())
            .unwrap_or_default()
    }
}
