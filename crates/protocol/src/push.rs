// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Ringing devices that are away: what an entry asks for, where a device is reached, and when a person wants quiet.
//!
//! A push (RFC 8030) has no content. It wakes the service worker, which asks the server what it was for.

use minicbor::{Decode, Encode};

use crate::cbor::Bytes;
use crate::{Hash, Time};

/// Whether an entry wakes the devices that are away. Its sender says so: the server can't read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Ring {
    /// Nobody is woken: reactions, receipts, edits, settings.
    #[default]
    #[n(0)]
    Silent,
    /// Something to read.
    #[n(1)]
    Message,
    /// An alarm: repeated until the device has fetched it.
    #[n(2)]
    Alarm,
    /// An alarm for those on duty: whoever is off duty is not woken.
    #[n(3)]
    AlarmOnDuty,
}

impl Ring {
    /// Is it repeated until it is fetched?
    #[must_use]
    pub const fn is_alarm(self) -> bool {
        matches!(self, Self::Alarm | Self::AlarmOnDuty)
    }
}

/// Where a device is reached.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PushSubscription {
    /// The push service's address for this device: `https`, at most [`crate::limits::MAX_PUSH_ADDRESS`] bytes.
    #[n(0)]
    pub endpoint: String,
    /// SHA-256 of 32 random bytes that the device made. Whoever shows those learns what the last push was for.
    #[n(1)]
    pub ticket: Hash,
}

/// One's own switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Duty {
    /// Never said: counts as on duty, so that nothing is missed.
    #[default]
    #[n(0)]
    Unset,
    #[n(1)]
    On,
    #[n(2)]
    Off,
}

/// When an account is not to be woken. The same for all its devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Encode, Decode)]
pub struct PushRules {
    #[n(0)]
    pub duty: Duty,
    #[n(1)]
    pub quiet: Option<QuietHours>,
}

/// Hours of the week without a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct QuietHours {
    /// Minutes since midnight, local. The end may be on the next day; equal ones are 24 hours.
    #[n(0)]
    pub from: u16,
    #[n(1)]
    pub to: u16,
    /// On which days they begin: bit 0 is Monday.
    #[n(2)]
    pub days: u8,
    /// Minutes by which the local time is ahead of UTC.
    #[n(3)]
    pub offset: i16,
    /// When summer time begins or ends next.
    #[n(4)]
    pub change: Option<OffsetChange>,
}

/// From a time on the clocks are set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct OffsetChange {
    #[n(0)]
    pub at: Time,
    #[n(1)]
    pub offset: i16,
}

const DAY_MINUTES: u16 = 24 * 60;
/// All days of the week.
pub const ALL_DAYS: u8 = 0b111_1111;
/// 1970-01-01 was a Thursday.
const FIRST_WEEKDAY: i64 = 3;
const MINUTE_MS: i64 = 60_000;

impl QuietHours {
    /// Are the numbers possible?
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let offset = |minutes: i16| minutes.unsigned_abs() <= 18 * 60;
        self.from < DAY_MINUTES
            && self.to < DAY_MINUTES
            && self.days <= ALL_DAYS
            && offset(self.offset)
            && self.change.is_none_or(|change| offset(change.offset))
    }

    /// Until when is it quiet? `None`: it is not quiet now.
    #[must_use]
    pub fn until(&self, now: Time) -> Option<Time> {
        let offset = match self.change {
            Some(change) if now >= change.at => change.offset,
            _ => self.offset,
        };
        let local = i64::try_from(now.0).ok()? + i64::from(offset) * MINUTE_MS;
        let minutes = local.div_euclid(MINUTE_MS);
        let day = minutes.div_euclid(i64::from(DAY_MINUTES)) + FIRST_WEEKDAY;
        let minute = u16::try_from(minutes.rem_euclid(i64::from(DAY_MINUTES))).ok()?;
        let begins_on = |day: i64| self.days & (1 << day.rem_euclid(7)) != 0;
        let over_night = self.from >= self.to;
        let before_end = minute < self.to;
        let left = if over_night && minute >= self.from && begins_on(day) {
            DAY_MINUTES - minute + self.to
        } else if over_night && before_end && begins_on(day - 1)
            || !over_night && minute >= self.from && before_end && begins_on(day)
        {
            self.to - minute
        } else {
            return None;
        };
        let begun = u64::try_from(local.rem_euclid(MINUTE_MS)).ok()?;
        Some(now.plus(u64::from(left) * Time::MINUTE).minus(begun))
    }
}

