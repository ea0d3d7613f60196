// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The import: all or nothing, every bad place named, ten thousand in one go.

use proptest::prelude::*;

use super::*;
use crate::directory::import::{ImportOptions, Imported};
use crate::directory::types::{AccountFilter, Page, UnitRule};

fn import(server: &mut Server, city: Tenant, text: impl Into<String>, options: ImportOptions) -> Outcome<Imported> {
    let text = text.into();
    city.desk(server, move |desk| desk.import(text.as_bytes(), &options))
}

fn names(server: &mut Server, city: Tenant) -> Vec<String> {
    let rows = city
        .desk(server, |desk| {
            desk.accounts(&AccountFilter::default(), Page::first(1_000))
        })
        .unwrap();
    rows.into_iter().map(|account| account.name).collect()
}

#[test]
fn accounts_land_in_their_units_and_groups_with_invitations() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let desk_unit = city.unit(&mut server, Some(hall), "Desk").id;
    let rules = Rules {
        units: vec![UnitRule {
            unit: hall,
            sub_units: true,
            role: melder_protocol::roster::Role::Member,
        }],
        accounts: vec![],
        ..Rules::default()
    };
    let all = city.group(&mut server, "All", rules).id;
    let news = city.group(&mut server, "News", Rules::default()).id;
    let options = ImportOptions {
        invite: true,
        ..ImportOptions::default()
    };
    let table = "Name;Dienststelle;Funktion;Art;Ende;Gruppen\n\
                 Ada König;Hall/Desk;Leitung;;;News|all\n\
                 Gina;hall;;Gast;10.06.2029;\n";
    let done = import(&mut server, city, table, options).unwrap();
    assert_eq!(
        (done.accounts.len(), done.invitations.len(), done.warnings.len()),
        (2, 2, 0)
    );
    assert_eq!(
        (done.accounts[0].unit, done.accounts[0].function.as_deref()),
        (Some(desk_unit), Some("Leitung"))
    );
    assert_eq!(done.accounts[1].kind, AccountKind::Guest);
    assert_eq!(server.roster(all), ["Ada König Member", "Gina Member"]);
    assert_eq!(server.roster(news), ["Ada König Member"]);
    let record = server.claim(&done.invitations[0], None).unwrap();
    assert_eq!(record.account, done.accounts[0].id);
}

#[test]
fn every_bad_place_is_named_and_nothing_is_changed() {
    let mut server = Server::new();
    let city = server.organisation("City");
    city.unit(&mut server, None, "Hall");
    let table = "name,unit,kind,ends,groups\n\
                 Ada,Hall,,,\n\
                 ,Nowhere,wizard,,\n\
                 Gina,,guest,,None\n\
                 Bo,Hall,staff,2029-06-10,\n\
                 Cy,Hall,guest,gestern,\n";
    let problem = import(&mut server, city, table, ImportOptions::default()).unwrap_err();
    assert_eq!(problem.code, ErrorCode::InvalidCsv);
    let places: Vec<(u64, &str)> = problem.rows.iter().map(|row| (row.line, row.column.as_str())).collect();
    assert_eq!(
        places,
        [
            (3, "name"),
            (3, "kind"),
            (3, "unit"),
            (4, "ends"),
            (4, "groups"),
            (5, "ends"),
            (6, "ends")
        ]
    );
    assert!(problem.rows.iter().all(|row| !row.reason.is_empty()));
    assert_eq!(names(&mut server, city), [""; 0]);
}

#[test]
fn missing_units_are_made_when_asked_for() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let options = ImportOptions {
        create_units: true,
        ..ImportOptions::default()
    };
    let done = import(&mut server, city, "name,unit\nAda,A/B\nBo,a/C\nCy,A\n", options).unwrap();
    assert_eq!(done.units, ["A", "A/B", "a/C"]);
    assert_eq!(city.desk(&mut server, |desk| desk.units()).unwrap().len(), 3);
    let again = import(&mut server, city, "name,unit\nAda,A/B\n", options).unwrap();
    assert_eq!(
        (again.units.len(), again.warnings.len()),
        (0, 1),
        "the same person again is allowed, and said"
    );
}

#[test]
fn ten_thousand_rows_are_one_change_for_each_group() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let rules = Rules {
        units: vec![UnitRule {
            unit: hall,
            sub_units: true,
            role: melder_protocol::roster::Role::Member,
        }],
        accounts: vec![],
        ..Rules::default()
    };
    let all = city.group(&mut server, "All", rules).id;
    let mut table = String::from("name,unit,function\n");
    for number in 0..10_000 {
        table += &format!("Person Number{number},Hall/Team {},Warden\n", number % 40);
    }
    let begin = std::time::Instant::now();
    let options = ImportOptions {
        create_units: true,
        invite: true,
        ..ImportOptions::default()
    };
    let done = import(&mut server, city, table, options).unwrap();
    println!("10,000 rows with invitations: {:?}", begin.elapsed());
    assert_eq!((done.accounts.len(), done.units.len()), (10_000, 40));
    let changes = server.run(move |work| Ok(work.tx.roster_changes(all)?.len())).unwrap();
    assert_eq!(changes, 2, "the genesis and one more");
    let begin = std::time::Instant::now();
    let filter = AccountFilter {
        query: Some("number9999 team".to_owned()),
        ..AccountFilter::default()
    };
    let found = city
        .desk(&mut server, move |desk| desk.accounts(&filter, Page::first(50)))
        .unwrap();
    println!("one of 10,000 found: {:?}", begin.elapsed());
    assert_eq!(found.len(), 1);
    assert!(
        city.desk(&mut server, |desk| desk.check_audit())
            .unwrap()
            .broken_at
            .is_none()
    );
}

