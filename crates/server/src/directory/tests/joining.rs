// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From the invitation to a badge: prepared accounts, posters, existing accounts, resets.

use melder_mls::chain::DeviceChain;
use melder_mls::sign::sha256;
use melder_protocol::account::Badge;

use super::*;
use crate::directory::types::{AccountStatus, InvitationStatus, Template};

fn poster(groups: Vec<GroupId>, limit: u32) -> Template {
    Template {
        kind: AccountKind::Guest,
        unit: None,
        operation: None,
        groups,
        ends: Some(NOON.plus(Time::DAY)),
        limit,
        for_existing: false,
        approval: false,
    }
}

fn badge(server: &mut Server, tenant: Tenant, record: &AccountRecord) -> Badge {
    let key = tenant.desk(server, |desk| desk.own_organisation()).unwrap().key;
    let chain = DeviceChain::verify(record.account, &record.chain).unwrap();
    melder_mls::badge::verify(record.badge.as_ref().unwrap(), &key, &chain, server.now).unwrap()
}

#[test]
fn an_invitation_leads_to_a_chain_and_a_badge() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Town hall").id;
    let team = city.unit(&mut server, Some(hall), "Elections").id;
    let account = city.account(&mut server, "Ada", Some(team));
    assert_eq!(account.status(), AccountStatus::Invited);
    let new = city
        .desk(&mut server, move |desk| desk.invite_account(account.id, None))
        .unwrap();

    let link: melder_protocol::invitation::InvitationLink = new.link("https://melder.example").parse().unwrap();
    let key = city.desk(&mut server, |desk| desk.own_organisation()).unwrap().key;
    assert_eq!(
        link.token.organisation,
        sha256(key.as_bytes()),
        "the link pins the organisation"
    );

    let secret = link.token.secret;
    let offer = server
        .run(move |work| Ok(crate::directory::open_invitation(work, &secret)?))
        .unwrap();
    assert_eq!(
        (offer.account, offer.name.as_deref(), offer.organisation.key),
        (account.id, Some("Ada"), key)
    );

    let record = server.claim(&new, None).unwrap();
    let badge = badge(&mut server, city, &record);
    assert_eq!(
        (badge.name.as_str(), badge.unit),
        ("Ada", vec!["Town hall".to_owned(), "Elections".to_owned()])
    );
    assert_eq!(badge.expires, NOON.plus(90 * Time::DAY));
    let row = city.desk(&mut server, move |desk| desk.account(account.id)).unwrap();
    assert_eq!(row.status(), AccountStatus::Active);
}

#[test]
fn the_same_claim_again_gives_the_same_answer_and_another_none() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let account = city.account(&mut server, "Ada", None).id;
    let new = city
        .desk(&mut server, move |desk| desk.invite_account(account, None))
        .unwrap();
    let secret = new.token.secret;
    let key = SigningKey::generate(&mut server.rng);
    let genesis = chain::genesis(&key, account, NOON);
    let claim = |server: &mut Server, genesis: melder_protocol::chain::Link| {
        server.run(move |work| Ok(crate::directory::claim(work, &secret, &genesis, "Phone", None)?))
    };
    let first = claim(&mut server, genesis.clone()).unwrap();
    assert_eq!(claim(&mut server, genesis).unwrap(), first);
    let thief = SigningKey::generate(&mut server.rng);
    assert_eq!(
        code(claim(&mut server, chain::genesis(&thief, account, NOON))),
        ErrorCode::InvitationUsed
    );
}

#[test]
fn a_chain_for_another_account_is_refused() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ada = city.account(&mut server, "Ada", None).id;
    let bo = city.account(&mut server, "Bo", None).id;
    let secret = city
        .desk(&mut server, move |desk| desk.invite_account(ada, None))
        .unwrap()
        .token
        .secret;
    let key = SigningKey::generate(&mut server.rng);
    let genesis = chain::genesis(&key, bo, NOON);
    let outcome = server.run(move |work| Ok(crate::directory::claim(work, &secret, &genesis, "Phone", None)?));
    assert_eq!(code(outcome), ErrorCode::WrongInvitation);
}

