// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A device's side of a group: it has the secrets. Every operation writes OpenMLS's state through the provider's
//! storage, inside the caller's transaction; the caller throws a [`MemberGroup`] away when that transaction fails.
//!
//! Publish before apply: [`MemberGroup::commit`] leaves the group in its epoch; [`MemberGroup::merge_pending`] is called
//! when the commit stands in the log.

use melder_bugs::{self as bugs, Bug};
use melder_protocol::cbor;
use melder_protocol::roster::RosterStamp;
use melder_protocol::{Epoch, GroupId, Member, PublicKey};
use openmls::group::{MlsGroup, MlsGroupCreateConfig, MlsGroupJoinConfig, ProcessMessageError, StagedCommit};
use openmls::prelude::{
    LeafNodeIndex, LeafNodeParameters, MlsMessageBodyIn, OpenMlsProvider as _, PURE_PLAINTEXT_WIRE_FORMAT_POLICY,
    ProcessedMessageContent, Proposal, Sender, SenderRatchetConfiguration, StagedWelcome, WireFormatPolicy,
};

use crate::MlsError;
use crate::context::{self, GroupSpec};
use crate::message;
use crate::provider::Provider;
use crate::public;
use crate::rules::{AddedLeaf, CommitFacts};
use crate::sign::SigningKey;
use crate::storage::KeyValues;

pub use crate::public::Leaf;

/// Application messages are padded to a multiple of this many bytes.
const PADDING: usize = 64;
/// The log is ordered, so a sender's messages come in order; gaps happen when a device comes back from a backup.
const OUT_OF_ORDER: u32 = 4;
const FORWARD: u32 = 4_000;

/// A group that this device is (or was) in.
pub struct MemberGroup {
    group: MlsGroup,
}

impl core::fmt::Debug for MemberGroup {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "MemberGroup(epoch {})", self.epoch())
    }
}

/// What goes to the server to found a group.
#[derive(Debug, Clone)]
pub struct Founding {
    pub group_info: Vec<u8>,
    pub tree: Vec<u8>,
}

/// What goes to the server as one bundle.
#[derive(Debug, Clone)]
pub struct CommitBundle {
    pub commit: Vec<u8>,
    pub welcome: Option<Vec<u8>>,
    pub group_info: Vec<u8>,
}

/// What a proposal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Add(AddedLeaf),
    Remove(Member),
}

/// A decrypted application message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub sender: Member,
    pub bytes: Vec<u8>,
}

/// A commit of somebody else that RFC 9420 allows; ask [`crate::rules::check`], then merge or drop it.
#[derive(Debug)]
pub struct Incoming {
    pub facts: CommitFacts,
    /// It takes this very device out.
    pub removes_us: bool,
    staged: Box<StagedCommit>,
}

/// What a commit is to contain beside the open proposals.
#[derive(Debug, Clone, Default)]
pub struct CommitPlan {
    /// Leaves to take out that no open proposal takes out.
    pub remove: Vec<u32>,
    /// New keys for our own path, even when not needed.
    pub refresh: bool,
}

