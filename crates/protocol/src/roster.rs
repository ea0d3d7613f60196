// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The roster: who is meant to be in a group, and in which role, as a chain of signed changes. Data only;
//! verification is `melder_mls::roster`.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::signed::Statement;
use crate::{AccountId, GroupId, Hash, Index, Member, OrganisationId, PublicKey, Suite, Time};

/// What a group is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum GroupKind {
    /// Two people.
    #[n(0)]
    Direct,
    #[n(1)]
    Group,
    /// Publishers write, everybody reads.
    #[n(2)]
    Channel,
    /// The devices of one account among themselves: settings, history for a new device.
    #[n(3)]
    Own,
}

/// Who may change the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Authority {
    /// The organisation.
    #[n(0)]
    Managed,
    /// Members with the role `manage`.
    #[n(1)]
    Private,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    /// Reads; writes, except in a channel.
    #[n(0)]
    Member,
    /// Also writes in a channel.
    #[n(1)]
    Publisher,
    /// Also changes a private group's roster.
    #[n(2)]
    Manage,
}

/// What is fixed for a group's life. Part of the roster's genesis; its hash is in the MLS group context.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GroupTerms {
    #[n(0)]
    pub kind: GroupKind,
    #[n(1)]
    pub authority: Authority,
    /// The organisation that the group belongs to, and its key: the external sender.
    #[n(2)]
    pub organisation: OrganisationId,
    #[n(3)]
    pub organisation_key: PublicKey,
    #[n(4)]
    pub suite: Suite,
}

/// Who signs a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Author {
    #[n(0)]
    Organisation,
    #[n(1)]
    Device(#[n(0)] Member),
}

/// An account and its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RosterMember {
    #[n(0)]
    pub account: AccountId,
    #[n(1)]
    pub role: Role,
}

/// One change to a roster.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RosterChange {
    #[n(0)]
    pub group: GroupId,
    #[n(1)]
    pub index: Index,
    /// SHA-256 of the payload of the change before; all zero for the genesis.
    #[n(2)]
    pub previous: Hash,
    /// Present exactly in the genesis.
    #[n(3)]
    pub terms: Option<GroupTerms>,
    /// Added members, or members with a new role.
    #[n(4)]
    pub set: Vec<RosterMember>,
    #[n(5)]
    pub unset: Vec<AccountId>,
    /// The name of a managed group. A private group's name is content and never seen by the server.
    #[n(6)]
    pub name: Option<String>,
    #[n(7)]
    pub author: Author,
    #[n(8)]
    pub time: Time,
    /// The group is over: it takes no more entries.
    #[n(9)]
    pub closed: bool,
}

impl Statement for RosterChange {
    const LABEL: &'static str = "roster change";
}

/// The `authenticated_data` of every commit: the roster that the committer saw. All members check it against theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RosterStamp {
    #[n(0)]
    pub index: Index,
    #[n(1)]
    pub hash: Hash,
}
