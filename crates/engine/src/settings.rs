// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a person sets for a chat, kept equal on all own devices through the own group.

use melder_content::{Content, GroupSettings, Mute, Settings};
use melder_protocol::{GroupId, Sequence, Time};
use rusqlite::params;

use crate::Engine;
use crate::api::Event;
use crate::error::EngineError;
use crate::outbox;
use crate::store::{delete_meta, int, meta, set_meta, uint};
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

fn reached_key(group: GroupId) -> String {
    format!("reached {group}")
}

impl Engine {
    /// Own messages of a chat through here have reached a device of everybody, as far as this device was told.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reached(&self, group: GroupId) -> Result<Option<Sequence>, EngineError> {
        let bytes = meta(&self.database, &reached_key(group))?;
        Ok(bytes.and_then(|bytes| Some(Sequence(u64::from_be_bytes(bytes.try_into().ok()?)))))
    }

    /// Remembers what [`crate::Action::AskReach`] brought. It never falls back.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_reached(&mut self, group: GroupId, through: Sequence) -> Result<(), EngineError> {
        if self.reached(group)?.is_some_and(|before| before >= through) {
            return Ok(());
        }
        set_meta(&self.database, &reached_key(group), &through.0.to_be_bytes())
    }
}

/// The chat is deleted from this device.
pub(crate) fn forget_reached(work: &Work<'_>, group: GroupId) -> Result<(), EngineError> {
    delete_meta(work.tx, &reached_key(group))
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

#[cfg(test)]
mod tests {
    use melder_protocol::{GroupId, Sequence, Time};

    use crate::Engine;

    #[test]
    fn whom_messages_reached_never_falls_back() {
        let mut engine = Engine::open(rusqlite::Connection::open_in_memory().unwrap(), Time(1)).unwrap();
        let (here, there) = (GroupId::from_bytes([1; 16]), GroupId::from_bytes([2; 16]));
        assert_eq!(engine.reached(here).unwrap(), None);
        engine.set_reached(here, Sequence(7)).unwrap();
        engine.set_reached(here, Sequence(3)).unwrap();
        assert_eq!(engine.reached(here).unwrap(), Some(Sequence(7)));
        assert_eq!(engine.reached(there).unwrap(), None, "each chat has its own");
    }
}
