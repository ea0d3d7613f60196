// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The demo's city as data: `demostadt.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::CliError;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    pub organisation: String,
    /// Who administers it.
    pub administrator: String,
    pub operation: String,
    pub operation_days: u64,
    pub unit: Vec<Unit>,
    pub person: Vec<Person>,
    pub role: Vec<Role>,
    pub group: Vec<Group>,
    pub texts: BTreeMap<String, Texts>,
    pub welcome: Welcome,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    pub key: String,
    pub name: String,
    pub parent: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub name: String,
    pub unit: String,
    pub function: String,
}

/// What a visitor can be: with a prepared account in a unit, or by a poster that lets into groups.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub key: String,
    pub name: String,
    /// A name for the visitor's profile.
    pub profile: String,
    /// One for each visitor, in turn.
    #[serde(default)]
    pub people: Vec<String>,
    pub unit: Option<String>,
    pub function: Option<String>,
    #[serde(default)]
    pub groups: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub key: String,
    pub name: String,
    #[serde(default)]
    pub channel: bool,
    pub units: Vec<String>,
    #[serde(default)]
    pub publishers: Vec<String>,
    #[serde(default)]
    pub operation: bool,
    pub texts: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub lines: Vec<String>,
    #[serde(default)]
    pub replies: Vec<String>,
    #[serde(default)]
    pub reports: Vec<Report>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    pub title: String,
    /// Key, label and value.
    pub fields: Vec<[String; 3]>,
}

/// What a newcomer reads, in three sentences at most.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Welcome {
    /// The channel in which it stands.
    pub group: String,
    pub text: String,
    /// When nobody writes by themselves.
    pub quiet: String,
}

impl Script {
    pub(super) fn load() -> Result<Self, CliError> {
        toml::from_str(include_str!("demostadt.toml")).map_err(CliError::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_is_consistent_in_itself() {
        let script = Script::load().unwrap();
        let unit = |key: &String| script.unit.iter().any(|unit| unit.key == *key);
        let group = |key: &String| script.group.iter().any(|group| group.key == *key);
        assert!(script.person.len() >= 12 && script.person.iter().all(|person| unit(&person.unit)));
        assert!(script.unit.iter().filter_map(|it| it.parent.as_ref()).all(unit));
        assert!(
            script
                .group
                .iter()
                .all(|it| it.units.iter().chain(&it.publishers).all(unit) && script.texts.contains_key(&it.texts))
        );
        assert!(
            script
                .role
                .iter()
                .all(|it| it.groups.iter().all(group) && it.unit.iter().all(unit))
        );
        assert!(
            script
                .role
                .iter()
                .all(|it| it.people.is_empty() != it.groups.is_empty()),
            "an account or a poster"
        );
        assert!(script.texts.contains_key("answers"));
        let welcome = &script.welcome;
        assert!(script.group.iter().any(|it| it.key == welcome.group && it.channel));
        for text in [&welcome.text, &welcome.quiet] {
            assert!(
                text.matches(['.', '!', '?']).count() <= 3,
                "three sentences at most: {text}"
            );
        }
    }
}
