// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What comes in: the token, the JSON body, ids in the path, the query, the revision that the caller saw.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use melder_protocol::ErrorCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::answer::Failure;
use crate::directory::problem::Problem;
use crate::directory::types::Page;

/// The bearer token, not checked yet: that happens in the transaction.
pub struct Bearer(pub String);

impl core::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Bearer")
    }
}

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let text = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let (scheme, token) = text
            .and_then(|text| text.split_once(' '))
            .ok_or(ErrorCode::Unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.len() > 200 {
            return Err(ErrorCode::Unauthorized.into());
        }
        Ok(Self(token.trim().to_owned()))
    }
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = raw(request, state).await?;
        // No body is an empty one, so that `POST …/reset` needs none.
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text).map(Self).map_err(|error| {
            let code = if error.is_data() {
                ErrorCode::InvalidField
            } else {
                ErrorCode::Malformed
            };
            Problem::new(code, error.to_string()).into()
        })
    }
}

/// The body's bytes, within the limit.
#[derive(Debug)]
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        raw(request, state).await.map(Self)
    }
}

async fn raw<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Failure> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let code = if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            ErrorCode::TooLarge
        } else {
            ErrorCode::Malformed
        };
        code.into()
    })
}

/// An id, or two, in the path. What is no id names nothing.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::new(ErrorCode::NotFound, "the path holds no valid id").into()),
        }
    }
}

/// The query.
#[derive(Debug)]
pub struct Ask<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Ask<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => Err(Problem::new(ErrorCode::InvalidField, rejection.body_text()).into()),
        }
    }
}

/// `If-Match: "<revision>"`: the change is made only to what the caller saw.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Option<u32>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let revision = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .and_then(|rest| rest.parse().ok());
        match revision {
            Some(revision) => Ok(Self(Some(revision))),
            None => Err(Problem::field("If-Match", "must be the ETag that came with the thing, in quotes").into()),
        }
    }
}

/// Which part of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many, 1 to 1000; 100 when nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// `next` of the answer before.
    pub after: Option<String>,
}

impl Paging {
    /// # Errors
    /// When the limit is out of its range or `after` is no id.
    pub fn page<Id: core::str::FromStr>(&self) -> Result<Page<Id>, Problem> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=Page::<Id>::MAX).contains(&limit) {
            return Err(Problem::field("limit", "must be from 1 to 1000"));
        }
        let after = match self.after.as_deref() {
            None | Some("") => None,
            Some(text) => Some(
                text.parse()
                    .map_err(|_| Problem::field("after", "must be `next` of the answer before"))?,
            ),
        };
        Ok(Page { after, limit })
    }
}

/// Scheme and host that the caller used, for links when the server's public address is not set.
#[derive(Debug)]
pub struct Origin(pub String);

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(format!("http://{}", host(&parts.headers).unwrap_or("localhost"))))
    }
}

fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.len() <= 255 && host.chars().all(plain)).then_some(host)
}
