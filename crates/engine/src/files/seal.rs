// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Sealing a file chunk by chunk: AES-256-GCM in the STREAM construction (32-bit big-endian counter, last-block flag).
//! A chunk opens at its own place alone, and the last one says that it is the last: nothing can be swapped, cut off or
//! added.

use aead::stream::{NewStream as _, StreamBE32, StreamPrimitive as _};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use melder_protocol::limits::BLOB_CHUNK;

use crate::error::EngineError;

pub(super) const KEY: usize = 32;
/// What the counter and the flag leave of the nonce's twelve bytes.
pub(super) const NONCE: usize = 7;

/// A file's key at work.
pub(super) struct Sealer(StreamBE32<Aes256Gcm>);

/// How many chunks a file of `size` bytes has: at least one.
pub(super) const fn chunks(size: u64) -> u32 {
    let chunks = size.div_ceil(BLOB_CHUNK as u64);
    // Files are at most 100 MiB.
    if chunks == 0 { 1 } else { chunks as u32 }
}

/// Unsealed bytes in chunk `index` of a file of `size` bytes.
pub(super) fn chunk_len(size: u64, index: u32) -> u64 {
    size.saturating_sub(u64::from(index) * BLOB_CHUNK as u64)
        .min(BLOB_CHUNK as u64)
}

impl Sealer {
    pub fn new(key: &[u8], nonce: &[u8]) -> Result<Self, EngineError> {
        let aead = Aes256Gcm::new_from_slice(key).map_err(|_| EngineError::Damaged("file key"))?;
        if nonce.len() != NONCE {
            return Err(EngineError::Damaged("file nonce"));
        }
        Ok(Self(StreamBE32::from_aead(aead, nonce.into())))
    }

    pub fn seal(&self, index: u32, is_last: bool, bytes: &[u8]) -> Result<Vec<u8>, EngineError> {
        self.0
            .encrypt(index, is_last, bytes)
            .map_err(|_| EngineError::Damaged("file chunk"))
    }

    /// `None` if the bytes are not this file's chunk at this place.
    pub fn open(&self, index: u32, is_last: bool, bytes: &[u8]) -> Option<Vec<u8>> {
        self.0.decrypt(index, is_last, bytes).ok()
    }
}
