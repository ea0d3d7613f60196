// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Badges, verified: the organisation's statement that a chain is a person.

use melder_protocol::account::Badge;
use melder_protocol::signed::Signed;
use melder_protocol::{PublicKey, Time};

use crate::chain::DeviceChain;
use crate::sign::{self, StatementError};

/// A badge that says nothing about this chain, here and now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadgeError {
    #[error(transparent)]
    Statement(#[from] StatementError),
    #[error("the badge is for another account or chain")]
    OtherChain,
    #[error("the badge has expired")]
    Expired,
}

/// The badge's content, once it is signed by `organisation_key`, speaks of `chain` and is not expired at `now`.
///
/// # Errors
/// When any of this does not hold.
pub fn verify(
    badge: &Signed<Badge>,
    organisation_key: &PublicKey,
    chain: &DeviceChain,
    now: Time,
) -> Result<Badge, BadgeError> {
    let badge = sign::verify_statement(badge, organisation_key)?;
    if badge.account != chain.account() || badge.genesis != chain.genesis() {
        return Err(BadgeError::OtherChain);
    }
    if badge.expires <= now {
        return Err(BadgeError::Expired);
    }
    Ok(badge)
}
