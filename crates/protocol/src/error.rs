// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Errors with stable codes. A code is for programs and for the translated texts (`locales/*/errors.ftl`, one text a
//! code); it never changes its meaning. The glossary is `docs/errors.md`.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{Counter, Epoch, GroupId, Index, Sequence};

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $code:literal;)+) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
        #[cbor(index_only)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] #[n($number)] $name,)+
        }

        impl ErrorCode {
            /// All codes, for glossaries and translations.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What it means, in English, for developers. People see the translated texts.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

error_codes! {
    /// The bytes are not a frame, body or value of the expected type.
    Malformed = 0, "malformed";
    /// Larger than the limit for its kind.
    TooLarge = 1, "too_large";
    /// The other side speaks no version of the protocol that this one speaks.
    UnsupportedVersion = 2, "unsupported_version";
    /// The request needs an authenticated device.
    NotAuthenticated = 3, "not_authenticated";
    /// The signature on the challenge does not fit the device, or the device is not in the account's chain.
    AuthenticationFailed = 4, "authentication_failed";
    /// There is no such account, or it is not visible to the caller.
    UnknownAccount = 5, "unknown_account";
    /// The account was deleted.
    AccountDeleted = 6, "account_deleted";
    /// The account is suspended by an administrator.
    AccountSuspended = 7, "account_suspended";
    /// The device was removed from its account.
    DeviceRemoved = 8, "device_removed";
    /// The caller may not do this.
    NotAllowed = 9, "not_allowed";
    /// There is no such group, or the caller is not in its roster.
    UnknownGroup = 10, "unknown_group";
    /// The group (for a direct chat: with these two people) exists already.
    GroupExists = 11, "group_exists";
    /// The group is closed and takes no more entries.
    GroupClosed = 12, "group_closed";
    /// Only publishers write in this channel.
    NotAPublisher = 13, "not_a_publisher";
    /// Made in another epoch than the group's current one; `epoch` and `sequence` say where the group is.
    WrongEpoch = 14, "wrong_epoch";
    /// A removal waits for its commit; nothing else is taken before it.
    CommitFirst = 15, "commit_first";
    /// The commit leaves out proposals that the server has issued for this epoch.
    ProposalsMissing = 16, "proposals_missing";
    /// The counter is not the next one of this device in this log; `counter` is the one expected.
    WrongCounter = 17, "wrong_counter";
    /// The roster change is not the next one; `index` is the one expected.
    WrongRosterIndex = 18, "wrong_roster_index";
    /// The chain link is not the next one; `index` is the one expected.
    WrongChainIndex = 19, "wrong_chain_index";
    /// The roster change is not signed by somebody who may make it, or does not make sense.
    InvalidRosterChange = 20, "invalid_roster_change";
    /// The chain link is not signed by somebody who may make it, or does not make sense.
    InvalidLink = 21, "invalid_link";
    /// The account has ten devices already.
    TooManyDevices = 22, "too_many_devices";
    /// The commit breaks RFC 9420 or the rules of who may add or remove whom.
    InvalidCommit = 23, "invalid_commit";
    /// The message is not an MLS application message for this group.
    InvalidMessage = 24, "invalid_message";
    /// The group info or ratchet tree does not fit the group.
    InvalidGroupInfo = 25, "invalid_group_info";
    /// The key package is invalid or is not this device's.
    InvalidKeyPackage = 26, "invalid_key_package";
    /// The device has as many key packages on the server as it may.
    StockFull = 27, "stock_full";
    /// Too many requests in a short time; try again later.
    RateLimited = 28, "rate_limited";
    /// There is no such log, or the caller may not read it.
    UnknownLog = 29, "unknown_log";
    /// There is no such blob, or the caller may not read it, or it is past its retention.
    UnknownBlob = 30, "unknown_blob";
    /// The chunk is not the next one, or has the wrong length; `sequence` is the number of chunks stored.
    WrongChunk = 31, "wrong_chunk";
    /// The invitation does not exist or was withdrawn.
    InvitationUnknown = 32, "invitation_unknown";
    /// The invitation was used.
    InvitationUsed = 33, "invitation_used";
    /// The invitation is past its date.
    InvitationExpired = 34, "invitation_expired";
    /// The invitation was meant for a new account, or for an existing one.
    WrongInvitation = 35, "wrong_invitation";
    /// There is no linking under this code, or its time is over.
    MailboxUnknown = 36, "mailbox_unknown";
    /// Two devices are connected through this code already.
    MailboxTaken = 37, "mailbox_taken";
    /// The name is empty, too long or has characters that a name does not have.
    InvalidName = 38, "invalid_name";
    /// The recovery code belongs to no account on this server.
    UnknownRecovery = 39, "unknown_recovery";
    /// The task was given to another device in the meantime.
    LeaseLost = 40, "lease_lost";
    /// A fault of the server. It is in the server's log; nothing was changed.
    Internal = 41, "internal";
    /// The server's disk is full; nothing was changed.
    StorageFull = 42, "storage_full";
    /// The organisation's policy forbids this.
    ForbiddenByPolicy = 43, "forbidden_by_policy";
    /// The API token is missing, unknown or expired.
    Unauthorized = 44, "unauthorized";
    /// The API token's scope does not cover this.
    Forbidden = 45, "forbidden";
    /// There is no such thing.
    NotFound = 46, "not_found";
    /// Somebody else changed it in the meantime, or it exists already.
    Conflict = 47, "conflict";
    /// A field has a value that it can't have; the message names it.
    InvalidField = 48, "invalid_field";
    /// The CSV has bad rows; the report names each with line, column and reason. Nothing was changed.
    InvalidCsv = 49, "invalid_csv";
    /// A limit is reached; the message names it.
    LimitReached = 50, "limit_reached";
    /// The set-up link was used or never existed.
    SetupDone = 51, "setup_done";
    /// The message is too old: its entries are past their retention.
    EntriesGone = 52, "entries_gone";
    /// The account was made anew: this device belongs to an older chain.
    ChainReset = 53, "chain_reset";
    /// The server is stopping.
    ShuttingDown = 54, "shutting_down";
    /// The server has no push, or the device has not said where it is reached.
    NoPush = 55, "no_push";
    /// The address is not one of a push service: not `https`, too long, or not in the public network.
    BadPushAddress = 56, "bad_push_address";
    /// The push service can't be reached or did not take the push.
    PushFailed = 57, "push_failed";
    /// The push service knows the device no more; it has to subscribe anew.
    PushGone = 58, "push_gone";
    /// A browser sent this from another page than the server's own.
    BadOrigin = 59, "bad_origin";
    /// The passkey does not fit: unknown, made for another server, or its challenge was used or is over.
    PasskeyRefused = 60, "passkey_refused";
    /// The organisation's LDAP server can't be reached, or proves no identity that is trusted.
    DirectoryUnreachable = 61, "directory_unreachable";
    /// The LDAP server refuses: name or password, the place to look in, or the filter.
    DirectoryRefused = 62, "directory_refused";
    /// The LDAP server did not say all of it: connection lost, a limit, a referral. Nothing was taken over.
    DirectoryIncomplete = 63, "directory_incomplete";
    /// The directory or the accounts are not as they were when the plan was made; nothing was taken over.
    PlanChanged = 64, "plan_changed";
    /// The directory is being read already.
    DirectoryBusy = 65, "directory_busy";
}

/// A typed "no", with what the caller needs to go on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[error("{}", code.code())]
pub struct Refusal {
    #[n(0)]
    pub code: ErrorCode,
    #[n(1)]
    pub epoch: Option<Epoch>,
    #[n(2)]
    pub sequence: Option<Sequence>,
    #[n(3)]
    pub counter: Option<Counter>,
    #[n(4)]
    pub index: Option<Index>,
    #[n(5)]
    pub group: Option<GroupId>,
    /// A developer's hint in English. Never content, never a name.
    #[n(6)]
    pub hint: Option<String>,
}

impl Refusal {
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            epoch: None,
            sequence: None,
            counter: None,
            index: None,
            group: None,
            hint: None,
        }
    }

    #[must_use]
    pub const fn wrong_epoch(epoch: Epoch, sequence: Sequence) -> Self {
        let mut refusal = Self::new(ErrorCode::WrongEpoch);
        refusal.epoch = Some(epoch);
        refusal.sequence = Some(sequence);
        refusal
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}
