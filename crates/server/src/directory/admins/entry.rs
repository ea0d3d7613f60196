// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! How an admin comes in and goes: passkeys, sessions, recovery. Challenges are the door's (`crate::admin`): what comes
//! here answers one of ours, for the first time.

use melder_protocol::{AdminId, ErrorCode, Hash, Time};

use super::super::problem::{Outcome, Problem};
use super::super::types::{Actor, Admin, Passkey, Session};
use super::super::{audit, calendar, text};
use super::{AT_ONCE, Secret, code_hash, enrol, hash};
use crate::core::Work;
use crate::webauthn::{self, Assertion, NewCredential, Refused, Site};

/// A session ends after so long without a request.
pub const SESSION_IDLE: u64 = 30 * Time::MINUTE;
/// And after so long in any case.
pub const SESSION_LONGEST: u64 = 12 * Time::HOUR;
/// How exactly the last request is remembered: a write for each would be too many.
const SEEN_STEP: u64 = Time::MINUTE;
/// Passkeys of one admin.
const MAX_PASSKEYS: usize = 20;

/// A session's secret.
pub type Cookie = Secret;

fn refused(why: Refused) -> Problem {
    tracing::info!(why = why.0, "a passkey was refused");
    ErrorCode::PasskeyRefused.into()
}

pub(super) fn note(work: &Work<'_>, admin: &Admin, action: &str, subject: &str) -> Outcome<()> {
    audit::append(work, admin.organisation, Some(Actor::Admin(admin.id)), action, subject)
}

/// What the audit log calls a passkey: its id may be long.
fn short(id: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&melder_mls::sign::sha256(id).as_bytes()[..8])
}

/// A session that is not over, and whose it is.
pub(super) fn alive(work: &Work<'_>, hash: &Hash) -> Outcome<Option<(Session, Admin)>> {
    let Some(session) = work.tx.session(hash)? else {
        return Ok(None);
    };
    let now = work.now;
    if now.since(session.seen) >= SESSION_IDLE || now.since(session.began) >= SESSION_LONGEST {
        return Ok(None);
    }
    Ok(work.tx.admin(session.admin)?.map(|admin| (session, admin)))
}

/// Whose session this is.
///
/// # Errors
/// `Unauthorized` when there is none, or it is over.
pub fn of_session(work: &mut Work<'_>, cookie: &str) -> Outcome<Admin> {
    let no = || Problem::from(ErrorCode::Unauthorized);
    let (mut session, admin) = alive(work, &hash(cookie))?.ok_or_else(no)?;
    let now = work.now;
    if now.since(session.seen) >= SEEN_STEP {
        session.seen = now;
        work.tx.put_session(&session)?;
    }
    Ok(admin)
}

/// A new session; the browser's old one ends with it.
pub(super) fn begin(work: &mut Work<'_>, admin: AdminId, old: Option<&str>, oidc: bool) -> Outcome<Cookie> {
    let now = work.now;
    work.tx
        .drop_sessions(now.minus(SESSION_IDLE), now.minus(SESSION_LONGEST))?;
    if let Some(old) = old {
        work.tx.delete_session(&hash(old))?;
    }
    // Never one that the browser brought: nobody can lay one for somebody else.
    let cookie = Secret::new(work);
    work.tx.put_session(&Session {
        hash: cookie.hash(),
        admin,
        began: now,
        seen: now,
        oidc,
    })?;
    Ok(cookie)
}

/// Logs in with a passkey, after `challenge` was taken from the door.
///
/// # Errors
/// `PasskeyRefused` when it proves nothing: why, is not said.
pub fn log_in(
    work: &mut Work<'_>,
    assertion: &Assertion,
    challenge: &[u8; 32],
    site: &Site,
    old: Option<&str>,
) -> Outcome<(Admin, Cookie)> {
    let known = work.tx.passkey(&assertion.raw_id.0)?;
    let known = known.ok_or_else(|| refused(Refused("an unknown passkey")))?;
    if let Some(handle) = &assertion.response.user_handle
        && handle.0 != known.admin.as_bytes()
    {
        return Err(refused(Refused("another admin's passkey")));
    }
    let counter = webauthn::used(assertion, challenge, site, &known.key, known.counter).map_err(refused)?;
    let mut admin = work
        .tx
        .admin(known.admin)?
        .ok_or_else(|| refused(Refused("an admin who is gone")))?;
    let today = calendar::day(work.now);
    work.tx.touch_passkey(&known.id, counter, today)?;
    admin.last_login = Some(today);
    work.tx.update_admin(&admin)?;
    let cookie = begin(work, admin.id, old, false)?;
    note(work, &admin, "session.begin", &short(&known.id))?;
    Ok((admin, cookie))
}

/// Ends a session.
///
/// # Errors
/// When the storage fails.
pub fn log_out(work: &mut Work<'_>, cookie: &str) -> Outcome<()> {
    Ok(work.tx.delete_session(&hash(cookie))?)
}

