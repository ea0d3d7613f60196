// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What comes in: the token or the session, the JSON body, ids in the path, the query, the revision that the caller saw.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use melder_protocol::ErrorCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::Api;
use super::answer::Failure;
use crate::directory::problem::Problem;
use crate::directory::types;
use crate::webauthn::Site;

/// What a caller presents, not checked yet: that happens in the transaction.
#[derive(Clone)]
pub enum Proof {
    /// `Authorization: Bearer …`.
    Token(String),
    /// The session's cookie. A request that changes something came from our own page.
    Session(String),
}

/// Who calls, and why.
#[derive(Clone)]
pub struct Caller {
    pub proof: Proof,
    /// The header `Melder-Reason`.
    pub reason: Option<String>,
}

impl core::fmt::Debug for Caller {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Caller")
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Failure> {
        let headers = &parts.headers;
        let proof = match headers.get(header::AUTHORIZATION) {
            Some(value) => Proof::Token(bearer(value)?),
            None => {
                let site = api.site(headers);
                let cookie = site.as_ref().and_then(|site| cookie(headers, site));
                let (Some(site), Some(cookie)) = (site, cookie) else {
                    return Err(ErrorCode::Unauthorized.into());
                };
                if !parts.method.is_safe() {
                    from_our_page(headers, &site)?;
                }
                Proof::Session(cookie)
            }
        };
        Ok(Self {
            proof,
            reason: reason(headers)?,
        })
    }
}

/// What is not there, or not in order, matters only to who asks for it.
#[derive(Debug)]
pub struct Maybe<T>(pub Result<T, Failure>);

impl<T: FromRequestParts<Api, Rejection = Failure>> FromRequestParts<Api> for Maybe<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        Ok(Self(T::from_request_parts(parts, api).await))
    }
}

fn bearer(value: &HeaderValue) -> Result<String, Failure> {
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or(ErrorCode::Unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > 200 {
        return Err(ErrorCode::Unauthorized.into());
    }
    Ok(token.trim().to_owned())
}

/// The name of the session's cookie. With `__Host-`, browsers let nobody but this very host set it, and over TLS alone.
pub(super) fn cookie_name(site: &Site) -> &'static str {
    if site.is_https() {
        "__Host-melder-admin"
    } else {
        "melder-admin"
    }
}

/// The session's cookie, if the browser sent one.
pub(crate) fn cookie(headers: &HeaderMap, site: &Site) -> Option<String> {
    cookie_named(headers, cookie_name(site))
}

/// The cookie of this name.
pub(crate) fn cookie_named(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && value.len() <= 100)
        .map(|(_, value)| value.to_owned())
}

/// Browsers say with each changing request which page sent it, and let no foreign page send this header.
fn from_our_page(headers: &HeaderMap, site: &Site) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("origin") == Some(&site.origin) && text("melder-csrf") == Some("1") {
        Ok(())
    } else {
        Err(ErrorCode::BadOrigin.into())
    }
}

/// The longest reason, in characters.
const MAX_REASON: usize = 200;

fn reason(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get("melder-reason") else {
        return Ok(None);
    };
    let bad = |message: &str| Failure::from(Problem::field("Melder-Reason", message));
    let text = unescaped(value.as_bytes()).ok_or_else(|| bad("must be percent-encoded UTF-8"))?;
    let text = text.trim();
    if text.chars().count() > MAX_REASON {
        return Err(bad("must be at most 200 characters"));
    }
    match crate::directory::text::line(text) {
        true => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
        false => Err(bad(
            "has a character that cannot be seen or that turns the writing direction",
        )),
    }
}

/// Percent-encoded text.
fn unescaped(mut bytes: &[u8]) -> Option<String> {
    let mut plain = Vec::with_capacity(bytes.len());
    while let Some((first, rest)) = bytes.split_first() {
        if *first == b'%' {
            let (digits, rest) = rest.split_at_checked(2)?;
            plain.push(
                data_encoding::HEXUPPER_PERMISSIVE
                    .decode(digits)
                    .ok()?
                    .first()
                    .copied()?,
            );
            bytes = rest;
        } else {
            plain.push(*first);
            bytes = rest;
        }
    }
    String::from_utf8(plain).ok()
}

/// The page that a browser logs in from: it has to be our own, under a name that passkeys can be bound to.
#[derive(Debug)]
pub struct Page {
    pub site: Site,
    /// The session that the browser has, whatever it is worth.
    pub old: Option<String>,
    pub address: IpAddr,
}

impl FromRequestParts<Api> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Failure> {
        let headers = &parts.headers;
        let site = api.site(headers).ok_or(ErrorCode::BadOrigin)?;
        if !site.takes_passkeys() {
            let message = "passkeys need https and a name instead of a number; on the same machine, http://localhost";
            return Err(Problem::new(ErrorCode::BadOrigin, message).into());
        }
        let sent = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
        if headers.contains_key(header::ORIGIN) && sent != Some(&site.origin) {
            return Err(ErrorCode::BadOrigin.into());
        }
        let old = cookie(headers, &site);
        let address = address(parts);
        Ok(Self { site, old, address })
    }
}

/// Where the caller is. A proxy on the same machine says it; from elsewhere, anybody could say anything.
fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    from(peer.map(|ConnectInfo(peer)| *peer), &parts.headers)
}

/// The same, of what is known of a request.
pub(crate) fn from(peer: Option<SocketAddr>, headers: &HeaderMap) -> IpAddr {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
    let named = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|value| value.trim().parse().ok());
    match named {
        Some(named) if peer.is_loopback() => named,
        _ => peer,
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
    pub fn page<Id: core::str::FromStr>(&self) -> Result<types::Page<Id>, Problem> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=types::Page::<Id>::MAX).contains(&limit) {
            return Err(Problem::field("limit", "must be from 1 to 1000"));
        }
        let after = match self.after.as_deref() {
            None | Some("") => None,
            Some(text) => Some(
                text.parse()
                    .map_err(|_| Problem::field("after", "must be `next` of the answer before"))?,
            ),
        };
        Ok(types::Page { after, limit })
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

pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.len() <= 255 && host.chars().all(plain)).then_some(host)
}
