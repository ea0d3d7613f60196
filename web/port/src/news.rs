// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the worker tells every page: that something changed, never what was said.

use serde::{Deserialize, Serialize};

use crate::view::{Connection, Lock};
use crate::{BlobId, GroupId, MessageId, Time};

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// Unlocked, locked, wiped; another tab took over.
    Lock(Lock),
    Connection(Connection),
    /// A chat's row or its members changed; or a new chat.
    Chat(GroupId),
    /// A message or a line of the system came; `by_other`: somebody else's, to be announced.
    Message {
        group: GroupId,
        message: Option<MessageId>,
        is_new: bool,
        by_other: bool,
    },
    /// An alarm that wants to be confirmed.
    Alarm {
        group: GroupId,
        message: MessageId,
    },
    /// One's own name, devices, settings, policy.
    Own,
    LinkCode(String),
    /// Six digits to compare.
    LinkNumber(String),
    Transfer {
        blob: BlobId,
        done: u64,
        of: u64,
        upload: bool,
    },
    /// This account ends at this time.
    Ends(Time),
    /// The account or this device is gone: the stable code of `errors.ftl`.
    Gone(String),
    /// The server or somebody behind it broke the rules: the name of the kind.
    Misbehaviour {
        group: Option<GroupId>,
        code: String,
    },
}
