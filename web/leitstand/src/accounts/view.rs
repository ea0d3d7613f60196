// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Which accounts are shown, and in which order: all by what is here already, so that a keystroke needs no server.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use melder_kit::t;

use crate::model::{Account, Unit, findable};
use crate::parts::tag;
use crate::state::{Desk, below};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Name,
    Status,
    Unit,
    Ends,
}

/// How many of each status there are among those of the unit, kind and words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    active: u32,
    invited: u32,
    suspended: u32,
}

impl Sums {
    pub fn of(&self, status: &str) -> u32 {
        match status {
            "active" => self.active,
            "invited" => self.invited,
            "suspended" => self.suspended,
            _ => self.active + self.invited + self.suspended,
        }
    }
}

#[derive(Clone, Copy)]
pub struct View {
    pub query: RwSignal<String>,
    pub unit: RwSignal<Option<String>>,
    pub status: RwSignal<&'static str>,
    pub kind: RwSignal<String>,
    pub sort: RwSignal<(Sort, bool)>,
    pub chosen: RwSignal<HashSet<String>>,
    /// Places in the book, in order.
    pub rows: Memo<Vec<u32>>,
    pub sums: Memo<Sums>,
}

impl View {
    pub fn new(desk: Desk) -> Self {
        let query = RwSignal::new(String::new());
        let unit = RwSignal::new(None::<String>);
        let status = RwSignal::new("");
        let kind = RwSignal::new(String::new());
        let sort = RwSignal::new((Sort::Name, true));
        // Status apart: the chips count what the rest lets through.
        let all = Memo::new(move |_| {
            let wanted = Wanted::new(desk, &query.get(), unit.get().as_deref(), &kind.get());
            desk.book.with(|book| {
                let places = book.accounts.iter().zip(0u32..);
                let fitting = places.filter(|(account, _)| wanted.takes(account));
                fitting.map(|(_, at)| at).collect::<Vec<u32>>()
            })
        });
        let sums = Memo::new(move |_| desk.book.with(|book| all.with(|rows| sums_of(&book.accounts, rows))));
        let rows = Memo::new(move |_| {
            let (status, sort) = (status.get(), sort.get());
            let paths = if sort.0 == Sort::Unit {
                paths(desk)
            } else {
                HashMap::new()
            };
            desk.book.with(|book| {
                let mut rows = all.get();
                rows.retain(|at| at_of(&book.accounts, *at).is_some_and(|it| status.is_empty() || it.status == status));
                sort_rows(&mut rows, &book.accounts, sort, &paths);
                rows
            })
        });
        Self {
            query,
            unit,
            status,
            kind,
            sort,
            chosen: RwSignal::new(HashSet::new()),
            rows,
            sums,
        }
    }

    pub fn show_all(self) {
        self.query.set(String::new());
        self.unit.set(None);
        self.status.set("");
        self.kind.set(String::new());
    }

    /// Chosen and shown accounts, in their order.
    pub fn chosen_accounts(self, desk: Desk) -> Vec<Account> {
        desk.book.with_untracked(|book| {
            self.chosen.with_untracked(|chosen| {
                let all = book.accounts.iter();
                all.filter(|account| chosen.contains(&account.id)).cloned().collect()
            })
        })
    }
}

fn at_of(accounts: &[Account], at: u32) -> Option<&Account> {
    accounts.get(usize::try_from(at).ok()?)
}

fn sums_of(accounts: &[Account], rows: &[u32]) -> Sums {
    let mut sums = Sums::default();
    for account in rows.iter().filter_map(|at| at_of(accounts, *at)) {
        match account.status.as_str() {
            "active" => sums.active += 1,
            "suspended" => sums.suspended += 1,
            _ => sums.invited += 1,
        }
    }
    sums
}

fn paths(desk: Desk) -> HashMap<String, String> {
    let units = desk.units.with(|units| units.there().cloned().unwrap_or_default());
    units
        .into_iter()
        .map(|unit| (unit.id.clone(), desk.unit_path(Some(&unit.id))))
        .collect()
}

fn sort_rows(rows: &mut [u32], accounts: &[Account], (sort, up): (Sort, bool), paths: &HashMap<String, String>) {
    // The book is by name, and the sort is stable.
    let key = |at: &u32| -> (u64, &str) {
        let Some(account) = at_of(accounts, *at) else {
            return (0, "");
        };
        match sort {
            Sort::Name => (0, ""),
            Sort::Status => (0, account.status.as_str()),
            Sort::Unit => (
                u64::from(account.unit.is_none()),
                account
                    .unit
                    .as_ref()
                    .and_then(|unit| paths.get(unit))
                    .map_or("", String::as_str),
            ),
            Sort::Ends => (account.ends.unwrap_or(u64::MAX), ""),
        }
    };
    if sort != Sort::Name {
        rows.sort_by(|a, b| key(a).cmp(&key(b)));
    }
    if !up {
        rows.reverse();
    }
}

/// The conditions, made ready for many accounts.
struct Wanted {
    words: Vec<String>,
    /// Units whose names have the word of the same place.
    named: Vec<HashSet<String>>,
    units: Option<HashSet<String>>,
    kind: String,
}

impl Wanted {
    fn new(desk: Desk, query: &str, unit: Option<&str>, kind: &str) -> Self {
        desk.units.with(|units| {
            let units: &[Unit] = units.there().map_or(&[], Vec::as_slice);
            let query = findable(query);
            let words: Vec<String> = query.split_whitespace().map(|word| format!(" {word}")).collect();
            let named = words.iter().map(|word| {
                let found = units.iter().filter(|unit| findable(&unit.name).contains(word));
                found.map(|unit| unit.id.clone()).collect()
            });
            Self {
                named: named.collect(),
                words,
                units: unit.map(|unit| below(units, unit).into_iter().collect()),
                kind: kind.to_owned(),
            }
        })
    }

    fn takes(&self, account: &Account) -> bool {
        let unit = account.unit.as_ref();
        (self.kind.is_empty() || account.kind == self.kind)
            && self
                .units
                .as_ref()
                .is_none_or(|units| unit.is_some_and(|unit| units.contains(unit)))
            && self.words.iter().zip(&self.named).all(|(word, named)| {
                account.find.contains(word.as_str()) || unit.is_some_and(|unit| named.contains(unit))
            })
    }
}

pub fn kind_word(kind: &str) -> String {
    match kind {
        "guest" => t!("leit-kind-guest"),
        "bot" => t!("leit-kind-bot"),
        "private" => t!("leit-kind-private"),
        _ => t!("leit-kind-staff"),
    }
}

pub fn status_tag(status: &str) -> AnyView {
    match status {
        "active" => tag("good", "check-circle", t!("leit-status-active")),
        "suspended" => tag("danger", "block", t!("leit-status-suspended")),
        _ => tag("info", "mail-outline", t!("leit-status-invited")),
    }
}
