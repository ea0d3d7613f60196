// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reads and draws QR codes for the page, which looks through the camera and shows them, and has no room for either. A
//! picture comes as plain bytes, is looked at and forgotten; what a code means is the page's business.

pub use melder_port::codes::draw;

/// What the first legible code in a picture says; `light`: 0 black … 255 white, row by row. Total: a picture that is no
/// whole number of rows has no code.
#[must_use]
pub fn read(width: u32, light: &[u8]) -> Option<String> {
    let width = usize::try_from(width).ok().filter(|width| *width > 0)?;
    let height = light.len() / width;
    if height == 0 || height * width != light.len() {
        return None;
    }
    let at = |x: usize, y: usize| light.get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, at);
    picture
        .detect_grids()
        .iter()
        .find_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use qrcode::{Color, EcLevel, QrCode};

    use melder_port::codes::QUIET;

    use super::{draw, read};

    /// Pixels of a module.
    const SCALE: usize = 5;

    #[test]
    fn what_is_drawn_can_be_read() {
        let text = "https://melder.example/join#o2FhWCDx8mCq-w";
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).unwrap();
        let (modules, colors) = (code.width(), code.to_colors());
        let side = (modules + 2 * QUIET) * SCALE;
        let module = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < modules);
        let light: Vec<u8> = (0..side * side)
            .map(|at| match (module(at % side), module(at / side)) {
                (Some(x), Some(y)) if colors[y * modules + x] == Color::Dark => 20,
                _ => 240,
            })
            .collect();
        assert_eq!(read(u32::try_from(side).unwrap(), &light).as_deref(), Some(text));
    }

    #[test]
    fn a_code_has_a_quiet_zone() {
        let (path, side) = draw("https://melder.example/join#abc").unwrap();
        assert!(path.starts_with("M4 4h1v1h-1z"));
        assert!(side >= 21 + 8);
        assert_eq!(draw(&"x".repeat(5_000)), None);
    }

    #[test]
    fn a_picture_without_a_code_or_of_no_shape_says_nothing() {
        assert_eq!(read(100, &[240; 10_000]), None);
        assert_eq!(read(1, &[0]), None);
        assert_eq!(read(0, &[1, 2, 3]), None);
        assert_eq!(read(2, &[1, 2, 3]), None);
        assert_eq!(read(u32::MAX, &[0; 8]), None);
        assert_eq!(read(8, &[]), None);
    }
}
