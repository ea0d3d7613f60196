// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What the server keeps, as far as the screens show it.

use js_sys::Date;
use melder_kit::times::Millis;
use wasm_bindgen::JsValue;

use crate::json::Json;

/// A point in time as the API writes it, in milliseconds; 0 if it is none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970, as Date gives them"
)]
pub fn millis(stamp: &str) -> Millis {
    let time = Date::new(&JsValue::from_str(stamp)).get_time();
    if time.is_finite() { time.max(0.0) as Millis } else { 0 }
}

fn time(json: &Json, name: &str) -> Option<Millis> {
    json.maybe(name).map(|stamp| millis(&stamp))
}

/// What a person or a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Accounts,
    Groups,
    Operations,
    Audit,
    Owner,
}

impl Right {
    pub const ALL: [Self; 5] = [Self::Owner, Self::Accounts, Self::Groups, Self::Operations, Self::Audit];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Groups => "groups",
            Self::Operations => "operations",
            Self::Audit => "audit",
            Self::Owner => "owner",
        }
    }
}

/// Who is at work here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub organisation: Option<(String, String)>,
    /// The admin's id, if it is one and not a token.
    pub admin: Option<String>,
    pub name: String,
    scopes: Vec<String>,
}

impl Me {
    pub fn read(json: &Json) -> Self {
        let organisation = json.get("organisation");
        let (admin, token) = (json.get("admin"), json.get("token"));
        let mut scopes = json.texts("scopes");
        if scopes.is_empty() {
            scopes = token.texts("scopes");
        }
        Self {
            organisation: organisation
                .is_there()
                .then(|| (organisation.text("id"), organisation.text("name"))),
            name: admin.maybe("name").unwrap_or_else(|| token.text("name")),
            admin: admin.maybe("id"),
            scopes,
        }
    }

    pub fn may(&self, right: Right) -> bool {
        self.scopes
            .iter()
            .any(|scope| scope == "owner" || scope == right.name())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: String,
    pub parent: Option<String>,
    pub name: String,
    pub revision: u32,
}

impl Unit {
    pub fn read(json: &Json) -> Self {
        Self {
            id: json.text("id"),
            parent: json.maybe("parent"),
            name: json.text("name"),
            revision: json.count("revision"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub kind: String,
    pub status: String,
    pub name: String,
    pub unit: Option<String>,
    pub function: String,
    pub operation: Option<String>,
    pub ends: Option<Millis>,
    pub created: Millis,
    pub revision: u32,
    /// Small letters, each word after a blank: what a search looks into.
    pub find: String,
}

impl Account {
    pub fn read(json: &Json) -> Self {
        let (name, function) = (json.text("name"), json.text("function"));
        Self {
            find: findable(&format!("{name} {function}")),
            id: json.text("id"),
            kind: json.text("kind"),
            status: json.text("status"),
            name,
            unit: json.maybe("unit"),
            function,
            operation: json.maybe("operation"),
            ends: time(json, "ends"),
            created: time(json, "created").unwrap_or_default(),
            revision: json.count("revision"),
        }
    }
}

/// Small letters, one blank before each word.
pub fn findable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut between = true;
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            if between {
                out.push(' ');
            }
            out.extend(letter.to_lowercase());
        }
        between = !letter.is_alphanumeric();
    }
    out
}

/// Are all words of `wanted` (each after a blank) the beginnings of words here?
pub fn finds(within: &str, wanted: &str) -> bool {
    words(wanted).all(|word| within.contains(word))
}

/// The words of a [`findable`] text, each with its blank.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let end = rest.get(1..)?.find(' ').map_or(rest.len(), |at| at + 1);
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub name: String,
    pub added: Millis,
    /// By day.
    pub last_used: Option<Millis>,
    pub removed: Option<Removed>,
}

/// What an administrator has done with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    pub time: Millis,
    pub wipe: bool,
    pub told: bool,
}

