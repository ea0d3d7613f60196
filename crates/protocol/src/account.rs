// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is known of an account: its chain, its badge.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::chain::Link;
use crate::signed::{Signed, Statement};
use crate::{AccountId, DeviceId, Hash, OrganisationId, PublicKey, Time};

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum AccountKind {
    /// Works for the organisation.
    #[n(0)]
    Staff,
    /// Time-boxed: gone, with all data, at its end.
    #[n(1)]
    Guest,
    /// A program beside one of the city's systems.
    #[n(2)]
    Bot,
    /// A person with the free private app.
    #[n(3)]
    Private,
}

/// The organisation's statement: this chain is this person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Badge {
    #[n(0)]
    pub account: AccountId,
    #[n(1)]
    pub organisation: OrganisationId,
    /// SHA-256 of the body bytes of the chain's genesis link.
    #[n(2)]
    pub genesis: Hash,
    #[n(3)]
    pub name: String,
    /// The path of unit names, root first.
    #[n(4)]
    pub unit: Vec<String>,
    #[n(5)]
    pub function: Option<String>,
    #[n(6)]
    pub kind: AccountKind,
    #[n(7)]
    pub issued: Time,
    #[n(8)]
    pub expires: Time,
    /// The organisation's display name.
    #[n(9)]
    pub organisation_name: String,
    /// When the account itself ends (guests).
    #[n(10)]
    pub ends: Option<Time>,
}

impl Statement for Badge {
    const LABEL: &'static str = "badge";
}

/// Everything that others need to know of an account in order to talk with it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AccountRecord {
    #[n(0)]
    pub account: AccountId,
    #[n(1)]
    pub organisation: OrganisationId,
    /// The whole chain; empty while the account is invited and nobody has come.
    #[n(2)]
    pub chain: Vec<Link>,
    #[n(3)]
    pub badge: Option<Signed<Badge>>,
}

/// An organisation as a joining device pins it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OrganisationInfo {
    #[n(0)]
    pub id: OrganisationId,
    #[n(1)]
    pub name: String,
    /// The directory key: signs badges, managed rosters, policies, deletion records; external sender in MLS groups.
    #[n(2)]
    pub key: PublicKey,
}

/// A hit in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DirectoryEntry {
    #[n(0)]
    pub account: AccountId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub unit: Vec<String>,
    #[n(3)]
    pub function: Option<String>,
    #[n(4)]
    pub kind: AccountKind,
    /// False while nobody has used the invitation.
    #[n(5)]
    pub joined: bool,
}

/// What the server keeps of a device beside its key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeviceInfo {
    #[n(0)]
    pub device: DeviceId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub added: Time,
    /// By day only.
    #[n(3)]
    pub last_used: Option<Time>,
}
