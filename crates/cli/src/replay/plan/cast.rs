// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The cast: people with names and devices, groups with members, posters, and where the network is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Device, Dice, Group, Person, Plan, Poster, SETTLE};
use crate::replay::scenario::{Clock, Kind, People, Scenario, Span};

#[derive(Deserialize)]
struct Names {
    first: Vec<String>,
    last: Vec<String>,
}

const STAFF_DEVICES: &[&str] = &["Diensthandy", "Dienstrechner", "Tablet", "Ersatzgerät"];
const PRIVATE_DEVICES: &[&str] = &["Handy", "Tablet", "Rechner", "Zweithandy"];

pub(super) fn cast(scenario: &Scenario, seed: u64) -> Plan {
    let mut plan = Plan {
        seed,
        people: Vec::new(),
        devices: Vec::new(),
        groups: Vec::new(),
        posters: Vec::new(),
        messages: Vec::new(),
        steps: Vec::new(),
    };
    people(scenario, &mut plan);
    groups(scenario, &mut plan);
    posters(&mut plan);
    dead_spots(scenario, &mut plan);
    late_links(scenario, &mut plan);
    plan
}

/// Names that each occur once.
fn names(seed: u64, count: usize) -> Vec<String> {
    let names: Names = toml::from_str(include_str!("../names.toml")).unwrap_or(Names {
        first: Vec::new(),
        last: Vec::new(),
    });
    let mut all: Vec<String> = names
        .first
        .iter()
        .flat_map(|first| names.last.iter().map(move |last| format!("{first} {last}")))
        .collect();
    Dice::new(seed, "names").shuffle(&mut all);
    // A scenario larger than the list goes on with numbers.
    (0..count)
        .map(|at| all.get(at).cloned().unwrap_or_else(|| format!("Person {at}")))
        .collect()
}

fn people(scenario: &Scenario, plan: &mut Plan) {
    let count = scenario.people.iter().map(|people| people.count).sum();
    let mut names = names(plan.seed, count).into_iter();
    let mut dice = Dice::new(plan.seed, "people");
    for (block, people) in scenario.people.iter().enumerate() {
        let devices = devices_of(people, &mut dice);
        let comes = spread(people.comes, people.count, &mut dice);
        let leaves = spread(people.leaves, people.count, &mut dice);
        let online = spread(people.online, people.count, &mut dice);
        for at in 0..people.count {
            let person = plan.people.len();
            let names_of = if people.kind == Kind::Staff {
                STAFF_DEVICES
            } else {
                PRIVATE_DEVICES
            };
            let first = plan.devices.len();
            for nth in 0..devices[at] {
                let name = names_of.get(nth).copied().unwrap_or("Gerät");
                let offline = online[at]
                    .map(|until| vec![(0, until + dice.number(5_000))])
                    .unwrap_or_default();
                plan.devices.push(Device {
                    person,
                    name,
                    linked: None,
                    offline,
                });
            }
            plan.people.push(Person {
                name: names.next().unwrap_or_default(),
                role: people.role.clone(),
                kind: people.kind,
                people: block,
                organisation: scenario.organisation_at(&people.organisation).unwrap_or(0),
                unit: people.unit.as_deref().and_then(|key| scenario.unit_at(key)),
                comes: comes[at],
                leaves: leaves[at],
                poster: None,
                devices: (first..plan.devices.len()).collect(),
                groups: Vec::new(),
            });
        }
    }
}

/// How many devices each has: the shares exactly, as far as people can be divided.
fn devices_of(people: &People, dice: &mut Dice) -> Vec<usize> {
    let mut counts = Vec::with_capacity(people.count);
    let mut share = 0;
    for (more, per_cent) in people.devices.iter().enumerate() {
        share += usize::from(*per_cent);
        counts.resize((people.count * share).div_ceil(100), more + 1);
    }
    counts.truncate(people.count);
    dice.shuffle(&mut counts);
    counts
}

/// A time for each within the span, in order.
fn spread(span: Option<Span>, count: usize, dice: &mut Dice) -> Vec<Option<u64>> {
    let Some(span) = span else {
        return vec![None; count];
    };
    let mut times: Vec<u64> = (0..count).map(|_| dice.between(span.from.0, span.to.0 - 1)).collect();
    times.sort_unstable();
    times.into_iter().map(Some).collect()
}

/// The units below a unit, and itself.
fn with_sub_units(scenario: &Scenario, unit: usize) -> Vec<usize> {
    let mut all = vec![unit];
    let mut next = 0;
    while let Some(parent) = all.get(next).copied() {
        let key = scenario.unit[parent].key.as_str();
        all.extend((0..scenario.unit.len()).filter(|child| scenario.unit[*child].parent.as_deref() == Some(key)));
        next += 1;
    }
    all
}