impl MemberGroup {
    /// Founds a group with this device as its only leaf.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn found<K: KeyValues + ?Sized>(
        provider: &Provider<'_, K>,
        signer: &SigningKey,
        member: Member,
        spec: &GroupSpec,
    ) -> Result<(Self, Founding), MlsError> {
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(crate::provider::ciphersuite(spec.suite))
            .wire_format_policy(wire_format())
            .padding_size(PADDING)
            .max_past_epochs(0)
            .use_ratchet_tree_extension(false)
            .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD))
            .capabilities(context::capabilities())
            .with_group_context_extensions(spec.extensions()?)
            .build();
        let group = MlsGroup::new_with_group_id(
            provider,
            signer,
            &config,
            group_id(spec.group),
            context::credential_of(member, signer),
        )
        .map_err(MlsError::invalid)?;
        let info = group
            .export_group_info(provider.crypto(), signer, false)
            .map_err(MlsError::invalid)?;
        let founding = Founding {
            group_info: message::to_bytes(&info)?,
            tree: message::tree_bytes(&group.export_ratchet_tree())?,
        };
        Ok((Self { group }, founding))
    }

    /// # Errors
    /// When the storage fails.
    pub fn load<K: KeyValues + ?Sized>(provider: &Provider<'_, K>, group: GroupId) -> Result<Option<Self>, MlsError> {
        let group = MlsGroup::load(provider.storage(), &group_id(group))?;
        Ok(group.map(|group| Self { group }))
    }

    /// Joins by a Welcome.
    ///
    /// # Errors
    /// When the Welcome is not for one of our key packages, or the group is not the one that `spec` asks for.
    pub fn join<K: KeyValues + ?Sized>(
        provider: &Provider<'_, K>,
        welcome: &[u8],
        tree: &[u8],
        spec: &GroupSpec,
    ) -> Result<Self, MlsError> {
        let MlsMessageBodyIn::Welcome(welcome) = message::parse(welcome)?.extract() else {
            return Err(MlsError::Malformed("expected a Welcome"));
        };
        let staged = StagedWelcome::build_from_welcome(provider, &join_config(), welcome)
            .map_err(MlsError::invalid)?
            .with_ratchet_tree(message::ratchet_tree(tree)?)
            .skip_lifetime_validation()
            .replace_old_group()
            .build()
            .map_err(MlsError::invalid)?;
        spec.check(staged.group_context())?;
        let group = staged.into_group(provider).map_err(MlsError::invalid)?;
        Ok(Self { group })
    }

    /// Joins (or rejoins) by an external commit. The group is in the new epoch at once; when the server refuses the
    /// commit, the caller [deletes](Self::delete) it.
    ///
    /// # Errors
    /// When group info and tree are invalid, or not what `spec` asks for.
    pub fn join_external<K: KeyValues + ?Sized>(
        provider: &Provider<'_, K>,
        signer: &SigningKey,
        member: Member,
        group_info: &[u8],
        tree: &[u8],
        spec: &GroupSpec,
        stamp: RosterStamp,
    ) -> Result<(Self, CommitBundle), MlsError> {
        let info = message::group_info(group_info)?;
        spec.check(info.group_context())?;
        let parameters = LeafNodeParameters::builder()
            .with_capabilities(context::capabilities())
            .build();
        let (group, bundle) = MlsGroup::external_commit_builder()
            .with_ratchet_tree(message::ratchet_tree(tree)?)
            .with_config(join_config())
            .with_aad(cbor::encode(&stamp))
            .skip_lifetime_validation()
            .build_group(provider, info, context::credential_of(member, signer))
            .map_err(MlsError::invalid)?
            .leaf_node_parameters(parameters)
            .load_psks(provider.storage())
            .map_err(MlsError::invalid)?
            .create_group_info(true)
            .use_ratchet_tree_extension(false)
            .build(provider.rand(), provider.crypto(), signer, |_| true)
            .map_err(MlsError::invalid)?
            .finalize(provider)
            .map_err(MlsError::invalid)?;
        let bundle = bundle_bytes(bundle, &group, provider, signer)?;
        Ok((Self { group }, bundle))
    }

    #[must_use]
    pub fn epoch(&self) -> Epoch {
        Epoch(self.group.epoch().as_u64())
    }

    /// False once a commit took this device out.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.group.is_active()
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

    /// The signature keys in the tree beside their members.
    pub fn leaf_keys(&self) -> impl Iterator<Item = AddedLeaf> + '_ {
        self.group.members().filter_map(|leaf| {
            Some(AddedLeaf {
                member: context::member(&leaf.credential).ok()?,
                key: PublicKey::from_slice(&leaf.signature_key)?,
            })
        })
    }

    /// Is this the group info of the very epoch that we are in? `None`: it is of another epoch. `Some(false)`: somebody
    /// was shown another history.
    ///
    /// # Errors
    /// When the bytes are no group info.
    pub fn agrees(&self, group_info: &[u8]) -> Result<Option<bool>, MlsError> {
        let info = message::group_info(group_info)?;
        let ours = self.group.public_group().group_context();
        let same_epoch = info.epoch() == ours.epoch();
        Ok(same_epoch.then(|| info.group_context() == ours))
    }

    /// The group's confirmation for people: equal on all members of an epoch, and on nobody else.
    #[must_use]
    pub fn epoch_authenticator(&self) -> Vec<u8> {
        self.group.epoch_authenticator().as_slice().to_vec()
    }

    /// Encrypts an application message in the current epoch.
    ///
    /// # Errors
    /// When the group is not active or the storage fails.
    pub fn encrypt<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        signer: &SigningKey,
        bytes: &[u8],
    ) -> Result<Vec<u8>, MlsError> {
        if bugs::on(Bug::ContentInClear) {
            self.group.set_aad(bytes.to_vec());
        }
        let out = self
            .group
            .create_message(provider, signer, bytes)
            .map_err(MlsError::invalid)?;
        message::to_bytes(&out)
    }

    /// Decrypts somebody's application message of the current epoch.
    ///
    /// # Errors
    /// `WrongEpoch`; `Undecryptable` for a replay or damaged bytes.
    pub fn decrypt<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        bytes: &[u8],
    ) -> Result<Received, MlsError> {
        let message = message::protocol_message(bytes)?;
        if message.epoch() != self.group.epoch() {
            return Err(MlsError::WrongEpoch);
        }
        let processed = self.group.process_message(provider, message).map_err(undecryptable)?;
        let sender = context::member(processed.credential())?;
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => Ok(Received {
                sender,
                bytes: message.into_bytes(),
            }),
            ProcessedMessageContent::OwnPrivateMessage => Err(MlsError::OwnMessage),
            _ => Err(MlsError::Malformed("expected an application message")),
        }
    }

    /// Makes a commit of all `proposals` (as they stand in the log for this epoch) and of what `plan` adds.
    ///
    /// # Errors
    /// When a proposal is invalid or the storage fails.
    pub fn commit<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        signer: &SigningKey,
        proposals: &[&[u8]],
        plan: &CommitPlan,
        stamp: RosterStamp,
    ) -> Result<CommitBundle, MlsError> {
        self.group.clear_pending_commit(provider.storage())?;
        self.take_proposals(provider, proposals)?;
        self.group.set_aad(cbor::encode(&stamp));
        let bundle = self
            .group
            .commit_builder()
            .consume_proposal_store(true)
            .force_self_update(plan.refresh)
            .propose_removals(plan.remove.iter().map(|index| LeafNodeIndex::new(*index)))
            .load_psks(provider.storage())
            .map_err(MlsError::invalid)?
            .create_group_info(true)
            .use_ratchet_tree_extension(false)
            .build(provider.rand(), provider.crypto(), signer, |_| true)
            .map_err(MlsError::invalid)?
            .stage_commit(provider)
            .map_err(MlsError::invalid)?;
        // The proposals live in our own log; OpenMLS would refuse to send messages while it knows of any.
        self.group.clear_pending_proposals(provider.storage())?;
        let (commit, welcome, info) = bundle.into_messages();
        Ok(CommitBundle {
            commit: message::to_bytes(&commit)?,
            welcome: welcome.map(|welcome| message::to_bytes(&welcome)).transpose()?,
            group_info: message::to_bytes(&info.ok_or(MlsError::Malformed("no group info"))?)?,
        })
    }

    /// What each of these proposals asks for, in their order; `None`: it is invalid, or of another epoch or kind.
    pub fn describe<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        proposals: &[&[u8]],
    ) -> Vec<Option<Change>> {
        proposals
            .iter()
            .map(|bytes| self.describe_one(provider, bytes))
            .collect()
    }

    fn describe_one<K: KeyValues + ?Sized>(&mut self, provider: &Provider<'_, K>, bytes: &[u8]) -> Option<Change> {
        let message = message::protocol_message(bytes).ok()?;
        let ProcessedMessageContent::ProposalMessage(queued) =
            self.group.process_message(provider, message).ok()?.into_content()
        else {
            return None;
        };
        match queued.proposal() {
            Proposal::Add(add) => {
                let leaf = add.key_package().leaf_node();
                Some(Change::Add(AddedLeaf {
                    member: context::member(leaf.credential()).ok()?,
                    key: context::public_key(leaf.signature_key().as_slice()).ok()?,
                }))
            }
            Proposal::Remove(remove) => context::member(self.group.member(remove.removed())?)
                .ok()
                .map(Change::Remove),
            _ => None,
        }
    }

    /// Puts the log's proposals before OpenMLS. One that is invalid is left out: a commit that names it fails then.
    fn take_proposals<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        proposals: &[&[u8]],
    ) -> Result<(), MlsError> {
        self.group.clear_pending_proposals(provider.storage())?;
        for bytes in proposals {
            let Ok(message) = message::protocol_message(bytes) else {
                continue;
            };
            let Ok(processed) = self.group.process_message(provider, message) else {
                continue;
            };
            if let ProcessedMessageContent::ProposalMessage(proposal) = processed.into_content()
                && matches!(proposal.proposal(), Proposal::Add(_) | Proposal::Remove(_))
            {
                self.group.store_pending_proposal(provider.storage(), *proposal)?;
            }
        }
        Ok(())
    }

    /// Verifies somebody's commit, with the proposals that stand in the log for this epoch.
    ///
    /// # Errors
    /// `WrongEpoch`, or why RFC 9420 refuses it.
    pub fn process_commit<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        proposals: &[&[u8]],
        commit: &[u8],
    ) -> Result<Incoming, MlsError> {
        let message = message::protocol_message(commit)?;
        if message.epoch() != self.group.epoch() {
            return Err(MlsError::WrongEpoch);
        }
        self.take_proposals(provider, proposals)?;
        let processed = self.group.process_message(provider, message).map_err(undecryptable)?;
        let sender: Sender = processed.sender().clone();
        let committer = context::member(processed.credential())?;
        let stamp = cbor::decode::<RosterStamp>(processed.aad()).ok();
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(MlsError::Malformed("expected a commit"));
        };
        let facts = public::facts(self.group.public_group(), &sender, committer, stamp, &staged)?;
        self.group.clear_pending_proposals(provider.storage())?;
        Ok(Incoming {
            facts,
            removes_us: staged.self_removed(),
            staged,
        })
    }

    /// Goes into the epoch that somebody's commit leads to.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn merge<K: KeyValues + ?Sized>(
        &mut self,
        provider: &Provider<'_, K>,
        incoming: Incoming,
    ) -> Result<(), MlsError> {
        self.group
            .merge_staged_commit(provider, *incoming.staged)
            .map_err(MlsError::invalid)
    }

    /// Goes into the epoch that our own commit leads to; it stands in the log now.
    ///
    /// # Errors
    /// When there is none, or the storage fails.
    pub fn merge_pending<K: KeyValues + ?Sized>(&mut self, provider: &Provider<'_, K>) -> Result<(), MlsError> {
        self.group.merge_pending_commit(provider).map_err(MlsError::invalid)
    }

    /// Forgets our own commit: somebody else's came first.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn clear_pending<K: KeyValues + ?Sized>(&mut self, provider: &Provider<'_, K>) -> Result<(), MlsError> {
        Ok(self.group.clear_pending_commit(provider.storage())?)
    }

    /// Deletes all state of the group on this device.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn delete<K: KeyValues + ?Sized>(mut self, provider: &Provider<'_, K>) -> Result<(), MlsError> {
        Ok(self.group.delete(provider.storage())?)
    }
}

