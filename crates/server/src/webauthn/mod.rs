// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Passkeys, the server's side of WebAuthn Level 3: what a browser's answer to our challenge proves. It decides nothing
//! and keeps nothing; whose passkey it is and whether the challenge was ours is the directory's and the door's.
//!
//! No more than administrators need: ES256 and Ed25519, user verification always, attestation not asked for (`none`)
//! and not looked at. Every function is total: hostile bytes give [`Refused`]. Why not a library:
//! `docs/decisions/0010-passkeys.md`.

use data_encoding::BASE64URL_NOPAD;
use melder_mls::sign::sha256;
use serde::Deserialize;
use utoipa::ToSchema;

mod data;
#[cfg(test)]
pub(crate) mod testing;

pub use data::PasskeyKey;

/// The answer proves nothing. Why goes to the log, not to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the passkey's answer is refused: {0}")]
pub struct Refused(pub &'static str);

/// The server as browsers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and port: `https://melder.example`.
    pub origin: String,
    /// What passkeys are bound to: the host.
    pub host: String,
}

impl Site {
    /// The site of an address. `None`: browsers know no origin of this form.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        let lower = address.trim().to_ascii_lowercase();
        let (scheme, rest) = lower.split_once("://")?;
        let usual = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return None,
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.strip_suffix(usual).unwrap_or(authority);
        // A port is behind the last colon, unless that stands inside an IPv6 address.
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => authority,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || !authority.chars().all(plain) {
            return None;
        }
        Some(Self {
            origin: format!("{scheme}://{authority}"),
            host: host.to_owned(),
        })
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Do browsers make passkeys for it? Only under a name, and unencrypted only on the same machine.
    #[must_use]
    pub fn takes_passkeys(&self) -> bool {
        let is_local = self.host == "localhost" || self.host.ends_with(".localhost");
        let is_number = self.host.starts_with('[') || self.host.parse::<std::net::Ipv4Addr>().is_ok();
        !is_number && (self.is_https() || is_local)
    }
}

/// Bytes as WebAuthn's JSON has them.
#[derive(Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String,
    pattern = "^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$")]
pub struct Base64(pub Vec<u8>);

impl std::fmt::Debug for Base64 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        BASE64URL_NOPAD
            .decode(text.trim_end_matches('=').as_bytes())
            .map(Self)
            .map_err(|_| serde::de::Error::custom("expected base64url"))
    }
}

/// `PublicKeyCredential.toJSON()` after `create()`. What is not named here is not needed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewCredential {
    pub raw_id: Base64,
    #[serde(rename = "type")]
    pub kind: String,
    pub response: NewCredentialResponse,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewCredentialResponse {
    #[serde(rename = "clientDataJSON")]
    pub client_data: Base64,
    #[serde(rename = "attestationObject")]
    pub attestation: Base64,
}

/// `PublicKeyCredential.toJSON()` after `get()`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assertion {
    pub raw_id: Base64,
    #[serde(rename = "type")]
    pub kind: String,
    pub response: AssertionResponse,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    pub client_data: Base64,
    pub authenticator_data: Base64,
    pub signature: Base64,
    pub user_handle: Option<Base64>,
}

/// What the browser says that the authenticator signed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: Base64,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub id: Vec<u8>,
    pub key: PasskeyKey,
    pub counter: u32,
}

/// The challenge that an answer is to, before anything else is believed of it.
///
/// # Errors
/// When the client data can't be read.
pub fn challenge(client_data: &Base64) -> Result<[u8; 32], Refused> {
    read(client_data)?
        .challenge
        .0
        .try_into()
        .map_err(|_| Refused("a challenge of another length"))
}

fn read(client_data: &Base64) -> Result<ClientData, Refused> {
    // Browsers may put a byte order mark in front.
    let text = client_data.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&client_data.0);
    serde_json::from_slice(text).map_err(|_| Refused("client data that is no JSON of the kind"))
}

fn check_client(client_data: &Base64, kind: &str, challenge: &[u8; 32], site: &Site) -> Result<(), Refused> {
    let client = read(client_data)?;
    if client.kind != kind {
        return Err(Refused("an answer to another ceremony"));
    }
    if client.challenge.0 != challenge {
        return Err(Refused("an answer to another challenge"));
    }
    if client.origin != site.origin || client.cross_origin {
        return Err(Refused("made on another page"));
    }
    Ok(())
}

/// Checks a new passkey (WebAuthn, 7.1).
///
/// # Errors
/// When it is not for this challenge and site, the person was not verified, or the key is of a kind that we don't take.
pub fn made(credential: &NewCredential, challenge: &[u8; 32], site: &Site) -> Result<Made, Refused> {
    if credential.kind != "public-key" {
        return Err(Refused("no public key credential"));
    }
    check_client(&credential.response.client_data, "webauthn.create", challenge, site)?;
    let bytes = data::authenticator_data(&credential.response.attestation.0)?;
    let data = data::AuthenticatorData::read(bytes)?;
    data.check(site)?;
    let (id, key) = data.made.ok_or(Refused("no key came with it"))?;
    if id != credential.raw_id.0 {
        return Err(Refused("the id is another than the signed one"));
    }
    Ok(Made {
        id,
        key,
        counter: data.counter,
    })
}

/// Checks a log-in with a known passkey (WebAuthn, 7.2). Says the passkey's new counter.
///
/// # Errors
/// When it is not for this challenge and site, the person was not verified, the signature does not fit, or the counter
/// went back (somebody has copied the passkey).
pub fn used(
    assertion: &Assertion,
    challenge: &[u8; 32],
    site: &Site,
    key: &PasskeyKey,
    counter: u32,
) -> Result<u32, Refused> {
    if assertion.kind != "public-key" {
        return Err(Refused("no public key credential"));
    }
    let response = &assertion.response;
    check_client(&response.client_data, "webauthn.get", challenge, site)?;
    let data = data::AuthenticatorData::read(&response.authenticator_data.0)?;
    data.check(site)?;
    let mut signed = response.authenticator_data.0.clone();
    signed.extend_from_slice(sha256(&response.client_data.0).as_bytes());
    key.verify(&signed, &response.signature.0)?;
    // Most passkeys that are synchronised don't count.
    if (data.counter, counter) != (0, 0) && data.counter <= counter {
        return Err(Refused("the counter went back"));
    }
    Ok(data.counter)
}

#[cfg(test)]
mod tests;
