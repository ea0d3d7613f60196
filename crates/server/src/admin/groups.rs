// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Managed groups and channels.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use melder_protocol::roster::Role;
use melder_protocol::{AccountId, GroupId, OperationId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Here;
use super::answer::{Answer, Tagged};
use super::ask::{Ask, Body, Caller, Id, IfMatch, Paging};
use super::body::{
    DirectoryGroupBody, FunctionBody, GroupBody, GroupPatch, GroupRequest, List, MemberBody, RoleRequest, RulesBody,
};
use crate::directory::groups::{GroupChange, NewGroup};
use crate::directory::types::{Rules, Scope};

const READ: &[Scope] = &[Scope::Groups, Scope::Operations, Scope::Accounts];
const WRITE: &[Scope] = &[Scope::Groups];

/// Which groups.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    /// Those of one operation only.
    #[param(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    pub after: Option<String>,
}

/// The organisation's groups, by name. Scope `groups`, `operations` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/groups", tag = "groups", operation_id = "list_groups", params(GroupQuery),
    responses((status = 200, body = List<GroupBody>)))]
pub async fn list(State(api): Here, caller: Caller, Ask(ask): Ask<GroupQuery>) -> Answer<Json<List<GroupBody>>> {
    let page = Paging {
        limit: ask.limit,
        after: ask.after,
    }
    .page::<GroupId>()?;
    let rows = api
        .desk(caller, READ, move |desk| desk.groups(ask.operation, page))
        .await?;
    let items = rows.into_iter().map(GroupBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &GroupBody| row.id.to_string())))
}

/// The groups of the authority's own directory, by name, which rules can name. Scope `groups`, `operations` or `accounts`;
/// for roles that cover the whole organisation. `after` is how many to pass over.
#[utoipa::path(get, path = "/v1/admin/directory", tag = "groups", operation_id = "list_directory_groups", params(Paging),
    responses((status = 200, body = List<DirectoryGroupBody>)))]
pub async fn directory(
    State(api): Here,
    caller: Caller,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<List<DirectoryGroupBody>>> {
    let page = paging.page::<u32>()?;
    let skip = page.after.unwrap_or(0);
    let (items, total) = api
        .desk(caller, READ, move |desk| {
            desk.whole()?;
            let (rows, total) = desk.directory_groups(skip, page.limit)?;
            let mut items = Vec::with_capacity(rows.len());
            for row in rows {
                items.push(DirectoryGroupBody {
                    id: row.id,
                    name: row.name,
                    members: desk.work.tx.directory_members(row.id)?.len(),
                    groups: desk.work.tx.groups_following(row.id)?,
                });
            }
            Ok((items, total))
        })
        .await?;
    let seen = skip.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
    let next = (u64::from(seen) < total && !items.is_empty()).then(|| seen.to_string());
    Ok(Json(List { items, next }))
}

/// The functions that accounts have, by name, which rules can name. Scope `groups`, `operations` or `accounts`; for roles that
/// cover the whole organisation.
#[utoipa::path(get, path = "/v1/admin/functions", tag = "groups", operation_id = "list_functions",
    responses((status = 200, body = List<FunctionBody>)))]
pub async fn functions(State(api): Here, caller: Caller) -> Answer<Json<List<FunctionBody>>> {
    let rows = api.desk(caller, READ, |desk| desk.functions()).await?;
    let items = rows
        .into_iter()
        .map(|(function, accounts)| FunctionBody { function, accounts });
    Ok(Json(List {
        items: items.collect(),
        next: None,
    }))
}

/// Make a group or channel whose members follow rules. Scope `groups`.
#[utoipa::path(post, path = "/v1/admin/groups", tag = "groups", operation_id = "create_group", request_body = GroupRequest,
    responses((status = 201, body = GroupBody)))]
pub async fn create(State(api): Here, caller: Caller, Body(ask): Body<GroupRequest>) -> Answer<Tagged<GroupBody>> {
    let new = NewGroup {
        kind: ask.kind,
        name: ask.name,
        operation: ask.operation,
        suite: ask.suite,
        rules: ask.rules.into(),
    };
    let row = api.desk(caller, WRITE, move |desk| desk.create_group(new)).await?;
    Ok(Tagged::created(row.revision, row.into()))
}

/// One group. Scope `groups`, `operations` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/groups/{id}", tag = "groups", operation_id = "show_group", params(("id" = String, Path)),
    responses((status = 200, body = GroupBody)))]
