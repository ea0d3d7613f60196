// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! WebSocket (RFC 6455) as the server speaks it: from bytes that were read to messages, and the heads of frames that are
//! written. No I/O and no extensions; only binary messages mean anything to Melder, the rest is for the caller to end
//! the connection on.
//!
//! The bytes of a frame are written as they are, behind a head of at most ten bytes; so one frame for two hundred
//! readers is encoded once and never copied.

use bytes::Bytes;
use data_encoding::BASE64;
use melder_protocol::limits::MAX_FRAME;
use sha1::{Digest as _, Sha1};

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// The longest payload of a control frame.
const MAX_CONTROL: usize = 125;
/// What a reading may keep of its buffer between frames.
const KEPT: usize = 4 * 1024;

/// The server's answer to `Sec-WebSocket-Key`.
pub(super) fn accept_key(key: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    BASE64.encode(&hash.finalize())
}

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Message(Bytes),
    Ping(Bytes),
    Pong,
    /// A proper end, or something that Melder's clients don't send.
    End,
}

/// Frames on their way in.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    /// The fragments of a message whose last one has not come.
    fragments: Option<Vec<u8>>,
}

impl Incoming {
    /// Takes what was read and shows what is whole. After [`Event::End`] nothing more is shown.
    pub(super) fn take(&mut self, read: &[u8], mut show: impl FnMut(Event)) {
        let Self { rest, fragments } = self;
        if rest.is_empty() {
            let used = whole(read, fragments, &mut show);
            rest.extend_from_slice(&read[used..]);
            return;
        }
        rest.extend_from_slice(read);
        let used = whole(rest, fragments, &mut show);
        rest.drain(..used);
        if rest.is_empty() && rest.capacity() > KEPT {
            *rest = Vec::new();
        }
    }
}

/// Shows what the whole frames in `bytes` say, and how many bytes these were.
fn whole(bytes: &[u8], fragments: &mut Option<Vec<u8>>, show: &mut impl FnMut(Event)) -> usize {
    let mut used = 0;
    loop {
        match Frame::first(&bytes[used..]) {
            Ok(None) => return used,
            Ok(Some((frame, length))) => {
                used += length;
                if let Some(event) = frame.event(fragments) {
                    let end = event == Event::End;
                    show(event);
                    if end {
                        return bytes.len();
                    }
                }
            }
            Err(Violation) => {
                show(Event::End);
                return bytes.len();
            }
        }
    }
}

/// Not what RFC 6455 allows a client, or more than Melder takes.
struct Violation;

struct Frame<'a> {
    last: bool,
    kind: u8,
    mask: [u8; 4],
    masked: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The first frame and its length in bytes. `None`: more bytes are needed.
    fn first(bytes: &'a [u8]) -> Result<Option<(Self, usize)>, Violation> {
        let [first, second, after @ ..] = bytes else {
            return Ok(None);
        };
        // No extension gives the reserved bits a meaning, and a client's frames are masked.
        if first & 0x70 != 0 || second & 0x80 == 0 {
            return Err(Violation);
        }
        let (length, after) = match second & 0x7f {
            126 => match after.split_first_chunk::<2>() {
                Some((length, after)) => (usize::from(u16::from_be_bytes(*length)), after),
                None => return Ok(None),
            },
            127 => match after.split_first_chunk::<8>() {
                Some((length, after)) => (
                    usize::try_from(u64::from_be_bytes(*length)).map_err(|_| Violation)?,
                    after,
                ),
                None => return Ok(None),
            },
            length => (usize::from(length), after),
        };
        let (last, kind) = (first & 0x80 != 0, first & 0x0f);
        if length > MAX_FRAME || (kind & 0x08 != 0 && (length > MAX_CONTROL || !last)) {
            return Err(Violation);
        }
        let Some((mask, after)) = after.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let Some(masked) = after.get(..length) else {
            return Ok(None);
        };
        let head = bytes.len() - after.len();
        let frame = Self {
            last,
            kind,
            mask: *mask,
            masked,
        };
        Ok(Some((frame, head + length)))
    }

    fn payload(&self) -> Vec<u8> {
        let mut payload = self.masked.to_vec();
        let mut fours = payload.chunks_exact_mut(4);
        for four in &mut fours {
            for (byte, mask) in four.iter_mut().zip(self.mask) {
                *byte ^= mask;
            }
        }
        for (byte, mask) in fours.into_remainder().iter_mut().zip(self.mask) {
            *byte ^= mask;
        }
        payload
    }

    fn event(&self, fragments: &mut Option<Vec<u8>>) -> Option<Event> {
        match (self.kind, self.last) {
            (BINARY, true) if fragments.is_none() => Some(Event::Message(Bytes::from(self.payload()))),
            (BINARY, false) if fragments.is_none() => {
                *fragments = Some(self.payload());
                None
            }
            (CONTINUATION, last) => {
                let Some(mut message) = fragments.take() else {
                    return Some(Event::End);
                };
                if message.len() + self.masked.len() > MAX_FRAME {
                    return Some(Event::End);
                }
                message.extend(self.payload());
                if last {
                    return Some(Event::Message(Bytes::from(message)));
                }
                *fragments = Some(message);
                None
            }
            (PING, _) => Some(Event::Ping(Bytes::from(self.payload()))),
            (PONG, _) => Some(Event::Pong),
            (TEXT | CLOSE, _) | (_, _) => Some(Event::End),
        }
    }
}

