// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Commits: checked on the public group and by the rules, taken by compare-and-swap on the epoch.

use std::collections::BTreeMap;

use melder_bugs::{self as bugs, Bug};
use melder_mls::MlsError;
use melder_mls::message::{self, Kind};
use melder_mls::rules::{self, AddedLeaf, Knowledge};
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::entry::{Body, Entry, WelcomeEntry};
use melder_protocol::{Epoch, ErrorCode, GroupId, Hash, LogId, Member, Refusal, Sequence, limits};

use super::welcome;
use crate::core::state::{GroupView, Who};
use crate::core::{Appended, Work};
use crate::store::{GroupRow, ProposalKind, PublicRow, TreeRow, WelcomeRow};

fn invalid(error: impl core::fmt::Display) -> Refusal {
    Refusal::new(ErrorCode::InvalidCommit).hint(error.to_string())
}

impl Work<'_> {
    pub(crate) fn commit(
        &mut self,
        who: Who,
        group: GroupId,
        commit: Bytes,
        welcome: Option<Bytes>,
        group_info: &Bytes,
    ) -> Result<Appended, Refusal> {
        let sizes = [commit.len(), welcome.as_ref().map_or(0, Bytes::len), group_info.len()];
        if sizes.into_iter().any(|size| size > limits::MAX_HANDSHAKE) {
            return Err(ErrorCode::TooLarge.into());
        }
        let view = self.member_view(who, group)?;
        if view.row.closed {
            return Err(ErrorCode::GroupClosed.into());
        }
        let Some(epoch) = view.row.epoch else {
            return Err(Refusal::new(ErrorCode::InvalidCommit).hint("the group is not established"));
        };
        let log = LogId::Group(group);
        let header = message::peek(commit.as_slice()).map_err(invalid)?;
        if header.kind != Kind::Commit || header.group != Some(group) {
            return Err(invalid("not a commit of this group"));
        }
        if header.epoch != Some(epoch) {
            if let Some(taken) = self.taken_before(log, view.row.began, who, &commit)? {
                return Ok(taken);
            }
            return Err(Refusal::wrong_epoch(epoch, self.tx.head(log)?));
        }

        let mut public = self.take_public(group)?;
        // Refused from here on, the public group is dropped, and read again when it is needed.
        let checked = public.check_commit(commit.as_slice()).map_err(|error| match error {
            MlsError::WrongEpoch => Refusal::new(ErrorCode::WrongEpoch),
            other => invalid(other),
        });
        let checked = match checked {
            Ok(checked) => checked,
            Err(refusal) => {
                self.put_public(group, public);
                return Err(refusal);
            }
        };
        let verdict = self.judge(who, &view, &checked, welcome.as_ref());
        if let Err(refusal) = verdict {
            self.put_public(group, public);
            return Err(refusal);
        }
        let added: Vec<AddedLeaf> = checked.facts.added.clone();
        let external = checked.facts.external;
        public.merge(checked).map_err(invalid)?;
        public
            .check_group_info(group_info.as_slice())
            .map_err(|error| Refusal::new(ErrorCode::InvalidGroupInfo).hint(error.to_string()))?;

        let welcomes = self.welcomes(group, &added, welcome.as_ref())?;
        let appended = self.append_entry(log, Some(who.member), Body::Commit { epoch, bytes: commit })?;
        let next = public.epoch();
        self.deliver_welcomes(group, next, appended, welcomes)?;
        if !added.is_empty() {
            let tree = public.tree().map_err(invalid)?;
            let row = TreeRow {
                epoch: next,
                sequence: appended.sequence,
                time: self.now,
                tree,
            };
            self.tx.put_tree(group, &row)?;
        }
        if external {
            self.restock(group)?;
        }
        self.tx.clear_proposals(group)?;
        self.tx.put_public_group(
            group,
            &PublicRow {
                state: public.to_bytes(),
                group_info: group_info.0.clone(),
            },
        )?;
        let row = GroupRow {
            epoch: Some(next),
            began: appended.sequence,
            ..view.row.clone()
        };
        self.tx.put_group(&row)?;
        self.write_leaves(group, &public)?;
        self.put_view(GroupView {
            row,
            roster: std::sync::Arc::clone(&view.roster),
            removing: false,
        });
        self.put_public(group, public);
        self.state.leases.committed(group, self.now);
        self.mark_group(group);
        Ok(appended)
    }

    /// The very commit that began this epoch, once more: its answer was lost on the way. A refusal now would make its
    /// sender give up the epoch that all others are in.
    fn taken_before(&self, log: LogId, began: Sequence, who: Who, commit: &Bytes) -> Result<Option<Appended>, Refusal> {
        let Some(stored) = self
            .tx
            .entry(log, began)?
            .filter(|entry| entry.sender == Some(who.member))
        else {
            return Ok(None);
        };
        let same = match cbor::decode::<Entry>(&stored.bytes) {
            Ok(Entry {
                body: Body::Commit { bytes, .. },
                ..
            }) => bytes == *commit,
            _ => false,
        };
        Ok(same.then_some(Appended {
            sequence: stored.sequence,
            time: stored.time,
        }))
    }

    /// Our rules, beyond RFC 9420's.
    fn judge(
        &mut self,
        who: Who,
        view: &GroupView,
        checked: &melder_mls::public::CheckedCommit,
        welcome: Option<&Bytes>,
    ) -> Result<(), Refusal> {
        let facts = &checked.facts;
        if facts.committer.member != who.member {
            return Err(invalid("the committer is not the caller"));
        }
        if checked.missing > 0 {
            return Err(ErrorCode::ProposalsMissing.into());
        }
        if welcome.is_some() == facts.added.is_empty() {
            return Err(invalid("a Welcome comes exactly with additions"));
        }
        let accounts = facts
            .added
            .iter()
            .map(|leaf| leaf.member.account)
            .chain(facts.removed.iter().map(|member| member.account))
            .chain([who.member.account]);
        let accounts: std::collections::BTreeSet<_> = accounts.collect();
        let chains = self.some_chains(accounts)?;
        rules::check(facts, &view.roster, &chains, Knowledge::Exact).map_err(invalid)
    }

    fn welcomes(
        &mut self,
        group: GroupId,
        added: &[AddedLeaf],
        welcome: Option<&Bytes>,
    ) -> Result<Vec<(Member, Vec<u8>)>, Refusal> {
        let Some(welcome) = welcome else {
            return Ok(Vec::new());
        };
        let references: BTreeMap<Member, Hash> = self
            .tx
            .proposals(group)?
            .into_iter()
            .filter_map(|row| Some((row.member, welcome::reference(&row.key_package?.bytes)?)))
            .collect();
        let added: Vec<(Member, Option<Hash>)> = added
            .iter()
            .map(|leaf| (leaf.member, references.get(&leaf.member).copied()))
            .collect();
        welcome::split(welcome.as_slice(), &added).ok_or_else(|| invalid("not a Welcome"))
    }

    fn deliver_welcomes(
        &mut self,
        group: GroupId,
        epoch: Epoch,
        commit: Appended,
        welcomes: Vec<(Member, Vec<u8>)>,
    ) -> Result<(), Refusal> {
        let most = if bugs::on(Bug::OneWelcome) { 1 } else { usize::MAX };
        for (member, bytes) in welcomes.into_iter().take(most) {
            let entry = WelcomeEntry {
                group,
                epoch,
                sequence: commit.sequence,
                device: member.device,
                bytes: Bytes(bytes),
            };
            let inbox = self.append_entry(LogId::Inbox(member.account), None, Body::Welcome(entry))?;
            self.tx.add_welcome(&WelcomeRow {
                group,
                epoch,
                device: member.device,
                inbox: inbox.sequence,
            })?;
        }
        Ok(())
    }

    /// An external commit voids the open additions; their key packages were used by nobody and serve again.
    fn restock(&mut self, group: GroupId) -> Result<(), Refusal> {
        for row in self.tx.proposals(group)? {
            if let (ProposalKind::Add, Some(package)) = (row.kind, row.key_package)
                && !package.last_resort
            {
                self.tx.add_key_package(row.member.device, &package)?;
            }
        }
        Ok(())
    }
}
