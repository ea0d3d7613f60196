// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What every store must do. `conformance!` makes these tests for one of them.

use std::collections::BTreeMap;

use melder_protocol::chain::KeyUse;
use melder_protocol::roster::{Authority, GroupKind, Role, RosterChange, RosterMember};
use melder_protocol::signed::Signed;
use melder_protocol::{
    AccountId, BlobId, Counter, DeviceId, Epoch, GroupId, Hash, Index, LogId, Member, OrganisationId, PublicKey,
    Sequence, Signature, Suite, Time,
};
use proptest::prelude::*;

use super::conformance_admins::{
    a_log_in_is_kept_as_it_was_set, a_log_in_is_one_admins_and_goes_with_them,
    an_admin_goes_with_passkeys_sessions_and_secrets, what_a_directory_said_is_found_and_goes_with_the_account,
};
use super::*;

const GROUP: GroupId = GroupId::from_bytes([1; 16]);
const LOG: LogId = LogId::Group(GROUP);

fn account(number: u8) -> AccountId {
    AccountId::from_bytes([number; 16])
}

fn device(number: u8) -> DeviceId {
    DeviceId::from_bytes([number; 16])
}

fn member(number: u8) -> Member {
    Member {
        account: account(number),
        device: device(number),
    }
}

fn entry(sequence: u64, sender: Option<(u8, u64)>) -> StoredEntry {
    StoredEntry {
        sequence: Sequence(sequence),
        time: Time(sequence * 1_000),
        sender: sender.map(|(number, _)| member(number)),
        kind: 0,
        counter: sender.map(|(_, counter)| Counter(counter)),
        bytes: vec![7; 10],
    }
}

fn group_row(number: u8) -> GroupRow {
    GroupRow {
        group: GroupId::from_bytes([number; 16]),
        organisation: OrganisationId::from_bytes([1; 16]),
        kind: GroupKind::Channel,
        authority: Authority::Private,
        suite: Suite::Hybrid,
        name: Some("Wahl".to_owned()),
        created: Time(u64::from(number)),
        closed: false,
        epoch: Some(Epoch(3)),
        began: Sequence(5),
    }
}

fn device_row(number: u8, account_number: u8, key_use: KeyUse, state: DeviceState) -> DeviceRow {
    DeviceRow {
        account: account(account_number),
        device: device(number),
        key: PublicKey::from_bytes([number; 32]),
        key_use,
        name: "Tablet".to_owned(),
        added: Time(1),
        last_used: None,
        state,
    }
}

fn package(number: u8, last_resort: bool) -> KeyPackageRow {
    KeyPackageRow {
        suite: Suite::Hybrid,
        hash: Hash::from_bytes([number; 32]),
        last_resort,
        bytes: vec![number; 5],
    }
}

/// Runs a transaction to its end.
fn commit<S: Store>(store: &mut S, run: impl FnOnce(&dyn Transaction)) {
    let tx = store.begin().unwrap();
    run(&tx);
    tx.commit().unwrap();
}

pub(crate) fn a_log_counts_without_gaps_and_outlives_its_entries<S: Store>(store: &mut S) {
    commit(store, |tx| {
        assert_eq!(tx.head(LOG).unwrap(), Sequence(0));
        assert_eq!(tx.first(LOG).unwrap(), Sequence(1));
        for sequence in 1..=5 {
            tx.append(LOG, &entry(sequence, Some((1, sequence)))).unwrap();
        }
        assert!(tx.append(LOG, &entry(5, None)).is_err(), "twice");
        assert!(tx.append(LOG, &entry(7, None)).is_err(), "with a gap");
        // Another log counts for itself.
        tx.append(LogId::Inbox(account(1)), &entry(1, None)).unwrap();
    });
    commit(store, |tx| {
        assert_eq!(tx.head(LOG).unwrap(), Sequence(5));
        assert_eq!(tx.older(LOG, Time(3_000)).unwrap(), Some(Sequence(2)));
        assert_eq!(tx.older(LOG, Time(1_000)).unwrap(), None);
        assert_eq!(tx.drop_through(LOG, Sequence(3)).unwrap(), 3);
        assert_eq!(tx.first(LOG).unwrap(), Sequence(4));
        assert_eq!(tx.older(LOG, Time(3_000)).unwrap(), None);
        assert_eq!(tx.drop_through(LOG, Sequence(99)).unwrap(), 2);
        assert_eq!(tx.older(LOG, Time(99_000)).unwrap(), None);
        assert_eq!(
            (tx.head(LOG).unwrap(), tx.first(LOG).unwrap()),
            (Sequence(5), Sequence(6))
        );
        tx.append(LOG, &entry(6, None)).unwrap();
        assert_eq!(tx.delete_log(LOG).unwrap(), 1);
        assert_eq!(tx.head(LOG).unwrap(), Sequence(0));
        assert_eq!(tx.head(LogId::Inbox(account(1))).unwrap(), Sequence(1));
    });
}

