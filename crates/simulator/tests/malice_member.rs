// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A malicious member: each deed by itself, from a few seeds, and lives in which several are done.
//!
//! What each deed does, and what must hold after it, stands beside it in `malice::member`.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use melder_simulator::malice::member::{self, Attack};

/// Seeds from which each deed is done: they choose chat, victim and variant.
const SEEDS: std::ops::Range<u64> = 0..2;

fn holds(attack: Attack) {
    for seed in SEEDS {
        let report = member::stage(seed, attack).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(report.attacks.get(attack.name()), Some(&1));
        assert!(report.tried_by_ghost > 0, "the ghost tried");
    }
}

macro_rules! deeds {
    ($($name:ident => $attack:ident;)+) => {
        $(#[test]
        fn $name() {
            holds(Attack::$attack);
        })+

        #[test]
        fn every_deed_has_a_test() {
            assert_eq!([$(Attack::$attack,)+], Attack::ALL);
        }
    };
}

deeds! {
    wrong_stamp => WrongStamp;
    unjustified_removal => UnjustifiedRemoval;
    ghost_addition => GhostAddition;
    uncovered => Uncovered;
    bad_signature => BadSignature;
    bad_membership_tag => BadMembershipTag;
    bad_confirmation_tag => BadConfirmationTag;
    two_tags => TwoTags;
    bad_external_key => BadExternalKey;
    garbage_welcome => GarbageWelcome;
    other_welcome => OtherWelcome;
    lease_kept => LeaseKept;
    commit_loop => CommitLoop;
    unreadable => Unreadable;
    same_generation => SameGeneration;
    same_message_twice => SameMessageTwice;
    garbage_content => GarbageContent;
    nested_content => NestedContent;
    others_messages => OthersMessages;
    own_devices_content => OwnDevicesContent;
    counter_reuse => CounterReuse;
    oversized_message => OversizedMessage;
    forged_roster => ForgedRoster;
    lying_acks => LyingAcks;
    flood => Flood;
    request_flood => RequestFlood;
    key_package_flood => KeyPackageFlood;
    seal_flood => SealFlood;
    garbage_frames => GarbageFrames;
    join_leave_loop => JoinLeaveLoop;
}

#[test]
fn seeded_lives_hold() {
    for seed in 1..=20 {
        let report = member::run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(report.written > 0);
    }
}
