// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Days and times as fields have them and as the API takes them.

use js_sys::Date;
use melder_kit::t;
use melder_kit::times::{Millis, day_number, now};
use wasm_bindgen::JsValue;

#[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
fn date(time: Millis) -> Date {
    Date::new(&JsValue::from_f64(time as f64))
}

/// The last minute of a day of the browser's time zone (`2029-06-10`), as the API takes it; nothing if it is no day.
pub fn end_of_day(day: &str) -> Option<String> {
    let date = Date::new(&JsValue::from_str(&format!("{}T23:59:59", day.trim())));
    date.get_time().is_finite().then(|| date.to_iso_string().into())
}

/// The day as a field has it.
pub fn day_value(time: Millis) -> String {
    let date = date(time);
    format!(
        "{:04}-{:02}-{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date()
    )
}

/// The beginning of a day of the browser's time zone, as the API takes it.
pub fn beginning_of_day(day: &str) -> String {
    Date::new(&JsValue::from_str(&format!("{day}T00:00:00")))
        .to_iso_string()
        .into()
}

/// A time as the API takes it.
pub fn stamp(time: Millis) -> String {
    date(time).to_iso_string().into()
}

/// As many days before `to` as `time` is before `from`, at the same time of day. Counted in days, not in hours: between the two a
/// clock may have been changed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970, as Date gives them; days and months within 285,000 years"
)]
pub fn same_day_before(time: Millis, from: Millis, to: Millis) -> Millis {
    let days = day_number(from) - day_number(time);
    let (clock, moved) = (date(time), date(to));
    // A day below 1 is one of the months before.
    let day = i64::from(moved.get_date()) - days;
    moved.set_full_year_with_month_date(moved.get_full_year(), moved.get_month() as i32, day as i32);
    moved.set_hours(clock.get_hours());
    moved.set_minutes(clock.get_minutes());
    moved.set_seconds(clock.get_seconds());
    moved.set_milliseconds(clock.get_milliseconds());
    moved.get_time().max(0.0) as Millis
}

/// A day that many days from now, as a field has it.
pub fn day_of(days: u64) -> String {
    day_value(now() + days * 86_400_000)
}

/// Days, hours and minutes until then, each with its word.
pub fn countdown(until: Millis) -> [(u64, String); 3] {
    let minutes = until.saturating_sub(now()) / 60_000;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    [
        (days, t!("leit-days", count = days)),
        (hours, t!("leit-hours")),
        (rest, t!("leit-minutes")),
    ]
}
