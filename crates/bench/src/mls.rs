// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What MLS costs through our crate: messages, commits, joining, in both suites, in groups of several sizes. The store
//! is in memory, so this is cryptography and OpenMLS's bookkeeping; what a disk adds is in [`crate::engine`].
//!
//! *Cold*: everybody came by one commit, so nobody but the committer has keys above the leaves, and a commit encrypts
//! to nearly each leaf. *Warm*: one device in each part of the tree has refreshed its keys since, so a commit encrypts
//! to one key a level.

use std::time::Instant;

use melder_mls::MlsError;
use melder_mls::context::GroupSpec;
use melder_mls::key_package;
use melder_mls::member::{CommitBundle, CommitPlan, MemberGroup};
use melder_mls::provider::Provider;
use melder_mls::public::PublicGroup;
use melder_mls::rules::AddedLeaf;
use melder_mls::sign::SigningKey;
use melder_mls::storage::MemoryKeyValues;
use melder_protocol::roster::RosterStamp;
use melder_protocol::{AccountId, GroupId, Hash, Index, Member, OrganisationId, Suite};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::report::{Report, Unit};
use crate::{BenchError, Common, median};

const STAMP: RosterStamp = RosterStamp {
    index: Index(3),
    hash: Hash::from_bytes([3; 32]),
};
/// The median of so many commits.
const COMMITS: usize = 5;
/// The median of so many messages, of 300 bytes.
const MESSAGES: usize = 200;
const MESSAGE: [u8; 300] = [b'm'; 300];

/// One suite at one size. Milliseconds are medians.
struct Row {
    message_create_ms: f64,
    message_process_ms: f64,
    message_bytes: usize,
    cold_commit_create_ms: f64,
    cold_commit_bytes: usize,
    warm_commit_create_ms: f64,
    /// What the committer still does when its commit stands in the log.
    warm_commit_apply_ms: f64,
    warm_commit_process_ms: f64,
    warm_commit_bytes: usize,
    /// The commit that adds everybody at once.
    add_all_ms: f64,
    add_all_bytes: usize,
    join_ms: f64,
    welcome_bytes: usize,
    tree_bytes: usize,
}

struct Device {
    key: SigningKey,
    member: Member,
    store: MemoryKeyValues,
}

/// A device that is in.
struct In {
    device: Device,
    group: MemberGroup,
}

struct Bench {
    rng: ChaCha20Rng,
    organisation: SigningKey,
    spec: GroupSpec,
}

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Devices in the group; several sizes, one after the other.
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [2, 10, 60, 200, 1_000])]
    pub devices: Vec<usize>,
}

/// Measures both suites at each size.
///
/// # Errors
/// When OpenMLS refuses something; there are no figures then.
pub fn run(_common: &Common, args: &Args) -> Result<Report, BenchError> {
    let mut report = Report::new("mls");
    for suite in Suite::ALL {
        for devices in args.devices.iter().map(|devices| (*devices).max(2)) {
            let row = Bench::new(suite).row(devices).map_err(BenchError::failed)?;
            row.tell(&mut report, suite, devices);
        }
    }
    Ok(report)
}

impl Row {
    fn tell(&self, report: &mut Report, suite: Suite, devices: usize) {
        let suite = match suite {
            Suite::Classical => "classical",
            Suite::Hybrid => "hybrid",
        };
        let name = |what: &str| format!("mls.{what}{{suite={suite},devices={devices}}}");
        for (what, millis) in [
            ("message.create", self.message_create_ms),
            ("message.process", self.message_process_ms),
            ("cold.commit.create", self.cold_commit_create_ms),
            ("warm.commit.create", self.warm_commit_create_ms),
            ("warm.commit.apply", self.warm_commit_apply_ms),
            ("warm.commit.process", self.warm_commit_process_ms),
            ("add_all", self.add_all_ms),
            ("join", self.join_ms),
        ] {
            report.add(name(what), millis, Unit::Milliseconds);
        }
        for (what, bytes) in [
            ("message.size", self.message_bytes),
            ("cold.commit.size", self.cold_commit_bytes),
            ("warm.commit.size", self.warm_commit_bytes),
            ("add_all.size", self.add_all_bytes),
            ("welcome.size", self.welcome_bytes),
            ("tree.size", self.tree_bytes),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "sizes of messages")]
            report.add(name(what), bytes as f64, Unit::Bytes);
        }
    }
}

