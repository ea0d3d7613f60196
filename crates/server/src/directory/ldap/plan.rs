// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What would follow from what the directory says. Pure: the same snapshot and the same facts are the same plan, with the
//! same hash. Nothing here asks why somebody is gone; that the snapshot is whole is for the reading to make sure.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::{AccountId, Hash, Time};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::settings::{Brake, Settings};
use super::{Facts, FoundGroup, FoundPerson, GroupId, LinkedGroup, LinkedPerson, Snapshot, Trouble};
use crate::directory::problem::Problem;
use crate::directory::provisioning::{self, Person};
use crate::directory::text;

mod places;

use places::Places;
pub use places::Seat;

/// What happens to an account. In the order in which it matters to whoever looks it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LdapStepKind)]
pub enum StepKind {
    /// Gone from the directory for as long as was said.
    Delete,
    /// Gone from the directory: shut out, and deleted later.
    Leave,
    /// Shut out in the directory.
    Suspend,
    Resume,
    Move,
    Change,
    Add,
}

/// What is to happen to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub kind: StepKind,
    pub key: String,
    /// `None`: it is made.
    pub account: Option<AccountId>,
    pub name: String,
    pub user_name: String,
    /// What the directory says of it now; of who is gone, what it said last.
    pub person: Person,
    /// Where it goes; `None`: stays where it is.
    pub seat: Option<Seat>,
    /// Names of units, for people to read.
    pub unit_from: Option<String>,
    pub unit_to: Option<String>,
    pub fields: Vec<&'static str>,
    /// Shut out afterwards.
    pub suspended: bool,
    /// The function is as the directory says; otherwise it stays as it is here.
    pub takes_title: bool,
}

/// What happens to a group of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LdapGroupStepKind)]
pub enum GroupStepKind {
    Delete,
    Change,
    Add,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupStep {
    pub kind: GroupStepKind,
    pub key: String,
    pub group: Option<GroupId>,
    pub name: String,
    /// All who are in it afterwards: accounts that are there, and keys of those that are made.
    pub members: BTreeSet<Member>,
    /// Names, for people to read.
    pub joined: Vec<String>,
    pub left: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Member {
    Account(AccountId),
    New(String),
}

/// All that would happen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Units that are made, each after the one above it.
    pub units: Vec<Vec<String>>,
    pub people: Vec<Step>,
    pub groups: Vec<GroupStep>,
    #[serde(skip)]
    pub problems: Vec<Trouble>,
    /// Accounts and groups that came from the directory before.
    #[serde(skip)]
    pub known: usize,
    #[serde(skip)]
    pub known_groups: usize,
}

/// How many of what: all that is remembered of a pull.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = LdapCounts)]
pub struct Counts {
    pub added: usize,
    pub changed: usize,
    pub moved: usize,
    pub resumed: usize,
    pub suspended: usize,
    /// Gone from the directory: suspended now, deleted later.
    pub left: usize,
    pub deleted: usize,
    pub units: usize,
    pub groups_added: usize,
    pub groups_changed: usize,
    pub groups_deleted: usize,
    /// Memberships.
    pub joined: usize,
    pub parted: usize,
    pub problems: usize,
    /// Accounts that came from the directory before.
    pub known: usize,
}

impl Plan {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.people.is_empty() && self.groups.is_empty()
    }

    /// Says which plan it is.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(b"Melder directory plan");
        // Everything in it has JSON; what had none would be no plan to confirm.
        hasher.update(serde_json::to_vec(self).unwrap_or_default());
        Hash::from_bytes(hasher.finalize().into())
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        let people = |kind| self.people.iter().filter(|step| step.kind == kind).count();
        let groups = |kind| self.groups.iter().filter(|step| step.kind == kind).count();
        Counts {
            added: people(StepKind::Add),
            changed: people(StepKind::Change),
            moved: people(StepKind::Move),
            resumed: people(StepKind::Resume),
            suspended: people(StepKind::Suspend),
            left: people(StepKind::Leave),
            deleted: people(StepKind::Delete),
            units: self.units.len(),
            groups_added: groups(GroupStepKind::Add),
            groups_changed: groups(GroupStepKind::Change),
            groups_deleted: groups(GroupStepKind::Delete),
            joined: self.groups.iter().map(|step| step.joined.len()).sum(),
            parted: self.groups.iter().map(|step| step.left.len()).sum(),
            problems: self.problems.len(),
            known: self.known,
        }
    }

    /// Would it shut out or delete so many that somebody has to look at it first?
    #[must_use]
    pub fn is_held(&self, brake: Brake) -> bool {
        let counts = self.counts();
        let too_many = |gone: usize, known: usize| {
            // All of them at once is a mistake more often than not, however few they are.
            (gone > 0 && gone >= known)
                || (gone > brake.floor as usize && gone * 100 > usize::from(brake.percent) * known)
        };
        too_many(counts.deleted + counts.left + counts.suspended, self.known)
            || too_many(counts.groups_deleted, self.known_groups)
    }
}

