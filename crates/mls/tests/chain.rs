// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The device chain: what extends it and what does not, whoever made the link.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use melder_mls::badge::{self, BadgeError};
use melder_mls::chain::{self, ChainError, DeviceChain};
use melder_mls::sign::{self, SigningKey, device_id, sha256};
use melder_protocol::account::{AccountKind, Badge};
use melder_protocol::cbor::{Bytes, encode};
use melder_protocol::chain::{KeyUse, LINK_LABEL, Link, LinkAction, LinkBody};
use melder_protocol::limits::{MAX_CHAIN, MAX_DEVICES};
use melder_protocol::{AccountId, Hash, Index, OrganisationId, Time};
use proptest::collection::vec;
use proptest::prelude::*;

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
const OTHER: AccountId = AccountId::from_bytes([2; 16]);

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

fn start() -> (DeviceChain, Vec<Link>) {
    let genesis = chain::genesis(&key(0), ACCOUNT, Time(1));
    (
        DeviceChain::verify(ACCOUNT, std::slice::from_ref(&genesis)).unwrap(),
        vec![genesis],
    )
}

fn add(chain: &DeviceChain, signer: u8, added: u8, key_use: KeyUse) -> Link {
    let (signer, added) = (key(signer), key(added));
    let body = chain::add_body(chain, signer.device(), added.public(), key_use, Time(2));
    let accept = chain::accept(&body, &added);
    chain::finish_add(body, &signer, accept)
}

/// A link with any body, signed by `signer`.
fn forge(body: &LinkBody, signer: &SigningKey) -> Link {
    let body = encode(body);
    let signature = signer.sign(LINK_LABEL, &body);
    Link {
        body: Bytes(body),
        signature,
        accept: None,
    }
}

fn next(chain: &DeviceChain, signer: u8, action: LinkAction) -> LinkBody {
    LinkBody {
        account: ACCOUNT,
        index: chain.next_index(),
        previous: chain.head(),
        action,
        signer: key(signer).device(),
        time: Time(2),
    }
}

/// The chain must refuse the link and be as before.
fn refused(chain: &mut DeviceChain, link: &Link, why: ChainError) {
    let before = chain.clone();
    assert_eq!(chain.extend(link), Err(why));
    assert_eq!(*chain, before, "a refused link leaves nothing");
}

#[test]
fn a_device_is_the_hash_of_its_key() {
    let device = key(0).device();
    assert_eq!(&sha256(key(0).public().as_bytes()).as_bytes()[..16], device.as_bytes());
}

#[test]
fn a_stranger_adds_nobody() {
    let (mut chain, _) = start();
    let link = add(&chain, 7, 8, KeyUse::Device);
    refused(&mut chain, &link, ChainError::UnknownSigner);
}

#[test]
fn a_stranger_who_writes_a_devices_name_adds_nobody() {
    let (mut chain, _) = start();
    let body = encode(&next(&chain, 0, LinkAction::Add(key(8).public(), KeyUse::Device)));
    let accept = chain::accept(&body, &key(8));
    let link = chain::finish_add(body, &key(7), accept);
    refused(&mut chain, &link, ChainError::BadSignature);
}

#[test]
fn a_device_is_not_added_without_its_consent() {
    let (mut chain, _) = start();
    let good = add(&chain, 0, 1, KeyUse::Device);
    let without = Link {
        accept: None,
        ..good.clone()
    };
    refused(&mut chain, &without, ChainError::BadSignature);
    let others = add(&chain, 0, 2, KeyUse::Device);
    let swapped = Link {
        accept: others.accept,
        ..good.clone()
    };
    refused(&mut chain, &swapped, ChainError::BadSignature);
    // The two signatures have labels of their own: one does not stand for the other.
    let crossed = Link {
        signature: good.accept.unwrap(),
        accept: Some(good.signature),
        ..good.clone()
    };
    refused(&mut chain, &crossed, ChainError::BadSignature);
    chain.extend(&good).unwrap();
}

