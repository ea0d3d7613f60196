// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! People and groups pulled from an organisation's own directory by LDAP. Reading it is [`crate::ldap`]'s; here is what
//! follows from what was read.
//!
//! ```text
//! Snapshot (what the directory says, whole or not at all) ─┐
//! Facts (what came from it before) ────────────────────────┴▶ plan ─▶ brake ─▶ apply, as SCIM does, in one transaction
//! ```
//!
//! A plan is data: it is shown as it is, and applied as it is. Whoever did not come from the directory is in no plan.

use std::collections::BTreeSet;

use melder_protocol::{AccountId, DirectoryGroupId, OrganisationId, Time};

use super::provisioning::Person;
use super::types::{Account, DirectoryGroup, Provisioned, Unit};

mod apply;
pub mod dn;
pub mod plan;
pub mod run;
pub mod settings;
#[cfg(test)]
mod tests;
mod trouble;

pub use plan::Plan;
pub use run::{Job, Mode, Outcome as RunOutcome, Pulled, Run};
pub use settings::Settings;
pub use trouble::{Trouble, Why};

/// Where an organisation's people are pulled from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub organisation: OrganisationId,
    pub settings: Settings,
    pub has_password: bool,
    /// When the schedule pulls again.
    pub next: Option<Time>,
    pub revision: u32,
}

/// That an account came from the directory, and what the directory said that stands nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub account: AccountId,
    /// The id that the directory has for the person: it stays when everything else changes.
    pub key: String,
    pub title: Option<String>,
    pub active: bool,
    /// Since when they are gone from it.
    pub left: Option<Time>,
}

/// An account that came from the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedPerson {
    pub link: Link,
    pub account: Account,
    pub row: Provisioned,
}

/// A group that came from the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedGroup {
    pub key: String,
    pub group: DirectoryGroup,
    pub members: BTreeSet<AccountId>,
}

/// What is here, as far as a plan needs it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub now: Time,
    pub people: Vec<LinkedPerson>,
    pub groups: Vec<LinkedGroup>,
    pub units: Vec<Unit>,
    /// Folded names that others have.
    pub taken_users: BTreeSet<String>,
    pub taken_groups: BTreeSet<String>,
}

/// The unit that the directory puts somebody into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An attribute's value: a path, or a name that only one unit has.
    Named(String),
    /// The organisational units above the entry, topmost first.
    Path(Vec<String>),
}

/// A person as the directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPerson {
    pub key: String,
    /// Without the department, which is [`Self::place`].
    pub person: Person,
    pub place: Option<Place>,
}

/// A group as the directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGroup {
    pub key: String,
    pub name: String,
    /// Keys of people.
    pub members: BTreeSet<String>,
}

/// All that a directory says. Made only when it was read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub people: Vec<FoundPerson>,
    /// `None`: groups are not asked for, and those that are here stay.
    pub groups: Option<Vec<FoundGroup>>,
    /// Keys of entries that are there but can't be taken over: whoever has them stays as they are.
    pub kept: BTreeSet<String>,
    pub problems: Vec<Trouble>,
}

/// Says which group it is, for a plan.
pub(super) type GroupId = DirectoryGroupId;
