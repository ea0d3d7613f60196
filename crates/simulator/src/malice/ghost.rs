// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The ghost: an attacker with keys of its own, to whom the server hands everything that crosses the wire. It tries all
//! of it: every Welcome with every tree, every group info as a way in, and with whatever state that gives, every
//! ciphertext. Should one open, a promise is broken.

use std::collections::{BTreeMap, BTreeSet};

use melder_mls::context::GroupSpec;
use melder_mls::key_package;
use melder_mls::member::MemberGroup;
use melder_mls::provider::Provider;
use melder_mls::sign::{SigningKey, sha256};
use melder_mls::storage::MemoryKeyValues;
use melder_protocol::account::AccountRecord;
use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::ServerFrame;
use melder_protocol::request::{GroupState, Response};
use melder_protocol::roster::RosterStamp;
use melder_protocol::{AccountId, GroupId, Hash, Index, LogId, Member, Suite, Time};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::Checked;

/// What a Welcome or a group info gives, and the tree that belongs to it.
type WayIn = (Vec<u8>, Vec<u8>);

/// The ghost.
pub(super) struct Ghost {
    pub key: SigningKey,
    /// A second key, for a chain of its own.
    pub other: SigningKey,
    pub member: Member,
    store: MemoryKeyValues,
    rng: ChaCha20Rng,
    /// How many things it tried to open.
    pub tried: u64,
    /// What it has seen of groups.
    specs: BTreeMap<GroupId, GroupSpec>,
    ways_in: BTreeMap<GroupId, BTreeSet<WayIn>>,
    welcomes: BTreeSet<Vec<u8>>,
    ciphertexts: BTreeMap<GroupId, BTreeSet<Vec<u8>>>,
    /// How much of the record it has read.
    read: usize,
}

impl Ghost {
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed ^ 0x6768_6f73_7400);
        let key = SigningKey::generate(&mut rng);
        let other = SigningKey::generate(&mut rng);
        let member = Member {
            account: AccountId::from_bytes([0x66; 16]),
            device: key.device(),
        };
        Self {
            key,
            other,
            member,
            store: MemoryKeyValues::default(),
            rng,
            tried: 0,
            specs: BTreeMap::new(),
            ways_in: BTreeMap::new(),
            welcomes: BTreeSet::new(),
            ciphertexts: BTreeMap::new(),
            read: 0,
        }
    }

    /// A key package of the ghost's, in the name of `member`.
    pub fn key_package(&mut self, member: Member, suite: Suite) -> Checked<Vec<u8>> {
        let provider = Provider::new(&self.store, &mut self.rng);
        key_package::create(&provider, &self.key, member, suite, false).map_err(|error| error.to_string())
    }

    /// A chain of its own for somebody's account.
    pub fn chain(&self, account: AccountId, now: Time) -> melder_protocol::chain::Link {
        melder_mls::chain::genesis(&self.key, account, now)
    }

    /// An account of its own, with a chain and no badge.
    pub fn record(&self, now: Time, organisation: melder_protocol::OrganisationId) -> AccountRecord {
        AccountRecord {
            account: self.member.account,
            organisation,
            chain: vec![self.chain(self.member.account, now)],
            badge: None,
        }
    }

    fn learn(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Entries { log, entries } => {
                for entry in entries {
                    self.learn_entry(*log, entry);
                }
            }
            ServerFrame::Response {
                response: Response::GroupState(state),
                ..
            } => self.learn_state(state),
            _ => {}
        }
    }

    fn learn_entry(&mut self, log: LogId, entry: &Entry) {
        match (&entry.body, log) {
            (Body::Message { bytes, .. }, LogId::Group(group)) => {
                self.ciphertexts.entry(group).or_default().insert(bytes.0.clone());
            }
            (Body::Welcome(welcome), _) => {
                self.welcomes.insert(welcome.bytes.0.clone());
            }
            _ => {}
        }
    }

    fn learn_state(&mut self, state: &GroupState) {
        let Some(genesis) = state.roster.first() else { return };
        let Ok(change) = genesis.peek() else { return };
        if let Some(terms) = &change.terms {
            let spec = GroupSpec {
                group: change.group,
                suite: terms.suite,
                organisation: terms.organisation,
                organisation_key: terms.organisation_key,
                roster: sha256(genesis.payload.as_slice()),
            };
            self.specs.insert(change.group, spec);
        }
        if let Some(mls) = &state.mls {
            self.ways_in
                .entry(change.group)
                .or_default()
                .insert((mls.group_info.0.clone(), mls.tree.0.clone()));
        }
    }

    /// Tries to open everything that was recorded.
    pub fn try_everything(&mut self, recorded: &[ServerFrame]) -> Checked {
        for frame in &recorded[self.read.min(recorded.len())..] {
            self.learn(frame);
        }
        self.read = recorded.len();
        let groups: Vec<GroupId> = self.specs.keys().copied().collect();
        for group in groups {
            self.try_group(group)?;
        }
        Ok(())
    }

    fn try_group(&mut self, group: GroupId) -> Checked {
        let spec = self.specs[&group];
        let ways: Vec<_> = self.ways_in.get(&group).into_iter().flatten().cloned().collect();
        let ciphertexts: Vec<_> = self.ciphertexts.get(&group).into_iter().flatten().cloned().collect();
        for (_, tree) in &ways {
            for welcome in &self.welcomes.clone() {
                self.tried += 1;
                let provider = Provider::new(&self.store, &mut self.rng);
                if let Ok(joined) = MemberGroup::join(&provider, welcome, tree, &spec) {
                    self.try_messages(joined, &ciphertexts)?;
                    return Err("a Welcome opens for nobody but who was added".to_owned());
                }
            }
        }
        // The newest ways in, to bound the time.
        for (info, tree) in ways.iter().rev().take(6) {
            self.tried += 1;
            let provider = Provider::new(&self.store, &mut self.rng);
            let stamp = RosterStamp {
                index: Index(0),
                hash: Hash::from_bytes([0; 32]),
            };
            let joined = MemberGroup::join_external(&provider, &self.key, self.member, info, tree, &spec, stamp);
            if let Ok((joined, _)) = joined {
                self.try_messages(joined, &ciphertexts)?;
            }
        }
        Ok(())
    }

    fn try_messages(&mut self, mut group: MemberGroup, ciphertexts: &[Vec<u8>]) -> Checked {
        for bytes in ciphertexts {
            self.tried += 1;
            let provider = Provider::new(&self.store, &mut self.rng);
            if group.decrypt(&provider, bytes).is_ok() {
                return Err("nobody outside of the roster reads a message; the ghost does".to_owned());
            }
        }
        let provider = Provider::new(&self.store, &mut self.rng);
        group.delete(&provider).map_err(|error| error.to_string())
    }
}
