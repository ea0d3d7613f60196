// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Plans: what follows from what the directory says, and what never does.

use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, DirectoryGroupId, OrganisationId, Time, UnitId};
use serde_json::json;

use super::plan::{GroupStepKind, Member, Plan, Seat, StepKind, left_name, plan};
use super::settings::{Brake, Schedule, Settings};
use super::*;
use crate::directory::types::Attributes;

const CITY: OrganisationId = OrganisationId::from_bytes([1; 16]);
const WEEK: u64 = 7 * Time::DAY;

fn settings() -> Settings {
    let settings: Settings =
        serde_json::from_value(json!({"kind": "openldap", "url": "ldaps://ldap.example", "base": "dc=stadt"})).unwrap();
    settings.complete().unwrap()
}

fn person(key: &str, name: &str) -> FoundPerson {
    FoundPerson {
        key: key.to_owned(),
        person: Person {
            user_name: format!("{key}@stadt"),
            external: Some(key.to_owned()),
            title: None,
            active: true,
            attributes: Attributes {
                display: Some(name.to_owned()),
                ..Attributes::default()
            },
        },
        place: None,
    }
}

fn placed(mut found: FoundPerson, place: &str) -> FoundPerson {
    found.place = Some(Place::Named(place.to_owned()));
    found
}

fn unit(number: u8, parent: Option<u8>, name: &str) -> Unit {
    Unit {
        id: UnitId::from_bytes([number; 16]),
        organisation: CITY,
        parent: parent.map(|parent| UnitId::from_bytes([parent; 16])),
        name: name.to_owned(),
        revision: 1,
    }
}

/// As if this had been taken over before.
fn known(number: u8, found: &FoundPerson, unit: Option<u8>) -> LinkedPerson {
    let account = AccountId::from_bytes([number; 16]);
    let mut attributes = found.person.attributes.clone();
    attributes.department = found.place.as_ref().map(|place| match place {
        Place::Named(name) => name.clone(),
        Place::Path(path) => path.join("/"),
    });
    LinkedPerson {
        link: Link {
            account,
            key: found.key.clone(),
            title: found.person.title.clone(),
            active: found.person.active,
            left: None,
        },
        account: Account {
            id: account,
            organisation: CITY,
            unit: unit.map(|unit| UnitId::from_bytes([unit; 16])),
            name: found.person.attributes.display.clone().unwrap(),
            function: found.person.title.clone(),
            kind: AccountKind::Staff,
            joined: true,
            suspended: !found.person.active,
            operation: None,
            ends: None,
            created: Time(1),
            revision: 1,
        },
        row: Provisioned {
            account,
            organisation: CITY,
            user_name: found.person.user_name.clone(),
            external: found.person.external.clone(),
            attributes,
            created: Time(1),
            changed: Time(1),
            revision: 1,
        },
    }
}

fn facts(people: Vec<LinkedPerson>) -> Facts {
    Facts {
        now: Time(100 * Time::DAY),
        people,
        units: vec![
            unit(11, None, "Ordnungsamt"),
            unit(12, Some(11), "Streife"),
            unit(13, None, "Bauamt"),
        ],
        ..Facts::default()
    }
}

/// A group that was taken over before.
fn linked(key: &str, name: &str, members: &[u8]) -> LinkedGroup {
    LinkedGroup {
        key: key.to_owned(),
        group: DirectoryGroup {
            id: DirectoryGroupId::from_bytes([key.as_bytes()[0]; 16]),
            organisation: CITY,
            name: name.to_owned(),
            external: Some(key.to_owned()),
            created: Time(1),
            changed: Time(1),
            revision: 1,
        },
        members: members
            .iter()
            .map(|number| AccountId::from_bytes([*number; 16]))
            .collect(),
    }
}

fn circle(key: &str, name: &str, members: impl IntoIterator<Item = String>) -> FoundGroup {
    FoundGroup {
        key: key.to_owned(),
        name: name.to_owned(),
        members: members.into_iter().collect(),
    }
}

fn says(people: Vec<FoundPerson>) -> Snapshot {
    Snapshot {
        people,
        ..Snapshot::default()
    }
}

