// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a bubble holds: one view for each kind of content. Each gets the sender's name, the quote and the marks, and puts
//! them where they belong.

mod cards;
mod files;
mod photo;
mod place;
mod poll;
pub mod text;
mod voice;

use std::sync::Arc;

use leptos::prelude::*;
use melder_kit::{Icon, t};
use melder_port::view::{Body, File, Kind, Message};

use crate::chat::Ctx;

pub use cards::urgency_word;
pub use files::size as size_word;
pub use photo::evidence_lines;
pub use place::coordinates;

/// The sender's name, where it is to stand.
pub type Head = Box<dyn Fn() -> Option<AnyView> + Send + Sync>;

/// What a file is.
#[must_use]
pub fn kind_of(file: &File) -> Kind {
    if file.content_type.starts_with("image/") && file.content_type != "image/svg+xml" {
        Kind::Photo
    } else if file.content_type.starts_with("audio/") && file.duration_ms.is_some() {
        Kind::Voice
    } else {
        Kind::File
    }
}

/// Has it a shape of its own?
#[must_use]
pub const fn is_card(body: &Body) -> bool {
    matches!(body, Body::Alarm { .. } | Body::Report { .. } | Body::Location { .. })
}

/// Does it stand without a bubble?
#[must_use]
pub fn is_bare(message: &Message) -> bool {
    match &message.body {
        Body::Text(spans) => message.reply.is_none() && message.confirmation.is_none() && text::only_emoji(spans),
        _ => false,
    }
}

/// The content of a bubble.
pub fn view(ctx: Ctx, message: &Arc<Message>, head: Head, quote: Option<AnyView>, meta: AnyView) -> AnyView {
    if let Body::Alarm { .. } = &message.body {
        return cards::alarm(ctx, message, head, meta);
    }
    if let Some(confirmation) = &message.confirmation {
        let inner = content(ctx, message);
        return cards::confirmation(
            ctx,
            message,
            confirmation,
            head,
            view! { {quote} {inner} }.into_any(),
            meta,
        );
    }
    match &message.body {
        Body::Location {
            place,
            label,
            live_until,
        } => place::card(message, *place, label.as_deref(), *live_until, head, meta),
        Body::Report { title, fields, files } => {
            let attached = files.iter().map(|file| one_file(ctx, message, file)).collect_view();
            cards::report(title, fields, attached.into_any(), head, meta)
        }
        _ => view! { {move || head()} {quote} {content(ctx, message)} {meta} }.into_any(),
    }
}

/// What is said, without name and marks.
fn content(ctx: Ctx, message: &Arc<Message>) -> AnyView {
    match &message.body {
        Body::Deleted => view! {
            <p class="deleted"><Icon name="block" class="icon--small" />" "{t!("message-deleted")}</p>
        }
        .into_any(),
        Body::Text(spans) => text::view(spans),
        Body::Files { caption, files } => {
            let parts = files.iter().map(|file| one_file(ctx, message, file)).collect_view();
            let caption = (!caption.is_empty()).then(|| text::view(caption));
            view! { {parts} {caption} }.into_any()
        }
        Body::Poll(poll) => poll::view(ctx, message, poll),
        Body::Contact { name, account, details } => cards::contact(name, *account, details),
        Body::Operation { text } => view! { <p class="bubble__text">{text.clone()}</p> }.into_any(),
        Body::Location { place, label, .. } => place::inside(*place, label.as_deref()),
        Body::Alarm { text, .. } => view! { <p class="bubble__text">{text.clone()}</p> }.into_any(),
        Body::Report { title, .. } => view! { <p class="bubble__text strong">{title.clone()}</p> }.into_any(),
        Body::Unknown => view! {
            <p class="unknown muted"><Icon name="upgrade" class="icon--small" /><span>{t!("unknown-content")}</span></p>
        }
        .into_any(),
    }
}

/// A file as what it is.
fn one_file(ctx: Ctx, message: &Arc<Message>, file: &File) -> AnyView {
    match kind_of(file) {
        Kind::Photo => photo::view(ctx, message, file),
        Kind::Voice => voice::view(ctx, message, file),
        _ => files::view(ctx, file),
    }
}
