// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Changes to rosters, by members of private groups; and what every change brings with it.

use std::sync::Arc;

use melder_mls::roster::{Roster, RosterError};
use melder_protocol::entry::{Body, Notice};
use melder_protocol::roster::{Author, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, ErrorCode, GroupId, LogId, Member, Refusal, limits};

use crate::core::state::{GroupView, Who};
use crate::core::{Appended, Work};
use crate::directory::{self, Standing};
use crate::store::GroupRow;

pub(super) fn refusal(error: &RosterError, roster: Option<&Roster>) -> Refusal {
    let mut refusal = match error {
        RosterError::NotNext => Refusal::new(ErrorCode::WrongRosterIndex),
        RosterError::Closed => Refusal::new(ErrorCode::GroupClosed),
        RosterError::TooMany => Refusal::new(ErrorCode::LimitReached),
        other => Refusal::new(ErrorCode::InvalidRosterChange).hint(other.to_string()),
    };
    if refusal.code == ErrorCode::WrongRosterIndex {
        refusal.index = roster.map(Roster::next_index);
    }
    refusal
}

/// Who hears that an account is out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    Notice,
    /// The account itself goes: there is nobody to tell.
    None,
}

impl Work<'_> {
    pub(crate) fn change_private_roster(
        &mut self,
        who: Who,
        signed: &Signed<RosterChange>,
    ) -> Result<Appended, Refusal> {
        let change = signed
            .peek()
            .map_err(|error| Refusal::new(ErrorCode::InvalidRosterChange).hint(error.to_string()))?;
        if change.author != Author::Device(who.member) {
            return Err(Refusal::new(ErrorCode::InvalidRosterChange).hint("the author is not the caller"));
        }
        if change.set.len() > limits::MAX_ROSTER_CHANGE || change.unset.len() > limits::MAX_ROSTER_CHANGE {
            return Err(ErrorCode::TooLarge.into());
        }
        let view = self.member_view(who, change.group)?;
        let keys = self.some_chains([who.member.account])?;
        let mut roster = (*view.roster).clone();
        let change = roster
            .apply(signed, &keys)
            .map_err(|error| refusal(&error, Some(&view.roster)))?;
        for member in &change.set {
            if view.roster.role(member.account).is_none() {
                self.check_invitee(who, member.account)?;
            }
        }
        self.install(&view, roster, signed, &change, Some(who.member), Farewell::Notice)
    }

    /// May the caller put this account into a private group?
    pub(super) fn check_invitee(&mut self, who: Who, account: AccountId) -> Result<(), Refusal> {
        if !matches!(directory::standing(self.tx, account)?, Standing::Active { .. })
            || !self.sees(who.member.account, account)?
        {
            return Err(ErrorCode::UnknownAccount.into());
        }
        if self.tx.groups_of_account(account)?.len() >= limits::MAX_GROUPS {
            return Err(Refusal::new(ErrorCode::LimitReached).hint("groups of an account"));
        }
        Ok(())
    }

    /// Writes a checked change down, tells everybody, and has the tree follow.
    pub(super) fn install(
        &mut self,
        view: &GroupView,
        roster: Roster,
        signed: &Signed<RosterChange>,
        change: &RosterChange,
        sender: Option<Member>,
        farewell: Farewell,
    ) -> Result<Appended, Refusal> {
        let group = view.row.group;
        let come: Vec<AccountId> = change
            .set
            .iter()
            .map(|member| member.account)
            .filter(|account| view.roster.role(*account).is_none())
            .collect();
        self.tx.add_roster_change(group, change.index, signed)?;
        for member in &change.set {
            self.tx.set_member(group, *member)?;
        }
        for account in &change.unset {
            self.leave(group, *account, farewell)?;
        }
        let row = GroupRow {
            name: change.name.clone().or_else(|| view.row.name.clone()),
            closed: change.closed,
            ..view.row.clone()
        };
        if row != view.row {
            self.tx.put_group(&row)?;
        }
        self.put_view(GroupView {
            row,
            roster: Arc::new(roster),
            removing: view.removing,
        });
        let appended = self.append_entry(LogId::Group(group), sender, Body::Roster { change: signed.clone() })?;
        self.append_records(group, &come)?;
        self.mark_group(group);
        Ok(appended)
    }

    /// Puts the records of accounts that have a chain into a group's log.
    pub(super) fn append_records(&mut self, group: GroupId, accounts: &[AccountId]) -> Result<(), Refusal> {
        for account in accounts {
            if let Some(record) = directory::record(self.tx, *account)?
                && !record.chain.is_empty()
            {
                self.append_entry(LogId::Group(group), None, Body::Account { record })?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, group: GroupId, account: AccountId, farewell: Farewell) -> Result<(), Refusal> {
        let log = LogId::Group(group);
        self.tx.unset_member(group, account)?;
        self.tx.delete_cursors_of_account(log, account)?;
        self.state
            .acks
            .retain(|(of, _), (owner, _)| *of != log || *owner != account);
        self.unfollow(account, group);
        if farewell == Farewell::Notice {
            self.notify(account, Notice::LeftGroup(group))?;
        }
        Ok(())
    }

    /// The organisation takes an account out of a group, because the account goes.
    pub(crate) fn take_out(&mut self, group: GroupId, account: AccountId) -> Result<(), Refusal> {
        let Some(view) = self.view(group)? else {
            return Ok(());
        };
        if view.roster.closed() || view.roster.role(account).is_none() {
            // A closed group's history is over; only who may still read it changes.
            self.leave(group, account, Farewell::None)?;
            self.mark_group(group);
            return Ok(());
        }
        self.organisation_change(&view, |change| change.unset.push(account), Farewell::None)
            .map(drop)
    }

    /// Makes, signs and installs a change by the organisation.
    pub(super) fn organisation_change(
        &mut self,
        view: &GroupView,
        fill: impl FnOnce(&mut RosterChange),
        farewell: Farewell,
    ) -> Result<Appended, Refusal> {
        let key = self.organisation_key(view.row.organisation)?;
        let mut change = view.roster.change(Author::Organisation, self.now);
        fill(&mut change);
        let signed = melder_mls::sign::sign_statement(&key, &change);
        let mut roster = (*view.roster).clone();
        let change = roster
            .apply(&signed, &super::SomeChains::default())
            .map_err(|error| refusal(&error, Some(&view.roster)))?;
        self.install(view, roster, &signed, &change, None, farewell)
    }

    /// The first members of a new group.
    pub(super) fn write_members(&mut self, group: GroupId, members: &[RosterMember]) -> Result<(), Refusal> {
        for member in members {
            self.tx.set_member(group, *member)?;
        }
        Ok(())
    }
}
