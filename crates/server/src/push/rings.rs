// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who is to be rung, for what, and when again. Nothing but arithmetic: time comes in, and what a device has fetched and
//! whether it may be woken is its caller's to find out when a ring is due.
//!
//! A message rings once, and not again at once when the next one comes. An alarm rings again and again, for an hour, until
//! the device has fetched it. All of it lives in memory: after a restart alarms come back from the store, and a message
//! that did not ring yet is found when its reader looks.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::push::{Duty, PushRules, Ring};
use melder_protocol::{AccountId, DeviceId, GroupId, Sequence, Time};

/// When an alarm rings, counted from when it came.
const ALARM_AT: [u64; 9] = [
    0,
    15 * Time::SECOND,
    45 * Time::SECOND,
    105 * Time::SECOND,
    225 * Time::SECOND,
    465 * Time::SECOND,
    945 * Time::SECOND,
    30 * Time::MINUTE,
    Time::HOUR,
];
/// After this an alarm is not repeated any more.
pub(crate) const ALARM_MS: u64 = Time::HOUR;
/// A device that is connected has so long to fetch what came: a page in the background may be asleep.
const HERE_MS: u64 = 10 * Time::SECOND;
const HERE_ALARM_MS: u64 = 5 * Time::SECOND;
/// Messages to one device don't ring more often.
const PAUSE_MS: u64 = 15 * Time::SECOND;
/// A push that a push service did not take is tried again after this, twice this, and so on.
const RETRY_MS: u64 = 30 * Time::SECOND;
const MOST_RETRIES: u32 = 5;
/// When nothing was heard of a push by then, it was lost.
const LOST_MS: u64 = 2 * Time::MINUTE;
/// A device tests itself not more often.
const TEST_MS: u64 = 5 * Time::SECOND;

/// What a push was for; the service worker asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    Message,
    Test,
    Alarm,
}

impl Reason {
    /// The word for it, also the push's topic: a newer push takes the place of an older one that is still waiting.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Test => "test",
            Self::Alarm => "alarm",
        }
    }
}

/// May it be woken?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    No,
    Until(Time),
    /// Not at all.
    Yes,
}

/// What the person's switch, their quiet hours and the organisation's policy say to this.
pub(crate) fn hold(ring: Ring, rules: &PushRules, quiet_alarms: bool, now: Time) -> Hold {
    let is_off = rules.duty == Duty::Off;
    let breaks_through = ring.is_alarm() && !quiet_alarms;
    match ring {
        Ring::Silent => Hold::Yes,
        Ring::Alarm if breaks_through => Hold::No,
        _ if is_off => Hold::Yes,
        Ring::AlarmOnDuty if breaks_through => Hold::No,
        _ => match rules.quiet.and_then(|quiet| quiet.until(now)) {
            Some(end) => Hold::Until(end),
            None => Hold::No,
        },
    }
}

/// Something that a device is rung for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub group: GroupId,
    pub sequence: Sequence,
    pub ring: Ring,
    pub since: Time,
    next: Time,
    tries: u32,
}

#[derive(Debug)]
struct Ringing {
    account: AccountId,
    marks: Vec<Mark>,
    rang: Option<Time>,
    tested: Option<Time>,
    reason: Option<Reason>,
    /// Where the messages stand that rang last.
    groups: Vec<GroupId>,
    /// Where it stands in the queue.
    queued: Option<Time>,
}

/// All devices that are to be rung.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    devices: BTreeMap<DeviceId, Ringing>,
    queue: BTreeSet<(Time, DeviceId)>,
}

fn alarm_after(since: Time, now: Time) -> Option<Time> {
    let passed = now.since(since);
    let at = ALARM_AT.iter().find(|at| **at > passed)?;
    Some(since.plus(*at))
}

impl Rings {
    fn ringing(&mut self, device: DeviceId, account: AccountId) -> &mut Ringing {
        self.devices.entry(device).or_insert_with(|| Ringing {
            account,
            marks: Vec::new(),
            rang: None,
            tested: None,
            reason: None,
            groups: Vec::new(),
            queued: None,
        })
    }

