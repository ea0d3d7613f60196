// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! MLS bytes through our own entry points: key packages, Welcomes, commits, messages, trees, what is stored; and the
//! chains, rosters and badges that stand beside them.
//!
//! Each entry point gets raw bytes, or the genuine object of a small group, changed as the input says. The group is
//! made once; every input works on copies.

mod scene;

use melder_mls::chain::{self, DeviceChain};
use melder_mls::member::MemberGroup;
use melder_mls::provider::Provider;
use melder_mls::public::PublicGroup;
use melder_mls::roster::Roster;
use melder_mls::storage::MemoryKeyValues;
use melder_mls::{badge, key_package, message, sealed};
use melder_protocol::account::{AccountRecord, Badge};
use melder_protocol::chain::Link;
use melder_protocol::roster::RosterChange;
use melder_protocol::signed::Signed;
use melder_protocol::{Time, cbor};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::input::{Input, patched};
use scene::Scene;

/// The first byte selects suite and way of making the bytes, the second who reads them.
pub fn feed(bytes: &[u8]) {
    let mut input = Input(bytes);
    let how = input.byte();
    scene::with(how & 1 == 0, |scene| {
        let reader = usize::from(input.byte()) % READERS.len();
        let bytes = if how & 2 == 0 {
            input.rest().to_vec()
        } else {
            let genuine = &scene.genuine[input.choice(scene.genuine.len())];
            patched(genuine, &mut input)
        };
        let (_, read) = READERS[reader];
        read(scene, &bytes);
    });
}

type Read = fn(&Scene, &[u8]);

/// Who reads MLS bytes.
const READERS: &[(&str, Read)] = &[
    ("outside", outside),
    ("key package", packages),
    ("public group", public),
    ("stored public group", stored),
    ("established", established),
    ("member", member),
    ("Welcome", welcome),
    ("Welcome's tree", welcome_tree),
    ("external join", external),
    ("stored member", stored_member),
    ("sealed", opened),
    ("chain", chains),
    ("roster", rosters),
    ("badge", badges),
];

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([5; 32])
}

fn outside(_: &Scene, bytes: &[u8]) {
    let _header = message::peek(bytes);
}

fn packages(scene: &Scene, bytes: &[u8]) {
    if let Ok(info) = key_package::check(bytes) {
        // A server that takes it proposes it; whatever comes of that.
        let group = scene.public();
        if let Ok(proposal) = group.propose_add(&scene.organisation, bytes) {
            let mut group = group;
            let _added = group.add_proposal(&proposal);
        }
        let _suite = info.suite;
    }
}

fn public(scene: &Scene, bytes: &[u8]) {
    let mut group = scene.public();
    let before = group.epoch();
    let _proposed = group.add_proposal(bytes);
    let _info = group.check_group_info(bytes);
    if let Ok(commit) = group.check_commit(bytes)
        && group.merge(commit).is_ok()
    {
        assert_eq!(group.epoch(), before.next(), "a commit leads one epoch on");
    }
    let kept = group.to_bytes();
    let again = PublicGroup::from_bytes(&kept).expect("what was kept is read");
    assert_eq!((again.epoch(), again.leaves()), (group.epoch(), group.leaves()));
}

fn stored(_: &Scene, bytes: &[u8]) {
    if let Ok(group) = PublicGroup::from_bytes(bytes) {
        let _tree = group.tree();
        let _leaves = group.leaves();
        let _open = group.open_proposals();
    }
}

fn established(scene: &Scene, bytes: &[u8]) {
    for (info, tree) in [(bytes, &scene.first.tree[..]), (&scene.first.group_info[..], bytes)] {
        if let Ok(group) = PublicGroup::establish(info, tree, &scene.spec, &scene.founder) {
            assert_eq!(group.epoch().0, 0);
        }
    }
}

/// After any junk, a member still reads what it could read before.
fn member(scene: &Scene, bytes: &[u8]) {
    let store = scene.member.clone();
    let mut rng = rng();
    let provider = Provider::new(&store, &mut rng);
    let mut group = scene.load(&provider);
    let epoch = group.epoch();
    let read = group.decrypt(&provider, bytes);
    let _changes = group.describe(&provider, &[bytes]);
    if let Ok(incoming) = group.process_commit(&provider, &[bytes], bytes) {
        let _facts = &incoming.facts;
        if group.merge(&provider, incoming).is_ok() {
            return;
        }
    }
    assert_eq!(group.epoch(), epoch, "only a commit leads on");
    if read.is_err() {
        let genuine = group.decrypt(&provider, &scene.message).map(|received| received.bytes);
        assert_eq!(genuine.as_deref(), Ok(scene::WORDS), "junk takes nothing away");
    }
}

