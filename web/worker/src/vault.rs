// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The database's key under the PIN: the record that is kept beside the database, and what a wrong PIN costs.
//!
//! The database is encrypted with 32 random bytes. They are wrapped by AES-256-GCM under a key that Argon2id makes from the
//! PIN; cost and salt stand in the record. A wrong PIN is counted *before* it is tried, so that ending the page does not save
//! a try; each costs a pause (1, 2, 4 … 60 s), and after as many as the policy says everything is deleted.
//!
//! Honestly: a PIN is short, and the browser gives us no hardware to count in. Who copies the browser's profile from the
//! disk can try PINs elsewhere, as fast as Argon2id allows: six digits fall in days on one computer, less on many. Against
//! that thief helps a long password instead of a PIN, the system's own disk encryption, and removing the device, after which
//! it gets nothing new. Who holds the unlocked profile in the hand gets the pauses and the limit, but can put an older copy
//! of the record back. What a script of another page sees: nothing.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use melder_port::ask::Pin;
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What the AEAD binds the wrapped key to.
const LABEL: &[u8] = b"Melder 1 browser vault";
/// A phone of 2020 takes about a second for this.
const MEMORY_KIB: u32 = 32 * 1024;
const PASSES: u32 = 3;
/// What a damaged record may ask for at most.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 20;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// Fewer characters than this are no PIN.
pub const SHORTEST_PIN: usize = 4;

/// The database's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// What can be wrong with a PIN or a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("wrong PIN")]
    WrongPin,
    #[error("the PIN has fewer than {SHORTEST_PIN} characters")]
    PinTooShort,
    #[error("the record is damaged")]
    Damaged,
}

/// What stands beside the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    version: u8,
    memory_kib: u32,
    passes: u32,
    salt: [u8; 16],
    nonce: [u8; 12],
    sealed: Vec<u8>,
    /// Since the last right one; counted before it is tried.
    pub wrong_tries: u32,
    /// When the last was tried, milliseconds since 1970.
    pub last_try: u64,
    /// From the policy: after so many wrong PINs everything is deleted.
    pub wipe_after: Option<u8>,
}

/// May a PIN be tried now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub wrong_tries: u32,
    pub wait_ms: u64,
    pub left: Option<u32>,
}

impl Record {
    /// # Errors
    /// When the PIN is too short.
    pub fn seal(key: &Key, pin: &Pin, wipe_after: Option<u8>, rng: &mut dyn CryptoRngCore) -> Result<Self, VaultError> {
        if pin.0.chars().count() < SHORTEST_PIN {
            return Err(VaultError::PinTooShort);
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 12]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let wrapping = derive(pin, &salt, MEMORY_KIB, PASSES)?;
        let payload = Payload {
            msg: &key.0,
            aad: LABEL,
        };
        let sealed = Aes256Gcm::new(wrapping.as_slice().into())
            .encrypt(Nonce::from_slice(&nonce), payload)
            .map_err(|_| VaultError::Damaged)?;
        Ok(Self {
            version: 1,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt,
            nonce,
            sealed,
            wrong_tries: 0,
            last_try: 0,
            wipe_after,
        })
    }

    /// Opens it. Slow. The caller has counted the try and stored the count.
    ///
    /// # Errors
    /// When the PIN is wrong, or the record asks for too much.
    pub fn open(&self, pin: &Pin) -> Result<Key, VaultError> {
        if self.memory_kib > MOST_MEMORY_KIB || self.passes > MOST_PASSES {
            return Err(VaultError::Damaged);
        }
        let wrapping = derive(pin, &self.salt, self.memory_kib, self.passes)?;
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

    #[must_use]
    pub fn standing(&self, now: u64) -> Standing {
        let pause = match self.wrong_tries {
            0 => 0,
            tries => (1_000_u64 << (tries - 1).min(6)).min(LONGEST_PAUSE_MS),
        };
        // A clock that was set back makes nobody wait longer than the whole pause.
        let since = now.saturating_sub(self.last_try);
        Standing {
            wrong_tries: self.wrong_tries,
            wait_ms: pause.saturating_sub(since),
            left: self
                .wipe_after
                .map(|most| u32::from(most).saturating_sub(self.wrong_tries)),
        }
    }

    /// Counts a try. To be stored before it is made.
    pub fn count(&mut self, now: u64) {
        self.wrong_tries = self.wrong_tries.saturating_add(1);
        self.last_try = now;
    }

    /// The PIN was right.
    pub fn forgive(&mut self) {
        self.wrong_tries = 0;
        self.last_try = 0;
    }
}

fn derive(pin: &Pin, salt: &[u8], memory_kib: u32, passes: u32) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| VaultError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.0.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| VaultError::Damaged)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::{Key, Pin, Record, Standing, VaultError};

    fn record(wipe_after: Option<u8>) -> (Key, Record) {
        let key = Key([7; 32]);
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let record = Record::seal(&key, &Pin("271828".into()), wipe_after, &mut rng).unwrap();
        (key, record)
    }

    #[test]
    fn only_the_pin_opens_it_and_the_key_is_not_in_it() {
        let (key, record) = record(None);
        assert_eq!(record.open(&Pin("271828".into())).unwrap(), key);
        assert_eq!(record.open(&Pin("314159".into())), Err(VaultError::WrongPin));
        assert!(!record.sealed.windows(32).any(|window| window == key.0));
    }

    #[test]
    fn a_wrong_try_costs_a_pause_that_doubles_up_to_a_minute_and_the_policy_counts_down() {
        let (_, mut record) = record(Some(10));
        let mut waits = Vec::new();
        for try_number in 0..8 {
            let now = 1_000_000 * try_number;
            record.count(now);
            waits.push(record.standing(now).wait_ms / 1_000);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        let later = record.standing(1_000_000 * 7 + 59_000);
        assert_eq!(
            later,
            Standing {
                wrong_tries: 8,
                wait_ms: 1_000,
                left: Some(2)
            }
        );
        // Set back, the clock gives the whole pause, no more.
        assert_eq!(record.standing(0).wait_ms, 60_000);
        record.forgive();
        assert_eq!(record.standing(0).wait_ms, 0);
    }

    #[test]
    fn a_record_that_asks_for_all_memory_is_refused() {
        let (_, mut record) = record(None);
        record.memory_kib = u32::MAX;
        assert_eq!(record.open(&Pin("271828".into())), Err(VaultError::Damaged));
    }

    #[test]
    fn three_characters_are_no_pin() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let sealed = Record::seal(&Key([0; 32]), &Pin("123".into()), None, &mut rng);
        assert_eq!(sealed, Err(VaultError::PinTooShort));
    }
}
