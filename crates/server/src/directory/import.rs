// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The import: up to 10,000 accounts from a CSV, all or nothing. First every row is checked and every bad place
//! named; only when there is none, units, accounts, rules and invitations are written, and each group's roster
//! changes once. A dry run does all of it, and the caller throws the transaction away.

use std::collections::HashMap;

use melder_protocol::account::AccountKind;
use melder_protocol::roster::Role;
use melder_protocol::{AccountId, ErrorCode, GroupId, OperationId, Time, UnitId};

use super::accounts::NewAccount;
use super::csv::{self, Encoding, Row};
use super::desk::{Desk, Reach};
use super::invitations::NewInvitation;
use super::problem::{BadRow, Outcome, Problem};
use super::types::{Account, InvitationTarget};
use super::{calendar, membership, text, units};

/// How an import is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportOptions {
    pub encoding: Encoding,
    /// Units that a path names and that are not there are made.
    pub create_units: bool,
    /// Each account gets an invitation.
    pub invite: bool,
    pub invitations_expire: Option<Time>,
    /// The guests belong to this operation.
    pub operation: Option<OperationId>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    pub accounts: Vec<Account>,
    /// Paths of units that were made.
    pub units: Vec<String>,
    /// In the order of `accounts`; empty when none were asked for.
    pub invitations: Vec<NewInvitation>,
    /// Places that are allowed and look like a mistake.
    pub warnings: Vec<BadRow>,
}

/// A row that is ready.
struct Ready {
    account: NewAccount,
    /// The index of a unit that is still to be made.
    new_unit: Option<usize>,
    groups: Vec<GroupId>,
}

#[derive(Clone, Copy)]
enum Place {
    Is(UnitId),
    /// An index into `Plan::units`.
    New(usize),
}

/// A unit that is still to be made.
struct PlannedUnit {
    parent: Option<Place>,
    name: String,
    path: String,
}

#[derive(Default)]
struct Plan {
    rows: Vec<Ready>,
    units: Vec<PlannedUnit>,
    bad: Vec<BadRow>,
    warnings: Vec<BadRow>,
    /// Folded path → place, or why there is none.
    places: HashMap<String, Result<Place, String>>,
    groups: HashMap<String, Result<GroupId, String>>,
}

fn kind(text: &str) -> Option<AccountKind> {
    match text.to_lowercase().as_str() {
        "" | "staff" | "personal" => Some(AccountKind::Staff),
        "guest" | "gast" => Some(AccountKind::Guest),
        "bot" => Some(AccountKind::Bot),
        "private" | "privat" => Some(AccountKind::Private),
        _ => None,
    }
}

impl Desk<'_, '_> {
    /// Imports accounts.
    ///
    /// # Errors
    /// `InvalidCsv` with every bad row; nothing is changed then, once the caller gives up the transaction.
    pub fn import(&mut self, bytes: &[u8], options: &ImportOptions) -> Outcome<Imported> {
        let invalid = |rows: Vec<BadRow>| {
            let message = match rows.len() {
                1 => "1 place in the table is wrong; nothing was changed".to_owned(),
                count => format!("{count} places in the table are wrong; nothing was changed"),
            };
            Problem {
                rows,
                ..Problem::new(ErrorCode::InvalidCsv, message)
            }
        };
        if let Some(operation) = options.operation {
            self.running(operation)?;
        }
        let rows = csv::parse(bytes, options.encoding).map_err(invalid)?;
        let mut plan = Plan::default();
        for row in &rows {
            self.plan_row(row, options, &mut plan)?;
        }
        if !plan.bad.is_empty() {
            return Err(invalid(plan.bad));
        }
        self.carry_out(plan, options)
    }

