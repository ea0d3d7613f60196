// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Reading the logs, entry by entry, in order. A group's state at an entry rests on exactly the entries before it,
//! so all devices come to the same. What is taken in moves the cursor in the same transaction; the acknowledgement
//! goes out after it.

mod membership;

use melder_bugs::{self as bugs, Bug};
use melder_mls::MlsError;
use melder_mls::member::Received;
use melder_protocol::entry::{Body, Entry};
use melder_protocol::frame::ClientFrame;
use melder_protocol::{Counter, Cursor, Epoch, GroupId, LogId, Member, Sequence, Time};
use rusqlite::params;

use crate::api::{Effect, Misbehaviour};
use crate::error::EngineError;
use crate::groups::{self, Group, Status, commits, founding, join};
use crate::history::{self, Arrival};
use crate::inbox;
use crate::outbox;
use crate::people;
use crate::store::{int, uint};
use crate::work::{Halt, Work};

/// Entries of a log came.
pub(crate) fn entries(work: &mut Work<'_>, log: LogId, entries: Vec<Entry>) -> Result<(), EngineError> {
    let reached = match log {
        LogId::Inbox(account) if Some(account) == work.own_account() => {
            inbox::read(work, entries)?;
            return inbox::acknowledge(work);
        }
        LogId::Inbox(_) => return Ok(()),
        LogId::Group(id) => match groups::load(work.tx, id)? {
            Some(group) => group_entries(work, group, entries)?,
            None => return Ok(()),
        },
    };
    work.frame(&ClientFrame::Ack(vec![Cursor { log, sequence: reached }]));
    Ok(())
}

/// Entries up to and with `through` are gone from the server.
pub(crate) fn gap(work: &mut Work<'_>, log: LogId, through: Sequence) -> Result<(), EngineError> {
    match log {
        LogId::Inbox(_) => {
            if through > inbox::position(work)? {
                inbox::set_position(work, through)?;
            }
            inbox::caught_up(work)
        }
        LogId::Group(id) => {
            let Some(mut group) = groups::load(work.tx, id)? else {
                return Ok(());
            };
            if through <= group.cursor {
                return Ok(());
            }
            outbox::trust_receipts(work, id, through)?;
            if group.status == Status::Active {
                group.gap = Some(group.cursor.next());
                group.cursor = through;
                return join::repair(work, &mut group);
            }
            group.cursor = through;
            groups::save(work.tx, &group)
        }
    }
}

/// After so long without a lie about how far a log goes, the next one is a first one.
const FORGIVEN_MS: u64 = 10 * Time::MINUTE;

/// The server says how far a log goes (and a group's epoch). `false`: less far than this device has read it. Once may be
/// a slip, and is asked again on a new connection; twice means that the server has lost what it had: then this device
/// goes back with it, and joins the group anew. That is tried again only after growing pauses.
pub(crate) fn served(
    work: &mut Work<'_>,
    log: LogId,
    head: Sequence,
    epoch: Option<Epoch>,
) -> Result<bool, EngineError> {
    let group = match log {
        LogId::Inbox(_) => None,
        LogId::Group(id) => match groups::load(work.tx, id)? {
            Some(group) if group.status.follows() => Some(group),
            _ => return Ok(true),
        },
    };
    let (read, own) = match &group {
        None => (inbox::position(work)?, None),
        Some(group) if group.status == Status::Active => (group.cursor, groups::epoch(work, group.id)?),
        Some(group) => (group.cursor, None),
    };
    if head >= read && own.zip(epoch).is_none_or(|(own, theirs)| theirs >= own) {
        // A server that says now this, now that is not asked again and again.
        let now = work.now;
        if work
            .session
            .rolled
            .get(&log)
            .is_some_and(|halt| now.since(halt.since) > FORGIVEN_MS)
        {
            work.session.rolled.remove(&log);
        }
        work.session.behind.remove(&log);
        return Ok(true);
    }
    work.session.behind.insert(log);
    let first = !work.session.rolled.contains_key(&log);
    let halt = work.session.rolled.entry(log).or_insert(Halt {
        since: work.now,
        tries: 0,
    });
    let goes_back = !first && (halt.tries == 0 || halt.is_due(work.now));
    if goes_back {
        *halt = Halt {
            since: work.now,
            tries: halt.tries + 1,
        };
    }
    work.misbehaviour(group.as_ref().map(|group| group.id), Misbehaviour::RolledBack);
    match group {
        _ if first => work.effects.push(Effect::Reconnect),
        None if goes_back => inbox::set_position(work, head.min(read))?,
        Some(mut group) if goes_back => {
            group.gap = group.gap.or(Some(group.cursor.next()));
            group.cursor = head.min(group.cursor);
            join::repair(work, &mut group)?;
        }
        _ => {}
    }
    Ok(false)
}

