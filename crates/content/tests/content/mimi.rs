// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The worked examples of draft-ietf-mimi-content-08: each is read, written back byte for byte, and has the id that the
//! draft gives.

use melder_content::mimi::{MimiContent, Part, PartSemantics};
use melder_content::{Content, ContentError, Expiry, Message, MessageId, Text, message_id};

const EXAMPLES: [(&str, &[u8], &str); 14] = [
    (
        "attachment",
        include_bytes!("../vectors/mimi-content/attachment.cbor"),
        include_str!("../vectors/mimi-content/attachment.edn"),
    ),
    (
        "conferencing",
        include_bytes!("../vectors/mimi-content/conferencing.cbor"),
        include_str!("../vectors/mimi-content/conferencing.edn"),
    ),
    (
        "delete",
        include_bytes!("../vectors/mimi-content/delete.cbor"),
        include_str!("../vectors/mimi-content/delete.edn"),
    ),
    (
        "edit",
        include_bytes!("../vectors/mimi-content/edit.cbor"),
        include_str!("../vectors/mimi-content/edit.edn"),
    ),
    (
        "expiring",
        include_bytes!("../vectors/mimi-content/expiring.cbor"),
        include_str!("../vectors/mimi-content/expiring.edn"),
    ),
    (
        "mention-html",
        include_bytes!("../vectors/mimi-content/mention-html.cbor"),
        include_str!("../vectors/mimi-content/mention-html.edn"),
    ),
    (
        "mention",
        include_bytes!("../vectors/mimi-content/mention.cbor"),
        include_str!("../vectors/mimi-content/mention.edn"),
    ),
    (
        "multipart-1",
        include_bytes!("../vectors/mimi-content/multipart-1.cbor"),
        include_str!("../vectors/mimi-content/multipart-1.edn"),
    ),
    (
        "multipart-2",
        include_bytes!("../vectors/mimi-content/multipart-2.cbor"),
        include_str!("../vectors/mimi-content/multipart-2.edn"),
    ),
    (
        "multipart-3",
        include_bytes!("../vectors/mimi-content/multipart-3.cbor"),
        include_str!("../vectors/mimi-content/multipart-3.edn"),
    ),
    (
        "original",
        include_bytes!("../vectors/mimi-content/original.cbor"),
        include_str!("../vectors/mimi-content/original.edn"),
    ),
    (
        "reaction",
        include_bytes!("../vectors/mimi-content/reaction.cbor"),
        include_str!("../vectors/mimi-content/reaction.edn"),
    ),
    (
        "reply",
        include_bytes!("../vectors/mimi-content/reply.cbor"),
        include_str!("../vectors/mimi-content/reply.edn"),
    ),
    (
        "unlike",
        include_bytes!("../vectors/mimi-content/unlike.cbor"),
        include_str!("../vectors/mimi-content/unlike.edn"),
    ),
];

/// Name, bytes and the id that the draft gives in its comment.
pub fn examples() -> impl Iterator<Item = (&'static str, Vec<u8>, MessageId)> {
    EXAMPLES.into_iter().map(|(name, bytes, notation)| {
        let (_, after) = notation.split_once("message ID = h'").unwrap();
        let (id, _) = after.split_once('\'').unwrap();
        let id: String = id.chars().filter(char::is_ascii_hexdigit).collect();
        (name, bytes.to_vec(), id.parse().unwrap())
    })
}

fn example(name: &str) -> MimiContent {
    let (_, bytes, _) = examples().find(|(other, _, _)| *other == name).unwrap();
    MimiContent::decode(&bytes).unwrap()
}

fn read(name: &str) -> Content {
    Message::from_mimi(example(name)).unwrap().content
}

/// The id of another example.
fn id_of(name: &str) -> MessageId {
    examples().find(|(other, _, _)| *other == name).unwrap().2
}

#[test]
fn each_is_read_and_written_back_byte_for_byte() {
    for (name, bytes, _) in examples() {
        let mimi = MimiContent::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(mimi.encode().unwrap(), bytes, "{name}");
    }
}

#[test]
fn each_has_the_id_that_the_draft_gives() {
    for (name, bytes, id) in examples() {
        let mimi = MimiContent::decode(&bytes).unwrap();
        let sender = mimi.extensions.sender_uri.as_deref().unwrap();
        let room = mimi.extensions.room_uri.as_deref().unwrap();
        assert_eq!(mimi.id(&bytes, sender, room), Ok(id), "{name}");
    }
}

