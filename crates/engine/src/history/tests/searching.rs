// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

use std::time::Instant;

use melder_content::{Content, Text};

use crate::history;
use crate::history::testing::{Device, GROUP, Person, text};

fn device() -> (Device, Person) {
    let (anna, bert) = (Person::new(1, 1), Person::new(2, 1));
    (Device::new(&anna, 0, &[&bert]), bert)
}

#[test]
fn words_are_found_without_case_or_accents_and_by_their_beginning() {
    let (mut device, bert) = device();
    device.hear(bert.member(0), text("Sperrung der Münchner Straße"));
    device.hear(bert.member(0), Content::Text(Text::markdown("**Ölspur** am Café")));
    for (query, hits) in [
        ("münchner", 1),
        ("Munchner", 1),
        ("MÜNCH", 1),
        ("strasse", 1),
        ("Straß", 1),
        ("sper mün", 1),
        ("sperrung café", 0),
        ("ölspur", 1),
        ("cafe", 1),
        ("hner", 0),
        ("", 0),
        ("\"*(^:", 0),
        ("AND", 0),
    ] {
        assert_eq!(device.find(query).len(), hits, "{query}");
    }
    let hit = &history::search(&device.connection, device.own.account, "munch", None, 5).unwrap()[0];
    assert_eq!(hit.snippet, "Sperrung der ⟦Münchner⟧ Straße");
}

#[test]
fn the_newest_come_first() {
    let (mut device, bert) = device();
    for number in 0..5 {
        device.hear(bert.member(0), text(&format!("Lage {number}")));
    }
    assert_eq!(device.find("lage")[..2], ["Lage 4", "Lage 3"]);
}

/// Prints times; run it in release for the numbers of performance.md.
#[test]
#[ignore = "a measurement"]
fn a_hundred_thousand_messages() {
    let (mut device, bert) = device();
    let words = [
        "Sperrung",
        "Straße",
        "Wahllokal",
        "Tor",
        "Brücke",
        "Streife",
        "Umleitung",
        "Zeuge",
        "Wagen",
        "Pause",
    ];
    let start = Instant::now();
    for batch in 0..400 {
        let messages: Vec<_> = (0..250)
            .map(|index| {
                let number: usize = batch * 250 + index;
                let line = format!(
                    "{} {} Nummer {number} am {}",
                    words[number % 10],
                    words[number / 10 % 10],
                    words[number / 100 % 10]
                );
                device.message(text(&line))
            })
            .collect();
        let arrivals: Vec<_> = messages
            .iter()
            .map(|message| {
                let encoded = history::testing::encode(message, bert.member(0), GROUP);
                let sequence = device.next_sequence();
                let arrival = history::Arrival {
                    group: GROUP,
                    kind: melder_protocol::roster::GroupKind::Group,
                    sender: bert.member(0),
                    sequence,
                    time: device.now,
                    role: None,
                    own: false,
                };
                (arrival, encoded.bytes)
            })
            .collect();
        device.run(|work| {
            for (arrival, bytes) in &arrivals {
                history::receive(work, arrival, bytes).unwrap();
            }
        });
    }
    println!("receive: {:?} each", start.elapsed() / 100_000);
    let own = device.own.account;
    for query in [
        "sperrung",
        "s",
        "st",
        "nummer",
        "99999",
        "wahllokal brücke",
        "strasse zeu",
        "nirgends",
    ] {
        let start = Instant::now();
        let hits = history::search(&device.connection, own, query, None, 50).unwrap().len();
        println!("search {query:?}: {hits} in {:?}", start.elapsed());
    }
    let start = Instant::now();
    let page = history::messages(&device.connection, own, GROUP, None, 60).unwrap();
    println!("open: {} in {:?}", page.len(), start.elapsed());
    let start = Instant::now();
    println!(
        "unread: {:?} in {:?}",
        history::unread(&device.connection, GROUP, melder_protocol::Sequence(0)).unwrap(),
        start.elapsed()
    );
}
