// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The camera and pictures, as far as a QR code is read from them: open it, show it, look for a code in what it sees. The
//! browser's own reader is asked first where it has one; the worker's works everywhere. Nothing of a picture leaves the
//! program or stays in it. Not here: what a code means, and any word for people.

use std::pin::Pin;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, DomException, HtmlCanvasElement, HtmlVideoElement, ImageBitmap, ImageData,
    MediaStream, MediaStreamConstraints, MediaStreamTrack,
};

use crate::dom;

/// Pixels on the longer side of what is searched: enough for a code that fills a third of the picture, small enough to
/// look several times a second.
const VIDEO_SIDE: f64 = 800.0;
const PICTURE_SIDES: [f64; 3] = [1600.0, 1000.0, 600.0];

/// Why there is no camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraTrouble {
    /// The person, or the device's settings, did not allow it.
    Refused,
    Missing,
    /// Another program has it, or it failed.
    Busy,
    /// The browser has no way to it (or the page did not come over HTTPS).
    Unsupported,
}

/// An open camera; it goes dark when this is dropped.
#[derive(Debug)]
pub struct Camera {
    stream: MediaStream,
}

impl Camera {
    /// Asks the person, the first time.
    ///
    /// # Errors
    /// When they refuse, or there is none.
    pub async fn open() -> Result<Self, CameraTrouble> {
        let navigator = dom::window().navigator();
        // In a page without HTTPS the property is not there at all.
        let there =
            Reflect::get(&navigator, &JsValue::from_str("mediaDevices")).is_ok_and(|devices| devices.is_object());
        if !there {
            return Err(CameraTrouble::Unsupported);
        }
        let devices = navigator.media_devices().map_err(|_| CameraTrouble::Unsupported)?;
        let wish = Object::new();
        let _ = Reflect::set(
            &wish,
            &JsValue::from_str("facingMode"),
            &JsValue::from_str("environment"),
        );
        let constraints = MediaStreamConstraints::new();
        constraints.set_video(&wish);
        let promise = devices
            .get_user_media_with_constraints(&constraints)
            .map_err(|_| CameraTrouble::Unsupported)?;
        match JsFuture::from(promise).await {
            Ok(stream) => Ok(Self {
                stream: stream.unchecked_into(),
            }),
            Err(error) => Err(trouble(&error)),
        }
    }

    /// Shows what it sees.
    pub fn show(&self, video: &HtmlVideoElement) {
        video.set_src_object(Some(&self.stream));
        let _ = video.play();
    }

    /// Is told once the camera is taken away (permission revoked, unplugged).
    pub fn on_end(&self, then: impl Fn() + 'static) {
        if let Some(track) = self.track() {
            let ended = Closure::<dyn Fn()>::new(then);
            track.set_onended(Some(ended.as_ref().unchecked_ref()));
            ended.forget();
        }
    }

    /// Has it a light that can be switched?
    #[must_use]
    pub fn has_light(&self) -> bool {
        let Some(track) = self.track() else { return false };
        let Ok(capabilities) = method(&track, "getCapabilities").and_then(|ask| ask.call0(&track)) else {
            return false;
        };
        Reflect::get(&capabilities, &JsValue::from_str("torch")).is_ok_and(|torch| torch.is_truthy())
    }

    /// Switches its light; a camera without one stays as it is.
    pub fn light(&self, on: bool) {
        let Some(track) = self.track() else { return };
        let torch = Object::new();
        let _ = Reflect::set(&torch, &JsValue::from_str("torch"), &JsValue::from_bool(on));
        let constraints = Object::new();
        let _ = Reflect::set(&constraints, &JsValue::from_str("advanced"), &Array::of1(&torch));
        let _ = method(&track, "applyConstraints").and_then(|apply| apply.call1(&track, &constraints));
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.set_onended(None);
                track.stop();
            }
        }
    }
}

fn trouble(error: &JsValue) -> CameraTrouble {
    let name = error
        .dyn_ref::<DomException>()
        .map(DomException::name)
        .unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => CameraTrouble::Refused,
        "NotFoundError" | "OverconstrainedError" => CameraTrouble::Missing,
        _ => CameraTrouble::Busy,
    }
}

fn method(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &JsValue::from_str(name))?.dyn_into()
}

/// A picture without colours: 0 black … 255 white, row by row.
#[derive(Debug, Clone)]
pub struct Picture {
    pub width: u32,
    pub light: Vec<u8>,
}

