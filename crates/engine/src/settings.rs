// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a person sets for a chat, kept equal on all own devices through the own group.

use melder_content::{Content, GroupSettings, Mute, Settings};
use melder_protocol::{GroupId, Time};
use rusqlite::params;

use crate::api::Event;
use crate::error::EngineError;
use crate::outbox;
use crate::store::{int, uint};
use crate::work::Work;

/// "Always" in the database.
const ALWAYS: Time = Time(i64::MAX as u64);

/// Another own device changed settings.
pub(crate) fn take(work: &mut Work<'_>, settings: &Settings) -> Result<(), EngineError> {
    for group in &settings.groups {
        let until = group.mute.as_ref().map(|mute| match mute {
            Mute::Until(time) => *time,
            Mute::Always => ALWAYS,
        });
        work.tx.execute(
            "UPDATE groups SET muted = ?2, pinned = ?3 WHERE id = ?1",
            params![group.group.as_bytes(), until.map(|time| int(time.0)), group.pinned],
        )?;
        work.event(Event::GroupChanged(group.group));
    }
    match &settings.duty {
        Some(duty) => crate::duty::take(work, duty),
        None => Ok(()),
    }
}

/// Tells the own devices how this chat is set.
fn share(work: &mut Work<'_>, group: GroupId) -> Result<(), EngineError> {
    let (muted, pinned): (Option<i64>, bool) = work.tx.query_row(
        "SELECT muted, pinned FROM groups WHERE id = ?1",
        [group.as_bytes()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mute = muted.map(|muted| match Time(uint(muted)) {
        ALWAYS => Mute::Always,
        time => Mute::Until(time),
    });
    let own_group = work.identity()?.own_group;
    let settings = Settings {
        groups: vec![GroupSettings { group, mute, pinned }],
        duty: None,
    };
    outbox::queue_content(work, own_group, Content::Settings(settings))?;
    work.event(Event::GroupChanged(group));
    Ok(())
}

/// `false`: there is no such chat.
pub(crate) fn mute(work: &mut Work<'_>, group: GroupId, until: Option<Time>) -> Result<bool, EngineError> {
    let changed = work.tx.execute(
        "UPDATE groups SET muted = ?2 WHERE id = ?1",
        params![group.as_bytes(), until.map(|time| int(time.0.min(ALWAYS.0)))],
    )?;
    if changed > 0 {
        share(work, group)?;
    }
    Ok(changed > 0)
}

/// `false`: there is no such chat.
pub(crate) fn pin(work: &mut Work<'_>, group: GroupId, pinned: bool) -> Result<bool, EngineError> {
    let changed = work.tx.execute(
        "UPDATE groups SET pinned = ?2 WHERE id = ?1",
        params![group.as_bytes(), pinned],
    )?;
    if changed > 0 {
        share(work, group)?;
    }
    Ok(changed > 0)
}
