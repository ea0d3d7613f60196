// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! SCIM 2.0 (RFC 7643, RFC 7644) under `/v1/scim/v2`: the authority's own directory says who there is and who is in
//! which of its groups. A thin layer, like the rest of the administration: what follows is decided at the desk
//! (`crate::directory::provisioning`). Each request is one transaction, whole or not at all.
//!
//! It needs a token with the scope `directory`. Users are the accounts that came by SCIM; those that an administrator
//! made here are none of the directory's business, and don't show.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use melder_protocol::{AccountId, DirectoryGroupId, ErrorCode};
use serde_json::{Value, json};

use super::answer::{Failure, status};
use super::ask::{Caller, Id, Maybe, Origin, Raw};
use super::{Api, Here};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::provisioning::Known;
use crate::directory::types::{DirectoryGroup, Scope};
use crate::directory::{Desk, REVISION};

mod asked;
mod filter;
mod names;
mod patch;
mod resource;
mod schema;

use asked::{Asked, Part};
use schema::MAX_RESULTS;

const SCOPES: &[Scope] = &[Scope::Directory];
const BASE: &str = "/v1/scim/v2";

/// An error in SCIM's form.
#[derive(Debug)]
struct Bad(Problem);

impl From<Problem> for Bad {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Failure> for Bad {
    fn from(failure: Failure) -> Self {
        Self(failure.0)
    }
}

impl IntoResponse for Bad {
    fn into_response(self) -> Response {
        let Problem {
            code, message, field, ..
        } = &self.0;
        let kind = match (code, field) {
            (ErrorCode::Conflict, Some(REVISION)) => None,
            (ErrorCode::Conflict, _) => Some("uniqueness"),
            (ErrorCode::Malformed, _) | (_, Some("syntax" | "schemas")) => Some("invalidSyntax"),
            (_, Some("filter")) => Some("invalidFilter"),
            (_, Some("path")) => Some("invalidPath"),
            (_, Some("target")) => Some("noTarget"),
            (_, Some("mutability")) => Some("mutability"),
            (ErrorCode::InvalidField | ErrorCode::InvalidName, _) => Some("invalidValue"),
            // A member that there is not.
            (ErrorCode::NotFound, Some(_)) => Some("invalidValue"),
            _ => None,
        };
        let status = match (kind, status(&self.0)) {
            (Some("uniqueness"), _) => StatusCode::CONFLICT,
            (Some(_), _) => StatusCode::BAD_REQUEST,
            (None, StatusCode::UNPROCESSABLE_ENTITY) => StatusCode::BAD_REQUEST,
            (None, status) => status,
        };
        let detail = match field {
            Some(field) => format!("{field}: {message}"),
            None => message.clone(),
        };
        let mut body = json!({"schemas": [names::ERROR], "status": status.as_u16().to_string(), "detail": detail});
        if let Some(kind) = kind {
            body["scimType"] = json!(kind);
        }
        let mut response = answer(status, &body);
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

type Answer = Result<Response, Bad>;

fn answer(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/scim+json")];
    (status, kind, body.to_string()).into_response()
}

/// A resource with its version and place.
fn one(status: StatusCode, body: &Value) -> Response {
    let mut response = answer(status, body);
    let meta = |name: &str| body.pointer(name).and_then(Value::as_str);
    for (name, value) in [
        (header::ETAG, meta("/meta/version")),
        (header::LOCATION, meta("/meta/location")),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn read(bytes: &[u8]) -> Outcome<Value> {
    serde_json::from_slice(bytes).map_err(|error| Problem::new(ErrorCode::Malformed, error.to_string()))
}

type Ask = Query<HashMap<String, String>>;

/// Rows of one look into the store, while a filter is held against all of them.
const BATCH: u32 = 1_000;

fn users_found(desk: &Desk<'_, '_>, part: &Part, base: &str) -> Outcome<(Vec<Known>, u64)> {
    let Some(filter) = &part.filter else {
        return desk.all_provisioned(part.skip(), part.count);
    };
    // What the directories ask all day goes by an index.
    if let Some(name) = filter.exactly("username") {
        return Ok(part.of(desk.provisioned_as(name)?.into_iter().collect()));
    }
    if let Some(external) = filter.exactly("externalid") {
        return Ok(part.of(desk.provisioned_from(external)?));
    }
    let mut found = Vec::new();
    for skip in (0..).step_by(BATCH as usize) {
        let (rows, _) = desk.all_provisioned(skip, BATCH)?;
        let is_last = rows.len() < BATCH as usize;
        for known in rows {
            if filter.fits(&resource::user(desk, &known, base)?) {
                found.push(known);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(part.of(found))
}

fn groups_found(desk: &Desk<'_, '_>, part: &Part, base: &str) -> Outcome<(Vec<DirectoryGroup>, u64)> {
    desk.whole()?;
    let Some(filter) = &part.filter else {
        return desk.directory_groups(part.skip(), part.count);
    };
    if let Some(name) = filter.exactly("displayname") {
        let group = desk.work.tx.directory_group_named(desk.organisation, name)?;
        return Ok(part.of(group.into_iter().collect()));
    }
    let mut found = Vec::new();
    for skip in (0..).step_by(BATCH as usize) {
        let (rows, _) = desk.directory_groups(skip, BATCH)?;
        let is_last = rows.len() < BATCH as usize;
        for group in rows {
            if filter.fits(&resource::group(desk, &group, base, true)?) {
                found.push(group);
            }
        }
        if is_last {
            break;
        }
    }
    Ok(part.of(found))
}

async fn list_users(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let part = Part::new(&query);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let part = part?;
            let (found, total) = users_found(desk, &part, &asked.base)?;
            let shown = found
                .iter()
                .map(|known| Ok(asked.shown(resource::user(desk, known, &asked.base)?)));
            Ok(part.list(&shown.collect::<Outcome<Vec<_>>>()?, total))
        })
        .await?;
    Ok(answer(StatusCode::OK, &body))
}

async fn create_user(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let person = resource::person(&read(&bytes)?)?;
            let known = desk.provision(&person)?;
            Ok(asked.shown(resource::user(desk, &known, &asked.base)?))
        })
        .await?;
    Ok(one(StatusCode::CREATED, &body))
}

async fn user(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    id: Maybe<Id<AccountId>>,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let (body, is_known) = api
        .desk(caller?, SCOPES, move |desk| {
            let known = desk.provisioned(id.0.map_err(|failure| failure.0)?.0)?;
            let is_known = asked.is_known(&resource::user_version(&known));
            Ok((asked.shown(resource::user(desk, &known, &asked.base)?), is_known))
        })
        .await?;
    Ok(seen(is_known, &body))
}

fn seen(is_known: bool, body: &Value) -> Response {
    if is_known {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    one(StatusCode::OK, body)
}

async fn replace_user(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    id: Maybe<Id<AccountId>>,
    Raw(bytes): Raw,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let known = desk.provisioned(id.0.map_err(|failure| failure.0)?.0)?;
            asked.unchanged(&resource::user_version(&known))?;
            let person = resource::person(&read(&bytes)?)?;
            let known = desk.reprovision(known, &person)?;
            Ok(asked.shown(resource::user(desk, &known, &asked.base)?))
        })
        .await?;
    Ok(one(StatusCode::OK, &body))
}

async fn change_user(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    id: Maybe<Id<AccountId>>,
    Raw(bytes): Raw,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let known = desk.provisioned(id.0.map_err(|failure| failure.0)?.0)?;
            asked.unchanged(&resource::user_version(&known))?;
            let mut said = resource::said(&known);
            patch::user(&mut said, &patch::steps(&read(&bytes)?)?)?;
            let known = desk.reprovision(known, &resource::person(&said)?)?;
            Ok(asked.shown(resource::user(desk, &known, &asked.base)?))
        })
        .await?;
    Ok(one(StatusCode::OK, &body))
}

async fn delete_user(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    headers: HeaderMap,
    id: Maybe<Id<AccountId>>,
) -> Answer {
    let asked = Asked::new(&api, &origin, &HashMap::new(), &headers);
    api.desk(caller?, SCOPES, move |desk| {
        let known = desk.provisioned(id.0.map_err(|failure| failure.0)?.0)?;
        asked.unchanged(&resource::user_version(&known))?;
        desk.deprovision(known.account.id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_groups(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let part = Part::new(&query);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let part = part?;
            let (found, total) = groups_found(desk, &part, &asked.base)?;
            let shown = found
                .iter()
                .map(|group| Ok(asked.shown(resource::group(desk, group, &asked.base, asked.members())?)));
            Ok(part.list(&shown.collect::<Outcome<Vec<_>>>()?, total))
        })
        .await?;
    Ok(answer(StatusCode::OK, &body))
}

async fn create_group(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let circle = resource::circle(&read(&bytes)?)?;
            let group = desk.create_directory_group(&circle)?;
            Ok(asked.shown(resource::group(desk, &group, &asked.base, asked.members())?))
        })
        .await?;
    Ok(one(StatusCode::CREATED, &body))
}

async fn group(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    id: Maybe<Id<DirectoryGroupId>>,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let (body, is_known) = api
        .desk(caller?, SCOPES, move |desk| {
            let group = desk.directory_group(id.0.map_err(|failure| failure.0)?.0)?;
            let is_known = asked.is_known(&resource::group_version(&group));
            let shown = asked.shown(resource::group(desk, &group, &asked.base, asked.members())?);
            Ok((shown, is_known))
        })
        .await?;
    Ok(seen(is_known, &body))
}

async fn replace_group(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    id: Maybe<Id<DirectoryGroupId>>,
    Raw(bytes): Raw,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let group = desk.directory_group(id.0.map_err(|failure| failure.0)?.0)?;
            asked.unchanged(&resource::group_version(&group))?;
            let group = desk.change_directory_group(group, &resource::circle(&read(&bytes)?)?)?;
            Ok(asked.shown(resource::group(desk, &group, &asked.base, asked.members())?))
        })
        .await?;
    Ok(one(StatusCode::OK, &body))
}

