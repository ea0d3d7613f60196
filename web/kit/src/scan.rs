// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reads a QR code with the camera. The pictures stay on the page: each is looked at and forgotten. Never the only way:
//! what a code carries stands beside it as text. The camera is let go when the component ends.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, MediaStreamConstraints,
    MediaStreamTrack,
};

use crate::dom;

/// Between two looks.
const LOOK_MS: i32 = 200;
/// A code that fills a third of the picture is read at this width; more only costs time.
const WIDTH: u32 = 640;

/// The text of the first code in a grey picture, if one can be read.
#[must_use]
pub fn decode(width: usize, height: usize, grey: impl FnMut(usize, usize) -> u8) -> Option<String> {
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    picture
        .detect_grids()
        .iter()
        .find_map(|grid| grid.decode().ok().map(|(_, text)| text))
}

/// Looks once through the camera.
fn look(video: &HtmlVideoElement, canvas: &HtmlCanvasElement) -> Option<String> {
    let (full_width, full_height) = (video.video_width(), video.video_height());
    if full_width == 0 || full_height == 0 {
        return None;
    }
    let width = full_width.min(WIDTH);
    let height = full_height * width / full_width;
    canvas.set_width(width);
    canvas.set_height(height);
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    let context = canvas.get_context_with_context_options("2d", &options).ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    context
        .draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, f64::from(width), f64::from(height))
        .ok()?;
    let picture = context
        .get_image_data(0.0, 0.0, f64::from(width), f64::from(height))
        .ok()?;
    let bytes = picture.data().0;
    let (width, height) = (width as usize, height as usize);
    decode(width, height, |x, y| {
        let at = (y * width + x) * 4;
        let channel = |offset: usize| u32::from(bytes.get(at + offset).copied().unwrap_or_default());
        // Rec. 601 luma, in whole numbers.
        u8::try_from((channel(0) * 299 + channel(1) * 587 + channel(2) * 114) / 1000).unwrap_or(u8::MAX)
    })
}

async fn camera() -> Result<MediaStream, JsValue> {
    let constraints = MediaStreamConstraints::new();
    let wish = js_sys::Object::new();
    js_sys::Reflect::set(&wish, &"facingMode".into(), &"environment".into())?;
    constraints.set_video(&wish);
    let devices = dom::window().navigator().media_devices()?;
    let stream = JsFuture::from(devices.get_user_media_with_constraints(&constraints)?).await?;
    stream.dyn_into()
}

fn stop(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
            track.stop();
        }
    }
}

fn watch(video: HtmlVideoElement, canvas: HtmlCanvasElement, ended: Rc<RefCell<bool>>, found: Callback<String>) {
    dom::after(LOOK_MS, move || {
        if *ended.borrow() {
            return;
        }
        if let Some(text) = look(&video, &canvas) {
            found.run(text);
        }
        watch(video, canvas, ended, found);
    });
}

/// `label` names the picture; `failed` is said when there is no camera, or it may not be used.
#[component]
pub fn QrScanner(found: Callback<String>, #[prop(into)] label: String, #[prop(into)] failed: String) -> impl IntoView {
    let node = NodeRef::<html::Video>::new();
    let refused = RwSignal::new(false);
    let ended = Rc::new(RefCell::new(false));
    let held: Rc<RefCell<Option<MediaStream>>> = Rc::default();
    // `on_cleanup` wants what may cross threads; a page has only one.
    let cleanup = StoredValue::new_local((Rc::clone(&ended), Rc::clone(&held)));
    let started = StoredValue::new(false);
    on_cleanup(move || {
        if let Some((ended, held)) = cleanup.try_get_value() {
            *ended.borrow_mut() = true;
            if let Some(stream) = held.borrow_mut().take() {
                stop(&stream);
            }
        }
    });
    Effect::new(move |_| {
        let Some(video) = node.get() else { return };
        if started.get_value() {
            return;
        }
        started.set_value(true);
        let (ended, held) = (Rc::clone(&ended), Rc::clone(&held));
        spawn_local(async move {
            let Ok(stream) = camera().await else {
                refused.set(true);
                return;
            };
            if *ended.borrow() {
                stop(&stream);
                return;
            }
            video.set_src_object(Some(&stream));
            *held.borrow_mut() = Some(stream);
            if let Ok(playing) = video.play() {
                let _ = JsFuture::from(playing).await;
            }
            let canvas = dom::document()
                .create_element("canvas")
                .map(JsCast::unchecked_into::<HtmlCanvasElement>);
            if let Ok(canvas) = canvas {
                watch(video, canvas, ended, found);
            }
        });
    });
    view! {
        <div class="scanner">
            <video node_ref=node class="scanner__picture" playsinline=true muted=true aria-label=label hidden=move || refused.get()></video>
            <p class="scanner__failed" role="status">{move || refused.get().then(|| failed.clone())}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_draw_can_be_read() {
        let text = "482139055716620739480517266391288441190759363702153458692071";
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::Q).expect("it fits");
        let (side, scale, quiet) = (code.width(), 6, 4);
        let full = (side + 2 * quiet) * scale;
        let colors = code.to_colors();
        let dark = |x: usize, y: usize| {
            let (x, y) = (x / scale, y / scale);
            let inside = (quiet..side + quiet).contains(&x) && (quiet..side + quiet).contains(&y);
            inside && colors.get((y - quiet) * side + x - quiet) == Some(&qrcode::Color::Dark)
        };
        let read = decode(full, full, |x, y| if dark(x, y) { 20 } else { 240 });
        assert_eq!(read.as_deref(), Some(text));
    }
}
