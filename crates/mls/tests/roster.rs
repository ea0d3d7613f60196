// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The roster: who may change it, and what of it holds together.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod people;

use std::collections::BTreeMap;

use melder_mls::roster::{self, Roster, RosterError};
use melder_mls::sign;
use melder_protocol::limits::MAX_GROUP;
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, GroupId, Hash, Index, PublicKey, Time};
use people::{By, GROUP, MEMBERS, PEOPLE, People, account, change, genesis, key, managed, set, take, terms};
use proptest::collection::vec;
use proptest::prelude::*;

fn begin(by: By, terms: GroupTerms, members: &[(u8, Role)]) -> Result<Roster, RosterError> {
    Roster::begin(&by.sign(&genesis(by, terms, members)), &People::new())
}

fn private() -> Roster {
    begin(By::Person(0), terms(GroupKind::Group, Authority::Private), &MEMBERS).unwrap()
}

fn direct() -> Roster {
    let two = [(0, Role::Manage), (1, Role::Manage)];
    begin(By::Person(0), terms(GroupKind::Direct, Authority::Private), &two).unwrap()
}

fn own() -> Roster {
    begin(
        By::Person(0),
        terms(GroupKind::Own, Authority::Private),
        &[(0, Role::Manage)],
    )
    .unwrap()
}

fn put(person: u8, role: Role) -> impl FnOnce(&mut RosterChange) {
    move |change| change.set = set(&[(person, role)])
}

#[test]
fn a_managed_roster_is_the_organisations_word() {
    let mut roster = managed();
    change(&mut roster, By::Organisation, put(4, Role::Member)).unwrap();
    change(&mut roster, By::Organisation, take(3)).unwrap();
    change(&mut roster, By::Organisation, |change| {
        change.name = Some("Wache".to_owned())
    })
    .unwrap();
    assert_eq!(roster.name(), Some("Wache"));
    // Not even who manages has a say beside it.
    for person in 0..4 {
        assert_eq!(
            change(&mut roster.clone(), By::Person(person), put(5, Role::Member)),
            Err(RosterError::NotAllowed)
        );
        assert_eq!(
            change(&mut roster.clone(), By::Person(person), take(4)),
            Err(RosterError::NotAllowed)
        );
        assert_eq!(
            change(&mut roster.clone(), By::Person(person), |change| change.closed = true),
            Err(RosterError::NotAllowed)
        );
    }
}

#[test]
fn a_private_roster_is_changed_by_who_manages() {
    let mut roster = private();
    change(&mut roster, By::Person(0), put(4, Role::Manage)).unwrap();
    change(&mut roster, By::Person(4), put(0, Role::Member)).unwrap();
    assert_eq!(
        change(&mut roster, By::Person(0), take(1)),
        Err(RosterError::NotAllowed),
        "no longer"
    );
    for person in 1..4 {
        assert_eq!(
            change(&mut roster.clone(), By::Person(person), put(5, Role::Member)),
            Err(RosterError::NotAllowed)
        );
        assert_eq!(
            change(&mut roster.clone(), By::Person(person), put(person, Role::Manage)),
            Err(RosterError::NotAllowed)
        );
        assert_eq!(
            change(&mut roster.clone(), By::Person(person), take(4)),
            Err(RosterError::NotAllowed)
        );
    }
    assert_eq!(
        change(&mut roster, By::Person(5), put(5, Role::Manage)),
        Err(RosterError::NotAllowed),
        "a stranger"
    );
}

#[test]
fn the_organisation_takes_out_of_a_private_group_and_puts_nobody_in() {
    let mut roster = private();
    assert_eq!(
        change(&mut roster, By::Organisation, put(4, Role::Member)),
        Err(RosterError::NotAllowed)
    );
    assert_eq!(
        change(&mut roster, By::Organisation, put(2, Role::Manage)),
        Err(RosterError::NotAllowed)
    );
    let rename = |change: &mut RosterChange| change.name = Some("Wache".to_owned());
    assert_eq!(
        change(&mut roster, By::Organisation, rename),
        Err(RosterError::NotAllowed)
    );
    change(&mut roster, By::Organisation, take(2)).unwrap();
    change(&mut roster, By::Organisation, |change| change.closed = true).unwrap();
}

