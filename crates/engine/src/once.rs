// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Actions that somebody may ask for twice, since they can't know whether it was done: the token and what came of it stand
//! in the same transaction as the deed. Only what changes something and is answered at once keeps its outcome; if the server
//! had to be asked, a second asking hears what a lost connection says.

use melder_content::MessageId;
use melder_protocol::{GroupId, Time};
use minicbor::{Decode, Encode};
use rusqlite::{OptionalExtension as _, params};

use crate::actions;
use crate::api::{Action, ActionError, ActionId, Effect, Event, FileId, Outcome, Token};
use crate::error::EngineError;
use crate::store::{int, uint};
use crate::work::Work;

/// Nobody asks again after this time.
const REMEMBERED_MS: u64 = 60 * Time::MINUTE;

/// An outcome that is kept.
#[derive(Debug, Encode, Decode)]
enum Kept {
    #[n(0)]
    Nothing,
    #[n(1)]
    Queued(#[n(0)] MessageId),
    #[n(2)]
    File(#[n(0)] i64),
    #[n(3)]
    Group(#[n(0)] GroupId),
}

impl Kept {
    const fn of(outcome: &Outcome) -> Option<Self> {
        Some(match outcome {
            Outcome::Nothing => Self::Nothing,
            Outcome::Queued(message) => Self::Queued(*message),
            Outcome::File(file) => Self::File(file.0),
            Outcome::Group(group) => Self::Group(*group),
            _ => return None,
        })
    }

    const fn outcome(self) -> Outcome {
        match self {
            Self::Nothing => Outcome::Nothing,
            Self::Queued(message) => Outcome::Queued(message),
            Self::File(file) => Outcome::File(FileId(file)),
            Self::Group(group) => Outcome::Group(group),
        }
    }
}

pub(crate) fn perform(work: &mut Work<'_>, id: ActionId, token: Token, action: Action) -> Result<(), EngineError> {
    let known: Option<Option<Vec<u8>>> = work
        .tx
        .prepare_cached("SELECT outcome FROM asked WHERE token = ?1")?
        .query_row([token], |row| row.get(0))
        .optional()?;
    match known {
        Some(Some(kept)) => {
            let kept: Kept = melder_protocol::cbor::decode(&kept)?;
            work.done(id, kept.outcome());
            return Ok(());
        }
        Some(None) => {
            work.failed(id, ActionError::Offline);
            return Ok(());
        }
        None => {}
    }
    let before = work.effects.len();
    actions::perform(work, id, action)?;
    let mut kept = None;
    for effect in &work.effects[before..] {
        let Effect::Event(event) = effect else { continue };
        match &**event {
            Event::Done { action, outcome } if *action == id => kept = Kept::of(outcome),
            // It changed nothing: asked again, it says the same.
            Event::Failed { action, .. } if *action == id => return Ok(()),
            _ => {}
        }
    }
    work.tx
        .prepare_cached("INSERT INTO asked (token, outcome, time) VALUES (?1, ?2, ?3)")?
        .execute(params![
            token,
            kept.as_ref().map(melder_protocol::cbor::encode),
            int(work.now.0)
        ])?;
    Ok(())
}

/// Forgets what nobody asks for any more. Gives when to look again.
pub(crate) fn sweep(work: &mut Work<'_>) -> Result<Option<Time>, EngineError> {
    work.tx
        .prepare_cached("DELETE FROM asked WHERE time <= ?1")?
        .execute([int(work.now.minus(REMEMBERED_MS).0)])?;
    let next: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(time) FROM asked")?
        .query_row([], |row| row.get(0))?;
    Ok(next.map(|time| Time(uint(time)).plus(REMEMBERED_MS)))
}
