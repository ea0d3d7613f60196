// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The rules that judge a commit by roster and chains.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod people;

use std::collections::BTreeMap;

use melder_mls::chain;
use melder_mls::roster::Roster;
use melder_mls::rules::{self, AddedLeaf, CommitFacts, Knowledge, RuleViolation};
use melder_protocol::chain::KeyUse;
use melder_protocol::roster::RosterStamp;
use melder_protocol::{Hash, Member, Time};
use people::{By, PEOPLE, People, account, change, key, managed, member, take};
use proptest::collection::vec;
use proptest::prelude::*;

fn add_device(people: &mut People, person: u8, device: u8) {
    let chain = people.0.get_mut(&account(person)).unwrap();
    let body = chain::add_body(
        chain,
        key(person).device(),
        key(device).public(),
        KeyUse::Device,
        Time(2),
    );
    let accept = chain::accept(&body, &key(device));
    chain.extend(&chain::finish_add(body, &key(person), accept)).unwrap();
}

fn remove_device(people: &mut People, person: u8, device: u8) {
    let chain = people.0.get_mut(&account(person)).unwrap();
    let link = chain::remove(chain, &key(person), key(device).device(), Time(3));
    chain.extend(&link).unwrap();
}

fn leaf(person: u8) -> AddedLeaf {
    AddedLeaf {
        member: member(person),
        key: key(person).public(),
    }
}

/// A second device of somebody.
fn second(person: u8, device: u8) -> AddedLeaf {
    AddedLeaf {
        member: Member {
            account: account(person),
            device: key(device).device(),
        },
        key: key(device).public(),
    }
}

fn facts(roster: &Roster, committer: AddedLeaf) -> CommitFacts {
    CommitFacts {
        committer,
        external: false,
        added: Vec::new(),
        removed: Vec::new(),
        stamp: Some(roster.stamp()),
        foreign_proposals: 0,
    }
}

const BOTH: [Knowledge; 2] = [Knowledge::Exact, Knowledge::Newer];

fn judge(facts: &CommitFacts, roster: &Roster, people: &People) -> [Result<(), RuleViolation>; 2] {
    BOTH.map(|knowledge| rules::check(facts, roster, people, knowledge))
}

#[test]
fn members_are_added_by_any_member() {
    let (roster, people) = (managed(), People::new());
    let facts = CommitFacts {
        added: vec![leaf(0), leaf(1)],
        ..facts(&roster, leaf(2))
    };
    assert_eq!(judge(&facts, &roster, &people), [Ok(()), Ok(())]);
}

#[test]
fn a_ghost_is_added_by_nobody() {
    let (roster, people) = (managed(), People::new());
    let facts = facts(&roster, leaf(0));
    let add = |leaf| CommitFacts {
        added: vec![leaf],
        ..facts.clone()
    };
    // An account that the roster does not name.
    assert_eq!(
        judge(&add(leaf(5)), &roster, &people),
        [Err(RuleViolation::AddedNotInRoster); 2]
    );
    // A device that its account does not have.
    assert_eq!(
        judge(&add(second(1, 60)), &roster, &people),
        [Err(RuleViolation::AddedNotInChain); 2]
    );
    // Somebody's device with another key.
    let other_key = AddedLeaf {
        key: key(60).public(),
        ..leaf(1)
    };
    assert_eq!(
        judge(&add(other_key), &roster, &people),
        [Err(RuleViolation::AddedNotInChain); 2]
    );
    // Nobody knows the account's chain.
    let nobody = People(BTreeMap::from([(account(0), people.0[&account(0)].clone())]));
    assert_eq!(
        judge(&add(leaf(1)), &roster, &nobody),
        [Err(RuleViolation::AddedNotInChain); 2]
    );
}