#[test]
fn a_removal_carries_no_consent() {
    let (mut chain, _) = start();
    chain.extend(&add(&chain, 0, 1, KeyUse::Device)).unwrap();
    let good = chain::remove(&chain, &key(0), key(1).device(), Time(3));
    let accept = chain::accept(good.body.as_slice(), &key(1));
    refused(
        &mut chain,
        &Link {
            accept: Some(accept),
            ..good.clone()
        },
        ChainError::BadSignature,
    );
    chain.extend(&good).unwrap();
    assert!(chain.device_key(key(1).device()).is_none());
    assert_eq!(chain.past_key(key(1).device()), Some(&key(1).public()));
}

#[test]
fn a_fork_is_refused() {
    let (mut chain, _) = start();
    let one = add(&chain, 0, 1, KeyUse::Device);
    let other = add(&chain, 0, 2, KeyUse::Device);
    chain.extend(&one).unwrap();
    refused(&mut chain, &other, ChainError::NotNext);
    let mut body = next(&chain, 0, LinkAction::Remove(key(1).device()));
    body.previous = Hash::from_bytes([9; 32]);
    refused(&mut chain, &forge(&body, &key(0)), ChainError::NotNext);
    body = next(&chain, 0, LinkAction::Remove(key(1).device()));
    body.index = Index(body.index.0 + 1);
    refused(&mut chain, &forge(&body, &key(0)), ChainError::NotNext);
}

#[test]
fn a_link_is_taken_once() {
    let (mut chain, _) = start();
    let link = add(&chain, 0, 1, KeyUse::Device);
    chain.extend(&link).unwrap();
    refused(&mut chain, &link, ChainError::NotNext);
}

#[test]
fn an_eleventh_device_is_refused_and_a_recovery_code_is_no_device() {
    let (mut chain, _) = start();
    for number in 1..10 {
        chain.extend(&add(&chain, 0, number, KeyUse::Device)).unwrap();
    }
    assert_eq!(chain.devices().count(), MAX_DEVICES);
    let eleventh = add(&chain, 0, 10, KeyUse::Device);
    refused(&mut chain, &eleventh, ChainError::TooManyDevices);
    chain.extend(&add(&chain, 0, 11, KeyUse::Recovery)).unwrap();
    assert_eq!(chain.devices().count(), MAX_DEVICES);
    assert_eq!(chain.recovery_keys().count(), 1);
    assert!(
        chain.device_key(key(11).device()).is_none(),
        "a recovery key is a leaf nowhere"
    );
    chain
        .extend(&chain::remove(&chain, &key(0), key(3).device(), Time(3)))
        .unwrap();
    chain.extend(&add(&chain, 0, 10, KeyUse::Device)).unwrap();
}

#[test]
fn a_recovery_code_brings_a_new_device_and_removes_the_lost_one() {
    let (mut chain, _) = start();
    chain.extend(&add(&chain, 0, 9, KeyUse::Recovery)).unwrap();
    chain.extend(&add(&chain, 9, 1, KeyUse::Device)).unwrap();
    chain
        .extend(&chain::remove(&chain, &key(9), key(0).device(), Time(3)))
        .unwrap();
    assert_eq!(chain.devices().collect::<Vec<_>>(), [key(1).device()]);
}

#[test]
fn a_removed_device_signs_nothing_and_never_comes_back() {
    let (mut chain, _) = start();
    chain.extend(&add(&chain, 0, 1, KeyUse::Device)).unwrap();
    chain
        .extend(&chain::remove(&chain, &key(0), key(1).device(), Time(3)))
        .unwrap();
    let link = add(&chain, 1, 2, KeyUse::Device);
    refused(&mut chain, &link, ChainError::UnknownSigner);
    let link = add(&chain, 0, 1, KeyUse::Device);
    refused(&mut chain, &link, ChainError::KnownKey);
    let link = chain::remove(&chain, &key(0), key(1).device(), Time(4));
    refused(&mut chain, &link, ChainError::UnknownDevice);
}

#[test]
fn a_second_genesis_does_not_extend() {
    let (mut chain, _) = start();
    refused(
        &mut chain,
        &chain::genesis(&key(0), ACCOUNT, Time(1)),
        ChainError::NotNext,
    );
    // Not even one with the right place.
    let body = next(&chain, 0, LinkAction::Genesis(key(5).public()));
    refused(&mut chain, &forge(&body, &key(0)), ChainError::Genesis);
}

