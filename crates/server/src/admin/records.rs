// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Deletion records and the audit log.

use axum::Json;
use axum::extract::State;
use melder_protocol::{AccountId, ErrorCode};

use super::Here;
use super::answer::Answer;
use super::ask::{Ask, Bearer, Id, Paging};
use super::body::{AuditBody, AuditCheckBody, DeletionBody, List};
use crate::directory::types::Scope;

const DELETIONS: &[Scope] = &[Scope::Accounts, Scope::Audit];
const AUDIT: &[Scope] = &[Scope::Audit];

/// Deletion records, newest first. Scope `accounts` or `audit`.
#[utoipa::path(get, path = "/v1/admin/deletions", tag = "records", operation_id = "list_deletions", params(Paging),
    responses((status = 200, body = List<DeletionBody>)))]
pub async fn deletions(State(api): Here, bearer: Bearer, Ask(paging): Ask<Paging>) -> Answer<Json<List<DeletionBody>>> {
    let page = paging.page::<AccountId>()?;
    let signed = api.desk(bearer, DELETIONS, move |desk| desk.deletions(page)).await?;
    let items = signed.iter().filter_map(DeletionBody::new).collect();
    Ok(Json(List::new(items, page.limit, |row: &DeletionBody| {
        row.account.to_string()
    })))
}

/// The deletion record of one account. Scope `accounts` or `audit`.
#[utoipa::path(get, path = "/v1/admin/deletions/{account}", tag = "records", operation_id = "show_deletion", params(("account" = String, Path)),
    responses((status = 200, body = DeletionBody)))]
pub async fn deletion(State(api): Here, bearer: Bearer, Id(id): Id<AccountId>) -> Answer<Json<DeletionBody>> {
    let signed = api.desk(bearer, DELETIONS, move |desk| desk.deletion(id)).await?;
    Ok(Json(DeletionBody::new(&signed).ok_or(ErrorCode::Internal)?))
}

/// The audit log, oldest first: which token did what to which thing. `after` is a line's number. Scope `audit`.
#[utoipa::path(get, path = "/v1/admin/audit", tag = "records", operation_id = "list_audit", params(Paging),
    responses((status = 200, body = List<AuditBody>)))]
pub async fn audit(State(api): Here, bearer: Bearer, Ask(paging): Ask<Paging>) -> Answer<Json<List<AuditBody>>> {
    let page = paging.page::<u64>()?;
    let lines = api.desk(bearer, AUDIT, move |desk| desk.audit(page)).await?;
    let items = lines.into_iter().map(AuditBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &AuditBody| {
        row.sequence.to_string()
    })))
}

/// Recompute all hashes of the audit log. Scope `audit`.
#[utoipa::path(get, path = "/v1/admin/audit/check", tag = "records",
    responses((status = 200, body = AuditCheckBody)))]
pub async fn check_audit(State(api): Here, bearer: Bearer) -> Answer<Json<AuditCheckBody>> {
    let check = api.desk(bearer, AUDIT, |desk| desk.check_audit()).await?;
    Ok(Json(check.into()))
}
