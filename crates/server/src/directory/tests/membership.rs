// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Rosters follow the directory.

use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{Suite, limits};

use super::*;
use crate::directory::accounts::AccountChange;
use crate::directory::groups::GroupChange;
use crate::directory::types::{AccountRule, FunctionRule, UnitRule};
use crate::directory::units::UnitChange;

fn unit_rule(unit: UnitId) -> UnitRule {
    UnitRule {
        unit,
        sub_units: true,
        role: Role::Member,
    }
}

fn follows(unit: UnitId) -> Rules {
    Rules {
        units: vec![unit_rule(unit)],
        accounts: vec![],
        ..Rules::default()
    }
}

#[test]
fn whoever_comes_into_a_unit_or_below_it_is_in_its_groups_and_whoever_goes_is_out() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let desk_unit = city.unit(&mut server, Some(hall), "Desk").id;
    let yard = city.unit(&mut server, None, "Yard").id;
    city.account(&mut server, "Ada", Some(hall));
    let team = city.group(&mut server, "Team", follows(hall)).id;
    assert_eq!(server.roster(team), ["Ada Member"]);
    let bo = city.account(&mut server, "Bo", Some(desk_unit)).id;
    assert_eq!(server.roster(team), ["Ada Member", "Bo Member"]);
    let to = |unit| AccountChange {
        unit: Some(unit),
        ..AccountChange::default()
    };
    city.desk(&mut server, move |desk| desk.change_account(bo, to(Some(yard)), None))
        .unwrap();
    assert_eq!(server.roster(team), ["Ada Member"]);
    city.desk(&mut server, move |desk| {
        desk.change_unit(
            yard,
            UnitChange {
                parent: Some(Some(hall)),
                ..UnitChange::default()
            },
            None,
        )
    })
    .unwrap();
    assert_eq!(
        server.roster(team),
        ["Ada Member", "Bo Member"],
        "a moved unit takes its people along"
    );
    city.desk(&mut server, move |desk| desk.change_account(bo, to(None), None))
        .unwrap();
    assert_eq!(server.roster(team), ["Ada Member"]);
}

#[test]
fn without_sub_units_only_the_unit_itself_counts() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let below = city.unit(&mut server, Some(hall), "Desk").id;
    let rules = Rules {
        units: vec![UnitRule {
            sub_units: false,
            ..unit_rule(hall)
        }],
        accounts: vec![],
        ..Rules::default()
    };
    let team = city.group(&mut server, "Team", rules).id;
    city.account(&mut server, "Ada", Some(hall));
    city.account(&mut server, "Bo", Some(below));
    assert_eq!(server.roster(team), ["Ada Member"]);
}

#[test]
fn where_several_rules_hold_the_highest_role_does() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let ada = city.account(&mut server, "Ada", Some(hall)).id;
    city.account(&mut server, "Bo", Some(hall));
    let rules = Rules {
        units: vec![unit_rule(hall)],
        accounts: vec![AccountRule {
            account: ada,
            role: Role::Publisher,
        }],
        ..Rules::default()
    };
    let new = NewGroup {
        kind: GroupKind::Channel,
        ..group("News", rules)
    };
    let news = city.desk(&mut server, move |desk| desk.create_group(new)).unwrap().id;
    assert_eq!(server.roster(news), ["Ada Publisher", "Bo Member"]);
    city.desk(&mut server, move |desk| desk.remove_group_account(news, ada))
        .unwrap();
    assert_eq!(server.roster(news), ["Ada Member", "Bo Member"], "the unit keeps it in");
}

#[test]
fn other_rules_give_another_roster_at_once() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let (hall, yard) = (
        city.unit(&mut server, None, "Hall").id,
        city.unit(&mut server, None, "Yard").id,
    );
    city.account(&mut server, "Ada", Some(hall));
    city.account(&mut server, "Bo", Some(yard));
    let team = city.group(&mut server, "Team", follows(hall));
    let id = team.id;
    let changed = city
        .desk(&mut server, move |desk| {
            desk.set_group_rules(id, &follows(yard), Some(1))
        })
        .unwrap();
    assert_eq!((server.roster(id), changed.revision), (vec!["Bo Member".to_owned()], 2));
    let overtaken = city.desk(&mut server, move |desk| {
        desk.set_group_rules(id, &follows(hall), Some(1))
    });
    assert_eq!(code(overtaken), ErrorCode::Conflict);
}

