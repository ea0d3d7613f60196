// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The organisation's look: set by administrators, shown to everybody. The public half has no names but the organisation's own, and
//! its picture goes out with headers that let it be nothing but a picture.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use melder_mls::sign::sha256;
use melder_protocol::{ErrorCode, OrganisationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Here;
use super::answer::{Answer, Tagged};
use super::ask::{Body, Caller, IfMatch, Raw};
use crate::Handle;
use crate::directory::brand::{self, Accent, Brand};
use crate::directory::picture::{Kind, Picture};
use crate::directory::types::Scope;

const WRITE: &[Scope] = &[Scope::Owner];

/// The organisation's look.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrandBody {
    pub accent: Accent,
    pub logo: Option<LogoBody>,
    pub revision: u32,
}

/// A logo. The picture itself is at `/v1/brand/{organisation}/logo`, without a token.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogoBody {
    pub media_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub bytes: usize,
    /// Where it is, under a name that changes with it.
    pub path: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandRequest {
    pub accent: Accent,
}

/// The first bytes of the picture's hash: its address changes with it.
fn tag(picture: &Picture) -> String {
    let hash = sha256(&picture.bytes);
    data_encoding::HEXLOWER.encode(&hash.as_bytes()[..8])
}

fn logo(organisation: OrganisationId, picture: &Picture) -> LogoBody {
    LogoBody {
        media_type: picture.kind.media_type(),
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes.len(),
        path: format!("/v1/brand/{organisation}/logo?{}", tag(picture)),
    }
}

fn body(organisation: OrganisationId, brand: &Brand) -> Tagged<BrandBody> {
    let body = BrandBody {
        accent: brand.accent,
        logo: brand.logo.as_ref().map(|picture| logo(organisation, picture)),
        revision: brand.revision,
    };
    Tagged::new(brand.revision, body)
}

/// The organisation's look. Any scope.
#[utoipa::path(get, path = "/v1/admin/brand", tag = "organisation", operation_id = "show_brand", responses((status = 200, body = BrandBody)))]
pub async fn show(State(api): Here, caller: Caller) -> Answer<Tagged<BrandBody>> {
    api.desk(caller, &[], |desk| Ok(body(desk.organisation, &desk.brand()?)))
        .await
}

/// Choose the hue of what can be pressed, out of those that are legible in both themes. Scope `owner`.
#[utoipa::path(put, path = "/v1/admin/brand", tag = "organisation", operation_id = "set_brand", request_body = BrandRequest,
    responses((status = 200, body = BrandBody)))]
pub async fn set(
    State(api): Here,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Body(ask): Body<BrandRequest>,
) -> Answer<Tagged<BrandBody>> {
    api.desk(caller, WRITE, move |desk| {
        Ok(body(desk.organisation, &desk.set_accent(ask.accent, expected)?))
    })
    .await
}

/// Give the organisation a logo: a PNG or WebP of at most 64 KiB, from 16 to 2048 pixels on a side. Texts and camera data in it are
/// dropped. Scope `owner`.
#[utoipa::path(put, path = "/v1/admin/brand/logo", tag = "organisation", operation_id = "set_logo",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = BrandBody)))]
pub async fn set_logo(
    State(api): Here,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Raw(bytes): Raw,
) -> Answer<Tagged<BrandBody>> {
    api.desk(caller, WRITE, move |desk| {
        Ok(body(desk.organisation, &desk.set_logo(Some(&bytes), expected)?))
    })
    .await
}

/// Take the logo away. Scope `owner`.
#[utoipa::path(delete, path = "/v1/admin/brand/logo", tag = "organisation", operation_id = "remove_logo",
    responses((status = 200, body = BrandBody)))]
pub async fn remove_logo(State(api): Here, caller: Caller, IfMatch(expected): IfMatch) -> Answer<Tagged<BrandBody>> {
    api.desk(caller, WRITE, move |desk| {
        Ok(body(desk.organisation, &desk.set_logo(None, expected)?))
    })
    .await
}

/// What everybody sees.
#[derive(Debug, Serialize)]
struct Shown {
    organisation: OrganisationId,
    /// What the logo shows.
    name: String,
    accent: Accent,
    logo: Option<String>,
}

/// The public half, under `/v1/brand`.
pub fn router(handle: Handle) -> Router {
    Router::new()
        .route("/v1/brand", get(of_server))
        .route("/v1/brand/{organisation}/logo", get(picture))
        .with_state(handle)
}

type Look = Option<(OrganisationId, String, Brand)>;

async fn find(handle: &Handle, of: Option<OrganisationId>) -> Answer<Look> {
    let found = handle
        .call(move |work| {
            let row = match of {
                Some(id) => work.tx.organisation(id)?,
                None => brand::of_server(work.tx)?,
            };
            let Some(row) = row else { return Ok(None) };
            let brand = brand::of(work.tx, row.id)?;
            Ok(brand.map(|brand| (row.id, row.name, brand)))
        })
        .await?;
    Ok(found)
}

fn shown((organisation, name, brand): (OrganisationId, String, Brand)) -> Response {
    // An organisation that has chosen nothing says nothing of itself.
    if brand.revision == 0 {
        return none();
    }
    let body = Shown {
        organisation,
        name,
        accent: brand.accent,
        logo: brand.logo.as_ref().map(|picture| logo(organisation, picture).path),
    };
    let mut response = Json(body).into_response();
    still(&mut response, "no-cache");
    response
}

fn none() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    still(&mut response, "no-cache");
    response
}

async fn of_server(State(handle): State<Handle>) -> Answer<Response> {
    Ok(find(&handle, None).await?.map_or_else(none, shown))
}

async fn picture(State(handle): State<Handle>, Path(id): Path<OrganisationId>) -> Answer<Response> {
    let found = find(&handle, Some(id)).await?;
    let picture = found.and_then(|(_, _, brand)| brand.logo).ok_or(ErrorCode::NotFound)?;
    let kind = match picture.kind {
        Kind::Png => HeaderValue::from_static("image/png"),
        Kind::Webp => HeaderValue::from_static("image/webp"),
    };
    let mut response = (StatusCode::OK, picture.bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    still(&mut response, "public, max-age=86400");
    Ok(response)
}

/// Nothing runs in it, nothing frames it, nothing guesses what it is.
fn still(response: &mut Response, caching: &'static str) {
    let headers = [
        (header::CACHE_CONTROL, caching),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}
