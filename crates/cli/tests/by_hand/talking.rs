// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Groups, messages, files, alarms.

use crate::city::City;

fn two() -> City {
    let city = City::new();
    city.admin(&["units", "create", "Verkehr"]).ok();
    city.admin(&["groups", "create", "Lage", "--unit", "Verkehr"]).ok();
    city.person("Huber", &["--unit", "Verkehr"]);
    city.person("Cem", &["--unit", "Verkehr"]);
    city
}

#[test]
fn a_message_reaches_a_colleague_and_is_found_and_exported() {
    let city = two();
    city.at("Huber", &["send", "Lage", "Sperrung am Marienplatz", "--wait", "30"])
        .ok()
        .shows("sent");
    assert_eq!(city.texts("Cem", "Lage"), ["Sperrung am Marienplatz"]);
    city.at("Cem", &["search", "Marienplatz"]).ok().shows("Sperrung");
    let export = city.at("Cem", &["export", "Lage", "--format", "json"]).ok().out;
    let export: serde_json::Value = serde_json::from_str(&export).unwrap();
    assert_eq!(export["messages"][0]["text"], "Sperrung am Marienplatz");
    city.at("Cem", &["export", "Lage", "--format", "text"])
        .ok()
        .shows("Huber")
        .shows("Sperrung");
}

#[test]
fn a_listener_gets_json_lines_as_things_happen() {
    let city = two();
    let mut listener = city.going("Cem", &["--json", "listen", "Lage", "--count", "1", "--for", "60s"]);
    listener.until(|event| event["event"] == "connection" && event["state"] == "online");
    city.at("Huber", &["send", "Lage", "Hören Sie mich?"]).ok();
    let event = listener.until(|event| event["event"] == "message");
    assert_eq!(event["message"]["text"], "Hören Sie mich?");
    assert_eq!(event["chat"], "Lage");
    assert_eq!(listener.end().0, 0);
}

#[test]
fn what_is_written_without_a_connection_goes_with_the_next() {
    let city = two();
    city.at("Huber", &["--offline", "send", "Lage", "aus dem Keller"])
        .ok()
        .shows("outbox");
    assert_eq!(
        city.at("Huber", &["--offline", "send", "Lage", "noch eine", "--wait", "1"])
            .status,
        3
    );
    city.at("Huber", &["chats"]).ok();
    assert_eq!(city.texts("Cem", "Lage"), ["aus dem Keller", "noch eine"]);
}

#[test]
fn a_server_that_crashes_loses_nothing() {
    let mut city = two();
    city.at("Huber", &["send", "Lage", "vorher", "--wait", "30"]).ok();
    city.restart();
    city.at("Huber", &["send", "Lage", "nachher", "--wait", "30"]).ok();
    assert_eq!(city.texts("Cem", "Lage"), ["vorher", "nachher"]);
}

#[test]
fn a_listener_comes_back_when_the_server_does() {
    let mut city = two();
    let mut listener = city.going("Cem", &["--json", "listen", "Lage", "--count", "1", "--for", "90s"]);
    listener.until(|event| event["state"] == "online");
    city.restart();
    listener.until(|event| event["state"] == "offline");
    listener.until(|event| event["state"] == "online");
    city.at("Huber", &["send", "Lage", "wieder da", "--wait", "30"]).ok();
    assert_eq!(
        listener.until(|event| event["event"] == "message")["message"]["text"],
        "wieder da"
    );
}

#[test]
fn answers_reactions_edits_and_deletions_reach_everybody() {
    let city = two();
    city.at("Huber", &["send", "Lage", "Wer kommt?"]).ok();
    let question = city.messages("Cem", "Lage")[0].0.clone();
    let short = &question[2..12];
    city.at("Cem", &["send", "Lage", "Ich", "--reply", short]).ok();
    city.at("Cem", &["react", short, "👍"]).ok();
    city.at("Huber", &["edit", short, "Wer kommt mit?"]).ok();
    let history = city.at("Huber", &["--json", "read", "Lage"]).ok().json();
    assert_eq!(history["messages"][0]["text"], "Wer kommt mit?");
    assert_eq!(history["messages"][0]["reactions"][0][1], "👍");
    assert_eq!(history["messages"][1]["reply_to"], question.as_str());
    city.at("Huber", &["delete", short]).ok();
    let history = city.at("Cem", &["--json", "read", "Lage"]).ok().json();
    assert_eq!(history["messages"][0]["deleted"], true);
    assert_eq!(history["messages"][0]["text"], "");
}

#[test]
fn a_file_comes_out_as_it_went_in_and_stays_with_an_edit() {
    let city = two();
    let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
    std::fs::write(city.path("foto.jpg"), &bytes).unwrap();
    let path = city.path("foto.jpg");
    city.at(
        "Huber",
        &[
            "send",
            "Lage",
            "Beweis",
            "--evidence",
            "--file",
            path.to_str().unwrap(),
            "--wait",
            "60",
        ],
    )
    .ok();
    let id = city.messages("Cem", "Lage")[0].0[2..12].to_owned();
    city.at("Huber", &["edit", &id, "Beweis 1"]).ok();
    let folder = city.path("downloads");
    city.at("Cem", &["download", &id, "-o", folder.to_str().unwrap()]).ok();
    assert!(std::fs::read(folder.join("foto.jpg")).unwrap() == bytes);
    assert_eq!(city.texts("Cem", "Lage"), ["Beweis 1"]);
}

