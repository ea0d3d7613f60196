// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The account's inbox, as this device reads it: Welcomes, the account's own record, sealed letters, the server's words.
//! Each device has its own place in it. What concerns one group stands in that group's log and is read by `sync`.

use melder_bugs::{self as bugs, Bug};
use melder_mls::sign;
use melder_protocol::entry::{Body, Entry, Notice};
use melder_protocol::frame::ClientFrame;
use melder_protocol::{Cursor, GroupId, LogId, Sequence};

use crate::api::{Event, Misbehaviour};
use crate::error::EngineError;
use crate::groups::{self, Status, commits, join};
use crate::history;
use crate::people;
use crate::removal;
use crate::store::{meta, set_meta, uint};
use crate::sync;
use crate::work::Work;

const INBOX: &str = "inbox";

/// This device's position in its account's inbox.
pub(crate) fn position(work: &Work<'_>) -> Result<Sequence, EngineError> {
    Ok(meta(work.tx, INBOX)?
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(Sequence(0), |bytes| Sequence(u64::from_be_bytes(bytes))))
}

pub(crate) fn set_position(work: &Work<'_>, cursor: Sequence) -> Result<(), EngineError> {
    set_meta(work.tx, INBOX, &cursor.0.to_be_bytes())
}

/// Says how far this device has its inbox: not beyond a Welcome whose tree is still to be fetched, for the server keeps
/// that tree only as long as somebody waits for it.
pub(crate) fn acknowledge(work: &mut Work<'_>) -> Result<(), EngineError> {
    let Some(account) = work.own_account().filter(|_| work.online()) else {
        return Ok(());
    };
    let waiting: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(inbox) FROM welcomes WHERE inbox > 0")?
        .query_row([], |row| row.get(0))?;
    let waiting = waiting.filter(|_| !bugs::on(Bug::AcknowledgeWelcomeEarly));
    let cursor = position(work)?;
    let sequence = waiting.map_or(cursor, |at| cursor.min(Sequence(uint(at).saturating_sub(1))));
    let log = LogId::Inbox(account);
    work.frame(&ClientFrame::Ack(vec![Cursor { log, sequence }]));
    Ok(())
}

/// Entries of the inbox came.
pub(crate) fn read(work: &mut Work<'_>, entries: Vec<Entry>) -> Result<Sequence, EngineError> {
    let mut cursor = position(work)?;
    for entry in entries {
        if entry.sequence <= cursor {
            continue;
        }
        if entry.sequence != cursor.next() {
            sync::broken_log(work, None);
            break;
        }
        match entry.body {
            Body::Welcome(welcome) if Some(welcome.device) == work.own_device() => {
                join::welcomed(work, &welcome, entry.sequence)?;
            }
            Body::Account { record } => {
                people::learn(work, &record, None)?;
                if Some(record.account) == work.own_account() {
                    removal::carry_out(work)?;
                }
            }
            Body::Sealed { bytes, .. } => {
                if let Some(sender) = entry.sender {
                    history::open_sealed(work, sender, bytes.as_slice())?;
                }
            }
            Body::Notice(word) => notice(work, word)?,
            _ => {}
        }
        cursor = entry.sequence;
    }
    set_position(work, cursor)?;
    caught_up(work)?;
    Ok(cursor)
}

/// Once the inbox is read: a group whose tree has us, and of which we have neither state nor a Welcome, was lost with
/// this device's memory. We join it anew.
pub(crate) fn caught_up(work: &mut Work<'_>) -> Result<(), EngineError> {
    let Some(head) = work.session.inbox_head else {
        return Ok(());
    };
    if position(work)? < head {
        return Ok(());
    }
    work.session.inbox_head = None;
    for id in work.session.leaf_of.clone() {
        missing(work, id)?;
    }
    Ok(())
}

/// A group that we are in, as the server says, and may have nothing of. Where the tree has us already no Welcome will
/// come; unless one is still to be read in the inbox, we join anew.
pub(crate) fn missing(work: &mut Work<'_>, id: GroupId) -> Result<(), EngineError> {
    if work.session.inbox_head.is_some() || !work.session.leaf_of.contains(&id) {
        return Ok(());
    }
    let without = groups::load(work.tx, id)?.is_none_or(|group| matches!(group.status, Status::Left | Status::Joining));
    let welcome = work
        .tx
        .prepare_cached("SELECT 1 FROM welcomes WHERE grp = ?1")?
        .exists([id.as_bytes()])?;
    if without && !welcome && commits::on_its_way(work, id)?.is_none() {
        join::ask(work, id, crate::pending::StateFor::External);
    }
    Ok(())
}

fn notice(work: &mut Work<'_>, notice: Notice) -> Result<(), EngineError> {
    match notice {
        Notice::Ends(at) => work.event(Event::Ends(at)),
        Notice::LeftGroup(id) => {
            if let Some(mut group) = groups::load(work.tx, id)? {
                if join::is_back(work, id)? {
                    // Perhaps that was long ago: a new device reads the inbox from its beginning.
                    join::ask(work, id, crate::pending::StateFor::Standing);
                    return Ok(());
                }
                // The roster may have taken us back in the meantime; then the log goes on, and a Welcome comes.
                join::shut_out(work, &mut group)?;
            }
        }
        Notice::Policy(policy) => crate::policy::take(work, &policy)?,
        Notice::ChainReset(_) => {}
        Notice::Deleted(record) => {
            let key = work.identity()?.organisation.key;
            match sign::verify_statement(&record, &key) {
                Ok(record) => {
                    work.tx.execute(
                        "UPDATE accounts SET deleted = 1 WHERE account = ?1",
                        [record.account.as_bytes()],
                    )?;
                }
                // Of another organisation's accounts we hear by their rosters.
                Err(_) if record.signer != key => {}
                Err(_) => work.misbehaviour(None, Misbehaviour::ForgedDeletion),
            }
        }
    }
    Ok(())
}
