// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who gets in.

use melder_mls::sign::SigningKey;
use melder_protocol::account::AccountKind;
use melder_protocol::frame::{ClientFrame, ServerFrame};
use melder_protocol::request::Request;
use melder_protocol::{ErrorCode, LogId, Nonce};

use super::*;

#[test]
fn a_device_of_the_chain_gets_in_and_learns_where_it_stands() {
    let mut world = World::new();
    let mut ada = world.person("Ada");
    ada.disconnect(&mut world);
    let ready = ada.try_connect(&mut world).unwrap();
    assert_eq!(ready.time, world.now);
    assert_eq!(ready.groups, []);
    assert_eq!(ready.policy_version, 1);
    assert!(ready.stock.iter().all(|stock| stock.count == 5 && stock.last_resort));
}

#[test]
fn another_key_another_nonce_or_another_account_do_not() {
    let mut world = World::new();
    let mut ada = world.person("Ada");
    let bob = world.person("Bob");
    let mut stranger = Device::new(ada.member.account, SigningKey::generate(&mut world.rng));
    assert_eq!(stranger.try_connect(&mut world), Err(ErrorCode::AuthenticationFailed));
    let key = SigningKey::from_seed(&bob.key.seed());
    let mut impostor = Device::new(ada.member.account, key);
    assert_eq!(impostor.try_connect(&mut world), Err(ErrorCode::AuthenticationFailed));

    let (connection, _) = world.connect();
    let stale = ada.hello(&Nonce::from_bytes([7; 32]));
    world.send(connection, &ClientFrame::Hello(stale));
    assert!(matches!(
        world.frames(connection)[..],
        [ServerFrame::Goodbye {
            code: ErrorCode::AuthenticationFailed,
            ..
        }]
    ));
    assert!(!world.is_open(connection));

    ada.disconnect(&mut world);
    let (connection, nonce) = world.connect();
    let mut hello = ada.hello(&nonce);
    hello.version = 9;
    world.send(connection, &ClientFrame::Hello(hello));
    assert!(matches!(
        world.frames(connection)[..],
        [ServerFrame::Goodbye {
            code: ErrorCode::UnsupportedVersion,
            ..
        }]
    ));
}

#[test]
fn without_a_proof_only_open_requests_are_answered() {
    let mut world = World::new();
    let (connection, _) = world.connect();
    assert_eq!(
        code(world.ask(connection, Request::Devices)),
        ErrorCode::NotAuthenticated
    );
    assert_eq!(
        code(world.ask(connection, Request::Policy)),
        ErrorCode::NotAuthenticated
    );
    let guess = melder_protocol::InvitationSecret::from_bytes([1; 16]);
    assert_eq!(
        code(world.ask(connection, Request::OpenInvitation(guess))),
        ErrorCode::InvitationUnknown
    );
    assert!(world.is_open(connection));
}

#[test]
fn guessing_invitations_is_slow() {
    let mut world = World::new();
    let (connection, _) = world.connect();
    let mut answers = (0..100_u8).map(|number| {
        let guess = melder_protocol::InvitationSecret::from_bytes([number; 16]);
        code(world.ask(connection, Request::OpenInvitation(guess)))
    });
    assert!(answers.any(|code| code == ErrorCode::RateLimited));
}

#[test]
fn who_never_proves_a_device_is_not_kept() {
    let mut world = World::new();
    let ada = world.person("Ada");
    let (connection, _) = world.connect();
    world.pass(10 * melder_protocol::Time::MINUTE);
    assert!(world.is_open(connection));
    world.pass(2 * melder_protocol::Time::MINUTE);
    assert!(!world.is_open(connection));
    assert!(world.is_open(ada.connection.unwrap()));
}

#[test]
fn a_device_that_connects_again_replaces_its_old_connection() {
    let mut world = World::new();
    let mut ada = world.person("Ada");
    let old = ada.connection.unwrap();
    ada.connect(&mut world);
    assert!(!world.is_open(old));
    assert!(ada.ask(&mut world, Request::Devices).is_ok());
}

#[test]
fn a_suspended_or_deleted_account_is_out_at_once_and_hears_why() {
    let mut world = World::new();
    let mut ada = world.person("Ada");
    let account = ada.member.account;
    world.desk(move |desk| desk.suspend_account(account, None).map(drop));
    ada.work(&mut world);
    assert_eq!(ada.goodbye, Some(ErrorCode::AccountSuspended));
    assert_eq!(ada.try_connect(&mut world), Err(ErrorCode::AccountSuspended));
    world.desk(move |desk| desk.resume_account(account, None).map(drop));
    ada.connect(&mut world);

    let connection = ada.connection.unwrap();
    let record = world.desk(move |desk| desk.delete_account(account, None));
    let goodbye = world.frames(connection).pop().unwrap();
    assert_eq!(
        goodbye,
        ServerFrame::Goodbye {
            code: ErrorCode::AccountDeleted,
            record: Some(record.clone()),
            removal: None,
        }
    );
    assert!(!world.is_open(connection));

    // Also later, so that a device that was away wipes itself.
    let (connection, nonce) = world.connect();
    world.send(connection, &ClientFrame::Hello(ada.hello(&nonce)));
    assert_eq!(
        world.frames(connection),
        [ServerFrame::Goodbye {
            code: ErrorCode::AccountDeleted,
            record: Some(record),
            removal: None,
        }]
    );
}

#[test]
fn a_guest_may_delete_itself_and_staff_may_not() {
    let mut world = World::new();
    let mut guest = world.person_of("Gast", AccountKind::Guest);
    let staff = world.person("Ada");
    assert_eq!(
        code(staff.ask(&mut world, Request::DeleteAccount)),
        ErrorCode::NotAllowed
    );
    assert!(
        guest.ask(&mut world, Request::DeleteAccount).is_ok(),
        "the answer comes before the goodbye"
    );
    guest.work(&mut world);
    assert_eq!(guest.goodbye, Some(ErrorCode::AccountDeleted));
    assert_eq!(world.log(LogId::Inbox(guest.member.account)), []);
}
