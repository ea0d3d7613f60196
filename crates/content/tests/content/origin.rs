// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A message names who sent it where, and that has to be what MLS says.

use melder_content::{ContentError, Message, Origin};
use melder_protocol::ids::{AccountId, GroupId};

use super::examples::{ORIGIN, SALT, text};

#[test]
fn a_message_passed_on_as_another_s_is_refused() {
    let bytes = Message::new(SALT, text("Ja")).encode(&ORIGIN).unwrap().bytes;
    let other = Origin {
        sender: AccountId::from_bytes([9; 16]),
        ..ORIGIN
    };
    assert_eq!(Message::decode(&bytes, &other), Err(ContentError::WrongSender));
}

#[test]
fn a_message_passed_on_to_another_group_is_refused() {
    let bytes = Message::new(SALT, text("Ja")).encode(&ORIGIN).unwrap().bytes;
    let other = Origin {
        group: GroupId::from_bytes([9; 16]),
        ..ORIGIN
    };
    assert_eq!(Message::decode(&bytes, &other), Err(ContentError::WrongGroup));
}

#[test]
fn a_message_that_names_nobody_is_read() {
    let bytes = Message::new(SALT, text("Ja")).to_mimi().unwrap().encode().unwrap();
    assert_eq!(Message::decode(&bytes, &ORIGIN).unwrap().message.content, text("Ja"));
}

#[test]
fn the_same_words_twice_are_two_messages() {
    let id = |salt| Message::new(salt, text("Ja")).encode(&ORIGIN).unwrap().id;
    assert_ne!(id([1; 16]), id([2; 16]));
    assert_eq!(id([1; 16]), id([1; 16]));
}