/// Whom a one-time secret lets in.
///
/// # Errors
/// `InvitationUnknown` when it is none, was used or is over.
pub fn of_enrolment(work: &Work<'_>, secret: &str) -> Outcome<(Admin, Hash)> {
    let hash = hash(secret.trim());
    let admin = enrolled(work, &hash)?;
    Ok((admin, hash))
}

fn enrolled(work: &Work<'_>, hash: &Hash) -> Outcome<Admin> {
    let gone = || Problem::new(ErrorCode::InvitationUnknown, "the link was used or is over");
    let enrolment = work.tx.enrolment(hash)?.ok_or_else(gone)?;
    if enrolment.expires <= work.now {
        return Err(gone());
    }
    work.tx.admin(enrolment.admin)?.ok_or_else(gone)
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    pub passkey: Passkey,
    /// For whoever had none.
    pub recovery: Option<Secret>,
    /// For whoever came by a one-time secret.
    pub session: Option<Cookie>,
}

/// Adds a passkey. `enrolment`: the one-time secret that the admin came by; it is used up, and a session begins.
///
/// # Errors
/// `PasskeyRefused` when it is not for this challenge and site.
pub fn add_passkey(
    work: &mut Work<'_>,
    admin: AdminId,
    enrolment: Option<&Hash>,
    credential: (&NewCredential, &[u8; 32], &Site),
    name: Option<&str>,
    old: Option<&str>,
) -> Outcome<Added> {
    let (credential, challenge, site) = credential;
    let mut admin = work.tx.admin(admin)?.ok_or(ErrorCode::Unauthorized)?;
    if let Some(hash) = enrolment {
        // It may have been used since the challenge.
        enrolled(work, hash)?;
        work.tx.delete_enrolments_of(admin.id)?;
    }
    let made = webauthn::made(credential, challenge, site).map_err(refused)?;
    if work.tx.passkey(&made.id)?.is_some() {
        return Err(Problem::conflict("this passkey is registered already"));
    }
    if work.tx.passkeys_of(admin.id)?.len() >= MAX_PASSKEYS {
        return Err(Problem::limit("20 passkeys: remove some first"));
    }
    let passkey = Passkey {
        id: made.id,
        admin: admin.id,
        name: text::optional("name", name)?.unwrap_or_else(|| "Passkey".to_owned()),
        key: made.key,
        counter: made.counter,
        created: work.now,
        last_used: None,
    };
    work.tx.insert_passkey(&passkey)?;
    let recovery = match admin.recovery {
        Some(_) => None,
        None => Some(new_code(work, &mut admin)?),
    };
    let session = match enrolment {
        Some(_) => {
            admin.last_login = Some(calendar::day(work.now));
            work.tx.update_admin(&admin)?;
            Some(begin(work, admin.id, old, false)?)
        }
        None => None,
    };
    note(work, &admin, "passkey.add", &short(&passkey.id))?;
    Ok(Added {
        passkey,
        recovery,
        session,
    })
}

fn new_code(work: &mut Work<'_>, admin: &mut Admin) -> Outcome<Secret> {
    let code = Secret::code(work);
    admin.recovery = Some(code.hash());
    work.tx.update_admin(admin)?;
    Ok(code)
}

/// A new recovery code; the old one is void.
///
/// # Errors
/// When the storage fails.
pub fn renew_code(work: &mut Work<'_>, mut admin: Admin) -> Outcome<Secret> {
    let code = new_code(work, &mut admin)?;
    note(work, &admin, "recovery.renew", &admin.id.to_string())?;
    Ok(code)
}

/// Removes one of the admin's own passkeys.
///
/// # Errors
/// `NotFound` when it is not theirs; `Conflict` when they could not come in any more.
pub fn remove_passkey(work: &mut Work<'_>, admin: &Admin, id: &[u8]) -> Outcome<()> {
    let own = work.tx.passkeys_of(admin.id)?;
    if !own.iter().any(|passkey| passkey.id == id) {
        return Err(Problem::missing("passkey"));
    }
    if own.len() == 1 && admin.recovery.is_none() {
        return Err(Problem::conflict(
            "it is the last passkey, and there is no recovery code",
        ));
    }
    work.tx.delete_passkey(id)?;
    note(work, admin, "passkey.remove", &short(id))
}

/// What a recovery gives: a secret for a new passkey, and the next recovery code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    pub admin: Admin,
    pub enrol: Secret,
    pub expires: Time,
    pub recovery: Secret,
}

/// Takes a recovery code. It is used up, and all sessions end.
///
/// # Errors
/// `UnknownRecovery` when it is nobody's.
pub fn recover(work: &mut Work<'_>, typed: &str) -> Outcome<Recovered> {
    let mut admin = work
        .tx
        .admin_by_recovery(&code_hash(typed))?
        .ok_or(ErrorCode::UnknownRecovery)?;
    let recovery = new_code(work, &mut admin)?;
    work.tx.delete_sessions_of(admin.id)?;
    let (enrol, expires) = enrol(work, admin.id, AT_ONCE)?;
    note(work, &admin, "recovery.use", &admin.id.to_string())?;
    Ok(Recovered {
        admin,
        enrol,
        expires,
        recovery,
    })
}
