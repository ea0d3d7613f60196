// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who people and groups are: a contact card to pass on, what a private group is called, and that somebody is away.

use melder_protocol::ids::{AccountId, Time};
use minicbor::{Decode, Encode};

use super::Payload;
use crate::error::ContentError;
use crate::limits::Limit;

/// A contact to pass on. Not a proof of anything: the badge is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ContactCard {
    #[n(1)]
    pub name: String,
    /// If the contact has an account here.
    #[n(2)]
    pub account: Option<AccountId>,
    #[n(3)]
    pub organisation: Option<String>,
    #[n(4)]
    pub unit: Option<String>,
    #[cbor(n(5), skip_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    #[cbor(n(6), skip_if = "Vec::is_empty")]
    pub mails: Vec<String>,
    #[n(7)]
    pub note: Option<String>,
}

/// What a private group is called. A managed group's name comes from the organisation instead.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GroupProfile {
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub description: Option<String>,
}

/// "Not here until": a person tells those who may write to them. The last word counts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Absence {
    /// May be empty.
    #[n(1)]
    pub note: String,
    /// Goes away by itself then; `None`: it is over.
    #[n(2)]
    pub until: Option<Time>,
}

impl Payload for Absence {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.absence+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Line.check(self.note.len())
    }
}

impl Payload for ContactCard {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.contact-card+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Line.check_some(self.name.len(), "a contact's name")?;
        for line in [&self.organisation, &self.unit].into_iter().flatten() {
            Limit::Line.check(line.len())?;
        }
        for ways in [&self.phones, &self.mails] {
            Limit::ContactWays.check(ways.len())?;
            ways.iter().try_for_each(|way| Limit::Line.check(way.len()))?;
        }
        Limit::Note.check(self.note.as_ref().map_or(0, String::len))
    }
}

impl Payload for GroupProfile {
    const MEDIA_TYPE: &'static str = "application/vnd.melder.group-profile+cbor";

    fn check(&self) -> Result<(), ContentError> {
        Limit::Line.check_some(self.name.len(), "a group's name")?;
        Limit::Note.check(self.description.as_ref().map_or(0, String::len))
    }
}
