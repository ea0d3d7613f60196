// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Groups that the organisation makes and changes.

use std::sync::Arc;

use melder_mls::roster::{self, Roster};
use melder_mls::sign;
use melder_protocol::entry::Body;
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, RosterMember};
use melder_protocol::{AccountId, ErrorCode, GroupId, Index, LogId, OrganisationId, Refusal, Sequence, Suite};

use super::SomeChains;
use super::roster::{Farewell, refusal};
use crate::core::Work;
use crate::core::state::GroupView;
use crate::store::GroupRow;

impl Work<'_> {
    /// Makes a managed group. Its MLS group is made by the first of its devices that connects.
    ///
    /// # Errors
    /// When the members contradict the kind, or the storage fails.
    pub fn create_managed_group(
        &mut self,
        organisation: OrganisationId,
        kind: GroupKind,
        name: &str,
        suite: Suite,
        members: &[RosterMember],
    ) -> Result<GroupId, Refusal> {
        let group = GroupId::from_bytes(self.random_id());
        let key = self.organisation_key(organisation)?;
        let terms = GroupTerms {
            kind,
            authority: Authority::Managed,
            organisation,
            organisation_key: key.public(),
            suite,
        };
        let genesis = roster::genesis(
            group,
            terms,
            members.to_vec(),
            Some(name.to_owned()),
            Author::Organisation,
            self.now,
        );
        let signed = sign::sign_statement(&key, &genesis);
        let roster = Roster::begin(&signed, &SomeChains::default()).map_err(|error| refusal(&error, None))?;
        let row = GroupRow {
            group,
            organisation,
            kind,
            authority: Authority::Managed,
            suite,
            name: Some(name.to_owned()),
            created: self.now,
            closed: false,
            epoch: None,
            began: Sequence(0),
        };
        self.tx.put_group(&row)?;
        self.tx.add_roster_change(group, Index(0), &signed)?;
        self.write_members(group, members)?;
        self.put_view(GroupView {
            row,
            roster: Arc::new(roster),
            removing: false,
        });
        self.append_entry(LogId::Group(group), None, Body::Roster { change: signed })?;
        let accounts: Vec<AccountId> = members.iter().map(|member| member.account).collect();
        self.append_records(group, &accounts)?;
        self.mark_group(group);
        Ok(group)
    }

    /// Changes a managed group's roster. What is so already is left out; nothing left: nothing happens.
    ///
    /// # Errors
    /// `UnknownGroup`, `NotAllowed` for a private group, `GroupClosed`.
    pub fn change_managed_roster(
        &mut self,
        group: GroupId,
        set: &[RosterMember],
        unset: &[AccountId],
        name: Option<&str>,
    ) -> Result<(), Refusal> {
        let view = self.view(group)?.ok_or_else(|| Refusal::new(ErrorCode::UnknownGroup))?;
        if view.row.authority != Authority::Managed {
            return Err(ErrorCode::NotAllowed.into());
        }
        let set: Vec<RosterMember> = set
            .iter()
            .filter(|member| view.roster.role(member.account) != Some(member.role))
            .copied()
            .collect();
        let unset: Vec<AccountId> = unset
            .iter()
            .filter(|account| view.roster.role(**account).is_some())
            .copied()
            .collect();
        let name = name.filter(|name| view.roster.name() != Some(*name)).map(str::to_owned);
        if set.is_empty() && unset.is_empty() && name.is_none() {
            return Ok(());
        }
        let fill = |change: &mut melder_protocol::roster::RosterChange| {
            change.set = set;
            change.unset = unset;
            change.name = name;
        };
        self.organisation_change(&view, fill, Farewell::Notice).map(drop)
    }

    /// Closes a group: it can be read until its retention, and takes nothing more.
    ///
    /// # Errors
    /// `UnknownGroup`.
    pub fn close_group(&mut self, group: GroupId) -> Result<(), Refusal> {
        let view = self.view(group)?.ok_or_else(|| Refusal::new(ErrorCode::UnknownGroup))?;
        if view.roster.closed() {
            return Ok(());
        }
        self.organisation_change(&view, |change| change.closed = true, Farewell::Notice)?;
        self.state.leases.done(group);
        Ok(())
    }
}
