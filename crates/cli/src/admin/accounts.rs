// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Accounts, their import, their devices and invitations.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Desk;
use super::api::{bad_rows, with_query};
use super::args::{AccountCreateArgs, AccountsCommand, AccountsListArgs, ImportArgs, InvitationsCommand, PosterArgs};
use super::directory::unit_path;
use super::show::{field, id, moment, time, word};
use crate::error::{CliError, Local};
use crate::output::{self, line, note, progress, qr, safe_line};
use crate::t;

pub(crate) fn accounts(desk: &Desk<'_>, command: AccountsCommand) -> Result<(), CliError> {
    let one =
        |account: &str| -> Result<String, CliError> { Ok(format!("/v1/admin/accounts/{}", desk.account(account)?)) };
    match command {
        AccountsCommand::List(args) => list(desk, &args),
        AccountsCommand::Show(args) => show(desk, &desk.api.get(&one(&args.account)?)?),
        AccountsCommand::Create(args) => create(desk, &args),
        AccountsCommand::Import(args) => import(desk, &args),
        AccountsCommand::Rename(args) => {
            let answer = desk.api.patch(&one(&args.account)?, &json!({ "name": args.name }))?;
            desk.done(&answer, "admin-renamed", &args.name);
            Ok(())
        }
        AccountsCommand::Move(args) => {
            let unit = desk.unit(&args.unit)?;
            let answer = desk.api.patch(&one(&args.account)?, &json!({ "unit": unit }))?;
            desk.done(&answer, "admin-moved", &args.account);
            Ok(())
        }
        AccountsCommand::Ends(args) => {
            let answer = desk
                .api
                .patch(&one(&args.account)?, &json!({ "ends": moment(&args.time)? }))?;
            desk.tell(&answer, || {
                t!("account-ends", name = &args.account, time = time(&answer, "ends"))
            });
            Ok(())
        }
        AccountsCommand::Suspend(args) => {
            let answer = desk.api.post(&format!("{}/suspend", one(&args.account)?), &json!({}))?;
            desk.done(&answer, "account-suspended", &args.account);
            Ok(())
        }
        AccountsCommand::Resume(args) => {
            let answer = desk.api.post(&format!("{}/resume", one(&args.account)?), &json!({}))?;
            desk.done(&answer, "account-resumed", &args.account);
            Ok(())
        }
        AccountsCommand::Reset(args) => {
            let path = one(&args.account)?;
            desk.ask(&t!("account-reset-ask", name = &args.account))?;
            let answer = desk
                .api
                .post(&format!("{path}/reset"), &expiry(args.expires.as_deref())?)?;
            desk.done(&answer, "account-reset", &args.account);
            link(desk, &answer, None)
        }
        AccountsCommand::Delete(args) => {
            let path = one(&args.account)?;
            desk.ask(&t!("account-delete-ask", name = &args.account))?;
            let answer = desk.api.delete(&path)?;
            let groups = answer.get("groups").and_then(Value::as_array).map_or(0, Vec::len);
            desk.tell(&answer, || {
                t!(
                    "account-deleted",
                    name = &args.account,
                    account = field(&answer, "account"),
                    devices = field(&answer, "devices"),
                    groups = groups,
                    files = field(&answer, "blobs"),
                )
            });
            Ok(())
        }
    }
}

fn expiry(text: Option<&str>) -> Result<Value, CliError> {
    Ok(match text {
        Some(text) => json!({ "expires": moment(text)? }),
        None => json!({}),
    })
}

fn list(desk: &Desk<'_>, args: &AccountsListArgs) -> Result<(), CliError> {
    let mut query = Vec::new();
    if !args.words.is_empty() {
        query.push(("query", args.words.join(" ")));
    }
    if let Some(unit) = &args.unit {
        query.push(("unit", desk.unit(unit)?));
    }
    if let Some(kind) = args.kind {
        query.push(("kind", kind.name().to_owned()));
    }
    if let Some(status) = args.status {
        query.push(("status", status.name().to_owned()));
    }
    if let Some(operation) = &args.operation {
        query.push(("operation", desk.operation(operation)?));
    }
    let items = desk.api.list("/v1/admin/accounts", &query)?;
    desk.show(
        &items,
        &[
            ("table-id", &id),
            ("table-name", &|item| field(item, "name")),
            ("table-kind", &|item| word(item, "kind", "account")),
            ("table-status", &|item| word(item, "status", "account-status")),
            ("table-unit", &unit_path),
            ("table-function", &|item| field(item, "function")),
            ("table-ends", &|item| time(item, "ends")),
        ],
    );
    Ok(())
}

