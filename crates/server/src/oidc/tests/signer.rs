// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Keys that sign tokens, as providers do.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Value, json};

/// Made for these tests alone: ring makes no keys for RSA.
const RSA: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC1WLsLQdvDx8ofVcPN62HTkYwRA+Odsk1AoIC8GqcxxKRwNRGquxWCHSFNss\
BNMoL/ucH3ZrgKwaJqkSRG0DmxbVYBylcFMLj1PbLZDtWxAdrtBposooX4EU0ccIATgWO4YnmJJ+f0K8PLeLthjoTLsNNs6N4/sZxlVHIC2H/o\
1r8pf2A29gD9UDcf60o8V2r8oxU0phAhZhPU9+7SYuOhssWFmqcCKCT8ztTiW/2FA2ppYEOrM101Zj+CUf2q+2YueKODmI5YlpwGnBZq9a3uQ7\
BOHyup+iNAmVCKKMRZZXmG8snlNx1sxISHT2Ls6ZXisu4F4lJpzH8Mek7Pz9oDAgMBAAECggEADl7S/k1gZjSgJmOGz1E7wKbj++Uxqv7EyGjv\
n/hXZMY5vE/i79iWF710iieuvW9R74R/g7oME4N3T2KOXAjcHtyUgt0kkDC64hQwPABvm/CTB1K38kQ0FuL9bVIs6V7I0YUG2dY5DKGl3lXZjh\
2GaxhpaKlQvf4LxVaFF7H4UNxcGzSocqFNX+023KseGjkCAuao4yXWT7+UJfJy9fdRAFVyRtf9HlDI1X0RenqjdxhejMYYTZCNDJ8gFvD5i4Z6\
MKyLz3NGpGN787JtOVcnUEdjco+JYxgskCvG1dxIxzppV3Jlylihkv0uBDeevVxmNGk/W+io3IXRPY1RY0blAQKBgQDZnykz3ATRomQI67LWSq\
BBmcnrH6AkqrQyPOc89e2F0o0MC+0asWPT7YYplO8xQ9Q/HaGyYNa+id8jx+JKaPEegaWVhFWVVhRF1zCl11oULipbJA9z9VI9TaKv9R1pnI7+\
akGCb2shbC/TGXXkySapuBbOK75xwLeiiX7lxi1YowKBgQDVU+De5nTVHpcxEZ3+S6vpPiP4XtRsJC6iBzXI6Qf8F8jbgbdX0aBGf1FDrQytaO\
P2ym5UYUIA7/BuTw3xV/3F+adjoyjodqwfBC/IEYTT0FTT2jCEYEDbnPpbW8Z5yLVTyFBnoP2LkKV4HQ7pv9XwRGazetZqS/K6kBEWECCvIQKB\
gQCX2O/mCLKwGBCXDOeHkSDLRWTYFAQpMZd0qnxrU+p9gxH6AuRZyMcwXD9OCmbwSDT0KVfnYJzW7NrvW4yxgRIlyC7i6ijRf/O7W9DNFzv6ct\
AJMls5/UZ6Eg7fmjgAtkYsjbXSLq5g7t1b/hr+HcFFkXcQOwOy2dcIqcoKyEJh4wKBgCtwXgzlforbJMxQGwzqGcJv7eEoZjbzEy/ZKgGUOhUC\
Pts7ybqvK+TPDhwqw7cX8buSMu8pssgAE8RSgrNPSJSkpooqci0L5TaXoqcpshNzi6Jr/o8mDm7pwy0RPhQUY6AA3SaM6LQfqyIPQLcmYgj/1K\
3daIXSm0WUCnakqBMhAoGAezxYdg6RZ8wcxVWawfP+0CQgiG5Ny7FcXuj6R+KD9/COA/4yCN8PeintxLOyu8D3jjyP0ScqlyeVRaBhzDMuXAb6\
mQQRK7ZnLNDpwU67N+XG5KiyxSVmoCkmuDvUpgzQ3jrzG2O6fUmZNICbiHOhnbL4un9rDAFhoGiekol6Gto=";

pub enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key with its id.
pub struct Signer {
    pub id: String,
    pair: Pair,
    hidden: bool,
}

pub fn text(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

impl Signer {
    pub fn rsa(id: &str) -> Self {
        let pair = RsaKeyPair::from_pkcs8(&BASE64.decode(RSA.as_bytes()).unwrap()).unwrap();
        Self::of(id, Pair::Rsa(pair))
    }

    pub fn p256(id: &str) -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
        Self::of(id, Pair::P256(pair))
    }

    pub fn ed25519(id: &str) -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::of(id, Pair::Ed25519(Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap()))
    }

    fn of(id: &str, pair: Pair) -> Self {
        Self {
            id: id.to_owned(),
            pair,
            hidden: false,
        }
    }

    /// Its set shows it under another id from here on.
    pub fn hide(&mut self) {
        self.hidden = true;
    }

    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::P256(_) => "ES256",
            Pair::Ed25519(_) => "EdDSA",
        }
    }

    /// As it stands in the provider's set.
    pub fn public(&self) -> Value {
        let mut key = match &self.pair {
            Pair::Rsa(pair) => {
                let public: RsaPublicKeyComponents<Vec<u8>> = pair.public().into();
                json!({"kty": "RSA", "n": text(public.n), "e": text(public.e)})
            }
            Pair::P256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Pair::Ed25519(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key())}),
        };
        key["kid"] = if self.hidden { json!("hidden") } else { json!(self.id) };
        key["use"] = json!("sig");
        key
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Pair::P256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    pub fn token(&self, claims: &Value) -> String {
        self.token_with(json!({"typ": "JWT", "alg": self.algorithm(), "kid": self.id}), claims)
    }

    /// With any header, true or not.
    pub fn token_with(&self, header: Value, claims: &Value) -> String {
        let message = format!("{}.{}", text(header.to_string()), text(claims.to_string()));
        format!("{message}.{}", text(self.sign(message.as_bytes())))
    }
}
