// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One operation: where it stands, its people, groups and posters, and how it ends.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{BarKind, Icon, StackBar, t, times, toast};

use crate::accounts::{import, invite, sheets};
use crate::api::{self, Ask};
use crate::groups;
use crate::json::Object;
use crate::model::{Account, Group, Invitation, Link, Operation, Right, Summary};
use crate::operations::{phases, poster, state_tag, waiting};
use crate::parts::{
    Act, button, card, countdown, date_field, day_value, drawer, end_of_day, icon_button, line, save_file, screen,
    submit, tag, text_field,
};
use crate::route::{self, Route};
use crate::state::{Desk, Load, Question, desk, say};
use crate::trail;

pub fn operation(id: String) -> AnyView {
    let desk = desk();
    let found = Memo::new(move |_| {
        desk.operations.with(|all| {
            all.there()
                .into_iter()
                .flatten()
                .find(|operation| operation.id == id)
                .cloned()
        })
    });
    let again = Callback::new(move |()| desk.read_operations());
    view! {
        <nav class="crumbs" aria-label=t!("back")>
            <a
                class="button button--plain"
                href=Route::Operations.path()
                on:click=move |event| route::follow(&event, desk.route, Route::Operations)
            >
                <Icon name="arrow-back" />
                {t!("leit-operations-all")}
            </a>
        </nav>
        {move || match found.get() {
            Some(operation) => untrack(|| body(desk, operation)),
            None => {
                crate::parts::waiting(desk.operations, again)
                    .unwrap_or_else(|| crate::parts::empty("event-busy-outline", t!("leit-error-not_found"), ().into_any()))
            }
        }}
    }
    .into_any()
}

fn body(desk: Desk, operation: Operation) -> AnyView {
    let may = desk.may(Right::Operations) && operation.summary.is_none();
    let (editing, importing, postering) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (for_edit, id) = (operation.clone(), operation.id.clone());
    let invitations = RwSignal::new(Load::<Vec<Invitation>>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let _ = invitations.try_set(api::whole("invitations", Invitation::read).await.into());
        });
    });
    if desk.may(Right::Accounts) || desk.may(Right::Operations) {
        read.run(());
    }
    let actions = may.then(|| {
        view! {
            {button("second", "edit-outline", t!("leit-edit"), move || editing.set(true))}
            {button("second", "qr-code-2", t!("leit-poster"), move || postering.set(true))}
            {desk
                .may(Right::Accounts)
                .then(|| button("main", "person-add-outline", t!("leit-import-guests"), move || importing.set(true)))}
        }
    });
    let for_poster = id.clone();
    let cards = view! {
        <p class="row">{state_tag(&operation)}</p>
        {phases::warning(&operation)}
        <div class="operation">
            {phases::card(desk, &operation, may)}
            {clock(&operation)}
            {people(desk, operation.clone(), invitations, may)}
            {channels(desk, &operation, may)}
            {match operation.summary.clone() {
                Some(summary) => over(desk, &operation, summary),
                None => planned(desk, operation.clone(), may),
            }}
            {poster::card(operation.id.clone(), invitations, read, may)}
            {may.then(|| waiting::card(desk, &operation.id))}
        </div>
        {drawer(editing, Signal::derive(|| t!("leit-edit")), move || edit(desk, for_edit.clone(), editing))}
        {import::over(importing, Some(id))}
        {poster::over(postering, for_poster, read)}
    };
    screen(operation.name, actions.into_any(), cards.into_any())
}

/// How long it still is.
fn clock(operation: &Operation) -> AnyView {
    if operation.summary.is_some() {
        return ().into_any();
    }
    let ends = operation.ends;
    let tick = RwSignal::new(0u32);
    let beat = move || tick.update(|tick| *tick = tick.wrapping_add(1));
    if let Ok(handle) = set_interval_with_handle(beat, core::time::Duration::from_secs(30)) {
        on_cleanup(move || handle.clear());
    }
    let parts = move || {
        tick.track();
        let numbers = countdown(ends).map(|(number, word)| {
            view! { <span class="countdown__part"><b>{number.to_string()}</b>" "{word}</span> }
        });
        numbers.into_iter().collect_view()
    };
    view! {
        <div class="countdown on-blue" role="timer" aria-label=t!("leit-countdown")>
            <p><Icon name="hourglass-top" />{t!("leit-countdown-until", day = times::full(ends))}</p>
            <p class="countdown__parts">{parts}</p>
        </div>
    }
    .into_any()
}

/// Accounts of this operation.
fn of(desk: Desk, id: &str) -> Vec<Account> {
    desk.book.with(|book| {
        let all = book.accounts.iter();
        all.filter(|account| account.operation.as_deref() == Some(id))
            .cloned()
            .collect()
    })
}

