// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A group of three, a fourth who is invited, and everything genuine that passes between them.

use std::cell::OnceCell;

use melder_mls::chain::{self, DeviceChain};
use melder_mls::context::GroupSpec;
use melder_mls::key_package;
use melder_mls::member::{CommitPlan, Founding, MemberGroup};
use melder_mls::provider::Provider;
use melder_mls::public::PublicGroup;
use melder_mls::roster::{self, DeviceKeys, Roster};
use melder_mls::rules::AddedLeaf;
use melder_mls::sealed::{self, SealKey};
use melder_mls::sign::{self, SigningKey};
use melder_mls::storage::MemoryKeyValues;
use melder_protocol::account::{AccountKind, AccountRecord, Badge};
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterMember};
use melder_protocol::{AccountId, GroupId, Hash, Member, OrganisationId, PublicKey, Suite, Time, cbor};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

/// What the genuine message says.
pub const WORDS: &[u8] = b"Sperrung Leopoldstrasse";
/// How many genuine objects there are.
pub const OBJECTS: usize = 15;

const ORGANISATION: OrganisationId = OrganisationId::from_bytes([9; 16]);

pub struct Scene {
    pub organisation: SigningKey,
    pub spec: GroupSpec,
    pub roster: Roster,
    pub founder: AddedLeaf,
    /// Epoch 0.
    pub first: Founding,
    /// The second member's storage, in the epoch of `message`.
    pub member: MemoryKeyValues,
    /// The storage of the one whom `welcome` is for.
    pub invited: MemoryKeyValues,
    pub newcomer: SigningKey,
    pub newcomer_member: Member,
    public: Vec<u8>,
    pub welcome: Vec<u8>,
    pub tree: Vec<u8>,
    pub group_info: Vec<u8>,
    pub message: Vec<u8>,
    pub seal: SealKey,
    pub sealed: Vec<u8>,
    pub chain: DeviceChain,
    /// All objects, in a fixed order.
    pub genuine: Vec<Vec<u8>>,
}

impl DeviceKeys for Scene {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.chain.past_key(member.device).copied()
    }
}

impl Scene {
    pub fn public(&self) -> PublicGroup {
        PublicGroup::from_bytes(&self.public).expect("what was kept is read")
    }

    pub fn load(&self, provider: &Provider<'_, MemoryKeyValues>) -> MemberGroup {
        MemberGroup::load(provider, self.spec.group)
            .expect("what was kept is read")
            .expect("the member has its group")
    }
}

/// Runs `f` with the scene of a suite, which is made at its first use.
pub fn with(is_classical: bool, f: impl FnOnce(&Scene)) {
    thread_local! {
        static SCENES: [OnceCell<Scene>; 2] = const { [OnceCell::new(), OnceCell::new()] };
    }
    let suite = if is_classical { Suite::Classical } else { Suite::Hybrid };
    SCENES.with(|scenes| f(scenes[usize::from(is_classical)].get_or_init(|| make(suite))));
}

struct NoDevices;

impl DeviceKeys for NoDevices {
    fn device_key(&self, _: Member) -> Option<PublicKey> {
        None
    }
}

struct Person {
    key: SigningKey,
    member: Member,
    chain: DeviceChain,
    record: AccountRecord,
    store: MemoryKeyValues,
}

fn person(number: u8, organisation: &SigningKey) -> Person {
    let account = AccountId::from_bytes([number; 16]);
    let key = SigningKey::from_seed(&[number; 32]);
    let genesis = chain::genesis(&key, account, Time(1));
    let chain = DeviceChain::verify(account, std::slice::from_ref(&genesis)).expect("a genesis is a chain");
    let badge = Badge {
        account,
        organisation: ORGANISATION,
        genesis: chain.genesis(),
        name: "Anna Berger".to_owned(),
        unit: vec!["KVR".to_owned()],
        function: None,
        kind: AccountKind::Staff,
        issued: Time(1),
        expires: Time(u64::MAX),
        organisation_name: "Stadt".to_owned(),
        ends: None,
    };
    Person {
        member: Member {
            account,
            device: key.device(),
        },
        record: AccountRecord {
            account,
            organisation: ORGANISATION,
            chain: vec![genesis],
            badge: Some(sign::sign_statement(organisation, &badge)),
        },
        key,
        chain,
        store: MemoryKeyValues::default(),
    }
}

/// What a round of adding gives: the proposals, the commit, and what the new ones need.
struct Round {
    proposals: Vec<Vec<u8>>,
    commit: Vec<u8>,
    welcome: Vec<u8>,
    group_info: Vec<u8>,
    packages: Vec<Vec<u8>>,
}

