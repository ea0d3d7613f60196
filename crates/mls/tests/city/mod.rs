// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A small city for tests: an organisation, some people with one device each, a managed group, and the server's side.

use std::collections::BTreeMap;

use melder_mls::MlsError;
use melder_mls::chain::{self, DeviceChain};
use melder_mls::context::GroupSpec;
use melder_mls::key_package;
use melder_mls::member::{CommitPlan, MemberGroup, Received};
use melder_mls::provider::Provider;
use melder_mls::public::{Leaf, PublicGroup};
use melder_mls::roster::{self, DeviceKeys, Roster};
use melder_mls::rules::{self, AddedLeaf, Chains, Knowledge};
use melder_mls::sign::{self, SigningKey};
use melder_mls::storage::MemoryKeyValues;
use melder_protocol::roster::{Author, Authority, GroupKind, GroupTerms, Role, RosterMember};
use melder_protocol::{AccountId, GroupId, Member, OrganisationId, PublicKey, Suite, Time};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

pub struct Person {
    pub member: Member,
    key: SigningKey,
    store: MemoryKeyValues,
    group: Option<MemberGroup>,
}

pub struct City {
    rng: ChaCha20Rng,
    organisation: SigningKey,
    suite: Suite,
    roster: Roster,
    chains: BTreeMap<AccountId, DeviceChain>,
    people: Vec<Person>,
    server: Option<PublicGroup>,
    group_info: Vec<u8>,
    proposals: Vec<Vec<u8>>,
}

pub struct Outcome {
    pub facts_ok: bool,
    pub bytes: usize,
}

impl Chains for City {
    fn chain(&self, account: AccountId) -> Option<&DeviceChain> {
        self.chains.get(&account)
    }
}

impl DeviceKeys for City {
    fn device_key(&self, member: Member) -> Option<PublicKey> {
        self.chains.get(&member.account)?.past_key(member.device).copied()
    }
}

struct NoDevices;

impl DeviceKeys for NoDevices {
    fn device_key(&self, _: Member) -> Option<PublicKey> {
        None
    }
}

