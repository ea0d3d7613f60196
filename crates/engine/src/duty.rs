// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One's own switch, quiet hours, and "not here until". The devices of an account tell each other in their own group; the
//! server gets what it needs to hold back pushes, and nobody else hears of duty. An absence goes, encrypted, into the
//! groups that one may write in, and is shown until its end.

use melder_content::{Absence, Alarm, Content, DutySettings, Settings};
use melder_protocol::push::{Duty, PushRules, QuietHours, Ring};
use melder_protocol::request::Request;
use melder_protocol::roster::GroupKind;
use melder_protocol::{AccountId, GroupId, Refusal, Time, cbor};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use crate::api::{Event, Invalid};
use crate::error::EngineError;
use crate::groups::{self, Status};
use crate::outbox;
use crate::pending::Pending;
use crate::store::{Id, delete_meta, int, meta, set_meta, uint};
use crate::work::Work;

/// What is set, and that the server has not heard it.
const DUTY: &str = "duty";
const UNSENT: &str = "duty_unsent";
/// This device said that we are away.
const SAID_HERE: &str = "absence_here";
/// An absence that ends later is not believed.
const LONGEST_MS: u64 = 366 * Time::DAY;

/// "Not here until", as a screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AbsenceView {
    pub note: String,
    pub until: Time,
}

/// Whether and how a content wakes those who are away.
pub(crate) fn ring(content: &Content) -> Ring {
    match content.body() {
        // Whoever was woken hears that it is over.
        Content::Alarm(Alarm { over: true, .. }) => Ring::Message,
        _ if content.replaces().is_some() => Ring::Silent,
        Content::Alarm(Alarm { on_duty: true, .. }) => Ring::AlarmOnDuty,
        Content::Alarm(_) => Ring::Alarm,
        body if crate::history::is_line(body) => Ring::Message,
        _ => Ring::Silent,
    }
}

/// What is set on this account.
pub(crate) fn current(connection: &Connection) -> Result<DutySettings, EngineError> {
    let kept = meta(connection, DUTY)?;
    Ok(kept.and_then(|bytes| cbor::decode(&bytes).ok()).unwrap_or_default())
}

/// An alarm for those on duty rings nobody who is off duty.
pub(crate) fn rings(connection: &Connection, content: &Content) -> Result<bool, EngineError> {
    Ok(ring(content) != Ring::AlarmOnDuty || current(connection)?.duty != Duty::Off)
}

fn keep(work: &mut Work<'_>, duty: &DutySettings) -> Result<(), EngineError> {
    set_meta(work.tx, DUTY, &cbor::encode(duty))?;
    work.event(Event::Own);
    Ok(())
}

/// Sets it here, tells the own devices and, when there is a connection, the server.
fn change(work: &mut Work<'_>, duty: DutySettings) -> Result<(), EngineError> {
    keep(work, &duty)?;
    set_meta(work.tx, UNSENT, &[1])?;
    let own_group = work.identity()?.own_group;
    let settings = Settings {
        groups: Vec::new(),
        duty: Some(duty),
    };
    outbox::queue_content(work, own_group, Content::Settings(settings))?;
    send(work)
}

pub(crate) fn set_duty(work: &mut Work<'_>, on: bool) -> Result<(), EngineError> {
    let before = current(work.tx)?;
    let duty = if on { Duty::On } else { Duty::Off };
    if before.duty == duty {
        return Ok(());
    }
    let since = work.now;
    change(work, DutySettings { duty, since, ..before })
}

pub(crate) fn set_quiet_hours(work: &mut Work<'_>, quiet: Option<QuietHours>) -> Result<Option<Invalid>, EngineError> {
    if !quiet.is_none_or(|quiet| quiet.is_valid()) {
        return Ok(Some(Invalid::ContentInvalid));
    }
    let before = current(work.tx)?;
    if before.quiet != quiet {
        change(work, DutySettings { quiet, ..before })?;
    }
    Ok(None)
}

