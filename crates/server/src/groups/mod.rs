// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Groups: what should be (the roster), what is (the tree of the MLS group, whose public side the server follows),
//! and the way from the one to the other.
//!
//! A handshake comes in as a bundle and is taken by compare-and-swap on the epoch, after the same checks that every
//! member makes. Messages are not checked beyond their outside: nobody here can read them.

use std::collections::BTreeMap;
use std::sync::Arc;

use melder_mls::chain::DeviceChain;
use melder_mls::public::PublicGroup;
use melder_mls::roster::{DeviceKeys, Roster};
use melder_mls::rules::Chains;
use melder_mls::sign::SigningKey;
use melder_protocol::roster::{Author, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, ErrorCode, GroupId, LogId, Member, OrganisationId, PublicKey, Refusal};

use crate::core::Work;
use crate::core::state::{GroupView, Who};
use crate::directory;
use crate::store::{LeafRow, ProposalKind};

mod commit;
mod establish;
pub(crate) mod lease;
mod managed;
mod messages;
mod reconcile;
mod roster;
mod state;
mod welcome;

/// The authors' keys as the stored changes carry them: they were checked against the chains when they came, and an
/// author's chain may be gone by now.
pub(crate) struct Recorded(BTreeMap<Member, PublicKey>);

impl Recorded {
    pub(crate) fn of(changes: &[Signed<RosterChange>]) -> Self {
        let authors = changes.iter().filter_map(|signed| match signed.peek() {
            Ok(RosterChange {
                author: Author::Device(member),
                ..
            }) => Some((member, signed.signer)),
            _ => None,
        });
        Self(authors.collect())
    }
}

impl DeviceKeys for Recorded {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.0.get(&member).copied()
    }
}

/// The chains that one check needs.
#[derive(Default)]
struct SomeChains(BTreeMap<AccountId, Arc<DeviceChain>>);

impl Chains for SomeChains {
    fn chain(&self, account: AccountId) -> Option<&DeviceChain> {
        self.0.get(&account).map(Arc::as_ref)
    }
}

impl DeviceKeys for SomeChains {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.0.get(&member.account)?.past_key(member.device).copied()
    }
}

impl Work<'_> {
    fn some_chains(&mut self, accounts: impl IntoIterator<Item = AccountId>) -> Result<SomeChains, Refusal> {
        let mut chains = SomeChains::default();
        for account in accounts {
            if let Some(chain) = self.chain(account)? {
                chains.0.insert(account, chain);
            }
        }
        Ok(chains)
    }

    fn organisation_key(&self, organisation: OrganisationId) -> Result<SigningKey, Refusal> {
        directory::organisation(self.tx, organisation)?
            .map(|organisation| organisation.key)
            .ok_or_else(|| Refusal::new(ErrorCode::Internal).hint("a group without its organisation"))
    }

    /// A group as it is now.
    pub(crate) fn view(&mut self, group: GroupId) -> Result<Option<Arc<GroupView>>, Refusal> {
        if let Some(view) = self.state.views.get(&group) {
            return Ok(Some(Arc::clone(view)));
        }
        let Some(row) = self.tx.group(group)? else {
            return Ok(None);
        };
        let changes = self.tx.roster_changes(group)?;
        let roster = Roster::verify(&changes, &Recorded::of(&changes))
            .map_err(|error| Refusal::new(ErrorCode::Internal).hint(format!("stored roster: {error}")))?;
        let removing = self
            .tx
            .proposals(group)?
            .iter()
            .any(|row| matches!(row.kind, ProposalKind::Remove(_)));
        let view = Arc::new(GroupView {
            row,
            roster: Arc::new(roster),
            removing,
        });
        self.state.views.put(group, Arc::clone(&view));
        Ok(Some(view))
    }

    /// A group that the caller is in.
    pub(crate) fn member_view(&mut self, who: Who, group: GroupId) -> Result<Arc<GroupView>, Refusal> {
        self.view(group)?
            .filter(|view| view.roster.role(who.member.account).is_some())
            .ok_or_else(|| Refusal::new(ErrorCode::UnknownGroup))
    }

    fn put_view(&mut self, view: GroupView) {
        let group = view.row.group;
        self.staged.touched_groups.push(group);
        self.state.views.put(group, Arc::new(view));
    }

    /// The public side of the MLS group, with the proposals that are open. To be put back when it was not harmed.
    fn take_public(&mut self, group: GroupId) -> Result<PublicGroup, Refusal> {
        if let Some(public) = self.state.publics.remove(&group) {
            return Ok(public);
        }
        let damaged =
            |error: melder_mls::MlsError| Refusal::new(ErrorCode::Internal).hint(format!("stored group: {error}"));
        let row = self
            .tx
            .public_group(group)?
            .ok_or_else(|| Refusal::new(ErrorCode::Internal).hint("an established group without its public side"))?;
        let mut public = PublicGroup::from_bytes(&row.state).map_err(damaged)?;
        for proposal in self.tx.proposals(group)? {
            public.add_proposal(&proposal.bytes).map_err(damaged)?;
        }
        Ok(public)
    }

    fn put_public(&mut self, group: GroupId, public: PublicGroup) {
        self.staged.touched_groups.push(group);
        self.state.publics.put(group, public);
    }

    /// Makes the stored leaves those of the tree.
    fn write_leaves(&mut self, group: GroupId, public: &PublicGroup) -> Result<(), Refusal> {
        let before: BTreeMap<u32, Member> = self
            .tx
            .leaves(group)?
            .into_iter()
            .map(|leaf| (leaf.index, leaf.member))
            .collect();
        let now: BTreeMap<u32, Member> = public
            .leaves()
            .into_iter()
            .map(|leaf| (leaf.index, leaf.member))
            .collect();
        for (index, member) in &before {
            if now.get(index) != Some(member) {
                self.tx.unset_leaf(group, *index)?;
            }
        }
        for (index, member) in now {
            if before.get(&index) != Some(&member) {
                self.tx.set_leaf(group, LeafRow { index, member })?;
            }
        }
        Ok(())
    }

    /// Removes a group that nobody is in.
    fn remove_group(&mut self, group: GroupId) -> Result<(), Refusal> {
        self.tx.delete_group(group)?;
        self.tx.delete_log(LogId::Group(group))?;
        self.tx.delete_blobs_of_group(group)?;
        self.staged.touched_groups.push(group);
        self.state.views.remove(&group);
        self.state.publics.remove(&group);
        self.state.settled.remove(&group);
        self.state.leases.done(group);
        Ok(())
    }
}