    /// Puts the device where it belongs in the queue.
    fn settle(&mut self, device: DeviceId) {
        let Some(ringing) = self.devices.get_mut(&device) else {
            return;
        };
        let next = ringing.marks.iter().map(|mark| mark.next).min();
        if ringing.queued != next {
            if let Some(before) = ringing.queued {
                self.queue.remove(&(before, device));
            }
            if let Some(next) = next {
                self.queue.insert((next, device));
            }
            ringing.queued = next;
        }
    }

    /// Something came for a device. `here`: it is connected, and will have it in a moment.
    pub fn add(&mut self, device: DeviceId, account: AccountId, came: (GroupId, Sequence), ring: Ring, when: When) {
        let When { since, now, here } = when;
        let ringing = self.ringing(device, account);
        let next = if ring.is_alarm() {
            let begin = if now == since {
                Some(since)
            } else {
                alarm_after(since, now)
            };
            begin.map(|begin| {
                if here {
                    begin.max(now.plus(HERE_ALARM_MS))
                } else {
                    begin
                }
            })
        } else {
            let pause = ringing.rang.map_or(now, |rang| rang.plus(PAUSE_MS)).max(now);
            Some(if here { pause.max(now.plus(HERE_MS)) } else { pause })
        };
        let Some(next) = next.filter(|_| ring != Ring::Silent) else {
            return;
        };
        let (group, sequence) = came;
        let fresh = Mark {
            group,
            sequence,
            ring,
            since,
            next,
            tries: 0,
        };
        let same = |mark: &&mut Mark| mark.group == group && mark.ring == ring;
        match ringing.marks.iter_mut().find(same) {
            // One that waits already waits no longer because of the next.
            Some(mark) if !ring.is_alarm() && mark.tries == 0 => mark.sequence = sequence,
            Some(mark) => *mark = fresh,
            None => ringing.marks.push(fresh),
        }
        self.settle(device);
    }

    pub fn is_due(&self, now: Time) -> bool {
        self.queue.first().is_some_and(|(at, _)| *at <= now)
    }

    /// Devices for which something is due.
    pub fn due(&self, now: Time) -> Vec<DeviceId> {
        self.queue
            .iter()
            .take_while(|(at, _)| *at <= now)
            .map(|(_, device)| *device)
            .collect()
    }

    /// What is due for a device.
    pub fn marks(&self, device: DeviceId, now: Time) -> (Option<AccountId>, Vec<Mark>) {
        let found = self.devices.get(&device);
        let marks = found.into_iter().flat_map(|ringing| &ringing.marks);
        let due = marks.filter(|mark| mark.next <= now).copied().collect();
        (found.map(|ringing| ringing.account), due)
    }

    /// It was fetched, or is nobody's business any more.
    pub fn settled(&mut self, device: DeviceId, mark: &Mark) {
        if let Some(ringing) = self.devices.get_mut(&device) {
            ringing
                .marks
                .retain(|other| (other.group, other.ring) != (mark.group, mark.ring));
            if ringing.marks.is_empty() && ringing.reason == Some(Reason::Alarm) {
                ringing.reason = None;
            }
        }
        self.settle(device);
    }

    /// It waits; an alarm that waits is a message by then.
    pub fn held(&mut self, device: DeviceId, mark: &Mark, until: Time) {
        self.settled(device, mark);
        if let Some(ringing) = self.devices.get_mut(&device) {
            let mark = Mark {
                ring: Ring::Message,
                next: until,
                ..*mark
            };
            match ringing
                .marks
                .iter_mut()
                .find(|other| other.group == mark.group && other.ring == Ring::Message)
            {
                Some(other) => *other = mark,
                None => ringing.marks.push(mark),
            }
        }
        self.settle(device);
    }

