// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The corpus and mutations of it, without a fuzzer: at every push each decoder is total on what was recorded, on what
//! once made it fall, and on what lies near. The seeds of the mutations are fixed, so that a push is red or green by
//! what it changes.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use melder_fuzzing::{Feed, TARGETS};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

/// Panics, also those that somebody caught: the server makes a refusal of them.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut seeds: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| {
            let path = entry.expect("the corpus").path();
            let bytes = fs::read(&path).expect("the corpus");
            (path, bytes)
        })
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{} holds no seeds", folder.display());
    seeds
}

fn watch() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        before(info);
    }));
}

/// Feeds one input; says which one it was when something fell.
fn total(feed: Feed, name: &Path, bytes: &[u8]) {
    let before = PANICS.load(Ordering::SeqCst);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| feed(bytes)));
    let fell = ended.is_err() || PANICS.load(Ordering::SeqCst) != before;
    assert!(
        !fell,
        "fell over {} as {}",
        name.display(),
        data_encoding::HEXLOWER.encode(bytes)
    );
}

/// A few small changes, and now and then a piece of another seed.
fn mutated(rng: &mut ChaCha20Rng, seeds: &[(PathBuf, Vec<u8>)], bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut below = |count: usize| usize::try_from(rng.next_u32()).unwrap_or(0) % count.max(1);
    for _ in 0..=below(4) {
        let at = below(bytes.len());
        match below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, u8::try_from(below(256)).unwrap_or(0)),
            2 => {
                let other = &seeds[below(seeds.len())].1;
                let from = below(other.len());
                let piece: Vec<u8> = other[from..].iter().copied().take(below(64)).collect();
                bytes.splice(at..at, piece);
            }
            3 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)],
            _ if at < bytes.len() => bytes[at] ^= 1 << below(8),
            _ => {}
        }
    }
    bytes
}

/// The corpus as it is, and so many mutations of its seeds.
fn smoke(target: &str, mutations: usize) {
    watch();
    let (_, feed) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let seeds = corpus(target);
    for (name, bytes) in &seeds {
        total(*feed, name, bytes);
    }
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    for round in 0..mutations {
        let (name, bytes) = &seeds[round % seeds.len()];
        let changed = mutated(&mut rng, &seeds, bytes);
        total(*feed, name, &changed);
    }
    assert_eq!(
        PANICS.load(Ordering::SeqCst),
        0,
        "nothing fell, not even in the background"
    );
}

#[test]
fn every_target_has_a_corpus() {
    for (target, _) in TARGETS {
        corpus(target);
    }
}

#[test]
fn the_wire_is_total() {
    smoke("protocol", 20_000);
}

#[test]
fn contents_are_total() {
    smoke("content", 20_000);
}

#[test]
fn mls_is_total() {
    smoke("mls", 2_000);
}

#[test]
fn the_engine_survives_a_hostile_server() {
    smoke("engine_frame", 400);
}

#[test]
fn the_engine_survives_a_hostile_member() {
    smoke("history", 400);
}

#[test]
fn the_server_survives_hostile_clients() {
    smoke("server_frame", 400);
}

#[test]
fn the_administration_survives_any_table_and_request() {
    smoke("admin", 400);
}

#[test]
fn what_people_type_is_read_or_not() {
    smoke("text", 20_000);
}