/// Another own device set it, and has told the server.
pub(crate) fn take(work: &mut Work<'_>, duty: &DutySettings) -> Result<(), EngineError> {
    if current(work.tx)? == *duty {
        return Ok(());
    }
    keep(work, duty)?;
    delete_meta(work.tx, UNSENT)
}

/// Tells the server what it has not heard. After each connecting, too.
pub(crate) fn send(work: &mut Work<'_>) -> Result<(), EngineError> {
    if !work.online() {
        return Ok(());
    }
    if meta(work.tx, DUTY)?.is_none() {
        work.request(Request::Push, Pending::AdoptRules);
    }
    if meta(work.tx, UNSENT)?.is_some() {
        let DutySettings { duty, quiet, .. } = current(work.tx)?;
        let rules = PushRules { duty, quiet };
        work.request(Request::SetPushRules(rules), Pending::PushRules(rules));
    }
    Ok(())
}

/// A device that knows nothing takes what the server knows, once.
pub(crate) fn adopt(work: &mut Work<'_>, rules: PushRules) -> Result<(), EngineError> {
    let PushRules { duty, quiet } = rules;
    if meta(work.tx, DUTY)?.is_some() || !quiet.is_none_or(|quiet| quiet.is_valid()) {
        return Ok(());
    }
    let since = work.now;
    keep(work, &DutySettings { duty, since, quiet })
}

pub(crate) fn sent(work: &mut Work<'_>, rules: PushRules, answer: Result<(), Refusal>) -> Result<(), EngineError> {
    let DutySettings { duty, quiet, .. } = current(work.tx)?;
    // A refused one is said again with the next connection.
    if answer.is_ok() && rules == (PushRules { duty, quiet }) {
        delete_meta(work.tx, UNSENT)?;
    }
    Ok(())
}

/// Says to all with whom one may write that one is away, or is no more.
pub(crate) fn set_absence(work: &mut Work<'_>, absence: Option<AbsenceView>) -> Result<Option<Invalid>, EngineError> {
    let Some(own) = work.own_account() else {
        return Ok(Some(Invalid::NoAccountYet));
    };
    let until = absence.as_ref().map(|absence| absence.until);
    if until.is_some_and(|until| until <= work.now || until > work.now.plus(LONGEST_MS)) {
        return Ok(Some(Invalid::ContentInvalid));
    }
    let absence = Absence {
        note: absence.map(|absence| absence.note).unwrap_or_default(),
        until,
    };
    let content = Content::Absence(absence.clone());
    if content.check().is_err() {
        return Ok(Some(Invalid::TooLarge));
    }
    match until {
        Some(_) => set_meta(work.tx, SAID_HERE, &[1])?,
        None => delete_meta(work.tx, SAID_HERE)?,
    }
    let own_group = work.identity()?.own_group;
    for id in groups::all(work.tx)? {
        let Some(group) = groups::load(work.tx, id)? else {
            continue;
        };
        let may = groups::roster(work, id)?.is_some_and(|roster| roster.may_write(own));
        if id == own_group || (group.status == Status::Active && group.kind != GroupKind::Own && may) {
            outbox::queue_content(work, id, content.clone())?;
        }
    }
    let now = work.now;
    put(work, own, &absence, now)
}

/// Whoever comes into a group later has not read that we are away: it is said again, by the device that said it first.
pub(crate) fn tell_newcomers(work: &mut Work<'_>, group: &groups::Group) -> Result<(), EngineError> {
    let Some(own) = work.own_account() else { return Ok(()) };
    if group.status != Status::Active || meta(work.tx, SAID_HERE)?.is_none() {
        return Ok(());
    }
    let may = groups::roster(work, group.id)?.is_some_and(|roster| roster.may_write(own));
    match absence(work.tx, own, work.now)? {
        Some(AbsenceView { note, until }) if may => {
            let absence = Absence {
                note,
                until: Some(until),
            };
            outbox::queue_content(work, group.id, Content::Absence(absence))
        }
        _ => Ok(()),
    }
}

