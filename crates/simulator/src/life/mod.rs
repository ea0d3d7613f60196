// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A life: people who write, come, go, lose devices and find them, on a bad network, with crashes.
//!
//! [`Life::new`] makes an office with some people and groups; [`Life::step`] lets one thing happen; [`Life::end`] makes
//! the network whole, waits for rest, and checks every promise ([`check`](self)). Nothing here decides what is right:
//! that is written down by the ledger as the server published it.

mod check;
mod flows;
mod people;
mod step;
mod talk;
mod troubles;

use std::collections::BTreeMap;

use melder_engine::Action;
use melder_engine::api::Outcome;
use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{GroupId, Suite, UnitId};
use melder_server::directory::groups::NewGroup;
use melder_server::directory::types::{AccountRule, Rules, UnitRule};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

pub use step::{Kind, NoStep, Step};

use crate::city::Office;
use crate::device::DeviceNo;
use crate::network::Weather;
use crate::world::World;
use flows::Flow;
use people::{Person, Unit};
use talk::Written;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: {what}")]
pub struct Broken {
    /// The number of the step after which it was noticed; as many as there are steps: at the end.
    pub step: usize,
    /// The promise, and how it was broken.
    pub what: String,
}

impl Broken {
    /// The promise without the details.
    #[must_use]
    pub fn promise(&self) -> &str {
        self.what
            .split_once(':')
            .map_or(self.what.as_str(), |(promise, _)| promise)
    }
}

/// A managed group in a life.
#[derive(Debug, Clone, Copy)]
struct Managed {
    id: GroupId,
    kind: GroupKind,
}

/// A life.
#[derive(Debug)]
pub struct Life {
    world: World,
    office: Office,
    units: Vec<Unit>,
    people: Vec<Person>,
    managed: Vec<Managed>,
    /// Private groups and direct chats, as they were made.
    private: Vec<GroupId>,
    flows: Vec<Flow>,
    written: Vec<Written>,
    /// How many messages without a text of their own a device has queued in a group.
    controls: BTreeMap<(DeviceNo, GroupId), usize>,
    /// The network lost, doubled or swapped single frames: then a device may see a log broken where nobody lied.
    garbled: bool,
    done: usize,
    came: usize,
}

/// How a life begins.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    /// People at the beginning, each with one device.
    pub people: usize,
    pub steps: usize,
}

impl Plan {
    /// The steps that this seed gives.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed ^ 0x5eed_0f57_e950);
        (0..self.steps).map(|_| Step::draw(&mut rng)).collect()
    }
}

impl Life {
    /// An office with two units, a group for each, one for all, and a channel.
    ///
    /// # Panics
    /// When even a quiet beginning fails.
    #[must_use]
    pub fn new(seed: u64, people: usize) -> Self {
        let mut world = World::new(seed);
        let office = world.organisation("Ordnungsamt");
        let units = ["Nord", "Süd"].map(|name| Unit::new(&mut world, office, name)).to_vec();
        let mut life = Self {
            world,
            office,
            units,
            people: Vec::new(),
            managed: Vec::new(),
            private: Vec::new(),
            flows: Vec::new(),
            written: Vec::new(),
            controls: BTreeMap::new(),
            garbled: false,
            done: 0,
            came: 0,
        };
        for index in 0..people.max(2) {
            let unit = life.units[index % 2].id;
            life.first_person(unit);
        }
        // One seed in four talks in the hybrid suite everywhere, the others in one group only: it costs time.
        let hybrid = seed.is_multiple_of(4);
        let north = life.units[0].id;
        let suite = |here: bool| Some(if here { Suite::Hybrid } else { Suite::Classical });
        life.managed_group(GroupKind::Group, "Gruppe Nord", Some(north), suite(hybrid));
        life.managed_group(GroupKind::Group, "Gruppe Alle", None, suite(true));
        life.managed_group(GroupKind::Channel, "Gruppe Aushang", None, suite(hybrid));
        life.world.run(3_000);
        let slow = life.world.below(400);
        life.world.weather = Weather { delay: 1..=(20 + slow) };
        life
    }

    /// From now on every line of the trace is kept.
    pub fn keep_trace(&mut self) {
        self.world.keep_trace();
    }

    /// The world, to look at.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// How many steps have been lived.
    #[must_use]
    pub const fn steps_done(&self) -> usize {
        self.done
    }

    /// What to say of a life that held.
    #[must_use]
    pub fn held(&self) -> crate::run::Held {
        let trace = self.world.trace();
        crate::run::Held {
            digest: trace.digest(),
            simulated_ms: trace.millis(self.world.now),
            frames: trace.len(),
            messages: self.written.len(),
            devices: self.world.devices.len(),
        }
    }

