// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A group's life, with the server's public side and several devices' sides: the same bytes go to all.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod city;

use city::City;
use melder_mls::MlsError;
use melder_mls::member::CommitPlan;
use melder_mls::rules::{self, Knowledge, RuleViolation};
use melder_protocol::Suite;

#[test]
fn a_group_founded_by_one_takes_in_all_by_one_commit_and_everybody_reads() {
    for suite in Suite::ALL {
        let mut city = City::new(suite, 4);
        city.found(0);
        let commit = city.add_missing(0).expect("commit");
        assert!(commit.facts_ok, "rules hold on the server");
        for writer in 0..4 {
            city.everybody_reads(writer, b"Sperrung Leopoldstrasse");
        }
        city.assert_agreement();
    }
}

#[test]
fn adding_by_reference_needs_no_path_and_stays_small() {
    let mut city = City::new(Suite::Hybrid, 12);
    city.found(0);
    let commit = city.add_missing(0).expect("commit");
    assert!(commit.bytes < 3_000, "{} bytes", commit.bytes);
}

#[test]
fn a_removed_device_reads_nothing_after() {
    let mut city = City::new(Suite::Hybrid, 3);
    city.found(0);
    city.add_missing(0);
    city.leave_roster(2);
    city.remove_unjustified(0);
    let bytes = city.encrypt(1, b"nach dem Abschied");
    assert!(city.decrypt(2, &bytes).is_err());
    assert_eq!(city.decrypt(0, &bytes).expect("still in").bytes, b"nach dem Abschied");
}

#[test]
fn a_lost_device_comes_back_by_external_commit_and_its_old_leaf_goes() {
    let mut city = City::new(Suite::Hybrid, 3);
    city.found(0);
    city.add_missing(0);
    let leaves = city.server_leaves();
    city.rejoin(1);
    assert_eq!(city.server_leaves(), leaves, "the same devices, none twice");
    city.everybody_reads(1, b"wieder da");
    city.everybody_reads(0, b"willkommen");
}

#[test]
fn a_commit_for_a_past_epoch_is_told_apart() {
    let mut city = City::new(Suite::Classical, 3);
    city.found(0);
    city.add_missing(0);
    let stale = city.commit_bytes(
        1,
        &CommitPlan {
            refresh: true,
            ..CommitPlan::default()
        },
    );
    city.refresh(0);
    assert_eq!(
        city.server().check_commit(&stale).map(|_| ()).unwrap_err(),
        MlsError::WrongEpoch
    );
}

#[test]
fn a_commit_that_leaves_out_an_open_proposal_is_told_apart() {
    let mut city = City::new(Suite::Classical, 3);
    city.found(0);
    city.propose_missing();
    let bytes = city.commit_bytes(
        0,
        &CommitPlan {
            refresh: true,
            ..CommitPlan::default()
        },
    );
    assert_eq!(city.server().check_commit(&bytes).expect("valid").missing, 2);
}

#[test]
fn a_server_that_adds_a_ghost_is_refused_by_the_rules() {
    let mut city = City::new(Suite::Classical, 2);
    city.found(0);
    let ghost = city.ghost_key_package();
    city.propose(&ghost);
    let bytes = city.commit_proposals(0);
    let checked = city
        .server()
        .check_commit(&bytes)
        .expect("RFC 9420 has nothing against it");
    assert_eq!(
        rules::check(&checked.facts, city.roster(), &city, Knowledge::Exact),
        Err(RuleViolation::AddedNotInRoster)
    );
}

#[test]
fn a_member_who_throws_out_another_is_refused_by_the_rules() {
    let mut city = City::new(Suite::Classical, 3);
    city.found(0);
    city.add_missing(0);
    let victim = city.leaf_of(2);
    let bytes = city.commit_bytes(
        1,
        &CommitPlan {
            remove: vec![victim],
            refresh: false,
        },
    );
    let checked = city
        .server()
        .check_commit(&bytes)
        .expect("RFC 9420 has nothing against it");
    assert_eq!(
        rules::check(&checked.facts, city.roster(), &city, Knowledge::Exact),
        Err(RuleViolation::UnjustifiedRemoval)
    );
}

#[test]
fn the_servers_side_survives_being_stored() {
    let mut city = City::new(Suite::Hybrid, 3);
    city.found(0);
    city.propose_missing();
    city.reload_server();
    assert_eq!(city.server().open_proposals(), (2, 0));
    city.commit_open(0);
    city.everybody_reads(2, b"nach dem Neustart");
}

#[test]
fn a_message_is_decrypted_once() {
    let mut city = City::new(Suite::Classical, 2);
    city.found(0);
    city.add_missing(0);
    let bytes = city.encrypt(0, b"einmal");
    assert!(city.decrypt(1, &bytes).is_ok());
    assert!(city.decrypt(1, &bytes).is_err());
}

#[test]
fn a_device_that_starts_anew_has_its_groups() {
    let mut city = City::new(Suite::Hybrid, 3);
    city.found(0);
    city.add_missing(0);
    for person in 0..3 {
        city.restart(person);
    }
    city.everybody_reads(1, b"nach dem Neustart");
    city.refresh(2);
    city.everybody_reads(0, b"im neuen Abschnitt");
}
