// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How long what is kept: the server's own table, in words.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::t;

use crate::api::Ask;
use crate::json::Json;
use crate::model::Right;
use crate::parts::{button, card, shown};
use crate::route::{self, Route};
use crate::state::{Desk, Load};

const DAY: f64 = 86_400.0;
const HOUR: f64 = 3_600.0;

/// One kind of data.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    data: String,
    place: String,
    readable: bool,
    until: Option<String>,
    seconds: Option<f64>,
    by_policy: bool,
}

impl Kept {
    fn read(json: &Json) -> Self {
        Self {
            data: json.text("data"),
            place: json.text("place"),
            readable: json.flag("readable"),
            until: json.maybe("until"),
            seconds: json.number("seconds"),
            by_policy: json.text("set_by") == "policy",
        }
    }

    /// When it goes, as a sentence's end.
    fn end(&self) -> String {
        let until = self.until.as_ref().map(|until| t!(&format!("until-{until}")));
        match (until, self.seconds.map(length)) {
            (Some(until), Some(time)) => t!("keep-both", until = until, time = time),
            (Some(until), None) => until,
            (None, Some(time)) => t!("keep-time", time = time),
            (None, None) => t!("keep-always"),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of days, hours or minutes; `as` keeps to the type's bounds"
)]
fn length(seconds: f64) -> String {
    let count = |unit: f64| (seconds / unit).ceil() as u32;
    if seconds >= DAY {
        t!("paper-days", count = count(DAY))
    } else if seconds >= HOUR {
        t!("paper-hours", count = count(HOUR))
    } else {
        t!("paper-minutes", count = count(60.0))
    }
}

pub fn card_of(desk: Desk) -> AnyView {
    let load = RwSignal::new(Load::<Vec<Kept>>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let answer = Ask::get("privacy").send().await;
            let rows = answer.map(|json| json.list("retention").iter().map(Kept::read).collect());
            let _ = load.try_set(rows.into());
        });
    });
    read.run(());
    let body = shown(load, read, |rows| {
        let rows = rows.into_iter().map(|row| {
            let readable = if row.readable { t!("leit-kept-readable") } else { t!("leit-kept-sealed") };
            let by = if row.by_policy { t!("leit-kept-by-policy") } else { t!("leit-kept-by-program") };
            view! {
                <tr>
                    <th scope="row">
                        {t!(&format!("data-{}", row.data))}
                        <span class="muted small kept__about">{t!(&format!("place-{}", row.place))}" · "{readable}</span>
                    </th>
                    <td>{row.end()}<span class="muted small kept__about">{by}</span></td>
                </tr>
            }
        });
        view! {
            <table class="kept">
                <thead><tr><th scope="col">{t!("keep-head-data")}</th><th scope="col">{t!("keep-head-until")}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    });
    let change = desk.may(Right::Owner).then(|| {
        button("plain", "edit-outline", t!("leit-change"), move || {
            route::go(desk.route, Route::Policy)
        })
    });
    card(t!("leit-retention"), change.into_any(), body)
}
