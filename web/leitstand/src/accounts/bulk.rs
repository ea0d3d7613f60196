// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Many accounts at once: what would happen to how many, then one after the other with a count, and what did not work by name.

use std::collections::HashSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t, toast, toast_with_undo};

use crate::accounts::edit::unit_choices;
use crate::accounts::sheets;
use crate::accounts::view::View;
use crate::api::{Ask, Problem};
use crate::json::Object;
use crate::model::{Account, Link, Right};
use crate::parts::{button, choose, drawer, icon_button, text_field};
use crate::state::{Desk, desk};

/// What is done to all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Move,
    Invite,
    Suspend,
    Resume,
    Delete,
}

impl Deed {
    /// Does it mean anything for this one?
    fn fits(self, account: &Account, unit: Option<&str>) -> bool {
        match self {
            Self::Move => account.unit.as_deref() != unit,
            Self::Invite => account.status == "invited",
            Self::Suspend => account.status != "suspended",
            Self::Resume => account.status == "suspended",
            Self::Delete => true,
        }
    }

    fn title(self) -> String {
        match self {
            Self::Move => t!("leit-bulk-move"),
            Self::Invite => t!("leit-bulk-invite"),
            Self::Suspend => t!("leit-bulk-suspend"),
            Self::Resume => t!("leit-bulk-resume"),
            Self::Delete => t!("leit-bulk-delete"),
        }
    }

    fn go(self, count: usize) -> String {
        match self {
            Self::Move => t!("leit-bulk-move-go", count = count),
            Self::Invite => t!("leit-bulk-invite-go", count = count),
            Self::Suspend => t!("leit-bulk-suspend-go", count = count),
            Self::Resume => t!("leit-bulk-resume-go", count = count),
            Self::Delete => t!("leit-bulk-delete-go", count = count),
        }
    }

    fn consequence(self) -> String {
        match self {
            Self::Move => t!("leit-bulk-move-about"),
            Self::Invite => t!("leit-bulk-invite-about"),
            Self::Suspend => t!("leit-bulk-suspend-about"),
            Self::Resume => t!("leit-bulk-resume-about"),
            Self::Delete => t!("leit-bulk-delete-about"),
        }
    }

    fn ask(self, account: &Account, unit: Option<&str>) -> Ask {
        let id = &account.id;
        match self {
            Self::Move => Ask::patch(format!("accounts/{id}")).body(&Object::new().or_null("unit", unit)),
            Self::Invite => Ask::post(format!("accounts/{id}/invitations")).body(&Object::new()),
            Self::Suspend => Ask::post(format!("accounts/{id}/suspend")),
            Self::Resume => Ask::post(format!("accounts/{id}/resume")),
            Self::Delete => Ask::delete(format!("accounts/{id}")),
        }
    }
}

