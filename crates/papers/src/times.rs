// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Points in time as people write them, in the time zone of whoever reads.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::{Language, Value};

/// How times are written.
#[derive(Debug, Clone)]
pub struct Clock {
    language: Language,
    zone: TimeZone,
}

impl Clock {
    /// `zone`: `Europe/Berlin`; what is none is the server's own.
    #[must_use]
    pub fn new(language: Language, zone: Option<&str>) -> Self {
        let named = zone.and_then(|name| TimeZone::get(name).ok());
        Self {
            language,
            zone: named.unwrap_or_else(TimeZone::system),
        }
    }

    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    fn written(&self, millis: u64) -> Option<(String, String)> {
        let stamp = Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()?;
        let time = stamp.to_zoned(self.zone.clone());
        let words = self.language.words();
        let month = words.say(&format!("month-{}", time.month()));
        let (day, year) = (time.day().to_string(), time.year().to_string());
        let values: [(&str, Value<'_>); 3] = [
            ("day", (&day).into()),
            ("month", (&month).into()),
            ("year", (&year).into()),
        ];
        let clock = format!("{:02}:{:02}", time.hour(), time.minute());
        Some((words.with("paper-date", &values), clock))
    }

    /// 10. Juni 2029
    #[must_use]
    pub fn day(&self, millis: u64) -> String {
        self.written(millis).map(|(day, _)| day).unwrap_or_default()
    }

    /// 10. Juni 2029, 14:30 Uhr
    #[must_use]
    pub fn moment(&self, millis: u64) -> String {
        let Some((date, clock)) = self.written(millis) else {
            return String::new();
        };
        let values: [(&str, Value<'_>); 2] = [("date", (&date).into()), ("clock", (&clock).into())];
        self.language.words().with("paper-moment", &values)
    }

    /// A length of time in the largest unit that it fills.
    #[must_use]
    pub fn length(&self, seconds: u64) -> String {
        let (id, unit) = match seconds {
            _ if seconds >= 86_400 => ("paper-days", 86_400),
            _ if seconds >= 3_600 => ("paper-hours", 3_600),
            _ => ("paper-minutes", 60),
        };
        let count = seconds.div_ceil(unit);
        self.language.words().with(id, &[("count", count.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_its_readers_zone() {
        let german = Clock::new(Language::De, Some("Europe/Berlin"));
        assert_eq!(german.moment(1_876_000_000_000), "13. Juni 2029, 01:06 Uhr");
        let english = Clock::new(Language::En, Some("UTC"));
        assert_eq!(english.moment(1_876_000_000_000), "12 June 2029, 23:06");
        assert_eq!(german.length(14 * 86_400), "14 Tage");
        assert_eq!(english.length(3_600), "1 hour");
    }
}