#[test]
fn a_link_of_another_account_is_refused() {
    let (mut chain, _) = start();
    let mut body = next(&chain, 0, LinkAction::Remove(key(0).device()));
    body.account = OTHER;
    refused(&mut chain, &forge(&body, &key(0)), ChainError::OtherAccount);
    assert_eq!(
        DeviceChain::verify(OTHER, &[chain::genesis(&key(0), ACCOUNT, Time(1))]),
        Err(ChainError::OtherAccount)
    );
}

#[test]
fn a_chain_begins_with_its_genesis() {
    let (chain, links) = start();
    assert_eq!(DeviceChain::verify(ACCOUNT, &[]), Err(ChainError::Empty));
    assert_eq!(
        DeviceChain::verify(ACCOUNT, &[add(&chain, 0, 1, KeyUse::Device)]),
        Err(ChainError::Genesis)
    );
    let stolen = Link {
        signature: key(1).sign(LINK_LABEL, links[0].body.as_slice()),
        ..links[0].clone()
    };
    assert_eq!(DeviceChain::verify(ACCOUNT, &[stolen]), Err(ChainError::BadSignature));
    let mut body = chain::peek(&links[0]).unwrap();
    body.signer = key(1).device();
    assert_eq!(
        DeviceChain::verify(ACCOUNT, &[forge(&body, &key(1))]),
        Err(ChainError::UnknownSigner)
    );
    assert_eq!(
        DeviceChain::verify(
            ACCOUNT,
            &[Link {
                body: Bytes(vec![0x80]),
                ..links[0].clone()
            }]
        ),
        Err(ChainError::Malformed)
    );
}

#[test]
fn a_reset_is_a_new_chain_and_the_old_keys_are_past() {
    let (mut chain, mut links) = start();
    links.push(add(&chain, 0, 1, KeyUse::Device));
    chain.extend(&links[1]).unwrap();
    let old = chain.genesis();
    let genesis = chain::genesis(&key(5), ACCOUNT, Time(9));
    chain.reset(&genesis).unwrap();
    links.push(genesis);
    assert_ne!(chain.genesis(), old, "everybody sees that it is another chain");
    assert_eq!((chain.len(), chain.next_index()), (1, Index(1)));
    assert_eq!(chain.devices().collect::<Vec<_>>(), [key(5).device()]);
    assert!(chain.device_key(key(0).device()).is_none());
    assert!(chain.ever(key(0).device()) && chain.ever(key(1).device()));
    let link = add(&chain, 0, 6, KeyUse::Device);
    refused(&mut chain, &link, ChainError::UnknownSigner);
    let link = add(&chain, 5, 1, KeyUse::Device);
    refused(&mut chain, &link, ChainError::KnownKey);
    assert_eq!(
        chain.clone().reset(&chain::genesis(&key(1), ACCOUNT, Time(9))),
        Err(ChainError::KnownKey)
    );
    assert_eq!(DeviceChain::verify(ACCOUNT, &links), Ok(chain));
}

#[test]
fn a_chain_does_not_grow_for_ever() {
    let (mut chain, mut links) = start();
    for _ in 1..MAX_CHAIN / 2 {
        let fresh = SigningKey::from_seed(sha256(chain.head().as_bytes()).as_bytes());
        let body = chain::add_body(&chain, key(0).device(), fresh.public(), KeyUse::Device, Time(2));
        let accept = chain::accept(&body, &fresh);
        let link = chain::finish_add(body, &key(0), accept);
        chain.extend(&link).unwrap();
        links.push(link);
        let link = chain::remove(&chain, &key(0), fresh.device(), Time(2));
        chain.extend(&link).unwrap();
        links.push(link);
    }
    chain.extend(&add(&chain, 0, 1, KeyUse::Device)).unwrap();
    assert_eq!(chain.len(), MAX_CHAIN);
    let link = add(&chain, 0, 2, KeyUse::Device);
    refused(&mut chain, &link, ChainError::TooLong);
    assert_eq!(
        chain.reset(&chain::genesis(&key(3), ACCOUNT, Time(3))),
        Err(ChainError::TooLong)
    );
}

