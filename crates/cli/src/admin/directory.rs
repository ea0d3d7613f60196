// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Organisations, units, operations, policy, tokens, records.

use serde_json::{Value, json};

use super::args::{OperationsCommand, OrganisationsCommand, PolicyCommand, ScopeArg, TokensCommand, UnitsCommand};
use super::config::{Config, save};
use super::show::{field, id, moment, path_of, time, word};
use super::{Desk, show};
use crate::error::{CliError, Local};
use crate::output::{self, line, note};
use crate::t;

pub(crate) fn me(desk: &Desk<'_>) -> Result<(), CliError> {
    let me = desk.api.get("/v1/admin/me")?;
    if desk.global.json {
        output::json(&me);
        return Ok(());
    }
    let row = |id: &str, value: String| {
        line(format!(
            "{}  {value}",
            console::pad_str(&t!(id), 16, console::Alignment::Left, None)
        ));
    };
    row("whoami-server", desk.api.server().to_owned());
    if let Some(organisation) = me.get("organisation").filter(|value| !value.is_null()) {
        row("whoami-organisation", field(organisation, "name"));
    }
    if let Some(token) = me.get("token") {
        row(
            "table-token",
            format!("{} ({})", field(token, "name"), field(token, "scopes")),
        );
    }
    if let Some(accounts) = me.get("accounts").and_then(Value::as_u64) {
        line(t!("admin-accounts", count = accounts));
    }
    Ok(())
}

pub(crate) fn organisations(desk: &Desk<'_>, command: OrganisationsCommand) -> Result<(), CliError> {
    match command {
        OrganisationsCommand::List => {
            let items = desk.api.list("/v1/admin/organisations", &[])?;
            desk.show(
                &items,
                &[
                    ("table-id", &id),
                    ("table-name", &|item| field(item, "name")),
                    ("table-created", &|item| time(item, "created")),
                ],
            );
        }
        OrganisationsCommand::Create(args) => {
            let answer = desk
                .api
                .post("/v1/admin/organisations", &json!({ "name": args.name }))?;
            let token = field(&answer, "owner_token");
            if let Some(path) = &args.save {
                let config = Config {
                    server: desk.api.server().to_owned(),
                    token: Some(token.clone()),
                    server_token: None,
                };
                save(path, &config)?;
                note(t!("setup-saved", path = path.display().to_string()));
            }
            desk.done(&answer, "organisation-created", &args.name);
            if args.save.is_none() && !desk.global.json {
                new_token(&token);
            }
        }
        OrganisationsCommand::Rename(args) => {
            let answer = desk
                .api
                .patch("/v1/admin/organisation", &json!({ "name": args.name }))?;
            desk.done(&answer, "admin-renamed", &args.name);
        }
        OrganisationsCommand::NewOwner(args) => {
            let organisation = desk.organisation(&args.organisation)?;
            let answer = desk
                .api
                .post(&format!("/v1/admin/organisations/{organisation}/tokens"), &json!({}))?;
            desk.done(&answer, "organisation-new-owner", &args.organisation);
            if !desk.global.json {
                new_token(&field(&answer, "text"));
            }
        }
    }
    Ok(())
}

/// A secret, shown once: alone on a line of standard output, so that a program can take it.
fn new_token(text: &str) {
    note(t!("token-once"));
    line(text);
}

pub(crate) fn units(desk: &Desk<'_>, command: UnitsCommand) -> Result<(), CliError> {
    match command {
        UnitsCommand::List => {
            let items = desk.api.list("/v1/admin/units", &[])?;
            desk.show(
                &items,
                &[("table-id", &id), ("table-unit", &|item| path_of(item, &items))],
            );
        }
        UnitsCommand::Create(args) => {
            let parent = args.parent.as_deref().map(|text| desk.unit(text)).transpose()?;
            let answer = desk
                .api
                .post("/v1/admin/units", &json!({ "name": args.name, "parent": parent }))?;
            desk.done(&answer, "unit-created", &args.name);
        }
        UnitsCommand::Rename(args) => {
            let unit = desk.unit(&args.unit)?;
            let answer = desk
                .api
                .patch(&format!("/v1/admin/units/{unit}"), &json!({ "name": args.name }))?;
            desk.done(&answer, "admin-renamed", &args.name);
        }
        UnitsCommand::Move(args) => {
            let unit = desk.unit(&args.unit)?;
            let parent = args
                .parent
                .as_deref()
                .filter(|_| !args.root)
                .map(|text| desk.unit(text))
                .transpose()?;
            let answer = desk
                .api
                .patch(&format!("/v1/admin/units/{unit}"), &json!({ "parent": parent }))?;
            desk.done(&answer, "admin-moved", &args.unit);
        }
        UnitsCommand::Delete(args) => {
            let unit = desk.unit(&args.unit)?;
            let answer = desk.api.delete(&format!("/v1/admin/units/{unit}"))?;
            desk.done(&answer, "admin-deleted", &args.unit);
        }
    }
    Ok(())
}