fn people(desk: Desk, operation: Operation, invitations: RwSignal<Load<Vec<Invitation>>>, may: bool) -> AnyView {
    let id = operation.id.clone();
    let all = Memo::new(move |_| of(desk, &id));
    // Invited, without an invitation that still works.
    let late = Memo::new(move |_| {
        let open: HashSet<String> = invitations.with(|list| {
            let list = list.there().into_iter().flatten();
            let open = list.filter(|invitation| invitation.status == "open");
            open.filter_map(|invitation| invitation.account.clone()).collect()
        });
        let known = invitations.with(|list| list.there().is_some());
        let all = all.get().into_iter();
        all.filter(|account| known && account.status == "invited" && !open.contains(&account.id))
            .collect::<Vec<_>>()
    });
    let count =
        move |status: &'static str| all.with(|all| all.iter().filter(|account| account.status == status).count());
    let parts = Signal::derive(move || {
        let late = late.with(Vec::len);
        [count("active"), count("invited").saturating_sub(late), late]
            .map(|number| u32::try_from(number).unwrap_or_default())
    });
    let links = RwSignal::new(None::<Vec<Link>>);
    let act = Act::new();
    let renew = move |whom: Vec<Account>| {
        act.run(async move {
            let mut made = Vec::new();
            for account in whom {
                let answer = invite::for_account(&account.id, "", "invitations").await?;
                made.push(Link::made(&answer, &account.name, &account.function));
            }
            links.set(Some(made));
            Ok(())
        });
    };
    let fact = |icon: &'static str, word: String, at: usize| {
        view! {
            <li class="entry">
                <Icon name=icon />
                <span class="grow">{word}</span>
                <b>{move || parts.get().get(at).copied().unwrap_or_default().to_string()}</b>
            </li>
        }
    };
    let open = move || {
        all.get_untracked()
            .into_iter()
            .filter(|account| account.status == "invited")
            .collect::<Vec<_>>()
    };
    let body = view! {
        <p>
            <b class="stat__number">{move || count("active").to_string()}</b>
            " "
            <span class="muted">{move || t!("leit-guests-of", count = all.with(Vec::len))}</span>
        </p>
        <StackBar parts=parts kind=BarKind::Reach />
        <ul class="entries">
            {fact("check-circle", t!("leit-guests-joined"), 0)}
            {fact("mail-outline", t!("leit-guests-open"), 1)}
            {fact("event-busy-outline", t!("leit-guests-late"), 2)}
        </ul>
        {act.words()}
        {move || {
            (may && desk.may(Right::Accounts))
                .then(|| {
                    let (late_count, open_count) = (late.with(Vec::len), count("invited"));
                    view! {
                        <div class="choices" aria-busy=move || act.busy.get().then_some("true")>
                            {(late_count > 0).then(|| {
                                button("second", "autorenew", t!("leit-guests-renew", count = late_count), move || renew(late.get_untracked()))
                            })}
                            {(open_count > 0).then(|| {
                                button("second", "print-outline", t!("leit-guests-print", count = open_count), move || ask_all(desk, Callback::new(move |_| renew(open())), open_count))
                            })}
                        </div>
                    }
                })
        }}
        {move || links.get().map(sheets::offer)}
    };
    card(t!("leit-guests"), ().into_any(), body.into_any())
}

/// All that are open are made anew: what was handed out before is void.
fn ask_all(desk: Desk, then: Callback<String>, count: usize) {
    desk.ask(Question {
        title: t!("leit-guests-print-title", count = count),
        lines: vec![t!("leit-guests-print-about")],
        action: t!("leit-guests-print-go", count = count),
        danger: false,
        then,
    });
}

fn channels(desk: Desk, operation: &Operation, may: bool) -> AnyView {
    let creating = RwSignal::new(false);
    let id = operation.id.clone();
    let for_create = operation.id.clone();
    let groups = Memo::new(move |_| {
        desk.groups.with(|groups| {
            let all = groups.there().into_iter().flatten();
            all.filter(|group| group.operation.as_deref() == Some(id.as_str()))
                .cloned()
                .collect::<Vec<Group>>()
        })
    });
    let add = (may && desk.may(Right::Groups))
        .then(|| icon_button("add", t!("leit-group-make"), move |_| creating.set(true)));
    let body = view! {
        <ul class="lines">
            {move || groups.get().into_iter().map(|group| view! { <li>{untrack(|| groups::line(desk, &group))}</li> }).collect_view()}
        </ul>
        {move || groups.with(Vec::is_empty).then(|| view! { <p class="muted">{t!("leit-operation-no-groups")}</p> })}
        {groups::create_over(creating, Some(for_create))}
    };
    card(t!("leit-groups"), add.into_any(), body.into_any())
}