/// What would follow.
#[must_use]
pub fn plan(snapshot: &Snapshot, facts: &Facts, settings: &Settings) -> Plan {
    let mut making = Making {
        facts,
        settings,
        places: Places::new(&facts.units),
        plan: Plan {
            problems: snapshot.problems.clone(),
            known: facts.people.len(),
            known_groups: facts.groups.len(),
            ..Plan::default()
        },
        kept: snapshot.kept.clone(),
        names: BTreeMap::new(),
        called: facts
            .people
            .iter()
            .map(|known| (known.account.id, known.account.name.as_str()))
            .collect(),
    };
    making.people(&snapshot.people);
    if let Some(groups) = &snapshot.groups {
        making.groups(groups);
    }
    let mut plan = making.plan;
    plan.units = making.places.made();
    plan.people
        .sort_by(|one, other| (one.kind, &one.name, &one.key).cmp(&(other.kind, &other.name, &other.key)));
    plan.groups
        .sort_by(|one, other| (one.kind, &one.name, &one.key).cmp(&(other.kind, &other.name, &other.key)));
    plan
}

struct Making<'f> {
    facts: &'f Facts,
    settings: &'f Settings,
    places: Places<'f>,
    plan: Plan,
    /// Keys of people who stay as they are.
    kept: BTreeSet<String>,
    /// Who is there or will be, by key: as a member, and the name.
    names: BTreeMap<String, (Member, String)>,
    /// What those who are here are called.
    called: BTreeMap<AccountId, &'f str>,
}