#[test]
fn a_badge_speaks_of_one_chain_and_for_a_while() {
    let organisation = key(100);
    let (chain, _) = start();
    let badge = Badge {
        account: ACCOUNT,
        organisation: OrganisationId::from_bytes([3; 16]),
        genesis: chain.genesis(),
        name: "Ada".to_owned(),
        unit: Vec::new(),
        function: None,
        kind: AccountKind::Staff,
        issued: Time(1),
        expires: Time(100),
        organisation_name: "Musterstadt".to_owned(),
        ends: None,
    };
    let signed = sign::sign_statement(&organisation, &badge);
    assert_eq!(
        badge::verify(&signed, &organisation.public(), &chain, Time(99)),
        Ok(badge)
    );
    assert_eq!(
        badge::verify(&signed, &organisation.public(), &chain, Time(100)),
        Err(BadgeError::Expired)
    );
    assert!(matches!(
        badge::verify(&signed, &key(101).public(), &chain, Time(1)),
        Err(BadgeError::Statement(_))
    ));
    let mut reset = chain;
    reset.reset(&chain::genesis(&key(5), ACCOUNT, Time(9))).unwrap();
    assert_eq!(
        badge::verify(&signed, &organisation.public(), &reset, Time(1)),
        Err(BadgeError::OtherChain)
    );
}

/// What somebody tries, and how they cheat.
#[derive(Debug, Clone)]
enum Try {
    Add {
        signer: u8,
        added: u8,
        key_use: KeyUse,
        cheat: Option<Cheat>,
    },
    Remove {
        signer: u8,
        removed: u8,
        cheat: Option<Cheat>,
    },
    Reset {
        key: u8,
    },
}

#[derive(Debug, Clone, Copy)]
enum Cheat {
    Previous,
    Index,
    Account,
    Signature,
    Accept,
}

fn attempt() -> impl Strategy<Value = Try> {
    let cheat = || {
        prop_oneof![
            12 => Just(None),
            1 => prop_oneof![
                Just(Cheat::Previous), Just(Cheat::Index), Just(Cheat::Account), Just(Cheat::Signature), Just(Cheat::Accept),
            ].prop_map(Some),
        ]
    };
    let key_use = prop_oneof![4 => Just(KeyUse::Device), 1 => Just(KeyUse::Recovery)];
    prop_oneof![
        8 => (0_u8..24, 0_u8..24, key_use, cheat())
            .prop_map(|(signer, added, key_use, cheat)| Try::Add { signer, added, key_use, cheat }),
        3 => (0_u8..24, 0_u8..24, cheat()).prop_map(|(signer, removed, cheat)| Try::Remove { signer, removed, cheat }),
        1 => (0_u8..24).prop_map(|key| Try::Reset { key }),
    ]
}

/// The rules again, in the simplest words: which keys there were, and which are in.
#[derive(Debug, Default)]
struct Model(BTreeMap<u8, (KeyUse, bool)>);

impl Model {
    fn present(&self, key: u8) -> bool {
        self.0.get(&key).is_some_and(|(_, present)| *present)
    }

    fn devices(&self) -> usize {
        self.0
            .values()
            .filter(|(key_use, present)| *present && *key_use == KeyUse::Device)
            .count()
    }

    /// `true`: it is to be taken, and was.
    fn take(&mut self, attempt: &Try) -> bool {
        match *attempt {
            Try::Add { cheat: Some(_), .. } | Try::Remove { cheat: Some(_), .. } => false,
            Try::Add {
                signer,
                added,
                key_use,
                cheat: None,
            } => {
                let room = key_use == KeyUse::Recovery || self.devices() < MAX_DEVICES;
                let good = self.present(signer) && !self.0.contains_key(&added) && room;
                if good {
                    self.0.insert(added, (key_use, true));
                }
                good
            }
            Try::Remove {
                signer,
                removed,
                cheat: None,
            } => {
                let good = self.present(signer) && self.present(removed);
                if good && let Some((_, present)) = self.0.get_mut(&removed) {
                    *present = false;
                }
                good
            }
            Try::Reset { key } => {
                let good = !self.0.contains_key(&key);
                if good {
                    self.0.values_mut().for_each(|(_, present)| *present = false);
                    self.0.insert(key, (KeyUse::Device, true));
                }
                good
            }
        }
    }
}