#[test]
fn an_invitation_ends_by_use_date_withdrawal_and_by_a_newer_one() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let account = city.account(&mut server, "Ada", None).id;
    let invite = |server: &mut Server| {
        city.desk(server, move |desk| desk.invite_account(account, None))
            .unwrap()
    };
    let open = |server: &mut Server, new: &NewInvitation| {
        let secret = new.token.secret;
        server.run(move |work| Ok(crate::directory::open_invitation(work, &secret)?))
    };
    let (first, second) = (invite(&mut server), invite(&mut server));
    assert_eq!(
        code(open(&mut server, &first)),
        ErrorCode::InvitationUnknown,
        "a newer one makes it void"
    );
    server.now = NOON.plus(15 * Time::DAY);
    assert_eq!(code(open(&mut server, &second)), ErrorCode::InvitationExpired);
    let third = invite(&mut server);
    let id = third.invitation.id;
    city.desk(&mut server, move |desk| desk.withdraw_invitation(id))
        .unwrap();
    assert_eq!(code(open(&mut server, &third)), ErrorCode::InvitationUnknown);
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.withdraw_invitation(id))),
        ErrorCode::Conflict
    );
    let fourth = invite(&mut server);
    server.claim(&fourth, None).unwrap();
    assert_eq!(code(open(&mut server, &fourth)), ErrorCode::InvitationUsed);
    assert_eq!(
        code(city.desk(&mut server, move |desk| desk.invite_account(account, None))),
        ErrorCode::Conflict
    );
    let unknown = InvitationSecret::from_bytes([9; 16]);
    let outcome = server.run(move |work| Ok(crate::directory::open_invitation(work, &unknown)?));
    assert_eq!(code(outcome), ErrorCode::InvitationUnknown);
}

#[test]
fn the_store_never_sees_an_invitations_secret() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let account = city.account(&mut server, "Ada", None).id;
    let new = city
        .desk(&mut server, move |desk| desk.invite_account(account, None))
        .unwrap();
    assert_eq!(new.invitation.secret_hash, sha256(new.token.secret.as_bytes()));
    assert!(!format!("{new:?}").contains(&new.token.secret.to_string()));
}

#[test]
fn a_poster_makes_a_guest_in_its_groups_for_each_that_comes_up_to_its_limit() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let team = city.group(&mut server, "Station 4", Rules::default()).id;
    let new = city
        .desk(&mut server, move |desk| desk.invite_openly(poster(vec![team], 2), None))
        .unwrap();
    assert_eq!(
        code(server.claim(&new, None)),
        ErrorCode::InvalidName,
        "whoever comes says who they are"
    );
    let ada = server.claim(&new, Some("Ada")).unwrap();
    let bo = server.claim(&new, Some("Bo")).unwrap();
    assert_ne!(ada.account, bo.account);
    assert_eq!(code(server.claim(&new, Some("Cy"))), ErrorCode::InvitationUsed);
    assert_eq!(server.roster(team), ["Ada Member", "Bo Member"]);
    let shown = badge(&mut server, city, &ada);
    assert_eq!(
        (shown.kind, shown.ends),
        (AccountKind::Guest, Some(NOON.plus(Time::DAY)))
    );
    assert_eq!(shown.expires, NOON.plus(Time::DAY), "the badge ends with the account");
    let row = city
        .desk(&mut server, move |desk| desk.invitation(new.invitation.id))
        .unwrap();
    assert_eq!((row.used, row.status(NOON)), (2, InvitationStatus::Used));
}

#[test]
fn a_poster_that_can_not_work_is_refused() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let other = server.organisation("Works");
    let foreign = other.group(&mut server, "Theirs", Rules::default()).id;
    let wrong = [
        (
            Template {
                kind: AccountKind::Staff,
                ends: None,
                ..poster(vec![], 1)
            },
            ErrorCode::InvalidField,
        ),
        (poster(vec![], 0), ErrorCode::InvalidField),
        (poster(vec![], 10_001), ErrorCode::InvalidField),
        (
            Template {
                ends: None,
                ..poster(vec![], 1)
            },
            ErrorCode::InvalidField,
        ),
        (
            Template {
                ends: Some(NOON),
                ..poster(vec![], 1)
            },
            ErrorCode::InvalidField,
        ),
        (
            Template {
                kind: AccountKind::Private,
                ..poster(vec![], 1)
            },
            ErrorCode::InvalidField,
        ),
        (
            Template {
                for_existing: true,
                approval: false,
                ..poster(vec![], 1)
            },
            ErrorCode::InvalidField,
        ),
        (poster(vec![foreign], 1), ErrorCode::NotFound),
    ];
    for (template, expected) in wrong {
        assert_eq!(
            code(city.desk(&mut server, move |desk| desk.invite_openly(template, None))),
            expected
        );
    }
}

