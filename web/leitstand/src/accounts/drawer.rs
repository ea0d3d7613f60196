// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One account over the table: what is known of it, and what can be done.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, Icon, avatar, t, times, toast, toast_with_undo};

use crate::accounts::view::{View, kind_word, status_tag};
use crate::accounts::{belongings, devices, edit, invite};
use crate::api::{self, Ask, Problem};
use crate::json::Object;
use crate::model::{Account, Deletion, Invitation, Link, Right};
use crate::parts::{Act, asked, button, card, drawer, failed, line, save, save_file, shown, skeleton, tag};
use crate::route::{self, Route};
use crate::state::{Desk, Load, Question, desk, say};

/// Opens with the address `/leitstand/konten/ID`.
pub fn over(_: View) -> AnyView {
    let desk = desk();
    let id = Memo::new(move |_| match desk.route.get() {
        Route::Account(id) => Some(id),
        _ => None,
    });
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(id.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && matches!(desk.route.get_untracked(), Route::Account(_)) && id.get_untracked().is_some() {
            route::go(desk.route, Route::Accounts);
        }
    });
    let title = Signal::derive(move || {
        let account = id.get().and_then(|id| desk.account(&id));
        account.map(|account| account.name).unwrap_or_default()
    });
    drawer(open, title, move || match id.get_untracked() {
        Some(id) => one(id),
        None => ().into_any(),
    })
}

/// What is shown of an account: from the list at once, then as it is now.
fn one(id: String) -> AnyView {
    let desk = desk();
    let missing = RwSignal::new(None::<Problem>);
    let record = RwSignal::new(None::<Deletion>);
    refresh(desk, id.clone(), missing);
    let again = Callback::new({
        let id = id.clone();
        move |()| refresh(desk, id.clone(), missing)
    });
    // What happens to others does not build it anew.
    let account = Memo::new(move |_| desk.account(&id));
    (move || {
        if let Some(record) = record.get() {
            return gone(record);
        }
        match (account.get(), missing.get()) {
            (Some(account), _) => untrack(|| body(desk, account, record)),
            (None, Some(problem)) => failed(&problem, again),
            (None, None) => skeleton(),
        }
    })
    .into_any()
}

fn refresh(desk: Desk, id: String, missing: RwSignal<Option<Problem>>) {
    missing.set(None);
    spawn_local(async move {
        match Ask::get(format!("accounts/{id}")).send().await {
            Ok(json) => {
                let fresh = Account::read(&json);
                if desk.book.with_untracked(|book| !book.accounts.contains(&fresh)) {
                    desk.put_account(fresh);
                }
            }
            Err(problem) => {
                if problem.status == 404 {
                    desk.drop_account(&id);
                }
                let _ = missing.try_set(Some(problem));
            }
        }
    });
}

fn body(desk: Desk, account: Account, record: RwSignal<Option<Deletion>>) -> AnyView {
    let editing = RwSignal::new(false);
    let link = RwSignal::new(None::<Link>);
    let may = desk.may(Right::Accounts);
    let for_actions = account.clone();
    let for_edit = account.clone();
    let path = desk.unit_path(account.unit.as_deref());
    let (id, name) = (account.id.clone(), account.name.clone());
    view! {
        <div class="drawer__body stack">
            <div class="row">
                <Avatar name=account.name.clone() hue=avatar::hue(account.id.as_bytes()) size=52 />
                <div class="grow">
                    <p class="strong">{account.name.clone()}</p>
                    <p class="muted small">{path}</p>
                </div>
                {status_tag(&account.status)}
            </div>
            {move || link.get().map(|link| invite::made(&link))}
            {move || {
                if editing.get() {
                    untrack(|| edit::form(for_edit.clone(), editing))
                } else {
                    untrack(|| facts(desk, &for_edit, may.then_some(editing)))
                }
            }}
            {may.then(|| actions(desk, for_actions, link, record))}
            {belongings::card(desk, &id)}
            {may.then(|| invitations(id.clone()))}
            {may.then(|| devices::card(desk, &id, &name))}
            {may.then(|| export(id.clone()))}
        </div>
    }
    .into_any()
}

