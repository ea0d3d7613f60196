// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A line in an operation's log: what happened, when, for the record.

use melder_protocol::ids::{OperationId, Time};
use minicbor::{Decode, Encode};

use super::Payload;
use super::location::Place;
use crate::error::ContentError;
use crate::id::MessageId;
use crate::limits::Limit;

/// A line in an operation's log.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OperationLine {
    #[n(1)]
    pub operation: OperationId,
    /// When it happened, which may be before it was written down.
    #[n(2)]
    pub at: Time,
    #[n(3)]
    pub text: String,
    /// A category of the operation's own.
    #[n(4)]
    pub category: Option<String>,
    /// The message that it is about.
    #[n(5)]
    pub about: Option<MessageId>,
    #[n(6)]
    pub place: Option<Place>,
}

impl Payload for OperationLine {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.operation-line+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Text.check_some(self.text.len(), "a log line")?;
        Limit::Line.check(self.category.as_ref().map_or(0, String::len))?;
        self.place.as_ref().map_or(Ok(()), Place::check)
    }
}