pub(crate) fn reading_stops_at_a_count_and_at_a_size<S: Store>(store: &mut S) {
    commit(store, |tx| {
        for sequence in 1..=9 {
            tx.append(LOG, &entry(sequence, None)).unwrap();
        }
        let read = |after, count, bytes| -> Vec<u64> {
            let found = tx.entries(LOG, Sequence(after), count, bytes).unwrap();
            found.iter().map(|entry| entry.sequence.0).collect()
        };
        assert_eq!(read(0, 3, 1_000), [1, 2, 3]);
        assert_eq!(read(7, 100, 1_000), [8, 9]);
        assert_eq!(read(2, 100, 25), [3, 4]);
        assert_eq!(read(2, 100, 1), [3], "one that is too large comes all the same");
        assert_eq!(read(9, 100, 1_000), [0; 0]);
        assert_eq!(tx.entry(LOG, Sequence(4)).unwrap(), Some(entry(4, None)));
    });
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.entries(LOG, Sequence(8), 10, 1_000).unwrap(), [entry(9, None)]);
}

pub(crate) fn a_device_counts_each_append_once<S: Store>(store: &mut S) {
    commit(store, |tx| {
        tx.append(LOG, &entry(1, Some((1, 1)))).unwrap();
        tx.append(LOG, &entry(2, Some((2, 1)))).unwrap();
        tx.append(LOG, &entry(3, Some((1, 2)))).unwrap();
        assert!(tx.append(LOG, &entry(4, Some((1, 2)))).is_err(), "a counter twice");
    });
}

pub(crate) fn a_repeated_append_is_found<S: Store>(store: &mut S) {
    commit(store, |tx| {
        for sequence in 1..=4 {
            tx.append(LOG, &entry(sequence, Some((1, sequence)))).unwrap();
        }
        assert_eq!(tx.counter(LOG, device(1)).unwrap(), Counter(4));
        assert_eq!(tx.counter(LOG, device(2)).unwrap(), Counter(0));
        assert_eq!(
            tx.appended(LOG, device(1), Counter(2)).unwrap(),
            Some((Sequence(2), Time(2_000)))
        );
        tx.drop_through(LOG, Sequence(2)).unwrap();
        assert_eq!(tx.appended(LOG, device(1), Counter(2)).unwrap(), None);
        assert_eq!(tx.counter(LOG, device(1)).unwrap(), Counter(4));
        tx.drop_through(LOG, Sequence(4)).unwrap();
        assert_eq!(tx.counter(LOG, device(1)).unwrap(), Counter(4));
        tx.append(LOG, &entry(5, Some((1, 5)))).unwrap();
        assert_eq!(tx.counters(device(1)).unwrap(), [(LOG, Counter(5))]);
        // A log that is made anew counts anew.
        tx.delete_log(LOG).unwrap();
        tx.append(LOG, &entry(1, None)).unwrap();
        assert_eq!(tx.counter(LOG, device(1)).unwrap(), Counter(0));
    });
}