/// Finds a code in a picture and says what it says.
pub type Read = fn(Picture) -> Pin<Box<dyn Future<Output = Option<String>>>>;

/// Looks for codes in pictures.
#[derive(Debug)]
pub struct Reader {
    canvas: Option<HtmlCanvasElement>,
    /// The browser's `BarcodeDetector`.
    detector: Option<JsValue>,
    read: Read,
}

impl Reader {
    /// `read`: who is asked where the browser has no reader, or its reader finds none.
    #[must_use]
    pub fn new(read: Read) -> Self {
        let canvas = dom::document()
            .create_element("canvas")
            .ok()
            .and_then(|element| element.dyn_into().ok());
        Self {
            canvas,
            detector: detector(),
            read,
        }
    }

    /// What a code says that the video shows now.
    pub async fn video(&self, video: &HtmlVideoElement) -> Option<String> {
        let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
        if width < 1.0 || height < 1.0 {
            return None;
        }
        if let Some(text) = self.detect(video).await {
            return Some(text);
        }
        let (context, wide, high) = self.surface(width, height, VIDEO_SIDE)?;
        context
            .draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, wide, high)
            .ok()?;
        (self.read)(grey(&context, wide, high)?).await
    }

    /// What a code says in a picture's file.
    pub async fn picture(&self, file: &Blob) -> Option<String> {
        let promise = dom::window().create_image_bitmap_with_blob(file).ok()?;
        let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        if let Some(text) = self.detect(&bitmap).await {
            return Some(text);
        }
        let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
        for side in PICTURE_SIDES {
            let (context, wide, high) = self.surface(width, height, side)?;
            context
                .draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, wide, high)
                .ok()?;
            if let Some(text) = (self.read)(grey(&context, wide, high)?).await {
                return Some(text);
            }
        }
        None
    }

    async fn detect(&self, source: &JsValue) -> Option<String> {
        let detector = self.detector.as_ref()?;
        let promise: Promise = method(detector, "detect")
            .ok()?
            .call1(detector, source)
            .ok()?
            .dyn_into()
            .ok()?;
        let found: Array = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        Reflect::get(&found.get(0), &JsValue::from_str("rawValue"))
            .ok()?
            .as_string()
            .filter(|text| !text.is_empty())
    }

    /// A white surface of the picture's shape, at most `side` long.
    fn surface(&self, width: f64, height: f64, side: f64) -> Option<(CanvasRenderingContext2d, f64, f64)> {
        let canvas = self.canvas.as_ref()?;
        let scale = (side / width.max(height)).min(1.0);
        let (wide, high) = ((width * scale).floor().max(1.0), (height * scale).floor().max(1.0));
        canvas.set_width(pixels(wide));
        canvas.set_height(pixels(high));
        let options = Object::new();
        let _ = Reflect::set(&options, &JsValue::from_str("willReadFrequently"), &JsValue::TRUE);
        let context: CanvasRenderingContext2d = canvas
            .get_context_with_context_options("2d", &options)
            .ok()??
            .dyn_into()
            .ok()?;
        // What is transparent in a picture is paper, not ink.
        context.set_fill_style_str("white");
        context.fill_rect(0.0, 0.0, wide, high);
        Some((context, wide, high))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a side of a picture, at most 1600"
)]
fn pixels(side: f64) -> u32 {
    side as u32
}

/// The light of each pixel.
fn grey(context: &CanvasRenderingContext2d, wide: f64, high: f64) -> Option<Picture> {
    let data: ImageData = context.get_image_data(0.0, 0.0, wide, high).ok()?;
    let Clamped(bytes) = data.data();
    let light = bytes.chunks_exact(4).map(|pixel| match pixel {
        // Weights of ITU-R BT.601, in sixteenths and rounded.
        &[red, green, blue, _] => {
            u8::try_from((u16::from(red) * 5 + u16::from(green) * 9 + u16::from(blue) * 2) / 16).unwrap_or(u8::MAX)
        }
        _ => u8::MAX,
    });
    Some(Picture {
        width: data.width(),
        light: light.collect(),
    })
}

fn detector() -> Option<JsValue> {
    let make: Function = method(dom::window().as_ref(), "BarcodeDetector").ok()?;
    let options = Object::new();
    let formats = Array::of1(&JsValue::from_str("qr_code"));
    let _ = Reflect::set(&options, &JsValue::from_str("formats"), &formats);
    Reflect::construct(&make, &Array::of1(&options)).ok()
}
