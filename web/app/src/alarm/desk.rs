// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Whom one's own alarms reached, over the whole of a desk: numbers, bar, a table of names, the same by unit, and those
//! who asked for help. Who confirmed and what they said is encrypted for whoever sent the alarm, so this stands in the app
//! with that person's keys; the Leitstand only leads here.

use std::collections::{BTreeMap, HashMap};

use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Avatar, BarKind, Icon, StackBar, avatar, dom, t, times, toast};
use melder_port::view::{Body, Message, Reach};
use melder_port::{AccountId, Answer, Ask, Failure, MessageId, News};

use super::course::course;
use super::over::AllClear;
use super::reach::{CallAgain, Part, Somebody, View, below, people, said};
use super::screen::headline;
use crate::fetch;
use crate::people::person::SHOWN;
use crate::route::{self, Route};
use crate::state::{app, on_news, say};

/// Alarms that can be looked at.
const LATEST: u32 = 20;
/// News within this time are one reading.
const GATHER_MS: i32 = 500;

/// The latest alarms, and which of them is looked at.
#[derive(Clone, Copy)]
struct Desk {
    alarms: RwSignal<Option<Vec<Message>>>,
    chosen: RwSignal<Option<MessageId>>,
    failed: RwSignal<Option<Failure>>,
}

impl Desk {
    fn read(self) {
        spawn_local(async move {
            match fetch!(Ask::SentAlarms { limit: LATEST } => Answer::Messages) {
                Ok(found) => self.take(found).await,
                // What stands there already goes on standing there.
                Err(failure) => match self.alarms.try_with_untracked(Option::is_some) {
                    Some(true) => toast(say(&failure)),
                    _ => {
                        let _ = self.failed.try_set(Some(failure));
                    }
                },
            }
        });
    }

    async fn take(self, mut found: Vec<Message>) {
        let Some(chosen) = self.chosen.try_get_untracked() else {
            return;
        };
        // Older than the latest, or in the chat with one person: whoever came from it looks at it all the same.
        if let Some(id) = chosen
            && !found.iter().any(|alarm| alarm.id == id)
            && let Ok(Some(alarm)) = fetch!(Ask::Message(id) => Answer::Message)
        {
            found.push(alarm);
        }
        let ids = |all: &[Message]| all.iter().map(|alarm| alarm.id).collect::<Vec<_>>();
        let now = ids(&found);
        let Some(known) = self.alarms.try_with_untracked(|known| known.as_deref().map(ids)) else {
            return;
        };
        self.failed.set(None);
        // How many confirmed stands elsewhere: who is about to press keeps what is under the finger.
        if known.as_ref() != Some(&now) {
            self.alarms.set(Some(found));
        }
        if chosen.is_none_or(|id| !now.contains(&id)) {
            self.chosen.set(now.first().copied());
        }
    }
}

/// `of`: the alarm to look at; else the newest.
#[component]
pub fn AlarmDesk(of: Option<MessageId>) -> impl IntoView {
    let app = app();
    let desk = Desk {
        alarms: RwSignal::new(None),
        chosen: RwSignal::new(of),
        failed: RwSignal::new(None),
    };
    let Desk { alarms, chosen, failed } = desk;
    let stale = StoredValue::new(false);
    desk.read();
    on_news(move |news| {
        let own = matches!(news, News::Message { by_other: false, .. });
        if own && stale.try_update_value(|stale| std::mem::replace(stale, true)) == Some(false) {
            dom::after(GATHER_MS, move || {
                if stale.try_set_value(false).is_none() {
                    desk.read();
                }
            });
        }
    });
    dom::focus_soon("#pane-title");
    let find = move |id| alarms.with(|alarms| alarms.as_ref()?.iter().find(|alarm| alarm.id == id).cloned());
    // By its id: what else is read anew of it stands in its reach.
    let shown = Memo::new(move |_| chosen.get().filter(|id| find(*id).is_some()));
    view! {
        <header class="bar bar--line bar--back">
            <a
                class="icon-button"
                href=Route::Chats.path()
                aria-label=t!("back")
                title=t!("back")
                on:click=move |event| route::follow(&event, app.route, Route::Chats)
            >
                <Icon name="arrow-back" />
            </a>
            <h1 class="grow" id="pane-title" tabindex="-1">{t!("alarms-title")}</h1>
        </header>
        <div class="alarms">
            <div class="alarms__inner">
                {move || alarms.with(|alarms| match alarms {
                    Some(alarms) => picker(alarms, chosen),
                    None => instead(desk, failed.get()),
                })}
                {move || shown.get().and_then(|id| untrack(|| find(id).map(one)))}
            </div>
        </div>
    }
}

