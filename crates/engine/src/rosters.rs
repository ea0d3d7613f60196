// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Changing a private group's roster: an intent, signed for the roster as it is; when another change came first, it is
//! signed anew for the roster as it then is.

use melder_mls::sign;
use melder_protocol::request::Request;
use melder_protocol::roster::{Author, RosterMember};
use melder_protocol::{AccountId, ErrorCode, GroupId, Index, Refusal};

use crate::api::{ActionError, ActionId, Invalid, Outcome};
use crate::error::EngineError;
use crate::groups;
use crate::pending::Pending;
use crate::work::Work;

/// Signing anew more often than this means that something is wrong.
const ATTEMPTS: u8 = 5;

/// What somebody wants to change.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub action: ActionId,
    pub group: GroupId,
    pub set: Vec<RosterMember>,
    pub unset: Vec<AccountId>,
    pub attempts: u8,
    /// The roster must have this many changes before it makes sense to try.
    pub from: Index,
}

/// Signs and sends a change.
pub(crate) fn send(work: &mut Work<'_>, change: Change) -> Result<(), EngineError> {
    let identity = work.identity()?.clone();
    let now = work.now;
    let Some(roster) = groups::roster(work, change.group)? else {
        work.failed(change.action, ActionError::Invalid(Invalid::UnknownGroup));
        return Ok(());
    };
    if roster.next_index() < change.from {
        work.session.rosters_waiting.push(change);
        return Ok(());
    }
    let mut next = roster.change(Author::Device(identity.member), now);
    next.set.clone_from(&change.set);
    // Whoever is gone already need not be taken out.
    next.unset = change
        .unset
        .iter()
        .copied()
        .filter(|account| roster.role(*account).is_some())
        .collect();
    if next.set.is_empty() && next.unset.is_empty() {
        work.done(change.action, Outcome::Nothing);
        return Ok(());
    }
    let signed = sign::sign_statement(&identity.key, &next);
    work.request(Request::ChangeRoster(signed), Pending::Roster(change));
    Ok(())
}

/// The server answered.
pub(crate) fn answered(work: &mut Work<'_>, change: Change, answer: Result<(), Refusal>) -> Result<(), EngineError> {
    match answer {
        Ok(()) => {
            if !change.set.is_empty() {
                work.tx
                    .execute("UPDATE groups SET profile = 1 WHERE id = ?1", [change.group.as_bytes()])?;
            }
            work.done(change.action, Outcome::Nothing);
            Ok(())
        }
        Err(refusal) if refusal.code == ErrorCode::WrongRosterIndex && change.attempts < ATTEMPTS => {
            let from = refusal.index.unwrap_or(change.from);
            send(
                work,
                Change {
                    attempts: change.attempts + 1,
                    from,
                    ..change
                },
            )
        }
        Err(refusal) => {
            work.failed(change.action, refusal);
            Ok(())
        }
    }
}

/// The logs are read further: what waited may go.
pub(crate) fn release(work: &mut Work<'_>) -> Result<(), EngineError> {
    for change in std::mem::take(&mut work.session.rosters_waiting) {
        send(work, change)?;
    }
    Ok(())
}