#[test]
fn anybody_leaves_and_does_nothing_else_with_it() {
    for mut roster in [managed(), private()] {
        let and_close = |change: &mut RosterChange| {
            change.unset = vec![account(2)];
            change.closed = true;
        };
        assert_eq!(
            change(&mut roster, By::Person(2), and_close),
            Err(RosterError::NotAllowed)
        );
        let and_rename = |change: &mut RosterChange| {
            change.unset = vec![account(2)];
            change.name = Some("Ätsch".to_owned());
        };
        assert_eq!(
            change(&mut roster, By::Person(2), and_rename),
            Err(RosterError::NotAllowed)
        );
        let with_another = |change: &mut RosterChange| change.unset = vec![account(2), account(3)];
        assert_eq!(
            change(&mut roster, By::Person(2), with_another),
            Err(RosterError::NotAllowed)
        );
        change(&mut roster, By::Person(2), take(2)).unwrap();
        assert_eq!(roster.role(account(2)), None);
        assert!(roster.ever(account(2)) && !roster.ever(account(5)));
        assert_eq!(
            change(&mut roster, By::Person(2), take(2)),
            Err(RosterError::Contradiction),
            "once"
        );
    }
}

#[test]
fn a_direct_chat_is_of_two_for_good() {
    let mut roster = direct();
    assert_eq!(
        change(&mut roster, By::Person(0), put(2, Role::Member)),
        Err(RosterError::NotAllowed)
    );
    assert_eq!(
        change(&mut roster, By::Person(0), take(1)),
        Err(RosterError::NotAllowed),
        "nobody throws out the other"
    );
    change(&mut roster, By::Person(0), take(0)).unwrap();
    assert_eq!(roster.members().collect::<Vec<_>>(), [(account(1), Role::Manage)]);
    change(&mut roster, By::Organisation, take(1)).unwrap();
    for members in [
        &[(0, Role::Manage)][..],
        &[(0, Role::Manage), (1, Role::Manage), (2, Role::Manage)],
    ] {
        assert_eq!(
            begin(By::Person(0), terms(GroupKind::Direct, Authority::Private), members),
            Err(RosterError::KindRule)
        );
    }
    // Not even the organisation changes a direct chat that it manages.
    let two = [(0, Role::Member), (1, Role::Member)];
    let mut roster = begin(By::Organisation, terms(GroupKind::Direct, Authority::Managed), &two).unwrap();
    assert_eq!(
        change(&mut roster, By::Organisation, put(2, Role::Member)),
        Err(RosterError::KindRule)
    );
}

#[test]
fn an_own_group_is_of_one_who_stays() {
    let mut roster = own();
    assert_eq!(
        change(&mut roster, By::Person(0), put(1, Role::Member)),
        Err(RosterError::NotAllowed)
    );
    assert_eq!(
        change(&mut roster, By::Person(0), take(0)),
        Err(RosterError::NotAllowed)
    );
    change(&mut roster, By::Organisation, take(0)).unwrap();
    let two = [(0, Role::Manage), (1, Role::Manage)];
    assert_eq!(
        begin(By::Person(0), terms(GroupKind::Own, Authority::Private), &two),
        Err(RosterError::KindRule)
    );
}

#[test]
fn direct_chats_have_one_id_whoever_begins() {
    let id = roster::direct_group_id(account(1), account(2));
    assert_eq!(roster::direct_group_id(account(2), account(1)), id);
    assert_ne!(roster::direct_group_id(account(1), account(3)), id);
}

