// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `docs/cddl/protocol.cddl` describes exactly what is written.

mod examples;

use std::collections::BTreeSet;

use examples::values;
use melder_protocol::ErrorCode;
use melder_protocol::cbor::{Bytes, encode};

const CDDL: &str = include_str!("../../../docs/cddl/protocol.cddl");

/// Checks bytes against one rule of the file.
fn matches(rule: &str, bytes: &[u8]) -> Result<(), String> {
    let cddl = format!("start = {rule}\n{CDDL}");
    cddl::validate_cbor_from_slice(&cddl, bytes, None).map_err(|error| error.to_string())
}

#[test]
fn every_variant_of_every_type_matches() {
    let mut failed = Vec::new();
    for example in examples::all() {
        if let Err(error) = matches(example.rule, &example.bytes) {
            failed.push(format!("{} {}: {error}", example.rule, example.name));
        }
        assert_eq!(
            (example.again)(&example.bytes).as_deref(),
            Ok(&example.bytes[..]),
            "{}",
            example.rule
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The rules of the file, by name.
fn rules() -> BTreeSet<&'static str> {
    CDDL.lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| {
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
        .collect()
}

#[test]
fn every_rule_is_used_by_an_example() {
    let mut used: BTreeSet<&str> = examples::all().iter().map(|example| example.rule).collect();
    // Numbers and names, which each example is made of.
    used.extend([
        "u16",
        "u32",
        "u64",
        "invitation-secret",
        "sequence",
        "epoch",
        "counter",
        "index",
        "request-id",
    ]);
    // The engine's alone: `acknowledgements_that_are_sealed` checks them.
    used.extend(["sealed-acknowledgement", "acknowledgement-letter"]);
    let unused: Vec<_> = rules().into_iter().filter(|rule| !used.contains(rule)).collect();
    assert!(unused.is_empty(), "no example of {unused:?}");
}

#[test]
fn every_error_code_matches_and_no_other() {
    let last = ErrorCode::ALL.len();
    assert!(matches("error-code", &encode(&(last as u64 - 1))).is_ok());
    assert!(
        matches("error-code", &encode(&(last as u64))).is_err(),
        "the range in the CDDL ends with the last code"
    );
}

#[test]
fn acknowledgements_that_are_sealed() {
    let envelope = [&[0xa2, 0, 0x50][..], &[7; 16], &[1, 0x43, 0, 1, 9]].concat();
    matches("sealed-acknowledgement", &envelope).unwrap();
    let letter = [&[0xa2, 0, 0x41, 7, 1][..], &encode(&values::SIGNATURE)].concat();
    matches("acknowledgement-letter", &letter).unwrap();
}

#[test]
fn the_rules_do_refuse() {
    let short_id = encode(&Bytes(vec![1; 15]));
    let refused: [(&str, &[u8]); 9] = [
        ("client-frame", &[0x80]),
        ("client-frame", &[0x82, 3, 0x80]),   // there is no fourth frame
        ("request", &[0x82, 0x18, 33, 0x80]), // nor a request 33
        ("request", &[0x13]),                 // a number alone
        ("task-kind", &[0x82, 1, 0x81, 3]),   // a commit up to where?
        ("suite", &[0x02]),                   // another suite
        ("id", &short_id),
        ("refusal", &[0x82, 14, 0x20]),  // a negative epoch
        ("log-id", &[0xa1, 0, 0x41, 0]), // a map
    ];
    for (rule, bytes) in refused {
        assert!(matches(rule, bytes).is_err(), "{rule} {bytes:?}");
    }
    // What is signed is described, too.
    let nothing = melder_protocol::signed::Signed::<melder_protocol::policy::Policy>::from_parts(
        vec![0x80],
        values::KEY,
        values::SIGNATURE,
    );
    if matches("signed-policy", &encode(&nothing)).is_ok() {
        panic!("an empty policy");
    }
}
