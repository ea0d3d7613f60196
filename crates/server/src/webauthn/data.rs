// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The authenticator's bytes: the attestation object's CBOR around the authenticator data, and the COSE key in it.

use melder_mls::sign::sha256;
use minicbor::Decoder;
use p256::ecdsa::signature::Verifier as _;

use super::{Refused, Site};

/// A passkey's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasskeyKey {
    /// ECDSA on P-256 with SHA-256 (COSE -7): the uncompressed point.
    Es256([u8; 65]),
    /// Ed25519 (COSE -8).
    Ed25519([u8; 32]),
}

impl PasskeyKey {
    /// The COSE algorithms that we ask for, the best one first.
    pub const ALGORITHMS: [i64; 2] = [-8, -7];

    /// As the store keeps it: the length says the kind.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Es256(point) => point,
            Self::Ed25519(key) => key,
        }
    }

    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if let Ok(point) = bytes.try_into() {
            return Some(Self::Es256(point));
        }
        bytes.try_into().ok().map(Self::Ed25519)
    }

    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Refused> {
        const NO: Refused = Refused("the signature does not fit");
        match self {
            Self::Es256(point) => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| NO)?;
                let signature = p256::ecdsa::Signature::from_der(signature).map_err(|_| NO)?;
                key.verify(signed, &signature).map_err(|_| NO)
            }
            Self::Ed25519(key) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| NO)?;
                let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| NO)?;
                key.verify_strict(signed, &signature).map_err(|_| NO)
            }
        }
    }
}

/// What the authenticator says (WebAuthn, 6.1).
pub(super) struct AuthenticatorData {
    site_hash: [u8; 32],
    flags: u8,
    pub counter: u32,
    /// A new passkey's id and key.
    pub made: Option<(Vec<u8>, PasskeyKey)>,
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const HAS_KEY: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;
/// The longest id that WebAuthn allows.
const MAX_ID: usize = 1_023;

const SHORT: Refused = Refused("authenticator data that ends too early");

fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8], Refused> {
    let (part, rest) = bytes.split_at_checked(count).ok_or(SHORT)?;
    *bytes = rest;
    Ok(part)
}

impl AuthenticatorData {
    pub(super) fn read(mut bytes: &[u8]) -> Result<Self, Refused> {
        let bytes = &mut bytes;
        let site_hash = take(bytes, 32)?.try_into().map_err(|_| SHORT)?;
        let flags = take(bytes, 1)?[0];
        let counter = u32::from_be_bytes(take(bytes, 4)?.try_into().map_err(|_| SHORT)?);
        let mut made = None;
        if flags & HAS_KEY != 0 {
            // The authenticator's model: not asked for.
            take(bytes, 16)?;
            let length = u16::from_be_bytes(take(bytes, 2)?.try_into().map_err(|_| SHORT)?).into();
            if length > MAX_ID {
                return Err(Refused("an id that is too long"));
            }
            let id = take(bytes, length)?.to_vec();
            let mut decoder = Decoder::new(bytes);
            let key = key(&mut decoder).map_err(|_| Refused("a key that is no COSE key"))??;
            take(bytes, decoder.position())?;
            made = Some((id, key));
        }
        if flags & HAS_EXTENSIONS != 0 {
            let mut decoder = Decoder::new(bytes);
            decoder.skip().map_err(|_| Refused("extensions that are no CBOR"))?;
            take(bytes, decoder.position())?;
        }
        if !bytes.is_empty() {
            return Err(Refused("authenticator data with something behind it"));
        }
        Ok(Self {
            site_hash,
            flags,
            counter,
            made,
        })
    }

    pub(super) fn check(&self, site: &Site) -> Result<(), Refused> {
        if self.site_hash != *sha256(site.host.as_bytes()).as_bytes() {
            return Err(Refused("made for another server"));
        }
        if self.flags & PRESENT == 0 || self.flags & VERIFIED == 0 {
            return Err(Refused("nobody was verified"));
        }
        Ok(())
    }
}

/// The authenticator data in an attestation object. The statement beside it is not asked for and not looked at.
pub(super) fn authenticator_data(attestation: &[u8]) -> Result<&[u8], Refused> {
    let mut decoder = Decoder::new(attestation);
    let found = (|| {
        let mut found = None;
        let count = decoder.map()?.unwrap_or(0);
        for _ in 0..count.min(16) {
            if decoder.str()? == "authData" {
                found = Some(decoder.bytes()?);
            } else {
                decoder.skip()?;
            }
        }
        Ok::<_, minicbor::decode::Error>(found)
    })();
    found
        .ok()
        .flatten()
        .ok_or(Refused("an attestation object without authenticator data"))
}

/// A COSE key (RFC 9053): an integer map.
fn key(decoder: &mut Decoder<'_>) -> Result<Result<PasskeyKey, Refused>, minicbor::decode::Error> {
    let (mut kind, mut algorithm, mut curve) = (None, None, None);
    let (mut x, mut y): (Option<&[u8]>, Option<&[u8]>) = (None, None);
    let count = decoder.map()?.unwrap_or(0);
    for _ in 0..count.min(16) {
        match decoder.i64()? {
            1 => kind = Some(decoder.i64()?),
            3 => algorithm = Some(decoder.i64()?),
            -1 => curve = Some(decoder.i64()?),
            -2 => x = Some(decoder.bytes()?),
            -3 => y = Some(decoder.bytes()?),
            _ => decoder.skip()?,
        }
    }
    const NO: Refused = Refused("a key of a kind that we don't take");
    Ok(match (kind, algorithm, curve, x, y) {
        (Some(2), Some(-7), Some(1), Some(x), Some(y)) if x.len() == 32 && y.len() == 32 => {
            let mut point = [4; 65];
            point[1..33].copy_from_slice(x);
            point[33..].copy_from_slice(y);
            // Is it on the curve?
            match p256::ecdsa::VerifyingKey::from_sec1_bytes(&point) {
                Ok(_) => Ok(PasskeyKey::Es256(point)),
                Err(_) => Err(NO),
            }
        }
        (Some(1), Some(-8), Some(6), Some(x), _) => <[u8; 32]>::try_from(x)
            .ok()
            .filter(|key| ed25519_dalek::VerifyingKey::from_bytes(key).is_ok())
            .map(PasskeyKey::Ed25519)
            .ok_or(NO),
        _ => Err(NO),
    })
}