#[test]
fn only_publishers_write_in_a_channel() {
    let channel = begin(
        By::Organisation,
        terms(GroupKind::Channel, Authority::Managed),
        &MEMBERS,
    )
    .unwrap();
    assert_eq!(
        [0, 1, 2, 5].map(|person| channel.may_write(account(person))),
        [true, true, false, false]
    );
    assert_eq!(
        [0, 1, 2, 5].map(|person| managed().may_write(account(person))),
        [true, true, true, false]
    );
}

#[test]
fn a_genesis_is_signed_by_whom_its_terms_say() {
    let managed = terms(GroupKind::Group, Authority::Managed);
    let private = terms(GroupKind::Group, Authority::Private);
    assert_eq!(
        begin(By::Person(0), managed.clone(), &MEMBERS),
        Err(RosterError::NotAllowed)
    );
    assert_eq!(
        begin(By::Organisation, private.clone(), &MEMBERS),
        Err(RosterError::NotAllowed)
    );
    assert_eq!(
        begin(By::Person(1), private.clone(), &MEMBERS),
        Err(RosterError::NotAllowed),
        "does not manage it"
    );
    assert_eq!(
        begin(By::Person(5), private.clone(), &MEMBERS),
        Err(RosterError::NotAllowed),
        "is not even in it"
    );
    let forged = sign::sign_statement(&key(0), &genesis(By::Organisation, managed, &MEMBERS));
    assert!(matches!(
        Roster::begin(&forged, &People::new()),
        Err(RosterError::Statement(_))
    ));
    let borrowed = By::Person(1).sign(&genesis(By::Person(0), private.clone(), &MEMBERS));
    assert!(matches!(
        Roster::begin(&borrowed, &People::new()),
        Err(RosterError::Statement(_))
    ));
    let nobody = By::Person(0).sign(&genesis(By::Person(0), private, &MEMBERS));
    assert_eq!(
        Roster::begin(&nobody, &People(BTreeMap::new())),
        Err(RosterError::UnknownAuthor)
    );
}

#[test]
fn a_roster_begins_with_its_genesis_and_has_one() {
    let good = genesis(By::Organisation, terms(GroupKind::Group, Authority::Managed), &MEMBERS);
    let try_it = |change: RosterChange| Roster::begin(&By::Organisation.sign(&change), &People::new());
    assert_eq!(Roster::verify(&[], &People::new()), Err(RosterError::Empty));
    assert_eq!(
        try_it(RosterChange {
            terms: None,
            ..good.clone()
        }),
        Err(RosterError::Genesis)
    );
    assert_eq!(
        try_it(RosterChange {
            index: Index(1),
            ..good.clone()
        }),
        Err(RosterError::NotNext)
    );
    assert_eq!(
        try_it(RosterChange {
            previous: Hash::from_bytes([1; 32]),
            ..good.clone()
        }),
        Err(RosterError::NotNext)
    );
    assert_eq!(
        try_it(RosterChange {
            unset: vec![account(5)],
            ..good.clone()
        }),
        Err(RosterError::NotNext)
    );
    let mut roster = try_it(good.clone()).unwrap();
    assert_eq!(
        change(&mut roster, By::Organisation, |change| change.terms = good.terms),
        Err(RosterError::Genesis)
    );
}

#[test]
fn each_change_holds_the_hash_of_the_one_before() {
    let mut roster = managed();
    let stamp = roster.stamp();
    assert_eq!((stamp.index, stamp.hash), (Index(0), roster.genesis()));
    let fork = |change: &mut RosterChange| change.previous = Hash::from_bytes([1; 32]);
    assert_eq!(change(&mut roster, By::Organisation, fork), Err(RosterError::NotNext));
    let skip = |change: &mut RosterChange| change.index = Index(2);
    assert_eq!(change(&mut roster, By::Organisation, skip), Err(RosterError::NotNext));
    let elsewhere = |change: &mut RosterChange| change.group = GroupId::from_bytes([8; 16]);
    assert_eq!(
        change(&mut roster, By::Organisation, elsewhere),
        Err(RosterError::OtherGroup)
    );
    let late = roster.change(Author::Organisation, Time(2));
    change(&mut roster, By::Organisation, take(3)).unwrap();
    assert_eq!(
        roster.apply(&By::Organisation.sign(&late), &People::new()),
        Err(RosterError::NotNext),
        "somebody was quicker"
    );
    assert_eq!(roster.stamp().index, Index(1));
}