fn bundle_bytes<K: KeyValues + ?Sized>(
    bundle: openmls::prelude::CommitMessageBundle,
    group: &MlsGroup,
    provider: &Provider<'_, K>,
    signer: &SigningKey,
) -> Result<CommitBundle, MlsError> {
    let (commit, welcome, info) = bundle.into_messages();
    let info = match info {
        Some(info) => info,
        None => group
            .export_group_info(provider.crypto(), signer, false)
            .map_err(MlsError::invalid)?,
    };
    Ok(CommitBundle {
        commit: message::to_bytes(&commit)?,
        welcome: welcome.map(|welcome| message::to_bytes(&welcome)).transpose()?,
        group_info: message::to_bytes(&info)?,
    })
}

fn group_id(group: GroupId) -> openmls::prelude::GroupId {
    openmls::prelude::GroupId::from_slice(group.as_bytes())
}

/// Handshakes are public, so that the server can check them; application messages are always private.
const fn wire_format() -> WireFormatPolicy {
    PURE_PLAINTEXT_WIRE_FORMAT_POLICY
}

fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(wire_format())
        .padding_size(PADDING)
        .max_past_epochs(0)
        .use_ratchet_tree_extension(false)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD))
        .build()
}

fn undecryptable<E: core::fmt::Display>(error: ProcessMessageError<E>) -> MlsError {
    MlsError::Undecryptable(error.to_string())
}
