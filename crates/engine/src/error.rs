// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The store failed. Nothing was changed; the same input may be tried again.

use melder_content::ContentError;
use melder_mls::MlsError;
use melder_protocol::cbor::CborError;

/// A fault of the database or of what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// What the engine itself wrote can't be read: the file is damaged or from a newer version.
    #[error("damaged record: {0}")]
    Damaged(&'static str),
    #[error("this database was written by a newer version of Melder")]
    Newer,
    #[error("MLS: {0}")]
    Mls(#[from] MlsError),
}

impl From<CborError> for EngineError {
    fn from(_: CborError) -> Self {
        Self::Damaged("CBOR")
    }
}

impl From<ContentError> for EngineError {
    fn from(_: ContentError) -> Self {
        Self::Damaged("content")
    }
}
