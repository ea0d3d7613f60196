// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Messages come in: from others, and from oneself.

use melder_content::{Content, Encoded, Message, MessageId, Origin};
use melder_protocol::roster::{GroupKind, Role};
use melder_protocol::{GroupId, Member, Time};
use rusqlite::params;

use super::apply::{self, is_allowed};
use super::item::{self, Item, Kind, Stored};
use super::{Arrival, Received, sealed};
use crate::api::{Event, Invalid, MessageState, Misbehaviour};
use crate::error::EngineError;
use crate::store::{Id, int};
use crate::work::Work;
use crate::{archive, duty, groups};

/// Takes in what MLS has decrypted. Whether the sender may write in this group at all, the caller has checked.
pub(crate) fn receive(work: &mut Work<'_>, arrival: &Arrival, bytes: &[u8]) -> Result<Received, EngineError> {
    let origin = Origin {
        sender: arrival.sender.account,
        group: arrival.group,
    };
    let Ok(decoded) = Message::decode(bytes, &origin) else {
        return refuse(work, arrival, Misbehaviour::Malformed);
    };
    let (id, message) = (decoded.id, decoded.message);
    let content = &message.content;
    let kind = Kind::of(content);
    if content.is_between_own_devices() && (kind != Kind::Device || !is_own_group(work, arrival)) {
        return Ok(Received::default());
    }
    let power = has_power(arrival.kind, arrival.role);
    if kind == Kind::GroupProfile && !power {
        return refuse(work, arrival, Misbehaviour::ForgedSender);
    }
    let target = if kind.is_shown() { None } else { item::target(content) };
    if let Some(target) = target
        && let Some(stored) = Stored::load(work.tx, arrival.group, target)?
        && !is_allowed(content, arrival.sender.account, power, &stored)
    {
        return refuse(work, arrival, Misbehaviour::ForgedSender);
    }
    if item::vanishes(&message).is_some_and(|expires| expires <= work.now) {
        return Ok(Received::default());
    }
    let inserted = item::insert(
        work,
        &Item {
            group: arrival.group,
            id,
            sender: arrival.sender,
            sequence: Some(arrival.sequence),
            time: arrival.time,
            state: if arrival.own {
                MessageState::Sent
            } else {
                MessageState::Received
            },
            quiet: false,
            power,
            expires: None,
            bytes: kept(content, bytes),
            message: &message,
        },
    )?;
    let Some(row) = inserted else {
        return Ok(Received::default());
    };
    if let (true, Some(key)) = (arrival.own, item::ack_key(&message)) {
        sealed::key_of(work, arrival.group, id, key)?;
    }
    apply::settle(work, arrival.group, id, &message)?;
    if kind == Kind::Alarm && !arrival.own && duty::rings(work.tx, content)? {
        ring(work, arrival.group, id, row)?;
    }
    let mut received = Received {
        id: Some(id),
        ..Received::default()
    };
    match message.content {
        Content::GroupProfile(profile) => received.profile = Some(profile),
        Content::Absence(absence) => received.absence = Some(absence),
        Content::Settings(settings) => received.settings = Some(settings),
        Content::ArchiveOffer(offer) => archive::offered(work, arrival.sender, &offer)?,
        Content::HistoryRequest(request) => archive::requested(work, arrival.sender, id, &request)?,
        Content::HistoryAnswer(answer) => archive::answered(work, arrival.sender, &answer)?,
        Content::AckKeyShare(share) => sealed::learn_key(work, &share)?,
        Content::Acknowledgement(acknowledgement) if arrival.kind == GroupKind::Own => {
            confirmed_elsewhere(work, acknowledgement.to)?;
        }
        _ => {}
    }
    Ok(received)
}

/// Takes in what was written on this device; it is shown and applied at once. [`check`] says before whether it may be.
pub(crate) fn write(
    work: &mut Work<'_>,
    group: GroupId,
    own: Member,
    encoded: &Encoded,
    message: &Message,
    state: MessageState,
) -> Result<(), EngineError> {
    // Only a deletion of another's words needs it.
    let power = matches!(message.content, Content::Delete { .. }) && {
        let role = groups::own_role(work, group)?;
        groups::load(work.tx, group)?.is_some_and(|group| has_power(group.kind, role))
    };
    let inserted = item::insert(
        work,
        &Item {
            group,
            id: encoded.id,
            sender: own,
            sequence: None,
            time: work.now,
            state,
            quiet: false,
            power,
            expires: None,
            bytes: kept(&message.content, &encoded.bytes),
            message,
        },
    )?;
    if inserted.is_none() {
        return Ok(());
    }
    if let Some(key) = item::ack_key(message) {
        sealed::key_of(work, group, encoded.id, key)?;
    }
    apply::settle(work, group, encoded.id, message)
}

