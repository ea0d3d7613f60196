// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A roster's past, where it was signed by devices of accounts that are gone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod people;

use std::collections::BTreeSet;

use melder_mls::roster::{self, DeviceKeys, Roster, RosterError};
use melder_mls::sign;
use melder_protocol::roster::{Author, Authority, GroupKind, Role, RosterChange};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, Member, PublicKey, Time};
use people::{By, MEMBERS, People, account, change, genesis, key, managed, set, take, terms};

/// Reads a roster's past: accounts without a chain may be deleted ones.
struct OrGone(People, BTreeSet<AccountId>);

impl DeviceKeys for OrGone {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.0.device_key(member)
    }

    fn may_be_gone(&self, account: AccountId) -> bool {
        !self.0.0.contains_key(&account) || self.1.contains(&account)
    }
}

#[test]
fn what_a_deleted_account_signed_is_checked_by_the_devices_id() {
    let mut people = People::new();
    people.0.remove(&account(0));
    let good = By::Person(0).sign(&genesis(
        By::Person(0),
        terms(GroupKind::Group, Authority::Private),
        &MEMBERS,
    ));
    assert_eq!(
        Roster::begin(&good, &people),
        Err(RosterError::UnknownAuthor),
        "not where the chain must be known"
    );
    let gone = OrGone(people, BTreeSet::new());
    assert!(Roster::begin(&good, &gone).is_ok());
    // Another key is not that device.
    let forged = sign::sign_statement(&key(50), &good.peek().unwrap());
    assert_eq!(Roster::begin(&forged, &gone), Err(RosterError::UnknownAuthor));
    // Nor does somebody whose chain is known become a deleted one.
    let next = RosterChange {
        author: Author::Device(Member {
            account: account(1),
            device: key(50).device(),
        }),
        ..good.peek().unwrap()
    };
    assert_eq!(
        Roster::begin(&sign::sign_statement(&key(50), &next), &gone),
        Err(RosterError::UnknownAuthor)
    );
}

/// The account had another device when we last heard of it. It was deleted since, so nobody can tell of the new one.
#[test]
fn what_an_unknown_device_of_a_dismissed_account_signed_is_checked_by_its_id() {
    let newer = key(50);
    let founder = Member {
        account: account(0),
        device: newer.device(),
    };
    let first = RosterChange {
        author: Author::Device(founder),
        ..genesis(By::Person(0), terms(GroupKind::Group, Authority::Private), &MEMBERS)
    };
    let first = sign::sign_statement(&newer, &first);
    let past = |changes: &[Signed<RosterChange>]| {
        let keys = OrGone(People::new(), roster::dismissed(changes));
        Roster::verify(changes, &keys)
    };
    assert_eq!(
        past(std::slice::from_ref(&first)),
        Err(RosterError::UnknownAuthor),
        "as long as it is in, its chain must be known"
    );
    let everybody = OrGone(People::new(), BTreeSet::from([account(0)]));
    let begun = Roster::begin(&first, &everybody).unwrap();
    let mut out = begun.change(Author::Organisation, Time(2));
    take(0)(&mut out);
    let signed = By::Organisation.sign(&out);
    let roster = past(&[first.clone(), signed]).unwrap();
    assert!(roster.is_dismissed(account(0)) && roster.role(account(0)).is_none());
    // Whoever leaves by itself is not dismissed: its word alone opens no door for a device that nobody knows.
    let mut left = begun.change(Author::Device(founder), Time(2));
    take(0)(&mut left);
    let signed = sign::sign_statement(&newer, &left);
    assert_eq!(past(&[first, signed]), Err(RosterError::UnknownAuthor));
}

#[test]
fn who_is_back_is_dismissed_no_more() {
    let mut roster = managed();
    change(&mut roster, By::Organisation, take(3)).unwrap();
    assert!(roster.is_dismissed(account(3)));
    change(&mut roster, By::Organisation, |change| {
        change.set = set(&[(3, Role::Member)])
    })
    .unwrap();
    assert!(!roster.is_dismissed(account(3)));
}
