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
