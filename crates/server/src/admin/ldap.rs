// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's LDAP source: set, tried, pulled. The directory is read beside the core (`crate::ldap`); who asks is
//! checked before that and again when what was read is taken over.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use melder_protocol::{ErrorCode, Hash};

use super::answer::{Answer, Failure, Tagged};
use super::ask::{Body, Caller, IfMatch};
use super::body::{
    LdapPlanBody, LdapPullRequest, LdapRunBody, LdapSample, LdapSourceBody, LdapSourceRequest, LdapTestBody,
    LdapTestRequest, List,
};
use super::{Api, Here};
use crate::directory::ldap::run::Trigger;
use crate::directory::ldap::settings::Password;
use crate::directory::ldap::{Job, Mode, Place, Snapshot};
use crate::directory::problem::Problem;
use crate::directory::types::Scope;
use crate::ldap::{self, Turn};

/// Who looks and pulls: a role for the accounts of the whole organisation.
const USE: &[Scope] = &[Scope::Accounts];
/// Who says where from, and with which password.
const SET: &[Scope] = &[Scope::Owner];

/// Where people are pulled from, without the password. Scope `accounts`; not for roles of a unit.
#[utoipa::path(get, path = "/v1/admin/directory/ldap", tag = "directory", operation_id = "ldap_source",
    responses((status = 200, body = LdapSourceBody)))]
pub async fn show(State(api): Here, caller: Caller) -> Answer<Tagged<LdapSourceBody>> {
    let source = api.desk(caller, USE, |desk| desk.ldap_source()).await?;
    let body = source.map_or_else(LdapSourceBody::none, LdapSourceBody::from);
    Ok(Tagged::new(body.revision, body))
}

/// Sets where people are pulled from. What is not said is filled in for the kind of directory. Scope `owner`.
#[utoipa::path(put, path = "/v1/admin/directory/ldap", tag = "directory", operation_id = "set_ldap_source",
    request_body = LdapSourceRequest, responses((status = 200, body = LdapSourceBody)))]
pub async fn set(
    State(api): Here,
    caller: Caller,
    IfMatch(seen): IfMatch,
    Body(ask): Body<LdapSourceRequest>,
) -> Answer<Tagged<LdapSourceBody>> {
    let (settings, password) = ask.parts();
    let source = api
        .desk(caller, SET, move |desk| {
            desk.set_ldap_source(&settings, &password, seen)
        })
        .await?;
    Ok(Tagged::new(source.revision, source.into()))
}

/// Forgets where people are pulled from, with the password. Accounts stay. Scope `owner`.
#[utoipa::path(delete, path = "/v1/admin/directory/ldap", tag = "directory", operation_id = "delete_ldap_source",
    responses((status = 204)))]
pub async fn remove(State(api): Here, caller: Caller, IfMatch(seen): IfMatch) -> Answer<StatusCode> {
    api.desk(caller, SET, move |desk| desk.delete_ldap_source(seen)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads the directory, while nobody else does.
async fn read(api: &Api, job: Job) -> Result<Snapshot, Problem> {
    let _turn = Turn::take(&api.handle, job.organisation)?;
    Ok(ldap::read(job).await?)
}

/// Tries settings, or those that are kept: connects, logs in, reads all, and says what was found. Nothing is changed or
/// kept. Scope `owner`.
#[utoipa::path(post, path = "/v1/admin/directory/ldap/test", tag = "directory", operation_id = "test_ldap_source",
    request_body = LdapTestRequest, responses((status = 200, body = LdapTestBody)))]
pub async fn test(State(api): Here, caller: Caller, Body(ask): Body<LdapTestRequest>) -> Answer<Json<LdapTestBody>> {
    let LdapTestRequest { settings, password } = ask;
    let draft = match (settings, password) {
        (Some(settings), password) => Some(LdapSourceRequest { settings, password }.parts()),
        (None, None) => None,
        (None, Some(_)) => return Err(Problem::field("password", "belongs to settings").into()),
    };
    let draft: Option<(_, Password)> = draft;
    let job = api.desk(caller, SET, move |desk| desk.ldap_trial(draft)).await?;
    let snapshot = read(&api, job).await?;
    let samples = snapshot.people.iter().take(5).map(|found| LdapSample {
        name: crate::directory::provisioning::called(&found.person.user_name, &found.person.attributes),
        user_name: found.person.user_name.clone(),
        function: found.person.title.clone(),
        unit: found.place.as_ref().map(|place| match place {
            Place::Named(name) => name.clone(),
            Place::Path(path) => path.join("/"),
        }),
    });
    Ok(Json(LdapTestBody {
        samples: samples.collect(),
        people: snapshot.people.len() + snapshot.kept.len(),
        groups: snapshot.groups.as_ref().map(Vec::len),
        problems: snapshot.problems.into_iter().take(100).collect(),
    }))
}

fn mode(ask: &LdapPullRequest) -> Result<Mode, Failure> {
    match (ask.dry_run, ask.confirm.as_deref()) {
        (true, None) => Ok(Mode::Dry),
        (false, None) => Ok(Mode::Go),
        (true, Some(_)) => Err(Problem::field("confirm", "a dry run confirms nothing").into()),
        (false, Some(text)) => match text.parse::<Hash>() {
            Ok(hash) => Ok(Mode::Confirm(hash)),
            Err(_) => Err(Problem::field("confirm", "must be the hash of a plan").into()),
        },
    }
}

/// Reads the directory and takes over what it says. With `dry_run`: says what would follow. With `confirm`: takes over
/// that very plan, also when the brake holds it; another plan by now is refused with 409 `plan_changed`. Scope `accounts`;
/// not for roles of a unit.
///
/// All or nothing. A directory that was not read to its end changes nothing: 502.
#[utoipa::path(post, path = "/v1/admin/directory/ldap/pull", tag = "directory", operation_id = "pull_ldap",
    request_body = LdapPullRequest, responses((status = 200, body = LdapPlanBody)))]
pub async fn pull(State(api): Here, caller: Caller, Body(ask): Body<LdapPullRequest>) -> Answer<Json<LdapPlanBody>> {
    let mode = mode(&ask)?;
    let job = api.desk(caller.clone(), USE, |desk| desk.ldap_job()).await?;
    let revision = job.revision;
    let snapshot = match read(&api, job).await {
        Ok(snapshot) => snapshot,
        Err(problem) => {
            if mode != Mode::Dry && problem.code != ErrorCode::DirectoryBusy {
                let noted = problem.clone();
                api.desk(caller, USE, move |desk| desk.ldap_failed(&noted, Trigger::Admin))
                    .await?;
            }
            return Err(problem.into());
        }
    };
    let pulled = api
        .desk(caller, USE, move |desk| {
            desk.ldap_pulled(&snapshot, revision, mode, Trigger::Admin)
        })
        .await?;
    Ok(Json(pulled.into()))
}

/// The last 50 pulls, newest first. Scope `accounts`; not for roles of a unit.
#[utoipa::path(get, path = "/v1/admin/directory/ldap/runs", tag = "directory", operation_id = "ldap_runs",
    responses((status = 200, body = List<LdapRunBody>)))]
pub async fn runs(State(api): Here, caller: Caller) -> Answer<Json<List<LdapRunBody>>> {
    let runs = api.desk(caller, USE, |desk| desk.ldap_runs()).await?;
    let items = runs.into_iter().map(|(number, run)| LdapRunBody::new(number, run));
    Ok(Json(List {
        items: items.collect(),
        next: None,
    }))
}
