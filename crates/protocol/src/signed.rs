// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Signed statements. What is signed is the exact bytes of the encoded statement, so nothing depends on a canonical
//! encoding: the receiver checks the bytes, then decodes them. Making and checking is in `melder-mls`.

use core::marker::PhantomData;

use minicbor::{Decode, Encode};

use crate::cbor::{self, Bytes, CborError};
use crate::{PublicKey, Signature};

/// A statement that can be signed. The label keeps a signature on one kind from being valid on another.
pub trait Statement: Encode<()> + for<'b> Decode<'b, ()> {
    /// Part of the signed bytes: `"Melder 1 " ‖ LABEL ‖ 0x00 ‖ payload`.
    const LABEL: &'static str;
}

/// The exact bytes of a statement, its signer and the signature. Its content is not trusted before it is verified.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed<T> {
    #[n(0)]
    pub payload: Bytes,
    #[n(1)]
    pub signer: PublicKey,
    #[n(2)]
    pub signature: Signature,
    #[cbor(skip)]
    kind: PhantomData<fn() -> T>,
}

impl<T: Statement> Signed<T> {
    /// Puts the parts together; whoever calls this has made or received the signature.
    #[must_use]
    pub fn from_parts(payload: Vec<u8>, signer: PublicKey, signature: Signature) -> Self {
        Self {
            payload: Bytes(payload),
            signer,
            signature,
            kind: PhantomData,
        }
    }

    /// The statement, not verified.
    ///
    /// # Errors
    /// When the payload is not a `T`.
    pub fn peek(&self) -> Result<T, CborError> {
        cbor::decode(self.payload.as_slice())
    }

    /// The bytes that the signature covers.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        signing_input(T::LABEL, self.payload.as_slice())
    }
}

impl<T> core::fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Signed")
            .field("payload", &self.payload)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// `"Melder 1 " ‖ label ‖ 0x00 ‖ payload`: what every signature of ours outside MLS covers.
#[must_use]
pub fn signing_input(label: &str, payload: &[u8]) -> Vec<u8> {
    [b"Melder 1 ", label.as_bytes(), &[0], payload].concat()
}
