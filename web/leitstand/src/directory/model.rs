// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the server says of the LDAP source, of a plan and of pulls.

use melder_kit::times::Millis;

use crate::json::Json;
use crate::model::millis;

/// Where people are pulled from. What this program does not show stays in `settings` as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub settings: String,
    pub password_set: bool,
    pub next: Option<Millis>,
    pub revision: u32,
}

impl Source {
    pub fn read(json: &Json) -> Self {
        Self {
            settings: json.get("settings").pretty(),
            password_set: json.flag("password_set"),
            next: json.maybe("next").map(|stamp| millis(&stamp)),
            revision: json.count("revision"),
        }
    }

    pub fn json(&self) -> Json {
        Json::parse(&self.settings).unwrap_or(Json::NOTHING)
    }
}

/// How many of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub added: u32,
    pub changed: u32,
    pub moved: u32,
    pub resumed: u32,
    pub suspended: u32,
    pub left: u32,
    pub deleted: u32,
    pub units: u32,
    pub groups: u32,
    pub joined: u32,
    pub parted: u32,
    pub problems: u32,
    pub known: u32,
}

impl Counts {
    fn read(json: &Json) -> Self {
        let count = |name| json.count(name);
        Self {
            added: count("added"),
            changed: count("changed"),
            moved: count("moved"),
            resumed: count("resumed"),
            suspended: count("suspended"),
            left: count("left"),
            deleted: count("deleted"),
            units: count("units"),
            groups: count("groups_added") + count("groups_changed") + count("groups_deleted"),
            joined: count("joined"),
            parted: count("parted"),
            problems: count("problems"),
            known: count("known"),
        }
    }

    /// Who would be shut out or deleted.
    pub const fn gone(&self) -> u32 {
        self.suspended + self.left + self.deleted
    }

    /// Of those who came from the directory, in percent, rounded up.
    pub const fn percent(&self) -> u32 {
        if self.known == 0 {
            return 0;
        }
        (self.gone() * 100).div_ceil(self.known)
    }
}

/// What happens to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub kind: String,
    pub name: String,
    pub user_name: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub fields: Vec<String>,
}

/// What happens to a group of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupStep {
    pub kind: String,
    pub name: String,
    pub joined: u32,
    pub left: u32,
    pub joined_names: Vec<String>,
    pub left_names: Vec<String>,
}

/// An entry that can't be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub entry: String,
    pub code: String,
    pub detail: String,
    /// In English.
    pub reason: String,
}

impl Trouble {
    pub fn read(json: &Json) -> Self {
        Self {
            entry: json.text("entry"),
            code: json.text("code"),
            detail: json.text("detail"),
            reason: json.text("reason"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub outcome: String,
    pub held: bool,
    pub hash: String,
    pub counts: Counts,
    pub units: Vec<String>,
    pub people: Vec<Step>,
    pub groups: Vec<GroupStep>,
    pub problems: Vec<Trouble>,
    pub keep_days: u32,
}

impl Plan {
    pub fn read(json: &Json) -> Self {
        let step = |json: &Json| Step {
            kind: json.text("kind"),
            name: json.text("name"),
            user_name: json.text("user_name"),
            from: json.maybe("unit_from"),
            to: json.maybe("unit_to"),
            fields: json.texts("fields"),
        };
        let group = |json: &Json| GroupStep {
            kind: json.text("kind"),
            name: json.text("name"),
            joined: json.count("joined"),
            left: json.count("left"),
            joined_names: json.texts("joined_names"),
            left_names: json.texts("left_names"),
        };
        Self {
            outcome: json.text("outcome"),
            held: json.flag("held"),
            hash: json.text("hash"),
            counts: Counts::read(&json.get("counts")),
            units: json.texts("units"),
            people: json.list("people").iter().map(step).collect(),
            groups: json.list("groups").iter().map(group).collect(),
            problems: json.list("problems").iter().map(Trouble::read).collect(),
            keep_days: json.count("keep_days"),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.groups.is_empty() && self.units.is_empty()
    }
}

/// A pull that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub time: Millis,
    pub by_schedule: bool,
    pub outcome: String,
    pub counts: Counts,
    pub code: Option<String>,
    pub message: String,
}

impl Run {
    pub fn read(json: &Json) -> Self {
        Self {
            time: millis(&json.text("time")),
            by_schedule: json.text("trigger") == "schedule",
            outcome: json.text("outcome"),
            counts: Counts::read(&json.get("counts")),
            code: json.maybe("code"),
            message: json.text("message"),
        }
    }
}

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub people: u32,
    pub groups: Option<u32>,
    pub samples: Vec<String>,
    pub problems: Vec<Trouble>,
}

impl Found {
    pub fn read(json: &Json) -> Self {
        let sample = |json: &Json| {
            let parts = [json.maybe("name"), json.maybe("function"), json.maybe("unit")];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        };
        Self {
            people: json.count("people"),
            groups: json.get("groups").is_there().then(|| json.count("groups")),
            samples: json.list("samples").iter().map(sample).collect(),
            problems: json.list("problems").iter().map(Trouble::read).collect(),
        }
    }
}