fn kinds(plan: &Plan) -> Vec<(StepKind, &str)> {
    plan.people.iter().map(|step| (step.kind, step.key.as_str())).collect()
}

#[test]
fn what_is_said_again_changes_nothing() {
    let ada = placed(person("a", "Ada König"), "Ordnungsamt/Streife");
    let facts = facts(vec![known(1, &ada, Some(12))]);
    let plan = plan(&says(vec![ada]), &facts, &settings());
    assert!(plan.is_empty() && plan.problems.is_empty(), "{plan:?}");
}

#[test]
fn newcomers_are_added_where_the_directory_puts_them_and_units_are_made_for_them() {
    let people = vec![
        placed(person("a", "Ada"), "Streife"),
        placed(person("b", "Bo"), "bauamt"),
        placed(person("c", "Cy"), "Wahlamt/Briefwahl"),
        person("d", "Di"),
    ];
    let made = plan(&says(people.clone()), &facts(Vec::new()), &settings());
    let seats: Vec<_> = made.people.iter().map(|step| step.seat.clone()).collect();
    let here = |number: u8| Some(Seat::Unit(Some(UnitId::from_bytes([number; 16]))));
    let new = Some(Seat::New(vec!["Wahlamt".to_owned(), "Briefwahl".to_owned()]));
    assert_eq!(seats, [here(12), here(13), new, None]);
    assert_eq!(made.units, [vec!["Wahlamt"], vec!["Wahlamt", "Briefwahl"]]);

    let strict = Settings {
        create_units: false,
        ..settings()
    };
    let kept = plan(&says(people), &facts(Vec::new()), &strict);
    assert!(kept.units.is_empty());
    assert_eq!(kept.counts().added, 4, "in no unit rather than not at all");
    let problem = &kept.problems[0];
    assert_eq!(
        (problem.code, problem.detail.as_deref()),
        (Why::UnitUnknown, Some("Wahlamt/Briefwahl"))
    );
}

#[test]
fn whoever_is_gone_is_shut_out_first_and_deleted_after_a_week() {
    let ada = person("a", "Ada");
    let mut facts = facts(vec![known(1, &ada, None)]);
    assert_eq!(
        kinds(&plan(&says(vec![]), &facts, &settings())),
        [(StepKind::Leave, "a")]
    );
    facts.people[0].link.left = Some(facts.now);
    facts.people[0].account.suspended = true;
    facts.people[0].row.user_name = left_name("a@stadt", "a");
    assert_eq!(kinds(&plan(&says(vec![]), &facts, &settings())), []);
    let back = plan(&says(vec![ada]), &facts, &settings());
    assert_eq!(kinds(&back), [(StepKind::Resume, "a")], "as if never gone");
    facts.now = facts.now.plus(WEEK);
    assert_eq!(
        kinds(&plan(&says(vec![]), &facts, &settings())),
        [(StepKind::Delete, "a")]
    );
}

#[test]
fn with_no_days_to_keep_whoever_is_gone_is_deleted_at_once() {
    let facts = facts(vec![known(1, &person("a", "Ada"), None)]);
    let at_once = Settings {
        keep_days: 0,
        ..settings()
    };
    assert_eq!(kinds(&plan(&says(vec![]), &facts, &at_once)), [(StepKind::Delete, "a")]);
}

#[test]
fn what_an_administrator_did_stays_until_the_directory_says_something_new() {
    let ada = placed(person("a", "Ada"), "Streife");
    let mut facts = facts(vec![known(1, &ada, Some(12))]);
    facts.people[0].account.suspended = true;
    facts.people[0].account.unit = None;
    facts.people[0].account.function = Some("Leitung".to_owned());
    assert!(plan(&says(vec![ada.clone()]), &facts, &settings()).is_empty());
    let mut renamed = ada.clone();
    renamed.person.attributes.display = Some("Ada Adam".to_owned());
    let step = &plan(&says(vec![renamed]), &facts, &settings()).people[0];
    assert_eq!(
        (step.kind, step.suspended, step.takes_title, &step.seat),
        (StepKind::Change, true, false, &None)
    );
    let moved = placed(person("a", "Ada"), "Bauamt");
    let step = &plan(&says(vec![moved]), &facts, &settings()).people[0];
    assert_eq!((step.kind, step.unit_to.as_deref()), (StepKind::Move, Some("Bauamt")));
}

