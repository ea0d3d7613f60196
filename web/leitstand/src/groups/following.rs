// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The rules that follow what somebody is rather than where: a function, and the groups of the authority's own directory. As lines
//! among the other rules, and as fields that add one.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::{Icon, t};

use crate::api;
use crate::groups::rules::{Role, Rules, role_select};
use crate::parts::{Choice, choose, icon_button};
use crate::state::Desk;

/// Which of the two lists a line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Directory,
}

impl Kind {
    const fn of(self, rules: &mut Rules) -> &mut Vec<(String, Role)> {
        match self {
            Self::Function => &mut rules.functions,
            Self::Directory => &mut rules.directory,
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Function => "contact-page-outline",
            Self::Directory => "group-outline",
        }
    }

    fn word(self) -> String {
        match self {
            Self::Function => t!("leit-rule-is-function"),
            Self::Directory => t!("leit-rule-is-directory"),
        }
    }
}

/// The directory's groups, by id, as far as whoever looks may see them.
pub type Names = RwSignal<BTreeMap<String, String>>;

pub fn read_names() -> Names {
    let names = Names::new(BTreeMap::new());
    spawn_local(async move {
        // A role for a unit sees none of them: then there is nothing to choose.
        if let Ok(all) = api::whole("directory", |json| (json.text("id"), json.text("name"))).await {
            let _ = names.try_set(all.into_iter().collect());
        }
    });
    names
}

/// The lines of the rules of both kinds.
pub fn lines(rules: RwSignal<Rules>, names: Names, channel: bool) -> AnyView {
    (move || {
        let (functions, groups) = rules.with(|rules| (rules.functions.clone(), rules.directory.clone()));
        let functions = functions
            .into_iter()
            .map(|(name, role)| (Kind::Function, name.clone(), name, role));
        let groups = groups.into_iter().map(|(id, role)| {
            let name = names.with(|names| names.get(&id).cloned());
            (Kind::Directory, name.unwrap_or_else(|| id.clone()), id, role)
        });
        let all = functions.chain(groups);
        all.map(|(kind, name, id, role)| untrack(|| line(rules, channel, kind, &name, id, role)))
            .collect_view()
    })
    .into_any()
}

fn line(rules: RwSignal<Rules>, channel: bool, kind: Kind, name: &str, id: String, role: Role) -> AnyView {
    let for_remove = id.clone();
    let change = move |role: Role| {
        rules.update(|rules| {
            if let Some(rule) = kind.of(rules).iter_mut().find(|rule| rule.0 == id) {
                rule.1 = role;
            }
        });
    };
    view! {
        <li class="entry rule">
            <Icon name=kind.icon() />
            <span class="grow"><b>{name.to_owned()}</b><span class="muted small">{kind.word()}</span></span>
            {role_select(t!("leit-rule-role", name = name), channel, role, change)}
            {icon_button("close", t!("leit-rule-remove", name = name), move |_| {
                rules.update(|rules| kind.of(rules).retain(|rule| rule.0 != for_remove));
            })}
        </li>
    }
    .into_any()
}

/// What accounts have as a function, each once, and how many.
fn functions(desk: Desk) -> Vec<(String, usize)> {
    let mut found: BTreeMap<String, (String, usize)> = BTreeMap::new();
    desk.book.with(|book| {
        for account in book.accounts.iter().filter(|account| !account.function.is_empty()) {
            let folded = account.function.to_lowercase();
            found.entry(folded).or_insert_with(|| (account.function.clone(), 0)).1 += 1;
        }
    });
    found.into_values().collect()
}

/// The fields that add a rule. One for the directory stands there only when it has groups.
pub fn add(desk: Desk, rules: RwSignal<Rules>, names: Names) -> AnyView {
    let of_functions = Signal::derive(move || {
        let mut choices = vec![(String::new(), t!("leit-rule-function-choose"))];
        let all = functions(desk).into_iter();
        choices.extend(
            all.map(|(name, count)| (name.clone(), t!("leit-rule-function-count", name = name, count = count))),
        );
        choices
    });
    let of_groups = Signal::derive(move || {
        let mut choices: Vec<Choice> = vec![(String::new(), t!("leit-rule-directory-choose"))];
        names.with(|names| {
            let mut all: Vec<Choice> = names.iter().map(|(id, name)| (id.clone(), name.clone())).collect();
            all.sort_by_key(|(_, name)| name.to_lowercase());
            choices.extend(all);
        });
        choices
    });
    let with_directory = Memo::new(move |_| names.with(|names| !names.is_empty()));
    let group = taker(rules, Kind::Directory);
    view! {
        {choose("rule-function", t!("leit-rule-function"), taker(rules, Kind::Function), of_functions)}
        {move || with_directory.get().then(|| choose("rule-directory", t!("leit-rule-directory"), group, of_groups))}
    }
    .into_any()
}

/// A choice that becomes a rule, and is empty again.
fn taker(rules: RwSignal<Rules>, kind: Kind) -> RwSignal<String> {
    let chosen = RwSignal::new(String::new());
    Effect::new(move |_| {
        let name = chosen.get();
        if name.is_empty() {
            return;
        }
        rules.update(|rules| {
            let list = kind.of(rules);
            if list.iter().all(|rule| rule.0.to_lowercase() != name.to_lowercase()) {
                list.push((name, Role::Member));
            }
        });
        chosen.set(String::new());
    });
    chosen
}
