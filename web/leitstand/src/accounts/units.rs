// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The units: the whole tree, making, renaming, moving and removing them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, dom, t, toast};

use crate::accounts::edit::unit_choices;
use crate::accounts::tree::{Branch, branches};
use crate::api::Ask;
use crate::json::Object;
use crate::model::{Right, Unit};
use crate::parts::{Act, button, choose, drawer, empty, screen, submit, text_field, waiting};
use crate::state::{Desk, Question, counts, desk, say};
use crate::trail;

pub fn units() -> AnyView {
    let desk = desk();
    desk.read_units();
    if desk.book.with_untracked(|book| !book.is_whole) {
        desk.read_accounts();
    }
    let open = RwSignal::new(false);
    let edited = RwSignal::new(None::<Unit>);
    let make = move || {
        edited.set(None);
        open.set(true);
    };
    let may = desk.may(Right::Accounts);
    let actions = may
        .then(|| button("main", "add", t!("leit-unit-make"), make))
        .into_any();
    let title = Signal::derive(move || match edited.get() {
        Some(unit) => unit.name,
        None => t!("leit-unit-make"),
    });
    let body = view! {
        <section class="card">{tree(desk, edited, open)}</section>
        {drawer(open, title, move || match edited.get_untracked() {
            Some(unit) => form(desk, Some(unit), open),
            None => form(desk, None, open),
        })}
    };
    screen(t!("leit-units"), actions, body.into_any())
}

fn tree(desk: Desk, edited: RwSignal<Option<Unit>>, open: RwSignal<bool>) -> AnyView {
    let again = Callback::new(move |()| desk.read_units());
    let sums = Memo::new(move |_| {
        desk.units.with(|units| {
            let units = units.there().map_or(&[][..], Vec::as_slice);
            desk.book.with(|book| counts(units, &book.accounts))
        })
    });
    (move || {
        if let Some(instead) = waiting(desk.units, again) {
            return instead;
        }
        let all = desk
            .units
            .with(|units| branches(units.there().map_or(&[][..], Vec::as_slice), &Default::default(), true));
        if all.is_empty() {
            return empty("account-tree-outline", t!("leit-units-empty"), ().into_any());
        }
        let lines = all.into_iter().map(|Branch { unit, depth, .. }| {
            let id = unit.id.clone();
            let count = move || {
                let count = sums.with(|sums| sums.get(&id).copied().unwrap_or_default());
                t!("leit-unit-people", count = count)
            };
            let name = unit.name.clone();
            let show = move |_| {
                edited.set(Some(unit.clone()));
                open.set(true);
            };
            view! {
                <li data-depth=depth.min(6).to_string() class="tree__row">
                    <button type="button" class="line" on:click=show>
                        <Icon name="account-tree-outline" />
                        <span class="grow strong">{name}</span>
                        <span class="muted small">{count}</span>
                        <Icon name="chevron-right" />
                    </button>
                </li>
            }
        });
        view! { <ul class="lines">{lines.collect_view()}</ul> }.into_any()
    })
    .into_any()
}

/// A new one, or one that is there.
fn form(desk: Desk, unit: Option<Unit>, open: RwSignal<bool>) -> AnyView {
    let act = Act::new();
    let name = RwSignal::new(unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default());
    let parent = RwSignal::new(unit.as_ref().and_then(|unit| unit.parent.clone()).unwrap_or_default());
    let reason = RwSignal::new(String::new());
    let missing = RwSignal::new(None);
    dom::focus_soon("#unit-name");
    let for_delete = unit.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        if said.is_empty() {
            missing.set(Some(t!("leit-unit-name-missing")));
            dom::focus("#unit-name");
            return;
        }
        let above = Some(parent.get_untracked()).filter(|parent| !parent.is_empty());
        let body = Object::new().value("name", said.as_str());
        let ask = match &unit {
            Some(unit) => Ask::patch(format!("units/{}", unit.id))
                .body(&body.or_null("parent", above.as_deref()))
                .seen(unit.revision),
            None => Ask::post("units").body(&body.maybe("parent", above.as_deref())),
        };
        let (ask, id) = (
            ask.because(&reason.get_untracked()),
            unit.as_ref().map(|unit| unit.id.clone()),
        );
        act.run(async move {
            trail::sent(ask, id.as_deref()).await?;
            toast(t!("leit-saved"));
            open.set(false);
            desk.read_units();
            Ok(())
        });
    };
    view! {
        <form class="drawer__body stack" on:submit=send novalidate=true>
            {text_field("unit-name", t!("leit-unit-name"), String::new(), name, Some(missing))}
            {choose("unit-parent", t!("leit-unit-parent"), parent, unit_choices(desk, t!("leit-unit-top")))}
            {text_field("unit-reason", t!("leit-reason"), t!("leit-reason-hint"), reason, None)}
            {act.words_or(Callback::new(move |()| {
                open.set(false);
                desk.read_units();
            }))}
            <div class="actions">
                {for_delete.map(|unit| button("danger-plain", "delete-outline", t!("leit-delete"), move || ask_delete(desk, unit.clone(), open)))}
                <span class="grow"></span>
                {submit("main", t!("save").into(), act.busy)}
            </div>
        </form>
    }
    .into_any()
}

fn ask_delete(desk: Desk, unit: Unit, open: RwSignal<bool>) {
    desk.ask(Question {
        title: t!("leit-unit-delete-title", name = &unit.name),
        lines: vec![t!("leit-unit-delete-about")],
        action: t!("leit-unit-delete-go"),
        danger: true,
        then: Callback::new(move |reason: String| {
            let ask = Ask::delete(format!("units/{}", unit.id))
                .seen(unit.revision)
                .because(&reason);
            spawn_local(async move {
                match ask.send().await {
                    Ok(_) => {
                        toast(t!("leit-unit-deleted"));
                        let _ = open.try_set(false);
                        desk.read_units();
                    }
                    Err(problem) => say(&problem),
                }
            });
        }),
    });
}
