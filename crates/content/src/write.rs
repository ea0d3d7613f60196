// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From a [`Content`] to a MIMI container. [`crate::read`] goes the other way; every content comes back as it was.

use crate::cbor;
use crate::content::account::HistoryAnswerBody;
use crate::content::alarm::{AckRequest, AcknowledgementBody};
use crate::content::attachment::{Attachment, Attachments, Details};
use crate::content::poll::VoteBody;
use crate::content::report::{Report, ReportBody};
use crate::content::text::{Text, TextFormat};
use crate::content::{Content, Message, Payload};
use crate::error::ContentError;
use crate::id::{MessageId, blob_uri};
use crate::mimi::{
    Disposition, ExtensionKey, ExtensionValue, Extensions, ExternalPart, MimiContent, NestedPart, Part, PartSemantics,
};

pub(crate) const PLAIN: &str = "text/plain;charset=utf-8";
pub(crate) const MARKDOWN: &str = "text/markdown;variant=GFM-MIMI";
/// SHA-256 in IANA's registry of named-information hash algorithms.
pub(crate) const SHA_256: u8 = 1;

/// What a content fills of the container.
struct Shape {
    replaces: Option<MessageId>,
    in_reply_to: Option<MessageId>,
    body: NestedPart,
}

impl Message {
    /// The container without sender and room, which [`Message::encode`] adds.
    ///
    /// # Errors
    /// When a limit is exceeded or contents are nested wrongly.
    pub fn to_mimi(&self) -> Result<MimiContent, ContentError> {
        self.content.check()?;
        let Shape {
            replaces,
            in_reply_to,
            mut body,
        } = shape(&self.content);
        // An unknown part carries its own language.
        if !matches!(self.content.body(), Content::Unknown(_)) {
            body.language.clone_from(&self.language);
        }
        let mut other = self.extensions.clone();
        if let Some(request) = &self.ack_request {
            request.check()?;
            let key = ExtensionKey::Text(AckRequest::EXTENSION.to_owned());
            other.insert(key, ExtensionValue::from_cbor(&cbor::encode(request))?);
        }
        let mimi = MimiContent {
            salt: self.salt,
            replaces,
            topic_id: self.topic.clone(),
            expires: self.expires,
            in_reply_to,
            extensions: Extensions {
                other,
                ..Extensions::default()
            },
            body,
        };
        mimi.check()?;
        Ok(mimi)
    }
}

fn shape(content: &Content) -> Shape {
    let says = |body| Shape {
        replaces: None,
        in_reply_to: None,
        body,
    };
    let answers = |to: MessageId, body| Shape {
        replaces: None,
        in_reply_to: Some(to),
        body,
    };
    match content {
        Content::Text(text) => says(text_part(text, Disposition::Render)),
        Content::Attachments(attachments) => says(attachments_part(attachments)),
        Content::Report(report) => says(report_part(report)),
        Content::Alarm(alarm) => says(payload(alarm, Disposition::Render)),
        Content::Location(location) => says(payload(location, Disposition::Render)),
        Content::Poll(poll) => says(payload(poll, Disposition::Render)),
        Content::ContactCard(card) => says(payload(card, Disposition::Render)),
        Content::GroupProfile(profile) => says(payload(profile, Disposition::Profile)),
        Content::Absence(absence) => says(payload(absence, Disposition::Profile)),
        Content::OperationLine(line) => says(payload(line, Disposition::Render)),
        Content::Settings(settings) => says(payload(settings, Disposition::Unspecified)),
        Content::ArchiveOffer(offer) => says(payload(offer, Disposition::Unspecified)),
        Content::HistoryRequest(request) => says(payload(request, Disposition::Unspecified)),
        Content::AckKeyShare(share) => says(payload(share, Disposition::Unspecified)),
        Content::Unknown(unknown) => says(unknown.part.clone()),

        Content::Acknowledgement(acknowledgement) => {
            let body = AcknowledgementBody {
                note: acknowledgement.note.clone(),
            };
            answers(acknowledgement.to, payload(&body, Disposition::Render))
        }
        Content::Vote(vote) => {
            let body = VoteBody {
                choices: vote.choices.clone(),
            };
            answers(vote.poll, payload(&body, Disposition::Render))
        }
        Content::HistoryAnswer(answer) => {
            let body = HistoryAnswerBody {
                span: answer.span,
                blob: answer.blob.clone(),
            };
            answers(answer.request, payload(&body, Disposition::Unspecified))
        }
        Content::Reaction { to, emoji } => answers(*to, text_part(&Text::plain(emoji), Disposition::Reaction)),

        Content::Reply { to, body } => Shape {
            in_reply_to: Some(*to),
            ..shape(body)
        },
        Content::Edit { replaces, body } => Shape {
            replaces: Some(*replaces),
            ..shape(body)
        },
        Content::Delete { replaces, in_reply_to } => Shape {
            replaces: Some(*replaces),
            in_reply_to: *in_reply_to,
            body: nothing(Disposition::Render),
        },
        Content::Unreaction { reaction, to } => Shape {
            replaces: Some(*reaction),
            in_reply_to: *to,
            body: nothing(Disposition::Reaction),
        },
    }
}

