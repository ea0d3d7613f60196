// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Units: an organisation's tree. No cycles; a name is unique among its siblings.

use std::collections::{BTreeMap, BTreeSet};

use melder_protocol::{OrganisationId, UnitId};

use super::desk::{Desk, random, unchanged};
use super::problem::{Outcome, Problem};
use super::types::Unit;
use super::{membership, text};
use crate::core::Work;
use crate::store::Transaction;

/// How deep the tree may be: deeper is a mistake, and every badge carries the path.
pub const MAX_DEPTH: usize = 12;
/// Units of one organisation.
pub const MAX_UNITS: usize = 10_000;

/// The unit and those above it, root first.
pub(super) fn path(tx: &dyn Transaction, unit: Option<UnitId>) -> Outcome<Vec<Unit>> {
    let mut path = Vec::new();
    let mut next = unit;
    while let Some(id) = next {
        // The depth is bounded, so damaged data can't keep this going.
        let Some(unit) = tx.unit(id)?.filter(|_| path.len() <= MAX_DEPTH) else {
            break;
        };
        next = unit.parent;
        path.push(unit);
    }
    path.reverse();
    Ok(path)
}

/// The path's names, root first.
pub(super) fn path_names(tx: &dyn Transaction, unit: Option<UnitId>) -> Outcome<Vec<String>> {
    Ok(path(tx, unit)?.into_iter().map(|unit| unit.name).collect())
}

/// The unit and all below it.
pub(super) fn subtree(tx: &dyn Transaction, organisation: OrganisationId, top: UnitId) -> Outcome<BTreeSet<UnitId>> {
    let mut below: BTreeMap<UnitId, Vec<UnitId>> = BTreeMap::new();
    for unit in tx.units(organisation)? {
        if let Some(parent) = unit.parent {
            below.entry(parent).or_default().push(unit.id);
        }
    }
    let mut found = BTreeSet::from([top]);
    let mut open = vec![top];
    while let Some(unit) = open.pop() {
        open.extend(
            below
                .get(&unit)
                .into_iter()
                .flatten()
                .filter(|child| found.insert(**child)),
        );
    }
    Ok(found)
}

/// How many levels stand below `top`.
fn height(units: &[Unit], top: UnitId) -> usize {
    units
        .iter()
        .filter(|unit| unit.parent == Some(top))
        .map(|child| 1 + height(units, child.id))
        .max()
        .unwrap_or(0)
}

/// Makes a unit. Also used by the import.
pub(super) fn insert(
    work: &mut Work<'_>,
    organisation: OrganisationId,
    parent: Option<UnitId>,
    name: &str,
) -> Outcome<Unit> {
    let name = text::unit_name(name)?;
    if path(work.tx, parent)?.len() >= MAX_DEPTH {
        return Err(Problem::limit("the tree of units is at most 12 levels deep"));
    }
    if work.tx.unit_named(organisation, parent, &name)?.is_some() {
        return Err(Problem::conflict("there is a unit of this name in the same place").at("name"));
    }
    let unit = Unit {
        id: UnitId::from_bytes(random(work)),
        organisation,
        parent,
        name,
        revision: 1,
    };
    work.tx.insert_unit(&unit)?;
    Ok(unit)
}

/// What changes of a unit; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitChange {
    pub name: Option<String>,
    /// `Some(None)`: becomes a root.
    pub parent: Option<Option<UnitId>>,
}

