// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands in an archive: CBOR items, one after another.

use melder_content::{AckKeyShare, MessageId};
use melder_protocol::cbor::Bytes;
use melder_protocol::{AccountId, GroupId, Member, Sequence, Time};
use minicbor::{Decode, Encode};

pub(super) const VERSION: u32 = 1;

#[derive(Debug, Encode, Decode)]
pub(super) enum Record {
    /// The first one.
    #[n(0)]
    Begin {
        #[n(0)]
        version: u32,
        #[n(1)]
        account: AccountId,
    },
    #[n(1)]
    Message(#[n(0)] Kept),
    /// To open acknowledgements that are sealed to us.
    #[n(2)]
    Key(#[n(0)] AckKeyShare),
    /// How far a chat was read.
    #[n(3)]
    Group {
        #[n(0)]
        group: GroupId,
        #[n(1)]
        read: Sequence,
    },
    /// Who is away.
    #[n(5)]
    Absence {
        #[n(0)]
        account: AccountId,
        #[n(1)]
        note: String,
        #[n(2)]
        until: Time,
        #[n(3)]
        said: Time,
    },
    /// The last one: how many messages there were.
    #[n(4)]
    End {
        #[n(0)]
        count: u64,
    },
}

/// A content, as it stands in the writer's database.
#[derive(Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Kept {
    #[n(0)]
    pub group: GroupId,
    #[n(1)]
    pub id: MessageId,
    #[n(2)]
    pub sender: Member,
    /// `None`: it came sealed, and is in no group's log.
    #[n(3)]
    pub sequence: Option<Sequence>,
    #[n(4)]
    pub time: Time,
    /// As it came. Empty: deleted for all.
    #[n(5)]
    pub content: Bytes,
    /// Its sender had the role `manage`.
    #[n(6)]
    pub power: bool,
    #[n(7)]
    pub expires: Option<Time>,
    /// What was deleted was of this kind.
    #[n(8)]
    pub kind: u8,
}