/// What the end will take away, and the end itself.
fn planned(desk: Desk, operation: Operation, may: bool) -> AnyView {
    let id = operation.id.clone();
    let for_groups = operation.id.clone();
    let guests = move || of(desk, &id).len();
    let count_groups = move || {
        desk.groups.with(|groups| {
            let all = groups.there().into_iter().flatten();
            all.filter(|group| group.operation.as_deref() == Some(for_groups.as_str()))
                .count()
        })
    };
    let end = {
        let (guests, count_groups, operation) = (guests.clone(), count_groups.clone(), operation.clone());
        move || ask_end(desk, operation.clone(), untrack(&guests), untrack(&count_groups))
    };
    let body = view! {
        <dl class="facts">
            {line(t!("leit-accounts"), (move || guests().to_string()).into_any())}
            {line(t!("leit-groups"), (move || count_groups().to_string()).into_any())}
            {line(t!("leit-planned-rest"), t!("leit-planned-all").into_any())}
        </dl>
        <p class="notice notice--warning">
            <Icon name="notifications-active-outline" />
            <span>{t!("leit-planned-warning")}</span>
        </p>
        {may.then(|| view! { <div class="choices">{button("danger-plain", "event-busy-outline", t!("leit-operation-end-now"), end)}</div> })}
    };
    card(
        t!("leit-deletion-on", day = times::long_date(operation.ends)),
        tag("quiet", "event-available-outline", t!("leit-deletion-planned")),
        body.into_any(),
    )
}

fn ask_end(desk: Desk, operation: Operation, guests: usize, groups: usize) {
    desk.ask(Question {
        title: t!("leit-end-title", name = &operation.name),
        lines: vec![
            t!("leit-end-about", guests = guests, groups = groups),
            t!("leit-delete-final"),
        ],
        action: t!("leit-end-go"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let ask = Ask::post(format!("operations/{}/end", operation.id)).because(&reason);
            spawn_local(async move {
                match ask.send().await {
                    Ok(_) => {
                        toast(t!("leit-end-done"));
                        desk.read_operations();
                        desk.read_groups();
                        desk.read_accounts();
                    }
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}

/// What the end did, and its proof.
fn over(desk: Desk, operation: &Operation, summary: Summary) -> AnyView {
    let act = Act::new();
    let (name, id) = (operation.name.clone(), operation.id.clone());
    let keep = move || {
        let (name, id) = (name.clone(), id.clone());
        act.run(async move {
            let file = Ask::get(format!("deletions/file?operation={id}")).file().await?;
            save_file(&format!("melder-loeschnachweise-{name}.json"), &file);
            Ok(())
        });
    };
    let number = |word: String, count: u32| line(word, count.to_string().into_any());
    let body = view! {
        <p class="muted">{t!("leit-operation-ended", day = times::full(summary.ended))}</p>
        <dl class="facts">
            {number(t!("leit-summary-guests"), summary.guests_deleted)}
            {number(t!("leit-summary-left"), summary.accounts_left)}
            {number(t!("leit-summary-groups"), summary.groups_closed)}
            {number(t!("leit-summary-invitations"), summary.invitations_withdrawn)}
        </dl>
        {act.words()}
        {(desk.may(Right::Accounts) || desk.may(Right::Audit))
            .then(|| view! { <div class="choices">{button("second", "download", t!("leit-records-save"), keep)}</div> })}
        <p class="muted small">{t!("leit-record-signed")}</p>
    };
    card(
        t!("leit-record"),
        tag("good", "verified-outline", t!("leit-signed")),
        body.into_any(),
    )
}

fn edit(desk: Desk, operation: Operation, open: RwSignal<bool>) -> AnyView {
    let act = Act::new();
    let name = RwSignal::new(operation.name.clone());
    let ends = RwSignal::new(day_value(operation.ends));
    let reason = RwSignal::new(String::new());
    let (no_name, no_day) = (RwSignal::new(None), RwSignal::new(None));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        let until = end_of_day(&ends.get_untracked());
        no_name.set(said.is_empty().then(|| t!("leit-operation-name-missing")));
        no_day.set(until.is_none().then(|| t!("leit-operation-day-missing")));
        let Some(until) = until.filter(|_| !said.is_empty()) else {
            return;
        };
        let mut body = Object::new().value("name", said);
        if ends.get_untracked() != day_value(operation.ends) {
            body = body.value("ends", until);
        }
        let ask = Ask::patch(format!("operations/{}", operation.id))
            .body(&body)
            .seen(operation.revision)
            .because(&reason.get_untracked());
        let id = operation.id.clone();
        act.run(async move {
            trail::sent(ask, Some(&id)).await?;
            toast(t!("leit-saved"));
            open.set(false);
            desk.read_operations();
            Ok(())
        });
    };
    view! {
        <form class="drawer__body stack" on:submit=send novalidate=true>
            {text_field("edit-operation", t!("leit-operation-name"), String::new(), name, Some(no_name))}
            {date_field("edit-operation-ends", t!("leit-operation-end"), t!("leit-operation-move-hint"), ends, Some(no_day))}
            {text_field("edit-operation-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None)}
            {act.words_or(Callback::new(move |()| {
                open.set(false);
                desk.read_operations();
            }))}
            <div class="actions">{submit("main", t!("save").into(), act.busy)}</div>
        </form>
    }
    .into_any()
}
