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
    /// The lowest version of the app that still writes, as `1.2.3`; older ones read, and ask to be brought up to date.
    #[n(16)]
    pub minimum_app: Option<String>,
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
            minimum_app: None,
        }
    }

    /// Is an app of this version too old to write? One whose version can't be read is not: nobody is locked out by a slip.
    #[must_use]
    pub fn is_outdated(&self, app: &str) -> bool {
        let minimum = self.minimum_app.as_deref().and_then(version);
        minimum.zip(version(app)).is_some_and(|(minimum, app)| app < minimum)
    }
}

/// A version's three numbers; what stands behind them (`-beta`) does not count.
#[must_use]
pub fn version(text: &str) -> Option<[u32; 3]> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let mut parts = numbers.split('.').map(|part| part.parse::<u32>().ok());
    let version = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(version)
}

impl Statement for Policy {
    const LABEL: &'static str = "policy";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_app_is_outdated_and_one_that_nobody_can_read_is_not() {
        let mut policy = Policy::standard(OrganisationId::from_bytes([1; 16]));
        assert!(!policy.is_outdated("0.0.1"));
        policy.minimum_app = Some("1.2.0".to_owned());
        for (app, outdated) in [
            ("1.1.9", true),
            ("1.2.0", false),
            ("1.10.0", false),
            ("1.2.0-beta", false),
            ("neu", false),
        ] {
            assert_eq!(policy.is_outdated(app), outdated, "{app}");
        }
        assert_eq!(version("1.2"), None);
        assert_eq!(version("1.2.3.4"), None);
    }
}