pub(crate) fn a_rollback_leaves_nothing_and_a_release_keeps<S: Store>(store: &mut S) {
    commit(store, |tx| {
        tx.savepoint().unwrap();
        tx.append(LOG, &entry(1, None)).unwrap();
        tx.savepoint().unwrap();
        tx.append(LOG, &entry(2, None)).unwrap();
        tx.rollback().unwrap();
        tx.release().unwrap();
        tx.savepoint().unwrap();
        tx.put_group(&group_row(1)).unwrap();
        tx.rollback().unwrap();
        assert_eq!(tx.head(LOG).unwrap(), Sequence(1));
    });
    let tx = store.begin().unwrap();
    tx.append(LOG, &entry(2, None)).unwrap();
    drop(tx);
    commit(store, |tx| {
        assert_eq!(tx.head(LOG).unwrap(), Sequence(1));
        assert_eq!(tx.group(GROUP).unwrap(), None);
    });
}

pub(crate) fn cursors_never_go_back<S: Store>(store: &mut S) {
    commit(store, |tx| {
        tx.append(LOG, &entry(1, None)).unwrap();
        tx.advance(LOG, account(1), device(1), Sequence(5)).unwrap();
        tx.advance(LOG, account(1), device(1), Sequence(3)).unwrap();
        tx.advance(LOG, account(2), device(2), Sequence(1)).unwrap();
        assert_eq!(tx.cursor(LOG, device(1)).unwrap(), Sequence(5));
        assert_eq!(tx.cursor(LOG, device(9)).unwrap(), Sequence(0));
        assert_eq!(tx.cursors(LOG).unwrap().len(), 2);
        tx.delete_cursors_of_account(LOG, account(1)).unwrap();
        assert_eq!(tx.cursor(LOG, device(1)).unwrap(), Sequence(0));
        tx.delete_cursors_of_device(device(2)).unwrap();
        assert_eq!(tx.cursors(LOG).unwrap(), []);
    });
}

pub(crate) fn groups_rosters_and_members_come_back_as_they_were<S: Store>(store: &mut S) {
    let change = Signed::<RosterChange>::from_parts(
        vec![1, 2, 3],
        PublicKey::from_bytes([1; 32]),
        Signature::from_bytes([2; 64]),
    );
    commit(store, |tx| {
        for number in [2, 1] {
            tx.put_group(&group_row(number)).unwrap();
            for (account_number, role) in [(1, Role::Manage), (2, Role::Member)] {
                let account = account(account_number);
                tx.set_member(group_row(number).group, RosterMember { account, role })
                    .unwrap();
            }
        }
        tx.add_roster_change(GROUP, Index(0), &change).unwrap();
        assert!(tx.add_roster_change(GROUP, Index(0), &change).is_err());
        assert_eq!(tx.roster_changes(GROUP).unwrap(), [change]);
        let closed = GroupRow {
            closed: true,
            epoch: None,
            ..group_row(1)
        };
        tx.put_group(&closed).unwrap();
        assert_eq!(tx.group(GROUP).unwrap(), Some(closed));
        assert_eq!(tx.groups_of_organisation(group_row(1).organisation).unwrap().len(), 2);
        assert_eq!(tx.groups_of_account(account(1)).unwrap(), [GROUP, group_row(2).group]);
        assert_eq!(tx.role(GROUP, account(1)).unwrap(), Some(Role::Manage));
        assert!(tx.share_group(account(1), account(2)).unwrap());
        assert!(!tx.share_group(account(1), account(3)).unwrap());
        tx.unset_member(GROUP, account(1)).unwrap();
        assert_eq!(tx.members(GROUP).unwrap().len(), 1);
        tx.delete_group(GROUP).unwrap();
        assert_eq!(tx.group(GROUP).unwrap(), None);
        assert_eq!(tx.roster_changes(GROUP).unwrap(), []);
        assert_eq!(tx.groups_of_account(account(2)).unwrap(), [group_row(2).group]);
    });
}

