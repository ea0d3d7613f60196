// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One example of every kind of content, with every field in use. Snapshots and the CDDL are checked against these.

use core::num::NonZeroU32;

use melder_content::*;
use melder_protocol::cbor::Bytes;
use melder_protocol::ids::{AccountId, BlobId, GroupId, Hash, OperationId, Sequence, Time};
use melder_protocol::push::{Duty, QuietHours};

pub const ORIGIN: Origin = Origin {
    sender: AccountId::from_bytes([0xa1; 16]),
    group: GroupId::from_bytes([0x61; 16]),
};

pub const SALT: Salt = [0x5a; 16];

/// Some message's id.
pub fn id(byte: u8) -> MessageId {
    let mut bytes = [byte; 32];
    bytes[0] = 1;
    MessageId::from_bytes(bytes).unwrap()
}

pub fn place() -> Place {
    Place {
        latitude: 481_371_540,
        longitude: 115_761_240,
        accuracy: Some(12),
    }
}

pub fn blob() -> BlobRef {
    BlobRef {
        id: BlobId::from_bytes([0xb1; 16]),
        size: 1_048_592,
        enc_alg: AEAD_AES_256_GCM,
        key: Bytes(vec![0x4b; 32]),
        nonce: Bytes(vec![0x4e; 7]),
        hash: Hash::from_bytes([0x4a; 32]),
        chunk_size: 65_536,
    }
}

pub fn photo() -> Attachment {
    Attachment {
        blob: blob(),
        content_type: "image/jpeg".into(),
        filename: "IMG_0042.jpg".into(),
        description: "Infostand am Marienplatz".into(),
        inline: true,
        expires: NonZeroU32::new(1_800_000_000),
        preview: Some(Preview {
            content_type: "image/webp".into(),
            bytes: Bytes(vec![0x99; 8]),
        }),
        dimensions: Some((4032, 3024)),
        duration_ms: None,
        evidence: Some(Evidence {
            captured_at: Time(1_780_000_000_123),
            place: Some(place()),
            hash: Hash::from_bytes([0x7e; 32]),
        }),
    }
}

pub fn file() -> Attachment {
    let blob = BlobRef {
        chunk_size: 0,
        ..blob()
    };
    Attachment {
        filename: "Plan.pdf".into(),
        ..Attachment::new(blob, "application/pdf")
    }
}

pub fn recording() -> Attachment {
    Attachment {
        duration_ms: Some(4_200),
        inline: true,
        ..Attachment::new(blob(), "audio/ogg")
    }
}

pub fn text(words: &str) -> Content {
    Content::Text(Text::markdown(words))
}

pub fn poll(question: &str, options: usize) -> Poll {
    let options = (0..options).map(|number| format!("Option {number}")).collect();
    Poll {
        question: question.into(),
        options,
        multiple: true,
    }
}

pub fn report(attachments: Vec<Attachment>) -> Report {
    Report {
        form: "infostand".into(),
        title: "Infostand ohne Genehmigung".into(),
        fields: vec![
            ReportField {
                key: "party".into(),
                label: "Partei".into(),
                value: "unbekannt".into(),
            },
            ReportField {
                key: "people".into(),
                label: "Personen".into(),
                value: "3".into(),
            },
        ],
        attachments,
    }
}

pub fn alarm() -> Alarm {
    Alarm {
        urgency: Urgency::Emergency,
        text: "Wahllokal 12 sofort räumen".into(),
        acknowledge_by: Some(Time(1_780_000_600_000)),
        ack_key: Some(Bytes(vec![0xac; 32])),
        on_duty: true,
        over: true,
    }
}

fn span() -> Span {
    Span {
        group: ORIGIN.group,
        from: Sequence(1),
        to: Sequence(4_000),
    }
}

