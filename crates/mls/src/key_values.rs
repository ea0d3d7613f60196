// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The key-value store that MLS state is kept in: what a caller must offer, one in memory, and how keys and values are
//! encoded.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::MlsError;

/// A key-value store inside a transaction.
pub trait KeyValues {
    /// # Errors
    /// When the store fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError>;
    /// # Errors
    /// When the store fails.
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StorageError>;
    /// # Errors
    /// When the store fails.
    fn delete(&self, key: &[u8]) -> Result<(), StorageError>;
}

/// The store failed, or a value in it is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StorageError(pub String);

impl From<StorageError> for MlsError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error.0)
    }
}

/// A store in memory: for the server's public groups and for tests.
#[derive(Debug, Default, Clone)]
pub struct MemoryKeyValues(RefCell<BTreeMap<Vec<u8>, Vec<u8>>>);

impl MemoryKeyValues {
    /// All pairs, to be kept elsewhere.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&*self.0.borrow()).unwrap_or_default()
    }

    /// # Errors
    /// When the bytes were not made by [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StorageError> {
        postcard::from_bytes(bytes)
            .map(|values| Self(RefCell::new(values)))
            .map_err(|error| StorageError(error.to_string()))
    }
}

impl KeyValues for MemoryKeyValues {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.0.borrow().get(key).cloned())
    }

    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        self.0.borrow_mut().insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn delete(&self, key: &[u8]) -> Result<(), StorageError> {
        self.0.borrow_mut().remove(key);
        Ok(())
    }
}

/// The kind of a value: the first byte of its key.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(crate) enum Label {
    JoinConfig = 1,
    OwnLeafNodes = 2,
    Tree = 3,
    InterimTranscriptHash = 4,
    GroupContext = 5,
    ConfirmationTag = 6,
    GroupState = 7,
    MessageSecrets = 8,
    ResumptionPsk = 9,
    OwnLeafIndex = 10,
    EpochSecrets = 11,
    SignatureKeyPair = 12,
    EncryptionKeyPair = 13,
    EpochKeyPairs = 14,
    KeyPackage = 15,
    Psk = 16,
    ProposalRefs = 17,
    Proposal = 18,
}

pub(crate) fn to_bytes(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, StorageError> {
    postcard::to_stdvec(value).map_err(|error| StorageError(error.to_string()))
}

pub(crate) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StorageError> {
    postcard::from_bytes(bytes).map_err(|error| StorageError(error.to_string()))
}

pub(crate) fn key(label: Label, key: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, StorageError> {
    let mut bytes = vec![label as u8];
    bytes.extend(to_bytes(key)?);
    Ok(bytes)
}