impl Making<'_> {
    fn trouble(&mut self, entry: &str, reason: impl Into<String>) {
        self.plan.problems.push(Trouble {
            entry: entry.to_owned(),
            reason: reason.into(),
        });
    }

    fn people(&mut self, found: &[FoundPerson]) {
        let known: BTreeMap<&str, &LinkedPerson> = self
            .facts
            .people
            .iter()
            .map(|known| (known.link.key.as_str(), known))
            .collect();
        // Those who are here come first: a newcomer does not take anybody's name.
        let mut found: Vec<&FoundPerson> = found.iter().collect();
        found.sort_by_key(|found| (!known.contains_key(found.key.as_str()), &found.key));
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut user_names: BTreeMap<String, &str> = BTreeMap::new();
        for one in found {
            if !seen.insert(&one.key) {
                self.kept.insert(one.key.clone());
                self.trouble(&one.person.user_name, "another entry has the same id");
                self.plan.people.retain(|step| step.key != one.key);
                self.names.remove(&one.key);
                continue;
            }
            let person = match provisioning::check(&one.person) {
                Ok(person) => person,
                Err(Problem { message, field, .. }) => {
                    self.kept.insert(one.key.clone());
                    self.trouble(&one.person.user_name, format!("{}: {message}", field.unwrap_or("name")));
                    continue;
                }
            };
            let folded = text::folded(&person.user_name);
            let taken = self.facts.taken_users.contains(&folded) || user_names.contains_key(&folded);
            if taken {
                self.kept.insert(one.key.clone());
                self.trouble(&person.user_name, "somebody else has this user name");
                continue;
            }
            user_names.insert(folded, &one.key);
            match known.get(one.key.as_str()) {
                Some(known) => self.known_person(known, one, person),
                None => self.new_person(one, person),
            }
        }
        for known in &self.facts.people {
            let key = known.link.key.as_str();
            if self.kept.contains(key) {
                let member = Member::Account(known.account.id);
                self.names.insert(key.to_owned(), (member, known.account.name.clone()));
            } else if !seen.contains(key) {
                self.gone(known);
            }
        }
    }

    /// Where the directory puts somebody, with the name of the unit for the person; nowhere when that can't be.
    fn seat(&mut self, found: &FoundPerson, person: &mut Person) -> Option<(Seat, String)> {
        let place = found.place.as_ref()?;
        match self.places.seat(place, self.settings.create_units) {
            Ok((seat, name)) => {
                person.attributes.department = remembered(&name);
                Some((seat, name))
            }
            Err(reason) => {
                self.trouble(&person.user_name, reason);
                None
            }
        }
    }

    fn new_person(&mut self, found: &FoundPerson, mut person: Person) {
        let seat = self.seat(found, &mut person);
        let name = provisioning::called(&person.user_name, &person.attributes);
        let (seat, unit_to) = seat.map_or((None, None), |(seat, name)| (Some(seat), Some(name)));
        self.names
            .insert(found.key.clone(), (Member::New(found.key.clone()), name.clone()));
        self.plan.people.push(Step {
            kind: StepKind::Add,
            key: found.key.clone(),
            account: None,
            name,
            user_name: person.user_name.clone(),
            suspended: !person.active,
            person,
            seat,
            unit_from: None,
            unit_to,
            fields: Vec::new(),
            takes_title: true,
        });
    }

    fn known_person(&mut self, known: &LinkedPerson, found: &FoundPerson, mut person: Person) {
        let (link, account, row) = (&known.link, &known.account, &known.row);
        let seat = self.seat(found, &mut person);
        let name = provisioning::called(&person.user_name, &person.attributes);
        let member = Member::Account(account.id);
        self.names.insert(found.key.clone(), (member, name.clone()));
        let mut fields = Vec::new();
        let mut differs = |field, differs: bool| {
            if differs {
                fields.push(field);
            }
        };
        let said = (&row.attributes, &person.attributes);
        differs("name", name != provisioning::called(&row.user_name, &row.attributes));
        differs("user_name", person.user_name != row.user_name);
        differs("function", person.title != link.title);
        differs("unit", said.0.department != said.1.department);
        differs("status", person.active != link.active || link.left.is_some());
        let same_parts = said.0.given_name == said.1.given_name
            && said.0.family_name == said.1.family_name
            && said.0.display == said.1.display;
        if fields.is_empty() && same_parts && row.external == person.external {
            return;
        }
        let suspended = if link.left.is_some() || person.active != link.active {
            !person.active
        } else {
            account.suspended
        };
        let from = account.unit;
        let moves = said.0.department != said.1.department;
        let seat = seat.filter(|_| moves);
        let goes = seat.as_ref().is_some_and(|(seat, _)| *seat != Seat::Unit(from));
        let kind = match (account.suspended, suspended) {
            (false, true) => StepKind::Suspend,
            (true, false) => StepKind::Resume,
            _ if goes => StepKind::Move,
            _ => StepKind::Change,
        };
        let (seat, unit_to) = seat.map_or((None, None), |(seat, name)| (Some(seat), Some(name)));
        self.plan.people.push(Step {
            kind,
            key: found.key.clone(),
            account: Some(account.id),
            name,
            user_name: person.user_name.clone(),
            takes_title: person.title != link.title,
            person,
            seat,
            unit_from: goes.then(|| self.places.path_of(from)).flatten(),
            unit_to: unit_to.filter(|_| goes),
            fields,
            suspended,
        });
    }

    fn gone(&mut self, known: &LinkedPerson) {
        let (link, account) = (&known.link, &known.account);
        let keep = u64::from(self.settings.keep_days) * Time::DAY;
        let kind = match link.left {
            _ if keep == 0 => StepKind::Delete,
            Some(left) if self.facts.now >= left.plus(keep) => StepKind::Delete,
            Some(_) => return,
            None => StepKind::Leave,
        };
        self.plan.people.push(Step {
            kind,
            key: link.key.clone(),
            account: Some(account.id),
            name: account.name.clone(),
            user_name: known.row.user_name.clone(),
            person: Person {
                user_name: known.row.user_name.clone(),
                external: known.row.external.clone(),
                title: link.title.clone(),
                active: link.active,
                attributes: known.row.attributes.clone(),
            },
            seat: None,
            unit_from: self.places.path_of(account.unit),
            unit_to: None,
            fields: Vec::new(),
            suspended: true,
            takes_title: false,
        });
    }

    fn groups(&mut self, found: &[FoundGroup]) {
        let known: BTreeMap<&str, &LinkedGroup> = self
            .facts
            .groups
            .iter()
            .map(|known| (known.key.as_str(), known))
            .collect();
        let mut found: Vec<&FoundGroup> = found.iter().collect();
        found.sort_by_key(|found| (!known.contains_key(found.key.as_str()), &found.key));
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut taken = self.facts.taken_groups.clone();
        for one in found {
            if !seen.insert(&one.key) {
                self.trouble(&one.name, "another group has the same id");
                continue;
            }
            let name = match text::name("name", &one.name) {
                Ok(name) => name,
                Err(problem) => {
                    self.trouble(&one.name, format!("the group's name {}", problem.message));
                    continue;
                }
            };
            if !taken.insert(text::folded(&name)) {
                self.trouble(&name, "another group has this name");
                continue;
            }
            self.group(known.get(one.key.as_str()).copied(), one, name);
        }
        for known in &self.facts.groups {
            if !seen.contains(known.key.as_str()) {
                self.plan.groups.push(GroupStep {
                    kind: GroupStepKind::Delete,
                    key: known.key.clone(),
                    group: Some(known.group.id),
                    name: known.group.name.clone(),
                    members: BTreeSet::new(),
                    joined: Vec::new(),
                    left: self.names_of(&known.members),
                });
            }
        }
    }

    fn names_of<'a>(&self, accounts: impl IntoIterator<Item = &'a AccountId>) -> Vec<String> {
        let found = accounts.into_iter().filter_map(|id| self.called.get(id).copied());
        let mut found: Vec<String> = found.map(str::to_owned).collect();
        found.sort();
        found
    }

    fn group(&mut self, known: Option<&LinkedGroup>, found: &FoundGroup, name: String) {
        let was = known.map(|known| known.members.clone()).unwrap_or_default();
        let mut members: BTreeSet<Member> = BTreeSet::new();
        let mut joined = Vec::new();
        for key in &found.members {
            // A member that is no person who is asked for, or can't be taken over.
            let Some((member, called)) = self.names.get(key) else {
                continue;
            };
            if !matches!(member, Member::Account(id) if was.contains(id)) {
                joined.push(called.clone());
            }
            members.insert(member.clone());
        }
        let gone: Vec<AccountId> = was
            .iter()
            .filter(|id| !members.contains(&Member::Account(**id)))
            .copied()
            .collect();
        let left = self.names_of(&gone);
        let renamed = known.is_some_and(|known| known.group.name != name);
        if known.is_some() && !renamed && joined.is_empty() && gone.is_empty() {
            return;
        }
        joined.sort();
        self.plan.groups.push(GroupStep {
            kind: if known.is_some() {
                GroupStepKind::Change
            } else {
                GroupStepKind::Add
            },
            key: found.key.clone(),
            group: known.map(|known| known.group.id),
            name,
            members,
            joined,
            left,
        });
    }
}

/// What is kept of a unit's name, to see whether the directory says another: the nearest part of a long path.
fn remembered(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let spare = name.chars().count().saturating_sub(melder_protocol::limits::MAX_NAME);
    let end: String = name.chars().skip(spare).collect();
    Some(end.trim().to_owned()).filter(|end| !end.is_empty())
}

/// The name that somebody has who is gone: theirs is free for another.
#[must_use]
pub fn left_name(user_name: &str, key: &str) -> String {
    let ending = format!(" ({key})");
    let room = melder_protocol::limits::MAX_NAME.saturating_sub(ending.chars().count());
    let begin: String = user_name.chars().take(room).collect();
    let name = format!("{}{ending}", begin.trim_end());
    name.chars().take(melder_protocol::limits::MAX_NAME).collect()
}
