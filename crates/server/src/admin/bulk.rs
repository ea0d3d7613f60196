// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! One action on many accounts.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;

use super::Here;
use super::answer::Answer;
use super::ask::{Body, Caller, Origin};
use super::body::{
    AccountBody, BulkAnswer, BulkInvitation, BulkRequest, BulkVerb, ConsequenceBody, DeletionBody, GroupName, Stamp,
};
use crate::directory::Desk;
use crate::directory::bulk::{BulkAction, Consequence, Which};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::types::Scope;

const WRITE: &[Scope] = &[Scope::Accounts];

fn which(ask: &mut BulkRequest) -> Outcome<Which> {
    match (ask.accounts.take(), ask.filter.take()) {
        (Some(ids), None) => Ok(Which::These(ids)),
        (None, Some(filter)) => Ok(Which::All(filter.into())),
        _ => Err(Problem::field("accounts", "name either accounts or a filter")),
    }
}

fn action(ask: &BulkRequest) -> Outcome<BulkAction> {
    let stray = |field: &'static str| Err(Problem::field(field, "does not belong to this action"));
    match ask.action {
        BulkVerb::Move => {}
        _ if ask.unit.is_some() => return stray("unit"),
        BulkVerb::End => {}
        _ if ask.ends.is_some() => return stray("ends"),
        BulkVerb::Invite => {}
        _ if ask.expires.is_some() => return stray("expires"),
        _ => {}
    }
    Ok(match ask.action {
        BulkVerb::Suspend => BulkAction::Suspend,
        BulkVerb::Resume => BulkAction::Resume,
        BulkVerb::Delete => BulkAction::Delete,
        BulkVerb::Invite => BulkAction::Invite(ask.expires.map(|stamp| stamp.0)),
        BulkVerb::Move => BulkAction::Move(ask.unit.ok_or_else(|| Problem::field("unit", "say where to"))?),
        BulkVerb::End => BulkAction::End(ask.ends.ok_or_else(|| Problem::field("ends", "say when"))?.0),
    })
}

fn told(
    desk: &Desk<'_, '_>,
    done: Vec<Consequence>,
    verb: BulkVerb,
    dry_run: bool,
    address: &str,
) -> Outcome<BulkAnswer> {
    let mut groups = BTreeSet::new();
    let mut operations = BTreeSet::new();
    let mut paths: HashMap<_, Vec<String>> = HashMap::new();
    let mut items = Vec::with_capacity(done.len());
    for one in done {
        let unit = one.account.unit;
        if let std::collections::hash_map::Entry::Vacant(new) = paths.entry(unit) {
            new.insert(desk.unit_path(unit)?);
        }
        groups.extend(one.left.iter().map(|(id, _)| *id));
        operations.extend(one.account.operation);
        let names = |groups: Vec<_>| -> Vec<GroupName> {
            let groups = groups.into_iter();
            groups.map(|(id, name)| GroupName { id, name }).collect()
        };
        items.push(ConsequenceBody {
            changed: one.changed,
            groups_left: names(one.left),
            groups_joined: names(one.joined),
            chats_left: one.chats_left,
            devices: one.devices,
            // The links of a preview lead nowhere, and its records are of nothing.
            invitation: one.invitation.filter(|_| !dry_run).map(|new| BulkInvitation {
                link: new.link(address),
                expires: Stamp(new.invitation.expires),
            }),
            deletion: one.record.filter(|_| !dry_run).as_ref().and_then(DeletionBody::new),
            problem: one.problem.map(|problem| problem.message),
            account: AccountBody::new(one.account, &paths[&unit]),
        });
    }
    Ok(BulkAnswer {
        dry_run,
        action: verb,
        accounts: items.len(),
        changed: items.iter().filter(|item| item.changed).count(),
        problems: items.iter().filter(|item| item.problem.is_some()).count(),
        devices: items.iter().map(|item| u64::from(item.devices)).sum(),
        groups: groups.len(),
        operations: operations.into_iter().collect(),
        items,
    })
}

/// One action on up to 5,000 accounts, all or nothing. With `dry_run`: what would follow for each. Scope `accounts`.
///
/// Without `dry_run`, one account that it can't be done to is enough for the whole to be refused (409, with `rows`: the
/// account's place and id, and why).
#[utoipa::path(post, path = "/v1/admin/accounts/bulk", tag = "accounts", operation_id = "bulk_accounts", request_body = BulkRequest,
    responses((status = 200, body = BulkAnswer)))]
pub async fn bulk(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Body(mut ask): Body<BulkRequest>,
) -> Answer<Json<BulkAnswer>> {
    let address = api.address(&origin);
    let (verb, dry_run) = (ask.action, ask.dry_run);
    let answer = api
        .desk_or_dry(dry_run, caller, WRITE, move |desk| {
            let action = action(&ask)?;
            let which = which(&mut ask)?;
            let done = desk.bulk(which, action, dry_run)?;
            told(desk, done, verb, dry_run, &address)
        })
        .await?;
    Ok(Json(answer))
}
