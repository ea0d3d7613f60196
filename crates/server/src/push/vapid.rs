// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How a server says to a push service who it is (RFC 8292): a token, signed by a key of its own. The key is made at the
//! first start and stays: browsers bind their subscriptions to it.

use data_encoding::BASE64URL_NOPAD;
use melder_protocol::Time;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use rand_core::CryptoRngCore;

use crate::store::{Push as _, Store, StoreError, Stored, Transaction as _};

/// A token is good for so long; RFC 8292 allows a day.
const TOKEN_MS: u64 = 12 * Time::HOUR;

/// The server's own key.
pub struct VapidKey(SigningKey);

impl std::fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VapidKey")
    }
}

impl VapidKey {
    /// The key that the store has, or a new one.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn of<S: Store>(store: &mut S, rng: &mut dyn CryptoRngCore) -> Stored<Self> {
        let tx = store.begin()?;
        if let Some(secret) = tx.push_key()? {
            let key = SigningKey::from_slice(&secret).map_err(|_| StoreError::Damaged("the push key"))?;
            return Ok(Self(key));
        }
        let key = SigningKey::random(&mut RandomBytes(rng));
        let secret = zeroize::Zeroizing::new(key.to_bytes());
        tx.put_push_key(secret.as_slice())?;
        tx.commit()?;
        Ok(Self(key))
    }

    /// The public half, as browsers want it: an uncompressed point.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// The `Authorization` for a push service, and until when it is good.
    #[must_use]
    pub fn authorization(&self, origin: &str, contact: &str, now: Time) -> (String, Time) {
        let expires = now.plus(TOKEN_MS);
        let claims = serde_json::json!({ "aud": origin, "exp": expires.0 / Time::SECOND, "sub": contact });
        let head = BASE64URL_NOPAD.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let body = BASE64URL_NOPAD.encode(claims.to_string().as_bytes());
        let signed = format!("{head}.{body}");
        let signature: Signature = self.0.sign(signed.as_bytes());
        let signature = BASE64URL_NOPAD.encode(&signature.to_bytes());
        let key = BASE64URL_NOPAD.encode(&self.public());
        (format!("vapid t={signed}.{signature}, k={key}"), expires)
    }
}

/// The core's source of randomness, where a sized one is wanted.
struct RandomBytes<'a>(&'a mut dyn CryptoRngCore);

impl rand_core::RngCore for RandomBytes<'_> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.try_fill_bytes(bytes)
    }
}

impl rand_core::CryptoRng for RandomBytes<'_> {}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::store::sqlite::SqliteStore;

    #[test]
    fn the_key_is_made_once() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut store = SqliteStore::in_memory().unwrap();
        let first = VapidKey::of(&mut store, &mut rng).unwrap();
        let second = VapidKey::of(&mut store, &mut rng).unwrap();
        assert_eq!(first.public(), second.public());
        assert_eq!((first.public().len(), first.public()[0]), (65, 4));
    }

    #[test]
    fn a_token_names_the_push_service_and_is_signed() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let key = VapidKey::of(&mut SqliteStore::in_memory().unwrap(), &mut rng).unwrap();
        let now = Time(1_875_009_600_000);
        let (header, expires) = key.authorization("https://push.example", "mailto:it@stadt.example", now);
        assert_eq!(expires, now.plus(12 * Time::HOUR));
        let rest = header.strip_prefix("vapid t=").unwrap();
        let (token, public) = rest.split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = BASE64URL_NOPAD.decode(public.as_bytes()).unwrap();
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
        VerifyingKey::from_sec1_bytes(&public)
            .unwrap()
            .verify(signed.as_bytes(), &Signature::from_slice(&signature).unwrap())
            .unwrap();
        let body = BASE64URL_NOPAD
            .decode(signed.split_once('.').unwrap().1.as_bytes())
            .unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(claims["aud"], "https://push.example");
        assert_eq!(claims["sub"], "mailto:it@stadt.example");
        assert_eq!(claims["exp"], expires.0 / 1_000);
    }
}