fn show(desk: &Desk<'_>, account: &Value) -> Result<(), CliError> {
    if desk.global.json {
        output::json(account);
        return Ok(());
    }
    let rows = [
        ("table-name", field(account, "name")),
        ("table-id", id(account)),
        ("table-kind", word(account, "kind", "account")),
        ("table-status", word(account, "status", "account-status")),
        ("table-unit", unit_path(account)),
        ("table-function", field(account, "function")),
        ("table-created", time(account, "created")),
        ("table-ends", time(account, "ends")),
    ];
    for (heading, value) in rows {
        if !value.is_empty() {
            line(format!(
                "{}  {value}",
                console::pad_str(&t!(heading), 16, console::Alignment::Left, None)
            ));
        }
    }
    Ok(())
}

fn create(desk: &Desk<'_>, args: &AccountCreateArgs) -> Result<(), CliError> {
    let mut body = Map::new();
    body.insert("kind".to_owned(), json!(args.kind.name()));
    body.insert("name".to_owned(), json!(args.name));
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    };
    put("unit", args.unit.as_deref().map(|text| desk.unit(text)).transpose()?);
    put("function", args.function.clone());
    put(
        "operation",
        args.operation.as_deref().map(|text| desk.operation(text)).transpose()?,
    );
    put("ends", args.ends.as_deref().map(moment).transpose()?);
    let account = desk.api.post("/v1/admin/accounts", &Value::Object(body))?;
    if !args.invite {
        desk.done(&account, "account-created", &args.name);
        return Ok(());
    }
    let mut answer = desk
        .api
        .post(&format!("/v1/admin/accounts/{}/invitations", id(&account)), &json!({}))?;
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("account".to_owned(), account.clone());
    }
    desk.done(&answer, "account-created", &args.name);
    link(desk, &answer, None)
}

/// An invitation's link and QR code. With `--json` it stands in the answer.
fn link(desk: &Desk<'_>, answer: &Value, svg: Option<&Path>) -> Result<(), CliError> {
    if let Some(path) = svg {
        std::fs::write(path, answer.get("qr_svg").and_then(Value::as_str).unwrap_or_default()).map_err(|error| {
            CliError::new(Local::FileUnwritable)
                .with("path", path.display().to_string())
                .with("detail", error.to_string())
        })?;
    }
    if desk.global.json {
        return Ok(());
    }
    let text = field(answer, "link");
    if let Some(picture) = qr(&text) {
        note(picture);
    }
    line(text);
    if let Some(invitation) = answer.get("invitation") {
        note(t!("invitation-until", time = time(invitation, "expires")));
    }
    Ok(())
}

fn import(desk: &Desk<'_>, args: &ImportArgs) -> Result<(), CliError> {
    let unreadable = |error: std::io::Error| {
        CliError::new(Local::FileUnreadable)
            .with("path", args.file.display().to_string())
            .with("detail", error.to_string())
    };
    let bytes = std::fs::read(&args.file).map_err(unreadable)?;
    let mut query = vec![
        ("dry_run", args.dry_run.to_string()),
        ("create_units", args.create_units.to_string()),
        ("invitations", args.invitations.to_string()),
    ];
    if let Some(encoding) = &args.encoding {
        query.push(("encoding", encoding.clone()));
    }
    if let Some(expires) = &args.expires {
        query.push(("expires", moment(expires)?));
    }
    if let Some(operation) = &args.operation {
        query.push(("operation", desk.operation(operation)?));
    }
    let bar = progress(t!("import"), 1, false, desk.global.json);
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    let answer = desk.api.upload(&with_query("/v1/admin/accounts/import", &query), bytes);
    bar.finish_and_clear();
    let answer = answer?;
    let bad = answer.get("bad_rows").map(bad_rows).unwrap_or_default();
    let warnings = answer.get("warnings").map(bad_rows).unwrap_or_default();
    if let Some(path) = &args.output {
        write_links(path, &answer)?;
    }
    if desk.global.json {
        output::json(&answer);
    } else {
        for warning in &warnings {
            note(format!("{} {warning}", t!("import-warning")));
        }
        let units = answer.get("units").and_then(Value::as_array).map_or(0, Vec::len);
        let count = answer.get("accounts").and_then(Value::as_u64).unwrap_or_default();
        if bad.is_empty() {
            let id = if args.dry_run { "import-dry" } else { "import-done" };
            line(t!(id, accounts = count, units = units));
        }
        if args.output.is_none() && !args.dry_run {
            for invitation in answer
                .get("invitations")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                line(format!("{}\t{}", field(invitation, "name"), field(invitation, "link")));
            }
        }
    }
    if bad.is_empty() {
        return Ok(());
    }
    let error = CliError::refused(melder_protocol::ErrorCode::InvalidCsv);
    Err(bad.into_iter().fold(error, |error, row| error.line(row)))
}

