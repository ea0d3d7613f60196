// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Entries: what stands in a log.

use minicbor::{Decode, Encode};

use crate::account::AccountRecord;
use crate::cbor::Bytes;
use crate::deletion::DeletionRecord;
use crate::policy::Policy;
use crate::roster::RosterChange;
use crate::signed::Signed;
use crate::{Counter, DeviceId, Epoch, GroupId, Member, Sequence, Time};

/// One place in a log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    #[n(0)]
    pub sequence: Sequence,
    /// The server's clock when it took the entry.
    #[n(1)]
    pub time: Time,
    /// `None`: the server itself.
    #[n(2)]
    pub sender: Option<Member>,
    #[n(3)]
    pub body: Body,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    /// Group logs: an MLS application message (PrivateMessage).
    #[n(0)]
    Message {
        #[n(0)]
        counter: Counter,
        #[n(1)]
        bytes: Bytes,
    },
    /// Group logs: an MLS commit (PublicMessage) that the server accepted; it ends epoch `epoch`.
    #[n(1)]
    Commit {
        #[n(0)]
        epoch: Epoch,
        #[n(1)]
        bytes: Bytes,
    },
    /// Group logs: an external Add or Remove proposal (PublicMessage) for epoch `epoch`, signed by the organisation.
    #[n(2)]
    Proposal {
        #[n(0)]
        epoch: Epoch,
        #[n(1)]
        bytes: Bytes,
    },
    /// Group logs: a roster change.
    #[n(3)]
    Roster {
        #[n(0)]
        change: Signed<RosterChange>,
    },
    /// Group logs: an account that is (now) in the roster, or whose chain or badge changed. Stands before any
    /// proposal or commit that rests on it. Inboxes: the account's own record changed.
    #[n(4)]
    Account {
        #[n(0)]
        record: AccountRecord,
    },
    /// Inboxes: an MLS Welcome for one device. The group's log goes on for it after `sequence`.
    #[n(5)]
    Welcome(#[n(0)] WelcomeEntry),
    /// Inboxes: bytes sealed by HPKE for this account (acknowledgements in channels).
    #[n(6)]
    Sealed {
        #[n(0)]
        counter: Counter,
        #[n(1)]
        bytes: Bytes,
    },
    /// Inboxes: a word from the server.
    #[n(7)]
    Notice(#[n(0)] Notice),
    /// Group logs: the MLS group was established (epoch 0) by `sender`.
    #[n(8)]
    Established,
}

/// A Welcome for one device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct WelcomeEntry {
    #[n(0)]
    pub group: GroupId,
    /// The epoch that the Welcome leads into.
    #[n(1)]
    pub epoch: Epoch,
    /// The commit's place in the group's log.
    #[n(2)]
    pub sequence: Sequence,
    #[n(3)]
    pub device: DeviceId,
    /// The MLSMessage with the Welcome (the same for all devices of one commit, or one with only their secrets).
    #[n(4)]
    pub bytes: Bytes,
}

/// A word from the server to an account.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Notice {
    /// A guest's account ends.
    #[n(0)]
    Ends(#[n(0)] Time),
    /// The account is no longer in this group's roster (its devices can't read the log that says so).
    #[n(1)]
    LeftGroup(#[n(0)] GroupId),
    /// The organisation has a new policy.
    #[n(2)]
    Policy(#[n(0)] Signed<Policy>),
    /// An administrator started a new chain for this account: the devices of the old one are out.
    #[n(3)]
    ChainReset(#[n(0)] Time),
    /// Another account was deleted: its direct chat gets no answers any more.
    #[n(4)]
    Deleted(#[n(0)] Signed<DeletionRecord>),
}
