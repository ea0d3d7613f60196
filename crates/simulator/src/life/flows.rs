// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What takes several steps: joining, linking, coming back, and what people do to private groups.

use melder_engine::api::{ActionError, Outcome};
use melder_engine::{Action, ActionId, Event};
use melder_protocol::GroupId;
use melder_protocol::invitation::InvitationToken;
use melder_protocol::linking::LinkCode;
use melder_protocol::roster::{Authority, GroupKind, Role};

use super::{Kind, Life};
use crate::device::DeviceNo;
use crate::world::World;

/// How often somebody tries again.
const TRIES: u32 = 40;

/// Something that is going on.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    person: usize,
    /// The device that it is about.
    device: DeviceNo,
    action: Option<ActionId>,
    tries: u32,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Join(InvitationToken),
    /// The other device shows the code's answer; whether it was given, and whether the number was confirmed.
    Link {
        old: DeviceNo,
        stage: Stage,
    },
    Recover(String),
    /// This device is to be taken out by `by`.
    Drop {
        by: DeviceNo,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Code,
    Answered,
    Confirmed,
}

impl Flow {
    pub fn joining(person: usize, device: DeviceNo, token: InvitationToken) -> Self {
        Self::new(person, device, None, What::Join(token))
    }

    pub fn dropping(person: usize, by: DeviceNo, gone: DeviceNo, action: ActionId) -> Self {
        Self::new(person, gone, Some(action), What::Drop { by })
    }

    fn new(person: usize, device: DeviceNo, action: Option<ActionId>, what: What) -> Self {
        Self {
            person,
            device,
            action,
            tries: 0,
            what,
        }
    }

    pub const fn person(&self) -> usize {
        self.person
    }

    pub const fn device(&self) -> DeviceNo {
        self.device
    }

    /// Whose answer is waited for.
    const fn actor(&self) -> DeviceNo {
        match self.what {
            What::Drop { by } => by,
            _ => self.device,
        }
    }
}

/// Whether a flow goes on.
enum Next {
    On(Flow),
    Over,
}

impl Life {
    /// A crash takes with it what was waited for on this device.
    pub(super) fn forget_actions(&mut self, device: DeviceNo) {
        for flow in &mut self.flows {
            if flow.actor() == device {
                flow.action = None;
            }
        }
        self.flows.retain(|flow| match flow.what {
            What::Link { old, .. } => flow.device != device && old != device,
            What::Drop { by } => by != device,
            _ => true,
        });
    }

    /// Looks after everything that is going on.
    pub(super) fn follow_flows(&mut self) {
        for flow in std::mem::take(&mut self.flows) {
            if let Next::On(flow) = self.follow(flow) {
                self.flows.push(flow);
            }
        }
        self.note_ends();
    }

    fn follow(&mut self, mut flow: Flow) -> Next {
        let outcome = flow.action.and_then(|id| self.world.outcome(flow.actor(), id));
        match outcome {
            None if flow.action.is_some() => self.go_on(flow),
            None => self.begin(flow),
            Some(Ok(outcome)) => {
                self.succeeded(&flow, &outcome);
                Next::Over
            }
            Some(Err(error)) => {
                flow.action = None;
                flow.tries += 1;
                let again = matches!(flow.what, What::Join(_) | What::Recover(_)) && flow.tries < TRIES;
                if again && matches!(error, ActionError::Offline) {
                    Next::On(flow)
                } else {
                    self.world.note(&format!("d{} gave up: {error}", flow.device.0));
                    Next::Over
                }
            }
        }
    }

    fn begin(&mut self, mut flow: Flow) -> Next {
        if self.world.at(flow.device).connection.is_none() {
            if flow.tries < TRIES {
                flow.tries += 1;
                return Next::On(flow);
            }
            return Next::Over;
        }
        let action = match &flow.what {
            What::Join(token) => Action::Join {
                token: token.clone(),
                device_name: "Telefon".into(),
                name: None,
            },
            What::Recover(words) => Action::Recover {
                words: words.clone(),
                device_name: "Neu".into(),
            },
            What::Link { .. } => Action::StartLink {
                device_name: "Tablet".into(),
            },
            What::Drop { .. } => return Next::Over,
        };
        flow.action = Some(self.world.act(flow.device, action));
        Next::On(flow)
    }

    /// The next stage of linking, when the devices have said what is needed for it.
    fn go_on(&mut self, mut flow: Flow) -> Next {
        let What::Link { old, stage } = &mut flow.what else {
            return Next::On(flow);
        };
        match stage {
            Stage::Code => {
                if let Some(code) = find(&mut self.world, flow.device, |event| match event {
                    Event::LinkCode(code) => Some(code.clone()),
                    _ => None,
                }) {
                    self.world
                        .act(*old, Action::AnswerLink(LinkCode { offer: None, ..code }));
                    *stage = Stage::Answered;
                }
            }
            Stage::Answered => {
                let number = |event: &Event| match event {
                    Event::LinkNumber(number) => Some(number.clone()),
                    _ => None,
                };
                if let Some(theirs) = find(&mut self.world, *old, number) {
                    let ours = find(&mut self.world, flow.device, number);
                    self.world
                        .act(*old, Action::ConfirmLink(ours.as_ref() == Some(&theirs)));
                    *stage = Stage::Confirmed;
                }
            }
            Stage::Confirmed => {}
        }
        flow.tries += 1;
        // The device may have joined although the answer was lost: that is seen from the device itself.
        if flow.tries < 4 * TRIES {
            Next::On(flow)
        } else {
            Next::Over
        }
    }