#[test]
fn an_account_of_another_organisation_joins_with_its_consent_and_can_be_taken_out() {
    let mut server = Server::new();
    let (city, citizens) = (server.organisation("City"), server.organisation("Citizens"));
    let team = city.group(&mut server, "Station 4", Rules::default()).id;
    let volunteer = server.member(citizens, "Vera", None);
    let put = city.desk(&mut server, move |desk| {
        desk.put_group_account(team, volunteer, melder_protocol::roster::Role::Member)
    });
    assert_eq!(code(put), ErrorCode::NotFound, "nobody is put in from elsewhere");

    let template = Template {
        for_existing: true,
        approval: false,
        ..poster(vec![team], 5)
    };
    let new = city
        .desk(&mut server, move |desk| desk.invite_openly(template, None))
        .unwrap();
    let secret = new.token.secret;
    for _ in 0..2 {
        server
            .run(move |work| Ok(crate::directory::accept(work, volunteer, &secret)?))
            .unwrap();
    }
    assert_eq!(server.roster(team), ["Vera Member"]);
    let members = city.desk(&mut server, move |desk| {
        desk.group_members(team, crate::directory::types::Page::first(10))
    });
    assert!(members.unwrap()[0].foreign);
    let used = city
        .desk(&mut server, move |desk| desk.invitation(new.invitation.id))
        .unwrap()
        .used;
    assert_eq!(used, 1, "a repetition counts once");

    city.desk(&mut server, move |desk| desk.remove_group_account(team, volunteer))
        .unwrap();
    assert_eq!(server.roster(team), [""; 0]);
    assert!(server.notices(volunteer).contains(&Notice::LeftGroup(team)));
}

#[test]
fn an_invitation_for_new_accounts_is_not_for_existing_ones() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let team = city.group(&mut server, "Station 4", Rules::default()).id;
    let ada = server.member(city, "Ada", None);
    let new = city
        .desk(&mut server, move |desk| desk.invite_openly(poster(vec![team], 2), None))
        .unwrap();
    let secret = new.token.secret;
    let outcome = server.run(move |work| Ok(crate::directory::accept(work, ada, &secret)?));
    assert_eq!(code(outcome), ErrorCode::WrongInvitation);
}

#[test]
fn a_reset_leads_back_into_the_same_account_with_a_new_chain() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let unit = city.unit(&mut server, None, "Town hall").id;
    let ada = server.member(city, "Ada", Some(unit));
    let old = server
        .run(move |work| Ok(crate::directory::record(work.tx, ada)?.unwrap()))
        .unwrap();
    let new = city
        .desk(&mut server, move |desk| desk.reset_account(ada, None))
        .unwrap();
    assert!(
        city.desk(&mut server, move |desk| desk.devices(ada))
            .unwrap()
            .is_empty()
    );
    assert!(server.notices(ada).contains(&Notice::ChainReset(NOON)));
    let row = city.desk(&mut server, move |desk| desk.account(ada)).unwrap();
    assert_eq!(row.status(), AccountStatus::Invited);
    let between = server
        .run(move |work| Ok(crate::directory::record(work.tx, ada)?.unwrap()))
        .unwrap();
    assert_eq!(between.badge, None);

    let record = server.claim(&new, None).unwrap();
    assert_eq!(record.account, ada);
    let genesis = |record: &AccountRecord| DeviceChain::verify(ada, &record.chain).unwrap().genesis();
    assert_ne!(
        genesis(&record),
        genesis(&old),
        "everybody sees that the chain is another"
    );
    assert_eq!(badge(&mut server, city, &record).genesis, genesis(&record));
    assert_eq!(city.desk(&mut server, move |desk| desk.devices(ada)).unwrap().len(), 1);
}