impl Device {
    pub fn read(json: &Json) -> Self {
        let removed = json.get("removed");
        Self {
            id: json.text("id"),
            name: json.text("name"),
            added: time(json, "added").unwrap_or_default(),
            last_used: time(json, "last_used"),
            removed: removed.is_there().then(|| Removed {
                time: time(&removed, "time").unwrap_or_default(),
                wipe: removed.flag("wipe"),
                told: removed.flag("told"),
            }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: String,
    pub account: Option<String>,
    pub status: String,
    pub created: Millis,
    pub expires: Millis,
    pub limit: u32,
    pub used: u32,
    pub operation: Option<String>,
    pub groups: Vec<String>,
}

impl Invitation {
    pub fn read(json: &Json) -> Self {
        let template = json.get("template");
        Self {
            id: json.text("id"),
            account: json.maybe("account"),
            status: json.text("status"),
            created: time(json, "created").unwrap_or_default(),
            expires: time(json, "expires").unwrap_or_default(),
            limit: json.count("limit"),
            used: json.count("used"),
            operation: template.maybe("operation"),
            groups: template.texts("groups"),
        }
    }
}

/// Somebody who has taken a poster that asks for approval, and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub invitation: String,
    pub account: String,
    pub name: String,
    pub since: Millis,
    pub newcomer: bool,
    pub foreign: bool,
}

impl Approval {
    pub fn read(json: &Json) -> Self {
        Self {
            invitation: json.text("invitation"),
            account: json.text("account"),
            name: json.text("name"),
            since: time(json, "since").unwrap_or_default(),
            newcomer: json.flag("newcomer"),
            foreign: json.flag("foreign"),
        }
    }
}

/// An invitation's link, shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub account: String,
    pub name: String,
    /// What stands below the name on paper.
    pub about: String,
    pub link: String,
    pub expires: Millis,
}

impl Link {
    pub fn imported(json: &Json) -> Self {
        Self {
            account: json.text("account"),
            name: json.text("name"),
            about: String::new(),
            link: json.text("link"),
            expires: time(json, "expires").unwrap_or_default(),
        }
    }

    /// Of `NewInvitationBody`.
    pub fn made(json: &Json, name: &str, about: &str) -> Self {
        let invitation = Invitation::read(&json.get("invitation"));
        Self {
            account: invitation.account.unwrap_or_default(),
            name: name.to_owned(),
            about: about.to_owned(),
            link: json.text("link"),
            expires: invitation.expires,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub channel: bool,
    pub closed: bool,
    pub operation: Option<String>,
    pub created: Millis,
    pub revision: u32,
    pub hybrid: bool,
    pub policy: GroupPolicy,
}

/// What holds in one group beyond the organisation's policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupPolicy {
    pub retention_days: Option<u32>,
    /// Bytes.
    pub max_attachment: Option<u64>,
    /// Whose alarms wake: `everyone`, `publishers`, `nobody`.
    pub alarms: String,
}

impl GroupPolicy {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bytes, at most a hundred million of them"
    )]
    pub fn read(json: &Json) -> Self {
        Self {
            retention_days: json.number("retention_days").map(|days| days as u32),
            max_attachment: json.number("max_attachment").map(|bytes| bytes as u64),
            alarms: json.maybe("alarms").unwrap_or_else(|| "everyone".to_owned()),
        }
    }
}