pub(crate) fn operations(desk: &Desk<'_>, command: OperationsCommand) -> Result<(), CliError> {
    match command {
        OperationsCommand::List => {
            let items = desk.api.list("/v1/admin/operations", &[])?;
            desk.show(
                &items,
                &[
                    ("table-id", &id),
                    ("table-name", &|item| field(item, "name")),
                    ("table-ends", &|item| time(item, "ends")),
                    ("table-ended", &|item| {
                        item.get("summary")
                            .map(|summary| time(summary, "ended"))
                            .unwrap_or_default()
                    }),
                ],
            );
        }
        OperationsCommand::Create(args) => {
            let body = json!({ "name": args.name, "ends": moment(&args.ends)? });
            let answer = desk.api.post("/v1/admin/operations", &body)?;
            desk.done(&answer, "operation-created", &args.name);
        }
        OperationsCommand::Change(args) => {
            let operation = desk.operation(&args.operation)?;
            let mut body = serde_json::Map::new();
            if let Some(name) = &args.name {
                body.insert("name".to_owned(), json!(name));
            }
            if let Some(ends) = &args.ends {
                body.insert("ends".to_owned(), json!(moment(ends)?));
            }
            let answer = desk
                .api
                .patch(&format!("/v1/admin/operations/{operation}"), &Value::Object(body))?;
            desk.done(&answer, "admin-changed", &args.operation);
        }
        OperationsCommand::End(args) => {
            let operation = desk.operation(&args.operation)?;
            desk.ask(&t!("operation-end-ask", name = &args.operation))?;
            let answer = desk
                .api
                .post(&format!("/v1/admin/operations/{operation}/end"), &json!({}))?;
            let summary = answer.get("summary").cloned().unwrap_or_default();
            let number = |name: &str| summary.get(name).and_then(Value::as_u64).unwrap_or_default();
            desk.tell(&answer, || {
                t!(
                    "operation-ended",
                    name = &args.operation,
                    guests = number("guests_deleted"),
                    accounts = number("accounts_left"),
                    groups = number("groups_closed"),
                    invitations = number("invitations_withdrawn"),
                )
            });
        }
    }
    Ok(())
}