/// All that was said and is not over, for a new device of our own: who, what, until when, and when it was said.
pub(crate) fn absences(work: &Work<'_>) -> Result<Vec<(AccountId, Absence, Time)>, EngineError> {
    Ok(work
        .tx
        .prepare_cached("SELECT account, note, until, said FROM absences WHERE until > ?1 ORDER BY account")?
        .query_map([int(work.now.0)], |row| {
            let absence = Absence {
                note: row.get(1)?,
                until: Some(Time(uint(row.get(2)?))),
            };
            Ok((row.get::<_, Id<_>>(0)?.0, absence, Time(uint(row.get(3)?))))
        })?
        .collect::<Result<_, _>>()?)
}

/// Another own device knew it.
pub(crate) fn learn(work: &mut Work<'_>, account: AccountId, absence: &Absence, said: Time) -> Result<(), EngineError> {
    if absence.until.is_some_and(|until| until <= said.plus(LONGEST_MS)) {
        put(work, account, absence, said)?;
    }
    Ok(())
}

/// Somebody said so in a group; for oneself, another own device.
pub(crate) fn heard(
    work: &mut Work<'_>,
    group: GroupId,
    account: AccountId,
    absence: &Absence,
    at: Time,
) -> Result<(), EngineError> {
    if absence.until.is_none_or(|until| until <= at.plus(LONGEST_MS)) {
        put(work, account, absence, at)?;
        work.event(Event::GroupChanged(group));
    }
    Ok(())
}

fn put(work: &mut Work<'_>, account: AccountId, absence: &Absence, said: Time) -> Result<Option<Invalid>, EngineError> {
    work.tx.execute(
        "INSERT INTO absences (account, note, until, said) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (account) DO UPDATE SET note = excluded.note, until = excluded.until, said = excluded.said
         WHERE excluded.said >= said",
        params![
            account.as_bytes(),
            absence.note,
            int(absence.until.unwrap_or_default().0),
            int(said.0)
        ],
    )?;
    if work.own_account() == Some(account) {
        work.event(Event::Own);
    }
    Ok(None)
}

/// Who is away now, if they are.
pub(crate) fn absence(
    connection: &Connection,
    account: AccountId,
    now: Time,
) -> Result<Option<AbsenceView>, EngineError> {
    Ok(connection
        .prepare_cached("SELECT note, until FROM absences WHERE account = ?1 AND until > ?2")?
        .query_row(params![account.as_bytes(), int(now.0)], |row| {
            Ok(AbsenceView {
                note: row.get(0)?,
                until: Time(uint(row.get(1)?)),
            })
        })
        .optional()?)
}

/// What is over goes; gives the next end.
pub(crate) fn sweep(work: &mut Work<'_>) -> Result<Option<Time>, EngineError> {
    let over: Vec<Id<AccountId>> = work
        .tx
        .prepare_cached("SELECT account FROM absences WHERE until > 0 AND until <= ?1")?
        .query_map([int(work.now.0)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for Id(account) in over {
        // When it was said stays, so that an older word of it is not taken for a new one.
        work.tx
            .prepare_cached("UPDATE absences SET until = 0, note = '' WHERE account = ?1")?
            .execute([account.as_bytes()])?;
        match work.own_account() {
            Some(own) if own == account => work.event(Event::Own),
            Some(own) => work.event(Event::GroupChanged(melder_mls::roster::direct_group_id(own, account))),
            None => {}
        }
    }
    let next: Option<i64> = work
        .tx
        .prepare_cached("SELECT MIN(until) FROM absences WHERE until > 0")?
        .query_row([], |row| row.get(0))?;
    Ok(next.map(|next| Time(uint(next))))
}