#[test]
fn a_committer_is_a_device_of_a_member() {
    let (roster, people) = (managed(), People::new());
    assert_eq!(
        judge(&facts(&roster, leaf(5)), &roster, &people),
        [Err(RuleViolation::CommitterNotInRoster); 2]
    );
    assert_eq!(
        judge(&facts(&roster, second(0, 60)), &roster, &people),
        [Err(RuleViolation::CommitterNotInChain); 2]
    );
    // A new key in an update path.
    let other_key = AddedLeaf {
        key: key(60).public(),
        ..leaf(0)
    };
    assert_eq!(
        judge(&facts(&roster, other_key), &roster, &people),
        [Err(RuleViolation::CommitterNotInChain); 2]
    );
    let joining = CommitFacts {
        external: true,
        ..facts(&roster, leaf(5))
    };
    assert_eq!(
        judge(&joining, &roster, &people),
        [Err(RuleViolation::CommitterNotInRoster); 2],
        "nor from outside"
    );
}

#[test]
fn who_belongs_is_removed_by_nobody_else() {
    let (mut roster, mut people) = (managed(), People::new());
    let remove = |roster: &Roster, who| CommitFacts {
        removed: vec![who],
        ..facts(roster, leaf(0))
    };
    assert_eq!(
        judge(&remove(&roster, member(1)), &roster, &people),
        [Err(RuleViolation::UnjustifiedRemoval); 2]
    );
    // Out of the roster.
    change(&mut roster, By::Organisation, take(1)).unwrap();
    assert_eq!(judge(&remove(&roster, member(1)), &roster, &people), [Ok(()), Ok(())]);
    // Out of the chain.
    add_device(&mut people, 2, 60);
    let lost = second(2, 60).member;
    assert_eq!(
        judge(&remove(&roster, lost), &roster, &people),
        [Err(RuleViolation::UnjustifiedRemoval); 2]
    );
    remove_device(&mut people, 2, 60);
    assert_eq!(judge(&remove(&roster, lost), &roster, &people), [Ok(()), Ok(())]);
}

#[test]
fn a_person_removes_their_own_devices() {
    let (roster, mut people) = (managed(), People::new());
    add_device(&mut people, 0, 60);
    let own = CommitFacts {
        removed: vec![second(0, 60).member],
        ..facts(&roster, leaf(0))
    };
    assert_eq!(judge(&own, &roster, &people), [Ok(()), Ok(())]);
    // Coming back by external commit takes the old leaf out.
    let back = CommitFacts {
        external: true,
        removed: vec![member(0)],
        ..facts(&roster, leaf(0))
    };
    assert_eq!(judge(&back, &roster, &people), [Ok(()), Ok(())]);
}

#[test]
fn all_may_go_when_the_group_is_closed() {
    let (mut roster, people) = (managed(), People::new());
    assert!(rules::belongs(&roster, &people, member(1)));
    change(&mut roster, By::Organisation, |change| change.closed = true).unwrap();
    assert!(!rules::belongs(&roster, &people, member(1)));
}

#[test]
fn a_commit_says_on_which_roster_it_rests() {
    let (mut roster, people) = (managed(), People::new());
    let old = facts(&roster, leaf(0));
    let none = CommitFacts {
        stamp: None,
        ..old.clone()
    };
    assert_eq!(judge(&none, &roster, &people), [Err(RuleViolation::WrongStamp); 2]);
    change(&mut roster, By::Organisation, take(3)).unwrap();
    // Whoever joined later sees commits that rest on an earlier roster than theirs.
    assert_eq!(judge(&old, &roster, &people), [Err(RuleViolation::WrongStamp), Ok(())]);
    let lie = RosterStamp {
        hash: Hash::from_bytes([1; 32]),
        ..roster.stamp()
    };
    let lie = CommitFacts {
        stamp: Some(lie),
        ..old
    };
    assert_eq!(
        rules::check(&lie, &roster, &people, Knowledge::Exact),
        Err(RuleViolation::WrongStamp)
    );
}

