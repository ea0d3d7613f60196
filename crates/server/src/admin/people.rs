// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Units, accounts, their devices, the import.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use melder_protocol::account::AccountKind;
use melder_protocol::{AccountId, DeviceId, OperationId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Here;
use super::answer::{Answer, BadRow, Created, Failure, Tagged};
use super::ask::{Ask, Body, Caller, Id, IfMatch, Origin, Paging, Raw};
use super::body::{
    AccountBody, AccountPatch, AccountRequest, DeletionBody, DeviceBody, DeviceGoneBody, ExpiryRequest, List,
    NewInvitationBody, Stamp, UnitBody, UnitPatch, UnitRequest,
};
use super::invitations::with_link;
use crate::directory::Desk;
use crate::directory::accounts::{AccountChange, NewAccount};
use crate::directory::csv::Encoding;
use crate::directory::import::{ImportOptions, Imported};
use crate::directory::problem::{Outcome, Problem};
use crate::directory::types::{Account, AccountFilter, AccountStatus, Scope};
use crate::directory::units::UnitChange;

/// Whoever makes groups or operations must see who there is.
const READ: &[Scope] = &[Scope::Accounts, Scope::Groups, Scope::Operations];
const WRITE: &[Scope] = &[Scope::Accounts];

/// The whole tree, each unit after the one above it. Scope `accounts`, `groups` or `operations`.
#[utoipa::path(get, path = "/v1/admin/units", tag = "units", operation_id = "list_units", responses((status = 200, body = List<UnitBody>)))]
pub async fn units(State(api): Here, caller: Caller) -> Answer<Json<List<UnitBody>>> {
    let rows = api.desk(caller, READ, |desk| desk.units()).await?;
    Ok(Json(List {
        items: rows.into_iter().map(UnitBody::from).collect(),
        next: None,
    }))
}

/// Add a unit. Scope `accounts`.
#[utoipa::path(post, path = "/v1/admin/units", tag = "units", request_body = UnitRequest,
    responses((status = 201, body = UnitBody)))]
pub async fn create_unit(State(api): Here, caller: Caller, Body(ask): Body<UnitRequest>) -> Answer<Tagged<UnitBody>> {
    let row = api
        .desk(caller, WRITE, move |desk| desk.create_unit(ask.parent, &ask.name))
        .await?;
    Ok(Tagged::created(row.revision, row.into()))
}

/// One unit. Scope `accounts`, `groups` or `operations`.
#[utoipa::path(get, path = "/v1/admin/units/{id}", tag = "units", operation_id = "show_unit", params(("id" = String, Path)),
    responses((status = 200, body = UnitBody)))]
pub async fn unit(State(api): Here, caller: Caller, Id(id): Id<UnitId>) -> Answer<Tagged<UnitBody>> {
    let row = api.desk(caller, READ, move |desk| desk.unit(id)).await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Rename or move a unit. Groups follow at once. Scope `accounts`.
#[utoipa::path(patch, path = "/v1/admin/units/{id}", tag = "units", params(("id" = String, Path)),
    request_body = UnitPatch, responses((status = 200, body = UnitBody)))]
pub async fn change_unit(
    State(api): Here,
    caller: Caller,
    Id(id): Id<UnitId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<UnitPatch>,
) -> Answer<Tagged<UnitBody>> {
    let change = UnitChange {
        name: ask.name,
        parent: ask.parent,
    };
    let row = api
        .desk(caller, WRITE, move |desk| desk.change_unit(id, change, expected))
        .await?;
    Ok(Tagged::new(row.revision, row.into()))
}

/// Remove an empty unit. Scope `accounts`.
#[utoipa::path(delete, path = "/v1/admin/units/{id}", tag = "units", params(("id" = String, Path)),
    responses((status = 204, description = "Removed.")))]
pub async fn delete_unit(
    State(api): Here,
    caller: Caller,
    Id(id): Id<UnitId>,
    IfMatch(expected): IfMatch,
) -> Answer<StatusCode> {
    api.desk(caller, WRITE, move |desk| desk.delete_unit(id, expected))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which accounts. All conditions hold together.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// Words; each is the beginning of a word of the name, the function or the unit's name.
    pub query: Option<String>,
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    /// With `unit`: also those in the units below it.
    #[serde(default)]
    pub below: bool,
    #[param(schema_with = super::body::account_kind)]
    pub kind: Option<AccountKind>,
    #[param(inline)]
    pub status: Option<AccountStatus>,
    #[param(value_type = Option<String>)]
    pub operation: Option<OperationId>,
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    pub after: Option<String>,
}

