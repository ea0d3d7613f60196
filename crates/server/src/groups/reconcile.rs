// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reconciliation: from what should be (roster and device chains) to what is (the tree), whatever the cause.
//!
//! The difference becomes proposals, signed by the organisation, in the group's log; then one connected device of
//! the group is asked to commit them all, under a lease. With nobody of the group connected, a device that should be
//! in is asked to join by itself.

use std::collections::BTreeSet;

use melder_mls::public::PublicGroup;
use melder_mls::sign::SigningKey;
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::Body;
use melder_protocol::frame::{ServerFrame, Task, TaskKind};
use melder_protocol::roster::{Authority, GroupKind};
use melder_protocol::{Epoch, ErrorCode, GroupId, LogId, Member, Refusal, limits};

use super::lease::Wait;
use crate::core::state::GroupView;
use crate::core::{ConnectionId, Work};
use crate::store::{DeviceState, KeyPackageRow, LeafRow, ProposalKind, ProposalRow};

/// Additions in one round: more would make a commit that phones choke on.
const MAX_ADDS: usize = 500;
/// How long additions to a managed group wait for company, so that a unit that arrives together costs few commits:
/// a moment at first, longer while commits follow each other.
const GATHER_MS: u64 = 200;
const GATHER_MORE_MS: u64 = 1_000;
/// How long a connected device of the group has to follow its log.
const FOLLOW_MS: u64 = 1_000;

/// What is and what should be.
struct Difference {
    adds: Vec<Member>,
    removes: Vec<LeafRow>,
    leaves: BTreeSet<Member>,
}

