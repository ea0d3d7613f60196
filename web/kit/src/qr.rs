// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A QR code: dark on white in both themes, square finders, a quiet zone of four modules, level Q. The same text stands
//! beside it wherever it is used. And the way back: what a code in a picture says.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode as Code};

/// Modules of white around it (ISO/IEC 18004).
const QUIET: usize = 4;

/// The dark modules as one path, and the side's length in modules.
fn path(text: &str) -> Option<(String, usize)> {
    let code = Code::with_error_correction_level(text.as_bytes(), EcLevel::Q).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (i, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (i % width + QUIET, i / width + QUIET);
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    Some((path, width + 2 * QUIET))
}

/// `label`: what it is for.
#[component]
pub fn QrCode(#[prop(into)] text: Signal<String>, #[prop(into)] label: Signal<String>) -> impl IntoView {
    move || {
        path(&text.get()).map(|(path, side)| {
            view! {
                <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label.get()>
                    <rect width=side height=side fill="#fff"></rect>
                    <path d=path fill="#131525"></path>
                </svg>
            }
        })
    }
}

/// What the first legible code in a picture says; `light`: 0 black … 255 white of the pixel at x, y.
#[must_use]
pub fn read(width: usize, height: usize, light: impl FnMut(usize, usize) -> u8) -> Option<String> {
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, light);
    picture
        .detect_grids()
        .iter()
        .find_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_can_be_read() {
        const SCALE: usize = 5;
        let text = "https://melder.example/join#o2FhWCDx8mCq-w";
        let code = Code::with_error_correction_level(text, EcLevel::Q).expect("it fits");
        let (width, colors) = (code.width(), code.to_colors());
        let side = (width + 2 * QUIET) * SCALE;
        let module = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < width);
        let light = |x, y| match (module(x), module(y)) {
            (Some(x), Some(y)) if colors[y * width + x] == Color::Dark => 20,
            _ => 240,
        };
        assert_eq!(read(side, side, light).as_deref(), Some(text));
        assert_eq!(read(side, side, |_, _| 240), None);
        assert_eq!(read(1, 1, |_, _| 0), None);
    }

    #[test]
    fn a_code_has_a_quiet_zone() {
        let (path, side) = path("https://melder.example/join#abc").expect("it fits");
        assert!(path.starts_with("M4 4h1v1h-1z"));
        assert!(side >= 21 + 8);
    }
}