    /// All that is due and not held rings now. What for?
    pub fn ring(&mut self, device: DeviceId, now: Time) -> Option<Reason> {
        let ringing = self.devices.get_mut(&device)?;
        let mut reason = None;
        let mut groups = Vec::new();
        for mark in ringing.marks.iter_mut().filter(|mark| mark.next <= now) {
            mark.tries += 1;
            mark.next = now.plus(LOST_MS);
            if mark.ring.is_alarm() {
                mark.next = alarm_after(mark.since, now).unwrap_or(Time(u64::MAX)).max(now);
            }
            let of_it = if mark.ring.is_alarm() {
                Reason::Alarm
            } else {
                groups.push(mark.group);
                Reason::Message
            };
            reason = reason.max(Some(of_it));
        }
        if reason.is_some() {
            ringing.reason = reason;
            ringing.groups = groups;
            ringing.rang = Some(now);
            // An alarm has rung for the last time.
            ringing.marks.retain(|mark| mark.next < Time(u64::MAX));
        }
        self.settle(device);
        reason
    }

    /// The push service has taken the last push: messages are done with.
    pub fn taken(&mut self, device: DeviceId) {
        if let Some(ringing) = self.devices.get_mut(&device) {
            ringing.marks.retain(|mark| mark.ring.is_alarm() || mark.tries == 0);
        }
        self.settle(device);
    }

    /// It has not: again later, at the earliest when it says. Alarms keep to their own times, unless those are earlier.
    pub fn failed(&mut self, device: DeviceId, not_before: Option<u64>, now: Time) {
        if let Some(ringing) = self.devices.get_mut(&device) {
            for mark in ringing.marks.iter_mut().filter(|mark| mark.tries > 0) {
                if mark.ring.is_alarm() {
                    mark.next = mark.next.max(now.plus(not_before.unwrap_or(0)));
                } else {
                    let pause = RETRY_MS << (mark.tries - 1).min(MOST_RETRIES);
                    mark.next = now.plus(pause.max(not_before.unwrap_or(0)));
                }
            }
            ringing
                .marks
                .retain(|mark| mark.ring.is_alarm() || mark.tries <= MOST_RETRIES);
        }
        self.settle(device);
    }

    /// The device is gone, or is reached no more.
    pub fn forget(&mut self, device: DeviceId) {
        if let Some(ringing) = self.devices.remove(&device)
            && let Some(queued) = ringing.queued
        {
            self.queue.remove(&(queued, device));
        }
    }

    /// False: a moment ago it was tested already.
    pub fn test(&mut self, device: DeviceId, account: AccountId, now: Time) -> bool {
        let ringing = self.ringing(device, account);
        if ringing.tested.is_some_and(|tested| now.since(tested) < TEST_MS) {
            return false;
        }
        ringing.tested = Some(now);
        ringing.reason = ringing.reason.max(Some(Reason::Test));
        true
    }

    /// What the last push was for. A test is told once.
    pub fn reason(&mut self, device: DeviceId) -> Reason {
        let Some(ringing) = self.devices.get_mut(&device) else {
            return Reason::Message;
        };
        let reason = ringing.reason.unwrap_or(Reason::Message);
        if reason == Reason::Test {
            ringing.reason = None;
        }
        reason
    }

    /// In which chats the messages stand that the last push was for.
    pub fn groups(&self, device: DeviceId) -> &[GroupId] {
        self.devices
            .get(&device)
            .map_or(&[], |ringing| ringing.groups.as_slice())
    }
}

/// When something came, and to whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub since: Time,
    pub now: Time,
    pub here: bool,
}

#[cfg(test)]
mod tests {
    use melder_protocol::push::{ALL_DAYS, QuietHours};

