// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What OpenMLS runs on: RustCrypto, the caller's randomness, the caller's storage.

use std::cell::RefCell;

use melder_protocol::Suite;
use openmls::prelude::Ciphersuite;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::OpenMlsProvider;
use openmls_traits::random::OpenMlsRand;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRngCore, RngCore as _, SeedableRng as _};

use crate::storage::{KeyValues, Storage};

/// Randomness for one operation, drawn from the caller's generator.
#[derive(Debug)]
pub struct Randomness(RefCell<ChaCha20Rng>);

/// The generator never fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no randomness")]
pub struct NoRandomness;

impl OpenMlsRand for Randomness {
    type Error = NoRandomness;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.0.borrow_mut().fill_bytes(&mut bytes);
        Ok(bytes)
    }

    fn random_vec(&self, len: usize) -> Result<Vec<u8>, NoRandomness> {
        let mut bytes = vec![0; len];
        self.0.borrow_mut().fill_bytes(&mut bytes);
        Ok(bytes)
    }
}

/// OpenMLS's surroundings for the duration of one transaction.
#[derive(Debug)]
pub struct Provider<'a, K: ?Sized> {
    crypto: RustCrypto,
    randomness: Randomness,
    storage: Storage<'a, K>,
}

impl<'a, K: KeyValues + ?Sized> Provider<'a, K> {
    /// Draws a seed from `rng`.
    pub fn new(key_values: &'a K, rng: &mut (impl CryptoRngCore + ?Sized)) -> Self {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        Self {
            crypto: RustCrypto::default(),
            randomness: Randomness(RefCell::new(ChaCha20Rng::from_seed(seed))),
            storage: Storage(key_values),
        }
    }
}

impl<'a, K: KeyValues + ?Sized> OpenMlsProvider for Provider<'a, K> {
    type CryptoProvider = RustCrypto;
    type RandProvider = Randomness;
    type StorageProvider = Storage<'a, K>;

    fn storage(&self) -> &Self::StorageProvider {
        &self.storage
    }

    fn crypto(&self) -> &Self::CryptoProvider {
        &self.crypto
    }

    fn rand(&self) -> &Self::RandProvider {
        &self.randomness
    }
}

/// OpenMLS's name of a suite.
#[must_use]
pub const fn ciphersuite(suite: Suite) -> Ciphersuite {
    match suite {
        Suite::Classical => Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
        Suite::Hybrid => Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519,
    }
}

/// Our name of a suite; `None` for one that Melder does not use.
#[must_use]
pub fn suite(ciphersuite: Ciphersuite) -> Option<Suite> {
    Suite::ALL
        .into_iter()
        .find(|suite| self::ciphersuite(*suite) == ciphersuite)
}
