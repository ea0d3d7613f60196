// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! SCIM 2.0 (RFC 7643, RFC 7644) under `/v1/scim/v2`: the authority's own directory says who there is and who is in
//! which of its groups. A thin layer, like the rest of the administration: what follows is decided at the desk
//! (`crate::directory::provisioning`). Each request is one transaction, whole or not at all.
//!
//! It needs a token with the scope `directory`. Users are the accounts that came by SCIM; those that an administrator
//! made here are none of the directory's business, and don't show.
//!
//! Users and groups ([`kinds`]) go through the same handlers, below.

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use melder_protocol::ErrorCode;
use serde_json::{Value, json};

use super::Api;
use super::answer::{Failure, status};
use super::ask::Raw;
use crate::directory::REVISION;
use crate::directory::problem::{Outcome, Problem};
use crate::directory::types::Scope;

mod about;
mod asked;
mod filter;
mod kinds;
mod names;
mod patch;
mod resource;
mod schema;

use asked::{Call, Part};
use kinds::{Groups, Kind, Users};

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

/// A body in JSON, read where it is needed: who may not ask learns nothing of it.
struct Sent(Outcome<Bytes>);

impl FromRequest<Api> for Sent {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Self::Rejection> {
        let raw = Raw::from_request(request, api).await;
        Ok(Self(raw.map(|Raw(bytes)| bytes).map_err(|failure| failure.0)))
    }
}

impl Sent {
    fn read(self) -> Outcome<Value> {
        serde_json::from_slice(&self.0?).map_err(|error| Problem::new(ErrorCode::Malformed, error.to_string()))
    }
}

/// The id in the path, whatever it is worth.
type Which = Result<Path<String>, PathRejection>;

fn named(which: Which) -> String {
    which.map(|Path(id)| id).unwrap_or_default()
}

/// Resources that are looked through in one transaction, while a filter is held against all of them: the server has
/// other things to do in between.
const BATCH: u32 = 500;

/// What is shown of a part of a list, and how many there are in all.
async fn found<K: Kind>(call: &Call, part: &Part) -> Result<(Vec<Value>, u64), Bad> {
    let (skip, count) = (part.skip(), part.count);
    let Some(filter) = part.filter.clone() else {
        return call
            .desk(move |desk, asked| {
                let (rows, total) = (K::some(desk, skip, count)?, K::total(desk)?);
                let costly = asked.wants(K::COSTLY);
                let shown = rows
                    .iter()
                    .map(|row| Ok(asked.shown(K::json(desk, row, &asked.base, costly)?)));
                Ok((shown.collect::<Outcome<_>>()?, total))
            })
            .await;
    };
    let mut found = Vec::new();
    let mut total = 0;
    for begin in (0..).step_by(BATCH as usize) {
        let filter = filter.clone();
        let fitting = move |desk: &mut crate::directory::Desk<'_, '_>, asked: &asked::Asked| {
            // What the directories ask all day goes by an index.
            let (rows, is_last) = match K::indexed(desk, &filter)? {
                Some(rows) => (rows, true),
                None => {
                    let rows = K::some(desk, begin, BATCH)?;
                    let is_last = rows.len() < BATCH as usize;
                    (rows, is_last)
                }
            };
            let costly = asked.wants(K::COSTLY) || filter.names(K::COSTLY);
            let mut fitting = Vec::new();
            for row in rows {
                let resource = K::json(desk, &row, &asked.base, costly)?;
                if filter.fits(&resource) {
                    fitting.push(asked.shown(resource));
                }
            }
            Ok((fitting, is_last))
        };
        let (fitting, is_last) = call.desk(fitting).await?;
        for resource in fitting {
            if total >= u64::from(skip) && found.len() < count as usize {
                found.push(resource);
            }
            total += 1;
        }
        if is_last {
            break;
        }
    }
    Ok((found, total))
}

async fn list<K: Kind>(call: Call) -> Answer {
    let part = Part::new(&call.query)?;
    let (found, total) = found::<K>(&call, &part).await?;
    Ok(answer(StatusCode::OK, &part.list(&found, total)))
}

