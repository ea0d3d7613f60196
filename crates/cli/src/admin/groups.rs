// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! Managed groups and channels, and the rules of who is in them.

use serde_json::{Value, json};

use super::Desk;
use super::args::{GroupCreateArgs, GroupsCommand, RulesArgs, SuiteArg};
use super::show::{field, id, path_of, time, word};
use crate::error::CliError;
use crate::output;
use crate::t;

pub(crate) fn groups(desk: &Desk<'_>, command: GroupsCommand) -> Result<(), CliError> {
    let one = |group: &str| -> Result<String, CliError> { Ok(format!("/v1/admin/groups/{}", desk.group(group)?)) };
    match command {
        GroupsCommand::List(args) => {
            let mut query = Vec::new();
            if let Some(operation) = &args.operation {
                query.push(("operation", desk.operation(operation)?));
            }
            let items = desk.api.list("/v1/admin/groups", &query)?;
            desk.show(
                &items,
                &[
                    ("table-id", &id),
                    ("table-name", &|item| field(item, "name")),
                    ("table-kind", &|item| word(item, "kind", "kind")),
                    ("table-suite", &|item| word(item, "suite", "suite")),
                    ("table-closed", &|item| field(item, "closed")),
                    ("table-created", &|item| time(item, "created")),
                ],
            );
        }
        GroupsCommand::Create(args) => create(desk, &args)?,
        GroupsCommand::Rename(args) => {
            let answer = desk.api.patch(&one(&args.group)?, &json!({ "name": args.name }))?;
            desk.done(&answer, "admin-renamed", &args.name);
        }
        GroupsCommand::Members(args) => {
            let items = desk.api.list(&format!("{}/members", one(&args.group)?), &[])?;
            desk.show(
                &items,
                &[
                    ("table-account", &|item| field(item, "account")),
                    ("table-name", &|item| field(item, "name")),
                    ("table-role", &|item| word(item, "role", "role")),
                    ("table-foreign", &|item| field(item, "foreign")),
                ],
            );
        }
        GroupsCommand::Add(args) => {
            let path = one(&args.group)?;
            let mut answer = Value::Null;
            for account in &args.accounts {
                let account = desk.account(account)?;
                answer = desk.api.put(
                    &format!("{path}/accounts/{account}"),
                    &json!({ "role": args.role.name() }),
                )?;
            }
            desk.tell(&answer, || {
                t!("group-added", chat = &args.group, count = args.accounts.len())
            });
        }
        GroupsCommand::Remove(args) => {
            let path = one(&args.group)?;
            let mut answer = Value::Null;
            for account in &args.accounts {
                answer = desk
                    .api
                    .delete(&format!("{path}/accounts/{}", desk.account(account)?))?;
            }
            desk.tell(&answer, || {
                t!("group-removed", chat = &args.group, count = args.accounts.len())
            });
        }
        GroupsCommand::Rules(args) => rules(desk, &one(&args.group)?, &args)?,
        GroupsCommand::Close(args) => {
            let path = one(&args.group)?;
            desk.ask(&t!("group-close-ask", name = &args.group))?;
            let answer = desk.api.post(&format!("{path}/close"), &json!({}))?;
            desk.done(&answer, "group-closed", &args.group);
        }
    }
    Ok(())
}

fn create(desk: &Desk<'_>, args: &GroupCreateArgs) -> Result<(), CliError> {
    let mut units = Vec::new();
    for (texts, role) in [(&args.units, "member"), (&args.publisher_units, "publisher")] {
        for text in texts {
            units.push(json!({ "unit": desk.unit(text)?, "role": role }));
        }
    }
    let mut accounts = Vec::new();
    for (texts, role) in [(&args.accounts, "member"), (&args.publishers, "publisher")] {
        for text in texts {
            accounts.push(json!({ "account": desk.account(text)?, "role": role }));
        }
    }
    let suite = args.suite.map(|suite| match suite {
        SuiteArg::Hybrid => "hybrid",
        SuiteArg::Classical => "classical",
    });
    let body = json!({
        "kind": if args.channel { "channel" } else { "group" },
        "name": args.name,
        "operation": args.operation.as_deref().map(|text| desk.operation(text)).transpose()?,
        "suite": suite,
        "rules": { "units": units, "accounts": accounts },
    });
    let answer = desk.api.post("/v1/admin/groups", &body)?;
    desk.done(&answer, "admin-group-created", &args.name);
    Ok(())
}

/// Shows the rules, after changing them if something was said.
fn rules(desk: &Desk<'_>, path: &str, args: &RulesArgs) -> Result<(), CliError> {
    let path = format!("{path}/rules");
    let mut rules = desk.api.get(&path)?;
    let wanted = [
        (&args.units, Some("member")),
        (&args.publisher_units, Some("publisher")),
        (&args.without_units, None),
    ];
    if wanted.iter().any(|(texts, _)| !texts.is_empty()) {
        let mut units: Vec<Value> = rules
            .get("units")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for (texts, role) in wanted {
            for text in texts {
                let unit = desk.unit(text)?;
                units.retain(|rule| field(rule, "unit") != unit);
                if let Some(role) = role {
                    units.push(json!({ "unit": unit, "role": role }));
                }
            }
        }
        let accounts = rules.get("accounts").cloned().unwrap_or_else(|| json!([]));
        rules = desk.api.put(&path, &json!({ "units": units, "accounts": accounts }))?;
    }
    if desk.global.json {
        output::json(&rules);
        return Ok(());
    }
    let all = desk.api.list("/v1/admin/units", &[])?;
    let mut rows = Vec::new();
    for rule in rules.get("units").and_then(Value::as_array).into_iter().flatten() {
        let name = all
            .iter()
            .find(|unit| id(unit) == field(rule, "unit"))
            .map_or_else(|| field(rule, "unit"), |unit| path_of(unit, &all));
        rows.push(vec![t!("table-unit"), name, word(rule, "role", "role")]);
    }
    for rule in rules.get("accounts").and_then(Value::as_array).into_iter().flatten() {
        let account = field(rule, "account");
        let name = desk
            .api
            .get(&format!("/v1/admin/accounts/{account}"))
            .map(|found| field(&found, "name"));
        rows.push(vec![
            t!("table-account"),
            name.unwrap_or(account),
            word(rule, "role", "role"),
        ]);
    }
    output::table(&["table-kind", "table-name", "table-role"].map(|id| t!(id)), &rows);
    Ok(())
}
