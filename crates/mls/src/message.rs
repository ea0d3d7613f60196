// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A look at the outside of MLS bytes, as the server needs it.

use melder_protocol::{Epoch, GroupId};
use openmls::prelude::tls_codec::{DeserializeBytes as _, Serialize as _};
use openmls::prelude::{ContentType, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, ProtocolMessage, RatchetTreeIn};

use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::treesync::RatchetTree;

use crate::MlsError;

/// What an MLSMessage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A PrivateMessage with application data.
    Application,
    /// A PublicMessage with a commit.
    Commit,
    /// A PublicMessage with a proposal.
    Proposal,
    Welcome,
    GroupInfo,
    KeyPackage,
}

/// The outside of an MLSMessage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub kind: Kind,
    pub group: Option<GroupId>,
    pub epoch: Option<Epoch>,
}

/// Reads the outside of an MLSMessage.
///
/// # Errors
/// When the bytes are no MLSMessage of a kind that Melder uses.
pub fn peek(bytes: &[u8]) -> Result<Header, MlsError> {
    let bare = |kind| Header {
        kind,
        group: None,
        epoch: None,
    };
    match parse(bytes)?.extract() {
        MlsMessageBodyIn::Welcome(_) => Ok(bare(Kind::Welcome)),
        MlsMessageBodyIn::KeyPackage(_) => Ok(bare(Kind::KeyPackage)),
        MlsMessageBodyIn::GroupInfo(info) => Ok(Header {
            kind: Kind::GroupInfo,
            group: GroupId::from_slice(info.group_id().as_slice()),
            epoch: Some(Epoch(info.epoch().as_u64())),
        }),
        MlsMessageBodyIn::PublicMessage(message) => {
            let kind = match message.content_type() {
                ContentType::Commit => Kind::Commit,
                ContentType::Proposal => Kind::Proposal,
                _ => return Err(MlsError::Malformed("public application message")),
            };
            Ok(Header {
                kind,
                group: GroupId::from_slice(message.group_id().as_slice()),
                epoch: Some(Epoch(message.epoch().as_u64())),
            })
        }
        MlsMessageBodyIn::PrivateMessage(message) => {
            if message.content_type() != ContentType::Application {
                return Err(MlsError::Malformed("private handshake"));
            }
            Ok(Header {
                kind: Kind::Application,
                group: GroupId::from_slice(message.group_id().as_slice()),
                epoch: Some(Epoch(message.epoch().as_u64())),
            })
        }
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Result<MlsMessageIn, MlsError> {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes).map_err(|_| MlsError::Malformed("MLSMessage"))
}

pub(crate) fn protocol_message(bytes: &[u8]) -> Result<ProtocolMessage, MlsError> {
    parse(bytes)?
        .try_into_protocol_message()
        .map_err(|_| MlsError::Malformed("expected a protocol message"))
}

pub(crate) fn group_info(bytes: &[u8]) -> Result<VerifiableGroupInfo, MlsError> {
    match parse(bytes)?.extract() {
        MlsMessageBodyIn::GroupInfo(info) => Ok(info),
        _ => Err(MlsError::Malformed("expected a GroupInfo")),
    }
}

pub(crate) fn ratchet_tree(bytes: &[u8]) -> Result<RatchetTreeIn, MlsError> {
    RatchetTreeIn::tls_deserialize_exact_bytes(bytes).map_err(|_| MlsError::Malformed("ratchet tree"))
}

pub(crate) fn tree_bytes(tree: &RatchetTree) -> Result<Vec<u8>, MlsError> {
    tree.tls_serialize_detached()
        .map_err(|_| MlsError::Malformed("ratchet tree"))
}

pub(crate) fn to_bytes(message: &MlsMessageOut) -> Result<Vec<u8>, MlsError> {
    message.to_bytes().map_err(MlsError::invalid)
}