/// May we write this? Checked by the caller before [`write`]; `role` is ours in the roster.
pub(crate) fn check(
    work: &Work<'_>,
    group: GroupId,
    kind: GroupKind,
    role: Option<Role>,
    content: &Content,
) -> Result<Result<(), Invalid>, EngineError> {
    let Some(own) = work.own_account() else {
        return Ok(Err(Invalid::NoAccountYet));
    };
    let is_publisher = role.is_some_and(|role| role >= Role::Publisher);
    // Acknowledgements go to the author alone.
    if kind == GroupKind::Channel && !is_publisher && Kind::of(content) != Kind::Acknowledgement {
        return Ok(Err(Invalid::NotAllowed));
    }
    let power = has_power(kind, role);
    if Kind::of(content) == Kind::GroupProfile && !power {
        return Ok(Err(Invalid::NotAllowed));
    }
    let Some(target) = item::target(content).filter(|_| !Kind::of(content).is_shown()) else {
        return Ok(Ok(()));
    };
    Ok(match Stored::load(work.tx, group, target)? {
        // The answer to another own device's request.
        _ if Kind::of(content) == Kind::Device || kind == GroupKind::Own => Ok(()),
        None => Err(Invalid::UnknownMessage),
        Some(stored) if stored.deleted && stored.is_settled() => Err(Invalid::UnknownMessage),
        Some(stored) if is_allowed(content, own, power, &stored) => Ok(()),
        Some(_) => Err(Invalid::NotAllowed),
    })
}

fn refuse(work: &mut Work<'_>, arrival: &Arrival, code: Misbehaviour) -> Result<Received, EngineError> {
    // Somebody who has left since may have been allowed to when it was said.
    if arrival.role.is_some() || code == Misbehaviour::Malformed {
        work.misbehaviour_at(Some(arrival.group), Some(arrival.sequence), code);
    }
    Ok(Received::default())
}

/// Managers delete what others wrote, where there are managers.
fn has_power(kind: GroupKind, role: Option<Role>) -> bool {
    matches!(kind, GroupKind::Group | GroupKind::Channel) && role == Some(Role::Manage)
}

fn is_own_group(work: &Work<'_>, arrival: &Arrival) -> bool {
    arrival.kind == GroupKind::Own && work.own_account() == Some(arrival.sender.account)
}

/// The bytes are kept as they came; but a secret key is kept at one place alone.
fn kept<'a>(content: &Content, bytes: &'a [u8]) -> &'a [u8] {
    if matches!(content, Content::AckKeyShare(_)) {
        &[]
    } else {
        bytes
    }
}

/// An alarm has come: it rings until somebody of our account confirms it.
fn ring(work: &mut Work<'_>, group: GroupId, message: MessageId, row: i64) -> Result<(), EngineError> {
    let rings = work
        .tx
        .prepare_cached(
            "UPDATE messages SET rang = ?2 WHERE id = ?1 AND asks = 1 AND confirmed IS NULL AND deleted = 0",
        )?
        .execute(params![row, int(work.now.0)])?;
    if rings > 0 {
        work.event(Event::Alarm { group, message });
    }
    Ok(())
}

/// Another device of ours confirmed a message whose acknowledgements are sealed.
fn confirmed_elsewhere(work: &mut Work<'_>, to: MessageId) -> Result<(), EngineError> {
    let groups: Vec<Id<GroupId>> = work
        .tx
        .prepare_cached("SELECT grp FROM messages WHERE message = ?1")?
        .query_map([to.as_bytes()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for Id(group) in groups {
        apply::refresh(work, group, to)?;
    }
    Ok(())
}

/// Puts in what an archive of an own device holds, if it is not here already. What acts upon what is checked anew.
pub(crate) fn insert_known(work: &mut Work<'_>, item: &Item<'_>) -> Result<bool, EngineError> {
    let Some(row) = item::insert(work, item)? else {
        return Ok(false);
    };
    let own = Some(item.sender.account) == work.own_account();
    if let (true, Some(key)) = (own, item::ack_key(item.message)) {
        sealed::key_of(work, item.group, item.id, key)?;
    }
    apply::settle(work, item.group, item.id, item.message)?;
    if let Content::Acknowledgement(acknowledgement) = &item.message.content
        && work
            .session
            .identity
            .as_ref()
            .is_some_and(|identity| identity.own_group == item.group)
    {
        confirmed_elsewhere(work, acknowledgement.to)?;
    }
    // An alarm of yesterday rings no more; one that fell into a gap a moment ago does.
    let is_fresh = !item.quiet && item.time >= work.now.minus(Time::DAY);
    if Kind::of(&item.message.content) == Kind::Alarm
        && !own
        && is_fresh
        && duty::rings(work.tx, &item.message.content)?
    {
        ring(work, item.group, item.id, row)?;
    }
    Ok(true)
}
