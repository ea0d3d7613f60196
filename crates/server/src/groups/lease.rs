// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who was asked to do something for a group, and until when nobody else is.

use std::collections::{HashMap, HashSet};

use melder_protocol::{DeviceId, GroupId, Time};

use crate::core::ConnectionId;

#[derive(Debug)]
struct Lease {
    connection: ConnectionId,
    until: Time,
}

/// The leases on all groups.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    leases: HashMap<GroupId, Lease>,
    /// Devices that were asked and did not do it, since something last came about.
    tried: HashMap<GroupId, HashSet<DeviceId>>,
    /// Groups to look at from a time on.
    later: HashMap<GroupId, Time>,
    /// When a group last had a commit, as long as that is recent.
    commits: HashMap<GroupId, Time>,
}

/// After this, a commit is no longer recent.
const RECENT_MS: u64 = 5_000;

impl Leases {
    pub(crate) fn running(&self, group: GroupId, now: Time) -> bool {
        self.leases.get(&group).is_some_and(|lease| lease.until > now)
    }

    /// The connection that was asked, while nobody else is.
    pub(crate) fn holder(&self, group: GroupId, now: Time) -> Option<ConnectionId> {
        self.leases
            .get(&group)
            .filter(|lease| lease.until > now)
            .map(|lease| lease.connection)
    }

    pub(crate) fn look_later(&mut self, group: GroupId, at: Time) {
        self.later.entry(group).or_insert(at);
    }

    /// When the group is to be looked at, if it was put off.
    pub(crate) fn put_off_until(&self, group: GroupId) -> Option<Time> {
        self.later.get(&group).copied()
    }

    pub(crate) fn looked(&mut self, group: GroupId) {
        self.later.remove(&group);
    }

    pub(crate) fn grant(&mut self, group: GroupId, connection: ConnectionId, device: DeviceId, until: Time) {
        self.leases.insert(group, Lease { connection, until });
        self.tried.entry(group).or_default().insert(device);
    }

    pub(crate) fn tried(&self, group: GroupId, device: DeviceId) -> bool {
        self.tried.get(&group).is_some_and(|tried| tried.contains(&device))
    }

    /// Everybody has been asked once: they are asked again.
    pub(crate) fn anew(&mut self, group: GroupId) {
        self.tried.remove(&group);
    }

    pub(crate) fn end(&mut self, group: GroupId) {
        self.leases.remove(&group);
    }

    /// What was asked for came about (or became needless).
    pub(crate) fn done(&mut self, group: GroupId) {
        self.end(group);
        self.tried.remove(&group);
        self.later.remove(&group);
    }

    pub(crate) fn committed(&mut self, group: GroupId, now: Time) {
        self.done(group);
        self.commits.insert(group, now);
    }

    pub(crate) fn committed_recently(&self, group: GroupId, now: Time) -> bool {
        self.commits
            .get(&group)
            .is_some_and(|time| now.since(*time) < RECENT_MS)
    }

    pub(crate) fn of_connection(&self, connection: ConnectionId) -> Vec<GroupId> {
        self.leases
            .iter()
            .filter(|(_, lease)| lease.connection == connection)
            .map(|(group, _)| *group)
            .collect()
    }

    /// Ends what is over. Says which groups are to be looked at.
    pub(crate) fn expire(&mut self, now: Time) -> Vec<GroupId> {
        let mut due: Vec<GroupId> = self
            .leases
            .iter()
            .filter(|(_, lease)| lease.until <= now)
            .map(|(group, _)| *group)
            .collect();
        for group in &due {
            self.end(*group);
        }
        due.extend(self.later.iter().filter(|(_, at)| **at <= now).map(|(group, _)| *group));
        self.commits.retain(|_, time| now.since(*time) < RECENT_MS);
        due.sort_unstable();
        due.dedup();
        due
    }
}
