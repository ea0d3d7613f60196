// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Key packages: how a device can be added while it is away.

use melder_protocol::{Hash, Member, PublicKey, Suite};
use openmls::prelude::{KeyPackage, Lifetime, MlsMessageBodyIn, MlsMessageOut, ProtocolVersion};
use openmls_rust_crypto::RustCrypto;

use crate::MlsError;
use crate::context;
use crate::message;
use crate::provider::{self, Provider};
use crate::sign::{self, SigningKey};
use crate::storage::KeyValues;

/// A year: the longest that a device may be away and still be added without its doing.
const LIFETIME_SECONDS: u64 = 365 * 24 * 60 * 60;

/// What a key package says, once its own signature is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPackageInfo {
    pub suite: Suite,
    pub member: Member,
    pub key: PublicKey,
    pub last_resort: bool,
    pub hash: Hash,
}

/// Makes a key package; its secrets go into the storage.
///
/// # Errors
/// When the storage fails.
pub fn create<K: KeyValues + ?Sized>(
    provider: &Provider<'_, K>,
    signer: &SigningKey,
    member: Member,
    suite: Suite,
    last_resort: bool,
) -> Result<Vec<u8>, MlsError> {
    let mut builder = KeyPackage::builder()
        .leaf_node_capabilities(context::capabilities())
        .key_package_lifetime(Lifetime::new(LIFETIME_SECONDS));
    if last_resort {
        builder = builder.mark_as_last_resort();
    }
    let bundle = builder
        .build(
            provider::ciphersuite(suite),
            provider,
            signer,
            context::credential_of(member, signer),
        )
        .map_err(MlsError::invalid)?;
    message::to_bytes(&MlsMessageOut::from(bundle.into_key_package()))
}

pub(crate) fn verified(bytes: &[u8]) -> Result<KeyPackage, MlsError> {
    let MlsMessageBodyIn::KeyPackage(package) = message::parse(bytes)?.extract() else {
        return Err(MlsError::Malformed("expected a KeyPackage"));
    };
    package
        .validate(&RustCrypto::default(), ProtocolVersion::Mls10)
        .map_err(MlsError::invalid)
}

/// Verifies a key package and says whose it is.
///
/// # Errors
/// When it is malformed, expired, of a suite that Melder does not use, or its signature does not fit.
pub fn check(bytes: &[u8]) -> Result<KeyPackageInfo, MlsError> {
    let package = verified(bytes)?;
    let leaf = package.leaf_node();
    Ok(KeyPackageInfo {
        suite: provider::suite(package.ciphersuite()).ok_or(MlsError::Mismatch("suite"))?,
        member: context::member(leaf.credential())?,
        key: context::public_key(leaf.signature_key().as_slice())?,
        last_resort: package.last_resort(),
        hash: sign::sha256(bytes),
    })
}
