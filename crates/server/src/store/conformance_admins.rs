// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What every store must do with admins and with what a directory provisioned: part of [`super::conformance`].

use melder_protocol::roster::Role;
use melder_protocol::{AccountId, AdminId, DirectoryGroupId, GroupId, Hash, OrganisationId, Time};

use super::Store;
use super::directory::{Accounts as _, Admins as _, LogIns as _, Managed as _, Provisioning as _};
use crate::directory::oidc::{ClientSecret, Match, OidcSettings};
use crate::directory::types::{
    Admin, AdminLogIn, AdminRole, Attributes, DirectoryGroup, Enrolment, Page, Passkey, Provisioned, Scope, Session,
};
use crate::webauthn::PasskeyKey;

const CITY: OrganisationId = OrganisationId::from_bytes([1; 16]);

fn admin(number: u8) -> Admin {
    Admin {
        id: AdminId::from_bytes([number; 16]),
        organisation: CITY,
        name: "Ada".to_owned(),
        roles: vec![AdminRole {
            role: Scope::Accounts,
            unit: Some(melder_protocol::UnitId::from_bytes([9; 16])),
        }],
        recovery: Some(Hash::from_bytes([number; 32])),
        created: Time(u64::from(number)),
        last_login: None,
        revision: 1,
    }
}

pub(super) fn an_admin_goes_with_passkeys_sessions_and_secrets<S: Store>(store: &mut S) {
    let tx = store.begin().unwrap();
    let (ada, bo) = (admin(1), admin(2));
    tx.insert_admin(&ada).unwrap();
    tx.insert_admin(&bo).unwrap();
    assert_eq!(tx.admin(ada.id).unwrap(), Some(ada.clone()));
    assert_eq!(tx.admins(CITY, Page::first(1)).unwrap(), std::slice::from_ref(&ada));
    let second = Page {
        after: Some(ada.id),
        limit: 9,
    };
    assert_eq!(tx.admins(CITY, second).unwrap(), std::slice::from_ref(&bo));
    assert_eq!(tx.admin_by_recovery(&Hash::from_bytes([2; 32])).unwrap(), Some(bo));
    let passkey = Passkey {
        id: vec![7; 40],
        admin: ada.id,
        name: "Key".to_owned(),
        key: PasskeyKey::Ed25519([3; 32]),
        counter: 1,
        created: Time(3),
        last_used: None,
    };
    tx.insert_passkey(&passkey).unwrap();
    tx.touch_passkey(&passkey.id, 5, Time(8)).unwrap();
    let touched = Passkey {
        counter: 5,
        last_used: Some(Time(8)),
        ..passkey.clone()
    };
    assert_eq!(tx.passkeys_of(ada.id).unwrap(), [touched]);
    let session = |number: u8, seen| Session {
        hash: Hash::from_bytes([number; 32]),
        admin: ada.id,
        began: Time(10),
        seen: Time(seen),
        oidc: number == 2,
    };
    for row in [session(1, 10), session(2, 20), session(2, 30)] {
        tx.put_session(&row).unwrap();
    }
    tx.drop_sessions(Time(10), Time(9)).unwrap();
    assert_eq!(tx.session(&Hash::from_bytes([1; 32])).unwrap(), None);
    assert_eq!(tx.session(&Hash::from_bytes([2; 32])).unwrap(), Some(session(2, 30)));
    let enrolment = |number: u8| Enrolment {
        hash: Hash::from_bytes([number; 32]),
        admin: ada.id,
        expires: Time(50),
    };
    tx.put_enrolment(&enrolment(4)).unwrap();
    tx.put_enrolment(&enrolment(5)).unwrap();
    assert_eq!(
        tx.enrolment(&Hash::from_bytes([4; 32])).unwrap(),
        None,
        "the newest alone"
    );
    assert_eq!(tx.enrolment(&Hash::from_bytes([5; 32])).unwrap(), Some(enrolment(5)));
    tx.delete_admin(ada.id).unwrap();
    assert_eq!(tx.admin(ada.id).unwrap(), None);
    assert_eq!(tx.passkey(&passkey.id).unwrap(), None);
    assert_eq!(tx.session(&Hash::from_bytes([2; 32])).unwrap(), None);
    assert_eq!(tx.enrolment(&Hash::from_bytes([5; 32])).unwrap(), None);
}

