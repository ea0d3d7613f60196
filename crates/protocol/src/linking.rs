// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Linking a device through an existing one. Two connections meet in a mailbox on the server, named by a short
//! code; the messages below go through it. The server could stand in the middle, so the two people-facing checks
//! are part of the protocol: either the QR carries the new device's key ([`LinkCode::offer`]), or both devices show
//! the same six digits, which the server cannot steer because the new device commits to its nonce first.
//!
//! ```text
//! new device                     existing device
//!   Offer{key, commitment}  ──▶
//!                           ◀──  Answer{account, key, nonce, organisation}
//!   Reveal{nonce}           ──▶                              both show the number; the person confirms
//!                           ◀──  Chain{links, add: body}
//!   Accept{signature}       ──▶                              the existing device extends the chain
//!                           ◀──  Done
//! ```

use minicbor::{Decode, Encode};

use crate::account::OrganisationInfo;
use crate::cbor::{self, Bytes};
use crate::chain::Link;
use crate::{AccountId, Hash, Nonce, PublicKey, Signature};

/// The label under which the new device commits to its key and nonce: SHA-256 over the signing input of `key ‖ nonce`.
pub const COMMITMENT_LABEL: &str = "linking commitment";
/// The label under which the compared number is derived.
pub const NUMBER_LABEL: &str = "linking number";

/// A message between the two devices.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum LinkMessage {
    #[n(0)]
    Offer {
        #[n(0)]
        key: PublicKey,
        #[n(1)]
        commitment: Hash,
        #[n(2)]
        name: String,
    },
    #[n(1)]
    Answer {
        #[n(0)]
        account: AccountId,
        #[n(1)]
        key: PublicKey,
        #[n(2)]
        nonce: Nonce,
        /// Part of the compared number: a server in the middle can't give the new device an organisation of its own.
        #[n(3)]
        organisation: OrganisationInfo,
    },
    #[n(2)]
    Reveal {
        #[n(0)]
        nonce: Nonce,
    },
    #[n(3)]
    Chain {
        #[n(0)]
        links: Vec<Link>,
        /// The bytes of the `LinkBody` that adds the new device.
        #[n(1)]
        add: Bytes,
    },
    #[n(4)]
    Accept {
        #[n(0)]
        signature: Signature,
    },
    #[n(5)]
    Done,
    #[n(6)]
    Cancel,
}

/// What the new device shows: as a QR payload with `offer`, typed as the short code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCode {
    pub server: String,
    /// Eight letters and digits without look-alikes.
    pub code: String,
    /// The commitment of the new device's offer. With it no number need be compared.
    pub offer: Option<Hash>,
}

impl core::fmt::Display for LinkCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/link#{}", self.server, self.code)?;
        if let Some(offer) = &self.offer {
            write!(f, ".{}", data_encoding::BASE64URL_NOPAD.encode(offer.as_bytes()))?;
        }
        Ok(())
    }
}

impl LinkCode {
    /// Reads a QR payload or a typed code; a typed code gets `server` as its server.
    #[must_use]
    pub fn parse(text: &str, server: &str) -> Option<Self> {
        let text = text.trim();
        let Some((address, rest)) = text.split_once('#') else {
            let code: String = text
                .chars()
                .filter(|c| c.is_ascii_alphanumeric())
                .map(|c| c.to_ascii_uppercase())
                .collect();
            return (code.len() == 8).then(|| Self {
                server: server.to_owned(),
                code,
                offer: None,
            });
        };
        let server = address.strip_suffix("/link")?.to_owned();
        let (code, offer) = match rest.split_once('.') {
            Some((code, offer)) => {
                let bytes = data_encoding::BASE64URL_NOPAD.decode(offer.as_bytes()).ok()?;
                (code, Some(Hash::from_slice(&bytes)?))
            }
            None => (rest, None),
        };
        Some(Self {
            server,
            code: code.to_owned(),
            offer,
        })
    }
}

/// Decodes what came through the mailbox.
///
/// # Errors
/// When the bytes are not a [`LinkMessage`].
pub fn decode(bytes: &[u8]) -> Result<LinkMessage, cbor::CborError> {
    cbor::decode(bytes)
}
