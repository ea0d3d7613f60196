// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The deletion record: the organisation's signed list of what was removed with an account. And its word that a single device is
//! removed.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::signed::Statement;
use crate::{AccountId, DeviceId, GroupId, OrganisationId, Time};

/// Why an account is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum DeletionReason {
    /// An administrator deleted it.
    #[n(0)]
    Administrator,
    /// A guest's end date came.
    #[n(1)]
    Expired,
    /// The operation that it belonged to ended.
    #[n(2)]
    OperationEnded,
    /// The person asked for it on a device.
    #[n(3)]
    OwnWish,
}

/// What was removed. Names nobody: the account id is the only reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct DeletionRecord {
    #[n(0)]
    pub organisation: OrganisationId,
    #[n(1)]
    pub account: AccountId,
    #[n(2)]
    pub time: Time,
    #[n(3)]
    pub reason: DeletionReason,
    #[n(4)]
    pub devices: u32,
    #[n(5)]
    pub key_packages: u32,
    #[n(6)]
    pub inbox_entries: u64,
    /// Groups that the account left.
    #[n(7)]
    pub groups: Vec<GroupId>,
    #[n(8)]
    pub blobs: u32,
    #[n(9)]
    pub blob_bytes: u64,
    #[n(10)]
    pub invitations: u32,
    /// Chain links, badge and profile (name, unit, function).
    #[n(11)]
    pub profile: bool,
}

/// The organisation's word that a device is none of its account's any more. It takes the device out of nothing by itself: the
/// server serves it no longer, and the account's other devices take it out of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct DeviceRemoval {
    #[n(0)]
    pub organisation: OrganisationId,
    #[n(1)]
    pub account: AccountId,
    #[n(2)]
    pub device: DeviceId,
    #[n(3)]
    pub time: Time,
    /// The device deletes all that it has.
    #[n(4)]
    pub wipe: bool,
}

impl Statement for DeviceRemoval {
    const LABEL: &'static str = "device removal";
}

impl Statement for DeletionRecord {
    const LABEL: &'static str = "deletion record";
}