fn facts(desk: Desk, account: &Account, editing: Option<RwSignal<bool>>) -> AnyView {
    let operation = desk.operations.with_untracked(|all| {
        let all = all.there().map_or(&[][..], Vec::as_slice);
        let found = all
            .iter()
            .find(|operation| Some(&operation.id) == account.operation.as_ref());
        found.map(|operation| operation.name.clone())
    });
    let edit = editing.map(|editing| button("plain", "edit-outline", t!("leit-edit"), move || editing.set(true)));
    card(
        t!("leit-facts"),
        edit.into_any(),
        view! {
            <dl class="facts">
                {line(t!("leit-kind"), kind_word(&account.kind).into_any())}
                {(!account.function.is_empty()).then(|| line(t!("leit-function"), account.function.clone().into_any()))}
                {operation.map(|name| line(t!("leit-operation"), name.into_any()))}
                {account.ends.map(|ends| line(t!("leit-ends"), times::full(ends).into_any()))}
                {line(t!("leit-created"), times::full(account.created).into_any())}
            </dl>
        }
        .into_any(),
    )
}

/// Suspends or lets in again, and can take it back.
pub fn turn(desk: Desk, account: Account, reason: String) {
    let suspends = account.status != "suspended";
    let action = if suspends { "suspend" } else { "resume" };
    spawn_local(async move {
        let asked = Ask::post(format!("accounts/{}/{action}", account.id))
            .because(&reason)
            .send()
            .await;
        match asked {
            Ok(json) => {
                let now = Account::read(&json);
                desk.put_account(now.clone());
                let back = now.clone();
                let words = if suspends {
                    t!("leit-suspended", name = &now.name)
                } else {
                    t!("leit-resumed", name = &now.name)
                };
                toast_with_undo(words, t!("undo"), move || turn(desk, back.clone(), String::new()));
            }
            Err(problem) => say(&problem),
        }
    });
}

fn actions(desk: Desk, account: Account, link: RwSignal<Option<Link>>, record: RwSignal<Option<Deletion>>) -> AnyView {
    let act = Act::new();
    let about = desk.unit_path(account.unit.as_deref());
    let (inviting, turning, resetting, deleting) = (account.clone(), account.clone(), account.clone(), account.clone());
    let about_reset = about.clone();
    let is_suspended = account.status == "suspended";
    let joined = account.status != "invited";
    let invite = move || {
        let (account, about) = (inviting.clone(), about.clone());
        act.run(async move {
            let made = invite::for_account(&account.id, "", "invitations").await?;
            link.set(Some(Link::made(&made, &account.name, &about)));
            Ok(())
        });
    };
    let reset = move || ask_reset(desk, resetting.clone(), about_reset.clone(), link);
    let delete = move || ask_delete(desk, deleting.clone(), record);
    card(
        t!("leit-actions"),
        ().into_any(),
        view! {
            {act.words()}
            <div class="choices">
                {(!joined).then(|| button("second", "qr-code-2", t!("leit-invite-again"), invite))}
                {if is_suspended {
                    button("second", "lock-open-outline", t!("leit-resume"), move || turn(desk, turning.clone(), String::new()))
                } else {
                    button("second", "block", t!("leit-suspend"), move || turn(desk, turning.clone(), String::new()))
                }}
                {joined.then(|| button("second", "phonelink-erase-outline", t!("leit-reset"), reset))}
                {button("danger-plain", "delete-outline", t!("leit-delete"), delete)}
            </div>
        }
        .into_any(),
    )
}