/// Every kind of content, by name.
pub fn contents() -> Vec<(&'static str, Content)> {
    let replied = || Box::new(text("Ja, bis **18 Uhr**."));
    vec![
        (
            "text-markdown",
            text(&format!(
                "Danke, {}!",
                Text::mention("Anna Huber", AccountId::from_bytes([0xa2; 16]))
            )),
        ),
        ("text-plain", Content::Text(Text::plain("Grüß Gott"))),
        (
            "reply",
            Content::Reply {
                to: id(2),
                body: replied(),
            },
        ),
        (
            "reaction",
            Content::Reaction {
                to: id(2),
                emoji: "👍".into(),
            },
        ),
        (
            "unreaction",
            Content::Unreaction {
                reaction: id(3),
                to: Some(id(2)),
            },
        ),
        (
            "edit",
            Content::Edit {
                replaces: id(3),
                body: replied(),
            },
        ),
        (
            "edit-of-reply",
            Content::Edit {
                replaces: id(3),
                body: Box::new(Content::Reply {
                    to: id(2),
                    body: replied(),
                }),
            },
        ),
        (
            "delete",
            Content::Delete {
                replaces: id(3),
                in_reply_to: None,
            },
        ),
        ("attachment", Content::Attachments(Attachments::one(photo()))),
        ("attachment-bare", Content::Attachments(Attachments::one(file()))),
        (
            "attachments",
            Content::Attachments(Attachments {
                caption: Some(Text::markdown("Drei *Dinge*")),
                items: vec![photo(), file(), recording()],
            }),
        ),
        ("alarm", Content::Alarm(alarm())),
        (
            "alarm-small",
            Content::Alarm(Alarm {
                urgency: Urgency::Notice,
                text: "Probe".into(),
                acknowledge_by: None,
                ack_key: None,
                on_duty: false,
                over: false,
            }),
        ),
        (
            "acknowledgement",
            Content::Acknowledgement(Acknowledgement {
                to: id(2),
                note: Some("Bin unterwegs".into()),
            }),
        ),
        (
            "acknowledgement-bare",
            Content::Acknowledgement(Acknowledgement { to: id(2), note: None }),
        ),
        (
            "location",
            Content::Location(Location {
                place: place(),
                live_until: Some(Time(1_780_003_600_000)),
                label: Some("Marienplatz, Südseite".into()),
            }),
        ),
        ("poll", Content::Poll(poll("Wer übernimmt?", 3))),
        (
            "vote",
            Content::Vote(Vote {
                poll: id(2),
                choices: vec![0, 2],
            }),
        ),
        (
            "vote-withdrawn",
            Content::Vote(Vote {
                poll: id(2),
                choices: vec![],
            }),
        ),
        ("report", Content::Report(report(vec![]))),
        ("report-with-evidence", Content::Report(report(vec![photo(), photo()]))),
        (
            "contact-card",
            Content::ContactCard(ContactCard {
                name: "Anna Huber".into(),
                account: Some(AccountId::from_bytes([0xa2; 16])),
                organisation: Some("Kreisverwaltungsreferat".into()),
                unit: Some("Wahlamt".into()),
                phones: vec!["+49 89 233-0".into()],
                mails: vec!["wahlamt@example.org".into()],
                note: Some("nur werktags".into()),
            }),
        ),
        (
            "contact-card-small",
            Content::ContactCard(ContactCard {
                name: "Anna Huber".into(),
                ..Default::default()
            }),
        ),
        (
            "group-profile",
            Content::GroupProfile(GroupProfile {
                name: "Mittagessen".into(),
                description: Some("Wo heute?".into()),
            }),
        ),
        (
            "operation-line",
            Content::OperationLine(OperationLine {
                operation: OperationId::from_bytes([0x0e; 16]),
                at: Time(1_780_000_000_000),
                text: "Stimmzettel nachgeliefert".into(),
                category: Some("Logistik".into()),
                about: Some(id(2)),
                place: Some(place()),
            }),
        ),
        (
            "absence",
            Content::Absence(Absence {
                note: "Urlaub; Vertretung: Jonas Berger".into(),
                until: Some(Time(1_780_000_000_000)),
            }),
        ),
        (
            "settings",
            Content::Settings(Settings {
                groups: vec![
                    GroupSettings {
                        group: ORIGIN.group,
                        mute: Some(Mute::Until(Time(1_780_000_000_000))),
                        pinned: true,
                    },
                    GroupSettings {
                        group: ORIGIN.group,
                        mute: Some(Mute::Always),
                        pinned: false,
                    },
                    GroupSettings {
                        group: ORIGIN.group,
                        mute: None,
                        pinned: false,
                    },
                ],
                duty: Some(DutySettings {
                    duty: Duty::Off,
                    since: Time(1_780_000_000_000),
                    quiet: Some(QuietHours {
                        from: 20 * 60,
                        to: 6 * 60,
                        days: 0b001_1111,
                        offset: 120,
                        change: None,
                    }),
                }),
            }),
        ),
        (
            "archive-offer",
            Content::ArchiveOffer(ArchiveOffer {
                blob: blob(),
                count: 4_000,
                covers: vec![span(), span()],
            }),
        ),
        (
            "history-request",
            Content::HistoryRequest(HistoryRequest { span: span() }),
        ),
        (
            "history-answer",
            Content::HistoryAnswer(HistoryAnswer {
                request: id(2),
                span: span(),
                blob: blob(),
            }),
        ),
        (
            "ack-key-share",
            Content::AckKeyShare(AckKeyShare {
                public_key: Bytes(vec![1; 32]),
                private_key: Bytes(vec![2; 32]),
            }),
        ),
        ("unknown", unknown()),
    ]
}

/// Something from a newer version.
pub fn unknown() -> Content {
    use melder_content::mimi::{Disposition, NestedPart};
    let content_type = "application/vnd.melder.hologram+cbor";
    let part = NestedPart::single(Disposition::Render, content_type, vec![0xa1, 0x01, 0x02]);
    Content::Unknown(Unknown {
        content_type: content_type.into(),
        part,
    })
}

/// Every kind of message: each content, and then the fields around it.
pub fn messages() -> Vec<(&'static str, Message)> {
    let mut messages: Vec<_> = contents()
        .into_iter()
        .map(|(name, content)| (name, Message::new(SALT, content)))
        .collect();
    let around = |name, change: fn(&mut Message)| {
        let mut message = Message::new(SALT, text("Bitte lesen"));
        change(&mut message);
        (name, message)
    };
    messages.push(around("expires-at", |message| {
        message.expires = Some(Expiry::At(1_800_000_000))
    }));
    messages.push(around("expires-after-reading", |message| {
        message.expires = Some(Expiry::AfterReading(3_600))
    }));
    messages.push(around("topic", |message| message.topic = b"Dienstplan".to_vec()));
    messages.push(around("language", |message| message.language = "de-DE".into()));
    messages.push(around("asks-to-confirm", |message| {
        message.ack_request = Some(AckRequest {
            by: Some(Time(1_780_000_600_000)),
            key: Some(Bytes(vec![0xac; 32])),
        });
    }));
    messages
}
