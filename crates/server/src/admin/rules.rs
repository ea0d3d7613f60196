// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A group's own policy, every rule that holds and whom it meets, and what an account is in.

use axum::Json;
use axum::extract::State;
use melder_protocol::{AccountId, GroupId};

use super::Here;
use super::answer::{Answer, Tagged};
use super::ask::{Body, Caller, Id, IfMatch};
use super::body::{BelongingBody, GroupBody, GroupPolicyBody, List, PolicyFactsBody};
use crate::directory::types::Scope;

/// Put a policy of its own in force in one group: the stricter of it and the organisation's counts. Scope `groups`.
///
/// The server keeps it: it drops what is past the days, refuses attachments, and does not wake anybody for an alarm. Who may
/// write is in the group's kind and rules.
#[utoipa::path(put, path = "/v1/admin/groups/{id}/policy", tag = "groups", operation_id = "set_group_policy",
    params(("id" = String, Path)), request_body = GroupPolicyBody, responses((status = 200, body = GroupBody)))]
pub async fn set_group_policy(
    State(api): Here,
    caller: Caller,
    Id(id): Id<GroupId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<GroupPolicyBody>,
) -> Answer<Tagged<GroupBody>> {
    let row = api
        .desk(caller, &[Scope::Groups], move |desk| {
            desk.set_group_policy(id, ask.into(), expected)
        })
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Every rule that holds: what it is, since when, whom it meets, and what was off until somebody switched it on. Scope `audit`,
/// `accounts`, `groups` or `operations`; for roles that cover the whole organisation.
#[utoipa::path(get, path = "/v1/admin/policy/facts", tag = "policy", operation_id = "policy_facts",
    responses((status = 200, body = PolicyFactsBody)))]
pub async fn facts(State(api): Here, caller: Caller) -> Answer<Json<PolicyFactsBody>> {
    const READ: &[Scope] = &[Scope::Audit, Scope::Accounts, Scope::Groups, Scope::Operations];
    let facts = api.desk(caller, READ, |desk| desk.policy_facts()).await?;
    Ok(Json(facts.into()))
}

/// The groups and channels that an account is in, and by which rules. Scope `accounts` or `groups`.
///
/// Private groups are not the organisation's to know.
#[utoipa::path(get, path = "/v1/admin/accounts/{id}/groups", tag = "accounts", operation_id = "account_groups",
    params(("id" = String, Path)), responses((status = 200, body = List<BelongingBody>)))]
pub async fn belongings(State(api): Here, caller: Caller, Id(id): Id<AccountId>) -> Answer<Json<List<BelongingBody>>> {
    const READ: &[Scope] = &[Scope::Accounts, Scope::Groups];
    let found = api.desk(caller, READ, move |desk| desk.belongings(id)).await?;
    Ok(Json(List {
        items: found.into_iter().map(BelongingBody::from).collect(),
        next: None,
    }))
}