fn add(
    server: &mut PublicGroup,
    organisation: &SigningKey,
    committer: (&Person, &mut MemberGroup),
    roster: &Roster,
    new: &[&Person],
    rng: &mut ChaCha20Rng,
) -> Round {
    let suite = roster.terms().suite;
    let mut packages = Vec::new();
    let mut proposals = Vec::new();
    for person in new {
        let provider = Provider::new(&person.store, rng);
        let package = key_package::create(&provider, &person.key, person.member, suite, false).expect("a key package");
        let proposal = server.propose_add(organisation, &package).expect("a proposal");
        server.add_proposal(&proposal).expect("an own proposal");
        packages.push(package);
        proposals.push(proposal);
    }
    let (person, group) = committer;
    let references: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
    let provider = Provider::new(&person.store, rng);
    let bundle = group
        .commit(
            &provider,
            &person.key,
            &references,
            &CommitPlan::default(),
            roster.stamp(),
        )
        .expect("a commit");
    group.merge_pending(&provider).expect("an own commit");
    let checked = server.check_commit(&bundle.commit).expect("an honest commit");
    server.merge(checked).expect("an honest commit");
    Round {
        proposals,
        commit: bundle.commit,
        welcome: bundle.welcome.expect("somebody was added"),
        group_info: bundle.group_info,
        packages,
    }
}

fn make(suite: Suite) -> Scene {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let organisation = SigningKey::from_seed(&[99; 32]);
    let people: Vec<Person> = (1..=5).map(|number| person(number, &organisation)).collect();
    let terms = GroupTerms {
        kind: GroupKind::Group,
        authority: Authority::Managed,
        organisation: ORGANISATION,
        organisation_key: organisation.public(),
        suite,
    };
    let set = people.iter().map(|person| RosterMember {
        account: person.member.account,
        role: Role::Manage,
    });
    let group = GroupId::from_bytes([7; 16]);
    let genesis = roster::genesis(group, terms, set.collect(), None, Author::Organisation, Time(1));
    let genesis = sign::sign_statement(&organisation, &genesis);
    let roster = Roster::begin(&genesis, &NoDevices).expect("a genesis is a roster");
    let spec = GroupSpec::of(&roster);
    let founder = AddedLeaf {
        member: people[0].member,
        key: people[0].key.public(),
    };
    let provider = Provider::new(&people[0].store, &mut rng);
    let (mut leader, first) = MemberGroup::found(&provider, &people[0].key, people[0].member, &spec).expect("a group");
    let mut server =
        PublicGroup::establish(&first.group_info, &first.tree, &spec, &founder).expect("an honest founding");
    let new = [&people[1], &people[2]];
    let begin = add(
        &mut server,
        &organisation,
        (&people[0], &mut leader),
        &roster,
        &new,
        &mut rng,
    );
    let tree = server.tree().expect("a tree");
    let provider = Provider::new(&people[1].store, &mut rng);
    let second = MemberGroup::join(&provider, &begin.welcome, &tree, &spec).expect("an honest Welcome");
    drop(second);
    let member = people[1].store.clone();
    let public = server.to_bytes();
    let group_info = begin.group_info.clone();
    let provider = Provider::new(&people[0].store, &mut rng);
    let message = leader.encrypt(&provider, &people[0].key, WORDS).expect("a message");
    let next = add(
        &mut server,
        &organisation,
        (&people[0], &mut leader),
        &roster,
        &[&people[3]],
        &mut rng,
    );
    let seal = sealed::generate(&mut rng).expect("a key");
    let sealed = sealed::seal(&seal.public, b"info", b"aad", WORDS).expect("sealed");
    let mut unset = roster.change(Author::Organisation, Time(2));
    unset.unset = vec![people[4].member.account];
    let unset = sign::sign_statement(&organisation, &unset);
    let record = &people[0].record;
    let genuine = vec![
        next.packages[0].clone(),
        next.proposals[0].clone(),
        next.commit,
        next.welcome.clone(),
        server.tree().expect("a tree"),
        next.group_info,
        message.clone(),
        public.clone(),
        first.group_info.clone(),
        first.tree.clone(),
        member.to_bytes(),
        sealed.clone(),
        cbor::encode(record),
        cbor::encode(&vec![genesis, unset]),
        record.badge.as_ref().map(cbor::encode).unwrap_or_default(),
    ];
    assert_eq!(genuine.len(), OBJECTS);
    assert_ne!(roster.genesis(), Hash::from_bytes([0; 32]));
    Scene {
        spec,
        roster,
        founder,
        first,
        member,
        invited: people[3].store.clone(),
        newcomer: people[4].key.clone(),
        newcomer_member: people[4].member,
        public,
        welcome: next.welcome,
        tree: server.tree().expect("a tree"),
        group_info,
        message,
        seal,
        sealed,
        chain: people[0].chain.clone(),
        genuine,
        organisation,
    }
}