fn make(chain: &DeviceChain, attempt: &Try) -> Link {
    let (signer, action, cheat) = match *attempt {
        Try::Reset { key: number } => return chain::genesis(&key(number), ACCOUNT, Time(9)),
        Try::Add {
            signer,
            added,
            key_use,
            cheat,
        } => (signer, LinkAction::Add(key(added).public(), key_use), cheat),
        Try::Remove { signer, removed, cheat } => (signer, LinkAction::Remove(key(removed).device()), cheat),
    };
    let mut body = next(chain, signer, action);
    match cheat {
        Some(Cheat::Previous) => body.previous = sha256(chain.genesis().as_bytes()),
        Some(Cheat::Index) => body.index = Index(body.index.0.wrapping_sub(1)),
        Some(Cheat::Account) => body.account = OTHER,
        _ => {}
    }
    let mut link = forge(&body, &key(signer));
    if let Try::Add { added, .. } = *attempt {
        link.accept = Some(chain::accept(link.body.as_slice(), &key(added)));
    }
    match cheat {
        Some(Cheat::Signature) => link.signature = key(200).sign(LINK_LABEL, link.body.as_slice()),
        Some(Cheat::Accept) => link.accept = Some(chain::accept(link.body.as_slice(), &key(200))),
        _ => {}
    }
    link
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_tried_the_whole_is_what_its_links_made(attempts in vec(attempt(), 0..60)) {
        let (mut chain, mut links) = start();
        let mut model = Model::default();
        model.0.insert(0, (KeyUse::Device, true));
        for attempt in &attempts {
            // A recovery key that begins a chain anew is left to the unit tests.
            if let Try::Reset { key } = attempt
                && model.0.get(key).is_some_and(|(key_use, _)| *key_use == KeyUse::Recovery)
            {
                continue;
            }
            let link = make(&chain, attempt);
            let before = chain.clone();
            let taken = match attempt {
                Try::Reset { .. } => chain.reset(&link),
                _ => chain.extend(&link),
            };
            prop_assert_eq!(taken.is_ok(), model.take(attempt), "{:?}: {:?}", attempt, taken);
            if taken.is_ok() {
                links.push(link);
            } else {
                prop_assert_eq!(&chain, &before);
            }
        }
        prop_assert_eq!(DeviceChain::verify(ACCOUNT, &links), Ok(chain.clone()));
        for (number, (key_use, present)) in &model.0 {
            let device = device_id(&key(*number).public());
            let is_device = *key_use == KeyUse::Device;
            prop_assert_eq!(chain.device_key(device).is_some(), *present && is_device);
            prop_assert_eq!(chain.ever(device), is_device);
        }
        prop_assert_eq!(chain.devices().count(), model.devices());
    }

    #[test]
    fn a_chain_with_a_changed_byte_is_another_or_none(
        added in 1_u8..9, at in any::<prop::sample::Index>(), bit in 0_u8..8, part in 0_usize..3,
    ) {
        let (mut chain, mut links) = start();
        for number in 1..=added {
            let link = add(&chain, 0, number, KeyUse::Device);
            chain.extend(&link).unwrap();
            links.push(link);
        }
        let number = at.index(links.len());
        let link = &mut links[number];
        match part {
            0 => {
                let place = at.index(link.body.len());
                link.body.0[place] ^= 1 << bit;
            }
            1 => {
                let mut bytes = *link.signature.as_bytes();
                bytes[at.index(64)] ^= 1 << bit;
                link.signature = melder_protocol::Signature::from_bytes(bytes);
            }
            _ => link.accept = match link.accept {
                Some(_) => None,
                None => Some(link.signature),
            },
        }
        prop_assert!(DeviceChain::verify(ACCOUNT, &links).is_err());
    }

    #[test]
    fn a_chain_without_a_link_in_the_middle_is_none(added in 2_u8..9, at in any::<prop::sample::Index>()) {
        let (mut chain, mut links) = start();
        for number in 1..=added {
            let link = add(&chain, 0, number, KeyUse::Device);
            chain.extend(&link).unwrap();
            links.push(link);
        }
        links.remove(at.index(links.len() - 1));
        prop_assert!(DeviceChain::verify(ACCOUNT, &links).is_err());
    }
}
