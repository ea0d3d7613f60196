// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What all screens share: who is at work, the tree of units, and what was read of the lists that several screens need. The
//! server is what is true; a list is read anew when its screen is opened, and after a change only what changed.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use melder_kit::toast;

use crate::api::{self, Ask, Problem};
use crate::model::{Account, Group, Me, Operation, Unit};
use crate::route::{self, Route};

/// Something that is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load<T> {
    Waiting,
    Failed(Problem),
    There(T),
}

impl<T> Load<T> {
    pub const fn there(&self) -> Option<&T> {
        match self {
            Self::There(it) => Some(it),
            _ => None,
        }
    }
}

impl<T> From<Result<T, Problem>> for Load<T> {
    fn from(result: Result<T, Problem>) -> Self {
        match result {
            Ok(it) => Self::There(it),
            Err(problem) => Self::Failed(problem),
        }
    }
}

/// What stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Starting,
    LogIn,
    SetUp,
    Invited,
    Open,
}

/// A question before something that can't be taken back.
#[derive(Clone)]
pub struct Question {
    pub title: String,
    pub lines: Vec<String>,
    pub action: String,
    pub danger: bool,
    /// Called with the reason that was given.
    pub then: Callback<String>,
}

/// The accounts, as far as they are here.
#[derive(Debug, Default)]
pub struct Book {
    pub accounts: Vec<Account>,
    pub is_whole: bool,
    pub problem: Option<Problem>,
    /// A later reading makes an earlier one void.
    turn: u32,
}

#[derive(Clone, Copy)]
pub struct Desk {
    pub route: RwSignal<Route>,
    pub stage: RwSignal<Stage>,
    pub me: RwSignal<Option<Me>>,
    /// What `#` carried when the page was opened.
    pub secret: StoredValue<Option<String>>,
    pub units: RwSignal<Load<Vec<Unit>>>,
    pub book: RwSignal<Book>,
    pub groups: RwSignal<Load<Vec<Group>>>,
    pub operations: RwSignal<Load<Vec<Operation>>>,
    pub question: RwSignal<Option<Question>>,
    /// Said on the log-in screen: why one is there.
    pub ended: RwSignal<bool>,
}

impl Desk {
    pub fn new() -> Self {
        let route = route::current();
        let secret = matches!(route, Route::SetUp | Route::Invited)
            .then(route::take_secret)
            .flatten();
        Self {
            route: RwSignal::new(route),
            stage: RwSignal::new(Stage::Starting),
            me: RwSignal::new(None),
            secret: StoredValue::new(secret),
            units: RwSignal::new(Load::Waiting),
            book: RwSignal::new(Book::default()),
            groups: RwSignal::new(Load::Waiting),
            operations: RwSignal::new(Load::Waiting),
            question: RwSignal::new(None),
            ended: RwSignal::new(false),
        }
    }

    /// Who am I? Decides what is shown.
    pub async fn enter(self) -> Result<(), Problem> {
        let me = Me::read(&Ask::get("me").send().await?);
        self.me.set(Some(me));
        self.ended.set(false);
        if matches!(self.route.get_untracked(), Route::SetUp | Route::Invited) {
            route::replace(self.route, Route::Overview);
        }
        self.stage.set(Stage::Open);
        Ok(())
    }

    /// Nobody is at work here any more; nothing that was read stays.
    pub fn leave(self, ended: bool) {
        api::use_token(None);
        self.question.set(None);
        self.me.set(None);
        self.units.set(Load::Waiting);
        self.book.update(|book| {
            let turn = book.turn.wrapping_add(1);
            *book = Book {
                turn,
                ..Book::default()
            };
        });
        self.groups.set(Load::Waiting);
        self.operations.set(Load::Waiting);
        self.ended.set(ended);
        self.stage.set(Stage::LogIn);
    }

    pub fn may(self, right: crate::model::Right) -> bool {
        self.me.with(|me| me.as_ref().is_some_and(|me| me.may(right)))
    }

    pub fn read_units(self) {
        spawn_local(async move {
            let units = api::whole("units", Unit::read).await;
            self.units.set(units.into());
        });
    }

    pub fn read_groups(self) {
        spawn_local(async move {
            let groups = api::whole("groups", Group::read).await;
            self.groups.set(groups.into());
        });
    }

    pub fn read_operations(self) {
        spawn_local(async move {
            let operations = api::whole("operations", Operation::read).await;
            self.operations.set(operations.into());
        });
    }