pub(super) fn what_a_directory_said_is_found_and_goes_with_the_account<S: Store>(store: &mut S) {
    let tx = store.begin().unwrap();
    let account = AccountId::from_bytes([5; 16]);
    let row = Provisioned {
        account,
        organisation: CITY,
        user_name: "Ada.König".to_owned(),
        external: Some("x".to_owned()),
        attributes: Attributes {
            display: Some("Ada".to_owned()),
            ..Attributes::default()
        },
        created: Time(1),
        changed: Time(2),
        revision: 3,
    };
    tx.put_provisioned(&row).unwrap();
    tx.put_provisioned(&row).unwrap();
    assert_eq!(tx.provisioned_as(CITY, "ada.KÖNIG").unwrap(), Some(row.clone()));
    assert_eq!(tx.provisioned_from(CITY, "x").unwrap(), std::slice::from_ref(&row));
    assert_eq!(tx.provisioned_from(CITY, "X").unwrap(), []);
    assert_eq!(tx.provisioned_accounts(CITY, 0, 9).unwrap(), [row]);
    assert_eq!(tx.provisioned_accounts(CITY, 1, 9).unwrap(), []);
    assert_eq!(tx.provisioned_after(CITY, "", 9).unwrap().len(), 1);
    assert_eq!(tx.provisioned_after(CITY, "\u{10ffff}", 9).unwrap(), []);
    assert_eq!(tx.provisioned_count(CITY).unwrap(), 1);
    let group = DirectoryGroup {
        id: DirectoryGroupId::from_bytes([6; 16]),
        organisation: CITY,
        name: "Wahlamt".to_owned(),
        external: None,
        created: Time(1),
        changed: Time(1),
        revision: 1,
    };
    tx.put_directory_group(&group).unwrap();
    tx.set_directory_member(group.id, account, true).unwrap();
    tx.set_directory_member(group.id, account, true).unwrap();
    assert_eq!(tx.directory_members(group.id).unwrap(), [account]);
    assert_eq!(tx.directory_groups_of(account).unwrap(), std::slice::from_ref(&group));
    assert_eq!(tx.directory_group_named(CITY, "WAHLAMT").unwrap(), Some(group.clone()));
    let rules = crate::directory::types::Rules {
        directory: vec![crate::directory::types::DirectoryRule {
            group: group.id,
            role: Role::Publisher,
        }],
        functions: vec![crate::directory::types::FunctionRule {
            function: "Streife".to_owned(),
            role: Role::Member,
        }],
        ..crate::directory::types::Rules::default()
    };
    let chat = GroupId::from_bytes([8; 16]);
    tx.set_rules(chat, &rules).unwrap();
    assert_eq!(tx.rules(chat).unwrap(), rules);
    assert_eq!(tx.groups_following(group.id).unwrap(), [chat]);
    tx.delete_account(account).unwrap();
    assert_eq!(tx.provisioned(account).unwrap(), None);
    assert_eq!(tx.directory_members(group.id).unwrap(), []);
    tx.delete_directory_group(group.id).unwrap();
    assert_eq!(tx.rules(chat).unwrap().directory, []);
    assert_eq!(tx.directory_group_count(CITY).unwrap(), 0);
}

pub(super) fn a_log_in_is_kept_as_it_was_set<S: Store>(store: &mut S) {
    let tx = store.begin().unwrap();
    assert_eq!(tx.oidc(CITY).unwrap(), None);
    let whole = OidcSettings {
        organisation: CITY,
        issuer: "https://sso.city.example".to_owned(),
        client: "melder".to_owned(),
        secret: Some(ClientSecret::new("secret".to_owned())),
        claim: "oid".to_owned(),
        matches: Match::UserName,
        enabled: true,
        admins: true,
        authority: Some("pem".to_owned()),
        revision: 7,
    };
    for settings in [whole, OidcSettings::unset(CITY)] {
        tx.put_oidc(&settings).unwrap();
        assert_eq!(tx.oidc(CITY).unwrap(), Some(settings));
    }
    assert_eq!(tx.oidc(OrganisationId::from_bytes([2; 16])).unwrap(), None);
}

pub(super) fn a_log_in_is_one_admins_and_goes_with_them<S: Store>(store: &mut S) {
    let tx = store.begin().unwrap();
    let log_in = |number: u8, subject: &str| AdminLogIn {
        admin: AdminId::from_bytes([number; 16]),
        organisation: CITY,
        issuer: "https://sso.city.example".to_owned(),
        subject: subject.to_owned(),
        since: Time(u64::from(number)),
    };
    let of = |subject: &str| tx.admin_log_in_of(CITY, "https://sso.city.example", subject).unwrap();
    for number in [1, 2] {
        tx.insert_admin(&admin(number)).unwrap();
    }
    let (ada, bo) = (log_in(1, "u-1"), log_in(2, "u-2"));
    tx.put_admin_log_in(&ada).unwrap();
    tx.put_admin_log_in(&bo).unwrap();
    assert_eq!(tx.admin_log_in(ada.admin).unwrap(), Some(ada.clone()));
    assert_eq!((of("u-1"), of("U-1")), (Some(ada.clone()), None));
    assert_eq!(tx.admin_log_in_of(CITY, "https://else.example", "u-1").unwrap(), None);
    let town = OrganisationId::from_bytes([2; 16]);
    assert_eq!(tx.admin_log_in_of(town, &ada.issuer, "u-1").unwrap(), None);
    assert!(tx.put_admin_log_in(&log_in(2, "u-1")).is_err(), "another admin's");
    tx.put_admin_log_in(&bo).unwrap();
    tx.put_admin_log_in(&log_in(1, "u-3")).unwrap();
    assert_eq!((of("u-1"), of("u-3")), (None, Some(log_in(1, "u-3"))), "one each");
    let session = |number: u8, admin, oidc| Session {
        hash: Hash::from_bytes([number; 32]),
        admin,
        began: Time(1),
        seen: Time(1),
        oidc,
    };
    let there = |number: u8| tx.session(&Hash::from_bytes([number; 32])).unwrap().is_some();
    for row in [
        session(1, ada.admin, true),
        session(2, ada.admin, false),
        session(3, bo.admin, true),
    ] {
        tx.put_session(&row).unwrap();
    }
    tx.delete_oidc_sessions(town, None).unwrap();
    tx.delete_oidc_sessions(CITY, Some(ada.admin)).unwrap();
    assert_eq!([1, 2, 3].map(there), [false, true, true]);
    tx.delete_oidc_sessions(CITY, None).unwrap();
    assert_eq!([1, 2, 3].map(there), [false, true, false]);
    tx.delete_admin(ada.admin).unwrap();
    assert_eq!((of("u-3"), of("u-2")), (None, Some(bo.clone())));
    tx.delete_admin_log_in(bo.admin).unwrap();
    assert_eq!(tx.admin_log_in(bo.admin).unwrap(), None);
}
