// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Chains, linking, recovery, key packages.

use melder_mls::chain::{self, DeviceChain};
use melder_mls::sign::SigningKey;
use melder_protocol::cbor::Bytes;
use melder_protocol::chain::{KeyUse, Link};
use melder_protocol::frame::{MailboxEvent, RECOVERY_LABEL, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::{ErrorCode, Index, LogId, Suite, limits};

use super::*;

fn chain_of(world: &mut World, device: &Device) -> DeviceChain {
    let account = device.member.account;
    let links = world.admin(move |work| Ok(work.tx.chain(account)?));
    DeviceChain::verify(account, &links).unwrap()
}

fn add(world: &mut World, old: &Device, key: &SigningKey, key_use: KeyUse) -> Link {
    let chain = chain_of(world, old);
    let body = chain::add_body(&chain, old.member.device, key.public(), key_use, world.now);
    let accept = chain::accept(&body, key);
    chain::finish_add(body, &old.key, accept)
}

fn extend(link: Link) -> Request {
    Request::ExtendChain {
        link,
        device_name: Some("Tablet".to_owned()),
    }
}

#[test]
fn a_linked_device_comes_into_all_groups_and_a_removed_one_leaves_them() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);

    let key = SigningKey::generate(&mut world.rng);
    let link = add(&mut world, &ada, &key, KeyUse::Device);
    ada.ask(&mut world, extend(link.clone())).unwrap();
    assert_eq!(
        ada.ask(&mut world, extend(link)),
        Ok(Response::Done),
        "again is harmless"
    );
    let mut tablet = Device::new(ada.member.account, key);
    tablet.connect(&mut world);
    world.settle(&mut [&mut ada, &mut bob, &mut tablet]);
    bob.say(&mut world, group, "an beide").unwrap();
    world.settle(&mut [&mut ada, &mut bob, &mut tablet]);
    assert_eq!((ada.heard(group).len(), tablet.heard(group).len()), (1, 1));

    let link = chain::remove(&chain_of(&mut world, &ada), &tablet.key, ada.member.device, world.now);
    tablet.ask(&mut world, extend(link)).unwrap();
    ada.work(&mut world);
    assert_eq!(ada.goodbye, Some(ErrorCode::DeviceRemoved));
    assert_eq!(ada.try_connect(&mut world), Err(ErrorCode::DeviceRemoved));
    world.settle(&mut [&mut bob, &mut tablet]);
    let leaves = bob.chats[&group].group.as_ref().unwrap().leaves();
    assert!(!leaves.iter().any(|leaf| leaf.member == ada.member));
    let Ok(Response::Devices(devices)) = tablet.ask(&mut world, Request::Devices) else {
        panic!();
    };
    assert_eq!(
        devices.iter().map(|device| device.name.as_str()).collect::<Vec<_>>(),
        ["Tablet"]
    );
}

#[test]
fn a_link_that_does_not_continue_the_chain_is_refused() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let (one, other) = (
        SigningKey::generate(&mut world.rng),
        SigningKey::generate(&mut world.rng),
    );
    let (first, second) = (
        add(&mut world, &ada, &one, KeyUse::Device),
        add(&mut world, &ada, &other, KeyUse::Device),
    );
    ada.ask(&mut world, extend(first)).unwrap();
    let refusal = ada.ask(&mut world, extend(second)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.index),
        (ErrorCode::WrongChainIndex, Some(Index(2)))
    );

    let mut forged = add(&mut world, &ada, &other, KeyUse::Device);
    forged.signature = other.sign("device chain link", forged.body.as_slice());
    assert_eq!(code(ada.ask(&mut world, extend(forged))), ErrorCode::InvalidLink);
    for _ in 0..limits::MAX_DEVICES - 2 {
        let key = SigningKey::generate(&mut world.rng);
        let link = add(&mut world, &ada, &key, KeyUse::Device);
        ada.ask(&mut world, extend(link)).unwrap();
    }
    let link = add(&mut world, &ada, &other, KeyUse::Device);
    assert_eq!(code(ada.ask(&mut world, extend(link))), ErrorCode::TooManyDevices);
}

