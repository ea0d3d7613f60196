// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A question with answers to choose from, and a person's choice.

use minicbor::{Decode, Encode};

use super::Payload;
use crate::error::ContentError;
use crate::id::MessageId;
use crate::limits::{Limit, MAX_POLL_OPTIONS};

/// A question to a group.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Poll {
    #[n(1)]
    pub question: String,
    /// At least two.
    #[n(2)]
    pub options: Vec<String>,
    /// Whether one may choose more than one.
    #[n(3)]
    pub multiple: bool,
}

/// An answer to a poll. The last vote of an account counts, and an empty one takes its vote back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    pub poll: MessageId,
    /// Places in [`Poll::options`], ascending.
    pub choices: Vec<u8>,
}

/// A vote without the id, which stands in the container.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct VoteBody {
    #[n(1)]
    pub choices: Vec<u8>,
}

impl Payload for Poll {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.poll+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Line.check_some(self.question.len(), "a question")?;
        Limit::PollOptions.check(self.options.len())?;
        if self.options.len() < 2 {
            return Err(ContentError::OutOfRange("the number of a poll's options"));
        }
        self.options
            .iter()
            .try_for_each(|option| Limit::Line.check_some(option.len(), "an option"))
    }
}

impl Vote {
    pub(crate) fn check(&self) -> Result<(), ContentError> {
        check_choices(&self.choices)
    }
}

impl Payload for VoteBody {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.vote+cbor";

    fn check(&self) -> Result<(), ContentError> {
        check_choices(&self.choices)
    }
}

fn check_choices(choices: &[u8]) -> Result<(), ContentError> {
    Limit::PollOptions.check(choices.len())?;
    let ascending = choices.is_sorted_by(|a, b| a < b);
    let in_range = choices.iter().all(|choice| usize::from(*choice) < MAX_POLL_OPTIONS);
    if ascending && in_range {
        Ok(())
    } else {
        Err(ContentError::OutOfRange("a vote's choice"))
    }
}
