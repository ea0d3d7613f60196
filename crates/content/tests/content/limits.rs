// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Every limit holds in both directions and has its own code.

use melder_content::limits::*;
use melder_content::mimi::{Disposition, ExtensionKey, ExtensionValue, MimiContent, NestedPart, PartSemantics};
use melder_content::*;
use melder_protocol::cbor::Bytes;
use melder_protocol::ids::Sequence;

use super::examples::*;

fn refused(content: Content) -> &'static str {
    match Message::new(SALT, content).encode(&ORIGIN) {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}

fn refused_around(change: impl FnOnce(&mut Message)) -> &'static str {
    let mut message = Message::new(SALT, text("Ja"));
    change(&mut message);
    message
        .encode(&ORIGIN)
        .map_or_else(|error| error.code(), |_| "accepted")
}

fn with_photo(change: impl FnOnce(&mut Attachment)) -> Content {
    let mut photo = photo();
    change(&mut photo);
    Content::Attachments(Attachments::one(photo))
}

#[test]
fn codes_are_distinct_and_lower_case() {
    let mut codes: Vec<_> = Limit::ALL.iter().map(|limit| limit.code()).collect();
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
    assert!(codes.iter().all(|code| code.starts_with("content-limit-")));
}

#[test]
fn what_is_just_small_enough_passes() {
    let long = "x".repeat(MAX_TEXT);
    assert_eq!(refused(text(&long)), "accepted");
    assert_eq!(refused(Content::Poll(poll("?", MAX_POLL_OPTIONS))), "accepted");
    let preview = Preview {
        content_type: "image/webp".into(),
        bytes: Bytes(vec![0; MAX_PREVIEW]),
    };
    assert_eq!(refused(with_photo(|photo| photo.preview = Some(preview))), "accepted");
    let many = Attachments {
        caption: Some(Text::plain("alle")),
        items: vec![photo(); MAX_ATTACHMENTS],
    };
    assert_eq!(refused(Content::Attachments(many)), "accepted");
    assert_eq!(
        refused(Content::Report(report(vec![photo(); MAX_ATTACHMENTS]))),
        "accepted"
    );
}