pub(crate) fn leaves_proposals_and_trees_follow_the_group<S: Store>(store: &mut S) {
    commit(store, |tx| {
        tx.put_group(&group_row(1)).unwrap();
        for number in [1, 2] {
            let role = Role::Member;
            tx.set_member(
                GROUP,
                RosterMember {
                    account: account(number),
                    role,
                },
            )
            .unwrap();
        }
        tx.put_device(&device_row(1, 1, KeyUse::Device, DeviceState::Current))
            .unwrap();
        tx.put_device(&device_row(2, 2, KeyUse::Device, DeviceState::Reset))
            .unwrap();
        tx.put_device(&device_row(3, 2, KeyUse::Device, DeviceState::Removed))
            .unwrap();
        tx.put_device(&device_row(4, 2, KeyUse::Recovery, DeviceState::Current))
            .unwrap();
        tx.put_device(&device_row(5, 9, KeyUse::Device, DeviceState::Current))
            .unwrap();
        assert_eq!(
            tx.devices_of_members(GROUP).unwrap(),
            [(member(1), DeviceState::Current), (member(2), DeviceState::Reset)]
        );

        tx.set_leaf(
            GROUP,
            LeafRow {
                index: 4,
                member: member(1),
            },
        )
        .unwrap();
        tx.set_leaf(
            GROUP,
            LeafRow {
                index: 0,
                member: member(2),
            },
        )
        .unwrap();
        assert!(tx.is_leaf(GROUP, member(1)).unwrap());
        assert_eq!(tx.leaves(GROUP).unwrap()[0].member, member(2));
        tx.unset_leaf(GROUP, 4).unwrap();
        assert!(!tx.is_leaf(GROUP, member(1)).unwrap());

        let add = ProposalRow {
            sequence: Sequence(4),
            kind: ProposalKind::Add,
            member: member(1),
            bytes: vec![1],
            key_package: Some(package(1, false)),
        };
        let remove = ProposalRow {
            sequence: Sequence(3),
            kind: ProposalKind::Remove(7),
            member: member(2),
            bytes: vec![2],
            key_package: None,
        };
        tx.add_proposal(GROUP, &add).unwrap();
        tx.add_proposal(GROUP, &remove).unwrap();
        assert_eq!(tx.proposals(GROUP).unwrap(), [remove, add.clone()]);
        tx.delete_proposal(GROUP, Sequence(3)).unwrap();
        assert_eq!(tx.proposals(GROUP).unwrap(), [add]);
        tx.clear_proposals(GROUP).unwrap();
        assert_eq!(tx.proposals(GROUP).unwrap(), []);

        let public = PublicRow {
            state: vec![1; 100_000],
            group_info: vec![2],
        };
        tx.put_public_group(GROUP, &public).unwrap();
        assert_eq!(tx.public_group(GROUP).unwrap(), Some(public));
    });
}

pub(crate) fn a_tree_stays_until_everybody_fetched_its_welcome<S: Store>(store: &mut S) {
    let tree = TreeRow {
        epoch: Epoch(2),
        sequence: Sequence(9),
        time: Time(100),
        tree: vec![5],
    };
    let welcome = |number, inbox| WelcomeRow {
        group: GROUP,
        epoch: Epoch(2),
        device: device(number),
        inbox: Sequence(inbox),
    };
    commit(store, |tx| {
        tx.put_tree(GROUP, &tree).unwrap();
        tx.add_welcome(&welcome(1, 10)).unwrap();
        tx.add_welcome(&welcome(2, 20)).unwrap();
        tx.settle_welcomes(device(1), Some(Sequence(9))).unwrap();
        tx.settle_welcomes(device(2), Some(Sequence(20))).unwrap();
        assert_eq!(tx.tree(GROUP, Epoch(2)).unwrap(), Some(tree.clone()));
        tx.settle_welcomes(device(1), None).unwrap();
        assert_eq!(tx.tree(GROUP, Epoch(2)).unwrap(), None);
        tx.put_tree(GROUP, &tree).unwrap();
        tx.drop_trees(GROUP, Time(100)).unwrap();
        assert!(tx.tree(GROUP, Epoch(2)).unwrap().is_some());
        tx.drop_trees(GROUP, Time(101)).unwrap();
        assert_eq!(tx.tree(GROUP, Epoch(2)).unwrap(), None);
    });
}