fn shown(desk: &Desk<'_, '_>, rows: Vec<Account>) -> Outcome<Vec<AccountBody>> {
    let mut paths: HashMap<_, Vec<String>> = HashMap::new();
    let mut bodies = Vec::with_capacity(rows.len());
    for row in rows {
        let path = match paths.entry(row.unit) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(desk.unit_path(row.unit)?),
        };
        bodies.push(AccountBody::new(row, path));
    }
    Ok(bodies)
}

fn one(desk: &Desk<'_, '_>, row: Account) -> Outcome<Tagged<AccountBody>> {
    let path = desk.unit_path(row.unit)?;
    Ok(Tagged::new(row.revision, AccountBody::new(row, &path)))
}

/// The organisation's accounts, by name. Scope `accounts`, `groups` or `operations`.
#[utoipa::path(get, path = "/v1/admin/accounts", tag = "accounts", operation_id = "list_accounts", params(AccountQuery),
    responses((status = 200, body = List<AccountBody>)))]
pub async fn accounts(
    State(api): Here,
    caller: Caller,
    Ask(ask): Ask<AccountQuery>,
) -> Answer<Json<List<AccountBody>>> {
    let page = Paging {
        limit: ask.limit,
        after: ask.after,
    }
    .page::<AccountId>()?;
    let filter = AccountFilter {
        query: ask.query.filter(|query| !query.trim().is_empty()),
        unit: ask.unit,
        below: ask.below,
        kind: ask.kind,
        status: ask.status,
        operation: ask.operation,
    };
    let items = api
        .desk(caller, READ, move |desk| {
            let rows = desk.accounts(&filter, page)?;
            shown(desk, rows)
        })
        .await?;
    Ok(Json(List::new(items, page.limit, |row: &AccountBody| {
        row.id.to_string()
    })))
}

/// Make an account. Somebody joins with it by an invitation. Scope `accounts`.
#[utoipa::path(post, path = "/v1/admin/accounts", tag = "accounts", request_body = AccountRequest,
    responses((status = 201, body = AccountBody)))]
pub async fn create_account(
    State(api): Here,
    caller: Caller,
    Body(ask): Body<AccountRequest>,
) -> Answer<Tagged<AccountBody>> {
    let new = NewAccount {
        kind: ask.kind,
        name: ask.name,
        unit: ask.unit,
        function: ask.function,
        operation: ask.operation,
        ends: ask.ends.map(|stamp| stamp.0),
    };
    let made = api
        .desk(caller, WRITE, move |desk| {
            let row = desk.create_account(&new)?;
            one(desk, row)
        })
        .await?;
    Ok(Tagged {
        status: StatusCode::CREATED,
        ..made
    })
}

/// One account. Scope `accounts`, `groups` or `operations`.
#[utoipa::path(get, path = "/v1/admin/accounts/{id}", tag = "accounts", operation_id = "show_account", params(("id" = String, Path)),
    responses((status = 200, body = AccountBody)))]
pub async fn account(State(api): Here, caller: Caller, Id(id): Id<AccountId>) -> Answer<Tagged<AccountBody>> {
    api.desk(caller, READ, move |desk| {
        let row = desk.account(id)?;
        one(desk, row)
    })
    .await
}

/// Rename or move an account, or give a guest another end. Scope `accounts`.
#[utoipa::path(patch, path = "/v1/admin/accounts/{id}", tag = "accounts", params(("id" = String, Path)),
    request_body = AccountPatch, responses((status = 200, body = AccountBody)))]
pub async fn change_account(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AccountId>,
    IfMatch(expected): IfMatch,
    Body(ask): Body<AccountPatch>,
) -> Answer<Tagged<AccountBody>> {
    let change = AccountChange {
        name: ask.name,
        unit: ask.unit,
        function: ask.function,
        ends: ask.ends.map(|stamp| stamp.0),
    };
    api.desk(caller, WRITE, move |desk| {
        let row = desk.change_account(id, change, expected)?;
        one(desk, row)
    })
    .await
}

/// Delete an account with all its data, at once. Scope `accounts`.
#[utoipa::path(delete, path = "/v1/admin/accounts/{id}", tag = "accounts", params(("id" = String, Path)),
    responses((status = 200, body = DeletionBody, description = "The record of what was removed.")))]
pub async fn delete_account(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AccountId>,
    IfMatch(expected): IfMatch,
) -> Answer<Json<DeletionBody>> {
    let signed = api
        .desk(caller, WRITE, move |desk| desk.delete_account(id, expected))
        .await?;
    DeletionBody::new(&signed)
        .map(Json)
        .ok_or_else(|| Failure::from(melder_protocol::ErrorCode::Internal))
}