    /// Reads all accounts, and shows them as they come; what is here stays until then.
    pub fn read_accounts(self) {
        let turn = self
            .book
            .try_update(|book| {
                book.turn = book.turn.wrapping_add(1);
                book.problem = None;
                book.turn
            })
            .unwrap_or_default();
        spawn_local(async move {
            let fresh = self.book.with_untracked(|book| !book.is_whole);
            let all = std::cell::RefCell::new(Vec::new());
            let done = api::list("accounts", |items| {
                all.borrow_mut().extend(items.iter().map(Account::read));
                // The first reading is watched; a later one takes its place when it is whole.
                if fresh {
                    let part = all.borrow().clone();
                    self.book.update(|book| {
                        if book.turn == turn {
                            book.accounts = part;
                        }
                    });
                }
            })
            .await;
            self.book.update(|book| {
                if book.turn != turn {
                    return;
                }
                match done {
                    Ok(()) => {
                        book.accounts = all.into_inner();
                        book.is_whole = true;
                    }
                    Err(problem) => book.problem = Some(problem),
                }
            });
        });
    }

    /// Takes in an account as it is now.
    pub fn put_account(self, account: Account) {
        self.book.update(
            |book| match book.accounts.iter_mut().find(|other| other.id == account.id) {
                Some(place) => *place = account,
                None => {
                    let name = account.name.to_lowercase();
                    let at = book.accounts.partition_point(|other| other.name.to_lowercase() < name);
                    book.accounts.insert(at, account);
                }
            },
        );
    }

    pub fn drop_account(self, id: &str) {
        self.book
            .update(|book| book.accounts.retain(|account| account.id != id));
    }

    pub fn account(self, id: &str) -> Option<Account> {
        self.book
            .with(|book| book.accounts.iter().find(|account| account.id == id).cloned())
    }

    /// The names of a unit and those above it, topmost first.
    pub fn unit_path(self, id: Option<&str>) -> String {
        self.units.with(|units| {
            let units = units.there().map_or(&[][..], Vec::as_slice);
            path_of(units, id)
        })
    }

    pub fn unit_name(self, id: Option<&str>) -> String {
        self.units.with(|units| {
            let units = units.there().map_or(&[][..], Vec::as_slice);
            let found = units.iter().find(|unit| Some(unit.id.as_str()) == id);
            found.map(|unit| unit.name.clone()).unwrap_or_default()
        })
    }

    pub fn ask(self, question: Question) {
        self.question.set(Some(question));
    }
}

fn path_of(units: &[Unit], id: Option<&str>) -> String {
    let mut names = Vec::new();
    let mut at = id;
    // A tree that the server had let become a ring would not end.
    while let Some(unit) = units.iter().find(|unit| Some(unit.id.as_str()) == at) {
        names.push(unit.name.as_str());
        at = unit.parent.as_deref();
        if names.len() > 32 {
            break;
        }
    }
    names.reverse();
    names.join(" › ")
}

/// A unit and all below it.
pub fn below(units: &[Unit], root: &str) -> Vec<String> {
    let mut found = vec![root.to_owned()];
    let mut at = 0;
    while let Some(parent) = found.get(at).cloned() {
        for unit in units {
            if unit.parent.as_ref() == Some(&parent) && !found.contains(&unit.id) {
                found.push(unit.id.clone());
            }
        }
        at += 1;
    }
    found
}

/// How many accounts are in each unit, with those below it.
pub fn counts(units: &[Unit], accounts: &[Account]) -> HashMap<String, u32> {
    let mut own: HashMap<&str, u32> = HashMap::new();
    for account in accounts {
        if let Some(unit) = &account.unit {
            *own.entry(unit).or_default() += 1;
        }
    }
    let parents: HashMap<&str, Option<&str>> = units
        .iter()
        .map(|unit| (unit.id.as_str(), unit.parent.as_deref()))
        .collect();
    let mut sums: HashMap<String, u32> = HashMap::new();
    for (unit, count) in own {
        let mut at = Some(unit);
        for _ in 0..32 {
            let Some(id) = at else { break };
            *sums.entry(id.to_owned()).or_default() += count;
            at = parents.get(id).copied().flatten();
        }
    }
    sums
}

/// What all screens share.
pub fn desk() -> Desk {
    expect_context()
}

/// Says what is in the way.
pub fn say(problem: &Problem) {
    toast(problem.say());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, parent: Option<&str>) -> Unit {
        Unit {
            id: id.into(),
            parent: parent.map(Into::into),
            name: id.to_uppercase(),
            revision: 1,
        }
    }

    #[test]
    fn a_unit_has_a_path_and_those_below_it() {
        let units = [
            unit("a", None),
            unit("b", Some("a")),
            unit("c", Some("b")),
            unit("d", None),
        ];
        assert_eq!(path_of(&units, Some("c")), "A › B › C");
        assert_eq!(path_of(&units, None), "");
        assert_eq!(below(&units, "a"), ["a", "b", "c"]);
    }

    #[test]
    fn a_ring_of_units_has_an_end() {
        let units = [unit("a", Some("b")), unit("b", Some("a"))];
        assert_eq!(below(&units, "a"), ["a", "b"]);
        assert!(path_of(&units, Some("a")).len() < 400);
    }
}