#[test]
fn a_recovery_key_finds_its_account_and_adds_a_device() {
    let mut world = World::new();
    let mut ada = world.person("Ada");
    let recovery = SigningKey::generate(&mut world.rng);
    let link = add(&mut world, &ada, &recovery, KeyUse::Recovery);
    ada.ask(&mut world, extend(link)).unwrap();
    ada.disconnect(&mut world);

    let (connection, nonce) = world.connect();
    let find = |key: &SigningKey| Request::FindRecovery {
        key: key.public(),
        signature: key.sign(RECOVERY_LABEL, nonce.as_bytes()),
    };
    let stranger = SigningKey::generate(&mut world.rng);
    assert_eq!(code(world.ask(connection, find(&stranger))), ErrorCode::UnknownRecovery);
    let Ok(Response::Recovery { record, .. }) = world.ask(connection, find(&recovery)) else {
        panic!();
    };
    assert_eq!(record.account, ada.member.account);
    let chain = DeviceChain::verify(record.account, &record.chain).unwrap();
    let key = SigningKey::generate(&mut world.rng);
    let body = chain::add_body(&chain, recovery.device(), key.public(), KeyUse::Device, world.now);
    let accept = chain::accept(&body, &key);
    let link = chain::finish_add(body, &recovery, accept);
    world.ask(connection, extend(link)).unwrap();
    let mut new = Device::new(record.account, key);
    assert!(new.try_connect(&mut world).is_ok());
    // The recovery key itself is no device.
    let mut code_as_device = Device::new(record.account, recovery);
    assert_eq!(
        code_as_device.try_connect(&mut world),
        Err(ErrorCode::AuthenticationFailed)
    );
}

#[test]
fn a_device_that_an_administrator_removed_signs_nothing_more_and_its_account_goes_on() {
    let mut world = World::new();
    let mut ada = world.person("Ada");
    let account = ada.member.account;
    let tablet_key = SigningKey::generate(&mut world.rng);
    let link = add(&mut world, &ada, &tablet_key, KeyUse::Device);
    let (connection, _) = world.connect();
    world.ask(connection, extend(link)).unwrap();
    let mut tablet = Device::new(account, tablet_key);
    tablet.connect(&mut world);
    let lost = tablet.member.device;
    world.desk(move |desk| desk.remove_device(account, lost, false));
    tablet.work(&mut world);
    assert_eq!(tablet.goodbye, Some(ErrorCode::DeviceRemoved));
    assert_eq!(tablet.try_connect(&mut world), Err(ErrorCode::DeviceRemoved));
    // It can't take its fellow out in return, over an open request.
    let chain = chain_of(&mut world, &ada);
    let revenge = chain::remove(&chain, &tablet.key, ada.member.device, world.now);
    assert_eq!(code(world.ask(connection, extend(revenge))), ErrorCode::DeviceRemoved);
    assert!(ada.try_connect(&mut world).is_ok());
    let link = chain::remove(&chain, &ada.key, lost, world.now);
    world.ask(connection, extend(link)).unwrap();
    assert_eq!(tablet.try_connect(&mut world), Err(ErrorCode::DeviceRemoved));
}

#[test]
fn a_reset_shuts_the_old_devices_out_and_the_next_claim_begins_anew() {
    let mut world = World::new();
    let (mut ada, mut bob) = (world.person("Ada"), world.person("Bob"));
    let group = world.managed(&[&ada, &bob], Suite::Classical);
    world.settle(&mut [&mut ada, &mut bob]);
    let account = ada.member.account;
    let secret = world.desk(move |desk| Ok(desk.reset_account(account, None)?.token.secret));
    ada.work(&mut world);
    assert_eq!(ada.goodbye, Some(ErrorCode::ChainReset));
    assert_eq!(ada.try_connect(&mut world), Err(ErrorCode::ChainReset));
    bob.say(&mut world, group, "noch da?").unwrap();

    let key = SigningKey::generate(&mut world.rng);
    let genesis = chain::genesis(&key, account, world.now);
    let (connection, _) = world.connect();
    world
        .ask(
            connection,
            Request::Claim {
                secret,
                genesis,
                device_name: "Neu".to_owned(),
                name: None,
            },
        )
        .unwrap();
    assert_eq!(ada.try_connect(&mut world), Err(ErrorCode::ChainReset));
    let mut anew = Device::new(account, key);
    anew.connect(&mut world);
    world.settle(&mut [&mut bob, &mut anew]);
    let leaves = bob.chats[&group].group.as_ref().unwrap().leaves();
    let members: Vec<_> = leaves.iter().map(|leaf| leaf.member).collect();
    assert!(members.contains(&anew.member) && !members.contains(&ada.member));
}