    use super::*;

    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);
    const ACCOUNT: AccountId = AccountId::from_bytes([2; 16]);
    const GROUP: GroupId = GroupId::from_bytes([3; 16]);
    const NOON: Time = Time(1_875_009_600_000);

    fn came(rings: &mut Rings, sequence: u64, ring: Ring, now: Time, here: bool) {
        let when = When { since: now, now, here };
        rings.add(DEVICE, ACCOUNT, (GROUP, Sequence(sequence)), ring, when);
    }

    /// All rings until `end`, in seconds from noon, when every push is taken.
    fn run(rings: &mut Rings, end: Time) -> Vec<(u64, Reason)> {
        let mut rang = Vec::new();
        let mut now = NOON;
        while now <= end {
            for device in rings.due(now) {
                if let Some(reason) = rings.ring(device, now) {
                    rang.push((now.since(NOON) / 1_000, reason));
                    rings.taken(device);
                }
            }
            now = now.plus(Time::SECOND);
        }
        rang
    }

    #[test]
    fn a_message_rings_once() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Message, NOON, false);
        assert_eq!(run(&mut rings, NOON.plus(Time::HOUR)), [(0, Reason::Message)]);
    }

    #[test]
    fn where_the_messages_stand_is_known_until_the_next_ring() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Message, NOON, false);
        assert_eq!(rings.ring(DEVICE, NOON), Some(Reason::Message));
        assert_eq!(rings.groups(DEVICE), [GROUP]);
        came(&mut rings, 2, Ring::Alarm, NOON.plus(Time::SECOND), false);
        assert_eq!(rings.ring(DEVICE, NOON.plus(Time::SECOND)), Some(Reason::Alarm));
        assert!(
            rings.groups(DEVICE).is_empty(),
            "an alarm rings whether its chat is muted or not"
        );
    }

    #[test]
    fn what_rings_nobody_rings_nobody() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Silent, NOON, false);
        assert_eq!(run(&mut rings, NOON.plus(Time::HOUR)), []);
    }

    #[test]
    fn messages_in_a_row_ring_at_intervals() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Message, NOON, false);
        assert_eq!(rings.ring(DEVICE, NOON), Some(Reason::Message));
        rings.taken(DEVICE);
        for second in 1..10 {
            came(&mut rings, 1 + second, Ring::Message, NOON.plus(second * 1_000), false);
        }
        assert_eq!(run(&mut rings, NOON.plus(Time::HOUR)), [(15, Reason::Message)]);
    }

    #[test]
    fn an_alarm_rings_until_it_is_fetched_or_an_hour_is_over() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Alarm, NOON, false);
        let rang: Vec<u64> = run(&mut rings, NOON.plus(2 * Time::HOUR))
            .into_iter()
            .map(|(at, _)| at)
            .collect();
        assert_eq!(rang, [0, 15, 45, 105, 225, 465, 945, 1_800, 3_600]);
        came(&mut rings, 2, Ring::Alarm, NOON, false);
        let (_, marks) = rings.marks(DEVICE, NOON);
        rings.settled(DEVICE, &marks[0]);
        assert_eq!(run(&mut rings, NOON.plus(2 * Time::HOUR)), []);
    }

    #[test]
    fn an_alarm_that_comes_back_from_the_store_goes_on_where_it_was() {
        let mut rings = Rings::default();
        let when = When {
            since: NOON.minus(50_000),
            now: NOON,
            here: false,
        };
        rings.add(DEVICE, ACCOUNT, (GROUP, Sequence(1)), Ring::Alarm, when);
        let rang = run(&mut rings, NOON.plus(Time::HOUR));
        assert_eq!(rang.first(), Some(&(55, Reason::Alarm)));
    }

    #[test]
    fn who_is_connected_has_a_moment_to_fetch_it() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Message, NOON, true);
        assert_eq!(run(&mut rings, NOON.plus(Time::HOUR)), [(10, Reason::Message)]);
        came(&mut rings, 1, Ring::Alarm, NOON, true);
        assert_eq!(run(&mut rings, NOON.plus(10_000)), [(5, Reason::Alarm)]);
    }

    #[test]
    fn what_a_push_service_refuses_is_tried_again_more_and_more_slowly() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Message, NOON, false);
        let mut rang = Vec::new();
        let mut now = NOON;
        while now < NOON.plus(2 * Time::HOUR) {
            for device in rings.due(now) {
                if rings.ring(device, now).is_some() {
                    rang.push(now.since(NOON) / 1_000);
                    rings.failed(device, None, now);
                }
            }
            now = now.plus(Time::SECOND);
        }
        assert_eq!(rang, [0, 30, 90, 210, 450, 930]);
        came(&mut rings, 2, Ring::Message, NOON, false);
        assert_eq!(
            rings.ring(DEVICE, NOON.plus(PAUSE_MS)),
            None,
            "not before the last one's pause is over"
        );
    }

    #[test]
    fn a_push_service_that_names_a_time_is_not_asked_before() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Alarm, NOON, false);
        rings.ring(DEVICE, NOON);
        rings.failed(DEVICE, Some(120_000), NOON);
        assert_eq!(rings.due(NOON.plus(119_000)), []);
        assert_eq!(rings.due(NOON.plus(120_000)), [DEVICE]);
    }

    #[test]
    fn the_reason_is_the_gravest_and_a_test_is_told_once() {
        let mut rings = Rings::default();
        assert_eq!(rings.reason(DEVICE), Reason::Message);
        assert!(rings.test(DEVICE, ACCOUNT, NOON));
        assert!(!rings.test(DEVICE, ACCOUNT, NOON.plus(1_000)));
        assert_eq!(rings.reason(DEVICE), Reason::Test);
        assert_eq!(rings.reason(DEVICE), Reason::Message);
        came(&mut rings, 1, Ring::Message, NOON, false);
        came(&mut rings, 2, Ring::Alarm, NOON, false);
        assert_eq!(rings.ring(DEVICE, NOON), Some(Reason::Alarm));
        assert!(rings.test(DEVICE, ACCOUNT, NOON.plus(6_000)));
        assert_eq!(rings.reason(DEVICE), Reason::Alarm);
    }

    #[test]
    fn duty_and_quiet_hours_hold_back_what_the_policy_lets_them() {
        let off = PushRules {
            duty: Duty::Off,
            quiet: None,
        };
        let quiet = PushRules {
            duty: Duty::On,
            quiet: Some(QuietHours {
                from: 0,
                to: 0,
                days: ALL_DAYS,
                offset: 0,
                change: None,
            }),
        };
        let midnight = quiet.quiet.unwrap().until(NOON).unwrap();
        let never = PushRules::default();
        let cases = [
            (Ring::Message, never, false, Hold::No),
            (Ring::Message, off, false, Hold::Yes),
            (Ring::Message, quiet, false, Hold::Until(midnight)),
            (Ring::Alarm, off, false, Hold::No),
            (Ring::Alarm, quiet, false, Hold::No),
            (Ring::Alarm, off, true, Hold::Yes),
            (Ring::Alarm, quiet, true, Hold::Until(midnight)),
            (Ring::AlarmOnDuty, never, false, Hold::No),
            (Ring::AlarmOnDuty, off, false, Hold::Yes),
            (Ring::AlarmOnDuty, quiet, false, Hold::No),
            (Ring::AlarmOnDuty, quiet, true, Hold::Until(midnight)),
            (Ring::Silent, never, false, Hold::Yes),
        ];
        for (ring, rules, quiet_alarms, expected) in cases {
            assert_eq!(hold(ring, &rules, quiet_alarms, NOON), expected, "{ring:?} {rules:?}");
        }
    }

    #[test]
    fn what_is_held_rings_when_the_quiet_is_over() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Message, NOON, false);
        let (_, marks) = rings.marks(DEVICE, NOON);
        rings.held(DEVICE, &marks[0], NOON.plus(Time::MINUTE));
        came(&mut rings, 2, Ring::Message, NOON.plus(1_000), false);
        assert_eq!(run(&mut rings, NOON.plus(Time::HOUR)), [(60, Reason::Message)]);
    }

    #[test]
    fn a_device_that_is_gone_rings_no_more() {
        let mut rings = Rings::default();
        came(&mut rings, 1, Ring::Alarm, NOON, false);
        rings.forget(DEVICE);
        assert_eq!(run(&mut rings, NOON.plus(Time::HOUR)), []);
    }
}