fn ask_reset(desk: Desk, account: Account, about: String, link: RwSignal<Option<Link>>) {
    let name = account.name.clone();
    desk.ask(Question {
        title: t!("leit-reset-title", name = &name),
        lines: vec![t!("leit-reset-about"), t!("leit-reset-trust")],
        action: t!("leit-reset-go"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let (account, about) = (account.clone(), about.clone());
            spawn_local(async move {
                match invite::for_account(&account.id, &reason, "reset").await {
                    Ok(made) => {
                        let _ = link.try_set(Some(Link::made(&made, &account.name, &about)));
                    }
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}

fn ask_delete(desk: Desk, account: Account, record: RwSignal<Option<Deletion>>) {
    desk.ask(Question {
        title: t!("leit-delete-title", name = &account.name),
        lines: vec![t!("leit-delete-about"), t!("leit-delete-final")],
        action: t!("leit-delete-go"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let account = account.clone();
            spawn_local(async move {
                let ask = Ask::delete(format!("accounts/{}", account.id)).because(&reason);
                match ask.send().await {
                    Ok(json) => {
                        let _ = record.try_set(Some(Deletion::read(&json)));
                        desk.drop_account(&account.id);
                        toast(t!("leit-deleted", name = &account.name));
                    }
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}

/// What is left of it: the record.
fn gone(record: Deletion) -> AnyView {
    let (file, name) = (record.file.clone(), record.account.clone());
    let keep = move || save(&format!("melder-loeschnachweis-{name}.json"), "application/json", &file);
    view! {
        <div class="drawer__body stack">
            <p class="notice notice--success">
                <Icon name="verified-user-outline" />
                <span>{t!("leit-delete-done")}</span>
            </p>
            {deletion_facts(&record)}
            {button("second", "download", t!("leit-record-save"), keep)}
        </div>
    }
    .into_any()
}

pub fn deletion_facts(record: &Deletion) -> AnyView {
    let number = |name: String, count: u32| line(name, count.to_string().into_any());
    view! {
        <dl class="facts">
            {line(t!("leit-record-time"), times::full(record.time).into_any())}
            {number(t!("leit-record-devices"), record.devices)}
            {number(t!("leit-record-keys"), record.key_packages)}
            {number(t!("leit-record-groups"), record.groups)}
            {number(t!("leit-record-inbox"), record.inbox)}
            {number(t!("leit-record-files"), record.blobs)}
            {number(t!("leit-record-invitations"), record.invitations)}
        </dl>
    }
    .into_any()
}

/// Everything that the server knows of the person, for the person (Art. 15).
fn export(id: String) -> AnyView {
    let act = Act::new();
    let for_json = id.clone();
    let pdf = move || {
        let id = id.clone();
        act.run(async move {
            let path = format!("accounts/{id}/export.pdf?{}", asked("pdf"));
            save_file(&format!("melder-auskunft-{id}.pdf"), &Ask::get(path).file().await?);
            Ok(())
        });
    };
    let json = move || {
        let id = for_json.clone();
        act.run(async move {
            let all = Ask::get(format!("accounts/{id}/export")).send().await?;
            save(&format!("melder-auskunft-{id}.json"), "application/json", &all.pretty());
            Ok(())
        });
    };
    card(
        t!("leit-export"),
        ().into_any(),
        view! {
            <p class="muted small">{t!("leit-export-about")}</p>
            {act.words()}
            <div class="choices">
                {button("second", "picture-as-pdf-outline", t!("leit-as-pdf"), pdf)}
                {button("second", "data-object", t!("leit-as-json"), json)}
            </div>
        }
        .into_any(),
    )
}

fn invitations(id: String) -> AnyView {
    let list = RwSignal::new(Load::<Vec<Invitation>>::Waiting);
    let read = Callback::new(move |()| {
        let path = format!("invitations?account={id}");
        spawn_local(async move {
            let _ = list.try_set(api::whole(&path, Invitation::read).await.into());
        });
    });
    read.run(());
    card(
        t!("leit-invitations"),
        ().into_any(),
        shown(list, read, move |all| {
            if all.is_empty() {
                return view! { <p class="muted">{t!("leit-invitations-none")}</p> }.into_any();
            }
            let lines = all.into_iter().rev().map(move |invitation| entry(invitation, read));
            view! { <ul class="entries">{lines.collect_view()}</ul> }.into_any()
        }),
    )
}

pub fn invitation_tag(status: &str) -> AnyView {
    match status {
        "open" => tag("info", "mail-outline", t!("leit-invitation-open")),
        "used" => tag("good", "check-circle", t!("leit-invitation-used")),
        "expired" => tag("warning", "event-busy-outline", t!("leit-invitation-expired")),
        _ => tag("quiet", "block", t!("leit-invitation-withdrawn")),
    }
}

fn entry(invitation: Invitation, read: Callback<()>) -> impl IntoView + use<> {
    let id = invitation.id.clone();
    let withdraw = move || {
        let path = format!("invitations/{id}");
        spawn_local(async move {
            match Ask::delete(path).body(&Object::new()).send().await {
                Ok(_) => {
                    toast(t!("leit-invitation-gone"));
                    read.run(());
                }
                Err(problem) => say(&problem),
            }
        });
    };
    view! {
        <li class="entry">
            {invitation_tag(&invitation.status)}
            <span class="grow muted small">{t!("leit-invitation-until", day = times::full(invitation.expires))}</span>
            {(invitation.status == "open").then(|| button("plain", "", t!("leit-withdraw"), withdraw))}
        </li>
    }
}
