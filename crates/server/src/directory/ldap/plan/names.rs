// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Who gets the name that the directory says. A name is one account's, or one group's, alone.

use std::collections::{BTreeMap, BTreeSet};

/// Somebody, or a group, for whom the directory says a name.
pub struct Claim<'f, T> {
    pub key: &'f str,
    /// Folded.
    pub name: String,
    /// What they are called here, folded; `None` when they are new.
    pub was: Option<String>,
    pub what: T,
}

/// Those who get their names, and those who don't. Who is here and gets none keeps the one they have, which then nobody
/// else gets. `taken`: what is nobody's to get.
pub fn settle<'f, T>(
    mut claims: Vec<Claim<'f, T>>,
    taken: &BTreeSet<String>,
) -> (Vec<Claim<'f, T>>, Vec<Claim<'f, T>>) {
    // Who keeps their name first, then who is here: a newcomer takes nobody's.
    let rank = |claim: &Claim<'f, T>| match &claim.was {
        Some(was) if *was == claim.name => 0,
        Some(_) => 1,
        None => 2,
    };
    claims.sort_by_key(|claim| (rank(claim), claim.key));
    let mut winners: BTreeMap<&str, usize> = BTreeMap::new();
    let mut losing: Vec<usize> = Vec::new();
    for (at, claim) in claims.iter().enumerate() {
        if taken.contains(&claim.name) || winners.contains_key(claim.name.as_str()) {
            losing.push(at);
        } else {
            winners.insert(&claim.name, at);
        }
    }
    let mut lost: BTreeSet<usize> = BTreeSet::new();
    while let Some(at) = losing.pop() {
        lost.insert(at);
        let was = claims.get(at).and_then(|claim| claim.was.as_deref());
        losing.extend(was.and_then(|was| winners.remove(was)));
    }
    let mut won = Vec::new();
    let mut without = Vec::new();
    for (at, claim) in claims.into_iter().enumerate() {
        if lost.contains(&at) {
            without.push(claim);
        } else {
            won.push(claim);
        }
    }
    (won, without)
}

/// What is said more than once.
pub fn twice<'f>(keys: impl Iterator<Item = &'f str>) -> BTreeSet<&'f str> {
    let mut seen = BTreeSet::new();
    keys.filter(|key| !seen.insert(*key)).collect()
}
