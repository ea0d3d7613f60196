// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A row of the timeline: a day, the line before what is unread, a line of the system, or a message.

use leptos::prelude::*;
use melder_kit::{Icon, t, times};
use melder_port::view::{Line, LineKind};

use crate::chat::bubble::MessageView;
use crate::chat::layout::Row;
use crate::route::{self, Route};
use crate::state::app;

/// A row keeps its kind as long as it stands; only what it says changes.
#[component]
pub fn RowView(row: ArcRwSignal<Row>) -> impl IntoView {
    match row.get_untracked() {
        Row::Day { time, .. } => view! { <div class="day-line">{times::day(time.0)}</div> }.into_any(),
        Row::Unread => {
            view! { <div class="unread-line" id="unread"><span>{t!("unread-from-here")}</span></div> }.into_any()
        }
        Row::Line(line) => system_line(&line),
        Row::Message(first) => view! { <MessageView row first /> }.into_any(),
    }
}

fn system_line(line: &Line) -> AnyView {
    let place = line.sequence.0.to_string();
    if let LineKind::IdentityChanged { account, name } = &line.what {
        return identity_changed(*account, name, place);
    }
    let (icon, text) = words(&line.what);
    view! {
        <p class="system-line" data-place=place>
            <Icon name=icon class="icon--small" />
            <span>{text}</span>
        </p>
    }
    .into_any()
}

/// Shown where one talks, since it may be somebody else who answers now.
fn identity_changed(account: melder_port::AccountId, name: &str, place: String) -> AnyView {
    let app = app();
    let to = Route::Contact(account);
    view! {
        <div class="system-line system-line--warning" data-place=place>
            <Icon name="gpp-maybe-outline" />
            <span>
                {t!("line-identity-changed", name = name)}" "
                <a href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>{t!("line-check-person")}</a>
            </span>
        </div>
    }
    .into_any()
}

/// "A", "A und B", "A, B und 3 weitere": as a person would say it.
fn people(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => t!("line-names-two", first = one, second = two),
        [one, two, rest @ ..] => t!("line-names-more", first = one, second = two, count = rest.len()),
    }
}

fn words(what: &LineKind) -> (&'static str, String) {
    match what {
        LineKind::Added(names) => (
            "person-add-outline",
            t!("line-added", names = people(names), count = names.len()),
        ),
        LineKind::Removed(names) => (
            "person-remove-outline",
            t!("line-removed", names = people(names), count = names.len()),
        ),
        LineKind::Left(name) => ("person-remove-outline", t!("line-left", name = name)),
        LineKind::IdentityChanged { name, .. } => ("gpp-maybe-outline", t!("line-identity-changed", name = name)),
        LineKind::DeviceAdded(name) => ("devices-outline", t!("line-device-added", name = name)),
        LineKind::DeviceRemoved(name) => ("devices-outline", t!("line-device-removed", name = name)),
        LineKind::Renamed(name) => ("edit-outline", t!("line-renamed", name = name)),
        LineKind::Gap { messages } => ("history", t!("line-gap", count = *messages)),
        LineKind::GapFilled { messages } => ("history", t!("line-gap-filled", count = *messages)),
        LineKind::Closed => ("lock-outline", t!("line-closed")),
        LineKind::Refused(_) => ("shield-outline", t!("line-refused")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted() {
        melder_kit::texts::load(
            melder_kit::texts::Language::De,
            include_str!("../../../../locales/de/app-chat.ftl").to_owned(),
        );
        let names = |count: usize| (0..count).map(|n| format!("P{n}")).collect::<Vec<_>>();
        assert_eq!(people(&names(1)), "P0");
        assert_eq!(people(&names(2)), "P0 und P1");
        assert_eq!(people(&names(5)), "P0, P1 und 3 weitere");
        assert_eq!(words(&LineKind::Added(names(1))).1, "P0 wurde hinzugefügt");
        assert_eq!(words(&LineKind::Added(names(2))).1, "P0 und P1 wurden hinzugefügt");
    }
}
