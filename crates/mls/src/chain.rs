// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The device chain, verified. Everybody verifies it for themselves, so the server can't add a device to anybody.

use melder_protocol::cbor::{self, Bytes};
use melder_protocol::chain::{ACCEPT_LABEL, KeyUse, LINK_LABEL, Link, LinkAction, LinkBody};
use melder_protocol::limits::{MAX_CHAIN, MAX_DEVICES};
use melder_protocol::{AccountId, DeviceId, Hash, Index, PublicKey, Signature, Time};

use crate::sign::{self, SigningKey, device_id, sha256};

/// A link that does not continue a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("the chain is empty")]
    Empty,
    #[error("a link is malformed")]
    Malformed,
    #[error("a link belongs to another account")]
    OtherAccount,
    #[error("a link has the wrong index or does not hold the hash of the one before")]
    NotNext,
    #[error("a chain starts with its genesis, and has only one")]
    Genesis,
    #[error("a link is signed by a device that is not in the chain")]
    UnknownSigner,
    #[error("a signature does not fit")]
    BadSignature,
    #[error("the added key is or was in the chain")]
    KnownKey,
    #[error("the removed device is not in the chain")]
    UnknownDevice,
    #[error("the account has ten devices")]
    TooManyDevices,
    #[error("the chain is too long")]
    TooLong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    device: DeviceId,
    key: PublicKey,
    key_use: KeyUse,
    present: bool,
}

/// A verified chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceChain {
    account: AccountId,
    genesis: Hash,
    head: Hash,
    len: u32,
    /// Links of this chain and of those before a reset.
    total: usize,
    keys: Vec<Key>,
}

impl DeviceChain {
    /// Verifies all links of an account. A second genesis among them is a reset by an administrator: a new chain,
    /// whose [`Self::genesis`] differs; the keys of the chains before count as past.
    ///
    /// # Errors
    /// When any link does not follow from those before.
    pub fn verify(account: AccountId, links: &[Link]) -> Result<Self, ChainError> {
        let (first, rest) = links.split_first().ok_or(ChainError::Empty)?;
        let mut chain = Self::begin(account, first)?;
        for link in rest {
            match decode(link)?.action {
                LinkAction::Genesis(_) => chain.reset(link)?,
                LinkAction::Add(..) | LinkAction::Remove(_) => chain.extend(link)?,
            }
        }
        Ok(chain)
    }

    /// Starts the account's chain anew, after an administrator's reset.
    ///
    /// # Errors
    /// When the link is no valid genesis, or its key was in the chain before.
    pub fn reset(&mut self, genesis: &Link) -> Result<(), ChainError> {
        let mut new = Self::begin(self.account, genesis)?;
        if self.total >= MAX_CHAIN {
            return Err(ChainError::TooLong);
        }
        if self.keys.iter().any(|known| known.device == new.keys[0].device) {
            return Err(ChainError::KnownKey);
        }
        new.total = self.total + 1;
        new.keys
            .splice(0..0, self.keys.drain(..).map(|key| Key { present: false, ..key }));
        *self = new;
        Ok(())
    }

    fn begin(account: AccountId, link: &Link) -> Result<Self, ChainError> {
        let body = decode(link)?;
        let LinkAction::Genesis(key) = body.action else {
            return Err(ChainError::Genesis);
        };
        if body.account != account {
            return Err(ChainError::OtherAccount);
        }
        if body.index != Index(0) || body.previous != Hash::from_bytes([0; 32]) {
            return Err(ChainError::NotNext);
        }
        if body.signer != device_id(&key) || link.accept.is_some() {
            return Err(ChainError::UnknownSigner);
        }
        check(&key, LINK_LABEL, link.body.as_slice(), &link.signature)?;
        let head = sha256(link.body.as_slice());
        Ok(Self {
            account,
            genesis: head,
            head,
            len: 1,
            total: 1,
            keys: vec![Key {
                device: body.signer,
                key,
                key_use: KeyUse::Device,
                present: true,
            }],
        })
    }

    /// Verifies one more link and takes it; the chain is unchanged when it is refused.
    ///
    /// # Errors
    /// When the link does not follow.
    pub fn extend(&mut self, link: &Link) -> Result<(), ChainError> {
        let body = decode(link)?;
        if body.account != self.account {
            return Err(ChainError::OtherAccount);
        }
        if body.index != self.next_index() || body.previous != self.head {
            return Err(ChainError::NotNext);
        }
        if self.total >= MAX_CHAIN {
            return Err(ChainError::TooLong);
        }
        let signer = self.present(body.signer).ok_or(ChainError::UnknownSigner)?.key;
        check(&signer, LINK_LABEL, link.body.as_slice(), &link.signature)?;
        match (body.action, &link.accept) {
            (LinkAction::Genesis(_), _) => return Err(ChainError::Genesis),
            (LinkAction::Add(key, key_use), Some(accept)) => {
                check(&key, ACCEPT_LABEL, link.body.as_slice(), accept)?;
                self.add(key, key_use)?;
            }
            (LinkAction::Add(..), None) | (LinkAction::Remove(_), Some(_)) => return Err(ChainError::BadSignature),
            (LinkAction::Remove(device), None) => {
                let key = self
                    .keys
                    .iter_mut()
                    .find(|key| key.device == device && key.present)
                    .ok_or(ChainError::UnknownDevice)?;
                key.present = false;
            }
        }
        self.head = sha256(link.body.as_slice());
        self.len += 1;
        self.total += 1;
        Ok(())
    }

