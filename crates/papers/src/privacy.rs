// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Documents for data protection out of the configuration that holds: record of processing (Art. 30 GDPR), measures
//! (Art. 32), building blocks for an impact assessment (Art. 35), privacy notice (Art. 13). What only the organisation can
//! know, such as its officer's address, it enters once; what is missing says so.

use crate::{Block, Clock, Paper, Value, Words};

/// What the organisation says of itself; empty where it has said nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    pub controller: String,
    pub officer: String,
    pub authority: String,
    pub basis: String,
}

/// How long one kind of data is kept; the words are codes, as in the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub data: &'static str,
    pub place: &'static str,
    pub readable: bool,
    pub until: Option<&'static str>,
    pub seconds: Option<u64>,
    pub set_by: &'static str,
}

/// What is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches, each of its own")]
pub struct Switches {
    pub receipts: bool,
    pub presence: bool,
    pub typing: bool,
    pub location: bool,
    pub export: bool,
    /// Alarms wake also in quiet hours.
    pub alarms_break_quiet: bool,
    pub push: bool,
    /// A directory provisions accounts.
    pub directory: bool,
    /// Other organisations are on the server.
    pub shared: bool,
}

/// The configuration, as far as the documents need it.
#[derive(Debug, Clone)]
pub struct Facts {
    pub organisation: String,
    pub version: &'static str,
    pub now: u64,
    pub policy_version: u64,
    pub contact: Contact,
    pub switches: Switches,
    /// Where the server is reached, if by https.
    pub url: Option<String>,
    /// The authority's own directory that the server reads (LDAP).
    pub ldap: Option<String>,
    /// The authority's own log-in (OpenID Connect): who provides it.
    pub oidc: Option<String>,
    /// May administrators use that log-in, too?
    pub oidc_admins: bool,
    pub server_days: u64,
    pub device_days: Option<u64>,
    pub guest_days: u64,
    pub hybrid_bound: u64,
    pub lock_minutes: Option<u64>,
    pub wipe_after: Option<u64>,
    pub retention: Vec<Retention>,
    /// Kind and number of accounts: `staff`, `guest`, …
    pub accounts: Vec<(String, u64)>,
    /// Role and number of administrators: `owner`, `accounts`, …
    pub roles: Vec<(&'static str, u64)>,
    pub admins: u64,
    pub operations: u64,
    pub last_backup: Option<u64>,
}

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Record,
    Measures,
    Impact,
    Notice,
}

/// The document.
#[must_use]
pub fn paper(kind: Kind, facts: &Facts, clock: &Clock) -> Paper {
    let writer = Writer {
        facts,
        clock,
        words: clock.language().words(),
    };
    let (title, blocks) = match kind {
        Kind::Record => ("record-title", writer.record()),
        Kind::Measures => ("measures-title", writer.measures()),
        Kind::Impact => ("impact-title", writer.impact()),
        Kind::Notice => ("notice-title", writer.notice()),
    };
    let day = clock.day(facts.now);
    Paper {
        language: clock.language(),
        title: writer.say(title),
        about: writer.with(
            "paper-about",
            &[
                ("organisation", (&facts.organisation).into()),
                ("day", (&day).into()),
                ("version", facts.version.into()),
            ],
        ),
        blocks,
    }
}

struct Writer<'a> {
    facts: &'a Facts,
    clock: &'a Clock,
    words: &'static Words,
}