/// A log that is not followed is asked for again on a new connection, once its pause is over.
pub(crate) fn ask_again(work: &mut Work<'_>) {
    let (session, now) = (&work.session, work.now);
    let due = |log: &LogId| session.rolled.get(log).is_some_and(|halt| halt.is_due(now));
    if session.behind.iter().any(due) {
        work.effects.push(Effect::Reconnect);
    }
}

pub(crate) fn broken_log(work: &mut Work<'_>, group: Option<GroupId>) {
    work.misbehaviour(group, Misbehaviour::BrokenLog);
    work.effects.push(Effect::Reconnect);
}

fn following_anew(work: &Work<'_>, group: GroupId) -> bool {
    let log = LogId::Group(group);
    work.session
        .pending
        .values()
        .any(|pending| matches!(pending, crate::pending::Pending::Follow(other) if *other == log))
}

fn group_entries(work: &mut Work<'_>, mut group: Group, entries: Vec<Entry>) -> Result<Sequence, EngineError> {
    let last = entries.last().map_or(group.cursor, |entry| entry.sequence);
    for entry in entries {
        if entry.sequence <= group.cursor {
            fill_hole(work, &group, &entry)?;
            continue;
        }
        if !group.status.follows() && group.status != Status::Joining {
            continue;
        }
        if entry.sequence != group.cursor.next() {
            if bugs::on(Bug::OverlookGaps) {
                group.cursor = Sequence(entry.sequence.0 - 1);
                take(work, &mut group, entry)?;
                continue;
            }
            // While a new place is being asked for, entries from the old one may still be on their way.
            if !following_anew(work, group.id) {
                broken_log(work, Some(group.id));
            }
            break;
        }
        take(work, &mut group, entry)?;
        if bugs::on(Bug::AcknowledgeBeforeStoring) {
            // What comes after the first of a frame is only noted as read.
            group.cursor = last;
            break;
        }
    }
    if bugs::on(Bug::ReadTwice) {
        let late = Group {
            cursor: Sequence(group.cursor.0.saturating_sub(1)),
            ..group.clone()
        };
        groups::save(work.tx, &late)?;
        work.session.dirty.insert(group.id);
        return Ok(group.cursor);
    }
    groups::save(work.tx, &group)?;
    outbox::check_receipts(work, &group)?;
    work.session.dirty.insert(group.id);
    Ok(group.cursor)
}

