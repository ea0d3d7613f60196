// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Which unit the directory means.

use std::collections::BTreeMap;

use melder_protocol::UnitId;
use serde::Serialize;

use super::super::{Place, Why};
use crate::directory::text;
use crate::directory::types::Unit;
use crate::directory::units::MAX_DEPTH;

/// Where an account goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Seat {
    /// A unit that is here.
    Unit(Option<UnitId>),
    /// One that is made first.
    New(Vec<String>),
}

/// The units that are here, and those that are to be made.
pub struct Places<'f> {
    by_id: BTreeMap<UnitId, &'f Unit>,
    by_place: BTreeMap<(Option<UnitId>, String), UnitId>,
    by_name: BTreeMap<String, Vec<UnitId>>,
    /// Folded path and path as written first.
    new: BTreeMap<Vec<String>, Vec<String>>,
}

impl<'f> Places<'f> {
    pub fn new(units: &'f [Unit]) -> Self {
        let mut places = Self {
            by_id: BTreeMap::new(),
            by_place: BTreeMap::new(),
            by_name: BTreeMap::new(),
            new: BTreeMap::new(),
        };
        for unit in units {
            let folded = text::folded(&unit.name);
            places.by_id.insert(unit.id, unit);
            places.by_place.insert((unit.parent, folded.clone()), unit.id);
            places.by_name.entry(folded).or_default().push(unit.id);
        }
        places
    }

    /// The units that are to be made, each after the one above it.
    pub fn made(&self) -> Vec<Vec<String>> {
        // A folded path sorts before those that begin with it.
        self.new.values().cloned().collect()
    }

    /// The names of a unit and those above it, with slashes.
    pub fn path_of(&self, unit: Option<UnitId>) -> Option<String> {
        let mut names = Vec::new();
        let mut next = unit;
        while let Some(unit) = next.and_then(|id| self.by_id.get(&id)) {
            names.push(unit.name.as_str());
            next = unit.parent.filter(|_| names.len() <= MAX_DEPTH);
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("/"))
    }

    /// The unit, and what it is called; or why there is none, and what it would be called.
    pub fn seat(&mut self, place: &Place, create: bool) -> Result<(Seat, String), (Why, String)> {
        let (path, single) = match place {
            Place::Path(path) => (path.clone(), false),
            Place::Named(name) => {
                let parts: Vec<String> = name.split('/').map(|part| part.trim().to_owned()).collect();
                let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                let single = parts.len() == 1;
                (parts, single)
            }
        };
        if path.is_empty() {
            return Ok((Seat::Unit(None), String::new()));
        }
        let mut at = None;
        let mut here = true;
        for name in &path {
            match self.by_place.get(&(at, text::folded(name))) {
                Some(id) if here => at = Some(*id),
                _ => here = false,
            }
        }
        if here {
            return Ok((Seat::Unit(at), path.join("/")));
        }
        if let (true, [name]) = (single, path.as_slice()) {
            match self.by_name.get(&text::folded(name)).map(Vec::as_slice) {
                Some([only]) => return Ok((Seat::Unit(Some(*only)), name.clone())),
                Some([_, _, ..]) => return Err((Why::UnitAmbiguous, name.clone())),
                _ => {}
            }
        }
        if !create {
            return Err((Why::UnitUnknown, path.join("/")));
        }
        self.make(path)
    }

    fn make(&mut self, path: Vec<String>) -> Result<(Seat, String), (Why, String)> {
        // As the directory writes it, so that the next time it is the same.
        let name = path.join("/");
        if path.len() > MAX_DEPTH {
            return Err((Why::UnitTooDeep, name));
        }
        let mut clean = Vec::with_capacity(path.len());
        for name in &path {
            clean.push(text::unit_name(name).map_err(|_| (Why::UnitName, name.clone()))?);
        }
        let folded: Vec<String> = clean.iter().map(|name| text::folded(name)).collect();
        let mut at = None;
        let mut here = true;
        let mut written: Vec<String> = Vec::with_capacity(clean.len());
        for (depth, name) in clean.iter().enumerate() {
            let found = self.by_place.get(&(at, text::folded(name))).filter(|_| here);
            if let Some(unit) = found.and_then(|id| self.by_id.get(id)) {
                at = Some(unit.id);
                written.push(unit.name.clone());
                continue;
            }
            here = false;
            let key: Vec<String> = folded.iter().take(depth + 1).cloned().collect();
            // As it was written first.
            let known = self.new.get(&key).and_then(|path| path.last()).cloned();
            written.push(known.unwrap_or_else(|| name.clone()));
            self.new.entry(key).or_insert_with(|| written.clone());
        }
        Ok(match (here, at) {
            (true, unit) => (Seat::Unit(unit), name),
            (false, _) => (Seat::New(written), name),
        })
    }
}
