// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a message says, after decryption: the MIMI container, our contents in it, and what is made of a text.

use melder_content::mimi::MimiContent;
use melder_content::{Content, MediaKind, Message, Origin, Text, parse_blob_uri, plain_text, searchable_text};
use melder_protocol::{AccountId, GroupId};

use crate::input::Input;

/// A message's sender and place. Both go into its id.
const ORIGIN: Origin = Origin {
    sender: AccountId::from_bytes([0xa1; 16]),
    group: GroupId::from_bytes([0xb1; 16]),
};

/// The first byte selects the way in.
pub fn feed(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.choice(4) {
        0 => message(input.rest()),
        1 => container(input.rest()),
        2 => words(&String::from_utf8_lossy(input.rest())),
        _ => small(&String::from_utf8_lossy(input.rest())),
    }
}

/// A message; what is accepted can be written and is read as the same.
fn message(bytes: &[u8]) {
    let Ok(decoded) = Message::decode(bytes, &ORIGIN) else {
        return;
    };
    look_at(&decoded.message.content);
    let encoded = decoded
        .message
        .encode(&ORIGIN)
        .expect("what was accepted can be written");
    let again = Message::decode(&encoded.bytes, &ORIGIN).expect("what was written is read");
    assert_eq!(again.message, decoded.message, "read as it was written");
    assert_eq!(again.id, encoded.id, "the id is that of the bytes");
    let twice = again.message.encode(&ORIGIN).expect("what was accepted can be written");
    assert_eq!(twice.bytes, encoded.bytes, "one message, one encoding");
}

fn container(bytes: &[u8]) {
    let Ok(mimi) = MimiContent::decode(bytes) else {
        return;
    };
    let encoded = mimi.encode().expect("what was accepted can be written");
    let again = MimiContent::decode(&encoded).expect("what was written is read");
    assert_eq!(again, mimi, "read as it was written");
    assert_eq!(
        again.encode().expect("as before"),
        encoded,
        "one container, one encoding"
    );
    // A reading may fail, never fall.
    let _read = Message::from_mimi(mimi);
}

fn words(text: &str) {
    for text in [Text::plain(text), Text::markdown(text)] {
        look_at(&Content::Text(text));
    }
}

/// All that a screen and the search ask of a content.
fn look_at(content: &Content) {
    let _checked = content.check();
    let _summary = content.summary();
    let _plain = plain_text(content);
    let _found = searchable_text(content);
    let _target = content.in_reply_to();
    let _own = content.is_between_own_devices();
    if let Content::Text(text) = content.body() {
        let _mentions = text.mentions();
        let _words = text.words();
    }
}

fn small(text: &str) {
    let _blob = parse_blob_uri(text);
    let _kind = MediaKind::of(text);
}

/// Texts that somebody might write.
pub const WORDS: &[&str] = &[
    "Guten Morgen",
    "**Achtung**: `Leopoldstraße` gesperrt, siehe [Plan](https://melder.example/plan)",
    "@[Anna Berger](im:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1) bitte kommen\n> Zitat\n* eins\n* zwei",
    "melder-blob:b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1",
    "image/jpeg; charset=utf-8",
    "\u{202e}tfel\u{202c} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
];
