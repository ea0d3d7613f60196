// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Blobs: encrypted attachments and archives. They travel in chunks over the stream, so upload and download resume
//! at any chunk, and one authentication serves all (docs/decisions/0005).
//!
//! A blob of `size` plaintext bytes has `ceil(size / BLOB_CHUNK)` chunks (at least one); chunk `i` is sealed with
//! AES-256-GCM in the STREAM construction (32-bit big-endian counter, last-block flag) and stored as is.

use minicbor::{Decode, Encode};

use crate::{BlobId, GroupId};

/// A blob on the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct BlobState {
    #[n(0)]
    pub blob: BlobId,
    #[n(1)]
    pub group: GroupId,
    /// Chunks in the whole blob.
    #[n(2)]
    pub chunks: u32,
    /// Chunks that the server has on disk: the first `stored`.
    #[n(3)]
    pub stored: u32,
}
