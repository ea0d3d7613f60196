// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Why an entry of the directory can't be taken over: as a code for whoever says it in another language, and in English.

use serde::Serialize;
use utoipa::ToSchema;

/// An entry that can't be taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LdapTrouble)]
pub struct Trouble {
    /// The entry's name in the directory.
    pub entry: String,
    pub code: Why,
    /// What it is about: a unit's name, what is wrong with a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// Why, in English.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LdapTroubleCode)]
pub enum Why {
    NoUserName,
    NoName,
    /// A value that none can be; which, stands in `detail`.
    Value,
    SameId,
    /// Groups that name this entry may mean another.
    SameName,
    UserNameTaken,
    UnitUnknown,
    UnitAmbiguous,
    UnitTooDeep,
    UnitName,
    GroupSameId,
    GroupName,
    GroupNameTaken,
    GroupTooLarge,
}

impl Why {
    const fn words(self) -> &'static str {
        match self {
            Self::NoUserName => "has no user name",
            Self::NoName => "has no name",
            Self::Value => "has a value that can't be taken",
            Self::SameId => "another entry has the same id",
            Self::SameName => "another entry has the same name: a group that names it may mean either",
            Self::UserNameTaken => "somebody else has this user name",
            Self::UnitUnknown => "there is no such unit",
            Self::UnitAmbiguous => "several units have this name: its path would tell",
            Self::UnitTooDeep => "the tree of units is at most 12 levels deep",
            Self::UnitName => "a unit can't have this name",
            Self::GroupSameId => "another group has the same id",
            Self::GroupName => "a group can't have this name",
            Self::GroupNameTaken => "another group has this name",
            Self::GroupTooLarge => "a group has at most 10,000 accounts",
        }
    }
}

impl Trouble {
    pub fn new(entry: &str, code: Why) -> Self {
        Self {
            entry: entry.to_owned(),
            code,
            detail: None,
            reason: code.words().to_owned(),
        }
    }

    #[must_use]
    pub fn about(self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            reason: format!("{}: {detail}", self.reason),
            detail: Some(detail),
            ..self
        }
    }
}