async fn change_group(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    Query(query): Ask,
    headers: HeaderMap,
    id: Maybe<Id<DirectoryGroupId>>,
    Raw(bytes): Raw,
) -> Answer {
    let asked = Asked::new(&api, &origin, &query, &headers);
    let body = api
        .desk(caller?, SCOPES, move |desk| {
            let group = desk.directory_group(id.0.map_err(|failure| failure.0)?.0)?;
            asked.unchanged(&resource::group_version(&group))?;
            let mut circle = resource::known_circle(desk, &group)?;
            patch::group(&mut circle, &patch::steps(&read(&bytes)?)?)?;
            let group = desk.change_directory_group(group, &circle)?;
            Ok(asked.shown(resource::group(desk, &group, &asked.base, asked.members())?))
        })
        .await?;
    Ok(one(StatusCode::OK, &body))
}

async fn delete_group(
    State(api): Here,
    Maybe(caller): Maybe<Caller>,
    origin: Origin,
    headers: HeaderMap,
    id: Maybe<Id<DirectoryGroupId>>,
) -> Answer {
    let asked = Asked::new(&api, &origin, &HashMap::new(), &headers);
    api.desk(caller?, SCOPES, move |desk| {
        let group = desk.directory_group(id.0.map_err(|failure| failure.0)?.0)?;
        asked.unchanged(&resource::group_version(&group))?;
        desk.delete_directory_group(group.id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What the server can. Without a token too: a client asks before it has one.
fn told(api: &Api, origin: &Origin, query: &HashMap<String, String>, what: &str, which: Option<&str>) -> Answer {
    if query.contains_key("filter") {
        return Err(Problem::new(ErrorCode::Forbidden, "this list takes no filter").into());
    }
    let base = format!("{}{BASE}", api.address(origin).trim_end_matches('/'));
    let all = match what {
        "Schemas" => schema::schemas(&base),
        "ResourceTypes" => schema::resource_types(&base),
        _ => return Ok(answer(StatusCode::OK, &schema::provider(&base))),
    };
    let Some(which) = which else {
        let part = Part {
            filter: None,
            start: 1,
            count: MAX_RESULTS,
        };
        return Ok(answer(StatusCode::OK, &part.list(&all, all.len() as u64)));
    };
    let found = all.into_iter().find(|one| one["id"] == which);
    let found = found.ok_or_else(|| Problem::missing("resource"))?;
    Ok(answer(StatusCode::OK, &found))
}

fn about(what: &'static str) -> axum::routing::MethodRouter<Api> {
    get(
        move |State(api): Here, origin: Origin, Query(query): Ask| async move { told(&api, &origin, &query, what, None) },
    )
}

fn about_one(what: &'static str) -> axum::routing::MethodRouter<Api> {
    get(
        move |State(api): Here, origin: Origin, Query(query): Ask, Id(which): Id<String>| async move {
            told(&api, &origin, &query, what, Some(&which))
        },
    )
}

async fn unknown() -> Bad {
    Problem::new(ErrorCode::NotFound, "there is no such endpoint").into()
}

/// SCIM's addresses.
pub(super) fn routes() -> Router<Api> {
    let routes = Router::new()
        .route("/ServiceProviderConfig", about("ServiceProviderConfig"))
        .route("/ResourceTypes", about("ResourceTypes"))
        .route("/ResourceTypes/{id}", about_one("ResourceTypes"))
        .route("/Schemas", about("Schemas"))
        .route("/Schemas/{id}", about_one("Schemas"))
        .route("/Users", get(list_users).post(create_user))
        .route(
            "/Users/{id}",
            get(user).put(replace_user).patch(change_user).delete(delete_user),
        )
        .route("/Groups", get(list_groups).post(create_group))
        .route(
            "/Groups/{id}",
            get(group).put(replace_group).patch(change_group).delete(delete_group),
        )
        .route("/{*rest}", axum::routing::any(unknown));
    Router::new().nest(BASE, routes)
}
