// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The database's key under a passkey, beside the PIN: a second record, next to the one of [`crate::vault`].
//!
//! The authenticator turns the record's salt into 32 secret bytes (WebAuthn's `prf` extension), after it has verified the
//! person by finger, face or its own PIN. HKDF-SHA256 makes the key of them that wraps the database's, by AES-256-GCM. Unlike
//! a PIN they can't be guessed, so nothing is counted here. The PIN stays: it is the way when the passkey is lost, and only
//! who knows it may add one.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use melder_port::ask::{Passkey, PasskeySecret};
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::vault::{Key, VaultError};

const LABEL: &[u8] = b"Melder 1 browser passkey";
/// What an authenticator gives.
const SECRET: usize = 32;
/// What WebAuthn allows a credential's id to be.
const LONGEST_ID: usize = 1023;

/// What stands beside the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    version: u8,
    passkey: Passkey,
    nonce: [u8; 12],
    sealed: Vec<u8>,
}

impl Slot {
    /// # Errors
    /// When the secret is none that an authenticator gives.
    pub fn seal(
        key: &Key,
        passkey: Passkey,
        secret: &PasskeySecret,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<Self, VaultError> {
        if passkey.credential.is_empty() || passkey.credential.len() > LONGEST_ID {
            return Err(VaultError::Damaged);
        }
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let wrapping = derive(&passkey, secret)?;
        let payload = Payload {
            msg: &key.0,
            aad: LABEL,
        };
        let sealed = Aes256Gcm::new(wrapping.as_slice().into())
            .encrypt(Nonce::from_slice(&nonce), payload)
            .map_err(|_| VaultError::Damaged)?;
        Ok(Self {
            version: 1,
            passkey,
            nonce,
            sealed,
        })
    }

    /// # Errors
    /// When it is another authenticator's secret.
    pub fn open(&self, secret: &PasskeySecret) -> Result<Key, VaultError> {
        let wrapping = derive(&self.passkey, secret)?;
        let payload = Payload {
            msg: &self.sealed,
            aad: LABEL,
        };
        let opened = Aes256Gcm::new(wrapping.as_slice().into())
            .decrypt(Nonce::from_slice(&self.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| VaultError::WrongPin)?;
        let bytes = opened.as_slice().try_into().map_err(|_| VaultError::Damaged)?;
        Ok(Key(bytes))
    }

    /// What the page asks the authenticator with.
    #[must_use]
    pub const fn passkey(&self) -> &Passkey {
        &self.passkey
    }
}

fn derive(passkey: &Passkey, secret: &PasskeySecret) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    if secret.0.len() != SECRET {
        return Err(VaultError::WrongPin);
    }
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&passkey.salt), &secret.0)
        .expand_multi_info(&[LABEL, &passkey.credential], key.as_mut_slice())
        .map_err(|_| VaultError::Damaged)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    #[test]
    fn only_the_authenticators_secret_opens_it_and_the_key_is_not_in_it() {
        let key = Key([7; 32]);
        let secret = PasskeySecret(vec![3; 32]);
        let passkey = Passkey {
            credential: vec![1; 16],
            salt: [2; 32],
        };
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let slot = Slot::seal(&key, passkey, &secret, &mut rng).unwrap();
        assert_eq!(slot.open(&secret).unwrap(), key);
        assert_eq!(slot.open(&PasskeySecret(vec![4; 32])), Err(VaultError::WrongPin));
        assert!(!slot.sealed.windows(32).any(|window| window == key.0));
    }

    #[test]
    fn a_browser_that_gives_no_secret_gets_no_slot() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let passkey = Passkey {
            credential: vec![1; 16],
            salt: [2; 32],
        };
        let empty = PasskeySecret(Vec::new());
        assert!(Slot::seal(&Key([7; 32]), passkey, &empty, &mut rng).is_err());
    }
}
