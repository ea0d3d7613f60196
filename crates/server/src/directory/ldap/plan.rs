// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What would follow from what the directory says. Pure: the same snapshot and the same facts are the same plan, with the
//! same hash. Nothing here asks why somebody is gone; that the snapshot is whole is for the reading to make sure.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::{AccountId, Hash, Time, limits};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::settings::{Brake, Settings};
use super::{Facts, FoundGroup, FoundPerson, GroupId, LinkedGroup, LinkedPerson, Snapshot, Trouble, Why};
use crate::directory::problem::Problem;
use crate::directory::provisioning::{self, Person};
use crate::directory::text;

mod names;
mod places;

use names::{Claim, settle, twice};
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
    /// Of these accounts, those that have not left it.
    #[serde(skip)]
    pub active: usize,
    #[serde(skip)]
    pub known_groups: usize,
    /// In all of its groups.
    #[serde(skip)]
    pub memberships: usize,
    /// Accounts that are deleted now, and left before.
    #[serde(skip)]
    pub expired: usize,
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

    /// Would it shut out or delete so many, or take so many out of groups, that somebody has to look at it first?
    #[must_use]
    pub fn is_held(&self, brake: Brake) -> bool {
        let counts = self.counts();
        let too_many = |gone: usize, known: usize| {
            // All of them at once is a mistake more often than not, however few they are.
            (gone > 0 && gone >= known)
                || (gone > brake.floor as usize && gone * 100 > usize::from(brake.percent) * known)
        };
        let gone = counts.deleted + counts.left + counts.suspended;
        // Whoever left before is gone already, and does not count as one who stays.
        too_many(gone.saturating_sub(self.expired), self.active)
            || too_many(gone, self.known)
            || too_many(counts.groups_deleted, self.known_groups)
            || too_many(counts.parted, self.memberships)
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
            active: facts.people.iter().filter(|known| known.link.left.is_none()).count(),
            known_groups: facts.groups.len(),
            memberships: facts.groups.iter().map(|known| known.members.len()).sum(),
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
    fn trouble(&mut self, entry: &str, why: Why) {
        self.plan.problems.push(Trouble::new(entry, why));
    }

    fn people(&mut self, found: &[FoundPerson]) {
        let facts = self.facts;
        let known: BTreeMap<&str, &LinkedPerson> = facts
            .people
            .iter()
            .map(|known| (known.link.key.as_str(), known))
            .collect();
        let seen: BTreeSet<&str> = found.iter().map(|one| one.key.as_str()).collect();
        let claims = self.claims(found, &known);
        let mut taken = facts.taken_users.clone();
        for (key, known) in &known {
            // Who stays as they are, and who left and is not back.
            if self.kept.contains(*key) || (known.link.left.is_some() && !seen.contains(key)) {
                taken.insert(text::folded(&known.row.user_name));
            }
        }
        let (claims, without) = settle(claims, &taken);
        for Claim { key, what, .. } in without {
            self.kept.insert(key.to_owned());
            self.trouble(&what.1.user_name, Why::UserNameTaken);
        }
        for Claim { key, what, .. } in claims {
            let (one, person) = what;
            match known.get(key) {
                Some(known) => self.known_person(known, one, person),
                None => self.new_person(one, person),
            }
        }
        for known in &facts.people {
            let key = known.link.key.as_str();
            if self.kept.contains(key) {
                let member = Member::Account(known.account.id);
                self.names.insert(key.to_owned(), (member, known.account.name.clone()));
            } else if !seen.contains(key) {
                self.gone(known);
            }
        }
    }

    /// Those who can be taken over, with the user name that the directory says.
    fn claims<'p>(
        &mut self,
        found: &'p [FoundPerson],
        known: &BTreeMap<&str, &LinkedPerson>,
    ) -> Vec<Claim<'p, (&'p FoundPerson, Person)>> {
        let twice = twice(found.iter().map(|one| one.key.as_str()));
        let mut claims = Vec::new();
        for one in found {
            let said = &one.person.user_name;
            if twice.contains(one.key.as_str()) {
                self.kept.insert(one.key.clone());
                self.trouble(said, Why::SameId);
                continue;
            }
            match provisioning::check(&one.person) {
                Ok(person) => claims.push(Claim {
                    key: &one.key,
                    name: text::folded(&person.user_name),
                    was: known
                        .get(one.key.as_str())
                        .map(|known| text::folded(&known.row.user_name)),
                    what: (one, person),
                }),
                Err(Problem { message, field, .. }) => {
                    self.kept.insert(one.key.clone());
                    let detail = format!("{}: {message}", field.unwrap_or("name"));
                    self.plan.problems.push(Trouble::new(said, Why::Value).about(detail));
                }
            }
        }
        claims
    }

    /// Where the directory puts somebody, with the name of the unit for the person; nowhere when that can't be.
    fn seat(&mut self, found: &FoundPerson, person: &mut Person) -> Option<(Seat, String)> {
        let place = found.place.as_ref()?;
        match self.places.seat(place, self.settings.create_units) {
            Ok((seat, name)) => {
                person.attributes.department = remembered(&name);
                Some((seat, name))
            }
            Err((why, unit)) => {
                let trouble = Trouble::new(&person.user_name, why).about(unit);
                self.plan.problems.push(trouble);
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
        if kind == StepKind::Delete && link.left.is_some() {
            self.plan.expired += 1;
        }
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
        let facts = self.facts;
        let known: BTreeMap<&str, &LinkedGroup> =
            facts.groups.iter().map(|known| (known.key.as_str(), known)).collect();
        let seen: BTreeSet<&str> = found.iter().map(|one| one.key.as_str()).collect();
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let twice = twice(found.iter().map(|one| one.key.as_str()));
        let mut claims = Vec::new();
        for one in found {
            let key = one.key.as_str();
            let why = match (text::name("name", &one.name), self.members(one)) {
                _ if twice.contains(key) => Why::GroupSameId,
                (Err(_), _) => Why::GroupName,
                (_, members) if members.len() > limits::MAX_GROUP => Why::GroupTooLarge,
                (Ok(name), members) => {
                    claims.push(Claim {
                        key,
                        name: text::folded(&name),
                        was: known.get(key).map(|known| text::folded(&known.group.name)),
                        what: (name, members),
                    });
                    continue;
                }
            };
            kept.insert(key);
            self.trouble(&one.name, why);
        }
        let mut taken = facts.taken_groups.clone();
        let stay = known.iter().filter(|(key, _)| kept.contains(*key));
        taken.extend(stay.map(|(_, known)| text::folded(&known.group.name)));
        let (claims, without) = settle(claims, &taken);
        for claim in without {
            self.trouble(&claim.what.0, Why::GroupNameTaken);
        }
        for Claim { key, what, .. } in claims {
            self.group(known.get(key).copied(), key, what.0, what.1);
        }
        for known in &facts.groups {
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

    /// Who is in it, with their names. A member may be no person who is asked for, or one that can't be taken over.
    fn members(&self, found: &FoundGroup) -> BTreeMap<Member, String> {
        let members = found.members.iter().filter_map(|key| self.names.get(key));
        members.cloned().collect()
    }

    fn names_of<'a>(&self, accounts: impl IntoIterator<Item = &'a AccountId>) -> Vec<String> {
        let found = accounts.into_iter().filter_map(|id| self.called.get(id).copied());
        let mut found: Vec<String> = found.map(str::to_owned).collect();
        found.sort();
        found
    }

    fn group(&mut self, known: Option<&LinkedGroup>, key: &str, name: String, members: BTreeMap<Member, String>) {
        let was = known.map(|known| known.members.clone()).unwrap_or_default();
        let mut joined: Vec<String> = members
            .iter()
            .filter(|(member, _)| !matches!(member, Member::Account(id) if was.contains(id)))
            .map(|(_, called)| called.clone())
            .collect();
        let members: BTreeSet<Member> = members.into_keys().collect();
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
            key: key.to_owned(),
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
    let spare = name.chars().count().saturating_sub(limits::MAX_NAME);
    let end: String = name.chars().skip(spare).collect();
    Some(end.trim().to_owned()).filter(|end| !end.is_empty())
}

/// The name that somebody has who is gone: theirs is free for another.
#[must_use]
pub fn left_name(user_name: &str, key: &str) -> String {
    let ending = format!(" ({key})");
    let room = limits::MAX_NAME.saturating_sub(ending.chars().count());
    let begin: String = user_name.chars().take(room).collect();
    let name = format!("{}{ending}", begin.trim_end());
    name.chars().take(limits::MAX_NAME).collect()
}
