// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server's side of a group: it follows the public handshakes, so it knows the tree and refuses what RFC 9420 or
//! our rules refuse; it never has a secret.

use std::collections::BTreeSet;

use melder_protocol::cbor;
use melder_protocol::roster::RosterStamp;
use melder_protocol::{Epoch, GroupId, Member, PublicKey};
use minicbor::{Decode, Encode};
use openmls::group::StagedCommit;
use openmls::prelude::tls_codec::Serialize as _;
use openmls::prelude::{
    ExternalProposal, LeafNodeIndex, MlsMessageOut, OpenMlsSignaturePublicKey, ProcessedMessageContent, Proposal,
    ProposalOrRefType, ProposalStore, PublicGroup as OpenMlsGroup, QueuedProposal, Sender, SenderExtensionIndex,
    SignatureScheme, Verifiable as _,
};
use openmls_rust_crypto::RustCrypto;

use crate::MlsError;
use crate::context::{self, GroupSpec};
use crate::key_package;
use crate::message;
use crate::provider::Provider;
use crate::rules::{AddedLeaf, CommitFacts};
use crate::sign::SigningKey;
use crate::storage::{MemoryKeyValues, Storage};

/// A device in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    pub index: u32,
    pub member: Member,
}

/// The public side of a group at its current epoch, with the proposals that are open in it.
#[derive(Debug)]
pub struct PublicGroup {
    group: OpenMlsGroup,
    store: MemoryKeyValues,
    open: BTreeSet<Vec<u8>>,
    open_removes: usize,
}

/// A commit that RFC 9420 allows. Whether our rules do is for [`crate::rules::check`] to say.
#[derive(Debug)]
pub struct CheckedCommit {
    pub facts: CommitFacts,
    /// Open proposals that the commit leaves out.
    pub missing: usize,
    staged: Box<StagedCommit>,
}

#[derive(Encode, Decode)]
struct Stored {
    #[n(0)]
    group: GroupId,
    #[cbor(n(1), with = "minicbor::bytes")]
    store: Vec<u8>,
    #[n(2)]
    open: Vec<cbor::Bytes>,
    #[n(3)]
    open_removes: u32,
}

impl PublicGroup {
    /// Starts to follow a group at epoch 0, in which `creator` is alone.
    ///
    /// # Errors
    /// When group info and tree are invalid, or not what `spec` asks for.
    pub fn establish(group_info: &[u8], tree: &[u8], spec: &GroupSpec, creator: &AddedLeaf) -> Result<Self, MlsError> {
        let store = MemoryKeyValues::default();
        let (group, _) = OpenMlsGroup::from_external(
            &RustCrypto::default(),
            &Storage(&store),
            message::ratchet_tree(tree)?,
            message::group_info(group_info)?,
            ProposalStore::new(),
        )
        .map_err(MlsError::invalid)?;
        spec.check(group.group_context())?;
        if group.group_context().epoch().as_u64() != 0 {
            return Err(MlsError::Mismatch("epoch 0"));
        }
        let mut leaves = group.members();
        let (Some(leaf), None) = (leaves.next(), leaves.next()) else {
            return Err(MlsError::Mismatch("one leaf"));
        };
        if context::member(&leaf.credential)? != creator.member
            || leaf.signature_key.as_slice() != creator.key.as_bytes()
        {
            return Err(MlsError::Mismatch("creator"));
        }
        drop(leaves);
        Ok(Self {
            group,
            store,
            open: BTreeSet::new(),
            open_removes: 0,
        })
    }

