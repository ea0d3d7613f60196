// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Operations.

use axum::Json;
use axum::extract::State;
use melder_protocol::OperationId;

use super::Here;
use super::answer::{Answer, Tagged};
use super::ask::{Ask, Body, Caller, Id, IfMatch, Paging};
use super::body::{List, OperationBody, OperationPatch, OperationRequest};
use crate::directory::operations::OperationChange;
use crate::directory::types::{Phase, Scope};

const READ: &[Scope] = &[Scope::Operations, Scope::Groups, Scope::Accounts];
const WRITE: &[Scope] = &[Scope::Operations];

/// The organisation's operations, latest end first. Scope `operations`, `groups` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/operations", tag = "operations", operation_id = "list_operations", params(Paging),
    responses((status = 200, body = List<OperationBody>)))]
pub async fn list(State(api): Here, caller: Caller, Ask(paging): Ask<Paging>) -> Answer<Json<List<OperationBody>>> {
    let page = paging.page::<OperationId>()?;
    let rows = api.desk(caller, READ, move |desk| desk.operations(page)).await?;
    let items = rows.into_iter().map(OperationBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &OperationBody| {
        row.id.to_string()
    })))
}

/// Begin an operation. Scope `operations`.
#[utoipa::path(post, path = "/v1/admin/operations", tag = "operations", operation_id = "create_operation", request_body = OperationRequest,
    responses((status = 201, body = OperationBody)))]
pub async fn create(
    State(api): Here,
    caller: Caller,
    Body(ask): Body<OperationRequest>,
) -> Answer<Tagged<OperationBody>> {
    let row = api
        .desk(caller, WRITE, move |desk| {
            desk.create_operation(&ask.name, ask.ends.0, ask.phases.into_iter().map(Phase::from).collect())
        })
        .await?;
    Ok(Tagged::created(row.revision, row.into()))
}

/// One operation; once it has ended, with what the end did. Scope `operations`, `groups` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/operations/{id}", tag = "operations", operation_id = "show_operation", params(("id" = String, Path)),
    responses((status = 200, body = OperationBody)))]
pub async fn show(State(api): Here, caller: Caller, Id(id): Id<OperationId>) -> Answer<Tagged<OperationBody>> {
    let row = api.desk(caller, READ, move |desk| desk.operation(id)).await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Rename an operation, or move its end; the guests who end with it move along. Scope `operations`.
#[utoipa::path(patch, path = "/v1/admin/operations/{id}", tag = "operations", operation_id = "change_operation", params(("id" = String, Path)),
    request_body = OperationPatch, responses((status = 200, body = OperationBody)))]
pub async fn change(
    State(api): Here,
    caller: Caller,
    Id(id): Id<OperationId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<OperationPatch>,
) -> Answer<Tagged<OperationBody>> {
    let change = OperationChange {
        name: ask.name,
        ends: ask.ends.map(|stamp| stamp.0),
        phases: ask.phases.map(|phases| phases.into_iter().map(Phase::from).collect()),
    };
    let row = api
        .desk(caller, WRITE, move |desk| desk.change_operation(id, change, expected))
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// End an operation now: its guests are deleted, accounts from elsewhere and private ones leave its groups, its groups
/// are closed, its posters are void. Scope `operations`.
#[utoipa::path(post, path = "/v1/admin/operations/{id}/end", tag = "operations", operation_id = "end_operation", params(("id" = String, Path)),
    responses((status = 200, body = OperationBody)))]
pub async fn end(
    State(api): Here,
    caller: Caller,
    Id(id): Id<OperationId>,
    IfMatch(expected): IfMatch,
) -> Answer<Tagged<OperationBody>> {
    let row = api
        .desk(caller, WRITE, move |desk| desk.end_operation(id, expected))
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}