/// The head of a frame that is written: at most ten bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    bytes: [u8; 10],
    length: u8,
}

impl Head {
    /// Of a binary message with so many bytes.
    pub(super) fn message(length: usize) -> Self {
        Self::new(BINARY, length)
    }

    fn new(kind: u8, length: usize) -> Self {
        let mut bytes = [0; 10];
        bytes[0] = 0x80 | kind;
        let length = if let Ok(short @ 0..126) = u8::try_from(length) {
            bytes[1] = short;
            2
        } else if let Ok(middle) = u16::try_from(length) {
            bytes[1] = 126;
            bytes[2..4].copy_from_slice(&middle.to_be_bytes());
            4
        } else {
            bytes[1] = 127;
            bytes[2..].copy_from_slice(&(length as u64).to_be_bytes());
            10
        };
        Self { bytes, length }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// A whole control frame.
fn control(kind: u8, payload: &[u8]) -> Bytes {
    let payload = &payload[..payload.len().min(MAX_CONTROL)];
    Bytes::from([Head::new(kind, payload.len()).as_slice(), payload].concat())
}

/// Asks whether the other side is there.
pub(super) fn ping() -> Bytes {
    control(PING, &[])
}

/// The answer to a ping.
pub(super) fn pong(payload: &[u8]) -> Bytes {
    control(PONG, payload)
}

/// A normal end (1000).
pub(super) fn close() -> Bytes {
    control(CLOSE, &1_000_u16.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame as a client sends it.
    fn frame(last: bool, kind: u8, mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
        let head = Head::new(kind, payload.len());
        let mut bytes = head.as_slice().to_vec();
        bytes[0] = if last { 0x80 } else { 0 } | kind;
        bytes[1] |= 0x80;
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    /// What is shown when the bytes come in pieces of this size.
    fn shown(bytes: &[u8], piece: usize) -> Vec<Event> {
        let (mut incoming, mut events) = (Incoming::default(), Vec::new());
        for piece in bytes.chunks(piece) {
            incoming.take(piece, |event| events.push(event));
        }
        events
    }

    fn message(payload: &[u8]) -> Event {
        Event::Message(Bytes::copy_from_slice(payload))
    }

    #[test]
    fn the_answer_to_the_example_of_the_rfc() {
        assert_eq!(accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn messages_come_whole_in_whatever_pieces() {
        let long = vec![9; 70_000];
        let mut bytes = frame(true, BINARY, [1, 2, 3, 4], b"one");
        bytes.extend(frame(true, PING, [5; 4], b"there?"));
        bytes.extend(frame(true, BINARY, [7, 0, 0, 9], &long));
        bytes.extend(frame(true, BINARY, [0; 4], &[]));
        let expected = vec![
            message(b"one"),
            Event::Ping(Bytes::from_static(b"there?")),
            message(&long),
            message(b""),
        ];
        for piece in [1, 2, 3, 7, 1_000, 100_000] {
            assert_eq!(shown(&bytes, piece), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn fragments_become_one_message_with_control_frames_between() {
        let mut bytes = frame(false, BINARY, [1; 4], b"a");
        bytes.extend(frame(true, PONG, [1; 4], b""));
        bytes.extend(frame(false, CONTINUATION, [2; 4], b"b"));
        bytes.extend(frame(true, CONTINUATION, [3; 4], b"c"));
        assert_eq!(shown(&bytes, 4), [Event::Pong, message(b"abc")]);
    }

    #[test]
    fn what_is_not_for_us_ends_the_connection() {
        let mask = [1; 4];
        let mut unmasked = frame(true, BINARY, mask, b"x");
        unmasked[1] &= 0x7f;
        let mut reserved = frame(true, BINARY, mask, b"x");
        reserved[0] |= 0x40;
        let mut twice = frame(false, BINARY, mask, b"x");
        twice.extend(frame(true, BINARY, mask, b"y"));
        for bytes in [
            unmasked,
            reserved,
            twice,
            frame(true, TEXT, mask, b"hello"),
            frame(true, CLOSE, mask, &1_000_u16.to_be_bytes()),
            frame(true, CONTINUATION, mask, b"of nothing"),
            frame(false, PING, mask, b""),
            frame(true, PING, mask, &[0; 126]),
            frame(true, 3, mask, b""),
        ] {
            assert_eq!(shown(&bytes, 100_000), [Event::End], "{bytes:?}");
        }
        let mut huge = vec![0x82, 0xff];
        huge.extend((MAX_FRAME as u64 + 1).to_be_bytes());
        assert_eq!(shown(&huge, 3), [Event::End]);
    }

    #[test]
    fn fragments_of_more_than_a_frame_end_the_connection() {
        let half = vec![0; MAX_FRAME / 2 + 1];
        let mut bytes = frame(false, BINARY, [0; 4], &half);
        bytes.extend(frame(true, CONTINUATION, [0; 4], &half));
        assert_eq!(shown(&bytes, 1_000_000), [Event::End]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>, piece in 1_usize..20) {
            shown(&bytes, piece);
        }

        #[test]
        fn a_head_says_the_length(length in 0_usize..200_000) {
            let mut bytes = Head::message(length).as_slice().to_vec();
            bytes[1] |= 0x80;
            bytes.extend([0; 4]);
            bytes.resize(bytes.len() + length, 7);
            prop_assert_eq!(shown(&bytes, 300_000), [message(&vec![7; length])]);
        }
    }
}