    /// For the store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&Stored {
            group: self.id(),
            store: self.store.to_bytes(),
            open: self.open.iter().cloned().map(cbor::Bytes).collect(),
            open_removes: u32::try_from(self.open_removes).unwrap_or(u32::MAX),
        })
    }

    /// # Errors
    /// When the bytes were not made by [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MlsError> {
        let stored: Stored = cbor::decode(bytes).map_err(|_| MlsError::Malformed("stored group"))?;
        let store = MemoryKeyValues::from_bytes(&stored.store)?;
        let id = openmls::prelude::GroupId::from_slice(stored.group.as_bytes());
        let group = OpenMlsGroup::load(&Storage(&store), &id)?.ok_or(MlsError::NoGroup)?;
        Ok(Self {
            group,
            store,
            open: stored.open.into_iter().map(|bytes| bytes.0).collect(),
            open_removes: stored.open_removes as usize,
        })
    }

    #[must_use]
    pub fn id(&self) -> GroupId {
        GroupId::from_slice(self.group.group_id().as_slice()).unwrap_or(GroupId::from_bytes([0; 16]))
    }

    #[must_use]
    pub fn epoch(&self) -> Epoch {
        Epoch(self.group.group_context().epoch().as_u64())
    }

    /// The devices in the tree.
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf> {
        self.group
            .members()
            .filter_map(|leaf| {
                Some(Leaf {
                    index: leaf.index.u32(),
                    member: context::member(&leaf.credential).ok()?,
                })
            })
            .collect()
    }

    /// The ratchet tree, for those who join.
    ///
    /// # Errors
    /// When it can't be encoded.
    pub fn tree(&self) -> Result<Vec<u8>, MlsError> {
        message::tree_bytes(&self.group.export_ratchet_tree())
    }

    /// Number of proposals that are open in this epoch, and how many of them remove somebody.
    #[must_use]
    pub fn open_proposals(&self) -> (usize, usize) {
        (self.open.len(), self.open_removes)
    }

    /// An external Add, signed by the organisation, for the current epoch.
    ///
    /// # Errors
    /// When the key package is invalid.
    pub fn propose_add(&self, organisation: &SigningKey, key_package: &[u8]) -> Result<Vec<u8>, MlsError> {
        let proposal = ExternalProposal::new_add::<Provider<'_, MemoryKeyValues>>(
            key_package::verified(key_package)?,
            self.group.group_id().clone(),
            self.group.group_context().epoch(),
            organisation,
            SenderExtensionIndex::new(0),
        )
        .map_err(MlsError::invalid)?;
        to_bytes(&proposal)
    }

    /// An external Remove, signed by the organisation, for the current epoch.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn propose_remove(&self, organisation: &SigningKey, leaf: u32) -> Result<Vec<u8>, MlsError> {
        let proposal = ExternalProposal::new_remove::<Provider<'_, MemoryKeyValues>>(
            LeafNodeIndex::new(leaf),
            self.group.group_id().clone(),
            self.group.group_context().epoch(),
            organisation,
            SenderExtensionIndex::new(0),
        )
        .map_err(MlsError::invalid)?;
        to_bytes(&proposal)
    }

    /// Remembers a proposal that was issued in this epoch.
    ///
    /// # Errors
    /// When it is invalid or for another epoch.
    pub fn add_proposal(&mut self, bytes: &[u8]) -> Result<(), MlsError> {
        let proposal = self.process_proposal(bytes)?;
        let reference = proposal_reference(&proposal);
        if self.open.insert(reference) && matches!(proposal.proposal(), Proposal::Remove(_)) {
            self.open_removes += 1;
        }
        self.group.add_proposal(&Storage(&self.store), proposal)?;
        Ok(())
    }

    fn process_proposal(&self, bytes: &[u8]) -> Result<QueuedProposal, MlsError> {
        let message = message::protocol_message(bytes)?;
        match self
            .group
            .process_message(&RustCrypto::default(), message)
            .map_err(MlsError::invalid)?
            .into_content()
        {
            ProcessedMessageContent::ProposalMessage(proposal) => Ok(*proposal),
            _ => Err(MlsError::Malformed("expected a proposal")),
        }
    }

    /// Verifies a commit for the current epoch.
    ///
    /// # Errors
    /// `WrongEpoch`, or why RFC 9420 refuses it.
    pub fn check_commit(&self, bytes: &[u8]) -> Result<CheckedCommit, MlsError> {
        let message = message::protocol_message(bytes)?;
        if message.epoch() != self.group.group_context().epoch() {
            return Err(MlsError::WrongEpoch);
        }
        let processed = self
            .group
            .process_message(&RustCrypto::default(), message)
            .map_err(MlsError::invalid)?;
        let sender = processed.sender().clone();
        let committer = context::member(processed.credential())?;
        let stamp = cbor::decode::<RosterStamp>(processed.aad()).ok();
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(MlsError::Malformed("expected a commit"));
        };
        let facts = facts(&self.group, &sender, committer, stamp, &staged)?;
        let covered: BTreeSet<Vec<u8>> = staged
            .queued_proposals()
            .filter(|proposal| proposal.proposal_or_ref_type() == ProposalOrRefType::Reference)
            .map(proposal_reference)
            .collect();
        let missing = if facts.external {
            // RFC 9420 lets no external commit carry them; the server issues them anew afterwards.
            0
        } else {
            self.open.difference(&covered).count()
        };
        Ok(CheckedCommit { facts, missing, staged })
    }

    /// Takes a commit. Open proposals are void afterwards.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn merge(&mut self, commit: CheckedCommit) -> Result<(), MlsError> {
        self.group
            .merge_commit(&Storage(&self.store), *commit.staged)
            .map_err(MlsError::invalid)?;
        self.open.clear();
        self.open_removes = 0;
        Ok(())
    }

    /// After [`Self::merge`]: is this the group info of the new epoch, with a key to join by, signed by a member?
    ///
    /// # Errors
    /// When it is not.
    pub fn check_group_info(&self, bytes: &[u8]) -> Result<(), MlsError> {
        let info = message::group_info(bytes)?;
        if info.group_context() != self.group.group_context() {
            return Err(MlsError::Mismatch("group info's context"));
        }
        if info.extensions().external_pub().is_none() {
            return Err(MlsError::Mismatch("external_pub"));
        }
        // GroupInfoTBS ends with the confirmation tag and the signer's leaf index (RFC 9420, section 12.4.3).
        let payload = info.unsigned_payload().map_err(|_| MlsError::Malformed("GroupInfo"))?;
        let (rest, signer) = payload
            .split_last_chunk::<4>()
            .ok_or(MlsError::Malformed("GroupInfo"))?;
        // With another tag than the commit's, whoever joins by it would come to another transcript than everybody else.
        let tag = self
            .group
            .confirmation_tag()
            .tls_serialize_detached()
            .map_err(|_| MlsError::Malformed("confirmation tag"))?;
        if !rest.ends_with(&tag) {
            return Err(MlsError::Mismatch("group info's confirmation tag"));
        }
        let signer = Some(LeafNodeIndex::new(u32::from_be_bytes(*signer)))
            .and_then(|index| self.group.leaf(index))
            .ok_or(MlsError::Mismatch("group info's signer"))?;
        let key =
            OpenMlsSignaturePublicKey::from_signature_key(signer.signature_key().clone(), SignatureScheme::ED25519);
        info.verify_no_out(&RustCrypto::default(), &key)
            .map_err(|_| MlsError::Mismatch("group info's signature"))
    }
}