    fn plan_row(&mut self, row: &Row, options: &ImportOptions, plan: &mut Plan) -> Outcome<()> {
        let before = plan.bad.len();
        let mut bad = |column: &str, reason: String| {
            plan.bad.push(BadRow {
                line: row.line,
                column: column.to_owned(),
                reason,
            });
        };
        // `Problem` speaks of the field; here the column says it.
        let name = text::name("name", &row.name)
            .map_err(|problem| bad("name", problem.message))
            .ok();
        let function = text::optional("function", Some(&row.function))
            .and_then(|function| self.may_call(function.as_deref()).map(|()| function))
            .map_err(|problem| bad("function", problem.message))
            .ok();
        let kind = kind(&row.kind);
        if kind.is_none() {
            bad("kind", "must be staff, guest, bot or private".to_owned());
        }
        let ends = match row.ends.as_str() {
            "" => None,
            written => {
                let ends = calendar::parse(written);
                if ends.is_none() {
                    bad("ends", "is no day like 2029-06-10 or 10.06.2029".to_owned());
                }
                ends
            }
        };
        let operation = options.operation.filter(|_| kind == Some(AccountKind::Guest));
        if let Some(kind) = kind
            && (row.ends.is_empty() || ends.is_some())
            && let Err(problem) = self.guest_end(kind, operation, ends)
        {
            bad("ends", problem.message);
        }
        let place = self.place(&row.unit, options.create_units, plan)?;
        let groups = self.named_groups(&row.groups, plan)?;
        for (column, reason) in [("unit", place.as_ref().err()), ("groups", groups.as_ref().err())] {
            if let Some(reason) = reason {
                plan.bad.push(BadRow {
                    line: row.line,
                    column: column.to_owned(),
                    reason: reason.clone(),
                });
            }
        }
        let (Some(name), Some(function), Some(kind), Ok(place), Ok(groups)) = (name, function, kind, place, groups)
        else {
            return Ok(());
        };
        if plan.bad.len() > before {
            return Ok(());
        }
        let (unit, new_unit) = match place {
            None if self.reach.units().is_some() => {
                plan.bad.push(BadRow {
                    line: row.line,
                    column: "unit".to_owned(),
                    reason: "your role covers a unit: name it, or one below it".to_owned(),
                });
                return Ok(());
            }
            None => (None, None),
            Some(Place::Is(unit)) if !self.reach.covers(Some(unit)) => {
                plan.bad.push(BadRow {
                    line: row.line,
                    column: "unit".to_owned(),
                    reason: "your role does not cover this unit".to_owned(),
                });
                return Ok(());
            }
            Some(Place::Is(unit)) => (Some(unit), None),
            Some(Place::New(index)) => (None, Some(index)),
        };
        if new_unit.is_none() && self.work.tx.has_account_named(self.organisation, unit, &name)? {
            plan.warnings.push(BadRow {
                line: row.line,
                column: "name".to_owned(),
                reason: "there is an account of this name in this unit already".to_owned(),
            });
        }
        plan.rows.push(Ready {
            account: NewAccount {
                kind,
                name,
                unit,
                function,
                operation,
                ends,
            },
            new_unit,
            groups,
        });
        Ok(())
    }

    fn place(&self, path: &str, create: bool, plan: &mut Plan) -> Outcome<Result<Option<Place>, String>> {
        let names: Vec<&str> = path.split('/').map(str::trim).filter(|name| !name.is_empty()).collect();
        if names.len() > units::MAX_DEPTH {
            return Ok(Err("the tree of units is at most 12 levels deep".to_owned()));
        }
        let mut place: Option<Place> = None;
        let mut walked = String::new();
        for name in names {
            if !walked.is_empty() {
                walked.push('/');
            }
            walked.push_str(name);
            let key = text::folded(&walked);
            if !plan.places.contains_key(&key) {
                let found = self.step(place, name, &walked, create, plan)?;
                plan.places.insert(key.clone(), found);
            }
            match &plan.places[&key] {
                Ok(found) => place = Some(*found),
                Err(reason) => return Ok(Err(reason.clone())),
            }
        }
        Ok(Ok(place))
    }