fn timed<T>(run: impl FnOnce() -> Result<T, MlsError>) -> Result<(T, f64), MlsError> {
    let begin = Instant::now();
    let value = run()?;
    Ok((value, begin.elapsed().as_secs_f64() * 1_000.0))
}

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

    fn row(&mut self, devices: usize) -> Result<Row, MlsError> {
        let founder = self.device();
        let provider = Provider::new(&founder.store, &mut self.rng);
        let (group, founding) = MemberGroup::found(&provider, &founder.key, founder.member, &self.spec)?;
        let creator = AddedLeaf {
            member: founder.member,
            key: founder.key.public(),
        };
        let mut server = PublicGroup::establish(&founding.group_info, &founding.tree, &self.spec, &creator)?;
        let mut founder = In { device: founder, group };

        // Everybody at once. Of these the devices that warm the tree stay with us.
        let (mut waiting, mut proposals) = (Vec::new(), Vec::new());
        for leaf in 1..devices {
            let (device, proposal) = self.propose(&mut server)?;
            proposals.push(proposal);
            if leaf.is_power_of_two() {
                waiting.push(device);
            }
        }
        let (bundle, add_all_ms) = self.commit(&mut founder, &proposals, &CommitPlan::default())?;
        let add_all_bytes = bundle.commit.len();
        self.take(&mut server, &mut [], &bundle, &proposals)?;
        founder
            .group
            .merge_pending(&Provider::new(&founder.device.store, &mut self.rng))?;
        let welcome = bundle.welcome.unwrap_or_default();
        let tree = server.tree()?;
        let mut others = Vec::new();
        for device in waiting {
            let provider = Provider::new(&device.store, &mut self.rng);
            let group = MemberGroup::join(&provider, &welcome, &tree, &self.spec)?;
            others.push(In { device, group });
        }

        let refresh = CommitPlan {
            remove: Vec::new(),
            refresh: true,
        };
        let (cold, cold_bytes) = self.cold(&mut founder, &refresh)?;
        for at in (0..others.len()).rev() {
            self.warm(&mut server, &mut founder, &mut others, at, &refresh)?;
        }
        let mut reader = others.swap_remove(0);
        let warm = self.warm_commits(&mut server, &mut founder, &mut reader, &refresh)?;
        let (join, welcome_bytes, tree_bytes) = self.join(&mut server, &mut founder, &mut reader)?;
        let messages = self.messages(&mut founder, &mut reader)?;
        Ok(Row {
            message_create_ms: messages.0,
            message_process_ms: messages.1,
            message_bytes: messages.2,
            cold_commit_create_ms: cold,
            cold_commit_bytes: cold_bytes,
            warm_commit_create_ms: warm.create,
            warm_commit_apply_ms: warm.apply,
            warm_commit_process_ms: warm.process,
            warm_commit_bytes: warm.bytes,
            add_all_ms,
            add_all_bytes,
            join_ms: join,
            welcome_bytes,
            tree_bytes,
        })
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

    fn propose(&mut self, server: &mut PublicGroup) -> Result<(Device, Vec<u8>), MlsError> {
        let device = self.device();
        let provider = Provider::new(&device.store, &mut self.rng);
        let package = key_package::create(&provider, &device.key, device.member, self.spec.suite, false)?;
        let proposal = server.propose_add(&self.organisation, &package)?;
        server.add_proposal(&proposal)?;
        Ok((device, proposal))
    }

    fn commit(
        &mut self,
        by: &mut In,
        proposals: &[Vec<u8>],
        plan: &CommitPlan,
    ) -> Result<(CommitBundle, f64), MlsError> {
        let references: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
        let provider = Provider::new(&by.device.store, &mut self.rng);
        timed(|| by.group.commit(&provider, &by.device.key, &references, plan, STAMP))
    }

    /// The server and other devices take a commit; the time of the first device.
    fn take(
        &mut self,
        server: &mut PublicGroup,
        others: &mut [&mut In],
        bundle: &CommitBundle,
        proposals: &[Vec<u8>],
    ) -> Result<f64, MlsError> {
        let checked = server.check_commit(&bundle.commit)?;
        server.merge(checked)?;
        let references: Vec<&[u8]> = proposals.iter().map(Vec::as_slice).collect();
        let mut first = None;
        for other in others {
            let provider = Provider::new(&other.device.store, &mut self.rng);
            let ((), took) = timed(|| {
                let incoming = other.group.process_commit(&provider, &references, &bundle.commit)?;
                other.group.merge(&provider, incoming)
            })?;
            first.get_or_insert(took);
        }
        Ok(first.unwrap_or_default())
    }

    fn cold(&mut self, founder: &mut In, plan: &CommitPlan) -> Result<(f64, usize), MlsError> {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for _ in 0..COMMITS {
            let (bundle, took) = self.commit(founder, &[], plan)?;
            bytes = bundle.commit.len();
            times.push(took);
        }
        founder
            .group
            .clear_pending(&Provider::new(&founder.device.store, &mut self.rng))?;
        Ok((median(&times), bytes))
    }

    /// One device gets new keys all the way up.
    fn warm(
        &mut self,
        server: &mut PublicGroup,
        founder: &mut In,
        others: &mut [In],
        at: usize,
        plan: &CommitPlan,
    ) -> Result<(), MlsError> {
        let (bundle, _) = self.commit(&mut others[at], &[], plan)?;
        let mut readers = vec![founder];
        for (index, other) in others.iter_mut().enumerate() {
            if index == at {
                other
                    .group
                    .merge_pending(&Provider::new(&other.device.store, &mut self.rng))?;
            } else {
                readers.push(other);
            }
        }
        self.take(server, &mut readers, &bundle, &[]).map(|_| ())
    }

    fn warm_commits(
        &mut self,
        server: &mut PublicGroup,
        founder: &mut In,
        reader: &mut In,
        plan: &CommitPlan,
    ) -> Result<Warm, MlsError> {
        let (mut create, mut apply, mut process, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..COMMITS {
            let (bundle, took) = self.commit(founder, &[], plan)?;
            create.push(took);
            bytes = bundle.commit.len();
            process.push(self.take(server, &mut [reader], &bundle, &[])?);
            let provider = Provider::new(&founder.device.store, &mut self.rng);
            apply.push(timed(|| founder.group.merge_pending(&provider))?.1);
        }
        Ok(Warm {
            create: median(&create),
            apply: median(&apply),
            process: median(&process),
            bytes,
        })
    }

    /// One device comes into the warm tree.
    fn join(
        &mut self,
        server: &mut PublicGroup,
        founder: &mut In,
        reader: &mut In,
    ) -> Result<(f64, usize, usize), MlsError> {
        let (mut times, mut welcome_bytes, mut tree_bytes) = (Vec::new(), 0, 0);
        for _ in 0..COMMITS {
            let (device, proposal) = self.propose(server)?;
            let proposals = [proposal];
            let (bundle, _) = self.commit(founder, &proposals, &CommitPlan::default())?;
            self.take(server, &mut [reader], &bundle, &proposals)?;
            founder
                .group
                .merge_pending(&Provider::new(&founder.device.store, &mut self.rng))?;
            let (welcome, tree) = (bundle.welcome.unwrap_or_default(), server.tree()?);
            (welcome_bytes, tree_bytes) = (welcome.len(), tree.len());
            let provider = Provider::new(&device.store, &mut self.rng);
            times.push(timed(|| MemberGroup::join(&provider, &welcome, &tree, &self.spec))?.1);
        }
        Ok((median(&times), welcome_bytes, tree_bytes))
    }

    fn messages(&mut self, founder: &mut In, reader: &mut In) -> Result<(f64, f64, usize), MlsError> {
        let (mut create, mut process, mut size) = (Vec::new(), Vec::new(), 0);
        for _ in 0..MESSAGES {
            let provider = Provider::new(&founder.device.store, &mut self.rng);
            let (bytes, took) = timed(|| founder.group.encrypt(&provider, &founder.device.key, &MESSAGE))?;
            create.push(took);
            size = bytes.len();
            let provider = Provider::new(&reader.device.store, &mut self.rng);
            process.push(timed(|| reader.group.decrypt(&provider, &bytes))?.1);
        }
        Ok((median(&create), median(&process), size))
    }
}

struct Warm {
    create: f64,
    apply: f64,
    process: f64,
    bytes: usize,
}