#[test]
fn two_connections_meet_in_a_mailbox() {
    let mut world = World::new();
    let (ada, bob) = (world.person("Ada"), world.person("Bob"));
    let (new, _) = world.connect();
    let Ok(Response::Mailbox { code: word, .. }) = world.ask(new, Request::OpenMailbox) else {
        panic!();
    };
    assert_eq!(word.len(), 8);
    let put = |byte| Request::PutMailbox(Bytes(vec![byte]));
    assert_eq!(
        code(world.ask(new, put(1))),
        ErrorCode::MailboxUnknown,
        "nobody is there yet"
    );
    let wrong = Request::JoinMailbox("AAAAAAAA".to_owned());
    assert_eq!(code(ada.ask(&mut world, wrong)), ErrorCode::MailboxUnknown);
    ada.ask(&mut world, Request::JoinMailbox(word.clone())).unwrap();
    assert_eq!(
        code(bob.ask(&mut world, Request::JoinMailbox(word))),
        ErrorCode::MailboxTaken
    );
    world.ask(new, put(1)).unwrap();
    ada.ask(&mut world, put(2)).unwrap();
    let event = |event| ServerFrame::Mailbox(event);
    assert_eq!(
        world.frames(new),
        [
            event(MailboxEvent::Joined),
            event(MailboxEvent::Message(Bytes(vec![2])))
        ]
    );
    let connection = ada.connection.unwrap();
    assert!(
        world
            .frames(connection)
            .contains(&event(MailboxEvent::Message(Bytes(vec![1]))))
    );
    world.cut(new);
    assert_eq!(world.frames(connection), [event(MailboxEvent::Closed)]);
}

#[test]
fn a_mailbox_closes_after_its_time() {
    let mut world = World::new();
    let (new, _) = world.connect();
    world.ask(new, Request::OpenMailbox).unwrap();
    world.pass(limits::MAILBOX_MS);
    assert_eq!(world.frames(new), [ServerFrame::Mailbox(MailboxEvent::Closed)]);
}

#[test]
fn a_stock_takes_only_the_devices_own_packages_and_not_too_many() {
    let mut world = World::new();
    let (ada, bob) = (world.person("Ada"), world.person("Bob"));
    let keys = melder_mls::storage::MemoryKeyValues::default();
    let provider = melder_mls::provider::Provider::new(&keys, &mut world.rng);
    let package = |device: &Device| {
        let bytes = melder_mls::key_package::create(&provider, &device.key, device.member, Suite::Classical, false);
        Bytes(bytes.unwrap())
    };
    let publish = |packages: Vec<Bytes>| Request::PublishKeyPackages {
        packages,
        last_resort: Vec::new(),
    };
    let foreign = vec![package(&bob)];
    assert_eq!(
        code(ada.ask(&mut world, publish(foreign))),
        ErrorCode::InvalidKeyPackage
    );
    assert_eq!(
        code(ada.ask(&mut world, publish(vec![Bytes(vec![0; 9])]))),
        ErrorCode::InvalidKeyPackage
    );
    let many: Vec<Bytes> = (0..limits::MAX_KEY_PACKAGES).map(|_| package(&ada)).collect();
    assert_eq!(code(ada.ask(&mut world, publish(many.clone()))), ErrorCode::StockFull);
    let Ok(Response::Stock(stock)) = ada.ask(&mut world, publish(many[..50].to_vec())) else {
        panic!();
    };
    assert!(
        stock
            .iter()
            .any(|stock| stock.suite == Suite::Classical && stock.count == 55)
    );
}

#[test]
fn accounts_are_shown_to_colleagues() {
    let mut world = World::new();
    let (ada, bob) = (world.person("Ada"), world.person("Bob"));
    let guest = world.person_of("Gast", melder_protocol::account::AccountKind::Guest);
    let ask = Request::Accounts(vec![bob.member.account, ada.member.account]);
    let Ok(Response::Accounts(records)) = ada.ask(&mut world, ask.clone()) else {
        panic!();
    };
    assert_eq!(records.len(), 2);
    let Ok(Response::Accounts(records)) = guest.ask(&mut world, ask.clone()) else {
        panic!();
    };
    assert_eq!(records, []);
    world.managed(&[&bob, &guest], Suite::Classical);
    let Ok(Response::Accounts(records)) = guest.ask(&mut world, ask) else {
        panic!();
    };
    assert_eq!(records.len(), 1);
    assert!(world.outline(LogId::Inbox(guest.member.account)).contains(&"account"));
}
