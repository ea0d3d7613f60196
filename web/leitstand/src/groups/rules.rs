// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Rules: units, with those below them or alone, functions, groups of the directory, and single persons; each as a member or as
//! somebody who publishes. As the API has them, and as fields.

use std::collections::HashSet;

use leptos::prelude::*;
use melder_kit::{Icon, t};
use wasm_bindgen::JsValue;

use crate::accounts::kind_word;
use crate::groups::{following, people};
use crate::json::{Json, Object};
use crate::model::Account;
use crate::parts::{Choice, icon_button};
use crate::state::{Desk, below};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Member,
    Publisher,
}

impl Role {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Publisher => "publisher",
        }
    }

    pub fn of(name: &str) -> Self {
        if name == "publisher" {
            Self::Publisher
        } else {
            Self::Member
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Unit, whether with those below it, role.
    pub units: Vec<(String, bool, Role)>,
    pub accounts: Vec<(String, Role)>,
    pub functions: Vec<(String, Role)>,
    /// Groups of the authority's own directory.
    pub directory: Vec<(String, Role)>,
}

/// Whom a rule names, and as what.
fn named(json: &Json, list: &str, name: &str) -> Vec<(String, Role)> {
    let rules = json.list(list);
    rules
        .iter()
        .map(|rule| (rule.text(name), Role::of(&rule.text("role"))))
        .collect()
}

fn naming(rules: &[(String, Role)], name: &'static str) -> impl Iterator<Item = JsValue> {
    rules.iter().map(move |(whom, role)| {
        let rule = Object::new().value(name, whom.as_str());
        JsValue::from(rule.value("role", role.name()))
    })
}

impl Rules {
    pub fn read(json: &Json) -> Self {
        let units = json.list("units");
        let with_below = |rule: &Json| !rule.get("sub_units").is_there() || rule.flag("sub_units");
        Self {
            units: units
                .iter()
                .map(|rule| (rule.text("unit"), with_below(rule), Role::of(&rule.text("role"))))
                .collect(),
            accounts: named(json, "accounts", "account"),
            functions: named(json, "functions", "function"),
            directory: named(json, "directory", "group"),
        }
    }

    pub fn written(&self) -> Object {
        let units = self.units.iter().map(|(unit, with_below, role)| {
            let rule = Object::new()
                .value("unit", unit.as_str())
                .value("sub_units", *with_below);
            JsValue::from(rule.value("role", role.name()))
        });
        Object::new()
            .list("units", units)
            .list("accounts", naming(&self.accounts, "account"))
            .list("functions", naming(&self.functions, "function"))
            .list("directory", naming(&self.directory, "group"))
    }

    /// How many accounts fit, but for those whom the directory's groups bring: who is in those, the server knows.
    pub fn meets(&self, desk: Desk) -> usize {
        let units: HashSet<String> = desk.units.with(|units| {
            let all = units.there().map_or(&[][..], Vec::as_slice);
            let each = self.units.iter().flat_map(|(unit, with_below, _)| {
                if *with_below {
                    below(all, unit)
                } else {
                    vec![unit.clone()]
                }
            });
            each.collect()
        });
        let single: HashSet<&str> = self.accounts.iter().map(|(account, _)| account.as_str()).collect();
        let functions: HashSet<String> = self.functions.iter().map(|(name, _)| name.to_lowercase()).collect();
        let fits = |account: &&Account| {
            single.contains(account.id.as_str())
                || account.unit.as_ref().is_some_and(|unit| units.contains(unit))
                || functions.contains(&account.function.to_lowercase())
        };
        // Whoever is suspended is in no group.
        let in_use = |account: &&Account| account.status != "suspended";
        desk.book
            .with(|book| book.accounts.iter().filter(in_use).filter(fits).count())
    }
}

fn role_choices(channel: bool) -> Vec<Choice> {
    let member = if channel {
        t!("leit-role-reader")
    } else {
        t!("leit-role-member")
    };
    vec![
        (Role::Member.name().to_owned(), member),
        (Role::Publisher.name().to_owned(), t!("leit-role-publisher")),
    ]
}

/// A small choice of the role, without a label of its own.
pub fn role_select(label: String, channel: bool, now: Role, set: impl Fn(Role) + 'static) -> AnyView {
    let options = role_choices(channel).into_iter().map(|(id, word)| {
        view! { <option selected=id == now.name() value=id>{word}</option> }
    });
    view! {
        <span class="select select--small">
            <select class="input" aria-label=label on:change=move |event| set(Role::of(&event_target_value(&event)))>
                {options.collect_view()}
            </select>
            <Icon name="expand-more" />
        </span>
    }
    .into_any()
}

/// The fields of all rules.
pub fn fields(desk: Desk, rules: RwSignal<Rules>, channel: bool) -> AnyView {
    let names = following::read_names();
    view! {
        <div class="stack">
            <ul class="entries">
                {move || {
                    let units = rules.with(|rules| rules.units.clone());
                    units.into_iter().map(|rule| untrack(|| unit_line(desk, rules, channel, rule))).collect_view()
                }}
                {following::lines(rules, names, channel)}
                {move || {
                    let accounts = rules.with(|rules| rules.accounts.clone());
                    accounts.into_iter().map(|rule| untrack(|| account_line(desk, rules, channel, rule))).collect_view()
                }}
            </ul>
            {add_unit(desk, rules)}
            {following::add(desk, rules, names)}
            {people::pick(desk, t!("leit-rule-person"), move |account| {
                rules.update(|rules| {
                    if rules.accounts.iter().all(|(id, _)| *id != account.id) {
                        rules.accounts.push((account.id, Role::Member));
                    }
                });
            })}
            <p class="notice" role="status">
                <Icon name="group-outline" />
                <span>{move || t!("leit-rules-meet", count = rules.with(|rules| rules.meets(desk)))}</span>
            </p>
        </div>
    }
    .into_any()
}

fn unit_line(desk: Desk, rules: RwSignal<Rules>, channel: bool, rule: (String, bool, Role)) -> AnyView {
    let (unit, with_below, role) = rule;
    let name = {
        let unit = unit.clone();
        move || desk.unit_path(Some(&unit))
    };
    let plain = desk.unit_name(Some(&unit));
    let (for_role, for_below, for_remove) = (unit.clone(), unit.clone(), unit);
    let change = move |id: &str, with: &dyn Fn(&mut (String, bool, Role))| {
        rules.update(|rules| {
            if let Some(rule) = rules.units.iter_mut().find(|rule| rule.0 == id) {
                with(rule);
            }
        });
    };
    view! {
        <li class="entry rule">
            <Icon name="account-tree-outline" />
            <span class="grow"><b>{name}</b></span>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=with_below
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        change(&for_below, &|rule| rule.1 = on);
                    }
                />
                <span class="check__box" aria-hidden="true"><Icon name="check" /></span>
                <span class="small">{t!("leit-rule-below")}</span>
            </label>
            {role_select(t!("leit-rule-role", name = &plain), channel, role, move |role| change(&for_role, &|rule| rule.2 = role))}
            {icon_button("close", t!("leit-rule-remove", name = &plain), move |_| {
                rules.update(|rules| rules.units.retain(|rule| rule.0 != for_remove));
            })}
        </li>
    }
    .into_any()
}

