// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Seeded chaos: people write while connections break, devices and the server crash, and devices and people come and
//! go. Once the network is whole, everything comes to rest: nothing is lost, nothing is shown twice, all agree on the
//! order, and whoever left reads nothing after.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use melder_content::{Content, Text};
use melder_engine::Action;
use melder_engine::api::{Draft, GroupStatus};
use melder_protocol::GroupId;
use melder_protocol::roster::{GroupKind, Role};
use melder_simulator::{Account, DeviceNo, Office, World};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

struct Chaos {
    world: World,
    rng: ChaCha20Rng,
    office: Office,
    group: GroupId,
    /// Members from the beginning, who stay.
    core: Vec<Account>,
    /// People who come during the day, and whether they have left.
    passing: Vec<(Account, bool)>,
    written: Vec<(DeviceNo, String)>,
    after_leaving: BTreeMap<usize, BTreeSet<String>>,
}

impl Chaos {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let office = world.organisation("Wahlamt");
        let core = ["Anna", "Bela", "Cem", "Dora"]
            .map(|name| world.person(office, name))
            .to_vec();
        let members: Vec<_> = core.iter().map(|person| (person.id, Role::Member)).collect();
        let group = world.managed(office, GroupKind::Group, "Halle A", &members);
        Self {
            world,
            rng: ChaCha20Rng::seed_from_u64(seed ^ 0x00c0_ffee),
            office,
            group,
            core,
            passing: Vec::new(),
            written: Vec::new(),
            after_leaving: BTreeMap::new(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.rng.next_u32()).unwrap() % bound
    }

    fn somebody(&mut self) -> Account {
        let here: Vec<Account> = self
            .core
            .iter()
            .copied()
            .chain(
                self.passing
                    .iter()
                    .filter(|(_, left)| !left)
                    .map(|(account, _)| *account),
            )
            .collect();
        let at = self.below(here.len());
        here[at]
    }

    fn write(&mut self) {
        let who = self.somebody();
        let text = format!("Nachricht {}", self.written.len());
        let draft = Box::new(Draft::new(Content::Text(Text::plain(text.clone()))));
        let id = self.world.act(
            who.device,
            Action::Send {
                group: self.group,
                draft,
            },
        );
        if matches!(self.world.outcome(who.device, id), Some(Ok(_))) {
            for (index, (_, left)) in self.passing.iter().enumerate() {
                if *left {
                    self.after_leaving.entry(index).or_default().insert(text.clone());
                }
            }
            self.written.push((who.device, text));
        }
    }

    fn come(&mut self) {
        if self.passing.len() >= 5 {
            return;
        }
        let account = self
            .world
            .person(self.office, &format!("Helfer {}", self.passing.len()));
        let (group, id) = (self.group, account.id);
        self.world
            .desk(self.office, move |desk| {
                desk.put_group_account(group, id, Role::Member).map(|_| ())
            })
            .expect("a new member");
        self.passing.push((account, false));
    }

    fn leave(&mut self) {
        let Some(index) = self.passing.iter().position(|(_, left)| !left) else {
            return;
        };
        let (group, id) = (self.group, self.passing[index].0.id);
        self.world
            .desk(self.office, move |desk| {
                desk.remove_group_account(group, id).map(|_| ())
            })
            .expect("a member less");
        self.passing[index].1 = true;
    }

    fn step(&mut self) {
        match self.below(20) {
            0..=9 => self.write(),
            10 => {
                let device = self.somebody().device;
                self.world.cut(device);
            }
            11 => {
                let device = self.somebody().device;
                self.world.crash(device);
            }
            12 => self.world.crash_server(),
            13 => self.come(),
            14 => self.leave(),
            15..=16 => {
                let devices: Vec<_> = self.world.devices().collect();
                for device in devices {
                    self.world.connect(device);
                }
            }
            17 => {
                let millis = u64::try_from(self.below(1_500)).unwrap();
                self.world.pass(millis);
            }
            _ => {
                // Some frames travel, not all.
                let steps = self.below(6);
                self.world.steps(steps);
            }
        }
    }

    fn rest(&mut self) {
        for _ in 0..30 {
            let devices: Vec<_> = self.world.devices().collect();
            for device in devices {
                self.world.connect(device);
            }
            self.world.pass(1_000);
        }
    }

