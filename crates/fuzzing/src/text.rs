// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What people type, paste and scan: links, codes, ids, days and times, names.

use melder_protocol::invitation::InvitationLink;
use melder_protocol::linking::LinkCode;
use melder_protocol::{AccountId, Hash, PublicKey, Time};
use melder_server::directory::{calendar, text};

// The program has no library; how it reads times stands in a file of its own.
#[path = "../../cli/src/times/reading.rs"]
mod times;

/// The first byte selects who reads the rest.
pub fn feed(bytes: &[u8]) {
    let Some((who, bytes)) = bytes.split_first() else {
        return;
    };
    let words = String::from_utf8_lossy(bytes);
    READERS[usize::from(*who) % READERS.len()](&words);
}

const READERS: &[fn(&str)] = &[invitation, link_code, ids, day, names, typed_time];

fn invitation(words: &str) {
    if let Ok(link) = words.parse::<InvitationLink>() {
        let shown = link.to_string();
        assert_eq!(shown.parse(), Ok(link), "a link is read as it is shown: {shown}");
    }
}

fn link_code(words: &str) {
    const SERVER: &str = "https://melder.example";
    if let Some(code) = LinkCode::parse(words, SERVER) {
        let shown = code.to_string();
        assert_eq!(
            LinkCode::parse(&shown, SERVER),
            Some(code),
            "a code is read as it is shown: {shown}"
        );
    }
}

fn ids(words: &str) {
    if let Ok(id) = words.parse::<AccountId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let _hash = words.parse::<Hash>();
    let _key = words.parse::<PublicKey>();
}

fn day(words: &str) {
    if let Some(time) = calendar::parse(words) {
        let shown = calendar::format(time);
        assert_eq!(
            calendar::parse(&shown),
            Some(time),
            "a time is read as it is shown: {shown}"
        );
        assert!(calendar::day(time) <= time);
    }
    let mut number = [0; 8];
    for (place, byte) in number.iter_mut().zip(words.bytes()) {
        *place = byte;
    }
    let _shown = calendar::format(Time(u64::from_le_bytes(number)));
}

fn names(words: &str) {
    if let Ok(name) = text::name("name", words) {
        assert_eq!(
            text::name("name", &name).ok(),
            Some(name),
            "what was accepted stays as it is"
        );
    }
    let _unit = text::unit_name(words);
    let _optional = text::optional("function", Some(words));
    let folded = text::folded(words);
    assert_eq!(text::folded(&folded), folded, "folded once is folded");
    let _words = text::words(words);
}

fn typed_time(words: &str) {
    let noon = "2029-06-10T12:00:00+02:00[Europe/Berlin]".parse().expect("a time");
    if let Some(time) = times::time(words, &noon) {
        assert!(time.0 > 0);
    }
    if let Some(millis) = times::duration(words) {
        assert!(millis > 0);
    }
}

/// What people write, as seeds.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let link = crate::record::invitation_link();
    let code = LinkCode {
        server: "https://melder.example".to_owned(),
        code: "ABCD2345".to_owned(),
        offer: Some(Hash::from_bytes([3; 32])),
    };
    let written = [
        (0, link.as_str()),
        (1, &code.to_string()),
        (1, "abcd-2345"),
        (2, "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"),
        (3, "2029-06-10"),
        (3, "10.6.2029"),
        (3, "2029-06-10T12:30:01.250+02:00"),
        (4, " Anna  Berger "),
        (4, "Straße ÄÖÜ İ ſ"),
        (5, "14:30"),
        (5, "+1h30m"),
        (5, "12.6.2029 08:05"),
        (5, "2029-06-12T08:05:00Z"),
        (5, "3w"),
    ];
    let seed = |(who, words): (u8, &str)| [&[who], words.as_bytes()].concat();
    written.into_iter().map(seed).collect()
}