fn account_line(desk: Desk, rules: RwSignal<Rules>, channel: bool, rule: (String, Role)) -> AnyView {
    let (id, role) = rule;
    let account = desk.account(&id);
    let name = account
        .as_ref()
        .map_or_else(|| id.clone(), |account| account.name.clone());
    let kind = account.map(|account| kind_word(&account.kind)).unwrap_or_default();
    let (for_role, for_remove) = (id.clone(), id);
    let change = move |role: Role| {
        rules.update(|rules| {
            if let Some(rule) = rules.accounts.iter_mut().find(|rule| rule.0 == for_role) {
                rule.1 = role;
            }
        });
    };
    view! {
        <li class="entry rule">
            <Icon name="person-outline" />
            <span class="grow"><b>{name.clone()}</b><span class="muted small">{kind}</span></span>
            {role_select(t!("leit-rule-role", name = &name), channel, role, change)}
            {icon_button("close", t!("leit-rule-remove", name = &name), move |_| {
                rules.update(|rules| rules.accounts.retain(|rule| rule.0 != for_remove));
            })}
        </li>
    }
    .into_any()
}

fn add_unit(desk: Desk, rules: RwSignal<Rules>) -> AnyView {
    let chosen = RwSignal::new(String::new());
    let choices = crate::accounts::unit_choices(desk, t!("leit-rule-unit-choose"));
    Effect::new(move |_| {
        let unit = chosen.get();
        if unit.is_empty() {
            return;
        }
        rules.update(|rules| {
            if rules.units.iter().all(|rule| rule.0 != unit) {
                rules.units.push((unit, true, Role::Member));
            }
        });
        chosen.set(String::new());
    });
    crate::parts::choose("rule-unit", t!("leit-rule-unit"), chosen, choices)
}
