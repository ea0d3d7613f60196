// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in as an administrator's second way in, where the owner has switched that on. An admin who is in
//! links their own log-in; from then on whoever the provider names so is that admin. It makes no admins and no passkeys,
//! and what began by it ends when the way is shut: switched off, another provider, unlinked.
//!
//! A log-in is what the provider calls a person (`sub`), together with the provider. What else it says, an address or a
//! name, may be given to somebody else one day.

use melder_protocol::{AdminId, ErrorCode, Hash, OrganisationId, Time};

use super::super::calendar;
use super::super::oidc::{MAX_TEXT, OidcSettings, Why, still_holds};
use super::super::problem::{Outcome, Problem};
use super::super::types::{Admin, AdminLogIn};
use super::{Cookie, entry, hash};
use crate::core::Work;

/// How it stands for an admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Does the organisation allow it?
    pub allowed: bool,
    /// Since when the admin's own log-in is linked.
    pub linked: Option<Time>,
}

/// The log-in by which the organisation's admins may come in.
fn open(work: &Work<'_>, organisation: OrganisationId) -> Outcome<Option<OidcSettings>> {
    let settings = work.tx.oidc(organisation)?;
    Ok(settings.filter(|settings| settings.enabled && settings.admins))
}

/// # Errors
/// When the storage fails.
pub fn standing(work: &Work<'_>, admin: &Admin) -> Outcome<Standing> {
    let settings = work.tx.oidc(admin.organisation)?;
    let own = work.tx.admin_log_in(admin.id)?;
    // One at another provider counts for nothing.
    let own = own.filter(|own| settings.as_ref().is_some_and(|settings| settings.issuer == own.issuer));
    Ok(Standing {
        allowed: open(work, admin.organisation)?.is_some(),
        linked: own.map(|own| own.since),
    })
}

/// The owner has changed the log-in: what began by a way that is shut now is over, and stays so when it is opened again.
pub(in crate::directory) fn changed(work: &Work<'_>, old: &OidcSettings, new: &OidcSettings) -> Outcome<()> {
    if new.enabled && new.admins && new.issuer == old.issuer {
        return Ok(());
    }
    Ok(work.tx.delete_oidc_sessions(new.organisation, None)?)
}

/// An admin is about to link their log-in: by which settings, and in which session.
///
/// # Errors
/// `Forbidden` when the organisation does not allow it; `LimitReached` when one is linked, so that a session which began
/// by a log-in puts no other in its place.
pub fn may_link(work: &Work<'_>, admin: &Admin, cookie: &str) -> Outcome<(OidcSettings, Hash)> {
    let no = "the organisation does not let administrators come in by its own log-in";
    let settings = open(work, admin.organisation)?.ok_or_else(|| Problem::new(ErrorCode::Forbidden, no))?;
    if standing(work, admin)?.linked.is_some() {
        return Err(Problem::limit("a log-in is linked: unlink it first"));
    }
    Ok((settings, hash(cookie)))
}

/// Can a provider call a person so?
fn is_subject(subject: &str) -> bool {
    !subject.is_empty() && subject.len() <= MAX_TEXT
}

/// Links the log-in that the provider named to the admin who began it, if they are still in.
///
/// # Errors
/// When the storage fails.
pub fn link(
    work: &Work<'_>,
    settings: &OidcSettings,
    admin: AdminId,
    session: &Hash,
    subject: &str,
) -> Outcome<Result<(), Why>> {
    if !settings.admins || !still_holds(work, settings)? {
        return Ok(Err(Why::Off));
    }
    let alive = entry::alive(work, session)?.map(|(_, admin)| admin);
    let Some(admin) = alive.filter(|alive| alive.id == admin && alive.organisation == settings.organisation) else {
        return Ok(Err(Why::Over));
    };
    if !is_subject(subject) {
        return Ok(Err(Why::Unknown));
    }
    let known = work
        .tx
        .admin_log_in_of(settings.organisation, &settings.issuer, subject)?;
    if known.is_some_and(|known| known.admin != admin.id) {
        return Ok(Err(Why::Taken));
    }
    work.tx.put_admin_log_in(&AdminLogIn {
        admin: admin.id,
        organisation: settings.organisation,
        issuer: settings.issuer.clone(),
        subject: subject.to_owned(),
        since: work.now,
    })?;
    entry::note(work, &admin, "admin.oidc.link", &admin.id.to_string())?;
    Ok(Ok(()))
}

/// Unlinks an admin's log-in; sessions that began by it end. Without one, nothing happens.
///
/// # Errors
/// When the storage fails.
pub fn unlink(work: &Work<'_>, admin: &Admin) -> Outcome<()> {
    if work.tx.admin_log_in(admin.id)?.is_none() {
        return Ok(());
    }
    work.tx.delete_admin_log_in(admin.id)?;
    work.tx.delete_oidc_sessions(admin.organisation, Some(admin.id))?;
    entry::note(work, admin, "admin.oidc.unlink", &admin.id.to_string())
}

/// A session for the admin whose log-in the provider named.
///
/// # Errors
/// When the storage fails.
pub fn log_in(
    work: &mut Work<'_>,
    settings: &OidcSettings,
    subject: &str,
    old: Option<&str>,
) -> Outcome<Result<Cookie, Why>> {
    if !settings.admins || !still_holds(work, settings)? {
        return Ok(Err(Why::Off));
    }
    if !is_subject(subject) {
        return Ok(Err(Why::Unknown));
    }
    let known = work
        .tx
        .admin_log_in_of(settings.organisation, &settings.issuer, subject)?;
    let admin = match known {
        Some(known) => work.tx.admin(known.admin)?,
        None => None,
    };
    let Some(mut admin) = admin.filter(|admin| admin.organisation == settings.organisation) else {
        return Ok(Err(Why::Unknown));
    };
    admin.last_login = Some(calendar::day(work.now));
    work.tx.update_admin(&admin)?;
    let cookie = entry::begin(work, admin.id, old, true)?;
    entry::note(work, &admin, "session.oidc", &admin.id.to_string())?;
    Ok(Ok(cookie))
}
