// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What time brings: warnings, ends, renewals; and what deletion leaves.

use melder_mls::sign::verify_statement;
use melder_protocol::account::Badge;
use melder_protocol::deletion::{DeletionReason, DeletionRecord};
use melder_protocol::signed::Signed;

use super::*;
use crate::directory::Standing;
use crate::directory::accounts::AccountChange;
use crate::directory::operations::OperationChange;
use crate::directory::types::{InvitationStatus, Operation, Page, Template, UnitRule};
use crate::directory::units::UnitChange;

fn member_guest(server: &mut Server, tenant: Tenant, name: &'static str, ends: Time) -> AccountId {
    let account = tenant
        .desk(server, move |desk| desk.create_account(&guest(name, ends)))
        .unwrap()
        .id;
    let new = tenant
        .desk(server, move |desk| desk.invite_account(account, None))
        .unwrap();
    server.claim(&new, None).unwrap().account
}

fn standing(server: &mut Server, account: AccountId) -> Standing {
    server
        .run(move |work| Ok(crate::directory::standing(work.tx, account)?))
        .unwrap()
}

fn record(server: &mut Server, tenant: Tenant, account: AccountId) -> DeletionRecord {
    let Standing::Deleted(Some(signed)) = standing(server, account) else {
        panic!("not deleted")
    };
    let key = tenant.desk(server, |desk| desk.own_organisation()).unwrap().key;
    verify_statement(&signed, &key).unwrap()
}

fn badge(server: &mut Server, account: AccountId) -> Badge {
    let signed: Signed<Badge> = server
        .run(move |work| Ok(crate::directory::record(work.tx, account)?.unwrap().badge.unwrap()))
        .unwrap();
    signed.peek().unwrap()
}

#[test]
fn a_guest_is_warned_on_each_of_the_policys_days_once_and_gone_at_the_end() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ends = NOON.plus(10 * Time::DAY);
    let gina = member_guest(&mut server, city, "Gina", ends);
    let warned = |server: &mut Server| {
        server
            .notices(gina)
            .iter()
            .filter(|n| **n == Notice::Ends(ends))
            .count()
    };
    for (day, count) in [(2, 0), (3, 1), (4, 1), (8, 1), (9, 2)] {
        server.at(NOON.plus(day * Time::DAY)).tick();
        assert_eq!(warned(&mut server), count, "day {day}");
    }
    server.at(ends).tick();
    let record = record(&mut server, city, gina);
    assert_eq!(
        (record.reason, record.devices, record.invitations),
        (DeletionReason::Expired, 1, 1)
    );
}

#[test]
fn a_policy_with_other_days_moves_the_warnings_to_come() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ends = NOON.plus(10 * Time::DAY);
    let gina = member_guest(&mut server, city, "Gina", ends);
    let policy = melder_protocol::policy::Policy {
        guest_warning_days: vec![5],
        ..melder_protocol::policy::Policy::standard(city.0)
    };
    city.desk(&mut server, move |desk| desk.set_policy(policy, None))
        .unwrap();
    let warned = |server: &mut Server| server.notices(gina).contains(&Notice::Ends(ends));
    server.at(NOON.plus(4 * Time::DAY)).tick();
    assert!(!warned(&mut server));
    server.at(NOON.plus(5 * Time::DAY)).tick();
    assert!(warned(&mut server));
}

#[test]
fn who_joins_on_the_last_day_is_warned_at_once() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ends = NOON.plus(6 * Time::HOUR);
    let gina = member_guest(&mut server, city, "Gina", ends);
    server.tick();
    server.tick();
    assert_eq!(server.notices(gina), [Notice::Ends(ends)]);
}

#[test]
fn a_guest_whose_stay_is_prolonged_stays_and_has_a_new_badge() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let gina = member_guest(&mut server, city, "Gina", NOON.plus(Time::DAY));
    let later = NOON.plus(5 * Time::DAY);
    city.desk(&mut server, move |desk| {
        desk.change_account(
            gina,
            AccountChange {
                ends: Some(later),
                ..AccountChange::default()
            },
            None,
        )
    })
    .unwrap();
    assert_eq!(badge(&mut server, gina).ends, Some(later));
    server.at(NOON.plus(2 * Time::DAY)).tick();
    assert!(matches!(standing(&mut server, gina), Standing::Active { .. }));
}

#[test]
fn staff_have_no_end_and_guests_need_one() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let wrong = [
        NewAccount {
            ends: Some(NOON.plus(Time::DAY)),
            ..staff("Ada", None)
        },
        NewAccount {
            ends: None,
            ..guest("Gina", NOON)
        },
        guest("Gina", NOON),
        guest("Gina", NOON.plus(3 * 366 * Time::DAY)),
    ];
    for new in wrong {
        assert_eq!(
            code(city.desk(&mut server, move |desk| desk.create_account(&new))),
            ErrorCode::InvalidField
        );
    }
}

