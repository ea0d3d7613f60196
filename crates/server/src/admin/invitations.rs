// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Invitations.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use melder_protocol::{AccountId, ErrorCode, InvitationId, OperationId, Time};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Here;
use super::answer::{Answer, Created};
use super::ask::{Ask, Body, Caller, Id, Origin, Paging};
use super::body::{ApprovalBody, InvitationBody, InvitationRequest, List, NewInvitationBody};
use crate::directory::invitations::NewInvitation;
use crate::directory::problem::Outcome;
use crate::directory::types::{Scope, Template};

/// Posters belong to operations, invitations to prepared accounts: either scope sees and withdraws them.
const SCOPES: &[Scope] = &[Scope::Accounts, Scope::Operations];

/// The new invitation with its link and QR code.
pub(super) fn with_link(new: &NewInvitation, address: &str, now: Time) -> Outcome<NewInvitationBody> {
    let link = new.link(address);
    let code = QrCode::with_error_correction_level(link.as_bytes(), EcLevel::Q).map_err(|_| ErrorCode::Internal)?;
    let qr_svg = code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .quiet_zone(true)
        .build();
    Ok(NewInvitationBody {
        invitation: InvitationBody::new(new.invitation.clone(), now),
        link,
        qr_svg,
    })
}

/// Which invitations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvitationQuery {
    /// Those for one account only.
    #[param(value_type = Option<String>)]
    pub account: Option<AccountId>,
    /// The posters of one operation only.
    #[param(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    pub after: Option<String>,
}

/// The organisation's invitations, newest first. Scope `accounts` or `operations`.
#[utoipa::path(get, path = "/v1/admin/invitations", tag = "invitations", operation_id = "list_invitations", params(InvitationQuery),
    responses((status = 200, body = List<InvitationBody>)))]
pub async fn list(
    State(api): Here,
    caller: Caller,
    Ask(ask): Ask<InvitationQuery>,
) -> Answer<Json<List<InvitationBody>>> {
    let page = Paging {
        limit: ask.limit,
        after: ask.after,
    }
    .page::<InvitationId>()?;
    let (rows, now) = api
        .desk(caller, SCOPES, move |desk| {
            Ok((desk.invitations(ask.account, ask.operation, page)?, desk.work.now))
        })
        .await?;
    let items = rows.into_iter().map(|row| InvitationBody::new(row, now)).collect();
    Ok(Json(List::new(items, page.limit, |row: &InvitationBody| {
        row.id.to_string()
    })))
}

/// Make an open invitation (a poster): whoever opens the link gets an account. Scope `operations` or `accounts`.
#[utoipa::path(post, path = "/v1/admin/invitations", tag = "invitations", operation_id = "create_invitation", request_body = InvitationRequest,
    responses((status = 201, body = NewInvitationBody)))]
pub async fn create(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Body(ask): Body<InvitationRequest>,
) -> Answer<Created<NewInvitationBody>> {
    let address = api.address(&origin);
    let expires = ask.expires.map(|stamp| stamp.0);
    let template = Template {
        kind: ask.kind,
        unit: ask.unit,
        operation: ask.operation,
        groups: ask.groups,
        ends: ask.ends.map(|stamp| stamp.0),
        limit: ask.limit,
        for_existing: ask.for_existing,
        approval: ask.approval,
    };
    let new = api
        .desk(caller, SCOPES, move |desk| {
            let new = desk.invite_openly(template, expires)?;
            with_link(&new, &address, desk.work.now)
        })
        .await?;
    Ok(Created(new))
}

/// One invitation. Scope `accounts` or `operations`.
#[utoipa::path(get, path = "/v1/admin/invitations/{id}", tag = "invitations", operation_id = "show_invitation", params(("id" = String, Path)),
    responses((status = 200, body = InvitationBody)))]
pub async fn show(State(api): Here, caller: Caller, Id(id): Id<InvitationId>) -> Answer<Json<InvitationBody>> {
    let (row, now) = api
        .desk(caller, SCOPES, move |desk| Ok((desk.invitation(id)?, desk.work.now)))
        .await?;
    Ok(Json(InvitationBody::new(row, now)))
}

/// Withdraw an invitation: nobody can take it from here on. Scope `accounts` or `operations`.
#[utoipa::path(delete, path = "/v1/admin/invitations/{id}", tag = "invitations", operation_id = "withdraw_invitation", params(("id" = String, Path)),
    responses((status = 204, description = "Withdrawn.")))]
pub async fn withdraw(State(api): Here, caller: Caller, Id(id): Id<InvitationId>) -> Answer<StatusCode> {
    api.desk(caller, SCOPES, move |desk| desk.withdraw_invitation(id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose approvals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalQuery {
    /// Those of one operation only.
    #[param(value_type = Option<String>)]
    pub operation: Option<OperationId>,
}

/// Who has taken a poster that asks for approval, and waits; longest first. Scope `operations` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/approvals", tag = "invitations", operation_id = "list_approvals", params(ApprovalQuery),
    responses((status = 200, body = List<ApprovalBody>)))]
pub async fn approvals(
    State(api): Here,
    caller: Caller,
    Ask(ask): Ask<ApprovalQuery>,
) -> Answer<Json<List<ApprovalBody>>> {
    let rows = api
        .desk(caller, SCOPES, move |desk| desk.approvals(ask.operation))
        .await?;
    Ok(Json(List {
        items: rows.into_iter().map(ApprovalBody::from).collect(),
        next: None,
    }))
}

/// Let somebody in who waits: they come into the poster's groups. Scope `operations` or `accounts`.
#[utoipa::path(put, path = "/v1/admin/approvals/{invitation}/{account}", tag = "invitations", operation_id = "approve",
    params(("invitation" = String, Path), ("account" = String, Path)), responses((status = 204, description = "In.")))]
pub async fn approve(
    State(api): Here,
    caller: Caller,
    Id((invitation, account)): Id<(InvitationId, AccountId)>,
) -> Answer<StatusCode> {
    api.desk(caller, SCOPES, move |desk| desk.approve(invitation, account))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuse somebody who waits: a newcomer's account is deleted, and the place is free again. Scope `operations` or `accounts`.
#[utoipa::path(delete, path = "/v1/admin/approvals/{invitation}/{account}", tag = "invitations", operation_id = "refuse",
    params(("invitation" = String, Path), ("account" = String, Path)), responses((status = 204, description = "Refused.")))]
pub async fn refuse(
    State(api): Here,
    caller: Caller,
    Id((invitation, account)): Id<(InvitationId, AccountId)>,
) -> Answer<StatusCode> {
    api.desk(caller, SCOPES, move |desk| desk.refuse(invitation, account))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
