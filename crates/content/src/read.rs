// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! From a MIMI container to a [`Content`].
//!
//! Three outcomes: a content that this version knows; [`Content::Unknown`] for what it doesn't, kept whole; an error for
//! what claims to be one of our types and is broken, or is beyond a limit.

use core::num::NonZeroU32;

use melder_protocol::cbor::Bytes;
use melder_protocol::ids::Hash;

use crate::cbor;
use crate::content::account::{AckKeyShare, ArchiveOffer, HistoryAnswer, HistoryAnswerBody, HistoryRequest, Settings};
use crate::content::alarm::{AckRequest, Acknowledgement, AcknowledgementBody, Alarm};
use crate::content::attachment::{Attachment, Attachments, BlobRef, Details};
use crate::content::location::Location;
use crate::content::operation::OperationLine;
use crate::content::poll::{Poll, Vote, VoteBody};
use crate::content::profile::{Absence, ContactCard, GroupProfile};
use crate::content::report::{Report, ReportBody};
use crate::content::text::{Text, TextFormat};
use crate::content::{Content, Message, Payload, Unknown};
use crate::error::ContentError;
use crate::id::{MessageId, parse_blob_uri};
use crate::limits::MAX_PAYLOAD_DEPTH;
use crate::mimi::{
    Disposition, ExtensionKey, ExternalPart, MimiContent, MultiPart, NestedPart, Part, PartSemantics, SinglePart,
};
use crate::write::SHA_256;

impl Message {
    /// Reads a container. Who sent it where is not looked at; [`Message::decode`] does that.
    ///
    /// # Errors
    /// When something that this version knows is broken or beyond a limit.
    pub fn from_mimi(mimi: MimiContent) -> Result<Self, ContentError> {
        let MimiContent {
            salt,
            replaces,
            topic_id,
            expires,
            in_reply_to,
            extensions,
            body,
        } = mimi;
        let mut extensions = extensions.other;
        let ack_request = extensions
            .remove(&ExtensionKey::Text(AckRequest::EXTENSION.to_owned()))
            .map(|value| cbor::decode::<AckRequest>(value.as_bytes(), MAX_PAYLOAD_DEPTH))
            .transpose()?;
        if let Some(request) = &ack_request {
            request.check()?;
        }
        let (content, language) = content(body, replaces, in_reply_to)?;
        content.check()?;
        Ok(Self {
            salt,
            topic: topic_id,
            expires,
            language,
            ack_request,
            extensions,
            content,
        })
    }
}

/// The content, and its language.
fn content(
    part: NestedPart,
    replaces: Option<MessageId>,
    in_reply_to: Option<MessageId>,
) -> Result<(Content, String), ContentError> {
    if let (Part::Null, Some(replaces)) = (&part.part, replaces) {
        let content = match part.disposition {
            Disposition::Reaction => Content::Unreaction {
                reaction: replaces,
                to: in_reply_to,
            },
            _ => Content::Delete { replaces, in_reply_to },
        };
        return Ok((content, part.language));
    }
    let (content, language) = match known(&part, in_reply_to)? {
        Some(content) => (content, part.language),
        // The part keeps its language.
        None => (unknown(part), String::new()),
    };
    // Contents that answer a message by their nature have its id already.
    let content = match in_reply_to {
        Some(to) if content.in_reply_to().is_none() => Content::Reply {
            to,
            body: Box::new(content),
        },
        _ => content,
    };
    let content = match replaces {
        Some(replaces) => Content::Edit {
            replaces,
            body: Box::new(content),
        },
        None => content,
    };
    Ok((content, language))
}

fn unknown(part: NestedPart) -> Content {
    Content::Unknown(Unknown {
        content_type: part.content_type().to_owned(),
        part,
    })
}

/// Reads a part; `None` if this version doesn't know it. The recursion is bounded by the nesting of parts.
fn known(part: &NestedPart, target: Option<MessageId>) -> Result<Option<Content>, ContentError> {
    if let Some(attachment) = attachment(part)? {
        return Ok(Some(Content::Attachments(Attachments::one(attachment))));
    }
    match &part.part {
        Part::Null | Part::External(_) => Ok(None),
        Part::Single(single) if part.disposition == Disposition::Reaction => reaction(single, target),
        Part::Single(single) => known_single(single, target),
        Part::Multi(multi) => known_multi(multi, target),
    }
}

fn reaction(single: &SinglePart, target: Option<MessageId>) -> Result<Option<Content>, ContentError> {
    Ok(match (text(single)?, target) {
        (Some(Text { text: emoji, .. }), Some(to)) => Some(Content::Reaction { to, emoji }),
        _ => None,
    })
}

