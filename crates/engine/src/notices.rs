// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What was refused is said: as an event, and as a line in the chat that it concerns.
//!
//! Whoever finds that something breaks the rules calls [`Work::misbehaviour`] or [`about`] and goes on; the lines are
//! written once at the end of the input, in its transaction. A flood of forgeries is one line: each kind is said at most
//! once an hour in each chat. What concerns no chat (and what happens in the own group, which no screen shows) is an
//! event alone.

use melder_protocol::roster::GroupKind;
use melder_protocol::{AccountId, GroupId, Sequence, Time};
use rusqlite::params;

use crate::api::{Misbehaviour, SystemLine};
use crate::error::EngineError;
use crate::groups;
use crate::store::int;
use crate::work::Work;

/// The same is said again in the same chat after this time.
const QUIET_MS: u64 = 60 * 60 * Time::SECOND;

/// Something that a chat is to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report {
    pub group: GroupId,
    /// Its place in the log, if it has one.
    pub at: Option<Sequence>,
    pub code: Misbehaviour,
}

/// Something about a person: it is said in every chat with them.
pub(crate) fn about(work: &mut Work<'_>, account: AccountId, code: Misbehaviour) -> Result<(), EngineError> {
    work.misbehaviour(None, code);
    for group in groups::of_account(work, account)? {
        work.session.reports.push(Report { group, at: None, code });
    }
    Ok(())
}

/// Writes the lines of this input.
pub(crate) fn say(work: &mut Work<'_>) -> Result<(), EngineError> {
    for report in std::mem::take(&mut work.session.reports) {
        let Some(group) = groups::load(work.tx, report.group)? else {
            continue;
        };
        if group.kind == GroupKind::Own || was_said(work, report)? {
            continue;
        }
        let line = SystemLine::Refused { code: report.code };
        groups::line(work, report.group, report.at, &line)?;
        work.session.said.insert((report.group, report.code), work.now);
    }
    Ok(())
}

fn was_said(work: &Work<'_>, report: Report) -> Result<bool, EngineError> {
    if let Some(said) = work.session.said.get(&(report.group, report.code))
        && work.now.since(*said) < QUIET_MS
    {
        return Ok(true);
    }
    let line =
        serde_json::to_string(&SystemLine::Refused { code: report.code }).map_err(|_| EngineError::Damaged("line"))?;
    Ok(work
        .tx
        .prepare_cached("SELECT 1 FROM lines WHERE grp = ?1 AND line = ?2 AND time > ?3")?
        .exists(params![report.group.as_bytes(), line, int(work.now.minus(QUIET_MS).0)])?)
}