#[test]
fn a_change_does_not_contradict_itself() {
    let mut roster = managed();
    let twice = |change: &mut RosterChange| change.set = set(&[(4, Role::Member), (4, Role::Manage)]);
    assert_eq!(
        change(&mut roster, By::Organisation, twice),
        Err(RosterError::Contradiction)
    );
    let both = |change: &mut RosterChange| {
        change.set = set(&[(3, Role::Manage)]);
        change.unset = vec![account(3)];
    };
    assert_eq!(
        change(&mut roster, By::Organisation, both),
        Err(RosterError::Contradiction)
    );
    assert_eq!(
        change(&mut roster, By::Organisation, take(5)),
        Err(RosterError::Contradiction),
        "was not in"
    );
    let twice_out = |change: &mut RosterChange| change.unset = vec![account(3), account(3)];
    assert_eq!(
        change(&mut roster, By::Organisation, twice_out),
        Err(RosterError::Contradiction)
    );
}

#[test]
fn a_closed_roster_takes_nothing_more() {
    let mut roster = managed();
    change(&mut roster, By::Organisation, |change| change.closed = true).unwrap();
    assert!(roster.closed());
    assert_eq!(change(&mut roster, By::Organisation, take(3)), Err(RosterError::Closed));
    assert_eq!(change(&mut roster, By::Person(3), take(3)), Err(RosterError::Closed));
}

#[test]
fn a_group_has_an_end() {
    let account = |number: usize| {
        let mut bytes = [0xee; 16];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        AccountId::from_bytes(bytes)
    };
    let many = (0..=MAX_GROUP).map(|number| RosterMember {
        account: account(number),
        role: Role::Member,
    });
    let terms = terms(GroupKind::Channel, Authority::Managed);
    let mut change = roster::genesis(GROUP, terms, many.collect(), None, Author::Organisation, Time(1));
    assert_eq!(
        Roster::begin(&By::Organisation.sign(&change), &People::new()),
        Err(RosterError::TooMany)
    );
    change.set.pop();
    assert_eq!(
        Roster::begin(&By::Organisation.sign(&change), &People::new())
            .unwrap()
            .count(),
        MAX_GROUP
    );
}

// ---------------------------------------------------------------- any sequence of changes

#[derive(Debug, Clone)]
struct Attempt {
    by: By,
    set: Vec<(u8, Role)>,
    unset: Vec<u8>,
    name: bool,
    closed: bool,
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Member), Just(Role::Publisher), Just(Role::Manage)]
}

fn attempt() -> impl Strategy<Value = Attempt> {
    let by = prop_oneof![1 => Just(By::Organisation), 3 => (0..PEOPLE).prop_map(By::Person)];
    let free = (
        by,
        vec((0..PEOPLE, role()), 0..3),
        vec(0..PEOPLE, 0..2),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.02),
    )
        .prop_map(|(by, set, unset, name, closed)| Attempt {
            by,
            set,
            unset,
            name,
            closed,
        });
    let leave = (0..PEOPLE).prop_map(|person| Attempt {
        by: By::Person(person),
        set: Vec::new(),
        unset: vec![person],
        name: false,
        closed: false,
    });
    prop_oneof![4 => free, 1 => leave]
}

/// May they, in the words of docs/protocol.md?
fn may(kind: GroupKind, authority: Authority, members: &BTreeMap<u8, Role>, attempt: &Attempt) -> bool {
    let Attempt {
        by,
        set,
        unset,
        name,
        closed,
    } = attempt;
    match by {
        By::Organisation => authority == Authority::Managed || (set.is_empty() && !name),
        By::Person(person) => {
            let leaves = set.is_empty() && *unset == [*person] && !name && !closed && kind != GroupKind::Own;
            let open = matches!(kind, GroupKind::Group | GroupKind::Channel);
            let manages =
                authority == Authority::Private && open && !name && members.get(person) == Some(&Role::Manage);
            leaves || manages
        }
    }
}