#[test]
fn guests_and_private_accounts_do_not_browse_the_directory() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let ada = server.member(city, "Ada", None);
    let new = city
        .desk(&mut server, |desk| desk.invite_openly(poster(vec![], 1), None))
        .unwrap();
    let gina = server.claim(&new, Some("Gina")).unwrap().account;
    let find = |server: &mut Server, caller: AccountId| {
        server
            .run(move |work| Ok(crate::directory::find_accounts(work.tx, caller, "", None)?))
            .unwrap()
            .into_iter()
            .map(|entry| entry.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(find(&mut server, ada), ["Ada", "Gina"]);
    assert_eq!(find(&mut server, gina), [""; 0]);
    let visible = |server: &mut Server, caller, account| {
        server
            .run(move |work| Ok(crate::directory::visible(work.tx, caller, account)?))
            .unwrap()
    };
    assert!(visible(&mut server, ada, gina));
    assert!(!visible(&mut server, gina, ada));
    assert!(visible(&mut server, gina, gina));
}

#[test]
fn whoever_takes_a_poster_with_approval_waits_and_is_let_in_or_is_gone() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let other = server.organisation("Citizens");
    let team = city.group(&mut server, "Team", Rules::default()).id;
    let template = Template {
        approval: true,
        for_existing: true,
        ..poster(vec![team], 3)
    };
    let new = city
        .desk(&mut server, move |desk| desk.invite_openly(template, None))
        .unwrap();
    let gina = server.claim(&new, Some("Gina")).unwrap().account;
    let hans = server.claim(&new, Some("Hans")).unwrap().account;
    let vera = server.member(other, "Vera", None);
    let secret = new.token.secret;
    server
        .run(move |work| Ok(crate::directory::accept(work, vera, &secret)?))
        .unwrap();
    assert!(server.roster(team).is_empty(), "nobody is in before they are let in");
    let poster = new.invitation.id;
    let waiting = |server: &mut Server| {
        let rows = city.desk(server, |desk| desk.approvals(None)).unwrap();
        rows.into_iter().map(|row| row.account.name).collect::<Vec<_>>()
    };
    assert_eq!(waiting(&mut server).len(), 3);
    for (account, name) in [(gina, "Gina"), (vera, "Vera")] {
        city.desk(&mut server, move |desk| desk.approve(poster, account))
            .unwrap();
        assert!(server.roster(team).contains(&format!("{name} Member")));
    }
    assert_eq!(waiting(&mut server), ["Hans"]);
    city.desk(&mut server, move |desk| desk.refuse(poster, hans)).unwrap();
    assert!(waiting(&mut server).is_empty());
    let gone = city.desk(&mut server, move |desk| desk.account(hans));
    assert_eq!(code(gone), ErrorCode::NotFound, "the account goes with the refusal");
    let row = city.desk(&mut server, move |desk| desk.invitation(poster)).unwrap();
    assert_eq!(row.used, 2, "the place is free again");
    let again = city.desk(&mut server, move |desk| desk.approve(poster, hans));
    assert_eq!(code(again), ErrorCode::NotFound);
    // Another organisation's desk knows of none of them.
    assert_eq!(
        code(other.desk(&mut server, move |desk| desk.approve(poster, gina))),
        ErrorCode::NotFound
    );
}

#[test]
fn whoever_waits_is_in_no_group_that_follows_the_posters_unit() {
    let mut server = Server::new();
    let city = server.organisation("City");
    let hall = city.unit(&mut server, None, "Town hall").id;
    let stand = city.unit(&mut server, Some(hall), "Stand").id;
    let rules = Rules {
        units: vec![crate::directory::types::UnitRule {
            unit: hall,
            sub_units: true,
            role: melder_protocol::roster::Role::Member,
        }],
        ..Rules::default()
    };
    let all = city.group(&mut server, "All", rules.clone()).id;
    let template = Template {
        unit: Some(stand),
        approval: true,
        ..poster(vec![], 3)
    };
    let new = city
        .desk(&mut server, move |desk| desk.invite_openly(template, None))
        .unwrap();
    let gina = server.claim(&new, Some("Gina")).unwrap().account;
    city.desk(&mut server, move |desk| desk.set_group_rules(all, &rules, None))
        .unwrap();
    assert!(server.roster(all).is_empty(), "nobody is in before they are let in");
    let id = new.invitation.id;
    city.desk(&mut server, move |desk| {
        // Whose unit it is lets them in.
        desk.reach = crate::directory::Reach::Units([stand].into());
        desk.approve(id, gina)
    })
    .unwrap();
    assert_eq!(server.roster(all), ["Gina Member"]);
    let record = server
        .run(move |work| Ok(crate::directory::record(work.tx, gina)?.unwrap()))
        .unwrap();
    assert_eq!(badge(&mut server, city, &record).unit, ["Town hall", "Stand"]);
}

#[test]
fn whoever_waits_as_a_newcomer_stays_one_and_the_places_are_counted_right() {
    let mut server = Server::new();
    let (city, citizens) = (server.organisation("City"), server.organisation("Citizens"));
    let team = city.group(&mut server, "Team", Rules::default()).id;
    let template = Template {
        approval: true,
        for_existing: true,
        ..poster(vec![team], 3)
    };
    let new = city
        .desk(&mut server, move |desk| desk.invite_openly(template, None))
        .unwrap();
    let (id, secret) = (new.invitation.id, new.token.secret);
    let accept = |server: &mut Server, account| {
        server
            .run(move |work| Ok(crate::directory::accept(work, account, &secret)?))
            .unwrap();
    };
    let used = |server: &mut Server| city.desk(server, move |desk| desk.invitation(id)).unwrap().used;
    let gina = server.claim(&new, Some("Gina")).unwrap().account;
    accept(&mut server, gina);
    city.desk(&mut server, move |desk| desk.refuse(id, gina)).unwrap();
    let gone = city.desk(&mut server, move |desk| desk.account(gina));
    assert_eq!(code(gone), ErrorCode::NotFound, "refused, a newcomer goes");

    let vera = server.member(citizens, "Vera", None);
    for _ in 0..2 {
        accept(&mut server, vera);
        assert_eq!(used(&mut server), 1);
        city.desk(&mut server, move |desk| desk.refuse(id, vera)).unwrap();
        assert_eq!(used(&mut server), 0);
    }
}
