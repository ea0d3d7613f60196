// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A person's devices: linking, removing, losing all of them.

use crate::city::City;

fn one() -> City {
    let city = City::new();
    city.person("Huber", &[]);
    city.admin(&["groups", "create", "Lage", "--account", "Huber"]).ok();
    city.at("Huber", &["send", "Lage", "vor dem zweiten Gerät", "--wait", "30"])
        .ok();
    city
}

#[test]
fn a_second_device_is_linked_by_its_qr_code_and_brings_the_history() {
    let city = one();
    let mut new = city.going(
        "Tablet",
        &["--json", "link", "--server", &city.url, "--device-name", "Tablet"],
    );
    let code = new.next()["qr"].as_str().unwrap().to_owned();
    city.at("Huber", &["link", &code]).ok();
    assert_eq!(new.end().0, 0);
    city.at("Huber", &["devices", "list"]).ok().shows("Tablet");
    assert_eq!(city.texts("Tablet", "Lage"), ["vor dem zweiten Gerät"]);
    city.at("Tablet", &["send", "Lage", "vom Tablet", "--wait", "30"]).ok();
    assert_eq!(city.texts("Huber", "Lage"), ["vor dem zweiten Gerät", "vom Tablet"]);
}

#[test]
fn a_short_code_needs_the_same_number_on_both() {
    let city = one();
    let mut new = city.going("Tablet", &["--json", "link", "--server", &city.url]);
    let code = new.next()["code"].as_str().unwrap().to_owned();
    city.at("Huber", &["link", &code, "--number", "not it"])
        .failed(1, "declined");
    assert_ne!(new.end().0, 0);
    city.at("Tablet", &["chats"]).failed(1, "no_account");

    let mut new = city.going("Tablet", &["--json", "link", "--server", &city.url]);
    let code = new.next()["code"].as_str().unwrap().to_owned();
    city.at("Huber", &["--yes", "link", &code]).ok();
    assert_eq!(new.end().0, 0);
}

#[test]
fn a_removed_device_is_out_at_once() {
    let city = one();
    let mut new = city.going(
        "Tablet",
        &["--json", "link", "--server", &city.url, "--device-name", "Tablet"],
    );
    let code = new.next()["qr"].as_str().unwrap().to_owned();
    city.at("Huber", &["link", &code]).ok();
    assert_eq!(new.end().0, 0);
    city.at("Huber", &["--yes", "devices", "remove", "Tablet"]).ok();
    city.at("Huber", &["send", "Lage", "nicht für das Tablet", "--wait", "30"])
        .ok();
    city.at("Tablet", &["read", "Lage"]).failed(4, "gone");
    city.at("Huber", &["devices", "list"]).ok().hides("Tablet");
}

#[test]
fn a_recovery_code_brings_the_account_back_when_all_is_lost() {
    let city = one();
    let words = city.at("Huber", &["--json", "recovery", "create"]).ok().json()["words"]
        .as_str()
        .unwrap()
        .to_owned();
    std::fs::remove_dir_all(city.path("Huber")).unwrap();
    let output = city
        .start("Neu", &["recover", "--server", &city.url])
        .env("MELDER_RECOVERY_WORDS", &words)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    city.at("Neu", &["send", "Lage", "wieder da", "--wait", "30"]).ok();
    city.at("Other", &["recover", "--server", &city.url, "abandon", "abandon"])
        .failed(1, "bad_recovery_words");
}

#[test]
fn a_pin_closes_the_profile() {
    let city = one();
    let set = city
        .start("Huber", &["pin-code", "set"])
        .env("MELDER_NEW_PIN", "271828")
        .output()
        .unwrap();
    assert!(set.status.success(), "{set:?}");
    city.at("Huber", &["chats"]).failed(1, "pin_needed");
    let right = city
        .start("Huber", &["chats"])
        .env("MELDER_PIN", "271828")
        .output()
        .unwrap();
    assert!(right.status.success(), "{right:?}");
    let wrong = city
        .start("Huber", &["chats"])
        .env("MELDER_PIN", "314159")
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
}

#[test]
fn one_profile_is_used_by_one_process() {
    let city = one();
    let mut listener = city.going("Huber", &["--json", "listen"]);
    listener.until(|event| event["state"] == "online");
    city.at("Huber", &["chats"]).failed(1, "profile_locked");
}
