// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Sealing bytes to one receiver (RFC 9180), outside any group: acknowledgements in channels go to the publisher, not
//! to thousands. The publisher makes a key pair for each message that asks for acknowledgements.

use melder_protocol::Suite;
use openmls::prelude::OpenMlsCrypto as _;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::types::{Ciphersuite, HpkeCiphertext};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::MlsError;
use crate::provider;

/// A receiver's key pair for one purpose.
pub struct SealKey {
    pub public: Vec<u8>,
    pub secret: Zeroizing<Vec<u8>>,
}

impl core::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SealKey")
    }
}

fn suite() -> Ciphersuite {
    provider::ciphersuite(Suite::Hybrid)
}

/// Makes a key pair from fresh randomness.
///
/// # Errors
/// When the cryptography fails.
pub fn generate(rng: &mut (impl CryptoRngCore + ?Sized)) -> Result<SealKey, MlsError> {
    let mut ikm = Zeroizing::new([0; 64]);
    rng.fill_bytes(ikm.as_mut());
    let pair = RustCrypto::default()
        .derive_hpke_keypair(suite().hpke_config(), ikm.as_ref())
        .map_err(crypto)?;
    Ok(SealKey {
        public: pair.public,
        secret: Zeroizing::new(pair.private.to_vec()),
    })
}

/// Seals `plaintext` to `public`; `info` names the purpose, `aad` binds the surroundings. The result is
/// `kem length (2 bytes, big endian) ‖ kem output ‖ ciphertext`.
///
/// # Errors
/// When the key is malformed.
pub fn seal(public: &[u8], info: &[u8], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, MlsError> {
    let sealed = RustCrypto::default()
        .hpke_seal(suite().hpke_config(), public, info, aad, plaintext)
        .map_err(crypto)?;
    let kem = sealed.kem_output.as_slice();
    let len = u16::try_from(kem.len()).map_err(|_| MlsError::Malformed("KEM output"))?;
    Ok([&len.to_be_bytes()[..], kem, sealed.ciphertext.as_slice()].concat())
}

/// Opens what [`seal`] made.
///
/// # Errors
/// When the bytes are malformed or were sealed to another key, purpose or surroundings.
pub fn open(secret: &[u8], info: &[u8], aad: &[u8], bytes: &[u8]) -> Result<Vec<u8>, MlsError> {
    let (len, rest) = bytes.split_at_checked(2).ok_or(MlsError::Malformed("sealed bytes"))?;
    let len = usize::from(u16::from_be_bytes([len[0], len[1]]));
    let (kem, ciphertext) = rest.split_at_checked(len).ok_or(MlsError::Malformed("sealed bytes"))?;
    let sealed = HpkeCiphertext {
        kem_output: kem.to_vec().into(),
        ciphertext: ciphertext.to_vec().into(),
    };
    RustCrypto::default()
        .hpke_open(suite().hpke_config(), &sealed, secret, info, aad)
        .map_err(crypto)
}

fn crypto(error: openmls_traits::types::CryptoError) -> MlsError {
    MlsError::Crypto(error.to_string())
}
