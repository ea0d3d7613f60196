// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What stands in every group's context: the organisation as external sender, and the hash of the roster's genesis,
//! so that an MLS group and a roster belong together for good.

use melder_protocol::{GroupId, Hash, Member, OrganisationId, PublicKey, Suite};
use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, Credential, CredentialType, CredentialWithKey, Extension,
    ExtensionType, Extensions, ExternalSender, GroupContext, ProtocolVersion, UnknownExtension,
};

use crate::MlsError;
use crate::provider;
use crate::sign::SigningKey;

/// The type of our group context extension, from the range for private use (RFC 9420, section 17.3).
pub const ROSTER_EXTENSION: u16 = 0xf0a1;

/// What a group's context must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSpec {
    pub group: GroupId,
    pub suite: Suite,
    pub organisation: OrganisationId,
    pub organisation_key: PublicKey,
    /// [`crate::roster::Roster::genesis`].
    pub roster: Hash,
}

impl GroupSpec {
    /// The spec that a roster asks for.
    #[must_use]
    pub const fn of(roster: &crate::roster::Roster) -> Self {
        let terms = roster.terms();
        Self {
            group: roster.group(),
            suite: terms.suite,
            organisation: terms.organisation,
            organisation_key: terms.organisation_key,
            roster: roster.genesis(),
        }
    }

    pub(crate) fn extensions(&self) -> Result<Extensions<GroupContext>, MlsError> {
        let sender = ExternalSender::new(
            self.organisation_key.as_bytes().as_slice().into(),
            BasicCredential::new(self.organisation.as_bytes().to_vec()).into(),
        );
        Extensions::from_vec(vec![
            Extension::ExternalSenders(vec![sender]),
            Extension::Unknown(ROSTER_EXTENSION, UnknownExtension(self.roster.as_bytes().to_vec())),
        ])
        .map_err(MlsError::invalid)
    }

    /// Does this context belong to the group that is meant?
    pub(crate) fn check(&self, context: &GroupContext) -> Result<(), MlsError> {
        if context.group_id().as_slice() != self.group.as_bytes() {
            return Err(MlsError::Mismatch("group id"));
        }
        if context.ciphersuite() != provider::ciphersuite(self.suite) {
            return Err(MlsError::Mismatch("suite"));
        }
        if *context.extensions() != self.extensions()? {
            return Err(MlsError::Mismatch("context extensions"));
        }
        Ok(())
    }
}

pub(crate) fn credential(member: Member, key: &PublicKey) -> CredentialWithKey {
    CredentialWithKey {
        credential: BasicCredential::new(member.identity().to_vec()).into(),
        signature_key: key.as_bytes().as_slice().into(),
    }
}

pub(crate) fn credential_of(member: Member, signer: &SigningKey) -> CredentialWithKey {
    credential(member, &signer.public())
}

/// The member that a credential names.
pub(crate) fn member(credential: &Credential) -> Result<Member, MlsError> {
    BasicCredential::try_from(credential.clone())
        .ok()
        .and_then(|basic| Member::from_identity(basic.identity()))
        .ok_or(MlsError::Malformed("credential"))
}

pub(crate) fn public_key(bytes: &[u8]) -> Result<PublicKey, MlsError> {
    PublicKey::from_slice(bytes).ok_or(MlsError::Malformed("signature key"))
}

/// What each of our leaves can do.
pub(crate) fn capabilities() -> Capabilities {
    let suites: Vec<Ciphersuite> = Suite::ALL.map(provider::ciphersuite).to_vec();
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(suites)
        .extensions(vec![
            ExtensionType::LastResort,
            ExtensionType::Unknown(ROSTER_EXTENSION),
        ])
        .credentials(vec![CredentialType::Basic])
        .build()
}
