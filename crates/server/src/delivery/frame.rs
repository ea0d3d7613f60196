// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Frames of entries, put together from entries that are encoded already: the same bytes that encoding
//! `ServerFrame::Entries` gives, without decoding and encoding each entry for each reader.

use bytes::Bytes;
use melder_protocol::frame::ServerFrame;
use melder_protocol::{LogId, Sequence, cbor};

/// The bytes of `ServerFrame::Entries { log, entries }`.
pub(super) fn entries<'a>(log: LogId, count: usize, size: usize, entries: impl Iterator<Item = &'a [u8]>) -> Bytes {
    // An empty frame is the head with an empty array at its end, which this one's array takes the place of.
    let mut out = cbor::encode(&ServerFrame::Entries {
        log,
        entries: Vec::new(),
    });
    debug_assert_eq!(out.last(), Some(&0x80));
    out.pop();
    out.reserve(size + 9);
    let mut encoder = minicbor::Encoder::new(&mut out);
    // Writing to a vector can't fail.
    let written = encoder.array(count as u64).is_ok();
    debug_assert!(written);
    for entry in entries {
        out.extend_from_slice(entry);
    }
    Bytes::from(out)
}

pub(super) fn gap(log: LogId, through: Sequence) -> Bytes {
    Bytes::from(cbor::encode(&ServerFrame::Gap { log, through }))
}