fn welcome(scene: &Scene, bytes: &[u8]) {
    let store = scene.invited.clone();
    let mut rng = rng();
    let provider = Provider::new(&store, &mut rng);
    let _joined = MemberGroup::join(&provider, bytes, &scene.tree, &scene.spec);
}

fn welcome_tree(scene: &Scene, bytes: &[u8]) {
    let store = scene.invited.clone();
    let mut rng = rng();
    let provider = Provider::new(&store, &mut rng);
    let _joined = MemberGroup::join(&provider, &scene.welcome, bytes, &scene.spec);
}

fn external(scene: &Scene, bytes: &[u8]) {
    for (info, tree) in [(bytes, &scene.tree[..]), (&scene.group_info[..], bytes)] {
        let store = MemoryKeyValues::default();
        let mut rng = rng();
        let provider = Provider::new(&store, &mut rng);
        let who = (&scene.newcomer, scene.newcomer_member);
        let _joined =
            MemberGroup::join_external(&provider, who.0, who.1, info, tree, &scene.spec, scene.roster.stamp());
    }
}

/// What the engine keeps of a group, as SQLCipher authenticates it: it must be readable or not; a state that nobody
/// could have written is not used.
fn stored_member(scene: &Scene, bytes: &[u8]) {
    let Ok(store) = MemoryKeyValues::from_bytes(bytes) else {
        return;
    };
    let mut rng = rng();
    let provider = Provider::new(&store, &mut rng);
    if let Ok(Some(group)) = MemberGroup::load(&provider, scene.spec.group) {
        let _leaves = group.leaves();
    }
}

fn opened(scene: &Scene, bytes: &[u8]) {
    if let Ok(plain) = sealed::open(&scene.seal.secret, b"info", b"aad", bytes) {
        assert_eq!(plain, scene::WORDS, "nothing opens but what was sealed");
    }
    // A key comes from whoever asks for acknowledgements.
    let _sealed = sealed::seal(bytes, b"info", b"aad", scene::WORDS);
    let _opened = sealed::open(bytes, b"info", b"aad", &scene.sealed);
}

fn chains(scene: &Scene, bytes: &[u8]) {
    let links: Vec<Link> = match cbor::decode::<AccountRecord>(bytes) {
        Ok(record) => record.chain,
        Err(_) => match cbor::decode(bytes) {
            Ok(links) => links,
            Err(_) => return,
        },
    };
    for link in &links {
        if let Ok(body) = chain::peek(link) {
            let _verified = DeviceChain::verify(body.account, &links);
        }
    }
    let mut known = scene.chain.clone();
    for link in &links {
        let _extended = known.extend(link);
        let _reset = known.clone().reset(link);
    }
}

fn rosters(scene: &Scene, bytes: &[u8]) {
    let changes: Vec<Signed<RosterChange>> = match cbor::decode(bytes) {
        Ok(changes) => changes,
        Err(_) => match cbor::decode(bytes) {
            Ok(change) => vec![change],
            Err(_) => return,
        },
    };
    let _verified = Roster::verify(&changes, scene);
    let mut roster = scene.roster.clone();
    for change in &changes {
        let _applied = roster.apply(change, scene);
    }
}

fn badges(scene: &Scene, bytes: &[u8]) {
    if let Ok(badge) = cbor::decode::<Signed<Badge>>(bytes) {
        let _verified = badge::verify(&badge, &scene.organisation.public(), &scene.chain, Time(1));
    }
}

/// One seed for each genuine object and reader, and each object as it is.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for reader in 0..READERS.len() {
        for object in 0..scene::OBJECTS {
            let (Ok(reader), Ok(object)) = (u8::try_from(reader), u8::try_from(object)) else {
                continue;
            };
            let suite = (reader ^ object) & 1;
            seeds.push(vec![2 | suite, reader, object]);
        }
    }
    scene::with(true, |scene| {
        for object in &scene.genuine {
            seeds.push([&[0, 0], &object[..]].concat());
        }
    });
    seeds
}
