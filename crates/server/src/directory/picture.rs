// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A small picture that an administrator gives, as bytes that nobody trusts: is it a PNG or a WebP of a size that a logo has? What
//! is no picture goes: texts, camera data, animations. Vector graphics are not taken: they can hold scripts and addresses.
//!
//! The pixels are not decoded. A browser does that, in its sandbox, as with every picture of the web.

use super::problem::{Outcome, Problem};

/// Bytes.
pub const MAX: usize = 64 * 1024;
/// Pixels on a side.
const SIDES: std::ops::RangeInclusive<u32> = 16..=2_048;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Png,
    Webp,
}

impl Kind {
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// A picture without what is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub kind: Kind,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

fn bad(message: &str) -> Problem {
    Problem::field("logo", message)
}

/// Reads a picture.
///
/// # Errors
/// When it is none, or not of a kind and size that is taken.
pub fn read(bytes: &[u8]) -> Outcome<Picture> {
    if bytes.len() > MAX {
        return Err(bad("must be at most 65536 bytes (64 KiB)"));
    }
    let picture = png(bytes)
        .or_else(|| webp(bytes))
        .ok_or_else(|| bad("must be a whole PNG or WebP without animation"))?;
    if !SIDES.contains(&picture.width) || !SIDES.contains(&picture.height) {
        return Err(bad("must be from 16 to 2048 pixels wide and high"));
    }
    Ok(picture)
}

fn big(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn little(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn png(bytes: &[u8]) -> Option<Picture> {
    let mut rest = bytes.strip_prefix(PNG)?;
    let mut out = PNG.to_vec();
    let mut sides = None;
    let mut pixels = false;
    while !rest.is_empty() {
        let length = usize::try_from(big(rest.get(..4)?)?).ok()?;
        let name = rest.get(4..8)?;
        let chunk = rest.get(..length.checked_add(12)?)?;
        let data = rest.get(8..8 + length)?;
        rest = rest.get(chunk.len()..)?;
        match name {
            b"IHDR" if sides.is_none() && length == 13 => {
                sides = Some((big(data.get(..4)?)?, big(data.get(4..8)?)?));
            }
            b"IHDR" | b"acTL" | b"fcTL" | b"fdAT" => return None,
            b"IDAT" => pixels = true,
            b"PLTE" | b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" => {}
            b"IEND" if rest.is_empty() && pixels => {
                out.extend_from_slice(chunk);
                let (width, height) = sides?;
                return Some(Picture {
                    kind: Kind::Png,
                    width,
                    height,
                    bytes: out,
                });
            }
            // Another needed one is no PNG that we know; whatever else is no pixel.
            [b'A'..=b'Z', ..] => return None,
            _ => continue,
        }
        sides?;
        out.extend_from_slice(chunk);
    }
    None
}

/// In `VP8X`: what follows is animated, has camera data, has texts.
const ANIMATED: u8 = 0x02;
const TOLD: u8 = 0x08 | 0x04;

fn webp(bytes: &[u8]) -> Option<Picture> {
    let body = bytes.strip_prefix(b"RIFF")?;
    let size = usize::try_from(little(body.get(..4)?)?).ok()?;
    let body = body.get(4..)?;
    if size != body.len() {
        return None;
    }
    let mut rest = body.strip_prefix(b"WEBP")?;
    let mut kept: Vec<u8> = b"WEBP".to_vec();
    let mut sides = None;
    let mut pixels = false;
    while !rest.is_empty() {
        let length = usize::try_from(little(rest.get(4..8)?)?).ok()?;
        // To an even number.
        let whole = length.checked_add(8)?.checked_add(length % 2)?;
        let mut chunk = rest.get(..whole)?.to_vec();
        let data = rest.get(8..8 + length)?;
        match rest.get(..4)? {
            b"VP8X" if sides.is_none() && length == 10 => {
                let flags = chunk.get_mut(8)?;
                if *flags & ANIMATED != 0 {
                    return None;
                }
                *flags &= !TOLD;
                let side = |at: usize| Some(little(&[*data.get(at)?, *data.get(at + 1)?, *data.get(at + 2)?, 0])? + 1);
                sides = Some((side(4)?, side(7)?));
            }
            b"VP8L" if !pixels => {
                if data.first() != Some(&0x2f) {
                    return None;
                }
                let packed = little(data.get(1..5)?)?;
                sides = sides.or(Some(((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1)));
                pixels = true;
            }
            b"VP8 " if !pixels => {
                if data.get(3..6)? != [0x9d, 0x01, 0x2a] {
                    return None;
                }
                let side = |at: usize| {
                    Some(u32::from(
                        u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]) & 0x3fff,
                    ))
                };
                sides = sides.or(Some((side(6)?, side(8)?)));
                pixels = true;
            }
            b"ALPH" => {}
            b"VP8X" | b"VP8L" | b"VP8 " | b"ANIM" | b"ANMF" => return None,
            _ => chunk.clear(),
        }
        kept.extend_from_slice(&chunk);
        rest = rest.get(whole..)?;
    }
    let (width, height) = sides.filter(|_| pixels)?;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&u32::try_from(kept.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(&kept);
    Some(Picture {
        kind: Kind::Webp,
        width,
        height,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], name, data, &[0; 4]].concat()
    }

    fn png_of(side: u32, more: &[Vec<u8>]) -> Vec<u8> {
        let side = side.to_be_bytes();
        let head = chunk(b"IHDR", &[&side[..], &side, &[8, 6, 0, 0, 0]].concat());
        [
            PNG.to_vec(),
            head,
            more.concat(),
            chunk(b"IDAT", &[1, 2, 3]),
            chunk(b"IEND", &[]),
        ]
        .concat()
    }

    fn webp_of(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        for (name, data) in chunks {
            body.extend_from_slice(*name);
            body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
            body.extend_from_slice(data);
            body.extend(vec![0; data.len() % 2]);
        }
        [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
    }

    #[test]
    fn a_png_loses_its_texts_and_keeps_its_pixels() {
        let told = png_of(64, &[chunk(b"tEXt", b"Author\0Ada"), chunk(b"eXIf", b"here")]);
        let picture = read(&told).unwrap();
        assert_eq!((picture.kind, picture.width, picture.height), (Kind::Png, 64, 64));
        assert_eq!(picture.bytes, png_of(64, &[]));
        assert_eq!(read(&picture.bytes).unwrap(), picture);
    }

    #[test]
    fn a_webp_loses_its_camera_data() {
        let head = vec![TOLD, 0, 0, 0, 63, 0, 0, 31, 0, 0];
        let pixels = vec![0x2f, 63, 0xc0, 7, 0, 9];
        let told = webp_of(&[(b"VP8X", head), (b"VP8L", pixels.clone()), (b"EXIF", b"here!".to_vec())]);
        let picture = read(&told).unwrap();
        assert_eq!((picture.kind, picture.width, picture.height), (Kind::Webp, 64, 32));
        let plain = webp_of(&[
            (b"VP8X", vec![0, 0, 0, 0, 63, 0, 0, 31, 0, 0]),
            (b"VP8L", pixels.clone()),
        ]);
        assert_eq!(picture.bytes, plain);
        assert_eq!(read(&webp_of(&[(b"VP8L", pixels)])).unwrap().width, 64);
    }

    #[test]
    fn what_is_no_small_still_picture_is_refused() {
        let whole = png_of(64, &[]);
        let moving = webp_of(&[(b"VP8X", vec![ANIMATED, 0, 0, 0, 63, 0, 0, 31, 0, 0])]);
        let cases: [&[u8]; 9] = [
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
            b"GIF89a",
            &whole[..whole.len() - 1],
            &[&whole[..], b"<script>"].concat(),
            &png_of(64, &[chunk(b"acTL", &[0; 8])]),
            &png_of(3_000, &[]),
            &moving,
            &vec![0; MAX + 1],
        ];
        for bytes in cases {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
        // No cut and no flipped bit makes it panic.
        for end in 0..whole.len() {
            let _ = read(&whole[..end]);
            let mut flipped = whole.clone();
            flipped[end] ^= 0xff;
            let _ = read(&flipped);
        }
    }
}
