// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What happens to a picture before it goes. It is drawn anew, smaller, so that nothing of what a camera writes into a file
//! (place, device, time) goes with it. Evidence is the exception: its bytes stay as they were taken, their hash says so, and
//! the person is told.

use js_sys::{ArrayBuffer, Date};
use leptos::prelude::ArcRwSignal;
use melder_kit::{dom, times};
use melder_port::Time;
use melder_port::view::Place;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, ImageBitmap, ImageEncodeOptions, OffscreenCanvas, OffscreenCanvasRenderingContext2d, Url};

use crate::chat::composer::files::{Picked, Proof};
use crate::chat::media;

/// The longer side, in pixels.
const LARGEST: u32 = 2048;
const QUALITY: f64 = 0.85;
/// The small picture that goes inside the message.
const SMALL: u32 = 320;
const SMALL_BYTES: usize = 16 * 1024;
const JPEG: &str = "image/jpeg";

/// The size that fits into a square, never larger than it was.
#[must_use]
fn fit(width: u32, height: u32, most: u32) -> (u32, u32) {
    let longer = width.max(height).max(1);
    if longer <= most {
        return (width.max(1), height.max(1));
    }
    let scale = |side: u32| {
        let scaled = u64::from(side) * u64::from(most) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(most).max(1)
    };
    (scale(width), scale(height))
}

/// "IMG_1.HEIC" becomes "IMG_1.jpg".
#[must_use]
fn as_jpeg(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = if stem.is_empty() { "foto" } else { stem };
    format!("{stem}.jpg")
}

/// Makes a file ready to be sent.
pub async fn prepare(file: &File, evidence: bool, place: Option<Place>) -> Picked {
    let content_type = file.type_();
    let plain = Picked {
        number: 0,
        blob: file.clone().unchecked_into(),
        filename: file.name(),
        content_type: if content_type.is_empty() {
            "application/octet-stream".into()
        } else {
            content_type.clone()
        },
        description: ArcRwSignal::new(String::new()),
        preview: None,
        dimensions: None,
        duration_ms: None,
        evidence: None,
        address: None,
    };
    // A moving picture would stand still after drawing; vectors are files.
    let is_picture =
        content_type.starts_with("image/") && !["image/gif", "image/svg+xml"].contains(&content_type.as_str());
    if !is_picture {
        return plain;
    }
    let Some(bitmap) = decode(file).await else {
        return plain;
    };
    let (width, height) = (bitmap.width(), bitmap.height());
    let preview = small(&bitmap).await;
    let picked = if evidence {
        let proof = Proof {
            captured_at: captured(file),
            place,
            hash: hash(file).await.unwrap_or_default(),
        };
        Picked {
            dimensions: Some((width, height)),
            evidence: Some(proof),
            ..plain
        }
    } else {
        let (width, height) = fit(width, height, LARGEST);
        match draw(&bitmap, width, height, QUALITY).await {
            Some(blob) => Picked {
                blob,
                filename: as_jpeg(&file.name()),
                content_type: JPEG.into(),
                dimensions: Some((width, height)),
                ..plain
            },
            None => plain,
        }
    };
    bitmap.close();
    let address = Url::create_object_url_with_blob(&picked.blob).ok();
    Picked {
        preview,
        address,
        ..picked
    }
}

async fn decode(file: &Blob) -> Option<ImageBitmap> {
    let making = dom::window().create_image_bitmap_with_blob(file).ok()?;
    JsFuture::from(making).await.ok()?.dyn_into().ok()
}

/// Draws the picture on white, as a JPEG.
async fn draw(bitmap: &ImageBitmap, width: u32, height: u32, quality: f64) -> Option<Blob> {
    let canvas = OffscreenCanvas::new(width, height).ok()?;
    let context: OffscreenCanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let (w, h) = (f64::from(width), f64::from(height));
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, w, h);
    context
        .draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, w, h)
        .ok()?;
    let options = ImageEncodeOptions::new();
    options.set_type(JPEG);
    options.set_quality(quality);
    let making = canvas.convert_to_blob_with_options(&options).ok()?;
    JsFuture::from(making).await.ok()?.dyn_into().ok()
}

/// The small picture: as good as fits.
async fn small(bitmap: &ImageBitmap) -> Option<(String, Vec<u8>)> {
    for (most, quality) in [(SMALL, 0.75), (SMALL, 0.5), (200, 0.5), (120, 0.4)] {
        let (width, height) = fit(bitmap.width(), bitmap.height(), most);
        let blob = draw(bitmap, width, height, quality).await?;
        let bytes = media::slice(&blob, 0.0, blob.size()).await.ok()?;
        if bytes.len() <= SMALL_BYTES {
            return Some((JPEG.into(), bytes));
        }
    }
    None
}

/// When it was taken: what the file says, but never later than now.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970"
)]
fn captured(file: &File) -> Time {
    let said = Date::new(&JsValue::from_f64(file.last_modified())).get_time().max(0.0) as u64;
    Time(said.min(times::now()))
}

/// SHA-256 of the bytes, hexadecimal.
async fn hash(file: &Blob) -> Option<String> {
    let buffer: ArrayBuffer = JsFuture::from(file.array_buffer()).await.ok()?.dyn_into().ok()?;
    let subtle = dom::window().crypto().ok()?.subtle();
    let making = subtle.digest_with_str_and_buffer_source("SHA-256", &buffer).ok()?;
    let digest = JsFuture::from(making).await.ok()?;
    let bytes = js_sys::Uint8Array::new(&digest).to_vec();
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_made_smaller_but_never_larger() {
        assert_eq!(fit(4_000, 3_000, LARGEST), (2048, 1536));
        assert_eq!(fit(100, 50, LARGEST), (100, 50));
        assert_eq!(fit(10, 40_000, LARGEST), (1, 2048));
        assert_eq!(fit(0, 0, LARGEST), (1, 1));
    }

    #[test]
    fn what_was_drawn_anew_is_called_a_jpeg() {
        assert_eq!(as_jpeg("IMG_1.HEIC"), "IMG_1.jpg");
        assert_eq!(as_jpeg("foto"), "foto.jpg");
        assert_eq!(as_jpeg(".png"), "foto.jpg");
    }
}