fn to_bytes(message: &MlsMessageOut) -> Result<Vec<u8>, MlsError> {
    message::to_bytes(message)
}

fn proposal_reference(proposal: &QueuedProposal) -> Vec<u8> {
    proposal.proposal_reference_ref().as_slice().to_vec()
}

/// What a staged commit does. The same on the server and on devices.
pub(crate) fn facts(
    group: &OpenMlsGroup,
    sender: &Sender,
    committer: Member,
    stamp: Option<RosterStamp>,
    staged: &StagedCommit,
) -> Result<CommitFacts, MlsError> {
    let (external, before) = match sender {
        Sender::Member(index) => (false, group.leaf(*index)),
        Sender::NewMemberCommit => (true, None),
        _ => return Err(MlsError::Malformed("commit's sender")),
    };
    let after = staged.update_path_leaf_node();
    if let (Some(before), Some(after)) = (before, after) {
        // An update path replaces the committer's leaf; it must stay who it is.
        if before.credential() != after.credential() || before.signature_key() != after.signature_key() {
            return Err(MlsError::Mismatch("committer's identity"));
        }
    }
    let leaf = after.or(before).ok_or(MlsError::Mismatch("committer's leaf"))?;
    if context::member(leaf.credential())? != committer {
        return Err(MlsError::Mismatch("committer's identity"));
    }
    let mut facts = CommitFacts {
        committer: AddedLeaf {
            member: committer,
            key: key(leaf.signature_key().as_slice())?,
        },
        external,
        added: Vec::new(),
        removed: Vec::new(),
        stamp,
        foreign_proposals: 0,
    };
    for queued in staged.queued_proposals() {
        match queued.proposal() {
            Proposal::Add(add) => {
                let leaf = add.key_package().leaf_node();
                facts.added.push(AddedLeaf {
                    member: context::member(leaf.credential())?,
                    key: key(leaf.signature_key().as_slice())?,
                });
            }
            Proposal::Remove(remove) => {
                let leaf = group.leaf(remove.removed()).ok_or(MlsError::Mismatch("removed leaf"))?;
                facts.removed.push(context::member(leaf.credential())?);
            }
            Proposal::ExternalInit(_) if external => {}
            _ => facts.foreign_proposals += 1,
        }
    }
    Ok(facts)
}

fn key(bytes: &[u8]) -> Result<PublicKey, MlsError> {
    context::public_key(bytes)
}