    fn succeeded(&mut self, flow: &Flow, outcome: &Outcome) {
        let person = flow.person;
        match flow.what {
            What::Drop { .. } => {
                let person = &mut self.people[person];
                if let Some(at) = person.devices.iter().position(|device| *device == flow.device) {
                    person.out.push(person.devices.remove(at));
                }
            }
            _ if matches!(outcome, Outcome::Joined) => self.joined(person, flow.device),
            _ => {}
        }
    }

    fn joined(&mut self, person: usize, device: DeviceNo) {
        self.world.note(&format!("d{} is of person {person}", device.0));
        let mut who = self.people[person].clone();
        if !who.devices.contains(&device) {
            who.has_joined(&mut self.world, device);
        }
        self.people[person] = who;
    }

    /// Is there a guest whose time is over, and who is not counted as gone yet?
    pub(super) fn somebody_ends(&self) -> bool {
        let now = self.world.now;
        self.people
            .iter()
            .any(|person| person.ends.is_some_and(|ends| ends <= now))
    }

    /// Guests whose time is over.
    fn note_ends(&mut self) {
        let now = self.world.now;
        for index in 0..self.people.len() {
            if self.people[index].ends.is_some_and(|ends| ends <= now) {
                self.people[index].ends = None;
                self.is_gone(index);
            }
        }
    }

    pub(super) fn link(&mut self, who: usize) {
        let Some((person, old)) = self.linker(who) else {
            return;
        };
        let new = self.fresh_device();
        let stage = Stage::Code;
        self.flows.push(Flow::new(person, new, None, What::Link { old, stage }));
    }

    pub(super) fn recover(&mut self, who: usize) {
        let Some((person, words)) = self.comeback(who) else {
            return;
        };
        // All devices of this person are at the bottom of the river; the new one takes them out.
        for device in std::mem::take(&mut self.people[person].devices) {
            self.go_offline(device);
            self.people[person].out.push(device);
        }
        self.people[person].recovery = None;
        let new = self.fresh_device();
        self.flows.push(Flow::new(person, new, None, What::Recover(words)));
    }

    fn fresh_device(&mut self) -> DeviceNo {
        let device = self.world.device();
        self.world.at(device).wants_online = true;
        self.world.connect(device);
        device
    }

    /// A private group that this device may change.
    fn own_private(&mut self, who: usize, what: usize) -> Option<(DeviceNo, GroupId)> {
        let device = self.some_device(who)?;
        let mut chats = self.world.at(device).engine().chats().unwrap_or_default();
        chats.retain(|chat| {
            chat.authority == Authority::Private && chat.kind == GroupKind::Group && chat.role >= Some(Role::Manage)
        });
        (!chats.is_empty()).then(|| (device, chats[what % chats.len()].group))
    }

    /// Somebody else.
    fn other(&self, what: usize, than: DeviceNo) -> Option<usize> {
        let own = self.owner(than);
        let others: Vec<usize> = (0..self.people.len())
            .filter(|index| Some(*index) != own && !self.people[*index].devices.is_empty())
            .collect();
        (!others.is_empty()).then(|| others[what % others.len()])
    }

    pub(super) fn found(&mut self, who: usize, what: usize) {
        let Some(device) = self.some_device(who) else {
            return;
        };
        if self.private.len() > 3 {
            return;
        }
        let name = format!("Geheimbund {}", self.private.len());
        self.world.canaries.add("a private group's name", name.clone());
        self.private.push(GroupId::from_bytes([0; 16]));
        let role = if what.is_multiple_of(2) {
            Role::Manage
        } else {
            Role::Member
        };
        let members = self.other(what, device).map(|other| (self.people[other].account, role));
        self.world.act(
            device,
            Action::CreateGroup {
                kind: GroupKind::Group,
                name,
                description: None,
                members: members.into_iter().collect(),
            },
        );
    }

    fn change(&mut self, who: usize, what: usize, kind: Kind) {
        let Some((device, group)) = self.own_private(who, what) else {
            return;
        };
        let Some(other) = self.other(what / 3, device).map(|other| self.people[other].account) else {
            return;
        };
        let (set, unset) = match kind {
            Kind::Exclude => (Vec::new(), vec![other]),
            _ if what.is_multiple_of(3) => (vec![(other, Role::Manage)], Vec::new()),
            _ => (vec![(other, Role::Member)], Vec::new()),
        };
        self.world.act(device, Action::ChangeRoster { group, set, unset });
    }

    pub(super) fn invite(&mut self, who: usize, what: usize) {
        self.change(who, what, Kind::Invite);
    }

    pub(super) fn exclude(&mut self, who: usize, what: usize) {
        self.change(who, what, Kind::Exclude);
    }

    pub(super) fn go(&mut self, who: usize, what: usize) {
        let Some((device, group)) = self.own_private(who, what) else {
            return;
        };
        self.world.act(device, Action::LeaveGroup(group));
    }

    pub(super) fn direct(&mut self, who: usize, what: usize) {
        let Some(device) = self.some_device(who) else {
            return;
        };
        if let Some(other) = self.other(what, device).map(|other| self.people[other].account) {
            self.world.act(device, Action::StartDirect(other));
        }
    }
}

/// Takes the first event that fits.
fn find<T>(world: &mut World, device: DeviceNo, fits: impl Fn(&Event) -> Option<T>) -> Option<T> {
    world.at(device).find_event(fits)
}
