// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A few people with a device each, an organisation, and the rosters that they make.

use std::collections::BTreeMap;

use melder_mls::chain::{self, DeviceChain};
use melder_mls::roster::{self, DeviceKeys, Roster, RosterError};
use melder_mls::rules::Chains;
use melder_mls::sign::{self, SigningKey};
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{AccountId, GroupId, Member, OrganisationId, PublicKey, Suite, Time};

pub const GROUP: GroupId = GroupId::from_bytes([7; 16]);
pub const ORGANISATION: u8 = 99;
pub const PEOPLE: u8 = 6;

pub fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

pub fn account(person: u8) -> AccountId {
    AccountId::from_bytes([person; 16])
}

pub fn member(person: u8) -> Member {
    Member {
        account: account(person),
        device: key(person).device(),
    }
}

/// People 0 to 5, each with one device.
#[derive(Clone)]
pub struct People(pub BTreeMap<AccountId, DeviceChain>);

impl People {
    pub fn new() -> Self {
        let chain = |person| {
            let genesis = chain::genesis(&key(person), account(person), Time(1));
            (
                account(person),
                DeviceChain::verify(account(person), &[genesis]).unwrap(),
            )
        };
        Self((0..PEOPLE).map(chain).collect())
    }
}

impl Chains for People {
    fn chain(&self, account: AccountId) -> Option<&DeviceChain> {
        self.0.get(&account)
    }
}

impl DeviceKeys for People {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.0.get(&member.account)?.past_key(member.device).copied()
    }
}

/// Who signs: the organisation or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Organisation,
    Person(u8),
}

impl By {
    pub fn author(self) -> Author {
        match self {
            Self::Organisation => Author::Organisation,
            Self::Person(person) => Author::Device(member(person)),
        }
    }

    pub fn sign(self, change: &RosterChange) -> Signed<RosterChange> {
        match self {
            Self::Organisation => sign::sign_statement(&key(ORGANISATION), change),
            Self::Person(person) => sign::sign_statement(&key(person), change),
        }
    }
}

pub fn terms(kind: GroupKind, authority: Authority) -> GroupTerms {
    GroupTerms {
        kind,
        authority,
        organisation: OrganisationId::from_bytes([9; 16]),
        organisation_key: key(ORGANISATION).public(),
        suite: Suite::Hybrid,
    }
}

pub fn set(members: &[(u8, Role)]) -> Vec<RosterMember> {
    members
        .iter()
        .map(|(person, role)| RosterMember {
            account: account(*person),
            role: *role,
        })
        .collect()
}

pub fn genesis(by: By, terms: GroupTerms, members: &[(u8, Role)]) -> RosterChange {
    roster::genesis(GROUP, terms, set(members), None, by.author(), Time(1))
}

/// Person 0 manages, 1 publishes, 2 and 3 are members.
pub const MEMBERS: [(u8, Role); 4] = [
    (0, Role::Manage),
    (1, Role::Publisher),
    (2, Role::Member),
    (3, Role::Member),
];

pub fn managed() -> Roster {
    let genesis = genesis(By::Organisation, terms(GroupKind::Group, Authority::Managed), &MEMBERS);
    Roster::begin(&By::Organisation.sign(&genesis), &People::new()).unwrap()
}

/// Somebody's change to a roster; `fill` says what.
pub fn change(roster: &mut Roster, by: By, fill: impl FnOnce(&mut RosterChange)) -> Result<(), RosterError> {
    let mut change = roster.change(by.author(), Time(2));
    fill(&mut change);
    let before = roster.clone();
    let outcome = roster.apply(&by.sign(&change), &People::new()).map(|_| ());
    assert!(outcome.is_ok() || *roster == before, "a refused change leaves nothing");
    outcome
}

pub fn take(person: u8) -> impl FnOnce(&mut RosterChange) {
    move |change| change.unset = vec![account(person)]
}