#[test]
fn rules_that_make_no_sense_are_refused_and_change_nothing() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let ada = city.account(&mut server, "Ada", Some(hall)).id;
    let team = city.group(&mut server, "Team", follows(hall)).id;
    let manage = Rules {
        units: vec![UnitRule {
            role: Role::Manage,
            ..unit_rule(hall)
        }],
        accounts: vec![],
        ..Rules::default()
    };
    let twice = Rules {
        units: vec![unit_rule(hall), unit_rule(hall)],
        accounts: vec![],
        ..Rules::default()
    };
    let nobody = AccountRule {
        account: AccountId::from_bytes([1; 16]),
        role: Role::Member,
    };
    let unknown = Rules {
        units: vec![],
        accounts: vec![
            AccountRule {
                account: ada,
                role: Role::Member,
            },
            nobody,
        ],
        ..Rules::default()
    };
    for rules in [manage, twice, unknown] {
        assert!(
            city.desk(&mut server, move |desk| desk.set_group_rules(team, &rules, None))
                .is_err()
        );
    }
    assert_eq!(server.roster(team), ["Ada Member"]);
    let direct = NewGroup {
        kind: GroupKind::Direct,
        ..group("X", Rules::default())
    };
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.create_group(direct))),
        ErrorCode::InvalidField
    );
}

#[test]
fn a_suspended_account_is_out_and_comes_back_where_it_was() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let ada = server.member(city, "Ada", Some(hall));
    let team = city.group(&mut server, "Team", follows(hall)).id;
    city.desk(&mut server, move |desk| desk.suspend_account(ada, None))
        .unwrap();
    assert_eq!(server.roster(team), [""; 0]);
    let standing = server
        .run(move |work| Ok(crate::directory::standing(work.tx, ada)?))
        .unwrap();
    assert_eq!(standing, crate::directory::Standing::Suspended);
    city.desk(&mut server, move |desk| desk.resume_account(ada, None))
        .unwrap();
    assert_eq!(server.roster(team), ["Ada Member"]);
    assert_eq!(
        server.run(move |work| Ok(work.tx.chain(ada)?.len())).unwrap(),
        1,
        "the chain is kept"
    );
}

#[test]
fn a_renamed_group_tells_its_members_and_a_closed_one_takes_no_change() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let team = city.group(&mut server, "Team", Rules::default()).id;
    let rename = |name: &str| GroupChange {
        name: Some(name.to_owned()),
        operation: None,
    };
    let (first, second) = (rename("Crew"), rename("Gang"));
    city.desk(&mut server, move |desk| desk.change_group(team, first, None))
        .unwrap();
    let name = server.run(move |work| Ok(work.tx.group(team)?.unwrap().name)).unwrap();
    assert_eq!(name.as_deref(), Some("Crew"));
    city.desk(&mut server, move |desk| desk.close_group(team, None))
        .unwrap();
    let outcome = city.desk(&mut server, move |desk| desk.change_group(team, second, None));
    assert_eq!(code(outcome), ErrorCode::GroupClosed);
}

