// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who is there, and what administrators do with them.

use melder_protocol::account::AccountKind;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, DeviceId, Time, UnitId};
use melder_server::directory::accounts::AccountChange;

use super::flows::Flow;
use super::{Life, Managed};
use crate::city::Office;
use crate::device::DeviceNo;
use crate::world::World;

/// People that a life has at most.
const MOST: usize = 14;
/// Devices of one person.
const MOST_DEVICES: usize = 4;

/// A unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub id: UnitId,
}

impl Unit {
    pub fn new(world: &mut World, office: Office, name: &'static str) -> Self {
        let unit = world
            .desk(office, move |desk| desk.create_unit(None, name))
            .expect("a unit");
        Self { id: unit.id }
    }
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Invited,
    Here,
    Suspended,
    Gone,
}

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub account: AccountId,
    pub unit: UnitId,
    pub standing: Standing,
    /// Devices that the person has in hand and that are in the chain.
    pub devices: Vec<DeviceNo>,
    /// Devices that were taken out of the chain, or whose chain is over.
    pub out: Vec<DeviceNo>,
    pub recovery: Option<String>,
    pub ends: Option<Time>,
}

impl Person {
    pub fn new(account: AccountId, unit: UnitId) -> Self {
        Self {
            account,
            unit,
            standing: Standing::Invited,
            devices: Vec::new(),
            out: Vec::new(),
            recovery: None,
            ends: None,
        }
    }

    pub fn has_joined(&mut self, world: &mut World, device: DeviceNo) {
        world.at(device).account = Some(self.account);
        self.devices.push(device);
        if self.standing == Standing::Invited {
            self.standing = Standing::Here;
        }
    }

    fn has_room(&self) -> bool {
        self.devices.len() < MOST_DEVICES
    }
}

impl Life {
    /// One of the devices of those who are here.
    pub(super) fn some_device(&self, who: usize) -> Option<DeviceNo> {
        let devices: Vec<DeviceNo> = self
            .people
            .iter()
            .filter(|person| person.standing == Standing::Here)
            .flat_map(|person| person.devices.iter().copied())
            .collect();
        (!devices.is_empty()).then(|| devices[who % devices.len()])
    }

    /// All devices that somebody still has in hand, and those that are about to become one.
    pub(super) fn kept_devices(&self) -> Vec<DeviceNo> {
        let people = self.people.iter().flat_map(|person| person.devices.iter().copied());
        people.chain(self.flows.iter().map(Flow::device)).collect()
    }

    fn some_person(&self, who: usize) -> Option<usize> {
        let here: Vec<usize> = (0..self.people.len())
            .filter(|index| self.people[*index].standing == Standing::Here)
            .collect();
        (!here.is_empty()).then(|| here[who % here.len()])
    }

    pub(super) fn owner(&self, device: DeviceNo) -> Option<usize> {
        self.people.iter().position(|person| person.devices.contains(&device))
    }

    /// Those who are here, without the first two: somebody must stay.
    fn somebody_to_lose(&self, who: usize) -> Option<usize> {
        self.some_person(who).filter(|index| *index >= 2)
    }

    fn open_group(&self, what: usize) -> Option<Managed> {
        let listed: Vec<&Managed> = self.managed.iter().skip(1).collect();
        (!listed.is_empty()).then(|| *listed[what % listed.len()])
    }

    pub(super) fn come(&mut self, who: usize, ends: Option<Time>) {
        let count = self
            .people
            .iter()
            .filter(|person| person.standing != Standing::Gone)
            .count();
        if count >= MOST {
            return;
        }
        let unit = self.units[who % self.units.len()].id;
        let name = self.next_name();
        let kind = match ends {
            Some(_) => AccountKind::Guest,
            None => AccountKind::Staff,
        };
        let (account, token) = self.world.invited_to(self.office, &name, kind, ends, Some(unit));
        let device = self.world.device();
        self.world.at(device).wants_online = true;
        self.world.connect(device);
        let mut person = Person::new(account, unit);
        person.ends = ends;
        self.people.push(person);
        self.flows.push(Flow::joining(self.people.len() - 1, device, token));
    }

    pub(super) fn guest(&mut self, who: usize, what: usize) {
        let ends = self.world.now.plus(20_000 + (what as u64) % 60_000);
        self.come(who, Some(ends));
    }

