// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The browser's local time, as the server needs it to count quiet hours: how far it is ahead of UTC, and when that changes
//! next.

use js_sys::Date;
use melder_port::Time;
use melder_port::ask::QuietTimes;
use melder_protocol::push::{OffsetChange, QuietHours};
use wasm_bindgen::JsValue;

use super::js;

/// So far ahead a change is looked for.
const DAYS: u64 = 370;

/// Minutes by which the local time is ahead of UTC.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "an offset is less than a day, and times are far below 2^53"
)]
fn offset(at: Time) -> i16 {
    -Date::new(&JsValue::from_f64(at.0 as f64)).get_timezone_offset() as i16
}

/// The first minute with another offset.
fn change(now: Time, before: i16) -> Option<OffsetChange> {
    let day = (1..=DAYS)
        .map(|day| now.plus(day * Time::DAY))
        .find(|at| offset(*at) != before)?;
    let (mut early, mut late) = (day.minus(Time::DAY).0 / Time::MINUTE, day.0 / Time::MINUTE);
    while early + 1 < late {
        let middle = u64::midpoint(early, late);
        if offset(Time(middle * Time::MINUTE)) == before {
            early = middle;
        } else {
            late = middle;
        }
    }
    let at = Time(late * Time::MINUTE);
    Some(OffsetChange { at, offset: offset(at) })
}

pub(super) fn quiet_hours(times: &QuietTimes) -> QuietHours {
    let now = js::now();
    let offset = offset(now);
    QuietHours {
        from: times.from,
        to: times.to,
        days: times.days,
        offset,
        change: change(now, offset),
    }
}
