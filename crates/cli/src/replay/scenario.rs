// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A scenario: a day as data. Who takes part, in which groups, what is written when, who comes and goes.
//!
//! The files are in `scenarios/`. Each says what is on the record and, in one place, what is assumed. This module reads and
//! checks them; it decides nothing about who writes which message: that is [`super::plan`].

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::network::{Network, Restarts};

/// The scenarios that are built into the program.
pub const BUILT_IN: &[(&str, &str)] = &[
    (
        "europawahl-2019",
        include_str!("../../../../scenarios/europawahl-2019.toml"),
    ),
    (
        "landtagswahl-2018",
        include_str!("../../../../scenarios/landtagswahl-2018.toml"),
    ),
    ("schicht", include_str!("../../../../scenarios/schicht.toml")),
];

/// Why a scenario can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("{name}: {error}")]
    Unreadable { name: String, error: std::io::Error },
    #[error("{name}: {error}")]
    Malformed { name: String, error: Box<toml::de::Error> },
    #[error("{name}: {what}")]
    Inconsistent { name: String, what: String },
}

/// A day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub name: String,
    pub title: String,
    /// The seed that the plan uses unless told otherwise.
    pub seed: u64,
    pub record: Record,
    /// What the record does not give, in plain sentences.
    pub assumptions: BTreeMap<String, String>,
    pub organisation: Vec<Organisation>,
    pub unit: Vec<Unit>,
    pub people: Vec<People>,
    pub group: Vec<Group>,
    pub phase: Vec<Phase>,
    #[serde(default)]
    pub alarm: Vec<Alarm>,
    #[serde(default)]
    pub dead_spot: Vec<DeadSpot>,
    #[serde(default)]
    pub link: Vec<LateLink>,
    pub operation: Option<Operation>,
    /// A bad network; absent: a good one.
    pub network: Option<Network>,
    /// How devices crash, when that is asked for.
    pub restarts: Option<Restarts>,
    pub rates: Rates,
    pub photo: Photo,
    pub texts: BTreeMap<String, Texts>,
    /// What stands for `{word}` in the texts.
    pub words: BTreeMap<String, Vec<String>>,
}

/// What is on the record. The plan must reach it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub source: String,
    pub facts: Vec<String>,
    /// At least so many messages.
    pub messages: usize,
    /// Exactly so many groups and channels.
    pub groups: usize,
    pub channels: usize,
    /// At least so many people.
    pub people: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub key: String,
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    pub key: String,
    pub name: String,
    pub organisation: String,
    pub parent: Option<String>,
}

/// What an account is, as in `melder_protocol::account::AccountKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Staff,
    /// Takes a poster's QR code with a new device; gone at the end.
    Guest,
    /// Has an account in another organisation, and accepts a poster's invitation with it.
    Private,
}

/// Some people with the same role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    pub key: String,
    /// What the role is called; the function in the directory of staff.
    pub role: String,
    pub count: usize,
    pub organisation: String,
    /// Staff: where in the tree.
    pub unit: Option<String>,
    pub kind: Kind,
    /// Per cent of the people that have one device, two devices, and so on.
    pub devices: Vec<u8>,
    /// They take their invitation in this span of the day; if absent, all is set up before the day begins.
    pub comes: Option<Span>,
    /// They are taken out of the groups in this span.
    pub leaves: Option<Span>,
    /// Set up before the day, then offline until this span.
    pub online: Option<Span>,
}

/// A group or channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub key: String,
    pub name: String,
    #[serde(default)]
    pub channel: bool,
    pub members: Vec<Members>,
}

/// Some members of a group: everybody in a unit, or people by their key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    pub unit: Option<String>,
    #[serde(default)]
    pub sub_units: bool,
    pub people: Option<String>,
    /// Only a part of the people, in order: `[1, 4]` is the first quarter.
    pub part: Option<[usize; 2]>,
    /// They may write in a channel.
    #[serde(default)]
    pub publisher: bool,
}

/// A part of the day and what is written in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    pub name: String,
    pub span: Span,
    pub traffic: Vec<Traffic>,
}

/// Messages in one or several groups.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    pub groups: Vec<String>,
    /// In all these groups together.
    pub messages: usize,
    /// Whose messages; everybody who may write if absent.
    pub by: Option<Vec<String>>,
    /// Which texts.
    pub texts: String,
    /// Of a hundred messages, this many have a photo.
    #[serde(default)]
    pub photos: u8,
    /// Of a hundred messages, this many answer another one.
    #[serde(default)]
    pub replies: u8,
    /// Of a hundred messages, this many ask for confirmation.
    #[serde(default)]
    pub confirmations: u8,
}

/// How often a message is followed by something small; per cent of messages.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    pub reactions: u8,
    pub edits: u8,
    pub deletions: u8,
}

/// Photos as they leave the phone.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photo {
    /// Smallest and largest size in KiB.
    pub kib: [u32; 2],
    /// How many of a group's devices open it.
    pub opened_by: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    pub at: Clock,
    pub by: String,
    pub group: String,
    pub text: String,
    /// Per cent of the people that confirm.
    pub confirmed: u8,
    /// Minutes within which they do.
    pub within: u64,
}

