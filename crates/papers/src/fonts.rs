// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Fira Sans in two weights: what it can write, how wide words are, and the glyphs of a line. Latin, Greek and Cyrillic; a
//! letter of another script shows as a mark that something is missing, since a PDF/UA has no empty boxes.

use std::cell::RefCell;
use std::collections::HashMap;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, ShapePlan, UnicodeBuffer, script};

use crate::PaperError;

const REGULAR: &[u8] = include_bytes!("../fonts/FiraSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/FiraSans-SemiBold.ttf");

/// Words whose width is remembered.
const MOST_WIDTHS: usize = 4_096;

/// A weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

pub struct Face {
    shapes: rustybuzz::Face<'static>,
    /// How Latin is shaped: worked out once, since that takes longer than the shaping.
    latin: ShapePlan,
    /// Of words that were measured, at size 1.
    widths: RefCell<HashMap<String, f32>>,
    pub font: Font,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Result<Self, PaperError> {
        let shapes = rustybuzz::Face::from_slice(bytes, 0).ok_or(PaperError::Typeface)?;
        Ok(Self {
            latin: ShapePlan::new(&shapes, Direction::LeftToRight, Some(script::LATIN), None, &[]),
            shapes,
            widths: RefCell::default(),
            font: Font::new(bytes.into(), 0).ok_or(PaperError::Typeface)?,
        })
    }

    fn has(&self, letter: char) -> bool {
        self.shapes.glyph_index(letter).is_some_and(|glyph| glyph.0 != 0)
    }

    /// The text as it can be written: one line, without what no eye sees.
    pub fn clean(&self, text: &str) -> String {
        let letters = text
            .chars()
            .filter(|letter| !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}'));
        letters
            .map(|letter| match letter {
                _ if letter.is_whitespace() || letter.is_control() => ' ',
                _ if self.has(letter) => letter,
                _ if self.has('\u{fffd}') => '\u{fffd}',
                _ => '?',
            })
            .collect()
    }

    /// The glyphs of a clean text, their advances in parts of the size.
    #[expect(clippy::cast_precision_loss, reason = "font units: a few thousands")]
    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaped = if [script::GREEK, script::CYRILLIC].contains(&buffer.script()) {
            rustybuzz::shape(&self.shapes, &[], buffer)
        } else {
            buffer.set_script(script::LATIN);
            rustybuzz::shape_with_plan(&self.shapes, &self.latin, buffer)
        };
        let unit = self.font.units_per_em();
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
        let end = |at: usize| {
            starts[at..]
                .iter()
                .copied()
                .find(|next| *next > starts[at])
                .unwrap_or(text.len())
        };
        let glyph = |(at, (info, position)): (usize, (&rustybuzz::GlyphInfo, &rustybuzz::GlyphPosition))| {
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / unit,
                position.x_offset as f32 / unit,
                position.y_offset as f32 / unit,
                position.y_advance as f32 / unit,
                starts[at]..end(at),
                None,
            )
        };
        infos.iter().zip(positions).enumerate().map(glyph).collect()
    }

    /// How wide a clean text is.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let mut widths = self.widths.borrow_mut();
        if let Some(width) = widths.get(text) {
            return width * size;
        }
        let width: f32 = self.glyphs(text).into_iter().map(|glyph| glyph.x_advance).sum();
        if widths.len() > MOST_WIDTHS {
            widths.clear();
        }
        widths.insert(text.to_owned(), width);
        width * size
    }

    /// The text in lines of at most this width. A word that is longer is cut.
    pub fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut filled = 0.0;
        let space = self.width(" ", size);
        let clean = self.clean(text);
        for word in clean.split(' ').filter(|word| !word.is_empty()) {
            for part in self.parts(word, size, width) {
                let wide = self.width(&part, size);
                let joins = part.len() == word.len() || line.is_empty();
                if !line.is_empty() && (filled + space + wide > width || !joins) {
                    line.push(' ');
                    lines.push(std::mem::take(&mut line));
                }
                if line.is_empty() {
                    filled = wide;
                } else {
                    line.push(' ');
                    filled += space + wide;
                }
                line.push_str(&part);
            }
        }
        lines.push(line);
        lines
    }

    fn parts(&self, word: &str, size: f32, width: f32) -> Vec<String> {
        if self.width(word, size) <= width {
            return vec![word.to_owned()];
        }
        let mut parts = Vec::new();
        let (mut part, mut filled) = (String::new(), 0.0);
        for letter in word.chars() {
            let wide = self.width(letter.encode_utf8(&mut [0; 4]), size);
            if !part.is_empty() && filled + wide > width {
                parts.push(std::mem::take(&mut part));
                filled = 0.0;
            }
            part.push(letter);
            filled += wide;
        }
        parts.push(part);
        parts
    }
}

pub struct Fonts {
    regular: Face,
    bold: Face,
}

impl Fonts {
    pub fn new() -> Result<Self, PaperError> {
        Ok(Self {
            regular: Face::new(REGULAR)?,
            bold: Face::new(BOLD)?,
        })
    }

    pub const fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_europe_are_written_and_others_are_marked() {
        let fonts = Fonts::new().unwrap();
        let face = fonts.face(Weight::Regular);
        for name in [
            "Jürgen Groß",
            "Łukasz Żółw",
            "İpek Yılmaz",
            "Ольга",
            "Ελένη",
            "Đặng Văn",
            "„a“ – b · c",
        ] {
            assert_eq!(face.clean(name), name);
        }
        assert_eq!(face.clean("a\u{200b}\tb"), "a b");
        let other = face.clean("李雷");
        assert!(
            other.chars().all(|letter| matches!(letter, '\u{fffd}' | '?')),
            "{other}"
        );
    }

    #[test]
    fn lines_are_no_wider_than_they_may_be_and_lose_nothing() {
        let fonts = Fonts::new().unwrap();
        let face = fonts.face(Weight::Regular);
        let text = "Ein Satz mit einem sehrlangenwortdasnichtineinezeilepasst und einem Ende.";
        let lines = face.lines(text, 10.0, 80.0);
        assert!(
            lines.iter().all(|line| face.width(line.trim_end(), 10.0) <= 80.5),
            "{lines:?}"
        );
        let whole: String = lines.concat();
        assert_eq!(whole.replace(' ', ""), text.replace(' ', ""));
    }
}
