// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The overview: how many there are, what waits for somebody, what runs. Sums only: nobody's behaviour is shown or kept.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, times};

use crate::api::{self, Ask};
use crate::model::{Invitation, Operation, Right};
use crate::operations;
use crate::parts::{card, screen, stat, tag, task};
use crate::route::{self, Route};
use crate::rules::health::{self, Health};
use crate::state::{Desk, Load, desk};

const WEEK: u64 = 7 * 86_400_000;

pub fn overview() -> AnyView {
    let desk = desk();
    let sees_people = desk.may(Right::Accounts) || desk.may(Right::Groups) || desk.may(Right::Operations);
    if sees_people {
        desk.read_accounts();
        desk.read_operations();
        desk.read_groups();
    }
    let invitations = RwSignal::new(Load::<Vec<Invitation>>::Waiting);
    let broken = RwSignal::new(None::<bool>);
    let state = RwSignal::new(Load::<Health>::Waiting);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            let _ = state.try_set(Health::read().await.into());
        });
    });
    look.run(());
    spawn_local(async move {
        if desk.may(Right::Audit) {
            let checked = Ask::get("audit/check").send().await;
            let _ = broken.try_set(checked.ok().map(|json| !json.flag("intact")));
        }
        if sees_people {
            let _ = invitations.try_set(api::whole("invitations", Invitation::read).await.into());
        }
    });
    let body = view! {
        {sees_people.then(|| stats(desk))}
        <div class="cards cards--wide">
            {card(t!("leit-todo"), ().into_any(), todo(desk, invitations, broken, state))}
            {move || {
                // Roles for a unit see their people, not the whole.
                let is_refused = state.with(|state| matches!(state, Load::Failed(problem) if problem.status == 403));
                (!is_refused).then(|| untrack(|| health::card_of(state, look)))
            }}
            {desk.may(Right::Operations).then(|| running(desk))}
            {desk.may(Right::Audit).then(|| system(broken))}
        </div>
    };
    screen(t!("leit-overview"), ().into_any(), body.into_any())
}

fn stats(desk: Desk) -> AnyView {
    let of = move |status: &'static str| {
        desk.book.with(|book| {
            let all = book.accounts.iter();
            all.filter(|account| status.is_empty() || account.status == status)
                .count()
        })
    };
    let groups = move || {
        desk.groups.with(|groups| {
            let all = groups.there().into_iter().flatten().filter(|group| !group.closed);
            all.fold((0usize, 0usize), |(groups, channels), group| {
                if group.channel {
                    (groups, channels + 1)
                } else {
                    (groups + 1, channels)
                }
            })
        })
    };
    let runs = move || {
        desk.operations.with(|all| {
            all.there()
                .into_iter()
                .flatten()
                .filter(|it| it.summary.is_none())
                .count()
        })
    };
    let text = |count: usize| count.to_string();
    view! {
        <div class="stats">
            {stat(
                "group-outline",
                t!("leit-stat-active"),
                Signal::derive(move || text(of("active"))),
                Signal::derive(move || t!("leit-stat-of", count = of(""))),
            )}
            {stat(
                "mail-outline",
                t!("leit-stat-invited"),
                Signal::derive(move || text(of("invited"))),
                Signal::derive(move || t!("leit-stat-suspended", count = of("suspended"))),
            )}
            {stat(
                "forum-outline",
                t!("leit-groups"),
                Signal::derive(move || { let (groups, channels) = groups(); text(groups + channels) }),
                Signal::derive(move || { let (groups, channels) = groups(); t!("leit-stat-groups", groups = groups, channels = channels) }),
            )}
            {stat("event-outline", t!("leit-stat-operations"), Signal::derive(move || text(runs())), Signal::derive(|| t!("leit-stat-running")))}
        </div>
    }
    .into_any()
}

