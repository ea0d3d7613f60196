// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Files of messages as the browser can show them: put together from the engine's chunks, given an address of this page,
//! kept for a few, and forgotten again. What a sender calls a file decides nothing: only pictures and sounds that a browser
//! draws without running anything get their own type; all else is bytes for the disk.

use std::cell::RefCell;
use std::collections::VecDeque;

use js_sys::{Array, Uint8Array};
use leptos::html::ElementType;
use leptos::prelude::*;
use melder_kit::{dom, t};
use melder_port::view::File;
use melder_port::{Answer, Ask, BlobId, Failure};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::fetch;
use crate::state::say;

/// Addresses that are kept.
const KEPT: usize = 64;
/// Bars of a wave.
pub const BARS: usize = 36;
/// What the preview of a voice message is: [`BARS`] heights, a byte each.
pub const WAVE_TYPE: &str = "application/x.melder-wave";

/// Why a file cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    Failed(Failure),
    Unplayable,
    Browser,
}

impl Trouble {
    /// In words.
    #[must_use]
    pub fn say(&self) -> String {
        match self {
            Self::Failed(failure) => say(failure),
            Self::Unplayable => t!("voice-unplayable"),
            Self::Browser => t!("browser-refused"),
        }
    }
}

thread_local! {
    static ADDRESSES: RefCell<VecDeque<((BlobId, bool), String)>> = const { RefCell::new(VecDeque::new()) };
}

/// The type a browser may know, or bytes.
fn shown_type(content_type: &str) -> &str {
    let base = content_type.split(';').next().unwrap_or_default().trim();
    match base {
        "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/avif" => base,
        _ if base.starts_with("audio/") && base.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-.+".contains(&b)) => {
            base
        }
        _ => "application/octet-stream",
    }
}

fn blob(parts: &Array, content_type: &str) -> Result<Blob, Trouble> {
    let options = BlobPropertyBag::new();
    options.set_type(content_type);
    Blob::new_with_u8_array_sequence_and_options(parts, &options).map_err(|_| Trouble::Browser)
}

/// All its bytes, as they come from the engine.
async fn parts(file: &File) -> Result<Array, Trouble> {
    let parts = Array::new();
    let chunks = file.size.div_ceil(u64::from(file.chunk.max(1)));
    for index in 0..u32::try_from(chunks).unwrap_or(u32::MAX) {
        let chunk = fetch!(Ask::FileChunk { blob: file.blob, index } => Answer::Chunk).map_err(Trouble::Failed)?;
        let bytes = chunk.ok_or(Trouble::Failed(Failure::Offline))?;
        parts.push(&Uint8Array::from(bytes.as_slice()));
    }
    Ok(parts)
}

fn keep(key: (BlobId, bool), address: &str) {
    ADDRESSES.with(|kept| {
        let mut kept = kept.borrow_mut();
        kept.push_back((key, address.to_owned()));
        while kept.len() > KEPT {
            if let Some((_, old)) = kept.pop_front() {
                let _ = Url::revoke_object_url(&old);
            }
        }
    });
}

fn kept(key: (BlobId, bool)) -> Option<String> {
    ADDRESSES.with(|kept| {
        let mut kept = kept.borrow_mut();
        let at = kept.iter().position(|(other, _)| *other == key)?;
        let entry = kept.remove(at)?;
        let address = entry.1.clone();
        kept.push_back(entry);
        Some(address)
    })
}

/// Forgets all, when the chat is closed.
pub fn forget() {
    ADDRESSES.with(|kept| {
        for (_, address) in kept.borrow_mut().drain(..) {
            let _ = Url::revoke_object_url(&address);
        }
    });
}

/// The address of the whole file, if it is there already.
#[must_use]
pub fn known(blob: BlobId) -> Option<String> {
    kept((blob, true))
}

/// An address of the whole file in this page.
///
/// # Errors
/// When it cannot be fetched now.
pub async fn url(file: &File) -> Result<String, Trouble> {
    if let Some(address) = known(file.blob) {
        return Ok(address);
    }
    let bytes = parts(file).await?;
    let made = blob(&bytes, shown_type(&file.content_type))?;
    let address = Url::create_object_url_with_blob(&made).map_err(|_| Trouble::Browser)?;
    keep((file.blob, true), &address);
    Ok(address)
}

/// An address of the small picture.
#[must_use]
pub fn preview(id: BlobId, content_type: &str, bytes: &[u8]) -> Option<String> {
    if !shown_type(content_type).starts_with("image/") {
        return None;
    }
    if let Some(address) = kept((id, false)) {
        return Some(address);
    }
    let made = blob(&Array::of1(&Uint8Array::from(bytes)), shown_type(content_type)).ok()?;
    let address = Url::create_object_url_with_blob(&made).ok()?;
    keep((id, false), &address);
    Some(address)
}