#[test]
fn what_is_just_too_large_does_not() {
    let line = || "x".repeat(MAX_LINE + 1);
    let note = || "x".repeat(MAX_NOTE + 1);
    let long = || "x".repeat(MAX_TEXT + 1);
    let field = ReportField {
        key: "k".into(),
        label: String::new(),
        value: String::new(),
    };
    let share = AckKeyShare {
        public_key: Bytes(vec![0; MAX_ACK_KEY + 1]),
        private_key: Bytes(vec![0]),
    };
    let group = GroupSettings {
        group: ORIGIN.group,
        mute: None,
        pinned: false,
    };
    let span = Span {
        group: ORIGIN.group,
        from: Sequence(0),
        to: Sequence(1),
    };
    let card = ContactCard {
        name: "A".into(),
        phones: vec![String::new(); MAX_CONTACT_WAYS + 1],
        ..Default::default()
    };
    let preview = Preview {
        content_type: String::new(),
        bytes: Bytes(vec![0; MAX_PREVIEW + 1]),
    };
    let cases = [
        (text(&long()), "content-limit-text"),
        (
            Content::Alarm(Alarm {
                text: long(),
                ..alarm()
            }),
            "content-limit-text",
        ),
        (
            Content::Reaction {
                to: id(2),
                emoji: "x".repeat(MAX_REACTION + 1),
            },
            "content-limit-reaction",
        ),
        (Content::Poll(poll(&line(), 2)), "content-limit-line"),
        (
            Content::Poll(poll("?", MAX_POLL_OPTIONS + 1)),
            "content-limit-poll-options",
        ),
        (
            Content::Acknowledgement(Acknowledgement {
                to: id(2),
                note: Some(note()),
            }),
            "content-limit-note",
        ),
        (
            Content::Report(Report {
                fields: vec![field; MAX_REPORT_FIELDS + 1],
                ..report(vec![])
            }),
            "content-limit-report-fields",
        ),
        (
            Content::Report(report(vec![photo(); MAX_ATTACHMENTS + 1])),
            "content-limit-attachments",
        ),
        (Content::ContactCard(card), "content-limit-contact-ways"),
        (Content::AckKeyShare(share), "content-limit-ack-key"),
        (
            Content::Settings(Settings {
                groups: vec![group; MAX_SETTINGS + 1],
                duty: None,
            }),
            "content-limit-settings",
        ),
        (
            Content::ArchiveOffer(ArchiveOffer {
                blob: blob(),
                count: 0,
                covers: vec![span; MAX_SPANS + 1],
            }),
            "content-limit-spans",
        ),
        (
            with_photo(|photo| photo.preview = Some(preview)),
            "content-limit-preview",
        ),
        (
            with_photo(|photo| photo.filename = "x".repeat(MAX_FILENAME + 1)),
            "content-limit-filename",
        ),
        (with_photo(|photo| photo.description = note()), "content-limit-note"),
        (
            with_photo(|photo| photo.content_type = "x".repeat(MAX_CONTENT_TYPE + 1)),
            "content-limit-content-type",
        ),
        (
            with_photo(|photo| photo.dimensions = Some((1, 1_000_001))),
            "content-limit-side",
        ),
        (
            with_photo(|photo| photo.blob.nonce = Bytes(vec![0; MAX_KEY + 1])),
            "content-limit-key",
        ),
    ];
    for (content, code) in cases {
        assert_eq!(refused(content), code);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let elsewhere = Place {
        latitude: 900_000_001,
        ..place()
    };
    let off = Place {
        longitude: -1_800_000_001,
        ..place()
    };
    let at = |place| {
        Content::Location(Location {
            place,
            live_until: None,
            label: None,
        })
    };
    let backwards = Span {
        group: ORIGIN.group,
        from: Sequence(2),
        to: Sequence(1),
    };
    let cases = [
        (text(""), "content-empty"),
        (
            Content::Reaction {
                to: id(2),
                emoji: String::new(),
            },
            "content-empty",
        ),
        (
            Content::Attachments(Attachments {
                caption: None,
                items: vec![],
            }),
            "content-empty",
        ),
        (Content::Poll(poll("?", 1)), "content-out-of-range"),
        (
            Content::Vote(Vote {
                poll: id(2),
                choices: vec![1, 1],
            }),
            "content-out-of-range",
        ),
        (
            Content::Vote(Vote {
                poll: id(2),
                choices: vec![20],
            }),
            "content-out-of-range",
        ),
        (at(elsewhere), "content-out-of-range"),
        (at(off), "content-out-of-range"),
        (
            Content::HistoryRequest(HistoryRequest { span: backwards }),
            "content-out-of-range",
        ),
        (
            with_photo(|photo| photo.blob.key = Bytes(vec![0; 16])),
            "content-out-of-range",
        ),
    ];
    for (content, code) in cases {
        assert_eq!(refused(content), code);
    }
}

#[test]
fn only_edits_and_replies_contain_something_and_only_once() {
    let reply = |body| Content::Reply {
        to: id(2),
        body: Box::new(body),
    };
    let edit = |body| Content::Edit {
        replaces: id(3),
        body: Box::new(body),
    };
    let delete = Content::Delete {
        replaces: id(3),
        in_reply_to: None,
    };
    let vote = Content::Vote(Vote {
        poll: id(2),
        choices: vec![],
    });
    assert_eq!(refused(edit(reply(text("Ja")))), "accepted");
    assert_eq!(refused(edit(vote.clone())), "accepted");
    for content in [
        reply(reply(text("Ja"))),
        reply(edit(text("Ja"))),
        edit(edit(text("Ja"))),
        edit(delete),
        reply(vote),
    ] {
        assert_eq!(refused(content), "content-nesting");
    }
}

#[test]
fn what_is_around_a_content_is_limited_too() {
    let value = |length: usize| {
        let header = [0x59, (length >> 8) as u8, length as u8];
        ExtensionValue::from_cbor(&[&header[..], &vec![0; length]].concat())
    };
    assert_eq!(
        refused_around(|message| message.topic = vec![0; MAX_TOPIC + 1]),
        "content-limit-topic"
    );
    assert_eq!(
        refused_around(|message| message.language = "x".repeat(MAX_LANGUAGE + 1)),
        "content-limit-language"
    );
    let year = MAX_EXPIRY_SECONDS as u32;
    assert_eq!(
        refused_around(|message| message.expires = Some(Expiry::AfterReading(year))),
        "accepted"
    );
    assert_eq!(
        refused_around(|message| message.expires = Some(Expiry::AfterReading(year + 1))),
        "content-limit-expiry"
    );
    assert_eq!(
        refused_around(|message| {
            let fields = (0..=MAX_EXTENSIONS as u64).map(|key| (ExtensionKey::Negative(key), value(300).unwrap()));
            message.extensions = fields.collect();
        }),
        "content-limit-extensions"
    );
    let long_key = ExtensionKey::Text("x".repeat(MAX_EXTENSION_KEY + 1));
    assert_eq!(
        refused_around(|message| {
            message.extensions.insert(long_key, value(300).unwrap());
        }),
        "content-limit-extension-key"
    );
    assert_eq!(
        refused_around(|message| {
            message
                .extensions
                .insert(ExtensionKey::Positive(1), value(300).unwrap());
        }),
        "content-out-of-range"
    );
    assert!(value(MAX_EXTENSION_VALUE - 3).is_ok());
    assert_eq!(
        value(MAX_EXTENSION_VALUE - 2).map_err(|error| error.code()),
        Err("content-limit-extension-value")
    );
    assert_eq!(
        ExtensionValue::from_cbor(&[0x81, 0x81, 0x81, 0x81, 0]),
        Err(ContentError::TooDeep)
    );
}

fn nested(levels: usize) -> NestedPart {
    let leaf = || NestedPart::single(Disposition::Render, "x/y", vec![]);
    (1..levels).fold(leaf(), |inner, _| {
        NestedPart::multi(Disposition::Render, PartSemantics::SingleUnit, vec![inner, leaf()])
    })
}

/// Bytes as a client without limits would write them.
fn unlimited(body: NestedPart) -> Vec<u8> {
    let mut mimi = Message::new(SALT, text("Ja")).to_mimi().unwrap();
    mimi.body = body;
    minicbor::to_vec(&mimi).unwrap()
}

#[test]
fn the_decoder_holds_the_same_limits() {
    let leaf = || NestedPart::single(Disposition::Render, "x/y", vec![]);
    let list = |parts| NestedPart::multi(Disposition::Render, PartSemantics::ProcessAll, parts);
    let cases = [
        (nested(4), "accepted"),
        (nested(5), "content-limit-nesting"),
        (nested(7), "content-too-deep"),
        (list(vec![leaf(); 16]), "accepted"),
        (list(vec![leaf(); 17]), "content-limit-parts"),
        (list(vec![list(vec![leaf(); 16]); 4]), "content-limit-parts-total"),
        (list(vec![leaf()]), "content-malformed"),
        (
            NestedPart::single(Disposition::Render, "x".repeat(256), vec![]),
            "content-limit-content-type",
        ),
        (
            NestedPart::single(Disposition::Render, "x/y", vec![0; MAX_TOTAL]),
            "content-limit-total",
        ),
        (
            NestedPart::single(Disposition::Render, "text/plain", vec![b'x'; MAX_TEXT + 1]),
            "content-limit-text",
        ),
    ];
    for (body, code) in cases {
        let result = Message::decode(&unlimited(body), &ORIGIN);
        assert_eq!(result.map_or_else(|error| error.code(), |_| "accepted"), code);
    }
}

#[test]
fn every_error_says_what_and_how_much() {
    let error = MimiContent::decode(&vec![0; MAX_TOTAL + 1]).unwrap_err();
    assert_eq!(
        error,
        ContentError::Exceeds {
            limit: Limit::Total,
            actual: 262_145
        }
    );
    assert_eq!(error.to_string(), "Total is 262145, the limit is 262144");
}