pub(crate) fn devices_and_recovery_keys_are_found<S: Store>(store: &mut S) {
    commit(store, |tx| {
        let row = device_row(1, 1, KeyUse::Device, DeviceState::Current);
        let recovery = device_row(2, 1, KeyUse::Recovery, DeviceState::Current);
        tx.put_device(&row).unwrap();
        tx.put_device(&recovery).unwrap();
        assert_eq!(tx.device(device(1)).unwrap(), Some(row.clone()));
        assert_eq!(tx.devices_of(account(1)).unwrap(), [row.clone(), recovery.clone()]);
        assert_eq!(tx.account_of_recovery(&recovery.key).unwrap(), Some(account(1)));
        assert_eq!(tx.account_of_recovery(&row.key).unwrap(), None);
        tx.put_device(&DeviceRow {
            state: DeviceState::Removed,
            last_used: Some(Time(7)),
            ..recovery.clone()
        })
        .unwrap();
        assert_eq!(tx.account_of_recovery(&recovery.key).unwrap(), None);
        tx.delete_chain(account(1)).unwrap();
        assert_eq!(tx.devices_of(account(1)).unwrap(), []);
    });
}

pub(crate) fn key_packages_are_used_once_and_the_last_resort_always<S: Store>(store: &mut S) {
    commit(store, |tx| {
        let device = device(1);
        assert!(tx.add_key_package(device, &package(1, false)).unwrap());
        assert!(
            !tx.add_key_package(device, &package(1, false)).unwrap(),
            "known already"
        );
        assert!(tx.add_key_package(device, &package(2, false)).unwrap());
        assert!(tx.add_key_package(device, &package(3, true)).unwrap());
        assert!(tx.add_key_package(device, &package(4, true)).unwrap());
        let stock = tx.stock(device).unwrap();
        let hybrid = stock.iter().find(|stock| stock.suite == Suite::Hybrid).unwrap();
        assert_eq!((hybrid.count, hybrid.last_resort), (2, true));
        let taken: Vec<u8> = (0..4)
            .map(|_| tx.take_key_package(device, Suite::Hybrid).unwrap().unwrap().bytes[0])
            .collect();
        assert_eq!(taken, [1, 2, 4, 4]);
        assert_eq!(tx.take_key_package(device, Suite::Classical).unwrap(), None);
        assert_eq!(tx.delete_key_packages(device).unwrap(), 1);
        assert_eq!(tx.take_key_package(device, Suite::Hybrid).unwrap(), None);
    });
}

pub(crate) fn blobs_grow_chunk_by_chunk<S: Store>(store: &mut S) {
    let blob = BlobId::from_bytes([1; 16]);
    let row = BlobRow {
        blob,
        group: GROUP,
        account: account(1),
        chunks: 2,
        stored: 0,
        created: Time(10),
    };
    commit(store, |tx| {
        tx.create_blob(&row).unwrap();
        assert!(tx.put_chunk(blob, 1, &[1]).is_err(), "not the next");
        tx.put_chunk(blob, 0, &[1, 2]).unwrap();
        tx.put_chunk(blob, 1, &[3]).unwrap();
        assert!(tx.put_chunk(blob, 2, &[4]).is_err(), "past the end");
        assert_eq!(tx.blob(blob).unwrap().unwrap().stored, 2);
        assert_eq!(tx.blob_usage(account(1)).unwrap().0, 1);
    });
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.chunk(blob, 0).unwrap(), Some(vec![1, 2]));
    assert_eq!(reader.chunk(blob, 5).unwrap(), None);
    commit(store, |tx| {
        tx.delete_blobs_before(GROUP, Time(10)).unwrap();
        assert!(tx.blob(blob).unwrap().is_some());
        assert_eq!(tx.delete_blobs_of_account(account(1)).unwrap().0, 1);
        assert_eq!(tx.blob(blob).unwrap(), None);
        assert_eq!(tx.chunk(blob, 0).unwrap(), None);
        tx.create_blob(&row).unwrap();
        tx.delete_blobs_of_group(GROUP).unwrap();
        assert_eq!(tx.blob(blob).unwrap(), None);
    });
}

/// What a test does to a log.
#[derive(Debug, Clone)]
enum Step {
    Append(u8),
    Drop(u64),
    /// The transaction reaches the disk, or not.
    End(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0_u8..4).prop_map(Step::Append),
        1 => (0_u64..40).prop_map(Step::Drop),
        2 => any::<bool>().prop_map(Step::End),
    ]
}

