// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Units stay a tree, whatever is asked of them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::directory::types::AccountFilter;
use crate::directory::types::Page;
use crate::directory::units::{MAX_DEPTH, UnitChange};

fn moved(parent: Option<UnitId>) -> UnitChange {
    UnitChange {
        name: None,
        parent: Some(parent),
    }
}

#[test]
fn a_name_is_unique_among_siblings_whatever_its_case() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let kvu = city.unit(&mut server, None, "KVÜ");
    assert_eq!(
        code(city.desk(&mut server, |desk| desk.create_unit(None, "kvü"))),
        ErrorCode::Conflict
    );
    city.unit(&mut server, Some(kvu.id), "KVÜ");
    for bad in ["", "A/B", "a\u{202e}b"] {
        assert_eq!(
            code(city.desk(&mut server, move |desk| desk.create_unit(None, bad))),
            ErrorCode::InvalidName
        );
    }
}

#[test]
fn a_unit_never_stands_below_itself() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let a = city.unit(&mut server, None, "A").id;
    let b = city.unit(&mut server, Some(a), "B").id;
    let c = city.unit(&mut server, Some(b), "C").id;
    for (unit, parent) in [(a, a), (a, b), (a, c), (b, c)] {
        let outcome = city.desk(&mut server, move |desk| {
            desk.change_unit(unit, moved(Some(parent)), None)
        });
        assert_eq!(code(outcome), ErrorCode::InvalidField);
    }
    city.desk(&mut server, move |desk| desk.change_unit(c, moved(None), None))
        .unwrap();
    city.desk(&mut server, move |desk| desk.change_unit(a, moved(Some(c)), None))
        .unwrap();
    let names: Vec<String> = city
        .desk(&mut server, |desk| desk.units())
        .unwrap()
        .into_iter()
        .map(|unit| unit.name)
        .collect();
    assert_eq!(names, ["C", "A", "B"]);
}

#[test]
fn a_unit_in_use_is_not_removed() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let a = city.unit(&mut server, None, "A").id;
    let account = city.account(&mut server, "Ada", Some(a)).id;
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.delete_unit(a, None))),
        ErrorCode::Conflict
    );
    city.desk(&mut server, move |desk| desk.delete_account(account, None))
        .unwrap();
    city.desk(&mut server, move |desk| desk.delete_unit(a, None)).unwrap();
}

#[test]
fn a_change_to_what_somebody_else_has_changed_is_refused() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let a = city.unit(&mut server, None, "A");
    let rename = |name: &str| UnitChange {
        name: Some(name.to_owned()),
        parent: None,
    };
    let (id, seen, first, second) = (a.id, a.revision, rename("B"), rename("C"));
    city.desk(&mut server, move |desk| desk.change_unit(id, first, Some(seen)))
        .unwrap();
    let outcome = city.desk(&mut server, move |desk| desk.change_unit(id, second, Some(seen)));
    assert_eq!(code(outcome), ErrorCode::Conflict);
}

#[test]
fn accounts_are_found_by_the_beginnings_of_name_function_and_unit() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let unit = city.unit(&mut server, None, "Kommunale Verkehrsüberwachung").id;
    city.desk(&mut server, move |desk| {
        let mut ada = staff("Ada König", Some(unit));
        ada.function = Some("Schichtleitung".to_owned());
        desk.create_account(&ada)?;
        desk.create_account(&staff("Bo Adamek", None))
    })
    .unwrap();
    let mut find = |query: &'static str| {
        let filter = AccountFilter {
            query: Some(query.to_owned()),
            ..AccountFilter::default()
        };
        let found = city
            .desk(&mut server, move |desk| desk.accounts(&filter, Page::first(10)))
            .unwrap();
        found.into_iter().map(|account| account.name).collect::<Vec<_>>()
    };
    assert_eq!(find("ada"), ["Ada König", "Bo Adamek"]);
    assert_eq!(find("ADA kön"), ["Ada König"]);
    assert_eq!(find("schicht"), ["Ada König"]);
    assert_eq!(find("verkehr ada"), ["Ada König"]);
    assert_eq!(find("zzz"), [""; 0]);
    assert_eq!(find("%"), [""; 0]);
}

#[test]
fn lists_come_in_parts_that_neither_repeat_nor_skip() {
    let mut server = Server::new();
    let city = server.organisation("City");
    city.desk(&mut server, |desk| {
        for number in 0..25 {
            desk.create_account(&staff(&format!("Name {:02}", number / 2), None))?;
        }
        Ok(())
    })
    .unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = Page { after, limit: 7 };
        let part = city
            .desk(&mut server, move |desk| desk.accounts(&AccountFilter::default(), page))
            .unwrap();
        if part.is_empty() {
            break;
        }
        after = part.last().map(|account| account.id);
        seen.extend(part);
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted_by_key(|account| (account.name.clone(), account.id)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is made, moved and removed: every unit's way up ends, and siblings have different names.
    #[test]
    fn the_tree_stays_a_tree(steps in proptest::collection::vec((0_u8..3, 0_usize..12, 0_usize..12, 0_u8..4), 1..60)) {
        let mut server = Server::new();
        let city = server.organisation("City");
        for (what, which, other, name) in steps {
            let name = format!("U{name}");
            let units = city.desk(&mut server, |desk| desk.units()).unwrap();
            let pick = |index: usize| units.get(index).map(|unit| unit.id);
            let (unit, parent) = (pick(which), pick(other));
            // Refusals are expected; what counts is what stands afterwards.
            let _ = match (what, unit) {
                (0, _) | (_, None) => city.desk(&mut server, move |desk| desk.create_unit(parent, &name).map(drop)),
                (1, Some(unit)) => {
                    city.desk(&mut server, move |desk| desk.change_unit(unit, moved(parent), None).map(drop))
                }
                (_, Some(unit)) => city.desk(&mut server, move |desk| desk.delete_unit(unit, None)),
            };
        }
        let stored = server.run(move |work| Ok(work.tx.units(city.0)?)).unwrap();
        let listed = city.desk(&mut server, |desk| desk.units()).unwrap();
        prop_assert_eq!(listed.len(), stored.len(), "every unit hangs on a root");
        let parents: BTreeMap<_, _> = stored.iter().map(|unit| (unit.id, unit.parent)).collect();
        for unit in &stored {
            let mut way = 0;
            let mut next = Some(unit.id);
            while let Some(id) = next {
                way += 1;
                prop_assert!(way <= MAX_DEPTH);
                next = parents[&id];
            }
        }
        let mut names: Vec<_> = stored.iter().map(|unit| (unit.parent, unit.name.to_lowercase())).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        prop_assert_eq!(names.len(), count);
    }
}
