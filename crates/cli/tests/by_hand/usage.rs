// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Help, wrong calls, exit statuses.

use crate::city::{City, run, run_in_german};

#[test]
fn help_speaks_the_language_of_the_locale() {
    run_in_german(&["--help"]).ok().shows("Aufruf:").shows("Ende mit:");
    run(&["--help"]).ok().shows("Usage:").shows("Exit with:");
    run(&["--lang", "de", "send", "--help"])
        .ok()
        .shows("Aufruf: melder send [OPTIONEN]");
}

#[test]
fn a_wrong_call_says_what_is_wrong_and_ends_with_2() {
    assert!(run(&["sned"]).failed(2, "usage").err.contains("send"));
    run(&["send"]).failed(2, "usage");
    run(&["join", "not a link"]).failed(2, "bad_link");
    run(&["send", "Lage", "x", "--at", "soon"]).failed(2, "bad_time");
}

#[test]
fn without_an_account_it_says_how_to_get_one() {
    assert!(run(&["chats"]).failed(1, "no_account").err.contains("melder join"));
}

#[test]
fn without_a_server_it_ends_with_3() {
    run(&["--timeout", "1", "link", "--server", "http://127.0.0.1:9"]).failed(3, "unreachable");
}

#[test]
fn an_administrator_without_a_token_is_told_what_to_do() {
    run(&["admin", "accounts", "list"]).failed(1, "no_token");
    let city = City::new();
    city.admin(&["--token", "nonsense", "accounts", "list"])
        .failed(4, "unauthorized");
    city.admin(&[
        "setup",
        &format!("{}/setup#abc", city.url),
        "--organisation",
        "Noch eine",
    ])
    .failed(4, "setup_done");
}

#[test]
fn completions_are_written_for_every_shell() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(run(&["completions", shell]).ok().out.contains("melder"));
    }
}

#[test]
fn lives_under_attack_are_told_attack_by_attack() {
    let call = [
        "simulate",
        "--malicious-server",
        "--malicious-member",
        "--seeds",
        "1..2",
    ];
    run(&call).ok().shows("hours a minute");
    let told = run(&[&call[..], &["--json"]].concat()).ok().json();
    for attacker in ["malicious_server", "malicious_member"] {
        let held = told[attacker]["held"].as_array().unwrap();
        assert_eq!(held.len(), 2, "{told}");
        let deeds = held.iter().flat_map(|life| life["deeds"].as_array().unwrap());
        assert!(deeds.clone().all(|deed| deed["attack"].is_string()), "{told}");
        assert!(
            deeds.clone().any(|deed| deed["reported"] != serde_json::json!({})),
            "{told}"
        );
    }
}

#[test]
fn mistakes_on_purpose_need_a_program_that_has_them() {
    run(&["simulate", "--bugs"]).failed(2, "no_mistakes");
    run(&["simulate", "--bugs", "--bug", "nonsense"]).failed(2, "usage");
    run(&["simulate", "--bugs", "--malicious-server"]).failed(2, "usage");
}
