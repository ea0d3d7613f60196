// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What is written stays as it is: a snapshot for every kind of message.

use core::fmt::Write as _;

use melder_content::Message;

use super::examples::{ORIGIN, messages};

#[test]
fn every_message_is_written_as_ever() {
    for (name, message) in messages() {
        let encoded = message.encode(&ORIGIN).unwrap();
        let mut snapshot = format!("id {}\n", encoded.id);
        for line in encoded.bytes.chunks(40) {
            writeln!(snapshot, "{}", data_encoding::HEXLOWER.encode(line)).unwrap();
        }
        write!(snapshot, "\n{}", minicbor::display(&encoded.bytes)).unwrap();
        insta::assert_snapshot!(name, snapshot);
    }
}

#[test]
fn every_message_is_read_as_it_was_written() {
    for (name, message) in messages() {
        let encoded = message.encode(&ORIGIN).unwrap();
        let decoded = Message::decode(&encoded.bytes, &ORIGIN).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(decoded.message, message, "{name}");
        assert_eq!(decoded.id, encoded.id, "{name}");
    }
}

#[test]
fn keys_are_never_printed() {
    for (name, message) in messages() {
        let printed = format!("{message:?}{:?}", message.to_mimi().unwrap());
        assert!(!printed.contains("75, 75, 75"), "{name} prints a key: {printed}");
    }
}