    /// One step down a path.
    fn step(
        &self,
        parent: Option<Place>,
        name: &str,
        path: &str,
        create: bool,
        plan: &mut Plan,
    ) -> Outcome<Result<Place, String>> {
        let name = match text::unit_name(name) {
            Ok(name) => name,
            Err(problem) => return Ok(Err(problem.message)),
        };
        let above = match parent {
            None => Some(None),
            Some(Place::Is(unit)) => Some(Some(unit)),
            Some(Place::New(_)) => None,
        };
        if let Some(above) = above
            && let Some(unit) = self.work.tx.unit_named(self.organisation, above, &name)?
        {
            return Ok(Ok(Place::Is(unit.id)));
        }
        if !create {
            return Ok(Err(format!("there is no unit \"{path}\"")));
        }
        if let Some(above) = above
            && self.may_place(above).is_err()
        {
            return Ok(Err(format!("there is no unit \"{path}\", and your role can't make it")));
        }
        if plan.units.len() >= units::MAX_UNITS {
            return Ok(Err("more than 10,000 new units".to_owned()));
        }
        plan.units.push(PlannedUnit {
            parent,
            name,
            path: path.to_owned(),
        });
        Ok(Ok(Place::New(plan.units.len() - 1)))
    }

    /// Groups by name, separated by `|`.
    fn named_groups(&self, cell: &str, plan: &mut Plan) -> Outcome<Result<Vec<GroupId>, String>> {
        let mut groups = Vec::new();
        for name in cell.split('|').map(str::trim).filter(|name| !name.is_empty()) {
            let key = text::folded(name);
            if !plan.groups.contains_key(&key) {
                let found = match self.work.tx.groups_named(self.organisation, name)?.as_slice() {
                    [group] if self.reaches_group(*group)? => Ok(*group),
                    [_] => Err(format!("there is no group \"{name}\"")),
                    [] => Err(format!("there is no group \"{name}\"")),
                    _ => Err(format!("there is more than one group \"{name}\"")),
                };
                plan.groups.insert(key.clone(), found);
            }
            match &plan.groups[&key] {
                Ok(group) if groups.contains(group) => {}
                Ok(group) => groups.push(*group),
                Err(reason) => return Ok(Err(reason.clone())),
            }
        }
        Ok(Ok(groups))
    }

    fn carry_out(&mut self, plan: Plan, options: &ImportOptions) -> Outcome<Imported> {
        let mut done = Imported {
            warnings: plan.warnings,
            ..Imported::default()
        };
        let mut made: Vec<UnitId> = Vec::with_capacity(plan.units.len());
        for planned in plan.units {
            let parent = planned.parent.map(|place| match place {
                Place::Is(unit) => unit,
                Place::New(index) => made[index],
            });
            let unit = units::insert(self.work, self.organisation, parent, &planned.name)?;
            self.note("unit.create", unit.id)?;
            if let Reach::Units(units) = &mut self.reach {
                units.insert(unit.id);
            }
            made.push(unit.id);
            done.units.push(planned.path);
        }
        let mut ids: Vec<AccountId> = Vec::with_capacity(plan.rows.len());
        for mut row in plan.rows {
            if let Some(index) = row.new_unit {
                row.account.unit = Some(made[index]);
            }
            let account = self.prepare_account(&row.account)?;
            self.work.tx.insert_account(&account)?;
            for group in row.groups {
                self.work.tx.put_account_rule(group, account.id, Role::Member)?;
            }
            self.note("account.create", account.id)?;
            ids.push(account.id);
            done.accounts.push(account);
        }
        membership::refresh(self.work, &ids)?;
        if options.invite {
            for account in &done.accounts {
                let target = InvitationTarget::Account { account: account.id };
                let new = self.invite(target, options.invitations_expire)?;
                self.note("invitation.create", new.invitation.id)?;
                done.invitations.push(new);
            }
        }
        self.note("account.import", done.accounts.len())?;
        Ok(done)
    }
}
