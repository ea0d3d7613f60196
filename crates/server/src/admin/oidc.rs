// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in: its settings, and a try of them.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use melder_protocol::ErrorCode;

use super::answer::{Answer, Failure, Tagged};
use super::ask::{Body, Caller, IfMatch};
use super::body::{OidcBody, OidcRequest, OidcTestBody, OidcTestRequest};
use super::{Api, Here};
use crate::directory::oidc::OidcSettings;
use crate::directory::types::Scope;
use crate::oidc::{callback, provider};
use crate::webauthn::Site;

fn site(api: &Api, headers: &HeaderMap) -> Result<Site, Failure> {
    api.site(headers).ok_or_else(|| ErrorCode::BadOrigin.into())
}

fn answer(settings: OidcSettings, site: &Site) -> Tagged<OidcBody> {
    let back = callback(site, settings.organisation);
    Tagged::new(settings.revision, OidcBody::new(settings, back, &site.origin))
}

/// How the organisation's people log in. Scope `owner`.
#[utoipa::path(get, path = "/v1/admin/directory/oidc", tag = "directory", operation_id = "show_oidc",
    responses((status = 200, body = OidcBody)))]
pub async fn show(State(api): Here, caller: Caller, headers: HeaderMap) -> Answer<Tagged<OidcBody>> {
    let settings = api.desk(caller, &[Scope::Owner], |desk| desk.oidc()).await?;
    Ok(answer(settings, &site(&api, &headers)?))
}

/// Set how the organisation's people log in. Scope `owner`.
#[utoipa::path(put, path = "/v1/admin/directory/oidc", tag = "directory", operation_id = "set_oidc", request_body = OidcRequest,
    responses((status = 200, body = OidcBody)))]
pub async fn set(
    State(api): Here,
    caller: Caller,
    headers: HeaderMap,
    IfMatch(expected): IfMatch,
    Body(ask): Body<OidcRequest>,
) -> Answer<Tagged<OidcBody>> {
    let settings = api
        .desk(caller, &[Scope::Owner], move |desk| {
            let (new, secret) = ask.into_settings(desk.organisation);
            desk.set_oidc(new, secret, expected)
        })
        .await?;
    Ok(answer(settings, &site(&api, &headers)?))
}

/// Ask the provider whether these settings will do; nothing is changed. Scope `owner`.
#[utoipa::path(post, path = "/v1/admin/directory/oidc/test", tag = "directory", operation_id = "test_oidc",
    request_body = OidcTestRequest, responses((status = 200, body = OidcTestBody)))]
pub async fn test(
    State(api): Here,
    caller: Caller,
    headers: HeaderMap,
    Body(ask): Body<OidcTestRequest>,
) -> Answer<Json<OidcTestBody>> {
    let settings = api
        .desk(caller, &[Scope::Owner], move |desk| {
            let organisation = desk.organisation;
            desk.try_oidc(ask.settings.map(|settings| settings.into_settings(organisation)))
        })
        .await?;
    let back = callback(&site(&api, &headers)?, settings.organisation);
    let found = provider::look(settings, &back).await;
    Ok(Json(OidcTestBody {
        ok: found.is_empty(),
        findings: found.into_iter().map(Into::into).collect(),
    }))
}
