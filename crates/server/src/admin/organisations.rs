// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Set-up, organisations, policy, tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use melder_protocol::{OrganisationId, TokenId};

use super::answer::{Answer, Created, Tagged};
use super::ask::{Ask, Body, Caller, Id, IfMatch, Paging};
use super::body::{
    List, Me, NameRequest, NewOrganisation, NewTokenBody, OrganisationBody, PolicyBody, SetupAnswer, SetupRequest,
    TokenBody, TokenRequest,
};
use super::{Here, holder};
use crate::directory::admins::Holder;
use crate::directory::types::{Actor, Scope};
use crate::directory::{Desk, organisations, tokens};

/// Take the one-time set-up link of an empty server: the first organisation and its owner.
#[utoipa::path(post, path = "/v1/admin/setup", tag = "organisations", request_body = SetupRequest,
    responses((status = 201, body = SetupAnswer, description = "Set up. The tokens are shown this once.")))]
pub async fn setup(State(api): Here, Body(ask): Body<SetupRequest>) -> Answer<Created<SetupAnswer>> {
    let done = api
        .run(false, move |work| {
            let admin = ask.admin.as_ref().map(|admin| admin.name.as_str());
            tokens::take_setup(work, &ask.token, &ask.organisation, admin)
        })
        .await?;
    Ok(Created(SetupAnswer {
        organisation: done.organisation.into(),
        owner_token: done.owner.text,
        server_token: done.server.text,
        enrol: done.admin.as_ref().map(|(new, _)| new.enrol.text().to_owned()),
        recovery: done.admin.as_ref().map(|(_, code)| code.text().to_owned()),
    }))
}

/// The caller, an admin or a token, and its organisation.
#[utoipa::path(get, path = "/v1/admin/me", tag = "organisations", responses((status = 200, body = Me)))]
pub async fn me(State(api): Here, caller: Caller) -> Answer<Json<Me>> {
    let me = api
        .run(false, move |work| {
            let holder = holder(work, &caller.proof)?;
            let (mut organisation, mut accounts) = (None, None);
            if let Some(id) = holder.organisation() {
                let desk = Desk::new(work, id, Some(holder.actor()));
                organisation = Some(desk.own_organisation()?.into());
                accounts = Some(desk.account_count()?);
            }
            let scopes = holder.scopes();
            let (token, admin) = match holder {
                Holder::Token(token) => (Some(token.into()), None),
                Holder::Admin(admin) => (None, Some(admin.into())),
            };
            Ok(Me {
                token,
                admin,
                scopes,
                organisation,
                accounts,
            })
        })
        .await?;
    Ok(Json(me))
}

/// All organisations of the server. Scope `server`.
#[utoipa::path(get, path = "/v1/admin/organisations", tag = "organisations", operation_id = "list_organisations", params(Paging),
    responses((status = 200, body = List<OrganisationBody>)))]
pub async fn list(State(api): Here, caller: Caller, Ask(paging): Ask<Paging>) -> Answer<Json<List<OrganisationBody>>> {
    let page = paging.page::<OrganisationId>()?;
    let rows = api
        .server(caller, move |work, _| Ok(work.tx.organisations(page)?))
        .await?;
    let items = rows.into_iter().map(OrganisationBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &OrganisationBody| {
        row.id.to_string()
    })))
}

/// Make an organisation, with its key and an owner's token. Scope `server`.
#[utoipa::path(post, path = "/v1/admin/organisations", tag = "organisations", operation_id = "create_organisation", request_body = NameRequest,
    responses((status = 201, body = NewOrganisation, description = "Made. The token is shown this once.")))]
pub async fn create(
    State(api): Here,
    caller: Caller,
    Body(ask): Body<NameRequest>,
) -> Answer<Created<NewOrganisation>> {
    let (organisation, owner) = api
        .server(caller, move |work, token| {
            organisations::create(work, &ask.name, Some(Actor::Token(token.id)))
        })
        .await?;
    Ok(Created(NewOrganisation {
        organisation: organisation.into(),
        owner_token: owner.text,
    }))
}

/// A new owner's token, for an organisation that has lost its own. Scope `server`; the organisation sees it in its audit log.
#[utoipa::path(post, path = "/v1/admin/organisations/{id}/tokens", tag = "organisations", operation_id = "rescue_organisation",
    params(("id" = String, Path)),
    responses((status = 201, body = NewTokenBody, description = "Made. The token is shown this once.")))]
