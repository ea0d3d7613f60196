// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The first start, tokens, the policy, the audit log, and one organisation apart from another.

use melder_mls::sign::verify_statement;
use melder_protocol::policy::Policy;

use super::*;
use crate::directory::tokens;
use crate::directory::types::{Page, Scope};

#[test]
fn the_set_up_link_makes_the_first_organisation_once() {
    let mut server = Server::new();
    let secret = server.run(tokens::ensure_setup).unwrap().unwrap();
    assert_eq!(
        code(server.run(|work| tokens::take_setup(work, "guessed", "City", None))),
        ErrorCode::SetupDone
    );
    let again = secret.clone();
    let done = server
        .run(move |work| tokens::take_setup(work, &secret, "City", None))
        .unwrap();
    assert_eq!(done.organisation.name, "City");
    assert_eq!(
        code(server.run(move |work| tokens::take_setup(work, &again, "City", None))),
        ErrorCode::SetupDone
    );
    assert_eq!(
        server.run(tokens::ensure_setup).unwrap(),
        None,
        "a server with an organisation has no set-up link"
    );
    let owner = server
        .run(move |work| tokens::authenticate(work, &done.owner.text))
        .unwrap();
    assert!(owner.allows(Scope::Accounts) && !owner.allows(Scope::Server));
    let operator = server
        .run(move |work| tokens::authenticate(work, &done.server.text))
        .unwrap();
    assert!(operator.allows(Scope::Server) && !operator.allows(Scope::Accounts) && operator.organisation.is_none());
}

#[test]
fn a_refused_set_up_leaves_the_link_valid() {
    let mut server = Server::new();
    let secret = server.run(tokens::ensure_setup).unwrap().unwrap();
    let again = secret.clone();
    assert_eq!(
        code(server.run(move |work| tokens::take_setup(work, &again, "  ", None))),
        ErrorCode::InvalidName
    );
    assert!(
        server
            .run(move |work| tokens::take_setup(work, &secret, "City", None))
            .is_ok()
    );
}

#[test]
fn a_token_is_known_by_its_secret_until_it_ends() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ends = NOON.plus(Time::HOUR);
    let new = city
        .desk(&mut server, move |desk| {
            desk.create_token("CI", vec![Scope::Accounts], Some(ends))
        })
        .unwrap();
    let check = |server: &mut Server, text: String| server.run(move |work| tokens::authenticate(work, &text));
    assert!(check(&mut server, new.text.clone()).is_ok());
    let mut forged = new.text.clone();
    forged.replace_range(forged.len() - 1.., if forged.ends_with('0') { "1" } else { "0" });
    for wrong in [
        forged,
        String::new(),
        "melder_".to_owned(),
        new.text.replace("melder_", ""),
    ] {
        assert_eq!(code(check(&mut server, wrong)), ErrorCode::Unauthorized);
    }
    server.now = ends;
    assert_eq!(code(check(&mut server, new.text)), ErrorCode::Unauthorized);
}

#[test]
fn the_use_of_a_token_is_kept_by_day_only() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let new = city
        .desk(&mut server, |desk| desk.create_token("CI", vec![Scope::Audit], None))
        .unwrap();
    server.run(move |work| tokens::authenticate(work, &new.text)).unwrap();
    let listed = city.desk(&mut server, |desk| desk.tokens(Page::first(10))).unwrap();
    let used = listed
        .into_iter()
        .find(|token| token.name == "CI")
        .unwrap()
        .last_used
        .unwrap();
    assert_eq!(used.0 % Time::DAY, 0);
}

#[test]
fn the_last_lasting_owner_token_can_not_be_revoked() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let first = city.desk(&mut server, |desk| desk.tokens(Page::first(10))).unwrap()[0].id;
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.revoke_token(first))),
        ErrorCode::Conflict
    );
    city.desk(&mut server, |desk| {
        desk.create_token("second", vec![Scope::Owner], None)
    })
    .unwrap();
    city.desk(&mut server, move |desk| desk.revoke_token(first)).unwrap();
}

#[test]
fn a_new_policy_is_signed_and_reaches_every_inbox() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ada = server.member(city, "Ada", None);
    let policy = Policy {
        server_retention_days: 7,
        guest_warning_days: vec![1, 3, 3],
        ..Policy::standard(city.0)
    };
    let set = city
        .desk(&mut server, move |desk| desk.set_policy(policy, Some(1)))
        .unwrap();
    assert_eq!((set.version, set.guest_warning_days.as_slice()), (2, &[3, 1][..]));
    let signed = server
        .run(move |work| Ok(crate::directory::signed_policy(work.tx, city.0)?))
        .unwrap();
    let key = city.desk(&mut server, |desk| desk.own_organisation()).unwrap().key;
    assert_eq!(verify_statement(&signed, &key).unwrap(), set);
    assert!(server.notices(ada).contains(&Notice::Policy(signed)));
}

#[test]
fn a_policy_out_of_range_or_overtaken_is_refused() {
    let mut server = Server::new();
    let city = server.organisation("City");
    for policy in [
        Policy {
            server_retention_days: 0,
            ..Policy::standard(city.0)
        },
        Policy {
            device_retention_days: Some(4_000),
            ..Policy::standard(city.0)
        },
        Policy {
            max_attachment: u64::MAX,
            ..Policy::standard(city.0)
        },
        Policy {
            guest_warning_days: vec![0],
            ..Policy::standard(city.0)
        },
    ] {
        assert_eq!(
            code(city.desk(&mut server, move |desk| desk.set_policy(policy, None))),
            ErrorCode::InvalidField
        );
    }
    let policy = Policy::standard(city.0);
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.set_policy(policy, Some(9)))),
        ErrorCode::Conflict
    );
}