#[test]
fn deletion_leaves_a_signed_record_and_nothing_else() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let ada = server.member(city, "Ada", Some(hall));
    let rules = Rules {
        units: vec![UnitRule {
            unit: hall,
            sub_units: true,
            role: melder_protocol::roster::Role::Member,
        }],
        accounts: vec![],
        ..Rules::default()
    };
    let team = city.group(&mut server, "Team", rules).id;
    city.desk(&mut server, move |desk| desk.delete_account(ada, None))
        .unwrap();
    let record = record(&mut server, city, ada);
    assert_eq!(record.reason, DeletionReason::Administrator);
    assert_eq!(
        (record.devices, record.groups.as_slice(), record.profile),
        (1, &[team][..], true)
    );
    assert!(record.inbox_entries > 0);
    assert_eq!(server.roster(team), [""; 0]);
    assert_eq!(server.inbox(ada), []);
    let rest = server
        .run(move |work| {
            Ok((
                work.tx.account(ada)?,
                work.tx.badge(ada)?,
                work.tx.chain(ada)?.len(),
                work.tx.account_rules_of(ada)?.len(),
            ))
        })
        .unwrap();
    assert_eq!(rest, (None, None, 0, 0));
    let listed = city.desk(&mut server, |desk| desk.deletions(Page::first(10))).unwrap();
    assert_eq!(listed.len(), 1);
    let found = city.desk(&mut server, |desk| {
        desk.accounts(
            &crate::directory::types::AccountFilter {
                query: Some("ada".into()),
                ..Default::default()
            },
            Page::first(9),
        )
    });
    assert_eq!(found.unwrap(), []);
}

#[test]
fn private_people_delete_themselves_and_staff_do_not() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ada = server.member(city, "Ada", None);
    let own = |server: &mut Server, account| server.run(move |work| Ok(crate::directory::delete_own(work, account)?));
    assert_eq!(code(own(&mut server, ada)), ErrorCode::NotAllowed);
    let gina = member_guest(&mut server, city, "Gina", NOON.plus(Time::DAY));
    own(&mut server, gina).unwrap();
    assert_eq!(record(&mut server, city, gina).reason, DeletionReason::OwnWish);
}

/// An operation with a group that has a staff member, a guest, and a volunteer of another organisation.
struct Election {
    operation: Operation,
    group: GroupId,
    staff: AccountId,
    guest: AccountId,
    volunteer: AccountId,
    poster: NewInvitation,
}

fn election(server: &mut Server, city: Tenant) -> Election {
    let citizens = server.organisation("Citizens");
    let staff = server.member(city, "Ada", None);
    let volunteer = server.member(citizens, "Vera", None);
    let ends = NOON.plus(2 * Time::DAY);
    let operation = city
        .desk(server, move |desk| desk.create_operation("Election", ends, Vec::new()))
        .unwrap();
    let id = operation.id;
    let new = NewGroup {
        operation: Some(id),
        ..group("Station 4", Rules::default())
    };
    let group = city.desk(server, move |desk| desk.create_group(new)).unwrap().id;
    city.desk(server, move |desk| {
        desk.put_group_account(group, staff, melder_protocol::roster::Role::Publisher)
    })
    .unwrap();
    let template = Template {
        kind: AccountKind::Guest,
        unit: None,
        operation: Some(id),
        groups: vec![group],
        ends: None,
        limit: 100,
        for_existing: true,
        approval: false,
    };
    let poster = city
        .desk(server, move |desk| desk.invite_openly(template, None))
        .unwrap();
    assert_eq!(
        poster.invitation.expires, ends,
        "a poster does not outlive its operation"
    );
    let guest = server.claim(&poster, Some("Gina")).unwrap().account;
    let secret = poster.token.secret;
    server
        .run(move |work| Ok(crate::directory::accept(work, volunteer, &secret)?))
        .unwrap();
    assert_eq!(server.roster(group), ["Ada Publisher", "Gina Member", "Vera Member"]);
    Election {
        operation,
        group,
        staff,
        guest,
        volunteer,
        poster,
    }
}

