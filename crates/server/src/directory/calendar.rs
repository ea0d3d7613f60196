// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Points in time as administrators write them: RFC 3339 (`2029-06-10T18:00:00+02:00`), or a day
//! (`2029-06-10`, `10.06.2029`), which means the end of that day in UTC. Written out it is RFC 3339 in UTC.

use melder_protocol::Time;

const DAY: u64 = Time::DAY;

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = i64::from((month + 9) % 12);
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = u32::try_from(day_of_year - (153 * shifted + 2) / 5 + 1).unwrap_or(1);
    let month = u32::try_from(if shifted < 10 { shifted + 3 } else { shifted - 9 }).unwrap_or(1);
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Days since 1970; `None` when there is no such day from 1970 to 9999.
fn date(year: &str, month: &str, day: &str) -> Option<u64> {
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    if !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let days = days_from_civil(year.into(), month, day);
    // The 31st of a shorter month would come back as another day.
    if civil_from_days(days) != (year.into(), month, day) {
        return None;
    }
    u64::try_from(days).ok()
}

fn iso_date(text: &str) -> Option<u64> {
    let mut parts = text.splitn(3, '-');
    date(parts.next()?, parts.next()?, parts.next()?)
}

/// Milliseconds within a day, and the offset from UTC in milliseconds.
fn clock(text: &str) -> Option<(u64, i64)> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone_at);
    let mut parts = clock.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let seconds = parts.next().unwrap_or("00");
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let second = number(second, 2)?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let millis: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let minutes = i64::from(hours * 60 + minutes) * 60_000;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    let seconds = u64::from(hour) * 3_600 + u64::from(minute) * 60 + u64::from(second);
    Some((seconds * 1_000 + millis, offset))
}

/// Reads a point in time.
#[must_use]
pub fn parse(text: &str) -> Option<Time> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    if let Some((day, rest)) = text.split_once(['T', 't']) {
        let (millis, offset) = clock(rest)?;
        let utc = i64::try_from(iso_date(day)? * DAY + millis).ok()? - offset;
        return u64::try_from(utc).ok().map(Time);
    }
    let day = match text.split_once('.') {
        Some((day, rest)) => {
            let (month, year) = rest.split_once('.')?;
            date(year, &format!("{month:0>2}"), &format!("{day:0>2}"))?
        }
        None => iso_date(text)?,
    };
    Some(Time((day + 1) * DAY))
}

/// Writes a point in time: RFC 3339, UTC, milliseconds only when there are any.
#[must_use]
pub fn format(time: Time) -> String {
    let (days, rest) = (time.0 / DAY, time.0 % DAY);
    let (year, month, day) = civil_from_days(i64::try_from(days).unwrap_or(i64::MAX / 2));
    let (seconds, millis) = (rest / 1_000, rest % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if millis > 0 {
        text.push_str(&format!(".{millis:03}"));
    }
    text.push('Z');
    text
}

/// The beginning of the day of a point in time.
#[must_use]
pub const fn day(time: Time) -> Time {
    Time(time.0 - time.0 % DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_day_means_its_end() {
        assert_eq!(format(parse("2029-06-10").unwrap()), "2029-06-11T00:00:00Z");
        assert_eq!(parse("10.06.2029"), parse("2029-06-10"));
        assert_eq!(parse("9.6.2029"), parse("2029-06-09"));
    }

    #[test]
    fn an_offset_is_taken_away() {
        assert_eq!(
            format(parse("2029-06-10T18:00:00+02:00").unwrap()),
            "2029-06-10T16:00:00Z"
        );
        assert_eq!(
            format(parse("2029-06-10T18:00:00.25Z").unwrap()),
            "2029-06-10T18:00:00.250Z"
        );
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for bad in [
            "",
            "2029-02-29",
            "2029-13-01",
            "31.04.2029",
            "morgen",
            "2029-06-10T25:00:00Z",
            "1960-01-01",
            "é",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert!(parse("2028-02-29").is_some());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in 0_u64..253_402_300_800_000) {
            prop_assert_eq!(parse(&format(Time(millis))), Some(Time(millis)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