impl Group {
    pub fn read(json: &Json) -> Self {
        Self {
            id: json.text("id"),
            name: json.text("name"),
            channel: json.text("kind") == "channel",
            closed: json.flag("closed"),
            operation: json.maybe("operation"),
            created: time(json, "created").unwrap_or_default(),
            revision: json.count("revision"),
            hybrid: json.text("suite") != "classical",
            policy: GroupPolicy::read(&json.get("policy")),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub account: String,
    pub name: String,
    pub publisher: bool,
    pub foreign: bool,
}

impl Member {
    pub fn read(json: &Json) -> Self {
        Self {
            account: json.text("account"),
            name: json.text("name"),
            publisher: json.text("role") == "publisher",
            foreign: json.flag("foreign"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub ended: Millis,
    pub guests_deleted: u32,
    pub accounts_left: u32,
    pub groups_closed: u32,
    pub invitations_withdrawn: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub id: String,
    pub name: String,
    pub ends: Millis,
    /// Name and beginning, in their order.
    pub phases: Vec<(String, Millis)>,
    /// When the desk is told that the end is near.
    pub warnings: Vec<Millis>,
    pub created: Millis,
    pub summary: Option<Summary>,
    pub revision: u32,
}

impl Operation {
    pub fn read(json: &Json) -> Self {
        let summary = json.get("summary");
        Self {
            id: json.text("id"),
            name: json.text("name"),
            ends: time(json, "ends").unwrap_or_default(),
            phases: json
                .list("phases")
                .iter()
                .map(|phase| (phase.text("name"), time(phase, "begins").unwrap_or_default()))
                .collect(),
            warnings: json.texts("warnings").iter().map(|stamp| millis(stamp)).collect(),
            created: time(json, "created").unwrap_or_default(),
            summary: summary.is_there().then(|| Summary {
                ended: time(&summary, "ended").unwrap_or_default(),
                guests_deleted: summary.count("guests_deleted"),
                accounts_left: summary.count("accounts_left"),
                groups_closed: summary.count("groups_closed"),
                invitations_withdrawn: summary.count("invitations_withdrawn"),
            }),
            revision: json.count("revision"),
        }
    }
}

/// What was removed with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    pub account: String,
    pub time: Millis,
    pub reason: String,
    pub devices: u32,
    pub groups: u32,
    pub inbox: u32,
    pub key_packages: u32,
    pub blobs: u32,
    pub invitations: u32,
    /// The whole record, to be kept.
    pub file: String,
}

impl Deletion {
    pub fn read(json: &Json) -> Self {
        Self {
            account: json.text("account"),
            time: time(json, "time").unwrap_or_default(),
            reason: json.text("reason"),
            devices: json.count("devices"),
            groups: u32::try_from(json.list("groups").len()).unwrap_or_default(),
            inbox: json.count("inbox_entries"),
            key_packages: json.count("key_packages"),
            blobs: json.count("blobs"),
            invitations: json.count("invitations"),
            file: json.pretty(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: String,
    pub name: String,
    pub scopes: Vec<String>,
    pub created: Millis,
    pub expires: Option<Millis>,
    pub last_used: Option<Millis>,
}

impl Token {
    pub fn read(json: &Json) -> Self {
        Self {
            id: json.text("id"),
            name: json.text("name"),
            scopes: json.texts("scopes"),
            created: time(json, "created").unwrap_or_default(),
            expires: time(json, "expires"),
            last_used: time(json, "last_used"),
        }
    }
}

/// A person who administers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    pub id: String,
    pub name: String,
    /// What, and in which unit (none: everywhere).
    pub roles: Vec<(String, Option<String>)>,
    pub last_login: Option<Millis>,
    pub revision: u32,
}

impl Admin {
    pub fn read(json: &Json) -> Self {
        let roles = json.list("roles");
        Self {
            id: json.text("id"),
            name: json.text("name"),
            roles: roles
                .iter()
                .map(|role| (role.text("role"), role.maybe("unit")))
                .collect(),
            last_login: time(json, "last_login"),
            revision: json.count("revision"),
        }
    }
}

/// A passkey of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    pub id: String,
    pub name: String,
    pub created: Millis,
    pub last_used: Option<Millis>,
}

impl Passkey {
    pub fn read(json: &Json) -> Self {
        Self {
            id: json.text("id"),
            name: json.text("name"),
            created: time(json, "created").unwrap_or_default(),
            last_used: time(json, "last_used"),
        }
    }
}

/// One's own log-in at the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnLogIn {
    pub allowed: bool,
    pub linked: Option<Millis>,
}

impl OwnLogIn {
    pub fn read(json: &Json) -> Self {
        Self {
            allowed: json.flag("allowed"),
            linked: time(json, "linked"),
        }
    }
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub sequence: u32,
    pub time: Millis,
    pub actor: Option<String>,
    /// Its name, while it is there.
    pub actor_name: Option<String>,
    pub action: String,
    pub subject: String,
    pub reason: Option<String>,
    pub hash: String,
}

impl Line {
    pub fn read(json: &Json) -> Self {
        Self {
            sequence: json.count("sequence"),
            time: time(json, "time").unwrap_or_default(),
            actor: json.maybe("actor"),
            actor_name: json.maybe("actor_name"),
            action: json.text("action"),
            subject: json.text("subject"),
            reason: json.maybe("reason"),
            hash: json.text("hash"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{findable, finds};

    #[test]
    fn a_search_finds_the_beginnings_of_words() {
        let within = findable("Ada König · Streife");
        assert_eq!(within, " ada könig streife");
        assert!(finds(&within, &findable("kön Stre")));
        assert!(finds(&within, &findable("")));
        assert!(!finds(&within, &findable("önig")));
        assert!(!finds(&within, &findable("ada berger")));
    }
}
