// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The beginning of an MLS group.

use std::sync::Arc;

use melder_mls::context::GroupSpec;
use melder_mls::public::PublicGroup;
use melder_mls::roster::{self, Roster};
use melder_mls::rules::AddedLeaf;
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::Body;
use melder_protocol::roster::{Author, Authority, GroupKind, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, Epoch, ErrorCode, GroupId, Index, LogId, Refusal, Sequence, limits};

use super::roster::refusal;
use crate::core::state::{GroupView, Who};
use crate::core::{Appended, ConnectionId, Work};
use crate::directory;
use crate::store::{GroupRow, PublicRow};

impl Work<'_> {
    pub(crate) fn establish(
        &mut self,
        who: Who,
        connection: ConnectionId,
        group: GroupId,
        genesis: Option<Signed<RosterChange>>,
        group_info: &Bytes,
        tree: &Bytes,
    ) -> Result<Appended, Refusal> {
        if group_info.len() > limits::MAX_HANDSHAKE || tree.len() > limits::MAX_HANDSHAKE {
            return Err(ErrorCode::TooLarge.into());
        }
        let view = match genesis {
            Some(genesis) => self.begin_private(who, group, &genesis)?,
            None => {
                let view = self.member_view(who, group)?;
                if view.row.closed {
                    return Err(ErrorCode::GroupClosed.into());
                }
                if view.row.epoch.is_some() {
                    return Err(exists(group));
                }
                if self
                    .state
                    .leases
                    .holder(group, self.now)
                    .is_some_and(|holder| holder != connection)
                {
                    return Err(ErrorCode::LeaseLost.into());
                }
                view
            }
        };
        let key = self
            .chain(who.member.account)?
            .and_then(|chain| chain.device_key(who.member.device).copied())
            .ok_or_else(|| Refusal::new(ErrorCode::DeviceRemoved))?;
        let creator = AddedLeaf {
            member: who.member,
            key,
        };
        let invalid = |error: melder_mls::MlsError| Refusal::new(ErrorCode::InvalidGroupInfo).hint(error.to_string());
        let public = PublicGroup::establish(
            group_info.as_slice(),
            tree.as_slice(),
            &GroupSpec::of(&view.roster),
            &creator,
        )
        .map_err(invalid)?;
        public.check_group_info(group_info.as_slice()).map_err(invalid)?;
        let row = GroupRow {
            epoch: Some(Epoch(0)),
            began: Sequence(0),
            ..view.row.clone()
        };
        self.tx.put_group(&row)?;
        self.tx.put_public_group(
            group,
            &PublicRow {
                state: public.to_bytes(),
                group_info: group_info.0.clone(),
            },
        )?;
        self.write_leaves(group, &public)?;
        self.put_view(GroupView {
            row,
            roster: Arc::clone(&view.roster),
            removing: false,
        });
        self.put_public(group, public);
        self.state.leases.done(group);
        self.mark_group(group);
        self.append_entry(LogId::Group(group), Some(who.member), Body::Established)
    }

    /// Checks and writes the roster of a new private group.
    fn begin_private(
        &mut self,
        who: Who,
        group: GroupId,
        signed: &Signed<RosterChange>,
    ) -> Result<Arc<GroupView>, Refusal> {
        let wrong = |hint: &str| Refusal::new(ErrorCode::InvalidRosterChange).hint(hint);
        let keys = self.some_chains([who.member.account])?;
        let roster = Roster::begin(signed, &keys).map_err(|error| refusal(&error, None))?;
        let change = signed.peek().map_err(|error| wrong(&error.to_string()))?;
        let terms = roster.terms().clone();
        if roster.group() != group {
            return Err(wrong("the roster is of another group"));
        }
        if change.author != Author::Device(who.member) || terms.authority != Authority::Private {
            return Err(wrong("the author is not the caller"));
        }
        if roster.closed() || roster.name().is_some() {
            return Err(wrong("a new private group is open and has no name here"));
        }
        let organisation = directory::organisation(self.tx, who.organisation)?
            .ok_or_else(|| Refusal::new(ErrorCode::Internal))?
            .info;
        if terms.organisation != organisation.id || terms.organisation_key != organisation.key {
            return Err(wrong("the organisation is not the caller's"));
        }
        if self.tx.group(group)?.is_some() {
            return Err(exists(group));
        }
        self.check_kind(who, &roster)?;
        for (account, _) in roster.members() {
            if account != who.member.account {
                self.check_invitee(who, account)?;
            }
        }
        if self.tx.groups_of_account(who.member.account)?.len() >= limits::MAX_GROUPS {
            return Err(Refusal::new(ErrorCode::LimitReached).hint("groups of an account"));
        }
        let row = GroupRow {
            group,
            organisation: terms.organisation,
            kind: terms.kind,
            authority: Authority::Private,
            suite: terms.suite,
            name: None,
            created: self.now,
            closed: false,
            epoch: None,
            began: Sequence(0),
        };
        self.tx.put_group(&row)?;
        self.tx.add_roster_change(group, Index(0), signed)?;
        self.write_members(group, &change.set)?;
        let sender = Some(who.member);
        self.append_entry(LogId::Group(group), sender, Body::Roster { change: signed.clone() })?;
        let accounts: Vec<AccountId> = change.set.iter().map(|member| member.account).collect();
        self.append_records(group, &accounts)?;
        Ok(Arc::new(GroupView {
            row,
            roster: Arc::new(roster),
            removing: false,
        }))
    }

    fn check_kind(&mut self, who: Who, roster: &Roster) -> Result<(), Refusal> {
        let caller = who.member.account;
        let others: Vec<AccountId> = roster
            .members()
            .map(|(account, _)| account)
            .filter(|account| *account != caller)
            .collect();
        match roster.terms().kind {
            GroupKind::Direct => {
                let fits = matches!(others[..], [other] if roster::direct_group_id(caller, other) == roster.group());
                if !fits {
                    return Err(
                        Refusal::new(ErrorCode::InvalidRosterChange).hint("a direct chat's id is that of its two")
                    );
                }
            }
            GroupKind::Own => {
                for group in self.tx.groups_of_account(caller)? {
                    if self.tx.group(group)?.is_some_and(|row| row.kind == GroupKind::Own) {
                        return Err(exists(group));
                    }
                }
            }
            GroupKind::Group | GroupKind::Channel => {
                if !directory::policy(self.tx, who.organisation)?.private_groups {
                    return Err(ErrorCode::ForbiddenByPolicy.into());
                }
            }
        }
        Ok(())
    }
}

fn exists(group: GroupId) -> Refusal {
    let mut refusal = Refusal::new(ErrorCode::GroupExists);
    refusal.group = Some(group);
    refusal
}