impl Writer<'_> {
    fn say(&self, id: &str) -> String {
        self.words.say(id)
    }

    fn with(&self, id: &str, values: &[(&str, Value<'_>)]) -> String {
        self.words.with(id, values)
    }

    fn heading(&self, id: &str) -> Block {
        Block::heading(2, self.say(id))
    }

    fn text(&self, id: &str) -> Block {
        Block::text(self.say(id))
    }

    fn state(&self, on: bool) -> String {
        self.say(if on { "paper-on" } else { "paper-off" })
    }

    fn days(&self, days: u64) -> String {
        self.with("paper-days", &[("count", days.into())])
    }

    fn given(&self, text: &str) -> String {
        if text.trim().is_empty() {
            self.say("paper-missing")
        } else {
            text.to_owned()
        }
    }

    /// A text that mentions what is switched on.
    fn switched(&self, id: &str) -> String {
        let of = self.facts.switches;
        let states = [
            ("presence", of.presence),
            ("receipts", of.receipts),
            ("typing", of.typing),
            ("location", of.location),
            ("alarms", of.alarms_break_quiet),
        ]
        .map(|(name, on)| (name, self.state(on)));
        let values: Vec<(&str, Value<'_>)> = states.iter().map(|(name, state)| (*name, state.into())).collect();
        self.with(id, &values)
    }

    fn basis(&self) -> String {
        match self.facts.contact.basis.trim() {
            "" => self.say("record-basis-usual"),
            basis => basis.to_owned(),
        }
    }

    fn keeping(&self) -> Block {
        let head = ["data", "where", "readable", "until", "by"];
        let rows = self.facts.retention.iter().map(|row| {
            vec![
                self.say(&format!("data-{}", row.data)),
                self.say(&format!("place-{}", row.place)),
                self.say(if row.readable { "paper-yes" } else { "paper-no" }),
                self.kept(row),
                self.say(&format!("set-{}", row.set_by)),
            ]
        });
        Block::Table {
            head: head.iter().map(|id| self.say(&format!("keep-head-{id}"))).collect(),
            rows: rows.collect(),
        }
    }

    fn kept(&self, row: &Retention) -> String {
        let until = row.until.map(|until| self.say(&format!("until-{until}")));
        let time = row.seconds.map(|seconds| self.clock.length(seconds));
        match (until, time) {
            (Some(until), Some(time)) => {
                self.with("keep-both", &[("until", (&until).into()), ("time", (&time).into())])
            }
            (Some(until), None) => self.with("keep-until", &[("until", (&until).into())]),
            (None, Some(time)) => self.with("keep-time", &[("time", (&time).into())]),
            (None, None) => self.say("keep-always"),
        }
    }

    fn accounts(&self) -> u64 {
        self.facts.accounts.iter().map(|(_, count)| count).sum()
    }

    fn has(&self, kind: &str) -> bool {
        self.facts
            .accounts
            .iter()
            .any(|(known, count)| known == kind && *count > 0)
    }

    fn record(&self) -> Vec<Block> {
        let facts = self.facts;
        let people = ["staff", "guest", "private"]
            .into_iter()
            .filter(|kind| *kind == "staff" || self.has(kind));
        let people: Vec<String> = people
            .chain(["admin"])
            .map(|kind| self.say(&format!("record-people-{kind}")))
            .collect();
        let mut recipients = vec![self.say("record-recipients-members")];
        if facts.switches.push {
            recipients.push(self.say("record-recipients-push"));
        }
        if let Some(issuer) = &facts.oidc {
            recipients.push(self.with("record-recipients-oidc", &[("issuer", issuer.into())]));
            if facts.oidc_admins {
                recipients.push(self.with("record-recipients-oidc-admins", &[("issuer", issuer.into())]));
            }
        }
        if facts.switches.shared {
            recipients.push(self.say("record-recipients-shared"));
        }
        let third = if facts.switches.push {
            "record-third-push"
        } else {
            "record-third-none"
        };
        let row = |id: &str, value: String| (self.say(id), value);
        let accounts = facts.accounts.iter().filter(|(_, count)| *count > 0);
        let accounts: Vec<String> = accounts
            .map(|(kind, count)| format!("{}: {count}", self.say(&format!("kind-{kind}"))))
            .collect();
        vec![
            self.text("record-intro"),
            Block::Facts {
                rows: vec![
                    row("record-activity", self.say("record-activity-text")),
                    row("record-controller", self.given(&facts.contact.controller)),
                    row("record-officer", self.given(&facts.contact.officer)),
                    row("record-purposes", self.say("record-purposes-text")),
                    row("record-basis", self.basis()),
                    row("record-people", people.join("; ")),
                    row("record-data", self.say("record-data-text")),
                    row("record-recipients", recipients.join("; ")),
                    row("record-third", self.say(third)),
                    row("record-measures", self.say("record-measures-text")),
                ],
            },
            self.heading("record-keeping"),
            self.keeping(),
            self.heading("record-numbers"),
            Block::Facts {
                rows: vec![
                    row("record-accounts", accounts.join("; ")),
                    row("record-operations", facts.operations.to_string()),
                    row("record-admins", facts.admins.to_string()),
                ],
            },
        ]
    }

    fn secrecy(&self) -> Vec<String> {
        let facts = self.facts;
        let mut items = vec![self.say("measures-secrecy-mls")];
        items.push(match facts.hybrid_bound {
            0 => self.say("measures-secrecy-classical"),
            bound => self.with("measures-secrecy-hybrid", &[("bound", bound.into())]),
        });
        items.push(self.say("measures-secrecy-device"));
        items.push(match facts.lock_minutes {
            Some(minutes) => {
                let time = self.with("paper-minutes", &[("count", minutes.into())]);
                self.with("measures-secrecy-lock", &[("time", (&time).into())])
            }
            None => self.say("measures-secrecy-lock-none"),
        });
        if let Some(count) = facts.wipe_after {
            items.push(self.with("measures-secrecy-wipe", &[("count", count.into())]));
        }
        items.push(match &facts.url {
            Some(url) => self.with("measures-secrecy-tls", &[("url", url.into())]),
            None => self.say("measures-secrecy-no-tls"),
        });
        let state = self.say(if facts.switches.export { "paper-yes" } else { "paper-no" });
        items.push(self.with("measures-secrecy-export", &[("state", (&state).into())]));
        items
    }

    fn access(&self) -> Vec<String> {
        let counted = self.facts.roles.iter().filter(|(_, count)| *count > 0);
        let roles: Vec<String> = counted
            .map(|(role, count)| self.with(&format!("admins-{role}"), &[("count", (*count).into())]))
            .collect();
        let roles = if roles.is_empty() {
            self.say("paper-none")
        } else {
            roles.join(", ")
        };
        let mut items = vec![
            self.say("measures-access-passkeys"),
            self.with("measures-access-roles", &[("roles", (&roles).into())]),
            self.say("measures-access-invitations"),
        ];
        if let Some(address) = &self.facts.ldap {
            items.push(self.with("measures-access-ldap", &[("address", address.into())]));
        } else if self.facts.switches.directory {
            items.push(self.say("measures-access-directory"));
        }
        if let Some(issuer) = &self.facts.oidc {
            items.push(self.with("measures-access-oidc", &[("issuer", issuer.into())]));
            if self.facts.oidc_admins {
                items.push(self.with("measures-access-oidc-admins", &[("issuer", issuer.into())]));
            }
        }
        items.push(self.say("measures-access-remove"));
        items
    }

    fn measures(&self) -> Vec<Block> {
        let facts = self.facts;
        let list = |ids: &[&str]| Block::List {
            items: ids.iter().map(|id| self.say(id)).collect(),
        };
        let queue = self.days(facts.server_days);
        let backup = match facts.last_backup {
            Some(time) => {
                let time = self.clock.moment(time);
                self.with("measures-available-backup", &[("time", (&time).into())])
            }
            None => self.say("measures-available-no-backup"),
        };
        let push = if facts.switches.push {
            "measures-minimal-push"
        } else {
            "measures-minimal-no-push"
        };
        vec![
            Block::text(self.with("measures-intro", &[("version", facts.policy_version.into())])),
            self.heading("measures-secrecy"),
            Block::List { items: self.secrecy() },
            self.heading("measures-access"),
            Block::List { items: self.access() },
            self.heading("measures-integrity"),
            list(&[
                "measures-integrity-signed",
                "measures-integrity-audit",
                "measures-integrity-deletion",
            ]),
            self.heading("measures-minimal"),
            Block::List {
                items: vec![
                    self.say("measures-minimal-no-phone"),
                    self.switched("measures-minimal-presence"),
                    self.say(push),
                    self.say("measures-minimal-numbers"),
                ],
            },
            self.heading("measures-available"),
            Block::List {
                items: vec![
                    self.with("measures-available-queue", &[("time", (&queue).into())]),
                    self.say("measures-available-devices"),
                    backup,
                ],
            },
            self.heading("measures-review"),
            self.text("measures-review-text"),
        ]
    }

    fn risks(&self) -> Block {
        let facts = self.facts;
        let mut rows = Vec::new();
        for number in 1..=6 {
            if number == 6 && !facts.switches.push {
                continue;
            }
            let left = match (number, facts.device_days) {
                (5, Some(days)) => {
                    let time = self.days(days);
                    self.with("impact-r5-left-device", &[("time", (&time).into())])
                }
                (5, None) => self.say("impact-r5-left-always"),
                _ => self.say(&format!("impact-r{number}-left")),
            };
            let remedy = self.switched(&format!("impact-r{number}-remedy"));
            rows.push(vec![self.say(&format!("impact-r{number}")), remedy, left]);
        }
        Block::Table {
            head: ["risk", "remedy", "left"]
                .map(|id| self.say(&format!("impact-{id}")))
                .to_vec(),
            rows,
        }
    }

    fn impact(&self) -> Vec<Block> {
        let facts = self.facts;
        let what = self.with(
            "impact-what-text",
            &[
                ("organisation", (&facts.organisation).into()),
                ("accounts", self.accounts().into()),
            ],
        );
        let (time, guest) = (self.days(facts.server_days), self.days(facts.guest_days));
        vec![
            self.text("impact-intro"),
            self.heading("impact-what"),
            Block::text(what),
            self.heading("impact-need"),
            Block::List {
                items: vec![
                    self.say("impact-need-purpose"),
                    self.say("impact-need-less"),
                    self.with(
                        "impact-need-keep",
                        &[("time", (&time).into()), ("guest", (&guest).into())],
                    ),
                ],
            },
            self.heading("impact-risks"),
            self.risks(),
            self.heading("impact-council"),
            Block::text(self.switched("impact-council-text")),
            self.heading("impact-keeping"),
            self.keeping(),
        ]
    }

    fn notice(&self) -> Vec<Block> {
        let facts = self.facts;
        let list = |items: Vec<String>| Block::List { items };
        let state = |id: &str, on: bool| {
            let state = self.state(on);
            self.with(id, &[("state", (&state).into())])
        };
        let mut who = vec![Block::text(if facts.contact.controller.trim().is_empty() {
            facts.organisation.clone()
        } else {
            facts.contact.controller.clone()
        })];
        if !facts.contact.officer.trim().is_empty() {
            who.push(Block::text(
                self.with("notice-officer", &[("contact", (&facts.contact.officer).into())]),
            ));
        }
        let authority = match facts.contact.authority.trim() {
            "" => self.say("notice-rights-authority"),
            authority => authority.to_owned(),
        };
        let server = self.days(facts.server_days);
        let device = match facts.device_days {
            Some(days) => {
                let time = self.days(days);
                self.with("notice-keep-device", &[("time", (&time).into())])
            }
            None => self.say("notice-keep-device-always"),
        };
        let push = if facts.switches.push {
            "notice-recipients-push"
        } else {
            "notice-recipients-no-push"
        };
        let basis = self.basis();
        let mut blocks = vec![
            Block::text(self.with("notice-intro", &[("organisation", (&facts.organisation).into())])),
            self.heading("notice-who"),
        ];
        blocks.extend(who);
        blocks.extend([
            self.heading("notice-why"),
            Block::text(self.with("notice-why-text", &[("basis", (&basis).into())])),
            self.heading("notice-what"),
            list(
                ["account", "groups", "devices", "not"]
                    .map(|id| self.say(&format!("notice-what-{id}")))
                    .to_vec(),
            ),
            self.heading("notice-others"),
            list(vec![
                state("notice-others-presence", facts.switches.presence),
                state("notice-others-receipts", facts.switches.receipts),
                state("notice-others-typing", facts.switches.typing),
            ]),
            self.heading("notice-recipients"),
            list(vec![self.say("notice-recipients-members"), self.say(push)]),
            self.heading("notice-keep"),
            list(vec![
                self.with("notice-keep-server", &[("time", (&server).into())]),
                device,
                self.say("notice-keep-account"),
                self.say("notice-keep-record"),
            ]),
            self.heading("notice-rights"),
            Block::text(self.with("notice-rights-text", &[("authority", (&authority).into())])),
            self.text("notice-auto"),
        ]);
        blocks
    }
}

#[cfg(test)]
mod tests;
