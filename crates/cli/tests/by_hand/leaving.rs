// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Guests who come and go, accounts that are suspended, reset, deleted.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::city::{City, run};

/// Asks the administration's interface for what the command line has no command for.
fn api(city: &City, method: &str, path: &str) -> Value {
    let config = std::fs::read_to_string(city.path("admin.json")).unwrap();
    let config: Value = serde_json::from_str(&config).unwrap();
    let token = config["token"].as_str().unwrap();
    let host = city.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("{method} /v1/admin/{path} HTTP/1.0\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[test]
fn a_guest_comes_by_poster_and_is_gone_with_the_operation() {
    let city = City::new();
    city.person("Huber", &[]);
    city.admin(&["operations", "create", "Europawahl", "--ends", "+8h"])
        .ok();
    city.admin(&[
        "groups",
        "create",
        "Wahl",
        "--account",
        "Huber",
        "--operation",
        "Europawahl",
    ])
    .ok();
    let poster = [
        "--json",
        "invitations",
        "poster",
        "--group",
        "Wahl",
        "--operation",
        "Europawahl",
        "--limit",
        "2",
    ];
    let link = city.admin(&poster).ok().json()["link"].as_str().unwrap().to_owned();
    city.at("Gast", &["join", &link]).failed(2, "usage");
    city.at("Gast", &["join", &link, "--name", "Toni"]).ok();
    city.at("Huber", &["send", "Wahl", "Willkommen", "--wait", "30"]).ok();
    assert!(city.texts("Gast", "Wahl").contains(&"Willkommen".to_owned()));
    city.admin(&["--yes", "operations", "end", "Europawahl"])
        .ok()
        .shows("1 guests deleted");
    city.at("Gast", &["chats"]).failed(4, "gone");
    assert!(
        !city.path("Gast").join("melder.sqlite").exists(),
        "the guest's data are still there"
    );
    let records = city.admin(&["--json", "deletions"]).ok().json();
    assert_eq!(records[0]["reason"], "operation_ended");
}

#[test]
fn a_suspended_account_is_out_and_comes_back_with_everything() {
    let city = City::new();
    city.person("Huber", &[]);
    city.admin(&["groups", "create", "Lage", "--account", "Huber"]).ok();
    city.at("Huber", &["send", "Lage", "vorher", "--wait", "30"]).ok();
    city.admin(&["accounts", "suspend", "Huber"]).ok();
    assert_eq!(city.at("Huber", &["send", "Lage", "gesperrt", "--wait", "5"]).status, 4);
    city.admin(&["accounts", "resume", "Huber"]).ok();
    city.at("Huber", &["send", "Lage", "wieder da", "--wait", "30"]).ok();
}

#[test]
fn a_deleted_account_leaves_nothing_but_its_record() {
    let city = City::new();
    city.person("Huber", &[]);
    city.person("Cem", &[]);
    city.admin(&["groups", "create", "Lage", "--account", "Huber", "--account", "Cem"])
        .ok();
    city.at("Cem", &["send", "Lage", "vorher", "--wait", "30"]).ok();
    city.admin(&["--yes", "accounts", "delete", "Cem"]).ok();
    city.at("Cem", &["chats"]).failed(4, "gone");
    assert!(!city.path("Cem").join("melder.sqlite").exists());
    assert!(!city.path("Cem").join("key").exists());
    city.admin(&["accounts", "list"]).ok().hides("Cem");
    assert_eq!(
        city.admin(&["--json", "deletions"]).ok().json()[0]["reason"],
        "administrator"
    );
    city.at("Huber", &["members", "Lage"]).ok().hides("Cem");
}

#[test]
fn a_reset_account_starts_anew_by_a_new_link() {
    let city = City::new();
    city.person("Huber", &[]);
    city.admin(&["groups", "create", "Lage", "--account", "Huber"]).ok();
    city.at("Huber", &["chats"]).ok();
    let link = city
        .admin(&["--json", "--yes", "accounts", "reset", "Huber"])
        .ok()
        .json()["link"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(city.at("Huber", &["send", "Lage", "alt", "--wait", "5"]).status, 4);
    city.at("Neu", &["join", &link]).ok();
    city.at("Neu", &["send", "Lage", "neu", "--wait", "30"]).ok();
}

#[test]
fn a_device_that_was_removed_before_still_hears_that_it_is_to_delete_its_data() {
    let city = City::new();
    city.person("Huber", &[]);
    let account = city.admin(&["--json", "accounts", "list"]).ok().json()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let devices = api(&city, "GET", &format!("accounts/{account}/devices"));
    let device = devices["items"][0]["id"].as_str().unwrap();
    let path = format!("accounts/{account}/devices/{device}");
    api(&city, "DELETE", &path);
    city.at("Huber", &["chats"]).failed(4, "gone");
    city.at("Huber", &["chats"]).failed(4, "gone");
    assert!(city.path("Huber").join("key").exists());
    api(&city, "DELETE", &format!("{path}?wipe=true"));
    city.at("Huber", &["chats"]).failed(4, "gone");
    assert!(!city.path("Huber").join("melder.sqlite").exists());
    assert!(!city.path("Huber").join("key").exists());
}

#[test]
fn an_import_names_every_bad_row_and_changes_nothing() {
    let city = City::new();
    let file = city.path("accounts.csv");
    std::fs::write(&file, "name;unit;kind\nMüller, Max;;staff\n;Nirgends;quark\n").unwrap();
    let file = file.to_str().unwrap().to_owned();
    let said = city
        .admin(&["accounts", "import", &file, "--dry-run"])
        .failed(4, "invalid_csv");
    assert!(said.err.contains("Line 3"), "{said:?}");
    city.admin(&["accounts", "import", &file]).failed(4, "invalid_csv");
    assert_eq!(
        city.admin(&["--json", "accounts", "list"])
            .ok()
            .json()
            .as_array()
            .unwrap()
            .len(),
        0
    );
    std::fs::write(&file, "name;kind\nMüller, Max;staff\nOkafor, Ada;staff\n").unwrap();
    city.admin(&["accounts", "import", &file, "--invitations"])
        .ok()
        .shows("/join#");
    assert_eq!(
        city.admin(&["--json", "accounts", "list"])
            .ok()
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn deletion_records_prove_themselves_without_the_server() {
    let city = City::new();
    for name in ["Cem", "Dora"] {
        city.admin(&["accounts", "create", name]).ok();
        city.admin(&["--yes", "accounts", "delete", name]).ok();
    }
    let own = city.admin(&["--json", "me"]).ok().json()["organisation"].clone();
    let records = city.admin(&["--json", "deletions"]).ok().out;
    let file = city.path("records.json");
    std::fs::write(&file, &records).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let verify = |key: Option<&str>| {
        let mut words = vec!["verify-deletion", &file];
        words.extend(key.iter().flat_map(|key| ["--key", key]));
        run(&words)
    };
    verify(None).ok().shows("All 2 deletion records");
    verify(own["fingerprint"].as_str()).ok();
    verify(own["key"].as_str()).ok();
    verify(Some(&"12345 ".repeat(6))).failed(1, "deletion_record_foreign");
    verify(Some("nonsense")).failed(2, "bad_key");
    std::fs::write(&file, &records[..records.len() / 2]).unwrap();
    verify(None).failed(1, "deletion_record_cut");
    std::fs::write(&file, records.replacen("\"devices\":0", "\"devices\":7", 1)).unwrap();
    verify(None).failed(1, "deletion_record_changed");
    std::fs::write(&file, "{}").unwrap();
    verify(None).failed(1, "no_deletion_record");
}

#[test]
fn a_server_is_backed_up_while_it_runs() {
    let city = City::new();
    city.person("Huber", &[]);
    let (data, copies) = (city.path("server"), city.path("copies"));
    let words = [
        "--json",
        "backup",
        copies.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
    ];
    let made = run(&words).ok().json();
    let copy = std::path::PathBuf::from(made["folder"].as_str().unwrap());
    assert!(copy.join("melder.db").is_file());
    run(&["backup", copies.to_str().unwrap(), "--data", copies.to_str().unwrap()]).failed(1, "backup_failed");
}