    fn add(&mut self, key: PublicKey, key_use: KeyUse) -> Result<(), ChainError> {
        let device = device_id(&key);
        if self.keys.iter().any(|known| known.device == device) {
            return Err(ChainError::KnownKey);
        }
        if key_use == KeyUse::Device && self.devices().count() >= MAX_DEVICES {
            return Err(ChainError::TooManyDevices);
        }
        self.keys.push(Key {
            device,
            key,
            key_use,
            present: true,
        });
        Ok(())
    }

    fn present(&self, device: DeviceId) -> Option<&Key> {
        self.keys.iter().find(|key| key.device == device && key.present)
    }

    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The hash of the genesis: what a badge and a safety number speak of.
    #[must_use]
    pub const fn genesis(&self) -> Hash {
        self.genesis
    }

    /// The hash of the last link.
    #[must_use]
    pub const fn head(&self) -> Hash {
        self.head
    }

    /// Number of links since the last genesis. Never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a verified chain is never empty")]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    #[must_use]
    pub const fn next_index(&self) -> Index {
        Index(self.len)
    }

    /// The key of a device that is in the chain now (recovery keys are no devices).
    #[must_use]
    pub fn device_key(&self, device: DeviceId) -> Option<&PublicKey> {
        self.present(device)
            .filter(|key| key.key_use == KeyUse::Device)
            .map(|key| &key.key)
    }

    /// The key of a device that is or was in the chain.
    #[must_use]
    pub fn past_key(&self, device: DeviceId) -> Option<&PublicKey> {
        self.keys
            .iter()
            .find(|key| key.device == device && key.key_use == KeyUse::Device)
            .map(|key| &key.key)
    }

    /// The devices in the chain now, in the order of their addition.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> + '_ {
        self.keys
            .iter()
            .filter(|key| key.present && key.key_use == KeyUse::Device)
            .map(|key| key.device)
    }

    /// The recovery keys in the chain now.
    pub fn recovery_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys
            .iter()
            .filter(|key| key.present && key.key_use == KeyUse::Recovery)
            .map(|key| &key.key)
    }

    /// The device is or was in the chain.
    #[must_use]
    pub fn ever(&self, device: DeviceId) -> bool {
        self.past_key(device).is_some()
    }
}

fn decode(link: &Link) -> Result<LinkBody, ChainError> {
    cbor::decode(link.body.as_slice()).map_err(|_| ChainError::Malformed)
}

fn check(key: &PublicKey, label: &str, payload: &[u8], signature: &Signature) -> Result<(), ChainError> {
    sign::verify(key, label, payload, signature).map_err(|_| ChainError::BadSignature)
}

/// Starts a chain with `key` as the first device.
#[must_use]
pub fn genesis(key: &SigningKey, account: AccountId, time: Time) -> Link {
    let body = cbor::encode(&LinkBody {
        account,
        index: Index(0),
        previous: Hash::from_bytes([0; 32]),
        action: LinkAction::Genesis(key.public()),
        signer: key.device(),
        time,
    });
    let signature = key.sign(LINK_LABEL, &body);
    Link {
        body: Bytes(body),
        signature,
        accept: None,
    }
}

/// The bytes of the link that adds `key`: both the signer and the added key sign them.
#[must_use]
pub fn add_body(chain: &DeviceChain, signer: DeviceId, key: PublicKey, key_use: KeyUse, time: Time) -> Vec<u8> {
    cbor::encode(&LinkBody {
        account: chain.account,
        index: chain.next_index(),
        previous: chain.head,
        action: LinkAction::Add(key, key_use),
        signer,
        time,
    })
}

/// The added key's consent to a link's body.
#[must_use]
pub fn accept(body: &[u8], key: &SigningKey) -> Signature {
    key.sign(ACCEPT_LABEL, body)
}

/// Puts an addition together.
#[must_use]
pub fn finish_add(body: Vec<u8>, signer: &SigningKey, accept: Signature) -> Link {
    let signature = signer.sign(LINK_LABEL, &body);
    Link {
        body: Bytes(body),
        signature,
        accept: Some(accept),
    }
}

/// The link that removes `device` (or a recovery key).
#[must_use]
pub fn remove(chain: &DeviceChain, signer: &SigningKey, device: DeviceId, time: Time) -> Link {
    let body = cbor::encode(&LinkBody {
        account: chain.account,
        index: chain.next_index(),
        previous: chain.head,
        action: LinkAction::Remove(device),
        signer: signer.device(),
        time,
    });
    let signature = signer.sign(LINK_LABEL, &body);
    Link {
        body: Bytes(body),
        signature,
        accept: None,
    }
}

/// The body of a link, not verified.
///
/// # Errors
/// When the bytes are no link body.
pub fn peek(link: &Link) -> Result<LinkBody, ChainError> {
    decode(link)
}
