// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One device: identity, device chain, groups, outbox, history, search.
//!
//! [`Engine::handle`] takes one [`Input`] (a frame, a person's action, a tick) and gives [`Effect`]s. One input is one
//! SQLite transaction: MLS state, history, outbox and cursors change together or not at all, and the effects come out
//! after the commit. So a crash between any two instructions is just a replay. The engine has no threads, no clock and
//! no randomness of its own, and does no I/O beside its database: whoever drives it connects it to a socket, a timer
//! and a screen (`melder-client` natively, a worker in the browser).
//!
//! Inside, `frames` and `actions` are the two doors; `sync` reads the logs; `groups` joins and commits; `outbox` sends;
//! `history`, `files` and `archive` keep what was said; `identity`, `linking` and `people` know who is who.

mod actions;
mod again;
mod answers;
pub mod api;
mod archive;
mod changes;
mod duty;
mod error;
mod files;
mod frames;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod groups;
mod history;
mod identity;
mod inbox;
mod linking;
mod notices;
mod once;
mod outbox;
mod pending;
mod people;
mod policy;
mod queries;
mod removal;
mod rosters;
mod screen;
mod settings;
mod store;
mod sync;
mod work;

use melder_protocol::Time;
use melder_protocol::request::Request;
use rand_core::CryptoRngCore;
use rusqlite::Connection as Database;

pub use api::{Action, ActionId, Effect, Event, Input, Outcome};
pub use error::EngineError;
pub use melder_mls::sign::fingerprint;
pub use work::Stats;

use api::Connection;
use groups::{Status, commits, join};
use work::{Link, Session, Work};

/// The engine wakes at least this often.
const LONGEST_SLEEP_MS: u64 = 60 * Time::SECOND;

/// One device.
#[derive(Debug)]
pub struct Engine {
    database: Database,
    session: Session,
    now: Time,
}

impl Engine {
    /// Opens a device's database; `database` is opened, and unlocked with its key, by the caller.
    ///
    /// # Errors
    /// When the database can't be read, or was written by a newer version.
    pub fn open(mut database: Database, now: Time) -> Result<Self, EngineError> {
        store::migrate(&mut database)?;
        database.set_prepared_statement_cache_capacity(128);
        let mut session = Session::new();
        session.identity = identity::load(&database)?;
        Ok(Self { database, session, now })
    }

    /// Takes one input. The effects are to be carried out in their order.
    ///
    /// # Errors
    /// When the database fails. Then nothing was changed; the caller closes the transport and starts the connection
    /// anew, and what was not answered is sent again.
    pub fn handle(&mut self, now: Time, rng: &mut dyn CryptoRngCore, input: Input) -> Result<Vec<Effect>, EngineError> {
        self.handle_all(now, rng, vec![input])
    }

    /// Takes inputs that came together, in their order, in one transaction: the disk is waited for once. What each of
    /// them sets off comes out after all of them are on disk.
    ///
    /// # Errors
    /// As [`Self::handle`]; then none of them has happened.
    pub fn handle_all(
        &mut self,
        now: Time,
        rng: &mut dyn CryptoRngCore,
        inputs: Vec<Input>,
    ) -> Result<Vec<Effect>, EngineError> {
        // A clock that is set back must not make time run backwards for what is ordered by it.
        self.now = now;
        let Self { database, session, .. } = self;
        let result = database.transaction().map_err(EngineError::from).and_then(|tx| {
            let mut work = Work {
                tx: &tx,
                now,
                rng,
                session: &mut *session,
                effects: Vec::new(),
            };
            for input in inputs {
                dispatch(&mut work, input)?;
                settle(&mut work)?;
                notices::say(&mut work)?;
            }
            let effects = work.effects;
            tx.commit()?;
            Ok(effects)
        });
        if result.is_err() {
            session.forget_caches();
            reset_connection(session);
            // An account that was not written down is none. If even this can't be read, nothing after it will work.
            if let Ok(identity) = identity::load(database) {
                session.identity = identity;
            }
        }
        result
    }

    /// Counters since [`Self::open`].
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.session.stats
    }
}

fn reset_connection(session: &mut Session) {
    session.link = Link::Down;
    session.pending.clear();
    session.tasks.clear();
    session.blocked.clear();
    session.heads.clear();
    session.inbox_head = None;
    session.leaf_of.clear();
    session.rosters_waiting.clear();
    session.removals.clear();
    session.refused.clear();
    files::disconnected(session);
}