/// Against a model: whatever is appended, dropped and given up, in transactions of any size.
pub(crate) fn any_history_leaves_a_log_as_the_model_says<S: Store>(store: &mut S) {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(64));
    let store = std::cell::RefCell::new(store);
    let next = std::cell::Cell::new(0_u8);
    let history = |steps: Vec<Step>| {
        next.set(next.get().wrapping_add(1));
        let log = LogId::Inbox(account(next.get()));
        let mut kept: (u64, u64, BTreeMap<u8, u64>) = (0, 0, BTreeMap::new());
        let mut steps = steps.into_iter().peekable();
        while steps.peek().is_some() {
            let mut now = kept.clone();
            let mut store = store.borrow_mut();
            let tx = store.begin().unwrap();
            let mut keep = true;
            for step in steps.by_ref() {
                match step {
                    Step::Append(sender) => {
                        let counter = now.2.entry(sender).or_default();
                        *counter += 1;
                        now.0 += 1;
                        tx.append(log, &entry(now.0, Some((sender, *counter)))).unwrap();
                    }
                    Step::Drop(through) => {
                        tx.drop_through(log, Sequence(through)).unwrap();
                        now.1 = now.1.max(through.min(now.0));
                    }
                    Step::End(commit) => {
                        keep = commit;
                        break;
                    }
                }
            }
            if keep {
                tx.commit().unwrap();
                kept = now;
            } else {
                drop(tx);
            }
        }
        let mut store = store.borrow_mut();
        let tx = store.begin().unwrap();
        let found: Vec<u64> = tx
            .entries(log, Sequence(0), 10_000, usize::MAX)
            .unwrap()
            .iter()
            .map(|entry| entry.sequence.0)
            .collect();
        prop_assert_eq!(found, (kept.1 + 1..=kept.0).collect::<Vec<_>>());
        prop_assert_eq!(tx.head(log).unwrap(), Sequence(kept.0));
        for (sender, counter) in kept.2 {
            prop_assert_eq!(tx.counter(log, device(sender)).unwrap(), Counter(counter));
        }
        tx.delete_log(log).unwrap();
        tx.commit().unwrap();
        Ok(())
    };
    runner.run(&prop::collection::vec(step(), 1..60), history).unwrap();
}

/// The tests of one kind of store; `$make` opens an empty one (and what must live as long).
macro_rules! conformance {
    ($module:ident, $make:expr) => {
        mod $module {
            conformance!(@each $make;
                a_log_counts_without_gaps_and_outlives_its_entries
                reading_stops_at_a_count_and_at_a_size
                a_device_counts_each_append_once
                a_repeated_append_is_found
                a_rollback_leaves_nothing_and_a_release_keeps
                cursors_never_go_back
                groups_rosters_and_members_come_back_as_they_were
                leaves_proposals_and_trees_follow_the_group
                a_tree_stays_until_everybody_fetched_its_welcome
                devices_and_recovery_keys_are_found
                key_packages_are_used_once_and_the_last_resort_always
                blobs_grow_chunk_by_chunk
                any_history_leaves_a_log_as_the_model_says
                an_admin_goes_with_passkeys_sessions_and_secrets
                what_a_directory_said_is_found_and_goes_with_the_account
                a_log_in_is_kept_as_it_was_set a_log_in_is_one_admins_and_goes_with_them
            );
        }
    };
    (@each $make:expr; $($test:ident)+) => {
        $(#[test]
        fn $test() {
            let (mut store, _keep) = $make;
            $crate::store::conformance::$test(&mut store);
        })+
    };
}

fn in_memory() -> (sqlite::SqliteStore, ()) {
    (sqlite::SqliteStore::in_memory().unwrap(), ())
}

fn in_a_folder() -> (sqlite::SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (sqlite::SqliteStore::open(folder.path()).unwrap(), folder)
}

conformance!(sqlite_in_memory, super::in_memory());
conformance!(sqlite_in_a_folder, super::in_a_folder());

#[test]
fn a_store_is_found_again_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    {
        let mut store = sqlite::SqliteStore::open(folder.path()).unwrap();
        commit(&mut store, |tx| tx.append(LOG, &entry(1, Some((1, 1)))).unwrap());
    }
    let mut store = sqlite::SqliteStore::open(folder.path()).unwrap();
    commit(&mut store, |tx| assert_eq!(tx.head(LOG).unwrap(), Sequence(1)));
}