impl Desk<'_, '_> {
    /// The whole tree, each unit after the one above it, siblings by name.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn units(&self) -> Outcome<Vec<Unit>> {
        let mut below: BTreeMap<Option<UnitId>, Vec<Unit>> = BTreeMap::new();
        let all = self.work.tx.units(self.organisation)?;
        for mut unit in all.into_iter().filter(|unit| self.reach.covers(Some(unit.id))) {
            // What is above the caller's units is not theirs to see.
            unit.parent = unit.parent.filter(|parent| self.reach.covers(Some(*parent)));
            below.entry(unit.parent).or_default().push(unit);
        }
        for siblings in below.values_mut() {
            siblings.sort_by_cached_key(|unit| std::cmp::Reverse(text::folded(&unit.name)));
        }
        let mut open = below.remove(&None).unwrap_or_default();
        let mut tree = Vec::new();
        while let Some(unit) = open.pop() {
            open.extend(below.remove(&Some(unit.id)).unwrap_or_default());
            tree.push(unit);
        }
        Ok(tree)
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// When the name is invalid or taken, or the unit above is not there.
    pub fn create_unit(&mut self, parent: Option<UnitId>, name: &str) -> Outcome<Unit> {
        self.may_place(parent).map_err(|problem| problem.at("parent"))?;
        if self.work.tx.units(self.organisation)?.len() >= MAX_UNITS {
            return Err(Problem::limit("an organisation has at most 10,000 units"));
        }
        let unit = insert(self.work, self.organisation, parent, name)?;
        self.note("unit.create", unit.id)?;
        Ok(unit)
    }

    /// Renames or moves a unit. Groups follow at once, badges with the next ticks.
    ///
    /// # Errors
    /// When the name is invalid or taken, or the unit would stand below itself.
    pub fn change_unit(&mut self, id: UnitId, change: UnitChange, expected: Option<u32>) -> Outcome<Unit> {
        let mut unit = self.unit(id)?;
        unchanged(expected, unit.revision)?;
        let before = unit.clone();
        if let Some(name) = change.name {
            unit.name = text::unit_name(&name)?;
        }
        if let Some(parent) = change.parent {
            self.check_parent(id, parent)?;
            unit.parent = parent;
        }
        let same = self.work.tx.unit_named(self.organisation, unit.parent, &unit.name)?;
        if same.is_some_and(|same| same.id != id) {
            return Err(Problem::conflict("there is a unit of this name in the same place").at("name"));
        }
        unit.revision += 1;
        self.work.tx.update_unit(&unit)?;
        let units = subtree(self.work.tx, self.organisation, id)?;
        for unit in &units {
            self.work
                .tx
                .renew_badges(self.organisation, Some(*unit), self.work.now)?;
        }
        if before.parent != unit.parent {
            let mut accounts = Vec::new();
            for unit in &units {
                accounts.extend(self.work.tx.accounts_in_unit(*unit)?);
            }
            membership::refresh(self.work, &accounts)?;
        }
        self.note("unit.change", id)?;
        Ok(unit)
    }

    fn check_parent(&self, id: UnitId, parent: Option<UnitId>) -> Outcome<()> {
        self.may_place(parent).map_err(|problem| problem.at("parent"))?;
        let Some(parent) = parent else { return Ok(()) };
        let above = path(self.work.tx, Some(parent))?;
        if above.iter().any(|unit| unit.id == id) {
            return Err(Problem::field("parent", "a unit can't stand below itself"));
        }
        let units = self.work.tx.units(self.organisation)?;
        if above.len() + 1 + height(&units, id) > MAX_DEPTH {
            return Err(Problem::limit("the tree of units is at most 12 levels deep"));
        }
        Ok(())
    }

    /// Removes an empty unit.
    ///
    /// # Errors
    /// `Conflict` while it has units below it, accounts, or groups that name it.
    pub fn delete_unit(&mut self, id: UnitId, expected: Option<u32>) -> Outcome<()> {
        let unit = self.unit(id)?;
        unchanged(expected, unit.revision)?;
        if self.names_a_role(id)? {
            return Err(Problem::conflict("an admin's role covers the unit"));
        }
        if self.work.tx.unit_in_use(id)? {
            return Err(Problem::conflict(
                "the unit has units below it, accounts, or groups that follow it",
            ));
        }
        self.work.tx.delete_unit(id)?;
        self.note("unit.delete", id)
    }

    /// The path's names, root first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn unit_path(&self, unit: Option<UnitId>) -> Outcome<Vec<String>> {
        path_names(self.work.tx, unit)
    }
}