#[test]
fn an_id_depends_on_the_sender_and_the_room() {
    let ids = [("a", "b"), ("a", "c"), ("c", "b"), ("ab", "")];
    let mut ids: Vec<_> = ids
        .iter()
        .map(|(sender, room)| message_id(b"", &[0; 16], sender, room).unwrap())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| id.as_bytes()[0] == 1));
}

#[test]
fn what_is_implied_is_not_a_message() {
    let bytes = include_bytes!("../vectors/mimi-content/implied-original.cbor");
    assert_eq!(
        MimiContent::decode(bytes).map_err(|error| error.code()),
        Err("content-malformed")
    );
}

#[test]
fn a_text_is_a_text() {
    let text = Text::markdown("Hi everyone, we just shipped release 2.0. __Good  work__!");
    assert_eq!(read("original"), Content::Text(text));
}

#[test]
fn a_reply_names_what_it_answers() {
    let body = Box::new(Content::Text(Text::markdown("Right on! _Congratulations_ 'all!")));
    assert_eq!(
        read("reply"),
        Content::Reply {
            to: id_of("original"),
            body
        }
    );
}

#[test]
fn a_reaction_can_be_made_and_taken_back() {
    assert_eq!(
        read("reaction"),
        Content::Reaction {
            to: id_of("original"),
            emoji: "\u{2764}".into()
        }
    );
    assert_eq!(
        read("unlike"),
        Content::Unreaction {
            reaction: id_of("reaction"),
            to: Some(id_of("original"))
        }
    );
}

#[test]
fn a_message_can_be_edited_and_deleted() {
    let Content::Edit { replaces, body } = read("edit") else {
        panic!("not an edit")
    };
    assert_eq!(replaces, id_of("reply"));
    assert_eq!(body.in_reply_to(), Some(id_of("original")));
    assert_eq!(
        *body.body(),
        Content::Text(Text::markdown("Right on! _Congratulations_ y'all!"))
    );
    assert_eq!(
        read("delete"),
        Content::Delete {
            replaces: id_of("reply"),
            in_reply_to: Some(id_of("original"))
        }
    );
}

#[test]
fn a_message_can_vanish() {
    assert_eq!(example("expiring").expires, Some(Expiry::At(1_644_390_004)));
}

#[test]
fn among_alternatives_the_first_that_is_known_counts() {
    assert_eq!(read("multipart-1"), Content::Text(Text::markdown("# Welcome!")));
}

#[test]
fn what_is_not_known_is_kept_whole() {
    for name in ["attachment", "conferencing", "multipart-2", "multipart-3"] {
        let Content::Unknown(unknown) = read(name) else {
            panic!("{name} is known")
        };
        assert_eq!(unknown.part, example(name).body, "{name}");
    }
    // HTML is never shown: it is a reply with something unknown inside.
    let html = read("mention-html");
    let Content::Unknown(unknown) = html.body() else {
        panic!("HTML is known")
    };
    assert_eq!(unknown.content_type, "text/html;charset=utf-8");
}

#[test]
fn parts_nest_four_levels_deep_and_no_deeper() {
    let mut mimi = example("multipart-3");
    let inner = mimi.body.clone();
    let Part::Multi(multi) = &mut mimi.body.part else {
        panic!("not a multi part")
    };
    assert_eq!(multi.semantics, PartSemantics::ChooseOne);
    multi.parts.push(inner);
    assert_eq!(
        mimi.encode().map_err(|error| error.code()),
        Err("content-limit-nesting")
    );
}

#[test]
fn a_message_id_of_another_hash_is_refused() {
    let (_, mut bytes, _) = examples().find(|(name, _, _)| *name == "reply").unwrap();
    let at = bytes
        .windows(4)
        .position(|window| window == [0x01, 0x7c, 0xe5, 0x48])
        .unwrap();
    bytes[at] = 2;
    assert_eq!(MimiContent::decode(&bytes), Err(ContentError::UnknownHash));
}

#[test]
fn another_encoding_of_the_same_is_refused() {
    let (_, bytes, _) = examples().find(|(name, _, _)| *name == "original").unwrap();
    let longer: Vec<u8> = [&[0x98, 0x07], &bytes[1..]].concat();
    let indefinite: Vec<u8> = [&[0x9f], &bytes[1..], &[0xff]].concat();
    for bytes in [longer, indefinite] {
        assert_eq!(
            MimiContent::decode(&bytes).map_err(|error| error.code()),
            Err("content-not-deterministic")
        );
    }
    let trailing: Vec<u8> = [&bytes[..], &[0]].concat();
    assert_eq!(
        MimiContent::decode(&trailing).map_err(|error| error.code()),
        Err("content-malformed")
    );
}
