// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A few people and their chats; what was honestly written, and what everybody must see in the end.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::rc::Rc;

use melder_content::{Content, MessageId, Text};
use melder_engine::api::{ActionError, Draft, GroupStatus, Misbehaviour, Outcome, SystemLine};
use melder_engine::{Action, Event, Input};
use melder_mls::sign::SigningKey;
use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::ServerFrame;
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{AccountId, GroupId, LogId, Sequence, Suite, Time, cbor};
use melder_server::directory::groups::NewGroup;
use melder_server::directory::types::{AccountRule, Rules};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};

use super::deed::message;
use super::ghost::Ghost;
use super::{Checked, Failure, Report, ensure};
use crate::city::{Account, Office};
use crate::device::DeviceNo;
use crate::world::World;

/// What a hostile server does with frames.
pub(super) type Scheme = Box<dyn FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame>>;

/// The wire as the server sees it.
#[derive(Default)]
pub(super) struct Wire {
    pub scheme: Option<Scheme>,
    /// Everything that went to devices while it was honest or not.
    pub recorded: Vec<ServerFrame>,
}

/// Something that was honestly written.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub group: GroupId,
    pub text: String,
    pub by: AccountId,
    /// Whose devices were in the group.
    pub readers: Vec<DeviceNo>,
}

/// The town.
pub struct Town {
    pub world: World,
    pub(super) office: Office,
    pub(super) people: Vec<Account>,
    pub(super) managed: GroupId,
    pub(super) private: GroupId,
    /// Who is in which chat.
    pub(super) members: BTreeMap<GroupId, Vec<Account>>,
    pub(super) wire: Rc<RefCell<Wire>>,
    pub(super) said: Vec<Said>,
    pub(super) ghost: Ghost,
    pub(super) dice: ChaCha20Rng,
    pub(super) report: Report,
    words: u64,
    /// People whose devices are not to be looked at: they belong to an attacker.
    pub(super) hostile: BTreeSet<DeviceNo>,
    /// What the chats said when the attack began.
    pub(super) before: BTreeMap<(DeviceNo, GroupId), Vec<SystemLine>>,
    /// What the server has refused to an attacker.
    pub(super) refused: BTreeMap<&'static str, u64>,
}

impl std::fmt::Debug for Town {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Town")
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
}

impl Town {
    /// A town where nothing has happened yet.
    pub(super) fn begun(seed: u64) -> Result<Self, Failure> {
        let begun = catch_unwind(|| Self::new(seed)).unwrap_or_else(|panic| Err(message(panic.as_ref())));
        begun.map_err(|what| Failure {
            seed,
            step: 0,
            attack: "none yet",
            what,
        })
    }

    /// Four colleagues; three of them in a managed and a private group, two in a direct chat.
    ///
    /// # Errors
    /// When even a quiet beginning fails.
    pub(super) fn new(seed: u64) -> Checked<Self> {
        let mut world = World::new(seed);
        let wire = Rc::new(RefCell::new(Wire::default()));
        let carried = Rc::clone(&wire);
        world.tamper(move |device, frame| {
            let mut wire = carried.borrow_mut();
            wire.recorded.push(frame.clone());
            match wire.scheme.as_mut() {
                Some(scheme) => scheme(device, frame),
                None => vec![frame],
            }
        });
        let office = world.organisation("KVR");
        let people: Vec<Account> = ["Anna", "Bela", "Cem", "Dora"]
            .map(|name| world.person(office, name))
            .to_vec();
        let three = &people[..3];
        let managed = managed(&mut world, office, "Streife", three)?;
        let members: Vec<_> = three[1..].iter().map(|person| (person.id, Role::Member)).collect();
        let private = world.perform(
            people[0].device,
            Action::CreateGroup {
                kind: GroupKind::Group,
                name: "Kegeln".into(),
                description: None,
                members,
            },
        );
        let Ok(Outcome::Group(private)) = private else {
            return Err(format!("a private group is founded: {private:?}"));
        };
        let direct = world.perform(people[0].device, Action::StartDirect(people[1].id));
        let Ok(Outcome::Group(direct)) = direct else {
            return Err(format!("a direct chat is founded: {direct:?}"));
        };
        let members = BTreeMap::from([
            (managed, three.to_vec()),
            (private, three.to_vec()),
            (direct, people[..2].to_vec()),
        ]);
        let mut town = Self {
            world,
            office,
            people,
            managed,
            private,
            members,
            wire,
            said: Vec::new(),
            ghost: Ghost::new(seed),
            dice: ChaCha20Rng::seed_from_u64(seed ^ 0x006d_616c_6963_6500),
            report: Report {
                seed,
                ..Report::default()
            },
            words: 0,
            hostile: BTreeSet::new(),
            before: BTreeMap::new(),
            refused: BTreeMap::new(),
        };
        town.pass(4, 500);
        for group in town.groups() {
            town.say_all(group)?;
        }
        town.forget_events();
        Ok(town)
    }