#[test]
fn the_audit_log_chains_every_change_and_names_ids_only() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let unit = city.unit(&mut server, None, "Town hall");
    let account = city.account(&mut server, "Ada Lovelace", Some(unit.id));
    let lines = city.desk(&mut server, |desk| desk.audit(Page::first(100))).unwrap();
    let actions: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(
        actions,
        ["organisation.create", "token.create", "unit.create", "account.create"]
    );
    assert_eq!(lines[3].subject, account.id.to_string());
    assert_eq!(lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let check = city.desk(&mut server, |desk| desk.check_audit()).unwrap();
    assert_eq!((check.lines, check.broken_at, check.head), (4, None, lines[3].hash));
}

#[test]
fn one_organisation_neither_sees_nor_changes_what_is_anothers() {
    let mut server = Server::new();
    let (city, works) = (server.organisation("City"), server.organisation("Works"));
    let unit = city.unit(&mut server, None, "Town hall").id;
    let account = city.account(&mut server, "Ada", Some(unit)).id;
    let team = city.group(&mut server, "Team", Rules::default()).id;
    let invitation = city
        .desk(&mut server, move |desk| desk.invite_account(account, None))
        .unwrap()
        .invitation
        .id;
    let ends = NOON.plus(Time::DAY);
    let operation = city
        .desk(&mut server, move |desk| {
            desk.create_operation("Election", ends, Vec::new())
        })
        .unwrap()
        .id;
    let token = city.desk(&mut server, |desk| desk.tokens(Page::first(1))).unwrap()[0].id;
    city.desk(&mut server, move |desk| desk.delete_account(account, None))
        .unwrap();
    let other = city.account(&mut server, "Bo", Some(unit)).id;

    type Attempt = Box<dyn FnOnce(&mut Desk<'_, '_>) -> Outcome<()> + Send>;
    let attempts: Vec<Attempt> = vec![
        Box::new(move |desk| desk.unit(unit).map(drop)),
        Box::new(move |desk| desk.change_unit(unit, Default::default(), None).map(drop)),
        Box::new(move |desk| desk.delete_unit(unit, None)),
        Box::new(move |desk| desk.create_unit(Some(unit), "X").map(drop)),
        Box::new(move |desk| desk.account(other).map(drop)),
        Box::new(move |desk| desk.change_account(other, Default::default(), None).map(drop)),
        Box::new(move |desk| desk.suspend_account(other, None).map(drop)),
        Box::new(move |desk| desk.reset_account(other, None).map(drop)),
        Box::new(move |desk| desk.invite_account(other, None).map(drop)),
        Box::new(move |desk| desk.devices(other).map(drop)),
        Box::new(move |desk| desk.delete_account(other, None).map(drop)),
        Box::new(move |desk| desk.deletion(account).map(drop)),
        Box::new(move |desk| desk.create_account(&staff("X", Some(unit))).map(drop)),
        Box::new(move |desk| desk.group_rules(team).map(drop)),
        Box::new(move |desk| desk.set_group_rules(team, &Rules::default(), None).map(drop)),
        Box::new(move |desk| desk.put_group_account(team, other, melder_protocol::roster::Role::Member)),
        Box::new(move |desk| desk.group_members(team, Page::first(10)).map(drop)),
        Box::new(move |desk| desk.close_group(team, None)),
        Box::new(move |desk| desk.invitation(invitation).map(drop)),
        Box::new(move |desk| desk.withdraw_invitation(invitation)),
        Box::new(move |desk| desk.change_operation(operation, Default::default(), None).map(drop)),
        Box::new(move |desk| desk.end_operation(operation, None).map(drop)),
        Box::new(move |desk| desk.revoke_token(token)),
    ];
    for (number, attempt) in attempts.into_iter().enumerate() {
        assert_eq!(
            code(works.desk(&mut server, attempt)),
            ErrorCode::NotFound,
            "attempt {number}"
        );
    }
    let seen = works.desk(&mut server, |desk| {
        Ok(desk.units()?.len()
            + desk.accounts(&Default::default(), Page::first(10))?.len()
            + desk.groups(None, Page::first(10))?.len()
            + desk.invitations(None, None, Page::first(10))?.len()
            + desk.operations(Page::first(10))?.len()
            + desk.deletions(Page::first(10))?.len())
    });
    assert_eq!(seen.unwrap(), 0);
    let audit = works.desk(&mut server, |desk| desk.audit(Page::first(100))).unwrap();
    assert_eq!(audit.len(), 2, "its own making, and its owner's token");
}

#[test]
fn the_notice_that_everybody_may_read_counts_nobody() {
    let mut server = Server::new();
    let city = server.organisation("City");
    city.account(&mut server, "Ada", None);
    let id = city.0;
    let open = server
        .run(move |work| crate::directory::papers::facts(work, id))
        .unwrap();
    assert!(open.accounts.is_empty() && open.roles.is_empty());
    let own = city.desk(&mut server, |desk| desk.privacy_facts()).unwrap();
    assert_eq!(own.accounts, [(AccountKind::Staff, 1)]);
}
