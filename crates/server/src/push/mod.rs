// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Web Push: waking devices that are away. The core decides who is rung and when again ([`rings`]), and what it may call
//! ([`address`]); a task of its own ([`sender`]) does the calling. A push has no content: it wakes the service worker,
//! which shows its device's ticket and learns one word ([`reason`]).
//!
//! ```text
//! append ─▶ rings ─(tick: due, not fetched, not held)─▶ Effect::Push ─▶ sender ─▶ push service ─▶ browser
//!                     ▲                                                   │
//!                     └───────────── Input::Pushed: taken, failed, gone ◀─┘
//! ```

use std::collections::HashMap;

use melder_protocol::cbor::Bytes;
use melder_protocol::frame::ServerFrame;
use melder_protocol::push::{Duty, PushRules, PushState, PushSubscription, Ring};
use melder_protocol::request::Response;
use melder_protocol::roster::Authority;
use melder_protocol::{AccountId, DeviceId, ErrorCode, GroupId, Hash, LogId, Refusal, RequestId, Sequence, Time};

pub mod address;
pub(crate) mod day;
pub(crate) mod dial;
mod http;
pub mod reason;
pub(crate) mod rings;
pub(crate) mod sender;
pub mod vapid;

use address::{Reach, Target};
use day::Day;
use rings::{Hold, Reason, Rings, When};

use crate::core::state::Who;
use crate::core::{ConnectionId, Effect, Work};
use crate::directory::{self, Standing};
use crate::store::{AlarmRow, StoreError, Stored, SubscriptionRow, Transaction};

/// Whether and how a server pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushKey {
    /// The public half of the server's own key.
    pub public: Vec<u8>,
    pub reach: Reach,
}

/// One push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub account: AccountId,
    pub device: DeviceId,
    pub target: Target,
    pub reason: Reason,
    /// Who waits for what comes of it.
    pub asker: Option<(ConnectionId, RequestId)>,
}

/// What came of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    Taken,
    /// The push service knows the device no more.
    Gone,
    /// Not now; not before so many milliseconds, if it says so.
    Failed(Option<u64>),
}

/// What the core has of push in memory.
#[derive(Debug, Default)]
pub(crate) struct PushDesk {
    /// `None`: this server has no push.
    pub key: Option<PushKey>,
    copies: Option<Copies>,
    rings: Rings,
    alarms_are_back: bool,
    pub counts: Counts,
    pub day: Day,
}

/// What became of pushes since the start, for the log.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub taken: u64,
    pub failed: u64,
    pub gone: u64,
}

/// In a group of fewer, a number of those on duty says who.
const NAMES_NOBODY: usize = 5;

/// What the store holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Copies {
    devices: HashMap<AccountId, Vec<SubscriptionRow>>,
    tickets: HashMap<Hash, DeviceId>,
    rules: HashMap<AccountId, PushRules>,
}

impl Copies {
    fn load(tx: &dyn Transaction) -> Stored<Self> {
        let mut copies = Self {
            rules: tx.all_push_rules()?.into_iter().collect(),
            ..Self::default()
        };
        for row in tx.subscriptions()? {
            copies.add(row);
        }
        Ok(copies)
    }

    fn add(&mut self, row: SubscriptionRow) {
        self.tickets.insert(row.ticket, row.device);
        self.devices.entry(row.account).or_default().push(row);
    }

    fn remove(&mut self, account: AccountId, device: DeviceId) {
        let Some(own) = self.devices.get_mut(&account) else {
            return;
        };
        for gone in own.extract_if(.., |row| row.device == device) {
            if self.tickets.get(&gone.ticket) == Some(&device) {
                self.tickets.remove(&gone.ticket);
            }
        }
        if own.is_empty() {
            self.devices.remove(&account);
        }
    }
}

impl PushDesk {
    /// What it knows may be wrong.
    pub fn forget_copies(&mut self) {
        self.copies = None;
    }

    /// Is there anything to ring, or to bring back?
    pub fn is_due(&self, now: Time) -> bool {
        self.key.is_some() && (!self.alarms_are_back || self.rings.is_due(now))
    }

