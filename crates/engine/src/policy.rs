// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's policy on this device: taken only when the organisation signed it, and never an older one.

use melder_mls::sign;
use melder_protocol::cbor;
use melder_protocol::policy::Policy;
use melder_protocol::signed::Signed;

use crate::api::{Event, Misbehaviour};
use crate::error::EngineError;
use crate::store::{meta, set_meta};
use crate::work::Work;

const POLICY: &str = "policy";

/// What holds now; `None` before the first one came.
pub(crate) fn current(connection: &rusqlite::Connection) -> Result<Option<Policy>, EngineError> {
    Ok(meta(connection, POLICY)?
        .map(|bytes| cbor::decode(&bytes))
        .transpose()?)
}

pub(crate) fn version(connection: &rusqlite::Connection) -> Result<u32, EngineError> {
    Ok(current(connection)?.map_or(0, |policy| policy.version))
}

pub(crate) fn take(work: &mut Work<'_>, signed: &Signed<Policy>) -> Result<(), EngineError> {
    let organisation = work.identity()?.organisation.clone();
    let Ok(policy) = sign::verify_statement(signed, &organisation.key) else {
        work.misbehaviour(None, Misbehaviour::ForgedPolicy);
        return Ok(());
    };
    if policy.organisation == organisation.id && policy.version > version(work.tx)? {
        set_meta(work.tx, POLICY, &cbor::encode(&policy))?;
        // What one may do is shown with oneself.
        work.event(Event::Own);
    }
    Ok(())
}
