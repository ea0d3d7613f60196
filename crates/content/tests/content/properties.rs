// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! For all messages, and for all bytes.

use core::num::NonZeroU32;

use melder_content::mimi::{Disposition, ExtensionKey, ExtensionValue, MimiContent, NestedPart, PartSemantics};
use melder_content::*;
use melder_protocol::cbor::Bytes;
use melder_protocol::ids::{AccountId, BlobId, GroupId, Hash, OperationId, Sequence, Time};
use melder_protocol::push::{Duty, QuietHours};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::examples::{ORIGIN, messages};

fn message_id() -> impl Strategy<Value = MessageId> {
    any::<[u8; 32]>().prop_map(|mut bytes| {
        bytes[0] = 1;
        MessageId::from_bytes(bytes).unwrap()
    })
}

fn line() -> impl Strategy<Value = String> {
    "\\PC{1,24}"
}

fn bytes() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 1..40).prop_map(Bytes)
}

fn time() -> impl Strategy<Value = Time> {
    any::<u64>().prop_map(Time)
}

fn text() -> impl Strategy<Value = Text> {
    (".{1,60}", any::<bool>()).prop_map(
        |(text, plain)| {
            if plain { Text::plain(text) } else { Text::markdown(text) }
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    (
        -900_000_000..=900_000_000,
        -1_800_000_000..=1_800_000_000,
        option::of(any::<u32>()),
    )
        .prop_map(|(latitude, longitude, accuracy)| Place {
            latitude,
            longitude,
            accuracy,
        })
}

fn blob() -> impl Strategy<Value = BlobRef> {
    let fields = (
        any::<[u8; 16]>(),
        any::<u64>(),
        any::<[u8; 32]>(),
        bytes(),
        any::<[u8; 32]>(),
        any::<u32>(),
    );
    fields.prop_map(|(id, size, key, nonce, hash, chunk_size)| BlobRef {
        id: BlobId::from_bytes(id),
        size,
        enc_alg: AEAD_AES_256_GCM,
        key: Bytes(key.to_vec()),
        nonce,
        hash: Hash::from_bytes(hash),
        chunk_size: if chunk_size % 3 == 0 { 0 } else { chunk_size },
    })
}

fn evidence() -> impl Strategy<Value = Evidence> {
    (time(), option::of(place()), any::<[u8; 32]>()).prop_map(|(captured_at, place, hash)| Evidence {
        captured_at,
        place,
        hash: Hash::from_bytes(hash),
    })
}

fn attachment() -> impl Strategy<Value = Attachment> {
    let names = (line(), "\\PC{0,20}", "\\PC{0,20}", any::<bool>(), any::<u32>());
    let preview = (line(), bytes()).prop_map(|(content_type, bytes)| Preview { content_type, bytes });
    let details = (
        option::of(preview),
        option::of((0..=1_000_000_u32, 0..=1_000_000_u32)),
        option::of(any::<u64>()),
        option::of(evidence()),
    );
    (blob(), names, details).prop_map(|(blob, names, details)| Attachment {
        blob,
        content_type: names.0,
        filename: names.1,
        description: names.2,
        inline: names.3,
        expires: NonZeroU32::new(names.4),
        preview: details.0,
        dimensions: details.1,
        duration_ms: details.2,
        evidence: details.3,
    })
}

fn span() -> impl Strategy<Value = Span> {
    (any::<[u8; 16]>(), any::<u64>(), any::<u64>()).prop_map(|(group, a, b)| Span {
        group: GroupId::from_bytes(group),
        from: Sequence(a.min(b)),
        to: Sequence(a.max(b)),
    })
}

fn alarm() -> impl Strategy<Value = Alarm> {
    (
        any::<u8>(),
        line(),
        option::of(time()),
        option::of(bytes()),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(urgency, text, acknowledge_by, ack_key, on_duty, over)| Alarm {
            urgency: Urgency::from_number(urgency),
            text,
            acknowledge_by,
            ack_key,
            on_duty,
            over,
        })
}

fn report() -> impl Strategy<Value = Report> {
    let field = (line(), line(), line()).prop_map(|(key, label, value)| ReportField { key, label, value });
    (line(), line(), vec(field, 0..4), vec(attachment(), 0..3)).prop_map(|(form, title, fields, attachments)| Report {
        form,
        title,
        fields,
        attachments,
    })
}

fn card() -> impl Strategy<Value = ContactCard> {
    let ways = || vec(line(), 0..3);
    (
        line(),
        option::of(any::<[u8; 16]>()),
        option::of(line()),
        option::of(line()),
        ways(),
        ways(),
        option::of(line()),
    )
        .prop_map(|(name, account, organisation, unit, phones, mails, note)| ContactCard {
            name,
            account: account.map(AccountId::from_bytes),
            organisation,
            unit,
            phones,
            mails,
            note,
        })
}

fn operation_line() -> impl Strategy<Value = OperationLine> {
    (
        any::<[u8; 16]>(),
        time(),
        line(),
        option::of(line()),
        option::of(message_id()),
        option::of(place()),
    )
        .prop_map(|(operation, at, text, category, about, place)| OperationLine {
            operation: OperationId::from_bytes(operation),
            at,
            text,
            category,
            about,
            place,
        })
}

fn settings() -> impl Strategy<Value = Settings> {
    let mute = prop_oneof![Just(Mute::Always), time().prop_map(Mute::Until)];
    let group = (any::<[u8; 16]>(), option::of(mute), any::<bool>()).prop_map(|(group, mute, pinned)| GroupSettings {
        group: GroupId::from_bytes(group),
        mute,
        pinned,
    });
    let quiet =
        (0..1_440_u16, 0..1_440_u16, 0..128_u8, -1_080..1_080_i16).prop_map(|(from, to, days, offset)| QuietHours {
            from,
            to,
            days,
            offset,
            change: None,
        });
    let duty = prop::sample::select(vec![Duty::Unset, Duty::On, Duty::Off]);
    let duty = (duty, time(), option::of(quiet)).prop_map(|(duty, since, quiet)| DutySettings { duty, since, quiet });
    (vec(group, 0..4), option::of(duty)).prop_map(|(groups, duty)| Settings { groups, duty })
}

/// What may stand in an edit or a reply.
fn body() -> impl Strategy<Value = Content> {
    prop_oneof![
        text().prop_map(Content::Text),
        (option::of(text()), vec(attachment(), 1..4))
            .prop_map(|(caption, items)| Content::Attachments(Attachments { caption, items })),
        alarm().prop_map(Content::Alarm),
        (place(), option::of(time()), option::of(line())).prop_map(|(place, live_until, label)| {
            Content::Location(Location {
                place,
                live_until,
                label,
            })
        }),
        (line(), vec(line(), 2..5), any::<bool>()).prop_map(|(question, options, multiple)| {
            Content::Poll(Poll {
                question,
                options,
                multiple,
            })
        }),
        report().prop_map(Content::Report),
        card().prop_map(Content::ContactCard),
        (line(), option::of(line()))
            .prop_map(|(name, description)| Content::GroupProfile(GroupProfile { name, description })),
        (line(), option::of(time())).prop_map(|(note, until)| Content::Absence(Absence { note, until })),
        operation_line().prop_map(Content::OperationLine),
        settings().prop_map(Content::Settings),
        (blob(), any::<u64>(), vec(span(), 0..3))
            .prop_map(|(blob, count, covers)| { Content::ArchiveOffer(ArchiveOffer { blob, count, covers }) }),
        span().prop_map(|span| Content::HistoryRequest(HistoryRequest { span })),
        (bytes(), bytes()).prop_map(|(public_key, private_key)| {
            Content::AckKeyShare(AckKeyShare {
                public_key,
                private_key,
            })
        }),
        unknown_part().prop_map(|part| {
            Content::Unknown(Unknown {
                content_type: part.content_type().to_owned(),
                part,
            })
        }),
    ]
}

/// Parts that no version of ours knows.
fn unknown_part() -> impl Strategy<Value = NestedPart> {
    let leaf = ("x-[a-z]{1,8}", vec(any::<u8>(), 0..20), any::<u8>(), "[a-z]{0,3}").prop_map(
        |(name, content, disposition, language)| NestedPart {
            language,
            ..NestedPart::single(
                Disposition::from_number(disposition),
                format!("application/{name}"),
                content,
            )
        },
    );
    leaf.prop_recursive(3, 16, 4, |inner| {
        let semantics = prop_oneof![
            Just(PartSemantics::ChooseOne),
            Just(PartSemantics::SingleUnit),
            Just(PartSemantics::ProcessAll)
        ];
        (semantics, vec(inner, 2..4))
            .prop_map(|(semantics, parts)| NestedPart::multi(Disposition::Render, semantics, parts))
    })
}

/// What answers a message by its nature.
fn answer() -> impl Strategy<Value = Content> {
    prop_oneof![
        (message_id(), option::of(line()))
            .prop_map(|(to, note)| Content::Acknowledgement(Acknowledgement { to, note })),
        (message_id(), proptest::collection::btree_set(0..20_u8, 0..5)).prop_map(|(poll, choices)| Content::Vote(
            Vote {
                poll,
                choices: choices.into_iter().collect()
            }
        )),
        (message_id(), span(), blob()).prop_map(|(request, span, blob)| Content::HistoryAnswer(HistoryAnswer {
            request,
            span,
            blob
        })),
        (message_id(), "\\PC{1,4}").prop_map(|(to, emoji)| Content::Reaction { to, emoji }),
    ]
}

fn reply() -> impl Strategy<Value = Content> {
    (message_id(), body()).prop_map(|(to, body)| Content::Reply {
        to,
        body: Box::new(body),
    })
}

fn content() -> impl Strategy<Value = Content> {
    let edited = prop_oneof![body(), answer(), reply()];
    prop_oneof![
        4 => body(),
        2 => answer(),
        2 => reply(),
        2 => (message_id(), edited).prop_map(|(replaces, body)| Content::Edit { replaces, body: Box::new(body) }),
        1 => (message_id(), option::of(message_id()))
            .prop_map(|(replaces, in_reply_to)| Content::Delete { replaces, in_reply_to }),
        1 => (message_id(), option::of(message_id()))
            .prop_map(|(reaction, to)| Content::Unreaction { reaction, to }),
    ]
}

fn extension_key() -> impl Strategy<Value = ExtensionKey> {
    prop_oneof![
        Just(ExtensionKey::Positive(0)),
        (3..1_u64 << 53).prop_map(ExtensionKey::Positive),
        (0..(1_u64 << 53) - 1).prop_map(ExtensionKey::Negative),
        "[a-z]{1,30}".prop_map(ExtensionKey::Text),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let expiry = prop_oneof![
        any::<u32>().prop_map(Expiry::At),
        (0..=limits::MAX_EXPIRY_SECONDS as u32).prop_map(Expiry::AfterReading)
    ];
    let request = (option::of(time()), option::of(bytes())).prop_map(|(by, key)| AckRequest { by, key });
    let value = prop::sample::select(vec![&[0xf6][..], &[0xa1, 0x01, 0x81, 0x02], &[0x63, b'a', b'b', b'c']]);
    let value = value.prop_map(|bytes| ExtensionValue::from_cbor(bytes).unwrap());
    let extensions = proptest::collection::btree_map(extension_key(), value, 0..4);
    let around = (
        any::<Salt>(),
        vec(any::<u8>(), 0..20),
        option::of(expiry),
        option::of(request),
        extensions,
    );
    (around, content(), "[a-z]{0,2}").prop_map(|(around, content, language)| Message {
        salt: around.0,
        topic: around.1,
        expires: around.2,
        ack_request: around.3,
        extensions: around.4,
        // An unknown part keeps its own.
        language: if matches!(content.body(), Content::Unknown(_)) {
            String::new()
        } else {
            language
        },
        content,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(message in message()) {
        let encoded = message.encode(&ORIGIN).unwrap();
        let decoded = Message::decode(&encoded.bytes, &ORIGIN).unwrap();
        prop_assert_eq!(decoded.id, encoded.id);
        prop_assert_eq!(decoded.message, message);
    }

    #[test]
    fn any_bytes_give_a_message_or_an_error(bytes in vec(any::<u8>(), 0..300)) {
        let _ = Message::decode(&bytes, &ORIGIN);
    }

    #[test]
    fn changed_bytes_give_a_message_or_an_error(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let messages = messages();
        let (_, message) = which.get(&messages);
        let mut bytes = message.encode(&ORIGIN).unwrap().bytes;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(mimi) = MimiContent::decode(&bytes) {
            // There is one way to write a message: what was accepted is what would be written.
            prop_assert_eq!(mimi.encode().unwrap(), bytes);
            if let Ok(message) = Message::from_mimi(mimi) {
                // And every reading of it can be written again, and means the same.
                let again = Message::from_mimi(message.to_mimi().unwrap()).unwrap();
                prop_assert_eq!(&again, &message);
                let _ = (message.content.summary(), searchable_text(&message.content));
            }
        }
    }

    #[test]
    fn changed_payloads_give_a_content_or_an_error(
        noun in prop::sample::select(vec![
            "absence", "alarm", "acknowledgement", "location", "poll", "vote", "report", "contact-card", "group-profile",
            "operation-line", "settings", "archive-offer", "history-request", "history-answer", "ack-key-share",
        ]),
        bytes in vec(prop_oneof![0..8_u8, 0x40..0x48_u8, 0x60..0x68_u8, 0x80..0x84_u8, 0xa0..0xa6_u8, any::<u8>()], 0..40),
    ) {
        let mut mimi = messages().swap_remove(2).1.to_mimi().unwrap();
        mimi.body = NestedPart::single(Disposition::Render, format!("application/vnd.melder.{noun}+cbor"), bytes);
        if let Ok(message) = Message::from_mimi(mimi) {
            prop_assert_eq!(Message::from_mimi(message.to_mimi().unwrap()).unwrap(), message);
        }
    }

    #[test]
    fn any_text_has_words(text in ".{0,80}", marks in "[-\\\\`*_~#>\\[\\]()<a1 \\n]{0,80}") {
        for text in [text, marks] {
            let text = Text::markdown(text);
            prop_assert!(text.words().len() <= text.text.len());
            let _ = text.mentions();
        }
    }
}
