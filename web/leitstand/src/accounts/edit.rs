// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Changing an account's name, function, unit and end. If somebody else was faster, both are shown, and one is chosen.

use leptos::prelude::*;
use melder_kit::{Icon, t, times, toast};

use crate::accounts::tree::branches;
use crate::api::{Ask, Problem};
use crate::json::Object;
use crate::model::Account;
use crate::parts::{Act, Choice, button, choose, date_field, day_value, end_of_day, submit, text_field};
use crate::state::{Desk, desk};
use crate::trail;

/// All units to choose from, indented as they hang together; first of all none.
pub fn unit_choices(desk: Desk, none: String) -> Signal<Vec<Choice>> {
    Signal::derive(move || {
        let mut choices = vec![(String::new(), none.clone())];
        desk.units.with(|units| {
            let units = units.there().map_or(&[][..], Vec::as_slice);
            let all = branches(units, &Default::default(), true);
            choices.extend(all.into_iter().map(|branch| {
                let indent = "\u{2003}".repeat(branch.depth);
                (branch.unit.id, format!("{indent}{}", branch.unit.name))
            }));
        });
        choices
    })
}

/// What is in the fields.
#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    function: RwSignal<String>,
    unit: RwSignal<String>,
    ends: RwSignal<String>,
    reason: RwSignal<String>,
}

impl Fields {
    fn of(account: &Account) -> Self {
        Self {
            name: RwSignal::new(account.name.clone()),
            function: RwSignal::new(account.function.clone()),
            unit: RwSignal::new(account.unit.clone().unwrap_or_default()),
            ends: RwSignal::new(account.ends.map(day_value).unwrap_or_default()),
            reason: RwSignal::new(String::new()),
        }
    }

    /// Only what is another than it was.
    fn changes(self, was: &Account) -> Object {
        let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (name, function) = (
            self.name.get_untracked().trim().to_owned(),
            some(self.function.get_untracked()),
        );
        let (unit, ends) = (some(self.unit.get_untracked()), self.ends.get_untracked());
        let mut change = Object::new();
        if name != was.name {
            change = change.value("name", name);
        }
        if function.as_deref().unwrap_or_default() != was.function {
            change = change.or_null("function", function.as_deref());
        }
        if unit != was.unit {
            change = change.or_null("unit", unit.as_deref());
        }
        if ends != was.ends.map(day_value).unwrap_or_default() {
            change = change.maybe("ends", end_of_day(&ends).as_deref());
        }
        change
    }
}

/// As it is now, and who made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Theirs {
    account: Account,
    who: Option<String>,
}

pub fn form(account: Account, editing: RwSignal<bool>) -> AnyView {
    let desk = desk();
    let act = Act::new();
    let fields = Fields::of(&account);
    let missing = RwSignal::new(None);
    let theirs = RwSignal::new(None::<Theirs>);
    let is_guest = account.kind == "guest";
    let seen = StoredValue::new(account);
    let send = move || {
        if fields.name.with_untracked(|name| name.trim().is_empty()) {
            missing.set(Some(t!("leit-name-missing")));
            melder_kit::dom::focus("#edit-name");
            return;
        }
        let was = seen.get_value();
        let ask = Ask::patch(format!("accounts/{}", was.id))
            .body(&fields.changes(&was))
            .seen(was.revision)
            .because(&fields.reason.get_untracked());
        act.run(async move {
            match ask.send().await {
                Ok(json) => {
                    toast(t!("leit-saved"));
                    editing.set(false);
                    desk.put_account(Account::read(&json));
                    Ok(())
                }
                Err(problem) if problem.is_overtaken() => {
                    theirs.set(Some(read_theirs(&was.id).await?));
                    Ok(())
                }
                Err(problem) => Err(problem),
            }
        });
    };
    let keep_mine = Callback::new(move |()| {
        if let Some(theirs) = theirs.get_untracked() {
            seen.set_value(theirs.account);
        }
        theirs.set(None);
        send();
    });
    let keep_theirs = Callback::new(move |()| {
        if let Some(theirs) = theirs.get_untracked() {
            editing.set(false);
            desk.put_account(theirs.account);
        }
    });
    view! {
        <form
            class="card stack"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            {text_field("edit-name", t!("leit-column-name"), String::new(), fields.name, Some(missing))}
            {text_field("edit-function", t!("leit-function"), String::new(), fields.function, None)}
            {choose("edit-unit", t!("leit-unit"), fields.unit, unit_choices(desk, t!("leit-no-unit")))}
            {is_guest.then(|| date_field("edit-ends", t!("leit-ends"), String::new(), fields.ends, None))}
            {text_field("edit-reason", t!("leit-reason"), t!("leit-reason-hint"), fields.reason, None)}
            {act.words()}
            {move || theirs.get().map(|theirs| both(desk, fields, &theirs, keep_mine, keep_theirs))}
            <div class="actions">
                {button("plain", "", t!("cancel"), move || editing.set(false))}
                {submit("main", t!("save").into(), act.busy)}
            </div>
        </form>
    }
    .into_any()
}

async fn read_theirs(id: &str) -> Result<Theirs, Problem> {
    let account = Account::read(&Ask::get(format!("accounts/{id}")).send().await?);
    Ok(Theirs {
        who: trail::last(id).await,
        account,
    })
}

/// Both versions beside each other, where they differ.
fn both(desk: Desk, fields: Fields, theirs: &Theirs, mine: Callback<()>, other: Callback<()>) -> AnyView {
    let account = &theirs.account;
    let mut rows = Vec::new();
    let mut compare = |name: String, mine: String, theirs: String| {
        if mine.trim() != theirs.trim() {
            rows.push(view! { <tr><th scope="row">{name}</th><td>{mine}</td><td>{theirs}</td></tr> });
        }
    };
    compare(
        t!("leit-column-name"),
        fields.name.get_untracked(),
        account.name.clone(),
    );
    compare(
        t!("leit-function"),
        fields.function.get_untracked(),
        account.function.clone(),
    );
    let unit = fields.unit.get_untracked();
    compare(
        t!("leit-unit"),
        desk.unit_path(Some(&unit)),
        desk.unit_path(account.unit.as_deref()),
    );
    let ends = account.ends.map(day_value).unwrap_or_default();
    if fields.ends.get_untracked() != ends {
        compare(
            t!("leit-ends"),
            fields.ends.get_untracked(),
            account.ends.map(times::long_date).unwrap_or_default(),
        );
    }
    let words = match &theirs.who {
        Some(who) => t!("leit-overtaken-by", who = who),
        None => t!("leit-overtaken"),
    };
    view! {
        <section class="notice notice--warning" role="alert">
            <Icon name="sync-problem" />
            <div class="stack grow">
                <p>{words}</p>
                <table class="compare">
                    <thead>
                        <tr><td></td><th scope="col">{t!("leit-mine")}</th><th scope="col">{t!("leit-theirs")}</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <div class="actions">
                    {button("second", "", t!("leit-keep-theirs"), move || other.run(()))}
                    {button("main", "", t!("leit-keep-mine"), move || mine.run(()))}
                </div>
            </div>
        </section>
    }
    .into_any()
}