#[test]
fn disabled_there_is_suspended_here_and_never_deleted() {
    let ada = person("a", "Ada");
    let mut facts = facts(vec![known(1, &ada, None)]);
    let mut off = ada.clone();
    off.person.active = false;
    assert_eq!(
        kinds(&plan(&says(vec![off.clone()]), &facts, &settings())),
        [(StepKind::Suspend, "a")]
    );
    facts.people[0] = known(1, &off, None);
    facts.now = facts.now.plus(100 * WEEK);
    assert!(plan(&says(vec![off]), &facts, &settings()).is_empty());
    assert_eq!(
        kinds(&plan(&says(vec![ada]), &facts, &settings())),
        [(StepKind::Resume, "a")]
    );
}

#[test]
fn an_entry_that_can_not_be_taken_over_is_named_and_its_account_stays() {
    let (ada, bo) = (person("a", "Ada"), person("b", "Bo"));
    let facts = facts(vec![known(1, &ada, None), known(2, &bo, None)]);
    let mut long = ada.clone();
    long.person.attributes.display = Some("x".repeat(200));
    let mut snapshot = says(vec![long]);
    snapshot.kept.insert("b".to_owned());
    let plan = plan(&snapshot, &facts, &settings());
    assert!(plan.is_empty(), "{plan:?}");
    assert_eq!(plan.problems.len(), 1);
    assert_eq!(plan.problems[0].code, Why::Value);
    assert!(plan.problems[0].reason.contains("120 characters"));
}

#[test]
fn names_that_others_have_are_not_taken() {
    let (ada, mut thief) = (person("a", "Ada"), person("0", "Thief"));
    thief.person.user_name = "A@STADT".to_owned();
    let mut other = person("c", "Cy");
    other.person.user_name = "scim@stadt".to_owned();
    let mut facts = facts(vec![known(1, &ada, None)]);
    facts.taken_users.insert("scim@stadt".to_owned());
    let plan = plan(&says(vec![thief, ada, other]), &facts, &settings());
    assert!(plan.people.is_empty(), "{plan:?}");
    assert_eq!(plan.problems.len(), 2);
}

#[test]
fn one_id_twice_is_nobody_s() {
    let plan = plan(
        &says(vec![person("a", "Ada"), person("a", "Bo")]),
        &facts(Vec::new()),
        &settings(),
    );
    assert!(plan.people.is_empty());
    assert_eq!(plan.problems[0].code, Why::SameId);
}

#[test]
fn the_brake_holds_what_is_too_many_or_all() {
    let people: Vec<_> = (0..100)
        .map(|number| person(&format!("p{number:03}"), "Person"))
        .collect();
    let facts = facts(
        (0_u8..100)
            .zip(&people)
            .map(|(number, found)| known(number, found, None))
            .collect(),
    );
    let held = |stay: usize, brake: Brake| plan(&says(people[..stay].to_vec()), &facts, &settings()).is_held(brake);
    let brake = Brake::default();
    assert!(!held(100, brake) && !held(97, brake) && !held(90, brake));
    assert!(held(89, brake) && held(0, brake));
    assert!(
        held(
            0,
            Brake {
                percent: 100,
                floor: 1_000
            }
        ),
        "all of them is always too many"
    );
    assert!(!held(80, Brake { percent: 10, floor: 20 }));
}

