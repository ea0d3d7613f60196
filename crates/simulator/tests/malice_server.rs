// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A malicious server: each lie by itself, from a few seeds, and lives in which several are told.
//!
//! What each lie does, and what must hold while it is told and after, stands beside it in `malice::server`.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use melder_simulator::malice::server::{self, Attack};

/// Seeds from which each lie is told: they choose chat, victim and variant.
const SEEDS: std::ops::Range<u64> = 0..2;

fn holds(attack: Attack) {
    for seed in SEEDS {
        let report = server::stage(seed, attack).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(report.attacks.get(attack.name()), Some(&1));
        assert!(report.tried_by_ghost > 0, "the ghost tried");
    }
}

macro_rules! lies {
    ($($name:ident => $attack:ident;)+) => {
        $(#[test]
        fn $name() {
            holds(Attack::$attack);
        })+

        #[test]
        fn every_lie_has_a_test() {
            assert_eq!([$(Attack::$attack,)+], Attack::ALL);
        }
    };
}

lies! {
    ghost_device => GhostDevice;
    ghost_reset => GhostReset;
    official_reset => OfficialReset;
    older_chain => OlderChain;
    forged_badge => ForgedBadge;
    other_badge => OtherBadge;
    no_badge => NoBadge;
    official_member => OfficialMember;
    ghost_in_private => GhostInPrivate;
    forged_roster => ForgedRoster;
    hidden_addition => HiddenAddition;
    hidden_removal => HiddenRemoval;
    withheld_removal => WithheldRemoval;
    stale_roster => StaleRoster;
    ghost_proposal => GhostProposal;
    swapped_key_package => SwappedKeyPackage;
    false_removal_proposal => FalseRemovalProposal;
    forged_group => ForgedGroup;
    false_own_group => FalseOwnGroup;
    garbage_welcome => GarbageWelcome;
    wrong_tree => WrongTree;
    wrong_group_info => WrongGroupInfo;
    replay => Replay;
    drop => Drop;
    reorder => Reorder;
    alter => Alter;
    alter_commit => AlterCommit;
    mislabel => Mislabel;
    mislabel_as_own => MislabelAsOwn;
    substitute => Substitute;
    swallow => Swallow;
    wrong_receipt => WrongReceipt;
    withhold_tail => WithholdTail;
    false_gap => FalseGap;
    epoch_lie => EpochLie;
    low_head => LowHead;
    high_head => HighHead;
    backup => Backup;
    fork => Fork;
    false_deletion => FalseDeletion;
    false_deletion_of_other => FalseDeletionOfOther;
    false_device_removal => FalseDeviceRemoval;
    false_removal => FalseRemoval;
    unknown_log => UnknownLog;
    wrong_answers => WrongAnswers;
    wrong_refusals => WrongRefusals;
    no_answers => NoAnswers;
    high_counters => HighCounters;
    garbage => Garbage;
    forged_policy => ForgedPolicy;
    wrong_file => WrongFile;
    wrong_archive => WrongArchive;
    task_flood => TaskFlood;
}

#[test]
fn seeded_lives_hold() {
    for seed in 1..=20 {
        let report = server::run(seed).unwrap_or_else(|failure| panic!("{failure}"));
        assert!(report.written > 0);
    }
}