#[test]
fn proposals_that_melder_does_not_use_are_refused() {
    let (roster, people) = (managed(), People::new());
    let foreign = CommitFacts {
        foreign_proposals: 1,
        ..facts(&roster, leaf(0))
    };
    assert_eq!(
        judge(&foreign, &roster, &people),
        [Err(RuleViolation::ForeignProposal); 2]
    );
}

#[test]
fn who_knows_more_accepts_what_was_once_right() {
    let (mut roster, mut people) = (managed(), People::new());
    add_device(&mut people, 1, 60);
    let commit = CommitFacts {
        added: vec![leaf(3), second(1, 60)],
        ..facts(&roster, leaf(2))
    };
    assert_eq!(judge(&commit, &roster, &people), [Ok(()), Ok(())]);
    change(&mut roster, By::Organisation, take(3)).unwrap();
    change(&mut roster, By::Person(2), take(2)).unwrap();
    remove_device(&mut people, 1, 60);
    let commit = CommitFacts {
        stamp: Some(roster.stamp()),
        ..commit
    };
    assert_eq!(
        judge(&commit, &roster, &people),
        [Err(RuleViolation::CommitterNotInRoster), Ok(())]
    );
}

#[test]
fn who_joined_later_may_never_have_known_a_former_members_chain() {
    let (mut roster, mut people) = (managed(), People::new());
    people.0.remove(&account(3));
    let commit = CommitFacts {
        added: vec![leaf(3)],
        ..facts(&roster, leaf(0))
    };
    assert_eq!(
        judge(&commit, &roster, &people),
        [Err(RuleViolation::AddedNotInChain); 2]
    );
    change(&mut roster, By::Organisation, take(3)).unwrap();
    let commit = CommitFacts {
        stamp: Some(roster.stamp()),
        ..commit
    };
    assert_eq!(
        judge(&commit, &roster, &people),
        [Err(RuleViolation::AddedNotInRoster), Ok(())]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Roster and chains go on after a commit, and nobody comes back: whoever joins then must come to the same verdict.
    #[test]
    fn what_is_right_exactly_stays_right_for_who_knows_more(
        committer in 0..PEOPLE, added in vec(0..PEOPLE, 0..3), removed in vec(0..PEOPLE, 0..3),
        before in vec(0_u8..4, 0..2), after in vec(0_u8..4, 0..3),
    ) {
        let (mut roster, mut people) = (managed(), People::new());
        for person in before {
            let _ = change(&mut roster, By::Organisation, take(person));
        }
        let commit = CommitFacts {
            added: added.into_iter().map(leaf).collect(),
            removed: removed.into_iter().map(member).collect(),
            ..facts(&roster, leaf(committer))
        };
        let verdict = rules::check(&commit, &roster, &people, Knowledge::Exact);
        for person in after {
            let _ = change(&mut roster, By::Organisation, take(person));
            let links = u8::try_from(people.0[&account(person)].len()).unwrap();
            add_device(&mut people, person, 60 + person * 20 + links);
        }
        if verdict.is_ok() {
            prop_assert_eq!(rules::check(&commit, &roster, &people, Knowledge::Newer), Ok(()));
        }
    }

    /// Nobody who never had a place is let in, whatever else the commit does.
    #[test]
    fn a_stranger_is_never_let_in(
        committer in 0_u8..4, stranger in 4..PEOPLE, others in vec(0_u8..4, 0..3), external in any::<bool>(),
        index in 0_usize..4,
    ) {
        let (roster, people) = (managed(), People::new());
        let mut added: Vec<AddedLeaf> = others.into_iter().map(leaf).collect();
        added.insert(index.min(added.len()), leaf(stranger));
        let commit = CommitFacts { added, external, ..facts(&roster, leaf(committer)) };
        prop_assert_eq!(judge(&commit, &roster, &people), [Err(RuleViolation::AddedNotInRoster); 2]);
    }
}