pub async fn show(State(api): Here, caller: Caller, Id(id): Id<GroupId>) -> Answer<Tagged<GroupBody>> {
    let row = api.desk(caller, READ, move |desk| desk.group(id)).await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Rename a group, or give it to an operation. Scope `groups`.
#[utoipa::path(patch, path = "/v1/admin/groups/{id}", tag = "groups", operation_id = "change_group", params(("id" = String, Path)),
    request_body = GroupPatch, responses((status = 200, body = GroupBody)))]
pub async fn change(
    State(api): Here,
    caller: Caller,
    Id(id): Id<GroupId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<GroupPatch>,
) -> Answer<Tagged<GroupBody>> {
    let change = GroupChange {
        name: ask.name,
        operation: ask.operation,
    };
    let row = api
        .desk(caller, WRITE, move |desk| desk.change_group(id, change, expected))
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Close a group: it takes no more messages; its history stays with its members until retention. Scope `groups`.
#[utoipa::path(post, path = "/v1/admin/groups/{id}/close", tag = "groups", operation_id = "close_group", params(("id" = String, Path)),
    responses((status = 204, description = "Closed.")))]
pub async fn close(
    State(api): Here,
    caller: Caller,
    Id(id): Id<GroupId>,
    IfMatch(expected): IfMatch,
) -> Answer<StatusCode> {
    api.desk(caller, WRITE, move |desk| desk.close_group(id, expected))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A group's membership rules. Scope `groups`, `operations` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/groups/{id}/rules", tag = "groups", operation_id = "group_rules", params(("id" = String, Path)),
    responses((status = 200, body = RulesBody)))]
pub async fn rules(State(api): Here, caller: Caller, Id(id): Id<GroupId>) -> Answer<Tagged<RulesBody>> {
    let (group, rules) = api.desk(caller, READ, move |desk| desk.group_rules(id)).await?;
    Ok(Tagged::new(group.revision, rules.into()))
}

/// Replace a group's membership rules; its roster follows at once. Scope `groups`.
///
/// An account of another organisation can be named only while it is in the group (it came by its own consent); when
/// it is left out, it goes.
#[utoipa::path(put, path = "/v1/admin/groups/{id}/rules", tag = "groups", operation_id = "set_group_rules", params(("id" = String, Path)),
    request_body = RulesBody, responses((status = 200, body = GroupBody)))]
pub async fn set_rules(
    State(api): Here,
    caller: Caller,
    Id(id): Id<GroupId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<RulesBody>,
) -> Answer<Tagged<GroupBody>> {
    let rules = Rules::from(ask);
    let row = api
        .desk(caller, WRITE, move |desk| desk.set_group_rules(id, &rules, expected))
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Who is in the group. Scope `groups`, `operations` or `accounts`.
#[utoipa::path(get, path = "/v1/admin/groups/{id}/members", tag = "groups", operation_id = "group_members", params(("id" = String, Path), Paging),
    responses((status = 200, body = List<MemberBody>)))]
pub async fn members(
    State(api): Here,
    caller: Caller,
    Id(id): Id<GroupId>,
    Ask(paging): Ask<Paging>,
) -> Answer<Json<List<MemberBody>>> {
    let page = paging.page::<AccountId>()?;
    let rows = api.desk(caller, READ, move |desk| desk.group_members(id, page)).await?;
    let items = rows.into_iter().map(MemberBody::from).collect();
    Ok(Json(List::new(items, page.limit, |row: &MemberBody| {
        row.account.to_string()
    })))
}

/// Name one account in a group, in addition to its rules, or give it another role. Scope `groups`.
#[utoipa::path(put, path = "/v1/admin/groups/{id}/accounts/{account}", tag = "groups", operation_id = "put_group_account",
    params(("id" = String, Path), ("account" = String, Path)), request_body = RoleRequest,
    responses((status = 204, description = "In the group.")))]
pub async fn put_account(
    State(api): Here,
    caller: Caller,
    Id((id, account)): Id<(GroupId, AccountId)>,
    Body(ask): Body<RoleRequest>,
) -> Answer<StatusCode> {
    let role = ask.role.unwrap_or(Role::Member);
    api.desk(caller, WRITE, move |desk| desk.put_group_account(id, account, role))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an account's name out of a group's rules; it goes unless its unit keeps it in. Scope `groups`.
#[utoipa::path(delete, path = "/v1/admin/groups/{id}/accounts/{account}", tag = "groups", operation_id = "remove_group_account",
    params(("id" = String, Path), ("account" = String, Path)),
    responses((status = 204, description = "Not named any more.")))]
pub async fn remove_account(
    State(api): Here,
    caller: Caller,
    Id((id, account)): Id<(GroupId, AccountId)>,
) -> Answer<StatusCode> {
    api.desk(caller, WRITE, move |desk| desk.remove_group_account(id, account))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
