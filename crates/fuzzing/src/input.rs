// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A fuzzer's bytes, read as small numbers and pieces. At its end it gives zeros and nothing, never an error: every
//! input means something.

/// What is left of an input.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// The next byte as a choice of `count`.
    pub fn choice(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count.max(1)
    }

    /// Two bytes, big endian.
    pub fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// A piece with its length (two bytes) before it; shorter when the input ends.
    pub fn piece(&mut self) -> &'a [u8] {
        let len = usize::from(self.number()).min(self.0.len());
        let (piece, rest) = self.0.split_at(len);
        self.0 = rest;
        piece
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes a piece as [`Input::piece`] reads it; what is too long for two bytes is cut off.
pub fn put_piece(out: &mut Vec<u8>, piece: &[u8]) {
    let len = u16::try_from(piece.len()).unwrap_or(u16::MAX);
    out.extend(len.to_be_bytes());
    out.extend(&piece[..usize::from(len)]);
}

/// Genuine bytes, changed as the input says: mutations that do not lose what the fuzzer can not make, such as a
/// signature or a length.
#[must_use]
pub fn patched(genuine: &[u8], input: &mut Input<'_>) -> Vec<u8> {
    let mut bytes = genuine.to_vec();
    while !input.is_empty() {
        let kind = input.byte();
        let at = usize::from(input.number()) % (bytes.len() + 1);
        match kind % 6 {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= input.byte().max(1);
                }
            }
            1 => bytes.truncate(at),
            2 => {
                let piece = input.piece();
                bytes.splice(at..at, piece.iter().copied());
            }
            3 => {
                let end = (at + usize::from(input.byte())).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let piece = input.piece();
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
            _ => {
                let end = (at + usize::from(input.byte())).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.extend(copy);
            }
        }
        // Inserting can't make it grow without end: each step takes from the input.
    }
    bytes
}
