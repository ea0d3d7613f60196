// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Devices that an administrator has removed. The server serves such a device no more, but it can't write into the account's
//! chain. So the account's other devices do, on the organisation's signed word: they take it out, with an ordinary link that
//! everybody can verify, and then its leaves go. Nobody is ever put in this way. The removed device itself deletes what it has,
//! if the organisation says so.

use melder_mls::chain;
use melder_mls::sign;
use melder_protocol::deletion::DeviceRemoval;
use melder_protocol::request::Request;
use melder_protocol::signed::Signed;

use crate::api::{Effect, Misbehaviour};
use crate::error::EngineError;
use crate::pending::Pending;
use crate::people;
use crate::work::Work;

/// What the organisation said, if it was the organisation, and speaks of this account.
fn genuine(work: &mut Work<'_>, signed: &Signed<DeviceRemoval>) -> Result<Option<DeviceRemoval>, EngineError> {
    let identity = work.identity()?.clone();
    let said = sign::verify_statement(signed, &identity.organisation.key)
        .ok()
        .filter(|said| said.organisation == identity.organisation.id && said.account == identity.member.account);
    if said.is_none() {
        work.misbehaviour(None, Misbehaviour::ForgedDeletion);
    }
    Ok(said)
}

/// This device was sent away with this word.
pub(crate) fn of_this_device(work: &mut Work<'_>, signed: &Signed<DeviceRemoval>) -> Result<(), EngineError> {
    let own = work.identity()?.member.device;
    match genuine(work, signed)? {
        Some(said) if said.device != own => work.misbehaviour(None, Misbehaviour::ForgedDeletion),
        Some(said) if said.wipe => work.effects.push(Effect::Wipe),
        _ => {}
    }
    Ok(())
}

/// Takes out of the chain what still stands in it: when the connection begins, and whenever the chain is learnt anew, for it may
/// have gone on meanwhile.
pub(crate) fn carry_out(work: &mut Work<'_>) -> Result<(), EngineError> {
    let removals = work.session.removals.clone();
    if removals.is_empty() {
        return Ok(());
    }
    let own = work.identity()?.clone();
    let Some(mut known) = people::chain(work, own.member.account)? else {
        return Ok(());
    };
    for signed in &removals {
        let Some(said) = genuine(work, signed)? else { continue };
        if said.device == own.member.device || known.device_key(said.device).is_none() {
            continue;
        }
        let link = chain::remove(&known, &own.key, said.device, work.now);
        if known.extend(&link).is_ok() {
            let request = Request::ExtendChain {
                link,
                device_name: None,
            };
            work.request(request, Pending::Ignore);
        }
    }
    Ok(())
}