impl City {
    pub fn new(suite: Suite, people: u8) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let organisation = SigningKey::generate(&mut rng);
        let mut chains = BTreeMap::new();
        let people: Vec<Person> = (0..people)
            .map(|number| {
                let account = AccountId::from_bytes([number + 1; 16]);
                let key = SigningKey::generate(&mut rng);
                let genesis = chain::genesis(&key, account, Time(1));
                chains.insert(account, DeviceChain::verify(account, &[genesis]).unwrap());
                Person {
                    member: Member {
                        account,
                        device: key.device(),
                    },
                    key,
                    store: MemoryKeyValues::default(),
                    group: None,
                }
            })
            .collect();
        let terms = GroupTerms {
            kind: GroupKind::Group,
            authority: Authority::Managed,
            organisation: OrganisationId::from_bytes([9; 16]),
            organisation_key: organisation.public(),
            suite,
        };
        let set = people
            .iter()
            .map(|person| RosterMember {
                account: person.member.account,
                role: Role::Member,
            })
            .collect();
        let genesis = roster::genesis(
            GroupId::from_bytes([7; 16]),
            terms,
            set,
            None,
            Author::Organisation,
            Time(1),
        );
        let roster = Roster::begin(&sign::sign_statement(&organisation, &genesis), &NoDevices).unwrap();
        Self {
            rng,
            organisation,
            suite,
            roster,
            chains,
            people,
            server: None,
            group_info: Vec::new(),
            proposals: Vec::new(),
        }
    }

    fn spec(&self) -> GroupSpec {
        GroupSpec::of(&self.roster)
    }

    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    pub fn server(&self) -> &PublicGroup {
        self.server.as_ref().unwrap()
    }

    pub fn found(&mut self, who: usize) {
        let spec = self.spec();
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        let (group, founding) = MemberGroup::found(&provider, &person.key, person.member, &spec).unwrap();
        let creator = AddedLeaf {
            member: person.member,
            key: person.key.public(),
        };
        self.server = Some(PublicGroup::establish(&founding.group_info, &founding.tree, &spec, &creator).unwrap());
        self.group_info = founding.group_info;
        person.group = Some(group);
    }

    pub fn propose(&mut self, key_package: &[u8]) {
        let server = self.server.as_mut().unwrap();
        let proposal = server.propose_add(&self.organisation, key_package).unwrap();
        server.add_proposal(&proposal).unwrap();
        self.proposals.push(proposal);
    }

    pub fn ghost_key_package(&mut self) -> Vec<u8> {
        let key = SigningKey::generate(&mut self.rng);
        let member = Member {
            account: AccountId::from_bytes([0xee; 16]),
            device: key.device(),
        };
        let store = MemoryKeyValues::default();
        key_package::create(&Provider::new(&store, &mut self.rng), &key, member, self.suite, false).unwrap()
    }

    pub fn propose_missing(&mut self) {
        let present: Vec<Member> = self.server().leaves().iter().map(|leaf| leaf.member).collect();
        let mut packages = Vec::new();
        for person in &self.people {
            if !present.contains(&person.member) && self.roster.role(person.member.account).is_some() {
                let provider = Provider::new(&person.store, &mut self.rng);
                let package = key_package::create(&provider, &person.key, person.member, self.suite, false).unwrap();
                assert_eq!(key_package::check(&package).unwrap().member, person.member);
                packages.push(package);
            }
        }
        for package in packages {
            self.propose(&package);
        }
    }

    pub fn add_missing(&mut self, committer: usize) -> Option<Outcome> {
        self.propose_missing();
        self.commit_open(committer)
    }

    pub fn leave_roster(&mut self, who: usize) {
        let mut change = self.roster.change(Author::Organisation, Time(2));
        change.unset = vec![self.people[who].member.account];
        let signed = sign::sign_statement(&self.organisation, &change);
        self.roster.apply(&signed, &NoDevices).unwrap();
    }

    pub fn remove_unjustified(&mut self, committer: usize) {
        let leaves: Vec<Leaf> = self.server().leaves();
        for leaf in leaves {
            if !rules::belongs(&self.roster, self, leaf.member) {
                let server = self.server.as_mut().unwrap();
                let proposal = server.propose_remove(&self.organisation, leaf.index).unwrap();
                server.add_proposal(&proposal).unwrap();
                self.proposals.push(proposal);
            }
        }
        self.commit_open(committer);
    }

    /// A commit that ignores the open proposals.
    pub fn commit_bytes(&mut self, who: usize, plan: &CommitPlan) -> Vec<u8> {
        let stamp = self.roster.stamp();
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        let group = person.group.as_mut().unwrap();
        let bundle = group.commit(&provider, &person.key, &[], plan, stamp).unwrap();
        bundle.commit
    }

    pub fn commit_proposals(&mut self, who: usize) -> Vec<u8> {
        let stamp = self.roster.stamp();
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        let proposals: Vec<&[u8]> = self.proposals.iter().map(Vec::as_slice).collect();
        let group = person.group.as_mut().unwrap();
        group
            .commit(&provider, &person.key, &proposals, &CommitPlan::default(), stamp)
            .unwrap()
            .commit
    }

    pub fn refresh(&mut self, who: usize) {
        self.commit_with(
            who,
            &CommitPlan {
                refresh: true,
                ..CommitPlan::default()
            },
        );
    }

    pub fn commit_open(&mut self, who: usize) -> Option<Outcome> {
        self.commit_with(who, &CommitPlan::default())
    }

    fn commit_with(&mut self, who: usize, plan: &CommitPlan) -> Option<Outcome> {
        let stamp = self.roster.stamp();
        let spec = self.spec();
        let taken = std::mem::take(&mut self.proposals);
        let proposals: Vec<&[u8]> = taken.iter().map(Vec::as_slice).collect();
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        let group = person.group.as_mut().unwrap();
        let bundle = group.commit(&provider, &person.key, &proposals, plan, stamp).unwrap();
        let checked = self.server.as_ref().unwrap().check_commit(&bundle.commit).unwrap();
        let facts_ok = rules::check(&checked.facts, &self.roster, self, Knowledge::Exact).is_ok();
        assert_eq!(checked.missing, 0);
        let server = self.server.as_mut().unwrap();
        server.merge(checked).unwrap();
        server.check_group_info(&bundle.group_info).unwrap();
        let tree = server.tree().unwrap();
        self.group_info = bundle.group_info;
        for (number, person) in self.people.iter_mut().enumerate() {
            let provider = Provider::new(&person.store, &mut self.rng);
            match &mut person.group {
                Some(group) if number == who => group.merge_pending(&provider).unwrap(),
                Some(group) if group.is_active() => {
                    let incoming = group.process_commit(&provider, &proposals, &bundle.commit).unwrap();
                    group.merge(&provider, incoming).unwrap();
                }
                Some(_) => {}
                empty => {
                    if let Some(welcome) = &bundle.welcome {
                        *empty = Some(MemberGroup::join(&provider, welcome, &tree, &spec).unwrap());
                    }
                }
            }
        }
        Some(Outcome {
            facts_ok,
            bytes: bundle.commit.len(),
        })
    }

    pub fn rejoin(&mut self, who: usize) {
        let spec = self.spec();
        let stamp = self.roster.stamp();
        let tree = self.server().tree().unwrap();
        let person = &mut self.people[who];
        person.store = MemoryKeyValues::default();
        let provider = Provider::new(&person.store, &mut self.rng);
        let (group, bundle) = MemberGroup::join_external(
            &provider,
            &person.key,
            person.member,
            &self.group_info,
            &tree,
            &spec,
            stamp,
        )
        .unwrap();
        person.group = Some(group);
        let checked = self.server().check_commit(&bundle.commit).unwrap();
        assert!(checked.facts.external);
        rules::check(&checked.facts, &self.roster, self, Knowledge::Exact).unwrap();
        let server = self.server.as_mut().unwrap();
        server.merge(checked).unwrap();
        server.check_group_info(&bundle.group_info).unwrap();
        self.group_info = bundle.group_info;
        for (number, person) in self.people.iter_mut().enumerate() {
            if number == who {
                continue;
            }
            let provider = Provider::new(&person.store, &mut self.rng);
            let group = person.group.as_mut().unwrap();
            let incoming = group.process_commit(&provider, &[], &bundle.commit).unwrap();
            group.merge(&provider, incoming).unwrap();
        }
    }

    pub fn encrypt(&mut self, who: usize, text: &[u8]) -> Vec<u8> {
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        person
            .group
            .as_mut()
            .unwrap()
            .encrypt(&provider, &person.key, text)
            .unwrap()
    }

    pub fn decrypt(&mut self, who: usize, bytes: &[u8]) -> Result<Received, MlsError> {
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        person.group.as_mut().unwrap().decrypt(&provider, bytes)
    }

    pub fn everybody_reads(&mut self, writer: usize, text: &[u8]) {
        let bytes = self.encrypt(writer, text);
        for reader in (0..self.people.len()).filter(|reader| *reader != writer) {
            let received = self.decrypt(reader, &bytes).unwrap();
            assert_eq!(received.bytes, text);
            assert_eq!(received.sender, self.people[writer].member);
        }
    }

    pub fn assert_agreement(&self) {
        let authenticators: Vec<Vec<u8>> = self
            .people
            .iter()
            .map(|person| person.group.as_ref().unwrap().epoch_authenticator())
            .collect();
        assert!(authenticators.windows(2).all(|pair| pair[0] == pair[1]));
    }

    pub fn server_leaves(&self) -> Vec<Member> {
        let mut leaves: Vec<Member> = self.server().leaves().iter().map(|leaf| leaf.member).collect();
        leaves.sort();
        leaves
    }

    pub fn leaf_of(&self, who: usize) -> u32 {
        let member = self.people[who].member;
        self.server()
            .leaves()
            .iter()
            .find(|leaf| leaf.member == member)
            .unwrap()
            .index
    }

    /// Memory is gone, the storage stays.
    pub fn restart(&mut self, who: usize) {
        let group = self.roster.group();
        let person = &mut self.people[who];
        let provider = Provider::new(&person.store, &mut self.rng);
        person.group = MemberGroup::load(&provider, group).unwrap();
        assert!(person.group.is_some());
    }

    pub fn reload_server(&mut self) {
        let bytes = self.server().to_bytes();
        self.server = Some(PublicGroup::from_bytes(&bytes).unwrap());
    }
}