#[test]
fn a_group_follows_the_directory_leaving_included() {
    let (ada, bo) = (person("a", "Ada"), person("b", "Bo"));
    let mut facts = facts(vec![known(1, &ada, None)]);
    facts.groups.push(linked("g", "Lage", &[1]));
    let group = |members: &[&str]| FoundGroup {
        key: "g".to_owned(),
        name: "Lage".to_owned(),
        members: members.iter().map(|key| (*key).to_owned()).collect(),
    };
    let mut snapshot = says(vec![ada, bo]);
    snapshot.groups = Some(vec![group(&["a", "nobody"])]);
    assert!(plan(&snapshot, &facts, &settings()).groups.is_empty());
    snapshot.groups = Some(vec![group(&["b"])]);
    let made = plan(&snapshot, &facts, &settings());
    let step = &made.groups[0];
    assert_eq!(
        (step.kind, &step.joined[..], &step.left[..]),
        (GroupStepKind::Change, &["Bo".to_owned()][..], &["Ada".to_owned()][..])
    );
    assert_eq!(step.members, BTreeSet::from([Member::New("b".to_owned())]));
    snapshot.groups = Some(vec![]);
    let made = plan(&snapshot, &facts, &settings());
    assert_eq!(made.groups[0].kind, GroupStepKind::Delete);
    assert!(made.is_held(Brake::default()), "all groups at once");
    snapshot.groups = None;
    assert!(
        plan(&snapshot, &facts, &settings()).groups.is_empty(),
        "nobody asked for groups"
    );
}

#[test]
fn the_same_is_the_same_plan_and_another_is_another() {
    let (ada, bo) = (person("a", "Ada"), person("b", "Bo"));
    let facts = facts(Vec::new());
    let one = plan(&says(vec![ada.clone(), bo.clone()]), &facts, &settings());
    let same = plan(&says(vec![bo, ada.clone()]), &facts, &settings());
    assert_eq!(one.hash(), same.hash(), "in whatever order the directory says it");
    assert_ne!(one.hash(), plan(&says(vec![ada]), &facts, &settings()).hash());
}

#[test]
fn a_schedule_has_a_next_time() {
    let now = Time(10 * Time::DAY + 3 * Time::HOUR + 1);
    assert_eq!(Schedule::Off.next(now), None);
    assert_eq!(Schedule::Hour.next(now), Some(Time(10 * Time::DAY + 4 * Time::HOUR)));
    assert_eq!(
        Schedule::Day { hour: 3 }.next(now),
        Some(Time(11 * Time::DAY + 3 * Time::HOUR))
    );
    assert_eq!(
        Schedule::Day { hour: 4 }.next(now),
        Some(Time(10 * Time::DAY + 4 * Time::HOUR))
    );
}

#[test]
fn an_address_is_one_and_nothing_goes_in_the_open_to_other_machines() {
    let at = |url: &str, start_tls, allow_plain| {
        Settings {
            url: url.to_owned(),
            start_tls,
            allow_plain,
            ..settings()
        }
        .address()
        .map(|address| (address.host, address.port, address.security))
    };
    use super::settings::Security;
    assert_eq!(
        at("ldaps://l.example", true, false).unwrap(),
        ("l.example".to_owned(), 636, Security::Tls)
    );
    assert_eq!(
        at("ldap://l.example:3890/", true, false).unwrap(),
        ("l.example".to_owned(), 3890, Security::StartTls)
    );
    assert_eq!(
        at("ldap://[::1]:1", false, false).unwrap(),
        ("::1".to_owned(), 1, Security::Plain)
    );
    assert!(at("ldap://l.example", false, false).is_err());
    assert!(at("ldap://l.example", false, true).is_ok(), "whoever says so");
    for bad in [
        "l.example",
        "http://l.example",
        "ldap://",
        "ldap://a b",
        "ldaps://u@l.example",
        "ldaps://l/dc=x",
        "ldaps://l:99999",
    ] {
        assert!(at(bad, true, true).is_err(), "{bad}");
    }
}

#[test]
fn the_old_name_of_somebody_who_keeps_it_is_not_taken() {
    let [ada, bo, cy] = [person("a", "Ada"), person("b", "Bo"), person("c", "Cy")];
    let mut facts = facts(vec![known(1, &ada, None), known(2, &bo, None), known(3, &cy, None)]);
    let called = |found: &FoundPerson, name: &str| {
        let mut found = found.clone();
        found.person.user_name = name.to_owned();
        found
    };
    // Bo gets a name that is somebody else's, so keeps his own; then Ada can't have that, nor Cy hers.
    facts.taken_users.insert("scim@stadt".to_owned());
    let said = vec![
        called(&ada, "b@stadt"),
        called(&bo, "scim@stadt"),
        called(&cy, "A@stadt"),
    ];
    let made = plan(&says(said), &facts, &settings());
    assert!(made.people.is_empty(), "{made:?}");
    assert!(made.problems.iter().all(|one| one.code == Why::UserNameTaken) && made.problems.len() == 3);
    // Whoever stays as they are for another reason keeps the name, too.
    let mut snapshot = says(vec![called(&ada, "b@stadt"), cy.clone()]);
    snapshot.kept.insert("b".to_owned());
    assert!(plan(&snapshot, &facts, &settings()).people.is_empty());
    // Those who change names with each other do.
    let said = vec![called(&ada, "b@stadt"), called(&bo, "a@stadt"), cy];
    assert_eq!(plan(&says(said), &facts, &settings()).counts().changed, 2);
}

