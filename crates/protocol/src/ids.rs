// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Names of things. Ids are 16 random bytes, except a device's, which is the truncated SHA-256 of its key; so
//! nobody can give a device another key.

use core::fmt;
use core::str::FromStr;

use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not the hexadecimal form of an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} hexadecimal characters")]
pub struct ParseIdError {
    expected: usize,
}

macro_rules! bytes_type {
    ($(#[$doc:meta])* $name:ident, $len:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// `None` when `bytes` has another length.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                data_encoding::HEXLOWER_PERMISSIVE
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| Self::from_slice(&bytes))
                    .ok_or(ParseIdError { expected: 2 * $len })
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?;
                Ok(())
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
                let at = d.position();
                Self::from_slice(d.bytes()?).ok_or_else(|| {
                    DecodeError::message(concat!(stringify!($name), " has the wrong length")).at(at)
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

bytes_type!(/// A tenant: a department or a municipal company.
    OrganisationId, 16);
bytes_type!(/// A node in an organisation's tree.
    UnitId, 16);
bytes_type!(/// A person, bot or citizen in an organisation.
    AccountId, 16);
bytes_type!(/// One installation of an account: the first 16 bytes of the SHA-256 of its Ed25519 public key.
    DeviceId, 16);
bytes_type!(/// People who talk; also the MLS group id and the name of the group's log.
    GroupId, 16);
bytes_type!(/// A time-boxed undertaking.
    OperationId, 16);
bytes_type!(/// Encrypted bytes that an attachment or an archive points to.
    BlobId, 16);
bytes_type!(/// An invitation, as administrators see it (not its secret).
    InvitationId, 16);
bytes_type!(/// An API token, as administrators see it (not its secret).
    TokenId, 16);
bytes_type!(/// A person who administers; also the user handle of their passkeys.
    AdminId, 16);
bytes_type!(/// A group of the authority's own directory.
    DirectoryGroupId, 16);
bytes_type!(/// A SHA-256.
    Hash, 32);
bytes_type!(/// An Ed25519 public key (RFC 8032).
    PublicKey, 32);
bytes_type!(/// An Ed25519 signature (RFC 8032).
    Signature, 64);
bytes_type!(/// The server's challenge on a new connection.
    Nonce, 32);
bytes_type!(/// The one-time secret in an invitation. The server keeps only its hash.
    InvitationSecret, 16);

macro_rules! number_type {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
        #[serde(transparent)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl $name {
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_type!(/// An entry's place in its log: 1 for the first, gap-free. 0 means "before everything".
    Sequence, u64);
number_type!(/// An MLS epoch (RFC 9420).
    Epoch, u64);
number_type!(/// A device's own count of its appends to one log: 1 for the first, gap-free. Makes a retry harmless.
    Counter, u64);
number_type!(/// A place in a device chain or in a roster's history: 0 for the genesis.
    Index, u32);
number_type!(/// A request's number on its connection.
    RequestId, u32);

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Time(#[n(0)] pub u64);

impl Time {
    pub const SECOND: u64 = 1_000;
    pub const MINUTE: u64 = 60 * Self::SECOND;
    pub const HOUR: u64 = 60 * Self::MINUTE;
    pub const DAY: u64 = 24 * Self::HOUR;

    #[must_use]
    pub const fn plus(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    #[must_use]
    pub const fn minus(self, millis: u64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// Milliseconds from `earlier` to `self`; 0 when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// An ordered, append-only sequence of entries: every group has one, every account has one (its inbox).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum LogId {
    #[n(0)]
    Group(#[n(0)] GroupId),
    #[n(1)]
    Inbox(#[n(0)] AccountId),
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "group/{id}"),
            Self::Inbox(id) => write!(f, "inbox/{id}"),
        }
    }
}

/// A position in a log: everything up to and with `sequence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Cursor {
    #[n(0)]
    pub log: LogId,
    #[n(1)]
    pub sequence: Sequence,
}

/// An MLS cipher suite that Melder uses. A property of a group, never a constant in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Suite {
    /// 0x0001, MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519: for very large groups.
    #[n(1)]
    Classical,
    /// 0x004F, ML-KEM-768 + X25519 with Ed25519: the default.
    #[n(79)]
    Hybrid,
}

impl Suite {
    pub const ALL: [Self; 2] = [Self::Hybrid, Self::Classical];

    /// The number in the IANA registry "MLS Cipher Suites" (or in the draft).
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Classical => 0x0001,
            Self::Hybrid => 0x004f,
        }
    }
}

/// A device as others name it: the identity in an MLS leaf's basic credential is `account ‖ device`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
pub struct Member {
    #[n(0)]
    pub account: AccountId,
    #[n(1)]
    pub device: DeviceId,
}

impl Member {
    /// The identity in the basic credential: 32 bytes.
    #[must_use]
    pub fn identity(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(self.account.as_bytes());
        bytes[16..].copy_from_slice(self.device.as_bytes());
        bytes
    }

    /// `None` when `identity` is not 32 bytes long.
    #[must_use]
    pub fn from_identity(identity: &[u8]) -> Option<Self> {
        let (account, device) = identity.split_at_checked(16)?;
        Some(Self {
            account: AccountId::from_slice(account)?,
            device: DeviceId::from_slice(device)?,
        })
    }
}