fn take(work: &mut Work<'_>, group: &mut Group, entry: Entry) -> Result<(), EngineError> {
    let at = entry.sequence;
    match entry.body {
        Body::Roster { ref change } => membership::roster_change(work, group, at, change)?,
        Body::Account { ref record } => {
            let before = people::devices_as_of(work, group.id, record.account)?;
            people::learn(work, record, Some(at))?;
            people::seen_in(work, group.id, record)?;
            membership::device_lines(work, group, at, record.account, before)?;
        }
        Body::Proposal { epoch, ref bytes } => {
            if group.status == Status::Active {
                work.tx
                    .prepare_cached(
                        "INSERT OR REPLACE INTO proposals (grp, sequence, epoch, bytes) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![group.id.as_bytes(), int(at.0), int(epoch.0), bytes.as_slice()])?;
            }
        }
        // A group is founded once: here it stands in the place of something else.
        Body::Established if group.status == Status::Active => refuse(work, group, at, Misbehaviour::BrokenLog),
        Body::Established => founding::founded_by(work, group, entry.sender == own_member(work))?,
        Body::Commit { epoch, ref bytes } => membership::commit(work, group, at, epoch, bytes.as_slice())?,
        Body::Message { counter, ref bytes } => {
            let is_ours = entry.sender.is_some()
                && entry.sender == own_member(work)
                && outbox::echoed(work, group.id, counter, at, entry.time, bytes.as_slice())?;
            if is_ours {
                heard(work, group.id, at, entry.sender, counter);
            } else if group.status == Status::Active {
                message(work, group, &entry, counter, bytes.as_slice())?;
            }
        }
        Body::Welcome(_) | Body::Sealed { .. } | Body::Notice(_) => refuse(work, group, at, Misbehaviour::BrokenLog),
    }
    group.cursor = at;
    Ok(())
}

fn own_member(work: &Work<'_>) -> Option<Member> {
    work.session.identity.as_ref().map(|identity| identity.member)
}

/// Something in this log breaks the rules: it is refused, reported, and said in the chat.
fn refuse(work: &mut Work<'_>, group: &Group, at: Sequence, code: Misbehaviour) {
    work.misbehaviour_at(Some(group.id), Some(at), code);
}

/// A device numbers what it writes into a log, so a message that is missing in the middle shows, also when something
/// harmless stands in its place.
fn heard(work: &mut Work<'_>, group: GroupId, at: Sequence, sender: Option<Member>, counter: Counter) {
    let Some(sender) = sender else { return };
    let before = work.session.heard.insert((group, sender.device), counter);
    if before.is_some_and(|before| before.next() != counter) {
        work.misbehaviour_at(Some(group), Some(at), Misbehaviour::BrokenLog);
    }
}

fn message(
    work: &mut Work<'_>,
    group: &mut Group,
    entry: &Entry,
    counter: Counter,
    bytes: &[u8],
) -> Result<(), EngineError> {
    let decrypted = groups::with_member(work, group.id, |provider, member, _| member.decrypt(provider, bytes))?;
    let received = match decrypted {
        Some(Ok(received)) => received,
        Some(Err(MlsError::Storage(error))) => return Err(MlsError::Storage(error).into()),
        Some(Err(MlsError::WrongEpoch)) => {
            // The log is in order, so the commits before it were of another history than this.
            refuse(work, group, entry.sequence, Misbehaviour::Forked);
            return join::repair(work, group);
        }
        None => return join::repair(work, group),
        // From before this device came back from a backup.
        Some(Err(MlsError::OwnMessage)) if entry.sender == own_member(work) => return Ok(()),
        Some(Err(_)) => {
            // In the right epoch, yet unreadable: its sender made it so, the server altered it, or others are in
            // another epoch of the same number.
            work.session.stats.undecryptable += 1;
            refuse(work, group, entry.sequence, Misbehaviour::Unreadable);
            heard(work, group.id, entry.sequence, entry.sender, counter);
            return unreadable(work, group, entry.sequence);
        }
    };
    heard(work, group.id, entry.sequence, Some(received.sender), counter);
    if entry.sender != Some(received.sender) {
        // The author's signature counts, not what the server wrote on it.
        work.misbehaviour_at(Some(group.id), Some(entry.sequence), Misbehaviour::Mislabelled);
    }
    read(work, group, entry, &received)
}

/// Takes in what MLS has proved.
fn read(work: &mut Work<'_>, group: &Group, entry: &Entry, received: &Received) -> Result<(), EngineError> {
    let Some(roster) = groups::roster(work, group.id)? else {
        return Ok(());
    };
    let role = roster.role(received.sender.account);
    let may = roster.may_write(received.sender.account)
        || (entry.sequence <= group.view && roster.ever(received.sender.account));
    if !may {
        refuse(work, group, entry.sequence, Misbehaviour::ForgedSender);
        return Ok(());
    }
    let own = Some(received.sender.account) == work.own_account();
    let arrival = Arrival {
        group: group.id,
        kind: group.kind,
        sender: received.sender,
        sequence: entry.sequence,
        time: entry.time,
        role,
        own,
    };
    let taken = history::receive(work, &arrival, &received.bytes)?;
    if taken.id.is_some() {
        work.session.stats.messages_received += 1;
    }
    if let Some(profile) = taken.profile {
        let at = Some(entry.sequence);
        groups::renamed(work, group.id, at, &profile.name, profile.description.as_deref())?;
    }
    if let Some(absence) = taken.absence {
        crate::duty::heard(work, group.id, received.sender.account, &absence, entry.time)?;
    }
    if let Some(settings) = taken.settings {
        crate::settings::take(work, &settings)?;
    }
    Ok(())
}

/// Messages that can't be read and are asked for, in one epoch. More of them are somebody's mischief.
const ASKED_FOR: u32 = 8;

/// If the server altered it, it may serve it rightly later; another own device may have read it; and if others are in
/// another epoch than this device, it is time to know.
fn unreadable(work: &mut Work<'_>, group: &Group, at: Sequence) -> Result<(), EngineError> {
    let Some(epoch) = groups::epoch(work, group.id)? else {
        return Ok(());
    };
    let seen = work.session.unreadable.entry(group.id).or_insert((epoch, 0));
    if seen.0 != epoch {
        *seen = (epoch, 0);
    }
    seen.1 += 1;
    let count = seen.1;
    if count <= ASKED_FOR {
        work.tx.execute(
            "INSERT OR IGNORE INTO holes (grp, sequence, epoch) VALUES (?1, ?2, ?3)",
            params![group.id.as_bytes(), int(at.0), int(epoch.0)],
        )?;
        crate::archive::ask(work, group.id, at, at)?;
    }
    if count == 1 {
        join::ask(work, group.id, crate::pending::StateFor::Compare);
    }
    Ok(())
}

/// From where on this device wants a group's log: after what it has read, but what it could not read once more.
pub(crate) fn wanted_from(work: &Work<'_>, group: &Group) -> Result<Sequence, EngineError> {
    let hole: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(sequence) FROM holes WHERE grp = ?1 AND sequence <= ?2")?
        .query_row(params![group.id.as_bytes(), int(group.cursor.0)], |row| row.get(0))?;
    Ok(hole.map_or(group.cursor, |hole| Sequence(uint(hole).saturating_sub(1))))
}

/// An entry came again. Is it one that could not be read, and can be now?
fn fill_hole(work: &mut Work<'_>, group: &Group, entry: &Entry) -> Result<(), EngineError> {
    let Body::Message { bytes, .. } = &entry.body else {
        return Ok(());
    };
    let place = params![group.id.as_bytes(), int(entry.sequence.0)];
    let is_hole = group.status == Status::Active
        && work
            .tx
            .prepare_cached("SELECT 1 FROM holes WHERE grp = ?1 AND sequence = ?2")?
            .exists(place)?;
    if !is_hole {
        return Ok(());
    }
    let decrypted = groups::with_member(work, group.id, |provider, member, _| {
        member.decrypt(provider, bytes.as_slice())
    })?;
    match decrypted {
        Some(Ok(received)) => {
            work.tx
                .execute("DELETE FROM holes WHERE grp = ?1 AND sequence = ?2", place)?;
            read(work, group, entry, &received)
        }
        Some(Err(MlsError::Storage(error))) => Err(MlsError::Storage(error).into()),
        _ => Ok(()),
    }
}

/// The log of this group has nothing that we have not read.
pub(crate) fn caught_up(work: &mut Work<'_>, id: GroupId) -> Result<(), EngineError> {
    let Some(group) = groups::load(work.tx, id)? else {
        return Ok(());
    };
    if work.session.newcomers.remove(&id) {
        crate::duty::tell_newcomers(work, &group)?;
    }
    // A commit of ours that is neither in the log nor on its way was lost with the last connection.
    let in_flight = work
        .session
        .pending
        .values()
        .any(|pending| matches!(pending, crate::pending::Pending::Commit { group, .. } if *group == id));
    if in_flight {
        return Ok(());
    }
    match commits::on_its_way(work, id)? {
        Some(commit) if commit.external => {
            groups::delete_mls(work, id)?;
            join::again(work, id)?;
        }
        Some(_) => commits::clear(work, id)?,
        None if group.status == Status::Repairing => {
            join::ask(work, id, crate::pending::StateFor::External);
        }
        None => {}
    }
    work.session.dirty.insert(id);
    Ok(())
}
