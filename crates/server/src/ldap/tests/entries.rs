// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What entries are read as, where a slapd has none of the kind: Active Directory's.

use serde_json::json;

use crate::directory::ldap::Why;
use crate::directory::ldap::settings::Settings;
use crate::ldap::Failed;
use crate::ldap::client::Entry;
use crate::ldap::read::snapshot;

fn entry(dn: &str, values: &[(&str, &[u8])]) -> Entry {
    let mut entry = Entry {
        dn: dn.to_owned(),
        ..Entry::default()
    };
    for (name, value) in values {
        entry.values.entry((*name).to_owned()).or_default().push(value.to_vec());
    }
    entry
}

fn active_directory() -> Settings {
    let settings: Settings =
        serde_json::from_value(json!({"kind": "active_directory", "url": "ldaps://dc.stadt.example",
        "base": "DC=stadt,DC=example", "groups": {}}))
        .unwrap();
    settings.complete().unwrap()
}

const GUID: &[u8] = b"\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff";

#[test]
fn active_directory_is_read_with_its_own_ids_flags_and_memberships() {
    let settings = active_directory();
    let people = [
        entry(
            "CN=König\\, Ada,OU=Amt,DC=stadt,DC=example",
            &[
                ("objectguid", GUID),
                ("userprincipalname", b"ada@stadt.example"),
                ("displayname", "König, Ada".as_bytes()),
                ("department", b"Ordnungsamt"),
                ("useraccountcontrol", b"512"),
                ("memberof", b"CN=Lage,OU=Gruppen,DC=stadt,DC=example"),
            ],
        ),
        entry(
            "CN=Bo,DC=stadt,DC=example",
            &[
                ("objectguid", b"0123456789abcdef"),
                ("userprincipalname", b"bo@stadt.example"),
                ("givenname", b"Bo"),
                ("sn", b"Adam"),
                ("useraccountcontrol", b"514"),
            ],
        ),
    ];
    let groups = [entry(
        "cn=lage,ou=gruppen,dc=stadt,dc=example",
        &[("objectguid", b"fedcba9876543210"), ("cn", b"Lage")],
    )];
    let found = snapshot(
        &people,
        settings.groups.as_ref().map(|how| (how, &groups[..])),
        &settings,
    )
    .unwrap();
    assert_eq!(
        found.people[0].key, "00112233-4455-6677-8899-aabbccddeeff",
        "as people know it"
    );
    assert!(
        found.people[0].person.active && !found.people[1].person.active,
        "bit 2 is the switch"
    );
    assert_eq!(found.people[1].person.attributes.family_name.as_deref(), Some("Adam"));
    let group = &found.groups.unwrap()[0];
    assert_eq!(group.members.iter().collect::<Vec<_>>(), [&found.people[0].key]);
}

#[test]
fn entries_that_can_not_be_told_apart_spoil_the_whole() {
    let settings = active_directory();
    let people = [entry("CN=Bo,DC=stadt,DC=example", &[("displayname", b"Bo")])];
    let failed = snapshot(&people, None, &settings).unwrap_err();
    assert!(matches!(failed, Failed::Incomplete(_)), "{failed}");
    assert!(
        !failed.to_string().contains("Bo"),
        "numbers, no names: it is remembered"
    );
}

#[test]
fn an_entry_without_a_name_is_a_problem_and_is_still_there() {
    let settings = active_directory();
    let people = [entry("CN=Bo,DC=stadt,DC=example", &[("objectguid", GUID)])];
    let found = snapshot(&people, None, &settings).unwrap();
    assert_eq!(found.problems[0].code, Why::NoUserName);
    assert_eq!(found.kept.len(), 1, "nobody takes them for gone");
}

#[test]
fn a_group_that_names_one_of_two_brings_in_no_other() {
    let settings: Settings = serde_json::from_value(json!({"kind": "openldap", "url": "ldaps://l.example",
        "base": "dc=stadt", "groups": {}}))
    .unwrap();
    let settings = settings.complete().unwrap();
    let who = |dn: &str, id: &str, uid: &str| {
        let values = [("entryuuid", id), ("uid", uid), ("cn", "Hans Müller")];
        entry(dn, &values.map(|(name, value)| (name, value.as_bytes())))
    };
    let people = [
        who("cn=Hans Müller+uid=hm1,dc=stadt", "1", "hm1"),
        who("cn=Hans Müller+uid=hm2,dc=stadt", "2", "hm2"),
    ];
    let groups = [entry(
        "cn=Lage,dc=stadt",
        &[
            ("entryuuid", b"g"),
            ("cn", b"Lage"),
            ("member", "uid=hm1+cn=Hans Müller,dc=stadt".as_bytes()),
            ("memberuid", b"hm1"),
        ],
    )];
    let members = |people: &[Entry], settings: &Settings| {
        let found = snapshot(people, settings.groups.as_ref().map(|how| (how, &groups[..])), settings).unwrap();
        let members: Vec<String> = found.groups.unwrap()[0].members.iter().cloned().collect();
        (members, found.problems.iter().map(|one| one.code).collect::<Vec<_>>())
    };
    assert_eq!(members(&people, &settings), (vec!["1".to_owned()], vec![]));

    // The same name twice, as it stands or as they log in: nobody knows who is meant.
    let same = [
        who("cn=Hans Müller,dc=stadt", "1", "hm1"),
        who("cn=hans müller,dc=stadt", "2", "HM1"),
    ];
    let by_user: Settings = serde_json::from_value(json!({"kind": "openldap", "url": "ldaps://l.example",
        "base": "dc=stadt", "groups": {"members": {"from": "group", "attribute": "memberUid"}}}))
    .unwrap();
    let twice = (Vec::new(), vec![Why::SameName; 2]);
    assert_eq!(members(&same, &settings), twice);
    assert_eq!(members(&same, &by_user.complete().unwrap()), twice);
}
