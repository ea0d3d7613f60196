// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Badges: the organisation's signed word that a chain is a person. Issued when somebody takes the account, again
//! when what it says changes, and before it expires.

use melder_mls::chain;
use melder_mls::sign::{sha256, sign_statement};
use melder_protocol::account::Badge;
use melder_protocol::chain::{Link, LinkAction};
use melder_protocol::{AccountId, ErrorCode, Hash, Time, cbor};

use super::desk::signing_key;
use super::problem::{Outcome, Problem};
use super::units;
use crate::core::Work;

/// How long a badge holds.
const VALID: u64 = 90 * Time::DAY;
/// How long before its end it is renewed.
const RENEW: u64 = 30 * Time::DAY;

/// The hash of the chain's genesis: the last one, after a reset.
fn genesis(links: &[Link]) -> Option<Hash> {
    links
        .iter()
        .rev()
        .find(|link| chain::peek(link).is_ok_and(|body| matches!(body.action, LinkAction::Genesis(_))))
        .map(|link| sha256(link.body.as_slice()))
}

/// Signs and keeps the account's badge; nothing when nobody has joined with the account. Telling others is the
/// caller's (`Work::record_changed`).
pub(super) fn issue(work: &Work<'_>, id: AccountId) -> Outcome<bool> {
    let account = work.tx.account(id)?.ok_or(ErrorCode::UnknownAccount)?;
    let Some(genesis) = genesis(&work.tx.chain(id)?).filter(|_| account.joined) else {
        work.tx.delete_badge(id)?;
        return Ok(false);
    };
    let organisation = work
        .tx
        .organisation(account.organisation)?
        .ok_or_else(|| Problem::missing("organisation"))?;
    let usual = work.now.plus(VALID);
    let expires = account.ends.map_or(usual, |ends| ends.min(usual));
    let badge = Badge {
        account: id,
        organisation: organisation.id,
        genesis,
        name: account.name,
        unit: units::path_names(work.tx, account.unit)?,
        function: account.function,
        kind: account.kind,
        issued: work.now,
        expires,
        organisation_name: organisation.name,
        ends: account.ends,
    };
    let signed = sign_statement(&signing_key(work, organisation.id)?, &badge);
    // A badge that lasts to the account's end needs no other.
    let renew = if account.ends == Some(expires) {
        Time(u64::MAX)
    } else {
        expires.minus(RENEW)
    };
    work.tx.put_badge(id, &cbor::encode(&signed), renew)?;
    Ok(true)
}

/// Issues the badge anew and tells everybody who has the account's record.
pub(super) fn reissue(work: &mut Work<'_>, id: AccountId) -> Outcome<()> {
    if issue(work, id)? {
        work.record_changed(id)?;
    }
    Ok(())
}