#[test]
fn the_old_name_of_a_group_that_keeps_it_is_not_taken() {
    let mut facts = facts(Vec::new());
    facts.groups = vec![linked("g", "Lage", &[]), linked("h", "Presse", &[])];
    facts.taken_groups.insert("scim".to_owned());
    let mut snapshot = says(Vec::new());
    snapshot.groups = Some(vec![circle("g", "Presse", []), circle("h", "SCIM", [])]);
    let made = plan(&snapshot, &facts, &settings());
    assert!(made.groups.is_empty(), "{made:?}");
    assert_eq!(made.problems.len(), 2);
}

#[test]
fn a_group_that_is_too_large_stays_as_it_is_and_the_rest_is_taken_over() {
    let people: Vec<_> = (0..=melder_protocol::limits::MAX_GROUP)
        .map(|number| person(&format!("p{number}"), "Person"))
        .collect();
    let mut facts = facts(Vec::new());
    facts.groups = vec![linked("g", "Lage", &[])];
    let mut snapshot = says(people.clone());
    let all = people.iter().map(|one| one.key.clone());
    snapshot.groups = Some(vec![circle("g", "Alle", all), circle("h", "Lage", [])]);
    let made = plan(&snapshot, &facts, &settings());
    assert_eq!(made.counts().added, people.len());
    assert!(made.groups.is_empty(), "the name is not free");
    let codes: Vec<_> = made.problems.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Why::GroupTooLarge, Why::GroupNameTaken]);
}

#[test]
fn the_brake_does_not_count_who_left_before_among_those_who_stay() {
    let people: Vec<_> = ["a", "b", "c", "d"].map(|key| person(key, "Person")).into();
    let mut facts = facts(
        (1_u8..5)
            .zip(&people)
            .map(|(number, found)| known(number, found, None))
            .collect(),
    );
    facts.people[0].link.left = Some(facts.now);
    facts.people[0].account.suspended = true;
    let made = plan(&says(Vec::new()), &facts, &settings());
    assert_eq!(made.counts().left, 3);
    assert!(made.is_held(Brake::default()), "all who are left, at once");
    // A deletion whose time has come is nobody who goes now.
    facts.now = facts.now.plus(WEEK);
    let made = plan(&says(people[2..].to_vec()), &facts, &settings());
    assert_eq!((made.counts().deleted, made.counts().left), (1, 1));
    assert!(!made.is_held(Brake::default()));
}

#[test]
fn the_brake_holds_memberships_that_all_are_lost() {
    let people: Vec<_> = (0..40).map(|number| person(&format!("p{number}"), "Person")).collect();
    let mut facts = facts(
        (0_u8..40)
            .zip(&people)
            .map(|(number, found)| known(number, found, None))
            .collect(),
    );
    let members: Vec<u8> = (0..40).collect();
    facts.groups = vec![linked("g", "Lage", &members)];
    let held = |stay: usize, brake: Brake| {
        let mut snapshot = says(people.clone());
        let stay = people[..stay].iter().map(|one| one.key.clone());
        snapshot.groups = Some(vec![circle("g", "Lage", stay)]);
        let made = plan(&snapshot, &facts, &settings());
        assert!(made.people.is_empty());
        made.is_held(brake)
    };
    let brake = Brake::default();
    assert!(held(0, brake) && held(35, brake));
    assert!(!held(36, brake) && !held(40, brake));
    assert!(!held(20, Brake { percent: 50, floor: 3 }));
}
