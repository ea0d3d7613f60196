// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What an answer of the server means: one variant for each kind of request that is on its way. Lost with the
//! connection; whatever matters beyond that stands in the database and is asked anew.

use melder_mls::sign::SigningKey;
use melder_protocol::invitation::InvitationToken;
use melder_protocol::{AccountId, Counter, Epoch, GroupId, Hash, LogId};

use crate::api::ActionId;

/// Why a group's state was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateFor {
    /// To join by a Welcome into this epoch.
    Welcome(Epoch),
    /// To join by external commit.
    External,
    /// To found the MLS group of a managed group.
    Founding,
    /// To see whether others have come to the same epoch.
    Compare,
    /// To see whether we are still in it.
    Standing,
}

#[derive(Debug)]
pub(crate) enum Pending {
    /// The answer changes nothing.
    Ignore,
    /// The answer's success or failure is all that counts.
    Simple(ActionId),
    /// Show the offer.
    Offer(ActionId, InvitationToken),
    /// Take the offer.
    OfferToJoin(ActionId, InvitationToken, String, Option<String>),
    Claim(Option<ActionId>),
    Recovery(ActionId, SigningKey, String),
    /// The link that adds the recovered device.
    Recovered(ActionId, Box<crate::identity::Recovering>),
    Mailbox(ActionId),
    MailboxJoined(ActionId),
    /// The link that adds the new device.
    LinkExtended(ActionId),
    /// The link that adds a recovery key; its words.
    RecoveryAdded(ActionId, String),
    Append {
        outbox: i64,
        group: GroupId,
        counter: Counter,
    },
    Seal {
        row: i64,
    },
    Commit {
        group: GroupId,
        /// Of the commit: it may have been given up, and another be on its way, before the answer is here.
        hash: Hash,
        external: bool,
    },
    Establish {
        group: GroupId,
        action: Option<ActionId>,
    },
    Roster(crate::rosters::Change),
    Follow(LogId),
    GroupState(GroupId, StateFor),
    Policy,
    /// What the server was told of duty and quiet hours.
    PushRules(melder_protocol::push::PushRules),
    Push(ActionId),
    /// A new device learns from the server how the person has set it.
    AdoptRules,
    Accounts {
        action: ActionId,
        peer: AccountId,
    },
    Devices(ActionId),
    Directory(ActionId),
    Reach(ActionId),
    OnDuty(ActionId),
    File(crate::files::FilePending),
}