    pub(super) fn enter(&mut self, who: usize, what: usize) {
        let (Some(person), Some(group)) = (self.some_person(who), self.open_group(what)) else {
            return;
        };
        let account = self.people[person].account;
        let role = match group.kind {
            GroupKind::Channel if what.is_multiple_of(3) => Role::Publisher,
            _ => Role::Member,
        };
        let _refused = self
            .world
            .desk(self.office, move |desk| desk.put_group_account(group.id, account, role));
    }

    pub(super) fn leave(&mut self, who: usize, what: usize) {
        let (Some(person), Some(group)) = (self.somebody_to_lose(who), self.open_group(what)) else {
            return;
        };
        let account = self.people[person].account;
        let _refused = self
            .world
            .desk(self.office, move |desk| desk.remove_group_account(group.id, account));
    }

    pub(super) fn move_unit(&mut self, who: usize) {
        let Some(person) = self.somebody_to_lose(who) else {
            return;
        };
        let account = self.people[person].account;
        let here = self.people[person].unit;
        let Some(there) = self.units.iter().map(|unit| unit.id).find(|unit| *unit != here) else {
            return;
        };
        let change = AccountChange {
            unit: Some(Some(there)),
            ..AccountChange::default()
        };
        if self
            .world
            .desk(self.office, move |desk| desk.change_account(account, change, None))
            .is_ok()
        {
            self.people[person].unit = there;
        }
    }

    pub(super) fn delete(&mut self, who: usize) {
        let Some(person) = self.somebody_to_lose(who) else {
            return;
        };
        let account = self.people[person].account;
        if self
            .world
            .desk(self.office, move |desk| desk.delete_account(account, None))
            .is_ok()
        {
            self.is_gone(person);
        }
    }

    pub(super) fn is_gone(&mut self, person: usize) {
        let person = &mut self.people[person];
        person.standing = Standing::Gone;
        person.out.append(&mut person.devices);
    }

    pub(super) fn suspend(&mut self, who: usize) {
        let Some(person) = self.somebody_to_lose(who) else {
            return;
        };
        let account = self.people[person].account;
        if self
            .world
            .desk(self.office, move |desk| desk.suspend_account(account, None))
            .is_ok()
        {
            self.people[person].standing = Standing::Suspended;
        }
    }

    pub(super) fn resume(&mut self) {
        let Some(person) = self
            .people
            .iter()
            .position(|person| person.standing == Standing::Suspended)
        else {
            return;
        };
        let account = self.people[person].account;
        if self
            .world
            .desk(self.office, move |desk| desk.resume_account(account, None))
            .is_ok()
        {
            self.people[person].standing = Standing::Here;
            for device in self.people[person].devices.clone() {
                self.world.wake_up(device);
            }
        }
    }

    /// A device falls into the river.
    pub(super) fn lose(&mut self, who: usize, what: usize) {
        let Some(person) = self.somebody_to_lose(who) else {
            return;
        };
        let devices = &mut self.people[person].devices;
        if devices.is_empty() || (devices.len() == 1 && self.people[person].recovery.is_none()) {
            return;
        }
        let devices = &mut self.people[person].devices;
        let at = what % devices.len();
        let device = devices.remove(at);
        self.go_offline(device);
    }

    /// Another device of the same account takes it out.
    pub(super) fn drop_device(&mut self, who: usize, what: usize) {
        let Some(person) = self.some_person(who) else {
            return;
        };
        let devices = &self.people[person].devices;
        if devices.len() < 2 {
            return;
        }
        let gone = devices[what % devices.len()];
        let by = devices[(what + 1) % devices.len()];
        let Some(id) = self.device_id(gone) else {
            return;
        };
        let action = self.world.act(by, melder_engine::Action::RemoveDevice(id));
        self.flows.push(Flow::dropping(person, by, gone, action));
    }

    pub(super) fn device_id(&mut self, device: DeviceNo) -> Option<DeviceId> {
        let own = self.world.at(device).engine().own().ok().flatten();
        own.map(|own| own.device)
    }

    /// Somebody who could link a further device.
    pub(super) fn linker(&self, who: usize) -> Option<(usize, DeviceNo)> {
        let person = self.some_person(who)?;
        let busy = self.flows.iter().any(|flow| flow.person() == person);
        let old = *self.people[person].devices.first()?;
        (!busy && self.people[person].has_room()).then_some((person, old))
    }

    /// Somebody who has a recovery code.
    pub(super) fn comeback(&self, who: usize) -> Option<(usize, String)> {
        let person = self.somebody_to_lose(who)?;
        let busy = self.flows.iter().any(|flow| flow.person() == person);
        let words = self.people[person].recovery.clone()?;
        (!busy).then_some((person, words))
    }
}