pub(crate) fn policy(desk: &Desk<'_>, command: PolicyCommand) -> Result<(), CliError> {
    let mut policy = desk.api.get("/v1/admin/policy")?;
    if let PolicyCommand::Set(args) = &command {
        for text in &args.fields {
            let (name, value) = text.split_once('=').ok_or_else(|| unknown_field(text, &policy))?;
            let slot = policy.get_mut(name).filter(|_| name != "version");
            let Some(slot) = slot else {
                return Err(unknown_field(name, &policy));
            };
            *slot = policy_value(value);
        }
        policy = desk.api.put("/v1/admin/policy", &policy)?;
    }
    if desk.global.json {
        output::json(&policy);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = policy
        .as_object()
        .map(|fields| {
            fields
                .keys()
                .map(|name| {
                    let value = field(&policy, name);
                    let value = if value.is_empty() { t!("policy-none") } else { value };
                    vec![
                        name.clone(),
                        value,
                        crate::texts::find(&format!("policy-{}", name.replace('_', "-")), &[]).unwrap_or_default(),
                    ]
                })
                .collect()
        })
        .unwrap_or_default();
    output::table(&["table-field", "table-value", "table-meaning"].map(|id| t!(id)), &rows);
    Ok(())
}

fn unknown_field(text: &str, policy: &Value) -> CliError {
    let names: Vec<&str> = policy
        .as_object()
        .map(|fields| {
            fields
                .keys()
                .map(String::as_str)
                .filter(|name| *name != "version")
                .collect()
        })
        .unwrap_or_default();
    CliError::new(Local::Usage)
        .with("detail", t!("policy-unknown-field", text = text))
        .line(names.join(", "))
}

/// `7,1` is a list, `none` is nothing, `yes` is true; the rest as JSON has it.
fn policy_value(text: &str) -> Value {
    match text {
        "" | "none" | "null" | "keine" => Value::Null,
        "yes" | "ja" | "true" | "on" => Value::Bool(true),
        "no" | "nein" | "false" | "off" => Value::Bool(false),
        _ if text.contains(',') => text
            .split(',')
            .filter(|part| !part.trim().is_empty())
            .map(|part| policy_value(part.trim()))
            .collect(),
        _ => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    }
}

pub(crate) fn tokens(desk: &Desk<'_>, command: TokensCommand) -> Result<(), CliError> {
    match command {
        TokensCommand::List => {
            let items = desk.api.list("/v1/admin/tokens", &[])?;
            desk.show(
                &items,
                &[
                    ("table-id", &id),
                    ("table-name", &|item| field(item, "name")),
                    ("table-scopes", &|item| field(item, "scopes")),
                    ("table-expires", &|item| time(item, "expires")),
                    ("table-last-used", &|item| time(item, "last_used")),
                ],
            );
        }
        TokensCommand::Create(args) => {
            let scopes: Vec<&str> = args
                .scopes
                .iter()
                .map(|scope| match scope {
                    ScopeArg::Owner => "owner",
                    ScopeArg::Accounts => "accounts",
                    ScopeArg::Groups => "groups",
                    ScopeArg::Operations => "operations",
                    ScopeArg::Audit => "audit",
                    ScopeArg::Directory => "directory",
                })
                .collect();
            let expires = args.expires.as_deref().map(moment).transpose()?;
            let body = json!({ "name": args.name, "scopes": scopes, "expires": expires });
            let answer = desk.api.post("/v1/admin/tokens", &body)?;
            desk.done(&answer, "token-created", &args.name);
            if !desk.global.json {
                new_token(&field(&answer, "text"));
            }
        }
        TokensCommand::Revoke(args) => {
            let token = desk.token(&args.token_name)?;
            let answer = desk.api.delete(&format!("/v1/admin/tokens/{token}"))?;
            desk.done(&answer, "token-revoked", &args.token_name);
        }
    }
    Ok(())
}

pub(crate) fn deletions(desk: &Desk<'_>, account: Option<&str>) -> Result<(), CliError> {
    let items = match account {
        Some(account) => vec![desk.api.get(&format!("/v1/admin/deletions/{account}"))?],
        None => desk.api.list("/v1/admin/deletions", &[])?,
    };
    let count = |name: &'static str| move |item: &Value| field(item, name);
    desk.show(
        &items,
        &[
            ("table-account", &|item| field(item, "account")),
            ("table-time", &|item| time(item, "time")),
            ("table-reason", &|item| word(item, "reason", "reason")),
            ("table-devices", &count("devices")),
            ("table-groups", &|item| {
                item.get("groups")
                    .and_then(Value::as_array)
                    .map(|groups| groups.len().to_string())
                    .unwrap_or_default()
            }),
            ("table-files", &count("blobs")),
            ("table-profile", &count("profile")),
        ],
    );
    Ok(())
}

pub(crate) fn audit(desk: &Desk<'_>, check: bool) -> Result<(), CliError> {
    if check {
        let answer = desk.api.get("/v1/admin/audit/check")?;
        let intact = answer.get("intact").and_then(Value::as_bool) == Some(true);
        desk.tell(&answer, || {
            let id = if intact { "audit-intact" } else { "audit-broken" };
            t!(
                id,
                lines = field(&answer, "lines"),
                head = field(&answer, "head"),
                broken = field(&answer, "broken_at")
            )
        });
        return if intact { Ok(()) } else { Err(CliError::other("audit")) };
    }
    let items = desk.api.list("/v1/admin/audit", &[])?;
    desk.show(
        &items,
        &[
            ("table-number", &|item| field(item, "sequence")),
            ("table-time", &|item| time(item, "time")),
            ("table-token", &|item| field(item, "actor")),
            ("table-action", &|item| field(item, "action")),
            ("table-subject", &|item| field(item, "subject")),
        ],
    );
    Ok(())
}

/// The name of a unit in an answer about an account.
pub(crate) fn unit_path(item: &Value) -> String {
    show::field(item, "unit_path")
}
