// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Times as people type and read them: `14:30`, `2029-06-10 14:30`, `10.6.2029 14:30`, `+2h`; in the computer's time zone,
//! 24 hours, always.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use melder_client::{Clock, SystemClock};
use melder_protocol::Time;

use crate::error::{CliError, Local};
use crate::t;
use crate::texts::{Language, language};

mod reading;

/// The computer's time.
#[must_use]
pub fn now() -> Time {
    SystemClock.now()
}

fn zoned(time: Time) -> Zoned {
    let millis = i64::try_from(time.0).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis)
        .unwrap_or(Timestamp::MAX)
        .to_zoned(TimeZone::system())
}

/// A point in time. A clock time that has passed today means tomorrow.
///
/// # Errors
/// When the text is no time, or lies in the past.
pub fn parse_time(text: &str) -> Result<Time, CliError> {
    parse_time_at(text, &zoned(now()))
}

fn parse_time_at(text: &str, now: &Zoned) -> Result<Time, CliError> {
    reading::time(text, now).ok_or_else(|| CliError::new(Local::BadTime).with("text", text))
}

/// A length of time in milliseconds: `90s`, `15m`, `2h`, `1d`, `1h30m`, `3w`.
///
/// # Errors
/// When the text is something else, or nothing.
pub fn parse_duration(text: &str) -> Result<u64, CliError> {
    reading::duration(text).ok_or_else(|| CliError::new(Local::BadDuration).with("text", text))
}

/// The clock time today, day and clock time else.
#[must_use]
pub fn short(time: Time) -> String {
    let (then, today) = (zoned(time), zoned(now()));
    if then.date() == today.date() {
        then.strftime("%H:%M").to_string()
    } else {
        long(time)
    }
}

/// Day and clock time: `6. Juni 2029, 14:30`.
#[must_use]
pub fn long(time: Time) -> String {
    let then = zoned(time);
    format!("{}, {}", day_of(&then), then.strftime("%H:%M"))
}

/// The day: `6. Juni 2029`.
#[must_use]
pub fn day(time: Time) -> String {
    day_of(&zoned(time))
}

fn day_of(then: &Zoned) -> String {
    let month = t!(&format!("month-{}", then.month()));
    match language() {
        Language::De => format!("{}. {month} {}", then.day(), then.year()),
        Language::En => format!("{} {month} {}", then.day(), then.year()),
    }
}

/// For programs and archives: `2029-06-06T14:30:00.000Z`.
#[must_use]
pub fn iso(time: Time) -> String {
    let millis = i64::try_from(time.0).unwrap_or(i64::MAX);
    let timestamp = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX);
    format!("{timestamp:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Zoned {
        "2029-06-10T12:00:00+02:00[Europe/Berlin]".parse().unwrap()
    }

    fn read(text: &str) -> Option<String> {
        parse_time_at(text, &noon()).ok().map(|time| {
            let timestamp = Timestamp::from_millisecond(i64::try_from(time.0).unwrap()).unwrap();
            timestamp
                .to_zoned(noon().time_zone().clone())
                .strftime("%F %H:%M")
                .to_string()
        })
    }

    #[test]
    fn a_clock_time_is_today_or_tomorrow() {
        assert_eq!(read("14:30").unwrap(), "2029-06-10 14:30");
        assert_eq!(read("11:59").unwrap(), "2029-06-11 11:59");
    }

    #[test]
    fn days_are_read_both_ways() {
        assert_eq!(read("2029-06-12 08:05").unwrap(), "2029-06-12 08:05");
        assert_eq!(read("12.6.2029 08:05").unwrap(), "2029-06-12 08:05");
        assert_eq!(read("2029-07-01").unwrap(), "2029-07-01 00:00");
    }

    #[test]
    fn a_plus_counts_from_now() {
        assert_eq!(read("+2h").unwrap(), "2029-06-10 14:00");
        assert_eq!(read("+1d").unwrap(), "2029-06-11 12:00");
    }

    #[test]
    fn what_is_no_time_or_past_is_refused() {
        for text in [
            "",
            "25:00",
            "12",
            "tomorrow",
            "2029-06-09 10:00",
            "31.2.2030 10:00",
            "+",
            "+2",
            "+2x",
            "12:60",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn durations_add_up() {
        assert_eq!(parse_duration("1h30m").unwrap(), 90 * Time::MINUTE);
        assert_eq!(parse_duration("2d").unwrap(), 2 * Time::DAY);
        for text in ["", "0s", "5", "h", "99999999999999999999w", "-1h"] {
            assert!(parse_duration(text).is_err(), "{text:?}");
        }
    }
}
