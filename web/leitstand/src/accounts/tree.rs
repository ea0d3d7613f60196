// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The tree of units beside the table: choosing one shows the accounts in it and below it.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use melder_kit::{Icon, dom, t};

use crate::accounts::view::View;
use crate::model::{Right, Unit};
use crate::parts::icon_button;
use crate::route::{self, Route};
use crate::state::{counts, desk};

/// A unit as it is shown: how deep, and whether there is something below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub unit: Unit,
    pub depth: usize,
    pub has_more: bool,
}

/// The tree in order, by name within each; below what is closed nothing is shown.
pub fn branches(units: &[Unit], open: &HashSet<String>, all: bool) -> Vec<Branch> {
    let mut children: HashMap<Option<&str>, Vec<&Unit>> = HashMap::new();
    for unit in units {
        children.entry(unit.parent.as_deref()).or_default().push(unit);
    }
    for list in children.values_mut() {
        list.sort_by_key(|unit| std::cmp::Reverse(unit.name.to_lowercase()));
    }
    let mut found = Vec::new();
    let mut next: Vec<(&Unit, usize)> = children
        .get(&None)
        .into_iter()
        .flatten()
        .map(|unit| (*unit, 0))
        .collect();
    while let Some((unit, depth)) = next.pop() {
        let below = children.get(&Some(unit.id.as_str()));
        found.push(Branch {
            unit: unit.clone(),
            depth,
            has_more: below.is_some(),
        });
        if (all || open.contains(&unit.id)) && found.len() <= units.len() {
            next.extend(below.into_iter().flatten().map(|unit| (*unit, depth + 1)));
        }
    }
    found
}

pub fn panel(view: View) -> AnyView {
    let desk = desk();
    let open = RwSignal::new(HashSet::<String>::new());
    // The topmost are open at first, if there are few.
    Effect::new(move |done: Option<bool>| {
        let roots = desk.units.with(|units| {
            let units = units.there()?;
            let roots = units.iter().filter(|unit| unit.parent.is_none());
            Some(roots.map(|unit| unit.id.clone()).collect::<Vec<_>>())
        });
        match (done, roots) {
            (Some(true), _) => true,
            (_, Some(roots)) => {
                if roots.len() <= 6 {
                    open.set(roots.into_iter().collect());
                }
                true
            }
            _ => false,
        }
    });
    let sums = Memo::new(move |_| {
        desk.units.with(|units| {
            let units = units.there().map_or(&[][..], Vec::as_slice);
            desk.book.with(|book| counts(units, &book.accounts))
        })
    });
    let shown = Memo::new(move |_| {
        desk.units
            .with(|units| open.with(|open| branches(units.there().map_or(&[][..], Vec::as_slice), open, false)))
    });
    let total = move || desk.book.with(|book| book.accounts.len()).to_string();
    view! {
        <section class="card tree" aria-label=t!("leit-units")>
            <header class="tree__head">
                <h2>{t!("leit-units")}</h2>
                {desk
                    .may(Right::Accounts)
                    .then(|| icon_button("add", t!("leit-unit-make"), move |_| route::go(desk.route, Route::Units)))}
            </header>
            <ul class="tree__list">
                <li>
                    <button
                        type="button"
                        class="tree__unit"
                        aria-current=move || view.unit.with(Option::is_none).then_some("true")
                        on:click=move |_| view.unit.set(None)
                        on:keydown=|event| dom::walk(&event, ".tree__list", ".tree__unit")
                    >
                        <span class="grow">{t!("leit-all-accounts")}</span>
                        <span class="tree__count">{total}</span>
                    </button>
                </li>
                <For
                    each=move || shown.get()
                    key=|branch| (branch.unit.id.clone(), branch.unit.revision, branch.depth, branch.has_more)
                    let:branch
                >
                    <li>{untrack(|| one(view, open, sums, branch))}</li>
                </For>
            </ul>
            <footer class="tree__foot muted small">{progress()}</footer>
        </section>
    }
    .into_any()
}

/// How far the reading is, while it goes on.
fn progress() -> AnyView {
    let desk = desk();
    (move || {
        let (count, whole) = desk.book.with(|book| (book.accounts.len(), book.is_whole));
        if whole {
            t!("leit-accounts-read", count = count)
        } else {
            t!("leit-accounts-reading", count = count)
        }
    })
    .into_any()
}

fn one(view: View, open: RwSignal<HashSet<String>>, sums: Memo<HashMap<String, u32>>, branch: Branch) -> AnyView {
    let Branch { unit, depth, has_more } = branch;
    let (id, for_open, for_turn, for_key) = (unit.id.clone(), unit.id.clone(), unit.id.clone(), unit.id.clone());
    let here = unit.id.clone();
    let count = move || sums.with(|sums| sums.get(&id).copied().unwrap_or_default()).to_string();
    let is_open = Memo::new(move |_| open.with(|open| open.contains(&for_open)));
    let turn = move |id: &String| {
        open.update(|open| {
            if !open.remove(id) {
                open.insert(id.clone());
            }
        });
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let opens = event.key() == "ArrowRight";
        if has_more && (opens || event.key() == "ArrowLeft") && is_open.get_untracked() != opens {
            event.prevent_default();
            turn(&for_key);
            return;
        }
        dom::walk(&event, ".tree__list", ".tree__unit");
    };
    let name = unit.name.clone();
    view! {
        <div class="tree__row" data-depth=depth.min(6).to_string()>
            {if has_more {
                view! {
                    <button
                        type="button"
                        class="tree__turn"
                        aria-label=t!("leit-unit-turn", name = &name)
                        aria-expanded=move || if is_open.get() { "true" } else { "false" }
                        on:click=move |_| turn(&for_turn)
                    >
                        <Icon name=Signal::derive(move || if is_open.get() { "expand-more" } else { "chevron-right" }) />
                    </button>
                }
                    .into_any()
            } else {
                view! { <span class="tree__turn"></span> }.into_any()
            }}
            <button
                type="button"
                class="tree__unit"
                aria-current=move || view.unit.with(|unit| unit.as_deref() == Some(here.as_str())).then_some("true")
                on:click=move |_| view.unit.set(Some(unit.id.clone()))
                on:keydown=keys
            >
                <span class="grow">{name.clone()}</span>
                <span class="tree__count">{count}</span>
            </button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, parent: Option<&str>, name: &str) -> Unit {
        Unit {
            id: id.into(),
            parent: parent.map(Into::into),
            name: name.into(),
            revision: 1,
        }
    }

    #[test]
    fn units_stand_by_name_and_below_what_is_open() {
        let units = [
            unit("w", None, "Wahlamt"),
            unit("v", None, "Verkehr"),
            unit("b2", Some("v"), "Bezirk 2"),
            unit("b1", Some("v"), "Bezirk 1"),
        ];
        let names = |open: &[&str]| -> Vec<String> {
            let open = open.iter().map(|id| (*id).to_owned()).collect();
            branches(&units, &open, false)
                .into_iter()
                .map(|branch| branch.unit.name)
                .collect()
        };
        assert_eq!(names(&[]), ["Verkehr", "Wahlamt"]);
        assert_eq!(names(&["v"]), ["Verkehr", "Bezirk 1", "Bezirk 2", "Wahlamt"]);
        assert_eq!(branches(&units, &HashSet::new(), true).len(), 4);
    }
}
