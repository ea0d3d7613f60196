// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Photos and files of a chat, newest first; each leads to its message.

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use melder_kit::dom::spawn_local;
use melder_kit::{Icon, t, times};
use melder_port::view::{Body, File, Message};
use melder_port::{Answer, Ask, Failure, GroupId, Sequence};
use web_sys::{Blob, BlobPropertyBag, Url};

use super::Info;
use crate::fetch;
use crate::route::{self, Route};
use crate::state::say;

const PAGE: u32 = 40;
/// What a browser draws and nothing else.
const DRAWN: [&str; 5] = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"];

/// One photo or file, and where it stands.
#[derive(Clone, PartialEq)]
struct Piece {
    at: Option<Sequence>,
    sender: String,
    time: u64,
    file: File,
}

fn pieces(message: &Message) -> Vec<Piece> {
    let files = match &message.body {
        Body::Files { files, .. } | Body::Report { files, .. } => files.as_slice(),
        _ => &[],
    };
    let piece = |file: &File| Piece {
        at: message.sequence,
        sender: message.sender_name.clone(),
        time: message.time.0,
        file: file.clone(),
    };
    files.iter().map(piece).collect()
}

/// A photo or video: it has a small picture that a browser draws.
fn is_picture(file: &File) -> bool {
    file.preview
        .as_ref()
        .is_some_and(|(kind, _)| DRAWN.contains(&kind.as_str()))
}

#[component]
pub fn Media(info: Info) -> impl IntoView {
    let group = info.group;
    let pieces = RwSignal::new(None::<Vec<Piece>>);
    let last = StoredValue::new(None::<Sequence>);
    let more = RwSignal::new(false);
    let failed = RwSignal::new(None::<Failure>);
    let read = move || {
        let before = last.get_value();
        spawn_local(async move {
            match fetch!(Ask::Media { group, before, limit: PAGE } => Answer::Messages) {
                Ok(messages) => {
                    more.try_set(u32::try_from(messages.len()).is_ok_and(|count| count >= PAGE));
                    let oldest = messages.iter().filter_map(|message| message.sequence).min();
                    let _ = last.try_update_value(|last| *last = oldest);
                    pieces.try_update(|all| {
                        all.get_or_insert_default()
                            .extend(messages.iter().flat_map(self::pieces))
                    });
                }
                Err(failure) => {
                    failed.try_set(Some(failure));
                }
            }
        });
    };
    read();
    let photos = Memo::new(move |_| split(pieces.get(), true));
    let files = Memo::new(move |_| split(pieces.get(), false));
    view! {
        <div class="stack">
            {move || failed.get().map(|failure| view! { <p role="alert">{say(&failure)}</p> })}
            {move || match pieces.with(|pieces| pieces.as_ref().map(Vec::is_empty)) {
                None => Some(view! { <p class="skeleton skeleton--card" aria-hidden="true"></p> }.into_any()),
                Some(true) => Some(
                    view! {
                        <div class="empty">
                            <Icon name="photo-library-outline" />
                            <p>{t!("media-none")}</p>
                        </div>
                    }
                    .into_any(),
                ),
                Some(false) => None,
            }}
            {move || {
                let photos = photos.get();
                (!photos.is_empty())
                    .then(|| {
                        view! {
                            <h3>{t!("media-photos")}</h3>
                            <ul class="gallery">
                                {photos.into_iter().map(|piece| view! { <li><Photo group piece /></li> }).collect_view()}
                            </ul>
                        }
                    })
            }}
            {move || {
                let files = files.get();
                (!files.is_empty())
                    .then(|| {
                        view! {
                            <h3>{t!("media-files")}</h3>
                            <ul class="lines">
                                {files.into_iter().map(|piece| view! { <li><Document group piece /></li> }).collect_view()}
                            </ul>
                        }
                    })
            }}
            {move || {
                more.get()
                    .then(|| {
                        view! {
                            <button type="button" class="button button--plain people__more" on:click=move |_| read()>
                                {t!("media-more")}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

fn split(pieces: Option<Vec<Piece>>, pictures: bool) -> Vec<Piece> {
    let mut pieces = pieces.unwrap_or_default();
    pieces.retain(|piece| is_picture(&piece.file) == pictures);
    pieces
}

/// An address for bytes of this page, until the component ends.
fn address(kind: &str, bytes: &[u8]) -> Option<String> {
    let bag = BlobPropertyBag::new();
    bag.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &bag).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    let mine = url.clone();
    on_cleanup(move || {
        let _ = Url::revoke_object_url(&mine);
    });
    Some(url)
}

#[component]
fn Photo(group: GroupId, piece: Piece) -> impl IntoView {
    let app = crate::state::app();
    let to = Route::Chat { group, at: piece.at };
    let source = piece
        .file
        .preview
        .as_ref()
        .and_then(|(kind, bytes)| address(kind, bytes));
    let who = t!("media-photo-by", name = &piece.sender, time = times::full(piece.time));
    let words = if piece.file.description.is_empty() {
        who
    } else {
        format!("{} · {who}", piece.file.description)
    };
    let title = words.clone();
    view! {
        <a class="gallery__photo" href=to.path() title=title on:click=move |event| route::follow(&event, app.route, to.clone())>
            <img src=source alt=words loading="lazy" />
        </a>
    }
}

#[component]
fn Document(group: GroupId, piece: Piece) -> impl IntoView {
    let app = crate::state::app();
    let to = Route::Chat { group, at: piece.at };
    let icon = if piece.file.content_type.starts_with("audio/") {
        "mic-outline"
    } else {
        "description-outline"
    };
    let name = if icon == "mic-outline" {
        t!("kind-voice")
    } else {
        piece.file.filename.clone()
    };
    view! {
        <a class="line info__line" href=to.path() on:click=move |event| route::follow(&event, app.route, to.clone())>
            <Icon name=icon />
            <span class="grow">
                <span class="wrap">{name}</span>
                <span class="line__under">
                    {format!("{} · {} · {}", size(piece.file.size), piece.sender, times::short(piece.time))}
                </span>
            </span>
        </a>
    }
}

/// "640 KB", "2,4 MB": decimal, as phones say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => t!("size-bytes", count = bytes),
        1_000..1_000_000 => t!("size-kilobytes", count = bytes / 1_000),
        _ => {
            let tenths = bytes / 100_000;
            t!("size-megabytes", whole = tenths / 10, tenth = tenths % 10)
        }
    }
}