#[test]
fn an_alarm_shows_by_name_who_has_it_and_who_confirmed() {
    let city = two();
    let reach = city
        .at(
            "Huber",
            &["--json", "alarm", "Lage", "Unwetter", "--urgency", "emergency"],
        )
        .ok()
        .json();
    assert_eq!(reach["not_reached"][0]["name"], "Cem");
    city.at("Cem", &["chats"]).ok();
    let id = reach["message"].as_str().unwrap().to_owned();
    let reach = city.at("Huber", &["--json", "reach", &id]).ok().json();
    assert_eq!(reach["reached"][0]["name"], "Cem");
    city.at("Cem", &["confirm"]).ok();
    let reach = city.at("Huber", &["--json", "reach", &id]).ok().json();
    assert_eq!(reach["confirmed"][0]["name"], "Cem");
    assert_eq!(reach["not_reached"].as_array().unwrap().len(), 0);
}

#[test]
fn a_program_that_is_too_old_reads_and_confirms_and_does_not_write() {
    let city = two();
    city.at("Huber", &["alarm", "Lage", "Unwetter"]).ok();
    city.admin(&["policy", "set", "minimum_app=99.0.0"]).ok();
    city.at("Cem", &["chats"]).ok();
    city.at("Cem", &["send", "Lage", "Hallo"]).failed(1, "outdated");
    city.at("Cem", &["confirm"]).ok();
    city.admin(&["policy", "set", "minimum_app=null"]).ok();
    city.at("Cem", &["chats"]).ok();
    city.at("Cem", &["send", "Lage", "Hallo"]).ok();
}

#[test]
fn an_all_clear_ends_an_alarm_that_nobody_has_confirmed_yet() {
    let city = two();
    let alarm = city.at("Huber", &["--json", "alarm", "Lage", "Unwetter"]).ok().json();
    let id = alarm["message"].as_str().unwrap().to_owned();
    city.at("Cem", &["chats"]).ok();
    city.at("Huber", &["all-clear", &id]).ok();
    city.at("Cem", &["confirm"]).failed(1, "no_open_alarm");
    // Only whoever sent it gives it.
    let alarm = city.at("Huber", &["--json", "alarm", "Lage", "Sturm"]).ok().json();
    let id = alarm["message"].as_str().unwrap().to_owned();
    city.at("Cem", &["chats"]).ok();
    city.at("Cem", &["all-clear", &id]).failed(1, "unknown_message");
    city.at("Cem", &["confirm"]).ok();
}

#[test]
fn only_publishers_write_in_a_channel() {
    let city = two();
    city.admin(&[
        "groups",
        "create",
        "Info",
        "--channel",
        "--unit",
        "Verkehr",
        "--publisher",
        "Huber",
    ])
    .ok();
    city.at("Huber", &["send", "Info", "Dienstbeginn 6 Uhr", "--wait", "30"])
        .ok();
    assert_eq!(city.texts("Cem", "Info"), ["Dienstbeginn 6 Uhr"]);
    city.at("Cem", &["send", "Info", "Darf ich?"])
        .failed(4, "not_a_publisher");
}

#[test]
fn a_scheduled_message_is_listed_and_can_be_withdrawn() {
    let city = two();
    city.at("Huber", &["send", "Lage", "später", "--at", "+2h"]).ok();
    let waiting = city.at("Huber", &["--json", "scheduled", "list"]).ok().json();
    let id = waiting[0]["id"].as_str().unwrap().to_owned();
    city.at("Huber", &["scheduled", "cancel", &id]).ok();
    assert_eq!(
        city.at("Huber", &["--json", "scheduled", "list"])
            .ok()
            .json()
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert_eq!(city.texts("Cem", "Lage"), Vec::<String>::new());
}

#[test]
fn a_private_group_is_made_renamed_and_left() {
    let city = two();
    city.at("Huber", &["group", "create", "Team", "Cem"]).ok();
    city.at("Huber", &["send", "Team", "unter uns", "--wait", "30"]).ok();
    assert_eq!(city.texts("Cem", "Team"), ["unter uns"]);
    city.at("Huber", &["group", "rename", "Team", "Mannschaft"]).ok();
    city.at("Cem", &["chats"]).ok().shows("Mannschaft");
    city.at("Cem", &["--yes", "leave", "Mannschaft"]).ok();
    city.at("Huber", &["send", "Mannschaft", "ohne Cem", "--wait", "30"])
        .ok();
    city.at("Cem", &["search", "ohne"]).ok().hides("ohne Cem");
}

#[test]
fn two_people_talk_and_compare_their_numbers() {
    let city = two();
    city.at("Huber", &["direct", "Cem"]).ok();
    city.at("Huber", &["send", "Cem", "Vertraulich", "--wait", "30"]).ok();
    assert_eq!(city.texts("Cem", "Huber"), ["Vertraulich"]);
    let number = city.at("Huber", &["--json", "--yes", "verify", "Cem"]).ok().json()["number"]
        .as_str()
        .unwrap()
        .to_owned();
    city.at("Cem", &["verify", "Huber", "--number", &number]).ok();
    city.at("Cem", &["members", "Huber"]).ok().shows("personally verified");
    city.at("Cem", &["verify", "Huber", "--number", "12345"])
        .failed(1, "declined");
}