#[test]
fn a_large_group_uses_the_classical_suite_unless_told_otherwise() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    city.desk(&mut server, move |desk| {
        for number in 0..=limits::HYBRID_BOUND {
            desk.create_account(&staff(&format!("N{number}"), Some(hall)))?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(city.group(&mut server, "All", follows(hall)).suite, Suite::Classical);
    assert_eq!(city.group(&mut server, "Few", Rules::default()).suite, Suite::Hybrid);
    let told = NewGroup {
        suite: Some(Suite::Hybrid),
        ..group("All, post-quantum", follows(hall))
    };
    assert_eq!(
        city.desk(&mut server, move |desk| desk.create_group(told))
            .unwrap()
            .suite,
        Suite::Hybrid
    );
}

#[test]
fn an_empty_managed_group_waits_for_its_first_member() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let team = city.group(&mut server, "Team", follows(hall)).id;
    server.tick();
    city.account(&mut server, "Ada", Some(hall));
    assert_eq!(server.roster(team), ["Ada Member"]);
}

fn function_rule(function: &str) -> FunctionRule {
    FunctionRule {
        function: function.to_owned(),
        role: Role::Member,
    }
}

fn called(functions: &[&str]) -> Rules {
    Rules {
        functions: functions.iter().map(|function| function_rule(function)).collect(),
        ..Rules::default()
    }
}

fn to_function(function: Option<&str>) -> AccountChange {
    AccountChange {
        function: Some(function.map(str::to_owned)),
        ..AccountChange::default()
    }
}

#[test]
fn a_group_follows_a_function_wherever_somebody_has_it() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let other = server.organisation("Other");
    let hall = city.unit(&mut server, None, "Hall").id;
    let team = city.group(&mut server, "Patrol", called(&["Streife Mitte"])).id;
    let ada = city.account(&mut server, "Ada", Some(hall)).id;
    let bo = city.account(&mut server, "Bo", None).id;
    let eve = other.account(&mut server, "Eve", None).id;
    other
        .desk(&mut server, move |desk| {
            desk.change_account(eve, to_function(Some("Streife Mitte")), None)
        })
        .unwrap();
    assert!(
        server.roster(team).is_empty(),
        "another organisation's function is not this one's"
    );
    city.desk(&mut server, move |desk| {
        desk.change_account(ada, to_function(Some("streife MITTE")), None)
    })
    .unwrap();
    city.desk(&mut server, move |desk| {
        desk.change_account(bo, to_function(Some("Streife")), None)
    })
    .unwrap();
    assert_eq!(server.roster(team), ["Ada Member"], "the whole function, in any case");
    let both = called(&["Streife Mitte", "Streife"]);
    city.desk(&mut server, move |desk| desk.set_group_rules(team, &both, None))
        .unwrap();
    assert_eq!(server.roster(team), ["Ada Member", "Bo Member"]);
    city.desk(&mut server, move |desk| {
        desk.change_account(ada, to_function(None), None)
    })
    .unwrap();
    assert_eq!(server.roster(team), ["Bo Member"], "who has it no more is out");
    let functions = city.desk(&mut server, |desk| desk.functions()).unwrap();
    assert_eq!(functions, [("Streife".to_owned(), 1)]);
}

#[test]
fn a_function_that_is_named_twice_or_for_a_unit_admin_is_refused() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let team = city.group(&mut server, "Team", follows(hall)).id;
    for (rules, of_unit) in [
        (called(&["Streife", "STREIFE"]), false),
        (called(&[" Streife"]), false),
        (called(&[""]), false),
        (called(&["Streife"]), true),
    ] {
        let refused = city.desk(&mut server, move |desk| {
            if of_unit {
                desk.reach = crate::directory::Reach::Units([hall].into());
            }
            desk.set_group_rules(team, &rules, None)
        });
        assert!(refused.is_err());
    }
}

#[test]
fn an_admin_of_a_unit_gives_and_takes_no_function_that_a_group_of_the_organisation_follows() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let crisis = city.group(&mut server, "Crisis", called(&["Krisenstab"])).id;
    let ada = city.account(&mut server, "Ada", Some(hall)).id;
    let bo = city.account(&mut server, "Bo", Some(hall)).id;
    let change = |server: &mut Server, account, function: Option<&str>, of_unit| {
        let change = to_function(function);
        city.desk(server, move |desk| {
            if of_unit {
                desk.reach = crate::directory::Reach::Units([hall].into());
            }
            desk.change_account(account, change, None).map(drop)
        })
    };
    change(&mut server, bo, Some("Krisenstab"), false).unwrap();
    let refused = change(&mut server, ada, Some("KRISENSTAB"), true).unwrap_err();
    assert_eq!((refused.code, refused.field), (ErrorCode::Forbidden, Some("function")));
    assert_eq!(code(change(&mut server, bo, None, true)), ErrorCode::Forbidden);
    change(&mut server, bo, Some("Krisenstab"), true).unwrap();
    change(&mut server, ada, Some("Streife"), true).unwrap();
    let made = city.desk(&mut server, move |desk| {
        desk.reach = crate::directory::Reach::Units([hall].into());
        desk.create_account(&NewAccount {
            function: Some("Krisenstab".to_owned()),
            ..staff("Cy", Some(hall))
        })
    });
    assert_eq!(code(made), ErrorCode::Forbidden);
    let imported = city.desk(&mut server, move |desk| {
        desk.reach = crate::directory::Reach::Units([hall].into());
        let options = crate::directory::import::ImportOptions::default();
        desk.import("name;unit;function\nDi;Hall;Krisenstab\n".as_bytes(), &options)
    });
    assert_eq!(imported.unwrap_err().rows[0].column, "function");
    assert_eq!(server.roster(crisis), ["Bo Member"]);
}
