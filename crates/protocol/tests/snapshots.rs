// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What crosses the wire stays as it is: one snapshot for each type, with an example of each of its variants. A
//! snapshot that changes is a change of the protocol.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod examples;

use core::fmt::Write as _;
use std::collections::BTreeMap;

/// Bytes as 40 to a line, then what they say.
fn picture(bytes: &[u8]) -> String {
    let mut out = String::new();
    for line in bytes.chunks(40) {
        writeln!(out, "{}", data_encoding::HEXLOWER.encode(line)).unwrap();
    }
    writeln!(out, "= {}", minicbor::display(bytes)).unwrap();
    out
}

#[test]
fn every_type_is_written_as_ever() {
    let mut types: BTreeMap<&str, String> = BTreeMap::new();
    for example in examples::all() {
        let snapshot = types.entry(example.rule).or_default();
        write!(snapshot, "{}\n{}\n", example.name, picture(&example.bytes)).unwrap();
    }
    // Frames repeat what stands in the others; their own snapshots stay short.
    for (rule, snapshot) in types {
        insta::assert_snapshot!(rule, snapshot);
    }
}

#[test]
fn what_was_read_is_written_the_same() {
    for example in examples::all() {
        let again = (example.again)(&example.bytes).unwrap();
        assert_eq!(again, example.bytes, "{} {}", example.rule, example.name);
    }
}
