// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The people who administer: who they are, what they may do and where, and inviting another.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Avatar, Icon, avatar, dom, t, times, toast};
use wasm_bindgen::JsValue;

use crate::accounts::unit_choices;
use crate::api::{self, Ask};
use crate::json::{Json, Object};
use crate::model::{Admin, Right};
use crate::parts::{self, Act, button, choose, copy, drawer, icon_button, label, shown, submit, text_field};
use crate::rules::access::right_word;
use crate::state::{Desk, Load, Question, say};
use crate::trail;

/// Who is being changed, or a new one.
type Editing = RwSignal<Option<Admin>>;

pub fn card(desk: Desk) -> AnyView {
    let list = RwSignal::new(Load::<Vec<Admin>>::Waiting);
    let read = Callback::new(move |()| {
        spawn_local(async move {
            let _ = list.try_set(api::whole("admins", Admin::read).await.into());
        });
    });
    read.run(());
    let (open, editing) = (RwSignal::new(false), RwSignal::new(None::<Admin>));
    let make = move || {
        editing.set(None);
        open.set(true);
    };
    let title = Signal::derive(move || editing.get().map_or_else(|| t!("leit-admin-make"), |admin| admin.name));
    let body = view! {
        {shown(list, read, move |all| {
            if all.is_empty() {
                return view! { <p class="muted">{t!("leit-admins-none")}</p> }.into_any();
            }
            let lines = all.into_iter().map(|admin| one(desk, admin, editing, open));
            view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
        })}
        {drawer(open, title, move || form(desk, editing.get_untracked(), open, read))}
    };
    parts::card(
        t!("leit-admins"),
        button("second", "person-add-outline", t!("leit-admin-make"), make),
        body.into_any(),
    )
}

