// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `docs/cddl/content.cddl` describes exactly what is written.

use melder_content::AckRequest;
use melder_content::mimi::{ExtensionKey, MimiContent, NestedPart, Part};

use super::examples::{ORIGIN, messages};

const CDDL: &str = include_str!("../../../../docs/cddl/content.cddl");

/// Checks bytes against one rule of the file.
fn matches(rule: &str, bytes: &[u8]) -> Result<(), String> {
    let cddl = format!("start = {rule}\n{CDDL}");
    cddl::validate_cbor_from_slice(&cddl, bytes, None).map_err(|error| error.to_string())
}

/// The parts of our own media types, as rule and bytes.
fn ours<'p>(part: &'p NestedPart, found: &mut Vec<(&'p str, &'p [u8])>) {
    match &part.part {
        Part::Null | Part::External(_) => {}
        Part::Multi(multi) => multi.parts.iter().for_each(|part| ours(part, found)),
        Part::Single(single) => {
            let noun = single.content_type.strip_prefix("application/vnd.melder.");
            found.extend(
                noun.and_then(|noun| noun.strip_suffix("+cbor"))
                    .map(|noun| (noun, &single.content[..])),
            );
        }
    }
}

#[test]
fn every_message_matches() {
    let mut seen = std::collections::BTreeSet::new();
    for (name, message) in messages() {
        let bytes = message.encode(&ORIGIN).unwrap().bytes;
        matches("mimi-content", &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mimi = MimiContent::decode(&bytes).unwrap();
        let mut parts = Vec::new();
        ours(&mimi.body, &mut parts);
        for (rule, content) in parts.into_iter().filter(|(rule, _)| *rule != "hologram") {
            matches(rule, content).unwrap_or_else(|error| panic!("{name}, {rule}: {error}"));
            seen.insert(rule.to_owned());
        }
        if let Some(request) = mimi
            .extensions
            .other
            .get(&ExtensionKey::Text(AckRequest::EXTENSION.into()))
        {
            matches("ack-request", request.as_bytes()).unwrap();
            seen.insert("ack-request".to_owned());
        }
    }
    let expected = [
        "absence",
        "ack-key-share",
        "ack-request",
        "acknowledgement",
        "alarm",
        "archive-offer",
        "attachment",
        "contact-card",
        "group-profile",
        "history-answer",
        "history-request",
        "location",
        "operation-line",
        "poll",
        "report",
        "settings",
        "vote",
    ];
    assert!(seen.iter().eq(expected.iter()), "checked: {seen:?}");
}

#[test]
fn the_examples_of_the_draft_match() {
    for (name, bytes, _) in super::mimi::examples() {
        matches("mimi-content", &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn the_rules_do_refuse() {
    let refused: [(&str, &[u8]); 6] = [
        ("mimi-content", &[0x80]),
        ("poll", &[0xa3, 1, 0x61, b'?', 2, 0x81, 0x61, b'a', 3, 0xf5]), // one option only
        ("alarm", &[0xa1, 1, 3]),                                       // no text
        ("alarm", &[0xa2, 1, 0x61, b'3', 2, 0x61, b'!']),               // urgency is not a number
        ("vote", &[0xa1, 1, 0x81, 20]),                                 // there is no 21st option
        ("history-request", &[0xa3, 1, 0x41, 0, 2, 0, 3, 0]),           // a group id is 16 bytes
    ];
    for (rule, bytes) in refused {
        assert!(matches(rule, bytes).is_err(), "{rule}");
    }
}

#[test]
fn unknown_keys_match() {
    matches("acknowledgement", &[0xa2, 1, 0x62, b'o', b'k', 0x18, 99, 0x81, 1]).unwrap();
}