/// How push stands for a device.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PushState {
    /// The server's key (RFC 8292): a point of P-256, uncompressed. `None`: this server has no push.
    #[n(0)]
    pub server_key: Option<Bytes>,
    /// This device has a subscription here.
    #[n(1)]
    pub subscribed: bool,
    /// The account's.
    #[n(2)]
    pub rules: PushRules,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 2029-06-04, midnight in UTC.
    const MONDAY: u64 = 1_875_225_600_000;

    fn night() -> QuietHours {
        QuietHours {
            from: 20 * 60,
            to: 6 * 60,
            days: 0b001_1111,
            offset: 120,
            change: None,
        }
    }

    /// A time of this week in the zone of [`night`].
    fn local(day: u64, hour: u64, minute: u64) -> Time {
        Time(MONDAY)
            .plus(day * Time::DAY + hour * Time::HOUR + minute * Time::MINUTE)
            .minus(2 * Time::HOUR)
    }

    #[test]
    fn quiet_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let night = night();
        assert_eq!(night.until(local(0, 19, 59)), None);
        assert_eq!(night.until(local(0, 20, 0)), Some(local(1, 6, 0)));
        assert_eq!(night.until(local(1, 5, 59).plus(30_000)), Some(local(1, 6, 0)));
        assert_eq!(night.until(local(1, 6, 0)), None);
        // Friday's night reaches into Saturday; Saturday has none, nor has Sunday's morning.
        assert_eq!(night.until(local(5, 5, 0)), Some(local(5, 6, 0)));
        assert_eq!(night.until(local(5, 22, 0)), None);
        assert_eq!(night.until(local(6, 5, 0)), None);
        assert_eq!(night.until(local(7, 5, 0)), None);
    }

    #[test]
    fn quiet_within_a_day_and_for_a_whole_one() {
        let noon = QuietHours {
            from: 12 * 60,
            to: 13 * 60,
            days: ALL_DAYS,
            ..night()
        };
        assert_eq!(noon.until(local(3, 12, 30)), Some(local(3, 13, 0)));
        assert_eq!(noon.until(local(3, 13, 0)), None);
        let sunday = QuietHours {
            from: 0,
            to: 0,
            days: 0b100_0000,
            ..night()
        };
        assert_eq!(sunday.until(local(6, 15, 0)), Some(local(7, 0, 0)));
        assert_eq!(sunday.until(local(7, 0, 0)), None);
        let never = QuietHours { days: 0, ..noon };
        assert_eq!(never.until(local(3, 12, 30)), None);
    }

    #[test]
    fn when_the_clocks_change_the_hours_stay_local() {
        let change = local(2, 3, 0);
        let night = QuietHours {
            change: Some(OffsetChange { at: change, offset: 60 }),
            ..night()
        };
        // An hour later in UTC, since the local clock is an hour back.
        assert_eq!(night.until(local(3, 20, 30)), None);
        assert_eq!(night.until(local(3, 21, 30)), Some(local(4, 7, 0)));
    }

    #[test]
    fn impossible_numbers_are_told() {
        assert!(night().is_valid());
        assert!(!QuietHours { from: 1_440, ..night() }.is_valid());
        assert!(!QuietHours { days: 0x80, ..night() }.is_valid());
        assert!(
            !QuietHours {
                offset: i16::MIN,
                ..night()
            }
            .is_valid()
        );
        assert_eq!(night().until(Time(u64::MAX)), None);
    }
}