fn dispatch(work: &mut Work<'_>, input: Input) -> Result<(), EngineError> {
    match input {
        Input::Connected => {
            reset_connection(work.session);
            work.session.link = Link::Up(None);
            Ok(())
        }
        Input::Disconnected => {
            let was_up = work.session.link != Link::Down;
            fail_open_actions(work);
            linking::disconnected(work)?;
            reset_connection(work.session);
            if was_up {
                work.event(Event::Connection(Connection::Offline));
            }
            Ok(())
        }
        Input::Frame(bytes) => frames::frame(work, &bytes),
        Input::Tick => tick(work),
        Input::Do(id, action) => actions::perform(work, id, *action),
        Input::Once(id, token, action) => once::perform(work, id, token, *action),
        Input::Probe => {
            if work.online() {
                work.request(Request::Policy, pending::Pending::Policy);
            }
            Ok(())
        }
    }
}

/// What somebody waits for will not be answered any more on this connection.
fn fail_open_actions(work: &mut Work<'_>) {
    use pending::Pending;
    let open: Vec<ActionId> = work
        .session
        .pending
        .values()
        .filter_map(|pending| match pending {
            Pending::Simple(id)
            | Pending::Offer(id, _)
            | Pending::OfferToJoin(id, ..)
            | Pending::Recovery(id, ..)
            | Pending::Recovered(id, _)
            | Pending::RecoveryAdded(id, _)
            | Pending::Accounts { action: id, .. }
            | Pending::Devices(id)
            | Pending::Directory(id)
            | Pending::Reach(id)
            | Pending::OnDuty(id) => Some(*id),
            Pending::Roster(change) => Some(change.action),
            Pending::File(files::FilePending::Fetch(_, _, id)) => Some(*id),
            Pending::Establish { action, .. } | Pending::Claim(action) => *action,
            _ => None,
        })
        .chain(work.session.rosters_waiting.iter().map(|change| change.action))
        .collect();
    for id in open {
        work.failed(id, api::ActionError::Offline);
    }
}

fn tick(work: &mut Work<'_>) -> Result<(), EngineError> {
    let policy = policy::current(work.tx)?;
    let retention = policy.and_then(|policy| policy.device_retention_days);
    let next = [
        history::sweep(work, retention)?,
        files::sweep(work)?,
        archive::tick(work)?,
        once::sweep(work)?,
        duty::sweep(work)?,
    ];
    if work.online() {
        for id in groups::all(work.tx)? {
            let Some(mut group) = groups::load(work.tx, id)? else {
                continue;
            };
            let halt = work.session.halts.get(&id).copied().unwrap_or_default();
            if group.status == Status::Halted && halt.is_due(work.now) {
                join::repair(work, &mut group)?;
                work.session.halts.entry(id).or_default().tries += 1;
            } else if matches!(group.status, Status::Joining | Status::Repairing)
                && commits::on_its_way(work, id)?.is_none()
                && commits::may_come_back(work, id)
            {
                join::again(work, id)?;
            }
        }
        sync::ask_again(work);
    }
    for group in outbox::groups_waiting(work)? {
        work.session.dirty.insert(group);
    }
    let soonest = next
        .into_iter()
        .flatten()
        .chain(outbox::next_due(work)?)
        .chain([work.now.plus(LONGEST_SLEEP_MS)])
        .min()
        .unwrap_or(work.now);
    work.effects.push(Effect::WakeAt(soonest.max(work.now.plus(50))));
    Ok(())
}

/// What an input may have made possible: waiting tasks, messages, transfers.
fn settle(work: &mut Work<'_>) -> Result<(), EngineError> {
    if !work.online() {
        work.session.dirty.clear();
        return Ok(());
    }
    rosters::release(work)?;
    // Doing one thing may make another possible, in the same group or another; it comes to rest soon.
    for _ in 0..8 {
        let dirty = std::mem::take(&mut work.session.dirty);
        if dirty.is_empty() {
            break;
        }
        for group in dirty {
            reached_head(work, group)?;
            commits::perform(work, group)?;
            outbox::pump(work, group)?;
        }
    }
    if let Some(due) = outbox::next_due(work)? {
        work.effects.push(Effect::WakeAt(due));
    }
    files::pump(work)
}

fn reached_head(work: &mut Work<'_>, group: melder_protocol::GroupId) -> Result<(), EngineError> {
    let Some(head) = work.session.heads.get(&group).copied() else {
        return Ok(());
    };
    if groups::load(work.tx, group)?.is_some_and(|group| group.cursor >= head) {
        work.session.heads.remove(&group);
        sync::caught_up(work, group)?;
    }
    Ok(())
}
