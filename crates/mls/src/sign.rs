// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Ed25519 signing keys of devices and organisations, and signed statements.

use core::fmt;

use ed25519_dalek::{Signer as _, VerifyingKey};
use melder_protocol::cbor::{self, CborError};
use melder_protocol::signed::{Signed, Statement, signing_input};
use melder_protocol::{DeviceId, Hash, PublicKey, Signature};
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A secret Ed25519 key. Wiped when dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    #[must_use]
    pub fn generate(rng: &mut (impl CryptoRngCore + ?Sized)) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    /// The device that this key is.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        device_id(&self.public())
    }

    /// Signs `payload` under `label`.
    #[must_use]
    pub fn sign(&self, label: &str, payload: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(&signing_input(label, payload)).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public())
    }
}

impl Signer for SigningKey {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// A signature that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

/// A signed statement that can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    #[error("signed by another key")]
    OtherSigner,
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    #[error(transparent)]
    Malformed(#[from] CborError),
}

/// The first 16 bytes of the key's SHA-256.
#[must_use]
pub fn device_id(key: &PublicKey) -> DeviceId {
    let hash = sha256(key.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_bytes()[..16]);
    DeviceId::from_bytes(id)
}

#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Hash::from_bytes(Sha256::digest(bytes).into())
}

/// Bytes as groups of five digits, which people compare.
#[must_use]
pub fn digits(bytes: &[u8], groups: usize) -> String {
    bytes
        .chunks_exact(5)
        .take(groups)
        .map(|chunk| {
            let number = chunk.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            format!("{:05}", number % 100_000)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A key to be compared by eye: six groups of five digits.
#[must_use]
pub fn fingerprint(key: &PublicKey) -> String {
    digits(sha256(key.as_bytes()).as_bytes(), 6)
}

/// Checks a signature under a label, strictly (no small-order keys).
///
/// # Errors
/// When it does not fit.
pub fn verify(key: &PublicKey, label: &str, payload: &[u8], signature: &Signature) -> Result<(), BadSignature> {
    VerifyingKey::from_bytes(key.as_bytes())
        .and_then(|key| {
            key.verify_strict(
                &signing_input(label, payload),
                &ed25519_dalek::Signature::from_bytes(signature.as_bytes()),
            )
        })
        .map_err(|_| BadSignature)
}

#[must_use]
pub fn sign_statement<T: Statement>(key: &SigningKey, statement: &T) -> Signed<T> {
    let payload = cbor::encode(statement);
    let signature = key.sign(T::LABEL, &payload);
    Signed::from_parts(payload, key.public(), signature)
}

/// The statement, once its signature by `signer` is checked.
///
/// # Errors
/// When another key signed, the signature does not fit, or the payload is no `T`.
pub fn verify_statement<T: Statement>(signed: &Signed<T>, signer: &PublicKey) -> Result<T, StatementError> {
    if signed.signer != *signer {
        return Err(StatementError::OtherSigner);
    }
    verify(signer, T::LABEL, signed.payload.as_slice(), &signed.signature)?;
    Ok(signed.peek()?)
}
