// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The device chain: an account's append-only list of device additions and removals. Data only; verification is
//! `melder_mls::chain`.

use minicbor::{Decode, Encode};

use crate::cbor::Bytes;
use crate::{AccountId, DeviceId, Hash, Index, PublicKey, Signature, Time};

/// What a key in the chain may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum KeyUse {
    /// An installation: a leaf in groups, counts towards the ten.
    #[n(0)]
    Device,
    /// A recovery code: only extends the chain.
    #[n(1)]
    Recovery,
}

/// What a link does.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum LinkAction {
    /// The first device. Signed by itself.
    #[n(0)]
    Genesis(#[n(0)] PublicKey),
    /// Signed by a device in the chain, and by the added key (`Link::accept`).
    #[n(1)]
    Add(#[n(0)] PublicKey, #[n(1)] KeyUse),
    /// Signed by a device in the chain (it may remove itself).
    #[n(2)]
    Remove(#[n(0)] DeviceId),
}

/// A link's content.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LinkBody {
    #[n(0)]
    pub account: AccountId,
    #[n(1)]
    pub index: Index,
    /// SHA-256 of the body bytes of the link before; all zero for the genesis.
    #[n(2)]
    pub previous: Hash,
    #[n(3)]
    pub action: LinkAction,
    /// The device that signs.
    #[n(4)]
    pub signer: DeviceId,
    /// The signer's clock; informative.
    #[n(5)]
    pub time: Time,
}

/// The label under which `Link::signature` is made.
pub const LINK_LABEL: &str = "device chain link";
/// The label under which `Link::accept` is made.
pub const ACCEPT_LABEL: &str = "device chain accept";

/// A link: the exact bytes of a [`LinkBody`], the signer's signature and, for an addition, the added key's.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Link {
    #[n(0)]
    pub body: Bytes,
    #[n(1)]
    pub signature: Signature,
    #[n(2)]
    pub accept: Option<Signature>,
}
