// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Times as people read them: 24 hours, "6. Juni 2029", in the browser's time zone.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::t;
use crate::texts::language;

/// Milliseconds since 1970.
pub type Millis = u64;

const DAY: f64 = 86_400_000.0;

#[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
fn date(time: Millis) -> Date {
    Date::new(&JsValue::from_f64(time as f64))
}

/// The page's clock.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970, as Date gives them"
)]
pub fn now() -> Millis {
    Date::now().max(0.0) as u64
}

/// What is told of a time.
#[derive(Debug, Clone, Copy)]
enum Told {
    Clock,
    LongDate,
    Weekday,
    ShortWeekday,
    ShortDate,
}

thread_local! {
    /// To make one takes the browser longer than to use it a hundred times, and each message has four times on it.
    static FORMATS: [RefCell<Option<Function>>; 5] = const { [const { RefCell::new(None) }; 5] };
    /// The last quarter of an hour that was asked for, and its day: time zones change at quarters.
    static QUARTER: Cell<(Millis, i64)> = const { Cell::new((Millis::MAX, 0)) };
}

impl Told {
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Clock => &[("hour", "2-digit"), ("minute", "2-digit")],
            Self::LongDate => &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
            Self::Weekday => &[("weekday", "long")],
            Self::ShortWeekday => &[("weekday", "short")],
            Self::ShortDate => &[("day", "2-digit"), ("month", "2-digit"), ("year", "2-digit")],
        }
    }
}

fn format(time: Millis, told: Told) -> String {
    FORMATS.with(|formats| {
        let mut format = formats[told as usize].borrow_mut();
        format
            .get_or_insert_with(|| formatter(told.options()))
            .call1(&JsValue::UNDEFINED, &date(time))
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default()
    })
}

fn formatter(options: &[(&str, &str)]) -> Function {
    let object = Object::new();
    for (name, value) in options {
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let locale = match language() {
        crate::texts::Language::De => "de-DE",
        crate::texts::Language::En => "en-GB",
    };
    let locales = Array::of1(&JsValue::from_str(locale));
    Intl::DateTimeFormat::new(&locales, &object).format()
}

/// "14:29"
#[must_use]
pub fn clock(time: Millis) -> String {
    format(time, Told::Clock)
}

/// Days from `time`'s day to today: 0 today, 1 yesterday.
fn days_ago(time: Millis) -> f64 {
    let midnight = |date: &Date| {
        let date = Date::new(&JsValue::from_f64(date.get_time()));
        date.set_hours(0);
        date.set_minutes(0);
        date.set_seconds(0);
        date.set_milliseconds(0);
        date.get_time()
    };
    ((midnight(&Date::new_0()) - midnight(&date(time))) / DAY).round()
}

/// "6. Juni 2029"
#[must_use]
pub fn long_date(time: Millis) -> String {
    format(time, Told::LongDate)
}

/// For a day line: "Heute", "Gestern", "Montag", "6. Juni 2029".
#[must_use]
pub fn day(time: Millis) -> String {
    match days_ago(time) {
        d if d <= 0.0 => t!("day-today"),
        d if d <= 1.0 => t!("day-yesterday"),
        d if d < 7.0 => format(time, Told::Weekday),
        _ => long_date(time),
    }
}

/// A number that is the same for all of one day, for day lines.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "days since 1970")]
pub fn day_number(time: Millis) -> i64 {
    let quarter = time / 900_000;
    let (known, number) = QUARTER.get();
    if known == quarter {
        return number;
    }
    let date = date(time);
    let number = ((date.get_time() - date.get_timezone_offset() * 60_000.0) / DAY).floor() as i64;
    QUARTER.set((quarter, number));
    number
}

/// For the chat list: "14:29" today, "Gestern", "Mo", "06.06.29".
#[must_use]
pub fn short(time: Millis) -> String {
    match days_ago(time) {
        d if d <= 0.0 => clock(time),
        d if d <= 1.0 => t!("day-yesterday"),
        d if d < 7.0 => format(time, Told::ShortWeekday),
        _ => format(time, Told::ShortDate),
    }
}

/// "6. Juni 2029, 14:29"
#[must_use]
pub fn full(time: Millis) -> String {
    format!("{}, {}", long_date(time), clock(time))
}

/// "heute um 14:29", as part of a sentence, or the date with the time.
#[must_use]
pub fn at(time: Millis) -> String {
    if days_ago(time) == 0.0 { clock(time) } else { full(time) }
}

/// "vor 2 Min." under an hour, else the time.
#[must_use]
pub fn ago(time: Millis) -> String {
    let minutes = now().saturating_sub(time) / 60_000;
    match minutes {
        0 => t!("ago-now"),
        1..60 => t!("ago-minutes", count = minutes),
        _ => short(time),
    }
}

/// "0:24"
#[must_use]
pub fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_duration_reads_like_a_watch() {
        assert_eq!(super::duration(24_000), "0:24");
        assert_eq!(super::duration(180_400), "3:00");
    }
}