fn todo(
    desk: Desk,
    invitations: RwSignal<Load<Vec<Invitation>>>,
    broken: RwSignal<Option<bool>>,
    state: RwSignal<Load<Health>>,
) -> AnyView {
    (move || {
        let mut tasks = Vec::new();
        if broken.get() == Some(true) {
            tasks.push(task(
                "link-off",
                t!("leit-todo-broken"),
                t!("leit-todo-broken-about"),
                t!("leit-look"),
                move || {
                    route::go(desk.route, Route::Privacy);
                },
            ));
        }
        let late = late(desk, invitations);
        if late > 0 {
            tasks.push(task(
                "event-busy-outline",
                t!("leit-todo-late", count = late),
                t!("leit-todo-late-about"),
                t!("leit-look"),
                move || {
                    route::go(desk.route, Route::Accounts);
                },
            ));
        }
        tasks.extend(soon(desk).into_iter().map(|operation| {
            let to = Route::Operation(operation.id.clone());
            let about = t!("leit-operation-ends", day = times::full(operation.ends));
            task(
                "hourglass-top",
                t!("leit-todo-ends", name = operation.name),
                about,
                t!("leit-look"),
                move || {
                    route::go(desk.route, to.clone());
                },
            )
        }));
        tasks.extend(
            state
                .with(|state| state.there().map(|health| health::tasks(desk, health)))
                .unwrap_or_default(),
        );
        let empty = desk.book.with(|book| book.is_whole && book.accounts.is_empty());
        if empty && desk.may(Right::Accounts) {
            tasks.push(task(
                "person-add-outline",
                t!("leit-todo-people"),
                t!("leit-todo-people-about"),
                t!("leit-invite-person"),
                move || {
                    route::go(desk.route, Route::Accounts);
                },
            ));
        }
        if tasks.is_empty() {
            return view! { <p class="muted row"><Icon name="check-circle-outline" />{t!("leit-todo-none")}</p> }
                .into_any();
        }
        view! { <ul class="entries">{tasks}</ul> }.into_any()
    })
    .into_any()
}

/// Invited people none of whose invitations works any more.
fn late(desk: Desk, invitations: RwSignal<Load<Vec<Invitation>>>) -> usize {
    invitations.with(|all| {
        let Some(all) = all.there() else { return 0 };
        let open: HashSet<&str> = all
            .iter()
            .filter(|invitation| invitation.status == "open")
            .filter_map(|invitation| invitation.account.as_deref())
            .collect();
        let had: HashSet<&str> = all
            .iter()
            .filter_map(|invitation| invitation.account.as_deref())
            .collect();
        desk.book.with(|book| {
            let invited = book.accounts.iter().filter(|account| account.status == "invited");
            invited
                .filter(|account| had.contains(account.id.as_str()) && !open.contains(account.id.as_str()))
                .count()
        })
    })
}

/// Operations that end within a week.
fn soon(desk: Desk) -> Vec<Operation> {
    let until = times::now() + WEEK;
    desk.operations.with(|all| {
        let all = all.there().into_iter().flatten();
        all.filter(|operation| operation.summary.is_none() && operation.ends < until)
            .cloned()
            .collect()
    })
}

fn running(desk: Desk) -> AnyView {
    let body = move || {
        let all: Vec<Operation> = desk.operations.with(|all| {
            let all = all.there().into_iter().flatten();
            all.filter(|operation| operation.summary.is_none()).cloned().collect()
        });
        if all.is_empty() {
            return view! { <p class="muted">{t!("leit-stat-none")}</p> }.into_any();
        }
        let lines = all
            .into_iter()
            .map(|operation| view! { <li>{untrack(|| operations::line(desk, &operation))}</li> });
        view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
    };
    card(t!("leit-operations"), ().into_any(), body.into_any())
}

fn system(broken: RwSignal<Option<bool>>) -> AnyView {
    let body = view! {
        <ul class="entries">
            <li class="entry">
                <Icon name="history" />
                <span class="grow">{t!("leit-audit")}</span>
                {move || match broken.get() {
                    None => ().into_any(),
                    Some(false) => tag("good", "link", t!("leit-audit-whole")),
                    Some(true) => tag("danger", "link-off", t!("leit-todo-broken")),
                }}
            </li>
        </ul>
        <p class="muted small">{t!("leit-system-about")}</p>
    };
    card(t!("leit-system"), ().into_any(), body.into_any())
}
