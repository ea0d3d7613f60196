// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The LDAP source in JSON: settings without the password, a plan with names, pulls with numbers.

use melder_protocol::{AccountId, Time};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::Stamp;
use crate::directory::ldap::plan::{Counts, GroupStepKind, Plan, StepKind};
use crate::directory::ldap::run::{Outcome, Trigger};
use crate::directory::ldap::settings::{Password, Settings};
use crate::directory::ldap::{Pulled, Run, Source, Trouble};

/// Steps that a plan shows; the most incisive come first.
const SHOWN: usize = 2_000;
/// Names that a group's step shows.
const NAMES: usize = 100;

/// Where people are pulled from.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapSourceBody {
    /// Missing while nothing is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub settings: Option<Settings>,
    /// A password is kept. It is never given back.
    pub password_set: bool,
    /// When the schedule pulls next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<Stamp>,
    pub revision: u32,
}

impl LdapSourceBody {
    /// Nothing is set up.
    pub(in crate::admin) const fn none() -> Self {
        Self {
            settings: None,
            password_set: false,
            next: None,
            revision: 0,
        }
    }
}

impl From<Source> for LdapSourceBody {
    fn from(source: Source) -> Self {
        Self {
            settings: Some(source.settings),
            password_set: source.has_password,
            next: source.next.map(Stamp),
            revision: source.revision,
        }
    }
}

/// A password on its way in; wiped when it is done with.
#[derive(ToSchema)]
#[schema(value_type = String)]
pub struct Secret(pub Zeroizing<String>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(|text| Self(Zeroizing::new(text)))
    }
}

/// What is to be set or tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapSourceRequest {
    pub settings: Settings,
    /// Missing: as it is kept, as long as it goes to the same server. Null: none.
    #[serde(default, deserialize_with = "super::change")]
    #[schema(value_type = Option<String>)]
    pub password: Option<Option<Secret>>,
}

impl LdapSourceRequest {
    pub(in crate::admin) fn parts(self) -> (Settings, Password) {
        let password = match self.password {
            None => Password::Keep,
            Some(None) => Password::Forget,
            Some(Some(secret)) => Password::Set(secret.0),
        };
        (self.settings, password)
    }
}

/// What is to be tried: these settings, or, without any, those that are kept.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapTestRequest {
    #[serde(default)]
    pub settings: Option<Settings>,
    #[serde(default, deserialize_with = "super::change")]
    #[schema(value_type = Option<String>)]
    pub password: Option<Option<Secret>>,
}

/// Somebody whom the directory names.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapSample {
    pub name: String,
    pub user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub function: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit: Option<String>,
}

/// What a test found. Nothing of it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapTestBody {
    pub people: usize,
    /// Missing when groups are not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub groups: Option<usize>,
    /// Some of them, as they would be read.
    pub samples: Vec<LdapSample>,
    pub problems: Vec<Trouble>,
}

/// A pull.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LdapPullRequest {
    /// It is only looked at.
    #[serde(default)]
    pub dry_run: bool,
    /// The hash of a plan that was looked at: this very plan is taken over, also when the brake holds it.
    #[serde(default)]
    pub confirm: Option<String>,
}

/// What happens to an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapStepBody {
    pub kind: StepKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false)]
    pub account: Option<AccountId>,
    pub name: String,
    pub user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit_to: Option<String>,
    /// What differs: `name`, `user_name`, `function`, `unit`, `status`.
    pub fields: Vec<&'static str>,
}

/// What happens to a group of the directory.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapGroupStepBody {
    pub kind: GroupStepKind,
    pub name: String,
    pub joined: usize,
    pub left: usize,
    /// Up to 100 names.
    pub joined_names: Vec<String>,
    pub left_names: Vec<String>,
}

/// What would happen, or has happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapPlanBody {
    pub outcome: Outcome,
    /// Would the brake hold it?
    pub held: bool,
    /// Says which plan it is, to confirm it.
    pub hash: String,
    pub counts: Counts,
    /// Paths of units that are made.
    pub units: Vec<String>,
    /// Up to 2,000, the most incisive first.
    pub people: Vec<LdapStepBody>,
    pub groups: Vec<LdapGroupStepBody>,
    pub problems: Vec<Trouble>,
    /// Whoever is gone from the directory is deleted after so many days.
    pub keep_days: u16,
}

fn few(names: Vec<String>) -> Vec<String> {
    names.into_iter().take(NAMES).collect()
}

impl From<Pulled> for LdapPlanBody {
    fn from(pulled: Pulled) -> Self {
        let hash = pulled.plan.hash().to_string();
        let counts = pulled.plan.counts();
        let Plan {
            units,
            people,
            groups,
            problems,
            ..
        } = pulled.plan;
        let people = people.into_iter().take(SHOWN).map(|step| LdapStepBody {
            kind: step.kind,
            account: step.account,
            name: step.name,
            user_name: step.user_name,
            unit_from: step.unit_from,
            unit_to: step.unit_to,
            fields: step.fields,
        });
        let groups = groups.into_iter().take(SHOWN).map(|step| LdapGroupStepBody {
            kind: step.kind,
            name: step.name,
            joined: step.joined.len(),
            left: step.left.len(),
            joined_names: few(step.joined),
            left_names: few(step.left),
        });
        Self {
            outcome: pulled.outcome,
            held: pulled.held,
            hash,
            counts,
            units: units.iter().map(|path| path.join("/")).collect(),
            people: people.collect(),
            groups: groups.collect(),
            problems: problems.into_iter().take(SHOWN).collect(),
            keep_days: pulled.settings.keep_days,
        }
    }
}

/// A pull that was.
#[derive(Debug, Serialize, ToSchema)]
pub struct LdapRunBody {
    pub number: u64,
    pub time: Stamp,
    pub trigger: Trigger,
    pub outcome: Outcome,
    pub counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub hash: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub message: Option<String>,
}

impl LdapRunBody {
    pub(in crate::admin) fn new(number: u64, run: Run) -> Self {
        Self {
            number,
            time: Stamp(Time(run.time)),
            trigger: run.trigger,
            outcome: run.outcome,
            counts: run.counts,
            hash: run.hash,
            code: run.code.map(melder_protocol::ErrorCode::code),
            message: run.message,
        }
    }
}