    fn first_person(&mut self, unit: UnitId) {
        let name = self.next_name();
        let (account, token) = self
            .world
            .invited_to(self.office, &name, AccountKind::Staff, None, Some(unit));
        let device = self.world.device();
        self.world.at(device).wants_online = true;
        self.world.connect(device);
        let joined = self.world.perform(
            device,
            Action::Join {
                token,
                device_name: "Telefon".into(),
                name: None,
            },
        );
        assert!(matches!(joined, Ok(Outcome::Joined)), "{joined:?}");
        let mut person = Person::new(account, unit);
        person.has_joined(&mut self.world, device);
        if let Ok(Outcome::RecoveryCode(words)) = self.world.perform(device, Action::CreateRecoveryCode) {
            self.world.canaries.add("a recovery code", words.clone());
            person.recovery = Some(words);
        }
        self.people.push(person);
    }

    fn next_name(&mut self) -> String {
        self.came += 1;
        format!("Mensch {}", self.came)
    }

    fn managed_group(&mut self, kind: GroupKind, name: &str, unit: Option<UnitId>, suite: Option<Suite>) {
        let role = match kind {
            GroupKind::Channel => Role::Publisher,
            _ => Role::Member,
        };
        // The first half by name, so that there is somebody to add and to take out; everybody of a unit by rule.
        let named = match unit {
            Some(_) => &self.people[..0],
            None => &self.people[..self.people.len().div_ceil(2)],
        };
        let accounts = named.iter().map(|person| AccountRule {
            account: person.account,
            role,
        });
        let rules = Rules {
            units: unit
                .map(|unit| UnitRule {
                    unit,
                    sub_units: false,
                    role,
                })
                .into_iter()
                .collect(),
            accounts: accounts.collect(),
            ..Rules::default()
        };
        let name = name.to_owned();
        let group = self
            .world
            .desk(self.office, move |desk| {
                desk.create_group(NewGroup {
                    kind,
                    name,
                    operation: None,
                    suite,
                    rules,
                })
            })
            .expect("a managed group");
        self.managed.push(Managed { id: group.id, kind });
    }

    /// Lets one thing happen.
    ///
    /// # Errors
    /// A promise was broken in the open.
    pub fn step(&mut self, step: Step) -> Result<(), Broken> {
        self.world.note(&format!("— {step}"));
        self.happen(step);
        // What was begun goes on a little, so that steps overlap without all being at once.
        let millis = 5 + self.world.below(120);
        self.world.run(millis);
        self.follow_flows();
        self.done += 1;
        self.still_whole()
    }

    fn still_whole(&mut self) -> Result<(), Broken> {
        match self.world.broken() {
            Some(what) => Err(Broken { step: self.done, what }),
            None => Ok(()),
        }
    }

    fn happen(&mut self, step: Step) {
        let (who, what) = (usize::from(step.who), usize::from(step.what));
        match step.kind {
            Kind::Write => self.write(who, what),
            Kind::React => self.react(who, what),
            Kind::Edit => self.edit(who, what),
            Kind::TakeBack => self.take_back(who, what),
            Kind::Wait => self.world.run(50 + u64::from(step.what) % 3_000),
            Kind::Cut => self.cut(who),
            Kind::Vanish => self.vanish(who, what),
            Kind::Deaf => self.deaf(who, what),
            Kind::Stall => self.stall(who, what),
            Kind::Swallow => self.swallow(who, what),
            Kind::Rough => self.rough(who, what),
            Kind::Away => self.away(who),
            Kind::Back => self.back(),
            Kind::Partition => self.partition(what),
            Kind::Heal => self.heal(),
            Kind::CrashDevice => self.crash_device(who),
            Kind::CrashServer => self.crash_server(),
            Kind::Come => self.come(who, None),
            Kind::Enter => self.enter(who, what),
            Kind::Leave => self.leave(who, what),
            Kind::Move => self.move_unit(who),
            Kind::Delete => self.delete(who),
            Kind::Suspend => self.suspend(who),
            Kind::Resume => self.resume(),
            Kind::Guest => self.guest(who, what),
            Kind::Link => self.link(who),
            Kind::Lose => self.lose(who, what),
            Kind::Drop => self.drop_device(who, what),
            Kind::Recover => self.recover(who),
            Kind::Found => self.found(who, what),
            Kind::Invite => self.invite(who, what),
            Kind::Exclude => self.exclude(who, what),
            Kind::Go => self.go(who, what),
            Kind::Direct => self.direct(who, what),
        }
    }
}