/// Shut an account out, with everything kept. Scope `accounts`.
#[utoipa::path(post, path = "/v1/admin/accounts/{id}/suspend", tag = "accounts", operation_id = "suspend_account", params(("id" = String, Path)),
    responses((status = 200, body = AccountBody)))]
pub async fn suspend(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AccountId>,
    IfMatch(expected): IfMatch,
) -> Answer<Tagged<AccountBody>> {
    api.desk(caller, WRITE, move |desk| {
        let row = desk.suspend_account(id, expected)?;
        one(desk, row)
    })
    .await
}

/// Let a suspended account in again. Scope `accounts`.
#[utoipa::path(post, path = "/v1/admin/accounts/{id}/resume", tag = "accounts", operation_id = "resume_account", params(("id" = String, Path)),
    responses((status = 200, body = AccountBody)))]
pub async fn resume(
    State(api): Here,
    caller: Caller,
    Id(id): Id<AccountId>,
    IfMatch(expected): IfMatch,
) -> Answer<Tagged<AccountBody>> {
    api.desk(caller, WRITE, move |desk| {
        let row = desk.resume_account(id, expected)?;
        one(desk, row)
    })
    .await
}

/// Start an account anew, for somebody who has lost every device. Scope `accounts`.
///
/// Its devices are out at once, everybody in its groups sees that the chain is new, and the invitation leads back into
/// the same account. This is also how an administrator removes a device: the chain is signed by devices, and the
/// server can't write into it.
#[utoipa::path(post, path = "/v1/admin/accounts/{id}/reset", tag = "accounts", operation_id = "reset_account", params(("id" = String, Path)),
    request_body = ExpiryRequest, responses((status = 201, body = NewInvitationBody)))]
pub async fn reset(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Id(id): Id<AccountId>,
    Body(ask): Body<ExpiryRequest>,
) -> Answer<Created<NewInvitationBody>> {
    let address = api.address(&origin);
    let expires = ask.expires.map(|stamp| stamp.0);
    let new = api
        .desk(caller, WRITE, move |desk| {
            let new = desk.reset_account(id, expires)?;
            with_link(&new, &address, desk.work.now)
        })
        .await?;
    Ok(Created(new))
}

/// Invite somebody to a prepared account; earlier unused invitations of it are void. Scope `accounts`.
#[utoipa::path(post, path = "/v1/admin/accounts/{id}/invitations", tag = "invitations", operation_id = "invite_account",
    params(("id" = String, Path)), request_body = ExpiryRequest, responses((status = 201, body = NewInvitationBody)))]
pub async fn invite(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Id(id): Id<AccountId>,
    Body(ask): Body<ExpiryRequest>,
) -> Answer<Created<NewInvitationBody>> {
    let address = api.address(&origin);
    let expires = ask.expires.map(|stamp| stamp.0);
    let new = api
        .desk(caller, WRITE, move |desk| {
            let new = desk.invite_account(id, expires)?;
            with_link(&new, &address, desk.work.now)
        })
        .await?;
    Ok(Created(new))
}

/// An account's devices. Scope `accounts`.
#[utoipa::path(get, path = "/v1/admin/accounts/{id}/devices", tag = "accounts", operation_id = "list_devices", params(("id" = String, Path)),
    responses((status = 200, body = List<DeviceBody>)))]
pub async fn devices(State(api): Here, caller: Caller, Id(id): Id<AccountId>) -> Answer<Json<List<DeviceBody>>> {
    let rows = api.desk(caller, WRITE, move |desk| desk.devices(id)).await?;
    Ok(Json(List {
        items: rows.into_iter().map(DeviceBody::from).collect(),
        next: None,
    }))
}

/// How to remove a device.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RemoveQuery {
    /// The device deletes all that Melder keeps there, as soon as it hears of it. That can't be taken back.
    #[serde(default)]
    pub wipe: bool,
}

/// Remove one device of an account: the server serves it no more, at once. Scope `accounts`.
///
/// The account's other devices take it out of the account's list of devices, which is theirs to sign, and with that out of all
/// groups.
#[utoipa::path(delete, path = "/v1/admin/accounts/{id}/devices/{device}", tag = "accounts", operation_id = "remove_device",
    params(("id" = String, Path), ("device" = String, Path), RemoveQuery), responses((status = 200, body = DeviceGoneBody)))]