async fn search<K: Kind>(call: Call, sent: Sent) -> Answer {
    list::<K>(call.searching(&sent.read()?)?).await
}

/// Of all kinds: first the users, then the groups.
async fn search_all(call: Call, sent: Sent) -> Answer {
    let call = call.searching(&sent.read()?)?;
    let part = Part::new(&call.query)?;
    let (mut all, users) = found::<Users>(&call, &part).await?;
    let (groups, total) = found::<Groups>(&call, &part.behind(users, all.len())).await?;
    all.extend(groups);
    Ok(answer(StatusCode::OK, &part.list(&all, users + total)))
}

async fn create<K: Kind>(call: Call, sent: Sent) -> Answer {
    let body = call
        .desk(move |desk, asked| {
            let row = K::create(desk, &sent.read()?)?;
            Ok(asked.shown(K::json(desk, &row, &asked.base, asked.wants(K::COSTLY))?))
        })
        .await?;
    Ok(one(StatusCode::CREATED, &body))
}

async fn show<K: Kind>(call: Call, which: Which) -> Answer {
    let (body, is_known) = call
        .desk(move |desk, asked| {
            let row = K::find(desk, &named(which))?;
            let shown = asked.shown(K::json(desk, &row, &asked.base, asked.wants(K::COSTLY))?);
            Ok((shown, asked.is_known(&K::version(&row))))
        })
        .await?;
    let mut response = one(StatusCode::OK, &body);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = axum::body::Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    Ok(response)
}

/// Something becomes as the directory says: as a whole (PUT), or in steps (PATCH).
async fn update<K: Kind>(call: Call, which: Which, sent: Sent, how: How) -> Answer {
    let body = call
        .desk(move |desk, asked| {
            let row = K::find(desk, &named(which))?;
            asked.unchanged(&K::version(&row))?;
            let body = sent.read()?;
            let row = match how {
                How::Whole => K::replace(desk, row, &body)?,
                How::Steps => K::change(desk, row, &patch::steps(&body)?)?,
            };
            Ok(asked.shown(K::json(desk, &row, &asked.base, asked.wants(K::COSTLY))?))
        })
        .await?;
    Ok(one(StatusCode::OK, &body))
}

#[derive(Debug, Clone, Copy)]
enum How {
    Whole,
    Steps,
}

async fn replace<K: Kind>(call: Call, which: Which, sent: Sent) -> Answer {
    update::<K>(call, which, sent, How::Whole).await
}

async fn change<K: Kind>(call: Call, which: Which, sent: Sent) -> Answer {
    update::<K>(call, which, sent, How::Steps).await
}

async fn delete<K: Kind>(call: Call, which: Which) -> Answer {
    call.desk(move |desk, asked| {
        let row = K::find(desk, &named(which))?;
        asked.unchanged(&K::version(&row))?;
        K::delete(desk, &row)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn unknown() -> Bad {
    Problem::new(ErrorCode::NotFound, "there is no such endpoint").into()
}

async fn wrong_method() -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let detail = "this endpoint does not take this method";
    answer(
        status,
        &json!({"schemas": [names::ERROR], "status": status.as_u16().to_string(), "detail": detail}),
    )
}

fn all<K: Kind>() -> MethodRouter<Api> {
    get(list::<K>).post(create::<K>)
}

fn each<K: Kind>() -> MethodRouter<Api> {
    get(show::<K>).put(replace::<K>).patch(change::<K>).delete(delete::<K>)
}

/// SCIM's addresses.
pub(super) fn routes() -> Router<Api> {
    let routes = about::routes()
        .route("/Users", all::<Users>())
        .route("/Users/.search", post(search::<Users>))
        .route("/Users/{id}", each::<Users>())
        .route("/Groups", all::<Groups>())
        .route("/Groups/.search", post(search::<Groups>))
        .route("/Groups/{id}", each::<Groups>())
        .route("/.search", post(search_all))
        .route("/{*rest}", axum::routing::any(unknown))
        .method_not_allowed_fallback(wrong_method);
    Router::new().nest(BASE, routes)
}
