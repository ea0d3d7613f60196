// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How large handshakes are, and how long they take to make, in both suites. The table stands in
//! `docs/decisions/0004-hybrid-bound.md`.
//!
//! ```text
//! cargo run --release --package melder-mls --example sizes -- [devices …]
//! ```
//!
//! - *cold*: everybody was added by one commit, so the tree above the leaves is almost empty, and a commit with a path
//!   encrypts to nearly each leaf. Here the founder removes one device.
//! - *warm*: every device has joined by itself, so each node of the tree has a key. Here the last one refreshes its own.

use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use melder_mls::MlsError;
use melder_mls::context::GroupSpec;
use melder_mls::key_package;
use melder_mls::member::{CommitPlan, MemberGroup};
use melder_mls::provider::Provider;
use melder_mls::public::PublicGroup;
use melder_mls::rules::AddedLeaf;
use melder_mls::sign::SigningKey;
use melder_mls::storage::MemoryKeyValues;
use melder_protocol::roster::RosterStamp;
use melder_protocol::{AccountId, GroupId, Hash, Index, Member, OrganisationId, Suite};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

const STAMP: RosterStamp = RosterStamp {
    index: Index(3),
    hash: Hash::from_bytes([3; 32]),
};
/// The median of so many.
const TIMES: usize = 5;

struct Device {
    key: SigningKey,
    member: Member,
    store: MemoryKeyValues,
}

struct Bench {
    rng: ChaCha20Rng,
    organisation: SigningKey,
    spec: GroupSpec,
}

struct Row {
    warm: (usize, f64),
    cold: (usize, f64),
    adds: (usize, f64),
    welcome: usize,
    tree: usize,
}

type Made = Result<(usize, f64), MlsError>;

impl Bench {
    fn new(suite: Suite) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let organisation = SigningKey::generate(&mut rng);
        let spec = GroupSpec {
            group: GroupId::from_bytes([7; 16]),
            suite,
            organisation: OrganisationId::from_bytes([9; 16]),
            organisation_key: organisation.public(),
            roster: Hash::from_bytes([1; 32]),
        };
        Self {
            rng,
            organisation,
            spec,
        }
    }

    fn device(&mut self) -> Device {
        let key = SigningKey::generate(&mut self.rng);
        let account = AccountId::from_bytes(*key.device().as_bytes());
        let member = Member {
            account,
            device: key.device(),
        };
        Device {
            key,
            member,
            store: MemoryKeyValues::default(),
        }
    }

    fn package(&mut self) -> Result<Vec<u8>, MlsError> {
        let device = self.device();
        let provider = Provider::new(&device.store, &mut self.rng);
        key_package::create(&provider, &device.key, device.member, self.spec.suite, false)
    }

    fn found(&mut self, device: &Device) -> Result<(MemberGroup, PublicGroup, Vec<u8>), MlsError> {
        let provider = Provider::new(&device.store, &mut self.rng);
        let (group, founding) = MemberGroup::found(&provider, &device.key, device.member, &self.spec)?;
        let creator = AddedLeaf {
            member: device.member,
            key: device.key.public(),
        };
        let server = PublicGroup::establish(&founding.group_info, &founding.tree, &self.spec, &creator)?;
        Ok((group, server, founding.group_info))
    }

    fn propose(&mut self, server: &mut PublicGroup, count: usize) -> Result<Vec<Vec<u8>>, MlsError> {
        (0..count)
            .map(|_| {
                let package = self.package()?;
                let proposal = server.propose_add(&self.organisation, &package)?;
                server.add_proposal(&proposal)?;
                Ok(proposal)
            })
            .collect()
    }

    /// Makes the same commit several times.
    fn timed(&mut self, device: &Device, group: &mut MemberGroup, proposals: &[Vec<u8>], plan: &CommitPlan) -> Made {
        let proposals: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
        let provider = Provider::new(&device.store, &mut self.rng);
        let mut millis = Vec::new();
        let mut bytes = 0;
        for _ in 0..TIMES {
            let start = Instant::now();
            bytes = group
                .commit(&provider, &device.key, &proposals, plan, STAMP)?
                .commit
                .len();
            millis.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        millis.sort_by(f64::total_cmp);
        Ok((bytes, millis[TIMES / 2]))
    }

    /// Commits for good.
    fn commit(
        &mut self,
        device: &Device,
        group: &mut MemberGroup,
        server: &mut PublicGroup,
        proposals: &[Vec<u8>],
    ) -> Result<usize, MlsError> {
        let proposals: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
        let provider = Provider::new(&device.store, &mut self.rng);
        let bundle = group.commit(&provider, &device.key, &proposals, &CommitPlan::default(), STAMP)?;
        let checked = server.check_commit(&bundle.commit)?;
        server.merge(checked)?;
        group.merge_pending(&provider)?;
        Ok(bundle.welcome.map_or(0, |welcome| welcome.len()))
    }

    fn cold(&mut self, devices: usize) -> Result<(Made, Made, usize, usize), MlsError> {
        let founder = self.device();
        let (mut group, mut server, _) = self.found(&founder)?;
        let proposals = self.propose(&mut server, devices - 1)?;
        let adds = self.timed(&founder, &mut group, &proposals, &CommitPlan::default());
        self.commit(&founder, &mut group, &mut server, &proposals)?;
        let tree = server.tree()?.len();
        let plan = CommitPlan {
            remove: vec![1],
            refresh: false,
        };
        let cold = self.timed(&founder, &mut group, &[], &plan);
        // What one device gets: the server cuts a Welcome for many into one for each.
        let one = self.propose(&mut server, 1)?;
        let welcome = self.commit(&founder, &mut group, &mut server, &one)?;
        Ok((adds, cold, welcome, tree))
    }

    fn warm(&mut self, devices: usize) -> Made {
        let mut last = self.device();
        let (mut group, mut server, mut info) = self.found(&last)?;
        for _ in 1..devices {
            let tree = server.tree()?;
            last = self.device();
            let provider = Provider::new(&last.store, &mut self.rng);
            let (joined, bundle) =
                MemberGroup::join_external(&provider, &last.key, last.member, &info, &tree, &self.spec, STAMP)?;
            let checked = server.check_commit(&bundle.commit)?;
            server.merge(checked)?;
            (group, info) = (joined, bundle.group_info);
        }
        let plan = CommitPlan {
            remove: Vec::new(),
            refresh: true,
        };
        self.timed(&last, &mut group, &[], &plan)
    }

    fn row(&mut self, devices: usize) -> Result<Row, MlsError> {
        let (adds, cold, welcome, tree) = self.cold(devices)?;
        Ok(Row {
            warm: self.warm(devices)?,
            cold: cold?,
            adds: adds?,
            welcome,
            tree,
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes = std::env::args()
        .skip(1)
        .map(|text| text.parse())
        .collect::<Result<Vec<usize>, _>>()?;
    if sizes.is_empty() {
        sizes = vec![2, 10, 60, 200, 400];
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| suite | devices | warm commit | cold commit | commit of all additions | Welcome for one | tree |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for suite in Suite::ALL {
        for devices in &sizes {
            let Row {
                warm,
                cold,
                adds,
                welcome,
                tree,
            } = Bench::new(suite).row((*devices).max(2))?;
            writeln!(
                out,
                "| {:#06x} | {devices} | {} B, {:.1} ms | {} B, {:.1} ms | {} B, {:.1} ms | {welcome} B | {tree} B |",
                suite.number(),
                warm.0,
                warm.1,
                cold.0,
                cold.1,
                adds.0,
                adds.1,
            )?;
            out.flush()?;
        }
    }
    Ok(())
}
