// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Policy: an organisation's rules, signed by it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::OrganisationId;
use crate::signed::Statement;

/// What could monitor staff is off by default (BayPVG 75a).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct Policy {
    #[n(0)]
    pub organisation: OrganisationId,
    /// Grows by one with each change.
    #[n(1)]
    pub version: u32,
    /// Days after which the server drops entries and blobs, fetched or not. 1–3650.
    #[n(2)]
    pub server_retention_days: u16,
    /// Days after which devices drop messages; `None`: they keep them.
    #[n(3)]
    pub device_retention_days: Option<u16>,
    /// Bytes. At most [`crate::limits::MAX_BLOB`].
    #[n(4)]
    pub max_attachment: u64,
    #[n(5)]
    pub read_receipts: bool,
    #[n(6)]
    pub presence: bool,
    #[n(7)]
    pub typing: bool,
    #[n(8)]
    pub location: bool,
    /// New groups with more accounts than this use the classical suite.
    #[n(9)]
    pub hybrid_bound: u32,
    /// Days before a guest's end at which it is warned.
    #[n(10)]
    pub guest_warning_days: Vec<u16>,
    /// Members may create private groups.
    #[n(11)]
    pub private_groups: bool,
    /// Chats may be exported.
    #[n(12)]
    pub export: bool,
    /// Apps under a PIN lock after so many minutes without use; `None`: when they are closed. 1–1440.
    #[n(13)]
    pub lock_after_minutes: Option<u16>,
    /// Apps delete everything on their device after so many wrong PINs; `None`: they slow each try down, no more. 3–100.
    #[n(14)]
    pub wipe_after: Option<u8>,
    /// Alarms, too, wake nobody who is off duty or in quiet hours. Otherwise they do, but for those to people on duty, which
    /// wake nobody who is off duty.
    #[cbor(n(15), default)]
    pub quiet_alarms: bool,
}

impl Policy {
    /// What holds until an administrator says otherwise.
    #[must_use]
    pub fn standard(organisation: OrganisationId) -> Self {
        Self {
            organisation,
            version: 1,
            server_retention_days: 30,
            device_retention_days: None,
            max_attachment: crate::limits::MAX_BLOB,
            read_receipts: false,
            presence: false,
            typing: false,
            location: false,
            hybrid_bound: crate::limits::HYBRID_BOUND,
            guest_warning_days: vec![7, 1],
            private_groups: true,
            export: true,
            lock_after_minutes: None,
            wipe_after: None,
            quiet_alarms: false,
        }
    }
}

impl Statement for Policy {
    const LABEL: &'static str = "policy";
}