fn groups(scenario: &Scenario, plan: &mut Plan) {
    for (index, group) in scenario.group.iter().enumerate() {
        // Where several rules give a person a role, the highest holds.
        let mut members: BTreeMap<usize, bool> = BTreeMap::new();
        let mut units = Vec::new();
        let mut named = BTreeSet::new();
        for rule in &group.members {
            let who: Vec<usize> = if let Some(unit) = rule.unit.as_deref().and_then(|key| scenario.unit_at(key)) {
                units.push((unit, rule.sub_units, rule.publisher));
                let all = if rule.sub_units {
                    with_sub_units(scenario, unit)
                } else {
                    vec![unit]
                };
                (0..plan.people.len())
                    .filter(|person| plan.people[*person].unit.is_some_and(|unit| all.contains(&unit)))
                    .collect()
            } else if let Some(block) = rule.people.as_deref().and_then(|key| scenario.people_at(key)) {
                let all: Vec<usize> = (0..plan.people.len())
                    .filter(|person| plan.people[*person].people == block)
                    .collect();
                let [part, of] = rule.part.unwrap_or([1, 1]);
                all[all.len() * (part - 1) / of..all.len() * part / of].to_vec()
            } else {
                Vec::new()
            };
            if rule.people.is_some() {
                named.extend(who.iter().copied());
            }
            for person in who {
                *members.entry(person).or_default() |= rule.publisher;
            }
        }
        for person in members.keys() {
            plan.people[*person].groups.push(index);
        }
        plan.groups.push(Group {
            name: group.name.clone(),
            channel: group.channel,
            members: members.into_iter().collect(),
            units,
            named,
        });
    }
}

/// One poster for all who get the same groups in the same way.
fn posters(plan: &mut Plan) {
    for person in &mut plan.people {
        if person.comes.is_none() {
            continue;
        }
        let found = plan
            .posters
            .iter()
            .position(|poster| poster.kind == person.kind && poster.groups == person.groups);
        let poster = found.unwrap_or_else(|| {
            plan.posters.push(Poster {
                kind: person.kind,
                groups: person.groups.clone(),
                limit: 0,
            });
            plan.posters.len() - 1
        });
        plan.posters[poster].limit += 1;
        person.poster = Some(poster);
    }
}

fn dead_spots(scenario: &Scenario, plan: &mut Plan) {
    let mut dice = Dice::new(plan.seed, "dead spots");
    for spot in &scenario.dead_spot {
        for person in some_of(
            scenario,
            plan,
            &spot.people,
            |count| (count * usize::from(spot.share)).div_ceil(100),
            &mut dice,
        ) {
            let length = dice.between(spot.minutes[0], spot.minutes[1]) * Clock::MINUTE;
            let from = dice.between(spot.span.from.0, spot.span.to.0);
            // The phone goes along into the cellar; other devices stay where the network is.
            let Some(device) = plan.people[person].devices.first().copied() else {
                continue;
            };
            let it = &plan.people[person];
            let at_work = it.comes.is_none_or(|comes| comes + SETTLE <= from)
                && it.leaves.is_none_or(|leaves| from + length + SETTLE <= leaves);
            let windows = &mut plan.devices[device].offline;
            let clear = at_work
                && windows
                    .iter()
                    .all(|(start, end)| from + length + SPACE < *start || end + SPACE < from);
            if clear {
                windows.push((from, from + length));
                windows.sort_unstable();
            }
        }
    }
}

/// Between two losses of the network.
const SPACE: u64 = 2 * Clock::MINUTE;

fn late_links(scenario: &Scenario, plan: &mut Plan) {
    let mut dice = Dice::new(plan.seed, "links");
    for link in &scenario.link {
        let at_home = |plan: &Plan, person: usize| {
            plan.people[person]
                .devices
                .iter()
                .all(|device| plan.devices[*device].offline.is_empty())
        };
        let mut people = some_of(scenario, plan, &link.people, |count| count, &mut dice);
        people.retain(|person| at_home(plan, *person));
        for person in people.into_iter().take(link.count) {
            let linked = Some(dice.between(link.span.from.0, link.span.to.0));
            let device = plan.devices.len();
            plan.devices.push(Device {
                person,
                name: "Neues Tablet",
                linked,
                offline: Vec::new(),
            });
            plan.people[person].devices.push(device);
        }
    }
}

/// Some of the people with a key, by chance.
fn some_of(scenario: &Scenario, plan: &Plan, key: &str, count: impl Fn(usize) -> usize, dice: &mut Dice) -> Vec<usize> {
    let block = scenario.people_at(key);
    let mut people: Vec<usize> = (0..plan.people.len())
        .filter(|person| Some(plan.people[*person].people) == block)
        .collect();
    let count = count(people.len());
    dice.shuffle(&mut people);
    people.truncate(count);
    people.sort_unstable();
    people
}