    fn shown(&mut self, device: DeviceNo) -> Vec<String> {
        let messages = self
            .world
            .at(device)
            .engine()
            .messages(self.group, None, 10_000)
            .unwrap();
        messages.into_iter().map(|message| message.text).collect()
    }

    /// What is known of a message that may be missing.
    fn why(&mut self, device: DeviceNo, text: &str) -> String {
        let group = self.group;
        let engine = self.world.at(device).engine();
        let chat = engine
            .chat(group)
            .unwrap()
            .map(|chat| (chat.status, chat.epoch, chat.head));
        let message = engine
            .messages(group, None, 10_000)
            .unwrap()
            .into_iter()
            .find(|message| message.text == text);
        format!(
            "{chat:?}, {:?}, {:?}",
            message.map(|message| (message.state, message.sequence)),
            engine.stats()
        )
    }

    fn check(&mut self, seed: u64) {
        let group = self.group;
        let core = self.core.clone();
        let reference = self.shown(core[0].device);
        for person in &core {
            let device = person.device;
            assert_eq!(
                self.world.at(device).engine().outbox_len().unwrap(),
                0,
                "seed {seed}: the outbox drains"
            );
            let chat = self.world.at(device).engine().chat(group).unwrap().unwrap();
            assert_eq!(chat.status, GroupStatus::Active, "seed {seed}");
            assert_eq!(
                self.shown(device),
                reference,
                "seed {seed}: all agree on what was said, in which order"
            );
            let stats = self.world.at(device).engine().stats();
            assert_eq!((stats.undecryptable, stats.refused), (0, 0), "seed {seed}");
        }
        let left: BTreeSet<DeviceNo> = self
            .passing
            .iter()
            .filter(|(_, left)| *left)
            .map(|(account, _)| account.device)
            .collect();
        for (device, text) in &self.written.clone() {
            let why = self.why(*device, text);
            let count = reference.iter().filter(|shown| *shown == text).count();
            if left.contains(device) {
                assert!(count <= 1, "seed {seed}: {text} is shown {count} times");
            } else {
                assert_eq!(count, 1, "seed {seed}: {text} by {device:?}: {why}");
            }
        }
        for index in 0..self.passing.len() {
            let (account, has_left) = self.passing[index];
            let shown = self.shown(account.device);
            let forbidden = self.after_leaving.get(&index).cloned().unwrap_or_default();
            assert!(
                !shown.iter().any(|text| forbidden.contains(text)),
                "seed {seed}: read after leaving"
            );
            if has_left {
                continue;
            }
            let stats = self.world.at(account.device).engine().stats();
            assert_eq!((stats.undecryptable, stats.refused), (0, 0), "seed {seed}");
            let tail: Vec<&String> = reference
                .iter()
                .skip(reference.len() - shown.len().min(reference.len()))
                .collect();
            assert_eq!(
                shown.iter().collect::<Vec<_>>(),
                tail,
                "seed {seed}: everything since they came"
            );
        }
        let agreed: BTreeSet<_> = core
            .iter()
            .map(|person| {
                self.world
                    .at(person.device)
                    .engine()
                    .epoch_authenticator(group)
                    .unwrap()
            })
            .collect();
        assert_eq!(agreed.len(), 1, "seed {seed}: one tree, one epoch");
    }
}

fn run(seed: u64) {
    let mut chaos = Chaos::new(seed);
    for _ in 0..120 {
        chaos.step();
    }
    chaos.rest();
    chaos.check(seed);
}

#[test]
fn forty_days_of_chaos_come_to_rest_a() {
    (0..20).for_each(run);
}

#[test]
fn forty_days_of_chaos_come_to_rest_b() {
    (20..40).for_each(run);
}

/// More days, on demand: `MELDER_SEEDS=40..400`.
#[test]
fn as_many_days_as_are_asked_for() {
    let range = std::env::var("MELDER_SEEDS").unwrap_or_else(|_| "40..42".to_owned());
    let (from, to) = range.split_once("..").expect("MELDER_SEEDS is a range like 40..400");
    let parse = |number: &str| number.parse::<u64>().expect("a seed is a number");
    (parse(from)..parse(to)).for_each(run);
}
