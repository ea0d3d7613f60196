// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations: what an invited device gets to see, and the link that carries the secret.

use minicbor::{Decode, Encode};

use crate::account::{AccountKind, OrganisationInfo};
use crate::cbor;
use crate::{AccountId, Hash, InvitationSecret, Time};

/// What the fragment of an invitation link carries. A fragment is never sent to a server, so no server logs it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InvitationToken {
    /// SHA-256 of the organisation's key: the first contact already pins the organisation.
    #[n(0)]
    pub organisation: Hash,
    #[n(1)]
    pub secret: InvitationSecret,
}

/// An invitation link: `https://host/join#token`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationLink {
    /// `http` or `https`, host and optional port; no path.
    pub server: String,
    pub token: InvitationToken,
}

/// A text that is not an invitation link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationLinkError {
    #[error("the link has no '#' part: it may have been cut off when copied")]
    NoFragment,
    #[error("the part after '#' is damaged or incomplete")]
    BadToken,
    #[error("the link must start with https:// (or http:// for a test server)")]
    BadServer,
}

impl core::fmt::Display for InvitationLink {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let token = data_encoding::BASE64URL_NOPAD.encode(&cbor::encode(&self.token));
        write!(f, "{}/join#{token}", self.server)
    }
}

impl core::str::FromStr for InvitationLink {
    type Err = InvitationLinkError;

    fn from_str(text: &str) -> Result<Self, InvitationLinkError> {
        let (address, token) = text.trim().split_once('#').ok_or(InvitationLinkError::NoFragment)?;
        let token = data_encoding::BASE64URL_NOPAD
            .decode(token.as_bytes())
            .ok()
            .and_then(|bytes| cbor::decode(&bytes).ok())
            .ok_or(InvitationLinkError::BadToken)?;
        let (scheme, rest) = address.split_once("://").ok_or(InvitationLinkError::BadServer)?;
        let host = rest.split('/').next().unwrap_or_default();
        if !matches!(scheme, "http" | "https") || host.is_empty() || host.contains('@') {
            return Err(InvitationLinkError::BadServer);
        }
        Ok(Self {
            server: format!("{scheme}://{host}"),
            token,
        })
    }
}

/// What an invitation offers, before it is taken.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct InvitationOffer {
    #[n(0)]
    pub organisation: OrganisationInfo,
    /// The account that taking it gives. For an open invitation (a poster) it is a fresh id, reserved for this claim.
    #[n(1)]
    pub account: AccountId,
    /// `None`: an open invitation, the person says who they are.
    #[n(2)]
    pub name: Option<String>,
    #[n(3)]
    pub kind: AccountKind,
    #[n(4)]
    pub ends: Option<Time>,
    /// An existing account may take it instead, and joins its groups only.
    #[n(5)]
    pub for_existing: bool,
}
