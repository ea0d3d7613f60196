// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A new operation, on a blank sheet or after an earlier one: its groups and channels are made anew with the same rules and
//! policies. People are not
//! taken over; they were promised to be gone.

use leptos::prelude::*;
use melder_kit::{Icon, dom, t, times, toast};

use crate::api::{self, Ask, Problem};
use crate::groups::{Rules, policy};
use crate::json::Object;
use crate::model::{Group, Operation, Right, millis};
use crate::operations::phases;
use crate::parts::{Act, button, choose, date_field, day_of, drawer, end_of_day, same_day_before, submit, text_field};
use crate::route::{self, Route};
use crate::state::{Desk, desk};

pub fn over(open: RwSignal<bool>) -> AnyView {
    drawer(open, Signal::derive(|| t!("leit-operation-make")), move || form(open))
}

fn form(open: RwSignal<bool>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let name = RwSignal::new(String::new());
    let ends = RwSignal::new(day_of(30));
    let template = RwSignal::new(String::new());
    let (no_name, no_day) = (RwSignal::new(None), RwSignal::new(None));
    dom::focus_soon("#operation-name");
    let templates = Signal::derive(move || {
        let mut choices = vec![(String::new(), t!("leit-operation-blank"))];
        desk.operations.with(|all| {
            let mut all = all.there().cloned().unwrap_or_default();
            all.sort_by_key(|operation| std::cmp::Reverse(operation.created));
            choices.extend(all.into_iter().map(|operation| (operation.id, operation.name)));
        });
        choices
    });
    let copied = move || {
        let of = template.get();
        desk.groups.with(|groups| {
            let all = groups.there().into_iter().flatten();
            all.filter(|group| !of.is_empty() && group.operation.as_deref() == Some(of.as_str()))
                .count()
        })
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let said = name.get_untracked().trim().to_owned();
        let until = end_of_day(&ends.get_untracked());
        no_name.set(said.is_empty().then(|| t!("leit-operation-name-missing")));
        no_day.set(until.is_none().then(|| t!("leit-operation-day-missing")));
        let Some(until) = until.filter(|_| !said.is_empty()) else {
            return;
        };
        let of = template.get_untracked();
        // The phases keep their distance to the end.
        let phases = desk.operations.with_untracked(|all| {
            let found = all.there().into_iter().flatten().find(|operation| operation.id == of);
            found.map(|from| {
                let place = |at| same_day_before(at, from.ends, millis(&until));
                phases::moved(&from.phases, place, times::now())
            })
        });
        act.run(async move {
            let phases = phases.unwrap_or_default();
            let body = Object::new()
                .value("name", said.as_str())
                .value("ends", until)
                .list("phases", phases::written(&phases));
            let made = Operation::read(&Ask::post("operations").body(&body).send().await?);
            desk.read_operations();
            let copied = if of.is_empty() {
                Ok(())
            } else {
                copy_groups(desk, &of, &made.id).await
            };
            open.set(false);
            toast(t!("leit-operation-made", name = said));
            desk.read_groups();
            route::go(desk.route, Route::Operation(made.id));
            // The operation is there all the same.
            if let Err(problem) = copied {
                toast(t!("leit-operation-not-copied", why = problem.say()));
            }
            Ok(())
        });
    };
    view! {
        <form class="drawer__body stack" on:submit=send novalidate=true>
            {text_field("operation-name", t!("leit-operation-name"), t!("leit-operation-name-hint"), name, Some(no_name))}
            {date_field("operation-ends", t!("leit-operation-end"), t!("leit-operation-end-hint"), ends, Some(no_day))}
            {desk.may(Right::Groups).then(|| choose("operation-template", t!("leit-operation-template"), template, templates))}
            {move || {
                let count = copied();
                (count > 0).then(|| view! { <p class="notice"><Icon name="info-outline" /><span>{t!("leit-operation-copies", count = count)}</span></p> })
            }}
            {act.words()}
            <div class="actions drawer__actions">
                {button("plain", "", t!("cancel"), move || open.set(false))}
                {submit("main", t!("leit-operation-make").into(), act.busy)}
            </div>
        </form>
    }
    .into_any()
}

async fn copy_groups(desk: Desk, from: &str, to: &str) -> Result<(), Problem> {
    let groups = api::whole(&format!("groups?operation={from}"), Group::read).await?;
    for group in groups {
        let rules = Ask::get(format!("groups/{}/rules", group.id)).send().await?;
        let mut rules = Rules::read(&rules);
        // Whoever is gone has no place in a rule.
        rules.accounts.retain(|(id, _)| desk.account(id).is_some());
        let body = Object::new()
            .value("kind", if group.channel { "channel" } else { "group" })
            .value("name", group.name)
            .value("operation", to)
            .value("rules", rules.written());
        let made = Group::read(&Ask::post("groups").body(&body).send().await?);
        if group.policy != made.policy {
            let ask = Ask::put(format!("groups/{}/policy", made.id)).body(&policy::written(&group.policy));
            ask.seen(made.revision).send().await?;
        }
    }
    Ok(())
}
