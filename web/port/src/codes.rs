// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Drawing QR codes, where there is room for it: in the worker, and in the Leitstand, which has none.

use core::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around a code (ISO/IEC 18004).
pub const QUIET: usize = 4;

/// The dark modules of a text's code as one path, and the side's length in modules; level Q. A text may be too long.
#[must_use]
pub fn draw(text: &str) -> Option<(String, u32)> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::Q).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            // A string takes all that is written to it.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some((path, u32::try_from(width + 2 * QUIET).ok()?))
}