    pub(super) fn groups(&self) -> Vec<GroupId> {
        self.members.keys().copied().collect()
    }

    /// Time passes, in steps.
    pub(super) fn pass(&mut self, times: usize, millis: u64) {
        for _ in 0..times {
            self.world.pass(millis);
        }
    }

    pub(super) fn roll(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.dice.next_u64() % bound).unwrap_or(0)
    }

    /// From now on the server does this.
    pub(super) fn scheme(&mut self, scheme: impl FnMut(DeviceNo, ServerFrame) -> Vec<ServerFrame> + 'static) {
        self.wire.borrow_mut().scheme = Some(Box::new(scheme));
    }

    /// From now on it is honest.
    pub(super) fn honest(&mut self) {
        self.wire.borrow_mut().scheme = None;
    }

    fn forget_events(&mut self) {
        for device in self.world.devices() {
            self.world.events(device);
        }
    }

    /// The organisation's key, which lies on the server.
    pub(super) fn organisation_key(&mut self) -> Checked<SigningKey> {
        let id = self.office.0;
        self.world
            .server()
            .look(|tx| melder_server::directory::organisation(tx, id))
            .map(|organisation| organisation.key)
            .ok_or_else(|| "the server has the organisation's key".to_owned())
    }

    /// Queues an honest message; it goes when it can.
    pub(super) fn write(&mut self, by: Account, group: GroupId) -> Checked<(String, MessageId)> {
        self.words += 1;
        let text = format!("{} Nr. {}", crate::canary::MARK, self.words);
        let draft = Box::new(Draft::new(Content::Text(Text::plain(&text))));
        let sent = self.perform(by.device, Action::Send { group, draft })?;
        let Ok(Outcome::Queued(id)) = sent else {
            return Err(format!("a message is queued: {sent:?}"));
        };
        let readers = self
            .members
            .get(&group)
            .into_iter()
            .flatten()
            .map(|member| member.device)
            .collect();
        self.report.written += 1;
        self.said.push(Said {
            group,
            text: text.clone(),
            by: by.id,
            readers,
        });
        Ok((text, id))
    }

    /// An action that must be answered by the time that everything rests.
    pub(super) fn perform(&mut self, device: DeviceNo, action: Action) -> Checked<Result<Outcome, ActionError>> {
        let id = self.world.act(device, action);
        self.world.rest();
        self.world
            .outcome(device, id)
            .ok_or_else(|| "every action is answered".to_owned())
    }

    /// Everybody in a group writes something.
    pub(super) fn say_all(&mut self, group: GroupId) -> Checked {
        for member in self.members.get(&group).cloned().unwrap_or_default() {
            if !self.hostile.contains(&member.device) {
                self.write(member, group)?;
            }
        }
        Ok(())
    }

    /// Somebody writes somewhere, some times.
    pub(super) fn chatter(&mut self, times: usize) -> Checked {
        for _ in 0..times {
            let groups = self.groups();
            let group = groups[self.roll(groups.len())];
            let members = self.members.get(&group).cloned().unwrap_or_default();
            let by = members[self.roll(members.len())];
            if !self.hostile.contains(&by.device) {
                self.write(by, group)?;
            }
        }
        Ok(())
    }

    /// Puts somebody into the managed group, or out of it.
    pub(super) fn put_in(&mut self, person: Account) -> Checked {
        let group = self.managed;
        self.world
            .desk(self.office, move |desk| {
                desk.put_group_account(group, person.id, Role::Member)
            })
            .map_err(|refusal| format!("the desk puts somebody in: {refusal}"))?;
        self.members.entry(group).or_default().push(person);
        Ok(())
    }

    pub(super) fn take_out(&mut self, person: Account) -> Checked {
        let group = self.managed;
        self.world
            .desk(self.office, move |desk| desk.remove_group_account(group, person.id))
            .map_err(|refusal| format!("the desk takes somebody out: {refusal}"))?;
        if let Some(members) = self.members.get_mut(&group) {
            members.retain(|member| member.id != person.id);
        }
        Ok(())
    }

    /// The texts that a device shows in a chat.
    pub(super) fn shown(&mut self, device: DeviceNo, group: GroupId) -> Checked<Vec<String>> {
        let messages = self.world.at(device).engine().messages(group, None, 10_000);
        let messages = messages.map_err(|error| error.to_string())?;
        Ok(messages
            .into_iter()
            .filter(|message| message.kind == "text" && !message.deleted)
            .map(|message| message.text)
            .collect())
    }

    pub(super) fn lines(&mut self, device: DeviceNo, group: GroupId) -> Checked<Vec<SystemLine>> {
        let lines = self.world.at(device).engine().system_lines(group);
        let lines = lines.map_err(|error| error.to_string())?;
        Ok(lines.into_iter().map(|(_, _, line)| line).collect())
    }

    /// The chat says that something of this kind was refused.
    pub(super) fn is_said(&mut self, device: DeviceNo, group: GroupId, code: Misbehaviour) -> Checked<bool> {
        self.says(device, group, &SystemLine::Refused { code })
    }

    /// An attack begins: what the chats say until now is not about it. The same is said again only after an hour.
    pub(super) fn begin(&mut self) -> Checked {
        self.pass(1, 3_700_000);
        self.pass(2, 1_000);
        for group in self.groups() {
            for device in self.world.devices() {
                let lines = self.lines(device, group)?;
                self.before.insert((device, group), lines);
            }
        }
        self.forget_events();
        Ok(())
    }

    /// The chat has said this since the attack began.
    pub(super) fn says(&mut self, device: DeviceNo, group: GroupId, line: &SystemLine) -> Checked<bool> {
        let count = |lines: &[SystemLine]| lines.iter().filter(|said| *said == line).count();
        let before = self.before.get(&(device, group)).map_or(0, |lines| count(lines));
        Ok(count(&self.lines(device, group)?) > before)
    }

    /// This notice must stand in the chat.
    pub(super) fn must_say(&mut self, device: DeviceNo, group: GroupId, code: Misbehaviour) -> Checked {
        let is_said = self.says(device, group, &SystemLine::Refused { code })?;
        let lines = self.lines(device, group)?;
        ensure!(
            is_said,
            "what is refused is said in the chat; device {} says {lines:?} instead of {code:?}",
            device.0
        );
        self.report.notices += 1;
        Ok(())
    }

    /// The engine must have told of this, wherever it belongs.
    pub(super) fn must_tell(&mut self, device: DeviceNo, code: Misbehaviour) -> Checked {
        let told: Vec<_> = self
            .world
            .events(device)
            .into_iter()
            .filter_map(|event| match event {
                Event::Misbehaviour { code, .. } => Some(code),
                _ => None,
            })
            .collect();
        ensure!(
            told.contains(&code),
            "what is refused is told; device {} tells of {told:?} instead of {code:?}",
            device.0
        );
        self.report.notices += 1;
        Ok(())
    }

    /// One device starts its connection anew, and comes to terms with what it was shown.
    pub(super) fn recover_only(&mut self, device: DeviceNo) {
        for _ in 0..2 {
            self.world.cut(device);
            self.world.connect(device);
            self.pass(4, 900);
        }
    }

    /// Time passes; nobody does anything about it.
    pub(super) fn settle(&mut self) {
        self.pass(12, 900);
        self.pass(3, 70_000);
    }

    /// The server is honest, everybody comes back, time passes.
    pub(super) fn recover(&mut self) {
        self.honest();
        for _ in 0..2 {
            for device in self.world.devices() {
                if self.hostile.contains(&device) {
                    continue;
                }
                if self.world.at(device).stopped && !self.world.at(device).wiped {
                    self.world.wake_up(device);
                }
                self.world.cut(device);
                self.world.connect(device);
            }
            self.world.rest();
            self.pass(8, 1_500);
        }
        self.pass(3, 70_000);
    }

    /// Hands a frame to a device as if the server had sent it.
    pub(super) fn push(&mut self, to: DeviceNo, frame: &ServerFrame) {
        self.push_bytes(to, cbor::encode(frame));
    }

    pub(super) fn push_bytes(&mut self, to: DeviceNo, frame: Vec<u8>) {
        let now = self.world.now;
        let device = self.world.at(to);
        device.input(now, Input::Frame(frame));
        if std::mem::take(&mut device.reconnect) || device.stopped {
            self.world.cut(to);
            self.world.connect(to);
        }
        self.world.rest();
    }

    /// An entry that the server makes up, at the place where the next one will be.
    pub(super) fn made_up(&mut self, log: LogId, body: Body) -> ServerFrame {
        let head = self.world.server().look(|tx| tx.head(log));
        ServerFrame::Entries {
            log,
            entries: vec![Entry {
                sequence: Sequence(head.0 + 1),
                time: self.world.now,
                sender: None,
                body,
            }],
        }
    }

    pub(super) const fn time(&self) -> Time {
        self.world.now
    }

    /// What must hold in the end.
    pub(super) fn check(&mut self) -> Checked {
        for group in self.groups() {
            self.say_all(group)?;
            self.pass(3, 2_500);
            self.check_agreement(group)?;
            self.check_texts(group)?;
        }
        if let Some(broken) = self.world.broken().filter(|broken| broken.starts_with("no plaintext")) {
            return Err(broken);
        }
        let wire = Rc::clone(&self.wire);
        self.ghost.try_everything(&wire.borrow().recorded)?;
        self.report.tried_by_ghost = self.ghost.tried;
        Ok(())
    }

    fn check_agreement(&mut self, group: GroupId) -> Checked {
        let members = self.members.get(&group).cloned().unwrap_or_default();
        let expected: BTreeSet<AccountId> = members.iter().map(|member| member.id).collect();
        let mut keys = BTreeSet::new();
        for member in members {
            let no = member.device;
            if self.hostile.contains(&no) {
                continue;
            }
            let lines = self.lines(no, group)?;
            let engine = self.world.at(no).engine();
            let error = |error: melder_engine::EngineError| error.to_string();
            let chat = engine.chat(group).map_err(error)?;
            let status = chat.map(|chat| chat.status);
            ensure!(
                status == Some(GroupStatus::Active),
                "every member is in the chat; device {} is {status:?} there: {lines:?}",
                no.0
            );
            let seen: BTreeSet<_> = engine
                .members(group)
                .map_err(error)?
                .into_iter()
                .map(|(contact, _)| contact.account)
                .collect();
            ensure!(
                seen == expected,
                "all see the same members; device {} sees {seen:?} instead of {expected:?}",
                no.0
            );
            let waiting = engine.outbox_len().map_err(error)?;
            ensure!(waiting == 0, "the outbox drains; device {} has {waiting} left", no.0);
            keys.insert(engine.epoch_authenticator(group).map_err(error)?);
        }
        ensure!(keys.len() <= 1, "all members have the same keys");
        Ok(())
    }

    fn check_texts(&mut self, group: GroupId) -> Checked {
        let all: Vec<Said> = self.said.iter().filter(|said| said.group == group).cloned().collect();
        let honest: BTreeSet<&str> = all.iter().map(|said| said.text.as_str()).collect();
        let devices: BTreeSet<DeviceNo> = all.iter().flat_map(|said| said.readers.iter().copied()).collect();
        for device in devices {
            if self.hostile.contains(&device) || self.world.at(device).wiped {
                continue;
            }
            let shown = self.shown(device, group)?;
            let once: BTreeSet<&str> = shown.iter().map(String::as_str).collect();
            ensure!(
                once.len() == shown.len(),
                "nothing is shown twice; device {} shows {shown:?}",
                device.0
            );
            if let Some(forged) = once.difference(&honest).next() {
                return Err(format!("nothing forged is shown; device {} shows {forged:?}", device.0));
            }
            let lines = self.lines(device, group)?;
            let is_told = lines
                .iter()
                .any(|line| matches!(line, SystemLine::Gap { .. } | SystemLine::Refused { .. }));
            let missing = all
                .iter()
                .find(|said| said.readers.contains(&device) && !once.contains(said.text.as_str()));
            if let Some(missing) = missing {
                ensure!(
                    is_told,
                    "nothing is missing without a word; device {} lacks {:?} of {}",
                    device.0,
                    missing.text,
                    missing.by
                );
            }
        }
        Ok(())
    }

    /// These texts must have come to these devices in the end, told of or not.
    pub(super) fn must_have(&mut self, devices: &[DeviceNo], group: GroupId, text: &str) -> Checked {
        for device in devices {
            let shown = self.shown(*device, group)?;
            ensure!(
                shown.iter().any(|shown| shown == text),
                "what was written comes in the end; device {} lacks {text:?}",
                device.0
            );
        }
        Ok(())
    }
}

/// A managed group of these, in the suite that costs less time.
pub(super) fn managed(world: &mut World, office: Office, name: &str, members: &[Account]) -> Checked<GroupId> {
    let name = name.to_owned();
    let accounts = members
        .iter()
        .map(|member| AccountRule {
            account: member.id,
            role: Role::Member,
        })
        .collect();
    let group = world
        .desk(office, move |desk| {
            desk.create_group(NewGroup {
                kind: GroupKind::Group,
                name,
                operation: None,
                suite: Some(Suite::Classical),
                rules: Rules {
                    units: Vec::new(),
                    accounts,
                    ..Rules::default()
                },
            })
        })
        .map_err(|refusal| format!("a managed group is made: {refusal}"))?;
    world.rest();
    for _ in 0..4 {
        world.pass(400);
    }
    Ok(group.id)
}