#[test]
fn an_import_that_would_overfill_a_group_is_refused_whole() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let rules = Rules {
        units: vec![UnitRule {
            unit: hall,
            sub_units: true,
            role: melder_protocol::roster::Role::Member,
        }],
        accounts: vec![],
        ..Rules::default()
    };
    city.group(&mut server, "All", rules);
    city.account(&mut server, "Ada", Some(hall));
    let table = format!("name,unit\n{}", "Bo,Hall\n".repeat(10_000));
    let outcome = import(&mut server, city, table, ImportOptions::default());
    assert_eq!(code(outcome), ErrorCode::LimitReached);
    assert_eq!(names(&mut server, city), ["Ada"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the table: as many accounts as it has rows, or none.
    #[test]
    fn all_or_nothing(
        rows in proptest::collection::vec(
            ("[a-zA-Z \u{202e}]{0,6}", "(|Hall|Hall/Desk|Nowhere|/)", "(|guest|bot|king)", "(|2029-06-10|soon)"), 0..8),
        noise in proptest::option::of("\\PC{0,30}"),
    ) {
        let mut server = Server::new();
        let city = server.organisation("City");
        city.unit(&mut server, None, "Hall");
        let mut table = String::from("name;unit;kind;ends\n");
        for (name, unit, kind, ends) in &rows {
            table += &format!("{name};{unit};{kind};{ends}\n");
        }
        if let Some(noise) = noise {
            table += &noise;
        }
        match import(&mut server, city, table, ImportOptions::default()) {
            Ok(done) => prop_assert_eq!(names(&mut server, city).len(), done.accounts.len()),
            Err(problem) => {
                prop_assert_eq!(problem.code, ErrorCode::InvalidCsv);
                prop_assert!(!problem.rows.is_empty());
                prop_assert_eq!(names(&mut server, city), [""; 0]);
            }
        }
    }
}

/// A list that reads the whole table for each part takes seconds.
#[test]
#[ignore = "a measurement"]
fn lists_stay_quick_with_fifty_thousand_accounts() {
    let mut server = Server::new();
    let city = server.organisation("City");
    for part in 0..5 {
        let mut table = String::from("name,unit,function,kind,ends\n");
        for number in 0..10_000 {
            let (kind, ends) = if number % 100 == 0 {
                ("guest", "2029-07-01")
            } else {
                ("", "")
            };
            table += &format!(
                "First{number} Last{part},Hall/Team {},Warden,{kind},{ends}\n",
                number % 40
            );
        }
        let options = ImportOptions {
            create_units: true,
            ..ImportOptions::default()
        };
        import(&mut server, city, table, options).unwrap();
    }
    let unit = city.desk(&mut server, |desk| desk.units()).unwrap().pop().unwrap().id;
    let top = city.desk(&mut server, |desk| desk.units()).unwrap()[0].id;
    let middle = city
        .desk(&mut server, |desk| {
            let filter = AccountFilter {
                query: Some("first5000 last2".to_owned()),
                ..AccountFilter::default()
            };
            desk.accounts(&filter, Page::first(1))
        })
        .unwrap()[0]
        .id;
    let query = |text: &str| AccountFilter {
        query: Some(text.to_owned()),
        ..AccountFilter::default()
    };
    let tries = [
        ("all", AccountFilter::default(), None),
        ("from the middle", AccountFilter::default(), Some(middle)),
        (
            "of a unit",
            AccountFilter {
                unit: Some(unit),
                ..AccountFilter::default()
            },
            None,
        ),
        (
            "of a unit and those below, few",
            AccountFilter {
                unit: Some(unit),
                below: true,
                ..AccountFilter::default()
            },
            None,
        ),
        (
            "of a unit and those below, all",
            AccountFilter {
                unit: Some(top),
                below: true,
                ..AccountFilter::default()
            },
            Some(middle),
        ),
        (
            "of a unit and those below, by a name",
            AccountFilter {
                unit: Some(top),
                below: true,
                ..query("first4711")
            },
            None,
        ),
        (
            "of a kind",
            AccountFilter {
                kind: Some(AccountKind::Guest),
                ..AccountFilter::default()
            },
            None,
        ),
        (
            "of a kind that nobody is",
            AccountFilter {
                kind: Some(AccountKind::Bot),
                ..AccountFilter::default()
            },
            None,
        ),
        ("a name", query("first4711"), None),
        ("a word whose hits stand at the end of the names", query("first9"), None),
        ("a word that all have", query("war"), None),
        ("two such words, and the unit's", query("f war team"), None),
    ];
    for (what, filter, after) in tries {
        let begin = std::time::Instant::now();
        let page = Page { after, limit: 100 };
        city.desk(&mut server, move |desk| desk.accounts(&filter, page))
            .unwrap();
        println!("{what}: {:?}", begin.elapsed());
    }
}