impl Work<'_> {
    /// Compares, proposes, asks.
    pub(crate) fn reconcile(&mut self, group: GroupId) -> Result<(), Refusal> {
        let Some(view) = self.view(group)? else {
            return Ok(());
        };
        if view.row.authority == Authority::Private && self.tx.members(group)?.is_empty() {
            return self.remove_group(group);
        }
        if view.row.closed {
            self.settle(group);
            return Ok(());
        }
        let Some(epoch) = view.row.epoch else {
            return self.ask_to_establish(&view);
        };
        let difference = self.difference(group)?;
        let open = self.drop_needless(&view, &difference)?;
        if difference.adds.is_empty() && difference.removes.is_empty() {
            self.settle(group);
            return Ok(());
        }
        let committers = self.committers(group, &difference);
        let open = self.propose(&view, epoch, &difference, open, !committers.is_empty())?;
        if let Some(last) = open.last().map(|row| row.sequence)
            && !committers.is_empty()
        {
            let kind = TaskKind::Commit { epoch, through: last };
            self.ask(group, kind, &committers);
        } else if committers.is_empty() {
            // Said to nobody that is about to follow the log: their own joining would be the long way round.
            if self.somebody_comes(group, &difference) {
                return Ok(());
            }
            let joiners: Vec<_> = difference
                .adds
                .iter()
                .filter_map(|member| Some((self.connection_of(*member)?, *member)))
                .collect();
            self.ask(group, TaskKind::Join, &joiners);
        } else if !self.state.leases.waiting(group) {
            // Somebody could commit, but whoever is missing has no key packages: their coming marks the group.
            self.settle(group);
        }
        Ok(())
    }

    fn settle(&mut self, group: GroupId) {
        self.state.settled.insert(group);
        self.state.leases.done(group);
    }

    fn difference(&self, group: GroupId) -> Result<Difference, Refusal> {
        let should = self.tx.devices_of_members(group)?;
        let leaves = self.tx.leaves(group)?;
        let wanted: BTreeSet<Member> = should.iter().map(|(member, _)| *member).collect();
        let present: BTreeSet<Member> = leaves.iter().map(|leaf| leaf.member).collect();
        Ok(Difference {
            adds: should
                .into_iter()
                .filter(|(member, state)| *state == DeviceState::Current && !present.contains(member))
                .map(|(member, _)| member)
                .collect(),
            removes: leaves
                .into_iter()
                .filter(|leaf| !wanted.contains(&leaf.member))
                .collect(),
            leaves: present,
        })
    }

    /// Is there a leaf that should go, whether its proposal is issued yet or not?
    pub(crate) fn removal_due(&self, group: GroupId) -> Result<bool, Refusal> {
        if self.state.settled.contains(&group) {
            return Ok(false);
        }
        Ok(!self.difference(group)?.removes.is_empty())
    }

    /// Proposals that nothing justifies any more need not be committed (and could not be). Says which remain.
    fn drop_needless(&mut self, view: &GroupView, difference: &Difference) -> Result<Vec<ProposalRow>, Refusal> {
        let group = view.row.group;
        let (needed, needless): (Vec<_>, Vec<_>) =
            self.tx.proposals(group)?.into_iter().partition(|row| match row.kind {
                ProposalKind::Add => difference.adds.contains(&row.member),
                ProposalKind::Remove(leaf) => difference
                    .removes
                    .iter()
                    .any(|remove| remove.index == leaf && remove.member == row.member),
            });
        for row in &needless {
            self.tx.delete_proposal(group, row.sequence)?;
        }
        if !needless.is_empty() {
            // Read anew, with those that are left.
            self.state.publics.remove(&group);
            self.note_removing(view, &needed);
        }
        Ok(needed)
    }

    fn note_removing(&mut self, view: &GroupView, open: &[ProposalRow]) {
        let removing = open.iter().any(|row| matches!(row.kind, ProposalKind::Remove(_)));
        if removing != view.removing {
            self.put_view(GroupView {
                row: view.row.clone(),
                roster: std::sync::Arc::clone(&view.roster),
                removing,
            });
        }
    }

    /// Connected devices of the group that can commit, in the order of connecting.
    fn committers(&self, group: GroupId, difference: &Difference) -> Vec<(ConnectionId, Member)> {
        let Some(followers) = self.state.followers.get(&group) else {
            return Vec::new();
        };
        followers
            .iter()
            .filter_map(|connection| Some((*connection, self.state.who(*connection)?.member)))
            .filter(|(_, member)| {
                difference.leaves.contains(member) && !difference.removes.iter().any(|leaf| leaf.member == *member)
            })
            .collect()
    }

    /// A device of the group is connected but does not follow it yet: it has just established it, or is catching up.
    /// It gets a moment before others are asked to help themselves.
    fn somebody_comes(&mut self, group: GroupId, difference: &Difference) -> bool {
        let coming = difference.leaves.iter().any(|member| {
            self.connection_of(*member).is_some() && !difference.removes.iter().any(|leaf| leaf.member == *member)
        });
        if !coming {
            return false;
        }
        self.state.leases.wait(group, Wait::Follower, self.now, FOLLOW_MS)
    }

    fn connection_of(&self, member: Member) -> Option<ConnectionId> {
        self.state.by_device.get(&member.device).copied()
    }

    /// Issues what is missing among the open proposals. Says all that are open then.
    fn propose(
        &mut self,
        view: &GroupView,
        epoch: Epoch,
        difference: &Difference,
        mut open: Vec<ProposalRow>,
        can_commit: bool,
    ) -> Result<Vec<ProposalRow>, Refusal> {
        let group = view.row.group;
        let proposed = |member: &Member| open.iter().any(|row| row.member == *member);
        let removes: Vec<LeafRow> = difference
            .removes
            .iter()
            .filter(|leaf| !proposed(&leaf.member))
            .copied()
            .collect();
        let mut adds: Vec<Member> = difference
            .adds
            .iter()
            .filter(|member| !proposed(member))
            .take(MAX_ADDS.saturating_sub(open.len()))
            .copied()
            .collect();
        // Without anybody to commit it, an addition would only use up a key package.
        if !can_commit || self.gathering(view, !adds.is_empty(), removes.is_empty() && open.is_empty()) {
            adds.clear();
        }
        if removes.is_empty() && adds.is_empty() {
            return Ok(open);
        }
        let key = self.organisation_key(view.row.organisation)?;
        let mut public = self.take_public(group)?;
        let failed = |error: melder_mls::MlsError| Refusal::new(ErrorCode::Internal).hint(format!("proposal: {error}"));
        for leaf in removes {
            let bytes = public.propose_remove(&key, leaf.index).map_err(failed)?;
            public.add_proposal(&bytes).map_err(failed)?;
            let kind = ProposalKind::Remove(leaf.index);
            open.push(self.issue(group, epoch, kind, leaf.member, bytes, None)?);
        }
        for member in adds {
            if let Some((bytes, package)) = self.addition(view, &key, &mut public, member)? {
                open.push(self.issue(group, epoch, ProposalKind::Add, member, bytes, Some(package))?);
            }
        }
        self.put_public(group, public);
        self.note_removing(view, &open);
        Ok(open)
    }

    /// Shall additions wait for more of them?
    fn gathering(&mut self, view: &GroupView, some: bool, nothing_else: bool) -> bool {
        if !some || !nothing_else || view.row.authority == Authority::Private {
            return false;
        }
        let group = view.row.group;
        let wait = if self.state.leases.committed_recently(group, self.now) {
            GATHER_MORE_MS
        } else {
            GATHER_MS
        };
        self.state.leases.wait(group, Wait::Company, self.now, wait)
    }

    /// An Add of this device, with the first of its key packages that is good.
    fn addition(
        &mut self,
        view: &GroupView,
        key: &SigningKey,
        public: &mut PublicGroup,
        member: Member,
    ) -> Result<Option<(Vec<u8>, KeyPackageRow)>, Refusal> {
        for _ in 0..limits::MAX_KEY_PACKAGES {
            let Some(package) = self.take_key_package(member, view.row.suite)? else {
                return Ok(None);
            };
            let proposal = public
                .propose_add(key, &package.bytes)
                .and_then(|bytes| public.add_proposal(&bytes).map(|()| bytes));
            match proposal {
                Ok(bytes) => return Ok(Some((bytes, package))),
                // Expired since it was published. A last resort that is no good is the last there is.
                Err(_) if package.last_resort => return Ok(None),
                Err(_) => {}
            }
        }
        Ok(None)
    }

    fn issue(
        &mut self,
        group: GroupId,
        epoch: Epoch,
        kind: ProposalKind,
        member: Member,
        bytes: Vec<u8>,
        key_package: Option<KeyPackageRow>,
    ) -> Result<ProposalRow, Refusal> {
        let body = Body::Proposal {
            epoch,
            bytes: Bytes(bytes.clone()),
        };
        let appended = self.append_entry(LogId::Group(group), None, body)?;
        let row = ProposalRow {
            sequence: appended.sequence,
            kind,
            member,
            bytes,
            key_package,
        };
        self.tx.add_proposal(group, &row)?;
        Ok(row)
    }

    fn ask_to_establish(&mut self, view: &GroupView) -> Result<(), Refusal> {
        let group = view.row.group;
        if view.row.kind == GroupKind::Own || view.row.authority == Authority::Private {
            // A private group is established with its roster or not at all.
            return Ok(());
        }
        let mut candidates: Vec<(ConnectionId, Member)> = Vec::new();
        for (account, _) in view.roster.members() {
            for connection in self.state.connections_of(account) {
                if let Some(who) = self.state.who(connection) {
                    candidates.push((connection, who.member));
                }
            }
        }
        candidates.sort_unstable_by_key(|(connection, _)| *connection);
        self.ask(group, TaskKind::Establish, &candidates);
        Ok(())
    }

    /// Asks the first of the candidates that was not asked yet; when all were, it begins again.
    fn ask(&mut self, group: GroupId, kind: TaskKind, candidates: &[(ConnectionId, Member)]) {
        let fresh = candidates
            .iter()
            .find(|(_, member)| !self.state.leases.tried(group, member.device));
        let Some((connection, member)) = fresh.or_else(|| candidates.first()).copied() else {
            return;
        };
        if fresh.is_none() {
            self.state.leases.anew(group);
        }
        self.state
            .leases
            .grant(group, connection, member.device, self.now.plus(limits::LEASE_MS));
        self.send(
            connection,
            &ServerFrame::Task(Task {
                group,
                kind,
                lease_ms: limits::LEASE_MS,
            }),
        );
    }
}
