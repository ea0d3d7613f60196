// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From what somebody typed to a time. Knows no words for what is wrong with it, and asks no clock: so it can be fuzzed
//! by itself.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use melder_protocol::Time;

/// A point in time after `now`. A clock time that has passed today means tomorrow.
pub fn time(text: &str, now: &Zoned) -> Option<Time> {
    let trimmed = text.trim();
    let present = Time(u64::try_from(now.timestamp().as_millisecond()).unwrap_or_default());
    if let Some(rest) = trimmed.strip_prefix('+') {
        return duration(rest).map(|millis| present.plus(millis));
    }
    let zoned = if let Ok(timestamp) = trimmed.parse::<Timestamp>() {
        timestamp.to_zoned(TimeZone::system())
    } else if let Some((hour, minute)) = clock(trimmed) {
        let today = now
            .date()
            .at(hour, minute, 0, 0)
            .to_zoned(now.time_zone().clone())
            .ok()?;
        if today > *now {
            today
        } else {
            today.checked_add(1.day()).ok()?
        }
    } else {
        let (day, time) = trimmed.split_once([' ', 'T']).unwrap_or((trimmed, "00:00"));
        let (date, (hour, minute)) = (date(day)?, clock(time.trim())?);
        DateTime::from_parts(date, jiff::civil::Time::constant(hour, minute, 0, 0))
            .to_zoned(now.time_zone().clone())
            .ok()?
    };
    let time = Time(u64::try_from(zoned.timestamp().as_millisecond()).ok()?);
    (time > present).then_some(time)
}

/// `14:30`
fn clock(text: &str) -> Option<(i8, i8)> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some((hour, minute))
}

/// `2029-06-10` or `10.6.2029`
fn date(text: &str) -> Option<Date> {
    if text.contains('-') {
        return text.parse().ok();
    }
    let mut parts = text.split('.');
    let (day, month, year) = (
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    );
    if parts.next().is_some() {
        None
    } else {
        Date::new(year, month, day).ok()
    }
}

/// A length of time in milliseconds.
pub fn duration(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = String::new();
    for letter in text.trim().chars() {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let unit = match letter {
            's' => Time::SECOND,
            'm' => Time::MINUTE,
            'h' => Time::HOUR,
            'd' | 't' => Time::DAY,
            'w' => 7 * Time::DAY,
            _ => return None,
        };
        let amount: u64 = number.parse().ok()?;
        total = amount.checked_mul(unit).and_then(|more| total.checked_add(more))?;
        number.clear();
    }
    (total > 0 && number.is_empty()).then_some(total)
}