fn roles_words(desk: Desk, admin: &Admin) -> String {
    let words = admin.roles.iter().map(|(role, unit)| match unit {
        Some(unit) => t!(
            "leit-role-in",
            role = right_word(role),
            unit = desk.unit_name(Some(unit))
        ),
        None => right_word(role),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn one(desk: Desk, admin: Admin, editing: Editing, open: RwSignal<bool>) -> impl IntoView + use<> {
    let words = {
        let admin = admin.clone();
        move || roles_words(desk, &admin)
    };
    let last = match admin.last_login {
        Some(at) => t!("leit-admin-last", day = times::long_date(at)),
        None => t!("leit-admin-never"),
    };
    let (name, hue) = (admin.name.clone(), avatar::hue(admin.id.as_bytes()));
    let show = move |_| {
        editing.set(Some(admin.clone()));
        open.set(true);
    };
    view! {
        <li>
            <button type="button" class="line" on:click=show>
                <Avatar name=name.clone() hue=hue size=36 />
                <span class="grow">
                    <b class="strong">{name}</b>
                    <span class="muted small line__about">{words}</span>
                    <span class="muted small line__about">{last}</span>
                </span>
                <Icon name="chevron-right" />
            </button>
        </li>
    }
}

/// A role in the fields: what, and where (empty: everywhere).
type Role = (RwSignal<String>, RwSignal<String>);

fn form(desk: Desk, admin: Option<Admin>, open: RwSignal<bool>, read: Callback<()>) -> AnyView {
    let act = Act::new();
    let name = RwSignal::new(admin.as_ref().map(|admin| admin.name.clone()).unwrap_or_default());
    let missing = RwSignal::new(None);
    let reason = RwSignal::new(String::new());
    let link = RwSignal::new(None::<String>);
    let role = |role: &str, unit: Option<&str>| {
        (
            RwSignal::new(role.to_owned()),
            RwSignal::new(unit.unwrap_or_default().to_owned()),
        )
    };
    let roles: RwSignal<Vec<Role>> = RwSignal::new(match &admin {
        Some(admin) => admin.roles.iter().map(|(of, unit)| role(of, unit.as_deref())).collect(),
        None => vec![role("accounts", None)],
    });
    let for_send = admin.clone();
    dom::focus_soon("#admin-name");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-name-missing")));
            dom::focus("#admin-name");
            return;
        }
        let body = Object::new().value("name", said).list("roles", written(roles));
        let ask = match &for_send {
            Some(admin) => Ask::patch(format!("admins/{}", admin.id))
                .body(&body)
                .seen(admin.revision),
            None => Ask::post("admins").body(&body),
        };
        let (ask, id) = (
            ask.because(&reason.get_untracked()),
            for_send.as_ref().map(|admin| admin.id.clone()),
        );
        act.run(async move {
            let is_new = id.is_none();
            told(&trail::sent(ask, id.as_deref()).await?, is_new, open, link);
            read.run(());
            Ok(())
        });
    };
    view! {
        <div class="drawer__body stack">
            {move || link.get().map(handed)}
            <form class="stack" on:submit=send novalidate=true>
                {text_field("admin-name", t!("leit-column-name"), String::new(), name, Some(missing))}
                {label(t!("leit-admin-roles"))}
                <p class="muted small">{t!("leit-admin-roles-about")}</p>
                {move || {
                    let all = roles.get();
                    all.into_iter().enumerate().map(|(at, role)| untrack(|| role_line(desk, roles, at, role))).collect_view()
                }}
                <div class="choices">
                    {button("plain", "add", t!("leit-admin-role-add"), move || roles.update(|roles| roles.push(role("groups", None))))}
                </div>
                {text_field("admin-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None)}
                {act.words_or(Callback::new(move |()| {
                    open.set(false);
                    read.run(());
                }))}
                <div class="actions">{submit("main", t!("save").into(), act.busy)}</div>
            </form>
            {admin.map(|admin| more(desk, admin, open, read, link))}
        </div>
    }
    .into_any()
}

fn written(roles: RwSignal<Vec<Role>>) -> Vec<JsValue> {
    roles.with_untracked(|roles| {
        let all = roles.iter().map(|(role, unit)| {
            let (role, unit) = (role.get_untracked(), unit.get_untracked());
            let scoped = matches!(role.as_str(), "accounts" | "groups") && !unit.is_empty();
            JsValue::from(
                Object::new()
                    .value("role", role)
                    .or_null("unit", scoped.then_some(unit.as_str())),
            )
        });
        all.collect()
    })
}

/// A new one gets a link.
fn told(json: &Json, is_new: bool, open: RwSignal<bool>, link: RwSignal<Option<String>>) {
    if is_new {
        link.set(json.maybe("link"));
    } else {
        toast(t!("leit-saved"));
        open.set(false);
    }
}

/// The link by which a passkey is made.
fn handed(link: String) -> AnyView {
    let for_copy = link.clone();
    view! {
        <section class="card stack" aria-live="polite">
            <p class="notice notice--success"><Icon name="mark-email-read-outline" /><span>{t!("leit-admin-link")}</span></p>
            <p class="once mono">{link}</p>
            <div class="actions">{button("main", "content-copy-outline", t!("leit-link-copy"), move || copy(&for_copy))}</div>
        </section>
    }
    .into_any()
}

fn role_line(desk: Desk, roles: RwSignal<Vec<Role>>, at: usize, (role, unit): Role) -> AnyView {
    // Ids are the same in each line, which labels must not be.
    let rights = Right::ALL
        .map(|right| (right.name().to_owned(), right_word(right.name())))
        .to_vec();
    let (role_id, unit_id) = ROLE_IDS.get(at).copied().unwrap_or(("role-more", "role-more-unit"));
    view! {
        <div class="role">
            {choose(role_id, t!("leit-admin-role"), role, Signal::stored(rights))}
            {move || {
                matches!(role.get().as_str(), "accounts" | "groups")
                    .then(|| untrack(|| choose(unit_id, t!("leit-admin-where"), unit, unit_choices(desk, t!("leit-admin-everywhere")))))
            }}
            {icon_button("close", t!("leit-admin-role-remove"), move |_| {
                roles.update(|roles| {
                    if at < roles.len() {
                        roles.remove(at);
                    }
                });
            })}
        </div>
    }
    .into_any()
}

const ROLE_IDS: [(&str, &str); 6] = [
    ("role-1", "role-1-unit"),
    ("role-2", "role-2-unit"),
    ("role-3", "role-3-unit"),
    ("role-4", "role-4-unit"),
    ("role-5", "role-5-unit"),
    ("role-6", "role-6-unit"),
];

/// A new way in, and the end.
fn more(desk: Desk, admin: Admin, open: RwSignal<bool>, read: Callback<()>, link: RwSignal<Option<String>>) -> AnyView {
    let id = admin.id.clone();
    let again = move || {
        let path = format!("admins/{id}/enrol");
        spawn_local(async move {
            match Ask::post(path).body(&Object::new()).send().await {
                Ok(json) => {
                    let _ = link.try_set(json.maybe("link"));
                }
                Err(problem) => say(&problem),
            }
        });
    };
    let remove = move || {
        let (path, revision) = (format!("admins/{}", admin.id), admin.revision);
        desk.ask(Question {
            title: t!("leit-admin-remove-title", name = &admin.name),
            lines: vec![t!("leit-admin-remove-about")],
            action: t!("leit-admin-remove"),
            danger: true,
            then: Callback::new(move |reason: String| {
                let ask = Ask::delete(path.clone()).seen(revision).because(&reason);
                spawn_local(async move {
                    match ask.send().await {
                        Ok(_) => {
                            toast(t!("leit-admin-removed"));
                            let _ = open.try_set(false);
                            read.run(());
                        }
                        Err(problem) => say(&problem),
                    }
                });
            }),
        });
    };
    view! {
        <div class="choices">
            {button("second", "passkey", t!("leit-admin-again"), again)}
            {button("danger-plain", "delete-outline", t!("leit-admin-remove"), remove)}
        </div>
    }
    .into_any()
}
