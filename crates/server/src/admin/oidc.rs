// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The city's own log-in: its settings, a try of them, and an administrator's own.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use melder_protocol::ErrorCode;

use super::admins::person;
use super::answer::{Answer, Failure, Tagged};
use super::ask::{Body, Caller, IfMatch, Page, Proof};
use super::body::{OidcBody, OidcRequest, OidcTestBody, OidcTestRequest, OwnLogInBody, StartBody};
use super::door::Attempt;
use super::{Api, Here};
use crate::directory::admins::oidc as admins;
use crate::directory::oidc::OidcSettings;
use crate::directory::problem::Problem;
use crate::directory::types::Scope;
use crate::oidc::waiting::Purpose;
use crate::oidc::{bound, callback, provider};
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

/// The own log-in at the city: may it be linked, and is it? Needs a session.
#[utoipa::path(get, path = "/v1/admin/session/oidc", tag = "session", operation_id = "own_log_in",
    responses((status = 200, body = OwnLogInBody)))]
pub async fn own(State(api): Here, caller: Caller) -> Answer<Json<OwnLogInBody>> {
    let standing = api
        .run(false, move |work| {
            let admin = person(work, &caller.proof)?;
            admins::standing(work, &admin)
        })
        .await?;
    Ok(Json(standing.into()))
}

/// Begin to link the own log-in at the city, which lets one in from then on. Needs a session, and that none is linked.
///
/// The browser goes to `start`; it comes back to `/leitstand/zugaenge`, with `?login=WHY` when nothing came of it.
#[utoipa::path(post, path = "/v1/admin/session/oidc", tag = "session", operation_id = "link_log_in",
    responses((status = 200, body = StartBody)))]
pub async fn link(State(api): Here, caller: Caller, page: Page) -> Answer<Response> {
    let (now, settings, purpose) = api
        .door(move |work, door| {
            let admin = person(work, &caller.proof)?;
            let Proof::Session(cookie) = &caller.proof else {
                return Err(ErrorCode::Forbidden.into());
            };
            door.knock(work.now, Attempt::Provider, page.address)?;
            let (settings, session) = admins::may_link(work, &admin, cookie)?;
            let admin = admin.id;
            Ok((work.now, settings, Purpose::LinkAdmin { admin, session }))
        })
        .await?;
    let left = api.log_ins.leave(&page.site, now, &settings, purpose).await;
    let (start, ticket) = left.map_err(Problem::from)?;
    Ok(bound(Json(StartBody { start }).into_response(), &page.site, &ticket))
}

/// Unlink the own log-in at the city. Sessions that began by it end. Needs a session.
#[utoipa::path(delete, path = "/v1/admin/session/oidc", tag = "session", operation_id = "unlink_log_in",
    responses((status = 204, description = "Unlinked, or none was linked.")))]
pub async fn unlink(State(api): Here, caller: Caller) -> Answer<StatusCode> {
    api.run(false, move |work| {
        let admin = person(work, &caller.proof)?;
        admins::unlink(work, &admin)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