const fn nothing(disposition: Disposition) -> NestedPart {
    NestedPart {
        disposition,
        language: String::new(),
        part: Part::Null,
    }
}

fn payload<P: Payload>(payload: &P, disposition: Disposition) -> NestedPart {
    NestedPart::single(disposition, P::MEDIA_TYPE, cbor::encode(payload))
}

fn text_part(text: &Text, disposition: Disposition) -> NestedPart {
    let content_type = match text.format {
        TextFormat::Plain => PLAIN,
        TextFormat::Markdown => MARKDOWN,
    };
    NestedPart::single(disposition, content_type, text.text.clone().into_bytes())
}

fn attachments_part(attachments: &Attachments) -> NestedPart {
    let mut parts: Vec<_> = attachments
        .caption
        .iter()
        .map(|caption| text_part(caption, Disposition::Render))
        .collect();
    parts.extend(attachments.items.iter().map(attachment_part));
    if parts.len() == 1 {
        // One attachment without a caption needs no list around it.
        return parts.swap_remove(0);
    }
    NestedPart::multi(Disposition::Render, PartSemantics::ProcessAll, parts)
}

fn report_part(report: &Report) -> NestedPart {
    let body = ReportBody {
        form: report.form.clone(),
        title: report.title.clone(),
        fields: report.fields.clone(),
    };
    let body = payload(&body, Disposition::Render);
    if report.attachments.is_empty() {
        return body;
    }
    let parts = core::iter::once(body)
        .chain(report.attachments.iter().map(attachment_part))
        .collect();
    NestedPart::multi(Disposition::Render, PartSemantics::SingleUnit, parts)
}

/// The external part, and beside it what the draft has no field for, if there is any of that.
fn attachment_part(attachment: &Attachment) -> NestedPart {
    let disposition = if attachment.inline {
        Disposition::Inline
    } else {
        Disposition::Attachment
    };
    let external = NestedPart {
        disposition,
        language: String::new(),
        part: Part::External(Box::new(ExternalPart {
            content_type: attachment.content_type.clone(),
            url: blob_uri(attachment.blob.id),
            expires: attachment.expires.map_or(0, u32::from),
            size: attachment.blob.size,
            enc_alg: attachment.blob.enc_alg,
            key: attachment.blob.key.0.clone(),
            nonce: attachment.blob.nonce.0.clone(),
            aad: Vec::new(),
            hash_alg: SHA_256,
            content_hash: attachment.blob.hash.as_bytes().to_vec(),
            description: attachment.description.clone(),
            filename: attachment.filename.clone(),
        })),
    };
    let details = attachment.details();
    if details == Details::default() {
        return external;
    }
    let details = payload(&details, Disposition::Preview);
    NestedPart::multi(disposition, PartSemantics::ProcessAll, vec![external, details])
}