/// Devices that lose the network and come back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadSpot {
    pub people: String,
    /// Per cent of the people.
    pub share: u8,
    pub span: Span,
    /// Shortest and longest time without network, in minutes.
    pub minutes: [u64; 2],
}

/// People who link one more device in the course of the day; its history comes along.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateLink {
    pub people: String,
    pub count: usize,
    pub span: Span,
}

/// The undertaking that owns the groups and the guests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub name: String,
    pub organisation: String,
    /// When guests' accounts end.
    pub ends: Clock,
}

/// What people write in one kind of group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub lines: Vec<String>,
    #[serde(default)]
    pub replies: Vec<String>,
    #[serde(default)]
    pub photos: Vec<String>,
}

/// A time of the scenario in milliseconds since the first day's midnight. Written `7:30`, or `1d 7:30` on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Clock(pub u64);

impl Clock {
    pub const MINUTE: u64 = 60_000;
    pub const HOUR: u64 = 60 * Self::MINUTE;
    pub const DAY: u64 = 24 * Self::HOUR;

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (days, time) = match text.split_once("d ") {
            Some((days, time)) => (days.parse::<u64>().ok()?, time.trim()),
            None => (0, text),
        };
        let (hours, minutes) = time.split_once(':')?;
        let (hours, minutes) = (hours.parse::<u64>().ok()?, minutes.parse::<u64>().ok()?);
        (hours < 24 && minutes < 60 && days < 7)
            .then_some(Self(days * Self::DAY + hours * Self::HOUR + minutes * Self::MINUTE))
    }
}

impl TryFrom<String> for Clock {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("'{text}' is no time: write 7:30, or 1d 7:30 for the next day"))
    }
}

/// From when to when. Written `7:30-8:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span {
    pub from: Clock,
    pub to: Clock,
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.split_once('-')
            .and_then(|(from, to)| {
                Some(Self {
                    from: Clock::parse(from)?,
                    to: Clock::parse(to)?,
                })
            })
            .filter(|span| span.from < span.to)
            .ok_or_else(|| format!("'{text}' is no span of time: write 7:30-8:00"))
    }
}