pub async fn rescue(State(api): Here, caller: Caller, Id(id): Id<OrganisationId>) -> Answer<Created<NewTokenBody>> {
    let new = api
        .server(caller, move |work, token| organisations::rescue(work, id, token.id))
        .await?;
    Ok(Created(new.into()))
}

/// The own organisation. Any scope.
#[utoipa::path(get, path = "/v1/admin/organisation", tag = "organisations", operation_id = "own_organisation",
    responses((status = 200, body = OrganisationBody)))]
pub async fn show(State(api): Here, caller: Caller) -> Answer<Tagged<OrganisationBody>> {
    let row = api.desk(caller, &[], |desk| desk.own_organisation()).await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Rename the own organisation. Scope `owner`.
#[utoipa::path(patch, path = "/v1/admin/organisation", tag = "organisations", operation_id = "rename_organisation", request_body = NameRequest,
    responses((status = 200, body = OrganisationBody)))]
pub async fn rename(
    State(api): Here,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Body(ask): Body<NameRequest>,
) -> Answer<Tagged<OrganisationBody>> {
    let row = api
        .desk(caller, &[Scope::Owner], move |desk| {
            desk.rename_organisation(&ask.name, expected)
        })
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// The policy that holds. Any scope.
#[utoipa::path(get, path = "/v1/admin/policy", tag = "policy", operation_id = "show_policy", responses((status = 200, body = PolicyBody)))]
pub async fn policy(State(api): Here, caller: Caller) -> Answer<Tagged<PolicyBody>> {
    let policy = api.desk(caller, &[], |desk| desk.policy()).await?;
    Ok(Tagged::new(policy.version, policy.into()))
}

/// Put another policy in force: signed, and sent to every device. Scope `owner`.
#[utoipa::path(put, path = "/v1/admin/policy", tag = "policy", request_body = PolicyBody,
    responses((status = 200, body = PolicyBody)))]
pub async fn set_policy(
    State(api): Here,
    caller: Caller,
    IfMatch(expected): IfMatch,
    Body(ask): Body<PolicyBody>,
) -> Answer<Tagged<PolicyBody>> {
    let policy = api
        .desk(caller, &[Scope::Owner], move |desk| {
            let new = ask.into_policy(desk.organisation);
            desk.set_policy(new, expected)
        })
        .await?;
    Ok(Tagged::new(policy.version, policy.into()))
}

/// The organisation's API tokens, newest first. Scope `owner`.
#[utoipa::path(get, path = "/v1/admin/tokens", tag = "tokens", operation_id = "list_tokens", params(Paging),
    responses((status = 200, body = List<TokenBody>)))]
pub async fn tokens(State(api): Here, caller: Caller, Ask(paging): Ask<Paging>) -> Answer<Json<List<TokenBody>>> {
    let page = paging.page::<TokenId>()?;
    let rows = api.desk(caller, &[Scope::Owner], move |desk| desk.tokens(page)).await?;
    let items = rows.into_iter().map(TokenBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &TokenBody| row.id.to_string())))
}

/// Make an API token. Scope `owner`.
#[utoipa::path(post, path = "/v1/admin/tokens", tag = "tokens", request_body = TokenRequest,
    responses((status = 201, body = NewTokenBody, description = "Made. The token is shown this once.")))]
pub async fn create_token(
    State(api): Here,
    caller: Caller,
    Body(ask): Body<TokenRequest>,
) -> Answer<Created<NewTokenBody>> {
    let expires = ask.expires.map(|stamp| stamp.0);
    let new = api
        .desk(caller, &[Scope::Owner], move |desk| {
            desk.create_token(&ask.name, ask.scopes, expires)
        })
        .await?;
    Ok(Created(new.into()))
}

/// Revoke an API token. Scope `owner`.
#[utoipa::path(delete, path = "/v1/admin/tokens/{id}", tag = "tokens", params(("id" = String, Path)),
    responses((status = 204, description = "Void from here on.")))]
pub async fn revoke_token(State(api): Here, caller: Caller, Id(id): Id<TokenId>) -> Answer<StatusCode> {
    api.desk(caller, &[Scope::Owner], move |desk| desk.revoke_token(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
