// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The ID token: is it our provider's, for us, for this very log-in, and still good? By OpenID Connect Core 3.1.3.7.
//! The library reads and checks the signature; all else is asked here, on the server's clock, one thing after the other.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use melder_protocol::Time;
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use super::verify::{self, ALGORITHMS};

/// How far clocks may be apart, in seconds.
const SKEW: u64 = 60;
/// The longest token.
const MAX_TOKEN: usize = 64 * 1024;
/// Keys of one provider.
const MAX_KEYS: usize = 100;

/// Why a token is none. Goes to the log, not to who logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("it is no token, or its algorithm is none that is known")]
    Malformed,
    #[error("its algorithm is not allowed")]
    Algorithm,
    #[error("it is another kind of token")]
    Kind,
    #[error("its key is not among the provider's")]
    UnknownKey,
    #[error("its signature is not its key's")]
    Signature,
    #[error("it is another provider's")]
    Issuer,
    #[error("it is for somebody else")]
    Audience,
    #[error("it is over, or not yet")]
    Time,
    #[error("it is for another log-in")]
    Nonce,
}

/// A key of the provider that may sign tokens.
#[derive(Debug, Clone)]
pub struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Key {
    /// `None`: not one for signatures that are allowed.
    fn read(json: &Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(json.clone()).ok()?;
        if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
            _ => return None,
        };
        let said = jwk.common.key_algorithm.as_ref();
        let fits = match algorithm {
            Algorithm::RS256 => said.is_none_or(|said| *said == KeyAlgorithm::RS256),
            Algorithm::ES256 => said.is_none_or(|said| *said == KeyAlgorithm::ES256),
            _ => said.is_none_or(|said| *said == KeyAlgorithm::EdDSA),
        };
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        fits.then_some(Self {
            id: jwk.common.key_id,
            algorithm,
            key,
        })
    }
}

/// The keys in a provider's set that may sign tokens. What is not understood is left out.
#[must_use]
pub fn keys(set: &Value) -> Vec<Key> {
    let list = set.get("keys").and_then(Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Key::read).take(MAX_KEYS).collect()
}

/// What the token has to say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    pub now: Time,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

#[derive(Deserialize)]
struct Read {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    nonce: Option<String>,
    sub: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What a token that is good says of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    pub subject: String,
    pub rest: Map<String, Value>,
}

impl core::fmt::Debug for Claims {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Claims")
    }
}

impl Claims {
    /// A claim's text. An address that the provider has not verified is none.
    #[must_use]
    pub fn value(&self, claim: &str) -> Option<&str> {
        if claim == "sub" {
            return Some(&self.subject);
        }
        let verified = self.rest.get("email_verified");
        if claim == "email" && verified != Some(&Value::Bool(true)) {
            return None;
        }
        self.rest.get(claim)?.as_str()
    }
}

/// Reads a token.
///
/// # Errors
/// When anything about it is not as it has to be.
pub fn read(token: &str, keys: &[Key], expected: Expected<'_>) -> Result<Claims, Refused> {
    verify::install();
    if token.len() > MAX_TOKEN {
        return Err(Refused::Malformed);
    }
    let header = decode_header(token).map_err(|_| Refused::Malformed)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Refused::Algorithm);
    }
    // What a token calls critical has to be understood, and nothing of it is.
    if header.crit.is_some()
        || header
            .typ
            .as_ref()
            .is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt"))
    {
        return Err(Refused::Kind);
    }
    let key = chosen(keys, header.kid.as_deref(), header.alg)?;
    let mut signature_alone = Validation::new(header.alg);
    signature_alone.validate_exp = false;
    signature_alone.validate_aud = false;
    signature_alone.required_spec_claims.clear();
    let read = decode::<Read>(token, &key.key, &signature_alone).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidSignature => Refused::Signature,
        _ => Refused::Malformed,
    })?;
    check(read.claims, expected)
}

/// The key that the token names; one that names none is the only one's.
fn chosen<'k>(keys: &'k [Key], id: Option<&str>, algorithm: Algorithm) -> Result<&'k Key, Refused> {
    let mut fit = keys
        .iter()
        .filter(|key| key.algorithm == algorithm && (id.is_none() || key.id.as_deref() == id));
    match (fit.next(), fit.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(Refused::UnknownKey),
    }
}

fn check(read: Read, expected: Expected<'_>) -> Result<Claims, Refused> {
    if read.iss != expected.issuer {
        return Err(Refused::Issuer);
    }
    let audience = read.aud.all();
    let for_us = audience.iter().any(|one| one == expected.client);
    let by_us = match &read.azp {
        Some(party) => party == expected.client,
        None => audience.len() == 1,
    };
    if !for_us || !by_us {
        return Err(Refused::Audience);
    }
    let now = expected.now.0 / Time::SECOND;
    let is_over = read.exp.saturating_add(SKEW) <= now;
    let is_early = [Some(read.iat), read.nbf]
        .into_iter()
        .flatten()
        .any(|from| from > now.saturating_add(SKEW));
    if is_over || is_early {
        return Err(Refused::Time);
    }
    let nonce = read.nonce.unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(Refused::Nonce);
    }
    Ok(Claims {
        subject: read.sub,
        rest: read.rest,
    })
}