impl Scenario {
    /// A built-in scenario by its name, or a file.
    ///
    /// # Errors
    /// When there is no such scenario, or it is not consistent in itself.
    pub fn load(name: &str) -> Result<Self, ScenarioError> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            return Self::parse(name, text);
        }
        match std::fs::read_to_string(Path::new(name)) {
            Ok(text) => Self::parse(name, &text),
            Err(error) => Err(ScenarioError::Unreadable {
                name: name.to_owned(),
                error,
            }),
        }
    }

    /// # Errors
    /// When the text is no scenario or not consistent in itself.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text).map_err(|error| ScenarioError::Malformed {
            name: name.to_owned(),
            error: Box::new(error),
        })?;
        match scenario.check() {
            Ok(()) => Ok(scenario),
            Err(what) => Err(ScenarioError::Inconsistent {
                name: name.to_owned(),
                what,
            }),
        }
    }

    #[must_use]
    pub fn people_at(&self, key: &str) -> Option<usize> {
        self.people.iter().position(|people| people.key == key)
    }

    #[must_use]
    pub fn group_at(&self, key: &str) -> Option<usize> {
        self.group.iter().position(|group| group.key == key)
    }

    #[must_use]
    pub fn unit_at(&self, key: &str) -> Option<usize> {
        self.unit.iter().position(|unit| unit.key == key)
    }

    #[must_use]
    pub fn organisation_at(&self, key: &str) -> Option<usize> {
        self.organisation
            .iter()
            .position(|organisation| organisation.key == key)
    }

    /// Everything that is named exists, and the record's totals are kept to.
    fn check(&self) -> Result<(), String> {
        let need = |found: bool, what: &str, key: &str| {
            if found {
                Ok(())
            } else {
                Err(format!("there is no {what} '{key}'"))
            }
        };
        let people = |key: &str| need(self.people_at(key).is_some(), "people", key);
        let group = |key: &str| need(self.group_at(key).is_some(), "group", key);
        let unit = |key: &str| need(self.unit_at(key).is_some(), "unit", key);
        let organisation = |key: &str| need(self.organisation_at(key).is_some(), "organisation", key);
        for it in &self.unit {
            organisation(&it.organisation)?;
            it.parent.as_deref().map_or(Ok(()), unit)?;
        }
        for it in &self.people {
            organisation(&it.organisation)?;
            it.unit.as_deref().map_or(Ok(()), unit)?;
            if it.devices.iter().map(|share| u32::from(*share)).sum::<u32>() != 100 || it.devices.len() > 10 {
                return Err(format!("the device shares of '{}' must add up to 100", it.key));
            }
            if it.kind != Kind::Staff && (it.comes.is_none() || self.operation.is_none()) {
                return Err(format!(
                    "'{}' come by a poster: say when, and for which operation",
                    it.key
                ));
            }
        }
        for it in &self.group {
            for members in &it.members {
                match (&members.unit, &members.people, members.part) {
                    (Some(key), None, None) => unit(key)?,
                    (None, Some(key), None) => people(key)?,
                    (None, Some(key), Some([part, of])) if 1 <= part && part <= of => people(key)?,
                    _ => {
                        return Err(format!(
                            "members of '{}' are a unit, or people, or a part of people",
                            it.key
                        ));
                    }
                }
            }
        }
        for traffic in self.phase.iter().flat_map(|phase| &phase.traffic) {
            traffic.groups.iter().try_for_each(|key| group(key))?;
            traffic.by.iter().flatten().try_for_each(|key| people(key))?;
            self.check_texts(traffic)?;
        }
        for it in &self.alarm {
            people(&it.by)?;
            group(&it.group)?;
        }
        self.dead_spot.iter().try_for_each(|it| people(&it.people))?;
        self.link.iter().try_for_each(|it| people(&it.people))?;
        self.operation
            .as_ref()
            .map_or(Ok(()), |it| organisation(&it.organisation))?;
        self.network.as_ref().map_or(Ok(()), Network::check)?;
        self.check_record()
    }

    fn check_texts(&self, traffic: &Traffic) -> Result<(), String> {
        let key = &traffic.texts;
        let texts = self
            .texts
            .get(key)
            .ok_or_else(|| format!("there are no texts '{key}'"))?;
        if texts.lines.is_empty()
            || (traffic.replies > 0 && texts.replies.is_empty())
            || (traffic.photos > 0 && texts.photos.is_empty())
        {
            return Err(format!("the texts '{key}' lack lines, replies or photos"));
        }
        for line in texts.lines.iter().chain(&texts.replies).chain(&texts.photos) {
            for word in line.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
                if word.0 != "n" && self.words.get(word.0).is_none_or(Vec::is_empty) {
                    return Err(format!("there are no words '{}' for '{line}'", word.0));
                }
            }
        }
        Ok(())
    }

    fn check_record(&self) -> Result<(), String> {
        let channels = self.group.iter().filter(|group| group.channel).count();
        let groups = self.group.len() - channels;
        let messages = self.alarm.len()
            + self
                .phase
                .iter()
                .flat_map(|phase| &phase.traffic)
                .map(|traffic| traffic.messages)
                .sum::<usize>();
        let people: usize = self.people.iter().map(|people| people.count).sum();
        let record = &self.record;
        if channels != record.channels || groups != record.groups {
            return Err(format!(
                "{channels} channels and {groups} groups, but the record has {} and {}",
                record.channels, record.groups
            ));
        }
        if messages < record.messages || people < record.people {
            return Err(format!(
                "{messages} messages and {people} people are fewer than the record's"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_that_is_built_in_is_consistent() {
        for (name, _) in BUILT_IN {
            let scenario = Scenario::load(name).unwrap();
            assert_eq!(&scenario.name, name);
            assert!(!scenario.assumptions.is_empty(), "{name} says what it assumes");
        }
    }

    #[test]
    fn the_totals_are_the_records() {
        let europawahl = Scenario::load("europawahl-2019").unwrap().record;
        assert_eq!((europawahl.channels, europawahl.groups), (2, 10));
        assert!(europawahl.messages > 600);
        let schicht = Scenario::load("schicht").unwrap();
        assert_eq!(
            schicht
                .people
                .iter()
                .filter(|people| people.key.starts_with("schicht-"))
                .map(|people| people.count)
                .sum::<usize>(),
            180
        );
        assert!(schicht.record.messages >= 500);
        let landtagswahl = Scenario::load("landtagswahl-2018").unwrap();
        assert_eq!((landtagswahl.record.groups, landtagswahl.record.people), (4, 80));
        assert!(landtagswahl.record.messages > 1_600);
    }

    #[test]
    fn times_are_written_as_people_write_them() {
        assert_eq!(Clock::parse("7:05"), Some(Clock(7 * Clock::HOUR + 5 * Clock::MINUTE)));
        assert_eq!(Clock::parse("1d 18:00"), Some(Clock(42 * Clock::HOUR)));
        for bad in ["", "7", "24:00", "7:60", "x d 7:00"] {
            assert_eq!(Clock::parse(bad), None, "{bad}");
        }
        assert!(Span::try_from("8:00-7:00".to_owned()).is_err(), "a span goes forward");
    }

    #[test]
    fn a_scenario_that_names_what_is_not_there_is_refused() {
        let text = BUILT_IN[0].1.replace("texts = \"transport\"", "texts = \"nirgends\"");
        let error = Scenario::parse("x", &text).unwrap_err().to_string();
        assert!(error.contains("nirgends"), "{error}");
    }

    #[test]
    fn a_network_that_makes_no_sense_is_refused() {
        let text = BUILT_IN[1].1;
        for (from, to) in [
            ("good_s = [", "good_s = [99, 1] #"),
            ("kb_per_s = [", "kb_per_s = [0, 1] #"),
            ("often = ", "often = 0 #"),
            ("server_kills", "kill_the_server"),
        ] {
            assert!(text.contains(from), "{from}");
            let error = Scenario::parse("x", &text.replace(from, to)).unwrap_err();
            assert!(error.to_string().contains("x: "), "{error}");
        }
    }
}
