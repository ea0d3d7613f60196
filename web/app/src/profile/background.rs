// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What comes while the app runs and nobody looks at it. The server wakes only devices that don't fetch; this one does, so the
//! page has the service worker show what a push would have. What is muted or held back stays quiet.

use leptos::prelude::*;
use melder_kit::{dom, times};
use melder_port::News;
use melder_port::ask::QuietTimes;
use melder_port::view::{Chat, Duty};
use wasm_bindgen::JsValue;
use web_sys::VisibilityState;

use crate::profile::push::{self, Permission};
use crate::state::{App, on_news};

/// The last time that JavaScript knows.
const LAST_MS: u64 = 8_640_000_000_000_000;
const DAY_MINUTES: u16 = 24 * 60;

/// Listens as long as the component that calls it stands.
pub fn listen(app: App) {
    let list = Memo::new(move |_| {
        app.chats
            .with(|chats| chats.as_ref().map(|chats| muted(chats, times::now())))
    });
    dom::effect(move || {
        if let Some(list) = list.get() {
            push::mute(list);
        }
    });
    on_news(move |news| {
        let kind = match news {
            News::Alarm { .. } => "alarm",
            News::Message {
                group,
                is_new: true,
                by_other: true,
                ..
            } if !is_muted(app, *group) && !is_held(app) => "message",
            _ => return,
        };
        let hidden = dom::document().visibility_state() == VisibilityState::Hidden;
        if hidden && push::permission() == Permission::Granted {
            push::show(kind);
        }
    });
}

/// As the service worker takes it.
fn muted(chats: &[Chat], now: u64) -> String {
    let muted = chats
        .iter()
        .filter_map(|chat| Some((chat.group, chat.muted_until.filter(|until| until.0 > now)?)));
    // "For ever" is more than JavaScript counts to.
    let pairs: Vec<String> = muted
        .map(|(group, until)| format!("[\"{group}\",{}]", until.0.min(LAST_MS)))
        .collect();
    format!("[{}]", pairs.join(","))
}

fn is_muted(app: App, group: melder_port::GroupId) -> bool {
    let now = times::now();
    app.chat(group)
        .and_then(|chat| chat.muted_until)
        .is_some_and(|until| until.0 > now)
}

fn is_held(app: App) -> bool {
    app.own.with_untracked(|own| {
        own.as_ref().is_some_and(|own| {
            let date = js_sys::Date::new(&JsValue::from_f64(js_sys::Date::now()));
            let minute = u16::try_from(date.get_hours() * 60 + date.get_minutes()).unwrap_or_default();
            // The browser's week begins on Sunday.
            let day = (date.get_day() + 6) % 7;
            let quiet = own.quiet_hours.is_some_and(|times| is_quiet(&times, day, minute));
            quiet || matches!(own.duty, Duty::Off(_))
        })
    })
}

/// `day`: Monday is 0.
fn is_quiet(times: &QuietTimes, day: u32, minute: u16) -> bool {
    let begins_on = |day: u32| times.days & (1 << (day % 7)) != 0;
    let QuietTimes { from, to, .. } = *times;
    debug_assert!(minute < DAY_MINUTES);
    if from < to {
        return (from..to).contains(&minute) && begins_on(day);
    }
    (minute >= from && begins_on(day)) || (minute < to && begins_on(day + 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let night = QuietTimes {
            from: 20 * 60,
            to: 6 * 60,
            days: 0b001_1111,
        };
        assert!(is_quiet(&night, 0, 20 * 60));
        assert!(is_quiet(&night, 5, 5 * 60), "Friday's night reaches into Saturday");
        assert!(!is_quiet(&night, 5, 22 * 60));
        assert!(!is_quiet(&night, 0, 5 * 60), "Sunday has none");
        let noon = QuietTimes {
            from: 12 * 60,
            to: 13 * 60,
            days: 0b111_1111,
        };
        assert!(is_quiet(&noon, 6, 12 * 60 + 59));
        assert!(!is_quiet(&noon, 6, 13 * 60));
    }
}