/// Puts the file on the disk, under its name.
///
/// # Errors
/// When it cannot be fetched now.
pub async fn save(file: &File) -> Result<(), Trouble> {
    let bytes = parts(file).await?;
    let made = blob(&bytes, "application/octet-stream")?;
    let address = Url::create_object_url_with_blob(&made).map_err(|_| Trouble::Browser)?;
    let link = dom::document().create_element("a").map_err(|_| Trouble::Browser)?;
    let link: HtmlAnchorElement = link.dyn_into().map_err(|_| Trouble::Browser)?;
    link.set_href(&address);
    link.set_download(&file.filename);
    link.click();
    dom::after(30_000, move || {
        let _ = Url::revoke_object_url(&address);
    });
    Ok(())
}

/// The wave that came with the message.
#[must_use]
pub fn wave_of(file: &File) -> Vec<u8> {
    match &file.preview {
        Some((kind, bytes)) if kind == WAVE_TYPE && !bytes.is_empty() && bytes.len() <= 2 * BARS => bytes.clone(),
        _ => Vec::new(),
    }
}

/// The wave, from the sound itself.
pub async fn wave(file: &File) -> Option<Vec<u8>> {
    let bytes = parts(file).await.ok()?;
    let made = blob(&bytes, "application/octet-stream").ok()?;
    wave_from(&made).await
}

/// The wave of a recording.
pub async fn wave_from(recording: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(recording.array_buffer()).await.ok()?;
    let context = web_sys::AudioContext::new().ok()?;
    let decoding = context.decode_audio_data(buffer.unchecked_ref()).ok();
    let decoded = match decoding {
        Some(decoding) => JsFuture::from(decoding).await.ok(),
        None => None,
    };
    let _ = context.close();
    let sound: web_sys::AudioBuffer = decoded?.dyn_into().ok()?;
    let samples = sound.get_channel_data(0).ok()?;
    Some(heights(&samples))
}

/// The loudest of each of [`BARS`] pieces, the loudest of all being full.
#[must_use]
pub fn heights(samples: &[f32]) -> Vec<u8> {
    if samples.is_empty() {
        return Vec::new();
    }
    let piece = samples.len().div_ceil(BARS).max(1);
    let loud: Vec<f32> = samples
        .chunks(piece)
        .map(|piece| piece.iter().fold(0.0f32, |most, sample| most.max(sample.abs())))
        .collect();
    let most = loud.iter().copied().fold(0.01f32, f32::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
    loud.iter()
        .map(|height| (height / most * 255.0).clamp(0.0, 255.0) as u8)
        .collect()
}

/// Does something once the element comes into sight.
pub fn when_seen<E>(node: NodeRef<E>, then: impl Fn() + 'static + Clone)
where
    E: ElementType,
    E::Output: JsCast + Clone + 'static + AsRef<web_sys::Element>,
{
    melder_kit::dom::effect(move || {
        let Some(element) = node.get() else { return };
        let then = then.clone();
        let seen = Closure::<dyn Fn(Array, web_sys::IntersectionObserver)>::new(
            move |entries: Array, observer: web_sys::IntersectionObserver| {
                let is_seen = entries.iter().any(|entry| {
                    entry
                        .dyn_into::<web_sys::IntersectionObserverEntry>()
                        .is_ok_and(|entry| entry.is_intersecting())
                });
                if is_seen {
                    observer.disconnect();
                    then();
                }
            },
        );
        let Ok(observer) = web_sys::IntersectionObserver::new(seen.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(element.as_ref());
        let kept = StoredValue::new_local(Some((observer, seen)));
        on_cleanup(move || {
            if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
                observer.disconnect();
            }
        });
    });
}

/// The bytes of a piece of a blob.
///
/// # Errors
/// When the browser cannot read it (the file was moved).
pub async fn slice(from: &Blob, start: f64, end: f64) -> Result<Vec<u8>, Trouble> {
    let piece = from.slice_with_f64_and_f64(start, end).map_err(|_| Trouble::Browser)?;
    let buffer: JsValue = JsFuture::from(piece.array_buffer())
        .await
        .map_err(|_| Trouble::Browser)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_and_sounds_have_a_type_in_the_page() {
        assert_eq!(shown_type("image/jpeg"), "image/jpeg");
        assert_eq!(shown_type("audio/webm;codecs=opus"), "audio/webm");
        for other in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "audio/\"><script>",
            "",
        ] {
            assert_eq!(shown_type(other), "application/octet-stream", "{other}");
        }
    }

    #[test]
    fn a_wave_has_its_loudest_piece_full() {
        let mut samples = vec![0.1f32; BARS * 10];
        samples[15] = -0.5;
        let wave = heights(&samples);
        assert_eq!(wave.len(), BARS);
        assert_eq!(wave[1], 255);
        assert_eq!(wave[0], 51);
        assert!(heights(&[]).is_empty());
        assert_eq!(heights(&[0.0; 3]), [0, 0, 0]);
    }
}
