// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reading what other versions and other clients write.

use melder_content::mimi::{Disposition, MimiContent, NestedPart, PartSemantics};
use melder_content::*;

use super::examples::{ORIGIN, SALT, contents, id, photo, text};

fn alarm_bytes() -> Vec<u8> {
    vec![0xa2, 1, 3, 2, 0x63, b'R', b'a', b'u']
}

/// Reads a container with this body that answers message 2.
fn read(body: NestedPart) -> Result<Content, ContentError> {
    let mut mimi = Message::new(SALT, text("?")).to_mimi().unwrap();
    mimi.body = body;
    mimi.in_reply_to = Some(id(2));
    let bytes = mimi.encode()?;
    Ok(Message::decode(&bytes, &ORIGIN)?.message.content.body().clone())
}

fn single(content_type: &str, content: &[u8]) -> NestedPart {
    NestedPart::single(Disposition::Render, content_type, content.to_vec())
}

#[test]
fn keys_of_a_newer_version_are_passed_over() {
    let newer: Vec<u8> = [&[0xa3], &alarm_bytes()[1..], &[0x18, 99, 0x81, 0xa1, 1, 2]].concat();
    let Content::Alarm(alarm) = read(single("application/vnd.melder.alarm+cbor", &newer)).unwrap() else {
        panic!("not an alarm");
    };
    assert_eq!((alarm.urgency, alarm.text.as_str()), (Urgency::Emergency, "Rau"));
}

#[test]
fn an_alarm_of_unknown_urgency_is_as_loud_as_the_loudest() {
    let mut bytes = alarm_bytes();
    bytes[2] = 9;
    let Content::Alarm(alarm) = read(single("application/vnd.melder.alarm+cbor", &bytes)).unwrap() else {
        panic!("not an alarm");
    };
    assert_eq!(alarm.urgency, Urgency::Other(9));
    assert!(alarm.urgency.compare(Urgency::Emergency).is_eq());
    assert!(alarm.urgency.compare(Urgency::Urgent).is_gt());
    assert!(Urgency::Notice.compare(Urgency::Urgent).is_lt());
}

#[test]
fn what_claims_to_be_ours_and_is_broken_is_an_error() {
    for bytes in [&[0xa1, 1, 3][..], &[0x80], &[], &[0xa2, 2, 0x61, b'x', 1, 3]] {
        assert!(
            read(single("application/vnd.melder.alarm+cbor", bytes)).is_err(),
            "{bytes:?}"
        );
    }
}

#[test]
fn an_acknowledgement_of_nothing_is_an_error() {
    let mut mimi = Message::new(SALT, text("?")).to_mimi().unwrap();
    for noun in ["acknowledgement", "vote", "history-answer"] {
        let (_, content) = contents().into_iter().find(|(name, _)| *name == noun).unwrap();
        mimi.body = Message::new(SALT, content).to_mimi().unwrap().body;
        assert_eq!(
            Message::from_mimi(mimi.clone()).map_err(|error| error.code()),
            Err("content-no-target"),
            "{noun}"
        );
    }
}

#[test]
fn texts_of_other_clients_are_texts() {
    for (content_type, format) in [
        ("text/plain", TextFormat::Plain),
        ("Text/Plain; charset=\"UTF-8\"", TextFormat::Plain),
        ("text/markdown;variant=CommonMark", TextFormat::Markdown),
    ] {
        assert_eq!(
            read(single(content_type, b"Ja")).unwrap(),
            Content::Text(Text {
                text: "Ja".into(),
                format
            })
        );
    }
    let Content::Unknown(_) = read(single("text/plain;charset=iso-8859-1", b"Gr\xfc\xdf Gott")).unwrap() else {
        panic!("another charset was guessed at");
    };
    assert_eq!(
        read(single("text/plain", b"Gr\xfc\xdf")).map_err(|error| error.code()),
        Err("content-malformed")
    );
}

#[test]
fn among_alternatives_ours_counts_even_when_it_comes_last() {
    let parts = vec![
        single("image/fancy", b"?"),
        single("application/vnd.melder.alarm+cbor", &alarm_bytes()),
    ];
    let body = NestedPart::multi(Disposition::Render, PartSemantics::ChooseOne, parts);
    assert!(matches!(read(body).unwrap(), Content::Alarm(_)));
}

#[test]
fn an_attachment_that_lies_elsewhere_is_unknown() {
    let mut mimi = Message::new(SALT, Content::Attachments(Attachments::one(photo())))
        .to_mimi()
        .unwrap();
    let mimi::Part::Multi(multi) = &mut mimi.body.part else {
        panic!("not a multi part")
    };
    let mimi::Part::External(external) = &mut multi.parts[0].part else {
        panic!("not external")
    };
    external.url = "https://example.org/photo.jpg".into();
    let Content::Unknown(unknown) = Message::from_mimi(mimi.clone()).unwrap().content else {
        panic!("known")
    };
    assert_eq!(
        unknown,
        Unknown {
            content_type: "image/jpeg".into(),
            part: mimi.body
        }
    );
}

#[test]
fn an_unknown_message_is_kept_byte_for_byte_with_all_that_is_around_it() {
    let mut mimi = Message::new(SALT, text("?")).to_mimi().unwrap();
    mimi.body = NestedPart {
        language: "de".into(),
        ..single("application/vnd.melder.hologram+cbor", &[0xff, 0x00])
    };
    mimi.in_reply_to = Some(id(2));
    mimi.replaces = Some(id(3));
    let key = mimi::ExtensionKey::Negative(4);
    mimi.extensions
        .other
        .insert(key, mimi::ExtensionValue::from_cbor(&[0x81, 0x01]).unwrap());
    let bytes = mimi.encode().unwrap();
    let message = Message::decode(&bytes, &ORIGIN).unwrap().message;
    assert!(matches!(message.content.body(), Content::Unknown(_)));
    assert_eq!(message.to_mimi().unwrap().encode().unwrap(), bytes);
}

#[test]
fn the_bytes_of_an_unknown_message_are_readable_after_an_update() {
    // The bytes are the message: what this version reads, any version that kept them reads.
    for (name, content) in contents() {
        let encoded = Message::new(SALT, content.clone()).encode(&ORIGIN).unwrap();
        let kept = MimiContent::decode(&encoded.bytes).unwrap().encode().unwrap();
        assert_eq!(
            Message::decode(&kept, &ORIGIN).unwrap().message.content,
            content,
            "{name}"
        );
    }
}

#[test]
fn only_what_devices_tell_each_other_is_theirs() {
    let own: Vec<_> = contents()
        .into_iter()
        .filter(|(_, content)| content.is_between_own_devices())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        own,
        [
            "settings",
            "archive-offer",
            "history-request",
            "history-answer",
            "ack-key-share"
        ]
    );
}

#[test]
fn a_content_tells_what_it_refers_to() {
    let content = |wanted: &str| contents().into_iter().find(|(name, _)| *name == wanted).unwrap().1;
    assert_eq!(content("edit-of-reply").in_reply_to(), Some(id(2)));
    assert_eq!(content("edit-of-reply").replaces(), Some(id(3)));
    assert_eq!(content("vote").in_reply_to(), Some(id(2)));
    assert_eq!(content("unreaction").replaces(), Some(id(3)));
    assert_eq!(content("alarm").in_reply_to(), None);
}