pub async fn remove_device(
    State(api): Here,
    caller: Caller,
    Id((id, device)): Id<(AccountId, DeviceId)>,
    Ask(ask): Ask<RemoveQuery>,
) -> Answer<Json<DeviceGoneBody>> {
    let gone = api
        .desk(caller, WRITE, move |desk| desk.remove_device(id, device, ask.wipe))
        .await?;
    Ok(Json(gone.into()))
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Check everything, change nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// `utf-8` (the default) or `windows-1252`.
    pub encoding: Option<String>,
    /// Make units that a path names and that are not there.
    #[serde(default)]
    pub create_units: bool,
    /// Make an invitation for each account, and answer with the links.
    #[serde(default)]
    pub invitations: bool,
    /// Until when the invitations can be taken.
    #[param(value_type = Option<String>)]
    pub expires: Option<Stamp>,
    /// The operation that the guests belong to.
    #[param(value_type = Option<String>)]
    pub operation: Option<OperationId>,
}

/// What an import did, or with `dry_run` would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    pub dry_run: bool,
    /// How many accounts were made.
    pub accounts: usize,
    /// Paths of units that were made.
    pub units: Vec<String>,
    /// Of a dry run: every bad place. (Without `dry_run` they are the error's `rows`.)
    pub bad_rows: Vec<BadRow>,
    /// Places that are allowed and look like a mistake.
    pub warnings: Vec<BadRow>,
    /// With `invitations`, in the order of the table.
    pub invitations: Vec<ImportedInvitation>,
}

/// A link for one imported account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedInvitation {
    #[schema(value_type = String)]
    pub account: AccountId,
    pub name: String,
    pub link: String,
    pub expires: Stamp,
}

fn report(done: &Imported, dry_run: bool, address: &str) -> ImportAnswer {
    let invitation = |(account, new): (&Account, &crate::directory::invitations::NewInvitation)| ImportedInvitation {
        account: account.id,
        name: account.name.clone(),
        link: new.link(address),
        expires: Stamp(new.invitation.expires),
    };
    // The links of a dry run lead nowhere.
    let pairs = done.accounts.iter().zip(&done.invitations).filter(|_| !dry_run);
    ImportAnswer {
        dry_run,
        accounts: done.accounts.len(),
        units: done.units.clone(),
        bad_rows: Vec::new(),
        warnings: done.warnings.iter().cloned().map(BadRow::from).collect(),
        invitations: pairs.map(invitation).collect(),
    }
}

fn encoding(name: Option<&str>) -> Outcome<Encoding> {
    match name.map(str::to_lowercase).as_deref() {
        None | Some("" | "utf-8" | "utf8") => Ok(Encoding::Utf8),
        Some("windows-1252" | "cp1252" | "latin1" | "iso-8859-1") => Ok(Encoding::Windows1252),
        Some(_) => Err(Problem::field("encoding", "must be utf-8 or windows-1252")),
    }
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn table(invitations: &[ImportedInvitation]) -> Option<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["name", "account", "link", "expires"]).ok()?;
    for row in invitations {
        let expires = crate::directory::calendar::format(row.expires.0);
        writer
            .write_record([&cell(&row.name), &row.account.to_string(), &row.link, &expires])
            .ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

/// Import up to 10,000 accounts from a CSV: all or nothing. Scope `accounts`.
///
/// Columns: `name`, `unit` (a path `A/B/C`), `function`, `kind`, `ends`, `groups` (names separated by `|`). With
/// `Accept: text/csv` the answer is the table of invitations.
#[utoipa::path(post, path = "/v1/admin/accounts/import", tag = "accounts", operation_id = "import_accounts", params(ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, content((ImportAnswer = "application/json"), (String = "text/csv")))))]
pub async fn import(
    State(api): Here,
    caller: Caller,
    origin: Origin,
    Ask(ask): Ask<ImportQuery>,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Answer<Response> {
    let address = api.address(&origin);
    let dry_run = ask.dry_run;
    let options = ImportOptions {
        encoding: encoding(ask.encoding.as_deref())?,
        create_units: ask.create_units,
        invite: ask.invitations,
        invitations_expire: ask.expires.map(|stamp| stamp.0),
        operation: ask.operation,
    };
    let answer = api
        .desk_or_dry(dry_run, caller, WRITE, move |desk| {
            match desk.import(&bytes, &options) {
                Err(problem) if dry_run && !problem.rows.is_empty() => Ok(ImportAnswer {
                    bad_rows: problem.rows.into_iter().map(BadRow::from).collect(),
                    ..report(&Imported::default(), true, "")
                }),
                Err(problem) => Err(problem),
                Ok(done) => Ok(report(&done, dry_run, &address)),
            }
        })
        .await?;
    let wants_table = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.starts_with("text/csv"));
    if wants_table && answer.bad_rows.is_empty() {
        let table = table(&answer.invitations).ok_or(melder_protocol::ErrorCode::Internal)?;
        return Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], table).into_response());
    }
    Ok(Json(answer).into_response())
}