#[test]
fn at_the_end_of_an_operation_guests_are_deleted_volunteers_leave_and_groups_close() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let day = election(&mut server, city);
    server.at(NOON.plus(2 * Time::DAY)).tick();
    let gone = record(&mut server, city, day.guest);
    assert_eq!(
        (gone.reason, gone.groups.as_slice()),
        (DeletionReason::OperationEnded, &[day.group][..])
    );
    assert!(
        matches!(standing(&mut server, day.volunteer), Standing::Active { .. }),
        "the account itself goes on"
    );
    assert!(server.notices(day.volunteer).contains(&Notice::LeftGroup(day.group)));
    assert!(matches!(standing(&mut server, day.staff), Standing::Active { .. }));
    assert_eq!(server.roster(day.group), ["Ada Publisher"]);
    let (group, poster, operation) = (day.group, day.poster.invitation.id, day.operation.id);
    let (group, poster, operation) = city
        .desk(&mut server, move |desk| {
            Ok((desk.group(group)?, desk.invitation(poster)?, desk.operation(operation)?))
        })
        .unwrap();
    assert!(group.closed);
    assert_eq!(poster.status(NOON), InvitationStatus::Withdrawn);
    let summary = operation.summary.unwrap();
    assert_eq!(
        (
            summary.guests_deleted,
            summary.accounts_left,
            summary.groups_closed,
            summary.invitations_withdrawn
        ),
        (1, 1, 1, 1)
    );
    server.tick();
    let id = operation.id;
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.end_operation(id, None))),
        ErrorCode::Conflict
    );
}

#[test]
fn an_operation_that_is_prolonged_takes_its_guests_along() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let day = election(&mut server, city);
    let later = NOON.plus(4 * Time::DAY);
    let id = day.operation.id;
    let change = OperationChange {
        ends: Some(later),
        ..OperationChange::default()
    };
    city.desk(&mut server, move |desk| desk.change_operation(id, change, None))
        .unwrap();
    server.at(NOON.plus(3 * Time::DAY)).tick();
    assert!(matches!(standing(&mut server, day.guest), Standing::Active { .. }));
    server.at(later).tick();
    assert!(matches!(standing(&mut server, day.guest), Standing::Deleted(_)));
}

#[test]
fn a_volunteer_who_has_left_by_itself_is_not_put_back() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let day = election(&mut server, city);
    let (group, volunteer) = (day.group, day.volunteer);
    // What the core does when the person leaves on the device.
    server
        .run(move |work| Ok(work.change_managed_roster(group, &[], &[volunteer], None)?))
        .unwrap();
    server
        .run(move |work| crate::directory::membership::refresh(work, &[volunteer]))
        .unwrap();
    assert_eq!(server.roster(group), ["Ada Publisher", "Gina Member"]);
    let secret = day.poster.token.secret;
    server
        .run(move |work| Ok(crate::directory::accept(work, volunteer, &secret)?))
        .unwrap();
    assert_eq!(
        server.roster(group),
        ["Ada Publisher", "Gina Member", "Vera Member"],
        "with a new consent it is back"
    );
}

#[test]
fn a_badge_is_renewed_a_month_before_its_end() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ada = server.member(city, "Ada", None);
    server.at(NOON.plus(59 * Time::DAY)).tick();
    assert_eq!(badge(&mut server, ada).issued, NOON);
    let renewed = NOON.plus(60 * Time::DAY);
    server.at(renewed).tick();
    assert_eq!(badge(&mut server, ada).issued, renewed);
    let told = server
        .inbox(ada)
        .into_iter()
        .filter(|body| matches!(body, Body::Account { .. }))
        .count();
    assert_eq!(told, 2, "its own devices hear of both");
}

#[test]
fn a_renamed_account_has_a_new_badge_at_once_and_a_renamed_unit_with_the_next_tick() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Hall").id;
    let ada = server.member(city, "Ada", Some(hall));
    let renamed = AccountChange {
        name: Some("Ada König".to_owned()),
        ..AccountChange::default()
    };
    city.desk(&mut server, move |desk| desk.change_account(ada, renamed, None))
        .unwrap();
    assert_eq!(badge(&mut server, ada).name, "Ada König");
    let renamed = UnitChange {
        name: Some("Town hall".to_owned()),
        ..UnitChange::default()
    };
    city.desk(&mut server, move |desk| desk.change_unit(hall, renamed, None))
        .unwrap();
    server.tick();
    assert_eq!(badge(&mut server, ada).unit, ["Town hall"]);
    city.desk(&mut server, |desk| desk.rename_organisation("Big City", None))
        .unwrap();
    server.tick();
    assert_eq!(badge(&mut server, ada).organisation_name, "Big City");
}

#[test]
fn the_end_of_an_operation_is_said_in_the_log_seven_days_and_one_day_before() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ends = NOON.plus(10 * Time::DAY);
    let id = city
        .desk(&mut server, move |desk| {
            desk.create_operation("Election", ends, Vec::new())
        })
        .unwrap()
        .id;
    let warned = |server: &mut Server| {
        let lines = city
            .desk(server, move |desk| {
                Ok(desk.work.tx.audit_about(desk.organisation, &id.to_string(), 100)?)
            })
            .unwrap();
        lines.iter().filter(|line| line.action == "operation.warn").count()
    };
    for (day, expected) in [(2, 0), (4, 1), (5, 1), (9, 2)] {
        server.now = NOON.plus(day * Time::DAY);
        server.tick();
        assert_eq!(warned(&mut server), expected, "after {day} days");
    }
}
