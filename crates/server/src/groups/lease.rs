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
    /// The group changed since: what was asked for is not what is wanted any more.
    overtaken: bool,
}

/// The leases on all groups.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    leases: HashMap<GroupId, Lease>,
    /// Devices that were asked and did not do it, since something last came about.
    tried: HashMap<GroupId, HashSet<DeviceId>>,
    /// Groups to look at from a time on.
    waits: HashMap<(GroupId, Wait), Time>,
    /// When a group last had a commit, as long as that is recent.
    commits: HashMap<GroupId, Time>,
}

/// What a group may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Wait {
    /// More additions, so that they share a commit.
    Company,
    /// A connected device of the group that does not follow its log yet.
    Follower,
}

impl Wait {
    const ALL: [Self; 2] = [Self::Company, Self::Follower];
}

/// After this, a wait that was over and not asked about is forgotten.
const STALE_MS: u64 = 1_000;
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

    /// The group changed, and somebody is at work on what it was.
    pub(crate) fn overtake(&mut self, group: GroupId) {
        if let Some(lease) = self.leases.get_mut(&group) {
            lease.overtaken = true;
        }
    }

    /// What this connection did could not be taken. If that was because the group changed meanwhile, nobody need wait
    /// for the lease to run out: true, and it is over. Otherwise it is the device's fault, and others get their turn in
    /// due time.
    pub(crate) fn refused(&mut self, group: GroupId, connection: ConnectionId) -> bool {
        let over = self
            .leases
            .get(&group)
            .is_some_and(|lease| lease.connection == connection && lease.overtaken);
        if over {
            self.end(group);
        }
        over
    }

    /// Is the group to wait (for at most `millis` since it was first asked)? Once the time is over it is no, and then
    /// the next waiting begins anew.
    pub(crate) fn wait(&mut self, group: GroupId, why: Wait, now: Time, millis: u64) -> bool {
        let until = *self.waits.entry((group, why)).or_insert(now.plus(millis));
        if until > now {
            return true;
        }
        self.waits.remove(&(group, why));
        false
    }

    /// Is the group waiting for anything?
    pub(crate) fn waiting(&self, group: GroupId) -> bool {
        Wait::ALL.iter().any(|why| self.waits.contains_key(&(group, *why)))
    }

    pub(crate) fn grant(&mut self, group: GroupId, connection: ConnectionId, device: DeviceId, until: Time) {
        self.leases.insert(
            group,
            Lease {
                connection,
                until,
                overtaken: false,
            },
        );
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
        for why in Wait::ALL {
            self.waits.remove(&(group, why));
        }
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
        due.extend(
            self.waits
                .iter()
                .filter(|(_, until)| **until <= now)
                .map(|((group, _), _)| *group),
        );
        // What nobody asks about any more is not to come up at every tick.
        self.waits.retain(|_, until| until.plus(STALE_MS) > now);
        self.commits.retain(|_, time| now.since(*time) < RECENT_MS);
        due.sort_unstable();
        due.dedup();
        due
    }
}
