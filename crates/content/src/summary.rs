// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a content is in a line, for lists, notifications and search. Structure, not words: the app says "photo" in its
//! own language.

use melder_protocol::ids::Time;

use crate::content::Content;
use crate::content::alarm::Urgency;
use crate::content::attachment::{Attachment, Attachments};
use crate::content::report::Report;

/// A content in a line. Every text in it comes from the sender, without Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Summary {
    Text(String),
    Attachments {
        kind: MediaKind,
        count: usize,
        filename: String,
        caption: Option<String>,
    },
    Alarm {
        urgency: Urgency,
        text: String,
    },
    Acknowledged {
        note: Option<String>,
    },
    Reaction {
        emoji: String,
    },
    ReactionWithdrawn,
    Edited(Box<Summary>),
    Deleted,
    Location {
        label: Option<String>,
        live_until: Option<Time>,
    },
    Poll {
        question: String,
    },
    Voted,
    Report {
        title: String,
    },
    ContactCard {
        name: String,
    },
    GroupProfile {
        name: String,
    },
    OperationLine {
        text: String,
    },
    /// Between own devices, or shown elsewhere: never a line.
    Silent,
    NeedsNewerApp {
        content_type: String,
    },
}

/// What the attachments of a message are: if they differ, documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
}

impl MediaKind {
    /// By media type.
    #[must_use]
    pub fn of(content_type: &str) -> Self {
        let major = content_type.split('/').next().unwrap_or("");
        match major.to_ascii_lowercase().as_str() {
            "image" => Self::Image,
            "video" => Self::Video,
            "audio" => Self::Audio,
            _ => Self::Document,
        }
    }
}

impl Content {
    /// This content in a line.
    #[must_use]
    pub fn summary(&self) -> Summary {
        match self {
            Self::Text(text) => Summary::Text(text.words()),
            Self::Attachments(attachments) => summary_of_attachments(attachments),
            Self::Alarm(alarm) => Summary::Alarm {
                urgency: alarm.urgency,
                text: alarm.text.clone(),
            },
            Self::Location(location) => Summary::Location {
                label: location.label.clone(),
                live_until: location.live_until,
            },
            Self::Poll(poll) => Summary::Poll {
                question: poll.question.clone(),
            },
            Self::Report(report) => Summary::Report {
                title: report.title.clone(),
            },
            Self::ContactCard(card) => Summary::ContactCard {
                name: card.name.clone(),
            },
            Self::GroupProfile(profile) => Summary::GroupProfile {
                name: profile.name.clone(),
            },
            Self::OperationLine(line) => Summary::OperationLine {
                text: line.text.clone(),
            },
            Self::Acknowledgement(acknowledgement) => Summary::Acknowledged {
                note: acknowledgement.note.clone(),
            },
            Self::Vote(_) => Summary::Voted,
            Self::Reaction { emoji, .. } => Summary::Reaction { emoji: emoji.clone() },
            Self::Unreaction { .. } => Summary::ReactionWithdrawn,
            Self::Reply { body, .. } => body.summary(),
            Self::Edit { body, .. } => Summary::Edited(Box::new(body.summary())),
            Self::Delete { .. } => Summary::Deleted,
            Self::Absence(_)
            | Self::Settings(_)
            | Self::ArchiveOffer(_)
            | Self::HistoryRequest(_)
            | Self::HistoryAnswer(_)
            | Self::AckKeyShare(_) => Summary::Silent,
            Self::Unknown(unknown) => Summary::NeedsNewerApp {
                content_type: unknown.content_type.clone(),
            },
        }
    }
}

fn summary_of_attachments(attachments: &Attachments) -> Summary {
    let mut kinds = attachments.items.iter().map(|item| MediaKind::of(&item.content_type));
    let first = kinds.next().unwrap_or(MediaKind::Document);
    Summary::Attachments {
        kind: if kinds.all(|kind| kind == first) {
            first
        } else {
            MediaKind::Document
        },
        count: attachments.items.len(),
        filename: attachments
            .items
            .first()
            .map_or_else(String::new, |item| item.filename.clone()),
        caption: attachments.caption.as_ref().map(|caption| caption.words()),
    }
}

impl Summary {
    /// The sender's own words in this line, if there are any.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Alarm { text, .. } | Self::OperationLine { text } => Some(text),
            Self::Attachments {
                caption: Some(caption), ..
            } => Some(caption),
            Self::Attachments { filename, .. } if !filename.is_empty() => Some(filename),
            Self::Acknowledged { note } => note.as_deref(),
            Self::Reaction { emoji } => Some(emoji),
            Self::Edited(inner) => inner.words(),
            Self::Location { label, .. } => label.as_deref(),
            Self::Poll { question } => Some(question),
            Self::Report { title } => Some(title),
            Self::ContactCard { name } | Self::GroupProfile { name } => Some(name),
            Self::Attachments { .. }
            | Self::ReactionWithdrawn
            | Self::Deleted
            | Self::Voted
            | Self::Silent
            | Self::NeedsNewerApp { .. } => None,
        }
    }
}

/// The sender's own words in a line, if the content has any.
#[must_use]
pub fn plain_text(content: &Content) -> Option<String> {
    content.summary().words().map(ToOwned::to_owned)
}

/// Every word of a content that somebody may search for, a line each. Empty for what has none.
#[must_use]
pub fn searchable_text(content: &Content) -> String {
    let mut lines = Vec::new();
    collect(content, &mut lines);
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn collect(content: &Content, lines: &mut Vec<String>) {
    match content {
        Content::Attachments(attachments) => {
            lines.extend(attachments.caption.as_ref().map(|caption| caption.words()));
            collect_attachments(&attachments.items, lines);
        }
        Content::Poll(poll) => {
            lines.push(poll.question.clone());
            lines.extend(poll.options.iter().cloned());
        }
        Content::Report(report) => collect_report(report, lines),
        Content::ContactCard(card) => {
            lines.push(card.name.clone());
            lines.extend(
                [&card.organisation, &card.unit, &card.note]
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
            lines.extend(card.phones.iter().chain(&card.mails).cloned());
        }
        Content::GroupProfile(profile) => {
            lines.push(profile.name.clone());
            lines.extend(profile.description.clone());
        }
        Content::OperationLine(line) => {
            lines.extend(line.category.clone());
            lines.push(line.text.clone());
        }
        Content::Reply { body, .. } | Content::Edit { body, .. } => collect(body, lines),
        // Gone when it ends.
        Content::Absence(_) => {}
        // An emoji under somebody's message is not something that this person wrote about.
        Content::Reaction { .. } => {}
        other => lines.extend(plain_text(other)),
    }
}

fn collect_report(report: &Report, lines: &mut Vec<String>) {
    lines.push(report.title.clone());
    for field in &report.fields {
        lines.push(format!("{} {}", field.label, field.value));
    }
    collect_attachments(&report.attachments, lines);
}

fn collect_attachments(attachments: &[Attachment], lines: &mut Vec<String>) {
    for attachment in attachments {
        lines.push(attachment.filename.clone());
        lines.push(attachment.description.clone());
    }
}