/// Until they are there, or while they can't be read.
fn instead(desk: Desk, failed: Option<Failure>) -> AnyView {
    let Some(failure) = failed else {
        return view! {
            <div aria-busy="true">
                <div class="skeleton skeleton--card" aria-hidden="true"></div>
                <div class="skeleton skeleton--card" aria-hidden="true"></div>
            </div>
        }
        .into_any();
    };
    let again = move |_| {
        desk.failed.set(None);
        desk.read();
        dom::focus("#pane-title");
    };
    view! {
        <div class="empty">
            <Icon name="error" />
            <p role="alert">{say(&failure)}</p>
            <button type="button" class="button button--second" on:click=again>{t!("try-again")}</button>
        </div>
    }
    .into_any()
}

/// The latest, to choose from; or that there is none.
fn picker(alarms: &[Message], chosen: RwSignal<Option<MessageId>>) -> AnyView {
    if alarms.is_empty() {
        return view! {
            <div class="empty">
                <Icon name="e911-emergency" />
                <p>{t!("alarms-none")}</p>
            </div>
        }
        .into_any();
    }
    if alarms.len() == 1 {
        return ().into_any();
    }
    let entry = |alarm: &Message| {
        let id = alarm.id;
        view! {
            <button
                type="button"
                class="alarms__pick"
                aria-pressed=move || if chosen.get() == Some(id) { "true" } else { "false" }
                on:click=move |_| chosen.set(Some(id))
            >
                <b>{title(alarm)}</b>
                <span class="small muted">{times::short(alarm.time.0)}</span>
            </button>
        }
    };
    view! { <div class="alarms__list" role="group" aria-label=t!("alarms-latest")>{alarms.iter().map(entry).collect_view()}</div> }.into_any()
}

fn title(alarm: &Message) -> String {
    let Body::Alarm { text, .. } = &alarm.body else {
        return t!("kind-alarm");
    };
    headline(text).0.unwrap_or_else(|| t!("kind-alarm"))
}