    fn copies(&mut self, tx: &dyn Transaction) -> Stored<&Copies> {
        if self.copies.is_none() {
            self.copies = Some(Copies::load(tx)?);
        }
        self.copies.as_ref().ok_or(StoreError::Damaged("no copies"))
    }
}

impl Work<'_> {
    fn push_copies(&mut self) -> Stored<&Copies> {
        self.state.push.copies(self.tx)
    }

    /// The store has just changed, and so do the copies, where there are any. Reading them anew would cost as much as
    /// there are devices; that happens only when the input is refused after all.
    fn push_changed(&mut self, change: impl FnOnce(&mut Copies)) {
        self.staged.touched_push = true;
        if let Some(copies) = &mut self.state.push.copies {
            change(copies);
        }
    }

    /// Are the copies what the store holds? `None`: there are none at the moment.
    #[cfg(test)]
    pub(crate) fn push_copies_are_true(&mut self) -> Stored<Option<bool>> {
        let mut stored = Copies::load(self.tx)?;
        let copies = self.state.push.copies.as_mut();
        Ok(copies.map(|copies| {
            for rows in stored.devices.values_mut().chain(copies.devices.values_mut()) {
                rows.sort_by_key(|row| row.device);
            }
            *copies == stored
        }))
    }

    pub(crate) fn push_state(&mut self, who: Who) -> Result<Response, Refusal> {
        let server_key = self.state.push.key.as_ref().map(|key| Bytes(key.public.clone()));
        let copies = self.push_copies()?;
        let own = copies.devices.get(&who.member.account).into_iter().flatten();
        let subscribed = own.map(|row| row.device).any(|device| device == who.member.device);
        let rules = copies.rules.get(&who.member.account).copied().unwrap_or_default();
        Ok(Response::Push(PushState {
            server_key,
            subscribed,
            rules,
        }))
    }

    pub(crate) fn subscribe(&mut self, who: Who, subscription: Option<PushSubscription>) -> Result<Response, Refusal> {
        let device = who.member.device;
        match subscription {
            Some(PushSubscription { endpoint, ticket }) => {
                let no_push = || Refusal::new(ErrorCode::NoPush);
                let reach = self.state.push.key.as_ref().ok_or_else(no_push)?.reach;
                if address::check(&endpoint, reach).is_none() {
                    return Err(ErrorCode::BadPushAddress.into());
                }
                let row = SubscriptionRow {
                    device,
                    account: who.member.account,
                    endpoint,
                    ticket,
                };
                self.tx.put_subscription(&row)?;
                self.push_changed(|copies| {
                    copies.remove(row.account, device);
                    copies.add(row);
                });
            }
            None => self.drop_subscription(who.member.account, device)?,
        }
        Ok(Response::Done)
    }

    /// The device is not rung any more.
    pub(crate) fn drop_subscription(&mut self, account: AccountId, device: DeviceId) -> Stored<()> {
        if self.tx.delete_subscription(device)? {
            self.push_changed(|copies| copies.remove(account, device));
        }
        self.state.push.rings.forget(device);
        Ok(())
    }

    pub(crate) fn set_push_rules(&mut self, who: Who, rules: &PushRules) -> Result<Response, Refusal> {
        if !rules.quiet.is_none_or(|quiet| quiet.is_valid()) {
            return Err(Refusal::new(ErrorCode::Malformed).hint("quiet hours"));
        }
        let account = who.member.account;
        self.tx.put_push_rules(account, rules)?;
        self.push_changed(|copies| {
            copies.rules.insert(account, *rules);
        });
        Ok(Response::Done)
    }

    /// How many members are on duty: where they are so many that the number names nobody, and somebody ever said. Not where
    /// people choose the members: they could ask with and without somebody.
    pub(crate) fn on_duty(&mut self, who: Who, group: GroupId) -> Result<Response, Refusal> {
        if self.tx.role(group, who.member.account)?.is_none() {
            return Err(ErrorCode::UnknownGroup.into());
        }
        let managed = self
            .tx
            .group(group)?
            .is_some_and(|row| row.authority == Authority::Managed);
        let members = if managed { self.tx.members(group)? } else { Vec::new() };
        if members.len() < NAMES_NOBODY {
            return Ok(Response::OnDuty(None));
        }
        let rules = &self.push_copies()?.rules;
        let duties = members.iter().filter_map(|member| rules.get(&member.account));
        let (mut on, mut said) = (0_u32, false);
        for rules in duties {
            on += u32::from(rules.duty == Duty::On);
            said |= rules.duty != Duty::Unset;
        }
        Ok(Response::OnDuty(said.then_some(on)))
    }

    pub(crate) fn drop_push_rules(&mut self, account: AccountId) -> Stored<()> {
        self.tx.delete_push_rules(account)?;
        self.push_changed(|copies| {
            copies.rules.remove(&account);
        });
        Ok(())
    }

    /// Answered when the push service has.
    pub(crate) fn test_push(&mut self, connection: ConnectionId, who: Who, id: RequestId) -> Result<(), Refusal> {
        let device = who.member.device;
        let target = self
            .target(who.member.account, device)?
            .ok_or_else(|| Refusal::new(ErrorCode::NoPush))?;
        if !self.state.push.rings.test(device, who.member.account, self.now) {
            return Err(ErrorCode::RateLimited.into());
        }
        self.staged.effects.push(Effect::Push(Order {
            account: who.member.account,
            device,
            target,
            reason: Reason::Test,
            asker: Some((connection, id)),
        }));
        Ok(())
    }

    /// Where the device is reached; `None`: it isn't, or no more.
    fn target(&mut self, account: AccountId, device: DeviceId) -> Stored<Option<Target>> {
        let Some(reach) = self.state.push.key.as_ref().map(|key| key.reach) else {
            return Ok(None);
        };
        let own = self.push_copies()?.devices.get(&account).into_iter().flatten();
        let endpoint = own.filter(|row| row.device == device).map(|row| &row.endpoint).next();
        Ok(endpoint.and_then(|endpoint| address::check(endpoint, reach)))
    }

    /// What the last push to this ticket's device was for; of messages, in which chats they stand: whether one of them is
    /// muted, only the device knows.
    ///
    /// # Errors
    /// When nobody has this ticket.
    pub fn push_reason(&mut self, ticket: &Hash) -> Result<(Reason, Vec<GroupId>), Refusal> {
        let device = self.push_copies()?.tickets.get(ticket).copied();
        let device = device.ok_or_else(|| Refusal::new(ErrorCode::NotFound))?;
        let reason = self.state.push.rings.reason(device);
        let groups = match reason {
            Reason::Message => self.state.push.rings.groups(device).to_vec(),
            Reason::Test | Reason::Alarm => Vec::new(),
        };
        Ok((reason, groups))
    }

    /// An alarm is kept as long as it is repeated. Before its append, which is the last that an input writes.
    pub(crate) fn keep_alarm(&mut self, who: Who, group: GroupId, ring: Ring) -> Result<(), Refusal> {
        let sequence = self.tx.head(LogId::Group(group))?.next();
        self.tx.add_alarm(&AlarmRow {
            group,
            sequence,
            time: self.now,
            on_duty: ring == Ring::AlarmOnDuty,
            sender: who.member.account,
        })?;
        Ok(())
    }

    /// An entry came: whoever of these accounts is away is rung.
    pub(crate) fn ring(
        &mut self,
        came: (GroupId, Sequence),
        ring: Ring,
        accounts: impl Iterator<Item = AccountId>,
        since: Time,
    ) -> Stored<()> {
        let state = &mut *self.state;
        if ring == Ring::Silent || state.push.key.is_none() {
            return Ok(());
        }
        let now = self.now;
        state.push.copies(self.tx)?;
        let PushDesk { copies, rings, .. } = &mut state.push;
        let Some(copies) = copies.as_ref().filter(|copies| !copies.devices.is_empty()) else {
            return Ok(());
        };
        for account in accounts {
            for row in copies.devices.get(&account).into_iter().flatten() {
                let here = state.by_device.contains_key(&row.device);
                rings.add(row.device, account, came, ring, When { since, now, here });
            }
        }
        Ok(())
    }

    /// Time has passed: rings what is due, as far as it was not fetched and may ring.
    pub(crate) fn ring_due(&mut self) -> Result<(), Refusal> {
        if !self.state.push.alarms_are_back {
            self.bring_alarms_back()?;
        }
        for device in self.state.push.rings.due(self.now) {
            self.ring_device(device)?;
        }
        Ok(())
    }

    fn ring_device(&mut self, device: DeviceId) -> Result<(), Refusal> {
        let (account, marks) = self.state.push.rings.marks(device, self.now);
        let Some(account) = account else { return Ok(()) };
        let standing = directory::standing(self.tx, account)?;
        let (Some(target), Standing::Active { organisation, .. }) = (self.target(account, device)?, standing) else {
            self.state.push.rings.forget(device);
            return Ok(());
        };
        let rules = self.push_copies()?.rules.get(&account).copied().unwrap_or_default();
        let quiet_alarms = directory::policy(self.tx, organisation)?.quiet_alarms;
        for mark in &marks {
            let log = LogId::Group(mark.group);
            let acked = self.state.acks.get(&(log, device)).map(|(_, through)| *through);
            let has = acked.unwrap_or_default().max(self.tx.cursor(log, device)?);
            let over = has >= mark.sequence || self.tx.role(mark.group, account)?.is_none();
            match rings::hold(mark.ring, &rules, quiet_alarms, self.now) {
                _ if over => self.state.push.rings.settled(device, mark),
                Hold::Yes => self.state.push.rings.settled(device, mark),
                Hold::Until(end) => self.state.push.rings.held(device, mark, end),
                Hold::No => {}
            }
        }
        if let Some(reason) = self.state.push.rings.ring(device, self.now) {
            self.staged.effects.push(Effect::Push(Order {
                account,
                device,
                target,
                reason,
                asker: None,
            }));
        }
        Ok(())
    }

    /// After a start: alarms that were still repeated go on.
    fn bring_alarms_back(&mut self) -> Result<(), Refusal> {
        for alarm in self.tx.alarms()? {
            let ring = if alarm.on_duty { Ring::AlarmOnDuty } else { Ring::Alarm };
            let members = self.tx.members(alarm.group)?.into_iter();
            let others = members
                .map(|member| member.account)
                .filter(|account| *account != alarm.sender);
            self.ring((alarm.group, alarm.sequence), ring, others, alarm.time)?;
        }
        self.state.push.alarms_are_back = true;
        Ok(())
    }

    /// Alarms that are not repeated any more go; and the log hears how pushes fare.
    pub(crate) fn tidy_push(&mut self) -> Result<(), Refusal> {
        if self.state.push.key.is_some() {
            self.tx.drop_alarms(self.now.minus(rings::ALARM_MS))?;
            let Counts { taken, failed, gone } = std::mem::take(&mut self.state.push.counts);
            if taken + failed + gone > 0 {
                tracing::info!(taken, failed, gone, "pushes of the last minute");
            }
        }
        Ok(())
    }

    /// What came of a push.
    pub(crate) fn pushed(&mut self, order: &Order, outcome: PushOutcome) -> Result<(), Refusal> {
        let push = &mut self.state.push;
        push.day.count(self.now, outcome);
        let refusal = match outcome {
            PushOutcome::Taken => {
                push.counts.taken += 1;
                if order.asker.is_none() {
                    push.rings.taken(order.device);
                }
                None
            }
            PushOutcome::Failed(not_before) => {
                push.counts.failed += 1;
                if order.asker.is_none() {
                    push.rings.failed(order.device, not_before, self.now);
                }
                Some(ErrorCode::PushFailed)
            }
            PushOutcome::Gone => {
                push.counts.gone += 1;
                self.forget_target(order)?;
                Some(ErrorCode::PushGone)
            }
        };
        if let Some((connection, id)) = order.asker
            && self.state.who(connection).is_some()
        {
            let frame = match refusal {
                None => ServerFrame::Response {
                    id,
                    response: Response::Done,
                },
                Some(code) => ServerFrame::Refused {
                    id,
                    refusal: code.into(),
                },
            };
            self.send(connection, &frame);
        }
        Ok(())
    }

    /// The push service knows this address no more. The device may have named another in the meantime.
    fn forget_target(&mut self, order: &Order) -> Stored<()> {
        if self.target(order.account, order.device)?.as_ref() == Some(&order.target) {
            self.drop_subscription(order.account, order.device)?;
        }
        Ok(())
    }
}
