// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What happened in a world, one line each: when, who, which way, what kind of frame, how long.
//!
//! The same seed gives the same lines, byte for byte, on any machine. What stands inside ciphertext is not in them:
//! OpenMLS puts the removals of one commit in an order that a randomly keyed hash map gives, and draws the randomness of HPKE itself.

use std::collections::VecDeque;
use std::fmt::Write as _;

use melder_protocol::Time;
use minicbor::Decoder;
use sha2::{Digest as _, Sha256};

use crate::device::DeviceNo;
use crate::network::Direction;

/// Lines that are kept to be shown when a seed fails.
const KEPT: usize = 400;

/// The record of a world.
#[derive(Debug)]
pub struct Trace {
    began: Time,
    hash: Sha256,
    lines: u64,
    tail: VecDeque<String>,
    whole: Option<String>,
}

impl Trace {
    pub(crate) fn new(began: Time) -> Self {
        Self {
            began,
            hash: Sha256::new(),
            lines: 0,
            tail: VecDeque::new(),
            whole: None,
        }
    }

    /// From now on every line is kept, not only the last.
    pub(crate) fn keep_all(&mut self) {
        self.whole = Some(String::new());
    }

    pub(crate) fn line(&mut self, now: Time, text: &str) {
        let line = format!("{:>9} {text}", now.since(self.began));
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        self.lines += 1;
        if let Some(whole) = &mut self.whole {
            whole.push_str(&line);
            whole.push('\n');
        }
        if self.tail.len() == KEPT {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    pub(crate) fn frame(&mut self, now: Time, device: DeviceNo, direction: Direction, bytes: &[u8]) {
        let arrow = match direction {
            Direction::Up => '↑',
            Direction::Down => '↓',
        };
        let mut text = format!("d{}{arrow} ", device.0);
        match kind(direction, bytes) {
            Some((frame, Some(request))) => {
                // Writing into a string can't fail.
                let _ = write!(text, "{frame}.{request}");
            }
            Some((frame, None)) => {
                let _ = write!(text, "{frame}");
            }
            None => text.push('?'),
        }
        let _ = write!(text, " {}", bytes.len());
        self.line(now, &text);
    }

    /// SHA-256 over all lines so far.
    #[must_use]
    pub fn digest(&self) -> String {
        self.hash
            .clone()
            .finalize()
            .iter()
            .fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }

    /// Milliseconds since the world began.
    #[must_use]
    pub const fn millis(&self, now: Time) -> u64 {
        now.since(self.began)
    }

    /// The last lines.
    pub fn tail(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.tail.iter().map(String::as_str)
    }

    /// Every line, if they were kept.
    #[must_use]
    pub fn whole(&self) -> Option<&str> {
        self.whole.as_deref()
    }

    #[must_use]
    pub const fn len(&self) -> u64 {
        self.lines
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines == 0
    }
}

/// The number of the frame's variant, and of the request's or the response's in it.
fn kind(direction: Direction, bytes: &[u8]) -> Option<(u32, Option<u32>)> {
    let mut decoder = Decoder::new(bytes);
    decoder.array().ok()?;
    let frame = decoder.u32().ok()?;
    let inner = match direction {
        Direction::Up => 1,
        Direction::Down => 2,
    };
    if frame != inner {
        return Some((frame, None));
    }
    decoder.array().ok()?;
    decoder.u32().ok()?;
    decoder.array().ok()?;
    Some((frame, decoder.u32().ok()))
}
