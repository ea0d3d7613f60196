// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Deletion records and the audit log.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use melder_protocol::{AccountId, ErrorCode, OperationId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Here;
use super::answer::Answer;
use super::ask::{Ask, Caller, Id, Paging};
use super::body::{AuditBody, AuditCheckBody, DeletionBody, DeletionFile, List, OperationBody};
use crate::directory::types::{Actor, Scope};

const DELETIONS: &[Scope] = &[Scope::Accounts, Scope::Audit];
/// Those of one operation's end.
const OF_OPERATION: &[Scope] = &[Scope::Accounts, Scope::Operations, Scope::Audit];
const AUDIT: &[Scope] = &[Scope::Audit];

/// Deletion records, newest first. Scope `accounts` or `audit`.
#[utoipa::path(get, path = "/v1/admin/deletions", tag = "records", operation_id = "list_deletions", params(Paging),
    responses((status = 200, body = List<DeletionBody>)))]
pub async fn deletions(State(api): Here, caller: Caller, Ask(paging): Ask<Paging>) -> Answer<Json<List<DeletionBody>>> {
    let page = paging.page::<AccountId>()?;
    let signed = api.desk(caller, DELETIONS, move |desk| desk.deletions(page)).await?;
    let items = signed.iter().filter_map(DeletionBody::new).collect();
    Ok(Json(List::new(items, page.limit, |row: &DeletionBody| {
        row.account.to_string()
    })))
}

/// The deletion record of one account. Scope `accounts` or `audit`.
#[utoipa::path(get, path = "/v1/admin/deletions/{account}", tag = "records", operation_id = "show_deletion", params(("account" = String, Path)),
    responses((status = 200, body = DeletionBody)))]
pub async fn deletion(State(api): Here, caller: Caller, Id(id): Id<AccountId>) -> Answer<Json<DeletionBody>> {
    let signed = api.desk(caller, DELETIONS, move |desk| desk.deletion(id)).await?;
    Ok(Json(DeletionBody::new(&signed).ok_or(ErrorCode::Internal)?))
}

/// Which deletion records.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// Those of one operation's end only.
    #[param(value_type = Option<String>)]
    pub operation: Option<OperationId>,
}

/// Deletion records as a file to be kept, which `melder verify-deletion FILE` checks without a server. Scope `accounts` or
/// `audit`; with `operation` also `operations`.
#[utoipa::path(get, path = "/v1/admin/deletions/file", tag = "records", operation_id = "deletion_file", params(FileQuery),
    responses((status = 200, body = DeletionFile)))]
pub async fn deletion_file(
    State(api): Here,
    caller: Caller,
    Ask(ask): Ask<FileQuery>,
) -> Answer<([(HeaderName, &'static str); 1], Json<DeletionFile>)> {
    let scopes = if ask.operation.is_some() {
        OF_OPERATION
    } else {
        DELETIONS
    };
    let file = api
        .desk(caller, scopes, move |desk| {
            let operation = ask.operation.map(|id| desk.operation(id)).transpose()?;
            let signed = desk.deletions_kept(ask.operation)?;
            Ok(DeletionFile {
                format: "melder-deletions-1",
                organisation: desk.own_organisation()?.into(),
                operation: operation.map(OperationBody::from),
                records: signed.iter().filter_map(DeletionBody::new).collect(),
            })
        })
        .await?;
    let name = "attachment; filename=\"melder-loeschnachweise.json\"";
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(file)))
}

/// The audit log, oldest first: which admin or token did what to which thing, and why. `after` is a line's number. Scope `audit`.
#[utoipa::path(get, path = "/v1/admin/audit", tag = "records", operation_id = "list_audit", params(Paging),
    responses((status = 200, body = List<AuditBody>)))]
pub async fn audit(State(api): Here, caller: Caller, Ask(paging): Ask<Paging>) -> Answer<Json<List<AuditBody>>> {
    let page = paging.page::<u64>()?;
    let items = api
        .desk(caller, AUDIT, move |desk| {
            let mut names: BTreeMap<Actor, Option<String>> = BTreeMap::new();
            let mut items = Vec::new();
            for line in desk.audit(page)? {
                let name = match line.actor {
                    Some(actor) => match names.entry(actor) {
                        Entry::Occupied(known) => known.get().clone(),
                        Entry::Vacant(new) => new.insert(desk.actor_name(actor)?).clone(),
                    },
                    None => None,
                };
                items.push(AuditBody::new(line, name));
            }
            Ok(items)
        })
        .await?;
    Ok(Json(List::new(items, page.limit, |row: &AuditBody| {
        row.sequence.to_string()
    })))
}

/// Recompute all hashes of the audit log. Scope `audit`.
#[utoipa::path(get, path = "/v1/admin/audit/check", tag = "records",
    responses((status = 200, body = AuditCheckBody)))]
pub async fn check_audit(State(api): Here, caller: Caller) -> Answer<Json<AuditCheckBody>> {
    let check = api.desk(caller, AUDIT, |desk| desk.check_audit()).await?;
    Ok(Json(check.into()))
}