fn makes_sense(kind: GroupKind, members: &BTreeMap<u8, Role>, attempt: &Attempt) -> Option<BTreeMap<u8, Role>> {
    let mut after = members.clone();
    for person in &attempt.unset {
        after.remove(person)?;
    }
    let mut named = attempt.unset.clone();
    for (person, role) in &attempt.set {
        if named.contains(person) {
            return None;
        }
        named.push(*person);
        after.insert(*person, *role);
    }
    let fits = match kind {
        GroupKind::Direct => attempt.set.is_empty(),
        GroupKind::Own => after.len() <= 1,
        GroupKind::Group | GroupKind::Channel => true,
    };
    fits.then_some(after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_tried_the_whole_is_what_its_changes_made(
        kind in prop_oneof![Just(GroupKind::Group), Just(GroupKind::Channel), Just(GroupKind::Direct), Just(GroupKind::Own)],
        authority in prop_oneof![Just(Authority::Managed), Just(Authority::Private)],
        attempts in vec(attempt(), 0..40),
    ) {
        let first = match kind {
            GroupKind::Direct => vec![(0, Role::Manage), (1, Role::Manage)],
            GroupKind::Own => vec![(0, Role::Manage)],
            _ => MEMBERS.to_vec(),
        };
        let by = if authority == Authority::Managed { By::Organisation } else { By::Person(0) };
        let people = People::new();
        let mut changes = vec![by.sign(&genesis(by, terms(kind, authority), &first))];
        let mut roster = Roster::begin(&changes[0], &people).unwrap();
        let mut members: BTreeMap<u8, Role> = first.into_iter().collect();
        let mut closed = false;
        for attempt in &attempts {
            let mut next = roster.change(attempt.by.author(), Time(2));
            next.set = set(&attempt.set);
            next.unset = attempt.unset.iter().map(|person| account(*person)).collect();
            next.name = attempt.name.then(|| "Name".to_owned());
            next.closed = attempt.closed;
            let signed = attempt.by.sign(&next);
            let before = roster.clone();
            let expected = (!closed && may(kind, authority, &members, attempt))
                .then(|| makes_sense(kind, &members, attempt))
                .flatten();
            let taken = roster.apply(&signed, &people);
            prop_assert_eq!(taken.is_ok(), expected.is_some(), "{:?}: {:?}", attempt, taken);
            match expected {
                Some(after) => {
                    members = after;
                    closed = attempt.closed;
                    changes.push(signed);
                }
                None => prop_assert_eq!(&roster, &before),
            }
        }
        prop_assert_eq!(Roster::verify(&changes, &people), Ok(roster.clone()));
        let expected: Vec<_> = members.into_iter().map(|(person, role)| (account(person), role)).collect();
        prop_assert_eq!(roster.members().collect::<Vec<_>>(), expected);
        prop_assert_eq!(roster.stamp().index, Index(u32::try_from(changes.len()).unwrap() - 1));
    }

    #[test]
    fn a_changed_byte_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..8, part in 0_usize..3) {
        let signed = By::Organisation.sign(&genesis(By::Organisation, terms(GroupKind::Group, Authority::Managed), &MEMBERS));
        let (mut payload, mut signer, mut signature) =
            (signed.payload.0.clone(), *signed.signer.as_bytes(), *signed.signature.as_bytes());
        match part {
            0 => payload[at.index(signed.payload.len())] ^= 1 << bit,
            1 => signer[at.index(32)] ^= 1 << bit,
            _ => signature[at.index(64)] ^= 1 << bit,
        }
        let damaged = Signed::<RosterChange>::from_parts(
            payload,
            PublicKey::from_bytes(signer),
            melder_protocol::Signature::from_bytes(signature),
        );
        prop_assert!(Roster::begin(&damaged, &People::new()).is_err());
    }
}
