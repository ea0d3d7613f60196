// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! An authenticator and a browser in software, for tests: they answer as WebAuthn says, and wrongly where a test asks.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::Signer as _;
use melder_mls::sign::sha256;
use serde_json::{Value, json};

/// A person's security key with one passkey.
#[derive(Clone)]
pub(crate) struct Authenticator {
    pub id: Vec<u8>,
    pub secret: Secret,
    /// What the browser says that the page is.
    pub origin: String,
    /// What the passkey is bound to.
    pub host: String,
    pub counter: u32,
    /// User present and user verified.
    pub flags: u8,
}

#[derive(Clone)]
pub(crate) enum Secret {
    Es256(Box<p256::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl Authenticator {
    pub(crate) fn es256(number: u8) -> Self {
        let key = p256::ecdsa::SigningKey::from_slice(&[number; 32]).unwrap();
        Self::new(number, Secret::Es256(Box::new(key)))
    }

    pub(crate) fn ed25519(number: u8) -> Self {
        Self::new(
            number,
            Secret::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&[number; 32]))),
        )
    }

    fn new(number: u8, secret: Secret) -> Self {
        Self {
            id: vec![number; 20],
            secret,
            origin: "http://localhost:8080".to_owned(),
            host: "localhost".to_owned(),
            counter: 0,
            flags: 0b101,
        }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let text = json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false});
        text.to_string().into_bytes()
    }

    fn head(&self, flags: u8) -> Vec<u8> {
        let mut data = sha256(self.host.as_bytes()).as_bytes().to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    fn cose(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut e = minicbor::Encoder::new(&mut out);
        match &self.secret {
            Secret::Es256(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                let (x, y) = (point.x().unwrap(), point.y().unwrap());
                e.map(5)
                    .unwrap()
                    .i64(1)
                    .unwrap()
                    .i64(2)
                    .unwrap()
                    .i64(3)
                    .unwrap()
                    .i64(-7)
                    .unwrap();
                e.i64(-1).unwrap().i64(1).unwrap().i64(-2).unwrap().bytes(x).unwrap();
                e.i64(-3).unwrap().bytes(y).unwrap();
            }
            Secret::Ed25519(key) => {
                e.map(4)
                    .unwrap()
                    .i64(1)
                    .unwrap()
                    .i64(1)
                    .unwrap()
                    .i64(3)
                    .unwrap()
                    .i64(-8)
                    .unwrap();
                e.i64(-1).unwrap().i64(6).unwrap().i64(-2).unwrap();
                e.bytes(key.verifying_key().as_bytes()).unwrap();
            }
        }
        out
    }

    /// The `toJSON()` of what `create()` gives for these options.
    pub(crate) fn create(&self, options: &Value) -> Value {
        let client = self.client_data("webauthn.create", options["challenge"].as_str().unwrap());
        let mut data = self.head(self.flags | 1 << 6);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.cose());
        let mut object = Vec::new();
        let mut e = minicbor::Encoder::new(&mut object);
        e.map(3)
            .unwrap()
            .str("fmt")
            .unwrap()
            .str("none")
            .unwrap()
            .str("attStmt")
            .unwrap()
            .map(0)
            .unwrap();
        e.str("authData").unwrap().bytes(&data).unwrap();
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {}, "response": {"clientDataJSON": BASE64URL_NOPAD.encode(&client),
            "attestationObject": BASE64URL_NOPAD.encode(&object), "transports": ["internal"]}})
    }

    /// The `toJSON()` of what `get()` gives for these options.
    pub(crate) fn get(&self, options: &Value) -> Value {
        let client = self.client_data("webauthn.get", options["challenge"].as_str().unwrap());
        let data = self.head(self.flags);
        let mut signed = data.clone();
        signed.extend_from_slice(sha256(&client).as_bytes());
        let signature = match &self.secret {
            Secret::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(&signed);
                signature.to_der().as_bytes().to_vec()
            }
            Secret::Ed25519(key) => key.sign(&signed).to_bytes().to_vec(),
        };
        let id = BASE64URL_NOPAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": {
            "clientDataJSON": BASE64URL_NOPAD.encode(&client), "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "signature": BASE64URL_NOPAD.encode(&signature)}})
    }
}