/// One alarm, live.
fn one(alarm: Message) -> AnyView {
    let app = app();
    let view = View::new(alarm.group, alarm.id);
    let counts = Memo::new(move |_| view.counts());
    let units = RwSignal::new(HashMap::<AccountId, String>::new());
    let group = alarm.group;
    spawn_local(async move {
        if let Ok(members) = fetch!(Ask::Members(group) => Answer::Members) {
            let known = members.into_iter().map(|member| {
                let unit = member.contact.unit.last().cloned().unwrap_or_default();
                (member.contact.account, unit)
            });
            let _ = units.try_set(known.collect());
        }
    });
    let text = match &alarm.body {
        Body::Alarm { text, .. } => headline(text).1,
        _ => String::new(),
    };
    let since = alarm.time;
    let on_duty = matches!(alarm.body, Body::Alarm { on_duty: true, .. });
    let chat = app.chat(group).map(|chat| chat.name).unwrap_or_default();
    let to = Route::Chat {
        group,
        at: alarm.sequence,
    };
    let help = to.clone();
    view! {
        <div class="alarms__head">
            <span class="alarms__sign"><Icon name="e911-emergency" /></span>
            <div class="grow">
                <h2 class="alarms__title">{title(&alarm)}</h2>
                <p class="muted">{t!("alarms-meta", time = times::at(alarm.time.0), chat = chat)}</p>
            </div>
            <a class="button button--second" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                {t!("alarms-chat")}
            </a>
            <AllClear view />
        </div>
        {(!text.is_empty()).then(|| view! { <p class="wrap">{text}</p> })}
        {on_duty.then(|| view! { <p class="muted">{t!("alarms-on-duty")}</p> })}
        <div class="alarms__cards">
            {card(view, counts, 0, Part::Confirmed, "check-circle", t!("reach-confirmed"))}
            {card(view, counts, 1, Part::Reached, "mobile-friendly-outline", t!("alarms-reached"))}
            {card(view, counts, 2, Part::Missing, "mobile-off-outline", t!("reach-missing"))}
            {move || view.reach.with(|reach| reach.as_ref().and_then(|reach| asked_for_help(reach, help.clone())))}
        </div>
        <StackBar parts=counts kind=BarKind::Reach />
        <p class="small" role="status">
            {move || view.failed.get().map(|failure| say(&failure))}
        </p>
        <div class="alarms__columns">
            <div class="alarms__panel">
                <div class="alarms__panel-head">
                    <h2>{move || part_word(view.part.get())}</h2>
                    <button type="button" class="button button--plain" on:click=move |_| { let _ = dom::window().print(); }>
                        <Icon name="print-outline" />
                        {t!("alarms-print")}
                    </button>
                </div>
                {table(view, units)}
                <CallAgain view counts />
            </div>
            <div class="alarms__beside">
                <div class="alarms__panel">
                    <h2>{t!("alarms-by-unit")}</h2>
                    {move || view.reach.with(|reach| reach.as_ref().map(|reach| units.with(|units| by_unit(reach, units))))}
                </div>
                <div class="alarms__panel">
                    <h2>{t!("alarms-course")}</h2>
                    {move || view.reach.with(|reach| reach.as_ref().map(|reach| course(since, reach)))}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn part_word(part: Part) -> String {
    match part {
        Part::Confirmed => t!("reach-confirmed"),
        Part::Reached => t!("alarms-reached"),
        Part::Missing => t!("reach-missing"),
    }
}

/// A number, its share, and the choice of what the table shows.
fn card(view: View, counts: Memo<[u32; 3]>, at: usize, part: Part, icon: &'static str, word: String) -> AnyView {
    let number = move || counts.get().get(at).copied().unwrap_or_default();
    let share = move || {
        let all: u64 = counts.get().iter().map(|count| u64::from(*count)).sum();
        (u64::from(number()) * 100 + all / 2)
            .checked_div(all)
            .unwrap_or_default()
    };
    let class = match part {
        Part::Confirmed => "alarms__card reach__tab--1",
        Part::Reached => "alarms__card reach__tab--2",
        Part::Missing => "alarms__card reach__tab--3",
    };
    view! {
        <button
            type="button"
            class=class
            aria-pressed=move || if view.part.get() == part { "true" } else { "false" }
            on:click=move |_| view.part.set(part)
        >
            <span class="reach__word"><Icon name=icon />{word}</span>
            <b>{number}</b>
            <span class="muted">{move || format!("{} %", share())}</span>
        </button>
    }
    .into_any()
}

/// Who said so with the confirmation.
fn asked_for_help(reach: &Reach, to: Route) -> Option<AnyView> {
    let app = app();
    let names: Vec<&str> = reach
        .confirmed
        .iter()
        .filter(|by| by.note.is_some())
        .map(|by| by.name.as_str())
        .collect();
    if names.is_empty() {
        return None;
    }
    let (count, names) = (names.len(), names.join(" · "));
    Some(
        view! {
            <div class="alarms__help on-blue">
                <Icon name="sos" />
                <div class="grow">
                    <p>{t!("alarms-help", count = count)}</p>
                    <span class="small">{names}</span>
                </div>
                <a class="button" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
                    {t!("open")}
                </a>
            </div>
        }
        .into_any(),
    )
}

/// By name: the part that is chosen.
fn table(view: View, units: RwSignal<HashMap<AccountId, String>>) -> AnyView {
    let limit = RwSignal::new(SHOWN);
    let found = Memo::new(move |_| {
        let part = view.part.get();
        view.reach
            .with(|reach| reach.as_ref().map(|reach| people(reach, part)).unwrap_or_default())
    });
    let row = move |one: Somebody| {
        let unit = units.with(|units| units.get(&one.account).cloned().unwrap_or_default());
        view! {
            <tr>
                <td>
                    <span class="alarms__who">
                        <Avatar name=one.name.clone() hue=avatar::hue(one.account.as_bytes()) size=40 />
                        <span>{one.name} {one.note.map(said)}</span>
                    </span>
                </td>
                <td>{unit}</td>
                <td>{one.time.map(times::clock)}</td>
            </tr>
        }
    };
    view! {
        <div class="alarms__scroll" tabindex="0" role="region" aria-label=t!("reach-people")>
            <table class="alarms__table">
                <thead>
                    <tr>
                        <th scope="col">{t!("alarms-person")}</th>
                        <th scope="col">{t!("alarms-unit")}</th>
                        <th scope="col">{t!("alarms-confirmed-at")}</th>
                    </tr>
                </thead>
                <tbody>{move || found.get().into_iter().take(limit.get()).map(row).collect_view()}</tbody>
            </table>
        </div>
        {below(view, found, limit)}
    }
    .into_any()
}

/// Confirmed, reached, missing of each unit.
fn sums(reach: &Reach, units: &HashMap<AccountId, String>) -> BTreeMap<String, [u32; 3]> {
    let mut sums: BTreeMap<String, [u32; 3]> = BTreeMap::new();
    let mut add = |account: AccountId, at: usize| {
        let unit = units.get(&account).cloned().unwrap_or_default();
        if let Some(count) = sums.entry(unit).or_default().get_mut(at) {
            *count += 1;
        }
    };
    reach.confirmed.iter().for_each(|by| add(by.account, 0));
    reach.reached.iter().for_each(|(account, _)| add(*account, 1));
    reach.missing.iter().for_each(|(account, _)| add(*account, 2));
    sums
}

fn by_unit(reach: &Reach, units: &HashMap<AccountId, String>) -> AnyView {
    let line = |(unit, parts): (String, [u32; 3])| {
        let unit = if unit.is_empty() { t!("alarms-no-unit") } else { unit };
        view! {
            <li class="alarms__unit">
                <span>{unit}</span>
                <span>{t!("alarms-of", done = parts[0], of = parts.iter().sum::<u32>())}</span>
                <StackBar parts=Signal::stored(parts) kind=BarKind::Reach />
            </li>
        }
    };
    view! { <ul class="lines">{sums(reach, units).into_iter().map(line).collect_view()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use melder_port::Time;
    use melder_port::view::Confirmed;

    use super::*;

    #[test]
    fn each_unit_has_its_own_sum() {
        let account = |number: u8| AccountId::from_bytes([number; 16]);
        let units = HashMap::from([(account(1), "Nord".to_owned()), (account(2), "Süd".to_owned())]);
        let reach = Reach {
            confirmed: vec![Confirmed {
                account: account(1),
                name: "Anna".to_owned(),
                time: Time(1),
                note: None,
            }],
            reached: vec![(account(2), "Bert".to_owned())],
            missing: vec![(account(3), "Cem".to_owned())],
        };
        let sums = sums(&reach, &units);
        assert_eq!(sums.get("Nord"), Some(&[1, 0, 0]));
        assert_eq!(sums.get("Süd"), Some(&[0, 1, 0]));
        assert_eq!(sums.get(""), Some(&[0, 0, 1]));
    }
}