/// Name and link of everybody, for a serial letter.
fn write_links(path: &Path, answer: &Value) -> Result<(), CliError> {
    let mut text = String::from("name,link,expires\r\n");
    for invitation in answer
        .get("invitations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        // A cell that begins with one of these is a formula to office programs.
        let name = field(invitation, "name").replace('"', "\"\"");
        let name = if name.starts_with(['=', '+', '-', '@']) {
            format!("'{name}")
        } else {
            name
        };
        text.push_str(&format!(
            "\"{name}\",{},{}\r\n",
            field(invitation, "link"),
            field(invitation, "expires")
        ));
    }
    std::fs::write(path, text).map_err(|error| {
        CliError::new(Local::FileUnwritable)
            .with("path", path.display().to_string())
            .with("detail", error.to_string())
    })
}

pub(crate) fn devices(desk: &Desk<'_>, account: &str) -> Result<(), CliError> {
    let items = desk
        .api
        .list(&format!("/v1/admin/accounts/{}/devices", desk.account(account)?), &[])?;
    desk.show(
        &items,
        &[
            ("table-id", &id),
            ("table-device", &|item| field(item, "name")),
            ("table-added", &|item| time(item, "added")),
            ("table-last-used", &|item| time(item, "last_used")),
        ],
    );
    Ok(())
}

pub(crate) fn invitations(desk: &Desk<'_>, command: InvitationsCommand) -> Result<(), CliError> {
    match command {
        InvitationsCommand::Create(args) => {
            let path = format!("/v1/admin/accounts/{}/invitations", desk.account(&args.account)?);
            let answer = desk.api.post(&path, &expiry(args.expires.as_deref())?)?;
            desk.done(&answer, "invitation-created", &args.account);
            link(desk, &answer, None)
        }
        InvitationsCommand::Poster(args) => poster(desk, &args),
        InvitationsCommand::List => {
            let items = desk.api.list("/v1/admin/invitations", &[])?;
            desk.show(
                &items,
                &[
                    ("table-id", &id),
                    ("table-status", &|item| word(item, "status", "invitation-status")),
                    ("table-for", &|item| {
                        let account = field(item, "account");
                        if account.is_empty() {
                            t!("invitation-poster")
                        } else {
                            account
                        }
                    }),
                    ("table-used", &|item| {
                        format!("{}/{}", field(item, "used"), field(item, "limit"))
                    }),
                    ("table-expires", &|item| time(item, "expires")),
                ],
            );
            Ok(())
        }
        InvitationsCommand::Withdraw(args) => {
            let invitation = desk.invitation(&args.invitation)?;
            let answer = desk.api.delete(&format!("/v1/admin/invitations/{invitation}"))?;
            desk.done(&answer, "invitation-withdrawn", &args.invitation);
            Ok(())
        }
    }
}

fn poster(desk: &Desk<'_>, args: &PosterArgs) -> Result<(), CliError> {
    let groups = args
        .groups
        .iter()
        .map(|text| desk.group(text))
        .collect::<Result<Vec<_>, _>>()?;
    let mut body = Map::new();
    body.insert("kind".to_owned(), json!(args.kind.name()));
    body.insert("groups".to_owned(), json!(groups));
    body.insert("limit".to_owned(), json!(args.limit));
    body.insert("for_existing".to_owned(), json!(args.for_existing));
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), json!(value));
        }
    };
    put("unit", args.unit.as_deref().map(|text| desk.unit(text)).transpose()?);
    put(
        "operation",
        args.operation.as_deref().map(|text| desk.operation(text)).transpose()?,
    );
    put("ends", args.ends.as_deref().map(moment).transpose()?);
    put("expires", args.expires.as_deref().map(moment).transpose()?);
    let answer = desk.api.post("/v1/admin/invitations", &Value::Object(body))?;
    desk.tell(&answer, || t!("poster-created", count = args.limit));
    link(desk, &answer, args.svg.as_deref())?;
    if let Some(path) = &args.svg {
        note(t!("poster-svg", path = safe_line(&path.display().to_string())));
    }
    Ok(())
}
