// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Messages into a group's log, and sealed bytes into an inbox: the hot path.

use melder_bugs::{self as bugs, Bug};
use melder_mls::message::{self, Kind};
use melder_protocol::cbor::Bytes;
use melder_protocol::entry::Body;
use melder_protocol::push::Ring;
use melder_protocol::roster::Role;
use melder_protocol::{AccountId, Counter, ErrorCode, GroupId, LogId, Member, Refusal, limits};

use crate::core::state::{GroupView, Who};
use crate::core::{Appended, Work};
use crate::directory::types::Alarms;
use crate::directory::{self, Standing};

impl Work<'_> {
    /// Is this the device's next append? `Some`: it was taken before, here is the answer.
    fn count(&self, log: LogId, member: Member, counter: Counter) -> Result<Option<Appended>, Refusal> {
        let last = self.tx.counter(log, member.device)?;
        if counter == last.next() || bugs::on(Bug::ForgetCounters) {
            return Ok(None);
        }
        if counter > last || counter.0 == 0 {
            let mut refusal = Refusal::new(ErrorCode::WrongCounter);
            refusal.counter = Some(last.next());
            return Err(refusal);
        }
        match self.tx.appended(log, member.device, counter)? {
            Some((sequence, time)) => Ok(Some(Appended { sequence, time })),
            None => Err(ErrorCode::EntriesGone.into()),
        }
    }

    /// May this account's alarms wake anybody here?
    fn may_ring(&self, view: &GroupView, who: Who) -> Result<(), Refusal> {
        let may = match directory::policies::of_group(self.tx, view.row.group)?.alarms {
            Alarms::Everyone => true,
            Alarms::Publishers => view.roster.role(who.member.account) >= Some(Role::Publisher),
            Alarms::Nobody => false,
        };
        if may {
            Ok(())
        } else {
            Err(Refusal::new(ErrorCode::ForbiddenByPolicy).hint("alarms"))
        }
    }

    pub(crate) fn append_message(
        &mut self,
        who: Who,
        group: GroupId,
        counter: Counter,
        bytes: Bytes,
        ring: Ring,
    ) -> Result<Appended, Refusal> {
        if bytes.len() > limits::MAX_MESSAGE {
            return Err(ErrorCode::TooLarge.into());
        }
        let view = self.member_view(who, group)?;
        let log = LogId::Group(group);
        if let Some(before) = self.count(log, who.member, counter)? {
            return Ok(before);
        }
        if view.row.closed {
            return Err(ErrorCode::GroupClosed.into());
        }
        if !view.roster.may_write(who.member.account) {
            return Err(ErrorCode::NotAPublisher.into());
        }
        let header = message::peek(bytes.as_slice())
            .ok()
            .filter(|header| header.kind == Kind::Application && header.group == Some(group))
            .ok_or_else(|| Refusal::new(ErrorCode::InvalidMessage))?;
        let Some(epoch) = view.row.epoch else {
            return Err(Refusal::new(ErrorCode::InvalidMessage).hint("the group is not established"));
        };
        if header.epoch != Some(epoch) && !bugs::on(Bug::SkipEpochCheck) {
            return Err(Refusal::wrong_epoch(epoch, self.tx.head(log)?));
        }
        if (view.removing || self.removal_due(group)?) && !bugs::on(Bug::SkipCommitFirst) {
            return Err(ErrorCode::CommitFirst.into());
        }
        if !self.tx.is_leaf(group, who.member)? {
            return Err(Refusal::new(ErrorCode::InvalidMessage).hint("the device is not in the tree"));
        }
        let organisation = view.row.organisation;
        if ring.is_alarm() {
            self.may_ring(&view, who)?;
            self.keep_alarm(who, group, ring)?;
        }
        let appended = self.append_entry(log, Some(who.member), Body::Message { counter, bytes })?;
        let others = view.roster.members().map(|(account, _)| account);
        let others = others.filter(|account| *account != who.member.account);
        self.ring((group, appended.sequence), ring, others, self.now)?;
        self.state.traffic.count(organisation, self.now);
        Ok(appended)
    }

    pub(crate) fn seal(
        &mut self,
        who: Who,
        account: AccountId,
        counter: Counter,
        bytes: Bytes,
    ) -> Result<Appended, Refusal> {
        if bytes.len() > limits::MAX_MESSAGE {
            return Err(ErrorCode::TooLarge.into());
        }
        let reachable = matches!(directory::standing(self.tx, account)?, Standing::Active { .. });
        if !reachable || !(account == who.member.account || self.tx.share_group(who.member.account, account)?) {
            return Err(ErrorCode::UnknownAccount.into());
        }
        let log = LogId::Inbox(account);
        if let Some(before) = self.count(log, who.member, counter)? {
            return Ok(before);
        }
        self.append_entry(log, Some(who.member), Body::Sealed { counter, bytes })
    }
}