/// Stands above the rows while some are chosen.
pub fn bar(view: View) -> AnyView {
    let desk = desk();
    let deed = RwSignal::new(None::<Deed>);
    let open = RwSignal::new(false);
    let begin = move |of: Deed| {
        deed.set(Some(of));
        open.set(true);
    };
    let count = Memo::new(move |_| view.chosen.with(HashSet::len));
    let may = desk.may(Right::Accounts);
    let title = Signal::derive(move || deed.get().map(Deed::title).unwrap_or_default());
    view! {
        <div role="status" class="kern-sr-only">
            {move || (count.get() > 0).then(|| t!("leit-chosen", count = count.get()))}
        </div>
        {move || {
            (count.get() > 0 && may)
                .then(|| {
                    view! {
                        <div class="bulk" role="group" aria-label=t!("leit-bulk")>
                            <b>{move || t!("leit-chosen", count = count.get())}</b>
                            {button("plain", "account-tree-outline", t!("leit-bulk-move"), move || begin(Deed::Move))}
                            {button("plain", "forward-to-inbox-outline", t!("leit-bulk-invite"), move || begin(Deed::Invite))}
                            {button("plain", "block", t!("leit-bulk-suspend"), move || begin(Deed::Suspend))}
                            {button("plain", "lock-open-outline", t!("leit-bulk-resume"), move || begin(Deed::Resume))}
                            {button("danger-plain", "delete-outline", t!("leit-bulk-delete"), move || begin(Deed::Delete))}
                            <span class="grow"></span>
                            {icon_button("close", t!("leit-choose-none"), move |_| view.chosen.set(HashSet::new()))}
                        </div>
                    }
                })
        }}
        {drawer(open, title, move || match deed.get_untracked() {
            Some(deed) => preview(view, deed, open),
            None => ().into_any(),
        })}
    }
    .into_any()
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stand {
    Before,
    Doing { done: usize, of: usize },
    Done(Outcome),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Outcome {
    done: Vec<Account>,
    links: Vec<Link>,
    failed: Vec<(String, String)>,
}

fn preview(view: View, deed: Deed, open: RwSignal<bool>) -> AnyView {
    let desk = desk();
    let all = StoredValue::new(view.chosen_accounts(desk));
    let unit = RwSignal::new(String::new());
    let reason = RwSignal::new(String::new());
    let stand = RwSignal::new(Stand::Before);
    let stop = RwSignal::new(false);
    let target = move || Some(unit.get()).filter(|unit| !unit.is_empty());
    let fitting = Memo::new(move |_| {
        let target = target();
        all.with_value(|all| {
            let fits = all.iter().filter(|account| deed.fits(account, target.as_deref()));
            fits.cloned().collect::<Vec<_>>()
        })
    });
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        run(
            desk,
            view,
            deed,
            fitting.get_untracked(),
            untrack(target),
            reason.get_untracked(),
            stand,
            stop,
        );
    };
    let before = move || {
        view! {
            <form class="stack" on:submit=go>
                {(deed == Deed::Move).then(|| choose("bulk-unit", t!("leit-bulk-to"), unit, unit_choices(desk, t!("leit-no-unit"))))}
                <p class=if deed == Deed::Delete { "notice notice--danger" } else { "notice" }>
                    <Icon name="info-outline" />
                    <span>{deed.consequence()}</span>
                </p>
                {move || fitting.with(|fitting| who(fitting, all.with_value(Vec::len)))}
                {text_field("bulk-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None)}
                <div class="actions">
                    {button("plain", "", t!("cancel"), move || open.set(false))}
                    <button type="submit" class=if deed == Deed::Delete { "button button--danger" } else { "button button--main" }>
                        {move || deed.go(fitting.with(Vec::len))}
                    </button>
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <div class="drawer__body stack">
            {move || match stand.get() {
                Stand::Before => untrack(before),
                Stand::Doing { done, of } => doing(done, of, stop),
                Stand::Done(outcome) => untrack(|| finished(outcome, open)),
            }}
        </div>
    }
    .into_any()
}

/// Whom it meets, and how many it does not.
fn who(fitting: &[Account], all: usize) -> AnyView {
    const SHOWN: usize = 12;
    let names = fitting
        .iter()
        .take(SHOWN)
        .map(|account| view! { <li>{account.name.clone()}</li> })
        .collect_view();
    let more = fitting.len().saturating_sub(SHOWN);
    let left = all - fitting.len();
    view! {
        <section class="card" aria-live="polite">
            <h3 class="heading">{t!("leit-bulk-who", count = fitting.len())}</h3>
            <ul class="names">{names}</ul>
            {(more > 0).then(|| view! { <p class="muted small">{t!("leit-bulk-more", count = more)}</p> })}
            {(left > 0).then(|| view! { <p class="muted small">{t!("leit-bulk-left", count = left)}</p> })}
        </section>
    }
    .into_any()
}

fn doing(done: usize, of: usize, stop: RwSignal<bool>) -> AnyView {
    view! {
        <p role="status">{t!("leit-bulk-doing", done = done, of = of)}</p>
        <progress class="progress" max=of.to_string() value=done.to_string() aria-label=t!("leit-progress")></progress>
        <div class="actions">{button("second", "stop-circle-outline", t!("leit-bulk-stop"), move || stop.set(true))}</div>
    }
    .into_any()
}

#[expect(clippy::too_many_arguments, reason = "one place calls it with what it has")]
fn run(
    desk: Desk,
    view: View,
    deed: Deed,
    accounts: Vec<Account>,
    unit: Option<String>,
    reason: String,
    stand: RwSignal<Stand>,
    stop: RwSignal<bool>,
) {
    spawn_local(async move {
        let mut outcome = Outcome::default();
        let of = accounts.len();
        for (done, account) in accounts.into_iter().enumerate() {
            if stop.try_get_untracked() != Some(false) {
                break;
            }
            let _ = stand.try_set(Stand::Doing { done, of });
            match deed.ask(&account, unit.as_deref()).because(&reason).send().await {
                Ok(json) => {
                    match deed {
                        Deed::Delete => desk.drop_account(&account.id),
                        Deed::Invite => {
                            let about = desk.unit_path(account.unit.as_deref());
                            outcome.links.push(Link::made(&json, &account.name, &about));
                        }
                        _ => desk.put_account(Account::read(&json)),
                    }
                    outcome.done.push(account);
                }
                Err(problem) => outcome.failed.push((account.name, problem.say())),
            }
        }
        let _ = view.chosen.try_update(|chosen| {
            for account in &outcome.done {
                chosen.remove(&account.id);
            }
        });
        said(desk, deed, &outcome.done);
        let _ = stand.try_set(Stand::Done(outcome));
    });
}

/// Says what was done, and how to take it back where that is cheap.
fn said(desk: Desk, deed: Deed, done: &[Account]) {
    let words = t!("leit-bulk-done", count = done.len());
    let before = done.to_vec();
    match deed {
        Deed::Move | Deed::Suspend | Deed::Resume if !done.is_empty() => {
            toast_with_undo(words, t!("undo"), move || undo(desk, deed, before.clone()));
        }
        _ => toast(words),
    }
}

fn undo(desk: Desk, deed: Deed, before: Vec<Account>) {
    spawn_local(async move {
        for account in before {
            let ask = match deed {
                Deed::Suspend => Deed::Resume.ask(&account, None),
                Deed::Resume => Deed::Suspend.ask(&account, None),
                _ => Deed::Move.ask(&account, account.unit.as_deref()),
            };
            let undone: Result<_, Problem> = ask.send().await;
            match undone {
                Ok(json) => desk.put_account(Account::read(&json)),
                Err(problem) => {
                    toast(problem.say());
                    return;
                }
            }
        }
        toast(t!("leit-undone"));
    });
}

fn finished(outcome: Outcome, open: RwSignal<bool>) -> AnyView {
    let failed = outcome.failed;
    let lines = failed
        .iter()
        .map(|(name, why)| view! { <li><b>{name.clone()}</b>": "{why.clone()}</li> })
        .collect_view();
    view! {
        <p class="notice notice--success" role="status">
            <Icon name="check-circle-outline" />
            <span>{t!("leit-bulk-done", count = outcome.done.len())}</span>
        </p>
        {(!failed.is_empty())
            .then(|| {
                view! {
                    <section class="notice notice--danger" role="alert">
                        <Icon name="error-outline" />
                        <div>
                            <p class="strong">{t!("leit-bulk-failed", count = failed.len())}</p>
                            <ul>{lines}</ul>
                        </div>
                    </section>
                }
            })}
        {(!outcome.links.is_empty()).then(|| sheets::offer(outcome.links))}
        <div class="actions">{button("main", "", t!("close"), move || open.set(false))}</div>
    }
    .into_any()
}