fn known_single(single: &SinglePart, target: Option<MessageId>) -> Result<Option<Content>, ContentError> {
    if let Some(text) = text(single)? {
        return Ok(Some(Content::Text(text)));
    }
    let named = |what| target.ok_or(ContentError::NoTarget(what));
    Ok(Some(match essence(&single.content_type).as_str() {
        Alarm::MEDIA_TYPE => Content::Alarm(payload(single)?),
        Location::MEDIA_TYPE => Content::Location(payload(single)?),
        Poll::MEDIA_TYPE => Content::Poll(payload(single)?),
        ContactCard::MEDIA_TYPE => Content::ContactCard(payload(single)?),
        GroupProfile::MEDIA_TYPE => Content::GroupProfile(payload(single)?),
        Absence::MEDIA_TYPE => Content::Absence(payload(single)?),
        OperationLine::MEDIA_TYPE => Content::OperationLine(payload(single)?),
        Settings::MEDIA_TYPE => Content::Settings(payload(single)?),
        ArchiveOffer::MEDIA_TYPE => Content::ArchiveOffer(payload(single)?),
        HistoryRequest::MEDIA_TYPE => Content::HistoryRequest(payload(single)?),
        AckKeyShare::MEDIA_TYPE => Content::AckKeyShare(payload(single)?),
        ReportBody::MEDIA_TYPE => Content::Report(report(single, Vec::new())?),
        AcknowledgementBody::MEDIA_TYPE => {
            let AcknowledgementBody { note } = payload(single)?;
            Content::Acknowledgement(Acknowledgement {
                to: named("an acknowledgement")?,
                note,
            })
        }
        VoteBody::MEDIA_TYPE => {
            let VoteBody { choices } = payload(single)?;
            Content::Vote(Vote {
                poll: named("a vote")?,
                choices,
            })
        }
        HistoryAnswerBody::MEDIA_TYPE => {
            let HistoryAnswerBody { span, blob } = payload(single)?;
            Content::HistoryAnswer(HistoryAnswer {
                request: named("a history answer")?,
                span,
                blob,
            })
        }
        _ => return Ok(None),
    }))
}

fn known_multi(multi: &MultiPart, target: Option<MessageId>) -> Result<Option<Content>, ContentError> {
    if multi.semantics == PartSemantics::ChooseOne {
        for part in &multi.parts {
            if let Some(content) = known(part, target)? {
                return Ok(Some(content));
            }
        }
        return Ok(None);
    }
    let Some((first, rest)) = multi.parts.split_first() else {
        return Ok(None);
    };
    match &first.part {
        Part::Single(single) if essence(&single.content_type) == ReportBody::MEDIA_TYPE => {
            let Some(attachments) = attachments(rest)? else {
                return Ok(None);
            };
            Ok(Some(Content::Report(report(single, attachments)?)))
        }
        Part::Single(single) if first.disposition != Disposition::Reaction => {
            let (Some(caption), Some(items)) = (text(single)?, attachments(rest)?) else {
                return Ok(None);
            };
            Ok(Some(Content::Attachments(Attachments {
                caption: Some(caption),
                items,
            })))
        }
        _ => {
            let items = attachments(&multi.parts)?;
            Ok(items.map(|items| Content::Attachments(Attachments { caption: None, items })))
        }
    }
}

fn report(single: &SinglePart, attachments: Vec<Attachment>) -> Result<Report, ContentError> {
    let ReportBody { form, title, fields } = payload(single)?;
    Ok(Report {
        form,
        title,
        fields,
        attachments,
    })
}

/// All parts as attachments; `None` if one is something else.
fn attachments(parts: &[NestedPart]) -> Result<Option<Vec<Attachment>>, ContentError> {
    parts.iter().map(attachment).collect()
}

/// An external part, alone or with our details beside it.
fn attachment(part: &NestedPart) -> Result<Option<Attachment>, ContentError> {
    match &part.part {
        Part::External(external) => Ok(external_attachment(external, part.disposition, Details::default())),
        Part::Multi(MultiPart {
            semantics: PartSemantics::ProcessAll,
            parts,
        }) => match parts.as_slice() {
            [
                NestedPart {
                    part: Part::External(external),
                    disposition,
                    ..
                },
                NestedPart {
                    part: Part::Single(details),
                    ..
                },
            ] if essence(&details.content_type) == Details::MEDIA_TYPE => {
                Ok(external_attachment(external, *disposition, payload(details)?))
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// `None` for what lies elsewhere than on a Melder server, or is hashed in another way.
fn external_attachment(external: &ExternalPart, disposition: Disposition, details: Details) -> Option<Attachment> {
    let id = parse_blob_uri(&external.url)?;
    let hash = Hash::from_slice(&external.content_hash).filter(|_| external.hash_alg == SHA_256)?;
    if !external.aad.is_empty() || external.content_type.is_empty() {
        return None;
    }
    Some(Attachment {
        blob: BlobRef {
            id,
            size: external.size,
            enc_alg: external.enc_alg,
            key: Bytes(external.key.clone()),
            nonce: Bytes(external.nonce.clone()),
            hash,
            chunk_size: details.chunk_size,
        },
        content_type: external.content_type.clone(),
        filename: external.filename.clone(),
        description: external.description.clone(),
        inline: disposition != Disposition::Attachment,
        expires: NonZeroU32::new(external.expires),
        preview: details.preview,
        dimensions: details.dimensions,
        duration_ms: details.duration_ms,
        evidence: details.evidence,
    })
}

fn payload<P: Payload>(single: &SinglePart) -> Result<P, ContentError> {
    let payload: P = cbor::decode(&single.content, MAX_PAYLOAD_DEPTH)?;
    payload.check()?;
    Ok(payload)
}

/// A text, if the part is one that this version can show.
fn text(single: &SinglePart) -> Result<Option<Text>, ContentError> {
    let format = match essence(&single.content_type).as_str() {
        "text/plain" if is_utf8(&single.content_type) => TextFormat::Plain,
        "text/markdown" if is_utf8(&single.content_type) => TextFormat::Markdown,
        _ => return Ok(None),
    };
    match core::str::from_utf8(&single.content) {
        Ok(text) => Ok(Some(Text {
            text: text.to_owned(),
            format,
        })),
        Err(_) => Err(ContentError::malformed("a text is not UTF-8")),
    }
}

/// A media type without its parameters, in lower case.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Whether the parameters name no other charset.
fn is_utf8(content_type: &str) -> bool {
    content_type.split(';').skip(1).all(|parameter| {
        let parameter = parameter.trim().to_ascii_lowercase();
        parameter
            .strip_prefix("charset=")
            .is_none_or(|charset| charset.trim_matches('"') == "utf-8")
    })
}
